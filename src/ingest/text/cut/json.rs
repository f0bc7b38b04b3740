//! Cuts a stream of JSON into the objects that are records.

use memchr::{memchr, memchr2, memchr3};
use serde::de::IgnoredAny;

use crate::ingest::text::blocks::BLOCK;
use crate::ingest::text::cut::{Span, ZEROS_HELD, hole_in};

mod envelope;
mod record;

use envelope::Envelope;

/// How a JSON stream is laid out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JsonLayout {
    /// One object a line: a line end always ends the record, so that a cut line costs one record only. Up to the first
    /// object that is printed over several lines.
    pub lines: bool,
    /// In front of the brace of each line stand other words, which are no part of the record.
    pub headed: bool,
    /// The key whose array holds the records (`records`, `value`, `d/results`), or [`EVERY`], where the objects outside
    /// are envelopes. An object without that key is a record like any.
    pub envelope: Option<&'static str>,
    /// Records that are texts, with no list around them.
    pub texts: bool,
    /// Whether the objects of an envelope's further lists are cut as well. They may be records or none.
    pub others: bool,
}

/// In place of an envelope's key: under whatever key there is a record or a list of records.
pub const EVERY: &str = "*";

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
    /// In what may be `null`, which an empty result set prints: no record; in a list also in a number or truth value, which
    /// is no object but ends where the next begins.
    Word,
    /// In zero bytes between records.
    Zeros,
    /// In what stands in front of a line's record, or behind it.
    Header,
    /// In text that is no JSON, or behind the place where a record broke: up to the line where a record begins.
    Lost,
    /// In an envelope object, outside its record array.
    Envelope,
    /// In an envelope, inside a string.
    EnvelopeString,
}

