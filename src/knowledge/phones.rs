//! Says which countries a telephone number can belong to, by its international calling code.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::{normalise, pairs};

pub(super) const CALLING_CODES: &str = include_str!("data/calling_codes.tsv");

/// The ISO countries of a number written with `+` or `00`; none for a national number or an unknown code.
pub fn countries(number: &str) -> &'static [&'static str] {
    let number = normalise(number);
    let number = number.trim_start_matches("tel:").trim_start();
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let international = match (number.starts_with('+'), digits.strip_prefix("00")) {
        (true, _) => digits.as_str(),
        (false, Some(rest)) => rest,
        (false, None) => return &[],
    };
    // No code is the beginning of another: the first that fits is the one.
    (1..=3).find_map(|length| CODES.get(international.get(..length)?)).map_or(&[], Vec::as_slice)
}

/// Whether both are one telephone number, however its digits are set apart.
pub fn is_same(one: &str, other: &str) -> bool {
    let digits = |text: &str| {
        let text = normalise(text);
        let text = text.trim_start_matches("tel:").trim();
        let plain = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | ' ' | '(' | ')' | '-' | '.' | '/'));
        let digits: String = text.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
        (plain && !digits.is_empty()).then_some(digits)
    };
    digits(one).is_some_and(|one| digits(other) == Some(one))
}

static CODES: LazyLock<BTreeMap<&'static str, Vec<&'static str>>> =
    LazyLock::new(|| pairs(CALLING_CODES).map(|(code, countries)| (code, countries.split(' ').collect())).collect());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_names_the_country() {
        assert_eq!(countries("+234 80 1234"), ["NG"]);
        assert_eq!(countries("0049 (30) 123"), ["DE"]);
        assert_eq!(countries("＋81 90-0000-0000"), ["JP"]);
        assert!(countries("+1 555 0100").contains(&"US"));
        assert!(countries("030 123").is_empty() && countries("").is_empty() && countries("+999 1").is_empty());
    }

    #[test]
    fn one_number_is_written_in_many_ways() {
        assert!(is_same("+31 6 1234 5678", "+31612345678") && is_same("(030) 123-45", "030/12345"));
        assert!(is_same("tel:+31 6 12", "＋31 6-12"));
        for (one, other) in
            [("+31 612", "+31 613"), ("+31612", "31612"), ("", ""), ("a1@x", "b1@x"), ("12 ext. 3", "123")]
        {
            assert!(!is_same(one, other), "{one} {other}");
        }
    }

    #[test]
    fn no_code_begins_another() {
        for code in CODES.keys() {
            assert!(CODES.keys().all(|other| other == code || !other.starts_with(code)), "{code}");
        }
    }
}
