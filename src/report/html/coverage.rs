//! What the evidence can and cannot show: kind by kind, and check by check.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::ROWS;
use super::page::{Page, chip, cited, dash, head, path};
use crate::examination::Gate;
use crate::ledger::SourceEntry;
use crate::question::Window;
use crate::report::text;
use crate::report::words::{self, Word, fill};

/// How far from the window's ends a file may begin and end: a quiet night is no gap.
const SLACK: TimeDelta = TimeDelta::hours(24);
/// Files named per kind; the list of the evidence has them all.
const FILES: usize = 5;
/// Stretches of time told per kind.
const SPANS: usize = 4;

pub(super) fn section(page: &mut Page<'_>) {
    page.heading("coverage", Word::HeadCoverage);
    kinds(page);
    gates(page);
    identities(page);
}

/// What the files of each kind could show of the window, and what a log of that kind never shows.
fn kinds(page: &mut Page<'_>) {
    let mut kinds: BTreeMap<Option<&str>, Vec<&SourceEntry>> = BTreeMap::new();
    for source in page.report.evidence {
        // A file that was not read may be of any kind; what is no export comes last.
        let kind = source.evidence_source.as_deref().filter(|kind| words::evidence_kind(kind).is_some());
        kinds.entry(kind).or_default().push(source);
    }
    if kinds.is_empty() {
        page.paragraph(&page.word(Word::NoEvidence));
        return;
    }
    let unknown = kinds.remove(&None);
    let mut rows: Vec<Vec<String>> = kinds.iter().map(|(kind, files)| kind_row(page, *kind, files)).collect();
    rows.extend(unknown.map(|files| kind_row(page, None, &files)));
    let heads = [
        head(Word::Source, "text"),
        head(Word::Spans, "text"),
        head(Word::CanShow, "text"),
        head(Word::CannotShow, "text"),
    ];
    page.table(&page.word(Word::PerKind), &heads, rows);
}

fn kind_row(page: &Page<'_>, kind: Option<&str>, files: &[&SourceEntry]) -> Vec<String> {
    let checks = kind.map_or(&[][..], checks_of);
    let kind = kind.and_then(words::evidence_kind);
    let name = kind.map_or_else(|| page.word(Word::KindNone), |kind| page.word(kind.name));
    let mut lines = vec![format!("<strong>{name}</strong>")];
    lines.extend(files.iter().take(FILES).map(|source| path(&source.path)));
    let more = files.len().saturating_sub(FILES);
    if more > 0 {
        lines.push(page.sentence(Word::MoreFiles, &[&more.to_string()]));
    }
    vec![
        lines.join("<br>"),
        span(page, checks, files),
        kind.map_or_else(dash, |kind| page.word(kind.shows)),
        kind.map_or_else(dash, |kind| page.word(kind.hides)),
    ]
}

/// The coverage checks that ask whether logs of a kind span the window. They know more of the files than when these
/// begin and end: rest days, holes, cut exports.
fn checks_of(kind: &str) -> &'static [&'static str] {
    match kind {
        "ual" => &["G1"],
        "entra_signin" => &["G7", "G7n"],
        "entra_audit" => &["G6e"],
        "message_trace" => &["G9"],
        _ => &[],
    }
}

/// How much of the window is covered, where the checks have their say: a table says nothing else than the next one does.
fn agreed(covered: Word, coverage: &[Gate], checks: &[&str]) -> Word {
    let mut asked = coverage.iter().filter(|gate| checks.contains(&gate.id)).peekable();
    if asked.peek().is_none() || covered == Word::SpansNothing {
        return covered;
    }
    match covered {
        _ if asked.any(|gate| gate.passes) => Word::SpansWindow,
        Word::SpansWindow => Word::SpansBut,
        less => less,
    }
}

/// What the files cover together: a file a day covers what one long file would. Another tenant's files cover nothing.
fn span(page: &Page<'_>, checks: &[&str], files: &[&SourceEntry]) -> String {
    let foreign = &page.report.examination.foreign_files;
    let (theirs, own): (Vec<&SourceEntry>, Vec<&SourceEntry>) =
        files.iter().partition(|source| foreign.contains(&source.path));
    let spans = joined(&own);
    let word = match spans.is_empty() {
        true if theirs.is_empty() => return dash(),
        true => Word::SpansOther,
        false => {
            let examination = page.report.examination;
            agreed(covered(&spans, examination.window), &examination.coverage, checks)
        }
    };
    let (class, symbol) = if word == Word::SpansWindow { ("passes", "✓") } else { ("fails", "✗") };
    let mut lines = vec![chip(class, symbol, &fill(page.lang, word, &[&checks.join(", ")]))];
    lines.extend(
        spans.iter().take(SPANS).map(|(first, last)| format!("{} –<br>{}", page.time(*first), page.time(*last))),
    );
    let more = spans.len().saturating_sub(SPANS);
    if more > 0 {
        lines.push(format!("+{more}"));
    }
    lines.join("<br>")
}

