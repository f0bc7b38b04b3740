//! Looks for the records that a damaged one has swallowed.

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
        let behind = if self.is_suspicious(text, whole) { self.resume(text) } else { None };
        behind.or_else(|| if whole.is_ragged() { self.row_in_line(text) } else { None })
    }

    /// Where the line end in front of a row is lost, it begins in the last cell of the row that it sticks to: a header with
    /// its first name, a row behind the closing quote, or, as far as anybody can know, with the cell. Whose a state would
    /// be that begins so is not known.
    fn row_in_line(&mut self, text: &[u8]) -> Option<usize> {
        const TRIES: usize = 64;
        let (separator, heading) = (self.layout.delimiter()?, self.heading.clone()?);
        let width = heading.width()?;
        let row = std::str::from_utf8(text).ok().filter(|row| !row.contains(['\r', '\n']))?;
        let two = |cells: usize| cells >= width * 2 - 1;
        if !two(self.attempts.tools.cells.read(row).len()) {
            return None;
        }
        let last = place_of(text, separator, width - 1)?;
        if let Some(name) = last.end.checked_sub(heading.first()).filter(|at| last.start < *at)
            && text.get(name..).is_some_and(|rest| heading.is(rest))
        {
            return Some(name);
        }
        let (quoted, inside) = (text.get(last.start) == Some(&b'"'), text.get(last.clone())?);
        let quotes = memchr_iter(b'"', inside).filter(|at| *at > 0 && (!quoted || inside.get(at - 1) == Some(&b'"')));
        let starts = quotes.take(TRIES).chain([0]).map(|at| last.start + at);
        starts.into_iter().find(|start| {
            let (own, next) = (row.get(..*start).unwrap_or_default(), row.get(*start..).unwrap_or_default());
            let cells = &mut self.attempts.tools.cells;
            if cells.read(own).len() != width {
                return false;
            }
            let more = two(cells.read(next).len());
            let attempt = self.attempts.attempt(next.as_bytes());
            let nobodys = *start == last.start && attempt.result.as_ref().is_ok_and(|event| event.is_state());
            let is_record = attempt.is_record() || more && attempt.result.is_ok();
            is_record && !nobodys || heading.is(next.as_bytes())
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
