//! Flows and automations that the account made: programs that go on forwarding when everything else is closed.

use crate::analyze::exam::{Exam, Row};
use crate::analyze::shown::coverage::GateId;
use crate::analyze::{Check, Meta, acts};
use crate::finding::{Finding, Severity, Weight};
use crate::timeline::{details, json};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "automation",
        title: "Flows and automations made",
        gates: &[&[GateId::G1], &[GateId::G2], &[GateId::G2Other]],
        adds: &[GateId::G7],
        never_not_seen: None,
        severity: Severity::Medium,
        attack: &["T1020", "T1546"],
        page: include_str!("../../../docs/symptoms/automation.md"),
    },
    examine,
};

/// Flows, Power Apps, and Outlook's own automations.
const KINDS: [i64; 4] = [30, 45, 46, 373];
const MAKING: [&str; 6] = ["create", "edit", "put", "update", "new", "publish"];
/// Connectors that touch mail.
const MAIL: [&str; 4] = ["office365", "outlook", "gmail", "smtp"];

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let made = exam.acts().filter(|row| {
        let action = row.event.action().to_lowercase();
        row.parts.actor
            && row.event.record_type.is_some_and(|kind| KINDS.contains(&kind))
            && MAKING.iter().any(|word| action.starts_with(word))
    });
    acts::happenings(made, acts::ONE_GO, |row| acts::actor(row.event))
        .iter()
        .filter_map(|rows| finding(exam, rows))
        .collect()
}

/// The connectors the record names.
fn connectors(row: &Row<'_>) -> String {
    let object = details::object(row.event);
    json::text(&object, "FlowConnectorNames").or_else(|| json::text(&object, "ConnectorNames")).unwrap_or_default()
}

fn finding(exam: &Exam<'_>, rows: &[&Row<'_>]) -> Option<Finding> {
    let (row, weight) = acts::heaviest(exam, rows, Weight::Weak)?;
    let did_before = crate::analyze::mail::mails::did_before(exam, row);
    let near = weight == Weight::Weak && acts::follows_attacker(exam, row);
    let weight = match (near, did_before) {
        (true, _) => Weight::Strong,
        (false, true) if weight == Weight::Weak => Weight::Explained,
        _ => weight,
    };
    let with: Vec<String> = rows.iter().map(|row| connectors(row)).filter(|name| !name.is_empty()).collect();
    let mail = with.iter().any(|name| MAIL.iter().any(|word| name.to_lowercase().contains(word)));
    let draft = acts::draft(&CHECK.meta, exam, rows, weight)?
        .headline(
            format!("The account made or changed a flow ({})", row.event.action()),
            format!("アカウントがフローを作成または変更した（{}）", row.event.action()),
        )
        .detail("connectors", with.join(", "))
        .detail("touches mail", if mail { "yes" } else { "" })
        .detail("when", if near { "within an hour after the attacker was active" } else { "" });
    Some(draft.done())
}
