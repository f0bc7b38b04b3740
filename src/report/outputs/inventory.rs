//! What lies in an output folder: every file with its hash, and whatever is no file.
#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "reads what the door for writing has left")]

use std::fs;
use std::path::Path;

use super::{OutputEntry, OutputError, at, hashed};

/// What lies in an output folder.
#[derive(Debug, Default)]
pub struct Inventory {
    /// The files, in order of names, hashed.
    pub files: Vec<OutputEntry>,
    /// What is no file or cannot be read, and why.
    pub odd: Vec<(String, String)>,
}

impl Inventory {
    /// Takes out what lies below `folder`, named from there.
    #[must_use]
    pub fn take_below(&mut self, folder: &str) -> Self {
        let inner = |name: &str| Some(name.strip_prefix(folder)?.strip_prefix('/')?.to_owned());
        let mut below = Self::default();
        self.files.retain(|file| match inner(&file.name) {
            Some(name) => {
                below.files.push(OutputEntry { name, ..file.clone() });
                false
            }
            None => true,
        });
        self.odd.retain(|(name, why)| match inner(name) {
            Some(name) => {
                below.odd.push((name, why.clone()));
                false
            }
            None => true,
        });
        below
    }
}

/// Hashes everything that lies in `dir`; links are not followed.
pub fn inventory(dir: &Path) -> Result<Inventory, OutputError> {
    let mut found = Inventory::default();
    let mut open = vec![String::new()];
    while let Some(folder) = open.pop() {
        let here = dir.join(&folder);
        let entries = match fs::read_dir(&here) {
            Ok(entries) => entries,
            Err(error) if folder.is_empty() => return Err(at(&here)(error)),
            Err(error) => {
                found.odd.push((folder, error.to_string()));
                continue;
            }
        };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let name = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => open.push(name),
                Ok(kind) if kind.is_file() => match hashed(&entry.path()) {
                    Ok((size, sha256)) => found.files.push(OutputEntry { name, size, sha256 }),
                    Err(error) => found.odd.push((name, error.to_string())),
                },
                _ => found.odd.push((name, "a link or device, no file".to_owned())),
            }
        }
    }
    found.files.sort_by(|a, b| a.name.cmp(&b.name));
    found.odd.sort();
    Ok(found)
}

/// The bytes of one output, read again.
pub fn read(dir: &Path, name: &str) -> Result<Vec<u8>, OutputError> {
    let path = dir.join(name);
    fs::read(&path).map_err(at(&path))
}
