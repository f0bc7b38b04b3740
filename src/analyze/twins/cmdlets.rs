//! One cmdlet as several logs and exports tell it: the admin audit log beside the audit log, and two exports of the former.

use std::collections::{BTreeSet, HashMap};

use chrono::TimeDelta;

use super::{APART, Twins};
use crate::analyze::exam::Row;
use crate::timeline::{EvidenceSource, details};

/// Folds each admin-audit event into the audit-log record of the same cmdlet, or into the same event of another export.
pub(super) fn add_cmdlets(rows: &[Row<'_>], twin_of: &mut Twins) {
    let mut cmdlets: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, row) in rows.iter().enumerate() {
        if row.event.evidence_source == EvidenceSource::Ual && row.event.record_type == Some(1) {
            cmdlets.entry(row.event.action().to_lowercase()).or_default().push(at);
        }
    }
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| row.event.evidence_source == EvidenceSource::AdminAudit)
    {
        let same = cmdlets.get(&row.event.action().to_lowercase()).map_or(&[][..], Vec::as_slice);
        // The rows lie in the order of time.
        let time = |other: &usize| rows.get(*other).map(|other| other.event.datetime);
        let (from, to) =
            (row.event.datetime - TimeDelta::milliseconds(APART), row.event.datetime + TimeDelta::milliseconds(APART));
        let first = same.partition_point(|other| time(other) < Some(from));
        let mut near = same.iter().skip(first).copied().take_while(|other| time(other) <= Some(to));
        let best = near.find(|other| rows.get(*other).is_some_and(|other| same_cmdlet(row, other)));
        twin_of.extend(best.map(|best| (at, best)));
    }
    add_other_exports(rows, twin_of);
}

/// One cmdlet in two exports of the admin audit log, one of which may have lost the values of its parameters: the
/// record that tells more stands for both. Two records of one file are two happenings.
fn add_other_exports(rows: &[Row<'_>], twin_of: &mut Twins) {
    let admin = |row: &Row<'_>| row.event.evidence_source == EvidenceSource::AdminAudit;
    let alone: Vec<usize> =
        (0..rows.len()).filter(|at| rows.get(*at).is_some_and(admin) && !twin_of.contains_key(at)).collect();
    let row = |at: usize| rows.get(at);
    let file = |at: usize| row(at).map(|row| &*row.event.origin.file);
    // Of each row the files of those that it stands for.
    let mut files: HashMap<usize, BTreeSet<&str>> =
        alone.iter().map(|at| (*at, file(*at).into_iter().collect())).collect();
    for (place, at) in alone.iter().enumerate() {
        let near = alone.iter().skip(place + 1).take_while(|other| {
            let apart = row(**other).zip(row(*at)).map(|(other, one)| other.event.datetime - one.event.datetime);
            apart.is_some_and(|apart| apart.num_milliseconds() <= APART)
        });
        for other in near {
            let Some((one, two)) = row(*at).zip(row(*other)) else { continue };
            if twin_of.contains_key(at) || twin_of.contains_key(other) || !is_in_another_export(one, two) {
                continue;
            }
            let (lesser, better) = if values(one).len() < values(two).len() { (*at, *other) } else { (*other, *at) };
            let (Some(more), Some(own)) = (files.get(&lesser).cloned(), files.get_mut(&better)) else { continue };
            if own.is_disjoint(&more) {
                own.extend(more);
                twin_of.insert(lesser, better);
            }
        }
    }
}

/// Whether two records of the admin audit log in two files are one: the same cmdlet on the same object, and no value
/// that one has and the other has otherwise.
fn is_in_another_export(one: &Row<'_>, two: &Row<'_>) -> bool {
    let (a, b) = (one.event, two.event);
    let names = |row: &Row<'_>| -> BTreeSet<String> {
        details::params(row.event).into_iter().map(|param| param.name.to_lowercase()).collect()
    };
    let (own, other) = (values(one), values(two));
    let agree = own.iter().all(|value| other.contains(value)) || other.iter().all(|value| own.contains(value));
    let object = last_part(a.target_raw.as_deref());
    *a.origin.file != *b.origin.file
        && a.action().eq_ignore_ascii_case(b.action())
        && a.outcome == b.outcome
        && object.is_some()
        && object == last_part(b.target_raw.as_deref())
        && names(one) == names(two)
        && agree
}

/// The name of an object without the path to it.
fn last_part(target: Option<&str>) -> Option<String> {
    target.map(|target| target.rsplit('/').next().unwrap_or(target).to_lowercase())
}

/// The parameters with their values, in lower case; those whose value the export lost are not among them.
fn values(row: &Row<'_>) -> Vec<(String, String)> {
    let params = details::params(row.event).into_iter();
    let told = params.filter_map(|param| Some((param.name.to_lowercase(), param.value?.to_lowercase())));
    let mut values: Vec<_> = told.collect();
    values.sort();
    values
}

/// The same cmdlet within two seconds, on the same object or with the same parameter values.
fn same_cmdlet(admin: &Row<'_>, audit: &Row<'_>) -> bool {
    let apart = (admin.event.datetime - audit.event.datetime).num_milliseconds().abs();
    if apart > APART {
        return false;
    }
    let (own, other) = (values(admin), values(audit));
    let same_values = !own.is_empty() && own.iter().all(|value| other.contains(value));
    let object = last_part(admin.event.target_raw.as_deref());
    let same_object = object.is_some() && object == last_part(audit.event.target_raw.as_deref());
    same_values || same_object && (own.is_empty() || own.iter().any(|value| other.contains(value)))
}
