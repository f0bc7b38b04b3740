//! What kind of thing an event tells of, in the few words that event schemas (ECS, OCSF) sort by.

use crate::timeline::{Event, EvidenceSource};

/// What was done to a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Act {
    /// Made, added, switched on.
    Create,
    /// Looked at.
    Read,
    /// Changed.
    Update,
    /// Removed, switched off.
    Delete,
    /// Something else.
    Other,
}

/// What happened to a file of SharePoint or OneDrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names say it")]
pub enum FileAct {
    Upload,
    Download,
    Update,
    Delete,
    Rename,
    Copy,
    Move,
    Restore,
    Preview,
    Share,
    Open,
    Sync,
}

/// What kind of thing an event tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deed {
    /// A sign-in, however it ended.
    SignIn,
    /// A sign-out.
    SignOut,
    /// The user's own new password.
    PasswordChange,
    /// A password given by somebody else, or after it was forgotten.
    PasswordReset,
    /// A further proof of identity was registered, or required.
    MfaAdded,
    /// One was removed, or is no longer required.
    MfaRemoved,
    /// An account was made.
    AccountCreated,
    /// An account may be used again.
    AccountEnabled,
    /// An account may not be used.
    AccountDisabled,
    /// An account was removed.
    AccountDeleted,
    /// Names, telephones and other particulars of an account.
    Profile,
    /// A role, a group, an application, a permission: who may do what.
    Access(Act),
    /// An inbox rule, forwarding, a signature, a policy: how a mailbox or the service behaves.
    Setting(Act),
    /// A mail was sent.
    MailSent,
    /// A line of a message trace.
    MailTraced,
    /// Items of a mailbox.
    Mail(Act),
    /// A file.
    File(FileAct),
    /// The service raised an alert, restricted a sender or saw a risk.
    Alert,
    /// Anything else.
    Other(Act),
}

/// Whether the event is the record of a sign-in.
pub fn is_sign_in(event: &Event) -> bool {
    event.evidence_source == EvidenceSource::EntraSignin
        || event.timestamp_desc.as_deref().is_some_and(|desc| desc.starts_with("Last Login"))
}

/// The kind of an event.
pub fn deed(event: &Event) -> Deed {
    if is_sign_in(event) {
        return Deed::SignIn;
    }
    match event.evidence_source {
        EvidenceSource::MessageTrace => return Deed::MailTraced,
        EvidenceSource::Risk => return Deed::Alert,
        _ => {}
    }
    let action = event.action().to_lowercase();
    if action == "update passwordprofile" {
        return new_password(event);
    }
    NAMED
        .iter()
        .find(|(names, _)| names.contains(&action.as_str()))
        .map(|(_, deed)| *deed)
        .or_else(|| file(&action))
        .or_else(|| cmdlet(&action))
        .unwrap_or_else(|| Deed::Other(by_words(&action)))
}

/// The directory's newer name for every new password: whose hand it was tells a change from a reset.
fn new_password(event: &Event) -> Deed {
    let own = event.user_raw.as_deref().zip(event.target_raw.as_deref());
    match own.is_some_and(|(actor, target)| actor.eq_ignore_ascii_case(target)) {
        true => Deed::PasswordChange,
        false => Deed::PasswordReset,
    }
}

/// Operations by name, lower-cased and trimmed. Sources: Microsoft's pages "Audit log activities" and "Entra audit
/// activity reference"; the cmdlets' own pages.
static NAMED: &[(&[&str], Deed)] = &[
    (&["userloggedoff", "sign out", "signout"], Deed::SignOut),
    (&["change user password", "change password (self-service)"], Deed::PasswordChange),
    (
        &[
            "reset user password",
            "reset password (self-service)",
            "reset password (by admin)",
            "set force change user password",
        ],
        Deed::PasswordReset,
    ),
    (
        &[
            "user registered security info",
            "user registered all required security info",
            "user changed default security info",
            "admin registered security info",
            "enable strong authentication",
            "create application password for user",
        ],
        Deed::MfaAdded,
    ),
    (
        &[
            "user deleted security info",
            "admin deleted security info",
            "disable strong authentication",
            "delete application password for user",
        ],
        Deed::MfaRemoved,
    ),
    (&["add user", "invite external user"], Deed::AccountCreated),
    (&["enable account"], Deed::AccountEnabled),
    (&["disable account"], Deed::AccountDisabled),
    (&["delete user", "hard delete user"], Deed::AccountDeleted),
    (&["update user", "set-user", "set-mailuser", "set-userphoto"], Deed::Profile),
    (&["send", "sendas", "sendonbehalf"], Deed::MailSent),
    (&["mailitemsaccessed", "messagebind", "folderbind", "searchqueryinitiatedexchange"], Deed::Mail(Act::Read)),
    (&["softdelete", "harddelete", "movetodeleteditems"], Deed::Mail(Act::Delete)),
    (&["create", "copy"], Deed::Mail(Act::Create)),
    (&["move", "update", "recordmove"], Deed::Mail(Act::Update)),
    (&["updateinboxrules"], Deed::Setting(Act::Update)),
    (
        &[
            "addfolderpermissions",
            "add-mailboxpermission",
            "add-recipientpermission",
            "add-mailboxfolderpermission",
            "add-rolegroupmember",
            "consent to application",
            "add oauth2permissiongrant",
            "add delegated permission grant",
            "add app role assignment to service principal",
            "add app role assignment grant to user",
            "add service principal",
            "add member to role",
            "add member to group",
            "add eligible member to role",
        ],
        Deed::Access(Act::Create),
    ),
    (&["modifyfolderpermissions", "set-mailboxfolderpermission"], Deed::Access(Act::Update)),
    (
        &[
            "removefolderpermissions",
            "remove-mailboxpermission",
            "remove-recipientpermission",
            "remove-mailboxfolderpermission",
            "remove-rolegroupmember",
            "remove oauth2permissiongrant",
            "remove delegated permission grant",
            "remove service principal",
            "remove member from role",
            "remove member from group",
        ],
        Deed::Access(Act::Delete),
    ),
    (
        &[
            "alerttriggered",
            "alertentitygenerated",
            "alertupdated",
            "hygieneevent",
            "riskdetection",
            "tiurlclickdata",
            "timaildata",
        ],
        Deed::Alert,
    ),
];

