//! Records inside the records of somebody else: log shippers and SIEMs put the original under a key of their own.
//!
//! The wrapper is taken off before the format's reader sees the record, so that the same event hashes the same,
//! whoever carried it.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::ingest::formats::{Read, RecordReader, Remarks, Tools, owned};
use crate::ingest::records::auditdata::note;
use crate::ingest::sniff::{Head, Shape, inner_text};
use crate::ingest::text::padded::Padded;
use crate::ingest::text::requoted::Requoted;
use crate::ingest::wrapping::elastic;
use crate::timeline::json;

/// Where the original stands: the keys that lead to it.
pub type Path = Vec<String>;

/// Where known carriers put it, what is closest to the original first: Elastic's `event.original`, o365beat and
/// Elastic's integration, anything that ships text, Splunk's JSON export, Wazuh, Defender's `CloudAppEvents`, the test
/// files of parsers, Elasticsearch hits. What stands elsewhere is looked for, too.
const KNOWN: [&[&str]; 23] = [
    &["event", "original"],
    &["event.original"],
    &["o365audit"],
    &["o365.audit"],
    &["o365", "audit"],
    &["input", "message"],
    &["message"],
    &["_raw"],
    &["result", "_raw"],
    &["result"],
    &["RawEventData"],
    &["properties", "RawEventData"],
    &["data", "office365"],
    &["office365"],
    &["_source", "event", "original"],
    &["_source", "event.original"],
    &["_source", "o365audit"],
    &["_source", "o365", "audit"],
    &["_source", "data", "office365"],
    &["_source", "message"],
    &["_source"],
    &["log"],
    &["line"],
];

/// How deep, and in how many values, an unknown carrier is searched.
const DEPTH: usize = 4;
const VALUES: usize = 500;

/// The first place in a record whose content `is_record`, and that content: at a known place, else anywhere.
pub fn look_inside(outer: &Value, is_record: &dyn Fn(&Value) -> bool) -> Option<(Path, Value)> {
    let known = KNOWN.iter().find_map(|path| {
        let mut at = outer;
        for key in *path {
            at = json::get(at, key)?;
        }
        let inner = as_object(at).filter(|inner| is_record(inner))?;
        Some((path.iter().map(|key| (*key).to_owned()).collect(), inner))
    });
    known.or_else(|| search(outer, is_record))
}

/// Level by level, so that what stands closest to the surface is found first.
fn search(outer: &Value, is_record: &dyn Fn(&Value) -> bool) -> Option<(Path, Value)> {
    let mut level: Vec<(Path, Cow<'_, Value>)> = vec![(Path::new(), Cow::Borrowed(outer))];
    let mut seen = 0;
    for _ in 0..DEPTH {
        let mut below = Vec::new();
        for (path, value) in level {
            for (key, value) in value.as_object().into_iter().flatten() {
                seen += 1;
                if seen > VALUES {
                    return None;
                }
                let Some(inner) = as_object(value) else { continue };
                let path: Path = path.iter().chain([key]).cloned().collect();
                if is_record(&inner) {
                    return Some((path, inner));
                }
                below.push((path, Cow::Owned(inner)));
            }
        }
        level = below;
    }
    None
}

/// An object, or a text that holds one.
fn as_object(value: &Value) -> Option<Value> {
    let inner = match value {
        Value::String(text) if text.trim_start().starts_with(['{', '"']) => {
            serde_json::from_str(&inner_text(text.trim())).ok()?
        }
        Value::Object(_) => value.clone(),
        _ => return None,
    };
    inner.is_object().then_some(inner)
}

/// The reader of a file, behind what somebody put around its records.
pub fn around(head: &Head, reader: Box<dyn RecordReader>) -> Box<dyn RecordReader> {
    match (&head.wrapper, &head.shape) {
        (Some(path), _) => Box::new(Unwrapping::new(path.clone(), reader)),
        (None, Shape::Csv(csv)) if csv.requoted => Box::new(Requoted(reader)),
        (None, Shape::Csv(csv)) if csv.padded => Box::new(Padded { separator: csv.delimiter, reader }),
        _ => reader,
    }
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
    fn read<'r>(&'r self, text: &'r str, tools: &'r mut Tools, remarks: &mut Remarks) -> Read<'r> {
        // A record that was not wrapped, or whose wrapper was cut, is the reader's to judge as it stands.
        let Some(inner) = self.inside(text) else { return self.reader.read(text, tools, remarks) };
        let Some(whole) = elastic::completed(&inner, text) else {
            return match inner {
                Cow::Borrowed(inner) => self.reader.read(inner, tools, remarks),
                Cow::Owned(inner) => self.reader.read(&inner, tools, remarks).map(owned),
            };
        };
        let mut event = self.reader.read(&whole, tools, remarks).map(owned)?;
        event.raw = Some(inner);
        let text = "operation, id and whatever else the wrapper took out of the record are taken from there";
        remarks.push(("R-114", text.to_owned()));
        note(&mut event, "R-114");
        Ok(event)
    }

    fn behind(&self) -> Option<&dyn RecordReader> {
        Some(self.reader.as_ref())
    }

    fn behind_mut(&mut self) -> Option<&mut dyn RecordReader> {
        Some(self.reader.as_mut())
    }

    fn preview(&mut self, text: &str) {
        let inner = self.inside(text).unwrap_or(Cow::Borrowed(text)).into_owned();
        self.reader.preview(&inner);
    }
}

