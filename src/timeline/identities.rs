//! Which names belong to which account, learned from every record while it is read, each with the record that taught it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Deref;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::details;
use super::event::{Event, EventOf, EvidenceSource, ParseStatus};
use crate::knowledge::domains;
use crate::origin::RecordRef;
use crate::question::IdentityKind;

/// One name of one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taught {
    /// The first record (in reading order) that says so.
    pub record: RecordRef,
    /// How many records say so.
    pub count: u64,
}

/// All accounts of the evidence, by UPN, with their other names by kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityTable {
    /// UPN → kind → name → who taught it.
    pub accounts: BTreeMap<String, BTreeMap<String, BTreeMap<String, Taught>>>,
    #[serde(skip)]
    index: Index,
}

/// The same, by name: made when first asked for, because a triage asks for every account.
#[derive(Debug, Default)]
struct Index(OnceLock<ByName>);

#[derive(Debug, Default)]
struct ByName {
    /// Kind → name → accounts, sorted.
    owners: HashMap<String, HashMap<String, Vec<String>>>,
    /// The part before the `@` → accounts, sorted.
    locals: HashMap<String, Vec<String>>,
    /// Domains of accounts with a mailbox or a directory object of this tenant.
    members: BTreeSet<String>,
    /// Domains of accounts with a mailbox.
    mailboxes: BTreeSet<String>,
    /// Domains of accounts that are at home here, by what a record says of them.
    homes: BTreeSet<String>,
}

// An index says nothing of its own, and does not outlive a change.
impl Clone for Index {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl PartialEq for Index {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Index {}

/// As many names a record gives one account at most.
const NAMES: usize = 5;

/// What one record says about one account: names that belong to it. Many records say the same, and every batch has its own:
/// it is one text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Lesson {
    /// The account's UPN and, behind it, its names.
    text: Box<str>,
    /// Where the UPN ends.
    account: usize,
    /// Of each name its kind, and where it ends.
    names: [Option<(IdentityKind, usize)>; NAMES],
}

impl Lesson {
    /// The account's UPN.
    pub fn account(&self) -> &str {
        self.text.get(..self.account).unwrap_or_default()
    }

    /// Its names, each with its kind.
    pub fn names(&self) -> impl Iterator<Item = (IdentityKind, &str)> {
        let mut start = self.account;
        self.names.iter().flatten().map(move |(kind, end)| {
            let name = self.text.get(start..*end).unwrap_or_default();
            start = *end;
            (*kind, name)
        })
    }
}

/// The same, still in the record.
#[derive(Debug, Clone, Copy)]
pub struct Says<'a> {
    /// The account's UPN.
    pub account: &'a str,
    /// Its names, each with its kind; at most five.
    pub names: &'a [(IdentityKind, &'a str)],
}

impl Says<'_> {
    /// Whether this is what the lesson says.
    pub fn is(&self, lesson: &Lesson) -> bool {
        self.account == lesson.account() && self.names.iter().copied().eq(lesson.names())
    }

    /// Kept for later.
    pub fn to_lesson(self) -> Lesson {
        let length = self.account.len() + self.names.iter().map(|(_, name)| name.len()).sum::<usize>();
        let mut text = String::with_capacity(length);
        text.push_str(self.account);
        let mut names = [None; NAMES];
        for (slot, (kind, name)) in names.iter_mut().zip(self.names) {
            text.push_str(name);
            *slot = Some((*kind, text.len()));
        }
        Lesson { text: text.into(), account: self.account.len(), names }
    }
}

/// What a record says of an account that is at home in the organisation whose evidence this is.
const MEMBER: &str = "member";
/// What it says of a guest.
const GUEST: &str = "guest";

