//! Who is taken for the attacker, and when the attacker was first and last seen: what the investigator names, what
//! mailbox records tell alone, and what began before the window; with the owners who look like that.

use std::slice::from_ref;

use serde_json::{Value, json};

use crate::harness::{investigate, testdata, texts};
use crate::symptoms::english_in_a_japanese_report;

const LAGOS: &str = "203.0.113.7";
const SESSION: &str = "940e35e2-4428-445a-afaf-752e43f4818c";
/// Dana's managed laptop, on which she signs in every day.
const LAPTOP: &str = "1b258e42-fc74-49cb-8f4a-f4cead0d72e3";

/// What Dana's case says from `from` on, of these sign-ins and audit records beside her two quiet months.
fn danas(sign_ins: &[Value], audit: &[Value], from: &str, further: &[&str]) -> Value {
    let dir = tempfile::tempdir().unwrap();
    let mut words = vec![testdata("background").display().to_string()];
    for (name, rows) in [("signins.json", sign_ins), ("ual.json", audit)] {
        if !rows.is_empty() {
            let file = dir.path().join(name);
            std::fs::write(&file, serde_json::to_vec(rows).unwrap()).unwrap();
            words.push(file.display().to_string());
        }
    }
    let asked = ["--user", "dana.weiss@fabrikam.example", "--from", from, "--to", "2026-03-01"];
    words.extend(asked.iter().chain(further).map(|word| (*word).to_owned()));
    let (_, report, _dir) = investigate(&words);
    assert_eq!(english_in_a_japanese_report(&report), [""; 0]);
    report
}

/// A sign-in of Dana's on her laptop at the office, from another place at another time: in a network and country of its
/// own, in a session.
fn sign_in(time: &str, address: &str, (network, country): (u32, &str), session: &str) -> Value {
    let rows: Vec<Value> =
        serde_json::from_slice(&std::fs::read(testdata("background/signins.json")).unwrap()).unwrap();
    let danas = rows.into_iter().rfind(|row| row["userPrincipalName"] == "dana.weiss@fabrikam.example");
    let mut row = danas.unwrap();
    let id = format!("00000000-0000-4000-8000-{:0>12}", time.replace(['-', ':', 'T', 'Z'], "").get(2..).unwrap());
    (row["id"], row["correlationId"], row["uniqueTokenIdentifier"]) = (json!(id), json!(id), json!(id));
    (row["createdDateTime"], row["sessionId"]) = (json!(time), json!(session));
    (row["ipAddress"], row["autonomousSystemNumber"]) = (json!(address), json!(network));
    row["location"] = json!({"city": "", "state": "", "countryOrRegion": country});
    row
}

/// The same without a device that is known: somebody else's, or a new one.
fn elsewhere(time: &str, address: &str, place: (u32, &str), session: &str) -> Value {
    let mut row = sign_in(time, address, place, session);
    row["deviceDetail"] = json!({"deviceId": "", "operatingSystem": "Linux", "browser": "Firefox 128.0",
        "isCompliant": false, "isManaged": false, "trustType": ""});
    row
}

/// Dana's inbox taken whole.
fn read(time: &str, address: &str, session: &str) -> Value {
    let text = std::fs::read_to_string(testdata("symptoms/mail-harvest/whole-inbox-synchronised/ual.ndjson")).unwrap();
    let mut row: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    row["Id"] = format!("00000000-0000-4000-9000-{:0>12}", time.replace(['-', ':', 'T'], "").get(2..).unwrap()).into();
    (row["CreationTime"], row["ClientIPAddress"], row["SessionId"]) = (json!(time), json!(address), json!(session));
    row
}

/// Dana's mailbox sends everything on, by whose hand so ever.
fn forwarding(time: &str, user: &str, address: &str, to: &str) -> Value {
    let text = std::fs::read_to_string(testdata("symptoms/forwarding/set-before-still-standing/ual.ndjson")).unwrap();
    let mut row: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    row["Id"] = format!("00000000-0000-4000-a000-{:0>12}", time.replace(['-', ':', 'T'], "").get(2..).unwrap()).into();
    (row["CreationTime"], row["UserId"], row["ClientIP"]) = (json!(time), json!(user), json!(address));
    row["UserKey"] = json!(user);
    row["Parameters"][1]["Value"] = json!(to);
    row
}

