//! Opens evidence read-only, hashes it while reading, decompresses and decodes it. One of the four doors.
#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "the door to the evidence")]

mod budget;
mod encoding;
mod hashing;
mod lists;
mod stamp;
mod stream;
mod text;
mod walk;

use std::fs::{self, File};
use std::io::{self, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use self::budget::Budget;
use self::stamp::Stamp;
use self::walk::is_link_to_folder;
use crate::ledger::Archive;

pub use budget::Limits;
pub use encoding::{Recognised, TextEncoding, recognise};
pub use hashing::digest;
pub use lists::{TextFile, lines, list, names, texts};
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
    packing: Packing,
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

/// The streams inside a file: itself, or the members of the archive it is.
pub fn members(file: &EvidenceFile, limits: Limits) -> Vec<Result<Member, Unreadable>> {
    let unreadable = |error: &io::Error| {
        vec![Err(Unreadable { name: file.name.clone(), code: "F-020", reason: format!("cannot be read: {error}") })]
    };
    let (stamp, magic) = match Stamp::of(&file.path).and_then(|stamp| Ok((stamp, magic(&file.path)?))) {
        Ok(seen) => seen,
        Err(error) => return unreadable(&error),
    };
    let budget = Arc::new(Budget::new(limits, stamp.bytes));
    let whole = Member { name: file.name.clone(), path: file.path.clone(), packing: Packing::Plain, stamp, budget };
    let member = |packing| vec![Ok(Member { packing, ..whole.clone() })];
    match magic.as_slice() {
        [0x1f, 0x8b, ..] => member(Packing::Gzip),
        [0x28, 0xb5, 0x2f, 0xfd] => member(Packing::Zstd),
        [b'P', b'K', 3, 4] => zip_members(&whole).unwrap_or_else(|error| unreadable(&error)),
        _ => member(Packing::Plain),
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

fn zip_members(file: &Member) -> io::Result<Vec<Result<Member, Unreadable>>> {
    let mut archive = zip::ZipArchive::new(BufReader::new(File::open(&file.path)?))?;
    let mut found = Vec::new();
    let mut workbook = false;
    for index in 0..archive.len() {
        let member = archive.by_index_raw(index)?;
        if member.is_dir() {
            continue;
        }
        let inner = member.name()?.into_owned();
        workbook |= inner == "xl/workbook.xml";
        let name = format!("{}!{inner}", file.name);
        let refuse = |reason: &str| Err(Unreadable { name: name.clone(), code: "F-011", reason: reason.to_owned() });
        let deflated = match member.compression() {
            zip::CompressionMethod::Stored => Some(false),
            zip::CompressionMethod::Deflated => Some(true),
            _ => None,
        };
        let unsafe_name = inner.starts_with(['/', '\\']) || inner.split(['/', '\\']).any(|part| part == "..");
        found.push(match (deflated, member.data_start()) {
            _ if unsafe_name => refuse("the member's name leaves the archive; it was not read"),
            _ if member.encrypted() => refuse("the member is encrypted; unpack it first"),
            (Some(deflated), Some(start)) => Ok(Member {
                name,
                packing: Packing::Zip { start, packed: member.compressed_size(), deflated, crc: member.crc32() },
                ..file.clone()
            }),
            _ => refuse("the member is packed with a method that is not read; unpack it first"),
        });
    }
    if found.is_empty() {
        let reason = "the archive holds no files".to_owned();
        found.push(Err(Unreadable { name: file.name.clone(), code: "F-011", reason }));
    }
    if workbook {
        let reason = "Excel workbook: Excel changes dates and cuts cells at 32,767 characters; give the CSV or JSON as downloaded";
        return Ok(vec![Err(Unreadable { name: file.name.clone(), code: "F-010", reason: reason.to_owned() })]);
    }
    found.sort_by(|a, b| member_name(a).cmp(member_name(b)));
    Ok(found)
}

fn member_name(member: &Result<Member, Unreadable>) -> &str {
    match member {
        Ok(member) => &member.name,
        Err(unreadable) => &unreadable.name,
    }
}

/// Path, hash and size of the archives among the files: the ledger names their members only.
pub fn archives(files: &[EvidenceFile]) -> Vec<Archive> {
    let is_archive = |file: &&EvidenceFile| magic(&file.path).is_ok_and(|magic| magic.starts_with(b"PK\x03\x04"));
    let entry = |file: &EvidenceFile| {
        let (sha256, bytes) = digest(&file.path).ok()?;
        Some(Archive { path: file.name.clone(), sha256, bytes })
    };
    files.iter().filter(is_archive).filter_map(entry).collect()
}

/// Hash and size of a file that cannot be read as evidence.
pub fn summed(file: &EvidenceFile) -> io::Result<Summed> {
    magic(&file.path)?;
    let (sha256, bytes) = digest(&file.path)?;
    Ok(Summed { sha256, bytes, changed: None, flood: None })
}
