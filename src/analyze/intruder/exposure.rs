//! What the attacker's sessions touched: mails by message id, folders, files; and what the evidence leaves open.
//!
//! A `Bind` names the mails that were opened. A `Sync` names a folder, all of which has to be taken as read. Where the
//! service throttled its records, everything has to (Microsoft: "Use MailItemsAccessed to investigate compromised
//! accounts").

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use crate::analyze::exam::{Exam, Row};
use crate::analyze::intruder::around::first_few;
use crate::analyze::mail::mails;
use crate::analyze::shown::coverage::GateId;
use crate::examination::{Contact, Exposed, Exposure, ThrottledDay};
use crate::origin::RecordRef;
use crate::timeline::{Event, EvidenceSource, details, json};
use crate::untrusted::Untrusted;

/// How long the service stops recording reads after it throttled them.
const THROTTLED: TimeDelta = TimeDelta::hours(24);
/// Records that one entry keeps.
const RECORDS: usize = 20;
/// Operations that take mails away from where they were.
const REMOVALS: [&str; 4] = ["MoveToDeletedItems", "SoftDelete", "HardDelete", "Move"];

/// Everything that the attacker's hand touched inside the window.
pub fn exposure(exam: &Exam<'_>) -> Exposure {
    let mut lists = Lists::default();
    let mut reads = 0_u64;
    for row in exam.window_rows().filter(|row| exam.is_attackers_hand(row)) {
        if is_read(row.event) {
            reads += 1;
            read(&mut lists, row);
        } else if opens(row.event) {
            read(&mut lists, row);
        } else if row.event.is(&REMOVALS) && is_mailbox_record(row.event) {
            removed(&mut lists, row);
        } else if let Some(how) = file_contact(row.event) {
            let name = row.event.target_raw.as_deref().unwrap_or_default();
            lists.files.touch((String::new(), name.to_owned()), row, how, |_| {});
        }
    }
    let throttled = throttled_days(exam);
    Exposure {
        limits: limits(exam, &lists, reads, &throttled),
        mails: lists.mails.list(),
        folders: lists.folders.list(),
        files: lists.files.list(),
        throttled,
    }
}

/// Whether the record tells of mails being read.
pub fn is_read(event: &Event) -> bool {
    event.is(&["MailItemsAccessed"])
}

/// Whether the record tells of one mail that was opened: its attachment, or by somebody else, as older records tell it.
pub fn opens(event: &Event) -> bool {
    event.is(&["AttachmentAccess", "MessageBind"]) && is_mailbox_record(event)
}

/// Whether the read took a whole folder.
pub fn is_sync(row: &Row<'_>) -> bool {
    row.param("MailAccessType").is_some_and(|kind| kind.eq_ignore_ascii_case("Sync"))
}

/// Whether the service says that it stopped recording.
pub fn is_throttled(row: &Row<'_>) -> bool {
    row.param("IsThrottled").and_then(|flag| json::boolean(&flag)) == Some(true)
}

/// A folder that was read: its path (`""` where the record names none), and the mails the record names in it, by
/// message id, with their subjects where it tells them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FolderRead {
    /// Path as written.
    pub path: String,
    /// Message id without brackets, and subject.
    pub mails: Vec<(String, Option<String>)>,
}

/// The folders that a read names.
pub fn folders_read(event: &Event) -> Vec<FolderRead> {
    folders_in(event, &details::members(event, &["Folders", "Item"]))
}

/// The same, of the record's object.
pub fn folders_in(event: &Event, object: &serde_json::Value) -> Vec<FolderRead> {
    let mut found: Vec<FolderRead> = Vec::new();
    for folder in json::list(object, "Folders") {
        let path = json::text(folder, "Path").or_else(|| json::text(folder, "Name")).unwrap_or_default();
        let items = json::list(folder, "FolderItems").iter().filter_map(|item| {
            let id = mails::message_id(&json::text(item, "InternetMessageId")?)?;
            Some((id, json::text(item, "Subject")))
        });
        found.push(FolderRead { path, mails: items.collect() });
    }
    if found.is_empty() {
        let parent = json::get(object, "Item").and_then(|item| json::get(item, "ParentFolder"));
        let path = parent
            .and_then(|folder| json::text(folder, "Path"))
            .or_else(|| event.folder_path.as_deref().filter(|path| !path.is_empty()).map(str::to_owned));
        let item = event.email_message_id.as_deref().and_then(mails::message_id);
        let item = item.map(|id| (id, event.email_subject.as_deref().map(str::to_owned)));
        if path.is_some() || item.is_some() {
            found.push(FolderRead { path: path.unwrap_or_default(), mails: item.into_iter().collect() });
        }
    }
    found
}

/// How the record touched a file of SharePoint or OneDrive; `None` for other records.
pub fn file_contact(event: &Event) -> Option<Contact> {
    if !matches!(event.record_type, Some(6 | 7 | 14)) || event.target_raw.is_none() {
        return None;
    }
    let action = event.action().to_lowercase();
    Some(match action.as_str() {
        "filedownloaded" | "filesyncdownloadedfull" | "filesyncdownloadedpartial" => Contact::Downloaded,
        "fileaccessed" | "fileaccessedextended" | "filepreviewed" => Contact::Viewed,
        _ if action.contains("deleted") || action.contains("recycled") => Contact::Deleted,
        _ if action.starts_with("file") || event.record_type == Some(14) => Contact::Changed,
        _ => return None,
    })
}

fn is_mailbox_record(event: &Event) -> bool {
    matches!(event.record_type, Some(2 | 3)) || event.evidence_source == EvidenceSource::MailboxAudit
}

