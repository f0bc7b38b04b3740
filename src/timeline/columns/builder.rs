//! A column of a row group while its rows are read: which rows have a value, and the values, as a dictionary as long as
//! they repeat.

use std::hash::{BuildHasher as _, Hasher as _};
use std::ops::Range;

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use polars_parquet::parquet::page::CompressedPage;

use crate::timeline::schema::{Access, Cell, Column, names};

/// Distinct values from which on a column is asked whether its values repeat at all.
const TRIAL: usize = 256;
/// Bytes of a text's length in front of it.
const LENGTH: usize = size_of::<u32>();
/// Columns whose values are all different.
const UNIQUE: [&str; 5] = [names::RAW, names::RAW_SHA256, names::RECORD_UID, names::EVENT_ID, names::MESSAGE];

/// Which rows of a column have a value: a bit each, from the lowest of the first byte on, as Parquet's levels have them.
#[derive(Default)]
pub(super) struct There {
    bits: Vec<u8>,
    pub(super) rows: usize,
    pub(super) count: usize,
}

impl There {
    /// Forgets all; so many rows are to come.
    pub(super) fn clear(&mut self, rows: usize) {
        self.bits.clear();
        (self.rows, self.count) = (rows, 0);
    }

    /// The next eight rows, or what is left.
    pub(super) fn put(&mut self, eight: u8) {
        self.bits.push(eight);
        self.count += eight.count_ones() as usize;
    }

    pub(super) fn has(&self, row: usize) -> bool {
        self.bits.get(row / 8).is_some_and(|byte| byte >> (row % 8) & 1 == 1)
    }

    pub(super) fn all(&self) -> Rows<'_> {
        self.part(0, self.rows)
    }

    /// The rows from `first`, a multiple of eight, to `end`.
    pub(super) fn part(&self, first: usize, end: usize) -> Rows<'_> {
        let bits = self.bits.get(first / 8..end.div_ceil(8)).unwrap_or_default();
        Rows { bits, count: end - first, even: self.even() }
    }

    /// The same while rows behind `end` are still to come.
    pub(super) fn part_so_far(&self, first: usize, end: usize) -> Rows<'_> {
        let rows = Rows { even: None, ..self.part(first, end) };
        let even = match rows.there() {
            0 => Some(false),
            all if all == rows.count => Some(true),
            _ => None,
        };
        Rows { even, ..rows }
    }

    /// Whether all rows are alike, and how.
    pub(super) fn even(&self) -> Option<bool> {
        match self.count {
            0 => Some(false),
            all if all == self.rows => Some(true),
            _ => None,
        }
    }
}

/// The rows of one page.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a> {
    pub(super) bits: &'a [u8],
    pub(super) count: usize,
    pub(super) even: Option<bool>,
}

impl Rows<'_> {
    /// How many have a value.
    pub(super) fn there(self) -> usize {
        self.bits.iter().map(|byte| byte.count_ones() as usize).sum()
    }
}

/// The values of a column, of the rows that have one.
///
/// What a row touches of each column stands in one cache line.
#[repr(align(64))]
pub(super) enum Values {
    Text(Texts),
    Different(Different),
    Int(Vec<i64>),
    Time(Vec<i64>),
    Float(Vec<f64>),
    Bool(Vec<bool>),
}

impl Values {
    pub(super) fn new(column: &Column) -> Self {
        match column.access {
            Access::Text(..) | Access::Made(..) if UNIQUE.contains(&column.name) => {
                Self::Different(Different::default())
            }
            Access::Text(..) | Access::Made(..) => Self::Text(Texts::default()),
            Access::Int(..) => Self::Int(Vec::new()),
            Access::Float(..) => Self::Float(Vec::new()),
            Access::Bool(..) => Self::Bool(Vec::new()),
            Access::Time(..) => Self::Time(Vec::new()),
        }
    }

    /// The value of the next row that has one.
    #[inline]
    pub(super) fn put(&mut self, cell: Cell<'_>, hasher: &FixedState) {
        match (self, cell) {
            (Self::Text(texts), Cell::Text(text)) => texts.put(text, hasher),
            (Self::Different(texts), Cell::Text(text)) => texts.put(text),
            (Self::Int(values) | Self::Time(values), Cell::Int(value)) => values.push(value),
            (Self::Float(values), Cell::Float(value)) => values.push(value),
            (Self::Bool(values), Cell::Bool(value)) => values.push(value),
            _ => {}
        }
    }

    /// Forgets them, and keeps their room.
    pub(super) fn clear(&mut self) {
        match self {
            Self::Text(texts) => texts.clear(),
            Self::Different(texts) => texts.clear(),
            Self::Int(values) | Self::Time(values) => values.clear(),
            Self::Float(values) => values.clear(),
            Self::Bool(values) => values.clear(),
        }
    }
}

