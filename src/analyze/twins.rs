//! The same happening as two sources tell it: found, folded, and cited together; never counted twice.

use std::collections::{BTreeMap, HashMap};

use crate::analyze::exam::Row;
use crate::timeline::{EvidenceSource, details};

/// Folds the records that another source tells better: a logon of the audit log into the Entra sign-in with its
/// request id, an admin-audit event into the audit-log record of the same cmdlet, second and object.
pub fn fold(rows: Vec<Row<'_>>) -> Vec<Row<'_>> {
    let sign_ins: HashMap<&str, usize> = rows
        .iter()
        .enumerate()
        .filter(|(_, row)| row.event.evidence_source == EvidenceSource::EntraSignin)
        .filter_map(|(at, row)| row.event.event_id.as_deref().map(|id| (id, at)))
        .collect();
    let mut cmdlets: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, row) in rows.iter().enumerate() {
        if row.event.evidence_source == EvidenceSource::Ual && row.event.record_type == Some(1) {
            cmdlets.entry(row.event.action().to_lowercase()).or_default().push(at);
        }
    }
    let mut twin_of: BTreeMap<usize, usize> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        let best = match row.event.evidence_source {
            EvidenceSource::Ual if row.is_sign_in() => [&row.event.event_id, &row.event.request_id]
                .into_iter()
                .find_map(|id| sign_ins.get(id.as_deref()?).copied()),
            EvidenceSource::AdminAudit => {
                let same = cmdlets.get(&row.event.action().to_lowercase()).map_or(&[][..], Vec::as_slice);
                same.iter().copied().find(|other| rows.get(*other).is_some_and(|other| same_cmdlet(row, other)))
            }
            _ => None,
        };
        twin_of.extend(best.map(|best| (at, best)));
    }
    let twins: Vec<(usize, &crate::timeline::Event)> =
        twin_of.iter().filter_map(|(twin, of)| rows.get(*twin).map(|row| (*of, row.event))).collect();
    let mut rows: Vec<(usize, Row<'_>)> = rows.into_iter().enumerate().collect();
    for (of, twin) in twins {
        if let Some((_, row)) = rows.get_mut(of) {
            row.twins.push(twin);
        }
    }
    rows.into_iter().filter(|(at, _)| !twin_of.contains_key(at)).map(|(_, row)| row).collect()
}

/// The same cmdlet within two seconds, on the same object or with the same parameter values.
fn same_cmdlet(admin: &Row<'_>, audit: &Row<'_>) -> bool {
    let apart = (admin.event.datetime - audit.event.datetime).num_milliseconds().abs();
    if apart > 2000 {
        return false;
    }
    let last = |target: &Option<Box<str>>| {
        target.as_deref().map(|target| target.rsplit('/').next().unwrap_or(target).to_lowercase())
    };
    let values = |row: &Row<'_>| -> Vec<(String, String)> {
        let mut values: Vec<_> = details::params(row.event)
            .into_iter()
            .map(|param| (param.name.to_lowercase(), param.value.unwrap_or_default().to_lowercase()))
            .collect();
        values.sort();
        values
    };
    let (own, other) = (values(admin), values(audit));
    let same_values = !own.is_empty() && own.iter().all(|value| other.contains(value));
    let same_object = last(&admin.event.target_raw).is_some_and(|object| Some(object) == last(&audit.event.target_raw));
    same_values || same_object && (own.is_empty() || own.iter().any(|value| other.contains(value)))
}
