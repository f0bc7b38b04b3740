//! The shape of JSON text: how its records are arranged, and the first of them.

use std::borrow::Cow;

use serde_json::Value;

use super::context::format_of;
use super::damage::behind_damage;
use super::{HEAD, Shape, is_record};
use crate::ingest::text::cut::{Cutter, EVERY, JsonCutter, JsonLayout};
use crate::ingest::wrapping::owners;
use crate::ingest::wrapping::unwrap;

/// The head of JSON text.
#[derive(Debug)]
pub struct JsonHead {
    /// How the records are arranged.
    pub layout: JsonLayout,
    /// The first record.
    pub first: Value,
    /// Whether it ends in the text that was looked at.
    pub whole: bool,
}

impl JsonHead {
    /// Whether the first record has all these keys, whatever their case.
    pub fn has(&self, keys: &[&str]) -> bool {
        keys.iter().all(|key| crate::timeline::json::get(&self.first, key).is_some())
    }
}

/// Keys whose list holds the records: the services' own first, then what exporters and stores put around them
/// (OData, Elasticsearch, parsers' test files).
pub(super) const ENVELOPES: [&str; 16] = [
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
    let outer = first_record(text, &plain);
    if let Some(outer) = &outer {
        // A shipper tells under `error` what went wrong with a record that stands beside it.
        if let Some(error) = saved_error(outer).filter(|_| !holds_record(outer)) {
            return Shape::Nothing("F-060", error);
        }
        // A record may have a list of such a name itself.
        if !is_record(outer)
            && let Some(key) = holds_records(outer).then_some(EVERY).or_else(|| envelope_of(outer))
        {
            let layout = JsonLayout { envelope: Some(key), ..JsonLayout::default() };
            let first = first_record(text, &layout).unwrap_or_default();
            return empty_or(JsonHead { layout, first, whole: true }, outer);
        }
    } else if let Some(head) = open_envelope(text) {
        return Shape::Json(head);
    }
    let layout = JsonLayout { lines: is_lines(text), ..plain };
    let first = first_record(text, &layout).or(outer);
    if !first.as_ref().is_some_and(holds_record)
        && let Some(head) = behind_damage(text)
    {
        return Shape::Json(head);
    }
    match first {
        Some(first) => Shape::Json(JsonHead { layout, first, whole: true }),
        None if text.trim().trim_matches(['[', ']']).trim().is_empty() => {
            Shape::Nothing("F-002", "an empty list; an empty export is not proof that nothing happened".to_owned())
        }
        None => match salvaged_in_list(text).or_else(|| Some((layout, salvaged_first(text)?))) {
            Some((layout, first)) => Shape::Json(JsonHead { layout, first, whole: false }),
            None => {
                Shape::Nothing("F-032", "JSON without a readable object; nothing was read from this file".to_owned())
            }
        },
    }
}

/// What the service said instead of giving records: Graph and older services as an object, the token service as a word
/// with a description, the Management API as a sentence and nothing else.
pub fn saved_error(object: &Value) -> Option<String> {
    const REFUSALS: [&str; 5] = ["authorization", "unauthorized", "forbidden", "denied", "an error has occurred"];
    let get = |key| crate::timeline::json::get(object, key);
    let has_code = |error: &&Value| crate::timeline::json::get(error, "code").is_some();
    let alone = || object.as_object().is_some_and(|all| all.keys().filter(|key| !key.starts_with('@')).count() == 1);
    let of_service = |error: &&Value| error.is_object() && (has_code(error) || alone());
    if let Some(error) = get("error").or_else(|| get("odata.error")).filter(of_service) {
        return Some(saved(error.get("code").and_then(Value::as_str).unwrap_or("unknown")));
    }
    if let (Some(error), Some(told)) = (get("error").and_then(Value::as_str), get("error_description")) {
        let number =
            told.as_str().and_then(|told| told.split([':', ' ']).next()).filter(|word| word.starts_with("AADSTS"));
        return Some(saved(&number.map_or_else(|| error.to_owned(), |number| format!("{error} {number}"))));
    }
    let told =
        get("message").and_then(Value::as_str).filter(|_| object.as_object().is_some_and(|all| all.len() == 1))?;
    let lower = told.to_lowercase();
    (told.len() < 200 && !told.contains('{') && REFUSALS.iter().any(|word| lower.contains(word))).then(|| saved(told))
}

