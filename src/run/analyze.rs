//! One question to a case: scope, examination, report, files.

use std::collections::{BTreeSet, HashMap};
use std::io::{self, Write};

use chrono::{DateTime, NaiveDate, SubsecRound, TimeDelta, Utc};
use foldhash::fast::RandomState;

use super::Failed;
use super::Surroundings;
use super::ingest;
use super::sealing::{self, Clock, TOOL};
use super::settings;
use super::showing::Showing;
use super::whom;
use crate::analyze::detections::DETECTIONS;
use crate::analyze::intruder::around::Around;
use crate::analyze::intruder::tries::{Counted, Tries};
use crate::analyze::people::identity::Subject;
use crate::analyze::people::jobs::Jobs;
use crate::analyze::symptoms::SYMPTOMS;
use crate::analyze::{self, Check, Material, scope};
use crate::cli::Output;
use crate::enrich::Geo;
use crate::examination::Examination;
use crate::exit::Exit;
use crate::finding::{Assessment, Finding, Verdict};
use crate::ledger::Ledger;
use crate::question::{Question, Window};
use crate::report::model::{Database, Report};
use crate::report::outputs::{File, Outputs};
use crate::report::words;
use crate::report::{csv, ecs, html, json, ocsf, stix, terminal, timesketch, xlsx};
use crate::timeline::query::{Interest, Row, Scope};
use crate::timeline::store::{Case, write_events};
use crate::timeline::{Event, format_time, sessions};

/// What is asked, and how the answer is shown.
pub struct Asked<'a> {
    /// The question.
    pub question: &'a Question,
    /// Places.
    pub geo: &'a Geo,
    /// Language, width, files.
    pub showing: &'a Showing,
    /// Worker threads.
    pub threads: usize,
}

/// Rejects that the report shows; `rejects.jsonl` has all of them.
const REJECTS_SHOWN: usize = 1000;

/// Answers the question and writes every file.
pub fn answer(
    case: &Case,
    asked: &Asked<'_>,
    outputs: &mut Outputs,
    surroundings: &mut Surroundings<'_>,
    clock: &Clock,
) -> Result<Exit, Failed> {
    let question = &of_case(asked.question, &case.ledger);
    let window = resolve(question, &case.ledger);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(asked.threads).build()?;
    let subject = pool.install(|| whom::subject(case, question, window))?;
    let start = scope::start(window, question.baseline_days);
    let reader = Reader { case, geo: asked.geo, subject: &subject, start, window };
    let jobs = Jobs::default();
    let loaded = pool.install(|| reader.load(&jobs))?;
    asked.showing.tell(surroundings, &loaded.told(subject.names.len(), start))?;
    let Loaded { events, states, earlier, later } = loaded;
    if surroundings.stop.is_wanted() {
        return Err(Failed::Interrupted);
    }
    let tenants = pool.install(|| case.tenants())?;
    let (on_table, standing): (Vec<&Event>, Vec<&Event>) = (events.iter().collect(), states.iter().collect());
    let (settings, behind): (Vec<&Event>, Vec<&Event>) = (earlier.iter().collect(), later.iter().collect());
    let material = Material {
        question,
        window,
        subject: &subject,
        identities: &case.identities,
        ledger: &case.ledger,
        tenants: &tenants,
        jobs: &jobs,
        events: &on_table,
        later: &behind,
        earlier: &settings,
        states: &standing,
    };
    let (examination, others) = pool.install(|| analyze::examine(material, |around| reader.near(around)))?;
    asked.showing.tell(surroundings, &format!("records of others around the attacker: {}", others.len()))?;
    // What stood before the table, and what lies behind the window, is in the timeline where the report cites it.
    let all = [events, earlier, later, others].into_iter().flatten().collect();
    let mut timeline = timeline(all, &examination, &subject);
    sessions::name_by_record(&mut timeline);
    pool.install(|| case.add_texts(&mut timeline))?;
    let rejects = case.rejects(REJECTS_SHOWN)?;
    let databases = databases(asked.geo);
    let report = Report {
        tool: TOOL,
        case_id: question.case_id.clone(),
        examiner: question.examiner.clone(),
        total: case.ledger.total(),
        evidence: &case.ledger.sources,
        rejects: &rejects,
        databases: &databases,
        built_in_countries: !asked.geo.knows_countries(),
        has_csv: asked.showing.wants(Output::Csv),
        examination: &examination,
        timeline: &timeline,
    };
    pool.install(|| write(&report, case, asked.showing, outputs))?;
    asked.showing.tell_written(surroundings, outputs)?;
    let sealed = sealing::seal(outputs, &case.ledger, &settings::about(question, asked.geo), surroundings, clock)?;
    if !asked.showing.quiet {
        let summary = terminal::summary(&report, &asked.showing.terminal());
        sealing::say_report(&summary, outputs.dir(), &sealed, asked.showing.lang, surroundings)?;
    }
    Ok(exit(&examination, &case.ledger, asked.showing))
}

