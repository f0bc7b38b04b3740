//! Symptoms, detections, their findings, and the response steps, as `report.json` writes them.
#![allow(clippy::struct_field_names, reason = "the names are those of the public shape")]

use std::collections::BTreeMap;

use serde::Serialize;

use super::sources::{Record, record};
use super::time;
use crate::finding;
use crate::timeline::format_time;
use crate::untrusted::Untrusted;

/// One of the ten.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct Symptom<'a> {
    pub number: u8,
    pub id: &'static str,
    pub verdict: &'static str,
    pub needs: &'a [String],
    pub findings: Vec<Finding<'a>>,
}

/// What goes beyond the ten.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct Detection<'a> {
    pub id: &'static str,
    pub verdict: &'static str,
    pub needs: &'a [String],
    pub findings: Vec<Finding<'a>>,
}

/// One finding.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct Finding<'a> {
    pub id: &'a str,
    pub time: String,
    pub dated: bool,
    pub severity: &'static str,
    pub fact: &'static str,
    pub attribution: &'static str,
    pub verdict: &'static str,
    pub actor: &'a Untrusted,
    pub target: &'a Untrusted,
    pub address: Option<&'a Untrusted>,
    pub session: Option<&'a Untrusted>,
    pub headline: Bilingual<'a>,
    pub facts: &'a BTreeMap<String, Untrusted>,
    pub score: Vec<Term<'a>>,
    pub attack: &'a [&'static str],
    pub records: Vec<Record<'a>>,
}

/// One sentence in both languages.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct Bilingual<'a> {
    pub en: &'a Untrusted,
    pub ja: &'a Untrusted,
}

/// One term of a score.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct Term<'a> {
    pub points: i32,
    pub why: &'a Untrusted,
}

/// One response step.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct Step<'a> {
    pub step: u8,
    pub id: &'static str,
    pub status: &'static str,
    pub at: Option<String>,
    pub after_last_attacker_action: Option<bool>,
    pub records: Vec<Record<'a>>,
    pub note: Bilingual<'a>,
}

pub(super) fn symptom(assessment: &finding::Assessment) -> Symptom<'_> {
    Symptom {
        number: assessment.number,
        id: assessment.id,
        verdict: assessment.verdict.as_str(),
        needs: &assessment.needs,
        findings: assessment.findings.iter().map(finding).collect(),
    }
}

pub(super) fn detection(assessment: &finding::Assessment) -> Detection<'_> {
    Detection {
        id: assessment.id,
        verdict: assessment.verdict.as_str(),
        needs: &assessment.needs,
        findings: assessment.findings.iter().map(finding).collect(),
    }
}

fn finding(finding: &finding::Finding) -> Finding<'_> {
    Finding {
        id: &finding.id,
        time: format_time(finding.time),
        dated: finding.dated,
        severity: finding.severity.as_str(),
        fact: finding.fact.as_str(),
        attribution: finding.attribution.as_str(),
        verdict: finding.verdict.as_str(),
        actor: &finding.actor,
        target: &finding.target,
        address: finding.address.as_ref(),
        session: finding.session.as_ref(),
        headline: bilingual(&finding.headline),
        facts: &finding.facts,
        score: finding.score.iter().map(|term| Term { points: term.points, why: &term.why }).collect(),
        attack: &finding.attack,
        records: finding.records.iter().map(record).collect(),
    }
}

fn bilingual(headline: &finding::Headline) -> Bilingual<'_> {
    Bilingual { en: &headline.en, ja: &headline.ja }
}

pub(super) fn step(step: &finding::Step) -> Step<'_> {
    Step {
        step: step.number,
        id: step.id,
        status: step.status.as_str(),
        at: time(step.at),
        after_last_attacker_action: step.after_last_attacker_action,
        records: step.records.iter().map(record).collect(),
        note: bilingual(&step.note),
    }
}
