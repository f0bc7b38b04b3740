//! Writes a file beside its place and puts it there when it is whole.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{StoreError, io_error};

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

pub(super) fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<(), StoreError> {
    let Temporary(temporary) = &Temporary::of(path);
    let mut out = BufWriter::new(File::create(temporary).map_err(io_error(temporary))?);
    serde_json::to_writer_pretty(&mut out, value).map_err(|error| io_error(temporary)(error.into()))?;
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
        serde_json::to_writer(&mut self.out, value).map_err(|error| io_error(&self.temporary.0)(error.into()))?;
        self.out.write_all(b"\n").map_err(io_error(&self.temporary.0))
    }

    pub(super) fn finish(mut self) -> Result<(), StoreError> {
        self.out.flush().map_err(io_error(&self.temporary.0))?;
        drop(self.out);
        fs::rename(&self.temporary.0, &self.path).map_err(io_error(&self.path))
    }
}
