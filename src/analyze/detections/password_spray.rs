//! One place trying passwords on many accounts within an hour, this one among them; or many countries trying this one.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use crate::analyze::around;
use crate::analyze::coverage::GateId;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::tries::{self, ACCOUNTS, AFTER, Rights, WITHIN};
use crate::analyze::{Check, Meta, acts, logins, mails};
use crate::finding::{Finding, Severity, Weight};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "password-spray",
        title: "Passwords tried on many accounts",
        gates: &[&[GateId::G7], &[GateId::G3]],
        adds: &[GateId::G7n, GateId::G1],
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
    let mut places: BTreeMap<String, Vec<&Row<'_>>> = BTreeMap::new();
    let others = exam.others.iter().filter(|row| row.in_window && row.is_sign_in());
    for row in others.chain(logins::of(exam)).filter(|row| logins::is_wrong_secret(row)) {
        places.entry(logins::place(row.event)).or_default().push(row);
    }
    let rights = Rights::of(exam);
    let mut findings: Vec<Finding> = Vec::new();
    for (place, rows) in &mut places {
        rows.sort_by_key(|row| row.event.order());
        findings.extend(spray(exam, place, rows, &rights));
    }
    findings.extend(distributed(exam));
    findings
}

/// The tries of one place around a try at this account, where they were aimed at many; of several such the first after
/// which the password was right, or else the first.
fn spray(exam: &Exam<'_>, place: &str, rows: &[&Row<'_>], rights: &Rights) -> Option<Finding> {
    let own = rows.iter().filter(|row| logins::is_own(row));
    let mut refusals: Vec<_> = own.map(|row| rights.refusal(place, row.event.datetime)).collect();
    tries::by_weight(&mut refusals);
    let around = |time: DateTime<Utc>| {
        let first = rows.partition_point(|row| row.event.datetime < time - WITHIN);
        let behind = rows.partition_point(|row| row.event.datetime <= time + WITHIN);
        rows.get(first..behind).unwrap_or_default()
    };
    let mut times = refusals.iter().map(|refusal| refusal.time);
    let time = times.find(|time| tries::at_least(ACCOUNTS, accounts(around(*time))))?;
    let near = around(time);
    let own = near.iter().find(|row| logins::is_own(row) && row.event.datetime == time)?;
    let accounts: BTreeSet<String> = accounts(near).collect();
    let end = near.last()?.event.datetime + AFTER;
    let hit = logins::of(exam).find(|row| {
        logins::place(row.event) == *place
            && logins::proves_password(row)
            && row.event.datetime >= own.event.datetime
            && row.event.datetime <= end
    });
    let usual = logins::is_usual_place(exam, own.event);
    let weight = match hit {
        _ if usual => Weight::Explained,
        Some(_) => Weight::Strong,
        None => Weight::Weak,
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
