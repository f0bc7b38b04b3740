//! The attacker set: sessions, tokens and addresses, with the chain that led to each of them.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use chrono::{DateTime, Utc};

use crate::analyze::exam::{Exam, Row};
use crate::analyze::intruder::attribution::{LINKED, Score};
use crate::analyze::intruder::baseline::{OWN_DAYS, client_address, place};
use crate::analyze::people::actor::ActorClass;
use crate::analyze::people::deputies;
use crate::analyze::sign_ins::logins;
use crate::analyze::sign_ins::risk::service_risk;
use crate::examination::{Attacker, AttackerMember};
use crate::finding::{Assessment, Attribution, Finding, Weight};
use crate::origin::Origin;
use crate::timeline::{Event, format_time};
use crate::untrusted::Untrusted;

/// The attacker, as far as known.
#[derive(Debug, Clone, Default)]
pub struct AttackerSet {
    /// By their places: an IPv6 address changes daily inside its /64.
    addresses: BTreeMap<IpAddr, Vec<Reason>>,
    /// The addresses at these places that records name.
    seen: BTreeSet<IpAddr>,
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
    /// Whether it says no more than that the account was somewhere else.
    journey: bool,
}

impl Reason {
    /// What the investigator or the service says.
    fn said(why: String) -> Self {
        Self { why, from: None, journey: false }
    }
}

/// A reason, as a score tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// In words.
    pub why: String,
    /// Whether it, and every other, says no more than that the account was somewhere else.
    pub journey: bool,
}

