//! What `--overwrite` takes away and what it leaves.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::harness::{Outcome, bectrace, testdata};

const DANA: &str = "dana.weiss@fabrikam.example";

/// Three exports of days of their own, and a folder for cases and reports.
struct Desk {
    dir: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let text = fs::read_to_string(testdata("background/ual.ndjson")).unwrap();
        let mut lines: Vec<&str> = text.lines().take(90).collect();
        lines.sort_by_key(|line| serde_json::from_str::<Value>(line).unwrap()["CreationTime"].to_string());
        for (name, lines) in ["a", "b", "c"].into_iter().zip(lines.chunks(30)) {
            fs::write(dir.path().join(format!("{name}.ndjson")), lines.join("\n")).unwrap();
        }
        Self { dir }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Runs the words; those that begin with a `/` are paths of the desk.
    fn run(&self, words: &str) -> Outcome {
        let word = |word: &str| match word.strip_prefix('/') {
            Some(path) => self.at(path).display().to_string(),
            None => word.to_owned(),
        };
        bectrace(&words.split(' ').map(word).collect::<Vec<_>>())
    }

    fn done(&self, words: &str) {
        let outcome = self.run(words);
        assert_eq!(outcome.exit, 0, "{words}: {}{}", outcome.out, outcome.err);
    }

    /// The files that a report says its answer comes from.
    fn evidence(&self, report: &str) -> Vec<String> {
        let report: Value = serde_json::from_slice(&fs::read(self.at(report).join("report.json")).unwrap()).unwrap();
        let paths = report["evidence"].as_array().unwrap().iter().map(|entry| entry["path"].as_str().unwrap());
        paths.map(|path| path.rsplit('/').next().unwrap().to_owned()).collect()
    }
}

#[test]
fn no_shard_of_the_replaced_case_is_read_with_the_new_one() {
    let desk = Desk::new();
    for first in ["--overwrite", "--append"] {
        desk.done(&format!("ingest /a.ndjson --out /case -q {first}"));
        desk.done("ingest /b.ndjson --out /case -q --append");
        desk.done("ingest /c.ndjson --out /case -q --overwrite");
        desk.done(&format!("analyze /case --user {DANA} --out /report -q --overwrite"));
        assert_eq!(desk.evidence("report"), ["c.ndjson"]);
        desk.done("verify /case");
        desk.done("verify /report");
        fs::remove_dir_all(desk.at("case")).unwrap();
    }
    // The same where cases are joined, and where a report has its case below.
    desk.done("ingest /a.ndjson --out /one -q");
    desk.done("ingest /b.ndjson --out /joined -q --append");
    desk.done("merge /one --out /joined -q --overwrite");
    desk.done("verify /joined");
    desk.done(&format!("investigate /a.ndjson --user {DANA} --out /full -q"));
    desk.done("ingest /b.ndjson --out /full/case -q --append");
    desk.done(&format!("investigate /c.ndjson --user {DANA} --out /full -q --overwrite"));
    assert_eq!(desk.evidence("full"), ["c.ndjson"]);
    desk.done("verify /full");
}

#[test]
fn a_report_takes_the_place_of_one_that_had_its_case_below() {
    let desk = Desk::new();
    desk.done("ingest /a.ndjson --out /case -q");
    for words in [
        format!("analyze /case --user {DANA} --out /out -q --overwrite"),
        "triage /case --out /out -q --overwrite".to_owned(),
        "ingest /c.ndjson --out /out -q --overwrite".to_owned(),
    ] {
        desk.done(&format!("investigate /b.ndjson --user {DANA} --out /out -q --overwrite"));
        assert!(desk.at("out/case/ledger.json").exists());
        desk.done(&words);
        assert!(!desk.at("out/case").exists(), "{words}");
        desk.done("verify /out");
    }
    // And a report takes the place of a case.
    desk.done(&format!("analyze /case --user {DANA} --out /out -q --overwrite"));
    assert!(!desk.at("out/ledger.json").exists() && !desk.at("out/timeline").exists());
    desk.done("verify /out");
}

#[test]
fn what_the_tool_did_not_write_stays() {
    let desk = Desk::new();
    let mine = [
        "out/notes.txt",
        "out/timeline/mine.csv",
        "out/timeline/date=2026-01-15/data_0.parquet",
        "out/shards/mine/table.parquet",
        "out/case/timeline/mine.csv",
    ];
    for name in mine {
        fs::create_dir_all(desk.at(name).parent().unwrap()).unwrap();
        fs::write(desk.at(name), name).unwrap();
    }
    // A case of somebody's own beside a report is no part of it.
    desk.done("ingest /a.ndjson --out /out/case/own -q");
    for words in [
        "ingest /b.ndjson --out /out -q --overwrite".to_owned(),
        format!("investigate /c.ndjson --user {DANA} --out /out -q --overwrite"),
        "ingest /b.ndjson --out /out -q --overwrite".to_owned(),
    ] {
        desk.done(&words);
        for name in mine {
            assert_eq!(fs::read_to_string(desk.at(name)).ok().as_deref(), Some(name), "{words}");
        }
        desk.done("verify /out/case/own");
    }
    // What lies among the parts is none of them.
    desk.done(&format!("analyze /out --user {DANA} --out /report -q"));
    assert_eq!(desk.evidence("report"), ["b.ndjson"]);
    desk.done("ingest /a.ndjson --out /plain/case -q");
    desk.done(&format!("analyze /out --user {DANA} --out /plain -q --overwrite"));
    desk.done("verify /plain/case");
}
