//! All names of the account, learned from the evidence, each with the record that taught it.

use std::collections::{BTreeSet, HashSet};

use foldhash::fast::RandomState;
use unicode_normalization::UnicodeNormalization as _;

use crate::analyze::scope;
use crate::analyze::settings::mailbox;
use crate::examination::{Identity, IdentityKind};
use crate::knowledge::{domains, names};
use crate::timeline::identities::{IdentityTable, Taught, is_nobodys};
use crate::timeline::{Event, EvidenceSource};
use crate::untrusted::Untrusted;

#[cfg(test)]
mod tests;
pub mod two;

/// The account that is asked about.
#[derive(Debug, Clone, Default)]
pub struct Subject {
    /// As asked for, lower-cased.
    pub user: String,
    /// Every name, with where it comes from; sorted by kind, then name.
    pub identities: Vec<Identity>,
    /// Every name, lower-cased.
    pub names: BTreeSet<String>,
    /// Names that are shown for it and for no other account, lower-cased. Rules, groups and contacts are called so as
    /// well: they name the account only where a record has to name a mailbox.
    pub shown: BTreeSet<String>,
    /// What was found but not taken as a name, in words.
    pub doubts: Vec<String>,
    /// Aliases that may be the account's or another's: what names the mailbox by them alone is not on the table.
    pub unsure: BTreeSet<String>,
    /// Names of somebody else who bore one of these before or afterwards: a record that bears them is that one's.
    anothers: BTreeSet<String>,
    /// The same names again: every identity of every record is looked up here.
    sought: HashSet<String, RandomState>,
    /// The lengths that they have, a bit each: most other names are told apart by it.
    lengths: u64,
}

/// In which parts the subject takes part in a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Parts {
    /// Did it.
    pub actor: bool,
    /// Owns the mailbox.
    pub mailbox: bool,
    /// Was sent as or on behalf of.
    pub sender: bool,
    /// Was acted on.
    pub target: bool,
}

impl Parts {
    fn of_role(&mut self, role: &str) -> &mut bool {
        match role {
            "a" => &mut self.actor,
            "m" => &mut self.mailbox,
            "s" => &mut self.sender,
            _ => &mut self.target,
        }
    }

    /// Whether it takes part at all.
    pub fn any(self) -> bool {
        self.actor || self.mailbox || self.sender || self.target
    }
}

impl Subject {
    /// Resolves the account's names: those given, and those that the evidence ties to them.
    pub fn resolve(user: &str, aliases: &[String], table: &IdentityTable) -> Self {
        Self::resolve_without(user, aliases, table, BTreeSet::new())
    }

    /// The same where these names are of somebody else, who bore one of the account's before or afterwards.
    pub fn resolve_without(user: &str, aliases: &[String], table: &IdentityTable, anothers: BTreeSet<String>) -> Self {
        // A shell, or a file's name, may have taken an umlaut apart; the service writes it as one letter.
        let typed = user.trim();
        let user: &str = &typed.nfc().collect::<String>();
        let mut subject = Self { user: user.to_lowercase(), anothers, ..Self::default() };
        let typed = Some(typed).filter(|typed| *typed != user);
        for given in std::iter::once(user).chain(typed).chain(aliases.iter().map(String::as_str)) {
            subject.give(given);
        }
        subject.complete(table);
        // A name may lead to an account, and the account to further names: twice is enough for a renamed account.
        for _ in 0..2 {
            for upn in subject.accounts(table) {
                subject.learn(&upn, table);
            }
        }
        subject.take_from_rules(table);
        let known = subject.identities.iter().any(|identity| identity.kind == IdentityKind::Alias);
        subject.guess_alias(table);
        if known {
            subject.unsure.clear();
        }
        subject.identities.sort_by(|a, b| (a.kind, &a.value).cmp(&(b.kind, &b.value)));
        subject
    }

    /// Whether it is told from somebody else who bore one of its names: not every record with such a name is its own.
    pub fn is_told_apart(&self) -> bool {
        !self.anothers.is_empty()
    }

    /// Whether any record of the evidence, of whatever time, names the account.
    pub fn is_known(&self) -> bool {
        self.identities.iter().any(|identity| identity.learned_from.is_some())
    }

