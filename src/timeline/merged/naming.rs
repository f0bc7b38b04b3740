//! What files are called where several folders have other bytes under one path: each bears a part of its hash, an archive
//! with all its members. No name is one file's today and another's when the case has grown.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Folder;
use crate::ledger::{Archive, Ledger, Note, SourceEntry};

/// Letters of the hash in a name.
const SHORT: usize = 12;
/// The note on such a file.
const CODE: &str = "C-213";

/// For each folder, the names of its files and archives that are called otherwise here, or were already.
pub(super) fn apart(ledgers: &[Ledger]) -> Vec<HashMap<String, String>> {
    let mut bytes: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for ledger in ledgers {
        let archives = hashes(&ledger.archives);
        for entry in &ledger.sources {
            let (unit, sha256) = unit(entry, &archives);
            if !sha256.is_empty() {
                bytes.entry(plain(unit, sha256).to_owned()).or_default().insert(sha256);
            }
        }
    }
    ledgers.iter().map(|ledger| renamed(ledger, &bytes)).collect()
}

fn renamed(ledger: &Ledger, bytes: &BTreeMap<String, BTreeSet<&str>>) -> HashMap<String, String> {
    let archives = hashes(&ledger.archives);
    let mut names = HashMap::new();
    let mut name = |path: &str, (unit, sha256): (&str, &str)| {
        let plain = plain(unit, sha256);
        let several = bytes.get(plain).is_some_and(|bytes| bytes.len() > 1);
        if let Some(rest) = path.strip_prefix(unit).filter(|_| several && !sha256.is_empty()) {
            names.insert(path.to_owned(), format!("{plain}#{}{rest}", short(sha256)));
        }
    };
    for entry in &ledger.sources {
        name(&entry.path, unit(entry, &archives));
    }
    for archive in &ledger.archives {
        let outer = outermost(&archive.path, &archives).unwrap_or((&archive.path, &archive.sha256));
        name(&archive.path, outer);
    }
    names
}

/// Path → hash of the archives.
pub(super) type Archives<'l> = HashMap<&'l str, &'l str>;

pub(super) fn hashes(archives: &[Archive]) -> Archives<'_> {
    archives.iter().map(|archive| (archive.path.as_str(), archive.sha256.as_str())).collect()
}

/// The path of the file on the disk that an entry comes from. A `!` is no sign of an archive by itself: folders and
/// files may bear one.
pub(super) fn file_of<'p>(path: &'p str, archives: &Archives<'_>) -> &'p str {
    ends(path).find(|unit| archives.contains_key(unit)).unwrap_or(path)
}

/// The path up to each of its `!`, and the whole.
fn ends(path: &str) -> impl Iterator<Item = &str> {
    let ends = path.match_indices('!').map(|(at, _)| at).chain([path.len()]);
    ends.filter_map(|end| path.get(..end))
}

/// The file on the disk that an entry comes from, and its hash: the outermost archive, or the file itself.
fn unit<'l>(entry: &'l SourceEntry, archives: &Archives<'l>) -> (&'l str, &'l str) {
    outermost(&entry.path, archives).unwrap_or((&entry.path, &entry.sha256))
}

fn outermost<'l>(path: &'l str, archives: &Archives<'l>) -> Option<(&'l str, &'l str)> {
    ends(path).find_map(|unit| Some((unit, *archives.get(unit)?)))
}

fn short(sha256: &str) -> String {
    sha256.chars().take(SHORT).collect()
}

/// The path as given, of one that bears its hash already.
fn plain<'p>(unit: &'p str, sha256: &str) -> &'p str {
    let bare = unit.strip_suffix(&short(sha256)).and_then(|unit| unit.strip_suffix('#'));
    bare.filter(|_| !sha256.is_empty()).unwrap_or(unit)
}

/// Tells each of these files, once, that another one has its path.
pub(super) fn tell<'e>(
    entries: impl Iterator<Item = &'e mut SourceEntry>,
    folders: &[Folder],
    archives: &Archives<'_>,
) {
    let called: BTreeSet<&String> = folders.iter().flat_map(|folder| folder.renamed.values()).collect();
    let mut told: BTreeSet<String> = BTreeSet::new();
    for entry in entries.filter(|entry| called.contains(&entry.path)) {
        entry.notes.retain(|note| note.code != CODE);
        let unit = file_of(&entry.path, archives);
        let Some((path, _)) = unit.rsplit_once('#') else { continue };
        let text =
            format!("another file of the case has the path {path} and other bytes; this one is called {unit} here");
        if told.insert(unit.to_owned()) {
            entry.notes.push(Note::new(CODE, text));
        }
    }
}
