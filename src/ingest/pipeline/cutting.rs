//! Opens one stream and cuts it into numbered batches of whole records, one after the other; hashed while it is read.

use std::io::{Cursor, Read};
use std::sync::Arc;

use crate::ingest::formats::RecordReader;
use crate::ingest::pipeline::Options;
use crate::ingest::sniff::{self, CsvHead, Head, JsonHead, Shape};
use crate::ingest::source::{self, Member, Recognised, Stream, Summed, Text, TextEncoding};
use crate::ingest::text::buffer::Buffer;
use crate::ingest::text::cut::{Cutter, JsonLayout, Layout, Span};
use crate::ingest::text::heading::Heading;
use crate::ingest::worker::{Batch, Place, next_whole};

/// Bytes of one batch: large enough to keep a core busy, small enough to stay in its cache while it is cut, hashed and read.
const BATCH: usize = 1 << 18;
/// A record longer than this is refused, not held.
const MAX_RECORD: usize = 64 << 20;
/// In a record longer than this a whole one is looked for: most likely it is a broken one that swallowed others.
const LONG_RECORD: usize = 4 << 20;

/// One stream, opened far enough to know what it is.
pub struct Opened {
    /// What is behind the head.
    pub stream: Stream,
    /// The first bytes, byte order mark removed.
    pub head: Vec<u8>,
    /// Reading failed behind the head.
    pub fault: Option<std::io::Error>,
    /// What its letters are written in.
    pub encoding: Recognised,
    /// The head as text.
    pub text: String,
}

/// Opens a stream and reads its head.
pub fn open(member: &Member, options: &Options) -> std::io::Result<Opened> {
    let mut stream = member.open()?;
    let mut head = Vec::new();
    let fault = stream.by_ref().take(sniff::HEAD as u64).read_to_end(&mut head).err();
    if let Some(error) = fault.as_ref().filter(|_| head.is_empty()) {
        return Err(std::io::Error::new(error.kind(), error.to_string()));
    }
    let encoding = source::recognise(member, &head, options.encoding);
    head.drain(..encoding.bom);
    let text = decoded(&head, encoding.encoding);
    Ok(Opened { stream, head, fault, encoding, text })
}

fn decoded(head: &[u8], encoding: TextEncoding) -> String {
    let mut text = Vec::new();
    // Bytes in memory are read without a fault.
    let _ = Text::new(head, encoding).read_to_end(&mut text);
    String::from_utf8_lossy(&text).into_owned()
}

impl Opened {
    /// Looks at the head; at more than that where it is JSON whose first record is longer.
    pub fn look(&mut self, file_name: &str) -> Head {
        loop {
            let head = sniff::look(file_name, &self.head, &self.text);
            if !head.open || !self.read_on() {
                return head;
            }
        }
    }

    /// Reads four times the head; whether there was more.
    fn read_on(&mut self) -> bool {
        if self.fault.is_some() || self.text.len() >= LONG_RECORD {
            return false;
        }
        let before = self.head.len();
        self.fault = self.stream.by_ref().take(before as u64 * 3).read_to_end(&mut self.head).err();
        self.text = decoded(&self.head, self.encoding.encoding);
        self.head.len() > before
    }
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
    /// How often a byte of UTF-16 text was lost.
    pub slips: u64,
    /// How many batches there were.
    pub batches: u64,
}

/// A stream being cut into batches.
pub struct Cutting<'r> {
    batch: usize,
    text: Text<Whole>,
    encoding: TextEncoding,
    /// How the records are arranged.
    pub layout: Layout,
    cutter: Cutter,
    /// The header of a table, which may stand in it again.
    heading: Option<Heading>,
    /// The further table that the next batch begins in.
    table: Option<Arc<CsvHead>>,
    /// The spans in front of which another table begins: a further one, or the first again.
    tables: Vec<(usize, Option<Arc<CsvHead>>)>,
    /// Tells whole records from broken ones.
    reader: Option<&'r dyn RecordReader>,
    buffer: Buffer,
    /// Buffers that were used before.
    pub spare: Vec<Buffer>,
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
    /// The last of the envelopes' further lists, and whether it holds records.
    other_list: Option<(u64, bool)>,
    /// Whether what stands between records is wanted as well.
    between: bool,
}

/// The head that was read already, then the stream behind it, or the fault that reading it ended with.
struct Whole {
    head: Cursor<Vec<u8>>,
    fault: Option<std::io::Error>,
    stream: Stream,
}

impl Read for Whole {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match (self.head.read(buffer)?, self.fault.take()) {
            (0, Some(fault)) => Err(fault),
            (0, None) => self.stream.read(buffer),
            (read, fault) => {
                self.fault = fault;
                Ok(read)
            }
        }
    }
}

