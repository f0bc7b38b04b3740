//! Lists of names and values: as the service writes them, and in the other forms that exporters give them.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::bags::{Entry, entry};
use super::printed;
use crate::ingest::records::nested::Pair;
use crate::ingest::text::members::{Part, elements};
use crate::ingest::values::command_line::{command_line, ends_open};
use crate::ingest::values::fields::{NameValue, is_type_name};
use crate::timeline::json;

/// What a field holds.
#[derive(Default)]
pub(super) enum Pairs<'a> {
    /// No list, or none that can be read.
    #[default]
    None,
    /// Objects of name and value.
    Plain(Vec<Pair<'a>>),
    /// What says the same in another form.
    Other(Vec<Entry<'static>>),
}

impl<'a> Pairs<'a> {
    /// Reads what is no plain list.
    #[cold]
    pub(super) fn unplain(json: &'a str) -> Option<Self> {
        let told = |list: &Vec<Pair<'_>>| list.iter().all(|pair| pair.name.is_some() && pair.value.is_some());
        if let Some(list) = serde_json::from_str(json).ok().filter(told) {
            return Some(Self::Plain(list));
        }
        let value: Value = serde_json::from_str(json).ok()?;
        entries(&value).map(Self::Other)
    }

    /// Names and values that stand apart, each in a list of its own, or alone where there is one.
    pub(super) fn beside(names: &'a str, values: &'a str) -> Option<Self> {
        let (names, values) = (alone_or_list(names)?, alone_or_list(values)?);
        // A value that was left out would give each that follows to another name.
        let same = names.len() == values.len() && names.iter().all(|name| name.starts_with('"'));
        same.then(|| Self::Plain(names.into_iter().zip(values).map(|(name, value)| Pair::of(name, value)).collect()))
    }

    /// What is whole of a list that was cut, where it is kept as JSON text; what is whole of a command line that was.
    #[cold]
    pub(super) fn cut(json: &'a str) -> Option<Self> {
        let text = Part::unlooked(json).string()?;
        let start = text.trim_start();
        if start.starts_with('-') {
            return ends_open(start).then_some(Self::None);
        }
        if !start.starts_with(['[', '{']) || serde_json::from_str::<serde::de::IgnoredAny>(start).is_ok() {
            return None;
        }
        let in_object = json::salvage(&format!("{{\"list\":{start}"));
        let whole = in_object.and_then(|object| entries(json::get(&serde_json::from_str(&object).ok()?, "list")?));
        Some(Self::Other(whole.unwrap_or_default()))
    }

    /// Whether it says nothing.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::None => true,
            Self::Plain(list) => list.is_empty(),
            Self::Other(list) => list.is_empty(),
        }
    }

    /// Whether nothing was read.
    pub(super) fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// The entries, as their column has them.
    #[inline]
    pub(super) fn entries(&self) -> Option<Vec<Entry<'a>>> {
        match self {
            Self::None => None,
            Self::Plain(list) => Some(list.iter().filter_map(entry).collect()),
            Self::Other(list) => Some(list.clone()),
        }
    }
}

/// The elements of a list; a value that is none is alone.
pub(super) fn alone_or_list(json: &str) -> Option<Vec<&str>> {
    if !json.starts_with('[') {
        return (json != "null").then(|| vec![json]);
    }
    let mut list = Vec::new();
    elements(json, |element| {
        list.push(element);
        Some(())
    })?;
    Some(list)
}

