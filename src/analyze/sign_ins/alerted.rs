//! Microsoft's alerts about sign-ins, told for themselves: they name addresses, and no sign-in.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::analyze::Meta;
use crate::analyze::draft::Draft;
use crate::analyze::exam::Exam;
use crate::analyze::sign_ins::alerts::{self, Alert};
use crate::analyze::sign_ins::logins;
use crate::finding::{Fact, Finding, Weight};
use crate::timeline::Event;

/// A finding for each alert whose name contains one of `words` (lower-case).
pub fn called(meta: &Meta, exam: &Exam<'_>, words: &[&str]) -> Vec<Finding> {
    let mut groups: BTreeMap<String, Vec<Alert<'_, '_>>> = BTreeMap::new();
    for alert in alerts::called(exam, words) {
        groups.entry(alert.name.to_lowercase()).or_default().push(alert);
    }
    groups.values().filter_map(|alerts| finding(meta, exam, alerts)).collect()
}

fn finding(meta: &Meta, exam: &Exam<'_>, alerts: &[Alert<'_, '_>]) -> Option<Finding> {
    let first = alerts.first()?;
    let told: Vec<&str> = alerts.iter().flat_map(|alert| addresses(alert.row.event)).collect();
    let good = |text: &&str| text.parse::<IpAddr>().is_ok_and(|ip| logins::is_known_good(exam, ip));
    let weight = if !told.is_empty() && told.iter().all(good) { Weight::Explained } else { Weight::Weak };
    let draft = Draft::new(meta, exam, first.row)
        .headline(
            format!("Microsoft's alert '{}' about the account's sign-ins", first.name),
            format!("アカウントのサインインに関する Microsoft のアラート「{}」", first.name),
        )
        .fact(Fact::Inferred)
        .detail("alert", first.name.clone())
        .detail("addresses", logins::joined(told.iter().copied(), 5))
        .weight(weight)
        .also(alerts.iter().map(|alert| alert.row));
    Some(logins::explained(draft, weight).done())
}

fn addresses(event: &Event) -> impl Iterator<Item = &str> {
    let several = event.related_ip.as_deref().into_iter().flat_map(|addresses| addresses.split("; "));
    event.source_ip.as_deref().into_iter().chain(several)
}
