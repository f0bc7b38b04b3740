//! Evidence read shard by shard, or on several machines, gives what one run gives, byte for byte: books, findings and
//! timeline, with copies and variants across the shards and identities that another shard teaches.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::harness::{bectrace, testdata};

const QUESTION: [&str; 6] = ["--user", "alice.mori@contoso.example", "--from", "2026-03-02", "--to", "2026-03-08"];

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn run(words: &[&str]) {
    let outcome = bectrace(words);
    assert!(matches!(outcome.exit, 0 | 3), "{words:?}: {} {}", outcome.exit, outcome.err);
}

/// The contoso case cut into exports that overlap: every third of the audit log shares rows with the next, one of the
/// copies has other bytes under the same id, one row is damaged, and one export is there under two names.
fn evidence(dir: &Path) -> Vec<PathBuf> {
    let from = testdata("cases/contoso/evidence");
    let mut log = csv::Reader::from_path(from.join("AuditLog_2026-02-09_2026-03-09.csv")).unwrap();
    let heads = log.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = log.records().map(Result::unwrap).collect();
    let third = rows.len() / 3;
    let mut files = Vec::new();
    for (name, span) in [("a.csv", 0..third + 200), ("b.csv", third..third * 2 + 200), ("c.csv", third * 2..rows.len())]
    {
        let path = dir.join(name);
        let mut out = csv::Writer::from_path(&path).unwrap();
        out.write_record(&heads).unwrap();
        for (at, row) in rows.iter().enumerate().take(span.end).skip(span.start) {
            // The last rows that two exports share say something else in the second.
            let changed = name != "a.csv" && at < span.start + 7;
            let cells = row.iter().map(|cell| {
                if changed { cell.replacen("{\"CreationTime\"", "{ \"CreationTime\"", 1) } else { cell.to_owned() }
            });
            out.write_record(cells).unwrap();
        }
        out.flush().unwrap();
        files.push(path);
    }
    for name in ["SearchResult.xml", "InteractiveSignIns_2026-02-09_2026-03-09.json"] {
        std::fs::copy(from.join(name), dir.join(name)).unwrap();
        files.push(dir.join(name));
    }
    std::fs::copy(dir.join("b.csv"), dir.join("z-again.csv")).unwrap();
    let mut damaged = std::fs::read_to_string(dir.join("c.csv")).unwrap();
    damaged.push_str("not a row,,\n");
    std::fs::write(dir.join("c.csv"), damaged).unwrap();
    std::fs::write(dir.join("notes.txt"), "no export\n").unwrap();
    files.extend([dir.join("z-again.csv"), dir.join("notes.txt")]);
    files
}

fn ingest(files: &[&PathBuf], out: &Path, append: bool) {
    let mut words = vec!["ingest"];
    words.extend(files.iter().map(|file| text(file)));
    words.extend(["--out", text(out), "-q"]);
    if append {
        words.push("--append");
    }
    run(&words);
}

/// What is asked of a case: the report of one account, and the triage.
fn answers(case: &Path, out: &Path) -> Vec<(String, Vec<u8>)> {
    let (one, all) = (out.join("one"), out.join("all"));
    run(&[&["analyze", text(case), "--out", text(&one), "-q"], QUESTION.as_slice()].concat());
    run(&[&["triage", text(case), "--out", text(&all), "-q"], &QUESTION[2..]].concat());
    let names = ["report.json", "findings.csv", "timeline.csv", "rejects.jsonl", "report.html"];
    let of_all = ["accounts.jsonl", "triage.json", "triage.csv", "report.html"];
    let paths = names.iter().map(|name| one.join(name)).chain(of_all.iter().map(|name| all.join(name)));
    paths.map(|path| (path.strip_prefix(out).unwrap().display().to_string(), std::fs::read(path).unwrap())).collect()
}

fn same(expected: &[(String, Vec<u8>)], found: &[(String, Vec<u8>)], how: &str) {
    for ((name, expected), (_, found)) in expected.iter().zip(found) {
        let first = expected.iter().zip(found).position(|(a, b)| a != b).unwrap_or(0);
        let near = |bytes: &[u8]| {
            let end = bytes.len().min(first + 300);
            String::from_utf8_lossy(&bytes[first.saturating_sub(300).min(end)..end]).into_owned()
        };
        assert!(expected == found, "{how}: {name} differs:\n{}\n--\n{}", near(expected), near(found));
    }
}

