//! The attacker score with its terms, and the attacker set with the chain that led to each member.

use std::collections::BTreeMap;
use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};

use crate::analyze::actor::ActorClass;
use crate::analyze::baseline::{client_address, place};
use crate::analyze::exam::{Exam, Row};
use crate::analyze::risk::{is_called_safe, service_risk};
use crate::analyze::{deputies, logins};
use crate::examination::{Attacker, AttackerMember};
use crate::finding::{Assessment, Attribution, Finding, Term, Weight};
use crate::knowledge::{clients, networks};
use crate::origin::Origin;
use crate::timeline::{Event, format_time};
use crate::untrusted::Untrusted;

/// Points from which an act is linked to the attacker.
pub const LINKED: i32 = 5;
/// Points from which an act together with other signs counts as the attacker's.
pub const UNUSUAL: i32 = 3;
/// What it counts that the service, or an administrator, looked at a risk and called it safe.
const DISMISSED: i32 = -3;
/// Days in the baseline that make an address the account's own.
const OWN_DAYS: usize = 3;

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

    /// Whether nothing in it speaks for the owner.
    pub fn is_one_sided(&self) -> bool {
        self.points == self.against
    }

    /// A term that everybody makes who is away from home.
    fn add_away<W: Into<String>>(&mut self, points: i32, why: impl FnOnce() -> W) {
        self.away += points;
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

/// The record type of directory changes.
const DIRECTORY: i64 = 8;

/// Whose act it was. No terms at all is no explanation: only a usual address, device or system actor explains.
pub fn attribution(exam: &Exam<'_>, row: &Row<'_>, score: &Score) -> Attribution {
    if super::is_housekeeping(row.class) {
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
            let bare = client_address(event).is_none() && event.session_id.is_none() && !program;
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
    if super::is_housekeeping(row.class) {
        score.add(-4, || format!("actor class is {}", row.class.as_str()));
        return score;
    }
    known_attacker(exam, row, &mut score);
    unusual_place(exam, row, &mut score);
    near_in_time(exam, row, &mut score);
    unusual_client(exam, row, &mut score);
    own_habits(exam, row, &mut score);
    score
}

fn known_attacker(exam: &Exam<'_>, row: &Row<'_>, score: &mut Score) {
    let event = row.event;
    if let Some((name, reasons)) = exam.attacker.session_of(exam, event)
        && let Some(why) = reason_beyond(reasons, event)
    {
        score.add(5, || format!("session {name}: {why}"));
    } else if let Some((token, reasons)) = exam.attacker.token_of(exam, event)
        && let Some(why) = reason_beyond(reasons, event)
    {
        score.add(5, || format!("token {token}: {why}"));
    }
    let Some(ip) = client_address(event) else { return };
    if is_named(exam, ip) {
        score.add(4, || format!("address {ip}: named by the investigator"));
    } else if let Some(why) = exam.attacker.addresses.get(&ip).and_then(|reasons| reason_beyond(reasons, event)) {
        score.add(4, || format!("address {ip}: {why}"));
    }
}

fn unusual_place(exam: &Exam<'_>, row: &Row<'_>, score: &mut Score) {
    // Only the account's own acts can be unusual for the account.
    if !matches!(row.class, ActorClass::Own) || !exam.baseline.sufficient {
        return;
    }
    let event = row.event;
    let Some(ip) = client_address(event).filter(|ip| !logins::is_known_good(exam, *ip)) else { return };
    // Where the account's own device signed in on that day, its owner is: a new telephone in the same hotel is no stranger.
    if exam.vouched.by_device(event) && exam.attacker.session_of(exam, event).is_none() {
        return;
    }
    if exam.baseline.is_new_place(event) {
        score.add_away(3, || format!("address {ip} and its network never seen for this account in the baseline"));
    }
    if let Some(name) = event.as_number.and_then(|number| networks::hosting_asn(number as u32))
        && !exam.baseline.knows_network(event.as_number)
    {
        score.add(2, || format!("hosting network ({name}), not in the baseline"));
    }
    if let Some(country) = event.geo_country.as_deref()
        && exam.baseline.knows_country(country) == Some(false)
    {
        score.add(2, || format!("country {country} not in the baseline"));
    }
}

fn near_in_time(exam: &Exam<'_>, row: &Row<'_>, score: &mut Score) {
    let event = row.event;
    // Records with an address of their own are judged by it; an administrator's record is not the account's.
    if row.class != ActorClass::Own || client_address(event).is_some() {
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
    if no_device || new_browser {
        score.add_away(1, || "no device id, or an operating system and browser not in the baseline");
    }
    if exam.baseline.is_unusual_hour(event.datetime) == Some(true) {
        score.add_away(1, || format!("outside the account's own hours ({} UTC)", event.datetime.format("%H:%M")));
    }
}

fn own_habits(exam: &Exam<'_>, row: &Row<'_>, score: &mut Score) {
    own_machine(exam, row, score);
    let event = row.event;
    if row.is_sign_in() && (is_called_safe(event) || exam.risk.called_safe(row)) {
        score.add(DISMISSED, || "the service looked at this sign-in's risk and called it safe");
    }
    let Some(ip) = client_address(event) else { return };
    let days = exam.baseline.days_at(ip);
    if days >= OWN_DAYS && row.class == ActorClass::Own {
        score.add(-3, || format!("address {ip} used on {days} days of the baseline"));
    }
    if logins::is_known_good(exam, ip) {
        score.add(-2, || format!("address {ip} is on the list of known good addresses"));
    }
}

/// Whether the account's own machine did it. A session that began on it and goes on where the account never was may be
/// a stolen one, and says nothing for the owner there.
fn own_machine(exam: &Exam<'_>, row: &Row<'_>, score: &mut Score) {
    let (event, baseline) = (row.event, &exam.baseline);
    if exam.attacker.session_of(exam, event).is_some() || exam.attacker.token_of(exam, event).is_some() {
        return;
    }
    if is_managed_end(exam, event) {
        score.add(-5, || "same session as a sign-in from a managed device in the baseline");
    } else if baseline.is_own_device(row) || baseline.is_own_session(event) {
        score.add(-5, || "signed in on a device that the account used in the baseline");
    } else if row.class == ActorClass::Own && baseline.is_own_place(event) && !exam.attacker.holds(exam, event) {
        score.add(-5, || "names no session; only a device that the account used in the baseline signed in from there");
    }
}

/// The attacker, as far as known.
#[derive(Debug, Clone, Default)]
pub struct AttackerSet {
    addresses: BTreeMap<IpAddr, Vec<Reason>>,
    sessions: BTreeMap<String, Vec<Reason>>,
    /// Identifiers of its tokens, case kept: records without a session may name the token of the sign-in behind them.
    tokens: BTreeMap<String, Vec<Reason>>,
    /// When the set's sessions and addresses were active, sorted.
    times: Vec<DateTime<Utc>>,
}

/// Why a session or an address is in the set, and which record says so: no record is evidence against itself.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Reason {
    why: String,
    /// Another record than the one it is about, or `None` where the investigator or the service says so.
    from: Option<Origin>,
}

/// The first reason that does not rest on `event` itself.
fn reason_beyond<'r>(reasons: &'r [Reason], event: &Event) -> Option<&'r str> {
    reasons.iter().find(|reason| reason.from.as_ref() != Some(&event.origin)).map(|reason| reason.why.as_str())
}

