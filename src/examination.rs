//! What one examination of one account says as a whole: the shape that `analyze` fills and `report` lays out.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, TimeZone, Timelike, Utc};

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

/// What stands where a record names no address or country.
pub const NO_PLACE: &str = "??";

/// Sign-ins of one country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountryRow {
    /// ISO country; [`NO_PLACE`] where unknown.
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
    /// Sign-ins whose records do not tell how they ended, or no longer do.
    pub unknown: u64,
    /// Failures whose error code means that the password (or an existing token) was right.
    pub password_was_right: u64,
    /// Per address, most sign-ins first.
    pub by_address: Vec<AddressRow>,
    /// Per country, most sign-ins first.
    pub by_country: Vec<CountryRow>,
    /// When each of them was.
    pub times: Vec<DateTime<Utc>>,
    /// Risky ones, in time order.
    pub risky: Vec<RiskySignIn>,
}

impl SignIns {
    /// Sign-ins per weekday (0 = Monday) and hour of a time zone.
    pub fn by_hour<Z: TimeZone>(&self, zone: &Z) -> [[u32; 24]; 7] {
        let mut counts = [[0; 24]; 7];
        for time in &self.times {
            let local = time.with_timezone(zone);
            let (day, hour) = (local.weekday().num_days_from_monday() as usize, local.hour() as usize);
            if let Some(cell) = counts.get_mut(day).and_then(|hours: &mut [u32; 24]| hours.get_mut(hour)) {
                *cell += 1;
            }
        }
        counts
    }
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
    /// First linked event in the window, or before it where it goes on inside or a finding tells of it.
    pub first: Option<DateTime<Utc>>,
    /// Last linked event of these.
    pub last: Option<DateTime<Utc>>,
    /// How the set was made, in words.
    pub why: Vec<Untrusted>,
}

/// How the attacker came to a mail, a folder or a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Contact {
    /// Opened one by one (`Bind`): this mail was read.
    Bind,
    /// Taken with its whole folder (`Sync`): every mail in it has to be taken as read.
    Sync,
    /// A file was opened or looked at.
    Viewed,
    /// A file was copied out: downloaded or synchronised.
    Downloaded,
    /// Changed, moved, uploaded or shared.
    Changed,
    /// Deleted or moved away.
    Deleted,
}

impl Contact {
    /// The word in `report.json`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bind => "bind",
            Self::Sync => "sync",
            Self::Viewed => "viewed",
            Self::Downloaded => "downloaded",
            Self::Changed => "changed",
            Self::Deleted => "deleted",
        }
    }
}

/// One mail, folder or file that the attacker's sessions touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposed {
    /// Message id (without brackets), folder path, or file address.
    pub name: Untrusted,
    /// Subject of a mail, where a record tells it.
    pub subject: Option<Untrusted>,
    /// Folder of a mail.
    pub folder: Option<Untrusted>,
    /// Whose mailbox; `None` for files.
    pub mailbox: Option<Untrusted>,
    /// How; in the order of `Contact`.
    pub how: Vec<Contact>,
    /// First time.
    pub first: DateTime<Utc>,
    /// Last time.
    pub last: DateTime<Utc>,
    /// How many records tell of it.
    pub count: u64,
    /// The records, the first of many.
    pub records: Vec<RecordRef>,
}

/// A day on which the service stopped recording reads of the mailbox: everything has to be taken as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThrottledDay {
    /// The day, `YYYY-MM-DD`, UTC.
    pub day: String,
    /// Whether the throttled records are of the attacker's sessions, not only of the mailbox.
    pub attackers: bool,
    /// The records, the first of many.
    pub records: Vec<RecordRef>,
}

/// What the attacker's sessions touched.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exposure {
    /// Mails by message id.
    pub mails: Vec<Exposed>,
    /// Folders: those that were synchronised were taken whole.
    pub folders: Vec<Exposed>,
    /// Files of SharePoint and OneDrive.
    pub files: Vec<Exposed>,
    /// Days on which more was read than was recorded.
    pub throttled: Vec<ThrottledDay>,
    /// What the lists cannot show, in words.
    pub limits: Vec<String>,
}

/// Somebody to whom the attacker wrote in the account's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Address, lower-cased.
    pub address: Untrusted,
    /// Whether the domain is the tenant's own.
    pub internal: bool,
    /// Mails.
    pub mails: u64,
    /// First.
    pub first: DateTime<Utc>,
    /// Last.
    pub last: DateTime<Utc>,
    /// Different subjects, the first of many.
    pub subjects: Vec<Untrusted>,
    /// Message ids, the first of many.
    pub message_ids: Vec<Untrusted>,
    /// `mailbox` (the mailbox's own record), `trace` (message trace), in this order.
    pub seen_in: Vec<&'static str>,
    /// What the trace says became of the mails (`Delivered`, `Failed`, …), each once.
    pub delivery: Vec<Untrusted>,
    /// The records, the first of many.
    pub records: Vec<RecordRef>,
}

/// To whom the attacker wrote.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recipients {
    /// Mails of the attacker.
    pub mails: u64,
    /// Recipients that the records count, listed or not; the same person in two mails counts twice. Nought
    /// where no record counts or lists any.
    pub counted: u64,
    /// Mails whose record does not list all its recipients.
    pub unlisted: u64,
    /// Outsiders first, then by address.
    pub by_address: Vec<Recipient>,
}

/// How far the attacker got with another account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Sign-ins that were refused.
    Tried,
    /// The password was right, or a token was accepted; the sign-in was stopped behind it.
    PasswordKnown,
    /// The account under examination was used on the other one's mailbox.
    Opened,
    /// Signed in, or acted.
    Entered,
}

impl Reach {
    /// The word in `report.json`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tried => "tried",
            Self::PasswordKnown => "password_known",
            Self::Opened => "opened",
            Self::Entered => "entered",
        }
    }
}

/// Another account that was seen from the attacker's addresses or in the attacker's sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherAccount {
    /// Its name, lower-cased.
    pub account: Untrusted,
    /// How far.
    pub reach: Reach,
    /// The attacker's addresses it was seen from.
    pub addresses: Vec<Untrusted>,
    /// The attacker's sessions it was seen in.
    pub sessions: Vec<Untrusted>,
    /// Sign-ins that succeeded.
    pub sign_ins: u64,
    /// Sign-ins that were refused or stopped.
    pub failed: u64,
    /// Everything else that was done, by operation.
    pub operations: BTreeMap<String, u64>,
    /// First.
    pub first: DateTime<Utc>,
    /// Last.
    pub last: DateTime<Utc>,
    /// The records, the first of many; those that got furthest first.
    pub records: Vec<RecordRef>,
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
    /// Files of the evidence in which only other tenants are named: they cover nothing of the account.
    pub foreign_files: BTreeSet<String>,
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
    /// What the attacker's sessions touched.
    pub exposure: Exposure,
    /// To whom the attacker wrote.
    pub recipients: Recipients,
    /// Other accounts from the attacker's addresses and sessions, those that were entered first.
    pub blast_radius: Vec<OtherAccount>,
    /// Cautions about the whole examination, in words (no baseline, weak country table, …).
    pub cautions: Vec<String>,
}
