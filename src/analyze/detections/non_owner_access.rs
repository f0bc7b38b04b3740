//! Somebody else in this mailbox, or this account in many others: reads, deletions and mails by a non-owner.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use crate::analyze::actor::ActorClass;
use crate::analyze::coverage::GateId;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::{Check, Meta, acts};
use crate::finding::{Finding, Severity, Weight};
use crate::timeline::EvidenceSource;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "non-owner-access",
        title: "A mailbox used by somebody else",
        gates: &[&[GateId::G1], &[GateId::G3], &[GateId::G4]],
        adds: &[GateId::G12],
        never_not_seen: None,
        severity: Severity::High,
        attack: &["T1114.002", "T1213"],
        page: include_str!("../../../docs/symptoms/non-owner-access.md"),
    },
    examine,
};

const USES: [&str; 10] = [
    "MailItemsAccessed",
    "FolderBind",
    "MessageBind",
    "Send",
    "SendAs",
    "SendOnBehalf",
    "SoftDelete",
    "HardDelete",
    "MoveToDeletedItems",
    "Move",
];
/// Foreign mailboxes within the time that are more than a deputy's work.
const MAILBOXES: usize = 5;
const WITHIN: TimeDelta = TimeDelta::minutes(10);

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let mut findings = of_others(exam);
    findings.extend(in_others(exam));
    findings
}

fn is_use(row: &Row<'_>) -> bool {
    let mailbox =
        matches!(row.event.record_type, Some(2 | 3 | 50)) || row.event.evidence_source == EvidenceSource::MailboxAudit;
    mailbox && row.event.is(&USES) && !matches!(row.event.logon_type, Some(3 | 4))
}

/// Others in the account's mailbox, by actor and day.
fn of_others(exam: &Exam<'_>) -> Vec<Finding> {
    let foreign = |row: &&Row<'_>| {
        row.parts.mailbox
            && !matches!(row.class, ActorClass::Own)
            && is_use(row)
            && (row.event.logon_type != Some(0) || row.class == ActorClass::App)
    };
    // Who used the mailbox before the window has a reason, whatever it is.
    let before = exam.rows.iter().filter(|row| row.event.datetime < exam.window.from && foreign(row));
    let known: BTreeSet<String> = before.map(|row| acts::actor(row.event)).collect();
    let rows = exam.acts().filter(foreign);
    let groups = acts::happenings(rows, TimeDelta::hours(24), |row| acts::actor(row.event));
    let tell = |rows: &Vec<&Row<'_>>| -> Option<Finding> {
        let actor = acts::actor(rows.first()?.event);
        let (_, mut weight) = acts::heaviest(exam, rows, Weight::Weak)?;
        if known.contains(&actor) && !rows.iter().any(|row| acts::is_attackers(exam, row)) {
            weight = Weight::Explained;
        }
        let operations = operations(rows);
        let draft = acts::draft(&CHECK.meta, exam, rows, weight)?
            .headline(
                format!("{actor} used the mailbox, which is not the actor's own ({operations})"),
                format!("{actor} が自分のものではないこのメールボックスを使用（{operations}）"),
            )
            .detail("operations", operations)
            .detail(
                "before the window",
                if known.contains(&actor) { "the same actor used this mailbox before" } else { "" },
            );
        Some(draft.done())
    };
    groups.iter().filter_map(tell).collect()
}

/// The account in others' mailboxes: any in the attacker's hand, many within minutes in anybody's.
fn in_others(exam: &Exam<'_>) -> Vec<Finding> {
    let rows = exam.acts().filter(|row| {
        row.class == ActorClass::Own && is_use(row) && !row.parts.mailbox && row.event.mailbox_upn.is_some()
    });
    let groups = acts::happenings(rows, acts::ONE_GO, |row| acts::actor(row.event));
    let tell = |rows: &Vec<&Row<'_>>| -> Option<Finding> {
        let mailboxes: BTreeSet<&str> = rows.iter().filter_map(|row| row.event.mailbox_upn.as_deref()).collect();
        let (_, weight) = acts::heaviest(exam, rows, Weight::Weak)?;
        let attackers = rows.iter().any(|row| acts::is_attackers(exam, row));
        if !attackers && most_within(rows) < MAILBOXES {
            return None;
        }
        let names = mailboxes.iter().copied().collect::<Vec<_>>().join(", ");
        let draft = acts::draft(&CHECK.meta, exam, rows, weight)?
            .headline(
                format!("The account used {} mailboxes that are not its own", mailboxes.len()),
                format!("アカウントが自分のものではないメールボックス {} 個を使用", mailboxes.len()),
            )
            .detail("mailboxes", names)
            .detail("operations", operations(rows));
        Some(draft.done())
    };
    groups.iter().filter_map(tell).collect()
}

/// The most mailboxes that were used within the time.
fn most_within(rows: &[&Row<'_>]) -> usize {
    let near = |first: &Row<'_>| {
        let inside = rows.iter().filter(|row| {
            let after = row.event.datetime - first.event.datetime;
            TimeDelta::zero() <= after && after <= WITHIN
        });
        inside.filter_map(|row| row.event.mailbox_upn.as_deref()).collect::<BTreeSet<_>>().len()
    };
    rows.iter().map(|row| near(row)).max().unwrap_or(0)
}

fn operations(rows: &[&Row<'_>]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows {
        *counts.entry(row.event.action()).or_default() += 1;
    }
    counts.iter().map(|(name, count)| format!("{name} ×{count}")).collect::<Vec<_>>().join(", ")
}
