//! The attacker score with its terms, and whose act that makes a record.

use std::net::IpAddr;

use chrono::TimeDelta;

use crate::analyze::exam::{Exam, Row};
use crate::analyze::intruder::attacker::{Told, is_managed_end, is_named};
use crate::analyze::intruder::baseline::{OWN_DAYS, client_address, place};
use crate::analyze::people::actor::ActorClass;
use crate::analyze::settings::grants;
use crate::analyze::sign_ins::logins;
use crate::analyze::sign_ins::risk::{MASKED, is_called_safe, is_masked_risk};
use crate::finding::{Attribution, Term};
use crate::knowledge::{clients, networks};
use crate::timeline::{Event, EvidenceSource, format_time};
use crate::untrusted::Untrusted;

/// Points from which an act is linked to the attacker.
pub const LINKED: i32 = 5;
/// Points from which an act together with other signs counts as the attacker's.
pub const UNUSUAL: i32 = 3;
/// What it counts that the service, or an administrator, looked at a risk and called it safe.
const DISMISSED: i32 = -3;

/// Within this time nobody is at home and in a place that is new.
const AT_ONCE: TimeDelta = TimeDelta::hours(1);
/// What it counts that the account signed in there on a managed device that it never used before: it takes most of a
/// journey away, and none of what is no journey, as an intruder may have a device of their own enrolled.
const MANAGED: i32 = -4;

/// A score with its terms.
#[derive(Debug, Clone, Default)]
pub struct Score {
    /// The terms, in the order in which they were asked; none where only the points are wanted.
    pub terms: Vec<Term>,
    points: i32,
    count: usize,
    told: bool,
    /// Points of the terms that speak for the attacker.
    against: i32,
    /// Those of them that everybody makes who is away from home with another device: a place, a device, an hour.
    away: i32,
    /// Those that say no more than that the account was somewhere else: these, a country, and what rests on them alone.
    journey: i32,
}

impl Score {
    /// One whose terms are told in words.
    pub fn told() -> Self {
        Self { told: true, ..Self::default() }
    }

    /// The sum.
    pub fn total(&self) -> i32 {
        self.points
    }

    /// Whether the score speaks for the attacker: linked, or unusual by more than an address never seen before. Mobile
    /// networks, hotels and providers give everybody a new one; it makes an act that is suspicious in itself weigh
    /// more, and nothing else.
    pub fn is_unusual(&self) -> bool {
        self.points >= LINKED || self.points >= UNUSUAL && self.tells()
    }

    /// Whether it is more than nothing by another term than those of a journey.
    pub fn tells(&self) -> bool {
        self.points > 0 && self.against > self.away
    }

    /// Whether it says no more than that the account was somewhere else, which its owner may have been.
    pub fn is_journey(&self) -> bool {
        self.points > 0 && self.against == self.journey
    }

    /// Whether nothing in it speaks for the owner.
    pub fn is_one_sided(&self) -> bool {
        self.points == self.against
    }

    /// A term that everybody makes who is away from home.
    fn add_away<W: Into<String>>(&mut self, points: i32, why: impl FnOnce() -> W) {
        self.away += points;
        self.add_journey(points, why);
    }

    /// A term that a journey alone makes.
    fn add_journey<W: Into<String>>(&mut self, points: i32, why: impl FnOnce() -> W) {
        self.journey += points;
        self.add(points, why);
    }

    fn add<W: Into<String>>(&mut self, points: i32, why: impl FnOnce() -> W) {
        self.points += points;
        self.against += points.max(0);
        self.count += 1;
        if self.told {
            self.terms.push(Term { points, why: Untrusted::new(why()) });
        }
    }
}

/// What is said of a device that is not one of the account's.
const DEVICE: &str = "no device id, or an operating system and browser not in the baseline";
/// The record type of directory changes.
const DIRECTORY: i64 = 8;

/// Whose act it was. No terms at all is no explanation: only a usual address, device or system actor explains.
pub fn attribution(exam: &Exam<'_>, row: &Row<'_>, score: &Score) -> Attribution {
    if crate::analyze::is_housekeeping(row.class) {
        return Attribution::Explained;
    }
    match score.total() {
        LINKED.. => Attribution::Linked,
        1.. => Attribution::Unexplained,
        _ if score.count > 0 => Attribution::Explained,
        _ => {
            let event = row.event;
            // A directory change of the audit log may name a program and never a place, as may what is done in a mailbox.
            let nowhere = event.record_type == Some(DIRECTORY) || event.client_info.is_some();
            let program = event.user_agent.is_some() && !nowhere;
            let nobody = exam.lent.address(event).is_none() && exam.lent.session(event).is_none();
            let bare = nobody && !program;
            if bare && exam.attacker.nearest_before(event.datetime).is_none() {
                Attribution::Unknown
            } else {
                Attribution::Unexplained
            }
        }
    }
}

