//! Whether the rows of Search-UnifiedAuditLog's result sets are all there: ResultIndex runs from 1 to ResultCount.
//!
//! Rows are read on all cores, in any order; the books are sets, so that the order does not show.

use std::collections::BTreeMap;
use std::sync::Mutex;

use crate::ingest::values::fields::{trimmed, whole};
use crate::ledger::Note;

/// Result sets larger than this do not exist (a session ends at 50,000); a larger number is a broken cell.
const LARGEST: usize = 1_000_000;
/// Rows of all result sets together that are kept in mind; a file beyond (hostile, or put together from a great many
/// searches) is not checked, whatever the order its rows come in.
const REMEMBERED: usize = 32_000_000;
/// Sets and gaps that are told one by one.
const TOLD: usize = 5;
/// Where a search stops: one call, a search whose session commands were mixed, a session.
const CEILINGS: [usize; 3] = [5_000, 10_000, 50_000];

/// The result sets of one file. Sets of the same size cannot be told apart: a row is missing where none has it.
#[derive(Debug, Default)]
pub struct ResultSets {
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    /// ResultCount → which ResultIndex is there, one bit each.
    sets: BTreeMap<usize, Vec<u64>>,
    /// The sum of the sets' sizes.
    size: usize,
    /// A row had ResultIndex -1: the cmdlet ran out of time inside.
    timed_out: bool,
}

/// The place that one row names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// ResultIndex and ResultCount.
    Of(usize, usize),
    /// The search ran out of time inside.
    TimedOut,
}

impl Position {
    /// Reads the two cells; nothing where they are empty or broken.
    pub fn read(index: &str, count: &str) -> Option<Self> {
        let index = whole(index)?;
        if index == -1 && !trimmed(count).is_empty() {
            return Some(Self::TimedOut);
        }
        let (index, count) = (usize::try_from(index).ok()?, usize::try_from(whole(count)?).ok()?);
        (index > 0 && index <= count && count <= LARGEST).then_some(Self::Of(index, count))
    }
}

impl ResultSets {
    /// Books the rows of one batch.
    pub fn see(&self, places: &[Position]) {
        if places.is_empty() {
            return;
        }
        let mut seen = self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for place in places {
            match place {
                Position::TimedOut => seen.timed_out = true,
                Position::Of(index, count) => seen.book(*index, *count),
            }
        }
    }

    /// What is missing.
    pub fn notes(&self) -> Vec<Note> {
        let seen = self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut notes = Vec::new();
        if seen.size > REMEMBERED {
            let text = "too many result sets in one file: whether rows of them are missing was not checked";
            notes.push(Note::new("C-202", text));
        }
        let mut more = 0;
        for (count, bits) in &seen.sets {
            let gaps = gaps(*count, bits);
            let missing: usize = gaps.iter().map(|(first, last)| last - first + 1).sum();
            match missing {
                0 => {}
                _ if notes.len() == TOLD => more += 1,
                _ => notes.push(Note::new("C-202", sentence(*count, missing, &gaps))),
            }
        }
        if more > 0 {
            notes.push(Note::new("C-202", format!("and {more} more result sets with missing rows")));
        }
        for count in CEILINGS.iter().filter(|count| seen.sets.contains_key(count)) {
            let text =
                format!("a result set of exactly {count} rows, which is where a search stops: it was probably cut");
            notes.push(Note::new("C-201", text));
        }
        if seen.timed_out {
            let text = "rows with ResultIndex -1: the search ran out of time inside; records may be missing";
            notes.push(Note::new("C-202", text));
        }
        notes
    }
}

impl Seen {
    fn book(&mut self, index: usize, count: usize) {
        if !self.sets.contains_key(&count) {
            self.size = self.size.saturating_add(count);
            if self.size > REMEMBERED {
                self.sets = BTreeMap::new();
                self.size = usize::MAX;
                return;
            }
            self.sets.insert(count, vec![0; count.div_ceil(64)]);
        }
        if let Some(bits) = self.sets.get_mut(&count).and_then(|set| set.get_mut((index - 1) / 64)) {
            *bits |= 1 << ((index - 1) % 64);
        }
    }
}

fn sentence(count: usize, missing: usize, gaps: &[(usize, usize)]) -> String {
    let range =
        |(first, last): &(usize, usize)| if first == last { first.to_string() } else { format!("{first}-{last}") };
    let mut list: Vec<String> = gaps.iter().take(TOLD).map(range).collect();
    if gaps.len() > TOLD {
        list.push("…".to_owned());
    }
    format!("{missing} of the {count} rows of a result set are not in this file (ResultIndex {})", list.join(", "))
}

/// The runs of indices that are not there.
fn gaps(count: usize, bits: &[u64]) -> Vec<(usize, usize)> {
    let mut gaps: Vec<(usize, usize)> = Vec::new();
    for index in 1..=count {
        let there = bits.get((index - 1) / 64).is_some_and(|bits| bits >> ((index - 1) % 64) & 1 == 1);
        match gaps.last_mut() {
            _ if there => {}
            Some((_, last)) if *last + 1 == index => *last = index,
            _ => gaps.push((index, index)),
        }
    }
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;

    impl ResultSets {
        fn row(&self, index: &str, count: &str) {
            self.see(&Vec::from_iter(Position::read(index, count)));
        }
    }

    #[test]
    fn a_missing_row_is_told_whatever_the_order() {
        let sets = ResultSets::default();
        for index in ["7", "1", "2", "5", "2"] {
            sets.row(index, "7");
        }
        sets.row("1", "1");
        let notes = sets.notes();
        assert_eq!(notes.len(), 1);
        let told = sentence(7, 3, &gaps(7, &[0b101_0011]));
        assert_eq!(told, "3 of the 7 rows of a result set are not in this file (ResultIndex 3-4, 6)");
    }

    #[test]
    fn a_file_with_a_set_for_every_row_is_told_and_costs_nothing() {
        let sets = ResultSets::default();
        for count in 1..=20_000 {
            sets.row("1", &count.to_string());
        }
        let notes = sets.notes();
        assert_eq!(notes.len(), 1);
        assert!(notes[0].text.as_evidence().contains("not checked"));
    }

    #[test]
    fn a_set_that_ends_where_a_search_stops_is_told_in_a_longer_file() {
        let sets = ResultSets::default();
        for index in 1..=5_000 {
            sets.row(&index.to_string(), "5000");
        }
        for index in 1..=4_999 {
            sets.row(&format!("{index}.0"), "4999.0");
        }
        let codes: Vec<String> = sets.notes().into_iter().map(|note| note.code).collect();
        assert_eq!(codes, ["C-201"]);
    }

    #[test]
    fn broken_cells_and_time_outs() {
        let sets = ResultSets::default();
        for (index, count) in [("", ""), ("x", "5"), ("9", "5"), ("1", "99999999999"), ("0", "0")] {
            sets.row(index, count);
        }
        assert!(sets.notes().is_empty());
        sets.row("-1", "0");
        assert_eq!(sets.notes().len(), 1);
    }
}
