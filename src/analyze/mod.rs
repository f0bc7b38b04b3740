//! The examination: one account, one window, all the evidence of the case that is about them.
//!
//! Symptoms and detections neither print nor sort; the runner here gives ids, orders findings and, from the
//! coverage gates, decides what cannot be assessed.

pub mod acts;
pub mod chains;
pub mod detections;
pub mod draft;
pub mod exam;
pub mod intruder;
pub mod lent;
pub mod mail;
pub mod people;
pub mod raise;
pub mod response;
pub mod scope;
pub mod settings;
pub mod shown;
pub mod sign_ins;
pub mod symptoms;
pub mod triage;
pub mod twins;

use std::borrow::Borrow;
use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use rayon::prelude::*;

use crate::examination::{Attacker, Examination};
use crate::finding::{Assessment, Attribution, Finding, Severity, Verdict, Weight};
use crate::ledger::Ledger;
use crate::origin::Origin;
use crate::question::{Question, Window};
use crate::timeline::Event;
use crate::timeline::facts::Tenants;
use crate::timeline::identities::IdentityTable;
use crate::untrusted::Untrusted;
use exam::Exam;
use intruder::around::Around;
use intruder::attacker::AttackerSet;
use intruder::programs::Programs;
use people::actor::ActorClass;
use people::identity::Subject;
use people::tenants::Apart;
use settings::applications::Introduced;
use shown::coverage::GateId;

/// What describes a check; it sits with the check.
#[derive(Debug)]
pub struct Meta {
    /// Microsoft's number, 1 to 10; 0 beyond the ten.
    pub number: u8,
    /// Public id.
    pub id: &'static str,
    /// English title.
    pub title: &'static str,
    /// What must pass before "not seen" may be said: every group, of each group at least one gate. The first is the log that
    /// the check rests on: where it has not even half of the window, an innocent find answers nothing.
    pub gates: &'static [&'static [GateId]],
    /// Gates that would make the answer stronger.
    pub adds: &'static [GateId],
    /// Why this can never be "not seen", where that is so.
    pub never_not_seen: Option<&'static str>,
    /// Severity of a strong finding.
    pub severity: Severity,
    /// MITRE ATT&CK techniques.
    pub attack: &'static [&'static str],
    /// The page that `explain` prints.
    pub page: &'static str,
}

/// One check: a symptom or a detection.
#[derive(Debug)]
pub struct Check {
    /// What it is.
    pub meta: Meta,
    /// What it finds inside the window.
    pub examine: fn(&Exam<'_>) -> Vec<Finding>,
}

/// What an examination is made from.
#[derive(Debug, Clone, Copy)]
pub struct Material<'a> {
    /// What is asked.
    pub question: &'a Question,
    /// The window, resolved.
    pub window: Window,
    /// All names of the account.
    pub subject: &'a Subject,
    /// Who is who.
    pub identities: &'a IdentityTable,
    /// What was read.
    pub ledger: &'a Ledger,
    /// Which tenants the records of each file name.
    pub tenants: &'a Tenants,
    /// Who did the same to many people at once.
    pub jobs: &'a people::jobs::Jobs,
    /// The scope, in total order, from the baseline's start to the window's end, places filled in.
    pub events: &'a [&'a Event],
    /// What [`scope::matters_later`] in the logs behind the window, in total order: the steps of the response are looked
    /// for there as well, and nothing else is.
    pub later: &'a [&'a Event],
    /// What was set before that and may still stand, in total order: it says nothing of what was usual.
    pub earlier: &'a [&'a Event],
    /// What snapshots show of the account and of the whole organisation.
    pub states: &'a [&'a Event],
}

