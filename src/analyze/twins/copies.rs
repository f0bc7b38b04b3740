//! One record that came in several exports: found by its native id, compared, and told by the fullest of them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::{APART, Twins, by_correlation, same_change};
use crate::analyze::exam::Row;
use crate::analyze::sign_ins::risk::{is_taken_back, service_risk};
use crate::timeline::{Event, EvidenceSource, ParseStatus, details};

/// The same record in another export: one native id, one kind of evidence, one action, close together. Two records of
/// one id are one where they say the same (an export laid out anew, or pulled again later); else one of them may have been
/// edited, and both stay. Exports of two formats write the same record otherwise: there only what both have is compared.
pub(super) fn copies(rows: &[Row<'_>]) -> Twins {
    use EvidenceSource::{EntraAudit, EntraSignin, GraphActivity, Risk, Ual};
    let kinds = [Ual, EntraSignin, EntraAudit, Risk, GraphActivity];
    let mut by_id: BTreeMap<(EvidenceSource, String), Vec<usize>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| kinds.contains(&row.event.evidence_source)) {
        if let Some(id) = row.event.event_id.as_deref() {
            by_id.entry((row.event.evidence_source, id.to_lowercase())).or_default().push(at);
        }
    }
    let mut twin_of = Twins::new();
    for group in by_id.values_mut().filter(|group| group.len() > 1) {
        group.sort_by_cached_key(|at| rows.get(*at).map(|row| (rank(row.event), *at)));
        // The records that others are copies of, the best first.
        let mut firsts: Vec<usize> = Vec::new();
        for at in group.iter().copied() {
            match firsts.iter().find(|first| is_copy(rows, at, **first)) {
                Some(first) => {
                    twin_of.insert(at, *first);
                }
                None => firsts.push(at),
            }
        }
    }
    // The portal's table of directory changes has no ids: there the flow and what was done tell.
    let has_id = |row: &Row<'_>| row.event.evidence_source == EntraAudit && row.event.event_id.is_some();
    let taken: BTreeSet<usize> = twin_of.keys().copied().collect();
    let is_nameless = |row: &Row<'_>| row.event.evidence_source == EntraAudit && row.event.event_id.is_none();
    let pairs = by_correlation(rows, is_nameless, has_id, same_change, taken);
    twin_of.extend(pairs);
    twin_of
}

/// One text of an event.
type Column = fn(&Event) -> &Option<Box<str>>;

/// What Graph's stable version leaves out of a sign-in and the beta version has. Source: Microsoft Graph `signIn` resource
/// type, v1.0 and beta, read 2026-08.
const NOT_IN_STABLE: [Column; 3] =
    [|event| &event.session_id, |event| &event.user_agent, |event| &event.unique_token_id];

/// The fullest comes first: a shipper may have dropped what was done. Exports that keep the record as the service wrote it
/// come before tables made of it, a sign-in with the risk that the service found in it later before the same one without,
/// and of equals the one that says more.
fn rank(event: &Event) -> (bool, Reverse<usize>, u8, bool, usize) {
    let format = event.source_format.as_deref().unwrap_or_default();
    let table = match format {
        _ if format.starts_with("la_") => 2,
        _ if event.evidence_source != EvidenceSource::Ual && format.ends_with("_csv") => 1,
        _ => 0,
    };
    let no_risk = event.evidence_source == EvidenceSource::EntraSignin && service_risk(event).is_none();
    let lacking = NOT_IN_STABLE.iter().filter(|of| of(event).is_none()).count();
    (event.parse_status != ParseStatus::Ok, Reverse(told_by_audit_log(event)), table, no_risk, lacking)
}

/// How much a record of the audit log says of what was done.
fn told_by_audit_log(event: &Event) -> usize {
    if event.evidence_source != EvidenceSource::Ual {
        return 0;
    }
    let columns = [event.email_subject.is_some(), event.item_count.is_some(), event.changes.is_some()];
    details::params(event).len() + columns.into_iter().filter(|told| *told).count()
}

fn is_copy(rows: &[Row<'_>], copy: usize, best: usize) -> bool {
    let (Some(copy), Some(best)) = (rows.get(copy), rows.get(best)) else { return false };
    let (copy, best) = (copy.event, best.event);
    let apart = (copy.datetime - best.datetime).num_milliseconds().abs();
    apart <= APART
        && copy.action().eq_ignore_ascii_case(best.action())
        && if copy.source_format == best.source_format {
            says_the_same(copy, best)
        } else {
            says_nothing_else(copy, best)
        }
}

/// Whether two records of different formats and one id agree in all that both of them have. Of parameters one may have
/// fewer than the other, but not others: a shipper drops, an editor replaces.
fn says_nothing_else(a: &Event, b: &Event) -> bool {
    let agree = |of: fn(&Event) -> &Option<Box<str>>| match (of(a).as_deref(), of(b).as_deref()) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
        _ => true,
    };
    let place = agree(|event| &event.source_ip);
    if a.evidence_source != EvidenceSource::Ual {
        return place;
    }
    let whole = a.parse_status == ParseStatus::Ok && b.parse_status == ParseStatus::Ok;
    place
        && agree(|event| &event.session_id)
        && agree(|event| &event.mailbox_upn)
        && agree(|event| &event.email_message_id)
        && (!whole || agree(|event| &event.email_subject))
        && (!whole || same_parameters(a, b))
}