/// The question, with the knowledge files that the case was read with: what it says of addresses rests on them.
pub(super) fn of_case(question: &Question, ledger: &Ledger) -> Question {
    let own = ledger.sources.iter().filter_map(|entry| entry.reading.as_ref()).chain([&ledger.reading]);
    let files = own.flat_map(|reading| &reading.knowledge).chain(&question.knowledge);
    let knowledge: BTreeSet<String> = files.cloned().collect();
    Question { knowledge: knowledge.into_iter().collect(), ..question.clone() }
}

/// Reads from the case what an examination is made of.
struct Reader<'a> {
    case: &'a Case,
    geo: &'a Geo,
    subject: &'a Subject,
    /// Where the table begins.
    start: DateTime<Utc>,
    window: Window,
}

/// What lies on the table, each in total order.
struct Loaded {
    events: Vec<Event>,
    states: Vec<Event>,
    /// What lasts of the time before the table.
    earlier: Vec<Event>,
    /// What the steps of the response are judged by, from behind the window.
    later: Vec<Event>,
}

impl Loaded {
    /// How much lies there, in words.
    fn told(&self, names: usize, start: DateTime<Utc>) -> String {
        let Self { events, states, earlier, later } = self;
        format!(
            "names of the account: {names}; records from {} on: {}, lasting settings of before: {}, from behind the window: {}, rows of snapshots: {}",
            format_time(start),
            events.len(),
            earlier.len(),
            later.len(),
            states.len()
        )
    }
}

