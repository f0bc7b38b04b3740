//! The second factor was taken away from the account, or the organisation's rules about it were changed.

use crate::analyze::coverage::GateId;
use crate::analyze::credentials::{self, Act};
use crate::analyze::exam::{Exam, Row};
use crate::analyze::{Check, Meta, acts, directory, is_housekeeping};
use crate::finding::{Finding, Severity, Weight};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "mfa-weakened",
        title: "Second factor taken away or its rules changed",
        gates: &[&[GateId::G6], &[GateId::G6Entra]],
        adds: &[GateId::G7],
        never_not_seen: None,
        severity: Severity::High,
        attack: &["T1556.006", "T1556.009", "T1562", "T1685"],
        page: include_str!("../../../docs/symptoms/mfa-weakened.md"),
    },
    examine,
};

/// Changes of the organisation's rules, by the beginning of the activity's name.
const POLICIES: [&str; 8] = [
    "update conditional access policy",
    "delete conditional access policy",
    "add named location",
    "update named location",
    "delete named location",
    "update security defaults",
    "set company mfa settings",
    "update authentication methods policy",
];

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let rows = exam.window_rows().filter(|row| !row.failed() && !is_housekeeping(row.class) && what(row).is_some());
    acts::by_actor(rows).iter().filter_map(|rows| finding(exam, rows)).collect()
}

/// What was weakened.
fn what(row: &Row<'_>) -> Option<String> {
    let action = row.event.action().to_lowercase();
    if directory::is_directory(row.event) && POLICIES.iter().any(|policy| action.starts_with(policy)) {
        return Some(format!("{} {}", row.event.action(), acts::object_name(row.event)).trim().to_owned());
    }
    match credentials::act(row) {
        Some(Act::Methods(change)) if change.weakened => Some("multifactor authentication switched off".to_owned()),
        Some(Act::Methods(change)) if !change.removed.is_empty() && change.added.is_empty() => {
            Some(format!("removed: {}", change.removed.join("; ")))
        }
        _ => None,
    }
}

fn finding(exam: &Exam<'_>, rows: &[&Row<'_>]) -> Option<Finding> {
    let first = rows.first()?;
    let told = what(first)?;
    let about = first.parts.any();
    let (_, weight) = acts::heaviest(exam, rows, Weight::Weak)?;
    let draft = acts::draft(&CHECK.meta, exam, rows, weight)?
        .headline(
            format!("Multifactor protection was weakened: {told}"),
            format!("多要素認証の保護が弱められた：{}", credentials::in_japanese(&told)),
        )
        .detail("what", told)
        .detail("reach", if about { "" } else { "the whole organisation, by somebody else" });
    Some(draft.done())
}
