//! The case folder: Parquet parts by day, the ledger, rejects, duplicates and identities. One of the four doors.
//!
//! Every file is written beside its place and renamed when whole; `ledger.json` comes last and makes the case complete.
#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "the door to the case folder")]

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Read as _, Write};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use chrono::NaiveDate;
use polars::prelude::{DataFrame, PolarsError, SerReader};
use polars_io::parquet::read::ParquetReader;
use rayon::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::build;
use super::columns;
use super::event::Event;
use super::identities::IdentityTable;
use super::merged::Merged;
use super::packed::{self, Packed};
use super::pages::{Chunk, Pages};
use super::schema::{self, names};
use super::shards;
use super::whose::Whose;
use crate::ledger::{Ledger, Reject};

/// Events of one part of a merged case.
const PART_EVENTS: usize = 64 * 1024;

/// Why the case could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file system said no.
    #[error("{path}: {error}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What it said.
        error: io::Error,
    },
    /// Parquet said no.
    #[error("{path}: {error}")]
    Parquet {
        /// Which file.
        path: PathBuf,
        /// What it said.
        error: PolarsError,
    },
    /// Not a whole case of this version.
    #[error("{path}: {reason}")]
    NotACase {
        /// Which folder.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

fn io_error(path: &Path) -> impl FnOnce(io::Error) -> StoreError + '_ {
    move |error| StoreError::Io { path: path.to_path_buf(), error }
}

/// A byte-identical copy of an event: where it is, and which event it is a copy of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duplicate {
    /// Evidence path of the copy.
    pub evidence: String,
    /// Record number of the copy.
    pub record: u64,
    /// Evidence path of the event kept.
    pub kept_evidence: String,
    /// Record number of the event kept.
    pub kept_record: u64,
}

/// Writes a case.
///
/// A case that is not finished is removed again when this is dropped.
pub struct CaseWriter {
    dir: PathBuf,
    flusher: Flusher,
    rejects: Option<Lines>,
    duplicates: Option<Lines>,
    finished: bool,
}

impl CaseWriter {
    /// Starts a case in `dir`. What an earlier case left there is removed first.
    pub fn create(dir: &Path) -> Result<Self, StoreError> {
        clear(dir)?;
        let flusher = Flusher::new().map_err(io_error(dir))?;
        let mut case = Self { dir: dir.to_path_buf(), flusher, rejects: None, duplicates: None, finished: false };
        let timeline = dir.join("timeline");
        fs::create_dir_all(&timeline).map_err(io_error(&timeline))?;
        case.rejects = Some(Lines::create(&dir.join("rejects.jsonl"))?);
        case.duplicates = Some(Lines::create(&dir.join("duplicates.jsonl"))?);
        Ok(case)
    }

    /// A writer of parts that may go to any thread.
    pub fn parts(&self) -> PartWriter {
        let flusher = self.flusher.parts.clone();
        PartWriter { timeline: self.dir.join("timeline"), states: self.dir.join("states"), flusher }
    }

    /// Books a record that could not be read.
    pub fn reject(&mut self, reject: &Reject) -> Result<(), StoreError> {
        self.rejects.as_mut().map_or(Ok(()), |lines| lines.add(reject))
    }

    /// Books a byte-identical copy.
    pub fn duplicate(&mut self, duplicate: &Duplicate) -> Result<(), StoreError> {
        self.duplicates.as_mut().map_or(Ok(()), |lines| lines.add(duplicate))
    }

    /// Puts the books in place; the ledger last, when all parts are on the disk.
    pub fn finish(mut self, ledger: &Ledger, identities: &IdentityTable) -> Result<(), StoreError> {
        for lines in [self.rejects.take(), self.duplicates.take()].into_iter().flatten() {
            lines.finish()?;
        }
        write_json(&self.dir.join("identities.json"), identities)?;
        self.flusher.finish()?;
        write_json(&self.dir.join("ledger.json"), ledger)?;
        self.finished = true;
        Ok(())
    }
}

impl Drop for CaseWriter {
    fn drop(&mut self) {
        if !self.finished {
            (self.rejects, self.duplicates) = (None, None);
            let _ = clear(&self.dir);
        }
    }
}

/// Removes what a case leaves in a folder, also what a run that was killed left of it.
fn clear(dir: &Path) -> Result<(), StoreError> {
    for folder in ["timeline", "states"].map(|name| dir.join(name)) {
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(io_error(&folder))?;
        }
    }
    for name in ["ledger.json", "identities.json", "rejects.jsonl", "duplicates.jsonl"] {
        for path in [dir.join(name), dir.join(format!("{name}.tmp"))] {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io_error(&path)(error)),
                _ => {}
            }
        }
    }
    Ok(())
}

