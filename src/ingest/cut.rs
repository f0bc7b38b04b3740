//! Finds record boundaries in a stream of text, sequentially and cheaply; parsing is somebody else's work.
//!
//! A cutter keeps its state between the pieces of a stream, so that a record may be longer than any piece.

use memchr::{memchr, memchr2, memchr3, memmem};

/// One record in a buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte (line ends excluded).
    pub end: usize,
}

/// What a cutter looks for.
pub enum Cutter {
    /// Rows of a CSV file.
    Csv(CsvCutter),
    /// Objects of JSON arrays, envelopes, lines or concatenations.
    Json(JsonCutter),
    /// `<Event>` elements.
    Xml(XmlCutter),
}

impl Cutter {
    /// Looks at `buffer[from..]`; complete records go to `spans`.
    pub fn feed(&mut self, buffer: &[u8], from: usize, spans: &mut Vec<Span>) {
        match self {
            Self::Csv(cutter) => cutter.feed(buffer, from, spans),
            Self::Json(cutter) => cutter.feed(buffer, from, spans),
            Self::Xml(cutter) => cutter.feed(buffer, from, spans),
        }
    }

    /// The stream ended; whether its last record was whole.
    pub fn finish(&mut self, buffer: &[u8], spans: &mut Vec<Span>) -> bool {
        match self {
            Self::Csv(cutter) => cutter.finish(buffer, spans),
            Self::Json(cutter) => cutter.finish(buffer, spans),
            Self::Xml(cutter) => cutter.finish(buffer, spans),
        }
    }

    /// Where the record that is still open begins: everything before may be taken out of the buffer.
    pub fn open_at(&self) -> Option<usize> {
        match self {
            Self::Csv(cutter) => cutter.start,
            Self::Json(cutter) => cutter.start,
            Self::Xml(cutter) => cutter.start,
        }
    }

