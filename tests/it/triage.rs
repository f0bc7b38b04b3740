//! The whole tenant: the attacked accounts come first, the innocent are not flagged, and each account's answers are
//! those of `analyze`.

use std::path::Path;

use serde_json::{Value, json};

use crate::harness::{bectrace, testdata};

const WINDOW: [&str; 4] = ["--from", "2026-03-02", "--to", "2026-03-08"];

fn run(words: &[&str]) {
    let outcome = bectrace(words);
    assert!(matches!(outcome.exit, 0 | 3), "{words:?}: {}", outcome.err);
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn document(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// Ingests evidence and triages it; gives the folder with `case` and `triage`.
fn triaged(evidence: &[&str]) -> tempfile::TempDir {
    triaged_within(evidence, &WINDOW)
}

fn triaged_within(evidence: &[&str], window: &[&str]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let (case, out) = (dir.path().join("case"), dir.path().join("triage"));
    let mut ingest = vec!["ingest"];
    ingest.extend(evidence);
    ingest.extend(["--out", text(&case), "-q"]);
    run(&ingest);
    run(&[&["triage", text(&case), "--out", text(&out), "-q"], window].concat());
    dir
}

fn contoso() -> tempfile::TempDir {
    triaged(&[testdata("cases/contoso/evidence").to_str().unwrap()])
}

fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Asserts that each account's line says what `analyze` says of it; gives the lines.
fn same_as_analyze(dir: &tempfile::TempDir) -> Vec<Value> {
    let lines = lines(&dir.path().join("triage/accounts.jsonl"));
    assert!(lines.len() > 3, "the case is about several people");
    let case = dir.path().join("case");
    for line in &lines {
        let user = line["account"]["user"].as_str().unwrap();
        let out = dir.path().join("one");
        let words =
            ["analyze", text(&case), "--user", user, "--out", text(&out), "-q", "--overwrite", "--format", "csv"];
        run(&[words.as_slice(), WINDOW.as_slice()].concat());
        let report = document(&out.join("report.json"));
        for part in
            ["symptoms", "detections", "sign_ins", "response", "attacker", "blast_radius", "coverage", "cautions"]
        {
            assert_eq!(line[part], report[part], "{user}: {part}");
        }
        assert_eq!(line["identities"], report["subject"]["identities"], "{user}");
    }
    lines
}

#[test]
fn every_account_has_the_answers_of_analyze() {
    same_as_analyze(&contoso());
}

/// A member of another domain of the organisation has the same name before the `@`: whose mailbox an alias names is not
/// known. Where no record of the window names one so, nothing is left out for it.
#[test]
fn a_namesake_shuts_no_gate_where_nothing_was_left_out() {
    let dir = tempfile::tempdir().unwrap();
    let evidence = dir.path().join("InteractiveSignIns_trade.json");
    let sign_in = json!([{
        "id": "9d1c3f60-3c52-4a3e-8a51-0d7f9f1f0a11", "createdDateTime": "2026-03-04T09:00:00Z",
        "userDisplayName": "Dario Ruiz", "userPrincipalName": "dario.ruiz@contoso-trade.example",
        "userId": "b3c1f7aa-95b7-4a74-8e10-6e973eb434a6", "userType": "member",
        "appId": "00000002-0000-0ff1-ce00-000000000000", "appDisplayName": "Office 365 Exchange Online",
        "ipAddress": "192.0.2.77", "clientAppUsed": "Browser", "isInteractive": true,
        "correlationId": "5b0d2b0c-70c4-4f1e-9d0e-7f6a2c1f2b33", "status": {"errorCode": 0},
        "deviceDetail": {}, "location": {}
    }]);
    std::fs::write(&evidence, sign_in.to_string()).unwrap();
    let lines = same_as_analyze(&triaged(&[testdata("cases/contoso/evidence").to_str().unwrap(), text(&evidence)]));
    let dario = lines.iter().find(|line| line["account"]["user"] == "dario.ruiz@contoso.example").unwrap();
    assert!(dario["cautions"].to_string().contains("the alias dario.ruiz may also mean another account"));
    let gates = dario["coverage"].as_array().unwrap();
    assert_eq!(gates.iter().find(|gate| gate["gate"] == "G5").unwrap()["passes"], true);
}

#[test]
fn a_list_of_accounts_may_come_from_an_editor_of_windows() {
    let dir = contoso();
    let (case, list) = (dir.path().join("case"), dir.path().join("users.txt"));
    let user = "alice.mori@contoso.example";
    let plain = format!("{user}\r\n# the board\r\n\r\n");
    let utf16: Vec<u8> = plain.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let of = |word: &str| {
        let out = dir.path().join("of");
        let words = ["triage", text(&case), "--user", word, "--out", text(&out), "-q", "--overwrite"];
        run(&[words.as_slice(), WINDOW.as_slice()].concat());
        std::fs::read_to_string(out.join("accounts.jsonl")).unwrap()
    };
    let expected = of(user);
    assert!(expected.contains("\"strong\""), "the account is one that something is said of");
    for bytes in [[b"\xef\xbb\xbf".as_slice(), plain.as_bytes()].concat(), [b"\xff\xfe".as_slice(), &utf16].concat()] {
        std::fs::write(&list, bytes).unwrap();
        assert_eq!(of(&format!("@{}", text(&list))), expected);
    }
}

#[test]
fn the_attacked_account_comes_first_and_the_innocent_are_not_flagged() {
    let dir = contoso();
    let triage = document(&dir.path().join("triage/triage.json"));
    let accounts = triage["accounts"].as_array().unwrap();
    assert_eq!(accounts[0]["user"], "alice.mori@contoso.example");
    assert_eq!(accounts[0]["level"], "linked");
    assert_eq!(triage["counts"]["linked"], 1, "the story has one victim");
    for user in ["bob.lindt@contoso.example", "chika.tanaka@contoso.example"] {
        let account = accounts.iter().find(|account| account["user"] == user).unwrap();
        assert_eq!(account["level"], "nothing", "{user}");
    }
    let html = std::fs::read_to_string(dir.path().join("triage/report.html")).unwrap();
    assert!(html.contains("alice.mori@contoso.example") && html.contains("table class=\"heat\""));
    let listed = bectrace(&["triage", text(&dir.path().join("case")), "--accounts", "--out", "unused"]);
    assert_eq!(listed.out.lines().count(), accounts.len());
}

#[test]
fn accounts_examined_apart_make_the_same_triage() {
    let dir = contoso();
    let (case, whole) = (dir.path().join("case"), dir.path().join("triage"));
    let users = lines(&whole.join("accounts.jsonl"));
    let mut parts = Vec::new();
    for (number, chunk) in users.chunks(2).rev().enumerate() {
        let list = dir.path().join(format!("users{number}.txt"));
        let names: Vec<&str> = chunk.iter().map(|line| line["account"]["user"].as_str().unwrap()).collect();
        std::fs::write(&list, names.join("\n")).unwrap();
        let out = dir.path().join(format!("part{number}"));
        let user = format!("@{}", text(&list));
        run(&[&["triage", text(&case), "--user", &user, "--out", text(&out), "-q"], WINDOW.as_slice()].concat());
        parts.push(out.join("accounts.jsonl").display().to_string());
    }
    let again = dir.path().join("again");
    let mut words = vec!["triage", text(&case), "--out", text(&again), "-q"];
    words.extend(parts.iter().flat_map(|part| ["--examined", part.as_str()]));
    run(&[words.as_slice(), WINDOW.as_slice()].concat());
    for name in ["accounts.jsonl", "triage.json", "triage.csv", "report.html"] {
        assert!(std::fs::read(whole.join(name)).unwrap() == std::fs::read(again.join(name)).unwrap(), "{name} differs");
    }
}

/// A directory record as the audit log writes it.
fn directory(number: usize, operation: &str, time: &str, actor: (&str, &str), target: (&str, &str)) -> Value {
    let party = |(upn, id): (&str, &str)| json!([{"ID": upn, "Type": 5}, {"ID": id, "Type": 2}]);
    json!({
        "CreationTime": time, "Id": format!("5e5e0000-0000-4000-8000-{number:012x}"), "Operation": operation,
        "OrganizationId": "0adcb148-3b87-4b15-ad7b-fc5816d72bbe", "RecordType": 8, "ResultStatus": "Success",
        "UserKey": "10032001@contoso.example", "UserType": 0, "Version": 1, "Workload": "AzureActiveDirectory",
        "ObjectId": target.0, "UserId": actor.0, "AzureActiveDirectoryEventType": 1, "ExtendedProperties": [],
        "ModifiedProperties": [], "Actor": party(actor), "ActorContextId": "0adcb148-3b87-4b15-ad7b-fc5816d72bbe",
        "Target": party(target), "TargetContextId": "0adcb148-3b87-4b15-ad7b-fc5816d72bbe",
    })
}

/// 582 people forgot their password in the month of the attack: the help desk reset it, they chose a new one. None of
/// them is flagged, and the attacked account still comes first.
#[test]
fn ordinary_resets_are_not_flagged() {
    let dir = tempfile::tempdir().unwrap();
    let evidence = dir.path().join("resets.json");
    let desk = ("help.desk@contoso.example", "d0000000-0000-4000-8000-00000000000d");
    let mut records = String::new();
    for person in 0..582 {
        let upn = format!("person{person:03}@contoso.example");
        let id = format!("a0000000-0000-4000-8000-{person:012x}");
        let (day, hour) = (2 + person % 6, 8 + person / 100);
        let minute = person / 6 % 50;
        let at = |later: usize| format!("2026-03-{day:02}T{hour:02}:{:02}:{:02}", minute + later, person % 60);
        let own = (upn.as_str(), id.as_str());
        records += &directory(person * 2, "Reset user password.", &at(0), desk, own).to_string();
        records += "\n";
        records += &directory(person * 2 + 1, "Change user password.", &at(5), own, own).to_string();
        records += "\n";
    }
    std::fs::write(&evidence, records).unwrap();
    let dir = triaged(&[testdata("cases/contoso/evidence").to_str().unwrap(), text(&evidence)]);
    let triage = document(&dir.path().join("triage/triage.json"));
    let accounts = triage["accounts"].as_array().unwrap();
    assert_eq!(accounts[0]["user"], "alice.mori@contoso.example");
    let people: Vec<&Value> =
        accounts.iter().filter(|account| account["user"].as_str().unwrap().starts_with("person")).collect();
    assert_eq!(people.len(), 582);
    for person in people {
        assert_eq!(person["level"], "nothing", "{}: {}", person["user"], person["leads"]);
    }
}

/// A supplier's mails come to one account and leave for outside two seconds later; only the message trace knows. The
/// rows of the way out are about nobody of the tenant, and triage looks for them as `analyze` does.
#[test]
fn forwarding_that_only_the_trace_shows_is_seen_for_the_account() {
    let dir = tempfile::tempdir().unwrap();
    let evidence = dir.path().join("trace.csv");
    let mut rows = String::from("MessageTraceId,SenderAddress,RecipientAddress,Received,Subject,Status,MessageId\n");
    for mail in 0..12 {
        for (second, to) in [(0, "bob.lindt@contoso.example"), (2, "collector@mailbox.example")] {
            rows += &format!(
                "0f0f0000-0000-4000-8000-0000000000{mail:02x},tom@vendor.example,{to},2026-03-04T09:{mail:02}:0{second},Dates,\
                 Delivered,<dates-{mail}@vendor.example>\n"
            );
        }
    }
    std::fs::write(&evidence, rows).unwrap();
    let dir = triaged(&[testdata("cases/contoso/evidence").to_str().unwrap(), text(&evidence)]);
    let lines = lines(&dir.path().join("triage/accounts.jsonl"));
    let bob = lines.iter().find(|line| line["account"]["user"] == "bob.lindt@contoso.example").unwrap();
    let forwarding = bob["symptoms"].as_array().unwrap().iter().find(|symptom| symptom["id"] == "forwarding").unwrap();
    let findings = forwarding["findings"].as_array().unwrap();
    assert!(findings.iter().any(|finding| finding.to_string().contains("collector@mailbox.example")), "{forwarding}");
    let (case, out) = (dir.path().join("case"), dir.path().join("one"));
    let words =
        ["analyze", text(&case), "--user", "bob.lindt@contoso.example", "--out", text(&out), "-q", "--format", "csv"];
    run(&[words.as_slice(), WINDOW.as_slice()].concat());
    assert_eq!(bob["symptoms"], document(&out.join("report.json"))["symptoms"]);
}

/// Somebody signs in to a shared account, which has no habits of its own, from the address that is the victim's
/// attacker's: looking at the account alone finds nothing, and the tenant as a whole knows better.
#[test]
fn an_account_entered_from_anothers_attacker_is_not_ranked_as_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let evidence = dir.path().join("InteractiveSignIns_shared.json");
    let sign_in =
        std::fs::read_to_string(testdata("symptoms/mfa-method-added/longer-list-in-the-audit-log/signins.json"));
    let mut rows: Value = serde_json::from_str(&sign_in.unwrap()).unwrap();
    for (key, value) in [
        ("id", "5e5e0000-0000-4000-8000-000000000001"),
        ("correlationId", "5e5e0000-0000-4000-8000-000000000002"),
        ("sessionId", "5e5e0000-0000-4000-8000-000000000003"),
        ("userId", "5e5e0000-0000-4000-8000-000000000004"),
        ("uniqueTokenIdentifier", "5e5e"),
        ("resourceTenantId", "706271e2-5345-44e7-ba4c-79333a7744cb"),
        ("createdDateTime", "2026-03-03T02:50:00Z"),
        ("userDisplayName", "Shared"),
        ("userPrincipalName", "shared@contoso.example"),
    ] {
        rows[0][key] = value.into();
    }
    std::fs::write(&evidence, rows.to_string()).unwrap();
    let dir = triaged(&[testdata("cases/contoso/evidence").to_str().unwrap(), text(&evidence)]);
    let triage = document(&dir.path().join("triage/triage.json"));
    let accounts = triage["accounts"].as_array().unwrap();
    let shared = accounts.iter().find(|account| account["user"] == "shared@contoso.example").unwrap();
    assert_eq!((&shared["level"], &shared["leads"]), (&json!("weak"), &json!([])));
    assert_eq!(shared["shared_addresses"], json!(["203.0.113.7"]));
    assert_eq!(triage["counts"]["linked"], 1);
    let alice = accounts.iter().find(|account| account["user"] == "alice.mori@contoso.example").unwrap();
    assert!(alice.get("entered_from").is_none());
}

/// Sign-ins alone answer no symptom: which export would do so stands with the number of those it would answer for.
#[test]
fn accounts_of_which_nothing_can_be_said_lack_something_that_is_named() {
    let dir =
        triaged_within(&[text(&testdata("background/signins.json"))], &["--from", "2026-02-10", "--to", "2026-02-28"]);
    let triage = document(&dir.path().join("triage/triage.json"));
    let accounts = triage["accounts"].as_array().unwrap();
    assert!(accounts.len() > 1);
    for account in accounts {
        assert!(account["missing"].as_str().unwrap().starts_with("G1: unified audit log"), "{account}");
    }
    let page = std::fs::read_to_string(dir.path().join("triage/report.html")).unwrap();
    assert!(page.contains(&format!("Most symptoms of {} accounts lack G1: ", accounts.len())));
}

/// An administrator federates a domain: that stands in every account's answers, and flags the administrator only.
#[test]
fn what_somebody_did_to_the_whole_organisation_flags_nobody_else() {
    let evidence = testdata("symptoms/federation-change/domain-federated");
    let files = std::fs::read_dir(&evidence).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<_> = files.filter(|path| path.file_name().is_some_and(|name| name != "case.json")).collect();
    let background = testdata("background");
    let mut words: Vec<&str> = files.iter().map(|path| text(path)).collect();
    words.push(text(&background));
    let dir = triaged_within(&words, &["--from", "2026-02-10", "--to", "2026-02-28"]);
    let triage = document(&dir.path().join("triage/triage.json"));
    let accounts = triage["accounts"].as_array().unwrap();
    let admin = accounts.iter().find(|account| account["user"] == "it.admin@fabrikam.example").unwrap();
    assert_eq!(admin["level"], "strong");
    assert!(admin.get("elsewhere").is_none(), "it is the administrator's own act");
    let others: Vec<&Value> = accounts.iter().filter(|account| account["user"] != admin["user"]).collect();
    assert!(!others.is_empty());
    for other in others {
        assert_eq!((&other["level"], &other["leads"]), (&json!("nothing"), &json!([])), "{}", other["user"]);
        assert_eq!(other["elsewhere"][0]["id"], "federation-change/1", "{}", other["user"]);
    }
    // Nor do the numbers beside "nothing" count it: who looks for accounts with strong findings finds the administrator.
    let mut table = csv::Reader::from_path(dir.path().join("triage/triage.csv")).unwrap();
    let rows = table.deserialize().map(|row: Result<std::collections::BTreeMap<String, String>, _>| row.unwrap());
    let strong: Vec<String> = rows.filter(|row| row["strong_findings"] != "0").map(|row| row["user"].clone()).collect();
    assert_eq!(strong, ["it.admin@fabrikam.example"]);
    let html = std::fs::read_to_string(dir.path().join("triage/report.html")).unwrap();
    let section = html.split("<h2 id=\"common\">").nth(1).unwrap().split("<h2").next().unwrap();
    assert_eq!(section.matches("federation-change/1").count(), 1);
}
