//! Each format on its fixtures: recognised, counted, read field by field, with the remarks it must make.

use bectrace::timeline::schema::{Access, COLUMNS};
use bectrace::timeline::store::Case;
use bectrace::timeline::{Event, format_time};
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::harness::{bectrace, description, evidence, folders, testdata, texts};

/// `testdata/formats/<id>/<case>/case.json` says what must come out of the files beside it:
/// `format`, `status`, `exit`, the counts, `notes` (codes), and `events` and `states` (by record number, column by column).
#[test]
fn every_fixture_reads_as_its_case_says() {
    let mut wrong = Vec::new();
    let mut cases = 0;
    for format in folders(&testdata("formats")) {
        for case in folders(&format) {
            cases += 1;
            let name = format!("{}/{}", format.file_name().unwrap().display(), case.file_name().unwrap().display());
            wrong.extend(check(&case).into_iter().map(|fault| format!("{name}: {fault}")));
        }
    }
    assert!(cases > 0);
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
}

fn check(case: &std::path::Path) -> Vec<String> {
    let described = description(case);
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("case");
    let mut words = vec!["ingest".to_owned()];
    words.extend(evidence(case));
    words.extend(["--out".to_owned(), out.display().to_string(), "-q".to_owned()]);
    words.extend(texts(&described["args"]));
    let outcome = bectrace(&words);
    let mut wrong = Vec::new();
    if described["exit"].as_u64() != Some(u64::from(outcome.exit)) {
        wrong.push(format!("exit {} ({}), expected {}", outcome.exit, outcome.err, described["exit"]));
    }
    let read = Case::open(&out).unwrap();
    for (at, expected) in described["sources"].as_array().unwrap().iter().enumerate() {
        let Some(entry) = read.ledger.sources.get(at) else {
            wrong.push(format!("no source {at}"));
            continue;
        };
        let entry = serde_json::to_value(entry).unwrap();
        for (key, value) in expected.as_object().unwrap().iter().filter(|(key, _)| *key != "notes") {
            if entry[key] != *value {
                wrong.push(format!("source {at}: {key} is {}, expected {value}", entry[key]));
            }
        }
        let codes: Vec<&str> =
            entry["notes"].as_array().unwrap().iter().filter_map(|note| note["code"].as_str()).collect();
        for code in texts(&expected["notes"]) {
            if !codes.contains(&code.as_str()) {
                wrong.push(format!("source {at}: no note {code}; there are {codes:?}"));
            }
        }
    }
    let all = read.events(DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC, &|_| true).unwrap();
    let states = read.states(&|_| true).unwrap();
    for (kind, all) in [("events", &all), ("states", &states)] {
        for expected in described[kind].as_array().into_iter().flatten() {
            let file = expected["file"].as_str().unwrap_or_default();
            let found = all.iter().find(|event| {
                event.origin.record == expected["record"].as_u64().unwrap() && event.origin.file.ends_with(file)
            });
            match found {
                None => wrong.push(format!("{kind}: nothing from record {} {file}", expected["record"])),
                Some(event) => wrong.extend(differences(event, expected)),
            }
        }
    }
    wrong
}

fn differences(event: &Event, expected: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, value) in expected.as_object().unwrap() {
        if matches!(name.as_str(), "record" | "file") {
            continue;
        }
        let column = COLUMNS.iter().find(|column| column.name == name).unwrap_or_else(|| panic!("no column {name}"));
        let found = match column.access {
            Access::Text(get, _) => get(event).map_or(Value::Null, Value::from),
            Access::Made(get, _) => get(event).map_or(Value::Null, Value::from),
            Access::Int(get, _) => get(event).map_or(Value::Null, Value::from),
            Access::Float(get, _) => get(event).map_or(Value::Null, Value::from),
            Access::Bool(get, _) => get(event).map_or(Value::Null, Value::from),
            Access::Time(get, _) => {
                DateTime::from_timestamp_micros(get(event)).map(format_time).map_or(Value::Null, Value::from)
            }
        };
        if found != *value {
            wrong.push(format!("record {}: {name} is {found}, expected {value}", event.origin.record));
        }
    }
    wrong
}