impl AttackerSet {
    /// The seeds (what came from the investigator's addresses, risky sign-ins, sign-ins with a score of at least 5),
    /// expanded.
    pub fn from_sign_ins(exam: &Exam<'_>) -> Self {
        let mut set = Self::default();
        // A rejected guess says nothing of who holds the account; a success, or a right password, does.
        for row in exam.rows.iter().filter(|row| logins::is_own(row) && logins::proves_password(row)) {
            if let Some(reason) = against(exam, row) {
                set.take(exam, row, &reason);
            }
        }
        for row in exam.risk.alone(exam.rows) {
            let risk = service_risk(row.event).unwrap_or_default();
            let why = format!("{risk} reported for {}", format_time(row.event.datetime));
            set.take(exam, row, &Reason { why, from: None });
        }
        set.take_named(exam);
        for (row, why) in deputies::intruders(exam) {
            set.take(exam, row, &Reason { why, from: None });
        }
        set.expand(exam);
        set
    }

    /// Takes in what else the account did from addresses that the investigator named: the sign-in behind it may be in
    /// no export.
    fn take_named(&mut self, exam: &Exam<'_>) {
        let told = |reasons: Option<&Vec<Reason>>| reasons.into_iter().flatten().any(|reason| reason.from.is_none());
        let acts = exam.rows.iter().filter(|row| row.parts.actor && row.class == ActorClass::Own);
        for row in acts.filter(|row| !row.is_sign_in() && !row.failed()) {
            let Some(ip) = client_address(row.event).filter(|ip| is_named(exam, *ip)) else { continue };
            let mut sessions = row.events().filter_map(|event| event.session_id.as_deref());
            // The first act of each session from there tells enough.
            if told(self.addresses.get(&ip)) && sessions.all(|session| told(self.sessions.get(&session.to_lowercase())))
            {
                continue;
            }
            let (when, action) = (format_time(row.event.datetime), row.event.action());
            let why = format!("act at {when} from {ip}, which the investigator named ({action})");
            self.take(exam, row, &Reason { why, from: None });
        }
    }

