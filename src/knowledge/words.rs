//! Finds words of money, warning, distress and payment in a text, in twelve languages.
//!
//! Latin, Cyrillic and other spelled scripts match whole words, Chinese, Japanese and Korean match anywhere; width,
//! case, hyphens and invisible characters do not matter. Entries are data: see the head of `data/words/*.txt`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::normalise::visible;
use super::{lines, normalise, payment};

pub(super) const FINANCE: &str = include_str!("data/words/finance.txt");
pub(super) const WARNING: &str = include_str!("data/words/warning.txt");
pub(super) const DISTRESS: &str = include_str!("data/words/distress.txt");
pub(super) const SIGNATURE: &str = include_str!("data/words/signature.txt");
pub(super) const RECOVERY: &str = include_str!("data/words/recovery.txt");
pub(super) const PAYMENT_NOTICE: &str = include_str!("data/words/payment_notice.txt");
pub(super) const PASSWORD: &str = include_str!("data/words/password.txt");
pub(super) const PRETENCE: &str = include_str!("data/words/pretence.txt");

/// Words of money and business that payment fraud watches for. Entries of the lexicon, in text order, each once.
pub fn finance(text: &str) -> Vec<String> {
    MONEY.matches(text, Vec::new())
}

/// The entry of the same lexicon that this is, with nothing before it or behind it: what somebody looks for by itself
/// counts, though in a text it would count only beside another entry.
pub fn finance_word(word: &str) -> Option<String> {
    MONEY.entry_of(word)
}

static MONEY: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::read(FINANCE));

/// Words of warning that an intruder hides from the owner or deletes. Entries in text order, each once.
pub fn warning(text: &str) -> Vec<String> {
    static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::read(WARNING));
    LEXICON.matches(text, Vec::new())
}

/// Words of a taken-over account that begs for help or money. Entries in text order, each once; a word of mere hurry
/// counts only beside another one.
pub fn distress(text: &str) -> Vec<String> {
    DISTRESSED.matches(text, Vec::new())
}

/// The same for a text that an intruder wrote: there words of mere hurry count by themselves.
pub fn distress_or_hurry(text: &str) -> Vec<String> {
    in_order(DISTRESSED.find(text, Vec::new()))
}

static DISTRESSED: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::read(DISTRESS));

/// Words and numbers of a signature that sells drugs or asks for payment: lexicon entries, and for numbers the kind
/// (`iban`, `swift/bic`, `sort code`, `routing number`, `account number`, `bitcoin address`, `ethereum address`),
/// never the number itself. In text order, each once. HTML has to be taken out before.
pub fn signature(text: &str) -> Vec<String> {
    static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::read(SIGNATURE));
    LEXICON.matches(text, payment::identifiers(text))
}

/// Words of a name that pretends to be an office, an institution or a brand. Entries in text order, each once.
pub fn pretence(text: &str) -> Vec<String> {
    static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::read(PRETENCE));
    LEXICON.matches(text, Vec::new())
}

/// Whether a subject is that of a reset or a one-time code.
pub fn is_recovery(text: &str) -> bool {
    static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::read(RECOVERY));
    !LEXICON.matches(text, Vec::new()).is_empty()
}

/// Whether a subject is that of a notice of a bank or a payment service.
pub fn is_payment_notice(text: &str) -> bool {
    static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::read(PAYMENT_NOTICE));
    !LEXICON.matches(text, Vec::new()).is_empty()
}

/// Whether a subject speaks of a password.
pub fn names_password(text: &str) -> bool {
    static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::read(PASSWORD));
    !LEXICON.matches(text, Vec::new()).is_empty()
}

/// Something found in a text.
pub(super) struct Match {
    /// Where, in characters of the visible text.
    pub(super) at: usize,
    /// What the caller is told.
    pub(super) label: String,
    /// Whether it counts only beside another match.
    pub(super) shy: bool,
}

/// A text laid out for matching: one folded character may stand for part of one visible character, so that each
/// keeps the place it came from.
pub(super) struct Folded {
    chars: Vec<char>,
    places: Vec<usize>,
}

