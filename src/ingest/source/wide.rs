//! UTF-16 text that lost a byte: from there on each unit is made of halves of two, and reads as letters that nobody wrote.
//! Exports are ASCII for the most part, so that the place is seen, and what is behind it is put in place again.

/// So many units in a row whose halves are an ASCII letter and zero the wrong way round are no text in any language.
const RUN: usize = 16;

/// What stands for one byte whose other half is lost: a unit that is no character, and that no text has.
const MARK: u16 = 0xfdd0;
/// The same in UTF-8.
pub(super) const MARK_UTF8: &[u8] = "\u{fdd0}".as_bytes();

/// Puts the bytes of a stream in place again.
#[derive(Debug)]
pub(super) struct Wide {
    little: bool,
    /// What may belong to a run, or to a unit, that does not end yet.
    held: Vec<u8>,
    /// How often a byte was lost.
    pub(super) slips: u64,
}

impl Wide {
    /// For units whose first byte is the lower one, or not.
    pub(super) fn new(little: bool) -> Self {
        Self { little, held: Vec::new(), slips: 0 }
    }

    /// The next bytes, with a mark in each place where one is lost; `ended` where these are the last.
    pub(super) fn aligned(&mut self, bytes: &[u8], ended: bool) -> Vec<u8> {
        let mut held = std::mem::take(&mut self.held);
        held.extend_from_slice(bytes);
        let mut aligned = Vec::with_capacity(held.len() + 2);
        let (mut from, mut at, mut run) = (0, 0, 0);
        while let Some(unit) = held.get(at..).and_then(<[u8]>::first_chunk) {
            run = if self.is_crossed(*unit) { run + 1 } else { 0 };
            at += 2;
            if run < RUN {
                continue;
            }
            let start = at - 2 * RUN;
            aligned.extend(held.get(from..start).into_iter().flatten());
            // It stands for the half whose other is lost.
            aligned.extend(if self.little { MARK.to_le_bytes() } else { MARK.to_be_bytes() });
            (from, at, run) = (start + 1, start + 1, 0);
            self.slips += 1;
        }
        let end = if ended { held.len() } else { (at - 2 * run).max(from) };
        aligned.extend(held.get(from..end).into_iter().flatten());
        held.drain(..end);
        self.held = held;
        aligned
    }

    /// Whether a unit is an ASCII letter with its halves the wrong way round.
    fn is_crossed(&self, [first, second]: [u8; 2]) -> bool {
        let (zero, letter) = if self.little { (first, second) } else { (second, first) };
        zero == 0 && matches!(letter, b' '..=b'~' | b'\t' | b'\r' | b'\n')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text of bytes that come in pieces of this size, and how many were lost.
    fn read(bytes: &[u8], little: bool, piece: usize) -> (String, u64) {
        let mut wide = Wide::new(little);
        let mut aligned: Vec<u8> = bytes.chunks(piece).flat_map(|piece| wide.aligned(piece, false)).collect();
        aligned.extend(wide.aligned(&[], true));
        let unit = |unit: &[u8; 2]| if little { u16::from_le_bytes(*unit) } else { u16::from_be_bytes(*unit) };
        let units: Vec<u16> = aligned.as_chunks().0.iter().map(unit).collect();
        (String::from_utf16_lossy(&units), wide.slips)
    }

    #[test]
    fn behind_a_lost_byte_the_text_is_the_text_again() {
        let text = "Ωmega: the first row of it\r\n受信トレイ, the second row of it\r\n";
        for little in [true, false] {
            let bytes: Vec<u8> = text
                .encode_utf16()
                .flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() })
                .collect();
            for piece in [1, 2, 7, 1000] {
                assert_eq!(read(&bytes, little, piece), (text.to_owned(), 0));
                // In every place of the first row, in either half of a letter.
                for lost in 4..40 {
                    let mut damaged = bytes.clone();
                    damaged.remove(lost);
                    let (read, slips) = read(&damaged, little, piece);
                    assert!(slips == 1 && read.ends_with("the second row of it\r\n"), "{little} {lost}: {read}");
                    assert!(read.starts_with('Ω'), "{read}");
                }
            }
        }
    }
}
