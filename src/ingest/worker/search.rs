//! Looks for the records that a damaged one has swallowed.

use std::ops::Range;
use std::sync::Arc;

use memchr::{memchr_iter, memchr2, memchr2_iter};

use super::{Attempt, Attempts};
use crate::ingest::formats::RecordReader;
use crate::ingest::text::cells::{place_of, quotes_hold};
use crate::ingest::text::cut::Layout;
use crate::ingest::text::heading::Heading;
use crate::timeline::ParseStatus;

/// Places inside one damaged record that are tried as the start of the next.
const TRIES: usize = 20_000;
/// How far a record that is looked for behind damage is looked at: a short way first, where most end or at least say
/// which they are, then a long one.
const WINDOWS: [usize; 2] = [8 << 10, 1 << 20];
/// Bytes that are read in search of the next record behind one damage.
const BUDGET: usize = 64 << 20;

/// A row that stands in a line behind another.
pub(super) struct InLine {
    /// Where in the line.
    pub(super) start: usize,
    /// What stands first in it may be the end of the row before.
    pub(super) unclear: bool,
}

/// Looks for records inside damaged ones.
pub(super) struct Search<'a> {
    pub(super) attempts: Attempts<'a>,
    pub(super) layout: &'a Layout,
    /// The header of the rows, where records are rows.
    pub(super) heading: Option<Arc<Heading>>,
}

impl<'a> Search<'a> {
    pub(super) fn new(reader: &'a dyn RecordReader, layout: &'a Layout) -> Self {
        let mut attempts = Attempts::new(reader, layout);
        attempts.tools.searching = true;
        Self { attempts, layout, heading: None }
    }

    /// Where in a text the next record begins, if it may hold more than the one it was cut as.
    pub(super) fn behind(&mut self, text: &[u8], whole: &Attempt<'_>) -> Option<usize> {
        if self.is_suspicious(text, whole) { self.resume(text) } else { None }
    }

    /// Where the rows begin that stand in one line because the line ends between them are lost, but for the first; none
    /// where it is one row. What each row may be is seen in the row alone, however many there are.
    pub(super) fn rows_in_line(&mut self, line: &str) -> Vec<InLine> {
        let heading = self.heading.clone();
        let known = heading.as_deref().and_then(|heading| Some((heading, heading.width()?, self.layout.delimiter()?)));
        let Some((heading, width, separator)) = known.filter(|_| !line.contains(['\r', '\n'])) else {
            return Vec::new();
        };
        let mut rows: Vec<InLine> = Vec::new();
        loop {
            let begin = rows.last().map_or(0, |row| row.start);
            let rest = line.get(begin..).unwrap_or_default();
            let Some(last) = place_of(rest.as_bytes(), separator, width - 1).filter(|last| last.end < rest.len())
            else {
                return rows;
            };
            let Some(start) = self.row_in_cell(rest, last.clone(), (heading, width, separator)) else { return rows };
            rows.push(InLine { start: begin + start, unclear: start == last.start });
        }
    }

    /// Where in the last cell of a row another begins: a header with its first name, a row behind the closing quote, or, as
    /// far as anybody can know, with the cell. Whose a state would be that begins so is not known.
    fn row_in_cell(
        &mut self,
        text: &str,
        last: Range<usize>,
        (heading, width, separator): (&Heading, usize, u8),
    ) -> Option<usize> {
        const TRIES: usize = 64;
        let row = |start: usize| {
            let rest = text.get(start..)?;
            let end = place_of(rest.as_bytes(), separator, width - 1).map_or(rest.len(), |cell| cell.end);
            rest.get(..end)
        };
        let is_heading = |start: &usize| row(*start).is_some_and(|row| heading.is(row.as_bytes()));
        let name = last.end.checked_sub(heading.first()).filter(|at| last.start < *at);
        if let Some(name) = name.filter(is_heading) {
            return Some(name);
        }
        let inside = text.as_bytes().get(last.clone())?;
        let quoted = inside.first() == Some(&b'"');
        let quotes = memchr_iter(b'"', inside).filter(|at| *at > 0 && (!quoted || inside.get(at - 1) == Some(&b'"')));
        let mut starts = quotes.take(TRIES).chain([0]).map(|at| last.start + at);
        starts.find(|start| {
            let Some(row) = row(*start) else { return false };
            let attempt = self.attempts.attempt(row.as_bytes());
            let nobodys = *start == last.start && attempt.result.as_ref().is_ok_and(|event| event.is_state());
            attempt.is_record() && !nobodys || heading.is(row.as_bytes())
        })
    }

    /// Whether a text may hold more than the record it was cut as.
    fn is_suspicious(&mut self, text: &[u8], whole: &Attempt<'_>) -> bool {
        let Ok(event) = &whole.result else { return true };
        let salvaged = event.parse_status == ParseStatus::Salvaged;
        let Some(separator) = self.layout.delimiter() else { return salvaged };
        if memchr2(b'\n', b'\r', text).is_none() {
            return false;
        }
        // A row that lost a quote further behind sticks to the next with more cells than a row has. Where the quotes of
        // the whole row hold, the line ends are text in its cells.
        whole.is_ragged() || !quotes_hold(text, separator) && (salvaged || self.hides_a_row(text))
    }

    /// The beginning of a row that was cut inside its first quotes sticks to the whole row behind it; so do the rows of a
    /// table of an old Macintosh that was appended.
    fn hides_a_row(&mut self, text: &[u8]) -> bool {
        const LINES: usize = 4;
        let Ok(text) = std::str::from_utf8(text) else { return false };
        let cells = &mut self.attempts.tools.cells;
        let width = cells.read(text).len();
        let bytes = text.as_bytes();
        let is_pair = |end: &usize| bytes.get(*end..end + 2) == Some(b"\r\n");
        let lines = memchr2_iter(b'\n', b'\r', bytes).filter(|end| !is_pair(end)).take(LINES);
        lines.into_iter().any(|end| cells.read(text.get(end + 1..).unwrap_or_default()).len() == width)
    }

    /// The start of the first record inside a damaged one that reads as a record of its own.
    pub(super) fn resume(&mut self, bytes: &[u8]) -> Option<usize> {
        let (mut at, mut budget) = (0, BUDGET);
        for _ in 0..TRIES {
            at = self.layout.next_start(bytes, at)?;
            for window in WINDOWS {
                let window = bytes.get(at..bytes.len().min(at + window)).unwrap_or_default();
                let Some((text, ends)) = first_record(window, self.layout) else { break };
                budget = budget.checked_sub(text.len())?;
                if self.attempts.attempt(text).is_record() {
                    return Some(at);
                }
                if ends || at + window.len() == bytes.len() {
                    break;
                }
            }
        }
        None
    }
}

/// What is cut out of a text whose first byte begins a record, and whether it ends there.
fn first_record<'t>(text: &'t [u8], layout: &Layout) -> Option<(&'t [u8], bool)> {
    const PIECE: usize = 4 * 1024;
    let (mut cutter, mut spans, mut fed) = (layout.cutter_inside(), Vec::new(), 0);
    while spans.is_empty() && fed < text.len() {
        let end = text.len().min(fed + PIECE);
        cutter.feed(text.get(..end).unwrap_or_default(), fed, &mut spans);
        fed = end;
    }
    let ends = !spans.is_empty();
    if !ends {
        cutter.finish(text, &mut spans);
    }
    spans.first().and_then(|span| text.get(span.start..span.end)).map(|text| (text, ends))
}
