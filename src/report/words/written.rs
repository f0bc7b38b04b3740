//! Sentences that send the reader to a file, and what stands in their place where the run did not write that file.

use super::Word;
use crate::report::model::Report;

/// The sentence, or the one for a report without `timeline.csv` and `findings.csv`.
pub fn where_written(report: &Report<'_>, word: Word) -> Word {
    if report.has_csv {
        return word;
    }
    match word {
        Word::MoreFindings => Word::MoreRows,
        Word::MoreTimeline => Word::MoreTimelineUnwritten,
        Word::MoreEvents => Word::MoreEventsUnwritten,
        Word::MoreDays => Word::MoreDaysUnwritten,
        Word::FindingsLeftOut => Word::FindingsLeftOutJson,
        Word::EvidenceElsewhere => Word::EvidenceInJson,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Lang;
    use super::*;
    use crate::report::sample::Sample;

    #[test]
    fn no_sentence_names_a_file_that_is_not_there() {
        let mut sample = Sample::empty();
        sample.has_csv = false;
        let report = sample.report();
        for word in Word::all() {
            for lang in [Lang::En, Lang::Ja] {
                let text = where_written(&report, word).text(lang);
                let named = ["timeline.csv", "findings.csv"].iter().any(|name| text.contains(name));
                assert!(!named || text.contains("--format"), "{word:?}: {text}");
            }
        }
    }
}
