//! Nested JSON objects from dotted paths, and lines of them; nothing empty gets in.

use std::io::{self, Write};

use serde_json::{Map, Value};

use super::text;

/// An object that is being filled.
#[derive(Debug, Default)]
pub struct Nested(Map<String, Value>);

impl Nested {
    /// Puts a value at `a.b.c`, making the objects on the way; null, empty text, empty lists and objects stay out.
    pub fn put(&mut self, path: &str, value: impl Into<Value>) {
        let value = value.into();
        if is_empty(&value) {
            return;
        }
        let mut object = &mut self.0;
        let mut rest = path;
        while let Some((step, further)) = rest.split_once('.') {
            let next = object.entry(step).or_insert_with(|| Value::Object(Map::new()));
            match next {
                Value::Object(inner) => object = inner,
                // A path that runs through a value is a mistake in this program; the value that is there stays.
                _ => return,
            }
            rest = further;
        }
        object.insert(rest.to_owned(), value);
    }

    /// What stands at `a.b.c`.
    pub fn get(&self, path: &str) -> Option<&Value> {
        let mut steps = path.split('.');
        let first = steps.next().and_then(|step| self.0.get(step));
        steps.fold(first, |value, step| value?.get(step))
    }

    /// Whether there is something at `a.b.c`.
    pub fn has(&self, path: &str) -> bool {
        self.get(path).is_some()
    }

    /// The object.
    pub fn value(self) -> Value {
        Value::Object(self.0)
    }

    /// Writes the object as one line.
    pub fn line(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(text::json(&serde_json::to_string(&self.0)?).as_bytes())?;
        out.write_all(b"\n")
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_become_objects_and_nothing_empty_gets_in() {
        let mut nested = Nested::default();
        nested.put("a.b", "x");
        nested.put("a.c", None::<String>);
        nested.put("a.d.e", Vec::<String>::new());
        nested.put("n", 0);
        nested.put("a.b.c", "lost");
        assert!(nested.has("a.b") && !nested.has("a.c") && !nested.has("a.d"));
        assert_eq!(nested.value(), json!({"a": {"b": "x"}, "n": 0}));
    }
}
