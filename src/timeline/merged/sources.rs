//! Which files several folders have: each once, from the folder that has most of it, in the order in which one run would
//! have read them, and under a name of its own.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use super::Folder;
use super::naming::{self, Archives};
use crate::ledger::{Archive, Ledger, Note, Reading, SourceEntry};

/// What is asked of the books of several folders.
pub(super) struct Files {
    pub folders: Vec<Folder>,
    /// Their files, in reading order.
    pub sources: Vec<SourceEntry>,
    /// The archives among them, in the order of their names.
    pub archives: Vec<Archive>,
}

/// A file that counts: the folder that it is read from, its place there, and its entry under the name it has here.
type Chosen = (usize, usize, SourceEntry);

/// Which files there are, in reading order; which are the same in two folders, and which only have the same name.
///
/// `reading` is how the files of all folders were read; an entry that was read otherwise says so.
pub(super) fn files(dirs: &[PathBuf], ledgers: Vec<Ledger>, reading: &Reading) -> Files {
    let mut folders: Vec<Folder> = dirs.iter().map(|dir| Folder { dir: dir.clone(), ..Folder::default() }).collect();
    for (folder, renamed) in folders.iter_mut().zip(naming::apart(&ledgers)) {
        folder.renamed = renamed;
    }
    let mut archives: Vec<Archive> = Vec::new();
    let mut own: Vec<(usize, String)> = Vec::new();
    // Name and hash → who read that file, each with the entries of its own: an archive may have a member twice.
    let mut read: BTreeMap<(String, String), Vec<Read>> = BTreeMap::new();
    for (number, (ledger, folder)) in ledgers.into_iter().zip(&folders).enumerate() {
        let named = |mut archive: Archive| {
            folder.rename(&mut archive.path);
            archive
        };
        archives.extend(ledger.archives.into_iter().map(named));
        for (place, mut entry) in ledger.sources.into_iter().enumerate() {
            own.push((number, entry.path.clone()));
            let how = entry.reading.take().unwrap_or_else(|| ledger.reading.clone());
            entry.reading = (how != *reading).then_some(how);
            let mut name = entry.path.clone();
            folder.rename(&mut name);
            let readings = read.entry((name, entry.sha256.clone())).or_default();
            match readings.last_mut().filter(|reading| reading.folder == number) {
                Some(reading) => reading.entries.push((place, entry)),
                None => readings.push(Read { folder: number, entries: vec![(place, entry)] }),
            }
        }
    }
    archives.sort_by(|a, b| (&a.path, &a.sha256).cmp(&(&b.path, &b.sha256)));
    archives.dedup();
    let mut chosen = choose(read, &mut folders);
    let packed = naming::hashes(&archives);
    naming::tell(chosen.iter_mut().map(|(.., entry)| entry), &folders, &packed);
    let order = order(&chosen, &packed);
    let mut slots: Vec<Option<Chosen>> = chosen.into_iter().map(Some).collect();
    let sources: Vec<SourceEntry> =
        order.into_iter().filter_map(|at| slots.get_mut(at).and_then(Option::take)).map(|(.., entry)| entry).collect();
    rank(&mut folders, &own, &sources);
    Files { folders, sources, archives }
}

/// Takes each file from the folder that has most of it; the others leave it out.
fn choose(read: BTreeMap<(String, String), Vec<Read>>, folders: &mut [Folder]) -> Vec<Chosen> {
    let mut all = Vec::new();
    for ((name, _), readings) in read {
        let (chosen, others) = fullest(readings);
        for other in others {
            let path = other.entries.into_iter().next().map(|(_, entry)| entry.path);
            if let (Some(folder), Some(path)) = (folders.get_mut(other.folder), path) {
                folder.elsewhere.insert(path);
            }
        }
        let called = |(place, entry)| (chosen.folder, place, SourceEntry { path: name.clone(), ..entry });
        all.extend(chosen.entries.into_iter().map(called));
    }
    all
}

