//! The books of the file that is being read: what its records are, when they are from, who acts, and what was remarked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate};

use super::Batch;
use super::lost::LostRecords;
use super::shares::Shares;
use crate::ingest::formats::{Format, Refused};
use crate::ingest::kept::{Kept, Kind};
use crate::ingest::source::Recognised;
use crate::ledger::{Listed, Note, SourceEntry};
use crate::timeline::format_time;
use crate::timeline::packed::{self, Packed};
use crate::timeline::schema::names;

/// Remarks of one code that are told one by one; the others are counted.
const TOLD: u64 = 5;
/// Actors that a ledger entry names.
const ACTORS: usize = 8;

/// The file that is being read.
pub(super) struct Current {
    pub(super) entry: SourceEntry,
    pub(super) file: Arc<str>,
    pub(super) format: &'static Format,
    remarks: BTreeMap<&'static str, (u64, Vec<String>)>,
    shares: Shares,
    lost: LostRecords,
    /// The record booked last did not have as many cells as the header.
    pub(super) ragged: bool,
    /// Letters that became question marks, as long as the file is all ASCII.
    pub(super) lost_letters: Option<u64>,
    /// The table begins with the type of Windows PowerShell's objects.
    pub(super) typed: bool,
    /// Events whose time was read in an order of day and month that is not proved, and what that rests on.
    pub(super) by_order: u64,
    pub(super) order: Option<String>,
    /// Copies of what is kept from elsewhere, per day: they count nowhere, but are no days that the file lacks.
    pub(super) copied: BTreeMap<NaiveDate, u64>,
}

impl Current {
    pub(super) fn new(name: &str, format: &'static Format, encoding: &Recognised, notes: Vec<Note>) -> Self {
        let mut entry = SourceEntry {
            path: name.to_owned(),
            format: Some(format.id.to_owned()),
            encoding: Some(encoding.name.clone()),
            evidence_source: Some(format.evidence.as_str().to_owned()),
            ..SourceEntry::default()
        };
        if encoding.assumed {
            let text = format!("decoded as {} by assumption; pass --encoding to confirm", encoding.name);
            entry.notes.push(Note::new("F-022", text));
        }
        entry.notes.extend(notes);
        Self {
            entry,
            file: Arc::from(name),
            format,
            remarks: BTreeMap::new(),
            shares: Shares::default(),
            lost: LostRecords::default(),
            ragged: false,
            lost_letters: Some(0),
            typed: false,
            by_order: 0,
            order: None,
            copied: BTreeMap::new(),
        }
    }

    pub(super) fn remark(&mut self, code: &'static str, record: u64, text: &str) {
        let (count, told) = self.remarks.entry(code).or_default();
        *count += 1;
        if *count <= TOLD {
            told.push(format!("record {record}: {text}"));
        }
    }

    /// Counts one event; the day it belongs to.
    #[inline]
    pub(super) fn count(&mut self, batch: &mut Batch, kept: &Kept) -> Option<NaiveDate> {
        if let Some(count) = batch.kinds.get_mut(kept.kind as usize) {
            *count += 1;
        }
        let kind = batch.common.kinds.get(kept.kind as usize)?;
        if self.entry.counts.events == 0 {
            // An export that carries others (PowerShell's XML, a SIEM's table) is the evidence that it carries.
            self.entry.evidence_source = Some(kind.evidence.as_str().to_owned());
        }
        let counts = &mut self.entry.counts;
        counts.salvaged += u64::from(kept.salvaged);
        let share = self.shares.of(kind.evidence);
        if share.actors.len() < ACTORS || self.entry.actors.len() < ACTORS {
            name_actor(kind, &kept.packed, [&mut share.actors, &mut self.entry.actors]);
        }
        if kind.date.is_none() {
            // A state is no event: it has no place in the span and the days of the evidence.
            (counts.states, share.states) = (counts.states + 1, share.states + 1);
            list(&mut self.entry.tables, kind, &kept.packed);
            if self.entry.collected.is_none() {
                self.entry.collected = collected(kept.packed.time());
            }
            return None;
        }
        (counts.events, share.events) = (counts.events + 1, share.events + 1);
        share.reach(kept.packed.time());
        if kept.salvaged {
            self.lost.cut(kind, &kept.packed);
        }
        kind.date
    }

    /// A copy of what is kept from another file counts nowhere, but the time that this file covers reaches over it, and of
    /// a file that has nothing else it says which evidence that is.
    pub(super) fn pass(&mut self, batch: &Batch, kept: &Kept) {
        let counts = &mut self.entry.counts;
        counts.duplicates += 1;
        let Some(kind) = batch.common.kinds.get(kept.kind as usize) else { return };
        if counts.events + counts.states == 0 && counts.duplicates == 1 {
            self.entry.evidence_source = Some(kind.evidence.as_str().to_owned());
        }
        let Some(date) = kind.date else { return };
        *self.copied.entry(date).or_default() += 1;
        let share = self.shares.of(kind.evidence);
        share.duplicates += 1;
        share.reach(kept.packed.time());
    }

    /// A record that was refused.
    pub(super) fn refuse(&mut self, what: &Refused) {
        self.entry.counts.rejected += 1;
        self.lost.refused(what);
    }

    pub(super) fn count_kind(&mut self, kind: &Kind, count: u64) {
        let Some(date) = kind.date else { return };
        *self.entry.time_zones.entry(kind.basis.to_string()).or_default() += count;
        self.shares.of(kind.evidence).count_kind(date, kind, count);
    }

    pub(super) fn close(mut self) -> SourceEntry {
        self.shares.close(&mut self.entry);
        self.entry.lost = self.lost.close();
        for (code, (count, told)) in self.remarks {
            let more = count - told.len() as u64;
            let told_all = told.into_iter().map(|text| Note::new(code, text));
            self.entry.notes.extend(told_all);
            if more > 0 {
                self.entry.notes.push(Note::new(code, format!("and {more} more records with this remark")));
            }
        }
        self.entry
    }
}

/// Whose things a snapshot's table lists.
fn list(tables: &mut BTreeMap<String, Listed>, kind: &Kind, state: &Packed) {
    if kind.table.is_empty() {
        return;
    }
    if !tables.contains_key(&*kind.table) {
        tables.insert(kind.table.to_string(), Listed::default());
    }
    let Some(listed) = tables.get_mut(&*kind.table) else { return };
    listed.unset |= kind.unset;
    if listed.owners.len() < ACTORS {
        name_actor(kind, state, [&mut listed.owners]);
    }
}

fn name_actor<const N: usize>(kind: &Kind, event: &Packed, lists: [&mut BTreeSet<String>; N]) {
    let [upn, raw, target] = [names::USER_UPN, names::USER_RAW, names::TARGET_RAW].map(packed::column);
    let actor = match kind.date {
        Some(_) => event.text(upn).or_else(|| event.text(raw)).unwrap_or_default(),
        None => event.text(target).unwrap_or_default(),
    };
    if kind.date.is_none() && actor.is_empty() {
        return;
    }
    let actor = actor.to_lowercase();
    for list in lists {
        if list.len() < ACTORS && !list.contains(&actor) {
            list.insert(actor.clone());
        }
    }
}

/// When a snapshot was taken, where that is known: nobody looked in 1970.
fn collected(micros: i64) -> Option<String> {
    (micros > 0).then(|| DateTime::from_timestamp_micros(micros)).flatten().map(format_time)
}
