//! The audit log as Log Analytics and Sentinel keep it, table OfficeActivity (`la_officeactivity_csv`,
//! `la_officeactivity_json`).
//!
//! It is AuditData under partly other names, with nested parts as JSON text: it is put back together and read as that.

use serde_json::{Map, Value};

use super::{Context, Format, Read, RecordReader, Refusal, Remarks, Tools, no_dates, owned};
use crate::ingest::auditdata::{self, AuditError, note};
use crate::ingest::fields::{self, DateOrder, text};
use crate::ingest::sniff::{CsvHead, Head, Shape};
use crate::timeline::{Draft, EvidenceSource, ParseStatus, json};

/// `la_officeactivity_csv`.
pub static CSV: Format = Format {
    id: "la_officeactivity_csv",
    evidence: EvidenceSource::Ual,
    wants: &["tenantid", "timegenerated [utc]", "officeworkload", "officeobjectid"],
    claims: |shape| {
        matches!(shape, Shape::Csv(csv) if csv.has(&["operation", "officeworkload", "officeobjectid"])
            && csv.column("auditdata").is_none())
    },
    dates: |csv| time_column(&csv.columns).map(|(column, _)| column),
    reader: |head: &Head, context: &Context| {
        let names = match &head.shape {
            Shape::Csv(CsvHead { columns, .. }) => columns.clone(),
            _ => Vec::new(),
        };
        Box::new(Table { names, order: context.date_order })
    },
};

/// `la_officeactivity_json`.
pub static JSON: Format = Format {
    id: "la_officeactivity_json",
    evidence: EvidenceSource::Ual,
    wants: &["type", "timegenerated", "operation", "officeworkload"],
    claims: |shape| {
        matches!(shape, Shape::Json(json) if json.has(&["operation"]) && !json.has(&["auditdata"])
            && (json.has(&["officeworkload", "officeobjectid"])
                || json::text(&json.first, "Type").is_some_and(|kind| kind.eq_ignore_ascii_case("OfficeActivity"))))
    },
    dates: no_dates,
    reader: |_: &Head, context: &Context| Box::new(Objects { order: context.date_order }),
};

/// Columns that say when, the best first; all but the first are when the service took the record in.
const TIMES: [&str; 3] = ["timegenerated", "start_time", "elevationtime"];

/// The column that says when, and which of the [`TIMES`] it is. The portal names the zone behind the name.
fn time_column(names: &[String]) -> Option<(usize, usize)> {
    let bare = |name: &String| name.split('[').next().unwrap_or_default().trim().to_owned();
    TIMES.iter().enumerate().find_map(|(rank, time)| Some((names.iter().position(|name| bare(name) == *time)?, rank)))
}

struct Table {
    names: Vec<String>,
    order: Option<DateOrder>,
}

impl RecordReader for Table {
    fn read<'r>(&'r self, row: &'r str, tools: &'r mut Tools, remarks: &mut Remarks) -> Read<'r> {
        let cells = tools.cells.read(row);
        let ragged = cells.len() != self.names.len();
        if ragged {
            remarks.push(fields::ragged(cells.len(), self.names.len()));
        }
        let Some((column, rank)) = time_column(&self.names) else {
            return Err(Refusal::new("F-041", "rows carry no time: they cannot enter the timeline"));
        };
        let zone = self.names.get(column).map_or("", String::as_str);
        let time =
            Time { written: cells.column(Some(column)), rank, utc: !zone.contains('[') || zone.contains("[utc]") };
        let values =
            self.names.iter().enumerate().map(|(index, name)| (name.as_str(), Value::from(cells.column(Some(index)))));
        let mut event = record(values, &time, self.order, remarks)?;
        if ragged {
            note(&mut event, "R-106");
            event.parse_status = ParseStatus::Salvaged;
        }
        event.raw = Some(row.into());
        Ok(event)
    }
}

struct Objects {
    order: Option<DateOrder>,
}

