//! Streams of several logs: what a forwarder or a SIEM wrote one behind the other is read by the export that each record
//! is of, not refused because the first record was of another.

use crate::ingest::formats::{Format, Read, RecordReader, Remarks, Tools, owned};
use crate::ingest::sniff::{self, Head, Shape, inner_text};

/// The reader of a file, which asks the other exports about objects that its own does not know.
pub fn around(head: &Head, format: &Format, own: Box<dyn RecordReader>) -> Box<dyn RecordReader> {
    match &head.shape {
        Shape::Json(_) => Box::new(Reader { id: format.id, file_name: head.file_name.clone(), own }),
        _ => own,
    }
}

struct Reader {
    id: &'static str,
    file_name: String,
    own: Box<dyn RecordReader>,
}

impl RecordReader for Reader {
    fn read<'r>(&'r self, text: &'r str, tools: &'r mut Tools, remarks: &mut Remarks) -> Read<'r> {
        let (searching, before) = (tools.searching, remarks.len());
        match self.own.read(text, tools, remarks) {
            // What stands inside a damaged record is no record of another export.
            Err(refusal) if !searching => {
                let mut others = Remarks::new();
                let Some(event) = self.of_another(text, &mut others) else { return Err(refusal) };
                remarks.truncate(before);
                remarks.extend(others);
                event
            }
            read => read,
        }
    }

    fn behind(&self) -> Option<&dyn RecordReader> {
        Some(self.own.as_ref())
    }

    fn behind_mut(&mut self) -> Option<&mut dyn RecordReader> {
        Some(self.own.as_mut())
    }
}

impl Reader {
    /// The event of a whole object that another export claims; `None` where none does, or it refuses it as well.
    fn of_another(&self, text: &str, remarks: &mut Remarks) -> Option<Read<'static>> {
        let text = inner_text(text.trim());
        let object = serde_json::from_str(&text).ok().filter(serde_json::Value::is_object)?;
        let (format, reader) = sniff::inner_reader(&self.file_name, sniff::object_shape(object))?;
        if format.id == self.id {
            return None;
        }
        let read = reader.read(&text, &mut Tools::new(b','), remarks).map(owned);
        read.is_ok().then_some(read)
    }
}