/// How much of the window these stretches of time cover, in order and apart from each other; what lies outside of it
/// says nothing of it.
fn covered(spans: &[Span], window: Window) -> Word {
    let late = |span: &Span| span.0 > window.from + SLACK;
    let early = |span: &Span| span.1 + SLACK < window.to;
    if spans.iter().any(|span| !late(span) && !early(span)) {
        return Word::SpansWindow;
    }
    let inside: Vec<&Span> = spans.iter().filter(|span| span.0 < window.to && span.1 >= window.from).collect();
    match inside.as_slice() {
        [] => Word::SpansNothing,
        [one] if !early(one) => Word::StartsLate,
        [one] if !late(one) => Word::EndsEarly,
        _ => Word::SpansPart,
    }
}

/// From when, until when.
type Span = (DateTime<Utc>, DateTime<Utc>);

/// The stretches of time that the files cover; what lies no farther apart than a quiet night is one.
fn joined(files: &[&SourceEntry]) -> Vec<Span> {
    let time = |text: &Option<String>| -> Option<DateTime<Utc>> { text.as_ref()?.parse().ok() };
    let mut spans: Vec<_> = files.iter().filter_map(|source| time(&source.first).zip(time(&source.last))).collect();
    spans.sort_unstable();
    let mut joined: Vec<Span> = Vec::new();
    for (first, last) in spans {
        match joined.last_mut().filter(|(_, until)| first <= *until + SLACK) {
            Some((_, until)) => *until = last.max(*until),
            None => joined.push((first, last)),
        }
    }
    joined
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
    let identities = &page.report.examination.identities;
    let rows: Vec<Vec<String>> = identities
        .iter()
        .take(ROWS)
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
        page.long_table(&page.word(Word::HeadIdentities), &heads, rows, (identities.len(), Word::MoreRows));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn only_what_lies_in_the_window_says_how_much_of_it_is_covered() {
        let window = Window { from: at("2026-02-10T00:00:00Z"), to: at("2026-02-28T00:00:00Z") };
        let span = |from: &str, to: &str| (at(&format!("2026-{from}T12:00:00Z")), at(&format!("2026-{to}T12:00:00Z")));
        for (spans, expected) in [
            (vec![span("02-10", "02-27")], Word::SpansWindow),
            // An earlier export beside that of the window makes no gap in it.
            (vec![span("01-01", "01-19"), span("02-05", "02-28")], Word::SpansWindow),
            (vec![span("02-14", "03-05")], Word::StartsLate),
            (vec![span("01-01", "01-19"), span("02-14", "03-05")], Word::StartsLate),
            (vec![span("02-01", "02-20")], Word::EndsEarly),
            (vec![span("02-01", "02-20"), span("03-05", "03-06")], Word::EndsEarly),
            (vec![span("02-14", "02-20")], Word::SpansPart),
            (vec![span("02-01", "02-12"), span("02-20", "03-05")], Word::SpansPart),
            (vec![span("01-01", "01-19")], Word::SpansNothing),
            (vec![span("01-01", "01-19"), span("03-05", "03-06")], Word::SpansNothing),
        ] {
            assert_eq!(covered(&spans, window), expected, "{spans:?}");
        }
    }

    #[test]
    fn what_is_covered_and_the_checks_say_the_same() {
        let gate = |id, passes| Gate { id, title: "the window", passes, seen: String::new() };
        let log = [gate("G1", false), gate("G7", false), gate("G7n", true)];
        for (covered, checks, expected) in [
            // A hole or a cut export between the ends.
            (Word::SpansWindow, &["G1"][..], Word::SpansBut),
            // A weekend at the window's start, on which nobody works.
            (Word::StartsLate, &["G7", "G7n"], Word::SpansWindow),
            (Word::SpansWindow, &["G7", "G7n"], Word::SpansWindow),
            (Word::StartsLate, &["G1"], Word::StartsLate),
            (Word::SpansNothing, &["G7", "G7n"], Word::SpansNothing),
            (Word::SpansWindow, &["G9"], Word::SpansWindow),
            (Word::EndsEarly, &[], Word::EndsEarly),
        ] {
            assert_eq!(agreed(covered, &log, checks), expected, "{covered:?} {checks:?}");
        }
    }
}
