//! A mail program that this mailbox never saw before reads or takes its mail.

use std::collections::{BTreeMap, BTreeSet};

use crate::analyze::exam::{Exam, Row};
use crate::analyze::intruder::exposure;
use crate::analyze::shown::coverage::GateId;
use crate::analyze::sign_ins::logins;
use crate::analyze::{Check, Meta, acts};
use crate::finding::{Finding, Severity, Weight, counted};
use crate::timeline::{Event, details, json};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "new-mail-client",
        title: "A new mail program reads the mailbox",
        gates: &[&[GateId::G1], &[GateId::G2Any], &[GateId::G4], &[GateId::G12]],
        adds: &[GateId::G7],
        never_not_seen: None,
        severity: Severity::Medium,
        attack: &["T1114.002"],
        page: include_str!("../../../docs/symptoms/new-mail-client.md"),
    },
    examine,
};

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    // Without enough days before the window everything is new, and a mailbox whose reads were not recorded before has
    // no clients to compare with.
    let known = known(exam);
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

fn is_read(row: &&Row<'_>) -> bool {
    exposure::is_read(row.event) && row.parts.any() && !row.failed() && !crate::analyze::is_housekeeping(row.class)
}

/// The programs that read the mailbox before the window; none where the time before it is too short.
fn known(exam: &Exam<'_>) -> BTreeSet<String> {
    let before = exam.rows.iter().filter(|row| row.event.datetime < exam.window.from && is_read(row));
    let before = before.filter(|row| exam.baseline.sufficient && !exam.baseline.is_begun(row.event));
    before.map(|row| client(row.event)).collect()
}

/// Why no program can be new, where the mailbox was read in the window and nothing is known of before.
pub fn need(exam: &Exam<'_>) -> Option<String> {
    let read = || exam.window_rows().any(|row| is_read(&row));
    (known(exam).is_empty() && read())
        .then(|| "reads of the mailbox before the window, to tell a new program".to_owned())
}

/// What a program is known by: its client text without version numbers, and its application.
fn client(event: &Event) -> String {
    let text = event
        .client_info
        .as_deref()
        .or(event.client_app.as_deref())
        .or(event.user_agent.as_deref())
        .unwrap_or_default();
    let app = event.client_app_id.as_deref().or(event.app_id.as_deref()).unwrap_or_default();
    let device = partner(event, text).unwrap_or_default();
    format!("{} {app} {device}", without_versions(&text.to_lowercase())).trim().to_owned()
}

/// The text without the numbers of versions, which stand behind a stroke or by themselves; those of a model
/// (`iPhone16C1`) stay.
fn without_versions(text: &str) -> String {
    let is_version = |part: &str| part.starts_with(|c: char| c.is_ascii_digit());
    let parts = text.split_inclusive(['/', ' ', ';', ':', '=', '(', ')', ',', '-', '_']);
    parts.filter(|part| !is_version(part)).collect()
}

/// The device of an ActiveSync partnership, which stays the same as long as the telephone does.
fn partner(event: &Event, client: &str) -> Option<String> {
    let synchronises = ["activesync", "airsync"].iter().any(|name| client.to_lowercase().contains(name));
    let named = || json::text(&details::members(event, &["DeviceId"]), "DeviceId");
    let device = synchronises.then(named).flatten().filter(|id| !id.trim().is_empty())?;
    Some(device.trim().to_lowercase())
}

fn finding(exam: &Exam<'_>, client: &str, rows: &[&Row<'_>]) -> Option<Finding> {
    let (row, weight) = acts::heaviest(exam, rows, Weight::Weak)?;
    let usual = logins::is_usual_place(exam, row.event) && !acts::is_attackers(exam, row);
    let weight = match weight {
        _ if usual => Weight::Explained,
        Weight::Strong => acts::everyday(exam, row),
        weight => weight,
    };
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

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, device: &str) -> String {
        let raw = serde_json::json!({"DeviceId": device}).to_string();
        client(&Event { client_info: Some(text.into()), raw: Some(raw.into()), ..Event::default() })
    }

    #[test]
    fn an_update_is_no_new_program_and_another_telephone_is() {
        let old = of("Client=ActiveSync;UserAgent=Apple-iPhone12C1/1905.258;Action=/Microsoft-Server-ActiveSync", "A1");
        let updated =
            of("Client=ActiveSync;UserAgent=Apple-iPhone12C1/2201.92;Action=/Microsoft-Server-ActiveSync", "a1");
        let model =
            of("Client=ActiveSync;UserAgent=Apple-iPhone16C1/2201.92;Action=/Microsoft-Server-ActiveSync", "A1");
        let device =
            of("Client=ActiveSync;UserAgent=Apple-iPhone12C1/1905.258;Action=/Microsoft-Server-ActiveSync", "B2");
        assert_eq!(old, updated);
        assert!(old != model && old != device);
        // Outlook says another number with every update.
        assert_eq!(
            of("Client=MSExchangeRPC;Outlook 16.0.17328.20142", "A"),
            of("Client=MSExchangeRPC;Outlook 16.0.18", "B")
        );
    }
}