impl Reader<'_> {
    /// The records that the account's examination asks for; the jobs of the whole tenant are noted on the way.
    fn load(&self, jobs: &Jobs) -> Result<Loaded, Failed> {
        let Self { case, subject, start, window, .. } = *self;
        let names = subject.looked_up();
        let wanted = Scope {
            names: &names,
            parties: &|parties| subject.takes_part(parties),
            action: &|action| Interest {
                wanted: scope::is_tenant_wide(action),
                may_be_routine: scope::may_be_routine(action),
                noted: Jobs::counts(action),
            },
            actor: &|actor| !scope::is_service(actor),
            note: &|noted| jobs.note(&noted),
            routine: &scope::is_routine,
        };
        let stands = |row: Row<'_>| scope::wanted_state(subject, row.parties);
        let mut events = case.events_in(start, window.to, &wanted)?;
        let mut earlier = case.events_before(start, &names, &scope::lasts, wanted.actor, wanted.parties)?;
        // Every part has a row or two of what the service does as a matter of routine, each of a hundred columns. They are
        // read where they may mean something.
        if scope::ends_routine(events.iter().chain(&earlier)) {
            events = case.events_in(start, window.to, &Scope { note: &|_| (), routine: &|_, _| false, ..wanted })?;
        }
        self.add_onward(&mut events, (start, window.to))?;
        let mut later = match ends_later(&case.ledger, window) {
            true => case.events_behind(window.to, &names, &scope::matters_later, wanted.actor, wanted.parties)?,
            false => Vec::new(),
        };
        self.add_onward(&mut later, (window.to, DateTime::<Utc>::MAX_UTC))?;
        let mut states = case.states(&stands)?;
        count_duplicates(case, events.iter_mut().chain(&mut states).chain(&mut earlier).chain(&mut later))?;
        for loaded in [&mut events, &mut earlier, &mut later] {
            self.geo.enrich(loaded);
        }
        sessions::name_by_sign_in(&mut [&mut events, &mut earlier, &mut later]);
        Ok(Loaded { events, states, earlier, later })
    }

    /// What other accounts did where the examination asks for it.
    fn near(&self, around: &Around) -> Result<Vec<Event>, Failed> {
        let Self { case, subject, start, window, .. } = *self;
        let mut around = around.clone();
        // Of refused passwords only those are looked for that were aimed at many.
        if let Some(counted) = count_tries(case, &around, window)? {
            counted.narrow(&mut around);
        }
        let wanted = |row: Row<'_>| around.wants(subject, &row);
        let mut others = match around.is_empty() {
            true => Vec::new(),
            false => case.events_near(start, window.to, &around, &wanted)?,
        };
        count_duplicates(case, &mut others)?;
        self.geo.enrich(&mut others);
        sessions::name_by_sign_in(&mut [&mut others]);
        Ok(others)
    }

    /// Adds what the message trace tells of the account's mail on its way to others.
    fn add_onward(&self, events: &mut Vec<Event>, (from, to): (DateTime<Utc>, DateTime<Utc>)) -> Result<(), Failed> {
        let delivered = scope::delivered(self.subject, &*events);
        if delivered.is_empty() {
            return Ok(());
        }
        let others = |parties: &str| !self.subject.takes_part(parties);
        let mut onward = self.case.of_messages(from, to, &delivered, &others)?;
        onward.retain(scope::is_traced);
        events.extend(onward);
        events.sort_by(|a, b| a.order().cmp(&b.order()));
        Ok(())
    }
}

/// How many accounts were tried around these refusals; `None` where none are asked about.
pub(super) fn count_tries(case: &Case, around: &Around, window: Window) -> Result<Option<Counted>, Failed> {
    let Some(tries) = Tries::new(around, window) else { return Ok(None) };
    let tell = |time, address: &str, account: &str| tries.note(time, address, account);
    case.tell_near(window.from, window.to, &tries, &tell)?;
    Ok(Some(tries.counted()))
}

/// The databases as the report names them.
fn databases(geo: &Geo) -> Vec<Database> {
    let told = |database: &crate::enrich::Database| Database {
        name: database.name.clone(),
        kind: database.kind.clone(),
        built: database.built,
        sha256: database.sha256.clone(),
    };
    geo.databases().iter().map(told).collect()
}

/// The window, with open ends closed by the span of the evidence.
pub(super) fn resolve(question: &Question, ledger: &Ledger) -> Window {
    let time = |text: &String| DateTime::parse_from_rfc3339(text).ok().map(|time| time.with_timezone(&Utc));
    let first = ledger.sources.iter().filter_map(|source| time(source.first.as_ref()?)).min();
    let last = ledger.sources.iter().filter_map(|source| time(source.last.as_ref()?)).max();
    let from = question.window.from.or(first).unwrap_or_default();
    // The window is half open: the second after the last record is its end.
    let end = last.map(|last| last.trunc_subsecs(0) + TimeDelta::seconds(1));
    let to = question.window.to.or(end).unwrap_or(from);
    // RFC 3339 has four digits for the year: records of the last second of 9999 are inside, and nothing is behind it.
    let latest = NaiveDate::from_ymd_opt(9999, 12, 31).and_then(|day| day.and_hms_nano_opt(23, 59, 59, 999_999_999));
    let to = latest.map_or(to, |latest| to.min(latest.and_utc()));
    // Where the evidence has nothing in the window, the end that was asked for stands.
    match (question.window.from, question.window.to) {
        (None, Some(_)) => Window { from: from.min(to), to },
        _ => Window { from, to: to.max(from) },
    }
}