/// The first reason that does not rest on `event` itself; one that says more than a journey before the others.
fn reason_beyond<'r>(reasons: &'r [Reason], event: &Event) -> Option<&'r Reason> {
    let beyond = || reasons.iter().filter(|reason| reason.from.as_ref() != Some(&event.origin));
    beyond().find(|reason| !reason.journey).or_else(|| beyond().next())
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
            set.take(exam, row, &Reason::said(why));
        }
        set.take_named(exam);
        for (row, why) in deputies::intruders(exam) {
            set.take(exam, row, &Reason::said(why));
        }
        set.expand(exam);
        set
    }

    /// Takes in what else the account did from addresses that the investigator named: the sign-in behind it may be in
    /// no export. Of what others did to the account from there the address alone: the session is theirs.
    fn take_named(&mut self, exam: &Exam<'_>) {
        let told = |reasons: Option<&Vec<Reason>>| reasons.into_iter().flatten().any(|reason| reason.from.is_none());
        let acts = exam.rows.iter().filter(|row| row.parts.any() && !crate::analyze::is_housekeeping(row.class));
        for row in acts.filter(|row| !row.is_sign_in() && !row.failed()) {
            let Some(ip) = client_address(row.event).filter(|ip| is_named(exam, *ip)) else { continue };
            let own = row.parts.actor && row.class == ActorClass::Own;
            let mut sessions = row.events().filter_map(Event::session).filter(|_| own);
            // The first act of each session from there tells enough.
            if told(self.addresses.get(&place(ip)))
                && sessions.all(|session| told(self.sessions.get(&session.to_lowercase())))
            {
                continue;
            }
            let (when, action) = (format_time(row.event.datetime), row.event.action());
            let why = format!("act at {when} from {ip}, which the investigator named ({action})");
            let reason = Reason::said(why);
            if own {
                self.take(exam, row, &reason);
            } else {
                self.remember_address(ip, &reason);
            }
        }
    }

    /// The same set, with what strong findings teach about the account's own acts, and those in a stolen session of
    /// somebody who works here, expanded again. What is strong only because it came from an address never seen before
    /// teaches nothing: the owner's whole journey would be the attacker's.
    pub fn from_findings(exam: &Exam<'_>, assessments: &[Assessment]) -> Self {
        let mut set = exam.attacker.clone();
        let strong = |finding: &&Finding| finding.verdict == Weight::Strong;
        for finding in assessments.iter().filter(|one| one.number > 0).flat_map(|one| &one.findings).filter(strong) {
            if let Some(row) = finding.records.first().and_then(|record| exam.cited(record))
                && (row.class == ActorClass::Own && teaches(exam, finding, row) || is_strangers(exam, finding, row))
            {
                set.take(exam, row, &made(exam, finding, row));
            }
        }
        let linked = |finding: &&Finding| strong(finding) && finding.attribution == Attribution::Linked;
        set.learn_acts(exam, assessments.iter().flat_map(|one| &one.findings).filter(linked));
        set.expand(exam);
        set
    }

    /// The same set, with from where those worked whom the attacker let into the mailbox, expanded again; `None` where
    /// nobody was.
    pub fn with_admitted(exam: &Exam<'_>) -> Option<Self> {
        let mut set = exam.attacker.clone();
        let mut any = false;
        for row in exam.acts().filter(|row| row.class == ActorClass::Delegate) {
            if let Some(reason) = admitted(exam, row) {
                set.take(exam, row, &reason);
                any = true;
            }
        }
        any.then(|| {
            set.expand(exam);
            set
        })
    }

    /// Takes in from where the acts were done that these linked findings cite and that are linked by themselves: where no
    /// export has sign-ins they are all there is. What was done in a session of the account's own says nothing of who has
    /// it: its telephone is abroad at times.
    fn learn_acts<'f>(&mut self, exam: &Exam<'_>, findings: impl Iterator<Item = &'f Finding>) {
        let own = LazyCell::new(|| own_sessions(exam));
        for finding in findings {
            for row in finding.records.iter().filter_map(|record| exam.cited(record)) {
                let session = exam.lent.session(row.event).map(str::to_lowercase);
                if is_linked_act(exam, row)
                    && !self.holds(exam, row.event)
                    && session.is_none_or(|session| !own.contains(&session))
                {
                    self.take(exam, row, &made(exam, finding, row));
                }
            }
        }
    }

    /// Takes the row's session and address in, where they can be the attacker's.
    fn take(&mut self, exam: &Exam<'_>, row: &Row<'_>, reason: &Reason) {
        // The audit log may know a session that the sign-in's export left out.
        for event in row.events() {
            let session = event.session();
            let stolen = session.is_none_or(|session| may_be_stolen(exam, row, session, reason));
            if let Some(session) = session.filter(|_| stolen) {
                remember(self.sessions.entry(session.to_lowercase()).or_default(), reason);
            }
            if let Some(token) = event.token().filter(|_| stolen) {
                remember(self.tokens.entry(token.to_owned()).or_default(), reason);
            }
        }
        if let Some(ip) = exam.lent.address(row.event)
            && may_be_attackers(exam, ip)
            && (reason.from.is_none() || !exam.vouched.is_everyday(row.event))
        {
            self.remember_address(ip, reason);
        }
    }

    fn remember_address(&mut self, ip: IpAddr, reason: &Reason) {
        self.seen.insert(ip);
        remember(self.addresses.entry(place(ip)).or_default(), reason);
    }

    /// Session or token → its addresses and tokens, address → its other sessions of the same account; until nothing new
    /// is found.
    fn expand(&mut self, exam: &Exam<'_>) {
        loop {
            let size = |set: &Self| (set.addresses.len(), set.sessions.len(), set.tokens.len());
            let before = size(self);
            let rows = exam.rows.iter().filter(|row| row.in_window || exam.baseline.is_begun(row.event));
            for row in rows.filter(|row| row.class == ActorClass::Own && !row.failed()) {
                self.follow(exam, row);
            }
            if before == size(self) {
                break;
            }
        }
        let of_set = exam.rows.iter().filter(|row| row.parts.actor && !row.failed() && self.holds(exam, row.event));
        let (steps, done): (Vec<&Row<'_>>, Vec<&Row<'_>>) = of_set.partition(|row| row.interrupted());
        // Who was stopped at the second factor was not inside; who got in by the same flow began with its first step.
        let flow = |row: &Row<'_>| row.event.correlation_id.as_deref().map(str::to_lowercase);
        let flows: BTreeSet<String> = done.iter().filter(|row| row.is_sign_in()).filter_map(|row| flow(row)).collect();
        let steps = steps.into_iter().filter(|row| flow(row).is_some_and(|flow| flows.contains(&flow)));
        let there = done.iter().filter_map(|row| exam.lent.address(row.event));
        self.seen.extend(there.filter(|ip| self.addresses.contains_key(&place(*ip))));
        self.times = done.iter().copied().chain(steps).map(|row| row.event.datetime).collect();
        self.times.sort();
    }

    /// Takes in what one act of the account adds.
    fn follow(&mut self, exam: &Exam<'_>, row: &Row<'_>) {
        let event = row.event;
        let when = || format_time(event.datetime);
        let reason = |(why, journey): (String, bool)| vec![Reason { why, from: Some(event.origin.clone()), journey }];
        let journey = |reasons: &[Reason]| reasons.iter().all(|reason| reason.journey);
        let session = self
            .session_of(exam, event)
            .map(|(session, why)| (format!("used in session {session} at {}", when()), journey(why)));
        let in_session = session.is_some();
        let token = || {
            let token = self.token_of(exam, event);
            token.map(|(token, why)| (format!("used with token {token} at {}", when()), journey(why)))
        };
        let ip = exam.lent.address(event).filter(|ip| may_be_attackers(exam, *ip) && !exam.vouched.is_everyday(event));
        if let Some(why) = session.or_else(token) {
            if let Some(ip) = ip {
                self.addresses.entry(place(ip)).or_insert_with(|| reason(why.clone()));
                self.seen.insert(ip);
            }
            if let Some(token) = exam.lent.token(event) {
                self.tokens.entry(token.to_owned()).or_insert_with(|| reason(why));
            }
        }
        if let (false, Some(ip), Some(session)) = (in_session, exam.lent.address(event), exam.lent.session(event))
            && let Some(reasons) = self.addresses.get(&place(ip))
            && !exam.baseline.is_managed_session(session)
            && !exam.vouched.is_session(event)
        {
            let why = (format!("from address {ip} at {}", when()), journey(reasons));
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
        let session = exam.lent.session(event)?.to_lowercase();
        let (name, reasons) = self.sessions.get_key_value(&session)?;
        Some((name, reasons))
    }

    /// The set's token that the event was done with, with why it is in the set. A copied token goes on in the owner's
    /// hands: at a place of the account, or where its own device signed in, it says nothing.
    fn token_of(&self, exam: &Exam<'_>, event: &Event) -> Option<(&str, &[Reason])> {
        let (token, reasons) = self.tokens.get_key_value(exam.lent.token(event)?)?;
        let owners = client_address(event).is_some()
            && (!exam.baseline.is_new_place(event) || exam.baseline.is_own_session(event));
        (!owners).then_some((token, reasons))
    }

    /// Whether the event belongs to one of the set's sessions or tokens.
    pub fn is_in_hand(&self, exam: &Exam<'_>, event: &Event) -> bool {
        self.session_of(exam, event).is_some() || self.token_of(exam, event).is_some()
    }

    /// Whether the event belongs to one of the set's sessions.
    pub fn is_in_session(&self, exam: &Exam<'_>, event: &Event) -> bool {
        self.session_of(exam, event).is_some()
    }

    /// Which of the set's sessions, or else tokens, the event belongs to and why that is in the set, by another record
    /// than the event.
    pub fn hand(&self, exam: &Exam<'_>, event: &Event) -> Option<Told> {
        let told = |what: &str, (name, reasons): (&str, &[Reason])| {
            let reason = reason_beyond(reasons, event)?;
            Some(Told { why: format!("{what} {name}: {}", reason.why), journey: reason.journey })
        };
        let session = self.session_of(exam, event).and_then(|session| told("session", session));
        session.or_else(|| told("token", self.token_of(exam, event)?))
    }

    /// Why an address is in the set, by another record than the event.
    pub fn why_address(&self, ip: IpAddr, event: &Event) -> Option<Told> {
        let reason = reason_beyond(self.addresses.get(&place(ip))?, event)?;
        Some(Told { why: reason.why.clone(), journey: reason.journey })
    }

    /// Whether the event comes from the set's sessions, tokens or addresses.
    pub fn holds(&self, exam: &Exam<'_>, event: &Event) -> bool {
        self.is_in_hand(exam, event) || exam.lent.address(event).is_some_and(|ip| self.is_at(exam, ip))
    }

    /// Whether the address is one of the set's, or one that the investigator named.
    pub fn is_at(&self, exam: &Exam<'_>, ip: IpAddr) -> bool {
        is_named(exam, ip) || self.addresses.contains_key(&place(ip))
    }

    /// The addresses, as records name them.
    pub fn ips(&self) -> impl Iterator<Item = IpAddr> {
        self.seen.iter().copied()
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
        let address = |ip: &IpAddr| Some(member(ip.to_string(), self.addresses.get(&place(*ip))?));
        Attacker {
            addresses: self.seen.iter().filter_map(address).collect(),
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
    // Five tell enough; the first that says more than a journey is told behind as many that do not.
    let more = !reason.journey && reasons.iter().all(|known| known.journey);
    if (reasons.len() < 5 || more) && !reasons.contains(reason) {
        reasons.push(reason.clone());
    }
}

/// Whether the investigator named the address.
pub fn is_named(exam: &Exam<'_>, ip: IpAddr) -> bool {
    exam.question.is_attackers(ip)
}

/// Why a sign-in that proves the password, or a token, is taken for the attacker's; `None` where it is not.
fn against(exam: &Exam<'_>, row: &Row<'_>) -> Option<Reason> {
    let when = format_time(row.event.datetime);
    if let Some(ip) = client_address(row.event).filter(|ip| is_named(exam, *ip)) {
        return Some(Reason::said(format!("sign-in at {when} from {ip}, which the investigator named")));
    }
    if let Some(risk) = exam.risk.against(row, exam.baseline.is_own_managed(row)) {
        return Some(Reason::said(format!("sign-in at {when} that the service calls risky ({risk})")));
    }
    // On the eve of the window a place, a device and an hour never seen before are still no more than a journey.
    let asked = |score: &Score| row.in_window || exam.baseline.is_begun(row.event) && score.tells();
    let score = Some(exam.weigh(row)).filter(asked).filter(|score| score.total() >= LINKED)?;
    let why = format!("sign-in at {when} with attacker score {}", score.total());
    Some(Reason { why, from: Some(row.event.origin.clone()), journey: score.is_journey() })
}

/// Stop rules: an address that is the account's own habit, that of many others, their way out, or known good, is no
/// attacker's, unless the investigator says that it is: who was in for three nights is named for that.
fn may_be_attackers(exam: &Exam<'_>, ip: IpAddr) -> bool {
    let all = |ip| exam.shared.contains(&ip) || exam.ways_out.contains(&ip);
    let habit = || exam.baseline.days_at(ip) >= OWN_DAYS || all(place(ip));
    is_named(exam, ip) || !habit() && !logins::is_known_good(exam, ip)
}

/// Whether a strong finding about this row says by itself whose act it was. What the owner may have done, where the owner
/// is every day, says nothing of the place: one rule too many would make an intruder of a whole office.
fn teaches(exam: &Exam<'_>, finding: &Finding, row: &Row<'_>) -> bool {
    let score = exam.weigh(row);
    score.is_unusual() || finding.on_its_face && score.total() >= 0 && !exam.vouched.is_everyday(row.event)
}

/// Whether what is malicious on its face was done in the session of an administrator or a deputy, from where that one never
/// worked: the session is stolen.
fn is_strangers(exam: &Exam<'_>, finding: &Finding, row: &Row<'_>) -> bool {
    let others = matches!(row.class, ActorClass::Admin | ActorClass::Delegate);
    others && finding.on_its_face && exam.habits().is_away(exam, row)
}

/// That the attacker let in whoever did this. A giving that no more than a journey speaks against says nothing of the
/// place of whom it lets in, nor does the place from where that one worked here before.
fn admitted(exam: &Exam<'_>, row: &Row<'_>) -> Option<Reason> {
    let grant = exam.grants().by_intruder(exam, row)?;
    let given = exam.weigh(grant);
    if given.total() < LINKED || !given.tells() || exam.habits().is_at_work(exam, row) {
        return None;
    }
    let (who, when) = (row.event.user_raw.as_deref().unwrap_or_default(), format_time(grant.event.datetime));
    let why = format!("place of the delegate {who}, whom the attacker admitted to the mailbox at {when}");
    Some(Reason { why, from: Some(grant.event.origin.clone()), journey: false })
}

/// That a finding tells of what the row did.
fn made(exam: &Exam<'_>, finding: &Finding, row: &Row<'_>) -> Reason {
    let why = format!("made what finding {} shows at {}", finding.id, format_time(finding.time));
    let journey = !finding.on_its_face && exam.weigh(row).is_journey();
    Reason { why, from: Some(row.event.origin.clone()), journey }
}

/// The sessions, lower-cased, that the account used before the window or at a place of before.
fn own_sessions(exam: &Exam<'_>) -> BTreeSet<String> {
    let theirs = |event: &Event| exam.baseline.is_begun(event) || exam.baseline.is_moved_in(event);
    let before = |event: &Event| event.datetime < exam.window.from && !theirs(event);
    let at_home = |event: &Event| client_address(event).is_some_and(|ip| exam.baseline.days_at(ip) > 0);
    let rows = exam.rows.iter().filter(|row| row.class == ActorClass::Own && !row.failed());
    let own = rows.filter(|row| before(row.event) || at_home(row.event));
    own.filter_map(|row| exam.lent.session(row.event)).map(str::to_lowercase).collect()
}

/// Whether it is an act of the account inside the window that its score links to the attacker. Sign-ins are the seeds and
/// have been asked.
pub fn is_linked_act(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    let done = row.in_window && row.class == ActorClass::Own && !row.failed() && !row.interrupted();
    done && !row.is_sign_in() && exam.points(row) >= LINKED
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
pub fn is_managed_end(exam: &Exam<'_>, event: &Event) -> bool {
    let managed = event.session().is_some_and(|session| exam.baseline.is_managed_session(session));
    managed && (!exam.baseline.is_new_place(event) || exam.baseline.is_own_session(event))
}

/// The same of any session that began on a device of the owner, also inside the window.
fn is_owners_end(exam: &Exam<'_>, event: &Event) -> bool {
    let usual = || client_address(event).is_some_and(|ip| exam.baseline.days_at(ip) >= OWN_DAYS);
    is_managed_end(exam, event) || exam.vouched.is_session(event) || exam.vouched.began_session(event) && usual()
}
