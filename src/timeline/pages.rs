//! Reads the pages of a part: of each column only what a question asks for. It reads what `columns.rs` lays out, and
//! nothing else: flat columns, data pages of the first version, values plain or as places in a dictionary.
//!
//! One set of buffers and of zstd's tables serves many parts, and no memory is cleared only to be filled: with a
//! general reader that was a third of a question's time.

use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;

use polars::prelude::{PolarsError, PolarsResult};
use polars_parquet::parquet::compression::Compression;
use polars_parquet::parquet::metadata::RowGroupMetadata;
use polars_parquet::parquet::schema::types::PhysicalType;

use super::schema::Cell;

/// Bytes that are read at least.
const READ: usize = 32 * 1024;
/// No page is larger; a header that says so is damaged.
const LARGEST: usize = 1 << 30;

/// Where one column of a row group lies, and what it holds.
#[derive(Debug, Clone, Copy)]
pub struct Chunk {
    /// The first byte.
    pub start: u64,
    /// Behind the last byte.
    pub end: u64,
    /// Rows of the row group.
    pub rows: usize,
    /// Whether its pages are compressed.
    pub packed: bool,
    /// What its values are.
    pub kind: Kind,
}

impl Chunk {
    /// The column with this name; `None` where there is none.
    pub fn of(group: &RowGroupMetadata, name: &str) -> Option<Self> {
        let column = group.columns_under_root_iter(name)?.next()?;
        let kind = match column.physical_type() {
            PhysicalType::ByteArray => Kind::Text,
            PhysicalType::Int64 => Kind::Int,
            PhysicalType::Double => Kind::Float,
            PhysicalType::Boolean => Kind::Bool,
            _ => return None,
        };
        let packed = column.compression() != Compression::Uncompressed;
        let range = column.byte_range();
        Some(Self { start: range.start, end: range.end, rows: group.num_rows(), packed, kind })
    }
}

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the variants are the types")]
pub enum Kind {
    Text,
    Int,
    Float,
    Bool,
}

/// The pages of a part.
pub struct Pages<R> {
    source: R,
    press: zstd::bulk::Decompressor<'static>,
    /// What was read of the source last, and where that lies.
    window: Vec<u8>,
    seen: Range<u64>,
    dictionary: Vec<u8>,
    /// Where the texts of the dictionary lie in it.
    texts: Vec<Range<usize>>,
    page: Vec<u8>,
}

/// A page of values that was found, but not yet read.
struct Head {
    rows: Range<usize>,
    keyed: bool,
    body: Body,
}

/// The bytes of a page in the source.
struct Body {
    start: u64,
    length: usize,
    size: usize,
    packed: bool,
}

/// How far the pages of a column were walked.
struct Walk {
    chunk: Chunk,
    at: u64,
    row: usize,
}

impl<R: Read + Seek> Pages<R> {
    /// Pages of `source`.
    pub fn new(source: R) -> PolarsResult<Self> {
        Ok(Self {
            source,
            press: zstd::bulk::Decompressor::new()?,
            window: Vec::new(),
            seen: 0..0,
            dictionary: Vec::new(),
            texts: Vec::new(),
            page: Vec::new(),
        })
    }

    /// Goes on with another part.
    pub fn turn_to(&mut self, source: R) {
        self.source = source;
        self.seen = 0..0;
    }

    /// What `answer` says of the text of each row; each text of a dictionary is asked about once. Rows without a text,
    /// and all rows where nothing is said of any (`None`), have the default.
    pub fn ask<T: Copy + Default + PartialEq>(
        &mut self,
        chunk: Chunk,
        answer: &mut dyn FnMut(&str) -> T,
    ) -> PolarsResult<Option<Vec<T>>> {
        let mut walk = Walk::new(chunk);
        let (mut rows, mut any) = (Vec::new(), false);
        let mut answers: Option<Vec<T>> = None;
        while let Some(head) = self.next(&mut walk)? {
            if head.keyed && answers.is_none() {
                answers = Some(
                    self.texts.iter().map(|at| Ok(answer(text(&self.dictionary, at)?))).collect::<PolarsResult<_>>()?,
                );
            }
            let said = |answers: &Vec<T>| answers.iter().any(|answer| *answer != T::default());
            if head.keyed && !answers.as_ref().is_some_and(said) {
                rows.resize(head.rows.end, T::default());
                continue;
            }
            self.load(&head.body)?;
            let (mut levels, values) = split(&self.page)?;
            let mut values = Values::new(values, &head, chunk.kind, &self.dictionary, &self.texts)?;
            for row in 0..head.rows.len() {
                let said = match (levels.rank(row)?, &answers) {
                    (None, _) => T::default(),
                    (Some(rank), Some(answers)) if head.keyed => {
                        answers.get(values.key(rank)?).copied().ok_or_else(damaged)?
                    }
                    (Some(rank), _) => answer(utf8(values.text(rank)?)?),
                };
                any |= said != T::default();
                rows.push(said);
            }
        }
        Ok(any.then_some(rows))
    }

