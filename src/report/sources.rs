//! What each evidence file is: one table and its problems for people, one object for programs (`identify`).

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};
use serde_json::{Value, json};

use super::model::Tool;
use super::text;
use crate::finding::counted;
use crate::knowledge::asks::ask;
use crate::ledger::{Counts, Ledger, Note, SourceEntry, Status};

/// Narrower than this a table is no help: there each file is told in lines.
const NARROW: u16 = 90;
/// Notes of one code that are told one by one.
const TOLD: usize = 3;

/// The table, the problems with what to ask for, and the sum.
pub fn table(ledger: &Ledger, width: Option<u16>) -> String {
    let mut out = String::new();
    match width {
        Some(width) if width < NARROW => ledger.sources.iter().for_each(|source| lines(source, &mut out)),
        width => {
            out.push_str(&files(ledger, width));
            out.push('\n');
        }
    }
    for source in ledger.sources.iter().filter(|source| !source.notes.is_empty()) {
        out.push('\n');
        out.push_str(&text::terminal_whole(&source.path));
        out.push('\n');
        problems(source, &mut out);
    }
    out.push('\n');
    out.push_str(&sum(ledger));
    out.push('\n');
    out
}

fn files(ledger: &Ledger, width: Option<u16>) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    // Piped into something else, the table is as wide as it needs to be.
    table.set_width(width.unwrap_or(400));
    table.set_header(["FILE", "WHAT IT IS", "SURE", "RECORDS", "FIRST", "LAST", "TIMES", "PROBLEMS"]);
    for source in &ledger.sources {
        let counts = source.counts;
        let what = source.format.clone().unwrap_or_else(|| status(source.status).to_owned());
        let what = if source.format.is_some() && source.status != Status::Read {
            format!("{what} ({})", status(source.status))
        } else {
            what
        };
        let records = if source.format.is_some() { counts.records.to_string() } else { "-".to_owned() };
        table.add_row([
            Cell::new(text::terminal_whole(&source.path)),
            Cell::new(what),
            Cell::new(sure(source)),
            Cell::new(records).set_alignment(CellAlignment::Right),
            Cell::new(source.first.as_deref().map_or("-", seconds)),
            Cell::new(source.last.as_deref().map_or("-", seconds)),
            Cell::new(zones(source)),
            Cell::new(codes(source)),
        ]);
    }
    let mut text = table.to_string();
    text.truncate(text.trim_end().len());
    let text: Vec<&str> = text.lines().map(str::trim_end).collect();
    text.join("\n")
}

/// `2026-03-02T01:12:13.250Z` without its fraction.
fn seconds(time: &str) -> &str {
    time.get(..19).unwrap_or(time)
}

fn lines(source: &SourceEntry, out: &mut String) {
    let counts = source.counts;
    out.push_str(&text::terminal_whole(&source.path));
    out.push('\n');
    let what = source.format.as_deref().unwrap_or("no export");
    out.push_str(&format!("  {what}, {} ({})\n", status(source.status), sure(source)));
    if source.format.is_some() {
        out.push_str(&format!("  {}\n", balance(&counts)));
    }
    if let (Some(first), Some(last)) = (&source.first, &source.last) {
        out.push_str(&format!("  {} to {} ({})\n", seconds(first), seconds(last), zones(source)));
    }
}

/// The remarks of one code together: what was seen, then what to ask for.
fn problems(source: &SourceEntry, out: &mut String) {
    if source.format.is_some() && source.counts.records > 0 {
        out.push_str(&format!("  {}\n", balance(&source.counts)));
    }
    let mut told: Vec<&str> = Vec::new();
    for note in &source.notes {
        if told.contains(&note.code.as_str()) {
            continue;
        }
        told.push(&note.code);
        let same: Vec<&Note> = source.notes.iter().filter(|other| other.code == note.code).collect();
        for note in same.iter().take(TOLD) {
            let (code, remark) = (text::terminal_whole(&note.code), text::terminal_whole(&note.text));
            out.push_str(&format!("  {code} {remark}\n"));
        }
        if same.len() > TOLD {
            out.push_str(&format!("  {} and {} more of these\n", note.code, same.len() - TOLD));
        }
        if let Some(ask) = ask(&note.code) {
            out.push_str(&format!("        ask for: {ask}\n"));
        }
    }
}

