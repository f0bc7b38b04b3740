//! Records that give somebody access to a mailbox: whom, to which mailbox or folder, with which rights.

use crate::analyze::exam::{Exam, Row};
use crate::analyze::settings::list_changes::ListChange;
use crate::analyze::settings::mailbox::{self, Mailbox};
use crate::timeline::{details, json};

/// What stands for a value that the export lost.
pub const LOST: &str = "(lost in the export)";

/// One grant.
#[derive(Debug, Clone)]
pub struct Grant<'a, 'e> {
    /// The record.
    pub row: &'a Row<'e>,
    /// The mailbox that is opened.
    pub mailbox: Mailbox,
    /// To whom.
    pub trustee: String,
    /// With which rights.
    pub rights: String,
    /// The folder, with its mailbox where the record has it in front; empty for a whole mailbox.
    pub folder: String,
}

impl<'a, 'e> Grant<'a, 'e> {
    /// What the record gives; `None` for any other record.
    pub fn of(exam: &Exam<'_>, row: &'a Row<'e>) -> Option<Self> {
        let event = row.event;
        // What the export lost was there.
        let text = |name: &str| match details::is_lost(event, name) {
            true => LOST.to_owned(),
            false => row.param(name).unwrap_or_default(),
        };
        let cmdlet = |trustee: String, rights: String, folder: String| {
            let mut mailbox = mailbox::of_cmdlet(exam, row);
            if let Some((head, _)) = folder.split_once(':') {
                mailbox = Mailbox {
                    name: mailbox::last(head).to_owned(),
                    ours: mailbox::is_ours(exam, head) || mailbox.ours,
                };
            }
            Some(Self { row, mailbox, trustee, rights, folder })
        };
        match () {
            () if event.is(&["Add-MailboxPermission"]) => {
                let denied = json::boolean(&text("Deny")) == Some(true);
                (!denied).then(|| cmdlet(text("User"), text("AccessRights"), String::new())).flatten()
            }
            () if event.is(&["Add-RecipientPermission"]) => {
                cmdlet(text("Trustee"), text("AccessRights"), String::new())
            }
            () if event.is(&["Set-Mailbox"]) => {
                // Whom the list takes out is given nothing.
                let value = text("GrantSendOnBehalfTo");
                let change = ListChange::of(&value);
                let trustee = if value.trim_start().starts_with("@{") { change.added.join("; ") } else { value };
                cmdlet(trustee, "SendOnBehalf".to_owned(), String::new())
            }
            () if event.is(&["Add-MailboxFolderPermission", "Set-MailboxFolderPermission"]) => {
                cmdlet(text("User"), text("AccessRights"), row.param("Identity").unwrap_or_default())
            }
            () if event.is(&[
                "UpdateFolderPermissions",
                "AddFolderPermissions",
                "ModifyFolderPermissions",
                "UpdateCalendarDelegation",
            ]) =>
            {
                in_store(row)
            }
            () => None,
        }
    }

    /// Grants that open nothing or that the service makes for itself.
    pub fn is_routine(&self) -> bool {
        let unnamed = self.rights.trim().trim_matches(['{', '}']).trim().is_empty();
        unnamed || self.is_nothing() || self.mailbox.name.to_lowercase().starts_with("discoverysearchmailbox")
    }

    /// Whether nobody is given anything by it, or only what is the service's own.
    pub fn is_nothing(&self) -> bool {
        is_nobody(&self.trustee) || is_none(&self.rights)
    }
}

/// Whose right on which folder the record of a mailbox takes away; `None` for any other record.
pub fn taken_in_store(row: &Row<'_>) -> Option<(String, String)> {
    let told = || StoredRight::of(row);
    match () {
        () if row.event.is(&["RemoveFolderPermissions"]) => Some(told()),
        () if row.event.is(&["ModifyFolderPermissions", "UpdateFolderPermissions"]) => {
            Some(told()).filter(|right| right.rights.as_deref().is_some_and(opens_nothing))
        }
        () => None,
    }
    .map(|right| (right.trustee, right.folder))
}