fn file(action: &str) -> Option<Deed> {
    let rest = action.strip_prefix("file").or_else(|| action.strip_prefix("folder"));
    let act = match rest {
        Some("uploaded" | "created") => FileAct::Upload,
        Some("downloaded" | "syncdownloadedfull" | "syncdownloadedpartial") => FileAct::Download,
        Some("modified" | "modifiedextended" | "checkedin" | "checkedout") => FileAct::Update,
        Some("syncuploadedfull" | "syncuploadedpartial") => FileAct::Sync,
        Some("renamed") => FileAct::Rename,
        Some("copied") => FileAct::Copy,
        Some("moved") => FileAct::Move,
        Some("restored") => FileAct::Restore,
        Some("previewed") => FileAct::Preview,
        Some("accessed" | "accessedextended" | "visited") => FileAct::Open,
        Some(rest) if rest.starts_with("deleted") || rest.starts_with("recycled") => FileAct::Delete,
        _ if action.starts_with("sharing") || action.starts_with("anonymouslink") || action == "addedtosecurelink" => {
            FileAct::Share
        }
        _ => return None,
    };
    Some(Deed::File(act))
}

/// A cmdlet, by its verb: what it changes is a setting, what it asks for is neither.
fn cmdlet(action: &str) -> Option<Deed> {
    let (verb, noun) = action.split_once('-')?;
    if noun.is_empty() || !action.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return None;
    }
    Some(match verb {
        "new" | "add" | "enable" | "start" | "install" => Deed::Setting(Act::Create),
        "set" | "update" | "rename" | "move" | "import" | "restore" => Deed::Setting(Act::Update),
        "remove" | "disable" | "stop" | "clear" | "uninstall" => Deed::Setting(Act::Delete),
        "get" | "search" | "test" | "export" => Deed::Other(Act::Read),
        _ => return None,
    })
}

fn by_words(action: &str) -> Act {
    let first = action.split_whitespace().next().unwrap_or_default();
    match first {
        "add" | "create" | "enable" | "register" | "invite" => Act::Create,
        "update" | "set" | "change" | "reset" | "restore" => Act::Update,
        "delete" | "remove" | "disable" | "revoke" => Act::Delete,
        "get" | "read" | "view" | "list" | "search" => Act::Read,
        _ => Act::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_have_their_kind() {
        for (action, expected) in [
            ("New-InboxRule", Deed::Setting(Act::Create)),
            ("Set-Mailbox", Deed::Setting(Act::Update)),
            ("Remove-InboxRule", Deed::Setting(Act::Delete)),
            ("Get-Mailbox", Deed::Other(Act::Read)),
            ("UpdateInboxRules", Deed::Setting(Act::Update)),
            ("Add-MailboxPermission", Deed::Access(Act::Create)),
            ("Change user password", Deed::PasswordChange),
            ("Reset user password", Deed::PasswordReset),
            ("Update user", Deed::Profile),
            ("Send", Deed::MailSent),
            ("MailItemsAccessed", Deed::Mail(Act::Read)),
            ("HardDelete", Deed::Mail(Act::Delete)),
            ("FileDownloaded", Deed::File(FileAct::Download)),
            ("FileSyncUploadedFull", Deed::File(FileAct::Sync)),
            ("FileDeletedFirstStageRecycleBin", Deed::File(FileAct::Delete)),
            ("SharingSet", Deed::File(FileAct::Share)),
            ("AlertTriggered", Deed::Alert),
            ("Update policy", Deed::Other(Act::Update)),
            ("Something new", Deed::Other(Act::Other)),
            ("", Deed::Other(Act::Other)),
        ] {
            let event = Event { action: Some(action.into()), ..Event::default() };
            assert_eq!(deed(&event), expected, "{action}");
        }
    }

    #[test]
    fn a_password_profile_is_changed_or_reset() {
        let by = |actor: &str| Event {
            action: Some("Update PasswordProfile".into()),
            user_raw: Some(actor.into()),
            target_raw: Some("dana@fabrikam.example".into()),
            ..Event::default()
        };
        assert_eq!(deed(&by("Dana@fabrikam.example")), Deed::PasswordChange);
        assert_eq!(deed(&by("help.desk@fabrikam.example")), Deed::PasswordReset);
    }

    #[test]
    fn the_source_says_more_than_the_name() {
        let from = |source| Event { action: Some("Delivered".into()), evidence_source: source, ..Event::default() };
        assert_eq!(deed(&from(EvidenceSource::MessageTrace)), Deed::MailTraced);
        assert_eq!(deed(&from(EvidenceSource::EntraSignin)), Deed::SignIn);
        assert_eq!(deed(&from(EvidenceSource::Risk)), Deed::Alert);
        let ual = Event { timestamp_desc: Some("Last Login Attempt Time".into()), ..Event::default() };
        assert_eq!(deed(&ual), Deed::SignIn);
    }
}
