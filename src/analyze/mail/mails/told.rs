//! What the record of one mail, or of several that went together, tells of them in its own text.

use std::collections::{BTreeSet, HashMap};
use std::sync::OnceLock;

use super::{Deletion, Mail, SENDS, Sent, message_id};
use crate::analyze::exam::Row;
use crate::knowledge::folders::{self, FolderRole};
use crate::timeline::{Event, details, json};

const DELETES: [&str; 3] = ["MoveToDeletedItems", "SoftDelete", "HardDelete"];

fn is_of_this_mailbox(row: &Row<'_>) -> bool {
    let nobodys = row.event.mailbox_upn.is_none() && row.event.mailbox_guid.is_none();
    row.parts.mailbox || nobodys && row.parts.actor
}

/// Folder ids stay when a mailbox changes its language: id → role, learned where a name was recognised.
pub type Folders = HashMap<String, FolderRole>;

/// What the record of a mail says of it in its own text, which is read once.
pub struct Told<'x> {
    /// The record.
    pub row: &'x Row<'x>,
    items: Vec<details::Item>,
    /// The id of the folder, and of the one it went to.
    folder: Option<String>,
    destination: Option<String>,
}

impl<'x> Told<'x> {
    /// Reads a record that sends, deletes or moves mails.
    pub fn of(row: &'x Row<'x>, known: &mut Folders) -> Option<Self> {
        let here = is_of_this_mailbox(row);
        if !row.event.is(&SENDS) && !(here && (row.event.is(&DELETES) || row.event.is(&["Move"]))) {
            return None;
        }
        let object = details::members(row.event, &["Item", "AffectedItems", "Folders", "Folder", "DestFolder"]);
        let id = |name: &str| json::text(json::get(&object, name)?, "Id");
        if here && !row.event.is(&["SendAs", "SendOnBehalf"]) {
            let affected = json::list(&object, "AffectedItems").iter();
            let parents = affected.chain(json::get(&object, "Item")).filter_map(|item| json::get(item, "ParentFolder"));
            for folder in ["Folder", "DestFolder"].iter().filter_map(|name| json::get(&object, name)).chain(parents) {
                let role = json::text(folder, "Path").and_then(|path| folders::role(&path));
                if let (Some(id), Some(role)) = (json::text(folder, "Id"), role) {
                    known.entry(id).or_insert(role);
                }
            }
        }
        Some(Self { row, items: details::items_of(&object), folder: id("Folder"), destination: id("DestFolder") })
    }

    /// The role of its folder, by its path, else by its id.
    fn folder(&self, known: &Folders) -> Option<FolderRole> {
        let path = self.row.event.folder_path.as_deref();
        path.and_then(folders::role_of_mail).or_else(|| known.get(self.folder.as_ref()?).copied())
    }
}

fn role_of(path: Option<&str>, id: Option<&String>, known: &Folders) -> Option<FolderRole> {
    path.and_then(folders::role).or_else(|| known.get(id?).copied())
}

/// Whether it takes mails away or out of sight.
pub fn removes(told: &Told<'_>, known: &Folders) -> bool {
    let out_of_sight = |role: FolderRole| role.is_hiding_place() || role == FolderRole::Recoverable;
    let event = told.row.event;
    let to = || role_of(event.dest_folder_path.as_deref(), told.destination.as_ref(), known);
    event.is(&DELETES) || event.is(&["Move"]) && to().is_some_and(out_of_sight)
}

/// The recipients that a record of a mail lists, in lower case.
pub fn addressees(event: &Event) -> BTreeSet<String> {
    let list = event.email_to.as_deref().unwrap_or_default();
    list.split(';').map(|one| one.trim().to_lowercase()).filter(|one| !one.is_empty()).collect()
}

/// The mail that it tells was sent.
pub fn sent<'x>(told: Told<'x>, known: &Folders) -> Sent<'x> {
    let row = told.row;
    let mail = items(told, None, known).into_iter().next().unwrap_or_default();
    let recipients = addressees(row.event);
    let counted = row.event.email_to_count.and_then(|count| usize::try_from(count).ok());
    let listed = Some(recipients.len()).filter(|listed| *listed > 0);
    Sent { row, copies: Vec::new(), mail, recipient_count: counted.max(listed), recipients }
}

/// The mails that it tells were deleted.
pub fn deletion<'x>(told: Told<'x>, known: &Folders) -> Deletion<'x> {
    let (row, folder) = (told.row, told.folder(known));
    let partial = row.event.status_text.as_deref().is_some_and(|text| text.eq_ignore_ascii_case("PartiallySucceeded"));
    let mut mails = items(told, folder, known);
    mails.retain(|mail| {
        let bare = mail.subject.is_empty() && mail.id.is_none();
        let elsewhere = mail.folder.or(folder).is_some_and(FolderRole::holds_no_mail);
        !(elsewhere || bare && partial || mail.subject.starts_with("IPM.Microsoft.PendingChange."))
    });
    let folder = folder.or_else(|| mails.iter().find_map(|mail| mail.folder));
    Deletion { row, mails, folder, habit: OnceLock::new() }
}

/// The mails of a record; where its list was cut off, the one that the record's own columns name.
fn items(mut told: Told<'_>, folder: Option<FolderRole>, known: &Folders) -> Vec<Mail> {
    let mut mails: Vec<Mail> = std::mem::take(&mut told.items)
        .into_iter()
        .map(|item| Mail {
            subject: item.subject.unwrap_or_default(),
            id: item.message_id.as_deref().and_then(message_id),
            folder: item.folder.as_deref().and_then(folders::role_of_mail).or(folder),
            attachments: item.attachments.unwrap_or_default(),
        })
        .collect();
    if mails.is_empty() {
        let (folder, row) = (folder.or_else(|| told.folder(known)), told.row);
        let subject = row.event.email_subject.as_deref().unwrap_or_default().to_owned();
        let id = row.event.email_message_id.as_deref().and_then(message_id);
        mails.push(Mail { subject, id, folder, attachments: String::new() });
    }
    mails
}
