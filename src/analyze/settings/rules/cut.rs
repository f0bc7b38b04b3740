//! Rule records that broke off: what stood behind the place is lost, and may have been what the rule does.

use serde::de::IgnoredAny;
use serde_json::Value;

use crate::timeline::Event;

use super::{Action, Completeness, Edit};

/// Whether the record broke off, or holds a part that could not be read, and nothing says that its parameters are all
/// there. `list` is their key.
pub(super) fn is_cut(event: &Event, list: &str) -> bool {
    const CODES: [&str; 4] = ["R-101", "R-102", "R-105", "R-115"];
    let notes = event.parse_notes.as_deref().unwrap_or_default();
    let broken = notes.split("; ").any(|note| CODES.contains(&note));
    // A table's row is put back together as the record's object.
    let text = event.object.as_deref().or(event.raw.as_deref());
    broken && !text.is_some_and(|text| is_closed(text, list))
}

/// Whether the list is there to its end.
fn is_closed(raw: &str, list: &str) -> bool {
    let key = format!("\"{list}\"");
    let behind = raw.split_once(&key).and_then(|(_, behind)| behind.trim_start().strip_prefix(':'));
    let whole = |text: &str| match serde_json::Deserializer::from_str(text).into_iter::<Value>().next() {
        Some(Ok(Value::Array(_))) => true,
        Some(Ok(Value::String(inner))) => {
            inner.trim_start().starts_with('[') && serde_json::from_str::<IgnoredAny>(&inner).is_ok()
        }
        _ => false,
    };
    behind.is_some_and(whole) || raw.contains("</CmdletParameters>")
}

/// How much a record that broke off says: of its actions none may be left.
pub(super) fn left(edits: &[Edit]) -> Completeness {
    let acts = |edit: &Edit| matches!(edit, Edit::Action(action, Some(_)) if !matches!(action, Action::Stop));
    if edits.iter().any(acts) { Completeness::Told } else { Completeness::Cut }
}

#[cfg(test)]
mod tests {
    use super::is_closed;

    #[test]
    fn a_list_that_closes_is_whole() {
        for whole in [
            r#"{"Parameters":[{"Name":"Name","Value":"x]"}],"SessionId":"#,
            r#"{"A":1, "Parameters" : [] "#,
            r#"{"Parameters":"[{\"Name\":\"Name\"}]","Unread":"[x"}"#,
            "<Event><CmdletParameters></CmdletParameters><ModifiedProp",
        ] {
            assert!(is_closed(whole, "Parameters"), "{whole}");
        }
        for cut in [
            r#"{"Parameters":[{"Name":"Name","Value":"x]"},"#,
            r#"{"Parameters":[{"Name":"Name","Value":"x"}"#,
            r#"{"Parameters":"System.Object[]"}"#,
            r#"{"ObjectId":"Parameters"#,
            r#"{"Parameters":"[{\"Name\":\"Name\"},"}"#,
            "<Event><CmdletParameters><Parameter Name=\"Name\"",
        ] {
            assert!(!is_closed(cut, "Parameters"), "{cut}");
        }
    }
}
