//! One file per export: how to recognise it, and how one raw record becomes one event.
//!
//! To add one: a file here, a line in [`FORMATS`], a folder under `testdata/formats/`, a row in `docs/formats.md`.

mod admin_audit_csv;
mod admin_audit_json;
mod admin_audit_xml;
mod azdiag;
mod clixml;
pub mod collector_log;
mod defender_signins;
mod entra_audit_csv;
mod entra_audit_json;
mod entra_authdetails_csv;
mod entra_powershell_csv;
mod entra_risk;
mod entra_signin_csv;
mod entra_signin_graph;
mod la_officeactivity;
mod log_analytics;
mod mailbox_audit_csv;
mod mailbox_audit_json;
mod mailbox_audit_xml;
mod message_trace_csv;
mod message_trace_json;
mod snapshot_csv;
mod snapshot_json;
mod snapshot_rules_json;
mod splunk_csv;
mod ual_csv;
mod ual_json;
mod ual_wrapped_json;

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use crate::ingest::records::auditdata::{self, AuditError};
use crate::ingest::sniff::{CsvHead, Head, Shape};
use crate::ingest::text::cells::CellReader;
use crate::ingest::text::members::elements;
use crate::ingest::values::local_time;
use crate::ingest::values::times::DateOrder;
use crate::ingest::wrapping::owners::Owners;
use crate::ingest::wrapping::result_sets::Position;
use crate::ingest::wrapping::wrapper::Wrapper;
use crate::ledger::{Gap, Note};
use crate::timeline::{Draft, EvidenceSource, ParseStatus};

/// Every export that is read, in the order of the decision table.
pub static FORMATS: &[&Format] = &[
    &ual_csv::PORTAL_V1,
    &ual_csv::PORTAL_V2,
    &ual_csv::SEARCH,
    &ual_csv::SEARCH_SELECT,
    &ual_csv::GRAPH,
    &ual_csv::TRIAGE,
    &ual_csv::CLOUD_APP,
    &splunk_csv::FORMAT,
    &la_officeactivity::CSV,
    &mailbox_audit_csv::FORMAT,
    &mailbox_audit_json::FORMAT,
    &admin_audit_csv::FORMAT,
    &admin_audit_csv::SIMPLE,
    &admin_audit_json::FORMAT,
    &ual_json::FORMAT,
    &ual_wrapped_json::SEARCH,
    &ual_wrapped_json::GRAPH,
    &la_officeactivity::JSON,
    &admin_audit_xml::FORMAT,
    &mailbox_audit_xml::FORMAT,
    &clixml::FORMAT,
    &log_analytics::SIGNIN_CSV,
    &log_analytics::NONINTERACTIVE_CSV,
    &log_analytics::AUDIT_CSV,
    &entra_signin_csv::USERS,
    &entra_signin_csv::APPLICATIONS,
    &entra_authdetails_csv::FORMAT,
    &entra_audit_csv::FORMAT,
    &entra_powershell_csv::SIGNIN,
    &entra_powershell_csv::AUDIT,
    &entra_risk::DETECTION_CSV,
    &entra_risk::USER_CSV,
    &azdiag::SIGNIN,
    &azdiag::AUDIT,
    &azdiag::RISK,
    &azdiag::GRAPH_ACTIVITY,
    &entra_signin_graph::FORMAT,
    &defender_signins::CSV,
    &defender_signins::JSON,
    &entra_audit_json::FORMAT,
    &entra_risk::DETECTION,
    &entra_risk::USER,
    &log_analytics::SIGNIN_JSON,
    &log_analytics::NONINTERACTIVE_JSON,
    &log_analytics::AUDIT_JSON,
    &log_analytics::GRAPH_ACTIVITY_CSV,
    &log_analytics::GRAPH_ACTIVITY_JSON,
    &message_trace_csv::TRACE,
    &message_trace_csv::SUMMARY,
    &message_trace_csv::DETAIL,
    &message_trace_csv::EMAIL_EVENTS,
    &message_trace_json::FORMAT,
    &message_trace_json::GRAPH,
    &message_trace_json::EMAIL_EVENTS,
    &snapshot_csv::INBOX_RULES,
    &snapshot_csv::INBOX_RULES_GRAPH,
    &snapshot_csv::RULES_IN_PART,
    &snapshot_csv::FORWARDING,
    &snapshot_csv::PERMISSIONS,
    &snapshot_csv::MFA,
    &snapshot_csv::OAUTH,
    &snapshot_csv::USERS,
    &snapshot_csv::MAILBOX_AUDIT,
    &snapshot_csv::TRANSPORT_RULES,
    &snapshot_rules_json::FORMAT,
    &snapshot_json::FORMAT,
    &collector_log::FORMAT,
];

