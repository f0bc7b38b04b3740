//! Remarks on events that their readers have not made: what they marked on the event only, and times that cannot be.

use chrono::Datelike;
use memchr::memchr_iter;

use crate::ingest::formats::Remarks;
use crate::ingest::records::auditdata::note;
use crate::ingest::text::cells::EXCEL_ERRORS;
use crate::timeline::{Draft, ParseStatus, format_time};

/// Remarks on what a reader marks on the event only.
pub fn untold(event: &Draft<'_>, remarks: &Remarks) -> Remarks {
    let Some(notes) = &event.parse_notes else { return Remarks::new() };
    let told = |code: &str| !notes.contains(code) || remarks.iter().any(|(known, _)| *known == code);
    let mut more = Remarks::new();
    if !told("R-107") {
        more.push(("R-107", "keys that differ in their case only: both are kept in the record's text".to_owned()));
    }
    if !told("R-110") {
        more.push(("R-110", "no time of its own: the time is when the service took the record in".to_owned()));
    }
    if !told("R-111") {
        let written = event.source_ip_text.as_deref().unwrap_or_default();
        more.push(("R-111", format!("'{written}' is no IP address: kept as text")));
    }
    more
}

/// Marks an event from a row in which Excel took cells for formulas, and what stood there is lost.
pub fn excel_errors(text: &[u8], delimiter: Option<u8>, event: &mut Draft<'_>) -> Option<(&'static str, String)> {
    let delimiter = delimiter?;
    let ends = |byte: Option<&u8>| byte.is_none_or(|byte| *byte == delimiter || matches!(byte, b'\r' | b'\n'));
    let is_cell = |at: usize, error: &[u8]| {
        let front = text.get(..at).unwrap_or_default();
        let behind = text.get(at + error.len()..).unwrap_or_default();
        let (front, behind) =
            (front.strip_suffix(b"\"").unwrap_or(front), behind.strip_prefix(b"\"").unwrap_or(behind));
        ends(front.last()) && ends(behind.first())
    };
    let error = memchr_iter(b'#', text).find_map(|at| {
        let rest = text.get(at..)?;
        EXCEL_ERRORS.into_iter().find(|error| rest.starts_with(error.as_bytes()) && is_cell(at, error.as_bytes()))
    })?;
    if event.parse_status == ParseStatus::Ok {
        event.parse_status = ParseStatus::Partial;
    }
    note(event, "R-117");
    Some(("R-117", format!("{error} in a cell: Excel took its value for a formula, and it is lost")))
}

/// The services did not exist before 2010; what lies there, or in the next century, was misread or edited.
pub fn out_of_time(event: &mut Draft<'_>) -> Option<String> {
    if event.is_state() || (2010..2100).contains(&event.datetime.year()) {
        return None;
    }
    note(event, "R-112");
    Some(format!(
        "its time {} cannot be: the services are younger, or it has not come yet",
        format_time(event.datetime)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_excel_fills_its_cell() {
        let lost = |row: &str| excel_errors(row.as_bytes(), Some(b','), &mut Draft::default()).is_some();
        assert!(lost("a,#NAME?,b") && lost("\"#VALUE!\",b\r\n") && lost("a,#REF!"));
        assert!(!lost("a,see #NAME? there,b") && !lost("a,\"{\"\"Subject\"\":\"\"#NAME?\"\"}\"") && !lost("a,b"));
        assert!(excel_errors(b"#NAME?", None, &mut Draft::default()).is_none());
    }

    #[test]
    fn a_mark_is_told_once() {
        let mut event = Draft { source_ip_text: Some("NOTANIP".into()), ..Draft::default() };
        note(&mut event, "R-111");
        let more = untold(&event, &Remarks::new());
        assert_eq!(more, [("R-111", "'NOTANIP' is no IP address: kept as text".to_owned())]);
        assert!(untold(&event, &more).is_empty());
    }
}
