//! The bottom of the report, for the reader who checks: coverage, files, what was not read, and the timeline.

use super::{Page, anchor, chip, cited, exact, head, mono};
use crate::ledger::{Counts, Reject, SourceEntry, Status};
use crate::report::text;
use crate::report::words::{self, Word};
use crate::timeline::Event;

/// Rejects shown; the rest is in `rejects.jsonl`.
const REJECTS: usize = 200;

/// Events shown; the rest is in `timeline.csv`.
const EVENTS: usize = 500;

pub(super) fn coverage(page: &mut Page<'_>) {
    page.heading("coverage", Word::HeadCoverage);
    let examination = page.report.examination;
    if !examination.cautions.is_empty() {
        page.push(&format!("<h3>{}</h3>\n", page.word(Word::HeadCautions)));
        page.bullets(&examination.cautions);
    }
    let passed = examination.coverage.iter().filter(|gate| gate.passes).count().to_string();
    page.paragraph(&page.sentence(Word::GateTally, &[&passed, &examination.coverage.len().to_string()]));
    let rows: Vec<Vec<String>> = examination
        .coverage
        .iter()
        .map(|gate| {
            let state = if gate.passes {
                chip("passes", "✓", Word::Passes.text(page.lang))
            } else {
                chip("fails", "✗", Word::Fails.text(page.lang))
            };
            vec![format!("{} {}", text::html(gate.id), text::html(gate.title)), state, page.shown(&gate.seen)]
        })
        .collect();
    if !rows.is_empty() {
        let heads = [head(Word::Question, ""), head(Word::State, ""), head(Word::Seen, "text")];
        page.table(&page.word(Word::Gates), &heads, rows);
    }
    identities(page);
}

fn identities(page: &mut Page<'_>) {
    let rows: Vec<Vec<String>> = page
        .report
        .examination
        .identities
        .iter()
        .map(|identity| {
            let source = identity.learned_from.as_ref().map(cited);
            vec![
                text::html(words::identity_kind(page.lang, identity.kind)),
                page.shown(&identity.value),
                source.unwrap_or_else(|| page.word(Word::Given)),
            ]
        })
        .collect();
    if !rows.is_empty() {
        let heads = [head(Word::Kind, ""), head(Word::Value, "text"), head(Word::LearnedFrom, "")];
        page.table(&page.word(Word::HeadIdentities), &heads, rows);
    }
}

pub(super) fn evidence(page: &mut Page<'_>) {
    page.heading("evidence", Word::HeadEvidence);
    let balance = if page.report.total.balance() { Word::BalanceHolds } else { Word::BalanceBroken };
    page.paragraph(&page.word(balance));
    counts(page);
    custody(page);
    notes(page);
}

fn counts(page: &mut Page<'_>) {
    let mut heads = vec![head(Word::File, "text"), head(Word::Status, ""), head(Word::Format, "id")];
    let counts = [Word::Records, Word::Events, Word::States, Word::Duplicates, Word::Rejected, Word::Salvaged];
    heads.extend(counts.map(|word| head(word, "n")));
    let mut rows: Vec<Vec<String>> = page.report.evidence.iter().map(|source| count_row(page, source)).collect();
    let mut sum = vec![page.word(Word::Sum), String::new(), String::new()];
    sum.extend(count_cells(&page.report.total));
    rows.push(sum);
    page.table(&page.word(Word::Counts), &heads, rows);
}

fn count_row(page: &Page<'_>, source: &SourceEntry) -> Vec<String> {
    let (class, symbol) = match source.status {
        Status::Read => ("read", "✓"),
        Status::PartlyRead => ("partly_read", "◐"),
        Status::Unreadable => ("unreadable", "✗"),
        Status::UnknownFormat => ("unknown_format", "?"),
    };
    let mut row = vec![
        exact(&source.path),
        chip(class, symbol, words::file_status(page.lang, source.status)),
        source.format.as_deref().map_or_else(dash, |format| mono(&text::html(format))),
    ];
    row.extend(count_cells(&source.counts));
    row
}

fn count_cells(counts: &Counts) -> [String; 6] {
    [counts.records, counts.events, counts.states, counts.duplicates, counts.rejected, counts.salvaged]
        .map(|count| count.to_string())
}

/// What proves that the files are the files.
fn custody(page: &mut Page<'_>) {
    let heads = [
        head(Word::File, "text"),
        head(Word::Bytes, "n"),
        head(Word::First, "t"),
        head(Word::Last, "t"),
        head(Word::Hash, ""),
    ];
    let rows: Vec<Vec<String>> = page
        .report
        .evidence
        .iter()
        .map(|source| {
            vec![
                exact(&source.path),
                source.bytes.to_string(),
                source.first.as_deref().map_or_else(dash, text::html),
                source.last.as_deref().map_or_else(dash, text::html),
                format!("<span class=\"mono hash\">{}</span>", exact(&source.sha256)),
            ]
        })
        .collect();
    page.table(&page.word(Word::Custody), &heads, rows);
}

