//! Packed events to Parquet: columns are built in one pass over the rows, each text column as a dictionary as long as
//! its values repeat, and encoded and compressed on the thread that builds them.
//!
//! The pages are laid out here, because what is known of these columns (flat, most of them empty or nearly constant)
//! makes them cheap: `docs/performance.md`. Schema, headers and footer are Polars'.

mod builder;
mod press;

use std::borrow::Borrow;
use std::cell::{Cell as Slot, RefCell};
use std::hash::BuildHasher as _;
use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};

use foldhash::fast::FixedState;
use polars::prelude::{PolarsError, PolarsResult};
use polars_arrow::datatypes::{ArrowDataType, ArrowSchema, Field, TimeUnit};
use polars_parquet::parquet::metadata::Descriptor;
use polars_parquet::parquet::page::CompressedPage;
use polars_parquet::write::{
    CompressionOptions, DynIter, DynStreamingIterator, FallibleStreamingIterator, FileWriter, StatisticsOptions,
    Version, WriteOptions, schema_to_metadata_key,
};

use builder::{There, Values};
use press::Press;

use super::event::put_hex;
use super::footer;
use super::packed::{self, Packed};
use super::schema::{Access, COLUMNS, Cell, Column, names};
use super::whose::Gathered;

/// Rows of one row group: small enough that a question about one account skips most of a day.
pub const ROW_GROUP: usize = 16 * 1024;

/// Rows that are asked for together: as many as a byte has bits, which is where pages begin.
const FEW: usize = 8;

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
    /// Of each column, which rows have a value.
    there: Vec<There>,
    /// The same of the rows in hand, a bit each: all columns together, because each row touches forty of them.
    here: Vec<u8>,
    /// Of each column, the values.
    values: Vec<Values>,
    /// The columns whose pages are made on the way.
    different: Vec<usize>,
    /// The columns of what stands in front of a packed event: time, record number, identity and hash.
    front: [usize; 4],
    press: Press,
    hasher: FixedState,
    whose: Gathered,
}

impl Workshop {
    fn new() -> PolarsResult<Self> {
        // Hostile values cannot be made to collide: the seed is the process's own.
        let hasher = FixedState::with_seed(std::hash::RandomState::new().hash_one(0));
        let there = COLUMNS.iter().map(|_| There::default()).collect();
        let values: Vec<Values> = COLUMNS.iter().map(Values::new).collect();
        let is_different = |at: &usize| matches!(values.get(*at), Some(Values::Different(_)));
        let different = (0..COLUMNS.len()).filter(is_different).collect();
        let front = [names::DATETIME, names::SOURCE_ROW, names::RECORD_UID, names::RAW_SHA256].map(packed::column);
        let (here, press, whose) = (vec![0; COLUMNS.len()], Press::new()?, Gathered::default());
        Ok(Self { there, here, values, different, front, press, hasher, whose })
    }

    fn write<P: Borrow<Packed>>(
        &mut self,
        mut out: impl Write,
        groups: impl Iterator<Item = Vec<P>>,
    ) -> PolarsResult<()> {
        let fields = COLUMNS.iter().map(|column| Field::new(column.name.into(), arrow_type(column), true));
        let schema: ArrowSchema = fields.map(|field| (field.name.clone(), field)).collect();
        let (written, end) = (AtomicU64::new(0), End::default());
        let counted = Counted { out: &mut out, written: &written, end: &end };
        let mut writer = FileWriter::try_new(counted, schema, options())?;
        let descriptors: Vec<Descriptor> =
            writer.parquet_schema().columns().iter().map(|column| column.descriptor.clone()).collect();
        self.whose.clear();
        for group in groups {
            self.fill(&group, &descriptors)?;
            let place = Place::default();
            let mut columns = Vec::with_capacity(COLUMNS.len());
            let laid = self.there.iter().zip(&mut self.values);
            for (((there, values), descriptor), column) in laid.zip(&descriptors).zip(COLUMNS) {
                let pages = self.press.column(there, values, column.name, descriptor)?;
                let place = (column.name == names::PARTIES).then_some(&place);
                let ready = Ready { pages: pages.into_iter(), current: None, written: &written, place };
                columns.push(DynStreamingIterator::new(ready));
            }
            writer.write(group.len() as u64, DynIter::new(columns.into_iter().map(Ok)))?;
            self.gather(&place);
        }
        let schema = schema_to_metadata_key(writer.schema());
        end.here.set(true);
        writer.end(Some(vec![schema, self.whose.told()]))?;
        drop(writer);
        out.write_all(&footer::sealed(&end.bytes.into_inner())?)?;
        out.flush()?;
        Ok(())
    }

