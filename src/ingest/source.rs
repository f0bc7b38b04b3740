//! Opens evidence read-only, hashes it while reading, decompresses and decodes it. One of the four doors.
#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "the door to the evidence")]

mod budget;
mod encoding;
mod hashing;
mod lists;
mod nest;
mod stamp;
mod stream;
mod text;
mod walk;
mod wide;
mod zip;

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use self::budget::Budget;
use self::nest::Nest;
use self::stamp::Stamp;
use self::walk::is_link_to_folder;
use self::zip::Entry;
use crate::ledger::Archive;

pub use budget::Limits;
pub use encoding::{Recognised, TextEncoding, recognise};
pub use hashing::digest;
pub use lists::{TextFile, lines, list, names, texts};
pub use nest::Nests;
pub use stream::{Stream, Summed};
pub use text::Text;
pub use walk::{EvidenceFile, NoSuchEvidence, forbids, path_of, resolved, total_size, walk, walk_there};

/// How the bytes on disk are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    Plain,
    Gzip,
    Zstd,
    /// A member of a zip archive: where its bytes are.
    Zip {
        start: u64,
        packed: u64,
        deflated: bool,
        crc: u32,
    },
}

/// One stream of evidence: a file, or a member of an archive.
#[derive(Debug, Clone)]
pub struct Member {
    /// The name that findings cite: the path as given, archive members as `path!member`.
    pub name: String,
    path: PathBuf,
    /// The inner archive that holds its bytes, where it is not the file itself.
    within: Option<Arc<Nest>>,
    packing: Packing,
    /// How the member of an archive is packed once more: not at all, with gzip or zstd.
    again: Packing,
    stamp: Stamp,
    budget: Arc<Budget>,
}

/// Why a file, or a member of an archive, could not be read.
#[derive(Debug, Clone)]
pub struct Unreadable {
    /// Evidence path.
    pub name: String,
    /// Stable code.
    pub code: &'static str,
    /// What was seen.
    pub reason: String,
}

/// The streams inside a file: itself, or the members of the archive it is. Of what lies inside of archives, packed files
/// and archives are read too, those inside of these are not.
pub fn members(file: &EvidenceFile, limits: Limits, nests: &Nests) -> Vec<Result<Member, Unreadable>> {
    let unreadable = |error: &io::Error| {
        vec![Err(Unreadable { name: file.name.clone(), code: "F-020", reason: format!("cannot be read: {error}") })]
    };
    let (stamp, magic) = match Stamp::of(&file.path).and_then(|stamp| Ok((stamp, magic(&file.path)?))) {
        Ok(seen) => seen,
        Err(error) => return unreadable(&error),
    };
    let whole = Member {
        name: file.name.clone(),
        path: file.path.clone(),
        within: None,
        packing: Packing::Plain,
        again: Packing::Plain,
        budget: Arc::new(Budget::new(limits, stamp.bytes)),
        stamp,
    };
    match Packed::of(&magic) {
        Packed::Zip => zip_members(&whole, nests).unwrap_or_else(|error| unreadable(&error)),
        Packed::Stream(packing) => {
            let stream = Member { packing, ..whole };
            let inner = || (stream.packed() == Packed::Zip).then(|| nests.members(&stream)).flatten();
            inner().map_or_else(|| vec![Ok(stream.clone())], in_order)
        }
        Packed::Not => vec![Ok(whole)],
    }
}

/// What the first bytes say of how something is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packed {
    Not,
    Stream(Packing),
    Zip,
}

impl Packed {
    fn of(magic: &[u8]) -> Self {
        match magic {
            [0x1f, 0x8b, ..] => Self::Stream(Packing::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd] => Self::Stream(Packing::Zstd),
            [b'P', b'K', 3, 4] => Self::Zip,
            _ => Self::Not,
        }
    }
}

fn magic(path: &Path) -> io::Result<Vec<u8>> {
    let metadata = fs::metadata(path)?;
    if is_link_to_folder(path) {
        return Err(io::Error::other("a link to a folder, which is not followed; name the folder itself"));
    }
    if metadata.is_dir() {
        // Why it was not walked: it cannot be listed, or nothing is in it.
        fs::read_dir(path)?;
        return Err(io::Error::other("the folder holds no file"));
    }
    if !metadata.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    let mut magic = Vec::new();
    File::open(path)?.take(4).read_to_end(&mut magic)?;
    Ok(magic)
}

