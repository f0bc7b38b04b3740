//! What other accounts did from the attacker's addresses and in the attacker's sessions: which records to look for
//! once the attacker is known, and what is made of them.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

use crate::analyze::exam::{Exam, Row};
use crate::analyze::intruder::baseline::{self, OWN_DAYS, client_address};
use crate::analyze::intruder::fingerprints;
use crate::analyze::intruder::tries::{self, Refusal, Rights};
use crate::analyze::people::deputies::{self, Visits};
use crate::analyze::people::identity::Subject;
use crate::analyze::sign_ins::{logins, risk};
use crate::analyze::{is_housekeeping, scope};
use crate::examination::{OtherAccount, Reach};
use crate::knowledge::errors;
use crate::origin::RecordRef;
use crate::timeline::Event;
use crate::timeline::query::{self, Hint, Near};
use crate::untrusted::Untrusted;

/// So many other accounts with the same habit make a place a shared way out.
const SHARED: usize = 5;
/// So many whose managed devices sign in from a place, each on so many days of the window, make it the way out of all.
const COLLEAGUES: usize = 3;
const DAYS_THERE: usize = 2;
/// How far around a refusal others' sign-ins are asked for: the hour that passwords tried on many accounts are looked for
/// in, and a little more, so that each lies beside its twin.
const AROUND: TimeDelta = TimeDelta::minutes(65);
/// Records that one account is shown with.
const RECORDS: usize = 20;

/// When others' sign-ins from a place are of interest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tried {
    /// At any time.
    Ever,
    /// Those that were refused, around each of these refusals of the account.
    Around(Vec<Refusal>),
}

impl Tried {
    /// The spans of time in which they are, both ends in it.
    pub fn spans(&self) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
        match self {
            Self::Ever => vec![(DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC)],
            Self::Around(refusals) => {
                refusals.iter().map(|refusal| (refusal.time - AROUND, refusal.time + AROUND)).collect()
            }
        }
    }

    /// Whether sign-ins of this day are of interest.
    pub fn touches(&self, date: NaiveDate) -> bool {
        let Self::Around(refusals) = self else { return true };
        let start = date.and_time(NaiveTime::MIN).and_utc();
        let first = refusals.partition_point(|refusal| refusal.time < start - AROUND);
        refusals.get(first).is_some_and(|refusal| refusal.time < start + TimeDelta::days(1) + AROUND)
    }
}

/// Which records of other accounts to look for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Around {
    /// The attacker's places (an address; the /64 of an IPv6 address).
    pub places: BTreeSet<IpAddr>,
    /// Places from where somebody tried the account's password: who else signed in there is of interest, not what they
    /// do. It may be the way out of a whole company: only refusals around the account's own are asked for, but for a
    /// place that the investigator calls the attacker's.
    pub tried: BTreeMap<IpAddr, Tried>,
    /// The same of ranges of neighbouring addresses that are new to the account: who tries passwords may change the
    /// address with every try.
    pub ranges: BTreeMap<IpAddr, Tried>,
    /// Sessions of the attacker, and those in which others worked in this mailbox; lower-cased.
    pub sessions: BTreeSet<String>,
    /// Places from where others worked here in no recorded session, with the times, in their order: their own sign-ins
    /// there, within a day, tell whether an intruder did.
    pub deputies: BTreeMap<IpAddr, Vec<DateTime<Utc>>>,
    /// Places from where others worked here at all, with the times, in their order: reports of the risk of their sign-ins
    /// there, within a day, tell the same.
    pub visits: BTreeMap<IpAddr, Vec<DateTime<Utc>>>,
    /// Whether settings of other mailboxes are to be compared with this one's.
    pub settings: bool,
}

