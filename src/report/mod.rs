//! One plain [`model::Report`], many renderings; each renderer is a pure function of it.
//!
//! The renderers, in the order in which a run writes them:
//!
//! * [`html`]: `report.html`, for people; one file, whose script only sorts, filters and unfolds, no network
//! * [`mod@json`]: `report.json`, for programs; a frozen shape
//! * [`csv`]: `timeline.csv` and `findings.csv`, for spreadsheets
//! * [`timesketch`]: `timeline.timesketch.jsonl`, for Timesketch
//! * [`xlsx`]: `report.xlsx`, for people who sort and filter
//! * [`ecs`]: `timeline.ecs.jsonl` and `findings.ecs.jsonl`, for Elastic and OpenSearch
//! * [`ocsf`]: `timeline.ocsf.jsonl` and `findings.ocsf.jsonl`, for data lakes that speak OCSF
//! * [`stix`]: `indicators.stix.json`, the attacker's traces for other tools
//! * [`manifest`]: `manifest.json` and `SHA256SUMS`, the chain of custody
//! * [`terminal`]: the summary on standard output
//! * [`sources`]: what each evidence file is, for `identify`
//! * [`triage`]: the same for a whole tenant
//!
//! They share [`text`] (the only way evidence text leaves the program), [`words`] (what the program itself says,
//! in English and Japanese), [`deeds`] (what kind of thing an event tells of), [`nested`] (JSON lines),
//! [`rows`] (CSV) and [`outputs`] (the door for writing), and do not know each other.

pub mod deeds;
pub mod model;
pub mod nested;
pub mod outputs;
pub mod rows;
pub mod text;
pub mod words;

pub mod csv;
pub mod ecs;
pub mod html;
pub mod json;
pub mod manifest;
pub mod ocsf;
pub mod sources;
pub mod stix;
pub mod terminal;
pub mod timesketch;
pub mod triage;
pub mod xlsx;

#[cfg(test)]
mod sample;

use serde_json::{Value, json};

use crate::finding::{Assessment, Finding, Verdict};
use crate::origin::RecordRef;
use crate::timeline::schema::{Access, COLUMNS, names};
use crate::timeline::{Event, format_time};
use crate::untrusted::Untrusted;
use model::Report;
use nested::Nested;

/// All assessments: the ten in Microsoft's order, then what goes beyond them.
fn assessments<'a>(report: &Report<'a>) -> impl Iterator<Item = &'a Assessment> {
    report.examination.symptoms.iter().chain(&report.examination.detections)
}

/// A verdict as a shape, so that colour is never alone.
fn symbol(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Strong => "■",
        Verdict::Weak => "▲",
        Verdict::Explained => "○",
        Verdict::NotSeen => "✓",
        Verdict::NotAssessable => "?",
    }
}

/// One sentence on the event; where a record has none, what was done, or at least in which log it stands.
fn said(event: &Event) -> &str {
    let sentence = event.message.as_deref().filter(|message| !message.is_empty());
    let action = event.action.as_deref().filter(|action| !action.is_empty());
    sentence.or(action).unwrap_or(event.evidence_source.as_str())
}

/// What the event's time is; where a record does not say, plaso's word for the time of a record.
fn time_meaning(event: &Event) -> &str {
    event.timestamp_desc.as_deref().filter(|desc| !desc.is_empty()).unwrap_or("Recorded Time")
}

/// The parts of a column that joins several values with `; `.
fn listed(joined: Option<&str>) -> Vec<&str> {
    joined.unwrap_or_default().split(';').map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// The columns of an event that have a value, in the order of the schema; without time, message and the record's own
/// text, which every document has a place for or leaves out.
fn columns(event: &Event) -> impl Iterator<Item = (&'static str, Value)> {
    const PLACED: [&str; 5] = [names::DATETIME, "message", names::PARTIES, names::RAW, names::OBJECT];
    COLUMNS.iter().filter(|column| !PLACED.contains(&column.name)).filter_map(move |column| {
        let value = match column.access {
            Access::Text(get, _) => get(event).map(Value::from),
            Access::Made(get, _) => get(event).map(Value::from),
            Access::Int(get, _) => get(event).map(Value::from),
            Access::Float(get, _) => get(event).map(Value::from),
            Access::Bool(get, _) => get(event).map(Value::from),
            Access::Time(get, _) => Some(Value::from(get(event))),
        };
        Some((column.name, value?))
    })
}

/// What the tool knows of a finding beyond the fields of an event schema.
fn finding_object(finding: &Finding) -> Value {
    let facts = finding.facts.iter().map(|(name, value)| json!({"name": name, "value": value.as_evidence()}));
    let score = finding.score.iter().map(|term| json!({"points": term.points, "why": term.why.as_evidence()}));
    let mut object = Nested::default();
    object.put("id", finding.id.as_str());
    object.put("time", finding.when().map(format_time));
    object.put("verdict", finding.verdict.as_str());
    object.put("severity", finding.severity.as_str());
    object.put("fact", finding.fact.as_str());
    object.put("attribution", finding.attribution.as_str());
    object.put("target", finding.target.as_evidence());
    object.put("session", finding.session.as_ref().map(Untrusted::as_evidence));
    object.put("headline_ja", finding.headline.ja.as_evidence());
    object.put("facts", facts.collect::<Vec<_>>());
    object.put("score", score.collect::<Vec<_>>());
    object.put("records", finding.records.iter().map(record_object).collect::<Vec<_>>());
    object.value()
}

/// A record as every machine output cites it.
fn record_object(record: &RecordRef) -> Value {
    let mut object = Nested::default();
    object.put("evidence", record.evidence.as_str());
    object.put("record", record.record);
    object.put("line", record.line);
    object.put("offset", record.offset);
    object.put("native_id", record.native_id.as_deref());
    object.put("sha256", record.sha256.as_str());
    object.value()
}
