//! Opens a member, unpacks it and hashes it while it is read.

use std::fs::{self, File};
use std::io::{self, BufReader, Cursor, Read, Seek as _, SeekFrom};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use flate2::Crc;
use flate2::read::{DeflateDecoder, MultiGzDecoder};
use sha2::Digest as _;

use super::budget::Limited;
use super::hashing::{HashState, Hashing, digest};
use super::{Member, Packing};
use crate::timeline::event::hex;

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
                let packed: Box<dyn Read + Send> = match &self.within {
                    None => {
                        file.seek(SeekFrom::Start(start))?;
                        Box::new(file.take(packed))
                    }
                    Some(nest) => {
                        let mut bytes = Cursor::new(nest.bytes()?);
                        bytes.set_position(start);
                        Box::new(bytes.take(packed))
                    }
                };
                let packed = BufReader::with_capacity(BUFFER, packed);
                let plain: Box<dyn Read + Send> =
                    if deflated { Box::new(DeflateDecoder::new(packed)) } else { Box::new(packed) };
                let plain = Limited { inner: plain, budget: Arc::clone(&budget), unpacked: Arc::clone(&count) };
                let reader = Hashing::new(Checked { inner: plain, crc: Crc::new(), expected: crc });
                let state = reader.state();
                let reader: Box<dyn Read + Send> = match self.again {
                    Packing::Gzip => {
                        let plain = MultiGzDecoder::new(BufReader::with_capacity(BUFFER, reader));
                        Box::new(Limited { inner: plain, budget, unpacked: count })
                    }
                    Packing::Zstd => Box::new(Limited { inner: zstd::Decoder::new(reader)?, budget, unpacked: count }),
                    Packing::Plain | Packing::Zip { .. } => Box::new(reader),
                };
                stream(state, reader, false)
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
