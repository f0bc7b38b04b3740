//! Audit records wrapped in JSON: Search-UnifiedAuditLog objects and Graph audit-log query records, with AuditData
//! as text or as an object.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{Context, Format, Read, RecordReader, Refusal, Remarks, Tools, audit_record, no_dates, owned};
use crate::ingest::records::auditdata;
use crate::ingest::sniff::{Head, Shape, inner_text};
use crate::ingest::values::times::DateOrder;
use crate::ingest::wrapping::result_sets::{Position, ResultSets};
use crate::ingest::wrapping::wrapper::{self, Wrapper};
use crate::ledger::Note;
use crate::timeline::{EvidenceSource, ParseStatus, json};

/// Search-UnifiedAuditLog as JSON.
pub static SEARCH: Format = Format {
    id: "ual_search_json",
    evidence: EvidenceSource::Ual,
    wants: &["creationdate", "userids", "operations", "auditdata"],
    claims: |shape| matches!(shape, Shape::Json(json) if json.has(&["auditdata"]) && !json.has(&["auditlogrecordtype"])),
    dates: no_dates,
    reader: Reader::boxed,
};

/// Graph `security/auditLog/queries/{id}/records`.
pub static GRAPH: Format = Format {
    id: "ual_graph_json",
    evidence: EvidenceSource::Ual,
    wants: &["auditlogrecordtype", "auditdata"],
    claims: |shape| matches!(shape, Shape::Json(json) if json.has(GRAPH.wants)),
    dates: no_dates,
    reader: Reader::boxed,
};

struct Reader {
    order: Option<DateOrder>,
    sets: ResultSets,
}

impl Reader {
    fn boxed(_: &Head, context: &Context) -> Box<dyn RecordReader> {
        Box::new(Self { order: context.date_order, sets: ResultSets::default() })
    }
}

impl RecordReader for Reader {
    fn read<'r>(&'r self, text: &'r str, tools: &'r mut Tools, remarks: &mut Remarks) -> Read<'r> {
        match inner_text(text) {
            Cow::Borrowed(text) => unwrapped(text, self.order, &mut tools.places, remarks),
            Cow::Owned(text) => unwrapped(&text, self.order, &mut tools.places, remarks).map(owned),
        }
    }

    fn batch_read(&self, tools: &mut Tools) {
        self.sets.see(&tools.places);
        tools.places.clear();
    }

    fn closing_notes(&self) -> Vec<Note> {
        self.sets.notes()
    }
}

fn unwrapped<'r>(
    text: &'r str,
    order: Option<DateOrder>,
    places: &mut Vec<Position>,
    remarks: &mut Remarks,
) -> Read<'r> {
    let keys: Keys<'r> = match serde_json::from_str(text) {
        Ok(keys) => keys,
        Err(error) => return salvage(text, &error, order, places, remarks),
    };
    places.extend(keys.place());
    if keys.audit.is_none() && keys.bare == (true, true) {
        // A record without a wrapper, among others that have one.
        return audit_record(text, &Wrapper::default(), remarks);
    }
    let audit = inner_text(keys.audit.map(RawValue::get).unwrap_or_default());
    match wrapper::is_lost(&audit) {
        true => keys.wrapper(order).alone(text, &audit, remarks),
        false => audit_record(audit, &keys.wrapper(order), remarks),
    }
}

/// The wrapper's keys, in any case. Graph has crossed the names of the user: `userPrincipalName` is the record's UserId.
#[derive(Default)]
struct Keys<'a> {
    audit: Option<&'a RawValue>,
    id: Cow<'a, str>,
    /// The portal's name for it.
    record_id: Cow<'a, str>,
    operation: Cow<'a, str>,
    user: Cow<'a, str>,
    /// The portal's name for the user; Graph has the record's UserKey under it.
    user_id: Cow<'a, str>,
    record_type: Cow<'a, str>,
    date: Cow<'a, str>,
    /// The record's address, object and workload, where the wrapper is Graph's.
    address: Cow<'a, str>,
    object: Cow<'a, str>,
    workload: Cow<'a, str>,
    /// The wrapper has another service's date.
    renamed: bool,
    /// The wrapper is Graph's.
    of_graph: bool,
    /// It has a CreationTime, and a RecordType, itself.
    bare: (bool, bool),
    /// ResultIndex and ResultCount: the place in the result set.
    index: Cow<'a, str>,
    count: Cow<'a, str>,
}

