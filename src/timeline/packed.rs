//! One event as one piece of bytes: how events wait between the worker that read them and the part of their day.
//!
//! An event is a hundred columns, most of them small texts of their own. Packed, it is one allocation, is read from
//! front to back, and is freed as one. Layout: a bit per column that is there; eight bytes per column that is no text;
//! then each text with its length in front.

use std::sync::LazyLock;

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

/// Where columns stand.
struct Layout {
    /// Offset of each column that is no text.
    fixed: Vec<Option<usize>>,
    /// Where the texts begin.
    texts: usize,
    time: usize,
    record: usize,
}

static LAYOUT: LazyLock<Layout> = LazyLock::new(|| {
    let mut end = COLUMNS.len().div_ceil(8);
    let fixed = COLUMNS.iter().map(|column| match column.access {
        Access::Text(..) | Access::Made(..) => None,
        Access::Int(..) | Access::Float(..) | Access::Bool(..) | Access::Time(..) => {
            end += 8;
            Some(end - 8)
        }
    });
    let fixed: Vec<Option<usize>> = fixed.collect();
    let slot = |name: &str| fixed.get(column(name)).copied().flatten().unwrap_or_default();
    Layout { time: slot(names::DATETIME), record: slot(names::SOURCE_ROW), texts: end, fixed }
});

/// The place of a column in the schema.
pub fn column(name: &str) -> usize {
    COLUMNS.iter().position(|column| column.name == name).unwrap_or(usize::MAX)
}

impl Packed {
    /// Packs `event`; `room` is only there to be used again.
    pub fn new(event: &Event, room: &mut Vec<u8>) -> Self {
        let layout = &*LAYOUT;
        room.clear();
        room.resize(layout.texts, 0);
        for (index, (column, slot)) in COLUMNS.iter().zip(&layout.fixed).enumerate() {
            let bits = match column.access {
                Access::Text(get, _) => get(event).map(|text| put_text(room, text)),
                Access::Made(get, _) => get(event).map(|text| put_text(room, &text)),
                Access::Int(get, _) => get(event).map(i64::to_le_bytes),
                Access::Time(get, _) => Some(get(event).to_le_bytes()),
                Access::Float(get, _) => get(event).map(f64::to_le_bytes),
                Access::Bool(get, _) => get(event).map(|flag| i64::from(flag).to_le_bytes()),
            };
            let Some(bits) = bits else { continue };
            if let Some(byte) = room.get_mut(index / 8) {
                *byte |= 1 << (index % 8);
            }
            if let Some(slot) = slot.and_then(|slot| room.get_mut(slot..slot + 8)) {
                slot.copy_from_slice(&bits);
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
        i64::from_le_bytes(self.bits(LAYOUT.time))
    }

    /// Record number in its file.
    pub fn record(&self) -> u64 {
        u64::from_le_bytes(self.bits(LAYOUT.record))
    }

    /// Says which record of its file it is.
    pub fn set_record(&mut self, number: u64) {
        let at = LAYOUT.record;
        if let Some(slot) = self.0.get_mut(at..at + 8) {
            slot.copy_from_slice(&number.to_le_bytes());
        }
    }

    /// The text of one column, by its place in the schema.
    pub fn text(&self, column: usize) -> Option<&str> {
        let found = self.cells().find(|(index, _)| *index == column)?;
        let Cell::Text(text) = found.1 else { return None };
        std::str::from_utf8(text).ok()
    }

    /// The columns that are there, by their place in the schema, in order.
    pub fn cells(&self) -> Cells<'_> {
        Cells { packed: self, index: 0, at: LAYOUT.texts }
    }

    /// The event.
    pub fn event(&self) -> Event {
        let mut event = Event::default();
        for (index, cell) in self.cells() {
            let Some(column) = COLUMNS.get(index) else { continue };
            match (&column.access, cell) {
                (Access::Text(_, set) | Access::Made(_, set), Cell::Text(text)) => {
                    set(&mut event, std::str::from_utf8(text).unwrap_or_default());
                }
                (Access::Int(_, set) | Access::Time(_, set), Cell::Int(value)) => set(&mut event, value),
                (Access::Float(_, set), Cell::Float(value)) => set(&mut event, value),
                (Access::Bool(_, set), Cell::Bool(value)) => set(&mut event, value),
                _ => {}
            }
        }
        event
    }

    fn bits(&self, at: usize) -> [u8; 8] {
        self.0.get(at..at + 8).and_then(|bytes| bytes.try_into().ok()).unwrap_or_default()
    }
}

fn put_text(room: &mut Vec<u8>, text: &str) -> [u8; 8] {
    room.extend_from_slice(&(text.len() as u32).to_le_bytes());
    room.extend_from_slice(text.as_bytes());
    [0; 8]
}

/// The columns of one packed event.
pub struct Cells<'a> {
    packed: &'a Packed,
    index: usize,
    at: usize,
}

impl<'a> Iterator for Cells<'a> {
    type Item = (usize, Cell<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = &self.packed.0;
        let index = loop {
            if self.index >= COLUMNS.len() {
                return None;
            }
            // The bits of this byte from here on; a byte without any is passed at once.
            let rest = bytes.get(self.index / 8).copied().unwrap_or_default() >> (self.index % 8);
            if rest == 0 {
                self.index = (self.index / 8 + 1) * 8;
                continue;
            }
            break self.index + rest.trailing_zeros() as usize;
        };
        self.index = index + 1;
        let slot = LAYOUT.fixed.get(index).copied().flatten();
        let Some(slot) = slot else {
            let length = bytes.get(self.at..self.at + 4)?.try_into().map(u32::from_le_bytes).ok()? as usize;
            let text = bytes.get(self.at + 4..self.at + 4 + length)?;
            self.at += 4 + length;
            return Some((index, Cell::Text(text)));
        };
        let bits = self.packed.bits(slot);
        let cell = match COLUMNS.get(index)?.access {
            Access::Float(..) => Cell::Float(f64::from_le_bytes(bits)),
            Access::Bool(..) => Cell::Bool(i64::from_le_bytes(bits) != 0),
            _ => Cell::Int(i64::from_le_bytes(bits)),
        };
        Some((index, cell))
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
    }
}
