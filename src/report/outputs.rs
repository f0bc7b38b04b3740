//! The door for writing: every output is put in place when whole, and remembered with its hash for the manifest.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the one door through which reports are written"
)]

mod inventory;
mod staging;

use std::fs::{self, OpenOptions};
use std::io::{self, BufWriter, Read as _, Write};
use std::path::{Component, Path, PathBuf};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::exit::Stop;
use crate::timeline::event::hex;
use crate::timeline::shards;
use crate::timeline::store::StoreError;

pub use inventory::{Inventory, inventory, read};

/// The files that a run leaves in its folder; `--overwrite` replaces these and those of a case, and touches nothing else.
pub const KNOWN: [&str; 18] = [
    "report.html",
    "report.json",
    "timeline.parquet",
    "timeline.csv",
    "timeline.timesketch.jsonl",
    "findings.csv",
    "report.xlsx",
    "timeline.ecs.jsonl",
    "findings.ecs.jsonl",
    "timeline.ocsf.jsonl",
    "findings.ocsf.jsonl",
    "indicators.stix.json",
    "triage.json",
    "triage.csv",
    "accounts.jsonl",
    "rejects.jsonl",
    "manifest.json",
    "SHA256SUMS",
];

/// Where a report has the case that it was made from.
const CASE: &str = "case";

/// A file to be written: its name, and what fills it.
pub type File<'a> = (&'static str, Box<dyn FnOnce(&mut (dyn Write + Send)) -> io::Result<()> + Send + 'a>);

/// Why an output could not be written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// There is something in the folder already.
    #[error("{} is not empty; choose another folder or give --overwrite", dir.display())]
    NotEmpty {
        /// The folder.
        dir: PathBuf,
    },
    /// The folder is a case, which a report does not replace.
    #[error("{} is a case; --overwrite replaces a report, not a case: choose another folder", dir.display())]
    HoldsCase {
        /// The folder.
        dir: PathBuf,
    },
    /// Another run is making the report that is to stand there.
    #[error("another run is writing into {}: wait for it, or choose another folder", dir.display())]
    Busy {
        /// The folder.
        dir: PathBuf,
    },
    /// The path is taken by something that is no folder.
    #[error("{} is not a folder", dir.display())]
    NotAFolder {
        /// The path.
        dir: PathBuf,
    },
    /// The name leads out of the folder.
    #[error("'{name}' is not the name of a file inside the output folder")]
    BadName {
        /// The name.
        name: String,
    },
    /// The system refused.
    #[error("cannot write {}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// An earlier case could not be removed.
    #[error("cannot remove the earlier case: {0}")]
    Case(#[from] StoreError),
}

/// One finished output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutputEntry {
    /// Path inside the folder, with `/`.
    pub name: String,
    /// Size in bytes.
    pub size: u64,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: String,
}

/// An open output folder. Where it is dropped before it is kept, everything that was written into it goes again: a run
/// that failed leaves nothing that could be taken for a result, and an earlier result as it was.
#[derive(Debug)]
pub struct Outputs {
    dir: PathBuf,
    /// Where an earlier result stands that is to be replaced; `dir` lies inside, until it is whole.
    place: Option<staging::Place>,
    written: Vec<OutputEntry>,
    /// Files that are being written side by side: where one panics, the others may be there already.
    begun: Vec<&'static str>,
    /// The folders that had to be made, outermost first.
    made: Vec<PathBuf>,
    stop: Stop,
    kept: bool,
}

