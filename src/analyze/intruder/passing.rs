//! Who has another address every day: a telephone, a line that is numbered anew every night, a proxy with many ways out.
//! One more such address says little, as long as it lies near the others, or these lie apart as well, and it is the account's
//! kind of machine that comes from there.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use chrono::NaiveDate;

use crate::analyze::exam::Row;
use crate::analyze::intruder::baseline::{OWN_DAYS, range, spot};
use crate::analyze::people::actor::ActorClass;
use crate::knowledge::machines::Kinds;

/// Days on which an account came from an address that it did not keep, from which on that is its way of working; and of
/// how many of its days one must be such a day.
const LEAST: (usize, usize) = (5, 3);

/// Place → the days on which it was used.
type Days = BTreeMap<IpAddr, BTreeSet<NaiveDate>>;

/// Whether that is the account's way of working, and with what it works so.
#[derive(Debug, Default)]
pub struct Passing {
    /// What came from such addresses before the window; `None` where that is not the account's way.
    with: Option<Kinds>,
    /// Where these addresses lay; none where they lay here and there.
    near: BTreeSet<IpAddr>,
    /// Places from where other kinds of machines came, and none of these.
    strangers: BTreeSet<IpAddr>,
}

impl Passing {
    /// Learns from the days on which each place was used, of those of which no record tells the network: whether many of
    /// them, `all` in number, were days at an address that was used on hardly another one.
    pub fn of(nameless: Days, all: usize, usual: &[&Row<'_>]) -> Self {
        let is_way = |days: &Days| {
            let first: BTreeSet<&NaiveDate> = days.values().filter_map(BTreeSet::first).collect();
            let ((least, share), on) = (LEAST, first.len());
            on >= least && on * share >= all
        };
        let passing = hardly_used(nameless);
        if !is_way(&passing) {
            return Self::default();
        }
        let (mut with, mut read) = (Kinds::default(), Texts::default());
        let there = usual.iter().filter(|row| spot(row.event).is_some_and(|place| passing.contains_key(&place)));
        there.for_each(|row| with.join(&read.kinds(row)));
        let mut around = Days::new();
        for (place, days) in passing {
            around.entry(neighbourhood(place)).or_default().extend(days);
        }
        let near = around.keys().copied().collect();
        let apart = is_way(&hardly_used(around));
        Self { with: Some(with), near: if apart { BTreeSet::new() } else { near }, strangers: BTreeSet::new() }
    }

    /// Learns from which places of these rows, all of them new to the account, other kinds of machines came.
    pub fn follow<'x>(&mut self, rows: impl Iterator<Item = &'x Row<'x>>) {
        let Some(with) = &self.with else { return };
        let (mut own, mut others, mut read) = (BTreeSet::new(), BTreeSet::new(), Texts::default());
        for row in rows.filter(|row| row.class == ActorClass::Own && !row.failed()) {
            if let (Some(place), Some(is)) = (spot(row.event), read.kinds(row).are_among(with)) {
                _ = if is { own.insert(place) } else { others.insert(place) };
            }
        }
        self.strangers = others.difference(&own).copied().collect();
    }

    /// Whether one more such address is no stranger's. Of a place from where nothing came that tells its machine nobody
    /// knows better.
    pub fn holds(&self, place: IpAddr) -> bool {
        let is_near = self.near.is_empty() || self.near.contains(&neighbourhood(place));
        self.with.is_some() && is_near && !self.strangers.contains(&place)
    }
}

/// Those that were used on so few days that the account did not keep them.
fn hardly_used(mut days: Days) -> Days {
    days.retain(|_, days| days.len() < OWN_DAYS);
    days
}

/// What one who gives out addresses has beside each other: the 256 of IPv4, the /48 of IPv6.
fn neighbourhood(place: IpAddr) -> IpAddr {
    match place {
        IpAddr::V4(_) => range(place).unwrap_or(place),
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() >> 80 << 80).into()),
    }
}

/// The texts that were read: a long log has few, each in thousands of records.
#[derive(Default)]
struct Texts<'x>(BTreeMap<&'x str, Kinds>);

impl<'x> Texts<'x> {
    /// What the record and its twins tell of the machine and the program.
    fn kinds(&mut self, row: &'x Row<'_>) -> Kinds {
        let mut kinds = Kinds::default();
        for event in row.events() {
            let told = [&event.user_agent, &event.client_info, &event.device_os];
            for text in told.into_iter().flatten() {
                kinds.join(self.0.entry(text).or_insert_with(|| Kinds::of(text)));
            }
        }
        kinds
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::intruder::baseline::place;

    fn way(address: impl Fn(u32) -> String) -> Passing {
        let first = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        let day = |number: u32| first + chrono::Days::new(number.into());
        let days = (0..12).map(|number| (address(number).parse().unwrap(), BTreeSet::from([day(number)])));
        Passing::of(days.collect(), 12, &[])
    }

    fn holds(passing: &Passing, ip: &str) -> bool {
        passing.holds(place(ip.parse().unwrap()))
    }

    #[test]
    fn one_more_lies_near_the_others_unless_these_lie_apart() {
        let pool = way(|number| format!("81.169.{}.{number}", number % 2));
        assert!(holds(&pool, "81.169.1.200") && !holds(&pool, "81.170.1.200"));
        let telephone = way(|number| format!("81.{number}.7.9"));
        assert!(holds(&telephone, "82.1.1.1"));
        let v6 = way(|number| format!("2a02:3030:1:{number}::1"));
        assert!(holds(&v6, "2a02:3030:1:ffff::1") && !holds(&v6, "2a02:3031:1:1::1"));
        assert!(
            !holds(&way(|number| format!("81.169.1.{}", number % 2)), "81.169.1.200"),
            "two addresses that it keeps"
        );
    }
}
