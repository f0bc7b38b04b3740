//! Reads numbers of a few bits each, and with them which rows of a page have a value.

use std::ops::Range;

use polars::prelude::PolarsResult;

use super::damaged;

/// Numbers of a few bits each, in runs of one number and in stretches of packed ones. Asked from front to back.
pub(super) struct Hybrid<'a> {
    rest: &'a [u8],
    bits: usize,
    run: Run<'a>,
    /// The numbers that are in the run.
    here: Range<usize>,
}

#[derive(Clone, Copy)]
enum Run<'a> {
    Same(u32),
    Packed(&'a [u8]),
}

impl<'a> Hybrid<'a> {
    pub(super) fn new(bytes: &'a [u8], bits: usize) -> Self {
        Self { rest: bytes, bits, run: Run::Same(0), here: 0..0 }
    }

    /// Goes on to the next run.
    fn step(&mut self) -> Option<()> {
        let (mut head, mut shift) = (0_usize, 0);
        loop {
            let (byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            head |= usize::from(*byte & 0x7f).checked_shl(shift)?;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
        let count = head >> 1;
        let (run, count) = if head & 1 == 1 {
            // What is behind the last number of a page need not be there.
            let length = count.saturating_mul(self.bits).min(self.rest.len());
            let (bytes, rest) = self.rest.split_at_checked(length)?;
            self.rest = rest;
            (Run::Packed(bytes), count.checked_mul(8)?)
        } else {
            let (bytes, rest) = self.rest.split_at_checked(self.bits.div_ceil(8))?;
            self.rest = rest;
            let number = bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte));
            // A number of more bits than there are is damage.
            let number = u32::try_from(number).ok().filter(|_| number >> self.bits == 0)?;
            (Run::Same(number), count)
        };
        self.run = run;
        self.here = self.here.end..self.here.end.checked_add(count)?;
        Some(())
    }

    /// All numbers, but no more than so many and a few behind them.
    pub(super) fn all(mut self, most: usize, out: &mut Vec<u32>) -> Option<()> {
        out.clear();
        while self.here.end < most && !self.rest.is_empty() {
            self.step()?;
            let count = self.here.end.min(most) - self.here.start;
            match self.run {
                Run::Same(number) => out.resize(out.len() + count, number),
                Run::Packed(bytes) => unpack_all(bytes, count, self.bits, out),
            }
        }
        Some(())
    }

    #[inline]
    pub(super) fn at(&mut self, index: usize) -> Option<u32> {
        while index >= self.here.end {
            self.step()?;
        }
        match self.run {
            Run::Same(number) => Some(number),
            Run::Packed(bytes) => unpack(bytes, index - self.here.start, self.bits),
        }
    }
}

/// The first `count` numbers of so many bits, or as many as there are; perhaps a few more, since eight of them take as many
/// bytes as each has bits.
fn unpack_all(bytes: &[u8], count: usize, bits: usize, out: &mut Vec<u32>) {
    const EIGHT: usize = 8;
    const ROOM: usize = size_of::<u128>();
    if bits == 0 || bits > ROOM {
        out.extend((0..count).map_while(|index| unpack(bytes, index, bits)));
        return;
    }
    let mask = (1_u128 << bits) - 1;
    for eight in bytes.chunks(bits).take(count.div_ceil(EIGHT)) {
        let mut room = [0; ROOM];
        room[..eight.len()].copy_from_slice(eight);
        let word = u128::from_le_bytes(room);
        let numbers: [u32; EIGHT] = std::array::from_fn(|place| (word >> (place * bits) & mask) as u32);
        out.extend_from_slice(&numbers[..eight.len() * EIGHT / bits]);
    }
}

/// The `index`-th number of so many bits.
fn unpack(bytes: &[u8], index: usize, bits: usize) -> Option<u32> {
    let bit = index * bits;
    let bytes = bytes.get(bit / 8..)?;
    let word = bytes.first_chunk().map_or_else(
        || bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
        |word| u64::from_le_bytes(*word),
    );
    Some((word >> (bit % 8) & ((1 << bits) - 1)) as u32)
}

