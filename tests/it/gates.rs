//! What the evidence could have shown: a span that a collector lost, auditing that a snapshot shows switched off, a name
//! that nothing ties to another.

use serde_json::Value;

use crate::harness::{investigate, testdata};

const BOB: &str = "bob.lindt@contoso.example";

/// The contoso case, about an innocent colleague, with one more file.
fn report(user: &str, more: Option<(&str, &str)>) -> Value {
    let dir = tempfile::tempdir().unwrap();
    let contoso = testdata("cases/contoso/evidence").display().to_string();
    let mut words = vec![contoso];
    if let Some((name, text)) = more {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        words.push(path.display().to_string());
    }
    words.extend(["--user", user, "--from", "2026-03-02", "--to", "2026-03-08"].map(str::to_owned));
    investigate(&words).1
}

/// Whether a gate passes, and what was seen.
fn gate(report: &Value, id: &str) -> (bool, String) {
    let gates = report["coverage"].as_array().unwrap();
    let gate = gates.iter().find(|gate| gate["gate"] == id).unwrap();
    (gate["passes"].as_bool().unwrap(), gate["seen"].as_str().unwrap().to_owned())
}

fn verdict(report: &Value, id: &str) -> String {
    let symptoms = report["symptoms"].as_array().unwrap();
    symptoms.iter().find(|symptom| symptom["id"] == id).unwrap()["verdict"].as_str().unwrap().to_owned()
}

/// The line with which Microsoft-Extractor-Suite gives up on a span.
fn log(from: &str, to: &str) -> String {
    format!(
        "2026-03-10 10:15:00 - [INFO] Starting\n2026-03-10 10:15:09 - [ERROR] Window {from} -> {to} has 5000+ events in \
         the minimum interval (0.1 min). Cannot shrink further; writing partial data and advancing. SOME EVENTS IN THIS \
         RANGE ARE NOT CAPTURED.\n"
    )
}

#[test]
fn a_span_that_the_collector_lost_is_no_proof_of_innocence() {
    let whole = report(BOB, None);
    assert!(gate(&whole, "G1").0);
    assert_eq!(verdict(&whole, "missing-mail"), "not_seen");

    let lost = log("2026-03-04T09:00:00Z", "2026-03-04T09:00:06Z");
    let inside = report(BOB, Some(("LogFile.txt", &lost)));
    let (passes, seen) = gate(&inside, "G1");
    assert!(!passes && seen.contains("2026-03-04T09:00:00Z and 2026-03-04T09:00:06Z"), "{seen}");
    assert_eq!(verdict(&inside, "missing-mail"), "not_assessable");

    let lost = log("2026-02-20T09:00:00Z", "2026-02-20T09:00:06Z");
    let outside = report(BOB, Some(("LogFile.txt", &lost)));
    assert!(gate(&outside, "G1").0);
    assert_eq!(verdict(&outside, "missing-mail"), "not_seen");
}

#[test]
fn a_snapshot_that_shows_auditing_off_counts_as_much_as_the_change() {
    let snapshot = |user: &str, enabled: &str, bypassed: &str| {
        let text = format!(
            "UserPrincipalName,AuditEnabled,AuditBypassEnabled,EffectiveAuditState\n{user},{enabled},{bypassed},x\n"
        );
        gate(&report(BOB, Some(("20260309120000-MailboxAudit.csv", &text))), "G14")
    };
    assert_eq!(snapshot(BOB, "True", "False"), (true, "no record of auditing being switched off".to_owned()));
    let off = (false, "C-221: a snapshot shows auditing of this mailbox switched off or bypassed".to_owned());
    assert_eq!(snapshot(BOB, "False", "False"), off);
    assert_eq!(snapshot(BOB, "True", "True"), off);
    assert!(snapshot("chika.tanaka@contoso.example", "False", "True").0, "another's mailbox");
}