/// How a saved error is told.
pub(super) fn saved(code: &str) -> String {
    format!("saved API error '{code}': the service returned no data")
}

/// Whether the first line is a value that is no object, and objects come behind it.
pub(super) fn begins_with_a_value(text: &str) -> bool {
    let text = text.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}');
    let value = |line: &str| serde_json::from_str::<Value>(line.trim()).is_ok_and(|value| !value.is_object());
    text.split_once('\n')
        .is_some_and(|(first, rest)| value(first) && rest.lines().any(|line| line.trim_start().starts_with(['{', '['])))
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

/// How the records of an object are arranged that is none itself but a page of them, or a page without any.
pub fn page(object: &Value) -> Option<JsonLayout> {
    if is_record(object) {
        return None;
    }
    let is_empty = |key: &&str| {
        let others = || object.as_object().into_iter().flatten().filter(|(name, _)| !name.eq_ignore_ascii_case(key));
        list_at(object, key).is_some_and(Vec::is_empty) && others().all(|(name, _)| name.starts_with('@'))
    };
    let is_single = |key: &&str| crate::timeline::json::get(object, key).is_some_and(is_record);
    let key = (holds_records(object).then_some(EVERY).or_else(|| key_of_records(object)))
        .or_else(|| ENVELOPES.into_iter().find(is_single))
        .or_else(|| ENVELOPES.into_iter().take(OWN).find(is_empty))?;
    Some(JsonLayout { envelope: Some(key), ..JsonLayout::default() })
}

/// The same, or somebody's wrapper around one.
pub fn holds_record(object: &Value) -> bool {
    is_record(object) || unwrap::look_inside(object, &is_record).is_some()
}

/// Whether more than one member of an object is a record or a list of records: records by their ids, or by whose they are.
/// One list is enough where its key says whose it is, or where nothing else is there.
fn holds_records(outer: &Value) -> bool {
    let record = |inner: &&Value| {
        let inner = inner.as_array().map_or(Some(*inner), |list| list.first());
        inner.is_some_and(|inner| inner.is_object() && is_record(inner))
    };
    let members = || outer.as_object().into_iter().flatten();
    let is_nothing = |key: &str, value: &Value| key.starts_with('@') || value.as_array().is_some_and(Vec::is_empty);
    let alone = |own: &str| members().all(|(key, value)| key == own || is_nothing(key, value));
    let is_usual = |key: &str| ENVELOPES.iter().any(|known| known.eq_ignore_ascii_case(key));
    let is_list = |(key, value): (&String, &Value)| {
        let telling = owners::is_owner(key) || !is_usual(key) && alone(key);
        value.is_array() && record(&value) && telling
    };
    members().any(is_list) || members().filter(|(_, value)| record(value)).nth(1).is_some()
}

pub(super) fn list_at<'v>(outer: &'v Value, path: &str) -> Option<&'v Vec<Value>> {
    path.split('/').try_fold(outer, crate::timeline::json::get)?.as_array()
}

/// The key of an object's list of what are records for certain.
fn key_of_records(outer: &Value) -> Option<&'static str> {
    let first_is_record = |path: &&str| {
        list_at(outer, path).and_then(|list| list.first()).is_some_and(|first| {
            let inner = first.as_str().and_then(|text| serde_json::from_str(&inner_text(text)).ok());
            holds_record(inner.as_ref().unwrap_or(first))
        })
    };
    ENVELOPES.into_iter().find(first_is_record)
}

/// The key of an object's list of records.
fn envelope_of(outer: &Value) -> Option<&'static str> {
    let own = |path: &&str| list_at(outer, path).is_some();
    // A record's own lists come after what it carries.
    key_of_records(outer).or_else(|| {
        let wrapped = || unwrap::look_inside(outer, &is_record).is_some();
        ENVELOPES.into_iter().take(OWN).chain(["d/results", "hits/hits"]).find(own).filter(|_| !wrapped())
    })
}

