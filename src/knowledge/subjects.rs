//! Words that mail programs put in front of a subject: replies, forwards, bounces, automatic answers, receipts.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{normalise, pairs};

pub(super) const PREFIXES: &str = include_str!("data/subject_prefixes.tsv");

/// A subject as its thread has it: without the words that replies, forwards and automatic answers put in front.
pub fn thread(subject: &str) -> String {
    let mut rest = normalise(subject);
    loop {
        let Some((head, tail)) = rest.split_once(':') else { return rest };
        // `RE[2]:` counts its answers.
        let word = head.split(['[', '(']).next().unwrap_or(head).trim();
        if !is_one(&["reply", "forward", "answer"], word) {
            return rest;
        }
        rest = tail.trim().to_owned();
    }
}

/// Whether a subject is that of a bounce or an automatic answer.
pub fn is_answer(subject: &str) -> bool {
    begins(subject, &["answer"])
}

/// Answers to invitations, receipts and out-of-office notes, which programs send.
pub fn is_automatic(subject: &str) -> bool {
    begins(subject, &["answer", "receipt"])
}

/// Whether a subject was put in front of it by forwarding.
pub fn is_forward(subject: &str) -> bool {
    begins(subject, &["forward"])
}

fn begins(subject: &str, kinds: &[&str]) -> bool {
    // Only outside of ASCII are there other colons, which become this one.
    if subject.is_ascii() && !subject.contains(':') {
        return false;
    }
    normalise(subject).split_once(':').is_some_and(|(head, _)| is_one(kinds, head.trim()))
}

fn is_one(kinds: &[&str], word: &str) -> bool {
    /// Word → what kinds of prefix it is.
    static KINDS: LazyLock<HashMap<&str, Vec<&str>>> = LazyLock::new(|| {
        let mut words: HashMap<&str, Vec<&str>> = HashMap::new();
        pairs(PREFIXES).for_each(|(kind, word)| words.entry(word).or_default().push(kind));
        words
    });
    KINDS.get(word).is_some_and(|known| known.iter().any(|kind| kinds.contains(kind)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_prefixes() {
        assert!(is_answer("Undeliverable: Invoice") && is_answer("配信不能： x") && !is_answer("Invoice"));
        assert!(is_forward("FW: phishing?") && !is_forward("RE: phishing?"));
        assert!(is_automatic("New Time Proposed: lunch") && !is_answer("New Time Proposed: lunch"));
        assert!(is_automatic("Accepted: lunch") && is_automatic("Automatic reply: x") && !is_automatic("RE: x"));
        assert_eq!(thread("RE[2]: FW: updated  Bank details"), "updated bank details");
    }

    #[test]
    fn prefixes_of_many_languages() {
        let answers = ["R", "RES", "Nicht zustellbar", "Não é possível entregar", "Kan ikke leveres", "Olevererbart"];
        let more = ["Automatická odpověď", "Niedostarczalne", "无法送达", "無法傳遞", "배달되지 않음", "I", "轉寄"];
        for prefix in answers.into_iter().chain(more) {
            assert_eq!(thread(&format!("{prefix}: Bank details")), "bank details", "{prefix}");
        }
        assert!(is_forward("I: listino") && is_forward("轉寄：報價") && !is_forward("R: listino"));
        for receipt in ["Accettato: riunione", "Zusage: Termin", "Letto: offerta", "Aceptada: reunión"] {
            assert!(is_automatic(receipt) && !is_answer(receipt), "{receipt}");
        }
    }
}