    fn give(&mut self, name: &str) {
        let name = name.trim().to_lowercase();
        let kind = match name.as_str() {
            "" => return,
            _ if name == self.user && name.contains('@') => IdentityKind::Upn,
            _ if name.starts_with("/o=") => IdentityKind::LegacyDn,
            _ if name.starts_with("s-1-") => IdentityKind::Sid,
            _ if name.contains('@') => IdentityKind::Smtp,
            _ if crate::knowledge::names::is_guid(&name) => IdentityKind::ObjectId,
            _ if name.len() == 16 && name.starts_with("100") => IdentityKind::Puid,
            _ => IdentityKind::Alias,
        };
        self.take(kind, &name, None);
    }

    /// Who is asked for by the part before the `@` alone is the one account of the organisation that has it there: without,
    /// only the records that name the mailbox by its alias would be the account's. Where Exchange knows whose alias it is,
    /// that is learned anyway.
    fn complete(&mut self, table: &IdentityTable) {
        let is_alias = |identity: &Identity| {
            identity.kind == IdentityKind::Alias && identity.value.as_evidence() == self.user.as_str()
        };
        let alias = self.user.clone();
        if !self.identities.iter().any(is_alias) || !table.owners(IdentityKind::Alias, &alias).is_empty() {
            return;
        }
        let accounts = table.with_local_part(&alias).iter();
        let accounts: Vec<&String> = accounts.filter(|account| self.is_rival(account, table)).collect();
        match accounts.as_slice() {
            [] => {}
            [account] => {
                self.take(IdentityKind::Upn, account, None);
                self.doubt(format!("{alias} was taken for the only account of that name before its @, {account}"));
            }
            several => {
                let names: Vec<&str> = several.iter().map(|account| account.as_str()).collect();
                let names = names.join(", ");
                self.doubt(format!("{alias} may be any of these accounts, of which none was taken: {names}"));
            }
        }
    }

    fn take(&mut self, kind: IdentityKind, name: &str, learned_from: Option<crate::origin::RecordRef>) {
        if !self.anothers.contains(name) && self.names.insert(name.to_owned()) {
            self.sought.insert(name.to_owned());
            self.lengths |= length_of(name.as_bytes());
            self.identities.push(Identity { kind, value: Untrusted::new(name), learned_from });
        }
    }

    /// The accounts (UPNs) that the names known so far belong to.
    fn accounts(&self, table: &IdentityTable) -> BTreeSet<String> {
        let mut accounts = BTreeSet::new();
        for identity in &self.identities {
            let name = identity.value.as_evidence();
            if table.accounts.contains_key(name) {
                accounts.insert(name.to_owned());
            }
            for (kind, _) in IdentityKind::WORDS {
                let owners = table.owners(kind, name);
                // An object id or mailbox GUID is one account, whatever its UPN was at the time; any other name
                // that two accounts claim proves nothing.
                let sure = matches!(kind, IdentityKind::ObjectId | IdentityKind::MailboxGuid) || are_one(kind, &owners);
                let own = owners.into_iter().filter(|owner| !two::are_two(table, name, owner));
                accounts.extend(own.filter(|_| sure).map(str::to_owned));
            }
        }
        accounts
    }

    fn learn(&mut self, upn: &str, table: &IdentityTable) {
        let Some(kinds) = table.accounts.get(upn).filter(|_| !self.anothers.contains(upn)) else { return };
        self.doubt_holder(upn, table);
        for (word, names) in kinds {
            let Some(kind) = IdentityKind::parse(word) else { continue };
            for (name, taught) in names.iter().filter(|(name, _)| !is_nobodys(name)) {
                match kind {
                    IdentityKind::Name => {
                        self.show(name, table);
                        continue;
                    }
                    // Looked at when all other names are known.
                    IdentityKind::RuleMaker | IdentityKind::Home => continue,
                    _ => {}
                }
                if name != upn && two::are_two(table, upn, name) {
                    self.doubt(format!("{} {name} of {upn} is another account with an id of its own", kind.as_str()));
                    continue;
                }
                let owners = table.owners(kind, name);
                let shared = owners.iter().any(|owner| !self.names.contains(*owner) && *owner != upn);
                let shared = shared && !are_one(kind, &owners);
                if shared && !matches!(kind, IdentityKind::ObjectId | IdentityKind::MailboxGuid | IdentityKind::Upn) {
                    self.doubt(format!("{} {name} is also used for {}", kind.as_str(), owners.join(", ")));
                    continue;
                }
                self.take(kind, name, Some(taught.record.clone()));
            }
        }
    }

