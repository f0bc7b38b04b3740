//! A mail program that this mailbox never saw before reads or takes its mail.

use std::collections::{BTreeMap, BTreeSet};

use crate::analyze::coverage::GateId;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::{Check, Meta, acts, exposure, logins};
use crate::finding::{Finding, Severity, Weight, counted};
use crate::timeline::Event;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "new-mail-client",
        title: "A new mail program reads the mailbox",
        gates: &[&[GateId::G1], &[GateId::G4], &[GateId::G12]],
        adds: &[GateId::G7],
        never_not_seen: None,
        severity: Severity::Medium,
        attack: &["T1114.002"],
        page: include_str!("../../../docs/symptoms/new-mail-client.md"),
    },
    examine,
};

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    // Without enough days before the window everything is new.
    if !exam.baseline.sufficient {
        return Vec::new();
    }
    let is_read = |row: &&Row<'_>| {
        exposure::is_read(row.event) && row.parts.any() && !row.failed() && !crate::analyze::is_housekeeping(row.class)
    };
    let before = exam.rows.iter().filter(|row| row.event.datetime < exam.window.from && is_read(row));
    let before = before.filter(|row| !exam.baseline.is_begun(row.event));
    let known: BTreeSet<String> = before.map(|row| client(row.event)).collect();
    // A mailbox whose reads were not recorded before has no clients to compare with.
    if known.is_empty() {
        return Vec::new();
    }
    let mut clients: BTreeMap<String, Vec<&Row<'_>>> = BTreeMap::new();
    for row in exam.window_rows().filter(is_read) {
        let client = client(row.event);
        if !client.is_empty() && !known.contains(&client) {
            clients.entry(client).or_default().push(row);
        }
    }
    clients.iter().filter_map(|(client, rows)| finding(exam, client, rows)).collect()
}

/// What a program is known by: its client text without version numbers, and its application.
fn client(event: &Event) -> String {
    let text = event
        .client_info
        .as_deref()
        .or(event.client_app.as_deref())
        .or(event.user_agent.as_deref())
        .unwrap_or_default();
    let plain: String = text.to_lowercase().chars().filter(|letter| !letter.is_ascii_digit()).collect();
    let app = event.client_app_id.as_deref().or(event.app_id.as_deref()).unwrap_or_default();
    format!("{} {app}", plain.replace("..", "")).trim().to_owned()
}

fn finding(exam: &Exam<'_>, client: &str, rows: &[&Row<'_>]) -> Option<Finding> {
    let (row, weight) = acts::heaviest(exam, rows, Weight::Weak)?;
    let usual = logins::is_usual_place(exam, row.event) && !acts::is_attackers(exam, row);
    let weight = if usual { Weight::Explained } else { weight };
    let sync = rows.iter().filter(|row| exposure::is_sync(row)).count();
    let told = row.event.client_info.as_deref().or(row.event.user_agent.as_deref()).unwrap_or(client);
    let draft = acts::draft(&CHECK.meta, exam, rows, weight)?
        .headline(
            format!("A mail program never seen on this mailbox reads it: {told}"),
            format!("このメールボックスでは初めてのメール プログラムが読み取りを行った：{told}"),
        )
        .detail("program", told)
        .detail("folders taken whole", if sync > 0 { counted(sync, "record", "records") } else { String::new() })
        .detail(
            "explanation",
            if usual { "from a usual place of the account: a new telephone or program of its owner" } else { "" },
        );
    Some(draft.done())
}
