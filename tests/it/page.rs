//! The page stays one that people can open and read, whatever the case holds: many files with long names, many findings,
//! many addresses. It says what it leaves out, and the other files have the whole.

use std::fmt::Write as _;
use std::fs;

use crate::harness::investigate;

const DANA: &str = "dana.weiss@fabrikam.example";
/// Files of evidence, and rules and deletions in each.
const FILES: usize = 120;
const EACH: usize = 8;

/// A rule that hides mail and sends it on, and a mail that was sent and deleted, each with texts as long as they come.
fn records(number: usize) -> String {
    let (hour, minute) = (number / 60 % 24, number % 60);
    let time = format!("2026-02-{:02}T{hour:02}:{minute:02}:00", 2 + number / 1440);
    let address = format!("203.0.{}.{}", 113 + number / 250 % 3, number % 250);
    let head = |id: usize, operation: &str, kind: u8| {
        format!(
            "{{\"CreationTime\":\"{time}\",\"Id\":\"00000000-0000-4000-8000-{id:012}\",\"Operation\":\"{operation}\",\
             \"RecordType\":{kind},\"ResultStatus\":\"True\",\"UserType\":0,\"Workload\":\"Exchange\",\"UserId\":\"{DANA}\",\
             \"ClientIP\":\"{address}\",\"ClientIPAddress\":\"{address}\",\"MailboxOwnerUPN\":\"{DANA}\",\
             \"SessionId\":\"00000000-0000-4000-9000-{:012}\"",
            number / 40
        )
    };
    let long = "a very long name of a rule ".repeat(30);
    format!(
        "{},\"ObjectId\":\"x\\\\{number}\",\"Parameters\":[{{\"Name\":\"Name\",\"Value\":\"{number} {long}\"}},\
         {{\"Name\":\"SubjectOrBodyContainsWords\",\"Value\":\"invoice;payment;{long}\"}},\
         {{\"Name\":\"ForwardTo\",\"Value\":\"collect{number}@mailbox-backup.example\"}},\
         {{\"Name\":\"DeleteMessage\",\"Value\":\"True\"}}]}}\n\
         {},\"Item\":{{\"Subject\":\"Invoice {number} {long}\",\"InternetMessageId\":\"<m{number}@fabrikam.example>\"}},\
         \"SaveToSentItems\":false,\"recipientCount\":1,\"recipientList\":[{{\"Address\":\"r{number}@tailspin.example\"}}]}}\n",
        head(2 * number, "New-InboxRule", 1),
        head(2 * number + 1, "Send", 2),
    )
}

#[test]
fn a_case_of_very_much_has_a_page_that_people_can_read() {
    let dir = tempfile::tempdir().unwrap();
    for file in 0..FILES {
        let name = format!("{file:03} export of the audit log {}.ndjson", "with a long name ".repeat(10));
        let mut text = String::new();
        (0..EACH).for_each(|record| write!(text, "{}", records(file * EACH + record)).unwrap());
        fs::write(dir.path().join(name), text).unwrap();
    }
    let (exit, report, out) = investigate(&[&dir.path().display().to_string(), "--user", DANA]);
    assert_eq!(exit, 0);
    let both = ["symptoms", "detections"].into_iter().flat_map(|kind| report[kind].as_array().unwrap());
    let counts: Vec<usize> = both.map(|assessment| assessment["findings"].as_array().unwrap().len()).collect();
    let findings: usize = counts.iter().sum();
    assert!(findings > 500, "the case is large enough: {findings}");

    let page = fs::read_to_string(out.path().join("out/report.html")).unwrap();
    let count = |tag: &str| page.matches(tag).count();
    assert!(page.len() < 2_000_000, "{} bytes", page.len());
    assert!(count("<tr>") < 4_000, "{} rows", count("<tr>"));
    assert_eq!(count("<article "), 80, "findings that are told");
    assert!(count("<rect ") + count("<path ") + count("<circle ") < 2_000, "marks");
    // What is left out is counted, question by question.
    let left = page.split("not on this page: ").skip(1);
    let left: usize = left.map(|rest| rest.split(' ').next().unwrap().replace(',', "").parse::<usize>().unwrap()).sum();
    assert_eq!(left, findings - 80);
    // No question goes without.
    for assessment in report["symptoms"].as_array().unwrap() {
        let first = assessment["findings"].get(0).and_then(|finding| finding["id"].as_str());
        let missing = first.filter(|id| !page.contains(&format!("id=\"f-{}\"", id.replace('/', "-"))));
        assert_eq!(missing, None);
    }
    // The other files have the whole.
    let rows = fs::read_to_string(out.path().join("out/timeline.timesketch.jsonl")).unwrap().lines().count();
    assert_eq!(Some(rows as u64), report["timeline"]["events"].as_u64());
    assert_eq!(report["evidence"].as_array().map_or(0, Vec::len), FILES);
    assert!(page.contains("20 more in report.json"), "of 120 files 100 are listed");
}
