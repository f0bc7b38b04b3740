//! Mail, sync and backup applications that intruders like, used for the first time.

use std::collections::BTreeMap;

use crate::analyze::coverage::GateId;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::{Check, Meta, acts, is_housekeeping, logins};
use crate::finding::{Finding, Severity, Weight};
use crate::knowledge::apps;
use crate::timeline::format_time;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "abused-apps",
        title: "Applications that intruders like",
        gates: &[&[GateId::G7], &[GateId::G7n]],
        adds: &[GateId::G4, GateId::G6],
        never_not_seen: None,
        severity: Severity::High,
        attack: &["T1114.002", "T1528"],
        page: include_str!("../../../docs/symptoms/abused-apps.md"),
    },
    examine,
};

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let mut apps: BTreeMap<&'static str, Vec<&Row<'_>>> = BTreeMap::new();
    let acts = exam.rows.iter().filter(|row| row.parts.any() && !row.failed() && !is_housekeeping(row.class));
    for row in acts {
        if let Some(name) = name(row) {
            apps.entry(name).or_default().push(row);
        }
    }
    apps.iter().filter_map(|(name, rows)| finding(exam, name, rows)).collect()
}

/// The application's name, where it is on the list.
fn name(row: &Row<'_>) -> Option<&'static str> {
    let ids = [&row.event.app_id, &row.event.client_app_id];
    ids.into_iter().flatten().find_map(|id| apps::worth_a_look(id))
}

fn finding(exam: &Exam<'_>, name: &str, rows: &[&Row<'_>]) -> Option<Finding> {
    let inside: Vec<&Row<'_>> = rows.iter().copied().filter(|row| row.in_window).collect();
    let before = rows.iter().find(|row| row.event.datetime < exam.window.from);
    let attackers = inside.iter().any(|row| acts::is_attackers(exam, row));
    let (_, weight) = acts::heaviest(exam, &inside, Weight::Weak)?;
    let weight = if before.is_some() && !attackers { Weight::Explained } else { weight };
    let addresses = inside.iter().filter_map(|row| row.event.source_ip.as_deref());
    let draft = acts::draft(&CHECK.meta, exam, &inside, weight)?
        .headline(
            format!("The application {name}, which intruders like, was used on the account"),
            format!("侵入者がよく使うアプリケーション {name} がこのアカウントで使用された"),
        )
        .detail("application", name)
        .detail("addresses", logins::joined(addresses, 10))
        .detail("used before the window", before.map(|row| format_time(row.event.datetime)).unwrap_or_default());
    Some(draft.done())
}
