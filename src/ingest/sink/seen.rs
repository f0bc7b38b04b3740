//! Which ids were seen already: the first record of each, and where records of one id differ, the first of each content.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use foldhash::fast::RandomState;

use crate::ingest::kept::Kept;
use crate::ingest::worker::Record;

/// Where the first event of a native id is, and what it was. Half the width would not do: what is not told apart here
/// is lost.
#[derive(Clone, Copy)]
pub(super) struct First {
    content: [u64; 2],
    pub(super) record: u64,
    pub(super) source: u32,
}

/// The first record of every id. In many maps, so that never all of them grow at the same time.
pub(super) struct Seen(Vec<HashMap<u128, First, RandomState>>);

impl Default for Seen {
    fn default() -> Self {
        Self((0..Self::MAPS).map(|_| HashMap::default()).collect())
    }
}

impl Seen {
    const MAPS: usize = 64;

    /// For each record the first of its id where that is an earlier one; of `source`, the record `before` them is booked.
    ///
    /// The maps are large and lie in cold memory. Asked for all records of a batch before anything else is done with them,
    /// they are waited for together, not one after the other.
    pub(super) fn firsts(&mut self, records: &[Record], source: u32, before: u64) -> Vec<Option<First>> {
        let numbered = (before + 1..).zip(records);
        numbered.map(|(number, record)| self.first(record.result.as_ref().ok()?, source, number)).collect()
    }

    #[inline]
    fn first(&mut self, kept: &Kept, source: u32, record: u64) -> Option<First> {
        let map = (kept.key ^ kept.key >> 64) as usize % Self::MAPS;
        match self.0.get_mut(map)?.entry(kept.key) {
            Entry::Occupied(known) => Some(*known.get()),
            Entry::Vacant(slot) => {
                slot.insert(First { content: halves(kept.content), record, source });
                None
            }
        }
    }
}

/// Further events of an id, by their content: where the first copy is.
#[derive(Default)]
pub(super) struct Variants(HashMap<(u128, u128), (u32, u64)>);

impl Variants {
    /// Of which record one at `place` is a byte-identical copy, where an earlier one has its id; `None` where it is the
    /// first of its content.
    #[inline]
    pub(super) fn copied(&mut self, first: First, id: u128, content: u128, place: (u32, u64)) -> Option<(u32, u64)> {
        if first.content == halves(content) {
            return Some((first.source, first.record));
        }
        match self.0.entry((id, content)) {
            Entry::Occupied(known) => Some(*known.get()),
            Entry::Vacant(slot) => {
                slot.insert(place);
                None
            }
        }
    }
}

/// A number that needs no more than the room it takes.
fn halves(number: u128) -> [u64; 2] {
    [(number >> 64) as u64, number as u64]
}
