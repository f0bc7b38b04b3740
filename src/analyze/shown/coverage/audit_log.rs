//! Whether the audit log's files that reach into the window are of all activities, of all people, and of all their acts: an
//! older export lends its completeness to no later search.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::asked::{Asked, counted};
use super::by_activity;
use crate::analyze::exam::Row;
use crate::analyze::shown::exports::{Answer, Log, span};
use crate::ledger::SourceEntry;
use crate::timeline::{Event, EvidenceSource, format_time};

/// Operations and record types of the account that an unfiltered export has at least.
const LEAST: (usize, usize) = (by_activity::UNFILTERED, 3);
/// How far from the window's ends the records of others may end: a long weekend.
const EDGE: TimeDelta = TimeDelta::days(4);
/// Record types of Exchange: its cmdlets, what is done in mailboxes, and both summed up.
const EXCHANGE: [&str; 5] = ["1", "2", "3", "19", "50"];

/// What is said of a log that was searched activity by activity.
const SEARCHED: &str = "each file of the log holds some activities only: those that nobody searched for are not known";

impl Asked<'_, '_> {
    /// The audit log's files that reach into the window; all of them, where none does.
    fn of_window(&self) -> Vec<&SourceEntry> {
        let all = self.exports.sources(&["ual"]);
        let inside: Vec<_> = all.iter().copied().filter(|entry| self.exports.reaches_in(entry)).collect();
        if inside.is_empty() { all } else { inside }
    }

    /// Whether these files were searched for activities, by what they have or by what another one shows.
    fn is_searched(&self, files: &[&SourceEntry]) -> bool {
        by_activity::is_searched(files) || self.exports.are_narrow(files)
    }

    pub(super) fn unfiltered(&self) -> Answer {
        let files = self.of_window();
        if self.is_searched(&files) {
            return (false, SEARCHED.to_owned());
        }
        // What is asked of a quiet account, its records before the window answer, unless they are of another search.
        let every = files.is_empty() || is_rich(&files);
        let paths: BTreeSet<&str> = files.iter().map(|entry| entry.path.as_str()).collect();
        // What another source tells better is in the audit log all the same.
        let own = self.rows.iter().filter(|row| row.parts.actor || row.parts.mailbox).flat_map(Row::events);
        let own = own.filter(|event| every || paths.contains(&*event.origin.file));
        let (mut operations, mut types) = (BTreeSet::new(), BTreeSet::new());
        for event in own.filter(|event| event.evidence_source == EvidenceSource::Ual) {
            operations.insert(event.action());
            types.extend(event.record_type);
        }
        let seen = format!("by or on the account: operations {}, record types {}", operations.len(), types.len());
        (operations.len() >= LEAST.0 && types.len() >= LEAST.1, seen)
    }

    /// The same by what anybody did: a quiet account's own records say little, and what is done to it is others' doing.
    pub(super) fn unfiltered_by_anybody(&self) -> Answer {
        let files = self.of_window();
        if self.is_searched(&files) {
            return (false, SEARCHED.to_owned());
        }
        let (operations, types) = kinds(&files);
        let seen = format!("by anybody: operations {operations}, record types {types}");
        (operations >= LEAST.0 && types >= LEAST.1, seen)
    }

    /// Whether records of another workload than Exchange are there, whoever's: a search for Exchange alone has none of
    /// what is done elsewhere.
    pub(super) fn beyond_exchange(&self) -> Answer {
        let is_other = |kind: &str| !EXCHANGE.contains(&kind);
        counted(self.of_window().into_iter(), is_other, "records of another workload than Exchange")
    }

    pub(super) fn other_actors(&self) -> Answer {
        let mut sources = self.exports.of(Log::Audit);
        if sources.is_empty() {
            sources = self.exports.sources(&["ual"]);
        }
        if sources.iter().any(|entry| self.exports.reaches_in(entry)) {
            sources.retain(|entry| self.exports.reaches_in(entry));
        }
        let (others, own): (Vec<_>, Vec<_>) = sources.iter().copied().partition(|entry| self.exports.is_of_all(entry));
        if sources.is_empty() {
            return (false, "no unified audit log in the evidence".to_owned());
        }
        if others.is_empty() {
            return (false, self.searched(&sources));
        }
        let spans: Vec<_> = others.iter().filter_map(|entry| span(entry)).collect();
        let (first, last) = (spans.iter().map(|span| span.0).min(), spans.iter().map(|span| span.1).max());
        let beyond = first.is_some_and(|first| first > self.window.from + EDGE)
            || last.is_some_and(|last| last + EDGE < self.window.to);
        match first.zip(last).filter(|_| beyond && !own.is_empty()) {
            Some((first, last)) => {
                let (first, last) = (format_time(first), format_time(last));
                (false, format!("records of other actors only from {first} to {last}: the rest is a search by user"))
            }
            None => (true, "records of other actors are there".to_owned()),
        }
    }

