//! What the examination says in English only, in the report's language: checks, needs, cautions, score terms, names of
//! details. A phrase is found by its fixed words; what stands between them is evidence and is never translated.

mod attribution;
mod coverage;
mod details;

use std::borrow::Cow;

use super::Lang;

/// One phrase: its English words and its Japanese ones. `{}` is evidence, taken over as it stands; `{*}` is a phrase
/// again. The Japanese names the places by number (`{0}`), because its order differs.
type Phrase = (&'static str, &'static str);

const BOOKS: [&[Phrase]; 3] = [coverage::PHRASES, attribution::PHRASES, details::PHRASES];

/// The sentence in the language; what is no known phrase (all evidence is none) stays as it is.
pub fn told(lang: Lang, text: &str) -> Cow<'_, str> {
    match lang {
        Lang::En => Cow::Borrowed(text),
        Lang::Ja => translate(text, 0).map_or(Cow::Borrowed(text), Cow::Owned),
    }
}

/// The value of a detail: an explanation in the language, everything else as it stands in the evidence.
pub fn fact_value<'t>(lang: Lang, name: &str, value: &'t str) -> Cow<'t, str> {
    if details::EXPLAINING.contains(&name) { told(lang, value) } else { Cow::Borrowed(value) }
}

/// The name of a detail.
pub fn fact_name(lang: Lang, name: &str) -> Cow<'_, str> {
    let known = details::NAMES.iter().find(|(english, _)| *english == name).filter(|_| lang == Lang::Ja);
    known.map_or(Cow::Borrowed(name), |(_, japanese)| Cow::Borrowed(*japanese))
}

/// Whether a text that should be a phrase is none: what a Japanese report would show in English.
pub fn untold(text: &str) -> bool {
    translate(text, 0).is_none()
}

/// Phrases within phrases, at most so deep: a need names a check, which says what was seen.
const DEEPEST: usize = 4;
/// No phrase is longer; evidence may be.
const LONGEST: usize = 8 * 1024;

fn translate(text: &str, depth: usize) -> Option<String> {
    if depth > DEEPEST || text.len() > LONGEST {
        return None;
    }
    let phrases = BOOKS.iter().flat_map(|book| book.iter());
    phrases.into_iter().find_map(|(english, japanese)| Some(put(japanese, &follow(english, text, depth)?)))
}

/// What stands in the places of a pattern, in the report's language, if the text follows it: the fixed words in
/// order, the first at the beginning, the last at the end. Where fixed words occur twice, each is tried.
fn follow<'t>(pattern: &str, text: &'t str, depth: usize) -> Option<Vec<Cow<'t, str>>> {
    let Some((first, _)) = pattern.split_once('{') else { return (pattern == text).then(Vec::new) };
    let text = text.strip_prefix(first)?;
    let (place, after) = pattern.strip_prefix(first)?.split_once('}')?;
    let held = |held: &'t str| match place {
        "{*" => translate(held, depth + 1).map(Cow::Owned),
        _ => Some(Cow::Borrowed(held)),
    };
    let Some((fixed, _)) = after.split_once('{') else { return Some(vec![held(text.strip_suffix(after)?)?]) };
    text.match_indices(fixed).find_map(|(at, _)| {
        let (before, rest) = text.split_at(at);
        let mut told = vec![held(before)?];
        told.extend(follow(after, rest, depth)?);
        Some(told)
    })
}

fn put(japanese: &str, told: &[Cow<'_, str>]) -> String {
    let mut out = String::new();
    let mut rest = japanese;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((number, tail)) = after.split_once('}') else { break };
        out.push_str(number.parse::<usize>().ok().and_then(|number| told.get(number)).map_or("", |text| text));
        rest = tail;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(english: &str) -> usize {
        english.matches('{').count()
    }

    #[test]
    fn every_phrase_is_whole_in_both_languages() {
        for (english, japanese) in BOOKS.iter().flat_map(|book| book.iter()).chain(details::NAMES) {
            let words = english.replace("{}", "").replace("{*}", "").chars().filter(|c| c.is_alphabetic()).count();
            assert!(words < 3 || !japanese.is_ascii(), "not translated: {english}");
            for place in 0..count(english) {
                assert!(japanese.contains(&format!("{{{place}}}")), "{english}: place {place} is lost");
            }
            assert!(!japanese.contains(&format!("{{{}}}", count(english))), "{english}: a place too many");
            assert!(!english.contains("}{"), "{english}: two places without a word between them");
        }
    }

    #[test]
    fn no_phrase_hides_behind_an_earlier_one() {
        let all: Vec<&str> = BOOKS.iter().flat_map(|book| book.iter()).map(|(english, _)| *english).collect();
        for (number, english) in all.iter().enumerate() {
            assert!(!all.iter().take(number).any(|earlier| earlier == english), "twice: {english}");
        }
    }

    #[test]
    fn evidence_in_a_phrase_stays_as_it_is() {
        let told = told(Lang::Ja, "used in session deletes mail at 2026-03-10T00:23:03Z");
        assert!(told.contains("deletes mail") && told.contains("2026-03-10T00:23:03Z"), "{told}");
        assert_eq!(super::told(Lang::Ja, "unbekannt <b>"), "unbekannt <b>");
        assert_eq!(super::told(Lang::En, "deletes mail"), "deletes mail");
    }

    #[test]
    fn phrases_in_phrases_are_told_too() {
        let need = "would add: G10: snapshot of the mailbox's rules (no snapshot: rules that were made before the log began stay unknown)";
        let told = told(Lang::Ja, need);
        assert!(told.contains("G10") && !told.contains("would add") && !told.contains("rules"), "{told}");
    }
}