impl RecordReader for Objects {
    fn read<'r>(&'r self, text: &'r str, _: &'r mut Tools, remarks: &mut Remarks) -> Read<'r> {
        let (object, cut) = match serde_json::from_str::<Value>(text) {
            Ok(object) => (object, false),
            Err(error) => {
                let refuse =
                    || Refusal::new("R-101", format!("not valid JSON at character {}; not usable", error.column()));
                let whole = json::salvage(text).ok_or_else(refuse)?;
                (serde_json::from_str(&whole).map_err(|_| refuse())?, true)
            }
        };
        let Value::Object(map) = object else {
            return Err(Refusal::new("R-101", "not a JSON object: not an audit record"));
        };
        let names: Vec<String> = map.keys().map(|name| name.to_lowercase()).collect();
        let of_rank = |rank: usize| {
            let at = names.iter().position(|name| Some(name.as_str()) == TIMES.get(rank).copied())?;
            let written = json::scalar_text(map.values().nth(at)?)?;
            Some((written, rank))
        };
        let Some((written, rank)) = (0..TIMES.len()).find_map(of_rank) else {
            return Err(Refusal::new("F-041", "record carries no time: it cannot enter the timeline"));
        };
        let time = Time { written: &written, rank, utc: true };
        let values = names.iter().map(String::as_str).zip(map.values().cloned());
        let mut event = record(values, &time, self.order, remarks)?;
        if cut {
            note(&mut event, "R-101");
            event.parse_status = ParseStatus::Salvaged;
        }
        event.raw = Some(text.into());
        Ok(event)
    }
}

/// What says when.
struct Time<'a> {
    written: &'a str,
    rank: usize,
    utc: bool,
}

/// Puts AuditData together from the table's columns and reads it.
fn record<'n>(
    values: impl Iterator<Item = (&'n str, Value)>,
    time: &Time<'_>,
    order: Option<DateOrder>,
    remarks: &mut Remarks,
) -> Read<'static> {
    let when = fields::file_time(time.written, order)?;
    let mut object = Map::new();
    let mut rounded = false;
    for (name, value) in values {
        let value = unfolded(value);
        // A PUID that Excel took for a number: what is left of it is nobody's.
        if name == "userkey" && value.as_str().is_some_and(is_rounded) {
            rounded = true;
            continue;
        }
        let missing = matches!(&value, Value::Null)
            || value.as_str().is_some_and(|text| text.is_empty() || fields::is_type_name(text));
        let key = audit_name(name);
        // Of two columns with one meaning (`UserId`, `UserId_`) the first that says something stays.
        if !missing && !object.contains_key(key) {
            object.insert(key.to_owned(), value);
        }
    }
    object.insert("CreationTime".to_owned(), crate::timeline::format_time(when.time).into());
    let object = Value::Object(object).to_string();
    let mut event = Box::<Draft<'_>>::default();
    auditdata::fill(&object, &mut event).map_err(|error| match error {
        AuditError::NoOperation => Refusal::new("R-101", "no Operation: not an audit record"),
        AuditError::NoTime | AuditError::NotJson { .. } => Refusal::new("R-101", "not an audit record"),
    })?;
    event.datetime = when.time;
    let mut event = owned(event);
    event.datetime_text = text(time.written.to_owned());
    event.time_zone_basis = text(if when.zoned || time.utc { "explicit" } else { "assumed_utc" });
    if time.rank > 0 {
        event.time_basis = text("ingestion");
        remarks.push(("R-110", "TimeGenerated is missing: the time is when the service took the record in".to_owned()));
        note(&mut event, "R-110");
    }
    event.object = text(object);
    if rounded {
        remarks.push(("R-113", "Excel rounded the UserKey: the account cannot be known by it".to_owned()));
        note(&mut event, "R-113");
        event.parse_status = ParseStatus::Partial;
    }
    Ok(event)
}

/// `1.00320E+15`
fn is_rounded(cell: &str) -> bool {
    let (Some((number, power)), false) = (cell.split_once("E+"), cell.is_empty()) else { return false };
    number.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','))
        && power.bytes().all(|byte| byte.is_ascii_digit())
}

/// Nested parts are JSON text in the table.
fn unfolded(value: Value) -> Value {
    match value {
        Value::String(text) if text.trim_start().starts_with(['{', '[']) => {
            serde_json::from_str(&text).unwrap_or(Value::String(text))
        }
        other => other,
    }
}

/// The key of AuditData that a column (its name in lower case) holds; names that are alike but for case stay.
fn audit_name(column: &str) -> &str {
    match column {
        "officeid" | "sourcerecordid" => "Id",
        "officeworkload" => "Workload",
        "officeobjectid" => "ObjectId",
        "client_ipaddress" => "ClientIPAddress",
        "clientip" | "clientip_" => "ClientIP",
        "logon_type" => "LogonType",
        "aadtarget" => "Target",
        "userid" | "userid_" => "UserId",
        "organizationid" | "organizationid_" => "OrganizationId",
        "affecteditems" => "AffectedItems",
        "folders" => "Folders",
        "folder" => "Folder",
        "destfolder" => "DestFolder",
        "item" => "Item",
        "operation" => "Operation",
        "recordtype" => "RecordType",
        "sendonbehalfofusermailboxguid" => "SendOnBehalfOfUserMailboxGuid",
        "event_data" => "EventData",
        other => other,
    }
}