fn balance(counts: &Counts) -> String {
    format!(
        "{} = {} + {} + {} + {} rejected ({} salvaged)",
        counted(counts.records, "record", "records"),
        counted(counts.events, "event", "events"),
        counted(counts.states, "state", "states"),
        counted(counts.duplicates, "duplicate", "duplicates"),
        counts.rejected,
        counts.salvaged
    )
}

fn sum(ledger: &Ledger) -> String {
    let total = ledger.total();
    format!(
        "{}, {} = {} + {} + {} + {} rejected ({} of the events salvaged)",
        counted(ledger.sources.len() as u64, "file", "files"),
        counted(total.records, "record", "records"),
        counted(total.events, "event", "events"),
        counted(total.states, "state", "states"),
        counted(total.duplicates, "duplicate", "duplicates"),
        total.rejected,
        total.salvaged
    )
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Read => "read",
        Status::PartlyRead => "partly read",
        Status::Unreadable => "unreadable",
        Status::UnknownFormat => "unknown format",
    }
}

/// How sure the recognition is: by all its marks, by the shape of the table only, or not at all.
fn sure(source: &SourceEntry) -> &'static str {
    match &source.format {
        None => "no",
        Some(_) if source.notes.iter().any(|note| note.code == "C-211") => "by shape",
        Some(_) => "yes",
    }
}

/// What the zone of the file's times rests on.
fn zones(source: &SourceEntry) -> String {
    let words = source.time_zones.keys().map(|basis| match basis.as_str() {
        "explicit" => "zone given",
        "implied_utc" => "UTC by definition",
        "assumed_utc" => "UTC assumed",
        "guessed_culture" => "order of day and month inferred",
        _ => "unknown",
    });
    let words: Vec<&str> = words.collect();
    if words.is_empty() { "-".to_owned() } else { words.join(" + ") }
}

/// Each code once, in the order of their severity.
fn codes(source: &SourceEntry) -> String {
    let mut codes: Vec<&str> = source.notes.iter().map(|note| note.code.as_str()).collect();
    codes.sort_by_key(|code| (["F", "R", "C"].iter().position(|kind| code.starts_with(kind)), *code));
    codes.dedup();
    if codes.is_empty() { "-".to_owned() } else { codes.join(" ") }
}

/// The same for programs.
pub fn json(ledger: &Ledger, tool: &Tool) -> Value {
    let total = ledger.total();
    json!({
        "schema": "bectrace.identify/1",
        "tool": {"name": tool.name, "version": tool.version},
        "ledger": counts(&total),
        "evidence": ledger.sources.iter().map(entry).collect::<Vec<_>>(),
    })
}

fn counts(counts: &Counts) -> Value {
    json!({
        "records": counts.records, "events": counts.events, "states": counts.states,
        "duplicates": counts.duplicates, "rejected": counts.rejected, "salvaged": counts.salvaged,
    })
}

fn entry(source: &SourceEntry) -> Value {
    let notes: Vec<Value> =
        source.notes.iter().map(|note| json!({"code": note.code, "text": note.text, "ask": ask(&note.code)})).collect();
    let mut entry = json!({
        "path": source.path, "sha256": source.sha256, "bytes": source.bytes,
        "format": source.format, "evidence_source": source.evidence_source, "status": source.status,
        "recognised_by": source.recognised_by, "sure": sure(source), "encoding": source.encoding,
        "first": source.first, "last": source.last, "time_zones": source.time_zones,
        "days": source.days, "operations": source.operations, "gaps": source.gaps, "notes": notes,
    });
    if let (Some(entry), Value::Object(counts)) = (entry.as_object_mut(), counts(&source.counts)) {
        entry.extend(counts);
    }
    entry
}
