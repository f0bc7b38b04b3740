//! The answer in one paragraph of plain words, and the few judgements that it and the top of the page share.

use std::borrow::Cow;
use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Lang, Word, fill, title};
use crate::examination::Gate;
use crate::finding::{Assessment, Finding, Shows, Step, StepStatus, Verdict, Weight};
use crate::ledger::SourceEntry;
use crate::report::model::Report;

/// Things told in the answer; the verdicts stand below it.
const TOLD: usize = 5;
/// The first of the steps that Microsoft calls optional.
const FIRST_OPTIONAL: u8 = 5;

/// Findings by weight: strong, weak, explained.
pub fn tally(findings: &[Finding]) -> [usize; 3] {
    [Weight::Strong, Weight::Weak, Weight::Explained]
        .map(|weight| findings.iter().filter(|finding| finding.verdict == weight).count())
}

/// The verdict that speaks for the whole: the gravest of all questions; where nothing is found, a gap in the ten, and else
/// whether something in them is explained.
pub fn worst(report: &Report<'_>) -> Verdict {
    let fired = [Verdict::Strong, Verdict::Weak]
        .into_iter()
        .find(|&verdict| crate::report::assessments(report).any(|assessment| assessment.verdict == verdict));
    let calm =
        || [Verdict::NotAssessable, Verdict::Explained].into_iter().find(|&verdict| !of(report, verdict).is_empty());
    fired.or_else(calm).unwrap_or(Verdict::NotSeen)
}

/// The answer in a few words, to stand above it.
pub fn banner(report: &Report<'_>) -> Word {
    match worst(report) {
        Verdict::Strong if is_intrusion(report) => Word::BannerStrong,
        Verdict::Strong => Word::BannerOutside,
        Verdict::Weak => Word::BannerWeak,
        Verdict::NotAssessable if is_blank(report) => Word::BannerBlank,
        Verdict::NotAssessable if !of(report, Verdict::Explained).is_empty() => Word::BannerExplainedGaps,
        Verdict::NotAssessable => Word::BannerGaps,
        Verdict::Explained => Word::BannerExplained,
        Verdict::NotSeen => Word::BannerNothing,
    }
}

/// The strong findings.
fn strong<'a>(report: &Report<'a>) -> impl Iterator<Item = &'a Finding> {
    let findings = crate::report::assessments(report).flat_map(|assessment| &assessment.findings);
    findings.filter(|finding| finding.verdict == Weight::Strong)
}

/// Whether what is strong says that somebody was in the account. One of the ten does; beyond them, sign-ins that were
/// stopped and what somebody else did to the whole organisation do not.
fn is_intrusion(report: &Report<'_>) -> bool {
    !of(report, Verdict::Strong).is_empty()
        || report.examination.attacker.first.is_some()
        || strong(report).any(Finding::is_intrusion)
}

/// Whether none of the ten has an answer.
fn is_blank(report: &Report<'_>) -> bool {
    report.examination.symptoms.iter().all(|symptom| symptom.verdict == Verdict::NotAssessable)
}

/// The check that the account is in the evidence at all, where it fails.
pub fn unnamed<'a>(report: &Report<'a>) -> Option<&'a Gate> {
    report.examination.coverage.iter().find(|gate| gate.id == "G0" && !gate.passes)
}

/// Whether the evidence names the account, though not in the window asked about.
fn is_beside(report: &Report<'_>) -> bool {
    report.examination.identities.iter().any(|identity| identity.learned_from.is_some())
}

/// Whether what was found calls for the response steps.
pub fn calls_for_steps(report: &Report<'_>) -> bool {
    let tried = || strong(report).any(|finding| finding.shows == Shows::Tried);
    match worst(report) {
        Verdict::Strong => is_intrusion(report) || tried(),
        verdict => fired(verdict),
    }
}

/// One part of the answer: what it tells, and the words.
pub struct Part {
    /// What the part tells; the first needs no label.
    pub label: Option<Word>,
    /// The words.
    pub text: String,
}

