//! What the evidence can and cannot show: the gates that must pass before anything may be called "not seen".

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use crate::analyze::auditing;
use crate::analyze::baseline::client_address;
use crate::analyze::exam::Row;
use crate::analyze::exports::{Answer, Exports, Log, time};
use crate::analyze::identity::Subject;
use crate::analyze::logins;
use crate::examination::Gate;
use crate::ledger::Ledger;
use crate::question::Window;
use crate::timeline::{EvidenceSource, Outcome, format_time, json};

/// The gates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each gate is described by its title below")]
pub enum GateId {
    G0,
    G1,
    G2,
    G3,
    G4,
    G4Send,
    G4Copy,
    G5,
    G6,
    G6Entra,
    G7,
    G7n,
    G7Places,
    G8,
    G9,
    G10,
    G11,
    G12,
    G13,
    G14,
    G15,
    G16,
    G17,
}

impl GateId {
    /// Its name in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::G0 => "G0",
            Self::G1 => "G1",
            Self::G2 => "G2",
            Self::G3 => "G3",
            Self::G4 => "G4",
            Self::G4Send => "G4s",
            Self::G4Copy => "G4c",
            Self::G5 => "G5",
            Self::G6 => "G6",
            Self::G6Entra => "G6e",
            Self::G7 => "G7",
            Self::G7n => "G7n",
            Self::G7Places => "G7p",
            Self::G8 => "G8",
            Self::G9 => "G9",
            Self::G10 => "G10",
            Self::G11 => "G11",
            Self::G12 => "G12",
            Self::G13 => "G13",
            Self::G14 => "G14",
            Self::G15 => "G15",
            Self::G16 => "G16",
            Self::G17 => "G17",
        }
    }

    /// What it asks.
    pub fn title(self) -> &'static str {
        match self {
            Self::G0 => "the account is in the evidence",
            Self::G1 => "unified audit log over the whole window, not cut",
            Self::G2 => "unified audit log not filtered by activity",
            Self::G3 => "unified audit log with other actors than the account",
            Self::G4 => "mailbox audit records of the mailbox",
            Self::G4Send => "Send records of the mailbox",
            Self::G4Copy => "Send records that say whether a copy was kept (SaveToSentItems)",
            Self::G5 => "Exchange admin records (audit log RecordType 1, or an admin audit log export)",
            Self::G6 => "directory audit (audit log RecordType 8, or an Entra audit export)",
            Self::G6Entra => "Entra directory audit export (self-service resets, security info, addresses)",
            Self::G7 => "interactive sign-ins over the whole window",
            Self::G7n => "non-interactive sign-ins over the whole window",
            Self::G7Places => "sign-ins with coordinates (of the log, or of a City database)",
            Self::G8 => "risk detections, or sign-ins with risk levels",
            Self::G9 => "message trace over the whole window",
            Self::G10 => "snapshot of the mailbox's rules",
            Self::G11 => "security alerts or hygiene events (audit log RecordTypes 40 and 51)",
            Self::G12 => "MailItemsAccessed records of the mailbox, none throttled",
            Self::G13 => "SharePoint or OneDrive records of the account",
            Self::G14 => "auditing not switched off",
            Self::G15 => "window not older than the service keeps its logs",
            Self::G16 => "searches are audited (they are not by default)",
            Self::G17 => "Teams activity is collected (audit log RecordType 25)",
        }
    }
}

/// How far from the window's start the first record may lie.
const SLACK: TimeDelta = TimeDelta::hours(24);
/// Operations and record types of the account that an unfiltered export has at least.
const LEAST: (usize, usize) = (10, 3);
/// Days that the standard licence keeps the audit log (Microsoft: 180 days since October 2023).
const RETENTION_DAYS: i64 = 180;

/// The gates with their answers.
#[derive(Debug, Default)]
pub struct Coverage {
    /// In order.
    pub gates: Vec<Gate>,
    states: Vec<(GateId, bool)>,
    /// When the audit log that would tell of the account was kept, in order, apart from each other.
    audited: Vec<(DateTime<Utc>, DateTime<Utc>)>,
}

