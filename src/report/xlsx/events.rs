//! The sheets Timeline and Sign-ins: one row an event, with the columns that people filter by.

use super::book::{Book, Cell, Head, Sheet, XlsxError};
use crate::report::deeds::is_sign_in;
use crate::report::model::Report;
use crate::report::words::{self, Lang, Word};
use crate::timeline::Event;
use crate::timeline::schema::{Access, COLUMNS, Column};

/// The columns of the timeline with their widths; `timeline.csv` has all the others.
const TIMELINE: &[(&str, f64)] = &[
    ("datetime", 22.0),
    ("timestamp_desc", 20.0),
    ("message", 60.0),
    ("symptom", 24.0),
    ("finding_ids", 24.0),
    ("evidence_source", 14.0),
    ("action", 26.0),
    ("outcome", 12.0),
    ("status_code", 12.0),
    ("status_reason", 30.0),
    ("user_upn", 30.0),
    ("user_raw", 30.0),
    ("mailbox_upn", 30.0),
    ("target_raw", 36.0),
    ("source_ip", 18.0),
    ("geo_country", 9.0),
    ("geo_city", 16.0),
    ("as_number", 11.0),
    ("as_org", 24.0),
    ("user_agent", 40.0),
    ("client_info", 30.0),
    ("app_name", 24.0),
    ("session_id", 38.0),
    ("email_subject", 40.0),
    ("email_to", 40.0),
    ("email_to_count", 10.0),
    ("email_message_id", 40.0),
    ("folder_path", 24.0),
    ("dest_folder_path", 24.0),
    ("item_count", 10.0),
    ("op_params", 50.0),
    ("changes", 50.0),
    ("parse_status", 11.0),
    ("duplicate_count", 10.0),
    ("event_id", 38.0),
    ("source_file", 36.0),
    ("source_row", 10.0),
    ("source_format", 22.0),
    ("raw_sha256", 24.0),
];

/// The columns of the sign-ins.
const SIGN_INS: &[(&str, f64)] = &[
    ("datetime", 22.0),
    ("outcome", 12.0),
    ("status_code", 12.0),
    ("status_reason", 40.0),
    ("source_ip", 18.0),
    ("geo_country", 9.0),
    ("geo_region", 16.0),
    ("geo_city", 16.0),
    ("as_number", 11.0),
    ("as_org", 24.0),
    ("sign_in_kind", 16.0),
    ("user_agent", 40.0),
    ("client_app", 24.0),
    ("app_name", 24.0),
    ("resource_name", 24.0),
    ("device_name", 18.0),
    ("device_os", 16.0),
    ("browser", 18.0),
    ("device_managed", 10.0),
    ("device_compliant", 10.0),
    ("auth_requirement", 26.0),
    ("mfa_result", 26.0),
    ("ca_status", 16.0),
    ("risk_level", 11.0),
    ("risk_state", 16.0),
    ("risk_events", 26.0),
    ("session_id", 38.0),
    ("correlation_id", 38.0),
    ("user_upn", 30.0),
    ("symptom", 24.0),
    ("finding_ids", 24.0),
    ("evidence_source", 14.0),
    ("event_id", 38.0),
    ("source_file", 36.0),
    ("source_row", 10.0),
];

/// Every event of the timeline.
pub(super) fn timeline(book: &mut Book, report: &Report<'_>, lang: Lang) -> Result<(), XlsxError> {
    table(book, (lang, Word::SheetTimeline), whole(report), TIMELINE, report.timeline.iter())
}

/// The records of sign-ins. A sign-in that two logs tell of has two rows; the first sheet counts it once.
pub(super) fn sign_ins(book: &mut Book, report: &Report<'_>, lang: Lang) -> Result<(), XlsxError> {
    table(
        book,
        (lang, Word::SheetSignIns),
        whole(report),
        SIGN_INS,
        report.timeline.iter().filter(|event| is_sign_in(event)),
    )
}

/// Where the whole of a text stands that a cell cannot hold.
fn whole(report: &Report<'_>) -> &'static str {
    if report.has_csv { "timeline.csv" } else { "timeline.csv (--format csv)" }
}

fn table<'a>(
    book: &mut Book,
    (lang, name): (Lang, Word),
    whole: &'static str,
    wanted: &[(&'static str, f64)],
    events: impl Iterator<Item = &'a Event>,
) -> Result<(), XlsxError> {
    let columns: Vec<&Column> =
        wanted.iter().filter_map(|(name, _)| COLUMNS.iter().find(|column| column.name == *name)).collect();
    // Heads have the names of docs/schema.md, so that the sheet, the CSV and the Parquet file speak of one thing.
    let heads = wanted.iter().map(|(name, width)| {
        let zone = if *name == "datetime" { " (UTC)" } else { "" };
        Head { name: format!("{}{zone}", words::column(lang, name)).into(), width: *width }
    });
    let sheet = Sheet { name: name.text(lang), heads: heads.collect(), whole };
    book.table(&sheet, events.map(|event| columns.iter().map(|column| cell(lang, column, event)).collect()))
}

fn cell<'e>(lang: Lang, column: &Column, event: &'e Event) -> Cell<'e> {
    // Values of these are the program's words; all others are those of docs/schema.md, or evidence.
    let said = match (column.name, lang) {
        ("message", _) => words::event_sentence(lang, event),
        ("timestamp_desc", _) => event.timestamp_desc.as_deref().map(|meaning| words::time_meaning(lang, meaning)),
        ("risk_level", Lang::Ja) => event.risk_level.as_deref().map(|risk| words::risk_of(lang, risk).into()),
        ("risk_state", Lang::Ja) => event.risk_state.as_deref().map(|risk| words::risk_of(lang, risk).into()),
        ("sign_in_kind", Lang::Ja) => event.sign_in_kind.as_deref().map(|kind| words::sign_in_kind(lang, kind).into()),
        ("outcome", Lang::Ja) => Some(words::outcome(lang, event.outcome.as_str()).into()),
        _ => None,
    };
    if let Some(said) = said {
        return Cell::Text(said);
    }
    match column.access {
        Access::Text(get, _) => Cell::text(get(event)),
        Access::Made(get, _) => get(event).map_or(Cell::Blank, Cell::Text),
        Access::Int(get, _) => get(event).map_or(Cell::Blank, Cell::Whole),
        Access::Float(get, _) => get(event).map_or(Cell::Blank, Cell::Number),
        Access::Bool(get, _) => get(event).map_or(Cell::Blank, Cell::Flag),
        Access::Time(get, _) => Cell::time(chrono::DateTime::from_timestamp_micros(get(event))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_is_one_of_the_schema() {
        for (name, _) in TIMELINE.iter().chain(SIGN_INS) {
            assert!(COLUMNS.iter().any(|column| column.name == *name), "{name}");
        }
    }
}
