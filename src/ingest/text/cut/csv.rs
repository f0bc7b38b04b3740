//! Cuts a table into rows.

use memchr::{memchr2, memchr3};

use crate::ingest::text::blocks::{BLOCK, Block, inside};
use crate::ingest::text::cells::closing;
use crate::ingest::text::cut::{HOLE, Span, ZEROS_HELD, hole_in};

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
    /// Where zero bytes begin that stand in front of a row.
    zeros: Option<usize>,
    /// A carriage return alone ends a row as well.
    old: bool,
    /// A quote opens behind blanks as well.
    padded: bool,
}

impl CsvCutter {
    /// A cutter for cells separated by `delimiter`.
    pub fn new(delimiter: u8) -> Self {
        Self { delimiter, cell: Cell::Start, start: None, zeros: None, old: false, padded: false }
    }

    /// A cutter for rows that a carriage return alone ends.
    pub fn old(delimiter: u8) -> Self {
        Self { old: true, ..Self::new(delimiter) }
    }

    /// A cutter for rows in which blanks stand in front of quotes.
    pub fn padded(delimiter: u8) -> Self {
        Self { padded: true, ..Self::new(delimiter) }
    }

    /// Gives up the row that is open: another begins.
    pub(super) fn restart(&mut self) {
        (self.cell, self.start, self.zeros) = (Cell::Start, None, None);
    }

    /// Where the row begins that is open, or what stands in front of it.
    pub(super) fn open_at(&self) -> Option<usize> {
        self.start.or(self.zeros)
    }

    /// `by` bytes were taken out of the front of the buffer.
    pub(super) fn rebase(&mut self, by: usize) {
        self.start = self.start.map(|start| start.saturating_sub(by));
        self.zeros = self.zeros.map(|start| start.saturating_sub(by));
    }

    /// Looks at `buffer[from..]`; complete rows go to `spans`.
    pub(super) fn feed(&mut self, buffer: &[u8], from: usize, spans: &mut Vec<Span>) {
        let mut at = from;
        if self.old || self.padded {
            // Rare enough to be looked at cell by cell.
            return self.careful(buffer, at, spans);
        }
        while let Some(block) = buffer.get(at..).and_then(<[u8]>::first_chunk) {
            let taken = self.block(block, buffer, at, spans);
            let end = at + BLOCK;
            if taken < BLOCK {
                self.careful(buffer.get(..end).unwrap_or_default(), at + taken, spans);
            }
            at = end;
        }
        self.careful(buffer, at, spans);
    }

    /// The rows that end in a block, all at once: how many bytes of it were taken. Not taken is what has a quote that does
    /// not stand at the start of a cell, and a row that begins with a line end or a zero.
    #[inline]
    fn block(&mut self, bytes: &[u8; BLOCK], buffer: &[u8], at: usize, spans: &mut Vec<Span>) -> usize {
        let block = Block::new(bytes);
        let (quotes, lines) = (block.mask(b'"'), block.mask(b'\n'));
        let quoted = inside(quotes, self.cell == Cell::Quoted);
        let (opening, closing, mut ends) = (quotes & quoted, quotes & !quoted, lines & !quoted);
        // A quote opens behind the closing one, whose second it is then, and at the start of a cell.
        let behind = (closing | ends) << 1 | u64::from(matches!(self.cell, Cell::Start | Cell::Closing));
        let doubtful = opening & !behind;
        if doubtful != 0 && doubtful & !(block.mask(self.delimiter) << 1) != 0 {
            return 0;
        }
        if self.start.is_none() {
            if is_odd(bytes.first()) || self.zeros.is_some() {
                return 0;
            }
            self.start = Some(at);
        }
        while ends != 0 {
            let stop = ends.trailing_zeros() as usize;
            self.row(buffer, at + stop, spans);
            let next = bytes.get(stop + 1);
            if is_odd(next) {
                self.cell = Cell::Start;
                return stop + 1;
            }
            self.start = next.map(|_| at + stop + 1);
            ends &= ends - 1;
        }
        self.cell = match bytes[BLOCK - 1] {
            _ if quoted >> (BLOCK - 1) == 1 => Cell::Quoted,
            _ if closing >> (BLOCK - 1) == 1 => Cell::Closing,
            byte if byte == self.delimiter || byte == b'\n' => Cell::Start,
            _ => Cell::Bare,
        };
        BLOCK
    }

