//! A small report for the tests of the renderers: one taken-over account, evidence text as hostile as it comes.

mod examined;
mod found;
mod read;

use chrono::{DateTime, Utc};

use self::examined::examination;
use self::found::rule_finding;
use self::read::{evidence, rejects, timeline};
use super::model::{Database, Report, Tool};
use crate::examination::{
    AddressRow, Attacker, AttackerMember, Examination, Exposed, Identity, IdentityKind, OtherAccount, Recipient,
    SignIns,
};
use crate::finding::{Finding, Headline, Step, Verdict};
use crate::ledger::{Counts, Reject, SourceEntry};
use crate::origin::RecordRef;
use crate::timeline::Event;
use crate::untrusted::Untrusted;

/// Text that tries everything at once.
pub const HOSTILE: &str = "=<script>alert('x')</script>\u{1b}[31m\u{9b}2J\u{202e}gpj\0\"><img src=https://evil.example/a onerror=x> 受信トレイ";

/// Owns what a report borrows.
pub struct Sample {
    pub evidence: Vec<SourceEntry>,
    pub rejects: Vec<Reject>,
    pub databases: Vec<Database>,
    pub examination: Examination,
    pub timeline: Vec<Event>,
    pub built_in_countries: bool,
    pub has_csv: bool,
}

impl Sample {
    /// A report over hostile evidence.
    pub fn hostile() -> Self {
        Self {
            evidence: evidence(),
            rejects: rejects(),
            databases: vec![Database {
                name: "city.mmdb".to_owned(),
                kind: "Example-City".to_owned(),
                built: Some(time("2026-02-01T00:00:00Z")),
                sha256: "0f".repeat(32),
            }],
            examination: examination(),
            timeline: timeline(),
            built_in_countries: false,
            has_csv: true,
        }
    }

    /// A report with very many of everything, each as long as evidence comes.
    pub fn enormous() -> Self {
        let mut sample = Self::hostile();
        let long = |name: &str, number: usize| format!("{name} {number} {}", "long & <b> ".repeat(40));
        let finding = Finding {
            records: (0..200).map(|number| record(&long("folder/ual.csv", 1), number)).collect(),
            facts: (0..20).map(|number| (format!("fact {number}"), HOSTILE.repeat(40).into())).collect(),
            headline: Headline { en: long("A rule", 1).repeat(9).into(), ja: long("ルール", 1).repeat(9).into() },
            ..rule_finding()
        };
        for assessment in sample.examination.symptoms.iter_mut().chain(&mut sample.examination.detections) {
            let id = assessment.id;
            assessment.verdict = Verdict::Strong;
            assessment.findings = (1_u32..=300)
                .map(|number| Finding {
                    id: format!("{id}/{number}"),
                    time: finding.time + chrono::TimeDelta::minutes(i64::from(number) * 41),
                    ..finding.clone()
                })
                .collect();
        }
        let source = sample.evidence[0].clone();
        sample.evidence = (0..500).map(|number| SourceEntry { path: long("file", number), ..source.clone() }).collect();
        sample.rejects = (0..1000).map(|record| Reject { record, ..sample.rejects[0].clone() }).collect();
        let event = sample.timeline[0].clone();
        sample.timeline = (1..=5000)
            .map(|number| Event {
                finding_ids: Some(format!("inbox-rules/{}; forwarding/{}", number % 300, number % 7).into()),
                message: Some(long("A message", number).into()),
                ..event.clone()
            })
            .collect();
        let examination = &mut sample.examination;
        let many = |number: usize| Untrusted::new(long("value", number));
        examination.identities = (0..2000)
            .map(|number| Identity { kind: IdentityKind::Alias, value: many(number), learned_from: None })
            .collect();
        let member = |number| AttackerMember { value: many(number), why: (0..50).map(many).collect() };
        examination.attacker.addresses = (0..2000).map(member).collect();
        examination.attacker.sessions = (0..2000).map(member).collect();
        examination.attacker.why = (0..2000).map(many).collect();
        let address = examination.sign_ins.by_address[0].clone();
        examination.sign_ins.by_address =
            (0..5000).map(|number| AddressRow { address: many(number), ..address.clone() }).collect();
        let risky = examination.sign_ins.risky[0].clone();
        examination.sign_ins.risky = (0..5000).map(|_| risky.clone()).collect();
        let mail = examination.exposure.mails[0].clone();
        let exposed: Vec<Exposed> = (0..5000).map(|number| Exposed { name: many(number), ..mail.clone() }).collect();
        let exposure = &mut examination.exposure;
        (exposure.mails, exposure.folders, exposure.files) = (exposed.clone(), exposed.clone(), exposed);
        let other = examination.blast_radius[0].clone();
        examination.blast_radius = (0..2000)
            .map(|number| OtherAccount {
                account: many(number),
                addresses: (0..100).map(many).collect(),
                operations: (0..100).map(|number| (long("operation", number), 1)).collect(),
                ..other.clone()
            })
            .collect();
        let recipient = examination.recipients.by_address[0].clone();
        examination.recipients.by_address = (0..5000)
            .map(|number| Recipient {
                address: many(number),
                subjects: (0..100).map(many).collect(),
                ..recipient.clone()
            })
            .collect();
        sample
    }

    /// A report in which nothing was found, read or known.
    pub fn empty() -> Self {
        let mut examination = examination();
        for assessment in examination.symptoms.iter_mut().chain(&mut examination.detections) {
            assessment.findings.clear();
            assessment.needs.clear();
            assessment.verdict = Verdict::NotSeen;
        }
        for step in &mut examination.response {
            *step = Step { at: None, after_last_attacker_action: None, records: Vec::new(), ..step.clone() };
        }
        examination.sign_ins = SignIns::default();
        examination.attacker = Attacker::default();
        examination.cautions.clear();
        examination.coverage.clear();
        examination.identities.clear();
        Self {
            evidence: Vec::new(),
            rejects: Vec::new(),
            databases: Vec::new(),
            examination,
            timeline: Vec::new(),
            built_in_countries: true,
            has_csv: true,
        }
    }

    /// The report, as renderers get it.
    pub fn report(&self) -> Report<'_> {
        let mut total = Counts::default();
        self.evidence.iter().for_each(|source| total.add(&source.counts));
        Report {
            tool: Tool { name: "bectrace", version: "0.1.0" },
            case_id: Some("2026-<007>".to_owned()),
            examiner: None,
            total,
            evidence: &self.evidence,
            rejects: &self.rejects,
            databases: &self.databases,
            built_in_countries: self.built_in_countries,
            has_csv: self.has_csv,
            examination: &self.examination,
            timeline: &self.timeline,
        }
    }
}

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn untrusted(texts: &[&str]) -> Vec<Untrusted> {
    texts.iter().map(|&text| text.into()).collect()
}

fn record(evidence: &str, record: u64) -> RecordRef {
    RecordRef {
        evidence: evidence.to_owned(),
        record,
        line: record + 1,
        offset: record * 1000,
        native_id: (record == 17).then(|| "5f2c0d3e-1111-4222-8333-444455556666".to_owned()),
        sha256: "0123456789abcdef".repeat(4),
    }
}
