//! A JSON object to its members, and a list to its elements, in one pass: each value as its own text, because most of a
//! record's values are never asked for.
//!
//! Whatever is taken here serde_json takes as well, and gives the same members. At the first byte that is not plain sailing
//! (an escape in a key, nesting that is deep, anything that is wrong) the answer is `None`, and the caller asks serde_json,
//! which also says where a text broke.

use std::borrow::Cow;

use crate::ingest::blocks::{Specials, contains};

/// Reads what stands in a text as `of` reads values; nothing where the text is not that value alone.
#[inline]
pub fn read<'a, T>(json: &'a str, of: impl FnOnce(Value<'_, 'a>) -> Option<T>) -> Option<T> {
    let mut scan = Scan::new(json);
    let first = scan.token()?;
    let found = of(Value { scan: &mut scan, first })?;
    scan.end().map(|()| found)
}

/// Gives the members of an object: the key without its quotes, and the value's text.
pub fn members<'a>(json: &'a str, mut give: impl FnMut(&'a str, &'a str) -> Option<()>) -> Option<()> {
    read(json, |object| object.members(|key, value| give(key, value.part()?.json))).map(|_| ())
}

/// How deep in an object a member stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// It is the object's own.
    Own,
    /// It is in an object that is the value of one of them, which is given behind all of its members.
    Inner,
}

/// Gives the members of an object, as [`members`] does, and those of the objects among their values.
pub fn two_levels<'a>(json: &'a str, mut give: impl FnMut(Level, &'a str, &'a str) -> Option<()>) -> Option<()> {
    let whole = read(json, |object| {
        object.members(|key, value| {
            let json = if value.is_object() {
                value.members(|key, value| give(Level::Inner, key, value.part()?.json))?
            } else {
                value.part()?.json
            };
            give(Level::Own, key, json)
        })
    });
    whole.map(|_| ())
}

/// Gives the elements of a list, each as its text.
pub fn elements<'a>(json: &'a str, mut give: impl FnMut(&'a str) -> Option<()>) -> Option<()> {
    read(json, |list| list.elements(|value| give(value.part()?.json))).map(|_| ())
}

/// The text of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part<'a> {
    /// As it stands there.
    pub json: &'a str,
    /// Whether it may have escapes.
    escapes: bool,
}

impl<'a> Part<'a> {
    /// Text that another reader found to be a value.
    pub fn of(json: &'a str) -> Self {
        Self { json, escapes: contains(json.as_bytes(), b'\\') }
    }

    /// The same of what is no string, or is rarely asked for as one.
    pub fn unlooked(json: &'a str) -> Self {
        Self { json, escapes: true }
    }

    /// A string as text: borrowed where it stands there as it is.
    #[inline]
    pub fn string(self) -> Option<Cow<'a, str>> {
        let inner = self.json.strip_prefix('"')?.strip_suffix('"')?;
        if !self.escapes {
            return Some(Cow::Borrowed(inner));
        }
        serde_json::from_str::<String>(self.json).ok().map(Cow::Owned)
    }
}

/// A value that is still to be read, in one of these ways.
pub struct Value<'s, 'a> {
    scan: &'s mut Scan<'a>,
    /// Its first byte.
    first: u8,
}

