//! Sessions that lasted for days before the window, each in the networks it was used in: a telephone's goes on for months
//! and has another address every day.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::timeline::Event;

/// Session, lower-cased, and the number of its network → the days on which it was used there.
#[derive(Debug, Default)]
pub struct Lasting(BTreeMap<(String, i64), BTreeSet<NaiveDate>>);

impl Lasting {
    /// Learns from an event in the network of this number.
    pub fn add(&mut self, event: &Event, network: Option<i64>) {
        if let Some(end) = end(event, network) {
            self.0.entry(end).or_default().insert(event.datetime.date_naive());
        }
    }

    /// On how many days the event's session was used in the network of this number.
    pub fn days(&self, event: &Event, network: Option<i64>) -> usize {
        end(event, network).and_then(|end| self.0.get(&end)).map_or(0, BTreeSet::len)
    }
}

fn end(event: &Event, network: Option<i64>) -> Option<(String, i64)> {
    Some((event.session()?.to_lowercase(), network?))
}
