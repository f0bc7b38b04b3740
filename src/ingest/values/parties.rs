//! Who takes part in a record, by every name the record gives: the column that a question about one account filters on.

use std::borrow::Cow;
use std::hash::BuildHasher as _;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::ingest::text::blocks::{any, capitals, one_of};
use crate::ingest::values::fields::{NameValue, trimmed};
use crate::knowledge::domains::guest_home;
use crate::knowledge::folders::in_mailbox;
use crate::knowledge::names::{alias_of_dn, common_name};
use crate::timeline::Draft;
use crate::timeline::event::Text;

/// In which part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Did it.
    Actor,
    /// Owns the mailbox.
    Mailbox,
    /// Was sent as or on behalf of.
    Sender,
    /// Was acted on.
    Target,
}

impl Role {
    fn mark(self) -> char {
        match self {
            Self::Actor => 'a',
            Self::Mailbox => 'm',
            Self::Sender => 's',
            Self::Target => 't',
        }
    }
}

/// One name.
#[derive(Debug, Clone, Copy)]
struct Name {
    role: Role,
    /// Where its text, in lower case, stands.
    start: usize,
    end: usize,
    /// Its other forms are here as well.
    whole: bool,
}

/// The names collected for one record.
#[derive(Debug, Default)]
pub struct Parties {
    names: Vec<Name>,
    /// The names' texts, one behind the other.
    texts: String,
    /// The names by role and text, once they are many: a record may name a hundred thousand.
    index: HashTable<usize>,
    /// Seeded anew for each process, so that no record can be made up whose names all meet in one place.
    hasher: RandomState,
}

/// No folder is called by its id in fewer bytes.
const ID: usize = 40;
/// As many names are looked through one by one; few records have more.
const FEW: usize = 32;

fn hash_of(hasher: &RandomState, role: Role, text: &str) -> u64 {
    hasher.hash_one((role as u8, text))
}

/// What there is in a name.
struct Kinds {
    /// What separates the parts of a path.
    path: bool,
    /// What a guest's name has.
    guest: bool,
    /// What stands in front of the last part of a claim.
    bar: bool,
    /// What is written in another way in the column.
    changed: bool,
}

impl Kinds {
    fn of(name: &str) -> Self {
        let [path, guest, bar, letter] = any(name.as_bytes(), |part| {
            [one_of(part, *b"/\\"), one_of(part, *b"#"), one_of(part, *b"|"), capitals(part) | part]
        });
        Self { path, guest, bar, changed: bar || letter }
    }
}

/// Parameters that name an account.
const ACCOUNT_PARAMETERS: [&str; 11] = [
    "Identity",
    "Mailbox",
    "User",
    "Trustee",
    "SenderAddress",
    "ForwardingAddress",
    "Member",
    "Members",
    "Delegate",
    "GrantSendOnBehalfTo",
    "UserPrincipalName",
];

/// An address without `smtp:` in front.
fn without_scheme(name: &str) -> &str {
    let mut rest = name;
    while let Some(behind) = rest.strip_prefix("smtp:") {
        rest = behind;
    }
    while let Some(behind) = rest.strip_prefix("SMTP:") {
        rest = behind;
    }
    rest
}

/// A name as the column has it.
fn in_column(name: &str) -> String {
    if !name.is_ascii() {
        return name.replace('|', " ").to_lowercase();
    }
    let mut text = name.to_ascii_lowercase();
    if text.contains('|') {
        text = text.replace('|', " ");
    }
    text
}

impl Parties {
    /// None so far, and room for as many as most records have.
    pub fn new() -> Self {
        Self { names: Vec::with_capacity(12), texts: String::with_capacity(256), ..Self::default() }
    }

