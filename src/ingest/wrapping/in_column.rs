//! Tables of somebody else that carry the record as JSON text in one of their columns, beside what they made of it.
//!
//! The row is taken off before the format's reader sees the record, so that the same event hashes the same, whoever
//! carried it.

use serde_json::Value;

use crate::ingest::formats::{Read, RecordReader, Refusal, Remarks, Tools, owned};
use crate::ingest::records::auditdata::note;
use crate::ingest::sniff::{CsvHead, Head, inner_text, is_record, object_head};
use crate::ingest::text::cells::CellReader;
use crate::ingest::values::fields;
use crate::ingest::wrapping::unwrap;

/// Rows that are looked at.
const SAMPLE: usize = 20;

/// The column that carries records.
#[derive(Debug)]
pub struct Column {
    at: usize,
    /// How many columns there are.
    width: usize,
    /// The column's name.
    pub name: String,
    /// The first record, as if it stood alone.
    pub head: Box<Head>,
}

/// The column of a table whose cells are records, as the first rows show it.
pub fn find(file_name: &str, csv: &CsvHead) -> Option<Column> {
    let mut cells = CellReader::new(csv.delimiter);
    csv.sample.iter().take(SAMPLE).find_map(|row| {
        let cells = cells.read(row);
        (0..cells.len().min(csv.columns.len())).find_map(|at| {
            let head = object_head(file_name, record_in(cells.get(at))?);
            Some(Column { at, width: csv.columns.len(), name: csv.columns.get(at)?.clone(), head: Box::new(head) })
        })
    })
}

/// The object in a cell that is a record, or carries one.
fn record_in(cell: &str) -> Option<Value> {
    let text = cell.trim_start();
    if !text.starts_with(['{', '"']) {
        return None;
    }
    let object: Value = serde_json::from_str(&inner_text(text)).ok()?;
    (is_record(&object) || unwrap::look_inside(&object, &is_record).is_some()).then_some(object)
}

impl Column {
    /// The reader of the rows, around the reader of their records.
    pub fn around(&self, records: Box<dyn RecordReader>) -> Box<dyn RecordReader> {
        Box::new(Rows { at: self.at, width: self.width, records: unwrap::around(&self.head, records) })
    }
}

struct Rows {
    at: usize,
    width: usize,
    records: Box<dyn RecordReader>,
}

impl RecordReader for Rows {
    fn read<'r>(&'r self, row: &'r str, tools: &'r mut Tools, remarks: &mut Remarks) -> Read<'r> {
        let cells = tools.cells.read(row);
        let cell = inner_text(cells.column(Some(self.at))).into_owned();
        if cell.is_empty() {
            return Err(Refusal::new("R-102", "the column of the record is empty: the record is not in this row"));
        }
        let ragged = cells.len() != self.width;
        // The tools of this row are in use.
        let mut inner = Tools::new(b',');
        let read = self.records.read(&cell, &mut inner, remarks).map(owned);
        tools.places.append(&mut inner.places);
        let mut event = read?;
        if ragged {
            remarks.push(fields::ragged(cells.len(), self.width));
            note(&mut event, "R-106");
        }
        Ok(event)
    }

    fn behind(&self) -> Option<&dyn RecordReader> {
        Some(self.records.as_ref())
    }

    fn behind_mut(&mut self) -> Option<&mut dyn RecordReader> {
        Some(self.records.as_mut())
    }
}