#[test]
fn any_split_gives_the_same_answers() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("evidence");
    std::fs::create_dir(&folder).unwrap();
    let files = evidence(&folder);
    let whole = dir.path().join("whole");
    ingest(&files.iter().collect::<Vec<_>>(), &whole, false);
    let expected = answers(&whole, &dir.path().join("expected"));
    let report: serde_json::Value = serde_json::from_slice(&expected[0].1).unwrap();
    assert!(report["ledger"]["duplicates"].as_u64().unwrap() > 1000, "the exports overlap");
    assert!(report["evidence"].to_string().contains("C-206"), "an id stands in two exports with other bytes");
    assert!(report["ledger"]["rejected"].as_u64().unwrap() + report["ledger"]["salvaged"].as_u64().unwrap() > 0);

    // Which shard each file goes to, and in which order the shards are made.
    let splits: [&[&[usize]]; 3] =
        [&[&[6], &[5], &[4], &[3], &[2], &[1], &[0]], &[&[0, 2, 4, 6], &[1, 3, 5]], &[&[5], &[0, 1, 2, 3, 4, 6]]];
    for (number, split) in splits.iter().enumerate() {
        let case = dir.path().join(format!("appended{number}"));
        let mut apart = Vec::new();
        for (shard, chosen) in split.iter().enumerate() {
            let chosen: Vec<&PathBuf> = chosen.iter().map(|at| &files[*at]).collect();
            ingest(&chosen, &case, true);
            let machine = dir.path().join(format!("machine{number}-{shard}"));
            ingest(&chosen, &machine, false);
            apart.push(machine);
        }
        same(&expected, &answers(&case, &dir.path().join(format!("a{number}"))), &format!("append {number}"));
        let merged = dir.path().join(format!("merged{number}"));
        let mut words = vec!["merge"];
        words.extend(apart.iter().map(|case| text(case)));
        run(&[words.as_slice(), &["--out", text(&merged), "-q"]].concat());
        same(&expected, &answers(&merged, &dir.path().join(format!("m{number}"))), &format!("merge {number}"));
    }
}

#[test]
fn appending_twice_changes_nothing_and_a_plain_case_takes_shards() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("evidence");
    std::fs::create_dir(&folder).unwrap();
    let files = evidence(&folder);
    let (whole, case) = (dir.path().join("whole"), dir.path().join("case"));
    ingest(&files.iter().collect::<Vec<_>>(), &whole, false);
    let expected = answers(&whole, &dir.path().join("expected"));
    // A plain case first, then shards; the last of them overlaps with both, and is given twice.
    ingest(&[&files[1], &files[3]], &case, false);
    ingest(&[&files[0], &files[1], &files[2]], &case, true);
    for _ in 0..2 {
        ingest(&files.iter().collect::<Vec<_>>(), &case, true);
    }
    assert_eq!(std::fs::read_dir(case.join("shards")).unwrap().count(), 2);
    same(&expected, &answers(&case, &dir.path().join("found")), "append again");
    // Two shards of the same file, as two writers at the same moment would leave them, count once.
    let twin = dir.path().join("twin");
    ingest(&[&files[0]], &twin, true);
    ingest(&[&files[0], &files[1]], &dir.path().join("other"), true);
    for shard in std::fs::read_dir(dir.path().join("other/shards")).unwrap().map(Result::unwrap) {
        std::fs::rename(shard.path(), twin.join("shards").join(shard.file_name())).unwrap();
    }
    let plain = dir.path().join("plain");
    ingest(&[&files[0], &files[1]], &plain, false);
    same(&answers(&plain, &dir.path().join("p")), &answers(&twin, &dir.path().join("t")), "the same file twice");
}

#[test]
fn a_folder_that_is_no_case_takes_no_shard() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("notes.txt"), "mine").unwrap();
    let evidence = testdata("background/signins.json").display().to_string();
    let outcome = bectrace(&["ingest", &evidence, "--append", "--out", text(dir.path()), "-q"]);
    assert_eq!(outcome.exit, 2, "{}", outcome.err);
    let other = tempfile::tempdir().unwrap();
    let outcome = bectrace(&["merge", text(dir.path()), "--out", text(&other.path().join("new")), "-q"]);
    assert_eq!(outcome.exit, 1, "{}", outcome.err);
    assert!(!other.path().join("new").exists());
}

