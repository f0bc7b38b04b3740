//! `report.json`: the public, frozen shape `bectrace.report/1`, a copy of the inner types and never derived from them.

use std::collections::BTreeMap;
use std::io::{self, Write};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::model::Report;
use super::text;
use crate::examination;
use crate::finding;
use crate::ledger;
use crate::origin::RecordRef;
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

/// The books.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct Counts {
    pub records: u64,
    pub events: u64,
    pub states: u64,
    pub duplicates: u64,
    pub rejected: u64,
    pub salvaged: u64,
}

/// One evidence file.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct Evidence<'a> {
    pub path: &'a str,
    pub sha256: &'a str,
    pub bytes: u64,
    pub format: Option<&'a str>,
    #[serde(flatten)]
    pub counts: Counts,
    pub first: Option<&'a str>,
    pub last: Option<&'a str>,
    pub status: &'static str,
    pub notes: Vec<Note<'a>>,
    pub encoding: Option<&'a str>,
}

/// A remark on a file.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct Note<'a> {
    pub code: &'a str,
    pub text: &'a Untrusted,
}

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

/// One record.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct Record<'a> {
    pub evidence: &'a str,
    pub record: u64,
    pub line: u64,
    pub offset: u64,
    pub native_id: Option<&'a str>,
    pub sha256: &'a str,
}

/// The sign-ins.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct SignIns<'a> {
    pub total: u64,
    pub succeeded: u64,
    pub failed: u64,
    pub interrupted: u64,
    pub password_was_right: u64,
    pub by_address: Vec<AddressRow<'a>>,
    pub by_country: Vec<CountryRow<'a>>,
    pub risky: Vec<RiskySignIn<'a>>,
}

/// Sign-ins of one address.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct AddressRow<'a> {
    pub address: &'a Untrusted,
    pub total: u64,
    pub succeeded: u64,
    pub failed: u64,
    pub first: String,
    pub last: String,
    pub country: Option<&'a Untrusted>,
    pub asn: Option<i64>,
    pub network: Option<&'a Untrusted>,
}

/// Sign-ins of one country.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct CountryRow<'a> {
    pub country: &'a Untrusted,
    pub total: u64,
    pub succeeded: u64,
    pub failed: u64,
}

/// One risky sign-in.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct RiskySignIn<'a> {
    pub time: String,
    pub address: Option<&'a Untrusted>,
    pub country: Option<&'a Untrusted>,
    pub outcome: &'static str,
    pub code: Option<&'a Untrusted>,
    pub why: &'a [Untrusted],
    pub record: Record<'a>,
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

/// The attacker set.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct Attacker<'a> {
    pub addresses: Vec<Address<'a>>,
    pub sessions: Vec<Session<'a>>,
    pub first: Option<String>,
    pub last: Option<String>,
    pub why: &'a [Untrusted],
}

/// One address of the attacker.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct Address<'a> {
    pub address: &'a Untrusted,
    pub why: &'a [Untrusted],
}

/// One session of the attacker.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct Session<'a> {
    pub session: &'a Untrusted,
    pub why: &'a [Untrusted],
}

/// What the attacker's sessions touched.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct Exposure<'a> {
    pub mails: Vec<ExposedMail<'a>>,
    pub folders: Vec<ExposedFolder<'a>>,
    pub files: Vec<ExposedFile<'a>>,
    pub throttled: Vec<ThrottledDay<'a>>,
    pub limits: &'a [String],
}

/// One mail.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct ExposedMail<'a> {
    pub message_id: &'a Untrusted,
    pub subject: Option<&'a Untrusted>,
    pub folder: Option<&'a Untrusted>,
    pub mailbox: Option<&'a Untrusted>,
    #[serde(flatten)]
    pub contact: Contact<'a>,
}

/// One folder.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct ExposedFolder<'a> {
    pub folder: &'a Untrusted,
    pub mailbox: Option<&'a Untrusted>,
    #[serde(flatten)]
    pub contact: Contact<'a>,
}

