//! Packed events to Parquet: columns are built in one pass over the rows, each text column as a dictionary as long as
//! its values repeat, and encoded and compressed on the thread that builds them.
//!
//! The pages are laid out here, because what is known of these columns (flat, most of them empty or nearly constant)
//! makes them cheap: `docs/performance.md`. Schema, headers and footer are Polars'.

use std::borrow::Borrow;
use std::cell::RefCell;
use std::hash::{BuildHasher as _, Hasher as _};
use std::io::{self, Write};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use polars::prelude::{PolarsError, PolarsResult};
use polars_arrow::datatypes::{ArrowDataType, ArrowSchema, Field, TimeUnit};
use polars_parquet::parquet::CowBuffer;
use polars_parquet::parquet::compression::Compression;
use polars_parquet::parquet::metadata::Descriptor;
use polars_parquet::parquet::page::{
    CompressedDataPage, CompressedDictPage, CompressedPage, DataPageHeader, DataPageHeaderV1,
};
use polars_parquet::parquet::statistics::ParquetStatistics;
use polars_parquet::write::{
    CompressionOptions, DynIter, DynStreamingIterator, Encoding, FallibleStreamingIterator, FileWriter,
    StatisticsOptions, Version, WriteOptions, schema_to_metadata_key,
};

use zstd::zstd_safe::CParameter;

use super::packed::{self, Cell, Packed};
use super::schema::{Access, COLUMNS, Column, names};
use super::whose::Gathered;

/// Rows of one row group: small enough that a question about one account skips most of a day.
pub const ROW_GROUP: usize = 16 * 1024;
/// Rows of one page of numbers: what is decompressed at least where one row of a column is read.
const NUMBERS: usize = 2 * 1024;
/// Distinct values from which on a column is asked whether its values repeat at all.
const TRIAL: usize = 256;
/// Bytes of a text's length in front of it.
const LENGTH: usize = size_of::<u32>();
/// Columns smaller than this are not compressed: a frame around them would be larger.
const SMALL: usize = 128;
/// Columns whose values are all different.
const UNIQUE: [&str; 5] = [names::RAW, names::RAW_SHA256, names::RECORD_UID, names::EVENT_ID, names::MESSAGE];

/// Bytes of one page of texts that do not repeat: what they lose in a smaller one is gained where one row is read. The
/// records' own texts repeat each other over long stretches, digits of hashes and ids nowhere.
fn page(name: &str) -> usize {
    match name {
        names::RAW | names::OBJECT => 256 * 1024,
        names::RAW_SHA256 | names::RECORD_UID | names::EVENT_ID => 32 * 1024,
        _ => 64 * 1024,
    }
}

thread_local! {
    /// What a thread needs to write parts: made once, because fresh memory costs more than what is done with it.
    static WORKSHOP: RefCell<Option<Workshop>> = const { RefCell::new(None) };
}

/// Writes rows as one Parquet file, in their order; each group, of [`ROW_GROUP`] rows at most, is made when it is its turn.
pub fn write<P: Borrow<Packed>>(out: impl Write, groups: impl Iterator<Item = Vec<P>>) -> PolarsResult<()> {
    WORKSHOP.with_borrow_mut(|slot| {
        let workshop = match slot {
            Some(workshop) => workshop,
            None => slot.insert(Workshop::new()?),
        };
        workshop.write(out, groups)
    })
}

/// The columns of a row group while they are filled, and what lays them out.
struct Workshop {
    builders: Vec<Builder>,
    press: Press,
    hasher: FixedState,
    whose: Gathered,
}

impl Workshop {
    fn new() -> PolarsResult<Self> {
        // Hostile values cannot be made to collide: the seed is the process's own.
        let hasher = FixedState::with_seed(std::hash::RandomState::new().hash_one(0));
        let builders = COLUMNS.iter().map(Builder::new).collect();
        Ok(Self { builders, press: Press::new()?, hasher, whose: Gathered::default() })
    }

