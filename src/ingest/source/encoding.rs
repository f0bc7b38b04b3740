//! Recognises in which encoding a text is, from its first bytes.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// A text encoding, as recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextEncoding {
    /// UTF-8; passed on as it is, whatever its bytes.
    Utf8,
    /// UTF-16 of either byte order.
    Utf16(&'static Encoding),
    /// A legacy code page.
    Legacy(&'static Encoding),
}

impl TextEncoding {
    /// How many bytes `text` has in this encoding: byte offsets are those of the file, not of the decoded text.
    pub fn encoded_len(self, text: &[u8]) -> u64 {
        if self == Self::Utf8 {
            return text.len() as u64;
        }
        match (self, std::str::from_utf8(text)) {
            // One unit for every character, two for those that take four bytes in UTF-8.
            (Self::Utf16(_), _) => {
                let units = |byte: &u8| usize::from(byte & 0xc0 != 0x80) + usize::from(*byte >= 0xf0);
                text.iter().map(units).sum::<usize>() as u64 * 2
            }
            (Self::Legacy(encoding), Ok(text)) => {
                // A byte that could not be decoded was one byte.
                let known = |part: &str| encoding.encode(part).0.len() as u64;
                let lost = text.matches('\u{fffd}').count() as u64;
                text.split('\u{fffd}').map(known).sum::<u64>() + lost
            }
            _ => text.len() as u64,
        }
    }
}

/// What the first bytes say about the encoding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recognised {
    /// The encoding.
    pub encoding: TextEncoding,
    /// Bytes of the byte order mark.
    pub bom: usize,
    /// The word for the ledger.
    pub name: String,
    /// Whether it was assumed, not recognised.
    pub assumed: bool,
}

/// Recognises the encoding from the first bytes of a stream; `given` is `--encoding`.
pub fn recognise(head: &[u8], given: Option<&'static Encoding>) -> Recognised {
    let known = |encoding, bom, name: &str| Recognised { encoding, bom, name: name.to_owned(), assumed: false };
    match head {
        [0xef, 0xbb, 0xbf, ..] => return known(TextEncoding::Utf8, 3, "utf-8-bom"),
        [0xff, 0xfe, ..] => return known(TextEncoding::Utf16(UTF_16LE), 2, "utf-16le-bom"),
        [0xfe, 0xff, ..] => return known(TextEncoding::Utf16(UTF_16BE), 2, "utf-16be-bom"),
        _ => {}
    }
    // The first line alone decides where it can: what is damaged behind it may shift all bytes, and what was appended
    // to it may be in another encoding.
    let begins_wide = head.iter().take(64).any(|byte| *byte == 0);
    for sample in [256, 4096].into_iter().filter(|_| begins_wide) {
        if let Some((encoding, name)) = without_mark(head.get(..head.len().min(sample)).unwrap_or_default()) {
            return known(TextEncoding::Utf16(encoding), 0, name);
        }
    }
    if let Some(encoding) = given {
        let encoding = match encoding {
            utf8 if utf8 == UTF_8 => TextEncoding::Utf8,
            utf16 if utf16 == UTF_16LE || utf16 == UTF_16BE => TextEncoding::Utf16(utf16),
            legacy => TextEncoding::Legacy(legacy),
        };
        return known(encoding, 0, "given");
    }
    let cut_at_end = |error: std::str::Utf8Error| error.error_len().is_none();
    if std::str::from_utf8(head).map_or_else(cut_at_end, |_| true) {
        return known(TextEncoding::Utf8, 0, "utf-8");
    }
    // Damage in a text that is otherwise UTF-8 does not make it another encoding.
    let (mut letters, mut faults) = (0, 0);
    for chunk in head.utf8_chunks() {
        letters += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
        faults += usize::from(!chunk.invalid().is_empty());
    }
    if letters > faults * 4 {
        return known(TextEncoding::Utf8, 0, "utf-8");
    }
    let japanese = reads_whole(encoding_rs::SHIFT_JIS, head);
    let encoding = if japanese { encoding_rs::SHIFT_JIS } else { encoding_rs::WINDOWS_1252 };
    Recognised { encoding: TextEncoding::Legacy(encoding), bom: 0, name: encoding.name().to_lowercase(), assumed: true }
}

/// Latin text in UTF-16 has a zero in every other byte: the odd ones are little-endian's high bytes.
fn without_mark(sample: &[u8]) -> Option<(&'static Encoding, &'static str)> {
    let zeros = |skip: usize| sample.iter().skip(skip).step_by(2).filter(|byte| **byte == 0).count() * 100;
    let half = (sample.len() / 2).max(1);
    match (zeros(0), zeros(1)) {
        (even, odd) if odd >= 30 * half && even < 10 * half => Some((UTF_16LE, "utf-16le")),
        (even, odd) if even >= 30 * half && odd < 10 * half => Some((UTF_16BE, "utf-16be")),
        _ => None,
    }
}

/// Whether the bytes are text in this encoding; the last character may be cut.
fn reads_whole(encoding: &'static Encoding, bytes: &[u8]) -> bool {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut room = vec![0; decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(bytes.len() * 4)];
    let (result, _, _) = decoder.decode_to_utf8_without_replacement(bytes, &mut room, false);
    result == encoding_rs::DecoderResult::InputEmpty
}