#[test]
fn a_name_that_nothing_ties_to_another_is_searched_alone_and_said_to_be() {
    let warned = |report: &Value| {
        let cautions = report["cautions"].as_array().unwrap();
        cautions.iter().any(|caution| caution.as_str().unwrap().starts_with("C-220"))
    };
    assert!(!warned(&report(BOB, None)), "the evidence ties an object id and other names to it");
    let alone = "Received,SenderAddress,RecipientAddress,Status,MessageTraceId\n\
                 2026-03-03T09:00:00,dora@elsewhere.example,bob.lindt@contoso.example,Delivered,1\n";
    assert!(warned(&report("dora@elsewhere.example", Some(("trace.csv", alone)))));
}

/// Whether Dana's mail has its copies, by the trace and by her quiet months, after these were changed.
fn copies(change: impl Fn(&str) -> String) -> Value {
    let dir = tempfile::tempdir().unwrap();
    let log = std::fs::read_to_string(testdata("background/ual.ndjson")).unwrap();
    let (changed, case) = (dir.path().join("ual.ndjson"), testdata("symptoms/no-sent-copy/trace-agrees"));
    std::fs::write(&changed, change(&log)).unwrap();
    let evidence = [changed, case.join("trace.csv"), testdata("background/signins.json")];
    let evidence = evidence.map(|path| path.display().to_string());
    let span = ["--user", "dana.weiss@fabrikam.example", "--from", "2026-02-11", "--to", "2026-02-27"];
    investigate(&[&evidence[..], &span.map(str::to_owned)[..]].concat()).1
}

#[test]
fn records_without_the_field_for_copies_do_not_say_that_there_are_copies() {
    let told = copies(str::to_owned);
    assert!(gate(&told, "G4c").0);
    assert_eq!(verdict(&told, "no-sent-copy"), "not_seen");

    let untold = copies(|log| log.replace("\"SaveToSentItems\":true,", ""));
    assert!(gate(&untold, "G4s").0 && !gate(&untold, "G4c").0);
    assert_eq!(verdict(&untold, "no-sent-copy"), "not_assessable");
}

/// The gate for Dana in February, from her quiet months' audit log and these files.
fn february(id: &str, files: &[(&str, String)]) -> (bool, String) {
    let dir = tempfile::tempdir().unwrap();
    let mut words = vec![testdata("background/ual.ndjson").display().to_string()];
    for (name, text) in files {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        words.push(path.display().to_string());
    }
    words.extend(
        ["--user", "dana.weiss@fabrikam.example", "--from", "2026-02-10", "--to", "2026-02-28"].map(str::to_owned),
    );
    gate(&investigate(&words).1, id)
}

/// Sign-ins of the quiet months from one day to before another, as if of the other kind where that is wanted.
fn sign_ins(from: &str, to: &str, interactive: bool) -> String {
    let all: Value =
        serde_json::from_str(&std::fs::read_to_string(testdata("background/signins.json")).unwrap()).unwrap();
    let mut some = all.as_array().unwrap().clone();
    some.retain(|one| (from..to).contains(&one["createdDateTime"].as_str().unwrap()));
    if !interactive {
        some.iter_mut().for_each(|one| {
            one["isInteractive"] = false.into();
            one["signInEventTypes"] = serde_json::json!(["nonInteractiveUser"]);
        });
    }
    Value::Array(some).to_string()
}

#[test]
fn sign_ins_of_one_kind_do_not_stand_for_those_of_the_other() {
    let long = ("NonInteractiveSignIns.json", sign_ins("2026-01-01", "2026-03-02", false));
    let short = ("InteractiveSignIns.json", sign_ins("2026-02-01", "2026-02-14", true));
    let (passes, seen) = february("G7", &[short.clone(), long.clone()]);
    assert!(!passes && seen.starts_with("the sign-in log ends at 2026-02-13"), "{seen}");
    assert!(february("G7n", &[short.clone(), long]).0);
    let rest = ("InteractiveSignIns_2.json", sign_ins("2026-02-14", "2026-03-02", true));
    assert!(february("G7", &[short, rest]).0, "two parts of one export");
}

#[test]
fn a_window_beside_the_evidence_is_told_from_a_name_that_is_not_in_it() {
    let seen = |user: &str| {
        let words = [
            &testdata("background").display().to_string(),
            "--user",
            user,
            "--from",
            "2025-02-10",
            "--to",
            "2025-02-28",
        ];
        gate(&investigate(&words.map(str::to_owned)).1, "G0")
    };
    let (passes, told) = seen("dana.weiss@fabrikam.example");
    // The quiet months' first and last records, by the files themselves.
    assert!(!passes && told.contains("runs from 2026-01-01T") && told.contains("to 2026-03-01T"), "{told}");
    let (passes, told) = seen("dana.weis@fabrikam.example");
    assert!(!passes && told.contains("spelt"), "{told}");
}

