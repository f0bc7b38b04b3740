//! What the sign-in checks share: the account's sign-ins, what each proves, from which place, and bursts in time.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};

use crate::analyze::draft::Draft;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::intruder::baseline::{self, OWN_DAYS, client_address};
use crate::finding::{Attribution, Weight};
use crate::knowledge::clients;
use crate::knowledge::errors::{self, SignInClass};
use crate::timeline::{Event, Outcome};

/// Attacker score from which a sign-in is no longer one of the account's owner away from home.
pub const UNUSUAL: i32 = 3;

/// The account's own sign-ins inside the window, successful or not, in time order.
pub fn of<'e, 'a>(exam: &'e Exam<'a>) -> impl Iterator<Item = &'e Row<'a>> {
    exam.window_rows().filter(|row| is_own(row))
}

/// Whether the row is a sign-in of the account.
pub fn is_own(row: &Row<'_>) -> bool {
    row.parts.actor && row.is_sign_in()
}

/// The error number; `None` where the record has none.
pub fn code(event: &Event) -> Option<u32> {
    event.status_code.as_deref()?.trim().parse().ok()
}

/// Whether a token was issued.
pub fn got_in(row: &Row<'_>) -> bool {
    row.event.outcome == Outcome::Success
}

/// Whether it shows that the one who signed in had the password (or, without a person at the keyboard, a token):
/// a success, or a stop behind the first factor.
pub fn proves_password(row: &Row<'_>) -> bool {
    got_in(row) || code(row.event).is_some_and(errors::password_was_right)
}

/// Whether the user name or the password was refused.
pub fn is_wrong_secret(row: &Row<'_>) -> bool {
    row.failed() && code(row.event).is_some_and(|code| errors::class(code) == SignInClass::WrongSecret)
}

/// User agents of the service's own front ends when they pass on a password for an old client.
const PASSED_ON: [&str; 3] = ["bav2ropc", "cbainprod", "cbaintar"];

/// The way of signing in without a second factor that the record names, lower-cased.
pub fn old_protocol(event: &Event) -> Option<String> {
    if let Some(app) = event.client_app.as_deref().filter(|app| clients::is_legacy_protocol(app)) {
        return Some(app.to_lowercase());
    }
    let agent = event.user_agent.as_deref().unwrap_or_default().to_lowercase();
    if let Some(name) = PASSED_ON.iter().find(|name| agent.contains(*name)) {
        return Some((*name).to_owned());
    }
    event.auth_protocol.as_deref().filter(|protocol| protocol.eq_ignore_ascii_case("ropc")).map(str::to_lowercase)
}

/// Whether both name the same device.
pub fn is_same_device(one: &Event, other: &Event) -> bool {
    one.device_id.is_some() && one.device_id == other.device_id
}

/// The place a sign-in comes from, as a key: the address, the /64 of an IPv6 address, the text where it is none.
pub fn place(event: &Event) -> String {
    match event.source_ip.as_deref().and_then(|text| text.parse::<IpAddr>().ok()) {
        Some(ip) => baseline::place(ip.to_canonical()).to_string(),
        None => event.source_ip_text.as_deref().unwrap_or_default().to_owned(),
    }
}

/// Why what rests on registered countries alone is never strong.
pub const BY_TABLE: &str = "two countries only by where the addresses are registered, which is no sure place";

/// The range of neighbouring addresses that a sign-in comes from; none of an IPv6 address.
pub fn range(event: &Event) -> Option<IpAddr> {
    baseline::range(client_address(event)?)
}

/// Number and country of a network.
pub type Network = (Option<i64>, Option<String>);

/// What any record says about the network of a place: mailbox records name the address only.
#[derive(Debug)]
pub struct Networks(BTreeMap<String, Network>);

