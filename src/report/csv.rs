//! `timeline.csv` and `findings.csv`: for spreadsheets, with a guard against cells that are formulas.

use std::borrow::Cow;
use std::io::{self, Write};

use chrono::DateTime;

use super::model::Report;
use super::rows::Rows;
use super::{assessments, said, text, time_meaning};
use crate::finding::Finding;
use crate::origin::RecordRef;
use crate::timeline::Event;
use crate::timeline::format_time;
use crate::timeline::schema::{Access, COLUMNS, Column, names};

/// What stands between the values of a list in one cell.
const BETWEEN: &str = " ¦ ";

/// Writes `timeline.csv`: every column but the record's own text, one row an event.
pub fn timeline(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let columns: Vec<&Column> =
        COLUMNS.iter().filter(|column| !matches!(column.name, names::RAW | names::OBJECT)).collect();
    let mut rows = Rows::new(out);
    rows.row(columns.iter().map(|column| column.name))?;
    for event in report.timeline {
        for column in &columns {
            rows.cell(&cell(column, event))?;
        }
        rows.end()?;
    }
    rows.flush()
}

fn cell<'e>(column: &Column, event: &'e Event) -> Cow<'e, str> {
    // Timesketch drops these two where they are empty, and wants them of every event.
    match column.name {
        "message" => return text::csv_cell(said(event)),
        "timestamp_desc" => return text::csv_cell(time_meaning(event)),
        _ => {}
    }
    match column.access {
        Access::Text(get, _) => get(event).map(text::csv_cell).unwrap_or_default(),
        Access::Made(get, _) => get(event).map(|made| text::csv_cell(&*made).into_owned().into()).unwrap_or_default(),
        Access::Int(get, _) => get(event).map(|number| number.to_string().into()).unwrap_or_default(),
        Access::Float(get, _) => get(event).map(|number| number.to_string().into()).unwrap_or_default(),
        Access::Bool(get, _) => get(event).map(|yes| if yes { "true" } else { "false" }.into()).unwrap_or_default(),
        Access::Time(get, _) => {
            DateTime::from_timestamp_micros(get(event)).map(|time| format_time(time).into()).unwrap_or_default()
        }
    }
}

/// Writes `findings.csv`: one row a finding, the ten symptoms first.
pub fn findings(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut rows = Rows::new(out);
    rows.row([
        "id",
        "symptom",
        "verdict",
        "severity",
        "fact",
        "attribution",
        "time",
        "actor",
        "target",
        "address",
        "session",
        "headline_en",
        "headline_ja",
        "score",
        "score_terms",
        "facts",
        "attack",
        "records",
    ])?;
    for assessment in assessments(report) {
        for finding in &assessment.findings {
            row(&mut rows, assessment.id, finding)?;
        }
    }
    rows.flush()
}

fn row<W: Write>(rows: &mut Rows<W>, symptom: &str, finding: &Finding) -> io::Result<()> {
    let time = finding.when().map(format_time).unwrap_or_default();
    let points = finding.score.iter().map(|term| i64::from(term.points)).sum::<i64>().to_string();
    // The points stand behind the words, so that a cell does not begin with a sign.
    let terms = joined(finding.score.iter().map(|term| format!("{} ({:+})", term.why.as_evidence(), term.points)));
    let facts = joined(finding.facts.iter().map(|(name, value)| format!("{name}={}", value.as_evidence())));
    let records = joined(finding.records.iter().map(cited));
    let attack = joined(finding.attack.iter().map(|&technique| technique.to_owned()));
    let address = finding.address.as_ref().map_or("", |address| address.as_evidence());
    let session = finding.session.as_ref().map_or("", |session| session.as_evidence());
    let texts = [
        &finding.id,
        symptom,
        finding.verdict.as_str(),
        finding.severity.as_str(),
        finding.fact.as_str(),
        finding.attribution.as_str(),
        &time,
        finding.actor.as_evidence(),
        finding.target.as_evidence(),
        address,
        session,
        finding.headline.en.as_evidence(),
        finding.headline.ja.as_evidence(),
    ];
    for cell in texts {
        rows.cell(&text::csv_cell(cell))?;
    }
    // A sum may be negative: it is ours and a number, and is written as one.
    rows.cell(&points)?;
    for cell in [&terms, &facts, &attack, &records] {
        rows.cell(&text::csv_cell(cell))?;
    }
    rows.end()
}

fn cited(record: &RecordRef) -> String {
    format!("{}#{} {}", record.evidence, record.record, record.sha256)
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(BETWEEN)
}

#[cfg(test)]
mod tests {
    use super::super::sample::Sample;
    use super::*;

    type Render = fn(&Report<'_>, &mut dyn Write) -> io::Result<()>;

    fn table(render: Render) -> Vec<Vec<String>> {
        let sample = Sample::hostile();
        let mut bytes = Vec::new();
        render(&sample.report(), &mut bytes).unwrap();
        let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(bytes.as_slice());
        reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
    }

    fn at<'t>(table: &'t [Vec<String>], row: usize, name: &str) -> &'t str {
        let column = table[0].iter().position(|header| header == name).unwrap();
        &table[row][column]
    }

    #[test]
    fn the_timeline_has_every_column_but_raw_and_a_row_an_event() {
        let table = table(timeline);
        assert_eq!(table.len(), 1 + 3);
        assert_eq!(table[0].len(), COLUMNS.len() - 2);
        assert!(!table[0].iter().any(|name| name == "raw"));
        assert_eq!(at(&table, 1, "datetime"), "2026-03-10T00:23:03Z");
        assert_eq!(at(&table, 2, "datetime"), "2026-03-10T00:24:00.250Z");
        assert_eq!(at(&table, 1, "source_row"), "17");
        assert_eq!(at(&table, 1, "evidence_source"), "ual");
    }

    #[test]
    fn hostile_cells_are_guarded_and_numbers_are_not() {
        let table = table(timeline);
        assert_eq!(at(&table, 1, "email_subject"), "'=cmd|' /C calc'!A0");
        assert_eq!(at(&table, 1, "geo_lon"), "-0.5");
    }

    #[test]
    fn every_finding_is_one_row() {
        let table = table(findings);
        assert_eq!(table.len(), 1 + 4);
        assert_eq!(at(&table, 1, "id"), "inbox-rules/1");
        assert_eq!(at(&table, 1, "score"), "5");
        assert_eq!(
            at(&table, 1, "score_terms"),
            "address is in the attacker set (+3) ¦ rule hides mail (+3) ¦ usual client (-1)"
        );
        let hash = "0123456789abcdef".repeat(4);
        assert_eq!(at(&table, 1, "records"), format!("ual.csv#17 {hash} ¦ sign-ins.zip!a.json#3 {hash}"));
        assert!(at(&table, 1, "target").starts_with("'="));
    }

    #[test]
    fn a_finding_without_a_time_has_an_empty_cell_for_it() {
        let mut sample = Sample::hostile();
        sample.examination.symptoms[2].findings[0].dated = false;
        let mut bytes = Vec::new();
        findings(&sample.report(), &mut bytes).unwrap();
        let mut rows = ::csv::Reader::from_reader(bytes.as_slice());
        let times: Vec<bool> = rows.records().map(|row| row.unwrap()[6].is_empty()).collect();
        assert_eq!(times, [true, false, false, false]);
    }

    #[test]
    fn lines_end_in_lf() {
        let sample = Sample::hostile();
        let mut bytes = Vec::new();
        findings(&sample.report(), &mut bytes).unwrap();
        assert!(bytes.ends_with(b"\n") && !bytes.windows(2).any(|pair| pair == b"\r\n"));
    }
}
