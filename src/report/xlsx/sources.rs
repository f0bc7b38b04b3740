//! The sheets Evidence and Coverage: what was read, and what it could have shown.

use super::book::{Book, Cell, Head, Sheet, XlsxError};
use super::findings::lines;
use crate::ledger::SourceEntry;
use crate::report::model::Report;
use crate::report::words::{self, Lang, Word};

/// One row a file.
pub(super) fn evidence(book: &mut Book, report: &Report<'_>, lang: Lang) -> Result<(), XlsxError> {
    let heads = [
        (Word::File, 44),
        (Word::Status, 16),
        (Word::Format, 26),
        (Word::Encoding, 12),
        (Word::Bytes, 14),
        (Word::Records, 11),
        (Word::Events, 11),
        (Word::States, 11),
        (Word::Duplicates, 11),
        (Word::Rejected, 11),
        (Word::Salvaged, 11),
        (Word::First, 22),
        (Word::Last, 22),
        (Word::Hash, 68),
        (Word::FileNotes, 80),
    ];
    let heads = heads.into_iter().map(|(word, width)| Head::word(lang, word, width)).collect();
    let sheet = Sheet { name: Word::SheetEvidence.text(lang), heads, whole: "report.json" };
    book.table(&sheet, report.evidence.iter().map(|source| row(lang, source)))
}

fn row(lang: Lang, source: &SourceEntry) -> Vec<Cell<'_>> {
    let counts = &source.counts;
    vec![
        Cell::Wrapped(source.path.as_str().into()),
        Cell::Text(words::file_status(lang, source.status).into()),
        Cell::text(source.format.as_deref()),
        Cell::text(source.encoding.as_deref()),
        Cell::count(source.bytes),
        Cell::count(counts.records),
        Cell::count(counts.events),
        Cell::count(counts.states),
        Cell::count(counts.duplicates),
        Cell::count(counts.rejected),
        Cell::count(counts.salvaged),
        Cell::written_time(source.first.as_deref()),
        Cell::written_time(source.last.as_deref()),
        Cell::Text(source.sha256.as_str().into()),
        lines(source.notes.iter().map(|note| format!("{} {}", note.code, words::remark(lang, &note.code, &note.text)))),
    ]
}

/// One row a gate: what must be true before "not seen" may be said.
pub(super) fn coverage(book: &mut Book, report: &Report<'_>, lang: Lang) -> Result<(), XlsxError> {
    let heads = [(Word::Code, 8), (Word::Question, 60), (Word::Status, 14), (Word::Seen, 100)];
    let heads = heads.into_iter().map(|(word, width)| Head::word(lang, word, width)).collect();
    let sheet = Sheet { name: Word::SheetCoverage.text(lang), heads, whole: "report.json" };
    let rows = report.examination.coverage.iter().map(|gate| {
        let passes = if gate.passes { Word::Passes } else { Word::Fails };
        vec![
            Cell::Text(gate.id.into()),
            Cell::Wrapped(words::told(lang, gate.title)),
            Cell::Text(passes.text(lang).into()),
            Cell::Wrapped(words::told(lang, &gate.seen)),
        ]
    });
    book.table(&sheet, rows)
}
