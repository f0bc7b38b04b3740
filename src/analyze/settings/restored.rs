//! Profile values that the attacker replaced, and whether a later change gives the account back what it had.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::analyze::exam::{Exam, Row};
use crate::analyze::is_housekeeping;
use crate::analyze::people::actor::ActorClass;
use crate::analyze::settings::directory::{self, Property};
use crate::analyze::settings::renaming::Renaming;

/// How sure it is that a change sets a value back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SetBack {
    /// The attacker changed it; what it was before, no record tells.
    Perhaps,
    /// It is the value that the attacker replaced.
    Surely,
}

/// What the attacker's changes of the profile took away: property, in lower case → the value before, `None` where no
/// record tells it, and when it was first taken.
#[derive(Debug, Default)]
pub struct Replaced(BTreeMap<String, BTreeMap<Option<String>, DateTime<Utc>>>);

impl Replaced {
    /// By the rows that are the attacker's.
    pub fn by(exam: &Exam<'_>, is_theirs: impl Fn(&Row<'_>) -> bool) -> Self {
        let mut replaced = Self::default();
        let mut last: BTreeMap<String, String> = BTreeMap::new();
        let mut set: BTreeSet<(String, String)> = BTreeSet::new();
        let changes = exam.rows.iter().filter(|row| row.parts.any() && !row.failed() && !is_housekeeping(row.class));
        for row in changes.filter(|row| directory::is_person_change(row.event)) {
            if !directory::is_about(exam, row) {
                continue;
            }
            let theirs = row.in_window && is_theirs(row);
            let properties = directory::profile(row.event);
            for property in &properties {
                let name = property.name.to_lowercase();
                if theirs {
                    let old = property.old.clone().or_else(|| shown(exam, row, property, &properties));
                    let old = old.or_else(|| last.get(&name).cloned()).filter(|old| *old != property.new);
                    // What the attacker set before is nothing to go back to.
                    if old.as_ref().is_none_or(|old| !set.contains(&(name.clone(), old.clone()))) {
                        replaced.0.entry(name.clone()).or_default().entry(old).or_insert(row.event.datetime);
                    }
                    set.insert((name.clone(), property.new.clone()));
                }
                if !property.lost {
                    last.insert(name, property.new.clone());
                }
            }
        }
        replaced
    }

    /// Whether a property that is set at this time is set back; `None` where the attacker did not touch it before.
    pub fn sets_back(&self, property: &Property, time: DateTime<Utc>) -> Option<SetBack> {
        let taken = self.0.get(&property.name.to_lowercase())?;
        let before = |old: &Option<String>| taken.get(old).is_some_and(|at| *at < time);
        match () {
            () if before(&Some(property.new.clone())) => Some(SetBack::Surely),
            () if before(&None) => Some(SetBack::Perhaps),
            () => None,
        }
    }

    /// Whether somebody who administers the account gives back what was replaced, and does nothing else to it.
    pub fn is_answer(&self, row: &Row<'_>, properties: &[Property]) -> bool {
        let back = || properties.iter().map(|property| self.sets_back(property, row.event.datetime));
        row.class == ActorClass::Admin
            && back().all(|back| back.is_some())
            && back().max() == Some(Some(SetBack::Surely))
    }
}

/// The name that people saw before the row changed it, where the row does not say.
fn shown(exam: &Exam<'_>, row: &Row<'_>, property: &Property, all: &[Property]) -> Option<String> {
    let name = property.name.eq_ignore_ascii_case("DisplayName").then(|| Renaming::of(exam, row, all)).flatten()?;
    Some(name.old).filter(|old| !old.is_empty())
}
