//! All names of the account, learned from the evidence, each with the record that taught it.

use std::collections::{BTreeSet, HashSet};

use foldhash::fast::RandomState;

use crate::analyze::mailbox;
use crate::examination::{Identity, IdentityKind};
use crate::timeline::identities::IdentityTable;
use crate::timeline::{Event, EvidenceSource};
use crate::untrusted::Untrusted;

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
    /// Whether it takes part at all.
    pub fn any(self) -> bool {
        self.actor || self.mailbox || self.sender || self.target
    }
}

impl Subject {
    /// Resolves the account's names: those given, and those that the evidence ties to them.
    pub fn resolve(user: &str, aliases: &[String], table: &IdentityTable) -> Self {
        let mut subject = Self { user: user.trim().to_lowercase(), ..Self::default() };
        for given in std::iter::once(user).chain(aliases.iter().map(String::as_str)) {
            subject.give(given);
        }
        // A name may lead to an account, and the account to further names: twice is enough for a renamed account.
        for _ in 0..2 {
            for upn in subject.accounts(table) {
                subject.learn(&upn, table);
            }
        }
        subject.guess_alias(table);
        subject.identities.sort_by(|a, b| (a.kind, &a.value).cmp(&(b.kind, &b.value)));
        subject
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

    fn take(&mut self, kind: IdentityKind, name: &str, learned_from: Option<crate::origin::RecordRef>) {
        if self.names.insert(name.to_owned()) {
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
                let sure = matches!(kind, IdentityKind::ObjectId | IdentityKind::MailboxGuid) || owners.len() == 1;
                accounts.extend(owners.into_iter().filter(|_| sure).map(str::to_owned));
            }
        }
        accounts
    }

