//! The event text that a SIEM indexed, and exports again in `_raw`: which audit record is in it, in whatever wrapping.

use serde_json::Value;

use crate::ingest::formats::{Read, Remarks, audit_record, owned};
use crate::ingest::records::auditdata::note;
use crate::ingest::sniff::inner_text;
use crate::ingest::text::cells::CellReader;
use crate::ingest::wrapping::wrapper::Wrapper;
use crate::timeline::{ParseStatus, json};

/// The event of a record that stands in the event text alone: the column that should have it is empty. Splunk empties it
/// where it cut the event, so that a quote is open.
pub fn read(record: String, own: &str, wrapper: &Wrapper<'_>, remarks: &mut Remarks) -> Read<'static> {
    let mut event = audit_record(record, wrapper, remarks).map(owned)?;
    let size = own.len();
    remarks.push((
        "R-102",
        match event.parse_status {
            ParseStatus::Salvaged => {
                format!("AuditData is empty: taken from _raw ({size} bytes, cut where Splunk stops)")
            }
            _ => format!("AuditData is empty: taken from _raw ({size} bytes)"),
        },
    ));
    note(&mut event, "R-102");
    if event.parse_status == ParseStatus::Ok {
        event.parse_status = ParseStatus::Partial;
    }
    Ok(event)
}

/// The AuditData in an event text: the text itself, a wrapper's, or a cell of the CSV row that was indexed.
pub fn record_in(own: &str) -> Option<String> {
    let own = inner_text(own);
    if own.starts_with('{') {
        let wrapped =
            serde_json::from_str::<Value>(&own).ok().and_then(|value| json::get(&value, "AuditData").cloned());
        return Some(match wrapped {
            Some(Value::String(text)) => text,
            Some(object) => object.to_string(),
            None => own.into_owned(),
        });
    }
    let mut cells = CellReader::new(b',');
    let cells = cells.read(&own);
    (0..cells.len()).map(|index| cells.get(index)).find(|cell| cell.starts_with("{\"")).map(str::to_owned)
}
