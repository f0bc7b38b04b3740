//! Each symptom and detection on its cases: fires, spares its innocent twins, says when it cannot tell, keeps to the window.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use bectrace::report::words::{Lang, fact_name, title, untold};
use serde_json::Value;

use crate::harness::{description, evidence, folders, investigate, testdata, texts};

/// `testdata/symptoms/<id>/<case>/case.json` says what is asked and what must come out. `BECTRACE_CASES` names a part of
/// the folders' names while one of them is written: all together take minutes without optimisation.
#[test]
fn every_case_gets_its_verdict() {
    let wanted = std::env::var("BECTRACE_CASES").unwrap_or_default();
    let is_wanted = |case: &PathBuf| case.display().to_string().contains(&wanted);
    let all = folders(&testdata("symptoms")).into_iter().flat_map(|symptom| folders(&symptom));
    let cases: Vec<PathBuf> = all.filter(is_wanted).collect();
    assert!(!cases.is_empty());
    let faults = |case: &PathBuf| -> Vec<String> {
        let name = case.strip_prefix(testdata("symptoms")).unwrap().display();
        check(case).into_iter().map(|fault| format!("{name}: {fault}")).collect()
    };
    // Plain threads: a worker of one pool that waits for another pool takes up further cases on the same stack.
    let next = AtomicUsize::new(0);
    let work = || -> Vec<String> {
        std::iter::from_fn(|| cases.get(next.fetch_add(1, Ordering::Relaxed))).flat_map(faults).collect()
    };
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut wrong: Vec<String> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    wrong.sort();
    assert!(wrong.is_empty(), "{} of the cases' expectations fail:\n{}", wrong.len(), wrong.join("\n"));
}

fn check(case: &std::path::Path) -> Vec<String> {
    let described = description(case);
    let mut words = evidence(case);
    if described["background"] == Value::Bool(true) {
        words.push(testdata("background").display().to_string());
    }
    for (option, key) in [("--user", "user"), ("--from", "from"), ("--to", "to")] {
        if let Some(value) = described[key].as_str() {
            words.extend([option.to_owned(), value.to_owned()]);
        }
    }
    words.extend(texts(&described["args"]));
    let (_, report, _dir) = investigate(&words);
    let mut wrong = english_in_a_japanese_report(&report);
    for kind in ["symptoms", "detections"] {
        for (id, expected) in described["expect"][kind].as_object().into_iter().flatten() {
            let found = report[kind].as_array().unwrap().iter().find(|assessment| assessment["id"] == *id);
            match found {
                None => wrong.push(format!("no {kind} entry {id}")),
                Some(assessment) => wrong.extend(differences(id, expected, assessment)),
            }
        }
    }
    for (key, expected) in described["expect"]["attacker"].as_object().into_iter().flatten() {
        if report["attacker"][key] != *expected {
            wrong.push(format!("the attacker's {key} is {}, expected {expected}", report["attacker"][key]));
        }
    }
    for (id, expected) in described["expect"]["response"].as_object().into_iter().flatten() {
        let step = report["response"].as_array().unwrap().iter().find(|step| step["id"] == *id);
        let status = step.map_or(Value::Null, |step| step["status"].clone());
        if !texts(&expected["status"]).iter().any(|wanted| *wanted == status) {
            wrong.push(format!("response {id} is {status}, expected {}", expected["status"]));
        }
        let after = step.map_or(&Value::Null, |step| &step["after_last_attacker_action"]);
        if expected.get("after").is_some_and(|wanted| wanted != after) {
            wrong.push(format!("response {id} after the last act: {after}, expected {}", expected["after"]));
        }
        let note = step.map_or("", |step| step["note"]["en"].as_str().unwrap());
        for (key, wanted) in [("says", true), ("says_not", false)] {
            let amiss = texts(&expected[key]).into_iter().filter(|text| note.contains(text.as_str()) != wanted);
            wrong.extend(amiss.map(|text| format!("response {id} {key}: {text}; the note: {note}")));
        }
    }
    wrong.extend(strong_and_explained(&report));
    wrong
}

