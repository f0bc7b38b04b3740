//! Books what the workers read, in order: numbers the records, folds byte-identical copies, sorts events into days,
//! learns who is who, and keeps the ledger. The counts balance or the run fails.
//!
//! This is the one place that sees every record one after the other, so a record costs it a look-up and a few counts:
//! what many records have in common was gathered by the worker and is booked once a batch.

use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate};
use foldhash::fast::RandomState;

use crate::ingest::formats::Format;
use crate::ingest::hours;
use crate::ingest::join::SignIns;
use crate::ingest::kept::{Common, Kept, Kind};
use crate::ingest::pipeline::{Ended, IngestError};
use crate::ingest::source::{self, Member, Recognised, Summed};
use crate::ingest::worker::{Parsed, Record, Refused};
use crate::ledger::{Archive, Gap, Ledger, Note, Reading, Reject, SourceEntry, Status};
use crate::origin::RecordRef;
use crate::timeline::identities::{IdentityTable, Lesson};
use crate::timeline::packed::{self, Packed};
use crate::timeline::same::{self, Variant};
use crate::timeline::schema::{self, names};
use crate::timeline::store::{CaseWriter, Duplicate, PartWriter, StoreError};
use crate::timeline::{EvidenceSource, format_time};

/// A day's part is written when it has so many events …
const PART_EVENTS: usize = 64 * 1024;
/// … or so much text …
const PART_BYTES: usize = 64 << 20;
/// … or when all days together hold so much, the fullest first.
const HELD_BYTES: usize = 160 << 20;
/// … or when nothing came for it in so many bytes of evidence: exports are ordered by time, so that nothing more will
/// come …
const IDLE_AFTER: u64 = 8 << 20;
/// … and it holds enough to make a part.
const IDLE_BYTES: usize = 1 << 20;
/// Remarks of one code that are told one by one; the others are counted.
const TOLD: u64 = 5;
/// Actors that a ledger entry names.
const ACTORS: usize = 8;

/// Events of one day, or states, ready to be written.
pub struct PartJob {
    writer: PartWriter,
    /// The day; `None` for the rows of snapshots, which belong to none.
    date: Option<NaiveDate>,
    number: usize,
    events: Vec<Packed>,
}

impl PartJob {
    /// Writes the part; callable on any thread.
    pub fn write(self) -> Result<(), StoreError> {
        self.writer.write(self.date, self.number, &self.events)
    }
}

#[derive(Default)]
struct Day {
    events: Vec<Packed>,
    bytes: usize,
    parts: usize,
    /// Bytes that were booked when something was added last.
    touched: u64,
}

impl Day {
    fn is_full(&self, booked: u64) -> bool {
        let idle = self.touched + IDLE_AFTER <= booked && self.bytes >= IDLE_BYTES;
        idle || self.events.len() >= PART_EVENTS || self.bytes >= PART_BYTES
    }
}

/// What was learned, each lesson once: how many records say so, and the first of them. In the order of the first.
#[derive(Default)]
struct Learned {
    places: HashMap<Lesson, usize, RandomState>,
    taught: Vec<(u64, RecordRef)>,
}

impl Learned {
    /// The place of a lesson, whose first record this may be.
    fn place(&mut self, lesson: &Lesson, first: impl FnOnce() -> RecordRef) -> usize {
        if let Some(place) = self.places.get(lesson) {
            return *place;
        }
        self.places.insert(lesson.clone(), self.taught.len());
        self.taught.push((0, first()));
        self.taught.len() - 1
    }

    fn count(&mut self, place: usize) {
        if let Some((count, _)) = self.taught.get_mut(place) {
            *count += 1;
        }
    }

    fn table(self) -> IdentityTable {
        let mut lessons: Vec<(Lesson, usize)> = self.places.into_iter().collect();
        lessons.sort_unstable_by_key(|(_, place)| *place);
        let mut table = IdentityTable::default();
        for ((lesson, _), (count, first)) in lessons.iter().zip(&self.taught) {
            table.teach(lesson, *count, first);
        }
        table
    }
}

