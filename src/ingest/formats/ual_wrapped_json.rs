//! Audit records wrapped in JSON: Search-UnifiedAuditLog objects and Graph audit-log query records, with AuditData
//! as text or as an object.

use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

use super::{Context, Format, RecordReader, Refusal, Tools, no_dates, ual_json_record};
use crate::ingest::sniff::{Head, Shape};
use crate::timeline::{Event, EvidenceSource};

/// Search-UnifiedAuditLog as JSON.
pub static SEARCH: Format = Format {
    id: "ual_search_json",
    evidence: EvidenceSource::Ual,
    wants: &["creationdate", "userids", "operations", "auditdata"],
    claims: |shape| matches!(shape, Shape::Json(json) if json.has(&["auditdata"]) && !json.has(&["auditlogrecordtype"])),
    dates: no_dates,
    reader: |_: &Head, _: &Context| Box::new(Reader),
};

/// Graph `security/auditLog/queries/{id}/records`.
pub static GRAPH: Format = Format {
    id: "ual_graph_json",
    evidence: EvidenceSource::Ual,
    wants: &["auditlogrecordtype", "auditdata"],
    claims: |shape| matches!(shape, Shape::Json(json) if json.has(GRAPH.wants)),
    dates: no_dates,
    reader: |_: &Head, _: &Context| Box::new(Reader),
};

struct Reader;

#[derive(Deserialize)]
struct Wrapper<'a> {
    #[serde(borrow, alias = "auditData", alias = "auditdata", rename = "AuditData")]
    audit: &'a RawValue,
}

impl RecordReader for Reader {
    fn read(&self, text: &str, _: &mut Tools) -> Result<Box<Event>, Refusal> {
        let wrapper: Wrapper<'_> = match serde_json::from_str(text) {
            Ok(wrapper) => wrapper,
            Err(error) => return salvage(text, &error),
        };
        let raw = wrapper.audit.get();
        let audit: Cow<'_, str> = match raw.as_bytes().first() {
            Some(b'"') => serde_json::from_str::<String>(raw).map(Cow::Owned).unwrap_or_default(),
            _ => Cow::Borrowed(raw),
        };
        if audit.trim().is_empty() || audit == "null" {
            return Err(Refusal::new("R-102", "AuditData is empty: the record itself is not in this object"));
        }
        ual_json_record(&audit)
    }
}

/// A wrapper that was cut: the AuditData in it may still be whole, or salvageable.
fn salvage(text: &str, error: &serde_json::Error) -> Result<Box<Event>, Refusal> {
    let refuse = || Refusal::new("R-101", format!("not valid JSON at character {}; not usable", error.column()));
    let at = text.to_ascii_lowercase().find("\"auditdata\"").ok_or_else(refuse)?;
    let rest = text.get(at..).and_then(|rest| rest.split_once(':')).map_or("", |(_, rest)| rest.trim_start());
    let audit = match rest.strip_prefix('"') {
        None => rest.to_owned(),
        Some(open) => {
            // The text form lost its closing quote: give it one, without a dangling escape.
            let open = open.trim_end_matches('\\');
            serde_json::from_str::<String>(&format!("\"{open}\"")).map_err(|_| refuse())?
        }
    };
    let mut event = ual_json_record(&audit).map_err(|_| refuse())?;
    event.parse_status = crate::timeline::ParseStatus::Salvaged;
    crate::ingest::auditdata::note(&mut event, "R-101");
    Ok(event)
}
