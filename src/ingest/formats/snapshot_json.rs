//! Configuration snapshots as JSON (`snapshot_json`): the objects of the same cmdlets and collectors whose tables are
//! known, in a list, as lines, or one alone.

use serde_json::{Map, Value};

use super::{Context, Format, Read, RecordReader, Refusal, Remarks, Tools, no_dates, owned};
use crate::ingest::records::state::{self, Collected};
use crate::ingest::sniff::{self, Head, Shape};
use crate::ingest::values::object;
use crate::ledger::Note;
use crate::timeline::{Draft, EvidenceSource, json};

/// `snapshot_json`.
pub static FORMAT: Format = Format {
    id: "snapshot_json",
    evidence: EvidenceSource::Snapshot,
    wants: &[],
    claims: |shape| match shape {
        // A record of what was done may have the parameters of a cmdlet as keys of its own.
        Shape::Json(json) if json.has(&["operation", "creationtime"]) => false,
        Shape::Json(json) => json.first.as_object().is_some_and(|first| table_of("", first).is_some()),
        _ => false,
    },
    dates: no_dates,
    reader: |head: &Head, _: &Context| Box::new(Reader { file_name: head.file_name.clone() }),
};

/// Each of the tables has one of these columns.
const MARKS: [&str; 15] = [
    "RuleIdentity",
    "RuleId",
    "ForwardTo",
    "ForwardingSmtpAddress",
    "FullAccessUsers",
    "MFAstatus",
    "ConsentType",
    "LastPasswordChangeDateTime",
    "AuditBypassEnabled",
    "CreatedBy",
    "DeliverToMailboxAndForward",
    "AccessRights",
    "RedirectMessageTo",
    "BlindCopyTo",
    "Priority",
];

struct Reader {
    file_name: String,
}

impl RecordReader for Reader {
    fn read<'r>(&'r self, text: &'r str, tools: &'r mut Tools, remarks: &mut Remarks) -> Read<'r> {
        let mut event = Box::<Draft<'_>>::default();
        let object = object::from_text(text, "R-101", &mut event, remarks)?;
        let Some((reader, row)) = object.as_object().and_then(|object| table_of(&self.file_name, object)) else {
            return Err(Refusal::new("R-101", "not an object of a snapshot that is known"));
        };
        let mut state = reader.read(&row, tools, remarks).map(owned)?;
        if event.parse_status > state.parse_status {
            state.parse_status = event.parse_status;
        }
        state.raw = Some(text.into());
        Ok(state)
    }

    fn notes(&self) -> Vec<Note> {
        state::notes(&Collected::from_name(&self.file_name))
    }
}

/// The reader of the table that the object would be a row of, and the row.
fn table_of(file_name: &str, object: &Map<String, Value>) -> Option<(Box<dyn RecordReader>, String)> {
    // Most objects that are looked at are none of these, and large.
    let marked = |key: &String| MARKS.iter().any(|mark| mark.eq_ignore_ascii_case(key));
    if object.len() > 400 || !object.keys().any(marked) {
        return None;
    }
    // `Enabled@data.type` and its like say of what type a value is: Exchange's REST service and OData write them.
    let is_note = |key: &String| key.contains('@');
    let own: Map<String, Value>;
    let object = if object.keys().any(is_note) {
        own = object.iter().filter(|(key, _)| !is_note(key)).map(|(key, value)| (key.clone(), value.clone())).collect();
        &own
    } else {
        object
    };
    let cells: Vec<String> = object.values().map(|value| format!("\"{}\"", cell(value).replace('"', "\"\""))).collect();
    let row = cells.join(",");
    let (format, reader) = sniff::inner_reader(file_name, sniff::table_shape(object, &row))?;
    (format.evidence == EvidenceSource::Snapshot).then_some((reader, row))
}

/// A value as a table would show it: lists with their entries in a row.
fn cell(value: &Value) -> String {
    match value {
        Value::Array(list) => list.iter().map(cell).collect::<Vec<_>>().join("; "),
        // A time as Windows PowerShell writes it.
        Value::Object(object) if object.contains_key("DateTime") => {
            object.get("value").map_or_else(|| value.to_string(), cell)
        }
        Value::Object(_) => value.to_string(),
        Value::Null => String::new(),
        scalar => json::scalar_text(scalar).unwrap_or_default(),
    }
}
