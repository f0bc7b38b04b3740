//! Every account of a case: examined as `analyze` examines one, ranked, and written.
//!
//! The store is read twice whatever the number of accounts: once narrow (jobs, and how many records each account has),
//! once whole in portions of accounts that fit into memory; only where the tenant does not fit, more often.

use std::collections::BTreeSet;
use std::io;

use chrono::{DateTime, Utc};
use rayon::prelude::*;
use serde::Deserialize;

use super::analyze::{count_duplicates, resolve};
use super::ingest::{self, Clock, TOOL};
use super::settings::{self, Showing};
use super::{Failed, Surroundings};
use crate::analyze::around::Around;
use crate::analyze::identity::Subject;
use crate::analyze::jobs::Jobs;
use crate::analyze::triage::{Roster, clusters, roster, summary};
use crate::analyze::{self, Material, scope};
use crate::cli::{Output, Triage as Args};
use crate::enrich::Geo;
use crate::examination::Examination;
use crate::exit::Exit;
use crate::ingest::source;
use crate::question::{Question, Window};
use crate::report::outputs::Outputs;
use crate::report::triage::{self, TriageReport};
use crate::report::{json, terminal, text};
use crate::tenant::{self, Account, Address, Triage};
use crate::timeline::Event;
use crate::timeline::query::Row;
use crate::timeline::store::Case;
use crate::untrusted::Untrusted;

/// Records that are held at once: at some 3 KB each about 1 GB.
const HELD: u64 = 400_000;

/// Examines, ranks and writes.
pub fn run(args: &Args, surroundings: &mut Surroundings<'_>) -> Result<Exit, Failed> {
    let start = (surroundings.clock)();
    let question = settings::question(&settings::of_everybody(args))?;
    let showing = settings::showing(&args.output, &args.display, None, surroundings)?;
    let geo = settings::geo(&question)?;
    let users = settings::users(&args.user)?;
    let threads = settings::threads(args.threads)?;
    settings::apart(std::slice::from_ref(&args.case), &args.output.out)?;
    Outputs::check(&args.output.out, args.output.overwrite)?;
    let case = Case::open(&args.case)?;
    let window = resolve(&question, &case.ledger);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;

    let mut outputs = Outputs::create(&args.output.out, args.output.overwrite)?.until(&surroundings.stop);
    let tenant = Roster::of_tenant(&question, &case.identities);
    let foreign = tenant.foreign;
    let mut accounts = if args.examined.is_empty() {
        let roster = if users.is_empty() { tenant } else { Roster::of(&users, &case.identities) };
        let examiner = Examiner { case: &case, question: &question, geo: &geo, window, roster: &roster };
        pool.install(|| examine(&examiner, &mut outputs))?
    } else {
        collect(args, &mut outputs)?
    };
    tenant::rank(&mut accounts);
    let addresses = pool.install(|| addresses(&case, &accounts, window))?;
    let triage = Triage { window, clusters: clusters(&accounts), addresses, accounts, foreign };
    let report = TriageReport {
        tool: TOOL,
        case_id: question.case_id.clone(),
        examiner: question.examiner.clone(),
        files: case.ledger.sources.len() as u64,
        total: case.ledger.total(),
        lost: case.ledger.lost_evidence(),
        own_domains: roster::own_domains(&question, &case.identities).into_iter().collect(),
        triage: &triage,
    };
    write(&report, &showing, &mut outputs)?;
    let clock = Clock { start, now: surroundings.clock };
    let sealed = ingest::seal(&mut outputs, &case.ledger, &settings::about(&question), surroundings, &clock)?;
    if !showing.quiet {
        let options = terminal::Options { lang: showing.lang, width: showing.width, color: showing.color };
        write!(surroundings.out, "{}", triage::terminal::summary(&report, &options))?;
        writeln!(surroundings.out, "report: {}", text::terminal_whole(&outputs.dir().display().to_string()))?;
        ingest::say_seal(&sealed, surroundings)?;
    }
    Ok(ingest::exit(&case.ledger))
}

/// The accounts that a triage of this case examines, one a line.
pub fn list(args: &Args, surroundings: &mut Surroundings<'_>) -> Result<Exit, Failed> {
    let question = settings::question(&settings::of_everybody(args))?;
    let case = Case::open(&args.case)?;
    for subject in Roster::of_tenant(&question, &case.identities).subjects {
        writeln!(surroundings.out, "{}", text::terminal_whole(&subject.user))?;
    }
    Ok(Exit::Done)
}

