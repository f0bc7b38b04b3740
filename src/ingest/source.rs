//! Opens evidence read-only, hashes it while reading, decompresses and decodes it. One of the four doors.
#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "the door to the evidence")]

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE};
use flate2::Crc;
use flate2::read::{DeflateDecoder, MultiGzDecoder};
use sha2::{Digest, Sha256};

use crate::ledger::Archive;
use crate::timeline::event::hex;

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
            walk_folder(path, &mut files);
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
fn resolved(path: &Path) -> PathBuf {
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

fn is_link_to_folder(path: &Path) -> bool {
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

/// How much may be unpacked of one file: a few bytes must not become a flood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Unpacked bytes for each byte on disk; only what is beyond [`Limits::FREE`] is measured by it.
    pub ratio: u64,
    /// Unpacked bytes of one file, all members of an archive together.
    pub bytes: u64,
}

impl Limits {
    /// So much may be unpacked of any file: small files pack well without being hostile.
    pub const FREE: u64 = 64 << 20;

    /// The limit for a file of `packed` bytes.
    fn of(self, packed: u64) -> u64 {
        packed.saturating_mul(self.ratio).max(Self::FREE).min(self.bytes)
    }
}

impl Default for Limits {
    /// Logs pack to a tenth or twentieth, the most repetitive to a hundredth; deflate can reach a thousandth.
    fn default() -> Self {
        Self { ratio: 500, bytes: 256 << 30 }
    }
}

/// What may still be unpacked of one file.
#[derive(Debug)]
struct Budget {
    limits: Limits,
    limit: u64,
    /// What the members that were read to their end took of it.
    spent: AtomicU64,
}

/// What the file system says of a file: where it differs, the file is not what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp {
    bytes: u64,
    modified: Option<SystemTime>,
    /// Device, inode and the time of the last change of any kind, which no program can set.
    inner: Option<[i128; 4]>,
}

impl Stamp {
    fn of(path: &Path) -> io::Result<Self> {
        let metadata = fs::metadata(path)?;
        Ok(Self { bytes: metadata.len(), modified: metadata.modified().ok(), inner: inner(&metadata) })
    }

    /// What is different now, in words.
    fn change(&self, path: &Path) -> Option<String> {
        let now = match Self::of(path) {
            Ok(now) => now,
            Err(error) => return Some(format!("it is gone: {error}")),
        };
        if now.bytes != self.bytes {
            return Some(format!("its size was {} bytes and is {}", self.bytes, now.bytes));
        }
        (now != *self).then(|| "its times are others than before".to_owned())
    }
}

#[cfg(unix)]
fn inner(metadata: &fs::Metadata) -> Option<[i128; 4]> {
    use std::os::unix::fs::MetadataExt as _;
    let numbers = [metadata.dev().into(), metadata.ino().into(), metadata.ctime().into(), metadata.ctime_nsec().into()];
    Some(numbers)
}

#[cfg(not(unix))]
fn inner(_: &fs::Metadata) -> Option<[i128; 4]> {
    None
}

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
    let budget = Arc::new(Budget { limits, limit: limits.of(stamp.bytes), spent: AtomicU64::new(0) });
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

