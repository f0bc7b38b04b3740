//! What was read: files, counts, records and what they can show, as `report.json` writes them.
#![allow(clippy::struct_field_names, reason = "the names are those of the public shape")]

use serde::Serialize;

use crate::examination;
use crate::ledger;
use crate::origin::RecordRef;
use crate::untrusted::Untrusted;

/// The books.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct Counts {
    pub records: u64,
    pub events: u64,
    pub states: u64,
    pub duplicates: u64,
    pub rejected: u64,
    pub salvaged: u64,
}

/// One evidence file.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct Evidence<'a> {
    pub path: &'a str,
    pub sha256: &'a str,
    pub bytes: u64,
    pub format: Option<&'a str>,
    #[serde(flatten)]
    pub counts: Counts,
    pub first: Option<&'a str>,
    pub last: Option<&'a str>,
    pub status: &'static str,
    pub notes: Vec<Note<'a>>,
    pub encoding: Option<&'a str>,
}

/// A remark on a file.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct Note<'a> {
    pub code: &'a str,
    pub text: &'a Untrusted,
}

/// One record.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct Record<'a> {
    pub evidence: &'a str,
    pub record: u64,
    pub line: u64,
    pub offset: u64,
    pub native_id: Option<&'a str>,
    pub sha256: &'a str,
}

/// One coverage gate.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct Gate<'a> {
    pub gate: &'static str,
    pub title: &'static str,
    pub passes: bool,
    pub seen: &'a str,
}

pub(super) fn counts(counts: &ledger::Counts) -> Counts {
    let ledger::Counts { records, events, states, duplicates, rejected, salvaged } = *counts;
    Counts { records, events, states, duplicates, rejected, salvaged }
}

pub(super) fn evidence(source: &ledger::SourceEntry) -> Evidence<'_> {
    Evidence {
        path: &source.path,
        sha256: &source.sha256,
        bytes: source.bytes,
        format: source.format.as_deref(),
        counts: counts(&source.counts),
        first: source.first.as_deref(),
        last: source.last.as_deref(),
        status: match source.status {
            ledger::Status::Read => "read",
            ledger::Status::PartlyRead => "partly_read",
            ledger::Status::Unreadable => "unreadable",
            ledger::Status::UnknownFormat => "unknown_format",
        },
        notes: source.notes.iter().map(|note| Note { code: &note.code, text: &note.text }).collect(),
        encoding: source.encoding.as_deref(),
    }
}

pub(super) fn record(record: &RecordRef) -> Record<'_> {
    Record {
        evidence: &record.evidence,
        record: record.record,
        line: record.line,
        offset: record.offset,
        native_id: record.native_id.as_deref(),
        sha256: &record.sha256,
    }
}

pub(super) fn gate(gate: &examination::Gate) -> Gate<'_> {
    Gate { gate: gate.id, title: gate.title, passes: gate.passes, seen: &gate.seen }
}
