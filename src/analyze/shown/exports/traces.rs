//! Message traces: whose mail they have, and in which direction. A trace is searched by sender or by recipient as a rule, and
//! one of these says nothing of the other.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};

use super::{Exports, Log, SLACK, Span, span};
use crate::analyze::exam::Row;
use crate::ledger::SourceEntry;
use crate::question::Window;
use crate::timeline::{Event, EvidenceSource, Outcome};

/// Mails in one direction that leave the other one no chance: who has so many of them has some of the other as well.
const MANY: u64 = 10;
/// Days over which a mailbox has some mail that arrives.
const DAYS: usize = 3;

/// How many of a trace's records are about the account, of the days that lie in the window whole.
#[derive(Debug, Default)]
pub(super) struct Traced<'a> {
    /// By path: mail of the account.
    own: BTreeMap<&'a str, u64>,
    sent: Way,
    received: Way,
}

/// The account's mail in one direction.
#[derive(Debug, Default)]
struct Way {
    mails: u64,
    /// Those that neither went on nor may have.
    held: u64,
    days: BTreeSet<NaiveDate>,
}

impl Way {
    fn add(&mut self, event: &Event) {
        self.mails += 1;
        self.held += u64::from(was_held(event));
        self.days.insert(event.datetime.date_naive());
    }

    /// Whether none of many mails arrived, over days: that is no mailbox's mail, but what one status was searched for.
    fn is_of_one_status(&self) -> bool {
        self.mails >= MANY && self.held == self.mails && self.days.len() >= DAYS
    }
}

/// Whether the mail did not arrive, by a status that says so.
fn was_held(event: &Event) -> bool {
    let is = |status: &str| event.is(&[status]);
    event.outcome == Outcome::Failure || ["quarantined", "pending", "gettingstatus"].into_iter().any(is)
}

impl<'a> Traced<'a> {
    pub(super) fn new(rows: &'a [Row<'_>], window: Window) -> Self {
        let mut traced = Self::default();
        for row in rows.iter().filter(|row| row.parts.any() && is_whole_day(window, row.event.datetime.date_naive())) {
            for event in row.events().filter(|event| event.evidence_source == EvidenceSource::MessageTrace) {
                *traced.own.entry(&*event.origin.file).or_default() += 1;
                let by_account = row.parts.actor || row.parts.sender;
                (if by_account { &mut traced.sent } else { &mut traced.received }).add(event);
            }
        }
        traced
    }

    fn way(&self, log: Log) -> &Way {
        if log == Log::Sent { &self.sent } else { &self.received }
    }
}

/// The time that some files cover, in stretches of which none reaches into another: begin → end.
#[derive(Default)]
struct Covered(BTreeMap<DateTime<Utc>, DateTime<Utc>>);

impl Covered {
    fn add(&mut self, (mut first, mut last): Span) {
        while let Some((from, to)) = self.reaching_into((first, last)) {
            self.0.remove(&from);
            (first, last) = (first.min(from), last.max(to));
        }
        let end = self.0.entry(first).or_insert(last);
        *end = last.max(*end);
    }

    /// A stretch that has more than an end in common with the span: the last that begins before its end ends last.
    fn reaching_into(&self, (first, last): Span) -> Option<Span> {
        let (from, to) = self.0.range(..last).next_back()?;
        (first < *to).then_some((*from, *to))
    }

    /// Whether a stretch ends or begins about where the span begins or ends, and none reaches into it.
    fn is_next_to(&self, (first, last): Span) -> bool {
        let near = self.0.range(..=last + SLACK).next_back().is_some_and(|(_, to)| first - SLACK <= *to);
        near && self.reaching_into((first, last)).is_none()
    }
}

fn is_whole_day(window: Window, day: NaiveDate) -> bool {
    let begins = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
    begins(day) >= window.from && day.checked_add_days(Days::new(1)).is_some_and(|next| begins(next) <= window.to)
}