/// Size of all files together, in bytes; what cannot be asked counts nothing.
pub fn total_size(files: &[EvidenceFile]) -> u64 {
    files.iter().filter_map(|file| fs::metadata(&file.path).ok()).map(|metadata| metadata.len()).sum()
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

/// The lines of a list the investigator gives, without comments and blank lines.
pub fn list(path: &Path) -> io::Result<Vec<String>> {
    let text = fs::read_to_string(path)?;
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    Ok(lines.filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

/// The lines of a file, as they are; without empty ones.
pub fn lines(path: &Path) -> io::Result<Vec<String>> {
    let text = fs::read_to_string(path)?;
    Ok(text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

/// A small text file of a folder.
#[derive(Debug)]
pub struct TextFile {
    /// Its path below the folder, with `/` between.
    pub name: String,
    /// What it holds.
    pub text: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

/// The files of a folder and of the folders in it, in the order of their names; hidden ones left out. Each has to be
/// UTF-8.
pub fn texts(dir: &Path) -> io::Result<Vec<TextFile>> {
    let mut found = Vec::new();
    let mut open = vec![(dir.to_owned(), String::new())];
    while let Some((folder, prefix)) = open.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue;
            }
            let (path, name) = (entry.path(), format!("{prefix}{name}"));
            if path.is_dir() {
                open.push((path, format!("{name}/")));
                continue;
            }
            let text =
                fs::read_to_string(&path).map_err(|error| io::Error::new(error.kind(), format!("{name}: {error}")))?;
            found.push(TextFile { sha256: digest(&path)?.0, name, text });
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// Hash and size of a file that cannot be read as evidence.
pub fn summed(file: &EvidenceFile) -> io::Result<Summed> {
    magic(&file.path)?;
    let (sha256, bytes) = digest(&file.path)?;
    Ok(Summed { sha256, bytes, changed: None, flood: None })
}

/// SHA-256 and size of a file as it lies on disk.
pub fn digest(path: &Path) -> io::Result<(String, u64)> {
    let mut stream = Hashing::new(File::open(path)?);
    io::copy(&mut stream, &mut io::sink())?;
    let state = stream.state();
    let hash = state.lock().unwrap_or_else(PoisonError::into_inner);
    Ok((hex(&hash.sha.clone().finalize()), hash.bytes))
}

struct HashState {
    sha: Sha256,
    bytes: u64,
}

/// Hashes everything that is read through it.
struct Hashing<R> {
    inner: R,
    state: Arc<Mutex<HashState>>,
}

impl<R: Read> Hashing<R> {
    fn new(inner: R) -> Self {
        Self { inner, state: Arc::new(Mutex::new(HashState { sha: Sha256::new(), bytes: 0 })) }
    }

    fn state(&self) -> Arc<Mutex<HashState>> {
        Arc::clone(&self.state)
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.sha.update(buffer.get(..read).unwrap_or_default());
        state.bytes += read as u64;
        Ok(read)
    }
}

/// Compares an archive member with the checksum of its archive.
struct Checked<R> {
    inner: R,
    crc: Crc,
    expected: u32,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.crc.update(buffer.get(..read).unwrap_or_default());
        if read == 0 && !buffer.is_empty() && self.crc.sum() != self.expected {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the member does not match its checksum in the archive",
            ));
        }
        Ok(read)
    }
}

/// Stops where more is unpacked of a file than its budget allows.
struct Limited<R> {
    inner: R,
    budget: Arc<Budget>,
    unpacked: Arc<AtomicU64>,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let unpacked = self.unpacked.fetch_add(read as u64, Ordering::Relaxed) + read as u64;
        if self.budget.spent.load(Ordering::Relaxed).saturating_add(unpacked) > self.budget.limit {
            let Limits { ratio, bytes } = self.budget.limits;
            let text = format!(
                "it unpacks to more than {} bytes (limits: {ratio} times its size on disk and {bytes} bytes; \
                 see --unpack-ratio and --unpack-limit)",
                self.budget.limit
            );
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, text));
        }
        Ok(read)
    }
}

/// The unpacked bytes of one member, hashed while they are read.
pub struct Stream {
    reader: Box<dyn Read + Send>,
    state: Arc<Mutex<HashState>>,
    /// What was opened.
    member: Member,
    /// Bytes that came out of a packed file.
    unpacked: Arc<AtomicU64>,
    /// Whether the hash is of the file on disk (not of an archive member's content).
    of_file: bool,
}

/// What is known of a stream that was read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summed {
    /// SHA-256, lower-case hexadecimal: of the file on disk, or of the member's content.
    pub sha256: String,
    /// Size in bytes.
    pub bytes: u64,
    /// The file is not what it was when it was opened first: what is different, in words.
    pub changed: Option<String>,
    /// It holds more than may be unpacked: which limit, in words.
    pub flood: Option<String>,
}

impl Member {
    /// Opens the member at its first byte.
    pub fn open(&self) -> io::Result<Stream> {
        const BUFFER: usize = 256 * 1024;
        let mut file = File::open(&self.path)?;
        let unpacked = Arc::new(AtomicU64::new(0));
        let (budget, count) = (Arc::clone(&self.budget), Arc::clone(&unpacked));
        let stream = |state, reader, of_file| Stream { reader, state, member: self.clone(), unpacked, of_file };
        Ok(match self.packing {
            Packing::Plain => {
                let reader = Hashing::new(file);
                stream(reader.state(), Box::new(reader), true)
            }
            Packing::Gzip => {
                let reader = Hashing::new(file);
                let state = reader.state();
                let plain = MultiGzDecoder::new(BufReader::with_capacity(BUFFER, reader));
                stream(state, Box::new(Limited { inner: plain, budget, unpacked: count }), true)
            }
            Packing::Zstd => {
                let reader = Hashing::new(file);
                let state = reader.state();
                let plain = zstd::Decoder::new(reader)?;
                stream(state, Box::new(Limited { inner: plain, budget, unpacked: count }), true)
            }
            Packing::Zip { start, packed, deflated, crc } => {
                file.seek(SeekFrom::Start(start))?;
                let packed = BufReader::with_capacity(BUFFER, file.take(packed));
                let plain: Box<dyn Read + Send> =
                    if deflated { Box::new(DeflateDecoder::new(packed)) } else { Box::new(packed) };
                let plain = Limited { inner: plain, budget, unpacked: count };
                let reader = Hashing::new(Checked { inner: plain, crc: Crc::new(), expected: crc });
                stream(reader.state(), Box::new(reader), false)
            }
        })
    }

