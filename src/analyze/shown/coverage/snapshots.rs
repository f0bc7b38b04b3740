//! Whether snapshots show what the audit log cannot: what was set before it began, if they were not taken earlier still.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::asked::Asked;
use crate::analyze::shown::exports::{Answer, Log, span, time};
use crate::ledger::{Listed, SourceEntry};
use crate::timeline::format_time;

/// How long before the log's first record a snapshot may have been taken.
const SLACK: TimeDelta = TimeDelta::hours(24);
/// Other mailboxes that are the list of a small organisation.
const SEVERAL: usize = 2;
/// The most names of an export that the ledger keeps.
const NAMED: usize = 8;

/// How the ids of tables of rules begin that say all that a rule does, and of tables of mailboxes.
const RULES: &str = "snapshot_inbox_rules";
const FORWARDING: &str = "snapshot_forwarding";

impl Asked<'_, '_> {
    pub(super) fn rules(&self) -> Answer {
        let sources = self.snapshots(RULES);
        let owned = self.owned(&sources, "InboxRule");
        let own: usize = owned.iter().map(|(_, count)| count).sum();
        let mailboxes = owners(&sources, RULES);
        let is_listed = sources.iter().flat_map(|entry| &entry.mailboxes).any(|mailbox| self.subject.is(mailbox));
        let found = match (own, mailboxes.len()) {
            _ if sources.is_empty() && !self.snapshots("snapshot_rules_in_part").is_empty() => {
                let why = "the table of rules has no columns for some of what a rule may do";
                return (false, why.to_owned());
            }
            _ if sources.is_empty() => {
                return (false, "no snapshot: rules that were made before the log began stay unknown".to_owned());
            }
            (0, _) if is_listed => "snapshot of this mailbox; it has no rules".to_owned(),
            // A collector lists rules: a mailbox without any is not in its table. But one that lists a single other
            // mailbox was not asked about this one.
            (0, 0) => return (false, "the snapshot does not say whose rules it shows".to_owned()),
            (0, 1) => return (false, "the snapshot shows another mailbox's rules only".to_owned()),
            (0, others) if others < self.many() => {
                let text =
                    format!("the snapshot has rules of {others} other mailboxes: this one may not have been asked for");
                return (false, text);
            }
            (0, _) => "snapshot of several mailboxes; it has no rule of this one".to_owned(),
            (own, _) => format!("snapshot with rules of this mailbox: {own}"),
        };
        self.unless_too_old(if own > 0 { owned.into_iter().map(|(entry, _)| entry).collect() } else { sources }, found)
    }

    pub(super) fn forwarding(&self) -> Answer {
        let sources = self.exports.sources(&["snapshot"]);
        let owned = self.owned(&sources, "MailboxForwarding");
        if !owned.is_empty() {
            let found = "snapshot of this mailbox's forwarding".to_owned();
            return self.unless_too_old(owned.into_iter().map(|(entry, _)| entry).collect(), found);
        }
        // Some list only mailboxes that forward.
        let lists = self.snapshots(FORWARDING);
        match (lists.len(), owners(&lists, FORWARDING).len()) {
            (0, _) => (
                false,
                "no snapshot of mailboxes (Get-Mailbox): forwarding that was set before the log began stays unknown"
                    .to_owned(),
            ),
            (_, 0) => (false, "the snapshot does not say whose forwarding it shows".to_owned()),
            (_, 1) => (false, "the snapshot shows another mailbox's forwarding only".to_owned()),
            // One that shows mailboxes that do not forward is of chosen ones: this one was not among the chosen.
            (_, others) if others < self.many() || shows_unset(&lists) => (
                false,
                "the snapshot shows the forwarding of other mailboxes: this one may not have been asked for".to_owned(),
            ),
            _ => self.unless_too_old(lists, "snapshot of several mailboxes; this one is not among them".to_owned()),
        }
    }

    /// So many mailboxes with rules are no search for some: half of the people that the evidence names, and two.
    fn many(&self) -> usize {
        let actors = self.exports.sources(&["ual", "entra_signin"]).into_iter().flat_map(|entry| &entry.actors);
        let people: BTreeSet<&String> = actors.filter(|actor| actor.contains('@') && !self.subject.is(actor)).collect();
        people.len().min(NAMED).div_ceil(2).max(SEVERAL)
    }

    /// The files that are or carry such tables. One without rows is told by its own format.
    fn snapshots(&self, table: &str) -> Vec<&SourceEntry> {
        let itself = |entry: &SourceEntry| entry.format.as_deref().is_some_and(|name| name.starts_with(table));
        let is =
            |entry: &&SourceEntry| of_tables(entry, table).next().is_some() || entry.tables.is_empty() && itself(entry);
        self.exports.sources(&["snapshot"]).into_iter().filter(is).collect()
    }