/// Where the first event of a native id is, and what it was. Half the width would not do: what is not told apart here
/// is lost.
#[derive(Clone, Copy)]
struct First {
    content: [u64; 2],
    record: u64,
    source: u32,
}

/// The books.
pub struct Sink {
    case: Option<CaseWriter>,
    ledger: Ledger,
    current: Option<Current>,
    seen: Seen,
    /// Further events of an id, by their content: where the first copy is.
    variants: HashMap<(u128, u128), (u32, u64)>,
    /// The same, for the remarks on both.
    other_bytes: Vec<Variant>,
    /// By day; the rows of snapshots under none.
    days: BTreeMap<Option<NaiveDate>, Day>,
    held: usize,
    /// Bytes of evidence booked.
    booked: u64,
    learned: Learned,
    /// Kept where authentication steps wait for them.
    sign_ins: Option<SignIns>,
    /// Where the entry of the file that is being read belongs, where its place was kept.
    place: Option<usize>,
    witness: Witness,
}

/// The first record of every id. In many maps, so that never all of them grow at the same time.
struct Seen(Vec<HashMap<u128, First, RandomState>>);

impl Seen {
    const MAPS: usize = 64;

    /// For each record the first of its id where that is an earlier one; of `source`, the record `before` them is booked.
    ///
    /// The maps are large and lie in cold memory. Asked for all records of a batch before anything else is done with them,
    /// they are waited for together, not one after the other.
    fn firsts(&mut self, records: &[Record], source: u32, before: u64) -> Vec<Option<First>> {
        let numbered = (before + 1..).zip(records);
        numbered.map(|(number, record)| self.first(record.result.as_ref().ok()?, source, number)).collect()
    }

    #[inline]
    fn first(&mut self, kept: &Kept, source: u32, record: u64) -> Option<First> {
        let map = (kept.key ^ kept.key >> 64) as usize % Self::MAPS;
        match self.0.get_mut(map)?.entry(kept.key) {
            Entry::Occupied(known) => Some(*known.get()),
            Entry::Vacant(slot) => {
                slot.insert(First { content: halves(kept.content), record, source });
                None
            }
        }
    }
}

/// One batch while it is booked.
struct Batch {
    common: Common,
    /// Records that count, of each kind.
    kinds: Vec<u64>,
    /// The place of each lesson among all that were learned, once it is known.
    lessons: Vec<Option<usize>>,
}

/// Says of the records it is asked for what they are and where.
#[derive(Debug, Default)]
pub struct Witness {
    /// Record numbers by evidence path.
    wanted: BTreeMap<String, BTreeSet<u64>>,
    /// What was found of them.
    seen: BTreeMap<(String, u64), RecordRef>,
}

impl Witness {
    /// Asks for these records, named by evidence path and record number.
    pub fn of<'a>(records: impl Iterator<Item = (&'a str, u64)>) -> Self {
        let mut wanted: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
        for (path, record) in records {
            wanted.entry(path.to_owned()).or_default().insert(record);
        }
        Self { wanted, seen: BTreeMap::new() }
    }

    /// The record as it stands in the evidence, if one is there.
    pub fn record(&self, path: &str, record: u64) -> Option<&RecordRef> {
        self.seen.get(&(path.to_owned(), record))
    }

    fn see(&mut self, file: &str, number: u64, kept: &Kept) {
        if self.wanted.get(file).is_some_and(|records| records.contains(&number)) {
            let record = kept.packed.record_ref();
            self.seen.insert((record.evidence.clone(), record.record), record);
        }
    }
}

/// The file that is being read.
struct Current {
    entry: SourceEntry,
    file: Arc<str>,
    format: &'static Format,
    remarks: BTreeMap<&'static str, (u64, Vec<String>)>,
    /// Microseconds.
    first: Option<i64>,
    last: Option<i64>,
    /// The record booked last did not have as many cells as the header.
    ragged: bool,
    /// Events per day; named when the file ends.
    days: BTreeMap<NaiveDate, u64>,
    /// Events per record type and operation; named when the file ends.
    operations: BTreeMap<Option<i64>, BTreeMap<Box<str>, u64>>,
    /// Letters that became question marks, as long as the file is all ASCII.
    lost_letters: Option<u64>,
}

