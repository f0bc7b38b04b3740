//! S04: the name that colleagues see in the address list was changed, to pass for somebody else.

use std::collections::BTreeSet;

use crate::analyze::actor::ActorClass;
use crate::analyze::coverage::GateId;
use crate::analyze::directory::{self, Property};
use crate::analyze::draft::Draft;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::{Check, Meta, acts};
use crate::finding::{Fact, Finding, Severity, Term, Weight};
use crate::knowledge::{domains, normalise, words};
use crate::timeline::{Event, format_time};
use crate::untrusted::Untrusted;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 4,
        id: "display-name",
        title: "Display name changed in the global address list",
        gates: &[&[GateId::G1], &[GateId::G2], &[GateId::G3], &[GateId::G5], &[GateId::G6], &[GateId::G14]],
        adds: &[GateId::G6Entra, GateId::G7],
        never_not_seen: None,
        severity: Severity::Medium,
        attack: &["T1684.001", "T1656", "T1036", "T1098"],
        page: include_str!("../../../docs/symptoms/display-name.md"),
    },
    examine,
};

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (row, copies) in directory::person_changes(exam) {
        let properties = directory::profile(row.event);
        let names: Vec<&Property> = properties.iter().filter(|property| is_shown_name(&property.name)).collect();
        if !names.is_empty() {
            findings.push(renamed(exam, row, &copies, &names));
        }
        let listing: Vec<Property> = directory::properties(row.event).into_iter().filter(is_listing).collect();
        if names.is_empty() && !listing.is_empty() && !directory::is_directory(row.event) {
            findings.push(relisted(exam, row, &copies, &listing));
        }
    }
    findings.extend(seen_under_another_name(exam));
    findings
}

