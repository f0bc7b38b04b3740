//! Writes rows as Parquet parts, those of one account side by side.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::SyncSender;

use chrono::NaiveDate;
use polars::prelude::PolarsResult;

use super::flusher::Written;
use super::whole::Temporary;
use super::{StoreError, io_error};
use crate::timeline::columns;
use crate::timeline::event::Event;
use crate::timeline::packed::{self, Packed};
use crate::timeline::schema::names;

/// Writes the Parquet parts of a case.
#[derive(Debug, Clone)]
pub struct PartWriter {
    timeline: PathBuf,
    states: PathBuf,
    flusher: SyncSender<Written>,
}

impl PartWriter {
    pub(super) fn new(dir: &Path, flusher: SyncSender<Written>) -> Self {
        Self { timeline: dir.join("timeline"), states: dir.join("states"), flusher }
    }

    /// Writes one part of one day; without a day, one part of the states. The rows of a part are sorted by actor, so
    /// that those of one account lie together, then by time, file and record.
    pub fn write(&self, date: Option<NaiveDate>, number: usize, rows: &[Packed]) -> Result<(), StoreError> {
        let day = |date: NaiveDate| self.timeline.join(format!("date={}", date.format("%Y-%m-%d")));
        let folder = date.map_or_else(|| self.states.clone(), day);
        fs::create_dir_all(&folder).map_err(io_error(&folder))?;
        let path = folder.join(format!("part-{number:05}.parquet"));
        let file = write_rows(&path, in_order(rows).chunks(columns::ROW_GROUP).map(<[_]>::to_vec))?;
        // A flusher that is gone has met an error, which the end will tell.
        let _ = self.flusher.send(Some((path, file)));
        Ok(())
    }
}

/// Rows whose names are asked for together: they lie all over the memory, and one need not wait for the other.
const TOGETHER: usize = 16;

/// The rows by actor, time, file and record. The actors' names are compared with each other once, not once for each
/// pair of rows.
fn in_order(rows: &[Packed]) -> Vec<&Packed> {
    let mut numbers: HashMap<&[u8], usize, foldhash::fast::RandomState> = HashMap::default();
    let mut names: Vec<(&[u8], usize)> = Vec::new();
    let mut keyed: Vec<(usize, i64, &Packed)> = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        if at % TOGETHER == 0 {
            let names = rows.iter().skip(at).take(TOGETHER).map(|row| row.actor().first().copied().unwrap_or_default());
            std::hint::black_box(names.fold(0, |all, byte| all ^ byte));
        }
        let number = *numbers.entry(row.actor()).or_insert_with_key(|name| {
            names.push((name, names.len()));
            names.len() - 1
        });
        keyed.push((number, row.time(), row));
    }
    names.sort_unstable();
    let mut ranks = vec![0; names.len()];
    for (rank, (_, number)) in names.into_iter().enumerate() {
        if let Some(slot) = ranks.get_mut(number) {
            *slot = rank;
        }
    }
    for (number, ..) in &mut keyed {
        *number = ranks.get(*number).copied().unwrap_or_default();
    }
    let file = packed::column(names::SOURCE_FILE);
    keyed.sort_unstable_by(|(actor, time, row), (other_actor, other_time, other)| {
        let place = || row.text(file).cmp(&other.text(file)).then_with(|| row.record().cmp(&other.record()));
        actor.cmp(other_actor).then(time.cmp(other_time)).then_with(place)
    });
    keyed.into_iter().map(|(.., row)| row).collect()
}

/// Writes events as one Parquet file.
pub fn write_events<E: std::borrow::Borrow<Event>>(out: impl Write, events: &[E]) -> PolarsResult<()> {
    let mut room = Vec::new();
    let mut packed = |event: &E| Packed::new(event.borrow(), &mut room);
    let groups = events.chunks(columns::ROW_GROUP).map(|group| group.iter().map(&mut packed).collect::<Vec<_>>());
    columns::write(out, groups)
}

fn write_rows<P: std::borrow::Borrow<Packed>>(
    path: &Path,
    groups: impl Iterator<Item = Vec<P>>,
) -> Result<File, StoreError> {
    let Temporary(temporary) = &Temporary::of(path);
    let file = File::create(temporary).map_err(io_error(temporary))?;
    let mut out = BufWriter::with_capacity(1 << 20, file);
    columns::write(&mut out, groups).map_err(|error| StoreError::Parquet { path: path.to_path_buf(), error })?;
    let file = out.into_inner().map_err(|error| io_error(temporary)(error.into_error()))?;
    fs::rename(temporary, path).map_err(io_error(path))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn rows_of_a_part_lie_by_actor_time_file_and_record() {
        let rows: Vec<Packed> = [
            ("b@x.example", 1, "f", 1),
            ("a@x.example", 2, "f", 1),
            ("a@x.example", 1, "g", 1),
            ("a@x.example", 1, "f", 3),
            ("", 9, "f", 1),
            ("a@x.example", 1, "f", 2),
            ("ab@x.example", 0, "f", 1),
        ]
        .map(|(upn, second, file, record)| {
            let mut event = Event {
                user_upn: (!upn.is_empty()).then(|| upn.into()),
                datetime: chrono::DateTime::from_timestamp(second, 0).unwrap(),
                ..Event::default()
            };
            (event.origin.file, event.origin.record) = (Arc::from(file), record);
            Packed::new(&event, &mut Vec::new())
        })
        .into();
        let order: Vec<usize> = in_order(&rows)
            .into_iter()
            .map(|row| rows.iter().position(|other| std::ptr::eq(row, other)).unwrap())
            .collect();
        assert_eq!(order, [4, 5, 3, 2, 1, 6, 0]);
    }
}
