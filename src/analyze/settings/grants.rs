//! By which record somebody else got the right to work in the mailbox, or to send in its name: his own records say nothing
//! of an intruder who gave it.

use std::collections::BTreeSet;

use super::granted::{self, Grant, is_free_busy};
use crate::analyze::exam::{Exam, Row};
use crate::analyze::mail::mails;
use crate::analyze::people::actor::ActorClass;
use crate::analyze::settings::list_changes::ListChange;
use crate::analyze::settings::mailbox;
use crate::knowledge::domains;
use crate::knowledge::folders::{self, FolderRole};
use crate::timeline::{Event, format_time};

/// What for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// To send in the account's name.
    Send,
    /// To open the mailbox or one of its folders.
    Open,
}

impl Right {
    /// The right by which somebody else does this in the mailbox.
    pub fn to_do(row: &Row<'_>) -> Self {
        if row.event.is(&["Send", "SendAs", "SendOnBehalf"]) { Self::Send } else { Self::Open }
    }

    /// Whether a record of this operation may give it.
    fn is_given_by(self, event: &Event) -> bool {
        const SEND: [&str; 3] = ["Add-RecipientPermission", "Add-MailboxPermission", "Set-Mailbox"];
        match self {
            Self::Send => event.is(&SEND),
            Self::Open => event.is(&["Add-MailboxPermission"]) || !event.is(&SEND),
        }
    }
}

/// The records that gave somebody a right on the mailbox and those that took one back, each in the order of time. There
/// are few, and a deputy works there every day.
#[derive(Debug, Default)]
pub struct Grants<'a> {
    /// Each with whatever may be meant by the names that it is given to.
    given: Vec<(Grant<'a, 'a>, BTreeSet<String>)>,
    taken: Vec<&'a Row<'a>>,
}

impl<'a> Grants<'a> {
    /// Those on the table.
    pub fn of(exam: &Exam<'a>) -> Self {
        let rows = exam.rows;
        let ours = |grant: &Grant<'_, '_>| grant.mailbox.ours || grant.row.parts.target || grant.row.parts.mailbox;
        let given = rows.iter().filter(|row| !row.failed()).filter_map(|row| Grant::of(exam, row));
        let given = given.filter(|grant| !grant.is_nothing() && ours(grant));
        let to = |grant: Grant<'a, 'a>| {
            let names = forms_of_all(&grant.trustee);
            (grant, names)
        };
        let given: Vec<_> = given.map(to).collect();
        let taken = |row: &&Row<'_>| !given.is_empty() && !row.failed() && is_taking(row) && is_here(exam, row);
        Self { taken: rows.iter().filter(taken).collect(), given }
    }

    /// The latest of them by which whoever did this in the mailbox has the right to.
    pub fn behind(&self, exam: &Exam<'_>, row: &Row<'_>) -> Option<&'a Row<'a>> {
        let right = Right::to_do(row);
        let before = |(grant, _): &&(Grant<'_, '_>, BTreeSet<String>)| {
            grant.row.place < row.place && grant.row.event.datetime <= row.event.datetime && lets(grant, right, row)
        };
        let mut before = self.given.iter().rev().filter(before).peekable();
        before.peek()?;
        let names = Names::of(exam, row.event);
        let stands = |(grant, to): &&(Grant<'_, '_>, BTreeSet<String>)| {
            !names.0.is_disjoint(to) && !self.is_taken_back(grant, &names, row)
        };
        before.find(stands).map(|(grant, _)| grant.row)
    }

    /// The same where an intruder gave it to somebody who did not work like this here before.
    pub fn by_intruder(&self, exam: &Exam<'_>, row: &Row<'_>) -> Option<&'a Row<'a>> {
        let theirs = |row: &'a Row<'a>| exam.is_unusual(row);
        let any = row.class == ActorClass::Delegate && self.given.iter().any(|(grant, _)| theirs(grant.row));
        let grant = any.then(|| self.behind(exam, row)).flatten().filter(|grant| theirs(grant))?;
        (!mails::did_before(exam, row)).then_some(grant)
    }

    /// Whether the right was taken from them again before the act.
    fn is_taken_back(&self, grant: &Grant<'_, '_>, names: &Names, act: &Row<'_>) -> bool {
        let between = |row: &&&Row<'_>| grant.row.place < row.place && row.place < act.place;
        self.taken.iter().filter(between).any(|row| takes_back(row, grant, names))
    }
}

/// Whether the record may take a right back. The service sets mailboxes day by day, and people seldom on behalf of whom.
fn is_taking(row: &Row<'_>) -> bool {
    const CMDLETS: [&str; 4] = [
        "Remove-MailboxPermission",
        "Remove-RecipientPermission",
        "Remove-MailboxFolderPermission",
        "Set-MailboxFolderPermission",
    ];
    row.event.is(&CMDLETS)
        || row.event.is(&["Set-Mailbox"]) && row.param("GrantSendOnBehalfTo").is_some()
        || granted::taken_in_store(row).is_some()
}

/// Whether the record is about the account's mailbox: an administrator takes rights on many.
fn is_here(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    match row.event.action().contains('-') {
        true => mailbox::not_ours(exam, row).is_none(),
        false => mailbox::of_item(row).ours,
    }
}