/// Examines the account. Once the attacker is known, `look` is asked for what other accounts did from the attacker's
/// addresses and in the attacker's sessions; these records are given back beside the examination, which may cite them.
///
/// # Errors
/// Whatever `look` fails with.
pub fn examine<O: Borrow<Event>, E>(
    material: Material<'_>,
    look: impl FnOnce(&Around) -> Result<Vec<O>, E>,
) -> Result<(Examination, Vec<O>), E> {
    let apart = Apart::of(&material);
    let rows = exam::rows(material, &apart);
    let mut exam = Exam::new(material, &rows, apart);
    know_attacker(&mut exam);
    let around = Around::of(&exam);
    let others = if around.is_empty() { Vec::new() } else { beside(&material, look(&around)?) };
    exam.set_others(&others);
    // Only others' records tell that an address is the way out of many: what was concluded through it falls.
    // And only they tell that somebody who works in this mailbox is an intruder.
    let (shared, ways_out) = (intruder::around::shared_places(&exam), intruder::around::ways_out(&exam));
    if !shared.is_empty() || !ways_out.is_empty() || !people::deputies::intruders(&exam).is_empty() {
        exam.set_shared(shared);
        exam.ways_out = ways_out;
        know_attacker(&mut exam);
    }
    let mut symptoms = run(&symptoms::SYMPTOMS, &exam);
    chains::lift(&exam, &mut symptoms);
    let mut detections = run(detections::DETECTIONS, &exam);
    chains::lift_programs(&exam, &Programs::of(&exam, symptoms.iter()), &mut detections);
    settings::lifetimes::tell(&exam, &mut symptoms);
    settings::lifetimes::tell(&exam, &mut detections);
    raise::symptoms(&exam, &mut symptoms, &detections);
    let attacker = attacker_of(&exam, &symptoms, &detections);
    let (blast_radius, shared) = intruder::around::blast_radius(&exam);
    let mut examination = Examination {
        user: Untrusted::new(material.subject.user.clone()),
        identities: material.subject.identities.clone(),
        window: material.window,
        tenant_domains: exam.tenant_domains.iter().map(|domain| Untrusted::new(domain.clone())).collect(),
        foreign_files: exam.apart.files().clone(),
        coverage: exam.coverage.gates.clone(),
        sign_ins: sign_ins::signins::overview(&exam),
        exposure: intruder::exposure::exposure(&exam),
        recipients: intruder::recipients::recipients(&exam, &symptoms),
        blast_radius,
        symptoms,
        detections,
        response: Vec::new(),
        attacker,
        cautions: exam.cautions().into_iter().chain(shared).collect(),
    };
    // The account may have been secured after the window: the steps come last, on the table that goes on behind it.
    let whole = exam::rows_to_the_end(material, &exam.apart);
    if let Some(rows) = &whole {
        exam.go_on(rows);
    }
    examination.response = response::steps(&exam, &examination);
    drop(exam);
    Ok((examination, others))
}

/// What others did, without what lies on the table already: the way on of the account's mail, from a place that is asked
/// about.
fn beside<O: Borrow<Event>>(material: &Material<'_>, mut others: Vec<O>) -> Vec<O> {
    let traced = material.events.iter().filter(|event| scope::is_traced(event));
    let known: BTreeSet<&Origin> = traced.map(|event| &event.origin).collect();
    others.retain(|event| !known.contains(&event.borrow().origin));
    others
}

/// Puts the attacker on the table, as far as the account's own records tell.
fn know_attacker(exam: &mut Exam<'_>) {
    exam.set_attacker(AttackerSet::default());
    let seeds = AttackerSet::from_sign_ins(exam);
    exam.set_attacker(seeds);
    // What is malicious on its face teaches the session and address it came from; once, not endlessly.
    let mut first = run(&symptoms::SYMPTOMS, exam);
    // Most accounts have no act that the other checks could link to somebody yet unknown.
    let unknown =
        |row: &exam::Row<'_>| intruder::attacker::is_linked_act(exam, row) && !exam.attacker.holds(exam, row.event);
    if exam.rows.par_iter().any(unknown) {
        first.extend(run(detections::DETECTIONS, exam));
    }
    let learned = AttackerSet::from_findings(exam, &first);
    exam.set_attacker(learned);
    if let Some(with_admitted) = AttackerSet::with_admitted(exam) {
        exam.set_attacker(with_admitted);
    }
}

/// The checks ask nothing of each other, and run side by side.
fn run(checks: &[&Check], exam: &Exam<'_>) -> Vec<Assessment> {
    checks.par_iter().map(|check| assess(check, exam)).collect()
}

