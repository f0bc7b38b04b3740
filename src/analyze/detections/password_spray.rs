//! One place trying passwords on many accounts within an hour, this one among them; or many countries trying this one.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};

use crate::analyze::exam::{Exam, Row};
use crate::analyze::intruder::around;
use crate::analyze::intruder::tries::{self, ACCOUNTS, AFTER, Rights, WITHIN};
use crate::analyze::mail::mails;
use crate::analyze::shown::coverage::GateId;
use crate::analyze::sign_ins::{logins, reported};
use crate::analyze::{Check, Meta, acts};
use crate::finding::{Finding, Severity, Weight};
use crate::timeline::Event;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "password-spray",
        title: "Passwords tried on many accounts",
        gates: &[&[GateId::G7], &[GateId::G7Others]],
        adds: &[GateId::G7n, GateId::G1, GateId::G3],
        never_not_seen: None,
        severity: Severity::High,
        attack: &["T1110.003", "T1110.004"],
        page: include_str!("../../../docs/symptoms/password-spray.md"),
    },
    examine,
};

/// Refusals of this account, from so many countries, within the time.
const TRIES: usize = 20;
const COUNTRIES: usize = 3;
const SHORT: TimeDelta = TimeDelta::minutes(5);

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let others = exam.others.iter().filter(|row| row.in_window && row.is_sign_in());
    let refused: Vec<&Row<'_>> = others.chain(logins::of(exam)).filter(|row| logins::is_wrong_secret(row)).collect();
    let place = |event: &Event| Some(logins::place(event));
    let range = |event: &Event| logins::range(event).filter(|range| !exam.baseline.knows_range(*range));
    let (places, told) = sprays(exam, &refused, &place, &place);
    let of_one: BTreeSet<IpAddr> = told.iter().filter_map(|row| logins::range(row.event)).collect();
    // Neighbouring addresses count together where one program asks for one application, and none of them was told of.
    let neighbours =
        |event: &Event| range(event).filter(|range| !of_one.contains(range)).map(|range| format!("{range}/24"));
    let program = |event: &Event| {
        let program = event.user_agent.as_deref()?.to_lowercase();
        Some(format!("{} {program} {}", neighbours(event)?, event.app_id.as_deref().unwrap_or_default()))
    };
    let (ranges, _) = sprays(exam, &refused, &program, &neighbours);
    let mut findings: Vec<Finding> = places.into_iter().chain(ranges).collect();
    findings.extend(distributed(exam));
    findings.extend(reported::told(&CHECK.meta, exam, &["passwordspray"], &findings));
    findings
}

/// The name of the source that an event comes from.
type Name<'n> = &'n dyn Fn(&Event) -> Option<String>;

/// Where the tries of one source count together.
struct Source<'n> {
    /// The source's key.
    key: String,
    /// By what sources are told apart.
    by: Name<'n>,
    /// What it is called.
    shown: String,
}

impl Source<'_> {
    fn holds(&self, event: &Event) -> bool {
        (self.by)(event).as_deref() == Some(&*self.key)
    }
}

/// What each source tried, and a try at this account of each that is told of.
fn sprays<'x>(
    exam: &'x Exam<'_>,
    refused: &[&'x Row<'x>],
    by: Name<'_>,
    shown: Name<'_>,
) -> (Vec<Finding>, Vec<&'x Row<'x>>) {
    let mut sources: BTreeMap<String, Vec<&Row<'_>>> = BTreeMap::new();
    for row in refused {
        if let Some(key) = by(row.event) {
            sources.entry(key).or_default().push(row);
        }
    }
    let rights = Rights::of(exam, by);
    let (mut findings, mut told) = (Vec::new(), Vec::new());
    for (key, mut rows) in sources {
        rows.sort_by_key(|row| row.event.order());
        let Some(shown) = rows.first().and_then(|row| shown(row.event)) else { continue };
        let source = Source { key, by, shown };
        let around = || around_refusal(exam, &source, &rows, &rights);
        if let Some(round) = around().or_else(|| around_hit(exam, &source, &rows)) {
            told.push(round.own);
            findings.extend(finding(exam, &source.shown, &round));
        }
    }
    (findings, told)
}

/// The tries of one source around a try at this account.
fn finding(exam: &Exam<'_>, place: &str, round: &Round<'_, '_>) -> Option<Finding> {
    let Round { own, near, hit } = *round;
    let accounts: BTreeSet<String> = accounts(near).collect();
    let usual = logins::is_usual_place(exam, own.event);
    let own_place = logins::place(own.event) == place;
    let weight = match hit {
        _ if usual => Weight::Explained,
        // Behind neighbouring addresses may stand a whole company: there the score has to say whose sign-in it was.
        Some(row) if own_place || mails::is_attackers(exam, row) => Weight::Strong,
        _ => Weight::Weak,
    };
    let mine: Vec<&Row<'_>> = near.iter().copied().filter(|row| logins::is_own(row)).chain(hit).collect();
    let (then_en, then_ja) = match hit {
        Some(_) => (", and this account's was right", "、このアカウントのパスワードは正しかった"),
        None => ("", ""),
    };
    let draft = acts::draft(&CHECK.meta, exam, &mine, weight)?
        .headline(
            format!("Passwords of {} accounts were tried from {place} within an hour{then_en}", accounts.len()),
            format!("{place} から 1 時間以内に {} 個のアカウントのパスワードが試行された{then_ja}", accounts.len()),
        )
        .detail("accounts tried", accounts.len().to_string())
        .detail("tries", near.len().to_string())
        .detail("clients", logins::joined(near.iter().filter_map(|row| row.event.user_agent.as_deref()), 5))
        .detail(
            "explanation",
            if usual { "a usual place of the account: an office after passwords ran out" } else { "" },
        );
    Some(draft.also(near.iter().copied().take(40)).done())
}

