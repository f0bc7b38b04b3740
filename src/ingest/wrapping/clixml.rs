//! PowerShell's own XML (`Export-Clixml`): objects to JSON, with references resolved and lost values named.
//!
//! Grammar: "PowerShell remoting protocol" (MS-PSRP), serialization. Types are never evaluated: an object is its
//! properties.

mod cut;
mod shared;

use std::collections::{HashMap, HashSet};

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event as Xml};
use serde_json::map::Entry;
use serde_json::{Map, Value};

use crate::ingest::text::cut::Span;
use crate::ingest::values::fields;

pub use cut::{ObjectCutter, next_object};
pub use shared::Shared;

/// Elements inside elements; deeper ones are not followed.
const DEEPEST: usize = 160;
/// Values that references may copy into one record: more is an attack, not a record.
const COPIES: usize = 200_000;

/// What one element says.
#[derive(Debug, Default)]
pub struct Parsed {
    /// The object.
    pub value: Value,
    /// Properties whose values were lost when the file was made: only the name of a type was written.
    pub lost: Vec<String>,
    /// The element does not end, or is not well-formed: what came before that.
    pub cut: bool,
    /// RefIds that are defined elsewhere, and not in `shared`.
    pub unresolved: Vec<String>,
}

/// Reads one element; `shared` has the objects that stand in other records.
pub fn parse(text: &str, shared: &Shared) -> Parsed {
    let mut parser = Parser::new(text, shared);
    let value = parser.first();
    Parsed { value, lost: parser.lost, cut: parser.cut, unresolved: parser.unresolved }
}

/// The objects of one element that have one of these RefIds.
pub fn collect(text: &str, wanted: &HashSet<String>, shared: &mut Shared) -> Vec<String> {
    let mut parser = Parser::new(text, shared);
    parser.keep = true;
    parser.first();
    let (local, unresolved) = (parser.local, parser.unresolved);
    let mut found: Vec<(String, Value)> = local.into_iter().filter(|(id, _)| wanted.contains(id)).collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    let any = !found.is_empty();
    found.into_iter().for_each(|(id, value)| shared.keep(id, value));
    if any { unresolved } else { Vec::new() }
}

/// The first objects of a file, as far as they are there.
pub fn first_objects(text: &str, count: usize) -> Vec<Value> {
    let (mut cutter, mut spans) = (ObjectCutter::default(), Vec::<Span>::new());
    cutter.feed(text.as_bytes(), &mut spans);
    if spans.is_empty() {
        cutter.finish(text.as_bytes(), &mut spans);
    }
    let objects = spans.into_iter().take(count).filter_map(|span| text.get(span.start..span.end));
    objects.map(|object| parse(object, &Shared::new()).value).collect()
}

/// How many files begin in what stands between two records.
pub fn roots(between: &[u8]) -> usize {
    memchr::memmem::find_iter(between, b"<Objs").count()
}

/// RefIds that one element refers to and does not define.
pub fn foreign_references(text: &str) -> Vec<String> {
    let ids = |tag: &str| -> HashSet<String> {
        let of_tag = |rest: &str| {
            let tag = rest.split('>').next()?;
            tag.split("RefId=\"").nth(1)?.split('"').next().map(str::to_owned)
        };
        text.split(tag).skip(1).filter_map(of_tag).collect()
    };
    let asked = ids("<Ref ");
    if asked.is_empty() {
        return Vec::new();
    }
    let defined = ids("<Obj ");
    let mut foreign: Vec<String> = asked.difference(&defined).cloned().collect();
    foreign.sort();
    foreign
}

struct Parser<'t> {
    xml: Reader<&'t [u8]>,
    shared: &'t Shared,
    local: HashMap<String, Value>,
    /// References stand in the element: objects are kept for them.
    keep: bool,
    copied: usize,
    lost: Vec<String>,
    unresolved: Vec<String>,
    cut: bool,
}

impl<'t> Parser<'t> {
    fn new(text: &'t str, shared: &'t Shared) -> Self {
        Self {
            // An element that ends under another name is damaged: the reader stops there.
            xml: Reader::from_str(text),
            shared,
            local: HashMap::new(),
            keep: text.contains("<Ref "),
            copied: 0,
            lost: Vec::new(),
            unresolved: Vec::new(),
            cut: false,
        }
    }

