//! Whom a question is about, as far as only the records tell it: which of two people who bore one name, and which doubts
//! about names matter.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};

use super::Failed;
use crate::analyze::people::identity::{Subject, two};
use crate::question::{Question, Window};
use crate::timeline::Event;
use crate::timeline::query::{Row, Scope};
use crate::timeline::store::Case;
use crate::timeline::whose::names_in;

/// The account that the question names.
pub fn subject(case: &Case, question: &Question, window: Window) -> Result<Subject, Failed> {
    let subject = Subject::resolve(&question.user, &question.aliases, &case.identities);
    let mut subject = tell_apart(case, subject, &question.aliases, window)?;
    settle(case, &mut subject, window)?;
    Ok(subject)
}

/// Tells the account from somebody else who bore its name, where one object id alone bore it in the window, or was the last
/// to do so before. The investigator's own word for either of them stands.
pub fn tell_apart(case: &Case, subject: Subject, aliases: &[String], window: Window) -> Result<Subject, Failed> {
    let table = &case.identities;
    let Some((upn, ids)) = two::held_twice(&subject, table) else { return Ok(subject) };
    let given = aliases.iter().map(|name| name.to_lowercase());
    let given: Vec<String> = given.chain([subject.user.clone()]).collect();
    let named = ids.iter().copied().find(|id| given.iter().any(|name| name == id));
    let own = match named.or_else(|| two::only_id(table, &subject.user).filter(|id| ids.contains(id))) {
        Some(own) => Some(own.to_owned()),
        None => holder(case, &upn, &ids, window)?,
    };
    let Some(own) = own else { return Ok(subject) };
    let anothers = two::names_of_other(table, &upn, &own);
    if given.iter().any(|name| anothers.contains(name)) {
        return Ok(subject);
    }
    Ok(Subject::resolve_without(&subject.user, aliases, table, anothers))
}

/// Which of the ids bore the name in the window; the last before it, where none did. `None` where several did.
fn holder(case: &Case, upn: &str, ids: &BTreeSet<&str>, window: Window) -> Result<Option<String>, Failed> {
    let names = BTreeSet::from([upn.to_owned()]);
    let is_named = |parties: &str| names_in(parties).any(|name| name == upn);
    let bearing = Scope { names: &names, parties: &is_named, ..Scope::nothing() };
    let events = case.events_in(DateTime::<Utc>::MIN_UTC, window.to, &bearing)?;
    let id = |event: &Event| {
        let [actor, target] = [(&event.user_upn, &event.user_id), (&event.target_upn, &event.target_id)];
        let said = [actor, target].into_iter().find(|(name, _)| name.as_deref() == Some(upn))?.1;
        said.as_deref().filter(|id| ids.contains(id)).map(str::to_owned)
    };
    let inside: BTreeSet<String> =
        events.iter().filter(|event| window.contains(event.datetime)).filter_map(id).collect();
    Ok(match inside.len() {
        0 => events.iter().rev().find_map(id),
        1 => inside.into_iter().next(),
        _ => None,
    })
}

/// Forgets the doubts about aliases by which no record of the window names a mailbox: nothing was left out for them.
fn settle(case: &Case, subject: &mut Subject, window: Window) -> Result<(), Failed> {
    if subject.unsure.is_empty() {
        return Ok(());
    }
    let left_out = |parties: &str| subject.is_left_out(parties);
    let doubtful = Scope { names: &subject.unsure, parties: &left_out, ..Scope::nothing() };
    let left_out = case.events_in(window.from, window.to, &doubtful)?;
    let parties = || left_out.iter().filter_map(|event| event.parties.as_deref());
    let is_named = |alias: &String| parties().any(|parties| parties.split([':', '|']).any(|name| name == alias));
    let named: BTreeSet<String> = subject.unsure.iter().filter(|alias| is_named(alias)).cloned().collect();
    subject.unsure = named;
    Ok(())
}

/// The same for many accounts: the case is gone through once for all of them, and only where there are doubts.
pub fn settle_all(case: &Case, subjects: &mut [Subject], window: Window) -> Result<(), Failed> {
    let mut doubted: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, subject) in subjects.iter().enumerate() {
        subject.unsure.iter().for_each(|alias| doubted.entry(alias).or_default().push(at));
    }
    if doubted.is_empty() {
        return Ok(());
    }
    let named: Mutex<BTreeSet<(usize, String)>> = Mutex::default();
    let note = |row: Row<'_>| {
        for (alias, whose) in names_in(row.parties).filter_map(|name| doubted.get_key_value(name)) {
            let is_left_out = |at: &&usize| subjects.get(**at).is_some_and(|subject| subject.is_left_out(row.parties));
            let left_out: Vec<_> = whose.iter().filter(is_left_out).map(|at| (*at, (*alias).to_owned())).collect();
            named.lock().unwrap_or_else(PoisonError::into_inner).extend(left_out);
        }
        false
    };
    case.events(window.from, window.to, &note)?;
    let named = named.into_inner().unwrap_or_else(PoisonError::into_inner);
    for (at, subject) in subjects.iter_mut().enumerate() {
        subject.unsure.retain(|alias| named.contains(&(at, alias.clone())));
    }
    Ok(())
}
