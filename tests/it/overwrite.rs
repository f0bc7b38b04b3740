//! What `--overwrite` takes away and what it leaves, and that a case with a part too few or too many is none.

use std::fs;
use std::path::{Path, PathBuf};

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
    // A case is all that may be left of days of reading: no report of another one takes its place.
    for words in
        [format!("analyze /case --user {DANA} --out /out -q --overwrite"), "triage /case --out /out -q -C".to_owned()]
    {
        let outcome = desk.run(&words);
        assert!(outcome.exit == 2 && outcome.err.contains("is a case"), "{words}: {}{}", outcome.exit, outcome.err);
    }
    desk.done("verify /out");
}

#[test]
fn a_slip_on_the_command_line_takes_no_report_away() {
    let desk = Desk::new();
    desk.done("ingest /a.ndjson --out /case -q");
    desk.done(&format!("analyze /case --user {DANA} --out /report -q"));
    assert_eq!(desk.run(&format!("analyze /case --user {DANA} --out /report -q -C --threads 0")).exit, 2);
    desk.done("verify /report");
    desk.done("triage /case --out /ranked -q");
    fs::write(desk.at("damaged.jsonl"), "{}").unwrap();
    for examined in ["/missing.jsonl", "/damaged.jsonl"] {
        assert_eq!(desk.run(&format!("triage /case --out /ranked -q -C --examined {examined}")).exit, 2);
        desk.done("verify /ranked");
    }
    // To rank again in the folder that has the lines is no slip.
    let lines = fs::read(desk.at("ranked/accounts.jsonl")).unwrap();
    desk.done("triage /case --out /ranked -q -C --examined /ranked/accounts.jsonl");
    assert_eq!(fs::read(desk.at("ranked/accounts.jsonl")).unwrap(), lines);
    desk.done("verify /ranked");
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

/// The first file below a folder whose name ends so.
fn first(folder: &Path, end: &str) -> PathBuf {
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        if let Some(found) = paths.iter().find(|path| path.to_string_lossy().ends_with(end)) {
            return found.clone();
        }
        open.extend(paths.into_iter().filter(|path| path.is_dir()));
    }
    panic!("no {end}");
}

#[test]
fn a_part_too_few_or_too_many_is_no_whole_case() {
    let desk = Desk::new();
    let rules = testdata("formats/snapshot_inbox_rules_csv");
    let snapshot = first(&rules, ".csv");
    fs::copy(snapshot, desk.at("rules.csv")).unwrap();
    desk.run("ingest /a.ndjson /b.ndjson /rules.csv --out /plain -q");
    desk.done("ingest /a.ndjson --out /grown -q");
    desk.run("ingest /b.ndjson /rules.csv --out /grown -q --append");
    for case in ["plain", "grown"] {
        let refused = |how: &str| {
            for words in [
                format!("analyze /{case} --user {DANA} --out /report -q"),
                format!("triage /{case} --out /report -q"),
                format!("triage /{case} --accounts --out /report -q"),
                format!("merge /{case} --out /report -q"),
            ] {
                let outcome = desk.run(&words);
                assert_eq!(outcome.exit, 1, "{words}: {how}: {}", outcome.err);
                assert!(outcome.err.contains("damaged"), "{words}: {how}: {}", outcome.err);
                assert!(!desk.at("report").exists(), "{words}");
            }
        };
        let day = first(&desk.at(case).join("timeline"), "part-00000.parquet");
        let aside = desk.at("aside");
        fs::rename(&day, &aside).unwrap();
        refused("a part is gone");
        fs::rename(&aside, &day).unwrap();
        let twice = day.with_file_name("part-00001.parquet");
        fs::copy(&day, &twice).unwrap();
        refused("a part is there twice");
        fs::remove_file(twice).unwrap();
        let folder = day.parent().unwrap();
        fs::rename(folder, &aside).unwrap();
        refused("a day is gone");
        fs::rename(&aside, folder).unwrap();
        let states = if case == "plain" { desk.at(case) } else { desk.at("grown/shards") };
        let states = first(&states, "states");
        fs::rename(&states, &aside).unwrap();
        refused("the snapshots are gone");
        fs::rename(&aside, &states).unwrap();
        let changed = |file: &Path, change: &dyn Fn(Vec<u8>) -> Vec<u8>| {
            let whole = fs::read(file).unwrap();
            let other = change(whole.clone());
            assert!(whole != other, "{}", file.display());
            fs::write(file, other).unwrap();
            refused(&file.display().to_string());
            fs::write(file, whole).unwrap();
        };
        let letters = |from: &'static str, to: &'static str| {
            move |text: Vec<u8>| String::from_utf8(text).unwrap().replacen(from, to, 1).into_bytes()
        };
        changed(&first(&desk.at(case), "ledger.json"), &letters("a.ndjson", "o.ndjson"));
        changed(&first(&desk.at(case), "identities.json"), &letters("dana.weiss", "dena.weiss"));
        let whole = desk.run(&format!("analyze /{case} --user {DANA} --out /report -q"));
        assert!(matches!(whole.exit, 0 | 3), "{}", whole.err);
        fs::remove_dir_all(desk.at("report")).unwrap();
    }
}
