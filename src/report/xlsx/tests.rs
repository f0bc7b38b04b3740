//! The workbook read back by another program's reader, over hostile evidence and narrow limits.
#![allow(clippy::disallowed_methods, reason = "a test looks at the folder it was given")]

use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};

use super::*;
use crate::report::sample::Sample;
use crate::timeline::Event;

fn rendered(sample: &Sample, lang: Lang, limits: Limits) -> Vec<u8> {
    let spill = tempfile::tempdir().unwrap();
    let mut bytes = Vec::new();
    write_within(&sample.report(), &Options { lang, spill: spill.path() }, limits, &mut bytes).unwrap();
    assert!(std::fs::read_dir(spill.path()).unwrap().next().is_none(), "nothing is left beside the report");
    bytes
}

fn opened(bytes: Vec<u8>) -> Xlsx<Cursor<Vec<u8>>> {
    Xlsx::new(Cursor::new(bytes)).unwrap()
}

fn texts(book: &mut Xlsx<Cursor<Vec<u8>>>, sheet: &str) -> Vec<Vec<String>> {
    book.worksheet_range(sheet).unwrap().rows().map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

#[test]
fn opens_over_hostile_and_over_no_evidence_in_both_languages() {
    for sample in [Sample::hostile(), Sample::empty()] {
        for lang in [Lang::En, Lang::Ja] {
            let mut book = opened(rendered(&sample, lang, Limits::EXCEL));
            for name in book.sheet_names() {
                let formulas = book.worksheet_formula(&name).unwrap();
                assert!(formulas.cells().all(|(_, _, formula)| formula.is_empty()), "{name}");
                let shown = texts(&mut book, &name).concat().concat();
                assert!(!shown.contains(['\u{1b}', '\u{202e}', '\u{9b}', '\0']), "{name}");
            }
        }
    }
}

#[test]
fn same_report_same_bytes() {
    let sample = Sample::hostile();
    assert!(rendered(&sample, Lang::Ja, Limits::EXCEL) == rendered(&sample, Lang::Ja, Limits::EXCEL));
}

/// A file that takes so many bytes and no more.
struct Full {
    room: usize,
    refused: usize,
}

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.room.checked_sub(bytes.len()) {
            Some(room) => self.room = room,
            None => {
                (self.room, self.refused) = (0, self.refused + 1);
                return Err(io::Error::new(io::ErrorKind::StorageFull, "no room"));
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Where the disk is full or the run is stopped while the workbook is written, the library went on behind the fault and
/// said so on standard error.
#[test]
fn behind_a_fault_nothing_more_is_written_and_the_fault_is_told_as_it_is() {
    let spill = tempfile::tempdir().unwrap();
    let sample = Sample::hostile();
    let whole = rendered(&sample, Lang::En, Limits::EXCEL).len();
    for room in [0, 10, whole / 2, whole - 10] {
        let mut out = Full { room, refused: 0 };
        let options = Options { lang: Lang::En, spill: spill.path() };
        let fault = write_within(&sample.report(), &options, Limits::EXCEL, &mut out).unwrap_err();
        assert_eq!((fault.kind(), &*fault.to_string()), (io::ErrorKind::StorageFull, "no room"), "{room}");
        assert_eq!(out.refused, 1, "{room}");
    }
}

#[test]
fn a_table_that_is_too_long_goes_on_in_further_sheets() {
    let mut sample = Sample::hostile();
    let event = sample.timeline[1].clone();
    sample.timeline =
        (0..10).map(|number| Event { event_id: Some(format!("n{number}").into()), ..event.clone() }).collect();
    // Four rows are a head and three events.
    let mut book = opened(rendered(&sample, Lang::En, Limits { rows: 4, units: 32_767 }));
    let parts: Vec<String> = book.sheet_names().into_iter().filter(|name| name.starts_with("Timeline")).collect();
    assert_eq!(parts, ["Timeline", "Timeline (2)", "Timeline (3)", "Timeline (4)"]);
    let mut ids = Vec::new();
    for part in parts {
        let rows = texts(&mut book, &part);
        assert!(rows.len() <= 4 && rows[0][0] == "datetime (UTC)", "{part}");
        let column = rows[0].iter().position(|head| head == "event_id").unwrap();
        ids.extend(rows[1..].iter().map(|row| row[column].clone()));
    }
    assert_eq!(ids, (0..10).map(|number| format!("n{number}")).collect::<Vec<_>>());
    let summary = texts(&mut book, "Summary").concat();
    assert!(summary.iter().any(|text| text.starts_with("Timeline has 10 rows") && text.contains("over 4 sheets")));
}

/// The numbers of the rows of each sheet, as they stand in the file.
fn row_numbers(bytes: &[u8]) -> Vec<(String, Vec<u32>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut sheets = Vec::new();
    for number in 1.. {
        let name = format!("xl/worksheets/sheet{number}.xml");
        let Ok(file) = archive.by_name(&name) else { break };
        let xml = std::io::read_to_string(file).unwrap();
        let rows = xml.split("<row r=\"").skip(1).map(|row| row.split('"').next().unwrap().parse().unwrap()).collect();
        sheets.push((name, rows));
    }
    sheets
}

#[test]
fn each_row_stands_once_and_below_the_one_before() {
    let mut sample = Sample::hostile();
    let sheets = row_numbers(&rendered(&sample, Lang::En, Limits::EXCEL));
    assert!(sheets.len() > 5);
    // A long table, whose last row is a high one, in one sheet and in several.
    let long = Event { message: Some("word ".repeat(200).into()), ..sample.timeline[1].clone() };
    sample.timeline = vec![long; 2_005];
    let many = row_numbers(&rendered(&sample, Lang::En, Limits { rows: 900, units: 32_767 }));
    let one = row_numbers(&rendered(&sample, Lang::En, Limits::EXCEL));
    assert!(one.iter().any(|(_, rows)| rows.len() == 2_006));
    for (name, rows) in sheets.into_iter().chain(many).chain(one) {
        assert!(rows.is_sorted_by(|a, b| a < b), "{name}: {rows:?}");
    }
}

#[test]
fn exactly_full_sheets_have_no_empty_successor() {
    let mut sample = Sample::hostile();
    sample.timeline = vec![sample.timeline[1].clone(); 3];
    let book = opened(rendered(&sample, Lang::En, Limits { rows: 4, units: 32_767 }));
    assert_eq!(book.sheet_names().iter().filter(|name| name.starts_with("Timeline")).count(), 1);
}

#[test]
fn a_text_that_is_too_long_says_so_in_its_cell_and_on_the_first_sheet() {
    let mut sample = Sample::hostile();
    sample.timeline[1].email_subject = Some("x".repeat(500).into());
    let mut book = opened(rendered(&sample, Lang::En, Limits { rows: 1000, units: 200 }));
    let rows = texts(&mut book, "Timeline");
    let column = rows[0].iter().position(|head| head == "email_subject").unwrap();
    let cell = &rows[2][column];
    assert!(cell.len() <= 200 && cell.starts_with("xxx"), "{cell}");
    assert!(cell.ends_with("[cut here: 500 characters in all, the whole text is in timeline.csv]"), "{cell}");
    let summary = texts(&mut book, "Summary").concat();
    assert!(summary.iter().any(|text| text.starts_with("Timeline: ") && text.contains(": 1 cell holds more text")));
}

#[test]
fn cells_keep_their_types() {
    let mut book = opened(rendered(&Sample::hostile(), Lang::En, Limits::EXCEL));
    let sheet = book.worksheet_range("Timeline").unwrap();
    let column = |head: &str| sheet.rows().next().unwrap().iter().position(|cell| *cell == *head).unwrap();
    let Data::DateTime(time) = sheet.get((2, column("datetime (UTC)"))).unwrap() else { panic!("no date") };
    // 2026-03-10T00:24:00.250Z: day 46091 of the spreadsheet calendar.
    assert!((time.as_f64() - (46_091.0 + (24.0 * 60.0 + 0.25) / 86_400.0)).abs() < 1e-8);
    assert_eq!(sheet.get((1, column("source_row"))), Some(&Data::Float(17.0)));
    assert!(
        matches!(sheet.get((1, column("email_subject"))), Some(Data::String(text)) if text == "=cmd|' /C calc'!A0")
    );
    let exposure = book.worksheet_range("Exposure").unwrap();
    assert_eq!(exposure.height(), 1 + 6, "a mail, a folder, a file, a day, a recipient and an account");
}

#[test]
fn what_has_no_time_has_an_empty_cell_and_no_window_is_said_in_words() {
    let mut sample = Sample::hostile();
    let none = chrono::DateTime::UNIX_EPOCH;
    let finding = &mut sample.examination.symptoms[2].findings[0];
    (finding.time, finding.dated) = (none, false);
    (sample.examination.window.from, sample.examination.window.to) = (none, none);
    let mut book = opened(rendered(&sample, Lang::En, Limits::EXCEL));
    let findings = texts(&mut book, "Findings");
    let time = findings[0].iter().position(|head| head == "Time (UTC)").unwrap();
    assert!(findings[1][time].is_empty() && !findings[2][time].is_empty(), "{findings:?}");
    let summary = texts(&mut book, "Summary");
    let window = summary.iter().find(|row| row[0] == "Window").unwrap();
    assert!(window[1].starts_with("none: no record has a time"), "{window:?}");
    assert!(!summary.iter().any(|row| row[0].starts_with("End of the window")), "{summary:?}");
}
