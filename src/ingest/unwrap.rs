//! Records inside the records of somebody else: log shippers and SIEMs put the original under a key of their own.
//!
//! The wrapper is taken off before the format's reader sees the record, so that the same event hashes the same,
//! whoever carried it.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::ingest::formats::{RecordReader, Refusal, Tools};
use crate::ingest::sniff::inner_text;
use crate::ledger::Note;
use crate::timeline::{Event, json};

/// Where the original stands.
pub type Path = &'static [&'static str];

/// The wrappers met: o365beat, Elastic's integration, anything that ships text, Splunk's JSON export, Elasticsearch
/// hits. Each is taken off once; what lies deeper is tried first.
const PATHS: [Path; 15] = [
    &["o365audit"],
    &["o365.audit"],
    &["o365", "audit"],
    &["event.original"],
    &["event", "original"],
    &["message"],
    &["_raw"],
    &["result", "_raw"],
    &["result"],
    &["_source", "o365audit"],
    &["_source", "o365", "audit"],
    &["_source", "event", "original"],
    &["_source", "event.original"],
    &["_source", "message"],
    &["_source"],
];

/// The first place in a record whose content `is_record`, and that content.
pub fn look_inside(outer: &Value, is_record: impl Fn(&Value) -> bool) -> Option<(Path, Value)> {
    PATHS.iter().find_map(|path| {
        let mut at = outer;
        for key in *path {
            at = json::get(at, key)?;
        }
        let inner = match at {
            Value::String(text) => serde_json::from_str(&inner_text(text)).ok()?,
            other => other.clone(),
        };
        (inner.is_object() && is_record(&inner)).then_some((*path, inner))
    })
}

/// A reader of records that are wrapped.
pub struct Unwrapping {
    path: Path,
    reader: Box<dyn RecordReader>,
}

impl Unwrapping {
    /// Takes the wrapper at `path` off in front of `reader`.
    pub fn new(path: Path, reader: Box<dyn RecordReader>) -> Self {
        Self { path, reader }
    }
}

impl RecordReader for Unwrapping {
    fn read(&self, text: &str, tools: &mut Tools) -> Result<Box<Event>, Refusal> {
        // A record that was not wrapped, or whose wrapper was cut, is the reader's to judge as it stands.
        match inside(text, self.path) {
            Some(inner) => self.reader.read(&inner, tools),
            None => self.reader.read(text, tools),
        }
    }

    fn notes(&self) -> Vec<Note> {
        self.reader.notes()
    }

    fn closing_notes(&self) -> Vec<Note> {
        self.reader.closing_notes()
    }
}

#[derive(Deserialize)]
struct Object<'a>(#[serde(borrow)] HashMap<Cow<'a, str>, &'a RawValue>);

/// The text of the original, byte for byte as the wrapper holds it.
fn inside<'t>(text: &'t str, path: Path) -> Option<Cow<'t, str>> {
    let mut at = text;
    for key in path {
        let object: Object<'t> = serde_json::from_str(at).ok()?;
        let exact = object.0.get(*key);
        let value =
            exact.or_else(|| object.0.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value));
        at = value?.get();
    }
    Some(inner_text(at)).filter(|inner| inner.trim_start().starts_with('{'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn originals_are_found_as_objects_and_as_text() {
        let is_record = |value: &Value| json::get(value, "Operation").is_some();
        for (outer, path) in [
            (r#"{"@timestamp":"x","o365audit":{"Operation":"Send"}}"#, &["o365audit"][..]),
            (r#"{"o365":{"audit":{"Operation":"Send"}}}"#, &["o365", "audit"]),
            (r#"{"message":"{\"Operation\":\"Send\"}"}"#, &["message"]),
            (r#"{"preview":false,"result":{"_raw":"{\"Operation\":\"Send\"}"}}"#, &["result", "_raw"]),
            (r#"{"_source":{"event":{"original":"{\"Operation\":\"Send\"}"}}}"#, &["_source", "event", "original"]),
        ] {
            let value: Value = serde_json::from_str(outer).unwrap();
            let (found, _) = look_inside(&value, is_record).unwrap();
            assert_eq!(found, path);
            assert_eq!(inside(outer, found).as_deref(), Some(r#"{"Operation":"Send"}"#));
        }
        let plain: Value = serde_json::from_str(r#"{"message":"hello"}"#).unwrap();
        assert!(look_inside(&plain, is_record).is_none());
    }
}
