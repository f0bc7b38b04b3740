//! The mailbox's own lists of safe and blocked senders: an attacker's domain let in, a bank's or partner's kept out.

use crate::analyze::exam::{Exam, Row};
use crate::analyze::settings::list_changes::ListChange;
use crate::analyze::settings::mailbox;
use crate::analyze::shown::coverage::GateId;
use crate::analyze::{Check, Meta, acts};
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

const LISTS: [&str; 3] = ["TrustedSendersAndDomains", "TrustedRecipientsAndDomains", BLOCKED];
const BLOCKED: &str = "BlockedSendersAndDomains";

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let rows = exam.acts().filter(|row| {
        row.event.is(&["Set-MailboxJunkEmailConfiguration"])
            && told(row).is_some()
            && (mailbox::of_cmdlet(exam, row).ours || row.parts.actor)
    });
    acts::by_actor(rows).iter().filter_map(|rows| finding(exam, rows)).collect()
}

/// What was changed, in words; `None` where no list was touched, or trusted ones only by taking somebody out.
fn told(row: &Row<'_>) -> Option<String> {
    let touched = |name: &str, value: &str| brings_in(value) || name == BLOCKED && !value.trim().is_empty();
    let lists = LISTS.iter().filter_map(|name| {
        row.param(name).filter(|value| touched(name, value)).map(|value| format!("{name}: {value}"))
    });
    let parts: Vec<String> = lists.chain(switches(row).into_iter().map(str::to_owned)).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

fn brings_in(value: &str) -> bool {
    !ListChange::of(value).added.is_empty()
}

/// What was switched, in words.
fn switches(row: &Row<'_>) -> Vec<&'static str> {
    let is = |name: &str, wanted: bool| row.param(name).and_then(|value| json::boolean(&value)) == Some(wanted);
    let switched = [
        (is("Enabled", false), "junk filter switched off"),
        (is("TrustedListsOnly", true), "everybody but trusted senders goes to junk"),
    ];
    switched.into_iter().filter(|(is, _)| *is).map(|(_, told)| told).collect()
}

/// A domain that the value of a list brings in and that can pass for one of the organisation's own.
fn look_alike(exam: &Exam<'_>, value: &str) -> Option<String> {
    let domain = |entry: String| domains::domain_of(&entry).or_else(|| entry.contains('.').then_some(entry));
    let added =
        ListChange::of(value).added.into_iter().map(|entry| entry.trim_start_matches(['+', '@']).to_lowercase());
    let mut added = added.filter_map(domain);
    added.find(|domain| exam.tenant_domains.iter().any(|own| domains::looks_like(domain, own)))
}

/// Whether nothing but look-alikes of the organisation's domains is kept out: that is the defence.
fn keeps_look_alikes_out(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    let blocked = row.param(BLOCKED).map(|value| ListChange::of(&value)).unwrap_or_default();
    let others = LISTS.iter().any(|name| *name != BLOCKED && row.param(name).is_some_and(|value| brings_in(&value)));
    !others
        && blocked.removed.is_empty()
        && !blocked.added.is_empty()
        && switches(row).is_empty()
        && blocked.added.iter().all(|entry| look_alike(exam, entry).is_some())
}

fn finding(exam: &Exam<'_>, rows: &[&Row<'_>]) -> Option<Finding> {
    let trusted = LISTS.iter().filter(|name| **name != BLOCKED);
    let values = trusted.flat_map(|name| rows.iter().filter_map(|row| row.param(name)));
    let alike = values.into_iter().find_map(|value| look_alike(exam, &value));
    let defence = rows.iter().all(|row| keeps_look_alikes_out(exam, row));
    // The same name under another suffix may be a sister company's.
    let sister = |domain: &String| exam.tenant_domains.iter().any(|own| domains::is_other_suffix(domain, own));
    let alone = match (&alike, defence) {
        (Some(domain), _) if !sister(domain) => Weight::Strong,
        (Some(_), _) => Weight::Weak,
        (None, true) => Weight::Explained,
        (None, false) => Weight::Weak,
    };
    let (_, weight) = acts::heaviest(exam, rows, alone)?;
    let mut whats: Vec<String> = rows.iter().filter_map(|row| told(row)).collect();
    whats.dedup();
    let what = whats.join("; ");
    let defence = defence && weight == Weight::Explained;
    let draft = acts::draft(&CHECK.meta, exam, rows, weight)?
        .headline(
            format!("The mailbox's safe or blocked senders were changed: {what}"),
            format!("メールボックスの差出人リストが変更された：{what}"),
        )
        .detail("what", what)
        .detail("looks like an own domain", alike.unwrap_or_default())
        .detail("explanation", if defence { "senders that look like the organisation are kept out" } else { "" });
    Some(draft.done())
}
