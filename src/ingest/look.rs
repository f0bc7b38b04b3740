//! Looking into an object by its keys: into one that was built from JSON, or into its text as it stands in the record,
//! where most of it is never asked for. Both give the same.

use std::borrow::Cow;

use serde_json::Value;

use crate::ingest::members::{elements, members, string};
use crate::timeline::json;

/// Something that can be looked into.
pub trait Look<'a>: Copy {
    /// The value of a key: of the exact spelling, else of one in another case.
    fn get(self, key: &str) -> Option<Self>;
    /// The values of several keys.
    fn all<const N: usize>(self, keys: [&str; N]) -> [Option<Self>; N] {
        keys.map(|key| self.get(key))
    }
    /// A string, number or boolean as text; `None` for null, empty text, lists and objects.
    fn scalar(self) -> Option<Cow<'a, str>>;
    /// A string.
    fn string(self) -> Option<Cow<'a, str>>;
    /// The elements of a list.
    fn items(self) -> Vec<Self>;
    /// A number.
    fn float(self) -> Option<f64>;
    /// Whether it is null.
    fn is_null(self) -> bool;

    /// The text of a key's value.
    fn text(self, key: &str) -> Option<Cow<'a, str>> {
        self.get(key)?.scalar()
    }

    /// The list under a key; empty where there is none.
    fn list(self, key: &str) -> Vec<Self> {
        self.get(key).map(Self::items).unwrap_or_default()
    }
}

impl<'a> Look<'a> for &'a Value {
    fn get(self, key: &str) -> Option<Self> {
        json::get(self, key)
    }

    fn scalar(self) -> Option<Cow<'a, str>> {
        match self {
            Value::String(text) => (!text.is_empty()).then_some(Cow::Borrowed(text)),
            _ => json::scalar_text(self).map(Cow::Owned),
        }
    }

    fn string(self) -> Option<Cow<'a, str>> {
        self.as_str().map(Cow::Borrowed)
    }

    fn items(self) -> Vec<Self> {
        self.as_array().map(|list| list.iter().collect()).unwrap_or_default()
    }

    fn float(self) -> Option<f64> {
        self.as_f64()
    }

    fn is_null(self) -> bool {
        Value::is_null(self)
    }
}

/// A value as its text, which was found to be JSON.
#[derive(Debug, Clone, Copy)]
pub struct Node<'m, 'a> {
    text: &'a str,
    /// Whether a string in it may have escapes.
    escapes: bool,
    /// Its members, where it is an object that is asked often.
    members: Option<&'m Members<'a>>,
}

/// The members of an object that is asked for many keys: those that may be one are found without looking at all.
#[derive(Debug)]
pub struct Members<'a> {
    list: Vec<(&'a str, &'a str)>,
    escapes: bool,
    /// Of each slot the first member in it, plus one.
    heads: [u8; SLOTS],
    /// Of each member the next in its slot, plus one.
    next: Vec<u8>,
}

const SLOTS: usize = 64;

impl<'a> Members<'a> {
    /// Those of one object, in its order, and whether a string in it may have escapes; `None` where there are more than any
    /// record has.
    pub fn of(list: Vec<(&'a str, &'a str)>, escapes: bool) -> Option<Self> {
        let (mut heads, mut next) = ([0; SLOTS], vec![0; list.len()]);
        // From behind, so that each slot is in the object's order.
        for (at, (key, _)) in list.iter().enumerate().rev() {
            if let (Some(head), Some(next)) = (heads.get_mut(slot(key)), next.get_mut(at)) {
                *next = *head;
                *head = u8::try_from(at + 1).ok()?;
            }
        }
        Some(Self { list, escapes, heads, next })
    }

    /// The members whose key may be this one.
    fn like(&self, key: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let mut at = self.heads.get(slot(key)).copied().unwrap_or_default();
        std::iter::from_fn(move || {
            let here = usize::from(at).checked_sub(1)?;
            at = self.next.get(here).copied().unwrap_or_default();
            self.list.get(here).copied()
        })
    }
}

/// By length, first and last letter, whatever their case.
fn slot(key: &str) -> usize {
    let (first, last) = match key.as_bytes() {
        [first, .., last] => (*first, *last),
        [one] => (*one, *one),
        [] => (0, 0),
    };
    (key.len() * 7 + usize::from(first | 0x20) * 3 + usize::from(last | 0x20)) % SLOTS
}

impl<'m, 'a> Node<'m, 'a> {
    /// The object of these members.
    pub fn of(members: &'m Members<'a>) -> Self {
        Self { text: "{}", escapes: members.escapes, members: Some(members) }
    }

    /// A string without its quotes.
    fn unquoted(self) -> Option<Cow<'a, str>> {
        if self.escapes {
            return string(self.text);
        }
        self.text.strip_prefix('"')?.strip_suffix('"').map(Cow::Borrowed)
    }
}

