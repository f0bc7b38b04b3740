//! A table below a title: the lines that a spreadsheet, or the one who printed it, put above the header.

use super::csv::{CsvHead, csv_shape, has_old_line_ends};
use super::{Shape, is_headless, is_table};
use crate::ingest::text::cells::CellReader;

/// Lines above a header that are looked through.
const LOOK: usize = 12;

/// Bytes that a title has at most: each is quoted.
const LONGEST: usize = 300;

/// The first table that some export has below a few lines that are none. A title has few cells, most of them empty where a
/// spreadsheet wrote it: what is wider than half the table may be rows of another one, and is not to be passed over.
pub(super) fn below_titles(text: &str) -> Option<CsvHead> {
    let (mut behind, mut titles) = ((0, 0), Vec::new());
    for line in text.split_inclusive(if has_old_line_ends(text) { '\r' } else { '\n' }).take(LOOK) {
        behind = (behind.0 + line.len(), behind.1 + 1);
        let title = line.trim_start_matches('\u{feff}').trim();
        if title.contains("{\"") || title.len() > LONGEST {
            return None;
        }
        if !title.is_empty() {
            titles.push(title.to_owned());
        }
        let Shape::Csv(csv) = csv_shape(text, behind) else { return None };
        if !titles.is_empty() && is_table(&csv) && !is_headless(&csv) {
            let narrow = titles.iter().all(|title| said(title, csv.delimiter) * 2 <= csv.columns.len());
            return narrow.then_some(CsvHead { titles, ..csv });
        }
    }
    None
}

/// How many cells of a line say something.
fn said(line: &str, delimiter: u8) -> usize {
    let mut cells = CellReader::new(delimiter);
    let cells = cells.read(line);
    (0..cells.len()).filter(|at| !cells.get(*at).trim().is_empty()).count()
}