    fn write<P: Borrow<Packed>>(&mut self, out: impl Write, groups: impl Iterator<Item = Vec<P>>) -> PolarsResult<()> {
        let fields = COLUMNS.iter().map(|column| Field::new(column.name.into(), arrow_type(column), true));
        let schema: ArrowSchema = fields.map(|field| (field.name.clone(), field)).collect();
        let written = AtomicU64::new(0);
        let mut writer = FileWriter::try_new(Counted { out, written: &written }, schema, options())?;
        let descriptors: Vec<Descriptor> =
            writer.parquet_schema().columns().iter().map(|column| column.descriptor.clone()).collect();
        self.whose.clear();
        for group in groups {
            self.fill(&group);
            let place = Place::default();
            let mut columns = Vec::with_capacity(COLUMNS.len());
            for ((builder, descriptor), column) in self.builders.iter().zip(&descriptors).zip(COLUMNS) {
                let pages = self.press.column(builder, &group, column.name, descriptor)?;
                let place = (column.name == names::PARTIES).then_some(&place);
                let ready = Ready { pages: pages.into_iter(), current: None, written: &written, place };
                columns.push(DynStreamingIterator::new(ready));
            }
            writer.write(group.len() as u64, DynIter::new(columns.into_iter().map(Ok)))?;
            self.gather(&place);
        }
        let schema = schema_to_metadata_key(writer.schema());
        writer.end(Some(vec![schema, self.whose.told()]))?;
        Ok(())
    }

    /// Whose rows the group holds.
    fn gather(&mut self, place: &Place) {
        if let Some(Values::Text(texts)) =
            self.builders.get(packed::column(names::PARTIES)).map(|builder| &builder.values)
        {
            (0..texts.starts.len()).for_each(|text| self.whose.add(texts.value(text as u32)));
        }
        self.whose.close(place.start.load(Ordering::Relaxed)..place.end.load(Ordering::Relaxed));
    }

    /// Lays the rows of one group into the columns.
    fn fill<P: Borrow<Packed>>(&mut self, group: &[P]) {
        self.builders.iter_mut().for_each(|builder| builder.clear(group.len()));
        let (time, record) = (packed::column(names::DATETIME), packed::column(names::SOURCE_ROW));
        for (row, packed) in group.iter().map(P::borrow).enumerate() {
            for (index, value) in [(time, packed.time()), (record, packed.record() as i64)] {
                if let Some(builder) = self.builders.get_mut(index) {
                    builder.put(row, Cell::Int(value), &self.hasher);
                }
            }
            let mut cells = packed.cells();
            while let Some((index, cell)) = cells.next() {
                match self.builders.get_mut(index) {
                    Some(Builder { there, values: Values::Rows(places) }) => {
                        let Cell::Text(text) = cell else { continue };
                        there.put(row);
                        places.push((cells.behind() as u32, text.len() as u32));
                    }
                    Some(builder) => builder.put(row, cell, &self.hasher),
                    None => {}
                }
            }
        }
    }
}

fn arrow_type(column: &Column) -> ArrowDataType {
    match column.access {
        Access::Text(..) | Access::Made(..) => ArrowDataType::Utf8View,
        Access::Int(..) => ArrowDataType::Int64,
        Access::Float(..) => ArrowDataType::Float64,
        Access::Bool(..) => ArrowDataType::Boolean,
        Access::Time(..) => ArrowDataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
    }
}

fn options() -> WriteOptions {
    WriteOptions {
        statistics: StatisticsOptions::empty(),
        version: Version::V1,
        compression: CompressionOptions::Uncompressed,
        data_page_size: None,
    }
}

/// Where the pages of a column stand in the file.
#[derive(Default)]
struct Place {
    start: AtomicU64,
    end: AtomicU64,
}

/// Pages on their way into the file.
struct Ready<'w> {
    pages: std::vec::IntoIter<CompressedPage>,
    current: Option<CompressedPage>,
    written: &'w AtomicU64,
    /// Where it is told where they stand.
    place: Option<&'w Place>,
}

