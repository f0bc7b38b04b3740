//! The words for what the model names by id or variant: questions, verdicts, states, kinds of evidence.

use std::borrow::Cow;

use super::{Lang, Word, detections};
use crate::examination::{Contact, IdentityKind, Reach};
use crate::finding::{Attribution, Fact, Severity, StepStatus, Verdict, Weight};
use crate::ledger::Status;

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
        _ => return detections::title(lang, id).map_or_else(|| Cow::Owned(id.replace('-', " ")), Cow::Borrowed),
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
        IdentityKind::Alias | IdentityKind::RuleMaker | IdentityKind::Name | IdentityKind::Home => Word::KindAlias,
    };
    word.text(lang)
}

/// How the attacker came to a mail, a folder or a file.
pub fn contact(lang: Lang, contact: Contact) -> &'static str {
    let word = match contact {
        Contact::Bind => Word::ContactBind,
        Contact::Sync => Word::ContactSync,
        Contact::Viewed => Word::ContactViewed,
        Contact::Downloaded => Word::ContactDownloaded,
        Contact::Changed => Word::ContactChanged,
        Contact::Deleted => Word::ContactDeleted,
    };
    word.text(lang)
}

/// How far the attacker got with another account.
pub fn reach(lang: Lang, reach: Reach) -> &'static str {
    let word = match reach {
        Reach::Tried => Word::ReachTried,
        Reach::PasswordKnown => Word::ReachPasswordKnown,
        Reach::Opened => Word::ReachOpened,
        Reach::Entered => Word::ReachEntered,
    };
    word.text(lang)
}

/// What a kind of evidence is called, what it shows and what it never shows.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// Its name.
    pub name: Word,
    /// What it can show.
    pub shows: Word,
    /// What it never shows.
    pub hides: Word,
}

/// The kind of evidence, by its word in the timeline.
pub fn evidence_kind(source: &str) -> Option<Kind> {
    let (name, shows, hides) = match source {
        "ual" => (Word::SourceUal, Word::ShowsUal, Word::HidesUal),
        "admin_audit" => (Word::SourceAdminAudit, Word::ShowsAdminAudit, Word::HidesAdminAudit),
        "mailbox_audit" => (Word::SourceMailboxAudit, Word::ShowsMailboxAudit, Word::HidesMailboxAudit),
        "entra_signin" => (Word::SourceEntraSignin, Word::ShowsEntraSignin, Word::HidesEntraSignin),
        "entra_audit" => (Word::SourceEntraAudit, Word::ShowsEntraAudit, Word::HidesEntraAudit),
        "risk" => (Word::SourceRisk, Word::ShowsRisk, Word::HidesRisk),
        "message_trace" => (Word::SourceMessageTrace, Word::ShowsMessageTrace, Word::HidesMessageTrace),
        "snapshot" => (Word::SourceSnapshot, Word::ShowsSnapshot, Word::HidesSnapshot),
        _ => return None,
    };
    Some(Kind { name, shows, hides })
}

/// The terms of the glossary, each with what it means.
pub const GLOSSARY: [(Word, Word); 16] = [
    (Word::TermSymptom, Word::GlossSymptom),
    (Word::TermUal, Word::GlossUal),
    (Word::TermSignIn, Word::GlossSignIn),
    (Word::TermSession, Word::GlossSession),
    (Word::TermToken, Word::GlossToken),
    (Word::TermRule, Word::GlossRule),
    (Word::TermForwarding, Word::GlossForwarding),
    (Word::TermDelegate, Word::GlossDelegate),
    (Word::TermMfa, Word::GlossMfa),
    (Word::TermAppPassword, Word::GlossAppPassword),
    (Word::TermRecoverable, Word::GlossRecoverable),
    (Word::TermTenant, Word::GlossTenant),
    (Word::TermUtc, Word::GlossUtc),
    (Word::TermHash, Word::GlossHash),
    (Word::TermAttack, Word::GlossAttack),
    (Word::TermDefang, Word::GlossDefang),
];
