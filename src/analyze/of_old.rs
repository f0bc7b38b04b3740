//! Who did the same on days before, from the same place. Where the evidence begins with the window, what is usual shows
//! inside it only.

use std::collections::HashMap;
use std::net::IpAddr;

use chrono::NaiveDate;

use crate::analyze::baseline::{self, OWN_DAYS, client_address};
use crate::analyze::exam::{Exam, Row};

/// By place and the name of what was done: the first few days on which that was.
#[derive(Debug, Default)]
pub struct OfOld {
    days: HashMap<IpAddr, HashMap<String, Vec<NaiveDate>>>,
}

impl OfOld {
    /// Learns from these rows, which are in the order of time; `name` says who did what. Nothing where there are enough
    /// days before the window: these tell what is usual.
    pub fn of<'x, 'e: 'x>(
        exam: &Exam<'_>,
        rows: impl Iterator<Item = &'x Row<'e>>,
        name: impl Fn(&Row<'e>) -> String,
    ) -> Self {
        let mut old = Self::default();
        if !exam.baseline.sufficient {
            rows.for_each(|row| old.learn(row, name(row)));
        }
        old
    }

    fn learn(&mut self, row: &Row<'_>, name: String) {
        let Some(ip) = client_address(row.event) else { return };
        let days = self.days.entry(baseline::place(ip)).or_default().entry(name).or_default();
        let day = row.event.datetime.date_naive();
        if days.len() < OWN_DAYS && days.last() != Some(&day) {
            days.push(day);
        }
    }

    /// Whether what has this name was done from the row's place on as many earlier days as make a place one's own. A
    /// record without an address proves no place.
    pub fn holds(&self, row: &Row<'_>, name: &str) -> bool {
        let days = client_address(row.event).and_then(|ip| self.days.get(&baseline::place(ip))?.get(name));
        let enough = days.and_then(|days| days.get(OWN_DAYS - 1));
        enough.is_some_and(|day| *day < row.event.datetime.date_naive())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::actor::ActorClass;
    use crate::analyze::exam::OFF;
    use crate::timeline::Event;

    #[test]
    fn the_fourth_day_at_one_place_is_of_old() {
        let event = |day: i64, hour: i64, ip: Option<&str>| Event {
            datetime: chrono::DateTime::UNIX_EPOCH + chrono::TimeDelta::hours(day * 24 + hour),
            source_ip: ip.map(Into::into),
            ..Event::default()
        };
        let (office, elsewhere) = (Some("192.0.2.10"), Some("198.51.100.7"));
        let events = [
            event(0, 8, office),
            event(0, 9, office),
            event(1, 8, office),
            event(2, 8, office),
            event(2, 9, office),
            event(3, 8, office),
            event(3, 9, elsewhere),
            event(3, 10, None),
        ];
        let row = |event| Row {
            event,
            class: ActorClass::Delegate,
            parts: crate::analyze::identity::Parts::default(),
            in_window: true,
            twins: Vec::new(),
            place: OFF,
        };
        let rows: Vec<Row<'_>> = events.iter().map(row).collect();
        let mut old = OfOld::default();
        rows.iter().for_each(|row| old.learn(row, "eli".to_owned()));
        let holds = |name: &str| -> Vec<bool> { rows.iter().map(|row| old.holds(row, name)).collect() };
        assert_eq!(holds("eli"), [false, false, false, false, false, true, false, false]);
        assert!(!holds("somebody else").contains(&true));
    }
}
