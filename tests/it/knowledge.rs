//! The knowledge files: printed, and replaced for one run by the investigator's own. Replacing is done once in a
//! program's life, so these tests run the program itself.

use std::process::{Command, Output};

use crate::harness::{bectrace, testdata};

#[test]
fn the_files_are_listed_and_printed_by_name() {
    let all = bectrace(&["explain", "--data"]);
    assert_eq!(all.exit, 0);
    for name in [
        "apps.tsv",
        "folders.tsv",
        "hosting_asns.tsv",
        "microsoft_ranges.txt",
        "record_types.tsv",
        "sign_in_errors.tsv",
        "words/finance.txt",
    ] {
        assert!(all.out.contains(&format!("==> {name} <==")), "{name}");
    }
    let one = bectrace(&["explain", "--data", "hosting_asns"]);
    assert!(one.out.starts_with("==> hosting_asns.tsv <==\n# ") && one.out.contains("Source: "));
    assert!(!one.out.contains("==> apps.tsv <=="));
    let none = bectrace(&["explain", "--data", "recipes"]);
    assert_eq!(none.exit, 2);
    assert!(none.err.contains("apps.tsv"));
}

fn run(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_bectrace")).args(words).output().unwrap()
}

/// A network that the built-in list does not know becomes a hosting network, and the score says so.
#[test]
fn a_file_of_ones_own_counts_for_the_run_and_the_report_says_so() {
    let (knowledge, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::fs::write(
        knowledge.path().join("hosting_asns.tsv"),
        "# Ours.\n# Source: our own list, 2026-03.\n64500\tLagos Cloud\n",
    )
    .unwrap();
    let case = testdata("symptoms/mailbox-delegate/full-access-by-attacker");
    let background = testdata("background").display().to_string();
    let (signins, to) = (case.join("signins.json").display().to_string(), out.path().join("r").display().to_string());
    let dir = knowledge.path().display().to_string();
    let words = [
        "investigate",
        &signins,
        &background,
        "--user",
        "dana.weiss@fabrikam.example",
        "--from",
        "2026-02-10",
        "--out",
        &to,
        "--knowledge",
        &dir,
    ];
    let outcome = run(&words);
    assert!(matches!(outcome.status.code(), Some(0 | 3)), "{}", String::from_utf8_lossy(&outcome.stderr));
    let report = std::fs::read_to_string(out.path().join("r/report.json")).unwrap();
    assert!(report.contains("hosting network (Lagos Cloud)"));
    assert!(report.contains("knowledge files were replaced by the investigator's own: hosting_asns.tsv (SHA-256 "));
}

#[test]
fn a_bad_file_is_a_usage_error_that_names_file_and_line() {
    let knowledge = tempfile::tempdir().unwrap();
    let (dir, file) = (knowledge.path().display().to_string(), knowledge.path().join("hosting_asns.tsv"));
    let out = knowledge.path().join("out").display().to_string();
    let words = ["investigate", "nothing.csv", "--user", "a@contoso.example", "--out", &out, "--knowledge", &dir];
    std::fs::write(&file, "# Source: ours, 2026-03\n64500\tOurs\nsixty\tX\n").unwrap();
    let outcome = run(&words);
    assert_eq!(outcome.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&outcome.stderr).contains("hosting_asns.tsv, line 3"));
    std::fs::write(knowledge.path().join("recipes.txt"), "# Source: ours\nx\n").unwrap();
    std::fs::remove_file(&file).unwrap();
    assert!(String::from_utf8_lossy(&run(&words).stderr).contains("recipes.txt"));
}
