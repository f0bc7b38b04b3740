//! The table everything lies on: the subject's records with who did each, the baseline, the attacker set, the coverage.

use std::borrow::Borrow;
use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::OnceLock;

use chrono::{DateTime, TimeDelta, Utc};
use foldhash::fast::RandomState;
use ipnet::IpNet;

use crate::analyze::intruder::attacker::AttackerSet;
use crate::analyze::intruder::attribution;
use crate::analyze::intruder::attribution::Score;
use crate::analyze::intruder::baseline::Baseline;
use crate::analyze::intruder::vouched::Vouched;
use crate::analyze::lent::Lent;
use crate::analyze::mail::mails::Mails;
use crate::analyze::people::actor::{self, ActorClass};
use crate::analyze::people::habits::Habits;
use crate::analyze::people::identity::{Parts, Subject};
use crate::analyze::people::jobs::Jobs;
use crate::analyze::people::tenants::Apart;
use crate::analyze::settings::grants::Grants;
use crate::analyze::settings::rules;
use crate::analyze::settings::rules::content::Surroundings;
use crate::analyze::shown::coverage::Coverage;
use crate::analyze::shown::exports::span;
use crate::analyze::shown::halves;
use crate::analyze::sign_ins::risk::RiskReports;
use crate::analyze::{Material, twins};
use crate::finding::Attribution;
use crate::knowledge::domains;
use crate::knowledge::networks::{self, NetClass};
use crate::ledger::{Ledger, SourceEntry};
use crate::origin::RecordRef;
use crate::question::{Question, Window};
use crate::timeline::identities::IdentityTable;
use crate::timeline::{Event, EvidenceSource, details};

/// One record on the table.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    /// The record.
    pub event: &'a Event,
    /// Who did it.
    pub class: ActorClass,
    /// In which parts the subject takes part.
    pub parts: Parts,
    /// Whether it lies inside the window.
    pub in_window: bool,
    /// The same happening as another source tells it: cited beside this record, never counted twice.
    pub twins: Vec<&'a Event>,
    /// Its place on the table; [`OFF`] where it is not one of the subject's.
    pub place: usize,
}

/// The place of a row that is not on the subject's table.
pub const OFF: usize = usize::MAX;

impl Row<'_> {
    /// The parameter's value, whatever the case of its name; `Some("")` where it is there without a value, `None` where
    /// the export lost it.
    pub fn param(&self, name: &str) -> Option<String> {
        details::param(self.event, name)
    }

    /// This record and its twins.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        std::iter::once(self.event).chain(self.twins.iter().copied())
    }

    /// This record and its twins, as findings cite them.
    pub fn records(&self) -> Vec<RecordRef> {
        self.events().map(Event::record_ref).collect()
    }

    /// Whether it is a sign-in: an Entra sign-in, or the audit log's logon record.
    pub fn is_sign_in(&self) -> bool {
        self.event.evidence_source == EvidenceSource::EntraSignin
            || matches!(self.event.record_type, Some(9 | 15)) && self.event.is(&["UserLoggedIn", "UserLoginFailed"])
    }

    /// Whether it is only a step of a flow.
    pub fn interrupted(&self) -> bool {
        self.event.outcome == crate::timeline::Outcome::Interrupted
    }

    /// Whether the thing asked for did not happen.
    pub fn failed(&self) -> bool {
        self.event.outcome == crate::timeline::Outcome::Failure
    }
}