/// Tells each folder the number that each file of its own has here, wherever it is read from.
fn rank(folders: &mut [Folder], own: &[(usize, String)], sources: &[SourceEntry]) {
    let known: HashMap<&str, u32> =
        (0..).zip(sources).map(|(rank, entry): (u32, &SourceEntry)| (entry.path.as_str(), rank)).collect();
    for (number, path) in own {
        let Some(folder) = folders.get_mut(*number) else { continue };
        let mut name = path.clone();
        folder.rename(&mut name);
        if let Some(rank) = known.get(name.as_str()) {
            folder.ranks.insert(path.clone(), *rank);
        }
    }
}

/// How the files of several folders are said to have been read: as in the folder that unpacked most, so that whoever
/// reads all of them again reads at least as much.
pub(super) fn common_reading(ledgers: &[Ledger]) -> Reading {
    let key = |reading: &Reading| {
        let Reading { date_order, encoding, unpack_ratio, unpack_limit, knowledge } = reading.clone();
        (Reverse(unpack_limit), Reverse(unpack_ratio), date_order, encoding, knowledge)
    };
    ledgers.iter().map(|ledger| ledger.reading.clone()).min_by_key(key).unwrap_or_default()
}

/// How one folder read a file.
struct Read {
    folder: usize,
    entries: Vec<(usize, SourceEntry)>,
}

/// How much of the file it has: whole or not, how many records it could use, how few of them in part, how few it
/// refused. Where that is the same, the one whose records are the older ones.
type Fullness = (bool, u64, Reverse<u64>, Reverse<u64>, Reverse<Vec<[Option<String>; 2]>>);

impl Read {
    fn fullness(&self) -> Fullness {
        let sum = |count: fn(&SourceEntry) -> u64| self.entries.iter().map(|(_, entry)| count(entry)).sum::<u64>();
        let used = sum(|entry| entry.counts.events + entry.counts.states + entry.counts.duplicates);
        let (salvaged, rejected) = (sum(|entry| entry.counts.salvaged), sum(|entry| entry.counts.rejected));
        let spans = self.entries.iter().map(|(_, entry)| [entry.first.clone(), entry.last.clone()]).collect();
        let whole = self.entries.iter().all(|(_, entry)| entry.is_whole());
        (whole, used, Reverse(salvaged), Reverse(rejected), Reverse(spans))
    }
}

/// The reading that lost least, whichever folder was named first, and the others: the same bytes may
/// have been read with other options, or not to their end. Where they say different things, the entry says so.
fn fullest(mut readings: Vec<Read>) -> (Read, Vec<Read>) {
    // Of equal ones the first.
    let best = (0..readings.len()).rev().max_by_key(|at| readings.get(*at).map(Read::fullness)).unwrap_or_default();
    let mut chosen = readings.swap_remove(best);
    let fullness = chosen.fullness();
    let differs = |reading: &Read| {
        let other = reading.fullness();
        (other.0, other.1, other.2, other.3) != (fullness.0, fullness.1, fullness.2, fullness.3)
            // Copies of other files' records are counted, not read: only of the other file the span is known.
            || reading.entries.iter().zip(&chosen.entries).any(|((_, a), (_, b))| {
                a.counts.duplicates == b.counts.duplicates && (&a.first, &a.last) != (&b.first, &b.last)
            })
    };
    if readings.iter().any(differs)
        && let Some((_, entry)) = chosen.entries.first_mut()
    {
        let text = "the case has this file read in another way as well; what lost least of it counts";
        entry.notes.retain(|note| note.code != "C-216");
        entry.notes.push(Note::new("C-216", text));
    }
    (chosen, readings)
}

