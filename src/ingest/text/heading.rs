//! The lines that tables bring along when they are copied one behind the other: header, `#TYPE` and `sep=` in the middle
//! of the rows. They are no records; a header with other columns says how the rows behind it are read.

use crate::ingest::sniff::{CsvHead, is_table, normal_header};
use crate::ingest::text::cells::CellReader;
use crate::ingest::text::requoted;
use crate::ingest::wrapping::union_columns;

/// The header of a table, to know it again.
pub struct Heading {
    delimiter: u8,
    outer: u8,
    requoted: bool,
    padded: bool,
    columns: Vec<String>,
    /// The first word of the first column: a row that does not begin with it is no header.
    word: String,
}

impl Heading {
    /// The header of a table with more than one column.
    pub fn of(csv: &CsvHead) -> Option<Self> {
        let word = csv.columns.first()?.split(' ').next().filter(|word| !word.is_empty())?.to_owned();
        (csv.columns.len() > 1).then(|| Self {
            delimiter: csv.delimiter,
            outer: csv.outer(),
            requoted: csv.requoted,
            padded: csv.padded,
            columns: csv.columns.clone(),
            word,
        })
    }

    /// How many cells the rows below it have as they stand in the file; those that Excel quoted again, or with blanks
    /// in front of quotes, have others.
    pub fn width(&self) -> Option<usize> {
        Some(self.columns.len()).filter(|_| !self.requoted && !self.padded)
    }

    /// How many bytes the name of the first column has.
    pub fn first(&self) -> usize {
        self.columns.first().map_or(0, String::len)
    }

    /// Whether a row is such a line. Of most rows one letter says that it is not.
    #[inline]
    pub fn is(&self, row: &[u8]) -> bool {
        let row = row.strip_prefix(b"\xef\xbb\xbf").unwrap_or(row);
        let bare = row.strip_prefix(b"\"").unwrap_or(row);
        let Some(first) = bare.first() else { return false };
        let begins = self.word.as_bytes().first().is_some_and(|letter| letter.eq_ignore_ascii_case(first));
        (begins || matches!(first, b'#' | b's' | b'"' | b' ')) && self.is_line(row)
    }

    /// The header of a table that has these columns in another order, or others beside them; or that of another export.
    pub fn other(&self, row: &[u8]) -> Option<CsvHead> {
        let row = row.strip_prefix(b"\xef\xbb\xbf").unwrap_or(row);
        let bare = row.strip_prefix(b"\"").unwrap_or(row);
        let end = bare.iter().position(|byte| *byte == self.delimiter || *byte == b'"').unwrap_or(bare.len());
        let first = bare.get(..end)?;
        let named = self.columns.iter().any(|column| column.as_bytes().eq_ignore_ascii_case(first));
        if !named && !is_of_words(first, row) {
            return None;
        }
        let row = std::str::from_utf8(row).ok().filter(|row| !row.contains(['\r', '\n']))?;
        let row = requoted::row(row, self.requoted);
        let mut cells = CellReader::new(self.delimiter);
        let cells = cells.read(&row);
        let columns = union_columns::header((0..cells.len()).map(|at| normal_header(cells.get(at))).collect());
        let known = columns.iter().filter(|column| self.columns.contains(column)).count();
        let csv = CsvHead {
            delimiter: self.delimiter,
            old: false,
            requoted: self.requoted,
            padded: self.padded,
            damaged: false,
            cut: false,
            unlike: Vec::new(),
            titles: Vec::new(),
            columns,
            skip: 0,
            lines: 0,
            sample: Vec::new(),
        };
        let own = known > 1 && known * 2 >= csv.columns.len();
        ((own || !named) && is_table(&csv)).then_some(csv)
    }

    fn is_line(&self, row: &[u8]) -> bool {
        // Where lines end in a row, there may be others in it.
        let Some(row) = std::str::from_utf8(row).ok().filter(|row| !row.contains(['\r', '\n'])) else { return false };
        let bare = row.trim_start_matches(['"', ' ']);
        let word = bare.get(..self.word.len()).is_some_and(|word| word.eq_ignore_ascii_case(&self.word));
        let separator = || row.trim_matches('"').strip_prefix("sep=").is_some_and(|sep| sep.len() == 1);
        word && self.is_header(row) || self.is_type(row) || separator()
    }

    fn is_header(&self, row: &str) -> bool {
        let row = requoted::row(row, self.requoted);
        let mut cells = CellReader::new(self.delimiter);
        let cells = cells.read(&row);
        if cells.len() != self.columns.len() {
            return false;
        }
        let own = union_columns::header((0..cells.len()).map(|at| normal_header(cells.get(at))).collect());
        own.iter().zip(&self.columns).all(|(own, column)| is_one_column(own, column))
    }

    /// The line in which Windows PowerShell names the type of what follows, and nothing else.
    fn is_type(&self, row: &str) -> bool {
        let line = row.trim_end_matches([char::from(self.delimiter), char::from(self.outer)]).trim_matches('"');
        let name = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '`' | '+' | '[' | ']');
        line.strip_prefix("#TYPE ").is_some_and(|kind| kind.contains('.') && kind.chars().all(name))
    }
}