impl Around {
    /// What to look for, from the attacker set and the sign-ins that are not like the account's own.
    pub fn of(exam: &Exam<'_>) -> Self {
        let tried = logins::of(exam)
            .filter(|row| logins::is_wrong_secret(row) || logins::proves_password(row))
            .filter(|row| !logins::is_usual_place(exam, row.event) && exam.points(row) > 0 || refused(exam, row))
            .filter_map(|row| Some((row, baseline::place(client_address(row.event)?))));
        let places: BTreeSet<IpAddr> = exam.attacker.ips().map(baseline::place).collect();
        let tried: BTreeSet<IpAddr> = tried.map(|(_, place)| place).filter(|place| !places.contains(place)).collect();
        let mut refusals = refusals(exam);
        let ranges = ranges(exam, &refusals);
        let at = |place: IpAddr| match is_named(exam, place) {
            true => Some((place, Tried::Ever)),
            false => Some((place, Tried::Around(refusals.remove(&place)?))),
        };
        let tried = tried.into_iter().filter_map(at).collect();
        let settings = exam.acts().any(|row| !fingerprints::of(exam, row.event).is_empty());
        let Visits { sessions: visitors, places: deputies, all: visits } = Visits::of(exam);
        let sessions = exam.attacker.session_names().map(str::to_owned).chain(visitors).collect();
        Self { places, tried, ranges, sessions, deputies, visits, settings }
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        let nowhere = self.places.is_empty() && self.tried.is_empty() && self.ranges.is_empty();
        nowhere && self.sessions.is_empty() && self.deputies.is_empty() && self.visits.is_empty() && !self.settings
    }

    /// Whether it is an operation whose settings are compared across mailboxes.
    pub fn is_setting(action: &str) -> bool {
        fingerprints::OPERATIONS.iter().any(|name| name.eq_ignore_ascii_case(action))
    }

    /// Whether a record with these narrow columns is one of them, and not on the account's own table already.
    pub fn wants(&self, subject: &Subject, row: &query::Row<'_>) -> bool {
        let here = || self.is_place(row.source_ip) || self.is_session(row.session_id);
        let tried = || Self::is_sign_in(row.action) && self.time(row.source_ip, row.datetime);
        let told = || Self::is_risk(row.action) && is_visit(&self.visits, row.source_ip, row.datetime);
        // The service's own cmdlets are thousands, and nobody's campaign.
        let set = || {
            self.settings
                && Self::is_setting(row.action)
                && !scope::is_by_service(row.parties)
                && !row.parties.contains("|a:sync_")
        };
        (here() || tried() || told() || set()) && !scope::wanted(subject, row.parties, row.action)
    }

    /// Whether an address is at one of the places.
    pub fn is_place(&self, address: &str) -> bool {
        place(address).is_some_and(|place| self.places.contains(&place))
    }

    /// Whether a session is one of those that are looked for.
    pub fn is_session(&self, session: &str) -> bool {
        !session.is_empty() && self.sessions.contains(&session.to_lowercase())
    }

    /// Whether it is the operation of a sign-in.
    pub fn is_sign_in(action: &str) -> bool {
        ["UserLoggedIn", "UserLoginFailed", "Sign-in activity"].iter().any(|name| name.eq_ignore_ascii_case(action))
    }

    /// Whether it is the operation of a report of risk: its kind, or what the audit log calls such a record.
    pub fn is_risk(action: &str) -> bool {
        ["AadRiskDetection", "RiskDetection", "Risk detection"].iter().any(|name| name.eq_ignore_ascii_case(action))
            || errors::risk_is_of_sign_in(action)
    }

    /// When sign-ins from there are of interest: of the place, and of its range.
    pub fn tried_at(&self, address: &str) -> impl Iterator<Item = &Tried> {
        let place = place(address);
        let range = place.and_then(baseline::range).and_then(|range| self.ranges.get(&range));
        place.and_then(|place| self.tried.get(&place)).into_iter().chain(range)
    }

