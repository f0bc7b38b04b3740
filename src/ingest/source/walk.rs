//! Finds the files behind the paths that were named, and the names that findings cite them by.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// One evidence file on disk, as named on the command line or found in a folder that was.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct EvidenceFile {
    /// The path as given, with `/` between folders.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
}

/// A named path does not exist.
#[derive(Debug, thiserror::Error)]
#[error("no such evidence: {0}")]
pub struct NoSuchEvidence(pub String);

/// Finds the files behind the named paths: folders are walked, everything is sorted by name, and a
/// file that is reached twice is read once.
pub fn walk(named: &[PathBuf]) -> Result<Vec<EvidenceFile>, NoSuchEvidence> {
    let mut files = BTreeSet::new();
    for path in named {
        let metadata = fs::metadata(path).map_err(|error| NoSuchEvidence(format!("{}: {error}", path.display())))?;
        if metadata.is_dir() {
            let mut inside = BTreeSet::new();
            walk_folder(path, &mut inside);
            if inside.is_empty() {
                // A folder without a file becomes an unreadable entry of the ledger: perhaps it is not the one that was
                // meant. (Without links: one to a folder is said to be that.)
                let place = fs::canonicalize(path).unwrap_or_else(|_| path.clone());
                inside.insert(EvidenceFile { name: display(path), path: place });
            }
            files.append(&mut inside);
        } else {
            files.insert(EvidenceFile { name: display(path), path: path.clone() });
        }
    }
    let roots: Vec<PathBuf> = named.iter().filter_map(|path| fs::canonicalize(path).ok()).collect();
    let mut seen = BTreeSet::new();
    let mut evidence = Vec::new();
    for file in files {
        let real = fs::canonicalize(&file.path).unwrap_or_else(|_| file.path.clone());
        // What a link to a folder leads to is read already where it lies in a folder that is walked.
        if is_link_to_folder(&file.path) && roots.iter().any(|root| real.starts_with(root)) {
            continue;
        }
        if seen.insert(real) {
            evidence.push(file);
        }
    }
    Ok(evidence)
}

/// The same, of those named paths that exist.
pub fn walk_there(named: &[PathBuf]) -> Vec<EvidenceFile> {
    let there: Vec<PathBuf> = named.iter().filter(|path| fs::metadata(path).is_ok()).cloned().collect();
    // A path that vanishes in between holds nothing, as one that was never there.
    walk(&there).unwrap_or_default()
}

/// Why nothing may be written to `out`: it lies inside of the evidence, or evidence lies inside of it.
pub fn forbids(named: &[PathBuf], out: &Path) -> Option<String> {
    let out = resolved(out);
    let clash = |path: &&PathBuf| {
        let real = resolved(path);
        real.is_dir() && out.starts_with(&real) || real.starts_with(&out)
    };
    named.iter().find(clash).map(|path| path.display().to_string())
}

/// The path without links, also where its last parts do not exist yet.
pub fn resolved(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let mut behind = Vec::new();
    for known in path.ancestors() {
        if let Ok(real) = fs::canonicalize(known) {
            return behind.iter().rev().fold(real, |path, part| path.join(part));
        }
        behind.extend(known.file_name());
    }
    path
}

fn walk_folder(folder: &Path, files: &mut BTreeSet<EvidenceFile>) {
    let Ok(entries) = fs::read_dir(folder) else {
        // A folder that cannot be listed becomes an unreadable entry of the ledger.
        files.insert(EvidenceFile { name: display(folder), path: folder.to_path_buf() });
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        // Links to folders are not followed, because they can form loops; they are listed as not read.
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => walk_folder(&path, files),
            _ => {
                files.insert(EvidenceFile { name: display(&path), path });
            }
        }
    }
}

pub(super) fn is_link_to_folder(path: &Path) -> bool {
    path.is_dir() && fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink())
}

/// The name findings cite: the path with `/` between folders; bytes that are no text stand as `\xFF`, so that two files
/// never have one name.
#[cfg(unix)]
fn display(path: &Path) -> String {
    use std::os::unix::ffi::OsStrExt as _;
    let mut name = String::new();
    for chunk in path.as_os_str().as_bytes().utf8_chunks() {
        name.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|byte| name.push_str(&format!("\\x{byte:02X}")));
    }
    name
}

#[cfg(not(unix))]
fn display(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// The path behind a name that findings cite.
#[cfg(unix)]
pub fn path_of(name: &str) -> PathBuf {
    use std::os::unix::ffi::OsStringExt as _;
    let plain = PathBuf::from(name);
    if !name.contains("\\x") || fs::symlink_metadata(&plain).is_ok() {
        return plain;
    }
    let mut bytes = Vec::new();
    let mut rest = name.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let digits = behind.get(1..3).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) if rest.starts_with(b"\\x") => {
                bytes.push(byte);
                rest = rest.get(4..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    PathBuf::from(std::ffi::OsString::from_vec(bytes))
}

/// The path behind a name that findings cite.
#[cfg(not(unix))]
pub fn path_of(name: &str) -> PathBuf {
    PathBuf::from(name)
}

/// Size of all files together, in bytes; what cannot be asked counts nothing.
pub fn total_size(files: &[EvidenceFile]) -> u64 {
    files.iter().filter_map(|file| fs::metadata(&file.path).ok()).map(|metadata| metadata.len()).sum()
}