fn members(report: &Value, kind: &str, name: &str) -> Vec<String> {
    let members = report["attacker"][kind].as_array().unwrap().iter();
    members.map(|member| member[name].as_str().unwrap().to_owned()).collect()
}

fn addresses(report: &Value) -> Vec<String> {
    members(report, "addresses", "address")
}

fn sessions(report: &Value) -> Vec<String> {
    members(report, "sessions", "session")
}

fn entry<'r>(report: &'r Value, kind: &str, id: &str) -> &'r Value {
    report[kind].as_array().unwrap().iter().find(|entry| entry["id"] == id).unwrap()
}

fn active(report: &Value) -> [&str; 2] {
    ["first", "last"].map(|end| report["attacker"][end].as_str().unwrap_or("never"))
}

/// Nobody is taken for an attacker, and nothing is strong.
fn assert_innocent(report: &Value) {
    assert_eq!((addresses(report), sessions(report)), (vec![], vec![]));
    for kind in ["symptoms", "detections"] {
        for entry in report[kind].as_array().unwrap() {
            assert_ne!(entry["verdict"], "strong", "{}: {}", entry["id"], entry["findings"]);
        }
    }
    assert_eq!(active(report), ["never", "never"]);
}

/// Dana in Lagos by name of the investigator, and Eli from there.
fn named(nights: &[&str], further: &[&str]) -> Value {
    let mut rows: Vec<Value> = nights.iter().map(|time| elsewhere(time, LAGOS, (64500, "NG"), "")).collect();
    let mut eli = elsewhere("2026-02-17T03:00:00Z", LAGOS, (64500, "NG"), "");
    (eli["userPrincipalName"], eli["userDisplayName"]) = (json!("eli.novak@fabrikam.example"), json!("Eli Novak"));
    eli["userId"] = json!("39b42e87-7821-4fe8-9a12-cb1ee11c39fd");
    rows.push(eli);
    danas(&rows, &[], "2026-02-10", &[&["--attacker-ip", LAGOS], further].concat())
}

fn reached(report: &Value) -> Vec<&str> {
    report["blast_radius"].as_array().unwrap().iter().map(|other| other["account"].as_str().unwrap()).collect()
}

#[test]
fn a_named_address_is_the_attackers_after_three_nights_too() {
    let nights = ["2026-02-05T02:00:00Z", "2026-02-06T02:00:00Z", "2026-02-07T02:00:00Z", "2026-02-17T02:00:00Z"];
    let report = named(&nights, &[]);
    assert_eq!(addresses(&report), [LAGOS]);
    assert_eq!(reached(&report), ["eli.novak@fabrikam.example"]);
}

#[test]
fn a_named_address_is_the_attackers_in_a_known_network_too() {
    let night = ["2026-02-17T02:00:00Z"];
    for known in ["203.0.113.0/24", LAGOS] {
        let report = named(&night, &["--known-ip", known]);
        assert_eq!(addresses(&report), [LAGOS]);
        assert_eq!(reached(&report), ["eli.novak@fabrikam.example"]);
        let cautions = texts(&report["cautions"]);
        assert!(cautions.iter().any(|told| told.contains("named as the attacker's and as known good")), "{cautions:?}");
        assert!(!report["detections"].to_string().contains("on the list of known good addresses"));
    }
    let dir_of_good = ["--attacker-ip", "203.0.113.0/24", "--known-ip", LAGOS];
    let rows = [elsewhere(night[0], LAGOS, (64500, "NG"), "")];
    let report = danas(&rows, &[], "2026-02-10", &dir_of_good);
    assert_eq!(addresses(&report), [""; 0]);
    assert!(!report["detections"].to_string().contains("named by the investigator"));
}

/// An administrator's account that the attacker has: of the act on Dana's mailbox the address is known, and Eli, who was
/// entered from there, is found; the session is the administrator's.
#[test]
fn an_administrators_act_from_a_named_address_tells_it() {
    let mut act = forwarding("2026-02-17T02:40:00", "it.admin@fabrikam.example", LAGOS, "smtp:x@collect.example");
    (act["UserType"], act["SessionId"]) = (json!(2), json!(SESSION));
    let mut eli = elsewhere("2026-02-17T02:30:00Z", LAGOS, (64500, "NG"), "");
    (eli["userPrincipalName"], eli["userId"]) =
        (json!("eli.novak@fabrikam.example"), json!("39b42e87-7821-4fe8-9a12-cb1ee11c39fd"));
    let report = danas(&[eli], &[act], "2026-02-10", &["--attacker-ip", LAGOS]);
    assert_eq!((addresses(&report), sessions(&report)), (vec![LAGOS.to_owned()], vec![]));
    assert!(reached(&report).contains(&"eli.novak@fabrikam.example"), "{}", report["blast_radius"]);
    assert_eq!(active(&report), ["2026-02-17T02:40:00Z"; 2]);
}

