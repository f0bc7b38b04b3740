//! A JSON object to its members, and a list to its elements, in one pass: each value as its own text, because most of a
//! record's values are never asked for.
//!
//! Whatever is taken here serde_json takes as well, and gives the same members. At the first byte that is not plain sailing
//! (an escape in a key, nesting that is deep, anything that is wrong) the answer is `None`, and the caller asks serde_json,
//! which also says where a text broke.

mod scan;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use self::scan::Scan;
use crate::ingest::text::blocks::contains;

/// Reads what stands in a text as `of` reads values; nothing where the text is not that value alone.
#[inline]
pub fn read<'a, T>(json: &'a str, of: impl FnOnce(Value<'_, 'a>) -> Option<T>) -> Option<T> {
    let mut scan = Scan::new(json);
    let first = scan.token()?;
    let found = of(Value { scan: &mut scan, first })?;
    scan.end().map(|()| found)
}

/// Gives the members of an object: the key without its quotes, and the value's text.
pub fn members<'a>(json: &'a str, mut give: impl FnMut(&'a str, &'a str) -> Option<()>) -> Option<()> {
    read(json, |object| object.members(|key, value| give(key, value.part()?.json))).map(|_| ())
}

/// How deep in an object a member stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// It is the object's own.
    Own,
    /// It is in an object that is the value of one of them, which is given behind all of its members.
    Inner,
}

/// Gives the members of an object, as [`members`] does, and those of the objects among their values.
pub fn two_levels<'a>(json: &'a str, mut give: impl FnMut(Level, &'a str, &'a str) -> Option<()>) -> Option<()> {
    let whole = read(json, |object| {
        object.members(|key, value| {
            let json = if value.is_object() {
                value.members(|key, value| give(Level::Inner, key, value.part()?.json))?
            } else {
                value.part()?.json
            };
            give(Level::Own, key, json)
        })
    });
    whole.map(|_| ())
}

/// Gives the elements of a list, each as its text.
pub fn elements<'a>(json: &'a str, mut give: impl FnMut(&'a str) -> Option<()>) -> Option<()> {
    read(json, |list| list.elements(|value| give(value.part()?.json))).map(|_| ())
}

/// The text of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part<'a> {
    /// As it stands there.
    pub json: &'a str,
    /// Whether it may have escapes.
    escapes: bool,
}

impl<'a> Part<'a> {
    /// Text that another reader found to be a value.
    pub fn of(json: &'a str) -> Self {
        Self { json, escapes: contains(json.as_bytes(), b'\\') }
    }

    /// The same of what is no string, or is rarely asked for as one.
    pub fn unlooked(json: &'a str) -> Self {
        Self { json, escapes: true }
    }

    /// A string as text: borrowed where it stands there as it is.
    #[inline]
    pub fn string(self) -> Option<Cow<'a, str>> {
        let inner = self.json.strip_prefix('"')?.strip_suffix('"')?;
        if self.escapes { self.unescaped() } else { Some(Cow::Borrowed(inner)) }
    }

    #[cold]
    fn unescaped(self) -> Option<Cow<'a, str>> {
        serde_json::from_str::<Cow<'a, str>>(self.json).ok()
    }
}

/// A value that is still to be read, in one of these ways.
pub struct Value<'s, 'a> {
    scan: &'s mut Scan<'a>,
    /// Its first byte.
    first: u8,
}

#[expect(clippy::inline_always, reason = "calls for each value cost as much as looking through it")]
impl<'a> Value<'_, 'a> {
    /// Whether it begins like an object.
    #[inline]
    pub fn is_object(&self) -> bool {
        self.first == b'{'
    }

    /// Its text.
    #[inline(always)]
    pub fn part(self) -> Option<Part<'a>> {
        self.scan.value(self.first)
    }

    /// Passes over it.
    #[inline]
    pub fn skip(self) -> Option<()> {
        self.part().map(|_| ())
    }

    /// Gives its members, if it is an object; its text.
    #[inline]
    pub fn members(self, mut give: impl FnMut(&'a str, Value<'_, 'a>) -> Option<()>) -> Option<&'a str> {
        let Self { scan, first: b'{' } = self else { return None };
        let start = scan.at;
        scan.list(b'{', b'}', |scan, byte| {
            let (key, first) = scan.key(byte)?;
            give(key, Value { scan, first })
        })?;
        scan.text.get(start..scan.at)
    }

    /// Gives its elements, if it is a list; its text.
    #[inline]
    pub fn elements(self, mut give: impl FnMut(Value<'_, 'a>) -> Option<()>) -> Option<&'a str> {
        let Self { scan, first: b'[' } = self else { return None };
        let start = scan.at;
        scan.list(b'[', b']', |scan, first| give(Value { scan, first }))?;
        scan.text.get(start..scan.at)
    }

    /// Reads it as `of` does; where that gives nothing, it is passed over. Its text with it.
    #[inline]
    pub fn read_as<T>(self, of: impl FnOnce(Value<'_, 'a>) -> Option<T>) -> Option<(Option<T>, &'a str)> {
        let Self { scan, first } = self;
        let (start, depth) = (scan.at, scan.depth);
        let found = of(Value { scan, first });
        if found.is_none() {
            (scan.at, scan.depth) = (start, depth);
            scan.value(first)?;
        }
        Some((found, scan.text.get(start..scan.at)?))
    }
}
