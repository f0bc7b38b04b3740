//! What an examination says: findings with evidence, and the assessment of each question.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::origin::RecordRef;
use crate::untrusted::Untrusted;

/// How bad it is, if it is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Context only.
    Info,
    /// Worth a line.
    Low,
    /// Worth a look today.
    Medium,
    /// Worth a look now.
    High,
    /// Money or the mailbox is leaving.
    Critical,
}

/// How the evidence knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fact {
    /// A record with a success status says that the change was made.
    Recorded,
    /// A side effect is recorded; the act itself is not.
    Inferred,
    /// It was so when somebody looked; author and time are unknown.
    Snapshot,
}

/// Whose act it was, as far as the evidence carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Attribution {
    /// Attacker score of at least 5.
    Linked,
    /// Some terms speak for the attacker, or there is no context.
    Unexplained,
    /// A system job, or the account's own usual address, device and session.
    Explained,
    /// The record carries no address, session or client, and nothing is near it.
    Unknown,
}

/// What a finding shows of the account itself: whether it happened is one thing, whether anybody was in is another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shows {
    /// Somebody else changed the whole organisation: nothing of this account alone.
    Elsewhere,
    /// Somebody else cut down what is audited of the account.
    Unwatched,
    /// Sign-ins were tried and stopped.
    Tried,
    /// Somebody at work in the account, or on it.
    Inside,
}

/// The weight of one finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    /// Listed and folded: there is an innocent explanation in the evidence.
    Explained,
    /// Recorded but unattributed, or inferred.
    Weak,
    /// Recorded and linked, or malicious on its face.
    Strong,
}

/// The answer to one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// At least one strong finding.
    Strong,
    /// At least one weak finding, none strong.
    Weak,
    /// Only findings with an innocent explanation.
    Explained,
    /// Nothing, and the evidence would have shown it.
    NotSeen,
    /// The evidence could not have shown it.
    NotAssessable,
}

impl Verdict {
    /// The word used in `report.json`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Strong => "strong",
            Self::Weak => "weak",
            Self::Explained => "explained",
            Self::NotSeen => "not_seen",
            Self::NotAssessable => "not_assessable",
        }
    }
}

macro_rules! words {
    ($type:ty { $($variant:ident => $word:literal),+ $(,)? }) => {
        impl $type {
            /// The word used in `report.json`.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
    };
}
impl Severity {
    /// One level worse, where there is one.
    #[must_use]
    pub fn raised(self) -> Self {
        match self {
            Self::Info => Self::Low,
            Self::Low => Self::Medium,
            Self::Medium => Self::High,
            Self::High | Self::Critical => Self::Critical,
        }
    }
}

words!(Severity { Info => "info", Low => "low", Medium => "medium", High => "high", Critical => "critical" });
words!(Fact { Recorded => "recorded", Inferred => "inferred", Snapshot => "snapshot" });
words!(Attribution { Linked => "linked", Unexplained => "unexplained", Explained => "explained", Unknown => "unknown" });
words!(Weight { Explained => "explained", Weak => "weak", Strong => "strong" });

/// One term of a score, printed so that a reader can add it up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Term {
    /// Points for (positive) or against (negative) the attacker.
    pub points: i32,
    /// Why, in words; may quote evidence.
    pub why: Untrusted,
}

/// One sentence in the report's languages; may quote evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Headline {
    /// English.
    pub en: Untrusted,
    /// Japanese.
    pub ja: Untrusted,
}