/// The examination table.
#[derive(Debug)]
pub struct Exam<'a> {
    /// What is asked.
    pub question: &'a Question,
    /// The window.
    pub window: Window,
    /// The account.
    pub subject: &'a Subject,
    /// Who is who in the evidence.
    pub identities: &'a IdentityTable,
    /// Its records and the tenant-wide ones, in total order, from the baseline's start to the window's end. Records
    /// that another source tells better are not among them but are the `twins` of those that are.
    pub rows: &'a [Row<'a>],
    /// What was set before the baseline and may still stand: asked for what stood in the window, and for nothing else.
    pub earlier: Vec<Row<'a>>,
    /// What was done behind the window's end, up to the end of the logs: asked for what a snapshot shows that was not yet
    /// there in the window, and for nothing else.
    pub later: Vec<Row<'a>>,
    /// What snapshots show of the account and of the whole organisation: states, in no window and by nobody known.
    pub states: Vec<Row<'a>>,
    /// What other accounts did from the attacker's addresses and sessions, and from where somebody tried the account's
    /// password: in total order, from the baseline's start to the window's end. Empty until the attacker is known.
    pub others: Vec<Row<'a>>,
    /// What was usual before the window.
    pub baseline: Baseline,
    /// What the evidence can and cannot show.
    pub coverage: Coverage,
    /// Domains that are the tenant's own, lower-cased.
    pub tenant_domains: BTreeSet<String>,
    /// Who did the same to many people at once.
    pub jobs: &'a Jobs,
    /// What the service's risk reports say.
    pub risk: RiskReports<'a>,
    /// What only the twins of the rows know.
    pub lent: Lent<'a>,
    /// Places and sessions that the account's own or managed devices speak for.
    pub vouched: Vouched,
    /// What of the evidence is another tenant's.
    pub apart: Apart,
    /// Places that many other accounts used day by day before the window: a company's way out, a mobile network.
    pub shared: BTreeSet<IpAddr>,
    /// Places from where managed devices of several other accounts sign in inside the window: new to all of them.
    pub ways_out: BTreeSet<IpAddr>,
    /// Up to when there are records.
    pub log_end: Option<DateTime<Utc>>,
    /// The attacker, as far as known.
    pub attacker: AttackerSet,
    habits: OnceLock<Habits>,
    mails: OnceLock<Mails<'a>>,
    grants: OnceLock<Grants<'a>>,
    /// The score of each row that was asked for it, without words; of the present attacker set.
    weighed: Vec<OnceLock<Score>>,
    in_part: OnceLock<Vec<&'a Row<'a>>>,
    on_rules: OnceLock<Vec<&'a Row<'a>>>,
    surroundings: OnceLock<Surroundings>,
    /// Evidence path and record number of each row, to its place.
    places: OnceLock<HashMap<(&'a str, u64), usize, RandomState>>,
}

/// The subject's rows, each happening once, in total order; without what concerns another tenant as a whole.
pub fn rows<'a>(material: Material<'a>, apart: &Apart) -> Vec<Row<'a>> {
    laid(material, material.events.iter().copied(), material.window, apart)
}

/// The same up to the end of the logs, all of it as inside the window; `None` where nothing is behind the window.
pub fn rows_to_the_end<'a>(material: Material<'a>, apart: &Apart) -> Option<Vec<Row<'a>>> {
    let last = material.later.last()?;
    // The window is half open.
    let window = Window { to: last.datetime + TimeDelta::seconds(1), ..material.window };
    let events = material.events.iter().chain(material.later).copied();
    Some(laid(material, events, window, apart))
}

fn laid<'a>(
    material: Material<'a>,
    events: impl Iterator<Item = &'a Event>,
    window: Window,
    apart: &Apart,
) -> Vec<Row<'a>> {
    let row = |event: &'a Event| lay(event, material.subject, window);
    let here = |row: &Row<'_>| row.parts.any() || !apart.is_elsewhere(row.event);
    let mut rows = twins::fold(events.map(row).filter(here).collect());
    for (place, row) in rows.iter_mut().enumerate() {
        row.place = place;
    }
    rows
}