    /// What these files lack, which are of a few people, or of a few activities that a few people do.
    fn searched(&self, sources: &[&SourceEntry]) -> String {
        if self.is_searched(sources) {
            return SEARCHED.to_owned();
        }
        let actors: BTreeSet<&String> = sources.iter().flat_map(|entry| &entry.actors).collect();
        match actors.iter().any(|actor| !self.subject.is(actor)) {
            true => format!(
                "records of {} people alone, and none of the service: a search by user does not return what others did",
                actors.len()
            ),
            false => {
                "only records the account itself made: a search by user does not return what others did".to_owned()
            }
        }
    }

    /// The files to ask for what anybody did: all, unless those of the window are of another search than the rest.
    fn lending(&self) -> Vec<&SourceEntry> {
        let files = self.of_window();
        let alike = files.is_empty() || is_rich(&files) && self.other_actors().0;
        if alike { self.exports.files().collect() } else { files }
    }

    pub(super) fn admin_by_people(&self) -> Answer {
        // Exchange names the mailbox by its alias: of what is left off the table nothing can be told.
        if let Some(alias) = self.subject.unsure.first() {
            return (
                false,
                format!("Exchange's records that name the mailbox by the alias {alias} alone were not used"),
            );
        }
        let is_export = |entry: &&SourceEntry| entry.evidence_source.as_deref() == Some("admin_audit");
        let exports = self.exports.sources(&["admin_audit"]);
        // One of another time says nothing of the window.
        let reaching = || exports.iter().filter(|entry| self.exports.reaches_in(entry));
        let lending = self.of_all().into_iter().filter(|entry| !is_export(entry));
        let count: u64 = lending.chain(reaching().copied()).map(|entry| entry.admin_by_people).sum();
        match (count, reaching().next().is_none(), exports.is_empty()) {
            (0, true, false) => (false, "the admin audit log export is of another time than the window".to_owned()),
            (0, true, true) => {
                let own = self.exports.sources(&["ual"]).iter().any(|entry| entry.admin_by_people > 0);
                (false, self.none_of_all(own, "no Exchange admin record that was not Microsoft's own"))
            }
            (count, no_export, _) => {
                let answer = (true, format!("Exchange admin records that were not Microsoft's own: {count}"));
                let is_exchange = |event: &Event| matches!(event.record_type, Some(1 | 2 | 3 | 19 | 50));
                if no_export { self.unless_lacking(answer, "records of Exchange", is_exchange) } else { answer }
            }
        }
    }

    /// The same; none, where the audit log was searched by user: what others did is not among it.
    fn of_all(&self) -> Vec<&SourceEntry> {
        let is_log = |entry: &&SourceEntry| entry.evidence_source.as_deref() == Some("ual");
        let whole = self.exports.sources(&["ual"]).is_empty() || self.other_actors().0;
        self.lending().into_iter().filter(|entry| whole || !is_log(entry)).collect()
    }

    /// What is said where [`Self::of_all`] has none: that there is none, or, where the log has some, why they say nothing of
    /// what others did.
    fn none_of_all(&self, log_has_some: bool, none: &str) -> String {
        match self.other_actors() {
            (false, why) if log_has_some => why,
            _ => none.to_owned(),
        }
    }

    pub(super) fn directory(&self) -> Answer {
        let entra = self.exports.span(Log::Directory);
        if entra.0 {
            return entra;
        }
        let is_directory = |kind: &str| kind == "8";
        let (found, text) = counted(self.of_all().into_iter(), is_directory, "directory records");
        let own = || counted(self.exports.sources(&["ual"]).into_iter(), is_directory, "").0;
        let answer = if found { (true, text) } else { (false, self.none_of_all(own(), &text)) };
        self.unless_lacking(answer, "directory records and sign-ins", |event| {
            event.evidence_source == EvidenceSource::Ual && matches!(event.record_type, Some(8 | 9 | 15))
        })
    }
}

/// Whether these files are of all activities, whoever's. Looked at is no more than that takes: nearly all are.
fn is_rich(files: &[&SourceEntry]) -> bool {
    let (mut types, mut names) = (BTreeSet::<&str>::new(), BTreeSet::<&str>::new());
    let mut all_types = files.iter().flat_map(|entry| entry.by_type().keys());
    let all_names = files.iter().flat_map(|entry| entry.operations.keys()).filter_map(|key| key.split_once(' '));
    all_types.any(|kind| types.insert(kind) && types.len() >= LEAST.1)
        && all_names.map(|(_, name)| name).any(|name| names.insert(name) && names.len() >= LEAST.0)
}

/// How many operations and record types these files have.
fn kinds(files: &[&SourceEntry]) -> (usize, usize) {
    let names = files.iter().flat_map(|entry| entry.operations.keys()).filter_map(|key| key.split_once(' '));
    let operations: BTreeSet<&str> = names.map(|(_, name)| name).collect();
    let types: BTreeSet<&str> = files.iter().flat_map(|entry| entry.by_type().keys().map(|kind| &**kind)).collect();
    (operations.len(), types.len())
}
