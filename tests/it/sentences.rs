//! What the files of a report say is so: no time, count, name or file that is not there.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::harness::{bectrace, testdata};

const DANA: [&str; 2] = ["--user", "dana.weiss@fabrikam.example"];
const WINDOW: [&str; 4] = ["--from", "2026-02-10", "--to", "2026-03-01"];

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn lines(path: &Path) -> Vec<Value> {
    read(path).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Runs with these words; gives what was printed.
fn run(words: &[&str]) -> String {
    let outcome = bectrace(words);
    assert!(matches!(outcome.exit, 0 | 3), "{words:?}: {} {}", outcome.exit, outcome.err);
    outcome.out
}

/// Investigates Dana's account; gives what was printed, and the folder.
fn dana(evidence: &[PathBuf], out: &Path, more: &[&str]) -> String {
    let mut words = vec!["investigate"];
    words.extend(evidence.iter().map(|path| text(path)));
    words.extend(["--out", text(out)]);
    run(&[words.as_slice(), &DANA, &WINDOW, more].concat())
}

/// A domain that counts as the organisation's own only for a name that was given is told, and no other.
#[test]
fn a_domain_that_counts_as_own_for_a_given_name_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let told = |alias: &str, out: &str| dana(&[testdata("background")], &dir.path().join(out), &["--alias", alias]);
    assert!(told("dana@partner.example", "a").contains("partner.example counts as the organisation's own"));
    assert!(!told("dana.w@fabrikam.example", "b").contains("counts as the organisation's own"));
}

