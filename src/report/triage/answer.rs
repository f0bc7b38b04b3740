//! What the page and the terminal say of a triage in the same sentences: the answer, what is not shown, the books.

use super::TriageReport;
use super::words::{Say, fill};
use crate::report::words::{self, Lang};
use crate::tenant::{self, Level};
use crate::untrusted::Untrusted;

/// The answer in sentences of plain words. Quotes no evidence.
pub fn answer(report: &TriageReport<'_>, lang: Lang) -> Vec<String> {
    let count = |level| report.count(level).to_string();
    let mut sentences =
        vec![fill(lang, Say::AnswerLinked, &[count(Level::Linked), report.triage.accounts.len().to_string()])];
    let others = [(Level::Strong, Say::AnswerStrong), (Level::Weak, Say::AnswerWeak)];
    for (level, say) in others.into_iter().filter(|(level, _)| report.count(*level) > 0) {
        sentences.push(fill(lang, say, &[count(level)]));
    }
    let unknown = report.unknown().count() as u64;
    let nothing = report.count(Level::Nothing) - unknown;
    if nothing > 0 {
        sentences.push(fill(lang, Say::AnswerNothing, &[nothing.to_string(), where_told(report, lang)]));
    }
    if unknown > 0 {
        let say = if report.named { Say::AnswerUnknownName } else { Say::AnswerUnknown };
        sentences.push(fill(lang, say, &[unknown.to_string()]));
    }
    let common = tenant::common(&report.triage.accounts).len();
    if common > 0 {
        sentences.push(fill(lang, Say::AnswerCommon, &[common.to_string()]));
    }
    if !report.triage.foreign.is_empty() {
        sentences.push(fill(lang, Say::AnswerForeign, &[report.triage.foreign.len().to_string()]));
    }
    if report.lost {
        sentences.push(Say::AnswerLost.text(lang).to_owned());
    }
    sentences
}

/// What the accounts lack of which nothing can be said, the most frequent first. Names files, as the evidence does.
pub fn missing(report: &TriageReport<'_>, lang: Lang) -> Vec<Untrusted> {
    let told = |(missing, accounts): (&Untrusted, usize)| {
        let missing = words::told(lang, missing.as_evidence()).into_owned();
        Untrusted::new(fill(lang, Say::Missing, &[accounts.to_string(), missing]))
    };
    report.missing().into_iter().map(told).collect()
}

/// Which of the files that are written tell of each account what the evidence could not show.
fn where_told(report: &TriageReport<'_>, lang: Lang) -> String {
    let places = [(report.has_html, Say::SeePage), (report.has_csv, Say::SeeTable)];
    let places: Vec<&str> = places.into_iter().filter(|(is, _)| *is).map(|(_, say)| say.text(lang)).collect();
    if places.is_empty() { Say::SeeJson.text(lang).to_owned() } else { places.join(Say::SeeAnd.text(lang)) }
}

/// How many are not shown, and which of the files that are written have them.
pub fn more(report: &TriageReport<'_>, lang: Lang, more: usize) -> String {
    fill(lang, if report.has_csv { Say::More } else { Say::MoreJson }, &[more.to_string()])
}

/// The sum of the books in one line.
pub fn books(report: &TriageReport<'_>, lang: Lang) -> String {
    let total = report.total;
    let numbers =
        [report.files, total.records, total.events, total.states, total.duplicates, total.rejected, total.salvaged];
    fill(lang, Say::Books, &numbers.map(|number| number.to_string()))
}