    /// Adds every form of a name: the whole, and the alias or GUID at the end of a path.
    pub fn add(&mut self, role: Role, name: &str) {
        let name = without_scheme(trimmed(name));
        if name.is_empty() || name.len() > 512 {
            return;
        }
        let kinds = Kinds::of(name);
        match self.find(role, name) {
            Some(known) if known.whole => return,
            Some(known) => known.whole = true,
            None if !kinds.changed => self.append(role, name, true),
            None => self.push(role, name),
        }
        // `alias:LgAAAAC…`: a folder by its id has no path in front of which the mailbox would be cut off.
        if name.len() > ID
            && let Some((mailbox, _)) = in_mailbox(name)
        {
            self.push(role, mailbox.rsplit(['/', '\\']).next().unwrap_or(mailbox));
        }
        // `…/tenant/alias\rule`, `tenant\alias`, `alias\rule`: each part may be the account.
        if kinds.path {
            // A rule's own name may hold a slash (`alias\/`), so the backslashes are cut first.
            let mut parts = name.split('\\').peekable();
            while let Some(part) = parts.next() {
                // `alias:\folder`: the colon ends the mailbox, and is not its name's.
                let head = part.strip_suffix(':').filter(|_| parts.peek().is_some());
                let part = head.unwrap_or(part);
                let last = part.rsplit('/').next().unwrap_or(part);
                self.push(role, last);
                if let Some(alias) = alias_of_dn(last) {
                    self.push(role, alias);
                }
            }
        }
        if name.as_bytes().get(2) == Some(&b'=')
            && let Some(named) = common_name(name)
        {
            self.push(role, &named);
        }
        // `PUID@tenant`, `User_<guid>`
        if (kinds.bar || name.starts_with("100"))
            && let Some(puid) = crate::ingest::records::auditdata::puid(name)
        {
            self.push(role, &puid);
        }
        if kinds.bar
            && let Some(member) = crate::ingest::records::auditdata::member_of_claim(name)
        {
            self.push(role, member);
            if let Some((local, domain)) = guest_home(member) {
                self.push(role, &format!("{local}@{domain}"));
            }
        }
        if let Some(guid) = name.strip_prefix("User_") {
            self.push(role, guid);
        }
        // A guest's home name.
        if kinds.guest
            && let Some((local, domain)) = guest_home(name)
        {
            self.push(role, &format!("{local}@{domain}"));
        }
    }

    /// Adds a name, where there is one.
    pub fn add_some(&mut self, role: Role, name: Option<Cow<'_, str>>) {
        if let Some(name) = name {
            self.add(role, &name);
        }
    }

    fn text(&self, name: Name) -> &str {
        self.texts.get(name.start..name.end).unwrap_or_default()
    }

    fn find(&mut self, role: Role, text: &str) -> Option<&mut Name> {
        if self.names.len() > FEW {
            return self.find_among_many(role, text);
        }
        let Self { names, texts, .. } = self;
        names.iter_mut().find(|known| known.role == role && texts.get(known.start..known.end) == Some(text))
    }

    #[cold]
    fn find_among_many(&mut self, role: Role, text: &str) -> Option<&mut Name> {
        let Self { names, texts, index, hasher } = self;
        let is = |known: &Name| known.role == role && texts.get(known.start..known.end) == Some(text);
        let at = *index.find(hash_of(hasher, role, text), |at| names.get(*at).is_some_and(is))?;
        names.get_mut(at)
    }

    /// Adds a part or another form of a name.
    fn push(&mut self, role: Role, name: &str) {
        let name = trimmed(name);
        let text = if Kinds::of(name).changed { Cow::Owned(in_column(name)) } else { Cow::Borrowed(name) };
        if !text.is_empty() && self.find(role, &text).is_none() {
            self.append(role, &text, false);
        }
    }

    fn append(&mut self, role: Role, text: &str, whole: bool) {
        let start = self.texts.len();
        self.texts.push_str(text);
        self.names.push(Name { role, start, end: self.texts.len(), whole });
        if self.names.len() > FEW {
            self.extend_index();
        }
    }

    /// Takes the names that are not in it yet into the index.
    #[cold]
    fn extend_index(&mut self) {
        let Self { names, texts, index, hasher } = self;
        let hash = |at: &usize| {
            let name = names.get(*at);
            name.map_or(0, |name| hash_of(hasher, name.role, texts.get(name.start..name.end).unwrap_or_default()))
        };
        for at in index.len()..names.len() {
            index.insert_unique(hash(&at), at, hash);
        }
    }

    /// Adds what the event's own columns name.
    pub fn add_event(&mut self, event: &Draft<'_>) {
        self.add_columns(event);
        let Some(json) = event.op_params.as_deref() else { return };
        let parameters: Vec<NameValue> = serde_json::from_str(json).unwrap_or_default();
        let parameters = parameters.iter().map(|pair| (&*pair.name, pair.value.as_deref().unwrap_or_default()));
        self.add_parameters(parameters);
    }

