//! Reads the records of one batch, on any core: each becomes an event or a refusal, with its place and its hash.

use memchr::memchr_iter;
use sha2::{Digest, Sha256};

use crate::ingest::auditdata::note;
use crate::ingest::cut::{CsvCutter, Cutter, JsonCutter, JsonLayout, Span};
use crate::ingest::formats::{RecordReader, Refusal, Tools};
use crate::ingest::source::TextEncoding;
use crate::timeline::{Event, ParseStatus};

/// Whole records, cut but not read.
pub struct Batch {
    /// Place in the order of the source.
    pub number: u64,
    /// Line of the first byte.
    pub line: u64,
    /// Offset of the first byte in the file.
    pub offset: u64,
    /// Encoding of the file, for offsets.
    pub encoding: TextEncoding,
    /// The records in `bytes`.
    pub spans: Vec<Span>,
    /// The first record was too long to be held: its first bytes.
    pub oversize: Option<Vec<u8>>,
    /// UTF-8 text.
    pub bytes: Vec<u8>,
}

/// One record, read.
pub struct Record {
    /// Line.
    pub line: u64,
    /// Byte offset.
    pub offset: u64,
    /// Event or refusal.
    pub result: Result<Box<Event>, Refused>,
    /// Remarks on it.
    pub remarks: Vec<(&'static str, String)>,
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
}

/// Characters of an excerpt.
const EXCERPT: usize = 200;
/// Lines of one damaged record that are tried as the start of the next.
const TRIES: usize = 2000;

/// Reads a batch.
pub fn parse(batch: Batch, reader: &dyn RecordReader, delimiter: u8) -> Parsed {
    let mut tools = Tools::new(delimiter);
    let mut records = Vec::with_capacity(batch.spans.len());
    let mut place = Place { line: batch.line, offset: batch.offset, at: 0 };
    for (index, span) in batch.spans.iter().enumerate() {
        place.advance(&batch, span.start);
        let bytes = batch.bytes.get(span.start..span.end).unwrap_or_default();
        if let Some(first) = batch.oversize.as_deref().filter(|_| index == 0) {
            records.push(too_long(&place, first));
            continue;
        }
        read(bytes, place, reader, &mut tools, delimiter, batch.encoding, &mut records);
    }
    Parsed { number: batch.number, bytes: batch.bytes.len() as u64, records }
}

/// A place in the file that moves forward through a batch.
#[derive(Clone, Copy)]
struct Place {
    line: u64,
    offset: u64,
    at: usize,
}

impl Place {
    fn advance(&mut self, batch: &Batch, to: usize) {
        self.over(batch.bytes.get(self.at..to).unwrap_or_default(), batch.encoding);
        self.at = to;
    }

    fn over(&mut self, bytes: &[u8], encoding: TextEncoding) {
        self.line += memchr_iter(b'\n', bytes).count() as u64;
        self.offset += encoding.encoded_len(bytes);
    }
}

fn too_long(place: &Place, first: &[u8]) -> Record {
    let refusal = Refusal::new("R-108", "record longer than 64 MiB: not held in memory, not read");
    let refused = Refused { refusal, excerpt: excerpt(&String::from_utf8_lossy(first)) };
    Record { line: place.line, offset: place.offset, result: Err(refused), remarks: Vec::new() }
}

fn excerpt(text: &str) -> String {
    text.chars().take(EXCERPT).collect()
}

/// One attempt at a text as one record.
fn attempt(bytes: &[u8], reader: &dyn RecordReader, tools: &mut Tools) -> Result<Box<Event>, Refusal> {
    tools.remarks.clear();
    match std::str::from_utf8(bytes) {
        Ok(text) => reader.read(text, tools),
        Err(error) => {
            let mut event = reader.read(&String::from_utf8_lossy(bytes), tools)?;
            event.parse_status = ParseStatus::Salvaged;
            note(&mut event, "F-020");
            tools.remarks.push(("F-020", format!("not UTF-8 at byte {} of the record", error.valid_up_to())));
            Ok(event)
        }
    }
}

fn read(
    bytes: &[u8],
    place: Place,
    reader: &dyn RecordReader,
    tools: &mut Tools,
    delimiter: u8,
    encoding: TextEncoding,
    records: &mut Vec<Record>,
) {
    let mut result = attempt(bytes, reader, tools);
    let damaged = result.as_ref().map_or(true, |event| event.parse_status == ParseStatus::Salvaged);
    let mut remarks = std::mem::take(&mut tools.remarks);
    let mut behind = None;
    if damaged && memchr::memchr(b'\n', bytes).is_some() {
        // A record that lost its end has swallowed the records behind it: find the first line that is whole again.
        behind = resume(bytes, reader, tools, delimiter);
    }
    let mut own = bytes;
    if let Some(start) = behind {
        own = bytes.get(..start).unwrap_or_default().trim_ascii_end();
        result = attempt(own, reader, tools);
        remarks = std::mem::take(&mut tools.remarks);
    }
    let result = match result {
        Ok(mut event) => {
            let raw = event.raw.as_deref().unwrap_or_default();
            event.raw_sha256 = Sha256::digest(raw.as_bytes()).into();
            Ok(event)
        }
        Err(refusal) => Err(Refused { refusal, excerpt: excerpt(&String::from_utf8_lossy(own)) }),
    };
    records.push(Record { line: place.line, offset: place.offset, result, remarks });
    if let Some(start) = behind {
        let mut place = place;
        place.over(bytes.get(..start).unwrap_or_default(), encoding);
        let rest = bytes.get(start..).unwrap_or_default();
        let mut at = 0;
        for span in cut_again(rest, delimiter) {
            place.over(rest.get(at..span.start).unwrap_or_default(), encoding);
            at = span.start;
            let bytes = rest.get(span.start..span.end).unwrap_or_default();
            read(bytes, place, reader, tools, delimiter, encoding, records);
        }
    }
}

/// Cuts text whose first byte begins a record.
fn cut_again(text: &[u8], delimiter: u8) -> Vec<Span> {
    let mut cutter = match text.trim_ascii_start().first() {
        Some(b'{') => Cutter::Json(JsonCutter::new(JsonLayout::default())),
        _ => Cutter::Csv(CsvCutter::new(delimiter)),
    };
    let mut spans = Vec::new();
    cutter.feed(text, 0, &mut spans);
    cutter.finish(text, &mut spans);
    spans
}

/// The start of the first line inside `bytes` whose record reads without a fault.
fn resume(bytes: &[u8], reader: &dyn RecordReader, tools: &mut Tools, delimiter: u8) -> Option<usize> {
    for end in memchr_iter(b'\n', bytes).take(TRIES) {
        let rest = bytes.get(end + 1..).unwrap_or_default();
        let start = end + 1 + (rest.len() - rest.trim_ascii_start().len());
        let rest = rest.trim_ascii_start();
        // A whole record begins with a brace, a quote or a first cell; a line inside a record hardly ever reads as one.
        let Some(span) = cut_again(rest.get(..rest.len().min(1 << 20)).unwrap_or_default(), delimiter).first().copied()
        else {
            continue;
        };
        let read = attempt(rest.get(span.start..span.end).unwrap_or_default(), reader, tools);
        if read.is_ok_and(|event| event.parse_status == ParseStatus::Ok && tools.remarks.is_empty()) {
            return Some(start + span.start);
        }
    }
    None
}
