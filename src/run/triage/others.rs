//! What other accounts did, found by place, session or setting: many accounts ask, and each looks only at what may be
//! its answer.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use crate::analyze::intruder::around::Around;
use crate::analyze::intruder::baseline;
use crate::analyze::people::identity::Subject;
use crate::timeline::Event;
use crate::timeline::query::Row;

/// Records of the whole tenant, in total order, with where each of them lies.
#[derive(Debug, Default)]
pub struct Others {
    events: Vec<Event>,
    by_place: HashMap<IpAddr, Vec<usize>>,
    by_range: HashMap<IpAddr, Vec<usize>>,
    by_session: HashMap<String, Vec<usize>>,
    settings: Vec<usize>,
}

impl Others {
    /// Records that somebody asked for.
    pub fn new(events: Vec<Event>) -> Self {
        let mut others = Self { events, ..Self::default() };
        for (at, event) in others.events.iter().enumerate() {
            let ip: Option<IpAddr> = event.source_ip.as_deref().and_then(|ip| ip.parse().ok());
            if let Some(ip) = ip {
                let place = baseline::place(ip.to_canonical());
                others.by_place.entry(place).or_default().push(at);
                if let Some(range) = baseline::range(place) {
                    others.by_range.entry(range).or_default().push(at);
                }
            }
            if let Some(session) = event.session_id.as_deref() {
                others.by_session.entry(session.to_lowercase()).or_default().push(at);
            }
            if Around::is_setting(event.action()) {
                others.settings.push(at);
            }
        }
        others
    }

    /// Those that this account asks for, in total order.
    pub fn of(&self, subject: &Subject, around: &Around) -> Vec<&Event> {
        let places = around.places.iter().chain(around.tried.keys()).filter_map(|place| self.by_place.get(place));
        let ranges = around.ranges.keys().filter_map(|range| self.by_range.get(range));
        let sessions = around.sessions.iter().filter_map(|session| self.by_session.get(session));
        let settings = around.settings.then_some(&self.settings);
        let near: BTreeSet<usize> = places.chain(ranges).chain(sessions).chain(settings).flatten().copied().collect();
        let near = near.into_iter().filter_map(|at| self.events.get(at));
        near.filter(|event| around.wants(subject, &row(event))).collect()
    }
}

/// The narrow columns of an event that was read whole.
fn row(event: &Event) -> Row<'_> {
    Row {
        datetime: event.datetime,
        parties: event.parties.as_deref().unwrap_or_default(),
        action: event.action(),
        source_ip: event.source_ip.as_deref().unwrap_or_default(),
        session_id: event.session_id.as_deref().unwrap_or_default(),
    }
}
