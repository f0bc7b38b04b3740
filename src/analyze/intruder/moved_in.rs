//! Where somebody had moved in before the window: places that the account came to only, or almost only, by sign-ins that
//! the service is next to sure were not its owner's. What was done there was no habit of the account.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use chrono::NaiveDate;

use crate::analyze::exam::Row;
use crate::analyze::intruder::baseline::{OWN_DAYS, counts, is_managed, spot};
use crate::analyze::sign_ins::logins;
use crate::analyze::sign_ins::risk::RiskReports;
use crate::timeline::Event;

/// Places, and sessions that began there, lower-cased.
#[derive(Debug, Default)]
pub struct MovedIn {
    places: BTreeSet<IpAddr>,
    sessions: BTreeSet<String>,
}

impl MovedIn {
    /// Learns from these rows, in the order of time. One such sign-in among days on which nothing was wrong is an alarm
    /// about a place of the owner's, not a stranger's place.
    pub fn of(rows: &[&Row<'_>], risk: &RiskReports<'_>) -> Self {
        let grave: Vec<&Row<'_>> = rows.iter().copied().filter(|row| is_grave(row, risk)).collect();
        if grave.is_empty() {
            return Self::default();
        }
        let begun = begun_by(rows, &grave);
        let mut loud: BTreeMap<IpAddr, BTreeSet<NaiveDate>> = BTreeMap::new();
        for row in &grave {
            if let Some(spot) = spot(row.event) {
                loud.entry(spot).or_default().insert(row.event.datetime.date_naive());
            }
        }
        let mut quiet: BTreeMap<IpAddr, BTreeSet<NaiveDate>> = BTreeMap::new();
        for row in rows.iter().filter(|row| !sessions(row).any(|session| begun.contains(&session))) {
            let (Some(spot), date) = (spot(row.event), row.event.datetime.date_naive()) else { continue };
            if loud.get(&spot).is_some_and(|dates| !dates.contains(&date)) {
                quiet.entry(spot).or_default().insert(date);
            }
        }
        let is_habit = |spot: &IpAddr| quiet.get(spot).is_some_and(|dates| dates.len() >= OWN_DAYS);
        let places: BTreeSet<IpAddr> = loud.into_keys().filter(|spot| !is_habit(spot)).collect();
        let there = |row: &&&Row<'_>| spot(row.event).is_some_and(|spot| places.contains(&spot));
        let sessions = grave.iter().filter(there).flat_map(|row| sessions(row)).filter(|name| begun.contains(name));
        Self { sessions: sessions.collect(), places }
    }

    /// Whether the event is of such a place, or of a session that began there.
    pub fn holds(&self, event: &Event) -> bool {
        spot(event).is_some_and(|spot| self.places.contains(&spot))
            || !self.sessions.is_empty()
                && event.session().is_some_and(|session| self.sessions.contains(&session.to_lowercase()))
    }
}

/// A managed device is not brought along by who took the account over.
fn is_grave(row: &Row<'_>, risk: &RiskReports<'_>) -> bool {
    logins::is_own(row) && counts(row) && !is_managed(row.event) && risk.is_grave(row)
}

/// The sessions whose first record is one of these sign-ins.
fn begun_by(rows: &[&Row<'_>], grave: &[&Row<'_>]) -> BTreeSet<String> {
    let mut first: BTreeMap<String, &Row<'_>> = BTreeMap::new();
    for row in rows {
        for session in sessions(row) {
            first.entry(session).or_insert(row);
        }
    }
    let is_grave = |row: &Row<'_>| grave.iter().any(|one| std::ptr::eq(*one, row));
    first.into_iter().filter(|(_, row)| is_grave(row)).map(|(session, _)| session).collect()
}

fn sessions(row: &Row<'_>) -> impl Iterator<Item = String> {
    row.events().filter_map(Event::session).map(str::to_lowercase)
}
