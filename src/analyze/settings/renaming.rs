//! A new name of the account: what it was called before, what in the new name speaks for itself, and whether it is no more
//! than the old one written otherwise.

use std::collections::BTreeSet;

use crate::analyze::exam::{Exam, Row};
use crate::analyze::people::actor::ActorClass;
use crate::analyze::settings::directory::{self, Property};
use crate::finding::Term;
use crate::knowledge::{domains, normalise, words};
use crate::untrusted::Untrusted;

/// Whether it is one of the properties of which the address list makes what it shows.
pub fn is_shown_name(property: &str) -> bool {
    const NAMES: [&str; 8] = [
        "displayname",
        "simpledisplayname",
        "phoneticdisplayname",
        "name",
        "firstname",
        "lastname",
        "givenname",
        "surname",
    ];
    NAMES.contains(&property.to_lowercase().as_str())
}

/// Whether it is first or last name alone, of which the one that is shown need not be made.
fn is_part(property: &str) -> bool {
    ["firstname", "lastname", "givenname", "surname"].iter().any(|part| property.eq_ignore_ascii_case(part))
}

/// Whether first and last name say nothing but what the account is called already, as shown or in its address.
fn keeps_to<'p>(exam: &Exam<'_>, row: &Row<'_>, mut parts: impl Iterator<Item = &'p Property>) -> bool {
    let own = own_words(exam, &known_name(exam, row).unwrap_or_default());
    parts.all(|part| directory::name_words(&part.new).is_subset(&own))
}

/// The words of a name and of the account's addresses.
fn own_words(exam: &Exam<'_>, name: &str) -> BTreeSet<String> {
    let mut own = directory::name_words(name);
    for (local, _) in exam.subject.names.iter().filter_map(|name| name.split_once('@')) {
        own.extend(directory::name_words(local));
    }
    own
}

/// The account under another name.
#[derive(Debug)]
pub struct Renaming {
    /// The name before; empty where nothing tells it.
    pub old: String,
    /// The name from now on.
    pub new: String,
    /// What makes the new name malicious on its face.
    pub terms: Vec<Term>,
    /// Whether the export lost the new name.
    pub lost: bool,
}

impl Renaming {
    /// What the record makes of the name that is shown, by the properties it changes; `None` where it changes none:
    /// pages that send all fields of a form write the old name again.
    pub fn of(exam: &Exam<'_>, row: &Row<'_>, properties: &[Property]) -> Option<Self> {
        let names = || properties.iter().filter(|property| is_shown_name(&property.name));
        let main = names().find(|property| property.name.eq_ignore_ascii_case("DisplayName")).or(names().next())?;
        if names().all(|property| is_part(&property.name) && !property.lost) && keeps_to(exam, row, names()) {
            return None;
        }
        let old = main.old.clone().or_else(|| known_name(exam, row)).unwrap_or_default();
        let same = !main.lost && !old.trim().is_empty() && normalise(&old).trim() == normalise(&main.new).trim();
        let terms = if main.lost { Vec::new() } else { speaks_for_itself(exam, &old, &main.new) };
        let renamed = Self { old, new: main.new.clone(), terms, lost: main.lost };
        let shown = main.name.eq_ignore_ascii_case("DisplayName");
        (!(same && shown)).then_some(renamed)
    }

    /// Whether it is the same name in another spelling or order, or, by somebody who administers names, the whole name
    /// with something behind it ("(External)", "/ Sales").
    pub fn is_correction(&self, row: &Row<'_>) -> bool {
        let (before, after) = (directory::name_words(&self.old), directory::name_words(&self.new));
        let suffixed = || before.is_subset(&after) && row.class == ActorClass::Admin;
        !self.lost && self.terms.is_empty() && !before.is_empty() && (before == after || suffixed())
    }
}

