//! Traces removed: warnings deleted right after what they warn of, by the hand that did it.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use crate::analyze::exam::{Exam, Row};
use crate::analyze::mail::mails::{self, Deletion};
use crate::analyze::settings::credentials;
use crate::analyze::settings::rules::judge::Judged;
use crate::analyze::settings::rules::{self, Completeness};
use crate::analyze::shown::coverage::GateId;
use crate::analyze::sign_ins::logins;
use crate::analyze::{Check, Meta, acts};
use crate::finding::{Finding, Severity, Weight};
use crate::knowledge::words;
use crate::origin::Origin;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "evidence-clean-up",
        title: "Traces removed",
        gates: &[&[GateId::G1], &[GateId::G2Any], &[GateId::G4], &[GateId::G4Deletes]],
        adds: &[GateId::G7],
        never_not_seen: None,
        severity: Severity::High,
        attack: &["T1070.008"],
        page: include_str!("../../../docs/symptoms/evidence-clean-up.md"),
    },
    examine,
};

/// How long after a change its notice is deleted.
const SOON: TimeDelta = TimeDelta::minutes(30);
/// Settings whose change the service, or a colleague, writes about.
const ANNOUNCED: [&str; 6] = [
    "New-InboxRule",
    "Set-InboxRule",
    "UpdateInboxRules",
    "Set-Mailbox",
    "Consent to application",
    "Add-MailboxPermission",
];

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let mails = exam.mails();
    let telling: Vec<&Deletion<'_>> =
        mails.deletions.iter().filter(|deletion| deletion.row.in_window && is_warning(deletion)).collect();
    let rows = telling.iter().map(|deletion| deletion.row);
    let happenings = acts::happenings(rows, acts::ONE_GO, mails::sitting);
    let telling = telling.iter().map(|deletion| (&deletion.row.event.origin, *deletion)).collect();
    let is_change = |row: &&Row<'_>| {
        row.event.is(&ANNOUNCED) || credentials::sets_password(row.event) || credentials::act(row).is_some()
    };
    let changes: Vec<&Row<'_>> = exam.acts().filter(is_change).collect();
    let deleted = happenings.iter().filter_map(|rows| finding(exam, rows, &telling, &changes));
    deleted.chain(rules::judge::all(exam).iter().filter_map(|act| filter_told(exam, act))).collect()
}

/// A rule of the attacker's that takes warnings away before anybody reads them. In other hands that is a filter
/// against spam.
fn filter_told(exam: &Exam<'_>, judged: &Judged<'_, '_>) -> Option<Finding> {
    let (act, warnings) = (&judged.act, &judged.content.warnings);
    let is_filter = act.row.in_window && act.verb.leaves_active() && act.mailbox.ours && !warnings.is_empty();
    if !is_filter || act.completeness != Completeness::Told || !acts::is_attackers(exam, act.row) {
        return None;
    }
    let words = warnings.join(", ");
    let draft = acts::draft(&CHECK.meta, exam, &[act.row], Weight::Strong)?
        .headline(
            format!("A rule takes warnings away before they are read: {words}"),
            format!("警告のメールを読まれる前に取り除くルールが作成された：{words}"),
        )
        .detail("rule name", act.rule.name_told())
        .detail("rule conditions", act.rule.conditions_text())
        .detail("rule actions", act.rule.actions_text());
    Some(draft.done())
}

fn is_warning(deletion: &Deletion<'_>) -> bool {
    deletion.mails.iter().any(|mail| !words::warning(&mail.subject).is_empty())
}

/// The first change of a setting within the time before; `changes` are in the order of time.
fn change_before<'e, 'a>(changes: &[&'e Row<'a>], row: &Row<'_>) -> Option<&'e Row<'a>> {
    let first = changes.partition_point(|change| change.event.datetime < row.event.datetime - SOON);
    changes.get(first).copied().filter(|change| change.event.datetime <= row.event.datetime)
}

fn finding(
    exam: &Exam<'_>,
    rows: &[&Row<'_>],
    telling: &BTreeMap<&Origin, &Deletion<'_>>,
    changes: &[&Row<'_>],
) -> Option<Finding> {
    // Where somebody else is in the account, it takes no more than an address never seen before to throw warnings away.
    let known = !exam.attacker.is_empty();
    let attackers =
        rows.iter().any(|row| acts::is_attackers(exam, row) || known && exam.points(row) >= logins::UNUSUAL);
    let change = rows.iter().find_map(|row| change_before(changes, row));
    let habit = rows.iter().all(|row| mails::is_habit(exam, row));
    let weight = match (attackers, change) {
        (true, _) => Weight::Strong,
        // People delete notices every day; the notice of what was just done is another matter.
        (false, Some(_)) if !habit => Weight::Weak,
        _ => return None,
    };
    let gone = rows.iter().filter_map(|row| telling.get(&row.event.origin));
    let gone: Vec<&mails::Mail> = gone.flat_map(|deletion| &deletion.mails).collect();
    let warnings = gone.iter().copied().filter(|mail| !words::warning(&mail.subject).is_empty());
    let subjects = mails::subjects(warnings);
    let draft = acts::draft(&CHECK.meta, exam, rows, weight)?
        .headline(format!("Warnings were deleted: {subjects}"), format!("警告のメールが削除された：{subjects}"))
        .detail("subjects", subjects)
        .detail("message ids", mails::ids(gone.iter().copied()))
        .detail("after", change.map(|row| row.event.action()).unwrap_or_default());
    Some(draft.beside(change).done())
}