    /// Those that have states of this kind of the mailbox, and how many.
    fn owned<'s>(&self, sources: &[&'s SourceEntry], action: &str) -> Vec<(&'s SourceEntry, usize)> {
        let rows = |entry: &SourceEntry| {
            let own = self.states.iter().filter(|row| row.parts.mailbox && *row.event.origin.file == *entry.path);
            own.filter(|row| row.event.action() == action).count()
        };
        sources.iter().map(|entry| (*entry, rows(entry))).filter(|(_, count)| *count > 0).collect()
    }

    /// What was set between the snapshot and the log's first record, neither shows. One that does not say when it was
    /// taken is believed to be of the log's time.
    fn unless_too_old(&self, sources: Vec<&SourceEntry>, found: String) -> Answer {
        let begin = self.exports.of(Log::Audit).into_iter().filter_map(span).map(|(first, _)| first).min();
        let taken: Option<Vec<DateTime<Utc>>> = sources.iter().map(|entry| time(entry.collected.as_ref())).collect();
        let latest = taken.and_then(|taken| taken.into_iter().max());
        match latest.zip(begin).filter(|(taken, begin)| *taken + SLACK < *begin) {
            Some((taken, begin)) => {
                let (taken, begin) = (format_time(taken), format_time(begin));
                (false, format!("the snapshot was taken at {taken}, but the log begins at {begin} only"))
            }
            None => (true, found),
        }
    }
}

/// What a file has of such tables.
fn of_tables<'s>(entry: &'s SourceEntry, table: &str) -> impl Iterator<Item = &'s Listed> {
    entry.tables.iter().filter(move |(name, _)| name.starts_with(table)).map(|(_, listed)| listed)
}

/// Some of the mailboxes whose rows these files have in such tables.
fn owners<'s>(sources: &[&'s SourceEntry], table: &str) -> BTreeSet<&'s String> {
    let untold = sources.iter().filter(|entry| entry.tables.is_empty()).flat_map(|entry| &entry.actors);
    sources.iter().flat_map(|entry| of_tables(entry, table)).flat_map(|listed| &listed.owners).chain(untold).collect()
}

fn shows_unset(lists: &[&SourceEntry]) -> bool {
    lists.iter().any(|entry| of_tables(entry, FORWARDING).any(|listed| listed.unset))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::people::identity::Subject;
    use crate::analyze::shown::exports::Exports;
    use crate::question::Window;

    /// Whether the gates of rules and of forwarding pass.
    fn gates(format: &str, tables: &[(&str, usize, bool)]) -> (bool, bool) {
        let (rules, forwarding) = answers(format, tables);
        (rules.0, forwarding.0)
    }

    /// The gates of rules and of forwarding, asked of a file with these tables; eight people are in the evidence.
    fn answers(format: &str, tables: &[(&str, usize, bool)]) -> (Answer, Answer) {
        let names = |count: usize| (0..count).map(|number| format!("user{number}@x.example")).collect::<BTreeSet<_>>();
        let listed = |count: usize, unset: bool| Listed { owners: names(count), unset };
        let mut snapshot = SourceEntry {
            format: Some(format.to_owned()),
            evidence_source: Some("snapshot".to_owned()),
            tables: tables.iter().map(|(name, count, unset)| ((*name).to_owned(), listed(*count, *unset))).collect(),
            ..SourceEntry::default()
        };
        snapshot.counts.states = 1;
        let mut log =
            SourceEntry { evidence_source: Some("ual".to_owned()), actors: names(8), ..SourceEntry::default() };
        log.counts.events = 1;
        let (subject, window) = (Subject::default(), Window { from: DateTime::UNIX_EPOCH, to: DateTime::UNIX_EPOCH });
        let exports = Exports::new(&[], window, &subject, vec![&snapshot, &log]);
        let asked = Asked { rows: &[], earlier: &[], states: &[], window, subject: &subject, exports };
        (asked.rules(), asked.forwarding())
    }

    #[test]
    fn rows_of_a_mailbox_that_nothing_names_are_not_said_to_be_anothers() {
        let tables =
            |owners| [("snapshot_inbox_rules_json", owners, false), ("snapshot_forwarding_csv", owners, false)];
        let told = |owners| {
            let (rules, forwarding) = answers("snapshot_json", &tables(owners));
            assert!(!rules.0 && !forwarding.0);
            [rules.1, forwarding.1]
        };
        assert!(told(0).iter().all(|text| text.contains("does not say whose")));
        assert!(told(1).iter().all(|text| text.contains("shows another mailbox's")));
    }

    #[test]
    fn a_table_counts_whatever_carries_it() {
        for format in ["snapshot_inbox_rules_csv", "snapshot_json", "clixml"] {
            assert_eq!(gates(format, &[("snapshot_inbox_rules_csv", 4, false)]), (true, false), "{format}");
            assert_eq!(gates(format, &[("snapshot_inbox_rules_csv", 3, false)]), (false, false), "{format}");
            assert_eq!(gates(format, &[("snapshot_rules_in_part_csv", 8, false)]), (false, false), "{format}");
            let both = [("snapshot_forwarding_csv", 8, true), ("snapshot_inbox_rules_csv", 1, false)];
            assert_eq!(gates(format, &both), (false, false), "{format}: the many are of another table");
        }
    }

    #[test]
    fn mailboxes_that_do_not_forward_are_no_list_of_those_that_do() {
        let asked = |count, unset| gates("snapshot_json", &[("snapshot_forwarding_csv", count, unset)]).1;
        assert_eq!((asked(8, false), asked(8, true), asked(2, false)), (true, false, false));
    }
}
