//! The examination of the sample: its findings, and what is told around them.

use std::collections::{BTreeMap, BTreeSet};

use super::found::{response, rule_finding, symptoms};
use super::{HOSTILE, record, time, untrusted};
use crate::examination::{
    AddressRow, Attacker, AttackerMember, Contact, CountryRow, Examination, Exposed, Exposure, Gate, Identity,
    IdentityKind, OtherAccount, Reach, Recipient, Recipients, RiskySignIn, SignIns, ThrottledDay,
};
use crate::finding::{Assessment, Finding, Severity, Verdict};
use crate::question::Window;
use crate::untrusted::Untrusted;

pub(super) fn examination() -> Examination {
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
        unknown: 1,
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