impl<'a> Exports<'a> {
    /// Traces that name the account, and those that go on where one of them stops or stop where one begins: parts of one
    /// export do not lie beside each other.
    pub(super) fn traces(&self, log: Log, sources: &[&'a SourceEntry]) -> Vec<&'a SourceEntry> {
        let (mut own, rest): (Vec<_>, Vec<_>) = sources.iter().copied().partition(|entry| self.held(entry).has(log));
        let mut covered = Covered::default();
        own.iter().filter_map(|entry| span(entry)).for_each(|span| covered.add(span));
        let mut formats: BTreeSet<&Option<String>> = own.iter().map(|entry| &entry.format).collect();
        let mut rest: Vec<(Span, &SourceEntry)> =
            rest.into_iter().filter_map(|entry| Some((span(entry)?, entry))).collect();
        rest.sort_by_key(|(span, entry)| (*span, entry.path.as_str()));
        // In the order of time each part leads to those behind it, and the other way round to those before.
        loop {
            let known = own.len();
            rest.retain(|(span, entry)| {
                let is_part = covered.is_next_to(*span) && formats.contains(&entry.format);
                if is_part {
                    covered.add(*span);
                    formats.insert(&entry.format);
                    own.push(entry);
                }
                !is_part
            });
            if own.len() == known {
                return own;
            }
            rest.reverse();
        }
    }

    /// Traces that would have the account's mail in this direction: those that have such, with their parts; where none
    /// has, those that have others' mail as well, unless the account has much in the other direction.
    pub(super) fn directed(&self, log: Log, sources: &[&'a SourceEntry]) -> Vec<&'a SourceEntry> {
        if self.traced.way(log).is_of_one_status() {
            return Vec::new();
        }
        let other = if log == Log::Sent { self.traced.received.mails } else { self.traced.sent.mails };
        let seen = sources.iter().any(|entry| self.held(entry).has(log));
        match seen {
            true => self.traces(log, sources),
            false if other < MANY => {
                self.traces(Log::Trace, sources).into_iter().filter(|entry| self.has_others(entry)).collect()
            }
            false => Vec::new(),
        }
    }

    /// Whether the trace has mail that neither came from the account nor went to it.
    fn has_others(&self, entry: &SourceEntry) -> bool {
        let whole = |day: &str| day.parse().is_ok_and(|day| is_whole_day(self.window, day));
        let all: u64 = entry.days.iter().filter(|(day, _)| whole(day)).map(|(_, count)| count).sum();
        all > self.traced.own.get(entry.path.as_str()).copied().unwrap_or_default()
    }

    /// Why a trace says nothing of this direction.
    pub(super) fn one_sided(&self, log: Log) -> String {
        let named = self.sources(&[log.evidence()]).iter().any(|entry| self.held(entry).has(Log::Trace));
        let text = match (named, log) {
            (false, _) => "the message trace holds no record of this account",
            _ if self.traced.way(log).is_of_one_status() => {
                "of the account's mail in this direction, the message trace has only what was not delivered: it was searched by status"
            }
            (_, Log::Sent) => {
                "the message trace has mail to the account and none from it, as one searched by recipient"
            }
            _ => "the message trace has mail from the account and none to it, as one searched by sender",
        };
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_beside_is_no_part_and_what_meets_is() {
        let at = |hour: i64| DateTime::UNIX_EPOCH + chrono::TimeDelta::hours(hour);
        let mut covered = Covered::default();
        for (first, last) in [(100, 130), (120, 140), (140, 160), (400, 400)] {
            covered.add((at(first), at(last)));
        }
        let is_next = |first: i64, last: i64| covered.is_next_to((at(first), at(last)));
        assert!(is_next(160, 170) && is_next(180, 190) && is_next(60, 80) && is_next(140, 140));
        assert!(!is_next(150, 170) && !is_next(125, 126) && !is_next(90, 101), "beside it");
        assert!(!is_next(186, 190) && !is_next(10, 70), "far from it");
        assert!(is_next(380, 400) && is_next(400, 420) && !is_next(390, 410), "a file of one record");
    }
}
