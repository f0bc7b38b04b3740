//! Typed views of an event's nested content, read on demand for the few rows that are judged.

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::OnceLock;

use serde::de::DeserializeSeed as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::event::{Event, EventOf, ParseStatus};
use super::json;

/// Members of a sign-in's record that are asked for and no column holds. A reader whose own text is no such record keeps
/// them for [`members`] and [`object`]: who asks for one more adds it here.
pub const SIGN_IN_MEMBERS: [&str; 3] = ["incomingTokenType", "originalTransferMethod", "riskDetail"];
/// The same of a directory audit's.
pub const DIRECTORY_MEMBERS: [&str; 2] = ["additionalDetails", "targetResources"];

/// One entry of `Parameters` or `OperationProperties`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Param {
    /// Name as written.
    pub name: String,
    /// Value; `None` where the record has none.
    pub value: Option<String>,
}

/// One entry of `ModifiedProperties`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Property name as written.
    pub name: String,
    /// Before, as written (often JSON text).
    pub old: Option<String>,
    /// After, as written (often JSON text).
    pub new: Option<String>,
}

/// What was read of an event's texts: many checks ask for the same, and each account of a tenant asks them. A copy, whose
/// texts may be set otherwise, is read anew.
#[derive(Debug, Default)]
pub struct Read {
    params: OnceLock<Box<[Param]>>,
    told: OnceLock<Box<str>>,
}

impl Clone for Read {
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// One mail or other item of a mailbox record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Item {
    /// Subject.
    pub subject: Option<String>,
    /// Internet message id as written.
    pub message_id: Option<String>,
    /// Folder path as written.
    pub folder: Option<String>,
    /// Attachment names and sizes as written.
    pub attachments: Option<String>,
}

/// `Parameters` and `OperationProperties`, in the record's order.
pub fn params<T: Deref<Target = str>>(event: &EventOf<T>) -> Vec<Param> {
    known(event).into_owned()
}

/// The same; cmdlets are asked again and again, and are few, while most records are asked once if at all.
fn known<T: Deref<Target = str>>(event: &EventOf<T>) -> Cow<'_, [Param]> {
    let parse = || event.op_params.as_deref().and_then(|json| serde_json::from_str::<Vec<Param>>(json).ok());
    match event.action().contains('-') {
        true => Cow::Borrowed(event.read.params.get_or_init(|| parse().unwrap_or_default().into())),
        false => Cow::Owned(parse().unwrap_or_default()),
    }
}

/// The value of one parameter, whatever the case of its name; `Some("")` where it is there without a value, `None`
/// where the export kept its name alone: what it was set to is not known then, and not that it was emptied.
pub fn param<T: Deref<Target = str>>(event: &EventOf<T>, name: &str) -> Option<String> {
    let params = known(event);
    let param = params.iter().find(|param| param.name.eq_ignore_ascii_case(name))?;
    match &param.value {
        None if lost_values(event) => None,
        value => Some(value.clone().unwrap_or_default()),
    }
}

/// Whether the record names the parameter and its export lost the value.
pub fn is_lost<T: Deref<Target = str>>(event: &EventOf<T>, name: &str) -> bool {
    let named = |param: &Param| param.name.eq_ignore_ascii_case(name) && param.value.is_none();
    lost_values(event) && known(event).iter().any(named)
}

/// Whether the export kept parameters by their names alone.
pub fn lost_values<T: Deref<Target = str>>(event: &EventOf<T>) -> bool {
    let loses = |note: &str| matches!(note, "R-104" | "R-120" | "R-130" | "R-160" | "R-163");
    event.parse_notes.as_deref().is_some_and(|notes| notes.split("; ").any(loses))
}

/// `ModifiedProperties`, in the record's order.
pub fn changes(event: &Event) -> Vec<Change> {
    event.changes.as_deref().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
}

/// The record's own object; the salvaged part of a cut one; null for records that have none.
pub fn object(event: &Event) -> Value {
    read(event, |json| serde_json::from_str(json))
}

/// Of the same object only the members with these names, in whatever case: most of a record is not asked for.
pub fn members(event: &Event, names: &[&str]) -> Value {
    read(event, |json| {
        let mut json = serde_json::Deserializer::from_str(json);
        let members = json::Members(names).deserialize(&mut json)?;
        json.end()?;
        Ok(members)
    })
}

