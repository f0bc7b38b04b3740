//! Content searches and eDiscovery cases: the organisation's own tool for reading everybody's mail, in wrong hands.

use chrono::TimeDelta;

use crate::analyze::actor::ActorClass;
use crate::analyze::coverage::GateId;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::{Check, Meta, acts, is_housekeeping};
use crate::finding::{Finding, Severity, Weight};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "ediscovery",
        title: "Content searches and exports",
        gates: &[&[GateId::G1], &[GateId::G2], &[GateId::G3]],
        adds: &[GateId::G7],
        never_not_seen: None,
        severity: Severity::High,
        attack: &["T1114.002", "T1213"],
        page: include_str!("../../../docs/symptoms/ediscovery.md"),
    },
    examine,
};

const CMDLETS: [&str; 7] = [
    "New-ComplianceSearch",
    "Start-ComplianceSearch",
    "New-ComplianceSearchAction",
    "New-ComplianceCase",
    "New-MailboxSearch",
    "Start-MailboxSearch",
    "New-MailboxExportRequest",
];
/// Operations of the Discovery and AeD record types, by their beginning.
const OPERATIONS: [&str; 6] =
    ["searchcreated", "searchstarted", "searchexported", "searchexportdownloaded", "searchpreviewed", "searchpurged"];

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    // Whose mailbox was searched stands in the search's places or its query only.
    let named = |row: &Row<'_>| row.parts.any() || acts::names_account(exam, row);
    let rows =
        exam.window_rows().filter(|row| !is_housekeeping(row.class) && !row.failed() && is_search(row) && named(row));
    acts::happenings(rows, TimeDelta::hours(24), |row| acts::actor(row.event))
        .iter()
        .filter_map(|rows| finding(exam, rows))
        .collect()
}

fn is_search(row: &Row<'_>) -> bool {
    let discovery = || {
        let action = row.event.action().to_lowercase();
        matches!(row.event.record_type, Some(24 | 31))
            && OPERATIONS.iter().any(|operation| action.starts_with(operation))
    };
    row.event.is(&CMDLETS) || discovery()
}

fn finding(exam: &Exam<'_>, rows: &[&Row<'_>]) -> Option<Finding> {
    let (row, weight) = acts::heaviest(exam, rows, Weight::Weak)?;
    // Somebody else's search of this mailbox is what an investigation does, ours perhaps.
    let others = rows.iter().all(|row| row.class != ActorClass::Own);
    let weight = if others && weight == Weight::Weak { Weight::Explained } else { weight };
    let mut operations: Vec<&str> = rows.iter().map(|row| row.event.action()).collect();
    operations.dedup();
    let draft = acts::draft(&CHECK.meta, exam, rows, weight)?
        .headline(
            format!("Content of mailboxes was searched or exported ({})", operations.join(", ")),
            format!("メールボックスの内容が検索またはエクスポートされた（{}）", operations.join(", ")),
        )
        .detail(
            "what",
            acts::told_parameters(
                row.event,
                &["Name", "ExchangeLocation", "ContentMatchQuery", "SearchName", "Purge", "PurgeType", "Export"],
            ),
        )
        .detail("explanation", if others { "by somebody else: perhaps the investigation itself" } else { "" });
    Some(draft.done())
}