    /// Whose rows the group holds.
    fn gather(&mut self, place: &Place) {
        if let Some(Values::Text(texts)) = self.values.get(packed::column(names::PARTIES)) {
            (0..texts.starts.len()).for_each(|text| self.whose.add(texts.value(text as u32)));
        }
        self.whose.close(place.start.load(Ordering::Relaxed)..place.end.load(Ordering::Relaxed));
    }

    /// Lays the rows of one group into the columns. They lie all over the memory: each is read once, and the next few are
    /// asked for together, so that one does not wait for the other.
    fn fill<P: Borrow<Packed>>(&mut self, group: &[P], descriptors: &[Descriptor]) -> PolarsResult<()> {
        self.there.iter_mut().for_each(|there| there.clear(group.len()));
        self.values.iter_mut().for_each(Values::clear);
        let mut laid = 0;
        for few in group.chunks(FEW) {
            few.iter().for_each(|packed| packed.borrow().warm());
            for (at, packed) in few.iter().enumerate() {
                self.lay(1 << at, packed.borrow());
            }
            laid += few.len();
            for (there, here) in self.there.iter_mut().zip(&mut self.here) {
                there.put(std::mem::take(here));
            }
            if few.len() == FEW {
                self.pages(laid, descriptors)?;
            }
        }
        Ok(())
    }

    /// Makes pages where there is enough for one before row `end`.
    fn pages(&mut self, end: usize, descriptors: &[Descriptor]) -> PolarsResult<()> {
        for at in &self.different {
            let (there, values) = (self.there.get(*at), self.values.get_mut(*at));
            let told = descriptors.get(*at).zip(COLUMNS.get(*at));
            if let (Some((there, values)), Some((descriptor, column))) = (there.zip(values), told) {
                self.press.page_of(there, values, end, column.name, descriptor)?;
            }
        }
        Ok(())
    }

    /// One row, whose bit is `row`.
    fn lay(&mut self, row: u8, packed: &Packed) {
        let mut digits = [0; 64];
        put_hex(packed.sha256(), &mut digits);
        let front = [
            Cell::Int(packed.time()),
            Cell::Int(packed.record() as i64),
            Cell::Text(digits.get(..32).unwrap_or_default()),
            Cell::Text(&digits),
        ];
        for (index, cell) in self.front.into_iter().zip(front) {
            self.put(index, row, cell);
        }
        for (index, cell) in packed.cells() {
            self.put(index, row, cell);
        }
    }

    #[inline]
    fn put(&mut self, column: usize, row: u8, cell: Cell<'_>) {
        if let (Some(here), Some(values)) = (self.here.get_mut(column), self.values.get_mut(column)) {
            *here |= row;
            values.put(cell, &self.hasher);
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

/// What stands behind the last page: held back, because a sum comes in front of the footer.
#[derive(Default)]
struct End {
    here: Slot<bool>,
    bytes: RefCell<Vec<u8>>,
}

/// Counts what is written.
struct Counted<'w, W> {
    out: W,
    written: &'w AtomicU64,
    end: &'w End,
}

impl<W: Write> Write for Counted<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.end.here.get() {
            self.end.bytes.borrow_mut().extend_from_slice(bytes);
            return Ok(bytes.len());
        }
        let count = self.out.write(bytes)?;
        self.written.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use polars::prelude::SerReader as _;
    use polars_io::parquet::read::ParquetReader;
    use polars_parquet::parquet::metadata::RowGroupMetadata;
    use polars_parquet::parquet::statistics::Statistics;

    use super::*;
    use crate::timeline::{Event, build, sample};

    fn back(events: &[Event]) -> Vec<Event> {
        let frame = ParquetReader::new(Cursor::new(sample::part(events))).finish().unwrap();
        assert_eq!(frame.width(), COLUMNS.len());
        build::events(&frame).unwrap()
    }

    #[test]
    fn every_column_survives_the_way_out_and_back() {
        let event = sample::full();
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
