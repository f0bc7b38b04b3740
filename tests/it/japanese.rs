//! A Japanese report is Japanese: what people see of the contoso case holds no English but what stands in the evidence.

use std::collections::BTreeSet;

use bectrace::report::words::{Lang, Word, fixed_english, told};
use calamine::{Data, Reader as _};
use html5gum::{Token, Tokenizer};
use regex::Regex;

use crate::harness::{bectrace, description, evidence, root, testdata};

/// So many English words in a row are a sentence of somebody.
const SENTENCE: usize = 3;

#[test]
fn nothing_english_is_shown_but_evidence() {
    let contoso = testdata("cases/contoso/evidence");
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).display().to_string();
    let (report, tenant) = (path("report"), path("tenant"));
    let all = contoso.display().to_string();
    let case = format!("{report}/case");
    let ja = ["--lang", "ja", "--display-tz", "Asia/Tokyo"];
    let asked = ["--user", "alice.mori@contoso.example", "--from", "2026-03-02", "--to", "2026-03-08"];
    let investigated = bectrace(&[&["investigate", &all, "--out", &report][..], &asked, &ja].concat());
    let triaged = bectrace(&[&["triage", &case, "--out", &tenant][..], &ja].concat());

    let mut shown: Vec<(&str, String)> = Vec::new();
    for (name, text) in [("terminal", &investigated.out), ("terminal of triage", &triaged.out)] {
        shown.extend(text.lines().map(|line| (name, line.to_owned())));
    }
    for (name, folder) in [("report.html", &report), ("report.html of triage", &tenant)] {
        let page = std::fs::read_to_string(format!("{folder}/report.html")).unwrap();
        shown.extend(texts_of(&page).into_iter().map(|text| (name, text)));
    }
    shown.extend(cells_of(&format!("{report}/report.xlsx")).into_iter().map(|cell| ("report.xlsx", cell)));
    assert!(shown.len() > 5_000, "{} texts", shown.len());

    let known = words_of_evidence(&contoso);
    let fixed: BTreeSet<&str> = fixed_words().into_iter().collect();
    // Proper names: ATT&CK techniques, and operations, which the pages quote.
    let names = Regex::new(r#"T\d{4}(\.\d{3})?( [A-Z][A-Za-z-]*)+|"[^"]*""#).unwrap();
    let runs = Regex::new(r"\b[A-Za-z]+(?: [A-Za-z]+)+\b").unwrap();
    let mut wrong: Vec<String> = shown
        .iter()
        .filter_map(|(name, text)| {
            english(text, &known, &fixed, (&names, &runs)).map(|english| format!("{name}: {english}  <  {text}"))
        })
        .collect();
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{} texts hold English:\n{}", wrong.len(), wrong.join("\n"));
}

/// Sentences of the program and of its pages end alike, wherever they stand beside each other: in the plain form that
/// reports are written in, never in the polite one.
#[test]
fn all_japanese_is_of_one_register() {
    let polite =
        Regex::new("ました|ません|ています|てあります|ください|でした|です[。（()」\"]|[しりるきれけえ]ます").unwrap();
    let mut wrong = Vec::new();
    let root = root();
    let mut open = vec![root.join("src"), root.join("docs/symptoms/ja")];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let end = path.extension().and_then(|end| end.to_str()).unwrap_or_default().to_owned();
            if path.is_dir() {
                open.push(path);
            } else if matches!(&*end, "rs" | "md") && !path.ends_with("tests.rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                // Tests quote evidence, and words of it.
                let own = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
                let found = own.lines().filter(|line| polite.is_match(line));
                wrong.extend(found.map(|line| format!("{}: {}", path.display(), line.trim())));
            }
        }
    }
    wrong.sort();
    assert!(wrong.is_empty(), "{} lines in the polite form:\n{}", wrong.len(), wrong.join("\n"));
}

/// Cases that make the program say what the contoso case does not: a rule without a name, levels of risk, lists that are
/// cut, accounts that nobody is named for, remarks on files.
const FURTHER: [&str; 9] = [
    "inbox-rules/name-with-a-slash",
    "aitm-sign-in/hosting-network-without-device",
    "hacked-messages/shared-document-burst",
    "credential-change/response-halfway",
    "credential-change/help-desk-writes-of-other-things",
    "forwarding/no-admin-audit",
    "suspicious-sign-ins/risky-and-new-place",
    "impossible-travel/audit-log-has-no-places",
    "inbox-rules/snapshot-of-a-recorded-rule",
];

/// Words that the program puts where evidence has none, and words of levels and states: as a word alone they are no
/// evidence, which names somebody, something or a place.
const ALONE: [&str; 19] = [
    "somebody",
    "someone",
    "anybody",
    "nobody",
    "unknown",
    "none",
    "low",
    "medium",
    "high",
    "hidden",
    "atrisk",
    "more",
    "record",
    "records",
    "yes",
    "no",
    "name unknown",
    "not recorded",
    "no subject",
];

