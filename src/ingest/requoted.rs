//! Comma-separated files that went through an Excel whose separator is the semicolon: it read each line as one cell,
//! split it at semicolons, and wrote the pieces back as quoted cells. The lines it read are put together again.

use std::borrow::Cow;

use crate::ingest::cells::CellReader;
use crate::ingest::formats::{Read, RecordReader, Remarks, Tools, owned};
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

/// Whether the rows only fit the header when they are put together again.
pub fn is(header: &str, rows: &[&str]) -> bool {
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
    // A damaged row fits neither way, and decides nothing.
    let (mut together, mut as_they_are) = (0, 0);
    for row in rows {
        together += usize::from(inner.read(&line(row, &mut outer)).len() == width);
        as_they_are += usize::from(inner.read(row).len() == width);
    }
    together > as_they_are
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

    fn notes(&self) -> Vec<Note> {
        let text = "saved again by an Excel with semicolons: every row is one quoted cell; the rows were put together \
                    again. Excel also changes dates and cuts cells at 32,767 characters: give the file as downloaded";
        let mut notes = vec![Note::new("F-023", text)];
        notes.extend(self.0.notes());
        notes
    }

    fn batch_read(&self, tools: &mut Tools) {
        self.0.batch_read(tools);
    }

    fn closing_notes(&self) -> Vec<Note> {
        self.0.closing_notes()
    }

    fn wants_preview(&self) -> bool {
        self.0.wants_preview()
    }

    fn preview(&mut self, row: &str) {
        let line = line(row, &mut CellReader::new(OUTER));
        self.0.preview(&line);
    }

    fn previewed(&mut self) {
        self.0.previewed();
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
        let rows = [r#""1,a,""{""""k"""":1}""""#, "2,b,c"];
        assert!(is("When,Who,What", &rows));
        assert!(is(r#""When,Who,What""#, &rows));
        assert!(is("When,Who,What", &[rows[0], "damaged"]));
        assert!(!is("When,Who,What", &[r#"1,a,"{""k"":1}""#]));
        assert!(!is("When;Who;What", &["1;a;c"]));
        assert!(!is(r#""When","Who","What""#, &[rows[0]]));
    }
}
