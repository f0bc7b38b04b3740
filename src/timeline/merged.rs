//! Several case folders read as one: the same books, identities, copies and events as if one run had read all their
//! evidence. What one folder cannot know (a record that another one has too) is found out when they are opened.
//!
//! Opening looks through a few narrow columns of every part, and holds 48 bytes a record while it does; `merge` writes
//! the answer down as one plain case.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, hash_map};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

mod naming;
mod sources;

use sources::Files;

use super::build;
use super::event::Event;
use super::hours;
use super::identities::{IdentityTable, Taught};
use super::same::{self, Place, Variant};
use super::schema::{self, names};
use super::store::{self, Duplicate, Part, StoreError};
use super::tally::Tally;
use crate::ledger::{Ledger, Reject};

/// What the sameness of records is decided by.
const KEYS: [&str; 10] = [
    "event_id",
    "raw_sha256",
    "evidence_source",
    names::DATETIME,
    names::ACTION,
    "target_raw",
    "user_raw",
    "source_file",
    "source_row",
    "parse_status",
];
/// What the ledger counts.
const COUNTED: [&str; 12] = [
    "event_id",
    "evidence_source",
    names::DATETIME,
    names::ACTION,
    "target_raw",
    "source_file",
    "source_row",
    "record_type",
    "user_upn",
    "user_raw",
    "actor_type",
    "parse_status",
];

/// How the events of several folders are read as those of one.
#[derive(Debug, Default)]
pub struct Merged {
    folders: Vec<Folder>,
    /// All rejects, in reading order.
    pub rejects: Vec<Reject>,
    /// All copies, in reading order.
    pub duplicates: Vec<Duplicate>,
}

/// One of the folders.
#[derive(Debug, Default)]
struct Folder {
    dir: PathBuf,
    /// Each of its files: its number in the merged ledger.
    ranks: HashMap<String, u32>,
    /// Files that another folder has as well, byte for byte: they are read from there.
    elsewhere: BTreeSet<String>,
    /// Files whose path another file bears too: the name they have here.
    renamed: HashMap<String, String>,
    /// Records that another folder has as well.
    copies: HashMap<String, HashSet<u64>>,
}

/// A record in the search for copies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    id: u128,
    place: Place,
    content: u128,
}

impl Merged {
    /// Opens the folders; gives their common ledger and identities.
    pub fn open(dirs: &[PathBuf]) -> Result<(Self, Ledger, IdentityTable), StoreError> {
        let ledgers = dirs.iter().map(|dir| store::folder::read_ledger(dir)).collect::<Result<Vec<_>, _>>()?;
        dirs.iter().zip(&ledgers).try_for_each(|(dir, ledger)| store::rows::check(dir, ledger))?;
        let reading = sources::common_reading(&ledgers);
        let Files { mut folders, sources, archives } = sources::files(dirs, ledgers, &reading);
        let mut ledger = Ledger { schema: schema::VERSION.to_owned(), reading, sources, archives };
        let found = Found::of(keys(&folders)?);
        forget(&mut folders, &found.copies);
        let ids = recount(&folders, &found, &mut ledger)?;
        let variants = found.variants.iter().map(|(at, first)| {
            let id = ids.get(at).cloned().unwrap_or_default();
            Variant { at: *at, first: *first, id }
        });
        same::tell(&mut ledger, variants.collect());
        hours::tell(&mut ledger.sources);
        let identities = identities(&folders)?;
        let mut merged = Self { folders, rejects: Vec::new(), duplicates: Vec::new() };
        merged.rejects = merged.all_rejects()?;
        merged.duplicates = merged.all_duplicates(&found, &ledger)?;
        Ok((merged, ledger, identities))
    }

    /// The folders.
    pub fn dirs(&self) -> impl Iterator<Item = &Path> {
        self.folders.iter().map(|folder| folder.dir.as_path())
    }

    /// Leaves out of the events of a part what is counted elsewhere, and gives each file the name it has here.
    pub fn keep(&self, part: &Path, events: &mut Vec<Event>) {
        if let Some(folder) = self.folder_of(part) {
            folder.keep(events);
        }
    }

    /// What a file that a part names is called here; `None` where it is read from another folder.
    pub fn name_here(&self, part: &Path, mut file: String) -> Option<String> {
        let Some(folder) = self.folder_of(part) else { return Some(file) };
        if folder.elsewhere.contains(&file) {
            return None;
        }
        folder.rename(&mut file);
        Some(file)
    }

    /// The folder that a part lies in.
    fn folder_of(&self, part: &Path) -> Option<&Folder> {
        let around = self.folders.iter().filter(|folder| part.starts_with(&folder.dir));
        around.max_by_key(|folder| folder.dir.as_os_str().len())
    }

