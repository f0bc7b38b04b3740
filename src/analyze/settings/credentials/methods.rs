//! What `Update user` does to the means of sign-in: the lists that the directory keeps of them, compared entry by entry.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::analyze::settings::directory;
use crate::timeline::{Event, details, json};

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

/// What `Update user` does to the lists of sign-in methods: compared by identity, so that a corrected clock or a new
/// time of last use is no change.
pub fn method_changes(event: &Event) -> MethodChange {
    let mut found = MethodChange::default();
    for change in details::changes(event) {
        let (old, new) = (directory::objects(change.old.as_deref()), directory::objects(change.new.as_deref()));
        match change.name.to_lowercase().as_str() {
            "strongauthenticationphoneappdetail" => phone_apps(&old, &new, &mut found),
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

/// Authenticator apps: what is new, what is gone, and what took another's place under the same identity. The app renews
/// its token by itself, and people rename their telephones; both at once is another telephone.
fn phone_apps(old: &[Value], new: &[Value], found: &mut MethodChange) {
    compare(old, new, phone_app, found);
    let text = |entry: &Value, key: &str| json::text(entry, key).unwrap_or_default();
    for entry in new {
        let id = text(entry, "Id");
        let Some(before) = old.iter().find(|before| !id.is_empty() && text(before, "Id") == id) else { continue };
        let differs = |key: &str| {
            let (before, now) = (text(before, key), text(entry, key));
            !before.is_empty() && !now.is_empty() && before != now
        };
        if differs("DeviceToken") && differs("DeviceName") {
            let told = format!("authenticator {} → {}", text(before, "DeviceName"), text(entry, "DeviceName"));
            found.replaced.push(told.clone());
            found.changed.push(told);
        }
    }
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
    fn another_telephone_under_the_same_identity_is_a_change() {
        let app = |name: &str, token: &str| format!(r#"[{{"Id":"1","DeviceName":"{name}","DeviceToken":"{token}"}}]"#);
        let changed = |name: &str, token: &str| {
            method_changes(&update("StrongAuthenticationPhoneAppDetail", &app("Phone", "apns-a"), &app(name, token)))
        };
        let found = changed("SM-G991B", "gcm-z");
        assert_eq!(found.ways_in().collect::<Vec<_>>(), ["authenticator Phone → SM-G991B"]);
        // A renewed token, a renamed telephone.
        assert_eq!(changed("Phone", "apns-b"), MethodChange::default());
        assert_eq!(changed("Dana's phone", "apns-a"), MethodChange::default());
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