/// The properties of which the address list makes what it shows.
fn is_shown_name(property: &str) -> bool {
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

/// Changes that take the account out of the list or give it another address there.
fn is_listing(property: &Property) -> bool {
    match property.name.to_lowercase().as_str() {
        "hiddenfromaddresslistsenabled" => property.new.eq_ignore_ascii_case("true"),
        "primarysmtpaddress" | "windowsemailaddress" | "emailaddresses" => true,
        _ => false,
    }
}

fn renamed(exam: &Exam<'_>, row: &Row<'_>, copies: &[&Row<'_>], names: &[&Property]) -> Finding {
    let main = names.iter().find(|property| property.name.eq_ignore_ascii_case("DisplayName")).or(names.first());
    let new = main.map(|property| property.new.clone()).unwrap_or_default();
    let old =
        main.and_then(|property| property.old.clone()).or_else(|| known_name(exam, row.event)).unwrap_or_default();
    let terms = speaks_for_itself(exam, &old, &new);
    let weight = weigh(exam, row, (&old, &new), !terms.is_empty());
    let was = if old.is_empty() { "?" } else { &old };
    let changed: Vec<String> = names.iter().map(|property| property.told()).collect();
    Draft::new(&CHECK.meta, exam, row)
        .weight(weight)
        .on_its_face(!terms.is_empty())
        .terms(terms)
        .headline(
            format!("The name shown for the account was changed from \"{was}\" to \"{new}\""),
            format!("アカウントの表示名が「{was}」から「{new}」に変更されました"),
        )
        .detail("old name", old.clone())
        .detail("new name", new.clone())
        .detail("changed", changed.join("; "))
        .detail("done to people at once", exam.job(row).map(|people| people.to_string()).unwrap_or_default())
        .also(copies.iter().copied())
        .done()
}

fn weigh(exam: &Exam<'_>, row: &Row<'_>, (old, new): (&str, &str), speaks: bool) -> Weight {
    let total = exam.points(row);
    // Synchronisation only carries over what somebody wrote in the directory at home, which none of these logs tells.
    // Among many that are renamed at once, one that speaks for itself is worth a question.
    if row.class == ActorClass::Sync || exam.job(row).is_some() {
        return if speaks { Weight::Weak } else { Weight::Explained };
    }
    if speaks || exam.is_unusual(row) {
        return Weight::Strong;
    }
    let (before, after) = (directory::name_words(old), directory::name_words(new));
    let same_words = !before.is_empty() && before == after;
    // "(External)", "/ Sales": the old name whole, with something behind it, by somebody who administers names.
    let suffixed = !before.is_empty() && before.is_subset(&after) && row.class == ActorClass::Admin;
    let provisioned = row.class == ActorClass::App && !acts::follows_attacker(exam, row);
    if total < 0 || total == 0 && (same_words || suffixed || provisioned) { Weight::Explained } else { Weight::Weak }
}

/// What makes a new name malicious on its face, as terms.
fn speaks_for_itself(exam: &Exam<'_>, old: &str, new: &str) -> Vec<Term> {
    let mut own = directory::name_words(old);
    for name in exam.subject.names.iter().filter_map(|name| name.split_once('@')) {
        own.extend(directory::name_words(name.0));
    }
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

/// The name the account was last seen under before the event.
fn known_name(exam: &Exam<'_>, event: &Event) -> Option<String> {
    let mut before =
        exam.rows.iter().rev().filter(|row| row.event.datetime < event.datetime && row.class == ActorClass::Own);
    before.find_map(|row| row.event.user_full_name.as_deref()).map(str::to_owned)
}

fn relisted(exam: &Exam<'_>, row: &Row<'_>, copies: &[&Row<'_>], listing: &[Property]) -> Finding {
    let total = exam.points(row);
    let weight = match (total, row.class) {
        _ if exam.is_unusual(row) => Weight::Strong,
        (..=0, class) if class != ActorClass::Own || total < 0 => Weight::Explained,
        _ => Weight::Weak,
    };
    let changed: Vec<String> = listing.iter().map(Property::told).collect();
    Draft::new(&CHECK.meta, exam, row)
        .weight(weight)
        .headline(
            "The account was hidden from the address list, or got another address in it",
            "アカウントがアドレス一覧で非表示にされたか、一覧のアドレスが変更されました",
        )
        .detail("changed", changed.join("; "))
        .also(copies.iter().copied())
        .done()
}

/// Two names of the account in time order in the same kind of record, without a record of the change.
fn seen_under_another_name(exam: &Exam<'_>) -> Option<Finding> {
    let recorded: BTreeSet<BTreeSet<String>> = exam
        .rows
        .iter()
        .filter(|row| directory::is_person_change(row.event) && !row.failed())
        .flat_map(|row| directory::profile(row.event))
        .filter(|property| is_shown_name(&property.name))
        .map(|property| directory::name_words(&property.new))
        .collect();
    let mut last: Vec<(&Row<'_>, BTreeSet<String>)> = Vec::new();
    for row in exam.rows.iter().filter(|row| row.class == ActorClass::Own) {
        let Some(name) = row.event.user_full_name.as_deref() else { continue };
        let words = directory::name_words(name);
        let source = (row.event.evidence_source, row.event.record_type);
        let Some(slot) =
            last.iter_mut().find(|(seen, _)| (seen.event.evidence_source, seen.event.record_type) == source)
        else {
            last.push((row, words));
            continue;
        };
        if row.in_window && slot.1 != words && !words.is_empty() && !recorded.contains(&words) {
            return Some(inferred(exam, slot.0, row));
        }
        *slot = (row, words);
    }
    None
}

fn inferred(exam: &Exam<'_>, before: &Row<'_>, after: &Row<'_>) -> Finding {
    let name = |row: &Row<'_>| row.event.user_full_name.as_deref().unwrap_or_default().to_owned();
    let between = format!("{} and {}", format_time(before.event.datetime), format_time(after.event.datetime));
    Draft::new(&CHECK.meta, exam, after)
        .fact(Fact::Inferred)
        .headline(
            format!("The account is seen under another name, \"{}\", without a record of the change", name(after)),
            format!("変更の記録がないまま、アカウントが別の名前「{}」で記録されています", name(after)),
        )
        .detail("old name", name(before))
        .detail("new name", name(after))
        .detail("changed between", between)
        .also([before])
        .done()
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
