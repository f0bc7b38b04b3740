//! Every account of a case: examined as `analyze` examines one, ranked, and written.

mod examined;
mod examiner;
mod others;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use self::examiner::{Examiner, examine};
use super::analyze::{of_case, resolve};
use super::sealing::{self, Clock, TOOL};
use super::settings;
use super::showing::{self, Showing};
use super::{Failed, Surroundings, bar, ingest, whom};
use crate::analyze::triage::{Roster, clusters, roster};
use crate::cli::{Output, Triage as Args};
use crate::examination::Reach;
use crate::exit::Exit;
use crate::finding::counted;
use crate::question::Window;
use crate::report::outputs::Outputs;
use crate::report::text;
use crate::report::triage::{self, TriageReport};
use crate::tenant::{self, Account, Address, Level, Triage};
use crate::timeline::store::Case;
use crate::untrusted::Untrusted;

/// Examines, ranks and writes.
pub fn run(args: &Args, surroundings: &mut Surroundings<'_>) -> Result<Exit, Failed> {
    let start = (surroundings.clock)();
    let mut question = settings::question(&settings::of_everybody(args))?;
    let formats = (&args.output.page, showing::of_triage(&args.output.format));
    let showing = showing::showing(formats, &args.display, None, surroundings)?;
    let geo = settings::geo(&question)?;
    let users = named(args, &mut question.account_lists)?;
    question.account_lists = settings::in_order(question.account_lists);
    let threads = settings::threads(args.threads)?;
    settings::apart(std::slice::from_ref(&args.case), &args.output.out)?;
    Outputs::check_report(&args.output.out, args.output.overwrite)?;
    // Before anything is replaced: the lines may be those of the report that goes.
    let lines = examined::read(&args.examined)?;
    let case = Case::open(&args.case)?;
    let question = of_case(&question, &case.ledger);
    let window = resolve(&question, &case.ledger);
    examined::check(&lines, &case.ledger, window)?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;

    let mut outputs = Outputs::create(&args.output.out, args.output.overwrite)?.until(&surroundings.stop);
    let apart = |subject| whom::tell_apart(&case, subject, &[], window);
    let mut tenant = pool.install(|| Roster::of_tenant(&question, &case.identities, apart))?;
    let foreign = std::mem::take(&mut tenant.foreign);
    let mut entered = Entered::new();
    let mut accounts = if args.examined.is_empty() {
        let mut roster = match users.is_empty() {
            true => tenant,
            false => pool.install(|| Roster::of(&users, &case.identities, apart))?,
        };
        pool.install(|| whom::settle_all(&case, &mut roster.subjects, window))?;
        let tenants = pool.install(|| case.tenants())?;
        let (case, question, geo, tenants) = (&case, &question, &geo, &tenants);
        showing.tell(surroundings, &format!("examining {}", counted(roster.subjects.len(), "account", "accounts")))?;
        let bar = bar::of_accounts(roster.subjects.len(), &args.display, surroundings);
        let stop = &surroundings.stop;
        let examiner = Examiner { case, question, geo, window, tenants, roster: &roster, bar: &bar, stop };
        let examined = pool.install(|| examine(&examiner, &mut outputs, &mut entered));
        bar.finish_and_clear();
        examined?
    } else {
        showing.tell(surroundings, &format!("ranking {}", counted(lines.len(), "line", "lines")))?;
        collect(lines, &mut outputs, &mut entered)?
    };
    tenant::mark_entered(&mut accounts, &entered);
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
        named: !users.is_empty(),
        has_html: showing.wants(Output::Html),
        has_csv: showing.wants(Output::Csv),
        own_domains: roster::own_domains(&question, &case.identities).into_iter().collect(),
        cautions: question.laid_down(),
        triage: &triage,
    };
    write(&report, &showing, &mut outputs)?;
    showing.tell_written(surroundings, &outputs)?;
    let clock = Clock { start, now: surroundings.clock };
    let sealed = sealing::seal(&mut outputs, &case.ledger, &settings::about(&question, &geo), surroundings, &clock)?;
    if !showing.quiet {
        let summary = triage::terminal::summary(&report, &showing.terminal());
        sealing::say_report(&summary, outputs.dir(), &sealed, showing.lang, surroundings)?;
    }
    Ok(ingest::exit(&case.ledger))
}