    /// Adds what the event's own columns name, but for its parameters.
    pub fn add_columns(&mut self, event: &Draft<'_>) {
        let columns = [
            (Role::Actor, &event.user_raw),
            (Role::Actor, &event.user_upn),
            (Role::Actor, &event.user_id),
            (Role::Actor, &event.user_puid),
            (Role::Actor, &event.user_sid),
            (Role::Mailbox, &event.mailbox_upn),
            (Role::Mailbox, &event.mailbox_guid),
            (Role::Mailbox, &event.mailbox_sid),
            (Role::Sender, &event.on_behalf_of),
            (Role::Target, &event.target_upn),
            (Role::Target, &event.target_id),
            (Role::Target, &event.target_raw),
        ];
        for (role, column) in columns {
            if let Some(name) = column {
                self.add(role, name);
            }
        }
    }

    /// Adds the accounts that parameters name.
    pub fn add_parameters<'p>(&mut self, parameters: impl Iterator<Item = (&'p str, &'p str)>) {
        for (name, value) in parameters {
            if ACCOUNT_PARAMETERS.iter().any(|account| account.eq_ignore_ascii_case(name)) {
                for part in value.split(';') {
                    self.add(Role::Target, part);
                }
            }
        }
    }

    /// The column's text: `|a:alice@contoso.example|m:…|`.
    pub fn into_text(mut self) -> Text<'static> {
        if self.names.is_empty() {
            return None;
        }
        let mut names = std::mem::take(&mut self.names);
        names.sort_unstable_by(|one, other| {
            one.role.cmp(&other.role).then_with(|| self.text(*one).cmp(self.text(*other)))
        });
        let mut text = String::with_capacity(self.texts.len() + names.len() * 3 + 1);
        text.push('|');
        for name in names {
            text.push(name.role.mark());
            text.push(':');
            text.push_str(self.text(name));
            text.push('|');
        }
        Some(text.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guest_is_found_by_the_address_at_home() {
        for name in ["bob_fabrikam.example#EXT#@x.example", "bob_fabrikam.example#ext#@x.example"] {
            let mut parties = Parties::new();
            parties.add(Role::Actor, name);
            let text = parties.into_text();
            assert_eq!(
                text.as_deref(),
                Some("|a:bob@fabrikam.example|a:bob_fabrikam.example#ext#@x.example|"),
                "{name}"
            );
        }
    }

    #[test]
    fn a_folders_mailbox_is_named_without_its_colon() {
        for (name, expected) in [
            ("Dana@x.example:\\Inbox", "|t:dana@x.example|t:dana@x.example:\\inbox|t:inbox|"),
            ("EUR/x/dana:\\Inbox\\Bills", "|t:bills|t:dana|t:eur/x/dana:\\inbox\\bills|t:inbox|"),
            (
                "/o=Org/cn=Recipients/cn=0123456789abcdef0123456789abcdef-dana:\\Inbox",
                "|t:/o=org/cn=recipients/cn=0123456789abcdef0123456789abcdef-dana:\\inbox\
                 |t:cn=0123456789abcdef0123456789abcdef-dana|t:dana|t:inbox|",
            ),
            ("dana\\Bills:", "|t:bills:|t:dana|t:dana\\bills:|"),
            (
                "Dana@x.example:LgAAAACHjRgBBa1mQ7k0AAAAAAEMAAAB/tM0AAAAAAEM",
                "|t:dana@x.example|t:dana@x.example:lgaaaachjrgbba1mq7k0aaaaaaemaaab/tm0aaaaaaem|t:tm0aaaaaaem|",
            ),
        ] {
            let mut parties = Parties::new();
            parties.add(Role::Target, name);
            assert_eq!(parties.into_text().as_deref(), Some(expected), "{name}");
        }
    }

    #[test]
    fn every_name_stands_once_however_many_there_are() {
        for count in [1, FEW - 1, FEW, FEW + 1, 3 * FEW] {
            let mut parties = Parties::new();
            for role in [Role::Target, Role::Target, Role::Actor, Role::Actor, Role::Target] {
                for number in 0..count {
                    parties.add(role, &format!("User{number:03}@x.example"));
                }
            }
            let names = |mark: char| (0..count).map(move |number| format!("{mark}:user{number:03}@x.example|"));
            let expected: String = "|".chars().map(String::from).chain(names('a')).chain(names('t')).collect();
            assert_eq!(parties.into_text().as_deref(), Some(expected.as_str()), "{count}");
        }
    }
}
