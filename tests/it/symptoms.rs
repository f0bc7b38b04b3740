//! Each symptom and detection on its cases: fires, spares its innocent twins, says when it cannot tell, keeps to the window.

use std::path::PathBuf;

use rayon::prelude::*;
use serde_json::Value;

use crate::harness::{description, evidence, folders, investigate, testdata, texts};

/// `testdata/symptoms/<id>/<case>/case.json` says what is asked and what must come out.
#[test]
fn every_case_gets_its_verdict() {
    let cases: Vec<PathBuf> = folders(&testdata("symptoms")).iter().flat_map(|symptom| folders(symptom)).collect();
    assert!(!cases.is_empty());
    let faults = |case: &PathBuf| -> Vec<String> {
        let name = case.strip_prefix(testdata("symptoms")).unwrap().display();
        check(case).into_iter().map(|fault| format!("{name}: {fault}")).collect()
    };
    let wrong: Vec<String> = cases.par_iter().flat_map(faults).collect();
    assert!(wrong.is_empty(), "{} of the cases' expectations fail:\n{}", wrong.len(), wrong.join("\n"));
}

fn check(case: &std::path::Path) -> Vec<String> {
    let described = description(case);
    let mut words = evidence(case);
    if described["background"] == Value::Bool(true) {
        words.push(testdata("background").display().to_string());
    }
    for (option, key) in [("--user", "user"), ("--from", "from"), ("--to", "to")] {
        if let Some(value) = described[key].as_str() {
            words.extend([option.to_owned(), value.to_owned()]);
        }
    }
    words.extend(texts(&described["args"]));
    let (_, report, _dir) = investigate(&words);
    let mut wrong = Vec::new();
    for kind in ["symptoms", "detections"] {
        for (id, expected) in described["expect"][kind].as_object().into_iter().flatten() {
            let found = report[kind].as_array().unwrap().iter().find(|assessment| assessment["id"] == *id);
            match found {
                None => wrong.push(format!("no {kind} entry {id}")),
                Some(assessment) => wrong.extend(differences(id, expected, assessment)),
            }
        }
    }
    for (id, expected) in described["expect"]["response"].as_object().into_iter().flatten() {
        let step = report["response"].as_array().unwrap().iter().find(|step| step["id"] == *id);
        let status = step.map_or(Value::Null, |step| step["status"].clone());
        if !texts(&expected["status"]).iter().any(|wanted| *wanted == status) {
            wrong.push(format!("response {id} is {status}, expected {}", expected["status"]));
        }
    }
    wrong
}

fn differences(id: &str, expected: &Value, assessment: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let verdict = assessment["verdict"].as_str().unwrap();
    if !texts(&expected["verdict"]).iter().any(|wanted| wanted == verdict) {
        wrong.push(format!("{id} is {verdict}, expected {}", expected["verdict"]));
    }
    let cited = |all: bool| -> Vec<String> {
        let findings = assessment["findings"].as_array().unwrap().iter();
        let findings = findings.filter(|finding| all || finding["verdict"] != "explained");
        let records = findings.flat_map(|finding| finding["records"].as_array().unwrap());
        records.filter_map(|record| record["native_id"].as_str()).map(str::to_lowercase).collect()
    };
    for wanted in texts(&expected["cites"]) {
        if !cited(true).contains(&wanted.to_lowercase()) {
            wrong.push(format!("{id} does not cite {wanted}"));
        }
    }
    for spared in texts(&expected["spares"]) {
        if cited(false).contains(&spared.to_lowercase()) {
            wrong.push(format!("{id} accuses {spared}"));
        }
    }
    wrong
}