impl FallibleStreamingIterator for Ready<'_> {
    type Item = CompressedPage;
    type Error = PolarsError;

    fn advance(&mut self) -> Result<(), PolarsError> {
        if let Some(place) = self.place {
            // The page before this one is written by now.
            let written = self.written.load(Ordering::Relaxed);
            place.end.store(written, Ordering::Relaxed);
            let _ = place.start.compare_exchange(0, written, Ordering::Relaxed, Ordering::Relaxed);
        }
        self.current = self.pages.next();
        Ok(())
    }

    fn get(&self) -> Option<&CompressedPage> {
        self.current.as_ref()
    }
}

/// Counts what is written.
struct Counted<'w, W> {
    out: W,
    written: &'w AtomicU64,
}

impl<W: Write> Write for Counted<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.write(bytes)?;
        self.written.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Lays out the pages of a column and compresses them; its tables and the page in hand are made once.
struct Press {
    usual: zstd::bulk::Compressor<'static>,
    /// For the records' own texts, which are most of a part: in half the time, to a half more.
    quick: zstd::bulk::Compressor<'static>,
    page: Vec<u8>,
}

/// Which numbers stand in these rows.
type RangeOf<N> = fn(Rows<'_>, &[N]) -> Option<ParquetStatistics>;

/// How the pages of one column are made.
#[derive(Clone, Copy)]
struct Making<'a> {
    kind: Compression,
    quick: bool,
    /// Bytes of a page.
    page: usize,
    descriptor: &'a Descriptor,
}

impl Press {
    fn new() -> std::io::Result<Self> {
        let [mut usual, quick] = [zstd::bulk::Compressor::new(1)?, zstd::bulk::Compressor::new(-5)?];
        // Ids and hashes are half of what is compressed: five digits are found again everywhere, and save nothing.
        usual.set_parameter(CParameter::MinMatch(7))?;
        Ok(Self { usual, quick, page: Vec::new() })
    }

