//! Files of everybody's audit log that were searched for some activities, however many: another file shows what is done all
//! day long, and these have records of the same types and none of that.

use std::collections::BTreeSet;

use chrono::{NaiveDate, TimeDelta};

use super::{is_of_everybody, span};
use crate::ledger::SourceEntry;

/// What somebody does every day wherever it is recorded at all, by record type: nobody's licence or setting begins it. What
/// is written in Teams is none of it: `MessageSent` came with Audit (Premium), and reached other licences only later.
const EVERYDAY: [&str; 8] = [
    "3 MoveToDeletedItems",
    "3 SoftDelete",
    "3 HardDelete",
    "6 FileAccessed",
    "6 FileModified",
    "4 PageViewed",
    "15 UserLoggedIn",
    "25 TeamsSessionStarted",
];
/// Records that make one of these everyday in the file that shows it …
const SHOWN: u64 = 20;
/// … and that the other file would have of it, were it unfiltered.
const EXPECTED: u64 = 20;
/// Activities of a file that is no search itself.
const MANY: usize = 10;
/// Over so long a time everything everyday is done.
const LONG: TimeDelta = TimeDelta::days(2);
/// So many files are compared with.
const COMPARED: usize = 100;
/// One record of so many may lie on a day of another file.
const APART: u64 = 10;

/// Whether the file lacks an everyday activity that another of these shows.
pub(super) fn is(entry: &SourceEntry, all: &[&SourceEntry]) -> bool {
    let long = || span(entry).is_some_and(|(first, last)| last - first > LONG);
    if all.len() < 2 || !is_of_everybody(entry) || !long() {
        return false;
    }
    let others = || all.iter().filter(|other| other.path != entry.path).take(COMPARED);
    let lacks = |other: &&SourceEntry| EVERYDAY.iter().any(|activity| lacks(entry, other, activity));
    others().filter(|other| other.activities() >= MANY).any(lacks) && tells_what_it_lacks(entry, others())
}

/// Whether there would be several records of the activity, if it were done here as often, among those of its type, as there.
fn lacks(entry: &SourceEntry, other: &SourceEntry, activity: &str) -> bool {
    let shown = other.operations.get(activity).copied().unwrap_or_default();
    if shown < SHOWN || entry.operations.contains_key(activity) {
        return false;
    }
    let kind = activity.split(' ').next().unwrap_or_default();
    let of_kind = |entry: &SourceEntry| entry.by_type().get(kind).copied().unwrap_or_default();
    of_kind(entry).saturating_mul(shown) >= EXPECTED.saturating_mul(of_kind(other))
}