/// A snapshot whose name holds no date: what it shows has no time, and none is invented anywhere.
#[test]
fn a_snapshot_of_no_time_is_told_without_one() {
    let dir = tempfile::tempdir().unwrap();
    let evidence = [testdata("symptoms/inbox-rules/snapshot-whose-page-names-her"), testdata("background")];
    for lang in ["en", "ja"] {
        let out = dir.path().join(lang);
        let printed = dana(&evidence, &out, &["--format", "all", "--lang", lang]);
        let unknown = if lang == "ja" { "時刻不明" } else { "time not known (snapshot)" };
        assert!(printed.contains(unknown) && !printed.contains("1970"), "{printed}");
        let page = read(&out.join("report.html"));
        assert!(page.contains(unknown) && !page.contains("1970"));
    }
    let out = dir.path().join("en");
    assert!(!read(&out.join("findings.csv")).contains("1970"));
    let report: Value = serde_json::from_str(&read(&out.join("report.json"))).unwrap();
    let findings = |dated: bool| {
        let all = report["symptoms"].as_array().unwrap().iter().flat_map(|one| one["findings"].as_array().unwrap());
        all.filter(|finding| finding["dated"] == dated).map(|finding| finding["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(findings(false), ["inbox-rules/1", "forwarding/1"]);
    for document in lines(&out.join("findings.ecs.jsonl")) {
        let known = document["bectrace"]["finding"].get("time").is_some();
        assert_eq!(known, !findings(false).contains(&document["event"]["id"]), "{document}");
    }
    for document in lines(&out.join("findings.ocsf.jsonl")) {
        let known = document["finding_info"].get("first_seen_time").is_some();
        assert_eq!(known, !findings(false).contains(&document["finding_info"]["uid"]), "{document}");
    }
}

/// OCSF: the value of an observable is that of the attribute which it names.
#[test]
fn an_observable_has_the_value_that_stands_at_its_path() {
    let dir = tempfile::tempdir().unwrap();
    let evidence = testdata("cases/contoso/evidence");
    let words = ["investigate", text(&evidence), "--user", "alice.mori@contoso.example", "--format", "ocsf"];
    run(&[&words[..], &["--out", text(dir.path()), "-q"]].concat());
    let (mut observed, mut targets) = (0, 0);
    for event in lines(&dir.path().join("timeline.ocsf.jsonl")) {
        for observable in event["observables"].as_array().into_iter().flatten() {
            let path = observable["name"].as_str().unwrap();
            let at = path.split('.').fold(&event, |value, step| &value[step]);
            assert_eq!(observable["value"], *at, "{path}");
            observed += 1;
        }
        targets += usize::from(event["class_uid"] == 3001 && event["user"]["name"] != event["actor"]["user"]["name"]);
    }
    assert!(observed > 100 && targets > 0, "{observed} {targets}");
}

/// Copies of other accounts' records are counted like those of the account's own.
#[test]
fn copies_of_other_accounts_records_are_counted() {
    let dir = tempfile::tempdir().unwrap();
    let sign_ins = testdata("symptoms/password-spray/twelve-accounts-and-hers-was-right/signins.json");
    let copy = dir.path().join("copy-signins.json");
    std::fs::copy(&sign_ins, &copy).unwrap();
    let out = dir.path().join("out");
    dana(&[copy, sign_ins, testdata("background")], &out, &["--format", "csv", "-q"]);
    let mut rows = csv::Reader::from_path(out.join("timeline.csv")).unwrap();
    let heads = rows.headers().unwrap().clone();
    let at = |name: &str| heads.iter().position(|head| head == name).unwrap();
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    let quiet = text(&testdata("background/signins.json")).to_owned();
    let is_sprayed = |file: &str| file.ends_with("signins.json") && file != quiet;
    let of_sprayed: Vec<&csv::StringRecord> = rows.iter().filter(|row| is_sprayed(&row[at("source_file")])).collect();
    let others = of_sprayed.iter().filter(|row| row[at("user_upn")] != *DANA[1]).count();
    assert!(others >= 12, "the timeline shows the others: {others}");
    assert!(of_sprayed.iter().all(|row| row[at("duplicate_count")] == *"1"), "{of_sprayed:?}");
}

/// What the terminal and the page do not have room for is in files that were written, or in such as can be asked for.
#[test]
fn nobody_is_sent_to_a_file_that_was_not_written() {
    let dir = tempfile::tempdir().unwrap();
    let evidence = testdata("cases/contoso/evidence");
    let words = ["investigate", text(&evidence), "--user", "alice.mori@contoso.example", "--out", text(dir.path())];
    let printed = run(&[&words[..], &["--format", "html"]].concat());
    let page = read(&dir.path().join("report.html"));
    for said in [printed, page.split("<h2 id=\"method\"").next().unwrap().to_owned()] {
        assert!(!said.contains("findings.csv"), "{said}");
        let sentences = said.split(['.', '\n', '<']).collect::<Vec<_>>().join(" ");
        assert_eq!(sentences.matches("timeline csv").count(), sentences.matches("--format csv writes").count());
    }
    assert!(page.contains("--format csv writes all of them to timeline.csv"));
}

/// A triage takes the options that it has files for, and says so of the others.
#[test]
fn a_triage_has_no_options_that_do_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (case, out) = (dir.path().join("case"), dir.path().join("triage"));
    run(&["ingest", text(&testdata("cases/contoso/evidence")), "--out", text(&case), "-q"]);
    let triage = ["triage", text(&case), "--out", text(&out), "--overwrite"];
    let refused = bectrace(&[&triage[..], &["--format", "xlsx"]].concat());
    assert_eq!(refused.exit, 2, "{}", refused.err);
    assert!(!out.exists());

    run(&[&triage[..], &["--format", "html", "-q"]].concat());
    let page = read(&out.join("report.html"));
    assert!(
        page.contains("mailbox-backup[.]example") && !page.contains("triage.csv") && !out.join("triage.csv").exists()
    );
    run(&[&triage[..], &["--format", "html", "--no-defang", "-q"]].concat());
    assert!(read(&out.join("report.html")).contains("mailbox-backup.example"));
    let printed = run(&[&triage[..], &["--format", "json"]].concat());
    assert!(!printed.contains("report.html") && !printed.contains("triage.csv"), "{printed}");
    assert!(!out.join("report.html").exists() && out.join("triage.json").exists());
}
