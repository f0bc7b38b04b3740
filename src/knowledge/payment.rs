//! Recognises payment identifiers in a text by shape and checksum: IBAN, SWIFT/BIC, sort code, routing number,
//! account number, Bitcoin and Ethereum addresses.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use sha2::{Digest, Sha256};

use super::normalise::visible;
use super::pairs;
use super::words::{Folded, Match};

pub(super) const IBAN_LENGTHS: &str = include_str!("data/iban_lengths.tsv");
pub(super) const KEYWORDS: &str = include_str!("data/payment_keywords.tsv");

/// Every payment identifier in a text, by its kind and place; the identifier itself is not given on.
pub(super) fn identifiers(text: &str) -> Vec<Match> {
    let chars: Vec<char> = visible(text).chars().collect();
    let mut found = Vec::new();
    for (start, end) in tokens(&chars) {
        let token: String = chars[start..end].iter().collect();
        let label = if is_iban_at(&chars, start) {
            "iban"
        } else if is_bech32_bitcoin(&token) || is_base58_bitcoin(&token) {
            "bitcoin address"
        } else if is_ethereum(&token) {
            "ethereum address"
        } else {
            continue;
        };
        found.push(bold(start, label));
    }
    let folded = Folded::of(text);
    for (kind, word) in pairs(KEYWORDS) {
        for (start, end) in folded.occurrences(word) {
            let rest = chars.get(end..).unwrap_or_default();
            match kind {
                "swift" if is_swift(word, rest) => found.push(bold(start, "swift/bic")),
                "sort_code" if digits(rest).len() == 6 => found.push(bold(start, "sort code")),
                "routing" if is_routing(&digits(rest)) => {
                    found.push(bold(start, "routing number"));
                }
                // A number of some account is asked for by every shop.
                "account" if digits(rest).len() >= 6 => {
                    found.push(Match { at: start, label: "account number".to_owned(), shy: true });
                }
                _ => {}
            }
        }
    }
    found
}

/// How far after its keyword an identifier may begin, in characters.
const REACH: usize = 16;

fn bold(at: usize, label: &str) -> Match {
    Match { at, label: label.to_owned(), shy: false }
}

/// The runs of ASCII letters and digits, as (start, end).
fn tokens(chars: &[char]) -> Vec<(usize, usize)> {
    let mut runs = Vec::new();
    let mut start = None;
    for at in 0..=chars.len() {
        let inside = chars.get(at).is_some_and(char::is_ascii_alphanumeric);
        match (inside, start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                runs.push((from, at));
                start = None;
            }
            _ => {}
        }
    }
    runs
}

static LENGTHS: LazyLock<BTreeMap<&'static str, usize>> = LazyLock::new(|| {
    pairs(IBAN_LENGTHS).filter_map(|(country, length)| Some((country, length.parse().ok()?))).collect()
});

/// Whether an IBAN begins here: the country's length, single blanks, dots or hyphens between groups, checksum 1
/// modulo 97 (ISO 13616).
fn is_iban_at(chars: &[char], start: usize) -> bool {
    let head: String = chars[start..].iter().take(2).map(char::to_ascii_uppercase).collect();
    let Some(length) = LENGTHS.get(head.as_str()) else {
        return false;
    };
    let mut code = Vec::with_capacity(*length);
    let mut gap = false;
    let mut rest = chars[start..].iter();
    for c in rest.by_ref() {
        if c.is_ascii_alphanumeric() {
            code.push(c.to_ascii_uppercase());
            gap = false;
        } else if gap || !" .-".contains(*c) {
            return false;
        } else {
            gap = true;
        }
        if code.len() == *length {
            break;
        }
    }
    let ends_here = rest.next().is_none_or(|c| !c.is_ascii_alphanumeric());
    code.len() == *length && ends_here && mod_97(&code) == Some(1)
}

fn mod_97(code: &[char]) -> Option<u32> {
    let (head, body) = code.split_at_checked(4)?;
    let checked = head.get(2..)?.iter().all(char::is_ascii_digit);
    if !checked {
        return None;
    }
    body.iter().chain(head).try_fold(0, |sum, c| {
        let value = c.to_digit(36)?;
        let shift = if value < 10 { 10 } else { 100 };
        Some((sum * shift + value) % 97)
    })
}

/// Whether a SWIFT/BIC code (ISO 9362, capitals) follows. "Swift" is also a word and a name, so after it a plain word
/// in capitals is not enough: the code has to hold a digit or be announced.
fn is_swift(keyword: &str, rest: &[char]) -> bool {
    let near: String = rest.iter().take(REACH + 11).collect();
    let announced = keyword != "swift"
        || near.trim_start().starts_with([':', '/', '#', '='])
        || near.to_ascii_lowercase().trim_start().starts_with("code");
    let words = near.split(|c: char| !c.is_ascii_alphanumeric());
    words.filter(|word| word.len() == 8 || word.len() == 11).any(|word| {
        let letters = word.chars().take(6).all(|c| c.is_ascii_uppercase());
        let whole = word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
        letters && whole && (announced || word.chars().any(|c| c.is_ascii_digit()))
    })
}

/// The number that begins within reach: digits, with single blanks or hyphens between them.
fn digits(rest: &[char]) -> String {
    let Some(start) = rest.iter().take(REACH).position(char::is_ascii_digit) else {
        return String::new();
    };
    let mut number = String::new();
    let mut gap = false;
    for c in rest.iter().skip(start) {
        if c.is_ascii_digit() {
            number.push(*c);
            gap = false;
        } else if gap || !" -".contains(*c) {
            break;
        } else {
            gap = true;
        }
    }
    number
}

