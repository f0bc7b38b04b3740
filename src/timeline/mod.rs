//! The columnar store: the common record, the one list of its columns, and the Parquet parts of a case.

pub mod build;
pub mod columns;
pub mod details;
pub mod event;
pub mod facts;
pub mod footer;
pub mod hours;
pub mod identities;
pub mod json;
pub mod merged;
pub mod packed;
pub mod pages;
pub mod query;
pub mod same;
#[cfg(test)]
mod sample;
pub mod schema;
pub mod sessions;
pub mod shards;
pub mod store;
pub mod tally;
pub mod whose;

pub use event::{Draft, Event, EventOf, EvidenceSource, Outcome, ParseStatus};

pub use crate::moment::format_time;
