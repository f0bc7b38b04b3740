//! What the examination says in English only, in the report's language: checks, needs, cautions, score terms, names of
//! details. A phrase is found by its fixed words; what stands between them is evidence and is never translated.

mod attribution;
mod coverage;
mod detail_names;
mod details;
mod errors;
mod notes;
mod record_notes;
mod values;

use std::borrow::Cow;

use super::Lang;

/// One phrase: its English words and its Japanese ones. `{}` is evidence, taken over as it stands; `{*}` is a phrase
/// again. The Japanese names the places by number (`{0}`), because its order differs.
type Phrase = (&'static str, &'static str);

const BOOKS: &[&[Phrase]] =
    &[coverage::PHRASES, attribution::PHRASES, details::PHRASES, notes::PHRASES, record_notes::PHRASES];

/// The sentence in the language; what is no known phrase (all evidence is none) stays as it is.
pub fn told(lang: Lang, text: &str) -> Cow<'_, str> {
    match lang {
        Lang::En => Cow::Borrowed(text),
        Lang::Ja => translate(BOOKS, text, 0).map_or(Cow::Borrowed(text), Cow::Owned),
    }
}

/// The value of a detail: an explanation in the language, everything else as it stands in the evidence.
pub fn fact_value<'t>(lang: Lang, name: &str, value: &'t str) -> Cow<'t, str> {
    if lang == Lang::En || value.len() > LONGEST {
        return Cow::Borrowed(value);
    }
    if name == "risk state" {
        return Cow::Borrowed(super::risk_of(lang, value));
    }
    if let Some((_, books)) = values::LISTS.iter().find(|(names, _)| names.contains(&name)) {
        // Outcomes are joined by commas, and a place would swallow all of them but the last.
        return list(books, value, if name == "outcomes" { ", " } else { "; " });
    }
    if explains(name) { told(lang, value) } else { Cow::Borrowed(value) }
}

/// Whether the values of a detail are the program's own explanations.
pub fn explains(name: &str) -> bool {
    details::EXPLAINING.contains(&name)
}

/// Parts that one explanation may have, because it holds the sign that joins the parts.
const PARTS: usize = 3;

/// The parts of a list, each in the report's language where it is a phrase. A phrase may hold the sign that joins the
/// parts: the shortest run of parts that is one counts.
fn list<'t>(books: &[&[Phrase]], value: &'t str, joined: &str) -> Cow<'t, str> {
    let parts: Vec<&str> = value.split(joined).collect();
    let mut told: Vec<Cow<'_, str>> = Vec::new();
    let mut at = 0;
    while at < parts.len() {
        let run = (1..=PARTS.min(parts.len() - at))
            .find_map(|run| Some((run, translate(books, &parts[at..at + run].join(joined), 0)?)));
        match run {
            Some((run, phrase)) => {
                told.push(phrase.into());
                at += run;
            }
            None => {
                let part = parts[at];
                told.push(if joined == ", " { part.into() } else { list(books, part, ", ") });
                at += 1;
            }
        }
    }
    told.join(joined).into()
}

/// The name of a detail.
pub fn fact_name(lang: Lang, name: &str) -> Cow<'_, str> {
    let known = detail_names::NAMES.iter().find(|(english, _)| *english == name).filter(|_| lang == Lang::Ja);
    known.map_or(Cow::Borrowed(name), |(_, japanese)| Cow::Borrowed(*japanese))
}

/// Whether a text that should be a phrase is none: what a Japanese report would show in English.
pub fn untold(text: &str) -> bool {
    translate(BOOKS, text, 0).is_none()
}

/// Every English phrase that differs in Japanese, by its fixed words: what a Japanese report must not show.
pub fn fixed_english() -> impl Iterator<Item = &'static str> {
    let books = BOOKS.iter().chain(values::LISTS.iter().flat_map(|(_, books)| books.iter()));
    books.flat_map(|book| book.iter()).chain(detail_names::NAMES).map(|(english, _)| *english)
}

/// Phrases within phrases, at most so deep: a need names a check, which says what was seen.
const DEEPEST: usize = 4;
/// No phrase is longer; evidence may be.
const LONGEST: usize = 8 * 1024;

fn translate(books: &[&[Phrase]], text: &str, depth: usize) -> Option<String> {
    if depth > DEEPEST || text.len() > LONGEST {
        return None;
    }
    let mut phrases = books.iter().flat_map(|book| book.iter());
    phrases.find_map(|(english, japanese)| Some(put(japanese, &follow(books, english, text, depth)?)))
}

