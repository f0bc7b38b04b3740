//! One CSV row to its cells. A cell without doubled quotes is borrowed from the row; others are put together in a
//! buffer that lives as long as the worker.

use std::ops::Range;

use memchr::memchr3;

use crate::ingest::text::blocks::{BLOCK, Block, find, inside};
use crate::ingest::values::fields::trimmed;

/// Splits rows of one dialect, by the rules of the `csv` crate. Rows come from the cutter, one at a time.
pub struct CellReader {
    delimiter: u8,
    /// Cells that are put together, one behind the other; as long as it ever was, whatever is used of it.
    out: Vec<u8>,
    used: usize,
    cells: Vec<Place>,
    /// The last cell lacks its end: what is there of it may be half a value.
    open: bool,
    /// Rows break off in their last cell.
    cut: bool,
}

/// Where the text of a cell is.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// In the row.
    Row(usize, usize),
    /// In the buffer.
    Out(usize, usize),
}

impl CellReader {
    /// A reader for cells separated by `delimiter`.
    pub fn new(delimiter: u8) -> Self {
        Self { delimiter, out: Vec::new(), used: 0, cells: Vec::new(), open: false, cut: false }
    }

    /// The same, where it is known that rows break off in their last cell.
    pub fn set_cut(&mut self, cut: bool) {
        self.cut = cut;
    }

    /// Reads `row` (without its line end) into cells.
    pub fn read<'a>(&'a mut self, row: &'a str) -> Cells<'a> {
        (self.used, self.open) = (0, self.cut);
        self.cells.clear();
        let row = row.strip_prefix('\u{feff}').unwrap_or(row).trim_start_matches(['\r', '\n']);
        let mut at = if row.is_empty() { None } else { Some(0) };
        while let Some(start) = at {
            at = match row.as_bytes().get(start) {
                Some(b'"') => self.quoted(row, start + 1),
                _ => self.bare(row, start, start),
            };
        }
        Cells { row, reader: self }
    }

    /// A cell from `start` that is not quoted, or no longer from `from` on; where the next cell begins, if there is one.
    /// A line end ends the row.
    fn bare(&mut self, row: &str, start: usize, from: usize) -> Option<usize> {
        let rest = row.as_bytes().get(from..).unwrap_or_default();
        let end = memchr3(self.delimiter, b'\n', b'\r', rest).map_or(row.len(), |stop| from + stop);
        self.cells.push(Place::Row(start, end));
        self.behind(row, end)
    }

    /// The place behind a cell that ended at `end`.
    fn behind(&self, row: &str, end: usize) -> Option<usize> {
        (row.as_bytes().get(end) == Some(&self.delimiter)).then_some(end + 1)
    }

    /// A quoted cell, behind its first quote.
    fn quoted(&mut self, row: &str, start: usize) -> Option<usize> {
        let bytes = row.as_bytes();
        let Some(quote) = find(bytes, start, b'"') else {
            self.cells.push(Place::Row(start, row.len()));
            self.open = true;
            return None;
        };
        if !matches!(bytes.get(quote + 1), Some(b'"')) && self.ends(bytes.get(quote + 1)) {
            self.cells.push(Place::Row(start, quote));
            return self.behind(row, quote + 1);
        }
        self.pieces(row, start)
    }

    /// Whether a cell ends in front of this byte.
    fn ends(&self, byte: Option<&u8>) -> bool {
        byte.is_none_or(|byte| *byte == self.delimiter || matches!(byte, b'\n' | b'\r'))
    }

    /// A quoted cell that is not one piece of the row: quotes are doubled, or text stands behind the closing one.
    fn pieces(&mut self, row: &str, start: usize) -> Option<usize> {
        let bytes = row.as_bytes();
        let text = bytes.get(start..).unwrap_or_default();
        let begin = self.used;
        let room = begin + text.len() + WINDOW;
        if self.out.len() < room {
            self.out.resize(room, 0);
        }
        let (read, written, closed) = unquote(text, self.out.get_mut(begin..).unwrap_or_default());
        self.open |= !closed;
        self.used = begin + written;
        let mut end = start + read;
        if end < row.len() && !self.ends(bytes.get(end)) {
            // Text behind the closing quote belongs to the cell, and quotes in it mean nothing.
            let rest = bytes.get(end..).unwrap_or_default();
            let length = memchr3(self.delimiter, b'\n', b'\r', rest).unwrap_or(rest.len());
            let (rest, room) = (rest.get(..length), self.out.get_mut(self.used..self.used + length));
            if let Some((rest, room)) = rest.zip(room) {
                room.copy_from_slice(rest);
            }
            self.used += length;
            end += length;
        }
        self.cells.push(Place::Out(begin, self.used));
        self.behind(row, end)
    }
}

