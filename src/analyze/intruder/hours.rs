//! The hours in which the account was at work before the window, each of its day.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Timelike, Utc};

/// Hours, each of its day, that must be known before another can be unusual.
const LEAST: usize = 20;
const DAY: u32 = 24;

/// When something was done.
#[derive(Debug, Default)]
pub struct Hours {
    /// Hour (UTC) → the days on which something was done in it.
    days: BTreeMap<u32, BTreeSet<NaiveDate>>,
    /// Hours, each of its day, in which something else than a sign-in was done.
    worked: BTreeSet<(NaiveDate, u32)>,
}

impl Hours {
    /// Learns from something done at this time.
    pub fn add(&mut self, time: DateTime<Utc>, is_sign_in: bool) {
        let (today, hour) = (time.date_naive(), time.hour());
        self.days.entry(hour).or_default().insert(today);
        if !is_sign_in {
            self.worked.insert((today, hour));
        }
    }

    /// The days on which something was done.
    pub fn all_days(&self) -> BTreeSet<NaiveDate> {
        self.days.values().flatten().copied().collect()
    }

    /// Whether the hour lies outside all hours seen; `None` where too few hours say anything: twenty mails read in one
    /// minute are one, and sign-ins alone tell when somebody came to work, not how long that one stayed. An hour beside
    /// one of them does not: people stay a little longer, and the clocks change twice a year.
    pub fn is_unusual(&self, time: DateTime<Utc>) -> Option<bool> {
        let hour = time.hour();
        let around = [hour, (hour + 1) % DAY, (hour + DAY - 1) % DAY];
        (self.worked.len() >= LEAST).then(|| around.iter().all(|hour| !self.days.contains_key(hour)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_beside_a_working_hour_is_not_unusual() {
        let at = |day: u32, hour: u32| NaiveDate::from_ymd_opt(2026, 3, day).unwrap().and_hms_opt(hour, 30, 0).unwrap();
        let mut hours = Hours::default();
        assert_eq!(hours.is_unusual(at(20, 3).and_utc()), None);
        for (day, hour) in (1..=10).flat_map(|day| [(day, 0), (day, 8)]) {
            hours.add(at(day, hour).and_utc(), false);
        }
        let unusual: Vec<u32> =
            (0..DAY).filter(|hour| hours.is_unusual(at(20, *hour).and_utc()) == Some(true)).collect();
        assert_eq!(unusual, [2, 3, 4, 5, 6, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22]);
    }
}
