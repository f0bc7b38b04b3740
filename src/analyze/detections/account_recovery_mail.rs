//! Mails by which accounts elsewhere are taken over, in or after the attacker's time: reset links, one-time codes; and
//! the notices of banks and payment services that the attacker read or deleted.

use std::collections::BTreeSet;

use crate::analyze::exam::{Exam, Row};
use crate::analyze::intruder::exposure;
use crate::analyze::mail::{mails, traces};
use crate::analyze::shown::coverage::GateId;
use crate::analyze::{Check, Meta, acts};
use crate::finding::{Finding, Severity, Weight, counted};
use crate::knowledge::folders::{self, FolderRole};
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
    let traced: BTreeSet<String> = resets.iter().filter_map(|row| id_of(row)).collect();
    let taken = taken(exam, &traced);
    let told = finding(exam, &resets, &touched).into_iter();
    told.chain(notices_told(exam, &notices)).chain(taken_told(exam, &taken)).collect()
}

/// Resets and codes that only the mailbox's own records show: the attacker deleted them, or opened one by one, and their
/// record has the subject. What is in Sent Items or Drafts did not come.
fn taken<'x, 'e>(exam: &'x Exam<'e>, traced: &BTreeSet<String>) -> Vec<(&'x Row<'e>, String)> {
    let outgoing =
        |folder: Option<FolderRole>| matches!(folder, Some(FolderRole::Sent | FolderRole::Drafts | FolderRole::Outbox));
    let is_new = |id: Option<&String>| id.is_none_or(|id| !traced.contains(id));
    let mut taken: Vec<(&Row<'_>, String)> = Vec::new();
    for deletion in exam.mails().deletions.iter().filter(|deletion| deletion.row.in_window) {
        let mails = deletion.mails.iter().filter(|mail| !outgoing(mail.folder.or(deletion.folder)));
        let mut told = mails.filter(|mail| words::is_recovery(&mail.subject) && is_new(mail.id.as_ref()));
        if let Some(mail) = told.next().filter(|_| acts::is_attackers(exam, deletion.row)) {
            taken.push((deletion.row, mail.subject.clone()));
        }
    }
    for row in exam.window_rows().filter(|row| is_looked_at(row) && acts::is_attackers(exam, row)) {
        let folders = exposure::folders_read(row.event).into_iter();
        let mut mails = folders.filter(|folder| !outgoing(folders::role(&folder.path))).flat_map(|folder| folder.mails);
        let is_told = |(id, subject): &(String, Option<String>)| {
            is_new(Some(id)) && subject.as_deref().is_some_and(words::is_recovery)
        };
        taken.extend(mails.find(is_told).and_then(|(_, subject)| Some((row, subject?))));
    }
    taken
}

fn is_looked_at(row: &Row<'_>) -> bool {
    exposure::is_read(row.event) || exposure::opens(row.event)
}

fn id_of(row: &Row<'_>) -> Option<String> {
    row.event.email_message_id.as_deref().and_then(mails::message_id)
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
    id_of(row).is_some_and(|id| touched.contains(&id))
}

/// The message ids that the attacker read or deleted.
fn touched(exam: &Exam<'_>) -> BTreeSet<String> {
    let reads = exam.window_rows().filter(|row| is_looked_at(row) && acts::is_attackers(exam, row));
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

/// Nobody else's trace is needed: the attacker had these mails in hand.
fn taken_told(exam: &Exam<'_>, taken: &[(&Row<'_>, String)]) -> Option<Finding> {
    let rows: Vec<&Row<'_>> = taken.iter().map(|(row, _)| *row).collect();
    let subjects: BTreeSet<&str> = taken.iter().map(|(_, subject)| subject.as_str()).collect();
    let draft = acts::draft(&CHECK.meta, exam, &rows, Weight::Strong)?
        .headline(
            "The attacker read or deleted mails with resets or one-time codes",
            "攻撃者が、再設定や確認コードのメールを閲覧または削除した",
        )
        .detail("subjects", mails::listed(&subjects.into_iter().collect::<Vec<_>>(), 10));
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
