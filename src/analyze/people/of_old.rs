//! Who did the same on days before, from the same place. Where the evidence begins with the window, what is usual shows
//! inside it only.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use chrono::{NaiveDate, TimeDelta};

use crate::analyze::exam::{Exam, Row};
use crate::analyze::intruder::baseline::{self, OWN_DAYS, client_address};
use crate::analyze::mail::mails::SUSPICIOUS;

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
        // One more than make it one's own: there it goes on.
        if days.len() <= OWN_DAYS && days.last() != Some(&day) {
            days.push(day);
        }
    }

    fn days(&self, row: &Row<'_>, name: &str) -> Option<&[NaiveDate]> {
        let days = self.days.get(&baseline::place(client_address(row.event)?))?.get(name)?;
        Some(days)
    }

    /// Whether what has this name was done from the row's place on as many earlier days as make a place one's own. A
    /// record without an address proves no place.
    pub fn holds(&self, row: &Row<'_>, name: &str) -> bool {
        let enough = self.days(row, name).and_then(|days| days.get(OWN_DAYS - 1));
        enough.is_some_and(|day| *day < row.event.datetime.date_naive())
    }

    /// The first day of what goes on from the row's place for more days than make a place one's own.
    fn begin_of_habit(&self, row: &Row<'_>, name: &str) -> Option<NaiveDate> {
        self.days(row, name).filter(|days| days.len() > OWN_DAYS)?.first().copied()
    }
}

/// Days before the window on which a program must have sent this way to be an old one.
const OLD_DAYS: usize = 3;
/// How soon after the evidence begins a program must have sent that was there before.
const FROM_THE_BEGINNING: TimeDelta = TimeDelta::days(7);

/// The programs that send mail without keeping a copy as their work, day by day from one place: an invoicing program, a
/// scanner. One that begins amid the evidence is not among them, unless it began long before the window.
#[derive(Debug)]
pub struct Programs {
    old: OfOld,
    begin: Option<NaiveDate>,
    before: HashMap<String, BTreeSet<NaiveDate>>,
}

impl Programs {
    /// Learns from the mails that no copy was kept of.
    pub fn of(exam: &Exam<'_>) -> Self {
        let suppressed = || exam.mails().sent.iter().filter(|sent| sent.row.event.saved_to_sent == Some(false));
        let innocent = |row: &&Row<'_>| exam.points(row) < SUSPICIOUS && !exam.attacker.holds(exam, row.event);
        let rows = suppressed().map(|sent| sent.row).filter(|row| program(row).is_some()).filter(innocent);
        let old = OfOld::of(exam, rows, |row| program(row).unwrap_or_default().to_owned());
        let mut before: HashMap<String, BTreeSet<NaiveDate>> = HashMap::new();
        for row in suppressed().map(|sent| sent.row).filter(|row| !row.in_window) {
            if let Some(program) = program(row) {
                before.entry(program.to_owned()).or_default().insert(row.event.datetime.date_naive());
            }
        }
        let begin = exam.rows.iter().find(|row| row.parts.any()).map(|row| row.event.datetime + FROM_THE_BEGINNING);
        Self { old, begin: begin.map(|time| time.date_naive()), before }
    }

    /// Whether sending so is the work of the record's program: since the evidence began, or on days before the window. Of
    /// each record its own program is asked: what one of them does of old explains nothing that another sends.
    pub fn is_usual(&self, row: &Row<'_>) -> bool {
        self.work(row) || self.is_from_before(row)
    }

    /// The same as far as it was so by then.
    pub fn was_usual(&self, row: &Row<'_>) -> bool {
        self.of_old(row) || self.is_from_before(row)
    }

    fn is_from_before(&self, row: &Row<'_>) -> bool {
        self.days_before(row) >= OLD_DAYS
    }

    /// On how many days before the window the record's program sent without keeping a copy.
    pub fn days_before(&self, row: &Row<'_>) -> usize {
        program(row).and_then(|program| self.before.get(program)).map_or(0, BTreeSet::len)
    }

    /// Whether the record's program sends so day by day from its place since the evidence began: its first days too.
    pub fn work(&self, row: &Row<'_>) -> bool {
        let begin = program(row).and_then(|program| self.old.begin_of_habit(row, program));
        begin.zip(self.begin).is_some_and(|(first, latest)| first <= latest)
    }

    /// Whether it had done so on three days or more by then.
    pub fn of_old(&self, row: &Row<'_>) -> bool {
        self.work(row) && program(row).is_some_and(|program| self.old.holds(row, program))
    }
}

/// What the record calls the program that sent.
fn program<'x>(row: &Row<'x>) -> Option<&'x str> {
    let event = row.event;
    let names = [&event.client_app_id, &event.client_info, &event.app_id];
    names.into_iter().find_map(|name| name.as_deref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::exam::OFF;
    use crate::analyze::people::actor::ActorClass;
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
            parts: crate::analyze::people::identity::Parts::default(),
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
        let begin = |row: &Row<'_>| old.begin_of_habit(row, "eli").is_some();
        assert!(rows.iter().map(begin).eq([true, true, true, true, true, true, false, false]));
    }
}
