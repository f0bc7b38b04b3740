//! S07: name, telephone, postal code or another part of the profile was changed; the ways to recover the account weigh most.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use crate::analyze::draft::Draft;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::people::actor::ActorClass;
use crate::analyze::settings::directory::{self, Kind, Property};
use crate::analyze::settings::renaming::{Renaming, is_shown_name};
use crate::analyze::settings::restored::Replaced;
use crate::analyze::shown::coverage::GateId;
use crate::analyze::{Check, Meta, acts};
use crate::finding::{Finding, Severity, Term, Weight};
use crate::knowledge::phones;
use crate::untrusted::Untrusted;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 7,
        id: "profile-change",
        title: "Unusual profile changes (name, telephone, postal code)",
        // Security info is in the Entra audit alone: without it a new way to recover the account may be unseen.
        gates: &[&[GateId::G1], &[GateId::G2], &[GateId::G3], &[GateId::G5], &[GateId::G6], &[GateId::G6Entra]],
        adds: &[GateId::G7],
        never_not_seen: None,
        severity: Severity::Medium,
        attack: &["T1098"],
        page: include_str!("../../../docs/symptoms/profile-change.md"),
    },
    examine,
};

/// Security info in the Entra audit: contact data by which the account is recovered.
const SECURITY_INFO: [&str; 6] = [
    "User registered security info",
    "Admin registered security info",
    "User updated security info",
    "Admin updated security info",
    "User changed default security info",
    "User registered all required security info",
];

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let changes: Vec<Changed<'_, '_>> = directory::person_changes(exam)
        .into_iter()
        .map(|(row, copies)| Changed { row, copies, properties: directory::profile(row.event) })
        .filter(|changed| !changed.properties.is_empty())
        .collect();
    let replaced = Replaced::by(exam, |row| exam.is_attackers_hand(row));
    let told = |changed: &Changed<'_, '_>| {
        let answers = replaced.is_answer(changed.row, &changed.properties);
        told(exam, changed, (&changes, answers))
    };
    let mut findings: Vec<Finding> = changes.iter().map(told).collect();
    let info = exam.acts().filter(|row| row.parts.target && row.event.is(&SECURITY_INFO));
    findings.extend(info.map(|row| security_info(exam, row)));
    findings
}

/// Those that add a means of sign-in.
const REGISTERED: [&str; 3] =
    ["User registered security info", "Admin registered security info", "User registered all required security info"];

/// One change of the profile.
struct Changed<'e, 'a> {
    row: &'e Row<'a>,
    copies: Vec<&'e Row<'a>>,
    properties: Vec<Property>,
}

impl Changed<'_, '_> {
    fn contacts(&self) -> BTreeSet<String> {
        let contact = self.properties.iter().filter(|property| property.kind == Some(Kind::Contact));
        contact.map(|property| property.name.to_lowercase()).collect()
    }
}

fn told(exam: &Exam<'_>, changed: &Changed<'_, '_>, (all, answers): (&[Changed<'_, '_>], bool)) -> Finding {
    let row = changed.row;
    let kinds: BTreeSet<Kind> = changed.properties.iter().filter_map(|property| property.kind).collect();
    let foreign = foreign_number(exam, changed);
    let weight = match answers {
        true => Weight::Explained,
        false => weigh(exam, changed, all, foreign.is_some()),
    };
    let recovery = kinds.contains(&Kind::Contact) || kinds.contains(&Kind::Identity);
    let sign_in_contact = changed.properties.iter().any(|property| property.name.starts_with("StrongAuth"));
    let names: Vec<&str> = changed.properties.iter().map(|property| property.name.as_str()).collect();
    let values: Vec<String> = changed.properties.iter().map(Property::told).collect();
    let words: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
    let attack: &[&str] = if sign_in_contact { &["T1098", "T1098.005", "T1556.006"] } else { CHECK.meta.attack };
    let draft = Draft::new(&CHECK.meta, exam, row)
        .weight(weight)
        .terms(foreign.map(|why| Term { points: 3, why: Untrusted::new(why) }))
        .attack(attack)
        .headline(
            format!("Profile changed: {}", names.join(", ")),
            format!("プロファイルが変更された: {}", names.join(", ")),
        )
        .detail("changed", values.join("; "))
        .detail("kind", words.join(", "))
        .detail("done to people at once", exam.job(row).map(|people| people.to_string()).unwrap_or_default())
        .also(changed.copies.iter().copied());
    if recovery { draft.severity(Severity::High).done() } else { draft.done() }
}

