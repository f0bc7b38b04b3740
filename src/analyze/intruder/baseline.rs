//! What was usual before the window: the account's own addresses, networks, countries, clients, devices and hours.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use foldhash::fast::RandomState;

use crate::analyze::exam::Row;
use crate::analyze::intruder::eve;
use crate::analyze::intruder::hours::Hours;
use crate::analyze::intruder::lasting::Lasting;
use crate::analyze::intruder::moved_in::MovedIn;
use crate::analyze::intruder::passing::Passing;
use crate::analyze::people::actor::ActorClass;
use crate::analyze::sign_ins::logins;
use crate::analyze::sign_ins::risk::{RiskReports, is_mild, service_risk};
use crate::knowledge::networks::{self, NetClass};
use crate::question::Window;
use crate::timeline::{Event, EvidenceSource, Outcome, details, json};

/// Days in the baseline that make an address the account's own.
pub const OWN_DAYS: usize = 3;
/// Days that the evidence must reach back for "never seen before" to mean anything.
const LEAST_DAYS: i64 = 14;

/// What was usual.
#[derive(Debug, Default)]
pub struct Baseline {
    /// Place (address; the /64 of an IPv6 address) → the days it was used on.
    places: BTreeMap<IpAddr, BTreeSet<NaiveDate>>,
    /// The ranges that these lie in.
    ranges: BTreeSet<IpAddr>,
    networks: BTreeSet<i64>,
    /// Place → the number of its network, as any record on the table tells it: most records name the address only.
    numbers: HashMap<IpAddr, i64, RandomState>,
    /// Countries, lower-cased, that the log or a database tells.
    countries: BTreeSet<String>,
    /// Those where the addresses of the other records are registered, which is no sure place.
    registered: BTreeSet<String>,
    /// Place → the country that a sign-in log tells of it: it stands against what a table says of the same place.
    logged: HashMap<IpAddr, Box<str>, RandomState>,
    agents: BTreeSet<String>,
    devices: BTreeSet<String>,
    browsers: BTreeSet<String>,
    managed_sessions: BTreeSet<String>,
    /// Session and place where the device's name was only carried along by a token of a session that began elsewhere.
    carried: BTreeSet<(String, IpAddr)>,
    /// Session and place of the window's sign-ins on the account's own devices.
    own_sessions: BTreeSet<(String, IpAddr)>,
    /// Where nobody else signed in: place → when the account's own devices did.
    own_places: BTreeMap<IpAddr, Vec<DateTime<Utc>>>,
    hours: Hours,
    lasting: Lasting,
    /// Places that began on the eve of the window and go on inside.
    begun: BTreeSet<IpAddr>,
    /// Where somebody else had moved in before.
    moved_in: MovedIn,
    /// Whether the account came from ever new addresses of networks that nothing names.
    passing: Passing,
    /// Where the window begins.
    from: DateTime<Utc>,
    /// Records it is made of.
    pub records: usize,
    /// Whether it reaches back far enough.
    pub sufficient: bool,
}

