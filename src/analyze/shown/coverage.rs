//! What the evidence can and cannot show: the gates that must pass before anything may be called "not seen".

mod asked;
mod audit_log;
mod by_activity;
mod gate;
mod kinds;
mod sign_ins;
mod snapshots;
mod untampered;

use chrono::{DateTime, Utc};

use self::asked::Asked;
pub use self::gate::GateId;
use self::untampered::Untold;
use crate::analyze::exam::Row;
use crate::analyze::people::identity::Subject;
use crate::analyze::shown::exports::{Exports, Log, time, whole_days, without};
use crate::examination::Gate;
use crate::ledger::{Lost, SourceEntry};
use crate::question::Window;
use crate::timeline::{Event, EvidenceSource};

/// What stands in front of a need that is not required.
pub const WOULD_ADD: &str = "would add: ";
/// Gates that ask for a log over the window.
const SPANS: [(GateId, Log); 4] = [
    (GateId::G1, Log::Audit),
    (GateId::G6, Log::Directory),
    (GateId::G7, Log::Interactive),
    (GateId::G9Received, Log::Received),
];

/// The gates with their answers.
#[derive(Debug, Default)]
pub struct Coverage {
    /// In order.
    pub gates: Vec<Gate>,
    states: Vec<(GateId, bool)>,
    /// Whose logs have half of the window and more, whether they pass or not.
    half: Vec<GateId>,
    /// What of the audit log auditing was switched off for.
    untold: Untold,
    /// When the audit log that would tell of the account was kept, in order, apart from each other.
    audited: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    /// Records of the window that cannot be asked what they say, by operation.
    pub lost: Vec<Lost>,
    /// Up to when the audit log goes that would tell of the account.
    pub audit_end: Option<DateTime<Utc>>,
}

