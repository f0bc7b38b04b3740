//! Two successful sign-ins one after the other, too far apart for anybody to have travelled between them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::analyze::draft::Draft;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::intruder::attribution::LINKED;
use crate::analyze::intruder::baseline::client_address;
use crate::analyze::shown::coverage::GateId;
use crate::analyze::sign_ins::risk::is_called_safe;
use crate::analyze::sign_ins::{alerted, logins, reported};
use crate::analyze::{Check, Meta};
use crate::finding::{Finding, Severity, Weight};
use crate::knowledge::networks;
use crate::timeline::{Event, format_time};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "impossible-travel",
        title: "Impossible travel",
        gates: &[&[GateId::G7], &[GateId::G7Places]],
        adds: &[GateId::G7n],
        never_not_seen: None,
        severity: Severity::High,
        attack: &["T1078.004"],
        page: include_str!("../../../docs/symptoms/impossible-travel.md"),
    },
    examine,
};

/// The kinds of risk by which the service tells of it, lower-cased. One that it calls unlikely is weak and no more.
const TOLD: [&str; 3] = ["impossibletravel", "mcasimpossibletravel", "unlikelytravel"];
/// Its alerts about it, by parts of their names.
const ALERTS: [&str; 2] = ["impossible travel", "atypical travel"];
/// Kilometres below which the places of addresses are too inexact.
const LEAST_DISTANCE: f64 = 500.0;
/// Kilometres in an hour that no airliner makes from door to door.
const LEAST_SPEED: f64 = 800.0;
/// Mean radius of the earth in kilometres.
const EARTH: f64 = 6371.0;

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    // Sign-ins before the window serve as where the account was before.
    let located: Vec<&Row<'_>> = exam.rows.iter().filter(|row| is_located(exam, row)).collect();
    // A program's token refresh in between does not hide that a person signed in here and then there.
    let persons: Vec<&Row<'_>> = located.iter().copied().filter(|row| !is_refresh(row)).collect();
    let mut journeys: BTreeMap<String, Vec<Journey<'_>>> = BTreeMap::new();
    for pair in located.windows(2).chain(persons.windows(2)) {
        let [from, to] = pair else { continue };
        if to.in_window
            && let Some(journey) = Journey::new(from, to)
        {
            // To and fro between two places is one happening.
            let mut ends = [logins::place(from.event), logins::place(to.event)];
            ends.sort();
            journeys.entry(ends.join(" ")).or_default().push(journey);
        }
    }
    let mut findings: Vec<Finding> = journeys.values().filter_map(|journeys| finding(exam, journeys)).collect();
    findings.extend(reported::told(&CHECK.meta, exam, &TOLD, &findings));
    findings.extend(alerted::called(&CHECK.meta, exam, &ALERTS));
    findings
}

/// Whether a program refreshed its token, without a person.
fn is_refresh(row: &Row<'_>) -> bool {
    row.event.sign_in_kind.as_deref() == Some("noninteractive")
}

/// A success from a client's own address whose place is known; the investigator's good addresses (VPN) are no places.
fn is_located(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    logins::is_own(row)
        && logins::got_in(row)
        && logins::point(row.event).is_some()
        && client_address(row.event).is_some_and(|ip| !logins::is_known_good(exam, ip))
}

struct Journey<'r> {
    from: &'r Row<'r>,
    to: &'r Row<'r>,
    kilometres: f64,
    speed: f64,
}

impl<'r> Journey<'r> {
    /// The journey between two sign-ins; `None` where it is possible, or where nothing moved but the network's exit.
    fn new(from: &'r Row<'r>, to: &'r Row<'r>) -> Option<Self> {
        let (one, other) = (from.event, to.event);
        let same_session =
            one.session().is_some() && one.session() == other.session() && logins::is_same_device(one, other);
        let same_network =
            one.as_number.is_some() && one.as_number == other.as_number && one.geo_country == other.geo_country;
        if same_session || same_network {
            return None;
        }
        let kilometres = distance(logins::point(one)?, logins::point(other)?);
        let seconds = (other.datetime - one.datetime).num_seconds().max(1);
        let speed = kilometres / (seconds as f64 / 3600.0);
        (kilometres >= LEAST_DISTANCE && speed >= LEAST_SPEED).then_some(Self { from, to, kilometres, speed })
    }

    fn ends(&self) -> [&'r Row<'r>; 2] {
        [self.from, self.to]
    }

    /// The end that is less like the account: the later one, unless the earlier one scores higher, or as high and the
    /// account was there on fewer days.
    fn suspect(&self, exam: &Exam<'_>) -> &'r Row<'r> {
        let [from, to] = self.ends().map(|row| (exam.points(row), Reverse(days(exam, row))));
        if self.from.in_window && from > to { self.from } else { self.to }
    }
}

