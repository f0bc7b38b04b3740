//! One source through the rooms: cut into numbered batches on a thread of its own, read in parallel on all cores,
//! booked in order. The number of batches and parts in flight is bounded, whatever the size of the evidence.

use std::collections::BTreeMap;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};

use rayon::prelude::*;

use crate::exit::Stop;
use crate::ingest::cut::{Cutter, Layout, Span};
use crate::ingest::fields::{self, DateOrder};
use crate::ingest::formats::{Context, Format, RecordReader};
use crate::ingest::requoted;
use crate::ingest::sink::{PartJob, Sink, Witness};
use crate::ingest::sniff::{self, Head, Shape};
use crate::ingest::source::{self, EvidenceFile, Limits, Member, Recognised, Stream, Summed, Text, TextEncoding};
use crate::ingest::unwrap;
use crate::ingest::worker::{self, Batch, Parsed, Place, next_whole, parse};
use crate::ledger::{Ledger, Note, Reading, Status};
use crate::timeline::EvidenceSource;
use crate::timeline::store::{CaseWriter, StoreError};

/// What ingest may be told.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Worker threads.
    pub threads: usize,
    /// `--date-order`.
    pub date_order: Option<DateOrder>,
    /// `--encoding`.
    pub encoding: Option<&'static encoding_rs::Encoding>,
    /// `--unpack-ratio` and `--unpack-limit`.
    pub limits: Limits,
    /// Asked between batches.
    pub stop: Stop,
    /// Bytes of one batch, for those who try whether it makes a difference; 256 KiB where none are named.
    pub batch: Option<usize>,
}

impl Options {
    /// For the ledger: what has to be the same when the evidence is read again.
    pub fn reading(&self) -> Reading {
        Reading {
            date_order: self.date_order.map(|order| order.as_str().to_owned()),
            encoding: self.encoding.map(|encoding| encoding.name().to_owned()),
            unpack_ratio: self.limits.ratio,
            unpack_limit: self.limits.bytes,
        }
    }
}

/// How far it is: called often, from the thread that called [`ingest`].
pub enum Progress<'a> {
    /// A file is opened: its name and what it should be.
    File(&'a str),
    /// So many more bytes and records of it are booked.
    Booked(u64, u64),
}

/// Why ingest failed as a whole. Bad evidence is never among these: it is a row of the ledger.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The case could not be written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The threads could not be started.
    #[error("cannot start the worker threads: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// Somebody wants the run to stop.
    #[error("interrupted")]
    Interrupted,
    /// Our own bug: a record was counted twice or not at all.
    #[error("internal error: the books of {file} do not balance: {counts:?}")]
    Unbalanced {
        /// Evidence path.
        file: String,
        /// Its counts.
        counts: crate::ledger::Counts,
    },
    /// Our own bug.
    #[error("internal error while reading batch {batch} of {file}")]
    Panic {
        /// Evidence path.
        file: String,
        /// Batch number.
        batch: u64,
    },
}

/// Bytes of one batch: large enough to keep a core busy, small enough to stay in its cache while it is cut, hashed and read.
const BATCH: usize = 1 << 18;
/// A record longer than this is refused, not held.
const MAX_RECORD: usize = 64 << 20;
/// In a record longer than this a whole one is looked for: most likely it is a broken one that swallowed others.
const LONG_RECORD: usize = 4 << 20;

