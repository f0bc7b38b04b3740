//! What other accounts did, found by place, session or setting: many accounts ask, and each looks only at what may be
//! its answer.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use crate::analyze::intruder::around::Around;
use crate::analyze::intruder::baseline;
use crate::analyze::people::identity::Subject;
use crate::timeline::Event;
use crate::timeline::query::Row;
use chrono::DateTime;
use chrono::Utc;

/// Records of the whole tenant, in total order, with where each of them lies.
#[derive(Debug, Default)]
pub struct Others {
    events: Vec<Event>,
    by_place: HashMap<IpAddr, Vec<usize>>,
    by_range: HashMap<IpAddr, Vec<usize>>,
    by_session: HashMap<String, Vec<usize>>,
    settings: Vec<usize>,
    risks: Vec<usize>,
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
            if Around::is_risk(event.action()) {
                others.risks.push(at);
            }
        }
        others
    }

    /// Those that this account asks for, in total order.
    pub fn of(&self, subject: &Subject, around: &Around) -> Vec<&Event> {
        let places = around.places.iter().chain(around.deputies.keys());
        let places = places.filter_map(|place| self.by_place.get(place)).map(Vec::as_slice);
        let tried = around.tried.iter().filter_map(|(place, tried)| Some((self.by_place.get(place)?, tried)));
        let ranges = around.ranges.iter().filter_map(|(range, tried)| Some((self.by_range.get(range)?, tried)));
        // Who tries passwords comes back for a month: looked at is one round of it, not all.
        let tried = tried.chain(ranges).flat_map(|(all, tried)| {
            let rounds = tried.spans().into_iter();
            rounds.map(move |span| self.within(all, span))
        });
        let sessions = around.sessions.iter().filter_map(|session| self.by_session.get(session)).map(Vec::as_slice);
        let settings = around.settings.then_some(self.settings.as_slice());
        let risks = (!around.visits.is_empty()).then_some(self.risks.as_slice());
        let all = places.chain(tried).chain(sessions).chain(settings).chain(risks);
        let near: BTreeSet<usize> = all.flatten().copied().collect();
        let near = near.into_iter().filter_map(|at| self.events.get(at));
        near.filter(|event| around.wants(subject, &row(event))).collect()
    }

    /// Those of a span of time, both ends in it.
    fn within<'s>(&'s self, all: &'s [usize], (first, last): (DateTime<Utc>, DateTime<Utc>)) -> &'s [usize] {
        let time = |at: &usize| self.events.get(*at).map(|event| event.datetime);
        let start = all.partition_point(|at| time(at) < Some(first));
        let behind = all.partition_point(|at| time(at) <= Some(last));
        all.get(start..behind).unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::analyze::intruder::around::Tried;
    use crate::analyze::intruder::tries::Refusal;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    #[test]
    fn of_many_rounds_those_around_the_accounts_own_are_found() {
        let event = |minute: i64, ip: &str, action: &str| Event {
            datetime: at(minute),
            source_ip: Some(ip.into()),
            action: Some(action.into()),
            ..Event::default()
        };
        let mut events: Vec<Event> = Vec::new();
        for round in 0..6_i64 {
            for minute in [0, 30, 65, 66, 90] {
                events.push(event(round * 500 + minute, "198.51.100.9", "UserLoginFailed"));
                events.push(event(round * 500 + minute, "198.51.100.70", "UserLoginFailed"));
                events.push(event(round * 500 + minute, "203.0.113.7", "Send"));
            }
        }
        let others = Others::new(events.clone());
        let refused = |minute| Refusal { time: at(minute), then_right: false };
        let place = |text: &str| text.parse::<IpAddr>().unwrap();
        let tried = |minutes: &[i64]| Tried::Around(minutes.iter().map(|minute| refused(*minute)).collect());
        let around = |tried: Vec<(&str, Tried)>, ranges: Vec<(&str, Tried)>, places: &[&str]| Around {
            places: places.iter().map(|text| place(text)).collect(),
            tried: tried.into_iter().map(|(text, tried)| (place(text), tried)).collect(),
            ranges: ranges.into_iter().map(|(text, tried)| (place(text), tried)).collect(),
            ..Around::default()
        };
        let range = baseline::range(place("198.51.100.9")).unwrap().to_string();
        let subject = Subject::default();
        for (around, count) in [
            (around(vec![("198.51.100.9", tried(&[500]))], vec![], &[]), 3),
            (around(vec![("198.51.100.9", tried(&[531, 2030]))], vec![], &[]), 10),
            (around(vec![("198.51.100.9", Tried::Ever)], vec![], &[]), 30),
            (around(vec![], vec![(range.as_str(), tried(&[500]))], &[]), 6),
            (around(vec![("198.51.100.9", tried(&[500]))], vec![], &["203.0.113.7"]), 33),
        ] {
            let found: Vec<&str> = others.of(&subject, &around).iter().map(|event| event.action()).collect();
            let all = events.iter().filter(|event| around.wants(&subject, &row(event)));
            assert_eq!(found, all.map(Event::action).collect::<Vec<_>>());
            assert_eq!(found.len(), count, "{around:?}");
        }
    }
}
