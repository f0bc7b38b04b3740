//! Sorts events into days, and says which days are to be written: what is full, and the fullest where too much is held.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::timeline::packed::Packed;
use crate::timeline::store::{CaseWriter, PartWriter, StoreError};

/// A day's part is written when it has so many events …
const PART_EVENTS: usize = 64 * 1024;
/// … or so much text …
const PART_BYTES: usize = 64 << 20;
/// … or when all days together hold so much, the fullest first.
const HELD_BYTES: usize = 160 << 20;
/// … or when nothing came for it in so many bytes of evidence: exports are ordered by time, so that nothing more will
/// come …
const IDLE_AFTER: u64 = 8 << 20;
/// … and it holds enough to make a part.
const IDLE_BYTES: usize = 1 << 20;

/// Events of one day, or states, ready to be written.
pub struct PartJob {
    writer: PartWriter,
    /// The day; `None` for the rows of snapshots, which belong to none.
    date: Option<NaiveDate>,
    number: usize,
    events: Vec<Packed>,
}

impl PartJob {
    /// Writes the part; callable on any thread.
    pub fn write(self) -> Result<(), StoreError> {
        self.writer.write(self.date, self.number, &self.events)
    }
}

#[derive(Default)]
struct Day {
    events: Vec<Packed>,
    bytes: usize,
    parts: usize,
    /// Bytes that were booked when something was added last.
    touched: u64,
}

impl Day {
    fn is_full(&self, booked: u64) -> bool {
        let idle = self.touched + IDLE_AFTER <= booked && self.bytes >= IDLE_BYTES;
        idle || self.events.len() >= PART_EVENTS || self.bytes >= PART_BYTES
    }
}

/// The events that wait to be written.
#[derive(Default)]
pub(super) struct Days {
    /// The rows of snapshots under none.
    by_date: BTreeMap<Option<NaiveDate>, Day>,
    held: usize,
    /// Bytes of evidence booked.
    booked: u64,
}

impl Days {
    /// So many more bytes of evidence are booked.
    pub(super) fn pass(&mut self, bytes: u64) {
        self.booked += bytes;
    }

    #[inline]
    pub(super) fn add(&mut self, date: Option<NaiveDate>, event: Packed) {
        // The row, its place in the day's list, and what the allocator adds.
        let bytes = event.size() + 48;
        let day = self.by_date.entry(date).or_default();
        day.bytes += bytes;
        day.touched = self.booked;
        day.events.push(event);
        self.held += bytes;
    }

    /// The parts that are full, and the fullest ones where too much is held.
    pub(super) fn ready(&mut self, case: &CaseWriter) -> Vec<PartJob> {
        let full: Vec<Option<NaiveDate>> =
            self.by_date.iter().filter(|(_, day)| day.is_full(self.booked)).map(|(date, _)| *date).collect();
        let mut jobs: Vec<PartJob> = full.into_iter().filter_map(|date| self.take(case, date)).collect();
        while self.held > HELD_BYTES {
            let fullest = self.by_date.iter().max_by_key(|(date, day)| (day.bytes, **date)).map(|(date, _)| *date);
            let Some(job) = fullest.and_then(|date| self.take(case, date)) else { break };
            jobs.push(job);
        }
        jobs
    }

    fn take(&mut self, case: &CaseWriter, date: Option<NaiveDate>) -> Option<PartJob> {
        let day = self.by_date.get_mut(&date).filter(|day| !day.events.is_empty())?;
        self.held -= day.bytes;
        day.bytes = 0;
        day.parts += 1;
        Some(PartJob { writer: case.parts(), date, number: day.parts - 1, events: std::mem::take(&mut day.events) })
    }

    /// Everything that is still held.
    pub(super) fn drain(&mut self, case: &CaseWriter) -> Vec<PartJob> {
        let dates: Vec<Option<NaiveDate>> = self.by_date.keys().copied().collect();
        dates.into_iter().filter_map(|date| self.take(case, date)).collect()
    }
}
