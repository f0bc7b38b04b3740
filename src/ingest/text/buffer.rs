//! Bytes of evidence in a buffer that is used again and again: what was filled once is not cleared before it is filled anew.

use std::io::{self, ErrorKind, Read};
use std::ops::Deref;

/// A buffer; what it holds is what was filled of it.
#[derive(Debug, Default)]
pub struct Buffer {
    /// What is behind `filled` is what the buffer held before.
    bytes: Vec<u8>,
    filled: usize,
}

impl Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.bytes.get(..self.filled).unwrap_or_default()
    }
}

impl Buffer {
    /// Reads up to `most` bytes more; whether the stream ended. What came before an error is there.
    pub fn fill(&mut self, stream: &mut impl Read, most: usize) -> io::Result<bool> {
        let end = self.filled + most;
        self.grow(end);
        while let Some(room) = self.bytes.get_mut(self.filled..end).filter(|room| !room.is_empty()) {
            match stream.read(room) {
                Ok(0) => return Ok(true),
                Ok(read) => self.filled += read,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }

    /// Holds these bytes and nothing else.
    pub fn set(&mut self, bytes: &[u8]) {
        self.filled = bytes.len();
        self.grow(self.filled);
        if let Some(room) = self.bytes.get_mut(..self.filled) {
            room.copy_from_slice(bytes);
        }
    }

    /// Lets go of the first `count` bytes.
    pub fn forget(&mut self, count: usize) {
        let count = count.min(self.filled);
        self.bytes.copy_within(count..self.filled, 0);
        self.filled -= count;
    }

    /// Lets go of what is behind `length` bytes.
    pub fn truncate(&mut self, length: usize) {
        self.filled = self.filled.min(length);
    }

    fn grow(&mut self, length: usize) {
        if self.bytes.len() < length {
            self.bytes.resize(length, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives its bytes in pieces of three, and an error behind them.
    struct Faulty(&'static [u8]);

    impl Read for Faulty {
        fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
            let most = room.len().min(3);
            match self.0.read(room.get_mut(..most).unwrap_or_default())? {
                0 => Err(io::Error::other("broken")),
                read => Ok(read),
            }
        }
    }

    #[test]
    fn holds_what_was_filled_and_nothing_of_before() {
        let mut buffer = Buffer::default();
        assert!(!buffer.fill(&mut b"abcdefgh".as_slice(), 8).unwrap());
        buffer.forget(2);
        assert_eq!(&*buffer, b"cdefgh");
        buffer.truncate(3);
        assert_eq!(&*buffer, b"cde");
        assert!(buffer.fill(&mut b"xy".as_slice(), 4).unwrap());
        assert_eq!(&*buffer, b"cdexy");
        buffer.set(b"1");
        assert_eq!(&*buffer, b"1");
        assert!(buffer.fill(&mut Faulty(b"2345"), 9).is_err());
        assert_eq!(&*buffer, b"12345");
        buffer.forget(9);
        assert!(buffer.is_empty());
    }
}
