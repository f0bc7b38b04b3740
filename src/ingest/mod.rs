//! Evidence files to events: opened, recognised, cut at record boundaries, read in parallel, booked in order.
//!
//! Parsers never judge and never drop: a record becomes an event, a counted duplicate or a reject.

pub mod entra_portal;
pub mod file_name;
pub mod formats;
pub mod kept;
pub mod others;
pub mod pipeline;
pub mod records;
pub mod relocate;
pub mod sink;
pub mod sniff;
pub mod source;
pub mod tables;
pub mod text;
pub mod values;
pub mod worker;
pub mod wrapping;

pub use pipeline::{Options, Progress, ingest};
