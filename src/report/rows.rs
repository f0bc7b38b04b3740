//! Rows of a CSV file. A cell is put in quotes where any program that opens the file could end it: at the comma that
//! stands between cells here, and at the semicolon, tab and bar that stand there for many others.

use std::io::{self, Write};

/// Writes rows.
pub struct Rows<W> {
    out: W,
    /// Whether the next cell is the first of its row.
    first: bool,
}

impl<W: Write> Rows<W> {
    /// Nothing is written yet.
    pub fn new(out: W) -> Self {
        Self { out, first: true }
    }

    /// One cell of the row.
    pub fn cell(&mut self, cell: &str) -> io::Result<()> {
        if !std::mem::replace(&mut self.first, false) {
            self.out.write_all(b",")?;
        }
        if !cell.contains([',', ';', '\t', '|', '"', '\r', '\n']) {
            return self.out.write_all(cell.as_bytes());
        }
        write!(self.out, "\"{}\"", cell.replace('"', "\"\""))
    }

    /// The row ends.
    pub fn end(&mut self) -> io::Result<()> {
        self.first = true;
        self.out.write_all(b"\n")
    }

    /// A whole row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = impl AsRef<str>>) -> io::Result<()> {
        cells.into_iter().try_for_each(|cell| self.cell(cell.as_ref()))?;
        self.end()
    }

    /// All of it is on its way.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_end_where_they_are_meant_to() {
        let cells = ["plain", "", "a,b", "a;b", "a\tb", "a|b", "say \"no\"", "two\nlines", " 1 "];
        let mut bytes = Vec::new();
        let mut rows = Rows::new(&mut bytes);
        rows.row(cells).unwrap();
        rows.row(cells).unwrap();
        rows.flush().unwrap();
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(text.starts_with("plain,,\"a,b\",\"a;b\",\"a\tb\",\"a|b\",\"say \"\"no\"\"\",\"two\nlines\", 1 \n"));
        let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(bytes.as_slice());
        for record in reader.records() {
            assert_eq!(record.unwrap().iter().collect::<Vec<_>>(), cells);
        }
    }
}