#[expect(clippy::inline_always, reason = "calls for each value cost as much as looking through it")]
impl<'a> Value<'_, 'a> {
    /// Whether it begins like an object.
    #[inline]
    pub fn is_object(&self) -> bool {
        self.first == b'{'
    }

    /// Its text.
    #[inline(always)]
    pub fn part(self) -> Option<Part<'a>> {
        self.scan.value(self.first)
    }

    /// Passes over it.
    #[inline]
    pub fn skip(self) -> Option<()> {
        self.part().map(|_| ())
    }

    /// Gives its members, if it is an object; its text.
    #[inline]
    pub fn members(self, mut give: impl FnMut(&'a str, Value<'_, 'a>) -> Option<()>) -> Option<&'a str> {
        let Self { scan, first: b'{' } = self else { return None };
        let start = scan.at;
        scan.list(b'{', b'}', |scan, byte| {
            let (key, first) = scan.key(byte)?;
            give(key, Value { scan, first })
        })?;
        scan.text.get(start..scan.at)
    }

    /// Gives its elements, if it is a list; its text.
    #[inline]
    pub fn elements(self, mut give: impl FnMut(Value<'_, 'a>) -> Option<()>) -> Option<&'a str> {
        let Self { scan, first: b'[' } = self else { return None };
        let start = scan.at;
        scan.list(b'[', b']', |scan, first| give(Value { scan, first }))?;
        scan.text.get(start..scan.at)
    }

    /// Reads it as `of` does; where that gives nothing, it is passed over. Its text with it.
    #[inline]
    pub fn read_as<T>(self, of: impl FnOnce(Value<'_, 'a>) -> Option<T>) -> Option<(Option<T>, &'a str)> {
        let Self { scan, first } = self;
        let (start, depth) = (scan.at, scan.depth);
        let found = of(Value { scan, first });
        if found.is_none() {
            (scan.at, scan.depth) = (start, depth);
            scan.value(first)?;
        }
        Some((found, scan.text.get(start..scan.at)?))
    }
}

/// Deeper nesting is left to the reader that has no such limit.
const DEEPEST: u32 = 60;

/// A place in a text that moves forward.
struct Scan<'a> {
    text: &'a str,
    at: usize,
    /// How many lists and objects are read of which this is the inside.
    depth: u32,
    specials: Specials<'a>,
}

#[expect(clippy::inline_always, reason = "calls for each string cost as much as looking through it")]
impl<'a> Scan<'a> {
    #[inline]
    fn new(text: &'a str) -> Self {
        Self { text, at: 0, depth: 0, specials: Specials::new(text.as_bytes()) }
    }

    #[inline]
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is no blank, which is where the scan stands then.
    #[inline]
    fn token(&mut self) -> Option<u8> {
        match self.byte()? {
            b' ' | b'\n' | b'\t' | b'\r' => self.blank(),
            byte => Some(byte),
        }
    }

    #[cold]
    fn blank(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = self.byte() {
            self.at += 1;
        }
        self.byte()
    }

    /// Nothing but blanks may follow.
    fn end(mut self) -> Option<()> {
        (self.token().is_none()).then_some(())
    }

    /// Passes over `byte` and what blanks are behind it: the next byte then.
    #[inline]
    fn behind(&mut self, byte: u8) -> Option<u8> {
        // As it nearly always is.
        if self.text.as_bytes().get(self.at..self.at + 2) == Some(&[byte, b'"']) {
            self.at += 1;
            return Some(b'"');
        }
        if self.token()? != byte {
            return None;
        }
        self.at += 1;
        self.token()
    }

    /// What stands between two brackets, separated by commas.
    #[inline]
    fn list(&mut self, open: u8, close: u8, mut item: impl FnMut(&mut Self, u8) -> Option<()>) -> Option<()> {
        let mut byte = self.behind(open)?;
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let mut next = byte != close;
        while next {
            item(self, byte)?;
            match self.behind(b',') {
                Some(behind) => byte = behind,
                None if self.byte()? == close => next = false,
                None => return None,
            }
        }
        self.at += 1;
        self.depth -= 1;
        Some(())
    }

    /// A key that begins with `byte`, and its colon; the first byte of the value with it.
    #[inline(always)]
    fn key(&mut self, byte: u8) -> Option<(&'a str, u8)> {
        if byte != b'"' {
            return None;
        }
        let start = self.at + 1;
        let escaped = self.string()?;
        let key = self.text.get(start..self.at - 1)?;
        let byte = self.behind(b':')?;
        (!escaped).then_some((key, byte))
    }

