//! Domains and federation: who may vouch for the organisation's users. Whoever controls that can sign in as anybody.

use crate::analyze::exam::{Exam, Row};
use crate::analyze::shown::coverage::GateId;
use crate::analyze::{Check, Meta, acts, is_housekeeping, scope};
use crate::finding::{Finding, Severity, Weight};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "federation-change",
        title: "Domains or federation changed",
        gates: &[
            &[GateId::G6],
            &[GateId::G1, GateId::G6Entra],
            &[GateId::G2Any, GateId::G6Entra],
            &[GateId::G3, GateId::G6Entra],
        ],
        adds: &[GateId::G6Entra],
        never_not_seen: None,
        severity: Severity::Critical,
        attack: &["T1484.002", "T1606.002"],
        page: include_str!("../../../docs/symptoms/federation-change.md"),
    },
    examine,
};

/// What lets somebody else vouch for users.
const TRUST: [&str; 3] = ["Set domain authentication", "Set federation settings on domain", "New-FederationTrust"];
/// What only adds a name, or a partner's rights, or a feature of the synchronisation.
const NAMES: [&str; 7] = [
    "Add unverified domain",
    "Add verified domain",
    "Verify domain",
    "New-AcceptedDomain",
    "Add partner to company",
    "Add a partner to cross-tenant access setting",
    "Set DirSync feature",
];
/// Cross-tenant access policies have a record type of their own.
const CROSS_TENANT: i64 = 372;

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let rows = exam.window_rows().filter(|row| {
        let partners = row.event.record_type == Some(CROSS_TENANT) || scope::is_cross_tenant(row.event.action());
        (row.event.is(&TRUST) || row.event.is(&NAMES) || partners) && !row.failed() && !is_housekeeping(row.class)
    });
    acts::by_actor(rows).iter().filter_map(|rows| finding(exam, rows)).collect()
}

fn finding(exam: &Exam<'_>, rows: &[&Row<'_>]) -> Option<Finding> {
    let trust = rows.iter().any(|row| row.event.is(&TRUST));
    // Nobody changes who vouches for a domain by accident; a domain of a project is added in daylight.
    let alone = if trust { Weight::Strong } else { Weight::Weak };
    let (row, weight) = acts::heaviest(exam, rows, alone)?;
    let (what, name) = (row.event.action(), acts::object_name(row.event));
    let draft = acts::draft(&CHECK.meta, exam, rows, weight)?
        .headline(
            format!("A domain or its federation was changed: {what} {name}").trim_end().to_owned(),
            format!("ドメインまたはフェデレーションが変更された：{what} {name}").trim_end().to_owned(),
        )
        .detail("what", what)
        .detail("object", name)
        .detail("from now", acts::changed(row.event, "LiveType").unwrap_or_default());
    Some(draft.done())
}