    /// Also looks for what the other looks for; but for settings.
    pub fn join(&mut self, other: &Self) {
        self.places.extend(&other.places);
        self.sessions.extend(other.sessions.iter().cloned());
        join_tried(&mut self.tried, &other.tried);
        join_tried(&mut self.ranges, &other.ranges);
        for (own, others) in [(&mut self.deputies, &other.deputies), (&mut self.visits, &other.visits)] {
            for (place, times) in others {
                let all = own.entry(*place).or_default();
                all.extend(times);
                all.sort_unstable();
                all.dedup();
            }
        }
    }
}

/// Whether others worked here from this address within a day of the time.
fn is_visit(visits: &BTreeMap<IpAddr, Vec<DateTime<Utc>>>, address: &str, time: DateTime<Utc>) -> bool {
    let times = place(address).and_then(|place| visits.get(&place)).map(Vec::as_slice).unwrap_or_default();
    is_near(times, time - deputies::NEAR, time + deputies::NEAR)
}

/// Whether one of the times, which are in their order, lies between two others.
fn is_near(times: &[DateTime<Utc>], from: DateTime<Utc>, to: DateTime<Utc>) -> bool {
    times.get(times.partition_point(|time| *time < from)).is_some_and(|time| *time <= to)
}

fn join_tried(all: &mut BTreeMap<IpAddr, Tried>, other: &BTreeMap<IpAddr, Tried>) {
    for (place, tried) in other {
        match (all.entry(*place).or_insert_with(|| tried.clone()), tried) {
            (Tried::Around(known), Tried::Around(more)) => {
                known.extend(more);
                known.sort_unstable();
                known.dedup();
            }
            (known, _) => *known = Tried::Ever,
        }
    }
}

impl Near for Around {
    fn day(&self, date: NaiveDate) -> bool {
        let always = !self.places.is_empty() || !self.sessions.is_empty() || self.settings;
        let start = date.and_time(NaiveTime::MIN).and_utc();
        let (from, to) = (start - deputies::NEAR, start + TimeDelta::days(1) + deputies::NEAR);
        always
            || self.tried.values().chain(self.ranges.values()).any(|tried| tried.touches(date))
            || self.deputies.values().chain(self.visits.values()).any(|times| is_near(times, from, to))
    }

    fn sessions(&self) -> bool {
        !self.sessions.is_empty()
    }

    fn address(&self, address: &str) -> Hint {
        let tried: Vec<&Tried> = self.tried_at(address).collect();
        match () {
            () if self.is_place(address) => Hint::Whole,
            () if tried.contains(&&Tried::Ever) => Hint::Half,
            () if place(address).is_some_and(|place| self.deputies.contains_key(&place)) => Hint::Half,
            () if tried.is_empty() => Hint::Nothing,
            () => Hint::Coded,
        }
    }

    fn session(&self, session: &str) -> bool {
        self.is_session(session)
    }

    fn action(&self, action: &str) -> Hint {
        match () {
            () if self.settings && Self::is_setting(action) => Hint::Whole,
            // They are few.
            () if !self.visits.is_empty() && Self::is_risk(action) => Hint::Whole,
            () if Self::is_sign_in(action) => Hint::Half,
            () => Hint::Nothing,
        }
    }

    fn actor(&self, actor: &str) -> bool {
        !scope::is_service(actor)
    }

    fn code(&self, code: &str) -> bool {
        tries::is_refusal(code)
    }

    fn time(&self, address: &str, time: DateTime<Utc>) -> bool {
        is_visit(&self.deputies, address, time)
            || self.tried_at(address).any(|tried| match tried {
                Tried::Ever => true,
                Tried::Around(refusals) => {
                    let first = refusals.partition_point(|refusal| refusal.time < time - AROUND);
                    refusals.get(first).is_some_and(|refusal| refusal.time <= time + AROUND)
                }
            })
    }
}

