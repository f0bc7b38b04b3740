//! Finds record boundaries in a stream of text, sequentially and cheaply; parsing is somebody else's work.
//!
//! A cutter keeps its state between the pieces of a stream, so that a record may be longer than any piece.

mod csv;
mod json;
mod xml;

use memchr::{memchr, memchr_iter, memchr2, memmem};

use crate::ingest::wrapping::clixml::{self, ObjectCutter};

pub use csv::CsvCutter;
pub use json::{EVERY, JsonCutter, JsonLayout};
pub use xml::{XmlCutter, is_closed_event};

/// One record in a buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte (line ends excluded).
    pub end: usize,
}

/// So many zero bytes in a row, at a place where a record may begin, stand where records stood; fewer are what glued files
/// bring along. At the end of a stream they are what it was padded with, however many.
const HOLE: usize = 4;
/// As many of them are held, so that padding of any length takes no room.
const ZEROS_HELD: usize = 64 << 10;

/// The hole in a run of zero bytes and what stands among them, up to its last zero; `None` where they are few.
fn hole_in(buffer: &[u8], run: Span) -> Option<Span> {
    let bytes = buffer.get(run.start..run.end)?;
    memmem::find(bytes, &[0; HOLE])?;
    let end = run.start + bytes.iter().rposition(|byte| *byte == 0)? + 1;
    Some(Span { start: run.start.max(end.saturating_sub(ZEROS_HELD)), end })
}

/// How the records of a stream are arranged: what a cutter is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layout {
    /// Rows with this separator.
    Csv(u8),
    /// The same, where a carriage return alone ends a row: tables that a spreadsheet saved for an old Macintosh.
    OldCsv(u8),
    /// The same, where a quote opens behind blanks as well.
    PaddedCsv(u8),
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
            Self::OldCsv(delimiter) => Cutter::Csv(CsvCutter::old(*delimiter)),
            Self::PaddedCsv(delimiter) => Cutter::Csv(CsvCutter::padded(*delimiter)),
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

    /// What separates the cells of a row, where records are rows.
    pub fn delimiter(&self) -> Option<u8> {
        match self {
            Self::Csv(delimiter) | Self::OldCsv(delimiter) | Self::PaddedCsv(delimiter) => Some(*delimiter),
            Self::Json(_) | Self::Xml | Self::Clixml => None,
        }
    }

    /// How many lines end in these bytes.
    pub fn line_ends(&self, bytes: &[u8]) -> u64 {
        let feeds = memchr_iter(b'\n', bytes).count();
        let ends = match self {
            Self::OldCsv(_) => {
                let pairs = memmem::find_iter(bytes, b"\r\n").count();
                feeds + memchr_iter(b'\r', bytes).count() - pairs
            }
            _ => feeds,
        };
        ends as u64
    }

    /// Whether a text is the beginning of an envelope, up to its first record: no record itself. A record that broke off
    /// in a list of its own is none.
    pub fn opens_envelope(&self, text: &[u8]) -> bool {
        let Self::Json(layout @ JsonLayout { envelope: Some(_), .. }) = self else { return false };
        let closes = |end: &[u8]| serde_json::from_slice::<serde::de::IgnoredAny>(&[text, end].concat()).is_ok();
        let (mut cutter, mut spans) = (JsonCutter::new(layout.clone()), Vec::new());
        cutter.feed(text, 0, &mut spans);
        text.ends_with(b"[") && cutter.is_in_list() && spans.is_empty() && (closes(b"]}") || closes(b"]}}"))
    }

    /// Whether a row does not end where it was cut, because a quote of it is missing.
    pub fn is_open(&self, row: &[u8]) -> bool {
        let Some(Cutter::Csv(mut cutter)) = self.delimiter().map(|_| self.cutter()) else { return false };
        let mut spans = Vec::new();
        cutter.feed(row, 0, &mut spans);
        !cutter.finish(row, &mut spans)
    }

    /// The next place behind `from` where a record may begin again: a line of a CSV file, a brace of JSON, an element.
    pub fn next_start(&self, text: &[u8], from: usize) -> Option<usize> {
        let rest = text.get(from..)?;
        match self {
            Self::Csv(_) | Self::OldCsv(_) | Self::PaddedCsv(_) => {
                let line = from + memchr2(b'\n', b'\r', rest)? + 1;
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
            Self::Xml => xml::find_event(text, from + 1),
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
            Self::Csv(cutter) => cutter.open_at(),
            Self::Json(cutter) => cutter.start,
            Self::Xml(cutter) => cutter.open_at(),
            Self::Clixml(cutter) => cutter.open_at(),
        }
    }

    /// Lets go of an object that is open and may be an envelope; whether there was one.
    pub fn let_go_of_envelope(&mut self) -> bool {
        if let Self::Json(cutter) = self { cutter.let_go_of_envelope() } else { false }
    }

    /// Gives up the record that is open: one begins at `at`.
    pub fn restart(&mut self, at: usize) {
        match self {
            Self::Csv(cutter) => cutter.restart(),
            Self::Json(cutter) => cutter.restart(),
            Self::Xml(cutter) => cutter.restart(at),
            Self::Clixml(cutter) => cutter.restart(at),
        }
    }

    /// `by` bytes were taken out of the front of the buffer.
    pub fn rebase(&mut self, by: usize) {
        match self {
            Self::Csv(cutter) => cutter.rebase(by),
            Self::Json(cutter) => cutter.start = cutter.start.map(|start| start.saturating_sub(by)),
            Self::Xml(cutter) => cutter.rebase(by),
            Self::Clixml(cutter) => cutter.rebase(by),
        }
    }
}

#[cfg(test)]
mod tests;