fn read(lists: &mut Lists, row: &Row<'_>) {
    let how = if is_sync(row) { Contact::Sync } else { Contact::Bind };
    let mailbox = mailbox(row);
    let folders = folders_read(row.event);
    lists.unnamed |= how == Contact::Sync && folders.iter().all(|folder| folder.path.is_empty());
    for FolderRead { path: folder, mails } in folders {
        if !folder.is_empty() {
            lists.folders.touch((mailbox.clone(), folder.clone()), row, how, |_| {});
        }
        for (id, subject) in mails {
            lists.mail(&mailbox, &id, row, how, subject, &folder);
        }
    }
}

fn removed(lists: &mut Lists, row: &Row<'_>) {
    let mailbox = mailbox(row);
    for item in details::items(row.event) {
        if let Some(id) = item.message_id.as_deref().and_then(mails::message_id) {
            let folder = item.folder.or_else(|| row.event.folder_path.as_deref().map(str::to_owned));
            lists.mail(&mailbox, &id, row, Contact::Deleted, item.subject, &folder.unwrap_or_default());
        }
    }
}

fn mailbox(row: &Row<'_>) -> String {
    row.event.mailbox_upn.as_deref().or(row.event.user_upn.as_deref()).unwrap_or_default().to_lowercase()
}

#[derive(Default)]
struct Lists {
    mails: List,
    folders: List,
    files: List,
    /// A folder was taken whole, and the record does not say which.
    unnamed: bool,
}

impl Lists {
    fn mail(&mut self, mailbox: &str, id: &str, row: &Row<'_>, how: Contact, subject: Option<String>, folder: &str) {
        self.mails.touch((mailbox.to_owned(), id.to_owned()), row, how, |entry| {
            let subject = subject.map(Untrusted::new);
            entry.subject = entry.subject.take().or(subject);
            let folder = (!folder.is_empty()).then(|| Untrusted::new(folder));
            entry.folder = entry.folder.take().or(folder);
        });
    }
}

/// Entries by mailbox and name.
#[derive(Default)]
struct List(BTreeMap<(String, String), Exposed>);

impl List {
    fn touch(&mut self, key: (String, String), row: &Row<'_>, how: Contact, add: impl FnOnce(&mut Exposed)) {
        let time = row.event.datetime;
        let (mailbox, name) = (key.0.clone(), key.1.clone());
        let entry = self.0.entry(key).or_insert_with(|| Exposed {
            name: Untrusted::new(name),
            subject: None,
            folder: None,
            mailbox: (!mailbox.is_empty()).then(|| Untrusted::new(mailbox)),
            how: Vec::new(),
            first: time,
            last: time,
            count: 0,
            records: Vec::new(),
        });
        entry.count += 1;
        entry.last = entry.last.max(time);
        if !entry.how.contains(&how) {
            entry.how.push(how);
            entry.how.sort();
        }
        if entry.records.len() < RECORDS {
            keep(&mut entry.records, row.records());
        }
        add(entry);
    }

    /// In the order of first contact, then of names.
    fn list(self) -> Vec<Exposed> {
        let mut list: Vec<Exposed> = self.0.into_values().collect();
        list.sort_by_key(|entry| entry.first);
        list
    }

    fn any(&self, how: Contact) -> bool {
        self.0.values().any(|entry| entry.how.contains(&how))
    }
}

fn keep(records: &mut Vec<RecordRef>, more: Vec<RecordRef>) {
    for record in more {
        if !records.contains(&record) {
            records.push(record);
        }
    }
}

/// The days of the window on which the mailbox's reads were throttled.
fn throttled_days(exam: &Exam<'_>) -> Vec<ThrottledDay> {
    let own = exam.window_rows().filter(|row| is_read(row.event) && row.parts.any() && is_throttled(row));
    let mut days: BTreeMap<String, Vec<&Row<'_>>> = BTreeMap::new();
    for row in own {
        days.entry(row.event.datetime.format("%Y-%m-%d").to_string()).or_default().push(row);
    }
    let active: BTreeSet<DateTime<Utc>> =
        exam.window_rows().filter(|row| exam.is_attackers_hand(row)).map(|row| row.event.datetime).collect();
    let during = |row: &&&Row<'_>| active.range(row.event.datetime..row.event.datetime + THROTTLED).next().is_some();
    days.into_iter()
        .map(|(day, rows)| ThrottledDay {
            day,
            attackers: rows.iter().any(|row| during(&row)),
            records: first_few(rows.iter().flat_map(|row| row.records())),
        })
        .collect()
}

/// What the lists cannot show.
fn limits(exam: &Exam<'_>, lists: &Lists, reads: u64, throttled: &[ThrottledDay]) -> Vec<String> {
    let mut limits = Vec::new();
    if exam.attacker.is_empty() {
        limits.push("no attacker address or session is known, so nothing can be listed".to_owned());
        return limits;
    }
    if !exam.coverage.passes(GateId::G12) && throttled.is_empty() && reads == 0 {
        limits.push("no MailItemsAccessed records of this mailbox: which mails were read is unknown".to_owned());
    }
    if lists.folders.any(Contact::Sync) {
        limits.push("a folder that was synchronised has to be taken as read whole".to_owned());
    }
    if lists.unnamed {
        limits.push("a folder was synchronised that its record does not name: any may have been read whole".to_owned());
    }
    if reads > 0 {
        limits.push(
            "the service sums up reads within two minutes and leaves out repeats within an hour: counts are no number \
             of reads"
                .to_owned(),
        );
    }
    if !throttled.is_empty() {
        limits.push(
            "reads were throttled: for 24 hours after each such record everything has to be taken as read".to_owned(),
        );
    }
    if !exam.coverage.passes(GateId::G13) {
        limits.push("no SharePoint or OneDrive records of this account: which files were opened is unknown".to_owned());
    }
    limits
}
