//! Other accounts that work in this mailbox or on its settings: where their own sign-in is an intruder's, so is what they
//! do here.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};

use crate::analyze::exam::{Exam, Row};
use crate::analyze::intruder::around;
use crate::analyze::intruder::baseline::{client_address, place};
use crate::analyze::people::actor::ActorClass;
use crate::analyze::sign_ins::logins;
use crate::analyze::sign_ins::risk::{RiskReports, is_mild, service_risk};
use crate::timeline::{Event, format_time};

/// Sessions that are looked into, and places.
const MOST: usize = 200;
/// How far an act without a session may be from the sign-in at its place.
pub const NEAR: TimeDelta = TimeDelta::hours(24);

/// Where others worked here; not from where the account itself is every day, where its colleagues are as well.
pub struct Visits {
    /// The sessions, lower-cased.
    pub sessions: BTreeSet<String>,
    /// The places from where they worked in no recorded session, with the times, in their order: the directory's records of
    /// what an administrator does have none.
    pub places: BTreeMap<IpAddr, Vec<DateTime<Utc>>>,
    /// All places, with the times, in their order.
    pub all: BTreeMap<IpAddr, Vec<DateTime<Utc>>>,
}

impl Visits {
    /// Those that are looked into.
    pub fn of(exam: &Exam<'_>) -> Self {
        let mut visits = Self { sessions: BTreeSet::new(), places: BTreeMap::new(), all: BTreeMap::new() };
        for row in strangest_first(exam) {
            let (session, place) = (session(row), client_address(row.event).map(place));
            let put = |places: &mut BTreeMap<IpAddr, Vec<DateTime<Utc>>>| {
                if let Some(place) = place.filter(|place| places.len() < MOST || places.contains_key(place)) {
                    places.entry(place).or_default().push(row.event.datetime);
                }
            };
            put(&mut visits.all);
            match session {
                Some(session) if visits.sessions.len() < MOST => _ = visits.sessions.insert(session),
                Some(_) => {}
                None => put(&mut visits.places),
            }
        }
        visits.places.values_mut().chain(visits.all.values_mut()).for_each(|times| times.sort_unstable());
        visits
    }
}

/// The acts of others, those first that came from where their actor was not seen at work before the window: what a deputy
/// does all day at home must not take the room of what was done elsewhere in that one's name.
fn strangest_first<'x, 'e>(exam: &'x Exam<'e>) -> Vec<&'x Row<'e>> {
    let (known, mut strange): (Vec<&Row<'_>>, Vec<&Row<'_>>) =
        acts(exam).partition(|row| exam.habits().is_at_work(exam, row));
    strange.extend(known);
    strange
}

/// The session, lower-cased, as the record or its twin in another log names it.
fn session(row: &Row<'_>) -> Option<String> {
    row.events().find_map(Event::session).map(str::to_lowercase)
}

/// What others did here behind a sign-in of theirs that the service calls risky, each with that said in words.
pub fn intruders<'x, 'e>(exam: &'x Exam<'e>) -> Vec<(&'x Row<'e>, String)> {
    let mut risky: BTreeMap<String, Vec<(Visit<'_>, String)>> = BTreeMap::new();
    let reports = RiskReports::of_anybody(&exam.others);
    for row in exam.others.iter().filter(|row| row.is_sign_in() && logins::proves_password(row)) {
        // A mild word is what every night call from home gets, and who is called at night answers an attack.
        if let (Some(account), Some(risk)) = (around::account(row.event), reports.against(row, true)) {
            risky.entry(account).or_default().push((Visit::of(row), risk));
        }
    }
    // The sign-in may be in no export; what became of it the report does not say, but somebody worked here from there.
    for row in reports.alone(&exam.others).filter(|row| !is_mild(row.event)) {
        let account = row.event.target_upn.as_deref().map(around::name_of);
        if let (Some(account), Some(risk)) = (account, service_risk(row.event)) {
            risky.entry(account).or_default().push((Visit::of(row), risk));
        }
    }
    if risky.is_empty() {
        return Vec::new();
    }
    let told = |act: &'x Row<'e>| {
        let account = around::account(act.event)?;
        let visit = Visit::of(act);
        let (sign_in, risk) = risky.get(&account)?.iter().find(|(sign_in, _)| sign_in.is_behind(&visit))?;
        let when = format_time(sign_in.event.datetime);
        Some((act, format!("sign-in of {account} at {when} that the service calls risky ({risk})")))
    };
    acts(exam).filter_map(told).collect()
}

fn acts<'x, 'e>(exam: &'x Exam<'e>) -> impl Iterator<Item = &'x Row<'e>> {
    exam.acts()
        .filter(|row| matches!(row.class, ActorClass::Delegate | ActorClass::Admin | ActorClass::Partner))
        .filter(|row| !logins::is_usual_place(exam, row.event))
}

/// A sign-in or an act, by what ties the two together.
struct Visit<'x> {
    event: &'x Event,
    session: Option<String>,
    place: Option<IpAddr>,
}

impl<'x> Visit<'x> {
    fn of(row: &Row<'x>) -> Self {
        Self { event: row.event, session: session(row), place: client_address(row.event).map(place) }
    }

    /// Whether an act belongs to this sign-in: by its session, or without one by its place on that day.
    fn is_behind(&self, act: &Self) -> bool {
        match (&self.session, &act.session) {
            (Some(own), Some(other)) => own == other,
            _ => {
                let near = (act.event.datetime - self.event.datetime).abs() <= NEAR;
                near && self.place.is_some() && self.place == act.place
            }
        }
    }
}
