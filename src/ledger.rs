//! The books: what was read and what was not, and the counts that must balance.

mod facts;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use self::facts::Facts;
use crate::untrusted::Untrusted;

/// What became of one evidence file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Read to its end.
    #[default]
    Read,
    /// Read up to some point.
    PartlyRead,
    /// Could not be opened or decoded.
    Unreadable,
    /// No known export, or two claim it.
    UnknownFormat,
}

/// A remark on a file or record, with a stable code (`C-205`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Note {
    /// Stable code.
    pub code: String,
    /// What was seen and what it means for the evidence; may quote evidence.
    pub text: Untrusted,
}

impl Note {
    /// A note with `code` and `text`.
    pub fn new(code: &str, text: impl Into<String>) -> Self {
        Self { code: code.to_owned(), text: Untrusted::new(text) }
    }
}

/// A span of time in which events are missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Begin, RFC 3339.
    pub from: String,
    /// End, RFC 3339.
    pub to: String,
}

/// Records of one operation and one actor that cannot be asked what they say: refused, or cut in front of what they are
/// about.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Lost {
    /// The operation; empty where nothing around the record names it.
    pub operation: String,
    /// Who did it, lower-cased; empty where that is not told, or they are many.
    pub user: String,
    /// The first of them, RFC 3339; `None` where the time of one of them is not known.
    pub first: Option<String>,
    /// The last of them.
    pub last: Option<String>,
    /// They are in the timeline, but do not say whom they are about.
    pub cut: bool,
    /// How many.
    pub count: u64,
}

/// What a file has of one kind of evidence, where it has several.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Part {
    /// Which evidence.
    pub evidence_source: String,
    /// Events.
    pub events: u64,
    /// Rows of snapshots.
    pub states: u64,
    /// Copies of events already counted.
    pub duplicates: u64,
    /// First event time, RFC 3339.
    pub first: Option<String>,
    /// Last event time.
    pub last: Option<String>,
    /// Events per day.
    pub days: BTreeMap<String, u64>,
    /// Events per record type and operation.
    pub operations: BTreeMap<String, u64>,
    /// Some of the actors.
    pub actors: BTreeSet<String>,
    /// Exchange admin records whose actor is not Microsoft's own.
    pub admin_by_people: u64,
}

/// Whose rows one table of a snapshot has.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Listed {
    /// Some of the mailboxes or accounts, lower-cased (the first few that differ).
    pub owners: BTreeSet<String>,
    /// It also shows mailboxes in which nothing is set: it is no list of those alone that forward.
    #[serde(default)]
    pub unset: bool,
}

/// The counts of one file, or of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// CSV data rows, JSON objects of the list or stream, XML events.
    pub records: u64,
    /// Records that are in the timeline.
    pub events: u64,
    /// Rows of snapshots.
    pub states: u64,
    /// Byte-identical copies of an event already counted.
    pub duplicates: u64,
    /// Records that could not be read.
    pub rejected: u64,
    /// The part of `events` (and `states`) read from damaged records.
    pub salvaged: u64,
}

impl Counts {
    /// `records = events + states + duplicates + rejected`.
    pub fn balance(&self) -> bool {
        self.records == self.events + self.states + self.duplicates + self.rejected
            && self.salvaged <= self.events + self.states
    }

    /// Adds another file's counts.
    pub fn add(&mut self, other: &Self) {
        self.records += other.records;
        self.events += other.events;
        self.states += other.states;
        self.duplicates += other.duplicates;
        self.rejected += other.rejected;
        self.salvaged += other.salvaged;
    }
}

