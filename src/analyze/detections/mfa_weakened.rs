//! The second factor was taken away from the account, or the organisation's rules about it were changed.

use crate::analyze::coverage::GateId;
use crate::analyze::credentials::{self, Act};
use crate::analyze::exam::{Exam, Row};
use crate::analyze::{Check, Meta, acts, directory, is_housekeeping};
use crate::finding::{Finding, Severity, Weight};
use crate::timeline::{details, json};

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
    let counts = |row: &Row<'_>| what(row).is_some() && !switches_on(row);
    let rows = exam.window_rows().filter(|row| !row.failed() && !is_housekeeping(row.class) && counts(row));
    acts::by_actor(rows).iter().filter_map(|rows| finding(exam, rows)).collect()
}

fn is_policy(row: &Row<'_>) -> bool {
    let action = row.event.action().to_lowercase();
    directory::is_directory(row.event) && POLICIES.iter().any(|policy| action.starts_with(policy))
}

/// What a policy's new text says of a switch in it, and what the old one said.
fn switched(row: &Row<'_>, name: &str) -> (Option<String>, Option<String>) {
    let read = |text: Option<&str>| {
        let policy: serde_json::Value = serde_json::from_str(&details::plain(text)).ok()?;
        json::text(&policy, name).map(|value| value.to_lowercase())
    };
    let changes = details::changes(row.event);
    let mut values = changes.iter().map(|change| (read(change.old.as_deref()), read(change.new.as_deref())));
    values.find(|(old, new)| old.is_some() || new.is_some()).unwrap_or_default()
}

/// Whether the organisation's security defaults are switched on.
fn switches_on(row: &Row<'_>) -> bool {
    let (old, new) = switched(row, "isEnabled");
    row.event.is(&["Update security defaults"]) && old.as_deref() != Some("true") && new.as_deref() == Some("true")
}

/// Whether the policy goes, or is on no longer.
fn takes_away(row: &Row<'_>) -> bool {
    let off = |name: &str, on: &str| {
        let (old, new) = switched(row, name);
        old != new && new.is_some_and(|new| new != on)
    };
    row.event.action().to_lowercase().starts_with("delete ") || off("state", "enabled") || off("isEnabled", "true")
}

/// What was weakened.
fn what(row: &Row<'_>) -> Option<String> {
    if is_policy(row) {
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
    let mut whats: Vec<String> = rows.iter().filter_map(|row| what(row)).collect();
    whats.dedup();
    let told = whats.join("; ");
    let shown = whats.iter().map(|what| credentials::in_japanese(what)).collect::<Vec<_>>().join("; ");
    // A rule that is changed is not always changed for the worse.
    let weakened = rows.iter().any(|row| !is_policy(row) || takes_away(row));
    let (en, ja) = match weakened {
        true => ("Multifactor protection was weakened", "多要素認証の保護が弱められた"),
        false => ("The rules about multifactor authentication were changed", "多要素認証に関する規則が変更された"),
    };
    let about = first.parts.any();
    let (_, weight) = acts::heaviest(exam, rows, Weight::Weak)?;
    let draft = acts::draft(&CHECK.meta, exam, rows, weight)?
        .headline(format!("{en}: {told}"), format!("{ja}：{shown}"))
        .detail("what", told)
        .detail("reach", if about { "" } else { "the whole organisation, by somebody else" });
    Some(draft.done())
}
