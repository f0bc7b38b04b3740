//! Where one name leads to two accounts, because both bear an object id of their own.

use std::collections::BTreeSet;

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

fn ids<'t>(table: &'t IdentityTable, upn: &str) -> BTreeSet<&'t str> {
    let ids = table.accounts.get(upn).and_then(|kinds| kinds.get(IdentityKind::ObjectId.as_str()));
    ids.into_iter().flat_map(|ids| ids.keys()).map(String::as_str).filter(|id| !is_nobodys(id)).collect()
}