impl Folded {
    pub(super) fn of(text: &str) -> Self {
        let mut folded = Self { chars: Vec::new(), places: Vec::new() };
        for (place, c) in visible(text).chars().enumerate() {
            for lower in c.to_lowercase() {
                folded.chars.push(fold(lower));
                folded.places.push(place);
            }
        }
        folded
    }

    /// Where, in visible characters, a word starts and ends each time it stands alone in the text.
    pub(super) fn occurrences(&self, word: &str) -> Vec<(usize, usize)> {
        let word: Vec<char> = normalise(word).chars().map(fold).collect();
        (0..self.chars.len())
            .filter(|start| self.starts_word(*start))
            .filter(|start| self.chars[*start..].starts_with(&word))
            .map(|start| (start, start + word.len()))
            .filter(|(_, end)| self.word_end(*end) == *end)
            .map(|(start, end)| (self.place(start), self.place(end)))
            .collect()
    }

    fn place(&self, index: usize) -> usize {
        let past_the_end = self.places.last().map_or(0, |last| last + 1);
        self.places.get(index).copied().unwrap_or(past_the_end)
    }

    fn starts_word(&self, start: usize) -> bool {
        start == 0 || !joined(self.chars[start - 1], self.chars[start])
    }

    /// Where the word ends that has run up to `from` so far; `from` itself if a new word or none follows.
    fn word_end(&self, from: usize) -> usize {
        let mut end = from;
        while end > 0 && end < self.chars.len() && joined(self.chars[end - 1], self.chars[end]) {
            end += 1;
        }
        end
    }
}

/// One lexicon file, by first character of its entries.
struct Lexicon {
    entries: BTreeMap<char, Vec<Entry>>,
}

struct Entry {
    chars: Vec<char>,
    /// How many further letters the word may have.
    endings: usize,
    shy: bool,
    label: &'static str,
}

impl Lexicon {
    fn read(file: &'static str) -> Self {
        let mut entries: BTreeMap<char, Vec<Entry>> = BTreeMap::new();
        for line in lines(file).filter(|line| !line.starts_with('[')) {
            let entry = Entry::read(line);
            if let Some(first) = entry.chars.first() {
                entries.entry(*first).or_default().push(entry);
            }
        }
        for group in entries.values_mut() {
            // The longest entry speaks for the shorter ones inside it.
            group.sort_by_key(|entry| std::cmp::Reverse(entry.chars.len()));
        }
        Self { entries }
    }

    /// The labels of what was found and of what the text holds; shy ones only where something bold stands beside them.
    fn matches(&self, text: &str, found: Vec<Match>) -> Vec<String> {
        let found = self.find(text, found);
        if found.iter().all(|one| one.shy) { Vec::new() } else { in_order(found) }
    }

    fn find(&self, text: &str, mut found: Vec<Match>) -> Vec<Match> {
        let folded = Folded::of(text);
        let mut at = 0;
        while at < folded.chars.len() {
            let Some((entry, end)) = self.entry_at(&folded, at) else {
                at += 1;
                continue;
            };
            found.push(Match { at: folded.place(at), label: entry.label.to_owned(), shy: entry.shy });
            at = end;
        }
        found
    }

    /// The label of the entry that is the whole text.
    fn entry_of(&self, text: &str) -> Option<String> {
        let folded = Folded::of(text.trim());
        let (entry, end) = folded.chars.first().and_then(|_| self.entry_at(&folded, 0))?;
        (end == folded.chars.len()).then(|| entry.label.to_owned())
    }

    fn entry_at(&self, folded: &Folded, at: usize) -> Option<(&Entry, usize)> {
        if !folded.starts_word(at) {
            return None;
        }
        self.entries.get(&folded.chars[at])?.iter().find_map(|entry| {
            if !folded.chars[at..].starts_with(&entry.chars) {
                return None;
            }
            let said = at + entry.chars.len();
            let end = folded.word_end(said);
            (end - said <= entry.endings).then_some((entry, end))
        })
    }
}

