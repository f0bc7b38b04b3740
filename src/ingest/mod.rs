//! Evidence files to events: opened, recognised, cut at record boundaries, read in parallel, booked in order.
//!
//! Parsers never judge and never drop: a record becomes an event, a counted duplicate or a reject.

pub mod auditdata;
pub mod cells;
pub mod cut;
pub mod fields;
pub mod formats;
pub mod parties;
pub mod pipeline;
pub mod signin;
pub mod sink;
pub mod sniff;
pub mod source;
pub mod state;
pub mod trace;
pub mod worker;
pub mod wrapper;

pub use pipeline::{Options, Progress, ingest};
