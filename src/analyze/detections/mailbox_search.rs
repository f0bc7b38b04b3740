//! Searches in mailbox and files: what the intruder looked for.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use crate::analyze::exam::{Exam, Row};
use crate::analyze::mail::mails;
use crate::analyze::shown::coverage::GateId;
use crate::analyze::{Check, Meta, acts};
use crate::finding::{Finding, Severity, Weight};
use crate::knowledge::words;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "mailbox-search",
        title: "Searches for money and secrets",
        gates: &[&[GateId::G1], &[GateId::G2Any], &[GateId::G4], &[GateId::G16]],
        adds: &[GateId::G13],
        never_not_seen: None,
        severity: Severity::Medium,
        attack: &["T1114.002", "T1213.002"],
        page: include_str!("../../../docs/symptoms/mailbox-search.md"),
    },
    examine,
};

const SEARCHES: [&str; 3] = ["SearchQueryInitiatedExchange", "SearchQueryInitiatedSharePoint", "SearchQueryPerformed"];

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let searches = exam.acts().filter(|row| row.event.is(&SEARCHES));
    acts::happenings(searches, TimeDelta::hours(24), mails::sitting)
        .iter()
        .filter_map(|rows| finding(exam, rows))
        .collect()
}

/// Records that would be told of in the attacker's hand.
pub fn candidates(exam: &Exam<'_>) -> usize {
    exam.acts().filter(|row| row.event.is(&SEARCHES)).count()
}

/// What was searched for.
fn query(row: &Row<'_>) -> String {
    let object = crate::timeline::details::object(row.event);
    let names = ["QueryText", "SearchQueryText", "Query", "SearchQuery"];
    let own = names.iter().find_map(|name| crate::timeline::json::text(&object, name));
    own.or_else(|| names.iter().find_map(|name| row.param(name))).unwrap_or_default()
}

fn finding(exam: &Exam<'_>, rows: &[&Row<'_>]) -> Option<Finding> {
    let row = mails::leader(exam, rows)?;
    let queries: BTreeSet<String> = rows.iter().map(|row| query(row)).filter(|query| !query.is_empty()).collect();
    let telling = queries.iter().any(|query| !words::finance(query).is_empty() || !words::warning(query).is_empty());
    // Searching for invoices is the daily work of many; in the attacker's hand every search tells something.
    if !acts::is_attackers(exam, row) {
        return None;
    }
    let shown = queries.iter().map(String::as_str).collect::<Vec<_>>();
    let listed = mails::listed(&shown, 20);
    let weight = acts::everyday(exam, row);
    let (en, ja) = match weight {
        Weight::Strong => ("The attacker searched for", "攻撃者が検索した語"),
        _ => ("Searched for where the account was never before", "初めての場所から検索された語"),
    };
    let draft = acts::draft(&CHECK.meta, exam, rows, weight)?
        .headline(format!("{en}: {listed}"), format!("{ja}：{listed}"))
        .detail("searches", listed)
        .detail("words of money or warning", if telling { "yes" } else { "" });
    Some(draft.done())
}