/// A script takes the inbox three times, each of 5 points (a place and a program never seen), and no export has sign-ins
/// of it; an administrator resets the password after the first.
fn script(session: &str) -> Value {
    let mut reads = ["2026-02-17T02:20:00", "2026-02-17T02:22:00", "2026-02-17T02:24:00"]
        .map(|time| read(time, LAGOS, session))
        .to_vec();
    for row in &mut reads {
        row["ActorInfoString"] = json!("Client=REST;Client=RESTSystem;;python-requests/2.31.0");
        row["ClientInfoString"] = json!("Client=REST;Client=RESTSystem;python-requests/2.31.0");
    }
    reads.push(json!({"CreationTime": "2026-02-17T02:21:00", "Id": "00000000-0000-4000-b000-000000000001",
        "Operation": "Reset user password.", "OrganizationId": "cc7f6798-20b2-416c-a975-f850b391ef61", "RecordType": 8,
        "ResultStatus": "Success", "UserKey": "100320024B07783A@fabrikam.example", "UserType": 0, "Version": 1,
        "Workload": "AzureActiveDirectory", "ObjectId": "dana.weiss@fabrikam.example",
        "UserId": "it.admin@fabrikam.example", "AzureActiveDirectoryEventType": 1, "ExtendedProperties": [],
        "ModifiedProperties": [], "Actor": [{"ID": "it.admin@fabrikam.example", "Type": 5}],
        "Target": [{"ID": "dana.weiss@fabrikam.example", "Type": 5}]}));
    danas(&[], &reads, "2026-02-10", &[])
}

#[test]
fn mailbox_records_alone_tell_the_attacker_and_the_last_act() {
    let report = script(SESSION);
    assert_eq!(entry(&report, "detections", "mail-harvest")["verdict"], "strong");
    assert_eq!((addresses(&report), sessions(&report)), (vec![LAGOS.to_owned()], vec![SESSION.to_owned()]));
    assert_eq!(active(&report), ["2026-02-17T02:20:00Z", "2026-02-17T02:24:00Z"]);
    let reset = entry(&report, "response", "reset-password");
    assert_eq!((&reset["status"], &reset["after_last_attacker_action"]), (&json!("done"), &json!(false)));
}

/// The same in a session that Dana has had since January: who has it is open, and nothing is followed through it. What
/// is linked by itself was still done then.
#[test]
fn a_session_of_the_accounts_own_teaches_nothing() {
    let report = script("a108dac5-aa35-4c36-bc12-76c5bc5d4963");
    assert_eq!((addresses(&report), sessions(&report)), (vec![], vec![]));
    assert_eq!(active(&report), ["2026-02-17T02:20:00Z", "2026-02-17T02:24:00Z"]);
}

#[test]
fn an_act_before_the_window_that_a_finding_tells_is_the_attackers_last() {
    let set = forwarding("2026-02-02T02:22:15", "dana.weiss@fabrikam.example", "203.0.113.80", "smtp:ex@example.net");
    let mut removed = forwarding("2026-02-17T09:00:00", "it.admin@fabrikam.example", "192.0.2.10", "");
    removed["UserType"] = json!(2);
    for named in [[].as_slice(), &["--attacker-ip", "203.0.113.80"]] {
        let report = danas(&[], &[set.clone(), removed.clone()], "2026-02-10", named);
        assert_eq!(addresses(&report), ["203.0.113.80"]);
        assert_eq!(active(&report), ["2026-02-02T02:22:15Z"; 2]);
        let step = entry(&report, "response", "remove-forwarding");
        assert_eq!((&step["status"], &step["after_last_attacker_action"]), (&json!("done"), &json!(true)));
    }
}