impl Sink {
    /// Empty books; without a case nothing is kept but the ledger.
    pub fn new(case: Option<CaseWriter>) -> Self {
        Self {
            case,
            ledger: Ledger { schema: schema::VERSION.to_owned(), ..Ledger::default() },
            witness: Witness::default(),
            current: None,
            seen: Seen((0..Seen::MAPS).map(|_| HashMap::default()).collect()),
            variants: HashMap::new(),
            other_bytes: Vec::new(),
            days: BTreeMap::new(),
            held: 0,
            booked: 0,
            learned: Learned::default(),
            sign_ins: None,
            place: None,
        }
    }

    /// Keeps the place of a file that is read after all others, and what its records will want to know of those.
    pub fn keep_place(&mut self, name: &str) -> usize {
        self.ledger.sources.push(SourceEntry { path: name.to_owned(), ..SourceEntry::default() });
        self.ledger.sources.len() - 1
    }

    /// There are authentication steps among the evidence.
    pub fn expect_steps(&mut self) {
        self.sign_ins = Some(SignIns::default());
    }

    /// The next file is the one whose place was kept.
    pub fn return_to(&mut self, place: usize) {
        self.place = Some(place);
    }

    /// Puts a closed entry where it belongs.
    fn file_away(&mut self, entry: SourceEntry) {
        match self.place.take().and_then(|place| self.ledger.sources.get_mut(place)) {
            Some(kept) => *kept = entry,
            None => self.ledger.sources.push(entry),
        }
    }

    /// The number of the file that is being read.
    fn number(&self) -> usize {
        self.place.unwrap_or(self.ledger.sources.len())
    }

    /// Empty books that keep nothing but what `witness` asks for.
    pub fn watched(witness: Witness) -> Self {
        Self { witness, ..Self::new(None) }
    }

    /// The file that is being read.
    pub fn file(&self) -> &str {
        self.current.as_ref().map_or("", |current| &current.file)
    }

    /// Evidence path and format id of the file that is being read.
    pub fn source(&self) -> (Arc<str>, &'static str) {
        self.current.as_ref().map_or((Arc::from(""), ""), |current| (Arc::clone(&current.file), current.format.id))
    }

    /// Books a file that is no export or could not be read.
    pub fn unread(&mut self, name: &str, status: Status, note: Note) {
        self.ledger.sources.push(SourceEntry {
            path: name.to_owned(),
            status,
            notes: vec![note],
            ..SourceEntry::default()
        });
    }

    /// The same, with what can be said of its bytes.
    pub fn unread_file(&mut self, member: &Member, status: Status, error: &std::io::Error) {
        self.unread(&member.name, status, Note::new(fault_code(error), format!("cannot be read: {error}")));
        let digest = member.open().and_then(source::Stream::finish);
        self.set_digest(digest.map(|summed| Summed { flood: None, ..summed }));
    }

    /// Hash and size of the file booked last.
    pub fn set_digest(&mut self, digest: std::io::Result<Summed>) {
        if let (Some(entry), Ok(summed)) = (self.ledger.sources.last_mut(), digest) {
            entry.notes.extend(summed.flood.as_ref().map(|flood| Note::new("F-015", flood.clone())));
            summed.enter(entry);
        }
    }

    /// Encoding of the file booked last.
    pub fn set_encoding(&mut self, name: &str) {
        if let Some(entry) = self.ledger.sources.last_mut() {
            entry.encoding = Some(name.to_owned());
        }
    }

    /// Opens the books of a file.
    pub fn start(&mut self, name: &str, format: &'static Format, encoding: &Recognised, notes: Vec<Note>) {
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
        self.current = Some(Current {
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
        });
    }

