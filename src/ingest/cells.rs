//! One CSV row to its cells. A cell without doubled quotes is borrowed from the row; others are put together in a
//! buffer that lives as long as the worker.

use memchr::{memchr, memchr3};

/// Splits rows of one dialect, by the rules of the `csv` crate. Rows come from the cutter, one at a time.
pub struct CellReader {
    delimiter: u8,
    out: String,
    cells: Vec<Place>,
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
        Self { delimiter, out: String::new(), cells: Vec::new() }
    }

    /// Reads `row` (without its line end) into cells.
    pub fn read<'a>(&'a mut self, row: &'a str) -> Cells<'a> {
        self.out.clear();
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
        let Some(quote) = memchr(b'"', bytes.get(start..).unwrap_or_default()).map(|quote| start + quote) else {
            self.cells.push(Place::Row(start, row.len()));
            return None;
        };
        if !matches!(bytes.get(quote + 1), Some(b'"')) && self.ends(bytes.get(quote + 1)) {
            self.cells.push(Place::Row(start, quote));
            return self.behind(row, quote + 1);
        }
        self.pieces(row, start, quote)
    }

    /// Whether a cell ends in front of this byte.
    fn ends(&self, byte: Option<&u8>) -> bool {
        byte.is_none_or(|byte| *byte == self.delimiter || matches!(byte, b'\n' | b'\r'))
    }

    /// A quoted cell that is not one piece of the row: quotes are doubled, or text stands behind the closing one.
    fn pieces(&mut self, row: &str, start: usize, first: usize) -> Option<usize> {
        let bytes = row.as_bytes();
        let begin = self.out.len();
        let (mut from, mut quote) = (start, first);
        let end = loop {
            self.out.push_str(row.get(from..quote).unwrap_or_default());
            match bytes.get(quote + 1) {
                Some(b'"') => {
                    // The second of the two is the text's.
                    from = quote + 1;
                    let Some(next) = next_quote(bytes, quote + 2) else {
                        self.out.push_str(row.get(from..).unwrap_or_default());
                        break row.len();
                    };
                    quote = next;
                }
                byte if self.ends(byte) => break quote + 1,
                _ => {
                    // Text behind the closing quote belongs to the cell, and quotes in it mean nothing.
                    let rest = bytes.get(quote + 1..).unwrap_or_default();
                    let stop = memchr3(self.delimiter, b'\n', b'\r', rest).map_or(row.len(), |stop| quote + 1 + stop);
                    self.out.push_str(row.get(quote + 1..stop).unwrap_or_default());
                    break stop;
                }
            }
        };
        self.cells.push(Place::Out(begin, self.out.len()));
        self.behind(row, end)
    }
}

/// The next quote in `bytes[from..]`. In a cell that holds JSON the next one is hardly ever far, and a search for long
/// ways takes longer to begin than to end.
#[inline]
pub fn next_quote(bytes: &[u8], from: usize) -> Option<usize> {
    const NEAR: usize = 6;
    const ONES: u64 = 0x0101_0101_0101_0101;
    let mut at = from;
    for _ in 0..NEAR {
        let Some(eight) = bytes.get(at..).and_then(|rest| rest.first_chunk()) else { break };
        // A byte that is a quote becomes zero, and of the zeros the lowest borrows.
        let zeros = u64::from_le_bytes(*eight) ^ (ONES * u64::from(b'"'));
        let found = zeros.wrapping_sub(ONES) & !zeros & (ONES << 7);
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    memchr(b'"', bytes.get(at..)?).map(|quote| at + quote)
}

/// The cells of one row.
#[derive(Clone, Copy)]
pub struct Cells<'a> {
    row: &'a str,
    reader: &'a CellReader,
}

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
            Some(Place::Out(start, end)) => self.reader.out.get(*start..*end),
            None => None,
        };
        text.unwrap_or_default()
    }

    /// Cell of a column that may be absent; trimmed, with the portal's formula guard (`'=`) taken off.
    pub fn column(&self, index: Option<usize>) -> &'a str {
        let cell = index.map_or("", |index| self.get(index)).trim();
        match cell.strip_prefix('\'') {
            Some(rest) if rest.starts_with(['-', '+', '=', '@']) => rest,
            // Excel took the cell for a formula: the value is lost.
            _ if matches!(cell, "#NAME?" | "#VALUE!" | "#REF!") => "",
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
        assert_eq!(reader.read("\"'-abc\"").column(Some(0)), "-abc");
    }

    #[test]
    fn the_next_quote_wherever_it_stands() {
        for length in 0..70_usize {
            for quote in 0..length {
                let mut text = vec![b'#'; length];
                text[quote] = b'"';
                if quote > 0 {
                    text[quote - 1] = 0xa2;
                }
                for from in 0..=length + 1 {
                    let expected = (from <= quote).then_some(quote);
                    assert_eq!(next_quote(&text, from), expected, "{length} {quote} {from}");
                }
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
            let length = next(14);
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