impl<'r> Cutting<'r> {
    /// From the head on, which says how the records are arranged; `reader` tells whole records from broken ones.
    pub fn new(opened: Opened, head: &Head, reader: Option<&'r dyn RecordReader>, batch: Option<usize>) -> Self {
        let (layout, skip, lines) = match &head.shape {
            Shape::Csv(csv) => (csv.layout(), csv.skip, csv.lines),
            Shape::Json(JsonHead { layout, .. }) | Shape::Empty(_, layout) => {
                (Layout::Json(JsonLayout { others: true, ..layout.clone() }), 0, 0)
            }
            Shape::Xml(xml) if xml.root == "Objs" => (Layout::Clixml, 0, 0),
            // A separator that no line has.
            Shape::Log => (Layout::Csv(0x1f), 0, 0),
            Shape::Xml(_) | Shape::Nothing(..) => (Layout::Xml, 0, 0),
        };
        let heading = if let Shape::Csv(csv) = &head.shape { Heading::of(csv) } else { None };
        let skipped = opened.text.as_bytes().get(..skip).unwrap_or_default();
        let skipped = opened.encoding.encoding.encoded_len(skipped);
        let mut cutting = Self::of_layout(opened, layout, batch);
        cutting.place.offset += skipped;
        cutting.place.line += lines;
        cutting.whole = !matches!(&head.shape, Shape::Csv(csv) if csv.cut);
        Self { heading, reader, skip, between: false, ..cutting }
    }

    /// The same with what stands between the records.
    pub fn with_between(self) -> Self {
        Self { between: true, ..self }
    }

    /// From the first byte on, whatever the head says; with what stands between the records.
    pub fn of_layout(opened: Opened, layout: Layout, batch: Option<usize>) -> Self {
        let encoding = opened.encoding.encoding;
        let offset = opened.encoding.bom as u64;
        let whole = Whole { head: Cursor::new(opened.head), fault: opened.fault, stream: opened.stream };
        Self {
            batch: batch.unwrap_or(BATCH).max(1),
            text: Text::new(whole, encoding),
            encoding,
            cutter: layout.cutter(),
            heading: None,
            table: None,
            tables: Vec::new(),
            layout,
            reader: None,
            buffer: Buffer::default(),
            spare: Vec::new(),
            spans: Vec::new(),
            number: 0,
            place: Place { line: 1, offset },
            skip: 0,
            ended: false,
            whole: true,
            open_row: false,
            error: None,
            long: LONG_RECORD,
            oversize: None,
            other_list: None,
            between: true,
        }
    }

    /// The next batch of whole records; `None` at the end.
    pub fn next_batch(&mut self) -> Option<Batch> {
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
        match self.buffer.fill(&mut self.text, self.batch) {
            Ok(ended) => self.ended = ended,
            // What came before the fault is evidence still.
            Err(fault) => (self.error, self.ended) = (Some(fault), true),
        }
        let skip = self.skip.min(self.buffer.len());
        self.buffer.forget(skip);
        self.skip -= skip;
        let (from, known) = (from.min(self.buffer.len()), self.spans.len());
        self.cutter.feed(&self.buffer, from, &mut self.spans);
        if self.ended {
            self.whole &= self.cutter.finish(&self.buffer, &mut self.spans);
        }
        self.drop_others(known);
        self.drop_headings(known);
        self.drop_names(known);
        if self.ended {
            let ends = matches!(self.buffer.last(), Some(b'\n' | b'\r'));
            self.open_row = self.layout.delimiter().is_some() && !ends;
            if self.oversize.is_some() && self.spans.is_empty() {
                self.spans.push(Span { start: 0, end: self.buffer.len() });
            }
        }
    }

    /// Of the records from `known` on, those of an envelope's further list whose first is an object that no export has
    /// are none, but for those that are one by themselves, or carry one. A broken one stays: nobody can say so of it.
    fn drop_others(&mut self, known: usize) {
        let Cutter::Json(cutter) = &mut self.cutter else { return };
        let others = std::mem::take(&mut cutter.others);
        let (buffer, mut at, mut others) = (&self.buffer, 0, others.into_iter().peekable());
        self.spans.retain(|span| {
            at += 1;
            let Some((list, _)) = others.next_if(|(_, start)| at > known && *start == span.start) else { return true };
            let is_record = || {
                let object = serde_json::from_slice(buffer.get(span.start..span.end).unwrap_or_default());
                object.map_or(true, |object| sniff::holds_record(&object))
            };
            match self.other_list {
                Some((number, holds_records)) if number == list => holds_records || is_record(),
                _ => {
                    let first = is_record();
                    self.other_list = Some((list, first));
                    first
                }
            }
        });
    }

