//! Columns of a query over several tables of Log Analytics (`union`): where the tables keep one column as different types,
//! Kusto writes one for each, `Status_dynamic` and `Status_string`. Here they get the table's own name back; so do those of
//! a table into which somebody sent records of the service (`OfficeActivity_CL`), whose columns all have a type behind them.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::timeline::json;

/// The types that Kusto names.
const TYPES: [&str; 10] =
    ["_string", "_dynamic", "_datetime", "_timespan", "_long", "_int", "_real", "_decimal", "_bool", "_guid"];

/// The types behind the columns of a table of one's own: text, number, GUID, time, truth.
const SENT: [&str; 5] = ["_s", "_d", "_g", "_t", "_b"];

/// Columns that every table has, without a type.
const EVERY: [&str; 10] = [
    "TenantId",
    "SourceSystem",
    "MG",
    "ManagementGroupName",
    "TimeGenerated",
    "Computer",
    "RawData",
    "Type",
    "_ResourceId",
    "_TimeReceived",
];

/// The column's name without the type behind it, of those that its table has.
fn untyped<'a>(name: &'a str, types: &[&str]) -> Option<&'a str> {
    let (name, kind) = name.split_at_checked(name.rfind('_')?)?;
    (!name.is_empty() && types.iter().any(|known| known.eq_ignore_ascii_case(kind))).then_some(name)
}

/// The types that the columns of a table have behind them: in a table of one's own hardly a column has none.
fn types_of<'n>(names: impl Iterator<Item = &'n str>) -> &'static [&'static str] {
    let (mut typed, mut plain) = (0, 0);
    for name in names.filter(|name| !EVERY.iter().any(|every| every.eq_ignore_ascii_case(name))) {
        *if untyped(name, &SENT).is_some() { &mut typed } else { &mut plain } += 1;
    }
    if typed >= 5 && typed > 2 * plain { &SENT } else { &TYPES }
}

/// The columns of a header, in their comparing form, by the tables' own names: of a row the first that is filled is meant.
/// A header that is no table's of Log Analytics stays, and so does a column whose own name another has.
pub fn header(columns: Vec<String>) -> Vec<String> {
    let parts = |column: &str| column.split_once(" [").map_or((column.to_owned(), String::new()), split_zone);
    let is_table = columns.iter().any(|column| column.contains(" [") || column == "timegenerated");
    if !is_table {
        return columns;
    }
    let bare: Vec<String> = columns.iter().map(|column| parts(column).0).collect();
    let types = types_of(bare.iter().map(String::as_str));
    let own = |(name, zone): (String, String)| {
        let bare = untyped(&name, types)?;
        let taken = columns.iter().any(|other| parts(other).0 == bare);
        (!taken).then(|| format!("{bare}{zone}"))
    };
    columns.iter().map(|column| own(parts(column)).unwrap_or_else(|| column.clone())).collect()
}

fn split_zone((name, zone): (&str, &str)) -> (String, String) {
    (name.to_owned(), format!(" [{zone}"))
}

/// The same of a row given as an object; nothing is done to one that is no row of such a table.
pub fn object(row: &mut Map<String, Value>) {
    let is_filled = |value: &Value| !value.is_null() && value != "";
    let has = |row: &Map<String, Value>, name: &str| row.keys().any(|key| key.eq_ignore_ascii_case(name));
    if !has(row, "TimeGenerated") {
        return;
    }
    let types = types_of(row.keys().map(String::as_str));
    let own: Vec<String> =
        row.keys().filter(|key| untyped(key, types).is_some_and(|name| !has(row, name))).cloned().collect();
    for key in own {
        let (Some(name), Some(value)) = (untyped(&key, types), row.remove(&key)) else { continue };
        if is_filled(&value) && !row.get(name).is_some_and(is_filled) {
            row.insert(name.to_owned(), value);
        }
    }
}

/// The same of a row that is only looked at.
pub fn seen(row: &Value) -> Cow<'_, Value> {
    let is_typed = |map: &Map<String, Value>| {
        let types = types_of(map.keys().map(String::as_str));
        map.keys().any(|key| untyped(key, types).is_some())
    };
    if !row.as_object().is_some_and(is_typed) || json::get(row, "TimeGenerated").is_none() {
        return Cow::Borrowed(row);
    }
    let mut own = row.clone();
    if let Some(map) = own.as_object_mut() {
        object(map);
    }
    Cow::Owned(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_get_their_own_names_back() {
        let of = |columns: &[&str]| header(columns.iter().map(|column| (*column).to_owned()).collect());
        assert_eq!(
            of(&["timegenerated [utc]", "status_dynamic", "status_string", "start_datetime [utc]"]),
            ["timegenerated [utc]", "status", "status", "start [utc]"]
        );
        // Another column has the name, the name has no type, or the table is another's.
        for other in [
            &["timegenerated", "status", "status_string"][..],
            &["timegenerated", "riskeventtypes_v2", "_string", "rule_strings"],
            &["status_dynamic", "time"],
        ] {
            assert_eq!(of(other), other);
        }
    }

    #[test]
    fn a_table_of_ones_own_has_a_type_behind_every_column() {
        let columns =
            ["tenantid", "timegenerated [utc]", "operation_s", "userid_s", "officeid_g", "start_time_t [utc]"];
        let of = |more: &[&str]| {
            let all = columns.iter().chain(more).map(|column| (*column).to_owned());
            header(all.collect())
        };
        let own = ["tenantid", "timegenerated [utc]", "operation", "userid", "officeid", "start_time [utc]"];
        assert_eq!(of(&["externalaccess_b", "type"])[..6], own);
        // A few columns that end so, among others, are the table's own names.
        assert_eq!(of(&["identity", "level", "category", "result"])[..6], columns);
        let row = serde_json::json!({"TimeGenerated": "x", "Operation_s": "Send", "UserId_s": "a", "OfficeId_g": "g",
            "OfficeWorkload_s": "Exchange", "ExternalAccess_b": false, "Type": "OfficeActivity_CL"});
        assert_eq!(json::text(&seen(&row), "Operation").as_deref(), Some("Send"));
    }

    #[test]
    fn of_a_row_the_filled_one_counts() {
        let row = serde_json::json!({"TimeGenerated": "x", "Status_dynamic": null, "Status_string": "{}", "A_long": 1,
            "a": 2});
        let own = serde_json::json!({"TimeGenerated": "x", "Status": "{}", "A_long": 1, "a": 2});
        assert_eq!(*seen(&row), own);
        let other = serde_json::json!({"Status_string": "{}"});
        assert_eq!(*seen(&other), other);
    }
}
