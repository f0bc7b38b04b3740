//! The contoso case from end to end: what was planted is found, the innocent are spared, the same bytes come out.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;

use crate::harness::{bectrace, investigate, testdata};

#[path = "../../examples/contoso.rs"]
#[allow(dead_code, reason = "the program's own main is not used here")]
mod generator;

/// The evidence in the repository is what its generator writes, byte for byte: a change of one is a change of both.
#[test]
fn the_generator_writes_what_is_committed() {
    let dir = tempfile::tempdir().unwrap();
    let (evidence, background) = (dir.path().join("case/evidence"), dir.path().join("background"));
    generator::generate(&evidence, Some(&background)).unwrap();
    let files = |folder: &PathBuf| -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
    };
    let mut made = files(&evidence);
    made.extend(files(&background));
    let mut committed = files(&testdata("cases/contoso/evidence"));
    committed.extend(files(&testdata("background")));
    assert_eq!(made.len(), committed.len());
    for (made, committed) in made.iter().zip(&committed) {
        assert_eq!(made.file_name(), committed.file_name());
        assert!(std::fs::read(made).unwrap() == std::fs::read(committed).unwrap(), "{} differs", committed.display());
    }
}

fn story() -> Value {
    serde_json::from_slice(&std::fs::read(testdata("cases/contoso/story.json")).unwrap()).unwrap()
}

fn case(user: &str) -> (u8, Value, tempfile::TempDir) {
    let evidence = testdata("cases/contoso/evidence").display().to_string();
    investigate(&[&evidence, "--user", user, "--from", "2026-03-02", "--to", "2026-03-08"])
}

fn cited(assessment: &Value) -> BTreeSet<String> {
    let findings = assessment["findings"].as_array().unwrap().iter();
    let records = findings.flat_map(|finding| finding["records"].as_array().unwrap());
    records.filter_map(|record| record["native_id"].as_str()).map(str::to_lowercase).collect()
}

/// Every act that the generator planted for a symptom is cited by that symptom's findings.
#[test]
fn what_was_planted_is_found() {
    let (exit, report, _dir) = case("alice.mori@contoso.example");
    assert_eq!(exit, 0, "every record of the case is whole");
    let mut missed = Vec::new();
    for planted in story()["planted"].as_array().unwrap().iter().filter(|planted| planted["kind"] == "symptom") {
        let id = planted["symptom"].as_str().unwrap();
        let symptom = report["symptoms"].as_array().unwrap().iter().find(|symptom| symptom["id"] == id).unwrap();
        let native = planted["native_id"].as_str().unwrap().to_lowercase();
        if !cited(symptom).contains(&native) {
            missed.push(format!("{id}: {} {native}", planted["operation"]));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    for symptom in report["symptoms"].as_array().unwrap() {
        assert_eq!(symptom["verdict"], "strong", "{}: the story shows every one of the ten", symptom["id"]);
    }
}

#[test]
fn the_innocent_are_not_accused() {
    for user in ["bob.lindt@contoso.example", "chika.tanaka@contoso.example"] {
        let (_, report, _dir) = case(user);
        for kind in ["symptoms", "detections"] {
            for assessment in report[kind].as_array().unwrap() {
                let verdict = assessment["verdict"].as_str().unwrap();
                assert!(
                    !matches!(verdict, "strong" | "weak"),
                    "{user}: {} is {verdict}: {}",
                    assessment["id"],
                    assessment["findings"]
                );
            }
        }
        assert_eq!(report["attacker"]["addresses"], Value::Array(Vec::new()), "{user}");
    }
}

/// The books of the story: what the generator wrote is what the ledger counts.
#[test]
fn the_books_are_those_of_the_generator() {
    let (_, report, _dir) = case("alice.mori@contoso.example");
    for file in story()["files"].as_array().unwrap() {
        let name = file["path"].as_str().unwrap().rsplit('/').next().unwrap();
        let entry = report["evidence"]
            .as_array()
            .unwrap()
            .iter()
            .find(|entry| entry["path"].as_str().unwrap().ends_with(name))
            .unwrap();
        assert_eq!(entry["records"], file["records"], "{name}");
        assert_eq!(entry["duplicates"], file["duplicates"], "{name}");
    }
}

/// `analyze` of the case that `investigate` left gives the same report, byte for byte.
#[test]
fn analyze_repeats_investigate() {
    let (_, _, dir) = case("alice.mori@contoso.example");
    let (case, out) = (dir.path().join("out/case"), dir.path().join("again"));
    let words = [
        "analyze",
        case.to_str().unwrap(),
        "--user",
        "ALICE.Mori@contoso.example",
        "--from",
        "2026-03-02",
        "--to",
        "2026-03-08",
        "--out",
        out.to_str().unwrap(),
        "-q",
    ];
    assert_eq!(bectrace(&words).exit, 0);
    for name in
        ["report.json", "report.html", "timeline.csv", "findings.csv", "timeline.parquet", "timeline.timesketch.jsonl"]
    {
        let (first, second) =
            (std::fs::read(dir.path().join("out").join(name)).unwrap(), std::fs::read(out.join(name)).unwrap());
        assert!(first == second, "{name} differs");
    }
}

/// Every finding's record can be found again by file, record number and hash: here through the timeline's own columns.
#[test]
fn every_cited_record_is_in_the_timeline() {
    let (_, report, dir) = case("alice.mori@contoso.example");
    let mut reader = csv::Reader::from_path(dir.path().join("out/timeline.csv")).unwrap();
    let headers = reader.headers().unwrap().clone();
    let at = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let rows: BTreeSet<(String, String, String)> = reader
        .records()
        .map(|row| row.unwrap())
        .map(|row| {
            (row[at("source_file")].to_owned(), row[at("source_row")].to_owned(), row[at("raw_sha256")].to_owned())
        })
        .collect();
    assert_eq!(report["timeline"]["events"], rows.len());
    let mut count = 0;
    for kind in ["symptoms", "detections"] {
        for finding in report[kind].as_array().unwrap().iter().flat_map(|one| one["findings"].as_array().unwrap()) {
            assert!(!finding["records"].as_array().unwrap().is_empty());
            for record in finding["records"].as_array().unwrap() {
                count += 1;
                let key = (
                    record["evidence"].as_str().unwrap().to_owned(),
                    record["record"].to_string(),
                    record["sha256"].as_str().unwrap().to_owned(),
                );
                assert!(rows.contains(&key), "{key:?}");
            }
        }
    }
    assert!(count > 0);
}