/// Who is given a right on which folder by the record of a mailbox; `None` for any other record.
pub fn given_in_store(row: &Row<'_>) -> Option<(String, String)> {
    const GIVING: [&str; 3] = ["AddFolderPermissions", "ModifyFolderPermissions", "UpdateFolderPermissions"];
    let right = row.event.is(&GIVING).then(|| StoredRight::of(row))?;
    let opens = right.rights.as_deref().is_some_and(|rights| !opens_nothing(rights));
    (opens && !is_nobody(&right.trustee)).then_some((right.trustee, right.folder))
}

/// Whether the words leave nothing by which a mail could be seen.
pub fn opens_nothing(rights: &str) -> bool {
    is_none(rights) || is_free_busy(rights)
}

/// Whether the words give no right at all.
fn is_none(rights: &str) -> bool {
    matches!(rights.trim().trim_matches(['{', '}']).trim().to_lowercase().as_str(), "none" | "0")
}

/// What the record of a mailbox says of somebody's right on a folder.
struct StoredRight {
    trustee: String,
    rights: Option<String>,
    folder: String,
}

impl StoredRight {
    /// The member, the rights and the folder stand in the item's folder, or in the record's own folder.
    fn of(row: &Row<'_>) -> Self {
        let object = details::object(row.event);
        let item = json::get(&object, "Item").and_then(|item| json::get(item, "ParentFolder").or(Some(item)));
        let places = [item, json::get(&object, "Folder"), json::get(&object, "ExchangeFolder"), Some(&object)];
        let find =
            |key: &str| places.iter().flatten().find_map(|place| json::text(place, key)).or_else(|| row.param(key));
        let trustee = find("MemberUpn").or_else(|| find("MemberSid")).or_else(|| find("Delegate")).unwrap_or_default();
        let rights = find("MemberRights").or_else(|| find("AccessRights"));
        Self { trustee, rights, folder: find("Path").or_else(|| find("Name")).unwrap_or_default() }
    }
}

fn in_store<'a, 'e>(row: &'a Row<'e>) -> Option<Grant<'a, 'e>> {
    let StoredRight { trustee, rights, folder } = StoredRight::of(row);
    let delegation = row.event.is(&["UpdateCalendarDelegation"]);
    let rights = rights.or_else(|| delegation.then(|| "calendar delegation".to_owned()))?;
    let trustee = if trustee.is_empty() && delegation { "(not recorded)".to_owned() } else { trustee };
    Some(Grant { row, mailbox: mailbox::of_item(row), trustee, rights, folder })
}

/// Nobody, the owner, or one of the service's own accounts.
pub fn is_nobody(trustee: &str) -> bool {
    const SERVICE: [&str; 6] =
        ["nt authority\\", "nt service\\", "s-1-5-10", "s-1-5-18", "nt-autorität\\", "autorite nt\\"];
    let trustee = trustee.trim().to_lowercase();
    trustee.is_empty()
        || SERVICE.iter().any(|name| trustee.starts_with(name))
        || trustee == "self"
        || trustee.ends_with("@local")
}

/// Only when the owner is busy, which every calendar shows everybody.
pub fn is_free_busy(rights: &str) -> bool {
    let mut words = rights.split([',', ' ', '{', '}']).filter(|word| !word.is_empty()).peekable();
    let busy = |word: &str| {
        let word = word.to_lowercase();
        word.starts_with("freebusy")
            || matches!(word.as_str(), "availabilityonly" | "limiteddetails" | "foldervisible" | "none")
    };
    words.peek().is_some() && words.all(busy)
}

#[cfg(test)]
mod tests {
    use super::is_free_busy;

    #[test]
    fn free_and_busy_times_are_no_access() {
        assert!(
            is_free_busy("FreeBusySimple")
                && is_free_busy("AvailabilityOnly")
                && is_free_busy("FreeBusySimple, FolderVisible")
        );
        assert!(!is_free_busy("Reviewer") && !is_free_busy("ReadAny, FolderVisible") && !is_free_busy(""));
    }
}
