//! The sheets Findings and Response: what was found, and how far the seven steps got.

use super::book::{Book, Cell, Head, Sheet, XlsxError};
use crate::finding::{Assessment, Finding, Step};
use crate::origin::RecordRef;
use crate::report::assessments;
use crate::report::model::Report;
use crate::report::words::{self, Lang, Word};
use crate::untrusted::Untrusted;

/// One row a finding, the ten symptoms first.
pub(super) fn findings(book: &mut Book, report: &Report<'_>, lang: Lang) -> Result<(), XlsxError> {
    let heads = [
        (Word::Finding, 24),
        (Word::Symptom, 28),
        (Word::Verdict, 12),
        (Word::Severity, 10),
        (Word::Time, 22),
        (Word::Headline, 60),
        (Word::Actor, 30),
        (Word::Target, 36),
        (Word::Address, 18),
        (Word::Session, 38),
        (Word::Attribution, 24),
        (Word::Fact, 24),
        (Word::Details, 50),
        (Word::Sum, 8),
        (Word::Points, 50),
        (Word::Attack, 16),
        (Word::File, 30),
        (Word::Record, 10),
        (Word::NativeId, 38),
        (Word::Hash, 24),
        (Word::AllRecords, 60),
    ];
    let heads = heads.into_iter().map(|(word, width)| Head::word(lang, word, width)).collect();
    let sheet = Sheet { name: Word::SheetFindings.text(lang), heads, whole: "report.json" };
    let rows = assessments(report)
        .flat_map(|assessment| assessment.findings.iter().map(move |finding| row((lang, report), assessment, finding)));
    book.table(&sheet, rows)
}

fn row<'a>((lang, report): (Lang, &Report<'_>), assessment: &'a Assessment, finding: &'a Finding) -> Vec<Cell<'a>> {
    let facts = finding.facts.iter().map(|(name, value)| {
        let value = words::detail_value(lang, report, name, value.as_evidence());
        format!("{}: {value}", words::fact_name(lang, name))
    });
    let terms =
        finding.score.iter().map(|term| format!("{} ({:+})", words::told(lang, term.why.as_evidence()), term.points));
    let sum = finding.score.iter().map(|term| i64::from(term.points)).sum();
    let first = finding.records.first();
    vec![
        Cell::Text(finding.id.as_str().into()),
        Cell::Wrapped(words::title(lang, assessment.id)),
        Cell::Text(words::weight(lang, finding.verdict).into()),
        Cell::Text(words::severity(lang, finding.severity).into()),
        Cell::time(finding.when()),
        Cell::Wrapped(lang.headline(&finding.headline).as_evidence().into()),
        Cell::Wrapped(finding.actor.as_evidence().into()),
        Cell::Wrapped(finding.target.as_evidence().into()),
        Cell::text(finding.address.as_ref().map(Untrusted::as_evidence)),
        Cell::text(finding.session.as_ref().map(Untrusted::as_evidence)),
        Cell::Wrapped(words::attribution(lang, finding.attribution).into()),
        Cell::Wrapped(words::fact(lang, finding.fact).into()),
        lines(facts),
        Cell::Whole(sum),
        lines(terms),
        lines(finding.attack.iter().map(|&technique| technique.to_owned())),
        Cell::text(first.map(|record| record.evidence.as_str())),
        first.map_or(Cell::Blank, |record| Cell::count(record.record)),
        Cell::text(first.and_then(|record| record.native_id.as_deref())),
        Cell::text(first.map(|record| record.sha256.as_str())),
        cited(&finding.records),
    ]
}

/// The seven steps.
pub(super) fn response(book: &mut Book, report: &Report<'_>, lang: Lang) -> Result<(), XlsxError> {
    let heads = [
        (Word::Step, 6),
        (Word::Symptom, 40),
        (Word::State, 22),
        (Word::At, 22),
        (Word::StepAfter, 30),
        (Word::Note, 80),
        (Word::AllRecords, 60),
    ];
    let mut heads: Vec<Head> = heads.into_iter().map(|(word, width)| Head::word(lang, word, width)).collect();
    heads[1].name = Word::HeadResponse.text(lang).into();
    let sheet = Sheet { name: Word::SheetResponse.text(lang), heads, whole: "report.json" };
    book.table(&sheet, report.examination.response.iter().map(|step| answer(lang, step)))
}

fn answer(lang: Lang, step: &Step) -> Vec<Cell<'_>> {
    vec![
        Cell::Whole(step.number.into()),
        Cell::Wrapped(words::title(lang, step.id)),
        Cell::Text(words::step_status(lang, step.status).into()),
        Cell::time(step.at),
        step.after_last_attacker_action.map_or(Cell::Blank, Cell::Flag),
        Cell::Wrapped(lang.headline(&step.note).as_evidence().into()),
        cited(&step.records),
    ]
}

/// The records, one a line.
pub(super) fn cited(records: &[RecordRef]) -> Cell<'static> {
    lines(records.iter().map(|record| format!("{}#{} {}", record.evidence, record.record, record.sha256)))
}

/// Several values in one cell, one a line.
pub(super) fn lines(values: impl Iterator<Item = String>) -> Cell<'static> {
    let joined = values.collect::<Vec<_>>().join("\n");
    if joined.is_empty() { Cell::Blank } else { Cell::Wrapped(joined.into()) }
}