/// A case that is named twice, also by another way to it, is one.
#[test]
fn a_case_named_twice_is_joined_once() {
    let dir = tempfile::tempdir().unwrap();
    let [one, two, plain, merged] = ["one", "two", "plain", "merged"].map(|name| dir.path().join(name));
    ingest(&[&testdata("background/signins.json")], &one, false);
    ingest(&[&testdata("formats/snapshot_inbox_rules_json")], &two, false);
    run(&["merge", text(&one), text(&two), "--out", text(&plain), "-q"]);
    let again = two.join("..").join("one");
    run(&["merge", text(&one), text(&two), text(&one), text(&again), "--out", text(&merged), "-q"]);
    for name in ["ledger.json", "rejects.jsonl"] {
        assert_eq!(std::fs::read(plain.join(name)).unwrap(), std::fs::read(merged.join(name)).unwrap(), "{name}");
    }
    assert!(merged.join("manifest.json").exists());
    // A part of a case beside the case.
    let grown = dir.path().join("grown");
    ingest(&[&testdata("background/signins.json")], &grown, true);
    let part = std::fs::read_dir(grown.join("shards")).unwrap().next().unwrap().unwrap().path();
    let beside = dir.path().join("beside");
    run(&["merge", text(&grown), text(&part), text(&two), "--out", text(&beside), "-q"]);
    assert_eq!(std::fs::read(plain.join("ledger.json")).unwrap(), std::fs::read(beside.join("ledger.json")).unwrap());
}

/// Three exports share a record. Of the one that both cases have, each case may keep another: it is read from the case in
/// which the record is a copy, and so its own copy is one of the first.
#[test]
fn a_copy_of_a_copy_is_one_of_the_first() {
    let dir = tempfile::tempdir().unwrap();
    let log = std::fs::read_to_string(testdata("background/ual.ndjson")).unwrap();
    let mut rows: Vec<&str> = log.lines().collect();
    rows.sort_by_key(|row| serde_json::from_str::<serde_json::Value>(row).unwrap()["CreationTime"].to_string());
    let shared = rows.last().unwrap();
    let files = ["a", "b", "c"].map(|name| dir.path().join(name).with_extension("ndjson"));
    for (file, own) in files.iter().zip(&rows) {
        std::fs::write(file, format!("{own}\n{shared}\n")).unwrap();
    }
    let [a, b, c] = &files;
    let [one, two, all, joined] = ["one", "two", "all", "joined"].map(|name| dir.path().join(name));
    ingest(&[a, b], &one, false);
    ingest(&[b, c], &two, false);
    ingest(&[a, b, c], &all, false);
    for [first, second] in [[&one, &two], [&two, &one]] {
        run(&["merge", text(first), text(second), "--out", text(&joined), "-q", "--overwrite"]);
        let copies = |case: &Path| std::fs::read_to_string(case.join("duplicates.jsonl")).unwrap();
        assert_eq!(copies(&joined), copies(&all));
        assert_eq!(copies(&joined).matches(&*format!("\"kept_evidence\":\"{}\"", text(a))).count(), 2);
    }
}