    /// The text of one value, which begins with `byte`.
    #[inline(always)]
    fn value(&mut self, byte: u8) -> Option<Part<'a>> {
        let start = self.at;
        let escapes = match byte {
            b'"' => self.string()?,
            b'{' | b'[' => self.nested().map(|()| true)?,
            _ => self.scalar().map(|()| false)?,
        };
        Some(Part { json: self.text.get(start..self.at)?, escapes })
    }

    /// A string, at its quote; whether it has escapes.
    #[inline(always)]
    fn string(&mut self) -> Option<bool> {
        self.at = self.specials.next(self.at + 1)?;
        if self.byte()? == b'"' {
            self.at += 1;
            return Some(false);
        }
        self.escapes()
    }

    /// What is left of a string, from the first escape on.
    fn escapes(&mut self) -> Option<bool> {
        loop {
            match self.byte()? {
                b'"' => {
                    self.at += 1;
                    return Some(true);
                }
                b'\\' => self.escape()?,
                _ => return None,
            }
            self.at = self.specials.next(self.at)?;
        }
    }

    fn escape(&mut self) -> Option<()> {
        let rest = self.text.as_bytes().get(self.at + 1..)?;
        self.at += match rest.first()? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => 2,
            b'u' if rest.get(1..5)?.iter().all(u8::is_ascii_hexdigit) => 6,
            _ => return None,
        };
        Some(())
    }

    /// `true`, `false`, `null` or a number.
    fn scalar(&mut self) -> Option<()> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let word: &[u8] = match rest.first()? {
            b't' => b"true",
            b'f' => b"false",
            b'n' => b"null",
            _ => {
                self.at += number(rest)?;
                return Some(());
            }
        };
        self.at += rest.starts_with(word).then_some(word.len())?;
        Some(())
    }

    /// An object or a list, whatever is in it.
    fn nested(&mut self) -> Option<()> {
        // One bit for each open bracket: whether it is an object's.
        let (mut open, mut depth) = (0_u64, 0);
        let mut byte = self.byte()?;
        loop {
            match byte {
                b'{' | b'[' => {
                    let object = byte == b'{';
                    (open, depth) = (open << 1 | u64::from(object), depth + 1);
                    if depth > DEEPEST {
                        return None;
                    }
                    byte = self.behind(byte)?;
                    if byte != if object { b'}' } else { b']' } {
                        if object {
                            byte = self.key(byte)?.1;
                        }
                        continue;
                    }
                }
                b'"' => self.string().map(|_| ())?,
                _ => self.scalar()?,
            }
            // Behind a value: those that end here, up to the next value.
            loop {
                let object = open & 1 == 1;
                if let Some(next) = self.behind(b',') {
                    byte = if object { self.key(next)?.1 } else { next };
                    break;
                }
                if self.byte()? != if object { b'}' } else { b']' } {
                    return None;
                }
                self.at += 1;
                (open, depth) = (open >> 1, depth - 1);
                if depth == 0 {
                    return Some(());
                }
            }
        }
    }
}

