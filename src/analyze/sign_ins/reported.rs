//! What the service noticed, told for itself: risk reports whose sign-in is not in the evidence, or that are about none; and
//! those about a sign-in that a check would not have noticed.

use std::collections::{BTreeMap, BTreeSet};

use crate::analyze::Meta;
use crate::analyze::draft::{Draft, NOWHERE};
use crate::analyze::exam::{Exam, Row};
use crate::analyze::mail::mails;
use crate::analyze::sign_ins::logins;
use crate::analyze::sign_ins::risk::service_risk;
use crate::finding::{Fact, Finding, Weight};
use crate::origin::RecordRef;
use crate::timeline::Event;

/// Kinds, lower-cased, that other checks tell of: they are about mail and rules.
const ELSEWHERE: [&str; 3] =
    ["suspicioussendingpatterns", "mcassuspiciousinboxmanipulationrules", "suspiciousinboxforwarding"];
/// The kind, lower-cased, that is about a password for sale and about no sign-in.
const LEAKED: &str = "leakedcredentials";

/// A finding for each kind and place.
pub fn all(meta: &Meta, exam: &Exam<'_>) -> Vec<Finding> {
    of(meta, exam, |kinds| !ELSEWHERE.iter().any(|kind| kinds.split("; ").any(|told| told == *kind)))
}

/// Those of one kind (lower case).
pub fn of_kind(meta: &Meta, exam: &Exam<'_>, kind: &str) -> Vec<Finding> {
    of(meta, exam, |kinds| kinds.split("; ").any(|told| told == kind))
}

/// The sign-ins of the evidence that the service calls such (kinds in lower case), one finding for each place, where
/// `findings` do not accuse them already.
pub fn told(meta: &Meta, exam: &Exam<'_>, kinds: &[&str], findings: &[Finding]) -> Vec<Finding> {
    let accused: BTreeSet<&RecordRef> = findings
        .iter()
        .filter(|finding| finding.verdict != Weight::Explained)
        .flat_map(|finding| &finding.records)
        .collect();
    let mut groups: BTreeMap<(String, String), Vec<&Row<'_>>> = BTreeMap::new();
    for row in logins::of(exam).filter(|row| !row.records().iter().any(|record| accused.contains(record))) {
        if let Some((kind, telling)) = kinds.iter().find_map(|kind| Some((kind, exam.risk.telling(row, kind)?))) {
            let group = groups.entry(((*kind).to_owned(), logins::place(row.event))).or_default();
            group.extend([row, telling]);
        }
    }
    groups.iter().filter_map(|((kind, _), rows)| told_one(meta, exam, kind, rows)).collect()
}

fn told_one(meta: &Meta, exam: &Exam<'_>, kind: &str, rows: &[&Row<'_>]) -> Option<Finding> {
    let sign_ins = || rows.iter().filter(|row| row.is_sign_in());
    let first = sign_ins().find(|row| mails::is_attackers(exam, row)).or_else(|| sign_ins().next())?;
    let usual = sign_ins().all(|row| logins::is_usual_place(exam, row.event) || exam.baseline.is_own_device(row));
    let weight = match () {
        () if mails::is_attackers(exam, first) => Weight::Strong,
        () if usual => Weight::Explained,
        () => Weight::Weak,
    };
    let name = rows.iter().filter_map(|row| row.event.risk_events.as_deref()).flat_map(|kinds| kinds.split("; "));
    let name = name.into_iter().find(|name| name.eq_ignore_ascii_case(kind)).unwrap_or(kind);
    let address = first.event.source_ip.as_deref().or(first.event.source_ip_text.as_deref()).unwrap_or(NOWHERE);
    let draft = Draft::new(meta, exam, first).headline(
        format!("Microsoft's risk detection '{name}' about the sign-in from {address}"),
        format!("{address} からのサインインに対する Microsoft のリスク検出「{name}」"),
    );
    let explanation = if usual { "from a usual address or device" } else { "" };
    let draft = draft_of(draft, rows).weight(weight).detail("explanation", explanation);
    Some(logins::explained(draft, weight).done())
}