/// What makes a new name malicious on its face, as terms.
fn speaks_for_itself(exam: &Exam<'_>, old: &str, new: &str) -> Vec<Term> {
    let own = own_words(exam, old);
    let (words_new, words_old) = (directory::name_words(new), directory::name_words(old));
    let keeps_own = words_new.iter().any(|word| own.contains(word));
    let mut terms = Vec::new();
    let mut say = |why: String| terms.push(Term { points: 3, why: Untrusted::new(why) });
    let keeps_all = !words_old.is_empty() && words_old.is_subset(&words_new);
    let shown = || imitated_as_shown(exam, &own, &words_new).filter(|_| !keeps_own);
    if !keeps_all && let Some(other) = imitated(exam, &own, &words_new).or_else(shown) {
        say(format!("the new name is that of another account in the evidence: {other}"));
    }
    let pretended = words::pretence(new);
    if !keeps_own && !pretended.is_empty() {
        say(format!("the new name is that of an office, an institution or a brand: {}", pretended.join(", ")));
    }
    if domains::addresses_in(new).iter().any(|address| !exam.subject.is(address)) {
        say("the new name holds a mail address that is not the account's".to_owned());
    }
    let lower = normalise(new);
    if ["http://", "https://", "www."].iter().any(|link| lower.contains(link)) {
        say("the new name holds a link".to_owned());
    }
    if mixes_scripts(new) {
        say("one word of the new name mixes Latin with Cyrillic or Greek letters".to_owned());
    }
    terms
}

/// The other account whose name (`first.last@`) the new name holds.
fn imitated<'e>(exam: &'e Exam<'_>, own: &BTreeSet<String>, new: &BTreeSet<String>) -> Option<&'e str> {
    exam.identities.accounts.keys().map(String::as_str).find(|upn| {
        let local = upn.split('@').next().unwrap_or_default();
        let other = directory::name_words(local);
        !exam.subject.is(upn) && other.len() >= 2 && other.is_subset(new) && !other.is_subset(own)
    })
}

/// The other account that people see under the new name. One that was seen under the account's own name as well is the
/// same person's.
fn imitated_as_shown<'e>(exam: &'e Exam<'_>, own: &BTreeSet<String>, new: &BTreeSet<String>) -> Option<&'e str> {
    exam.identities.accounts.keys().map(String::as_str).find(|upn| {
        let shown = || exam.identities.shown_names(upn).map(directory::name_words);
        !exam.subject.is(upn)
            && shown().any(|other| is_somebodys_name(&other) && is_held(&other, new))
            && !shown().any(|other| !other.is_empty() && other.is_subset(own))
    })
}

/// Whether the words are first and last name, or the signs of both.
fn is_somebodys_name(name: &BTreeSet<String>) -> bool {
    name.len() >= 2 || name.iter().any(|word| word.chars().filter(|c| words::is_east_asian(*c)).count() >= 2)
}

/// Whether the new name holds the other: of two words in whatever order; a single word has to be all of it.
fn is_held(other: &BTreeSet<String>, new: &BTreeSet<String>) -> bool {
    if other.len() >= 2 { other.is_subset(new) } else { other == new }
}

fn mixes_scripts(name: &str) -> bool {
    let is_foreign = |c: char| matches!(c, '\u{0370}'..='\u{03FF}' | '\u{0400}'..='\u{052F}');
    name.split(|c: char| !c.is_alphabetic())
        .any(|word| word.chars().any(|c| c.is_ascii_alphabetic()) && word.chars().any(is_foreign))
}

/// The name the account was last seen under, or was last given, before the event.
fn known_name(exam: &Exam<'_>, row: &Row<'_>) -> Option<String> {
    let given = |other: &Row<'_>| {
        let about = !other.failed() && directory::is_person_change(other.event);
        let properties =
            if about && directory::is_about(exam, other) { directory::properties(other.event) } else { Vec::new() };
        let mut names = properties.into_iter().filter(|property| property.name.eq_ignore_ascii_case("DisplayName"));
        names.find(|property| !property.lost && !property.new.is_empty()).map(|property| property.new)
    };
    let seen = |other: &Row<'_>| {
        let own = other.class == ActorClass::Own;
        other.event.user_full_name.as_deref().filter(|_| own).map(str::to_owned)
    };
    let mut before = exam.rows.iter().rev().filter(|other| other.event.datetime < row.event.datetime);
    before.find_map(|other| given(other).or_else(|| seen(other)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_mixed_only_inside_one_word() {
        assert!(mixes_scripts("P\u{0430}yPal Service"));
        for name in ["佐藤 Kenji", "Иван Petrov", "Σαμ Lee", "Dana Weiss"] {
            assert!(!mixes_scripts(name), "{name}");
        }
    }
}
