//! Texts and Name/Value lists as every export writes them, and as columns keep them.

use std::borrow::Cow;

use serde::Serialize;

use crate::ingest::text::blocks::{any, capitals};
use crate::timeline::event::Text;

/// What stands in the lists of the columns `op_params` and `changes`: written here, read by the examination.
pub use crate::timeline::details::{Change, Param as NameValue};

/// A column's text: `None` for empty or blank text and for the `null` spellings exporters write.
pub fn text<'r>(value: impl Into<Cow<'r, str>>) -> Text<'r> {
    let value = match value.into() {
        Cow::Borrowed(value) => Cow::Borrowed(trimmed(value)),
        Cow::Owned(value) if trimmed(&value).len() == value.len() => Cow::Owned(value),
        Cow::Owned(value) => Cow::Owned(trimmed(&value).to_owned()),
    };
    (!value.is_empty() && value != "<null>").then_some(value)
}

/// Without blanks around it. Most values have none; to look for them in Unicode takes longer than to see that.
pub fn trimmed(value: &str) -> &str {
    match value.as_bytes() {
        [] => value,
        [one] if one.is_ascii_graphic() => value,
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => value,
        _ => value.trim(),
    }
}

/// A whole number. Tables that were computed with and stores that keep floating point write it `8.0`.
pub fn whole(value: &str) -> Option<i64> {
    let value = trimmed(value);
    let of_float = || {
        let (whole, fraction) = value.split_once('.')?;
        let nothing = !fraction.is_empty() && fraction.bytes().all(|digit| digit == b'0');
        whole.parse().ok().filter(|_| nothing)
    };
    value.parse().ok().or_else(of_float)
}

/// The same, lower-cased: for UPNs, GUIDs and other names that have no case.
pub fn lower<'r>(value: impl Into<Cow<'r, str>>) -> Text<'r> {
    text(value).map(lowered)
}

/// In lower case; most names are already.
pub fn lowered(value: Cow<'_, str>) -> Cow<'_, str> {
    match any(value.as_bytes(), |part| [capitals(part), part]) {
        [_, true] => Cow::Owned(value.to_lowercase()),
        [true, false] => Cow::Owned(value.to_ascii_lowercase()),
        [false, false] => value,
    }
}

/// The remark on a row that has not as many cells as its header.
pub fn ragged(cells: usize, wanted: usize) -> (&'static str, String) {
    ("R-106", format!("cells of this row: {cells}, of the header: {wanted}"))
}

/// Whether a value was lost when the export was made: PowerShell printed the name of its type, or the object as it
/// shows objects (`System.Object[]`, `Microsoft.Graph.PowerShell.Models.…`, `@{Name=…}`).
pub fn is_type_name(value: &str) -> bool {
    const ROOTS: [&str; 12] = [
        "System.Object",
        "System.String[]",
        "System.Collections.",
        "System.Management.Automation.",
        "System.Byte[]",
        "System.Xml.",
        "Microsoft.Graph.PowerShell.",
        "Microsoft.Graph.Beta.",
        "Microsoft.Open.",
        "Microsoft.Exchange.",
        "Deserialized.",
        "Selected.",
    ];
    let value = value.trim();
    if value.starts_with("@{") {
        return true;
    }
    // The name of a type has no blanks, but for its arguments in brackets.
    ROOTS.iter().any(|root| value.starts_with(root)) && !value.split(['[', '`']).next().unwrap_or(value).contains(' ')
}

/// Appends a text as JSON: a string, or `null` where there is none.
pub fn put_json(out: &mut String, text: Option<&str>) {
    let special = |byte: u8| byte < b' ' || byte == b'"' || byte == b'\\';
    match text {
        None => out.push_str("null"),
        Some(text) if text.bytes().fold(false, |found, byte| found | special(byte)) => {
            out.push_str(&serde_json::to_string(text).unwrap_or_default());
        }
        Some(text) => {
            out.push('"');
            out.push_str(text);
            out.push('"');
        }
    }
}

/// A list as the JSON text of its column; `None` for an empty list.
pub fn list_text<T: Serialize>(list: &[T]) -> Text<'static> {
    if list.is_empty() {
        return None;
    }
    serde_json::to_string(list).ok().map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped_as_serde_json_escapes_them() {
        let every: String = (0..0x100_u32).filter_map(char::from_u32).collect();
        for text in ["", "plain é 請求", "a\"b", "\\", "\n", "\u{1f}", "\u{7f}", &every] {
            let mut out = String::new();
            put_json(&mut out, Some(text));
            assert_eq!(out, serde_json::to_string(text).unwrap());
        }
        let mut out = String::new();
        put_json(&mut out, None);
        assert_eq!(out, "null");
    }

    #[test]
    fn whole_numbers_may_have_a_fraction_of_nothing() {
        for (text, number) in [("8", Some(8)), (" 8.0 ", Some(8)), ("-1.000", Some(-1)), ("0.0", Some(0))] {
            assert_eq!(whole(text), number, "{text}");
        }
        for text in ["", "8.", ".0", "8.5", "8.0.0", "8,0", "Owner", "8e0"] {
            assert_eq!(whole(text), None, "{text}");
        }
    }

    #[test]
    fn names_of_types_are_no_values() {
        for lost in [
            "System.Object[]",
            "System.Collections.Generic.List`1[System.String]",
            "Microsoft.Exchange.Management.SystemConfigurationTasks.AdminAuditLogCmdletParameter",
            "Microsoft.Graph.Beta.PowerShell.Models.MicrosoftGraphSecurityAuditData",
            "@{Name=Identity; Value=alice}",
        ] {
            assert!(is_type_name(lost), "{lost}");
        }
        for value in ["", "System", "Microsoft.Exchange.Management is down", "{}", "Microsoft Exchange"] {
            assert!(!is_type_name(value), "{value}");
        }
    }
}