/// The order in which one run would have read the files: by name; the members of an archive in the archive's order.
fn order(entries: &[Chosen], archives: &Archives<'_>) -> Vec<usize> {
    // Two files of one path are told apart by their bytes, not by the folder that happens to come first.
    let mut first: BTreeMap<(&str, usize), (&str, &str)> = BTreeMap::new();
    for (folder, _, entry) in entries {
        let name = (entry.path.as_str(), entry.sha256.as_str());
        let least = first.entry((naming::file_of(&entry.path, archives), *folder)).or_insert(name);
        *least = name.min(*least);
    }
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_cached_key(|at| {
        entries.get(*at).map(|(folder, place, entry)| {
            let file = naming::file_of(&entry.path, archives);
            (file, first.get(&(file, *folder)).copied(), *folder, *place)
        })
    });
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{Counts, Status};

    fn entry(path: &str, sha256: &str) -> SourceEntry {
        SourceEntry { path: path.to_owned(), sha256: sha256.to_owned(), ..SourceEntry::default() }
    }

    fn ledger(sources: Vec<SourceEntry>) -> Ledger {
        Ledger { sources, ..Ledger::default() }
    }

    #[test]
    fn files_stand_in_reading_order_and_the_same_file_once() {
        let dirs = [PathBuf::from("one"), PathBuf::from("two")];
        let packed = Archive { path: "b.zip".into(), sha256: "9".into(), bytes: 1 };
        let members = vec![entry("b.zip!z", "1"), entry("b.zip!a", "2"), entry("d.csv", "3")];
        let one = Ledger { archives: vec![packed], ..ledger(members) };
        let two = ledger(vec![entry("a.csv", "4"), entry("c.csv", "5"), entry("d.csv", "3")]);
        let Files { folders, sources, .. } = files(&dirs, vec![one, two], &Reading::default());
        let paths: Vec<&str> = sources.iter().map(|entry| entry.path.as_str()).collect();
        assert_eq!(paths, ["a.csv", "b.zip!z", "b.zip!a", "c.csv", "d.csv"]);
        assert_eq!(folders[0].rank("d.csv"), 4);
        assert_eq!(folders[1].rank("d.csv"), 4);
        assert!(folders[1].elsewhere.contains("d.csv"));
    }

    #[test]
    fn a_folder_whose_name_has_the_mark_of_members_is_no_archive() {
        let dirs = [PathBuf::from("one"), PathBuf::from("two")];
        let [one, two] = ["bbbbbbbbbbbbbb", "aaaaaaaaaaaaaa"]
            .map(|sha256| ledger(vec![entry("Urgent!/a.csv", sha256), entry(&format!("Urgent!/{sha256}.csv"), "1")]));
        let Files { sources, .. } = files(&dirs, vec![one, two], &Reading::default());
        let paths: Vec<&str> = sources.iter().map(|entry| entry.path.as_str()).collect();
        let expected = [
            "Urgent!/a.csv#aaaaaaaaaaaa",
            "Urgent!/a.csv#bbbbbbbbbbbb",
            "Urgent!/aaaaaaaaaaaaaa.csv",
            "Urgent!/bbbbbbbbbbbbbb.csv",
        ];
        assert_eq!(paths, expected);
        let told = |entry: &SourceEntry| entry.notes.iter().any(|note| note.code == "C-213");
        assert_eq!(sources.iter().map(told).collect::<Vec<_>>(), [true, true, false, false]);
    }

    #[test]
    fn of_two_readings_of_a_file_the_one_that_lost_least_counts() {
        let dirs = [PathBuf::from("one"), PathBuf::from("two")];
        let read = |status: Status, events: u64, rejected: u64, order: Option<&str>| {
            let counts = Counts { records: events + rejected, events, rejected, ..Counts::default() };
            let reading = Reading { date_order: order.map(str::to_owned), ..Reading::default() };
            Ledger { reading, ..ledger(vec![SourceEntry { counts, status, ..entry("a.csv", "1") }]) }
        };
        let cut = || read(Status::PartlyRead, 57, 0, None);
        let whole = || read(Status::Read, 388, 0, None);
        let undated = || read(Status::Read, 0, 2, None);
        let dated = || read(Status::Read, 2, 0, Some("dmy"));
        for (worse, better) in [(cut(), whole()), (undated(), dated())] {
            for ledgers in [vec![worse.clone(), better.clone()], vec![better.clone(), worse.clone()]] {
                let reading = common_reading(&ledgers);
                let Files { folders, sources, .. } = files(&dirs, ledgers.clone(), &reading);
                assert_eq!(sources.len(), 1);
                assert_eq!(sources[0].counts, better.sources[0].counts);
                assert_eq!(sources[0].notes.iter().filter(|note| note.code == "C-216").count(), 1);
                assert_eq!(sources[0].reading.clone().unwrap_or(reading), better.reading);
                let left = folders.iter().position(|folder| folder.elsewhere.contains("a.csv")).unwrap();
                assert_eq!(ledgers[left].sources, worse.sources);
            }
        }
        let Files { sources, .. } = files(&dirs, vec![whole(), whole()], &Reading::default());
        assert!(sources[0].notes.is_empty(), "the same twice is nothing to tell");
    }

    #[test]
    fn two_files_of_one_name_are_both_there_and_each_bears_its_hash() {
        let dirs = [PathBuf::from("one"), PathBuf::from("two")];
        let hashes = ["bbbbbbbbbbbbbb", "aaaaaaaaaaaaaa"];
        let expected = ["ual.csv#aaaaaaaaaaaa", "ual.csv#bbbbbbbbbbbb"];
        let paths = |sources: &[SourceEntry]| sources.iter().map(|entry| entry.path.clone()).collect::<Vec<_>>();
        for [one, two] in [hashes, [hashes[1], hashes[0]]] {
            let ledgers = [one, two].map(|sha256| ledger(vec![entry("ual.csv", sha256)])).to_vec();
            let Files { folders, sources, .. } = files(&dirs, ledgers.clone(), &Reading::default());
            assert_eq!(paths(&sources), expected);
            assert!(folders.iter().all(|folder| folder.renamed.len() == 1 && folder.ranks.len() == 1));
            assert!(sources.iter().all(|entry| entry.notes.iter().filter(|note| note.code == "C-213").count() == 1));
            // Joined once more with one of its parts: the same file is the same file.
            let again = vec![ledger(sources.clone()), ledgers[0].clone()];
            let Files { sources: joined, .. } = files(&dirs, again, &Reading::default());
            assert_eq!(joined, sources);
        }
    }

    #[test]
    fn an_archive_bears_its_hash_with_all_its_members() {
        let dirs = [PathBuf::from("one"), PathBuf::from("two")];
        let packed = |sha256: &str, members: &[(&str, &str)]| Ledger {
            archives: vec![Archive { path: "e.zip".into(), sha256: sha256.into(), bytes: 1 }],
            ..ledger(members.iter().map(|(path, sha256)| entry(path, sha256)).collect())
        };
        let one = || packed("bbbbbbbbbbbbbb", &[("e.zip!x.csv", "1"), ("e.zip!same.csv", "3")]);
        let two = || packed("aaaaaaaaaaaaaa", &[("e.zip!x.csv", "2"), ("e.zip!same.csv", "3")]);
        let joined = files(&dirs, vec![one(), two()], &Reading::default());
        let paths: Vec<&str> = joined.sources.iter().map(|entry| entry.path.as_str()).collect();
        let [a, b] = ["e.zip#aaaaaaaaaaaa", "e.zip#bbbbbbbbbbbb"];
        let expected = [a, b].map(|unit| [format!("{unit}!x.csv"), format!("{unit}!same.csv")]).concat();
        assert_eq!(paths, expected);
        assert_eq!(joined.archives.iter().map(|archive| archive.path.as_str()).collect::<Vec<_>>(), [a, b]);
        let other = files(&dirs, vec![two(), one()], &Reading::default());
        assert_eq!((joined.sources, joined.archives), (other.sources, other.archives));
    }
}
