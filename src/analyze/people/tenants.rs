//! Two tenants in one case: whose the account is, and which records another tenant's are. Those answer no question about
//! the account: neither what the evidence can show, nor whose a domain is, nor what is usual. What the account itself
//! takes part in stays, wherever it was recorded: people work in other tenants as guests and partners.

use std::collections::{BTreeMap, BTreeSet};

use crate::analyze::Material;
use crate::examination::IdentityKind;
use crate::knowledge::domains;
use crate::ledger::{Ledger, SourceEntry};
use crate::timeline::identities::IdentityTable;
use crate::timeline::{Event, EvidenceSource};

/// What of the evidence is another tenant's.
#[derive(Debug, Default)]
pub struct Apart {
    /// The account's tenant; `None` where there is but one, or no record of the account names any.
    own: Option<String>,
    /// Files in which only other tenants are named.
    files: BTreeSet<String>,
    /// Whether the files name several tenants, and none is known for the account's.
    unclear: bool,
}

impl Apart {
    /// Tells the tenants apart by the account's own records.
    pub fn of(material: &Material<'_>) -> Self {
        let logs = material.ledger.sources.iter().filter(|source| source.evidence_source.as_deref() == Some("ual"));
        let named: BTreeSet<&String> = logs.filter_map(|source| material.tenants.get(&source.path)).flatten().collect();
        let Some(first) = named.first() else { return Self::default() };
        let parts = |event: &Event| material.subject.parts(event.parties.as_deref().unwrap_or_default());
        // Nearly every case holds one tenant's records: the first of the account's own says so.
        let is_first = |event: &Event| event.tenant_id.as_deref() == Some(first.as_str()) && parts(event).any();
        if named.len() == 1 && material.events.iter().any(|event| is_first(event)) {
            return Self::default();
        }
        let Some(own) = own_tenant(material.events.iter().map(|event| (*event, parts(event)))) else {
            return Self { unclear: named.len() > 1, ..Self::default() };
        };
        // A sign-in names the tenant that somebody signed in to, which says nothing of whose log it is. That the account
        // was a guest there does not make another tenant's audit log the account's own.
        let sources = material.ledger.sources.iter();
        let logs = sources.filter(|source| source.evidence_source.as_deref() != Some("entra_signin"));
        let elsewhere = |tenants: &BTreeSet<String>| !tenants.is_empty() && !tenants.contains(&own);
        let foreign = logs.filter(|source| material.tenants.get(&source.path).is_some_and(elsewhere));
        let files = foreign.map(|source| source.path.clone()).collect();
        Self { own: Some(own), files, unclear: false }
    }

    /// The files in which only other tenants are named.
    pub fn files(&self) -> &BTreeSet<String> {
        &self.files
    }

    /// Whether the event is about another tenant as a whole: nobody's on this table.
    pub fn is_elsewhere(&self, event: &Event) -> bool {
        let Some(own) = &self.own else { return false };
        event.tenant_id.as_deref().is_some_and(|tenant| tenant != own)
    }

    /// Whether the event is of a file of another tenant.
    pub fn is_foreign(&self, event: &Event) -> bool {
        self.files.contains(&*event.origin.file)
    }

    /// The files of the books that are not another tenant's.
    pub fn files_of<'l>(&self, ledger: &'l Ledger) -> Vec<&'l SourceEntry> {
        ledger.sources.iter().filter(|source| !self.files.contains(&source.path)).collect()
    }

    /// The domains of the tenant's members: those whom only another tenant's files show to be members are not.
    pub fn member_domains(&self, table: &IdentityTable) -> BTreeSet<String> {
        if self.files.is_empty() {
            return table.member_domains().clone();
        }
        let here = |upn: &String| {
            let kinds = table.accounts.get(upn);
            let ids = [IdentityKind::MailboxGuid, IdentityKind::Puid].map(IdentityKind::as_str);
            let mut taught = ids.iter().filter_map(|kind| kinds?.get(*kind)).flat_map(BTreeMap::values);
            taught.any(|taught| !self.files.contains(&taught.record.evidence))
        };
        let members = table.accounts.keys().filter(|upn| here(upn)).filter_map(|upn| domains::domain_of(upn));
        members.filter(|domain| table.member_domains().contains(domain)).collect()
    }

    /// What a reader has to know, in words.
    pub fn caution(&self) -> Option<String> {
        if self.unclear {
            return Some(
                "the evidence holds records of several tenants, and no record of the account says which is its own: what \
                 the evidence can show may be another tenant's"
                    .to_owned(),
            );
        }
        (!self.files.is_empty()).then(|| {
            format!(
                "the evidence holds another tenant's records: files left out of coverage, the tenant's domains and what \
                 is usual: {}",
                self.files.len()
            )
        })
    }
}

/// The tenant that most of the account's records name: those of its mailbox and its own acts; where no audit record
/// does, those of its sign-ins.
fn own_tenant<'e>(
    events: impl Iterator<Item = (&'e Event, crate::analyze::people::identity::Parts)>,
) -> Option<String> {
    let (mut logs, mut sign_ins) = (BTreeMap::<&str, usize>::new(), BTreeMap::<&str, usize>::new());
    for (event, parts) in events.filter(|(_, parts)| parts.actor || parts.mailbox) {
        let Some(tenant) = event.tenant_id.as_deref() else { continue };
        match event.evidence_source {
            EvidenceSource::EntraSignin => *sign_ins.entry(tenant).or_default() += 1,
            // A mailbox is in one tenant; its owner may work in many.
            _ => *logs.entry(tenant).or_default() += if parts.mailbox { MAILBOX } else { 1 },
        }
    }
    let most = |counts: BTreeMap<&str, usize>| {
        counts
            .into_iter()
            .max_by_key(|(tenant, count)| (*count, std::cmp::Reverse(*tenant)))
            .map(|(tenant, _)| tenant.to_owned())
    };
    most(logs).or_else(|| most(sign_ins))
}

/// What a record of the account's mailbox counts against one of its acts elsewhere.
const MAILBOX: usize = 1000;
