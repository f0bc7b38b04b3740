//! Sign-ins that let somebody in, or showed that somebody has the password, and that are not like the account's own.

use std::collections::{BTreeMap, BTreeSet};

use crate::analyze::draft::Draft;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::intruder::attribution::{LINKED, UNUSUAL};
use crate::analyze::shown::coverage::GateId;
use crate::analyze::sign_ins::risk::{MASKED, is_called_safe, is_masked_risk, is_taken_back, service_risk};
use crate::analyze::sign_ins::{alerted, logins, reported};
use crate::analyze::{Check, Meta};
use crate::finding::{Finding, Severity, Weight};
use crate::knowledge::errors;
use crate::timeline::Event;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "suspicious-sign-ins",
        title: "Suspicious sign-ins",
        gates: &[&[GateId::G7], &[GateId::G7n], &[GateId::G8]],
        adds: &[GateId::G1, GateId::G15],
        never_not_seen: None,
        severity: Severity::High,
        attack: &["T1078.004"],
        page: include_str!("../../../docs/symptoms/suspicious-sign-ins.md"),
    },
    examine,
};

/// Microsoft's alerts about where somebody signed in from, by parts of their names.
const ALERTS: [&str; 8] = [
    "infrequent country",
    "anonymous ip",
    "suspicious ip",
    "risky ip",
    "malicious ip",
    "unfamiliar sign-in",
    "unfamiliar location",
    "risky sign-in",
];

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let entered = Entered::of(exam);
    let mut groups: BTreeMap<String, Vec<Suspect<'_, '_>>> = BTreeMap::new();
    for row in logins::of(exam).filter(|row| logins::proves_password(row)) {
        if let Some(suspicion) = suspicion(exam, row, &entered) {
            groups.entry(key(row)).or_default().push((row, suspicion));
        }
    }
    let mut findings: Vec<Finding> = groups.values().filter_map(|suspects| finding(exam, suspects)).collect();
    findings.extend(reported::all(&CHECK.meta, exam));
    findings.extend(reported::account(&CHECK.meta, exam));
    findings.extend(alerted::called(&CHECK.meta, exam, &ALERTS));
    findings
}

type Suspect<'x, 'e> = (&'x Row<'e>, Suspicion);

