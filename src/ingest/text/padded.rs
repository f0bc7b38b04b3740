//! Tables with blanks between a separator and a quoted cell (`1, "a, b"`), as scripts and people write them: by the rules of
//! CSV the quotes mean nothing there. The blanks are taken out before a row is read.

use std::borrow::Cow;

use crate::ingest::formats::{Read, RecordReader, Remarks, Tools, owned};
use crate::ingest::text::cells::{CellReader, closing, quotes_hold};

/// The row without the blanks around its quoted cells.
pub fn line(row: &str, separator: u8) -> Cow<'_, str> {
    let is_blank = |byte: u8| matches!(byte, b' ' | b'\t') && byte != separator;
    let blanks = |text: &str| text.bytes().take_while(|byte| is_blank(*byte)).count();
    let (mut line, mut rest) = (String::new(), row);
    loop {
        let bare = rest.get(blanks(rest)..).unwrap_or_default();
        let quoted = bare.strip_prefix('"').and_then(|inside| bare.split_at_checked(1 + closing(inside.as_bytes())?));
        let (cell, behind) = match quoted {
            Some((cell, behind)) => {
                let next = behind.get(blanks(behind)..).unwrap_or_default();
                let ends = next.is_empty() || next.as_bytes().first() == Some(&separator);
                (cell, if ends { next } else { behind })
            }
            None => ("", rest),
        };
        let end = behind.bytes().position(|byte| byte == separator).unwrap_or(behind.len());
        line.push_str(cell);
        line.push_str(behind.get(..end).unwrap_or_default());
        let Some(next) = behind.get(end + 1..) else { break };
        line.push(char::from(separator));
        rest = next;
    }
    if line == row { Cow::Borrowed(row) } else { Cow::Owned(line) }
}

/// Whether the first rows have such blanks.
pub fn may_be(rows: &[&str], separator: u8) -> bool {
    rows.iter().any(|row| matches!(line(row, separator), Cow::Owned(_)))
}

/// Whether the rows fit the header only without the blanks: the rows as they are, and the same cut as quotes behind blanks
/// tell. A damaged row decides nothing.
pub fn is(width: usize, rows: &[&str], padded: &[&str], separator: u8) -> bool {
    let mut cells = CellReader::new(separator);
    let mut is_whole = |row: &str| quotes_hold(row.as_bytes(), separator) && cells.read(row).len() == width;
    let as_they_are = rows.iter().filter(|row| is_whole(row)).count();
    let without = padded.iter().map(|row| line(row, separator));
    without.filter(|row| matches!(row, Cow::Owned(_)) && is_whole(row)).count() > as_they_are
}

/// A reader of rows out of which the blanks are taken first.
pub struct Padded {
    /// What separates the cells.
    pub separator: u8,
    /// Reads a row without them.
    pub reader: Box<dyn RecordReader>,
}

impl RecordReader for Padded {
    fn read<'r>(&'r self, row: &'r str, tools: &'r mut Tools, remarks: &mut Remarks) -> Read<'r> {
        match line(row, self.separator) {
            Cow::Borrowed(row) => self.reader.read(row, tools, remarks),
            Cow::Owned(row) => self.reader.read(&row, tools, remarks).map(owned),
        }
    }

    fn behind(&self) -> Option<&dyn RecordReader> {
        Some(self.reader.as_ref())
    }

    fn behind_mut(&mut self) -> Option<&mut dyn RecordReader> {
        Some(self.reader.as_mut())
    }

    fn preview(&mut self, row: &str) {
        let row = line(row, self.separator);
        self.reader.preview(&row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_around_quoted_cells_are_taken_out_and_others_stay() {
        for (row, expected) in [
            (r#""a", "b, ""c""" ,  "d""#, r#""a","b, ""c""","d""#),
            (r#"1, "{""k"": ""x, y""}", 2"#, r#"1,"{""k"": ""x, y""}", 2"#),
            ("a,\t\"b\"", "a,\"b\""),
            ("a, b ,c", "a, b ,c"),
            (r#"a, "b" c,d"#, r#"a,"b" c,d"#),
            (r#"a, "open"#, r#"a, "open"#),
            ("", ""),
        ] {
            assert_eq!(line(row, b','), expected, "{row}");
        }
        assert_eq!(line("a\t\"b\"", b'\t'), "a\t\"b\"");
    }

    #[test]
    fn only_rows_that_fit_no_other_way_make_such_a_table() {
        let rows = [r#"1, "a, b""#, r#"2, "c""#];
        assert!(is(2, &rows, &rows, b','));
        // One row that somebody typed among others, and text with quotes in it.
        let mixed = [r#"1,"a, b""#, r#"2,"c""#, r#"3, "d""#];
        assert!(!is(2, &mixed, &mixed, b','));
        assert!(!is(2, &["1,a", "2, b"], &["1,a", "2, b"], b','));
    }
}
