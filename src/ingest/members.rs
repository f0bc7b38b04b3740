//! A JSON object to its members, and a list to its elements, in one pass: each value as its own text, because most of a
//! record's values are never asked for.
//!
//! Whatever is taken here serde_json takes as well, and gives the same members. At the first byte that is not plain sailing
//! (an escape in a key, nesting that is deep, anything that is wrong) the answer is `None`, and the caller asks serde_json,
//! which also says where a text broke.

use std::borrow::Cow;

/// Gives the members of an object: the key without its quotes, and the value's text.
pub fn members<'a>(json: &'a str, mut give: impl FnMut(&'a str, &'a str) -> Option<()>) -> Option<()> {
    let mut scan = Scan { text: json, at: 0 };
    scan.list(b'{', b'}', |scan| {
        let key = scan.key()?;
        let value = scan.value()?;
        give(key, value)
    })?;
    scan.end()
}

/// Gives the elements of a list, each as its text.
pub fn elements<'a>(json: &'a str, mut give: impl FnMut(&'a str) -> Option<()>) -> Option<()> {
    let mut scan = Scan { text: json, at: 0 };
    scan.list(b'[', b']', |scan| {
        let value = scan.value()?;
        give(value)
    })?;
    scan.end()
}

/// A JSON string as text: borrowed where it stands there as it is.
pub fn string(json: &str) -> Option<Cow<'_, str>> {
    let inner = json.strip_prefix('"')?.strip_suffix('"')?;
    if memchr::memchr(b'\\', inner.as_bytes()).is_none() {
        return Some(Cow::Borrowed(inner));
    }
    serde_json::from_str::<String>(json).ok().map(Cow::Owned)
}

/// A place in a text that moves forward.
struct Scan<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scan<'a> {
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blank(&mut self) {
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = self.byte() {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.byte()? == byte).then(|| self.at += 1)
    }

    /// Nothing but blanks may follow.
    fn end(mut self) -> Option<()> {
        self.blank();
        (self.at == self.text.len()).then_some(())
    }

    /// What stands between two brackets, separated by commas.
    fn list(&mut self, open: u8, close: u8, mut item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.blank();
        self.take(open)?;
        self.blank();
        if self.byte()? == close {
            self.at += 1;
            return Some(());
        }
        loop {
            item(self)?;
            self.blank();
            match self.byte()? {
                b',' => self.at += 1,
                byte if byte == close => {
                    self.at += 1;
                    return Some(());
                }
                _ => return None,
            }
            self.blank();
        }
    }

    /// A key and its colon, up to the value.
    fn key(&mut self) -> Option<&'a str> {
        let start = self.at + 1;
        let escaped = self.string()?;
        let key = self.text.get(start..self.at - 1)?;
        self.blank();
        self.take(b':')?;
        self.blank();
        (!escaped).then_some(key)
    }

    /// The text of one value.
    fn value(&mut self) -> Option<&'a str> {
        let start = self.at;
        match self.byte()? {
            b'"' => self.string().map(|_| ())?,
            b'{' | b'[' => self.nested()?,
            _ => self.scalar()?,
        }
        self.text.get(start..self.at)
    }

    /// A string; whether it has escapes.
    fn string(&mut self) -> Option<bool> {
        self.take(b'"')?;
        let mut escaped = false;
        loop {
            self.at = special(self.text.as_bytes(), self.at)?;
            match self.byte()? {
                b'"' => {
                    self.at += 1;
                    return Some(escaped);
                }
                b'\\' => self.escape()?,
                _ => return None,
            }
            escaped = true;
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
        let word = ["true", "false", "null"].into_iter().find(|word| rest.starts_with(word.as_bytes()));
        self.at += match word {
            Some(word) => word.len(),
            None => number(rest)?,
        };
        Some(())
    }

    /// An object or a list, whatever is in it.
    fn nested(&mut self) -> Option<()> {
        /// Deeper ones are left to the reader that has no such limit.
        const DEEPEST: u32 = 60;
        // One bit for each open bracket: whether it is an object's.
        let (mut open, mut depth) = (0_u64, 0);
        loop {
            let object = match self.byte()? {
                b'{' => true,
                b'[' => false,
                _ => {
                    self.value()?;
                    match self.behind(&mut open, &mut depth)? {
                        true => return Some(()),
                        false => continue,
                    }
                }
            };
            self.at += 1;
            (open, depth) = (open << 1 | u64::from(object), depth + 1);
            self.blank();
            if depth > DEEPEST {
                return None;
            }
            if self.byte()? == if object { b'}' } else { b']' } {
                if self.behind(&mut open, &mut depth)? {
                    return Some(());
                }
            } else if object {
                self.key()?;
            }
        }
    }

    /// Behind a value or an opening bracket inside brackets: closes those that end here, up to the next value; whether
    /// the last of them is closed.
    fn behind(&mut self, open: &mut u64, depth: &mut u32) -> Option<bool> {
        loop {
            self.blank();
            let object = *open & 1 == 1;
            match self.byte()? {
                b',' => {
                    self.at += 1;
                    self.blank();
                    if object {
                        self.key()?;
                    }
                    return Some(false);
                }
                b'}' if object => {}
                b']' if !object => {}
                _ => return None,
            }
            self.at += 1;
            (*open, *depth) = (*open >> 1, *depth - 1);
            if *depth == 0 {
                return Some(true);
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

/// The next byte from `from` on that means something inside a string: a quote, a backslash, or a control character, which
/// may not stand there. Eight at a time.
pub fn special(bytes: &[u8], from: usize) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = ONES << 7;
    let mut at = from;
    while let Some(eight) = bytes.get(at..at + 8).and_then(<[u8]>::as_array::<8>) {
        let word = u64::from_le_bytes(*eight);
        // A byte that is looked for becomes zero; of the bytes that borrow the lowest is one.
        let (quote, backslash) = (word ^ (ONES * u64::from(b'"')), word ^ (ONES * u64::from(b'\\')));
        let found = quote.wrapping_sub(ONES) & !quote | backslash.wrapping_sub(ONES) & !backslash;
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        let found = (found | control) & HIGH;
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    let rest = bytes.get(at..)?;
    rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | ..0x20)).map(|found| at + found)
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

    #[test]
    fn ordinary_objects_are_taken() {
        let json = r#" {"a":"x \" y", "b" : [1,{"c":[]},"]"] ,"d":{},"e":-0.5e+10,"f":null, "ü":true,"g":"ü\u00fc" } "#;
        let found = own(json).expect("nothing in it is unusual");
        assert_eq!(found.len(), 7);
        assert_eq!(found[1], ("b".to_owned(), r#"[1,{"c":[]},"]"]"#.to_owned()));
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
        let json = r#"{"Id":"3f-\"x\u00fcy","N":-12.5e3,"L":[{"Name":"a","Value":null},[true,false]],"E":{},"S":"plain text"}"#;
        for at in 0..json.len() {
            for byte in 0..128_u8 {
                let mut bytes = json.as_bytes().to_vec();
                bytes[at] = byte;
                let text = String::from_utf8(bytes).expect("all ASCII");
                if let Some(found) = own(&text) {
                    assert_eq!(Some(found), peer(&text), "{text}");
                }
            }
        }
    }
}
