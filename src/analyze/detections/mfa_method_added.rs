//! A means of sign-in was added for the account: by the attacker, or within the hour after the attacker was there.

use std::collections::BTreeSet;

use crate::analyze::exam::{Exam, Row};
use crate::analyze::settings::credentials::{self, Act};
use crate::analyze::shown::coverage::GateId;
use crate::analyze::{Check, Meta, acts};
use crate::finding::{Finding, Severity, Weight};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "mfa-method-added",
        title: "A means of sign-in was added",
        gates: &[&[GateId::G6], &[GateId::G6Entra]],
        adds: &[GateId::G7],
        never_not_seen: None,
        severity: Severity::Critical,
        attack: &["T1098.005", "T1556.006"],
        page: include_str!("../../../docs/symptoms/mfa-method-added.md"),
    },
    examine,
};

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let added = exam.acts().filter(|row| !additions(exam, row).is_empty());
    let groups = acts::happenings(added, acts::ONE_GO, |row| acts::actor(row.event));
    groups.iter().filter_map(|rows| finding(exam, rows)).collect()
}

/// What the record adds. A telephone that takes the place of another is no further means in its owner's hand, and a
/// new one in the attacker's.
fn additions(exam: &Exam<'_>, row: &Row<'_>) -> Vec<String> {
    match credentials::act(row) {
        Some(Act::Methods(change)) if is_attackers(exam, row) => change.ways_in().cloned().collect(),
        Some(Act::Methods(change)) => change.added,
        Some(Act::AppPasswordCreated) => vec!["application password".to_owned()],
        _ => Vec::new(),
    }
}

/// Whether the attacker did it, or a service wrote it down for the attacker.
fn is_attackers(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    acts::is_for_attacker(exam, row) || acts::weigh(exam, row, Weight::Weak) == Weight::Strong || is_near(exam, row)
}

/// Whether the account did it within the hour after the attacker was there, from nobody knows where: without an address
/// of its own, the hour says whose it was.
fn is_near(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    let unknown = || acts::weigh(exam, row, Weight::Weak) == Weight::Weak;
    row.parts.actor && acts::follows_attacker(exam, row) && unknown()
}

fn finding(exam: &Exam<'_>, rows: &[&Row<'_>]) -> Option<Finding> {
    let (row, mut weight) = acts::heaviest(exam, rows, Weight::Weak)?;
    let weak = |row: &Row<'_>| acts::weigh(exam, row, Weight::Weak) == Weight::Weak;
    let for_attacker = rows.iter().any(|row| acts::is_for_attacker(exam, row));
    let near = for_attacker || rows.iter().any(|row| acts::follows_attacker(exam, row) && weak(row));
    // Without an address of its own, the hour after the attacker was there says whose it was.
    if near && row.parts.actor || for_attacker {
        weight = Weight::Strong;
    } else if rows.iter().all(|row| acts::is_for_owner(exam, row)) {
        weight = weight.min(Weight::Explained);
    }
    let added: BTreeSet<String> = rows.iter().flat_map(|row| additions(exam, row)).collect();
    let in_japanese: Vec<String> = added.iter().map(|means| credentials::in_japanese(means)).collect();
    let added = added.into_iter().collect::<Vec<_>>().join("; ");
    let reasons: BTreeSet<&str> = rows.iter().filter_map(|row| row.event.status_reason.as_deref()).collect();
    let ends = rows.iter().filter_map(|row| acts::changed(row.event, "TemporaryAccessPass.EndDateTime"));
    let draft = acts::draft(&CHECK.meta, exam, rows, weight)?
        .headline(
            format!("A means of sign-in was added for the account: {added}"),
            format!("アカウントにサインイン手段が追加された：{}", in_japanese.join("、")),
        )
        .detail("added", added)
        // A pass for a while is registered under the same name as everything else.
        .detail("reason", reasons.into_iter().collect::<Vec<_>>().join("; "))
        .detail("until", ends.max().unwrap_or_default())
        .detail("when", if near { "within an hour after the attacker was active" } else { "" });
    Some(draft.done())
}