/// Reads every file into the case. `case` may be left out to look only (`identify`).
pub fn ingest(
    files: &[EvidenceFile],
    case: Option<CaseWriter>,
    options: &Options,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Ledger, IngestError> {
    read_all(files, Sink::new(case), options, progress).map(|(ledger, _)| ledger)
}

/// Reads every file again, keeping nothing but what became of the records that `witness` asks for.
pub fn revisit(
    files: &[EvidenceFile],
    witness: Witness,
    options: &Options,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<(Ledger, Witness), IngestError> {
    read_all(files, Sink::watched(witness), options, progress)
}

fn read_all(
    files: &[EvidenceFile],
    mut sink: Sink,
    options: &Options,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<(Ledger, Witness), IngestError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(options.threads.max(1)).build()?;
    let members: Vec<_> = files.iter().flat_map(|file| source::members(file, options.limits)).collect();
    let of_steps: Vec<bool> =
        members.iter().map(|member| member.as_ref().is_ok_and(|member| is_of_steps(member, options))).collect();
    if of_steps.contains(&true) {
        sink.expect_steps();
    }
    // Authentication steps wait for the sign-ins that say whose they are.
    let mut waiting = Vec::new();
    for (member, of_steps) in members.into_iter().zip(of_steps) {
        match member {
            Ok(member) if of_steps => waiting.push((sink.keep_place(&member.name), member)),
            Ok(member) => one(&member, &pool, options, &mut sink, progress)?,
            Err(unreadable) => {
                sink.unread(&unreadable.name, Status::Unreadable, Note::new(unreadable.code, unreadable.reason));
                let file = files.binary_search_by(|file| file.name.cmp(&unreadable.name));
                if let Some(file) = file.ok().and_then(|place| files.get(place)) {
                    sink.set_digest(source::summed(file));
                }
            }
        }
    }
    for (place, member) in waiting {
        sink.return_to(place);
        one(&member, &pool, options, &mut sink, progress)?;
    }
    pool.install(|| sink.drain().into_par_iter().try_for_each(PartJob::write))?;
    sink.finish(options.reading(), source::archives(files))
}

/// Whether a file holds authentication steps; a look at its first line decides.
fn is_of_steps(member: &Member, options: &Options) -> bool {
    let Ok(opened) = open(member, options) else { return false };
    let first = opened.text.lines().next().unwrap_or_default().to_lowercase();
    ["request id", "authentication method", "result detail"].iter().all(|column| first.contains(column))
        && matches!(
            sniff::recognise(&sniff::look(member.file_name(), &opened.head, &opened.text)),
            sniff::Verdict::One(format) if format.evidence == EvidenceSource::EntraStep
        )
}

/// One stream, opened far enough to know what it is.
struct Opened {
    /// What is behind the head.
    stream: Stream,
    /// The first bytes, byte order mark removed.
    head: Vec<u8>,
    /// Reading failed behind the head.
    fault: Option<std::io::Error>,
    encoding: Recognised,
    text: String,
}

fn open(member: &Member, options: &Options) -> std::io::Result<Opened> {
    let mut stream = member.open()?;
    let mut head = Vec::new();
    let fault = stream.by_ref().take(sniff::HEAD as u64).read_to_end(&mut head).err();
    if let Some(error) = fault.as_ref().filter(|_| head.is_empty()) {
        return Err(std::io::Error::new(error.kind(), error.to_string()));
    }
    let encoding = source::recognise(&head, options.encoding);
    head.drain(..encoding.bom);
    let mut text = Vec::new();
    Text::new(head.as_slice(), encoding.encoding).read_to_end(&mut text)?;
    Ok(Opened { stream, head, fault, encoding, text: String::from_utf8_lossy(&text).into_owned() })
}

fn one(
    member: &Member,
    pool: &rayon::ThreadPool,
    options: &Options,
    sink: &mut Sink,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<(), IngestError> {
    if options.stop.is_wanted() {
        return Err(IngestError::Interrupted);
    }
    progress(Progress::File(&member.name));
    let opened = match open(member, options) {
        Ok(opened) => opened,
        Err(error) => {
            sink.unread_file(member, Status::Unreadable, &error);
            return Ok(());
        }
    };
    let head = sniff::look(member.file_name(), &opened.head, &opened.text);
    let format = match sniff::recognise(&head) {
        sniff::Verdict::One(format) => format,
        sniff::Verdict::No(code, reason) => {
            let empty = opened.text.is_empty();
            sink.unread(&member.name, Status::UnknownFormat, Note::new(code, reason));
            sink.set_digest(opened.stream.finish());
            if !empty {
                sink.set_encoding(&opened.encoding.name);
            }
            return Ok(());
        }
    };
    let date_order = options.date_order.or_else(|| prove_dates(member, options, &head, format));
    let mut reader = unwrap::around(&head, (format.reader)(&head, &Context { date_order }));
    preview(member, options, &head, reader.as_mut());
    sink.start(&member.name, format, &opened.encoding, reader.notes());
    sink.explain(head.reason(format), reader.gaps());
    if !reader.holds_records() {
        sink.end_companion(opened.stream.finish());
        return Ok(());
    }
    let work = Work { pool, stop: &options.stop, batch: options.batch };
    read(opened, &head, reader.as_ref(), &work, sink, progress)
}

/// Goes through the file for a reader that has to know what stands elsewhere in it, as often as it asks for.
fn preview(member: &Member, options: &Options, head: &Head, reader: &mut dyn RecordReader) {
    while reader.wants_preview() {
        let Ok(opened) = open(member, options) else { return };
        let mut records = Cutting::new(opened, head, None, options.batch);
        while let Some(batch) = records.next_batch().filter(|_| !options.stop.is_wanted()) {
            for span in &batch.spans {
                let bytes = batch.bytes.get(span.start..span.end).unwrap_or_default();
                reader.preview(&String::from_utf8_lossy(bytes));
            }
        }
        reader.previewed();
    }
}

/// The order of day and month, proved over every row of the file: only one order reads them all, or only one
/// gives times that run in one direction. Never decided row by row.
fn prove_dates(member: &Member, options: &Options, head: &Head, format: &Format) -> Option<DateOrder> {
    let Shape::Csv(csv) = &head.shape else { return None };
    let column = (format.dates)(csv)?;
    let mut cells = crate::ingest::cells::CellReader::new(csv.delimiter);
    let iso = csv.sample.iter().all(|row| fields::iso_time(cells.read(row).column(Some(column))).is_some());
    if iso {
        return None;
    }
    let opened = open(member, options).ok()?;
    let orders = [DateOrder::Mdy, DateOrder::Dmy, DateOrder::Ymd];
    let mut dates = Vec::new();
    let mut rows = Cutting::new(opened, head, None, options.batch);
    while let Some(batch) = rows.next_batch().filter(|_| !options.stop.is_wanted()) {
        for span in &batch.spans {
            let row = String::from_utf8_lossy(batch.bytes.get(span.start..span.end).unwrap_or_default());
            let row = requoted::row(&row, csv.requoted);
            let date = orders.map(|order| fields::locale_time(cells.read(&row).column(Some(column)), order));
            // A damaged cell, which no order reads, decides nothing.
            dates.extend(date.iter().any(Option::is_some).then_some(date));
        }
    }
    proved(orders, &dates)
}

/// The one order that reads all dates (each given in every order), or the one that lets them run in one direction.
fn proved(orders: [DateOrder; 3], dates: &[[Option<chrono::DateTime<chrono::Utc>>; 3]]) -> Option<DateOrder> {
    let mut readable = Vec::new();
    for (at, order) in orders.into_iter().enumerate() {
        let times: Option<Vec<_>> = dates.iter().map(|date| date.get(at).copied().flatten()).collect();
        readable.extend(times.map(|times| (order, times)));
    }
    if let Some((order, times)) = readable.first()
        && readable.iter().all(|(_, others)| others == times)
    {
        return Some(*order);
    }
    let directed = |times: &[chrono::DateTime<chrono::Utc>]| {
        times.first() != times.last() && (times.is_sorted() || times.iter().rev().is_sorted())
    };
    readable.retain(|(_, times)| directed(times));
    match readable.as_slice() {
        [(order, _)] => Some(*order),
        _ => None,
    }
}

enum Message {
    Batch(Batch),
    Parsed(Box<Parsed>),
    Panicked(u64),
    Written(Result<(), StoreError>),
    Ended(Box<Ended>),
}

/// How a source ended.
pub struct Ended {
    /// Hash and size.
    pub digest: std::io::Result<Summed>,
    /// An error in the middle of reading.
    pub error: Option<std::io::Error>,
    /// The last record, and every array, was closed.
    pub whole: bool,
    /// An `@odata.nextLink` was left: the collection goes on elsewhere.
    pub next_link: bool,
    /// The last row of a CSV file has no line end: if it is ragged as well, it was cut.
    pub open_row: bool,
    /// How many batches there were.
    batches: u64,
}

/// Who does the reading, and until when.
struct Work<'a> {
    pool: &'a rayon::ThreadPool,
    stop: &'a Stop,
    batch: Option<usize>,
}

fn read(
    opened: Opened,
    head: &Head,
    reader: &dyn RecordReader,
    work: &Work<'_>,
    sink: &mut Sink,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<(), IngestError> {
    let pool = work.pool;
    // One thread is one: what cuts waits until what was cut is booked.
    let in_flight = if pool.current_num_threads() == 1 { 1 } else { pool.current_num_threads() * 2 + 2 };
    let (messages, inbox) = channel();
    // One ticket per batch in flight: the cutter waits for a free one before it hands a batch over.
    let (tickets, taken) = sync_channel(in_flight);
    // Buffers go back to the cutter: fresh ones would have to be cleared by the system first.
    let (emptied, spare) = channel();
    let mut cutting = Cutting::new(opened, head, Some(reader), work.batch);
    cutting.spare = Some(spare);
    let layout = cutting.layout.clone();
    let (file, format) = sink.source();
    let source = worker::Source { reader, layout: &layout, file: &file, format };
    std::thread::scope(|threads| {
        let from_cutter = messages.clone();
        threads.spawn(move || cut_all(cutting, &from_cutter, &tickets));
        // The closure owns the receivers: where it fails, the cutter's sends fail too, and it stops.
        pool.in_place_scope(move |scope| {
            let mut booking = Booking { sink, taken, next: 0, waiting: BTreeMap::new(), writing: 0, ended: None };
            while !booking.done() {
                let Ok(message) = inbox.recv() else { break };
                if work.stop.is_wanted() {
                    return Err(IngestError::Interrupted);
                }
                match message {
                    Message::Batch(batch) => {
                        let (messages, emptied) = (messages.clone(), emptied.clone());
                        scope.spawn(move |_| {
                            let number = batch.number;
                            let parsed = catch_unwind(AssertUnwindSafe(|| parse(&batch, source)));
                            let _ = emptied.send(batch.bytes);
                            let _ = messages.send(match parsed {
                                Ok(parsed) => Message::Parsed(Box::new(parsed)),
                                Err(_) => Message::Panicked(number),
                            });
                        });
                    }
                    Message::Parsed(parsed) => {
                        booking.waiting.insert(parsed.number, *parsed);
                    }
                    Message::Panicked(batch) => {
                        return Err(IngestError::Panic { file: booking.sink.file().to_owned(), batch });
                    }
                    Message::Written(result) => {
                        booking.writing -= 1;
                        result?;
                    }
                    Message::Ended(ended) => booking.ended = Some(*ended),
                }
                booking.book(in_flight, progress, &mut |job: PartJob| {
                    let messages = messages.clone();
                    scope.spawn(move |_| {
                        let _ = messages.send(Message::Written(job.write()));
                    });
                })?;
            }
            if let Some(ended) = booking.ended.take() {
                booking.sink.end(ended, reader.closing_notes());
            }
            Ok(())
        })
    })
}

/// Books parsed batches in order.
struct Booking<'s> {
    sink: &'s mut Sink,
    taken: Receiver<()>,
    next: u64,
    waiting: BTreeMap<u64, Parsed>,
    writing: usize,
    ended: Option<Ended>,
}

impl Booking<'_> {
    fn done(&self) -> bool {
        self.writing == 0 && self.ended.as_ref().is_some_and(|ended| ended.batches == self.next)
    }

    /// Books what is next in line, as long as not too many parts are being written.
    fn book(
        &mut self,
        in_flight: usize,
        progress: &mut dyn FnMut(Progress<'_>),
        write: &mut dyn FnMut(PartJob),
    ) -> Result<(), IngestError> {
        while self.writing < in_flight {
            let Some(parsed) = self.waiting.remove(&self.next) else { break };
            self.next += 1;
            progress(Progress::Booked(parsed.bytes, parsed.records.len() as u64));
            for job in self.sink.book(parsed)? {
                self.writing += 1;
                write(job);
            }
            let _ = self.taken.recv();
        }
        Ok(())
    }
}

fn cut_all(mut cutting: Cutting<'_>, messages: &Sender<Message>, tickets: &SyncSender<()>) {
    while tickets.send(()).is_ok() {
        let Some(batch) = cutting.next_batch() else { break };
        if messages.send(Message::Batch(batch)).is_err() {
            return;
        }
    }
    let _ = messages.send(Message::Ended(Box::new(cutting.finish())));
}

/// A stream being cut into batches.
struct Cutting<'r> {
    batch: usize,
    text: Text<Box<dyn Read + Send>>,
    digest: Digest,
    encoding: TextEncoding,
    layout: Layout,
    cutter: Cutter,
    /// Tells whole records from broken ones.
    reader: Option<&'r dyn RecordReader>,
    buffer: Vec<u8>,
    /// Buffers that were used before.
    spare: Option<Receiver<Vec<u8>>>,
    spans: Vec<Span>,
    number: u64,
    place: Place,
    skip: usize,
    ended: bool,
    whole: bool,
    open_row: bool,
    error: Option<std::io::Error>,
    /// The size at which the open record is looked into.
    long: usize,
    /// The record that is open is longer than may be held: what came first of it, and where.
    oversize: Option<(Vec<u8>, Place)>,
}

/// Keeps the stream reachable for its hash while the decoder owns the reading.
struct Digest(std::sync::Arc<std::sync::Mutex<Option<Stream>>>);

/// The stream behind the head, or the fault that reading it ended with.
struct Shared {
    stream: std::sync::Arc<std::sync::Mutex<Option<Stream>>>,
    fault: Option<std::io::Error>,
}

impl Read for Shared {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        let mut stream = self.stream.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        stream.as_mut().map_or(Ok(0), |stream| stream.read(buffer))
    }
}