/// What stands in the places of a pattern, in the report's language, if the text follows it: the fixed words in
/// order, the first at the beginning, the last at the end. Where fixed words occur twice, each is tried.
fn follow<'t>(books: &[&[Phrase]], pattern: &str, text: &'t str, depth: usize) -> Option<Vec<Cow<'t, str>>> {
    let Some((first, _)) = pattern.split_once('{') else { return (pattern == text).then(Vec::new) };
    let text = text.strip_prefix(first)?;
    let (place, after) = pattern.strip_prefix(first)?.split_once('}')?;
    let held = |held: &'t str| match place {
        "{*" => translate(books, held, depth + 1).map(Cow::Owned),
        _ => Some(Cow::Borrowed(held)),
    };
    let Some((fixed, _)) = after.split_once('{') else { return Some(vec![held(text.strip_suffix(after)?)?]) };
    text.match_indices(fixed).find_map(|(at, _)| {
        let (before, rest) = text.split_at(at);
        let mut told = vec![held(before)?];
        told.extend(follow(books, after, rest, depth)?);
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
        let lists = values::LISTS.iter().flat_map(|(_, books)| books.iter());
        for (english, japanese) in BOOKS.iter().chain(lists).flat_map(|book| book.iter()).chain(detail_names::NAMES) {
            let words = english.replace("{}", "").replace("{*}", "").chars().filter(|c| c.is_alphabetic()).count();
            assert!(words < 3 || !japanese.is_ascii() || *japanese == "ID", "not translated: {english}");
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

    /// A pattern whose place swallows what is fixed in a later one would leave that in English.
    #[test]
    fn every_phrase_is_told_by_its_own_words() {
        for (english, japanese) in BOOKS.iter().flat_map(|book| book.iter()) {
            let (mut text, mut places, mut rest) = (String::new(), Vec::new(), *english);
            while let Some((before, after)) = rest.split_once('{') {
                let (place, tail) = after.split_once('}').unwrap();
                let value = if place == "*" { "unified audit log" } else { "7" };
                text.push_str(before);
                text.push_str(value);
                places.push(super::told(Lang::Ja, value));
                rest = tail;
            }
            text.push_str(rest);
            assert_eq!(translate(BOOKS, &text, 0), Some(put(japanese, &places)), "{english}");
        }
    }

    #[test]
    fn what_a_place_holds_is_told_as_well() {
        for (name, value, expected) in [
            (
                "stood until",
                "2026-03-04T01:12:00Z (by admin@contoso.example), 2871 min",
                "2026-03-04T01:12:00Z (admin@contoso.example による)、2871 分",
            ),
            ("time between", "5 h", "5 時間"),
            ("time between", "4 h 58 min", "4 時間 58 分"),
            ("what", "everything svc.backup does in mailboxes", "svc.backup がメールボックスで行うすべての操作"),
            ("what is the same", "signature 'pay here'", "署名「pay here」"),
        ] {
            assert_eq!(fact_value(Lang::Ja, name, value), expected);
        }
        let gate = "auditing was switched off or bypassed at 2026-03-04T01:12:00Z (the organisation's audit log)";
        assert!(told(Lang::Ja, gate).ends_with("(組織の監査ログ)"));
    }

    #[test]
    fn evidence_in_a_phrase_stays_as_it_is() {
        let told = told(Lang::Ja, "used in session deletes mail at 2026-03-10T00:23:03Z");
        assert!(told.contains("deletes mail") && told.contains("2026-03-10T00:23:03Z"), "{told}");
        assert_eq!(super::told(Lang::Ja, "unbekannt <b>"), "unbekannt <b>");
        assert_eq!(super::told(Lang::En, "deletes mail"), "deletes mail");
    }

    #[test]
    fn parts_of_lists_are_told_and_evidence_between_them_stays() {
        let told = |name, value| fact_value(Lang::Ja, name, value).into_owned();
        assert_eq!(
            told("rule actions", "move to RSS Feeds; mark as read"),
            "フォルダー RSS Feeds に移動; 開封済みにする"
        );
        assert_eq!(
            told("codes", "50173 ×1 (token revoked; a fresh sign-in is needed); 50055 ×2 (password has expired)"),
            "50173 ×1 (トークンの取り消し。新たなサインインが必要); 50055 ×2 (パスワードの期限切れ)"
        );
        assert_eq!(
            told("kind", "contact data for recovery, address or office"),
            "回復に使われる連絡先, 住所または事業所"
        );
        assert_eq!(
            told("added", "authenticator mark as read; User registered security info"),
            "認証アプリ mark as read; User registered security info"
        );
        assert_eq!(
            told("outcomes", "50074 multifactor challenge required and not passed, 0 sign-in succeeded"),
            "50074 多要素認証を求められ、通過しなかった, 0 サインイン成功"
        );
        assert_eq!(told("subjects", "mark as read; delete"), "mark as read; delete");
        let busy = "10 mails within an hour; the usual peak is 1; 10 mails within an hour with the subject \"delete\"";
        assert_eq!(
            told("mailing", busy),
            "1 時間以内に 10 通 (通常の最大は 1 通); 件名「delete」のメールが 1 時間以内に 10 通"
        );
    }

    #[test]
    fn every_sign_in_code_has_its_meaning_in_japanese() {
        for code in 0..1_000_001 {
            let Some(meaning) = crate::knowledge::errors::meaning(code) else { continue };
            assert!(errors::PHRASES.iter().any(|(english, _)| *english == meaning), "{code}: {meaning}");
        }
    }

    #[test]
    fn remarks_on_records_are_told_with_the_number_of_the_record() {
        for (english, japanese) in [
            ("record 3: cells of this row: 1, of the header: 57", "レコード 3: 行は 1 列、ヘッダーは 57 列"),
            (
                "record 12: the row's user is 'a: b', the record's is 'c'; the file may have been edited",
                "レコード 12: 行の user は「a: b」、レコードでは「c」。ファイルが編集された可能性がある",
            ),
            (
                "record 7: 'x' is no IP address: kept as text",
                "レコード 7: 'x' は IP アドレスではない: 文字列のまま残した",
            ),
            ("and 9 more records with this remark", "同じ注記のレコードがほかに 9 件"),
            ("record 1: unbekannt", "record 1: unbekannt"),
        ] {
            assert_eq!(told(Lang::Ja, english), japanese);
        }
    }

    #[test]
    fn phrases_in_phrases_are_told_too() {
        let need = "would add: G10: snapshot of the mailbox's rules (no snapshot: rules that were made before the log began stay unknown)";
        let told = told(Lang::Ja, need);
        assert!(told.contains("G10") && !told.contains("would add") && !told.contains("rules"), "{told}");
    }
}
