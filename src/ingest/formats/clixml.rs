//! PowerShell's own XML, as Hawk, M365IncidentResponseTools and `Export-Clixml` write it (`clixml`).
//!
//! It carries the objects of other exports: each is told by its properties, and read by the reader of that export.

use std::collections::HashSet;

use serde_json::Value;

use super::{Context, Format, Read, RecordReader, Refusal, Remarks, Tools, no_dates, owned};
use crate::ingest::records::admin_audit;
use crate::ingest::records::auditdata::note;
use crate::ingest::sniff::{Head, Shape, inner_reader, object_shape, row_shape};
use crate::ingest::values::fields;
use crate::ingest::values::when::Clock;
use crate::ingest::wrapping::clixml::{self, Parsed, Shared};
use crate::ingest::wrapping::result_sets::ResultSets;
use crate::ledger::Note;
use crate::timeline::{Draft, EvidenceSource, ParseStatus, json};

/// `clixml`.
pub static FORMAT: Format = Format {
    id: "clixml",
    // The objects say which evidence they are.
    evidence: EvidenceSource::Ual,
    wants: &[],
    claims: |shape| {
        matches!(shape, Shape::Xml(xml) if xml.root == "Objs"
            && xml.objects.iter().any(|object| Kind::of("", object).is_some()))
    },
    dates: no_dates,
    reader: |head: &Head, _: &Context| Box::new(Reader { file_name: head.file_name.clone(), ..Reader::default() }),
};

/// How often the file is gone through for objects that other records refer to.
const PASSES: usize = 4;

/// What an object is.
enum Kind {
    /// JSON text of a record.
    Text(String, Box<dyn RecordReader>),
    /// An object with the keys of a JSON export.
    Object(String, Box<dyn RecordReader>),
    /// An object with the columns of a CSV export.
    Row(String, Box<dyn RecordReader>),
    /// An admin audit event with its parameters' values.
    Admin,
}

impl Kind {
    fn of(file_name: &str, value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => {
                let (_, reader) = inner_reader(file_name, object_shape(serde_json::from_str(text).ok()?))?;
                Some(Self::Text(text.clone(), reader))
            }
            Value::Object(_) if admin_audit::is_event(value) => Some(Self::Admin),
            Value::Object(map) => {
                if let Some((_, reader)) = inner_reader(file_name, object_shape(value.clone())) {
                    return Some(Self::Object(value.to_string(), reader));
                }
                let (shape, row) = row_shape(map);
                inner_reader(file_name, shape).map(|(_, reader)| Self::Row(row, reader))
            }
            _ => None,
        }
    }
}

#[derive(Default)]
struct Reader {
    file_name: String,
    /// Files may have been copied one behind the other: each numbers its objects anew.
    files: Vec<OneFile>,
    /// The one that is gone through.
    at: usize,
    passes: usize,
    /// Each object is read by a reader of its own; their places in the result sets belong to the file.
    sets: ResultSets,
}

/// What records of one file have in common.
#[derive(Default)]
struct OneFile {
    /// Where it begins.
    start: u64,
    shared: Shared,
    wanted: HashSet<String>,
    asked: HashSet<String>,
}

