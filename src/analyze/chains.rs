//! Chains: a weak finding becomes strong through what happened just before it, or what it led to, in the same account
//! and within a day. A chain is told with its records; it is never a new fact.

use chrono::{DateTime, TimeDelta, Utc};

use crate::analyze::exam::{Exam, Row};
use crate::analyze::intruder::baseline::client_address;
use crate::analyze::intruder::programs::Programs;
use crate::analyze::people::actor::ActorClass;
use crate::analyze::settings::applications::Introduced;
use crate::analyze::settings::rules::judge;
use crate::analyze::sign_ins::logins;
use crate::finding::{Assessment, Attribution, Fact, Finding, Weight};
use crate::origin::RecordRef;
use crate::timeline::{Outcome, format_time};
use crate::untrusted::Untrusted;

/// How far the links of a chain may lie apart.
const WITHIN: TimeDelta = TimeDelta::hours(24);

/// One link that others hang on: when, in words, with its records.
struct Link {
    time: DateTime<Utc>,
    told: String,
    records: Vec<RecordRef>,
}

/// Lifts the weak findings that stand in a chain:
///
/// * the attacker's sign-in → a rule, forwarding or signature whose own record says nothing of the place
/// * a rule that hides mail → mail that reads like a taken-over account's, or left no copy
/// * such mail → the account on the list of restricted senders
/// * a change of credentials → a sign-in from the same address, which was never the account's
pub fn lift(exam: &Exam<'_>, assessments: &mut [Assessment]) {
    let sign_ins = sign_ins(exam);
    let hiding = hiding_rules(exam);
    let rules = links(assessments, "inbox-rules", |finding| {
        let hides = || finding.records.first().is_some_and(|record| hiding.contains(record));
        finding.verdict >= Weight::Weak && finding.fact == Fact::Recorded && is_own(exam, finding) && hides()
    });
    let listings = links(assessments, "blocked-from-sending", |finding| finding.verdict == Weight::Strong);
    for assessment in assessments.iter_mut() {
        let id = assessment.id;
        let mut lifted = false;
        for finding in assessment.findings.iter_mut().filter(|finding| may_rise(exam, finding)) {
            let back = if id == "credential-change" { from_there(exam, finding) } else { Vec::new() };
            let link = match id {
                "inbox-rules" | "forwarding" | "signature" if finding.address.is_none() => before(&sign_ins, finding),
                "hacked-messages" => before(&rules, finding).or_else(|| after(&listings, finding)),
                "no-sent-copy" => before(&rules, finding),
                "credential-change" => after(&back, finding),
                _ => None,
            };
            if let Some(link) = link {
                rise(finding, link);
                lifted = true;
            }
        }
        if lifted {
            super::number(assessment);
        }
    }
}

/// Lifts what let an application in, and what it read, where it did what a strong finding tells of. Whoever was led to the
/// consent gave it at home.
pub fn lift_programs(exam: &Exam<'_>, programs: &Programs, detections: &mut [Assessment]) {
    if programs.is_empty() {
        return;
    }
    let known = Introduced::learn(exam);
    for assessment in detections.iter_mut().filter(|one| ["oauth-consent", "mail-harvest"].contains(&one.id)) {
        let weak = |finding: &&mut Finding| finding.verdict == Weight::Weak && finding.fact == Fact::Recorded;
        for finding in assessment.findings.iter_mut().filter(weak) {
            let Some(deed) = programs.behind(exam, &known, finding) else { continue };
            rise(finding, &told(deed));
            if finding.attribution == Attribution::Explained {
                finding.attribution = Attribution::Unexplained;
            }
        }
        super::number(assessment);
    }
}

/// The records after which a rule hides mail. One that forwards hides nothing from the owner.
fn hiding_rules(exam: &Exam<'_>) -> Vec<RecordRef> {
    let acts = judge::all(exam).into_iter().filter(|act| act.content.hides && act.act.verb.leaves_active());
    acts.map(|act| act.act.row.event.record_ref()).collect()
}

/// Only a recorded act of the account that nothing explains.
fn may_rise(exam: &Exam<'_>, finding: &Finding) -> bool {
    finding.verdict == Weight::Weak
        && finding.fact == Fact::Recorded
        && finding.attribution != Attribution::Explained
        && is_own(exam, finding)
}

/// Whether the act it tells of, the first it cites, is the account's.
fn is_own(exam: &Exam<'_>, finding: &Finding) -> bool {
    let row = finding.records.first().and_then(|record| exam.cited(record));
    row.is_some_and(|row| row.class == ActorClass::Own)
}

fn link(row: &Row<'_>, told: String) -> Link {
    Link { time: row.event.datetime, told, records: row.records() }
}

/// The attacker's sign-ins that succeeded.
fn sign_ins(exam: &Exam<'_>) -> Vec<Link> {
    let inside = exam
        .rows
        .iter()
        .filter(|row| row.is_sign_in() && row.event.outcome == Outcome::Success && exam.is_attacker_act(row));
    inside.map(|row| link(row, format!("the attacker's sign-in at {}", format_time(row.event.datetime)))).collect()
}

/// Successful sign-ins from the address of a change of credentials, where neither that address nor its network nor the
/// device that signed in was ever the account's.
fn from_there(exam: &Exam<'_>, finding: &Finding) -> Vec<Link> {
    let address = finding.address.as_ref().and_then(|address| address.as_evidence().parse().ok());
    let Some(address) = address.filter(|ip| exam.baseline.sufficient && !logins::is_known_good(exam, *ip)) else {
        return Vec::new();
    };
    let usual = &exam.baseline;
    let strange = |row: &Row<'_>| {
        usual.is_new_place(row.event) && !usual.is_passing(row.event, address) && !usual.is_own_device(row)
    };
    let same = exam.rows.iter().filter(|row| {
        row.is_sign_in()
            && row.event.outcome == Outcome::Success
            && client_address(row.event) == Some(address)
            && strange(row)
    });
    same.map(|row| link(row, format!("the sign-in from {address} at {}", format_time(row.event.datetime)))).collect()
}

fn links(assessments: &[Assessment], id: &str, counts: impl Fn(&Finding) -> bool) -> Vec<Link> {
    let findings = assessments.iter().filter(|assessment| assessment.id == id).flat_map(|one| &one.findings);
    findings.filter(|finding| counts(finding)).map(told).collect()
}

fn told(finding: &Finding) -> Link {
    Link {
        time: finding.time,
        told: format!("{} at {}", finding.headline.en.as_evidence(), format_time(finding.time)),
        records: finding.records.clone(),
    }
}

/// The nearest link at or before the finding.
fn before<'l>(links: &'l [Link], finding: &Finding) -> Option<&'l Link> {
    let near = |link: &&Link| link.time <= finding.time && finding.time - link.time <= WITHIN;
    links.iter().filter(near).max_by_key(|link| link.time)
}

/// The nearest link after the finding.
fn after<'l>(links: &'l [Link], finding: &Finding) -> Option<&'l Link> {
    let near = |link: &&Link| link.time > finding.time && link.time - finding.time <= WITHIN;
    links.iter().filter(near).min_by_key(|link| link.time)
}

fn rise(finding: &mut Finding, link: &Link) {
    finding.verdict = Weight::Strong;
    finding.severity = finding.severity.raised();
    let told = format!("weak by itself; strong in a chain with {}", link.told);
    finding.facts.insert("chain".to_owned(), Untrusted::new(told));
    for record in &link.records {
        if !finding.records.contains(record) {
            finding.records.push(record.clone());
        }
    }
}
