//! Records that are objects, or can be read like one: whole or cut JSON, rows of a table, JSON kept as text inside
//! JSON, and values that PowerShell replaced by the names of their types.

use std::sync::LazyLock;

use memchr::{memchr, memchr2_iter, memmem};
use serde_json::Value;

use crate::ingest::formats::{Refusal, Remarks, Tools};
use crate::ingest::records::auditdata::{mended, note, note_ragged};
use crate::ingest::records::signin_keys::Members;
use crate::ingest::sniff::inner_text;
use crate::ingest::text::cells::Cells;
use crate::ingest::text::members::{Level, two_levels};
use crate::ingest::text::row;
use crate::ingest::values::class_text;
use crate::ingest::wrapping::union_columns;
use crate::timeline::{Draft, ParseStatus, json};

/// Keys, in lower case, whose value some exporters write as JSON text.
const NESTED: [&str; 21] = [
    "additionaldetails",
    "additionalinfo",
    "appliedconditionalaccesspolicies",
    "authenticationdetails",
    "authenticationprocessingdetails",
    "conditionalaccesspolicies",
    "devicedetail",
    "geocoordinates",
    "initiatedby",
    "location",
    "locationdetails",
    "mfadetail",
    "networklocationdetails",
    "properties",
    "riskeventtypes",
    "riskeventtypes_v2",
    "riskeventtypesv2",
    "signineventtypes",
    "status",
    "targetresources",
    "user",
];

/// The object of a record's text. What is whole of a cut one is taken, and the event is marked with `code`.
pub fn from_text(
    record: &str,
    code: &'static str,
    event: &mut Draft<'_>,
    remarks: &mut Remarks,
) -> Result<Value, Refusal> {
    let record = inner_text(record);
    let mended = mended(&record, event);
    let record = mended.as_deref().unwrap_or(&record);
    let whole = serde_json::from_str(record).or_else(|error| {
        let seen = format!("not valid JSON at character {}", json::stopped_at(record, &error));
        let refuse = || Refusal::new(code, format!("{seen}; not usable"));
        event.parse_status = ParseStatus::Salvaged;
        note(event, code);
        remarks.push((code, format!("{seen}; salvaged what is whole")));
        serde_json::from_str(&json::salvage(record).ok_or_else(refuse)?).map_err(|_| refuse())
    })?;
    let mut object: Value = whole;
    if !object.is_object() {
        return Err(Refusal::new("R-101", "no object: not a record of this export"));
    }
    take_additional(&mut object);
    if let Some(map) = object.as_object_mut() {
        union_columns::object(map);
    }
    expand(&mut object, event, remarks);
    Ok(object)
}

/// The members of a whole sign-in in which there is nothing to mend, to expand or to drop, and whether a string in it may
/// have escapes; `None` where there may be something: [`from_text`] and [`drop_lost`] look into it then.
pub fn plain(record: &str) -> Option<(Members<'_>, bool)> {
    let escapes = memchr(b'\\', record.as_bytes()).is_some();
    if escapes && (json::mended(record).is_some() || may_spell_lost(record)) {
        return None;
    }
    let mut known = Members::new();
    two_levels(record, |level, key, value| {
        if level == Level::Inner {
            known.put_inner(key, value);
            return (!may_be_lost(value)).then_some(());
        }
        known.put(key, value);
        // The members of an object were looked at one by one.
        let lost = !value.starts_with('{') && may_be_lost(value);
        // What would be expanded is text that begins with an object or a list, perhaps behind blanks or spelled in escapes.
        let text = matches!(value.as_bytes(), [b'"', b'{' | b'[' | b' ' | b'\\' | 0x80.., ..]);
        let expanded = text && NESTED.iter().any(|nested| nested.eq_ignore_ascii_case(key));
        (!lost && !expanded && !key.eq_ignore_ascii_case("AdditionalProperties")).then_some(())
    })?;
    known.close();
    Some((known, escapes))
}

