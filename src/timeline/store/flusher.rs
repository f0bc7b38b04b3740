//! Brings parts onto the disk while others are still being made.

use std::fs::File;
use std::io;
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use super::{StoreError, io_error};

/// A part that is in place, but perhaps not on the disk yet; nothing when there are no more.
pub(super) type Written = Option<(PathBuf, File)>;

/// Brings parts onto the disk while others are still being made: the disk would be waited for at the end.
pub(super) struct Flusher {
    pub(super) parts: SyncSender<Written>,
    thread: Option<JoinHandle<Result<(), StoreError>>>,
}

impl Flusher {
    /// Parts that wait, each an open file.
    const WAITING: usize = 32;

    pub(super) fn new() -> io::Result<Self> {
        let (parts, written) = sync_channel::<Written>(Self::WAITING);
        let flush = move || {
            let mut parts = written.into_iter().map_while(|part| part);
            parts.try_for_each(|(path, file)| file.sync_all().map_err(io_error(&path)))
        };
        Ok(Self { parts, thread: Some(thread::Builder::new().spawn(flush)?) })
    }

    /// Waits for the disk.
    pub(super) fn finish(&mut self) -> Result<(), StoreError> {
        // Where it has ended already, it says why.
        let _ = self.parts.send(None);
        self.thread.take().map_or(Ok(()), |thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)))
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::path::Path;

    use super::*;

    /// A device that holds nothing cannot be brought onto a disk.
    #[test]
    fn a_part_that_does_not_reach_the_disk_is_told() {
        let mut flusher = Flusher::new().unwrap();
        let part = Path::new("part-00000.parquet");
        flusher.parts.send(Some((part.to_path_buf(), File::open("/dev/null").unwrap()))).unwrap();
        assert!(matches!(flusher.finish(), Err(StoreError::Io { path, .. }) if path == part));

        let mut flusher = Flusher::new().unwrap();
        flusher.parts.send(Some((part.to_path_buf(), tempfile::tempfile().unwrap()))).unwrap();
        flusher.finish().unwrap();
    }
}
