//! Sample rows of a part, for the tests of what is written and what is read.

use polars::prelude::SerReader as _;
use polars_io::parquet::read::ParquetReader;
use polars_parquet::parquet::metadata::FileMetadata;

use super::columns::{self, ROW_GROUP};
use super::event::{Event, Outcome};
use super::packed::Packed;
use super::schema::{Access, COLUMNS};

/// An event in which every column is there.
pub fn full() -> Event {
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

/// Values that repeat, that do not, that begin to repeat late, and that are missing here and there; over several pages
/// and, from [`ROW_GROUP`] on, row groups.
pub fn events(count: usize) -> Vec<Event> {
    let event = |row: usize| Event {
        datetime: chrono::DateTime::from_timestamp(row as i64 * 31, 0).unwrap(),
        user_upn: (!row.is_multiple_of(7)).then(|| format!("user{}@x.example", row % 50).into()),
        action: Some("Send".into()),
        event_id: (row % 5 != 2).then(|| format!("id {row}").into()),
        target_raw: Some(format!("target {row}").into()),
        parties: (!row.is_multiple_of(11)).then(|| {
            let group = row / ROW_GROUP;
            format!("|a:user{}@x.example|t:of group {group}, {}|", row % 50, row.min(400)).into()
        }),
        email_subject: (row % 3 == 1).then(|| format!("subject {}", row.min(400)).into()),
        raw: Some("r".repeat(row % 90).into()),
        record_type: (row.is_multiple_of(2)).then_some(row as i64 % 3),
        item_count: Some(row as i64),
        external_access: (!row.is_multiple_of(5)).then_some(row.is_multiple_of(4)),
        geo_lat: (row > 20_000).then_some(row as f64),
        ..Event::default()
    };
    (0..count).map(event).collect()
}

/// A part of these rows.
pub fn part(events: &[Event]) -> Vec<u8> {
    let rows: Vec<Packed> = events.iter().map(|event| Packed::new(event, &mut Vec::new())).collect();
    let mut file = Vec::new();
    columns::write(&mut file, rows.chunks(ROW_GROUP).map(|group| group.iter().collect())).unwrap();
    file
}

/// What its footer says.
pub fn footer(part: &[u8]) -> FileMetadata {
    let mut reader = ParquetReader::new(std::io::Cursor::new(part));
    FileMetadata::clone(reader.get_metadata().unwrap())
}
