//! The mailbox's own lists of safe and blocked senders: an attacker's domain let in, a bank's or partner's kept out.

use crate::analyze::coverage::GateId;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::{Check, Meta, acts, mailbox};
use crate::finding::{Finding, Severity, Weight};
use crate::knowledge::domains;
use crate::timeline::json;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "sender-lists",
        title: "Safe and blocked senders changed",
        gates: &[&[GateId::G1], &[GateId::G2], &[GateId::G3], &[GateId::G5]],
        adds: &[GateId::G7],
        never_not_seen: None,
        severity: Severity::Medium,
        attack: &["T1564.008"],
        page: include_str!("../../../docs/symptoms/sender-lists.md"),
    },
    examine,
};

const LISTS: [&str; 3] = ["TrustedSendersAndDomains", "TrustedRecipientsAndDomains", "BlockedSendersAndDomains"];

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let rows = exam.acts().filter(|row| {
        row.event.is(&["Set-MailboxJunkEmailConfiguration"])
            && told(row).is_some()
            && (mailbox::of_cmdlet(exam, row).ours || row.parts.actor)
    });
    acts::by_actor(rows).iter().filter_map(|rows| finding(exam, rows)).collect()
}

/// What was changed, in words; `None` where no list was touched.
fn told(row: &Row<'_>) -> Option<String> {
    let lists = LISTS.iter().filter_map(|name| {
        row.param(name).filter(|value| !value.trim().is_empty()).map(|value| format!("{name}: {value}"))
    });
    let mut parts: Vec<String> = lists.collect();
    let is = |name: &str, wanted: bool| row.param(name).and_then(|value| json::boolean(&value)) == Some(wanted);
    if is("Enabled", false) {
        parts.push("junk filter switched off".to_owned());
    }
    if is("TrustedListsOnly", true) {
        parts.push("everybody but trusted senders goes to junk".to_owned());
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// A domain on the lists that can pass for one of the organisation's own.
fn look_alike(exam: &Exam<'_>, row: &Row<'_>) -> Option<String> {
    let values = LISTS.iter().filter_map(|name| row.param(name)).collect::<Vec<_>>().join(" ");
    let words = values.split([' ', ',', ';', '{', '}', '"', '+', '-', '=']).map(str::to_lowercase);
    let named = words.filter_map(|word| domains::domain_of(&word).or_else(|| word.contains('.').then_some(word)));
    named.into_iter().find(|domain| exam.tenant_domains.iter().any(|own| domains::looks_like(domain, own)))
}

fn finding(exam: &Exam<'_>, rows: &[&Row<'_>]) -> Option<Finding> {
    let alike = rows.iter().find_map(|row| look_alike(exam, row));
    let alone = if alike.is_some() { Weight::Strong } else { Weight::Weak };
    let (row, weight) = acts::heaviest(exam, rows, alone)?;
    let what = told(row)?;
    let draft = acts::draft(&CHECK.meta, exam, rows, weight)?
        .headline(
            format!("The mailbox's safe or blocked senders were changed: {what}"),
            format!("メールボックスの差出人リストが変更された：{what}"),
        )
        .detail("what", what)
        .detail("looks like an own domain", alike.unwrap_or_default());
    Some(draft.done())
}
