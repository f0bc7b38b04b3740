//! What began on the eve of the window and goes on inside it: an intruder who came an hour before `--from` is not at home
//! for that.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};

use crate::analyze::exam::Row;
use crate::analyze::intruder::baseline::{self, Baseline, spot};
use crate::analyze::sign_ins::risk::{is_mild, service_risk};
use crate::question::Window;
use crate::timeline::Event;

/// How long before the window what is new is no habit yet, where it goes on.
const EVE: TimeDelta = TimeDelta::hours(24);

/// When the eve of the window begins.
pub fn start(window: Window) -> DateTime<Utc> {
    window.from.checked_sub_signed(EVE).unwrap_or(window.from)
}

/// The places of the eve that are no habit yet. `new` are its rows from places and networks that `known`, which is made
/// of what was before, has not: of these, the places that are met again inside the window or whose session is, with
/// those of the same networks. A session that was in use before or elsewhere is an old one, and where a device of the
/// account signed in, its owner is.
pub fn places(known: &Baseline, new: &[&Row<'_>], rows: &[Row<'_>], window: Window) -> BTreeSet<IpAddr> {
    if new.is_empty() {
        return BTreeSet::new();
    }
    let mut begun = going_on(new, rows, window);
    let networks: BTreeSet<i64> = new
        .iter()
        .filter(|row| spot(row.event).is_some_and(|spot| begun.contains(&spot)))
        .filter_map(|row| known.number_of(row.event))
        .collect();
    let beside = |row: &&&Row<'_>| known.number_of(row.event).is_some_and(|number| networks.contains(&number));
    begun.extend(new.iter().filter(beside).filter_map(|row| spot(row.event)));
    let late = rows.iter().filter(|row| row.event.datetime >= start(window));
    for owners in late.filter(|row| is_owners(known, row)).filter_map(|row| spot(row.event)) {
        begun.remove(&owners);
    }
    begun
}

/// The places of these rows that are met again inside the window, or whose session is.
fn going_on(new: &[&Row<'_>], rows: &[Row<'_>], window: Window) -> BTreeSet<IpAddr> {
    let mut places = BTreeSet::new();
    let mut sessions: BTreeMap<String, BTreeSet<IpAddr>> = BTreeMap::new();
    for row in new {
        let Some(spot) = spot(row.event) else { continue };
        places.insert(spot);
        for session in sessions_of(row) {
            sessions.entry(session).or_default().insert(spot);
        }
    }
    let elsewhere = |row: &Row<'_>| spot(row.event).is_some_and(|spot| !places.contains(&spot));
    let before = rows.iter().take_while(|row| row.event.datetime < window.from).filter(|row| baseline::counts(row));
    let old = before.filter(|row| row.event.datetime < start(window) || elsewhere(row));
    for session in old.flat_map(sessions_of) {
        sessions.remove(&session);
    }
    let mut begun = BTreeSet::new();
    for row in rows.iter().filter(|row| row.event.datetime >= window.from && baseline::counts(row)) {
        begun.extend(spot(row.event).filter(|spot| places.contains(spot)));
        for session in sessions_of(row) {
            begun.extend(sessions.get(&session).into_iter().flatten());
        }
    }
    begun
}

fn sessions_of(row: &Row<'_>) -> impl Iterator<Item = String> {
    row.events().filter_map(Event::session).map(str::to_lowercase)
}

/// Whether the account signed in on a device that it had before, or on one that the organisation manages.
fn is_owners(known: &Baseline, row: &Row<'_>) -> bool {
    let event = row.event;
    let managed = || {
        let safe = service_risk(event).is_none() || is_mild(event);
        row.is_sign_in() && baseline::counts(row) && baseline::is_managed(event) && safe
    };
    known.is_own_device(row) || managed()
}