/// Detections that call the same act the attacker's and an innocent's. A symptom may be strong by what was done alone,
/// whoever did it.
fn strong_and_explained(report: &Value) -> Vec<String> {
    let detections = report["detections"].as_array().unwrap();
    let findings = detections.iter().flat_map(|assessment| assessment["findings"].as_array().unwrap());
    let contradicts = |finding: &&Value| finding["verdict"] == "strong" && finding["attribution"] == "explained";
    findings.filter(contradicts).map(|finding| format!("{} is strong, and explained", finding["id"])).collect()
}

/// Sentences and names that the examination wrote and that the report's other language has no words for.
pub fn english_in_a_japanese_report(report: &Value) -> Vec<String> {
    let mut sentences = Vec::new();
    let mut names = Vec::new();
    let both = ["symptoms", "detections"].into_iter().flat_map(|kind| report[kind].as_array().unwrap());
    for assessment in both {
        sentences.extend(texts(&assessment["needs"]));
        if title(Lang::Ja, assessment["id"].as_str().unwrap()).is_ascii() {
            names.push(assessment["id"].to_string());
        }
        for finding in assessment["findings"].as_array().unwrap() {
            sentences.extend(finding["score"].as_array().unwrap().iter().map(why));
            names.extend(
                finding["facts"]
                    .as_object()
                    .unwrap()
                    .keys()
                    .filter(|name| fact_name(Lang::Ja, name).is_ascii())
                    .cloned(),
            );
        }
    }
    let attacker = &report["attacker"];
    sentences.extend(texts(&attacker["why"]));
    for member in ["addresses", "sessions"].into_iter().flat_map(|kind| attacker[kind].as_array().unwrap()) {
        sentences.extend(texts(&member["why"]));
    }
    sentences.extend(report["sign_ins"]["risky"].as_array().unwrap().iter().flat_map(|sign_in| texts(&sign_in["why"])));
    for gate in report["coverage"].as_array().unwrap() {
        sentences.extend(["title", "seen"].map(|key| gate[key].as_str().unwrap().to_owned()));
    }
    sentences.extend(texts(&report["cautions"]));
    sentences.extend(texts(&report["exposure"]["limits"]));
    let mut missing: Vec<String> = sentences.into_iter().filter(|sentence| untold(sentence)).chain(names).collect();
    missing.sort();
    missing.dedup();
    missing.into_iter().map(|text| format!("no Japanese for: {text}")).collect()
}

fn headline(finding: &Value) -> &str {
    finding["headline"]["en"].as_str().unwrap()
}

fn why(term: &Value) -> String {
    term["why"].as_str().unwrap().to_owned()
}

fn differences(id: &str, expected: &Value, assessment: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let verdict = assessment["verdict"].as_str().unwrap();
    if !texts(&expected["verdict"]).iter().any(|wanted| wanted == verdict) {
        wrong.push(format!("{id} is {verdict}, expected {}", expected["verdict"]));
    }
    let cited = |all: bool| -> Vec<String> {
        let findings = assessment["findings"].as_array().unwrap().iter();
        let findings = findings.filter(|finding| all || finding["verdict"] != "explained");
        let records = findings.flat_map(|finding| finding["records"].as_array().unwrap());
        records.filter_map(|record| record["native_id"].as_str()).map(str::to_lowercase).collect()
    };
    for wanted in texts(&expected["cites"]) {
        if !cited(true).contains(&wanted.to_lowercase()) {
            wrong.push(format!("{id} does not cite {wanted}"));
        }
    }
    for (name, value) in expected["facts"].as_object().into_iter().flatten() {
        if !assessment["findings"].as_array().unwrap().iter().any(|finding| finding["facts"][name] == *value) {
            wrong.push(format!("{id} does not tell {name} {value}"));
        }
    }
    let sentences: Vec<&str> = assessment["findings"].as_array().unwrap().iter().map(headline).collect();
    for (key, wanted) in [("says", true), ("says_not", false)] {
        let amiss = |text: &String| sentences.iter().any(|sentence| sentence.contains(text.as_str())) != wanted;
        let amiss = texts(&expected[key]).into_iter().filter(amiss);
        wrong.extend(amiss.map(|text| format!("{id} {key}: {text}; the sentences: {sentences:?}")));
    }
    for spared in texts(&expected["spares"]) {
        if cited(false).contains(&spared.to_lowercase()) {
            wrong.push(format!("{id} accuses {spared}"));
        }
    }
    wrong
}