impl Coverage {
    /// Asks every gate.
    pub fn new(
        rows: &[Row<'_>],
        earlier: &[Row<'_>],
        states: &[Row<'_>],
        window: Window,
        subject: &Subject,
        ledger: &Ledger,
    ) -> Self {
        let exports = Exports::new(rows, window, subject, ledger);
        let mut coverage = Self { audited: exports.audited(), ..Self::default() };
        let asked = Asked { rows, earlier, states, window, subject, ledger, exports };
        coverage.put(GateId::G0, asked.present());
        coverage.put(GateId::G1, asked.exports.span(Log::Audit));
        coverage.put(GateId::G2, asked.unfiltered());
        coverage.put(GateId::G3, asked.other_actors());
        let mailbox = |row: &Row<'_>| {
            let export = row.event.evidence_source == EvidenceSource::MailboxAudit;
            (export || matches!(row.event.record_type, Some(2 | 3 | 50))) && row.parts.mailbox
        };
        coverage.put(GateId::G4, asked.any(mailbox, "mailbox audit records of this mailbox"));
        let send = |row: &Row<'_>| mailbox(row) && row.event.is(&["Send"]);
        coverage.put(GateId::G4Send, asked.any(send, "Send records of this mailbox"));
        // Older records lack the field: that they do not say false says nothing.
        let copy = |row: &Row<'_>| send(row) && row.event.saved_to_sent.is_some();
        coverage.put(GateId::G4Copy, asked.any(copy, "Send records of this mailbox with the field SaveToSentItems"));
        coverage.put(GateId::G5, asked.admin_by_people());
        coverage.put(GateId::G6, asked.directory());
        coverage.put(GateId::G6Entra, asked.exports.span(Log::Directory));
        coverage.put(GateId::G7, asked.sign_ins(Log::Interactive));
        coverage.put(GateId::G7n, asked.sign_ins(Log::NonInteractive));
        coverage.put(GateId::G7Places, asked.places());
        coverage.put(GateId::G8, asked.risk());
        coverage.put(GateId::G9, asked.exports.span(Log::Trace));
        coverage.put(GateId::G10, asked.snapshot());
        coverage.put(GateId::G11, asked.operations(&["40 ", "51 "], "alert or hygiene records"));
        coverage.put(GateId::G12, asked.mail_items());
        let files = |row: &Row<'_>| matches!(row.event.record_type, Some(4 | 6 | 14)) && row.parts.actor;
        coverage.put(GateId::G13, asked.any(files, "SharePoint or OneDrive records of this account"));
        coverage.put(GateId::G14, asked.untampered());
        coverage.put(GateId::G15, asked.age());
        coverage.put(GateId::G16, asked.holding("searchquery", "search records of anybody"));
        coverage.put(GateId::G17, asked.operations(&["25 "], "Teams records of anybody"));
        coverage
    }

    fn put(&mut self, id: GateId, answer: (bool, String)) {
        self.states.push((id, answer.0));
        self.gates.push(Gate { id: id.as_str(), title: id.title(), passes: answer.0, seen: answer.1 });
    }

    /// Whether the gate passes.
    pub fn passes(&self, id: GateId) -> bool {
        self.states.iter().any(|(gate, passes)| *gate == id && *passes)
    }

    /// Whether the audit log would tell of what the account did at this time: outside of it, a missing record says
    /// nothing.
    pub fn is_audited(&self, time: DateTime<Utc>) -> bool {
        self.audited.iter().any(|(first, last)| *first <= time && time <= *last)
    }

    /// The groups of which no gate passes, in words. Of an account that no record names, nothing can be said.
    pub fn missing(&self, groups: &[&[GateId]]) -> Vec<String> {
        let always: &[&[GateId]] = &[&[GateId::G0]];
        let failing = always.iter().chain(groups).filter(|group| !group.iter().any(|gate| self.passes(*gate)));
        failing.map(|group| group.iter().map(|gate| self.sentence(*gate)).collect::<Vec<_>>().join(", or ")).collect()
    }

    /// What finding nothing means where a snapshot is required and missing: the log knows only what was made in it.
    pub fn silence(&self, groups: &[&[GateId]]) -> Option<String> {
        let wanted = groups.iter().any(|group| *group == [GateId::G10]);
        (wanted && !self.passes(GateId::G10)).then(|| "no creation recorded; existing rules unknown".to_owned())
    }

    /// Gates that fail but are not required, in words.
    pub fn would_add(&self, gates: &[GateId]) -> Vec<String> {
        gates
            .iter()
            .filter(|gate| !self.passes(**gate))
            .map(|gate| format!("would add: {}", self.sentence(*gate)))
            .collect()
    }

    fn sentence(&self, id: GateId) -> String {
        let seen = self.gates.iter().find(|gate| gate.id == id.as_str()).map_or("", |gate| gate.seen.as_str());
        format!("{}: {} ({seen})", id.as_str(), id.title())
    }
}

struct Asked<'a, 'e> {
    rows: &'a [Row<'e>],
    earlier: &'a [Row<'e>],
    states: &'a [Row<'e>],
    window: Window,
    subject: &'a Subject,
    ledger: &'a Ledger,
    exports: Exports<'a>,
}

