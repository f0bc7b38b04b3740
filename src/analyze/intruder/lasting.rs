//! Sessions that lasted for days before the window, each in the networks it was used in and with the machines it was used
//! on: a telephone's goes on for months and has another address every day.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::knowledge::machines::Kinds;
use crate::timeline::Event;

/// Session, lower-cased, and the number of its network → its use there.
#[derive(Debug, Default)]
pub struct Lasting(BTreeMap<(String, i64), Use>);

#[derive(Debug, Default)]
struct Use {
    days: BTreeSet<NaiveDate>,
    /// What told its machines and programs.
    texts: BTreeSet<Box<str>>,
}

impl Lasting {
    /// Learns from an event in the network of this number.
    pub fn add(&mut self, event: &Event, network: Option<i64>) {
        let Some(end) = end(event, network) else { return };
        let used = self.0.entry(end).or_default();
        used.days.insert(event.datetime.date_naive());
        for text in texts(event).filter(|text| !used.texts.contains(*text)).collect::<Vec<_>>() {
            used.texts.insert(text.into());
        }
    }

    /// On how many days the event's session was used in the network of this number; on none by a machine or program of
    /// another kind, nor by one that nothing tells: a token that was stolen from a telephone goes on in a browser.
    pub fn days(&self, event: &Event, network: Option<i64>) -> usize {
        let used = end(event, network).and_then(|end| self.0.get(&end));
        let same = |used: &&Use| {
            let known = kinds(used.texts.iter().map(|text| &**text));
            kinds(texts(event)).are_among(&known) == Some(true)
        };
        used.filter(same).map_or(0, |used| used.days.len())
    }
}

fn end(event: &Event, network: Option<i64>) -> Option<(String, i64)> {
    Some((event.session()?.to_lowercase(), network?))
}

fn texts(event: &Event) -> impl Iterator<Item = &str> {
    [&event.user_agent, &event.client_info, &event.device_os].into_iter().flatten().map(|text| &**text)
}

fn kinds<'t>(texts: impl Iterator<Item = &'t str>) -> Kinds {
    let mut kinds = Kinds::default();
    texts.for_each(|text| kinds.join(&Kinds::of(text)));
    kinds
}
