//! What one examination of one account says as a whole: the shape that `analyze` fills and `report` lays out.

use chrono::{DateTime, Utc};

use crate::finding::{Assessment, Step};
use crate::origin::RecordRef;
pub use crate::question::IdentityKind;
use crate::question::Window;
use crate::untrusted::Untrusted;

/// One name of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// What kind of name.
    pub kind: IdentityKind,
    /// The name, lower-cased.
    pub value: Untrusted,
    /// The record that taught it; `None` where the investigator gave it.
    pub learned_from: Option<RecordRef>,
}

/// One coverage gate: something that must be true before "not seen" may be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    /// `G1` … `G15`.
    pub id: &'static str,
    /// What it asks, in a few words.
    pub title: &'static str,
    /// Whether it passes.
    pub passes: bool,
    /// What was seen, in words.
    pub seen: String,
}

/// Sign-ins of one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressRow {
    /// Canonical address, or the text as written where it is none.
    pub address: Untrusted,
    /// Sign-ins.
    pub total: u64,
    /// Tokens issued.
    pub succeeded: u64,
    /// Everything else but interrupted steps.
    pub failed: u64,
    /// First sign-in.
    pub first: DateTime<Utc>,
    /// Last sign-in.
    pub last: DateTime<Utc>,
    /// ISO country.
    pub country: Option<Untrusted>,
    /// Autonomous system number.
    pub asn: Option<i64>,
    /// Autonomous system's organization, or the class of the address (`microsoft`, `private`).
    pub network: Option<Untrusted>,
}

/// Sign-ins of one country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountryRow {
    /// ISO country; `??` where unknown.
    pub country: Untrusted,
    /// Sign-ins.
    pub total: u64,
    /// Tokens issued.
    pub succeeded: u64,
    /// Failures.
    pub failed: u64,
}

/// A sign-in that the service called risky, or whose attacker score is at least 5.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RiskySignIn {
    /// When.
    pub time: DateTime<Utc>,
    /// From where.
    pub address: Option<Untrusted>,
    /// Country.
    pub country: Option<Untrusted>,
    /// success, failure, interrupted.
    pub outcome: &'static str,
    /// Error number.
    pub code: Option<Untrusted>,
    /// Why it is listed.
    pub why: Vec<Untrusted>,
    /// The record.
    pub record: RecordRef,
}

/// The account's sign-ins inside the window. One login seen by two sources counts once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SignIns {
    /// All.
    pub total: u64,
    /// Tokens issued.
    pub succeeded: u64,
    /// Failures.
    pub failed: u64,
    /// Interrupted steps of a flow; neither succeeded nor failed.
    pub interrupted: u64,
    /// Failures whose error code means that the password (or an existing token) was right.
    pub password_was_right: u64,
    /// Per address, most sign-ins first.
    pub by_address: Vec<AddressRow>,
    /// Per country, most sign-ins first.
    pub by_country: Vec<CountryRow>,
    /// Sign-ins per weekday (0 = Monday) and hour, UTC.
    pub by_hour: [[u32; 24]; 7],
    /// Risky ones, in time order.
    pub risky: Vec<RiskySignIn>,
}

/// One member of the attacker set with the chain that led to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttackerMember {
    /// The address or session.
    pub value: Untrusted,
    /// How it was reached.
    pub why: Vec<Untrusted>,
}

/// The attacker, as far as the evidence knows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attacker {
    /// Addresses.
    pub addresses: Vec<AttackerMember>,
    /// Sessions.
    pub sessions: Vec<AttackerMember>,
    /// First linked event in the window.
    pub first: Option<DateTime<Utc>>,
    /// Last linked event in the window.
    pub last: Option<DateTime<Utc>>,
    /// How the set was made, in words.
    pub why: Vec<Untrusted>,
}

/// Everything that one examination says.
#[derive(Debug, Clone, PartialEq)]
pub struct Examination {
    /// The account as asked for, lower-cased.
    pub user: Untrusted,
    /// All names of the account.
    pub identities: Vec<Identity>,
    /// The window, resolved.
    pub window: Window,
    /// Internal domains, given or learned.
    pub tenant_domains: Vec<Untrusted>,
    /// The coverage gates.
    pub coverage: Vec<Gate>,
    /// The ten, in Microsoft's order.
    pub symptoms: Vec<Assessment>,
    /// What goes beyond the ten.
    pub detections: Vec<Assessment>,
    /// Sign-ins.
    pub sign_ins: SignIns,
    /// The seven steps.
    pub response: Vec<Step>,
    /// The attacker set.
    pub attacker: Attacker,
    /// Cautions about the whole examination, in words (no baseline, weak country table, …).
    pub cautions: Vec<String>,
}
