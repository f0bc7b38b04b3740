//! The chain of custody of cases that grew: shards added one by one, and cases joined. What they are made of verifies, and
//! whatever is changed, added or taken away is found and named.

use std::fs;
use std::path::{Path, PathBuf};

use bectrace::timeline::event::hex;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::custody::tampered;
use crate::harness::{Outcome, bectrace, testdata};

const DANA: &str = "dana.weiss@fabrikam.example";

/// A case that grew by two shards, from evidence of its own.
struct Grown {
    dir: tempfile::TempDir,
}

fn words(path: &Path) -> String {
    path.display().to_string()
}

impl Grown {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let evidence = dir.path().join("evidence");
        fs::create_dir(&evidence).unwrap();
        let text = fs::read_to_string(testdata("background/ual.ndjson")).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        fs::write(evidence.join("first.ndjson"), lines[..60].join("\n")).unwrap();
        let grown = Self { dir };
        grown.append();
        // The second shard has what is new in the folder; the first file lies there still.
        fs::write(evidence.join("second.ndjson"), lines[50..90].join("\n")).unwrap();
        grown.append();
        grown
    }

    fn at(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn append(&self) {
        let (evidence, case) = (words(&self.at("evidence")), words(&self.at("case")));
        let outcome = bectrace(&["ingest", &evidence, "--append", "--out", &case, "-q"]);
        assert_eq!(outcome.exit, 0, "{}", outcome.err);
    }

    fn shards(&self) -> Vec<PathBuf> {
        let mut shards: Vec<PathBuf> =
            fs::read_dir(self.at("case/shards")).unwrap().map(|entry| entry.unwrap().path()).collect();
        shards.sort();
        shards
    }

    fn verify(&self, extra: &[&str]) -> Outcome {
        let case = words(&self.at("case"));
        bectrace(&[&["verify", &case], extra].concat())
    }

    fn caught(&self, extra: &[&str], named: &str) {
        let outcome = self.verify(extra);
        assert_eq!(outcome.exit, 5, "{named}: {}{}", outcome.out, outcome.err);
        assert!(outcome.out.contains(named), "{named} is not named in:\n{}", outcome.out);
    }
}

fn seal(folder: &Path) -> String {
    hex(&Sha256::digest(fs::read(folder.join("SHA256SUMS")).unwrap()))
}

/// Makes the sums of a folder fit its files again, as a careful forger would.
fn resum(folder: &Path) {
    let old = fs::read_to_string(folder.join("SHA256SUMS")).unwrap();
    let names = old.lines().map(|line| line.split_once("  ").unwrap().1);
    let line = |name: &str| format!("{}  {name}\n", hex(&Sha256::digest(fs::read(folder.join(name)).unwrap())));
    fs::write(folder.join("SHA256SUMS"), names.map(line).collect::<String>()).unwrap();
}

#[test]
fn what_grew_verifies_and_so_do_reports_on_it() {
    let grown = Grown::new();
    let shards = grown.shards();
    assert_eq!(shards.len(), 2);
    let outcome = grown.verify(&[]);
    assert_eq!(outcome.exit, 0, "{}", outcome.out);
    for shard in &shards {
        assert!(outcome.out.contains(&seal(shard)), "each part is told with its hash: {}", outcome.out);
    }
    let (case, report) = (words(&grown.at("case")), words(&grown.at("report")));
    let asked = ["analyze", &case, "--user", DANA, "--attacker-ip", "198.51.100.23", "--out", &report, "-q"];
    assert_eq!(bectrace(&asked).exit, 0);
    let merged = words(&grown.at("merged"));
    assert_eq!(bectrace(&["merge", &case, "--out", &merged, "-q"]).exit, 0);
    for dir in [&report, &merged] {
        let outcome = bectrace(&["verify", dir]);
        assert_eq!(outcome.exit, 0, "{dir}: {}", outcome.out);
    }
    // The evidence is elsewhere now.
    fs::rename(grown.at("evidence"), grown.at("vault")).unwrap();
    grown.caught(&[], "evidence not found");
    let vault = words(&grown.at("vault"));
    assert_eq!(grown.verify(&["--evidence", &vault]).exit, 0);
    for dir in [&report, &merged] {
        assert_eq!(bectrace(&["verify", dir]).exit, 5, "{dir}");
        assert_eq!(bectrace(&["verify", dir, "--evidence", &vault]).exit, 0, "{dir}");
    }
}

