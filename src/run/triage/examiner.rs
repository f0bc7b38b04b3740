//! Everybody examined as `analyze` examines one: the store is read once narrow (jobs, and how many records each account
//! has) and once whole, in portions of accounts that fit into memory; twice more where somebody asks for what other
//! accounts did, or where mail went after it came.

use std::borrow::Borrow;
use std::collections::{BTreeSet, HashMap};
use std::io;

use chrono::{DateTime, Utc};
use indicatif::ProgressBar;
use rayon::prelude::*;

use super::others::Others;
use super::{Entered, learn_entered};
use crate::analyze::intruder::around::Around;
use crate::analyze::people::identity::Subject;
use crate::analyze::people::jobs::Jobs;
use crate::analyze::triage::{Roster, roster, summary};
use crate::analyze::{self, Material, scope};
use crate::enrich::Geo;
use crate::examination::Examination;
use crate::exit::Stop;
use crate::question::{Question, Window};
use crate::report::json;
use crate::report::outputs::Outputs;
use crate::run::Failed;
use crate::run::analyze::{count_duplicates, count_tries, ends_later};
use crate::tenant::Account;
use crate::timeline::facts::Tenants;
use crate::timeline::query::{Lasts, Row};
use crate::timeline::store::Case;
use crate::timeline::{Event, sessions};

/// Records that are held at once: at some 3 KB each about 1 GB.
const HELD: u64 = 400_000;
/// Accounts whose answers are held at once.
const AT_ONCE: usize = 64;

/// What every examination shares.
pub(super) struct Examiner<'a> {
    pub case: &'a Case,
    pub question: &'a Question,
    pub geo: &'a Geo,
    pub window: Window,
    pub tenants: &'a Tenants,
    pub roster: &'a Roster,
    /// Moves with every account that has its answers.
    pub bar: &'a ProgressBar,
    /// Asked between accounts.
    pub stop: &'a Stop,
}

/// Examines everybody, in the order of names, and writes `accounts.jsonl` on the way.
pub(super) fn examine(
    examiner: &Examiner<'_>,
    outputs: &mut Outputs,
    entered: &mut Entered,
) -> Result<Vec<Account>, Failed> {
    let (jobs, sizes) = examiner.survey()?;
    let mut states = examiner.case.states(&|_| true)?;
    count_duplicates(examiner.case, &mut states)?;
    let mut accounts = Vec::new();
    let mut failed = None;
    outputs
        .write("accounts.jsonl", |out| {
            for portion in portions(&sizes) {
                let mut take = |(account, line): (Account, String)| -> io::Result<()> {
                    out.write_all(line.as_bytes())?;
                    learn_entered(&account, &line, entered);
                    accounts.push(account);
                    Ok(())
                };
                if let Err(error) = examiner.portion(portion, &jobs, &states, &mut take) {
                    failed = Some(error);
                    return Err(io::Error::other("the case could not be read"));
                }
            }
            Ok(())
        })
        .map_err(|error| failed.take().unwrap_or_else(|| error.into()))?;
    Ok(accounts)
}

