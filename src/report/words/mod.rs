//! What the program itself says in a report: fixed words and sentences, in English and Japanese.

mod answer;
mod chained;
mod codes;
mod columns;
mod detections;
mod innocent;
mod names;
mod pages;
mod phrases;
mod vocabulary;
mod written;

pub use answer::{
    answer, answer_parts, banner, calls_for_steps, duration, fired, is_open, lost_evidence, open_steps, tally, unnamed,
    worst,
};
pub use chained::detail_value;
pub use codes::{code, remark};
pub use columns::{column, event_sentence, risk_of, sign_in_kind, time_meaning};
pub use innocent::innocent;
pub use names::{
    GLOSSARY, Kind, attribution, contact, evidence_kind, fact, file_status, identity_kind, outcome, reach, severity,
    step_status, title, verdict, weight,
};
pub use pages::page;
pub use phrases::{explains, fact_name, fact_value, fixed_english, told, untold};
pub use vocabulary::Word;
pub use written::where_written;

use crate::finding::Headline;
use crate::untrusted::Untrusted;

/// The language of a report for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Japanese.
    Ja,
}

impl Lang {
    /// The tag of the `lang` attribute.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ja => "ja",
        }
    }

    /// The sentence in this language.
    pub fn headline(self, headline: &Headline) -> &Untrusted {
        match self {
            Self::En => &headline.en,
            Self::Ja => &headline.ja,
        }
    }
}

/// The seven days, Monday first.
pub const WEEKDAYS: [Word; 7] =
    [Word::Monday, Word::Tuesday, Word::Wednesday, Word::Thursday, Word::Friday, Word::Saturday, Word::Sunday];

/// A sentence with its places filled: `{0}` is the first value, and so on; `{0 mail|mails}` is it with its word.
pub fn fill(lang: Lang, word: Word, values: &[&str]) -> String {
    filled(word.text(lang), values)
}

