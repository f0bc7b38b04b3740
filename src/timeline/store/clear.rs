//! Removes what a case left in a folder, also one that was not finished. Files are known by the names that a case gives
//! them; what bears another name was put there by somebody else and stays, with the folders around it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::folder::is_part;
use super::{StoreError, io_error};
use crate::timeline::shards;

/// The books of a case; the one that makes it whole first.
const BOOKS: [&str; 4] = ["ledger.json", "identities.json", "rejects.jsonl", "duplicates.jsonl"];
/// What the door of reports puts beside the books; the seal first.
const PAPERS: [&str; 2] = ["SHA256SUMS", "manifest.json"];

/// Removes a case and its shards from a folder that stays.
pub fn clear(dir: &Path) -> Result<(), StoreError> {
    // Without its ledger, what is left is no case.
    for name in BOOKS {
        remove(&dir.join(name))?;
        remove(&dir.join(format!("{name}.tmp")))?;
    }
    for shard in shards::left(dir)? {
        clear_whole(&shard)?;
    }
    remove_empty(&shards::place(dir));
    clear_timeline(&dir.join("timeline"))?;
    clear_parts(&dir.join("states"))
}

/// Removes a case with its papers, and the folder where nothing else lies in it.
pub fn clear_whole(dir: &Path) -> Result<(), StoreError> {
    for name in PAPERS {
        for name in [name.to_owned(), format!("{name}.tmp"), format!(".{name}.partial")] {
            remove(&dir.join(name))?;
        }
    }
    clear(dir)?;
    remove_empty(dir);
    Ok(())
}

fn clear_timeline(timeline: &Path) -> Result<(), StoreError> {
    for (name, path) in listed(timeline)? {
        let is_day = name.strip_prefix("date=").is_some_and(|date| date.parse::<chrono::NaiveDate>().is_ok());
        if is_day && path.is_dir() && !path.is_symlink() {
            clear_parts(&path)?;
        }
    }
    remove_empty(timeline);
    Ok(())
}

/// Removes the parts of a folder, and the folder where nothing else lies in it.
fn clear_parts(folder: &Path) -> Result<(), StoreError> {
    for (name, path) in listed(folder)? {
        if is_part(name.strip_suffix(".tmp").unwrap_or(&name)) {
            remove(&path)?;
        }
    }
    remove_empty(folder);
    Ok(())
}

/// What lies in a folder; nothing where there is none. Links are not followed.
fn listed(folder: &Path) -> Result<Vec<(String, PathBuf)>, StoreError> {
    if folder.is_symlink() || !folder.is_dir() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(folder).map_err(io_error(folder))?.flatten();
    Ok(entries.map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path())).collect())
}

fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(io_error(path)(error)),
        _ => Ok(()),
    }
}

/// A folder in which something lies stays, and says so by being there.
fn remove_empty(folder: &Path) {
    let _ = fs::remove_dir(folder);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(dir: &Path) -> Vec<String> {
        let mut found = Vec::new();
        let mut open = vec![dir.to_path_buf()];
        while let Some(folder) = open.pop() {
            for (_, path) in listed(&folder).unwrap() {
                if path.is_dir() {
                    open.push(path.clone());
                }
                found.push(path.strip_prefix(dir).unwrap().display().to_string());
            }
        }
        found.sort();
        found
    }

    fn put(dir: &Path, names: &[&str]) {
        for name in names {
            let path = dir.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, name).unwrap();
        }
    }

    const SHARD: &str = "shards/0123456789abcdef0123456789abcdef";

    #[test]
    fn a_case_goes_with_its_shards_and_with_what_killed_runs_left() {
        let dir = tempfile::tempdir().unwrap();
        let shard = |name: &str| format!("{SHARD}/{name}");
        let left = format!("shards/.unfinished-{}-17/", SHARD.trim_start_matches("shards/"));
        put(dir.path(), &["ledger.json", "identities.json", "rejects.jsonl", "duplicates.jsonl", "ledger.json.tmp"]);
        put(dir.path(), &["timeline/date=2026-03-02/part-00000.parquet", "states/part-00000.parquet"]);
        put(dir.path(), &["timeline/date=2026-03-02/part-100000.parquet.tmp"]);
        for name in ["ledger.json", "SHA256SUMS", "manifest.json", "timeline/date=2026-03-02/part-00000.parquet"] {
            put(dir.path(), &[&shard(name), &format!("{left}{name}")]);
        }
        put(dir.path(), &[&format!("{left}.manifest.json.partial"), &format!("{left}rejects.jsonl.tmp")]);
        clear(dir.path()).unwrap();
        assert!(names(dir.path()).is_empty(), "{:?}", names(dir.path()));
        clear(dir.path()).unwrap();
    }

    #[test]
    fn what_a_case_does_not_write_stays() {
        let dir = tempfile::tempdir().unwrap();
        let mine = [
            "notes.txt",
            "shards/mine/ledger.json",
            "states/readme.txt",
            "timeline/date=2026-03-02/data_0.parquet",
            "timeline/date=2026-03-02/part-00000-6f2a8f0e.c000.snappy.parquet",
            "timeline/date=2026-03-02/part-0.parquet",
            "timeline/mine.txt",
            "timeline/year=2026/part-00000.parquet",
        ];
        put(dir.path(), &mine);
        put(dir.path(), &[&format!("{SHARD}/mine.txt"), "timeline/date=2026-03-02/part-00000.parquet"]);
        put(dir.path(), &["states/part-00000.parquet", &format!("{SHARD}/ledger.json")]);
        clear(dir.path()).unwrap();
        let found: Vec<String> = names(dir.path()).into_iter().filter(|name| dir.path().join(name).is_file()).collect();
        let mut stays: Vec<String> = mine.iter().map(|name| (*name).to_owned()).collect();
        stays.push(format!("{SHARD}/mine.txt"));
        stays.sort();
        assert_eq!(found, stays);
    }

    #[test]
    #[cfg(unix)]
    fn what_a_link_leads_to_stays() {
        let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        put(other.path(), &["date=2026-03-02/part-00000.parquet"]);
        std::os::unix::fs::symlink(other.path(), dir.path().join("timeline")).unwrap();
        clear(dir.path()).unwrap();
        assert!(other.path().join("date=2026-03-02/part-00000.parquet").is_file());
    }
}
