//! Roles: the account gained power over the organisation, or gave it to somebody.

use crate::analyze::exam::{Exam, Row};
use crate::analyze::people::actor::ActorClass;
use crate::analyze::settings::roles;
use crate::analyze::shown::coverage::GateId;
use crate::analyze::{Check, Meta, acts};
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
    acts::happenings(rows, acts::ONE_GO, |row| {
        format!("{} {} {}", acts::actor(row.event), role(row), to_whom(row)).to_lowercase()
    })
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

/// Whether the account itself gave the same person the same role before the window.
fn is_habit(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    let is_same = |before: &&Row<'_>| {
        !before.failed()
            && before.event.action().eq_ignore_ascii_case(row.event.action())
            && acts::actor(before.event) == acts::actor(row.event)
            && to_whom(before).eq_ignore_ascii_case(&to_whom(row))
            && role(before).eq_ignore_ascii_case(&role(row))
    };
    let before = exam.rows.iter().take_while(|before| before.event.datetime < exam.window.from);
    row.class == ActorClass::Own && before.filter(|before| before.parts.actor).any(|before| is_same(&before))
}

fn finding(exam: &Exam<'_>, rows: &[&Row<'_>]) -> Option<Finding> {
    let (row, weight) = acts::heaviest(exam, rows, Weight::Weak)?;
    let near = row.class == ActorClass::Own && weight == Weight::Weak && acts::follows_attacker(exam, row);
    // A role that is taken up for the day's work was taken up before.
    let job = weight == Weight::Weak && !near && rows.iter().all(|row| is_habit(exam, row));
    let weight = match (near, job) {
        (true, _) => Weight::Strong,
        (_, true) => Weight::Explained,
        _ => weight,
    };
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
