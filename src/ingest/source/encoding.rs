//! Recognises in which encoding a text is, from its first bytes.

use std::io::Read as _;

use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE};
use memchr::memmem;

use super::Member;
use super::wide::MARK_UTF8;

/// How much of a stream is looked at.
const HEAD: usize = 64 * 1024;

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
            // One unit for every character, two for those that take four bytes in UTF-8, half of one where that is lost.
            (Self::Utf16(_), _) => {
                let units = |byte: &u8| usize::from(byte & 0xc0 != 0x80) + usize::from(*byte >= 0xf0);
                let halves = memmem::find_iter(text, MARK_UTF8).count() as u64;
                text.iter().map(units).sum::<usize>() as u64 * 2 - halves
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

/// Recognises the encoding of a member, whose first bytes are `head`; `given` is `--encoding`. A head of nothing but
/// ASCII says nothing of the letters behind it: where an encoding is given, the first of them are looked for.
pub fn recognise(member: &Member, head: &[u8], given: Option<&'static Encoding>) -> Recognised {
    let letters = given.filter(|_| head.len() >= HEAD && head.is_ascii()).and_then(|_| first_letters(member));
    recognise_by(head, letters.as_deref().unwrap_or(head), given)
}

/// The first bytes of a member that are no ASCII, with what follows them; `None` where it has none, or is at fault.
fn first_letters(member: &Member) -> Option<Vec<u8>> {
    let mut stream = member.open().ok()?;
    let mut piece = vec![0; HEAD];
    loop {
        let read = stream.read(&mut piece).ok().filter(|read| *read > 0)?;
        let bytes = piece.get(..read)?;
        if bytes.is_ascii() {
            continue;
        }
        let first = bytes.iter().position(|byte| !byte.is_ascii())?;
        let mut letters = bytes.get(first..)?.to_vec();
        // What comes before a fault says as much.
        let _ = stream.take(HEAD as u64).read_to_end(&mut letters);
        return Some(letters);
    }
}

/// Recognises the encoding from the first bytes of a stream, and from the first of its bytes that are letters.
fn recognise_by(head: &[u8], letters: &[u8], given: Option<&'static Encoding>) -> Recognised {
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
    // What is given is meant for the files that do not say it themselves: text that is UTF-8 stays UTF-8.
    if is_utf8(letters) && !spells_in_ascii(letters, given) {
        return known(TextEncoding::Utf8, 0, "utf-8");
    }
    if let Some(encoding) = given {
        let encoding = match encoding {
            utf8 if utf8 == UTF_8 => TextEncoding::Utf8,
            utf16 if utf16 == UTF_16LE || utf16 == UTF_16BE => TextEncoding::Utf16(utf16),
            legacy => TextEncoding::Legacy(legacy),
        };
        return known(encoding, 0, "given");
    }
    let japanese = reads_whole(encoding_rs::SHIFT_JIS, head) && is_rather_japanese(head);
    let encoding = if japanese { encoding_rs::SHIFT_JIS } else { encoding_rs::WINDOWS_1252 };
    Recognised { encoding: TextEncoding::Legacy(encoding), bom: 0, name: encoding.name().to_lowercase(), assumed: true }
}

/// Whether bytes are UTF-8; the last character may be cut. Damage in a text that is otherwise UTF-8 does not make it
/// another encoding.
fn is_utf8(bytes: &[u8]) -> bool {
    let cut_at_end = |error: std::str::Utf8Error| error.error_len().is_none();
    if std::str::from_utf8(bytes).map_or_else(cut_at_end, |_| true) {
        return true;
    }
    let (mut letters, mut faults) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        letters += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
        faults += usize::from(!chunk.invalid().is_empty());
    }
    letters > faults * 4 || mostly_whole_words(bytes)
}

/// Whether at least half of the places with letters are wholly UTF-8: in a text of few letters a damaged byte weighs as
/// much as a good one, but what a code page puts side by side is hardly ever UTF-8 from its first byte to its last.
fn mostly_whole_words(bytes: &[u8]) -> bool {
    let words = bytes.split(u8::is_ascii).filter(|word| !word.is_empty());
    let (whole, broken): (Vec<_>, Vec<_>) = words.partition(|word| std::str::from_utf8(word).is_ok());
    !whole.is_empty() && whole.len() >= broken.len()
}

