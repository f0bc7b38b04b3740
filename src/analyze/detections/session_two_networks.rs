//! One session used from two networks within an hour: a stolen session, or a person between Wi-Fi and telephone.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use crate::analyze::draft::Draft;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::intruder::baseline::client_address;
use crate::analyze::shown::coverage::GateId;
use crate::analyze::sign_ins::logins::{self, Networks};
use crate::analyze::{Check, Meta};
use crate::finding::{Finding, Severity, Weight};
use crate::knowledge::networks::hosting_asn;
use crate::timeline::{Event, format_time};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "session-two-networks",
        title: "One session on two networks",
        gates: &[&[GateId::G7], &[GateId::G7n]],
        adds: &[GateId::G4, GateId::G12],
        never_not_seen: None,
        severity: Severity::High,
        attack: &["T1539", "T1550.004"],
        page: include_str!("../../../docs/symptoms/session-two-networks.md"),
    },
    examine,
};

/// How close together the two uses are.
const WITHIN: TimeDelta = TimeDelta::minutes(60);
/// Places of one session that are compared with each other; no person is at more within the hour.
const PLACES: usize = 16;

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let networks = Networks::learn(exam.rows);
    let mut sessions: BTreeMap<String, Vec<&Row<'_>>> = BTreeMap::new();
    // What began on the eve goes on inside.
    let eve = exam.window.from - WITHIN;
    let rows = exam.rows.iter().filter(|row| row.in_window || row.event.datetime >= eve);
    for row in rows.filter(|row| row.parts.any() && !row.failed() && is_client(exam, row)) {
        if let Some(session) = session(row) {
            sessions.entry(session).or_default().push(row);
        }
    }
    sessions.iter().filter_map(|(session, rows)| finding(exam, &networks, session, rows)).collect()
}

fn is_client(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    client_address(row.event).is_some_and(|ip| !logins::is_known_good(exam, ip))
}

/// The session, of the record or of its twin in the other log.
fn session(row: &Row<'_>) -> Option<String> {
    row.events().find_map(Event::session).map(str::to_lowercase)
}

/// Whether the two are in different countries, and whether in different networks; `None` where neither is known.
fn differ(networks: &Networks, one: &Event, other: &Event) -> Option<(bool, bool)> {
    let (one, other) = (networks.of(one), networks.of(other));
    let countries = one.1.zip(other.1).map(|(one, other)| one != other);
    let numbers = one.0.zip(other.0).map(|(one, other)| one != other);
    (countries.is_some() || numbers.is_some()).then(|| (countries == Some(true), numbers == Some(true)))
}

/// What speaks for two machines: a device id on one side only or another one, another operating system or browser.
fn other_machine(one: &Event, other: &Event) -> Option<&'static str> {
    let differs = |a: &Option<Box<str>>, b: &Option<Box<str>>| match (a.as_deref(), b.as_deref()) {
        (Some(a), Some(b)) => !a.eq_ignore_ascii_case(b),
        _ => false,
    };
    if one.device_id.is_some() && other.device_id.is_none() && other.device_os.is_some() {
        return Some("the device id of the first use is missing in the second");
    }
    if differs(&one.device_id, &other.device_id) {
        return Some("the two uses have different device ids");
    }
    if differs(&one.device_os, &other.device_os) || differs(&one.browser, &other.browser) {
        return Some("operating system or browser differ");
    }
    None
}