/// A file that is being written, gone when this is dropped; after the rename there is nothing left to remove.
struct Temporary(PathBuf);

impl Temporary {
    fn of(path: &Path) -> Self {
        let mut name = path.file_name().unwrap_or_default().to_os_string();
        name.push(".tmp");
        Self(path.with_file_name(name))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// A part that is in place, but perhaps not on the disk yet; nothing when there are no more.
type Written = Option<(PathBuf, File)>;

/// Brings parts onto the disk while others are still being made: the disk would be waited for at the end.
struct Flusher {
    parts: SyncSender<Written>,
    thread: Option<JoinHandle<Result<(), StoreError>>>,
}

impl Flusher {
    /// Parts that wait, each an open file.
    const WAITING: usize = 32;

    fn new() -> io::Result<Self> {
        let (parts, written) = sync_channel::<Written>(Self::WAITING);
        let flush = move || {
            let mut parts = written.into_iter().map_while(|part| part);
            parts.try_for_each(|(path, file)| file.sync_all().map_err(io_error(&path)))
        };
        Ok(Self { parts, thread: Some(thread::Builder::new().spawn(flush)?) })
    }

    /// Waits for the disk.
    fn finish(&mut self) -> Result<(), StoreError> {
        // Where it has ended already, it says why.
        let _ = self.parts.send(None);
        self.thread.take().map_or(Ok(()), |thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)))
    }
}

/// Writes the Parquet parts of a case.
#[derive(Debug, Clone)]
pub struct PartWriter {
    timeline: PathBuf,
    states: PathBuf,
    flusher: SyncSender<Written>,
}

impl PartWriter {
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

/// Writes events as one Parquet file, in place when whole.
pub fn write_parquet<E: std::borrow::Borrow<Event>>(path: &Path, events: &[E]) -> Result<(), StoreError> {
    let mut room = Vec::new();
    let mut packed = |event: &E| Packed::new(event.borrow(), &mut room);
    let groups = events.chunks(columns::ROW_GROUP).map(|group| group.iter().map(&mut packed).collect::<Vec<_>>());
    write_rows(path, groups).map(drop)
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

fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<(), StoreError> {
    let Temporary(temporary) = &Temporary::of(path);
    let mut out = BufWriter::new(File::create(temporary).map_err(io_error(temporary))?);
    serde_json::to_writer_pretty(&mut out, value).map_err(|error| io_error(temporary)(error.into()))?;
    out.write_all(b"\n").and_then(|()| out.flush()).map_err(io_error(temporary))?;
    drop(out);
    fs::rename(temporary, path).map_err(io_error(path))
}

/// A file of JSON lines, put in place when whole.
struct Lines {
    path: PathBuf,
    // Before the guard, so that the file is closed before it is removed.
    out: BufWriter<File>,
    temporary: Temporary,
}

impl Lines {
    fn create(path: &Path) -> Result<Self, StoreError> {
        let temporary = Temporary::of(path);
        let out = BufWriter::new(File::create(&temporary.0).map_err(io_error(&temporary.0))?);
        Ok(Self { path: path.to_path_buf(), out, temporary })
    }

    fn add<T: Serialize>(&mut self, value: &T) -> Result<(), StoreError> {
        serde_json::to_writer(&mut self.out, value).map_err(|error| io_error(&self.temporary.0)(error.into()))?;
        self.out.write_all(b"\n").map_err(io_error(&self.temporary.0))
    }

    fn finish(mut self) -> Result<(), StoreError> {
        self.out.flush().map_err(io_error(&self.temporary.0))?;
        drop(self.out);
        fs::rename(&self.temporary.0, &self.path).map_err(io_error(&self.path))
    }
}

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
    /// Opens a case; refuses what is no case, not whole, or of another version. A case that was made shard by shard is
    /// read as one.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        Self::open_all(dir, &[dir.to_path_buf()])
    }

    /// Opens several cases as one; `name` is what messages call it.
    pub fn open_all(name: &Path, dirs: &[PathBuf]) -> Result<Self, StoreError> {
        let mut folders = Vec::new();
        for dir in dirs {
            let found = shards::folders(dir)?;
            if found.is_empty() {
                let reason = "no ledger.json: not a case folder, or its ingest did not finish; ingest again";
                return Err(not_a_case(dir, reason));
            }
            folders.extend(found);
        }
        match folders.as_slice() {
            [one] => Ok(Self {
                dir: one.clone(),
                ledger: read_ledger(one)?,
                identities: read_identities(one)?,
                merged: None,
            }),
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
            all.extend(parts(dir)?);
        }
        all.sort();
        Ok(all)
    }

