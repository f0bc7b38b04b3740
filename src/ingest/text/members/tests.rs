//! Whatever is taken, serde_json takes as well and gives the same of; what is refused is left to it.

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
    let mut found = Vec::new();
    read(&beside, |list| {
        list.elements(|value| {
            found.push(value.read_as(lists)?.0.is_some());
            Some(())
        })
    });
    assert_eq!(found, [false, true]);
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
