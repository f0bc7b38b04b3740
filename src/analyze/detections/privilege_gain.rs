//! Roles: the account gained power over the organisation, or gave it to somebody.

use crate::analyze::actor::ActorClass;
use crate::analyze::coverage::GateId;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::{Check, Meta, acts, roles};
use crate::finding::{Finding, Severity, Weight};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "privilege-gain",
        title: "Roles gained or given",
        gates: &[&[GateId::G6], &[GateId::G1, GateId::G6Entra], &[GateId::G3, GateId::G6Entra]],
        adds: &[GateId::G5, GateId::G6Entra],
        never_not_seen: None,
        severity: Severity::High,
        attack: &["T1098.003"],
        page: include_str!("../../../docs/symptoms/privilege-gain.md"),
    },
    examine,
};

/// What else gives power over the organisation, or is the way to it.
const ACTIVITIES: [&str; 2] = ["Add member to role requested (PIM activation)", "New-ManagementRole"];

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let gains = |row: &Row<'_>| roles::is_given(row.event) || row.event.is(&ACTIVITIES);
    let rows = exam.acts().filter(|row| gains(row) && (row.parts.actor || row.parts.target));
    acts::happenings(rows, acts::ONE_GO, |row| format!("{} {}", acts::actor(row.event), role(row)))
        .iter()
        .filter_map(|rows| finding(exam, rows))
        .collect()
}

/// Whom a cmdlet put into the group or gave the role; a directory record names the person as its target.
fn to_whom(row: &Row<'_>) -> String {
    let given = || ["Members", "Member", "User"].iter().find_map(|name| row.param(name).filter(|who| !who.is_empty()));
    let target = || row.event.target_upn.as_deref().or(row.event.target_raw.as_deref()).map(str::to_owned);
    given().or_else(target).unwrap_or_default()
}

fn role(row: &Row<'_>) -> String {
    let directory = acts::changed(row.event, "Role.DisplayName").filter(|name| !name.is_empty());
    directory
        .or_else(|| row.param("Roles").or_else(|| row.param("Role")).filter(|name| !name.is_empty()))
        .or_else(|| row.param("Identity"))
        .unwrap_or_else(|| acts::object_name(row.event))
}

fn finding(exam: &Exam<'_>, rows: &[&Row<'_>]) -> Option<Finding> {
    let (row, weight) = acts::heaviest(exam, rows, Weight::Weak)?;
    let near = row.class == ActorClass::Own && weight == Weight::Weak && acts::follows_attacker(exam, row);
    let weight = if near { Weight::Strong } else { weight };
    let (role, gained) = (role(row), row.parts.target && !row.parts.actor);
    let to = to_whom(row);
    let (en, ja) = if gained {
        (format!("The account was given the role {role}"), format!("アカウントにロール {role} が付与された"))
    } else {
        (format!("The account gave the role {role} to {to}"), format!("アカウントが {to} にロール {role} を付与した"))
    };
    let reads_all = role.to_lowercase().contains("impersonation") || role.to_lowercase().contains("ediscovery");
    let draft = acts::draft(&CHECK.meta, exam, rows, weight)?
        .headline(en, ja)
        .detail("role", role)
        .detail("given to", to)
        .detail("means", if reads_all { "this role opens other people's mailboxes" } else { "" })
        .detail("when", if near { "within an hour after the attacker was active" } else { "" });
    Some(draft.done())
}