    /// Says that two people bore the name.
    fn doubt_holder(&mut self, upn: &str, table: &IdentityTable) {
        let Some(other) = two::other_holder(table, upn) else { return };
        let apart = self.anothers.iter().find(|name| names::is_guid(name));
        self.doubt(match apart {
            Some(id) => format!(
                "two object ids bore the name {upn}, one of them also {other}: records of {id} are the other one's; what names no id may be of either"
            ),
            None => format!(
                "two object ids bore the name {upn}, one of them also {other}: acts of two people may be told as one's"
            ),
        });
    }

    fn doubt(&mut self, doubt: String) {
        if !self.doubts.contains(&doubt) {
            self.doubts.push(doubt);
        }
    }

    /// Takes a shown name where nobody else has it. One word is a first name or a function, and may be anything.
    fn show(&mut self, name: &str, table: &IdentityTable) {
        let lower = name.trim().to_lowercase();
        let whole = lower.contains(' ') && !lower.contains(['@', '/', '\\', '|']);
        let others = table.owners(IdentityKind::Name, &lower);
        if whole && others.iter().all(|owner| self.names.contains(*owner)) {
            self.lengths |= length_of(lower.as_bytes());
            self.shown.insert(lower);
        }
    }

    /// Every name by which a record may call it, those that are shown for it too.
    pub fn looked_up(&self) -> BTreeSet<String> {
        self.names.union(&self.shown).cloned().collect()
    }

    /// The part before the `@` is the Exchange alias as a rule; taken where no other account may have the same.
    fn guess_alias(&mut self, table: &IdentityTable) {
        let upns: Vec<String> = self.names.iter().filter(|name| name.contains('@')).cloned().collect();
        for upn in upns {
            let Some((local, _)) = upn.split_once('@').filter(|(local, _)| local.len() > 1) else { continue };
            if !self.is(local) && self.may_be_anothers(local, table) {
                self.doubt_alias(local);
                continue;
            }
            let taught = table
                .accounts
                .get(&upn)
                .and_then(|kinds| kinds.get("upn")?.get(&upn).map(|taught| taught.record.clone()));
            self.take(IdentityKind::Alias, local, taught);
        }
    }

    /// Takes what Exchange called the mailboxes in which the account made rules without naming one.
    fn take_from_rules(&mut self, table: &IdentityTable) {
        let upns: Vec<String> = self.names.iter().filter(|name| table.accounts.contains_key(*name)).cloned().collect();
        for upn in upns {
            let made = table.accounts.get(&upn).and_then(|kinds| kinds.get(IdentityKind::RuleMaker.as_str()));
            for (name, taught) in made.into_iter().flatten() {
                self.take_from_rule(&upn, name, taught, table);
            }
        }
    }

    /// Its alias, or the object id of newer records; where another account may be called so, the rule may have been made in
    /// that one's mailbox.
    fn take_from_rule(&mut self, upn: &str, name: &str, taught: &Taught, table: &IdentityTable) {
        let kind = if names::is_guid(name) { IdentityKind::ObjectId } else { IdentityKind::Alias };
        let own = upn.split_once('@').is_some_and(|(local, _)| local == name);
        let others = [kind, IdentityKind::MailboxGuid].iter().any(|kind| self.is_of_others(*kind, name, table));
        let makers = table.owners(IdentityKind::RuleMaker, name);
        let makers = makers.iter().any(|maker| !self.names.contains(*maker) && *maker != upn);
        if others || !own && (makers || self.has_rival(name, table)) {
            self.doubt_alias(name);
        } else {
            self.take(kind, name, Some(taught.record.clone()));
        }
    }