/// Two machines may each have exported a file of the same name: both count, each under a name of its own.
#[test]
fn two_files_of_one_name_are_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("evidence");
    std::fs::create_dir(&folder).unwrap();
    let files = evidence(&folder);
    let (signins, path) = (&files[4], dir.path().join("audit.csv"));
    let (apart, case) = (dir.path().join("apart"), dir.path().join("case"));
    ingest(&[&files[0], &files[1], signins], &apart, false);
    std::fs::copy(&files[0], &path).unwrap();
    ingest(&[&path, signins], &case, true);
    std::fs::copy(&files[1], &path).unwrap();
    ingest(&[&path], &case, true);

    let report = |case: &Path, out: &str| -> serde_json::Value {
        serde_json::from_slice(&answers(case, &dir.path().join(out))[0].1).unwrap()
    };
    let (expected, found) = (report(&apart, "e"), report(&case, "f"));
    let hashes = |report: &serde_json::Value| -> BTreeMap<String, String> {
        let text = |entry: &serde_json::Value, key: &str| entry[key].as_str().unwrap().to_owned();
        list(&report["evidence"], |entry| (text(entry, "path"), text(entry, "sha256"))).into_iter().collect()
    };
    let (hashes_apart, hashes) = (hashes(&expected), hashes(&found));
    for count in ["records", "events", "duplicates", "rejected"] {
        assert_eq!(expected["ledger"][count], found["ledger"][count], "{count}");
    }
    let sources: Vec<&str> = list(&found["evidence"], |entry| entry["path"].as_str().unwrap());
    assert_eq!(sources.len(), 3);
    let second: Vec<&&str> = sources.iter().filter(|path| path.contains("audit.csv#")).collect();
    assert_eq!(second.len(), 2, "{sources:?}");
    assert_eq!(found["evidence"].to_string().matches("C-213").count(), 2);
    // The same records are cited, each by the file it stands in.
    let cited = |report: &serde_json::Value| {
        let findings = ["symptoms", "detections"].into_iter().flat_map(|kind| list(&report[kind], |entry| entry));
        let findings = findings.flat_map(|entry| list(&entry["findings"], |finding| finding));
        let records = findings.flat_map(|finding| list(&finding["records"], |record| record));
        let mut cited: Vec<(String, String, String)> = records
            .map(|record| {
                let text = |key: &str| record[key].as_str().unwrap_or_default().to_owned();
                (text("sha256"), record["record"].to_string(), text("evidence"))
            })
            .collect();
        cited.sort();
        cited.dedup();
        cited
    };
    let (expected, found) = (cited(&expected), cited(&found));
    assert_eq!(expected.len(), found.len());
    for (apart, same) in expected.iter().zip(&found) {
        assert_eq!((&apart.0, &apart.1), (&same.0, &same.1));
        assert_eq!(hashes_apart.get(&apart.2), hashes.get(&same.2), "{apart:?} {same:?}");
        assert!(sources.contains(&same.2.as_str()), "{same:?}");
    }
    assert!(found.iter().any(|(.., file)| file.contains("audit.csv#")), "some are cited from them");
}

/// Another tenant's log of the same name, in a shard of its own, covers nothing of the account: as where it has another
/// name, and as in the one case that `merge` makes of the shards.
#[test]
fn two_tenants_logs_of_one_name_are_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    let fixture = testdata("symptoms/forwarding/another-tenant-in-the-evidence");
    let path = dir.path().join("ual.ndjson");
    let [apart, case, merged] = ["apart", "case", "merged"].map(|name| dir.path().join(name));
    let logs = ["ual.ndjson", "other-tenant.ndjson"].map(|name| fixture.join(name));
    ingest(&logs.each_ref(), &apart, false);
    for log in &logs {
        std::fs::copy(log, &path).unwrap();
        ingest(&[&path], &case, true);
    }
    run(&["merge", text(&case), "--out", text(&merged), "-q"]);

    let report = |case: &Path, name: &str| {
        let out = dir.path().join(name);
        let question = ["--user", "dana.weiss@fabrikam.example", "--from", "2026-02-10", "--to", "2026-03-01"];
        run(&[&["analyze", text(case), "--out", text(&out), "-q"], question.as_slice()].concat());
        std::fs::read(out.join("report.json")).unwrap()
    };
    let [apart, case, merged] = [(&apart, "a"), (&case, "c"), (&merged, "m")].map(|(case, name)| report(case, name));
    same(&[("report.json".to_owned(), merged)], &[("report.json".to_owned(), case.clone())], "merge");
    let read = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).unwrap();
    let (apart, case) = (read(&apart), read(&case));
    let verdicts = |report: &serde_json::Value| -> Vec<(String, String)> {
        list(&report["symptoms"], |symptom| (symptom["id"].to_string(), symptom["verdict"].to_string()))
    };
    assert_eq!(verdicts(&apart), verdicts(&case));
    assert_eq!(apart["cautions"], case["cautions"]);
    assert!(case["cautions"].to_string().contains("another tenant's records"), "{}", case["cautions"]);
}

/// What is wanted of each entry of a list.
fn list<'v, T>(list: &'v serde_json::Value, of: impl Fn(&'v serde_json::Value) -> T) -> Vec<T> {
    list.as_array().unwrap().iter().map(of).collect()
}