/// When the account's password was refused at each place, in time order.
fn refusals(exam: &Exam<'_>) -> BTreeMap<IpAddr, Vec<Refusal>> {
    let rights = Rights::of(exam, |event| Some(logins::place(event)));
    let mut refusals: BTreeMap<IpAddr, Vec<Refusal>> = BTreeMap::new();
    for row in logins::of(exam).filter(|row| logins::is_wrong_secret(row)) {
        if let Some(place) = client_address(row.event).map(baseline::place) {
            refusals.entry(place).or_default().push(rights.refusal(&place.to_string(), row.event.datetime));
        }
    }
    refusals
}

/// When the account's password was refused in each range that is new to it, or first was right at a place of the
/// attacker's there: in time order.
fn ranges(exam: &Exam<'_>, refusals: &BTreeMap<IpAddr, Vec<Refusal>>) -> BTreeMap<IpAddr, Tried> {
    let mut times: BTreeMap<IpAddr, BTreeSet<DateTime<Utc>>> = BTreeMap::new();
    for (place, refusals) in refusals {
        if let Some(range) = baseline::range(*place) {
            times.entry(range).or_default().extend(refusals.iter().map(|refusal| refusal.time));
        }
    }
    let mut entered = BTreeSet::new();
    for row in logins::of(exam).filter(|row| logins::proves_password(row) && exam.attacker.holds(exam, row.event)) {
        if let Some(range) = client_address(row.event).and_then(baseline::range).filter(|range| entered.insert(*range))
        {
            times.entry(range).or_default().insert(row.event.datetime);
        }
    }
    times.retain(|range, _| !exam.baseline.knows_range(*range) && !logins::is_known_good(exam, *range));
    let rights = Rights::of(exam, |event| logins::range(event).map(|range| range.to_string()));
    let tried = |(range, times): (IpAddr, BTreeSet<DateTime<Utc>>)| {
        let refusals = times.into_iter().map(|time| rights.refusal(&range.to_string(), time));
        (range, Tried::Around(refusals.collect()))
    };
    times.into_iter().map(tried).collect()
}

/// Whether the investigator calls the place the attacker's.
fn is_named(exam: &Exam<'_>, place: IpAddr) -> bool {
    let mut named = exam.question.attacker_addresses.iter().filter(|_| place.is_ipv6());
    exam.question.is_attackers(place) || named.any(|network| baseline::place(network.addr()) == place)
}

/// The place of an address.
pub fn place(address: &str) -> Option<IpAddr> {
    address.parse::<IpAddr>().ok().map(|ip| baseline::place(ip.to_canonical()))
}

/// Whether it is a refused password from a place that is not the account's own.
fn refused(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    logins::is_wrong_secret(row) && !logins::is_usual_place(exam, row.event)
}

/// The other accounts, those that were entered first; and sentences about addresses that are other people's habit.
pub fn blast_radius(exam: &Exam<'_>) -> (Vec<OtherAccount>, Vec<String>) {
    let habits = habits(exam, |_| true);
    let mut accounts: BTreeMap<String, Vec<Sight<'_>>> = BTreeMap::new();
    for row in exam.others.iter().filter(|row| row.in_window && !is_housekeeping(row.class)) {
        let Some(account) = account(row.event) else { continue };
        let own = client_address(row.event).is_some_and(|ip| is_habit(&habits, &account, ip));
        if !own && exam.attacker.holds(exam, row.event) {
            accounts.entry(account).or_default().push(Sight { row, reach: reach(row) });
        }
    }
    for row in exam.window_rows().filter(|row| exam.is_attackers_hand(row)) {
        let Some(mailbox) = row.event.mailbox_upn.as_deref().map(str::to_lowercase) else { continue };
        if row.parts.actor && !row.parts.mailbox && !exam.subject.is(&mailbox) {
            accounts.entry(mailbox).or_default().push(Sight { row, reach: Reach::Opened });
        }
    }
    let mut list: Vec<OtherAccount> =
        accounts.iter().filter_map(|(account, sights)| other(exam, account, sights)).collect();
    list.sort_by(|a, b| (b.reach, a.first, a.account.as_evidence()).cmp(&(a.reach, b.first, b.account.as_evidence())));
    (list, cautions(exam))
}