/// One file.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct ExposedFile<'a> {
    pub file: &'a Untrusted,
    #[serde(flatten)]
    pub contact: Contact<'a>,
}

/// How and when something was touched.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct Contact<'a> {
    pub how: Vec<&'static str>,
    pub first: String,
    pub last: String,
    pub count: u64,
    pub records: Vec<Record<'a>>,
}

/// A day on which more was read than was recorded.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct ThrottledDay<'a> {
    pub day: &'a str,
    pub assume_all: bool,
    pub by_attacker: bool,
    pub records: Vec<Record<'a>>,
}

/// To whom the attacker wrote.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct Recipients<'a> {
    pub mails: u64,
    pub counted: u64,
    pub unlisted: u64,
    pub by_address: Vec<Recipient<'a>>,
}

/// One recipient.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct Recipient<'a> {
    pub address: &'a Untrusted,
    pub internal: bool,
    pub mails: u64,
    pub first: String,
    pub last: String,
    pub subjects: &'a [Untrusted],
    pub message_ids: &'a [Untrusted],
    pub seen_in: &'a [&'static str],
    pub delivery: &'a [Untrusted],
    pub records: Vec<Record<'a>>,
}

/// Another account that was seen with the attacker.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct OtherAccount<'a> {
    pub account: &'a Untrusted,
    pub reach: &'static str,
    pub addresses: &'a [Untrusted],
    pub sessions: &'a [Untrusted],
    pub sign_ins: u64,
    pub failed: u64,
    pub operations: &'a BTreeMap<String, u64>,
    pub first: String,
    pub last: String,
    pub records: Vec<Record<'a>>,
}

/// How much timeline there is.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct Timeline {
    pub events: u64,
    pub first: Option<String>,
    pub last: Option<String>,
}

/// One coverage gate.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct Gate<'a> {
    pub gate: &'static str,
    pub title: &'static str,
    pub passes: bool,
    pub seen: &'a str,
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
            window: Window { from: format_time(examination.window.from), to: format_time(examination.window.to) },
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

fn identity(identity: &examination::Identity) -> Identity<'_> {
    Identity {
        kind: identity.kind.as_str(),
        value: &identity.value,
        learned_from: identity.learned_from.as_ref().map(record),
    }
}

fn counts(counts: &ledger::Counts) -> Counts {
    let ledger::Counts { records, events, states, duplicates, rejected, salvaged } = *counts;
    Counts { records, events, states, duplicates, rejected, salvaged }
}

fn evidence(source: &ledger::SourceEntry) -> Evidence<'_> {
    Evidence {
        path: &source.path,
        sha256: &source.sha256,
        bytes: source.bytes,
        format: source.format.as_deref(),
        counts: counts(&source.counts),
        first: source.first.as_deref(),
        last: source.last.as_deref(),
        status: match source.status {
            ledger::Status::Read => "read",
            ledger::Status::PartlyRead => "partly_read",
            ledger::Status::Unreadable => "unreadable",
            ledger::Status::UnknownFormat => "unknown_format",
        },
        notes: source.notes.iter().map(|note| Note { code: &note.code, text: &note.text }).collect(),
        encoding: source.encoding.as_deref(),
    }
}

fn symptom(assessment: &finding::Assessment) -> Symptom<'_> {
    Symptom {
        number: assessment.number,
        id: assessment.id,
        verdict: assessment.verdict.as_str(),
        needs: &assessment.needs,
        findings: assessment.findings.iter().map(finding).collect(),
    }
}

fn detection(assessment: &finding::Assessment) -> Detection<'_> {
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

fn record(record: &RecordRef) -> Record<'_> {
    Record {
        evidence: &record.evidence,
        record: record.record,
        line: record.line,
        offset: record.offset,
        native_id: record.native_id.as_deref(),
        sha256: &record.sha256,
    }
}

