//! The Entra portal's downloads, whatever language it spoke.

pub mod join;
pub mod portal;
pub mod portal_audit;
pub mod portal_cells;
pub mod status_words;