/// That the service calls the account risky, where nothing else in the evidence says why.
pub fn account(meta: &Meta, exam: &Exam<'_>) -> Option<Finding> {
    let elsewhere = |row: &Row<'_>| {
        row.parts.any() && !is_state(row.event) && (service_risk(row.event).is_some() || exam.risk.about(row).is_some())
    };
    let states: Vec<&Row<'_>> = reports(exam).into_iter().filter(|row| is_state(row.event)).collect();
    let first = states.first()?;
    if exam.rows.iter().any(elsewhere) {
        return None;
    }
    let draft = Draft::new(meta, exam, first).headline(
        "The service calls the account risky; the sign-in that it means is not in the evidence",
        "サービスはアカウントを危険と判定している（該当するサインインは証拠にない）",
    );
    Some(draft_of(draft, &states).done())
}

fn of(meta: &Meta, exam: &Exam<'_>, wanted: impl Fn(&str) -> bool) -> Vec<Finding> {
    let mut groups: BTreeMap<(String, String), Vec<&Row<'_>>> = BTreeMap::new();
    for row in reports(exam).into_iter().filter(|row| !is_state(row.event) && wanted(&kinds(row.event))) {
        groups.entry((kinds(row.event), logins::place(row.event))).or_default().push(row);
    }
    groups.values().filter_map(|rows| finding(meta, exam, rows)).collect()
}

fn reports<'x>(exam: &'x Exam<'_>) -> Vec<&'x Row<'x>> {
    exam.risk.alone(exam.rows).filter(|row| row.in_window).map(|row| row as &Row<'x>).collect()
}

fn finding(meta: &Meta, exam: &Exam<'_>, rows: &[&Row<'_>]) -> Option<Finding> {
    let first = rows.first()?;
    let kind = first.event.risk_events.as_deref().unwrap_or("unknown");
    let address = first.event.source_ip.as_deref().or(first.event.source_ip_text.as_deref());
    let (en, ja) = match address {
        _ if kinds(first.event) == LEAKED => (
            "Microsoft found the account's password among leaked ones: others may know it".to_owned(),
            "Microsoft は漏えいした情報の中にアカウントのパスワードを確認した（第三者が知っている可能性）".to_owned(),
        ),
        Some(address) => (
            format!("Microsoft's risk detection '{kind}' about {address}; its sign-in is not in the evidence"),
            format!("Microsoft のリスク検出「{kind}」({address})。該当するサインインは証拠にない"),
        ),
        None => (
            format!("Microsoft's risk detection '{kind}'; what it is about is not in the evidence"),
            format!("Microsoft のリスク検出「{kind}」。その対象は証拠にない"),
        ),
    };
    Some(draft_of(Draft::new(meta, exam, first).headline(en, ja), rows).done())
}

fn draft_of(draft: Draft, rows: &[&Row<'_>]) -> Draft {
    let events = || rows.iter().map(|row| row.event);
    // A report names nobody who acted; of what a sign-in in the evidence says, its own actor stays.
    let named = rows.iter().any(|row| row.event.user_raw.is_some());
    let draft = if named { draft } else { draft.detail("actor class", "unknown") };
    let risks: Vec<String> = events().filter_map(service_risk).collect();
    let state = events().find_map(|event| event.risk_state.as_deref()).filter(|state| *state != "none");
    draft
        .fact(Fact::Inferred)
        .weight(Weight::Weak)
        .detail("risk detection", logins::joined(events().filter_map(|event| event.risk_events.as_deref()), 5))
        .detail("risk", logins::joined(risks.iter().map(String::as_str), 5))
        .detail("risk state", state.unwrap_or_default())
        .also(rows.iter().copied())
}

fn kinds(event: &Event) -> String {
    event.risk_events.as_deref().unwrap_or_default().to_lowercase()
}

/// Whether it says how the account stands, and nothing of a sign-in.
fn is_state(event: &Event) -> bool {
    event.is(&["Risky user"])
}