/// What a text says that stands in place of a list: one kept as JSON text; another (a command line, settings in a row)
/// becomes one nameless entry, followed by what it says.
pub(super) fn of_text(text: Cow<'_, str>) -> Vec<Entry<'_>> {
    let start = text.trim_start();
    if start.starts_with(['[', '{'])
        && let Some(list) = serde_json::from_str(&text).ok().as_ref().and_then(entries)
    {
        return list;
    }
    let said = if start.starts_with('-') {
        command_line(start).into_iter().map(of_command).collect()
    } else {
        printed::pairs(start).unwrap_or_else(|| settings(start))
    };
    std::iter::once(Entry { name: Cow::Borrowed(""), value: Some(text) }).chain(said).collect()
}

/// What a text says of names and values, in any form that is known.
pub fn properties_of(text: &str) -> Vec<NameValue> {
    let entries = of_text(Cow::Borrowed(text)).into_iter().filter(|entry| !entry.name.is_empty());
    entries.map(|entry| NameValue { name: entry.name.into_owned(), value: entry.value.map(Cow::into_owned) }).collect()
}

/// `Name=.; ForwardTo=x@example.org`, or with ` | ` between them: each name with its value. What follows the separator and
/// names nothing belongs to the value in front of it.
fn settings(text: &str) -> Vec<Entry<'static>> {
    let named = |part: &str| part.split_once('=').is_some_and(|(name, _)| is_name(name.trim()));
    let between = if text.split(" | ").skip(1).any(named) { " | " } else { ";" };
    let mut found: Vec<(&str, String)> = Vec::new();
    for part in text.split(between) {
        let named = part.split_once('=').filter(|(name, _)| is_name(name.trim()));
        match (named, found.last_mut()) {
            (Some((name, value)), _) => found.push((name.trim(), value.trim().to_owned())),
            (None, Some((_, value))) if !part.trim().is_empty() => {
                value.push_str(between);
                value.push_str(part.trim_end());
            }
            (None, Some(_)) => {}
            (None, None) => return Vec::new(),
        }
    }
    let entry = |(name, value): (&str, String)| Entry { name: name.to_owned().into(), value: Some(value.into()) };
    found.into_iter().map(entry).collect()
}

fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The entries of a list in any of its forms; `None` where something in it is none.
fn entries(value: &Value) -> Option<Vec<Entry<'static>>> {
    let mut found = Vec::new();
    match value {
        Value::Array(list) => list.iter().try_for_each(|element| match element {
            Value::Object(map) => of_object(map, element, &mut found),
            Value::String(text) => printed::pairs(text).map(|pairs| found.extend(pairs)),
            Value::Null => Some(()),
            _ => None,
        })?,
        Value::Object(map) => of_object(map, value, &mut found)?,
        _ => return None,
    }
    Some(found)
}

/// One name and its value, lists of both, or every name as a key.
fn of_object(map: &Map<String, Value>, object: &Value, found: &mut Vec<Entry<'static>>) -> Option<()> {
    let mut add = |name: &str, value: &Value| found.push(told(name, value));
    let name = json::get(object, "Name").or_else(|| json::get(object, "Key"));
    match (name, json::get(object, "Value")) {
        (Some(Value::String(name)), Some(value)) => add(name, value),
        (Some(Value::String(name)), None) if map.len() == 1 => add(name, &Value::Null),
        (Some(Value::Array(names)), Some(Value::Array(values))) => {
            let names: Option<Vec<&str>> = names.iter().map(Value::as_str).collect();
            let names = names.filter(|names| names.len() == values.len())?;
            names.into_iter().zip(values).for_each(|(name, value)| add(name, value));
        }
        (Some(Value::Array(_) | Value::Object(_)), Some(_)) => return None,
        _ => map.iter().for_each(|(name, value)| add(name, value)),
    }
    Some(())
}

fn told(name: &str, value: &Value) -> Entry<'static> {
    let value = match value {
        Value::Null => None,
        Value::String(text) => Some(Cow::Owned(text.clone())),
        other => Some(Cow::Owned(other.to_string())),
    };
    Entry { name: name.to_owned().into(), value }
}

/// The parameters of a record in which each has a key of its own, `Param_ForwardTo`.
#[cold]
pub(super) fn of_keys(json: &str) -> Vec<Entry<'static>> {
    let object: Map<String, Value> = serde_json::from_str(json).unwrap_or_default();
    let named = object.iter().filter_map(|(key, value)| Some((key.strip_prefix(PARAMETER)?, value)));
    named.map(|(name, value)| told(name, value)).collect()
}

