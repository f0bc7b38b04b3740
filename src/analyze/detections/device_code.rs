//! Sign-ins by device code: somebody typed a code that somebody else had asked for.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use crate::analyze::exam::{Exam, Row};
use crate::analyze::mail::mails;
use crate::analyze::shown::coverage::GateId;
use crate::analyze::sign_ins::logins;
use crate::analyze::{Check, Meta, acts};
use crate::finding::{Attribution, Finding, Severity, Weight};
use crate::timeline::{Event, details, json};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "device-code",
        title: "Sign-ins by device code",
        gates: &[&[GateId::G7], &[GateId::G7n], &[GateId::G7Protocol]],
        adds: &[GateId::G1],
        never_not_seen: None,
        severity: Severity::High,
        attack: &["T1528", "T1566.002"],
        page: include_str!("../../../docs/symptoms/device-code.md"),
    },
    examine,
};

/// Microsoft Authentication Broker, whose `Cmsi:Cmsi` requests are device-code sign-ins in the audit log.
const BROKER: &str = "29d9ed98-a469-4536-ade2-f981bc1d605e";
/// "Are you trying to sign in to …?", which the service asks before a device code takes effect.
const CONFIRM: u32 = 50_199;
/// Device registration, Exchange and Graph: what the stolen token is used for.
const AFTERWARDS: [&str; 4] = [
    "01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9",
    "00000002-0000-0ff1-ce00-000000000000",
    "00000003-0000-0000-c000-000000000000",
    "00000002-0000-0000-c000-000000000000",
];
/// How long after the code the token is first used elsewhere.
const SOON: TimeDelta = TimeDelta::minutes(60);

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let asked = asked_for(exam);
    let code = |row: &Row<'_>| by_code(row) || is_answer(row, &asked);
    let before = exam.rows.iter().filter(|row| row.event.datetime < exam.window.from && logins::is_own(row));
    let known: BTreeSet<String> = before.filter(|row| code(row)).map(|row| program(row.event)).collect();
    let codes = logins::of(exam).filter(|row| logins::got_in(row) && code(row));
    acts::happenings(codes, acts::ONE_GO, |row| logins::place(row.event))
        .iter()
        .filter_map(|rows| finding(exam, rows, &known))
        .collect()
}

/// The flows in which the service asked whether the owner really wants to sign in to the Authentication Broker.
fn asked_for<'e>(exam: &'e Exam<'_>) -> BTreeSet<&'e str> {
    let asked = exam.rows.iter().filter(|row| logins::is_own(row) && logins::code(row.event) == Some(CONFIRM));
    asked.filter(|row| is_broker(row.event)).filter_map(|row| row.event.correlation_id.as_deref()).collect()
}

/// Whether it is the answer to that question, which codes for another device bring up, among others.
fn is_answer(row: &Row<'_>, asked: &BTreeSet<&str>) -> bool {
    is_broker(row.event) && row.event.correlation_id.as_deref().is_some_and(|flow| asked.contains(flow))
}

/// The application that asks for the code.
fn program(event: &Event) -> String {
    event.app_id.as_deref().or(event.app_name.as_deref()).unwrap_or_default().to_lowercase()
}

fn is_broker(event: &Event) -> bool {
    event.app_id.as_deref().is_some_and(|app| app.eq_ignore_ascii_case(BROKER))
}

/// Whether the sign-in, or its twin in the other log, used a device code.
fn by_code(row: &Row<'_>) -> bool {
    row.events().any(|event| {
        let protocol = event.auth_protocol.as_deref().unwrap_or_default();
        let transfer = || {
            let method = json::text(&details::object(event), "originalTransferMethod");
            method.is_some_and(|method| is_called(&method, "deviceCodeFlow"))
        };
        is_called(protocol, "deviceCode")
            || protocol.eq_ignore_ascii_case("Cmsi:Cmsi") && event.app_id.as_deref() == Some(BROKER)
            || transfer()
    })
}

/// Whether the log calls it so; the portal writes the same in words.
fn is_called(text: &str, name: &str) -> bool {
    text.replace(' ', "").eq_ignore_ascii_case(name)
}

/// A sign-in to mail, Graph or device registration from another place within the hour.
fn used_elsewhere<'e>(exam: &Exam<'e>, row: &Row<'_>) -> Option<&'e Row<'e>> {
    exam.near(row.event.datetime, SOON).iter().find(|other| {
        let target = [&other.event.resource_id, &other.event.app_id];
        other.event.datetime > row.event.datetime
            && other.in_window
            && logins::is_own(other)
            && logins::got_in(other)
            && logins::place(other.event) != logins::place(row.event)
            && acts::is_elsewhere(exam, other)
            && target.into_iter().flatten().any(|id| AFTERWARDS.contains(&&**id))
    })
}

fn finding(exam: &Exam<'_>, rows: &[&Row<'_>], known: &BTreeSet<String>) -> Option<Finding> {
    let row = mails::leader(exam, rows)?;
    let elsewhere = used_elsewhere(exam, row);
    // A code for one program says nothing of a code for another.
    let known = rows.iter().all(|row| known.contains(&program(row.event)));
    // Others are asked for a confirmation too: only where the token goes shows that it was a code.
    if elsewhere.is_none() && !acts::is_attackers(exam, row) && !rows.iter().any(|row| by_code(row)) {
        return None;
    }
    let weight = match (acts::is_attackers(exam, row), elsewhere, known) {
        (true, ..) => Weight::Strong,
        (_, Some(other), true) if exam.is_unusual(other) => Weight::Strong,
        (_, _, true) => Weight::Explained,
        // The program's first code, and what it gave is used somewhere else at once.
        (_, Some(_), false) => Weight::Strong,
        (false, None, false) => Weight::Weak,
    };
    let address = row.event.source_ip.as_deref().unwrap_or(crate::analyze::draft::NOWHERE);
    // The owner types the code in at home; whose act it was is told by where the token is used.
    let user = elsewhere.unwrap_or(row);
    let attribution = match exam.attribution(user, &exam.weigh(user)) {
        Attribution::Explained if weight > Weight::Explained => Attribution::Unexplained,
        other => other,
    };
    let draft = acts::draft(&CHECK.meta, exam, rows, weight)?.attribution(attribution);
    let draft = logins::explained(draft, weight)
        .headline(
            format!("Sign-in by device code from {address}"),
            format!("{address} からデバイス コードによるサインイン"),
        )
        .detail("application", row.event.app_name.as_deref().or(row.event.app_id.as_deref()).unwrap_or_default())
        .detail(
            "before the window",
            if known { "the account used device codes before" } else { "never seen before for this account" },
        )
        .detail("then used from", elsewhere.and_then(|row| row.event.source_ip.as_deref()).unwrap_or_default());
    Some(draft.also(elsewhere).done())
}

#[cfg(test)]
mod tests {
    use super::is_called;

    #[test]
    fn the_portal_writes_it_in_words() {
        assert!(is_called("deviceCode", "deviceCode") && is_called("Device code", "deviceCode"));
        assert!(is_called("Device code flow", "deviceCodeFlow"));
        assert!(!is_called("Device code", "deviceCodeFlow") && !is_called("", "deviceCode"));
    }
}
