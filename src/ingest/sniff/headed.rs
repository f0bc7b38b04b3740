//! Lines of a log server: a record in JSON at the end of each, behind what syslog, a container's log or a script put there.

use serde_json::Value;

use super::json::{JsonHead, holds_record};
use crate::ingest::text::cut::JsonLayout;

/// Lines that are looked at.
const LOOK: usize = 20;

/// Of so many lines one has an object at least: a log server keeps what others write as well.
const SHARE: usize = 4;

/// The head of such lines, where the first has an object behind other words, others do as well, and records are among them.
/// The first row of a table has no object.
pub(super) fn headed(text: &str) -> Option<JsonHead> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(LOOK).collect();
    behind(lines.first()?)?;
    let objects: Vec<Value> = lines.iter().filter_map(|line| behind(line)).collect();
    let many = objects.len() * SHARE >= lines.len();
    let first = objects.into_iter().find(|object| many && holds_record(object))?;
    Some(JsonHead { layout: JsonLayout { lines: true, headed: true, ..JsonLayout::default() }, first, whole: true })
}

/// The object at the end of a line that begins with something else.
fn behind(line: &str) -> Option<Value> {
    let start = line.find('{').filter(|start| *start > 0)?;
    serde_json::from_str(line.get(start..)?.trim_end()).ok().filter(Value::is_object)
}
