//! The unified audit log as Splunk exports it again (`splunk_export_csv`): the event text in `_raw`, beside the columns
//! that Splunk made of it. Where the event text is a record of another export, it is read as that.
//!
//! `_time` is not read: an indexer computes it in its own zone. A table that still has the columns of
//! Search-UnifiedAuditLog is that export.

use serde_json::Value;

use super::{Context, Format, Read, RecordReader, Refusal, Remarks, Tools, audit_record, no_dates, owned};
use crate::ingest::records::auditdata::note;
use crate::ingest::sniff::{self, CsvHead, Head, Shape, inner_text};
use crate::ingest::text::cells::CellReader;
use crate::ingest::text::members::members;
use crate::ingest::values::fields;
use crate::ingest::wrapping::indexed;
use crate::ingest::wrapping::wrapper::Wrapper;
use crate::timeline::EvidenceSource;

/// `splunk_export_csv`.
pub static FORMAT: Format = Format {
    id: "splunk_export_csv",
    evidence: EvidenceSource::Ual,
    wants: &["_raw", "_time", "_indextime"],
    claims: |shape| {
        let search = ["creationdate", "userids", "operations", "auditdata", "resultindex"];
        matches!(shape, Shape::Csv(csv) if csv.has(&["_raw", "_time"]) && !csv.has(&search) && holds_records(csv))
    },
    dates: no_dates,
    reader: |head: &Head, _: &Context| {
        let Shape::Csv(csv) = &head.shape else { return Box::new(Reader::default()) };
        Box::new(Reader::of(csv))
    },
};

/// Whether the first rows carry records (Splunk exports everything else in this layout, too).
fn holds_records(csv: &CsvHead) -> bool {
    let reader = Reader::of(csv);
    let mut tools = Tools::new(csv.delimiter);
    let is_record = |row: &String| reader.read(row, &mut tools, &mut Remarks::new()).is_ok();
    csv.column("auditdata").is_some() || csv.sample.iter().take(SAMPLE).any(is_record)
}

/// Rows that are looked at.
const SAMPLE: usize = 20;

#[derive(Default)]
struct Reader {
    width: usize,
    audit: Option<usize>,
    own: Option<usize>,
    /// Reads event texts that are no audit records.
    other: Option<Box<dyn RecordReader>>,
}

impl Reader {
    fn of(csv: &CsvHead) -> Self {
        let own = csv.column("_raw");
        let mut cells = CellReader::new(csv.delimiter);
        let other = csv.sample.iter().take(SAMPLE).find_map(|row| other_reader(cells.read(row).column(own)));
        Self { width: csv.columns.len(), audit: csv.column("auditdata"), own, other }
    }
}

impl Reader {
    /// The event of a text that is no audit record: by the export that the first rows are of, else by its own; `None` where
    /// it is of none.
    fn of_another(&self, own: &str, remarks: &mut Remarks) -> Option<Read<'static>> {
        let text = inner_text(own);
        // The tools of this row are in use.
        let read = |reader: &dyn RecordReader, remarks: &mut Remarks| {
            reader.read(&text, &mut Tools::new(b','), remarks).map(owned)
        };
        let mut told = Remarks::new();
        let usual = self.other.as_deref().map(|usual| read(usual, &mut told));
        if let Some(Ok(event)) = usual {
            remarks.extend(told);
            return Some(Ok(event));
        }
        told.clear();
        match other_reader(own).map(|own| read(own.as_ref(), &mut told)) {
            Some(Ok(event)) => {
                remarks.extend(told);
                Some(Ok(event))
            }
            _ => usual,
        }
    }
}

/// Whether an event text is a record of the audit log, by its own keys: what a directory change sets may have such times
/// inside. Of a text that was cut no more than its letters are known.
fn is_audit_record(own: &str) -> bool {
    let (text, mut has_time) = (inner_text(own), false);
    let whole = members(&text, |key, _| {
        has_time |= key.eq_ignore_ascii_case("CreationTime") || key.eq_ignore_ascii_case("AuditData");
        Some(())
    });
    if whole.is_some() { has_time } else { own.contains("CreationTime") }
}

/// The reader of an event text that is a record of another export than the audit log.
fn other_reader(own: &str) -> Option<Box<dyn RecordReader>> {
    let object: Value = serde_json::from_str(&inner_text(own)).ok().filter(Value::is_object)?;
    let (format, reader) = sniff::inner_reader("", sniff::object_shape(object))?;
    (format.evidence != EvidenceSource::Ual).then_some(reader)
}

impl RecordReader for Reader {
    fn read<'r>(&'r self, row: &'r str, tools: &'r mut Tools, remarks: &mut Remarks) -> Read<'r> {
        let cells = tools.cells.read(row);
        let ragged = cells.len() != self.width;
        if ragged {
            remarks.push(fields::ragged(cells.len(), self.width));
        }
        let column = cells.column(self.audit);
        let own = cells.column(self.own);
        if column.is_empty()
            && !is_audit_record(own)
            && let Some(read) = self.of_another(own, remarks)
        {
            let mut event = read?;
            if ragged {
                note(&mut event, "R-106");
            }
            return Ok(event);
        }
        let in_own = indexed::record_in(own);
        let mut event = match (in_own, column.is_empty()) {
            (Some(text), true) if self.audit.is_some() => indexed::read(text, own, &Wrapper::default(), remarks)?,
            (Some(text), true) => audit_record(text, &Wrapper::default(), remarks)?,
            // What stands in the column is whole more often than the event text, which Splunk cuts at its limit.
            (_, false) => audit_record(column, &Wrapper::default(), remarks)?,
            (None, true) => {
                return Err(Refusal::new(
                    "R-102",
                    "neither AuditData nor a record in _raw: the record is not in this row",
                ));
            }
        };
        if ragged {
            note(&mut event, "R-106");
        }
        Ok(event)
    }
}
