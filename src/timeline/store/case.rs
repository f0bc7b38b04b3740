//! Opens a case, of one folder or of several, and writes it down as one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use rayon::prelude::*;

use super::folder::{self, read_duplicates, read_identities, read_ledger, read_lines};
use super::part::Part;
use super::part_writer::PartWriter;
use super::whole::Shown;
use super::writer::CaseWriter;
use super::{Duplicate, StoreError, io_error, not_a_case, rows};
use crate::ledger::{Ledger, Reject};
use crate::timeline::event::Event;
use crate::timeline::identities::IdentityTable;
use crate::timeline::merged::Merged;
use crate::timeline::packed::Packed;
use crate::timeline::{build, shards};

/// How much one part of a merged case holds: so many events, or bytes of them, for records of mails that were read may have
/// many kilobytes each.
#[derive(Debug, Clone, Copy)]
struct PartSize {
    events: usize,
    bytes: usize,
}

const PART: PartSize = PartSize { events: 64 * 1024, bytes: 64 << 20 };

/// Whoever hears of rows that are read; an error ends the reading.
pub type Told<'t> = dyn Fn(usize) -> io::Result<()> + Sync + 't;

/// A whole case, opened for questions.
pub struct Case {
    dir: PathBuf,
    /// What was read.
    pub ledger: Ledger,
    /// Who is who.
    pub identities: IdentityTable,
    /// Where the case is made up of several folders.
    merged: Option<Merged>,
}

impl Case {
    /// Opens a case; refuses what is no case, not whole (by its ledger, and by the rows of its parts), or of another
    /// version. A case that was made shard by shard is read as one.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        Self::open_all(dir, &[dir.to_path_buf()])
    }

    /// Opens several cases as one; `name` is what messages call it.
    pub fn open_all(name: &Path, dirs: &[PathBuf]) -> Result<Self, StoreError> {
        let mut folders = Vec::new();
        for dir in dirs {
            let found = shards::folders(dir)?;
            if found.is_empty() && !dir.is_dir() {
                return Err(StoreError::NoSuchCase { path: dir.clone() });
            }
            if found.is_empty() {
                let reason = "no ledger.json: not a case folder, or its ingest did not finish; ingest again";
                return Err(not_a_case(dir, reason));
            }
            folders.extend(found);
        }
        // A part may be named beside the case that it belongs to.
        let mut seen = BTreeSet::new();
        folders.retain(|folder| seen.insert(fs::canonicalize(folder).unwrap_or_else(|_| folder.clone())));
        match folders.as_slice() {
            [one] => {
                let ledger = read_ledger(one)?;
                rows::check(one, &ledger)?;
                Ok(Self { dir: one.clone(), ledger, identities: read_identities(one)?, merged: None })
            }
            _ => {
                let (merged, ledger, identities) = Merged::open(&folders)?;
                Ok(Self { dir: name.to_path_buf(), ledger, identities, merged: Some(merged) })
            }
        }
    }

    /// The folders that hold its parts.
    fn dirs(&self) -> Vec<&Path> {
        self.merged.as_ref().map_or_else(|| vec![self.dir.as_path()], |merged| merged.dirs().collect())
    }

    /// The days that have parts, with their parts, in order.
    pub fn parts(&self) -> Result<Vec<(NaiveDate, PathBuf)>, StoreError> {
        let mut all = Vec::new();
        for dir in self.dirs() {
            all.extend(folder::parts(dir)?);
        }
        all.sort();
        Ok(all)
    }

    /// The parts that hold the rows of snapshots, in order; none where the case has none.
    pub fn state_parts(&self) -> Result<Vec<PathBuf>, StoreError> {
        let mut all = Vec::new();
        for dir in self.dirs() {
            all.extend(folder::state_parts(dir)?);
        }
        Ok(all)
    }

    /// Leaves out of a part's events what another folder of the case has as well.
    pub fn keep(&self, part: &Path, events: &mut Vec<Event>) {
        if let Some(merged) = &self.merged {
            merged.keep(part, events);
        }
    }

    /// What a file that a part names is called in the ledger; `None` where another folder's part tells of it.
    pub fn name_here(&self, part: &Path, file: String) -> Option<String> {
        match &self.merged {
            Some(merged) => merged.name_here(part, file),
            None => Some(file),
        }
    }

    /// Every file of the case but its manifest, with `/` between folders, in order.
    pub fn files(&self) -> Result<Vec<String>, StoreError> {
        let mut names: Vec<String> =
            ["duplicates.jsonl", "identities.json", "ledger.json", "rejects.jsonl"].map(str::to_owned).to_vec();
        let name_of =
            |part: &Path| part.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        names.extend(self.state_parts()?.iter().map(|part| format!("states/{}", name_of(part))));
        for (date, part) in self.parts()? {
            let file = name_of(&part);
            names.push(format!("timeline/date={}/{file}", date.format("%Y-%m-%d")));
        }
        Ok(names)
    }

    /// Writes all rejects to `out`, one a line.
    pub fn copy_rejects(&self, out: &mut dyn Write) -> io::Result<()> {
        let Some(merged) = &self.merged else {
            return io::copy(&mut File::open(self.dir.join("rejects.jsonl"))?, out).map(|_| ());
        };
        for reject in &merged.rejects {
            serde_json::to_writer(Shown(&mut *out), reject)?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }

    /// The rejects, at most `limit` of them.
    pub fn rejects(&self, limit: usize) -> Result<Vec<Reject>, StoreError> {
        match &self.merged {
            None => read_lines(&self.dir.join("rejects.jsonl"), limit),
            Some(merged) => Ok(merged.rejects.iter().take(limit).cloned().collect()),
        }
    }

    /// The byte-identical copies, in reading order.
    pub fn duplicates(&self) -> Result<Vec<Duplicate>, StoreError> {
        self.merged.as_ref().map_or_else(|| read_duplicates(&self.dir), |merged| Ok(merged.duplicates.clone()))
    }

    /// Writes the whole case as one plain folder. `told` hears of every so many rows that are read, and may end it.
    pub fn write_into(&self, mut writer: CaseWriter, told: &Told<'_>) -> Result<(), StoreError> {
        let mut days: BTreeMap<Option<NaiveDate>, Vec<PathBuf>> = BTreeMap::new();
        for (date, part) in self.parts()? {
            days.entry(Some(date)).or_default().push(part);
        }
        days.entry(None).or_default().extend(self.state_parts()?);
        let parts = writer.parts();
        days.par_iter().try_for_each(|(date, paths)| self.write_day(&parts, *date, paths, told))?;
        for reject in self.rejects(usize::MAX)? {
            writer.reject(&reject)?;
        }
        for duplicate in self.duplicates()? {
            writer.duplicate(&duplicate)?;
        }
        writer.finish(&self.ledger, &self.identities)
    }

    /// One day's events, small parts joined.
    fn write_day(
        &self,
        writer: &PartWriter,
        date: Option<NaiveDate>,
        paths: &[PathBuf],
        told: &Told<'_>,
    ) -> Result<(), StoreError> {
        let (mut joined, mut room) = (Joined::new(writer, date, PART), Vec::new());
        for path in paths {
            let part = Part::open(path)?;
            let mut start = 0;
            for length in part.row_groups() {
                told(length).map_err(io_error(path))?;
                let mut events = build::events(&part.read(start, length, None)?).map_err(|error| part.error(error))?;
                start += length;
                self.keep(path, &mut events);
                for event in events {
                    joined.add(Packed::new(&event, &mut room))?;
                }
            }
        }
        joined.write()
    }
}

