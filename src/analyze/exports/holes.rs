//! Days of the window that no file has anything of, though there should be something.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate, TimeDelta, Weekday};

use super::{Exports, Log, Span, is_of_everybody};
use crate::ledger::SourceEntry;

/// Days without any record are a hole where the days around them have more than this.
const BUSY: u64 = 50;
/// How many days around a hole are looked at: an export that ends or begins in the middle of a day has few records there.
const AROUND: u64 = 3;
/// Working days between two files from which they are no parts of one export, however quiet both are.
const APART: usize = 3;
/// How long both files are at least then. Collectors write a file a day or less, and none where nothing happened.
const PIECE: TimeDelta = TimeDelta::days(2);

/// Records of a working day, in the middle, from which an empty one is no quiet day.
const USUAL: u64 = 10;
/// Of so many working days one may be empty anyway.
const RARE: usize = 10;

impl Exports<'_> {
    /// Working days of the window in a row without any record in everybody's log, where the others have many: somebody is
    /// always there, and the service's own accounts are.
    pub(super) fn silence(&self, log: Log, sources: &[&SourceEntry]) -> Option<(NaiveDate, NaiveDate)> {
        if log != Log::Audit || !sources.iter().any(|entry| is_of_everybody(entry)) {
            return None;
        }
        let mut days: BTreeMap<NaiveDate, u64> = BTreeMap::new();
        for (day, count) in sources.iter().flat_map(|entry| &entry.days) {
            *days.entry(day.parse().ok()?).or_default() += count;
        }
        let is_work = |day: NaiveDate| working_days(day, day + Days::new(1)) > 0;
        let mut usual: Vec<u64> = days.iter().filter(|(day, _)| is_work(**day)).map(|(_, count)| *count).collect();
        usual.sort_unstable();
        if usual.get(usual.len() / 2).is_none_or(|usual| *usual < USUAL) {
            return None;
        }
        // Where empty days are nothing new, these are none either.
        let all = working_days(*days.keys().next()?, *days.keys().next_back()?) + 1;
        let is_rare = |empty: usize| (all.saturating_sub(usual.len() + empty)) * RARE <= all;
        let (from, to) = (self.window.from.date_naive(), self.window.to.date_naive());
        days.keys().zip(days.keys().skip(1)).find_map(|(before, next)| {
            let (first, behind) = (before.succ_opt()?, *next);
            let empty = working_days(first, behind);
            let (first, behind) = (first.max(from), behind.min(to));
            let counts = first < behind && working_days(first, behind) >= APART && is_rare(empty);
            counts.then_some(first).zip(behind.pred_opt())
        })
    }

    /// The first of the window's days without any record between days on which much is recorded.
    pub(super) fn hole(&self, sources: &[&SourceEntry]) -> Option<NaiveDate> {
        let count = |day: NaiveDate| -> u64 {
            let day = day.format("%Y-%m-%d").to_string();
            sources.iter().filter_map(|entry| entry.days.get(&day)).sum()
        };
        let last = self.window.to.date_naive();
        let mut day = self.window.from.date_naive();
        // The first empty day since the last day with records.
        let mut empty: Option<NaiveDate> = None;
        while day <= last {
            if count(day) > 0 {
                if let Some(first) = empty.take() {
                    // A weekend is a hole only between two days that are busy themselves.
                    let around = if working_days(first, day) == 0 { 1 } else { AROUND };
                    let before = (1..=around).filter_map(|back| first.checked_sub_days(Days::new(back)));
                    let behind = (0..around).filter_map(|on| day.checked_add_days(Days::new(on)));
                    if before.map(count).any(|count| count > BUSY) && behind.map(count).any(|count| count > BUSY) {
                        return Some(first);
                    }
                }
            } else if day < last {
                empty = empty.or(Some(day));
            }
            day = day.checked_add_days(Days::new(1))?;
        }
        None
    }

    /// The first and the last of the window's days that no file spans, where they are too many for a quiet time and the
    /// files on both sides are no small pieces.
    pub(super) fn between_files(&self, mut spans: Vec<Span>) -> Option<(NaiveDate, NaiveDate)> {
        spans.sort_unstable();
        let mut spans = spans.into_iter();
        let mut latest = spans.next()?;
        let (from, to) = (self.window.from.date_naive(), self.window.to.date_naive());
        let is_long = |span: Span| span.1 - span.0 >= PIECE;
        for next in spans {
            let first = latest.1.date_naive().checked_add_days(Days::new(1))?.max(from);
            let behind = next.0.date_naive().min(to);
            if first < behind && working_days(first, behind) >= APART && is_long(latest) && is_long(next) {
                return Some((first, behind.checked_sub_days(Days::new(1))?));
            }
            if next.1 > latest.1 {
                latest = next;
            }
        }
        None
    }
}

/// How many of the days from `first` until before `behind` are no weekend.
fn working_days(first: NaiveDate, behind: NaiveDate) -> usize {
    let days = first.iter_days().take_while(|day| *day < behind);
    days.filter(|day| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)).count()
}