impl Examiner<'_> {
    /// From where records are read.
    fn from(&self) -> DateTime<Utc> {
        scope::start(self.window, self.question.baseline_days)
    }

    /// A look at the narrow columns: the jobs of the whole tenant, and how many records each account has.
    fn survey(&self) -> Result<(Jobs, Vec<u64>), Failed> {
        use std::sync::atomic::{AtomicU64, Ordering};
        let jobs = Jobs::default();
        let sizes: Vec<AtomicU64> = self.roster.subjects.iter().map(|_| AtomicU64::new(0)).collect();
        let count = |row: Row<'_>| {
            // Behind the window only a part is held.
            if row.datetime >= self.window.to && scope::matters_later(row.action) == Lasts::No {
                return false;
            }
            for member in self.roster.members(row.parties) {
                if let Some(size) = sizes.get(member as usize) {
                    size.fetch_add(1, Ordering::Relaxed);
                }
            }
            false
        };
        self.case.events(self.from(), DateTime::<Utc>::MAX_UTC, &count)?;
        let person = |actor: &str| !scope::is_service(actor);
        self.case.tell_noted(self.from(), self.window.to, &Jobs::counts, &person, &|noted| jobs.note(&noted))?;
        Ok((jobs, sizes.into_iter().map(AtomicU64::into_inner).collect()))
    }

    /// Examines the accounts `portion` of the roster, each as `analyze` would, and gives them away in their order.
    fn portion(
        &self,
        portion: std::ops::Range<usize>,
        jobs: &Jobs,
        states: &[Event],
        take: &mut dyn FnMut((Account, String)) -> io::Result<()>,
    ) -> Result<(), Failed> {
        let members = |parties: &str| -> Vec<usize> {
            let all = self.roster.members(parties).into_iter().map(|member| member as usize);
            all.filter(|member| portion.contains(member)).collect()
        };
        let wanted = |row: Row<'_>| scope::is_tenant_wide(row.action) || !members(row.parties).is_empty();
        let mut events = self.case.events(self.from(), self.window.to, &wanted)?;
        count_duplicates(self.case, &mut events)?;
        self.geo.enrich(&mut events);
        let subjects = self.roster.subjects.get(portion.clone()).unwrap_or_default();
        let names = subjects.iter().flat_map(Subject::looked_up).collect();
        let takes_part = |parties: &str| !members(parties).is_empty();
        let person = |actor: &str| !scope::is_service(actor);
        let mut earlier = self.case.events_before(self.from(), &names, &scope::lasts, &person, &takes_part)?;
        count_duplicates(self.case, &mut earlier)?;
        self.geo.enrich(&mut earlier);
        let mut later = match ends_later(&self.case.ledger, self.window) {
            true => self.case.events_behind(self.window.to, &names, &scope::matters_later, &person, &takes_part)?,
            false => Vec::new(),
        };
        count_duplicates(self.case, &mut later)?;
        self.geo.enrich(&mut later);
        sessions::name_by_sign_in(&mut [&mut events, &mut earlier, &mut later]);
        let deal = |events, to_all| dealt(events, &portion, &members, to_all);
        let (mut own, earlier) = (deal(&events, &scope::is_tenant_wide), deal(&earlier, &scope::is_tenant_wide));
        let mut later = deal(&later, &|action| scope::matters_later(action) == Lasts::ForAll);
        let onward = self.onward(subjects, &own, (self.from(), self.window.to))?;
        subjects.iter().zip(&mut own).for_each(|(subject, own)| add_onward(subject, own, &onward));
        let onward = self.onward(subjects, &later, (self.window.to, DateTime::<Utc>::MAX_UTC))?;
        subjects.iter().zip(&mut later).for_each(|(subject, later)| add_onward(subject, later, &onward));
        let tables: Vec<Table<'_>> = subjects
            .iter()
            .zip(own)
            .zip(earlier.into_iter().zip(later))
            .map(|((subject, own), (earlier, later))| Table { subject, own, earlier, later, jobs, states })
            .collect();
        // Most need nothing of others. For those who do, one more look at the store finds it for all of them.
        let mut first: Vec<Asked> = tables.par_iter().map(|table| self.alone(table)).collect::<io::Result<_>>()?;
        let others = Others::new(self.others(&mut first)?);
        // Where all were reached from one place, the line of each names all others: only a few are held.
        let mut first = first.into_iter();
        for tables in tables.chunks(AT_ONCE) {
            let asked: Vec<Asked> = first.by_ref().take(tables.len()).collect();
            let told = tables.par_iter().zip(asked).map(|(table, asked)| match asked {
                Asked::Answered(account, line) => Ok((*account, line)),
                Asked::Needs(around) => self.among(table, &around, &others),
            });
            told.collect::<Result<Vec<_>, Failed>>()?.into_iter().try_for_each(&mut *take)?;
        }
        Ok(())
    }

    /// What the message trace tells of these accounts' mail, by message id: where it went after it came.
    fn onward(
        &self,
        subjects: &[Subject],
        own: &[Vec<&Event>],
        (from, to): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Onward, Failed> {
        let delivered = subjects.iter().zip(own).flat_map(|(subject, own)| delivered(subject, own));
        let delivered: BTreeSet<String> = delivered.collect();
        let mut onward = Onward::new();
        if delivered.is_empty() {
            return Ok(onward);
        }
        let mut events = self.case.of_messages(from, to, &delivered, &|_| true)?;
        events.retain(scope::is_traced);
        count_duplicates(self.case, &mut events)?;
        self.geo.enrich(&mut events);
        for event in events {
            if let Some(id) = event.email_message_id.clone() {
                onward.entry(id).or_default().push(event);
            }
        }
        Ok(onward)
    }

    /// What all these look for of other accounts; which is narrowed to what `analyze` looks for.
    fn others(&self, asked: &mut [Asked]) -> Result<Vec<Event>, Failed> {
        let mut arounds: Vec<&mut Around> = asked.iter_mut().filter_map(Asked::around).collect();
        let mut all = Around::default();
        arounds.iter().for_each(|around| all.join(around));
        if let Some(counted) = count_tries(self.case, &all, self.window)? {
            all = Around::default();
            for around in &mut arounds {
                counted.narrow(around);
                all.join(around);
            }
        }
        if all.is_empty() {
            return Ok(Vec::new());
        }
        let nobody = Subject::default();
        let wanted = |row: Row<'_>| all.wants(&nobody, &row);
        let mut others = self.case.events_near(self.from(), self.window.to, &all, &wanted)?;
        self.geo.enrich(&mut others);
        sessions::name_by_sign_in(&mut [&mut others]);
        Ok(others)
    }

    /// The answers, where nothing of other accounts is asked for.
    fn alone(&self, table: &Table<'_>) -> io::Result<Asked> {
        if self.stop.is_wanted() {
            return Err(io::Error::other("interrupted"));
        }
        match self.one(table, |around| Err::<Vec<&Event>, _>(Box::new(around.clone()))) {
            Ok(examination) => {
                let (account, line) = told(table.subject, &examination)?;
                self.bar.inc(1);
                Ok(Asked::Answered(Box::new(account), line))
            }
            Err(around) => Ok(Asked::Needs(*around)),
        }
    }

    /// The answers, where this much of other accounts is asked for.
    fn among(&self, table: &Table<'_>, around: &Around, others: &Others) -> Result<(Account, String), Failed> {
        if self.stop.is_wanted() {
            return Err(Failed::Interrupted);
        }
        let examination = self.one(table, |_| Ok::<_, Failed>(others.of(table.subject, around)))?;
        let told = told(table.subject, &examination)?;
        self.bar.inc(1);
        Ok(told)
    }

    fn one<O: Borrow<Event>, E>(
        &self,
        table: &Table<'_>,
        look: impl FnOnce(&Around) -> Result<Vec<O>, E>,
    ) -> Result<Examination, E> {
        let subject = table.subject;
        let question = Question { user: subject.user.clone(), ..self.question.clone() };
        let stands = |state: &&Event| scope::wanted_state(subject, state.parties.as_deref().unwrap_or_default());
        let states: Vec<&Event> = table.states.iter().filter(stands).collect();
        let material = Material {
            question: &question,
            window: self.window,
            subject,
            identities: &self.case.identities,
            ledger: &self.case.ledger,
            tenants: self.tenants,
            jobs: table.jobs,
            events: &table.own,
            later: &table.later,
            earlier: &table.earlier,
            states: &states,
        };
        analyze::examine(material, look).map(|(examination, _)| examination)
    }
}