/// The answer in plain words: what it is and when, what was found, how sure this is, what to do next. Quotes no
/// evidence.
pub fn answer_parts(lang: Lang, report: &Report<'_>) -> Vec<Part> {
    let worst = worst(report);
    let gaps = of(report, Verdict::NotAssessable).len();
    let mut opening = opening(lang, report, worst, gaps);
    let attacker = &report.examination.attacker;
    if let (Some(first), Some(last)) = (attacker.first, attacker.last) {
        let (addresses, sessions) = (attacker.addresses.len().to_string(), attacker.sessions.len().to_string());
        let active = [in_words(first), in_words(last), addresses, sessions];
        let word = if in_words(first) == in_words(last) { Word::AnswerAttackerMinute } else { Word::AnswerAttacker };
        let active = fill(lang, word, &active.each_ref().map(String::as_str));
        opening = [opening, active].join(between(lang));
    }
    let mut parts = vec![Part { label: None, text: opening }];
    if fired(worst) {
        parts.push(Part { label: Some(Word::LabelFound), text: found(lang, report) });
        parts.push(Part { label: Some(Word::LabelSure), text: how_sure(lang, report, gaps) });
    }
    parts.push(Part { label: Some(Word::LabelNext), text: next(lang, report, worst) });
    if lost_evidence(report) {
        parts.push(Part { label: None, text: Word::AnswerLost.text(lang).to_owned() });
    }
    parts
}

/// What it is.
fn opening(lang: Lang, report: &Report<'_>, worst: Verdict, gaps: usize) -> String {
    let mut sentences: Vec<Cow<'static, str>> = Vec::new();
    let mut say = |word: Word| sentences.push(Cow::Borrowed(word.text(lang)));
    let (unnamed, unread) = (unnamed(report).is_some(), report.total.records == 0);
    if unnamed {
        say(match (unread, is_beside(report)) {
            (true, _) => Word::AnswerNoRecords,
            (false, true) => Word::AnswerBeside,
            (false, false) => Word::AnswerUnnamed,
        });
    }
    match worst {
        Verdict::Strong if is_intrusion(report) => say(Word::AnswerStrong),
        Verdict::Strong => {
            say(Word::AnswerOutside);
            let shown: BTreeSet<Shows> = strong(report).map(|finding| finding.shows).collect();
            for (shows, word) in [
                (Shows::Tried, Word::AnswerTried),
                (Shows::Unwatched, Word::AnswerUnwatched),
                (Shows::Elsewhere, Word::AnswerElsewhere),
            ] {
                if shown.contains(&shows) {
                    say(word);
                }
            }
        }
        Verdict::Weak => {
            say(Word::AnswerWeak);
            let mut weak = crate::report::assessments(report)
                .flat_map(|assessment| &assessment.findings)
                .filter(|finding| finding.verdict == Weight::Weak);
            if weak.all(Finding::is_elsewhere) {
                say(Word::AnswerElsewhere);
            }
        }
        Verdict::NotAssessable if is_blank(report) && unnamed => {}
        Verdict::NotAssessable if is_blank(report) => say(Word::AnswerBlank),
        Verdict::NotAssessable | Verdict::Explained | Verdict::NotSeen => sentences.extend(calm(lang, report, gaps)),
    }
    sentences.join(between(lang))
}

/// What it is where nothing speaks for a takeover. Something that has an innocent explanation was seen all the same, and
/// that the ten were looked for does not say that the other checks could be answered.
fn calm(lang: Lang, report: &Report<'_>, gaps: usize) -> Vec<Cow<'static, str>> {
    let explained = of(report, Verdict::Explained).len();
    let (told, missing) = (explained.to_string(), gaps.to_string());
    let ten = match (explained, gaps) {
        (0, 0) => Cow::Borrowed(Word::AnswerNothing.text(lang)),
        (0, _) => fill(lang, Word::AnswerNothingButGaps, &[&missing]).into(),
        (_, 0) => fill(lang, Word::AnswerExplained, &[&told]).into(),
        (..) => fill(lang, Word::AnswerExplainedButGaps, &[&told, &missing]).into(),
    };
    let unanswered = |detection: &&Assessment| detection.verdict == Verdict::NotAssessable;
    let beyond = report.examination.detections.iter().filter(unanswered).count();
    let beyond = (gaps == 0 && beyond > 0).then(|| fill(lang, Word::AnswerBeyondGaps, &[&beyond.to_string()]).into());
    std::iter::once(ten).chain(beyond).collect()
}

/// The answer in one paragraph.
pub fn answer(lang: Lang, report: &Report<'_>) -> String {
    let told = |part: Part| match part.label {
        Some(label) => format!("{}: {}", label.text(lang), part.text),
        None => part.text,
    };
    answer_parts(lang, report).into_iter().map(told).collect::<Vec<_>>().join(between(lang))
}

/// What stands between two sentences.
fn between(lang: Lang) -> &'static str {
    if lang == Lang::Ja { "" } else { " " }
}

