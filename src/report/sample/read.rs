//! What was read of the sample: files, what was refused of them, and the events of the timeline.

use super::{HOSTILE, time};
use crate::ledger::{Counts, Note, Reject, SourceEntry, Status};
use crate::origin::Origin;
use crate::timeline::{Event, EvidenceSource, Outcome};

pub(super) fn evidence() -> Vec<SourceEntry> {
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

pub(super) fn rejects() -> Vec<Reject> {
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

pub(super) fn timeline() -> Vec<Event> {
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
