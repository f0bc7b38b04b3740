//! Second-factor prompts one after the other until somebody gives in, and prompts that the owner reported.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use crate::analyze::draft::Draft;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::shown::coverage::GateId;
use crate::analyze::sign_ins::logins::{self, Rate};
use crate::analyze::sign_ins::reported;
use crate::analyze::{Check, Meta};
use crate::finding::{Finding, Severity, Weight};
use crate::timeline::format_time;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "mfa-fatigue",
        title: "Repeated multifactor prompts",
        gates: &[&[GateId::G7]],
        adds: &[GateId::G6Entra, GateId::G1],
        never_not_seen: None,
        severity: Severity::High,
        attack: &["T1621"],
        page: include_str!("../../../docs/symptoms/mfa-fatigue.md"),
    },
    examine,
};

const RATES: [Rate; 2] = [(5, TimeDelta::minutes(10)), (10, TimeDelta::hours(24))];
/// How long after the last refused prompt a success is the answer to it.
const AFTER: TimeDelta = TimeDelta::minutes(60);
/// A prompt that was refused, not answered or timed out.
const REFUSED: u32 = 500_121;
/// A prompt was shown; the flow ended there unless another record of it goes on.
const SHOWN: u32 = 50_074;
/// The kind of risk by which the service passes such a report on, lower-cased.
const TOLD: &str = "userreportedsuspiciousactivity";
const REPORTED: [&str; 2] = ["fraud reported", "suspicious activity reported"];

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let prompts = unanswered(exam);
    let (usual, other): (Vec<&Row<'_>>, Vec<&Row<'_>>) =
        prompts.into_iter().partition(|row| logins::is_usual_place(exam, row.event));
    let mut findings = Vec::new();
    for prompts in [usual, other] {
        let times: Vec<DateTime<Utc>> = prompts.iter().map(|row| row.event.datetime).collect();
        let bursts = logins::bursts(&times, &RATES).into_iter();
        findings.extend(bursts.filter_map(|burst| finding(exam, prompts.get(burst)?)));
    }
    findings.extend(exam.acts().filter(|row| is_report(row)).map(|row| reported(exam, row)));
    findings.extend(reported::told(&CHECK.meta, exam, &[TOLD], &findings));
    findings.extend(reported::of_kind(&CHECK.meta, exam, TOLD));
    findings
}

/// The prompts that nobody answered. A flow that shows a prompt and then succeeds is a daily sign-in.
fn unanswered<'e, 'a>(exam: &'e Exam<'a>) -> Vec<&'e Row<'a>> {
    let flow = |row: &Row<'_>| row.event.correlation_id.as_deref().map(str::to_owned);
    let decided = |row: &&Row<'_>| logins::got_in(row) || logins::code(row.event) == Some(REFUSED);
    let settled: BTreeSet<String> = since_the_eve(exam).filter(decided).filter_map(flow).collect();
    let is_prompt = |row: &&Row<'_>| match logins::code(row.event) {
        Some(REFUSED) => true,
        // Nobody is shown anything where a program refreshes its token.
        Some(SHOWN) if row.event.sign_in_kind.as_deref() == Some("noninteractive") => false,
        Some(SHOWN) => flow(row).is_none_or(|flow| !settled.contains(&flow)),
        _ => false,
    };
    since_the_eve(exam).filter(is_prompt).collect()
}

/// The account's sign-ins of the window and of the day before it: a burst that began there goes on inside.
fn since_the_eve<'e, 'a>(exam: &'e Exam<'a>) -> impl Iterator<Item = &'e Row<'a>> {
    let eve = exam.window.from - TimeDelta::hours(24);
    exam.rows.iter().filter(move |row| row.event.datetime >= eve && logins::is_own(row))
}

fn finding(exam: &Exam<'_>, prompts: &[&Row<'_>]) -> Option<Finding> {
    let (first, last) = (prompts.first()?, prompts.last()?);
    let (start, end) = (first.event.datetime, last.event.datetime);
    let places: BTreeSet<String> = prompts.iter().map(|row| logins::place(row.event)).collect();
    let usual = logins::is_usual_place(exam, first.event);
    let sessions: BTreeSet<String> = prompts.iter().filter_map(|row| session(row)).collect();
    let here = |row: &Row<'_>| places.contains(&logins::place(row.event));
    // Who changes addresses from try to try is known by the session, or by being the attacker.
    let same = |row: &Row<'_>| session(row).is_some_and(|session| sessions.contains(&session));
    let elsewhere = |row: &Row<'_>| !usual && (same(row) || exam.attacker.holds(exam, row.event));
    let gave_in = logins::of(exam).find(|row| {
        let time = row.event.datetime;
        logins::got_in(row) && time >= start && time <= end + AFTER && (here(row) || elsewhere(row))
    });
    // What was over before the window is not asked for.
    let inside = prompts.iter().copied().find(|row| row.in_window).or(gave_in)?;
    let own_device = gave_in.is_some_and(|row| exam.baseline.is_own_device(row));
    let weight = match gave_in {
        _ if usual || own_device => Weight::Explained,
        Some(row) if here(row) && exam.points(row) >= logins::UNUSUAL || exam.is_unusual(row) => Weight::Strong,
        _ => Weight::Weak,
    };
    let (count, (span, span_ja)) = (prompts.len(), logins::span_text(start, end));
    let (then_en, then_ja) = if gave_in.is_some() {
        (", then a successful sign-in", "、その後サインインに成功")
    } else {
        ("", "")
    };
    let explanation = match (usual, own_device) {
        (true, _) => "the prompts came from a usual place of the account: its owner tried again",
        (false, true) => "the sign-in that followed came from a device that the account used before",
        _ => "",
    };
    let draft = Draft::new(&CHECK.meta, exam, gave_in.filter(|_| weight == Weight::Strong).unwrap_or(inside))
        .headline(
            format!("{count} unanswered multifactor prompts in {span}{then_en}"),
            format!("{span_ja}の間に応答されなかった多要素認証の要求 {count} 回{then_ja}"),
        )
        .weight(weight)
        .detail("prompts", count.to_string())
        .detail("first prompt", format_time(start))
        .detail("last prompt", format_time(end))
        .detail("addresses", logins::joined(prompts.iter().filter_map(|row| row.event.source_ip.as_deref()), 10))
        .detail("signed in at", gave_in.map(|row| format_time(row.event.datetime)).unwrap_or_default())
        .detail("explanation", explanation);
    Some(logins::explained(draft, weight).also(prompts.iter().copied().chain(gave_in)).done())
}

fn session(row: &Row<'_>) -> Option<String> {
    row.events().find_map(|event| event.session()).map(str::to_lowercase)
}

fn is_report(row: &Row<'_>) -> bool {
    let action = row.event.action().to_lowercase();
    !row.is_sign_in() && REPORTED.iter().any(|reported| action.starts_with(reported))
}

fn reported(exam: &Exam<'_>, row: &Row<'_>) -> Finding {
    Draft::new(&CHECK.meta, exam, row)
        .headline(
            "The account's owner reported a multifactor prompt as not their own",
            "アカウントの所有者が、身に覚えのない多要素認証の要求を報告",
        )
        .done()
}