/// Events of a day that are held until they make a part.
struct Joined<'w> {
    writer: &'w PartWriter,
    date: Option<NaiveDate>,
    most: PartSize,
    number: usize,
    bytes: usize,
    held: Vec<Packed>,
}

impl<'w> Joined<'w> {
    fn new(writer: &'w PartWriter, date: Option<NaiveDate>, most: PartSize) -> Self {
        Self { writer, date, most, number: 0, bytes: 0, held: Vec::new() }
    }

    fn add(&mut self, event: Packed) -> Result<(), StoreError> {
        self.bytes += event.size();
        self.held.push(event);
        let full = self.held.len() >= self.most.events || self.bytes >= self.most.bytes;
        if full { self.write() } else { Ok(()) }
    }

    /// Writes what is held as one part.
    fn write(&mut self) -> Result<(), StoreError> {
        if !self.held.is_empty() {
            self.writer.write(self.date, self.number, &self.held)?;
            self.number += 1;
        }
        self.held.clear();
        self.bytes = 0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What grows with a day is never held whole: neither many events nor few large ones.
    #[test]
    fn a_part_of_a_merged_case_is_bounded_by_its_events_and_by_their_bytes() {
        let dir = tempfile::tempdir().unwrap();
        let (flusher, _written) = std::sync::mpsc::sync_channel(16);
        let writer = PartWriter::new(dir.path(), flusher);
        let mut joined = Joined::new(&writer, None, PartSize { events: 4, bytes: 30_000 });
        let (small, large) = (Event::default(), Event { raw: Some("x".repeat(40_000).into()), ..Event::default() });
        let mut most = 0;
        for event in [&small, &small, &small, &small, &small, &small, &large, &large, &small, &small] {
            joined.add(Packed::new(event, &mut Vec::new())).unwrap();
            most = most.max(joined.bytes);
        }
        joined.write().unwrap();
        joined.write().unwrap();
        let part = |number: usize| Part::open(&dir.path().join(format!("states/part-{number:05}.parquet")));
        let rows = |number: usize| part(number).unwrap().row_groups().into_iter().sum::<usize>();
        assert_eq!([0, 1, 2, 3].map(rows), [4, 3, 1, 2]);
        assert!(part(4).is_err(), "nothing is written of nothing");
        assert!(most < 30_000, "{most} bytes are held on");
    }
}