/// Whether a value is, or has in it, what may be a type's name: all that [`is_type_name`] knows begin with two of these
/// letters, perhaps behind blanks or spelled in escapes.
#[inline]
fn may_be_lost(value: &str) -> bool {
    let begins = match value.as_bytes() {
        [b'"', first, second, ..] => match first {
            b'@' => *second == b'{',
            b'S' => matches!(second, b'y' | b'e'),
            b'D' => *second == b'e',
            b'M' => *second == b'i',
            b'c' => *second == b'l',
            b' ' | b'\\' | 0x80.. => true,
            _ => false,
        },
        [b'{' | b'[', ..] => value.len() > "[]".len(),
        _ => false,
    };
    begins && may_have_lost(value)
}

/// Whether there may be a type's name in a text: every one that [`is_type_name`] knows has `System.`, `Deserialized.`,
/// `.Model`, `@{` or `class ` in it, unless it is spelled in escapes.
#[inline(never)]
fn may_have_lost(text: &str) -> bool {
    static CLASS: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("class "));
    let bytes = text.as_bytes();
    let mark = |at: usize| {
        let (front, behind) = (bytes.get(..at).unwrap_or_default(), bytes.get(at..).unwrap_or_default());
        behind.starts_with(b"@{")
            || behind.starts_with(b".Model")
            || behind.starts_with(b".") && (front.ends_with(b"System") || front.ends_with(b"Deserialized"))
    };
    memchr2_iter(b'@', b'.', bytes).any(mark) || CLASS.find(bytes).is_some()
}

/// Whether such a value may be spelled in escapes.
fn may_spell_lost(record: &str) -> bool {
    static ESCAPED: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("\\u00"));
    let letter = |at: usize| matches!(record.as_bytes().get(at + 4), Some(b'4'..=b'7'));
    ESCAPED.find_iter(record.as_bytes()).any(letter)
}

/// The object inside another, which some forwarders write as JSON text; null where there is none.
pub fn inner(outer: &Value, key: &str, event: &mut Draft<'_>, remarks: &mut Remarks) -> Value {
    let mut object = json::get(outer, key).cloned().unwrap_or_default();
    expand(&mut object, event, remarks);
    object
}

/// The object of a row: cells by the names of their columns, `Status.ErrorCode` inside `status`, `Time [UTC]` as
/// `time`.
pub fn from_row(columns: &[String], cells: &Cells<'_>, event: &mut Draft<'_>, remarks: &mut Remarks) -> Value {
    let mut object = Value::Object(row::object(columns, cells, without_zone));
    expand(&mut object, event, remarks);
    object
}

/// The object of a record of a table that is exported as rows or as objects; `columns` are those of a file of rows. The
/// event is marked with `code` where an object is cut.
pub fn of_table(
    columns: Option<&[String]>,
    record: &str,
    code: &'static str,
    event: &mut Draft<'_>,
    (tools, remarks): (&mut Tools, &mut Remarks),
) -> Result<Value, Refusal> {
    let Some(columns) = columns else { return from_text(record, code, event, remarks) };
    let cells = tools.cells.read(record);
    note_ragged(event, remarks, cells.len(), columns.len());
    Ok(from_row(columns, &cells, event, remarks))
}

fn without_zone(column: &str) -> &str {
    column.split_once(" [").map_or(column, |(name, _)| name)
}

/// The place of a column, whether or not its header names a zone behind it.
pub fn column(columns: &[String], name: &str) -> Option<usize> {
    columns.iter().position(|column| without_zone(column) == name)
}

/// Refuses what a table shows in another time zone than UTC.
pub fn in_utc(columns: &[String]) -> Result<(), Refusal> {
    let Some(zone) = zone(columns).filter(|zone| *zone != "utc") else { return Ok(()) };
    let reason =
        format!("the times of this table are shown in the zone '{zone}', not in UTC: export it again with UTC");
    Err(Refusal::new("F-041", reason))
}

/// The time zone that a Log Analytics header names behind its times (`TimeGenerated [UTC]`), lower-cased.
pub fn zone(columns: &[String]) -> Option<&str> {
    let zoned = columns.iter().find_map(|column| column.split_once(" ["));
    zoned.map(|(_, zone)| zone.trim_end_matches(']'))
}

/// Beta keys that PowerShell's models keep apart come to the others.
fn take_additional(object: &mut Value) {
    let Some(Value::Object(more)) = json::get(object, "AdditionalProperties").cloned() else { return };
    for (key, value) in more {
        if json::get(object, &key).is_none_or(Value::is_null)
            && let Some(map) = object.as_object_mut()
        {
            map.insert(key, value);
        }
    }
}

