//! What the attacker touched, wrote to, and whom else the attacker's addresses show.

use serde_json::Value;

use crate::harness::{investigate, testdata};

fn contoso() -> Value {
    let evidence = testdata("cases/contoso/evidence").display().to_string();
    let user = "alice.mori@contoso.example";
    let (_, report, _dir) = investigate(&[&evidence, "--user", user, "--from", "2026-03-01", "--to", "2026-03-08"]);
    report
}

fn list<'r>(value: &'r Value, keys: &[&str]) -> &'r Vec<Value> {
    keys.iter().fold(value, |value, key| &value[*key]).as_array().unwrap()
}

/// The story (testdata/README.md): three Binds and two Syncs on the first night, three files of the finance site, thirteen
/// lures, the first to 64 customers.
#[test]
fn the_story_of_contoso() {
    let report = contoso();
    let folders = list(&report, &["exposure", "folders"]);
    let synced: Vec<&str> = folders
        .iter()
        .filter(|folder| folder["how"].as_array().unwrap().contains(&"sync".into()))
        .map(|folder| folder["folder"].as_str().unwrap())
        .collect();
    assert_eq!(synced, ["\\Inbox", "\\Sent Items"]);
    let files = list(&report, &["exposure", "files"]);
    assert_eq!(files.len(), 3);
    assert!(files.iter().all(|file| file["how"] == serde_json::json!(["downloaded"])));
    let mails = list(&report, &["exposure", "mails"]);
    assert!(mails.iter().any(|mail| mail["how"] == serde_json::json!(["bind"])));
    assert!(mails.iter().all(|mail| !mail["records"].as_array().unwrap().is_empty()));
    assert_eq!(report["recipients"]["mails"], 13);
    let outsiders = list(&report, &["recipients", "by_address"]);
    assert!(outsiders.len() >= 64);
    // The innocent are not among the blast radius, however much they work in these days.
    let others = list(&report, &["blast_radius"]);
    assert!(others.iter().all(|other| other["account"] != "bob.lindt@contoso.example"));
}

/// Innocent twins: an account without an intrusion has empty lists.
#[test]
fn nobody_is_exposed_without_an_attacker() {
    let evidence = testdata("background").display().to_string();
    let (_, report, _dir) = investigate(&[
        &evidence,
        "--user",
        "dana.weiss@fabrikam.example",
        "--from",
        "2026-02-10",
        "--to",
        "2026-03-01",
    ]);
    for keys in [["exposure", "mails"], ["exposure", "folders"], ["exposure", "files"], ["recipients", "by_address"]] {
        assert!(list(&report, &keys).is_empty(), "{keys:?}");
    }
    assert!(list(&report, &["blast_radius"]).is_empty());
    assert!(report["exposure"]["limits"].to_string().contains("no attacker"));
}

/// `testdata/exposure/<case>/case.json` says which entries must be there.
#[test]
fn every_case_has_its_entries() {
    for case in crate::harness::folders(&testdata("exposure")) {
        let described = crate::harness::description(&case);
        let mut words = crate::harness::evidence(&case);
        words.push(testdata("background").display().to_string());
        for (option, key) in [("--user", "user"), ("--from", "from"), ("--to", "to")] {
            words.extend([option.to_owned(), described[key].as_str().unwrap().to_owned()]);
        }
        let (_, report, _dir) = investigate(&words);
        for wanted in described["expect"].as_array().unwrap() {
            let at = wanted["at"].as_str().unwrap().split('/').fold(&report, |value, key| &value[key]);
            let matches =
                |entry: &Value| wanted["entry"].as_object().unwrap().iter().all(|(key, value)| entry[key] == *value);
            let found = at.as_array().unwrap().iter().any(matches);
            assert_eq!(found, wanted["there"] != false, "{}: {wanted}\n{at}", case.display());
        }
    }
}