/// The parameters and the record's own object as one text in lower case, for names that may stand anywhere in it.
pub fn told(event: &Event) -> &str {
    let told = || format!("{} {}", event.op_params.as_deref().unwrap_or_default(), object(event)).to_lowercase();
    event.read.told.get_or_init(|| told().into())
}

fn read(event: &Event, parse: impl Fn(&str) -> serde_json::Result<Value>) -> Value {
    if let Some(object) = event.object.as_deref() {
        return parse(object).unwrap_or_default();
    }
    let Some(raw) = event.raw.as_deref() else { return Value::Null };
    let mended = json::mended(raw);
    let raw = mended.as_deref().unwrap_or(raw);
    match parse(raw) {
        Ok(value) => value,
        Err(_) if event.parse_status == ParseStatus::Salvaged => {
            json::salvage(raw).and_then(|whole| parse(&whole).ok()).unwrap_or_default()
        }
        Err(_) => Value::Null,
    }
}

/// The items of a mailbox record: `Item`, `AffectedItems` and `Folders[].FolderItems`.
pub fn items(event: &Event) -> Vec<Item> {
    items_of(&members(event, &["Item", "AffectedItems", "Folders"]))
}

/// The same, of the record's object.
pub fn items_of(object: &Value) -> Vec<Item> {
    let mut items: Vec<Item> = json::get(object, "Item").map(item).into_iter().collect();
    items.extend(json::list(object, "AffectedItems").iter().map(item));
    for folder in json::list(object, "Folders") {
        let path = json::text(folder, "Path");
        items.extend(json::list(folder, "FolderItems").iter().map(|entry| {
            let entry = item(entry);
            Item { folder: entry.folder.or_else(|| path.clone()), ..entry }
        }));
    }
    items
}

fn item(value: &Value) -> Item {
    Item {
        subject: json::text(value, "Subject"),
        message_id: json::text(value, "InternetMessageId"),
        folder: json::get(value, "ParentFolder").and_then(|folder| json::text(folder, "Path")),
        attachments: json::text(value, "Attachments"),
    }
}

/// A changed value without its JSON wrapping: `["X"]`, `"X"` and `[\r\n  "X"\r\n]` are all `X`; several joined by `; `.
pub fn plain(value: Option<&str>) -> String {
    let Some(value) = value.map(str::trim).filter(|value| !value.is_empty() && *value != "[]") else {
        return String::new();
    };
    match serde_json::from_str::<Value>(value) {
        Ok(Value::String(inner)) => inner,
        Ok(Value::Array(list)) if list.iter().all(|entry| !entry.is_object() && !entry.is_array()) => {
            list.iter().map(|entry| json::scalar_text(entry).unwrap_or_default()).collect::<Vec<_>>().join("; ")
        }
        Ok(Value::Null) => String::new(),
        _ => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_whose_parameters_are_set_otherwise_is_read_anew() {
        let params = |value: &str| Some(format!(r#"[{{"name":"Name","value":"{value}"}}]"#).into());
        let first = Event { action: Some("New-InboxRule".into()), op_params: params("A"), ..Event::default() };
        assert_eq!(
            (param(&first, "name").as_deref(), told(&first)),
            (Some("A"), r#"[{"name":"name","value":"a"}] null"#)
        );
        let second = Event { op_params: params("B"), ..first.clone() };
        assert_eq!((param(&second, "name").as_deref(), param(&first, "name").as_deref()), (Some("B"), Some("A")));
        assert_eq!(told(&second), r#"[{"name":"name","value":"b"}] null"#);
    }

    #[test]
    fn a_value_that_the_export_lost_is_not_an_empty_one() {
        let params = r#"[{"name":"Identity","value":null},{"name":"ForwardingSmtpAddress","value":null}]"#;
        let event = |notes: Option<&str>| Event {
            op_params: Some(params.into()),
            parse_notes: notes.map(Into::into),
            ..Event::default()
        };
        let lossy = event(Some("R-106; R-120"));
        assert_eq!(param(&lossy, "forwardingsmtpaddress"), None);
        assert!(is_lost(&lossy, "ForwardingSmtpAddress") && !is_lost(&lossy, "ForwardingAddress"));
        // The audit log leaves the value out where a setting was emptied.
        let emptied = event(None);
        assert_eq!(param(&emptied, "ForwardingSmtpAddress").as_deref(), Some(""));
        assert!(!is_lost(&emptied, "ForwardingSmtpAddress"));
    }
}