/// JSON kept as text becomes what it says. Of one that was cut (Excel keeps 32,767 characters of a cell) what is whole
/// is taken, and the event is marked.
fn expand(object: &mut Value, event: &mut Draft<'_>, remarks: &mut Remarks) {
    let Some(map) = object.as_object_mut() else { return };
    for (key, value) in map.iter_mut().filter(|(key, _)| NESTED.contains(&key.to_ascii_lowercase().as_str())) {
        let Some(inner) = value.as_str().map(str::trim).filter(|inner| inner.starts_with(['{', '['])) else { continue };
        let Ok(whole) = serde_json::from_str(inner) else {
            event.parse_status = ParseStatus::Salvaged;
            note(event, "R-101");
            let count = inner.chars().count();
            remarks.push(("R-101", format!("{key} is not whole JSON ({count} characters); salvaged what is whole")));
            *value = part(inner);
            continue;
        };
        *value = whole;
    }
}

/// What is whole of a cut object or list.
fn part(cut: &str) -> Value {
    let boxed = json::salvage(&format!("{{\"list\":{cut}")).and_then(|text| serde_json::from_str(&text).ok());
    boxed.and_then(|mut boxed: Value| boxed.get_mut("list").map(Value::take)).unwrap_or_default()
}

/// Removes the values that PowerShell printed as type names or cut at its depth. They are lost: the event is marked
/// with `code`, and the remark names them.
pub fn drop_lost(object: &mut Value, code: &'static str, event: &mut Draft<'_>, remarks: &mut Remarks) {
    let mut lost: Vec<String> = Vec::new();
    clear(object, "", &mut lost);
    lost.dedup();
    if lost.is_empty() {
        return;
    }
    if event.parse_status == ParseStatus::Ok {
        event.parse_status = ParseStatus::Partial;
    }
    note(event, code);
    remarks.push((code, format!("values replaced by type names when the export was made: {}", lost.join(", "))));
}

