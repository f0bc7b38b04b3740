//! Successful sign-ins over protocols that know no second factor, by an account that did not use them before.

use std::collections::{BTreeMap, BTreeSet};

use crate::analyze::draft::Draft;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::intruder::attribution::LINKED;
use crate::analyze::settings::mailbox;
use crate::analyze::shown::coverage::GateId;
use crate::analyze::sign_ins::logins;
use crate::analyze::{Check, Meta, acts};
use crate::finding::{Finding, Severity, Weight};
use crate::knowledge::clients;
use crate::timeline::{format_time, json};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "legacy-protocol",
        title: "Legacy protocol sign-ins",
        gates: &[&[GateId::G7], &[GateId::G7n]],
        adds: &[GateId::G1],
        never_not_seen: None,
        severity: Severity::Medium,
        attack: &["T1078.004", "T1110", "T1556"],
        page: include_str!("../../../docs/symptoms/legacy-protocol.md"),
    },
    examine,
};

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let before = exam
        .rows
        .iter()
        .filter(|row| row.event.datetime < exam.window.from && logins::is_own(row) && logins::got_in(row));
    let known: BTreeSet<String> = before.filter_map(|row| logins::old_protocol(row.event)).collect();
    let mut groups: BTreeMap<(String, String), Vec<&Row<'_>>> = BTreeMap::new();
    for row in logins::of(exam).filter(|row| logins::got_in(row)) {
        if let Some(protocol) = logins::old_protocol(row.event) {
            groups.entry((protocol, logins::place(row.event))).or_default().push(row);
        }
    }
    let switched = exam.acts().filter(|row| switches_on(row).is_some() && !mailbox::is_only_anothers(exam, row));
    let switched: Vec<Finding> = acts::by_actor(switched).iter().filter_map(|rows| switched_on(exam, rows)).collect();
    let findings =
        groups.iter().filter_map(|((protocol, _), rows)| finding(exam, protocol, rows, known.contains(protocol)));
    findings.chain(switched).collect()
}

fn finding(exam: &Exam<'_>, protocol: &str, rows: &[&Row<'_>], known: bool) -> Option<Finding> {
    let score = |row: &Row<'_>| exam.points(row);
    let highest = rows.iter().map(|row| score(row)).max()?;
    let row: &Row<'_> = rows.iter().find(|row| score(row) == highest)?;
    let (weight, explanation) = match highest {
        LINKED.. => (Weight::Strong, ""),
        _ if known => (Weight::Explained, "the account used this protocol before the window too"),
        _ if logins::is_usual_place(exam, row.event) => (Weight::Explained, "the place is a usual one of the account"),
        // A new telephone on a journey is at a new address as well.
        _ if exam.is_unusual(row) => (Weight::Strong, ""),
        _ => (Weight::Weak, ""),
    };
    let written = row.event.client_app.as_deref().filter(|app| clients::is_legacy_protocol(app));
    let agent = row.event.user_agent.as_deref();
    let shown = written.or(agent).unwrap_or(protocol);
    let count = rows.len();
    let times = if count == 1 { String::new() } else { format!(" ({count} times)") };
    let draft = Draft::new(&CHECK.meta, exam, row)
        .headline(
            format!("Successful sign-in with {shown}, which knows no second factor{times}"),
            format!("多要素認証に対応しない {shown} によるサインインに成功 (計 {count} 件)"),
        )
        .weight(weight)
        .detail("protocol", shown)
        .detail("sign-ins", count.to_string())
        .detail("last", rows.last().map(|row| format_time(row.event.datetime)).unwrap_or_default())
        .detail("applications", logins::joined(rows.iter().filter_map(|row| row.event.app_name.as_deref()), 5))
        .detail("explanation", explanation);
    Some(logins::explained(draft, weight).also(rows.iter().copied()).done())
}

/// Which old protocols the cmdlet switches on for the mailbox.
fn switches_on(row: &Row<'_>) -> Option<String> {
    if !row.event.is(&["Set-CASMailbox"]) {
        return None;
    }
    let is = |name: &str, wanted: bool| row.param(name).and_then(|value| json::boolean(&value)) == Some(wanted);
    let mut names: Vec<&str> = [("PopEnabled", "POP3"), ("ImapEnabled", "IMAP4")]
        .into_iter()
        .filter(|(name, _)| is(name, true))
        .map(|(_, told)| told)
        .collect();
    if is("SmtpClientAuthenticationDisabled", false) {
        names.push("authenticated SMTP");
    }
    (!names.is_empty()).then(|| names.join(", "))
}

fn switched_on(exam: &Exam<'_>, rows: &[&Row<'_>]) -> Option<Finding> {
    let (row, weight) = acts::heaviest(exam, rows, Weight::Weak)?;
    let names = switches_on(row)?;
    let other = mailbox::not_ours(exam, row).map(|name| format!(" {name}")).unwrap_or_default();
    let draft = acts::draft(&CHECK.meta, exam, rows, weight)?
        .headline(
            format!("Old protocols were switched on for the mailbox{other}: {names}"),
            format!("メールボックス{other}で旧プロトコルが有効化された：{names}"),
        )
        .detail("protocols", names);
    Some(draft.done())
}