    /// The same set, with what strong findings about the account's own acts teach, expanded again. What is strong only
    /// because it came from an address never seen before teaches nothing: the owner's whole journey would be the
    /// attacker's.
    pub fn from_findings(exam: &Exam<'_>, assessments: &[Assessment]) -> Self {
        let mut set = exam.attacker.clone();
        let strong = assessments
            .iter()
            .flat_map(|assessment| &assessment.findings)
            .filter(|finding| finding.verdict == Weight::Strong);
        for finding in strong {
            if let Some(row) = finding.records.first().and_then(|record| exam.cited(record))
                && row.class == ActorClass::Own
                && teaches(exam, finding, row)
            {
                let why = format!("made what finding {} shows at {}", finding.id, format_time(finding.time));
                set.take(exam, row, &Reason { why, from: Some(row.event.origin.clone()) });
            }
        }
        set.expand(exam);
        set
    }

    /// Takes the row's session and address in, where they can be the attacker's.
    fn take(&mut self, exam: &Exam<'_>, row: &Row<'_>, reason: &Reason) {
        // The audit log may know a session that the sign-in's export left out.
        for event in row.events() {
            let session = event.session_id.as_deref();
            let stolen = session.is_none_or(|session| may_be_stolen(exam, row, session, reason));
            if let Some(session) = session.filter(|_| stolen) {
                remember(self.sessions.entry(session.to_lowercase()).or_default(), reason);
            }
            if let Some(token) = event.unique_token_id.as_deref().filter(|_| stolen) {
                remember(self.tokens.entry(token.to_owned()).or_default(), reason);
            }
        }
        if let Some(ip) = client_address(row.event)
            && may_be_attackers(exam, ip)
            && (reason.from.is_none() || !exam.vouched.is_everyday(row.event))
        {
            remember(self.addresses.entry(ip).or_default(), reason);
        }
    }

    /// Session or token → its addresses and tokens, address → its other sessions of the same account; until nothing new
    /// is found.
    fn expand(&mut self, exam: &Exam<'_>) {
        loop {
            let size = |set: &Self| (set.addresses.len(), set.sessions.len(), set.tokens.len());
            let before = size(self);
            for row in exam.rows.iter().filter(|row| row.in_window && row.class == ActorClass::Own && !row.failed()) {
                self.follow(exam, row);
            }
            if before == size(self) {
                break;
            }
        }
        let active = exam.rows.iter().filter(|row| row.parts.actor && !row.failed() && self.holds(exam, row.event));
        self.times = active.map(|row| row.event.datetime).collect();
        self.times.sort();
    }

