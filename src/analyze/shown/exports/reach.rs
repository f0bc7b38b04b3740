//! From when to when a file covers its log.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

use super::{Span, time};
use crate::ledger::SourceEntry;
use crate::question::Window;

/// Days without any record beyond which the few on the other side are of a wrong clock or were edited.
const FAR: i64 = 365;
/// Of so many records one may lie there.
const FEW: u64 = 50;

/// From when to when the file's records lie, but for single ones years away from all others.
pub fn span(entry: &SourceEntry) -> Option<Span> {
    entry.span_by(read)
}

fn read(entry: &SourceEntry) -> Option<Span> {
    let (first, last) = (time(entry.first.as_ref())?, time(entry.last.as_ref())?);
    if (last - first).num_days() <= FAR {
        return Some((first, last));
    }
    let mut days = entry.dates().to_vec();
    let few = days.iter().map(|(_, count)| count).sum::<u64>() / FEW;
    let begin = strays(&days, few).and_then(|beside| days.get(beside)).map(|(day, _)| midnight(*day));
    days.reverse();
    let end = strays(&days, few)
        .and_then(|beside| days.get(beside))
        .and_then(|(day, _)| Some(midnight(day.checked_add_days(Days::new(1))?)));
    Some((begin.map_or(first, |begin| begin.max(first)), end.map_or(last, |end| end.min(last))))
}

/// The first and the last day of which a part lies in the window, which is half open.
pub fn days_of(window: Window) -> (NaiveDate, NaiveDate) {
    let last = window.to.checked_sub_signed(TimeDelta::nanoseconds(1)).unwrap_or(window.to);
    (window.from.date_naive(), last.date_naive())
}

/// How many days at the beginning of the list have few records and lie far from all that follow.
fn strays(days: &[(NaiveDate, u64)], few: u64) -> Option<usize> {
    let mut before = 0;
    let mut found = None;
    for (place, pair) in days.windows(2).enumerate() {
        let [(day, count), (next, _)] = pair else { break };
        before += count;
        if before > few {
            break;
        }
        if (*next - *day).num_days().abs() > FAR {
            found = Some(place + 1);
        }
    }
    found
}

fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(chrono::NaiveTime::MIN).and_utc()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(days: &[(&str, u64)]) -> SourceEntry {
        let at = |day: Option<&(&str, u64)>| day.map(|(day, _)| format!("{day}T10:00:00Z"));
        SourceEntry {
            first: at(days.first()),
            last: at(days.last()),
            days: days.iter().map(|(day, count)| ((*day).to_owned(), *count)).collect(),
            ..SourceEntry::default()
        }
    }

    fn told(days: &[(&str, u64)]) -> String {
        let (first, last) = span(&entry(days)).unwrap();
        format!("{} {}", first.format("%F"), last.format("%F"))
    }

    #[test]
    fn single_records_of_another_year_stretch_nothing() {
        let month = [("2026-02-16", 200), ("2026-03-01", 200)];
        assert_eq!(told(&month), "2026-02-16 2026-03-01");
        assert_eq!(told(&[&[("2023-01-01", 1)], &month[..]].concat()), "2026-02-16 2026-03-01");
        assert_eq!(told(&[&month[..], &[("2035-06-01", 2)]].concat()), "2026-02-16 2026-03-02");
        // Many are another time of the log, and one year of silence is not far.
        assert_eq!(told(&[&[("2023-01-01", 100)], &month[..]].concat()), "2023-01-01 2026-03-01");
        assert_eq!(told(&[&[("2025-06-01", 1)], &month[..]].concat()), "2025-06-01 2026-03-01");
        assert_eq!(told(&[("2023-01-01", 1), ("2026-02-16", 1)]), "2023-01-01 2026-02-16");
    }
}
