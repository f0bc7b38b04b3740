//! Which findings the page tells: of very many those that matter, some of every question. The rest is in `findings.csv`.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::finding::{Finding, Weight};
use crate::report::model::Report;

/// Findings of one question.
const EACH: usize = 20;
/// Findings of the page.
const ALL: usize = 80;

/// The ids of the findings that are told: the weightiest of each question in turn, those with an innocent explanation
/// last, until the page has enough.
pub(super) fn chosen<'a>(report: &Report<'a>) -> BTreeSet<&'a str> {
    let mut turns: Vec<((bool, usize, usize), &Finding)> = Vec::new();
    for (question, assessment) in crate::report::assessments(report).enumerate() {
        let mut findings: Vec<&Finding> = assessment.findings.iter().collect();
        findings.sort_by_key(|finding| Reverse((finding.verdict, finding.severity)));
        let turn =
            |(round, finding): (usize, &'a Finding)| ((finding.verdict == Weight::Explained, round, question), finding);
        turns.extend(findings.into_iter().take(EACH).enumerate().map(turn));
    }
    turns.sort_by_key(|(turn, _)| *turn);
    turns.into_iter().take(ALL).map(|(_, finding)| finding.id.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::sample::Sample;
    use super::*;
    use crate::finding::Severity;

    /// A report whose first questions have so many findings each.
    fn with(counts: &[usize]) -> Sample {
        let mut sample = Sample::hostile();
        let finding = sample.examination.symptoms[2].findings[0].clone();
        for assessment in sample.examination.symptoms.iter_mut().chain(&mut sample.examination.detections) {
            assessment.findings.clear();
        }
        for (question, count) in counts.iter().enumerate() {
            sample.examination.symptoms[question].findings =
                (1..=*count).map(|number| Finding { id: format!("{question}/{number}"), ..finding.clone() }).collect();
        }
        sample
    }

    #[test]
    fn few_are_all_told() {
        assert_eq!(chosen(&with(&[20, 3, 0, 1]).report()).len(), 24);
    }

    #[test]
    fn no_question_goes_without_because_of_another() {
        let sample = with(&[500, 500, 500, 500, 500, 500, 2]);
        let report = sample.report();
        let chosen = chosen(&report);
        assert_eq!(chosen.len(), ALL);
        assert!(chosen.contains("6/1") && chosen.contains("6/2") && chosen.contains("0/13"));
    }

    #[test]
    fn the_gravest_are_told_first_and_the_explained_last() {
        let mut sample = with(&[EACH + 5, ALL]);
        sample.examination.symptoms[0].findings[EACH + 4].severity = Severity::Critical;
        sample.examination.symptoms[1].findings.iter_mut().for_each(|finding| finding.verdict = Weight::Explained);
        let report = sample.report();
        let chosen = chosen(&report);
        assert!(chosen.contains("0/25") && !chosen.contains("0/20"), "{chosen:?}");
        assert_eq!(chosen.iter().filter(|id| id.starts_with("1/")).count(), EACH);
    }
}
