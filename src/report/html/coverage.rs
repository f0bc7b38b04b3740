//! What the evidence can and cannot show: file by file, and check by check.

use chrono::{DateTime, TimeDelta, Utc};

use super::page::{Page, chip, cited, dash, exact, head};
use crate::ledger::SourceEntry;
use crate::report::text;
use crate::report::words::{self, Word};

/// How far from the window's ends a file may begin and end: a quiet night is no gap.
const SLACK: TimeDelta = TimeDelta::hours(24);

pub(super) fn section(page: &mut Page<'_>) {
    page.heading("coverage", Word::HeadCoverage);
    files(page);
    gates(page);
    identities(page);
}

/// What each file could show of the window, and what a log of its kind never shows.
fn files(page: &mut Page<'_>) {
    let rows: Vec<Vec<String>> = page.report.evidence.iter().map(|source| file_row(page, source)).collect();
    if rows.is_empty() {
        page.paragraph(&page.word(Word::NoEvidence));
        return;
    }
    let heads = [
        head(Word::File, "text"),
        head(Word::Spans, "text"),
        head(Word::CanShow, "text"),
        head(Word::CannotShow, "text"),
    ];
    page.table(&page.word(Word::PerFile), &heads, rows);
}

fn file_row(page: &Page<'_>, source: &SourceEntry) -> Vec<String> {
    let kind = source.evidence_source.as_deref().and_then(words::evidence_kind);
    let name = kind.map_or_else(|| page.word(Word::KindNone), |kind| page.word(kind.name));
    vec![
        format!("<strong>{name}</strong><br>{}", exact(&source.path)),
        span(page, source),
        kind.map_or_else(dash, |kind| page.word(kind.shows)),
        kind.map_or_else(dash, |kind| page.word(kind.hides)),
    ]
}

fn span(page: &Page<'_>, source: &SourceEntry) -> String {
    let time = |text: &Option<String>| -> Option<DateTime<Utc>> { text.as_ref()?.parse().ok() };
    let (Some(first), Some(last)) = (time(&source.first), time(&source.last)) else { return dash() };
    let window = page.report.examination.window;
    let (late, early) = (first > window.from + SLACK, last + SLACK < window.to);
    let (class, symbol, word) = match (late, early) {
        (false, false) => ("passes", "✓", Word::SpansWindow),
        (true, false) => ("fails", "✗", Word::StartsLate),
        (false, true) => ("fails", "✗", Word::EndsEarly),
        (true, true) => ("fails", "✗", Word::SpansPart),
    };
    format!("{}<br>{} –<br>{}", chip(class, symbol, word.text(page.lang)), page.time(first), page.time(last))
}

fn gates(page: &mut Page<'_>) {
    let coverage = &page.report.examination.coverage;
    let passed = coverage.iter().filter(|gate| gate.passes).count().to_string();
    page.subheading(Word::Gates);
    page.paragraph(&page.sentence(Word::GateTally, &[&passed, &coverage.len().to_string()]));
    let rows: Vec<Vec<String>> = coverage
        .iter()
        .map(|gate| {
            let state = if gate.passes {
                chip("passes", "✓", Word::Passes.text(page.lang))
            } else {
                chip("fails", "✗", Word::Fails.text(page.lang))
            };
            vec![format!("{} {}", text::html(gate.id), page.told(gate.title)), state, page.told(&gate.seen)]
        })
        .collect();
    if !rows.is_empty() {
        let heads = [head(Word::Question, "text"), head(Word::State, ""), head(Word::Seen, "text")];
        page.table(&page.word(Word::Gates), &heads, rows);
    }
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
        page.subheading(Word::HeadIdentities);
        let heads = [head(Word::Kind, ""), head(Word::Value, "text"), head(Word::LearnedFrom, "")];
        page.table(&page.word(Word::HeadIdentities), &heads, rows);
    }
}
