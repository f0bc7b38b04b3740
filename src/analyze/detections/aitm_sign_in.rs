//! Sign-ins with the marks of a page in between (adversary in the middle): the password and the session were taken by a
//! server that stood between the account's owner and Microsoft.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use crate::analyze::exam::{Exam, Row};
use crate::analyze::intruder::baseline::client_address;
use crate::analyze::mail::mails;
use crate::analyze::shown::coverage::GateId;
use crate::analyze::sign_ins::risk::is_dismissed;
use crate::analyze::sign_ins::{logins, reported};
use crate::analyze::{Check, Meta, acts};
use crate::finding::{Finding, Severity, Weight};
use crate::knowledge::{apps, clients, networks};
use crate::origin::Origin;
use crate::timeline::identities::is_nobodys;
use crate::timeline::{Event, EvidenceSource};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "aitm-sign-in",
        title: "Sign-ins through a page in between",
        gates: &[&[GateId::G7]],
        adds: &[GateId::G8, GateId::G7n],
        never_not_seen: None,
        severity: Severity::High,
        attack: &["T1557", "T1539", "T1566.002"],
        page: include_str!("../../../docs/symptoms/aitm-sign-in.md"),
    },
    examine,
};

/// The kind of risk that is this, lower-cased.
const TOLD: &str = "attackerinthemiddle";
const OFFICE_HOME: &str = "4765445b-32c6-49b0-83e6-1d93765276ca";
/// The service said so, and somebody took it back without a word why.
const DISMISSED: &str = "the service said: attacker in the middle, and the risk was dismissed since";
/// How close together the owner and the page sign in.
const TOGETHER: TimeDelta = TimeDelta::seconds(30);
/// How far apart the steps of one flow are at most.
const FLOW: TimeDelta = TimeDelta::minutes(30);

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let successes: Vec<&Row<'_>> = logins::of(exam).filter(|row| logins::got_in(row)).collect();
    let mut marks: BTreeMap<String, (Vec<&Row<'_>>, BTreeSet<&'static str>)> = BTreeMap::new();
    let mut seen: BTreeSet<&Origin> = BTreeSet::new();
    let own = successes.iter().flat_map(|row| own_marks(exam, row).into_iter().map(|why| (*row, why)));
    let together = together(exam, &successes).into_iter();
    let together = together.map(|row| (row, "two sign-ins from two networks within 30 seconds"));
    let torn = torn(exam).into_iter().map(|row| (row, "one sign-in flow led to two sessions"));
    for (row, why) in own.chain(together).chain(torn) {
        let (rows, reasons) = marks.entry(logins::place(row.event)).or_default();
        if seen.insert(&row.event.origin) {
            rows.push(row);
        }
        reasons.insert(why);
    }
    let found = marks.values().filter_map(|(rows, reasons)| finding(exam, rows, reasons));
    found.chain(reported::of_kind(&CHECK.meta, exam, TOLD)).collect()
}

/// Whether the sign-in shows a page that somebody could stand behind: an old mail program hands its password over without
/// one, and a code for another device is typed at the service.
fn opens_a_page(event: &Event) -> bool {
    let code = event.auth_protocol.as_deref().is_some_and(|protocol| protocol.eq_ignore_ascii_case("deviceCode"));
    !code && logins::old_protocol(event).is_none()
}

fn own_marks(exam: &Exam<'_>, row: &Row<'_>) -> Vec<&'static str> {
    let event = row.event;
    let mut marks = Vec::new();
    let app = event.app_id.as_deref().unwrap_or_default();
    let hosting = event.as_number.and_then(|number| networks::hosting_asn(u32::try_from(number).ok()?)).is_some();
    let new = hosting && !exam.baseline.knows_network(event.as_number) && !logins::is_usual_place(exam, event);
    let page = opens_a_page(event);
    // Where the account never has device ids, a missing one says nothing.
    if page && apps::is_phished(app) && event.device_id.is_none() && exam.baseline.has_devices() && new {
        marks.push("portal or mail from a hosting network without a device id");
    }
    let script = event.user_agent.as_deref().is_some_and(clients::is_script);
    if page
        && app == OFFICE_HOME
        && script
        && event.resource_id.as_deref().is_none_or(|resource| resource == OFFICE_HOME)
    {
        marks.push("OfficeHome opened by a script");
    }
    if let Some(telling) = exam.risk.telling(row, TOLD) {
        let told = if is_dismissed(telling.event) { DISMISSED } else { "the service says: attacker in the middle" };
        marks.push(told);
    }
    marks
}

/// The less usual one of two successes from different networks within half a minute, whatever lies between them: a
/// device refreshes its token at any time.
fn together<'x>(exam: &Exam<'_>, successes: &[&'x Row<'x>]) -> Vec<&'x Row<'x>> {
    let interactive = |row: &&&'x Row<'x>| row.event.sign_in_kind.as_deref() != Some("noninteractive");
    let paged = |row: &&Row<'_>| opens_a_page(row.event);
    let open: Vec<&Row<'_>> = successes.iter().filter(interactive).copied().filter(paged).collect();
    let mut found = Vec::new();
    for (at, one) in open.iter().enumerate() {
        let near = |other: &&&'x Row<'x>| other.event.datetime - one.event.datetime <= TOGETHER;
        for other in open.iter().skip(at + 1).take_while(near) {
            if are_apart(exam, one, other) {
                let first = exam.points(one) > exam.points(other);
                found.push(if first { *one } else { *other });
            }
        }
    }
    found
}

