//! Rule records that broke off: what stood behind the place is lost, and may have been what the rule does.

use serde::de::IgnoredAny;

use crate::timeline::Event;

use super::{Action, Completeness, Edit};

/// Whether the record broke off, or holds a part that could not be read, and nothing says that its parameters are all
/// there. `list` is their key.
pub(super) fn is_cut(event: &Event, list: &str) -> bool {
    const CODES: [&str; 4] = ["R-101", "R-102", "R-105", "R-115"];
    let notes = event.parse_notes.as_deref().unwrap_or_default();
    let broken = notes.split("; ").any(|note| CODES.contains(&note));
    broken && !event.raw.as_deref().is_some_and(|raw| is_closed(raw, list))
}

/// Whether the list is there to its end.
fn is_closed(raw: &str, list: &str) -> bool {
    let key = format!("\"{list}\"");
    let behind = raw.split_once(&key).and_then(|(_, behind)| behind.trim_start().strip_prefix(':'));
    let whole = |text: &str| {
        let mut values = serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>();
        text.trim_start().starts_with('[') && values.next().is_some_and(|value| value.is_ok())
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
            "<Event><CmdletParameters></CmdletParameters><ModifiedProp",
        ] {
            assert!(is_closed(whole, "Parameters"), "{whole}");
        }
        for cut in [
            r#"{"Parameters":[{"Name":"Name","Value":"x]"},"#,
            r#"{"Parameters":[{"Name":"Name","Value":"x"}"#,
            r#"{"Parameters":"System.Object[]"}"#,
            r#"{"ObjectId":"Parameters"#,
            "<Event><CmdletParameters><Parameter Name=\"Name\"",
        ] {
            assert!(!is_closed(cut, "Parameters"), "{cut}");
        }
    }
}