    /// Takes in what one act of the account adds.
    fn follow(&mut self, exam: &Exam<'_>, row: &Row<'_>) {
        let event = row.event;
        let when = || format_time(event.datetime);
        let reason = |why: String| vec![Reason { why, from: Some(event.origin.clone()) }];
        let session =
            self.session_of(exam, event).map(|(session, _)| format!("used in session {session} at {}", when()));
        let in_session = session.is_some();
        let token = || self.token_of(exam, event).map(|(token, _)| format!("used with token {token} at {}", when()));
        let ip = client_address(event).filter(|ip| may_be_attackers(exam, *ip) && !exam.vouched.is_everyday(event));
        if let Some(why) = session.or_else(token) {
            if let Some(ip) = ip {
                self.addresses.entry(ip).or_insert_with(|| reason(why.clone()));
            }
            if let Some(token) = event.unique_token_id.as_deref() {
                self.tokens.entry(token.to_owned()).or_insert_with(|| reason(why));
            }
        }
        if let (false, Some(ip), Some(session)) = (in_session, client_address(event), event.session_id.as_deref())
            && self.addresses.contains_key(&ip)
            && !exam.baseline.is_managed_session(session)
            && !exam.vouched.is_session(event)
        {
            let why = format!("from address {ip} at {}", when());
            self.sessions.entry(session.to_lowercase()).or_insert_with(|| reason(why));
        }
    }

    /// Whether nothing is known of the attacker.
    pub fn is_empty(&self) -> bool {
        self.addresses.is_empty() && self.sessions.is_empty() && self.tokens.is_empty()
    }

    /// The set's session that the event belongs to, with why it is in the set; `None` at the owner's end of a stolen one.
    fn session_of(&self, exam: &Exam<'_>, event: &Event) -> Option<(&str, &[Reason])> {
        if client_address(event).is_some() && is_owners_end(exam, event) {
            return None;
        }
        let session = event.session_id.as_deref()?.to_lowercase();
        let (name, reasons) = self.sessions.get_key_value(&session)?;
        Some((name, reasons))
    }

    /// The set's token that the event was done with, with why it is in the set. A copied token goes on in the owner's
    /// hands: at a place of the account, or where its own device signed in, it says nothing.
    fn token_of(&self, exam: &Exam<'_>, event: &Event) -> Option<(&str, &[Reason])> {
        let (token, reasons) = self.tokens.get_key_value(event.unique_token_id.as_deref()?)?;
        let owners = client_address(event).is_some()
            && (!exam.baseline.is_new_place(event) || exam.baseline.is_own_session(event));
        (!owners).then_some((token, reasons))
    }

    /// Whether the event comes from the set's sessions, tokens or addresses.
    pub fn holds(&self, exam: &Exam<'_>, event: &Event) -> bool {
        let from = |ip| is_named(exam, ip) || self.addresses.contains_key(&ip);
        self.session_of(exam, event).is_some()
            || self.token_of(exam, event).is_some()
            || client_address(event).is_some_and(from)
    }

    /// Whether the address is one of the set's, or one that the investigator named.
    pub fn is_at(&self, exam: &Exam<'_>, ip: IpAddr) -> bool {
        is_named(exam, ip) || self.addresses.contains_key(&ip)
    }

    /// The addresses.
    pub fn ips(&self) -> impl Iterator<Item = IpAddr> {
        self.addresses.keys().copied()
    }

    /// The sessions, lower-cased.
    pub fn session_names(&self) -> impl Iterator<Item = &str> {
        self.sessions.keys().map(String::as_str)
    }

    /// Whether the session (any case) is the attacker's.
    pub fn knows_session(&self, session: &str) -> bool {
        self.sessions.contains_key(&session.to_lowercase())
    }

    /// The first time at which the attacker was active, as far as known.
    pub fn first_active(&self) -> Option<DateTime<Utc>> {
        self.times.first().copied()
    }

    /// The last time at or before `time` at which the attacker was active.
    pub fn nearest_before(&self, time: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let after = self.times.partition_point(|active| *active <= time);
        after.checked_sub(1).and_then(|last| self.times.get(last)).copied()
    }

