//! Looks for the first record of JSON behind damage. Where the first object lost a quote, the cutter takes the whole list for
//! one object that does not end; those behind it are whole.

use serde::de::IgnoredAny;
use serde_json::{Deserializer, Value};

use super::json::{ENVELOPES, JsonHead, holds_record, list_at};
use crate::ingest::text::cut::{Cutter, JsonCutter, JsonLayout, Layout};

/// Places that are tried as the start of a record, and how far one may reach.
const TRIES: usize = 300;
const REACH: usize = 64 << 10;

/// The first record that stands inside or behind what is no JSON, and how the records are arranged.
pub(super) fn behind_damage(text: &str) -> Option<JsonHead> {
    let (at, first) = damaged(text).into_iter().find_map(|start| record_behind(text, start))?;
    let envelope = ENVELOPES.into_iter().filter(|_| text.trim_start_matches('\u{feff}').trim_start().starts_with('{'));
    // A list that the records have themselves is not the one they stand in.
    let envelope = envelope.filter(|key| list_at(&first, key).is_none()).find(|key| opens_list(text, at, key));
    Some(JsonHead { layout: JsonLayout { envelope, ..JsonLayout::default() }, first, whole: true })
}

/// Where those pieces of a text begin that are no JSON. What only does not end yet is not damaged for that.
fn damaged(text: &str) -> Vec<usize> {
    let (mut cutter, mut spans) = (Cutter::Json(JsonCutter::new(JsonLayout::default())), Vec::new());
    cutter.feed(text.as_bytes(), 0, &mut spans);
    let open = cutter.open_at().map(|start| (start, text.len()));
    let pieces = spans.into_iter().map(|span| (span.start, span.end)).chain(open);
    let broken = |(start, end): &(usize, usize)| {
        let piece = text.get(*start..*end).unwrap_or_default();
        serde_json::from_str::<IgnoredAny>(piece).is_err_and(|error| !error.is_eof())
    };
    pieces.filter(broken).map(|(start, _)| start).collect()
}

/// The first object behind `start` that is a record, or carries one, and is no part of another.
fn record_behind(text: &str, start: usize) -> Option<(usize, Value)> {
    let layout = Layout::Json(JsonLayout::default());
    let mut at = start;
    for _ in 0..TRIES {
        at = layout.next_start(text.as_bytes(), at)?;
        let before = text.get(..at)?.trim_end();
        let reach = text.get(at..text.floor_char_boundary(at + REACH))?;
        let value = || Deserializer::from_str(reach).into_iter::<Value>().next()?.ok();
        if !before.ends_with(':')
            && let Some(value) = value().filter(holds_record)
        {
            return Some((at, value));
        }
    }
    None
}

/// Whether the list under this key begins in front of `at`.
fn opens_list(text: &str, at: usize, key: &'static str) -> bool {
    let layout = JsonLayout { envelope: Some(key), ..JsonLayout::default() };
    let mut cutter = Cutter::Json(JsonCutter::new(layout));
    cutter.feed(text.as_bytes().get(..at).unwrap_or_default(), 0, &mut Vec::new());
    matches!(cutter, Cutter::Json(cutter) if cutter.listed)
}
