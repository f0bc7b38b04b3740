//! Developers' tools, and the attacker's use of Microsoft's own clients, that ask Graph or the directory in a person's
//! name: their tokens open mail as well.

use std::collections::BTreeMap;

use crate::analyze::exam::{Exam, Row};
use crate::analyze::intruder::baseline;
use crate::analyze::shown::coverage::GateId;
use crate::analyze::sign_ins::logins;
use crate::analyze::{Check, Meta, acts};
use crate::finding::{Finding, Severity, Weight};
use crate::knowledge::apps;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "developer-client",
        title: "Developers' tools against mail and directory",
        gates: &[&[GateId::G7], &[GateId::G7n]],
        adds: &[GateId::G6],
        never_not_seen: None,
        severity: Severity::Medium,
        attack: &["T1528", "T1550.001"],
        page: include_str!("../../../docs/symptoms/developer-client.md"),
    },
    examine,
};

/// Microsoft Graph, and the directory's old interface.
const ASKED: [&str; 2] = ["00000003-0000-0000-c000-000000000000", "00000002-0000-0000-c000-000000000000"];

const EXCHANGE: &str = "00000002-0000-0ff1-ce00-000000000000";

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let mut tools: BTreeMap<&'static str, Vec<&Row<'_>>> = BTreeMap::new();
    for row in exam.rows.iter().filter(|row| logins::is_own(row) && logins::got_in(row) && asks(row)) {
        let Some(app) = row.event.app_id.as_deref() else { continue };
        // The family's clients are on every telephone: only in the attacker's hand, from a new address, are they a sign.
        let family = || apps::family_client(app).filter(|_| row.in_window && is_strange(exam, row));
        if let Some(name) = apps::developer_tool(app).or_else(family) {
            tools.entry(name).or_default().push(row);
        }
    }
    tools.iter().filter_map(|(name, rows)| finding(exam, name, rows)).collect()
}

/// Whether it asks for Microsoft Graph or the directory. The audit log names the resource as the object.
fn asks(row: &Row<'_>) -> bool {
    let resource = row.event.resource_id.as_deref().or(row.event.target_raw.as_deref());
    let tool = row.event.app_id.as_deref().is_some_and(|app| apps::developer_tool(app).is_some());
    // Programs of the family open mail all day; a developer's tool has no business there.
    let asked = |id: &str| ASKED.iter().any(|asked| asked.eq_ignore_ascii_case(id));
    resource.is_some_and(|id| asked(id) || tool && id.eq_ignore_ascii_case(EXCHANGE))
}

fn is_strange(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    let new = baseline::client_address(row.event).is_some_and(|ip| exam.baseline.days_at(ip) == 0);
    new && acts::is_attackers(exam, row)
}

fn finding(exam: &Exam<'_>, name: &str, rows: &[&Row<'_>]) -> Option<Finding> {
    let inside: Vec<&Row<'_>> = rows.iter().copied().filter(|row| row.in_window).collect();
    let known = rows.iter().any(|row| row.event.datetime < exam.window.from);
    let attackers = inside.iter().any(|row| acts::is_attackers(exam, row));
    let usual = inside.iter().all(|row| logins::is_usual_place(exam, row.event));
    let (_, weight) = acts::heaviest(exam, &inside, Weight::Weak)?;
    let weight = if (known || usual) && !attackers { Weight::Explained } else { weight };
    let draft = acts::draft(&CHECK.meta, exam, &inside, weight)?
        .headline(
            format!("{name} asked for mail or directory in the account's name"),
            format!("{name} がアカウント名義でメールまたはディレクトリにアクセスした"),
        )
        .detail("tool", name)
        .detail("addresses", logins::joined(inside.iter().filter_map(|row| row.event.source_ip.as_deref()), 10))
        .detail("before the window", if known { "the account used this tool before" } else { "" });
    Some(draft.done())
}
