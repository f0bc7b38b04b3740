//! What the program itself says in a report: fixed words and sentences, in English and Japanese.

mod en;
mod ja;

use std::borrow::Cow;

use super::model::Report;
use crate::examination::IdentityKind;
use crate::finding::{Attribution, Fact, Finding, Headline, Severity, StepStatus, Verdict, Weight};
use crate::ledger::Status;
use crate::timeline::format_time;
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

macro_rules! words {
    ($($word:ident),+ $(,)?) => {
        /// Every fixed word and sentence. Each language answers each word, or the program does not compile.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[allow(missing_docs, reason = "the words are in en.rs and ja.rs")]
        pub enum Word { $($word),+ }

        impl Word {
            /// All words.
            pub const ALL: &[Self] = &[$(Self::$word),+];
        }
    };
}

words! {
    // headings
    HeadAnswer, HeadSymptoms, HeadResponse, HeadFindings, HeadBeyond, HeadSignIns, HeadRisky, HeadByAddress, HeadByCountry, HeadByHour, HeadAttacker, HeadCoverage, HeadEvidence, HeadRejects, HeadTimeline, HeadMethod, HeadPages, HeadStrongest, HeadNotRead, HeadIdentities, HeadCautions,
    // the ten
    MissingMail, NoSentCopy, InboxRules, DisplayName, BlockedFromSending, HackedMessages, ProfileChange, CredentialChange, Forwarding, Signature,
    // beyond the ten
    SuspiciousSignIns, PasswordGuessing, MfaFatigue, ImpossibleTravel, LegacyProtocol, MailboxDelegate,
    // the seven
    ResetPassword, RemoveForwarding, DisableInboxRules, UnblockSending, BlockSignIn, RemoveAdminRoles, OtherPrecautions,
    // verdicts
    VerdictStrong, VerdictWeak, VerdictExplained, VerdictNotSeen, VerdictNotAssessable,
    // step states
    StepDone, StepUndone, StepPartial, StepNotSeen, StepNotAssessable, StepByAttacker, StepBefore, StepAfter,
    // severity
    SeverityInfo, SeverityLow, SeverityMedium, SeverityHigh, SeverityCritical,
    // fact
    FactRecorded, FactInferred, FactSnapshot,
    // attribution
    AttributionLinked, AttributionUnexplained, AttributionExplained, AttributionUnknown,
    // files
    FileRead, FilePartlyRead, FileUnreadable, FileUnknownFormat,
    // outcomes
    OutcomeSuccess, OutcomeFailure, OutcomeInterrupted, OutcomeUnknown,
    // identity kinds
    KindUpn, KindSmtp, KindObjectId, KindPuid, KindMailboxGuid, KindSid, KindLegacyDn, KindAlias,
    // labels
    Account, Window, Case, Examiner, Symptom, Verdict, Finding, Time, Severity, Fact, Attribution, Actor, Target, Address, Session, Details, Detail, Value, Points, Why, Sum, Attack, Records, Record, File, Line, Offset, NativeId, Hash, Step, State, At, Note, Country, Network, Total, Succeeded, Failed, First, Last, Outcome, ErrorCode, Addresses, Sessions, Question, Passes, Fails, Seen, Format, Bytes, Events, States, Duplicates, Rejected, Salvaged, Status, Code, Reason, Excerpt, Message, Source, Action, Kind, LearnedFrom, Tool, Needs, Weekday, None, Given, Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday, Counts, Custody, Gates, FileNotes, CaseNone, InternalDomains, NotFired, Nobody, NoRejects, NoCited, NoSignIns,
    // the workbook
    Headline, InAttackerSet, AsNumber, Encoding, WindowEnd, ExposedSubject, ExposedFolder, ExposedMailbox, ExposedHow, ExposedCount, ExposedMail, ExposedFile, ExposedThrottled, ExposedRecipient, ExposedAccount, SheetSplit, CellsCut, CellCut, WorkbookGuide,
    // sentences
    ReportTitle, AnswerStrong, AnswerWeak, AnswerAlsoWeak, AnswerNothingButGaps, AnswerNothing, AnswerGaps, AnswerBeyond, AnswerAttacker, AnswerResponse, AnswerLost, CountFindings, CountShort, CountShortHead, EvidenceLine, SignInLine, SpanLine, RecordWord, MoreFindings, MoreRows, MoreRejects, MoreTimeline, ExplainedFold, NoFindings, PageLink, PageCommand, GateTally, BalanceHolds, BalanceBroken, HeatTitle, HeatDesc, HeatTable, SkipLink, Contents, MethodText, MethodDefang, LegendScore,
}

impl Word {
    /// The word in a language.
    pub fn text(self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => en::word(self),
            Lang::Ja => ja::word(self),
        }
    }
}

/// The seven days, Monday first.
pub const WEEKDAYS: [Word; 7] =
    [Word::Monday, Word::Tuesday, Word::Wednesday, Word::Thursday, Word::Friday, Word::Saturday, Word::Sunday];

