//! Bytes looked at sixteen or sixty-four at a time: one bit for each byte that is looked for, the lowest for the first.
//!
//! What the scanners of this room are made of. `wide` compiles to what each processor of its kind has (SSE2 of x86-64, NEON
//! of aarch64), so that nothing has to be found out when the program runs.

use wide::u8x16;

/// How many bytes one mask tells of.
pub const BLOCK: usize = 64;

/// Sixty-four bytes that are asked for more than one thing.
#[derive(Clone, Copy)]
pub struct Block([u8x16; 4]);

impl Block {
    /// The bytes of a block.
    #[inline]
    pub fn new(bytes: &[u8; BLOCK]) -> Self {
        let (parts, _) = bytes.as_chunks::<16>();
        let part = |at: usize| u8x16::new(parts.get(at).copied().unwrap_or_default());
        Self([part(0), part(1), part(2), part(3)])
    }

    /// Where `byte` stands.
    #[inline]
    pub fn mask(self, byte: u8) -> u64 {
        let wanted = u8x16::splat(byte);
        self.mask_of(|part| part.simd_eq(wanted))
    }

    /// Where one of two bytes stands.
    #[inline]
    pub fn either(self, one: u8, other: u8) -> u64 {
        let (one, other) = (u8x16::splat(one), u8x16::splat(other));
        self.mask_of(|part| part.simd_eq(one) | part.simd_eq(other))
    }

    /// Where `of`, given sixteen bytes, finds something.
    #[inline]
    fn mask_of(self, of: impl Fn(u8x16) -> u8x16) -> u64 {
        let [a, b, c, d] = self.0.map(|part| u64::from(of(part).to_bitmask()));
        a | b << 16 | c << 32 | d << 48
    }

    /// The same bytes with one bit set in each, so that two that differ by it can be looked for at once.
    #[inline]
    #[must_use]
    pub fn with(self, bit: u8) -> Self {
        Self(self.0.map(|part| part | u8x16::splat(bit)))
    }
}

/// Where `of`, given sixteen bytes, finds something in the 64 from `at` on. Behind the end of the text there is nothing.
#[inline]
fn ahead(bytes: &[u8], at: usize, of: impl Fn(u8x16) -> u8x16) -> u64 {
    let block = |block: &[u8; BLOCK]| Block::new(block).mask_of(&of);
    if let Some(whole) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        return block(whole);
    }
    // The last of the text, moved to where it would stand.
    match bytes.last_chunk() {
        Some(last) => block(last).checked_shr((at + BLOCK - bytes.len()) as u32).unwrap_or(0),
        None => short(bytes.get(at..).unwrap_or_default(), of),
    }
}

/// The same of a text that is no block.
#[inline(never)]
fn short(bytes: &[u8], of: impl Fn(u8x16) -> u8x16) -> u64 {
    let part = |part: &[u8; 16]| u64::from(of(u8x16::new(*part)).to_bitmask());
    let (parts, rest) = bytes.as_chunks();
    let whole = parts.iter().rev().fold(0, |mask, next| mask << 16 | part(next));
    let last = match bytes.last_chunk() {
        Some(last) => part(last) >> (16 - rest.len()),
        None => {
            let mut padded = [0; 16];
            for (slot, byte) in padded.iter_mut().zip(rest) {
                *slot = *byte;
            }
            part(&padded) & ((1 << rest.len()) - 1)
        }
    };
    whole | last.checked_shl(16 * parts.len() as u32).unwrap_or(0)
}

/// The next `byte` from `from` on: for what is mostly near, where a call takes longer than to look.
#[inline]
pub fn find(bytes: &[u8], from: usize, byte: u8) -> Option<usize> {
    let near = ahead(bytes, from, |part| part.simd_eq(u8x16::splat(byte)));
    if near != 0 {
        return Some(from + near.trailing_zeros() as usize);
    }
    let far = from + BLOCK;
    memchr::memchr(byte, bytes.get(far..)?).map(|found| far + found)
}

/// Whether `byte` stands in a text that is mostly short.
#[inline]
pub fn contains(bytes: &[u8], byte: u8) -> bool {
    let [found] = any(bytes, |part| [part.simd_eq(u8x16::splat(byte))]);
    found
}

