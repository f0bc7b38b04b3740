//! One token used from two networks: the sign-in got it here, a resource saw it come from there.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::analyze::draft::Draft;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::intruder::baseline::{OWN_DAYS, client_address};
use crate::analyze::shown::coverage::GateId;
use crate::analyze::sign_ins::logins::{self, Networks};
use crate::analyze::sign_ins::reported;
use crate::analyze::{Check, Meta};
use crate::finding::{Finding, Severity, Weight};
use crate::knowledge::networks::{self, NetClass};
use crate::timeline::{Event, details, json};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "token-replay",
        title: "A token used from another network",
        gates: &[&[GateId::G7], &[GateId::G7n], &[GateId::G4]],
        adds: &[GateId::G13],
        never_not_seen: None,
        severity: Severity::High,
        attack: &["T1550.001", "T1528"],
        page: include_str!("../../../docs/symptoms/token-replay.md"),
    },
    examine,
};

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let mut tokens: BTreeMap<String, Vec<&Row<'_>>> = BTreeMap::new();
    for row in exam.window_rows().filter(|row| row.parts.any() && !row.failed()) {
        if let Some(token) = token(row) {
            tokens.entry(token).or_default().push(row);
        }
    }
    let networks = Networks::learn(exam.rows);
    let replayed = tokens.iter().filter_map(|(token, rows)| replay(exam, &networks, token, rows));
    let seen = logins::of(exam).filter(|row| logins::got_in(row)).filter_map(|row| seen_elsewhere(exam, row));
    let mut findings: Vec<Finding> = replayed.chain(seen).collect();
    findings.extend(reported::told(&CHECK.meta, exam, &["anomaloustoken"], &findings));
    findings
}

/// The token's identifier, case kept: it is base64.
fn token(row: &Row<'_>) -> Option<String> {
    let named = row.events().find_map(|event| event.unique_token_id.as_deref()).map(str::to_owned);
    // OWAAuth records (type 275) name it at the top.
    let own = || {
        (row.event.record_type == Some(275)).then(|| json::text(&details::object(row.event), "UniqueTokenIdentifier"))
    };
    named.or_else(|| own().flatten())
}

/// The network number of a place, from any record that tells it.
fn number(networks: &Networks, event: &Event) -> Option<i64> {
    event.as_number.or_else(|| networks.of(event).0)
}

fn country(networks: &Networks, event: &Event) -> Option<String> {
    logins::sure_country(event).map(str::to_owned).or_else(|| networks.of(event).1)
}

/// How it is known that two addresses are not of one network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Apart {
    /// By network numbers, or by countries that the log or a database tells.
    Surely,
    /// Only by the countries in which they are registered.
    ByTable,
}

/// Whether two addresses are not of one network. IPv4 and IPv6 of one connection cannot be compared without numbers.
fn elsewhere(exam: &Exam<'_>, networks: &Networks, one: &Event, other: &Event) -> Option<Apart> {
    let numbers = number(networks, one).zip(number(networks, other)).map(|(one, other)| one != other);
    let countries = country(networks, one).zip(country(networks, other)).map(|(one, other)| one != other);
    match numbers.or(countries) {
        Some(differ) => differ.then_some(Apart::Surely),
        None => networks.are_registered_apart(exam, one, other).then_some(Apart::ByTable),
    }
}

/// Whether both countries are known, and differ: a mobile network may tell none.
fn are_two_countries(networks: &Networks, one: &Event, other: &Event) -> bool {
    country(networks, one).zip(country(networks, other)).is_some_and(|(one, other)| one != other)
}

