//! The same happening as two sources tell it: found, folded, and cited together; never counted twice.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::analyze::exam::Row;
use crate::timeline::{Event, EvidenceSource, details};

/// How far the clocks of two sources may lie apart, in milliseconds.
const APART: i64 = 2000;

/// Folds the records that another source tells better: a logon of the audit log into the Entra sign-in with its
/// request id, or with its correlation id, outcome and second; an admin-audit event into the audit-log record of the
/// same cmdlet, second and object.
pub fn fold(rows: Vec<Row<'_>>) -> Vec<Row<'_>> {
    let mut twin_of = sign_ins_by_id(&rows);
    add_sign_ins_by_correlation(&rows, &mut twin_of);
    add_cmdlets(&rows, &mut twin_of);
    let twins: Vec<(usize, &Event)> =
        twin_of.iter().filter_map(|(twin, of)| rows.get(*twin).map(|row| (*of, row.event))).collect();
    let mut rows: Vec<(usize, Row<'_>)> = rows.into_iter().enumerate().collect();
    for (of, twin) in twins {
        if let Some((_, row)) = rows.get_mut(of) {
            row.twins.push(twin);
        }
    }
    rows.into_iter().filter(|(at, _)| !twin_of.contains_key(at)).map(|(_, row)| row).collect()
}

/// Twin → the row that it is a twin of.
type Twins = BTreeMap<usize, usize>;

fn is_logon(row: &Row<'_>) -> bool {
    row.event.evidence_source == EvidenceSource::Ual && row.is_sign_in()
}

fn entra<'r, 'e>(rows: &'r [Row<'e>]) -> impl Iterator<Item = (usize, &'e Event)> + use<'r, 'e> {
    let entra = |(_, row): &(usize, &Row<'_>)| row.event.evidence_source == EvidenceSource::EntraSignin;
    rows.iter().enumerate().filter(entra).map(|(at, row)| (at, row.event))
}

fn sign_ins_by_id(rows: &[Row<'_>]) -> Twins {
    let ids: HashMap<&str, usize> =
        entra(rows).filter_map(|(at, event)| Some((event.event_id.as_deref()?, at))).collect();
    let best = |row: &Row<'_>| {
        let own = [&row.event.event_id, &row.event.request_id];
        own.into_iter().find_map(|id| ids.get(id.as_deref()?).copied())
    };
    let logons = rows.iter().enumerate().filter(|(_, row)| is_logon(row));
    logons.filter_map(|(at, row)| Some((at, best(row)?))).collect()
}

/// One logon for one sign-in, the nearest in time first: one correlation id may hold several sign-ins.
fn add_sign_ins_by_correlation(rows: &[Row<'_>], twin_of: &mut Twins) {
    let mut flows: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, event) in entra(rows) {
        if let Some(id) = event.correlation_id.as_deref() {
            flows.entry(id).or_default().push(at);
        }
    }
    let mut pairs: Vec<(i64, usize, usize)> = Vec::new();
    for (at, row) in rows.iter().enumerate().filter(|(at, row)| is_logon(row) && !twin_of.contains_key(at)) {
        let flow = row.event.correlation_id.as_deref().and_then(|id| flows.get(id));
        for other in flow.into_iter().flatten() {
            let Some(sign_in) = rows.get(*other) else { continue };
            let apart = (row.event.datetime - sign_in.event.datetime).num_milliseconds().abs();
            if apart <= APART && same_login(row.event, sign_in.event) {
                pairs.push((apart, at, *other));
            }
        }
    }
    pairs.sort_unstable();
    let mut taken: BTreeSet<usize> = twin_of.values().copied().collect();
    for (_, logon, sign_in) in pairs {
        if !twin_of.contains_key(&logon) && taken.insert(sign_in) {
            twin_of.insert(logon, sign_in);
        }
    }
}

/// The same account, end and address, as far as both say: the keep-me-signed-in prompt (50140) is a success to the
/// audit log and an interruption to the sign-in log.
fn same_login(logon: &Event, sign_in: &Event) -> bool {
    let same = |a: &Option<Box<str>>, b: &Option<Box<str>>| match (a.as_deref(), b.as_deref()) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
        _ => true,
    };
    let codes = logon.status_code.is_some() && logon.status_code == sign_in.status_code;
    (logon.outcome == sign_in.outcome || codes)
        && same(&logon.user_upn, &sign_in.user_upn)
        && same(&logon.source_ip, &sign_in.source_ip)
}

fn add_cmdlets(rows: &[Row<'_>], twin_of: &mut Twins) {
    let mut cmdlets: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, row) in rows.iter().enumerate() {
        if row.event.evidence_source == EvidenceSource::Ual && row.event.record_type == Some(1) {
            cmdlets.entry(row.event.action().to_lowercase()).or_default().push(at);
        }
    }
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| row.event.evidence_source == EvidenceSource::AdminAudit)
    {
        let same = cmdlets.get(&row.event.action().to_lowercase()).map_or(&[][..], Vec::as_slice);
        let best = same.iter().copied().find(|other| rows.get(*other).is_some_and(|other| same_cmdlet(row, other)));
        twin_of.extend(best.map(|best| (at, best)));
    }
}