/// What a key has, as a map that is sorted by its keys has it: of two with one spelling the last, of two in other cases the
/// first.
struct Wanted<'k, 'a> {
    key: &'k str,
    exact: Option<&'a str>,
    other: Option<(&'a str, &'a str)>,
}

impl<'a> Wanted<'_, 'a> {
    #[inline]
    fn see(&mut self, key: &'a str, value: &'a str) {
        // Nearly all are told apart by this.
        if key.len() != self.key.len() {
            return;
        }
        if key == self.key {
            self.exact = Some(value);
        } else if key.eq_ignore_ascii_case(self.key) && self.other.is_none_or(|(first, _)| key <= first) {
            self.other = Some((key, value));
        }
    }

    fn found(self) -> Option<&'a str> {
        self.exact.or(self.other.map(|(_, value)| value))
    }
}

impl<'a> Look<'a> for Node<'_, 'a> {
    fn get(self, key: &str) -> Option<Self> {
        let [value] = self.all([key]);
        value
    }

    fn all<const N: usize>(self, keys: [&str; N]) -> [Option<Self>; N] {
        let mut wanted = keys.map(|key| Wanted { key, exact: None, other: None });
        if let Some(members) = self.members {
            for wanted in &mut wanted {
                members.like(wanted.key).for_each(|(key, value)| wanted.see(key, value));
            }
        } else {
            let object = members(self.text, |key, value| {
                wanted.iter_mut().for_each(|wanted| wanted.see(key, value));
                Some(())
            });
            // A text or a list has none.
            if object.is_none() {
                return [None; N];
            }
        }
        wanted.map(|wanted| Some(Node { text: wanted.found()?, escapes: self.escapes, members: None }))
    }

    fn scalar(self) -> Option<Cow<'a, str>> {
        let text = match self.text.as_bytes() {
            [b'"', ..] => self.unquoted()?,
            [b'{' | b'[' | b'n', ..] => return None,
            [b't' | b'f', ..] => Cow::Borrowed(self.text),
            number => {
                let plain = number.len() < 19 && number.iter().all(u8::is_ascii_digit);
                let number = if plain { None } else { serde_json::from_str::<serde_json::Number>(self.text).ok() };
                number.map_or(Cow::Borrowed(self.text), |number| Cow::Owned(number.to_string()))
            }
        };
        (!text.is_empty()).then_some(text)
    }

    fn string(self) -> Option<Cow<'a, str>> {
        self.text.starts_with('"').then(|| self.unquoted()).flatten()
    }

    fn items(self) -> Vec<Self> {
        let mut items = Vec::new();
        let list = elements(self.text, |text| {
            items.push(Node { text, escapes: self.escapes, members: None });
            Some(())
        });
        if list.is_some() { items } else { Vec::new() }
    }

    fn float(self) -> Option<f64> {
        let number = self.text.starts_with(|first: char| first.is_ascii_digit() || first == '-');
        if number { serde_json::from_str::<Value>(self.text).ok()?.as_f64() } else { None }
    }

    fn is_null(self) -> bool {
        self.text == "null"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything that can be asked, asked of both.
    #[test]
    fn text_and_tree_give_the_same() {
        let record = r#"{"a":"x","A":"y","b":1.50,"c":-7,"d":1e3,"e":null,"f":"","g":true,"h":[1,"z",{"k":"v"}],"i":{"J":"p","j":"q"},
            "l":"\u00fc\"","m":12345678901234567890,"b":2.5,"n":{"Xy":1,"xY":2},"o":35,"p":[]}"#;
        let value: Value = serde_json::from_str(record).unwrap();
        let mut list = Vec::new();
        members(record, |key, text| {
            list.push((key, text));
            Some(())
        })
        .unwrap();
        let list = Members::of(list, true).unwrap();
        let node = Node::of(&list);
        for key in ["a", "A", "b", "B", "c", "d", "e", "f", "g", "h", "i", "l", "m", "n", "o", "p", "q"] {
            assert_eq!(node.text(key), (&value).text(key), "{key}");
            let (own, peer) = (node.get(key), Look::get(&value, key));
            assert_eq!(own.is_some(), peer.is_some(), "{key}");
            let (Some(own), Some(peer)) = (own, peer) else { continue };
            assert_eq!(own.string(), Look::string(peer), "{key}");
            assert_eq!((own.float(), own.is_null()), (peer.float(), Look::is_null(peer)), "{key}");
            assert_eq!(own.items().len(), peer.items().len(), "{key}");
            for inner in ["j", "J", "k", "xy", "XY"] {
                assert_eq!(own.text(inner), peer.text(inner), "{key} {inner}");
            }
        }
        assert_eq!(node.list("h")[1].scalar().as_deref(), Some("z"));
    }
}
