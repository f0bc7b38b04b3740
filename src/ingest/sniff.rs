//! Says from the first 64 KiB of a stream which export it is, or that none or two claim it.

mod binary;
mod context;
mod csv;
mod damage;
mod headed;
mod headers;
mod json;
mod titles;
mod unknown;
mod xml;

use serde_json::Value;

use self::binary::{is_binary, not_text, packed};
use self::csv::csv_shape;
use self::headed::headed;
use self::json::{begins_with_a_value, behind_nulls, json_shape};
use self::titles::below_titles;
use self::unknown::{is_headless, unknown};
use self::xml::{WEB_PAGE, is_web_page, xml_shape};
use crate::ingest::formats::{Context, FORMATS, Format, RecordReader, collector_log};
use crate::ingest::others;
use crate::ingest::text::cut::JsonLayout;
use crate::ingest::wrapping::as_objects::{self, Table};
use crate::ingest::wrapping::in_column;
use crate::ingest::wrapping::in_column::Column;
use crate::ingest::wrapping::unwrap;

pub use csv::{CsvHead, normal_header};
pub use json::{JsonHead, holds_record, inner_text, page, saved_error};
pub use xml::XmlHead;

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
    /// The column of a table that no export has, where records stand in it.
    pub column: Option<Column>,
    /// The table that the objects of JSON are rows of, where no export has such objects.
    pub rows: Option<(Table, Box<Head>)>,
    /// What was decoded is no text.
    pub binary: bool,
    /// The first record of JSON does not end in what was looked at: more of the stream may say more.
    pub open: bool,
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
    /// An empty list of JSON objects: the id of the format that it says it is, and how its records would be arranged.
    Empty(&'static str, JsonLayout),
    /// The log of a collector.
    Log,
    /// No evidence: why, with a stable code.
    Nothing(&'static str, String),
}

impl Head {
    fn of(file_name: &str, shape: Shape) -> Self {
        Self {
            file_name: file_name.to_owned(),
            shape,
            wrapper: None,
            column: None,
            rows: None,
            binary: false,
            open: false,
        }
    }

    /// A reader for the file, which `format` claims.
    pub fn reader(&self, format: &Format, context: &Context) -> Box<dyn RecordReader> {
        let own = |head: &Self| others::around(head, format, (format.reader)(head, context));
        let records = match (&self.column, &self.rows) {
            (Some(column), _) => column.around(own(&column.head)),
            (None, Some((table, rows))) => others::around(self, format, table.around((format.reader)(rows, context))),
            (None, None) => own(self),
        };
        unwrap::around(self, records)
    }

    /// By what a format was recognised, in words.
    pub fn reason(&self, format: &Format) -> String {
        let wants = || format.wants.iter().map(|want| want.replace(" [utc]", "")).collect::<Vec<_>>().join(", ");
        if let Some(column) = &self.column {
            return format!("{}, in column `{}`", column.head.reason(format), column.name);
        }
        if let Some((_, rows)) = &self.rows {
            return format!("{}, as keys of objects", rows.reason(format));
        }
        let inside = self.wrapper.as_ref().map(|path| format!(", inside `{}`", path.join(".")));
        let of = match &self.shape {
            Shape::Csv(_) => format!("columns {}", wants()),
            Shape::Json(_) if format.wants.is_empty() => "the keys of a table that is known".to_owned(),
            Shape::Json(_) => format!("keys {}", wants()),
            Shape::Xml(xml) => format!("element {}", xml.root),
            Shape::Empty(..) => "@odata.context".to_owned(),
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
    let shape =
        packed(file_name, bytes).map_or_else(|| shape(text), |(code, reason)| Shape::Nothing(code, reason.to_owned()));
    let open = match &shape {
        Shape::Json(json) => !json.whole,
        Shape::Nothing("F-002" | "F-032", _) => behind_nulls(text).starts_with(['{', '[', '"']),
        _ => false,
    };
    let mut head = Head { open, binary: is_binary(text), ..Head::of(file_name, shape) };
    unwrap_first(&mut head);
    if let Shape::Csv(csv) = &head.shape
        && !FORMATS.iter().any(|format| (format.claims)(&head.shape))
    {
        head.column = if is_headless(csv) { None } else { in_column::find(file_name, csv) };
        if let Some(shape) = head.column.is_none().then(|| no_table(text)).flatten() {
            head.shape = shape;
        }
    }
    if let Shape::Json(json) = &head.shape
        && head.wrapper.is_none()
        && !is_record(&json.first)
    {
        head.rows = as_objects::find(file_name, json::texts(text, &json.layout));
    }
    head
}

/// What a text is that looks like a table and is none: only asked where no export is found in it, because the cells of one
/// may say anything.
fn no_table(text: &str) -> Option<Shape> {
    let ornament = |letter: char| letter.is_whitespace() || matches!(letter, '-' | '+' | '▼' | '▶');
    if text.lines().any(|line| line.trim_start_matches(ornament).starts_with("<SearchResults")) {
        let reason = "text copy of an XML page; save the attachment itself";
        return Some(Shape::Nothing("F-050", reason.to_owned()));
    }
    collector_log::is(text).then_some(Shape::Log)
}

/// The head of one record given as a JSON object, whatever carried it.
pub fn object_head(file_name: &str, object: Value) -> Head {
    let mut head = Head::of(file_name, object_shape(object));
    unwrap_first(&mut head);
    head
}

/// The head of a table that stands behind another one, known by its header alone.
pub fn table_head(file_name: &str, csv: CsvHead) -> Head {
    Head::of(file_name, Shape::Csv(csv))
}

/// Whether some export has such a table.
pub fn is_table(csv: &CsvHead) -> bool {
    let shape = Shape::Csv(csv.clone());
    FORMATS.iter().any(|format| (format.claims)(&shape))
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
    let head = Head::of(file_name, shape);
    match recognise(&head) {
        Verdict::One(format) => Some((format, (format.reader)(&head, &Context::default()))),
        Verdict::No(..) => None,
    }
}

/// The shape of one record given as a JSON object.
pub fn object_shape(object: Value) -> Shape {
    Shape::Json(JsonHead { layout: JsonLayout::default(), first: object, whole: true })
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
    (table_shape(object, &row), row)
}

/// The shape of a table with one row, whose columns are the keys of an object.
pub fn table_shape(object: &serde_json::Map<String, Value>, row: &str) -> Shape {
    Shape::Csv(CsvHead {
        delimiter: b',',
        old: false,
        requoted: false,
        padded: false,
        damaged: false,
        cut: false,
        unlike: Vec::new(),
        titles: Vec::new(),
        columns: object.keys().map(|key| normal_header(key)).collect(),
        skip: 0,
        lines: 0,
        sample: vec![row.to_owned()],
    })
}

/// Exports that hold whole records of others, and may look like these for what they lay beside the record or around it:
/// Splunk the record's fields, a forwarder of diagnostic records the frame.
const CARRIERS: [&str; 5] =
    ["splunk_export_csv", "azdiag_signin", "azdiag_audit", "azdiag_risk", "azdiag_graphactivity"];

/// Asks every format.
pub fn recognise(head: &Head) -> Verdict {
    if let Some(column) = &head.column {
        return recognise(&column.head);
    }
    if let Some((_, rows)) = &head.rows {
        return recognise(rows);
    }
    if let Shape::Nothing(code, reason) = &head.shape {
        return match *code {
            "F-001" | "F-032" if head.binary => Verdict::No("F-011", not_text(&head.file_name)),
            code => Verdict::No(code, reason.clone()),
        };
    }
    let claims = |format: &&Format| match &head.shape {
        Shape::Empty(id, _) => format.id == *id,
        shape => (format.claims)(shape),
    };
    let claims: Vec<&'static Format> = FORMATS.iter().copied().filter(claims).collect();
    if !claims.is_empty() && matches!(&head.shape, Shape::Csv(csv) if is_headless(csv)) {
        let reason = "the header line goes on with a row of data: its line end is lost; put one in (in a copy), nothing \
                      was read";
        return Verdict::No("F-031", reason.to_owned());
    }
    match claims.as_slice() {
        [one] => Verdict::One(one),
        [] if head.binary => Verdict::No("F-011", not_text(&head.file_name)),
        [] => {
            let (code, reason) = unknown(head);
            Verdict::No(code, reason)
        }
        many if let Some(carrier) = many.iter().find(|format| CARRIERS.contains(&format.id)) => Verdict::One(carrier),
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
    if is_web_page(start) {
        return nothing("F-012", WEB_PAGE);
    }
    let lower: String = start.chars().take(64).collect::<String>().to_lowercase();
    let behind = behind_nulls(start);
    if behind.is_empty() {
        return nothing(
            "F-002",
            "nothing but `null`: the result of a search without rows; no proof that nothing happened",
        );
    }
    if lower.starts_with("version https://git-lfs") {
        return nothing("F-013", "pointer file; the data itself was not copied");
    }
    let start = if behind.starts_with(['{', '[', '"']) { behind } else { start };
    match start.chars().next() {
        Some('<') => headed(start).map_or_else(|| xml_shape(start), Shape::Json),
        Some('[') if collector_log::is(text) => Shape::Log,
        Some('[') if let Some(head) = headed(text) => Shape::Json(head),
        Some('{' | '[') => json_shape(text),
        Some('"') if start.starts_with("\"{\\\"") => json_shape(text),
        _ => table_or_stream(text),
    }
}

/// A table, perhaps below a title; where no export has it, lines with a record behind other words, or, where its first
/// line is a value of JSON, a stream of values.
fn table_or_stream(text: &str) -> Shape {
    let table = csv_shape(text, (0, 0));
    if FORMATS.iter().any(|format| (format.claims)(&table)) {
        return table;
    }
    if let Some(table) = below_titles(text) {
        return Shape::Csv(table);
    }
    if let Some(head) = headed(text) {
        return Shape::Json(head);
    }
    if !begins_with_a_value(text) {
        return table;
    }
    match json_shape(text) {
        stream @ Shape::Json(_) => stream,
        _ => table,
    }
}

/// Whether an object is a record of some export, as it stands.
pub fn is_record(object: &Value) -> bool {
    let shape = object_shape(object.clone());
    FORMATS.iter().any(|format| (format.claims)(&shape))
}