fn weigh(exam: &Exam<'_>, changed: &Changed<'_, '_>, all: &[Changed<'_, '_>], foreign: bool) -> Weight {
    let row = changed.row;
    let total = exam.points(row);
    if exam.is_unusual(row) {
        return Weight::Strong;
    }
    // That many got a new number explains no number of a country where nobody here is.
    if exam.job(row).is_some() {
        return if foreign { Weight::Weak } else { Weight::Explained };
    }
    let own = row.class == ActorClass::Own;
    // A usual address or device speaks for the owner, who may well move abroad: still worth a question.
    if total < 0 {
        return if foreign { Weight::Weak } else { Weight::Explained };
    }
    if total == 0 && is_correction(exam, changed) {
        return Weight::Explained;
    }
    if own && (foreign || several_contacts(exam, changed, all)) {
        return Weight::Strong;
    }
    if is_new_account(exam, row) {
        return Weight::Explained;
    }
    // Department and title are an administrator's daily work, and nothing an intruder could recover the account with.
    let away = exam.habits().is_away(exam, row);
    let routine = |property: &Property| property.kind == Some(Kind::Work) && !away;
    if row.class == ActorClass::Admin && total == 0 && changed.properties.iter().all(routine) {
        return Weight::Explained;
    }
    // A program of personnel or provisioning; not where the attacker was just there, or the number is a stranger's.
    let provisioned = row.class == ActorClass::App && total == 0 && !foreign && !away;
    let provisioned = provisioned && !acts::follows_attacker(exam, row);
    if provisioned { Weight::Explained } else { Weight::Weak }
}

/// Whether nothing was changed but how a name or a telephone number is written.
fn is_correction(exam: &Exam<'_>, changed: &Changed<'_, '_>) -> bool {
    let row = changed.row;
    let name = Renaming::of(exam, row, &changed.properties);
    let name = name.is_none_or(|name| name.is_correction(row));
    let number = |property: &Property| {
        property.kind == Some(Kind::Contact)
            && property.old.as_deref().is_some_and(|old| phones::is_same(old, &property.new))
    };
    changed.properties.iter().all(|property| if is_shown_name(&property.name) { name } else { number(property) })
}

/// Whether the account was made less than a week before: its profile is being filled in.
fn is_new_account(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    let made = exam.rows.iter().filter(|other| other.parts.target && !other.failed() && other.event.is(&["Add user"]));
    made.map(|other| row.event.datetime - other.event.datetime)
        .any(|age| TimeDelta::zero() <= age && age < TimeDelta::days(7))
}

/// Whether two or more contact fields were changed in one session of the account. Directory records name no session:
/// there one record counts as one, and only where the attacker was active within the day.
fn several_contacts(exam: &Exam<'_>, changed: &Changed<'_, '_>, all: &[Changed<'_, '_>]) -> bool {
    let mut fields = changed.contacts();
    let Some(session) = changed.row.event.session() else {
        return fields.len() >= 2 && exam.weigh(changed.row).tells();
    };
    if fields.is_empty() {
        return false;
    }
    for other in all.iter().filter(|other| other.row.event.session() == Some(session)) {
        fields.extend(other.contacts());
    }
    fields.len() >= 2
}

/// A new number with the code of a country that neither the old numbers nor the baseline know.
fn foreign_number(exam: &Exam<'_>, changed: &Changed<'_, '_>) -> Option<String> {
    let contacts = || changed.properties.iter().filter(|property| property.kind == Some(Kind::Contact));
    let olds: BTreeSet<&str> =
        contacts().filter_map(|property| property.old.as_deref()).flat_map(phones::countries).copied().collect();
    contacts().find_map(|property| {
        let countries = phones::countries(&property.new);
        let first = countries.first()?;
        let known = countries
            .iter()
            .any(|country| exam.baseline.knows_country(country) == Some(true) || olds.contains(country));
        // Nothing to compare with: no old number and no country in the baseline.
        let comparable = !olds.is_empty() || exam.baseline.knows_country(first).is_some();
        (comparable && !known).then(|| {
            format!(
                "{} has the calling code of {}, a country not known for this account",
                property.new,
                countries.join("/")
            )
        })
    })
}

/// Security info registered, as only the Entra audit tells it.
fn security_info(exam: &Exam<'_>, row: &Row<'_>) -> Finding {
    let total = exam.points(row);
    let registers = row.event.is(&REGISTERED);
    let weight = match total {
        _ if exam.is_unusual(row) => Weight::Strong,
        // As it weighs among the changes of credentials.
        2.. if registers && acts::follows_attacker(exam, row) => Weight::Strong,
        ..0 => Weight::Explained,
        // Whoever starts to work there has to.
        0 if is_new_account(exam, row) => Weight::Explained,
        _ if row.class == ActorClass::Admin && total == 0 && !exam.habits().is_away(exam, row) => Weight::Explained,
        _ => Weight::Weak,
    };
    Draft::new(&CHECK.meta, exam, row)
        .weight(weight)
        .severity(Severity::High)
        .attack(&["T1098.005", "T1556.006"])
        .headline(
            format!("Security info of the account: {}", row.event.action()),
            format!("セキュリティ情報の変更: {}", row.event.action()),
        )
        .detail("reason", row.event.status_reason.as_deref().unwrap_or_default())
        .done()
}