    /// Calls `put` with each of these rows that has a value: its place among `rows`, which are sorted, and the value.
    pub fn fetch(&mut self, chunk: Chunk, rows: &[u32], put: &mut dyn FnMut(usize, Cell<'_>)) -> PolarsResult<()> {
        let mut walk = Walk::new(chunk);
        let mut place = 0;
        while let Some(row) = rows.get(place) {
            let Some(head) = self.next(&mut walk)? else { break };
            if *row as usize >= head.rows.end {
                continue;
            }
            self.load(&head.body)?;
            let (mut levels, values) = split(&self.page)?;
            let mut values = Values::new(values, &head, chunk.kind, &self.dictionary, &self.texts)?;
            while let Some(row) = rows.get(place).map(|row| *row as usize).filter(|row| *row < head.rows.end) {
                if let Some(rank) = levels.rank(row - head.rows.start)? {
                    put(place, values.cell(rank)?);
                }
                place += 1;
            }
        }
        Ok(())
    }

    /// The next page of values; a dictionary in front of it is read.
    fn next(&mut self, walk: &mut Walk) -> PolarsResult<Option<Head>> {
        while walk.at < walk.chunk.end && walk.row < walk.chunk.rows {
            // The columns of most row groups are small, and what is read of one holds the next. Behind a page that is
            // not read, only the header is.
            let ahead = if walk.at == walk.chunk.start { READ } else { 0 };
            let (header, length) = self.header(walk.at, walk.chunk.end, ahead)?;
            let body = Body {
                start: walk.at + length as u64,
                length: header.length,
                size: header.size,
                packed: walk.chunk.packed,
            };
            walk.at = body.start + body.length as u64;
            match header.kind {
                DATA => {
                    let rows = walk.row..walk.row + header.values;
                    walk.row = rows.end;
                    if walk.row > walk.chunk.rows {
                        return Err(damaged());
                    }
                    let keyed = match header.encoding {
                        PLAIN => false,
                        KEYS | OLD_KEYS => true,
                        _ => return Err(damaged()),
                    };
                    return Ok(Some(Head { rows, keyed, body }));
                }
                DICTIONARY => {
                    self.load(&body)?;
                    std::mem::swap(&mut self.page, &mut self.dictionary);
                    self.texts.clear();
                    if walk.chunk.kind == Kind::Text {
                        index(&self.dictionary, header.values, &mut self.texts)?;
                    }
                }
                _ => return Err(damaged()),
            }
        }
        // Rows without a page are rows lost, not rows without a value.
        if walk.row < walk.chunk.rows { Err(damaged()) } else { Ok(None) }
    }

    /// The header at this place, and how long it is.
    fn header(&mut self, at: u64, end: u64, ahead: usize) -> PolarsResult<(Header, usize)> {
        // Nearly all are shorter; one with long statistics is not.
        let (mut length, most) = (256, (end - at) as usize);
        loop {
            length = length.min(most);
            if let Some(found) = Header::read(self.bytes(at, length, ahead)?) {
                return Ok(found);
            }
            if length == most {
                return Err(damaged());
            }
            length *= 4;
        }
    }

    /// Reads and unpacks a page.
    fn load(&mut self, body: &Body) -> PolarsResult<()> {
        if body.size > LARGEST || body.length > LARGEST {
            return Err(damaged());
        }
        self.bytes(body.start, body.length, READ)?;
        let from = (body.start - self.seen.start) as usize;
        let bytes = self.window.get(from..from + body.length).unwrap_or_default();
        self.page.clear();
        if !body.packed {
            self.page.extend_from_slice(bytes);
            return Ok(());
        }
        self.page.reserve(body.size);
        self.press.decompress_to_buffer(bytes, &mut self.page)?;
        Ok(())
    }

    /// These bytes of the source; where they have to be read, so many are read ahead.
    fn bytes(&mut self, at: u64, length: usize, ahead: usize) -> PolarsResult<&[u8]> {
        let end = at + length as u64;
        if at < self.seen.start || end > self.seen.end {
            let most = length.max(ahead);
            if self.window.len() < most {
                self.window.resize(most, 0);
            }
            self.seen = 0..0;
            self.source.seek(SeekFrom::Start(at))?;
            let mut filled = 0;
            while filled < length {
                let room = self.window.get_mut(filled..most).unwrap_or_default();
                match self.source.read(room)? {
                    0 => return Err(damaged()),
                    read => filled += read,
                }
            }
            self.seen = at..at + filled as u64;
        }
        let from = (at - self.seen.start) as usize;
        self.window.get(from..from + length).ok_or_else(damaged)
    }
}

impl Walk {
    fn new(chunk: Chunk) -> Self {
        Self { chunk, at: chunk.start, row: 0 }
    }
}

fn damaged() -> PolarsError {
    PolarsError::ComputeError("a page that this program did not write, or damaged".into())
}

fn utf8(bytes: &[u8]) -> PolarsResult<&str> {
    simdutf8::basic::from_utf8(bytes).map_err(|_| damaged())
}

fn text<'a>(bytes: &'a [u8], at: &Range<usize>) -> PolarsResult<&'a str> {
    utf8(bytes.get(at.clone()).unwrap_or_default())
}