    /// `by` bytes were taken out of the front of the buffer.
    pub fn rebase(&mut self, by: usize) {
        match self {
            Self::Csv(cutter) => cutter.start = cutter.start.map(|start| start.saturating_sub(by)),
            Self::Json(cutter) => cutter.start = cutter.start.map(|start| start.saturating_sub(by)),
            Self::Xml(cutter) => {
                cutter.start = cutter.start.map(|start| start.saturating_sub(by));
                cutter.seen = cutter.seen.saturating_sub(by);
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cell {
    /// At the start of a cell, where a quote opens.
    Start,
    /// In a cell without quotes, where quotes mean nothing.
    Bare,
    /// Inside quotes, where line ends mean nothing.
    Quoted,
    /// After a quote inside quotes: another quote is text, anything else ends the quoting.
    Closing,
}

/// Cuts rows at line ends outside quotes, by the rules of the `csv` crate: a quote opens only at the
/// start of a cell, so that a stray quote inside a cell cannot swallow the rows behind it.
pub struct CsvCutter {
    delimiter: u8,
    cell: Cell,
    start: Option<usize>,
}

impl CsvCutter {
    /// A cutter for cells separated by `delimiter`.
    pub fn new(delimiter: u8) -> Self {
        Self { delimiter, cell: Cell::Start, start: None }
    }

    fn feed(&mut self, buffer: &[u8], from: usize, spans: &mut Vec<Span>) {
        let mut at = from;
        while let Some(rest) = buffer.get(at..).filter(|rest| !rest.is_empty()) {
            if self.start.is_none() && !matches!(rest.first(), Some(b'\n' | b'\r')) {
                self.start = Some(at);
            }
            let step = match self.cell {
                Cell::Quoted => match memchr(b'"', rest) {
                    Some(quote) => {
                        self.cell = Cell::Closing;
                        quote + 1
                    }
                    None => rest.len(),
                },
                Cell::Start if rest.first() == Some(&b'"') => {
                    self.cell = Cell::Quoted;
                    1
                }
                Cell::Closing if rest.first() == Some(&b'"') => {
                    self.cell = Cell::Quoted;
                    1
                }
                Cell::Start | Cell::Bare | Cell::Closing => self.bare(rest, at, spans),
            };
            at += step;
        }
    }

    /// Outside quotes: up to the next separator or line end.
    fn bare(&mut self, rest: &[u8], at: usize, spans: &mut Vec<Span>) -> usize {
        let Some(stop) = memchr2(self.delimiter, b'\n', rest) else {
            self.cell = Cell::Bare;
            return rest.len();
        };
        self.cell = Cell::Start;
        if rest.get(stop) == Some(&b'\n') {
            let end = at + stop - usize::from(stop > 0 && rest.get(stop - 1) == Some(&b'\r'));
            if let Some(start) = self.start.take().filter(|start| *start < end) {
                spans.push(Span { start, end });
            }
        }
        stop + 1
    }

    fn finish(&mut self, buffer: &[u8], spans: &mut Vec<Span>) -> bool {
        let mut end = buffer.len();
        while end > 0 && matches!(buffer.get(end - 1), Some(b'\r' | 0 | 0x1a)) {
            end -= 1;
        }
        if let Some(start) = self.start.take().filter(|start| *start < end) {
            spans.push(Span { start, end });
        }
        self.cell != Cell::Quoted
    }
}

/// How a JSON stream is laid out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JsonLayout {
    /// One object a line: a line end always ends the record, so that a cut line costs one record only.
    pub lines: bool,
    /// The key whose array holds the records (`records`, `value`), where the objects outside are envelopes.
    pub envelope: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Json {
    /// Between records.
    Between,
    /// In an object that is a record.
    Record,
    /// In a record, inside a string.
    RecordString,
    /// Text that is no JSON, up to the line's end.
    Stray,
    /// In an envelope object, outside its record array.
    Envelope,
    /// In an envelope, inside a string.
    EnvelopeString,
}

/// Cuts the objects of JSON arrays (also glued ones, also unclosed ones), of envelopes, of lines and of concatenations.
pub struct JsonCutter {
    layout: JsonLayout,
    state: Json,
    start: Option<usize>,
    depth: usize,
    escaped: bool,
    envelope: Envelope,
    /// Arrays that were opened and not closed again.
    open_arrays: usize,
    /// An envelope had an `@odata.nextLink`: the collection is not complete.
    pub next_link: bool,
}

#[derive(Default)]
struct Envelope {
    inside: bool,
    depth: usize,
    text: Vec<u8>,
    key: Vec<u8>,
    in_records: bool,
}

impl JsonCutter {
    /// A cutter for a stream of this layout.
    pub fn new(layout: JsonLayout) -> Self {
        Self {
            layout,
            state: Json::Between,
            start: None,
            depth: 0,
            escaped: false,
            envelope: Envelope::default(),
            open_arrays: 0,
            next_link: false,
        }
    }

    fn feed(&mut self, buffer: &[u8], from: usize, spans: &mut Vec<Span>) {
        let mut at = from;
        while let Some(rest) = buffer.get(at..).filter(|rest| !rest.is_empty()) {
            at += match self.state {
                Json::Between => self.between(rest, at),
                Json::Record => self.record(rest, at, spans),
                Json::RecordString => self.record_string(rest, at, spans),
                Json::Stray => self.stray(rest, at, spans),
                Json::Envelope => self.envelope(rest),
                Json::EnvelopeString => self.envelope_string(rest),
            };
        }
    }

    fn between(&mut self, rest: &[u8], at: usize) -> usize {
        match rest.first() {
            Some(b'{') if self.layout.envelope.is_some() && !self.envelope.inside => {
                self.envelope = Envelope { inside: true, depth: 1, ..Envelope::default() };
                self.state = Json::Envelope;
            }
            Some(b'{') => {
                self.start = Some(at);
                self.depth = 1;
                self.state = Json::Record;
            }
            Some(b'[') => self.open_arrays += 1,
            Some(b']') => {
                self.open_arrays = self.open_arrays.saturating_sub(1);
                if self.envelope.in_records {
                    self.envelope.in_records = false;
                    self.state = Json::Envelope;
                }
            }
            Some(byte) if byte.is_ascii_whitespace() || matches!(byte, b',' | 0 | 0x1a) => {}
            _ => {
                self.start = Some(at);
                self.state = Json::Stray;
            }
        }
        1
    }

    fn record(&mut self, rest: &[u8], at: usize, spans: &mut Vec<Span>) -> usize {
        for (step, byte) in rest.iter().enumerate() {
            match byte {
                b'"' => {
                    self.state = Json::RecordString;
                    return step + 1;
                }
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        self.close(at + step + 1, spans);
                        return step + 1;
                    }
                }
                b'\n' if self.layout.lines => {
                    self.close(at + step, spans);
                    return step + 1;
                }
                _ => {}
            }
        }
        rest.len()
    }

    fn record_string(&mut self, rest: &[u8], at: usize, spans: &mut Vec<Span>) -> usize {
        if std::mem::take(&mut self.escaped) {
            return 1;
        }
        match memchr3(b'"', b'\\', b'\n', rest) {
            None => rest.len(),
            Some(stop) => {
                match rest.get(stop) {
                    Some(b'\\') => self.escaped = true,
                    Some(b'"') => self.state = Json::Record,
                    // A line end inside a string is no JSON: the record was cut here.
                    _ => self.close(at + stop, spans),
                }
                stop + 1
            }
        }
    }

    fn stray(&mut self, rest: &[u8], at: usize, spans: &mut Vec<Span>) -> usize {
        match memchr2(b'\n', b'{', rest) {
            None => rest.len(),
            Some(stop) => {
                self.close_stray(rest, at, stop, spans);
                stop
            }
        }
    }

    /// `null`, which an empty result set prints, is no record; other stray text is booked as a damaged one.
    fn close_stray(&mut self, rest: &[u8], at: usize, stop: usize, spans: &mut Vec<Span>) {
        let start = self.start.unwrap_or(at);
        let word = rest.get(start.saturating_sub(at)..stop).unwrap_or_default().trim_ascii();
        let empty = start >= at && (word.is_empty() || word == b"null" || word == b"null,");
        if empty {
            self.start = None;
            self.state = Json::Between;
        } else {
            self.close(at + stop, spans);
        }
    }

    fn close(&mut self, end: usize, spans: &mut Vec<Span>) {
        if let Some(start) = self.start.take() {
            spans.push(Span { start, end });
        }
        self.depth = 0;
        self.escaped = false;
        self.state = Json::Between;
    }

    fn envelope(&mut self, rest: &[u8]) -> usize {
        match rest.first() {
            Some(b'"') => {
                self.envelope.text.clear();
                self.state = Json::EnvelopeString;
            }
            Some(b':') if self.envelope.depth == 1 => {
                self.envelope.key = std::mem::take(&mut self.envelope.text);
                self.next_link |= self.envelope.key.eq_ignore_ascii_case(b"@odata.nextLink");
            }
            Some(b'[') if self.envelope.depth == 1 && self.is_record_key() => {
                self.envelope.in_records = true;
                self.open_arrays += 1;
                self.state = Json::Between;
            }
            Some(b'{' | b'[') => self.envelope.depth += 1,
            Some(b'}' | b']') => {
                self.envelope.depth = self.envelope.depth.saturating_sub(1);
                if self.envelope.depth == 0 {
                    self.envelope.inside = false;
                    self.state = Json::Between;
                }
            }
            _ => {}
        }
        1
    }

    fn is_record_key(&self) -> bool {
        self.layout.envelope.is_some_and(|key| self.envelope.key.eq_ignore_ascii_case(key.as_bytes()))
    }

    fn envelope_string(&mut self, rest: &[u8]) -> usize {
        if std::mem::take(&mut self.escaped) {
            return 1;
        }
        let stop = memchr2(b'"', b'\\', rest).unwrap_or(rest.len());
        let room = 64usize.saturating_sub(self.envelope.text.len());
        self.envelope.text.extend(rest.iter().take(stop.min(room)));
        match rest.get(stop) {
            None => stop,
            Some(b'"') => {
                self.state = Json::Envelope;
                stop + 1
            }
            Some(_) => {
                self.escaped = true;
                stop + 1
            }
        }
    }

    fn finish(&mut self, buffer: &[u8], spans: &mut Vec<Span>) -> bool {
        let whole = self.start.is_none() && self.open_arrays == 0;
        if self.state == Json::Stray {
            let start = self.start.unwrap_or(buffer.len());
            let rest = buffer.get(start..).unwrap_or_default();
            self.close_stray(rest, start, rest.len(), spans);
            return self.open_arrays == 0;
        }
        self.close(buffer.len(), spans);
        whole
    }
}

/// Cuts `<Event …>…</Event>` elements.
#[derive(Default)]
pub struct XmlCutter {
    start: Option<usize>,
    /// Everything before was searched.
    seen: usize,
}

impl XmlCutter {
    fn feed(&mut self, buffer: &[u8], from: usize, spans: &mut Vec<Span>) {
        self.seen = self.seen.max(if self.start.is_some() { 0 } else { from.saturating_sub(OPEN.len()) });
        loop {
            let Some(start) = self.start else {
                let Some(found) = find_event(buffer, self.seen) else {
                    self.seen = self.seen.max(buffer.len().saturating_sub(OPEN.len()));
                    return;
                };
                self.start = Some(found);
                self.seen = found;
                continue;
            };
            let Some(end) = element_end(buffer, start, self.seen) else {
                self.seen = buffer.len().saturating_sub(CLOSE.len()).max(start);
                return;
            };
            spans.push(Span { start, end });
            self.start = None;
            self.seen = end;
        }
    }

    fn finish(&mut self, buffer: &[u8], spans: &mut Vec<Span>) -> bool {
        match self.start.take() {
            None => true,
            Some(start) => {
                spans.push(Span { start, end: buffer.len() });
                false
            }
        }
    }
}

const OPEN: &[u8] = b"<Event";
const CLOSE: &[u8] = b"</Event>";

fn find_event(buffer: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let found = at + memmem::find(buffer.get(at..)?, OPEN)?;
        match buffer.get(found + OPEN.len())? {
            byte if byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/') => return Some(found),
            _ => at = found + OPEN.len(),
        }
    }
}

/// One past the end of the element that starts at `start`; the close tag is searched from `seen`.
fn element_end(buffer: &[u8], start: usize, seen: usize) -> Option<usize> {
    let mut quote = None;
    let mut tag_end = None;
    for (step, byte) in buffer.get(start..)?.iter().enumerate() {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(*byte),
            (Some(open), byte) if open == *byte => quote = None,
            (None, b'>') => {
                tag_end = Some(start + step);
                break;
            }
            _ => {}
        }
    }
    let tag_end = tag_end?;
    if buffer.get(tag_end - 1) == Some(&b'/') {
        return Some(tag_end + 1);
    }
    let from = tag_end.max(seen.saturating_sub(CLOSE.len()));
    memmem::find(buffer.get(from..)?, CLOSE).map(|found| from + found + CLOSE.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cuts `text` in pieces of every size and expects the same records each time.
    fn cut(make: impl Fn() -> Cutter, text: &str) -> Vec<String> {
        let mut all: Option<Vec<String>> = None;
        for size in [1, 2, 3, 7, 4096] {
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
        assert_eq!(cut(csv, "\"say \"\"hi\"\"\",x\ny,z\n"), ["\"say \"\"hi\"\"\",x", "y,z"]);
    }

    #[test]
    fn json_in_every_arrangement() {
        let stream = || Cutter::Json(JsonCutter::new(JsonLayout::default()));
        assert_eq!(cut(stream, r#"[{"a":"}{"},{"b":[{}]}][{"c":1}"#), [r#"{"a":"}{"}"#, r#"{"b":[{}]}"#, r#"{"c":1}"#]);
        assert_eq!(cut(stream, "{\"a\":1}\n{\"b\":\"\\\"\"}, \n\0\0"), ["{\"a\":1}", "{\"b\":\"\\\"\"}"]);
        assert_eq!(cut(stream, "null\n"), Vec::<String>::new());
        let lines = || Cutter::Json(JsonCutter::new(JsonLayout { lines: true, envelope: None }));
        assert_eq!(cut(lines, "{\"a\":{\"b\"\n{\"c\":1}\n"), ["{\"a\":{\"b\"", "{\"c\":1}"]);
        let value = || Cutter::Json(JsonCutter::new(JsonLayout { lines: false, envelope: Some("value") }));
        let text = r#"{"@odata.context":"x","other":[{"no":1}],"value":[{"a":1},{"b":2}],"@odata.nextLink":"y"}{"value":[{"c":3}]}"#;
        assert_eq!(cut(value, text), [r#"{"a":1}"#, r#"{"b":2}"#, r#"{"c":3}"#]);
    }

    #[test]
    fn xml_events_also_without_content() {
        let xml = || Cutter::Xml(XmlCutter::default());
        let text = r#"<SearchResults><Event a="x>/"><P/></Event><EventLog/><Event b='"'/> <Event c="1"></Event>"#;
        assert_eq!(cut(xml, text), [r#"<Event a="x>/"><P/></Event>"#, r#"<Event b='"'/>"#, r#"<Event c="1"></Event>"#]);
    }
}