/// Whether the parameters of one record are among the other's, with the same values as far as both exports kept them.
fn same_parameters(a: &Event, b: &Event) -> bool {
    if details::lost_values(a) || details::lost_values(b) {
        return true;
    }
    let (a, b) = (parameters(a), parameters(b));
    let (few, many) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    few.iter().all(|(name, value)| many.get(name).is_some_and(|other| value == other))
}

/// Parameters by name, values as words: exports differ in how they write lists, truths and what stands between.
fn parameters(event: &Event) -> BTreeMap<String, Vec<String>> {
    let words = |value: &str| -> Vec<String> {
        let value = value.to_lowercase();
        let words: Vec<String> =
            value.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect();
        if words.is_empty() { vec![value.trim().to_owned()] } else { words }
    };
    let params = details::params(event).into_iter();
    params.map(|param| (param.name.to_lowercase(), words(&param.value.unwrap_or_default()))).collect()
}

/// Whether two records of one format and id tell of one happening: a sign-in of who it was, from where, with which end
/// and in which session; everything else of all that is judged by.
fn says_the_same(a: &Event, b: &Event) -> bool {
    let same = |of: fn(&Event) -> &Option<Box<str>>| {
        let text = |event| of(event).as_deref().unwrap_or_default();
        text(a).eq_ignore_ascii_case(text(b))
    };
    let actor = same(|event| &event.user_raw)
        && same(|event| &event.source_ip)
        && same(|event| &event.source_ip_text)
        && same(|event| &event.app_id)
        && same(|event| &event.status_code)
        && a.outcome == b.outcome;
    if a.evidence_source == EvidenceSource::EntraSignin {
        let left_out = |of: &Column| of(a).is_none() || of(b).is_none() || same(*of);
        return actor
            && same(|event| &event.device_id)
            && same(|event| &event.geo_country)
            && NOT_IN_STABLE.iter().all(left_out)
            && is_same_risk(a, b);
    }
    actor
        && same(|event| &event.session_id)
        && same(|event| &event.user_agent)
        && same(|event| &event.client_info)
        && same(|event| &event.client_app_id)
        && same(|event| &event.mailbox_upn)
        && same(|event| &event.target_raw)
        && same(|event| &event.target_upn)
        && same(|event| &event.target_id)
        && same(|event| &event.status_text)
        && same(|event| &event.status_reason)
        && same(|event| &event.email_subject)
        && same(|event| &event.email_message_id)
        && same(|event| &event.email_to)
        && same(|event| &event.folder_path)
        && same(|event| &event.dest_folder_path)
        && same(|event| &event.risk_state)
        && same(|event| &event.risk_level)
        && same(|event| &event.risk_events)
        && a.item_count == b.item_count
        && details::params(a) == details::params(b)
        && details::changes(a) == details::changes(b)
}

/// The service finds a risk hours after the sign-in: an export from before says nothing against one from after it. What
/// two exports say otherwise stays apart.
fn is_same_risk(a: &Event, b: &Event) -> bool {
    let found = |event: &Event| service_risk(event).is_some() || is_taken_back(event);
    found(a) != found(b) || !found(a) || a.risk_state == b.risk_state && a.risk_level == b.risk_level
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::twins::Twins;

    fn record(format: &str, params: Option<&str>) -> Event {
        Event {
            evidence_source: EvidenceSource::Ual,
            source_format: Some(format.into()),
            event_id: Some("a1".into()),
            action: Some("New-InboxRule".into()),
            op_params: params.map(Into::into),
            ..Event::default()
        }
    }

    fn folded(events: &[Event]) -> Twins {
        let row = |event| Row {
            event,
            class: crate::analyze::people::actor::ActorClass::Own,
            parts: crate::analyze::people::identity::Parts::default(),
            in_window: true,
            twins: Vec::new(),
            place: 0,
        };
        copies(&events.iter().map(row).collect::<Vec<_>>())
    }

    #[test]
    fn across_formats_the_fullest_copy_tells_and_an_edited_one_stays() {
        let whole = r#"[{"name":"Name","value":"."},{"name":"DeleteMessage","value":"True"}]"#;
        let written_otherwise = r#"[{"name":"name","value":"."},{"name":"DeleteMessage","value":"true"}]"#;
        let fewer = r#"[{"name":"Name","value":"."}]"#;
        let edited = r#"[{"name":"Name","value":"News"},{"name":"MoveToFolder","value":"News"}]"#;
        let renamed = r#"[{"name":"Name","value":".."},{"name":"DeleteMessage","value":"True"}]"#;
        let (json, csv) = ("ual_auditdata_json", "ual_portal_csv_v2");
        for (first, second, expected) in [
            (Some(whole), Some(written_otherwise), vec![(1, 0)]),
            (Some(fewer), Some(whole), vec![(0, 1)]),
            (None, Some(whole), vec![(0, 1)]),
            (Some(edited), Some(whole), vec![]),
            (Some(renamed), Some(whole), vec![]),
        ] {
            let twins = folded(&[record(json, first), record(csv, second)]);
            assert!(twins.into_iter().eq(expected), "{first:?} {second:?}");
        }
    }
}