fn finding(exam: &Exam<'_>, journeys: &[Journey<'_>]) -> Option<Finding> {
    // The heaviest speaks for all, of these the first.
    let weighed = journeys.iter().rev().map(|journey| (weigh(exam, journey), journey));
    let ((weight, reason), journey) =
        weighed.max_by_key(|((weight, _), journey)| (*weight, Reverse(journey.to.event.order())))?;
    let arrivals: BTreeSet<usize> = journeys.iter().map(|journey| journey.to.place).collect();
    let [from, to] = journey.ends().map(|row| name(row.event));
    let (time, time_ja) = logins::span_text(journey.from.event.datetime, journey.to.event.datetime);
    let kilometres = format!("{:.0} km", journey.kilometres);
    let draft = Draft::new(&CHECK.meta, exam, journey.suspect(exam))
        .headline(
            format!("Successful sign-ins in {from} and {to}, {kilometres} apart, within {time}"),
            format!("{from} と {to} ({kilometres} 離れている) から {time_ja}の間にサインインに成功"),
        )
        .weight(weight)
        .detail("from", end(journey.from.event))
        .detail("to", end(journey.to.event))
        .detail("distance", kilometres)
        .detail("time between", time)
        .detail(
            "speed",
            if journey.speed > 20_000.0 { "over 20000 km/h".to_owned() } else { format!("{:.0} km/h", journey.speed) },
        )
        .detail("how places are known", basis(journey))
        .detail(
            "further journeys between the two",
            if arrivals.len() > 1 { (arrivals.len() - 1).to_string() } else { String::new() },
        )
        .detail("explanation", reason);
    let suspects = journeys.iter().map(|journey| journey.suspect(exam));
    Some(logins::explained(draft, weight).also(suspects).beside(journeys.iter().flat_map(Journey::ends)).done())
}

/// How much the journey weighs, and why where it is not strong.
fn weigh(exam: &Exam<'_>, journey: &Journey<'_>) -> (Weight, &'static str) {
    let ends = journey.ends();
    let all = |is: &dyn Fn(&Row<'_>) -> bool| ends.iter().all(|row| is(row));
    let any = |is: &dyn Fn(&Row<'_>) -> bool| ends.iter().any(|row| is(row));
    let suspect = journey.suspect(exam);
    let score = exam.points(suspect);
    if score < LINKED
        && all(&|row| row.event.device_id.as_deref().is_some_and(|device| exam.baseline.knows_device(device)))
    {
        return (
            Weight::Explained,
            "both sign-ins came from devices that the account used before: a VPN, or a network's far exit",
        );
    }
    if score < LINKED && all(&|row| logins::is_usual_place(exam, row.event)) {
        return (Weight::Explained, "both places are usual ones of the account");
    }
    if score < LINKED && (is_called_safe(suspect.event) || exam.risk.called_safe(suspect)) {
        return (Weight::Explained, "the service looked at the risk of that sign-in and called it safe");
    }
    if any(&|row| row.event.as_number.and_then(|number| networks::hosting_asn(u32::try_from(number).ok()?)).is_some()) {
        return (Weight::Weak, "one end is a hosting or VPN network, whose place says little about the person");
    }
    if any(&is_refresh) {
        return (Weight::Weak, "one of the two is a program's token refresh, not a person's sign-in");
    }
    if journey.from.event.geo_country == journey.to.event.geo_country {
        return (Weight::Weak, "both ends lie in one country, where networks often leave far from their users");
    }
    if score < logins::UNUSUAL {
        return (Weight::Weak, "nothing else says which of the two places is not the account's own");
    }
    (Weight::Strong, "")
}

/// On how many days the account was known to be at the row's place by then.
fn days(exam: &Exam<'_>, row: &Row<'_>) -> usize {
    let before = client_address(row.event).map_or(0, |ip| exam.baseline.days_at(ip));
    before.max(exam.vouched.days_by(row.event))
}

/// The great-circle distance in kilometres (haversine).
fn distance(one: (f64, f64), other: (f64, f64)) -> f64 {
    let (north, east) = (((other.0 - one.0) / 2.0).to_radians(), ((other.1 - one.1) / 2.0).to_radians());
    let chord = north.sin().powi(2) + one.0.to_radians().cos() * other.0.to_radians().cos() * east.sin().powi(2);
    2.0 * EARTH * chord.sqrt().min(1.0).asin()
}

/// City and country, as far as known.
fn name(event: &Event) -> String {
    let parts = [event.geo_city.as_deref(), event.geo_country.as_deref()];
    let name = logins::joined(parts.into_iter().flatten(), 2);
    if name.is_empty() { event.source_ip.as_deref().unwrap_or_default().to_owned() } else { name }
}

fn end(event: &Event) -> String {
    format!("{} {} {}", format_time(event.datetime), name(event), event.source_ip.as_deref().unwrap_or_default())
}

fn basis(journey: &Journey<'_>) -> &'static str {
    let logged = |row: &Row<'_>| row.event.geo_basis.as_deref() == Some("log");
    match journey.ends().map(logged) {
        [true, true] => "as the log says",
        [false, false] => "by the local database",
        _ => "one as the log says, one by the local database",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_of_the_textbook() {
        let (berlin, lagos, tokyo) = ((52.52, 13.405), (6.4541, 3.3947), (35.6762, 139.6503));
        assert!((distance(berlin, lagos) - 5203.0).abs() < 20.0, "{}", distance(berlin, lagos));
        assert!((distance(berlin, tokyo) - 8918.0).abs() < 20.0, "{}", distance(berlin, tokyo));
        assert!(distance(berlin, berlin) < 0.001);
        // Over the date line it is a short hop.
        assert!(distance((0.0, 179.9), (0.0, -179.9)) < 30.0);
    }
}