impl<'r> Cutting<'r> {
    fn new(opened: Opened, head: &Head, reader: Option<&'r dyn RecordReader>, batch: Option<usize>) -> Self {
        let batch = batch.unwrap_or(BATCH).max(1);
        let (layout, skip, lines) = match &head.shape {
            Shape::Csv(csv) => (Layout::Csv(csv.outer()), csv.skip, csv.lines),
            Shape::Json(json) => (Layout::Json(json.layout.clone()), 0, 0),
            Shape::Xml(xml) if xml.root == "Objs" => (Layout::Clixml, 0, 0),
            // A separator that no line has.
            Shape::Log => (Layout::Csv(0x1f), 0, 0),
            Shape::Xml(_) | Shape::Nothing(..) => (Layout::Xml, 0, 0),
        };
        let skipped = opened.text.as_bytes().get(..skip).unwrap_or_default();
        let encoding = opened.encoding.encoding;
        let offset = opened.encoding.bom as u64 + encoding.encoded_len(skipped);
        let stream = std::sync::Arc::new(std::sync::Mutex::new(Some(opened.stream)));
        let rest = Shared { stream: std::sync::Arc::clone(&stream), fault: opened.fault };
        let all: Box<dyn Read + Send> = Box::new(std::io::Cursor::new(opened.head).chain(rest));
        Self {
            batch,
            text: Text::new(all, encoding),
            digest: Digest(stream),
            encoding,
            cutter: layout.cutter(),
            layout,
            reader,
            buffer: Vec::with_capacity(batch * 2),
            spare: None,
            spans: Vec::new(),
            number: 0,
            place: Place { line: lines + 1, offset },
            skip,
            ended: false,
            whole: true,
            open_row: false,
            error: None,
            long: LONG_RECORD,
            oversize: None,
        }
    }

