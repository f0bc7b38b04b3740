//! The shape of delimited text: its separator, its header and its first rows.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;

use super::{HEAD, Shape, headers};
use crate::ingest::formats::FORMATS;
use crate::ingest::text::cells::{CellReader, quotes_hold};
use crate::ingest::text::cut::Layout;
use crate::ingest::text::{padded, requoted};
use crate::ingest::wrapping::union_columns;

/// Rows of a table that are looked at.
const SAMPLE: usize = 200;

/// A head with less text than this is a whole file: a longer one gives at least half as many bytes of UTF-8, whatever it is
/// written in.
const WHOLE: usize = HEAD / 2 - 8;

/// The head of delimited text.
#[derive(Debug, Clone, Default)]
pub struct CsvHead {
    /// Cell separator.
    pub delimiter: u8,
    /// A carriage return alone ends a row.
    pub old: bool,
    /// Each row is one cell of a table with other separators, and has to be put together again.
    pub requoted: bool,
    /// Blanks stand between the separators and quoted cells, and are taken out.
    pub padded: bool,
    /// The header has a quote too many or too few, and was read without any.
    pub damaged: bool,
    /// The text ends inside the header.
    pub cut: bool,
    /// Damaged names of columns that were taken for those that they must have been.
    pub unlike: Vec<String>,
    /// What stands above the header and is no part of the table.
    pub titles: Vec<String>,
    /// Header cells, normalised for comparing.
    pub columns: Vec<String>,
    /// Bytes in front of the first data row.
    pub skip: usize,
    /// Lines in front of the first data row.
    pub lines: u64,
    /// The first data rows, as text.
    pub sample: Vec<String>,
}

impl CsvHead {
    /// What separates the cells of the file as it lies on disk.
    pub fn outer(&self) -> u8 {
        if self.requoted { requoted::OUTER } else { self.delimiter }
    }

    /// How the rows of the file are arranged.
    pub fn layout(&self) -> Layout {
        match self.outer() {
            outer if self.old => Layout::OldCsv(outer),
            outer if self.padded => Layout::PaddedCsv(outer),
            outer => Layout::Csv(outer),
        }
    }

    /// A row of the file as its own reader sees it.
    pub fn row<'t>(&self, row: &'t str) -> Cow<'t, str> {
        if self.padded { padded::line(row, self.delimiter) } else { requoted::row(row, self.requoted) }
    }

    /// The place of a column given by its normalised name; the first where the header has it twice.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }

    /// Whether all these columns are there.
    pub fn has(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.column(name).is_some())
    }
}