    fn doubt_alias(&mut self, alias: &str) {
        if self.unsure.insert(alias.to_owned()) {
            self.doubts.push(format!("the alias {alias} may also mean another account; it was not used"));
        }
    }

    /// Whether an alias may mean an account other than this one.
    fn may_be_anothers(&self, alias: &str, table: &IdentityTable) -> bool {
        self.is_of_others(IdentityKind::Alias, alias, table) || self.has_rival(alias, table)
    }

    fn is_of_others(&self, kind: IdentityKind, name: &str, table: &IdentityTable) -> bool {
        table.owners(kind, name).iter().any(|owner| !self.names.contains(*owner))
    }

    /// Whether another account of the organisation has this before its `@`.
    fn has_rival(&self, local: &str, table: &IdentityTable) -> bool {
        let others = table.with_local_part(local).iter().filter(|other| !self.names.contains(*other));
        others.into_iter().any(|other| self.is_rival(other, table))
    }

    /// Whether a name is that of another account of the organisation, which may have a mailbox there: it has a mailbox, or
    /// an id and a domain in which others have one, or an id and a record that says it is at home here. A name that somebody
    /// only mistyped has no id, unless the evidence gives nobody any, and a guest's domain is another organisation's.
    fn is_rival(&self, other: &str, table: &IdentityTable) -> bool {
        const IDS: [IdentityKind; 3] = [IdentityKind::ObjectId, IdentityKind::Puid, IdentityKind::Sid];
        let known = |upn: &str| IDS.iter().any(|kind| table.has(upn, *kind));
        let here = |domain: String| match table.mailbox_domains() {
            mailboxes if mailboxes.is_empty() => !domains::is_freemail(&domain),
            mailboxes => mailboxes.iter().any(|own| domains::is_of(&domain, own)) || domains::is_initial(&domain),
        };
        table.has(other, IdentityKind::MailboxGuid)
            || !other.contains("#ext#")
                && match known(other) {
                    true => table.home(other).0 || domains::domain_of(other).is_some_and(here),
                    false => !self.names.iter().any(|name| known(name)) && domains::domain_of(other).is_some_and(here),
                }
    }

    /// Whether a mailbox's name, lower-cased and without its path, is one of another account and not of this one.
    pub fn is_anothers(&self, name: &str, table: &IdentityTable) -> bool {
        use IdentityKind::{Alias, MailboxGuid, Name, ObjectId, Upn};
        let told =
            || [Alias, ObjectId, MailboxGuid, Upn, Name].iter().any(|kind| self.is_of_others(*kind, name, table));
        // What stands before the own `@` may be the own alias as well.
        let own = || self.names.iter().any(|own| own.split_once('@').is_some_and(|(local, _)| local == name));
        !self.is_called(name) && !own() && (told() || self.has_rival(name, table))
    }

    /// Whether nothing ties another name to the one given: the alias is only guessed from it.
    pub fn is_alone(&self) -> bool {
        let local = self.user.split_once('@').map_or("", |(local, _)| local);
        self.names.iter().all(|name| *name == self.user || name == local)
    }

    /// Whether `name` (any case) is a name of the account.
    pub fn is(&self, name: &str) -> bool {
        !name.is_empty() && self.names.contains(name)
    }

    /// Whether `name` (lower-cased), which stands for a mailbox or a person, is a name of the account or is shown for it.
    pub fn is_called(&self, name: &str) -> bool {
        self.is(name) || self.shown.contains(name)
    }

    /// In which parts the account takes part in an event: by its names, and where a cmdlet names a mailbox or its caller
    /// or a snapshot its owner, by the name that is shown for it.
    pub fn parts_of(&self, event: &Event) -> Parts {
        let mut parts = self.parts(event.parties.as_deref().unwrap_or_default());
        if !self.shown.is_empty() {
            parts.target = parts.target || self.is_shown_as_mailbox(event);
            parts.actor = parts.actor || self.is_shown_as_caller(event);
            parts.mailbox = parts.mailbox || self.is_shown_as_owner(event);
        }
        parts
    }

