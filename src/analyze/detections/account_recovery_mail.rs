//! Mails by which accounts elsewhere are taken over, in or after the attacker's time: reset links, one-time codes; and
//! the notices of banks and payment services that the attacker read or deleted.

use std::collections::BTreeSet;

use crate::analyze::exam::{Exam, Row};
use crate::analyze::intruder::exposure;
use crate::analyze::mail::{mails, traces};
use crate::analyze::shown::coverage::GateId;
use crate::analyze::{Check, Meta, acts};
use crate::finding::{Finding, Severity, Weight, counted};
use crate::knowledge::words;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "account-recovery-mail",
        title: "Resets and codes of other services",
        gates: &[&[GateId::G9Received]],
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
    let inbound = exam.window_rows().filter(|row| traces::is_received(row) && row.event.datetime >= first);
    let touched = touched(exam);
    let (mut resets, mut notices): (Vec<&Row<'_>>, Vec<&Row<'_>>) = (Vec::new(), Vec::new());
    for row in inbound {
        if says(row, words::is_recovery) {
            resets.push(row);
        } else if says(row, words::is_payment_notice) && is_touched(&touched, row) && is_from_outside(exam, row) {
            notices.push(row);
        }
    }
    finding(exam, &resets, &touched).into_iter().chain(notices_told(exam, &notices)).collect()
}

/// Records that would be told of in the attacker's hand.
pub fn candidates(exam: &Exam<'_>) -> usize {
    exam.window_rows().filter(|row| traces::is_received(row) && says(row, words::is_recovery)).count()
}

fn says(row: &Row<'_>, of: fn(&str) -> bool) -> bool {
    row.event.email_subject.as_deref().is_some_and(of)
}

/// Colleagues write of transfers all day; banks write from elsewhere.
fn is_from_outside(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    row.event.user_upn.as_deref().is_some_and(|from| !exam.is_internal(from))
}

fn is_touched(touched: &BTreeSet<String>, row: &Row<'_>) -> bool {
    row.event.email_message_id.as_deref().and_then(mails::message_id).is_some_and(|id| touched.contains(&id))
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

fn finding(exam: &Exam<'_>, rows: &[&Row<'_>], touched: &BTreeSet<String>) -> Option<Finding> {
    let used = rows.iter().filter(|row| is_touched(touched, row)).count();
    let weight = if used == 0 { Weight::Weak } else { Weight::Strong };
    let draft = acts::draft(&CHECK.meta, exam, rows, weight)?
        .headline(
            format!(
                "{} with resets or codes of other services came after the attacker was in",
                counted(rows.len(), "mail", "mails")
            ),
            format!("攻撃者の侵入後に、他サービスの再設定や確認コードのメールが {} 通届いた", rows.len()),
        )
        .detail("senders", senders(rows))
        .detail("subjects", acts::subjects(rows, 10))
        .detail("read or deleted by the attacker", if used == 0 { String::new() } else { used.to_string() });
    Some(draft.done())
}

/// Who looks at the notices of banks, or takes them away, is after the money or hides where it went.
fn notices_told(exam: &Exam<'_>, rows: &[&Row<'_>]) -> Option<Finding> {
    let draft = acts::draft(&CHECK.meta, exam, rows, Weight::Strong)?
        .headline(
            format!(
                "{} of banks or payment services were read or deleted by the attacker",
                counted(rows.len(), "notice", "notices")
            ),
            format!("銀行や決済サービスの通知 {} 通が攻撃者に閲覧または削除された", rows.len()),
        )
        .detail("senders", senders(rows))
        .detail("subjects", acts::subjects(rows, 10))
        .detail("read or deleted by the attacker", rows.len().to_string());
    Some(draft.done())
}

fn senders(rows: &[&Row<'_>]) -> String {
    let senders: BTreeSet<&str> = rows.iter().filter_map(|row| row.event.user_upn.as_deref()).collect();
    senders.into_iter().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use crate::knowledge::words::{is_payment_notice, is_recovery};

    #[test]
    fn resets_and_codes() {
        assert!(
            is_recovery("Reset your password")
                && is_recovery("Your OTP is 123456")
                && is_recovery("【重要】確認コード")
        );
        for subject in
            ["Your one-time passcode", "Ihr Einmalpasswort", "Сброс пароля", "Nulstil adgangskode", "Verifieringskod"]
        {
            assert!(is_recovery(subject), "{subject}");
        }
        assert!(!is_recovery("Invoice 4471") && !is_recovery("Hotpot on Friday"));
    }

    #[test]
    fn notices_of_banks() {
        for subject in
            ["Ihre Überweisung wurde ausgeführt", "振込完了のお知らせ", "Zahlungseingang", "Payment received"]
        {
            assert!(is_payment_notice(subject), "{subject}");
        }
        assert!(!is_payment_notice("Angebot 4471") && !is_payment_notice("Meeting tomorrow"));
    }
}