/// A header cell for comparing: quotes and blanks off, NFKC, straight apostrophes, lower case.
pub fn normal_header(cell: &str) -> String {
    let cell: String = cell.trim_start_matches('\u{feff}').trim().trim_matches('"').nfkc().collect();
    let cell = cell.replace('’', "'").to_lowercase();
    cell.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The table whose header is the first line that says something, behind so many bytes and lines that are none of it.
pub(super) fn csv_shape(text: &str, (mut skip, mut lines): (usize, u64)) -> Shape {
    let mut forced = None;
    let behind = text.get(skip..).unwrap_or_default();
    let old = has_old_line_ends(behind);
    for line in behind.split_inclusive(if old { '\r' } else { '\n' }) {
        let bare = line.trim_end_matches(['\r', '\n']);
        // With quotes around it where a program saved the table again that does not know the line.
        if let Some(separator) = bare.trim_matches('"').strip_prefix("sep=") {
            forced = separator.bytes().next();
        } else if !bare.trim().is_empty() && !bare.trim_matches('"').starts_with("#TYPE ") {
            break;
        }
        skip += line.len();
        lines += 1;
    }
    let Some(rest) = text.get(skip..).filter(|rest| !rest.is_empty()) else {
        return Shape::Nothing("F-001", "no header and no rows".to_owned());
    };
    let delimiter = forced.unwrap_or_else(|| delimiter_of(rest));
    let layout = |delimiter| if old { Layout::OldCsv(delimiter) } else { Layout::Csv(delimiter) };
    // Where the head is the whole file, its last row may lack a line end; else the head may end inside of it.
    let cut = |layout| table(rest, &layout, text.len() < WHOLE);
    let Some(plain) = cut(layout(delimiter)) else {
        return Shape::Nothing("F-001", "no header and no rows".to_owned());
    };
    let again =
        Some(delimiter).filter(|delimiter| matches!(delimiter, b',' | b';')).and_then(|_| cut(layout(requoted::OUTER)));
    let again = again.filter(|again| requoted::is(plain.header, few(&plain.rows), few(&again.rows)));
    let requoted = again.is_some();
    let spaced = if requoted || old { None } else { without_blanks(rest, &plain, delimiter, text.len() < WHOLE) };
    let padded = spaced.is_some();
    let (layout, delimiter) = (layout(delimiter), if requoted { b',' } else { delimiter });
    let mended = if requoted || padded { None } else { mended(rest, &plain, &layout, delimiter) };
    let damaged = mended.is_some();
    let Table { header, end, rows } = again.or(spaced).or(mended).unwrap_or(plain);
    let after = rest.get(end..).unwrap_or_default();
    let line_end = if after.starts_with("\r\n") { 2 } else { usize::from(after.starts_with(['\n', '\r'])) };
    let header_lines = layout.line_ends(header.as_bytes()) + 1;
    let open = layout.is_open(header.as_bytes());
    let header = if damaged { header.replace('"', "").into() } else { requoted::row(header, requoted) };
    let mut columns = columns(&header, delimiter);
    let unlike = headers::mend(&mut columns);
    let ends_in_it = || open || columns.last().is_some_and(|last| is_half(last)) || headers::goes_on(&columns);
    let row = |row| if padded { padded::line(row, delimiter) } else { requoted::row(row, requoted) };
    Shape::Csv(CsvHead {
        delimiter,
        old,
        requoted,
        padded,
        damaged,
        cut: after.is_empty() && text.len() < WHOLE && ends_in_it(),
        unlike,
        titles: Vec::new(),
        columns,
        skip: skip + end + line_end,
        lines: lines + header_lines,
        sample: rows.into_iter().map(|text| row(text).into_owned()).collect(),
    })
}

/// Whether a column's name is the beginning of one that exports have, and none itself.
fn is_half(name: &str) -> bool {
    /// What stands behind the columns that tell an export.
    const MORE: [&str; 6] = [
        "associatedadminunits",
        "associatedadminunitsnames",
        "associatedadminunitnames",
        "isvalid",
        "objectstate",
        "index",
    ];
    let known = || FORMATS.iter().flat_map(|format| format.wants).chain(&MORE);
    !name.is_empty() && known().all(|known| *known != name) && known().any(|known| known.starts_with(name))
}

/// The columns that a header names.
fn columns(header: &str, delimiter: u8) -> Vec<String> {
    let mut reader = CellReader::new(delimiter);
    let cells = reader.read(header);
    union_columns::header((0..cells.len()).map(|index| normal_header(cells.get(index))).collect())
}

/// The same table where its header has a quote too many or too few, and may have swallowed the rows behind it: its first
/// line is the header, and no name of an export's column has a separator in it.
fn mended<'t>(rest: &'t str, plain: &Table<'t>, layout: &Layout, delimiter: u8) -> Option<Table<'t>> {
    if quotes_hold(plain.header.as_bytes(), delimiter) && !plain.header.contains(['\r', '\n']) {
        return None;
    }
    let end = rest.find(['\r', '\n']).unwrap_or(rest.len());
    let (header, behind) = rest.split_at_checked(end)?;
    let csv = CsvHead { columns: columns(&header.replace('"', ""), delimiter), ..CsvHead::default() };
    // Blanks in front of quotes, and a mark in front of the first, change no name.
    if csv.columns == columns(plain.header, delimiter) || !super::is_table(&csv) {
        return None;
    }
    let mut rows = Vec::new();
    if let Some(behind) = table(behind, layout, rest.len() < WHOLE) {
        rows.push(behind.header);
        rows.extend(behind.rows);
    }
    Some(Table { header, end, rows })
}

/// The same table where its rows fit the header only without the blanks in front of their quotes.
fn without_blanks<'t>(rest: &'t str, plain: &Table<'t>, delimiter: u8, whole: bool) -> Option<Table<'t>> {
    if !padded::may_be(few(&plain.rows), delimiter) {
        return None;
    }
    let width = CellReader::new(delimiter).read(&padded::line(plain.header, delimiter)).len();
    let table = table(rest, &Layout::PaddedCsv(delimiter), whole)?;
    padded::is(width, few(&plain.rows), few(&table.rows), delimiter).then_some(table)
}

/// A table cut into its rows.
struct Table<'t> {
    header: &'t str,
    /// Where the header ends.
    end: usize,
    /// The first data rows.
    rows: Vec<&'t str>,
}