fn assess(check: &Check, exam: &Exam<'_>) -> Assessment {
    let findings = (check.examine)(exam);
    let mut needs = exam.coverage.missing(check.meta.gates);
    if findings.is_empty() {
        needs.extend(exam.coverage.silence(check.meta.gates));
        needs.extend(shown::halves::need(exam, check.meta.id));
        needs.extend(detections::need(exam, check.meta.id));
    }
    needs.extend(check.meta.never_not_seen.map(str::to_owned));
    let verdict = if needs.is_empty() { Verdict::NotSeen } else { Verdict::NotAssessable };
    needs.extend(exam.coverage.would_add(check.meta.adds));
    let mut assessment = Assessment { number: check.meta.number, id: check.meta.id, verdict, needs, findings };
    let unanswered = assessment.verdict;
    number(&mut assessment);
    // Of an account that no record names, what stands for the whole organisation answers nothing.
    let told = |finding: &Finding| finding.verdict != Weight::Explained && !finding.is_elsewhere();
    if !exam.coverage.passes(GateId::G0) && !assessment.findings.iter().any(told) {
        assessment.verdict = unanswered;
    }
    // A trifle of the few days that are covered is no answer for all those that are not.
    let covers = |group: &&[GateId]| group.iter().any(|gate| exam.coverage.covers_half(*gate));
    let rests_on = check.meta.gates.first().is_none_or(covers);
    if assessment.verdict == Verdict::Explained && !rests_on {
        assessment.verdict = unanswered;
    }
    assessment
}

/// Puts the findings in order, gives them their ids, and lets the heaviest decide the verdict.
fn number(assessment: &mut Assessment) {
    let id = assessment.id;
    assessment.findings.sort_by(|a, b| {
        (b.verdict, a.time, &a.records, &a.headline.en).cmp(&(a.verdict, b.time, &b.records, &b.headline.en))
    });
    for (index, finding) in assessment.findings.iter_mut().enumerate() {
        finding.id = format!("{id}/{}", index + 1);
    }
    assessment.verdict = match assessment.findings.first().map(|finding| finding.verdict) {
        Some(Weight::Strong) => Verdict::Strong,
        Some(Weight::Weak) => Verdict::Weak,
        Some(Weight::Explained) => Verdict::Explained,
        None => assessment.verdict,
    };
}

/// The attacker as the report tells it: the set, and the first and last linked act inside the window; of the time before
/// it what goes on inside, and what a finding tells of.
fn attacker_of(exam: &Exam<'_>, symptoms: &[Assessment], detections: &[Assessment]) -> Attacker {
    let findings = || symptoms.iter().chain(detections).flat_map(|assessment| &assessment.findings);
    let linked = findings()
        .filter(|finding| finding.attribution == Attribution::Linked)
        // What Microsoft wrote about the attacker's mail is not the attacker's act.
        .filter(|finding| !told_by_service(finding) && !is_attempt(exam, finding))
        .flat_map(|finding| std::iter::once(finding.time).chain(acts_of(exam, finding)).chain(mails_of(exam, finding)));
    let inside = exam.rows.iter().filter(|row| row.in_window || exam.baseline.is_begun(row.event));
    let own = inside.filter(|row| is_attackers_success(exam, row)).map(|row| row.event.datetime);
    let told = findings().filter(|finding| finding.verdict != Weight::Explained);
    let programs = by_programs(exam, symptoms, detections);
    let mut times: Vec<_> =
        linked.chain(own).chain(programs).chain(told.flat_map(|finding| before(exam, finding))).collect();
    times.sort();
    Attacker { first: times.first().copied(), last: times.last().copied(), ..exam.attacker.report() }
}