    /// Of the rows from `known` on, those that are headers of further tables are no records.
    fn drop_headings(&mut self, known: usize) {
        // The rest of a record that was not held is none.
        let Some(heading) = self.heading.as_ref().filter(|_| self.oversize.is_none()) else { return };
        let (buffer, tables, table) = (&self.buffer, &mut self.tables, &self.table);
        let (mut at, mut kept) = (0, 0);
        self.spans.retain(|span| {
            at += 1;
            let row = buffer.get(span.start..span.end).unwrap_or_default();
            let is_first = at > known && heading.is(row);
            let other = if at > known && !is_first { heading.other(row) } else { None };
            let in_other = || tables.last().map_or(table.is_some(), |(_, last)| last.is_some());
            if other.is_some() || is_first && in_other() {
                tables.push((kept, other.clone().map(Arc::new)));
            }
            let is_row = !is_first && other.is_none();
            kept += usize::from(is_row);
            is_row
        });
    }

    /// Of the objects from `known` on, those that only name the mailbox of their list are no records.
    fn drop_names(&mut self, known: usize) {
        let owners = self.reader.and_then(RecordReader::owners).filter(|owners| owners.has_names());
        let Some(owners) = owners.filter(|_| self.oversize.is_none()) else { return };
        let (buffer, encoding, mut number) = (&self.buffer, self.encoding, 0);
        let (mut at, mut offset) = (0, self.place.offset);
        self.spans.retain(|span| {
            offset += encoding.encoded_len(buffer.get(at..span.start).unwrap_or_default());
            at = span.start;
            number += 1;
            number <= known || !owners.is_name(offset)
        });
    }

    /// No record ends in the buffer. What belongs to none is let go; a very long record is looked into, because a
    /// broken one swallows those behind it; one that is longer than may be held is let go but for its first bytes,
    /// and will be refused.
    fn guard_size(&mut self) {
        let start = self.cutter.open_at().unwrap_or(self.buffer.len());
        if start > 0 && !self.between {
            self.forget(start);
        }
        if self.buffer.len() < self.long {
            return;
        }
        if let Some(next) = self.next_whole() {
            self.spans.push(Span { start: 0, end: next });
            self.cutter.restart(next);
            self.cutter.feed(&self.buffer, next, &mut self.spans);
            self.drop_others(1);
            self.drop_headings(1);
            self.drop_names(1);
            self.long = LONG_RECORD;
            return;
        }
        self.long = (self.buffer.len() * 4).min(MAX_RECORD);
        if self.buffer.len() >= MAX_RECORD {
            let first = self.buffer.get(..1024).unwrap_or_default().to_vec();
            self.oversize.get_or_insert((first, self.place));
            if self.cutter.let_go_of_envelope() {
                // Behind it there may be records that are none of it.
                self.spans.push(Span { start: 0, end: self.buffer.len() });
                return;
            }
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
        self.place.over(self.buffer.get(..count).unwrap_or_default(), &self.layout, self.encoding);
        self.cutter.rebase(count);
        self.buffer.forget(count);
    }

    fn take_batch(&mut self) -> Batch {
        let end = match (self.ended, self.cutter.open_at()) {
            (true, _) => self.buffer.len(),
            (false, Some(open)) => open,
            (false, None) => self.spans.last().map_or(0, |span| span.end),
        };
        let mut rest = self.spare.pop().unwrap_or_default();
        rest.set(self.buffer.get(end..).unwrap_or_default());
        self.buffer.truncate(end);
        self.cutter.rebase(end);
        self.long = LONG_RECORD;
        let bytes = std::mem::replace(&mut self.buffer, rest);
        let batch = Batch {
            number: self.number,
            offset: self.place.offset,
            lines: self.pass(&bytes),
            encoding: self.encoding,
            spans: std::mem::take(&mut self.spans),
            tables: self.take_tables(),
            oversize: self.oversize.take(),
            open_row: self.open_row,
            bytes,
        };
        self.number += 1;
        batch
    }

    fn take_tables(&mut self) -> Vec<(usize, Option<Arc<CsvHead>>)> {
        let begun = self.table.take().map(|table| (0, Some(table)));
        let tables: Vec<_> = begun.into_iter().chain(std::mem::take(&mut self.tables)).collect();
        self.table = tables.last().and_then(|(_, last)| last.clone());
        tables
    }

    /// Moves behind the bytes of a batch; the lines of its records, so that line ends are counted once.
    fn pass(&mut self, bytes: &[u8]) -> Vec<u64> {
        let mut at = 0;
        let mut line = |start: usize| {
            self.place.line += self.layout.line_ends(bytes.get(at..start).unwrap_or_default());
            at = start;
            self.place.line
        };
        let lines = self.spans.iter().map(|span| line(span.start)).collect();
        line(bytes.len());
        self.place.offset += self.encoding.encoded_len(bytes);
        lines
    }

    /// The stream is read to its end: its hash, and how it ended.
    pub fn finish(self) -> Ended {
        let next_link = matches!(&self.cutter, Cutter::Json(cutter) if cutter.next_link);
        let Self { text, error, whole, open_row, number: batches, .. } = self;
        let slips = text.slips();
        let digest = text.into_inner().stream.finish();
        Ended { digest, error, whole, next_link, open_row, slips, batches }
    }
}
