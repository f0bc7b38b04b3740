//! The books of the file that is being read: what its records are, when they are from, who acts, and what was remarked.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate};

use super::Batch;
use crate::ingest::formats::Format;
use crate::ingest::kept::{Kept, Kind};
use crate::ingest::source::Recognised;
use crate::ledger::{Note, SourceEntry};
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
    /// Microseconds.
    first: Option<i64>,
    last: Option<i64>,
    /// The record booked last did not have as many cells as the header.
    pub(super) ragged: bool,
    /// Events per day; named when the file ends.
    days: BTreeMap<NaiveDate, u64>,
    /// Events per record type and operation; named when the file ends.
    operations: BTreeMap<Option<i64>, BTreeMap<Box<str>, u64>>,
    /// Letters that became question marks, as long as the file is all ASCII.
    pub(super) lost_letters: Option<u64>,
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
            first: None,
            last: None,
            ragged: false,
            days: BTreeMap::new(),
            operations: BTreeMap::new(),
            lost_letters: Some(0),
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
        if self.entry.actors.len() < ACTORS {
            self.name_actor(kind, &kept.packed);
        }
        if kind.date.is_none() {
            // A state is no event: it has no place in the span and the days of the evidence.
            self.entry.counts.states += 1;
            return None;
        }
        self.entry.counts.events += 1;
        self.widen(kept.packed.time());
        kind.date
    }

    /// A copy of what is kept from another file counts nowhere, but the time that this file covers reaches over it.
    pub(super) fn pass(&mut self, batch: &Batch, kept: &Kept) {
        self.entry.counts.duplicates += 1;
        if batch.common.kinds.get(kept.kind as usize).is_some_and(|kind| kind.date.is_some()) {
            self.widen(kept.packed.time());
        }
    }

    fn widen(&mut self, time: i64) {
        self.first = Some(self.first.map_or(time, |first| first.min(time)));
        self.last = Some(self.last.map_or(time, |last| last.max(time)));
    }

    fn name_actor(&mut self, kind: &Kind, event: &Packed) {
        let [upn, raw, target] = [names::USER_UPN, names::USER_RAW, names::TARGET_RAW].map(packed::column);
        let actor = match kind.date {
            Some(_) => event.text(upn).or_else(|| event.text(raw)).unwrap_or_default(),
            None => event.text(target).unwrap_or_default(),
        };
        if kind.date.is_some() || !actor.is_empty() {
            self.entry.actors.insert(actor.to_lowercase());
        }
    }

    pub(super) fn count_kind(&mut self, kind: &Kind, count: u64) {
        let Some(date) = kind.date else { return };
        *self.days.entry(date).or_default() += count;
        *self.entry.time_zones.entry(kind.basis.to_string()).or_default() += count;
        self.entry.admin_by_people += if kind.admin_by_people { count } else { 0 };
        let operations = self.operations.entry(kind.record_type).or_default();
        match operations.get_mut(&kind.action) {
            Some(known) => *known += count,
            None => {
                operations.insert(kind.action.clone(), count);
            }
        }
    }

    pub(super) fn close(mut self) -> SourceEntry {
        self.entry.days = self.days.iter().map(|(day, count)| (day.format("%Y-%m-%d").to_string(), *count)).collect();
        for (kind, operations) in self.operations {
            let kind = kind.map_or_else(String::new, |kind| kind.to_string());
            let named = operations.into_iter().map(|(action, count)| (format!("{kind} {action}"), count));
            self.entry.operations.extend(named);
        }
        let time = |micros: i64| DateTime::from_timestamp_micros(micros).map(format_time);
        self.entry.first = self.first.and_then(time);
        self.entry.last = self.last.and_then(time);
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