/// The window begins at midnight. An hour before it somebody signs in from Lagos, and goes on inside.
#[test]
fn a_session_that_began_on_the_eve_is_not_usual() {
    let began = elsewhere("2026-02-16T23:00:00Z", LAGOS, (64500, "NG"), SESSION);
    let goes_on = read("2026-02-17T01:00:00", LAGOS, SESSION);
    let report = danas(from_ref(&began), &[goes_on], "2026-02-17", &[]);
    assert_eq!(entry(&report, "detections", "mail-harvest")["verdict"], "strong");
    assert_eq!((addresses(&report), sessions(&report)), (vec![LAGOS.to_owned()], vec![SESSION.to_owned()]));
    assert_eq!(active(&report), ["2026-02-16T23:00:00Z", "2026-02-17T01:00:00Z"]);
    // The session alone goes on, from a neighbour.
    let moved = read("2026-02-17T01:00:00", "203.0.113.99", SESSION);
    let report = danas(from_ref(&began), &[moved], "2026-02-17", &[]);
    assert_eq!(entry(&report, "detections", "mail-harvest")["verdict"], "strong");
    assert_eq!(addresses(&report), [LAGOS, "203.0.113.99"]);
    // What is over before the window, or was there a day earlier, is of before the window.
    let report = danas(from_ref(&began), &[], "2026-02-17", &[]);
    assert_eq!(addresses(&report), [""; 0]);
    let earlier = elsewhere("2026-02-15T23:00:00Z", LAGOS, (64500, "NG"), "");
    let report = danas(&[earlier, began], &[read("2026-02-17T01:00:00", LAGOS, SESSION)], "2026-02-17", &[]);
    assert_eq!(addresses(&report), [""; 0]);
}

/// Owners who came to a new place on the eve of the window and are still there.
#[test]
fn owners_who_moved_on_the_eve_are_innocent() {
    let eve = "2026-02-16T21:00:00Z";
    let next_day = [read("2026-02-17T10:00:00", LAGOS, SESSION), read("2026-02-17T11:00:00", LAGOS, "")];
    let innocent = |sign_ins: &[Value]| assert_innocent(&danas(sign_ins, &next_day, "2026-02-17", &[]));
    // A hotel abroad with the laptop of every day, and with a telephone beside it that no record knew.
    let abroad = (64500, "NG");
    let laptop = sign_in(eve, LAGOS, abroad, SESSION);
    assert_eq!(laptop["deviceDetail"]["deviceId"], LAPTOP);
    innocent(from_ref(&laptop));
    innocent(&[laptop, elsewhere("2026-02-16T21:30:00Z", LAGOS, abroad, "7c7c0000-0000-4000-8000-000000000001")]);
    // The telephone on the eve, the laptop two days later.
    let laptop = sign_in("2026-02-19T08:00:00Z", LAGOS, abroad, "7c7c0000-0000-4000-8000-000000000002");
    innocent(&[elsewhere(eve, LAGOS, abroad, SESSION), laptop]);
    // A laptop that the organisation has just handed out.
    let mut handed_out = sign_in(eve, LAGOS, abroad, SESSION);
    handed_out["deviceDetail"]["deviceId"] = json!("7c7c0000-0000-4000-8000-000000000003");
    innocent(&[handed_out]);
    // A new telephone in the network of a new provider, late in the evening; a new address of the old provider.
    innocent(&[elsewhere(eve, LAGOS, (64511, "DE"), SESSION)]);
    innocent(&[elsewhere(eve, LAGOS, (64497, "DE"), SESSION)]);
}

/// A company's way out in another country, which six colleagues have used for days, and Dana since the eve.
#[test]
fn a_shared_way_out_that_is_new_on_the_eve_is_innocent() {
    let shared = "198.51.100.200";
    let text = std::fs::read_to_string(testdata("symptoms/display-name/through-a-shared-way-out/ual.ndjson")).unwrap();
    let rows = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut audit: Vec<Value> = rows.filter(|row| row["Operation"] == "UserLoggedIn").collect();
    assert!(audit.len() >= 15 && audit.iter().all(|row| row["ClientIP"] == shared));
    for row in &mut audit {
        row["CreationTime"] = row["CreationTime"].as_str().unwrap().replace("2026-01-1", "2026-02-0").into();
    }
    audit.push(read("2026-02-17T10:00:00", shared, SESSION));
    let began = elsewhere("2026-02-16T21:00:00Z", shared, (64511, "NL"), SESSION);
    assert_innocent(&danas(from_ref(&began), &audit, "2026-02-17", &[]));
    // Without the colleagues it would be an intruder.
    let alone = danas(&[began], &audit[audit.len() - 1..], "2026-02-17", &[]);
    assert_eq!(addresses(&alone), [shared]);
}
