//! Auditing switched off, cut down or bypassed: for the organisation, for a mailbox, or for what an account does.

use crate::analyze::draft::Draft;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::settings::{directory, mailbox};
use crate::analyze::shown::auditing;
use crate::analyze::shown::auditing::Kept;
use crate::analyze::shown::coverage::GateId;
use crate::analyze::{Check, Meta, acts, is_housekeeping};
use crate::finding::{Fact, Finding, Severity, Weight};
use crate::timeline::json;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "auditing-off",
        title: "Auditing switched off or bypassed",
        gates: &[&[GateId::G1], &[GateId::G2], &[GateId::G3], &[GateId::G5]],
        adds: &[GateId::G6],
        never_not_seen: None,
        severity: Severity::Critical,
        attack: &["T1562.008", "T1685.002"],
        page: include_str!("../../../docs/symptoms/auditing-off.md"),
    },
    examine,
};

/// The service plan behind advanced auditing.
const ADVANCED_AUDITING: &str = "M365_ADVANCED_AUDITING";

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let better = |row: &Row<'_>| auditing::kept(row) == Some(Kept::NoLess) && !acts::is_attackers(exam, row);
    let rows = exam
        .window_rows()
        .filter(|row| !row.failed() && !is_housekeeping(row.class) && what(row).is_some() && !better(row));
    // Each way of taking it, from each mailbox, is told by itself.
    let key = |row: &Row<'_>| {
        let whose = row.param("Identity").unwrap_or_default();
        format!("{} {} {whose}", acts::actor(row.event), what(row).unwrap_or_default()).to_lowercase()
    };
    let mut findings: Vec<Finding> =
        acts::happenings(rows, acts::ONE_GO, key).iter().filter_map(|rows| finding(exam, rows)).collect();
    findings.extend(exam.states.iter().filter(|row| row.parts.mailbox).filter_map(|row| standing(exam, row)));
    findings
}

/// Which auditing the record takes away: a setting, or advanced auditing with the licence.
fn what(row: &Row<'_>) -> Option<&'static str> {
    let licence = || directory::is_directory(row.event) && row.event.is(&["Update user"]) && row.parts.any();
    let kept = || auditing::kept(row).map(|_| auditing::RETENTION);
    auditing::taken(row).or_else(kept).or_else(|| licence().then(|| advanced(row)).flatten())
}

/// Advanced auditing taken out of the account's licences: it stands among the disabled plans and did not before. The
/// service writes the licence as a property, or inside the text of `additionalDetails`, whose quotes are escaped.
fn advanced(row: &Row<'_>) -> Option<&'static str> {
    let text = row.event.raw.as_deref().filter(|raw| raw.contains(ADVANCED_AUDITING))?.replace('\\', "");
    let is_newly_disabled = |entry: &str| {
        let (old, new) = entry.split_once("NewValue")?;
        // Either value may stand first.
        let (old, new) = if old.contains("OldValue") {
            (old, new)
        } else {
            new.split_once("OldValue").map(|(new, old)| (old, new))?
        };
        Some(new.contains(ADVANCED_AUDITING) && !old.contains(ADVANCED_AUDITING))
    };
    let entries = text.split("\"Name\":").filter(|entry| entry.trim_start().starts_with("\"AssignedLicense\""));
    entries.filter_map(is_newly_disabled).any(|disabled| disabled).then_some(auditing::ADVANCED)
}

fn finding(exam: &Exam<'_>, rows: &[&Row<'_>]) -> Option<Finding> {
    let (row, weight) = acts::heaviest(exam, rows, Weight::Strong)?;
    let told = what(row)?;
    let licence = rows.iter().all(|row| directory::is_directory(row.event));
    let kept = rows.iter().all(|row| auditing::kept(row).is_some());
    let anothers = anothers(exam, row);
    let theirs = !row.parts.any() && anothers.as_deref().is_some_and(|name| !exam.is_taken_over(name));
    // A licence is taken away and a rule of retention changed for many reasons, and somebody else's mailbox is not this
    // account's matter.
    let weight =
        if (licence || kept || theirs) && !acts::is_attackers(exam, row) { weight.min(Weight::Weak) } else { weight };
    let (en, ja) = anothers
        .and_then(|name| auditing::of_another(told, &name))
        .unwrap_or_else(|| (told.to_owned(), auditing::in_japanese(told).to_owned()));
    let what = en.clone();
    let (en, ja) = match kept {
        true => (format!("A rule of auditing was changed: {en}"), format!("監査の規則が変更された：{ja}")),
        false => (format!("Auditing was switched off or cut down: {en}"), format!("監査が停止または縮小された：{ja}")),
    };
    let draft = acts::draft(&CHECK.meta, exam, rows, weight)?
        .headline(en, ja)
        .detail("what", what)
        .detail(
            "values",
            acts::told_parameters(
                row.event,
                &[
                    "Identity",
                    "RetentionDuration",
                    "UnifiedAuditLogIngestionEnabled",
                    "AdminAuditLogEnabled",
                    "AuditDisabled",
                    "AuditBypassEnabled",
                    "AuditEnabled",
                    "AuditLogAgeLimit",
                    "AuditOwner",
                    "AuditDelegate",
                    "AuditAdmin",
                    "DefaultAuditSet",
                ],
            ),
        )
        .detail("means", "from here on, nothing found is no proof that nothing happened");
    Some(draft.done())
}

/// Whose mailboxes, or whose doings in them, are no longer audited, where they are not the account's.
fn anothers(exam: &Exam<'_>, row: &Row<'_>) -> Option<String> {
    let named = row.event.is(&["Set-Mailbox", "Set-MailboxAuditBypassAssociation"]);
    named.then(|| mailbox::not_ours(exam, row)).flatten()
}

/// What a snapshot shows: auditing of the mailbox off when somebody looked.
fn standing(exam: &Exam<'_>, row: &Row<'_>) -> Option<Finding> {
    let is = |name: &str, wanted: bool| row.param(name).and_then(|value| json::boolean(&value)) == Some(wanted);
    if !row.event.is(&["MailboxAudit"]) || !(is("AuditEnabled", false) || is("AuditBypassEnabled", true)) {
        return None;
    }
    let draft = Draft::of_state(&CHECK.meta, exam, row)
        .headline(
            "A snapshot shows auditing of the mailbox switched off or bypassed",
            "スナップショットではメールボックスの監査が停止またはバイパスされている",
        )
        .fact(Fact::Snapshot)
        .weight(Weight::Weak);
    Some(draft.done())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_without_advanced_auditing() {
        let licence = |plans: &str| format!("[SkuName=DEVELOPERPACK_E5, DisabledPlans=[{plans}]]");
        let record = |old: &str, new: &str| {
            let list = serde_json::json!([{"Name": "AssignedLicense", "OldValue": [licence(old)], "NewValue": [licence(new)]}]);
            let raw =
                serde_json::json!({"ExtendedProperties": [{"Name": "additionalDetails", "Value": list.to_string()}]});
            crate::timeline::Event { raw: Some(raw.to_string().into()), ..crate::timeline::Event::default() }
        };
        let taken = |old, new| {
            let event = record(old, new);
            let row = Row {
                event: &event,
                class: crate::analyze::people::actor::ActorClass::Admin,
                parts: crate::analyze::people::identity::Parts::default(),
                in_window: true,
                twins: Vec::new(),
                place: crate::analyze::exam::OFF,
            };
            advanced(&row).is_some()
        };
        assert!(taken("", "M365_ADVANCED_AUDITING,TEAMS1"));
        assert!(!taken("M365_ADVANCED_AUDITING", "") && !taken("", "TEAMS1"));
    }
}
