//! Every fixed word and sentence, in English and Japanese beside each other, by what it speaks of.

use super::Lang;

macro_rules! words {
    ($($word:ident => $en:literal, $ja:literal;)+) => {
        #[allow(non_upper_case_globals, missing_docs, reason = "a list of names; what each means stands beside it")]
        impl Word {
            $(pub const $word: Self = Self { name: stringify!($word), en: $en, ja: $ja };)+
        }

        /// All of this list.
        pub(super) const ALL: &[Word] = &[$(Word::$word),+];
    };
}

mod answers;
mod damage;
mod glossary;
mod labels;
mod page;
mod states;
mod titles;

/// A fixed word or sentence. `{0}`, `{1}`, … stand for what [`super::fill`] puts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    name: &'static str,
    en: &'static str,
    ja: &'static str,
}

impl Word {
    /// All words.
    pub fn all() -> impl Iterator<Item = Self> {
        let lists = [titles::ALL, states::ALL, labels::ALL, answers::ALL, page::ALL, glossary::ALL, damage::ALL];
        lists.into_iter().flatten().copied()
    }

    /// The word in a language.
    pub fn text(self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.en,
            Lang::Ja => self.ja,
        }
    }
}