/// One export.
pub struct Format {
    /// Its id, as reports name it.
    pub id: &'static str,
    /// Which evidence it is.
    pub evidence: EvidenceSource,
    /// The columns or keys that mark it, for "nearest" messages.
    pub wants: &'static [&'static str],
    /// Whether a text of this shape is this export.
    pub claims: fn(&Shape) -> bool,
    /// The column whose dates decide the order of day and month for the whole file, where there is no ISO time.
    pub dates: fn(&CsvHead) -> Option<usize>,
    /// A reader for one file.
    pub reader: fn(&Head, &Context) -> Box<dyn RecordReader>,
}

/// What a reader may know besides the head.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context {
    /// The order of dates: proved over the whole file, or given by the investigator.
    pub date_order: Option<DateOrder>,
}

/// What a record becomes: an event, or the reason why it is none.
pub type Read<'r> = Result<Box<Draft<'r>>, Refusal>;

/// Reads the records of one file. Shared by all workers.
pub trait RecordReader: Send + Sync {
    /// One record's text to one event, whose texts may stand in the record or in the tools. Sets `raw` to the record's
    /// own text; the caller sets origin and hash.
    fn read<'r>(&'r self, text: &'r str, tools: &'r mut Tools, remarks: &mut Remarks) -> Read<'r>;

    /// The reader that this one stands around: what this one does not say itself, that one says.
    fn behind(&self) -> Option<&dyn RecordReader> {
        None
    }

    /// The same, to go through the file.
    fn behind_mut(&mut self) -> Option<&mut dyn RecordReader> {
        None
    }

    /// A batch was read with these tools: what they gathered belongs to the file.
    fn batch_read(&self, tools: &mut Tools) {
        if let Some(reader) = self.behind() {
            reader.batch_read(tools);
        }
    }

    /// Remarks on the file as a whole.
    fn notes(&self) -> Vec<Note> {
        self.behind().map(RecordReader::notes).unwrap_or_default()
    }

    /// Remarks on the file as a whole, when all its records are read.
    fn closing_notes(&self) -> Vec<Note> {
        self.behind().map(RecordReader::closing_notes).unwrap_or_default()
    }

    /// Whether something in the file beside the dates themselves proves in which order they are written.
    fn proves_order(&self) -> bool {
        self.behind().is_some_and(RecordReader::proves_order)
    }

    /// Whether the file has to be gone through (once more) before its records can be read on their own.
    fn wants_preview(&self) -> bool {
        self.behind().is_some_and(RecordReader::wants_preview)
    }

    /// What stands between two records and in front of the first, when the file is gone through.
    fn preview_between(&mut self, between: &[u8], offset: u64) {
        if let Some(reader) = self.behind_mut() {
            reader.preview_between(between, offset);
        }
    }

    /// One record, when the file is gone through; in order.
    fn preview(&mut self, text: &str) {
        if let Some(reader) = self.behind_mut() {
            reader.preview(text);
        }
    }

    /// The file was gone through.
    fn previewed(&mut self) {
        if let Some(reader) = self.behind_mut() {
            reader.previewed();
        }
    }

    /// Where it is kept whose the lists of the file are, for records that do not say so: it is learned before they are
    /// read.
    fn owners(&self) -> Option<&Owners> {
        self.behind()?.owners()
    }

    /// The same, to learn it.
    fn owners_mut(&mut self) -> Option<&mut Owners> {
        self.behind_mut()?.owners_mut()
    }

    /// Whether the file has records at all: a collector's log only says something about other files.
    fn holds_records(&self) -> bool {
        self.behind().is_none_or(RecordReader::holds_records)
    }

    /// Spans of which the file says that events are missing.
    fn gaps(&self) -> Vec<Gap> {
        self.behind().map(RecordReader::gaps).unwrap_or_default()
    }
}

/// Why a record is no event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Stable code.
    pub code: &'static str,
    /// What was seen.
    pub reason: String,
    /// What it would have been.
    pub what: Refused,
}

/// What a refused text would have been.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Refused {
    /// A record of which nothing is known.
    #[default]
    Unknown,
    /// No record of this export: somebody's remark, a service's error message.
    Foreign,
    /// A record of which something around it tells.
    Told(Box<Told>),
}

/// What is told of a record that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The operation.
    pub operation: String,
    /// The actor; empty where that is not told.
    pub user: String,
    /// When.
    pub time: Option<DateTime<Utc>>,
}

impl Refusal {
    /// A refusal with `code` and `reason`.
    pub fn new(code: &'static str, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into(), what: Refused::Unknown }
    }

    /// The same of what is no record of this export.
    #[must_use]
    pub fn of_foreign(self) -> Self {
        Self { what: Refused::Foreign, ..self }
    }

    /// The same of a record of which something is told.
    #[must_use]
    pub fn of(self, told: Told) -> Self {
        Self { what: Refused::Told(Box::new(told)), ..self }
    }
}

