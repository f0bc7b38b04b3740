//! Days that the message trace lacks although the mailbox's own records say that mail was sent.

use std::collections::BTreeSet;

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
        let known: BTreeSet<NaiveDate> = trace.iter().flat_map(|entry| entry.dates()).map(|(day, _)| *day).collect();
        let (first, last) = known.first().copied().zip(known.last().copied())?;
        let has = |day: NaiveDate| known.contains(&day);
        let inside = self.sent.iter().filter(|time| {
            let (day, then) = (time.date_naive(), (**time + TRANSIT).date_naive());
            first < day && then < last && !has(day) && !has(then)
        });
        let days: Vec<NaiveDate> = inside.map(DateTime::date_naive).collect();
        days.first().copied().filter(|_| days.len() >= MAILS)
    }
}