/// Whether the evidence goes on behind the window.
pub(super) fn ends_later(ledger: &Ledger, window: Window) -> bool {
    let last = |text: &str| DateTime::parse_from_rfc3339(text).is_ok_and(|last| last >= window.to);
    ledger.sources.iter().any(|source| source.last.as_deref().is_some_and(last))
}

/// How many byte-identical copies each event has.
pub(super) fn count_duplicates<'e>(case: &Case, events: impl IntoIterator<Item = &'e mut Event>) -> Result<(), Failed> {
    let duplicates = case.duplicates()?;
    let mut copies: HashMap<(&str, u64), u64, RandomState> = HashMap::default();
    for duplicate in &duplicates {
        *copies.entry((&duplicate.kept_evidence, duplicate.kept_record)).or_default() += 1;
    }
    for event in events {
        event.duplicate_count = copies.get(&(&*event.origin.file, event.origin.record)).copied().unwrap_or(0);
    }
    Ok(())
}

/// Symptoms and findings that cite one record.
type Marks<'a> = (BTreeSet<&'a str>, Vec<&'a str>);

/// The events of the report's timeline: the subject's inside the window, and whatever else the report cites.
fn timeline(mut all: Vec<Event>, examination: &Examination, subject: &Subject) -> Vec<Event> {
    let mut cited: HashMap<(&str, u64), Marks<'_>, RandomState> = HashMap::default();
    for assessment in examination.symptoms.iter().chain(&examination.detections) {
        for finding in &assessment.findings {
            for record in &finding.records {
                let (symptoms, findings) = cited.entry((&record.evidence, record.record)).or_default();
                symptoms.insert(assessment.id);
                findings.push(&finding.id);
            }
        }
    }
    let steps = examination.response.iter().flat_map(|step| &step.records);
    for record in steps.chain(examination.blast_radius.iter().flat_map(|other| &other.records)) {
        cited.entry((&record.evidence, record.record)).or_default();
    }
    all.sort_by(|a, b| a.order().cmp(&b.order()));
    all.into_iter()
        .filter_map(|mut event| {
            let own = examination.window.contains(event.datetime) && subject.parts_of(&event).any();
            let marks = cited.get(&(&*event.origin.file, event.origin.record));
            if let Some((symptoms, findings)) = marks.filter(|(symptoms, _)| !symptoms.is_empty()) {
                event.symptom = Some(symptoms.iter().copied().collect::<Vec<_>>().join("; ").into());
                event.finding_ids = Some(findings.join("; ").into());
            }
            (own || marks.is_some()).then_some(event)
        })
        .collect()
}

/// Writes the files that are wanted, side by side. Those that take longest stand first.
fn write(report: &Report<'_>, case: &Case, showing: &Showing, outputs: &mut Outputs) -> Result<(), Failed> {
    let spill = outputs.dir().to_owned();
    let book = xlsx::Options { lang: showing.lang, spill: &spill };
    let mut files: Vec<File<'_>> = Vec::new();
    if showing.wants(Output::Xlsx) {
        files.push(("report.xlsx", Box::new(|out| xlsx::write(report, &book, out))));
    }
    files.push(("report.json", Box::new(|out| json::write(report, out))));
    if showing.wants(Output::Html) {
        files.push(("report.html", Box::new(|out| page(report, showing, out))));
    }
    if showing.wants(Output::Timesketch) {
        files.push(("timeline.timesketch.jsonl", Box::new(|out| timesketch::write(report, out))));
    }
    if showing.wants(Output::Parquet) {
        files.push(("timeline.parquet", Box::new(|out| parquet(report, out))));
    }
    if showing.wants(Output::Csv) {
        files.push(("timeline.csv", Box::new(|out| csv::timeline(report, out))));
        files.push(("findings.csv", Box::new(|out| csv::findings(report, out))));
    }
    if showing.wants(Output::Ecs) {
        files.push(("timeline.ecs.jsonl", Box::new(|out| ecs::timeline(report, out))));
        files.push(("findings.ecs.jsonl", Box::new(|out| ecs::findings(report, out))));
    }
    if showing.wants(Output::Ocsf) {
        files.push(("timeline.ocsf.jsonl", Box::new(|out| ocsf::timeline(report, out))));
        files.push(("findings.ocsf.jsonl", Box::new(|out| ocsf::findings(report, out))));
    }
    if showing.wants(Output::Stix) {
        files.push(("indicators.stix.json", Box::new(|out| stix::write(report, out))));
    }
    files.push(("rejects.jsonl", Box::new(|out| case.copy_rejects(out))));
    Ok(outputs.write_all(files)?)
}