impl<'a> Exam<'a> {
    /// Lays everything on the table; the attacker set is still empty.
    pub fn new(material: Material<'a>, rows: &'a [Row<'a>], apart: Apart) -> Self {
        let Material { question, window, subject, identities, ledger, jobs, states, earlier, later, .. } = material;
        let states: Vec<Row<'a>> = states.iter().map(|state| lay(state, subject, window)).collect();
        let earlier = earlier.iter().map(|event| lay(event, subject, window));
        let earlier = twins::fold(earlier.filter(|row| row.parts.any() || !apart.is_elsewhere(row.event)).collect());
        let later = later.iter().map(|event| lay(event, subject, window)).filter(|row| row.parts.any()).collect();
        let risk = RiskReports::of(rows);
        let baseline = Baseline::new(rows, window, question.baseline_days, &risk);
        let coverage = Coverage::new(rows, &earlier, &states, window, subject, &apart.files_of(ledger));
        let names = subject.names.iter().map(String::as_str);
        let tenant_domains = tenant_domains(question, names, identities, rows, &apart);
        let attacker = AttackerSet::default();
        let vouched = Vouched::new(rows, &baseline, &risk);
        Self {
            question,
            window,
            subject,
            identities,
            rows,
            earlier,
            later,
            states,
            others: Vec::new(),
            baseline,
            coverage,
            tenant_domains,
            jobs,
            risk,
            lent: Lent::of(rows),
            vouched,
            apart,
            shared: BTreeSet::new(),
            ways_out: BTreeSet::new(),
            log_end: last_logged(ledger),
            attacker,
            habits: OnceLock::new(),
            mails: OnceLock::new(),
            grants: OnceLock::new(),
            weighed: rows.iter().map(|_| OnceLock::new()).collect(),
            in_part: OnceLock::new(),
            on_rules: OnceLock::new(),
            surroundings: OnceLock::new(),
            places: OnceLock::new(),
        }
    }

    /// Looks up to the end of the logs from now on: these rows go on behind the window. What was usual, what the evidence
    /// can show and who the attacker is stay what the window showed; the account's own devices speak for where they are
    /// behind it, too.
    pub fn go_on(&mut self, rows: &'a [Row<'a>]) {
        self.window.to = self.window.to.max(self.log_end.unwrap_or_default());
        self.rows = rows;
        self.lent = Lent::of(rows);
        self.baseline.follow_devices(rows, self.window);
        if self.baseline.sufficient {
            self.vouched = Vouched::new(rows, &self.baseline, &RiskReports::of(rows));
        }
        (self.habits, self.mails) = (OnceLock::new(), OnceLock::new());
        (self.in_part, self.places) = (OnceLock::new(), OnceLock::new());
        (self.on_rules, self.surroundings) = (OnceLock::new(), OnceLock::new());
        self.grants = OnceLock::new();
        self.weighed = rows.iter().map(|_| OnceLock::new()).collect();
    }

    /// Puts what other accounts did on the table.
    pub fn set_others<O: Borrow<Event>>(&mut self, others: &'a [O]) {
        let lay = |event: &'a O| lay(event.borrow(), self.subject, self.window);
        self.others = twins::fold(others.iter().map(lay).collect());
    }

    /// Puts on the table which places are the habit of many: what the account began to use on the eve is theirs as well.
    pub fn set_shared(&mut self, shared: BTreeSet<IpAddr>) {
        self.baseline.admit(&shared, self.rows);
        self.shared = shared;
    }

    /// Puts the attacker set on the table.
    pub fn set_attacker(&mut self, attacker: AttackerSet) {
        self.attacker = attacker;
        self.surroundings = OnceLock::new();
        self.weighed.iter_mut().for_each(|score| *score = OnceLock::new());
        if let Some(mails) = self.mails.get_mut() {
            mails.forget_habits();
        }
    }

