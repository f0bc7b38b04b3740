//! Records that a store kept flat: each of their objects and lists stands as JSON text in its own column. They are put back
//! together here, and read as what they were.

use crate::ingest::text::members::{self, Part};

/// The objects and lists of a record. What an alert says in `Data` is text everywhere.
const OBJECTS: [&str; 14] = [
    "Actor",
    "AffectedItems",
    "AppAccessContext",
    "DestFolder",
    "DeviceProperties",
    "ExtendedProperties",
    "Folder",
    "Folders",
    "Item",
    "ModifiedProperties",
    "OperationProperties",
    "Parameters",
    "RecipientList",
    "Target",
];

/// Whether a value is a text that begins like an object or a list.
pub(super) fn may_be_object(json: &str) -> bool {
    json.strip_prefix('"').is_some_and(|text| text.trim_start().starts_with(['{', '[']))
}

/// The record with its objects and lists in place of the texts that hold them; `None` where there is none that is whole.
#[cold]
pub(super) fn unfolded(json: &str) -> Option<String> {
    let (mut record, mut changed) = (String::with_capacity(json.len()), false);
    members::members(json, |key, value| {
        let is_object = OBJECTS.iter().any(|name| name.eq_ignore_ascii_case(key));
        let whole = if is_object && may_be_object(value) { object(value) } else { None };
        changed |= whole.is_some();
        record.push(if record.is_empty() { '{' } else { ',' });
        for part in ["\"", key, "\":", whole.as_deref().unwrap_or(value)] {
            record.push_str(part);
        }
        Some(())
    })?;
    record.push('}');
    changed.then_some(record)
}

/// The object or list that a text holds.
fn object(value: &str) -> Option<String> {
    let text = Part::unlooked(value).string()?;
    serde_json::from_str::<serde::de::IgnoredAny>(&text).ok()?;
    Some(text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_take_the_place_of_their_texts() {
        let record = r#"{"Item":"{\"Subject\":\"a\\\"b\"}","Folder":{"Path":"x"},"target":" [] ","Subject":"{}"}"#;
        let whole = r#"{"Item":{"Subject":"a\"b"},"Folder":{"Path":"x"},"target": [] ,"Subject":"{}"}"#;
        assert_eq!(unfolded(record).as_deref(), Some(whole));
        for other in [r#"{"Item":"{\"Subject\":"}"#, r#"{"Item":{"Subject":"a"}}"#, r#"{"Item":"cut"}"#, "{}"] {
            assert_eq!(unfolded(other), None, "{other}");
        }
    }
}