/// What every examination shares.
struct Examiner<'a> {
    case: &'a Case,
    question: &'a Question,
    geo: &'a Geo,
    window: Window,
    roster: &'a Roster,
}

/// Examines everybody, in the order of names, and writes `accounts.jsonl` on the way.
fn examine(examiner: &Examiner<'_>, outputs: &mut Outputs) -> Result<Vec<Account>, Failed> {
    let (jobs, sizes) = examiner.survey()?;
    let mut states = examiner.case.states(&|_| true)?;
    count_duplicates(examiner.case, &mut states)?;
    let mut accounts = Vec::new();
    let mut failed = None;
    outputs
        .write("accounts.jsonl", |out| {
            for portion in portions(&sizes) {
                let lines = match examiner.portion(portion, &jobs, &states) {
                    Ok(lines) => lines,
                    Err(error) => {
                        failed = Some(error);
                        return Err(io::Error::other("the case could not be read"));
                    }
                };
                for (account, line) in lines {
                    out.write_all(line.as_bytes())?;
                    accounts.push(account);
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

    /// One look at the narrow columns: the jobs of the whole tenant, and how many records each account has.
    fn survey(&self) -> Result<(Jobs, Vec<u64>), Failed> {
        use std::sync::atomic::{AtomicU64, Ordering};
        let jobs = Jobs::default();
        let sizes: Vec<AtomicU64> = self.roster.subjects.iter().map(|_| AtomicU64::new(0)).collect();
        let note = |row: Row<'_>| {
            jobs.note(row.datetime, row.action, row.parties);
            for member in self.roster.members(row.parties) {
                if let Some(size) = sizes.get(member as usize) {
                    size.fetch_add(1, Ordering::Relaxed);
                }
            }
            false
        };
        self.case.events(self.from(), self.window.to, &note)?;
        Ok((jobs, sizes.into_iter().map(AtomicU64::into_inner).collect()))
    }

    /// Examines the accounts `portion` of the roster, each as `analyze` would.
    fn portion(
        &self,
        portion: std::ops::Range<usize>,
        jobs: &Jobs,
        states: &[Event],
    ) -> Result<Vec<(Account, String)>, Failed> {
        let members = |parties: &str| -> Vec<usize> {
            let all = self.roster.members(parties).into_iter().map(|member| member as usize);
            all.filter(|member| portion.contains(member)).collect()
        };
        let wanted = |row: Row<'_>| scope::is_tenant_wide(row.action) || !members(row.parties).is_empty();
        let mut events = self.case.events(self.from(), self.window.to, &wanted)?;
        count_duplicates(self.case, &mut events)?;
        self.geo.enrich(&mut events);
        let mut own: Vec<Vec<&Event>> = vec![Vec::new(); portion.len()];
        for event in &events {
            if scope::is_tenant_wide(event.action()) {
                own.iter_mut().for_each(|own| own.push(event));
                continue;
            }
            for member in members(event.parties.as_deref().unwrap_or_default()) {
                if let Some(own) = own.get_mut(member - portion.start) {
                    own.push(event);
                }
            }
        }
        let subjects = self.roster.subjects.get(portion).unwrap_or_default();
        let tables: Vec<Table<'_>> =
            subjects.iter().zip(own).map(|(subject, own)| Table { subject, own, jobs, states }).collect();
        // Most need nothing of others. For those who do, one more look at the store finds it for all of them.
        let first: Vec<Asked> = tables.par_iter().map(|table| self.alone(table)).collect::<io::Result<_>>()?;
        let others = self.others(&first)?;
        let all = tables.par_iter().zip(first).map(|(table, asked)| match asked {
            Asked::Answered(account, line) => Ok((*account, line)),
            Asked::Needs(around) => self.among(table, &around, &others),
        });
        all.collect()
    }

    /// What all these look for of other accounts.
    fn others(&self, asked: &[Asked]) -> Result<Vec<Event>, Failed> {
        let mut all = Around::default();
        for asked in asked {
            if let Asked::Needs(around) = asked {
                all.places.extend(&around.places);
                all.sessions.extend(around.sessions.iter().cloned());
            }
        }
        if all.is_empty() {
            return Ok(Vec::new());
        }
        let nobody = Subject::default();
        let wanted = |row: Row<'_>| all.wants(&nobody, &row);
        let mut others = self.case.events(self.from(), self.window.to, &wanted)?;
        self.geo.enrich(&mut others);
        Ok(others)
    }

    /// The answers, where nothing of other accounts is asked for.
    fn alone(&self, table: &Table<'_>) -> io::Result<Asked> {
        match self.one(table, |around| Err(around.clone())) {
            Ok(examination) => {
                let (account, line) = told(table.subject, &examination)?;
                Ok(Asked::Answered(Box::new(account), line))
            }
            Err(around) => Ok(Asked::Needs(around)),
        }
    }

    /// The answers, where this much of other accounts is asked for.
    fn among(&self, table: &Table<'_>, around: &Around, others: &[Event]) -> Result<(Account, String), Failed> {
        let wanted = |event: &&Event| {
            let text = |text: &'_ Option<Box<str>>| text.as_deref().unwrap_or_default().to_owned();
            let (parties, ip, session) = (text(&event.parties), text(&event.source_ip), text(&event.session_id));
            let row = Row {
                datetime: event.datetime,
                parties: &parties,
                action: event.action(),
                source_ip: &ip,
                session_id: &session,
            };
            around.wants(table.subject, &row)
        };
        let look = |_: &Around| Ok::<_, Failed>(others.iter().filter(wanted).cloned().collect());
        let examination = self.one(table, look)?;
        Ok(told(table.subject, &examination)?)
    }

    fn one<E>(&self, table: &Table<'_>, look: impl FnOnce(&Around) -> Result<Vec<Event>, E>) -> Result<Examination, E> {
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
            jobs: table.jobs,
            events: &table.own,
            states: &states,
        };
        analyze::examine(material, look).map(|(examination, _)| examination)
    }
}

/// What lies on one account's table.
struct Table<'a> {
    subject: &'a Subject,
    own: Vec<&'a Event>,
    jobs: &'a Jobs,
    states: &'a [Event],
}

/// How far an examination got without other accounts' records.
enum Asked {
    Answered(Box<Account>, String),
    Needs(Around),
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

/// The part of a line of `accounts.jsonl` that the ranking needs.
#[derive(Deserialize)]
struct Line {
    schema: String,
    account: Account,
}

/// Lines that were examined elsewhere, put together in the order of names.
fn collect(args: &Args, outputs: &mut Outputs) -> Result<Vec<Account>, Failed> {
    let mut found: Vec<(Account, String)> = Vec::new();
    for path in &args.examined {
        let wrong = |why: String| Failed::Usage(format!("--examined {}: {why}", path.display()));
        for (number, line) in (1..).zip(source::lines(path).map_err(|error| wrong(error.to_string()))?) {
            let read: Line = serde_json::from_str(&line).map_err(|error| wrong(format!("line {number}: {error}")))?;
            if read.schema != json::ACCOUNT_SCHEMA {
                return Err(wrong(format!("line {number}: another version's line; examine again")));
            }
            found.push((read.account, line));
        }
    }
    found.sort_by(|(a, _), (b, _)| a.user.cmp(&b.user));
    // The same account examined twice is one.
    found.dedup_by(|(a, _), (b, _)| a.user == b.user);
    outputs.write("accounts.jsonl", |out| found.iter().try_for_each(|(_, line)| writeln!(out, "{line}")))?;
    Ok(found.into_iter().map(|(account, _)| account).collect())
}

/// The attackers' addresses with whom they were seen, those of most accounts first.
fn addresses(case: &Case, accounts: &[Account], window: Window) -> Result<Vec<Address>, Failed> {
    let all: BTreeSet<String> =
        accounts.iter().flat_map(|account| &account.addresses).map(|a| a.as_evidence().to_owned()).collect();
    let users = case.users_of(&all, window.from, window.to)?;
    let mut addresses: Vec<Address> = all
        .into_iter()
        .map(|address| Address {
            accounts: accounts
                .iter()
                .filter(|account| account.addresses.iter().any(|own| own.as_evidence() == address))
                .map(|account| account.user.clone())
                .collect(),
            users: users.get(&address).into_iter().flatten().map(|user| Untrusted::new(user.clone())).collect(),
            address: Untrusted::new(address),
        })
        .collect();
    addresses.sort_by(|a, b| (b.accounts.len(), &a.address).cmp(&(a.accounts.len(), &b.address)));
    Ok(addresses)
}

fn write(report: &TriageReport<'_>, showing: &Showing, outputs: &mut Outputs) -> Result<(), Failed> {
    if showing.wants(Output::Html) {
        let options = triage::html::Options { lang: showing.lang, zone: showing.zone };
        outputs.put("report.html", triage::html::render(report, &options).as_bytes())?;
    }
    outputs.write("triage.json", |out| triage::json::write(report, out))?;
    if showing.wants(Output::Csv) {
        outputs.write("triage.csv", |out| triage::csv::write(report, out))?;
    }
    Ok(())
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