    /// The next batch of whole records; `None` at the end.
    fn next_batch(&mut self) -> Option<Batch> {
        while (self.buffer.len() < self.batch || self.spans.is_empty()) && !self.ended {
            self.fill();
            if self.spans.is_empty() {
                self.guard_size();
            }
        }
        (!self.spans.is_empty()).then(|| self.take_batch())
    }

    /// Reads another piece and looks for record ends in it.
    fn fill(&mut self) {
        let from = self.buffer.len();
        self.read_piece(from);
        let skip = self.skip.min(self.buffer.len());
        self.buffer.drain(..skip);
        self.skip -= skip;
        let from = from.min(self.buffer.len());
        self.cutter.feed(&self.buffer, from, &mut self.spans);
        if self.ended {
            self.whole &= self.cutter.finish(&self.buffer, &mut self.spans);
            self.open_row = matches!(self.layout, Layout::Csv(_)) && self.buffer.last() != Some(&b'\n');
            if self.oversize.is_some() && self.spans.is_empty() {
                self.spans.push(Span { start: 0, end: self.buffer.len() });
            }
        }
    }

    fn read_piece(&mut self, from: usize) {
        self.buffer.resize(from + self.batch, 0);
        let mut filled = from;
        while let Some(room) = self.buffer.get_mut(filled..).filter(|room| !room.is_empty()) {
            match self.text.read(room) {
                Ok(0) => {
                    self.ended = true;
                    break;
                }
                Ok(read) => filled += read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => {
                    // What came before the fault is evidence still.
                    self.error = Some(error);
                    self.ended = true;
                    break;
                }
            }
        }
        self.buffer.truncate(filled);
    }