/// The first object is longer than the head: an envelope, or a very long record.
fn open_envelope(text: &str) -> Option<JsonHead> {
    let layout = |key| JsonLayout { envelope: Some(key), ..JsonLayout::default() };
    let head = |key| {
        let layout = layout(key);
        first_record(text, &layout).map(|first| JsonHead { layout, first, whole: true })
    };
    let known = ENVELOPES.into_iter().filter_map(head).find(|head| holds_record(&head.first));
    let by_id = || objects(text, &layout(EVERY)).filter(is_record).nth(1).and_then(|_| head(EVERY));
    known.or_else(by_id).or_else(|| ENVELOPES.into_iter().take(OWN).find_map(head))
}

fn empty_or(head: JsonHead, outer: &Value) -> Shape {
    if !head.first.is_null() {
        return Shape::Json(head);
    }
    let context = crate::timeline::json::text(outer, "@odata.context").unwrap_or_default();
    if let Some(format) = format_of(&context) {
        return Shape::Empty(format, head.layout);
    }
    let list = if context.is_empty() { "an empty list".to_owned() } else { format!("an empty list {context}") };
    Shape::Nothing("F-002", format!("{list}; an empty export is not proof that nothing happened"))
}

/// The first object in the head that is a record or holds one, else the first that can be read at all. (Bulk files of
/// stores have a line of their own in front of each record.)
fn first_record(text: &str, layout: &JsonLayout) -> Option<Value> {
    let mut objects = objects(text, layout);
    let first = objects.next()?;
    if holds_record(&first) || envelope_of(&first).is_some() {
        return Some(first);
    }
    // An error of the service may stand where a page should.
    let is_page = |object: &Value| saved_error(&first).is_some() && envelope_of(object).is_some();
    let better = objects.find(|object| holds_record(object) || is_page(object));
    Some(better.unwrap_or(first))
}

/// The objects in the head that can be read.
fn objects(text: &str, layout: &JsonLayout) -> impl Iterator<Item = Value> {
    texts(text, layout).filter_map(|text| {
        let value: Value = serde_json::from_str(&inner_text(text)).ok()?;
        value.is_object().then_some(value)
    })
}

/// What stands in the place of an object, as it is written.
pub(super) fn texts<'t>(text: &'t str, layout: &JsonLayout) -> impl Iterator<Item = &'t str> {
    let (mut cutter, mut spans) = (Cutter::Json(JsonCutter::new(layout.clone())), Vec::new());
    cutter.feed(text.as_bytes(), 0, &mut spans);
    if text.len() < HEAD {
        cutter.finish(text.as_bytes(), &mut spans);
    }
    // What has no such list is no envelope.
    let listed = layout.envelope.is_none() || matches!(&cutter, Cutter::Json(cutter) if cutter.listed);
    // A collector's file may begin with the names of many mailboxes that have nothing.
    let texts = spans.into_iter().filter_map(|span| text.get(span.start..span.end));
    let texts = texts.filter(|text| owners::name_alone(text).is_none());
    texts.take(if listed { LOOK } else { 0 })
}

/// Objects that are looked at; as many as a head of small ones has.
const LOOK: usize = 1_000;

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

/// The same of the first record of an envelope.
fn salvaged_in_list(text: &str) -> Option<(JsonLayout, Value)> {
    ENVELOPES.into_iter().find_map(|key| {
        let layout = JsonLayout { envelope: Some(key), ..JsonLayout::default() };
        let (mut cutter, mut spans) = (Cutter::Json(JsonCutter::new(layout.clone())), Vec::new());
        cutter.feed(text.as_bytes(), 0, &mut spans);
        let start = spans.first().map(|span| span.start).or(cutter.open_at());
        let start = start.filter(|_| matches!(&cutter, Cutter::Json(cutter) if cutter.listed))?;
        let first = salvaged_first(text.get(start..)?)?;
        holds_record(&first).then_some((layout, first))
    })
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
