//! Reads the pages of a part: of each column only what a question asks for. It reads what `columns.rs` lays out, and
//! nothing else: flat columns, data pages of the first version, values plain or as places in a dictionary.
//!
//! One set of buffers and of zstd's tables serves many parts, and no memory is cleared only to be filled: with a
//! general reader that was a third of a question's time.

mod chunk;
mod header;
mod numbers;
#[cfg(test)]
mod tests;
mod values;

use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;

use polars::prelude::{PolarsError, PolarsResult};

use self::header::{DATA, DICTIONARY, Header, KEYS, OLD_KEYS, PLAIN};
use self::numbers::Levels;
use self::values::{Values, index};
use super::schema::Cell;

pub use chunk::{Chunk, Kind};

/// Bytes that are read at least.
const READ: usize = 32 * 1024;
/// No page is larger; a header that says so is damaged.
const LARGEST: usize = 1 << 30;

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
    /// Of each value of a page its place in the dictionary.
    keys: Vec<u32>,
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
            keys: Vec::new(),
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
        let mut walk = self.walk(chunk);
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
            let (levels, values) = split(&self.page)?;
            let values = Values::new(values, &head, chunk.kind, &self.dictionary, &self.texts)?;
            rows.reserve(head.rows.len());
            let said = match (&answers, values) {
                (Some(answers), Values::Keys { keys, .. }) => {
                    keys.all(head.rows.len(), &mut self.keys).ok_or_else(damaged)?;
                    let mut keys = self.keys.iter();
                    levels.each(head.rows.len(), |there| {
                        rows.push(if there { *answers.get(*keys.next()? as usize)? } else { T::default() });
                        Some(())
                    })
                }
                (_, mut values) => {
                    let mut rank = 0;
                    levels.each(head.rows.len(), |there| {
                        rows.push(if there { answer(utf8(values.text(rank).ok()?).ok()?) } else { T::default() });
                        rank += usize::from(there);
                        Some(())
                    })
                }
            };
            said.ok_or_else(damaged)?;
            any |= rows.iter().skip(head.rows.start).any(|said| *said != T::default());
        }
        Ok(any.then_some(rows))
    }

    /// Calls `put` with each of these rows that has a value: its place among `rows`, which are sorted, and the value.
    pub fn fetch(&mut self, chunk: Chunk, rows: &[u32], put: &mut dyn FnMut(usize, Cell<'_>)) -> PolarsResult<()> {
        let mut walk = self.walk(chunk);
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

    /// Begins with a column; the dictionary of the one before is not its own.
    fn walk(&mut self, chunk: Chunk) -> Walk {
        self.dictionary.clear();
        self.texts.clear();
        Walk { chunk, at: chunk.start, row: 0 }
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
        // A frame that is not what its sum says was damaged.
        self.press.decompress_to_buffer(bytes, &mut self.page).map_err(|_| damaged())?;
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

fn damaged() -> PolarsError {
    PolarsError::ComputeError("a page that this program did not write, or damaged".into())
}

fn utf8(bytes: &[u8]) -> PolarsResult<&str> {
    simdutf8::basic::from_utf8(bytes).map_err(|_| damaged())
}

fn text<'a>(bytes: &'a [u8], at: &Range<usize>) -> PolarsResult<&'a str> {
    utf8(bytes.get(at.clone()).unwrap_or_default())
}

/// Which rows of a page have a value, and the values.
fn split(page: &[u8]) -> PolarsResult<(Levels<'_>, &[u8])> {
    let (length, rest) = page.split_first_chunk().ok_or_else(damaged)?;
    let (levels, values) = rest.split_at_checked(u32::from_le_bytes(*length) as usize).ok_or_else(damaged)?;
    Ok((Levels::new(levels), values))
}
