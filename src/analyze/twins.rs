//! The same happening as two sources tell it: found, folded, and cited together; never counted twice.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use self::nearest::nearest;
use crate::analyze::exam::Row;
use crate::timeline::{Event, EvidenceSource, ParseStatus};

mod cmdlets;
mod copies;
mod nearest;

/// How far the clocks of two sources may lie apart, in milliseconds.
const APART: i64 = 2000;

/// Folds the records that another source tells better: a logon of the audit log into the Entra sign-in with its
/// request id, or with its correlation id, outcome and second; an admin-audit event into the audit-log record of the
/// same cmdlet, second and object; a directory record of the audit log into the same activity of the Entra audit.
///
/// Before that, one record that came in two exports (a page of Graph and the portal's table, the audit log and a table
/// of Log Analytics) becomes one.
pub fn fold(rows: Vec<Row<'_>>) -> Vec<Row<'_>> {
    let copies = copies::copies(&rows);
    let rows = merge(rows, &copies);
    let mut twin_of = sign_ins_by_id(&rows);
    add_sign_ins_by_correlation(&rows, &mut twin_of);
    add_nameless_sign_ins(&rows, &mut twin_of);
    add_directory_changes(&rows, &mut twin_of);
    cmdlets::add_cmdlets(&rows, &mut twin_of);
    merge(rows, &twin_of)
}

/// Takes the twins off the table and lays them, with their own, beside the rows they belong to; the twin of a twin as well.
fn merge<'e>(rows: Vec<Row<'e>>, twin_of: &Twins) -> Vec<Row<'e>> {
    let with_own = |row: &Row<'e>| std::iter::once(row.event).chain(row.twins.iter().copied()).collect::<Vec<_>>();
    let twins: Vec<(usize, Vec<&Event>)> =
        twin_of.iter().filter_map(|(twin, of)| Some((last(*of, twin_of), with_own(rows.get(*twin)?)))).collect();
    let mut rows: Vec<(usize, Row<'e>)> = rows.into_iter().enumerate().collect();
    for (of, twins) in twins {
        if let Some((_, row)) = rows.get_mut(of) {
            row.twins.extend(twins);
        }
    }
    rows.into_iter().filter(|(at, _)| !twin_of.contains_key(at)).map(|(_, row)| row).collect()
}

