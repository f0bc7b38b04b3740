//! UTF-16 text that lost a byte: from there on each unit is made of halves of two, and reads as letters that nobody wrote.
//! Exports are ASCII for the most part, so that the place is seen, and what is behind it is put in place again.

/// So many units in a row whose halves are an ASCII letter and zero the wrong way round …
const RUN: usize = 16;
/// … and so many different ones among them are no text in any language. A ruled line (U+2500) and wide blanks (U+3000),
/// as in the signatures of mails, have the same halves, but are one sign again and again.
const DIFFERENT: u32 = 5;
/// Units after which a line is one, however long it goes on.
const LINE: usize = 4096;

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
        let (mut from, mut at, mut run, mut letters) = (0, 0, 0, 0_u128);
        while let Some(unit) = held.get(at..).and_then(<[u8]>::first_chunk) {
            at += 2;
            (run, letters) = match self.crossed(*unit) {
                Some(letter) if run < LINE => (run + 1, letters | 1 << letter),
                _ => (0, 0),
            };
            if run < RUN || letters.count_ones() < DIFFERENT {
                continue;
            }
            let start = at - 2 * run;
            aligned.extend(held.get(from..start).into_iter().flatten());
            // It stands for the half whose other is lost.
            aligned.extend(if self.little { MARK.to_le_bytes() } else { MARK.to_be_bytes() });
            (from, at, run, letters) = (start + 1, start + 1, 0, 0);
            self.slips += 1;
        }
        let end = if ended { held.len() } else { (at - 2 * run).max(from) };
        aligned.extend(held.get(from..end).into_iter().flatten());
        held.drain(..end);
        self.held = held;
        aligned
    }

    /// The ASCII letter that a unit is with its halves the wrong way round.
    fn crossed(&self, [first, second]: [u8; 2]) -> Option<u8> {
        let (zero, letter) = if self.little { (first, second) } else { (second, first) };
        (zero == 0 && matches!(letter, b' '..=b'~' | b'\t' | b'\r' | b'\n')).then_some(letter)
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

    fn written(text: &str, little: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
    }

    #[test]
    fn ruled_lines_and_wide_blanks_have_lost_nothing() {
        let (line, long) = ("─".repeat(40), "─".repeat(LINE * 3));
        let blanks = "　".repeat(20);
        let text = format!(
            "Dana{blanks}Weiss\r\n{line}\r\n{line}　一─　一─　一─　一─　一\r\n{long}, and what is behind it\r\n"
        );
        let pieces = [63, 64, 100_000];
        for (little, piece) in [true, false].into_iter().flat_map(|little| pieces.map(|piece| (little, piece))) {
            assert_eq!(read(&written(&text, little), little, piece), (text.clone(), 0));
            // Behind such a line as well a lost byte is found.
            let mut damaged = written(&format!("{line}{text}"), little);
            damaged.remove(3);
            let (read, slips) = read(&damaged, little, piece);
            assert!(slips == 1 && read.ends_with("what is behind it\r\n"), "{slips}");
        }
    }

    #[test]
    fn behind_a_lost_byte_the_text_is_the_text_again() {
        let text = "Ωmega: the first row of it\r\n受信トレイ, the second row of it\r\n";
        for little in [true, false] {
            let bytes = written(text, little);
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
