//! Books what the workers read, in order: numbers the records, folds byte-identical copies, sorts events into days,
//! learns who is who, and keeps the ledger. The counts balance or the run fails.
//!
//! This is the one place that sees every record one after the other, so a record costs it a look-up and a few counts:
//! what many records have in common was gathered by the worker and is booked once a batch.

mod current;
mod days;
mod files;
mod learned;
mod lost;
mod seen;
mod shares;
mod signs;
mod witness;

use std::borrow::Cow;

use self::current::Current;
use self::days::Days;
use self::learned::Learned;
use self::seen::{First, Seen, Variants};
use crate::ingest::entra_portal::join::SignIns;
use crate::ingest::kept::{Common, Kept};
use crate::ingest::pipeline::IngestError;
use crate::ingest::worker::{Parsed, Record, Refused};
use crate::ledger::{Archive, Ledger, Reading, Reject};
use crate::timeline::EvidenceSource;
use crate::timeline::hours;
use crate::timeline::packed;
use crate::timeline::same::{self, Variant};
use crate::timeline::schema::{self, names};
use crate::timeline::store::{CaseWriter, Duplicate, StoreError};

pub use days::PartJob;
pub use witness::Witness;

/// The books.
pub struct Sink {
    case: Option<CaseWriter>,
    ledger: Ledger,
    current: Option<Current>,
    seen: Seen,
    variants: Variants,
    /// Further events of an id, for the remarks on them and on its first.
    other_bytes: Vec<Variant>,
    days: Days,
    learned: Learned,
    /// Kept where authentication steps wait for them.
    sign_ins: Option<SignIns>,
    /// Where the entry of the file that is being read belongs, where its place was kept.
    place: Option<usize>,
    witness: Witness,
}

/// One batch while it is booked.
struct Batch {
    common: Common,
    /// Records that count, of each kind.
    kinds: Vec<u64>,
    /// The place of each lesson among all that were learned, once it is known.
    lessons: Vec<Option<usize>>,
}

impl Sink {
    /// Empty books; without a case nothing is kept but the ledger.
    pub fn new(case: Option<CaseWriter>) -> Self {
        Self {
            case,
            ledger: Ledger { schema: schema::VERSION.to_owned(), ..Ledger::default() },
            witness: Witness::default(),
            current: None,
            seen: Seen::default(),
            variants: Variants::default(),
            other_bytes: Vec::new(),
            days: Days::default(),
            learned: Learned::default(),
            sign_ins: None,
            place: None,
        }
    }

    /// Empty books that keep nothing but what `witness` asks for.
    pub fn watched(witness: Witness) -> Self {
        Self { witness, ..Self::new(None) }
    }

    /// There are authentication steps among the evidence.
    pub fn expect_steps(&mut self) {
        self.sign_ins = Some(SignIns::default());
    }

    /// Books one batch; returns the parts that are ready to be written.
    pub fn book(&mut self, parsed: Parsed) -> Result<Vec<PartJob>, StoreError> {
        let Some(mut current) = self.current.take() else { return Ok(Vec::new()) };
        self.days.pass(parsed.bytes);
        current.lost_letters = current.lost_letters.zip(parsed.lost_letters).map(|(all, more)| all + more);
        current.by_order += parsed.by_order;
        let (kinds, lessons) = (vec![0; parsed.common.kinds.len()], vec![None; parsed.common.lessons.len()]);
        let mut batch = Batch { common: parsed.common, kinds, lessons };
        let (mut records, before) = (parsed.records, current.entry.counts.records);
        for (number, record) in (before + 1..).zip(&mut records) {
            if let Ok(kept) = &mut record.result {
                kept.packed.set_record(number);
                self.join(&mut current, &mut batch, number, kept);
            }
        }
        let firsts = self.seen.firsts(&records, self.number() as u32, before);
        for (record, first) in records.into_iter().zip(firsts) {
            current.entry.counts.records += 1;
            self.book_record(&mut current, &mut batch, record, first)?;
        }
        for (kind, count) in batch.common.kinds.iter().zip(&batch.kinds).filter(|(_, count)| **count > 0) {
            current.count_kind(kind, *count);
        }
        self.current = Some(current);
        Ok(self.case.as_ref().map_or_else(Vec::new, |case| self.days.ready(case)))
    }

    fn book_record(
        &mut self,
        current: &mut Current,
        batch: &mut Batch,
        record: Record,
        first: Option<First>,
    ) -> Result<(), StoreError> {
        let number = current.entry.counts.records;
        current.ragged = record.remarks.iter().any(|(code, _)| *code == "R-106");
        for (code, text) in record.remarks {
            current.remark(code, number, &text);
        }
        match record.result {
            Err(refused) => self.refuse(current, number, (record.line, record.offset), refused),
            Ok(kept) => {
                self.witness.see(&current.file, number, &kept);
                self.accept(current, batch, kept, first)
            }
        }
    }

