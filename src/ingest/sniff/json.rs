//! The shape of JSON text: how its records are arranged, and the first of them.

use std::borrow::Cow;

use serde_json::Value;

use super::{HEAD, Shape, is_record};
use crate::ingest::cut::{Cutter, JsonCutter, JsonLayout};
use crate::ingest::unwrap;

/// The head of JSON text.
#[derive(Debug)]
pub struct JsonHead {
    /// How the records are arranged.
    pub layout: JsonLayout,
    /// The first record.
    pub first: Value,
}

impl JsonHead {
    /// Whether the first record has all these keys, whatever their case.
    pub fn has(&self, keys: &[&str]) -> bool {
        keys.iter().all(|key| crate::timeline::json::get(&self.first, key).is_some())
    }
}

/// Keys whose list holds the records: the services' own first, then what exporters and stores put around them
/// (OData, Elasticsearch, parsers' test files).
const ENVELOPES: [&str; 16] = [
    "value",
    "records",
    "results",
    "events",
    "d/results",
    "hits/hits",
    "d",
    "data",
    "items",
    "logs",
    "messages",
    "expected",
    "data/value",
    "body/value",
    "response/value",
    "result",
];

/// The envelopes that are believed even where their first record is not known.
const OWN: usize = 4;

pub(super) fn json_shape(text: &str) -> Shape {
    let plain = JsonLayout { texts: behind_nulls(text).starts_with('"'), ..JsonLayout::default() };
    let outer = first_record(text, &plain).map(|(value, _)| value);
    if let Some(outer) = &outer {
        if crate::timeline::json::get(outer, "error").is_some_and(Value::is_object) {
            let code = outer.pointer("/error/code").and_then(Value::as_str).unwrap_or("unknown").to_owned();
            return Shape::Nothing("F-060", format!("saved API error '{code}': the service returned no data"));
        }
        // A record may have a list of such a name itself.
        if !is_record(outer)
            && let Some(key) = envelope_of(outer)
        {
            let layout = JsonLayout { envelope: Some(key), ..JsonLayout::default() };
            let first = first_record(text, &layout).map_or(Value::Null, |(value, _)| value);
            return empty_or(JsonHead { layout, first }, outer);
        }
    } else if let Some(head) = open_envelope(text) {
        return Shape::Json(head);
    }
    let layout = JsonLayout { lines: is_lines(text), ..plain };
    match first_record(text, &layout).map(|(value, _)| value).or(outer) {
        Some(first) => Shape::Json(JsonHead { layout, first }),
        None if text.trim().trim_matches(['[', ']']).trim().is_empty() => {
            Shape::Nothing("F-002", "an empty list; an empty export is not proof that nothing happened".to_owned())
        }
        None => match salvaged_first(text) {
            Some(first) => Shape::Json(JsonHead { layout, first }),
            None => {
                Shape::Nothing("F-032", "JSON without a readable object; nothing was read from this file".to_owned())
            }
        },
    }
}

/// The text without the results of searches that found nothing, which print as `null`.
pub(super) fn behind_nulls(text: &str) -> &str {
    let blank = |letter: char| letter.is_whitespace() || letter == '\u{feff}';
    let mut rest = text.trim_start_matches(blank);
    while let Some(behind) = rest.strip_prefix("null").filter(|behind| behind.is_empty() || behind.starts_with(blank)) {
        rest = behind.trim_start_matches(blank);
    }
    rest
}

/// The same, or somebody's wrapper around one.
fn holds_record(object: &Value) -> bool {
    is_record(object) || unwrap::look_inside(object, &is_record).is_some()
}

/// The key of an object's list of records.
fn envelope_of(outer: &Value) -> Option<&'static str> {
    let list = |path: &str| {
        let found = path.split('/').try_fold(outer, crate::timeline::json::get)?;
        found.as_array()
    };
    let first_is_record = |path: &&str| {
        list(path).and_then(|list| list.first()).is_some_and(|first| {
            let inner = first.as_str().and_then(|text| serde_json::from_str(&inner_text(text)).ok());
            holds_record(inner.as_ref().unwrap_or(first))
        })
    };
    let own = |path: &&str| list(path).is_some();
    // A record's own lists come after what it carries.
    ENVELOPES.into_iter().find(first_is_record).or_else(|| {
        let wrapped = || unwrap::look_inside(outer, &is_record).is_some();
        ENVELOPES.into_iter().take(OWN).chain(["d/results", "hits/hits"]).find(own).filter(|_| !wrapped())
    })
}

/// The first object is longer than the head: an envelope, or a very long record.
fn open_envelope(text: &str) -> Option<JsonHead> {
    let head = |key| {
        let layout = JsonLayout { envelope: Some(key), ..JsonLayout::default() };
        first_record(text, &layout).map(|(first, _)| JsonHead { layout, first })
    };
    let known = ENVELOPES.into_iter().filter_map(head).find(|head| holds_record(&head.first));
    known.or_else(|| ENVELOPES.into_iter().take(OWN).find_map(head))
}

fn empty_or(head: JsonHead, outer: &Value) -> Shape {
    if !head.first.is_null() {
        return Shape::Json(head);
    }
    let context = crate::timeline::json::text(outer, "@odata.context").unwrap_or_default();
    Shape::Nothing("F-002", format!("an empty list {context}; an empty export is not proof that nothing happened"))
}

/// The first object in the head that is a record or holds one, else the first that can be read at all; and where it
/// ends. (Bulk files of stores have a line of their own in front of each record.)
fn first_record(text: &str, layout: &JsonLayout) -> Option<(Value, usize)> {
    let (mut cutter, mut spans) = (Cutter::Json(JsonCutter::new(layout.clone())), Vec::new());
    cutter.feed(text.as_bytes(), 0, &mut spans);
    if text.len() < HEAD {
        cutter.finish(text.as_bytes(), &mut spans);
    }
    let mut objects = spans.iter().take(50).filter_map(|span| {
        let value: Value = serde_json::from_str(&inner_text(text.get(span.start..span.end)?)).ok()?;
        value.is_object().then_some((value, span.end))
    });
    let first = objects.next()?;
    if holds_record(&first.0) || envelope_of(&first.0).is_some() {
        return Some(first);
    }
    let better = objects.take(LOOK).find(|(object, _)| holds_record(object));
    Some(better.unwrap_or(first))
}

/// Further objects that are looked at where the first is no record.
const LOOK: usize = 8;

/// A record that was written as a JSON text, up to three times over, without the quotes and escapes of that.
pub fn inner_text(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    for _ in 0..3 {
        if !text.starts_with('"') {
            break;
        }
        let Ok(inner) = serde_json::from_str::<String>(&text) else { break };
        text = Cow::Owned(inner);
    }
    text
}

/// The beginning of a record that does not end inside the head, or never.
fn salvaged_first(text: &str) -> Option<Value> {
    let start = text.find('{')?;
    serde_json::from_str(&crate::timeline::json::salvage(text.get(start..)?)?).ok()
}

/// One object a line: the first line that is a whole object is followed by nothing or by another object.
fn is_lines(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && *line != "null");
    let whole = |line: &str| line.starts_with('{') && serde_json::from_str::<serde::de::IgnoredAny>(line).is_ok();
    // A first line that was cut must not hide that the others are whole.
    let (first, second, third) = (lines.next(), lines.next(), lines.next());
    let object = |line: Option<&str>| line.is_none_or(|line| line.starts_with('{'));
    first.is_some_and(whole) && object(second)
        || first.is_some_and(|line| line.starts_with("{\"")) && second.is_some_and(whole) && object(third)
}
