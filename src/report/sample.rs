//! A small report for the tests of the renderers: one taken-over account, evidence text as hostile as it comes.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::model::{Database, Report, Tool};
use crate::examination::{
    AddressRow, Attacker, AttackerMember, Contact, CountryRow, Examination, Exposed, Exposure, Gate, Identity,
    IdentityKind, OtherAccount, Reach, Recipient, Recipients, RiskySignIn, SignIns, ThrottledDay,
};
use crate::finding::{
    Assessment, Attribution, Fact, Finding, Headline, Severity, Shows, Step, StepStatus, Term, Verdict, Weight,
};
use crate::ledger::{Counts, Note, Reject, SourceEntry, Status};
use crate::origin::{Origin, RecordRef};
use crate::question::Window;
use crate::timeline::{Event, EvidenceSource, Outcome};
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

fn evidence() -> Vec<SourceEntry> {
    let counts = Counts { records: 9611, events: 5373, states: 0, duplicates: 4235, rejected: 3, salvaged: 2 };
    let read = SourceEntry {
        path: "ual.csv".to_owned(),
        sha256: "ab".repeat(32),
        bytes: 12_345_678,
        format: Some("ual_portal_csv_v2".to_owned()),
        encoding: Some("utf-8-bom".to_owned()),
        evidence_source: Some("ual".to_owned()),
        counts,
        first: Some("2026-03-01T00:00:01Z".to_owned()),
        last: Some("2026-03-31T23:59:58Z".to_owned()),
        status: Status::PartlyRead,
        notes: vec![Note::new("C-003", "5,000 rows: exactly the cap of one search")],
        ..SourceEntry::default()
    };
    let states = SourceEntry {
        path: "sign-ins.zip!a.json".to_owned(),
        sha256: "cd".repeat(32),
        bytes: 4096,
        format: Some("entra_signin_graph_json".to_owned()),
        counts: Counts { records: 12, events: 10, states: 2, ..Counts::default() },
        ..SourceEntry::default()
    };
    let unknown = SourceEntry {
        path: format!("odd {HOSTILE}.bin"),
        sha256: "ef".repeat(32),
        bytes: 17,
        status: Status::UnknownFormat,
        notes: vec![Note::new("C-901", HOSTILE)],
        ..SourceEntry::default()
    };
    vec![read, states, unknown]
}

fn rejects() -> Vec<Reject> {
    let reject = |record| Reject {
        evidence: "ual.csv".to_owned(),
        record,
        line: record + 1,
        offset: record * 900,
        code: "R-101".to_owned(),
        reason: "AuditData is no JSON object".into(),
        excerpt: HOSTILE.into(),
    };
    vec![reject(44), reject(45), reject(9001)]
}

fn examination() -> Examination {
    let gate = |id, title, passes, seen: &str| Gate { id, title, passes, seen: seen.to_owned() };
    Examination {
        user: "alice@contoso.example".into(),
        identities: vec![
            Identity { kind: IdentityKind::Upn, value: "alice@contoso.example".into(), learned_from: None },
            Identity { kind: IdentityKind::Smtp, value: HOSTILE.into(), learned_from: Some(record("ual.csv", 17)) },
        ],
        window: Window { from: time("2026-03-01T00:00:00Z"), to: time("2026-04-01T00:00:00Z") },
        tenant_domains: untrusted(&["contoso.example"]),
        foreign_files: BTreeSet::new(),
        coverage: vec![
            gate("G1", "the window is covered", false, "ual.csv ends 2026-03-28, three days before the window"),
            gate("G4", "mailbox auditing is alive", true, "812 mailbox records of the account"),
            gate("G10", "a snapshot of the rules", false, "no Get-InboxRule export"),
        ],
        symptoms: symptoms(),
        detections: vec![
            Assessment {
                number: 0,
                id: "impossible-travel",
                verdict: Verdict::Strong,
                needs: Vec::new(),
                findings: vec![Finding {
                    id: "impossible-travel/1".to_owned(),
                    time: time("2026-03-10T00:20:00Z"),
                    severity: Severity::Medium,
                    ..rule_finding()
                }],
            },
            Assessment {
                number: 0,
                id: "mfa-fatigue",
                verdict: Verdict::NotSeen,
                needs: Vec::new(),
                findings: Vec::new(),
            },
        ],
        sign_ins: sign_ins(),
        response: response(),
        attacker: Attacker {
            addresses: vec![AttackerMember {
                value: "203.0.113.7".into(),
                why: untrusted(&["risky sign-in at 2026-03-10T00:20:00Z", HOSTILE]),
            }],
            sessions: vec![AttackerMember {
                value: "00a1b2c3-0000-4000-8000-00000000beef".into(),
                why: untrusted(&["session of 203.0.113.7"]),
            }],
            first: Some(time("2026-03-10T00:20:00Z")),
            last: Some(time("2026-03-12T18:00:00Z")),
            why: untrusted(&["two rounds from one risky sign-in"]),
        },
        exposure: exposure(),
        recipients: recipients(),
        blast_radius: blast_radius(),
        cautions: vec!["no GeoIP database: countries come from the weak built-in table".to_owned()],
    }
}

