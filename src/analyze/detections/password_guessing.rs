//! Wrong passwords in quick succession from one place, and whether the right one followed.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::analyze::draft::Draft;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::shown::coverage::GateId;
use crate::analyze::sign_ins::logins::{self, Rate};
use crate::analyze::{Check, Meta};
use crate::finding::{Finding, Severity, Weight};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "password-guessing",
        title: "Password guessing",
        gates: &[&[GateId::G7], &[GateId::G7n]],
        adds: &[GateId::G1],
        never_not_seen: None,
        severity: Severity::High,
        attack: &["T1110.001", "T1110.003"],
        page: include_str!("../../../docs/symptoms/password-guessing.md"),
    },
    examine,
};

/// How many refused passwords are more than a slip.
const RATES: [Rate; 2] = [(5, TimeDelta::minutes(10)), (10, TimeDelta::hours(24))];
const ATTACKERS: [Rate; 2] = [(3, TimeDelta::minutes(10)), (10, TimeDelta::hours(24))];
/// Refused passwords that nobody types by mistake.
const NO_SLIP: usize = 10;
/// How long after the last refusal the right password still belongs to the guessing.
const AFTER: TimeDelta = TimeDelta::hours(24);

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let mut places: BTreeMap<String, Vec<&Row<'_>>> = BTreeMap::new();
    // Guessing that began on the eve goes on inside.
    let eve = exam.window.from - AFTER;
    let own = exam.rows.iter().filter(|row| row.event.datetime >= eve && logins::is_own(row));
    for row in own.filter(|row| logins::is_wrong_secret(row) || logins::proves_password(row)) {
        places.entry(logins::place(row.event)).or_default().push(row);
    }
    places.values().flat_map(|rows| at_place(exam, rows)).collect()
}

/// The guessing from one place; `rows` are its refusals and what proves the password.
fn at_place(exam: &Exam<'_>, rows: &[&Row<'_>]) -> Vec<Finding> {
    let wrong: Vec<&Row<'_>> = rows.iter().copied().filter(|row| logins::is_wrong_secret(row)).collect();
    let times: Vec<DateTime<Utc>> = wrong.iter().map(|row| row.event.datetime).collect();
    // From a place that is the attacker's anyway, fewer will do.
    let attackers = rows.iter().any(|row| logins::proves_password(row) && exam.attacker.holds(exam, row.event));
    let rates: &[Rate] = if attackers { &ATTACKERS } else { &RATES };
    let hits: Vec<&Row<'_>> = rows.iter().copied().filter(|row| logins::proves_password(row)).collect();
    logins::bursts(&times, rates).into_iter().filter_map(|burst| finding(exam, wrong.get(burst)?, &hits)).collect()
}

fn finding(exam: &Exam<'_>, wrong: &[&Row<'_>], hits: &[&Row<'_>]) -> Option<Finding> {
    let (first, last) = (wrong.first()?, wrong.last()?);
    let (start, end) = (first.event.datetime, last.event.datetime);
    let after = |row: &&&Row<'_>| row.event.datetime >= start && row.event.datetime <= end + AFTER;
    let mut hits: Vec<&Row<'_>> = hits.iter().filter(after).copied().collect();
    // With the first success the guessing is over.
    let over = hits.iter().position(|row| logins::got_in(row)).map_or(hits.len(), |at| at + 1);
    hits.truncate(over);
    // The success says more than the stop in front of it.
    let hit = hits.iter().find(|row| logins::got_in(row)).or(hits.first()).copied();
    // What was over before the window is not asked for.
    let inside = wrong.iter().copied().find(|row| row.in_window).or(hit.filter(|row| row.in_window))?;
    let usual = logins::is_usual_place(exam, first.event);
    let own_device = hit.is_some_and(|row| exam.baseline.is_own_device(row));
    let weight = match hit {
        _ if usual || own_device => Weight::Explained,
        // Whoever mistypes in a hotel is at a new address as well, but does not go on for long.
        Some(row) if exam.is_unusual(row) => Weight::Strong,
        Some(row) if exam.points(row) >= logins::UNUSUAL && wrong.len() >= NO_SLIP => Weight::Strong,
        _ => Weight::Weak,
    };
    let place = first
        .event
        .source_ip
        .as_deref()
        .or(first.event.source_ip_text.as_deref())
        .unwrap_or(crate::analyze::draft::NOWHERE);
    let (count, (span, span_ja)) = (wrong.len(), logins::span_text(start, end));
    let (then_en, then_ja) = match hit {
        Some(row) if logins::got_in(row) => (", then a successful sign-in", "、その後サインインに成功"),
        Some(_) => (", then the right password", "、その後正しいパスワード"),
        None => ("", ""),
    };
    let reason = match (usual, own_device) {
        (true, _) => "the place is a usual one of the account: typing errors, or a device with an old password",
        (false, true) => "the right password came from a device that the account used before",
        _ => "",
    };
    // What happened is the guess that hit; without one, the first try.
    let speaking = hit.filter(|hit| weight == Weight::Strong && hit.in_window).unwrap_or(inside);
    let agents = wrong.iter().filter_map(|row| row.event.user_agent.as_deref());
    let draft = Draft::new(&CHECK.meta, exam, speaking)
        .headline(
            format!("{count} wrong passwords from {place} in {span}{then_en}"),
            format!("{place} から {span_ja}の間に誤ったパスワード {count} 回{then_ja}"),
        )
        .weight(weight)
        .detail("wrong passwords", count.to_string())
        .detail("first try", crate::timeline::format_time(start))
        .detail("last try", crate::timeline::format_time(end))
        .detail(
            "right password at",
            hits.first().map(|row| crate::timeline::format_time(row.event.datetime)).unwrap_or_default(),
        )
        .detail("error codes", codes(wrong.iter().chain(&hits)))
        .detail("clients", logins::joined(agents, 5))
        .detail("explanation", reason);
    Some(logins::explained(draft, weight).also(wrong.iter().chain(&hits).copied()).done())
}

/// The codes on the way, in time order, runs of one code counted: `50126 ×14 → 50074 → 0`.
fn codes<'r, 'e: 'r>(rows: impl Iterator<Item = &'r &'r Row<'e>>) -> String {
    let mut rows: Vec<&Row<'_>> = rows.copied().collect();
    rows.sort_by_key(|row| row.event.order());
    let mut path: Vec<(&str, usize)> = Vec::new();
    for code in rows.iter().filter_map(|row| row.event.status_code.as_deref()) {
        match path.last_mut() {
            Some((last, count)) if *last == code => *count += 1,
            _ => path.push((code, 1)),
        }
    }
    let step =
        |(code, count): &(&str, usize)| if *count == 1 { (*code).to_owned() } else { format!("{code} ×{count}") };
    path.iter().map(step).collect::<Vec<_>>().join(" → ")
}
