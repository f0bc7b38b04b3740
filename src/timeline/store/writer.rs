//! Writes a case: its parts on any thread, its books as they are kept, and the ledger last.

use std::fs;
use std::path::{Path, PathBuf};

use super::clear::clear;
use super::flusher::Flusher;
use super::part_writer::PartWriter;
use super::whole::{Lines, write_json};
use super::{Duplicate, StoreError, io_error};
use crate::ledger::{Ledger, Reject};
use crate::timeline::identities::IdentityTable;

/// Writes a case.
///
/// A case that is not finished is removed again when this is dropped.
pub struct CaseWriter {
    dir: PathBuf,
    flusher: Flusher,
    rejects: Option<Lines>,
    duplicates: Option<Lines>,
    finished: bool,
}

impl CaseWriter {
    /// Starts a case in `dir`. What an earlier case left there is removed first.
    pub fn create(dir: &Path) -> Result<Self, StoreError> {
        clear(dir)?;
        let flusher = Flusher::new().map_err(io_error(dir))?;
        let mut case = Self { dir: dir.to_path_buf(), flusher, rejects: None, duplicates: None, finished: false };
        let timeline = dir.join("timeline");
        fs::create_dir_all(&timeline).map_err(io_error(&timeline))?;
        case.rejects = Some(Lines::create(&dir.join("rejects.jsonl"))?);
        case.duplicates = Some(Lines::create(&dir.join("duplicates.jsonl"))?);
        Ok(case)
    }

    /// A writer of parts that may go to any thread.
    pub fn parts(&self) -> PartWriter {
        PartWriter::new(&self.dir, self.flusher.parts.clone())
    }

    /// Books a record that could not be read.
    pub fn reject(&mut self, reject: &Reject) -> Result<(), StoreError> {
        self.rejects.as_mut().map_or(Ok(()), |lines| lines.add(reject))
    }

    /// Books a byte-identical copy.
    pub fn duplicate(&mut self, duplicate: &Duplicate) -> Result<(), StoreError> {
        self.duplicates.as_mut().map_or(Ok(()), |lines| lines.add(duplicate))
    }

    /// Puts the books in place; the ledger last, when all parts are on the disk.
    pub fn finish(mut self, ledger: &Ledger, identities: &IdentityTable) -> Result<(), StoreError> {
        for lines in [self.rejects.take(), self.duplicates.take()].into_iter().flatten() {
            lines.finish()?;
        }
        write_json(&self.dir.join("identities.json"), identities)?;
        self.flusher.finish()?;
        write_json(&self.dir.join("ledger.json"), ledger)?;
        self.finished = true;
        Ok(())
    }
}

impl Drop for CaseWriter {
    fn drop(&mut self) {
        if !self.finished {
            (self.rejects, self.duplicates) = (None, None);
            let _ = clear(&self.dir);
        }
    }
}