/// When applications did what strong findings tell of, and when they were let in: no place and no session of theirs says
/// whose they are.
fn by_programs(exam: &Exam<'_>, symptoms: &[Assessment], detections: &[Assessment]) -> Vec<DateTime<Utc>> {
    let programs = Programs::of(exam, symptoms.iter().chain(detections));
    if programs.is_empty() {
        return Vec::new();
    }
    let known = Introduced::learn(exam);
    let consents = detections.iter().filter(|one| one.id == "oauth-consent").flat_map(|one| &one.findings);
    let strong = consents.filter(|finding| finding.verdict == Weight::Strong);
    let let_in = strong.filter(|finding| programs.behind(exam, &known, finding).is_some());
    programs.times().chain(let_in.map(|finding| finding.time)).collect()
}

/// Whether the attacker did it, and got through: a failed sign-in is somebody still trying, not somebody inside.
fn is_attackers_success(exam: &Exam<'_>, row: &exam::Row<'_>) -> bool {
    exam.is_attacker_act(row) && !row.failed() && !row.interrupted()
}

/// When the attacker did before the window what the finding tells of: a forwarding that still stands.
fn before(exam: &Exam<'_>, finding: &Finding) -> impl Iterator<Item = DateTime<Utc>> {
    let rows = finding.records.iter().filter_map(|record| exam.cited(record));
    let before = rows.filter(|row| row.event.datetime < exam.window.from && is_attackers_success(exam, row));
    before.map(|row| row.event.datetime)
}

/// When the acts were done that a linked finding cites and that are linked by themselves: what it tells goes on after its
/// first record.
fn acts_of(exam: &Exam<'_>, finding: &Finding) -> impl Iterator<Item = DateTime<Utc>> {
    let rows = finding.records.iter().filter_map(|record| exam.cited(record));
    rows.filter(|row| intruder::attacker::is_linked_act(exam, row)).map(|row| row.event.datetime)
}

/// When the mails went out that the finding cites from the message trace, and that the attacker's address handed in: a
/// trace's address is no record's own, and a mailing goes on after its first mail.
fn mails_of(exam: &Exam<'_>, finding: &Finding) -> impl Iterator<Item = DateTime<Utc>> {
    let rows = finding.records.iter().filter_map(|record| exam.cited(record));
    rows.filter(|row| row.in_window && mail::traces::is_attackers(exam, row)).map(|row| row.event.datetime)
}

fn told_by_service(finding: &Finding) -> bool {
    finding.facts.get("actor class").is_some_and(|class| class.as_evidence() == ActorClass::Microsoft.as_str())
}

/// Whether the finding is about a sign-in that did not succeed.
fn is_attempt(exam: &Exam<'_>, finding: &Finding) -> bool {
    let row = finding.records.first().and_then(|record| exam.cited(record));
    row.is_some_and(|row| row.in_window && row.is_sign_in() && (row.failed() || row.interrupted()))
}

/// Whether a class is the service's own housekeeping, which is never a finding.
pub fn is_housekeeping(class: ActorClass) -> bool {
    matches!(class, ActorClass::Microsoft | ActorClass::Sync)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Techniques that ATT&CK 19 gave another number, with the former one: readers have both versions.
    const RENAMED: [(&str, &str); 3] = [("T1684.001", "T1656"), ("T1685.002", "T1562.008"), ("T1685", "T1562")];

    #[test]
    fn a_page_that_asks_for_an_unfiltered_log_has_a_gate_for_it() {
        let gates = [GateId::G2, GateId::G2Any];
        for check in symptoms::SYMPTOMS.iter().chain(detections::DETECTIONS) {
            let page = check.meta.page.split("## Evidence needed").nth(1).unwrap().split("\n## ").next().unwrap();
            let asks = page.contains("unfiltered") || page.contains("not filtered");
            let has = check.meta.gates.iter().any(|group| group.iter().any(|gate| gates.contains(gate)));
            assert_eq!(asks, has, "{}", check.meta.id);
        }
    }

    #[test]
    fn a_renamed_technique_stands_beside_its_former_number() {
        for check in symptoms::SYMPTOMS.iter().chain(detections::DETECTIONS) {
            for (now, before) in RENAMED {
                let former = |id: &&str| id.split('.').next() == before.split('.').next();
                let both = !check.meta.attack.contains(&now) || check.meta.attack.iter().any(former);
                assert!(both, "{}: {now} without {before}", check.meta.id);
            }
        }
    }
}
