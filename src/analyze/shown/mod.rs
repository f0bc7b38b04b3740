//! What the evidence can show and what it cannot: exports, their pages, the gates, records that were lost.

pub mod auditing;
pub mod coverage;
pub mod exports;
pub mod halves;
pub mod pages;
