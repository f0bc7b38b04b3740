//! Whether a file is still what it was when it was opened first.

use std::fs;
use std::io;
use std::path::Path;
use std::time::SystemTime;

/// What the file system says of a file: where it differs, the file is not what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) bytes: u64,
    modified: Option<SystemTime>,
    /// Device, inode and the time of the last change of any kind, which no program can set.
    inner: Option<[i128; 4]>,
}

impl Stamp {
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let metadata = fs::metadata(path)?;
        Ok(Self { bytes: metadata.len(), modified: metadata.modified().ok(), inner: inner(&metadata) })
    }

    /// What is different now, in words.
    pub(super) fn change(&self, path: &Path) -> Option<String> {
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
