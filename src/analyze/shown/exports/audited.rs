//! When the audit log would tell of the account: that a record is missing says something then only.

use chrono::{Days, NaiveDate, NaiveTime};

use super::holes::{holes, silences};
use super::{Exports, SLACK, Span, filtered, is_cut, is_of_everybody, span, time};
use crate::analyze::shown::pages::Lists;
use crate::ledger::SourceEntry;

/// Working days in a row without any record of anybody that are no quiet time.
const EMPTY: usize = 1;

impl Exports<'_> {
    /// The spans of the audit log's exports in which the account stands or would stand: an export that has nothing of
    /// it counts where it is one of everybody's records, not a search for somebody else. One that lacks some of its
    /// records does not count, nor do days that all of them lack.
    pub fn audited(&self) -> Vec<Span> {
        let all = self.sources(&["ual"]);
        if !all.iter().any(|entry| self.held(entry).about) {
            return Vec::new();
        }
        let counts = |entry: &&SourceEntry| self.held(entry).about || is_of_everybody(entry);
        let sources: Vec<_> = filtered::without(all.clone(), &all).into_iter().filter(counts).collect();
        let lists = Lists::of(&all);
        let whole = sources.iter().filter(|entry| !is_cut(entry, &lists));
        let spans = joined(whole.filter_map(|entry| span(entry)).collect());
        without(spans, &self.lacking(&sources))
    }

    /// What these files lack: days without records where there should be some, what a collector says that it lost, and
    /// the time between sign-ins that they do not have.
    fn lacking(&self, sources: &[&SourceEntry]) -> Vec<Span> {
        let known = || sources.iter().flat_map(|entry| entry.dates()).map(|(day, _)| *day);
        let ends = known().min().zip(known().max());
        let days = ends.into_iter().flat_map(|ends| [holes(sources, ends), silences(sources, EMPTY, ends)].concat());
        let days = days.chain(self.days_lacking(sources).into_iter().map(|day| (day, day))).filter_map(whole_days);
        let gaps = self.files().flat_map(|entry| &entry.gaps);
        let gaps = gaps.filter_map(|gap| time(Some(&gap.from)).zip(time(Some(&gap.to))));
        days.chain(gaps).chain(self.gap_around_visits()).collect()
    }
}

/// The spans, in order, those that meet made one.
fn joined(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut apart: Vec<Span> = Vec::new();
    for (first, last) in spans {
        match apart.last_mut().filter(|before| first <= before.1 + SLACK) {
            Some(before) => before.1 = before.1.max(last),
            None => apart.push((first, last)),
        }
    }
    apart
}

/// From the beginning of the first of these days to the end of the last.
pub fn whole_days((first, last): (NaiveDate, NaiveDate)) -> Option<Span> {
    Some((midnight(first), midnight(last.checked_add_days(Days::new(1))?)))
}

/// What is left of the spans without the holes.
pub fn without(spans: Vec<Span>, holes: &[Span]) -> Vec<Span> {
    holes.iter().fold(spans, |spans, (from, to)| {
        let parts = |(first, last): Span| [(first, last.min(*from)), (first.max(*to), last)];
        spans.into_iter().flat_map(parts).filter(|(first, last)| first < last).collect()
    })
}

fn midnight(day: NaiveDate) -> chrono::DateTime<chrono::Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_parts_the_span_that_it_lies_in() {
        let day = |day: i64| chrono::DateTime::UNIX_EPOCH + chrono::TimeDelta::days(day);
        let span = |first, last| (day(first), day(last));
        let left = without(vec![span(0, 10), span(20, 30)], &[span(3, 5), span(8, 22), span(40, 50)]);
        assert_eq!(left, [span(0, 3), span(5, 8), span(22, 30)]);
        assert_eq!(without(vec![span(0, 10)], &[span(0, 10)]), []);
    }
}
