//! Writes a file beside its place and puts it there when it is whole.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{StoreError, io_error};
use crate::untrusted;

/// A file that is being written, gone when this is dropped; after the rename there is nothing left to remove.
pub(super) struct Temporary(pub(super) PathBuf);

impl Temporary {
    pub(super) fn of(path: &Path) -> Self {
        let mut name = path.file_name().unwrap_or_default().to_os_string();
        name.push(".tmp");
        Self(path.with_file_name(name))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// Writes JSON that is safe to look at. The serialiser hands over each piece of text as a whole.
pub(super) struct Shown<W>(pub(super) W);

impl<W: Write> Write for Shown<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.0.write_all(untrusted::json(text).as_bytes())?,
            Err(_) => self.0.write_all(bytes)?,
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

pub(super) fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<(), StoreError> {
    let Temporary(temporary) = &Temporary::of(path);
    let mut out = BufWriter::new(File::create(temporary).map_err(io_error(temporary))?);
    serde_json::to_writer_pretty(Shown(&mut out), value).map_err(|error| io_error(temporary)(error.into()))?;
    out.write_all(b"\n").and_then(|()| out.flush()).map_err(io_error(temporary))?;
    drop(out);
    fs::rename(temporary, path).map_err(io_error(path))
}

/// A file of JSON lines, put in place when whole.
pub(super) struct Lines {
    path: PathBuf,
    // Before the guard, so that the file is closed before it is removed.
    out: BufWriter<File>,
    temporary: Temporary,
}

impl Lines {
    pub(super) fn create(path: &Path) -> Result<Self, StoreError> {
        let temporary = Temporary::of(path);
        let out = BufWriter::new(File::create(&temporary.0).map_err(io_error(&temporary.0))?);
        Ok(Self { path: path.to_path_buf(), out, temporary })
    }

    pub(super) fn add<T: Serialize>(&mut self, value: &T) -> Result<(), StoreError> {
        serde_json::to_writer(Shown(&mut self.out), value)
            .map_err(|error| io_error(&self.temporary.0)(error.into()))?;
        self.out.write_all(b"\n").map_err(io_error(&self.temporary.0))
    }

    pub(super) fn finish(mut self) -> Result<(), StoreError> {
        self.out.flush().map_err(io_error(&self.temporary.0))?;
        drop(self.out);
        fs::rename(&self.temporary.0, &self.path).map_err(io_error(&self.path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_on_a_terminal_is_written_by_its_number() {
        let dir = tempfile::tempdir().unwrap();
        let hostile = ["rule\u{202e}gpj.exe", "\u{9b}31m", "next\u{85}line", "\u{7f}", "総務\u{200b}😀"];
        let (book, list) = (dir.path().join("ledger.json"), dir.path().join("rejects.jsonl"));
        write_json(&book, &hostile).unwrap();
        let mut lines = Lines::create(&list).unwrap();
        lines.add(&hostile).unwrap();
        lines.finish().unwrap();
        for path in [&book, &list] {
            let text = fs::read_to_string(path).unwrap();
            assert!(!text.contains(['\u{202e}', '\u{9b}', '\u{85}', '\u{7f}', '\u{200b}']), "{text:?}");
            assert!(text.contains("\\u202egpj.exe") && text.contains("総務") && text.contains('😀'), "{text:?}");
            assert_eq!(serde_json::from_str::<Vec<String>>(&text).unwrap(), hostile);
        }
    }
}