pub(in crate::report) fn filled(text: &str, values: &[&str]) -> String {
    let mut out = String::new();
    let mut rest = text;
    // In one pass, so that a value which itself holds "{0}" stays as it is.
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let place = after.split_once('}').and_then(|(place, tail)| Some((Place::read(place)?, tail)));
        if let Some((place, tail)) = place {
            let value = values.get(place.number).copied().unwrap_or_default();
            out.push_str(value);
            if let Some((one, many)) = place.words {
                out.push(' ');
                out.push_str(if value == "1" { one } else { many });
            }
            rest = tail;
        } else {
            out.push('{');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// A place of a sentence.
struct Place<'t> {
    number: usize,
    /// The word for one and the word for several.
    words: Option<(&'t str, &'t str)>,
}

impl<'t> Place<'t> {
    fn read(place: &'t str) -> Option<Self> {
        match place.split_once(' ') {
            Some((number, words)) => Some(Self { number: number.parse().ok()?, words: Some(words.split_once('|')?) }),
            None => Some(Self { number: place.parse().ok()?, words: None }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::super::sample::Sample;
    use super::*;
    use crate::examination::Gate;
    use crate::finding::{Attribution, Finding, Shows, StepStatus, Verdict, Weight};

    fn places(text: &str) -> Vec<usize> {
        let mut places: Vec<usize> =
            text.split('{').skip(1).filter_map(|rest| Some(Place::read(rest.split_once('}')?.0)?.number)).collect();
        places.sort_unstable();
        places
    }

    #[test]
    fn neither_language_misses_a_word() {
        for word in Word::all() {
            let (en, ja) = (word.text(Lang::En), word.text(Lang::Ja));
            assert!(!en.is_empty() && !ja.is_empty(), "{word:?}");
            assert!(en.is_ascii(), "{word:?} is no English: {en}");
            assert_eq!(places(en), places(ja), "{word:?} has other places in Japanese");
        }
    }

    #[test]
    fn japanese_is_japanese() {
        const SAME: [Word; 8] = [
            Word::KindPuid,
            Word::KindSid,
            Word::Attack,
            Word::Hash,
            Word::CountShort,
            Word::TermUtc,
            Word::TermHash,
            Word::TermAttack,
        ];
        for word in Word::all().filter(|word| !SAME.contains(word)) {
            assert!(!word.text(Lang::Ja).is_ascii(), "{word:?} is not translated");
        }
    }

    #[test]
    fn the_ten_and_the_seven_have_titles() {
        let sample = Sample::hostile();
        let examination = sample.report().examination;
        let ids = examination.symptoms.iter().map(|symptom| symptom.id);
        for id in ids.chain(examination.response.iter().map(|step| step.id)) {
            assert!(matches!(title(Lang::Ja, id), Cow::Borrowed(_)), "{id}");
        }
        assert_eq!(title(Lang::En, "impossible-travel"), "Impossible travel");
        assert_eq!(title(Lang::En, "not-yet-named"), "not yet named");
    }

    #[test]
    fn fill_puts_values_in_once() {
        assert_eq!(fill(Lang::En, Word::SpanLine, &["{1}", "b"]), "from {1} to b");
        assert_eq!(fill(Lang::En, Word::SpanLine, &[]), "from  to ");
        assert_eq!(filled("{0 mail|mails} of {1}, {2}", &["1", "{0}", "x"]), "1 mail of {0}, x");
        assert_eq!(filled("{0 mail|mails} {a b} {", &["0"]), "0 mails {a b} {");
    }

    /// A number that may be one has its word with it, or stands behind a colon.
    #[test]
    fn english_numbers_and_their_words_agree() {
        let plural = regex::Regex::new(r"\{\d\} (?:more |further )?[a-z]+s\b").unwrap();
        for word in Word::all() {
            let text = word.text(Lang::En);
            let amiss = plural.find(text).map(|found| found.as_str()).filter(|found| !found.ends_with(" has"));
            assert_eq!(amiss, None, "{word:?}: {text}");
        }
    }

    #[test]
    fn the_answer_says_what_was_found_and_what_could_not_be_told() {
        let found = answer(Lang::En, &Sample::hostile().report());
        assert!(
            found.starts_with(
                "The evidence shows strong signs that this account was taken over. The attacker's activity"
            ),
            "{found}"
        );
        for part in
            ["strong signs of 1 of Microsoft's ten symptoms", "no answer from this evidence for", "lost or is doubtful"]
        {
            assert!(found.contains(part), "{part} is missing in: {found}");
        }
        let nothing = answer(Lang::En, &Sample::empty().report());
        assert!(nothing.starts_with("None of Microsoft's ten symptoms was seen, in evidence"), "{nothing}");
        let mut beyond = Sample::empty();
        beyond.examination.detections[0] = Sample::hostile().examination.detections[0].clone();
        let beyond = answer(Lang::En, &beyond.report());
        assert!(
            beyond.starts_with("The evidence shows strong signs"),
            "nothing is clear while another check is not: {beyond}"
        );
        let mut gaps = Sample::empty();
        gaps.examination.symptoms[0].verdict = Verdict::NotAssessable;
        assert!(answer(Lang::Ja, &gaps.report()).contains("安全とは言えない"));
    }

    #[test]
    fn what_is_explained_was_seen_and_an_unanswered_check_is_told() {
        let mut calm = Sample::empty();
        let found = Sample::hostile().examination.symptoms[2].findings[0].clone();
        calm.examination.symptoms[2].verdict = Verdict::Explained;
        calm.examination.symptoms[2].findings = vec![Finding { verdict: Weight::Explained, ..found }];
        assert_eq!(banner(&calm.report()), Word::BannerExplained);
        let text = answer(Lang::En, &calm.report());
        assert!(text.starts_with("What was found for 1 of Microsoft's ten symptoms has"), "{text}");
        assert!(!text.contains("None of") && !text.contains("beyond the ten"), "{text}");
        calm.examination.detections[0].verdict = Verdict::NotAssessable;
        let text = answer(Lang::En, &calm.report());
        assert!(text.contains("beyond the ten that this evidence cannot answer: 1."), "{text}");
        calm.examination.symptoms[0].verdict = Verdict::NotAssessable;
        assert_eq!(banner(&calm.report()), Word::BannerExplainedGaps);
        let text = answer(Lang::En, &calm.report());
        assert!(text.contains("but 1 of the ten could not be assessed") && text.contains("no all-clear"), "{text}");
        assert!(!text.contains("None of"), "{text}");
    }

    /// A report in which one strong finding beyond the ten shows this of the account.
    fn shows(shows: Shows, attribution: Attribution) -> Sample {
        let mut sample = Sample::empty();
        sample.examination.detections[0] = Sample::hostile().examination.detections[0].clone();
        let finding = &mut sample.examination.detections[0].findings[0];
        (finding.shows, finding.attribution) = (shows, attribution);
        sample.examination.response.iter_mut().for_each(|step| step.status = StepStatus::NotSeen);
        sample
    }

    #[test]
    fn nobody_in_the_account_is_no_takeover() {
        let told = |sample: &Sample| (banner(&sample.report()), answer(Lang::En, &sample.report()));
        let (banner, text) = told(&shows(Shows::Elsewhere, Attribution::Unexplained));
        assert_eq!(banner, Word::BannerOutside);
        assert!(text.contains("none of them shows somebody in this account"), "{text}");
        assert!(text.contains("settings of the whole organisation") && !text.contains("Reset the user's"), "{text}");
        let (banner, text) = told(&shows(Shows::Tried, Attribution::Linked));
        assert_eq!(banner, Word::BannerOutside);
        assert!(text.contains("was stopped") && text.contains("Reset the user's password"), "{text}");
        assert!(!text.contains("Disable suspicious") && !text.contains("Unblock"), "nothing calls for it: {text}");
        for inside in [shows(Shows::Inside, Attribution::Unexplained), shows(Shows::Elsewhere, Attribution::Linked)] {
            let (banner, text) = told(&inside);
            assert_eq!(banner, Word::BannerStrong);
            assert!(text.contains("this account was taken over") && text.contains("Reset the user's"), "{text}");
        }
        // A symptom is one whoever did it, and so is the attacker's first act.
        let mut symptom = shows(Shows::Elsewhere, Attribution::Unexplained);
        symptom.examination.symptoms[2] = Sample::hostile().examination.symptoms[2].clone();
        let text = told(&symptom).1;
        assert!(text.contains("was taken over") && text.contains("Disable suspicious inbox rules"), "{text}");
        assert!(!text.contains("Unblock"), "{text}");
        let mut known = shows(Shows::Tried, Attribution::Linked);
        known.examination.attacker.first = Some(known.examination.window.from);
        assert_eq!(told(&known).0, Word::BannerStrong);
    }

    #[test]
    fn what_a_new_password_does_not_end_is_told() {
        let mut sample = Sample::hostile();
        let text = |sample: &Sample| answer(Lang::En, &sample.report());
        assert!(!text(&sample).contains("A new password"), "{}", text(&sample));
        sample.examination.detections[0].id = "mailbox-delegate";
        let told = text(&sample);
        assert!(told.contains("does not end what these checks found: Mailbox delegation."), "{told}");
        // What somebody else did to the whole organisation is another sentence's.
        let finding = &mut sample.examination.detections[0].findings[0];
        (finding.shows, finding.attribution) = (Shows::Elsewhere, Attribution::Unexplained);
        assert!(!text(&sample).contains("A new password"), "{}", text(&sample));
    }

    /// One act, or several within a minute, run from nowhere to nowhere.
    #[test]
    fn a_moment_is_no_span() {
        let mut sample = Sample::hostile();
        sample.examination.attacker.last = sample.examination.attacker.first;
        let text = answer(Lang::En, &sample.report());
        assert!(text.contains("falls in the minute of 2026-03-10 00:20 UTC") && !text.contains("runs from"), "{text}");
        assert_eq!(duration(Lang::En, chrono::TimeDelta::seconds(59)), "under a minute");
        assert_eq!(duration(Lang::Ja, chrono::TimeDelta::seconds(60)), "1 分");
    }

    #[test]
    fn an_account_that_no_record_names_is_not_one_in_which_nothing_was_found() {
        let mut blank = Sample::empty();
        for symptom in &mut blank.examination.symptoms {
            symptom.verdict = Verdict::NotAssessable;
        }
        blank.evidence = Sample::hostile().evidence;
        assert_eq!(banner(&blank.report()), Word::BannerBlank);
        let text = answer(Lang::En, &blank.report());
        assert!(text.starts_with("None of Microsoft's ten symptoms could be assessed"), "{text}");
        let absent = Gate { id: "G0", title: "the account is in the evidence", passes: false, seen: String::new() };
        blank.examination.coverage.push(absent);
        assert_eq!(banner(&blank.report()), Word::BannerBlank);
        let text = answer(Lang::En, &blank.report());
        assert!(text.starts_with("No record of this evidence names the account: check the spelling"), "{text}");
        assert!(text.contains("as the exports spell it") && !text.contains("was seen"), "{text}");
        blank.evidence.clear();
        let text = answer(Lang::Ja, &blank.report());
        assert!(text.starts_with("この証拠から読み取れたレコードはない。"), "{text}");
    }
}