/// Texts that are all different, of the rows that are in no page yet: rows are read once, so that a page is made as soon
/// as there is enough for one.
#[derive(Default)]
pub(super) struct Different {
    /// Room for the levels, then values as Parquet writes them: the length in four bytes, then the text.
    pub(super) bytes: Vec<u8>,
    /// The first row that is in no page.
    pub(super) first: usize,
    /// The pages made so far.
    pub(super) pages: Vec<CompressedPage>,
}

impl Different {
    /// Bytes of levels that say that every row has a value: four for their length, five for the number of rows at most,
    /// one for the level.
    pub(super) const LEVELS: usize = 10;

    fn put(&mut self, text: &[u8]) {
        self.bytes.extend_from_slice(&(text.len() as u32).to_le_bytes());
        self.bytes.extend_from_slice(text);
    }

    /// The rows so far are in a page.
    pub(super) fn turn(&mut self, end: usize) {
        self.bytes.clear();
        self.bytes.resize(Self::LEVELS, 0);
        self.first = end;
    }

    fn clear(&mut self) {
        self.turn(0);
        self.pages.clear();
    }
}

/// A text column: distinct values and each row's place among them, or, where values do not repeat, the rows' values.
///
/// In this order, so that what most rows touch stands together.
#[repr(C)]
pub(super) struct Texts {
    /// Of each row that has a value: which. Not used once the column is plain.
    pub(super) keys: Vec<u32>,
    /// Values as Parquet writes them: the length in four bytes, then the text.
    pub(super) bytes: Vec<u8>,
    /// Where the value of the row before stands in `bytes`; nowhere, where there is none to compare with.
    last: Range<usize>,
    /// Where each value starts.
    pub(super) starts: Vec<usize>,
    table: HashTable<u32>,
    pub(super) plain: bool,
}

/// Where no text stands, not even one without letters.
const NOWHERE: Range<usize> = usize::MAX..usize::MAX;

impl Default for Texts {
    fn default() -> Self {
        let (keys, bytes, starts) = (Vec::new(), Vec::new(), Vec::new());
        Self { keys, bytes, last: NOWHERE, starts, table: HashTable::new(), plain: false }
    }
}

impl Texts {
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.starts.clear();
        self.keys.clear();
        self.table.clear();
        self.last = NOWHERE;
        self.plain = false;
    }

    #[inline]
    fn put(&mut self, text: &[u8], hasher: &FixedState) {
        // Rows come sorted: the value of the row before is the likeliest.
        if self.bytes.get(self.last.clone()) == Some(text) {
            self.keys.push(self.keys.last().copied().unwrap_or_default());
        } else {
            self.put_other(text, hasher);
        }
    }

    fn put_other(&mut self, text: &[u8], hasher: &FixedState) {
        if self.plain {
            self.add(text);
            return;
        }
        let known = self.starts.len();
        let key = self.key(text, hasher);
        self.keys.push(key);
        let start = self.start(key as usize) + LENGTH;
        self.last = start..start + text.len();
        if known < self.starts.len() && self.starts.len() >= TRIAL && self.starts.len() * 4 > self.keys.len() * 3 {
            self.make_plain();
        }
    }

    fn key(&mut self, text: &[u8], hasher: &FixedState) -> u32 {
        let hash = hash_of(text, hasher);
        if let Some(known) = self.table.find(hash, |key| self.value(*key) == text) {
            return *known;
        }
        let key = self.starts.len() as u32;
        self.add(text);
        let Self { table, starts, bytes, .. } = self;
        table.insert_unique(hash, key, |key| hash_of(value(starts, bytes, *key), hasher));
        key
    }

    fn add(&mut self, text: &[u8]) {
        self.starts.push(self.bytes.len());
        self.bytes.extend_from_slice(&(text.len() as u32).to_le_bytes());
        self.bytes.extend_from_slice(text);
    }

    pub(super) fn value(&self, key: u32) -> &[u8] {
        value(&self.starts, &self.bytes, key)
    }

    pub(super) fn start(&self, text: usize) -> usize {
        self.starts.get(text).copied().unwrap_or(self.bytes.len())
    }

    fn make_plain(&mut self) {
        let keys = std::mem::take(&mut self.keys);
        let (starts, bytes) = (std::mem::take(&mut self.starts), std::mem::take(&mut self.bytes));
        (self.plain, self.last) = (true, NOWHERE);
        for key in keys {
            self.add(value(&starts, &bytes, key));
        }
    }
}

fn hash_of(text: &[u8], hasher: &FixedState) -> u64 {
    let mut hasher = hasher.build_hasher();
    hasher.write(text);
    hasher.finish()
}

fn value<'a>(starts: &[usize], bytes: &'a [u8], key: u32) -> &'a [u8] {
    let key = key as usize;
    let start = starts.get(key).copied().unwrap_or_default() + LENGTH;
    let end = starts.get(key + 1).copied().unwrap_or(bytes.len());
    bytes.get(start..end).unwrap_or_default()
}
