//! What was found in the sample, and how far the seven steps got.

use std::collections::BTreeMap;

use super::{HOSTILE, record, time};
use crate::finding::{
    Assessment, Attribution, Fact, Finding, Headline, Severity, Shows, Step, StepStatus, Term, Verdict, Weight,
};

pub(super) fn rule_finding() -> Finding {
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
        beside: Vec::new(),
    }
}

pub(super) fn symptoms() -> Vec<Assessment> {
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

pub(super) fn response() -> Vec<Step> {
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