/// A file's copies of other files' records are not among its activities: what it lacks may be among them, unless its own
/// records are of days that the others have not.
fn tells_what_it_lacks<'s>(entry: &SourceEntry, others: impl Iterator<Item = &'s &'s SourceEntry>) -> bool {
    if entry.counts.duplicates == 0 {
        return true;
    }
    let days: BTreeSet<NaiveDate> = others.flat_map(|other| other.dates()).map(|(day, _)| *day).collect();
    let shared = entry.dates().iter().filter(|(day, _)| days.contains(day)).map(|(_, count)| count);
    shared.sum::<u64>() * APART <= entry.counts.events
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, operations: &[(&str, u64)], (first, last): (u32, u32)) -> SourceEntry {
        let day = |day: u32| format!("2026-02-{day:02}");
        let events: u64 = operations.iter().map(|(_, count)| count).sum();
        let length = u64::from(last - first) + 1;
        let mut entry = SourceEntry {
            path: path.to_owned(),
            first: Some(format!("{}T00:00:00Z", day(first))),
            last: Some(format!("{}T23:00:00Z", day(last))),
            operations: operations.iter().map(|(key, count)| ((*key).to_owned(), *count)).collect(),
            days: (first..=last).map(|number| (day(number), events / length)).collect(),
            actors: (0..8).map(|number| format!("u{number}@x.example")).collect(),
            ..SourceEntry::default()
        };
        entry.counts.events = events;
        entry
    }

    const CHOSEN: [(&str, u64); 10] = [
        ("1 New-InboxRule", 3),
        ("1 Set-InboxRule", 2),
        ("1 Set-Mailbox", 60),
        ("1 Add-MailboxPermission", 4),
        ("2 UpdateInboxRules", 9),
        ("3 HardDelete", 90),
        ("3 SoftDelete", 80),
        ("8 Update user", 20),
        ("8 Reset user password", 4),
        ("15 UserLoggedIn", 400),
    ];

    fn whole(path: &str, days: (u32, u32)) -> SourceEntry {
        file(path, &[&CHOSEN[..], &[("3 MoveToDeletedItems", 200), ("6 FileAccessed", 500)]].concat(), days)
    }

    #[test]
    fn ten_chosen_activities_and_more_are_a_search_beside_a_log_that_has_what_is_done_every_day() {
        let (all, chosen) = (whole("all", (15, 28)), file("chosen", &CHOSEN, (1, 28)));
        assert!(is(&chosen, &[&all, &chosen]) && !is(&all, &[&all, &chosen]));
        assert!(!is(&chosen, &[&chosen]), "nothing else is there to tell");
        let earlier = whole("earlier", (1, 14));
        assert!(!is(&earlier, &[&all, &earlier]));
        // One of Exchange alone has all of its types; one of a few people may lack what they do not do.
        let mails: Vec<_> = CHOSEN[..7].iter().copied().chain([("3 MoveToDeletedItems", 150)]).collect();
        let mails = file("mails", &mails, (1, 28));
        assert!(!is(&mails, &[&all, &mails]));
        let hers = SourceEntry { actors: ["dana@x.example".to_owned()].into(), ..chosen.clone() };
        assert!(!is(&hers, &[&all, &hers]));
        // A week in which next to nothing was deleted.
        let quiet = file("quiet", &[("3 HardDelete", 9), ("1 Set-Mailbox", 90), ("15 UserLoggedIn", 40)], (1, 7));
        assert!(!is(&quiet, &[&all, &quiet]));
    }

    #[test]
    fn what_a_licence_begins_is_lacking_in_no_log_of_before() {
        let teams = |path: &str, own: &[(&str, u64)], days| {
            file(
                path,
                &[&CHOSEN[..], &[("3 MoveToDeletedItems", 200), ("25 TeamsSessionStarted", 300)], own].concat(),
                days,
            )
        };
        let (before, after) = (teams("before", &[], (1, 14)), teams("after", &[("25 MessageSent", 700)], (15, 28)));
        assert!(lacks(&before, &after, "25 MessageSent"), "by its number alone it would be");
        assert!(!is(&before, &[&before, &after]) && !is(&after, &[&before, &after]));
        // Who signs in to Teams is recorded under every licence.
        let mut chosen = teams("chosen", &[("25 MemberAdded", 300)], (1, 14));
        chosen.operations.remove("25 TeamsSessionStarted");
        assert!(is(&chosen, &[&chosen, &after]));
    }

    #[test]
    fn what_is_a_copy_in_a_file_is_not_lacking() {
        let chosen = file("chosen", &[("3 MoveToDeletedItems", 300)], (1, 28));
        let mut all = file("all", &[&CHOSEN[..], &[("6 FileAccessed", 500)]].concat(), (1, 28));
        let rich = whole("rich", (1, 28));
        assert!(is(&all, &[&rich, &all]));
        all.counts.duplicates = 300;
        assert!(!is(&all, &[&rich, &all]) && !is(&all, &[&chosen, &all]));
        // Where all that it has beside copies is of other days, it lacks it there.
        let mut before = file("before", &CHOSEN, (1, 14));
        before.counts.duplicates = 300;
        assert!(is(&before, &[&whole("rich", (15, 28)), &before]));
    }
}