/// The additive score of one record, added to an empty one.
pub fn score(exam: &Exam<'_>, row: &Row<'_>, mut score: Score) -> Score {
    if crate::analyze::is_housekeeping(row.class) {
        score.add(-4, || format!("actor class is {}", row.class.as_str()));
        return score;
    }
    known_attacker(exam, row, &mut score);
    lent_hand(exam, row, &mut score);
    unusual_place(exam, row, &mut score);
    near_in_time(exam, row, &mut score);
    unusual_client(exam, row, &mut score);
    if score.is_journey() && (is_carried_off(exam, row) || is_in_two_places(exam, row)) {
        score.journey = 0;
    }
    own_habits(exam, row, &mut score);
    score
}

/// Whether a session that a device of the account began goes on where the account never was.
fn is_carried_off(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    let event = row.event;
    let managed = || event.session().is_some_and(|session| exam.baseline.is_managed_session(session));
    exam.baseline.is_new_place(event)
        && !exam.vouched.is_session(event)
        && (exam.vouched.began_session(event) || managed())
}

/// Whether somebody was there to sign in at a usual place of the account within the hour: who travels is not at home.
fn is_in_two_places(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    let at_home = |other: &Row<'_>| {
        other.class == ActorClass::Own
            && other.event.sign_in_kind.as_deref() == Some("interactive")
            && logins::got_in(other)
            && client_address(other.event).is_some_and(|ip| exam.baseline.days_at(ip) >= OWN_DAYS)
    };
    exam.baseline.is_new_place(row.event) && exam.near(row.event.datetime, AT_ONCE).iter().any(at_home)
}

fn known_attacker(exam: &Exam<'_>, row: &Row<'_>, score: &mut Score) {
    let event = row.event;
    match exam.attacker.hand(exam, event) {
        Some(Told { why, journey: true }) => score.add_journey(5, || why),
        Some(Told { why, journey: false }) => score.add(5, || why),
        None => {}
    }
    if let Some(ip) = named_address(exam, event) {
        score.add(4, || format!("address {ip}: named by the investigator"));
        return;
    }
    let Some(ip) = exam.lent.address(event) else { return };
    // The account's own acts at a place are scored for it one by one: sign-ins that are in the set for nothing else
    // would vouch for each other.
    let own = row.class == ActorClass::Own && exam.baseline.sufficient;
    match exam.attacker.why_address(ip, event) {
        Some(Told { journey: true, .. }) if own => {}
        Some(Told { why, journey: true }) => score.add_journey(4, || format!("address {ip}: {why}")),
        Some(Told { why, journey: false }) => score.add(4, || format!("address {ip}: {why}")),
        None => {}
    }
}

/// Whom an intruder let in does the intruder's work: an act by such a right weighs what the giving weighs, but never more
/// than links it.
fn lent_hand(exam: &Exam<'_>, row: &Row<'_>, score: &mut Score) {
    if row.class != ActorClass::Delegate {
        return;
    }
    let Some(grant) = exam.grants().by_intruder(exam, row) else { return };
    let given = exam.weigh(grant);
    let (total, points) = (given.total(), given.total().min(LINKED));
    match given.tells() {
        true => score.add(points, || grants::why(grant, row, total)),
        false => score.add_away(points, || grants::why(grant, row, total)),
    }
}

/// The record's address, where the investigator named it as the attacker's.
pub fn named_address(exam: &Exam<'_>, event: &Event) -> Option<IpAddr> {
    exam.lent.address(event).or_else(|| unreachable_address(event)).filter(|ip| is_named(exam, *ip))
}

/// An address through which nobody is followed, a private one or Microsoft's: the investigator may name it all the same.
fn unreachable_address(event: &Event) -> Option<IpAddr> {
    let trace = event.evidence_source == EvidenceSource::MessageTrace;
    event.source_ip.as_deref().filter(|_| !trace)?.parse().ok()
}

