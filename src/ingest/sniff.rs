//! Says from the first 64 KiB of a stream which export it is, or that none or two claim it.

use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use crate::ingest::cells::CellReader;
use crate::ingest::cut::{CsvCutter, Cutter, JsonCutter, JsonLayout};
use crate::ingest::formats::{Context, FORMATS, Format, RecordReader, collector_log};
use crate::ingest::{clixml, portal, requoted, unwrap};

/// Rows of a table that are looked at.
const SAMPLE: usize = 200;
/// How much is looked at.
pub const HEAD: usize = 64 * 1024;

/// The first part of a stream, looked at once and then handed to the formats.
#[derive(Debug)]
pub struct Head {
    /// The file's own name, for hints that are nowhere else.
    pub file_name: String,
    /// What shape the text has.
    pub shape: Shape,
    /// Where in each record the record itself stands, if somebody wrapped it.
    pub wrapper: Option<unwrap::Path>,
    /// What was decoded is no text.
    pub binary: bool,
}

/// The shape of a text.
#[derive(Debug)]
pub enum Shape {
    /// Delimited text with a header.
    Csv(CsvHead),
    /// JSON objects.
    Json(JsonHead),
    /// XML.
    Xml(XmlHead),
    /// The log of a collector.
    Log,
    /// No evidence: why, with a stable code.
    Nothing(&'static str, String),
}

/// The head of delimited text.
#[derive(Debug)]
pub struct CsvHead {
    /// Cell separator.
    pub delimiter: u8,
    /// Each row is one cell of a table with other separators, and has to be put together again.
    pub requoted: bool,
    /// Header cells, normalised for comparing.
    pub columns: Vec<String>,
    /// Bytes in front of the first data row.
    pub skip: usize,
    /// Lines in front of the first data row.
    pub lines: u64,
    /// The first data rows, as text.
    pub sample: Vec<String>,
}

impl CsvHead {
    /// What separates the cells of the file as it lies on disk.
    pub fn outer(&self) -> u8 {
        if self.requoted { requoted::OUTER } else { self.delimiter }
    }

    /// The place of a column given by its normalised name; the first where the header has it twice.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }

    /// Whether all these columns are there.
    pub fn has(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.column(name).is_some())
    }
}

/// The head of JSON text.
#[derive(Debug)]
pub struct JsonHead {
    /// How the records are arranged.
    pub layout: JsonLayout,
    /// The first record.
    pub first: Value,
}

impl JsonHead {
    /// Whether the first record has all these keys, whatever their case.
    pub fn has(&self, keys: &[&str]) -> bool {
        keys.iter().all(|key| crate::timeline::json::get(&self.first, key).is_some())
    }
}

/// The head of XML text.
#[derive(Debug)]
pub struct XmlHead {
    /// Name of the root element.
    pub root: String,
    /// Attribute names of the first `Event`; in PowerShell's own XML the property names of the first object.
    pub attributes: Vec<String>,
    /// The first object of PowerShell's own XML.
    pub object: Value,
}

impl Head {
    /// By what a format was recognised, in words.
    pub fn reason(&self, format: &Format) -> String {
        let wants = || format.wants.iter().map(|want| want.replace(" [utc]", "")).collect::<Vec<_>>().join(", ");
        let inside = self.wrapper.as_ref().map(|path| format!(", inside `{}`", path.join(".")));
        let of = match &self.shape {
            Shape::Csv(_) => format!("columns {}", wants()),
            Shape::Json(_) if format.wants.is_empty() => "the keys of a table that is known".to_owned(),
            Shape::Json(_) => format!("keys {}", wants()),
            Shape::Xml(xml) => format!("element {}", xml.root),
            Shape::Log => "its lines".to_owned(),
            Shape::Nothing(..) => String::new(),
        };
        of + inside.as_deref().unwrap_or_default()
    }
}