    /// The same, one cell after the other.
    fn careful(&mut self, buffer: &[u8], from: usize, spans: &mut Vec<Span>) {
        let mut at = from;
        while let Some(rest) = buffer.get(at..).filter(|rest| !rest.is_empty()) {
            if self.start.is_none() && (self.zeros.is_some() || !is_line_end(rest.first())) {
                if self.zeros.is_some() || rest.first() == Some(&0) {
                    at += self.zeroed(buffer, at, spans);
                    continue;
                }
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
                Cell::Start if self.padded && self.is_blank(rest.first()) => 1,
                Cell::Closing if rest.first() == Some(&b'"') => {
                    self.cell = Cell::Quoted;
                    1
                }
                Cell::Start | Cell::Bare | Cell::Closing => self.bare(buffer, at, spans),
            };
            at += step;
        }
    }

    /// Zero bytes in front of a row, up to what is none: many of them are a hole, a few belong to the row.
    fn zeroed(&mut self, buffer: &[u8], at: usize, spans: &mut Vec<Span>) -> usize {
        let start = *self.zeros.get_or_insert(at);
        let rest = buffer.get(at..).unwrap_or_default();
        let zeros = rest.iter().take_while(|byte| **byte == 0).count();
        let hole = at + zeros - start >= HOLE;
        let filled = if hole { rest.iter().take_while(|byte| is_filling(**byte)).count() } else { zeros };
        let end = at + filled;
        if filled == rest.len() {
            if rest.last() == Some(&0) {
                self.zeros = Some(start.max(end.saturating_sub(ZEROS_HELD)));
            }
            return filled;
        }
        self.zeros = None;
        if hole {
            spans.extend(hole_in(buffer, Span { start, end }));
        } else {
            (self.start, self.cell) = (Some(start), Cell::Bare);
        }
        filled
    }

    fn is_blank(&self, byte: Option<&u8>) -> bool {
        byte.is_some_and(|byte| matches!(byte, b' ' | b'\t') && *byte != self.delimiter)
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
        let stop =
            if self.old { memchr3(self.delimiter, b'\n', b'\r', rest) } else { memchr2(self.delimiter, b'\n', rest) };
        let Some(stop) = stop else {
            self.cell = Cell::Bare;
            return rest.len();
        };
        self.cell = Cell::Start;
        if rest.get(stop) != Some(&self.delimiter) {
            self.row(buffer, at + stop, spans);
        }
        stop + 1
    }

    /// The row in front of the line end at `stop`.
    fn row(&mut self, buffer: &[u8], stop: usize, spans: &mut Vec<Span>) {
        let end = stop - usize::from(stop > 0 && buffer.get(stop - 1) == Some(&b'\r'));
        if let Some(start) = self.start.take().filter(|start| *start < end) {
            spans.push(Span { start, end });
        }
    }

    /// The stream ended; whether its last row was whole.
    pub(super) fn finish(&mut self, buffer: &[u8], spans: &mut Vec<Span>) -> bool {
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

/// What stands among zeros, at the end of a padded file.
fn is_filling(byte: u8) -> bool {
    matches!(byte, 0 | 0x1a | b'\n' | b'\r')
}

/// A byte that no row begins with.
fn is_odd(byte: Option<&u8>) -> bool {
    matches!(byte, Some(b'\n' | b'\r' | 0))
}

fn is_line_end(byte: Option<&u8>) -> bool {
    matches!(byte, Some(b'\n' | b'\r'))
}
