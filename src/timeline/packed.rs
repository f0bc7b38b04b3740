//! One event as one piece of bytes: how events wait between the worker that read them and the part of their day.
//!
//! An event is a hundred columns, most of them small texts of their own. Packed, it is one allocation, is read from
//! front to back, and is freed as one. Layout: time and record number; then each column that is there, with its number
//! and its kind in front.

use super::event::Event;
use super::schema::{Access, COLUMNS, names};

/// A packed event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed(Box<[u8]>);

/// One column of a packed event.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// UTF-8 text.
    Text(&'a [u8]),
    /// An integer, or a time in microseconds.
    Int(i64),
    /// A float.
    Float(f64),
    /// A boolean.
    Bool(bool),
}

const TIME: usize = 0;
const RECORD: usize = 8;
const CELLS: usize = 16;

const TEXT: u8 = 0;
const INT: u8 = 1;
const FLOAT: u8 = 2;
const BOOL: u8 = 3;

/// The place of a column in the schema.
pub fn column(name: &str) -> usize {
    COLUMNS.iter().position(|column| column.name == name).unwrap_or(usize::MAX)
}

impl Packed {
    /// Packs `event`; `room` is only there to be used again.
    pub fn new(event: &Event, room: &mut Vec<u8>) -> Self {
        room.clear();
        room.extend_from_slice(&event.datetime.timestamp_micros().to_le_bytes());
        room.extend_from_slice(&event.origin.record.to_le_bytes());
        for (index, column) in (0..).zip(COLUMNS) {
            match column.access {
                Access::Text(get, _) => {
                    if let Some(text) = get(event) {
                        put_text(room, index, text);
                    }
                }
                Access::Made(get, _) => {
                    if let Some(text) = get(event) {
                        put_text(room, index, &text);
                    }
                }
                Access::Int(get, _) => {
                    // The record's number is told later, and stands in front.
                    if let Some(value) = get(event).filter(|_| column.name != names::SOURCE_ROW) {
                        put(room, [index, INT], value.to_le_bytes());
                    }
                }
                Access::Float(get, _) => {
                    if let Some(value) = get(event) {
                        put(room, [index, FLOAT], value.to_le_bytes());
                    }
                }
                Access::Bool(get, _) => {
                    if let Some(value) = get(event) {
                        put(room, [index, BOOL], i64::from(value).to_le_bytes());
                    }
                }
                Access::Time(..) => {}
            }
        }
        Self(room.as_slice().into())
    }

    /// Bytes it holds.
    pub fn size(&self) -> usize {
        self.0.len()
    }

    /// Event time, microseconds since 1970.
    pub fn time(&self) -> i64 {
        i64::from_le_bytes(self.bits(TIME))
    }

    /// Record number in its file.
    pub fn record(&self) -> u64 {
        u64::from_le_bytes(self.bits(RECORD))
    }

    /// Says which record of its file it is.
    pub fn set_record(&mut self, number: u64) {
        if let Some(slot) = self.0.get_mut(RECORD..CELLS) {
            slot.copy_from_slice(&number.to_le_bytes());
        }
    }

    /// The text of one column, by its place in the schema.
    pub fn text(&self, column: usize) -> Option<&str> {
        let found = self.cells().find(|(index, _)| *index == column)?;
        let Cell::Text(text) = found.1 else { return None };
        std::str::from_utf8(text).ok()
    }