fn exposure() -> Exposure {
    let exposed = |name: &str, how: &[Contact]| Exposed {
        name: name.into(),
        subject: None,
        folder: None,
        mailbox: None,
        how: how.to_vec(),
        first: time("2026-03-10T00:25:00Z"),
        last: time("2026-03-10T00:40:00Z"),
        count: 2,
        records: vec![record("ual.csv", 21)],
    };
    let mailbox = Some("alice@contoso.example".into());
    Exposure {
        mails: vec![Exposed {
            subject: Some(HOSTILE.into()),
            folder: Some("\\Inbox".into()),
            mailbox: mailbox.clone(),
            ..exposed("m1@vendor.example", &[Contact::Bind, Contact::Deleted])
        }],
        folders: vec![Exposed { mailbox, ..exposed("\\Inbox", &[Contact::Bind, Contact::Sync]) }],
        files: vec![exposed("https://contoso.example/sites/finance/plan.xlsx", &[Contact::Downloaded])],
        throttled: vec![ThrottledDay {
            day: "2026-03-11".to_owned(),
            attackers: true,
            records: vec![record("ual.csv", 22)],
        }],
        limits: vec!["a folder that was synchronised has to be taken as read whole".to_owned()],
    }
}

fn recipients() -> Recipients {
    Recipients {
        mails: 2,
        counted: 3,
        unlisted: 1,
        by_address: vec![Recipient {
            address: "buyer@vendor.example".into(),
            internal: false,
            mails: 2,
            first: time("2026-03-10T00:30:00Z"),
            last: time("2026-03-10T00:31:00Z"),
            subjects: untrusted(&["Updated bank details", HOSTILE]),
            message_ids: untrusted(&["lure-1@contoso.example"]),
            seen_in: vec!["mailbox", "trace"],
            delivery: untrusted(&["Delivered"]),
            records: vec![record("ual.csv", 23)],
        }],
    }
}

fn blast_radius() -> Vec<OtherAccount> {
    vec![OtherAccount {
        account: "bob@contoso.example".into(),
        reach: Reach::Entered,
        addresses: untrusted(&["203.0.113.7"]),
        sessions: Vec::new(),
        sign_ins: 1,
        failed: 4,
        operations: BTreeMap::from([("MailItemsAccessed".to_owned(), 3)]),
        first: time("2026-03-10T00:10:00Z"),
        last: time("2026-03-11T09:00:00Z"),
        records: vec![record("ual.csv", 24)],
    }]
}

fn rule_finding() -> Finding {
    Finding {
        id: "inbox-rules/1".to_owned(),
        time: time("2026-03-10T00:23:03Z"),
        dated: true,
        severity: Severity::High,
        fact: Fact::Recorded,
        attribution: Attribution::Linked,
        verdict: Weight::Strong,
        actor: "alice@contoso.example".into(),
        target: HOSTILE.into(),
        address: Some("203.0.113.7".into()),
        session: Some("00a1b2c3-0000-4000-8000-00000000beef".into()),
        headline: Headline {
            en: format!("A rule named '.' moves mail about invoices to RSS Feeds and forwards it to mallory@evil.example {HOSTILE}")
                .into(),
            ja: "「.」という受信トレイ ルールが請求書のメールを RSS フィードに移動し、mallory@evil.example に転送する".into(),
        },
        facts: BTreeMap::from([
            ("Name".to_owned(), ".".into()),
            ("MoveToFolder".to_owned(), "RSS フィード".into()),
            ("SubjectContainsWords".to_owned(), HOSTILE.into()),
        ]),
        score: vec![
            Term { points: 3, why: "address is in the attacker set".into() },
            Term { points: 3, why: "rule hides mail".into() },
            Term { points: -1, why: "usual client".into() },
        ],
        on_its_face: true,
        shows: Shows::Inside,
        attack: vec!["T1564.008"],
        records: vec![record("ual.csv", 17), record("sign-ins.zip!a.json", 3)],
    }
}

