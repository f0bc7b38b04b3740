//! Says of single records what they are and where, while all the others are only booked.

use std::collections::{BTreeMap, BTreeSet};

use crate::ingest::kept::Kept;
use crate::origin::RecordRef;

/// Says of the records it is asked for what they are and where.
#[derive(Debug, Default)]
pub struct Witness {
    /// Record numbers by evidence path.
    wanted: BTreeMap<String, BTreeSet<u64>>,
    /// What was found of them.
    seen: BTreeMap<(String, u64), RecordRef>,
}

impl Witness {
    /// Asks for these records, named by evidence path and record number.
    pub fn of<'a>(records: impl Iterator<Item = (&'a str, u64)>) -> Self {
        let mut wanted: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
        for (path, record) in records {
            wanted.entry(path.to_owned()).or_default().insert(record);
        }
        Self { wanted, seen: BTreeMap::new() }
    }

    /// The record as it stands in the evidence, if one is there.
    pub fn record(&self, path: &str, record: u64) -> Option<&RecordRef> {
        self.seen.get(&(path.to_owned(), record))
    }

    #[inline]
    pub(super) fn see(&mut self, file: &str, number: u64, kept: &Kept) {
        if self.wanted.get(file).is_some_and(|records| records.contains(&number)) {
            let record = kept.packed.record_ref();
            self.seen.insert((record.evidence.clone(), record.record), record);
        }
    }
}