#[test]
fn nothing_may_come_to_a_case_that_grew_or_go_from_it() {
    let grown = Grown::new();
    let shards = grown.shards();
    for shard in &shards {
        for name in fs::read_to_string(shard.join("SHA256SUMS")).unwrap().lines().map(|line| &line[66..]) {
            let path = shard.join(name);
            let bytes = fs::read(&path).unwrap();
            let mut flipped = bytes.clone();
            match flipped.last_mut() {
                Some(last) => *last ^= 1,
                None => flipped.push(0),
            }
            fs::write(&path, flipped).unwrap();
            grown.caught(&[], name);
            fs::remove_file(&path).unwrap();
            grown.caught(&[], name);
            fs::write(&path, bytes).unwrap();
        }
    }
    for stray in ["notes.txt", "shards/notes.txt"] {
        fs::write(grown.at("case").join(stray), "").unwrap();
        grown.caught(&[], stray);
        fs::remove_file(grown.at("case").join(stray)).unwrap();
    }
    fs::write(grown.at("evidence/later.ndjson"), "{}\n").unwrap();
    let outcome = grown.verify(&[]);
    assert_eq!((outcome.exit, outcome.out.matches("later.ndjson: lies in").count()), (5, 1), "{}", outcome.out);
    fs::remove_file(grown.at("evidence/later.ndjson")).unwrap();
    // What a run that was killed left is told, and is no part of the case.
    let left = grown.at("case/shards/.unfinished-0-1");
    fs::create_dir(&left).unwrap();
    fs::write(left.join("rejects.jsonl"), "").unwrap();
    let outcome = grown.verify(&[]);
    assert_eq!(outcome.exit, 0, "{}", outcome.out);
    assert!(outcome.out.contains(".unfinished-0-1"), "{}", outcome.out);
}

#[test]
fn a_whole_part_that_is_gone_or_new_is_caught_by_the_noted_hashes() {
    let grown = Grown::new();
    let shards = grown.shards();
    let (one, two) = (seal(&shards[0]), seal(&shards[1]));
    assert_eq!(grown.verify(&["--expect", &one, "--expect", &two]).exit, 0);
    grown.caught(&["--expect", &one], &two);
    grown.caught(&["--expect", &one, "--expect", &two, "--expect", &"0".repeat(64)], "a part is gone or was changed");
    fs::remove_dir_all(&shards[1]).unwrap();
    // A part has its own papers, so the others cannot miss it, but for the evidence that lies there unnamed.
    grown.caught(&[], "lies in the evidence folder");
    grown.caught(&["--expect", &one, "--expect", &two], &format!("that was noted: {two}"));
}

#[test]
fn the_manifest_of_a_part_or_of_a_joined_case_tampered_with_in_any_field_is_caught() {
    let grown = Grown::new();
    let (case, merged) = (words(&grown.at("case")), grown.at("merged"));
    assert_eq!(bectrace(&["merge", &case, "--out", &words(&merged), "-q"]).exit, 0);
    for (whole, part) in [(grown.at("case"), grown.shards()[1].clone()), (merged.clone(), merged.clone())] {
        let path = part.join("manifest.json");
        let (original, sums) = (fs::read(&path).unwrap(), fs::read(part.join("SHA256SUMS")).unwrap());
        let manifest: Value = serde_json::from_slice(&original).unwrap();
        let noted: Vec<String> =
            if whole == part { vec![seal(&part)] } else { grown.shards().iter().map(|shard| seal(shard)).collect() };
        let expect: Vec<&str> = noted.iter().flat_map(|hash| ["--expect", hash.as_str()]).collect();
        let whole = words(&whole);
        // Of the outputs the first.
        let shown = |place: &str| !place.starts_with("/outputs/") || place.starts_with("/outputs/0");
        for (place, version) in tampered(&manifest).iter().filter(|(place, _)| shown(place)) {
            fs::write(&path, serde_json::to_vec_pretty(version).unwrap()).unwrap();
            let outcome = bectrace(&["verify", &whole]);
            assert_eq!(outcome.exit, 5, "{place}: {}", outcome.out);
            assert!(outcome.out.contains("manifest.json: SHA-256"), "{place}: {}", outcome.out);
            resum(&part);
            let outcome = bectrace(&[&["verify", &whole], expect.as_slice()].concat());
            assert_eq!(outcome.exit, 5, "{place}: {}", outcome.out);
            // What the papers of one folder hold twice is caught without a noted hash as well.
            if place.starts_with("/evidence") || place.starts_with("/outputs") || place.starts_with("/reading") {
                assert_eq!(bectrace(&["verify", &whole]).exit, 5, "{place}");
            }
            fs::write(part.join("SHA256SUMS"), &sums).unwrap();
        }
        fs::write(&path, original).unwrap();
        assert_eq!(bectrace(&["verify", &whole]).exit, 0, "and as it was it matches");
    }
}