/// Where the texts of a dictionary lie.
fn index(bytes: &[u8], values: usize, texts: &mut Vec<Range<usize>>) -> PolarsResult<()> {
    let mut at = 0;
    for _ in 0..values {
        let place = text_at(bytes, at).ok_or_else(damaged)?;
        at = place.end;
        texts.push(place);
    }
    Ok(())
}

/// The text whose length stands at this place.
fn text_at(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let length = u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?) as usize;
    let end = at + 4 + length;
    (end <= bytes.len()).then_some(at + 4..end)
}

/// Which rows of a page have a value, and the values.
fn split(page: &[u8]) -> PolarsResult<(Levels<'_>, &[u8])> {
    let (length, rest) = page.split_first_chunk().ok_or_else(damaged)?;
    let (levels, values) = rest.split_at_checked(u32::from_le_bytes(*length) as usize).ok_or_else(damaged)?;
    Ok((Levels { bits: Hybrid::new(levels, 1), counted: 0, rank: 0 }, values))
}

/// Numbers of a few bits each, in runs of one number and in stretches of packed ones. Asked from front to back.
struct Hybrid<'a> {
    rest: &'a [u8],
    bits: usize,
    run: Run<'a>,
    /// The numbers that are in the run.
    here: Range<usize>,
}

#[derive(Clone, Copy)]
enum Run<'a> {
    Same(u32),
    Packed(&'a [u8]),
}

impl<'a> Hybrid<'a> {
    fn new(bytes: &'a [u8], bits: usize) -> Self {
        Self { rest: bytes, bits, run: Run::Same(0), here: 0..0 }
    }

    /// Goes on to the next run.
    fn step(&mut self) -> Option<()> {
        let (mut head, mut shift) = (0_usize, 0);
        loop {
            let (byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            head |= usize::from(*byte & 0x7f).checked_shl(shift)?;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
        let count = head >> 1;
        let (run, count) = if head & 1 == 1 {
            // What is behind the last number of a page need not be there.
            let length = count.saturating_mul(self.bits).min(self.rest.len());
            let (bytes, rest) = self.rest.split_at_checked(length)?;
            self.rest = rest;
            (Run::Packed(bytes), count.checked_mul(8)?)
        } else {
            let (bytes, rest) = self.rest.split_at_checked(self.bits.div_ceil(8))?;
            self.rest = rest;
            (Run::Same(bytes.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte))), count)
        };
        self.run = run;
        self.here = self.here.end..self.here.end.checked_add(count)?;
        Some(())
    }

    fn at(&mut self, index: usize) -> Option<u32> {
        while index >= self.here.end {
            self.step()?;
        }
        match self.run {
            Run::Same(number) => Some(number),
            Run::Packed(bytes) => unpack(bytes, index - self.here.start, self.bits),
        }
    }
}