    /// No record ends in the buffer. What belongs to none is let go; a very long record is looked into, because a
    /// broken one swallows those behind it; one that is longer than may be held is let go but for its first bytes,
    /// and will be refused.
    fn guard_size(&mut self) {
        let start = self.cutter.open_at().unwrap_or(self.buffer.len());
        if start > 0 {
            self.forget(start);
        }
        if self.buffer.len() < self.long {
            return;
        }
        if let Some(next) = self.next_whole() {
            self.spans.push(Span { start: 0, end: next });
            self.cutter.restart(next);
            self.cutter.feed(&self.buffer, next, &mut self.spans);
            self.long = LONG_RECORD;
            return;
        }
        self.long = (self.buffer.len() * 4).min(MAX_RECORD);
        if self.buffer.len() >= MAX_RECORD {
            let first = self.buffer.get(..1024).unwrap_or_default().to_vec();
            self.oversize.get_or_insert((first, self.place));
            self.forget(self.buffer.len());
        }
    }

    /// Where a whole record begins in the buffer: far behind, so that what stands before it is one piece of work, not
    /// many; else anywhere.
    fn next_whole(&self) -> Option<usize> {
        let reader = self.reader?;
        let half = self.buffer.len() / 2;
        let behind = next_whole(self.buffer.get(half..).unwrap_or_default(), reader, &self.layout);
        behind.map(|next| half + next).or_else(|| next_whole(&self.buffer, reader, &self.layout))
    }

