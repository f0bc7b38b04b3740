//! To how many people mails went, as far as their records tell: a number that no record has is left out, and is not nought.

use std::collections::BTreeSet;

use crate::analyze::mail::mails::Sent;
use crate::finding::counted;

/// The recipients that the records of some mails name or count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Addressed {
    /// Those that are named, whom several mails may have reached.
    people: BTreeSet<String>,
    /// How many more the records count, each taken for another one, where at least one record has a number.
    unnamed: Option<usize>,
    /// How many mails beside them have records without one.
    more: usize,
}

impl Addressed {
    /// Those of these mails.
    pub fn of<'s>(sent: impl Iterator<Item = &'s Sent<'s>>) -> Self {
        let mut all = Self::default();
        sent.for_each(|sent| all.add(sent.recipient_count, sent.recipients.iter().cloned()));
        all
    }

    /// Adds one mail: how many recipients its record counts, and whom it names of them, in lower case.
    pub fn add(&mut self, count: Option<usize>, named: impl Iterator<Item = String>) {
        let named: BTreeSet<String> = named.collect();
        match count.max(Some(named.len()).filter(|named| *named > 0)) {
            Some(count) => *self.unnamed.get_or_insert(0) += count - named.len(),
            None => self.more += 1,
        }
        self.people.extend(named);
    }

    /// Their number, where at least one record has one.
    pub fn known(&self) -> Option<usize> {
        self.unnamed.map(|unnamed| self.people.len() + unnamed)
    }

    /// Whether there are mails, and no record has a number.
    pub fn is_unknown(&self) -> bool {
        self.more > 0 && self.unnamed.is_none()
    }

    /// Behind the number of mails: ` to 3 recipients`; empty where nothing is known.
    pub fn en(&self) -> String {
        let least = if self.more > 0 { "at least " } else { "" };
        self.known()
            .map(|known| format!(" to {least}{}", counted(known, "recipient", "recipients")))
            .unwrap_or_default()
    }

    /// The same in Japanese: ` (宛先 3 件) `.
    pub fn ja(&self) -> String {
        let least = if self.more > 0 { "以上" } else { "" };
        self.known().map(|known| format!(" (宛先 {known} 件{least}) ")).unwrap_or_default()
    }

    /// The number alone, for a table, in signs for every language; empty where nothing is known.
    pub fn told(&self) -> String {
        let least = if self.more > 0 { "≥ " } else { "" };
        self.known().map(|known| format!("{least}{known}")).unwrap_or_default()
    }

    /// The same where something has to be said: every mail has a recipient.
    pub fn least(&self) -> String {
        let least = if self.more > 0 { "≥ " } else { "" };
        format!("{least}{}", self.known().unwrap_or_default() + self.more)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_record_counts_is_not_nought() {
        let told = |counts: &[Option<usize>]| {
            let mut all = Addressed::default();
            counts.iter().for_each(|count| all.add(*count, std::iter::empty()));
            [all.en(), all.ja(), all.told(), all.least()]
        };
        assert_eq!(told(&[Some(2), Some(1)]), [" to 3 recipients", " (宛先 3 件) ", "3", "3"]);
        assert_eq!(told(&[Some(1)]), [" to 1 recipient", " (宛先 1 件) ", "1", "1"]);
        assert_eq!(told(&[Some(1), None]), [" to at least 1 recipient", " (宛先 1 件以上) ", "≥ 1", "≥ 2"]);
        assert_eq!(told(&[None, None]), ["", "", "", "≥ 2"]);
        assert_eq!(told(&[Some(0)]), [" to 0 recipients", " (宛先 0 件) ", "0", "0"]);
    }

    #[test]
    fn who_gets_several_mails_is_one_recipient() {
        let told = |mails: &[(Option<usize>, &str)]| {
            let mut all = Addressed::default();
            mails.iter().for_each(|(count, to)| all.add(*count, to.split_whitespace().map(str::to_owned)));
            all.told()
        };
        assert_eq!(told(&[(Some(2), "a b"), (Some(2), "b c"), (None, "a")]), "3");
        // Of a long list the service names some and counts all.
        assert_eq!(told(&[(Some(5), "a b"), (Some(1), "a")]), "5");
        assert_eq!(told(&[(Some(2), "a b"), (None, "")]), "≥ 2");
    }
}
