//! Days of the window that no file has anything of, though there should be something.

use std::collections::{BTreeMap, BTreeSet};

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
/// Days of a weekend.
const WEEKEND: usize = 2;
/// How far a day may go without anybody at work.
const EARLY: TimeDelta = TimeDelta::hours(12);

/// Days in a row, both ends in it.
type Run = (NaiveDate, NaiveDate);

impl Exports<'_> {
    /// Working days of the window in a row without any record in everybody's log, where the others have many: somebody is
    /// always there, and the service's own accounts are.
    pub(super) fn silence(&self, log: Log, sources: &[&SourceEntry]) -> Option<Run> {
        (log == Log::Audit).then(|| silences(sources, APART, self.days())).into_iter().flatten().next()
    }

    /// The first of the window's days without any record between days on which much is recorded.
    pub(super) fn hole(&self, sources: &[&SourceEntry]) -> Option<NaiveDate> {
        holes(sources, self.days()).first().map(|(first, _)| *first)
    }

    fn days(&self) -> Run {
        (self.window.from.date_naive(), self.window.to.date_naive())
    }

    /// The first and the last of the window's days that no file spans, where they are too many for a quiet time and the
    /// files on both sides are no small pieces.
    pub(super) fn between_files(&self, mut spans: Vec<Span>) -> Option<Run> {
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

/// Whether only a weekend lies in a span at the window's end, and the first hours of the day behind it, in a log that has
/// none of the others either.
pub(super) fn is_weekend(sources: &[&SourceEntry], (first, last): Span) -> bool {
    let behind = (last - EARLY).date_naive().checked_add_days(Days::new(1));
    behind.is_some_and(|behind| working_days(first.date_naive(), behind) == 0) && rests_at_weekends(sources)
}

/// All working days in a row between these two, so many and more, without any record in everybody's log, where the others
/// have many.
pub(super) fn silences(sources: &[&SourceEntry], apart: usize, (from, to): Run) -> Vec<Run> {
    if !sources.iter().any(|entry| is_of_everybody(entry)) {
        return Vec::new();
    }
    let mut days: BTreeMap<NaiveDate, u64> = BTreeMap::new();
    for entry in sources {
        if entry.dates().len() < entry.days.len() {
            return Vec::new();
        }
        entry.dates().iter().for_each(|(day, count)| *days.entry(*day).or_default() += count);
    }
    let is_work = |day: NaiveDate| working_days(day, day + Days::new(1)) > 0;
    let mut usual: Vec<u64> = days.iter().filter(|(day, _)| is_work(**day)).map(|(_, count)| *count).collect();
    usual.sort_unstable();
    let ends = days.keys().next().zip(days.keys().next_back());
    let Some((start, end)) = ends.filter(|_| usual.get(usual.len() / 2).is_some_and(|usual| *usual >= USUAL)) else {
        return Vec::new();
    };
    // Where empty days are nothing new, these are none either.
    let all = working_days(*start, *end) + 1;
    let is_rare = |empty: usize| (all.saturating_sub(usual.len() + empty)) * RARE <= all;
    let empty = days.keys().zip(days.keys().skip(1)).filter_map(|(before, next)| {
        let (first, behind) = (before.succ_opt()?, *next);
        let empty = working_days(first, behind);
        let (first, behind) = (first.max(from), behind.min(to));
        let counts = first < behind && working_days(first, behind) >= apart && is_rare(empty);
        counts.then_some(first).zip(behind.pred_opt())
    });
    empty.collect()
}

/// All days between these two without any record between days on which much is recorded.
pub(super) fn holes(sources: &[&SourceEntry], (from, to): Run) -> Vec<Run> {
    let mut counts: BTreeMap<NaiveDate, u64> = BTreeMap::new();
    for (day, count) in sources.iter().flat_map(|entry| entry.dates()) {
        *counts.entry(*day).or_default() += count;
    }
    let count = |day: NaiveDate| counts.get(&day).copied().unwrap_or_default();
    // The first empty day since the last day with records.
    let mut empty: Option<NaiveDate> = None;
    let mut holes = Vec::new();
    for day in from.iter_days().take_while(|day| *day <= to) {
        if count(day) == 0 {
            empty = empty.or((day < to).then_some(day));
            continue;
        }
        let Some(first) = empty.take() else { continue };
        // A weekend is a hole only between two days that are busy themselves.
        let around = if working_days(first, day) == 0 { 1 } else { AROUND };
        let mut before = (1..=around).filter_map(|back| first.checked_sub_days(Days::new(back)));
        let mut behind = (0..around).filter_map(|on| day.checked_add_days(Days::new(on)));
        if before.any(|day| count(day) > BUSY) && behind.any(|day| count(day) > BUSY) {
            holes.extend(Some(first).zip(day.pred_opt()));
        }
    }
    holes
}

/// Whether nobody works at weekends in this log: there is one between its days, and none has a record.
fn rests_at_weekends(sources: &[&SourceEntry]) -> bool {
    let is_free = |day: NaiveDate| matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    let days: BTreeSet<NaiveDate> = sources.iter().flat_map(|entry| entry.dates()).map(|(day, _)| *day).collect();
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return false };
    let free = first.iter_days().take_while(|day| day < last).filter(|day| is_free(*day)).count();
    free >= WEEKEND && !days.iter().any(|day| is_free(*day))
}

/// How many of the days from `first` until before `behind` are no weekend.
fn working_days(first: NaiveDate, behind: NaiveDate) -> usize {
    let days = first.iter_days().take_while(|day| *day < behind);
    days.filter(|day| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)).count()
}
