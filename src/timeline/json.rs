//! Tolerant JSON: objects whose keys are found in any case, and the salvage of cut records.

use std::fmt;
use std::sync::LazyLock;

use memchr::memmem;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};

/// Reads an object, but of its members only those with these names, in whatever case.
pub struct Members<'n>(pub &'n [&'n str]);

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Value, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            if self.0.iter().any(|wanted| wanted.eq_ignore_ascii_case(&name)) {
                members.insert(name.into_owned(), map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Value::Object(members))
    }
}

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

/// The array under `key`; PowerShell writes one of a single object as that object. Empty where there is none.
pub fn list<'a>(object: &'a Value, key: &str) -> &'a [Value] {
    match get(object, key) {
        Some(Value::Array(list)) => list,
        Some(one @ Value::Object(members)) if !members.is_empty() => std::slice::from_ref(one),
        _ => &[],
    }
}

/// Reads a boolean in any of the service's spellings (`true`, `"True"`, `"FALSE"`), or as Excel writes it in its own
/// language when it saves a table (`FALSCH`). For what is a boolean by its name: elsewhere such a word may be a name.
pub fn boolean(text: &str) -> Option<bool> {
    match text.trim() {
        text if text.eq_ignore_ascii_case("true") => Some(true),
        text if text.eq_ignore_ascii_case("false") => Some(false),
        text => boolean_of_excel(text),
    }
}

/// The booleans of the Excels that use other words than English.
#[cold]
fn boolean_of_excel(text: &str) -> Option<bool> {
    const ON: [&str; 16] = [
        "wahr",
        "vrai",
        "verdadero",
        "vero",
        "verdadeiro",
        "waar",
        "prawda",
        "sant",
        "sand",
        "sann",
        "tosi",
        "pravda",
        "igaz",
        "adevărat",
        "истина",
        "doğru",
    ];
    const OFF: [&str; 15] = [
        "falsch", "faux", "falso", "onwaar", "fałsz", "falskt", "falsk", "usann", "epätosi", "nepravda", "hamis",
        "fals", "ложь", "yanliş", "yanlış",
    ];
    const LONGEST: usize = 16;
    let word = Some(text).filter(|text| !text.is_empty() && text.len() <= LONGEST)?.to_lowercase();
    let is = |words: &[&str]| words.contains(&word.as_str());
    is(&ON).then_some(true).or_else(|| is(&OFF).then_some(false))
}

/// How the escape of a character by its number begins; few records have one.
static NUMBERED: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("\\u"));

/// JSON text in which each lone half of a surrogate pair (`\\ud83d` without its other half, left where somebody cut a
/// text inside a character) is U+FFFD, so that the text around it can be read; `None` where there is none.
pub fn mended(json: &str) -> Option<String> {
    let is_half = |at: &usize| matches!(json.as_bytes().get(at + 2), Some(b'd' | b'D'));
    // Most records have no escape at all, and that is seen sooner.
    memchr::memchr(b'\\', json.as_bytes())?;
    NUMBERED.find_iter(json.as_bytes()).find(is_half)?;
    let half = |at: usize| -> Option<u16> {
        let digits = json.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok().filter(|unit| (0xd800..=0xdfff).contains(unit))
    };
    let mut out = String::new();
    let (mut kept, mut at) = (0, 0);
    while let Some(step) = memchr::memchr(b'\\', json.as_bytes().get(at..)?) {
        at += step;
        match (half(at), half(at + 6)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => at += 12,
            (Some(_), _) => {
                out.push_str(json.get(kept..at)?);
                out.push_str("\\ufffd");
                at += 6;
                kept = at;
            }
            // Two bytes of any other escape: a second backslash begins none.
            (None, _) => at += 2,
        }
    }
    (kept > 0).then(|| out + json.get(kept..).unwrap_or_default())
}

/// A cut or broken JSON object, closed at its last complete `"key":value` in front of the damage.
///
/// Returns valid JSON text, or `None` where not even one member of the object is complete. Values
/// that were cut in the middle are dropped, never completed: half a value is not evidence.
pub fn salvage(cut: &str) -> Option<String> {
    // Where closing the end is not enough, the damage is further in front: a few steps back to it.
    const STEPS: usize = 4;
    let mut cut = cut;
    for _ in 0..STEPS {
        let text = closed(cut)?;
        match serde_json::from_str::<serde_json::Map<String, Value>>(&text) {
            Ok(map) => return (!map.is_empty()).then_some(text),
            Err(error) => cut = cut.get(..place(&text, &error).min(cut.len()).checked_sub(1)?)?,
        }
    }
    None
}

/// The character at which reading stopped, from the beginning of the text: the error counts within its line.
pub fn stopped_at(text: &str, error: &serde_json::Error) -> usize {
    text.get(..place(text, error)).unwrap_or(text).chars().count()
}

/// The byte at which reading stopped.
fn place(text: &str, error: &serde_json::Error) -> usize {
    let before: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let mut at = before + error.column();
    while !text.is_char_boundary(at.min(text.len())) {
        at -= 1;
    }
    at
}

