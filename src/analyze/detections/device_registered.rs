//! A device was registered for the account: with it come tokens that outlive a new password.

use crate::analyze::exam::{Exam, Row};
use crate::analyze::people::actor::ActorClass;
use crate::analyze::settings::directory;
use crate::analyze::shown::coverage::GateId;
use crate::analyze::{Check, Meta, acts};
use crate::finding::{Attribution, Finding, Severity, Weight};
use crate::knowledge::clients;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "device-registered",
        title: "A device was registered",
        gates: &[&[GateId::G6], &[GateId::G1, GateId::G6Entra], &[GateId::G2Any, GateId::G6Entra]],
        adds: &[GateId::G7, GateId::G6Entra],
        never_not_seen: None,
        severity: Severity::High,
        attack: &["T1098.005"],
        page: include_str!("../../../docs/symptoms/device-registered.md"),
    },
    examine,
};

const ACTIVITIES: [&str; 4] =
    ["Register device", "Add device", "Add registered owner to device", "Add registered users to device"];

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let rows = exam.window_rows().filter(|row| {
        !row.failed()
            && (row.parts.actor || row.parts.target)
            && row.class != ActorClass::Sync
            && directory::is_directory(row.event)
            && row.event.is(&ACTIVITIES)
    });
    // One registration writes several records within seconds, in the names of the service and of the account.
    acts::happenings(rows, chrono::TimeDelta::minutes(10), |_| String::new())
        .iter()
        .filter_map(|rows| finding(exam, rows))
        .collect()
}

/// The name the device gave itself, and the Windows build it claims.
fn device(row: &Row<'_>) -> (String, String) {
    let text = |names: &[&str]| names.iter().find_map(|name| acts::changed(row.event, name)).unwrap_or_default();
    let name = text(&["DisplayName", "Device.DisplayName", "DeviceDisplayName"]);
    let name = if name.is_empty() && row.event.is(&["Add device", "Register device"]) {
        acts::object_name(row.event)
    } else {
        name
    };
    (name, text(&["DeviceOSVersion", "OperatingSystemVersion", "OSVersion"]))
}

fn is_default(name: &str, build: &str) -> bool {
    clients::is_tool_build(build) && (name.is_empty() || name.to_uppercase().starts_with("DESKTOP-"))
}

fn finding(exam: &Exam<'_>, rows: &[&Row<'_>]) -> Option<Finding> {
    let devices: Vec<(String, String)> = rows.iter().map(|row| device(row)).collect();
    let name = devices.iter().map(|(name, _)| name).find(|name| !name.is_empty()).cloned().unwrap_or_default();
    let build = devices.iter().map(|(_, build)| build).find(|build| !build.is_empty()).cloned().unwrap_or_default();
    let attackers = rows.iter().any(|row| acts::is_attackers(exam, row));
    // The registration service writes without an address: the hour after the attacker was there speaks.
    let near = rows.iter().any(|row| acts::follows_attacker(exam, row) && !exam.baseline.is_own_session(row.event));
    let usual = rows.iter().any(|row| row.parts.actor && acts::weigh(exam, row, Weight::Weak) == Weight::Explained);
    let weight = match (attackers, near, usual) {
        (true, ..) | (_, true, false) => Weight::Strong,
        (_, _, true) => Weight::Explained,
        _ => Weight::Weak,
    };
    let weight = if weight == Weight::Weak
        && !is_default(&name, &build)
        && rows.iter().all(|row| row.class != ActorClass::Own)
    {
        Weight::Explained
    } else {
        weight
    };
    let mut draft = acts::draft(&CHECK.meta, exam, rows, weight)?
        .headline(
            format!("A device was registered for the account {name}").trim_end().to_owned(),
            format!("アカウントにデバイスが登録された {name}").trim_end().to_owned(),
        )
        .detail("device", name.clone())
        .detail("system", build.clone())
        .detail(
            "default of a tool",
            if is_default(&name, &build) { "name and build are those that tools for stolen tokens claim" } else { "" },
        )
        .detail("when", if near { "within an hour after the attacker was active" } else { "" });
    if near && weight == Weight::Strong && !attackers {
        draft = draft.attribution(Attribution::Unexplained);
    }
    Some(draft.done())
}