impl Coverage {
    /// Asks every gate, of these files.
    pub fn new(
        rows: &[Row<'_>],
        earlier: &[Row<'_>],
        states: &[Row<'_>],
        window: Window,
        subject: &Subject,
        files: &[&SourceEntry],
    ) -> Self {
        let by_kind = files.iter().flat_map(|file| file.by_kind()).collect();
        let exports = Exports::new(rows, window, subject, by_kind);
        let audit_end = exports.end(Log::Audit);
        let mut coverage = Self { lost: lost(files, window), audit_end, ..Self::default() };
        let asked = Asked { rows, earlier, states, window, subject, exports };
        let is_mailbox = |event: &Event| {
            event.evidence_source == EvidenceSource::MailboxAudit || matches!(event.record_type, Some(2 | 3 | 50))
        };
        let silent: Vec<_> = asked.days_without(is_mailbox).and_then(whole_days).into_iter().collect();
        coverage.audited = without(asked.exports.audited(), &silent);
        coverage.half =
            SPANS.into_iter().filter(|(_, log)| asked.exports.covers_half(*log)).map(|(id, _)| id).collect();
        coverage.put(GateId::G0, asked.present());
        coverage.put(GateId::G1, asked.exports.span(Log::Audit));
        coverage.put(GateId::G2, asked.unfiltered());
        coverage.put(GateId::G2Any, asked.unfiltered_by_anybody());
        coverage.put(GateId::G2Other, asked.beyond_exchange());
        coverage.put(GateId::G3, asked.other_actors());
        let mailbox = |row: &Row<'_>| is_mailbox(row.event) && row.parts.mailbox;
        let alive = asked.any(mailbox, "mailbox audit records of this mailbox");
        coverage.put(GateId::G4, asked.unless_lacking(alive, "mailbox audit records", is_mailbox));
        let send = |row: &Row<'_>| mailbox(row) && row.event.is(&["Send"]);
        coverage.put(GateId::G4Send, asked.any(send, "Send records of this mailbox"));
        // Older records lack the field: that they do not say false says nothing.
        let copy = |row: &Row<'_>| send(row) && row.event.saved_to_sent.is_some();
        coverage.put(GateId::G4Copy, asked.any(copy, "Send records of this mailbox with the field SaveToSentItems"));
        coverage.put(GateId::G4Deletes, asked.deletions());
        coverage.put(GateId::G5, asked.admin_by_people());
        coverage.put(GateId::G6, asked.directory());
        coverage.put(GateId::G6Entra, asked.exports.span(Log::Directory));
        coverage.put(GateId::G7, asked.sign_ins(Log::Interactive));
        coverage.put(GateId::G7n, asked.sign_ins(Log::NonInteractive));
        coverage.put(GateId::G7Places, asked.places());
        coverage.put(GateId::G7Others, asked.sign_ins_of_others());
        coverage.put(GateId::G7Protocol, asked.protocols());
        coverage.put(GateId::G8, asked.risk());
        coverage.put(GateId::G9, asked.exports.span(Log::Trace));
        coverage.put(GateId::G9Sent, asked.sent());
        coverage.put(GateId::G9Received, asked.received());
        coverage.put(GateId::G10, asked.rules());
        coverage.put(GateId::G10Forwarding, asked.forwarding());
        coverage.put(GateId::G11, asked.types(&["40", "51"], "alert or hygiene records"));
        let is_read = |event: &Event| event.is(&["MailItemsAccessed"]);
        coverage.put(GateId::G12, asked.unless_lacking(asked.mail_items(), "MailItemsAccessed records", is_read));
        let files = |row: &Row<'_>| matches!(row.event.record_type, Some(4 | 6 | 14)) && row.parts.actor;
        coverage.put(GateId::G13, asked.any(files, "SharePoint or OneDrive records of this account"));
        let (answer, untold) = asked.untampered(&coverage.lost);
        coverage.put(GateId::G14, answer);
        coverage.untold = untold;
        coverage.put(GateId::G14Others, asked.not_bypassed());
        coverage.put(GateId::G15, asked.age());
        let search = |row: &Row<'_>| row.event.is(&["SearchQueryInitiatedExchange"]) && row.parts.any();
        coverage.put(GateId::G16, asked.any(search, "search records of this mailbox"));
        coverage.put(GateId::G17, asked.types(&["25"], "Teams records of anybody"));
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

    /// Whether the gate passes, or its log has half of the window all the same.
    pub fn covers_half(&self, id: GateId) -> bool {
        self.passes(id) || self.half.contains(&id)
    }

    /// Whether the audit log would tell of what the account did at this time: outside of it, a missing record says
    /// nothing.
    pub fn is_audited(&self, time: DateTime<Utc>) -> bool {
        self.audited.iter().any(|(first, last)| *first <= time && time <= *last)
    }

    /// The groups of which no gate passes, in words. Of an account that no record names, nothing can be said.
    pub fn missing(&self, groups: &[&[GateId]]) -> Vec<String> {
        let always: &[&[GateId]] = &[&[GateId::G0]];
        let untampered: &[&[GateId]] = &[&[GateId::G14]];
        let own = groups.iter().any(|group| group.contains(&GateId::G14));
        let more = if !own && self.is_untold(groups) { untampered } else { &[] };
        let failing =
            always.iter().chain(groups).chain(more).filter(|group| !group.iter().any(|gate| self.passes(*gate)));
        failing.map(|group| group.iter().map(|gate| self.sentence(*gate)).collect::<Vec<_>>().join(", or ")).collect()
    }

    /// Whether these gates pass by records that auditing, once switched off, no longer makes.
    fn is_untold(&self, groups: &[&[GateId]]) -> bool {
        let is_told = |gate: GateId| match self.untold {
            Untold::Nothing => true,
            Untold::Mailbox => !gate.is_of_mailbox_audit(),
            // The directory has an audit of its own.
            Untold::Everything => !gate.is_of_audit_log() || gate == GateId::G6 && self.passes(GateId::G6Entra),
        };
        groups.iter().any(|group| {
            let passing = || group.iter().filter(|gate| self.passes(**gate));
            passing().next().is_some() && !passing().any(|gate| is_told(*gate))
        })
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
            .map(|gate| format!("{WOULD_ADD}{}", self.sentence(*gate)))
            .collect()
    }

    fn sentence(&self, id: GateId) -> String {
        let seen = self.gates.iter().find(|gate| gate.id == id.as_str()).map_or("", |gate| gate.seen.as_str());
        format!("{}: {} ({seen})", id.as_str(), id.title())
    }
}

/// The lost records that may lie in the window, where something says what they were.
fn lost(files: &[&SourceEntry], window: Window) -> Vec<Lost> {
    let may_lie_inside = |lost: &&Lost| {
        let (first, last) = (time(lost.first.as_ref()), time(lost.last.as_ref()));
        first.zip(last).is_none_or(|(first, last)| first < window.to && last >= window.from)
    };
    let all = files.iter().flat_map(|file| &file.lost);
    all.filter(|lost| !lost.operation.is_empty()).filter(may_lie_inside).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::people::actor::ActorClass;
    use crate::analyze::people::identity::Parts;
    use crate::ledger::Part;

    #[test]
    fn what_another_source_tells_better_is_an_operation_of_the_audit_log_all_the_same() {
        let (subject, window) = (Subject::default(), Window { from: DateTime::default(), to: DateTime::default() });
        let event = |source, action: String, kind| Event {
            evidence_source: source,
            action: Some(action.into()),
            record_type: Some(kind),
            ..Event::default()
        };
        let log: Vec<Event> =
            (0..10).map(|number| event(EvidenceSource::Ual, format!("Operation{number}"), number % 3)).collect();
        let sign_in = event(EvidenceSource::EntraSignin, "Sign-in activity".to_owned(), 15);
        let parts = Parts { actor: true, ..Parts::default() };
        let row = |event, twins| Row { event, class: ActorClass::Own, parts, in_window: true, twins, place: 0 };
        let mut rows: Vec<Row<'_>> = log.iter().map(|event| row(event, Vec::new())).collect();
        let passes = |rows: &[Row<'_>]| {
            let exports = Exports::new(rows, window, &subject, Vec::new());
            Asked { rows, earlier: &[], states: &[], window, subject: &subject, exports }.unfiltered().0
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
        let source = SourceEntry { admin_by_people: 3, ..SourceEntry::default() };
        let mut subject = Subject::default();
        let passes = |subject: &Subject| {
            let exports = Exports::new(&[], window, subject, vec![&source]);
            Asked { rows: &[], earlier: &[], states: &[], window, subject, exports }.admin_by_people().0
        };
        assert!(passes(&subject));
        subject.unsure.insert("a.mori".to_owned());
        assert!(!passes(&subject));
    }

    #[test]
    fn without_an_audit_log_nothing_is_said_of_a_search_by_user() {
        let subject = Subject::default();
        let window = Window { from: DateTime::UNIX_EPOCH, to: DateTime::UNIX_EPOCH };
        let exports = Exports::new(&[], window, &subject, Vec::new());
        let asked = Asked { rows: &[], earlier: &[], states: &[], window, subject: &subject, exports };
        assert_eq!(asked.other_actors(), (false, "no unified audit log in the evidence".to_owned()));
    }

    #[test]
    fn of_a_search_by_user_nothing_is_said_to_be_missing_that_is_there() {
        let subject = Subject::resolve("dana@x.example", &[], &crate::timeline::identities::IdentityTable::default());
        let window = Window { from: DateTime::UNIX_EPOCH, to: DateTime::UNIX_EPOCH };
        let mut log = SourceEntry {
            evidence_source: Some("ual".to_owned()),
            actors: ["dana@x.example".to_owned()].into(),
            operations: [("8 Update user.".to_owned(), 2), ("1 New-InboxRule".to_owned(), 2)].into(),
            admin_by_people: 2,
            ..SourceEntry::default()
        };
        log.counts.events = 4;
        let exports = Exports::new(&[], window, &subject, vec![&log]);
        let asked = Asked { rows: &[], earlier: &[], states: &[], window, subject: &subject, exports };
        let why = asked.other_actors().1;
        assert!(why.contains("a search by user"));
        assert_eq!((asked.admin_by_people(), asked.directory()), ((false, why.clone()), (false, why)));
    }

    #[test]
    fn what_a_file_of_several_kinds_lost_is_lost_once() {
        let (subject, window) = (Subject::default(), Window { from: DateTime::UNIX_EPOCH, to: DateTime::UNIX_EPOCH });
        let lost = Lost { operation: "Set-Mailbox".to_owned(), count: 1, ..Lost::default() };
        let parts = vec![Part::default(), Part::default()];
        let file = SourceEntry { lost: vec![lost], parts, ..SourceEntry::default() };
        assert_eq!(file.by_kind().len(), 2);
        assert_eq!(Coverage::new(&[], &[], &[], window, &subject, &[&file]).lost.len(), 1);
    }
}
