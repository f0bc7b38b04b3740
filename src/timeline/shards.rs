//! The shards of a case: each a whole case folder of its own under `shards/`, made beside its place and put there by one
//! rename, so that two writers never touch the same file. Part of the door to the case folder.
#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "the door to the case folder")]

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::event::hex;
use super::store::{self, StoreError};
use crate::ledger::Ledger;

const SHARDS: &str = "shards";
/// Folders whose name begins so are not finished.
const UNFINISHED: &str = ".unfinished-";
/// Letters in the name of a shard.
const NAME: usize = 32;

/// An evidence file by its path as given and the SHA-256 of its bytes.
pub type Named = (String, String);

fn at(path: &Path) -> impl FnOnce(io::Error) -> StoreError + '_ {
    move |error| StoreError::Io { path: path.to_path_buf(), error }
}

/// The whole case folders that make up a case, in the order of their names: the folder itself, and its shards.
pub fn folders(case: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let mut folders: Vec<PathBuf> = Vec::new();
    let whole = |folder: &Path| folder.join("ledger.json").is_file();
    if whole(case) {
        folders.push(case.to_path_buf());
    }
    let shards = case.join(SHARDS);
    let listed = match fs::read_dir(&shards) {
        Ok(listed) => listed,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(folders),
        Err(error) => return Err(at(&shards)(error)),
    };
    let mut found = Vec::new();
    for entry in listed {
        let path = entry.map_err(at(&shards))?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if !hidden && whole(&path) {
            found.push(path);
        }
    }
    found.sort();
    folders.extend(found);
    Ok(folders)
}

/// Where the shards of a case lie.
pub fn place(case: &Path) -> PathBuf {
    case.join(SHARDS)
}

/// The folders that runs made for shards of this case, finished or not. Links are none.
pub fn left(case: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let shards = place(case);
    if shards.is_symlink() {
        return Ok(Vec::new());
    }
    let listed = match fs::read_dir(&shards) {
        Ok(listed) => listed,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(at(&shards)(error)),
    };
    let made = |name: &str| {
        name.starts_with(UNFINISHED) || name.len() == NAME && name.bytes().all(|digit| digit.is_ascii_hexdigit())
    };
    let folders = listed.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    Ok(folders.filter(|entry| made(&entry.file_name().to_string_lossy())).map(|entry| entry.path()).collect())
}

/// The folders, named from the case, in which a run began a shard and did not finish it.
pub fn unfinished(case: &Path) -> Result<Vec<String>, StoreError> {
    let shards = case.join(SHARDS);
    let listed = match fs::read_dir(&shards) {
        Ok(listed) => listed,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(at(&shards)(error)),
    };
    let names = listed.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut found: Vec<String> =
        names.filter(|name| name.starts_with(UNFINISHED)).map(|name| format!("{SHARDS}/{name}")).collect();
    found.sort();
    Ok(found)
}

/// Whether shards may be added to this folder: it is missing, empty, or a case already.
pub fn takes_shards(case: &Path) -> Result<bool, StoreError> {
    if !folders(case)?.is_empty() || case.join(SHARDS).is_dir() {
        return Ok(true);
    }
    match fs::read_dir(case) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
        Err(error) => Err(at(case)(error)),
    }
}

#[derive(Deserialize)]
struct Manifest {
    evidence: Vec<Line>,
}

#[derive(Deserialize)]
struct Line {
    path: String,
    sha256: Option<String>,
    size: u64,
}

/// Every evidence file that the manifests of these case folders name, archives and their members, with its size.
pub fn evidence(folders: &[PathBuf]) -> Result<BTreeSet<(Named, u64)>, StoreError> {
    let mut known = BTreeSet::new();
    for folder in folders {
        let path = folder.join("manifest.json");
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(at(&path)(error)),
        };
        let manifest: Manifest = serde_json::from_slice(&text).map_err(|error| at(&path)(error.into()))?;
        let lines = manifest.evidence.into_iter();
        known.extend(lines.filter_map(|line| Some(((line.path, line.sha256?), line.size))));
    }
    Ok(known)
}

