//! What one examination comes to, in the few numbers that a ranking needs.

use chrono::{DateTime, Utc};

use crate::analyze::shown::coverage::WOULD_ADD;
use crate::examination::{AttackerMember, Examination};
use crate::finding::{Assessment, Attribution, Fact, Finding, Verdict, Weight};
use crate::tenant::{Account, Cell, Lead, Level};
use crate::untrusted::Untrusted;

/// Findings that a line of the ranking quotes.
const LEADS: usize = 3;

/// The account's line of the ranking.
pub fn summary(examination: &Examination, also: Vec<Untrusted>) -> Account {
    let assessments = || examination.symptoms.iter().chain(&examination.detections);
    // What somebody else did to the whole organisation stands in every account's answers: it is told once, and flags
    // nobody but the one who did it.
    let (elsewhere, mut told): (Vec<&Finding>, Vec<&Finding>) = assessments()
        .flat_map(|assessment| &assessment.findings)
        .filter(|finding| finding.verdict != Weight::Explained)
        .partition(|finding| finding.is_elsewhere());
    told.sort_by(|a, b| (b.verdict, b.severity, a.time, &a.id).cmp(&(a.verdict, a.severity, b.time, &b.id)));
    let linked = |finding: &&&Finding| finding.verdict == Weight::Strong && finding.attribution == Attribution::Linked;
    let linked = told.iter().filter(linked).count() as u64;
    let level = match told.first().map(|finding| finding.verdict) {
        Some(Weight::Strong) if linked > 0 => Level::Linked,
        Some(Weight::Strong) => Level::Strong,
        Some(_) => Level::Weak,
        None => Level::Nothing,
    };
    // A snapshot's row has no time of its own.
    let timed = told.iter().filter(|finding| finding.fact != Fact::Snapshot).map(|finding| finding.time);
    let attacker = &examination.attacker;
    let times: Vec<DateTime<Utc>> = timed.chain(attacker.first).chain(attacker.last).collect();
    let points = |finding: &&Finding| finding.score.iter().map(|term| term.points).sum::<i32>();
    let values = |members: &[AttackerMember]| members.iter().map(|member| member.value.clone()).collect();
    Account {
        user: examination.user.clone(),
        also,
        level,
        symptoms: examination.symptoms.iter().map(cell).collect(),
        detections: examination.detections.iter().map(cell).collect(),
        linked,
        score: told.iter().map(points).max().unwrap_or(0),
        first: times.iter().min().copied(),
        last: times.iter().max().copied(),
        addresses: values(&attacker.addresses),
        entered_from: Vec::new(),
        sessions: values(&attacker.sessions),
        sign_ins: examination.sign_ins.total,
        failed_sign_ins: examination.sign_ins.failed,
        risky_sign_ins: examination.sign_ins.risky.len() as u64,
        leads: told.iter().take(LEADS).map(|finding| lead(finding)).collect(),
        elsewhere_strong: elsewhere.iter().filter(|finding| finding.verdict == Weight::Strong).count() as u64,
        elsewhere: elsewhere.into_iter().map(lead).collect(),
        missing: missing(&examination.symptoms),
    }
}

/// What most of the symptoms lack, where none could be assessed: of hundreds of such accounts somebody wants to know what
/// to ask for.
fn missing(symptoms: &[Assessment]) -> Option<Untrusted> {
    if symptoms.iter().any(|symptom| symptom.verdict != Verdict::NotAssessable) {
        return None;
    }
    let lacking = || symptoms.iter().flat_map(|symptom| &symptom.needs).filter(|need| !need.starts_with(WOULD_ADD));
    let how_often = |need: &String| lacking().filter(|other| *other == need).count();
    // Of those that as many lack, the first.
    lacking().rev().max_by_key(|need| how_often(need)).map(|need| need.as_str().into())
}

fn cell(assessment: &Assessment) -> Cell {
    let count = |weight| assessment.findings.iter().filter(|finding| finding.verdict == weight).count() as u64;
    Cell {
        id: assessment.id.to_owned(),
        verdict: assessment.verdict,
        strong: count(Weight::Strong),
        weak: count(Weight::Weak),
        explained: count(Weight::Explained),
    }
}

fn lead(finding: &Finding) -> Lead {
    Lead { id: finding.id.clone(), time: finding.when(), headline: finding.headline.clone() }
}