    /// The parts that hold the rows of snapshots, in order; none where the case has none.
    pub fn state_parts(&self) -> Result<Vec<PathBuf>, StoreError> {
        let mut all = Vec::new();
        for dir in self.dirs() {
            all.extend(state_parts(dir)?);
        }
        Ok(all)
    }

    /// Leaves out of a part's events what another folder of the case has as well.
    pub fn keep(&self, part: &Path, events: &mut Vec<Event>) {
        if let Some(merged) = &self.merged {
            merged.keep(part, events);
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
            serde_json::to_writer(&mut *out, reject)?;
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

    /// Writes the whole case as one plain folder.
    pub fn write_into(&self, mut writer: CaseWriter) -> Result<(), StoreError> {
        let mut days: BTreeMap<Option<NaiveDate>, Vec<PathBuf>> = BTreeMap::new();
        for (date, part) in self.parts()? {
            days.entry(Some(date)).or_default().push(part);
        }
        days.entry(None).or_default().extend(self.state_parts()?);
        let parts = writer.parts();
        days.par_iter().try_for_each(|(date, paths)| self.write_day(&parts, *date, paths))?;
        for reject in self.rejects(usize::MAX)? {
            writer.reject(&reject)?;
        }
        for duplicate in self.duplicates()? {
            writer.duplicate(&duplicate)?;
        }
        writer.finish(&self.ledger, &self.identities)
    }

    /// One day's events, small parts joined.
    fn write_day(&self, writer: &PartWriter, date: Option<NaiveDate>, paths: &[PathBuf]) -> Result<(), StoreError> {
        let (mut number, mut held, mut room) = (0, Vec::new(), Vec::new());
        for path in paths {
            let part = Part::open(path)?;
            let mut start = 0;
            for length in part.row_groups() {
                let mut events = build::events(&part.read(start, length, None)?).map_err(|error| part.error(error))?;
                start += length;
                self.keep(path, &mut events);
                held.extend(events.iter().map(|event| Packed::new(event, &mut room)));
                if held.len() >= PART_EVENTS {
                    number += write_held(writer, date, number, &mut held)?;
                }
            }
        }
        write_held(writer, date, number, &mut held).map(|_| ())
    }
}

/// Writes what is held as one part; how many parts that made.
fn write_held(
    writer: &PartWriter,
    date: Option<NaiveDate>,
    number: usize,
    held: &mut Vec<Packed>,
) -> Result<usize, StoreError> {
    if held.is_empty() {
        return Ok(0);
    }
    writer.write(date, number, held)?;
    held.clear();
    Ok(1)
}

fn not_a_case(dir: &Path, reason: &str) -> StoreError {
    StoreError::NotACase { path: dir.to_path_buf(), reason: reason.to_owned() }
}

/// The days of one folder that have parts, with their parts, in order.
pub(super) fn parts(dir: &Path) -> Result<Vec<(NaiveDate, PathBuf)>, StoreError> {
    let timeline = dir.join("timeline");
    let mut parts = Vec::new();
    for day in fs::read_dir(&timeline).map_err(io_error(&timeline))?.flatten() {
        let name = day.file_name().to_string_lossy().into_owned();
        let Some(date) = name.strip_prefix("date=").and_then(|date| date.parse().ok()) else { continue };
        for part in fs::read_dir(day.path()).map_err(io_error(&day.path()))?.flatten() {
            if part.path().extension().is_some_and(|extension| extension == "parquet") {
                parts.push((date, part.path()));
            }
        }
    }
    parts.sort();
    Ok(parts)
}

/// The parts of one folder that hold the rows of snapshots, in order.
pub(super) fn state_parts(dir: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let states = dir.join("states");
    if !states.exists() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(&states).map_err(io_error(&states))?.flatten().map(|entry| entry.path());
    let mut parts: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|end| end == "parquet")).collect();
    parts.sort();
    Ok(parts)
}

/// The ledger of one folder, if it is of this version.
pub(super) fn read_ledger(dir: &Path) -> Result<Ledger, StoreError> {
    let ledger: Ledger = read_json(&dir.join("ledger.json"))?;
    if ledger.schema != schema::VERSION {
        return Err(not_a_case(dir, "made by another version; ingest again"));
    }
    Ok(ledger)
}

/// Who is who, as one folder knows it.
pub(super) fn read_identities(dir: &Path) -> Result<IdentityTable, StoreError> {
    read_json(&dir.join("identities.json"))
}