/// Bytes of the number that a text begins with. One that may be too large for a float is left to the other reader.
fn number(text: &[u8]) -> Option<usize> {
    const LONGEST: usize = 100;
    const EXPONENT: usize = 2;
    let digits = |from: usize| text.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
    let mut at = usize::from(text.first()? == &b'-');
    at += match text.get(at)? {
        b'0' => 1,
        b'1'..=b'9' => digits(at),
        _ => return None,
    };
    if text.get(at) == Some(&b'.') {
        let fraction = digits(at + 1);
        at += (fraction > 0).then_some(1 + fraction)?;
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(text.get(at + 1), Some(b'+' | b'-')));
        let exponent = digits(at + 1 + sign);
        at += (1..=EXPONENT).contains(&exponent).then_some(1 + sign + exponent)?;
    }
    (at <= LONGEST).then_some(at)
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::*;

    /// The members as serde_json gives them; it keeps the last of two of one name.
    fn peer(json: &str) -> Option<Vec<(String, String)>> {
        struct Pairs;
        impl<'de> serde::de::Visitor<'de> for Pairs {
            type Value = Vec<(String, String)>;
            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("an object")
            }
            fn visit_map<M: serde::de::MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry::<String, Box<RawValue>>()? {
                    pairs.push((pair.0, pair.1.get().to_owned()));
                }
                Ok(pairs)
            }
        }
        let mut reader = serde_json::Deserializer::from_str(json);
        let pairs = serde::de::Deserializer::deserialize_map(&mut reader, Pairs).ok()?;
        reader.end().ok().map(|()| pairs)
    }

    fn own(json: &str) -> Option<Vec<(String, String)>> {
        let mut pairs = Vec::new();
        members(json, |key, value| {
            pairs.push((key.to_owned(), value.to_owned()));
            Some(())
        })?;
        Some(pairs)
    }

    /// The members that two levels give as the object's own; the others are those of the objects among their values.
    fn own_of_two_levels(json: &str) -> Option<Vec<(String, String)>> {
        let (mut pairs, mut inner) = (Vec::new(), Vec::new());
        two_levels(json, |level, key, value| {
            let pair = (key.to_owned(), value.to_owned());
            if level == Level::Inner {
                inner.push(pair);
                return Some(());
            }
            let inner = std::mem::take(&mut inner);
            assert_eq!(inner, if value.starts_with('{') { own(value)? } else { Vec::new() }, "{key}");
            pairs.push(pair);
            Some(())
        })?;
        Some(pairs)
    }

    #[test]
    fn ordinary_objects_are_taken() {
        let json = r#" {"a":"x \" y", "b" : [1,{"c":[]},"]"] ,"d":{},"e":-0.5e+10,"f":null, "ü":true,"g":"ü\u00fc" } "#;
        let found = own(json).expect("nothing in it is unusual");
        assert_eq!(found.len(), 7);
        assert_eq!(found[1], ("b".to_owned(), r#"[1,{"c":[]},"]"]"#.to_owned()));
        assert_eq!(own_of_two_levels(json).as_ref(), Some(&found));
        assert_eq!(Some(found), peer(json));
        assert_eq!(own("{}"), Some(Vec::new()));
        let mut list = Vec::new();
        assert!(
            elements(r#"[{"a":1}, 2 ,"x"]"#, |value| {
                list.push(value);
                Some(())
            })
            .is_some()
        );
        assert_eq!(list, [r#"{"a":1}"#, "2", "\"x\""]);
    }

    #[test]
    fn the_objects_of_a_list_are_given_with_their_places() {
        let all = |json: &str| {
            let (mut found, mut count) = (Vec::new(), 0);
            read(json, |list| {
                list.elements(|object| {
                    object.members(|key, value| {
                        found.push(format!("{count} {key} {}", value.part()?.json));
                        Some(())
                    })?;
                    count += 1;
                    Some(())
                })
            })?;
            Some((count, found.join("; ")))
        };
        let json = r#" [ {"a":1,"b":[{"c":"]"}]} , {} ,{"a":"x"},{}] "#;
        assert_eq!(all(json), Some((4, r#"0 a 1; 0 b [{"c":"]"}]; 2 a "x""#.to_owned())));
        assert_eq!(all("[]"), Some((0, String::new())));
        for wrong in ["", "{}", "[1]", "[{}", "[{},]", "[{}{}]", "[{}] x", "[[]]", "[{\"a\":1]}"] {
            assert_eq!(all(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_one_way_of_reading_refuses_is_passed_over() {
        let object = r#"{"first":[1,{"a":[{}, "x\"]"]}],"second":{"b":2},"third":"\u00e9"}"#;
        let mut found = Vec::new();
        let whole = read(object, |object| {
            object.members(|key, value| {
                // Objects without members called `a` are wanted, at whatever depth the other is met.
                let (wanted, json) =
                    value.read_as(|value| value.members(|key, value| value.skip().filter(|()| key != "a")))?;
                found.push((key, wanted.is_some(), json));
                let (list, again) = read(json, |value| {
                    value.read_as(|list| {
                        list.elements(|element| element.members(|key, _| (key != "a").then_some(())).map(|_| ()))
                    })
                })?;
                assert!(list.is_none() && again == json, "{json}");
                Some(())
            })
        });
        assert_eq!(whole, Some(object));
        let first = r#"[1,{"a":[{}, "x\"]"]}]"#;
        let expected = [("first", false, first), ("second", true, r#"{"b":2}"#), ("third", false, r#""\u00e9""#)];
        assert_eq!(found, expected);
    }

    #[test]
    fn depth_is_bounded_whichever_way_values_are_read() {
        fn lists(value: Value<'_, '_>) -> Option<()> {
            value.elements(lists).map(|_| ())
        }
        fn passed(value: Value<'_, '_>) -> Option<()> {
            value.skip()
        }
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(read(&nested(60), lists).is_some());
        assert!(read(&nested(61), lists).is_none());
        assert!(read(&nested(60), passed).is_some());
        assert!(read(&nested(61), passed).is_none());
        // What was refused deep inside does not count.
        let beside = format!("[{},{}]", "[".repeat(30) + "1" + &"]".repeat(30), nested(59));
        let either = |value: Value<'_, '_>| value.read_as(lists).map(|_| ());
        assert!(read(&beside, |list| list.elements(either)).is_some());
    }

    #[test]
    fn what_is_wrong_or_unusual_is_left_to_the_other_reader() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(80), "]".repeat(80));
        for json in [
            "",
            "{",
            "[]",
            "{\"a\":1,}",
            "{\"a\":01}",
            "{\"a\":1.}",
            "{\"a\":1e}",
            "{\"a\":1e999}",
            "{\"a\":-}",
            "{\"a\":tru}",
            "{\"a\" 1}",
            "{\"a\":\"\n\"}",
            "{\"a\":\"\\x\"}",
            "{\"a\":\"\\u12g4\"}",
            "{\"a\":[1,]}",
            "{\"a\":[1}}",
            "{\"a\":{\"b\"}}",
            "{\"a\":1} x",
            "{\"a\\u0062\":1}",
            "{\"a\":{,}}",
            "{\"a\":[}",
            "{\"a\":{1}}",
            "{\"a\":{\"b\":]}",
            &deep,
        ] {
            assert_eq!(own(json), None, "{json}");
        }
    }

    /// Texts made of what makes JSON, most of them broken: where an answer is given, it is serde_json's.
    #[test]
    fn every_answer_is_serde_jsons() {
        const PIECES: [&str; 24] = [
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "\"a\"",
            "\"b\":",
            "\"k\":\"v\"",
            "\\",
            "\\\"",
            "\\u00e9",
            "\\ud83d",
            "1",
            "-0",
            "0.5",
            "1e9",
            "true",
            "null",
            " ",
            "\n",
            "é",
            "{\"x\":[",
        ];
        let mut random = 7_u64;
        let mut next = |below: u64| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) % below
        };
        let mut taken = 0;
        for _ in 0..400_000 {
            let length = next(9);
            let middle: String = (0..length).map(|_| PIECES[next(24) as usize]).collect();
            let json = if next(2) == 0 { format!("{{{middle}}}") } else { format!("{{\"a\":{middle}}}") };
            assert_eq!(own_of_two_levels(&json), own(&json), "{json}");
            if let Some(found) = own(&json) {
                taken += 1;
                assert_eq!(Some(found), peer(&json), "{json}");
            }
        }
        assert!(taken > 1_000, "only {taken} were read");
    }

    /// Every byte of an ordinary record, replaced by every other.
    #[test]
    fn one_wrong_byte_anywhere() {
        let json = r#"{"Id":"3f-\"x\u00fcy","N":-12.5e3,"L":[{"Name":"a","Value":null},[true,false]],"E":{},"O":{"a":{"b":[]},"c":"d"},"S":"plain text"}"#;
        for at in 0..json.len() {
            for byte in 0..128_u8 {
                let mut bytes = json.as_bytes().to_vec();
                bytes[at] = byte;
                let text = String::from_utf8(bytes).expect("all ASCII");
                assert_eq!(own_of_two_levels(&text), own(&text), "{text}");
                if let Some(found) = own(&text) {
                    assert_eq!(Some(found), peer(&text), "{text}");
                }
            }
        }
    }
}