impl Networks {
    /// Learns them from these rows.
    pub fn learn(rows: &[Row<'_>]) -> Self {
        let mut known: BTreeMap<String, Network> = BTreeMap::new();
        for row in rows {
            let entry = known.entry(place(row.event)).or_default();
            entry.0 = entry.0.or(row.event.as_number);
            entry.1 = entry.1.take().or_else(|| sure_country(row.event).map(str::to_owned));
        }
        Self(known)
    }

    /// The network of the event's place.
    pub fn of(&self, event: &Event) -> Network {
        self.0.get(&place(event)).cloned().unwrap_or_default()
    }

    /// Whether two places, one of them new to the account, are registered in two countries: a hint where nothing surer
    /// is known of one of them.
    pub fn are_registered_apart(&self, exam: &Exam<'_>, one: &Event, other: &Event) -> bool {
        let country = |event: &Event| self.of(event).1.or_else(|| event.geo_country.as_deref().map(str::to_owned));
        let new = |event: &Event| exam.baseline.sufficient && exam.baseline.is_new_place(event);
        (new(one) || new(other)) && country(one).zip(country(other)).is_some_and(|(one, other)| one != other)
    }
}

/// The country of the event; that of the built-in table is the registration's, which is no place.
pub fn sure_country(event: &Event) -> Option<&str> {
    event.geo_country.as_deref().filter(|_| event.geo_basis.as_deref() != Some("rir"))
}

/// Where the sign-in happened, in degrees north and east, from the log or a City database. Where neither city nor
/// region is known the point is the middle of a country, which is no place; 0°/0° is how some say they do not know.
pub fn point(event: &Event) -> Option<(f64, f64)> {
    let known = event.geo_city.is_some() || event.geo_region.is_some();
    event.geo_lat.zip(event.geo_lon).filter(|point| known && *point != (0.0, 0.0))
}

/// Whether the place is the account's own habit, or on the investigator's list of good ones. One that the investigator
/// calls the attacker's is neither.
pub fn is_usual_place(exam: &Exam<'_>, event: &Event) -> bool {
    let Some(ip) = client_address(event) else { return false };
    is_known_good(exam, ip) || exam.baseline.days_at(ip) >= OWN_DAYS && !exam.question.is_attackers(ip)
}

/// Whether the investigator named the address as good.
pub fn is_known_good(exam: &Exam<'_>, ip: IpAddr) -> bool {
    exam.question.is_known_good(ip)
}

/// How many within what time make a burst.
pub type Rate = (usize, TimeDelta);

/// The bursts in `times` (sorted): the stretches, as ranges of indexes, in which one of the rates is reached.
/// Stretches that overlap, or lie closer together than the longest time, are one burst.
pub fn bursts(times: &[DateTime<Utc>], rates: &[Rate]) -> Vec<std::ops::Range<usize>> {
    let gap = rates.iter().map(|(_, span)| *span).max().unwrap_or_default();
    let mut bursts: Vec<std::ops::Range<usize>> = Vec::new();
    for (start, first) in times.iter().enumerate() {
        let reached = rates.iter().filter_map(|(least, span)| {
            let end = times.partition_point(|time| *time - *first <= *span);
            (end - start >= *least).then_some(end)
        });
        let Some(end) = reached.max() else { continue };
        match bursts.last_mut() {
            Some(last) if times.get(last.end - 1).is_some_and(|before| *first - *before <= gap) => {
                last.end = last.end.max(end);
            }
            _ => bursts.push(start..end),
        }
    }
    bursts
}

/// Where the check found the innocent explanation itself, the attribution says so too.
pub fn explained(draft: Draft, weight: Weight) -> Draft {
    if weight == Weight::Explained { draft.attribution(Attribution::Explained) } else { draft }
}

/// The stretch between two times in words, English and Japanese: `40 s`, `6 min`, `4 h 59 min`. It is said that
/// something happened within it, so it is never shorter than it was.
pub fn span_text(from: DateTime<Utc>, to: DateTime<Utc>) -> (String, String) {
    let seconds = (to - from).num_seconds();
    let minutes = seconds.max(0).unsigned_abs().div_ceil(60);
    match (minutes / 60, minutes % 60) {
        _ if seconds < 120 => (format!("{seconds} s"), format!("{seconds} 秒")),
        (..2, _) => (format!("{minutes} min"), format!("{minutes} 分")),
        (hours, 0) => (format!("{hours} h"), format!("{hours} 時間")),
        (hours, minutes) => (format!("{hours} h {minutes} min"), format!("{hours} 時間 {minutes} 分")),
    }
}

/// The list of distinct values in their order, joined; at most `most`, and how many more.
pub fn joined<'v>(values: impl Iterator<Item = &'v str>, most: usize) -> String {
    let mut seen = BTreeSet::new();
    let mut distinct: Vec<&str> = values.filter(|value| !value.is_empty() && seen.insert(*value)).collect();
    let more = distinct.len().saturating_sub(most);
    distinct.truncate(most);
    let text = distinct.join(", ");
    if more == 0 { text } else { format!("{text} (+{more})") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(minutes: &[i64]) -> Vec<DateTime<Utc>> {
        minutes.iter().map(|minute| DateTime::UNIX_EPOCH + TimeDelta::minutes(*minute)).collect()
    }

    const RATES: [Rate; 2] = [(5, TimeDelta::minutes(10)), (10, TimeDelta::hours(24))];

    #[test]
    fn a_stretch_is_told_in_both_languages() {
        let from: DateTime<Utc> = "2026-03-10T00:00:00Z".parse().unwrap();
        for (seconds, en, ja) in [
            (40, "40 s", "40 秒"),
            (360, "6 min", "6 分"),
            (361, "7 min", "7 分"),
            (18_000, "5 h", "5 時間"),
            (17_944, "5 h", "5 時間"),
            (17_880, "4 h 58 min", "4 時間 58 分"),
        ] {
            assert_eq!(span_text(from, from + TimeDelta::seconds(seconds)), (en.to_owned(), ja.to_owned()));
        }
    }

    #[test]
    fn five_in_ten_minutes_are_a_burst_and_four_are_none() {
        assert_eq!(bursts(&times(&[0, 1, 2, 3, 10]), &RATES).as_slice(), std::slice::from_ref(&(0..5)));
        assert!(bursts(&times(&[0, 1, 2, 3, 11]), &RATES).is_empty());
        assert!(bursts(&times(&[]), &RATES).is_empty());
    }

    #[test]
    fn ten_in_a_day_are_a_burst_however_slow() {
        let slow: Vec<i64> = (0..10).map(|at| at * 150).collect();
        assert_eq!(bursts(&times(&slow), &RATES).as_slice(), std::slice::from_ref(&(0..10)));
        let slower: Vec<i64> = (0..10).map(|at| at * 170).collect();
        assert!(bursts(&times(&slower), &RATES).is_empty());
    }

    #[test]
    fn what_lies_days_apart_is_two_bursts() {
        let mut minutes: Vec<i64> = (0..5).collect();
        minutes.extend(5000..5006);
        assert_eq!(bursts(&times(&minutes), &RATES), [0..5, 5..11]);
    }

    #[test]
    fn no_city_and_no_coordinates_are_no_place() {
        let at = |lat, lon, city: Option<&str>| Event {
            geo_lat: lat,
            geo_lon: lon,
            geo_city: city.map(Into::into),
            geo_country: Some("NG".into()),
            ..Event::default()
        };
        assert_eq!(point(&at(None, None, Some("Lagos"))), None);
        assert_eq!(point(&at(Some(0.0), Some(0.0), Some("Lagos"))), None);
        assert_eq!(point(&at(Some(10.0), Some(8.0), None)), None);
        assert_eq!(point(&at(Some(6.4), Some(3.4), Some("Lagos"))), Some((6.4, 3.4)));
    }

    #[test]
    fn lists_name_each_value_once() {
        assert_eq!(joined(["a", "b", "a", "", "c"].into_iter(), 2), "a, b (+1)");
    }
}
