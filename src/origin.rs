//! Where a record came from, for ever: evidence file, record number, line, byte offset and hash.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The place of one record in one evidence file.
///
/// Ordered by file, then record number: the last key of every total order in this program.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Origin {
    /// The path as given on the command line; archive members as `path!member`.
    pub file: Arc<str>,
    /// 1-based ordinal of the record in its file (data rows, objects of a list, XML events).
    pub record: u64,
    /// 1-based line of the record's first byte in the decoded text.
    pub line: u64,
    /// Offset of the record's first byte in the file (in the decompressed stream of a compressed file).
    pub offset: u64,
}

/// One record as findings and reports cite it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RecordRef {
    /// Evidence path as given.
    pub evidence: String,
    /// 1-based record number.
    pub record: u64,
    /// 1-based line.
    pub line: u64,
    /// Byte offset.
    pub offset: u64,
    /// The record's own id, where the service gives one.
    pub native_id: Option<String>,
    /// SHA-256 of the record's bytes, lower-case hexadecimal.
    pub sha256: String,
}
