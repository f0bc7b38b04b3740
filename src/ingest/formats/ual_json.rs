//! Bare AuditData objects: Management Activity API blobs, SOF-ELK lines, collectors' arrays (`ual_auditdata_json`).

use super::{Context, Format, RecordReader, Refusal, Tools, no_dates, ual_json_record};
use crate::ingest::sniff::{Head, Shape};
use crate::timeline::{Event, EvidenceSource};

/// `ual_auditdata_json`.
pub static FORMAT: Format = Format {
    id: "ual_auditdata_json",
    evidence: EvidenceSource::Ual,
    wants: &["creationtime", "id", "operation", "recordtype", "workload"],
    claims: |shape| matches!(shape, Shape::Json(json) if json.has(FORMAT.wants)),
    dates: no_dates,
    reader: |_: &Head, _: &Context| Box::new(Reader),
};

struct Reader;

impl RecordReader for Reader {
    fn read(&self, text: &str, _: &mut Tools) -> Result<Box<Event>, Refusal> {
        ual_json_record(text)
    }
}
