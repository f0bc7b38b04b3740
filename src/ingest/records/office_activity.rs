//! Rows of the table OfficeActivity of Log Analytics and Sentinel: AuditData under partly other names, with nested parts
//! as JSON text. It is put back together and read as that.

use serde_json::{Map, Value};

use crate::ingest::formats::{Read, Refusal, Remarks, owned};
use crate::ingest::records::auditdata::{self, AuditError, note};
use crate::ingest::values::fields::{self, text};
use crate::ingest::values::times::DateOrder;
use crate::ingest::values::when;
use crate::timeline::{Draft, ParseStatus};

/// What says when.
pub struct Time<'a> {
    /// As written.
    pub written: &'a str,
    /// What is to be said where it is not the record's own time.
    pub remark: Option<&'static str>,
    /// Its column names the zone, which is UTC.
    pub zoned: bool,
}

/// Columns that say when, the best first, each with what is to be said where it is not the record's own time. Of a table
/// of somebody's own, `TimeGenerated` is when the record was sent there, and the last resort; what was sent may be the audit
/// log's own records, whose time is `CreationTime`.
fn times(own: bool) -> &'static [(&'static str, Option<&'static str>)] {
    const MISSING: Option<&str> = Some("TimeGenerated is missing: the time is when the service took the record in");
    const NONE: Option<&str> = Some("no time of its own: the time is when the service took the record in");
    if own {
        &[("creationtime", None), ("start_time", NONE), ("elevationtime", NONE), ("timegenerated", NONE)]
    } else {
        &[("timegenerated", None), ("start_time", MISSING), ("elevationtime", MISSING)]
    }
}

/// The column that says when, and what is to be said of it. The portal names the zone behind the name.
pub fn time_column(names: &[String], own: bool) -> Option<(usize, Option<&'static str>)> {
    let bare = |name: &String| name.split('[').next().unwrap_or_default().trim().to_owned();
    let place = |time: &str| names.iter().position(|name| bare(name) == time);
    times(own).iter().find_map(|(time, remark)| Some((place(time)?, *remark)))
}

/// What a table into which somebody sent records is called like: the name in front of `_CL`.
pub fn own_of(table: &str) -> Option<&str> {
    let (name, end) = table.trim().split_at_checked(table.trim().len().checked_sub(3)?)?;
    end.eq_ignore_ascii_case("_cl").then_some(name)
}

/// A row given as an object; `event` has what was remarked on it already.
pub fn of_object(
    map: &Map<String, Value>,
    order: Option<DateOrder>,
    event: Box<Draft<'static>>,
    remarks: &mut Remarks,
) -> Read<'static> {
    let names: Vec<String> = map.keys().map(|name| name.to_lowercase()).collect();
    let own = map.get("Type").and_then(Value::as_str).is_some_and(|table| own_of(table).is_some());
    let told = |(time, remark): &(&str, Option<&'static str>)| {
        let at = names.iter().position(|name| name == time)?;
        Some((when::written(map.values().nth(at)?)?.into_owned(), *remark))
    };
    let Some((written, remark)) = times(own).iter().find_map(told) else {
        return Err(Refusal::new("F-041", "record carries no time: it cannot enter the timeline"));
    };
    let time = Time { written: &written, remark, zoned: false };
    let values = names.iter().map(String::as_str).zip(map.values().cloned());
    record(values, &time, order, event, remarks)
}

/// Puts AuditData together from the table's columns (their names in lower case) and reads it; `event` has what was
/// remarked on the row already.
pub fn record<'n>(
    values: impl Iterator<Item = (&'n str, Value)>,
    time: &Time<'_>,
    order: Option<DateOrder>,
    event: Box<Draft<'static>>,
    remarks: &mut Remarks,
) -> Read<'static> {
    let when = when::file_time(time.written, order)?;
    let mut object = Map::new();
    let (mut rounded, mut lost) = (false, Vec::new());
    for (name, value) in values {
        let value = unfolded(value);
        // A PUID that Excel took for a number: what is left of it is nobody's.
        if name == "userkey" && value.as_str().is_some_and(is_rounded) {
            rounded = true;
            continue;
        }
        if value.as_str().is_some_and(fields::is_type_name) {
            lost.push(name.to_owned());
            continue;
        }
        let missing = value.is_null() || value.as_str().is_some_and(str::is_empty);
        let key = audit_name(name);
        // Of two columns with one meaning (`UserId`, `UserId_`) the first that says something stays.
        if !missing && !object.contains_key(key) {
            object.insert(key.to_owned(), value);
        }
    }
    object.insert("CreationTime".to_owned(), crate::timeline::format_time(when.time).into());
    let object = Value::Object(object).to_string();
    let salvaged = event.parse_status == ParseStatus::Salvaged;
    let mut event: Box<Draft<'_>> = event;
    auditdata::fill(&object, &mut event).map_err(|error| match error {
        AuditError::NoOperation => Refusal::new("R-101", "no Operation: not an audit record"),
        AuditError::NoTime | AuditError::NotJson { .. } => Refusal::new("R-101", "not an audit record"),
    })?;
    auditdata::remark_unread(&event, remarks);
    event.datetime = when.time;
    let mut event = owned(event);
    event.datetime_text = text(time.written.to_owned());
    event.time_zone_basis = text(if when.zoned || time.zoned { "explicit" } else { "implied_utc" });
    if let Some(remark) = time.remark {
        event.time_basis = text("ingestion");
        remarks.push(("R-110", remark.to_owned()));
        note(&mut event, "R-110");
    }
    event.object = text(object);
    if rounded {
        remarks.push(("R-113", "Excel rounded the UserKey: the account cannot be known by it".to_owned()));
        note(&mut event, "R-113");
        event.parse_status = ParseStatus::Partial;
    }
    if !lost.is_empty() {
        remarks.push(("R-104", format!("values replaced by type names when the export was made: {}", lost.join(", "))));
        note(&mut event, "R-104");
        event.parse_status = ParseStatus::Partial;
    }
    if salvaged {
        event.parse_status = ParseStatus::Salvaged;
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
        "clientip" => "ClientIP",
        // Where both say something, it is not always the same; this key is the record's last resort for an address.
        "clientip_" => "ActorIP",
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