#[test]
fn a_rule_whose_name_no_record_tells_is_called_so() {
    let text = std::fs::read_to_string(testdata("symptoms/inbox-rules/outlook-forward-all/ual.ndjson")).unwrap();
    let nameless = text.replace("\"Name\":\"RuleName\"", "\"Name\":\"Other\"");
    assert_ne!(nameless, text);
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("ual.ndjson");
    std::fs::write(&file, nameless).unwrap();
    let span = ["--from", "2026-02-10", "--to", "2026-03-01"];
    let file = file.display().to_string();
    let words = [&[&*file, "--user", "dana.weiss@fabrikam.example"], span.as_slice()].concat();
    let (_, report, _dir) = investigate(&words);
    let found = report["symptoms"].as_array().unwrap().iter().find(|found| found["id"] == "forwarding").unwrap();
    let headline = &found["findings"][0]["headline"];
    assert!(headline["en"].as_str().unwrap().starts_with("Rule '(name unknown)' of"), "{headline}");
    assert!(headline["ja"].as_str().unwrap().contains("「(名前不明)」"), "{headline}");
}

/// The answer of `password-spray` for Dana where twelve others and then she were refused at one place, after the
/// sign-ins were changed; with the number of accounts that its finding tells of, and the records it cites.
fn sprayed(change: impl Fn(&mut Vec<Value>)) -> (String, Vec<String>, Vec<String>) {
    let text = std::fs::read(testdata("symptoms/password-spray/twelve-accounts-none-right/signins.json")).unwrap();
    let mut rows: Vec<Value> = serde_json::from_slice(&text).unwrap();
    change(&mut rows);
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("signins.json");
    std::fs::write(&file, serde_json::to_vec(&rows).unwrap()).unwrap();
    let (file, background) = (file.display().to_string(), testdata("background").display().to_string());
    let span = ["--from", "2026-02-10", "--to", "2026-03-01"];
    let words = [&[&*file, &*background, "--user", "dana.weiss@fabrikam.example"], span.as_slice()].concat();
    let (_, report, _dir) = investigate(&words);
    let found = report["detections"].as_array().unwrap().iter().find(|found| found["id"] == "password-spray").unwrap();
    let findings = found["findings"].as_array().unwrap();
    let told = findings.iter().map(|finding| finding["facts"]["accounts tried"].as_str().unwrap().to_owned());
    let cited = findings.iter().flat_map(|finding| finding["records"].as_array().unwrap());
    let cited = cited.map(|record| record["native_id"].as_str().unwrap().to_owned());
    (found["verdict"].as_str().unwrap().to_owned(), told.collect(), cited.collect())
}

/// What Dana's case says where this is the evidence beside the quiet month.
fn danas(files: &[(&str, String)], further: &[&str]) -> Value {
    let dir = tempfile::tempdir().unwrap();
    let mut words = vec![testdata("background").display().to_string()];
    for (name, text) in files {
        let file = dir.path().join(name);
        std::fs::write(&file, text).unwrap();
        words.push(file.display().to_string());
    }
    let asked = ["--user", "dana.weiss@fabrikam.example", "--from", "2026-02-10", "--to", "2026-03-01"];
    words.extend(asked.iter().chain(further).map(|word| (*word).to_owned()));
    let (_, report, _dir) = investigate(&words);
    assert_eq!(english_in_a_japanese_report(&report), [""; 0]);
    report
}