/// The events of each account of the portion: those in which it takes part, and those whose operation concerns all.
fn dealt<'e>(
    events: &'e [Event],
    portion: &std::ops::Range<usize>,
    members: &dyn Fn(&str) -> Vec<usize>,
    to_all: &dyn Fn(&str) -> bool,
) -> Vec<Vec<&'e Event>> {
    let mut own: Vec<Vec<&Event>> = vec![Vec::new(); portion.len()];
    for event in events {
        if to_all(event.action()) {
            own.iter_mut().for_each(|own| own.push(event));
            continue;
        }
        for member in members(event.parties.as_deref().unwrap_or_default()) {
            if let Some(own) = own.get_mut(member - portion.start) {
                own.push(event);
            }
        }
    }
    own
}

/// Message id → rows of the message trace, in total order.
type Onward = HashMap<Box<str>, Vec<Event>>;

fn delivered(subject: &Subject, own: &[&Event]) -> BTreeSet<String> {
    scope::delivered(subject, own.iter().copied())
}

/// Lays what happened to the account's incoming mail, between others, beside what it took part in.
fn add_onward<'e>(subject: &Subject, own: &mut Vec<&'e Event>, onward: &'e Onward) {
    let ids = delivered(subject, own);
    let rows = ids.into_iter().filter_map(|id| onward.get(id.as_str())).flatten();
    let before = own.len();
    own.extend(rows.filter(|event| !subject.takes_part(event.parties.as_deref().unwrap_or_default())));
    if own.len() > before {
        own.sort_by(|a, b| a.order().cmp(&b.order()));
    }
}

/// What lies on one account's table.
struct Table<'a> {
    subject: &'a Subject,
    own: Vec<&'a Event>,
    earlier: Vec<&'a Event>,
    later: Vec<&'a Event>,
    jobs: &'a Jobs,
    states: &'a [Event],
}

/// How far an examination got without other accounts' records.
enum Asked {
    Answered(Box<Account>, String),
    Needs(Around),
}

impl Asked {
    fn around(&mut self) -> Option<&mut Around> {
        match self {
            Self::Answered(..) => None,
            Self::Needs(around) => Some(around),
        }
    }
}

/// The account's lines of the ranking and of `accounts.jsonl`.
fn told(subject: &Subject, examination: &Examination) -> io::Result<(Account, String)> {
    let account = summary(examination, roster::also(subject));
    let line = json::account_line(&account, examination)?;
    Ok((account, line))
}

/// Ranges of accounts that together have no more records than may be held.
fn portions(sizes: &[u64]) -> Vec<std::ops::Range<usize>> {
    let (mut portions, mut start, mut held) = (Vec::new(), 0, 0);
    for (at, size) in sizes.iter().enumerate() {
        if at > start && held + size > HELD {
            portions.push(start..at);
            (start, held) = (at, 0);
        }
        held += size;
    }
    if start < sizes.len() {
        portions.push(start..sizes.len());
    }
    portions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn portions_hold_what_fits_and_nobody_is_left_out() {
        assert_eq!(portions(&[1, 2, 3]).as_slice(), std::slice::from_ref(&(0..3)));
        assert_eq!(portions(&[HELD, 1, HELD - 1, 5]), [0..1, 1..3, 3..4]);
        assert_eq!(portions(&[HELD * 3, HELD * 2]), [0..1, 1..2]);
        assert!(portions(&[]).is_empty());
    }
}
