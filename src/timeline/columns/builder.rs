//! One column of a row group while its rows are read: which rows have a value, and the values, as a dictionary as long as
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
/// Columns smaller than this are not compressed: a frame around them would be larger.
const SMALL: usize = 128;
/// Columns whose values are all different.
const UNIQUE: [&str; 5] = [names::RAW, names::RAW_SHA256, names::RECORD_UID, names::EVENT_ID, names::MESSAGE];

/// One column while its rows are read.
pub(super) struct Builder {
    pub(super) there: There,
    pub(super) values: Values,
}

/// Which rows have a value: a bit each, from the lowest of the first byte on, as Parquet's levels have them.
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
        self.bits.resize(rows.div_ceil(8), 0);
        (self.rows, self.count) = (rows, 0);
    }

    /// This row has a value.
    #[inline]
    pub(super) fn put(&mut self, row: usize) {
        if let Some(byte) = self.bits.get_mut(row / 8) {
            *byte |= 1 << (row % 8);
            self.count += 1;
        }
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

/// The values of the rows that have one.
pub(super) enum Values {
    Text(Texts),
    Different(Different),
    Int(Vec<i64>),
    Time(Vec<i64>),
    Float(Vec<f64>),
    Bool(Vec<bool>),
}

impl Values {
    /// Bytes they take at least.
    fn size(&self) -> usize {
        match self {
            // One value needs no places in a dictionary.
            Self::Text(texts) if texts.plain || texts.starts.len() < 2 => texts.bytes.len(),
            Self::Text(texts) => texts.bytes.len() + texts.keys.len() / 8,
            Self::Different(texts) => texts.size,
            Self::Int(values) | Self::Time(values) => {
                let one = values.first().is_some_and(|first| values.iter().all(|value| value == first));
                if one { size_of::<i64>() } else { values.len() / 8 }
            }
            Self::Float(values) => values.len() * size_of::<f64>(),
            Self::Bool(values) => values.len() / 8,
        }
    }
}

impl Builder {
    pub(super) fn new(column: &Column) -> Self {
        let values = match column.access {
            Access::Text(..) | Access::Made(..) if UNIQUE.contains(&column.name) => {
                Values::Different(Different::default())
            }
            Access::Text(..) | Access::Made(..) => Values::Text(Texts::default()),
            Access::Int(..) => Values::Int(Vec::new()),
            Access::Float(..) => Values::Float(Vec::new()),
            Access::Bool(..) => Values::Bool(Vec::new()),
            Access::Time(..) => Values::Time(Vec::new()),
        };
        Self { there: There::default(), values }
    }

    /// The next row that has a value.
    #[inline]
    pub(super) fn put(&mut self, row: usize, cell: Cell<'_>, hasher: &FixedState) {
        self.there.put(row);
        match (&mut self.values, cell) {
            (Values::Text(texts), Cell::Text(text)) => texts.put(text, hasher),
            (Values::Different(texts), Cell::Text(text)) => texts.put(text),
            (Values::Int(values) | Values::Time(values), Cell::Int(value)) => values.push(value),
            (Values::Float(values), Cell::Float(value)) => values.push(value),
            (Values::Bool(values), Cell::Bool(value)) => values.push(value),
            _ => {}
        }
    }

    /// Forgets the rows, and keeps their room; so many are to come.
    pub(super) fn clear(&mut self, rows: usize) {
        self.there.clear(rows);
        match &mut self.values {
            Values::Text(texts) => texts.clear(),
            Values::Different(texts) => texts.clear(),
            Values::Int(values) | Values::Time(values) => values.clear(),
            Values::Float(values) => values.clear(),
            Values::Bool(values) => values.clear(),
        }
    }

    /// Whether a frame around the column would be larger than what it saves.
    pub(super) fn is_small(&self) -> bool {
        let Self { there, values } = self;
        let levels = if there.even().is_some() { 0 } else { there.rows / 8 };
        levels + values.size() < SMALL
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
    /// Bytes of all values.
    size: usize,
}

impl Different {
    /// Bytes of levels that say that every row has a value: four for their length, five for the number of rows at most,
    /// one for the level.
    pub(super) const LEVELS: usize = 10;

    fn put(&mut self, text: &[u8]) {
        self.bytes.extend_from_slice(&(text.len() as u32).to_le_bytes());
        self.bytes.extend_from_slice(text);
        self.size += LENGTH + text.len();
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
        self.size = 0;
    }
}

/// A text column: distinct values and each row's place among them, or, where values do not repeat, the rows' values.
#[derive(Default)]
pub(super) struct Texts {
    /// Values as Parquet writes them: the length in four bytes, then the text.
    pub(super) bytes: Vec<u8>,
    /// Where each value starts.
    pub(super) starts: Vec<usize>,
    /// Of each row that has a value: which. Not used once the column is plain.
    pub(super) keys: Vec<u32>,
    table: HashTable<u32>,
    /// The value of the row before: which, and where its text stands.
    last: (u32, Range<usize>),
    pub(super) plain: bool,
}

impl Texts {
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.starts.clear();
        self.keys.clear();
        self.table.clear();
        self.last = (0, 0..0);
        self.plain = false;
    }

    pub(super) fn put(&mut self, text: &[u8], hasher: &FixedState) {
        if self.plain {
            self.add(text);
            return;
        }
        // Rows come sorted: the value of the row before is the likeliest.
        if !self.keys.is_empty() && self.bytes.get(self.last.1.clone()) == Some(text) {
            self.keys.push(self.last.0);
            return;
        }
        let known = self.starts.len();
        let key = self.key(text, hasher);
        self.keys.push(key);
        let start = self.start(key as usize) + LENGTH;
        self.last = (key, start..start + text.len());
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
        self.plain = true;
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
