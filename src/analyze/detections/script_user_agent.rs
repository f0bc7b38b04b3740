//! Programs that no person signs in with: scripts, test tools, headless browsers.

use std::collections::BTreeMap;

use crate::analyze::exam::{Exam, Row};
use crate::analyze::people::actor::ActorClass;
use crate::analyze::shown::coverage::GateId;
use crate::analyze::sign_ins::logins;
use crate::analyze::{Check, Meta, acts};
use crate::finding::{Finding, Severity, Weight};
use crate::knowledge::clients;
use crate::timeline::Event;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "script-user-agent",
        title: "Scripts at work on the account",
        gates: &[&[GateId::G7], &[GateId::G7n]],
        adds: &[GateId::G4, GateId::G13],
        never_not_seen: None,
        severity: Severity::Medium,
        attack: &["T1078.004", "T1087.004"],
        page: include_str!("../../../docs/symptoms/script-user-agent.md"),
    },
    examine,
};

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let mut agents: BTreeMap<String, Vec<&Row<'_>>> = BTreeMap::new();
    let got_in = |row: &Row<'_>| !row.is_sign_in() || logins::proves_password(row);
    // Which programs others use is their own affair, until an intruder does in their name.
    let anothers = |row: &Row<'_>| row.class == ActorClass::Delegate && acts::is_attackers(exam, row);
    let here = |row: &Row<'_>| row.parts.actor && got_in(row) || script(row.event).is_some() && anothers(row);
    for row in exam.window_rows().filter(|row| here(row) && (row.is_sign_in() || !row.failed())) {
        if let Some(agent) = script(row.event).filter(|_| !crate::analyze::is_housekeeping(row.class)) {
            agents.entry(agent.to_lowercase()).or_default().push(row);
        }
    }
    agents.values().filter_map(|rows| finding(exam, rows)).collect()
}

/// The user agent, where it is a script's.
fn script(event: &Event) -> Option<&str> {
    [&event.user_agent, &event.client_info]
        .into_iter()
        .flatten()
        .map(|agent| &**agent)
        .find(|agent| clients::is_script(agent))
}

fn finding(exam: &Exam<'_>, rows: &[&Row<'_>]) -> Option<Finding> {
    let agent = script(rows.first()?.event)?;
    let known = exam.baseline.knows_agent(agent);
    let attackers = rows.iter().any(|row| acts::is_attackers(exam, row));
    let (_, weight) = acts::heaviest(exam, rows, Weight::Weak)?;
    let weight = if known && !attackers { Weight::Explained } else { weight };
    let addresses = rows.iter().filter_map(|row| row.event.source_ip.as_deref());
    let draft = acts::draft(&CHECK.meta, exam, rows, weight)?
        .headline(
            format!("A script or tool worked on the account: {agent}"),
            format!("スクリプトまたはツールがアカウントで動作した：{agent}"),
        )
        .detail("program", agent)
        .detail("addresses", logins::joined(addresses, 10))
        .detail("before the window", if known { "the account used this program before" } else { "" });
    Some(draft.done())
}
