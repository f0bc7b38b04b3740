//! Rules found by what records call them, however many there are.

use std::collections::{BTreeSet, HashMap};

use foldhash::fast::RandomState;

use super::keys::Keys;

/// A mailbox, whether it is of its sweep rules, and a name or number there.
type Key = (String, bool, String);

/// The places of rules by their names and by their numbers.
#[derive(Debug, Default)]
pub(super) struct Index {
    names: HashMap<Key, BTreeSet<usize>, RandomState>,
    numbers: HashMap<Key, BTreeSet<usize>, RandomState>,
}

impl Index {
    /// Books that the rule at this place is called so, besides what it was called before.
    pub(super) fn add(&mut self, mailbox: &str, keys: &Keys, place: usize) {
        let key = |text: &String| (mailbox.to_owned(), keys.sweep, text.clone());
        for (index, texts) in [(&mut self.names, keys.names()), (&mut self.numbers, keys.numbers())] {
            for text in texts {
                index.entry(key(text)).or_default().insert(place);
            }
        }
    }

    /// The first rule of the mailbox that has one of these numbers.
    pub(super) fn numbered(&self, mailbox: &str, keys: &Keys) -> Option<usize> {
        let key = |text: &String| (mailbox.to_owned(), keys.sweep, text.clone());
        let places = keys.numbers().iter().filter_map(|text| self.numbers.get(&key(text)));
        places.filter_map(|places| places.first().copied()).min()
    }

    /// The rules of the mailbox that have one of these names, in order.
    pub(super) fn named(&self, mailbox: &str, keys: &Keys) -> impl DoubleEndedIterator<Item = usize> + use<> {
        let key = |text: &String| (mailbox.to_owned(), keys.sweep, text.clone());
        let places = keys.names().iter().filter_map(|text| self.names.get(&key(text)));
        places.flatten().copied().collect::<BTreeSet<usize>>().into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(names: &[&str], numbers: &[&str]) -> Keys {
        let all = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
        Keys::new(false, all(names), all(numbers))
    }

    #[test]
    fn what_is_found_is_what_a_walk_over_all_rules_finds() {
        let of = |mailbox: &'static str, names: &[&str], numbers: &[&str]| (mailbox, keys(names, numbers));
        let rules = [
            of("", &["."], &["1"]),
            of("", &["News", "Old news"], &[]),
            of("", &["."], &["2", "3"]),
            of("kim", &["."], &["1"]),
            ("", Keys::new(true, [".".to_owned()], ["1".to_owned()])),
            of("", &["news "], &["3"]),
        ];
        let mut index = Index::default();
        rules.iter().enumerate().for_each(|(place, (mailbox, keys))| index.add(mailbox, keys, place));
        for (mailbox, keys) in &rules {
            let here = || rules.iter().enumerate().filter(|(_, (other, _))| other == mailbox);
            let numbered = here().find(|(_, (_, other))| other.has_number_of(keys)).map(|(place, _)| place);
            assert_eq!(index.numbered(mailbox, keys), numbered, "{keys:?}");
            let named = here().filter(|(_, (_, other))| other.has_name_of(keys)).map(|(place, _)| place);
            assert!(index.named(mailbox, keys).eq(named), "{keys:?}");
        }
        // What a rule is called later finds it as well.
        index.add("", &keys(&["Sales"], &["9"]), 1);
        assert_eq!(index.numbered("", &keys(&[], &["9"])), Some(1));
        assert!(index.named("", &keys(&["Sales", "."], &[])).eq([0, 1, 2]));
    }
}
