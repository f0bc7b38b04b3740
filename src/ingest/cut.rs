//! Finds record boundaries in a stream of text, sequentially and cheaply; parsing is somebody else's work.
//!
//! A cutter keeps its state between the pieces of a stream, so that a record may be longer than any piece.

use crate::ingest::cells::closing;
use crate::ingest::clixml::{self, ObjectCutter};
use crate::ingest::members::special;
use memchr::{memchr, memchr2, memchr3, memmem};

/// One record in a buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte (line ends excluded).
    pub end: usize,
}

/// How the records of a stream are arranged: what a cutter is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layout {
    /// Rows with this separator.
    Csv(u8),
    /// JSON objects.
    Json(JsonLayout),
    /// `<Event>` elements.
    Xml,
    /// Objects of PowerShell's own XML.
    Clixml,
}

impl Layout {
    /// A cutter for the beginning of such a stream.
    pub fn cutter(&self) -> Cutter {
        match self {
            Self::Csv(delimiter) => Cutter::Csv(CsvCutter::new(*delimiter)),
            Self::Json(layout) => Cutter::Json(JsonCutter::new(layout.clone())),
            Self::Xml => Cutter::Xml(XmlCutter::default()),
            Self::Clixml => Cutter::Clixml(ObjectCutter::default()),
        }
    }

    /// A cutter for text in the middle of such a stream, that begins with a record.
    pub fn cutter_inside(&self) -> Cutter {
        let mut cutter = self.cutter();
        cutter.restart(0);
        cutter
    }

    /// Whether a text is the beginning of an envelope, up to its first record: no record itself.
    pub fn opens_envelope(&self, text: &[u8]) -> bool {
        let Self::Json(JsonLayout { envelope: Some(_), .. }) = self else { return false };
        let closes = |end: &[u8]| serde_json::from_slice::<serde::de::IgnoredAny>(&[text, end].concat()).is_ok();
        text.ends_with(b"[") && (closes(b"]}") || closes(b"]}}"))
    }

    /// The next place behind `from` where a record may begin again: a line of a CSV file, a brace of JSON, an element.
    pub fn next_start(&self, text: &[u8], from: usize) -> Option<usize> {
        let rest = text.get(from..)?;
        match self {
            Self::Csv(_) => {
                let line = from + memchr(b'\n', rest)? + 1;
                let blank = text.get(line..)?.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
                (line + blank < text.len()).then_some(line + blank)
            }
            Self::Json(_) => {
                let mut at = from + 1;
                loop {
                    at += memchr(b'{', text.get(at..)?)?;
                    let inner = text.get(at + 1..)?.iter().take(64).find(|byte| !byte.is_ascii_whitespace());
                    if inner == Some(&b'"') {
                        return Some(at);
                    }
                    at += 1;
                }
            }
            Self::Xml => find_event(text, from + 1),
            Self::Clixml => clixml::next_object(text, from + 1),
        }
    }
}

/// What a cutter looks for.
pub enum Cutter {
    /// Rows of a CSV file.
    Csv(CsvCutter),
    /// Objects of JSON arrays, envelopes, lines or concatenations.
    Json(JsonCutter),
    /// `<Event>` elements.
    Xml(XmlCutter),
    /// Objects of PowerShell's own XML.
    Clixml(ObjectCutter),
}

impl Cutter {
    /// Looks at `buffer[from..]`; complete records go to `spans`.
    pub fn feed(&mut self, buffer: &[u8], from: usize, spans: &mut Vec<Span>) {
        match self {
            Self::Csv(cutter) => cutter.feed(buffer, from, spans),
            Self::Json(cutter) => cutter.feed(buffer, from, spans),
            Self::Xml(cutter) => cutter.feed(buffer, from, spans),
            Self::Clixml(cutter) => cutter.feed(buffer, spans),
        }
    }

    /// The stream ended; whether its last record was whole.
    pub fn finish(&mut self, buffer: &[u8], spans: &mut Vec<Span>) -> bool {
        match self {
            Self::Csv(cutter) => cutter.finish(buffer, spans),
            Self::Json(cutter) => cutter.finish(buffer, spans),
            Self::Xml(cutter) => cutter.finish(buffer, spans),
            Self::Clixml(cutter) => cutter.finish(buffer, spans),
        }
    }