impl Asked<'_, '_> {
    fn any(&self, is: impl Fn(&Row<'_>) -> bool, name: &str) -> Answer {
        match self.rows.iter().filter(|row| is(row)).count() {
            0 => (false, format!("no {name}")),
            count => (true, format!("{name}: {count}")),
        }
    }

    fn present(&self) -> Answer {
        match self.rows.iter().chain(self.states).filter(|row| row.parts.any()).count() {
            0 if self.subject.is_known() => (false, self.beside()),
            0 => (false, "no record names the account: is it spelt as in the exports? (--alias adds names)".to_owned()),
            count => (true, format!("records that name the account: {count}")),
        }
    }

    /// The window lies beside the account's records: usually the year or the month is mistyped.
    fn beside(&self) -> String {
        let sources = &self.ledger.sources;
        let first = sources.iter().filter_map(|entry| entry.first.as_deref()).min().unwrap_or_default();
        let last = sources.iter().filter_map(|entry| entry.last.as_deref()).max().unwrap_or_default();
        format!(
            "records name the account, but none of the window or the days before it; the evidence runs from {first} to {last}: are --from and --to right?"
        )
    }

    fn unfiltered(&self) -> Answer {
        // What another source tells better is in the audit log all the same.
        let own = self.rows.iter().filter(|row| row.parts.actor || row.parts.mailbox).flat_map(Row::events);
        let (mut operations, mut types) = (BTreeSet::new(), BTreeSet::new());
        for event in own.filter(|event| event.evidence_source == EvidenceSource::Ual) {
            operations.insert(event.action());
            types.extend(event.record_type);
        }
        let seen = format!("by or on the account: operations {}, record types {}", operations.len(), types.len());
        (operations.len() >= LEAST.0 && types.len() >= LEAST.1, seen)
    }

    fn other_actors(&self) -> Answer {
        let mut sources = self.exports.of(Log::Audit);
        if sources.is_empty() {
            sources = self.exports.sources(&["ual"]);
        }
        let other = sources.iter().flat_map(|entry| &entry.actors).find(|actor| !self.subject.is(actor));
        match other {
            Some(_) => (true, "records of other actors are there".to_owned()),
            None if sources.is_empty() => (false, "no unified audit log in the evidence".to_owned()),
            None => (
                false,
                "only records the account itself made: a search by user does not return what others did".to_owned(),
            ),
        }
    }

    fn admin_by_people(&self) -> Answer {
        // Exchange names the mailbox by its alias: of what is left off the table nothing can be told.
        if let Some(alias) = self.subject.unsure.first() {
            return (
                false,
                format!("Exchange's records that name the mailbox by the alias {alias} alone were not used"),
            );
        }
        let count: u64 = self.ledger.sources.iter().map(|entry| entry.admin_by_people).sum();
        let export = !self.exports.sources(&["admin_audit"]).is_empty();
        match (count, export) {
            (0, false) => (false, "no Exchange admin record that was not Microsoft's own".to_owned()),
            (count, _) => (true, format!("Exchange admin records that were not Microsoft's own: {count}")),
        }
    }

    fn operations(&self, prefixes: &[&str], name: &str) -> Answer {
        let all = self.ledger.sources.iter().flat_map(|entry| &entry.operations);
        let count: u64 =
            all.filter(|(key, _)| prefixes.iter().any(|prefix| key.starts_with(prefix))).map(|(_, count)| count).sum();
        if count == 0 { (false, format!("no {name}")) } else { (true, format!("{name}: {count}")) }
    }

    /// Whether anybody's operation has this in its name: an operation that nobody has is not collected.
    fn holding(&self, part: &str, name: &str) -> Answer {
        let all = self.ledger.sources.iter().flat_map(|entry| &entry.operations);
        let count: u64 = all.filter(|(key, _)| key.to_lowercase().contains(part)).map(|(_, count)| count).sum();
        if count == 0 { (false, format!("no {name}")) } else { (true, format!("{name}: {count}")) }
    }

    fn directory(&self) -> Answer {
        let entra = self.exports.span(Log::Directory);
        if entra.0 { entra } else { self.operations(&["8 "], "directory records") }
    }

    fn sign_ins(&self, log: Log) -> Answer {
        let has = self.rows.iter().any(|row| {
            row.event.evidence_source == EvidenceSource::EntraSignin
                && (row.event.sign_in_kind.as_deref() == Some("noninteractive")) == (log == Log::NonInteractive)
        });
        if has { self.exports.span(log) } else { (false, "no such sign-in of this account".to_owned()) }
    }

    /// Every successful sign-in from the internet has coordinates: one without could be the far end of a journey.
    fn places(&self) -> Answer {
        let public = |row: &&Row<'_>| {
            row.in_window
                && row.parts.actor
                && row.is_sign_in()
                && row.event.outcome == Outcome::Success
                && client_address(row.event).is_some()
        };
        let all = self.rows.iter().filter(public).count();
        let placed = self.rows.iter().filter(public).filter(|row| logins::point(row.event).is_some()).count();
        (all > 0 && placed == all, format!("{placed} of {all} successful sign-ins have a city and coordinates"))
    }

