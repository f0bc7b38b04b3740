//! Changes of passwords and means of sign-in: which records say so, which of them are one change, and what was added or
//! removed. Shared by the symptom and by the response step; only `weighed` and `answers` judge.

pub mod answers;
pub mod hints;
mod kinds;
mod methods;
mod named;
pub mod weighed;

use chrono::TimeDelta;

use crate::analyze::exam::{Exam, Row};
use crate::analyze::people::actor::ActorClass;
use crate::analyze::settings::directory;
use crate::timeline::{Event, EvidenceSource, Outcome, details, json};

use named::Means;

pub use kinds::{Kind, is_entra, reason};
pub use methods::{MethodChange, in_japanese, method_changes};
pub use named::sets_password;

/// What a record does to the account's credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// A new password.
    Password,
    /// A new password is demanded at the next sign-in; the old one works until then.
    ForceChange,
    /// All sessions are ended. Written beside every new password as well.
    Revocation,
    /// Means of sign-in were added, changed or removed, in words.
    Methods(MethodChange),
    /// An application password was created.
    AppPasswordCreated,
    /// An application password was deleted.
    AppPasswordDeleted,
    /// The account's password, until then another organisation's or on-premises, is kept in the cloud from now on.
    Managed,
}

/// The second factor that is asked of one person, switched.
const PER_USER_STATE: &str = "Update per-user multifactor authentication state";
/// Sessions ended, in the spellings of the audit logs.
const REVOKED: [&str; 3] =
    ["Update StsRefreshTokenValidFrom Timestamp", "Revoke sign-in sessions", "Revoke sign in sessions"];

/// Whether the record changes somebody's password or means of sign-in; a corrected clock is no change.
pub fn is_change(event: &Event) -> bool {
    const OTHERS: [&str; 5] = [
        PER_USER_STATE,
        "Create application password for user",
        "Delete application password for user",
        "Enable Strong Authentication",
        "Disable Strong Authentication",
    ];
    let passwords = sets_password(event) || named::demands_password(event);
    let named = passwords || named::means(event).is_some() || event.is(&OTHERS);
    directory::is_directory(event)
        && (named || event.is(&["Update user"]) && method_changes(event) != MethodChange::default())
}

/// What the record does to the subject's credentials; `None` for other records, other people's, failed attempts and
/// those whose end is told in a word that is not known.
pub fn act(row: &Row<'_>) -> Option<Act> {
    if row.failed() || is_unread(row) { None } else { asked(row) }
}

/// What the record of a failed attempt asked for.
pub fn act_that_failed(row: &Row<'_>) -> Option<Act> {
    if row.failed() { asked(row) } else { None }
}

/// What the record may have done: how it ended stands in it, in a word that is not known.
pub fn act_of_unknown_end(row: &Row<'_>) -> Option<Act> {
    if is_unread(row) { asked(row) } else { None }
}

/// Whether a portal that spoke another language wrote how it ended, and no other record of it says so. The audit log
/// leaves the result out where there was nothing to say.
fn is_unread(row: &Row<'_>) -> bool {
    let told = row.event.status_text.as_deref().is_some_and(|word| !word.trim().is_empty());
    let entra = row.event.evidence_source == EvidenceSource::EntraAudit;
    entra && told && row.events().all(|event| event.outcome == Outcome::Unknown)
}

/// What the record asks for, however it ended.
fn asked(row: &Row<'_>) -> Option<Act> {
    let event = row.event;
    if !row.parts.target {
        return None;
    }
    if !directory::is_directory(event) {
        return cmdlet_act(row);
    }
    if sets_password(event) {
        return Some(Act::Password);
    }
    if named::demands_password(event) {
        return Some(Act::ForceChange);
    }
    if event.is(&REVOKED) {
        return Some(Act::Revocation);
    }
    if event.is(&["Create application password for user"]) {
        return Some(Act::AppPasswordCreated);
    }
    if event.is(&["Delete application password for user"]) {
        return Some(Act::AppPasswordDeleted);
    }
    if event.is(&["Convert federated user to managed"]) {
        return Some(Act::Managed);
    }
    let methods = methods(event);
    if methods == MethodChange::default() {
        return (event.is(&["Update user"]) && is_revocation(event)).then_some(Act::Revocation);
    }
    Some(Act::Methods(methods))
}

/// What the record does to the means of sign-in: by the activity's name, or by the lists that it changes.
fn methods(event: &Event) -> MethodChange {
    let what = || vec![event.action().to_owned()];
    let none = MethodChange::default();
    match named::means(event) {
        Some(Means::Added) => return MethodChange { added: what(), ..none },
        Some(Means::Removed) => return MethodChange { removed: what(), ..none },
        Some(Means::Changed) => return MethodChange { changed: what(), ..none },
        None => {}
    }
    match () {
        () if event.is(&["Enable Strong Authentication"]) => MethodChange { changed: what(), ..none },
        () if event.is(&["Disable Strong Authentication"]) => MethodChange { changed: what(), weakened: true, ..none },
        () if event.is(&[PER_USER_STATE]) => {
            let off = |change: &details::Change| {
                let new = details::plain(change.new.as_deref());
                ["disabled", "0"].iter().any(|word| new.trim().eq_ignore_ascii_case(word))
            };
            MethodChange { changed: what(), weakened: details::changes(event).iter().any(off), ..none }
        }
        () if event.is(&["Update user"]) => method_changes(event),
        () => none,
    }
}

