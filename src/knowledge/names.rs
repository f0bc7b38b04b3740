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
    // Hardly any value has space around it.
    let value = if value.len() == 36 { value } else { value.trim() }.as_bytes();
    value.len() == 36
        && [8, 13, 18, 23].iter().all(|at| value.get(*at) == Some(&b'-'))
        && value.iter().map(|byte| DIGITS.get(usize::from(*byte)).map_or(0, |digit| u32::from(*digit))).sum::<u32>()
            == 32
}

/// Whether two names of a person, lower-cased, have the same two words or more, in whatever order: `weiss, dana` and
/// `dana.weiss`. One word may be anything.
pub fn has_the_same_words(one: &str, other: &str) -> bool {
    let [one, other] = [one, other].map(|name| {
        let mut words: Vec<&str> = words(name).collect();
        words.sort_unstable();
        words
    });
    one.len() > 1 && one == other
}

/// Whether a name has two words or more, as those of people have.
pub fn has_words(name: &str) -> bool {
    words(name).nth(1).is_some()
}

fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// The alias at the end of an Exchange Online distinguished name's last part: `cn=<32 hexadecimal digits>-alias`.
pub fn alias_of_dn(part: &str) -> Option<&str> {
    const DIGITS: usize = 32;
    let (start, rest) = part.split_at_checked(3)?;
    let (id, alias) = rest.split_at_checked(DIGITS)?;
    let alias = alias.strip_prefix('-').filter(|alias| !alias.is_empty())?;
    (start.eq_ignore_ascii_case("cn=") && id.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(alias)
}

/// The name of an object in a directory by its distinguished name: `CN=Weiss\, Dana,OU=Users,DC=corp,DC=example`. What has
/// no unit behind the name is none.
pub fn common_name(dn: &str) -> Option<String> {
    const UNITS: [&str; 3] = ["cn=", "ou=", "dc="];
    let is = |text: &str, key: &str| text.get(..key.len()).is_some_and(|head| head.eq_ignore_ascii_case(key));
    let mut letters = dn.get(3..).filter(|_| is(dn, "cn="))?.chars();
    let mut name = String::new();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => name.extend(letters.next()),
            ',' => {
                let behind = letters.as_str().trim_start();
                return UNITS.iter().any(|unit| is(behind, unit)).then_some(name);
            }
            letter => name.push(letter),
        }
    }
    None
}

/// Of every byte whether it is a hexadecimal digit.
static DIGITS: [u8; 256] = {
    let mut digits = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        digits[byte] = (byte as u8).is_ascii_hexdigit() as u8;
        byte += 1;
    }
    digits
};

#[cfg(test)]
mod tests {
    use super::{alias_of_dn, common_name, has_the_same_words, is_guid, is_symbol_name};

    #[test]
    fn the_name_in_a_directory_ends_where_its_unit_begins() {
        let told = |dn: &str| common_name(dn);
        assert_eq!(told("CN=Dana Weiss,OU=Users,DC=corp,DC=example").as_deref(), Some("Dana Weiss"));
        assert_eq!(told(r"cn=Weiss\, Dana, CN=Users,DC=corp").as_deref(), Some("Weiss, Dana"));
        for other in ["CN=Dana Weiss", "CN=Weiss, Dana", "dana.weiss", "", "cn=", "/o=Org/cn=Recipients/cn=dana"] {
            assert_eq!(told(other), None, "{other}");
        }
    }

    #[test]
    fn the_alias_stands_behind_the_id_of_a_distinguished_name() {
        assert_eq!(alias_of_dn("cn=e53d361258234475afc60c41981fb258-dana.weiss"), Some("dana.weiss"));
        assert_eq!(alias_of_dn("CN=E53D361258234475AFC60C41981FB258-o'neil-b"), Some("o'neil-b"));
        for other in ["cn=Recipients", "cn=e53d361258234475afc60c41981fb258-", "cn=danaweiss", "ou=x", "", "é"] {
            assert_eq!(alias_of_dn(other), None, "{other}");
        }
    }

    #[test]
    fn a_person_is_known_by_the_words_of_the_name() {
        for (one, other) in [("dana.weiss", "weiss, dana"), ("dana weiss", "dana weiss"), ("o'neil-b", "b o neil")] {
            assert!(has_the_same_words(one, other), "{one} {other}");
        }
        for (one, other) in [("dana.weiss", "dana"), ("dana", "dana"), ("dana.weiss", "dana.weiss2"), ("", "")] {
            assert!(!has_the_same_words(one, other), "{one} {other}");
        }
    }

    #[test]
    fn guids_have_their_hyphens_and_digits_in_place() {
        for guid in ["38041317-c20e-48ef-84f8-32bfea32a60d", " 38041317-C20E-48EF-84F8-32BFEA32A60D\t"] {
            assert!(is_guid(guid), "{guid:?}");
        }
        for other in [
            "",
            "38041317-c20e-48ef-84f8-32bfea32a60",
            "38041317-c20e-48ef-84f8-32bfea32a60g",
            "38041317c-20e-48ef-84f8-32bfea32a60d",
            "38041317-c20e-48ef-84f8-32bfea32-60d",
            "38041317-c20e-48ef-84f832-bfea32a60d",
            " 8041317-c20e-48ef-84f8-32bfea32a60d",
        ] {
            assert!(!is_guid(other), "{other:?}");
        }
    }

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
