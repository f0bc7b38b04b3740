//! Whether snapshots show what the audit log cannot: what was set before it began, if they were not taken earlier still.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::asked::Asked;
use crate::analyze::shown::exports::{Answer, Log, span, time};
use crate::ledger::SourceEntry;
use crate::timeline::format_time;

/// How long before the log's first record a snapshot may have been taken.
const SLACK: TimeDelta = TimeDelta::hours(24);
/// Other mailboxes that are the list of a small organisation.
const SEVERAL: usize = 2;
/// The most names of an export that the ledger keeps.
const NAMED: usize = 8;

impl Asked<'_, '_> {
    pub(super) fn rules(&self) -> Answer {
        let sources = self.snapshots("snapshot_inbox_rules");
        let owned = self.owned(&sources, |_| true);
        let own: usize = owned.iter().map(|(_, count)| count).sum();
        let mailboxes: BTreeSet<&String> = sources.iter().flat_map(|entry| &entry.actors).collect();
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
            (0, 0 | 1) => return (false, "the snapshot shows another mailbox's rules only".to_owned()),
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
        let sources = self.snapshots("snapshot_");
        let owned = self.owned(&sources, |action| action == "MailboxForwarding");
        if !owned.is_empty() {
            let found = "snapshot of this mailbox's forwarding".to_owned();
            return self.unless_too_old(owned.into_iter().map(|(entry, _)| entry).collect(), found);
        }
        // Some list only mailboxes that forward.
        let lists = self.snapshots("snapshot_forwarding");
        let mailboxes: BTreeSet<&String> = lists.iter().flat_map(|entry| &entry.actors).collect();
        match (lists.len(), mailboxes.len()) {
            (0, _) => (
                false,
                "no snapshot of mailboxes (Get-Mailbox): forwarding that was set before the log began stays unknown"
                    .to_owned(),
            ),
            (_, 0 | 1) => (false, "the snapshot shows another mailbox's forwarding only".to_owned()),
            _ => self.unless_too_old(lists, "snapshot of several mailboxes; this one is not among them".to_owned()),
        }
    }

    /// So many mailboxes with rules are no search for some: half of the people that the evidence names, and two.
    fn many(&self) -> usize {
        let actors = self.exports.sources(&["ual", "entra_signin"]).into_iter().flat_map(|entry| &entry.actors);
        let people: BTreeSet<&String> = actors.filter(|actor| actor.contains('@') && !self.subject.is(actor)).collect();
        people.len().min(NAMED).div_ceil(2).max(SEVERAL)
    }

    /// Snapshots of these formats.
    fn snapshots(&self, format: &str) -> Vec<&SourceEntry> {
        let is = |entry: &&SourceEntry| entry.format.as_deref().is_some_and(|name| name.starts_with(format));
        self.exports.sources(&["snapshot"]).into_iter().filter(is).collect()
    }

    /// Those that have rows of the mailbox, and how many.
    fn owned<'s>(&self, sources: &[&'s SourceEntry], is: impl Fn(&str) -> bool) -> Vec<(&'s SourceEntry, usize)> {
        let rows = |entry: &SourceEntry| {
            let own = self.states.iter().filter(|row| row.parts.mailbox && *row.event.origin.file == *entry.path);
            own.filter(|row| is(row.event.action())).count()
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