/// Whether a text that is mostly short has each of the things that `of` marks, by their highest bits, in sixteen bytes. The
/// letter `a` is to be none of them.
#[inline]
pub fn any<const N: usize>(bytes: &[u8], of: impl Fn(u8x16) -> [u8x16; N]) -> [bool; N] {
    let mut padded = [b'a'; 16];
    let last = bytes.last_chunk().unwrap_or_else(|| {
        padded.iter_mut().zip(bytes).for_each(|(slot, byte)| *slot = *byte);
        &padded
    });
    let (parts, _) = bytes.as_chunks();
    let mut found = of(u8x16::new(*last));
    for part in parts {
        for (found, here) in found.iter_mut().zip(of(u8x16::new(*part))) {
            *found |= here;
        }
    }
    found.map(|found| found.to_bitmask() != 0)
}

/// Where one of these bytes stands.
#[inline]
pub fn one_of<const N: usize>(part: u8x16, bytes: [u8; N]) -> u8x16 {
    bytes.into_iter().fold(u8x16::ZERO, |found, byte| found | part.simd_eq(u8x16::splat(byte)))
}

/// Where a capital of ASCII stands.
#[inline]
pub fn capitals(part: u8x16) -> u8x16 {
    let place = part - u8x16::splat(b'A');
    // The lesser of the two is the letter's place itself.
    place.min(u8x16::splat(25)).simd_eq(place)
}

/// For each byte whether it stands behind an odd number of quotes, itself counted: inside them, the opening one with it
/// and the closing one not. `open` where the text in front ended inside.
#[inline]
pub fn inside(quotes: u64, open: bool) -> u64 {
    let mut odd = quotes;
    for distance in [1, 2, 4, 8, 16, 32] {
        odd ^= odd << distance;
    }
    odd ^ if open { u64::MAX } else { 0 }
}

/// What stands behind a backslash that is not itself behind one, and whether what comes next does. `open` where the text in
/// front ended with one.
#[inline]
pub fn escaped(backslashes: u64, open: bool) -> (u64, bool) {
    let mut escaped = u64::from(open);
    let mut left = backslashes & !escaped;
    while left != 0 {
        let first = left & left.wrapping_neg();
        escaped |= first << 1;
        left &= !(first | first << 1);
        if first == 1 << (BLOCK - 1) {
            return (escaped, true);
        }
    }
    (escaped, false)
}

/// Finds what means something inside a JSON string: a quote, a backslash, or a control character, which may not stand
/// there. Remembers the block where it looked last, for strings are short.
pub struct Specials<'a> {
    bytes: &'a [u8],
    /// Where that block begins.
    block: usize,
    mask: u64,
}

impl<'a> Specials<'a> {
    /// To be asked for places that move forward, from `at` on.
    #[inline]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, block: 0, mask: ahead(bytes, 0, special) }
    }

    /// The next one from `from` on.
    #[inline]
    pub fn next(&mut self, from: usize) -> Option<usize> {
        let passed = from.wrapping_sub(self.block);
        if passed < BLOCK {
            let left = self.mask >> passed;
            if left != 0 {
                return Some(from + left.trailing_zeros() as usize);
            }
        }
        self.further(from)
    }

    #[inline(never)]
    fn further(&mut self, from: usize) -> Option<usize> {
        let known = from.wrapping_sub(self.block) < BLOCK;
        let mut at = if known { self.block + BLOCK } else { from };
        while let Some(block) = self.bytes.get(at..).and_then(<[u8]>::first_chunk) {
            (self.block, self.mask) = (at, Block::new(block).mask_of(special));
            if self.mask != 0 {
                return Some(at + self.mask.trailing_zeros() as usize);
            }
            at += BLOCK;
        }
        self.last(at)
    }

    /// The same for what is left of the text from `at` on.
    #[inline(never)]
    fn last(&mut self, at: usize) -> Option<usize> {
        (self.block, self.mask) = (at, ahead(self.bytes, at, special));
        (self.mask != 0).then(|| at + self.mask.trailing_zeros() as usize)
    }
}

