//! Where one name leads to two accounts, because both bear an object id of their own.

use std::collections::BTreeSet;

use crate::analyze::people::identity::Subject;
use crate::examination::IdentityKind;
use crate::timeline::identities::{IdentityTable, is_nobodys};

/// Whether both accounts bear object ids, and none in common: whatever name leads from one to the other, they are two. The
/// directory's mail attribute of an administrator's account is the person's other address as a rule.
pub fn are_two(table: &IdentityTable, one: &str, other: &str) -> bool {
    let (one, other) = (ids(table, one), ids(table, other));
    !one.is_empty() && !other.is_empty() && one.is_disjoint(&other)
}

/// The account that bore this name before or after somebody else did: one of two object ids of the name is its own. Names
/// that were freed are given to new people.
pub fn other_holder<'t>(table: &'t IdentityTable, upn: &str) -> Option<&'t str> {
    let ids = ids(table, upn);
    let others = ids.iter().map(|id| table.owners(IdentityKind::ObjectId, id).into_iter().find(|owner| *owner != upn));
    let others: Vec<Option<&str>> = others.collect();
    // An id that nobody else bears is the other person's.
    others.contains(&None).then(|| others.iter().flatten().next().copied()).flatten()
}

/// A name of the account that two people bore, with the object ids of both.
pub fn held_twice<'t>(subject: &Subject, table: &'t IdentityTable) -> Option<(String, BTreeSet<&'t str>)> {
    let upn = subject.names.iter().find(|name| other_holder(table, name).is_some())?;
    Some((upn.clone(), ids(table, upn)))
}

/// The one object id of a name; `None` where it has none or several.
pub fn only_id<'t>(table: &'t IdentityTable, upn: &str) -> Option<&'t str> {
    let ids = ids(table, upn);
    ids.first().copied().filter(|_| ids.len() == 1)
}

/// All names of whoever bore this one and is not the account of that id.
pub fn names_of_other(table: &IdentityTable, upn: &str, own: &str) -> BTreeSet<String> {
    const SURE: [IdentityKind; 3] = [IdentityKind::Puid, IdentityKind::Sid, IdentityKind::MailboxGuid];
    let others: Vec<&str> = ids(table, upn).into_iter().filter(|id| *id != own).collect();
    let bear = others.iter().flat_map(|id| table.owners(IdentityKind::ObjectId, id));
    let upns: BTreeSet<&str> = bear.filter(|other| *other != upn && !ids(table, other).contains(own)).collect();
    let kinds = |upn: &&str| table.accounts.get(*upn).into_iter().flat_map(|kinds| kinds.iter());
    let sure = upns.iter().flat_map(kinds).filter(|(kind, _)| SURE.iter().any(|sure| sure.as_str() == kind.as_str()));
    let named = sure.flat_map(|(_, names)| names.keys()).filter(|name| !is_nobodys(name)).map(String::as_str);
    named.chain(others).chain(upns.iter().copied()).map(str::to_owned).collect()
}

fn ids<'t>(table: &'t IdentityTable, upn: &str) -> BTreeSet<&'t str> {
    let ids = table.accounts.get(upn).and_then(|kinds| kinds.get(IdentityKind::ObjectId.as_str()));
    ids.into_iter().flat_map(|ids| ids.keys()).map(String::as_str).filter(|id| !is_nobodys(id)).collect()
}
