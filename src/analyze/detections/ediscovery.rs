//! Content searches and eDiscovery cases: the organisation's own tool for reading everybody's mail, in wrong hands.

use chrono::TimeDelta;

use crate::analyze::exam::{Exam, Row};
use crate::analyze::people::actor::ActorClass;
use crate::analyze::settings::list_changes::ListChange;
use crate::analyze::settings::mailbox;
use crate::analyze::shown::coverage::GateId;
use crate::analyze::{Check, Meta, acts, is_housekeeping};
use crate::finding::{Finding, Severity, Weight};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "ediscovery",
        title: "Content searches and exports",
        gates: &[&[GateId::G1], &[GateId::G2], &[GateId::G2Other], &[GateId::G3]],
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

/// What the groups are called whose members may search everybody's mail.
const GROUPS: [&str; 4] = ["ediscovery", "e-discovery", "discovery management", "organization management"];
const DAY: TimeDelta = TimeDelta::hours(24);

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    // Whose mailbox was searched stands in the search's places or its query only.
    let named = |row: &Row<'_>| row.parts.any() || acts::names_account(exam, row);
    let rows = exam
        .window_rows()
        .filter(|row| !is_housekeeping(row.class) && !row.failed() && counts(exam, row) && named(row));
    acts::happenings(rows, DAY, |row| acts::actor(row.event)).iter().filter_map(|rows| finding(exam, rows)).collect()
}

/// Whether it is a search; in the attacker's hand also whatever else is done in a case: a look at mails found, a hold,
/// a report.
fn counts(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    is_search(row) || is_of_discovery(row) && acts::is_attackers(exam, row)
}

fn is_of_discovery(row: &Row<'_>) -> bool {
    matches!(row.event.record_type, Some(24 | 31))
}

fn is_search(row: &Row<'_>) -> bool {
    let discovery = || {
        let action = row.event.action().to_lowercase();
        is_of_discovery(row) && OPERATIONS.iter().any(|operation| action.starts_with(operation))
    };
    row.event.is(&CMDLETS) || discovery()
}

fn finding(exam: &Exam<'_>, rows: &[&Row<'_>]) -> Option<Finding> {
    let (row, weight) = acts::heaviest(exam, rows, Weight::Weak)?;
    // Somebody else's search of this mailbox is what an investigation does, ours perhaps.
    let others = rows.iter().all(|row| row.class != ActorClass::Own);
    let entitled = entitled(exam, rows);
    let weight = if others && weight == Weight::Weak && entitled.is_none() { Weight::Explained } else { weight };
    let explanation = match entitled {
        Some(_) => "by somebody who was given the right to search within the 24 hours before",
        None if others => "by somebody else: perhaps the investigation itself",
        None => "",
    };
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
        .detail("explanation", explanation);
    Some(draft.also(entitled).done())
}

/// The record by which the one who searches was given the right to it, on the day before: who is made a manager of
/// searches only now is none of the staff that searches all the time.
fn entitled<'x>(exam: &'x Exam<'_>, rows: &[&Row<'_>]) -> Option<&'x Row<'x>> {
    let first = rows.first()?;
    let searcher = acts::actor(first.event);
    let alias = searcher.split('@').next().unwrap_or_default();
    let is_searcher = |members: &str| {
        let members = ListChange::of(members).added.into_iter();
        let mut members = members.map(|member| mailbox::last(member.trim()).to_lowercase());
        !alias.is_empty() && members.any(|member| member == searcher || member == alias)
    };
    let gives = |row: &&Row<'_>| {
        let group = row.param("Identity").unwrap_or_default().to_lowercase();
        !row.failed()
            && row.event.is(&["Add-RoleGroupMember", "Update-RoleGroupMember", "Add-eDiscoveryCaseAdmin"])
            && (group.is_empty() || GROUPS.iter().any(|name| group.contains(name)))
            && ["Member", "Members", "User"]
                .iter()
                .filter_map(|name| row.param(name))
                .any(|member| is_searcher(&member))
    };
    exam.near(first.event.datetime, DAY).iter().filter(|row| row.event.datetime <= first.event.datetime).find(gives)
}
