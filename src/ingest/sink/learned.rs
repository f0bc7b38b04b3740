//! What the records teach of accounts, each lesson once, until the table of identities is made of it.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::origin::RecordRef;
use crate::timeline::identities::{IdentityTable, Lesson};

/// What was learned, each lesson once: how many records say so, and the first of them. In the order of the first.
#[derive(Default)]
pub(super) struct Learned {
    places: HashMap<Lesson, usize, RandomState>,
    taught: Vec<(u64, RecordRef)>,
}

impl Learned {
    /// The place of a lesson, whose first record this may be.
    pub(super) fn place(&mut self, lesson: &Lesson, first: impl FnOnce() -> RecordRef) -> usize {
        if let Some(place) = self.places.get(lesson) {
            return *place;
        }
        self.places.insert(lesson.clone(), self.taught.len());
        self.taught.push((0, first()));
        self.taught.len() - 1
    }

    #[inline]
    pub(super) fn count(&mut self, place: usize) {
        if let Some((count, _)) = self.taught.get_mut(place) {
            *count += 1;
        }
    }

    pub(super) fn table(self) -> IdentityTable {
        let mut lessons: Vec<(Lesson, usize)> = self.places.into_iter().collect();
        lessons.sort_unstable_by_key(|(_, place)| *place);
        let mut table = IdentityTable::default();
        for ((lesson, _), (count, first)) in lessons.iter().zip(&self.taught) {
            table.teach(lesson, *count, first);
        }
        table
    }
}
