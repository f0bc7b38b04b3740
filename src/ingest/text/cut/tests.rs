//! Texts in every arrangement, cut in pieces of every size.

use super::*;

/// Cuts `text` in pieces of every size and expects the same records each time.
fn cut(make: impl Fn() -> Cutter, text: &str) -> Vec<String> {
    let mut all: Option<Vec<String>> = None;
    for size in [1, 2, 3, 7, 100, 4096] {
        let mut cutter = make();
        let (mut buffer, mut spans) = (Vec::new(), Vec::new());
        for piece in text.as_bytes().chunks(size) {
            let from = buffer.len();
            buffer.extend_from_slice(piece);
            cutter.feed(&buffer, from, &mut spans);
        }
        cutter.finish(&buffer, &mut spans);
        let records: Vec<String> =
            spans.iter().map(|span| String::from_utf8_lossy(&buffer[span.start..span.end]).into_owned()).collect();
        if let Some(all) = &all {
            assert_eq!(all, &records, "pieces of {size}");
        }
        all = Some(records);
    }
    all.unwrap_or_default()
}

#[test]
fn csv_rows_with_line_breaks_blank_lines_and_stray_quotes() {
    let csv = || Cutter::Csv(CsvCutter::new(b','));
    assert_eq!(cut(csv, "a,\"b\nc\",d\r\n\r\ne,f"), ["a,\"b\nc\",d", "e,f"]);
    assert_eq!(cut(csv, "a,5\" pipe,b\nc,d,e\n"), ["a,5\" pipe,b", "c,d,e"]);
    // Line ends that were doubled on the way, and ends of old systems in front of a row.
    assert_eq!(cut(csv, "a,b\n\rc,d\n\r\n\re\n\r"), ["a,b", "c,d", "e"]);
    assert_eq!(cut(csv, "\"say \"\"hi\"\"\",x\ny,z\n"), ["\"say \"\"hi\"\"\",x", "y,z"]);
}

/// Texts of what means something to a cutter, with plain text between, that are cut by blocks as a whole and byte by
/// byte in small pieces.
#[test]
fn blocks_are_cut_as_bytes_are() {
    const PIECES: [&str; 26] = [
        "null",
        "\"",
        "\"",
        "\"\"",
        ",",
        ";",
        "\n",
        "\r\n",
        "\r",
        "\",\"",
        "a",
        "plain text",
        "{",
        "}",
        "[",
        "]",
        "\\",
        "\\\"",
        ":",
        "{\"a\":\"",
        "\"}",
        "\"},\n{\"b\":{\"c\":\"",
        "{\"value\":[",
        "é",
        "\0\0\0\0\0",
        "long enough to go through more than half of a block",
    ];
    let json = |lines, envelope, texts| {
        Layout::Json(JsonLayout { lines, envelope, texts, others: !texts, headed: lines && texts })
    };
    let layouts = [
        Layout::Csv(b','),
        Layout::Csv(b';'),
        Layout::OldCsv(b','),
        json(false, None, false),
        json(true, None, false),
        json(false, Some("value"), false),
        json(false, Some(EVERY), false),
        json(false, None, true),
        json(true, None, true),
    ];
    let mut random = 11_u64;
    let mut next = |below: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize % below
    };
    for round in 0..6_000 {
        // Fewer kinds leave more of a text whole.
        let kinds = [PIECES.len(), 11, 3][next(3)];
        let start = next(PIECES.len() + 1 - kinds);
        let text: String = (0..next(60)).map(|_| PIECES[start + next(kinds)]).collect();
        let text = if next(2) == 0 { text } else { format!("{{\"a\":\"{text}") };
        cut(|| layouts[round % layouts.len()].cutter(), &text);
    }
}