/// The accounts that a triage of this case examines, one a line.
pub fn list(args: &Args, surroundings: &mut Surroundings<'_>) -> Result<Exit, Failed> {
    let question = settings::question(&settings::of_everybody(args))?;
    let users = named(args, &mut Vec::new())?;
    let case = Case::open(&args.case)?;
    let window = resolve(&of_case(&question, &case.ledger), &case.ledger);
    let apart = |subject| whom::tell_apart(&case, subject, &[], window);
    let roster = match users.is_empty() {
        true => Roster::of_tenant(&question, &case.identities, apart)?,
        false => Roster::of(&users, &case.identities, apart)?,
    };
    for subject in roster.subjects {
        writeln!(surroundings.out, "{}", text::terminal_whole(&subject.user))?;
    }
    Ok(Exit::Done)
}

/// The accounts that were asked for by name; none where nobody was named, which means all. Lists of them are added to these.
fn named(args: &Args, lists: &mut Vec<String>) -> Result<BTreeSet<String>, Failed> {
    let users = settings::users(&args.user, lists)?;
    match users.is_empty() && !args.user.is_empty() {
        true => Err(Failed::Usage("--user: no account is named; leave it out to examine all".to_owned())),
        false => Ok(users),
    }
}

/// Account → the addresses of other accounts' attackers from which somebody got into it.
type Entered = BTreeMap<Untrusted, BTreeSet<Untrusted>>;

/// The part of a line that says how far the attacker got with others.
#[derive(Deserialize)]
struct Reached {
    #[serde(default)]
    blast_radius: Vec<Other>,
}

#[derive(Deserialize)]
struct Other {
    account: Untrusted,
    reach: String,
    addresses: Vec<Untrusted>,
}

/// Takes in who else was entered by this account's attacker, where it has one for certain.
fn learn_entered(account: &Account, line: &str, entered: &mut Entered) {
    if account.level != Level::Linked {
        return;
    }
    let reached: Reached = serde_json::from_str(line).unwrap_or(Reached { blast_radius: Vec::new() });
    for other in reached.blast_radius.into_iter().filter(|other| other.reach == Reach::Entered.as_str()) {
        entered.entry(other.account).or_default().extend(other.addresses);
    }
}

/// Puts them together.
fn collect(
    found: Vec<(Account, String)>,
    outputs: &mut Outputs,
    entered: &mut Entered,
) -> Result<Vec<Account>, Failed> {
    found.iter().for_each(|(account, line)| learn_entered(account, line, entered));
    outputs.write("accounts.jsonl", |out| found.iter().try_for_each(|(_, line)| writeln!(out, "{line}")))?;
    Ok(found.into_iter().map(|(account, _)| account).collect())
}

/// The attackers' addresses with whom they were seen, those of most accounts first.
fn addresses(case: &Case, accounts: &[Account], window: Window) -> Result<Vec<Address>, Failed> {
    let mut reached: BTreeMap<String, Vec<Untrusted>> = BTreeMap::new();
    for account in accounts {
        let own: BTreeSet<&str> = account.addresses.iter().map(Untrusted::as_evidence).collect();
        own.into_iter().for_each(|own| reached.entry(own.to_owned()).or_default().push(account.user.clone()));
    }
    let all: BTreeSet<String> = reached.keys().cloned().collect();
    let users = case.users_of(&all, window.from, window.to)?;
    let mut addresses: Vec<Address> = reached
        .into_iter()
        .map(|(address, accounts)| Address {
            accounts,
            users: users.get(&address).into_iter().flatten().map(|user| Untrusted::new(user.clone())).collect(),
            address: Untrusted::new(address),
        })
        .collect();
    addresses.sort_by(|a, b| (b.accounts.len(), &a.address).cmp(&(a.accounts.len(), &b.address)));
    Ok(addresses)
}

fn write(report: &TriageReport<'_>, showing: &Showing, outputs: &mut Outputs) -> Result<(), Failed> {
    if report.has_html {
        let options = triage::html::Options { lang: showing.lang, zone: showing.zone, teeth: showing.teeth };
        outputs.put("report.html", triage::html::render(report, &options).as_bytes())?;
    }
    outputs.write("triage.json", |out| triage::json::write(report, out))?;
    if report.has_csv {
        outputs.write("triage.csv", |out| triage::csv::write(report, out))?;
    }
    Ok(())
}
