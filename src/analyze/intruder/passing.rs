//! Who has another address every day: a telephone, or a line that is numbered anew every night. One more such address says
//! little, as long as it is the account's kind of machine that comes from there.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use chrono::NaiveDate;

use crate::analyze::exam::Row;
use crate::analyze::intruder::baseline::{OWN_DAYS, spot};
use crate::analyze::people::actor::ActorClass;
use crate::knowledge::machines::Kinds;
use crate::timeline::Event;

/// Days on which an account came from an address that it did not keep, from which on that is its way of working; and of
/// how many of its days one must be such a day.
const LEAST: (usize, usize) = (5, 3);

/// Whether that is the account's way of working, and with what it works so.
#[derive(Debug, Default)]
pub struct Passing {
    /// What came from such addresses before the window; `None` where that is not the account's way.
    with: Option<Kinds>,
    /// Places from where other kinds of machines came, and none of these.
    strangers: BTreeSet<IpAddr>,
}

impl Passing {
    /// Learns from the days on which each place was used, of those of which no record tells the network: whether many of
    /// them, `all` in number, were days at an address that was used on hardly another one.
    pub fn of(nameless: &BTreeMap<IpAddr, &BTreeSet<NaiveDate>>, all: usize, usual: &[&Row<'_>]) -> Self {
        let (least, share) = LEAST;
        let passing = |place: &IpAddr| nameless.get(place).is_some_and(|days| days.len() < OWN_DAYS);
        let days = nameless.iter().filter(|(place, _)| passing(place)).filter_map(|(_, days)| days.first());
        let on: BTreeSet<&NaiveDate> = days.collect();
        if on.len() < least || on.len() * share < all {
            return Self::default();
        }
        let (mut with, mut read) = (Kinds::default(), Texts::default());
        let there = usual.iter().filter(|row| spot(row.event).is_some_and(|place| passing(&place)));
        there.for_each(|row| with.join(&read.kinds(row)));
        Self { with: Some(with), strangers: BTreeSet::new() }
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
    pub fn holds(&self, event: &Event) -> bool {
        self.with.is_some() && spot(event).is_none_or(|place| !self.strangers.contains(&place))
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