    fn risk(&self) -> Answer {
        if !self.exports.sources(&["risk"]).is_empty() {
            return (true, "risk report present".to_owned());
        }
        let told =
            |row: &Row<'_>| row.event.risk_level.as_deref().is_some_and(|level| !level.eq_ignore_ascii_case("hidden"));
        self.any(told, "sign-ins with a risk level that is not hidden")
    }

    fn snapshot(&self) -> Answer {
        let is_rules = |format: Option<&str>| format.is_some_and(|format| format.starts_with("snapshot_inbox_rules"));
        let sources: Vec<_> = self.exports.sources(&["snapshot"]);
        let sources: Vec<_> = sources.into_iter().filter(|entry| is_rules(entry.format.as_deref())).collect();
        let own =
            self.states.iter().filter(|row| row.parts.mailbox && is_rules(row.event.source_format.as_deref())).count();
        let mailboxes: BTreeSet<&String> = sources.iter().flat_map(|entry| &entry.actors).collect();
        let is_listed = sources.iter().flat_map(|entry| &entry.mailboxes).any(|mailbox| self.subject.is(mailbox));
        match (own, mailboxes.len()) {
            _ if sources.is_empty() => {
                (false, "no snapshot: rules that were made before the log began stay unknown".to_owned())
            }
            (0, _) if is_listed => (true, "snapshot of this mailbox; it has no rules".to_owned()),
            // A collector lists rules: a mailbox without any is not in its table. But one that lists a single other
            // mailbox was not asked about this one.
            (0, 0 | 1) => (false, "the snapshot shows another mailbox's rules only".to_owned()),
            (0, _) => (true, "snapshot of several mailboxes; it has no rule of this one".to_owned()),
            (own, _) => (true, format!("snapshot with rules of this mailbox: {own}")),
        }
    }

    fn mail_items(&self) -> Answer {
        let accessed = |row: &&Row<'_>| row.event.is(&["MailItemsAccessed"]) && row.parts.mailbox;
        let throttled = self
            .rows
            .iter()
            .filter(accessed)
            .filter(|row| row.in_window)
            .filter(|row| row.param("IsThrottled").is_some_and(|value| value.eq_ignore_ascii_case("true")));
        match (self.rows.iter().filter(accessed).count(), throttled.count()) {
            (0, _) => (false, "no MailItemsAccessed record of this mailbox".to_owned()),
            (_, 0) => (true, "present, not throttled".to_owned()),
            (_, throttled) => (false, format!("throttled records: {throttled}; the extent of reading is unknown")),
        }
    }

