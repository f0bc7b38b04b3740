//! Which of a fixed list of keys a text is, whatever its case: one look into a table made when the program is compiled.

/// Slots of a table: so many that a shift under which no two keys meet is soon found.
const SLOTS: usize = 2048;

/// Where each of `N` keys stands; at most 255.
pub struct KeyTable<const N: usize> {
    /// The number of the key that may stand here, plus one.
    slots: [u8; SLOTS],
    factor: u64,
}

impl<const N: usize> KeyTable<N> {
    /// A table for keys in lower-case ASCII, none of them empty.
    pub const fn new(keys: &[&str; N]) -> Self {
        let mut factor = 0x9e37_79b9_7f4a_7c15_u64;
        loop {
            if let Some(slots) = fill(keys, factor) {
                return Self { slots, factor };
            }
            factor = factor.wrapping_add(0x6a09_e667_f3bc_c908);
        }
    }

    /// The number of the only key that `text` can be.
    #[inline]
    pub fn place(&self, text: &str) -> Option<usize> {
        let slot = slot(text.as_bytes(), self.factor)?;
        usize::from(*self.slots.get(slot)?).checked_sub(1)
    }
}

const fn fill<const N: usize>(keys: &[&str; N], factor: u64) -> Option<[u8; SLOTS]> {
    let mut slots = [0; SLOTS];
    let mut key = 0;
    while key < N {
        match slot(keys[key].as_bytes(), factor) {
            Some(slot) if slots[slot] == 0 => slots[slot] = key as u8 + 1,
            _ => return None,
        }
        key += 1;
    }
    Some(slots)
}

/// By length and the first and the last eight letters, of which only the case may differ. Keys that are alike in all of
/// these would keep the program from being compiled.
#[inline]
const fn slot(text: &[u8], factor: u64) -> Option<usize> {
    /// Letters differ from their capitals in this bit.
    const CASE: u64 = 0x2020_2020_2020_2020;
    let (front, behind) = match (text.first_chunk(), text.last_chunk()) {
        (Some(front), Some(behind)) => (u64::from_le_bytes(*front), u64::from_le_bytes(*behind)),
        _ => match (text.first_chunk(), text.last_chunk()) {
            (Some(front), Some(behind)) => (u32::from_le_bytes(*front) as u64, u32::from_le_bytes(*behind) as u64),
            _ => match text {
                [first, .., last] => (*first as u64, *last as u64),
                [one] => (*one as u64, 0),
                [] => return None,
            },
        },
    };
    let mixed = (front | CASE).wrapping_mul(factor) ^ (behind | CASE).rotate_left(text.len() as u32);
    Some((mixed.wrapping_mul(factor) >> (u64::BITS - SLOTS.ilog2())) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 4] = ["id", "operation", "operations", "userid"];
    static TABLE: KeyTable<4> = KeyTable::new(&NAMES);

    #[test]
    fn every_key_has_its_place_whatever_its_case() {
        for (place, name) in NAMES.iter().enumerate() {
            assert_eq!(TABLE.place(name), Some(place));
            assert_eq!(TABLE.place(&name.to_uppercase()), Some(place));
        }
        assert_eq!(TABLE.place(""), None);
    }
}
