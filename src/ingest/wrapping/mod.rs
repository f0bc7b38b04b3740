//! What collectors, SIEMs and shells wrap around a record: recognised, checked, taken off.

pub mod as_objects;
pub mod clixml;
pub mod elastic;
pub mod in_column;
pub mod indexed;
pub mod log_tables;
pub mod owners;
pub mod result_sets;
pub mod union_columns;
pub mod unwrap;
pub mod wrapper;