/// What sniffing says.
pub enum Verdict {
    /// Exactly one format claims the stream.
    One(&'static Format),
    /// None or two: a stable code and what was seen.
    No(&'static str, String),
}

/// Looks at the head: its bytes and its text.
pub fn look(file_name: &str, bytes: &[u8], text: &str) -> Head {
    let shape = packed(bytes).map_or_else(|| shape(text), |(code, reason)| Shape::Nothing(code, reason.to_owned()));
    let mut head = Head { file_name: file_name.to_owned(), shape, wrapper: None, binary: is_binary(text) };
    unwrap_first(&mut head);
    head
}

/// Looks into the first record for another one, if it is none itself.
fn unwrap_first(head: &mut Head) {
    let Shape::Json(json) = &mut head.shape else { return };
    if is_record(&json.first) {
        return;
    }
    if let Some((path, inner)) = unwrap::look_inside(&json.first, &is_record) {
        json.first = inner;
        head.wrapper = Some(path);
    }
}

/// The format of one record that stands inside another export, and a reader for it.
pub fn inner_reader(file_name: &str, shape: Shape) -> Option<(&'static Format, Box<dyn RecordReader>)> {
    let head = Head { file_name: file_name.to_owned(), shape, wrapper: None, binary: false };
    match recognise(&head) {
        Verdict::One(format) => Some((format, (format.reader)(&head, &Context::default()))),
        Verdict::No(..) => None,
    }
}

/// The shape of one record given as a JSON object.
pub fn object_shape(object: Value) -> Shape {
    Shape::Json(JsonHead { layout: JsonLayout::default(), first: object })
}

/// One record given as a JSON object, as a row of the table it would be: its shape, and the row's text.
pub fn row_shape(object: &serde_json::Map<String, Value>) -> (Shape, String) {
    let mut row = String::new();
    for (at, value) in object.values().enumerate() {
        let text = crate::timeline::json::scalar_text(value)
            .or_else(|| (value.is_array() || value.is_object()).then(|| value.to_string()))
            .unwrap_or_default();
        if at > 0 {
            row.push(',');
        }
        row.push('"');
        row.push_str(&text.replace('"', "\"\""));
        row.push('"');
    }
    let columns = object.keys().map(|key| normal_header(key)).collect();
    (
        Shape::Csv(CsvHead { delimiter: b',', requoted: false, columns, skip: 0, lines: 0, sample: vec![row.clone()] }),
        row,
    )
}

/// What begins like no text, and cannot be an export.
fn packed(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    const UNPACK: &str = "an archive inside an archive, or one that is not read: unpack it first";
    const OTHER: &str = "not a log export that is read; unpack or export it first";
    const BOOK: &str = "old Excel workbook; give the CSV or JSON as downloaded";
    const KINDS: [(&[u8], &str, &str); 20] = [
        (b"PK\x03\x04", "F-011", UNPACK),
        (b"\x1f\x8b", "F-011", UNPACK),
        (b"\x28\xb5\x2f\xfd", "F-011", UNPACK),
        (b"7z\xbc\xaf", "F-011", UNPACK),
        (b"Rar!", "F-011", UNPACK),
        (b"\xfd7zXZ", "F-011", UNPACK),
        (b"PAR1", "F-011", OTHER),
        (b"!BDN", "F-011", OTHER),
        (b"ElfFile", "F-011", OTHER),
        (b"%PDF", "F-011", OTHER),
        (b"SQLite format 3", "F-011", OTHER),
        (b"MZ", "F-011", OTHER),
        (b"\x7fELF", "F-011", OTHER),
        (b"\x89PNG", "F-011", OTHER),
        (b"\xff\xd8\xff", "F-011", OTHER),
        (b"\xd4\xc3\xb2\xa1", "F-011", OTHER),
        (b"\xa1\xb2\xc3\xd4", "F-011", OTHER),
        (b"\x0a\x0d\x0d\x0a", "F-011", OTHER),
        (b"BZh", "F-011", UNPACK),
        (b"\xd0\xcf\x11\xe0", "F-010", BOOK),
    ];
    KINDS.into_iter().find(|(magic, ..)| bytes.starts_with(magic)).map(|(_, code, reason)| (code, reason))
}

/// Whether more than one in twenty of the first characters is none that people or programs write. (A tail of zeros is
/// no mark: some disks leave one behind a text.)
fn is_binary(text: &str) -> bool {
    let text = text.trim_end_matches('\0');
    let (mut seen, mut odd) = (0usize, 0usize);
    for letter in text.chars().take(4096) {
        seen += 1;
        let fine = matches!(letter, '\t' | '\r' | '\n' | '\u{1a}' | '\u{feff}');
        odd += usize::from(letter == '\u{fffd}' || letter.is_control() && !fine);
    }
    odd * 20 > seen
}

fn not_text(file_name: &str) -> String {
    let database = file_name.to_lowercase().ends_with(".mmdb");
    let hint = if database { "; an address database is given with --geoip" } else { "" };
    format!("not a log export: a binary file{hint}")
}

/// Asks every format.
pub fn recognise(head: &Head) -> Verdict {
    if let Shape::Nothing(code, reason) = &head.shape {
        return match *code {
            "F-001" | "F-032" if head.binary => Verdict::No("F-011", not_text(&head.file_name)),
            code => Verdict::No(code, reason.clone()),
        };
    }
    let claims: Vec<&'static Format> = FORMATS.iter().copied().filter(|format| (format.claims)(&head.shape)).collect();
    match claims.as_slice() {
        [one] => Verdict::One(one),
        [] if head.binary => Verdict::No("F-011", not_text(&head.file_name)),
        [] => {
            let (code, reason) = unknown(head);
            Verdict::No(code, reason)
        }
        many => {
            let names: Vec<&str> = many.iter().map(|format| format.id).collect();
            Verdict::No("F-030", format!("the layout fits {}; it was not read", names.join(" and ")))
        }
    }
}

fn shape(text: &str) -> Shape {
    let start = text.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}');
    let nothing = |code, reason: &str| Shape::Nothing(code, reason.to_owned());
    if start.is_empty() {
        return nothing("F-001", "file is empty; an empty export is not proof that nothing happened");
    }
    let lower: String = start.chars().take(64).collect::<String>().to_lowercase();
    if lower.starts_with("<!doctype html") || lower.starts_with("<html") {
        return nothing("F-012", "this is a web page (perhaps a sign-in page saved by the browser), not an export");
    }
    if start.trim_end() == "null" {
        return nothing(
            "F-002",
            "nothing but `null`: the result of a search without rows; no proof that nothing happened",
        );
    }
    if lower.starts_with("version https://git-lfs") {
        return nothing("F-013", "pointer file; the data itself was not copied");
    }
    if !lower.starts_with('<') && text.contains("<SearchResults") {
        return nothing("F-050", "text copy of an XML page; save the attachment itself");
    }
    match start.chars().next() {
        Some('<') => xml_shape(start),
        Some('[') if collector_log::is(text) => Shape::Log,
        Some('{' | '[') => json_shape(text),
        Some('"') if start.starts_with("\"{\\\"") => json_shape(text),
        _ if collector_log::is(text) => Shape::Log,
        _ => csv_shape(text),
    }
}

/// Why nobody reads this: a known kind of file that holds no records, or an unknown layout.
fn unknown(head: &Head) -> (&'static str, String) {
    match &head.shape {
        Shape::Csv(csv) => unknown_columns(csv),
        Shape::Json(json) => {
            let keys: Vec<String> = json
                .first
                .as_object()
                .map(|map| map.keys().map(|key| key.to_lowercase()).collect())
                .unwrap_or_default();
            if keys.iter().any(|key| key.starts_with("o365.audit.") || key.starts_with("auditdata.")) {
                let reason = "flattened records: the originals are not inside; export them with the original event";
                return ("F-033", reason.to_owned());
            }
            if json.has(&["contentUri", "contentId"]) {
                let reason = "list of content blobs, not events: fetch them, or give the downloaded blobs";
                return ("F-034", reason.to_owned());
            }
            let shown: Vec<&str> = keys.iter().take(20).map(String::as_str).collect();
            let (found, nearest) = (shown.join(", "), nearest(&keys));
            ("F-032", format!("unknown layout; keys found: [{found}]; {nearest}; nothing was read from this file"))
        }
        Shape::Xml(xml) => {
            let names: Vec<String> = xml.attributes.iter().map(|name| normal_header(name)).collect();
            let (found, nearest) = (names.join(", "), nearest(&names));
            let shown = if names.is_empty() { String::new() } else { format!(" with [{found}]; {nearest}") };
            ("F-032", format!("unknown XML; root element found: {}{shown}; nothing was read from this file", xml.root))
        }
        Shape::Log => ("F-032", "a log; nothing was read from this file".to_owned()),
        Shape::Nothing(code, reason) => (code, reason.clone()),
    }
}

fn unknown_columns(csv: &CsvHead) -> (&'static str, String) {
    let any = |test: &dyn Fn(&str) -> bool| csv.columns.iter().any(|column| test(column));
    if csv.columns.len() == 1 && any(&|column| column == "length") {
        return ("F-035", "file holds string lengths (Export-Csv of strings); the records were not saved".to_owned());
    }
    let derived = [
        &["mailaccesstype", "sessionid", "clientip"][..],
        &["mailaccesstype", "internetmessageid"],
        &["parameterstring", "fullcommand"],
    ];
    if any(&|column| column.starts_with("auditdata.") || column.starts_with("auditdata_"))
        || derived.iter().any(|columns| csv.has(columns))
    {
        let reason = "flattened table: the original records are not inside; give the export it was made from";
        return ("F-033", reason.to_owned());
    }
    if any(&|column| column.starts_with("{\"") || crate::ingest::fields::iso_time(column).is_some()) {
        return ("F-031", "first line looks like data: the header row is missing; nothing was read".to_owned());
    }
    if portal::looks_like_sign_ins(csv) {
        return ("F-061", portal::UNKNOWN.to_owned());
    }
    let found: Vec<&str> = csv.columns.iter().take(20).map(String::as_str).collect();
    let (found, nearest) = (found.join(", "), nearest(&csv.columns));
    // `summarize` names what it counts like this.
    let counted =
        any(&|column| column.starts_with("count_") || column.starts_with("dcount_") || column.starts_with("make_"))
            || csv.column("starttime").and(csv.column("endtime")).is_some();
    let hint = if counted { " (this is a query's result: export the raw table);" } else { ";" };
    ("F-032", format!("unknown layout{hint} header found: [{found}]; {nearest}; nothing was read from this file"))
}

/// The formats that have most of what was found, with the columns they miss.
fn nearest(found: &[String]) -> String {
    let has = |want: &&str| found.iter().any(|name| name == *want);
    let mut near: Vec<(usize, usize, &[&str], &str)> = FORMATS
        .iter()
        .map(|format| (format.wants.iter().filter(|want| has(want)).count(), format))
        .filter(|(there, _)| *there > 0)
        .map(|(there, format)| (there * 100 / format.wants.len(), there, format.wants, format.id))
        .collect();
    near.sort_by_key(|(share, there, _, id)| (std::cmp::Reverse((*share, *there)), *id));
    // Sisters with the same marks are named once.
    near.dedup_by(|a, b| a.2 == b.2);
    let missing = |wants: &[&str]| wants.iter().copied().filter(|want| !has(want)).collect::<Vec<_>>().join(", ");
    let near: Vec<String> =
        near.iter().take(3).map(|(_, _, wants, id)| format!("{id} (missing {})", missing(wants))).collect();
    if near.is_empty() {
        "no known export has any of these".to_owned()
    } else {
        format!("nearest: {}", near.join("; "))
    }
}

/// A header cell for comparing: quotes and blanks off, NFKC, straight apostrophes, lower case.
pub fn normal_header(cell: &str) -> String {
    let cell: String = cell.trim_start_matches('\u{feff}').trim().trim_matches('"').nfkc().collect();
    let cell = cell.replace('’', "'").to_lowercase();
    cell.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn csv_shape(text: &str) -> Shape {
    let mut skip = 0;
    let mut lines = 0;
    let mut forced = None;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end_matches(['\r', '\n']);
        if let Some(separator) = bare.strip_prefix("sep=") {
            forced = separator.bytes().next();
        } else if !bare.trim().is_empty() && !bare.trim_matches('"').starts_with("#TYPE ") {
            break;
        }
        skip += line.len();
        lines += 1;
    }
    let Some(rest) = text.get(skip..).filter(|rest| !rest.is_empty()) else {
        return Shape::Nothing("F-001", "no header and no rows".to_owned());
    };
    let delimiter = forced.unwrap_or_else(|| delimiter_of(rest));
    let (mut cutter, mut spans) = (Cutter::Csv(CsvCutter::new(delimiter)), Vec::new());
    cutter.feed(rest.as_bytes(), 0, &mut spans);
    if spans.is_empty() {
        cutter.finish(rest.as_bytes(), &mut spans);
    }
    let mut rows = spans.iter().filter_map(|span| rest.get(span.start..span.end).map(|row| (row, span.end)));
    let Some((header, end)) = rows.next() else {
        return Shape::Nothing("F-001", "no header and no rows".to_owned());
    };
    // The head may end inside its last row.
    let rows: Vec<&str> = rows.map(|(row, _)| row).take(SAMPLE).collect();
    let requoted =
        matches!(delimiter, b',' | b';') && requoted::is(header, rows.get(..rows.len().min(20)).unwrap_or_default());
    let delimiter = if requoted { b',' } else { delimiter };
    let after = rest.get(end..).unwrap_or_default();
    let line_end = if after.starts_with("\r\n") { 2 } else { usize::from(after.starts_with('\n')) };
    let header_lines = header.matches('\n').count() as u64 + 1;
    let header = requoted::row(header, requoted);
    let mut reader = CellReader::new(delimiter);
    let cells = reader.read(&header);
    let columns = (0..cells.len()).map(|index| normal_header(cells.get(index))).collect();
    Shape::Csv(CsvHead {
        delimiter,
        requoted,
        columns,
        skip: skip + end + line_end,
        lines: lines + header_lines,
        sample: rows.into_iter().map(|row| requoted::row(row, requoted).into_owned()).collect(),
    })
}

/// The separator that stands most often outside quotes on the header line.
fn delimiter_of(text: &str) -> u8 {
    let mut counts = [(0usize, b','), (0, b';'), (0, b'\t'), (0, b'|')];
    let mut quoted = false;
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            _ if quoted => {}
            _ => {
                for (count, delimiter) in &mut counts {
                    *count += usize::from(byte == *delimiter);
                }
            }
        }
    }
    // The first of equals wins, so that text without any separator is a one-column CSV.
    counts.iter().rev().max_by_key(|(count, _)| *count).map_or(b',', |(_, delimiter)| *delimiter)
}