/// Cuts a text, whose last row is whole or not.
fn table<'t>(text: &'t str, layout: &Layout, whole: bool) -> Option<Table<'t>> {
    let (mut cutter, mut spans) = (layout.cutter(), Vec::new());
    cutter.feed(text.as_bytes(), 0, &mut spans);
    if spans.is_empty() || whole {
        cutter.finish(text.as_bytes(), &mut spans);
    }
    let mut rows = spans.iter().filter_map(|span| text.get(span.start..span.end).map(|row| (row, span.end)));
    let (header, end) = rows.next()?;
    // Tables may have been copied one behind the other: a header is no row.
    let rows = rows.map(|(row, _)| row).filter(|row| !is_again(header, row)).take(SAMPLE).collect();
    Some(Table { header, end, rows })
}

/// As many rows as show whether they were quoted again.
fn few<'r, 't>(rows: &'r [&'t str]) -> &'r [&'t str] {
    rows.get(..rows.len().min(20)).unwrap_or_default()
}

/// Whether a row is the header once more.
fn is_again(header: &str, row: &str) -> bool {
    row.trim_start_matches('\u{feff}') == header.trim_start_matches('\u{feff}')
}

/// Whether the first line that says something ends with a carriage return and nothing else.
pub(super) fn has_old_line_ends(text: &str) -> bool {
    let text = text.trim_start_matches(['\u{feff}', '\r', '\n', ' ', '\t']);
    let mut quoted = false;
    let first = text.bytes().position(|byte| {
        quoted ^= byte == b'"';
        !quoted && matches!(byte, b'\r' | b'\n')
    });
    let ends = text.get(first.unwrap_or(text.len())..).unwrap_or_default();
    let behind = ends.trim_start_matches('\r');
    behind.len() < ends.len() && !behind.starts_with('\n')
}

/// The separator that stands most often outside quotes on the header line.
fn delimiter_of(text: &str) -> u8 {
    let mut counts = [(0usize, b','), (0, b';'), (0, b'\t'), (0, b'|')];
    let mut quoted = false;
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if quoted => {}
            _ => {
                for (count, delimiter) in &mut counts {
                    *count += usize::from(byte == *delimiter);
                }
            }
        }
    }
    // The first of equals wins, so that text without any separator is a one-column CSV.
    counts.iter().rev().max_by_key(|(count, _)| *count).map_or(b',', |(_, delimiter)| *delimiter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_that_change_no_name_are_no_damage() {
        let of = |header: &str| {
            let row = "5f0a008d,2026-03-02T01:05:00Z,a@x.example,b@y.example,Invoice,Delivered";
            let Shape::Csv(csv) = csv_shape(&format!("{header}\r\n{row}\r\n"), (0, 0)) else {
                panic!("no table: {header}")
            };
            assert_eq!((csv.columns.len(), csv.sample.len(), csv.lines), (6, 1, 1), "{header}");
            csv.damaged
        };
        let header = "MessageTraceId,Received,SenderAddress,RecipientAddress,Subject,Status";
        let quoted = format!("\"{}\"", header.replace(',', "\",\""));
        for whole in [header.to_owned(), quoted.clone(), format!("\u{feff}{quoted}"), quoted.replace(',', ", ")] {
            assert!(!of(&whole), "{whole}");
        }
        for damaged in [quoted.replacen("Received\"", "Received", 1), header.replace("Status", "\"Status")] {
            assert!(of(&damaged), "{damaged}");
        }
    }
}
