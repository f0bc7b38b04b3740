//! Which ids were seen already: the first record of each, and where records of one id differ, the first of each content.

use std::collections::{HashMap, hash_map};
use std::hash::BuildHasher as _;

use foldhash::fast::RandomState;
use hashbrown::{HashTable, hash_table};

use crate::ingest::kept::Kept;
use crate::ingest::worker::Record;

/// Where the first event of a native id is, and what it was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct First {
    content: u128,
    pub(super) record: u64,
    pub(super) source: u32,
}

/// An id, the content of its first record, and how many records were looked up before that one (a million millions at
/// most): as bytes, because as numbers it would take 48. Half the width of id and content would not do: what is not told
/// apart here is lost.
#[derive(Clone, Copy)]
struct Entry([u8; 37]);

impl Entry {
    fn new(id: u128, content: u128, position: u64) -> Self {
        let mut bytes = [0; 37];
        bytes[..16].copy_from_slice(&id.to_le_bytes());
        bytes[16..32].copy_from_slice(&content.to_le_bytes());
        bytes[32..].copy_from_slice(&position.to_le_bytes()[..5]);
        Self(bytes)
    }

    fn number<const N: usize>(&self, from: usize) -> [u8; N] {
        let mut number = [0; N];
        number.copy_from_slice(&self.0[from..from + N]);
        number
    }

    fn id(&self) -> u128 {
        u128::from_le_bytes(self.number(0))
    }

    fn content(&self) -> u128 {
        u128::from_le_bytes(self.number(16))
    }

    fn position(&self) -> u64 {
        let mut number = [0; 8];
        number[..5].copy_from_slice(&self.0[32..]);
        u64::from_le_bytes(number)
    }
}

/// The first record of every id, at about 60 bytes an id whatever their number.
///
/// A table doubles when it is full. One that is alone holds 43 to 86 bytes an id, and twice that while it grows. So there
/// are many, each with a somewhat larger share of the ids than the one before it, the last with twice the share of the
/// first: they grow one after the other, and at any time a few of them are nearly empty and a few nearly full.
pub(super) struct Seen {
    tables: Vec<HashTable<Entry>>,
    hasher: RandomState,
    stretches: Stretches,
}

impl Default for Seen {
    fn default() -> Self {
        let tables = (0..Self::TABLES).map(|_| HashTable::new()).collect();
        Self { tables, hasher: RandomState::default(), stretches: Stretches::default() }
    }
}

impl Seen {
    const TABLES: usize = 64;

    /// For each record the first of its id where that is an earlier one; of `source`, the record `before` them is booked.
    ///
    /// The tables are large and lie in cold memory. Asked for all records of a batch before anything else is done with
    /// them, they are waited for together, not one after the other.
    pub(super) fn firsts(&mut self, records: &[Record], source: u32, before: u64) -> Vec<Option<First>> {
        let positions = self.stretches.add(source, before + 1, records.len() as u64)..;
        let numbered = positions.zip(records);
        numbered.map(|(position, record)| self.first(record.result.as_ref().ok()?, position)).collect()
    }

    #[inline]
    fn first(&mut self, kept: &Kept, position: u64) -> Option<First> {
        let hash = self.hasher.hash_one(kept.key);
        let same = |entry: &Entry| entry.id() == kept.key;
        let again = |entry: &Entry| self.hasher.hash_one(entry.id());
        match self.tables[table(hash, Self::TABLES)].entry(hash, same, again) {
            hash_table::Entry::Occupied(known) => {
                let (source, record) = self.stretches.place(known.get().position());
                Some(First { content: known.get().content(), record, source })
            }
            hash_table::Entry::Vacant(slot) => {
                slot.insert(Entry::new(kept.key, kept.content, position));
                None
            }
        }
    }
}

/// Which of `tables` tables is asked for an id of this hash: the shares grow from one to two times the first one's.
///
/// By bits of the hash that neither choose a place in a table of less than a million million entries nor are kept beside it.
#[inline]
fn table(hash: u64, tables: usize) -> usize {
    let fraction = (hash >> 40 & 0xffff) as f32 / 65536.0;
    ((1.0 + fraction).log2() * tables as f32) as usize
}

/// Where the records stand that were looked up, by how many were before them: one entry a file, or where a file's records
/// do not follow each other.
#[derive(Default)]
struct Stretches {
    /// The position of the first record, its file and its number there.
    begins: Vec<(u64, u32, u64)>,
    records: u64,
}

impl Stretches {
    /// Adds `count` records of `source` from the one numbered `record`; returns the position of the first.
    fn add(&mut self, source: u32, record: u64, count: u64) -> u64 {
        let position = self.records;
        let goes_on = |&(begin, file, first): &(u64, u32, u64)| file == source && first + (position - begin) == record;
        if !self.begins.last().is_some_and(goes_on) {
            self.begins.push((position, source, record));
        }
        self.records += count;
        position
    }

    /// File and number of the record at a position.
    fn place(&self, position: u64) -> (u32, u64) {
        let after = self.begins.partition_point(|(begin, ..)| *begin <= position);
        let (begin, source, record) = self.begins[after - 1];
        (source, record + (position - begin))
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
        if first.content == content {
            return Some((first.source, first.record));
        }
        match self.0.entry((id, content)) {
            hash_map::Entry::Occupied(known) => Some(*known.get()),
            hash_map::Entry::Vacant(slot) => {
                slot.insert(place);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Entry, Stretches, table};

    #[test]
    fn an_entry_gives_back_what_went_in() {
        let entry = Entry::new(u128::MAX - 7, 1 << 64, (1 << 40) - 2);
        assert_eq!((entry.id(), entry.content(), entry.position()), (u128::MAX - 7, 1 << 64, (1 << 40) - 2));
    }

    #[test]
    fn a_record_is_found_by_how_many_were_before_it() {
        let mut stretches = Stretches::default();
        assert_eq!(stretches.add(0, 1, 100), 0);
        assert_eq!(stretches.add(0, 101, 50), 100);
        assert_eq!(stretches.add(3, 1, 10), 150);
        assert_eq!(stretches.add(3, 21, 5), 160);
        assert_eq!(stretches.begins.len(), 3, "the second batch of a file goes on where the first ended");
        let places = [0, 149, 150, 159, 160, 164].map(|position| stretches.place(position));
        assert_eq!(places, [(0, 1), (0, 150), (3, 1), (3, 10), (3, 21), (3, 25)]);
    }

    #[test]
    fn every_table_has_a_share_and_the_last_twice_the_first() {
        let mut shares = [0; 64];
        for bits in 0..=0xffff_u64 {
            shares[table(bits << 40 | 0xff_ffff, 64)] += 1;
        }
        assert!(shares.is_sorted_by(|a, b| *a <= b + 1), "{shares:?}");
        assert!((700..=730).contains(&shares[0]) && (1400..=1425).contains(&shares[63]), "{shares:?}");
    }
}
