//! Decodes a stream to UTF-8 while it is read.

use std::io::{self, Read};

use encoding_rs::{CoderResult, Decoder, UTF_16LE};

use super::encoding::TextEncoding;
use super::wide::Wide;

/// A stream as UTF-8 text, byte order mark removed. UTF-8 input passes unchanged, even where it is not valid.
pub struct Text<R> {
    inner: R,
    decoder: Option<Decoder>,
    /// Of units of two bytes, of which one may be lost.
    wide: Option<Wide>,
    raw: Vec<u8>,
    ready: Vec<u8>,
    at: usize,
    ended: bool,
}

impl<R: Read> Text<R> {
    /// Decodes `inner`, whose byte order mark has been read already.
    pub fn new(inner: R, encoding: TextEncoding) -> Self {
        let decoder = match encoding {
            TextEncoding::Utf8 => None,
            TextEncoding::Utf16(encoding) | TextEncoding::Legacy(encoding) => {
                Some(encoding.new_decoder_without_bom_handling())
            }
        };
        let wide = match encoding {
            TextEncoding::Utf16(encoding) => Some(Wide::new(encoding == UTF_16LE)),
            TextEncoding::Utf8 | TextEncoding::Legacy(_) => None,
        };
        Self { inner, decoder, wide, raw: vec![0; 64 * 1024], ready: Vec::new(), at: 0, ended: false }
    }

    /// How often a byte of its text was lost, so that what is behind it had to be put in place again.
    pub fn slips(&self) -> u64 {
        self.wide.as_ref().map_or(0, |wide| wide.slips)
    }

    /// The stream itself.
    pub fn into_inner(self) -> R {
        self.inner
    }
}

impl<R: Read> Read for Text<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(decoder) = &mut self.decoder else { return self.inner.read(buffer) };
        while self.at == self.ready.len() && !self.ended {
            let read = self.inner.read(&mut self.raw)?;
            self.ended = read == 0;
            self.at = 0;
            let input = self.raw.get(..read).unwrap_or_default();
            let aligned = self.wide.as_mut().map(|wide| wide.aligned(input, self.ended));
            let input = aligned.as_deref().unwrap_or(input);
            let room = decoder.max_utf8_buffer_length(input.len()).unwrap_or(input.len() * 4 + 16);
            self.ready.resize(room, 0);
            let (result, _, written, _) = decoder.decode_to_utf8(input, &mut self.ready, self.ended);
            debug_assert_eq!(result, CoderResult::InputEmpty);
            self.ready.truncate(written);
        }
        let rest = self.ready.get(self.at..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(rest) {
            *to = *from;
        }
        self.at += count;
        Ok(count)
    }
}
