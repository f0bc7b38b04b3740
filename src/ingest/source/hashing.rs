//! Hashes bytes while they are read, or a whole file as it lies on disk.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};

use crate::timeline::event::hex;

/// SHA-256 and size of a file as it lies on disk.
pub fn digest(path: &Path) -> io::Result<(String, u64)> {
    let mut stream = Hashing::new(File::open(path)?);
    io::copy(&mut stream, &mut io::sink())?;
    let state = stream.state();
    let hash = state.lock().unwrap_or_else(PoisonError::into_inner);
    Ok((hex(&hash.sha.clone().finalize()), hash.bytes))
}

pub(super) struct HashState {
    pub(super) sha: Sha256,
    pub(super) bytes: u64,
}

/// Hashes everything that is read through it.
pub(super) struct Hashing<R> {
    inner: R,
    state: Arc<Mutex<HashState>>,
}

impl<R: Read> Hashing<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, state: Arc::new(Mutex::new(HashState { sha: Sha256::new(), bytes: 0 })) }
    }

    pub(super) fn state(&self) -> Arc<Mutex<HashState>> {
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