    /// The last part of the name, for the hints some portals put only there.
    pub fn file_name(&self) -> &str {
        self.name.rsplit(['/', '!']).next().unwrap_or(&self.name)
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader.read(buffer)
    }
}

impl Stream {
    /// Hash and size, and whether the file changed since it was opened first.
    pub fn finish(mut self) -> io::Result<Summed> {
        // What a decoder left unread still belongs to the evidence.
        let drained = io::copy(&mut self.reader, &mut io::sink());
        self.member.budget.spent.fetch_add(self.unpacked.load(Ordering::Relaxed), Ordering::Relaxed);
        let (mut sha256, mut bytes) = {
            let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            (hex(&state.sha.clone().finalize()), state.bytes)
        };
        let fault = drained.err();
        let flood = fault.as_ref().filter(|fault| fault.kind() == io::ErrorKind::FileTooLarge).map(ToString::to_string);
        match fault {
            Some(_) if self.of_file => (sha256, bytes) = digest(&self.member.path)?,
            // The hash of half a member would be taken for that of the member; the archive has its own.
            Some(_) => (sha256, bytes) = (String::new(), 0),
            None if self.of_file && fs::metadata(&self.member.path)?.len() != bytes => {
                (sha256, bytes) = digest(&self.member.path)?;
            }
            None => {}
        }
        let mut changed = self.member.stamp.change(&self.member.path);
        if self.of_file && bytes != self.member.stamp.bytes {
            changed.get_or_insert_with(|| format!("its size was {} bytes; {bytes} were read", self.member.stamp.bytes));
        }
        Ok(Summed { sha256, bytes, changed, flood })
    }
}

/// A text encoding, as recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextEncoding {
    /// UTF-8; passed on as it is, whatever its bytes.
    Utf8,
    /// UTF-16 of either byte order.
    Utf16(&'static Encoding),
    /// A legacy code page.
    Legacy(&'static Encoding),
}

impl TextEncoding {
    /// How many bytes `text` has in this encoding: byte offsets are those of the file, not of the decoded text.
    pub fn encoded_len(self, text: &[u8]) -> u64 {
        if self == Self::Utf8 {
            return text.len() as u64;
        }
        match (self, std::str::from_utf8(text)) {
            // One unit for every character, two for those that take four bytes in UTF-8.
            (Self::Utf16(_), _) => {
                let units = |byte: &u8| usize::from(byte & 0xc0 != 0x80) + usize::from(*byte >= 0xf0);
                text.iter().map(units).sum::<usize>() as u64 * 2
            }
            (Self::Legacy(encoding), Ok(text)) => {
                // A byte that could not be decoded was one byte.
                let known = |part: &str| encoding.encode(part).0.len() as u64;
                let lost = text.matches('\u{fffd}').count() as u64;
                text.split('\u{fffd}').map(known).sum::<u64>() + lost
            }
            _ => text.len() as u64,
        }
    }
}

/// What the first bytes say about the encoding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recognised {
    /// The encoding.
    pub encoding: TextEncoding,
    /// Bytes of the byte order mark.
    pub bom: usize,
    /// The word for the ledger.
    pub name: String,
    /// Whether it was assumed, not recognised.
    pub assumed: bool,
}

