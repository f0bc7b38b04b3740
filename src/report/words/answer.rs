//! The answer in one paragraph of plain words, and the few judgements that it and the top of the page share.

use std::borrow::Cow;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Lang, Word, fill, title};
use crate::finding::{Finding, Step, StepStatus, Verdict, Weight};
use crate::ledger::Status;
use crate::report::model::Report;

/// Findings by weight: strong, weak, explained.
pub fn tally(findings: &[Finding]) -> [usize; 3] {
    [Weight::Strong, Weight::Weak, Weight::Explained]
        .map(|weight| findings.iter().filter(|finding| finding.verdict == weight).count())
}

/// The verdict that speaks for the whole: the gravest of the ten, and a gap where nothing is found.
pub fn worst(report: &Report<'_>) -> Verdict {
    let symptoms = &report.examination.symptoms;
    [Verdict::Strong, Verdict::Weak, Verdict::NotAssessable]
        .into_iter()
        .find(|&verdict| symptoms.iter().any(|symptom| symptom.verdict == verdict))
        .unwrap_or(Verdict::NotSeen)
}

/// The answer in a few words, to stand above it.
pub fn banner(report: &Report<'_>) -> Word {
    match worst(report) {
        Verdict::Strong => Word::BannerStrong,
        Verdict::Weak => Word::BannerWeak,
        Verdict::NotAssessable => Word::BannerGaps,
        Verdict::Explained | Verdict::NotSeen => Word::BannerNothing,
    }
}

/// The answer in one paragraph of plain words. Quotes no evidence.
pub fn answer(lang: Lang, report: &Report<'_>) -> String {
    let examination = report.examination;
    let plain = |wanted: Verdict| -> Vec<Cow<'static, str>> {
        let symptoms = examination.symptoms.iter().filter(|symptom| symptom.verdict == wanted);
        symptoms.map(|symptom| in_plain_words(lang, symptom.id)).collect()
    };
    let joined = |texts: &[Cow<'static, str>]| texts.join(if lang == Lang::Ja { " ／ " } else { "; " });
    let listed =
        |word: Word, texts: &[Cow<'static, str>]| fill(lang, word, &[&texts.len().to_string(), &joined(texts)]);
    let counted = |word: Word, count: usize| fill(lang, word, &[&count.to_string()]);

    let (strong, weak) = (plain(Verdict::Strong), plain(Verdict::Weak));
    let gaps = plain(Verdict::NotAssessable).len();
    let mut sentences = Vec::new();
    match (strong.is_empty(), weak.is_empty()) {
        (false, _) => sentences.push(listed(Word::AnswerStrong, &strong)),
        (true, false) => sentences.push(listed(Word::AnswerWeak, &weak)),
        (true, true) if gaps > 0 => sentences.push(counted(Word::AnswerNothingButGaps, gaps)),
        (true, true) => sentences.push(Word::AnswerNothing.text(lang).to_owned()),
    }
    if !strong.is_empty() && !weak.is_empty() {
        sentences.push(listed(Word::AnswerAlsoWeak, &weak));
    }
    if gaps > 0 && !(strong.is_empty() && weak.is_empty()) {
        sentences.push(counted(Word::AnswerGaps, gaps));
    }
    let beyond = examination.detections.iter().filter(|detection| fired(detection.verdict)).count();
    if beyond > 0 {
        sentences.push(counted(Word::AnswerBeyond, beyond));
    }
    let attacker = &examination.attacker;
    if let (Some(first), Some(last)) = (attacker.first, attacker.last) {
        let (addresses, sessions) = (attacker.addresses.len().to_string(), attacker.sessions.len().to_string());
        let (first, last) = (in_words(first), in_words(last));
        sentences.push(fill(lang, Word::AnswerAttacker, &[&first, &last, &addresses, &sessions]));
    }
    let open: Vec<Cow<'static, str>> = open_steps(report).map(|step| title(lang, step.id)).collect();
    let done = examination.response.len() - open.len();
    sentences.push(counted(Word::AnswerResponse, done));
    let anything = !strong.is_empty() || !weak.is_empty();
    if anything && !open.is_empty() {
        sentences.push(fill(lang, Word::AnswerOpen, &[&joined(&open)]));
    }
    if lost_evidence(report) {
        sentences.push(Word::AnswerLost.text(lang).to_owned());
    }
    sentences.join(if lang == Lang::Ja { "" } else { " " })
}

/// A time to the minute, as it is read out.
fn in_words(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// What a symptom means to somebody who does not know the service.
fn in_plain_words(lang: Lang, id: &str) -> Cow<'static, str> {
    let word = match id {
        "missing-mail" => Word::PlainMissingMail,
        "no-sent-copy" => Word::PlainNoSentCopy,
        "inbox-rules" => Word::PlainInboxRules,
        "display-name" => Word::PlainDisplayName,
        "blocked-from-sending" => Word::PlainBlockedFromSending,
        "hacked-messages" => Word::PlainHackedMessages,
        "profile-change" => Word::PlainProfileChange,
        "credential-change" => Word::PlainCredentialChange,
        "forwarding" => Word::PlainForwarding,
        "signature" => Word::PlainSignature,
        _ => return title(lang, id),
    };
    Cow::Borrowed(word.text(lang))
}

/// Whether a question beyond the ten has something to say.
pub fn fired(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Strong | Verdict::Weak)
}

/// Whether a step is still to be done: what was done before the attacker's last act does not count.
pub fn is_open(step: &Step) -> bool {
    step.status != StepStatus::Done || step.after_last_attacker_action == Some(false)
}

/// The steps that are still to be done.
pub fn open_steps<'a>(report: &Report<'a>) -> impl Iterator<Item = &'a Step> {
    report.examination.response.iter().filter(|step| is_open(step))
}

/// Whether evidence was lost or is doubtful.
pub fn lost_evidence(report: &Report<'_>) -> bool {
    report.total.rejected > 0
        || report.total.salvaged > 0
        || report.evidence.iter().any(|source| source.status != Status::Read)
}

/// How long something took, in its two largest units.
pub fn duration(lang: Lang, time: TimeDelta) -> String {
    let minutes = time.num_minutes().max(0);
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let (word, first, second) = match (days, hours) {
        (0, 0) => (Word::DurationMinutes, rest, 0),
        (0, hours) => (Word::DurationHours, hours, rest),
        (days, hours) => (Word::DurationDays, days, hours),
    };
    fill(lang, word, &[&first.to_string(), &second.to_string()])
}
