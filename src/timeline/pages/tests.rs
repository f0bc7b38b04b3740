//! What the reader of pages gives back is what was written, and damage is told.

use std::io::Cursor;

use super::*;
use crate::timeline::Event;
use crate::timeline::columns::ROW_GROUP;
use crate::timeline::sample::{footer, full, part};
use crate::timeline::schema::{Access, COLUMNS, Column};

fn events() -> Vec<Event> {
    crate::timeline::sample::events(ROW_GROUP + 5000)
}

fn chunks(file: &[u8], name: &str) -> Vec<Chunk> {
    footer(file).row_groups.iter().map(|group| Chunk::of(group, name).unwrap()).collect()
}

fn said(cell: Cell<'_>) -> String {
    match cell {
        Cell::Text(text) => std::str::from_utf8(text).unwrap().to_owned(),
        Cell::Int(number) => number.to_string(),
        Cell::Float(number) => number.to_string(),
        Cell::Bool(flag) => flag.to_string(),
    }
}

fn value(column: &Column, event: &Event) -> Option<String> {
    match column.access {
        Access::Text(get, _) => get(event).map(str::to_owned),
        Access::Made(get, _) => get(event).map(std::borrow::Cow::into_owned),
        Access::Int(get, _) => get(event).map(|number| number.to_string()),
        Access::Float(get, _) => get(event).map(|number| number.to_string()),
        Access::Bool(get, _) => get(event).map(|flag| flag.to_string()),
        Access::Time(get, _) => Some(get(event).to_string()),
    }
}

#[test]
fn every_row_of_every_column_comes_back_and_no_other() {
    let events = events();
    let file = part(&events);
    let mut pages = Pages::new(Cursor::new(&file)).unwrap();
    for column in COLUMNS {
        for (group, events) in chunks(&file, column.name).into_iter().zip(events.chunks(ROW_GROUP)) {
            for step in [1, 13, 4099] {
                let rows: Vec<u32> = (0..events.len() as u32).skip(step / 3).step_by(step).collect();
                let mut found = vec![None; rows.len()];
                pages.fetch(group, &rows, &mut |at, cell| found[at] = Some(said(cell))).unwrap();
                let expected: Vec<_> = rows.iter().map(|row| value(column, &events[*row as usize])).collect();
                assert!(found == expected, "{} every {step}", column.name);
            }
        }
    }
}

#[test]
fn rows_that_no_page_holds_are_damage() {
    let events = events();
    let file = part(&events);
    let mut pages = Pages::new(Cursor::new(&file)).unwrap();
    for name in [crate::timeline::schema::names::RAW, crate::timeline::schema::names::ACTION] {
        let whole = chunks(&file, name)[1];
        let short = Chunk { rows: whole.rows + 1, ..whole };
        assert!(pages.ask(whole, &mut |_| true).is_ok_and(|said| said.is_some()));
        assert!(pages.ask(short, &mut |_| true).is_err());
        assert!(pages.fetch(short, &[whole.rows as u32], &mut |_, _| ()).is_err());
    }
}

#[test]
fn a_text_of_a_dictionary_is_asked_about_once() {
    let events = events();
    let file = part(&events);
    let mut pages = Pages::new(Cursor::new(&file)).unwrap();
    let mut ask = |name: &str, wanted: &str| {
        let mut asked = 0;
        let mut answer = |text: &str| {
            asked += 1;
            text == wanted
        };
        let rows = pages.ask(chunks(&file, name)[0], &mut answer).unwrap();
        (rows, asked)
    };
    let (rows, asked) = ask("user_upn", "user3@x.example");
    let expected = events[..ROW_GROUP].iter().map(|event| event.user_upn.as_deref() == Some("user3@x.example"));
    assert_eq!((rows, asked), (Some(expected.collect()), 50));
    assert_eq!(ask("user_upn", "nobody"), (None, 50));
    assert_eq!(ask("action", "Move"), (None, 1));
    let (rows, asked) = ask("target_raw", "target 4711");
    assert_eq!((rows.unwrap().iter().position(|said| *said), asked), (Some(4711), ROW_GROUP));
    assert_eq!(ask("geo_city", "Berlin"), (None, 0));
}

#[test]
fn damage_is_an_error_and_never_a_panic() {
    let file = part(&events()[..600]);
    let mut failed = 0;
    for (number, name) in ["user_upn", "target_raw", "record_type", "geo_lat"].into_iter().enumerate() {
        let chunk = chunks(&file, name)[0];
        let rows: Vec<u32> = (0..600).collect();
        for at in chunk.start..chunk.end.min(chunk.start + 400) {
            let mut file = file.clone();
            file[at as usize] ^= 1 << ((at as usize + number) % 8);
            let mut pages = Pages::new(Cursor::new(file)).unwrap();
            failed += usize::from(pages.fetch(chunk, &rows, &mut |_, _| {}).is_err());
            let _ = pages.ask(chunk, &mut |text| text.len());
        }
    }
    assert!(failed > 100, "{failed}");
}

/// A disk that gives back another bit than it was given: whoever reads the part is told, or nothing that it says changed.
#[test]
fn no_flipped_bit_changes_a_value_without_a_word() {
    let some = events();
    let events: Vec<Event> = (0..40).map(|row| if row % 3 == 0 { full() } else { some[row].clone() }).collect();
    let file = part(&events);
    let rows: Vec<u32> = (0..40).collect();
    let read = |file: &[u8], chunk: Chunk| -> PolarsResult<Vec<Option<String>>> {
        let mut found = vec![None; rows.len()];
        Pages::new(Cursor::new(file))?.fetch(chunk, &rows, &mut |at, cell| found[at] = Some(said(cell)))?;
        Ok(found)
    };
    let (mut told, mut all) = (0, 0);
    for column in COLUMNS {
        let chunk = chunks(&file, column.name)[0];
        let expected = read(&file, chunk).unwrap();
        for at in chunk.start..chunk.end {
            let mut file = file.clone();
            file[at as usize] ^= 1 << (at * 5 % 8);
            let found = read(&file, chunk);
            (told, all) = (told + usize::from(found.is_err()), all + 1);
            assert!(found.is_err() || found.is_ok_and(|found| found == expected), "{} at {at}", column.name);
        }
    }
    assert!(told * 2 > all, "{told} of {all}");
}
