//! The pages of the ten symptoms in Japanese; what has none is shown in English.

use super::Lang;

/// The page of a symptom in the language; `None` where there is no other than the English one.
pub fn page(lang: Lang, id: &str) -> Option<&'static str> {
    PAGES.iter().find(|(known, _)| *known == id).filter(|_| lang == Lang::Ja).map(|(_, page)| *page)
}

macro_rules! pages {
    ($($id:literal),+ $(,)?) => {
        [$(($id, include_str!(concat!("../../../docs/symptoms/ja/", $id, ".md")))),+]
    };
}

const PAGES: [(&str, &str); 10] = pages![
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
];