    /// The pages of one column. Of the accounts the first and the last are told: a reader that asks for one skips the
    /// others' row groups.
    fn column<P: Borrow<Packed>>(
        &mut self,
        builder: &Builder,
        group: &[P],
        name: &str,
        descriptor: &Descriptor,
    ) -> PolarsResult<Vec<CompressedPage>> {
        let Builder { there, values } = builder;
        let kind = if builder.is_small() { Compression::Uncompressed } else { Compression::Zstd };
        let making = Making { kind, quick: name == names::RAW, page: page(name), descriptor };
        if there.count == 0 {
            return Ok(vec![self.values(there.all(), &[], Encoding::Plain, None, making)?]);
        }
        match values {
            Values::Rows(places) => self.rows(there, places, group, making),
            Values::Text(texts) if texts.plain => self.texts(there, texts, making),
            Values::Text(texts) => {
                let range = if name == names::USER_UPN { text_range(there, texts) } else { None };
                let dictionary = self.dictionary(&texts.bytes, texts.starts.len(), making)?;
                let keys = places(&texts.keys, texts.starts.len());
                Ok(vec![dictionary, self.values(there.all(), &keys, Encoding::RleDictionary, range, making)?])
            }
            Values::Int(numbers) => self.numbers(there, numbers, making),
            Values::Time(times) => {
                let range = |rows: Rows<'_>, times: &[i64]| {
                    let range = times.iter().min().zip(times.iter().max());
                    range.map(|(first, last)| range_of(rows, first.to_le_bytes(), last.to_le_bytes()))
                };
                self.plain(there, times, i64::to_le_bytes, range, making)
            }
            Values::Float(numbers) => self.plain(there, numbers, f64::to_le_bytes, |_, _| None, making),
            Values::Bool(flags) => {
                let byte = |flags: &[bool]| flags.iter().rev().fold(0_u8, |byte, flag| byte << 1 | u8::from(*flag));
                let bytes: Vec<u8> = flags.chunks(8).map(byte).collect();
                Ok(vec![self.values(there.all(), &bytes, Encoding::Plain, None, making)?])
            }
        }
    }

    /// Texts that are all different, page by page, out of the rows themselves.
    fn rows<P: Borrow<Packed>>(
        &mut self,
        there: &There,
        places: &[(u32, u32)],
        group: &[P],
        making: Making<'_>,
    ) -> PolarsResult<Vec<CompressedPage>> {
        let mut pages = Vec::new();
        let (mut row, mut text) = (0, 0);
        while row < there.rows {
            let (first, first_text, mut size) = (row, text, 0);
            while row < there.rows && (size < making.page || row % 8 != 0) {
                if there.has(row) {
                    size += places.get(text).map_or(0, |(_, length)| 4 + *length as usize);
                    text += 1;
                }
                row += 1;
            }
            let rows = there.part(first, row);
            self.levels(rows);
            let with_text = (first..row).filter(|row| there.has(*row)).filter_map(|row| group.get(row));
            for ((behind, length), packed) in places.iter().skip(first_text).zip(with_text) {
                self.page.extend_from_slice(&length.to_le_bytes());
                self.page.extend_from_slice(packed.borrow().text_before(*behind as usize, *length as usize));
            }
            pages.push(self.data(rows, Encoding::Plain, None, making)?);
        }
        Ok(pages)
    }

    /// Texts that do not repeat, page by page.
    fn texts(&mut self, there: &There, texts: &Texts, making: Making<'_>) -> PolarsResult<Vec<CompressedPage>> {
        let mut pages = Vec::new();
        let (mut row, mut text) = (0, 0);
        while row < there.rows {
            let start = texts.start(text);
            let (first, mut end) = (row, text);
            while row < there.rows && (texts.start(end) - start < making.page || row % 8 != 0) {
                end += usize::from(there.has(row));
                row += 1;
            }
            let values = texts.bytes.get(start..texts.start(end)).unwrap_or_default();
            pages.push(self.values(there.part(first, row), values, Encoding::Plain, None, making)?);
            text = end;
        }
        Ok(pages)
    }

    /// Numbers, as a dictionary where few differ.
    fn numbers(&mut self, there: &There, numbers: &[i64], making: Making<'_>) -> PolarsResult<Vec<CompressedPage>> {
        const FEW: usize = 64;
        let mut distinct: Vec<i64> = Vec::new();
        let mut keys = Vec::with_capacity(numbers.len());
        let mut last = None;
        for number in numbers {
            let key = match last {
                Some((before, key)) if before == *number => key,
                _ => distinct.iter().position(|other| other == number).unwrap_or_else(|| {
                    distinct.push(*number);
                    distinct.len() - 1
                }),
            };
            last = Some((*number, key));
            keys.push(key as u32);
            if distinct.len() > FEW {
                return self.plain(there, numbers, i64::to_le_bytes, |_, _| None, making);
            }
        }
        let bytes: Vec<u8> = distinct.iter().flat_map(|number| number.to_le_bytes()).collect();
        let dictionary = self.dictionary(&bytes, distinct.len(), making)?;
        let keys = places(&keys, distinct.len());
        Ok(vec![dictionary, self.values(there.all(), &keys, Encoding::RleDictionary, None, making)?])
    }

    /// Numbers that differ, page by page; `range` says which they are.
    fn plain<N: Copy>(
        &mut self,
        there: &There,
        numbers: &[N],
        bytes_of: fn(N) -> [u8; 8],
        range: RangeOf<N>,
        making: Making<'_>,
    ) -> PolarsResult<Vec<CompressedPage>> {
        let mut pages = Vec::new();
        let mut rest = numbers;
        for first in (0..there.rows).step_by(NUMBERS) {
            let rows = there.part(first, there.rows.min(first + NUMBERS));
            let (here, behind) = rest.split_at(rows.there().min(rest.len()));
            rest = behind;
            self.levels(rows);
            self.page.extend(here.iter().flat_map(|number| bytes_of(*number)));
            pages.push(self.data(rows, Encoding::Plain, range(rows, here), making)?);
        }
        Ok(pages)
    }

    fn dictionary(&mut self, bytes: &[u8], values: usize, making: Making<'_>) -> PolarsResult<CompressedPage> {
        self.page.clear();
        self.page.extend_from_slice(bytes);
        let pressed = self.pressed(making)?;
        Ok(CompressedPage::Dict(CompressedDictPage::new(pressed, making.kind, self.page.len(), values, false)))
    }

    /// Rows and values as a data page: which rows are there, then their values.
    fn values(
        &mut self,
        rows: Rows<'_>,
        values: &[u8],
        encoding: Encoding,
        statistics: Option<ParquetStatistics>,
        making: Making<'_>,
    ) -> PolarsResult<CompressedPage> {
        self.levels(rows);
        self.page.extend_from_slice(values);
        self.data(rows, encoding, statistics, making)
    }

    /// Begins a data page: which rows are there.
    fn levels(&mut self, rows: Rows<'_>) {
        let page = &mut self.page;
        page.clear();
        page.extend_from_slice(&[0; 4]);
        match rows.even {
            // Most columns are full or empty.
            Some(there) => run(page, rows.count, &[u8::from(there)]),
            None => {
                header(page, rows.bits.len() << 1 | 1);
                page.extend_from_slice(rows.bits);
            }
        }
        let length = (page.len() - 4) as u32;
        if let Some(place) = page.get_mut(..4) {
            place.copy_from_slice(&length.to_le_bytes());
        }
    }

    /// The page in hand as a data page.
    fn data(
        &mut self,
        rows: Rows<'_>,
        encoding: Encoding,
        statistics: Option<ParquetStatistics>,
        making: Making<'_>,
    ) -> PolarsResult<CompressedPage> {
        let header = DataPageHeader::V1(DataPageHeaderV1 {
            num_values: rows.count as i32,
            encoding: encoding.into(),
            definition_level_encoding: Encoding::Rle.into(),
            repetition_level_encoding: Encoding::Rle.into(),
            statistics,
        });
        let (pressed, size, descriptor) = (self.pressed(making)?, self.page.len(), making.descriptor.clone());
        let page = CompressedDataPage::new(header, pressed, making.kind, size, descriptor, rows.count);
        Ok(CompressedPage::Data(page))
    }

    /// The page in hand as it is stored.
    fn pressed(&mut self, making: Making<'_>) -> PolarsResult<CowBuffer> {
        let compressor = if making.quick { &mut self.quick } else { &mut self.usual };
        Ok(CowBuffer::Owned(match making.kind {
            Compression::Uncompressed => self.page.clone(),
            _ => compressor.compress(&self.page)?,
        }))
    }
}

