//! Whose rows a row group may hold: the names that take part in its rows, as a small Bloom filter in the footer of a
//! part, so that a question does not unpack the parties of row groups in which its account cannot be.
//!
//! A part that has none, as another program leaves it, is read as a whole, and so is one whose filters were carried
//! over from other bytes. A filter never denies a name that is there.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use polars_parquet::parquet::metadata::{FileMetadata, KeyValue};

use super::pages::Chunk;
use super::schema::names;

/// What the footer calls the filters; another layout, or another hash, needs another word.
const KEY: &str = "bectrace.whose/1";
/// Bits of a filter for each name, and how many of them a name sets: of names that are not there, one in 270 seems to be.
const BITS: usize = 12;
const PLACES: u64 = 6;
/// Names that are remembered while a row group is gone through: in sorted rows most come again at once.
const RECENT: usize = 1024;
/// Of each filter: where the chunk of parties starts and ends, and how long the filter is.
const HEAD: usize = 24;

/// The names of each party of a record, in the column's text.
pub fn names_in(parties: &str) -> impl Iterator<Item = &str> {
    parties.split('|').filter_map(|entry| entry.split_once(':')).map(|(_, name)| name)
}

/// A name as filters know it, and the sum of a footer. Part of the layout: the same in every version that writes [`KEY`].
/// Where one word of eight bytes changes, so does the hash.
pub(super) fn hash(name: &[u8]) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, word: u64| {
        let hash = (hash ^ word).wrapping_mul(ODD);
        hash ^ hash >> 32
    };
    let (words, rest) = name.as_chunks();
    let last = rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
    let hash = words.iter().fold(name.len() as u64, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    mix(mix(hash, last), ODD)
}

/// The bits that a name sets in a filter of so many bytes.
fn places(hash: u64, bytes: usize) -> impl Iterator<Item = usize> {
    let bits = bytes as u64 * 8;
    let (first, step) = (hash & 0xffff_ffff, hash >> 32 | 1);
    (0..PLACES).map(move |turn| ((((first + turn * step) & 0xffff_ffff) * bits) >> 32) as usize)
}

/// Collects the names of a row group, and the filters of a part.
pub struct Gathered {
    recent: Vec<Option<u64>>,
    hashes: Vec<u64>,
    filters: Vec<u8>,
}

impl Default for Gathered {
    fn default() -> Self {
        Self { recent: vec![None; RECENT], hashes: Vec::new(), filters: Vec::new() }
    }
}

impl Gathered {
    /// Begins another part.
    pub fn clear(&mut self) {
        self.filters.clear();
    }

    /// Adds the names of one text of the column.
    pub fn add(&mut self, parties: &[u8]) {
        for entry in parties.split(|byte| *byte == b'|') {
            let Some(colon) = entry.iter().position(|byte| *byte == b':') else { continue };
            let hash = hash(entry.get(colon + 1..).unwrap_or_default());
            match self.recent.get_mut(hash as usize % RECENT) {
                Some(known) if *known == Some(hash) => {}
                Some(known) => {
                    *known = Some(hash);
                    self.hashes.push(hash);
                }
                None => {}
            }
        }
    }

    /// Closes the row group whose parties stand here in the file.
    pub fn close(&mut self, chunk: Range<u64>) {
        self.hashes.sort_unstable();
        self.hashes.dedup();
        let length = (self.hashes.len() * BITS).div_ceil(8);
        for number in [chunk.start, chunk.end, length as u64] {
            self.filters.extend_from_slice(&number.to_le_bytes());
        }
        let start = self.filters.len();
        self.filters.resize(start + length, 0);
        for place in self.hashes.iter().flat_map(|hash| places(*hash, length)) {
            if let Some(byte) = self.filters.get_mut(start + place / 8) {
                *byte |= 1 << (place % 8);
            }
        }
        self.hashes.clear();
        self.recent.fill(None);
    }