    /// The mails that the account's records tell of.
    pub fn mails(&self) -> &Mails<'a> {
        self.mails.get_or_init(|| Mails::of(self.rows))
    }

    /// The row that a finding cites as this record.
    pub fn cited(&self, record: &RecordRef) -> Option<&'a Row<'a>> {
        let places = self.places.get_or_init(|| {
            let key = |row: &'a Row<'a>| (&*row.event.origin.file, row.event.origin.record);
            self.rows.iter().enumerate().map(|(place, row)| (key(row), place)).collect()
        });
        self.rows.get(*places.get(&(record.evidence.as_str(), record.record))?)
    }

    /// The rows, behind what was set earlier: what a replay of settings starts from. Rows of before the table are
    /// [`OFF`] it.
    pub fn settings(&self) -> impl Iterator<Item = &Row<'a>> {
        self.earlier.iter().chain(self.rows)
    }

    /// Those of the same that are about rules, which are few: several checks replay them.
    pub fn on_rules(&self) -> impl Iterator<Item = &Row<'a>> {
        let is_on_rule = |row: &&Row<'_>| rules::is_about_rule(row.event);
        let rows = self.on_rules.get_or_init(|| self.rows.iter().filter(is_on_rule).collect());
        self.earlier.iter().filter(is_on_rule).chain(rows.iter().copied())
    }

    /// What the evidence tells about addresses that rules may name, without folders.
    pub fn surroundings(&self) -> &Surroundings {
        self.surroundings.get_or_init(|| Surroundings::new(self))
    }

    /// The rows inside the window.
    pub fn window_rows(&self) -> impl Iterator<Item = &Row<'a>> {
        self.rows.iter().filter(|row| row.in_window)
    }

    /// Those of which contents may be lost: every check that finds nothing asks for them.
    pub fn in_part(&self) -> &[&'a Row<'a>] {
        let rows = || self.rows.iter().filter(|row| row.in_window && halves::may_be_in_part(row.event));
        self.in_part.get_or_init(|| rows().collect())
    }

    /// The rows at most so long before or after a time.
    pub fn near(&self, time: DateTime<Utc>, within: TimeDelta) -> &'a [Row<'a>] {
        let first = self.rows.partition_point(|row| row.event.datetime < time - within);
        let behind = self.rows.partition_point(|row| row.event.datetime <= time + within);
        self.rows.get(first..behind).unwrap_or_default()
    }

    /// The rows inside the window that are somebody's act on or by the subject: without the service's own
    /// housekeeping, and without what failed.
    pub fn acts(&self) -> impl Iterator<Item = &Row<'a>> {
        self.window_rows().filter(|row| row.parts.any() && !super::is_housekeeping(row.class) && !row.failed())
    }

    /// What was done before the window, by whom and from where; without what failed.
    pub fn habits(&self) -> &Habits {
        self.habits.get_or_init(|| {
            let before = self.rows.iter().filter(|row| row.event.datetime < self.window.from && !row.failed());
            Habits::of(&self.baseline, before)
        })
    }

    /// By which records others got rights on the mailbox.
    pub fn grants(&self) -> &Grants<'a> {
        self.grants.get_or_init(|| Grants::of(self))
    }

    /// The attacker score of a record, with its terms.
    pub fn score(&self, row: &Row<'_>) -> Score {
        attribution::score(self, row, Score::told())
    }

    /// The same without the words of the terms: what counts is how many points they make.
    pub fn weigh(&self, row: &Row<'_>) -> Score {
        let weigh = || attribution::score(self, row, Score::default());
        self.weighed.get(row.place).map_or_else(weigh, |score| score.get_or_init(weigh).clone())
    }

    /// The points of the attacker score.
    pub fn points(&self, row: &Row<'_>) -> i32 {
        self.weigh(row).total()
    }

    /// Whether the attacker score speaks for the attacker, by more than an address never seen before.
    pub fn is_unusual(&self, row: &Row<'_>) -> bool {
        self.weigh(row).is_unusual()
    }

    /// How many people somebody else did the same to in one go, where that makes it a job; an act with an attacker
    /// score is none, nor is one of an account that the attacker uses as well, or from where that one never worked.
    pub fn job(&self, row: &Row<'_>) -> Option<usize> {
        let routine = !matches!(row.class, ActorClass::Own) && self.points(row) <= 0;
        let actor = || row.event.user_raw.as_deref().unwrap_or_default();
        let away = || self.habits().is_away(self, row);
        self.jobs.size(row).filter(|_| routine && !self.is_taken_over(actor()) && !away())
    }

    /// Whether another account did something from the attacker's addresses or sessions.
    pub fn is_taken_over(&self, account: &str) -> bool {
        let is_its = |row: &&Row<'_>| {
            let names = [&row.event.user_raw, &row.event.user_upn];
            names.into_iter().flatten().any(|name| name.eq_ignore_ascii_case(account))
        };
        let mut acts = self.others.iter().filter(|row| !row.failed() && !super::is_housekeeping(row.class));
        acts.any(|row| is_its(&row) && self.attacker.holds(self, row.event))
    }

    /// Whose act it was.
    pub fn attribution(&self, row: &Row<'_>, score: &Score) -> Attribution {
        attribution::attribution(self, row, score)
    }

    /// Whether the record was made by the attacker as far as known: from the set's sessions or addresses.
    pub fn is_attacker_act(&self, row: &Row<'_>) -> bool {
        row.parts.any() && self.attacker.holds(self, row.event) && !super::is_housekeeping(row.class)
    }

    /// Whether the record shows the attacker's hand: linked to the attacker, or from the attacker's session or address
    /// with nothing that speaks for the owner, who may go on working in a stolen session. Failures are none.
    pub fn is_attackers_hand(&self, row: &Row<'_>) -> bool {
        if !row.parts.any() || row.failed() || super::is_housekeeping(row.class) {
            return false;
        }
        let score = self.weigh(row);
        self.attribution(row, &score) == Attribution::Linked
            || score.total() >= attribution::UNUSUAL && self.attacker.holds(self, row.event)
    }

    /// Whether the address's domain is the tenant's own. Text without a domain (an alias, a display name) is internal.
    pub fn is_internal(&self, address: &str) -> bool {
        match domains::domain_of(address) {
            None => true,
            Some(domain) => self.tenant_domains.iter().any(|own| domains::is_of(&domain, own)),
        }
    }

    /// Domains that are the organisation's own only for a name of the account that the investigator gave.
    fn domains_of_aliases(&self) -> Vec<String> {
        if self.question.aliases.is_empty() {
            return Vec::new();
        }
        let learned = self.subject.identities.iter().filter(|identity| identity.learned_from.is_some());
        let names = learned.map(|identity| identity.value.as_evidence()).chain([self.subject.user.as_str()]);
        let without = tenant_domains(self.question, names, self.identities, self.rows, &self.apart);
        self.tenant_domains.difference(&without).cloned().collect()
    }

    /// What a reader of the whole examination has to know, in words.
    pub fn cautions(&self) -> Vec<String> {
        let mut cautions = self.subject.doubts.clone();
        if self.subject.is_alone() {
            cautions.push("C-220: only the name given was searched; the evidence ties no other name to it".to_owned());
        }
        cautions.extend(self.apart.caution());
        cautions.push(self.baseline.caution());
        let twice = self.attacker.ips().filter(|ip| self.question.is_named_twice(*ip));
        cautions.extend(twice.map(|ip| {
            format!("address {ip} is named as the attacker's and as known good: it is taken for the attacker's")
        }));
        cautions.extend(self.question.attacker_addresses.iter().filter(|named| is_nobodys(named)).map(|named| {
            format!("{named} is named as the attacker's and is private or Microsoft's: it counts where a record has it, and leads to nothing else")
        }));
        cautions.extend(self.question.laid_down());
        cautions.extend(self.domains_of_aliases().into_iter().map(|domain| {
            format!(
                "{domain} counts as the organisation's own, because the investigator gave a name of the account there"
            )
        }));
        if self.rows.iter().any(|row| row.event.geo_basis.as_deref() == Some("rir")) {
            cautions.push(
                "places are the registration country of the address (built-in table), which is weak: give a City or Country database (--geoip)"
                    .to_owned(),
            );
        }
        cautions
    }
}