/// The ten symptoms with a verdict.
fn of(report: &Report<'_>, verdict: Verdict) -> Vec<&'static str> {
    let symptoms = report.examination.symptoms.iter().filter(|symptom| symptom.verdict == verdict);
    symptoms.map(|symptom| symptom.id).collect()
}

/// What was found, in plain words: the strong of the ten, else the weak, else what the other checks are called.
fn found(lang: Lang, report: &Report<'_>) -> String {
    let told = |verdict: Verdict| -> Vec<Cow<'static, str>> {
        let ids = of(report, verdict);
        let known = TELLING.iter().filter(|(id, _)| ids.contains(id));
        known.map(|(_, word)| Cow::Borrowed(word.text(lang))).collect()
    };
    let beyond = |verdict: Verdict| -> Vec<Cow<'static, str>> {
        let detections = report.examination.detections.iter().filter(|detection| detection.verdict == verdict);
        detections.map(|detection| title(lang, detection.id)).collect()
    };
    let all = [told(Verdict::Strong), beyond(Verdict::Strong), told(Verdict::Weak), beyond(Verdict::Weak)];
    let first = all.into_iter().find(|told| !told.is_empty()).unwrap_or_default();
    let more = first.len().saturating_sub(TOLD);
    let listed = listed(lang, first.into_iter().take(TOLD));
    let word = if more > 0 { Word::AnswerFoundMore } else { Word::AnswerFound };
    fill(lang, word, &[&listed, &more.to_string()])
}

/// How many questions say so, and how many have no answer.
fn how_sure(lang: Lang, report: &Report<'_>, gaps: usize) -> String {
    let (strong, weak) = (of(report, Verdict::Strong).len(), of(report, Verdict::Weak).len());
    let beyond = report.examination.detections.iter().filter(|detection| fired(detection.verdict)).count();
    let clauses = [
        (Word::AnswerSureStrong, strong),
        (Word::AnswerSureWeak, weak),
        (Word::AnswerSureGaps, gaps),
        (Word::AnswerSureBeyond, beyond),
    ];
    let clauses = clauses.into_iter().filter(|(_, count)| *count > 0);
    let clauses = clauses.map(|(word, count)| Cow::Owned(fill(lang, word, &[&count.to_string()])));
    fill(lang, Word::AnswerSure, &[&clauses.collect::<Vec<_>>().join(Word::AnswerAnd.text(lang))])
}

/// What to do next.
fn next(lang: Lang, report: &Report<'_>, worst: Verdict) -> String {
    let word = match worst {
        Verdict::Strong => return next_steps(lang, report),
        Verdict::Weak => Word::AnswerNextLook,
        Verdict::NotAssessable if unnamed(report).is_some() && report.total.records > 0 => match is_beside(report) {
            true => Word::AnswerNextWindow,
            false => Word::AnswerNextName,
        },
        Verdict::NotAssessable => Word::AnswerNextEvidence,
        Verdict::Explained | Verdict::NotSeen => Word::AnswerNextNothing,
    };
    word.text(lang).to_owned()
}

