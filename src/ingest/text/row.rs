//! The object of a table's row: cells by the names of their columns, those with full stops in their names inside others,
//! as flattening scripts lay objects and lists out (`InitiatedBy.User.Id`, `TargetResources.1.Type`).

use serde_json::{Map, Value};

use crate::ingest::text::cells::Cells;
use crate::ingest::values::class_text;

/// How deep columns are placed; no export of a service lies deeper.
const DEPTH: usize = 8;

/// The object of a row; `name` gives a column the name by which it is asked. Of what two columns say of one thing, the
/// first counts.
pub fn object<'c>(columns: &'c [String], cells: &Cells<'_>, name: impl Fn(&'c str) -> &'c str) -> Map<String, Value> {
    let mut object = Map::new();
    let mut parts: Vec<(&str, &str, &str)> = Vec::new();
    for (at, column) in columns.iter().enumerate() {
        let (name, cell) = (name(column), cells.column(Some(at)));
        match name.split_once('.') {
            _ if cell.is_empty() => {}
            Some((outer, path)) => parts.push((outer, path, cell)),
            None => _ = object.entry(name).or_insert_with(|| value(cell)),
        }
    }
    for (outer, path, cell) in parts {
        put(object.entry(outer).or_insert(Value::Null), path, cell, DEPTH);
    }
    for value in object.values_mut() {
        listed(value);
    }
    object
}

/// Puts a cell into a value, along the rest of its column's name. A text in its way is the name of a type; a list has
/// its own elements.
fn put(slot: &mut Value, path: &str, cell: &str, depth: usize) {
    if slot.is_array() {
        return;
    }
    if !slot.is_object() {
        *slot = Value::Object(Map::new());
    }
    let Some(members) = slot.as_object_mut() else { return };
    let (key, deeper) = match path.split_once('.').filter(|_| depth > 0) {
        Some((key, deeper)) => (key, Some(deeper)),
        None => (path, None),
    };
    // An object that was printed has its keys in their own case.
    let known = members.keys().find(|known| known.eq_ignore_ascii_case(key)).cloned();
    let slot = members.entry(known.unwrap_or_else(|| key.to_owned()));
    match deeper {
        Some(deeper) => put(slot.or_insert(Value::Null), deeper, cell, depth - 1),
        None => _ = slot.or_insert_with(|| value(cell)),
    }
}

/// What a cell says.
fn value(cell: &str) -> Value {
    class_text::object(cell).unwrap_or_else(|| cell.into())
}

/// What has nothing but numbers for keys is a list.
fn listed(value: &mut Value) {
    let Some(members) = value.as_object_mut() else { return };
    members.values_mut().for_each(listed);
    let number = |key: &String| key.parse::<u32>().ok();
    if members.is_empty() || !members.keys().all(|key| number(key).is_some()) {
        return;
    }
    let mut elements: Vec<(Option<u32>, Value)> =
        std::mem::take(members).into_iter().map(|(key, value)| (number(&key), value)).collect();
    elements.sort_by_key(|(number, _)| *number);
    *value = elements.into_iter().map(|(_, value)| value).collect();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::text::cells::CellReader;

    fn of(columns: &[&str], row: &str) -> Value {
        let columns: Vec<String> = columns.iter().map(|column| (*column).to_owned()).collect();
        Value::Object(object(&columns, &CellReader::new(b';').read(row), |name| name))
    }

    #[test]
    fn columns_are_placed_along_their_names() {
        assert_eq!(
            of(&["a", "b.c.d", "b.c.e", "l.1.k", "l.2.k", "l.10.k", "l.1.p.1.q", "n.o"], "1;2;3;4;5;6;7;"),
            serde_json::json!({"a": "1", "b": {"c": {"d": "2", "e": "3"}},
                "l": [{"k": "4", "p": [{"q": "7"}]}, {"k": "5"}, {"k": "6"}]})
        );
    }

    #[test]
    fn the_name_of_a_type_replaces_no_object_and_a_printed_object_is_one() {
        assert_eq!(of(&["b.c.d", "b"], "2;System.Object"), serde_json::json!({"b": {"c": {"d": "2"}}}));
        assert_eq!(
            of(&["b", "b.c.d", "b.e"], "\"class X {\n  C: class Y {\n  D: 1\n}\n\n}\n\";2;3"),
            serde_json::json!({"b": {"C": {"D": "1"}, "e": "3"}})
        );
    }
}
