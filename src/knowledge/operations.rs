//! Cleans operation names and says which kind of time an operation's record carries.

use std::borrow::Cow;

/// An operation name as people compare it: outer space and a trailing full stop removed, en and em dash made `-`,
/// runs of space made one (`Update application – Certificates and secrets management ` loses its last blank).
/// The case is kept.
pub fn trimmed(raw: &str) -> Cow<'_, str> {
    if is_trimmed(raw) {
        return Cow::Borrowed(raw);
    }
    let words: Vec<&str> = raw.split_whitespace().collect();
    let joined = words.join(" ").replace(['\u{2013}', '\u{2014}'], "-");
    Cow::Owned(joined.trim_end_matches(['.', ' ']).to_owned())
}

/// Most names have no ornaments.
fn is_trimmed(raw: &str) -> bool {
    let (mut plain, mut before) = (true, b' ');
    for byte in raw.bytes() {
        plain &= matches!(byte, b' '..=b'~') && (byte, before) != (b' ', b' ');
        before = byte;
    }
    plain && !matches!(before, b' ' | b'.')
}

/// What the time of a record means, in Plaso's words where Plaso has them.
///
/// `action` may be raw or trimmed. What did not succeed changed nothing, so its time is only the time of the record.
pub fn timestamp_desc(record_type: Option<i32>, action: &str, success: bool) -> &'static str {
    let action = trimmed(action).to_ascii_lowercase();
    if is_sign_in(record_type, &action) {
        return if success { "Last Login Time" } else { "Last Login Attempt Time" };
    }
    if record_type == Some(AAD_RISK_DETECTION) {
        return "Last Update Time";
    }
    match action.as_str() {
        _ if !success => "Recorded Time",
        "change user password" | "change password (self-service)" => "Last Password Set Time",
        "reset user password" | "reset password (self-service)" | "reset password (by admin)" => {
            "Last Password Reset Time"
        }
        "send" | "sendas" | "sendonbehalf" => "Sent Time",
        "receive" | "received" | "deliver" | "delivered" => "Received Time",
        "softdelete" | "harddelete" | "movetodeleteditems" => "Content Deletion Time",
        "add user" => "Account Created",
        // Its properties tell whether a password was set or only demanded.
        "update user" | "update passwordprofile" | "updateinboxrules" => "Content Modification Time",
        cmdlet if changes_settings(cmdlet) => "Content Modification Time",
        _ => "Recorded Time",
    }
}

/// Whether everybody may run this cmdlet on what is their own: the roles that mailbox owners have by default (Microsoft,
/// role assignment policies) hold it. Anybody's cmdlet is written into the log as an administrator's (`UserType` 2).
pub fn is_owners_cmdlet(action: &str) -> bool {
    const NOUNS: [&str; 16] = [
        "inboxrule",
        "sweeprule",
        "casmailbox",
        "user",
        "userphoto",
        "mailboxfolder",
        "mailboxfolderpermission",
        "mailboxcalendarfolder",
        "calendarprocessing",
        "mobiledevice",
        "app",
        "focusedinbox",
        "distributiongroup",
        "distributiongroupmember",
        "group",
        "ummailbox",
    ];
    let action = trimmed(action).to_ascii_lowercase();
    let Some((verb, noun)) = action.split_once('-') else { return false };
    NOUNS.contains(&noun)
        || noun == "mailbox" && verb == "set"
        || noun.starts_with("mailbox") && noun.ends_with("configuration")
}

/// Record types of the audit log that are sign-ins: account logon (old) and security-token-service logon.
const SIGN_IN_TYPES: [i32; 2] = [9, 15];
const AAD_RISK_DETECTION: i32 = 294;

fn is_sign_in(record_type: Option<i32>, action: &str) -> bool {
    matches!(action, "userloggedin" | "userloginfailed" | "sign-in" | "signin" | "sign-in activity")
        || (record_type.is_some_and(|number| SIGN_IN_TYPES.contains(&number)) && action != "userloggedoff")
}

/// Cmdlets that change a rule, a forwarding address, a profile or a signature.
fn changes_settings(cmdlet: &str) -> bool {
    const VERBS: [&str; 6] = ["new", "set", "enable", "disable", "remove", "add"];
    const NOUNS: [&str; 15] = [
        "inboxrule",
        "sweeprule",
        "transportrule",
        "journalrule",
        "mailbox",
        "remotemailbox",
        "casmailbox",
        "user",
        "mailuser",
        "mailcontact",
        "mailboxmessageconfiguration",
        "mailboxautoreplyconfiguration",
        "mailboxjunkemailconfiguration",
        "mailboxregionalconfiguration",
        "userphoto",
    ];
    cmdlet.split_once('-').is_some_and(|(verb, noun)| VERBS.contains(&verb) && NOUNS.contains(&noun))
}

#[cfg(test)]
mod tests {
    use super::{timestamp_desc, trimmed};

    #[test]
    fn names_lose_their_ornaments() {
        assert_eq!(trimmed("Update user."), "Update user");
        assert_eq!(
            trimmed("Update application – Certificates and secrets management "),
            "Update application - Certificates and secrets management"
        );
        assert_eq!(trimmed(" Change  user password. "), "Change user password");
        assert_eq!(trimmed("New-InboxRule"), "New-InboxRule");
        assert_eq!(trimmed("."), "");
    }

    #[test]
    fn kinds_of_time() {
        for (record_type, action, success, expected) in [
            (Some(15), "UserLoggedIn", true, "Last Login Time"),
            (Some(15), "UserLoginFailed", false, "Last Login Attempt Time"),
            (None, "Sign-in activity", true, "Last Login Time"),
            (Some(8), "Change user password.", true, "Last Password Set Time"),
            (Some(8), "Reset user password.", true, "Last Password Reset Time"),
            (Some(8), "Reset user password.", false, "Recorded Time"),
            (Some(2), "Send", true, "Sent Time"),
            (Some(3), "HardDelete", true, "Content Deletion Time"),
            (Some(1), "New-InboxRule", true, "Content Modification Time"),
            (Some(1), "Set-Mailbox", true, "Content Modification Time"),
            (Some(8), "Update user.", true, "Content Modification Time"),
            (Some(8), "Add user.", true, "Account Created"),
            (Some(294), "RiskDetection", true, "Last Update Time"),
            (Some(50), "MailItemsAccessed", true, "Recorded Time"),
            (Some(1), "Set-HostedContentFilterPolicy", true, "Recorded Time"),
        ] {
            assert_eq!(timestamp_desc(record_type, action, success), expected, "{action}");
        }
    }
}
