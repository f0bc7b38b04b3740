//! The footer of a part, with which all reading begins: where each column lies, what it is called, and whose rows a row
//! group holds. A sum of it stands in front, so that damage there is told: a column that lost a letter of its name would
//! be one that the case does not have.
//!
//! A part without the sum, as another program writes it, is read as it is. Pages have sums of their own, which are zstd's.

use std::io::{Read, Seek, SeekFrom};

use polars::prelude::{PolarsError, PolarsResult};
use polars_parquet::parquet::metadata::FileMetadata;
use polars_parquet::parquet::read::deserialize_metadata;

use super::whose::hash;

/// What stands in front of the sum; no text has these bytes.
const MARK: [u8; 8] = *b"\xfebecsum\xff";
/// Mark and sum.
const SEAL: usize = MARK.len() + size_of::<u64>();
/// Behind the footer: its length, and the letters every Parquet file ends with.
const TAIL: usize = 8;
const LETTERS: &[u8] = b"PAR1";
/// What is read of a file at first: few footers are longer.
const READ: usize = 64 * 1024;

/// What a writer puts behind the last page, with the sum in front of the footer.
pub fn sealed(end: &[u8]) -> PolarsResult<Vec<u8>> {
    let (before, footer) = split(end).ok_or_else(damaged)?;
    Ok([before, &seal(footer), footer].concat())
}

/// The footer of a part.
pub fn read(source: &mut (impl Read + Seek)) -> PolarsResult<FileMetadata> {
    let mut end = last(source, READ)?;
    let length = length(&end).ok_or_else(damaged)?;
    if end.len() < length + SEAL {
        end = last(source, length + SEAL)?;
    }
    let (before, footer) = split(&end).ok_or_else(damaged)?;
    let seal_there = before.last_chunk::<SEAL>().filter(|seal| seal.starts_with(&MARK));
    // A mark in another place was in front of a footer of another length.
    let sound = match seal_there {
        Some(there) => *there == seal(footer),
        None => !end.windows(MARK.len()).any(|bytes| bytes == MARK),
    };
    if !sound {
        return Err(damaged());
    }
    Ok(deserialize_metadata(footer.to_vec().into())?)
}

fn seal(footer: &[u8]) -> [u8; SEAL] {
    let mut seal = [0; SEAL];
    let (mark, sum) = seal.split_at_mut(MARK.len());
    mark.copy_from_slice(&MARK);
    sum.copy_from_slice(&hash(footer).to_le_bytes());
    seal
}

/// What stands in front of the footer, and the footer with its tail.
fn split(end: &[u8]) -> Option<(&[u8], &[u8])> {
    end.split_at_checked(end.len().checked_sub(length(end)?)?)
}

/// How long the footer is, with its tail; `None` where these bytes are not the end of a Parquet file.
fn length(end: &[u8]) -> Option<usize> {
    let (length, letters) = end.last_chunk::<TAIL>()?.split_first_chunk()?;
    (letters == LETTERS).then(|| u32::from_le_bytes(*length) as usize + TAIL)
}

/// The last bytes of a source, so many or all there are.
fn last(source: &mut (impl Read + Seek), most: usize) -> PolarsResult<Vec<u8>> {
    let size = source.seek(SeekFrom::End(0))?;
    source.seek(SeekFrom::Start(size.saturating_sub(most as u64)))?;
    let mut bytes = Vec::new();
    source.take(most as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn damaged() -> PolarsError {
    PolarsError::ComputeError("its footer is damaged, or it is no part of a case".into())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::timeline::columns::ROW_GROUP;
    use crate::timeline::sample::{events, part};

    fn rows(file: &[u8]) -> PolarsResult<usize> {
        read(&mut Cursor::new(file)).map(|footer| footer.num_rows)
    }

    #[test]
    fn a_footer_of_any_length_is_read_and_each_damaged_byte_of_it_told() {
        // The second has so many row groups that its footer is longer than what is read at first.
        for count in [3, ROW_GROUP * 6] {
            let file = part(&events(count));
            assert_eq!(rows(&file).unwrap(), count);
            let start = file.len() - length(&file).unwrap() - SEAL;
            // Nothing in front of the end is asked about.
            let (file, start) = (file.get(start - SEAL..).unwrap(), SEAL);
            for at in (start..file.len()).step_by(if count == 3 { 1 } else { 101 }) {
                let mut file = file.to_vec();
                file[at] ^= 1 << (at % 8);
                // Without its mark, the sum is nobody's.
                let in_mark = at < start + MARK.len();
                assert!(if in_mark { rows(&file).unwrap() == count } else { rows(&file).is_err() }, "{at} of {count}");
            }
        }
    }

    #[test]
    fn a_part_that_another_program_wrote_has_no_sum_and_is_read() {
        let file = part(&events(3));
        let length = length(&file).unwrap();
        let (before, footer) = file.split_at(file.len() - length);
        let (pages, seal) = before.split_at(before.len() - SEAL);
        assert!(seal.starts_with(&MARK));
        assert_eq!(rows(&[pages, footer].concat()).unwrap(), 3);
        for bytes in [&b""[..], b"PAR1", b"PAR1\x00\x00\x00\x00PAR1", b"\xff\xff\xff\xffPAR1"] {
            assert!(rows(bytes).is_err(), "{bytes:?}");
        }
    }
}