/// What is one happening: a session, or what comes from one place where no session is recorded.
fn key(row: &Row<'_>) -> String {
    let session = row.events().find_map(Event::session);
    session.map_or_else(
        || format!("place {}", logins::place(row.event)),
        |session| format!("session {}", session.to_lowercase()),
    )
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Suspicion {
    /// The service called it risky once and then took that back.
    Dismissed,
    /// Stopped behind the password in a country where the account never got in; asked where no time before the window
    /// tells what is usual.
    StoppedAbroad,
    /// The service calls it risky; nothing else speaks against it.
    Risky,
    /// The score links it, and says no more than that the account was somewhere else.
    Journey,
    /// The score, or the attacker set, says that it is the attacker's.
    Linked,
}

/// Where the account got in, of which the time before the window says too little.
struct Entered {
    places: BTreeSet<String>,
    networks: BTreeSet<i64>,
    countries: BTreeSet<String>,
}

impl Entered {
    fn of(exam: &Exam<'_>) -> Self {
        let rows = || exam.rows.iter().filter(|row| logins::is_own(row) && logins::got_in(row));
        let countries = rows().filter_map(|row| logins::sure_country(row.event));
        Self {
            places: rows().map(|row| logins::place(row.event)).collect(),
            networks: rows().filter_map(|row| row.event.as_number).collect(),
            countries: countries.map(str::to_lowercase).collect(),
        }
    }

    /// Whether the sign-in was stopped in a country, a network and at a place where none succeeded, on no device known to
    /// the organisation. Where no success tells its country, none is foreign.
    fn is_abroad(&self, row: &Row<'_>) -> bool {
        let event = row.event;
        let foreign = |country: &str| !self.countries.contains(&country.to_lowercase());
        !logins::got_in(row)
            && event.device_id.is_none()
            && !self.countries.is_empty()
            && logins::sure_country(event).is_some_and(foreign)
            && event.as_number.is_none_or(|number| !self.networks.contains(&number))
            && !self.places.contains(&logins::place(event))
    }
}

fn suspicion(exam: &Exam<'_>, row: &Row<'_>, entered: &Entered) -> Option<Suspicion> {
    let score = exam.weigh(row);
    let unopposed = score.total() >= UNUSUAL && score.is_one_sided();
    let linked = score.total() >= LINKED || unopposed && exam.attacker.holds(exam, row.event);
    if linked && !score.is_journey() {
        return Some(Suspicion::Linked);
    }
    if linked {
        return Some(Suspicion::Journey);
    }
    if exam.risk.against(row, false).is_some() || is_masked_risk(row.event) {
        return Some(Suspicion::Risky);
    }
    if !exam.baseline.sufficient && entered.is_abroad(row) && !logins::is_usual_place(exam, row.event) {
        return Some(Suspicion::StoppedAbroad);
    }
    (is_taken_back(row.event) || exam.risk.taken_back(row)).then_some(Suspicion::Dismissed)
}

fn finding(exam: &Exam<'_>, suspects: &[Suspect<'_, '_>]) -> Option<Finding> {
    let rank = |(row, suspicion): &Suspect<'_, '_>| (*suspicion, logins::got_in(row));
    let strongest = suspects.iter().map(rank).max()?;
    // The earliest of the most telling ones speaks for all.
    let (row, _) = *suspects.iter().find(|suspect| rank(suspect) == strongest)?;
    let rows: Vec<&Row<'_>> = suspects.iter().map(|(row, _)| *row).collect();
    let (weight, got_in) = match strongest {
        (Suspicion::Linked, got_in) => (if got_in { Weight::Strong } else { Weight::Weak }, got_in),
        (Suspicion::Journey | Suspicion::Risky | Suspicion::StoppedAbroad, got_in) => (Weight::Weak, got_in),
        (Suspicion::Dismissed, got_in) => (Weight::Explained, got_in),
    };
    let from = from(row);
    let (count, successes) = (rows.len(), rows.iter().filter(|row| logins::got_in(row)).count());
    let times = if count == 1 { String::new() } else { format!(" ({count} times)") };
    let safe = is_called_safe(row.event) || exam.risk.called_safe(row);
    let (en, ja) = match (weight, got_in) {
        (Weight::Explained, _) if !safe => (
            format!("Sign-in from {from} that the service called risky, which was dismissed later"),
            format!("{from} からのサインイン (サービスが一度危険と判定し、のちに無視 (却下) された)"),
        ),
        (Weight::Explained, _) => (
            format!("Sign-in from {from} that the service called risky and later safe"),
            format!("{from} からのサインイン (サービスが一度危険と判定し、のちに安全とした)"),
        ),
        (_, true) if successes == 1 => {
            (format!("Suspicious successful sign-in from {from}"), format!("{from} からの疑わしいサインインが成功"))
        }
        (_, true) => (
            format!("{successes} suspicious successful sign-ins, the first from {from}"),
            format!("{from} などからの疑わしいサインインが {successes} 件成功"),
        ),
        (_, false) => (
            format!("Password accepted from {from}, sign-in stopped behind it{times}"),
            format!("{from} から正しいパスワードが使われ、その後サインインは阻止された (計 {count} 件)"),
        ),
    };
    let events = || rows.iter().map(|row| row.event);
    let masked = |row: &Row<'_>| is_masked_risk(row.event).then(|| MASKED.to_owned());
    let risk = |row: &&Row<'_>| service_risk(row.event).or_else(|| exam.risk.about(row)).or_else(|| masked(row));
    let reasons: Vec<String> = rows.iter().filter_map(risk).collect();
    let codes: Vec<String> = events().filter_map(|event| meaning(event.status_code.as_deref()?)).collect();
    let draft = Draft::new(&CHECK.meta, exam, row)
        .headline(en, ja)
        .weight(weight)
        .detail("sign-ins", format!("{count}, of which {successes} succeeded"))
        .detail("addresses", logins::joined(events().filter_map(|event| event.source_ip.as_deref()), 10))
        .detail(
            "applications",
            logins::joined(events().filter_map(|event| event.app_name.as_deref().or(event.app_id.as_deref())), 10),
        )
        .detail("outcomes", logins::joined(codes.iter().map(String::as_str), 10))
        .detail("risk", logins::joined(reasons.iter().map(String::as_str), 5))
        .detail("risk state", row.event.risk_state.as_deref().filter(|state| *state != "none").unwrap_or_default())
        .detail("what the password proof means", if got_in { "" } else { proof(row) })
        .detail("last", crate::timeline::format_time(rows.last()?.event.datetime));
    Some(logins::explained(draft, weight).also(rows.iter().copied()).done())
}

/// Where it came from, with the country where one is known.
fn from(row: &Row<'_>) -> String {
    let event = row.event;
    let address =
        event.source_ip.as_deref().or(event.source_ip_text.as_deref()).unwrap_or(crate::analyze::draft::NOWHERE);
    event.geo_country.as_deref().map_or_else(|| address.to_owned(), |country| format!("{address} ({country})"))
}

fn meaning(code: &str) -> Option<String> {
    let number = code.trim().parse().ok()?;
    Some(errors::meaning(number).map_or_else(|| code.to_owned(), |meaning| format!("{code} {meaning}")))
}

/// Behind a program that refreshes tokens there is no person who types a password.
fn proof(row: &Row<'_>) -> &'static str {
    match row.event.sign_in_kind.as_deref() {
        Some("interactive") => "the password was right",
        _ => "the password was right, or an existing token was accepted",
    }
}