    fn next(&mut self) -> Option<Xml<'t>> {
        if self.cut {
            return None;
        }
        match self.xml.read_event() {
            // Entities are not read: no exporter writes them.
            Ok(Xml::Eof | Xml::DocType(_)) | Err(_) => {
                self.cut = true;
                None
            }
            Ok(event) => Some(event),
        }
    }

    fn first(&mut self) -> Value {
        while let Some(event) = self.next() {
            match event {
                Xml::Start(tag) => return self.element(&tag, "", 0).unwrap_or_default(),
                Xml::Empty(tag) => return self.empty(&tag, "").unwrap_or_default(),
                _ => {}
            }
        }
        Value::Null
    }

    /// The value of an element that was opened; `None` where it was cut in the middle of a text.
    fn element(&mut self, tag: &BytesStart<'_>, name: &str, depth: usize) -> Option<Value> {
        let depth = depth + 1;
        if depth > DEEPEST {
            self.lost.push(name.to_owned());
            self.text()?;
            return Some(Value::Null);
        }
        match tag.name().as_ref() {
            "Obj" => Some(self.object(attribute(tag, "RefId"), name, depth)),
            "LST" | "IE" | "QUE" | "STK" => Some(Value::Array(self.list(name, depth))),
            "DCT" => Some(Value::Object(self.dictionary(depth))),
            "MS" | "Props" => Some(Value::Object(self.members(depth))),
            "TN" | "Ref" | "TNRef" | "Nil" => {
                self.text()?;
                Some(Value::Null)
            }
            kind => {
                let text = self.text()?;
                Some(self.scalar(kind, text, name))
            }
        }
    }

    fn empty(&mut self, tag: &BytesStart<'_>, name: &str) -> Option<Value> {
        match tag.name().as_ref() {
            "Ref" => self.resolve(&attribute(tag, "RefId"), name),
            "S" | "ToString" => Some(Value::from("")),
            "LST" | "IE" | "QUE" | "STK" => Some(Value::Array(Vec::new())),
            "Obj" | "Nil" => Some(Value::Null),
            "DCT" | "MS" | "Props" => Some(Value::Object(Map::new())),
            _ => None,
        }
    }

    fn resolve(&mut self, id: &str, name: &str) -> Option<Value> {
        let Some(value) = self.local.get(id).or_else(|| self.shared.get(id)) else {
            self.unresolved.push(id.to_owned());
            self.lost.push(name.to_owned());
            return Some(Value::Null);
        };
        self.copied += size(value);
        if self.copied > COPIES {
            self.lost.push(name.to_owned());
            return Some(Value::Null);
        }
        Some(value.clone())
    }

    fn object(&mut self, id: String, name: &str, depth: usize) -> Value {
        let mut parts = Parts::default();
        while let Some(event) = self.next() {
            match event {
                Xml::End(_) => break,
                Xml::Start(tag) => {
                    let kind = tag.name().as_ref().to_owned();
                    let value = self.element(&tag, name, depth);
                    parts.add(&kind, value);
                }
                Xml::Empty(tag) => {
                    let kind = tag.name().as_ref().to_owned();
                    let value = self.empty(&tag, name);
                    parts.add(&kind, value);
                }
                _ => {}
            }
        }
        let value = parts.into_value();
        if self.keep && !id.is_empty() {
            self.local.insert(id, value.clone());
        }
        value
    }

    fn members(&mut self, depth: usize) -> Map<String, Value> {
        let mut map = Map::new();
        while let Some(event) = self.next() {
            let (tag, value) = match event {
                Xml::End(_) => break,
                Xml::Start(tag) => {
                    let name = unescaped(&attribute(&tag, "N"));
                    let value = self.element(&tag, &name, depth);
                    (name, value)
                }
                Xml::Empty(tag) => {
                    let name = unescaped(&attribute(&tag, "N"));
                    let value = self.empty(&tag, &name);
                    (name, value)
                }
                _ => continue,
            };
            let Some(value) = value.filter(|_| !tag.is_empty()) else { continue };
            match map.entry(tag) {
                Entry::Vacant(place) => {
                    place.insert(value);
                }
                // No object has a property twice: this is the rest of another, behind what was lost between.
                Entry::Occupied(_) => {
                    self.cut = true;
                    break;
                }
            }
        }
        map
    }

    fn list(&mut self, name: &str, depth: usize) -> Vec<Value> {
        let mut list = Vec::new();
        while let Some(event) = self.next() {
            match event {
                Xml::End(_) => break,
                Xml::Start(tag) => list.extend(self.element(&tag, name, depth)),
                Xml::Empty(tag) => list.extend(self.empty(&tag, name)),
                _ => {}
            }
        }
        list
    }

    fn dictionary(&mut self, depth: usize) -> Map<String, Value> {
        let mut map = Map::new();
        while let Some(event) = self.next() {
            match event {
                Xml::End(_) => break,
                Xml::Start(_) => {
                    let mut entry = self.members(depth);
                    let key = entry.remove("Key").and_then(|key| crate::timeline::json::scalar_text(&key));
                    if let (Some(key), Some(value)) = (key, entry.remove("Value")) {
                        map.insert(key, value);
                    }
                }
                _ => {}
            }
        }
        map
    }

    /// The text up to the end of the element; elements in it are passed over.
    fn text(&mut self) -> Option<String> {
        let (mut text, mut open) = (String::new(), 0usize);
        while let Some(event) = self.next() {
            match event {
                Xml::Start(_) => open += 1,
                Xml::End(_) if open == 0 => return Some(unescaped(&text)),
                Xml::End(_) => open -= 1,
                Xml::Text(part) if open == 0 => text.push_str(&part.xml10_content()),
                Xml::CData(part) if open == 0 => text.push_str(&part.xml10_content()),
                Xml::GeneralRef(reference) if open == 0 => match character(&reference) {
                    Some(character) => text.push(character),
                    None => self.cut = true,
                },
                _ => {}
            }
        }
        None
    }

    fn scalar(&mut self, kind: &str, text: String, name: &str) -> Value {
        match kind {
            "B" => flag(&text),
            "I16" | "I32" | "I64" | "U16" | "U32" | "U64" | "By" | "SB" => {
                text.trim().parse::<i64>().map_or_else(|_| Value::from(text), Value::from)
            }
            "S" if fields::is_type_name(&text) => {
                self.lost.push(name.to_owned());
                Value::Null
            }
            _ => Value::from(text),
        }
    }
}