/// A named address is the attacker's by whatever the account did from there: the sign-in may be in no export.
#[test]
fn acts_from_a_named_address_tell_the_attacker() {
    let file = testdata("symptoms/inbox-rules/in-a-session-from-a-named-address/ual.ndjson");
    let text = std::fs::read_to_string(file).unwrap();
    let report = danas(&[("ual.ndjson", text.clone())], &["--attacker-ip", "198.51.100.99"]);
    let members = |kind: &str, name: &str| -> Vec<String> {
        let members = report["attacker"][kind].as_array().unwrap().iter();
        members.map(|member| member[name].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(members("addresses", "address"), ["198.51.100.99", "203.0.113.20"]);
    let read: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(members("sessions", "session"), [read["SessionId"].as_str().unwrap()]);
}

/// Mail that a forwarding sent on came from an address that is named as the attacker's: it lies on the account's table, and
/// is no second time what others did from there.
#[test]
fn mail_that_went_on_from_a_named_address_is_told_once() {
    let folder = testdata("symptoms/forwarding/went-on-before-it-was-set");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let events = |trace: String| {
        let files = [("signins.json", read("signins.json")), ("ual.ndjson", read("ual.ndjson")), ("trace.csv", trace)];
        danas(&files, &["--attacker-ip", "203.0.113.7"])["timeline"]["events"].as_u64().unwrap()
    };
    let trace = read("trace.csv");
    let from_there = trace.replace(r#","","","1000","#, r#","","203.0.113.7","1000","#);
    assert_ne!(trace, from_there);
    assert_eq!(events(trace), events(from_there));
}

/// A token and its session at home in Germany, and half an hour later at an address of which only the table of
/// registered addresses knows the country.
#[test]
fn registered_countries_alone_make_a_stolen_token_weak() {
    let folder = testdata("symptoms/token-replay/token-from-two-countries");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let mut sign_ins: Vec<Value> = serde_json::from_str(&read("signins.json")).unwrap();
    sign_ins.retain(|row| row["location"]["countryOrRegion"] == "DE");
    let verdicts = |address: &str| -> Vec<String> {
        let used = read("ual.ndjson").replace("203.0.113.7", address);
        let files = [("signins.json", serde_json::to_string(&sign_ins).unwrap()), ("ual.ndjson", used)];
        let report = danas(&files, &[]);
        let verdict = |id: &str| {
            let mut found = report["detections"].as_array().unwrap().iter();
            found.find(|found| found["id"] == id).unwrap()["verdict"].as_str().unwrap().to_owned()
        };
        ["token-replay", "session-two-networks"].map(verdict).to_vec()
    };
    // The Netherlands; Germany as well, a new address at home.
    assert_eq!(verdicts("193.0.6.139"), ["weak", "weak"]);
    let at_home = verdicts("217.0.0.1");
    assert!(at_home.iter().all(|verdict| verdict.starts_with("not_")), "{at_home:?}");
}

/// The last sign-in of these, Dana's, again: on another day, with another id and outcome.
fn again(rows: &[Value], id: &str, time: &str, code: u32) -> Value {
    let mut row = rows.last().unwrap().clone();
    (row["id"], row["correlationId"], row["createdDateTime"]) = (id.into(), id.into(), time.into());
    row["status"]["errorCode"] = code.into();
    row
}

const MISTYPED: &str = "00000000-0000-4000-8000-000000000001";
const OWN: &str = "dcd76d12-b685-53db-8a95-91cc58f28ace";

#[test]
fn many_accounts_are_seen_around_a_later_refusal_too() {
    let mistype = |rows: &mut Vec<Value>| rows.insert(0, again(rows, MISTYPED, "2026-02-12T09:00:00Z", 50126));
    let (verdict, told, cited) = sprayed(mistype);
    assert_eq!((verdict.as_str(), told), ("weak", vec!["13".to_owned()]));
    assert_eq!(cited.len(), 13);
    assert!(cited.iter().any(|id| id == OWN) && !cited.iter().any(|id| id == MISTYPED));
    let (verdict, told, _) = sprayed(|rows| {
        mistype(rows);
        rows.retain(|row| row["userPrincipalName"] == "dana.weiss@fabrikam.example");
        assert_eq!(rows.len(), 2);
    });
    assert!(told.is_empty() && verdict == "not_seen", "{verdict}");
}

#[test]
fn of_two_rounds_of_tries_the_one_that_was_right_is_told() {
    let (verdict, told, cited) = sprayed(|rows| {
        let mut round = rows.clone();
        for (at, row) in round.iter_mut().enumerate() {
            let time = row["createdDateTime"].as_str().unwrap().replace("02-16", "02-20");
            let id = format!("00000000-0000-4000-8000-0000000000{}", at + 10);
            (row["id"], row["correlationId"], row["createdDateTime"]) =
                (id.as_str().into(), id.as_str().into(), time.into());
        }
        round.push(again(rows, "00000000-0000-4000-8000-000000000099", "2026-02-20T22:50:00Z", 0));
        rows.extend(round);
    });
    assert_eq!((verdict.as_str(), told), ("strong", vec!["13".to_owned()]));
    assert!(cited.iter().all(|id| id.starts_with("00000000")), "{cited:?}");
}