/// The same of a record in which one text says all of them, as settings in a row or as a command line.
#[cold]
pub(super) fn of_texts(json: &str) -> Vec<Entry<'static>> {
    let object: Value = serde_json::from_str(json).unwrap_or_default();
    let command = json::text(&object, "FullCommand").unwrap_or_default();
    let list = json::text(&object, "ParameterString").map(|text| settings(&text)).filter(|list| !list.is_empty());
    list.unwrap_or_else(|| command_line(&command).into_iter().map(of_command).collect())
}

fn of_command(pair: NameValue) -> Entry<'static> {
    Entry { name: pair.name.into(), value: pair.value.map(Cow::Owned) }
}

/// How the keys of parameters begin.
const PARAMETER: &str = "Param_";

/// Whether a key is one of those in which an exporter keeps parameters.
pub(super) fn is_of_exporter(key: &str) -> bool {
    key.starts_with(PARAMETER) || matches!(key, "ParameterString" | "FullCommand")
}

/// Whether the name of a type stands in place of a value, or in that of each of several.
pub(super) fn is_type_names(json: &str) -> bool {
    // What is printed of an object says something.
    let is_one = |text: &str| is_type_name(text) && !text.trim_start().starts_with("@{");
    // PowerShell prints a list with a blank between two of them.
    let is_name = |text: &str| is_one(text) || text.contains(' ') && text.split_whitespace().all(is_one);
    let is_name = |json: &&str| Part::unlooked(json).string().is_some_and(|text| is_name(&text));
    match json.as_bytes().first() {
        Some(b'"') => is_name(&json),
        Some(b'[') => alone_or_list(json).is_some_and(|list| !list.is_empty() && list.iter().all(is_name)),
        _ => false,
    }
}

/// Whether a value of an inside says something although it could not be read: a list or an object, which may be kept as
/// text.
pub(super) fn is_unread(json: &str) -> bool {
    let inner = json.strip_prefix('"').map_or(json, |text| text.trim_start());
    let text = inner.strip_suffix('"').unwrap_or(inner).trim_end();
    inner.starts_with(['[', '{']) && !matches!(text, "[]" | "{}")
}

