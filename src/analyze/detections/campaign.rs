//! The same destination, rule or means of sign-in in other mailboxes too: one campaign against several people.

use std::collections::{BTreeMap, BTreeSet};

use crate::analyze::exam::{Exam, Row};
use crate::analyze::intruder::{around, fingerprints};
use crate::analyze::people::jobs;
use crate::analyze::settings::mailbox;
use crate::analyze::shown::coverage::GateId;
use crate::analyze::{Check, Meta, acts, is_housekeeping};
use crate::examination::IdentityKind;
use crate::finding::{Finding, Severity, Weight, counted};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "campaign",
        title: "The same in other mailboxes",
        gates: &[&[GateId::G1], &[GateId::G2Any], &[GateId::G3], &[GateId::G5]],
        adds: &[GateId::G7],
        never_not_seen: None,
        severity: Severity::High,
        attack: &["T1114.003", "T1564.008"],
        page: include_str!("../../../docs/symptoms/campaign.md"),
    },
    examine,
};

/// Other accounts with one destination that make it the company's own.
const COMPANY: usize = 20;

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let mut ours: BTreeMap<String, Vec<&Row<'_>>> = BTreeMap::new();
    for row in exam.acts() {
        for print in fingerprints::of(exam, row.event) {
            ours.entry(print).or_default().push(row);
        }
    }
    let mut theirs: BTreeMap<String, Vec<&Row<'_>>> = BTreeMap::new();
    // Settings that lie on every table anyway (signatures) are not fetched a second time.
    let tabled = exam.rows.iter().filter(|row| !row.parts.any());
    let others = exam.others.iter().chain(tabled);
    let others = others.filter(|row| row.in_window && !row.failed() && !is_housekeeping(row.class));
    for row in others {
        for print in fingerprints::of(exam, row.event).into_iter().filter(|print| ours.contains_key(print)) {
            theirs.entry(print).or_default().push(row);
        }
    }
    theirs.iter().filter_map(|(print, rows)| finding(exam, print, ours.get(print)?, rows)).collect()
}

/// Whose mailbox or account a record changes: one administrator may do so in many, and is none of them.
fn whose(exam: &Exam<'_>, row: &Row<'_>) -> Option<String> {
    let event = row.event;
    let named = match event.action().contains('-') {
        true if jobs::is_about_rules(event.action()) => mailbox::of_rule(exam, row).0.name,
        true => mailbox::of_cmdlet(exam, row).name,
        false => {
            [&event.target_upn, &event.mailbox_upn].into_iter().find_map(Option::as_deref).unwrap_or_default().into()
        }
    };
    let named = named.trim().to_lowercase();
    if named.is_empty() {
        return around::account(event);
    }
    Some(known_as(exam, &named).unwrap_or(named))
}

/// The account that a mailbox's name is the only one to bear.
fn known_as(exam: &Exam<'_>, name: &str) -> Option<String> {
    use IdentityKind::{Alias, MailboxGuid, ObjectId, Smtp};
    let only = |owners: &[String]| if let [one] = owners { Some(one.clone()) } else { None };
    let owners = |kind| exam.identities.owners(kind, name).into_iter().map(str::to_owned).collect::<Vec<_>>();
    let by_name = [Alias, ObjectId, MailboxGuid, Smtp].into_iter().find_map(|kind| only(&owners(kind)));
    by_name.or_else(|| only(exam.identities.with_local_part(name)))
}

fn finding(exam: &Exam<'_>, print: &str, ours: &[&Row<'_>], theirs: &[&Row<'_>]) -> Option<Finding> {
    let accounts: BTreeSet<String> = theirs.iter().filter_map(|row| whose(exam, row)).collect();
    let (_, weight) = acts::heaviest(exam, ours, Weight::Weak)?;
    // Two people with one destination outside are no accident; a whole company with one is its ticket system, unless
    // the attacker set it here: so many victims are a large campaign then.
    let companys = fingerprints::may_be_the_companys(print) && accounts.len() >= COMPANY;
    let weight = if weight == Weight::Weak && companys { Weight::Explained } else { weight };
    let names = accounts.iter().take(20).cloned().collect::<Vec<_>>().join(", ");
    let draft = acts::draft(&CHECK.meta, exam, ours, weight)?
        .headline(
            format!("The same stands in {}: {print}", counted(accounts.len(), "other mailbox", "other mailboxes")),
            format!(
                "同じ設定が他の {} 個のメールボックスにもある：{}",
                accounts.len(),
                fingerprints::in_japanese(print)
            ),
        )
        .detail("what is the same", print)
        .detail("other accounts", names);
    Some(draft.also(theirs.iter().copied().take(20)).done())
}