    fn all_rejects(&self) -> Result<Vec<Reject>, StoreError> {
        let mut all = Vec::new();
        for folder in &self.folders {
            for mut reject in store::folder::read_rejects(&folder.dir)? {
                if !folder.elsewhere.contains(&reject.evidence) {
                    let rank = folder.rank(&reject.evidence);
                    folder.rename(&mut reject.evidence);
                    all.push(((rank, reject.record), reject));
                }
            }
        }
        all.sort_by_key(|(place, _)| *place);
        Ok(all.into_iter().map(|(_, reject)| reject).collect())
    }

    fn all_duplicates(&self, found: &Found, ledger: &Ledger) -> Result<Vec<Duplicate>, StoreError> {
        let mut kept: BTreeMap<Place, Place> = found.copies.iter().copied().collect();
        for folder in &self.folders {
            for copy in store::folder::read_duplicates(&folder.dir)? {
                if !folder.elsewhere.contains(&copy.evidence) {
                    let first = (folder.rank(&copy.kept_evidence), copy.kept_record);
                    kept.insert((folder.rank(&copy.evidence), copy.record), first);
                }
            }
        }
        // What one folder kept is a copy itself where the file is read from another folder.
        let first_of = |place: Place| {
            let chain = std::iter::successors(Some(place), |place| kept.get(place).copied());
            chain.take(kept.len() + 1).last().unwrap_or(place)
        };
        let pairs = kept.iter().map(|(copy, first)| (*copy, first_of(*first)));
        let name = |rank: u32| ledger.sources.get(rank as usize).map(|entry| entry.path.clone()).unwrap_or_default();
        let duplicate = |(copy, kept): (Place, Place)| Duplicate {
            evidence: name(copy.0),
            record: copy.1,
            kept_evidence: name(kept.0),
            kept_record: kept.1,
        };
        Ok(pairs.map(duplicate).collect())
    }
}

impl Folder {
    fn rank(&self, file: &str) -> u32 {
        self.ranks.get(file).copied().unwrap_or(u32::MAX)
    }

    fn rename(&self, file: &mut String) {
        if let Some(name) = self.renamed.get(file) {
            file.clone_from(name);
        }
    }

    /// Whether another folder has the record as well, and it counts there.
    fn is_copy(&self, event: &Event) -> bool {
        self.copies.get(&*event.origin.file).is_some_and(|copies| copies.contains(&event.origin.record))
    }

    fn keep(&self, events: &mut Vec<Event>) {
        events.retain(|event| !self.elsewhere.contains(&*event.origin.file) && !self.is_copy(event));
        for event in events {
            if let Some(name) = self.renamed.get(&*event.origin.file) {
                event.origin.file = name.as_str().into();
            }
        }
    }

    fn parts(&self) -> Result<Vec<PathBuf>, StoreError> {
        let mut parts: Vec<PathBuf> = store::folder::parts(&self.dir)?.into_iter().map(|(_, path)| path).collect();
        parts.extend(store::folder::state_parts(&self.dir)?);
        Ok(parts)
    }
}

/// The keys of all records.
fn keys(folders: &[Folder]) -> Result<Vec<Key>, StoreError> {
    let mut all = Vec::new();
    for folder in folders {
        let of_part = |path: &PathBuf| -> Result<Vec<Key>, StoreError> {
            let mut keys = Vec::new();
            each(path, &KEYS, &mut |event| {
                if !folder.elsewhere.contains(&*event.origin.file) {
                    let content = same::leading(&event.raw_sha256);
                    let place = (folder.rank(&event.origin.file), event.origin.record);
                    keys.push(Key { id: same::key(event, content), place, content });
                }
            })?;
            Ok(keys)
        };
        let found = folder.parts()?.par_iter().map(of_part).collect::<Result<Vec<_>, _>>()?;
        all.extend(found.into_iter().flatten());
    }
    Ok(all)
}

/// Calls `then` with every row of a part, in portions; only these columns are filled.
fn each(path: &Path, columns: &[&str], then: &mut dyn FnMut(&Event)) -> Result<(), StoreError> {
    let part = Part::open(path)?;
    let mut start = 0;
    for length in part.row_groups() {
        let frame = part.read(start, length, Some(columns))?;
        build::events(&frame).map_err(|error| part.error(error))?.iter().for_each(&mut *then);
        start += length;
    }
    Ok(())
}

/// What the search found.
struct Found {
    /// Copy → the record that is kept.
    copies: Vec<(Place, Place)>,
    /// A record → the first with the same native id, which has other bytes.
    variants: Vec<(Place, Place)>,
}

impl Found {
    /// The first record of each key is kept, and of each further content its first.
    fn of(mut keys: Vec<Key>) -> Self {
        keys.par_sort_unstable();
        let mut found = Self { copies: Vec::new(), variants: Vec::new() };
        for group in keys.chunk_by(|a, b| a.id == b.id) {
            let Some((first, rest)) = group.split_first() else { continue };
            // Some exporters give every record one id, of zeros.
            let mut contents = HashMap::from([(first.content, first.place)]);
            for key in rest {
                match contents.entry(key.content) {
                    hash_map::Entry::Occupied(kept) => found.copies.push((key.place, *kept.get())),
                    hash_map::Entry::Vacant(slot) => {
                        found.variants.push((key.place, first.place));
                        slot.insert(key.place);
                    }
                }
            }
        }
        found.copies.sort_unstable();
        found
    }
}

