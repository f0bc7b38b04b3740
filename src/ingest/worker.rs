//! Reads the records of one batch, on any core: each becomes an event or a refusal, with its place and its hash.

mod pieces;
mod search;

use std::sync::Arc;

use memchr::{memchr_iter, memmem};
use sha2::{Digest, Sha256};

use crate::ingest::formats::{Read, RecordReader, Refusal, Remarks, Tools, owned};
use crate::ingest::kept::{Common, Kept};
use crate::ingest::records::auditdata::note;
use crate::ingest::records::untold::{excel_errors, out_of_time, untold};
use crate::ingest::sniff::{self, CsvHead};
use crate::ingest::source::TextEncoding;
use crate::ingest::tables::Tables;
use crate::ingest::text::buffer::Buffer;
use crate::ingest::text::cut::{Layout, Span};
use crate::ingest::text::heading::Heading;
use crate::ingest::text::lost_letters;
use crate::ingest::values::when::OrderBy;
use crate::timeline::ParseStatus;

use pieces::Pieces;
use search::{InLine, Search};

/// Whole records, cut but not read.
pub struct Batch {
    /// Place in the order of the source.
    pub number: u64,
    /// Where the first byte stands in the file.
    pub offset: u64,
    /// Encoding of the file, for offsets.
    pub encoding: TextEncoding,
    /// The records in `bytes`.
    pub spans: Vec<Span>,
    /// The line of each.
    pub lines: Vec<u64>,
    /// The spans in front of which another table of the file begins: a further one, or the first again.
    pub tables: Vec<(usize, Option<Arc<CsvHead>>)>,
    /// The file ends with the last row, without a line end.
    pub open_row: bool,
    /// The first record was too long to be held: its first bytes, and where it begins.
    pub oversize: Option<(Vec<u8>, Place)>,
    /// UTF-8 text.
    pub bytes: Buffer,
}

/// One record, read.
pub struct Record {
    /// Line.
    pub line: u64,
    /// Byte offset.
    pub offset: u64,
    /// Event or refusal.
    pub result: Result<Kept, Refused>,
    /// Remarks on it.
    pub remarks: Remarks,
}

/// A record that is no event.
pub struct Refused {
    /// Why.
    pub refusal: Refusal,
    /// Its first characters.
    pub excerpt: String,
}

/// The records of one batch, in order.
pub struct Parsed {
    /// Place in the order of the source.
    pub number: u64,
    /// Size of the batch.
    pub bytes: u64,
    /// The records.
    pub records: Vec<Record>,
    /// Letters that became question marks; `None` where the batch has others than ASCII, so that none did.
    pub lost_letters: Option<u64>,
    /// Events whose time was read in an order of day and month that is not proved.
    pub by_order: u64,
    /// What they have in common.
    pub common: Common,
}

/// What is known of a file before its records are read.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// Reads one record.
    pub reader: &'a dyn RecordReader,
    /// How records are arranged.
    pub layout: &'a Layout,
    /// Evidence path.
    pub file: &'a Arc<str>,
    /// Id of the export.
    pub format: &'static str,
    /// What the order of its dates rests on.
    pub order_by: OrderBy,
    /// Readers of the tables behind the first.
    pub tables: &'a Tables,
}

/// Characters of an excerpt.
const EXCERPT: usize = 200;
/// How much of a record behind damage is cut before it is looked into; four times as much where that shows nothing.
const REACH: usize = 16 << 10;
/// So many zero bytes in a row are no text in any encoding.
const HOLE: &[u8] = &[0; 4];
/// Reads a batch.
pub fn parse(batch: &Batch, source: Source<'_>) -> Parsed {
    let reader = |table: &Option<Arc<CsvHead>>| table.as_deref().map(|csv| source.tables.reader(csv));
    let tables = batch.tables.iter().map(|(at, table)| (*at, reader(table), source.tables.heading(table.as_deref())));
    let tables: Vec<_> = tables.collect();
    let mut tables = tables.iter().peekable();
    let mut worker = Worker {
        attempts: Attempts::new(source.reader, source.layout),
        books: Books { source, records: Vec::with_capacity(batch.spans.len()), by_order: 0, common: Common::default() },
        search: Search { heading: source.tables.heading(None), ..Search::new(source.reader, source.layout) },
        encoding: batch.encoding,
    };
    let (mut offset, mut at) = (batch.offset, 0);
    for (index, (span, line)) in batch.spans.iter().zip(&batch.lines).enumerate() {
        while let Some((_, reader, heading)) = tables.next_if(|(at, ..)| *at == index) {
            worker.turn_to(reader.as_deref().unwrap_or(source.reader), heading.clone());
        }
        offset += batch.encoding.encoded_len(batch.bytes.get(at..span.start).unwrap_or_default());
        at = span.start;
        let place = Place { line: *line, offset };
        let bytes = batch.bytes.get(span.start..span.end).unwrap_or_default();
        match batch.oversize.as_ref().filter(|_| index == 0) {
            Some((first, place)) => worker.books.records.push(too_long(*place, first)),
            None if bytes.starts_with(HOLE) => worker.books.refuse(bytes, place),
            None => worker.read(bytes, place, batch.open_row && index + 1 == batch.spans.len()),
        }
    }
    worker.attempts.end();
    let lost_letters = batch.bytes.is_ascii().then(|| lost_letters::count(&batch.bytes));
    let Books { records, by_order, common, .. } = worker.books;
    Parsed { number: batch.number, bytes: batch.bytes.len() as u64, records, lost_letters, by_order, common }
}