/// The rejects of one folder.
pub(super) fn read_rejects(dir: &Path) -> Result<Vec<Reject>, StoreError> {
    read_lines(&dir.join("rejects.jsonl"), usize::MAX)
}

/// The copies within one folder.
pub(super) fn read_duplicates(dir: &Path) -> Result<Vec<Duplicate>, StoreError> {
    read_lines(&dir.join("duplicates.jsonl"), usize::MAX)
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, StoreError> {
    // Read from memory: byte by byte out of a file takes several times as long.
    let mut text = Vec::new();
    File::open(path).and_then(|mut file| file.read_to_end(&mut text)).map_err(io_error(path))?;
    serde_json::from_slice(&text).map_err(|error| io_error(path)(error.into()))
}

fn read_lines<T: DeserializeOwned>(path: &Path, limit: usize) -> Result<Vec<T>, StoreError> {
    let file = BufReader::new(File::open(path).map_err(io_error(path))?);
    let mut values = Vec::new();
    for line in file.lines().take(limit) {
        let line = line.map_err(io_error(path))?;
        values.push(serde_json::from_str(&line).map_err(|error| io_error(path)(error.into()))?);
    }
    Ok(values)
}

/// The pages of a part.
pub type PartPages = Pages<File>;

/// One Parquet part, opened.
pub struct Part {
    path: PathBuf,
    metadata: std::sync::Arc<polars_parquet::parquet::metadata::FileMetadata>,
    whose: Option<Whose>,
}

impl Part {
    /// Reads the part's footer.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let mut reader = ParquetReader::new(File::open(path).map_err(io_error(path))?);
        let metadata =
            reader.get_metadata().map_err(|error| StoreError::Parquet { path: path.to_path_buf(), error })?;
        let whose = Whose::of(metadata);
        Ok(Self { path: path.to_path_buf(), metadata: metadata.clone(), whose })
    }

    /// Says which part an error is about.
    pub fn error(&self, error: PolarsError) -> StoreError {
        StoreError::Parquet { path: self.path.clone(), error }
    }

    /// Its pages, to be read column by column; with the buffers of `used`, where another part was read before.
    pub fn pages<'u>(&self, used: &'u mut Option<PartPages>) -> Result<&'u mut PartPages, StoreError> {
        let file = File::open(&self.path).map_err(io_error(&self.path))?;
        match used.take() {
            None => Ok(used.insert(Pages::new(file).map_err(|error| self.error(error))?)),
            Some(mut pages) => {
                pages.turn_to(file);
                Ok(used.insert(pages))
            }
        }
    }

    /// Where a column of a row group lies; `None` where the part has no such column.
    pub fn chunk(&self, group: usize, name: &str) -> Option<Chunk> {
        Chunk::of(self.metadata.row_groups.get(group)?, name)
    }

    /// Whether one of these names may take part in a row of a row group.
    pub fn may_hold<'n>(&self, group: usize, names: impl Iterator<Item = &'n str>) -> bool {
        self.whose.as_ref().is_none_or(|whose| whose.may_hold(group, names))
    }

    /// The rows of each row group.
    pub fn row_groups(&self) -> Vec<usize> {
        self.metadata.row_groups.iter().map(polars_parquet::parquet::metadata::RowGroupMetadata::num_rows).collect()
    }

    /// Rows `start..start + length`, all columns or the named ones.
    pub fn read(&self, start: usize, length: usize, columns: Option<&[&str]>) -> Result<DataFrame, StoreError> {
        let mut reader = ParquetReader::new(File::open(&self.path).map_err(io_error(&self.path))?);
        reader.set_metadata(self.metadata.clone());
        reader
            .with_columns(columns.map(|columns| columns.iter().map(|name| (*name).to_owned()).collect()))
            .with_slice(Some((start, length)))
            .read_parallel(polars_io::parquet::read::ParallelStrategy::None)
            .finish()
            .map_err(|error| StoreError::Parquet { path: self.path.clone(), error })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    /// A device that holds nothing cannot be brought onto a disk.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_part_that_does_not_reach_the_disk_is_told() {
        let mut flusher = Flusher::new().unwrap();
        let part = Path::new("part-00000.parquet");
        flusher.parts.send(Some((part.to_path_buf(), File::open("/dev/null").unwrap()))).unwrap();
        assert!(matches!(flusher.finish(), Err(StoreError::Io { path, .. }) if path == part));

        let mut flusher = Flusher::new().unwrap();
        flusher.parts.send(Some((part.to_path_buf(), tempfile::tempfile().unwrap()))).unwrap();
        flusher.finish().unwrap();
    }

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