    /// Sign-ins are remembered, and their steps are told what they know: a step is kept anew.
    fn join(&mut self, current: &mut Current, batch: &mut Batch, number: u64, kept: &mut Kept) {
        let Some(sign_ins) = &mut self.sign_ins else { return };
        let mut event = kept.packed.event().map(|text| Cow::Owned(text.into_string()));
        sign_ins.learn(&event);
        if event.evidence_source != EvidenceSource::EntraStep {
            return;
        }
        if !sign_ins.complete(&mut event) {
            crate::ingest::records::auditdata::note(&mut event, "R-140");
            let text = "the sign-in of this authentication step is not in what was read with it: account and address are \
                        unknown";
            current.remark("R-140", number, text);
        }
        *kept = batch.common.keep(&event, "");
        batch.kinds.resize(batch.common.kinds.len(), 0);
        batch.lessons.resize(batch.common.lessons.len(), None);
    }

    fn refuse(
        &mut self,
        current: &mut Current,
        number: u64,
        place: (u64, u64),
        refused: Refused,
    ) -> Result<(), StoreError> {
        current.refuse(&refused.refusal.what);
        current.remark(refused.refusal.code, number, &refused.refusal.reason);
        let reject = Reject {
            evidence: current.file.to_string(),
            record: number,
            line: place.0,
            offset: place.1,
            code: refused.refusal.code.to_owned(),
            reason: refused.refusal.reason.into(),
            excerpt: refused.excerpt.into(),
        };
        self.case.as_mut().map_or(Ok(()), |case| case.reject(&reject))
    }

    fn accept(
        &mut self,
        current: &mut Current,
        batch: &mut Batch,
        kept: Kept,
        first: Option<First>,
    ) -> Result<(), StoreError> {
        let (id, content, number) = (kept.key, kept.content, kept.packed.record());
        if let Some(first) = first {
            let source = self.number() as u32;
            let same = self.variants.copied(first, id, content, (source, number));
            if let Some((kept_source, kept_record)) = same {
                current.pass(batch, &kept);
                let kept_evidence = self.name_of(current, kept_source);
                let copy = Duplicate { evidence: current.file.to_string(), record: number, kept_evidence, kept_record };
                return self.case.as_mut().map_or(Ok(()), |case| case.duplicate(&copy));
            }
            let id = kept.packed.text(packed::column(names::EVENT_ID)).unwrap_or_default().to_owned();
            self.other_bytes.push(Variant { at: (source, number), first: (first.source, first.record), id });
        }
        self.learn(batch, &kept);
        let date = current.count(batch, &kept);
        if self.case.is_some() {
            self.days.add(date, kept.packed);
        }
        Ok(())
    }

    fn learn(&mut self, batch: &mut Batch, kept: &Kept) {
        for lesson in kept.lessons.iter().flatten() {
            let lesson = *lesson as usize;
            let (Some(slot), Some(said)) = (batch.lessons.get_mut(lesson), batch.common.lessons.get(lesson)) else {
                continue;
            };
            let place = *slot.get_or_insert_with(|| self.learned.place(said, || kept.packed.record_ref()));
            self.learned.count(place);
        }
    }

    /// The name of a source: of an earlier one, or of the one being read.
    fn name_of(&self, current: &Current, source: u32) -> String {
        let entry = self.ledger.sources.get(source as usize).filter(|_| source as usize != self.number());
        entry.map_or_else(|| current.file.to_string(), |entry| entry.path.clone())
    }

    /// Everything that is still held.
    pub fn drain(&mut self) -> Vec<PartJob> {
        self.case.as_ref().map_or_else(Vec::new, |case| self.days.drain(case))
    }

    /// Closes all books, if they balance.
    pub fn finish(mut self, reading: Reading, archives: Vec<Archive>) -> Result<(Ledger, Witness), IngestError> {
        hours::tell(&mut self.ledger.sources);
        if let Some(entry) = self.ledger.sources.iter().find(|entry| !entry.counts.balance()) {
            return Err(IngestError::Unbalanced { file: entry.path.clone(), counts: entry.counts });
        }
        same::tell(&mut self.ledger, self.other_bytes);
        (self.ledger.reading, self.ledger.archives) = (reading, archives);
        if let Some(case) = self.case {
            case.finish(&self.ledger, &self.learned.table())?;
        }
        Ok((self.ledger, self.witness))
    }
}
