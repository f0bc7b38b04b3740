//! One event as one piece of bytes: how events wait between the worker that read them and the part of their day.
//!
//! An event is a hundred columns, most of them small texts of their own. Packed, it is one allocation, is read from
//! front to back, and is freed as one: the record's own text, then each column that is there, with its number and its
//! kind in front. A text that stands in the record is told by its place there. What rows are booked and sorted by stands
//! beside them, because rows that wait lie in cold memory.

use std::ops::Deref;
use std::sync::LazyLock;

use super::event::{Event, EventOf, hex};
use super::schema::{Access, COLUMNS, Cell, Give, each, names};
use crate::origin::RecordRef;

/// A packed event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    time: i64,
    record: u64,
    sha256: [u8; 32],
    /// Where the actor's name stands in the bytes: its UPN, else its name as written.
    actor: (u32, u32),
    /// Length of the record's own text, which stands first; `None` where there is none.
    raw: Option<u32>,
    bytes: Box<[u8]>,
}

const TEXT: u8 = 0;
const INT: u8 = 1;
const FLOAT: u8 = 2;
const BOOL: u8 = 3;
/// Text that stands in the record's own.
const INSIDE: u8 = 4;

/// The place of a column in the schema.
pub fn column(name: &str) -> usize {
    COLUMNS.iter().position(|column| column.name == name).unwrap_or(usize::MAX)
}

impl Packed {
    /// Packs `event`; `room` is only there to be used again.
    pub fn new<T: Deref<Target = str>>(event: &EventOf<T>, room: &mut Vec<u8>) -> Self {
        let raw = event.raw.as_deref();
        room.clear();
        room.extend_from_slice(raw.unwrap_or_default().as_bytes());
        let mut room = Room { bytes: room, raw: raw.unwrap_or_default().as_bytes(), actor: None, columns: *NAMED };
        each(event, &mut room);
        Self {
            time: event.datetime.timestamp_micros(),
            record: event.origin.record,
            sha256: event.raw_sha256,
            actor: room.actor.unwrap_or_default(),
            raw: raw.map(|raw| raw.len() as u32),
            bytes: room.bytes.as_slice().into(),
        }
    }

    /// Bytes it holds.
    pub fn size(&self) -> usize {
        size_of::<Self>() + self.bytes.len()
    }

    /// Event time, microseconds since 1970.
    pub fn time(&self) -> i64 {
        self.time
    }

    /// Record number in its file.
    pub fn record(&self) -> u64 {
        self.record
    }

    /// Says which record of its file it is.
    pub fn set_record(&mut self, number: u64) {
        self.record = number;
    }

    /// SHA-256 of the record's bytes.
    pub fn sha256(&self) -> &[u8; 32] {
        &self.sha256
    }

    /// Who did it: the UPN, else the name as written, else nothing.
    pub fn actor(&self) -> &[u8] {
        let (start, length) = (self.actor.0 as usize, self.actor.1 as usize);
        self.bytes.get(start..start + length).unwrap_or_default()
    }

    /// The text of one column, by its place in the schema.
    pub fn text(&self, column: usize) -> Option<&str> {
        let found = self.cells().find(|(index, _)| *index == column)?;
        let Cell::Text(text) = found.1 else { return None };
        std::str::from_utf8(text).ok()
    }

    /// The event as findings cite it.
    pub fn record_ref(&self) -> RecordRef {
        let text = |name| self.text(column(name)).map(str::to_owned);
        let number = |name| self.int(column(name)).unwrap_or_default() as u64;
        RecordRef {
            evidence: text(names::SOURCE_FILE).unwrap_or_default(),
            record: self.record(),
            line: number(names::SOURCE_LINE),
            offset: number(names::SOURCE_OFFSET),
            native_id: text(names::EVENT_ID),
            sha256: hex(&self.sha256),
        }
    }

    fn int(&self, column: usize) -> Option<i64> {
        let found = self.cells().find(|(index, _)| *index == column)?;
        let Cell::Int(value) = found.1 else { return None };
        Some(value)
    }

    /// The columns that are there, by their place in the schema; but for time, record number and hash.
    pub fn cells(&self) -> impl Iterator<Item = (usize, Cell<'_>)> {
        let (raw, rest) = self.bytes.split_at_checked(self.raw.unwrap_or_default() as usize).unwrap_or_default();
        let first = self.raw.map(|_| (usize::from(NAMED.raw), Cell::Text(raw)));
        first.into_iter().chain(Cells { raw, rest })
    }

    /// Brings its bytes into the cache.
    pub fn warm(&self) {
        const LINE: usize = 64;
        let lines = self.bytes.iter().step_by(LINE).fold(0, |all, byte| all ^ byte);
        std::hint::black_box(lines);
    }

    /// The event.
    pub fn event(&self) -> Event {
        let mut event = Event { raw_sha256: self.sha256, ..Event::default() };
        for column in COLUMNS {
            match column.access {
                Access::Time(_, set) => set(&mut event, self.time()),
                Access::Int(_, set) if column.name == names::SOURCE_ROW => set(&mut event, self.record() as i64),
                _ => {}
            }
        }
        for (index, cell) in self.cells() {
            if let Some(column) = COLUMNS.get(index) {
                column.set(&mut event, cell);
            }
        }
        event
    }
}

/// Columns that are packed in a way of their own.
#[derive(Clone, Copy)]
struct Named {
    /// Those that say who did it.
    actor: [u8; 2],
    /// The record's own text.
    raw: u8,
}