fn finding(exam: &Exam<'_>, networks: &Networks, session: &str, rows: &[&Row<'_>]) -> Option<Finding> {
    let mut best: Option<(Weight, &Row<'_>, &Row<'_>, &'static str)> = None;
    // The last use at each of the latest places: between two ends of a theft may lie a record of neither.
    let mut last: Vec<(String, &Row<'_>)> = Vec::new();
    for other in rows.iter().copied() {
        let here = logins::place(other.event);
        last.retain(|(_, one)| other.event.datetime - one.event.datetime <= WITHIN);
        for (_, one) in last.iter().rev().filter(|(place, _)| *place != here && other.in_window) {
            let Some((weight, why)) = weigh(exam, networks, one, other) else { continue };
            if best.is_none_or(|(heaviest, ..)| weight > heaviest) {
                best = Some((weight, one, other, why));
            }
        }
        last.retain(|(place, _)| *place != here);
        last.push((here, other));
        if last.len() > PLACES {
            last.remove(0);
        }
    }
    let (weight, one, other, why) = best?;
    let suspect = if one.in_window && exam.points(one) > exam.points(other) { one } else { other };
    let end = |row: &Row<'_>| {
        let (number, country) = networks.of(row.event);
        let network = number.map(|number| format!(" AS{number}")).unwrap_or_default();
        let country = country.map(|country| format!(" {country}")).unwrap_or_default();
        let address = row.event.source_ip.as_deref().unwrap_or_default();
        format!("{} {address}{network}{country}", format_time(row.event.datetime))
    };
    let (time, time_ja) = logins::span_text(one.event.datetime, other.event.datetime);
    let draft = Draft::new(&CHECK.meta, exam, suspect)
        .headline(
            format!("One session was used from two networks within {time}"),
            format!("同じセッションが {time_ja}の間に二つのネットワークから使用された"),
        )
        .weight(weight)
        .detail("first use", end(one))
        .detail("second use", end(other))
        .detail("session", session)
        .detail("explanation", why);
    Some(logins::explained(draft, weight).beside([one, other]).done())
}

fn weigh(exam: &Exam<'_>, networks: &Networks, one: &Row<'_>, other: &Row<'_>) -> Option<(Weight, &'static str)> {
    let Some((countries, numbers)) = differ(networks, one.event, other.event) else {
        return by_table(exam, networks, one, other);
    };
    if !countries && !numbers {
        return None;
    }
    let ends = [one, other];
    let suspect = |is: &dyn Fn(&Row<'_>) -> bool| ends.iter().any(|row| is(row));
    let machine = other_machine(one.event, other.event);
    let same_device = logins::is_same_device(one.event, other.event);
    if same_device && !suspect(&|row| exam.attacker.holds(exam, row.event) || exam.risk.against(row, false).is_some()) {
        return Some((Weight::Explained, "the same device: a telephone between networks, or a VPN switched on"));
    }
    if ends.iter().all(|row| logins::is_usual_place(exam, row.event)) {
        return Some((Weight::Explained, "both are usual places of the account"));
    }
    match (countries, machine) {
        _ if suspect(&|row| exam.is_unusual(row)) => Some((Weight::Strong, machine.unwrap_or_default())),
        (true, Some(machine)) => Some((Weight::Strong, machine)),
        // An address never seen before says more where the machine or the country changed with it.
        (_, Some(machine)) if suspect(&|row| exam.points(row) >= logins::UNUSUAL) => Some((Weight::Strong, machine)),
        (true, None) if suspect(&|row| exam.points(row) >= logins::UNUSUAL) => Some((Weight::Strong, "")),
        (true, None) => Some((Weight::Weak, "two countries, but nothing says that there were two machines")),
        (false, Some(machine)) => Some((Weight::Weak, machine)),
        // No telephone changes over to a hosting network, but a VPN may end there.
        (false, None) if one_is_hosting(exam, networks, one, other) => Some((Weight::Weak, HOSTING)),
        // Two networks of one country, and nothing else: a telephone between Wi-Fi and mobile network.
        (false, None) => None,
    }
}

const HOSTING: &str = "one of the two is a hosting network";

/// Whether just one of the two is in a hosting network, and the account is not there every day.
fn one_is_hosting(exam: &Exam<'_>, networks: &Networks, one: &Row<'_>, other: &Row<'_>) -> bool {
    let is_hosting = |row: &&Row<'_>| {
        let number = networks.of(row.event).0.and_then(|number| u32::try_from(number).ok());
        number.is_some_and(|number| hosting_asn(number).is_some())
    };
    let hosting: Vec<&Row<'_>> = [one, other].into_iter().filter(is_hosting).collect();
    matches!(hosting.as_slice(), [row] if !logins::is_usual_place(exam, row.event))
}

/// Where neither network nor country is known for sure: the countries in which the addresses are registered.
fn by_table(exam: &Exam<'_>, networks: &Networks, one: &Row<'_>, other: &Row<'_>) -> Option<(Weight, &'static str)> {
    let same_device = logins::is_same_device(one.event, other.event);
    if same_device || !networks.are_registered_apart(exam, one.event, other.event) {
        return None;
    }
    match [one, other].into_iter().any(|row| exam.attacker.holds(exam, row.event)) {
        true => Some((Weight::Strong, "")),
        false => Some((Weight::Weak, logins::BY_TABLE)),
    }
}
