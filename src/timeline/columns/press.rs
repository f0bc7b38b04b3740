//! A column's pages: levels, values and dictionaries as Parquet lays them out, compressed.

use polars::prelude::PolarsResult;
use polars_parquet::parquet::CowBuffer;
use polars_parquet::parquet::compression::Compression;
use polars_parquet::parquet::metadata::Descriptor;
use polars_parquet::parquet::page::{
    CompressedDataPage, CompressedDictPage, CompressedPage, DataPageHeader, DataPageHeaderV1,
};
use polars_parquet::parquet::statistics::ParquetStatistics;
use polars_parquet::write::Encoding;
use zstd::zstd_safe::CParameter;

use super::builder::{Different, Rows, Texts, There, Values};
use crate::timeline::schema::names;

/// Rows of one page of numbers: what is decompressed at least where one row of a column is read.
const NUMBERS: usize = 2 * 1024;

/// Bytes of one page of texts that do not repeat: what they lose in a smaller one is gained where one row is read. The
/// records' own texts repeat each other over long stretches, digits of hashes and ids nowhere.
fn page(name: &str) -> usize {
    match name {
        names::RAW | names::OBJECT => 256 * 1024,
        names::RAW_SHA256 | names::RECORD_UID | names::EVENT_ID => 32 * 1024,
        _ => 64 * 1024,
    }
}

/// Lays out the pages of a column and compresses them; its tables and the page in hand are made once.
pub(super) struct Press {
    pressing: Pressing,
    page: Vec<u8>,
}

/// Compresses.
struct Pressing {
    usual: zstd::bulk::Compressor<'static>,
    /// For the records' own texts, which are most of a part: in half the time, to a half more.
    quick: zstd::bulk::Compressor<'static>,
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
    pub(super) fn new() -> std::io::Result<Self> {
        let [mut usual, mut quick] = [zstd::bulk::Compressor::new(1)?, zstd::bulk::Compressor::new(-5)?];
        // Ids and hashes are half of what is compressed: five digits are found again everywhere, and save nothing.
        usual.set_parameter(CParameter::MinMatch(7))?;
        // A page that was damaged on a disk would be unpacked to other letters without a word.
        for compressor in [&mut usual, &mut quick] {
            compressor.set_parameter(CParameter::ChecksumFlag(true))?;
        }
        Ok(Self { pressing: Pressing { usual, quick }, page: Vec::new() })
    }

    /// The pages of one column. Of the accounts the first and the last are told: a reader that asks for one skips the
    /// others' row groups.
    pub(super) fn column(
        &mut self,
        there: &There,
        values: &mut Values,
        name: &str,
        descriptor: &Descriptor,
    ) -> PolarsResult<Vec<CompressedPage>> {
        // Small columns are packed as well, for the sum that a frame has; where no row has a value, there is nothing to lose.
        let kind = if there.count == 0 { Compression::Uncompressed } else { Compression::Zstd };
        let making = Making { kind, quick: name == names::RAW, page: page(name), descriptor };
        if there.count == 0 {
            return Ok(vec![self.values(there.all(), &[], Encoding::Plain, None, making)?]);
        }
        match values {
            Values::Different(texts) => {
                if texts.first < there.rows {
                    self.different(there, texts, there.rows, making)?;
                }
                Ok(std::mem::take(&mut texts.pages))
            }
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

    /// Makes a page of a column of texts that are all different, where there is enough for one before row `end`.
    pub(super) fn page_of(
        &mut self,
        there: &There,
        values: &mut Values,
        end: usize,
        name: &str,
        descriptor: &Descriptor,
    ) -> PolarsResult<()> {
        let Values::Different(texts) = values else { return Ok(()) };
        let making = Making { kind: Compression::Zstd, quick: name == names::RAW, page: page(name), descriptor };
        if texts.bytes.len() < Different::LEVELS + making.page {
            Ok(())
        } else {
            self.different(there, texts, end, making)
        }
    }

    fn different(&mut self, there: &There, texts: &mut Different, end: usize, making: Making<'_>) -> PolarsResult<()> {
        let rows = there.part_so_far(texts.first, end);
        self.levels(rows);
        let (room, values) = texts.bytes.split_at_mut(Different::LEVELS);
        let page = match room.len().checked_sub(self.page.len()).and_then(|start| room.get_mut(start..)) {
            // The levels of full rows stand in front of the values, which need not be copied.
            Some(room) => {
                room.copy_from_slice(&self.page);
                texts.bytes.get(Different::LEVELS - self.page.len()..).unwrap_or_default()
            }
            None => {
                self.page.extend_from_slice(values);
                &self.page
            }
        };
        texts.pages.push(self.pressing.data(page, rows, Encoding::Plain, None, making)?);
        texts.turn(end);
        Ok(())
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
        let pressed = self.pressing.pressed(&self.page, making)?;
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
        self.pressing.data(&self.page, rows, encoding, statistics, making)
    }
}

impl Pressing {
    /// Levels and values as a data page.
    fn data(
        &mut self,
        page: &[u8],
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
        let (pressed, descriptor) = (self.pressed(page, making)?, making.descriptor.clone());
        let page = CompressedDataPage::new(header, pressed, making.kind, page.len(), descriptor, rows.count);
        Ok(CompressedPage::Data(page))
    }

    /// A page as it is stored.
    fn pressed(&mut self, page: &[u8], making: Making<'_>) -> PolarsResult<CowBuffer> {
        let compressor = if making.quick { &mut self.quick } else { &mut self.usual };
        Ok(CowBuffer::Owned(match making.kind {
            Compression::Uncompressed => page.to_vec(),
            _ => compressor.compress(page)?,
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