/// Which rows have a value. Asked from front to back.
pub(super) struct Levels<'a> {
    bits: Hybrid<'a>,
    /// Rows before this one were counted.
    counted: usize,
    /// How many of them have a value.
    rank: usize,
}

impl<'a> Levels<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bits: Hybrid::new(bytes, 1), counted: 0, rank: 0 }
    }

    /// Of a row with a value: how many rows before it have one.
    #[inline]
    pub(super) fn rank(&mut self, row: usize) -> PolarsResult<Option<usize>> {
        // Most pages are full: one run.
        if self.bits.here.start == 0 && row < self.bits.here.end && matches!(self.bits.run, Run::Same(1)) {
            return Ok(Some(row));
        }
        while row >= self.bits.here.end {
            self.count(self.bits.here.end);
            self.bits.step().ok_or_else(damaged)?;
        }
        self.count(row);
        Ok((self.bits.at(row) == Some(1)).then_some(self.rank))
    }

    /// Tells of each of so many rows, from the first on, whether it has a value.
    #[inline]
    pub(super) fn each(mut self, rows: usize, mut tell: impl FnMut(bool) -> Option<()>) -> Option<()> {
        while self.bits.here.end < rows {
            self.bits.step()?;
            let count = self.bits.here.end.min(rows) - self.bits.here.start;
            match self.bits.run {
                Run::Same(level) => (0..count).try_for_each(|_| tell(level == 1))?,
                Run::Packed(bytes) => {
                    let mut left = count;
                    for byte in bytes {
                        let here = left.min(8);
                        (0..here).try_for_each(|bit| tell(byte >> bit & 1 == 1))?;
                        left -= here;
                    }
                    if left > 0 {
                        return None;
                    }
                }
            }
        }
        Some(())
    }

    /// Counts the rows up to this one, all of them in the present run.
    fn count(&mut self, to: usize) {
        self.rank += match self.bits.run {
            Run::Same(level) => (to - self.counted) * level as usize,
            Run::Packed(bytes) => {
                let from = self.counted - self.bits.here.start;
                ones(bytes, from..to - self.bits.here.start)
            }
        };
        self.counted = to;
    }
}

/// How many of these bits are set.
fn ones(bytes: &[u8], bits: Range<usize>) -> usize {
    let below = |bit: usize| (1_u32 << (bit % 8)) - 1;
    let byte = |at: usize| u32::from(bytes.get(at).copied().unwrap_or_default());
    let (first, last) = (bits.start / 8, bits.end / 8);
    if first == last {
        return (byte(first) & below(bits.end) & !below(bits.start)).count_ones() as usize;
    }
    let between = bytes.get(first + 1..last).unwrap_or_default().iter().map(|byte| byte.count_ones()).sum::<u32>();
    ((byte(first) & !below(bits.start)).count_ones() + between + (byte(last) & below(bits.end)).count_ones()) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_there_or_not_and_nothing_else() {
        // Four rows with a value, and four without.
        let mut levels = Levels::new(&[4 << 1, 1, 4 << 1, 0]);
        assert_eq!(levels.rank(3).unwrap(), Some(3));
        assert_eq!(levels.rank(7).unwrap(), None);
        // A level that is neither.
        let mut levels = Levels::new(&[4 << 1, 2, 4 << 1, 1]);
        assert!(levels.rank(3).is_err());
        assert!(Levels::new(&[4 << 1, 2, 4 << 1, 1]).rank(5).is_err());
    }

    #[test]
    fn numbers_as_wide_as_there_are() {
        let mut numbers = Hybrid::new(&[1 << 1, 0xff, 0xff, 0xff, 0xff], 32);
        assert_eq!(numbers.at(0), Some(u32::MAX));
        assert_eq!(Hybrid::new(&[1 << 1, 8], 3).at(0), None);
        assert_eq!(Hybrid::new(&[1 << 1, 7], 3).at(0), Some(7));
    }
}
