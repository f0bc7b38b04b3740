//! Files shared with outsiders or with anybody who has the link, by the attacker's hand.

use std::collections::BTreeSet;

use crate::analyze::exam::{Exam, Row};
use crate::analyze::mail::mails;
use crate::analyze::people::hand;
use crate::analyze::shown::coverage::GateId;
use crate::analyze::{Check, Meta, acts};
use crate::finding::{Finding, Severity, Weight, counted};
use crate::timeline::{details, json};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "external-sharing",
        title: "Files shared with outsiders",
        gates: &[&[GateId::G1], &[GateId::G2Any], &[GateId::G13]],
        adds: &[GateId::G7],
        never_not_seen: None,
        severity: Severity::Medium,
        attack: &["T1537", "T1567"],
        page: include_str!("../../../docs/symptoms/external-sharing.md"),
    },
    examine,
};

const LINKS: [&str; 7] = [
    "AnonymousLinkCreated",
    "AnonymousLinkUpdated",
    "SecureLinkCreated",
    "AddedToSecureLink",
    "SharingInvitationCreated",
    "CompanyLinkCreated",
    "SharingSet",
];

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let shared = exam.acts().filter(|row| row.parts.actor && goes_out(exam, row));
    acts::happenings(shared, acts::ONE_GO, mails::sitting).iter().filter_map(|rows| finding(exam, rows)).collect()
}

/// Records that would be told of in the attacker's hand.
pub fn candidates(exam: &Exam<'_>) -> usize {
    exam.acts().filter(|row| row.parts.actor && goes_out(exam, row)).count()
}

/// Whether the sharing reaches somebody outside, or anybody.
fn goes_out(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    if !row.event.is(&LINKS) {
        return false;
    }
    if row.event.action().to_lowercase().starts_with("anonymous") {
        return true;
    }
    let object = details::object(row.event);
    let guest = json::text(&object, "TargetUserOrGroupType").is_some_and(|kind| kind.eq_ignore_ascii_case("Guest"));
    guest || to(row).is_some_and(|to| to.contains('@') && !exam.is_internal(&to))
}

fn to(row: &Row<'_>) -> Option<String> {
    let object = details::object(row.event);
    json::text(&object, "TargetUserOrGroupName").or_else(|| json::text(&object, "UserSharedWith"))
}

fn finding(exam: &Exam<'_>, rows: &[&Row<'_>]) -> Option<Finding> {
    let row = mails::leader(exam, rows)?;
    let weight = match (acts::is_attackers(exam, row), hand::hand(exam, row)) {
        (true, _) => Weight::Strong,
        (_, hand::Hand::Unusual) => Weight::Weak,
        // Sharing with customers is what the button is for.
        _ => return None,
    };
    let files: BTreeSet<&str> = rows.iter().filter_map(|row| row.event.target_raw.as_deref()).collect();
    let people: BTreeSet<String> = rows.iter().filter_map(|row| to(row)).collect();
    let draft = acts::draft(&CHECK.meta, exam, rows, weight)?
        .headline(
            format!("{} shared with outsiders", counted(files.len(), "file or folder was", "files or folders were")),
            format!("{} 個のファイルまたはフォルダーが外部と共有された", files.len()),
        )
        .detail("files", mails::listed(&files.into_iter().collect::<Vec<_>>(), 50))
        .detail("shared with", people.into_iter().collect::<Vec<_>>().join(", "));
    Some(draft.done())
}
