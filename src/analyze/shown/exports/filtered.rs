//! Files of the audit log that hold some activities only: over the days that nothing else covers, they say nothing of the
//! others.

use chrono::TimeDelta;

use super::span;
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
    let (filtered, whole): (Vec<_>, Vec<_>) = files.into_iter().partition(|entry| is_filtered(entry, rich));
    if whole.is_empty() { filtered } else { whole }
}

/// These files without those that hold some activities only; none, where there are no others.
pub(super) fn not_by_activity(files: Vec<&SourceEntry>) -> Vec<&SourceEntry> {
    files.into_iter().filter(|entry| !is_filtered(entry, true)).collect()
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