/// Keys whose list holds the records: the services' own first, then what exporters and stores put around them
/// (OData, Elasticsearch, parsers' test files).
const ENVELOPES: [&str; 16] = [
    "value",
    "records",
    "results",
    "events",
    "d/results",
    "hits/hits",
    "d",
    "data",
    "items",
    "logs",
    "messages",
    "expected",
    "data/value",
    "body/value",
    "response/value",
    "result",
];
/// The envelopes that are believed even where their first record is not known.
const OWN: usize = 4;

fn json_shape(text: &str) -> Shape {
    let plain = JsonLayout {
        texts: text.trim_start_matches('\u{feff}').trim_start().starts_with('"'),
        ..JsonLayout::default()
    };
    let outer = first_record(text, &plain).map(|(value, _)| value);
    if let Some(outer) = &outer {
        if crate::timeline::json::get(outer, "error").is_some_and(Value::is_object) {
            let code = outer.pointer("/error/code").and_then(Value::as_str).unwrap_or("unknown").to_owned();
            return Shape::Nothing("F-060", format!("saved API error '{code}': the service returned no data"));
        }
        // A record may have a list of such a name itself.
        if !is_record(outer)
            && let Some(key) = envelope_of(outer)
        {
            let layout = JsonLayout { envelope: Some(key), ..JsonLayout::default() };
            let first = first_record(text, &layout).map_or(Value::Null, |(value, _)| value);
            return empty_or(JsonHead { layout, first }, outer);
        }
    } else if let Some(head) = open_envelope(text) {
        return Shape::Json(head);
    }
    let layout = JsonLayout { lines: is_lines(text), ..plain };
    match first_record(text, &layout).map(|(value, _)| value).or(outer) {
        Some(first) => Shape::Json(JsonHead { layout, first }),
        None if text.trim().trim_matches(['[', ']']).trim().is_empty() => {
            Shape::Nothing("F-002", "an empty list; an empty export is not proof that nothing happened".to_owned())
        }
        None => match salvaged_first(text) {
            Some(first) => Shape::Json(JsonHead { layout, first }),
            None => {
                Shape::Nothing("F-032", "JSON without a readable object; nothing was read from this file".to_owned())
            }
        },
    }
}

