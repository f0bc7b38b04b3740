//! The account made applications, gave them secrets or owners: a way in that needs no password and no second factor.

use serde_json::Value;

use crate::analyze::exam::{Exam, Row};
use crate::analyze::mail::mails;
use crate::analyze::people::actor::ActorClass;
use crate::analyze::settings::applications::Introduced;
use crate::analyze::settings::directory;
use crate::analyze::shown::coverage::GateId;
use crate::analyze::{Check, Meta, acts};
use crate::finding::{Finding, Severity, Weight};
use crate::knowledge::apps;
use crate::timeline::details;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "app-credentials",
        title: "Applications given secrets or owners",
        gates: &[&[GateId::G6], &[GateId::G1, GateId::G6Entra], &[GateId::G2Any, GateId::G6Entra]],
        adds: &[GateId::G7],
        never_not_seen: None,
        severity: Severity::High,
        attack: &["T1098.001", "T1098.003"],
        page: include_str!("../../../docs/symptoms/app-credentials.md"),
    },
    examine,
};

const ACTIVITIES: [&str; 8] = [
    "Add application",
    "Add service principal",
    "Add service principal credentials",
    "Add owner to application",
    "Add owner to service principal",
    "Add app role assignment to service principal",
    "Add app role assignment to group",
    "Add delegated permission grant to service principal",
];

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let known = Introduced::learn(exam);
    let rows = exam.acts().filter(|row| row.class == ActorClass::Own && is_such(row));
    acts::happenings(rows, acts::ONE_GO, |row| known.of(row.event).name.to_lowercase())
        .iter()
        .filter_map(|rows| finding(exam, &known, rows))
        .collect()
}

fn is_such(row: &Row<'_>) -> bool {
    // The service writes an en dash and a trailing blank: "Update application – Certificates and secrets management ".
    let secrets = || row.event.action().to_lowercase().contains("certificates and secrets management");
    let permissions =
        || row.event.is(&["Update application"]) && acts::changed(row.event, "RequiredResourceAccess").is_some();
    directory::is_directory(row.event) && (row.event.is(&ACTIVITIES) || secrets() || permissions() || has_new_key(row))
}

/// Properties that hold what an application proves with who it is: secrets and certificates, and whose word is taken for it.
const KEYS: [&str; 2] = ["KeyDescription", "FederatedIdentityCredentials"];

/// Whether an application or its principal has a key that it had not before.
fn has_new_key(row: &Row<'_>) -> bool {
    let entries =
        |list: Option<&str>| -> Vec<Value> { serde_json::from_str(list.unwrap_or_default()).unwrap_or_default() };
    let grew = |change: &details::Change| {
        let (old, new) = (entries(change.old.as_deref()), entries(change.new.as_deref()));
        KEYS.iter().any(|key| key.eq_ignore_ascii_case(&change.name)) && new.iter().any(|entry| !old.contains(entry))
    };
    row.event.is(&["Update application", "Update service principal"]) && details::changes(row.event).iter().any(grew)
}

fn finding(exam: &Exam<'_>, known: &Introduced, rows: &[&Row<'_>]) -> Option<Finding> {
    let ids: Vec<String> = rows.iter().flat_map(|row| known.of(row.event).ids).collect();
    // The first use of one of Microsoft's own applications writes its principal into the directory.
    if ids.iter().any(|id| apps::name(id).is_some()) && !rows.iter().any(|row| acts::is_attackers(exam, row)) {
        return None;
    }
    let (row, weight) = acts::heaviest(exam, rows, Weight::Weak)?;
    let near = weight == Weight::Weak && acts::follows_attacker(exam, row);
    // Who sets up applications all the time has that job.
    let job = weight == Weight::Weak && !near && rows.iter().all(|row| mails::did_before(exam, row));
    let weight = if job { Weight::Explained } else { weight };
    let name = known.of(row.event).name;
    let mut activities: Vec<&str> = rows.iter().map(|row| row.event.action()).collect();
    activities.dedup();
    let abused = ids.iter().find_map(|id| apps::worth_a_look(id)).unwrap_or_default();
    let draft = acts::draft(&CHECK.meta, exam, rows, if near { Weight::Strong } else { weight })?
        .headline(
            format!("The account set up the application {name}: {}", activities.join(", ")),
            format!("アカウントがアプリケーション {name} を設定：{}", activities.join(", ")),
        )
        .detail("application", name)
        .detail("application id", ids.first().cloned().unwrap_or_default())
        .detail("permissions", given(rows))
        .detail("often abused as", abused)
        .detail("when", if near { "within an hour after the attacker was active" } else { "" });
    Some(draft.done())
}

/// The permissions that were given, in the order of time.
fn given(rows: &[&Row<'_>]) -> String {
    let names = ["AppRole.Value", "DelegatedPermissionGrant.Scope"];
    let mut given: Vec<String> =
        rows.iter().flat_map(|row| names.iter().filter_map(|name| acts::changed(row.event, name))).collect();
    given.retain(|permission| !permission.is_empty());
    given.dedup();
    given.join(" ")
}
