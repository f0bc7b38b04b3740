//! What the kept records of one evidence file come to in the ledger: counts, days, operations, actors. The same whatever
//! the order in which they are counted. The span of the file stays as it is: it reaches over copies as well.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::event::{Event, EvidenceSource, ParseStatus};
use crate::ledger::SourceEntry;

/// Actors that a ledger entry names: the first few that differ.
const ACTORS: usize = 8;

/// The sums so far.
#[derive(Debug, Default)]
pub struct Tally {
    events: u64,
    states: u64,
    salvaged: u64,
    admin_by_people: u64,
    /// Events per day; named when the file ends.
    days: BTreeMap<NaiveDate, u64>,
    /// Events per record type and operation; named when the file ends.
    operations: BTreeMap<Option<i64>, BTreeMap<Box<str>, u64>>,
    /// Actor → the first record that names it.
    actors: BTreeMap<String, u64>,
    /// Of the first event (of the first state, where there is no event).
    evidence: Option<(bool, u64, EvidenceSource)>,
}

impl Tally {
    /// Counts an event or a state.
    pub fn add(&mut self, event: &Event, record: u64) {
        let place = (event.is_state(), record, event.evidence_source);
        if self.evidence.is_none_or(|known| (place.0, place.1) < (known.0, known.1)) {
            // An export that carries others (PowerShell's XML, a SIEM's table) is the evidence that it carries.
            self.evidence = Some(place);
        }
        self.salvaged += u64::from(event.parse_status == ParseStatus::Salvaged);
        if event.is_state() {
            // A state is no event: it has no place in the days of the evidence.
            self.states += 1;
            self.add_actor(event.target_raw.as_deref().unwrap_or_default(), record);
            return;
        }
        self.events += 1;
        *self.days.entry(event.datetime.date_naive()).or_default() += 1;
        let actor = event.user_upn.as_deref().or(event.user_raw.as_deref()).unwrap_or_default();
        self.add_actor(actor, record);
        let admin = event.record_type == Some(1) || event.evidence_source == EvidenceSource::AdminAudit;
        if admin {
            let by_service = matches!(event.actor_type, Some(3 | 4)) || actor.to_ascii_uppercase().starts_with("NT ");
            self.admin_by_people += u64::from(!by_service);
        }
        let operations = self.operations.entry(event.record_type).or_default();
        match operations.get_mut(event.action()) {
            Some(count) => *count += 1,
            None => {
                operations.insert(event.action().into(), 1);
            }
        }
    }

    /// Keeps the actors of the lowest records.
    fn add_actor(&mut self, actor: &str, record: u64) {
        if actor.is_empty() || self.actors.len() == ACTORS && self.actors.values().all(|known| *known < record) {
            return;
        }
        let first = self.actors.entry(actor.to_lowercase()).or_insert(record);
        *first = record.min(*first);
        if self.actors.len() > ACTORS {
            let last = self.actors.iter().max_by_key(|(_, record)| **record).map(|(actor, _)| actor.clone());
            last.map(|last| self.actors.remove(&last));
        }
    }

    /// Writes the sums into the entry.
    pub fn close(self, entry: &mut SourceEntry) {
        entry.counts.events = self.events;
        entry.counts.states = self.states;
        entry.counts.salvaged = self.salvaged;
        entry.admin_by_people = self.admin_by_people;
        entry.days = self.days.iter().map(|(day, count)| (day.format("%Y-%m-%d").to_string(), *count)).collect();
        entry.operations.clear();
        for (kind, operations) in self.operations {
            let kind = kind.map_or_else(String::new, |kind| kind.to_string());
            let named = operations.into_iter().map(|(action, count)| (format!("{kind} {action}"), count));
            entry.operations.extend(named);
        }
        entry.actors = self.actors.into_keys().collect();
        if let Some((_, _, evidence)) = self.evidence {
            entry.evidence_source = Some(evidence.as_str().to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_order_gives_the_same_entry() {
        let event = |record: u64| Event {
            datetime: chrono::DateTime::from_timestamp(record as i64 * 7919 % 1000 * 100, 0).unwrap(),
            user_upn: Some(format!("user{}@x.example", record * 7 % 13).into()),
            record_type: Some((record % 3) as i64),
            action: Some("Send".into()),
            ..Event::default()
        };
        let entry = |records: &mut dyn Iterator<Item = u64>| {
            let (mut tally, mut entry) = (Tally::default(), SourceEntry::default());
            records.for_each(|record| tally.add(&event(record), record));
            tally.close(&mut entry);
            entry
        };
        let forward = entry(&mut (1..100));
        assert_eq!(forward, entry(&mut (1..100).rev()));
        assert_eq!(forward, entry(&mut (1..100).map(|record| record * 37 % 100)));
        let first: std::collections::BTreeSet<String> =
            (1_u64..9).map(|record| format!("user{}@x.example", record * 7 % 13)).collect();
        assert_eq!(forward.actors, first, "the first eight that differ");
        assert_eq!(forward.counts.events, 99);
    }
}
