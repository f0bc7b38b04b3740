//! The evidence: what proves that the files are the files, what was read of each, and what was not.

use super::ROWS;
use super::page::{Page, chip, dash, exact, grouped, head, mono, path};
use crate::ledger::{Counts, Reject, SourceEntry, Status};
use crate::report::text;
use crate::report::words::{self, Word};

/// Rejects shown; the rest is in `rejects.jsonl`.
const REJECTS: usize = 100;
/// Characters shown of a reject.
const EXCERPT: usize = 160;

pub(super) fn section(page: &mut Page<'_>) {
    page.heading("evidence", Word::HeadEvidence);
    let balance = if page.report.total.balance() { Word::BalanceHolds } else { Word::BalanceBroken };
    page.paragraph(&page.word(balance));
    counts(page);
    custody(page);
    notes(page);
    rejects(page);
}

fn counts(page: &mut Page<'_>) {
    let mut heads = vec![head(Word::File, "text"), head(Word::Status, ""), head(Word::Format, "id")];
    let counts = [Word::Records, Word::Events, Word::States, Word::Duplicates, Word::Rejected, Word::Salvaged];
    heads.extend(counts.map(|word| head(word, "n")));
    let files = first_files(page);
    let rows: Vec<Vec<String>> = files.iter().map(|source| count_row(page, source)).collect();
    let mut sum = vec![page.word(Word::Sum), String::new(), String::new()];
    sum.extend(count_cells(&page.report.total));
    page.table_with_sum(&page.word(Word::Counts), &heads, rows, Some(sum));
    page.more(page.report.evidence.len(), files.len(), Word::MoreRows);
}

/// The files that are listed: all, or of very many those first that were not read whole.
fn first_files<'a>(page: &Page<'a>) -> Vec<&'a SourceEntry> {
    let mut files: Vec<&SourceEntry> = page.report.evidence.iter().collect();
    if files.len() > ROWS {
        files.sort_by_key(|source| source.status == Status::Read);
        files.truncate(ROWS);
    }
    files
}

fn count_row(page: &Page<'_>, source: &SourceEntry) -> Vec<String> {
    let (class, symbol) = match source.status {
        Status::Read => ("read", "✓"),
        Status::PartlyRead => ("partly_read", "◐"),
        Status::Unreadable => ("unreadable", "✗"),
        Status::UnknownFormat => ("unknown_format", "?"),
    };
    let mut row = vec![
        path(&source.path),
        chip(class, symbol, words::file_status(page.lang, source.status)),
        source.format.as_deref().map_or_else(dash, |format| mono(&text::html(format))),
    ];
    row.extend(count_cells(&source.counts));
    row
}

fn count_cells(counts: &Counts) -> [String; 6] {
    [counts.records, counts.events, counts.states, counts.duplicates, counts.rejected, counts.salvaged].map(grouped)
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
    let time = |text: &Option<String>| text.as_ref().and_then(|text| text.parse().ok());
    let rows: Vec<Vec<String>> = first_files(page)
        .into_iter()
        .map(|source| {
            vec![
                exact(&source.path),
                grouped(source.bytes),
                time(&source.first).map_or_else(dash, |first| page.time(first)),
                time(&source.last).map_or_else(dash, |last| page.time(last)),
                format!("<span class=\"mono hash\">{}</span>", exact(&source.sha256)),
            ]
        })
        .collect();
    page.long_table(&page.word(Word::Custody), &heads, rows, (page.report.evidence.len(), Word::MoreRows));
}

fn notes(page: &mut Page<'_>) {
    let evidence = page.report.evidence;
    let all = evidence.iter().map(|source| source.notes.len()).sum();
    let rows: Vec<Vec<String>> = evidence
        .iter()
        .flat_map(|source| source.notes.iter().map(move |note| (source, note)))
        .take(ROWS)
        .map(|(source, note)| vec![path(&source.path), exact(&note.code), coded(page, &note.code, &note.text)])
        .collect();
    if !rows.is_empty() {
        let heads = [head(Word::File, "text"), head(Word::Code, "t"), head(Word::Note, "text")];
        page.long_table(&page.word(Word::FileNotes), &heads, rows, (all, Word::MoreRows));
    }
}

/// A remark of the reading: in the report's language what its code means, and the remark as it was noted.
fn coded(page: &Page<'_>, code: &str, noted: &crate::untrusted::Untrusted) -> String {
    let told = page.told(noted);
    match words::code(page.lang, code) {
        Some(meaning) if words::untold(noted.as_evidence()) => {
            format!("{}<br><span class=\"soft\" lang=\"en\">{told}</span>", text::html(meaning))
        }
        _ => told,
    }
}

fn rejects(page: &mut Page<'_>) {
    page.heading("rejects", Word::HeadRejects);
    let rejects = page.report.rejects;
    if rejects.is_empty() {
        let whole = page.report.evidence.iter().all(|source| source.status == Status::Read);
        page.paragraph(&page.word(if whole { Word::NoRejects } else { Word::NoRejectsButFiles }));
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
    // The report holds only the first of very many; the ledger knows how many there are.
    let all = usize::try_from(page.report.total.rejected).unwrap_or(usize::MAX).max(rejects.len());
    page.long_table(&page.word(Word::HeadRejects), &heads, rows, (all, Word::MoreRejects));
}

fn reject_row(page: &Page<'_>, reject: &Reject) -> Vec<String> {
    vec![
        path(&reject.evidence),
        reject.record.to_string(),
        reject.line.to_string(),
        reject.offset.to_string(),
        exact(&reject.code),
        coded(page, &reject.code, &reject.reason),
        mono(&page.beginning(&reject.excerpt, EXCERPT)),
    ]
}