#[test]
fn words_that_stand_alone_are_japanese_too() {
    let runs = Regex::new(r"[A-Za-z]+(?: [A-Za-z]+)*").unwrap();
    let quoted = Regex::new(r#""[^"]*"|「[^」]*」"#).unwrap();
    let mut wrong = Vec::new();
    for case in FURTHER {
        let folder = testdata("symptoms").join(case);
        let described = description(&folder);
        let mut words = evidence(&folder);
        words.push(testdata("background").display().to_string());
        for (option, key) in [("--user", "user"), ("--from", "from"), ("--to", "to")] {
            words.extend(described[key].as_str().into_iter().flat_map(|value| [option.to_owned(), value.to_owned()]));
        }
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("out").display().to_string();
        words.splice(0..0, ["investigate".to_owned()]);
        words.extend(["--lang", "ja", "--out", &out].map(str::to_owned));
        let outcome = bectrace(&words);
        let page = std::fs::read_to_string(format!("{out}/report.html")).unwrap_or_else(|_| panic!("{}", outcome.err));
        let mut shown = texts_of(&page);
        shown.extend(cells_of(&format!("{out}/report.xlsx")));
        shown.extend(outcome.out.lines().map(str::to_owned));
        for text in shown {
            // Subjects and names stand in quotes, and operations are written as words.
            let bare = quoted.replace_all(&text, "");
            let alone = runs.find_iter(&bare).filter(|run| {
                let (before, after) = (bare[..run.start()].chars().next_back(), bare[run.end()..].chars().next());
                let part = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || "-_.@/\\&;=".contains(c));
                !part(before) && !part(after) && ALONE.contains(&run.as_str().to_lowercase().as_str())
            });
            wrong.extend(alone.map(|run| format!("{case}: {}  <  {text}", run.as_str())));
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{} words are English:\n{}", wrong.len(), wrong.join("\n"));
}

/// The English in a text, if there is any: a word or phrase of the program, or a sentence that is not in the evidence.
fn english(text: &str, known: &str, fixed: &BTreeSet<&str>, (names, runs): (&Regex, &Regex)) -> Option<String> {
    let whole = text.trim();
    if fixed.contains(whole) && !known.contains(&format!(" {} ", whole.to_lowercase())) {
        return Some(whole.to_owned());
    }
    let text = names.replace_all(text, "");
    let run = runs
        .find_iter(&text)
        .map(|run| run.as_str().to_owned())
        .find(|run| run.split(' ').count() >= SENTENCE && !known.contains(&format!(" {} ", run.to_lowercase())))?;
    // Evidence may stand inside of the program's words: what is left without it must be no sentence either.
    let words: Vec<&str> = run.split(' ').collect();
    let foreign =
        words.windows(SENTENCE).find(|three| !known.contains(&format!(" {} ", three.join(" ").to_lowercase())));
    foreign.map(|three| three.join(" "))
}

/// The program's own words that are others in Japanese.
fn fixed_words() -> Vec<&'static str> {
    let words = Word::all().filter(|word| word.text(Lang::En) != word.text(Lang::Ja)).map(|word| word.text(Lang::En));
    let phrases = fixed_english().filter(|phrase| told(Lang::Ja, phrase) != *phrase);
    words.chain(phrases).filter(|text| text.chars().filter(char::is_ascii_alphabetic).count() > 3).collect()
}

/// All words of the evidence in their order, lower case, each between blanks.
fn words_of_evidence(folder: &std::path::Path) -> String {
    let markup = Regex::new(r"<[^<>]*>|\\\\[nrt]").unwrap();
    let mut words = String::from(" ");
    for entry in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        // Without line ends of JSON and tags of HTML: a signature is shown as its text.
        let text = markup.replace_all(&String::from_utf8_lossy(&bytes), " ").into_owned();
        for word in text.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty()) {
            words.push_str(&word.to_lowercase());
            words.push(' ');
        }
    }
    words
}

/// What a page says, text by text, and what its attributes say aloud; without what it says is English.
fn texts_of(page: &str) -> Vec<String> {
    const VOID: [&str; 4] = ["meta", "br", "input", "hr"];
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let mut emitter = html5gum::DefaultEmitter::<()>::default();
    emitter.naively_switch_states(true);
    let mut texts = Vec::new();
    // For each open element, whether it is passed over.
    let mut open: Vec<bool> = Vec::new();
    for Ok(token) in Tokenizer::new_with_emitter(page, emitter) {
        match token {
            Token::StartTag(tag) => {
                let name = text(&tag.name);
                let is = |key: &str| {
                    tag.attributes.iter().find(|(known, _)| text(known) == key).map(|(_, value)| text(value))
                };
                let over = open.last() == Some(&true)
                    || matches!(name.as_str(), "script" | "style" | "title")
                    || is("lang").as_deref() == Some("en");
                if !over {
                    texts.extend(["title", "aria-label", "alt", "data-filter", "data-sort"].into_iter().filter_map(is));
                }
                if !tag.self_closing && !VOID.contains(&name.as_str()) {
                    open.push(over);
                }
            }
            Token::EndTag(_) => {
                open.pop();
            }
            Token::String(string) if open.last() != Some(&true) => texts.push(text(&string)),
            _ => {}
        }
    }
    texts
}

/// Names of sheets and all text in them.
fn cells_of(path: &str) -> Vec<String> {
    let mut book = calamine::open_workbook_auto(path).unwrap();
    let names = book.sheet_names();
    let mut cells = names.clone();
    for name in names {
        let sheet = book.worksheet_range(&name).unwrap();
        cells.extend(sheet.used_cells().filter_map(|(_, _, cell)| match cell {
            Data::String(text) => Some(text.clone()),
            _ => None,
        }));
    }
    cells.into_iter().flat_map(|cell| cell.lines().map(str::to_owned).collect::<Vec<_>>()).collect()
}