/// The steps that strong findings call for, and whom to ask where somebody else is behind them.
fn next_steps(lang: Lang, report: &Report<'_>) -> String {
    let (optional, main): (Vec<&Step>, Vec<&Step>) = open_steps(report).partition(|step| step.number >= FIRST_OPTIONAL);
    let optional = optional.len().to_string();
    let called_for: Vec<&Step> = main.into_iter().filter(|step| is_called_for(report, step)).collect();
    let steps = called_for.iter().map(|step| title(lang, step.id));
    let mut sentences = vec![match called_for.len() {
        0 if !calls_for_steps(report) => Word::AnswerNextNone.text(lang).to_owned(),
        0 => fill(lang, Word::AnswerNextOptional, &[&optional]),
        _ => fill(lang, Word::AnswerNext, &[&listed(lang, steps), &optional]),
    }];
    let kept = outlives_a_reset(report);
    if !kept.is_empty() {
        let titles = listed(lang, kept.into_iter().map(|id| title(lang, id)));
        sentences.push(fill(lang, Word::AnswerNextKept, &[&titles]));
    }
    if strong(report).any(|finding| matches!(finding.shows, Shows::Elsewhere | Shows::Unwatched)) {
        sentences.push(Word::AnswerNextWho.text(lang).to_owned());
    }
    sentences.join(between(lang))
}

/// What a new password does not end, and none of the main steps speaks of: ways in and out that an intruder leaves.
const OUTLIVES: [&str; 10] = [
    "oauth-consent",
    "app-credentials",
    "mailbox-delegate",
    "mail-flow-change",
    "new-account",
    "privilege-gain",
    "device-registered",
    "federation-change",
    "automation",
    "external-sharing",
];

/// The checks among them that found somebody in the account who did so.
fn outlives_a_reset(report: &Report<'_>) -> Vec<&'static str> {
    let grave = |finding: &Finding| finding.verdict == Weight::Strong && finding.is_intrusion();
    let detections = report.examination.detections.iter().filter(|detection| detection.findings.iter().any(grave));
    detections.map(|detection| detection.id).filter(|id| OUTLIVES.contains(id)).collect()
}

/// Whether a finding, or what was already done and did not last, calls for a main step.
fn is_called_for(report: &Report<'_>, step: &Step) -> bool {
    let verdict = |id: &str| report.examination.symptoms.iter().find(|symptom| symptom.id == id).map(|it| it.verdict);
    let found = |id: &str| verdict(id).is_some_and(fired);
    // Where somebody was in and the evidence cannot tell what was set up, somebody has to look.
    let unseen = |id: &str| is_intrusion(report) && verdict(id) == Some(Verdict::NotAssessable);
    let begun = matches!(step.status, StepStatus::Partial | StepStatus::Undone | StepStatus::ByAttacker)
        || step.after_last_attacker_action == Some(false);
    match step.id {
        "reset-password" => calls_for_steps(report),
        "remove-forwarding" => begun || found("forwarding") || unseen("forwarding"),
        "disable-inbox-rules" => begun || found("inbox-rules") || unseen("inbox-rules"),
        "unblock-sending" => begun || found("blocked-from-sending"),
        _ => true,
    }
}

fn listed(lang: Lang, texts: impl Iterator<Item = Cow<'static, str>>) -> String {
    texts.collect::<Vec<_>>().join(if lang == Lang::Ja { " ／ " } else { "; " })
}

/// A time to the minute, as it is read out.
fn in_words(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// What each symptom means to somebody who does not know the service, what harms most first.
const TELLING: [(&str, Word); 10] = [
    ("hacked-messages", Word::PlainHackedMessages),
    ("forwarding", Word::PlainForwarding),
    ("inbox-rules", Word::PlainInboxRules),
    ("credential-change", Word::PlainCredentialChange),
    ("missing-mail", Word::PlainMissingMail),
    ("no-sent-copy", Word::PlainNoSentCopy),
    ("blocked-from-sending", Word::PlainBlockedFromSending),
    ("profile-change", Word::PlainProfileChange),
    ("display-name", Word::PlainDisplayName),
    ("signature", Word::PlainSignature),
];

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
    report.total.rejected > 0 || report.total.salvaged > 0 || !report.evidence.iter().all(SourceEntry::is_whole)
}

/// How long something took, in its two largest units.
pub fn duration(lang: Lang, time: TimeDelta) -> String {
    let minutes = time.num_minutes().max(0);
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let (word, first, second) = match (days, hours) {
        (0, 0) if rest == 0 => (Word::DurationMoment, 0, 0),
        (0, 0) => (Word::DurationMinutes, rest, 0),
        (0, hours) => (Word::DurationHours, hours, rest),
        (days, hours) => (Word::DurationDays, days, hours),
    };
    fill(lang, word, &[&first.to_string(), &second.to_string()])
}