    /// What the footer says of them.
    pub fn told(&self) -> KeyValue {
        KeyValue { key: KEY.to_owned(), value: Some(STANDARD_NO_PAD.encode(&self.filters)) }
    }
}

/// The filters of a part.
#[derive(Debug)]
pub struct Whose {
    bytes: Vec<u8>,
    /// Where each row group's filter lies in them.
    filters: Vec<Range<usize>>,
}

impl Whose {
    /// The filters that a footer has; `None` where it has none, or not those of these row groups.
    pub fn of(metadata: &FileMetadata) -> Option<Self> {
        let told = metadata.key_value_metadata().as_ref()?.iter().find(|pair| pair.key == KEY)?;
        let bytes = STANDARD_NO_PAD.decode(told.value.as_ref()?).ok()?;
        let mut filters = Vec::new();
        let mut at = 0;
        for group in &metadata.row_groups {
            let head = bytes.get(at..)?.first_chunk::<HEAD>()?;
            let (numbers, _) = head.as_chunks::<8>();
            let mut numbers = numbers.iter().map(|number| u64::from_le_bytes(*number));
            let chunk = Chunk::of(group, names::PARTIES)?;
            if (numbers.next()?, numbers.next()?) != (chunk.start, chunk.end) {
                return None;
            }
            let start = at + HEAD;
            at = start.checked_add(usize::try_from(numbers.next()?).ok()?)?;
            bytes.get(start..at)?;
            filters.push(start..at);
        }
        (at == bytes.len()).then_some(Self { bytes, filters })
    }

    /// Whether one of these names may take part in a row of the row group.
    pub fn may_hold<'n>(&self, group: usize, mut names: impl Iterator<Item = &'n str>) -> bool {
        let Some(filter) = self.filters.get(group).and_then(|place| self.bytes.get(place.clone())) else { return true };
        let is_set = |place: usize| filter.get(place / 8).is_some_and(|byte| byte >> (place % 8) & 1 == 1);
        names.any(|name| places(hash(name.as_bytes()), filter.len()).all(is_set))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::columns::ROW_GROUP;
    use crate::timeline::sample::{events, footer, part};

    #[test]
    fn a_name_that_is_there_is_never_denied_and_others_nearly_always() {
        let events = events(ROW_GROUP + 5000);
        let whose = Whose::of(&footer(&part(&events))).unwrap();
        let names = |group: usize| {
            let rows = events.chunks(ROW_GROUP).nth(group).unwrap();
            rows.iter().filter_map(|event| event.parties.as_deref()).flat_map(names_in)
        };
        for group in [0, 1] {
            assert!(names(group).all(|name| whose.may_hold(group, std::iter::once(name))));
            assert!(whose.may_hold(group, ["nobody", "user3@x.example"].into_iter()));
            assert!(!whose.may_hold(group, std::iter::empty()));
            let strange = (0..10_000).filter(|n| whose.may_hold(group, std::iter::once(&*format!("nobody {n}"))));
            assert!(strange.count() < 100);
        }
        assert!(!whose.may_hold(0, ["of group 1, 400", "t:of group 0, 400"].into_iter()));
    }

    #[test]
    fn filters_of_other_bytes_count_for_nothing() {
        let [one, other] = [600, 599].map(|count| footer(&part(&events(count))));
        assert!(Whose::of(&one).is_some());
        let mut carried = one.clone();
        carried.row_groups.clone_from(&other.row_groups);
        assert!(Whose::of(&carried).is_none());
        carried.row_groups.clear();
        assert!(Whose::of(&carried).is_none());
    }

    /// Filters that are written today are read by every later version: these numbers were worked out by another program.
    #[test]
    fn a_hash_stays_what_it_is() {
        for (name, expected) in [
            ("alice@contoso.example", 0x23d0_e781_eabe_e768),
            ("bob", 0x8ffd_205e_d41f_b328),
            ("12345678", 0x0486_be08_3a66_16d2),
        ] {
            assert_eq!(hash(name.as_bytes()), expected, "{name}");
        }
    }
}