impl Unwrapping {
    /// The original at its place; at another known place where this record was carried by somebody else.
    fn inside<'t>(&self, text: &'t str) -> Option<Cow<'t, str>> {
        let elsewhere = || {
            // A broken record is not searched: it would be read through once for every place.
            serde_json::from_str::<Object<'_>>(text).ok()?;
            let mut known = KNOWN.iter().map(|path| path.iter().map(|key| (*key).to_owned()).collect::<Path>());
            known.find_map(|path| inside(text, &path))
        };
        inside(text, &self.path).or_else(elsewhere)
    }
}

/// The members of an object as they are written, in their order: two keys may differ in their case only.
pub struct Object<'a>(pub Vec<(Cow<'a, str>, &'a RawValue)>);

#[derive(Deserialize)]
#[serde(transparent)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Object<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut members = Vec::new();
                while let Some((key, value)) = map.next_entry::<Key<'de>, &'de RawValue>()? {
                    members.push((key.0, value));
                }
                Ok(Object(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// The text of the original, byte for byte as the wrapper holds it.
fn inside<'t>(text: &'t str, path: &[String]) -> Option<Cow<'t, str>> {
    let mut at = Cow::Borrowed(text);
    for key in path {
        at = match at {
            Cow::Borrowed(at) => below(at, key)?,
            Cow::Owned(at) => Cow::Owned(below(&at, key)?.into_owned()),
        };
    }
    Some(at).filter(|inner| inner.trim_start().starts_with('{'))
}

/// The value under a key, as the text it is or holds.
fn below<'t>(text: &'t str, key: &str) -> Option<Cow<'t, str>> {
    let object: Object<'t> = serde_json::from_str(text).ok()?;
    // Of a key that is doubled the last counts, of those that are alike but for case the first.
    let exact = object.0.iter().rev().find(|(name, _)| name == key);
    let like = || object.0.iter().find(|(name, _)| name.eq_ignore_ascii_case(key));
    let (_, value) = exact.or_else(like)?;
    Some(match inner_text(value.get()) {
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
        borrowed @ Cow::Borrowed(_) => borrowed,
    })
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
            (r#"{"input":{"message":"{\"Operation\":\"Send\"}\n"}}"#, &["input", "message"]),
            (r#"{"somebody":{"carries":{"it":"{\"Operation\":\"Send\"}"}}}"#, &["somebody", "carries", "it"]),
            (r#"{"body":"{\"record\":{\"Operation\":\"Send\"}}"}"#, &["body", "record"]),
            (r#"{"_source":{"event":{"original":"{\"Operation\":\"Send\"}"}}}"#, &["_source", "event", "original"]),
        ] {
            let value: Value = serde_json::from_str(outer).unwrap();
            let (found, _) = look_inside(&value, &is_record).unwrap();
            assert_eq!(found, path);
            assert_eq!(inside(outer, &found).as_deref(), Some(r#"{"Operation":"Send"}"#));
        }
        // A new place in memory every time, and always the first of keys that are alike but for case.
        let doubled = r#"{"MESSAGE":"{\"n\":1}","Message":"{\"n\":2}","mESSAGE":"{\"n\":3}"}"#;
        assert!((0..64).all(|_| inside(doubled, &["message".to_owned()]).as_deref() == Some(r#"{"n":1}"#)));
        let plain: Value = serde_json::from_str(r#"{"message":"hello"}"#).unwrap();
        assert!(look_inside(&plain, &is_record).is_none());
    }
}