/// One value `count` times, as Parquet's RLE hybrid writes it.
fn run(bytes: &mut Vec<u8>, count: usize, value: &[u8]) {
    header(bytes, count << 1);
    bytes.extend_from_slice(value);
}

/// Values of `bits` bits each, packed as Parquet's RLE hybrid packs them: by eight, from the lowest bit on.
fn packed_run(bytes: &mut Vec<u8>, values: &[u32], bits: u32) {
    header(bytes, values.len().div_ceil(8) << 1 | 1);
    for eight in values.chunks(8) {
        let end = bytes.len() + bits as usize;
        let (mut waiting, mut count) = (0_u64, 0);
        for value in eight {
            waiting |= u64::from(*value) << count;
            count += bits;
            while count >= 8 {
                bytes.push(waiting as u8);
                (waiting, count) = (waiting >> 8, count - 8);
            }
        }
        if count > 0 {
            bytes.push(waiting as u8);
        }
        // Fewer than eight are filled up.
        bytes.resize(end, 0);
    }
}

/// A number as ULEB128.
fn header(bytes: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Places in a dictionary of `count` values, with their width in front.
fn places(keys: &[u32], count: usize) -> Vec<u8> {
    let bits = (u32::BITS - (count as u32).saturating_sub(1).leading_zeros()).max(1);
    let mut bytes = vec![bits as u8];
    if count == 1 {
        run(&mut bytes, keys.len(), &[0]);
    } else {
        packed_run(&mut bytes, keys, bits);
    }
    bytes
}

fn text_range(there: &There, texts: &Texts) -> Option<ParquetStatistics> {
    let values = || (0..texts.starts.len()).map(|key| texts.value(key as u32));
    values().min().zip(values().max()).map(|(first, last)| range_of(there.all(), first, last))
}

fn range_of(rows: Rows<'_>, first: impl AsRef<[u8]>, last: impl AsRef<[u8]>) -> ParquetStatistics {
    ParquetStatistics {
        max: None,
        min: None,
        null_count: Some((rows.count - rows.there()) as i64),
        distinct_count: None,
        max_value: Some(last.as_ref().to_vec()),
        min_value: Some(first.as_ref().to_vec()),
        is_max_value_exact: Some(true),
        is_min_value_exact: Some(true),
    }
}

/// One column while its rows are read.
struct Builder {
    there: There,
    values: Values,
}

/// Which rows have a value: a bit each, from the lowest of the first byte on, as Parquet's levels have them.
#[derive(Default)]
struct There {
    bits: Vec<u8>,
    rows: usize,
    count: usize,
}

impl There {
    /// Forgets all; so many rows are to come.
    fn clear(&mut self, rows: usize) {
        self.bits.clear();
        self.bits.resize(rows.div_ceil(8), 0);
        (self.rows, self.count) = (rows, 0);
    }

    /// This row has a value.
    fn put(&mut self, row: usize) {
        if let Some(byte) = self.bits.get_mut(row / 8) {
            *byte |= 1 << (row % 8);
            self.count += 1;
        }
    }

    fn has(&self, row: usize) -> bool {
        self.bits.get(row / 8).is_some_and(|byte| byte >> (row % 8) & 1 == 1)
    }

    fn all(&self) -> Rows<'_> {
        self.part(0, self.rows)
    }

    /// The rows from `first`, a multiple of eight, to `end`.
    fn part(&self, first: usize, end: usize) -> Rows<'_> {
        let bits = self.bits.get(first / 8..end.div_ceil(8)).unwrap_or_default();
        Rows { bits, count: end - first, even: self.even() }
    }

    /// Whether all rows are alike, and how.
    fn even(&self) -> Option<bool> {
        match self.count {
            0 => Some(false),
            all if all == self.rows => Some(true),
            _ => None,
        }
    }
}