struct Sight<'x> {
    row: &'x Row<'x>,
    reach: Reach,
}

/// The account that acted.
pub fn account(event: &Event) -> Option<String> {
    let name = name_of(event.user_upn.as_deref().or(event.user_raw.as_deref())?);
    (!name.is_empty()).then_some(name)
}

/// An account's name as accounts are told apart by it.
pub fn name_of(actor: &str) -> String {
    actor.trim().to_lowercase()
}

fn reach(row: &Row<'_>) -> Reach {
    match row.is_sign_in() {
        true if logins::got_in(row) => Reach::Entered,
        true if logins::proves_password(row) => Reach::PasswordKnown,
        true => Reach::Tried,
        false if row.failed() => Reach::Tried,
        false => Reach::Entered,
    }
}

/// Account and place → the days before the window on which it was used.
type Habits = BTreeMap<(String, IpAddr), BTreeSet<NaiveDate>>;

fn habits(exam: &Exam<'_>, counts: impl Fn(&Row<'_>) -> bool) -> Habits {
    let mut habits = Habits::new();
    let before = exam.others.iter().filter(|row| row.event.datetime < exam.window.from && !row.failed());
    let before = before.filter(|row| counts(row));
    for row in before {
        if let (Some(account), Some(ip)) = (account(row.event), client_address(row.event)) {
            habits.entry((account, baseline::place(ip))).or_default().insert(row.event.datetime.date_naive());
        }
    }
    habits
}

fn is_habit(habits: &Habits, account: &str, ip: IpAddr) -> bool {
    habits.get(&(account.to_owned(), baseline::place(ip))).is_some_and(|days| days.len() >= OWN_DAYS)
}

/// Other accounts of the tenant that used a place on [`OWN_DAYS`] or more days before the window.
fn regulars(exam: &Exam<'_>) -> BTreeMap<IpAddr, usize> {
    let mut users: BTreeMap<IpAddr, usize> = BTreeMap::new();
    for ((_, place), days) in habits(exam, |row| !exam.apart.is_foreign(row.event)) {
        if days.len() >= OWN_DAYS {
            *users.entry(place).or_default() += 1;
        }
    }
    users
}

/// Places among those that are taken for the attacker's which are the habit of many: nobody is found through them. What
/// the investigator names stays.
pub fn shared_places(exam: &Exam<'_>) -> BTreeSet<IpAddr> {
    let attackers: BTreeSet<IpAddr> = exam.attacker.ips().map(baseline::place).collect();
    let users = regulars(exam).into_iter().filter(|(_, users)| *users >= SHARED);
    users.map(|(place, _)| place).filter(|place| attackers.contains(place) && !is_named(exam, *place)).collect()
}

/// Places among those that are taken for the attacker's where managed devices of several other accounts sign in as well,
/// day by day inside the window: the organisation's new way out, and new to everybody.
pub fn ways_out(exam: &Exam<'_>) -> BTreeSet<IpAddr> {
    let attackers: BTreeSet<IpAddr> = exam.attacker.ips().map(baseline::place).collect();
    let users = managed_users(exam).into_iter().filter(|(_, users)| *users >= COLLEAGUES);
    users.map(|(place, _)| place).filter(|place| attackers.contains(place) && !is_named(exam, *place)).collect()
}

