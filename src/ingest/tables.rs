//! Tables of one export that were copied behind the first of a file and name their columns in another order, or name
//! more of them: the rows of each are read by its own header.

use std::sync::{Arc, Mutex, PoisonError};

use crate::ingest::formats::{Context, Format, Read, RecordReader, Refusal, Remarks, Tools};
use crate::ingest::sniff::{self, CsvHead, Head, Shape, Verdict};
use crate::ingest::text::heading::Heading;
use crate::ledger::Note;

/// A header, and the reader of the rows behind it.
type Table = (Vec<String>, Arc<dyn RecordReader>);

/// A reader for each of the further headers of a file.
pub struct Tables {
    file_name: String,
    format: &'static Format,
    context: Context,
    heading: Option<Arc<Heading>>,
    readers: Mutex<Vec<Table>>,
}

impl Tables {
    /// Those of a file that is known by its first table.
    pub fn new(head: &Head, format: &'static Format, context: Context) -> Self {
        let heading = if let Shape::Csv(csv) = &head.shape { Heading::of(csv).map(Arc::new) } else { None };
        Self { file_name: head.file_name.clone(), format, context, heading, readers: Mutex::default() }
    }

    /// The header itself, to know it again; the first of the file without one.
    pub fn heading(&self, csv: Option<&CsvHead>) -> Option<Arc<Heading>> {
        csv.map_or_else(|| self.heading.clone(), |csv| Heading::of(csv).map(Arc::new))
    }

    /// The reader of the rows behind such a header.
    pub fn reader(&self, csv: &CsvHead) -> Arc<dyn RecordReader> {
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = readers.iter().find(|(columns, _)| *columns == csv.columns) {
            return Arc::clone(known);
        }
        let head = sniff::table_head(&self.file_name, csv.clone());
        let reader: Arc<dyn RecordReader> = match sniff::recognise(&head) {
            Verdict::One(format) if format.id == self.format.id => head.reader(format, &self.context).into(),
            _ => Arc::new(OfAnother),
        };
        readers.push((csv.columns.clone(), Arc::clone(&reader)));
        reader
    }

    /// Remarks on the file that its further tables give, when all rows are read.
    pub fn closing_notes(&self) -> Vec<Note> {
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        // They were met on several cores.
        readers.sort_by(|a, b| a.0.cmp(&b.0));
        readers.iter().flat_map(|(_, reader)| reader.closing_notes()).collect()
    }
}

/// Refuses the rows of a table that is no table of this export.
struct OfAnother;

impl RecordReader for OfAnother {
    fn read<'r>(&'r self, _: &'r str, _: &'r mut Tools, _: &mut Remarks) -> Read<'r> {
        let text =
            "a row of another export's table, which was copied behind the first: save that table as a file of its own";
        Err(Refusal::new("R-101", text))
    }
}
