//! The pages of the ten symptoms in Japanese; what has none is shown in English.

use super::Lang;

/// The page of a symptom in the language; `None` where there is no other than the English one.
pub fn page(lang: Lang, id: &str) -> Option<&'static str> {
    PAGES.iter().find(|(known, _)| *known == id).filter(|_| lang == Lang::Ja).map(|(_, page)| *page)
}

/// The pages of the ten in a folder below `docs/symptoms`, each with its question.
macro_rules! pages {
    ($folder:literal) => {
        pages![
            $folder:
            "missing-mail",
            "no-sent-copy",
            "inbox-rules",
            "display-name",
            "blocked-from-sending",
            "hacked-messages",
            "profile-change",
            "credential-change",
            "forwarding",
            "signature",
        ]
    };
    ($folder:literal: $($id:literal),+ $(,)?) => {
        [$(($id, include_str!(concat!("../../../docs/symptoms/", $folder, $id, ".md")))),+]
    };
}

const PAGES: [(&str, &str); 10] = pages!("ja/");

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use regex::Regex;

    use super::*;

    const ENGLISH: [(&str, &str); 10] = pages!("");

    /// Headings, paragraphs and points of a list, each without its line breaks. Headings differ in every word: a sign
    /// stands for each.
    fn blocks(page: &str) -> Vec<String> {
        let mut blocks: Vec<String> = Vec::new();
        let (mut goes_on, mut is_point) = (false, false);
        for line in page.lines() {
            if line.starts_with('#') {
                blocks.push("#".to_owned());
                goes_on = false;
            } else if line.trim().is_empty() {
                goes_on = false;
            } else if !goes_on || line.starts_with("- ") || is_point && !line.starts_with("  ") {
                (goes_on, is_point) = (true, line.starts_with("- "));
                blocks.push(line.to_owned());
            } else if let Some(block) = blocks.last_mut() {
                block.push_str(line.trim());
            }
        }
        blocks
    }

    /// An English sentence takes about half as many signs in Japanese; a block that takes far fewer leaves something out.
    #[test]
    fn a_japanese_page_says_what_the_english_one_says() {
        let names = Regex::new(r"[A-Za-z]+[a-z][A-Z][A-Za-z]+").unwrap();
        let signs = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
        for (id, english) in ENGLISH {
            let japanese = page(Lang::Ja, id).unwrap();
            let named = |page: &'static str| names.find_iter(page).map(|name| name.as_str()).collect::<BTreeSet<_>>();
            assert_eq!(named(english), named(japanese), "{id}: other names of the service");
            let (english, japanese) = (blocks(english), blocks(japanese));
            for (one, other) in english.iter().zip(&japanese) {
                assert_eq!(one == "#", other == "#", "{id}: {one} is not beside {other}");
                assert!(signs(one) < 80 || signs(other) * 100 >= signs(one) * 38, "{id}: {other} says less than {one}");
            }
            assert_eq!(english.len(), japanese.len(), "{id}");
        }
    }
}