/// A sentence with its places filled: `{0}` is the first value, and so on.
pub fn fill(lang: Lang, word: Word, values: &[&str]) -> String {
    let mut out = String::new();
    let mut rest = word.text(lang);
    // In one pass, so that a value which itself holds "{0}" stays as it is.
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        if let Some((Ok(number), tail)) = after.split_once('}').map(|(number, tail)| (number.parse::<usize>(), tail)) {
            out.push_str(values.get(number).copied().unwrap_or_default());
            rest = tail;
        } else {
            out.push('{');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// The title of a symptom, detection or response step; an id without one is shown as its words.
pub fn title(lang: Lang, id: &str) -> Cow<'static, str> {
    let word = match id {
        "missing-mail" => Word::MissingMail,
        "no-sent-copy" => Word::NoSentCopy,
        "inbox-rules" => Word::InboxRules,
        "display-name" => Word::DisplayName,
        "blocked-from-sending" => Word::BlockedFromSending,
        "hacked-messages" => Word::HackedMessages,
        "profile-change" => Word::ProfileChange,
        "credential-change" => Word::CredentialChange,
        "forwarding" => Word::Forwarding,
        "signature" => Word::Signature,
        "suspicious-sign-ins" => Word::SuspiciousSignIns,
        "password-guessing" => Word::PasswordGuessing,
        "mfa-fatigue" => Word::MfaFatigue,
        "impossible-travel" => Word::ImpossibleTravel,
        "legacy-protocol" => Word::LegacyProtocol,
        "mailbox-delegate" => Word::MailboxDelegate,
        "reset-password" => Word::ResetPassword,
        "remove-forwarding" => Word::RemoveForwarding,
        "disable-inbox-rules" => Word::DisableInboxRules,
        "unblock-sending" => Word::UnblockSending,
        "block-sign-in" => Word::BlockSignIn,
        "remove-admin-roles" => Word::RemoveAdminRoles,
        "other-precautions" => Word::OtherPrecautions,
        _ => return Cow::Owned(id.replace('-', " ")),
    };
    Cow::Borrowed(word.text(lang))
}

/// The word of a verdict.
pub fn verdict(lang: Lang, verdict: Verdict) -> &'static str {
    let word = match verdict {
        Verdict::Strong => Word::VerdictStrong,
        Verdict::Weak => Word::VerdictWeak,
        Verdict::Explained => Word::VerdictExplained,
        Verdict::NotSeen => Word::VerdictNotSeen,
        Verdict::NotAssessable => Word::VerdictNotAssessable,
    };
    word.text(lang)
}

/// The word of a finding's weight.
pub fn weight(lang: Lang, weight: Weight) -> &'static str {
    let word = match weight {
        Weight::Strong => Word::VerdictStrong,
        Weight::Weak => Word::VerdictWeak,
        Weight::Explained => Word::VerdictExplained,
    };
    word.text(lang)
}

/// The word of a severity.
pub fn severity(lang: Lang, severity: Severity) -> &'static str {
    let word = match severity {
        Severity::Info => Word::SeverityInfo,
        Severity::Low => Word::SeverityLow,
        Severity::Medium => Word::SeverityMedium,
        Severity::High => Word::SeverityHigh,
        Severity::Critical => Word::SeverityCritical,
    };
    word.text(lang)
}

/// The words for how a fact is known.
pub fn fact(lang: Lang, fact: Fact) -> &'static str {
    let word = match fact {
        Fact::Recorded => Word::FactRecorded,
        Fact::Inferred => Word::FactInferred,
        Fact::Snapshot => Word::FactSnapshot,
    };
    word.text(lang)
}

/// The words for whose act it was.
pub fn attribution(lang: Lang, attribution: Attribution) -> &'static str {
    let word = match attribution {
        Attribution::Linked => Word::AttributionLinked,
        Attribution::Unexplained => Word::AttributionUnexplained,
        Attribution::Explained => Word::AttributionExplained,
        Attribution::Unknown => Word::AttributionUnknown,
    };
    word.text(lang)
}

/// The words for how far a response step got.
pub fn step_status(lang: Lang, status: StepStatus) -> &'static str {
    let word = match status {
        StepStatus::Done => Word::StepDone,
        StepStatus::Undone => Word::StepUndone,
        StepStatus::Partial => Word::StepPartial,
        StepStatus::NotSeen => Word::StepNotSeen,
        StepStatus::NotAssessable => Word::StepNotAssessable,
        StepStatus::ByAttacker => Word::StepByAttacker,
    };
    word.text(lang)
}

/// The words for what became of a file.
pub fn file_status(lang: Lang, status: Status) -> &'static str {
    let word = match status {
        Status::Read => Word::FileRead,
        Status::PartlyRead => Word::FilePartlyRead,
        Status::Unreadable => Word::FileUnreadable,
        Status::UnknownFormat => Word::FileUnknownFormat,
    };
    word.text(lang)
}