/// Names what was lost in the value `name`, which is null afterwards.
fn clear(value: &mut Value, name: &str, lost: &mut Vec<String>) {
    match value {
        Value::String(text) if is_type_name(text) => {
            *value = class_text::object(text).unwrap_or_default();
            match value {
                Value::Null => lost.push(name.to_owned()),
                // In an object that was printed may stand the name of a type.
                printed => clear(printed, name, lost),
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|entry| clear(entry, name, lost)),
        Value::Object(map) => {
            for (key, value) in map {
                let inner = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                // PowerShell's models have a bag of further properties in every object; what one held is not known to
                // be anything.
                let bag = key.eq_ignore_ascii_case("AdditionalProperties");
                let mut unknown = Vec::new();
                clear(value, &inner, if bag { &mut unknown } else { &mut *lost });
            }
        }
        _ => {}
    }
}

/// Whether a text is what PowerShell prints in place of a value: `System.Object[]`, `@{a=b}`, the name of a class.
pub fn is_type_name(text: &str) -> bool {
    const STARTS: [&str; 7] = [
        "System.Object",
        "System.Collections.",
        "System.String[",
        "System.Byte[",
        "System.Management.Automation.",
        "Deserialized.",
        "Selected.System.",
    ];
    let text = text.trim();
    let model = text.starts_with("Microsoft.") && (text.contains(".Models.") || text.contains(".Model."));
    let printed = text.starts_with("@{") && text.ends_with('}') || text.starts_with("class ") && text.contains('{');
    model || printed || STARTS.iter().any(|start| text.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::records::signin_keys::Key;
    use crate::ingest::values::look::{Look, Node};

    #[test]
    fn type_names_are_no_values() {
        for lost in [
            "System.Object[]",
            "System.Collections.Generic.Dictionary`2[System.String,System.Object]",
            "@{ErrorCode=0}",
            "Microsoft.Graph.PowerShell.Models.MicrosoftGraphSignInStatus",
            "class SignInStatus {}",
            "Microsoft.Open.MSGraph.Model.SignInStatus",
        ] {
            assert!(is_type_name(lost), "{lost}");
        }
        for value in ["Microsoft Graph PowerShell", "Microsoft.Azure.SyncFabric", "Success", "System", ""] {
            assert!(!is_type_name(value), "{value}");
        }
    }

    #[test]
    fn what_may_be_lost_or_spelled_in_escapes_is_not_plain() {
        for value in [
            "System.Object[]",
            "System.Collections.X",
            "Selected.System.X",
            "Deserialized.X",
            "@{a=b}",
            "class X {}",
            "Microsoft.Open.MSGraph.Model.X",
            "\\u0040{a=b}",
            "\\u0053ystem.Object",
            "\\ud83d",
        ] {
            for record in [
                format!("{{\"id\":\"x\",\"status\":{{\"a\":\"{value}\"}}}}"),
                format!("{{\"appId\":\"{value}\"}}"),
                format!("{{\"appId\":\"  {value}\"}}"),
                format!("{{\"appId\":\"\u{a0}{value}\"}}"),
                format!("{{\"riskEventTypes\":[1,\"{value}\"]}}"),
                format!("{{\"unknown\":{{\"a\":[{{\"b\":\"{value}\"}}]}}}}"),
            ] {
                assert!(plain(&record).is_none(), "{record}");
            }
        }
        for value in
            ["a@x.example", "Systems.x", "ecosystem.x", "1.0", "\\u0020", "\\\"", "classes", "Microsoft.x", "x @{a"]
        {
            assert!(plain(&format!("{{\"id\":\"x\",\"status\":{{\"a\":\"{value}\"}}}}")).is_some(), "{value}");
        }
    }

    #[test]
    fn strings_of_a_plain_record_lose_their_escapes() {
        for (record, name) in [(r#"{"id":"a\"b"}"#, "a\"b"), (r#"{"id":"ab"}"#, "ab"), (r#"{"id":"\u00e9"}"#, "é")] {
            let members = plain(record).unwrap();
            assert_eq!(Node::of(&members).text(Key::Id).as_deref(), Some(name), "{record}");
            assert_eq!(Node::of(&members).get("id").and_then(Look::string).as_deref(), Some(name), "{record}");
        }
    }

    #[test]
    fn text_that_holds_an_object_is_not_plain() {
        let record = |value: &str| format!("{{\"id\":\"x\",\"status\":\"{value}\"}}");
        let nested = ["{\\\"errorCode\\\":0}", "[0]", " {}", "\\n[]", "\\u007b}", "\u{a0}{}", "\u{3000}[]"];
        for value in nested.map(record) {
            let built = from_text(&value, "R-101", &mut Draft::default(), &mut Vec::new()).unwrap();
            assert!(!built["status"].is_string(), "{value}");
            assert!(plain(&value).is_none(), "{value}");
        }
        for value in ["Success", "", "a {}", "0"].map(record) {
            assert!(plain(&value).is_some(), "{value}");
        }
    }

    #[test]
    fn a_row_reads_like_an_object() {
        let columns: Vec<String> =
            ["timegenerated [utc]", "status", "status.errorcode", "location.city"].map(str::to_owned).to_vec();
        let mut reader = crate::ingest::text::cells::CellReader::new(b',');
        let cells = reader.read("\"9/19/2023, 1:45:17.287 PM\",Microsoft.Graph.PowerShell.Models.X,50126,Lagos");
        let object = from_row(&columns, &cells, &mut Draft::default(), &mut Vec::new());
        assert_eq!(json::text(&object, "TimeGenerated").as_deref(), Some("9/19/2023, 1:45:17.287 PM"));
        assert_eq!(object.pointer("/status/errorcode").and_then(Value::as_str), Some("50126"));
        assert_eq!(zone(&columns), Some("utc"));
    }

    #[test]
    fn a_list_that_was_cut_inside_its_cell_is_salvaged_and_told() {
        let mut object = serde_json::json!({"TargetResources": r#"[{"id":"a","type":"User"},{"id":"b","ty"#});
        let (mut event, mut remarks) = (Draft::default(), Vec::new());
        expand(&mut object, &mut event, &mut remarks);
        assert_eq!(object, serde_json::json!({"TargetResources": [{"id":"a","type":"User"},{"id":"b"}]}));
        assert_eq!((event.parse_status, remarks.len()), (ParseStatus::Salvaged, 1));
    }
}