/// Cuts the objects of JSON arrays (also glued ones, also unclosed ones), of envelopes, of lines and of concatenations.
pub struct JsonCutter {
    layout: JsonLayout,
    state: Json,
    pub(super) start: Option<usize>,
    depth: usize,
    escaped: bool,
    envelope: Envelope,
    /// Arrays that were opened and not closed again.
    open_arrays: usize,
    /// Blanks before the brace of a record that began on a line of its own: deeper braces are parts of records.
    indent: usize,
    /// Blanks since the line began; `None` where something else stands on the line.
    column: Option<usize>,
    /// The last page had an `@odata.nextLink` (`__next` in old services): the collection goes on elsewhere.
    pub next_link: bool,
    /// An envelope had its list of records, or its records.
    pub listed: bool,
    /// Records from further lists of envelopes, which may be none: the number of the list, and where each begins.
    pub others: Vec<(u64, usize)>,
    other_lists: u64,
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
            listed: false,
            others: Vec::new(),
            other_lists: 0,
        }
    }

    /// Gives up the record that is open: another begins.
    pub(super) fn restart(&mut self) {
        if self.layout.envelope.is_some() {
            self.open_arrays = self.open_arrays.max(1);
            let level = self.open_arrays;
            let page = Envelope { inside: true, depth: 1, is_page: true, ..Envelope::default() };
            self.envelope = Envelope { in_records: true, level, ..page };
        }
        (self.state, self.start, self.depth, self.escaped, self.column) = (Json::Between, None, 0, false, None);
    }

    /// Looks at `buffer[from..]`; complete records go to `spans`.
    pub(super) fn feed(&mut self, buffer: &[u8], from: usize, spans: &mut Vec<Span>) {
        let mut at = from;
        while let Some(rest) = buffer.get(at..).filter(|rest| !rest.is_empty()) {
            at += match self.state {
                Json::Between => self.between(rest, at, spans),
                Json::Record | Json::RecordString => match rest.first_chunk::<BLOCK>() {
                    Some(block) => {
                        let up_to = buffer.get(..at + BLOCK).unwrap_or_default();
                        self.block(block, at, spans).unwrap_or_else(|| self.careful(up_to, at, spans))
                    }
                    None => self.careful(buffer, at, spans),
                },
                Json::Text => self.text(rest, at, spans),
                Json::Word => self.word(buffer, at, spans),
                Json::Zeros => self.zeros(buffer, at, spans),
                Json::Header => self.header(rest, at, spans),
                Json::Lost => self.lost(buffer, at, spans),
                Json::Envelope => self.envelope(rest, at, spans),
                Json::EnvelopeString => self.envelope_string(rest),
            };
        }
    }

    fn between(&mut self, rest: &[u8], at: usize, spans: &mut Vec<Span>) -> usize {
        let first = rest.first().copied().unwrap_or_default();
        if self.layout.headed && !first.is_ascii_whitespace() && !matches!(first, b'{' | 0 | 0x1a) {
            // Behind a line's record it is nothing; where no record comes it is told.
            (self.start, self.state) = (self.column.map(|_| at), Json::Header);
            return 0;
        }
        match first {
            b'{' if self.layout.envelope.is_some() && !self.envelope.inside => {
                self.envelope = Envelope { inside: true, depth: 1, ..Envelope::default() };
                // Where its list does not come, it is no envelope but a record.
                self.start = Some(at);
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
                if self.envelope.in_records && self.open_arrays < self.envelope.level {
                    (self.envelope.in_records, self.envelope.in_other) = (false, false);
                    self.state = Json::Envelope;
                }
            }
            // The end of an envelope whose list was not closed.
            b'}' => {
                self.envelope = Envelope::default();
                self.close(at + 1, spans);
            }
            // Between records there may be blanks, commas, and what glued files bring: byte order marks, CTRL-Z, NUL.
            0 => {
                self.start = Some(at);
                self.state = Json::Zeros;
            }
            b',' | 0x1a | 0xef | 0xbb | 0xbf => {}
            b'n' => {
                self.start = Some(at);
                self.state = Json::Word;
            }
            b't' | b'f' | b'-' | b'0'..=b'9' if self.open_arrays > 0 => {
                self.start = Some(at);
                self.state = Json::Word;
            }
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

    /// Up to the brace of the line's record. A line without one is told as what is no record.
    fn header(&mut self, rest: &[u8], at: usize, spans: &mut Vec<Span>) -> usize {
        let Some(stop) = memchr2(b'{', b'\n', rest) else { return rest.len() };
        if rest.get(stop) == Some(&b'{') {
            (self.start, self.depth, self.state) = (Some(at + stop), 1, Json::Record);
        } else {
            self.close(at + stop, spans);
            self.column = Some(0);
        }
        stop + 1
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

    /// Up to the end of the word, which is nothing where it is `null`.
    fn word(&mut self, buffer: &[u8], at: usize, spans: &mut Vec<Span>) -> usize {
        let (word, next) = (buffer.get(self.start.unwrap_or(at)..at).unwrap_or_default(), buffer.get(at));
        if next.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+')) {
            return 1;
        }
        let in_list = || matches!(next, Some(b',' | b']' | b'\r' | b'\n'));
        let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b',' | b']' | b'}' | 0 | 0x1a);
        if word == b"null" && next.is_some_and(ends) {
            (self.start, self.state) = (None, Json::Between);
        } else if self.open_arrays > 0 && in_list() && serde_json::from_slice::<IgnoredAny>(word).is_ok() {
            self.close(at, spans);
        } else {
            self.state = Json::Lost;
        }
        self.column = None;
        0
    }

    /// Up to the end of zero bytes and the blanks among them, which are nothing where they are few, or the last of all.
    fn zeros(&mut self, buffer: &[u8], at: usize, spans: &mut Vec<Span>) -> usize {
        let rest = buffer.get(at..).unwrap_or_default();
        let start = self.start.unwrap_or(at);
        let filled = rest.iter().take_while(|byte| byte.is_ascii_whitespace() || matches!(byte, 0 | 0x1a)).count();
        if filled == rest.len() {
            if rest.last() == Some(&0) {
                self.start = Some(start.max(buffer.len().saturating_sub(ZEROS_HELD)));
            }
            return filled;
        }
        if let Some(hole) = hole_in(buffer, Span { start, end: at + filled }) {
            self.start = Some(hole.start);
            self.close(hole.end, spans);
        }
        (self.start, self.state) = (None, Json::Between);
        let run = buffer.get(start..at + filled).unwrap_or_default();
        self.column = run.iter().rposition(|byte| *byte == b'\n').map(|end| run.len() - end - 1);
        filled
    }

    /// Up to a line that begins with a brace no deeper than records do; in a file of lines, up to the line's end.
    fn lost(&mut self, buffer: &[u8], at: usize, spans: &mut Vec<Span>) -> usize {
        let rest = buffer.get(at..).unwrap_or_default();
        let Some(column) = self.column else {
            let Some(stop) = memchr(b'\n', rest) else { return rest.len() };
            self.column = Some(0);
            if self.layout.lines {
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

    fn close_lost(&mut self, buffer: &[u8], end: usize, spans: &mut Vec<Span>) {
        let behind = |byte: &&u8| byte.is_ascii_whitespace() || matches!(byte, b',' | b'[');
        let blank = buffer.get(..end).unwrap_or_default().iter().rev().take_while(behind).count();
        self.close(end - blank, spans);
    }

    fn close(&mut self, end: usize, spans: &mut Vec<Span>) {
        if let Some(start) = self.start.take() {
            spans.push(Span { start, end });
            if self.envelope.in_other {
                self.others.push((self.other_lists, start));
            }
        }
        self.depth = 0;
        self.escaped = false;
        self.column = None;
        self.state = if std::mem::take(&mut self.envelope.single) { Json::Envelope } else { Json::Between };
    }

    /// The stream ended; whether its last record was whole.
    pub(super) fn finish(&mut self, buffer: &[u8], spans: &mut Vec<Span>) -> bool {
        let closed = self.open_arrays == 0 && !self.envelope.inside;
        let end = buffer.len() - buffer.iter().rev().take_while(|byte| matches!(byte, 0 | 0x1a)).count();
        if self.state == Json::Zeros {
            self.start = None;
        }
        if self.state == Json::Word && buffer.get(self.start.unwrap_or(end)..end) == Some(b"null") {
            self.start = None;
        }
        let whole = self.start.is_none() && closed;
        self.close(end, spans);
        whole
    }
}
