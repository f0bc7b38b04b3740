//! Tables that somebody saved as JSON: each row an object whose keys are the columns, as jq, pandas, Power Query and pages
//! that turn a CSV into JSON write them.
//!
//! Each object is laid out as the row it was before the format's reader sees it. `raw` stays the object.

use serde_json::value::RawValue;

use crate::ingest::formats::{Read, RecordReader, Refusal, Remarks, Tools, owned};
use crate::ingest::sniff::{CsvHead, Head, Verdict, inner_text, normal_header, recognise, table_head};
use crate::ingest::wrapping::union_columns;
use crate::ingest::wrapping::unwrap::Object;
use crate::ledger::Note;

/// Objects that are looked at.
const SAMPLE: usize = 50;
/// Columns that a table has at most.
const WIDEST: usize = 400;

/// The table that the objects of a file are rows of.
#[derive(Debug, Clone)]
pub struct Table {
    /// The columns as they are written, in the order of the first object that has them.
    keys: Vec<String>,
    /// The table, as if it stood there.
    pub csv: CsvHead,
}

/// The table, where some export has it. Its cells are plain values: an object with others in it is a record of its own.
pub fn find<'t>(file_name: &str, objects: impl Iterator<Item = &'t str>) -> Option<(Table, Box<Head>)> {
    let texts: Vec<_> = objects.take(SAMPLE).map(inner_text).collect();
    let objects: Vec<Object<'_>> = texts.iter().filter_map(|text| serde_json::from_str(text).ok()).collect();
    let mut keys: Vec<String> = Vec::new();
    for (key, value) in objects.iter().flat_map(|object| &object.0) {
        if value.get().starts_with(['{', '[']) || keys.len() > WIDEST {
            return None;
        }
        if !keys.iter().any(|known| known == key) {
            keys.push(key.clone().into_owned());
        }
    }
    let columns = union_columns::header(keys.iter().map(|key| normal_header(key)).collect());
    let sample = objects.iter().map(|object| row(&keys, object)).collect();
    let csv = CsvHead { delimiter: b',', columns, sample, ..CsvHead::default() };
    let head = table_head(file_name, csv.clone());
    matches!(recognise(&head), Verdict::One(_)).then(|| (Table { keys, csv }, Box::new(head)))
}

impl Table {
    /// The row that a record's text was.
    pub fn row(&self, text: &str) -> Result<String, Refusal> {
        let text = inner_text(text.trim());
        let object: Object<'_> = serde_json::from_str(&text)
            .map_err(|_| Refusal::new("R-105", "the object is cut or not well-formed; nothing of it is usable"))?;
        if object.0.iter().any(|(key, _)| self.keys.iter().any(|known| known == key)) {
            return Ok(row(&self.keys, &object));
        }
        Err(Refusal::new("R-101", "an object with none of the columns of this table").of_foreign())
    }

    /// The reader of the objects, around the reader of the rows.
    pub fn around(&self, rows: Box<dyn RecordReader>) -> Box<dyn RecordReader> {
        Box::new(Objects { table: self.clone(), rows })
    }
}

/// The values in the order of the columns; behind them those of further keys, so that the row is too long for its header.
fn row(keys: &[String], object: &Object<'_>) -> String {
    let value = |key: &String| object.0.iter().rev().find(|(name, _)| name == key).map(|(_, value)| *value);
    let further =
        object.0.iter().filter(|(name, _)| !keys.iter().any(|key| key == name)).map(|(_, value)| Some(*value));
    let cells: Vec<String> = keys.iter().map(value).chain(further).map(cell).collect();
    cells.join(",")
}

/// A value as a table shows it, in quotes.
fn cell(value: Option<&RawValue>) -> String {
    let text = match value.map_or("null", RawValue::get) {
        "null" => String::new(),
        json => serde_json::from_str::<String>(json).unwrap_or_else(|_| json.to_owned()),
    };
    format!("\"{}\"", text.replace('"', "\"\""))
}

struct Objects {
    table: Table,
    rows: Box<dyn RecordReader>,
}

impl RecordReader for Objects {
    fn read<'r>(&'r self, text: &'r str, tools: &'r mut Tools, remarks: &mut Remarks) -> Read<'r> {
        let row = self.table.row(text)?;
        let mut inner = Tools { offset: tools.offset, searching: tools.searching, ..Tools::new(b',') };
        let read = self.rows.read(&row, &mut inner, remarks).map(owned);
        tools.places.append(&mut inner.places);
        let mut event = read?;
        event.raw = Some(text.into());
        Ok(event)
    }

    fn notes(&self) -> Vec<Note> {
        self.rows.notes()
    }

    fn batch_read(&self, tools: &mut Tools) {
        self.rows.batch_read(tools);
    }

    fn closing_notes(&self) -> Vec<Note> {
        self.rows.closing_notes()
    }

    fn proves_order(&self) -> bool {
        self.rows.proves_order()
    }

    fn wants_preview(&self) -> bool {
        self.rows.wants_preview()
    }

    fn preview(&mut self, text: &str) {
        if let Ok(row) = self.table.row(text) {
            self.rows.preview(&row);
        }
    }

    fn previewed(&mut self) {
        self.rows.previewed();
    }
}