/// Whether an object is a record of some export, as it stands.
fn is_record(object: &Value) -> bool {
    let shape = object_shape(object.clone());
    FORMATS.iter().any(|format| (format.claims)(&shape))
}

/// The same, or somebody's wrapper around one.
fn holds_record(object: &Value) -> bool {
    is_record(object) || unwrap::look_inside(object, &is_record).is_some()
}

/// The key of an object's list of records.
fn envelope_of(outer: &Value) -> Option<&'static str> {
    let list = |path: &str| {
        let found = path.split('/').try_fold(outer, crate::timeline::json::get)?;
        found.as_array()
    };
    let first_is_record = |path: &&str| {
        list(path).and_then(|list| list.first()).is_some_and(|first| {
            let inner = first.as_str().and_then(|text| serde_json::from_str(&inner_text(text)).ok());
            holds_record(inner.as_ref().unwrap_or(first))
        })
    };
    let own = |path: &&str| list(path).is_some();
    // A record's own lists come after what it carries.
    ENVELOPES.into_iter().find(first_is_record).or_else(|| {
        let wrapped = || unwrap::look_inside(outer, &is_record).is_some();
        ENVELOPES.into_iter().take(OWN).chain(["d/results", "hits/hits"]).find(own).filter(|_| !wrapped())
    })
}