fn replay(exam: &Exam<'_>, networks: &Networks, token: &str, rows: &[&Row<'_>]) -> Option<Finding> {
    let client = |row: &&&Row<'_>| client_address(row.event).is_some_and(|ip| !logins::is_known_good(exam, ip));
    let first = rows.iter().find(|row| row.is_sign_in() && client(row)).or_else(|| rows.iter().find(client))?;
    let elsewhere = |row: &&Row<'_>| match logins::place(row.event) == logins::place(first.event) {
        true => None,
        false => elsewhere(exam, networks, first.event, row.event),
    };
    let uses = rows.iter().filter(client).filter_map(|row| Some((elsewhere(row)?, row)));
    // What is sure comes before what only the table says.
    let (known, other) = uses.min_by_key(|(known, _)| *known)?;
    let unusual = [first, other].into_iter().any(|row| exam.is_unusual(row));
    let usual = logins::is_usual_place(exam, first.event) && logins::is_usual_place(exam, other.event);
    let attackers = || [first, other].into_iter().any(|row| exam.attacker.holds(exam, row.event));
    let weight = match () {
        () if known == Apart::ByTable => {
            if attackers() {
                Weight::Strong
            } else {
                Weight::Weak
            }
        }
        () if unusual => Weight::Strong,
        () if usual => Weight::Explained,
        // Two countries for one token: it cannot be one machine, unless a VPN was switched on.
        () if are_two_countries(networks, first.event, other.event)
            && !logins::is_same_device(first.event, other.event) =>
        {
            Weight::Strong
        }
        // A telephone keeps its token where it leaves the wireless network.
        () => Weight::Weak,
    };
    let suspect = if exam.points(first) > exam.points(other) { first } else { other };
    let (here, there) = (address(exam, first.event), address(exam, other.event));
    // Only the sign-in says who got it: without one the earlier of two uses may be the thief's.
    let (en, ja) = match first.is_sign_in() {
        true => (
            format!("A token obtained from {here} was used from {there}"),
            format!("{here} で取得されたトークンが {there} から使用された"),
        ),
        false => (
            format!("One token was used from {here} and from {there}"),
            format!("1 つのトークンが {here} と {there} の両方から使用された"),
        ),
    };
    let draft = Draft::new(&CHECK.meta, exam, suspect)
        .headline(en, ja)
        .weight(weight)
        .detail("token", token)
        .detail("obtained or first used from", here)
        .detail("used from", there)
        .detail("explanation", if known == Apart::ByTable && weight == Weight::Weak { logins::BY_TABLE } else { "" });
    Some(logins::explained(draft, weight).also(rows.iter().copied().take(20)).done())
}

fn address(exam: &Exam<'_>, event: &Event) -> String {
    let country = exam.baseline.country_of(event).map(|(country, _)| format!(" ({country})")).unwrap_or_default();
    format!("{}{country}", event.source_ip.as_deref().unwrap_or(crate::analyze::draft::NOWHERE))
}

/// `ipAddressFromResourceProvider` is not the address of the sign-in.
fn seen_elsewhere(exam: &Exam<'_>, row: &Row<'_>) -> Option<Finding> {
    let here = client_address(row.event)?;
    let there: IpAddr = row.event.related_ip.as_deref()?.parse().ok()?;
    let there = there.to_canonical();
    let comparable = here.is_ipv4() == there.is_ipv4() && !networks::same_place(here, there);
    let usual = exam.baseline.days_at(there) >= OWN_DAYS || logins::is_known_good(exam, there);
    if !comparable || networks::class(there) != NetClass::Public || usual {
        return None;
    }
    let attackers = exam.attacker.ips().any(|ip| networks::same_place(ip, there));
    let weight = if attackers || exam.is_unusual(row) { Weight::Strong } else { Weight::Weak };
    let draft = Draft::new(&CHECK.meta, exam, row)
        .headline(
            format!("The sign-in came from {here}, but the resource saw the token come from {there}"),
            format!("サインインは {here} からだが、リソースはトークンを {there} から受け取った"),
        )
        .weight(weight)
        .detail("sign-in from", here.to_string())
        .detail("seen by the resource", there.to_string())
        .detail(
            "explanation",
            if weight == Weight::Weak { "a proxy, or two ways out of one network, look the same" } else { "" },
        );
    Some(draft.done())
}
