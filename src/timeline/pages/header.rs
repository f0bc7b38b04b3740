//! Reads the header of a page, which is written in the compact protocol of Thrift.

pub(super) const DATA: i64 = 0;
pub(super) const DICTIONARY: i64 = 2;
pub(super) const PLAIN: i64 = 0;
pub(super) const OLD_KEYS: i64 = 2;
pub(super) const KEYS: i64 = 8;

/// What the header of a page says: Parquet's `PageHeader`, in the compact protocol of Thrift.
#[derive(Debug, Default)]
pub(super) struct Header {
    pub(super) kind: i64,
    pub(super) size: usize,
    pub(super) length: usize,
    pub(super) values: usize,
    pub(super) encoding: i64,
}

impl Header {
    /// The header at the beginning of these bytes, and how long it is; `None` where it does not end in them.
    pub(super) fn read(bytes: &[u8]) -> Option<(Self, usize)> {
        let (mut header, mut thrift) = (Self::default(), Thrift { rest: bytes });
        let size = |number: i64| usize::try_from(number).ok();
        let mut last = 0;
        while let Some((field, kind)) = thrift.field(&mut last)? {
            match field {
                1 => header.kind = thrift.number()?,
                2 => header.size = size(thrift.number()?)?,
                3 => header.length = size(thrift.number()?)?,
                // Of either kind of page: how many values, and how they are written.
                5 | 7 => {
                    let mut last = 0;
                    while let Some((field, kind)) = thrift.field(&mut last)? {
                        match field {
                            1 => header.values = size(thrift.number()?)?,
                            2 => header.encoding = thrift.number()?,
                            _ => thrift.skip(kind, 4)?,
                        }
                    }
                }
                _ => thrift.skip(kind, 4)?,
            }
        }
        Some((header, bytes.len() - thrift.rest.len()))
    }
}

/// The compact protocol of Thrift, as far as headers use it.
struct Thrift<'a> {
    rest: &'a [u8],
}

impl Thrift<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*byte)
    }

    fn unsigned(&mut self) -> Option<u64> {
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f).checked_shl(shift)?;
            shift += 7;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
    }

    fn number(&mut self) -> Option<i64> {
        let number = self.unsigned()?;
        Some((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    /// The next field of a structure, with its type; `Some(None)` behind the last one.
    #[allow(clippy::option_option, reason = "cut off, at the end, and a field are three things")]
    fn field(&mut self, last: &mut i64) -> Option<Option<(i64, u8)>> {
        let byte = self.byte()?;
        if byte == 0 {
            return Some(None);
        }
        *last = match byte >> 4 {
            0 => self.number()?,
            step => *last + i64::from(step),
        };
        Some(Some((*last, byte & 0x0f)))
    }

    /// Passes over a value of this type; structures lie at most so deep.
    fn skip(&mut self, kind: u8, depth: u8) -> Option<()> {
        match kind {
            1 | 2 => {}
            3 => self.rest = self.rest.get(1..)?,
            4..=6 => self.unsigned().map(|_| ())?,
            7 => self.rest = self.rest.get(8..)?,
            8 => {
                let length = self.unsigned()?;
                self.rest = self.rest.get(usize::try_from(length).ok()?..)?;
            }
            12 => {
                let mut last = 0;
                while let Some((_, kind)) = self.field(&mut last)? {
                    self.skip(kind, depth.checked_sub(1)?)?;
                }
            }
            _ => return None,
        }
        Some(())
    }
}
