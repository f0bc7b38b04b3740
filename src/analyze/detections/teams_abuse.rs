//! Teams used as a mail system: chats with outsiders, links to many, and what Microsoft calls impersonation.

use crate::analyze::exam::{Exam, Row};
use crate::analyze::mail::mails;
use crate::analyze::shown::coverage::GateId;
use crate::analyze::{Check, Meta, acts};
use crate::finding::{Finding, Severity, Weight};
use crate::timeline::{details, json};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "teams-abuse",
        title: "Teams used to reach people",
        gates: &[&[GateId::G1], &[GateId::G2], &[GateId::G17]],
        adds: &[GateId::G7],
        never_not_seen: None,
        severity: Severity::Medium,
        attack: &["T1566.003", "T1684.001", "T1656"],
        page: include_str!("../../../docs/symptoms/teams-abuse.md"),
    },
    examine,
};

const CHATS: [&str; 5] =
    ["ChatCreated", "MessageSent", "MessageCreatedHasLink", "MemberAdded", "MeetingParticipantDetail"];
/// Somebody reported a message as a matter of security.
const CONCERN: i64 = 462;
/// What Microsoft says of it.
const TOLD: [&str; 2] = ["TeamsImpersonationDetected", "TeamsUserConcern"];

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    // What is set for the whole organisation is an administrator's work in anybody else's hand.
    let opens = |row: &Row<'_>| matches!(row.event.record_type, Some(57 | 230)) && acts::is_attackers(exam, row);
    let counts = |row: &Row<'_>| row.event.is(&CHATS) || is_told(row) || opens(row);
    let rows = exam.window_rows().filter(|row| row.parts.any() && !row.failed() && counts(row));
    acts::happenings(rows, acts::ONE_GO, mails::sitting).iter().filter_map(|rows| finding(exam, rows)).collect()
}

/// Records that would be told of in the attacker's hand.
pub fn candidates(exam: &Exam<'_>) -> usize {
    exam.window_rows().filter(|row| row.parts.any() && !row.failed() && row.event.is(&CHATS)).count()
}

/// Whether Microsoft or somebody in the organisation warns of it.
fn is_told(row: &Row<'_>) -> bool {
    row.event.is(&TOLD) || row.event.record_type == Some(CONCERN)
}

/// Whether it is talk among colleagues.
fn is_talk(row: &Row<'_>) -> bool {
    row.event.is(&["ChatCreated", "MessageSent", "MeetingParticipantDetail"]) && !with_outsiders(row)
}

fn with_outsiders(row: &Row<'_>) -> bool {
    let object = details::object(row.event);
    let info = json::get(&object, "ParticipantInfo");
    info.and_then(|info| json::text(info, "HasForeignTenantUsers")).and_then(|flag| json::boolean(&flag)) == Some(true)
}

fn finding(exam: &Exam<'_>, rows: &[&Row<'_>]) -> Option<Finding> {
    let told = rows.iter().find(|row| is_told(row));
    let leader = mails::leader(exam, rows)?;
    let attackers = acts::is_attackers(exam, leader);
    let weight = match (attackers, told) {
        (true, None) if rows.iter().all(|row| is_talk(row)) => acts::everyday(exam, leader),
        (true, _) => Weight::Strong,
        (false, Some(_)) => Weight::Weak,
        (false, None) => return None,
    };
    let outsiders = rows.iter().filter(|row| with_outsiders(row)).count();
    let what = acts::operations(rows);
    let draft = acts::draft(&CHECK.meta, exam, rows, weight)?
        .headline(
            format!("Teams was used in the account's name: {what}"),
            format!("アカウント名義で Teams が使用された：{what}"),
        )
        .detail("operations", what)
        .detail("with outsiders", if outsiders > 0 { outsiders.to_string() } else { String::new() })
        .detail("Microsoft says", told.map(|row| row.event.action()).unwrap_or_default());
    Some(draft.done())
}
