//! Pairs of records of one key that lie close together in time, each with the nearest that is free: one key may hold many.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap};
use std::ops::Range;

use super::APART;
use crate::analyze::exam::Row;
use crate::timeline::Event;

/// The best rows of one key, in the order of time, with their places.
type Flow<'e> = Vec<(usize, &'e Event)>;

/// Pairs (other, best) of one key that lie close together, the nearest in time first: one key may hold several
/// happenings, and each has one twin. Rows in `taken` have theirs.
pub(super) fn nearest(
    rows: &[Row<'_>],
    is_other: impl Fn(&Row<'_>) -> bool,
    is_best: impl Fn(&Row<'_>) -> bool,
    key: impl Fn(&Event) -> Option<String>,
    same: impl Fn(&Event, &Event) -> bool,
    mut taken: BTreeSet<usize>,
) -> Vec<(usize, usize)> {
    let mut flows: HashMap<String, Flow<'_>> = HashMap::new();
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| is_best(row)) {
        if let Some(id) = key(row.event) {
            flows.entry(id).or_default().push((at, row.event));
        }
    }
    flows.values_mut().for_each(|flow| flow.sort_by_key(|(at, event)| (event.datetime, *at)));
    let mut seeking: Vec<Seeking<'_>> = Vec::new();
    for (at, row) in rows.iter().enumerate().filter(|(at, row)| is_other(row) && !taken.contains(at)) {
        if let Some(flow) = key(row.event).and_then(|id| flows.get(&id)) {
            seeking.push(Seeking::new(at, row.event, flow));
        }
    }
    // The nearest of each that seeks, and of those the nearest: where somebody else has it by then, the next one.
    let mut nearest: BinaryHeap<Reverse<(i64, usize, usize, usize)>> = BinaryHeap::new();
    for (number, seeks) in seeking.iter_mut().enumerate() {
        let next = seeks.next(&taken, &same);
        nearest.extend(next.map(|(apart, best)| Reverse((apart, seeks.at, best, number))));
    }
    let mut pairs = Vec::new();
    while let Some(Reverse((_, other, best, number))) = nearest.pop() {
        if !taken.contains(&best) {
            taken.extend([other, best]);
            pairs.push((other, best));
            continue;
        }
        let next = seeking.get_mut(number).and_then(|seeks| seeks.next(&taken, &same));
        nearest.extend(next.map(|(apart, best)| Reverse((apart, other, best, number))));
    }
    pairs
}

/// A row that looks for its twin to both sides of its time.
struct Seeking<'f> {
    at: usize,
    event: &'f Event,
    flow: &'f Flow<'f>,
    /// How many of the flow before it are still to be looked at.
    left: usize,
    /// Those before it that lie equally far away, and are looked at now.
    now: Range<usize>,
    /// The next of the flow behind it.
    right: usize,
}

impl<'f> Seeking<'f> {
    fn new(at: usize, event: &'f Event, flow: &'f Flow<'f>) -> Self {
        let here = flow.partition_point(|(_, best)| best.datetime <= event.datetime);
        Self { at, event, flow, left: here, now: 0..0, right: here }
    }

    /// The next one that is free and says the same, with how far away it is.
    fn next(&mut self, taken: &BTreeSet<usize>, same: &impl Fn(&Event, &Event) -> bool) -> Option<(i64, usize)> {
        loop {
            let place = self.step()?;
            let (best, event) = self.flow.get(place)?;
            if !taken.contains(best) && same(self.event, event) {
                return Some((self.apart(place)?, *best));
            }
        }
    }

    /// The next place in the flow by how far away it is, at one distance in the order of rows.
    fn step(&mut self) -> Option<usize> {
        if let Some(place) = self.now.next() {
            return Some(place);
        }
        let left = self.left.checked_sub(1).and_then(|place| self.apart(place));
        let right = self.apart(self.right);
        let apart = left.into_iter().chain(right).min().filter(|apart| *apart <= APART)?;
        if left != Some(apart) {
            self.right += 1;
            return Some(self.right - 1);
        }
        let before = self.flow.get(..self.left)?;
        let first = before.partition_point(|(_, best)| distance(self.event, best) > apart);
        self.now = first..self.left;
        self.left = first;
        self.now.next()
    }

    fn apart(&self, place: usize) -> Option<i64> {
        self.flow.get(place).map(|(_, best)| distance(self.event, best))
    }
}

/// How far two records lie apart, in milliseconds.
fn distance(one: &Event, two: &Event) -> i64 {
    (one.datetime - two.datetime).num_milliseconds().abs()
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::*;
    use crate::analyze::people::actor::ActorClass;
    use crate::analyze::people::identity::Parts;
    use crate::timeline::EvidenceSource::{EntraSignin, Ual};

    /// All pairs at once, sorted: what is to come out, at the cost of the square.
    fn by_all_pairs(rows: &[Row<'_>], same: impl Fn(&Event, &Event) -> bool) -> Vec<(usize, usize)> {
        let of = |source| rows.iter().enumerate().filter(move |(_, row)| row.event.evidence_source == source);
        let mut near: Vec<(i64, usize, usize)> = Vec::new();
        for (other, row) in of(Ual) {
            let close = of(EntraSignin).filter(|(_, best)| same(row.event, best.event));
            let close = close.map(|(best, found)| (distance(row.event, found.event), other, best));
            near.extend(close.filter(|(apart, ..)| *apart <= APART));
        }
        near.sort_unstable();
        let mut taken = BTreeSet::new();
        near.retain(|(_, other, best)| {
            let free = !taken.contains(other) && !taken.contains(best);
            taken.extend([*other, *best].into_iter().filter(|_| free));
            free
        });
        near.into_iter().map(|(_, other, best)| (other, best)).collect()
    }

    #[test]
    fn the_pairs_are_those_of_all_pairs_sorted() {
        // Times that meet, crowd and lie apart, from a row of numbers that is the same every time.
        let mut number = 7_i64;
        let mut roll = |most: i64| {
            number = (number * 1_103_515_245 + 12_345) % 2_147_483_648;
            (number >> 8) % most
        };
        for round in 0..60 {
            let grain = [1, 250, 500, 1000][round % 4];
            let mut events: Vec<Event> = (0..40)
                .map(|_| Event {
                    datetime: DateTime::UNIX_EPOCH + TimeDelta::milliseconds(roll(6000 / grain) * grain),
                    evidence_source: if roll(2) == 0 { Ual } else { EntraSignin },
                    correlation_id: Some("flow".into()),
                    record_type: Some(roll(3)),
                    ..Event::default()
                })
                .collect();
            events.sort_by_key(|event| event.datetime);
            let parts = Parts { actor: true, ..Parts::default() };
            let row =
                |event| Row { event, class: ActorClass::Own, parts, in_window: true, twins: Vec::new(), place: 0 };
            let rows: Vec<Row<'_>> = events.iter().map(row).collect();
            let same = |a: &Event, b: &Event| a.record_type == b.record_type || a.record_type == Some(0);
            let is = |source| move |row: &Row<'_>| row.event.evidence_source == source;
            let key = |event: &Event| event.correlation_id.as_deref().map(str::to_owned);
            let found = nearest(&rows, is(Ual), is(EntraSignin), key, same, BTreeSet::new());
            assert_eq!(found, by_all_pairs(&rows, same), "round {round}");
            assert!(!found.is_empty());
        }
    }
}
