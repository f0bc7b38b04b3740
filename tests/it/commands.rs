//! The command line as the contract states it: usage errors before reading, exit codes, refusal to overwrite.

use crate::harness::{bectrace, testdata};

fn background() -> String {
    testdata("background/signins.json").display().to_string()
}

#[test]
fn usage_errors_are_found_before_anything_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out").display().to_string();
    let evidence = background();
    let user = ["--user", "dana.weiss@fabrikam.example"];
    let wrong: Vec<Vec<&str>> = vec![
        vec!["investigate", &evidence, "--out", &out],
        vec!["investigate", &evidence, user[0], user[1]],
        vec!["investigate", "-", user[0], user[1], "--out", &out],
        vec!["investigate", "no/such/file.csv", user[0], user[1], "--out", &out],
        vec!["investigate", &evidence, user[0], user[1], "--out", &out, "--from", "2026-02-31"],
        vec!["investigate", &evidence, user[0], user[1], "--out", &out, "--from", "2026-02-02", "--to", "2026-02-01"],
        vec!["investigate", &evidence, user[0], user[1], "--out", &out, "--attacker-ip", "203.0.113.300"],
        vec!["investigate", &evidence, user[0], user[1], "--out", &out, "--display-tz", "Atlantis"],
        vec!["investigate", &evidence, user[0], user[1], "--out", &out, "--date-order", "sideways"],
        vec!["investigate", &evidence, user[0], user[1], "--out", &out, "--lang", "la"],
        vec!["analyze", &evidence, "--out", &out],
        vec!["explain", "no-such-symptom"],
    ];
    for words in wrong {
        let outcome = bectrace(&words);
        assert_eq!(outcome.exit, 2, "{words:?}: {}", outcome.err);
        assert!(!outcome.err.is_empty());
    }
    assert!(!dir.path().join("out").exists(), "nothing was written");
}

#[test]
fn a_case_that_is_not_there_is_a_slip_on_the_command_line_as_evidence_is() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).display().to_string();
    let (out, missing) = (at("out"), at("mising"));
    let commands = |case: &str| {
        let analyze = ["analyze", case, "--user", "dana.weiss@fabrikam.example", "--out", &out];
        let commands = [
            analyze.to_vec(),
            vec!["triage", case, "--out", &out],
            vec!["triage", case, "--accounts", "--out", &out],
            vec!["merge", case, "--out", &out],
        ];
        commands.map(|words| (bectrace(&words), format!("{words:?}")))
    };
    for (outcome, words) in commands(&missing) {
        assert_eq!(outcome.exit, 2, "{words}: {}", outcome.err);
        assert!(outcome.err.contains("no such case"), "{words}: {}", outcome.err);
    }
    // A folder that is there was looked into.
    std::fs::create_dir(&missing).unwrap();
    for (outcome, words) in commands(&missing) {
        assert_eq!(outcome.exit, 1, "{words}: {}", outcome.err);
    }
    assert!(!dir.path().join("out").exists(), "nothing was written");
}

#[test]
fn a_folder_that_is_not_empty_is_refused_without_overwrite() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("notes.txt"), "mine").unwrap();
    let (evidence, out) = (background(), dir.path().display().to_string());
    let words = ["investigate", &evidence, "--user", "dana.weiss@fabrikam.example", "--out", &out, "-q"];
    let refused = bectrace(&words);
    assert_eq!(refused.exit, 2, "{}", refused.err);
    let mut again: Vec<&str> = words.to_vec();
    again.push("--clobber");
    assert_eq!(bectrace(&again).exit, 0);
    assert_eq!(std::fs::read_to_string(dir.path().join("notes.txt")).unwrap(), "mine", "what is not ours stays");
    assert_eq!(bectrace(&again).exit, 0, "and once more over its own outputs");
}

#[test]
fn standard_input_is_no_evidence_also_where_a_file_bears_its_name() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::copy(testdata("background/signins.json"), dir.path().join("-")).unwrap();
    let identify = |name: &str| {
        let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_bectrace"));
        let output = program.args(["identify", "--", name]).current_dir(dir.path()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, told) = identify("-");
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("./-"), "{told}");
    assert_eq!(identify("./-").0, Some(0));
}

#[test]
fn a_folder_without_a_file_is_listed_and_makes_the_exit_code_3() {
    let dir = tempfile::tempdir().unwrap();
    let empty = dir.path().join("empty");
    std::fs::create_dir_all(empty.join("below")).unwrap();
    let listed = |names: &[&std::path::Path]| {
        let words = names.iter().map(|name| name.to_str().unwrap());
        let outcome = bectrace(&std::iter::once("identify").chain(words).collect::<Vec<_>>());
        assert!(outcome.out.contains("F-020") && outcome.out.contains("holds no file"), "{}", outcome.out);
        outcome.exit
    };
    assert_eq!(listed(&[&empty]), 3);
    assert_eq!(listed(&[&empty, &testdata("background/signins.json")]), 3);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let link = dir.path().join("link");
        std::os::unix::fs::symlink(&empty, &link).unwrap();
        assert_eq!(listed(&[&link]), 3);
        // What may not be listed says that; who may do everything may list it.
        std::fs::set_permissions(&empty, std::fs::Permissions::from_mode(0o000)).unwrap();
        if let Err(error) = std::fs::read_dir(&empty) {
            let outcome = bectrace(&["identify", empty.to_str().unwrap()]);
            assert!(outcome.out.contains(&error.to_string()), "{}", outcome.out);
        }
        std::fs::set_permissions(&empty, std::fs::Permissions::from_mode(0o700)).unwrap();
        std::fs::remove_file(link).unwrap();
    }
    // An empty folder in one that is walked says nothing: others have files.
    std::fs::copy(testdata("background/signins.json"), dir.path().join("signins.json")).unwrap();
    assert_eq!(bectrace(&["identify", dir.path().to_str().unwrap(), "-q"]).exit, 0);
}