fn notes(page: &mut Page<'_>) {
    let rows: Vec<Vec<String>> = page
        .report
        .evidence
        .iter()
        .flat_map(|source| source.notes.iter().map(move |note| (source, note)))
        .map(|(source, note)| vec![exact(&source.path), exact(&note.code), page.shown(&note.text)])
        .collect();
    if !rows.is_empty() {
        let heads = [head(Word::File, "text"), head(Word::Code, "t"), head(Word::Note, "text")];
        page.table(&page.word(Word::FileNotes), &heads, rows);
    }
}

pub(super) fn rejects(page: &mut Page<'_>) {
    page.heading("rejects", Word::HeadRejects);
    let rejects = page.report.rejects;
    if rejects.is_empty() {
        page.paragraph(&page.word(Word::NoRejects));
        return;
    }
    let heads = [
        head(Word::File, "text"),
        head(Word::Record, "n"),
        head(Word::Line, "n"),
        head(Word::Offset, "n"),
        head(Word::Code, "t"),
        head(Word::Reason, "text"),
        head(Word::Excerpt, "text"),
    ];
    let rows: Vec<Vec<String>> = rejects.iter().take(REJECTS).map(|reject| reject_row(page, reject)).collect();
    page.table(&page.word(Word::HeadRejects), &heads, rows);
    let more = rejects.len().saturating_sub(REJECTS);
    if more > 0 {
        page.paragraph(&page.sentence(Word::MoreRejects, &[&more.to_string()]));
    }
}

fn reject_row(page: &Page<'_>, reject: &Reject) -> Vec<String> {
    vec![
        exact(&reject.evidence),
        reject.record.to_string(),
        reject.line.to_string(),
        reject.offset.to_string(),
        exact(&reject.code),
        page.shown(&reject.reason),
        mono(&page.shown(&reject.excerpt)),
    ]
}

pub(super) fn timeline(page: &mut Page<'_>) {
    page.heading("timeline", Word::HeadTimeline);
    let cited = |event: &&Event| event.finding_ids.is_some() || event.symptom.is_some();
    let count = page.report.timeline.iter().filter(cited).count();
    if count == 0 {
        page.paragraph(&page.word(Word::NoCited));
    }
    let (shown, all) = (count.min(EVENTS).to_string(), page.report.timeline.len().to_string());
    page.paragraph(&page.sentence(Word::MoreTimeline, &[&shown, &count.to_string(), &all]));
    let heads = [
        head(Word::Time, "t"),
        head(Word::Action, ""),
        head(Word::Message, "text"),
        head(Word::Actor, "id"),
        head(Word::Address, "id"),
        head(Word::Outcome, ""),
        head(Word::Source, ""),
        head(Word::Record, ""),
        head(Word::Finding, "id"),
    ];
    let rows: Vec<Vec<String>> =
        page.report.timeline.iter().filter(cited).take(EVENTS).map(|event| event_row(page, event)).collect();
    if !rows.is_empty() {
        page.table(&page.word(Word::HeadTimeline), &heads, rows);
    }
}

fn event_row(page: &Page<'_>, event: &Event) -> Vec<String> {
    let address: Vec<String> =
        [&event.source_ip, &event.geo_country].into_iter().flatten().map(|text| page.shown(&**text)).collect();
    let actor = event.user_upn.as_deref().or(event.user_raw.as_deref());
    vec![
        page.time(event.datetime),
        exact(event.action()),
        event.message.as_deref().map_or_else(dash, |message| page.shown(message)),
        actor.map_or_else(dash, |actor| page.shown(actor)),
        address.join(" "),
        text::html(words::outcome(page.lang, event.outcome.as_str())),
        text::html(event.evidence_source.as_str()),
        format!("{} #{}", exact(&*event.origin.file), event.origin.record),
        links(page, event.finding_ids.as_deref().unwrap_or_default()),
    ]
}

/// Links to the findings that cite an event.
fn links(page: &Page<'_>, ids: &str) -> String {
    let ids = ids.split([';', ',', ' ', '|']).filter(|id| !id.is_empty());
    let links: Vec<String> = ids
        .map(|id| {
            let shown = text::html(id);
            if page.anchors.contains(id) { format!("<a href=\"#f-{}\">{shown}</a>", anchor(id)) } else { shown }
        })
        .collect();
    links.join("<br>")
}

fn dash() -> String {
    "–".to_owned()
}