#[test]
fn json_in_every_arrangement() {
    let stream = || Cutter::Json(JsonCutter::new(JsonLayout::default()));
    assert_eq!(cut(stream, r#"[{"a":"}{"},{"b":[{}]}][{"c":1}"#), [r#"{"a":"}{"}"#, r#"{"b":[{}]}"#, r#"{"c":1}"#]);
    assert_eq!(cut(stream, "{\"a\":1}\n{\"b\":\"\\\"\"}, \n\0\0"), ["{\"a\":1}", "{\"b\":\"\\\"\"}"]);
    assert_eq!(cut(stream, "null\n"), Vec::<String>::new());
    assert_eq!(cut(stream, "[\"{\\\"a\\\":1}\",\n\"{}\"]"), ["\"{\\\"a\\\":1}\"", "\"{}\""]);
    let lines = || Cutter::Json(JsonCutter::new(JsonLayout { lines: true, ..JsonLayout::default() }));
    assert_eq!(cut(lines, "{\"a\":{\"b\"\n{\"c\":1}\n"), ["{\"a\":{\"b\"", "{\"c\":1}"]);
    let value = || Cutter::Json(JsonCutter::new(JsonLayout { envelope: Some("value"), ..JsonLayout::default() }));
    let text = r#"{"@odata.context":"x","other":[{"no":1}],"value":[{"a":1},{"b":2}],"@odata.nextLink":"y"}{"value":[{"c":3}]}"#;
    assert_eq!(cut(value, text), [r#"{"a":1}"#, r#"{"b":2}"#, r#"{"c":3}"#]);
    let nested = || Cutter::Json(JsonCutter::new(JsonLayout { envelope: Some("d/results"), ..JsonLayout::default() }));
    let text = r#"{"x":{"results":[{"no":1}]},"d":{"results":[{"a":1},{"b":{"results":[]}}],"__next":"y"}}{"d":{"results":[{"c":3}]}}"#;
    assert_eq!(cut(nested, text), [r#"{"a":1}"#, r#"{"b":{"results":[]}}"#, r#"{"c":3}"#]);
    let texts = || Cutter::Json(JsonCutter::new(JsonLayout { texts: true, ..JsonLayout::default() }));
    assert_eq!(cut(texts, "\"{\\\"a\\\":1}\"\n\"{}\"\n"), ["\"{\\\"a\\\":1}\"", "\"{}\""]);
}

#[test]
fn what_stands_in_front_of_a_lines_record_is_none_of_it() {
    let headed = || Cutter::Json(JsonCutter::new(JsonLayout { lines: true, headed: true, ..JsonLayout::default() }));
    let text =
        "<13>1 2026 [a b=\"c\"] {\"a\":\"}\\n{\"}  \r\nMar 7: {\"b\":{}} end\n{\"c\":1}\n\n  x: {\"d\"\n[e] {\"f\":1}";
    assert_eq!(cut(headed, text), [r#"{"a":"}\n{"}"#, r#"{"b":{}}"#, r#"{"c":1}"#, r#"{"d""#, r#"{"f":1}"#]);
    assert_eq!(
        cut(headed, "a: {\"a\":1}\nsshd: who\nc: {\nb: {\"b\":1}\n"),
        [r#"{"a":1}"#, "sshd: who", "{", r#"{"b":1}"#]
    );
}

/// What a tool appended to the lines of another.
#[test]
fn objects_printed_behind_lines_are_cut_whole() {
    let lines = || Cutter::Json(JsonCutter::new(JsonLayout { lines: true, ..JsonLayout::default() }));
    let text = "{\"a\":1}\n{\"b\":\n[\r\n  {\r\n    \"c\": [\r\n      {}\r\n    ]\r\n  },\n  {\n    \"d\": 1\n  }\n]\n{ \n  \"e\": 1\n}\n{\"f\":1}\n";
    let expected = [
        r#"{"a":1}"#,
        r#"{"b":"#,
        "{\r\n    \"c\": [\r\n      {}\r\n    ]\r\n  }",
        "{\n    \"d\": 1\n  }",
        "{ \n  \"e\": 1\n}",
        r#"{"f":1}"#,
    ];
    assert_eq!(cut(lines, text), expected);
}

#[test]
fn the_last_page_says_whether_there_is_a_next_one() {
    let goes_on = |key, text: &str| {
        let mut cutter = JsonCutter::new(JsonLayout { envelope: Some(key), ..JsonLayout::default() });
        cutter.feed(text.as_bytes(), 0, &mut Vec::new());
        cutter.next_link
    };
    let [front, behind] =
        [r#"{"@odata.nextLink":"y","value":[{"a":1}]}"#, r#"{"value":[{"a":1}],"@odata.nextLink":"y"}"#];
    let last = r#"{"value":[{"b":1}]}"#;
    for page in [front, behind] {
        assert!(goes_on("value", page), "{page}");
        for pages in [format!("{page}{last}"), format!("[{page},\n{last}]"), format!("{page}{{\"value\":[]}}")] {
            assert!(!goes_on("value", &pages), "{pages}");
        }
        assert!(goes_on("value", &format!("{last}{page}")) && goes_on("value", &format!("{page}{page}")));
        // What is no page does not end the list, nor does a page that was cut in front of its list.
        assert!(goes_on("value", &format!("{page}{{\"b\":1}}")) && goes_on("value", &format!("{page}{{\"@odata")));
    }
    let old = r#"{"d":{"results":[{"a":1}],"__next":"y"}}"#;
    assert!(goes_on("d/results", old) && !goes_on("d/results", &format!("{old}{{\"d\":{{\"results\":[]}}}}")));
    let one = r#"{"value":{"a":1},"@odata.nextLink":"y"}"#;
    assert!(goes_on("value", one) && !goes_on("value", &format!(r#"{one}{{"value":{{"b":1}}}}"#)));
}

/// Of a stream of pages nothing vanishes that is no page.
#[test]
fn what_stands_among_envelopes_is_cut_out_as_well() {
    let of = |key| move || Layout::Json(JsonLayout { envelope: Some(key), ..JsonLayout::default() }).cutter();
    let text = r#"{"value":[{"a":1}]}
        [{"b":1},{"c":{"value":[2]}}]
        {"error":{"code":"x"}} {"value":[]} {"value":null}
        {"x":{},"value":{"d":1},"@odata.nextLink":"y"}
        {"records":[{"e":1}]}
        {"value":[[{"f":1},{"g":1}],[{"h":1}]]} {"value":[{"i":1}]}{"j":"#;
    let expected = [
        r#"{"a":1}"#,
        r#"{"b":1}"#,
        r#"{"c":{"value":[2]}}"#,
        r#"{"error":{"code":"x"}}"#,
        r#"{"d":1}"#,
        r#"{"records":[{"e":1}]}"#,
        r#"{"f":1}"#,
        r#"{"g":1}"#,
        r#"{"h":1}"#,
        r#"{"i":1}"#,
        r#"{"j":"#,
    ];
    assert_eq!(cut(of("value"), text), expected);
    let text = r#"{"id1":{"a":1},"n":2,"id2":[{"b":{"c":1}},{"d":1}]}{"e":[],"f":"g"}{"id3":{"h":1}}"#;
    let expected = [r#"{"a":1}"#, r#"{"b":{"c":1}}"#, r#"{"d":1}"#, r#"{"e":[],"f":"g"}"#, r#"{"h":1}"#];
    assert_eq!(cut(of(EVERY), text), expected);
}

/// Of a further list nothing is lost; its objects are named as what may be no record.
#[test]
fn further_lists_of_an_envelope_are_cut_where_asked_for() {
    let text = r#"{"x":[{"no":1}],"value":[{"a":1}],"n":{"y":[{"no":1}]},"z":[1,2],"e":[],"rest":[ {"b":[{}]},{"c":1}],"n":2}{"value":[{"d":1}]}"#;
    let starts = |others| {
        let layout = JsonLayout { envelope: Some("value"), others, ..JsonLayout::default() };
        let (mut cutter, mut spans) = (JsonCutter::new(layout), Vec::new());
        cutter.feed(text.as_bytes(), 0, &mut spans);
        assert!(cutter.finish(text.as_bytes(), &mut spans));
        let named: Vec<&str> = cutter.others.iter().filter_map(|(_, start)| text.get(*start..start + 4)).collect();
        (spans.iter().filter_map(|span| text.get(span.start..span.end)).collect::<Vec<_>>(), named)
    };
    assert_eq!(starts(false), (vec![r#"{"a":1}"#, r#"{"d":1}"#], vec![]));
    let all = vec![r#"{"a":1}"#, r#"{"b":[{}]}"#, r#"{"c":1}"#, r#"{"d":1}"#];
    assert_eq!(starts(true), (all, vec![r#"{"b""#, r#"{"c""#]));
}

#[test]
fn null_is_no_record_and_takes_nothing_with_it() {
    let stream = || Cutter::Json(JsonCutter::new(JsonLayout::default()));
    for text in
        ["[null,{\"a\":1}]", "null\n[{\"a\":1},null]\nnull", "[\n  null,\n  {\"a\":1} , null ]\n", "null {\"a\":1}"]
    {
        assert_eq!(cut(stream, text), ["{\"a\":1}"], "{text}");
        let (mut cutter, mut spans) = (stream(), Vec::new());
        cutter.feed(text.as_bytes(), 0, &mut spans);
        assert!(cutter.finish(text.as_bytes(), &mut spans), "{text} is whole");
    }
    assert_eq!(cut(stream, "nulls\n{\"a\":1}"), ["nulls", "{\"a\":1}"]);
    assert_eq!(cut(stream, "{\"a\":1}\nnul"), ["{\"a\":1}", "nul"]);
}

#[test]
fn rows_that_end_as_on_an_old_macintosh() {
    let old = || Layout::OldCsv(b',').cutter();
    assert_eq!(cut(old, "a,\"b\r\nc\",d\r\re,f\r\ng,h\ni,j"), ["a,\"b\r\nc\",d", "e,f", "g,h", "i,j"]);
    assert_eq!(cut(old, "a,5\" pipe\r\"\",c\r"), ["a,5\" pipe", "\"\",c"]);
    let ends = |layout: Layout, text: &str| layout.line_ends(text.as_bytes());
    assert_eq!(ends(Layout::OldCsv(b','), "a\rb\r\nc\nd\r"), 4);
    assert_eq!(ends(Layout::Csv(b','), "a\rb\r\nc\nd\r"), 2);
}

#[test]
fn a_record_that_broke_off_in_a_list_is_no_envelope() {
    let layout = Layout::Json(JsonLayout { envelope: Some("value"), ..JsonLayout::default() });
    assert!(layout.opens_envelope(br#"{"@odata.context":"x","value":["#));
    assert!(!layout.opens_envelope(br#"{"Operation":"HardDelete","AffectedItems":["#));
    assert!(!layout.opens_envelope(br#"{"a":1},{"value":["#));
}

#[test]
fn a_child_that_closes_itself_does_not_close_the_event() {
    assert!(is_closed_event(r#"<Event a="1"><P/></Event>"#));
    assert!(is_closed_event(r#"<Event a="x>/"/>"#));
    assert!(!is_closed_event(r#"<Event a="1"><P/>"#));
    assert!(!is_closed_event(r#"<Event a="1"#));
}

#[test]
fn a_broken_pretty_printed_record_is_one_record() {
    let stream = || Cutter::Json(JsonCutter::new(JsonLayout::default()));
    let text = "[\n  {\n    \"a\": \"1,\n    \"b\": {\n      \"c\": 1\n    }\n  },\n  {\n    \"d\": 2\n  }\n]";
    let found = cut(stream, text);
    assert_eq!(found.len(), 2);
    assert_eq!(found[1], "{\n    \"d\": 2\n  }");
}

#[test]
fn xml_events_that_lost_their_ends() {
    let xml = || Layout::Xml.cutter();
    let text = r#"<SearchResults><Event a="1"><P/> <Event b="2"></Event><Even Caller="3"></Event><Event c="4/><P/></Event></SearchResults>"#;
    let expected = [
        r#"<Event a="1"><P/>"#,
        r#"<Event b="2"></Event>"#,
        r#"<Even Caller="3"></Event>"#,
        r#"<Event c="4/><P/></Event>"#,
    ];
    assert_eq!(cut(xml, text), expected);
}

#[test]
fn xml_events_also_without_content() {
    let xml = || Cutter::Xml(XmlCutter::default());
    let text = r#"<SearchResults><Event a="x>/"><P/></Event><EventLog/><Event b='"'/> <Event c="1"></Event>"#;
    let expected = [r#"<Event a="x>/"><P/></Event>"#, "<EventLog/>", r#"<Event b='"'/>"#, r#"<Event c="1"></Event>"#];
    assert_eq!(cut(xml, text), expected);
}

/// Whatever took the place of an event is cut out; what frames the events is not.
#[test]
fn what_stands_between_xml_events_is_cut_out_as_well() {
    let xml = || Layout::Xml.cutter();
    let text = "\u{feff}<?xml version=\"1.0\"?>\n<!-- a --><SearchResults x=\"y\">\n<Event a=\"1\"/>\n504 <b>late</b>\n\
        <Event a=\"2\"></Event><Evemt a=\"3\"/></SearchResults>\n<SearchResults><Event a=\"4\"/> \0\0\0\0\0\n\
        <Event a=\"5\"/>\nlog</SearchResults>\r\n\0\0\0\0\x1a";
    let expected = [
        "<Event a=\"1\"/>",
        "504 <b>late</b>",
        "<Event a=\"2\"></Event>",
        "<Evemt a=\"3\"/>",
        "<Event a=\"4\"/>",
        "\0\0\0\0\0",
        "<Event a=\"5\"/>",
        "log",
    ];
    assert_eq!(cut(xml, text), expected);
    assert_eq!(cut(xml, "<SearchResults><Event a=\"1\"/>\n</Sear"), ["<Event a=\"1\"/>"]);
}

/// A hole in the middle is cut out, a tail of zeros is none.
#[test]
fn zeros_between_records_are_cut_out_and_at_the_end_they_are_none() {
    assert_eq!(cut(|| Layout::Csv(b',').cutter(), "\0\n\0\0\r\na,b\n"), ["\0", "\0\0", "a,b"]);
    for size in [4, 9, 64, 100, 70_000] {
        let zeros = "\0".repeat(size);
        let csv = || Layout::Csv(b',').cutter();
        let text = format!("a,b\r\n{zeros}c,\"d\"\r\n{zeros}\r\ne,f\n\0\0g,h\n{zeros}\n\x1a{zeros}");
        let expected = ["a,b", &zeros, "c,\"d\"", &zeros, "e,f", "\0\0g,h"];
        assert!(cut(csv, &text).iter().map(String::len).eq(expected.map(|row| row.len().min(ZEROS_HELD))));
        let json = || Layout::Json(JsonLayout::default()).cutter();
        let text = format!("[{{\"a\":1}},\n{zeros}{{\"b\":1}},\n\0{{\"c\":1}}]\n\x1a{zeros}\n");
        let expected = ["{\"a\":1}", &zeros, "{\"b\":1}", "{\"c\":1}"];
        assert!(cut(json, &text).iter().map(String::len).eq(expected.map(|row| row.len().min(ZEROS_HELD))));
    }
}