/// The first object is longer than the head: an envelope, or a very long record.
fn open_envelope(text: &str) -> Option<JsonHead> {
    let head = |key| {
        let layout = JsonLayout { envelope: Some(key), ..JsonLayout::default() };
        first_record(text, &layout).map(|(first, _)| JsonHead { layout, first })
    };
    let known = ENVELOPES.into_iter().filter_map(head).find(|head| holds_record(&head.first));
    known.or_else(|| ENVELOPES.into_iter().take(OWN).find_map(head))
}

fn empty_or(head: JsonHead, outer: &Value) -> Shape {
    if !head.first.is_null() {
        return Shape::Json(head);
    }
    let context = crate::timeline::json::text(outer, "@odata.context").unwrap_or_default();
    Shape::Nothing("F-002", format!("an empty list {context}; an empty export is not proof that nothing happened"))
}

/// The first object in the head that is a record or holds one, else the first that can be read at all; and where it
/// ends. (Bulk files of stores have a line of their own in front of each record.)
fn first_record(text: &str, layout: &JsonLayout) -> Option<(Value, usize)> {
    let (mut cutter, mut spans) = (Cutter::Json(JsonCutter::new(layout.clone())), Vec::new());
    cutter.feed(text.as_bytes(), 0, &mut spans);
    if text.len() < HEAD {
        cutter.finish(text.as_bytes(), &mut spans);
    }
    let mut objects = spans.iter().take(50).filter_map(|span| {
        let value: Value = serde_json::from_str(&inner_text(text.get(span.start..span.end)?)).ok()?;
        value.is_object().then_some((value, span.end))
    });
    let first = objects.next()?;
    if holds_record(&first.0) || envelope_of(&first.0).is_some() {
        return Some(first);
    }
    let better = objects.take(LOOK).find(|(object, _)| holds_record(object));
    Some(better.unwrap_or(first))
}

