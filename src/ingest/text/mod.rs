//! The text of a file to records, and a record's to cells or members.

pub mod blocks;
pub mod buffer;
pub mod cells;
pub mod cut;
pub mod heading;
pub mod lost_letters;
pub mod members;
pub mod padded;
pub mod requoted;
pub mod row;
