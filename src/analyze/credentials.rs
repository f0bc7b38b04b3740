//! Changes of passwords and means of sign-in: which records say so, which of them are one change, and what was added or
//! removed. Shared by the symptom and by the response step; only `weighed` and `answers` judge.

pub mod answers;
pub mod hints;
mod methods;
pub mod weighed;

use chrono::TimeDelta;

use crate::analyze::actor::ActorClass;
use crate::analyze::directory;
use crate::analyze::exam::{Exam, Row};
use crate::timeline::{Event, EvidenceSource, Outcome, json};

pub use methods::{MethodChange, in_japanese, method_changes};

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

/// Sessions ended, in the spellings of the audit logs.
const REVOKED: [&str; 3] =
    ["Update StsRefreshTokenValidFrom Timestamp", "Revoke sign-in sessions", "Revoke sign in sessions"];
const PASSWORD: [&str; 7] = [
    "Change user password",
    "Reset user password",
    "Reset password (self-service)",
    "Change password (self-service)",
    "Reset password (by admin)",
    "Change password",
    "Reset password",
];
const ADDED: [&str; 10] = [
    "User registered security info",
    "Admin registered security info",
    "User registered all required security info",
    "Create Temporary Access Pass method for user",
    "Add FIDO2 security key",
    "Add Passkey (device-bound)",
    "Add Passkey (device-bound) security key",
    "Add Windows Hello for Business credential",
    "Add passwordless phone sign-in credential",
    "Add users strong authentication phone app detail",
];
const REMOVED: [&str; 8] = [
    "User deleted security info",
    "Admin deleted security info",
    "Delete FIDO2 security key",
    "Delete Passkey (device-bound)",
    "Delete Passkey (device-bound) security key",
    "Delete Windows Hello for Business credential",
    "Delete passwordless phone sign-in credential",
    "Remove users strong authentication phone app detail",
];
const CHANGED: [&str; 3] =
    ["User updated security info", "Admin updated security info", "User changed default security info"];

/// Whether the record changes somebody's password or means of sign-in; a corrected clock is no change.
pub fn is_change(event: &Event) -> bool {
    const OTHERS: [&str; 5] = [
        "Set force change user password",
        "Create application password for user",
        "Delete application password for user",
        "Enable Strong Authentication",
        "Disable Strong Authentication",
    ];
    let named = [&PASSWORD[..], &ADDED, &REMOVED, &CHANGED, &OTHERS].into_iter().any(|names| event.is(names));
    directory::is_directory(event)
        && (named || event.is(&["Update user"]) && method_changes(event) != MethodChange::default())
}

/// What the record does to the subject's credentials; `None` for other records, other people's, failed attempts and
/// those whose end is told in a word that is not known.
pub fn act(row: &Row<'_>) -> Option<Act> {
    if row.failed() || is_unread(row) { None } else { asked(row) }
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
    if event.is(&PASSWORD) {
        return Some(Act::Password);
    }
    if event.is(&["Set force change user password"]) {
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
    let what = || vec![event.action().to_owned()];
    let mut methods = MethodChange::default();
    if event.is(&ADDED) {
        methods.added = what();
    } else if event.is(&REMOVED) {
        methods.removed = what();
    } else if event.is(&CHANGED) || event.is(&["Enable Strong Authentication"]) {
        methods.changed = what();
    } else if event.is(&["Disable Strong Authentication"]) {
        methods = MethodChange { changed: what(), weakened: true, ..methods };
    } else if event.is(&["Update user"]) {
        methods = method_changes(event);
        if methods == MethodChange::default() {
            return is_revocation(event).then_some(Act::Revocation);
        }
    }
    (methods != MethodChange::default()).then_some(Act::Methods(methods))
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
        if row.class == ActorClass::Sync && act != Act::Password {
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

fn belongs(change: &PasswordChange<'_, '_>, row: &Row<'_>) -> bool {
    let same = |other: &&Row<'_>| {
        other.event.correlation_id.is_some() && other.event.correlation_id == row.event.correlation_id
    };
    let near =
        change.rows.last().is_some_and(|last| row.event.datetime - last.event.datetime <= TimeDelta::seconds(60));
    near || change.rows.iter().any(same)
}