    /// The columns that are there, by their place in the schema, in order; but for time and record number.
    pub fn cells(&self) -> Cells<'_> {
        Cells { rest: self.0.get(CELLS..).unwrap_or_default() }
    }

    /// The last bytes of a text that stands in front of the last `behind` bytes.
    pub fn text_before(&self, behind: usize, length: usize) -> &[u8] {
        let end = self.0.len().saturating_sub(behind);
        self.0.get(end.saturating_sub(length)..end).unwrap_or_default()
    }

    /// The event.
    pub fn event(&self) -> Event {
        let mut event = Event::default();
        for column in COLUMNS {
            match column.access {
                Access::Time(_, set) => set(&mut event, self.time()),
                Access::Int(_, set) if column.name == names::SOURCE_ROW => set(&mut event, self.record() as i64),
                _ => {}
            }
        }
        for (index, cell) in self.cells() {
            let Some(column) = COLUMNS.get(index) else { continue };
            match (&column.access, cell) {
                (Access::Text(_, set) | Access::Made(_, set), Cell::Text(text)) => {
                    set(&mut event, std::str::from_utf8(text).unwrap_or_default());
                }
                (Access::Int(_, set), Cell::Int(value)) => set(&mut event, value),
                (Access::Float(_, set), Cell::Float(value)) => set(&mut event, value),
                (Access::Bool(_, set), Cell::Bool(value)) => set(&mut event, value),
                _ => {}
            }
        }
        event
    }

    fn bits(&self, at: usize) -> [u8; 8] {
        self.0.get(at..).and_then(|bytes| bytes.first_chunk().copied()).unwrap_or_default()
    }
}

fn put_text(room: &mut Vec<u8>, index: u8, text: &str) {
    let length = (text.len() as u32).to_le_bytes();
    room.extend_from_slice(&[index, TEXT, length[0], length[1], length[2], length[3]]);
    room.extend_from_slice(text.as_bytes());
}

fn put(room: &mut Vec<u8>, tag: [u8; 2], value: [u8; 8]) {
    room.extend_from_slice(&tag);
    room.extend_from_slice(&value);
}

/// The columns of one packed event.
pub struct Cells<'a> {
    rest: &'a [u8],
}

impl Cells<'_> {
    /// How many bytes of the event are still to come.
    pub fn behind(&self) -> usize {
        self.rest.len()
    }
}

impl<'a> Iterator for Cells<'a> {
    type Item = (usize, Cell<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let ([index, kind], rest) = self.rest.split_first_chunk()?;
        let cell = if *kind == TEXT {
            let (length, rest) = rest.split_first_chunk()?;
            let (text, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
            self.rest = rest;
            Cell::Text(text)
        } else {
            let (value, rest) = rest.split_first_chunk()?;
            self.rest = rest;
            match *kind {
                FLOAT => Cell::Float(f64::from_le_bytes(*value)),
                BOOL => Cell::Bool(i64::from_le_bytes(*value) != 0),
                _ => Cell::Int(i64::from_le_bytes(*value)),
            }
        };
        Some((usize::from(*index), cell))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::Outcome;

    /// An event in which every column is there.
    fn full() -> Event {
        let mut event = Event::default();
        for column in COLUMNS {
            match column.access {
                Access::Text(_, set) => set(&mut event, column.name),
                Access::Int(_, set) => set(&mut event, 7),
                Access::Float(_, set) => set(&mut event, 1.5),
                Access::Bool(_, set) => set(&mut event, true),
                Access::Time(_, set) => set(&mut event, 1_772_413_933_123_456),
                Access::Made(..) => {}
            }
        }
        event.raw_sha256 = [0xab; 32];
        event.outcome = Outcome::Interrupted;
        event
    }

    #[test]
    fn what_is_packed_comes_out_again() {
        let mut room = Vec::new();
        for event in [full(), Event::default()] {
            let packed = Packed::new(&event, &mut room);
            assert_eq!(format!("{event:?}"), format!("{:?}", packed.event()));
        }
    }

    #[test]
    fn the_record_number_is_told_later() {
        let mut packed = Packed::new(&full(), &mut Vec::new());
        packed.set_record(4711);
        assert_eq!((packed.record(), packed.event().origin.record), (4711, 4711));
        assert_eq!(packed.time(), 1_772_413_933_123_456);
        assert_eq!(packed.text(column("event_id")), Some("event_id"));
        assert_eq!(Packed::new(&Event::default(), &mut Vec::new()).text(column("event_id")), None);
        let mut cells = packed.cells();
        while let Some((_, cell)) = cells.next() {
            let Cell::Text(text) = cell else { continue };
            assert_eq!(packed.text_before(cells.behind(), text.len()), text);
        }
    }
}