fn page(report: &Report<'_>, showing: &Showing, out: &mut (dyn Write + Send)) -> io::Result<()> {
    let page = |check: &Check| {
        let text = words::page(showing.lang, check.meta.id).unwrap_or(check.meta.page);
        html::SymptomPage { id: check.meta.id, text }
    };
    let pages: Vec<html::SymptomPage<'_>> = SYMPTOMS.iter().chain(DETECTIONS).copied().map(page).collect();
    let options = html::Options { lang: showing.lang, zone: showing.zone, teeth: showing.teeth, pages: &pages };
    out.write_all(html::render(report, &options).as_bytes())
}

fn parquet(report: &Report<'_>, out: &mut (dyn Write + Send)) -> io::Result<()> {
    write_events(out, report.timeline).map_err(io::Error::other)
}

fn exit(examination: &Examination, ledger: &Ledger, showing: &Showing) -> Exit {
    let answered = |symptom: &&Assessment| symptom.verdict != Verdict::NotAssessable;
    let worst = examination
        .symptoms
        .iter()
        .filter(answered)
        .flat_map(|symptom| &symptom.findings)
        .map(|finding: &Finding| finding.verdict)
        .max();
    match (showing.fail_on, worst) {
        (Some(least), Some(worst)) if worst >= least => Exit::SymptomReached,
        _ => ingest::exit(ledger),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{Reading, SourceEntry};
    use crate::question::AskedWindow;

    fn time(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc)
    }

    #[test]
    fn an_end_that_was_asked_for_stands_where_the_evidence_has_nothing() {
        let (first, last) = ("2026-02-10T00:00:00Z", "2026-02-20T12:00:00Z");
        let entry = SourceEntry { first: Some(first.into()), last: Some(last.into()), ..SourceEntry::default() };
        let ledger = Ledger { sources: vec![entry], ..Ledger::default() };
        let resolved = |from: Option<&str>, to: Option<&str>| {
            let window = AskedWindow { from: from.map(time), to: to.map(time) };
            let Window { from, to } = resolve(&Question { window, ..Question::default() }, &ledger);
            (from, to)
        };
        assert_eq!(resolved(None, None), (time(first), time("2026-02-20T12:00:01Z")));
        let (before, behind) = ("2025-01-02T00:00:00Z", "2027-01-01T00:00:00Z");
        assert_eq!(resolved(None, Some(before)), (time(before), time(before)));
        assert_eq!(resolved(Some(behind), None), (time(behind), time(behind)));
        assert_eq!(resolved(None, Some(behind)), (time(first), time(behind)));
    }

    #[test]
    fn a_report_names_the_knowledge_files_that_its_case_was_read_with() {
        let reading = |file: &str| Reading { knowledge: vec![file.to_owned()], ..Reading::default() };
        let entry = SourceEntry { reading: Some(reading("b.txt")), ..SourceEntry::default() };
        let ledger = Ledger { reading: reading("a.txt"), sources: vec![entry], ..Ledger::default() };
        let question = Question { knowledge: vec!["a.txt".into(), "c.txt".into()], ..Question::default() };
        assert_eq!(of_case(&question, &ledger).knowledge, ["a.txt", "b.txt", "c.txt"]);
        assert!(of_case(&Question::default(), &Ledger::default()).knowledge.is_empty());
    }
}