fn flag(text: &str) -> Value {
    crate::timeline::json::boolean(text).map_or_else(|| Value::from(text), Value::from)
}

/// The parts of one `Obj`.
#[derive(Default)]
struct Parts {
    members: Map<String, Value>,
    list: Option<Value>,
    dictionary: Option<Map<String, Value>>,
    shown: Option<Value>,
    scalar: Option<Value>,
}

impl Parts {
    fn add(&mut self, kind: &str, value: Option<Value>) {
        match (kind, value) {
            ("TN" | "TNRef", _) | (_, None) => {}
            ("MS" | "Props", Some(Value::Object(map))) => self.members.extend(map),
            ("DCT", Some(Value::Object(map))) => self.dictionary = Some(map),
            ("LST" | "IE" | "QUE" | "STK", value) => self.list = value,
            ("ToString", value) => self.shown = value,
            (_, value) => self.scalar = value,
        }
    }

    /// A list is its elements, an enumeration its word, everything else its properties; what has none is shown text.
    fn into_value(self) -> Value {
        if let Some(mut map) = self.dictionary {
            map.extend(self.members);
            return Value::Object(map);
        }
        if let Some(list) = self.list {
            return list;
        }
        if self.scalar.is_some() {
            return self.shown.or(self.scalar).unwrap_or_default();
        }
        if !self.members.is_empty() {
            return Value::Object(self.members);
        }
        self.shown.unwrap_or_default()
    }
}

fn size(value: &Value) -> usize {
    match value {
        Value::Array(list) => 1 + list.iter().map(size).sum::<usize>(),
        Value::Object(map) => 1 + map.values().map(size).sum::<usize>(),
        Value::String(text) => 1 + text.len() / 64,
        _ => 1,
    }
}

