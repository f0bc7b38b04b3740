//! Rows of the table OfficeActivity of Log Analytics and Sentinel: AuditData under partly other names, with nested parts
//! as JSON text. It is put back together and read as that.

use serde_json::{Map, Value};

use crate::ingest::formats::{Read, Refusal, Remarks, owned};
use crate::ingest::records::auditdata::{self, AuditError, note};
use crate::ingest::values::fields::{self, text};
use crate::ingest::values::times::DateOrder;
use crate::ingest::values::when;
use crate::timeline::{Draft, ParseStatus};

/// Columns that say when, the best first; all but the first are when the service took the record in.
const TIMES: [&str; 3] = ["timegenerated", "start_time", "elevationtime"];

/// Behind this rank are the times of a table of somebody's own.
const OWN: usize = TIMES.len();

/// What says when.
pub struct Time<'a> {
    /// As written.
    pub written: &'a str,
    /// How good it is: 0 is the record's own time, others are when the service took it in.
    pub rank: usize,
    /// Its column names the zone, which is UTC.
    pub zoned: bool,
}

/// The column that says when, and how good it is. The portal names the zone behind the name. Of a table of somebody's own,
/// `TimeGenerated` is when the record was sent there, and the last resort.
pub fn time_column(names: &[String], own: bool) -> Option<(usize, usize)> {
    let bare = |name: &String| name.split('[').next().unwrap_or_default().trim().to_owned();
    ranks(own).find_map(|rank| {
        let time = TIMES.get(rank % TIMES.len())?;
        Some((names.iter().position(|name| bare(name) == *time)?, rank))
    })
}

/// The ranks of the times, the best first; of a table of somebody's own they lie behind
/// [`OWN`], and the first of the times is the last resort.
fn ranks(own: bool) -> std::ops::Range<usize> {
    let first = if own { OWN + 1 } else { 0 };
    first..first + TIMES.len()
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
    let of_rank = |rank: usize| {
        let at = names.iter().position(|name| Some(name.as_str()) == TIMES.get(rank % TIMES.len()).copied())?;
        let written = when::written(map.values().nth(at)?)?.into_owned();
        Some((written, rank))
    };
    let Some((written, rank)) = ranks(own).find_map(of_rank) else {
        return Err(Refusal::new("F-041", "record carries no time: it cannot enter the timeline"));
    };
    let time = Time { written: &written, rank, zoned: false };
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
    if time.rank > 0 {
        event.time_basis = text("ingestion");
        let why = if time.rank > OWN {
            "no time of its own: the time is when the service took the record in"
        } else {
            "TimeGenerated is missing: the time is when the service took the record in"
        };
        remarks.push(("R-110", why.to_owned()));
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