    /// Lets go of the first `count` bytes of the buffer.
    fn forget(&mut self, count: usize) {
        self.place.over(self.buffer.get(..count).unwrap_or_default(), self.encoding);
        self.cutter.rebase(count);
        self.buffer.drain(..count);
    }

    fn take_batch(&mut self) -> Batch {
        let end = match (self.ended, self.cutter.open_at()) {
            (true, _) => self.buffer.len(),
            (false, Some(open)) => open,
            (false, None) => self.spans.last().map_or(0, |span| span.end),
        };
        let mut rest = self.spare.as_ref().and_then(|spare| spare.try_recv().ok()).unwrap_or_default();
        rest.clear();
        rest.reserve(self.batch * 2);
        rest.extend_from_slice(self.buffer.get(end..).unwrap_or_default());
        self.buffer.truncate(end);
        self.cutter.rebase(end);
        self.long = LONG_RECORD;
        let bytes = std::mem::replace(&mut self.buffer, rest);
        let batch = Batch {
            number: self.number,
            place: self.place,
            encoding: self.encoding,
            spans: std::mem::take(&mut self.spans),
            oversize: self.oversize.take(),
            bytes,
        };
        self.number += 1;
        self.place.over(&batch.bytes, self.encoding);
        batch
    }

    fn finish(self) -> Ended {
        let next_link = matches!(&self.cutter, Cutter::Json(cutter) if cutter.next_link);
        let stream = self.digest.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        let digest = match stream {
            Some(stream) => stream.finish(),
            None => Err(std::io::Error::other("the stream is gone")),
        };
        let Self { error, whole, open_row, number: batches, .. } = self;
        Ended { digest, error, whole, next_link, open_row, batches }
    }
}
