//! One CSV row to its cells, with buffers that live as long as the worker.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

/// Splits rows of one dialect. Rows come from the cutter, one at a time.
pub struct CellReader {
    core: Reader,
    out: Vec<u8>,
    ends: Vec<usize>,
    count: usize,
}

impl CellReader {
    /// A reader for cells separated by `delimiter`.
    pub fn new(delimiter: u8) -> Self {
        let core = ReaderBuilder::new().delimiter(delimiter).build();
        Self { core, out: vec![0; 16 * 1024], ends: vec![0; 128], count: 0 }
    }

    /// Reads `row` (without its line end) into cells.
    pub fn read(&mut self, row: &str) -> Cells<'_> {
        self.core.reset();
        let (mut input, mut written, mut count) = (row.as_bytes(), 0, 0);
        loop {
            let (result, used, wrote, ended) = self.core.read_record(
                input,
                self.out.get_mut(written..).unwrap_or_default(),
                self.ends.get_mut(count..).unwrap_or_default(),
            );
            input = input.get(used..).unwrap_or_default();
            written += wrote;
            count += ended;
            match result {
                ReadRecordResult::OutputFull => self.out.resize(self.out.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                // An empty input tells the parser that the row ends here.
                ReadRecordResult::InputEmpty if input.is_empty() && used == 0 => break,
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::Record | ReadRecordResult::End => break,
            }
        }
        self.count = count;
        Cells { reader: self }
    }
}

/// The cells of one row.
#[derive(Clone, Copy)]
pub struct Cells<'a> {
    reader: &'a CellReader,
}

impl<'a> Cells<'a> {
    /// How many cells the row has.
    pub fn len(&self) -> usize {
        self.reader.count
    }

    /// Whether the row has no cell.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Cell `index` with quotes removed; `""` where the row is too short.
    pub fn get(&self, index: usize) -> &'a str {
        if index >= self.len() {
            return "";
        }
        let start = index.checked_sub(1).and_then(|before| self.reader.ends.get(before)).copied().unwrap_or(0);
        let end = self.reader.ends.get(index).copied().unwrap_or(start);
        self.reader.out.get(start..end).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
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
}
