//! Finds the files of an earlier run again, where they were or where they are now.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::ingest::source::{self, EvidenceFile};

/// A file of an earlier run.
#[derive(Debug, Clone)]
pub struct Sought<'a> {
    /// The name it was cited by.
    pub name: &'a str,
    /// SHA-256, where it was known.
    pub sha256: Option<&'a str>,
}

/// What became of the files.
#[derive(Debug, Default)]
pub struct Relocated {
    /// Found: the name of then, the place of now.
    pub files: Vec<EvidenceFile>,
    /// Names of which no file was found.
    pub missing: Vec<String>,
    /// Files in the named folders that were not there then.
    pub extra: Vec<EvidenceFile>,
}

/// Looks for each file below the `given` paths: first by the most parts of its path that agree, counted from the end,
/// then by its bytes. A given path that does not exist holds nothing, and a file that is reached twice (named in two
/// spellings, or by a link) is one file.
pub fn relocate(sought: &[Sought<'_>], given: &[PathBuf]) -> Relocated {
    let candidates = source::walk_there(given);
    let mut by_file_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, candidate) in candidates.iter().enumerate() {
        by_file_name.entry(last(&candidate.name)).or_default().push(index);
    }
    let mut search = Search { candidates: &candidates, taken: BTreeSet::new(), hashes: BTreeMap::new() };
    let mut found = Relocated::default();
    let mut nameless = Vec::new();
    for one in sought {
        let named = by_file_name.get(last(one.name)).map(Vec::as_slice).unwrap_or_default();
        match search.best(one, named) {
            Some(index) => found.files.push(search.take(index, one.name)),
            None => nameless.push(one),
        }
    }
    for one in nameless {
        if let Some(index) = search.by_bytes(one) {
            found.files.push(search.take(index, one.name));
            continue;
        }
        // A case that grew may name one file in two spellings.
        match found.files.iter().find(|file| is_tail(&file.name, one.name)).map(|file| file.path.clone()) {
            Some(path) => found.files.push(EvidenceFile { name: one.name.to_owned(), path }),
            None => found.missing.push(one.name.to_owned()),
        }
    }
    found.files.sort();
    let left = candidates.iter().enumerate().filter(|(index, _)| !search.taken.contains(index));
    found.extra = left.map(|(_, candidate)| candidate.clone()).collect();
    found
}

struct Search<'a> {
    candidates: &'a [EvidenceFile],
    taken: BTreeSet<usize>,
    hashes: BTreeMap<usize, Option<String>>,
}

impl Search<'_> {
    /// Of the candidates with the right file name, the one whose folders agree most; the bytes decide between equals.
    fn best(&mut self, sought: &Sought<'_>, named: &[usize]) -> Option<usize> {
        let free: Vec<usize> = named.iter().copied().filter(|index| !self.taken.contains(index)).collect();
        let agreed = |index: &usize| self.candidates.get(*index).map_or(0, |file| agreement(&file.name, sought.name));
        let most = free.iter().map(agreed).max()?;
        let equals: Vec<usize> = free.into_iter().filter(|index| agreed(index) == most).collect();
        match equals.as_slice() {
            [one] => Some(*one),
            many => many.iter().copied().find(|index| self.has_bytes(*index, sought)).or(many.first().copied()),
        }
    }

    fn by_bytes(&mut self, sought: &Sought<'_>) -> Option<usize> {
        (0..self.candidates.len()).find(|index| !self.taken.contains(index) && self.has_bytes(*index, sought))
    }

    fn has_bytes(&mut self, index: usize, sought: &Sought<'_>) -> bool {
        let Some(file) = self.candidates.get(index) else { return false };
        let hash = || source::summed(file).ok().map(|summed| summed.sha256);
        let hash = self.hashes.entry(index).or_insert_with(hash).as_deref();
        hash.is_some() && hash == sought.sha256
    }

    fn take(&mut self, index: usize, name: &str) -> EvidenceFile {
        self.taken.insert(index);
        let path = self.candidates.get(index).map(|file| file.path.clone()).unwrap_or_default();
        EvidenceFile { name: name.to_owned(), path }
    }
}

fn last(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// How many parts of two paths are the same, from the end.
fn agreement(one: &str, other: &str) -> usize {
    one.rsplit('/').zip(other.rsplit('/')).take_while(|(one, other)| one == other).count()
}

/// Whether one path is the end of the other.
fn is_tail(one: &str, other: &str) -> bool {
    let parts = |path: &str| path.split('/').count();
    agreement(one, other) == parts(one).min(parts(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_moved_renamed_missing_and_new_files() {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in [("a/log.csv", "1"), ("b/log.csv", "2"), ("new-name.json", "3"), ("later.txt", "4")] {
            let path = dir.path().join(name);
            #[allow(clippy::disallowed_methods, reason = "a test makes its own files")]
            std::fs::create_dir_all(path.parent().unwrap()).and_then(|()| std::fs::write(&path, text)).unwrap();
        }
        let hash = "4e07408562bedb8b60ce05c1decfe3ad16b72230967de01f640b7e4729b49fce"; // of "3"
        let sought = ["old/b/log.csv", "old/a/log.csv", "old/name.json", "old/gone.csv"];
        let sought = sought.map(|name| Sought { name, sha256: name.ends_with("name.json").then_some(hash) });
        let found = relocate(&sought, &[dir.path().to_path_buf(), dir.path().join("no such folder")]);
        let pairs: Vec<(&str, bool)> = found
            .files
            .iter()
            .map(|file| (file.name.as_str(), file.path.ends_with(file.name.trim_start_matches("old/"))))
            .collect();
        assert_eq!(pairs, [("old/a/log.csv", true), ("old/b/log.csv", true), ("old/name.json", false)]);
        assert_eq!(found.missing, ["old/gone.csv"]);
        assert_eq!(found.extra.len(), 1);
        assert!(found.extra[0].name.ends_with("later.txt"));
        // One file in two spellings, and a copy of it that is gone.
        let names = ["a/log.csv", "/evidence/a/log.csv", "c/log.csv"];
        let found = relocate(&names.map(|name| Sought { name, sha256: None }), &[dir.path().join("a")]);
        let named: Vec<&str> = found.files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!((named, found.missing), (vec!["/evidence/a/log.csv", "a/log.csv"], vec!["c/log.csv".to_owned()]));
    }
}