/// What a cmdlet does: it can demand a new password and end sessions, and never sets one.
fn cmdlet_act(row: &Row<'_>) -> Option<Act> {
    if !row.event.is(&["Set-User", "Set-Mailbox", "Set-MailUser"]) {
        return None;
    }
    let given = |name: &str| row.param(name).filter(|value| !value.trim().is_empty());
    if given("ResetPasswordOnNextLogon").is_some_and(|value| json::boolean(&value) == Some(true)) {
        return Some(Act::ForceChange);
    }
    given("StsRefreshTokensValidFrom").map(|_| Act::Revocation)
}

fn is_revocation(event: &Event) -> bool {
    directory::properties(event).iter().any(|property| property.name.eq_ignore_ascii_case("StsRefreshTokensValidFrom"))
}

/// Two sources write one act down within this time.
pub const ONE_ACT: TimeDelta = TimeDelta::minutes(1);

/// The changes of the means of sign-in among these records; what the Entra audit and the audit log each tell of one
/// means of one kind is one, told by the first and followed by the other.
pub fn method_acts<'e, 'a: 'e>(rows: impl Iterator<Item = &'e Row<'a>>) -> Vec<Vec<(&'e Row<'a>, MethodChange)>> {
    let mut all: Vec<Vec<(&Row<'_>, MethodChange)>> = Vec::new();
    for row in rows {
        let Some(Act::Methods(methods)) = act(row) else { continue };
        let twin = |told: &&mut Vec<(&Row<'_>, MethodChange)>| match told.as_slice() {
            [(first, other)] => is_one_act((first, other), (row, &methods)),
            _ => false,
        };
        match all.iter_mut().rev().take(NEXT).find(twin) {
            Some(told) => told.push((row, methods)),
            None => all.push(vec![(row, methods)]),
        }
    }
    all
}

/// So many acts lie between the two records of one, at the most.
const NEXT: usize = 5;

/// Whether two records of two sources tell of one new means of one kind.
fn is_one_act(one: (&Row<'_>, &MethodChange), other: (&Row<'_>, &MethodChange)) -> bool {
    let only = |(row, methods): (&Row<'_>, &MethodChange)| {
        let mut new = methods.added.iter().chain(&methods.changed);
        let name = new.next().filter(|_| new.next().is_none() && methods.removed.is_empty() && !methods.weakened)?;
        Kind::in_record(row, name)
    };
    let near = (one.0.event.datetime - other.0.event.datetime).abs() <= ONE_ACT;
    near && is_entra(one.0) != is_entra(other.0) && only(one).is_some() && only(one) == only(other)
}

/// One change of the password: the records within a minute, or of one correlation id, that belong together.
#[derive(Debug)]
pub struct PasswordChange<'e, 'a> {
    /// The records, in time order; never empty.
    pub rows: Vec<&'e Row<'a>>,
    /// Whether there is a new password, not only a demand for one or an end of sessions.
    pub new_password: bool,
    /// Whether sessions were ended as well.
    pub revoked: bool,
    /// Whether a change was demanded at the next sign-in.
    pub forced: bool,
}

impl<'e, 'a> PasswordChange<'e, 'a> {
    /// The record that stands for the change: the new password itself, and rather one with an address.
    pub fn main(&self) -> Option<&'e Row<'a>> {
        let password = |row: &&&Row<'_>| act(row) == Some(Act::Password);
        let told = self.rows.iter().filter(password).find(|row| row.event.source_ip.is_some());
        told.or_else(|| self.rows.iter().find(password)).or(self.rows.first()).copied()
    }

    /// The records without `main`.
    pub fn others(&self) -> impl Iterator<Item = &'e Row<'a>> {
        let main = self.main().map(|row| &row.event.origin);
        self.rows.iter().copied().filter(move |row| Some(&row.event.origin) != main)
    }
}

/// The password changes of the subject inside the window. The synchronisation's own records count only where they are
/// the write-back of a self-service reset, which is the only trace of it in the audit log.
pub fn password_changes<'e, 'a>(exam: &'e Exam<'a>) -> Vec<PasswordChange<'e, 'a>> {
    let mut changes: Vec<PasswordChange<'_, '_>> = Vec::new();
    for row in exam.window_rows().filter(|row| row.class != ActorClass::Microsoft) {
        let Some(act) = act(row).filter(|act| matches!(act, Act::Password | Act::ForceChange | Act::Revocation)) else {
            continue;
        };
        if row.class == ActorClass::Sync && act != Act::Password || is_first(exam, row) {
            continue;
        }
        let at = match changes.iter().rposition(|change| belongs(change, row)) {
            Some(at) => at,
            None => {
                changes.push(PasswordChange { rows: Vec::new(), new_password: false, revoked: false, forced: false });
                changes.len() - 1
            }
        };
        if let Some(change) = changes.get_mut(at) {
            change.rows.push(row);
            change.new_password |= act == Act::Password;
            change.revoked |= act == Act::Revocation;
            change.forced |= act == Act::ForceChange;
        }
    }
    changes
}

/// Whether the record is the first password of an account that is made in the same moment.
fn is_first(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    let made = |other: &Row<'_>| {
        let apart = (other.event.datetime - row.event.datetime).abs();
        other.parts.target && other.event.is(&["Add user"]) && !other.failed() && apart <= TimeDelta::seconds(60)
    };
    named::may_be_first(row.event) && exam.window_rows().any(made)
}

fn belongs(change: &PasswordChange<'_, '_>, row: &Row<'_>) -> bool {
    let same = |other: &&Row<'_>| {
        other.event.correlation_id.is_some() && other.event.correlation_id == row.event.correlation_id
    };
    let near =
        change.rows.last().is_some_and(|last| row.event.datetime - last.event.datetime <= TimeDelta::seconds(60));
    near || change.rows.iter().any(same)
}
