//! Where the service stops: a trace that has exactly as many rows was probably cut; an Entra log goes back only so far.

use std::fmt::Write as _;

use bectrace::timeline::store::Case;

use crate::harness::bectrace;

/// The remarks on a file of `rows` rows below `header`; `row` makes one from its number.
fn codes(name: &str, header: &str, rows: usize, row: impl Fn(usize) -> String) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    let mut text = format!("{header}\n");
    for number in 0..rows {
        writeln!(text, "{}", row(number)).unwrap();
    }
    std::fs::write(&path, text).unwrap();
    let case = dir.path().join("case");
    let words = ["ingest", &path.display().to_string(), "--out", &case.display().to_string(), "-q"];
    assert_eq!(bectrace(&words).exit, 0);
    let entry = Case::open(&case).unwrap().ledger.sources.remove(0);
    assert_eq!(entry.counts.events, rows as u64);
    entry.notes.into_iter().map(|note| note.code).collect()
}

#[test]
fn traces_at_their_ceiling_are_probably_cut() {
    let header = "Received,SenderAddress,RecipientAddress,Status,MessageTraceId";
    let row = |number: usize| format!("2026-03-02T09:00:00,a@b.example,c@d.example,Delivered,{number}");
    let trace = |rows| codes("trace.csv", header, rows, row);
    assert!(trace(1_000).contains(&"C-201".to_owned()));
    assert!(trace(5_000).contains(&"C-201".to_owned()));
    assert!(!trace(999).contains(&"C-201".to_owned()));
    let header = "origin_timestamp_utc,sender_address,recipient_status,message_subject,network_message_id";
    let row = |number: usize| format!("2026-03-02T09:00:00Z,a@b.example,c@d.example##Deliver,x,{number}");
    assert!(codes("MTSummary.csv", header, 100_000, row).contains(&"C-201".to_owned()));
    let header = "date_time_utc,source,event_id,network_message_id,custom_data";
    let row = |number: usize| format!("2026-03-02T09:00:00Z,SMTP,RECEIVE,{number},");
    assert!(codes("MTDetail.csv", header, 100_000, row).contains(&"C-201".to_owned()));
}

#[test]
fn an_entra_log_that_reaches_back_as_far_as_entra_keeps_it_says_so() {
    let header = "[";
    let spans = |days: u32| {
        codes("signins.json", header, 2, |number| {
            let day = 1 + number as u32 * days;
            format!(
                "{{\"id\": \"00000014-1111-4222-8333-00000000001{number}\", \"createdDateTime\": \"2026-01-{day:02}T09:00:00Z\", \
                 \"userPrincipalName\": \"alice.mori@contoso.example\", \"appId\": \"00000050-1111-4222-8333-000000000050\", \
                 \"ipAddress\": \"203.0.113.7\", \"correlationId\": \"00000015-1111-4222-8333-000000000015\", \
                 \"appDisplayName\": \"Office 365 Exchange Online\", \"clientAppUsed\": \"Browser\", \
                 \"isInteractive\": true, \"status\": {{\"errorCode\": 0}}}}{}",
                if number == 0 { "," } else { "]" }
            )
        })
    };
    assert!(spans(7).contains(&"C-214".to_owned()));
    assert!(spans(30).contains(&"C-214".to_owned()));
    assert!(!spans(8).contains(&"C-214".to_owned()));
    assert!(!spans(29).contains(&"C-214".to_owned()));
}

#[test]
fn days_without_a_record_between_busy_days_are_told() {
    let header = "Received,SenderAddress,RecipientAddress,Status,MessageTraceId";
    // So many records on the first day and on the third, and so many on the second.
    let days = |busy: usize, between: usize| {
        codes("trace.csv", header, busy * 2 + between, |number| {
            let day = if number < busy {
                2
            } else if number < busy + between {
                3
            } else {
                4
            };
            format!("2026-03-{day:02}T09:00:00,a@b.example,c@d.example,Delivered,{number}")
        })
    };
    assert!(days(60, 0).contains(&"C-208".to_owned()));
    assert!(!days(60, 1).contains(&"C-208".to_owned()));
    assert!(!days(50, 0).contains(&"C-208".to_owned()), "days of 50 records are not busy");
}

#[test]
fn days_that_an_export_shares_with_another_are_no_hole_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let row =
        |day: u32, number: u32| format!("2026-03-{day:02}T09:00:00,a@b.example,c@d.example,Delivered,{day}-{number}\n");
    let trace = |name: &str, days: &[u32]| {
        let rows = days.iter().flat_map(|day| (0..60).map(|number| row(*day, number)));
        let header = "Received,SenderAddress,RecipientAddress,Status,MessageTraceId\n".to_owned();
        let path = dir.path().join(name);
        std::fs::write(&path, std::iter::once(header).chain(rows).collect::<String>()).unwrap();
        path.display().to_string()
    };
    let (first, second) = (trace("a.csv", &[3]), trace("b.csv", &[2, 3, 4]));
    let case = dir.path().join("case");
    assert_eq!(bectrace(&["ingest", &first, &second, "--out", &case.display().to_string(), "-q"]).exit, 0);
    let entry = Case::open(&case).unwrap().ledger.sources.remove(1);
    assert_eq!((entry.counts.events, entry.counts.duplicates), (120, 60));
    assert!(!entry.notes.iter().any(|note| note.code == "C-208"), "{:?}", entry.notes);
}