/// The row that stays of a chain of twins.
fn last(row: usize, twin_of: &Twins) -> usize {
    // No chain is longer than there are twins.
    (0..twin_of.len()).try_fold(row, |row, _| twin_of.get(&row).copied().ok_or(row)).unwrap_or_else(|row| row)
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

/// One logon for one sign-in.
fn add_sign_ins_by_correlation(rows: &[Row<'_>], twin_of: &mut Twins) {
    let of_entra = |row: &Row<'_>| row.event.evidence_source == EvidenceSource::EntraSignin;
    let taken: BTreeSet<usize> = twin_of.iter().flat_map(|(twin, of)| [*twin, *of]).collect();
    twin_of.extend(by_correlation(rows, is_logon, of_entra, same_login, taken));
}

/// One sign-in of a short table, which has neither ids nor correlation, for one of another sign-in log; else one logon of
/// the audit log for one of those: the same account, address and end within two seconds.
fn add_nameless_sign_ins(rows: &[Row<'_>], twin_of: &mut Twins) {
    let of_entra = |row: &Row<'_>| row.event.evidence_source == EvidenceSource::EntraSignin;
    let is_nameless = |row: &Row<'_>| {
        of_entra(row)
            && [&row.event.event_id, &row.event.request_id, &row.event.correlation_id].iter().all(|id| id.is_none())
    };
    if !rows.iter().any(is_nameless) {
        return;
    }
    // Who has a logon beside it may have a short table's row as well; a row that is beside another has its place.
    let taken: BTreeSet<usize> = twin_of.keys().copied().collect();
    let named = |row: &Row<'_>| of_entra(row) && !is_nameless(row);
    twin_of.extend(nearest(rows, is_nameless, named, who_and_where, same_login, taken));
    let taken: BTreeSet<usize> = twin_of.keys().copied().collect();
    twin_of.extend(nearest(rows, is_logon, is_nameless, who_and_where, same_login, taken));
}

/// Account and address, where both are known.
fn who_and_where(event: &Event) -> Option<String> {
    let who = event.user_upn.as_deref().or(event.user_raw.as_deref())?;
    Some(format!("{} {}", who.to_lowercase(), event.source_ip.as_deref()?))
}

/// One directory record of the audit log for one of the Entra audit, which is the better one for its address; but not
/// where the export it comes from lost what was changed.
fn add_directory_changes(rows: &[Row<'_>], twin_of: &mut Twins) {
    let of_log = |row: &Row<'_>| row.event.evidence_source == EvidenceSource::Ual && row.event.record_type == Some(8);
    let of_entra = |row: &Row<'_>| row.event.evidence_source == EvidenceSource::EntraAudit;
    for (log, entra) in by_correlation(rows, of_log, of_entra, same_change, BTreeSet::new()) {
        let tells_less = match (rows.get(entra), rows.get(log)) {
            (Some(entra), Some(log)) => lacks_changes(entra.event, log.event),
            _ => false,
        };
        let (twin, of) = if tells_less { (entra, log) } else { (log, entra) };
        twin_of.insert(twin, of);
    }
}

/// Whether the Entra record may have lost changes that the audit log's has: cut slots, type names, a cut record.
fn lacks_changes(entra: &Event, log: &Event) -> bool {
    let notes = entra.parse_notes.as_deref().unwrap_or_default();
    let lossy = entra.parse_status != ParseStatus::Ok || notes.split("; ").any(|note| note == "R-141");
    (lossy || entra.changes.is_none()) && log.changes.is_some()
}

/// The same activity with the same end on the same object, as far as both say.
fn same_change(log: &Event, entra: &Event) -> bool {
    let same = |a: &Option<Box<str>>, b: &Option<Box<str>>| match (a.as_deref(), b.as_deref()) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
        _ => true,
    };
    log.action().eq_ignore_ascii_case(entra.action())
        && log.outcome == entra.outcome
        && same(&log.target_upn, &entra.target_upn)
}

/// Pairs (other, best) of one correlation id.
fn by_correlation(
    rows: &[Row<'_>],
    is_other: impl Fn(&Row<'_>) -> bool,
    is_best: impl Fn(&Row<'_>) -> bool,
    same: impl Fn(&Event, &Event) -> bool,
    taken: BTreeSet<usize>,
) -> Vec<(usize, usize)> {
    let correlation = |event: &Event| event.correlation_id.as_deref().map(str::to_owned);
    nearest(rows, is_other, is_best, correlation, same, taken)
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

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::*;
    use crate::analyze::people::actor::ActorClass;
    use crate::analyze::people::identity::Parts;
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

    fn row(event: &Event) -> Row<'_> {
        Row {
            event,
            class: ActorClass::Own,
            parts: Parts { actor: true, ..Parts::default() },
            in_window: true,
            twins: Vec::new(),
            place: crate::analyze::exam::OFF,
        }
    }

    /// Which rows stay, each with its twins, by id.
    fn folded(events: &[Event]) -> Vec<(String, Vec<String>)> {
        let id = |event: &Event| event.event_id.as_deref().unwrap_or_default().to_owned();
        let rows = fold(events.iter().map(row).collect());
        rows.iter().map(|row| (id(row.event), row.twins.iter().map(|twin| id(twin)).collect())).collect()
    }

    fn stays(id: &str, twins: &[&str]) -> (String, Vec<String>) {
        (id.to_owned(), twins.iter().map(|twin| (*twin).to_owned()).collect())
    }

    use EvidenceSource::{EntraAudit, EntraSignin, Ual};
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

    fn change(source: EvidenceSource, id: &str, second: i64, changes: Option<&str>) -> Event {
        Event {
            record_type: (source == Ual).then_some(8),
            action: Some("Update user".into()),
            changes: changes.map(Into::into),
            ..event(source, id, second, Success)
        }
    }

    #[test]
    fn a_directory_change_is_told_by_the_entra_audit() {
        let list = Some("[]");
        let same = [change(Ual, "u1", 10, list), change(Ual, "u2", 10, list), change(EntraAudit, "e1", 11, list)];
        assert_eq!(folded(&same), [stays("u2", &[]), stays("e1", &["u1"])]);
        let late = [change(Ual, "u1", 10, list), change(EntraAudit, "e1", 13, list)];
        assert_eq!(folded(&late).len(), 2);
        let mut other = [change(Ual, "u1", 10, list), change(EntraAudit, "e1", 10, list)];
        other[1].action = Some("Reset user password".into());
        assert_eq!(folded(&other).len(), 2);
    }

    #[test]
    fn an_entra_audit_that_lost_its_changes_is_the_twin() {
        let mut rows = [change(Ual, "u1", 10, Some("[]")), change(EntraAudit, "e1", 10, Some("[]"))];
        rows[1].parse_notes = Some("R-141".into());
        assert_eq!(folded(&rows), [stays("u1", &["e1"])]);
        let lost = [change(Ual, "u1", 10, Some("[]")), change(EntraAudit, "e1", 10, None)];
        assert_eq!(folded(&lost), [stays("u1", &["e1"])]);
    }

    #[test]
    fn one_record_of_two_exports_is_one_row() {
        let of = |format: &str, source| Event { source_format: Some(format.into()), ..event(source, "x", 10, Success) };
        let twice =
            [of("la_signinlogs_csv", EntraSignin), of("entra_signin_graph", EntraSignin), of("ual_search_csv", Ual)];
        assert_eq!(folded(&twice), [stays("x", &["x", "x"])]);
        // Two of one format that say the same are one export laid out anew, or pulled again.
        let again = [of("ual_search_csv", Ual), of("ual_search_csv", Ual), of("la_officeactivity_csv", Ual)];
        assert_eq!(folded(&again), [stays("x", &["x", "x"])]);
        // Where they do not, one of them may have been edited: both stay, and each has its copies.
        let mut edited = again.clone();
        edited[1].source_ip = Some("203.0.113.7".into());
        assert_eq!(folded(&edited), [stays("x", &["x"]), stays("x", &[])]);
        let mut parameter = again;
        parameter[1].op_params = Some(r#"[{"name":"DeleteMessage","value":"True"}]"#.into());
        // A table may have dropped the parameters: it is the fullest record's copy.
        assert_eq!(folded(&parameter), [stays("x", &[]), stays("x", &["x"])]);
    }

    #[test]
    fn a_sign_in_pulled_before_and_after_its_risk_was_found_is_one_with_the_risk() {
        let of = |state: &str| Event {
            source_format: Some("entra_signin_graph".into()),
            risk_state: Some(state.into()),
            ..event(EntraSignin, "x", 10, Success)
        };
        let pulled = [of("none"), of("atRisk")];
        let rows = fold(pulled.iter().map(row).collect());
        let told: Vec<_> = rows.iter().map(|row| row.event.risk_state.as_deref()).collect();
        assert_eq!(told, [Some("atRisk")]);
        // At risk, and called safe: which of the two is the later one is not known.
        assert_eq!(folded(&[of("atRisk"), of("dismissed")]).len(), 2);
    }

    #[test]
    fn what_the_stable_version_leaves_out_is_no_difference() {
        let of = |session: Option<&str>| Event {
            source_format: Some("entra_signin_graph".into()),
            session_id: session.map(Into::into),
            ..event(EntraSignin, "x", 10, Success)
        };
        let rows = [of(None), of(Some("s"))];
        let folded_rows = fold(rows.iter().map(row).collect());
        let sessions: Vec<_> = folded_rows.iter().map(|row| row.event.session_id.as_deref()).collect();
        assert_eq!(sessions, [Some("s")]);
        assert_eq!(folded(&[of(Some("s")), of(Some("another"))]).len(), 2);
    }

    #[test]
    fn a_sign_in_without_ids_is_the_one_of_its_second() {
        let of = |source, id: Option<&str>, second| Event {
            event_id: id.map(Into::into),
            correlation_id: id.map(Into::into),
            user_upn: Some("dana@x.example".into()),
            source_ip: Some("192.0.2.10".into()),
            ..event(source, "", second, Success)
        };
        let table = || of(EntraSignin, None, 10);
        assert_eq!(folded(&[table(), of(Ual, Some("u"), 11)]), [stays("", &["u"])]);
        assert_eq!(folded(&[table(), of(EntraSignin, Some("e"), 11)]), [stays("e", &[""])]);
        assert_eq!(folded(&[table(), of(Ual, Some("u"), 13)]).len(), 2);
        // Two of one second are two.
        assert_eq!(folded(&[table(), table(), of(Ual, Some("u"), 10)]).len(), 2);
    }

    #[test]
    fn another_address_is_another_login() {
        let mut events = [event(EntraSignin, "e1", 10, Success), event(Ual, "u1", 10, Success)];
        events[0].source_ip = Some("192.0.2.1".into());
        events[1].source_ip = Some("203.0.113.7".into());
        assert_eq!(folded(&events).len(), 2);
    }
}