/// Gives what one record says about who is who: at most six things.
pub fn lessons<T: Deref<Target = str>>(event: &EventOf<T>, give: &mut dyn FnMut(Says<'_>)) {
    // The addresses of a mail are what its envelope claims, mostly of strangers: they make nobody an account.
    if event.evidence_source == EvidenceSource::MessageTrace {
        return;
    }
    let mut say = |account: &str, names: &[(IdentityKind, Option<&str>)]| {
        let mut there = [(IdentityKind::Upn, ""); NAMES];
        let named = names.iter().filter_map(|(kind, name)| Some((*kind, (*name).filter(|name| !name.is_empty())?)));
        let count = there.iter_mut().zip(named).map(|(slot, name)| *slot = name).count();
        if account.contains('@') && count > 0 {
            give(Says { account, names: there.get(..count).unwrap_or_default() });
        }
    };
    if let Some(upn) = event.user_upn.as_deref() {
        // LogonUserSid is the actor's; it is the owner's as well where the owner acts.
        let sid = event.user_sid.as_deref().filter(|_| event.logon_type == Some(0));
        let ids = (event.user_id.as_deref(), event.user_puid.as_deref());
        let own = [(IdentityKind::ObjectId, ids.0), (IdentityKind::Puid, ids.1), (IdentityKind::Sid, sid)];
        let shown = (IdentityKind::Name, event.user_full_name.as_deref());
        say(upn, &[(IdentityKind::Upn, Some(upn)), own[0], own[1], own[2], shown]);
    }
    if let Some((upn, home)) = home(event) {
        say(upn, &[(IdentityKind::Home, Some(home))]);
    }
    if let Some(upn) = event.mailbox_upn.as_deref().filter(|upn| upn.contains('@')) {
        let ids = (event.mailbox_guid.as_deref(), event.mailbox_sid.as_deref());
        let own = [(IdentityKind::MailboxGuid, ids.0), (IdentityKind::Sid, ids.1)];
        say(upn, &[own[0], own[1], (IdentityKind::Upn, Some(upn))]);
    }
    if let Some(upn) = event.target_upn.as_deref() {
        let state = event.is_state() && event.is(&["User"]);
        let mail = if state { details::param(event, "Mail").unwrap_or_default().to_lowercase() } else { String::new() };
        let id = event.target_id.as_deref();
        say(upn, &[(IdentityKind::Upn, Some(upn)), (IdentityKind::ObjectId, id), (IdentityKind::Smtp, Some(&mail))]);
    }
    if event.record_type == Some(1)
        && let Some((account, kind, alias)) = alias(event)
    {
        say(&account, &[(kind, Some(&alias))]);
    }
}

/// Whose member or guest the record says that an account is: the sign-in logs and the directory's audit by a word or by
/// the account's home, a list of accounts by holding it under a name that is no guest's.
fn home<T: Deref<Target = str>>(event: &EventOf<T>) -> Option<(&str, &'static str)> {
    if event.is_state() && event.is(&["User"]) {
        return Some((event.target_upn.as_deref().filter(|upn| !upn.contains("#ext#"))?, MEMBER));
    }
    let tells = matches!(event.evidence_source, EvidenceSource::EntraSignin | EvidenceSource::EntraAudit);
    let home = match event.actor_type.filter(|_| tells)? {
        0 => MEMBER,
        10 => GUEST,
        _ => return None,
    };
    Some((event.user_upn.as_deref()?, home))
}

/// An Exchange record names its object `…/tenant/alias` (rules: `…/alias\rule`); whose alias that is follows
/// where the record also names the mailbox by address, or where the actor works on the own mailbox.
fn alias<T: Deref<Target = str>>(event: &EventOf<T>) -> Option<(String, IdentityKind, String)> {
    let target = event.target_raw.as_deref().filter(|target| target.contains('/'))?;
    let last = target.rsplit('/').next().unwrap_or(target);
    let alias = last.split('\\').next().unwrap_or(last);
    let params = details::params(event);
    let identity =
        params.iter().find(|pair| ["Mailbox", "Identity"].iter().any(|name| pair.name.eq_ignore_ascii_case(name)));
    let named = identity.map(|pair| pair.value.as_deref().unwrap_or_default().trim().to_lowercase());
    // New-InboxRule without a mailbox is a rule in the own one, where no parameter was lost. Other rule cmdlets name
    // their rule, and with it the mailbox.
    let whole = !params.is_empty() && event.parse_status == ParseStatus::Ok;
    let own_rule = || whole && event.is(&["New-InboxRule"]) && last.contains('\\');
    let (account, kind) = match (named, event.user_upn.as_deref()) {
        (Some(named), _) if named.contains('@') && !named.contains(['/', '\\', ' ']) => (named, IdentityKind::Alias),
        (None, Some(actor)) if own_rule() => (actor.to_owned(), IdentityKind::RuleMaker),
        _ => return None,
    };
    let guid = kind == IdentityKind::Alias && crate::knowledge::names::is_guid(alias);
    Some((account, if guid { IdentityKind::ObjectId } else { kind }, alias.to_lowercase()))
}

/// Whether an id is that of nobody: a sign-in of an account that does not exist has one of zeros.
pub fn is_nobodys(id: &str) -> bool {
    id.bytes().all(|byte| matches!(byte, b'0' | b'-'))
}

impl IdentityTable {
    /// Learns what one record says about who is who.
    pub fn learn(&mut self, event: &Event) {
        lessons(event, &mut |says| {
            let lesson = says.to_lesson();
            self.teach(&lesson, 1, &event.record_ref());
        });
    }

    /// Learns what `count` records say; `first` is the first of them. Lessons come in the order of their first records.
    pub fn teach(&mut self, lesson: &Lesson, count: u64, first: &RecordRef) {
        self.index = Index::default();
        let kinds = self.accounts.entry(lesson.account().to_owned()).or_default();
        for (kind, name) in lesson.names() {
            let taught = kinds.entry(kind.as_str().to_owned()).or_default().entry(name.to_owned());
            taught.or_insert_with(|| Taught { record: first.clone(), count: 0 }).count += count;
        }
    }

    /// The accounts that have `value` as a name of this kind.
    pub fn owners(&self, kind: IdentityKind, value: &str) -> Vec<&str> {
        let owners = self.by_name().owners.get(kind.as_str()).and_then(|names| names.get(value));
        owners.map_or_else(Vec::new, |owners| owners.iter().map(String::as_str).collect())
    }

    /// The names under which people see an account.
    pub fn shown_names(&self, account: &str) -> impl Iterator<Item = &str> {
        let names = self.accounts.get(account).and_then(|kinds| kinds.get(IdentityKind::Name.as_str()));
        names.into_iter().flat_map(|names| names.keys()).map(String::as_str)
    }

    /// The accounts whose UPN begins with `local@`.
    pub fn with_local_part(&self, local: &str) -> &[String] {
        self.by_name().locals.get(local).map_or(&[], Vec::as_slice)
    }

    /// Domains of accounts with a mailbox or a directory object of this tenant; guests' own domains are not among them.
    pub fn member_domains(&self) -> &BTreeSet<String> {
        &self.by_name().members
    }

    /// Domains of accounts with a mailbox.
    pub fn mailbox_domains(&self) -> &BTreeSet<String> {
        &self.by_name().mailboxes
    }

    /// Domains of accounts that some record says are at home here.
    pub fn home_domains(&self) -> &BTreeSet<String> {
        &self.by_name().homes
    }

    /// Whether some record says that the account is at home here, and whether one says that it is a guest.
    pub fn home(&self, account: &str) -> (bool, bool) {
        let kinds = self.accounts.get(account);
        let home = kinds.and_then(|kinds| kinds.get(IdentityKind::Home.as_str()));
        let says = |word| home.is_some_and(|home| home.contains_key(word));
        (says(MEMBER), says(GUEST))
    }

    /// Whether the account has a name of this kind.
    pub fn has(&self, account: &str, kind: IdentityKind) -> bool {
        let names = self.accounts.get(account).and_then(|kinds| kinds.get(kind.as_str()));
        names.is_some_and(|names| names.keys().any(|name| !is_nobodys(name)))
    }

    fn by_name(&self) -> &ByName {
        self.index.0.get_or_init(|| {
            let mut by_name = ByName::default();
            for (upn, kinds) in &self.accounts {
                for (kind, names) in kinds.iter().filter(|(kind, _)| *kind != IdentityKind::Home.as_str()) {
                    let owners = by_name.owners.entry(kind.clone()).or_default();
                    for name in names.keys().filter(|name| !is_nobodys(name)) {
                        // Shown names stand as they are written.
                        let name = if kind == IdentityKind::Name.as_str() { name.to_lowercase() } else { name.clone() };
                        owners.entry(name).or_default().push(upn.clone());
                    }
                }
                if let Some((local, _)) = upn.split_once('@') {
                    by_name.locals.entry(local.to_owned()).or_default().push(upn.clone());
                }
                let mailbox = kinds.contains_key("mailbox_guid");
                let member = mailbox || kinds.contains_key("puid");
                let domain = domains::domain_of(upn).filter(|_| member && !upn.contains("#ext#"));
                let at_home = kinds.get(IdentityKind::Home.as_str()).is_some_and(|home| home.contains_key(MEMBER));
                by_name.homes.extend(domains::domain_of(upn).filter(|_| at_home && !upn.contains("#ext#")));
                by_name.mailboxes.extend(domain.clone().filter(|_| mailbox));
                by_name.members.extend(domain);
            }
            by_name
        })
    }
}