impl<'a> Keys<'a> {
    fn set(&mut self, key: &str, value: &'a RawValue) {
        let text = || serde_json::from_str::<Borrowed<'a>>(value.get()).map(|text| text.0).unwrap_or_default();
        match key.to_ascii_lowercase().as_str() {
            "auditdata" => self.audit = Some(value),
            "identity" | "id" => self.id = text(),
            "recordid" => self.record_id = text(),
            "operations" | "operation" => self.operation = text(),
            "userids" | "userprincipalname" => self.user = text(),
            "userid" => self.user_id = text(),
            "recordtype" => (self.record_type, self.bare.1) = (text(), true),
            "creationtime" => self.bare.0 = true,
            "auditlogrecordtype" => (self.record_type, self.of_graph) = (text(), true),
            "creationdate" => self.date = date(value),
            "clientip" => self.address = text(),
            "objectid" => self.object = text(),
            "service" => self.workload = text(),
            "createddatetime" => (self.date, self.renamed) = (date(value), true),
            "resultindex" => self.index = number(value),
            "resultcount" => self.count = number(value),
            _ => {}
        }
    }

    fn place(&self) -> Option<Position> {
        Position::read(&self.index, &self.count)
    }

    fn wrapper(&self, order: Option<DateOrder>) -> Wrapper<'_> {
        let graphs = self.renamed || self.of_graph;
        Wrapper {
            id: first(&self.id, &self.record_id),
            operation: &self.operation,
            user: if graphs { &self.user } else { first(&self.user, &self.user_id) },
            record_type: &self.record_type,
            date: &self.date,
            address: if graphs { &self.address } else { "" },
            object: if graphs { &self.object } else { "" },
            workload: if graphs { &self.workload } else { "" },
            order,
            renamed: self.renamed,
        }
    }
}

/// The first of two that says something.
fn first<'t>(one: &'t str, other: &'t str) -> &'t str {
    if one.is_empty() { other } else { one }
}

/// A date as text, or as Windows PowerShell prints one: `{"value": "/Date(…)/", "DateTime": "…"}`.
fn date(value: &RawValue) -> Cow<'_, str> {
    let printed = || json::text(&serde_json::from_str(value.get()).ok()?, "value");
    match serde_json::from_str::<Borrowed<'_>>(value.get()) {
        Ok(text) => text.0,
        Err(_) => printed().unwrap_or_default().into(),
    }
}

/// A number, which may be kept as text.
fn number(value: &RawValue) -> Cow<'_, str> {
    serde_json::from_str::<Borrowed<'_>>(value.get()).map_or(Cow::Borrowed(value.get()), |text| text.0)
}

#[derive(Deserialize)]
#[serde(transparent)]
struct Borrowed<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Deserialize<'de> for Keys<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Keys<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object around AuditData")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut keys = Keys::default();
                while let Some(key) = map.next_key::<Borrowed<'de>>()? {
                    let value = map.next_value::<&'de RawValue>()?;
                    keys.set(&key.0, value);
                }
                Ok(keys)
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// A wrapper that was cut: the AuditData in it may still be whole, or salvageable.
fn salvage<'r>(
    text: &'r str,
    error: &serde_json::Error,
    order: Option<DateOrder>,
    places: &mut Vec<Position>,
    remarks: &mut Remarks,
) -> Read<'r> {
    let refuse =
        || Refusal::new("R-101", format!("not valid JSON at character {}; not usable", json::stopped_at(text, error)));
    let at = text.to_ascii_lowercase().find("\"auditdata\"").ok_or_else(refuse)?;
    let rest = text.get(at..).and_then(|rest| rest.split_once(':')).map_or("", |(_, rest)| rest.trim_start());
    let audit = match rest.strip_prefix('"') {
        None => Cow::Borrowed(rest),
        Some(open) => Cow::Owned(open_text(open).ok_or_else(refuse)?),
    };
    // What stands in front of AuditData is whole: it completes the record.
    let front = crate::timeline::json::salvage(text).unwrap_or_default();
    let keys: Keys<'_> = serde_json::from_str(&front).unwrap_or_default();
    places.extend(keys.place());
    let mut event = audit_record(audit, &keys.wrapper(order), remarks).map_err(|_| refuse())?;
    event.parse_status = ParseStatus::Salvaged;
    auditdata::note(&mut event, "R-101");
    Ok(event)
}

/// A text that may have lost its closing quote, without its escapes; a cut escape at its end is left away.
fn open_text(open: &str) -> Option<String> {
    let mut escaped = false;
    let close = open.char_indices().find(|(_, letter)| {
        let ends = !escaped && *letter == '"';
        escaped = !escaped && *letter == '\\';
        ends
    });
    let inner = close.map_or(open, |(at, _)| open.get(..at).unwrap_or_default());
    // The longest escape, `\u0000`, loses at most five characters.
    (0..6).find_map(|cut| {
        let end = inner.len().checked_sub(cut)?;
        serde_json::from_str::<String>(&format!("\"{}\"", inner.get(..end)?)).ok()
    })
}
