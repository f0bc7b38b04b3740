//! Objects inside a record as serde_json reads them, with their keys in any case and one object in place of a list: for what
//! is not plain.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::value::MapDeserializer;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{Borrowed, Object};

/// Whether an object has no members.
pub(super) fn is_empty(json: &str) -> bool {
    json.strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with('}'))
}

/// As serde_json reads lists of objects: one object is a list of one, nothing is an empty list.
pub(super) fn one_or_more<'de: 'a, 'a, D: Deserializer<'de>, T: Object<'a> + Deserialize<'a>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    let json = <&'a RawValue>::deserialize(deserializer)?.get();
    let one = |json| folded(json, T::KEYS).map_err(D::Error::custom);
    match json.as_bytes().first() {
        Some(b'{') if is_empty(json) => Ok(Vec::new()),
        Some(b'{') => one(json).map(|one| vec![one]),
        Some(b'n') => Ok(Vec::new()),
        _ => {
            let list: Vec<&'a RawValue> = serde_json::from_str(json).map_err(D::Error::custom)?;
            list.into_iter().map(|element| one(element.get())).collect()
        }
    }
}

/// An object that may be absent or nothing.
pub(super) fn one_or_none<'de: 'a, 'a, D: Deserializer<'de>, T: Object<'a> + Deserialize<'a>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let json = Option::<&'a RawValue>::deserialize(deserializer)?;
    json.map(|json| folded(json.get(), T::KEYS)).transpose().map_err(D::Error::custom)
}

/// As serde_json reads an object, but with its keys in any case. Where one stands twice, the service's own spelling is
/// read, else the first; what else is there stays in the record's text.
pub(super) fn folded<'a, T: Deserialize<'a>>(json: &'a str, keys: &[&'static str]) -> Result<T, serde_json::Error> {
    let members = serde_json::from_str::<Members<'_>>(json)?.0;
    let is_there = |key: &&&str| members.iter().any(|(name, _)| name == **key);
    let own: Vec<&str> = keys.iter().filter(is_there).copied().collect();
    let mut known: Vec<(&'static str, &'a RawValue)> = Vec::new();
    for (name, value) in &members {
        let Some(key) = keys.iter().copied().find(|key| key.eq_ignore_ascii_case(name)) else { continue };
        let told = || own.contains(&key) || known.iter().any(|(other, _)| *other == key);
        if name == key || !told() {
            known.push((key, value));
        }
    }
    T::deserialize(MapDeserializer::new(known.into_iter()))
}

/// The members of an object, in their order.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut members = Vec::new();
                while let Some((key, value)) = map.next_entry::<Borrowed<'de>, &'de RawValue>()? {
                    members.push((key.0, value));
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(All).map(Self)
    }
}