/// A block, and as much behind it as a copy of a piece that begins in it may touch.
const WINDOW: usize = BLOCK + PIECE;
/// Pieces are copied by so many bytes, whatever their length: a copy of any length is a call.
const PIECE: usize = 16;

/// Copies the inside of a quoted cell, each doubled quote once; how much was read, with the closing quote, and written, and
/// whether there is that quote. There is room for a window more than `text` has.
fn unquote(text: &[u8], out: &mut [u8]) -> (usize, usize, bool) {
    let (mut read, mut written) = (0, 0);
    while let (Some(rest), Some(room)) = (text.get(read..), out.get_mut(written..).and_then(<[u8]>::first_chunk_mut)) {
        let (padded, length);
        let window = match rest.first_chunk() {
            Some(window) => {
                length = BLOCK;
                window
            }
            None if rest.is_empty() => break,
            None => {
                (padded, length) = (padded_to_window(rest), rest.len().min(BLOCK));
                &padded
            }
        };
        let taken = squeeze(window, length, room);
        (read, written) = (read + taken.read, written + taken.written);
        if taken.closed {
            return (read, written, true);
        }
    }
    (read, written, false)
}

/// The end of a text that is shorter than a window.
#[inline(never)]
fn padded_to_window(rest: &[u8]) -> [u8; WINDOW] {
    let mut window = [0; WINDOW];
    for (slot, byte) in window.iter_mut().zip(rest) {
        *slot = *byte;
    }
    window
}

/// What was taken of a block.
struct Taken {
    read: usize,
    written: usize,
    closed: bool,
}

/// The same for the first `length` bytes, one block at most.
#[inline]
fn squeeze(window: &[u8; WINDOW], length: usize, room: &mut [u8; WINDOW]) -> Taken {
    let quotes = window.first_chunk().map_or(0, |block| Block::new(block).mask(b'"'));
    let quoted = inside(quotes, true);
    let (firsts, mut seconds) = (quotes & !quoted, quotes & quoted);
    let alone = (firsts & !(seconds >> 1)).trailing_zeros() as usize;
    // The second of a quote at the very end would stand in the next block.
    let (end, closed) = (alone.min(length), alone < BLOCK - 1);
    if closed {
        seconds &= (1 << alone) - 1;
    }
    let (mut from, mut written) = (0, 0);
    while seconds != 0 {
        let second = seconds.trailing_zeros() as usize;
        piece(window, from, room, written, second - from);
        (from, written) = (second + 1, written + second - from);
        seconds &= seconds - 1;
    }
    if from < end {
        piece(window, from, room, written, end - from);
        written += end - from;
    }
    Taken { read: end + usize::from(closed), written, closed }
}

/// Copies a piece of a block, and what comes behind it.
#[inline]
fn piece(window: &[u8; WINDOW], from: usize, room: &mut [u8; WINDOW], to: usize, length: usize) {
    part(window, from, room, to);
    let mut done = PIECE;
    while done < length {
        part(window, from + done, room, to + done);
        done += PIECE;
    }
}