/// The rows of one page.
#[derive(Clone, Copy)]
struct Rows<'a> {
    bits: &'a [u8],
    count: usize,
    even: Option<bool>,
}

impl Rows<'_> {
    /// How many have a value.
    fn there(self) -> usize {
        self.bits.iter().map(|byte| byte.count_ones() as usize).sum()
    }
}

/// The values of the rows that have one.
enum Values {
    Text(Texts),
    /// Texts that are all different stay in their rows: how many bytes of the row stand behind each, and its length.
    Rows(Vec<(u32, u32)>),
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
            Self::Rows(places) => places.iter().map(|(_, length)| 4 + *length as usize).sum(),
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
    fn new(column: &Column) -> Self {
        let values = match column.access {
            Access::Text(..) | Access::Made(..) if UNIQUE.contains(&column.name) => Values::Rows(Vec::new()),
            Access::Text(..) | Access::Made(..) => Values::Text(Texts::default()),
            Access::Int(..) => Values::Int(Vec::new()),
            Access::Float(..) => Values::Float(Vec::new()),
            Access::Bool(..) => Values::Bool(Vec::new()),
            Access::Time(..) => Values::Time(Vec::new()),
        };
        Self { there: There::default(), values }
    }

    /// The next row that has a value.
    fn put(&mut self, row: usize, cell: Cell<'_>, hasher: &FixedState) {
        self.there.put(row);
        match (&mut self.values, cell) {
            (Values::Text(texts), Cell::Text(text)) => texts.put(text, hasher),
            (Values::Int(values) | Values::Time(values), Cell::Int(value)) => values.push(value),
            (Values::Float(values), Cell::Float(value)) => values.push(value),
            (Values::Bool(values), Cell::Bool(value)) => values.push(value),
            _ => {}
        }
    }

