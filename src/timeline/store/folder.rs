//! Reads what lies in one folder of a case: which parts there are, the ledger, and the books.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use super::{Duplicate, StoreError, io_error, not_a_case};
use crate::ledger::{Ledger, Reject};
use crate::timeline::event::hex;
use crate::timeline::identities::IdentityTable;
use crate::timeline::schema;

/// Whether a file is a part of a case by its name. Whatever else somebody puts beside the parts is none.
pub(super) fn is_part(name: &str) -> bool {
    let number = name.strip_prefix("part-").and_then(|name| name.strip_suffix(".parquet"));
    number.is_some_and(|number| number.len() >= 5 && number.bytes().all(|digit| digit.is_ascii_digit()))
}

/// The days of one folder that have parts, with their parts, in order.
pub(in crate::timeline) fn parts(dir: &Path) -> Result<Vec<(NaiveDate, PathBuf)>, StoreError> {
    let timeline = dir.join("timeline");
    let mut parts = Vec::new();
    for day in fs::read_dir(&timeline).map_err(io_error(&timeline))?.flatten() {
        let name = day.file_name().to_string_lossy().into_owned();
        let Some(date) = name.strip_prefix("date=").and_then(|date| date.parse().ok()) else { continue };
        for part in fs::read_dir(day.path()).map_err(io_error(&day.path()))?.flatten() {
            if is_part(&part.file_name().to_string_lossy()) {
                parts.push((date, part.path()));
            }
        }
    }
    parts.sort();
    Ok(parts)
}

/// The parts of one folder that hold the rows of snapshots, in order.
pub(in crate::timeline) fn state_parts(dir: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let states = dir.join("states");
    if !states.exists() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(&states).map_err(io_error(&states))?.flatten();
    let entries = entries.filter(|entry| is_part(&entry.file_name().to_string_lossy()));
    let mut parts: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    parts.sort();
    Ok(parts)
}

/// The ledger of one folder, if it is of this version.
pub(in crate::timeline) fn read_ledger(dir: &Path) -> Result<Ledger, StoreError> {
    const NAME: &str = "ledger.json";
    let text = read_whole(&dir.join(NAME))?;
    let ledger: Ledger = understood(&dir.join(NAME), &text)?;
    if ledger.schema != schema::VERSION {
        return Err(not_a_case(dir, "made by another version; ingest again"));
    }
    check_seal(dir, NAME, &text)?;
    Ok(ledger)
}

/// Who is who, as one folder knows it.
pub(in crate::timeline) fn read_identities(dir: &Path) -> Result<IdentityTable, StoreError> {
    const NAME: &str = "identities.json";
    let text = read_whole(&dir.join(NAME))?;
    check_seal(dir, NAME, &text)?;
    understood(&dir.join(NAME), &text)
}

/// Refuses a book that is not the one that was sealed: a letter of a name, changed on the disk, and the account's records
/// are not found. A case that was not sealed yet has nothing to hold it against.
fn check_seal(dir: &Path, name: &str, text: &[u8]) -> Result<(), StoreError> {
    let sums = fs::read_to_string(dir.join("SHA256SUMS")).unwrap_or_default();
    let sealed = sums.lines().filter_map(|line| line.split_once("  ")).find(|(_, book)| *book == name);
    match sealed {
        Some((sum, _)) if *sum != *hex(&Sha256::digest(text)) => {
            let reason = format!("damaged or changed: {name} is not what SHA256SUMS says; ask verify, or ingest again");
            Err(not_a_case(dir, &reason))
        }
        _ => Ok(()),
    }
}

/// The rejects of one folder.
pub(in crate::timeline) fn read_rejects(dir: &Path) -> Result<Vec<Reject>, StoreError> {
    read_lines(&dir.join("rejects.jsonl"), usize::MAX)
}

/// The copies within one folder.
pub(in crate::timeline) fn read_duplicates(dir: &Path) -> Result<Vec<Duplicate>, StoreError> {
    read_lines(&dir.join("duplicates.jsonl"), usize::MAX)
}

fn read_whole(path: &Path) -> Result<Vec<u8>, StoreError> {
    fs::read(path).map_err(io_error(path))
}

/// Read from memory: byte by byte out of a file takes several times as long.
fn understood<T: DeserializeOwned>(path: &Path, text: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(text).map_err(|error| io_error(path)(error.into()))
}

pub(super) fn read_lines<T: DeserializeOwned>(path: &Path, limit: usize) -> Result<Vec<T>, StoreError> {
    let file = BufReader::new(File::open(path).map_err(io_error(path))?);
    let mut values = Vec::new();
    for line in file.lines().take(limit) {
        let line = line.map_err(io_error(path))?;
        values.push(serde_json::from_str(&line).map_err(|error| io_error(path)(error.into()))?);
    }
    Ok(values)
}
