//! The sheet Summary: the question, the answer, the verdicts, and what the limits of a workbook did to the rest.

use super::book::{Book, Cell, Row, XlsxError};
use crate::finding::Assessment;
use crate::report::model::Report;
use crate::report::words::{self, Lang, Word, fill};

/// Fills the first sheet.
pub(super) fn summary(book: &mut Book, report: &Report<'_>, lang: Lang) -> Result<(), XlsxError> {
    let examination = report.examination;
    let heading = |word: Word| Row::Heading(word.text(lang).into());
    let line = |word: Word, cell| Row::Cells(vec![Cell::Text(word.text(lang).into()), cell]);
    let heads = || {
        let heads = [Word::Question, Word::Needs, Word::Verdict, Word::HeadFindings];
        Row::Cells(heads.map(|word| Cell::Text(word.text(lang).into())).into())
    };
    let or_none = |given: &Option<String>| Cell::Text(given.clone().unwrap_or(Word::CaseNone.text(lang).into()).into());

    let mut rows =
        vec![heading(Word::ReportTitle), line(Word::Account, Cell::Wrapped(examination.user.as_evidence().into()))];
    match examination.window.is_unset() {
        true => rows.push(line(Word::Window, Cell::Wrapped(Word::NoWindow.text(lang).into()))),
        false => rows.extend([
            line(Word::WindowStart, Cell::Time(examination.window.from)),
            line(Word::WindowEnd, Cell::Time(examination.window.to)),
        ]),
    }
    rows.extend([
        line(Word::Case, or_none(&report.case_id)),
        line(Word::Examiner, or_none(&report.examiner)),
        line(Word::Tool, Cell::Text(format!("{} {}", report.tool.name, report.tool.version).into())),
        heading(Word::HeadAnswer),
        Row::Cells(vec![Cell::Blank, Cell::Wrapped(words::answer(lang, report).into())]),
        heading(Word::HeadSymptoms),
        heads(),
    ]);
    rows.extend(examination.symptoms.iter().map(|symptom| verdict(lang, symptom)));
    rows.extend([heading(Word::HeadBeyond), heads()]);
    rows.extend(examination.detections.iter().map(|detection| verdict(lang, detection)));
    rows.push(heading(Word::HeadAttacker));
    rows.push(line(Word::First, Cell::time(examination.attacker.first)));
    rows.push(line(Word::Last, Cell::time(examination.attacker.last)));
    rows.push(line(Word::Addresses, Cell::count(examination.attacker.addresses.len() as u64)));
    rows.push(line(Word::Sessions, Cell::count(examination.attacker.sessions.len() as u64)));
    rows.push(heading(Word::HeadSignIns));
    let sign_ins = &examination.sign_ins;
    for (word, count) in [
        (Word::Total, sign_ins.total),
        (Word::Succeeded, sign_ins.succeeded),
        (Word::Failed, sign_ins.failed),
        (Word::OutcomeInterrupted, sign_ins.interrupted),
        (Word::OutcomeUnknown, sign_ins.unknown),
    ] {
        rows.push(line(word, Cell::count(count)));
    }
    rows.push(heading(Word::HeadEvidence));
    for (word, count) in [
        (Word::Records, report.total.records),
        (Word::Events, report.total.events),
        (Word::States, report.total.states),
        (Word::Duplicates, report.total.duplicates),
        (Word::Rejected, report.total.rejected),
        (Word::Salvaged, report.total.salvaged),
    ] {
        rows.push(line(word, Cell::count(count)));
    }
    rows.push(heading(Word::HeadCautions));
    let said = |text: String| Row::Cells(vec![Cell::Blank, Cell::Wrapped(text.into())]);
    rows.extend(examination.cautions.iter().map(|caution| said(words::told(lang, caution).into_owned())));
    rows.extend(book.notes.iter().cloned().map(said));
    let shown = report.timeline.len().to_string();
    rows.push(said(fill(lang, Word::WorkbookGuide, &[&shown])));
    book.summary(&[34.0, 90.0, 18.0, 60.0], &rows)
}

/// Title, what is missing, verdict, and how many findings of which weight.
fn verdict(lang: Lang, assessment: &Assessment) -> Row<'_> {
    let [strong, weak, explained] = words::tally(&assessment.findings).map(|count| count.to_string());
    let title = words::title(lang, assessment.id);
    let title = match assessment.number {
        0 => title,
        number => format!("{number}. {title}").into(),
    };
    Row::Cells(vec![
        Cell::Wrapped(title),
        super::findings::lines(assessment.needs.iter().map(|need| words::told(lang, need).into_owned())),
        Cell::Text(words::verdict(lang, assessment.verdict).into()),
        Cell::Text(fill(lang, Word::CountFindings, &[&strong, &weak, &explained]).into()),
    ])
}
