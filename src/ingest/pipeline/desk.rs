//! One source, read by all threads: whoever is free takes what is most urgent of what lies on the desk.
//!
//! There is one cutter and one set of books, and whoever takes either off the desk is the only one who has it, so that
//! batches are cut and booked in order. No thread hands work to another, which would have to be woken for it: a batch is cut
//! and read by one thread, and mostly booked by it, while it is in the cache of its core.

use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::exit::Stop;
use crate::ingest::formats::RecordReader;
use crate::ingest::pipeline::cutting::{Cutting, Ended};
use crate::ingest::pipeline::{IngestError, Progress};
use crate::ingest::sink::{PartJob, Sink};
use crate::ingest::tables::Tables;
use crate::ingest::text::buffer::Buffer;
use crate::ingest::values::when::OrderBy;
use crate::ingest::worker::{self, Batch, Parsed, parse};
use crate::timeline::store::StoreError;

/// How many booked bytes are told at once: whoever called has to be woken to hear of them.
const TELL: u64 = 4 << 20;

/// Who does the reading, and until when.
pub struct Work<'a> {
    /// The threads.
    pub pool: &'a rayon::ThreadPool,
    /// Asked before every step.
    pub stop: &'a Stop,
    /// What the order of the file's dates rests on.
    pub order_by: OrderBy,
    /// Readers of the tables behind the first.
    pub tables: &'a Tables,
}

/// Reads a source to its end and closes its books.
pub fn read(
    cutting: Cutting<'_>,
    reader: &dyn RecordReader,
    work: &Work<'_>,
    sink: &mut Sink,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<(), IngestError> {
    let threads = work.pool.current_num_threads();
    let layout = cutting.layout.clone();
    let (file, format) = sink.source();
    let source =
        worker::Source { reader, layout: &layout, file: &file, format, order_by: work.order_by, tables: work.tables };
    // One thread is one: what was cut is booked before more is cut.
    let most = if threads == 1 { 1 } else { threads * 2 + 2 };
    let papers = Mutex::new(Papers::new(cutting, sink, most));
    let desk = Desk { papers, changed: Condvar::new(), stop: work.stop, source };
    let (tell, told) = channel();
    work.pool.in_place_scope(|scope| {
        for _ in 0..threads {
            let (desk, tell) = (&desk, tell.clone());
            scope.spawn(move |_| desk.work(&tell));
        }
        drop(tell);
        for (bytes, records) in told {
            progress(Progress::Booked(bytes, records));
        }
    });
    let (ended, (bytes, records)) = desk.end()?;
    progress(Progress::Booked(bytes, records));
    let further = work.tables.closing_notes();
    sink.end(ended, reader.closing_notes().into_iter().chain(further).collect());
    Ok(())
}

struct Desk<'s> {
    papers: Mutex<Papers<'s>>,
    /// There is something to do that was not there before, or there will be nothing any more.
    changed: Condvar,
    stop: &'s Stop,
    source: worker::Source<'s>,
}

/// What lies on the desk.
struct Papers<'s> {
    /// Not here while somebody cuts.
    cutting: Option<Box<Cutting<'s>>>,
    /// Not here while somebody books.
    sink: Option<&'s mut Sink>,
    /// As many batches may be cut and not booked, and as many parts booked and not written.
    most: usize,
    /// Batches that were cut, or are being cut.
    cut: u64,
    /// Batches that were booked.
    booked: u64,
    /// Batches that were read and are not booked, by their number.
    read: BTreeMap<u64, Parsed>,
    /// Parts that are to be written, and how many are being written.
    parts: VecDeque<PartJob>,
    writing: usize,
    /// Buffers of batches that were read; fresh ones would have to be cleared by the system first.
    spare: Vec<Buffer>,
    /// Bytes and records that were booked and not told.
    untold: (u64, u64),
    /// Threads that found nothing to do.
    idle: usize,
    ended: Option<Ended>,
    failed: Option<IngestError>,
    /// Nothing more is to be done, whatever lies here.
    over: bool,
}

/// What is to be done next.
#[derive(Clone, Copy)]
enum Urgent {
    Book,
    Write,
    Cut,
}