/// What kind of right the record is about: a cmdlet's noun, and one word for folders, which people share in Outlook too.
fn right_on(event: &Event) -> String {
    const FOLDER: &str = "mailboxfolderpermission";
    let noun = event.action().split_once('-').map(|(_, noun)| noun.to_lowercase());
    let is_in_store = || event.action().to_lowercase().ends_with("folderpermissions");
    noun.or_else(|| is_in_store().then(|| FOLDER.to_owned())).unwrap_or_default()
}

/// Whether two names are one folder's, with or without the mailbox in front.
fn is_one_folder(one: &str, other: &str) -> bool {
    let bare = |name: &str| name.rsplit(':').next().unwrap_or(name).trim_matches(['\\', '/', ' ']).to_lowercase();
    let (one, other) = (bare(one), bare(other));
    one == other || folders::role(&one).is_some_and(|role| folders::role(&other) == Some(role))
}

/// Whether the record takes from them what the grant gave, in the same folder.
fn takes_back(row: &Row<'_>, grant: &Grant<'_, '_>, names: &Names) -> bool {
    if row.event.is(&["Set-Mailbox"]) {
        let Some(list) = row.param("GrantSendOnBehalfTo").filter(|_| grant.row.event.is(&["Set-Mailbox"])) else {
            return false;
        };
        let change = ListChange::of(&list);
        let kept = list.trim_start().starts_with("@{") || change.added.iter().any(|name| names.have(name));
        return !kept || change.removed.iter().any(|name| names.have(name));
    }
    if right_on(row.event) != right_on(grant.row.event) {
        return false;
    }
    let by_cmdlet = || {
        let emptied = || row.param("AccessRights").is_some_and(|rights| granted::opens_nothing(&rights));
        let trustee = ["Trustee", "User"].into_iter().find_map(|name| row.param(name))?;
        let takes = row.event.action().contains('-') && (!row.event.is(&["Set-MailboxFolderPermission"]) || emptied());
        takes.then(|| (trustee, row.param("Identity").unwrap_or_default()))
    };
    let Some((trustee, folder)) = granted::taken_in_store(row).or_else(by_cmdlet) else { return false };
    names.have(&trustee) && (grant.folder.is_empty() || is_one_folder(&folder, &grant.folder))
}

/// Whether the grant lets somebody do this: a calendar that was opened shows no mail.
fn lets(grant: &Grant<'_, '_>, right: Right, row: &Row<'_>) -> bool {
    if !right.is_given_by(grant.row.event) {
        return false;
    }
    let calendar = |path: &str| folders::role(path) == Some(FolderRole::Calendar);
    let there = || calendar(row.event.folder_path.as_deref().unwrap_or_default());
    right == Right::Send || !is_free_busy(&grant.rights) && (!calendar(&grant.folder) || there())
}

/// The act by which the right was given that the row was done by, as a term of the score tells it.
pub fn why(grant: &Row<'_>, row: &Row<'_>, points: i32) -> String {
    let when = format_time(grant.event.datetime);
    match Right::to_do(row) {
        Right::Send => format!("the right to send was granted at {when} by an act with attacker score {points}"),
        Right::Open => format!("access to the mailbox was granted at {when} by an act with attacker score {points}"),
    }
}

/// The names by which records call whoever did something, lower-cased: as written, address, alias, a guest's address at
/// home, and whatever else the evidence ties to them.
#[derive(Debug)]
struct Names(BTreeSet<String>);

impl Names {
    fn of(exam: &Exam<'_>, event: &Event) -> Self {
        let written = [&event.user_raw, &event.user_upn].into_iter().flatten().map(|name| name.trim().to_lowercase());
        let mut names: BTreeSet<String> = written.filter(|name| !name.is_empty()).collect();
        for name in names.clone() {
            match domains::guest_home(&name) {
                Some((user, domain)) => names.extend([format!("{user}@{domain}")]),
                None => names.extend(domains::addresses_in(&name)),
            }
        }
        for name in names.clone() {
            let known = exam.identities.accounts.get(&name).into_iter().flat_map(|kinds| kinds.values());
            names.extend(known.flat_map(|names| names.keys().map(|name| name.to_lowercase())));
            // A guest's address at home has no alias here.
            let alias = name.split('@').next().unwrap_or_default();
            names.extend((!alias.is_empty() && !is_home_of_guest(&names, &name)).then(|| alias.to_owned()));
        }
        Self(names)
    }

    /// Whether a parameter holds one of the names.
    fn have(&self, value: &str) -> bool {
        !self.0.is_disjoint(&forms(value))
    }
}

/// What may be meant by a parameter: the whole, what stands at the end of a path (`…/tenant/alias`), the addresses in it.
fn forms(value: &str) -> BTreeSet<String> {
    let value = value.to_lowercase();
    let name = value.trim_matches([' ', '"', '{', '}', '[', ']']);
    let name = name.trim_start_matches("smtp:");
    domains::addresses_in(name).into_iter().chain([name.to_owned(), mailbox::last(name).to_owned()]).collect()
}

/// The same of a list, whole and name by name.
fn forms_of_all(list: &str) -> BTreeSet<String> {
    forms(list).into_iter().chain(list.split([';', ',']).flat_map(forms)).collect()
}

fn is_home_of_guest(names: &BTreeSet<String>, name: &str) -> bool {
    names
        .iter()
        .filter_map(|guest| domains::guest_home(guest))
        .any(|(user, domain)| name.split_once('@').is_some_and(|home| home == (user, domain)))
}