fn character(reference: &BytesRef<'_>) -> Option<char> {
    if reference.is_char_ref() {
        return reference.resolve_char_ref().ok().flatten();
    }
    match reference.xml10_content().as_ref() {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> String {
    let found = tag.attributes().with_checks(false).flatten().find(|attribute| attribute.key.as_ref() == name);
    let Some(found) = found else { return String::new() };
    quick_xml::escape::unescape(&found.value).map_or_else(|_| found.value.to_string(), std::borrow::Cow::into_owned)
}

/// `_x000D__x000A_` and the like are UTF-16 units that XML cannot hold, or a literal underscore (`_x005F_`).
fn unescaped(text: &str) -> String {
    if !text.contains("_x") {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut units: Vec<u16> = Vec::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        if let Some(unit) = unit(rest) {
            units.push(unit);
            rest = rest.get(7..).unwrap_or_default();
            continue;
        }
        flush(&mut units, &mut out);
        out.push(letter);
        rest = rest.get(letter.len_utf8()..).unwrap_or_default();
    }
    flush(&mut units, &mut out);
    out
}

fn flush(units: &mut Vec<u16>, out: &mut String) {
    if !units.is_empty() {
        out.push_str(&String::from_utf16_lossy(units));
        units.clear();
    }
}

/// The unit that an escape at the start of `text` stands for.
fn unit(text: &str) -> Option<u16> {
    let hex = text.get(..7)?.strip_prefix("_x").or_else(|| text.get(..7)?.strip_prefix("_X"))?.strip_suffix('_')?;
    u16::from_str_radix(hex, 16).ok().filter(|_| hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn value(text: &str) -> Value {
        parse(text, &Shared::new()).value
    }

    #[test]
    fn properties_lists_dictionaries_and_enumerations() {
        let text = r#"<Obj RefId="0"><TN RefId="0"><T>Deserialized.X</T></TN><ToString>x</ToString>
            <Props><S N="Name">a &amp; b_x000D__x000A_c &lt;_x005F_x0041_&gt;</S>
            <B N="On">true</B><I32 N="Count">7</I32>
            <Nil N="None" /><DT N="When">2024-06-30T03:42:36-04:00</DT>
            <Obj N="Kind" RefId="1"><TNRef RefId="0" /><ToString>Owner</ToString><I32>0</I32></Obj>
            <Obj N="List" RefId="2"><LST><S>x</S><Obj RefId="3"><MS><S N="Name">n</S></MS></Obj></LST></Obj></Props>
            <MS><Obj N="More" RefId="4"><DCT><En><S N="Key">k</S><S N="Value">v</S></En></DCT></Obj></MS></Obj>"#;
        let expected = json!({"Name": "a & b\r\nc <_x0041_>", "On": true, "Count": 7, "None": null,
            "When": "2024-06-30T03:42:36-04:00",
            "Kind": "Owner", "List": ["x", {"Name": "n"}], "More": {"k": "v"}});
        assert_eq!(value(text), expected);
        assert_eq!(unescaped("_xD83D__xDE00_ _x12"), "😀 _x12");
    }

    #[test]
    fn references_here_and_in_other_records() {
        let text = r#"<Obj RefId="5"><MS><Obj N="A" RefId="6"><LST><S>x</S></LST></Obj>
            <Ref N="B" RefId="6" /><Ref N="C" RefId="1" /></MS></Obj>"#;
        assert_eq!(foreign_references(text), ["1"]);
        let parsed = parse(text, &Shared::new());
        assert_eq!(parsed.value, json!({"A": ["x"], "B": ["x"], "C": null}));
        assert_eq!((parsed.unresolved, parsed.lost), (vec!["1".to_owned()], vec!["C".to_owned()]));
        let mut shared = Shared::new();
        let other = r#"<Obj RefId="0"><MS><Obj N="Z" RefId="1"><MS><S N="n">v</S></MS></Obj></MS></Obj>"#;
        assert!(collect(other, &HashSet::from(["1".to_owned()]), &mut shared).is_empty());
        assert_eq!(parse(text, &shared).value["C"], json!({"n": "v"}));
    }

    #[test]
    fn references_that_multiply_are_not_followed() {
        let mut text = String::from(r#"<Obj RefId="0"><LST>"#);
        for id in 1..30 {
            let twice =
                if id == 1 { String::new() } else { format!(r#"<Ref RefId="{0}" /><Ref RefId="{0}" />"#, id - 1) };
            text.push_str(&format!(r#"<Obj RefId="{id}"><LST><S>x</S>{twice}</LST></Obj>"#));
        }
        text.push_str("</LST></Obj>");
        let parsed = parse(&text, &Shared::new());
        assert!(size(&parsed.value) < COPIES * 4 && !parsed.lost.is_empty());
    }

    #[test]
    fn what_was_lost_is_named_and_what_was_cut_is_left_out() {
        let text = r#"<Obj RefId="0"><MS><S N="A">System.Object[]</S><S N="B">b</S><S N="C">half a va"#;
        let parsed = parse(text, &Shared::new());
        assert_eq!((parsed.value, parsed.lost, parsed.cut), (json!({"A": null, "B": "b"}), vec!["A".to_owned()], true));
        // What does not end as it began, and a property that comes twice, are the marks of damage.
        for text in [
            r#"<Obj RefId="0"><MS><S N="A">a</S><S N="B">b<Obj>c</S><S N="C">c</S></MS></Obj>"#,
            r#"<Obj RefId="0"><MS><S N="A">a</S></Mx><S N="C">c</S></Obj>"#,
            r#"<Obj RefId="0"><MS><S N="A">a</S><S N="A">b</S><S N="C">c</S></MS></Obj>"#,
        ] {
            let parsed = parse(text, &Shared::new());
            assert_eq!((parsed.value, parsed.cut), (json!({"A": "a"}), true), "{text}");
        }
        let deep = "<Obj RefId=\"0\"><LST>".repeat(10_000);
        assert!(parse(&deep, &Shared::new()).cut);
    }
}
