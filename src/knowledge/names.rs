//! Says whether a name is a name at all; intruders call their rules `.`, `..` or nothing.

use super::normalise::{is_invisible, normalise};

/// Whether a rule name carries no word: empty, blank, invisible, only punctuation or symbols, one ASCII character,
/// or one ASCII character repeated. A letter or number of any other script is a name (`あ`, `請求`, `я`).
pub fn is_symbol_name(name: &str) -> bool {
    let speaks = name.chars().any(|c| c.is_alphanumeric() && !is_invisible(c));
    if !speaks {
        return true;
    }
    let normal = normalise(name);
    let mut characters = normal.chars().filter(|c| !c.is_whitespace());
    let Some(first) = characters.next() else {
        return true;
    };
    first.is_ascii() && characters.all(|c| c == first)
}

/// Whether `value` has the shape of a GUID (`8-4-4-4-12` hexadecimal digits), outer space aside.
pub fn is_guid(value: &str) -> bool {
    let value = value.trim().as_bytes();
    value.len() == 36
        && value.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::is_symbol_name;

    #[test]
    fn names_that_say_nothing() {
        for name in [
            "", " ", "\u{3000}", "\u{200B}", "\u{3164}", ".", "..", ",,,", ";", "/", "@", "…", "。", "・", "™", "☆☆",
            "a", "1", "aaa", "x x", "ａ", "、、",
        ] {
            assert!(is_symbol_name(name), "{name:?}");
        }
    }

    #[test]
    fn names_that_say_something() {
        for name in ["あ", "請求", "請", "я", "ニュースレター", "ab", "Q1", "a.b", "é", "각"] {
            assert!(!is_symbol_name(name), "{name:?}");
        }
    }
}
