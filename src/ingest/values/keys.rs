//! Which of a fixed list of keys a text is, whatever its case: one look into a table made when the program is compiled.

/// Slots of a table: so many that a shift under which no two keys meet is soon found.
const SLOTS: usize = 2048;

/// Where each of `N` keys stands; at most 255.
pub struct KeyTable<const N: usize> {
    /// The number of the key that may stand here, plus one.
    slots: [u8; SLOTS],
    factor: u64,
    keys: [Spelling<'static>; N],
}

/// A key of a table as a text spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Its number.
    pub place: usize,
    /// Letter by letter as the table has it; else in another case.
    pub exact: bool,
}

impl<const N: usize> KeyTable<N> {
    /// A table for keys in ASCII, none of them empty, no two of them alike but for their case.
    pub const fn new(names: &[&'static str; N]) -> Self {
        let mut keys = [Spelling::of(""); N];
        let mut key = 0;
        while key < N {
            keys[key] = Spelling::of(names[key]);
            key += 1;
        }
        let mut factor = 0x9e37_79b9_7f4a_7c15_u64;
        loop {
            if let Some(slots) = fill(&keys, factor) {
                return Self { slots, factor, keys };
            }
            factor = factor.wrapping_add(0x6a09_e667_f3bc_c908);
        }
    }

    /// Which key a text is.
    #[inline]
    pub fn find(&self, text: &str) -> Option<Known> {
        let spelling = Spelling::of(text);
        let place = usize::from(*self.slots.get(spelling.slot(self.factor))?).checked_sub(1)?;
        let key = self.keys.get(place)?;
        let exact = spelling.is(key);
        (exact || text.eq_ignore_ascii_case(key.text)).then_some(Known { place, exact })
    }
}

const fn fill<const N: usize>(keys: &[Spelling<'_>; N], factor: u64) -> Option<[u8; SLOTS]> {
    let mut slots = [0; SLOTS];
    let mut key = 0;
    while key < N {
        let slot = keys[key].slot(factor);
        if slots[slot] != 0 {
            return None;
        }
        slots[slot] = key as u8 + 1;
        key += 1;
    }
    Some(slots)
}

/// A text, and as many of its letters as words as tell short texts apart without looking at each letter.
#[derive(Clone, Copy)]
struct Spelling<'t> {
    text: &'t str,
    /// The first and the last letters: eight, four or one of each, as many as there are.
    ends: [u64; 2],
}

impl<'t> Spelling<'t> {
    #[inline]
    const fn of(text: &'t str) -> Self {
        let bytes = text.as_bytes();
        let ends = match (bytes.first_chunk(), bytes.last_chunk()) {
            (Some(front), Some(behind)) => [u64::from_le_bytes(*front), u64::from_le_bytes(*behind)],
            _ => match (bytes.first_chunk(), bytes.last_chunk()) {
                (Some(front), Some(behind)) => [u32::from_le_bytes(*front) as u64, u32::from_le_bytes(*behind) as u64],
                _ => match bytes {
                    [first, .., last] => [*first as u64, *last as u64],
                    [one] => [*one as u64, 0],
                    [] => [0, 0],
                },
            },
        };
        Self { text, ends }
    }

    /// Whether both are one text. Up to sixteen letters the ends are all of them, but for the middle one of three.
    #[inline]
    fn is(&self, other: &Self) -> bool {
        let length = self.text.len();
        self.ends == other.ends
            && length == other.text.len()
            && (length <= 16 && length != 3 || self.text == other.text)
    }

    /// By length and the ends, of which only the case may differ. Keys that are alike in all of these would keep the
    /// program from being compiled.
    #[inline]
    const fn slot(&self, factor: u64) -> usize {
        /// Letters differ from their capitals in this bit.
        const CASE: u64 = 0x2020_2020_2020_2020;
        let [front, behind] = self.ends;
        let mixed = (front | CASE).wrapping_mul(factor) ^ (behind | CASE).rotate_left(self.text.len() as u32);
        (mixed.wrapping_mul(factor) >> (u64::BITS - SLOTS.ilog2())) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 7] =
        ["id", "f3u", "operation", "Operations", "userId", "LogonUserSid", "SendOnBehalfOfUserMailboxGuid"];
    static TABLE: KeyTable<7> = KeyTable::new(&NAMES);

    #[test]
    fn every_key_has_its_place_whatever_its_case() {
        for (place, name) in NAMES.iter().enumerate() {
            assert_eq!(TABLE.find(name), Some(Known { place, exact: true }));
            assert_eq!(TABLE.find(&name.to_uppercase()), Some(Known { place, exact: false }));
        }
        assert_eq!(TABLE.find(""), None);
    }

    #[test]
    fn a_text_with_one_other_letter_is_no_key() {
        for name in NAMES {
            for at in 0..name.len() {
                let mut other = name.to_owned();
                other.replace_range(at..=at, "#");
                assert_eq!(TABLE.find(&other), None, "{other}");
            }
        }
    }
}