/// Whether a row may be the header of another export: it begins with a word, and has none of the dates and addresses that
/// rows have. Of most rows the first cell says that they are none.
fn is_of_words(first: &[u8], row: &[u8]) -> bool {
    let is_name = |byte: &u8| byte.is_ascii_alphabetic() || b" ()[]_.".contains(byte);
    let digits = || row.iter().filter(|byte| byte.is_ascii_digit()).count();
    let named = (1..64).contains(&first.len()) && first.iter().all(is_name);
    named && row.len() < 4096 && digits() < 4 && !row.iter().any(|byte| matches!(byte, b'@' | b'{'))
}

/// Whether two names are of one column: the portal has written one of them in two ways.
fn is_one_column(name: &str, other: &str) -> bool {
    const UNITS: [&str; 2] = ["associatedadminunitsnames", "associatedadminunitnames"];
    name == other || UNITS.contains(&name) && UNITS.contains(&other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::sniff::{Shape, look};

    fn heading(text: &str) -> Heading {
        let Shape::Csv(csv) = look("table.csv", text.as_bytes(), text).shape else { panic!("no table: {text}") };
        Heading::of(&csv).unwrap()
    }

    #[test]
    fn headers_and_types_are_known_again_and_rows_are_not_taken_for_them() {
        let heading = heading("\"Received\",\"Sender Address\",\"Status\"\r\n2026-03-02,a@x,Delivered\r\n");
        for line in [
            "Received,Sender Address,Status",
            "\"Received\",\"Sender Address\",\"Status\"",
            "\u{feff}received,\"Sender  address\",Status",
            "#TYPE Selected.System.Management.Automation.PSCustomObject",
            "\"#TYPE System.Object\",,",
            "sep=,",
            "\"sep=,\"",
        ] {
            assert!(heading.is(line.as_bytes()), "{line}");
        }
        for row in [
            "Received,a@x,Delivered",
            "Received,Sender Address",
            "Received,Sender Address,Status,",
            "#TYPE System.Object,a@x,Delivered",
            "#TYPE of mail",
            "#TYPE",
            "sep=,,",
            "Received,Sender Address,Status\r2026-03-02,a@x,Delivered",
            "",
            "\"",
            "2026-03-02,a@x,Delivered",
        ] {
            assert!(!heading.is(row.as_bytes()), "{row}");
        }
    }

    #[test]
    fn a_header_in_another_order_is_known_by_what_an_export_has() {
        let heading = heading("RecordId,CreationDate,RecordType,Operation,UserId,AuditData\r\n");
        let columns = |row: &str| heading.other(row.as_bytes()).map(|csv| csv.columns.join(" "));
        let turned = "\"CreationDate\",\"UserId\",\"Operation\",\"RecordId\",\"RecordType\",\"AuditData\"";
        assert_eq!(columns(turned).as_deref(), Some("creationdate userid operation recordid recordtype auditdata"));
        let more = "CreationDate,RecordId,RecordType,Operation,UserId,AuditData,AssociatedAdminUnits";
        assert!(columns(more).is_some());
        for row in [
            "UserId,CreationDate,Operation",
            "Operation,x,y,z,u,v",
            "2026-03-02,a@x,Operation,RecordId,RecordType,AuditData",
            "RecordType",
            "",
        ] {
            assert_eq!(columns(row), None, "{row}");
        }
    }

    #[test]
    fn the_header_of_another_export_is_one_and_rows_of_words_are_none() {
        let heading = heading("RecordId,CreationDate,RecordType,Operation,UserId,AuditData\r\n");
        let trace = "MessageTraceId,Received,SenderAddress,RecipientAddress,Subject,Status";
        assert!(heading.other(trace.as_bytes()).is_some());
        for row in [trace.replace("Subject", "Subject of 2026"), "Alice,Mori,bought,Received,Subject,Status".to_owned()]
        {
            assert!(heading.other(row.as_bytes()).is_none(), "{row}");
        }
    }

    #[test]
    fn a_header_with_the_other_name_of_a_column_is_one() {
        let heading = heading("RecordId,AuditData,AssociatedAdminUnits,AssociatedAdminUnitsNames\r\n");
        assert!(heading.is(b"RecordId,AuditData,AssociatedAdminUnits,AssociatedAdminUnitNames"));
        assert!(!heading.is(b"RecordId,AuditData,AssociatedAdminUnits,Names"));
        assert!(!heading.is(b"RecordId,AuditData,AssociatedAdminUnitNames,AssociatedAdminUnits"));
    }

    #[test]
    fn a_header_that_excel_quoted_is_known_again() {
        let heading = heading("\"When,Who,What\"\r\n\"1,a,\"\"x\"\"\"\r\n");
        assert!(heading.is(b"\"When,Who,What\""));
        assert!(!heading.is(b"\"When,Who,Where\""));
    }
}
