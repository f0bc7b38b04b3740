//! Files of the audit log that hold some activities only: over the days that nothing else covers, they say nothing of the
//! others.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::{category, narrow, span};
use crate::ledger::SourceEntry;

/// How collectors name the parts that they filter for the reader.
const NAMED: &str = "_investigate_";
/// Activities of a file that was searched for some: so few …
const FEW: usize = 3;
/// … in so many records …
const RECORDS: u64 = 20;
/// … over so long a time …
const LONG: TimeDelta = TimeDelta::days(2);
/// … where another file has so many.
const MANY: usize = 10;

/// These files without those that hold some activities only; all, where there are no others.
pub(super) fn without<'s>(files: Vec<&'s SourceEntry>, all: &[&SourceEntry]) -> Vec<&'s SourceEntry> {
    let rich = all.iter().any(|entry| entry.activities() >= MANY);
    let (filtered, whole): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|entry| is_filtered(entry, rich) || narrow::is(entry, all));
    if whole.is_empty() { filtered } else { whole }
}

/// These files without those that hold some activities only; none, where there are no others, or where all that they hold
/// is of one category. Of two searches for the same that overlap, the second has what the first has not alone: too little
/// to be told by itself.
pub(super) fn not_by_activity(files: Vec<&SourceEntry>) -> Vec<&SourceEntry> {
    let is_search = |entry: &&&SourceEntry| is_filtered(entry, true) || is_of_one_category(&[entry]);
    let searches = files.iter().filter(is_search).count();
    if is_of_one_category(&files) || searches > 0 && is_of_few_activities(&files) {
        return Vec::new();
    }
    let rest: Vec<&SourceEntry> = files.iter().filter(|entry| !is_search(entry)).copied().collect();
    if is_of_one_category(&rest) { Vec::new() } else { rest }
}

/// Whether all files together have no more activities than a search for some.
fn is_of_few_activities(files: &[&SourceEntry]) -> bool {
    let names = files.iter().flat_map(|entry| entry.operations.keys()).filter_map(|key| key.split_once(' '));
    names.map(|(_, activity)| activity).collect::<BTreeSet<_>>().len() <= FEW
}

/// Whether a directory audit has so much, over so long a time, and nothing beside one category: no directory is changed in
/// its users alone, or in its devices alone.
fn is_of_one_category(files: &[&SourceEntry]) -> bool {
    let spans = || files.iter().filter_map(|entry| span(entry));
    let (first, last) = (spans().map(|span| span.0).min(), spans().map(|span| span.1).max());
    let much = files.iter().map(|entry| entry.counts.events).sum::<u64>() >= RECORDS;
    if !much || first.zip(last).is_none_or(|(first, last)| last - first <= LONG) {
        return false;
    }
    let names = files.iter().flat_map(|entry| entry.operations.keys()).filter_map(|key| key.split_once(' '));
    let mut categories = names.map(|(_, activity)| category::of(activity));
    let Some(Some(first)) = categories.next() else { return false };
    categories.all(|other| other == Some(first))
}

fn is_filtered(entry: &SourceEntry, rich: bool) -> bool {
    let long = || span(entry).is_some_and(|(first, last)| last - first > LONG);
    entry.lower_path().contains(NAMED) || rich && entry.activities() <= FEW && entry.counts.events >= RECORDS && long()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, activities: usize, events: u64, last: &str) -> SourceEntry {
        let mut entry = SourceEntry {
            path: path.to_owned(),
            first: Some("2026-02-01T00:00:00Z".to_owned()),
            last: Some(format!("2026-02-{last}T00:00:00Z")),
            operations: (0..activities).map(|number| (format!("2 Operation{number}"), 1)).collect(),
            ..SourceEntry::default()
        };
        entry.counts.events = events;
        entry
    }

    fn kept(files: &[SourceEntry]) -> String {
        let all: Vec<&SourceEntry> = files.iter().collect();
        let kept: Vec<&str> = without(all.clone(), &all).iter().map(|entry| entry.path.as_str()).collect();
        kept.join(" ")
    }

    #[test]
    fn a_directory_audit_of_one_activity_is_no_directory_audit() {
        let (some, all, day) = (file("some", 1, 69, "28"), file("all", 9, 69, "28"), file("day", 1, 69, "02"));
        let kept = |files: Vec<&SourceEntry>| not_by_activity(files).len();
        assert_eq!((kept(vec![&some]), kept(vec![&some, &all]), kept(vec![&day])), (0, 1, 1));
        // The same search a week later: what the first has as well counts there.
        let later = file("later", 1, 8, "28");
        assert_eq!((kept(vec![&some, &later]), kept(vec![&some, &later, &all])), (0, 2));
    }

    #[test]
    fn a_directory_audit_of_one_category_is_no_directory_audit() {
        let of = |path: &str, activities: &[&str], last: &str| {
            let named = activities.iter().map(|activity| (format!(" {activity}"), 1));
            SourceEntry { operations: named.collect(), ..file(path, 0, 40, last) }
        };
        let users = ["Add user", "Update user", "Delete user", "Change user license", "Change user password"];
        let kept = |files: &[&SourceEntry]| not_by_activity(files.to_vec()).len();
        let one = of("one", &users, "28");
        assert_eq!(kept(&[&one]), 0);
        // Roles are another category; what nobody knows may be one.
        for more in ["Add member to role", "Consent to application", "User registered security info", "Something new"] {
            assert_eq!(kept(&[&of("more", &[&users[..], &[more]].concat(), "28")]), 1, "{more}");
        }
        // A collector's days, each of them short.
        let days = [of("first", &users, "02"), SourceEntry { first: one.last.clone(), ..of("last", &users, "28") }];
        assert_eq!((kept(&[&days[0]]), kept(&[&days[0], &days[1]])), (1, 0));
        // A second search that overlaps the first has few records of its own.
        let mut later = of("later", &users[1..2], "28");
        later.counts.events = 8;
        assert_eq!(kept(&[&one, &later]), 0);
        let all = of("all", &["Update user", "Add member to group", "Update device", "Add policy"], "28");
        assert_eq!(kept(&[&one, &all]), 1);
    }

    #[test]
    fn a_search_for_some_activities_stretches_no_log() {
        let (all, some) = (file("all", 12, 900, "17"), file("some", 1, 200, "28"));
        assert_eq!(kept(&[all.clone(), some.clone()]), "all");
        assert_eq!(kept(&[all.clone(), file("x_Investigate_Consents.csv", 1, 2, "01")]), "all");
        assert_eq!(kept(&[some]), "some", "nothing else is there");
        // A quiet day of a collector, a quiet week.
        assert_eq!(kept(&[all.clone(), file("day", 1, 200, "02")]), "all day");
        assert_eq!(kept(&[all, file("week", 2, 5, "08")]), "all week");
    }
}