static NAMED: LazyLock<Named> = LazyLock::new(|| Named {
    actor: [names::USER_UPN, names::USER_RAW].map(|name| column(name) as u8),
    raw: column(names::RAW) as u8,
});

/// Where an event is packed.
struct Room<'a> {
    bytes: &'a mut Vec<u8>,
    raw: &'a [u8],
    actor: Option<(u32, u32)>,
    columns: Named,
}

impl Give for Room<'_> {
    #[inline]
    fn cell(&mut self, column: u8, cell: Cell<'_>) {
        let (kind, value) = match cell {
            Cell::Text(text) => return self.text(column, text),
            Cell::Int(value) => (INT, value as u64),
            Cell::Float(value) => (FLOAT, value.to_bits()),
            Cell::Bool(value) => (BOOL, u64::from(value)),
        };
        self.number(column, kind, value);
    }
}

impl Room<'_> {
    /// A column whose value takes eight bytes.
    #[inline]
    fn number(&mut self, column: u8, kind: u8, value: u64) {
        const SIZE: usize = 2 + size_of::<u64>();
        let cell = u128::from(column) | u128::from(kind) << 8 | u128::from(value) << 16;
        self.bytes.extend_from_slice(&cell.to_le_bytes()[..SIZE]);
    }

    fn text(&mut self, column: u8, text: &[u8]) {
        if column == self.columns.raw {
            return;
        }
        let place = match self.place(text) {
            Some(place) => {
                self.number(column, INSIDE, u64::from(place) | (text.len() as u64) << u32::BITS);
                place
            }
            None => {
                let [a, b, c, d] = (text.len() as u32).to_le_bytes();
                self.bytes.extend_from_slice(&[column, TEXT, a, b, c, d]);
                let place = self.bytes.len() as u32;
                self.bytes.extend_from_slice(text);
                place
            }
        };
        if self.columns.actor.contains(&column) {
            self.actor.get_or_insert((place, text.len() as u32));
        }
    }

    /// Where a text stands in the record's own, if it was borrowed from there: its bytes are the same memory. What is
    /// shorter than its place is packed as it is.
    fn place(&self, text: &[u8]) -> Option<u32> {
        const PLACE: usize = size_of::<u32>();
        let place = text.as_ptr().addr().wrapping_sub(self.raw.as_ptr().addr());
        (text.len() > PLACE && place <= self.raw.len() && text.len() <= self.raw.len() - place).then_some(place as u32)
    }
}

/// The columns of one packed event behind its record's own text.
struct Cells<'a> {
    raw: &'a [u8],
    rest: &'a [u8],
}

impl<'a> Iterator for Cells<'a> {
    type Item = (usize, Cell<'a>);

    #[inline]
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
            let value = u64::from_le_bytes(*value);
            match *kind {
                INSIDE => {
                    let (start, length) = (value as u32 as usize, (value >> u32::BITS) as usize);
                    Cell::Text(self.raw.get(start..start + length)?)
                }
                FLOAT => Cell::Float(f64::from_bits(value)),
                BOOL => Cell::Bool(value != 0),
                _ => Cell::Int(value as i64),
            }
        };
        Some((usize::from(*index), cell))
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;
    use crate::timeline::Draft;
    use crate::timeline::sample::full;

    #[test]
    fn what_is_packed_comes_out_again() {
        let mut room = Vec::new();
        for event in [full(), Event::default()] {
            let packed = Packed::new(&event, &mut room);
            assert_eq!(format!("{event:?}"), format!("{:?}", packed.event()));
            assert_eq!(event.record_ref(), packed.record_ref());
        }
    }

    #[test]
    fn a_text_that_stands_in_the_record_is_not_packed_twice() {
        let raw = String::from(r#"{"UserId":"alice@contoso.example","Operation":"MailItemsAccessed"}"#);
        let within = |text: &str| raw.find(text).and_then(|at| raw.get(at..at + text.len())).map(Cow::Borrowed);
        let borrowed = Draft {
            user_upn: within("alice@contoso.example"),
            action: within("MailItemsAccessed"),
            raw: Some(Cow::Borrowed(&raw)),
            ..Draft::default()
        };
        let (own, inside) = (borrowed.clone().into_owned(), Packed::new(&borrowed, &mut Vec::new()));
        let own = Packed::new(&own, &mut Vec::new());
        assert_eq!(format!("{:?}", own.event()), format!("{:?}", inside.event()));
        assert_eq!((own.actor(), inside.actor()), (&b"alice@contoso.example"[..], &b"alice@contoso.example"[..]));
        let copied = "alice@contoso.example".len() + "MailItemsAccessed".len();
        assert_eq!(own.size() - inside.size(), copied - 2 * size_of::<u32>());
    }

    #[test]
    fn the_actor_is_the_upn_or_else_the_name_as_written() {
        let actor = |upn: Option<&str>, name: Option<&str>| {
            let event = Event { user_upn: upn.map(Into::into), user_raw: name.map(Into::into), ..full() };
            String::from_utf8(Packed::new(&event, &mut Vec::new()).actor().to_vec()).unwrap()
        };
        assert_eq!(actor(Some("a@x.example"), Some("A")), "a@x.example");
        assert_eq!(actor(None, Some("A")), "A");
        assert_eq!(actor(None, None), "");
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
