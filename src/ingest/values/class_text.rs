//! Objects as the models of the AzureAD modules print themselves: `class SignInStatus {`, a line for each property with its
//! value, `}`. Where such a text stands in a cell, nothing is lost.

use serde_json::{Map, Value};

/// How deep objects stand in each other at most.
const DEPTH: usize = 8;

/// The object that was printed, or the list of them; `None` where a text is none, or none of its properties has a value.
pub fn object(text: &str) -> Option<Value> {
    let text = text.trim();
    if !text.starts_with("class ") {
        return None;
    }
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut objects = Vec::new();
    while let Some(line) = lines.next() {
        if !opens(line) {
            return None;
        }
        objects.push(Value::Object(members(&mut lines, DEPTH)?));
    }
    let says = |object: &Value| object.as_object().is_some_and(|members| !members.is_empty());
    if !objects.iter().any(says) {
        return None;
    }
    if objects.len() > 1 { Some(Value::Array(objects)) } else { objects.pop() }
}

/// Whether a line, or a property's value, begins an object.
fn opens(text: &str) -> bool {
    let name = text.strip_prefix("class ").and_then(|rest| rest.strip_suffix('{'));
    name.is_some_and(|name| !name.trim().is_empty() && !name.trim().contains(char::is_whitespace))
}

/// The properties up to the closing brace, those without a value left out; `None` where it is not closed.
fn members<'t>(lines: &mut impl Iterator<Item = &'t str>, depth: usize) -> Option<Map<String, Value>> {
    let mut members: Map<String, Value> = Map::new();
    let mut last = String::new();
    loop {
        let line = lines.next()?;
        if line == "}" {
            return Some(members);
        }
        if opens(line) {
            // One more element of a list.
            let one = self::members(lines, depth.checked_sub(1)?)?;
            add(members.get_mut(&last)?, one.into());
            continue;
        }
        let property = line.split_once(':').filter(|(name, _)| is_name(name));
        let Some((name, value)) = property else {
            // A value that goes on in the next line.
            if let Some(Value::String(text)) = members.get_mut(&last) {
                text.push('\n');
                text.push_str(line);
            }
            continue;
        };
        name.clone_into(&mut last);
        let value = value.trim();
        let value = match opens(value) {
            true => self::members(lines, depth.checked_sub(1)?)?.into(),
            false => Value::from(value),
        };
        if value != "" && !members.contains_key(name) {
            members.insert(name.to_owned(), value);
        }
    }
}

/// Adds an object to the one or the list before it.
fn add(before: &mut Value, one: Value) {
    match before {
        Value::Array(list) => list.push(one),
        other => *other = Value::Array(vec![other.take(), one]),
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printed_objects_are_read() {
        let actor = "class Actor {\r\n  User: class User {\r\n  Id: u1\r\n  Name: \r\n  Url: https://x.example/\r\n}\r\n\r\n  App: \r\n}\r\n";
        assert_eq!(object(actor), Some(serde_json::json!({"User": {"Id": "u1", "Url": "https://x.example/"}})));
        let two = "class A {\n  K: a\nb\n}\nclass A {\n  K: c\n}";
        assert_eq!(object(two), Some(serde_json::json!([{"K": "a\nb"}, {"K": "c"}])));
        let inner = "class A {\n  L: class B {\n  K: a\n}\n class B {\n  K: b\n}\n\n  M: c\n}";
        assert_eq!(object(inner), Some(serde_json::json!({"L": [{"K": "a"}, {"K": "b"}], "M": "c"})));
    }

    #[test]
    fn a_text_that_is_no_such_object_is_none() {
        for text in ["class X {}", "class X {\n}", "class X {\n K: \n}", "class X {\n K: v", "class of {1", "K: v", ""]
        {
            assert_eq!(object(text), None, "{text}");
        }
    }
}
