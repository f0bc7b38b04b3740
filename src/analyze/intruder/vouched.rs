//! What speaks for a place or a session although the account was never seen there before: devices that are the account's
//! own, and, where the evidence knows no time before the window, managed ones and the account's everyday places.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::analyze::exam::Row;
use crate::analyze::intruder::baseline::{self, Baseline, OWN_DAYS, client_address, is_by_refresh_token, place};
use crate::analyze::people::actor::ActorClass;
use crate::analyze::sign_ins::logins;
use crate::analyze::sign_ins::risk::{RiskReports, service_risk};
use crate::timeline::{Event, Outcome};

/// How long around its sign-in a device speaks for a place: a day of a journey.
const NEAR: TimeDelta = TimeDelta::hours(24);

/// Places and sessions that somebody vouches for.
#[derive(Debug, Default)]
pub struct Vouched {
    /// Place → when a device signed in there.
    devices: BTreeMap<IpAddr, Vec<DateTime<Utc>>>,
    /// The sessions of these sign-ins, lower-cased, with their places.
    sessions: BTreeSet<(String, IpAddr)>,
    /// The sessions alone: what goes on elsewhere may be stolen.
    begun: BTreeSet<String>,
    /// Sign-ins on managed devices that were new to the account.
    managed: SignIns,
    /// Sign-ins whose risk somebody looked at and called safe.
    safe: SignIns,
    /// Devices by their names and machines by their kinds, lower-cased, that somebody first signed in with at a usual
    /// place: a new telephone is taken into use at the office or at home. Name or kind → since when.
    introduced: BTreeMap<String, DateTime<Utc>>,
    /// Without a time before the window: place → the days on which the account acted there, in order.
    days: BTreeMap<IpAddr, Vec<NaiveDate>>,
    /// Day → on how many days up to it the account had acted at the place where it acted most, in order.
    most: Vec<(NaiveDate, usize)>,
}

/// Sign-ins by what else was done behind them.
#[derive(Debug, Default)]
struct SignIns {
    /// Place → when.
    times: BTreeMap<IpAddr, Vec<DateTime<Utc>>>,
    /// Their sessions, lower-cased, with their places.
    sessions: BTreeSet<(String, IpAddr)>,
}

impl SignIns {
    fn take(&mut self, row: &Row<'_>, place: IpAddr) {
        self.times.entry(place).or_default().push(row.event.datetime);
        self.sessions.extend(row.events().filter_map(Event::session).map(|session| (session.to_lowercase(), place)));
    }

    /// Whether one of them began the event's session there, or, where it names none, was there within a day.
    fn are_behind(&self, event: &Event) -> bool {
        match event.session().map(str::to_lowercase).zip(client_address(event)) {
            Some((session, ip)) => self.sessions.contains(&(session, place(ip))),
            None => is_near(&self.times, event),
        }
    }
}

