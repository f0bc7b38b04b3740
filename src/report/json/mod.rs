//! `report.json`: the public, frozen shape `bectrace.report/1`, a copy of the inner types and never derived from them.
//! This file is the document; each of its parts has a file of its own.

mod exposure;
mod findings;
mod places;
mod sources;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use serde::Serialize;

use self::exposure::{Exposure, Recipients, exposure, recipients};
use self::findings::{Detection, Step, Symptom, detection, step, symptom};
use self::places::{Attacker, OtherAccount, SignIns, attacker, other_account, sign_ins};
use self::sources::{Counts, Evidence, Gate, Record, counts, evidence, gate, record};
use super::model::Report;
use super::text;
use crate::examination;
use crate::timeline::format_time;
use crate::untrusted::Untrusted;

/// Name and version of the shape.
pub const SCHEMA: &str = "bectrace.report/1";

/// Writes `report.json`.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let serialised = serde_json::to_string_pretty(&Root::from(report))?;
    out.write_all(text::json(&serialised).as_bytes())?;
    out.write_all(b"\n")
}

/// What one line of a triage's `accounts.jsonl` says: the account's line of the ranking, and its answers in the shapes
/// of `report.json`.
#[derive(Debug, Serialize)]
struct AccountLine<'a> {
    schema: &'static str,
    account: &'a crate::tenant::Account,
    window: Window,
    identities: Vec<Identity<'a>>,
    symptoms: Vec<Symptom<'a>>,
    detections: Vec<Detection<'a>>,
    sign_ins: SignIns<'a>,
    response: Vec<Step<'a>>,
    attacker: Attacker<'a>,
    blast_radius: Vec<OtherAccount<'a>>,
    coverage: Vec<Gate<'a>>,
    cautions: &'a [String],
}

/// Name and version of the shape of one line of `accounts.jsonl`.
pub const ACCOUNT_SCHEMA: &str = "bectrace.account/1";

/// One line of `accounts.jsonl`, with its line break.
pub fn account_line(account: &crate::tenant::Account, examination: &examination::Examination) -> io::Result<String> {
    let line = AccountLine {
        schema: ACCOUNT_SCHEMA,
        account,
        window: window(examination.window),
        identities: examination.identities.iter().map(identity).collect(),
        symptoms: examination.symptoms.iter().map(symptom).collect(),
        detections: examination.detections.iter().map(detection).collect(),
        sign_ins: sign_ins(&examination.sign_ins),
        response: examination.response.iter().map(step).collect(),
        attacker: attacker(&examination.attacker),
        blast_radius: examination.blast_radius.iter().map(other_account).collect(),
        coverage: examination.coverage.iter().map(gate).collect(),
        cautions: &examination.cautions,
    };
    Ok(text::json(&serde_json::to_string(&line)?).into_owned() + "\n")
}

/// The whole document.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "the fields are described in the documentation of report.json")]
pub struct Root<'a> {
    pub schema: &'static str,
    pub tool: Tool,
    pub case: Case<'a>,
    pub subject: Subject<'a>,
    pub window: Window,
    pub ledger: Counts,
    pub evidence: Vec<Evidence<'a>>,
    pub symptoms: Vec<Symptom<'a>>,
    pub detections: Vec<Detection<'a>>,
    pub sign_ins: SignIns<'a>,
    pub response: Vec<Step<'a>>,
    pub attacker: Attacker<'a>,
    pub timeline: Timeline,
    pub coverage: Vec<Gate<'a>>,
    pub cautions: &'a [String],
    pub exposure: Exposure<'a>,
    pub recipients: Recipients<'a>,
    pub blast_radius: Vec<OtherAccount<'a>>,
}

/// The tool that made the report.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct Tool {
    pub name: &'static str,
    pub version: &'static str,
}

/// What the investigator calls the case.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct Case<'a> {
    pub id: Option<&'a str>,
    pub examiner: Option<&'a str>,
}

/// The account.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct Subject<'a> {
    pub user: &'a Untrusted,
    pub identities: Vec<Identity<'a>>,
    pub tenant_domains: &'a [Untrusted],
}

/// One name of the account.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct Identity<'a> {
    pub kind: &'static str,
    pub value: &'a Untrusted,
    pub learned_from: Option<Record<'a>>,
}

/// The half-open window.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct Window {
    pub from: String,
    pub to: String,
}

/// How much timeline there is.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct Timeline {
    pub events: u64,
    pub first: Option<String>,
    pub last: Option<String>,
}

impl<'a> From<&'a Report<'a>> for Root<'a> {
    fn from(report: &'a Report<'a>) -> Self {
        let examination = report.examination;
        Self {
            schema: SCHEMA,
            tool: Tool { name: report.tool.name, version: report.tool.version },
            case: Case { id: report.case_id.as_deref(), examiner: report.examiner.as_deref() },
            subject: Subject {
                user: &examination.user,
                identities: examination.identities.iter().map(identity).collect(),
                tenant_domains: &examination.tenant_domains,
            },
            window: window(examination.window),
            ledger: counts(&report.total),
            evidence: report.evidence.iter().map(evidence).collect(),
            symptoms: examination.symptoms.iter().map(symptom).collect(),
            detections: examination.detections.iter().map(detection).collect(),
            sign_ins: sign_ins(&examination.sign_ins),
            response: examination.response.iter().map(step).collect(),
            attacker: attacker(&examination.attacker),
            timeline: Timeline {
                events: report.timeline.len() as u64,
                first: report.timeline.first().map(|event| format_time(event.datetime)),
                last: report.timeline.last().map(|event| format_time(event.datetime)),
            },
            coverage: examination.coverage.iter().map(gate).collect(),
            cautions: &examination.cautions,
            exposure: exposure(&examination.exposure),
            recipients: recipients(&examination.recipients),
            blast_radius: examination.blast_radius.iter().map(other_account).collect(),
        }
    }
}

fn window(window: crate::question::Window) -> Window {
    Window { from: format_time(window.from), to: format_time(window.to) }
}

fn identity(identity: &examination::Identity) -> Identity<'_> {
    Identity {
        kind: identity.kind.as_str(),
        value: &identity.value,
        learned_from: identity.learned_from.as_ref().map(record),
    }
}

fn time(time: Option<DateTime<Utc>>) -> Option<String> {
    time.map(format_time)
}