/// The same, with what it takes.
enum Step<'s> {
    Book(&'s mut Sink, Parsed),
    Write(PartJob),
    Cut(Box<Cutting<'s>>),
}

impl<'s> Desk<'s> {
    /// One thread, until nothing is left to be done. Where it panics, the others stop as well.
    fn work(&self, tell: &Sender<(u64, u64)>) {
        let done = catch_unwind(AssertUnwindSafe(|| {
            while let Some(step) = self.next() {
                match step {
                    Step::Book(sink, parsed) => self.book(sink, parsed, tell),
                    Step::Write(part) => self.wrote(part.write()),
                    Step::Cut(cutting) => self.cut(cutting),
                }
            }
        }));
        if let Err(panic) = done {
            self.lock().over = true;
            self.changed.notify_all();
            resume_unwind(panic);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Papers<'s>> {
        self.papers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What to do next; waits where there is nothing as long as others are at work.
    fn next(&self) -> Option<Step<'s>> {
        let mut papers = self.lock();
        loop {
            if self.stop.is_wanted() {
                papers.fail(IngestError::Interrupted);
            }
            if papers.is_over() {
                self.changed.notify_all();
                return None;
            }
            if let Some(step) = papers.take() {
                self.wake(&papers);
                return Some(step);
            }
            papers.idle += 1;
            papers = self.changed.wait(papers).unwrap_or_else(PoisonError::into_inner);
            papers.idle -= 1;
        }
    }

    /// Wakes one of those that wait, if there is something to do; where there is more, it wakes the next.
    fn wake(&self, papers: &Papers<'_>) {
        if papers.idle > 0 && papers.urgent().is_some() {
            self.changed.notify_one();
        }
    }

    fn book(&self, sink: &'s mut Sink, parsed: Parsed, tell: &Sender<(u64, u64)>) {
        let (bytes, records) = (parsed.bytes, parsed.records.len() as u64);
        let parts = sink.book(parsed);
        let mut papers = self.lock();
        papers.sink = Some(sink);
        papers.booked += 1;
        papers.untold = (papers.untold.0 + bytes, papers.untold.1 + records);
        if papers.untold.0 >= TELL {
            let _ = tell.send(std::mem::take(&mut papers.untold));
        }
        match parts {
            Ok(parts) => papers.parts.extend(parts),
            Err(error) => papers.fail(error.into()),
        }
    }

    fn wrote(&self, result: Result<(), StoreError>) {
        let mut papers = self.lock();
        papers.writing -= 1;
        if let Err(error) = result {
            papers.fail(error.into());
        }
    }

    /// Cuts a batch and reads it, while others may cut the next.
    fn cut(&self, mut cutting: Box<Cutting<'s>>) {
        let Some(batch) = cutting.next_batch() else {
            let ended = cutting.finish();
            self.lock().ended = Some(ended);
            return;
        };
        {
            let mut papers = self.lock();
            papers.cutting = Some(cutting);
            self.wake(&papers);
        }
        self.read(batch);
    }

    fn read(&self, batch: Batch) {
        let parsed = catch_unwind(AssertUnwindSafe(|| parse(&batch, self.source)));
        let mut papers = self.lock();
        match parsed {
            Ok(parsed) => {
                papers.read.insert(batch.number, parsed);
            }
            Err(_) => {
                let file = self.source.file.to_string();
                papers.fail(IngestError::Panic { file, batch: batch.number });
            }
        }
        papers.spare.push(batch.bytes);
    }

    /// How it ended, after all have left.
    fn end(self) -> Result<(Ended, (u64, u64)), IngestError> {
        let papers = self.papers.into_inner().unwrap_or_else(PoisonError::into_inner);
        match (papers.failed, papers.ended) {
            (None, Some(ended)) => Ok((ended, papers.untold)),
            (failed, _) => Err(failed.unwrap_or(IngestError::Interrupted)),
        }
    }
}

impl<'s> Papers<'s> {
    fn new(cutting: Cutting<'s>, sink: &'s mut Sink, most: usize) -> Self {
        Self {
            cutting: Some(Box::new(cutting)),
            sink: Some(sink),
            most,
            cut: 0,
            booked: 0,
            read: BTreeMap::new(),
            parts: VecDeque::new(),
            writing: 0,
            spare: Vec::new(),
            untold: (0, 0),
            idle: 0,
            ended: None,
            failed: None,
            over: false,
        }
    }

    fn fail(&mut self, error: IngestError) {
        self.failed.get_or_insert(error);
        self.over = true;
    }

    fn is_over(&self) -> bool {
        let written = self.parts.is_empty() && self.writing == 0;
        self.over || written && self.ended.as_ref().is_some_and(|ended| ended.batches == self.booked)
    }

    /// What waits longest first: what is done is let go of before more is begun.
    fn urgent(&self) -> Option<Urgent> {
        let room = self.parts.len() + self.writing < self.most;
        if room && self.sink.is_some() && self.read.contains_key(&self.booked) {
            return Some(Urgent::Book);
        }
        if !self.parts.is_empty() {
            return Some(Urgent::Write);
        }
        let room = self.cut - self.booked < self.most as u64;
        (room && self.cutting.is_some()).then_some(Urgent::Cut)
    }

    fn take(&mut self) -> Option<Step<'s>> {
        match self.urgent()? {
            Urgent::Book => Some(Step::Book(self.sink.take()?, self.read.remove(&self.booked)?)),
            Urgent::Write => {
                let part = self.parts.pop_front()?;
                self.writing += 1;
                Some(Step::Write(part))
            }
            Urgent::Cut => {
                let mut cutting = self.cutting.take()?;
                cutting.spare.append(&mut self.spare);
                self.cut += 1;
                Some(Step::Cut(cutting))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::formats::{Context, FORMATS, Read, Refusal, Remarks, Tools};
    use crate::ingest::pipeline::Options;
    use crate::ingest::pipeline::cutting::open;
    use crate::ingest::sniff;
    use crate::ingest::source::{self, EvidenceFile, Limits, Nests};
    use crate::ledger::Counts;

    /// Refuses every record; one that says so makes it panic or wish to stop.
    struct Reader(Stop);

    impl RecordReader for Reader {
        fn read<'r>(&'r self, text: &'r str, _: &'r mut Tools, _: &mut Remarks) -> Read<'r> {
            if text.contains("panic") {
                resume_unwind(Box::new("on purpose"));
            }
            self.0.flag().fetch_or(text.contains("stop"), std::sync::atomic::Ordering::Relaxed);
            Err(Refusal::new("R-100", "on purpose"))
        }
    }

    /// Reads a table of these rows in batches of sixty bytes; the counts and what was told of them.
    fn read_rows(rows: &str, threads: usize) -> Result<(Counts, u64), IngestError> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.csv");
        #[allow(clippy::disallowed_methods, reason = "a test makes its own files")]
        std::fs::write(&path, format!("a,b\n{rows}")).unwrap();
        let file = EvidenceFile { name: "a.csv".to_owned(), path };
        let member = source::members(&file, Limits::default(), &Nests::default()).remove(0).unwrap();
        let opened = open(&member, &Options::default()).unwrap();
        let head = sniff::look("a.csv", &opened.head, &opened.text);
        let (reader, mut sink, mut told) = (Reader(Stop::default()), Sink::new(None), 0);
        sink.start("a.csv", FORMATS[0], &opened.encoding, Vec::new());
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let tables = Tables::new(&head, FORMATS[0], Context::default());
        let work = Work { pool: &pool, stop: &reader.0, order_by: OrderBy::default(), tables: &tables };
        let cutting = Cutting::new(opened, &head, Some(&reader), Some(60));
        read(cutting, &reader, &work, &mut sink, &mut |progress| {
            told += if let Progress::Booked(_, records) = progress { records } else { 0 };
        })?;
        let (ledger, _) = sink.finish(Options::default().reading(), Vec::new())?;
        Ok((ledger.sources[0].counts, told))
    }

    fn rows(count: usize) -> String {
        let rows: Vec<String> = (0..count).map(|row| format!("{row},and some text\n")).collect();
        rows.concat()
    }

    #[test]
    fn every_record_is_booked_and_told_once() {
        for threads in [1, 2, 7] {
            let (counts, told) = read_rows(&rows(5_000), threads).unwrap();
            assert_eq!((counts.records, counts.rejected, told), (5_000, 5_000, 5_000), "{threads} threads");
        }
    }

    #[test]
    fn a_panic_in_a_record_names_its_batch() {
        for threads in [1, 2, 7] {
            // The first batch has the rows that end in 116 bytes, because four of its first sixty are the header's.
            let rows = format!("{}1,panic\n{}", "0,eleven more\n".repeat(9), rows(5_000));
            let failed = read_rows(&rows, threads);
            assert!(matches!(failed, Err(IngestError::Panic { batch: 1, .. })), "{threads} threads: {failed:?}");
        }
    }

    /// A very long record is looked into while it is cut.
    #[test]
    fn a_panic_while_cutting_ends_all_threads() {
        for threads in [1, 2, 7] {
            let rows = format!("{}1,\"\n2,panic\n{}\"\n", rows(100), "long ".repeat(1 << 20));
            let failed = catch_unwind(|| read_rows(&rows, threads).is_ok());
            assert_eq!(failed.unwrap_err().downcast_ref(), Some(&"on purpose"), "{threads} threads");
        }
    }

    #[test]
    fn a_wish_to_stop_is_heard_between_batches() {
        for threads in [1, 2, 7] {
            let rows = format!("{0}1,stop\n{0}", rows(5_000));
            let failed = read_rows(&rows, threads);
            assert!(matches!(failed, Err(IngestError::Interrupted)), "{threads} threads: {failed:?}");
        }
    }
}