/// Other accounts of the tenant that signed in from a place inside the window, on managed devices and on several days.
fn managed_users(exam: &Exam<'_>) -> BTreeMap<IpAddr, usize> {
    let mut habits = Habits::new();
    let managed = |row: &&Row<'_>| {
        let event = row.event;
        row.in_window && logins::got_in(row) && baseline::is_managed(event) && !exam.apart.is_foreign(event)
    };
    // Whose device is said to be misused speaks for nobody.
    let trusted = |row: &&Row<'_>| risk::service_risk(row.event).is_none();
    for row in exam.others.iter().filter(|row| row.is_sign_in()).filter(managed).filter(trusted) {
        if let (Some(account), Some(place)) = (account(row.event), baseline::spot(row.event)) {
            habits.entry((account, place)).or_default().insert(row.event.datetime.date_naive());
        }
    }
    let mut users: BTreeMap<IpAddr, usize> = BTreeMap::new();
    for ((_, place), _) in habits.into_iter().filter(|(_, days)| days.len() >= DAYS_THERE) {
        *users.entry(place).or_default() += 1;
    }
    users
}

/// An address that many people use is a shared way out (a mobile network, a VPN), and speaks against nobody.
fn cautions(exam: &Exam<'_>) -> Vec<String> {
    let attackers: BTreeSet<IpAddr> = exam.attacker.ips().map(baseline::place).collect();
    let managed = |(place, count): (IpAddr, usize)| {
        exam.ways_out.contains(&place).then(|| {
            format!(
                "address {place} is not taken for the attacker's: {count} other accounts signed in from it on managed \
                 devices in the window, so it is a shared network"
            )
        })
    };
    // There are none as a rule, and then nobody need be counted again.
    let users = if exam.ways_out.is_empty() { BTreeMap::new() } else { managed_users(exam) };
    let ways_out = users.into_iter().filter_map(managed);
    let caution = |(place, count): (IpAddr, usize)| {
        if exam.shared.contains(&place) {
            return Some(format!(
                "address {place} is not taken for the attacker's: {count} other accounts used it on {OWN_DAYS} or more \
                 days before the window, so it is a shared network"
            ));
        }
        attackers.contains(&place).then(|| {
            format!(
                "address {place} is taken for the attacker's, but {count} other accounts used it on {OWN_DAYS} or more \
                 days before the window: it may be a shared network"
            )
        })
    };
    ways_out.chain(regulars(exam).into_iter().filter_map(caution)).collect()
}

fn other(exam: &Exam<'_>, account: &str, sights: &[Sight<'_>]) -> Option<OtherAccount> {
    let rows = || sights.iter().map(|sight| sight.row);
    let mut operations: BTreeMap<String, u64> = BTreeMap::new();
    for row in rows().filter(|row| !row.is_sign_in()) {
        *operations.entry(row.event.action().to_owned()).or_default() += 1;
    }
    let texts = |values: BTreeSet<&str>| values.into_iter().map(Untrusted::from).collect();
    let sessions = rows().filter_map(|row| row.event.session());
    let sign_ins = rows().filter(|row| row.is_sign_in());
    let mut furthest: Vec<&Sight<'_>> = sights.iter().collect();
    furthest.sort_by(|a, b| (b.reach, a.row.event.order()).cmp(&(a.reach, b.row.event.order())));
    let records = furthest.iter().flat_map(|sight| sight.row.records());
    Some(OtherAccount {
        account: Untrusted::new(account),
        reach: sights.iter().map(|sight| sight.reach).max()?,
        addresses: texts(rows().filter_map(|row| row.event.source_ip.as_deref()).collect()),
        sessions: texts(sessions.filter(|session| exam.attacker.knows_session(session)).collect()),
        sign_ins: sign_ins.clone().filter(|row| logins::got_in(row)).count() as u64,
        failed: sign_ins.filter(|row| !logins::got_in(row)).count() as u64,
        operations,
        first: rows().map(|row| row.event.datetime).min()?,
        last: rows().map(|row| row.event.datetime).max()?,
        records: first_few(records),
    })
}

/// The first of many records.
pub fn first_few(records: impl Iterator<Item = RecordRef>) -> Vec<RecordRef> {
    records.take(RECORDS).collect()
}
