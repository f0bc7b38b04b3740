//! `identify` on its own: one folder of everything, one call, one row a file; for people and for programs.

use std::path::Path;

use serde_json::Value;

use crate::harness::{bectrace, description, evidence, folders, testdata, texts};

/// Lays every fixture of every format into one folder; returns each file's name there with what its case says of it.
fn everything(into: &Path) -> Vec<(String, Option<Value>)> {
    let mut files = Vec::new();
    for format in folders(&testdata("formats")) {
        for case in folders(&format) {
            let described = description(&case);
            // What needs words on the command line is not read without them.
            let plain = texts(&described["args"]).is_empty();
            let sources = described["sources"].as_array().unwrap();
            let given = evidence(&case);
            let one_each = given.len() == sources.len();
            for (at, path) in given.iter().enumerate() {
                let part = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
                // Its own folder keeps the names that mean something.
                let folder = into.join(part(&format)).join(part(&case));
                std::fs::create_dir_all(&folder).unwrap();
                let name = folder.join(part(Path::new(path)));
                std::fs::copy(path, &name).unwrap();
                let expected = sources.get(at).filter(|_| plain && one_each).cloned();
                files.push((name.display().to_string(), expected));
            }
        }
    }
    files.sort_by(|a, b| a.0.cmp(&b.0));
    files
}

#[test]
fn a_folder_of_every_export_is_listed_file_by_file_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let files = everything(dir.path());
    assert!(files.len() > 40);
    let outcome = bectrace(&["identify", dir.path().to_str().unwrap(), "--json"]);
    assert_eq!(outcome.exit, 3, "some fixtures are damaged");
    let told: Value = serde_json::from_str(&outcome.out).unwrap();
    let entries = told["evidence"].as_array().unwrap();
    let paths: Vec<&str> = entries.iter().map(|entry| entry["path"].as_str().unwrap()).collect();
    assert!(paths.is_sorted());
    let own: Vec<&str> = paths.iter().map(|path| path.split('!').next().unwrap()).collect();
    let mut wrong = Vec::new();
    for (name, expected) in &files {
        let Some(at) = own.iter().position(|path| path == name) else {
            wrong.push(format!("{name} is not listed"));
            continue;
        };
        // Beside other files a record may be a copy or take its day's order from them, but what a file is, and how many
        // records it has, does not depend on its neighbours.
        for key in ["format", "status", "records"] {
            if let Some(value) = expected.as_ref().and_then(|expected| expected.get(key))
                && entries[at][key] != *value
            {
                wrong.push(format!("{name}: {key} is {}, alone it is {value}", entries[at][key]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let sum = |key: &str| entries.iter().map(|entry| entry[key].as_u64().unwrap()).sum::<u64>();
    for key in ["records", "events", "states", "duplicates", "rejected"] {
        assert_eq!(told["ledger"][key].as_u64().unwrap(), sum(key), "{key}");
    }
    assert_eq!(sum("records"), sum("events") + sum("states") + sum("duplicates") + sum("rejected"));
}

#[test]
fn the_table_names_what_it_is_how_sure_and_what_to_ask_for() {
    let dir = tempfile::tempdir().unwrap();
    let table = dir.path().join("AuditLog.csv");
    let row = |second: u32| {
        let audit = format!(
            r#"{{""CreationTime"":""2026-03-02T01:00:{second:02}"",""Id"":""{second}"",""Operation"":""Send"",""RecordType"":2,""UserId"":""alice.mori@contoso.example"",""Workload"":""Exchange""}}"#
        );
        format!("2026-03-02T01:00:{second:02}Z,alice.mori@contoso.example,HardDelete,\"{audit}\"\r\n")
    };
    std::fs::write(&table, format!("CreationDate,UserIds,Operations,AuditData\r\n{}{}", row(1), row(2))).unwrap();
    let outcome = bectrace(&["identify", table.to_str().unwrap()]);
    assert_eq!(outcome.exit, 0, "{}", outcome.err);
    let header = outcome.out.lines().next().unwrap();
    for column in ["FILE", "WHAT IT IS", "SURE", "RECORDS", "FIRST", "LAST", "TIMES", "PROBLEMS"] {
        assert!(header.contains(column), "{column} is not in {header}");
    }
    let line = outcome.out.lines().nth(1).unwrap();
    for word in
        ["AuditLog.csv", "ual_portal_csv_v1", "yes", " 2 ", "2026-03-02T01:00:01", "2026-03-02T01:00:02", "R-103"]
    {
        assert!(line.contains(word), "{word} is not in {line}");
    }
    // The row says another operation than the record does: who handled the file?
    assert!(outcome.out.contains("ask for: who handled the file"), "{}", outcome.out);
    assert!(outcome.out.lines().all(|line| line.trim_end() == line), "no blanks at line ends");
}
