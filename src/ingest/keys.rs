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

/// By length and six letters, of which only the case may differ. Keys that are alike in all of these would keep the
/// program from being compiled.
const fn slot(text: &[u8], factor: u64) -> Option<usize> {
    if text.is_empty() {
        return None;
    }
    let (length, last) = (text.len() as u8, text.len() - 1);
    let second = if last == 0 { 0 } else { text[1] };
    let letters = [text[0], second, text[last / 3], text[last / 2], text[last - last / 3], text[last], length, 0];
    let folded = u64::from_le_bytes(letters) | 0x0000_2020_2020_2020;
    Some((folded.wrapping_mul(factor) >> (u64::BITS - SLOTS.ilog2())) as usize)
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
