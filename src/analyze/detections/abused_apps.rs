//! Mail, sync and backup applications that intruders like, used for the first time.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::analyze::exam::{Exam, Row};
use crate::analyze::people::actor::ActorClass;
use crate::analyze::settings::applications::Introduced;
use crate::analyze::settings::directory;
use crate::analyze::shown::coverage::GateId;
use crate::analyze::sign_ins::logins;
use crate::analyze::{Check, Meta, acts, is_housekeeping};
use crate::finding::{Finding, Severity, Weight};
use crate::knowledge::apps;
use crate::timeline::{Event, details, format_time, json};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "abused-apps",
        title: "Applications that intruders like",
        gates: &[&[GateId::G7], &[GateId::G7n]],
        adds: &[GateId::G4, GateId::G6],
        never_not_seen: None,
        severity: Severity::High,
        attack: &["T1114.002", "T1528"],
        page: include_str!("../../../docs/symptoms/abused-apps.md"),
    },
    examine,
};

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let mut apps: BTreeMap<&'static str, Vec<&Row<'_>>> = BTreeMap::new();
    let acts = exam.rows.iter().filter(|row| row.parts.any() && !row.failed() && !is_housekeeping(row.class));
    for row in acts {
        if let Some(name) = name(row) {
            apps.entry(name).or_default().push(row);
        }
    }
    apps.iter().filter_map(|(name, rows)| finding(exam, name, rows)).collect()
}

/// The application's name, where it is on the list: the one that was used, or the one that was given access.
fn name(row: &Row<'_>) -> Option<&'static str> {
    let ids = [&row.event.app_id, &row.event.client_app_id];
    let used = ids.into_iter().flatten().find_map(|id| apps::worth_a_look(id));
    used.or_else(|| consented(row.event).iter().find_map(|id| apps::worth_a_look(id)))
}

/// The ids that a consent names; the Entra audit may have the application's among the further details only.
fn consented(event: &Event) -> Vec<String> {
    if !directory::is_directory(event) || !event.is(&acts::CONSENTS) {
        return Vec::new();
    }
    let object = details::members(event, &["additionalDetails"]);
    let is_id = |entry: &&Value| json::text(entry, "key").is_some_and(|key| key.eq_ignore_ascii_case("AppId"));
    let further = json::list(&object, "additionalDetails").iter().filter(is_id);
    Introduced::default()
        .of(event)
        .ids
        .into_iter()
        .chain(further.filter_map(|entry| json::text(entry, "value")))
        .collect()
}

fn finding(exam: &Exam<'_>, name: &str, rows: &[&Row<'_>]) -> Option<Finding> {
    let inside: Vec<&Row<'_>> = rows.iter().copied().filter(|row| row.in_window).collect();
    let before = rows.iter().find(|row| row.event.datetime < exam.window.from);
    let attackers = inside.iter().any(|row| acts::is_attackers(exam, row));
    let (_, weight) = acts::heaviest(exam, &inside, Weight::Weak)?;
    // The audit log's consents have no address: the hour after the attacker was there says whose it was.
    let is_near = |row: &&Row<'_>| row.class == ActorClass::Own && acts::follows_attacker(exam, row);
    let consents = inside.iter().copied().filter(|row| !consented(row.event).is_empty());
    let near = weight == Weight::Weak && consents.filter(|row| row.event.source_ip.is_none()).any(|row| is_near(&row));
    let weight = match (before, attackers) {
        (Some(_), false) => Weight::Explained,
        _ if near => Weight::Strong,
        _ => weight,
    };
    let consent = inside.iter().all(|row| !consented(row.event).is_empty());
    let (en, ja) = match consent {
        true => ("was given access to the account", "へのアクセスを許可された"),
        false => ("was used on the account", "で使用された"),
    };
    let addresses = inside.iter().filter_map(|row| row.event.source_ip.as_deref());
    let draft = acts::draft(&CHECK.meta, exam, &inside, weight)?
        .headline(
            format!("The application {name}, which intruders like, {en}"),
            format!("侵入者がよく使うアプリケーション {name} がこのアカウント{ja}"),
        )
        .detail("application", name)
        .detail("addresses", logins::joined(addresses, 10))
        .detail("used before the window", before.map(|row| format_time(row.event.datetime)).unwrap_or_default());
    Some(draft.done())
}
