//! Mails by which accounts elsewhere are taken over, in or after the attacker's time: reset links, one-time codes.

use std::collections::BTreeSet;

use crate::analyze::coverage::GateId;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::mails;
use crate::analyze::{Check, Meta, acts, exposure};
use crate::finding::{Finding, Severity, Weight, counted};
use crate::knowledge::words;
use crate::timeline::EvidenceSource;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "account-recovery-mail",
        title: "Resets and codes of other services",
        gates: &[&[GateId::G9]],
        adds: &[GateId::G4, GateId::G12],
        never_not_seen: None,
        severity: Severity::Medium,
        attack: &["T1078", "T1657"],
        page: include_str!("../../../docs/symptoms/account-recovery-mail.md"),
    },
    examine,
};

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let Some(first) = exam.attacker.first_active() else { return Vec::new() };
    let inbound = exam.window_rows().filter(|row| {
        row.event.evidence_source == EvidenceSource::MessageTrace
            && row.parts.target
            && !row.parts.actor
            && row.event.datetime >= first
            && row.event.email_subject.as_deref().is_some_and(words::is_recovery)
    });
    let rows: Vec<&Row<'_>> = inbound.collect();
    finding(exam, &rows).into_iter().collect()
}

/// The message ids that the attacker read or deleted.
fn touched(exam: &Exam<'_>) -> BTreeSet<String> {
    let reads = exam.window_rows().filter(|row| exposure::is_read(row.event) && acts::is_attackers(exam, row));
    let read =
        reads.flat_map(|row| exposure::folders_read(row.event)).flat_map(|folder| folder.mails).map(|(id, _)| id);
    let mails = exam.mails();
    let deleted =
        mails.deletions.iter().filter(|deletion| deletion.row.in_window && acts::is_attackers(exam, deletion.row));
    read.chain(deleted.flat_map(|deletion| &deletion.mails).filter_map(|mail| mail.id.clone())).collect()
}

fn finding(exam: &Exam<'_>, rows: &[&Row<'_>]) -> Option<Finding> {
    let touched = touched(exam);
    let id = |row: &Row<'_>| row.event.email_message_id.as_deref().and_then(mails::message_id);
    let used: Vec<&Row<'_>> =
        rows.iter().copied().filter(|row| id(row).is_some_and(|id| touched.contains(&id))).collect();
    let weight = if used.is_empty() { Weight::Weak } else { Weight::Strong };
    let senders: BTreeSet<&str> = rows.iter().filter_map(|row| row.event.user_upn.as_deref()).collect();
    let draft = acts::draft(&CHECK.meta, exam, rows, weight)?
        .headline(
            format!(
                "{} with resets or codes of other services came after the attacker was in",
                counted(rows.len(), "mail", "mails")
            ),
            format!("攻撃者の侵入後に、他サービスの再設定や確認コードのメールが {} 通届いた", rows.len()),
        )
        .detail("senders", senders.into_iter().collect::<Vec<_>>().join(", "))
        .detail(
            "subjects",
            crate::analyze::logins::joined(rows.iter().filter_map(|row| row.event.email_subject.as_deref()), 10),
        )
        .detail(
            "read or deleted by the attacker",
            if used.is_empty() { String::new() } else { used.len().to_string() },
        );
    Some(draft.done())
}

#[cfg(test)]
mod tests {
    use crate::knowledge::words::is_recovery;

    #[test]
    fn resets_and_codes() {
        assert!(
            is_recovery("Reset your password")
                && is_recovery("Your OTP is 123456")
                && is_recovery("【重要】確認コード")
        );
        assert!(!is_recovery("Invoice 4471") && !is_recovery("Hotpot on Friday"));
    }
}