/// Tries at many accounts, this one among them.
struct Round<'t, 'x> {
    /// The try at this account that they lie around.
    own: &'x Row<'x>,
    near: &'t [&'x Row<'x>],
    /// Where this account's password was right.
    hit: Option<&'x Row<'x>>,
}

/// The tries at most so long before and after.
fn near<'t, 'x>(rows: &'t [&'x Row<'x>], time: DateTime<Utc>) -> &'t [&'x Row<'x>] {
    let first = rows.partition_point(|row| row.event.datetime < time - WITHIN);
    let behind = rows.partition_point(|row| row.event.datetime <= time + WITHIN);
    rows.get(first..behind).unwrap_or_default()
}

/// Tries around one that refused this account, where they were aimed at many; of several such the first after which the
/// password was right, or else the first.
fn around_refusal<'t, 'x>(
    exam: &'x Exam<'_>,
    source: &Source<'_>,
    rows: &'t [&'x Row<'x>],
    rights: &Rights,
) -> Option<Round<'t, 'x>> {
    let own: Vec<DateTime<Utc>> = rows.iter().filter(|row| logins::is_own(row)).map(|row| row.event.datetime).collect();
    let names: Vec<Option<String>> = rows.iter().map(|row| around::account(row.event)).collect();
    let tries = rows.iter().zip(&names).filter_map(|(row, name)| Some((row.event.datetime, name.as_deref()?)));
    let aimed = tries::aimed_at_many(&tries.collect::<Vec<_>>(), &own);
    let mut refusals: Vec<_> = aimed.into_iter().map(|time| rights.refusal(&source.key, time)).collect();
    tries::by_weight(&mut refusals);
    let time = refusals.first()?.time;
    let near = near(rows, time);
    let own = near.iter().find(|row| logins::is_own(row) && row.event.datetime == time)?;
    let end = near.last()?.event.datetime + AFTER;
    let hit = logins::of(exam).find(|row| {
        source.holds(row.event)
            && logins::proves_password(row)
            && row.event.datetime >= own.event.datetime
            && row.event.datetime <= end
    });
    Some(Round { own, near, hit })
}

/// A round that had this account's password right at the first try: there is no refusal of it. Everybody signs in where
/// others mistype, so that only the attacker's place counts.
fn around_hit<'t, 'x>(exam: &'x Exam<'_>, source: &Source<'_>, rows: &'t [&'x Row<'x>]) -> Option<Round<'t, 'x>> {
    if !tries::at_least(ACCOUNTS, accounts(rows)) {
        return None;
    }
    let hit = logins::of(exam).find(|row| {
        logins::proves_password(row)
            && source.holds(row.event)
            && !logins::is_usual_place(exam, row.event)
            && mails::is_attackers(exam, row)
            && tries::at_least(ACCOUNTS, accounts(near(rows, row.event.datetime)))
    })?;
    Some(Round { own: hit, near: near(rows, hit.event.datetime), hit: Some(hit) })
}

fn accounts(rows: &[&Row<'_>]) -> impl Iterator<Item = String> {
    rows.iter().filter_map(|row| around::account(row.event))
}

/// Refusals of this account from many countries within minutes.
fn distributed(exam: &Exam<'_>) -> Vec<Finding> {
    let wrong: Vec<&Row<'_>> = logins::of(exam).filter(|row| logins::is_wrong_secret(row)).collect();
    let times: Vec<_> = wrong.iter().map(|row| row.event.datetime).collect();
    let bursts = logins::bursts(&times, &[(TRIES, SHORT)]);
    let tell = |burst: std::ops::Range<usize>| -> Option<Finding> {
        let rows = wrong.get(burst)?;
        let countries: BTreeSet<&str> = rows.iter().filter_map(|row| row.event.geo_country.as_deref()).collect();
        let end = rows.last()?.event.datetime;
        let hit = logins::of(exam).find(|row| {
            logins::proves_password(row)
                && row.event.datetime >= end
                && row.event.datetime <= end + AFTER
                && mails::is_attackers(exam, row)
        });
        if countries.len() < COUNTRIES {
            return None;
        }
        let weight = if hit.is_some() { Weight::Strong } else { Weight::Weak };
        let all: Vec<&Row<'_>> = rows.iter().copied().chain(hit).collect();
        let draft = acts::draft(&CHECK.meta, exam, &all, weight)?
            .headline(
                format!("{} wrong passwords from {} countries within minutes", rows.len(), countries.len()),
                format!("数分の間に {} か国から誤ったパスワード {} 回", countries.len(), rows.len()),
            )
            .detail("countries", countries.into_iter().collect::<Vec<_>>().join(", "));
        Some(draft.done())
    };
    bursts.into_iter().filter_map(tell).collect()
}