fn unusual_place(exam: &Exam<'_>, row: &Row<'_>, score: &mut Score) {
    // Only the account's own acts can be unusual for the account.
    if !matches!(row.class, ActorClass::Own) || !exam.baseline.sufficient {
        return;
    }
    let event = row.event;
    let Some(ip) = exam.lent.address(event).filter(|ip| !logins::is_known_good(exam, *ip)) else { return };
    // Where the account's own device signed in on that day, its owner is: a new telephone in the same hotel is no stranger.
    if exam.vouched.by_device(event) && !exam.attacker.is_in_session(exam, event) {
        return;
    }
    // Where the managed devices of colleagues are, everybody of the organisation is.
    if exam.ways_out.contains(&place(ip)) {
        return;
    }
    if exam.baseline.is_new_at(ip, event.as_number) {
        // Who has another address every day is not a stranger for having another one today.
        let passing = exam.baseline.is_passing(event, ip);
        score.add_away(if passing { 1 } else { 3 }, || match exam.baseline.number_of(event) {
            Some(_) => format!("address {ip} and its network never seen for this account in the baseline"),
            None if passing => {
                format!("address {ip} never seen for this account, which had ever new ones in the baseline")
            }
            None => format!("address {ip} never seen for this account in the baseline; its network is not known"),
        });
    }
    if let Some(name) = event.as_number.and_then(|number| networks::hosting_asn(number as u32))
        && !exam.baseline.knows_network(event.as_number)
    {
        score.add(2, || format!("hosting network ({name}), not in the baseline"));
    }
    if let Some(country) = exam.baseline.new_country(event) {
        score.add_journey(2, || format!("country {country} not in the baseline"));
    }
}

fn near_in_time(exam: &Exam<'_>, row: &Row<'_>, score: &mut Score) {
    let event = row.event;
    // Records with an address of their own are judged by it; an administrator's record is not the account's.
    if row.class != ActorClass::Own || exam.lent.address(event).is_some() {
        return;
    }
    let Some(before) = exam.attacker.nearest_before(event.datetime) else { return };
    let since = event.datetime - before;
    let minutes = since.num_minutes();
    let points = match () {
        () if since <= TimeDelta::minutes(10) => 3,
        () if since <= TimeDelta::minutes(60) => 2,
        () if since <= TimeDelta::hours(24) => 1,
        () => return,
    };
    score.add(points, || {
        format!("no address of its own; {minutes} min after attacker activity at {}", format_time(before))
    });
}

fn unusual_client(exam: &Exam<'_>, row: &Row<'_>, score: &mut Score) {
    if row.class != ActorClass::Own || !exam.baseline.sufficient {
        return;
    }
    let event = row.event;
    for agent in [&event.user_agent, &event.client_info].into_iter().flatten() {
        if clients::is_script(agent) && !exam.baseline.knows_agent(agent) {
            score.add(2, || format!("script client never seen in the baseline: {agent}"));
            break;
        }
    }
    if !row.is_sign_in() {
        return;
    }
    let no_device = event.device_id.is_none() && exam.baseline.has_devices();
    let new_browser = event
        .device_os
        .as_deref()
        .is_some_and(|os| exam.baseline.knows_browser(os, event.browser.as_deref().unwrap_or_default()) == Some(false));
    // A device that was taken into use at home says nothing against the owner, and, as a token carries its name along,
    // nothing for the owner.
    let introduced = exam.vouched.knows_device(event);
    let strange = is_strange_machine(exam, event);
    if strange {
        // The owner may travel without a device that is known, but hardly with a machine of another kind.
        score.away += 1;
        score.add(1, || DEVICE);
    } else if no_device || new_browser && !introduced {
        score.add_away(1, || DEVICE);
    }
    if is_masked_risk(event) {
        score.add_away(1, || MASKED);
    }
    // A program renews its token by itself, at night as well, but not a known device's on a machine of another kind.
    let by_itself = event.sign_in_kind.as_deref() == Some("noninteractive") && !(introduced && strange);
    if !by_itself && exam.baseline.is_unusual_hour(event.datetime) == Some(true) {
        score.add_away(1, || format!("outside the account's own hours ({} UTC)", event.datetime.format("%H:%M")));
    }
}

/// Whether the system and browser are of kinds that the account never used together, nor took into use at a usual place:
/// a new version is no other kind.
fn is_strange_machine(exam: &Exam<'_>, event: &Event) -> bool {
    let machine = event.device_os.as_deref().zip(event.browser.as_deref());
    machine.is_some_and(|(os, browser)| exam.baseline.knows_kind(os, browser) == Some(false))
        && !exam.vouched.knows_kind(event)
}

