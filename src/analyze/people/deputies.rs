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
use crate::analyze::sign_ins::risk::{is_mild, service_risk};
use crate::timeline::format_time;

/// Sessions that are looked into.
const SESSIONS: usize = 50;
/// Places that are looked into.
const PLACES: usize = 50;
/// How far an act without a session may be from the sign-in at its place.
pub const NEAR: TimeDelta = TimeDelta::hours(24);

/// The sessions in which others worked here, lower-cased; not from where the account itself is every day, where its
/// colleagues are as well.
pub fn sessions(exam: &Exam<'_>) -> BTreeSet<String> {
    acts(exam).filter_map(|row| row.event.session()).map(str::to_lowercase).take(SESSIONS).collect()
}

/// The places from where others worked here in no recorded session, with the times, in their order: the directory's records
/// of what an administrator does have none.
pub fn places(exam: &Exam<'_>) -> BTreeMap<IpAddr, Vec<DateTime<Utc>>> {
    let mut places: BTreeMap<IpAddr, Vec<DateTime<Utc>>> = BTreeMap::new();
    for row in acts(exam).filter(|row| exam.lent.session(row.event).is_none()) {
        let Some(place) = client_address(row.event).map(place) else { continue };
        if places.len() < PLACES || places.contains_key(&place) {
            places.entry(place).or_default().push(row.event.datetime);
        }
    }
    places
}

/// What others did here behind a sign-in of theirs that the service calls risky, each with that said in words.
pub fn intruders<'x, 'e>(exam: &'x Exam<'e>) -> Vec<(&'x Row<'e>, String)> {
    let mut risky: BTreeMap<String, Vec<(&Row<'_>, String)>> = BTreeMap::new();
    for row in exam.others.iter().filter(|row| row.is_sign_in() && logins::proves_password(row)) {
        // A mild word is what every night call from home gets, and who is called at night answers an attack.
        let risk = service_risk(row.event).filter(|_| !is_mild(row.event));
        if let (Some(account), Some(risk)) = (around::account(row.event), risk) {
            risky.entry(account).or_default().push((row, risk));
        }
    }
    if risky.is_empty() {
        return Vec::new();
    }
    let told = |act: &'x Row<'e>| {
        let account = around::account(act.event)?;
        let (sign_in, risk) = risky.get(&account)?.iter().find(|(sign_in, _)| is_behind(sign_in, act))?;
        let when = format_time(sign_in.event.datetime);
        Some((act, format!("sign-in of {account} at {when} that the service calls risky ({risk})")))
    };
    acts(exam).filter_map(told).collect()
}

fn acts<'x, 'e>(exam: &'x Exam<'e>) -> impl Iterator<Item = &'x Row<'e>> {
    exam.acts()
        .filter(|row| matches!(row.class, ActorClass::Delegate | ActorClass::Admin))
        .filter(|row| !logins::is_usual_place(exam, row.event))
}

/// Whether an act belongs to a sign-in: by its session, or without one by its place on that day.
fn is_behind(sign_in: &Row<'_>, act: &Row<'_>) -> bool {
    let session = |row: &Row<'_>| row.event.session().map(str::to_lowercase);
    match (session(sign_in), session(act)) {
        (Some(a), Some(b)) => a == b,
        _ => {
            let places = [sign_in, act].map(|row| client_address(row.event).map(place));
            let near = (act.event.datetime - sign_in.event.datetime).abs() <= NEAR;
            near && places[0].is_some() && places[0] == places[1]
        }
    }
}