/// The ledger entry of one evidence file or archive member.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SourceEntry {
    /// Path as given; archive members as `path!member`.
    pub path: String,
    /// SHA-256 of the file's bytes (of the member's content for archive members); empty if unreadable.
    pub sha256: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Format id, where one was recognised.
    pub format: Option<String>,
    /// Text encoding, as recognised (`utf-8`, `utf-8-bom`, `utf-16le`, …).
    pub encoding: Option<String>,
    /// Which evidence the format is (`ual`, `entra_signin`, …).
    pub evidence_source: Option<String>,
    /// The counts; they balance.
    #[serde(flatten)]
    pub counts: Counts,
    /// First event time, RFC 3339.
    pub first: Option<String>,
    /// Last event time, RFC 3339.
    pub last: Option<String>,
    /// What became of the file.
    pub status: Status,
    /// Remarks.
    pub notes: Vec<Note>,
    /// Events per day (`2026-03-10`), for the coverage gates.
    pub days: BTreeMap<String, u64>,
    /// Events per record type and operation (`8 Update user`), for the coverage gates.
    pub operations: BTreeMap<String, u64>,
    /// Some of the actors, lower-cased (the first few that differ): whether the export holds more than one account.
    pub actors: BTreeSet<String>,
    /// Mailboxes whose rules the export lists, lower-cased, as far as it says so itself: also those that have none.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub mailboxes: BTreeSet<String>,
    /// Which tables of snapshots the file holds, by their format's id, whatever carries their rows.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tables: BTreeMap<String, Listed>,
    /// Exchange admin records (RecordType 1, admin audit) whose actor is not Microsoft's own.
    pub admin_by_people: u64,
    /// By which columns, keys or elements the format was recognised.
    #[serde(default)]
    pub recognised_by: String,
    /// Events per basis of their time zone (`explicit`, `implied_utc`, `assumed_utc`).
    #[serde(default)]
    pub time_zones: BTreeMap<String, u64>,
    /// Spans of which a collector says that it did not get all events.
    #[serde(default)]
    pub gaps: Vec<Gap>,
    /// Records that cannot be asked what they say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lost: Vec<Lost>,
    /// When the snapshot was taken, RFC 3339, where its name says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collected: Option<String>,
    /// Each kind of evidence in the file, where there are several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    /// How it was read, where that is not how the case says that files were: a case joined from several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<Reading>,
    /// What was made of all this for those who ask often.
    #[serde(skip)]
    pub facts: Facts,
}

impl SourceEntry {
    /// Whether all of the file was read below a header that is whole (F-025), and nothing of its records was lost when it
    /// was made: left out, printed in place of objects, taken for a formula by Excel,
    /// or taken apart (F-033).
    pub fn is_whole(&self) -> bool {
        const LOST: [&str; 7] = ["R-102", "R-104", "R-117", "R-122", "R-130", "F-025", "F-033"];
        let lost = |note: &Note| LOST.contains(&note.code.as_str());
        self.status == Status::Read && !self.notes.iter().any(lost)
    }

    /// The file as one of its kinds of evidence alone.
    fn as_part(&self, part: &Part) -> Self {
        let part = part.clone();
        Self {
            evidence_source: Some(part.evidence_source),
            counts: Counts { events: part.events, states: part.states, duplicates: part.duplicates, ..self.counts },
            first: part.first,
            last: part.last,
            days: part.days,
            operations: part.operations,
            actors: part.actors,
            admin_by_people: part.admin_by_people,
            parts: Vec::new(),
            ..self.clone()
        }
    }
}

/// An archive among the evidence: the entries of its members are named `path!member`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Archive {
    /// Path as given.
    pub path: String,
    /// SHA-256 of the archive's bytes.
    pub sha256: String,
    /// Size in bytes.
    pub bytes: u64,
}

/// How the evidence was read: what has to be the same when it is read again.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// `--date-order`.
    pub date_order: Option<String>,
    /// `--encoding`.
    pub encoding: Option<String>,
    /// `--unpack-ratio`.
    pub unpack_ratio: u64,
    /// `--unpack-limit`.
    pub unpack_limit: u64,
    /// `--knowledge`: the files that stood in the place of the built-in ones, with their SHA-256.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub knowledge: Vec<String>,
}

/// Everything that was read and not read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Ledger {
    /// Version of this file's layout.
    pub schema: String,
    /// How it was read.
    #[serde(default)]
    pub reading: Reading,
    /// The files, in reading order.
    pub sources: Vec<SourceEntry>,
    /// The archives among them, in the order of their names.
    #[serde(default)]
    pub archives: Vec<Archive>,
}

impl Ledger {
    /// The sum over all files.
    pub fn total(&self) -> Counts {
        let mut total = Counts::default();
        for source in &self.sources {
            total.add(&source.counts);
        }
        total
    }

    /// Whether evidence was lost or is doubtful: the condition of exit code 3.
    pub fn lost_evidence(&self) -> bool {
        let total = self.total();
        total.rejected > 0 || total.salvaged > 0 || !self.sources.iter().all(SourceEntry::is_whole)
    }
}

/// A record that did not become an event: one line of `rejects.jsonl`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reject {
    /// Evidence path.
    pub evidence: String,
    /// 1-based record number.
    pub record: u64,
    /// 1-based line.
    pub line: u64,
    /// Byte offset.
    pub offset: u64,
    /// Stable code (`R-101`).
    pub code: String,
    /// What was wrong, in words.
    pub reason: Untrusted,
    /// The first bytes of the record.
    pub excerpt: Untrusted,
}
