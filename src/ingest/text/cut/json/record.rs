//! One record of a JSON stream up to its end: a block of bytes at once, and one thing after the other where a block is
//! doubtful.

use memchr::memchr3;

use super::{Json, JsonCutter};
use crate::ingest::text::blocks::{BLOCK, Block, Specials, escaped, inside};
use crate::ingest::text::cut::Span;

/// The place behind a string whose inside begins at `from`; else the place from which on it has to be looked at again: a
/// line end in it, or the end of the buffer.
fn behind_string(text: &[u8], from: usize, specials: &mut Specials<'_>) -> Result<usize, usize> {
    let mut at = from;
    loop {
        let stop = specials.next(at).ok_or(text.len())?;
        at = match text.get(stop) {
            Some(b'"') => return Ok(stop + 1),
            Some(b'\\') if stop + 1 < text.len() => stop + 2,
            Some(b'\\' | b'\n') | None => return Err(stop),
            Some(_) => stop + 1,
        };
    }
}

impl JsonCutter {
    /// A block of a record, all at once: how much of it belongs to the record. `None` where a line end stands that ends the
    /// record or cannot stand there, or a backslash outside strings.
    #[inline]
    pub(super) fn block(&mut self, bytes: &[u8; BLOCK], at: usize, spans: &mut Vec<Span>) -> Option<usize> {
        let block = Block::new(bytes);
        let (mut quotes, mut lines) = (block.mask(b'"'), block.either(b'\n', b'\\'));
        let (mut backslashes, mut open) = (0, false);
        if lines != 0 || self.escaped {
            backslashes = block.mask(b'\\');
            let behind;
            (behind, open) = escaped(backslashes, self.escaped);
            quotes &= !behind;
            lines &= !(behind | backslashes);
        }
        let quoted = inside(quotes, self.state == Json::RecordString);
        let mut doubtful = if self.layout.lines { lines } else { lines & quoted } | backslashes & !quoted;
        // Either bracket and its brace differ by this bit.
        let brackets = block.with(0x20);
        let opening = brackets.mask(b'{') & !quoted;
        let mut brackets = brackets.mask(b'}') & !quoted | opening;
        let (mut depth, mut end) = (self.depth, None);
        while brackets != 0 {
            let bracket = brackets & brackets.wrapping_neg();
            brackets ^= bracket;
            if opening & bracket != 0 {
                depth += 1;
                continue;
            }
            depth = depth.saturating_sub(1);
            if depth == 0 {
                // What is behind the record is nothing to it.
                doubtful &= bracket - 1;
                end = Some(bracket.trailing_zeros() as usize + 1);
                break;
            }
        }
        if doubtful != 0 {
            return None;
        }
        match end {
            Some(end) => self.close(at + end, spans),
            None => {
                (self.depth, self.escaped) = (depth, open);
                self.state = if quoted >> (BLOCK - 1) == 1 { Json::RecordString } else { Json::Record };
            }
        }
        Some(end.unwrap_or(BLOCK))
    }

    /// The same, one thing after the other.
    pub(super) fn careful(&mut self, buffer: &[u8], at: usize, spans: &mut Vec<Span>) -> usize {
        if self.state == Json::Record {
            self.record(buffer, at, spans)
        } else {
            self.record_string(buffer.get(at..).unwrap_or_default(), at, spans)
        }
    }

    fn record(&mut self, buffer: &[u8], at: usize, spans: &mut Vec<Span>) -> usize {
        let rest = buffer.get(at..).unwrap_or_default();
        let (mut step, mut specials) = (0, Specials::new(rest));
        while let Some(byte) = rest.get(step) {
            step += 1;
            match byte {
                b'"' => match behind_string(rest, step, &mut specials) {
                    Ok(behind) => step = behind,
                    Err(open) => {
                        self.state = Json::RecordString;
                        return open;
                    }
                },
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        self.close(at + step, spans);
                        return step;
                    }
                }
                b'\n' if self.layout.lines => {
                    if !self.layout.headed && self.is_only_open(buffer, at + step) {
                        self.layout.lines = false;
                        continue;
                    }
                    self.close(at + step - 1, spans);
                    self.column = Some(0);
                    return step;
                }
                _ => {}
            }
        }
        rest.len()
    }

    /// Whether nothing came of the record but its brace. No line that was cut ends there: from here on objects are printed
    /// over several lines, whatever stood in front of them.
    fn is_only_open(&self, buffer: &[u8], end: usize) -> bool {
        let record = self.start.and_then(|start| buffer.get(start + 1..end)).unwrap_or_default();
        record.trim_ascii().is_empty()
    }

    fn record_string(&mut self, rest: &[u8], at: usize, spans: &mut Vec<Span>) -> usize {
        if std::mem::take(&mut self.escaped) {
            return 1;
        }
        match memchr3(b'"', b'\\', b'\n', rest) {
            None => rest.len(),
            Some(stop) => {
                match rest.get(stop) {
                    Some(b'\\') => self.escaped = true,
                    Some(b'"') => self.state = Json::Record,
                    // A line end inside a string is no JSON: the record broke off here.
                    _ if self.layout.lines => {
                        self.close(at + stop, spans);
                        self.column = Some(0);
                    }
                    _ => {
                        self.state = Json::Lost;
                        self.column = Some(0);
                        if std::mem::take(&mut self.envelope.single) {
                            self.envelope.inside = false;
                        }
                    }
                }
                stop + 1
            }
        }
    }
}
