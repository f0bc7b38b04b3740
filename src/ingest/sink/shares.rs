//! What a file has of each kind of evidence, where it has several: a hub's capture, a union of tables, PowerShell's
//! objects. What one of them covers, the others do not.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate};

use crate::ingest::kept::Kind;
use crate::ledger::{Part, SourceEntry};
use crate::timeline::{EvidenceSource, format_time};

/// The first instants of 2010 and of 2100, in microseconds.
const BORN: i64 = 1_262_304_000_000_000;
const BEYOND: i64 = 4_102_444_800_000_000;

/// From when to when, in microseconds.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Reach(Option<(i64, i64)>);

impl Reach {
    #[inline]
    pub(super) fn widen(&mut self, time: i64) {
        self.0 = Some(self.0.map_or((time, time), |(first, last)| (first.min(time), last.max(time))));
    }

    fn and(self, other: Self) -> Self {
        let mut both = self;
        other.0.into_iter().for_each(|(first, last)| {
            both.widen(first);
            both.widen(last);
        });
        both
    }

    /// The reach of these, or of `other` where there are none.
    fn or(self, other: Self) -> Self {
        Self(self.0.or(other.0))
    }

    /// First and last time in words.
    fn told(self) -> (Option<String>, Option<String>) {
        let time = |micros: i64| DateTime::from_timestamp_micros(micros).map(format_time);
        self.0.map_or((None, None), |(first, last)| (time(first), time(last)))
    }
}

/// What the file has of one kind.
#[derive(Debug, Default)]
pub(super) struct Share {
    pub(super) events: u64,
    pub(super) states: u64,
    pub(super) duplicates: u64,
    /// Over the times of its events.
    pub(super) reach: Reach,
    /// Over those that cannot be: they say nothing about what the file covers, unless it has no others.
    pub(super) beside: Reach,
    pub(super) actors: BTreeSet<String>,
    days: BTreeMap<NaiveDate, u64>,
    operations: BTreeMap<Option<i64>, BTreeMap<Box<str>, u64>>,
    admin_by_people: u64,
}

impl Share {
    pub(super) fn count_kind(&mut self, date: NaiveDate, kind: &Kind, count: u64) {
        *self.days.entry(date).or_default() += count;
        self.admin_by_people += if kind.admin_by_people { count } else { 0 };
        let operations = self.operations.entry(kind.record_type).or_default();
        match operations.get_mut(&kind.action) {
            Some(known) => *known += count,
            None => {
                operations.insert(kind.action.clone(), count);
            }
        }
    }

    /// The services did not exist before 2010: what lies there, or in the next century, was misread or edited.
    #[inline]
    pub(super) fn reach(&mut self, time: i64) {
        let can_be = (BORN..BEYOND).contains(&time);
        if can_be { &mut self.reach } else { &mut self.beside }.widen(time);
    }

    fn add(&mut self, other: &Self) {
        (self.reach, self.beside) = (self.reach.and(other.reach), self.beside.and(other.beside));
        self.admin_by_people += other.admin_by_people;
        for (day, count) in &other.days {
            *self.days.entry(*day).or_default() += count;
        }
        for (kind, operations) in &other.operations {
            let own = self.operations.entry(*kind).or_default();
            for (action, count) in operations {
                *own.entry(action.clone()).or_default() += count;
            }
        }
    }

    fn close(self, evidence: EvidenceSource) -> Part {
        let (first, last) = self.reach.or(self.beside).told();
        let named = self.operations.into_iter().flat_map(|(kind, operations)| {
            let kind = kind.map_or_else(String::new, |kind| kind.to_string());
            operations.into_iter().map(move |(action, count)| (format!("{kind} {action}"), count))
        });
        Part {
            evidence_source: evidence.as_str().to_owned(),
            events: self.events,
            states: self.states,
            duplicates: self.duplicates,
            first,
            last,
            operations: named.collect(),
            days: self.days.iter().map(|(day, count)| (day.format("%Y-%m-%d").to_string(), *count)).collect(),
            actors: self.actors,
            admin_by_people: self.admin_by_people,
        }
    }
}

/// The kinds of the file.
#[derive(Debug, Default)]
pub(super) struct Shares(BTreeMap<EvidenceSource, Share>);

impl Shares {
    #[inline]
    pub(super) fn of(&mut self, evidence: EvidenceSource) -> &mut Share {
        self.0.entry(evidence).or_default()
    }

    /// Puts the sums of all kinds into the entry, and the kinds, where there are several.
    pub(super) fn close(self, entry: &mut SourceEntry) {
        let (mut all, mut parts) = (Share::default(), Vec::new());
        for (evidence, share) in self.0 {
            all.add(&share);
            parts.push(share.close(evidence));
        }
        let all = all.close(EvidenceSource::default());
        (entry.first, entry.last, entry.days, entry.operations) = (all.first, all.last, all.days, all.operations);
        entry.admin_by_people = all.admin_by_people;
        if parts.len() > 1 {
            entry.parts = parts;
        }
    }
}