/// Both places are in the block, which the compiler is told here.
#[inline]
fn part(window: &[u8; WINDOW], from: usize, room: &mut [u8; WINDOW], to: usize) {
    let (from, to) = (from % BLOCK, to % BLOCK);
    if let (Some(part), Some(room)) = (window.get(from..from + PIECE), room.get_mut(to..to + PIECE)) {
        room.copy_from_slice(part);
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;

/// The highest bit of every byte that is a quote.
fn quotes(eight: u64) -> u64 {
    const LOW: u64 = !(ONES << 7);
    let zeros = eight ^ (ONES * u64::from(b'"'));
    // Without a carry from one byte into the next.
    !(((zeros & LOW) + LOW) | zeros | LOW)
}

/// Where the cell ends whose inside `text` is: behind the first quote that is not doubled. `None` where it goes on. Quotes
/// that are text stand in pairs, so that in front of the place behind the closing one their number is odd.
pub fn closing(text: &[u8]) -> Option<usize> {
    // All bytes one where a quote came last that may be the first of two.
    let mut odd = 0;
    let (words, rest) = text.as_chunks::<8>();
    for (word, eight) in words.iter().enumerate() {
        let quotes = quotes(u64::from_le_bytes(*eight)) >> 7;
        // How many there are up to each byte, and in front of it.
        let counts = quotes.wrapping_mul(ONES);
        let open = ((counts << 8) ^ odd) & !quotes & ONES;
        if open != 0 {
            return Some(word * 8 + open.trailing_zeros() as usize / 8);
        }
        odd ^= (counts >> 56 & 1) * ONES;
    }
    let mut odd = odd != 0;
    for (behind, byte) in rest.iter().enumerate() {
        match byte {
            b'"' => odd = !odd,
            _ if odd => return Some(words.len() * 8 + behind),
            _ => {}
        }
    }
    odd.then_some(text.len())
}

/// Whether a row is whole as it stands: each quoted cell ends in front of a separator or with the row, no other cell has a
/// quote in it, and no line ends outside quotes. A quote that was lost, or is one too many, leaves text behind a closing one.
pub fn quotes_hold(row: &[u8], separator: u8) -> bool {
    let mut at = 0;
    loop {
        let rest = row.get(at..).unwrap_or_default();
        at += match rest.strip_prefix(b"\"") {
            Some(inside) => match closing(inside) {
                Some(end) => 1 + end,
                None => return false,
            },
            None => {
                let ends = |byte: &u8| *byte == separator || matches!(byte, b'"' | b'\n' | b'\r');
                rest.iter().position(ends).unwrap_or(rest.len())
            }
        };
        match row.get(at) {
            None => return true,
            Some(byte) if *byte == separator => at += 1,
            Some(_) => return false,
        }
    }
}

/// Where a cell of a row stands, by its number: the bytes of the row from its first quote, if it has one, up to what
/// separates it from the next.
pub fn place_of(row: &[u8], separator: u8, number: usize) -> Option<Range<usize>> {
    let mut start = 0;
    for at in 0.. {
        let rest = row.get(start..)?;
        let quoted = rest.strip_prefix(b"\"").map_or(0, |inside| closing(inside).map_or(rest.len(), |end| 1 + end));
        let behind = rest.get(quoted..)?.iter().position(|byte| *byte == separator);
        let end = behind.map_or(row.len(), |behind| start + quoted + behind);
        if at == number {
            return Some(start..end);
        }
        behind?;
        start = end + 1;
    }
    None
}

/// The cells of one row.
#[derive(Clone, Copy)]
pub struct Cells<'a> {
    row: &'a str,
    reader: &'a CellReader,
}

/// What Excel leaves of a cell that it took for a formula.
pub const EXCEL_ERRORS: [&str; 3] = ["#NAME?", "#VALUE!", "#REF!"];

impl<'a> Cells<'a> {
    /// How many cells the row has.
    pub fn len(&self) -> usize {
        self.reader.cells.len()
    }

    /// Whether the row has no cell.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Cell `index` with quotes removed; `""` where the row is too short.
    pub fn get(&self, index: usize) -> &'a str {
        let text = match self.reader.cells.get(index) {
            Some(Place::Row(start, end)) => self.row.get(*start..*end),
            Some(Place::Out(start, end)) => {
                // Pieces of a text between ASCII characters.
                self.reader.out.get(*start..*end).and_then(|text| simdutf8::basic::from_utf8(text).ok())
            }
            None => None,
        };
        text.unwrap_or_default()
    }

    /// Whether a cell broke off, so that its value may be half of one. Of JSON and rows in a cell the whole parts are told
    /// apart.
    fn is_half(&self, index: usize, cell: &str) -> bool {
        self.reader.open && index + 1 == self.len() && !cell.starts_with(['{', '[', '"'])
    }

    /// Cell of a column that may be absent; trimmed, with the portal's formula guard (`'=`) taken off. What broke off says
    /// nothing: half an address is another address.
    pub fn column(&self, index: Option<usize>) -> &'a str {
        let cell = trimmed(index.map_or("", |index| self.get(index)));
        match cell.strip_prefix('\'') {
            _ if index.is_some_and(|index| self.is_half(index, cell)) => "",
            Some(rest) if rest.starts_with(['-', '+', '=', '@']) => rest,
            // Excel took the cell for a formula: the value is lost.
            _ if EXCEL_ERRORS.contains(&cell) => "",
            _ => cell,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_line_breaks_and_long_rows() {
        let mut reader = CellReader::new(b',');
        let cells = reader.read("a,\"b \"\"c\"\"\r\nd\",,e");
        assert_eq!(
            (cells.len(), cells.get(0), cells.get(1), cells.get(2), cells.get(3)),
            (4, "a", "b \"c\"\r\nd", "", "e")
        );
        let long = format!("{},x", "y".repeat(100_000));
        assert_eq!(reader.read(&long).get(1), "x");
        let many = vec!["z"; 1000].join(",");
        assert_eq!(reader.read(&many).len(), 1000);
        assert_eq!(reader.read("\"open").get(0), "open");
        assert_eq!(reader.read("a,\"203.0.113.4").column(Some(1)), "");
        assert_eq!(reader.read("a,\"say \"\"no\"\"").column(Some(1)), "");
        assert_eq!(reader.read("a,\"say \"\"no\"\"\"").column(Some(1)), "say \"no\"");
        assert_eq!(reader.read("a,\"{\"\"k\"\":1").column(Some(1)), "{\"k\":1");
        assert_eq!(reader.read("203.0.113.44,203.0.113.4").column(Some(1)), "203.0.113.4");
        reader.set_cut(true);
        let cells = reader.read("203.0.113.44,203.0.113.4");
        assert_eq!((cells.column(Some(0)), cells.column(Some(1))), ("203.0.113.44", ""));
        reader.set_cut(false);
        assert_eq!(reader.read("\"'-abc\"").column(Some(0)), "-abc");
    }

    #[test]
    fn the_quotes_of_a_row_hold_where_no_text_stands_behind_a_closing_one() {
        let holds = |row: &str| quotes_hold(row.as_bytes(), b',');
        for row in ["", "a", "a,,\"b\",", "\"a\r\nb, \"\"c\"\"\",d", "\"\",\"\"", "\"\"\"\r\n\"\"\",x"] {
            assert!(holds(row), "{row:?}");
        }
        // Cut in its first cell in front of a whole row, a quote lost or one too many, rows without line ends of their own.
        for row in [
            "\"a\n\"b\",\"c\"",
            "\"a\",\"b\n\"c\",\"d\"",
            "\"a\",\"b\"\"\n\"c\",\"d\"",
            "a,b\rc,d",
            "\"a\",\"b",
            "5\" b,c",
        ] {
            assert!(!holds(row), "{row:?}");
        }
    }

    #[test]
    fn a_cell_stands_where_the_reader_finds_it() {
        let place = |row: &str, number| row.get(place_of(row.as_bytes(), b',', number)?).map(str::to_owned);
        let row = "a,\"b,\"\"c\"\"\",,\"d\"e,f";
        let places: Vec<_> = (0..6).map(|number| place(row, number)).collect();
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(places, [text("a"), text("\"b,\"\"c\"\"\""), text(""), text("\"d\"e"), text("f"), None]);
        assert_eq!((place("", 0), place("a,", 1), place("\"open,", 0)), (text(""), text(""), text("\"open,")));
    }

    /// Every text of quotes and letters up to a length beyond two words.
    #[test]
    fn a_cell_ends_behind_the_quote_that_has_no_second() {
        let by_hand = |text: &[u8]| {
            let mut at = 0;
            loop {
                at += text.get(at..)?.iter().position(|byte| *byte == b'"')?;
                if text.get(at + 1) != Some(&b'"') {
                    return Some(at + 1);
                }
                at += 2;
            }
        };
        for length in 0..=18_u32 {
            for bits in 0..1_u32 << length {
                let text: Vec<u8> = (0..length)
                    .map(|at| if bits >> at & 1 == 1 { b'"' } else { [b'#', 0xa2, b'!'][at as usize % 3] })
                    .collect();
                assert_eq!(closing(&text), by_hand(&text), "{text:?}");
            }
        }
    }

    #[test]
    fn pieces_of_every_length() {
        let mut reader = CellReader::new(b',');
        for before in 0..70 {
            for after in 0..140 {
                let (before, after) = ("é".repeat(before), "x".repeat(after));
                let row = format!("\"{before}\"\"{after}\",\"{after}\"\"\"\"\",z");
                let cells = reader.read(&row);
                assert_eq!(cells.get(0), format!("{before}\"{after}"));
                assert_eq!((cells.get(1), cells.get(2)), (format!("{after}\"\"").as_str(), "z"));
            }
        }
    }

    /// Rows of every shape, read by the `csv` crate.
    #[test]
    fn rows_are_split_as_the_csv_crate_splits_them() {
        let mut reader = CellReader::new(b',');
        let mut random = 42_u64;
        let mut next = |below: u64| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) % below
        };
        for _ in 0..50_000 {
            // A few of them longer than a block.
            let length = if next(8) == 0 { next(150) } else { next(14) };
            let letters =
                (0..length).map(|_| ["a", "\"", "\"", ",", "\n", "\r", "é", "\"\"", "'=", " "][next(10) as usize]);
            let row: String = letters.collect();
            let mut peer = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(row.as_bytes());
            let expected: Vec<String> = match peer.records().next() {
                Some(record) => record.unwrap().iter().map(str::to_owned).collect(),
                None => Vec::new(),
            };
            let cells = reader.read(&row);
            let found: Vec<String> = (0..cells.len()).map(|index| cells.get(index).to_owned()).collect();
            assert_eq!(found, expected, "{row:?}");
        }
    }
}
