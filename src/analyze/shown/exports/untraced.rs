//! Days that the message trace lacks although the mailbox's own records say that mail was sent.

use chrono::{DateTime, NaiveDate, TimeDelta};

use super::Exports;
use crate::ledger::SourceEntry;

/// How far behind the mailbox's record the trace's may be: around midnight it is another day's.
const TRANSIT: TimeDelta = TimeDelta::minutes(30);
/// One mail may have gone another way; so many did not.
const MAILS: usize = 2;

impl Exports<'_> {
    /// The first day of the window on which the account sent mail and the trace has nothing of anybody, where it is not
    /// for a single mail; the trace's ends are another question.
    pub(super) fn untraced(&self, trace: &[&SourceEntry]) -> Option<NaiveDate> {
        let has =
            |day: NaiveDate| trace.iter().any(|entry| entry.days.contains_key(&day.format("%Y-%m-%d").to_string()));
        let known = || trace.iter().flat_map(|entry| entry.days.keys()).filter_map(|day| day.parse::<NaiveDate>().ok());
        let (first, last) = known().min().zip(known().max())?;
        let inside = self.sent.iter().filter(|time| {
            let (day, then) = (time.date_naive(), (**time + TRANSIT).date_naive());
            first < day && then < last && !has(day) && !has(then)
        });
        let days: Vec<NaiveDate> = inside.map(DateTime::date_naive).collect();
        days.first().copied().filter(|_| days.len() >= MAILS)
    }
}