/// The same of changes, which the mailbox's records tell by the names of the properties alone.
pub(super) fn are_unread_changes(json: &str) -> bool {
    let name = |element: &str| Part::unlooked(element).string().is_some();
    let names = || alone_or_list(json).is_some_and(|list| list.into_iter().all(name));
    is_unread(json) && !names()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(list: Vec<Entry<'_>>) -> String {
        let one = |entry: Entry<'_>| match entry.value {
            Some(value) => format!("{}={value}", entry.name),
            None => entry.name.into_owned(),
        };
        list.into_iter().map(one).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn a_list_is_read_in_every_form_that_exporters_give_it() {
        let read = |json: &str| Pairs::unplain(json).and_then(|pairs| pairs.entries()).map(told);
        let rule = Some("Name=.|ForwardTo=x@example.org".to_owned());
        for json in [
            r#"[{"Name":"Name","Value":"."},{"Name":"ForwardTo","Value":"x@example.org"}]"#,
            r#"[{"Key":"Name","Value":"."},{"key":"ForwardTo","value":"x@example.org"}]"#,
            r#"{"Name":".","ForwardTo":"x@example.org"}"#,
            r#"[{"Name":".","ForwardTo":"x@example.org"}]"#,
            r#"[{"Name":"Name","Value":"."},{"ForwardTo":"x@example.org"},null]"#,
            r#"{"Name":["Name","ForwardTo"],"Value":[".","x@example.org"]}"#,
        ] {
            let turned = rule.as_ref().map(|rule| rule.split('|').rev().collect::<Vec<_>>().join("|"));
            assert!(read(json) == rule || read(json) == turned, "{json}");
        }
        assert_eq!(read(r#"{"Name":"Force","Value":true}"#).as_deref(), Some("Force=true"));
        assert_eq!(read(r#"[{"Name":"RuleName"}]"#).as_deref(), Some("RuleName"));
        assert_eq!(read("{}").as_deref(), Some(""));
        for unknown in [r#"["a"]"#, r#"{"Name":["a","b"],"Value":["1"]}"#, "7", r#"[{"Name":"a","Value":1},2]"#] {
            assert_eq!(read(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn a_text_in_place_of_a_list_says_what_it_says() {
        let read = |text: &str| told(of_text(Cow::Borrowed(text)));
        assert_eq!(read(r#"{"Name":".","DeleteMessage":true}"#), "DeleteMessage=true|Name=.");
        let text = "Name=.; ForwardTo=x@example.org;y@example.org; Force=";
        assert_eq!(read(text), format!("={text}|Name=.|ForwardTo=x@example.org;y@example.org|Force="));
        assert_eq!(read("-Force x"), "=-Force x|Force=x");
        let text = "Name=. | ForwardTo=x@example.org;y@example.org | z | Force=True";
        assert_eq!(read(text), format!("={text}|Name=.|ForwardTo=x@example.org;y@example.org | z|Force=True"));
        let text = "Name=a | b; Force=True";
        assert_eq!(read(text), format!("={text}|Name=a | b|Force=True"));
        assert_eq!(read("please a=b; c"), "=please a=b; c");
    }

    #[test]
    fn names_and_values_that_stand_apart_are_told_apart_only_where_none_is_missing() {
        let read = |names, values| Pairs::beside(names, values).and_then(|pairs| pairs.entries()).map(told);
        assert_eq!(read(r#"["A","B"]"#, r#"["1",null]"#).as_deref(), Some("A=1|B"));
        assert_eq!(read(r#""A""#, r#""1""#).as_deref(), Some("A=1"));
        assert_eq!(read(r#"["A","B"]"#, r#"["1"]"#), None);
    }

    #[test]
    fn a_list_that_was_cut_says_what_is_whole_of_it() {
        let read = |text: &str| {
            let json = serde_json::to_string(text).unwrap();
            Pairs::cut(&json).map(|pairs| pairs.entries().map(told))
        };
        let cut = r#"[{"Name":"Name","Value":"Invoices"},{"Name":"ForwardTo","Value":"drop@ev"#;
        assert_eq!(read(cut), Some(Some("Name=Invoices|ForwardTo".to_owned())));
        assert_eq!(read(r#"[{"Name":"Na"#), Some(Some(String::new())));
        assert_eq!(read(r#"-Name "a" -ForwardTo "drop@ev"#), Some(None));
        for whole in [r#"[{"Name":"Name","Value":"a"}]"#, r#"-Name "a""#, "Name=a; ForwardTo=b", "x"] {
            assert_eq!(read(whole), None, "{whole}");
        }
    }

    #[test]
    fn names_of_types_in_place_of_values() {
        for lost in [
            r#""System.Object[]""#,
            r#"["System.Collections.Hashtable","System.Object[]"]"#,
            r#""System.Collections.Hashtable System.Collections.Hashtable""#,
        ] {
            assert!(is_type_names(lost), "{lost}");
        }
        for told in [r#""@{Name=a; Value=b}""#, "[]", r#"["Subject"]"#, r#"["System.Object[]",{"Name":"a"}]"#, "null"] {
            assert!(!is_type_names(told), "{told}");
        }
    }

    #[test]
    fn what_says_nothing_is_not_unread() {
        for nothing in ["null", "[]", "{}", r#""""#, r#""[]""#, r#""*REDACTED*""#, "0"] {
            assert!(!is_unread(nothing), "{nothing}");
        }
        for something in [r#"["a"]"#, r#"{"a":1}"#, r#""[{\"a\":1}]""#] {
            assert!(is_unread(something), "{something}");
        }
        assert!(!are_unread_changes(r#"["Subject","Body"]"#) && are_unread_changes(r#"[{"Name":1},2]"#));
    }
}
