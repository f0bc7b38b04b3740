//! Says which default mailbox folder a path or name means, whatever language the mailbox speaks.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::{lines, normalise};

pub(super) const NAMES: &str = include_str!("data/folders.tsv");

/// What a mailbox folder is for. Names and roles: `data/folders.tsv`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FolderRole {
    /// Where mail arrives.
    Inbox,
    /// Where copies of sent mail are kept.
    Sent,
    /// The bin.
    Deleted,
    /// Unsent drafts.
    Drafts,
    /// Mail waiting to be sent.
    Outbox,
    /// Mail taken for spam.
    Junk,
    /// RSS feeds; hardly anybody opens it.
    Rss,
    /// Sticky notes.
    Notes,
    /// The archive folder of the mailbox.
    Archive,
    /// Conversation history of chats.
    History,
    /// The recoverable-items store behind the bin, with all that lies in it.
    Recoverable,
    /// Sync issues.
    Sync,
    /// Calendar.
    Calendar,
    /// Contacts.
    Contacts,
    /// Tasks.
    Tasks,
    /// A folder of the service itself that no user opens; its traffic is noise.
    Hidden,
}

impl FolderRole {
    /// Whether mail moved here is out of its owner's sight: the "nobody looks" folders of malicious rules.
    pub const fn is_hiding_place(self) -> bool {
        matches!(
            self,
            Self::Rss
                | Self::Notes
                | Self::Junk
                | Self::History
                | Self::Archive
                | Self::Sync
                | Self::Deleted
                | Self::Calendar
                | Self::Tasks
        )
    }

    /// Whether what lies here is no mail: entries of other kinds, and what the service keeps for itself.
    pub const fn holds_no_mail(self) -> bool {
        matches!(self, Self::Contacts | Self::Calendar | Self::Tasks | Self::Hidden | Self::Sync)
    }

    /// The role's short name, as reports print it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Sent => "sent",
            Self::Deleted => "deleted",
            Self::Drafts => "drafts",
            Self::Outbox => "outbox",
            Self::Junk => "junk",
            Self::Rss => "rss",
            Self::Notes => "notes",
            Self::Archive => "archive",
            Self::History => "history",
            Self::Recoverable => "recoverable",
            Self::Sync => "sync",
            Self::Calendar => "calendar",
            Self::Contacts => "contacts",
            Self::Tasks => "tasks",
            Self::Hidden => "hidden",
        }
    }
}

/// The role of a folder given as a path or a name, with any prefix (`\Deleted Items\Brouillons`,
/// `\l\Éléments supprimés`, `user:\RSS Feeds`, `Junk`), or `None` for a folder people made themselves.
///
/// The last component that is known decides; everything in the recoverable-items store is
/// [`FolderRole::Recoverable`].
pub fn role(path: &str) -> Option<FolderRole> {
    let mut found = None;
    for component in without_mailbox(path).split(['\\', '/']) {
        match role_of_name(component) {
            // A folder called "Versions" below a folder that people see is somebody's own.
            Some(FolderRole::Recoverable) if found.is_none() => {
                return Some(FolderRole::Recoverable);
            }
            Some(FolderRole::Recoverable) | None => {}
            known => found = known,
        }
    }
    found
}

/// The role of the folder that a mail lay in. Below a folder of mail, what is called like the calendar or a folder of the
/// service (`\Inbox\Companies`) is somebody's own and holds mail: there the folder above decides.
pub fn role_of_mail(path: &str) -> Option<FolderRole> {
    let role = role(path)?;
    let above = || without_mailbox(path).split(['\\', '/']).find_map(role_of_name);
    let above = if role.holds_no_mail() { above() } else { None };
    Some(above.filter(|above| !above.holds_no_mail() && *above != FolderRole::Deleted).unwrap_or(role))
}

static ROLES: LazyLock<BTreeMap<String, FolderRole>> = LazyLock::new(|| {
    lines(NAMES)
        .filter_map(|line| {
            let mut columns = line.split('\t');
            let role = parse(columns.next()?)?;
            let name = columns.nth(1)?;
            Some((key(name), role))
        })
        .collect()
});

/// Whether a line is a row of the table.
pub(super) fn is_row(line: &str) -> bool {
    let mut columns = line.split('\t');
    let role = columns.next().and_then(parse);
    role.is_some() && columns.nth(1).is_some_and(|name| !name.trim().is_empty())
}

/// The mailbox and the folder in a folder's name as cmdlets take it: the path, `alias:\Inbox`, or the id that
/// `Get-MailboxFolderStatistics` gives it, `alias:LgAAAAC…`. `None` of any other name.
pub fn in_mailbox(name: &str) -> Option<(&str, &str)> {
    /// Bytes of the shortest of the ids, in base 64.
    const ID: usize = 40;
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=');
    let by_id = || {
        let (mailbox, id) = name.split_once(':')?;
        (!mailbox.is_empty() && id.len() >= ID && id.bytes().all(letter)).then_some((mailbox, id))
    };
    name.split_once(":\\").or_else(by_id)
}

/// `user:\RSS Feeds` and `user:RSS Feeds` name the mailbox before the first colon.
fn without_mailbox(path: &str) -> &str {
    match path.split_once(':') {
        Some((mailbox, rest)) if !mailbox.contains(['\\', '/', ' ']) => rest,
        _ => path,
    }
}

fn role_of_name(component: &str) -> Option<FolderRole> {
    let name = key(component);
    ROLES.get(&name).copied().or_else(|| {
        // Outlook numbers a second folder of the same name: `Inbox1`.
        let stem = name.strip_suffix(|c: char| c.is_ascii_digit())?;
        ROLES.get(stem).copied()
    })
}