    /// Forgets the rows, and keeps their room; so many are to come.
    fn clear(&mut self, rows: usize) {
        self.there.clear(rows);
        match &mut self.values {
            Values::Text(texts) => texts.clear(),
            Values::Rows(places) => places.clear(),
            Values::Int(values) | Values::Time(values) => values.clear(),
            Values::Float(values) => values.clear(),
            Values::Bool(values) => values.clear(),
        }
    }

    /// Whether a frame around the column would be larger than what it saves.
    fn is_small(&self) -> bool {
        let Self { there, values } = self;
        let levels = if there.even().is_some() { 0 } else { there.rows / 8 };
        levels + values.size() < SMALL
    }
}

/// A text column: distinct values and each row's place among them, or, where values do not repeat, the rows' values.
#[derive(Default)]
struct Texts {
    /// Values as Parquet writes them: the length in four bytes, then the text.
    bytes: Vec<u8>,
    /// Where each value starts.
    starts: Vec<usize>,
    /// Of each row that has a value: which. Not used once the column is plain.
    keys: Vec<u32>,
    table: HashTable<u32>,
    /// The value of the row before: which, and where its text stands.
    last: (u32, Range<usize>),
    plain: bool,
}

impl Texts {
    fn clear(&mut self) {
        self.bytes.clear();
        self.starts.clear();
        self.keys.clear();
        self.table.clear();
        self.last = (0, 0..0);
        self.plain = false;
    }

    fn put(&mut self, text: &[u8], hasher: &FixedState) {
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

    fn value(&self, key: u32) -> &[u8] {
        value(&self.starts, &self.bytes, key)
    }

    fn start(&self, text: usize) -> usize {
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

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use polars::prelude::SerReader as _;
    use polars_io::parquet::read::ParquetReader;
    use polars_parquet::parquet::metadata::RowGroupMetadata;
    use polars_parquet::parquet::statistics::Statistics;

    use super::*;
    use crate::timeline::{Event, Outcome, build, sample};

    fn back(events: &[Event]) -> Vec<Event> {
        let frame = ParquetReader::new(Cursor::new(sample::part(events))).finish().unwrap();
        assert_eq!(frame.width(), COLUMNS.len());
        build::events(&frame).unwrap()
    }

    #[test]
    fn every_column_survives_the_way_out_and_back() {
        let mut event = Event::default();
        for column in COLUMNS {
            match column.access {
                Access::Text(_, set) => set(&mut event, column.name),
                Access::Int(_, set) => set(&mut event, 7),
                Access::Float(_, set) => set(&mut event, 1.5),
                Access::Bool(_, set) => set(&mut event, true),
                Access::Time(_, set) => set(&mut event, 1_772_413_933_123_456),
                Access::Made(..) => {}
            }
        }
        event.raw_sha256 = [0xab; 32];
        event.outcome = Outcome::Interrupted;
        let events = [Event::default(), event.clone(), event, Event::default()];
        assert_eq!(format!("{events:?}"), format!("{:?}", back(&events)));
    }

    #[test]
    fn many_rows_of_every_kind() {
        let events = sample::events(ROW_GROUP * 2 + 77);
        let found = back(&events);
        assert_eq!(events.len(), found.len());
        for (one, other) in events.iter().zip(&found) {
            assert_eq!(format!("{one:?}"), format!("{other:?}"));
        }
    }

    #[test]
    fn a_row_group_tells_its_first_and_last_time() {
        let events = sample::events(ROW_GROUP + 77);
        let file = sample::part(&events);
        let footer = sample::footer(&file);
        let times = |group: &RowGroupMetadata| {
            let column = group.columns_under_root_iter(names::DATETIME).unwrap().next().unwrap();
            let statistics = column.statistics(&footer.footer_buf).unwrap().unwrap();
            let Statistics::Int64(told) = statistics else { panic!("{statistics:?}") };
            (told.min_value.unwrap(), told.max_value.unwrap(), told.null_count)
        };
        let found: Vec<_> = footer.row_groups.iter().map(times).collect();
        let second = 31_000_000;
        let (first, last) = ((ROW_GROUP as i64) * second, (ROW_GROUP as i64 + 76) * second);
        assert_eq!(found, [(0, first - second, Some(0)), (first, last, Some(0))]);
    }
}
