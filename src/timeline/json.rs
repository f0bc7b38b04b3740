//! Tolerant JSON: order-preserving objects whose keys are found in any case, and the salvage of cut records.

use serde_json::Value;

/// Finds `key` in an object, exact spelling first, then whatever the case.
pub fn get<'a>(object: &'a Value, key: &str) -> Option<&'a Value> {
    let map = object.as_object()?;
    map.get(key).or_else(|| map.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value))
}

/// The text of `key`: strings as they are, numbers and booleans in their JSON spelling, empty text as `None`.
pub fn text(object: &Value, key: &str) -> Option<String> {
    scalar_text(get(object, key)?)
}

/// A scalar as text; `None` for null, empty text, arrays and objects.
pub fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// The array under `key`; empty where there is none.
pub fn list<'a>(object: &'a Value, key: &str) -> &'a [Value] {
    get(object, key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Reads a boolean in any of the service's spellings (`true`, `"True"`, `"FALSE"`).
pub fn boolean(text: &str) -> Option<bool> {
    match text.trim() {
        text if text.eq_ignore_ascii_case("true") => Some(true),
        text if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// A cut JSON object, closed at its last complete `"key":value`.
///
/// Returns valid JSON text, or `None` where not even one member of the object is complete. Values
/// that were cut in the middle are dropped, never completed: half a value is not evidence.
pub fn salvage(cut: &str) -> Option<String> {
    let mut scan = Scan::default();
    for (at, byte) in cut.bytes().enumerate() {
        scan.step(at, byte);
        if scan.open.is_empty() && scan.started {
            break;
        }
    }
    let (end, closers) = scan.safe?;
    let mut text = cut.get(..end)?.to_owned();
    text.extend(closers.iter().rev().map(|byte| char::from(*byte)));
    match serde_json::from_str::<Value>(&text) {
        Ok(Value::Object(map)) if !map.is_empty() => Some(text),
        _ => None,
    }
}

/// Where a scan of cut JSON stands: the open brackets, and the last place where closing them gives whole values.
#[derive(Default)]
struct Scan {
    started: bool,
    in_string: bool,
    escaped: bool,
    open: Vec<u8>,
    safe: Option<(usize, Vec<u8>)>,
}

impl Scan {
    fn step(&mut self, at: usize, byte: u8) {
        if self.in_string {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_string = false,
                _ => {}
            }
            return;
        }
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => {
                self.started = true;
                self.open.push(if byte == b'{' { b'}' } else { b']' });
            }
            b'}' | b']' => {
                self.open.pop();
                // After a closed value its parents can be closed too.
                self.safe = Some((at + 1, self.open.clone()));
            }
            // Before a comma the value in front of it is whole.
            b',' => self.safe = Some((at, self.open.clone())),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_object_keeps_its_whole_members_only() {
        let cut = r#"{"Id":"a","Parameters":[{"Name":"X","Value":"1"},{"Name":"Y","Val"#;
        let whole = r#"{"Id":"a","Parameters":[{"Name":"X","Value":"1"},{"Name":"Y"}]}"#;
        assert_eq!(salvage(cut).as_deref(), Some(whole));
    }

    #[test]
    fn a_string_cut_in_the_middle_is_dropped() {
        assert_eq!(salvage(r#"{"Id":"a","Subject":"half a sub"#).as_deref(), Some(r#"{"Id":"a"}"#));
    }

    #[test]
    fn nothing_whole_is_nothing() {
        assert_eq!(salvage(r#"{"Id":"a"#), None);
        assert_eq!(salvage("not json"), None);
    }

    #[test]
    fn keys_are_found_in_any_case() {
        let value: Value = serde_json::from_str(r#"{"eventName":"b","EventName":"a"}"#).unwrap();
        assert_eq!(text(&value, "EventName").as_deref(), Some("a"));
        assert_eq!(text(&value, "EVENTNAME").as_deref(), Some("a"));
    }
}