/// The `index`-th number of so many bits.
fn unpack(bytes: &[u8], index: usize, bits: usize) -> Option<u32> {
    let bit = index * bits;
    let bytes = bytes.get(bit / 8..)?;
    let word = bytes.first_chunk().map_or_else(
        || bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
        |word| u64::from_le_bytes(*word),
    );
    Some((word >> (bit % 8) & ((1 << bits) - 1)) as u32)
}

/// Which rows have a value. Asked from front to back.
struct Levels<'a> {
    bits: Hybrid<'a>,
    /// Rows before this one were counted.
    counted: usize,
    /// How many of them have a value.
    rank: usize,
}

impl Levels<'_> {
    /// Of a row with a value: how many rows before it have one.
    fn rank(&mut self, row: usize) -> PolarsResult<Option<usize>> {
        // Most pages are full: one run.
        if self.bits.here.start == 0 && row < self.bits.here.end && matches!(self.bits.run, Run::Same(1)) {
            return Ok(Some(row));
        }
        while row >= self.bits.here.end {
            self.count(self.bits.here.end);
            self.bits.step().ok_or_else(damaged)?;
        }
        self.count(row);
        Ok((self.bits.at(row) == Some(1)).then_some(self.rank))
    }

    /// Counts the rows up to this one, all of them in the present run.
    fn count(&mut self, to: usize) {
        self.rank += match self.bits.run {
            Run::Same(level) => (to - self.counted) * level as usize,
            Run::Packed(bytes) => {
                let from = self.counted - self.bits.here.start;
                ones(bytes, from..to - self.bits.here.start)
            }
        };
        self.counted = to;
    }
}

/// How many of these bits are set.
fn ones(bytes: &[u8], bits: Range<usize>) -> usize {
    let below = |bit: usize| (1_u32 << (bit % 8)) - 1;
    let byte = |at: usize| u32::from(bytes.get(at).copied().unwrap_or_default());
    let (first, last) = (bits.start / 8, bits.end / 8);
    if first == last {
        return (byte(first) & below(bits.end) & !below(bits.start)).count_ones() as usize;
    }
    let between = bytes.get(first + 1..last).unwrap_or_default().iter().map(|byte| byte.count_ones()).sum::<u32>();
    ((byte(first) & !below(bits.start)).count_ones() + between + (byte(last) & below(bits.end)).count_ones()) as usize
}

/// The values of a page. Asked from front to back.
enum Values<'a> {
    Keys { keys: Hybrid<'a>, kind: Kind, dictionary: &'a [u8], texts: &'a [Range<usize>] },
    Texts { bytes: &'a [u8], next: usize, at: Range<usize> },
    Fixed { bytes: &'a [u8], kind: Kind },
}

impl<'a> Values<'a> {
    fn new(
        bytes: &'a [u8],
        head: &Head,
        kind: Kind,
        dictionary: &'a [u8],
        texts: &'a [Range<usize>],
    ) -> PolarsResult<Self> {
        Ok(match kind {
            _ if head.keyed => {
                let (bits, rest) = bytes.split_first().filter(|(bits, _)| **bits <= 32).ok_or_else(damaged)?;
                Self::Keys { keys: Hybrid::new(rest, usize::from(*bits)), kind, dictionary, texts }
            }
            Kind::Text => Self::Texts { bytes, next: 0, at: 0..0 },
            _ => Self::Fixed { bytes, kind },
        })
    }

    /// Which value of the dictionary it is.
    fn key(&mut self, rank: usize) -> PolarsResult<usize> {
        let Self::Keys { keys, .. } = self else { return Err(damaged()) };
        keys.at(rank).map(|key| key as usize).ok_or_else(damaged)
    }

    fn text(&mut self, rank: usize) -> PolarsResult<&'a [u8]> {
        match self {
            Self::Texts { bytes, next, at } => {
                while *next <= rank {
                    *at = text_at(bytes, at.end).ok_or_else(damaged)?;
                    *next += 1;
                }
                bytes.get(at.clone()).ok_or_else(damaged)
            }
            Self::Keys { dictionary, texts, .. } => {
                let (dictionary, texts) = (*dictionary, *texts);
                let at = texts.get(self.key(rank)?).ok_or_else(damaged)?;
                dictionary.get(at.clone()).ok_or_else(damaged)
            }
            Self::Fixed { .. } => Err(damaged()),
        }
    }

    fn cell(&mut self, rank: usize) -> PolarsResult<Cell<'a>> {
        let (kind, bytes, at) = match self {
            Self::Texts { .. } | Self::Keys { kind: Kind::Text, .. } => return self.text(rank).map(Cell::Text),
            Self::Keys { kind, dictionary, .. } => (*kind, *dictionary, self.key(rank)?),
            Self::Fixed { bytes, kind } => (*kind, *bytes, rank),
        };
        let word = || bytes.get(at * 8..).and_then(|bytes| bytes.first_chunk()).copied().ok_or_else(damaged);
        Ok(match kind {
            Kind::Int => Cell::Int(i64::from_le_bytes(word()?)),
            Kind::Float => Cell::Float(f64::from_le_bytes(word()?)),
            Kind::Bool => Cell::Bool(bytes.get(at / 8).ok_or_else(damaged)? >> (at % 8) & 1 == 1),
            Kind::Text => return Err(damaged()),
        })
    }
}

