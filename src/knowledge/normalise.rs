//! Makes text comparable: compatibility forms folded, lower case, invisible characters gone, space collapsed.

use unicode_normalization::UnicodeNormalization;

/// The comparable form of a text: NFKC, lower case, invisible characters removed, each run of white space
/// one blank, no outer blanks. Applying it twice changes nothing more.
pub fn normalise(text: &str) -> String {
    if text.is_ascii() {
        return collapsed(&text.to_ascii_lowercase());
    }
    let lower: String = visible(text).to_lowercase().nfkc().collect();
    collapsed(&lower)
}

/// The text in NFKC with invisible characters removed and white space collapsed; letters keep their case.
pub(super) fn visible(text: &str) -> String {
    // NFKC leaves ASCII as it is, and none of it is invisible: a subject of a megabyte need not be decomposed.
    if text.is_ascii() {
        return collapsed(text);
    }
    let kept: String = text.nfkc().filter(|c| !is_invisible(*c)).collect();
    collapsed(&kept)
}

fn collapsed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Whether a character shows nothing and takes no room on a screen, or is a letter by category that looks blank
/// (Hangul fillers, Braille blank). Source: Unicode property `Default_Ignorable_Code_Point`.
pub(super) const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{00AD}'
            | '\u{034F}'
            | '\u{061C}'
            | '\u{115F}'..='\u{1160}'
            | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFF8}'
            | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}

#[cfg(test)]
mod tests {
    use super::normalise;

    #[test]
    fn width_case_and_space_do_not_matter() {
        assert_eq!(normalise("  ＩＮＶＯＩＣＥ\u{3000}\t４４７１ "), "invoice 4471");
        assert_eq!(normalise("ﾌｨｯｼﾝｸﾞ"), "フィッシング");
    }

    #[test]
    fn invisible_characters_do_not_split_a_word() {
        assert_eq!(normalise("in\u{200B}voi\u{00AD}ce\u{FEFF}"), "invoice");
    }

    #[test]
    fn ascii_goes_the_short_way_to_the_same_end() {
        let ascii: String = (0..128_u8).map(char::from).collect();
        // The letter at the end sends the same text the long way.
        assert_eq!(normalise(&format!("{ascii}\u{e9}")), format!("{}\u{e9}", normalise(&ascii)));
        assert_eq!(normalise(" \t RE:\u{b}Invoice \r\n"), "re: invoice");
    }

    #[test]
    fn twice_is_once() {
        for text in ["İstanbul", "Å ﬀ ǅ", "Straße", "①②", "ΣΑΣ"] {
            assert_eq!(normalise(&normalise(text)), normalise(text), "{text}");
        }
    }
}