impl Baseline {
    /// Learns from the account's own successful records in the days before the window.
    pub fn new(rows: &[Row<'_>], window: Window, days: u32, risk: &RiskReports<'_>) -> Self {
        let start = window.from.checked_sub_days(Days::new(u64::from(days))).unwrap_or(window.from);
        let mut baseline = Self::default();
        let logged = rows.iter().flat_map(Row::events).filter(|event| event.geo_basis.as_deref() == Some("log"));
        for (event, country) in logged.filter_map(|event| Some((event, event.geo_country.as_deref()?))) {
            if let Some(ip) = client_address(event) {
                baseline.logged.entry(place(ip)).or_insert_with(|| country.into());
            }
        }
        let numbered = rows.iter().flat_map(Row::events).filter_map(|event| Some((event, event.as_number?)));
        for (event, number) in numbered {
            if let Some(ip) = client_address(event) {
                baseline.numbers.entry(place(ip)).or_insert(number);
            }
        }
        let in_time = |row: &&Row<'_>| row.event.datetime >= start && row.event.datetime < window.from;
        let usual: Vec<&Row<'_>> = rows.iter().filter(in_time).filter(|row| counts(row)).collect();
        baseline.moved_in = MovedIn::of(&usual, risk);
        let own = usual.iter().find(|row| !baseline.moved_in.holds(row.event));
        let first = own.map(|row| row.event.datetime);
        baseline.sufficient =
            first.is_some_and(|first| (window.from.date_naive() - first.date_naive()).num_days() >= LEAST_DAYS);
        baseline.learn(&usual, rows, window);
        baseline.follow_devices(rows, window);
        baseline
    }

    /// Learns in which sessions and at which places of the window the account's own devices were; which they are was
    /// learned before it.
    pub fn follow_devices(&mut self, rows: &[Row<'_>], window: Window) {
        self.carried = carried(self, rows, window);
        let own = rows.iter().filter(|row| row.event.datetime >= window.from && self.speaks_for_owner(row));
        self.own_sessions = own.filter_map(|row| end_of_session(row.event)).collect();
        self.own_places = own_places(self, rows, window);
        let mut passing = std::mem::take(&mut self.passing);
        passing.follow(rows.iter().filter(|row| self.is_new_place(row.event)));
        self.passing = passing;
    }

    /// Learns from these rows, all but where somebody had moved in, and what began on the eve of the window and goes on
    /// inside.
    fn learn(&mut self, usual: &[&Row<'_>], rows: &[Row<'_>], window: Window) {
        let (before, late) = usual.split_at(usual.partition_point(|row| row.event.datetime < eve::start(window)));
        before.iter().for_each(|row| self.add_own(row));
        let (new, old): (Vec<&Row<'_>>, Vec<&Row<'_>>) =
            late.iter().copied().partition(|row| self.sufficient && self.is_new_place(row.event));
        old.iter().for_each(|row| self.add_own(row));
        self.from = window.from;
        self.begun = eve::places(self, &new, rows, window);
        let (_, rest): (Vec<&Row<'_>>, Vec<&Row<'_>>) = new.iter().copied().partition(|row| self.is_begun(row.event));
        rest.iter().for_each(|row| self.add_own(row));
        self.passing = self.passing(usual);
    }

    /// From what it has learned, and the records that it learned it from.
    fn passing(&self, usual: &[&Row<'_>]) -> Passing {
        let nameless = self.places.iter().filter(|(place, _)| !self.numbers.contains_key(place));
        let nameless = nameless.map(|(place, days)| (*place, days.clone())).collect();
        let all: BTreeSet<NaiveDate> = self.places.values().flatten().copied().collect();
        Passing::of(nameless, all.len(), usual)
    }

    fn add_own(&mut self, row: &Row<'_>) {
        if !self.moved_in.holds(row.event) {
            self.add(row);
        }
    }

    /// Whether the record is of before the window, and from where somebody else had moved in.
    pub fn is_moved_in(&self, event: &Event) -> bool {
        event.datetime < self.from && self.moved_in.holds(event)
    }

    /// Takes places that began on the eve of the window for usual after all.
    pub fn admit(&mut self, places: &BTreeSet<IpAddr>, rows: &[Row<'_>]) {
        let admitted = |event: &Event| self.is_begun(event) && spot(event).is_some_and(|spot| places.contains(&spot));
        let usual: Vec<&Row<'_>> = rows.iter().filter(|row| counts(row) && admitted(row.event)).collect();
        usual.iter().for_each(|row| self.add(row));
        self.begun.retain(|place| !places.contains(place));
    }

    fn add(&mut self, row: &Row<'_>) {
        let event = row.event;
        self.records += 1;
        if let Some(ip) = client_address(event) {
            self.places.entry(place(ip)).or_default().insert(event.datetime.date_naive());
            self.ranges.extend(range(ip));
        }
        self.networks.extend(self.number_of(event));
        let lower = |text: &Option<Box<str>>| text.as_deref().map(str::to_lowercase);
        match self.country_of(event).map(|(country, sure)| (country.to_lowercase(), sure)) {
            Some((country, true)) => _ = self.countries.insert(country),
            Some((country, false)) => _ = self.registered.insert(country),
            None => {}
        }
        self.agents.extend(lower(&event.user_agent));
        self.agents.extend(lower(&event.client_info));
        self.devices.extend(lower(&event.device_id));
        self.browsers
            .extend(lower(&event.device_os).map(|os| format!("{os}/{}", lower(&event.browser).unwrap_or_default())));
        if is_managed(event) {
            self.managed_sessions.extend(event.session().map(str::to_lowercase));
        }
        self.hours.add(event.datetime, row.is_sign_in());
        self.lasting.add(event, self.number_of(event));
    }

    /// On how many days the address's place was used.
    pub fn days_at(&self, ip: IpAddr) -> usize {
        self.places.get(&place(ip)).map_or(0, BTreeSet::len)
    }

    /// Whether the record is of before the window, and from a place that began on its eve and goes on inside.
    pub fn is_begun(&self, event: &Event) -> bool {
        event.datetime < self.from && spot(event).is_some_and(|spot| self.begun.contains(&spot))
    }

    /// Whether any address of the range was used.
    pub fn knows_range(&self, range: IpAddr) -> bool {
        self.ranges.contains(&range)
    }

    /// The number of the event's network, from the event or from another that came from the same place.
    pub fn number_of(&self, event: &Event) -> Option<i64> {
        event.as_number.or_else(|| self.numbers.get(&place(client_address(event)?)).copied())
    }

    /// Whether the event has an address that was never used, in a network that was never used.
    pub fn is_new_place(&self, event: &Event) -> bool {
        client_address(event).is_some_and(|ip| self.is_new_at(ip, event.as_number))
    }

    /// The same of an address and the number of its network, where the record tells it.
    pub fn is_new_at(&self, ip: IpAddr, number: Option<i64>) -> bool {
        let number = || number.or_else(|| self.numbers.get(&place(ip)).copied());
        self.days_at(ip) == 0 && !self.knows_network(number())
    }

    /// Whether such a place says little: the account has another one nearly every day, nothing tells whose network this
    /// one is of, it is in a country of the account's, or nobody knows of any, near the others, unless these lie apart as well,
    /// and no machine of another kind came from it.
    pub fn is_passing(&self, event: &Event, ip: IpAddr) -> bool {
        let at_home = || match self.country_of(event) {
            Some((country, _)) => self.knows_country(country).is_some() && self.new_country(event).is_none(),
            None => self.countries.is_empty() && self.registered.is_empty(),
        };
        event.as_number.is_none()
            && !self.numbers.contains_key(&place(ip))
            && self.passing.holds(place(ip))
            && at_home()
    }

    /// Whether the network was used; unknown networks were not.
    pub fn knows_network(&self, number: Option<i64>) -> bool {
        number.is_some_and(|number| self.networks.contains(&number))
    }

    /// Whether the country was seen; `None` where no country was ever seen, so that none can be new.
    pub fn knows_country(&self, country: &str) -> Option<bool> {
        let country = country.to_lowercase();
        let any = !self.countries.is_empty() || !self.registered.is_empty();
        any.then(|| self.countries.contains(&country) || self.registered.contains(&country))
    }

    /// The event's country, where the account was never in it. What is sure is asked against what is sure, as far as
    /// that is known; a registration against both.
    pub fn new_country<'e>(&'e self, event: &'e Event) -> Option<&'e str> {
        let (country, sure) = self.country_of(event)?;
        let known = match sure && !self.countries.is_empty() {
            true => self.countries.contains(&country.to_lowercase()),
            false => self.knows_country(country)?,
        };
        (!known).then_some(country)
    }

    /// The country of the event, and whether that is more than where its address is registered: the log's own word, else
    /// what a sign-in log says of the same place, else the database's.
    pub fn country_of<'e>(&'e self, event: &'e Event) -> Option<(&'e str, bool)> {
        let (own, basis) = (event.geo_country.as_deref(), event.geo_basis.as_deref());
        let logged = || self.logged.get(&place(client_address(event)?)).map(|country| &**country);
        match own.filter(|_| basis == Some("log")).or_else(logged) {
            Some(country) => Some((country, true)),
            None => own.map(|country| (country, basis != Some("rir"))),
        }
    }

    /// Whether the user agent or client was used.
    pub fn knows_agent(&self, agent: &str) -> bool {
        self.agents.contains(&agent.to_lowercase())
    }

    /// Whether sign-ins carried device ids.
    pub fn has_devices(&self) -> bool {
        !self.devices.is_empty()
    }

    /// Whether the device was used.
    pub fn knows_device(&self, device: &str) -> bool {
        self.devices.contains(&device.to_lowercase())
    }

    /// Whether operating system and browser were used together; `None` where none were ever recorded.
    pub fn knows_browser(&self, os: &str, browser: &str) -> Option<bool> {
        let known = format!("{}/{}", os.to_lowercase(), browser.to_lowercase());
        (!self.browsers.is_empty()).then(|| self.browsers.contains(&known))
    }

    /// The same of their kinds, whatever the versions.
    pub fn knows_kind(&self, os: &str, browser: &str) -> Option<bool> {
        let wanted = kind(&format!("{os}/{browser}").to_lowercase());
        (!self.browsers.is_empty()).then(|| self.browsers.iter().any(|known| kind(known) == wanted))
    }

    /// Whether the session began on a managed or compliant device.
    pub fn is_managed_session(&self, session: &str) -> bool {
        self.managed_sessions.contains(&session.to_lowercase())
    }

    /// Whether the row is a sign-in on a device that the account used before the window, successful or halted on its way
    /// (a password that ran out), and that the service does not call risky (but for its place, where the device is a
    /// managed one): a person who travels, not one who took the account over. The service reads the device's id from a key on the device; a password, or a page in between, does
    /// not bring it.
    pub fn is_own_device(&self, row: &Row<'_>) -> bool {
        let event = row.event;
        row.is_sign_in()
            && row.class == ActorClass::Own
            && matches!(event.outcome, Outcome::Success | Outcome::Interrupted)
            && event.device_id.as_deref().is_some_and(|device| self.knows_device(device))
            && (service_risk(event).is_none() || is_managed(event) && is_mild(event))
    }

    /// Whether such a sign-in says that the owner is where it came from. A refresh token has the device's id in it wherever
    /// it is taken: only at a known place, or with something else, does that prove the device.
    pub fn speaks_for_owner(&self, row: &Row<'_>) -> bool {
        self.is_own_device(row) && !end_of_session(row.event).is_some_and(|end| self.carried.contains(&end))
    }

    /// Whether the row is a sign-in on a managed device of the account, or of a session that such a device of its own
    /// began at this place.
    pub fn is_own_managed(&self, row: &Row<'_>) -> bool {
        is_managed(row.event) && self.is_own_device(row) || row.is_sign_in() && self.is_own_session(row.event)
    }

    /// Whether the event belongs to a session that such a sign-in began, and comes from the place it began at: a
    /// session that goes on elsewhere may be a stolen one.
    pub fn is_own_session(&self, event: &Event) -> bool {
        end_of_session(event).is_some_and(|end| self.own_sessions.contains(&end))
    }

    /// Whether a record that names no session comes from a place, not a usual one, where within a day the account signed
    /// in on a device of its own, and nobody signed in otherwise: a hotel as well as a new contract at home.
    pub fn is_own_place(&self, event: &Event) -> bool {
        let times = client_address(event)
            .filter(|ip| self.days_at(*ip) < OWN_DAYS)
            .and_then(|ip| self.own_places.get(&place(ip)));
        let near = |time: &DateTime<Utc>| (*time - event.datetime).abs() <= TimeDelta::hours(24);
        event.session().is_none() && times.is_some_and(|times| times.iter().any(near))
    }

    /// Whether the hour (UTC) lies outside all hours seen; `None` where too few say anything.
    pub fn is_unusual_hour(&self, time: DateTime<Utc>) -> Option<bool> {
        self.hours.is_unusual(time)
    }

    /// On how many days the event's session was used in the network that it comes from.
    pub fn days_of_session(&self, event: &Event) -> usize {
        self.lasting.days(event, self.number_of(event))
    }

    /// What a reader has to know: how much says what was usual, and that it is nothing where that is too little.
    pub fn caution(&self) -> String {
        let days = self.hours.all_days();
        let (records, count) = (self.records, days.len());
        match days.first().filter(|_| self.sufficient) {
            Some(first) => format!(
                "what was usual is learned from the account's own records before the window (records: {records}, days: {count}, the first on {first})"
            ),
            None => format!(
                "no baseline of at least {LEAST_DAYS} days before the window (records: {records}, days: {count}): \"never seen before\" adds nothing to any score"
            ),
        }
    }
}

/// Whether the row may say what was usual. A mail in the account's name need not be the account's.
pub fn counts(row: &Row<'_>) -> bool {
    let own = row.class == ActorClass::Own && row.event.evidence_source != EvidenceSource::MessageTrace;
    own && !row.failed() && row.event.outcome != Outcome::Interrupted
}

/// The place of the event's client.
pub fn spot(event: &Event) -> Option<IpAddr> {
    client_address(event).map(place)
}

/// Whether the device is managed, or complies with what the organisation demands.
pub fn is_managed(event: &Event) -> bool {
    event.device_compliant == Some(true) || event.device_managed == Some(true)
}

/// The kind of the event's system and browser, where it tells both.
pub fn kind_of(event: &Event) -> Option<String> {
    let machine = event.device_os.as_deref().zip(event.browser.as_deref());
    machine.map(|(os, browser)| kind(&format!("{os}/{browser}").to_lowercase()))
}

/// What a system and browser are called without their versions (`windows10/edge 144.0.0`: `windows/edge`).
fn kind(machine: &str) -> String {
    machine.chars().filter(|c| c.is_alphabetic() || *c == '/').collect()
}

/// The event's session, with the place that it was used from.
fn end_of_session(event: &Event) -> Option<(String, IpAddr)> {
    Some((event.session()?.to_lowercase(), place(client_address(event)?)))
}

/// The sessions of the window that began at one place and go on at a new one by nothing but refresh tokens.
fn carried(baseline: &Baseline, rows: &[Row<'_>], window: Window) -> BTreeSet<(String, IpAddr)> {
    let mut began: HashMap<String, IpAddr, RandomState> = HashMap::default();
    let (mut carried, mut proved) = (BTreeSet::new(), BTreeSet::new());
    for row in rows.iter().filter(|row| row.is_sign_in() && row.class == ActorClass::Own && !row.failed()) {
        let Some((session, place)) = end_of_session(row.event) else { continue };
        let first = *began.entry(session.clone()).or_insert(place);
        if row.event.datetime < window.from || !baseline.is_own_device(row) {
            continue;
        }
        let elsewhere = first != place && baseline.is_new_place(row.event);
        let ends = if elsewhere && is_by_refresh_token(row.event) { &mut carried } else { &mut proved };
        ends.insert((session, place));
    }
    carried.difference(&proved).cloned().collect()
}

/// Whether nobody was there to sign in, and the key of the device was not asked for: the session's own token was enough.
pub fn is_by_refresh_token(event: &Event) -> bool {
    const TOKEN: &str = "incomingTokenType";
    let token = || json::text(&details::members(event, &[TOKEN]), TOKEN).unwrap_or_default();
    event.sign_in_kind.as_deref() == Some("noninteractive") && token().eq_ignore_ascii_case("refreshToken")
}

/// The places of the window where only the account's own devices signed in, with when they did.
fn own_places(baseline: &Baseline, rows: &[Row<'_>], window: Window) -> BTreeMap<IpAddr, Vec<DateTime<Utc>>> {
    let mut own: BTreeMap<IpAddr, Vec<DateTime<Utc>>> = BTreeMap::new();
    let mut others = BTreeSet::new();
    for row in rows.iter().filter(|row| row.event.datetime >= window.from && logins::proves_password(row)) {
        let Some(ip) = client_address(row.event).filter(|_| logins::is_own(row)) else { continue };
        let known = row.event.device_id.as_deref().is_some_and(|device| baseline.knows_device(device));
        if baseline.speaks_for_owner(row) {
            own.entry(place(ip)).or_default().push(row.event.datetime);
        } else if !known || service_risk(row.event).is_some() {
            others.insert(place(ip));
        }
    }
    own.retain(|place, _| !others.contains(place));
    own
}

/// The event's address where it can be the client's own: public, and not Microsoft's.
pub fn client_address(event: &Event) -> Option<IpAddr> {
    // A trace's address is that of whoever handed the mail over, in whose name so ever.
    if event.evidence_source == EvidenceSource::MessageTrace {
        return None;
    }
    let ip: IpAddr = event.source_ip.as_deref()?.parse().ok()?;
    (networks::class(ip) == NetClass::Public).then_some(ip)
}

/// What stands for an address's place: IPv6 privacy addresses change daily inside their /64.
pub fn place(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(v6) => {
            let network = u128::from(v6) >> 64 << 64;
            IpAddr::V6(network.into())
        }
    }
}

/// The 256 neighbours of an IPv4 address, by the first of them: what one who changes addresses rents together.
pub fn range(ip: IpAddr) -> Option<IpAddr> {
    match ip {
        IpAddr::V4(v4) => Some(IpAddr::V4((v4.to_bits() & 0xffff_ff00).into())),
        IpAddr::V6(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::people::identity::Parts;

    #[test]
    fn a_baseline_of_some_days_is_none_however_few_were_asked_for() {
        let at = |day: i64| DateTime::UNIX_EPOCH + TimeDelta::days(day);
        let window = Window { from: at(40), to: at(50) };
        let baseline = |first: i64, days: u32| {
            let event = Event { datetime: at(first), outcome: Outcome::Success, ..Event::default() };
            let row = Row {
                event: &event,
                class: ActorClass::Own,
                parts: Parts { actor: true, ..Parts::default() },
                in_window: false,
                twins: Vec::new(),
                place: crate::analyze::exam::OFF,
            };
            Baseline::new(&[row], window, days, &RiskReports::default())
        };
        assert!(baseline(26, 30).sufficient && baseline(26, 30).caution().starts_with("what was usual is learned"));
        assert!(!baseline(27, 30).sufficient);
        assert!(
            !baseline(36, 5).sufficient && baseline(36, 5).caution().starts_with("no baseline of at least 14 days")
        );
    }
}
