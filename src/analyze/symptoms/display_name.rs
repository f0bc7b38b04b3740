//! S04: the name that colleagues see in the address list was changed, to pass for somebody else.

use std::collections::BTreeSet;

use crate::analyze::draft::Draft;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::people::actor::ActorClass;
use crate::analyze::settings::directory::{self, Property};
use crate::analyze::settings::renaming::{Renaming, is_shown_name};
use crate::analyze::settings::restored::Replaced;
use crate::analyze::shown::coverage::GateId;
use crate::analyze::{Check, Meta, acts};
use crate::finding::{Fact, Finding, Severity, Weight};
use crate::timeline::format_time;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 4,
        id: "display-name",
        title: "Display name changed in the global address list",
        gates: &[&[GateId::G1], &[GateId::G2], &[GateId::G3], &[GateId::G5], &[GateId::G6]],
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
    let replaced = Replaced::by(exam, |row| exam.is_attackers_hand(row));
    for (row, copies) in directory::person_changes(exam) {
        let properties = directory::profile(row.event);
        let renaming = Renaming::of(exam, row, &properties);
        let is_renamed = renaming.is_some();
        findings.extend(renaming.map(|renaming| {
            let answers = replaced.is_answer(row, &properties);
            renamed(exam, row, &copies, (renaming, &properties, answers))
        }));
        let in_directory = directory::is_directory(row.event);
        let is_listing = |property: &Property| if in_directory { is_hiding(property) } else { is_listing(property) };
        let listing: Vec<Property> = directory::properties(row.event).into_iter().filter(is_listing).collect();
        if !is_renamed && !listing.is_empty() {
            findings.push(relisted(exam, row, &copies, &listing));
        }
    }
    findings.extend(seen_under_another_name(exam));
    findings
}

/// The directory's own word for the same; addresses change there with much else.
fn is_hiding(property: &Property) -> bool {
    property.name.eq_ignore_ascii_case("ShowInAddressList") && property.new.eq_ignore_ascii_case("false")
}

/// Changes that take the account out of the list or give it another address there.
fn is_listing(property: &Property) -> bool {
    match property.name.to_lowercase().as_str() {
        "hiddenfromaddresslistsenabled" => property.new.eq_ignore_ascii_case("true"),
        "primarysmtpaddress" | "windowsemailaddress" | "emailaddresses" => true,
        _ => false,
    }
}

fn renamed(
    exam: &Exam<'_>,
    row: &Row<'_>,
    copies: &[&Row<'_>],
    (renaming, properties, answers): (Renaming, &[Property], bool),
) -> Finding {
    // To what the name was set is not known: nothing that could be strong.
    let weight = if answers && renaming.terms.is_empty() { Weight::Explained } else { weigh(exam, row, &renaming) };
    let weight = if renaming.lost { weight.min(Weight::Weak) } else { weight };
    let names = properties.iter().filter(|property| is_shown_name(&property.name));
    let Renaming { old, new, terms, lost } = renaming;
    let was = if old.is_empty() { "?" } else { &old };
    let (en, ja) = match lost {
        true => (
            format!("{} was run on the name shown for the account; what it set is lost", row.event.action()),
            format!("表示名に対して {} が実行された（値はエクスポート時に失われた）", row.event.action()),
        ),
        false => (
            format!("The name shown for the account was changed from \"{was}\" to \"{new}\""),
            format!("アカウントの表示名が「{was}」から「{new}」に変更された"),
        ),
    };
    let changed: Vec<String> = names.map(Property::told).collect();
    Draft::new(&CHECK.meta, exam, row)
        .weight(weight)
        .on_its_face(!terms.is_empty())
        .terms(terms)
        .headline(en, ja)
        .fact(if lost { Fact::Inferred } else { Fact::Recorded })
        .detail("old name", old.clone())
        .detail("new name", new.clone())
        .detail("changed", changed.join("; "))
        .detail("done to people at once", exam.job(row).map(|people| people.to_string()).unwrap_or_default())
        .also(copies.iter().copied())
        .done()
}

fn weigh(exam: &Exam<'_>, row: &Row<'_>, renaming: &Renaming) -> Weight {
    let (total, speaks) = (exam.points(row), !renaming.terms.is_empty());
    // Synchronisation only carries over what somebody wrote in the directory at home, which none of these logs tells.
    // Among many that are renamed at once, one that speaks for itself is worth a question.
    if row.class == ActorClass::Sync || exam.job(row).is_some() {
        return if speaks { Weight::Weak } else { Weight::Explained };
    }
    if speaks || exam.is_unusual(row) {
        return Weight::Strong;
    }
    let provisioned = row.class == ActorClass::App && !acts::follows_attacker(exam, row);
    let away = exam.habits().is_away(exam, row);
    if total < 0 || total == 0 && !away && (renaming.is_correction(row) || provisioned) {
        Weight::Explained
    } else {
        Weight::Weak
    }
}

fn relisted(exam: &Exam<'_>, row: &Row<'_>, copies: &[&Row<'_>], listing: &[Property]) -> Finding {
    let total = exam.points(row);
    let weight = match (total, row.class) {
        _ if exam.is_unusual(row) => Weight::Strong,
        (..=0, class) if (class != ActorClass::Own || total < 0) && !exam.habits().is_away(exam, row) => {
            Weight::Explained
        }
        _ => Weight::Weak,
    };
    let changed: Vec<String> = listing.iter().map(Property::told).collect();
    Draft::new(&CHECK.meta, exam, row)
        .weight(weight)
        .headline(
            "The account was hidden from the address list, or got another address in it",
            "アカウントがアドレス一覧で非表示にされたか、一覧のアドレスが変更された",
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
        // A sign-in that failed may show the sign-in name where the name would stand.
        if exam.subject.is(&name.trim().to_lowercase()) {
            continue;
        }
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
            format!("変更の記録がないまま、アカウントが別の名前「{}」で記録されている", name(after)),
        )
        .detail("old name", name(before))
        .detail("new name", name(after))
        .detail("changed between", between)
        .also([before])
        .done()
}
