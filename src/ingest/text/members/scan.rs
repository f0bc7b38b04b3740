//! A place in JSON text that moves forward: over strings, numbers, lists and objects, as long as they are plain.

use super::Part;
use crate::ingest::text::blocks::Specials;

/// Deeper nesting is left to the reader that has no such limit.
const DEEPEST: u32 = 60;

/// A place in a text that moves forward.
pub(super) struct Scan<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    /// How many lists and objects are read of which this is the inside.
    pub(super) depth: u32,
    specials: Specials<'a>,
}

#[expect(clippy::inline_always, reason = "calls for each string cost as much as looking through it")]
impl<'a> Scan<'a> {
    #[inline]
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, depth: 0, specials: Specials::new(text.as_bytes()) }
    }

    #[inline]
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is no blank, which is where the scan stands then.
    #[inline]
    pub(super) fn token(&mut self) -> Option<u8> {
        match self.byte()? {
            b' ' | b'\n' | b'\t' | b'\r' => self.blank(),
            byte => Some(byte),
        }
    }

    #[cold]
    fn blank(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = self.byte() {
            self.at += 1;
        }
        self.byte()
    }

    /// Nothing but blanks may follow.
    pub(super) fn end(mut self) -> Option<()> {
        (self.token().is_none()).then_some(())
    }

    /// Passes over `byte` and what blanks are behind it: the next byte then.
    #[inline]
    fn behind(&mut self, byte: u8) -> Option<u8> {
        // As it nearly always is.
        if self.text.as_bytes().get(self.at..self.at + 2) == Some(&[byte, b'"']) {
            self.at += 1;
            return Some(b'"');
        }
        if self.token()? != byte {
            return None;
        }
        self.at += 1;
        self.token()
    }

    /// What stands between two brackets, separated by commas.
    #[inline]
    pub(super) fn list(
        &mut self,
        open: u8,
        close: u8,
        mut item: impl FnMut(&mut Self, u8) -> Option<()>,
    ) -> Option<()> {
        let mut byte = self.behind(open)?;
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let mut next = byte != close;
        while next {
            item(self, byte)?;
            match self.behind(b',') {
                Some(behind) => byte = behind,
                None if self.byte()? == close => next = false,
                None => return None,
            }
        }
        self.at += 1;
        self.depth -= 1;
        Some(())
    }

    /// A key that begins with `byte`, and its colon; the first byte of the value with it.
    #[inline(always)]
    pub(super) fn key(&mut self, byte: u8) -> Option<(&'a str, u8)> {
        if byte != b'"' {
            return None;
        }
        let start = self.at + 1;
        let escaped = self.string()?;
        let key = self.text.get(start..self.at - 1)?;
        let byte = self.behind(b':')?;
        (!escaped).then_some((key, byte))
    }

    /// The text of one value, which begins with `byte`.
    #[inline(always)]
    pub(super) fn value(&mut self, byte: u8) -> Option<Part<'a>> {
        let start = self.at;
        let escapes = match byte {
            b'"' => self.string()?,
            b'{' | b'[' => self.nested().map(|()| true)?,
            _ => self.scalar().map(|()| false)?,
        };
        Some(Part { json: self.text.get(start..self.at)?, escapes })
    }

    /// A string, at its quote; whether it has escapes.
    #[inline(always)]
    fn string(&mut self) -> Option<bool> {
        self.at = self.specials.next(self.at + 1)?;
        if self.byte()? == b'"' {
            self.at += 1;
            return Some(false);
        }
        self.escapes()
    }

    /// What is left of a string, from the first escape on.
    fn escapes(&mut self) -> Option<bool> {
        loop {
            match self.byte()? {
                b'"' => {
                    self.at += 1;
                    return Some(true);
                }
                b'\\' => self.escape()?,
                _ => return None,
            }
            self.at = self.specials.next(self.at)?;
        }
    }

    fn escape(&mut self) -> Option<()> {
        let rest = self.text.as_bytes().get(self.at + 1..)?;
        self.at += match rest.first()? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => 2,
            b'u' if rest.get(1..5)?.iter().all(u8::is_ascii_hexdigit) => 6,
            _ => return None,
        };
        Some(())
    }

    /// `true`, `false`, `null` or a number.
    fn scalar(&mut self) -> Option<()> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let word: &[u8] = match rest.first()? {
            b't' => b"true",
            b'f' => b"false",
            b'n' => b"null",
            _ => {
                self.at += number(rest)?;
                return Some(());
            }
        };
        self.at += rest.starts_with(word).then_some(word.len())?;
        Some(())
    }

    /// An object or a list, whatever is in it.
    fn nested(&mut self) -> Option<()> {
        // One bit for each open bracket: whether it is an object's.
        let (mut open, mut depth) = (0_u64, 0);
        let mut byte = self.byte()?;
        loop {
            match byte {
                b'{' | b'[' => {
                    let object = byte == b'{';
                    (open, depth) = (open << 1 | u64::from(object), depth + 1);
                    if depth > DEEPEST {
                        return None;
                    }
                    byte = self.behind(byte)?;
                    if byte != if object { b'}' } else { b']' } {
                        if object {
                            byte = self.key(byte)?.1;
                        }
                        continue;
                    }
                }
                b'"' => self.string().map(|_| ())?,
                _ => self.scalar()?,
            }
            // Behind a value: those that end here, up to the next value.
            loop {
                let object = open & 1 == 1;
                if let Some(next) = self.behind(b',') {
                    byte = if object { self.key(next)?.1 } else { next };
                    break;
                }
                if self.byte()? != if object { b'}' } else { b']' } {
                    return None;
                }
                self.at += 1;
                (open, depth) = (open >> 1, depth - 1);
                if depth == 0 {
                    return Some(());
                }
            }
        }
    }
}

/// Bytes of the number that a text begins with. One that may be too large for a float is left to the other reader.
fn number(text: &[u8]) -> Option<usize> {
    const LONGEST: usize = 100;
    const EXPONENT: usize = 2;
    let digits = |from: usize| text.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
    let mut at = usize::from(text.first()? == &b'-');
    at += match text.get(at)? {
        b'0' => 1,
        b'1'..=b'9' => digits(at),
        _ => return None,
    };
    if text.get(at) == Some(&b'.') {
        let fraction = digits(at + 1);
        at += (fraction > 0).then_some(1 + fraction)?;
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(text.get(at + 1), Some(b'+' | b'-')));
        let exponent = digits(at + 1 + sign);
        at += (1..=EXPONENT).contains(&exponent).then_some(1 + sign + exponent)?;
    }
    (at <= LONGEST).then_some(at)
}