/// Leaves the copies out of the folders that have them.
fn forget(folders: &mut [Folder], copies: &[(Place, Place)]) {
    let mut owners: HashMap<u32, (usize, String)> = HashMap::new();
    for (number, folder) in folders.iter().enumerate() {
        let own = folder.ranks.iter().filter(|(file, _)| !folder.elsewhere.contains(*file));
        owners.extend(own.map(|(file, rank)| (*rank, (number, file.clone()))));
    }
    for ((rank, record), _) in copies {
        let Some((number, file)) = owners.get(rank) else { continue };
        if let Some(folder) = folders.get_mut(*number) {
            folder.copies.entry(file.clone()).or_default().insert(*record);
        }
    }
}

/// Counts the files again that have copies; gives the native ids of the variants.
fn recount(folders: &[Folder], found: &Found, ledger: &mut Ledger) -> Result<HashMap<Place, String>, StoreError> {
    let mut copies: BTreeMap<u32, u64> = BTreeMap::new();
    for (copy, _) in &found.copies {
        *copies.entry(copy.0).or_default() += 1;
    }
    let wanted: BTreeSet<Place> = found.variants.iter().map(|(at, _)| *at).collect();
    let mut ids = HashMap::new();
    let mut tallies: BTreeMap<u32, Tally> = copies.keys().map(|rank| (*rank, Tally::default())).collect();
    let concerned = |folder: &&Folder| {
        !folder.copies.is_empty()
            || folder.ranks.values().any(|rank| wanted.range((*rank, 0)..=(*rank, u64::MAX)).next().is_some())
    };
    for folder in folders.iter().filter(concerned) {
        for path in folder.parts()? {
            each(&path, &COUNTED, &mut |event| {
                if folder.elsewhere.contains(&*event.origin.file) {
                    return;
                }
                let place = (folder.rank(&event.origin.file), event.origin.record);
                if wanted.contains(&place) {
                    ids.insert(place, event.event_id.as_deref().unwrap_or_default().to_owned());
                }
                if let Some(tally) = tallies.get_mut(&place.0).filter(|_| !folder.is_copy(event)) {
                    tally.add(event, place.1);
                }
            })?;
        }
    }
    for (rank, tally) in tallies {
        if let Some(entry) = ledger.sources.get_mut(rank as usize) {
            tally.close(entry);
            entry.counts.duplicates += copies.get(&rank).copied().unwrap_or(0);
        }
    }
    Ok(ids)
}

/// Who is who, each name with the first record that teaches it.
fn identities(folders: &[Folder]) -> Result<IdentityTable, StoreError> {
    let mut names: BTreeMap<(String, String, String), (Place, Taught)> = BTreeMap::new();
    for folder in folders {
        for (key, mut taught) in named(store::folder::read_identities(&folder.dir)?) {
            let place = (folder.rank(&taught.record.evidence), taught.record.record);
            folder.rename(&mut taught.record.evidence);
            match names.entry(key) {
                Entry::Vacant(name) => {
                    name.insert((place, taught));
                }
                Entry::Occupied(mut name) => {
                    let (first, known) = name.get_mut();
                    known.count += taught.count;
                    if place < *first {
                        (*first, known.record) = (place, taught.record);
                    }
                }
            }
        }
    }
    let mut all = IdentityTable::default();
    for ((upn, kind, name), (_, taught)) in names {
        all.accounts.entry(upn).or_default().entry(kind).or_default().insert(name, taught);
    }
    Ok(all)
}

/// Each name of a table, by its account and kind.
fn named(table: IdentityTable) -> impl Iterator<Item = ((String, String, String), Taught)> {
    table.accounts.into_iter().flat_map(|(upn, kinds)| {
        kinds.into_iter().flat_map(move |(kind, names)| {
            let upn = upn.clone();
            names.into_iter().map(move |(name, taught)| ((upn.clone(), kind.clone(), name), taught))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: u128, rank: u32, record: u64, content: u128) -> Key {
        Key { id, place: (rank, record), content }
    }

    #[test]
    fn the_first_of_each_content_is_kept() {
        let found = Found::of(vec![
            key(1, 1, 5, 10),
            key(1, 0, 7, 10),
            key(1, 2, 1, 11),
            key(1, 3, 1, 11),
            key(1, 3, 2, 10),
            key(2, 0, 8, 10),
        ]);
        assert_eq!(found.copies, [((1, 5), (0, 7)), ((3, 1), (2, 1)), ((3, 2), (0, 7))]);
        assert_eq!(found.variants, [((2, 1), (0, 7))]);
    }
}