const DATA: i64 = 0;
const DICTIONARY: i64 = 2;
const PLAIN: i64 = 0;
const OLD_KEYS: i64 = 2;
const KEYS: i64 = 8;

/// What the header of a page says: Parquet's `PageHeader`, in the compact protocol of Thrift.
#[derive(Debug, Default)]
struct Header {
    kind: i64,
    size: usize,
    length: usize,
    values: usize,
    encoding: i64,
}

impl Header {
    /// The header at the beginning of these bytes, and how long it is; `None` where it does not end in them.
    fn read(bytes: &[u8]) -> Option<(Self, usize)> {
        let (mut header, mut thrift) = (Self::default(), Thrift { rest: bytes });
        let size = |number: i64| usize::try_from(number).ok();
        let mut last = 0;
        while let Some((field, kind)) = thrift.field(&mut last)? {
            match field {
                1 => header.kind = thrift.number()?,
                2 => header.size = size(thrift.number()?)?,
                3 => header.length = size(thrift.number()?)?,
                // Of either kind of page: how many values, and how they are written.
                5 | 7 => {
                    let mut last = 0;
                    while let Some((field, kind)) = thrift.field(&mut last)? {
                        match field {
                            1 => header.values = size(thrift.number()?)?,
                            2 => header.encoding = thrift.number()?,
                            _ => thrift.skip(kind, 4)?,
                        }
                    }
                }
                _ => thrift.skip(kind, 4)?,
            }
        }
        Some((header, bytes.len() - thrift.rest.len()))
    }
}

/// The compact protocol of Thrift, as far as headers use it.
struct Thrift<'a> {
    rest: &'a [u8],
}