/// The text up to the last place where its open brackets can be closed, and their closers.
fn closed(cut: &str) -> Option<String> {
    let mut scan = Scan::default();
    for (at, byte) in cut.bytes().enumerate() {
        scan.step(at, byte);
        if scan.open.is_empty() && scan.started {
            break;
        }
    }
    let (end, depth) = scan.safe?;
    let mut text = cut.get(..end)?.to_owned();
    text.extend(scan.open.get(..depth)?.iter().rev().map(|byte| char::from(*byte)));
    Some(text)
}

/// Where a scan of cut JSON stands: the open brackets, and the last place where closing them gives whole values.
#[derive(Default)]
struct Scan {
    started: bool,
    in_string: bool,
    escaped: bool,
    open: Vec<u8>,
    /// The place, and how many brackets were open there: since then none of them was closed.
    safe: Option<(usize, usize)>,
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
                self.safe = Some((at + 1, self.open.len()));
            }
            // Before a comma the value in front of it is whole.
            b',' => self.safe = Some((at, self.open.len())),
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
    fn where_reading_stopped_is_counted_from_the_beginning() {
        for (text, at) in [("{\"a\":1,}", 8), ("{\n \"a\": \"é\",\n \"b\": x}", 20)] {
            let error = serde_json::from_str::<Value>(text).unwrap_err();
            assert_eq!(stopped_at(text, &error), at, "{text}");
        }
    }

    #[test]
    fn booleans_as_services_and_excels_write_them() {
        for off in ["false", " FALSE", "FALSCH", "Faux", "FALSO", "FAŁSZ", "ЛОЖЬ", "YANLIŞ"] {
            assert_eq!(boolean(off), Some(false), "{off}");
        }
        for on in ["true", "True ", "WAHR", "VRAI", "VERDADERO", "ИСТИНА", "DOĞRU"] {
            assert_eq!(boolean(on), Some(true), "{on}");
        }
        for neither in ["", "1", "Yes", "Falschgeld", "alice@contoso.example"] {
            assert_eq!(boolean(neither), None, "{neither}");
        }
    }

    #[test]
    fn a_string_cut_in_the_middle_is_dropped() {
        assert_eq!(salvage(r#"{"Id":"a","Subject":"half a sub"#).as_deref(), Some(r#"{"Id":"a"}"#));
    }

    #[test]
    fn damage_in_the_middle_keeps_what_stands_before_it() {
        assert_eq!(salvage(r#"{"Id":"a","N":1,"X":tru,"Y":2}"#).as_deref(), Some(r#"{"Id":"a","N":1}"#));
        assert_eq!(salvage(r#"{"Id":"a","é":"é","X:"b","Y":2}"#).as_deref(), Some(r#"{"Id":"a","é":"é"}"#));
        let deep = format!("{{\"Id\":\"a\",\"b\":{}", "[".repeat(100_000));
        assert_eq!(salvage(&deep).as_deref(), Some(r#"{"Id":"a"}"#));
    }

    #[test]
    fn lone_halves_of_a_pair_are_replaced_and_pairs_are_not() {
        let text = |json: &str| serde_json::from_str::<String>(&mended(json).unwrap()).unwrap();
        assert_eq!(text(r#""a\ud83d b""#), "a\u{fffd} b");
        assert_eq!(text(r#""\uDC00\ud83d\ude00\ud83d\n""#), "\u{fffd}😀\u{fffd}\n");
        assert_eq!(text(r#""é\ud83d\ud83d\ude00""#), "é\u{fffd}😀");
        assert_eq!(text(r#""\\\ud83d""#), "\\\u{fffd}");
        assert_eq!(text(r#""\u0041\uD83D""#), "A\u{fffd}");
        for whole in [r#""\ud83d\ude00""#, r#""\\ud83d""#, r#""plain""#, "\"\\ud", "\\"] {
            assert_eq!(mended(whole), None, "{whole}");
        }
    }

    #[test]
    fn nothing_whole_is_nothing() {
        assert_eq!(salvage(r#"{"Id":"a"#), None);
        assert_eq!(salvage("not json"), None);
    }

    #[test]
    fn one_object_in_place_of_a_list_is_a_list_of_one() {
        let value: Value = serde_json::from_str(r#"{"a":[1,2],"b":{"c":1},"d":{},"e":"x","f":null}"#).unwrap();
        assert_eq!(["a", "B", "d", "e", "f", "g"].map(|key| list(&value, key).len()), [2, 1, 0, 0, 0, 0]);
        assert_eq!(text(&list(&value, "b")[0], "c").as_deref(), Some("1"));
    }

    #[test]
    fn keys_are_found_in_any_case() {
        let value: Value = serde_json::from_str(r#"{"eventName":"b","EventName":"a"}"#).unwrap();
        assert_eq!(text(&value, "EventName").as_deref(), Some("a"));
        assert_eq!(text(&value, "EVENTNAME").as_deref(), Some("a"));
    }
}