/// One thing that was found, with the records that show it. Cannot be built without a record.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// `<symptom>/<n>`, given by the runner after sorting.
    pub id: String,
    /// When it happened.
    #[serde(serialize_with = "crate::moment::serialize_time")]
    pub time: DateTime<Utc>,
    /// Whether that is known: a snapshot may not say when it was taken, and then the time stands for none.
    pub dated: bool,
    /// How bad.
    pub severity: Severity,
    /// How the evidence knows.
    pub fact: Fact,
    /// Whose act.
    pub attribution: Attribution,
    /// How much weight.
    pub verdict: Weight,
    /// Who did it, as written.
    pub actor: Untrusted,
    /// What it was done to.
    pub target: Untrusted,
    /// From which address.
    pub address: Option<Untrusted>,
    /// In which session.
    pub session: Option<Untrusted>,
    /// One sentence.
    pub headline: Headline,
    /// Named details, in the order of their names.
    pub facts: BTreeMap<String, Untrusted>,
    /// The attacker score's terms (and, where the check has one, the content score's).
    pub score: Vec<Term>,
    /// Whether what was done is malicious by itself, whoever did it and from wherever.
    #[serde(skip)]
    pub on_its_face: bool,
    /// What it shows of the account itself.
    #[serde(skip)]
    pub shows: Shows,
    /// MITRE ATT&CK technique ids.
    pub attack: Vec<&'static str>,
    /// The records; never empty.
    pub records: Vec<RecordRef>,
    /// Those of the records that the finding is not about: what it answers, what ended it, what came before it.
    #[serde(skip)]
    pub beside: Vec<RecordRef>,
}

impl Finding {
    /// The records that the finding is about, and does not merely cite.
    pub fn about(&self) -> impl Iterator<Item = &RecordRef> {
        let beside: BTreeSet<&RecordRef> = self.beside.iter().collect();
        self.records.iter().filter(move |record| !beside.contains(record))
    }

    /// When it happened, where that is known.
    pub fn when(&self) -> Option<DateTime<Utc>> {
        self.dated.then_some(self.time)
    }

    /// Whether it is about what somebody else, whom nothing ties to an attacker of this account, did to the whole
    /// organisation.
    pub fn is_elsewhere(&self) -> bool {
        self.shows == Shows::Elsewhere && self.attribution != Attribution::Linked
    }

    /// Whether, if it is true, somebody was in the account or worked on it.
    pub fn is_intrusion(&self) -> bool {
        match self.shows {
            Shows::Inside => true,
            Shows::Tried => false,
            Shows::Elsewhere | Shows::Unwatched => self.attribution == Attribution::Linked,
        }
    }
}

/// The answer to one symptom or detection.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    /// Microsoft's number, 1 to 10; 0 for detections beyond the ten.
    pub number: u8,
    /// The public id (`inbox-rules`).
    pub id: &'static str,
    /// The answer.
    pub verdict: Verdict,
    /// What was missing for a better answer, in words.
    pub needs: Vec<String>,
    /// What was found, strongest and earliest first.
    pub findings: Vec<Finding>,
}

/// How far a response step got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepStatus {
    /// Done, and not undone.
    Done,
    /// Done and undone again.
    Undone,
    /// Only a part.
    Partial,
    /// No trace, in evidence that would show it.
    NotSeen,
    /// The evidence could not show it.
    NotAssessable,
    /// Done by the attacker, which is no response.
    ByAttacker,
}
words!(StepStatus { Done => "done", Undone => "undone", Partial => "partial", NotSeen => "not_seen", NotAssessable => "not_assessable", ByAttacker => "by_attacker" });

/// The answer to one of the seven response steps.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// 1 to 7.
    pub number: u8,
    /// The public id (`reset-password`).
    pub id: &'static str,
    /// How far it got.
    pub status: StepStatus,
    /// When.
    pub at: Option<DateTime<Utc>>,
    /// Whether it came after the last attacker action; `None` where either is unknown.
    pub after_last_attacker_action: Option<bool>,
    /// One sentence on what was seen and what is left to do.
    pub note: Headline,
    /// The records.
    pub records: Vec<RecordRef>,
}
/// A number with the word that belongs to it: `1 mail`, `2 mails`.
pub fn counted<N: Display + PartialEq + From<u8>>(count: N, one: &str, many: &str) -> String {
    format!("{count} {}", if count == N::from(1) { one } else { many })
}