/// The word of an outcome, by its word in the timeline.
pub fn outcome(lang: Lang, outcome: &str) -> &'static str {
    let word = match outcome {
        "success" => Word::OutcomeSuccess,
        "failure" => Word::OutcomeFailure,
        "interrupted" => Word::OutcomeInterrupted,
        _ => Word::OutcomeUnknown,
    };
    word.text(lang)
}

/// The words for a kind of name.
pub fn identity_kind(lang: Lang, kind: IdentityKind) -> &'static str {
    let word = match kind {
        IdentityKind::Upn => Word::KindUpn,
        IdentityKind::Smtp => Word::KindSmtp,
        IdentityKind::ObjectId => Word::KindObjectId,
        IdentityKind::Puid => Word::KindPuid,
        IdentityKind::MailboxGuid => Word::KindMailboxGuid,
        IdentityKind::Sid => Word::KindSid,
        IdentityKind::LegacyDn => Word::KindLegacyDn,
        IdentityKind::Alias => Word::KindAlias,
    };
    word.text(lang)
}

/// Findings by weight: strong, weak, explained.
pub fn tally(findings: &[Finding]) -> [usize; 3] {
    [Weight::Strong, Weight::Weak, Weight::Explained]
        .map(|weight| findings.iter().filter(|finding| finding.verdict == weight).count())
}

/// The answer in one paragraph of plain words. Quotes no evidence.
pub fn answer(lang: Lang, report: &Report<'_>) -> String {
    let examination = report.examination;
    let titles = |wanted: Verdict| -> Vec<Cow<'static, str>> {
        let symptoms = examination.symptoms.iter().filter(|symptom| symptom.verdict == wanted);
        symptoms.map(|symptom| title(lang, symptom.id)).collect()
    };
    let listed = |word: Word, titles: &[Cow<'static, str>]| {
        let between = if lang == Lang::Ja { "、" } else { "; " };
        fill(lang, word, &[&titles.len().to_string(), &titles.join(between)])
    };
    let counted = |word: Word, count: usize| fill(lang, word, &[&count.to_string()]);

    let (strong, weak) = (titles(Verdict::Strong), titles(Verdict::Weak));
    let gaps = titles(Verdict::NotAssessable).len();
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
        let (first, last) = (format_time(first), format_time(last));
        sentences.push(fill(lang, Word::AnswerAttacker, &[&first, &last, &addresses, &sessions]));
    }
    let effective = examination
        .response
        .iter()
        .filter(|step| step.status == StepStatus::Done && step.after_last_attacker_action != Some(false));
    sentences.push(counted(Word::AnswerResponse, effective.count()));
    if lost_evidence(report) {
        sentences.push(Word::AnswerLost.text(lang).to_owned());
    }
    sentences.join(if lang == Lang::Ja { "" } else { " " })
}

/// Whether a question beyond the ten has something to say.
pub fn fired(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Strong | Verdict::Weak)
}

/// Whether evidence was lost or is doubtful.
fn lost_evidence(report: &Report<'_>) -> bool {
    report.total.rejected > 0
        || report.total.salvaged > 0
        || report.evidence.iter().any(|source| source.status != Status::Read)
}

#[cfg(test)]
mod tests {
    use super::super::sample::Sample;
    use super::*;

    fn places(text: &str) -> Vec<usize> {
        let mut places: Vec<usize> =
            text.split('{').skip(1).filter_map(|rest| rest.split_once('}')?.0.parse().ok()).collect();
        places.sort_unstable();
        places
    }

    #[test]
    fn neither_language_misses_a_word() {
        for &word in Word::ALL {
            let (en, ja) = (word.text(Lang::En), word.text(Lang::Ja));
            assert!(!en.is_empty() && !ja.is_empty(), "{word:?}");
            assert!(en.is_ascii(), "{word:?} is no English: {en}");
            assert_eq!(places(en), places(ja), "{word:?} has other places in Japanese");
        }
    }

    #[test]
    fn japanese_is_japanese() {
        const SAME: [Word; 5] = [Word::KindPuid, Word::KindSid, Word::Attack, Word::Hash, Word::CountShort];
        for word in Word::ALL.iter().filter(|word| !SAME.contains(word)) {
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
    }

    #[test]
    fn the_answer_says_what_was_found_and_what_could_not_be_told() {
        let found = answer(Lang::En, &Sample::hostile().report());
        assert!(found.starts_with("The evidence shows strong signs that this account was taken over: 1 of"), "{found}");
        assert!(found.contains("could not be assessed") && found.contains("lost or is doubtful"), "{found}");
        let nothing = answer(Lang::En, &Sample::empty().report());
        assert!(nothing.starts_with("None of Microsoft's ten symptoms was seen, in evidence"), "{nothing}");
        let mut gaps = Sample::empty();
        gaps.examination.symptoms[0].verdict = Verdict::NotAssessable;
        assert!(answer(Lang::Ja, &gaps.report()).contains("安全とは言えない"));
    }
}