/// Whether the encoding that was given spells its letters in ASCII behind an escape, and the text has such an escape.
fn spells_in_ascii(bytes: &[u8], given: Option<&'static Encoding>) -> bool {
    given == Some(ISO_2022_JP) && bytes.is_ascii() && bytes.contains(&0x1b)
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

/// Whether text that can be read as Shift-JIS is rather that than cp1252, in which nearly every letter with the ASCII
/// letter behind it is a character of Shift-JIS as well (`l\xf6s`). Japanese characters stand beside each other; Western
/// letters stand alone among those of ASCII.
fn is_rather_japanese(bytes: &[u8]) -> bool {
    let letter = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphabetic);
    let katakana = |at: usize| bytes.get(at).is_some_and(|byte| (0xa1..=0xdf).contains(byte));
    let (mut japanese, mut western, mut at) = (0, 0, 0);
    // Whether the byte in front is a character of its own, and a letter.
    let mut behind_letter = false;
    while let Some(byte) = bytes.get(at) {
        let next = bytes.get(at + 1).copied().unwrap_or_default();
        let is_western = match byte {
            0..=0x80 => {
                behind_letter = byte.is_ascii_alphabetic();
                at += 1;
                continue;
            }
            // One byte, a half-width katakana.
            0xa1..=0xdf => {
                at += 1;
                (behind_letter || letter(at)) && !katakana(at)
            }
            // Two bytes: characters for private use; others that stand alone between letters, or begin with one.
            _ => {
                at += 2;
                let alone = behind_letter && (next.is_ascii_alphabetic() || *byte >= 0xe0 && letter(at));
                matches!(byte, 0xf0..=0xf9) || alone || *byte >= 0xe0 && next.is_ascii_alphabetic()
            }
        };
        behind_letter = false;
        *(if is_western { &mut western } else { &mut japanese }) += 1;
    }
    japanese > western
}

/// Whether the bytes are text in this encoding; the last character may be cut.
fn reads_whole(encoding: &'static Encoding, bytes: &[u8]) -> bool {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut room = vec![0; decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(bytes.len() * 4)];
    let (result, _, _) = decoder.decode_to_utf8_without_replacement(bytes, &mut room, false);
    result == encoding_rs::DecoderResult::InputEmpty
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(bytes: &[u8], given: Option<&'static Encoding>) -> (TextEncoding, String) {
        let found = recognise_by(bytes, bytes, given);
        (found.encoding, found.name)
    }

    #[test]
    fn what_is_given_is_for_texts_that_are_no_utf_8() {
        let (japanese, latin) = (encoding_rs::SHIFT_JIS, encoding_rs::WINDOWS_1252);
        let utf8 = (TextEncoding::Utf8, "utf-8".to_owned());
        for given in [None, Some(japanese), Some(latin), Some(UTF_16LE)] {
            assert_eq!(name("請求書 Gelöschte Elemente".as_bytes(), given), utf8);
            assert_eq!(name(b"no letters", given), utf8);
        }
        // Cut inside its last letter, and damaged once among many letters.
        let text = "受信トレイ".as_bytes();
        assert_eq!(name(&text[..text.len() - 1], Some(japanese)), utf8);
        assert_eq!(name(&[text, b"\xff", text].concat(), Some(latin)), utf8);
        // One letter and one byte that is none, in words of their own; half-width katakana, of which two look like a letter.
        assert_eq!(name(b"Gel\xc3\xb6schte, It\xe9ms", None), utf8);
        assert_eq!(name(&japanese.encode("ﾃｽﾄ 1").0, None).0, TextEncoding::Legacy(japanese));
        for text in [
            "Gelöschte Elemente",
            "Éléments supprimés, Règle créée",
            "Itens Excluídos",
            "Correo no deseado: año",
            "It’s",
        ] {
            assert_eq!(name(&latin.encode(text).0, None).0, TextEncoding::Legacy(latin), "{text}");
        }
        for text in ["削除済みアイテム", "テスト", "PDFファイル", "受信トレイ,Webテスト", "ｶ)ﾔﾏﾀﾞ", "請求書の件"]
        {
            assert_eq!(name(&japanese.encode(text).0, None).0, TextEncoding::Legacy(japanese), "{text}");
        }
        let given = |encoding| (TextEncoding::Legacy(encoding), "given".to_owned());
        assert_eq!(name(&japanese.encode("請求書の件").0, Some(japanese)), given(japanese));
        assert_eq!(name(b"Gel\xf6schte Elemente", Some(latin)), given(latin));
        assert_eq!(name(b"\x1b$B@A5a=q\x1b(B", Some(ISO_2022_JP)), given(ISO_2022_JP));
    }
}
