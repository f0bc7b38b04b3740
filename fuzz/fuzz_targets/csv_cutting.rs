//! Rows and cells of a table: what the `csv` crate reads of the same text.
#![no_main]

use bectrace::ingest::text::cells::CellReader;
use bectrace::ingest::text::cut::Layout;
use libfuzzer_sys::fuzz_target;

fn ours(text: &str, delimiter: u8) -> Vec<Vec<String>> {
    let (mut cutter, mut spans) = (Layout::Csv(delimiter).cutter(), Vec::new());
    cutter.feed(text.as_bytes(), 0, &mut spans);
    cutter.finish(text.as_bytes(), &mut spans);
    let mut cells = CellReader::new(delimiter);
    let rows = spans.iter().map(|span| &text[span.start..span.end]);
    rows.map(|row| {
        let row = cells.read(row);
        (0..row.len()).map(|at| row.get(at).to_owned()).collect()
    })
    .collect()
}

fn theirs(text: &str, delimiter: u8) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new();
    let reader = reader.has_headers(false).flexible(true).delimiter(delimiter);
    let rows = reader.from_reader(text.as_bytes()).into_records();
    rows.map(|row| row.expect("valid UTF-8").iter().map(str::to_owned).collect()).collect()
}

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, text)) = bytes.split_first() else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let delimiter = b",;\t"[usize::from(*choice % 3)];
    let (ours, theirs) = (ours(text, delimiter), theirs(text, delimiter));
    // A carriage return on its own ends no record here; zeros, which are holes of a disk, the end mark of DOS at the end of
    // a file, and its byte order mark, are no cells.
    let differs =
        text.replace("\r\n", "").contains('\r') || text.ends_with('\u{1a}') || text.contains(['\0', '\u{feff}']);
    if !differs {
        assert_eq!(ours, theirs);
    }
});