/// Where in `bytes`, which begin with a record that does not end, the next whole record begins.
pub fn next_whole(bytes: &[u8], reader: &dyn RecordReader, layout: &Layout) -> Option<usize> {
    Search::new(reader, layout).resume(bytes)
}

/// A place in the file that moves forward.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place {
    /// Line.
    pub line: u64,
    /// Byte offset.
    pub offset: u64,
}

impl Place {
    /// Moves behind these bytes.
    pub fn over(&mut self, bytes: &[u8], layout: &Layout, encoding: TextEncoding) {
        self.line += layout.line_ends(bytes);
        self.offset += encoding.encoded_len(bytes);
    }
}

fn too_long(place: Place, first: &[u8]) -> Record {
    let refusal = Refusal::new("R-108", "record longer than 64 MiB: not held in memory, not read");
    let refused = Refused { refusal, excerpt: excerpt(first) };
    Record { line: place.line, offset: place.offset, result: Err(refused), remarks: Vec::new() }
}

fn excerpt(bytes: &[u8]) -> String {
    let first = bytes.get(..bytes.len().min(EXCERPT * 4)).unwrap_or_default();
    String::from_utf8_lossy(first).chars().take(EXCERPT).collect()
}

/// Tries texts as records.
struct Attempts<'a> {
    reader: &'a dyn RecordReader,
    tools: Tools,
    remarks: Remarks,
}

impl<'a> Attempts<'a> {
    fn new(reader: &'a dyn RecordReader, layout: &Layout) -> Self {
        Self { reader, tools: Tools::new(layout.delimiter().unwrap_or(b',')), remarks: Remarks::new() }
    }

    /// What the tools gathered belongs to the file.
    fn end(&mut self) {
        self.reader.batch_read(&mut self.tools);
    }

    /// One attempt at a text as one record.
    fn attempt<'r>(&'r mut self, bytes: &'r [u8]) -> Attempt<'r> {
        let Self { reader, tools, remarks } = self;
        remarks.clear();
        let result = match simdutf8::compat::from_utf8(bytes) {
            Ok(text) => reader.read(text, tools, remarks),
            Err(error) => {
                let read = reader.read(&String::from_utf8_lossy(bytes), tools, remarks).map(owned);
                read.map(|mut event| {
                    event.parse_status = ParseStatus::Salvaged;
                    note(&mut event, "F-020");
                    remarks.push(("F-020", format!(
                        "not UTF-8 at byte {} of the record; if its letters are of a code page, --encoding names it",
                        error.valid_up_to()
                    )));
                    event
                })
            }
        };
        Attempt { result, remarks: std::mem::take(remarks) }
    }
}

/// What a text is as one record.
struct Attempt<'r> {
    result: Read<'r>,
    remarks: Remarks,
}

impl Attempt<'_> {
    /// Whether the text is a record; a damaged one counts where it says which it is.
    fn is_record(&self) -> bool {
        let ragged = self.is_ragged();
        self.result.as_ref().is_ok_and(|event| match event.parse_status {
            ParseStatus::Salvaged => event.event_id.is_some(),
            ParseStatus::Ok | ParseStatus::Partial => !ragged,
        })
    }

    /// Whether it has more or fewer cells than the header.
    fn is_ragged(&self) -> bool {
        self.remarks.iter().any(|(code, _)| *code == "R-106")
    }

    /// The same of a row that ran into the one behind it: what it says is not all that it said.
    fn without_its_end(self) -> Self {
        self.doubtful("R-105", "a quote of this row is missing: it ran into the row behind it")
    }

    fn doubtful(mut self, code: &'static str, why: &str) -> Self {
        if let Ok(event) = &mut self.result {
            event.parse_status = ParseStatus::Salvaged;
            note(event, code);
            self.remarks.push((code, why.to_owned()));
        }
        self
    }
}

