//! What was done here before the window, by whom and from where: who did something before does it again, from where that
//! one is at work. A deputy's or an administrator's stolen session knows their work, not their place.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;

use crate::analyze::exam::{Exam, Row};
use crate::analyze::intruder::baseline::{self, Baseline, OWN_DAYS, client_address};
use crate::analyze::people::actor::ActorClass;
use crate::analyze::sign_ins::logins;
use crate::timeline::Event;

/// What was done before the window, and the places of those who did.
#[derive(Debug, Default)]
pub struct Habits {
    /// Operation and actor, lower-cased.
    done: HashSet<(String, String)>,
    places: HashMap<String, Places>,
}

/// From where one actor worked before the window.
#[derive(Debug, Default)]
struct Places {
    /// Place → on how many days; the last of them, as the rows come in the order of time.
    spots: HashMap<IpAddr, (usize, chrono::NaiveDate)>,
    networks: HashSet<i64>,
    /// Countries, lower-cased; `None` of an address of which no country is known.
    countries: HashSet<Option<String>>,
}

impl Habits {
    /// Learns from the rows before the window, which are in the order of time.
    pub fn of<'x, 'e: 'x>(baseline: &Baseline, before: impl Iterator<Item = &'x Row<'e>>) -> Self {
        let mut habits = Self::default();
        for row in before {
            let (operation, actor) = done_by(row);
            if let Some(ip) = client_address(row.event) {
                habits.places.entry(actor.clone()).or_default().learn(baseline, row.event, ip);
            }
            habits.done.insert((operation, actor));
        }
        habits
    }

    /// Whether the same actor did the same, from wherever.
    pub fn did(&self, row: &Row<'_>) -> bool {
        self.done.contains(&done_by(row))
    }

    /// Whether the row comes from where its actor was seen at work before the window.
    pub fn is_at_work(&self, exam: &Exam<'_>, row: &Row<'_>) -> bool {
        let places = self.places.get(&done_by(row).1);
        places.zip(client_address(row.event)).is_some_and(|(places, ip)| places.know(&exam.baseline, row, ip))
    }

    /// Whether the row comes from where its actor was never seen at work, although it is known where that was. A record
    /// without an address says nothing of a place; nor do the account's own places, or those of the whole house, against
    /// anybody in it.
    pub fn is_away(&self, exam: &Exam<'_>, row: &Row<'_>) -> bool {
        let Some(ip) = client_address(row.event) else { return false };
        // Of the account's own acts the score tells as much, where enough days are known.
        if row.class == ActorClass::Own && !exam.baseline.sufficient {
            return false;
        }
        let Some(places) = self.places.get(&done_by(row).1) else { return false };
        let house = || logins::is_usual_place(exam, row.event) || exam.shared.contains(&baseline::place(ip));
        !places.know(&exam.baseline, row, ip) && !house()
    }
}

impl Places {
    fn learn(&mut self, baseline: &Baseline, event: &Event, ip: IpAddr) {
        let today = event.datetime.date_naive();
        let (days, last) = self.spots.entry(baseline::place(ip)).or_insert((0, today));
        if *days == 0 || *last != today {
            *days += 1;
        }
        *last = today;
        self.networks.extend(baseline.number_of(event));
        self.countries.insert(country(event));
    }

    /// Whether the actor was there, or in that network. Of a program, and of one whose address changes from day to day,
    /// another one says nothing, as long as the country stays the same.
    fn know(&self, baseline: &Baseline, row: &Row<'_>, ip: IpAddr) -> bool {
        let event = row.event;
        let network = || baseline.number_of(event).is_some_and(|number| self.networks.contains(&number));
        let settled = || {
            let daily = self.spots.len() == 1 || self.spots.values().any(|(days, _)| *days >= OWN_DAYS);
            daily && row.class != ActorClass::App
        };
        self.spots.contains_key(&baseline::place(ip))
            || network()
            || !settled() && self.countries.contains(&country(event))
    }
}

fn country(event: &Event) -> Option<String> {
    event.geo_country.as_deref().map(str::to_lowercase)
}

/// The operation and its actor, lower-cased.
fn done_by(row: &Row<'_>) -> (String, String) {
    (row.event.action().to_lowercase(), row.event.user_raw.as_deref().unwrap_or_default().to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::people::identity::Parts;
    use chrono::{DateTime, TimeDelta};

    fn event(day: i64, ip: &str, country: Option<&str>) -> Event {
        Event {
            datetime: DateTime::UNIX_EPOCH + TimeDelta::days(day),
            source_ip: Some(ip.into()),
            geo_country: country.map(Into::into),
            ..Event::default()
        }
    }

    fn knows(class: ActorClass, before: &[(&str, &str)], ip: &str, country: &str) -> bool {
        let (baseline, mut places) = (Baseline::default(), Places::default());
        let ip_of = |event: &Event| client_address(event).unwrap();
        for (day, &(ip, country)) in (0..).zip(before) {
            let event = event(day, ip, Some(country));
            places.learn(&baseline, &event, ip_of(&event));
        }
        let event = event(99, ip, Some(country));
        let (parts, place) = (Parts::default(), crate::analyze::exam::OFF);
        let row = Row { event: &event, class, parts, in_window: true, twins: Vec::new(), place };
        places.know(&baseline, &row, ip_of(&event))
    }

    #[test]
    fn who_works_at_one_address_is_away_at_another() {
        let office = [("81.169.1.1", "DE"); 3];
        let delegate = ActorClass::Delegate;
        assert!(knows(delegate, &office, "81.169.1.1", "DE"));
        assert!(!knows(delegate, &office, "81.169.9.9", "DE"));
        assert!(!knows(delegate, &office[..1], "81.169.9.9", "DE"));
        assert!(knows(ActorClass::App, &office, "81.169.9.9", "DE"));
    }

    #[test]
    fn who_has_another_address_every_day_is_away_in_another_country() {
        let home = [("81.169.1.1", "DE"), ("81.169.2.2", "DE"), ("81.169.3.3", "DE")];
        assert!(knows(ActorClass::Admin, &home, "81.169.9.9", "de"));
        assert!(!knows(ActorClass::Admin, &home, "102.89.33.4", "NG"));
    }
}
