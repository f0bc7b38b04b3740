//! Developers' tools that ask Graph or the directory in a person's name: their tokens open mail as well.

use std::collections::BTreeMap;

use crate::analyze::coverage::GateId;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::{Check, Meta, acts, logins};
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

/// Visual Studio Code, Azure CLI, Azure PowerShell, Graph command line, Azure AD PowerShell.
const TOOLS: [&str; 5] = [
    "aebc6443-996d-45c2-90f0-388ff96faa56",
    "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
    "1950a258-227b-4e31-a9cf-717495945fc2",
    "14d82eec-204b-4c2f-b7e8-296a70dab67e",
    "1b730954-1685-4b74-9bfd-dac224a7b894",
];
/// Microsoft Graph, and the directory's old interface.
const ASKED: [&str; 2] = ["00000003-0000-0000-c000-000000000000", "00000002-0000-0000-c000-000000000000"];

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let mut tools: BTreeMap<&'static str, Vec<&Row<'_>>> = BTreeMap::new();
    for row in exam.rows.iter().filter(|row| logins::is_own(row) && logins::got_in(row)) {
        if let Some(tool) = tool(row) {
            tools.entry(tool).or_default().push(row);
        }
    }
    tools.iter().filter_map(|(tool, rows)| finding(exam, tool, rows)).collect()
}

fn tool(row: &Row<'_>) -> Option<&'static str> {
    let app = row.event.app_id.as_deref()?;
    // The audit log names the resource as the object.
    let resource = row.event.resource_id.as_deref().or(row.event.target_raw.as_deref())?;
    let asks = ASKED.iter().any(|asked| asked.eq_ignore_ascii_case(resource));
    TOOLS.iter().find(|tool| tool.eq_ignore_ascii_case(app)).copied().filter(|_| asks)
}

fn finding(exam: &Exam<'_>, tool: &str, rows: &[&Row<'_>]) -> Option<Finding> {
    let inside: Vec<&Row<'_>> = rows.iter().copied().filter(|row| row.in_window).collect();
    let known = rows.iter().any(|row| row.event.datetime < exam.window.from);
    let attackers = inside.iter().any(|row| acts::is_attackers(exam, row));
    let usual = inside.iter().all(|row| logins::is_usual_place(exam, row.event));
    let (_, weight) = acts::heaviest(exam, &inside, Weight::Weak)?;
    let weight = if (known || usual) && !attackers { Weight::Explained } else { weight };
    let name = apps::name(tool).unwrap_or(tool);
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