/// The records of one batch that were read, and what they have in common.
struct Books<'a> {
    source: Source<'a>,
    records: Vec<Record>,
    by_order: u64,
    common: Common,
}

impl Books<'_> {
    fn book(&mut self, text: &[u8], place: Place, read: Attempt<'_>) {
        let Attempt { result, mut remarks } = read;
        let result = match result {
            Ok(mut event) => {
                event.raw_sha256 = Sha256::digest(event.raw.as_deref().unwrap_or_default().as_bytes()).into();
                self.by_order += u64::from(self.source.order_by.mark(&mut event));
                remarks.extend(excel_errors(text, self.source.layout.delimiter(), &mut event));
                remarks.extend(untold(&event, &remarks));
                remarks.extend(out_of_time(&mut event).map(|remark| ("R-112", remark)));
                event.origin.file = Arc::clone(self.source.file);
                // A snapshot's reader names the table, which the file may only carry.
                let table = event.source_format.replace(self.source.format.into());
                (event.origin.line, event.origin.offset) = (place.line, place.offset);
                Ok(self.common.keep(&event, table.as_deref().unwrap_or_default()))
            }
            Err(refusal) => {
                let known = hole(text).or_else(|| other_encoding(text)).or_else(|| service_error(text));
                Err(Refused { refusal: known.unwrap_or(refusal), excerpt: excerpt(text) })
            }
        };
        self.records.push(Record { line: place.line, offset: place.offset, result, remarks });
    }

    /// Books the rows of a line that has lost the line ends between them: these, and the one in front of the first. A
    /// header among them is no row.
    fn book_line(
        &mut self,
        line: &[u8],
        rows: &[InLine],
        attempts: &mut Attempts<'_>,
        heading: Option<&Heading>,
        (mut place, encoding): (Place, TextEncoding),
    ) {
        const END: &str = "the line end of this row is missing: another stands behind it";
        const BEGIN: &str =
            "the line end in front of this row is missing: what stands first in it may be the end of the row before";
        let starts = std::iter::once((0, false)).chain(rows.iter().map(|row| (row.start, row.unclear)));
        let ends = rows.iter().map(|row| row.start).chain([line.len()]);
        let mut before = 0;
        for ((start, unclear), end) in starts.zip(ends) {
            place.over(line.get(before..start).unwrap_or_default(), self.source.layout, encoding);
            before = start;
            let own = line.get(start..end).unwrap_or_default();
            if start > 0 && heading.is_some_and(|heading| heading.is(own)) {
                continue;
            }
            let mut read = attempts.attempt(own);
            read = if unclear { read.doubtful("R-106", BEGIN) } else { read };
            self.book(own, place, if end < line.len() { read.doubtful("R-106", END) } else { read });
        }
    }

    /// Books a text that no reader has to look at.
    fn refuse(&mut self, text: &[u8], place: Place) {
        let refusal = Refusal::new("R-101", "no record");
        self.book(text, place, Attempt { result: Err(refusal), remarks: Remarks::new() });
    }
}

struct Worker<'a> {
    attempts: Attempts<'a>,
    books: Books<'a>,
    search: Search<'a>,
    encoding: TextEncoding,
}

impl<'a> Worker<'a> {
    /// What follows is read by another reader, and stands below this header.
    fn turn_to(&mut self, reader: &'a dyn RecordReader, heading: Option<Arc<Heading>>) {
        self.attempts.end();
        self.attempts = Attempts::new(reader, self.search.layout);
        self.search = Search { heading, ..Search::new(reader, self.search.layout) };
    }

