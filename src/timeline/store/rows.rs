//! How many rows a part holds, from the first bytes of its footer: whether a case is whole is asked each time it is
//! opened, and must not take longer than the question.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::part::Part;
use super::{StoreError, folder, not_a_case};
use crate::ledger::Ledger;

/// The number of rows stands behind the list of columns, which this holds many times over.
const HEAD: u64 = 32 * 1024;
/// Lengths in the tail of a part: that of the footer, and the magic letters.
const TAIL: u64 = 8;

/// Refuses a folder whose parts do not hold what its ledger counts: a part is gone, or stands there twice.
pub(in crate::timeline) fn check(dir: &Path, ledger: &Ledger) -> Result<(), StoreError> {
    let parts: Vec<PathBuf> = folder::parts(dir)?.into_iter().map(|(_, part)| part).collect();
    let found = (sum(&parts)?, sum(&folder::state_parts(dir)?)?);
    let total = ledger.total();
    if found == (total.events, total.states) {
        return Ok(());
    }
    let reason = format!(
        "damaged: the ledger counts {} events and {} rows of snapshots, the parts hold {} and {}; ingest again",
        total.events, total.states, found.0, found.1
    );
    Err(not_a_case(dir, &reason))
}

fn sum(parts: &[PathBuf]) -> Result<u64, StoreError> {
    parts.par_iter().map(|part| rows(part)).sum()
}

/// The rows of one part. Where the footer is not what is expected, whoever reads all of it says what is wrong.
fn rows(part: &Path) -> Result<u64, StoreError> {
    match quick(part) {
        Ok(Some(rows)) => Ok(rows),
        Ok(None) | Err(_) => Ok(Part::open(part)?.row_groups().iter().map(|rows| *rows as u64).sum()),
    }
}

fn quick(part: &Path) -> io::Result<Option<u64>> {
    let mut file = File::open(part)?;
    let end = file.seek(SeekFrom::End(0))?;
    let Some(tail) = end.checked_sub(TAIL) else { return Ok(None) };
    file.seek(SeekFrom::Start(tail))?;
    let mut last = [0; TAIL as usize];
    file.read_exact(&mut last)?;
    let [a, b, c, d, b'P', b'A', b'R', b'1'] = last else { return Ok(None) };
    let length = u64::from(u32::from_le_bytes([a, b, c, d]));
    let Some(start) = tail.checked_sub(length) else { return Ok(None) };
    file.seek(SeekFrom::Start(start))?;
    let mut head = Vec::new();
    file.take(length.min(HEAD)).read_to_end(&mut head)?;
    Ok(Compact(&head).rows())
}

/// Thrift's compact protocol, as far as the way to the number of rows goes.
struct Compact<'a>(&'a [u8]);

impl Compact<'_> {
    /// Field 3 of the footer, behind the version and the columns.
    fn rows(&mut self) -> Option<u64> {
        const ROWS: u64 = 3;
        let mut field = 0;
        loop {
            let (delta, kind) = self.header()?;
            field = if delta == 0 { self.number()? >> 1 } else { field + u64::from(delta) };
            match (field, kind) {
                (_, 0) => return None,
                // Zigzag: numbers that are not negative are even.
                (ROWS, 6) => return self.number().filter(|number| number & 1 == 0).map(|number| number >> 1),
                (_, kind) => self.skip(kind, 8)?,
            }
        }
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// Two numbers of four bits.
    fn header(&mut self) -> Option<(u8, u8)> {
        self.byte().map(|byte| (byte >> 4, byte & 15))
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 127).checked_shl(shift)?;
            if byte < 128 {
                return Some(number);
            }
        }
        None
    }

    /// Passes over a value of this kind that lies at most so deep.
    fn skip(&mut self, kind: u8, depth: u8) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        match kind {
            // A truth value is its kind.
            1 | 2 => Some(()),
            3 => self.byte().map(drop),
            4..=6 => self.number().map(drop),
            7 => self.over(8),
            8 => {
                let length = self.number()?;
                self.over(usize::try_from(length).ok()?)
            }
            9 | 10 => {
                let (few, kind) = self.header()?;
                let length = if few == 15 { self.number()? } else { u64::from(few) };
                // In lists, each truth value is a byte.
                let kind = if kind == 1 || kind == 2 { 3 } else { kind };
                (0..length).try_for_each(|_| self.skip(kind, depth))
            }
            12 => loop {
                let (delta, kind) = self.header()?;
                if kind == 0 {
                    return Some(());
                }
                if delta == 0 {
                    self.number()?;
                }
                self.skip(kind, depth)?;
            },
            _ => None,
        }
    }

    fn over(&mut self, length: usize) -> Option<()> {
        self.0 = self.0.get(length..)?;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::event::Event;
    use crate::timeline::store::write_events;

    fn part(rows: usize) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        write_events(file.as_file(), &vec![Event::default(); rows]).unwrap();
        file
    }

    #[test]
    fn the_rows_of_a_part_are_those_of_its_row_groups() {
        for count in [1, 63, 64, 20_000] {
            let part = part(count);
            assert_eq!(quick(part.path()).unwrap(), Some(count as u64), "without reading the whole footer");
            assert_eq!(rows(part.path()).unwrap(), count as u64);
        }
    }

    #[test]
    fn what_is_no_part_is_told_by_whoever_reads_all_of_it() {
        let whole = part(3);
        let mut bytes = std::fs::read(whole.path()).unwrap();
        for cut in [0, 7, bytes.len() - 1] {
            let damaged = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(damaged.path(), bytes.get(..cut).unwrap()).unwrap();
            assert!(rows(damaged.path()).is_err(), "{cut}");
        }
        // A footer that is longer than the file.
        let at = bytes.len() - 5;
        bytes[at] = 0x7f;
        std::fs::write(whole.path(), bytes).unwrap();
        assert!(rows(whole.path()).is_err());
    }

    #[test]
    fn damaged_footers_end() {
        for bytes in [&b""[..], &[0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x0f], &[0x15], &[0x36, 0x01], &[0x1c; 40]] {
            assert_eq!(Compact(bytes).rows(), None, "{bytes:x?}");
        }
    }
}