impl Drop for Outputs {
    fn drop(&mut self) {
        if self.kept {
            return;
        }
        if self.place.take().is_some() {
            // Nothing but this run's is in there.
            let _ = fs::remove_dir_all(&self.dir);
            return;
        }
        let mut folders = self.made.clone();
        let written = self.written.iter().map(|entry| entry.name.as_str());
        for name in written.chain(self.begun.iter().copied()) {
            let path = self.dir.join(name);
            let _ = fs::remove_file(&path);
            let inside = |folder: &&Path| folder.starts_with(&self.dir) && *folder != self.dir;
            folders.extend(path.ancestors().skip(1).take_while(inside).map(Path::to_path_buf));
        }
        // Deepest first, and only where nothing else is in them.
        folders.sort();
        for folder in folders.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

impl Outputs {
    /// Says whether `dir` may be written to, and changes nothing: asked before any evidence is read.
    pub fn check(dir: &Path, overwrite: bool) -> Result<(), OutputError> {
        match fs::symlink_metadata(dir) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(source) => return Err(OutputError::Io { path: dir.to_owned(), source }),
            Ok(_) if !dir.is_dir() => return Err(OutputError::NotAFolder { dir: dir.to_owned() }),
            Ok(_) => {}
        }
        let mut entries = fs::read_dir(dir).map_err(at(dir))?;
        if !overwrite && entries.next().is_some() {
            return Err(OutputError::NotEmpty { dir: dir.to_owned() });
        }
        Ok(())
    }

    /// The same for a report that is made of a case: another case is never in its way. A report is made again within
    /// minutes; a case may be all that is left of days of reading.
    pub fn check_report(dir: &Path, overwrite: bool) -> Result<(), OutputError> {
        Self::check(dir, overwrite)?;
        if !shards::folders(dir)?.is_empty() {
            return Err(OutputError::HoldsCase { dir: dir.to_owned() });
        }
        Ok(())
    }

    /// Opens `dir`, making it where it is missing. With `overwrite` an earlier run's outputs stand until these here are
    /// whole: they are made in a folder of their own inside, and put in place by [`Self::keep`].
    pub fn create(dir: &Path, overwrite: bool) -> Result<Self, OutputError> {
        Self::check(dir, overwrite)?;
        let missing = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.exists();
        let made = dir.ancestors().take_while(missing).map(Path::to_path_buf).collect();
        let mut outputs = Self {
            dir: dir.to_owned(),
            place: None,
            written: Vec::new(),
            begun: Vec::new(),
            made,
            stop: Stop::default(),
            kept: false,
        };
        fs::create_dir_all(dir).map_err(at(dir))?;
        if overwrite && fs::read_dir(dir).map_err(at(dir))?.next().is_some() {
            let (folder, place) = staging::begin(dir)?;
            (outputs.dir, outputs.place) = (folder, Some(place));
        }
        Ok(outputs)
    }

    /// Stops writing where somebody wants that.
    #[must_use]
    pub fn until(mut self, stop: &Stop) -> Self {
        self.stop = stop.clone();
        self
    }

    /// The folder is whole: what was written stays, in the place of what stood there.
    pub fn keep(&mut self) -> Result<(), OutputError> {
        if let Some(place) = &mut self.place {
            staging::finish(&self.dir, place)?;
            self.dir.clone_from(&place.dir);
            self.place = None;
        }
        self.kept = true;
        Ok(())
    }

    /// The folder; another one until it is kept, where an earlier result stands in its place.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// What has been written so far, in order of names.
    pub fn written(&self) -> &[OutputEntry] {
        &self.written
    }

    /// Writes one file: `fill` writes into a temporary file beside it, which takes the name only when it is whole
    /// and on the disk. Where `fill` fails nothing is left.
    pub fn write(
        &mut self,
        name: &str,
        fill: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>,
    ) -> Result<&OutputEntry, OutputError> {
        let entry = self.make(name, fill)?;
        Ok(self.remember(entry))
    }

    /// Writes several files side by side. The first that fails, in their order, is told.
    pub fn write_all(&mut self, files: Vec<File<'_>>) -> Result<(), OutputError> {
        self.begun = files.iter().map(|(name, _)| *name).collect();
        let make = |(name, fill): File<'_>| self.make(name, fill);
        let made: Vec<Result<OutputEntry, OutputError>> = files.into_par_iter().with_max_len(1).map(make).collect();
        self.begun.clear();
        let mut fault = None;
        for made in made {
            match made {
                // Also behind a fault: what is remembered goes again where the run fails.
                Ok(entry) => drop(self.remember(entry)),
                Err(error) => fault = fault.or(Some(error)),
            }
        }
        fault.map_or(Ok(()), Err)
    }

    fn make(
        &self,
        name: &str,
        fill: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>,
    ) -> Result<OutputEntry, OutputError> {
        let path = self.path_of(name)?;
        let folder = path.parent().unwrap_or(&self.dir);
        fs::create_dir_all(folder).map_err(at(folder))?;
        let unfinished = Unfinished(partial(&path));
        remove_if_there(&unfinished.0)?;
        // A new file only: a link that somebody put there is not followed.
        let file = OpenOptions::new().write(true).create_new(true).open(&unfinished.0).map_err(at(&unfinished.0))?;
        let stop = self.stop.clone();
        let mut hashed = Hashed { file: BufWriter::new(file), hash: Sha256::new(), size: 0, stop };
        fill(&mut hashed).map_err(at(&path))?;
        hashed.flush().map_err(at(&path))?;
        hashed.file.get_ref().sync_all().map_err(at(&path))?;
        fs::rename(&unfinished.0, &path).map_err(at(&path))?;
        sync_folder(folder);
        let (size, sha256) = (hashed.size, hex(&hashed.hash.finalize()));
        Ok(OutputEntry { name: name.to_owned(), size, sha256 })
    }

    /// Writes one file whose bytes are at hand.
    pub fn put(&mut self, name: &str, bytes: &[u8]) -> Result<&OutputEntry, OutputError> {
        self.write(name, |out| out.write_all(bytes))
    }

    /// Remembers files that another door has put into the folder (the case's Parquet parts), by reading them again, side
    /// by side.
    pub fn adopt(&mut self, names: &[String]) -> Result<(), OutputError> {
        let entry = |name: &String| {
            let path = self.path_of(name)?;
            let (size, sha256) = hashed(&path).map_err(at(&path))?;
            // Another door wrote it: it must be on the disk before the sums say so.
            fs::File::open(&path).and_then(|file| file.sync_all()).map_err(at(&path))?;
            Ok(OutputEntry { name: name.clone(), size, sha256 })
        };
        let entries: Vec<Result<OutputEntry, OutputError>> = names.par_iter().map(entry).collect();
        for entry in entries {
            self.remember(entry?);
        }
        Ok(())
    }

    /// Takes over what another run of writing put into `folder` below, hashes and all.
    pub fn take_over(&mut self, folder: &str, mut other: Self) {
        other.kept = true;
        for entry in std::mem::take(&mut other.written) {
            self.remember(OutputEntry { name: format!("{folder}/{}", entry.name), ..entry });
        }
        self.made.append(&mut other.made);
    }

    fn remember(&mut self, entry: OutputEntry) -> &OutputEntry {
        let place = match self.written.binary_search_by(|known| known.name.cmp(&entry.name)) {
            Ok(place) => {
                self.written.remove(place);
                place
            }
            Err(place) => place,
        };
        self.written.insert(place, entry);
        &self.written[place]
    }

    fn path_of(&self, name: &str) -> Result<PathBuf, OutputError> {
        let inside = |part: Component<'_>| matches!(part, Component::Normal(_));
        if name.is_empty() || name.contains('\\') || !Path::new(name).components().all(inside) {
            return Err(OutputError::BadName { name: name.to_owned() });
        }
        Ok(self.dir.join(name))
    }
}

/// Size and SHA-256 of a file.
fn hashed(path: &Path) -> io::Result<(u64, String)> {
    let mut file = fs::File::open(path)?;
    let mut hash = Sha256::new();
    let mut size = 0;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer)?;
        let Some(chunk) = buffer.get(..read).filter(|chunk| !chunk.is_empty()) else { break };
        hash.update(chunk);
        size += read as u64;
    }
    Ok((size, hex(&hash.finalize())))
}

/// Counts and hashes what goes to the disk.
struct Hashed {
    file: BufWriter<fs::File>,
    hash: Sha256,
    size: u64,
    stop: Stop,
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.stop.is_wanted() {
            return Err(io::Error::other("interrupted"));
        }
        self.file.write_all(bytes)?;
        self.hash.update(bytes);
        self.size += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A temporary file, gone when this is dropped; after the rename there is nothing left to remove.
struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// Whether the run that left its seal here wrote a case below, too.
fn seal_names_case(dir: &Path) -> bool {
    let named = format!("  {CASE}/ledger.json");
    fs::read_to_string(dir.join("SHA256SUMS")).is_ok_and(|sums| sums.lines().any(|line| line.ends_with(&named)))
}

fn partial(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.partial"))
}

fn remove_if_there(path: &Path) -> Result<(), OutputError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(path)(error)),
        _ => Ok(()),
    }
}

/// Makes the rename itself last. Not every system can open a folder, and the file is whole either way.
fn sync_folder(folder: &Path) {
    if let Ok(folder) = fs::File::open(folder) {
        let _ = folder.sync_all();
    }
}

fn at(path: &Path) -> impl Fn(io::Error) -> OutputError + '_ {
    |source| OutputError::Io { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests;