impl RecordReader for Reader {
    fn read<'r>(&'r self, text: &'r str, tools: &'r mut Tools, remarks: &mut Remarks) -> Read<'r> {
        let file = self.files.partition_point(|file| file.start <= tools.offset).saturating_sub(1);
        let none = Shared::new();
        let parsed = clixml::parse(text, self.files.get(file).map_or(&none, |file| &file.shared));
        if parsed.cut && parsed.value.is_null() {
            return Err(Refusal::new("R-105", "the object is cut or not well-formed; nothing of it is usable"));
        }
        let mut event = match self.event(text, &parsed, tools, remarks) {
            Err(refusal) if parsed.cut => {
                return Err(Refusal::new("R-105", format!("the object is cut: {}", refusal.reason)));
            }
            other => other?,
        };
        if !parsed.lost.is_empty() {
            let mut lost = parsed.lost.clone();
            lost.sort();
            lost.dedup();
            let text = format!("values lost when the file was made (depth): {}", lost.join(", "));
            remarks.push(("R-130", text));
            partial(&mut event, "R-130");
        }
        if parsed.cut {
            event.parse_status = ParseStatus::Salvaged;
            note(&mut event, "R-105");
        }
        Ok(event)
    }

    fn batch_read(&self, tools: &mut Tools) {
        self.sets.see(&tools.places);
        tools.places.clear();
    }

    fn closing_notes(&self) -> Vec<Note> {
        self.sets.notes()
    }

    fn wants_preview(&self) -> bool {
        let wanting = || self.files.iter().any(|file| !file.wanted.is_empty());
        self.passes == 0 || self.passes < PASSES && wanting()
    }

    fn preview_between(&mut self, between: &[u8], offset: u64) {
        let roots = clixml::roots(between);
        // The first begins where the file does.
        let further = if self.at == 0 { roots.saturating_sub(1) } else { roots };
        self.at = if self.at == 0 { 1 + further } else { self.at + further };
        while self.files.len() < self.at {
            let start = if self.files.is_empty() { 0 } else { offset };
            self.files.push(OneFile { start, ..OneFile::default() });
        }
    }

    fn preview(&mut self, text: &str) {
        let Some(file) = self.at.checked_sub(1).and_then(|at| self.files.get_mut(at)) else { return };
        if self.passes == 0 {
            file.wanted.extend(clixml::foreign_references(text));
        } else {
            file.asked.extend(clixml::collect(text, &file.wanted, &mut file.shared));
        }
    }

    fn previewed(&mut self) {
        (self.passes, self.at) = (self.passes + 1, 0);
        if self.passes == 1 {
            return;
        }
        for file in &mut self.files {
            // Objects that were found may refer to others in turn.
            file.wanted = std::mem::take(&mut file.asked);
            file.wanted.retain(|id| !file.shared.has(id));
        }
    }
}

impl Reader {
    fn event<'r>(&self, text: &'r str, parsed: &Parsed, tools: &mut Tools, remarks: &mut Remarks) -> Read<'r> {
        let value = &parsed.value;
        let mut event = match Kind::of(&self.file_name, value) {
            Some(Kind::Text(json, reader)) => return reader.read(&json, tools, remarks).map(owned),
            Some(Kind::Object(json, reader)) => {
                let event = reader.read(&json, tools, remarks).map(owned)?;
                if json::get(value, "AuditData").is_some_and(Value::is_string) {
                    // AuditData is the record, whoever carries it.
                    return Ok(event);
                }
                event
            }
            Some(Kind::Row(row, reader)) => reader.read(&row, tools, remarks).map(owned)?,
            Some(Kind::Admin) => Self::admin(value, remarks)?,
            None => return Err(Refusal::new("R-101", format!("an object of no known export: {}", names(value)))),
        };
        event.raw = Some(text.into());
        if event.object.is_none() {
            event.object = fields::text(value.to_string());
        }
        Ok(event)
    }

    fn admin(value: &Value, remarks: &mut Remarks) -> Read<'static> {
        let mut event = Box::<Draft<'_>>::default();
        let lost = admin_audit::fill(value, Clock { order: None, assumed: true }, &mut event)?;
        if lost {
            remarks
                .push(("R-130", "parameters without their values: the file was made with too little depth".to_owned()));
            partial(&mut event, "R-130");
        }
        Ok(event)
    }
}

fn partial(event: &mut Draft<'_>, code: &'static str) {
    if event.parse_status == ParseStatus::Ok {
        event.parse_status = ParseStatus::Partial;
    }
    note(event, code);
}

fn names(value: &Value) -> String {
    match value.as_object() {
        Some(map) => map.keys().take(12).cloned().collect::<Vec<_>>().join(", "),
        None => "no properties".to_owned(),
    }
}