    /// Whether a snapshot calls the mailbox's owner by the name that is shown for the account.
    fn is_shown_as_owner(&self, event: &Event) -> bool {
        let mut parties = event.parties.as_deref().filter(|_| event.is_state()).unwrap_or_default().split('|');
        parties.any(|party| party.strip_prefix("m:").is_some_and(|owner| self.shown.contains(owner)))
    }

    /// Whether a cmdlet's caller is told as `domain/unit/Name`, as the exports of the admin audit log do, with the name
    /// that is shown for the account.
    fn is_shown_as_caller(&self, event: &Event) -> bool {
        let caller = event.user_raw.as_deref().filter(|_| event.evidence_source == EvidenceSource::AdminAudit);
        let path = caller.filter(|caller| !caller.contains('\\')).and_then(|caller| caller.rsplit_once('/'));
        path.is_some_and(|(_, name)| self.shown.contains(&name.trim().to_lowercase()))
    }

    fn is_shown_as_mailbox(&self, event: &Event) -> bool {
        mailbox::named_by(event).iter().any(|name| self.shown.contains(&mailbox::last(name).to_lowercase()))
    }

    /// Whether one of the doubtful aliases is all that may tie a record with these parties to the account. What the service
    /// did says nothing, and an alias that stands before the actor's `@` is the actor's own.
    pub fn is_left_out(&self, parties: &str) -> bool {
        let entries = || parties.split('|').filter_map(|entry| entry.split_once(':'));
        let is_actors = |alias: &str| {
            let mut actors = entries().filter(|(role, _)| *role == "a").filter_map(|(_, name)| name.split_once('@'));
            actors.any(|(local, _)| local == alias)
        };
        let mut named = entries().filter(|(role, name)| *role != "a" && self.unsure.contains(*name));
        named.any(|(_, alias)| !is_actors(alias)) && !self.takes_part(parties) && !scope::is_by_service(parties)
    }

    /// In which parts the account takes part, from the `parties` column.
    pub fn parts(&self, parties: &str) -> Parts {
        let mut parts = Parts::default();
        for entry in parties.split('|') {
            let Some((role, name)) = entry.split_once(':') else { continue };
            if self.sought.contains(name) {
                *parts.of_role(role) = true;
            }
        }
        if !self.anothers.is_empty() {
            self.leave_anothers(parties, &mut parts);
        }
        parts
    }

    /// Takes back the parts in which the record names somebody else who bore the account's name, and not its own id.
    fn leave_anothers(&self, parties: &str, parts: &mut Parts) {
        let entries = || parties.split('|').filter_map(|entry| entry.split_once(':'));
        let is_own = |role: &str| {
            let mut ids = entries().filter(|(other, name)| *other == role && names::is_guid(name));
            ids.any(|(_, id)| self.sought.contains(id))
        };
        for (role, _) in entries().filter(|(role, name)| self.anothers.contains(*name) && !is_own(role)) {
            *parts.of_role(role) = false;
        }
    }

    /// Whether any name of the account, or one that is shown for it, is in the `parties` column; the filter of a question's
    /// scope.
    pub fn takes_part(&self, parties: &str) -> bool {
        let names = parties.as_bytes().split(|byte| *byte == b'|').filter_map(|entry| {
            let colon = entry.iter().position(|byte| *byte == b':')?;
            entry.get(colon + 1..)
        });
        let alike = names.filter(|name| self.lengths & length_of(name) != 0);
        let mut texts = alike.filter_map(|name| std::str::from_utf8(name).ok());
        if self.anothers.is_empty() {
            return texts.any(|name| self.sought.contains(name) || self.shown.contains(name));
        }
        texts.any(|name| self.shown.contains(name)) || self.parts(parties).any()
    }
}

/// Whether accounts that have one name of this kind are one: there is but one, or a PUID moved with the account to another
/// domain.
fn are_one(kind: IdentityKind, owners: &[&str]) -> bool {
    let mut locals = owners.iter().map(|owner| owner.split('@').next());
    let first = locals.next();
    owners.len() == 1 || kind == IdentityKind::Puid && first.is_some_and(|first| locals.all(|local| local == first))
}

/// A name's length, as a bit.
fn length_of(name: &[u8]) -> u64 {
    1 << name.len().min(63)
}
