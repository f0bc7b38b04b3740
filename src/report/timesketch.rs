//! `timeline.timesketch.jsonl`: one JSON object an event, with the keys that Timesketch insists on.

use std::io::{self, Write};

use chrono::SecondsFormat;
use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};

use super::model::Report;
use super::text;
use crate::timeline::Event;
use crate::timeline::schema::{Access, COLUMNS, names};

/// Keys that have a place of their own in a line.
const PLACED: [&str; 5] = [names::DATETIME, "message", "timestamp_desc", names::RAW, names::OBJECT];

/// Writes `timeline.timesketch.jsonl`.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    for event in report.timeline {
        let line = serde_json::to_string(&Line(event))?;
        out.write_all(text::json(&line).as_bytes())?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

struct Line<'a>(&'a Event);

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let event = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("message", super::said(event))?;
        map.serialize_entry("datetime", &event.datetime.to_rfc3339_opts(SecondsFormat::AutoSi, false))?;
        map.serialize_entry("timestamp_desc", super::time_meaning(event))?;
        map.serialize_entry("data_type", &format!("m365:{}", event.evidence_source.as_str()))?;
        map.serialize_entry("tag", &tags(event))?;
        for column in COLUMNS.iter().filter(|column| !PLACED.contains(&column.name)) {
            match column.access {
                Access::Text(get, _) => entry(&mut map, column.name, get(event).filter(|text| !text.is_empty()))?,
                Access::Made(get, _) => entry(&mut map, column.name, get(event).filter(|text| !text.is_empty()))?,
                Access::Int(get, _) => entry(&mut map, column.name, get(event))?,
                Access::Float(get, _) => entry(&mut map, column.name, get(event))?,
                Access::Bool(get, _) => entry(&mut map, column.name, get(event))?,
                Access::Time(get, _) => entry(&mut map, column.name, Some(get(event)))?,
            }
        }
        map.end()
    }
}

fn entry<M: serde::ser::SerializeMap, T: Serialize>(map: &mut M, name: &str, value: Option<T>) -> Result<(), M::Error> {
    match value {
        Some(value) => map.serialize_entry(name, &value),
        None => Ok(()),
    }
}

/// The symptoms that cite the event; the column joins them, Timesketch wants a list.
fn tags(event: &Event) -> Vec<&str> {
    let symptoms = event.symptom.as_deref().unwrap_or_default();
    symptoms.split([';', ',', ' ', '|']).filter(|tag| !tag.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::sample::Sample;
    use super::*;

    #[test]
    fn each_event_is_one_line_with_the_keys_timesketch_wants() {
        let sample = Sample::hostile();
        let mut bytes = Vec::new();
        write(&sample.report(), &mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 3);
        assert!(text.starts_with(r#"{"message":"#));
        assert_eq!(lines[0]["datetime"], "2026-03-10T00:23:03+00:00");
        assert_eq!(lines[1]["datetime"], "2026-03-10T00:24:00.250+00:00");
        assert_eq!(lines[0]["data_type"], "m365:ual");
        assert_eq!(lines[0]["tag"], serde_json::json!(["inbox-rules", "forwarding"]));
        assert_eq!(lines[1]["tag"], serde_json::json!([]));
        assert_eq!(lines[1]["timestamp_desc"], "Recorded Time");
        assert!(lines.iter().all(|line| line.get("raw").is_none()));
        assert!(!text.contains("null"), "empty columns stay away");
    }
}
