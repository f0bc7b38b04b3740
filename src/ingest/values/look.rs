//! Looking into an object by its keys: into one that was built from JSON, or into its text as it stands in the record,
//! where most of it is never asked for. Both give the same.

use std::borrow::Cow;

use serde_json::Value;

use crate::ingest::records::signin_keys::{Key, Members};
use crate::ingest::text::members::{Part, elements, members};
use crate::timeline::json;

/// Something that can be looked into.
pub trait Look<'a>: Copy {
    /// The value of a key: of the exact spelling, else of one in another case.
    fn get(self, key: &str) -> Option<Self>;
    /// The value of a key that sign-ins have.
    fn known(self, key: Key) -> Option<Self> {
        self.get(key.name())
    }
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
    fn text(self, key: Key) -> Option<Cow<'a, str>> {
        self.known(key)?.scalar()
    }

    /// The list under a key; empty where there is none.
    fn list(self, key: Key) -> Vec<Self> {
        self.known(key).map(Self::items).unwrap_or_default()
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
        self.as_f64().or_else(|| number_of(self.as_str()?))
    }

    fn is_null(self) -> bool {
        Value::is_null(self)
    }
}

/// A number that an exporter wrote as text.
fn number_of(text: &str) -> Option<f64> {
    let text = text.trim();
    let begins = text.starts_with(|first: char| first.is_ascii_digit() || first == '-');
    text.parse().ok().filter(|number: &f64| begins && number.is_finite())
}

/// A value as its text, which was found to be JSON.
#[derive(Debug, Clone, Copy)]
pub struct Node<'m, 'a> {
    text: &'a str,
    /// Whether a string in it may have escapes.
    escapes: bool,
    inside: Inside<'m, 'a>,
}

/// What is known of the members of a value.
#[derive(Debug, Clone, Copy)]
enum Inside<'m, 'a> {
    /// Nothing but what its text says.
    Text,
    /// It is a sign-in: only known keys are asked of it.
    SignIn(&'m Members<'a>),
    /// It is an object with these.
    Object(&'m [(&'a str, &'a str)]),
}

impl<'m, 'a> Node<'m, 'a> {
    /// The sign-in of these members, and whether a string in it may have escapes.
    pub fn of((members, escapes): &'m (Members<'a>, bool)) -> Self {
        Self { text: "{}", escapes: *escapes, inside: Inside::SignIn(members) }
    }

    /// A value in this one, of which there is only its text.
    #[inline]
    fn inner(self, text: &'a str) -> Self {
        Self { text, escapes: self.escapes, inside: Inside::Text }
    }

    /// A string without its quotes.
    fn unquoted(self) -> Option<Cow<'a, str>> {
        if self.escapes {
            return Part::of(self.text).string();
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
        if let Inside::SignIn(_) = self.inside {
            debug_assert!(Key::of(key).is_some(), "{key} is not kept");
            return self.known(Key::of(key)?);
        }
        let [value] = self.all([key]);
        value
    }

    #[inline]
    fn known(self, key: Key) -> Option<Self> {
        let Inside::SignIn(members) = self.inside else { return self.get(key.name()) };
        let (text, inner) = members.get(key)?;
        let inside = if inner.is_empty() { Inside::Text } else { Inside::Object(inner) };
        Some(Node { text, escapes: self.escapes, inside })
    }

    fn all<const N: usize>(self, keys: [&str; N]) -> [Option<Self>; N] {
        let mut wanted = keys.map(|key| Wanted { key, exact: None, other: None });
        let mut see = |key, value| {
            wanted.iter_mut().for_each(|wanted| wanted.see(key, value));
            Some(())
        };
        match self.inside {
            Inside::SignIn(_) => return keys.map(|key| self.get(key)),
            Inside::Object(all) => all.iter().for_each(|(key, value)| _ = see(key, value)),
            // A text or a list has none.
            Inside::Text if members(self.text, see).is_none() => return [None; N],
            Inside::Text => {}
        }
        wanted.map(|wanted| wanted.found().map(|text| self.inner(text)))
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
            items.push(self.inner(text));
            Some(())
        });
        if list.is_some() { items } else { Vec::new() }
    }

    fn float(self) -> Option<f64> {
        let digits = self.text.bytes().filter(u8::is_ascii_digit).count();
        let rest = self.text.bytes().filter(|byte| !byte.is_ascii_digit());
        // Of so few digits there is one nearest float, which both readers find.
        if digits < 16 && rest.into_iter().all(|byte| matches!(byte, b'-' | b'.')) {
            return self.text.parse().ok();
        }
        let number = self.text.starts_with(|first: char| first.is_ascii_digit() || first == '-');
        if number {
            return serde_json::from_str::<Value>(self.text).ok()?.as_f64();
        }
        number_of(&self.string()?)
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
        let record = r#"{"id":"x","ID":"y","status":1.50,"location":-7,"appId":1e3,"userId":null,"userAgent":"",
            "isInteractive":true,"signInEventTypes":[1,"z",{"k":"v"}],"deviceDetail":{"J":"p","j":"q"},"riskState":"\u00fc\"",
            "resultType":12345678901234567890,"Status":2.5,"unknown":{"Xy":3,"k":"no"},"mfaDetail":{"Xy":1,"xY":2},"RESOURCEID":35,
            "Location":{"j":4},"riskEventTypes":[],
            "somethingelse":1}"#;
        let value: Value = serde_json::from_str(record).unwrap();
        let plain = crate::ingest::values::object::plain(record).unwrap();
        let node = Node::of(&plain);
        for key in Key::all() {
            assert_eq!(node.text(key), (&value).text(key), "{key:?}");
            let (own, peer) = (node.known(key), Look::get(&value, key.name()));
            assert_eq!(own.is_some(), peer.is_some(), "{key:?}");
            let (Some(own), Some(peer)) = (own, peer) else { continue };
            assert_eq!(node.get(key.name()).and_then(Look::scalar), own.scalar(), "{key:?}");
            assert_eq!(own.string(), Look::string(peer), "{key:?}");
            assert_eq!((own.float(), own.is_null()), (peer.float(), Look::is_null(peer)), "{key:?}");
            assert_eq!(own.items().len(), peer.items().len(), "{key:?}");
            for inner in ["j", "J", "k", "xy", "XY"] {
                let inside = own.get(inner).and_then(Look::scalar);
                assert_eq!(inside, Look::get(peer, inner).and_then(Look::scalar), "{key:?} {inner}");
            }
        }
        assert_eq!(node.list(Key::SignInEventTypes)[1].scalar().as_deref(), Some("z"));
    }
}