/// Names differ by hyphen and apostrophe from version to version, so neither counts.
fn key(name: &str) -> String {
    normalise(name).replace(['-', '\u{2010}', '\u{2011}', '\u{2013}'], " ").replace(['\u{2019}', '\u{02BC}'], "'")
}

fn parse(role: &str) -> Option<FolderRole> {
    use FolderRole as R;
    const ALL: [R; 16] = [
        R::Inbox,
        R::Sent,
        R::Deleted,
        R::Drafts,
        R::Outbox,
        R::Junk,
        R::Rss,
        R::Notes,
        R::Archive,
        R::History,
        R::Recoverable,
        R::Sync,
        R::Calendar,
        R::Contacts,
        R::Tasks,
        R::Hidden,
    ];
    ALL.into_iter().find(|known| known.as_str() == role)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{FolderRole, NAMES, in_mailbox, key, lines, parse, role, role_of_mail};

    #[test]
    fn a_folder_of_a_mailbox_is_named_by_its_path_or_its_id() {
        let id = "LgAAAACHjRgBBa1mQ7k0AAAAAAEMAAAB/tM0AAAAAAEM";
        assert_eq!(in_mailbox("dana@x.example:\\Inbox"), Some(("dana@x.example", "Inbox")));
        assert_eq!(in_mailbox(&format!("dana:{id}")), Some(("dana", id)));
        for other in
            ["smtp:dana@x.example", "dana:Inbox", "https://x.example/sites/a", "dana@x.example", &format!(":{id}")]
        {
            assert_eq!(in_mailbox(other), None, "{other}");
        }
    }

    #[test]
    fn shapes_met_in_exports() {
        for (path, expected) in [
            ("\\l\\Éléments supprimés", FolderRole::Deleted),
            ("user:\\RSS Feeds", FolderRole::Rss),
            ("user:RSS Subscriptions", FolderRole::Rss),
            ("\\Deleted Items\\Brouillons", FolderRole::Drafts),
            ("Junk", FolderRole::Junk),
            ("\\Boîte de réception", FolderRole::Inbox),
            ("\\受信トレイ", FolderRole::Inbox),
            ("\\削除済みアイテム", FolderRole::Deleted),
            ("RSS 購読", FolderRole::Rss),
            ("RSS-kilder", FolderRole::Rss),
            ("ＲＳＳ　購読", FolderRole::Rss),
            ("\\メモ", FolderRole::Notes),
            ("/Posteingang/Kunden", FolderRole::Inbox),
            ("Boîte d\u{2019}envoi", FolderRole::Outbox),
            ("junk-e-mail", FolderRole::Junk),
            ("Inbox1", FolderRole::Inbox),
            ("\\PersonMetadata", FolderRole::Hidden),
            ("Conversation Action Settings", FolderRole::Hidden),
            ("sentitems", FolderRole::Sent),
        ] {
            assert_eq!(role(path), Some(expected), "{path}");
        }
    }

    #[test]
    fn the_recoverable_store_swallows_what_lies_in_it() {
        for path in [
            "\\Recoverable Items",
            "\\Recoverable Items\\Deletions",
            "\\Deletions",
            "\\Purges\\Inbox",
            "\\Recoverable Items\\SubstrateHolds",
        ] {
            assert_eq!(role(path), Some(FolderRole::Recoverable), "{path}");
        }
        assert_eq!(role("\\Inbox\\Versions"), Some(FolderRole::Inbox));
    }

    #[test]
    fn own_folders_have_no_role() {
        for path in ["", "\\", "ニュース", "A TRAITER", "Archive 2023", "仕事", "user:\\Projects"] {
            assert_eq!(role(path), None, "{path}");
        }
    }

    #[test]
    fn own_folders_below_the_inbox_hold_mail_whatever_they_are_called() {
        for (path, expected) in [
            ("\\Inbox\\Companies", Some(FolderRole::Inbox)),
            ("\\Posteingang\\Aufgaben", Some(FolderRole::Inbox)),
            ("\\Sent Items\\Contacts", Some(FolderRole::Sent)),
            ("\\Inbox\\RSS Feeds", Some(FolderRole::Rss)),
            ("\\Contacts\\Companies", role("\\Companies")),
            ("\\Calendar", Some(FolderRole::Calendar)),
            ("\\Calendar\\Inbox", Some(FolderRole::Inbox)),
            // A calendar that was thrown away.
            ("\\Deleted Items\\Calendar", Some(FolderRole::Calendar)),
            ("\\Projects", None),
        ] {
            assert_eq!(role_of_mail(path), expected, "{path}");
        }
        assert_eq!(role("\\Inbox\\Tasks"), Some(FolderRole::Tasks));
    }

    #[test]
    fn hiding_places() {
        assert!(FolderRole::Rss.is_hiding_place());
        assert!(FolderRole::Deleted.is_hiding_place());
        assert!(!FolderRole::Inbox.is_hiding_place());
        assert!(!FolderRole::Contacts.is_hiding_place());
        assert!(!FolderRole::Recoverable.is_hiding_place());
    }

    #[test]
    fn no_name_has_two_roles_and_every_row_is_read() {
        let mut seen = BTreeMap::new();
        for line in lines(NAMES) {
            let columns: Vec<_> = line.split('\t').collect();
            assert_eq!(columns.len(), 3, "{line}");
            assert!(parse(columns[0]).is_some(), "{line}");
            let before = seen.insert(key(columns[2]), columns[0]);
            assert!(before.is_none_or(|role| role == columns[0]), "{line}");
        }
    }
}
