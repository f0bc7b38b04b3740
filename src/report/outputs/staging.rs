//! Where the next report is made while an earlier one stands: a folder inside of the earlier one's, so that both lie on one
//! disk and in the same hands. It takes the earlier one's place when it is whole, and not a moment before.
#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "a part of the door for writing")]

use std::cmp::Reverse;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::{CASE, KNOWN, OutputError, at, partial, remove_if_there, seal_names_case};
use crate::timeline::store;

/// How the folder of an unfinished run is called, with the number of its process.
const UNFINISHED: &str = ".unfinished-";

/// A file in that folder which a run holds as long as it is at work: what nobody holds, a killed run left.
const HELD: &str = ".held";

/// Where an earlier result stands that is to be replaced, and the hold on the folder of the next.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) dir: PathBuf,
    held: Option<File>,
}

/// Makes the folder, and takes hold of it. What killed runs left of theirs goes first: nobody takes it for a result. Of a
/// run that is still at work nothing is taken away.
pub(super) fn begin(dir: &Path) -> Result<(PathBuf, Place), OutputError> {
    let left = left(dir)?;
    if left.iter().any(|left| is_held(left)) {
        return Err(OutputError::Busy { dir: dir.to_owned() });
    }
    for left in left {
        fs::remove_dir_all(&left).map_err(at(&left))?;
    }
    let folder = dir.join(format!("{UNFINISHED}{}", std::process::id()));
    fs::create_dir(&folder).map_err(at(&folder))?;
    let path = folder.join(HELD);
    let held = File::create_new(&path).map_err(at(&path))?;
    // Not every file system knows locks; there a second run is not kept away.
    let _ = held.try_lock();
    Ok((folder, Place { dir: dir.to_owned(), held: Some(held) }))
}

fn is_held(folder: &Path) -> bool {
    let held = File::open(folder.join(HELD));
    held.is_ok_and(|held| matches!(held.try_lock(), Err(TryLockError::WouldBlock)))
}

/// The folders of runs that did not finish. Links are none.
fn left(dir: &Path) -> Result<Vec<PathBuf>, OutputError> {
    let is_number = |name: &str| !name.is_empty() && name.bytes().all(|digit| digit.is_ascii_digit());
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).map_err(at(dir))? {
        let entry = entry.map_err(at(dir))?;
        let named = entry.file_name().to_string_lossy().strip_prefix(UNFINISHED).is_some_and(is_number);
        if named && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            found.push(entry.path());
        }
    }
    Ok(found)
}

/// Puts what was made in the place of the earlier outputs.
pub(super) fn finish(folder: &Path, Place { dir, held }: &mut Place) -> Result<(), OutputError> {
    remove_earlier(dir)?;
    // Of a run that was killed no seal says that the case below is its own.
    if folder.join(CASE).is_dir() && dir.join(CASE).is_dir() {
        remove_earlier(&dir.join(CASE))?;
    }
    // Only some systems remove a file that is open.
    drop(held.take());
    remove_if_there(&folder.join(HELD))?;
    replace(folder, dir)
}

/// Removes the known outputs of an earlier run, a case among them, so that what stands in the folder is never a mixture of
/// two runs. A case below stays, unless it is part of the report that goes.
fn remove_earlier(dir: &Path) -> Result<(), OutputError> {
    let holds_case = seal_names_case(dir);
    // The seal first: without it, what is left is not taken for a whole report.
    for name in KNOWN.into_iter().rev() {
        remove_if_there(&dir.join(name))?;
        remove_if_there(&partial(&dir.join(name)))?;
        remove_if_there(&dir.join(format!("{name}.tmp")))?;
    }
    store::clear(dir)?;
    if holds_case {
        store::clear_whole(&dir.join(CASE))?;
    }
    Ok(())
}

/// Moves everything, a folder as a whole where nothing of that name is left. What makes a folder count as whole comes last.
fn replace(from: &Path, to: &Path) -> Result<(), OutputError> {
    let listed = fs::read_dir(from).map_err(at(from))?;
    let mut paths =
        listed.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>().map_err(at(from))?;
    paths.sort_by_cached_key(|path| (Reverse(path.is_dir()), weight(path), path.clone()));
    for path in paths {
        let place = to.join(path.file_name().unwrap_or_default());
        match path.is_dir() && place.is_dir() {
            true => replace(&path, &place)?,
            false => fs::rename(&path, &place).map_err(at(&place))?,
        }
    }
    fs::remove_dir(from).map_err(at(from))
}

/// The ledger behind its parts, the seal behind everything that it names.
fn weight(path: &Path) -> usize {
    const LAST: [&str; 3] = ["ledger.json", "manifest.json", "SHA256SUMS"];
    LAST.iter().position(|name| path.ends_with(name)).map_or(0, |place| place + 1)
}