#[test]
fn an_export_spans_its_copies_too() {
    let first = ("InteractiveSignIns.json", sign_ins("2026-01-01", "2026-02-14", true));
    let quiet = |from: &str| {
        let parts = [sign_ins(from, "2026-02-14", true), sign_ins("2026-02-23", "2026-03-02", true)];
        let lists: Vec<Vec<Value>> = parts.iter().map(|part| serde_json::from_str(part).unwrap()).collect();
        ("InteractiveSignIns_2.json", Value::from(lists.concat()).to_string())
    };
    // A week of leave inside the second export, of which the first holds all but what came after.
    assert!(february("G7", &[first.clone(), quiet("2026-02-05")]).0);
    let (passes, seen) = february("G7", &[first, quiet("2026-02-14")]);
    assert!(!passes && seen.contains("no file spans these days"), "{seen}");
}

#[test]
fn a_trace_of_another_mailbox_says_nothing_of_the_account() {
    let trace = |to: &str, days: std::ops::RangeInclusive<u32>| {
        let row = |day: u32| {
            format!("2026-02-{day:02}T10:00:00,a@vendor.example,{to}@fabrikam.example,Hello,Delivered,{to}{day}\n")
        };
        let rows: String = days.map(row).collect();
        format!("Received,SenderAddress,RecipientAddress,Subject,Status,MessageTraceId\n{rows}")
    };
    let eli = ("eli.csv", trace("eli.novak", 9..=28));
    let none = (false, "the message trace holds no record of this account".to_owned());
    assert_eq!(february("G9", std::slice::from_ref(&eli)), none);
    let (passes, seen) = february("G9", &[eli, ("dana.csv", trace("dana.weiss", 9..=12))]);
    assert!(!passes && seen == "the message trace ends at 2026-02-12T10:00:00Z, before the window's end", "{seen}");
    assert!(february("G9", &[("dana.csv", trace("dana.weiss", 9..=28))]).0);
}

/// The gates for Dana in February, with an act of an administrator on January days that are too old to say what is usual.
fn after_january(acts: &[(&str, &str, &str, &str)]) -> Value {
    let act = |(day, cmdlet, name, value): &(&str, &str, &str, &str)| {
        let identity = serde_json::json!({"Name": "Identity", "Value": "dana.weiss"});
        let record = serde_json::json!({
            "CreationTime": format!("2026-01-{day}T10:00:00"), "Id": format!("6b0d549b-6f03-475a-9600-a35a0999{day}d8"),
            "Operation": cmdlet, "RecordType": 1, "ResultStatus": "True", "UserKey": "100320024B07783A", "UserType": 2,
            "Version": 1, "Workload": "Exchange", "UserId": "it.admin@fabrikam.example", "ObjectId": "dana.weiss",
            "Parameters": [identity, {"Name": name, "Value": value}], "ClientIP": "192.0.2.10:51022",
        });
        format!("{record}\n")
    };
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ual.ndjson");
    std::fs::write(&path, acts.iter().map(act).collect::<String>()).unwrap();
    let words = [testdata("background").display().to_string(), path.display().to_string()];
    let span = ["--user", "dana.weiss@fabrikam.example", "--from", "2026-02-20", "--to", "2026-03-01"];
    investigate(&[&words[..], &span.map(str::to_owned)[..]].concat()).1
}