    /// No effective change that stops auditing, by value: routine cmdlets that leave it on are not meant, nor what was
    /// put right before the window.
    fn untampered(&self) -> Answer {
        let mut off: BTreeMap<&'static str, DateTime<Utc>> = BTreeMap::new();
        let done = self.earlier.iter().chain(self.rows).filter(|row| row.event.outcome != Outcome::Failure);
        for row in done.filter(|row| row.event.datetime < self.window.to) {
            let everybodys = !row.event.is(&["Set-Mailbox", "Set-MailboxAuditBypassAssociation"]);
            if !(everybodys || row.parts.target || row.parts.mailbox) {
                continue;
            }
            if let Some(what) = auditing::taken(row) {
                off.entry(what).or_insert(row.event.datetime);
            } else if row.event.datetime < self.window.from {
                for what in auditing::given_back(row) {
                    off.remove(what);
                }
            }
        }
        // C-221: what a snapshot shows counts as much as the record of the change.
        let stands = |row: &&Row<'_>| {
            let is = |name: &str, wanted| row.param(name).and_then(|given| json::boolean(&given)) == Some(wanted);
            row.parts.mailbox
                && row.event.is(&["MailboxAudit"])
                && (is("AuditEnabled", false) || is("AuditBypassEnabled", true))
        };
        if off.is_empty() && self.states.iter().any(|row| stands(&row)) {
            return (false, "C-221: a snapshot shows auditing of this mailbox switched off or bypassed".to_owned());
        }
        match off.iter().min_by_key(|(_, time)| **time) {
            Some((what, time)) => {
                (false, format!("auditing was switched off or bypassed at {} ({what})", format_time(*time)))
            }
            None => (true, "no record of auditing being switched off".to_owned()),
        }
    }

    fn age(&self) -> Answer {
        let sources = self.exports.sources(&["ual"]);
        let Some(last) = sources.iter().filter_map(|entry| time(entry.last.as_ref())).max() else {
            return (false, "no unified audit log in the evidence".to_owned());
        };
        let first = sources.iter().filter_map(|entry| time(entry.first.as_ref())).min();
        let days = (last - self.window.from).num_days();
        let reaches = first.is_some_and(|first| first <= self.window.from + SLACK);
        let seen = format!("days from the window's start to the last record: {days}");
        (reaches || days <= RETENTION_DAYS, seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::actor::ActorClass;
    use crate::analyze::identity::Parts;
    use crate::timeline::Event;

    #[test]
    fn what_another_source_tells_better_is_an_operation_of_the_audit_log_all_the_same() {
        let (subject, window) = (Subject::default(), Window { from: DateTime::default(), to: DateTime::default() });
        let event = |source, action: String, kind| Event {
            evidence_source: source,
            action: Some(action.into()),
            record_type: Some(kind),
            ..Event::default()
        };
        let log: Vec<Event> = (0..LEAST.0 as i64)
            .map(|number| event(EvidenceSource::Ual, format!("Operation{number}"), number % LEAST.1 as i64))
            .collect();
        let sign_in = event(EvidenceSource::EntraSignin, "Sign-in activity".to_owned(), 15);
        let parts = Parts { actor: true, ..Parts::default() };
        let row = |event, twins| Row { event, class: ActorClass::Own, parts, in_window: true, twins, place: 0 };
        let mut rows: Vec<Row<'_>> = log.iter().map(|event| row(event, Vec::new())).collect();
        let ledger = Ledger::default();
        let passes = |rows: &[Row<'_>]| {
            let exports = Exports::new(rows, window, &subject, &ledger);
            Asked { rows, earlier: &[], states: &[], window, subject: &subject, ledger: &ledger, exports }
                .unfiltered()
                .0
        };
        assert!(passes(&rows));
        rows[0] = row(&sign_in, vec![&log[0]]);
        assert!(passes(&rows));
        rows[0] = row(&sign_in, Vec::new());
        assert!(!passes(&rows));
    }

    #[test]
    fn where_the_alias_is_unsure_exchanges_records_prove_no_absence() {
        let window = Window { from: DateTime::UNIX_EPOCH, to: DateTime::UNIX_EPOCH };
        let source = crate::ledger::SourceEntry { admin_by_people: 3, ..crate::ledger::SourceEntry::default() };
        let ledger = Ledger { sources: vec![source], ..Ledger::default() };
        let mut subject = Subject::default();
        let passes = |subject: &Subject| {
            let exports = Exports::new(&[], window, subject, &ledger);
            Asked { rows: &[], earlier: &[], states: &[], window, subject, ledger: &ledger, exports }
                .admin_by_people()
                .0
        };
        assert!(passes(&subject));
        subject.unsure.insert("a.mori".to_owned());
        assert!(!passes(&subject));
    }

    #[test]
    fn without_an_audit_log_nothing_is_said_of_a_search_by_user() {
        let (subject, ledger) = (Subject::default(), Ledger::default());
        let window = Window { from: DateTime::UNIX_EPOCH, to: DateTime::UNIX_EPOCH };
        let exports = Exports::new(&[], window, &subject, &ledger);
        let asked = Asked { rows: &[], earlier: &[], states: &[], window, subject: &subject, ledger: &ledger, exports };
        assert_eq!(asked.other_actors(), (false, "no unified audit log in the evidence".to_owned()));
    }
}
