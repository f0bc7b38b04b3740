//! Reads the values of a page, plain or as places in a dictionary.

use std::ops::Range;

use polars::prelude::PolarsResult;

use super::chunk::Kind;
use super::numbers::Hybrid;
use super::{Head, damaged};
use crate::timeline::schema::Cell;

/// The values of a page. Asked from front to back.
pub(super) enum Values<'a> {
    Keys { keys: Hybrid<'a>, kind: Kind, dictionary: &'a [u8], texts: &'a [Range<usize>] },
    Texts { bytes: &'a [u8], next: usize, at: Range<usize> },
    Fixed { bytes: &'a [u8], kind: Kind },
}

impl<'a> Values<'a> {
    pub(super) fn new(
        bytes: &'a [u8],
        head: &Head,
        kind: Kind,
        dictionary: &'a [u8],
        texts: &'a [Range<usize>],
    ) -> PolarsResult<Self> {
        Ok(match kind {
            _ if head.keyed => {
                let (bits, rest) = bytes.split_first().filter(|(bits, _)| **bits <= 32).ok_or_else(damaged)?;
                Self::Keys { keys: Hybrid::new(rest, usize::from(*bits)), kind, dictionary, texts }
            }
            Kind::Text => Self::Texts { bytes, next: 0, at: 0..0 },
            _ => Self::Fixed { bytes, kind },
        })
    }

    /// Which value of the dictionary it is.
    #[inline]
    pub(super) fn key(&mut self, rank: usize) -> PolarsResult<usize> {
        let Self::Keys { keys, .. } = self else { return Err(damaged()) };
        keys.at(rank).map(|key| key as usize).ok_or_else(damaged)
    }

    #[inline]
    pub(super) fn text(&mut self, rank: usize) -> PolarsResult<&'a [u8]> {
        match self {
            Self::Texts { bytes, next, at } => {
                while *next <= rank {
                    *at = text_at(bytes, at.end).ok_or_else(damaged)?;
                    *next += 1;
                }
                bytes.get(at.clone()).ok_or_else(damaged)
            }
            Self::Keys { dictionary, texts, .. } => {
                let (dictionary, texts) = (*dictionary, *texts);
                let at = texts.get(self.key(rank)?).ok_or_else(damaged)?;
                dictionary.get(at.clone()).ok_or_else(damaged)
            }
            Self::Fixed { .. } => Err(damaged()),
        }
    }

    #[inline]
    pub(super) fn cell(&mut self, rank: usize) -> PolarsResult<Cell<'a>> {
        let (kind, bytes, at) = match self {
            Self::Texts { .. } | Self::Keys { kind: Kind::Text, .. } => return self.text(rank).map(Cell::Text),
            Self::Keys { kind, dictionary, .. } => (*kind, *dictionary, self.key(rank)?),
            Self::Fixed { bytes, kind } => (*kind, *bytes, rank),
        };
        let word = || bytes.get(at * 8..).and_then(|bytes| bytes.first_chunk()).copied().ok_or_else(damaged);
        Ok(match kind {
            Kind::Int => Cell::Int(i64::from_le_bytes(word()?)),
            Kind::Float => Cell::Float(f64::from_le_bytes(word()?)),
            Kind::Bool => Cell::Bool(bytes.get(at / 8).ok_or_else(damaged)? >> (at % 8) & 1 == 1),
            Kind::Text => return Err(damaged()),
        })
    }
}

/// Where the texts of a dictionary lie.
pub(super) fn index(bytes: &[u8], values: usize, texts: &mut Vec<Range<usize>>) -> PolarsResult<()> {
    let mut at = 0;
    for _ in 0..values {
        let place = text_at(bytes, at).ok_or_else(damaged)?;
        at = place.end;
        texts.push(place);
    }
    Ok(())
}

/// The text whose length stands at this place.
fn text_at(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let length = u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?) as usize;
    let end = at + 4 + length;
    (end <= bytes.len()).then_some(at + 4..end)
}
