//! How much may be unpacked of one file, and where reading stops because of it.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

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
pub(super) struct Budget {
    limits: Limits,
    limit: u64,
    /// What the members that were read to their end took of it.
    pub(super) spent: AtomicU64,
}

impl Budget {
    /// Of a file of `packed` bytes.
    pub(super) fn new(limits: Limits, packed: u64) -> Self {
        Self { limits, limit: limits.of(packed), spent: AtomicU64::new(0) }
    }

    /// The same limits, nothing spent.
    pub(super) fn fresh(&self) -> Self {
        Self { limits: self.limits, limit: self.limit, spent: AtomicU64::new(0) }
    }

    /// Whether nothing more may be unpacked.
    pub(super) fn is_spent(&self) -> bool {
        self.spent.load(Ordering::Relaxed) >= self.limit
    }

    /// Spends so much; whether that is allowed.
    pub(super) fn take(&self, bytes: u64) -> bool {
        self.spent.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes) <= self.limit
    }
}

/// Stops where more is unpacked of a file than its budget allows.
pub(super) struct Limited<R> {
    pub(super) inner: R,
    pub(super) budget: Arc<Budget>,
    pub(super) unpacked: Arc<AtomicU64>,
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
