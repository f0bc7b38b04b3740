//! What other logs tell of the time that the audit log lacks: they are the measure of what is a quiet night and what a gap.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc, Weekday};

use super::{Exports, Span, days_of, is_of_everybody};
use crate::analyze::exam::Row;
use crate::ledger::SourceEntry;
use crate::timeline::{EvidenceSource, Outcome};

/// How long before the audit log's first record, and behind its last one, somebody may come in without a word in it.
const MARGIN: TimeDelta = TimeDelta::hours(2);
/// How far apart sign-ins lie, between which the audit log has nothing of the account, that are no single lost record.
const APART: TimeDelta = TimeDelta::hours(6);
/// Sign-ins that both logs have, from which one that the audit log lacks says something …
const TWICE: usize = 10;
/// … and of how many of them one may be missing anyway.
const SINGLE: usize = 10;
/// Records of other logs on a day that a tenant's audit log does not pass over …
const SEVERAL: u64 = 3;
/// … where it passes over one in so many of such days at the most.
const RARE: usize = 10;

/// A sign-in of the account that got in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Visit {
    pub(super) at: DateTime<Utc>,
    pub(super) in_window: bool,
    /// Whether the audit log has it, too.
    pub(super) audited: bool,
}

/// The account's own sign-ins that somebody made at a screen and that got in, in order.
pub(super) fn visits(rows: &[Row<'_>]) -> Vec<Visit> {
    let told = |row: &&Row<'_>| {
        row.parts.actor
            && row.event.evidence_source == EvidenceSource::EntraSignin
            && row.event.outcome == Outcome::Success
            && row.event.sign_in_kind.as_deref() != Some("noninteractive")
    };
    let visit = |row: &Row<'_>| {
        let audited = row.events().any(|event| event.evidence_source == EvidenceSource::Ual);
        Visit { at: row.event.datetime, in_window: row.in_window, audited }
    };
    let mut visits: Vec<Visit> = rows.iter().filter(told).map(visit).collect();
    visits.sort_by_key(|visit| visit.at);
    visits
}

/// When the audit log has anything of the account, in order.
pub(super) fn audited_acts(rows: &[Row<'_>]) -> Vec<DateTime<Utc>> {
    let of_log = |row: &&Row<'_>| row.events().any(|event| event.evidence_source == EvidenceSource::Ual);
    let mut acts: Vec<_> = rows.iter().filter(of_log).map(|row| row.event.datetime).collect();
    acts.sort_unstable();
    acts
}

impl Exports<'_> {
    /// A sign-in of the account inside the window and outside of the audit log, whose ends are these.
    pub(super) fn visit_beyond(&self, (first, last): Span) -> Option<DateTime<Utc>> {
        let beyond = |at: DateTime<Utc>| at + MARGIN < first || at > last + MARGIN;
        self.visits.iter().find(|visit| visit.in_window && !visit.audited && beyond(visit.at)).map(|visit| visit.at)
    }

    /// Sign-ins of the account hours apart that the audit log lacks together with all that lies between them, though it
    /// has the others: the first such gap.
    pub(super) fn visits_lacking(&self) -> Option<Span> {
        let [both, lacking] = [true, false].map(|is| self.visits.iter().filter(|visit| visit.audited == is).count());
        let mut gaps = self.silent_visits();
        gaps.retain(|((first, last), _)| *last - *first >= APART);
        // How much is missing anyway is told by what lies beside the gaps, however long they are.
        let beside = lacking - gaps.iter().map(|(_, visits)| visits).sum::<usize>();
        let rare = both >= TWICE && beside * SINGLE <= both + beside;
        gaps.first().filter(|_| rare).map(|(gap, _)| *gap)
    }

    /// The stretches of sign-ins inside the window that the audit log lacks together with all that lies between them, each
    /// with how many they are.
    fn silent_visits(&self) -> Vec<(Span, usize)> {
        let mut stretches: Vec<(Span, usize)> = Vec::new();
        for visit in self.visits.iter().filter(|visit| visit.in_window && !visit.audited) {
            let told = |first: DateTime<Utc>| {
                let next = self.acts.partition_point(|act| *act <= first);
                self.acts.get(next).is_some_and(|act| *act < visit.at)
            };
            match stretches.last_mut() {
                Some(((first, last), visits)) if !told(*first) => (*last, *visits) = (visit.at, *visits + 1),
                _ => stretches.push(((visit.at, visit.at), 1)),
            }
        }
        stretches
    }

    /// The time around them of which the audit log has nothing of the account.
    pub(super) fn gap_around_visits(&self) -> Option<Span> {
        let (first, last) = self.visits_lacking()?;
        let before = self.acts.iter().rev().find(|act| **act < first);
        let behind = self.acts.iter().find(|act| **act > last);
        Some((before.copied().unwrap_or(first), behind.copied().unwrap_or(last)))
    }

    /// The working days that everybody's audit log passes over though other logs have records as on any other day.
    pub(super) fn days_lacking(&self, sources: &[&SourceEntry]) -> Vec<NaiveDate> {
        let days = |entries: &[&SourceEntry]| {
            let mut days: BTreeMap<NaiveDate, u64> = BTreeMap::new();
            for (day, count) in entries.iter().flat_map(|entry| entry.dates()) {
                *days.entry(*day).or_default() += count;
            }
            days
        };
        let mut others = self.sources(&["entra_signin", "entra_audit"]);
        others.retain(|entry| self.held(entry).about || is_of_everybody(entry));
        let (audited, others) = (days(sources), days(&others));
        let ends = audited.keys().next().zip(audited.keys().next_back());
        let Some((first, last)) = ends.filter(|_| sources.iter().any(|entry| is_of_everybody(entry))) else {
            return Vec::new();
        };
        let is_work = |day: &NaiveDate| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        let busy =
            others.iter().filter(|(day, count)| **count >= SEVERAL && (*first..=*last).contains(day) && is_work(day));
        let (both, lacking): (Vec<_>, Vec<_>) = busy.partition(|(day, _)| audited.contains_key(*day));
        let mut usual: Vec<u64> = both.iter().map(|(_, count)| **count).collect();
        usual.sort_unstable();
        let usual = usual.get(usual.len() / 2).copied().unwrap_or_default();
        if lacking.len() * RARE > both.len() {
            return Vec::new();
        }
        // A holiday, on which telephones alone sign in, is none.
        lacking.into_iter().filter(|(_, count)| **count * 2 >= usual).map(|(day, _)| *day).collect()
    }

    /// The first of them in the window.
    pub(super) fn day_lacking(&self, sources: &[&SourceEntry]) -> Option<NaiveDate> {
        let (first, last) = days_of(self.window);
        self.days_lacking(sources).into_iter().find(|day| (first..=last).contains(day))
    }
}