    /// Where the record that is still open begins: everything before may be taken out of the buffer.
    pub fn open_at(&self) -> Option<usize> {
        match self {
            Self::Csv(cutter) => cutter.start,
            Self::Json(cutter) => cutter.start,
            Self::Xml(cutter) => cutter.open_at(),
            Self::Clixml(cutter) => cutter.open_at(),
        }
    }

    /// Gives up the record that is open: one begins at `at`.
    pub fn restart(&mut self, at: usize) {
        match self {
            Self::Csv(cutter) => (cutter.cell, cutter.start) = (Cell::Start, None),
            Self::Json(cutter) => cutter.restart(),
            Self::Xml(cutter) => *cutter = XmlCutter { after: at, seen: at, start: None },
            Self::Clixml(cutter) => cutter.restart(at),
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
                cutter.after = cutter.after.saturating_sub(by);
            }
            Self::Clixml(cutter) => cutter.rebase(by),
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
                Cell::Quoted => self.quoted(rest),
                // What is left of a doubled line end; the record begins behind it.
                Cell::Start if self.start.is_none() && rest.first() == Some(&b'\r') => 1,
                Cell::Start if rest.first() == Some(&b'"') => {
                    self.cell = Cell::Quoted;
                    1
                }
                Cell::Closing if rest.first() == Some(&b'"') => {
                    self.cell = Cell::Quoted;
                    1
                }
                Cell::Start | Cell::Bare | Cell::Closing => self.bare(buffer, at, spans),
            };
            at += step;
        }
    }

    /// Inside quotes: up to the quote that closes, or the last of the buffer. Doubled quotes, which JSON in a cell is full
    /// of, are passed over here.
    fn quoted(&mut self, rest: &[u8]) -> usize {
        let Some(end) = closing(rest) else { return rest.len() };
        self.cell = Cell::Closing;
        end
    }

    /// Outside quotes: up to the next separator or line end.
    fn bare(&mut self, buffer: &[u8], at: usize, spans: &mut Vec<Span>) -> usize {
        let rest = buffer.get(at..).unwrap_or_default();
        let Some(stop) = memchr2(self.delimiter, b'\n', rest) else {
            self.cell = Cell::Bare;
            return rest.len();
        };
        self.cell = Cell::Start;
        if rest.get(stop) == Some(&b'\n') {
            let stop = at + stop;
            let end = stop - usize::from(stop > 0 && buffer.get(stop - 1) == Some(&b'\r'));
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
    /// The key whose array holds the records (`records`, `value`, `d/results`), where the objects outside are
    /// envelopes.
    pub envelope: Option<&'static str>,
    /// Records that are texts, with no list around them.
    pub texts: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Json {
    /// Between records.
    Between,
    /// In an object that is a record.
    Record,
    /// In a record, inside a string.
    RecordString,
    /// In a list of texts, inside one that holds a record.
    Text,
    /// In text that is no JSON, or behind the place where a record broke: up to the line where a record begins.
    Lost,
    /// In an envelope object, outside its record array.
    Envelope,
    /// In an envelope, inside a string.
    EnvelopeString,
}

/// The place behind a string whose inside begins at `from`; else the place from which on it has to be looked at again: a
/// line end in it, or the end of the buffer.
fn behind_string(text: &[u8], from: usize) -> Result<usize, usize> {
    let mut at = from;
    loop {
        let stop = special(text, at).ok_or(text.len())?;
        at = match text.get(stop) {
            Some(b'"') => return Ok(stop + 1),
            Some(b'\\') if stop + 1 < text.len() => stop + 2,
            Some(b'\\' | b'\n') | None => return Err(stop),
            Some(_) => stop + 1,
        };
    }
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
    /// Blanks before the brace of a record that began on a line of its own: deeper braces are parts of records.
    indent: usize,
    /// Blanks since the line began; `None` where something else stands on the line.
    column: Option<usize>,
    /// An envelope had an `@odata.nextLink` (`__next` in old services): the collection is not complete.
    pub next_link: bool,
}

#[derive(Default)]
struct Envelope {
    inside: bool,
    depth: usize,
    text: Vec<u8>,
    key: Vec<u8>,
    /// The key of the object that `key` stands in, where that is no envelope itself.
    outer: Vec<u8>,
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
            indent: 0,
            column: Some(0),
            next_link: false,
        }
    }

    fn restart(&mut self) {
        if self.layout.envelope.is_some() {
            self.open_arrays = self.open_arrays.max(1);
            self.envelope = Envelope { inside: true, depth: 1, in_records: true, ..Envelope::default() };
        }
        (self.state, self.start, self.depth, self.escaped, self.column) = (Json::Between, None, 0, false, None);
    }

    fn feed(&mut self, buffer: &[u8], from: usize, spans: &mut Vec<Span>) {
        let mut at = from;
        while let Some(rest) = buffer.get(at..).filter(|rest| !rest.is_empty()) {
            at += match self.state {
                Json::Between => self.between(rest, at),
                Json::Record => self.record(rest, at, spans),
                Json::RecordString => self.record_string(rest, at, spans),
                Json::Text => self.text(rest, at, spans),
                Json::Lost => self.lost(buffer, at, spans),
                Json::Envelope => self.envelope(rest),
                Json::EnvelopeString => self.envelope_string(rest),
            };
        }
    }

    fn between(&mut self, rest: &[u8], at: usize) -> usize {
        let first = rest.first().copied().unwrap_or_default();
        match first {
            b'{' if self.layout.envelope.is_some() && !self.envelope.inside => {
                self.envelope = Envelope { inside: true, depth: 1, ..Envelope::default() };
                self.state = Json::Envelope;
            }
            b'{' => {
                self.start = Some(at);
                self.depth = 1;
                self.state = Json::Record;
                self.indent = self.column.unwrap_or(self.indent);
            }
            b'"' if self.open_arrays > 0 || self.layout.texts => {
                self.start = Some(at);
                self.state = Json::Text;
            }
            b'[' => self.open_arrays += 1,
            b']' => {
                self.open_arrays = self.open_arrays.saturating_sub(1);
                if self.envelope.in_records {
                    self.envelope.in_records = false;
                    self.state = Json::Envelope;
                }
            }
            // The end of an envelope whose list was not closed.
            b'}' => {
                (self.envelope.inside, self.envelope.in_records) = (false, false);
            }
            // Between records there may be blanks, commas, and what glued files bring: byte order marks, NUL, CTRL-Z.
            b',' | 0 | 0x1a | 0xef | 0xbb | 0xbf => {}
            _ if first.is_ascii_whitespace() => {}
            _ => {
                self.start = Some(at);
                self.state = Json::Lost;
                self.column = None;
                return 1;
            }
        }
        self.column = match first {
            b'\n' => Some(0),
            b' ' | b'\t' | b',' | b'[' => self.column.map(|column| column + 1),
            _ => None,
        };
        1
    }

    fn record(&mut self, rest: &[u8], at: usize, spans: &mut Vec<Span>) -> usize {
        let mut step = 0;
        while let Some(byte) = rest.get(step) {
            step += 1;
            match byte {
                b'"' => match behind_string(rest, step) {
                    Ok(behind) => step = behind,
                    Err(open) => {
                        self.state = Json::RecordString;
                        return open;
                    }
                },
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        self.close(at + step, spans);
                        return step;
                    }
                }
                b'\n' if self.layout.lines => {
                    self.close(at + step - 1, spans);
                    self.column = Some(0);
                    return step;
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
                    // A line end inside a string is no JSON: the record broke off here.
                    _ if self.layout.lines => {
                        self.close(at + stop, spans);
                        self.column = Some(0);
                    }
                    _ => {
                        self.state = Json::Lost;
                        self.column = Some(0);
                    }
                }
                stop + 1
            }
        }
    }

    fn text(&mut self, rest: &[u8], at: usize, spans: &mut Vec<Span>) -> usize {
        // The opening quote itself.
        let skip = usize::from(self.start == Some(at));
        if std::mem::take(&mut self.escaped) {
            return 1;
        }
        match memchr3(b'"', b'\\', b'\n', rest.get(skip..).unwrap_or_default()) {
            None => rest.len(),
            Some(stop) => {
                let stop = stop + skip;
                match rest.get(stop) {
                    Some(b'\\') => self.escaped = true,
                    Some(b'"') => self.close(at + stop + 1, spans),
                    _ => self.close(at + stop, spans),
                }
                stop + 1
            }
        }
    }

    /// Up to a line that begins with a brace no deeper than records do; in a file of lines, up to the line's end.
    fn lost(&mut self, buffer: &[u8], at: usize, spans: &mut Vec<Span>) -> usize {
        let rest = buffer.get(at..).unwrap_or_default();
        let Some(column) = self.column else {
            let Some(stop) = memchr(b'\n', rest) else { return rest.len() };
            self.column = Some(0);
            if self.layout.lines || self.is_nothing(buffer, at + stop) {
                self.close_lost(buffer, at + stop, spans);
                self.column = Some(0);
            }
            return stop + 1;
        };
        match rest.first() {
            Some(b'{') if column <= self.indent => {
                self.close_lost(buffer, at, spans);
                self.column = Some(column);
                0
            }
            Some(b' ' | b'\t' | b',' | b'[' | b'\r') => {
                self.column = Some(column + 1);
                1
            }
            Some(b'\n') => {
                self.column = Some(0);
                1
            }
            _ => {
                self.column = None;
                0
            }
        }
    }

    /// `null`, which an empty result set prints, is no record.
    fn is_nothing(&self, buffer: &[u8], end: usize) -> bool {
        let word = buffer.get(self.start.unwrap_or(end)..end).unwrap_or_default().trim_ascii();
        matches!(word, b"" | b"null" | b"null,")
    }

    fn close_lost(&mut self, buffer: &[u8], end: usize, spans: &mut Vec<Span>) {
        if self.is_nothing(buffer, end) {
            self.start = None;
        }
        let behind = |byte: &&u8| byte.is_ascii_whitespace() || matches!(byte, b',' | b'[');
        let blank = buffer.get(..end).unwrap_or_default().iter().rev().take_while(behind).count();
        self.close(end - blank, spans);
    }

    fn close(&mut self, end: usize, spans: &mut Vec<Span>) {
        if let Some(start) = self.start.take() {
            spans.push(Span { start, end });
        }
        self.depth = 0;
        self.escaped = false;
        self.column = None;
        self.state = Json::Between;
    }

    fn envelope(&mut self, rest: &[u8]) -> usize {
        match rest.first() {
            Some(b'"') => {
                self.envelope.text.clear();
                self.state = Json::EnvelopeString;
            }
            Some(b':') if self.envelope.depth <= 2 => {
                self.envelope.key = std::mem::take(&mut self.envelope.text);
                if self.envelope.depth == 1 {
                    self.envelope.outer.clone_from(&self.envelope.key);
                }
                let next = [&b"@odata.nextLink"[..], b"__next"];
                self.next_link |= next.iter().any(|key| self.envelope.key.eq_ignore_ascii_case(key));
            }
            Some(b'[') if self.is_record_key() => {
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
        let Some(path) = self.layout.envelope else { return false };
        let is = |found: &[u8], key: &str| found.eq_ignore_ascii_case(key.as_bytes());
        match path.split_once('/') {
            None => self.envelope.depth == 1 && is(&self.envelope.key, path),
            Some((outer, key)) => {
                self.envelope.depth == 2 && is(&self.envelope.outer, outer) && is(&self.envelope.key, key)
            }
        }
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
        let closed = self.open_arrays == 0 && !self.envelope.inside;
        if self.state == Json::Lost && self.is_nothing(buffer, buffer.len()) {
            self.start = None;
        }
        let whole = self.start.is_none() && closed;
        let end = buffer.len() - buffer.iter().rev().take_while(|byte| matches!(byte, 0 | 0x1a)).count();
        self.close(end, spans);
        whole
    }
}

/// Cuts `<Event …>…</Event>` elements.
#[derive(Default)]
pub struct XmlCutter {
    start: Option<usize>,
    /// Everything before was searched.
    seen: usize,
    /// Where the last record ended.
    after: usize,
}

impl XmlCutter {
    /// Text behind the last record may turn out to be a broken one: it stays in the buffer as well.
    fn open_at(&self) -> Option<usize> {
        Some(self.start.unwrap_or(self.after))
    }

    fn feed(&mut self, buffer: &[u8], from: usize, spans: &mut Vec<Span>) {
        if self.start.is_none() {
            self.seen = self.seen.max(from.saturating_sub(OPEN.len()).max(self.after));
        }
        loop {
            let Some(start) = self.start else {
                let Some(found) = find_event(buffer, self.seen) else {
                    self.seen = self.seen.max(buffer.len().saturating_sub(OPEN.len()));
                    return;
                };
                self.gap(buffer, found, spans);
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
            self.after = end;
        }
    }

    /// What stands between two elements and belongs to neither is a record that lost its beginning.
    fn gap(&mut self, buffer: &[u8], end: usize, spans: &mut Vec<Span>) {
        let gap = buffer.get(self.after..end).unwrap_or_default();
        if is_broken(gap) {
            let blank = gap.len() - gap.trim_ascii_start().len();
            spans.push(Span { start: self.after + blank, end: self.after + gap.trim_ascii_end().len() });
        }
        self.after = end;
    }

    fn finish(&mut self, buffer: &[u8], spans: &mut Vec<Span>) -> bool {
        if let Some(start) = self.start.take() {
            spans.push(Span { start, end: buffer.len() });
            return false;
        }
        let tail = buffer.get(self.after..).unwrap_or_default();
        let closed = memmem::find(tail, b"</SearchResults").is_some() || tail.trim_ascii_end().ends_with(b"/>");
        let broken = is_broken(tail);
        if broken {
            self.gap(buffer, buffer.len(), spans);
        }
        closed && !broken
    }
}

/// Whether text outside the elements holds parts of one.
fn is_broken(gap: &[u8]) -> bool {
    const PARTS: [&[u8]; 6] =
        [b"</Event>", b"<CmdletParameters", b"<Parameter", b"<ModifiedProperties", b"Cmdlet=", b"Caller="];
    PARTS.iter().any(|part| memmem::find(gap, part).is_some())
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

/// One past the end of the element that starts at `start`; the close tag is searched from `seen`. An element that was
/// not closed ends where the next one begins.
fn element_end(buffer: &[u8], start: usize, seen: usize) -> Option<usize> {
    let (tag_end, whole) = tag_end(buffer, start)?;
    if whole && buffer.get(tag_end - 1) == Some(&b'/') {
        return Some(tag_end + 1);
    }
    let from = tag_end.max(seen.saturating_sub(CLOSE.len()));
    let close = memmem::find(buffer.get(from..)?, CLOSE).map(|found| from + found);
    let searched = buffer.get(..close.unwrap_or(buffer.len())).unwrap_or_default();
    match (find_event(searched, from.max(start + 1)), close) {
        (Some(next), _) => Some(next - trailing_blanks(buffer.get(start..next).unwrap_or_default())),
        (None, close) => close.map(|close| close + CLOSE.len()),
    }
}

fn trailing_blanks(text: &[u8]) -> usize {
    text.len() - text.trim_ascii_end().len()
}

/// The `>` of the tag that starts at `start`. A tag with a broken quote ends where the next one begins, and is not whole.
fn tag_end(buffer: &[u8], start: usize) -> Option<(usize, bool)> {
    let mut quote = None;
    for (step, byte) in buffer.get(start..)?.iter().enumerate() {
        match (quote, byte) {
            // `<` cannot stand in a tag, and not in its values either.
            (_, b'<') if step > 0 => return Some((start + step - 1, false)),
            (None, b'"' | b'\'') => quote = Some(*byte),
            (Some(open), byte) if open == *byte => quote = None,
            (None, b'>') => return Some((start + step, true)),
            _ => {}
        }
    }
    None
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
        // Line ends that were doubled on the way, and ends of old systems in front of a row.
        assert_eq!(cut(csv, "a,b\n\rc,d\n\r\n\re\n\r"), ["a,b", "c,d", "e"]);
        assert_eq!(cut(csv, "\"say \"\"hi\"\"\",x\ny,z\n"), ["\"say \"\"hi\"\"\",x", "y,z"]);
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
        let nested =
            || Cutter::Json(JsonCutter::new(JsonLayout { envelope: Some("d/results"), ..JsonLayout::default() }));
        let text = r#"{"x":{"results":[{"no":1}]},"d":{"results":[{"a":1},{"b":{"results":[]}}],"__next":"y"}}{"d":{"results":[{"c":3}]}}"#;
        assert_eq!(cut(nested, text), [r#"{"a":1}"#, r#"{"b":{"results":[]}}"#, r#"{"c":3}"#]);
        let texts = || Cutter::Json(JsonCutter::new(JsonLayout { texts: true, ..JsonLayout::default() }));
        assert_eq!(cut(texts, "\"{\\\"a\\\":1}\"\n\"{}\"\n"), ["\"{\\\"a\\\":1}\"", "\"{}\""]);
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
        assert_eq!(cut(xml, text), [r#"<Event a="x>/"><P/></Event>"#, r#"<Event b='"'/>"#, r#"<Event c="1"></Event>"#]);
    }
}