/// The books of these case folders, each as it stands.
pub fn ledgers(folders: &[PathBuf]) -> Result<Vec<Ledger>, StoreError> {
    folders.iter().map(|folder| store::folder::read_ledger(folder)).collect()
}

/// A shard that is being made; what is not finished is removed.
#[derive(Debug)]
pub struct Shard {
    unfinished: PathBuf,
    place: PathBuf,
}

impl Shard {
    /// A folder for the shard of this evidence. The same evidence has the same place, whoever reads it; `again` says how
    /// it is read where the case has some of it already, read otherwise.
    pub fn begin(case: &Path, evidence: &[Named], again: Option<&str>) -> Result<Self, StoreError> {
        let shards = case.join(SHARDS);
        fs::create_dir_all(&shards).map_err(at(&shards))?;
        let mut hash = Sha256::new();
        for (path, sha256) in evidence {
            hash.update(path.as_bytes());
            hash.update([0]);
            hash.update(sha256.as_bytes());
            hash.update([0]);
        }
        hash.update(again.unwrap_or_default().as_bytes());
        let mut name = hex(&hash.finalize());
        name.truncate(NAME);
        // Another writer may be at work on the same evidence: everybody has a folder of their own.
        let mut number = std::process::id();
        loop {
            let unfinished = shards.join(format!("{UNFINISHED}{name}-{number}"));
            match fs::create_dir(&unfinished) {
                Ok(()) => return Ok(Self { unfinished, place: shards.join(name) }),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => number = number.wrapping_add(1),
                // Another writer gave up, and took the empty folder with it.
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    fs::create_dir_all(&shards).map_err(at(&shards))?;
                }
                Err(error) => return Err(at(&unfinished)(error)),
            }
        }
    }

    /// Where to write it.
    pub fn folder(&self) -> &Path {
        &self.unfinished
    }

    /// Puts the shard in its place. Where another writer has put the same evidence there meanwhile, that one stays.
    pub fn finish(self) -> Result<(), StoreError> {
        match fs::rename(&self.unfinished, &self.place) {
            Err(_) if self.place.join("ledger.json").is_file() => Ok(()),
            renamed => renamed.map_err(at(&self.place)),
        }
    }
}

impl Drop for Shard {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.unfinished);
        // Where this was to be the first shard, nothing is left of it; a folder that holds something stays.
        if let Some(shards) = self.unfinished.parent() {
            let _ = fs::remove_dir(shards);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_writers_of_the_same_evidence_leave_one_shard() {
        let case = tempfile::tempdir().unwrap();
        let evidence = [("a.csv".to_owned(), "00".to_owned())];
        let (one, two) =
            (Shard::begin(case.path(), &evidence, None).unwrap(), Shard::begin(case.path(), &evidence, None).unwrap());
        assert_ne!(one.folder(), two.folder());
        for shard in [&one, &two] {
            fs::write(shard.folder().join("ledger.json"), "{}").unwrap();
        }
        assert!(folders(case.path()).unwrap().is_empty(), "what is not finished is not there");
        one.finish().unwrap();
        two.finish().unwrap();
        assert_eq!(folders(case.path()).unwrap().len(), 1);
        assert_eq!(fs::read_dir(case.path().join(SHARDS)).unwrap().count(), 1, "nothing unfinished is left");
    }

    #[test]
    fn a_shard_that_is_given_up_leaves_nothing() {
        let case = tempfile::tempdir().unwrap();
        drop(Shard::begin(case.path(), &[], None).unwrap());
        assert_eq!(fs::read_dir(case.path()).unwrap().count(), 0);
    }

    #[test]
    fn other_peoples_folders_take_no_shards() {
        let folder = tempfile::tempdir().unwrap();
        assert!(takes_shards(folder.path()).unwrap());
        assert!(takes_shards(&folder.path().join("new")).unwrap());
        fs::write(folder.path().join("notes.txt"), "mine").unwrap();
        assert!(!takes_shards(folder.path()).unwrap());
    }
}