/// Further objects that are looked at where the first is no record.
const LOOK: usize = 8;

/// A record that was written as a JSON text, up to three times over, without the quotes and escapes of that.
pub fn inner_text(text: &str) -> std::borrow::Cow<'_, str> {
    let mut text = std::borrow::Cow::Borrowed(text);
    for _ in 0..3 {
        if !text.starts_with('"') {
            break;
        }
        let Ok(inner) = serde_json::from_str::<String>(&text) else { break };
        text = std::borrow::Cow::Owned(inner);
    }
    text
}

/// The beginning of a record that does not end inside the head, or never.
fn salvaged_first(text: &str) -> Option<Value> {
    let start = text.find('{')?;
    serde_json::from_str(&crate::timeline::json::salvage(text.get(start..)?)?).ok()
}

/// One object a line: the first line that is a whole object is followed by nothing or by another object.
fn is_lines(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let whole = |line: &str| line.starts_with('{') && serde_json::from_str::<serde::de::IgnoredAny>(line).is_ok();
    // A first line that was cut must not hide that the others are whole.
    let (first, second, third) = (lines.next(), lines.next(), lines.next());
    let object = |line: Option<&str>| line.is_none_or(|line| line.starts_with('{'));
    first.is_some_and(whole) && object(second)
        || first.is_some_and(|line| line.starts_with("{\"")) && second.is_some_and(whole) && object(third)
}