impl Thrift<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*byte)
    }

    fn unsigned(&mut self) -> Option<u64> {
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f).checked_shl(shift)?;
            shift += 7;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
    }

    fn number(&mut self) -> Option<i64> {
        let number = self.unsigned()?;
        Some((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    /// The next field of a structure, with its type; `Some(None)` behind the last one.
    #[allow(clippy::option_option, reason = "cut off, at the end, and a field are three things")]
    fn field(&mut self, last: &mut i64) -> Option<Option<(i64, u8)>> {
        let byte = self.byte()?;
        if byte == 0 {
            return Some(None);
        }
        *last = match byte >> 4 {
            0 => self.number()?,
            step => *last + i64::from(step),
        };
        Some(Some((*last, byte & 0x0f)))
    }

    /// Passes over a value of this type; structures lie at most so deep.
    fn skip(&mut self, kind: u8, depth: u8) -> Option<()> {
        match kind {
            1 | 2 => {}
            3 => self.rest = self.rest.get(1..)?,
            4..=6 => self.unsigned().map(|_| ())?,
            7 => self.rest = self.rest.get(8..)?,
            8 => {
                let length = self.unsigned()?;
                self.rest = self.rest.get(usize::try_from(length).ok()?..)?;
            }
            12 => {
                let mut last = 0;
                while let Some((_, kind)) = self.field(&mut last)? {
                    self.skip(kind, depth.checked_sub(1)?)?;
                }
            }
            _ => return None,
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::timeline::Event;
    use crate::timeline::columns::ROW_GROUP;
    use crate::timeline::sample::{footer, part};
    use crate::timeline::schema::{Access, COLUMNS, Column};

    fn events() -> Vec<Event> {
        crate::timeline::sample::events(ROW_GROUP + 5000)
    }

    fn chunks(file: &[u8], name: &str) -> Vec<Chunk> {
        footer(file).row_groups.iter().map(|group| Chunk::of(group, name).unwrap()).collect()
    }

    fn said(cell: Cell<'_>) -> String {
        match cell {
            Cell::Text(text) => std::str::from_utf8(text).unwrap().to_owned(),
            Cell::Int(number) => number.to_string(),
            Cell::Float(number) => number.to_string(),
            Cell::Bool(flag) => flag.to_string(),
        }
    }

    fn value(column: &Column, event: &Event) -> Option<String> {
        match column.access {
            Access::Text(get, _) => get(event).map(str::to_owned),
            Access::Made(get, _) => get(event).map(std::borrow::Cow::into_owned),
            Access::Int(get, _) => get(event).map(|number| number.to_string()),
            Access::Float(get, _) => get(event).map(|number| number.to_string()),
            Access::Bool(get, _) => get(event).map(|flag| flag.to_string()),
            Access::Time(get, _) => Some(get(event).to_string()),
        }
    }

    #[test]
    fn every_row_of_every_column_comes_back_and_no_other() {
        let events = events();
        let file = part(&events);
        let mut pages = Pages::new(Cursor::new(&file)).unwrap();
        for column in COLUMNS {
            for (group, events) in chunks(&file, column.name).into_iter().zip(events.chunks(ROW_GROUP)) {
                for step in [1, 13, 4099] {
                    let rows: Vec<u32> = (0..events.len() as u32).skip(step / 3).step_by(step).collect();
                    let mut found = vec![None; rows.len()];
                    pages.fetch(group, &rows, &mut |at, cell| found[at] = Some(said(cell))).unwrap();
                    let expected: Vec<_> = rows.iter().map(|row| value(column, &events[*row as usize])).collect();
                    assert!(found == expected, "{} every {step}", column.name);
                }
            }
        }
    }

    #[test]
    fn rows_that_no_page_holds_are_damage() {
        let events = events();
        let file = part(&events);
        let mut pages = Pages::new(Cursor::new(&file)).unwrap();
        for name in [crate::timeline::schema::names::RAW, crate::timeline::schema::names::ACTION] {
            let whole = chunks(&file, name)[1];
            let short = Chunk { rows: whole.rows + 1, ..whole };
            assert!(pages.ask(whole, &mut |_| true).is_ok_and(|said| said.is_some()));
            assert!(pages.ask(short, &mut |_| true).is_err());
            assert!(pages.fetch(short, &[whole.rows as u32], &mut |_, _| ()).is_err());
        }
    }

    #[test]
    fn a_text_of_a_dictionary_is_asked_about_once() {
        let events = events();
        let file = part(&events);
        let mut pages = Pages::new(Cursor::new(&file)).unwrap();
        let mut ask = |name: &str, wanted: &str| {
            let mut asked = 0;
            let mut answer = |text: &str| {
                asked += 1;
                text == wanted
            };
            let rows = pages.ask(chunks(&file, name)[0], &mut answer).unwrap();
            (rows, asked)
        };
        let (rows, asked) = ask("user_upn", "user3@x.example");
        let expected = events[..ROW_GROUP].iter().map(|event| event.user_upn.as_deref() == Some("user3@x.example"));
        assert_eq!((rows, asked), (Some(expected.collect()), 50));
        assert_eq!(ask("user_upn", "nobody"), (None, 50));
        assert_eq!(ask("action", "Move"), (None, 1));
        let (rows, asked) = ask("target_raw", "target 4711");
        assert_eq!((rows.unwrap().iter().position(|said| *said), asked), (Some(4711), ROW_GROUP));
        assert_eq!(ask("geo_city", "Berlin"), (None, 0));
    }

    #[test]
    fn damage_is_an_error_and_never_a_panic() {
        let file = part(&events()[..600]);
        let mut failed = 0;
        for (number, name) in ["user_upn", "target_raw", "record_type", "geo_lat"].into_iter().enumerate() {
            let chunk = chunks(&file, name)[0];
            let rows: Vec<u32> = (0..600).collect();
            for at in chunk.start..chunk.end.min(chunk.start + 400) {
                let mut file = file.clone();
                file[at as usize] ^= 1 << ((at as usize + number) % 8);
                let mut pages = Pages::new(Cursor::new(file)).unwrap();
                failed += usize::from(pages.fetch(chunk, &rows, &mut |_, _| {}).is_err());
                let _ = pages.ask(chunk, &mut |text| text.len());
            }
        }
        assert!(failed > 100, "{failed}");
    }
}