impl Entry {
    fn read(line: &'static str) -> Self {
        let shy = line.starts_with('?');
        let line = line.trim_start_matches('?');
        let (label, endings) = if let Some(stem) = line.strip_suffix('*') {
            (stem, usize::MAX)
        } else if let Some(word) = line.strip_suffix('+') {
            (word, 2)
        } else {
            (line, 0)
        };
        Self { chars: normalise(label).chars().map(fold).collect(), endings, shy, label }
    }
}

/// The labels in text order, each once.
fn in_order(mut found: Vec<Match>) -> Vec<String> {
    found.sort_by_key(|one| one.at);
    let mut labels: Vec<String> = Vec::new();
    for one in found {
        if !labels.contains(&one.label) {
            labels.push(one.label);
        }
    }
    labels
}

/// Hyphens, dashes and underscores part words as a blank does; the typographic apostrophe is an apostrophe.
fn fold(c: char) -> char {
    match c {
        '-' | '_' | '\u{2010}'..='\u{2015}' | '\u{2212}' => ' ',
        '\u{2019}' | '\u{02BC}' => '\'',
        other => other,
    }
}

/// Whether two neighbours belong to one word or one number.
fn joined(before: char, after: char) -> bool {
    let letters = is_letter(before) && is_letter(after);
    letters || (before.is_numeric() && after.is_numeric())
}

/// A letter of a script that parts words with blanks.
fn is_letter(c: char) -> bool {
    c.is_alphabetic() && !is_east_asian(c)
}

/// Whether the sign is of a script that writes without blanks between its words.
pub const fn is_east_asian(c: char) -> bool {
    matches!(
        c,
        '\u{1100}'..='\u{11FF}'
            | '\u{3005}'..='\u{3007}'
            | '\u{3040}'..='\u{31FF}'
            | '\u{3400}'..='\u{4DBF}'
            | '\u{4E00}'..='\u{9FFF}'
            | '\u{A960}'..='\u{A97F}'
            | '\u{AC00}'..='\u{D7FF}'
            | '\u{F900}'..='\u{FAFF}'
            | '\u{20000}'..='\u{3FFFF}'
    )
}

#[cfg(test)]
mod tests {
    use super::{distress, distress_or_hurry, finance, finance_word, signature, warning};

    #[test]
    fn money_words_in_many_languages() {
        for (text, expected) in [
            ("Invoice 4471", vec!["invoice"]),
            ("RE: Invoices;Payments", vec!["invoice", "payment"]),
            ("Invoice_4471.pdf", vec!["invoice"]),
            ("invoice4471", vec!["invoice"]),
            ("ＩＮＶＯＩＣＥ", vec!["invoice"]),
            ("in\u{200B}voice", vec!["invoice"]),
            ("bank account change", vec!["bank account"]),
            ("PO#4471", vec!["po#"]),
            ("W-2 forms", vec!["w-2"]),
            ("pro forma", vec!["pro-forma"]),
            ("IBANは下記", vec!["iban"]),
            ("iban;swift", vec!["iban", "swift"]),
            ("Überweisungen", vec!["überweisung"]),
            ("Zahlungserinnerung zur Rechnungskorrektur", vec!["zahlung", "rechnung"]),
            ("Virement bancaire", vec!["virement bancaire"]),
            ("Fattura n. 12", vec!["fattura"]),
            ("płatność", vec!["płatnoś"]),
            ("оплата счета", vec!["оплат", "счет"]),
            ("ご請求書の件", vec!["請求書"]),
            ("請求書;振込", vec!["請求書", "振込"]),
            ("请尽快付款", vec!["付款"]),
            ("계좌로 송금", vec!["계좌", "송금"]),
        ] {
            assert_eq!(finance(text), expected, "{text}");
        }
    }

    #[test]
    fn money_words_have_innocent_twins() {
        for text in [
            "",
            "Bankhaus Müller",
            "riverbank walk",
            "wireless headset",
            "border control",
            "recorder",
            "Taylor Swift tickets",
            "Attach the file",
            "taxi",
            "quoteworthy",
            "unpaid leave? ask HR",
            "ニュースレター",
        ] {
            assert!(finance(text).is_empty(), "{text}: {:?}", finance(text));
        }
    }