    /// Reads a text that was cut out as one record. Where it is damaged it may have swallowed the records behind
    /// it: those are found again. The file may end with it, in the middle of a line.
    fn read(&mut self, bytes: &[u8], mut place: Place, is_last: bool) {
        let Self { attempts, books, search, .. } = self;
        let layout = search.layout;
        let (mut at, mut pieces) = (0, Pieces::whole(bytes));
        while let Some(piece) = pieces.next() {
            let text = bytes.get(piece.start..piece.end).unwrap_or_default();
            let before = bytes.get(at..piece.start).unwrap_or_default();
            attempts.tools.offset = place.offset + self.encoding.encoded_len(before);
            if is_last && piece.end == bytes.len() {
                // A row that lacks cells and its line end broke off in the last that is there.
                let ragged = attempts.attempt(text).is_ragged();
                attempts.tools.cells.set_cut(ragged);
            }
            let whole = (!pieces.open).then(|| attempts.attempt(text));
            if let Some(page) = whole.as_ref().and_then(|whole| pieces.page_in(text, piece.start, whole)) {
                pieces = Pieces::of_page(bytes, piece.start, page);
                continue;
            }
            let behind = match &whole {
                Some(whole) => search.behind(text, whole),
                None => search.resume(text),
            };
            if pieces.open && behind.is_none() {
                pieces.reach *= 4;
                continue;
            }
            place.over(before, layout, self.encoding);
            at = piece.start;
            match (behind, whole) {
                (None, None) => {}
                (None, Some(whole)) => {
                    let line = if whole.is_ragged() { std::str::from_utf8(text).unwrap_or_default() } else { "" };
                    let rows = search.rows_in_line(line);
                    if rows.is_empty() {
                        books.book(text, place, whole);
                    } else {
                        drop(whole);
                        let heading = search.heading.as_deref();
                        books.book_line(text, &rows, attempts, heading, (place, self.encoding));
                    }
                }
                (Some(behind), whole) => {
                    drop(whole);
                    let own = without_end(text.get(..behind).unwrap_or_default(), layout);
                    if !layout.opens_envelope(own) {
                        let read = attempts.attempt(own);
                        books.book(own, place, if layout.is_open(own) { read.without_its_end() } else { read });
                    }
                    pieces = Pieces::from(bytes, piece.start + behind, layout);
                }
            }
        }
    }
}

/// Zeros in the place of text: a disk gave them back for what it lost, or it was never written.
fn hole(text: &[u8]) -> Option<Refusal> {
    memmem::find(text, HOLE)?;
    let zeros = memchr_iter(0, text).count();
    Some(Refusal::new("F-020", format!("{zeros} bytes are zero: what stood here is lost")))
}

/// Text that was appended in UTF-16 to a file that is none, so that every other byte of it is zero; or to one that is, with
/// one byte a letter.
fn other_encoding(text: &[u8]) -> Option<Refusal> {
    let zeros = memchr_iter(0, text).count();
    let encoding = match zeros * 3 > text.len() {
        true => "UTF-16",
        false if is_paired(text) => "one byte a letter",
        false => return None,
    };
    let reason = format!("from here on the file is in another encoding ({encoding}): it was appended to; not read");
    Some(Refusal::new("F-020", reason))
}

/// Whether nearly all letters are two of ASCII that were read as one of UTF-16. In no language more than half are.
fn is_paired(text: &[u8]) -> bool {
    const LEAST: usize = 32;
    let is_ascii = |byte| matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n');
    let is_pair =
        |letter: char| u16::try_from(u32::from(letter)).is_ok_and(|unit| unit.to_be_bytes().into_iter().all(is_ascii));
    let text = std::str::from_utf8(text).unwrap_or_default();
    let (all, pairs) = (text.chars().count(), text.chars().filter(|letter| is_pair(*letter)).count());
    pairs >= LEAST && pairs * 4 > all * 3
}

/// An answer of the service that stands between the pages it gave.
fn service_error(text: &[u8]) -> Option<Refusal> {
    // `Error` as well: PowerShell writes names with capitals.
    if !text.starts_with(b"{") || memmem::find(text, b"rror\"").is_none() && text.len() > 300 {
        return None;
    }
    let object: serde_json::Value = serde_json::from_slice(text).ok()?;
    sniff::saved_error(&object).map(|error| Refusal::new("F-060", error).of_foreign())
}

/// A record without what separates it from the next: line ends behind a row, whose last cells may be empty, or blanks and
/// commas.
fn without_end<'t>(text: &'t [u8], layout: &Layout) -> &'t [u8] {
    let rows = layout.delimiter().is_some();
    let behind =
        |byte: &&u8| if rows { matches!(byte, b'\r' | b'\n') } else { byte.is_ascii_whitespace() || **byte == b',' };
    let count = text.iter().rev().take_while(behind).count();
    text.get(..text.len() - count).unwrap_or_default()
}