/// The same cmdlet within two seconds, on the same object or with the same parameter values.
fn same_cmdlet(admin: &Row<'_>, audit: &Row<'_>) -> bool {
    let apart = (admin.event.datetime - audit.event.datetime).num_milliseconds().abs();
    if apart > APART {
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

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::*;
    use crate::analyze::actor::ActorClass;
    use crate::analyze::identity::Parts;
    use crate::timeline::Outcome;

    fn event(source: EvidenceSource, id: &str, second: i64, outcome: Outcome) -> Event {
        Event {
            evidence_source: source,
            record_type: (source == EvidenceSource::Ual).then_some(15),
            action: Some("UserLoggedIn".into()),
            event_id: Some(id.into()),
            correlation_id: Some("flow".into()),
            datetime: DateTime::UNIX_EPOCH + TimeDelta::seconds(second),
            outcome,
            ..Event::default()
        }
    }

    /// Which rows stay, each with its twins, by id.
    fn folded(events: &[Event]) -> Vec<(String, Vec<String>)> {
        let row = |event| Row {
            event,
            class: ActorClass::Own,
            parts: Parts { actor: true, ..Parts::default() },
            in_window: true,
            twins: Vec::new(),
        };
        let id = |event: &Event| event.event_id.as_deref().unwrap_or_default().to_owned();
        let rows = fold(events.iter().map(row).collect());
        rows.iter().map(|row| (id(row.event), row.twins.iter().map(|twin| id(twin)).collect())).collect()
    }

    fn stays(id: &str, twins: &[&str]) -> (String, Vec<String>) {
        (id.to_owned(), twins.iter().map(|twin| (*twin).to_owned()).collect())
    }

    use EvidenceSource::{EntraSignin, Ual};
    use Outcome::{Failure, Success};

    #[test]
    fn one_correlation_id_and_outcome_within_two_seconds_is_one_login() {
        let same = [event(EntraSignin, "e1", 10, Success), event(Ual, "u1", 12, Success)];
        assert_eq!(folded(&same), [stays("e1", &["u1"])]);
        let late = [event(EntraSignin, "e1", 10, Success), event(Ual, "u1", 13, Success)];
        assert_eq!(folded(&late).len(), 2);
        let other = [event(EntraSignin, "e1", 10, Failure), event(Ual, "u1", 10, Success)];
        assert_eq!(folded(&other).len(), 2);
    }

    #[test]
    fn one_sign_in_takes_one_logon_and_the_nearest() {
        let events = [
            event(EntraSignin, "e1", 10, Success),
            event(EntraSignin, "e2", 12, Success),
            event(Ual, "u1", 10, Success),
            event(Ual, "u2", 12, Success),
            event(Ual, "u3", 11, Success),
        ];
        assert_eq!(folded(&events), [stays("e1", &["u1"]), stays("e2", &["u2"]), stays("u3", &[])]);
    }

    #[test]
    fn a_twin_by_id_keeps_its_sign_in() {
        let events =
            [event(EntraSignin, "e1", 10, Success), event(Ual, "u1", 10, Success), event(Ual, "e1", 11, Success)];
        assert_eq!(folded(&events), [stays("e1", &["e1"]), stays("u1", &[])]);
    }

    #[test]
    fn another_address_is_another_login() {
        let mut events = [event(EntraSignin, "e1", 10, Success), event(Ual, "u1", 10, Success)];
        events[0].source_ip = Some("192.0.2.1".into());
        events[1].source_ip = Some("203.0.113.7".into());
        assert_eq!(folded(&events).len(), 2);
    }
}
