//! The public shape: which keys stand where, and that hostile text stays text.

use super::*;
use crate::report::sample::Sample;

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
        "dated",
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
    for key in ["interrupted", "unknown", "password_was_right", "by_address", "by_country", "risky"] {
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