fn sign_ins(sign_ins: &examination::SignIns) -> SignIns<'_> {
    SignIns {
        total: sign_ins.total,
        succeeded: sign_ins.succeeded,
        failed: sign_ins.failed,
        interrupted: sign_ins.interrupted,
        password_was_right: sign_ins.password_was_right,
        by_address: sign_ins.by_address.iter().map(address_row).collect(),
        by_country: sign_ins.by_country.iter().map(country_row).collect(),
        risky: sign_ins.risky.iter().map(risky).collect(),
    }
}

fn address_row(row: &examination::AddressRow) -> AddressRow<'_> {
    AddressRow {
        address: &row.address,
        total: row.total,
        succeeded: row.succeeded,
        failed: row.failed,
        first: format_time(row.first),
        last: format_time(row.last),
        country: row.country.as_ref(),
        asn: row.asn,
        network: row.network.as_ref(),
    }
}

fn country_row(row: &examination::CountryRow) -> CountryRow<'_> {
    CountryRow { country: &row.country, total: row.total, succeeded: row.succeeded, failed: row.failed }
}

fn risky(sign_in: &examination::RiskySignIn) -> RiskySignIn<'_> {
    RiskySignIn {
        time: format_time(sign_in.time),
        address: sign_in.address.as_ref(),
        country: sign_in.country.as_ref(),
        outcome: sign_in.outcome,
        code: sign_in.code.as_ref(),
        why: &sign_in.why,
        record: record(&sign_in.record),
    }
}

fn step(step: &finding::Step) -> Step<'_> {
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

fn exposure(exposure: &examination::Exposure) -> Exposure<'_> {
    Exposure {
        mails: exposure.mails.iter().map(mail).collect(),
        folders: exposure.folders.iter().map(folder).collect(),
        files: exposure.files.iter().map(|file| ExposedFile { file: &file.name, contact: contact(file) }).collect(),
        throttled: exposure.throttled.iter().map(throttled).collect(),
        limits: &exposure.limits,
    }
}

fn mail(mail: &examination::Exposed) -> ExposedMail<'_> {
    ExposedMail {
        message_id: &mail.name,
        subject: mail.subject.as_ref(),
        folder: mail.folder.as_ref(),
        mailbox: mail.mailbox.as_ref(),
        contact: contact(mail),
    }
}

fn folder(folder: &examination::Exposed) -> ExposedFolder<'_> {
    ExposedFolder { folder: &folder.name, mailbox: folder.mailbox.as_ref(), contact: contact(folder) }
}

fn contact(exposed: &examination::Exposed) -> Contact<'_> {
    Contact {
        how: exposed.how.iter().map(|how| how.as_str()).collect(),
        first: format_time(exposed.first),
        last: format_time(exposed.last),
        count: exposed.count,
        records: exposed.records.iter().map(record).collect(),
    }
}

fn throttled(day: &examination::ThrottledDay) -> ThrottledDay<'_> {
    ThrottledDay {
        day: &day.day,
        assume_all: true,
        by_attacker: day.attackers,
        records: day.records.iter().map(record).collect(),
    }
}

fn recipients(recipients: &examination::Recipients) -> Recipients<'_> {
    Recipients {
        mails: recipients.mails,
        counted: recipients.counted,
        unlisted: recipients.unlisted,
        by_address: recipients.by_address.iter().map(recipient).collect(),
    }
}

fn recipient(recipient: &examination::Recipient) -> Recipient<'_> {
    Recipient {
        address: &recipient.address,
        internal: recipient.internal,
        mails: recipient.mails,
        first: format_time(recipient.first),
        last: format_time(recipient.last),
        subjects: &recipient.subjects,
        message_ids: &recipient.message_ids,
        seen_in: &recipient.seen_in,
        delivery: &recipient.delivery,
        records: recipient.records.iter().map(record).collect(),
    }
}

fn other_account(other: &examination::OtherAccount) -> OtherAccount<'_> {
    OtherAccount {
        account: &other.account,
        reach: other.reach.as_str(),
        addresses: &other.addresses,
        sessions: &other.sessions,
        sign_ins: other.sign_ins,
        failed: other.failed,
        operations: &other.operations,
        first: format_time(other.first),
        last: format_time(other.last),
        records: other.records.iter().map(record).collect(),
    }
}

