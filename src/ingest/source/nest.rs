//! Archives inside other files. One that lies in a zip or gzip file cannot be read where it is: it is unpacked into the
//! memory while its members are read, one archive at a time, and counts for what may be unpacked of its file.

use std::collections::BTreeSet;
use std::io::{self, Cursor, Read as _};
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest as _, Sha256};

use super::{Member, Unreadable, zip};
use crate::ledger::Archive;
use crate::timeline::event::hex;

/// An inner archive that is longer than this is not held, and stays unread.
const MOST: u64 = 256 << 20;

/// The inner archives of a run.
#[derive(Debug, Clone, Default)]
pub struct Nests(Arc<Mutex<Found>>);

#[derive(Debug, Default)]
struct Found {
    /// How many there are; each has the number it was found as.
    count: usize,
    /// The one that was asked for last, with its number.
    held: Option<(usize, Bytes)>,
    /// Those that are members of other archives.
    archives: Vec<Archive>,
    /// Files that hold nothing but an archive.
    files: BTreeSet<String>,
}

/// An inner archive.
#[derive(Debug)]
pub(super) struct Nest {
    number: usize,
    /// The stream that it is.
    stream: Member,
    nests: Nests,
}

/// The bytes of an inner archive.
#[derive(Debug, Clone)]
pub(super) struct Bytes(Arc<Vec<u8>>);

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Nest {
    /// Its bytes, unpacked again where another one was read in between.
    pub(super) fn bytes(&self) -> io::Result<Bytes> {
        let mut found = self.nests.found();
        if let Some((_, bytes)) = found.held.as_ref().filter(|(number, _)| *number == self.number) {
            return Ok(bytes.clone());
        }
        // Two are never held.
        found.held = None;
        let bytes = unpacked(&self.stream).1?;
        found.held = Some((self.number, bytes.clone()));
        Ok(bytes)
    }
}

impl Nests {
    fn found(&self) -> std::sync::MutexGuard<'_, Found> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of the next one.
    fn number(&self) -> usize {
        let mut found = self.found();
        found.count += 1;
        found.count
    }

    /// The members of the archive that this stream is, if it is one that can be read inside of another file.
    pub(super) fn members(&self, stream: &Member) -> Option<Vec<Result<Member, Unreadable>>> {
        if stream.budget.is_spent() {
            return None;
        }
        let number = self.number();
        // What it takes is charged to its file once, however often it is unpacked again, and also where it is refused:
        // many archives cannot be one bomb.
        let nest = Nest { number, stream: stream.with_fresh_budget(), nests: self.clone() };
        self.found().held = None;
        let (count, bytes) = unpacked(&nest.stream);
        let fits = stream.budget.take(count);
        let bytes = bytes.ok().filter(|_| fits)?;
        self.found().held = Some((number, bytes.clone()));
        let entries = zip::list(Cursor::new(&bytes)).ok()?;
        if entries.is_empty() || zip::is_document(&entries) {
            return None;
        }
        let mut found = self.found();
        if stream.is_archived() {
            let sha256 = hex(&Sha256::digest(&bytes));
            found.archives.push(Archive { path: stream.name.clone(), sha256, bytes: bytes.0.len() as u64 });
        } else {
            found.files.insert(stream.name.clone());
        }
        Some(stream.inside(&Arc::new(nest), entries))
    }

    /// Path, hash and size of those that are members of other archives.
    pub(super) fn archives(&self) -> Vec<Archive> {
        self.found().archives.clone()
    }

    /// Whether this file holds nothing but an archive.
    pub(super) fn is_file(&self, name: &str) -> bool {
        self.found().files.contains(name)
    }
}

/// How much was unpacked, and what came of it.
fn unpacked(stream: &Member) -> (u64, io::Result<Bytes>) {
    let mut bytes = Vec::new();
    let read = stream.open().and_then(|stream| stream.take(MOST + 1).read_to_end(&mut bytes));
    let count = bytes.len() as u64;
    let whole = read.and_then(|_| match count {
        0..=MOST => Ok(Bytes(Arc::new(bytes))),
        _ => Err(io::ErrorKind::FileTooLarge.into()),
    });
    (count, whole)
}
