//! What the directory calls an act on somebody's credentials: the activities by name, and the properties of the one
//! that sets a password under its newer name.

use crate::analyze::settings::directory;
use crate::timeline::{Event, details, json};

/// The newer name of every new password: a reset, a change, a first password, one carried over from on-premises. What
/// of the profile was set stands in the properties.
const PROFILE: &str = "Update PasswordProfile";
/// A new password by name. The short ones are the ones of the portals.
const PASSWORD: [&str; 7] = [
    "Change user password",
    "Reset user password",
    "Reset password (self-service)",
    "Change password (self-service)",
    "Reset password (by admin)",
    "Change password",
    "Reset password",
];
const ADDED: [&str; 12] = [
    "User registered security info",
    "Admin registered security info",
    "User registered all required security info",
    "Create Temporary Access Pass method for user",
    "Add FIDO2 security key",
    "Add platform credential",
    "Add Windows Hello for Business credential",
    "Add passwordless phone sign-in credential",
    "Add users strong authentication phone app detail",
    "Security info saved for self-service password reset",
    "User completed security info registration for self-service password reset",
    "User registered for self-service password reset",
];
const REMOVED: [&str; 7] = [
    "User deleted security info",
    "Admin deleted security info",
    "Delete FIDO2 security key",
    "Delete platform credential",
    "Delete Windows Hello for Business credential",
    "Delete passwordless phone sign-in credential",
    "Remove users strong authentication phone app detail",
];
/// What gives somebody a token that shows codes, and what takes it away. One that is made, uploaded or renamed is nobody's.
const TOKEN_GIVEN: [&str; 3] = ["assign", "activate", "assign and activate"];
const TOKEN_TAKEN: [&str; 3] = ["unassign", "deactivate", "delete"];
const CHANGED: [&str; 3] =
    ["User updated security info", "Admin updated security info", "User changed default security info"];

/// What an activity does to the means of sign-in, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Means {
    Added,
    Removed,
    Changed,
}

pub(super) fn means(event: &Event) -> Option<Means> {
    let name = event.action();
    // `Delete FIDO2 security key(s)`: one or several.
    let name = name.strip_suffix("(s)").map_or(name, str::trim_end);
    let is = |names: &[&str]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
    match () {
        () if is(&ADDED) || is_passkey(name, "add passkey (") || is_token(name, &TOKEN_GIVEN) => Some(Means::Added),
        () if is(&REMOVED) || is_passkey(name, "delete passkey (") || is_token(name, &TOKEN_TAKEN) => {
            Some(Means::Removed)
        }
        () if is(&CHANGED) => Some(Means::Changed),
        () => None,
    }
}

/// The directory names the kind of passkey in brackets (bound to a device, synced), with or without what it is.
fn is_passkey(name: &str, start: &str) -> bool {
    name.to_lowercase().starts_with(start)
}

/// Whether one of these things is done to a token by its name: `Assign Hardware Oath Token`.
fn is_token(name: &str, done: &[&str]) -> bool {
    let name = name.to_lowercase();
    let act = name.strip_suffix(" oath token").map(|act| act.strip_suffix(" hardware").unwrap_or(act));
    act.is_some_and(|act| done.contains(&act))
}

/// Whether the record sets a new password.
pub fn sets_password(event: &Event) -> bool {
    event.is(&PASSWORD) || event.is(&[PROFILE]) && profile(event).password
}

/// Whether the record demands a new password at the next sign-in, and sets none.
pub(super) fn demands_password(event: &Event) -> bool {
    let demand = || profile(event);
    event.is(&["Set force change user password"]) || event.is(&[PROFILE]) && !demand().password && demand().demanded
}

/// Whether the record may be the first password of an account that is being made.
pub(super) fn may_be_first(event: &Event) -> bool {
    event.is(&[PROFILE])
}

/// What of a password profile a record sets.
struct Profile {
    password: bool,
    demanded: bool,
}

/// The directory never writes the password, only that there is one, with nothing before and after. A record that names
/// no property at all tells of a new one: the older names never had any.
fn profile(event: &Event) -> Profile {
    let changes = details::changes(event);
    let new = |change: &details::Change| details::plain(change.new.as_deref());
    let listed = |change: &details::Change| {
        let list = change.name.eq_ignore_ascii_case("Included Updated Properties");
        list && new(change).split([',', ';']).any(|name| name.trim().eq_ignore_ascii_case("Password"))
    };
    let told = changes.iter().any(|change| change.name.eq_ignore_ascii_case("Password") || listed(change));
    let force = |change: &&details::Change| change.name.to_lowercase().starts_with("forcechangepassword");
    Profile {
        password: told || changes.iter().all(|change| directory::is_noise(&change.name)),
        demanded: changes.iter().filter(force).any(|change| json::boolean(new(change).trim()) == Some(true)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(changes: &str) -> Event {
        Event { action: Some(PROFILE.into()), changes: Some(changes.into()), ..Event::default() }
    }

    #[test]
    fn a_password_profile_says_what_of_it_was_set() {
        let of = |changes: &str| (sets_password(&profile(changes)), demands_password(&profile(changes)));
        let password = r#"{"name":"Password","old":"","new":""}"#;
        let force = |new: &str| format!(r#"{{"name":"ForceChangePassword","old":"False","new":"{new}"}}"#);
        assert_eq!(of(&format!("[{password}]")), (true, false));
        assert_eq!(of(&format!("[{password},{}]", force("True"))), (true, false));
        assert_eq!(of(&format!("[{}]", force("True"))), (false, true));
        assert_eq!(of(&format!("[{}]", force("False"))), (false, false));
        assert_eq!(of(r#"[{"name":"Included Updated Properties","old":null,"new":"\"Password\""}]"#), (true, false));
        assert_eq!(of("[]"), (true, false));
        assert!(!sets_password(&Event { action: Some("Update user".into()), ..Event::default() }));
    }

    #[test]
    fn passkeys_of_every_kind_are_means_of_sign_in() {
        let of = |action: &str| means(&Event { action: Some(action.into()), ..Event::default() });
        for (action, expected) in [
            ("Add Passkey (synced)", Some(Means::Added)),
            ("Add passkey (device-bound) security key", Some(Means::Added)),
            ("Delete Passkey (synced)", Some(Means::Removed)),
            ("Delete FIDO2 security key(s)", Some(Means::Removed)),
            ("Add platform credential", Some(Means::Added)),
            ("User changed default security info", Some(Means::Changed)),
            ("Passkey (synced) policy", None),
            ("(s)", None),
        ] {
            assert_eq!(of(action), expected, "{action}");
        }
    }
}