#[test]
fn auditing_that_was_switched_off_long_ago_is_off_until_it_is_switched_on() {
    let off = |acts: &[(&str, &str, &str, &str)]| {
        let report = after_january(acts);
        (!gate(&report, "G14").0, verdict(&report, "missing-mail"), gate(&report, "G0").1)
    };
    let on = off(&[]);
    assert_eq!((on.0, on.1.as_str()), (false, "not_seen"));
    for (cmdlet, name, value) in [
        ("Set-Mailbox", "AuditEnabled", "False"),
        ("Set-MailboxAuditBypassAssociation", "AuditBypassEnabled", "True"),
        ("Set-OrganizationConfig", "AuditDisabled", "True"),
        ("Set-Mailbox", "AuditOwner", "Send"),
    ] {
        let ever_since = off(&[("05", cmdlet, name, value)]);
        assert_eq!((ever_since.0, ever_since.1.as_str()), (true, "not_assessable"), "{cmdlet} {name}");
        assert_eq!(ever_since.2, on.2, "and it is no record of what is usual");
    }
    for (name, cut, whole) in [
        ("AuditEnabled", "False", "True"),
        ("AuditLogAgeLimit", "1.00:00:00", "90.00:00:00"),
        ("AuditOwner", "Send", "HardDelete, SoftDelete, UpdateInboxRules, Send"),
    ] {
        let for_a_day = [("05", "Set-Mailbox", name, cut), ("06", "Set-Mailbox", name, whole)];
        assert!(!off(&for_a_day).0, "{name}");
    }
}

/// The gate for Dana in the second half of February, from these files alone.
fn alone(id: &str, files: &[(&str, String)]) -> (bool, String) {
    let dir = tempfile::tempdir().unwrap();
    let mut words = Vec::new();
    for (name, text) in files {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        words.push(path.display().to_string());
    }
    let span = ["--user", "dana.weiss@fabrikam.example", "--from", "2026-02-16", "--to", "2026-02-28"];
    words.extend(span.map(str::to_owned));
    gate(&investigate(&words).1, id)
}

/// The quiet months' audit log, as far as `keep` wants its records.
fn audit_log(keep: impl Fn(&Value) -> bool) -> String {
    let log = std::fs::read_to_string(testdata("background/ual.ndjson")).unwrap();
    let wanted = log.lines().filter(|line| keep(&serde_json::from_str(line).unwrap()));
    wanted.flat_map(|line| [line, "\n"]).collect()
}

#[test]
fn an_older_export_lends_its_completeness_to_no_later_search() {
    let is_late = |record: &Value| record["CreationTime"].as_str().unwrap() >= "2026-02-13";
    let is_hers = |record: &Value| record["UserId"] == "dana.weiss@fabrikam.example";
    let is_some = |record: &Value| record["Operation"] == "UserLoggedIn" || record["Operation"] == "MailItemsAccessed";
    let older = ("older.ndjson", audit_log(|record| !is_late(record)));
    let rest = ("rest.ndjson", audit_log(is_late));
    for id in ["G1", "G2", "G3", "G5", "G6"] {
        assert!(alone(id, &[older.clone(), rest.clone()]).0, "{id}");
    }
    let by_user = ("rest.ndjson", audit_log(|record| is_late(record) && is_hers(record)));
    for id in ["G3", "G5"] {
        assert!(!alone(id, &[older.clone(), by_user.clone()]).0, "{id}");
    }
    let by_activity = ("rest.ndjson", audit_log(|record| is_late(record) && is_some(record)));
    assert!(!alone("G2", &[older.clone(), by_activity.clone()]).0);
    assert!(!alone("G1", &[older, by_activity]).0, "it stretches no log");
}

#[test]
fn deletions_that_nobody_has_are_not_collected() {
    let deletes = |record: &Value| record["RecordType"] == 3;
    assert!(alone("G4d", &[("ual.ndjson", audit_log(|_| true))]).0);
    assert!(!alone("G4d", &[("ual.ndjson", audit_log(|record| !deletes(record)))]).0);
}

#[test]
fn half_of_a_log_that_cannot_be_read_is_no_log() {
    let broken = |every: usize| {
        let lines = audit_log(|_| true);
        let line = |(number, line): (usize, &str)| {
            if number % every == 1 { "{\"CreationTime\": nothing}\n".to_owned() } else { format!("{line}\n") }
        };
        ("ual.ndjson", lines.lines().enumerate().map(line).collect::<String>())
    };
    let (passes, seen) = alone("G1", &[broken(2)]);
    assert!(!passes && seen.ends_with("could not be read"), "{seen}");
    assert!(alone("G1", &[broken(1000)]).0, "one of 388");
}
