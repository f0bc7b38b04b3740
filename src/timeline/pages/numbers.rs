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

    /// Numbers of so many bits as Parquet packs them: from the lowest bit of the first byte on.
    fn packed(numbers: &[u32], bits: usize) -> Vec<u8> {
        let mut bytes = vec![0; (numbers.len() * bits).div_ceil(8)];
        for (index, number) in numbers.iter().enumerate() {
            for bit in (0..bits).filter(|bit| number >> bit & 1 == 1) {
                let place = index * bits + bit;
                bytes[place / 8] |= 1 << (place % 8);
            }
        }
        bytes
    }

    #[test]
    fn all_numbers_are_those_that_are_asked_for_one_by_one() {
        for bits in 1..=20 {
            let mask = (1_u32 << bits) - 1;
            let some = |count: u32, step: u32| (0..count).map(|n| n.wrapping_mul(step) & mask).collect::<Vec<u32>>();
            let (first, last) = (some(24, 0x9e37_79b1), some(13, 0x85eb_ca6b));
            // Three eights, a run of five, and two eights of which the last three are not written.
            let mut bytes = vec![3 << 1 | 1];
            bytes.extend(packed(&first, bits));
            bytes.push(5 << 1);
            bytes.extend_from_slice(&(mask >> 1).to_le_bytes()[..bits.div_ceil(8)]);
            bytes.push(2 << 1 | 1);
            bytes.extend(packed(&last, bits));
            let expected: Vec<u32> = first.into_iter().chain([mask >> 1; 5]).chain(last).collect();
            let mut found = Vec::new();
            Hybrid::new(&bytes, bits).all(42, &mut found).unwrap();
            assert_eq!(found.get(..42), expected.get(..42), "{bits} bits");
            let mut one_by_one = Hybrid::new(&bytes, bits);
            assert!((0..42).all(|at| one_by_one.at(at) == expected.get(at).copied()), "{bits} bits");
        }
        let mut found = vec![7];
        assert_eq!(Hybrid::new(&[9 << 1, 3], 3).all(4, &mut found), Some(()));
        assert_eq!(found, [3; 4], "as many as are wanted");
        assert_eq!(Hybrid::new(&[9 << 1], 3).all(4, &mut found), None);
    }

    #[test]
    fn each_row_is_told_as_it_is_when_asked_for() {
        // A run of three, eleven rows of two bytes, a run of none.
        let bytes = [3 << 1, 1, 2 << 1 | 1, 0b1010_0110, 0b0000_0101, 4 << 1, 0];
        let mut told = Vec::new();
        let tell = |there| {
            told.push(there);
            Some(())
        };
        Levels::new(&bytes).each(21, tell).unwrap();
        let rows = [1, 1, 1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(told, rows.map(|level| level == 1));
        let mut levels = Levels::new(&bytes);
        assert!((0..21).all(|row| levels.rank(row).unwrap().is_some() == told[row]));
        // Rows that no level tells of are damage.
        assert_eq!(Levels::new(&bytes).each(24, |_| Some(())), None);
        assert_eq!(Levels::new(&[2 << 1 | 1, 0xff]).each(9, |_| Some(())), None);
        assert_eq!(Levels::new(&bytes).each(21, |there| there.then_some(())), None);
    }
}