fn xml_shape(text: &str) -> Shape {
    use quick_xml::events::Event as Xml;
    let mut reader = quick_xml::Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    let mut root = None;
    loop {
        let element = match reader.read_event() {
            Ok(Xml::Start(element) | Xml::Empty(element)) => element,
            Ok(Xml::DocType(_)) => {
                return Shape::Nothing("F-032", "XML with a document type definition is not read".to_owned());
            }
            Ok(Xml::Eof) | Err(_) => break,
            Ok(_) => continue,
        };
        let name = element.name().as_ref().to_owned();
        let root = root.get_or_insert_with(|| name.clone());
        if root == "Objs" {
            break;
        }
        if name == "Event" && root != "Event" {
            let attributes = element.attributes().flatten().map(|attribute| attribute.key.as_ref().to_owned());
            let attributes = attributes.collect();
            return Shape::Xml(XmlHead { root: root.clone(), attributes, object: Value::Null });
        }
    }
    match root {
        Some(root) if root == "Objs" => {
            let object = clixml::first_object(text);
            let attributes = object.as_object().map(|map| map.keys().cloned().collect()).unwrap_or_default();
            Shape::Xml(XmlHead { root, attributes, object })
        }
        Some(root) => Shape::Xml(XmlHead { root, attributes: Vec::new(), object: Value::Null }),
        None => Shape::Nothing("F-050", "text copy of an XML page; save the attachment itself".to_owned()),
    }
}