    /// By what the file's format was recognised, and which spans it says are missing elsewhere.
    pub fn explain(&mut self, recognised_by: String, gaps: Vec<Gap>) {
        if let Some(current) = &mut self.current {
            current.entry.recognised_by = recognised_by;
            current.entry.gaps = gaps;
        }
    }

    /// Closes the books of a file that only says something about others.
    pub fn end_companion(&mut self, digest: std::io::Result<Summed>) {
        let Some(current) = self.current.take() else { return };
        self.ledger.sources.push(current.close());
        self.set_digest(digest);
    }

    /// Books one batch; returns the parts that are ready to be written.
    pub fn book(&mut self, parsed: Parsed) -> Result<Vec<PartJob>, StoreError> {
        let Some(mut current) = self.current.take() else { return Ok(Vec::new()) };
        self.booked += parsed.bytes;
        current.lost_letters = current.lost_letters.zip(parsed.lost_letters).map(|(all, more)| all + more);
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
        Ok(self.ready())
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
            crate::ingest::auditdata::note(&mut event, "R-140");
            let text =
                "the sign-in of this authentication step is not in the evidence: account and address are unknown";
            current.remark("R-140", number, text);
        }
        *kept = batch.common.keep(&event);
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
        current.entry.counts.rejected += 1;
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
            let same = if first.content == halves(content) {
                Some((first.source, first.record))
            } else {
                match self.variants.entry((id, content)) {
                    Entry::Occupied(known) => Some(*known.get()),
                    Entry::Vacant(slot) => {
                        slot.insert((source, number));
                        None
                    }
                }
            };
            if let Some((kept_source, kept_record)) = same {
                current.entry.counts.duplicates += 1;
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
            // The row, its place in the day's list, and what the allocator adds.
            let bytes = kept.packed.size() + 48;
            let day = self.days.entry(date).or_default();
            day.bytes += bytes;
            day.touched = self.booked;
            day.events.push(kept.packed);
            self.held += bytes;
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

    /// The parts that are full, and the fullest ones where too much is held.
    fn ready(&mut self) -> Vec<PartJob> {
        let full: Vec<Option<NaiveDate>> =
            self.days.iter().filter(|(_, day)| day.is_full(self.booked)).map(|(date, _)| *date).collect();
        let mut jobs: Vec<PartJob> = full.into_iter().filter_map(|date| self.take(date)).collect();
        while self.held > HELD_BYTES {
            let fullest = self.days.iter().max_by_key(|(date, day)| (day.bytes, **date)).map(|(date, _)| *date);
            let Some(job) = fullest.and_then(|date| self.take(date)) else { break };
            jobs.push(job);
        }
        jobs
    }

    fn take(&mut self, date: Option<NaiveDate>) -> Option<PartJob> {
        let writer = self.case.as_ref()?.parts();
        let day = self.days.get_mut(&date).filter(|day| !day.events.is_empty())?;
        self.held -= day.bytes;
        day.bytes = 0;
        day.parts += 1;
        Some(PartJob { writer, date, number: day.parts - 1, events: std::mem::take(&mut day.events) })
    }

    /// Everything that is still held.
    pub fn drain(&mut self) -> Vec<PartJob> {
        let dates: Vec<Option<NaiveDate>> = self.days.keys().copied().collect();
        dates.into_iter().filter_map(|date| self.take(date)).collect()
    }

    /// Closes the books of a file.
    pub fn end(&mut self, ended: Ended, notes: Vec<Note>) {
        let Some(current) = self.current.take() else { return };
        let cut = !ended.whole || ended.open_row && current.ragged;
        let lost_letters = current.lost();
        let mut entry = current.close();
        entry.notes.extend(notes);
        match ended.digest {
            Ok(summed) => summed.enter(&mut entry),
            Err(error) => entry.notes.push(Note::new("F-020", format!("cannot be hashed: {error}"))),
        }
        if let Some(error) = ended.error {
            entry.status = Status::PartlyRead;
            let code = fault_code(&error);
            entry.notes.push(Note::new(code, format!("reading stopped: {error}; what came before is kept")));
        } else if cut {
            entry.status = Status::PartlyRead;
            let text = "file ends inside a record or an unclosed list: it was cut, or its collector stopped";
            entry.notes.push(Note::new("C-203", text));
        }
        if ended.next_link {
            let text = "the last page names a next page that is not here: the collection is not complete";
            entry.notes.push(Note::new("C-204", text));
        }
        if entry.counts.records == 0 {
            let text = "export has no rows; check the search window and filters used";
            entry.notes.push(Note::new("F-002", text));
        }
        entry.notes.extend(ceiling(&entry));
        entry.notes.extend(hole(&entry));
        entry.notes.extend(retention(&entry));
        entry.notes.extend(lost_letters);
        self.file_away(entry);
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

impl Summed {
    /// Puts hash and size into the books; evidence that changed under the reader's hands is doubtful.
    fn enter(self, entry: &mut SourceEntry) {
        (entry.sha256, entry.bytes) = (self.sha256, self.bytes);
        if let Some(change) = self.changed {
            if entry.status == Status::Read {
                entry.status = Status::PartlyRead;
            }
            let text = format!("the file changed while it was read ({change}): read it again, from a copy at rest");
            entry.notes.push(Note::new("F-024", text));
        }
    }
}

/// The code of a fault that ended the reading.
fn fault_code(error: &std::io::Error) -> &'static str {
    match error.kind() {
        std::io::ErrorKind::FileTooLarge => "F-015",
        _ => "F-020",
    }
}

impl Current {
    fn remark(&mut self, code: &'static str, record: u64, text: &str) {
        let (count, told) = self.remarks.entry(code).or_default();
        *count += 1;
        if *count <= TOLD {
            told.push(format!("record {record}: {text}"));
        }
    }

    /// Counts one event; the day it belongs to.
    fn count(&mut self, batch: &mut Batch, kept: &Kept) -> Option<NaiveDate> {
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
        let time = kept.packed.time();
        self.first = Some(self.first.map_or(time, |first| first.min(time)));
        self.last = Some(self.last.map_or(time, |last| last.max(time)));
        kind.date
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

    fn count_kind(&mut self, kind: &Kind, count: u64) {
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

    /// What Windows PowerShell did to letters that are no ASCII. JSON and the services' own downloads do not do that.
    fn lost(&self) -> Option<Note> {
        let id = self.format.id;
        let by_powershell =
            ["ual_search_csv", "admin_audit", "mailbox_audit_csv", "snapshot_", "mtrace_csv", "ual_mes"]
                .iter()
                .any(|start| id.starts_with(start))
                || id.ends_with("_ps_csv");
        let count = self.lost_letters.filter(|count| *count > 0 && by_powershell && id.ends_with("csv"))?;
        let text = format!(
            "{count} places where letters that are no ASCII were replaced by '?' when the file was made (Windows \
             PowerShell's default): names, folders and subjects cannot be restored"
        );
        Some(Note::new("F-021", text))
    }

    fn close(mut self) -> SourceEntry {
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

/// A row count that equals what an exporter stops at: the export was probably cut. Ceilings: formats' documentation
/// (portal 50,000; Search-UnifiedAuditLog 100, 5,000, 10,000, 50,000; Search-AdminAuditLog 1,000; Search-MailboxAuditLog
/// 1,000 and 250,000; Log Analytics 10,000 and 30,000; Entra portal 100,000 and 250,000; Graph 1,000;
/// Get-MessageTrace 1,000 and 5,000; historical trace 100,000).
fn ceiling(entry: &SourceEntry) -> Option<Note> {
    let ceilings: &[u64] = match entry.format.as_deref()? {
        // Whoever joined or copied what a search returned keeps its count.
        "ual_portal_csv_v1" | "ual_portal_csv_v2" => &[100, 1_000, 5_000, 10_000, 50_000],
        format if format.starts_with("ual_search") => &[100, 1_000, 5_000, 10_000, 50_000],
        "ual_mes_triage_csv" => &[5_000],
        format if format.starts_with("la_") && format.ends_with("_csv") => &[10_000, 30_000],
        "admin_audit_csv" => &[1_000],
        "mailbox_audit_csv" => &[1_000, 250_000],
        "entra_signin_portal_csv" | "entra_spsignin_portal_csv" => &[100_000, 250_000],
        "entra_audit_portal_csv" => &[100_000, 250_000],
        "entra_audit_graph" => &[1_000, 100_000, 250_000],
        "entra_signin_graph" => &[1_000, 100_000, 250_000],
        "mtrace_csv" | "mtrace_reportingws_json" | "mtrace_graph_json" => &[1_000, 5_000],
        "defender_emailevents_csv" | "defender_cloudappevents_csv" => &[10_000, 30_000, 100_000],
        "mtrace_hist_summary_csv" | "mtrace_hist_detail_csv" => &[100_000],
        _ => &[],
    };
    let records = entry.counts.records;
    if entry.format.as_deref().is_some_and(|id| id.ends_with("_eac_xml")) && entry.bytes > MAIL_ATTACHMENT {
        let text = "about as large as the mail attachment it came as can be (10 MB): it was probably cut";
        return Some(Note::new("C-201", text));
    }
    if records == EXCEL_ROWS {
        let text = format!("exactly {records} rows, as many as an Excel sheet has below its header: the rest is lost");
        return Some(Note::new("C-201", text));
    }
    ceilings.contains(&records).then(|| {
        Note::new("C-201", format!("exactly {records} records, which is where this export stops: it was probably cut"))
    })
}

/// Rows of an Excel sheet without the header.
const EXCEL_ROWS: u64 = 1_048_575;
/// What is suspiciously near to the size at which the Exchange admin center stops.
const MAIL_ATTACHMENT: u64 = 9_500_000;
/// A day without any record is told where both its neighbours have more than this.
const BUSY: u64 = 50;

/// An Entra log that reaches back just as far as Entra keeps it: 7 days (Free) or 30 (P1, P2). What is older was gone
/// when it was exported, which says nothing about whether it happened.
fn retention(entry: &SourceEntry) -> Option<Note> {
    let entra = entry.format.as_deref()?.starts_with("entra_");
    let time = |text: &Option<String>| chrono::DateTime::parse_from_rfc3339(text.as_deref()?).ok();
    let hours = (time(&entry.last)? - time(&entry.first)?).num_hours();
    let days = [7, 30].into_iter().find(|days| (days * 24 - 12..=days * 24 + 1).contains(&hours))?;
    entra.then(|| {
        let text = format!(
            "reaches back {days} days, which is how long Entra keeps this log in some plans: what is older was gone at \
             export"
        );
        Note::new("C-214", text)
    })
}

/// Days without a record between busy ones: an export that was put together from parts, and one part is missing?
fn hole(entry: &SourceEntry) -> Option<Note> {
    let days: Vec<(NaiveDate, u64)> =
        entry.days.iter().filter_map(|(day, count)| Some((day.parse().ok()?, *count))).collect();
    let holes = days.windows(2).filter_map(|pair| match pair {
        [(before, many), (after, more)] if *many > BUSY && *more > BUSY => {
            let first = before.succ_opt().filter(|first| first < after)?;
            let last = after.pred_opt()?;
            Some(if first == last { first.to_string() } else { format!("{first} to {last}") })
        }
        _ => None,
    });
    let holes: Vec<String> = holes.collect();
    let shown = holes.iter().take(8).cloned().collect::<Vec<_>>().join(", ");
    (!holes.is_empty()).then(|| {
        let text = format!("no record on {shown} ({} holes), though the days around are busy", holes.len());
        Note::new("C-208", text)
    })
}

/// A number that needs no more than the room it takes.
fn halves(number: u128) -> [u64; 2] {
    [(number >> 64) as u64, number as u64]
}