/// Nine digits with the checksum of American routing numbers (weights 3, 7, 1).
fn is_routing(number: &str) -> bool {
    let sum: u32 = number
        .chars()
        .filter_map(|c| c.to_digit(10))
        .zip([3, 7, 1].into_iter().cycle())
        .map(|(digit, weight)| digit * weight)
        .sum();
    number.len() == 9 && sum > 0 && sum.is_multiple_of(10)
}

/// A Bitcoin address of the old kind: 25 bytes in base 58 with a double SHA-256 check.
fn is_base58_bitcoin(token: &str) -> bool {
    const ALPHABET: &str = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    if !(26..=35).contains(&token.len()) || !token.starts_with(['1', '3']) {
        return false;
    }
    let mut bytes = [0_u8; 25];
    for c in token.chars() {
        let Some(mut carry) = ALPHABET.find(c) else {
            return false;
        };
        for byte in bytes.iter_mut().rev() {
            carry += usize::from(*byte) * 58;
            *byte = (carry % 256) as u8;
            carry /= 256;
        }
        if carry > 0 {
            return false;
        }
    }
    let (payload, check) = bytes.split_at(21);
    let hash = Sha256::digest(Sha256::digest(payload));
    matches!(bytes.first(), Some(0 | 5)) && hash.starts_with(check)
}

/// A Bitcoin address of the new kind: `bc1`, then base 32 with a BCH check (BIP 173 and BIP 350).
fn is_bech32_bitcoin(token: &str) -> bool {
    const ALPHABET: &str = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const GENERATORS: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let mixed = token.chars().any(|c| c.is_ascii_lowercase()) && token.chars().any(|c| c.is_ascii_uppercase());
    let lower = token.to_ascii_lowercase();
    let Some(data) = lower.strip_prefix("bc1") else {
        return false;
    };
    if mixed || !(14..=90).contains(&token.len()) {
        return false;
    }
    // The human-readable part "bc": high bits, a zero, low bits.
    let mut values = vec![3, 3, 0, 2, 3];
    for c in data.chars() {
        match ALPHABET.find(c) {
            Some(value) => values.push(value as u32),
            None => return false,
        }
    }
    let check = values.into_iter().fold(1_u32, |sum, value| {
        let top = sum >> 25;
        let next = ((sum & 0x01ff_ffff) << 5) ^ value;
        GENERATORS
            .into_iter()
            .enumerate()
            .filter(|(bit, _)| top >> bit & 1 == 1)
            .fold(next, |sum, (_, generator)| sum ^ generator)
    });
    check == 1 || check == 0x2bc8_30a3
}

/// An Ethereum address: `0x` and forty hexadecimal digits.
fn is_ethereum(token: &str) -> bool {
    token.strip_prefix("0x").is_some_and(|digits| digits.len() == 40 && digits.chars().all(|c| c.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::{IBAN_LENGTHS, LENGTHS, identifiers};
    use crate::knowledge::lines;

    fn labels(text: &str) -> Vec<(String, bool)> {
        identifiers(text).into_iter().map(|one| (one.label, one.shy)).collect()
    }

    fn bold(text: &str) -> Vec<String> {
        identifiers(text).into_iter().filter(|one| !one.shy).map(|one| one.label).collect()
    }

    #[test]
    fn ibans_of_the_registry_examples() {
        assert_eq!(LENGTHS.len(), lines(IBAN_LENGTHS).count());
        for text in [
            "DE89370400440532013000",
            "DE89 3704 0044 0532 0130 00",
            "IBAN: GB29 NWBK 6016 1331 9268 19.",
            "fr1420041010050500013m02606",
            "NL91 ABNA 0417 1643 00",
            "PL61109010140000071219812874",
            "NO93 8601 1117 947",
        ] {
            assert_eq!(bold(text), ["iban"], "{text}");
        }
    }

    #[test]
    fn numbers_that_are_no_iban() {
        for text in
            ["DE88370400440532013000", "DE8937040044053201300", "DE893704004405320130001", "DE2026 invoice", "GB"]
        {
            assert!(bold(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn bank_codes_need_their_keyword() {
        assert_eq!(bold("SWIFT: COBADEFFXXX"), ["swift/bic"]);
        assert_eq!(bold("BIC COBADEFF"), ["swift/bic"]);
        assert_eq!(bold("Swift code NWBKGB2L"), ["swift/bic"]);
        assert_eq!(bold("Sort code: 60-16-13"), ["sort code"]);
        assert_eq!(bold("Routing number 021000021"), ["routing number"]);
        assert_eq!(labels("口座番号：1234567"), [("account number".to_owned(), true)]);
        for text in [
            "SWIFT DELIVERY",
            "COBADEFFXXX",
            "sort code alphabetically",
            "routing number 021000022",
            "60-16-13",
            "Bic pens in stock",
        ] {
            assert!(bold(text).is_empty(), "{text}: {:?}", bold(text));
        }
    }

    #[test]
    fn wallets_need_their_checksum() {
        for text in [
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
            "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
            "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
        ] {
            assert_eq!(bold(text), ["bitcoin address"], "{text}");
        }
        assert_eq!(bold("0x52908400098527886E0F7030069857D2E4169EE7"), ["ethereum address"]);
        for text in
            ["1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", "0x5290840009852788"]
        {
            assert!(bold(text).is_empty(), "{text}");
        }
    }
}