    /// The set as the report tells it; first and last act are the runner's.
    pub fn report(&self) -> Attacker {
        let member = |value: String, reasons: &[Reason]| AttackerMember {
            value: Untrusted::new(value),
            why: reasons.iter().map(|reason| Untrusted::new(reason.why.clone())).collect(),
        };
        Attacker {
            addresses: self.addresses.iter().map(|(ip, why)| member(ip.to_string(), why)).collect(),
            sessions: self.sessions.iter().map(|(session, why)| member(session.clone(), why)).collect(),
            why: vec![Untrusted::new(
                "seeds: addresses the investigator named, sign-ins the service calls risky, sign-ins with a score of at least 5, \
                 and the sessions of acts that are malicious on their face; expanded by session, by token and by address \
                 of the same account, never through Microsoft's, private or usual addresses",
            )],
            ..Attacker::default()
        }
    }
}

fn remember(reasons: &mut Vec<Reason>, reason: &Reason) {
    if reasons.len() < 5 && !reasons.contains(reason) {
        reasons.push(reason.clone());
    }
}

fn is_named(exam: &Exam<'_>, ip: IpAddr) -> bool {
    exam.question.attacker_addresses.iter().any(|network| network.contains(&ip))
}

/// Why a sign-in that proves the password, or a token, is taken for the attacker's; `None` where it is not.
fn against(exam: &Exam<'_>, row: &Row<'_>) -> Option<Reason> {
    let when = format_time(row.event.datetime);
    if let Some(ip) = client_address(row.event).filter(|ip| is_named(exam, *ip)) {
        return Some(Reason { why: format!("sign-in at {when} from {ip}, which the investigator named"), from: None });
    }
    if let Some(risk) = exam.risk.against(row, exam.baseline.is_own_managed(row)) {
        return Some(Reason { why: format!("sign-in at {when} that the service calls risky ({risk})"), from: None });
    }
    let total = if row.in_window { exam.points(row) } else { 0 };
    let why = || format!("sign-in at {when} with attacker score {total}");
    (total >= LINKED).then(|| Reason { why: why(), from: Some(row.event.origin.clone()) })
}

/// Stop rules: an address that is the account's own habit, the habit of many others, or known good, is no attacker's.
fn may_be_attackers(exam: &Exam<'_>, ip: IpAddr) -> bool {
    exam.baseline.days_at(ip) < OWN_DAYS && !exam.shared.contains(&place(ip)) && !logins::is_known_good(exam, ip)
}

/// Whether a strong finding about this row says by itself whose act it was. What the owner may have done, where the owner
/// is every day, says nothing of the place: one rule too many would make an intruder of a whole office.
fn teaches(exam: &Exam<'_>, finding: &Finding, row: &Row<'_>) -> bool {
    let score = exam.weigh(row);
    score.is_unusual() || finding.on_its_face && score.total() >= 0 && !exam.vouched.is_everyday(row.event)
}

/// Whether the session of a suspicious sign-in can be the attacker's. One that began on a managed device is the owner's,
/// unless the investigator or the service speaks against its use at a place that is not the account's.
fn may_be_stolen(exam: &Exam<'_>, row: &Row<'_>, session: &str, reason: &Reason) -> bool {
    let elsewhere = || client_address(row.event).is_none_or(|ip| exam.baseline.days_at(ip) == 0);
    match reason.from {
        Some(_) => !exam.baseline.is_managed_session(session) && !exam.vouched.is_session(row.event),
        None => !exam.baseline.is_managed_session(session) || elsewhere(),
    }
}

/// Whether the event is from the owner's end of a session that began on a managed device, stolen or not: from a place or
/// network of the account, or from where such a device signed in.
fn is_managed_end(exam: &Exam<'_>, event: &Event) -> bool {
    let managed = event.session_id.as_deref().is_some_and(|session| exam.baseline.is_managed_session(session));
    managed && (!exam.baseline.is_new_place(event) || exam.baseline.is_own_session(event))
}

/// The same of any session that began on a device of the owner, also inside the window.
fn is_owners_end(exam: &Exam<'_>, event: &Event) -> bool {
    let usual = || client_address(event).is_some_and(|ip| exam.baseline.days_at(ip) >= OWN_DAYS);
    is_managed_end(exam, event) || exam.vouched.is_session(event) || exam.vouched.began_session(event) && usual()
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
    fn what_speaks_for_the_owner_makes_a_score_two_sided() {
        assert!(made_of(&[3], &[4]).is_one_sided());
        assert!(!made_of(&[1], &[5, -3]).is_one_sided());
    }
}