fn symptoms() -> Vec<Assessment> {
    let ids = [
        "missing-mail",
        "no-sent-copy",
        "inbox-rules",
        "display-name",
        "blocked-from-sending",
        "hacked-messages",
        "profile-change",
        "credential-change",
        "forwarding",
        "signature",
    ];
    let explained = Finding {
        id: "inbox-rules/2".to_owned(),
        verdict: Weight::Explained,
        attribution: Attribution::Explained,
        severity: Severity::Info,
        fact: Fact::Snapshot,
        address: None,
        session: None,
        headline: Headline {
            en: "A rule files newsletters".into(), ja: "ニュースレターを仕分けるルール".into()
        },
        score: Vec::new(),
        ..rule_finding()
    };
    let forwarding = Finding {
        id: "forwarding/1".to_owned(),
        time: time("2026-03-11T07:00:00Z"),
        severity: Severity::Critical,
        verdict: Weight::Weak,
        fact: Fact::Inferred,
        attribution: Attribution::Unknown,
        headline: Headline { en: "Mail is forwarded".into(), ja: "メールが転送されている".into() },
        ..rule_finding()
    };
    let mut symptoms: Vec<Assessment> = (1..)
        .zip(ids)
        .map(|(number, id)| Assessment {
            number,
            id,
            verdict: Verdict::NotSeen,
            needs: Vec::new(),
            findings: Vec::new(),
        })
        .collect();
    symptoms[2].verdict = Verdict::Strong;
    symptoms[2].findings = vec![rule_finding(), explained];
    symptoms[4].verdict = Verdict::NotAssessable;
    symptoms[4].needs = vec!["a message trace that covers the window".to_owned()];
    symptoms[6].verdict = Verdict::Explained;
    symptoms[8].verdict = Verdict::Weak;
    symptoms[8].findings = vec![forwarding];
    symptoms
}

fn sign_ins() -> SignIns {
    // Monday to Friday, some in each hour of the day's work, and twelve on Tuesday at midnight.
    let at = |day: usize, hour: usize| time(&format!("2026-03-{:02}T{hour:02}:30:00Z", 2 + day));
    let mut times = vec![at(1, 0); 12];
    for day in 0..5 {
        times.extend((8..18).flat_map(|hour| std::iter::repeat_n(at(day, hour), (day + hour) % 7)));
    }
    let row = |address: &str, country: Option<&str>, succeeded, failed| AddressRow {
        address: address.into(),
        total: succeeded + failed,
        succeeded,
        failed,
        first: time("2026-03-02T08:01:00Z"),
        last: time("2026-03-30T17:59:00Z"),
        country: country.map(Untrusted::from),
        asn: country.map(|_| 64_496),
        network: Some("Example Hosting".into()),
    };
    SignIns {
        total: 61,
        succeeded: 52,
        failed: 6,
        interrupted: 3,
        password_was_right: 2,
        by_address: vec![
            row("198.51.100.20", Some("JP"), 49, 2),
            row("203.0.113.7", Some("NG"), 3, 4),
            row(HOSTILE, None, 0, 1),
        ],
        by_country: vec![
            CountryRow { country: "JP".into(), total: 51, succeeded: 49, failed: 2 },
            CountryRow { country: "NG".into(), total: 7, succeeded: 3, failed: 4 },
        ],
        times,
        risky: vec![RiskySignIn {
            time: time("2026-03-10T00:20:00Z"),
            address: Some("203.0.113.7".into()),
            country: Some("NG".into()),
            outcome: "success",
            code: Some("0".into()),
            why: untrusted(&["risk level high", "country never seen before"]),
            record: record("sign-ins.zip!a.json", 3),
        }],
    }
}

fn response() -> Vec<Step> {
    let ids = [
        ("reset-password", StepStatus::Done),
        ("remove-forwarding", StepStatus::Undone),
        ("disable-inbox-rules", StepStatus::NotSeen),
        ("unblock-sending", StepStatus::NotAssessable),
        ("block-sign-in", StepStatus::Partial),
        ("remove-admin-roles", StepStatus::NotSeen),
        ("other-precautions", StepStatus::ByAttacker),
    ];
    (1..)
        .zip(ids)
        .map(|(number, (id, status))| Step {
            number,
            id,
            status,
            at: (number == 1).then(|| time("2026-03-12T09:00:00Z")),
            after_last_attacker_action: (number == 1).then_some(false),
            note: Headline {
                en: "Reset by an administrator, but the session lived on".into(),
                ja: "管理者がリセットしたが、セッションは生き残った".into(),
            },
            records: if number == 1 { vec![record("ual.csv", 900)] } else { Vec::new() },
        })
        .collect()
}

fn timeline() -> Vec<Event> {
    let event = |record, at: &str| Event {
        origin: Origin { file: "ual.csv".into(), record, line: record + 1, offset: record * 1000 },
        datetime: time(at),
        action: Some("New-InboxRule".into()),
        outcome: Outcome::Success,
        evidence_source: EvidenceSource::Ual,
        raw: Some("{\"the\":\"record\"}".into()),
        ..Event::default()
    };
    let cited = Event {
        message: Some(HOSTILE.into()),
        timestamp_desc: Some("Creation Time".into()),
        user_upn: Some("alice@contoso.example".into()),
        source_ip: Some("203.0.113.7".into()),
        geo_country: Some("NG".into()),
        geo_lon: Some(-0.5),
        email_subject: Some("=cmd|' /C calc'!A0".into()),
        symptom: Some("inbox-rules; forwarding".into()),
        finding_ids: Some("inbox-rules/1; forwarding/1".into()),
        ..event(17, "2026-03-10T00:23:03Z")
    };
    vec![cited, event(18, "2026-03-10T00:24:00.250Z"), event(19, "2026-03-31T23:59:58Z")]
}