fn attacker(attacker: &examination::Attacker) -> Attacker<'_> {
    Attacker {
        addresses: attacker
            .addresses
            .iter()
            .map(|member| Address { address: &member.value, why: &member.why })
            .collect(),
        sessions: attacker.sessions.iter().map(|member| Session { session: &member.value, why: &member.why }).collect(),
        first: time(attacker.first),
        last: time(attacker.last),
        why: &attacker.why,
    }
}

fn gate(gate: &examination::Gate) -> Gate<'_> {
    Gate { gate: gate.id, title: gate.title, passes: gate.passes, seen: &gate.seen }
}

fn time(time: Option<DateTime<Utc>>) -> Option<String> {
    time.map(format_time)
}

#[cfg(test)]
mod tests {
    use super::super::sample::Sample;
    use super::*;

    fn keys(value: &serde_json::Value) -> Vec<&str> {
        value.as_object().unwrap().keys().map(String::as_str).collect()
    }

    fn rendered(sample: &Sample) -> String {
        let mut bytes = Vec::new();
        write(&sample.report(), &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn keys_stand_in_the_public_order() {
        let text = rendered(&Sample::hostile());
        let top: Vec<&str> =
            text.lines().filter_map(|line| line.strip_prefix("  \"")?.split_once('"').map(|(key, _)| key)).collect();
        assert_eq!(
            top,
            [
                "schema",
                "tool",
                "case",
                "subject",
                "window",
                "ledger",
                "evidence",
                "symptoms",
                "detections",
                "sign_ins",
                "response",
                "attacker",
                "timeline",
                "coverage",
                "cautions",
                "exposure",
                "recipients",
                "blast_radius"
            ]
        );
        assert!(text.ends_with("}\n"));
    }

    #[test]
    fn every_promised_key_is_there() {
        let root: serde_json::Value = serde_json::from_str(&rendered(&Sample::hostile())).unwrap();
        assert_eq!(root["schema"], SCHEMA);
        assert_eq!(root["symptoms"].as_array().unwrap().len(), 10);
        assert_eq!(root["response"].as_array().unwrap().len(), 7);
        assert_eq!(root["evidence"][2]["format"], serde_json::Value::Null);
        assert_eq!(root["evidence"][0]["notes"][0]["code"], "C-003");
        assert_eq!(root["window"]["from"], "2026-03-01T00:00:00Z");
        let finding = &root["symptoms"][2]["findings"][0];
        let mut expected = vec![
            "id",
            "time",
            "severity",
            "fact",
            "attribution",
            "verdict",
            "actor",
            "target",
            "address",
            "session",
            "headline",
            "facts",
            "score",
            "attack",
            "records",
        ];
        expected.sort_unstable();
        let mut found = keys(finding);
        found.sort_unstable();
        assert_eq!(found, expected);
        for key in ["evidence", "record", "line", "offset", "native_id", "sha256"] {
            assert!(finding["records"][0].get(key).is_some(), "{key}");
        }
        for key in ["records", "events", "states", "duplicates", "rejected", "salvaged", "first", "last", "status"] {
            assert!(root["evidence"][0].get(key).is_some(), "{key}");
        }
        for key in ["interrupted", "password_was_right", "by_address", "by_country", "risky"] {
            assert!(root["sign_ins"].get(key).is_some(), "{key}");
        }
        assert!(root["response"][0]["note"]["ja"].is_string());
        assert_eq!(root["timeline"]["events"], 3);
    }

    #[test]
    fn hostile_text_is_kept_but_cannot_act() {
        let sample = Sample::hostile();
        let text = rendered(&sample);
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}') && !text.contains('\u{9b}'));
        let root: serde_json::Value = serde_json::from_str(&text).unwrap();
        let finding = &sample.report().examination.symptoms[2].findings[0];
        assert_eq!(root["symptoms"][2]["findings"][0]["target"], finding.target.as_evidence());
    }

    #[test]
    fn same_report_same_bytes() {
        assert_eq!(rendered(&Sample::hostile()), rendered(&Sample::hostile()));
    }
}