#[test]
fn a_file_that_is_no_export_is_listed_and_makes_the_exit_code_3() {
    let dir = tempfile::tempdir().unwrap();
    let (empty, notes) = (dir.path().join("empty.csv"), dir.path().join("notes.txt"));
    std::fs::write(&empty, "").unwrap();
    std::fs::write(&notes, "dear diary\n").unwrap();
    let header = dir.path().join("header.csv");
    std::fs::write(&header, "CreationDate,UserIds,Operations,AuditData\r\n").unwrap();
    let outcome = bectrace(&["identify", dir.path().to_str().unwrap()]);
    assert_eq!(outcome.exit, 3);
    for word in ["empty.csv", "F-001", "notes.txt", "F-032", "header.csv", "ual_portal_csv_v1", "F-002"] {
        assert!(outcome.out.contains(word), "{word} is not in:\n{}", outcome.out);
    }
    let header = bectrace(&["identify", header.to_str().unwrap()]);
    assert_eq!(header.exit, 0, "a header without rows is a readable export: {}", header.out);
}

#[test]
fn familiar_names_work_as_aliases() {
    let dir = tempfile::tempdir().unwrap();
    let (evidence, out) = (background(), dir.path().join("a").display().to_string());
    let words = [
        "investigate",
        &evidence,
        "-u",
        "dana.weiss@fabrikam.example",
        "-o",
        &out,
        "--timeline-start",
        "2026-02-01",
        "--timeline-end",
        "2026-02-10",
        "-K",
        "--timezone",
        "Asia/Tokyo",
        "-q",
    ];
    let outcome = bectrace(&words);
    assert_eq!(outcome.exit, 0, "{}", outcome.err);
    let report = std::fs::read_to_string(dir.path().join("a/report.json")).unwrap();
    assert!(report.contains("\"to\": \"2026-02-11T00:00:00Z\""), "a date as the end means 24:00 of that day");
}

#[test]
fn explain_lists_the_ten_and_prints_a_page() {
    let list = bectrace(&["explain"]);
    for id in [
        "missing-mail",
        "no-sent-copy",
        "inbox-rules",
        "display-name",
        "blocked-from-sending",
        "hacked-messages",
        "profile-change",
        "credential-change",
        "forwarding",
        "signature",
    ] {
        assert!(list.out.contains(id), "{id}");
        let page = bectrace(&["explain", id]);
        assert_eq!(page.exit, 0);
        assert!(page.out.contains("Innocent explanations"), "{id}");
    }
    assert_eq!(bectrace(&["explain", "3"]).out, bectrace(&["explain", "inbox-rules"]).out);
}

/// Both languages have every page of the ten, with the same parts and the same technique numbers.
#[test]
fn explain_has_every_page_in_japanese() {
    let parts = |page: &str| page.lines().filter(|line| line.starts_with("## ")).count();
    let techniques = |page: &str| -> Vec<String> {
        let words = page.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '.');
        let numbers = words.map(|word| word.trim_end_matches('.')).filter(|word| {
            word.strip_prefix('T')
                .is_some_and(|rest| rest.len() >= 4 && rest.chars().all(|c| c.is_ascii_digit() || c == '.'))
        });
        let mut numbers: Vec<String> = numbers.map(str::to_owned).collect();
        numbers.sort();
        numbers
    };
    for check in bectrace::analyze::symptoms::SYMPTOMS {
        let id = check.meta.id;
        let page = bectrace(&["explain", id, "--lang", "ja"]).out;
        assert!(page.contains("\n## 悪意のない場合の説明\n"), "{id}");
        assert_eq!(parts(&page), parts(check.meta.page), "{id}");
        assert_eq!(techniques(&page), techniques(check.meta.page), "{id}");
        let longest =
            page.lines().map(|line| line.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>()).max();
        assert!(longest <= Some(80), "{id} has a line of {longest:?} cells");
    }
    let list = bectrace(&["explain", "--lang", "ja"]).out;
    assert!(list.contains("受信トレイ ルール") && list.contains("inbox-rules"));
}

/// A misspelt account is not an innocent one.
#[test]
fn of_an_account_that_no_record_names_nothing_is_said() {
    let evidence = testdata("background").display().to_string();
    let (_, report, _dir) = crate::harness::investigate(&[&evidence, "--user", "dana.wiess@fabrikam.example"]);
    for symptom in report["symptoms"].as_array().unwrap() {
        assert_eq!(symptom["verdict"], "not_assessable", "{}", symptom["id"]);
        assert!(symptom["needs"].to_string().contains("no record names the account"));
    }
}

#[test]
fn the_version_names_commit_and_build() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_bectrace")).arg("--version").output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let build = said.trim().strip_prefix(concat!("bectrace ", env!("CARGO_PKG_VERSION"), " (")).unwrap();
    let parts: Vec<&str> = build.strip_suffix(')').unwrap().split(", ").collect();
    let [commit, platform, compiler] = parts.as_slice() else { panic!("{said}") };
    let hash = commit.strip_prefix("commit ").unwrap().trim_end_matches("-dirty");
    let is_hash = hash.len() >= 40 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    assert!(is_hash || *commit == "commit not recorded", "{said}");
    assert_eq!(*platform, format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS));
    assert!(compiler.starts_with("rustc 1."), "{said}");
}