/// Recognises the encoding from the first bytes of a stream; `given` is `--encoding`.
pub fn recognise(head: &[u8], given: Option<&'static Encoding>) -> Recognised {
    let known = |encoding, bom, name: &str| Recognised { encoding, bom, name: name.to_owned(), assumed: false };
    match head {
        [0xef, 0xbb, 0xbf, ..] => return known(TextEncoding::Utf8, 3, "utf-8-bom"),
        [0xff, 0xfe, ..] => return known(TextEncoding::Utf16(UTF_16LE), 2, "utf-16le-bom"),
        [0xfe, 0xff, ..] => return known(TextEncoding::Utf16(UTF_16BE), 2, "utf-16be-bom"),
        _ => {}
    }
    // The first line alone decides where it can: what is damaged behind it may shift all bytes, and what was appended
    // to it may be in another encoding.
    let begins_wide = head.iter().take(64).any(|byte| *byte == 0);
    for sample in [256, 4096].into_iter().filter(|_| begins_wide) {
        if let Some((encoding, name)) = without_mark(head.get(..head.len().min(sample)).unwrap_or_default()) {
            return known(TextEncoding::Utf16(encoding), 0, name);
        }
    }
    if let Some(encoding) = given {
        let encoding = match encoding {
            utf8 if utf8 == UTF_8 => TextEncoding::Utf8,
            utf16 if utf16 == UTF_16LE || utf16 == UTF_16BE => TextEncoding::Utf16(utf16),
            legacy => TextEncoding::Legacy(legacy),
        };
        return known(encoding, 0, "given");
    }
    let cut_at_end = |error: std::str::Utf8Error| error.error_len().is_none();
    if std::str::from_utf8(head).map_or_else(cut_at_end, |_| true) {
        return known(TextEncoding::Utf8, 0, "utf-8");
    }
    // Damage in a text that is otherwise UTF-8 does not make it another encoding.
    let (mut letters, mut faults) = (0, 0);
    for chunk in head.utf8_chunks() {
        letters += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
        faults += usize::from(!chunk.invalid().is_empty());
    }
    if letters > faults * 4 {
        return known(TextEncoding::Utf8, 0, "utf-8");
    }
    let japanese = reads_whole(encoding_rs::SHIFT_JIS, head);
    let encoding = if japanese { encoding_rs::SHIFT_JIS } else { encoding_rs::WINDOWS_1252 };
    Recognised { encoding: TextEncoding::Legacy(encoding), bom: 0, name: encoding.name().to_lowercase(), assumed: true }
}

/// Latin text in UTF-16 has a zero in every other byte: the odd ones are little-endian's high bytes.
fn without_mark(sample: &[u8]) -> Option<(&'static Encoding, &'static str)> {
    let zeros = |skip: usize| sample.iter().skip(skip).step_by(2).filter(|byte| **byte == 0).count() * 100;
    let half = (sample.len() / 2).max(1);
    match (zeros(0), zeros(1)) {
        (even, odd) if odd >= 30 * half && even < 10 * half => Some((UTF_16LE, "utf-16le")),
        (even, odd) if even >= 30 * half && odd < 10 * half => Some((UTF_16BE, "utf-16be")),
        _ => None,
    }
}

/// Whether the bytes are text in this encoding; the last character may be cut.
fn reads_whole(encoding: &'static Encoding, bytes: &[u8]) -> bool {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut room = vec![0; decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(bytes.len() * 4)];
    let (result, _, _) = decoder.decode_to_utf8_without_replacement(bytes, &mut room, false);
    result == encoding_rs::DecoderResult::InputEmpty
}

/// A stream as UTF-8 text, byte order mark removed. UTF-8 input passes unchanged, even where it is not valid.
pub struct Text<R> {
    inner: R,
    decoder: Option<Decoder>,
    raw: Vec<u8>,
    ready: Vec<u8>,
    at: usize,
    ended: bool,
}

impl<R: Read> Text<R> {
    /// Decodes `inner`, whose byte order mark has been read already.
    pub fn new(inner: R, encoding: TextEncoding) -> Self {
        let decoder = match encoding {
            TextEncoding::Utf8 => None,
            TextEncoding::Utf16(encoding) | TextEncoding::Legacy(encoding) => {
                Some(encoding.new_decoder_without_bom_handling())
            }
        };
        Self { inner, decoder, raw: vec![0; 64 * 1024], ready: Vec::new(), at: 0, ended: false }
    }

    /// The stream itself.
    pub fn into_inner(self) -> R {
        self.inner
    }
}

impl<R: Read> Read for Text<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(decoder) = &mut self.decoder else { return self.inner.read(buffer) };
        while self.at == self.ready.len() && !self.ended {
            let read = self.inner.read(&mut self.raw)?;
            self.ended = read == 0;
            self.at = 0;
            let room = decoder.max_utf8_buffer_length(read).unwrap_or(read * 4 + 16);
            self.ready.resize(room, 0);
            let input = self.raw.get(..read).unwrap_or_default();
            let (result, _, written, _) = decoder.decode_to_utf8(input, &mut self.ready, self.ended);
            debug_assert_eq!(result, CoderResult::InputEmpty);
            self.ready.truncate(written);
        }
        let rest = self.ready.get(self.at..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(rest) {
            *to = *from;
        }
        self.at += count;
        Ok(count)
    }
}
