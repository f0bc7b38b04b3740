//! The account's sign-ins inside the window: totals, addresses, places, hours, and which are risky.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::analyze::exam::{Exam, Row};
use crate::analyze::intruder::attribution::LINKED;
use crate::analyze::sign_ins::logins;
use crate::analyze::sign_ins::risk::{MASKED, is_masked_risk, service_risk};
use crate::examination::{AddressRow, CountryRow, NO_PLACE, RiskySignIn, SignIns};
use crate::knowledge::networks::{self, NetClass};
use crate::timeline::{Event, Outcome};
use crate::untrusted::Untrusted;

/// Counts the sign-ins. One login that two sources tell counts once.
pub fn overview(exam: &Exam<'_>) -> SignIns {
    let rows: Vec<&Row<'_>> = logins::of(exam).collect();
    let tally = Tally::of(rows.iter().copied());
    SignIns {
        total: tally.total,
        succeeded: tally.succeeded,
        failed: tally.failed,
        interrupted: tally.interrupted,
        unknown: tally.unknown,
        password_was_right: rows.iter().filter(|row| !logins::got_in(row) && logins::proves_password(row)).count()
            as u64,
        by_address: by_address(&rows),
        by_country: by_country(&rows),
        risky: rows.iter().filter_map(|row| risky(exam, row)).collect(),
        times: rows.iter().map(|row| row.event.datetime).collect(),
    }
}

#[derive(Default)]
struct Tally {
    total: u64,
    succeeded: u64,
    failed: u64,
    interrupted: u64,
    unknown: u64,
}

impl Tally {
    fn of<'r, 'e: 'r>(rows: impl Iterator<Item = &'r Row<'e>>) -> Self {
        let mut tally = Self::default();
        for row in rows {
            tally.total += 1;
            match row.event.outcome {
                Outcome::Success => tally.succeeded += 1,
                Outcome::Interrupted => tally.interrupted += 1,
                Outcome::Failure => tally.failed += 1,
                Outcome::Unknown => tally.unknown += 1,
            }
        }
        tally
    }
}

fn grouped<'r, 'e>(rows: &[&'r Row<'e>], key: impl Fn(&Event) -> String) -> BTreeMap<String, Vec<&'r Row<'e>>> {
    let mut groups: BTreeMap<String, Vec<&Row<'_>>> = BTreeMap::new();
    for row in rows {
        groups.entry(key(row.event)).or_default().push(row);
    }
    groups
}

fn by_address(rows: &[&Row<'_>]) -> Vec<AddressRow> {
    let address =
        |event: &Event| event.source_ip.as_deref().or(event.source_ip_text.as_deref()).unwrap_or(NO_PLACE).to_owned();
    let mut list: Vec<AddressRow> = grouped(rows, address)
        .into_iter()
        .filter_map(|(address, rows)| {
            let tally = Tally::of(rows.iter().copied());
            let times = || rows.iter().map(|row| row.event.datetime);
            Some(AddressRow {
                total: tally.total,
                succeeded: tally.succeeded,
                failed: tally.failed,
                first: times().min()?,
                last: times().max()?,
                country: rows.iter().find_map(|row| row.event.geo_country.as_deref()).map(Untrusted::from),
                asn: rows.iter().find_map(|row| row.event.as_number),
                network: network(&address, &rows),
                address: Untrusted::new(address),
            })
        })
        .collect();
    // Stable, so that equal totals stay in the order of their addresses.
    list.sort_by_key(|row| Reverse(row.total));
    list
}

/// The organization; for an address that is nobody's in particular, whose it is; else a hosting network's name.
fn network(address: &str, rows: &[&Row<'_>]) -> Option<Untrusted> {
    let class = address.parse::<IpAddr>().ok().map(networks::class).filter(|class| *class != NetClass::Public);
    let organization = || rows.iter().find_map(|row| row.event.as_org.as_deref()).map(Untrusted::from);
    let hosting = || {
        let number = rows.iter().find_map(|row| row.event.as_number)?;
        networks::hosting_asn(u32::try_from(number).ok()?).map(Untrusted::from)
    };
    class.map(|class| Untrusted::from(class.as_str())).or_else(organization).or_else(hosting)
}

fn by_country(rows: &[&Row<'_>]) -> Vec<CountryRow> {
    let country = |event: &Event| event.geo_country.as_deref().unwrap_or(NO_PLACE).to_owned();
    let mut list: Vec<CountryRow> = grouped(rows, country)
        .into_iter()
        .map(|(country, rows)| {
            let tally = Tally::of(rows.iter().copied());
            CountryRow {
                country: Untrusted::new(country),
                total: tally.total,
                succeeded: tally.succeeded,
                failed: tally.failed,
            }
        })
        .collect();
    list.sort_by_key(|row| Reverse(row.total));
    list
}

/// The sign-in, if the service calls it risky, it scores as an attacker's or it is of the attacker set.
fn risky(exam: &Exam<'_>, row: &Row<'_>) -> Option<RiskySignIn> {
    let event = row.event;
    let risk = service_risk(event)
        .filter(|_| !exam.risk.is_settled(row))
        .or_else(|| is_masked_risk(event).then(|| MASKED.to_owned()));
    let score = exam.score(row);
    let attackers = score.total() >= LINKED || exam.attacker.holds(exam, event);
    if risk.is_none() && !attackers {
        return None;
    }
    let mut why: Vec<Untrusted> =
        risk.map(|risk| Untrusted::new(format!("the service calls it risky: {risk}"))).into_iter().collect();
    if attackers {
        why.push(Untrusted::new(format!("attacker score {}", score.total())));
        why.extend(
            score.terms.iter().map(|term| Untrusted::new(format!("{:+} {}", term.points, term.why.as_evidence()))),
        );
    }
    Some(RiskySignIn {
        time: event.datetime,
        address: event.source_ip.as_deref().or(event.source_ip_text.as_deref()).map(Untrusted::from),
        country: event.geo_country.as_deref().map(Untrusted::from),
        outcome: event.outcome.as_str(),
        code: event.status_code.as_deref().map(Untrusted::from),
        why,
        record: event.record_ref(),
    })
}