#[inline]
fn special(part: u8x16) -> u8x16 {
    // The lesser of the two is the byte itself.
    let control = part.min(u8x16::splat(0x1f)).simd_eq(part);
    part.simd_eq(u8x16::splat(b'"')) | part.simd_eq(u8x16::splat(b'\\')) | control
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts of every length up to three blocks, of few letters so that each is found often, and with what differs from one
    /// that is looked for in one bit.
    fn texts() -> impl Iterator<Item = Vec<u8>> {
        let mut random = 3_u64;
        (0..=200).flat_map(|length| [length; 4]).map(move |length| {
            let mut letter = || {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                b"aaaaaaaaaaaaaaaaaaaa\"\\\n,\x1f \x7f\xff\x80\x00\xa2\xdc"[(random >> 33) as usize % 32]
            };
            (0..length).map(|_| letter()).collect()
        })
    }

    #[test]
    fn what_is_found_is_what_looking_at_each_byte_finds() {
        for text in texts() {
            let mut specials = Specials::new(&text);
            for from in 0..=text.len() {
                let rest = &text[from..];
                let by_hand = |is: fn(&u8) -> bool| rest.iter().position(is).map(|found| from + found);
                assert_eq!(find(&text, from, b'"'), by_hand(|byte| *byte == b'"'), "{text:?} from {from}");
                assert_eq!(contains(rest, b'"'), rest.contains(&b'"'), "{text:?} from {from}");
                let wanted = by_hand(|byte| matches!(byte, b'"' | b'\\' | ..0x20));
                // Asked in order, and by one that knows nothing yet.
                assert_eq!(specials.next(from), wanted, "{text:?} from {from}");
                assert_eq!(Specials::new(&text).next(from), wanted, "{text:?} from {from}");
                if let Some(block) = rest.first_chunk() {
                    let mask = (0..BLOCK).fold(0, |mask, at| mask | u64::from(block[at] == b',') << at);
                    assert_eq!(Block::new(block).mask(b','), mask, "{text:?} from {from}");
                    let mask = (0..BLOCK).fold(0, |mask, at| mask | u64::from(matches!(block[at], b',' | b'\n')) << at);
                    assert_eq!(Block::new(block).either(b',', b'\n'), mask, "{text:?} from {from}");
                }
            }
        }
    }

    #[test]
    fn what_a_text_has_is_what_one_of_its_bytes_is() {
        let by_hand = |text: &[u8]| {
            [
                text.iter().any(u8::is_ascii_uppercase),
                !text.is_ascii(),
                text.iter().any(|byte| matches!(byte, b'@' | b'[' | b'Z')),
            ]
        };
        let by_block = |text: &[u8]| any(text, |part| [capitals(part), part, one_of(part, *b"@[Z")]);
        for byte in 0..=255 {
            for (length, at) in [(1, 0), (15, 14), (16, 0), (17, 16), (33, 20), (64, 31)] {
                let mut text = vec![b'a'; length];
                text[at] = byte;
                assert_eq!(by_block(&text), by_hand(&text), "{byte} at {at} of {length}");
            }
        }
        assert_eq!(by_block(b""), [false; 3]);
    }

    #[test]
    fn what_is_inside_quotes_changes_at_each() {
        for quotes in [0, 1, 1 << 63, 0b1001, 0x8000_0000_0001_0010, u64::MAX, 0xdead_beef_0123_4567] {
            for open in [false, true] {
                let mut now = open;
                let by_hand = (0..64).fold(0, |mask, at| {
                    now ^= quotes >> at & 1 == 1;
                    mask | u64::from(now) << at
                });
                assert_eq!(inside(quotes, open), by_hand, "{quotes:x}");
            }
        }
    }

    #[test]
    fn every_second_backslash_of_a_row_is_what_is_escaped() {
        for backslashes in [0, 1, 0b11, 0b111, 0b1011, 3 << 62, 1 << 63, 7 << 61, u64::MAX, 0xdead_beef_0123_4567] {
            for open in [false, true] {
                let mut now = open;
                let by_hand = (0..64).fold(0, |mask, at| {
                    let escaped = std::mem::take(&mut now);
                    now = !escaped && backslashes >> at & 1 == 1;
                    mask | u64::from(escaped) << at
                });
                assert_eq!(escaped(backslashes, open), (by_hand, now), "{backslashes:x}");
            }
        }
    }
}