fn zip_members(file: &Member, nests: &Nests) -> io::Result<Vec<Result<Member, Unreadable>>> {
    let entries = zip::list(BufReader::new(File::open(&file.path)?))?;
    let refused =
        |code, reason: &str| Ok(vec![Err(Unreadable { name: file.name.clone(), code, reason: reason.to_owned() })]);
    if entries.is_empty() {
        return refused("F-011", "the archive holds no files");
    }
    if zip::is_workbook(&entries) {
        return refused(
            "F-010",
            "Excel workbook: Excel changes dates and cuts cells at 32,767 characters; give the CSV or JSON as downloaded",
        );
    }
    if zip::is_open_document(&entries) {
        let reason = "OpenDocument file: a program for spreadsheets changes dates and numbers; give the CSV or JSON as downloaded";
        return refused("F-010", reason);
    }
    let mut found = Vec::new();
    for member in in_order(file.members(entries)) {
        match member {
            Ok(member) => found.extend(member.unnested(nests)),
            refused => found.push(refused),
        }
    }
    Ok(in_order(found))
}

impl Member {
    /// The files of the archive that this is.
    fn members(&self, entries: Vec<Entry>) -> Vec<Result<Self, Unreadable>> {
        let member = |Entry { name, place }: Entry| {
            let name = format!("{}!{name}", self.name);
            match place {
                Ok(packing) => Ok(Self { name, packing, ..self.clone() }),
                Err(reason) => Err(Unreadable { name, code: "F-011", reason: reason.to_owned() }),
            }
        };
        entries.into_iter().map(member).collect()
    }

    /// The files of the inner archive that this stream is.
    fn inside(&self, nest: &Arc<Nest>, entries: Vec<Entry>) -> Vec<Result<Self, Unreadable>> {
        Self { within: Some(Arc::clone(nest)), ..self.clone() }.members(entries)
    }

    /// What a member of an archive holds: itself, also where it is packed once more, or the files of the archive it is.
    /// An archive that cannot be read there stays one member, which is refused as what it is.
    fn unnested(self, nests: &Nests) -> Vec<Result<Self, Unreadable>> {
        match self.packed() {
            Packed::Stream(again) => vec![Ok(Self { again, ..self })],
            Packed::Zip => nests.members(&self).unwrap_or_else(|| vec![Ok(self)]),
            Packed::Not => vec![Ok(self)],
        }
    }

    /// How its content is packed; what cannot be read is told when it is read.
    fn packed(&self) -> Packed {
        let mut magic = Vec::new();
        match self.open().map(|stream| stream.take(4).read_to_end(&mut magic)) {
            Ok(Ok(_)) => Packed::of(&magic),
            _ => Packed::Not,
        }
    }

    /// Whether it is a member of an archive.
    fn is_archived(&self) -> bool {
        matches!(self.packing, Packing::Zip { .. })
    }

    fn with_fresh_budget(&self) -> Self {
        Self { budget: Arc::new(self.budget.fresh()), ..self.clone() }
    }
}

/// The members in the order of their names. Where several bear one name, the second of the archive's directory is called
/// `name#2`, and so on: evidence is cited by its name.
fn in_order(mut found: Vec<Result<Member, Unreadable>>) -> Vec<Result<Member, Unreadable>> {
    let mut taken: HashSet<String> = found.iter().map(|member| member_name(member).to_owned()).collect();
    let mut seen: HashMap<String, u64> = HashMap::new();
    for member in &mut found {
        let name = match member {
            Ok(member) => &mut member.name,
            Err(unreadable) => &mut unreadable.name,
        };
        let number = seen.entry(name.clone()).or_default();
        *number += 1;
        if *number > 1 {
            let mut free = format!("{name}#{number}");
            while !taken.insert(free.clone()) {
                *number += 1;
                free = format!("{name}#{number}");
            }
            *name = free;
        }
    }
    found.sort_by(|a, b| member_name(a).cmp(member_name(b)));
    found
}

fn member_name(member: &Result<Member, Unreadable>) -> &str {
    match member {
        Ok(member) => &member.name,
        Err(unreadable) => &unreadable.name,
    }
}

/// Path, hash and size of the archives among the files and inside of them: the ledger names their members only.
pub fn archives(files: &[EvidenceFile], nests: &Nests) -> Vec<Archive> {
    let is_archive = |file: &&EvidenceFile| {
        nests.is_file(&file.name) || magic(&file.path).is_ok_and(|magic| Packed::of(&magic) == Packed::Zip)
    };
    let entry = |file: &EvidenceFile| {
        let (sha256, bytes) = digest(&file.path).ok()?;
        Some(Archive { path: file.name.clone(), sha256, bytes })
    };
    let mut archives: Vec<Archive> = files.iter().filter(is_archive).filter_map(entry).collect();
    archives.extend(nests.archives());
    archives.sort_by(|a, b| a.path.cmp(&b.path));
    archives
}

/// Hash and size of a file that cannot be read as evidence.
pub fn summed(file: &EvidenceFile) -> io::Result<Summed> {
    magic(&file.path)?;
    let (sha256, bytes) = digest(&file.path)?;
    Ok(Summed { sha256, bytes, changed: None, flood: None })
}