fn own_habits(exam: &Exam<'_>, row: &Row<'_>, score: &mut Score) {
    own_machine(exam, row, score);
    let event = row.event;
    if row.is_sign_in() && (is_called_safe(event) || exam.risk.called_safe(row)) {
        score.add(DISMISSED, || "the service looked at this sign-in's risk and called it safe");
    } else if score.is_journey() && exam.vouched.by_word(event) && !exam.attacker.is_in_hand(exam, event) {
        // It speaks against a journey, and against nothing that no journey makes.
        score.add(DISMISSED, || "the service looked at the risk of the sign-in behind it and called that safe");
    }
    let Some(ip) = client_address(event) else { return };
    let days = exam.baseline.days_at(ip);
    if days >= OWN_DAYS && row.class == ActorClass::Own {
        score.add(-3, || format!("address {ip} used on {days} days of the baseline"));
    } else if let Some(days) = days_of_session(exam, row) {
        score.add(-3, || format!("same session in the same network on {days} days of the baseline"));
    }
    if logins::is_known_good(exam, ip) {
        score.add(-2, || format!("address {ip} is on the list of known good addresses"));
    }
}

/// On how many days before the window the account's session was used in this network, where that makes it its own: a
/// telephone's lasts for months and has a new address every day. Taken to another network or country, it may be stolen.
fn days_of_session(exam: &Exam<'_>, row: &Row<'_>) -> Option<usize> {
    let event = row.event;
    let days = exam.baseline.days_of_session(event);
    let own = row.class == ActorClass::Own && days >= OWN_DAYS && exam.baseline.new_country(event).is_none();
    (own && !exam.attacker.is_in_hand(exam, event)).then_some(days)
}

/// Whether the account's own machine did it. A session that began on it and goes on where the account never was may be
/// a stolen one, and says nothing for the owner there.
fn own_machine(exam: &Exam<'_>, row: &Row<'_>, score: &mut Score) {
    let (event, baseline) = (row.event, &exam.baseline);
    if exam.attacker.is_in_hand(exam, event) {
        return;
    }
    if is_managed_end(exam, event) {
        score.add(-5, || "same session as a sign-in from a managed device in the baseline");
    } else if baseline.speaks_for_owner(row) || baseline.is_own_session(event) {
        score.add(-5, || "signed in on a device that the account used in the baseline");
    } else if row.class == ActorClass::Own && baseline.is_own_place(event) && !exam.attacker.holds(exam, event) {
        score.add(-5, || "names no session; only a device that the account used in the baseline signed in from there");
    } else if row.class == ActorClass::Own && exam.vouched.by_managed(event) {
        score.add(MANAGED, || "signed in from there on a managed device that was new to the account");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made_of(away: &[i32], others: &[i32]) -> Score {
        let mut score = Score::default();
        away.iter().for_each(|points| score.add_away(*points, || "a journey"));
        others.iter().for_each(|points| score.add(*points, || "another reason"));
        score
    }

    #[test]
    fn an_address_never_seen_is_never_unusual_by_itself() {
        assert!(!made_of(&[3], &[]).is_unusual());
        assert!(!made_of(&[3, 1], &[]).is_unusual());
        assert!(!made_of(&[3], &[-2]).is_unusual());
        // A script client, a foreign country, a hosting network beside it.
        assert!(made_of(&[3], &[2]).is_unusual());
        assert!(made_of(&[3], &[2, -2]).is_unusual());
        // Three points that no journey makes: within minutes after the attacker.
        assert!(made_of(&[], &[3]).is_unusual());
        assert!(!made_of(&[], &[2]).is_unusual());
        // Five points link, whatever they are made of.
        assert!(made_of(&[3, 1, 1], &[]).is_unusual());
    }

    #[test]
    fn a_journey_is_a_place_a_country_a_device_and_an_hour() {
        let mut abroad = made_of(&[3, 1], &[]);
        abroad.add_journey(2, || "a country");
        assert!(abroad.is_journey() && abroad.is_unusual());
        abroad.add(MANAGED, || "a managed device");
        assert!(abroad.is_journey() && !abroad.is_unusual());
        abroad.add(2, || "a script");
        assert!(!abroad.is_journey());
        assert!(!made_of(&[], &[]).is_journey());
    }

    #[test]
    fn what_speaks_for_the_owner_makes_a_score_two_sided() {
        assert!(made_of(&[3], &[4]).is_one_sided());
        assert!(!made_of(&[1], &[5, -3]).is_one_sided());
    }
}