/// Remarks on the record in hand: code and what was seen; the sink counts them by code.
pub type Remarks = Vec<(&'static str, String)>;

/// What one worker carries from record to record.
pub struct Tools {
    /// Splits CSV rows.
    pub cells: CellReader,
    /// Splits the rows that stand inside the file's own.
    pub inner: Option<Box<CellReader>>,
    /// ResultIndex and ResultCount of the rows of this batch.
    pub places: Vec<Position>,
    /// Where in the file the record in hand begins.
    pub offset: u64,
    /// Records are looked for inside a damaged one.
    pub searching: bool,
}

impl Tools {
    /// Tools for a file with this separator.
    pub fn new(delimiter: u8) -> Self {
        Self { cells: CellReader::new(delimiter), inner: None, places: Vec::new(), offset: 0, searching: false }
    }
}

/// For formats whose records carry ISO times.
pub fn no_dates(_: &CsvHead) -> Option<usize> {
    None
}

/// Of columns with dates the first that has some: records that lack the one fall back to the other.
fn filled(csv: &CsvHead, columns: &[usize]) -> Option<usize> {
    let mut cells = CellReader::new(csv.delimiter);
    let mut is_filled = |at: usize| csv.sample.iter().any(|row| !cells.read(row).column(Some(at)).is_empty());
    columns.iter().copied().find(|at| is_filled(*at)).or_else(|| columns.first().copied())
}

/// Whether a whole object has no key that marks an audit record: what stores and shippers put between records.
fn is_something_else(audit: &str) -> bool {
    let marks = ["CreationTime", "RecordType", "Operation", "Workload", "UserId"];
    serde_json::from_str::<serde_json::Value>(audit)
        .is_ok_and(|object| marks.iter().all(|mark| crate::timeline::json::get(&object, mark).is_none()))
}

/// The event of a record that is not kept: a text that was put together to be read.
pub fn owned(event: Box<Draft<'_>>) -> Box<Draft<'static>> {
    Box::new(event.into_owned())
}

/// One AuditData text to an event: whole, or salvaged where it was cut and completed from its wrapper.
pub fn audit_record<'r>(audit: impl Into<Cow<'r, str>>, wrapper: &Wrapper<'_>, remarks: &mut Remarks) -> Read<'r> {
    match audit.into() {
        Cow::Borrowed(audit) => plain_audit_record(audit, wrapper, remarks),
        Cow::Owned(audit) => plain_audit_record(&audit, wrapper, remarks).map(owned),
    }
}

/// The one object of a list: PowerShell's `@(…)` around a record makes it that.
fn alone_in_list(audit: &str) -> Option<&str> {
    if !audit.starts_with('[') {
        return None;
    }
    let mut found = Vec::new();
    elements(audit, |element| {
        found.push(element);
        Some(())
    })?;
    found.first().copied().filter(|one| found.len() == 1 && one.starts_with('{'))
}

fn plain_audit_record<'r>(audit: &'r str, wrapper: &Wrapper<'_>, remarks: &mut Remarks) -> Read<'r> {
    let audit = alone_in_list(audit).unwrap_or(audit);
    let mut event = Box::<Draft<'_>>::default();
    let (mut audit, mut filled) = (audit, auditdata::fill(audit, &mut event));
    if filled == Err(AuditError::NoTime)
        && let Some(inner) = auditdata::additional(audit)
    {
        event = Box::default();
        (audit, filled) = (inner, auditdata::fill(inner, &mut event));
    }
    if filled == Err(AuditError::NoTime)
        && wrapper.date.is_empty()
        && let Some(read) = local_time::read(audit, wrapper.order)
    {
        let mut event = read?;
        auditdata::remark_unread(&event, remarks);
        event.raw = Some(audit.into());
        return Ok(event);
    }
    match filled {
        Ok(()) => {
            wrapper.cross_check(&mut event, remarks);
            if event.parse_status != ParseStatus::Ok || event.parse_notes.is_some() {
                auditdata::remark_unread(&event, remarks);
            }
        }
        // Whole, but nameless: what it says of time, account and address is evidence still.
        Err(AuditError::NoOperation) if wrapper.operation.is_empty() && event.record_type.is_some() => {
            event.parse_status = ParseStatus::Partial;
            auditdata::note(&mut event, "R-109");
            remarks.push(("R-109", "the record names no operation".to_owned()));
        }
        Err(AuditError::NoTime) if wrapper.operation.is_empty() && is_something_else(audit) => {
            return Err(Refusal::new("R-101", "an object with none of the keys of an audit record").of_foreign());
        }
        Err(error) => {
            event = Box::default();
            wrapper.salvage(audit, &error, &mut event, remarks)?;
        }
    }
    event.raw = Some(audit.into());
    Ok(event)
}