impl Vouched {
    /// Learns from the account's sign-ins in the window, and without a baseline from all its acts.
    pub fn new(rows: &[Row<'_>], baseline: &Baseline, risk: &RiskReports<'_>) -> Self {
        let mut vouched = Self::default();
        for row in rows.iter().filter(|row| row.in_window && row.class == ActorClass::Own && !row.failed()) {
            let Some(place) = client_address(row.event).map(place) else { continue };
            if !baseline.sufficient {
                vouched.days.entry(place).or_default().push(row.event.datetime.date_naive());
            }
            let device = baseline.is_own_device(row) || !baseline.sufficient && is_managed(row);
            let safe = risk.against(row, baseline.is_own_managed(row)).is_none();
            if risk.against(row, false).is_none() && is_taken_into_use(baseline, row) {
                for name in names(row.event) {
                    vouched.introduced.entry(name).or_insert(row.event.datetime);
                }
                let device = row.event.device_id.is_some();
                let sessions = row.events().filter_map(Event::session).filter(|_| device);
                vouched.begun.extend(sessions.map(str::to_lowercase));
            }
            if safe && baseline.sufficient && is_new_managed(baseline, row) {
                vouched.managed.take(row, place);
            }
            if logins::is_own(row) && risk.is_safe(row) {
                vouched.safe.take(row, place);
            }
            if device && safe {
                vouched.devices.entry(place).or_default().push(row.event.datetime);
                for session in row.events().filter_map(Event::session) {
                    vouched.sessions.insert((session.to_lowercase(), place));
                    vouched.begun.insert(session.to_lowercase());
                }
            }
        }
        vouched.put_in_order();
        vouched
    }

    /// A long log asks for each of its events: times and days are looked up, not walked.
    fn put_in_order(&mut self) {
        let times = [&mut self.devices, &mut self.managed.times, &mut self.safe.times];
        times.into_iter().flat_map(BTreeMap::values_mut).for_each(|times| times.sort_unstable());
        for days in self.days.values_mut() {
            days.sort_unstable();
            days.dedup();
        }
        self.most = self.days.values().flat_map(|days| days.iter().copied().zip(1..)).collect();
        self.most.sort_unstable();
        let mut most = 0;
        for (_, count) in &mut self.most {
            most = most.max(*count);
            *count = most;
        }
    }

    /// Whether a device signed in at the event's place within a day.
    pub fn by_device(&self, event: &Event) -> bool {
        is_near(&self.devices, event)
    }

    /// Whether a managed device that was new to the account began the event's session there, or, where it names none,
    /// signed in there within a day.
    pub fn by_managed(&self, event: &Event) -> bool {
        self.managed.are_behind(event)
    }

    /// The same of a sign-in whose risk somebody looked at and called safe.
    pub fn by_word(&self, event: &Event) -> bool {
        self.safe.are_behind(event)
    }

    /// Whether the event's device was taken into use at a usual place before.
    pub fn knows_device(&self, event: &Event) -> bool {
        self.is_introduced(event, event.device_id.as_deref().map(str::to_lowercase))
    }

    /// The same of a machine of the event's kind.
    pub fn knows_kind(&self, event: &Event) -> bool {
        self.is_introduced(event, baseline::kind_of(event))
    }

    fn is_introduced(&self, event: &Event, name: Option<String>) -> bool {
        name.and_then(|name| self.introduced.get(&name)).is_some_and(|since| *since <= event.datetime)
    }

    /// Whether the event's place is not an intruder's by all that the evidence knows: a device says so, or, without a time
    /// before the window, it is among the places where the account spent most of the days before.
    pub fn is_everyday(&self, event: &Event) -> bool {
        let today = event.datetime.date_naive();
        let here = self.days_by(event);
        let before = self.most.partition_point(|(day, _)| *day < today);
        let most = before.checked_sub(1).and_then(|last| self.most.get(last)).map_or(0, |(_, most)| *most);
        self.by_device(event) || here >= OWN_DAYS && here * 2 >= most
    }

    /// On how many earlier days of the window the account acted at the event's place, where no time before it is known.
    pub fn days_by(&self, event: &Event) -> usize {
        let days = client_address(event).and_then(|ip| self.days.get(&place(ip)));
        let today = event.datetime.date_naive();
        days.map_or(0, |days| days.partition_point(|day| *day < today))
    }

    /// Whether such a device's session is the event's, at the place where it began.
    pub fn is_session(&self, event: &Event) -> bool {
        let session = event.session().map(str::to_lowercase);
        session.zip(client_address(event)).is_some_and(|(session, ip)| self.sessions.contains(&(session, place(ip))))
    }

    /// Whether such a device's session is the event's, wherever it comes from.
    pub fn began_session(&self, event: &Event) -> bool {
        event.session().is_some_and(|session| self.begun.contains(&session.to_lowercase()))
    }
}

/// Whether one of the times at the event's place, which are in order, is within a day of it.
fn is_near(times: &BTreeMap<IpAddr, Vec<DateTime<Utc>>>, event: &Event) -> bool {
    let times = client_address(event).and_then(|ip| times.get(&place(ip)));
    times.is_some_and(|times| {
        let first = times.partition_point(|time| event.datetime - *time > NEAR);
        times.get(first).is_some_and(|time| *time - event.datetime <= NEAR)
    })
}

/// Whether somebody was there to sign in at a usual place of the account: what goes on there by a token alone may have
/// been brought along.
fn is_taken_into_use(baseline: &Baseline, row: &Row<'_>) -> bool {
    let usual = client_address(row.event).is_some_and(|ip| baseline.days_at(ip) >= OWN_DAYS);
    let by_hand = row.event.sign_in_kind.as_deref() != Some("noninteractive");
    baseline.sufficient && usual && by_hand && logins::is_own(row) && logins::got_in(row)
}

/// By what a device is known again: its name, and the kind of system and browser.
fn names(event: &Event) -> impl Iterator<Item = String> {
    event.device_id.as_deref().map(str::to_lowercase).into_iter().chain(baseline::kind_of(event))
}

/// Whether it is a sign-in on a managed device with a name of its own, which the account never used before: at a new
/// place by more than a token that has the name in it wherever it is taken.
fn is_new_managed(baseline: &Baseline, row: &Row<'_>) -> bool {
    let event = row.event;
    let new = event.device_id.as_deref().is_some_and(|device| !baseline.knows_device(device));
    is_managed(row) && new && service_risk(event).is_none() && !is_by_refresh_token(event)
}

/// Whether it is a sign-in on a device that the organisation manages.
fn is_managed(row: &Row<'_>) -> bool {
    row.is_sign_in()
        && row.event.outcome == Outcome::Success
        && (row.event.device_compliant == Some(true) || row.event.device_managed == Some(true))
}