/// Whether two successes are from two networks, one of them not the account's.
fn are_apart(exam: &Exam<'_>, one: &Row<'_>, other: &Row<'_>) -> bool {
    let networks = one.event.as_number.zip(other.event.as_number).is_some_and(|(a, b)| a != b);
    let countries = one.event.geo_country.as_ref().zip(other.event.geo_country.as_ref()).is_some_and(|(a, b)| a != b);
    (networks || countries || are_bare(exam, one, other))
        && (acts::is_elsewhere(exam, other) || acts::is_elsewhere(exam, one))
}

/// Whether the two name nothing but two addresses, as in the audit log, one of them new to the account, and both opened
/// what such pages open. An account's telephone and computer may well refresh within the same half minute.
fn are_bare(exam: &Exam<'_>, one: &Row<'_>, other: &Row<'_>) -> bool {
    let (a, b) = (one.event, other.event);
    let known = a.as_number.zip(b.as_number).is_some() || a.geo_country.is_some() && b.geo_country.is_some();
    let phished = |event: &Event| apps::is_phished(event.app_id.as_deref().unwrap_or_default());
    let new = |event: &Event| exam.baseline.sufficient && exam.baseline.is_new_place(event);
    let addresses = client_address(a).zip(client_address(b));
    !known
        && addresses.is_some_and(|(a, b)| a.is_ipv4() == b.is_ipv4())
        && logins::place(a) != logins::place(b)
        && phished(a)
        && phished(b)
        && (new(a) || new(b))
}

/// Steps of one flow (correlation id) under different sessions, where it succeeded: in two places, or in one where the
/// service calls it risky. One step that two logs tell of, each by a session id of its own, is no two sessions.
fn torn<'x>(exam: &'x Exam<'_>) -> Vec<&'x Row<'x>> {
    let mut flows: BTreeMap<&str, Vec<&Row<'_>>> = BTreeMap::new();
    for row in logins::of(exam).filter(|row| logins::proves_password(row) || row.interrupted()) {
        if let Some(flow) = row.event.correlation_id.as_deref().filter(|flow| !is_nobodys(flow)) {
            flows.entry(flow).or_default().push(row);
        }
    }
    let sessions = |rows: &[&Row<'_>]| {
        let named: BTreeSet<&str> = rows.iter().filter_map(|row| row.event.session()).collect();
        named.len()
    };
    let places = |rows: &[&Row<'_>]| {
        let places: BTreeSet<String> = rows.iter().map(|row| logins::place(row.event)).collect();
        places.len()
    };
    let mut found = Vec::new();
    // Some programs keep one id for days: a flow is a person's, and over within minutes.
    let interactive = |row: &&Row<'_>| row.event.sign_in_kind.as_deref() != Some("noninteractive");
    let near = |a: &&Row<'_>, b: &&Row<'_>| b.event.datetime - a.event.datetime <= FLOW;
    let flows = flows.values().flat_map(|rows| rows.chunk_by(near)).filter(|rows| rows.iter().any(interactive));
    for rows in flows {
        let successes: Vec<&Row<'_>> = rows.iter().copied().filter(|row| logins::got_in(row)).collect();
        let risky = || rows.iter().any(|row| exam.risk.against(row, exam.baseline.is_own_managed(row)).is_some());
        if sessions(&successes) >= 2 && places(&successes) >= 2 {
            found.extend(successes);
        } else if !successes.is_empty() && sessions(rows) >= 2 && !is_told_twice(rows) && risky() {
            found.extend(rows);
        }
    }
    found
}

/// Whether nothing tells these steps apart but the log that they are in: no log names two sessions, and all are from one
/// address and, where that is told, one program.
fn is_told_twice(rows: &[&Row<'_>]) -> bool {
    let mut sessions: BTreeMap<EvidenceSource, BTreeSet<&str>> = BTreeMap::new();
    let (mut places, mut agents) = (BTreeSet::new(), BTreeSet::new());
    for row in rows {
        let Some(session) = row.event.session() else { continue };
        sessions.entry(row.event.evidence_source).or_default().insert(session);
        places.insert(logins::place(row.event));
        agents.extend(row.event.user_agent.as_deref());
    }
    sessions.values().all(|named| named.len() < 2) && places.len() < 2 && agents.len() < 2
}

fn finding(exam: &Exam<'_>, rows: &[&Row<'_>], reasons: &BTreeSet<&'static str>) -> Option<Finding> {
    let told = reasons.iter().any(|reason| reason.starts_with("the service says"));
    let attackers = rows.iter().any(|row| mails::is_attackers(exam, row));
    let usual = rows.iter().all(|row| logins::is_usual_place(exam, row.event) || exam.baseline.is_own_device(row));
    let dismissed = reasons.iter().all(|reason| *reason == DISMISSED);
    let weight = match (told || attackers, usual || dismissed) {
        (true, _) => Weight::Strong,
        (false, true) => Weight::Explained,
        (false, false) => Weight::Weak,
    };
    let address = rows.first()?.event.source_ip.as_deref().unwrap_or(crate::analyze::draft::NOWHERE);
    let draft = acts::draft(&CHECK.meta, exam, rows, weight)?
        .headline(
            format!("The sign-in from {address} looks like one through a page in between"),
            format!("{address} からのサインインは中間者ページを経由したものと見られる"),
        )
        .detail("marks", reasons.iter().copied().collect::<Vec<_>>().join("; "))
        .detail("sessions", logins::joined(rows.iter().filter_map(|row| row.event.session()), 5));
    let reports = rows.iter().filter_map(|row| exam.risk.telling(row, TOLD));
    Some(draft.also(reports).done())
}
