//! Changes of passwords and means of sign-in: which records say so, which of them are one change, and what was added or
//! removed. Shared by the symptom and by the response step; judges nothing.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde_json::Value;

use crate::analyze::actor::ActorClass;
use crate::analyze::directory;
use crate::analyze::exam::{Exam, Row};
use crate::timeline::{Event, details, json};

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
}

/// A change of the means of sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MethodChange {
    /// What is new.
    pub added: Vec<String>,
    /// What is gone.
    pub removed: Vec<String>,
    /// What is there with another value.
    pub changed: Vec<String>,
    /// What of it is a telephone or an address that codes are sent to, and that took another's place.
    pub replaced: Vec<String>,
    /// Multifactor authentication was switched off for the account.
    pub weakened: bool,
}

impl MethodChange {
    /// What opens the account to whoever holds it now: what is new, and what took another's place.
    pub fn ways_in(&self) -> impl Iterator<Item = &String> {
        self.added.iter().chain(&self.replaced)
    }
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

/// What the record does to the subject's credentials; `None` for other records, other people's and failed attempts.
pub fn act(row: &Row<'_>) -> Option<Act> {
    let event = row.event;
    if !row.parts.target || row.failed() {
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

/// What `Update user` does to the lists of sign-in methods: compared by identity, so that a corrected clock or a new
/// time of last use is no change.
pub fn method_changes(event: &Event) -> MethodChange {
    let mut found = MethodChange::default();
    for change in details::changes(event) {
        let (old, new) = (directory::objects(change.old.as_deref()), directory::objects(change.new.as_deref()));
        match change.name.to_lowercase().as_str() {
            "strongauthenticationphoneappdetail" => compare(&old, &new, phone_app, &mut found),
            "strongauthenticationmethod" => compare(&old, &new, method, &mut found),
            "searchabledevicekey" => compare(&old, &new, device_key, &mut found),
            "othermail" | "othermails" | "alternateemailaddresses" => recovery_mail(&change, &mut found),
            "strongauthenticationuserdetails" => contact_data(old.first(), new.first(), &mut found),
            "strongauthenticationrequirement" => {
                let state = |list: &[Value]| list.iter().find_map(|entry| json::text(entry, "State"));
                if state(&old) != state(&new) {
                    found.weakened |= new.is_empty() || state(&new).as_deref() == Some("0");
                    found.changed.push("multifactor requirement".to_owned());
                }
            }
            _ => {}
        }
    }
    found
}

/// What a change names, for Japanese headlines; the parts that the records themselves name stay as they are.
pub fn in_japanese(means: &str) -> String {
    for (english, japanese) in [
        ("authenticator ", "認証アプリ "),
        ("sign-in method of type ", "サインイン方法の種類 "),
        ("device key ", "デバイス キー "),
    ] {
        if let Some(name) = means.strip_prefix(english) {
            return format!("{japanese}{name}");
        }
    }
    match means {
        "application password" => "アプリ パスワード",
        "security key" => "セキュリティ キー",
        "Windows Hello key" => "Windows Hello のキー",
        "multifactor requirement" => "多要素認証の要求",
        "multifactor authentication switched off" => "多要素認証の無効化",
        other => other.strip_prefix("removed: ").map_or(other, |_| "サインイン手段の削除"),
    }
    .to_owned()
}

/// Identity and name of an authenticator app.
fn phone_app(entry: &Value) -> (String, String) {
    let text = |key: &str| json::text(entry, key).unwrap_or_default();
    let id = [text("Id"), text("DeviceToken")].into_iter().find(|id| !id.is_empty()).unwrap_or_default();
    (id, format!("authenticator {}", text("DeviceName")))
}

/// Identity and name of a sign-in method; the numbers are the multifactor service's own and stay numbers.
fn method(entry: &Value) -> (String, String) {
    let kind = json::text(entry, "MethodType").unwrap_or_default();
    (kind.clone(), format!("sign-in method of type {kind}"))
}

/// Identity and name of a key that is bound to a device: a security key, Windows Hello.
fn device_key(entry: &Value) -> (String, String) {
    let text = |key: &str| json::text(entry, key).unwrap_or_default();
    let id = [text("KeyIdentifier"), text("DeviceId")].into_iter().find(|id| !id.is_empty()).unwrap_or_default();
    let kind = match text("Usage").to_uppercase().as_str() {
        "FIDO" => "security key".to_owned(),
        "NGC" => "Windows Hello key".to_owned(),
        usage => format!("device key {usage}").trim_end().to_owned(),
    };
    (id, kind)
}

/// Mail addresses by which the account is recovered.
fn recovery_mail(change: &details::Change, found: &mut MethodChange) {
    let (old, new) = (details::plain(change.old.as_deref()), details::plain(change.new.as_deref()));
    if old.trim().eq_ignore_ascii_case(new.trim()) {
        return;
    }
    match new.trim().is_empty() {
        true => found.removed.push(format!("{} {old}", change.name)),
        false if old.is_empty() => found.changed.push(format!("{} {new}", change.name)),
        false => found.changed.push(format!("{} {old} → {new}", change.name)),
    }
}

fn compare(old: &[Value], new: &[Value], read: fn(&Value) -> (String, String), found: &mut MethodChange) {
    let (old, new): (BTreeMap<_, _>, BTreeMap<_, _>) = (old.iter().map(read).collect(), new.iter().map(read).collect());
    found.added.extend(new.iter().filter(|(id, _)| !old.contains_key(*id)).map(|(_, name)| name.clone()));
    found.removed.extend(old.iter().filter(|(id, _)| !new.contains_key(*id)).map(|(_, name)| name.clone()));
}

fn contact_data(old: Option<&Value>, new: Option<&Value>, found: &mut MethodChange) {
    for part in ["PhoneNumber", "AlternativePhoneNumber", "Email", "VoiceOnlyPhoneNumber"] {
        let value = |object: Option<&Value>| object.and_then(|object| json::text(object, part));
        match (value(old), value(new)) {
            (None, Some(new)) => found.added.push(format!("{part} {new}")),
            (Some(old), None) => found.removed.push(format!("{part} {old}")),
            (Some(old), Some(new)) if old != new => {
                let told = format!("{part} {old} → {new}");
                found.replaced.push(told.clone());
                found.changed.push(told);
            }
            _ => {}
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn update(name: &str, old: &str, new: &str) -> Event {
        let changes = serde_json::json!([{"name": name, "old": old, "new": new}]).to_string();
        Event {
            record_type: Some(8),
            action: Some("Update user".into()),
            changes: Some(changes.into()),
            ..Event::default()
        }
    }

    #[test]
    fn a_second_authenticator_is_added() {
        let one = r#"[{"Id":"1","DeviceName":"Phone"}]"#;
        let two = r#"[{"Id":"1","DeviceName":"Phone"},{"Id":"2","DeviceName":"SM-A155F"}]"#;
        let found = method_changes(&update("StrongAuthenticationPhoneAppDetail", one, two));
        assert_eq!(found.added, ["authenticator SM-A155F"]);
        assert!(found.removed.is_empty());
    }

    #[test]
    fn a_corrected_clock_is_no_change() {
        let old = r#"[{"Id":"1","DeviceName":"Phone","OathTokenTimeDrift":0,"LastAuthenticatedTimestamp":"a"}]"#;
        let new = r#"[{"Id":"1","DeviceName":"Phone","OathTokenTimeDrift":2,"LastAuthenticatedTimestamp":"b"}]"#;
        assert_eq!(method_changes(&update("StrongAuthenticationPhoneAppDetail", old, new)), MethodChange::default());
    }

    #[test]
    fn a_key_of_a_device_is_added_and_its_use_is_no_change() {
        let one = r#"[{"Usage":"NGC","KeyIdentifier":"a","LastUsed":"1"}]"#;
        let two = r#"[{"Usage":"NGC","KeyIdentifier":"a","LastUsed":"2"},{"Usage":"FIDO","KeyIdentifier":"b"}]"#;
        let found = method_changes(&update("SearchableDeviceKey", one, two));
        assert_eq!((found.added, found.removed), (vec!["security key".to_owned()], Vec::new()));
        let used = r#"[{"Usage":"NGC","KeyIdentifier":"a","LastUsed":"2"}]"#;
        assert_eq!(method_changes(&update("SearchableDeviceKey", one, used)), MethodChange::default());
    }

    #[test]
    fn an_address_for_recovery_is_a_way_in() {
        let found = method_changes(&update("OtherMail", "[]", "[\r\n  \"evil@mailbox.example\"\r\n]"));
        assert_eq!(found.changed, ["OtherMail evil@mailbox.example"]);
        let gone = method_changes(&update("AlternateEmailAddresses", r#"["a@x.example"]"#, "[]"));
        assert_eq!(gone.removed, ["AlternateEmailAddresses a@x.example"]);
        assert_eq!(
            method_changes(&update("OtherMail", r#"["a@x.example"]"#, r#"["A@x.example"]"#)),
            MethodChange::default()
        );
    }

    #[test]
    fn a_telephone_for_sign_in_is_told_with_both_numbers() {
        let old = r#"[{"PhoneNumber":"+49 30 1","Email":null}]"#;
        let new = r#"[{"PhoneNumber":"+234 80 1","Email":null}]"#;
        let found = method_changes(&update("StrongAuthenticationUserDetails", old, new));
        assert_eq!(found.changed, ["PhoneNumber +49 30 1 → +234 80 1"]);
        assert_eq!(found.ways_in().collect::<Vec<_>>(), ["PhoneNumber +49 30 1 → +234 80 1"]);
    }
}
