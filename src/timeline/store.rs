//! The case folder: Parquet parts by day, the ledger, rejects, duplicates and identities. One of the four doors.
//!
//! Every file is written beside its place and renamed when whole; `ledger.json` comes last and makes the case complete.
#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "the door to the case folder")]

mod case;
mod clear;
mod flusher;
pub(super) mod folder;
mod part;
mod part_writer;
pub(super) mod rows;
mod whole;
mod writer;

use std::io;
use std::path::{Path, PathBuf};

use polars::prelude::PolarsError;
use serde::{Deserialize, Serialize};

pub use case::Case;
pub use clear::{clear, clear_whole};
pub use part::{Part, PartPages};
pub use part_writer::{PartWriter, write_events};
pub use writer::CaseWriter;

/// Why the case could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file system said no.
    #[error("{path}: {error}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What it said.
        error: io::Error,
    },
    /// Parquet said no.
    #[error("{path}: {error}")]
    Parquet {
        /// Which file.
        path: PathBuf,
        /// What it said.
        error: PolarsError,
    },
    /// There is no folder of this name.
    #[error("no such case: {path}")]
    NoSuchCase {
        /// What was named.
        path: PathBuf,
    },
    /// Not a whole case of this version.
    #[error("{path}: {reason}")]
    NotACase {
        /// Which folder.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

fn io_error(path: &Path) -> impl FnOnce(io::Error) -> StoreError + '_ {
    move |error| StoreError::Io { path: path.to_path_buf(), error }
}

fn not_a_case(dir: &Path, reason: &str) -> StoreError {
    StoreError::NotACase { path: dir.to_path_buf(), reason: reason.to_owned() }
}

/// A byte-identical copy of an event: where it is, and which event it is a copy of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duplicate {
    /// Evidence path of the copy.
    pub evidence: String,
    /// Record number of the copy.
    pub record: u64,
    /// Evidence path of the event kept.
    pub kept_evidence: String,
    /// Record number of the event kept.
    pub kept_record: u64,
}
