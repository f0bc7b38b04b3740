//! Which names belong to which account, learned from every record while it is read, each with the record that taught it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::details;
use super::event::{Event, EvidenceSource};
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

impl IdentityTable {
    /// Learns what one record says about who is who.
    pub fn learn(&mut self, event: &Event) {
        self.index = Index::default();
        // The addresses of a mail are what its envelope claims, mostly of strangers: they make nobody an account.
        if event.evidence_source == EvidenceSource::MessageTrace {
            return;
        }
        if let Some(upn) = event.user_upn.as_deref() {
            self.teach(upn, IdentityKind::Upn, upn, event);
            let own = [(IdentityKind::ObjectId, &event.user_id), (IdentityKind::Puid, &event.user_puid)];
            for (kind, value) in own {
                self.teach(upn, kind, value.as_deref().unwrap_or_default(), event);
            }
            // LogonUserSid is the actor's; it is the owner's as well where the owner acts.
            if event.logon_type == Some(0) {
                self.teach(upn, IdentityKind::Sid, event.user_sid.as_deref().unwrap_or_default(), event);
            }
        }
        if let Some(upn) = event.mailbox_upn.as_deref().filter(|upn| upn.contains('@')) {
            let own = [(IdentityKind::MailboxGuid, &event.mailbox_guid), (IdentityKind::Sid, &event.mailbox_sid)];
            for (kind, value) in own {
                self.teach(upn, kind, value.as_deref().unwrap_or_default(), event);
            }
            self.teach(upn, IdentityKind::Upn, upn, event);
        }
        if let Some(upn) = event.target_upn.as_deref() {
            self.teach(upn, IdentityKind::Upn, upn, event);
            self.teach(upn, IdentityKind::ObjectId, event.target_id.as_deref().unwrap_or_default(), event);
            if event.is_state() && event.is(&["User"]) {
                let mail = details::param(event, "Mail").unwrap_or_default().to_lowercase();
                self.teach(upn, IdentityKind::Smtp, &mail, event);
            }
        }
        if event.record_type == Some(1) {
            self.learn_alias(event);
        }
    }

    /// An Exchange record names its object `…/tenant/alias` (rules: `…/alias\rule`); whose alias that is follows
    /// where the record also names the mailbox by address, or where the actor works on the own mailbox.
    fn learn_alias(&mut self, event: &Event) {
        let Some(target) = event.target_raw.as_deref().filter(|target| target.contains('/')) else { return };
        let last = target.rsplit('/').next().unwrap_or(target);
        let alias = last.split('\\').next().unwrap_or(last);
        let identity = details::params(event)
            .into_iter()
            .find(|pair| pair.name.eq_ignore_ascii_case("Mailbox") || pair.name.eq_ignore_ascii_case("Identity"));
        let named = identity.and_then(|pair| pair.value).map(|value| value.trim().to_lowercase());
        let own_rule = event.action().to_ascii_lowercase().ends_with("-inboxrule") && last.contains('\\');
        let account = match (&named, event.user_upn.as_deref()) {
            (Some(named), _) if named.contains('@') && !named.contains(['/', '\\', ' ']) => named.clone(),
            // New-InboxRule without a mailbox is a rule in the own one.
            (None, Some(actor)) if own_rule => actor.to_owned(),
            _ => return,
        };
        let kind = if crate::knowledge::names::is_guid(alias) { IdentityKind::ObjectId } else { IdentityKind::Alias };
        self.teach(&account, kind, &alias.to_lowercase(), event);
    }

    fn teach(&mut self, upn: &str, kind: IdentityKind, value: &str, event: &Event) {
        if value.is_empty() || !upn.contains('@') {
            return;
        }
        if !self.accounts.contains_key(upn) {
            self.accounts.insert(upn.to_owned(), BTreeMap::new());
        }
        let Some(kinds) = self.accounts.get_mut(upn) else { return };
        if !kinds.contains_key(kind.as_str()) {
            kinds.insert(kind.as_str().to_owned(), BTreeMap::new());
        }
        let Some(names) = kinds.get_mut(kind.as_str()) else { return };
        match names.get_mut(value) {
            Some(taught) => taught.count += 1,
            None => {
                names.insert(value.to_owned(), Taught { record: event.record_ref(), count: 1 });
            }
        }
    }

    /// The accounts that have `value` as a name of this kind.
    pub fn owners(&self, kind: IdentityKind, value: &str) -> Vec<&str> {
        let owners = self.by_name().owners.get(kind.as_str()).and_then(|names| names.get(value));
        owners.map_or_else(Vec::new, |owners| owners.iter().map(String::as_str).collect())
    }

    /// The accounts whose UPN begins with `local@`.
    pub fn with_local_part(&self, local: &str) -> &[String] {
        self.by_name().locals.get(local).map_or(&[], Vec::as_slice)
    }

    /// Domains of accounts with a mailbox or a directory object of this tenant; guests' own domains are not among them.
    pub fn member_domains(&self) -> &BTreeSet<String> {
        &self.by_name().members
    }

    fn by_name(&self) -> &ByName {
        self.index.0.get_or_init(|| {
            let mut by_name = ByName::default();
            for (upn, kinds) in &self.accounts {
                for (kind, names) in kinds {
                    let owners = by_name.owners.entry(kind.clone()).or_default();
                    for name in names.keys() {
                        owners.entry(name.clone()).or_default().push(upn.clone());
                    }
                }
                if let Some((local, _)) = upn.split_once('@') {
                    by_name.locals.entry(local.to_owned()).or_default().push(upn.clone());
                }
                let member = kinds.contains_key("mailbox_guid") || kinds.contains_key("puid");
                by_name.members.extend(domains::domain_of(upn).filter(|_| member && !upn.contains("#ext#")));
            }
            by_name
        })
    }
}
