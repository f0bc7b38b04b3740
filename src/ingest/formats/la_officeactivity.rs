//! The audit log as Log Analytics and Sentinel keep it, table OfficeActivity (`la_officeactivity_csv`,
//! `la_officeactivity_json`).
//!
//! A query may have put rows of other tables among them (`union`): each is read by its own table.

use serde_json::Value;

use super::{Context, Format, Read, RecordReader, Refusal, Remarks, Tools, no_dates};
use crate::ingest::records::auditdata::note_ragged;
use crate::ingest::records::office_activity::{Time, of_object, record, time_column};
use crate::ingest::sniff::{CsvHead, Head, Shape};
use crate::ingest::text::cells::Cells;
use crate::ingest::values::object;
use crate::ingest::values::when::Clock;
use crate::ingest::wrapping::log_tables::{self, Export, Table as Kind};
use crate::ingest::wrapping::union_columns;
use crate::timeline::{Draft, EvidenceSource, json};

/// `la_officeactivity_csv`.
pub static CSV: Format = Format {
    id: "la_officeactivity_csv",
    evidence: EvidenceSource::Ual,
    wants: &["tenantid", "timegenerated [utc]", "officeworkload", "officeobjectid"],
    claims: |shape| matches!(shape, Shape::Csv(csv) if csv.column("auditdata").is_none() && log_tables::is_office(shape)),
    dates: |csv| time_column(&csv.columns, false).map(|(column, _)| column),
    reader: |head: &Head, context: &Context| {
        let names = match &head.shape {
            Shape::Csv(CsvHead { columns, .. }) => columns.clone(),
            _ => Vec::new(),
        };
        let kind = names.iter().position(|name| name == "type");
        Box::new(Table { names, kind, export: Export::new(Kind::Office, &head.shape), clock: clock(context) })
    },
};

/// `la_officeactivity_json`.
pub static JSON: Format = Format {
    id: "la_officeactivity_json",
    evidence: EvidenceSource::Ual,
    wants: &["type", "timegenerated", "operation", "officeworkload"],
    claims: |shape| {
        matches!(shape, Shape::Json(json) if json::get(&union_columns::seen(&json.first), "operation").is_some()
            && !json.has(&["auditdata"])
            && (log_tables::is_office(shape) || log_tables::named(&log_tables::first_kind(shape)) == Some(Kind::Office)))
    },
    dates: no_dates,
    reader: |head: &Head, context: &Context| {
        Box::new(Objects { export: Export::new(Kind::Office, &head.shape), clock: clock(context) })
    },
};

fn clock(context: &Context) -> Clock {
    Clock { order: context.date_order, assumed: false }
}

struct Table {
    names: Vec<String>,
    kind: Option<usize>,
    export: Export,
    clock: Clock,
}

impl RecordReader for Table {
    fn read<'r>(&'r self, row: &'r str, tools: &'r mut Tools, remarks: &mut Remarks) -> Read<'r> {
        object::in_utc(&self.names)?;
        let cells = tools.cells.read(row);
        let mut event = Box::<Draft<'_>>::default();
        note_ragged(&mut event, remarks, cells.len(), self.names.len());
        let filled = |name: &str| {
            let mut columns = self.names.iter().enumerate().filter(|(_, column)| *column == name);
            columns.any(|(at, _)| !cells.column(Some(at)).trim().is_empty())
        };
        let mut event = match self.export.table_of(cells.column(self.kind), "", filled)? {
            Kind::Office => self.office(&cells, event, remarks)?,
            other => {
                let mut object = object::from_row(&self.names, &cells, &mut event, remarks);
                object::drop_lost(&mut object, "R-104", &mut event, remarks);
                log_tables::fill(object, (other, true), self.clock, event, remarks)?
            }
        };
        event.raw = Some(row.into());
        Ok(event)
    }
}

impl Table {
    fn office(&self, cells: &Cells<'_>, event: Box<Draft<'static>>, remarks: &mut Remarks) -> Read<'static> {
        let Some((column, remark)) = time_column(&self.names, self.export.is_own()) else {
            return Err(Refusal::new("F-041", "rows carry no time: they cannot enter the timeline"));
        };
        let zoned = self.names.get(column).is_some_and(|name| name.contains(" ["));
        let time = Time { written: cells.column(Some(column)), remark, zoned };
        let values =
            self.names.iter().enumerate().map(|(index, name)| (name.as_str(), Value::from(cells.column(Some(index)))));
        record(values, &time, self.clock.order, event, remarks)
    }
}

struct Objects {
    export: Export,
    clock: Clock,
}

impl RecordReader for Objects {
    fn read<'r>(&'r self, text: &'r str, _: &'r mut Tools, remarks: &mut Remarks) -> Read<'r> {
        let mut event = Box::<Draft<'_>>::default();
        let mut object = object::from_text(text, "R-101", &mut event, remarks)?;
        let filled = |name: &str| json::get(&object, name).is_some_and(|value| !value.is_null() && value != "");
        let table = self.export.table_of(&json::text(&object, "Type").unwrap_or_default(), "", filled)?;
        let mut event = match (table, &object) {
            (Kind::Office, Value::Object(map)) => of_object(map, self.clock.order, event, remarks)?,
            (other, _) => {
                object::drop_lost(&mut object, "R-104", &mut event, remarks);
                log_tables::fill(object, (other, false), self.clock, event, remarks)?
            }
        };
        event.raw = Some(text.into());
        Ok(event)
    }
}
