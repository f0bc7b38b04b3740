//! Lures into running conversations: the attacker writes to those whose mails were read, from there or from a domain
//! that looks like theirs.

use std::collections::{BTreeMap, BTreeSet};

use crate::analyze::exam::{Exam, Row};
use crate::analyze::intruder::exposure;
use crate::analyze::mail::{mails, traces};
use crate::analyze::shown::coverage::GateId;
use crate::analyze::{Check, Meta, acts};
use crate::finding::{Finding, Severity, Weight, counted};
use crate::knowledge::domains;
use crate::knowledge::folders::{self, FolderRole};
use crate::timeline::EvidenceSource;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "thread-hijack",
        title: "Lures into running conversations",
        gates: &[&[GateId::G4Send], &[GateId::G9Received]],
        adds: &[GateId::G12],
        never_not_seen: None,
        severity: Severity::High,
        attack: &["T1534", "T1566"],
        page: include_str!("../../../docs/symptoms/thread-hijack.md"),
    },
    examine,
};

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = answered(exam).into_iter().collect();
    findings.extend(look_alikes(exam));
    findings.extend(appointments(exam));
    findings
}

/// Records that would be told of in the attacker's hand.
pub fn candidates(exam: &Exam<'_>) -> usize {
    exam.mails().sent.iter().filter(|sent| sent.row.in_window).count()
}

/// Appointments that the attacker wrote: an invitation reaches outsiders as a mail does. Whom it invites is not recorded.
fn appointments(exam: &Exam<'_>) -> Option<Finding> {
    let in_calendar = |row: &Row<'_>| {
        row.event.folder_path.as_deref().and_then(folders::role) == Some(FolderRole::Calendar)
            && row.parts.mailbox
            && row.event.is(&["Create", "Update"])
    };
    let rows: Vec<&Row<'_>> = exam.acts().filter(|row| in_calendar(row) && acts::is_attackers(exam, row)).collect();
    let draft = acts::draft(&CHECK.meta, exam, &rows, Weight::Weak)?
        .headline(
            format!("{} written by the attacker", counted(rows.len(), "appointment was", "appointments were")),
            format!("攻撃者が {} 件の予定を作成または変更した", rows.len()),
        )
        .detail("subjects", acts::subjects(&rows, 5));
    Some(draft.done())
}

/// The inbound mails of the trace: message id → sender and subject.
fn inbound<'e, 'a>(exam: &'e Exam<'a>) -> BTreeMap<String, (String, String, &'e Row<'a>)> {
    let rows = exam.rows.iter().filter(|row| traces::is_received(row));
    let entry = |row: &'e Row<'a>| {
        let id = mails::message_id(row.event.email_message_id.as_deref()?)?;
        let sender = row.event.user_upn.as_deref().or(row.event.user_raw.as_deref())?.to_lowercase();
        Some((id, (sender, row.event.email_subject.as_deref().unwrap_or_default().to_owned(), row)))
    };
    rows.filter_map(entry).collect()
}

/// The attacker's mails to people whose mails the attacker had read, or into threads that were read.
fn answered(exam: &Exam<'_>) -> Option<Finding> {
    let inbound = inbound(exam);
    let mut senders: BTreeMap<&str, &Row<'_>> = BTreeMap::new();
    let mut threads: BTreeSet<String> = BTreeSet::new();
    let is_read = |row: &&Row<'_>| exposure::is_read(row.event) || exposure::opens(row.event);
    for row in exam.window_rows().filter(is_read).filter(|row| acts::is_attackers(exam, row)) {
        for (id, _) in exposure::folders_read(row.event).iter().flat_map(|folder| &folder.mails) {
            if let Some((sender, subject, mail)) = inbound.get(id) {
                senders.entry(sender).or_insert(mail);
                threads.insert(mails::thread(subject));
            }
        }
    }
    let known = exam.mails();
    let is_answer = |sent: &&mails::Sent<'_>| {
        let theirs = sent.recipients.iter().any(|to| senders.contains_key(to.as_str()));
        let thread = mails::thread(&sent.mail.subject);
        sent.row.in_window
            && acts::is_attackers(exam, sent.row)
            && (theirs || !thread.is_empty() && threads.contains(&thread))
    };
    let sent: Vec<&mails::Sent<'_>> = known.sent.iter().filter(is_answer).collect();
    let rows: Vec<&Row<'_>> = sent.iter().map(|sent| sent.row).collect();
    let to: BTreeSet<&str> = sent
        .iter()
        .flat_map(|sent| &sent.recipients)
        .map(String::as_str)
        .filter(|to| senders.contains_key(to))
        .collect();
    let draft = acts::draft(&CHECK.meta, exam, &rows, Weight::Strong)?
        .headline(
            format!("{} to people whose mails the attacker had read", counted(sent.len(), "mail went", "mails went")),
            format!("攻撃者が読んだメールの差出人に {} 通のメールが送られた", sent.len()),
        )
        .detail("to", to.iter().copied().collect::<Vec<_>>().join(", "))
        .detail("subjects", mails::subjects(sent.iter().map(|sent| &sent.mail)));
    let read = to.iter().filter_map(|to| senders.get(to)).copied();
    Some(draft.also(mails::Sent::copies(sent)).also(read.take(20)).done())
}

/// Domains in the trace, or of the account's own recipients, that look like a correspondent's from before the window, or like the organisation's own.
fn look_alikes(exam: &Exam<'_>) -> Vec<Finding> {
    let mut known: BTreeSet<String> = exam.tenant_domains.clone();
    let mut new: BTreeMap<String, Vec<&Row<'_>>> = BTreeMap::new();
    let traced =
        exam.rows.iter().filter(|row| row.event.evidence_source == EvidenceSource::MessageTrace && row.parts.any());
    for row in traced {
        let partner = if row.parts.actor {
            row.event.email_to.as_deref()
        } else {
            row.event.user_upn.as_deref().or(row.event.user_raw.as_deref())
        };
        for domain in partner.unwrap_or_default().split(';').filter_map(domains::domain_of) {
            if row.event.datetime < exam.window.from {
                known.insert(domain);
            } else if row.in_window {
                new.entry(domain).or_default().push(row);
            }
        }
    }
    // What was sent is in the mailbox's own records as well, where there is no trace.
    for sent in &exam.mails().sent {
        for domain in sent.recipients.iter().filter_map(|to| domains::domain_of(to)) {
            if sent.row.event.datetime < exam.window.from {
                known.insert(domain);
            } else if sent.row.in_window {
                new.entry(domain).or_default().push(sent.row);
            }
        }
    }
    let alike =
        |domain: &String| known.iter().find(|known| !domains::is_freemail(known) && domains::looks_like(domain, known));
    let tell = |(domain, rows): (&String, &Vec<&Row<'_>>)| -> Option<Finding> {
        if known.contains(domain) {
            return None;
        }
        let like = alike(domain)?;
        let subjects = acts::subjects(rows, 5);
        let draft = acts::draft(&CHECK.meta, exam, rows, Weight::Weak)?
            .headline(
                format!("Mail with {domain}, which looks like {like}"),
                format!("{like} に似たドメイン {domain} とのメール"),
            )
            .detail("domain", domain.clone())
            .detail("looks like", like.clone())
            .detail("subjects", subjects);
        Some(draft.done())
    };
    new.iter().filter_map(tell).collect()
}
