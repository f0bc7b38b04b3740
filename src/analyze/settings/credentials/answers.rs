//! New passwords that only their time ties to anybody: the directory writes them down without an address. Where a
//! change was asked for, within minutes before, whoever was asked has made it.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::Act;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::intruder::attribution::LINKED;
use crate::analyze::intruder::baseline::client_address;
use crate::analyze::people::actor::ActorClass;
use crate::analyze::sign_ins::logins;
use crate::timeline::{Event, Outcome, details, json};

/// Within which time a sign-in that has to change the password, the change, and the sign-in with the new one follow
/// each other.
const AT_ONE_GO: TimeDelta = TimeDelta::minutes(10);
/// How long a temporary password waits for its holder.
const WAITS: TimeDelta = TimeDelta::hours(24);

/// Whether an act in the account's name is taken for the attacker's by the minutes between the two, and by nothing else.
pub fn is_by_time_alone(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    row.class == ActorClass::Own
        && client_address(row.event).is_none()
        && !exam.attacker.holds(exam, row.event)
        && (1..LINKED).contains(&exam.points(row))
}

/// Whether the new password is the owner's: a usual place or device was told to change it and the attacker was not seen
/// in between, or somebody got in from there with it who had got a temporary one.
pub fn is_owners(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    is_new_password(exam, row)
        && (is_asked_for(exam, row)
            || answers_a_reset(exam, row) && owner_signs_in(exam, row, Outcome::Success).is_some())
}

/// Whether the new password answers an administrator's reset, since which the attacker was not seen any more: nobody
/// knows who made it, but whoever has the temporary password has to.
pub fn answers_a_reset(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    is_new_password(exam, row) && follows(exam, row, &Act::Password)
}

/// Whether the new password was set after somebody else had ended all sessions, since which the attacker was not seen any
/// more. Who handles an incident does that, and has the owner choose another password.
pub fn follows_the_end_of_sessions(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    is_new_password(exam, row) && follows(exam, row, &Act::Revocation)
}

/// Whether the owner got in with a password typed at a usual place or device right after it was set, and the attacker was
/// not seen any more: whoever sets a password to keep others out stays, and they do not. Who made it is not recorded.
pub fn shuts_out(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    let seen = exam.attacker.nearest_before(DateTime::<Utc>::MAX_UTC);
    is_new_password(exam, row)
        && seen.is_none_or(|seen| seen < row.event.datetime)
        && owner_signs_in(exam, row, Outcome::Success).is_some_and(|sign_in| is_typed(sign_in.event))
}

/// Whether a person signed in, and without a token, a key or a claim of before, which would have opened the door as well:
/// where the record tells the steps, a password is among them.
fn is_typed(event: &Event) -> bool {
    const TOKEN: &str = "incomingTokenType";
    const STEPS: &str = "authenticationDetails";
    let told = details::members(event, &[TOKEN, STEPS]);
    let token = json::text(&told, TOKEN).unwrap_or_default();
    let steps = json::list(&told, STEPS);
    let by_password = |step: &Value| {
        json::text(step, "authenticationMethod").is_some_and(|method| method.eq_ignore_ascii_case("password"))
    };
    event.sign_in_kind.as_deref() == Some("interactive")
        && (token.is_empty() || token.eq_ignore_ascii_case("none"))
        && (steps.is_empty() || steps.iter().any(by_password))
}

/// Whether nothing but the time speaks for the attacker, and nothing at all for the owner: nobody asked for the new
/// password, and nobody had shut the attacker out before it.
pub fn is_nobodys(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    let answers = || is_owners(exam, row) || answers_a_reset(exam, row) || follows_the_end_of_sessions(exam, row);
    is_new_password(exam, row) && !answers()
}

/// Whether an administrator did this within the day before, and the attacker was not seen since.
fn follows(exam: &Exam<'_>, row: &Row<'_>, act: &Act) -> bool {
    let by_somebody_else = |other: &&Row<'_>| {
        matches!(other.class, ActorClass::Admin | ActorClass::Partner)
            && super::act(other).as_ref() == Some(act)
            && exam.points(other) <= 0
            && other.event.datetime <= row.event.datetime
    };
    let done = exam.near(row.event.datetime, WAITS).iter().rev().find(by_somebody_else);
    let seen = exam.attacker.nearest_before(DateTime::<Utc>::MAX_UTC);
    done.is_some_and(|done| seen.is_none_or(|seen| seen < done.event.datetime))
}

fn is_new_password(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    super::act(row) == Some(Act::Password) && is_by_time_alone(exam, row)
}

/// Whether a sign-in from a usual place or device had to change the password, and the attacker was not seen since.
fn is_asked_for(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    let seen = exam.attacker.nearest_before(row.event.datetime);
    let asked = owner_signs_in(exam, row, Outcome::Interrupted);
    asked.is_some_and(|asked| seen.is_none_or(|seen| seen < asked.event.datetime))
}

/// The sign-in of the account next to the change, from where the account belongs: that which had to change the password
/// before it, or got in after it.
fn owner_signs_in<'e, 'a>(exam: &'e Exam<'a>, row: &Row<'_>, outcome: Outcome) -> Option<&'e Row<'a>> {
    const CHANGE_IT: [u32; 4] = [50055, 50135, 50142, 50144];
    let time = row.event.datetime;
    let told = |other: &Row<'_>| logins::code(other.event).is_some_and(|code| CHANGE_IT.contains(&code));
    let fits = |other: &&Row<'_>| match outcome {
        Outcome::Success => logins::got_in(other) && other.event.datetime >= time,
        _ => told(other) && other.event.datetime <= time,
    };
    let mut own = exam.near(time, AT_ONE_GO).iter().rev().filter(|other| logins::is_own(other)).filter(fits);
    own.find(|other| exam.points(other) < 0)
}
