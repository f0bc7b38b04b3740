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
const ACTIVITIES: [&str; 4] =
    ["Add member to role requested (PIM activation)", "Update-RoleGroupMember", "New-RoleGroup", "New-ManagementRole"];

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let gains = |row: &Row<'_>| roles::is_given(row.event) || row.event.is(&ACTIVITIES);
    let rows = exam.acts().filter(|row| gains(row) && (row.parts.actor || row.parts.target || names_us(exam, row)));
    acts::happenings(rows, acts::ONE_GO, |row| format!("{} {}", acts::actor(row.event), role(row)))
        .iter()
        .filter_map(|rows| finding(exam, rows))
        .collect()
}

/// Whether the members of a new role group name the account.
fn names_us(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    let members = ["Members", "Member", "User"].iter().filter_map(|name| row.param(name)).collect::<Vec<_>>().join(";");
    members.split([';', ',']).any(|member| exam.subject.is(&member.trim().to_lowercase()))
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
    let to = row.event.target_upn.as_deref().or(row.event.target_raw.as_deref()).unwrap_or_default().to_owned();
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