    #[test]
    fn a_word_that_is_all_that_is_looked_for() {
        assert_eq!(finance_word(" Swift "), Some("swift".to_owned()));
        assert_eq!(finance_word("invoices"), Some("invoice".to_owned()));
        for text in ["", "Taylor Swift", "swiftly"] {
            assert_eq!(finance_word(text), None, "{text}");
        }
    }

    #[test]
    fn accounts_change_in_many_words() {
        for subject in [
            "Neue Kontoverbindung ab sofort",
            "Nouveau RIB",
            "Wijziging bankrekeningnummer",
            "Zmiana numeru konta bankowego",
        ] {
            assert!(!finance(subject).is_empty(), "{subject}");
        }
        assert!(finance("RIB eye steak").is_empty());
    }

    #[test]
    fn warnings() {
        assert_eq!(warning("New sign-in from Lagos"), ["new sign-in"]);
        assert_eq!(warning("Undeliverable: Invoice"), ["undeliverable"]);
        let notice = "Neue Anmeldung bei Ihrem Konto: ungewöhnliche Aktivität";
        assert_eq!(warning(notice), ["neue anmeldung", "ungewöhnliche aktivität"]);
        assert_eq!(warning("Nouvelle connexion à votre compte"), ["nouvelle connexion"]);
        assert_eq!(warning("Microsoft アカウントのセキュリティ情報が追加されました"), ["セキュリティ情報"]);
        for notice in ["Beveiligingsgegevens toegevoegd", "Ongebruikelijke aanmeldingsactiviteit"] {
            assert_eq!(warning(notice).len(), 1, "{notice}");
        }
        assert_eq!(warning("Hast du mir das geschickt?"), ["hast du mir das geschickt"]);
        let notice = "Se ha iniciado sesión desde un nuevo dispositivo: actividad de seguridad";
        assert_eq!(warning(notice).len(), 2);
        assert_eq!(warning("phishing? did you send this"), ["phish", "did you send"]);
        for text in ["Mfauna 2026", "spamalot", "deadline", "virusology", "Alertness training"] {
            assert!(warning(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn distress_needs_more_than_hurry() {
        assert_eq!(distress("Stranded in London – urgent help"), ["stranded", "urgent help"]);
        assert_eq!(distress("至急：振込先変更のお願い"), ["至急", "振込先変更"]);
        assert_eq!(distress("Dringend: Geschenkkarten"), ["dringend", "geschenkkarte"]);
        assert_eq!(distress("gift cards"), ["gift card"]);
        for text in ["URGENT: board meeting", "至急ご確認ください", "dringend", "Student loan", "giftcardigan"]
        {
            assert!(distress(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn drugs_for_sale_speak_for_themselves_and_a_prescription_does_not() {
        assert_eq!(distress("Cheap Viagra from Canadian Pharmacy"), ["viagra", "canadian pharmacy"]);
        assert_eq!(distress("Diet pills online"), ["pills"]);
        assert_eq!(distress("Rezeptfreie Mittel"), ["rezeptfrei"]);
        assert!(distress("Your prescription is ready").is_empty() && distress("Apotheke am Markt").is_empty());
    }

    #[test]
    fn in_an_intruders_mail_hurry_counts_by_itself() {
        assert_eq!(distress_or_hurry("至急"), ["至急"]);
        assert_eq!(distress_or_hurry("Urgent"), ["urgent"]);
        assert_eq!(distress_or_hurry("Student loan"), ["loan"]);
        assert!(distress_or_hurry("Board meeting").is_empty());
    }

    #[test]
    fn signatures() {
        assert_eq!(signature("Canadian Pharmacy http://pills.example"), ["pharmacy", "pills"]);
        assert_eq!(
            signature("Bank details: IBAN DE89 3704 0044 0532 0130 00, BIC COBADEFFXXX"),
            ["bank details", "iban", "swift/bic"]
        );
        assert!(signature("Alice Bauer\nContoso Ltd\n+44 20 7946 0000").is_empty());
    }
}