/// Whether nobody can be followed by an address of the network.
fn is_nobodys(network: &IpNet) -> bool {
    [network.network(), network.broadcast()].into_iter().all(|ip| networks::class(ip) != NetClass::Public)
}

fn lay<'a>(event: &'a Event, subject: &Subject, window: Window) -> Row<'a> {
    let parts = subject.parts_of(event);
    let class = actor::class(event, subject, parts);
    let in_window = !event.is_state() && window.contains(event.datetime);
    Row { event, class, parts, in_window, twins: Vec::new(), place: OFF }
}

/// The last time in any log.
fn last_logged(ledger: &Ledger) -> Option<DateTime<Utc>> {
    let is_log = |entry: &&SourceEntry| entry.evidence_source.as_deref() != Some(EvidenceSource::Snapshot.as_str());
    ledger.sources.iter().filter(is_log).filter_map(span).map(|(_, last)| last).max()
}

/// The tenant's own domains: those given, those of the subject's names, those of mailboxes and members in the evidence, and
/// `*.onmicrosoft.com` of the tenant. Free-mail domains are nobody's own.
fn tenant_domains<'n>(
    question: &Question,
    names: impl Iterator<Item = &'n str>,
    identities: &IdentityTable,
    rows: &[Row<'_>],
    apart: &Apart,
) -> BTreeSet<String> {
    let mut own: BTreeSet<String> = question.tenant_domains.iter().map(|domain| domain.to_lowercase()).collect();
    own.extend(names.filter_map(domains::domain_of));
    let here = rows.iter().filter(|row| !apart.is_elsewhere(row.event));
    own.extend(here.filter_map(|row| row.event.tenant_name.as_deref().map(str::to_lowercase)));
    own.extend(apart.member_domains(identities));
    own.retain(|domain| domain.contains('.') && !domains::is_freemail(domain));
    own
}
