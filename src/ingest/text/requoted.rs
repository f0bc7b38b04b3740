//! Comma-separated files that went through an Excel whose separator is the semicolon: it read each line as one cell,
//! split it at semicolons, and wrote the pieces back as quoted cells. The lines it read are put together again.

use std::borrow::Cow;

use crate::ingest::formats::{Read, RecordReader, Remarks, Tools, owned};
use crate::ingest::text::cells::{CellReader, closing};
use crate::ledger::Note;

/// The separator that such an Excel writes.
pub const OUTER: u8 = b';';

/// The line that Excel read: the cells of what it wrote, with the separators that it took for its own.
pub fn line(row: &str, outer: &mut CellReader) -> String {
    let cells = outer.read(row);
    let filled = (0..cells.len()).rev().find(|at| !cells.get(*at).is_empty()).map_or(0, |last| last + 1);
    let mut line = String::with_capacity(row.len());
    for at in 0..filled {
        if at > 0 {
            line.push(char::from(OUTER));
        }
        line.push_str(cells.get(at));
    }
    line
}

/// Whether the rows only fit the header when they are put together again: the rows as they are, and the same cut as such an
/// Excel separates them.
pub fn is(header: &str, rows: &[&str], quoted: &[&str]) -> bool {
    let (mut outer, mut inner) = (CellReader::new(OUTER), CellReader::new(b','));
    let width = inner.read(&line(header, &mut outer)).len();
    if width < 2 {
        return false;
    }
    if header.contains('"') && inner.read(header).len() > 1 {
        // Excel doubles the quotes of a line that it quotes: a header whose own quotes still work was left alone.
        return false;
    }
    if rows.is_empty() {
        return header.starts_with('"') && inner.read(header).len() == 1;
    }
    // What Excel left unquoted fits both ways. A damaged row decides nothing.
    let whole = |row: &str, separator| are_quoted_whole(row, char::from(separator));
    let as_they_are = rows.iter().filter(|row| whole(row, b',') && inner.read(row).len() == width).count();
    let mut fits = |row: &str| whole(row, OUTER) && inner.read(&line(row, &mut outer)).len() == width;
    let together = quoted.iter().filter(|row| fits(row)).count();
    together > as_they_are
}

/// Whether each cell of a row is quoted from end to end, or has no quote, as programs write tables: a row with a lost quote
/// may look like one cell with commas in it.
fn are_quoted_whole(row: &str, separator: char) -> bool {
    let mut rest = row;
    loop {
        let end = match rest.strip_prefix('"') {
            Some(inside) => closing(inside.as_bytes()).map(|behind| behind + 1),
            None => rest.find(['"', separator]).or(Some(rest.len())),
        };
        let behind = end.and_then(|end| rest.get(end..)).unwrap_or_default();
        match behind.strip_prefix(separator) {
            Some(next) => rest = next,
            None => return end.is_some() && behind.is_empty(),
        }
    }
}

/// A reader of rows that are put together again first.
pub struct Requoted(pub Box<dyn RecordReader>);

impl RecordReader for Requoted {
    fn read<'r>(&'r self, row: &'r str, tools: &'r mut Tools, remarks: &mut Remarks) -> Read<'r> {
        let line = line(row, &mut tools.cells);
        let inner = tools.inner.take().unwrap_or_else(|| Box::new(CellReader::new(b',')));
        let outer = std::mem::replace(&mut tools.cells, *inner);
        let result = self.0.read(&line, tools, remarks).map(owned);
        tools.inner = Some(Box::new(std::mem::replace(&mut tools.cells, outer)));
        result
    }

    fn behind(&self) -> Option<&dyn RecordReader> {
        Some(self.0.as_ref())
    }

    fn behind_mut(&mut self) -> Option<&mut dyn RecordReader> {
        Some(self.0.as_mut())
    }

    fn notes(&self) -> Vec<Note> {
        let text = "saved again by an Excel with semicolons: every row is one quoted cell; the rows were put together \
                    again. Excel also changes dates and cuts cells at 32,767 characters: give the file as downloaded";
        let mut notes = vec![Note::new("F-023", text)];
        notes.extend(self.0.notes());
        notes
    }

    fn preview(&mut self, row: &str) {
        let line = line(row, &mut CellReader::new(OUTER));
        self.0.preview(&line);
    }
}

/// A row of the file as its own reader sees it.
pub fn row(row: &str, requoted: bool) -> Cow<'_, str> {
    if requoted { Cow::Owned(line(row, &mut CellReader::new(OUTER))) } else { Cow::Borrowed(row) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_excel_wrote_is_the_line_it_read() {
        let mut outer = CellReader::new(OUTER);
        // Excel quotes a cell that holds quotes or semicolons, and doubles the quotes in it.
        assert_eq!(line(r#""1,a,""{""""k"""":1}""";;"#, &mut outer), r#"1,a,"{""k"":1}""#);
        assert_eq!(line(r#""1,a,""{""""k"""":""""x";"y""""}""""#, &mut outer), r#"1,a,"{""k"":""x;y""}""#);
        let is = |header: &str, rows: &[&str]| is(header, rows, rows);
        let rows = [r#""1,a,""{""""k"""":1}""""#, "2,b,c"];
        assert!(is("When,Who,What", &rows));
        assert!(is(r#""When,Who,What""#, &rows));
        assert!(is("When,Who,What", &[rows[0], "damaged"]));
        assert!(!is("When,Who,What", &[r#"1,a,"{""k"":1}""#]));
        assert!(!is("When;Who;What", &["1;a;c"]));
        assert!(!is(r#""When","Who","What""#, &[rows[0]]));
    }

    #[test]
    fn a_row_whose_quote_is_lost_does_not_turn_a_table_into_such_a_file() {
        let is = |header: &str, rows: &[&str]| is(header, rows, rows);
        let whole = r#"1,a,"{""k"":1}""#;
        // The last quote is lost, and the row took the next one in; the same with a line break of its own in that.
        for damaged in ["1,a,\"{\"\"k\"\":1}\n2,b,\"{\"\"k\"\":1}\"", "1,a,\"{\"\"k\"\":1}\n2,b,\"{\n\"\"k\"\":1}\""] {
            assert!(!is("When,Who,What", &[whole, damaged, whole]), "{damaged}");
            assert!(!is("When,Who,What", &["1,a,b", damaged]), "{damaged}");
        }
        // The quote behind the first cell is lost.
        let quoted = r#""1","a","{""k"":1}""#;
        assert!(!is("When,Who,What", &[quoted, r#""1,"a","b","{""k"":1}""#, quoted]));
        // A damaged row of a file that is one is outvoted as well.
        let rows = [r#""1,a,""{""""k"""":1}""""#, r#"1,a,""{""""k"""":1}""""#, r#""1,a,""{""""k"""":1}""""#, "2,b,c"];
        assert!(is("When,Who,What", &rows));
    }

    #[test]
    fn a_cell_is_quoted_from_end_to_end_or_not_at_all() {
        for row in ["a,b", "", "a;b;;", r#""a,""b""";c"#, r#"a;"b;""c""""#, "\"a\nb\";"] {
            assert!(are_quoted_whole(row, ';'), "{row}");
        }
        for row in [r#"a,"b""#, r#""a","b""#, r#""a,""b"#, r#"a;"b"c"#, r#"a;b"c"#] {
            assert!(!are_quoted_whole(row, ';'), "{row}");
        }
        assert!(are_quoted_whole(r#""a","b;c",d"#, ',') && !are_quoted_whole(r#""a";"b",c"#, ','));
    }
}