    fn learn(&mut self, upn: &str, table: &IdentityTable) {
        let Some(kinds) = table.accounts.get(upn) else { return };
        for (word, names) in kinds {
            let Some(kind) = IdentityKind::parse(word) else { continue };
            for (name, taught) in names {
                if kind == IdentityKind::Name {
                    self.show(name, table);
                    continue;
                }
                let owners = table.owners(kind, name);
                let shared = owners.iter().any(|owner| !self.names.contains(*owner) && *owner != upn);
                if shared && !matches!(kind, IdentityKind::ObjectId | IdentityKind::MailboxGuid | IdentityKind::Upn) {
                    let doubt = format!("{} {name} is also used for {}", kind.as_str(), owners.join(", "));
                    if !self.doubts.contains(&doubt) {
                        self.doubts.push(doubt);
                    }
                    continue;
                }
                self.take(kind, name, Some(taught.record.clone()));
            }
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

    /// The part before the `@` is the Exchange alias as a rule; taken where no other account has the same.
    fn guess_alias(&mut self, table: &IdentityTable) {
        let upns: Vec<String> = self.names.iter().filter(|name| name.contains('@')).cloned().collect();
        for upn in upns {
            let Some((local, _)) = upn.split_once('@').filter(|(local, _)| local.len() > 1) else { continue };
            let same = |other: &String| !self.names.contains(other);
            let claimed = table.owners(IdentityKind::Alias, local).iter().any(|owner| !self.names.contains(*owner));
            if claimed || table.with_local_part(local).iter().any(same) {
                self.doubts.push(format!("the alias {local} may also mean another account; it was not used"));
                continue;
            }
            let taught = table
                .accounts
                .get(&upn)
                .and_then(|kinds| kinds.get("upn")?.get(&upn).map(|taught| taught.record.clone()));
            self.take(IdentityKind::Alias, local, taught);
        }
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

    /// In which parts the account takes part in an event: by its names, and where a cmdlet names a mailbox or its caller,
    /// by the name that is shown for it.
    pub fn parts_of(&self, event: &Event) -> Parts {
        let mut parts = self.parts(event.parties.as_deref().unwrap_or_default());
        if !self.shown.is_empty() {
            parts.target = parts.target || self.is_shown_as_mailbox(event);
            parts.actor = parts.actor || self.is_shown_as_caller(event);
        }
        parts
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

    /// In which parts the account takes part, from the `parties` column.
    pub fn parts(&self, parties: &str) -> Parts {
        let mut parts = Parts::default();
        for entry in parties.split('|') {
            let Some((role, name)) = entry.split_once(':') else { continue };
            if self.sought.contains(name) {
                match role {
                    "a" => parts.actor = true,
                    "m" => parts.mailbox = true,
                    "s" => parts.sender = true,
                    _ => parts.target = true,
                }
            }
        }
        parts
    }

    /// Whether any name of the account, or one that is shown for it, is in the `parties` column; the filter of a question's
    /// scope.
    pub fn takes_part(&self, parties: &str) -> bool {
        let names = parties.as_bytes().split(|byte| *byte == b'|').filter_map(|entry| {
            let colon = entry.iter().position(|byte| *byte == b':')?;
            entry.get(colon + 1..)
        });
        let alike = names.filter(|name| self.lengths & length_of(name) != 0);
        alike
            .filter_map(|name| std::str::from_utf8(name).ok())
            .any(|name| self.sought.contains(name) || self.shown.contains(name))
    }
}

/// A name's length, as a bit.
fn length_of(name: &[u8]) -> u64 {
    1 << name.len().min(63)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::Event;

    fn record(upn: &str, object_id: &str, puid: &str) -> Event {
        let text = |text: &str| (!text.is_empty()).then(|| text.into());
        Event { user_upn: text(upn), user_id: text(object_id), user_puid: text(puid), ..Event::default() }
    }

    fn table(records: &[Event]) -> IdentityTable {
        let mut table = IdentityTable::default();
        records.iter().for_each(|event| table.learn(event));
        table
    }

    #[test]
    fn a_renamed_account_is_one_account() {
        let id = "6147b5ff-9baa-4fe5-b9d1-40fecd106772";
        let table = table(&[record("old@contoso.example", id, ""), record("new@contoso.example", id, "")]);
        let subject = Subject::resolve("NEW@contoso.example", &[], &table);
        assert!(subject.is("old@contoso.example") && subject.is(id));
    }

    #[test]
    fn a_puid_that_two_accounts_claim_names_neither() {
        let puid = "1003200280ff7557";
        let table = table(&[record("a@contoso.example", "", puid), record("b@contoso.example", "", puid)]);
        let subject = Subject::resolve("a@contoso.example", &[], &table);
        assert!(!subject.is(puid) && !subject.is("b@contoso.example"));
        assert!(subject.doubts.iter().any(|doubt| doubt.contains(puid)));
    }

    #[test]
    fn the_part_before_the_at_is_an_alias_unless_somebody_else_has_it_too() {
        let sure = table(&[record("a.mori@contoso.example", "", "")]);
        assert!(Subject::resolve("a.mori@contoso.example", &[], &sure).is("a.mori"));
        let doubtful = table(&[record("a.mori@contoso.example", "", ""), record("a.mori@fabrikam.example", "", "")]);
        assert!(!Subject::resolve("a.mori@contoso.example", &[], &doubtful).is("a.mori"));
    }

    #[test]
    fn an_account_is_found_by_its_object_id() {
        let id = "6147b5ff-9baa-4fe5-b9d1-40fecd106772";
        let table = table(&[record("a@contoso.example", id, "")]);
        assert!(Subject::resolve(&id.to_uppercase(), &[], &table).is("a@contoso.example"));
    }

    #[test]
    fn a_caller_told_by_path_and_shown_name_is_the_person() {
        let named = |upn: &str, name: &str| Event { user_full_name: Some(name.into()), ..record(upn, "", "") };
        let call = |caller: &str, source: EvidenceSource| Event {
            evidence_source: source,
            action: Some("Set-Mailbox".into()),
            user_raw: Some(caller.into()),
            parties: Some(format!("|a:{}|", caller.to_lowercase()).into()),
            ..Event::default()
        };
        let own = table(&[named("a.mori@contoso.example", "Alice Mori"), named("b@contoso.example", "Bob Tan")]);
        let subject = Subject::resolve("a.mori@contoso.example", &[], &own);
        let is = |caller: &str| subject.parts_of(&call(caller, EvidenceSource::AdminAudit)).actor;
        assert!(is("contoso.onmicrosoft.example/Users/Alice Mori"));
        for other in
            ["contoso.onmicrosoft.example/Users/Bob Tan", "Alice Mori", r"NT AUTHORITY\SYSTEM (w3wp/Alice Mori)"]
        {
            assert!(!is(other), "{other}");
        }
        assert!(!subject.parts_of(&call("x.example/Alice Mori", EvidenceSource::Ual)).actor);
        // Where two accounts are shown under one name, it is nobody's.
        let shared =
            table(&[named("a.mori@contoso.example", "Alice Mori"), named("adm.mori@contoso.example", "Alice Mori")]);
        let subject = Subject::resolve("a.mori@contoso.example", &[], &shared);
        let event = call("contoso.onmicrosoft.example/Users/Alice Mori", EvidenceSource::AdminAudit);
        assert!(!subject.parts_of(&event).actor);
    }

    #[test]
    fn parts_are_read_from_the_column() {
        let subject =
            Subject::resolve("a@contoso.example", &["0adcb148-3b87-4b15-ad7b-fc5816d72bbe".to_owned()], &table(&[]));
        let parts = subject.parts("|a:b@contoso.example|m:0adcb148-3b87-4b15-ad7b-fc5816d72bbe|t:a@contoso.example|");
        assert_eq!(parts, Parts { actor: false, mailbox: true, sender: false, target: true });
    }
}
