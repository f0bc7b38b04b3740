//! When the forwardings and rules that are told stood: mail that went on to the same address before or afterwards went by
//! another way, which nobody has found yet. Judges nothing.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::analyze::exam::{Exam, Row};
use crate::analyze::settings::forwards::Forward;
use crate::analyze::settings::rules::judge::Judged;

/// How long mail may still go on after what sent it was taken away: servers learn of it one by one.
pub const UNDERWAY: TimeDelta = TimeDelta::minutes(10);

/// What sent the account's mail on to an address, and when it did.
#[derive(Debug)]
struct Stood {
    to: String,
    from: DateTime<Utc>,
    until: Option<DateTime<Utc>>,
}

/// What the recorded forwardings and rules of the account's mailbox account for.
#[derive(Debug)]
pub struct Accounted(Vec<Stood>);

impl Accounted {
    /// By these settings and acts on rules, as far as findings tell them.
    pub fn of(exam: &Exam<'_>, forwards: &[Forward<'_, '_>], rules: &[Judged<'_, '_>]) -> Self {
        let told = forwards.iter().filter(|forward| forward.mailbox.ours && forward.is_recent(exam));
        let mut all: Vec<Stood> = told.filter_map(by_setting).collect();
        let mut by_rule: BTreeMap<usize, Vec<&Judged<'_, '_>>> = BTreeMap::new();
        for act in rules.iter().filter(|act| act.act.mailbox.ours) {
            by_rule.entry(act.act.rule_number).or_default().push(act);
        }
        by_rule.values().for_each(|acts| all.extend(by_one_rule(acts)));
        Self(all)
    }

    /// Whether one of them sent on what this row of a trace shows going to the address (lower-cased).
    pub fn covers(&self, to: &str, row: &Row<'_>) -> bool {
        let time = row.event.datetime;
        let stood = |one: &&Stood| one.from <= time && one.until.is_none_or(|until| time <= until + UNDERWAY);
        self.0.iter().filter(stood).any(|one| one.to == to)
    }
}

fn by_setting(forward: &Forward<'_, '_>) -> Option<Stood> {
    Some(Stood {
        to: forward.address.as_ref()?.to_lowercase(),
        from: forward.on.event.datetime,
        until: forward.off.map(|off| off.event.datetime),
    })
}

/// The stretches in which one rule sent mail to addresses outside, where an act that is told tells of it.
fn by_one_rule(acts: &[&Judged<'_, '_>]) -> Vec<Stood> {
    let mut stood: Vec<Stood> = Vec::new();
    let mut told: Vec<String> = Vec::new();
    for judged in acts {
        let (act, time) = (&judged.act, judged.act.row.event.datetime);
        let active = act.verb.leaves_active() && act.rule.enabled != Some(false);
        let outside = judged.content.outside.iter().map(|address| address.to_lowercase());
        let now: Vec<String> = outside.filter(|_| active).collect();
        for open in stood.iter_mut().filter(|one| one.until.is_none() && !now.contains(&one.to)) {
            open.until = Some(time);
        }
        if judged.is_told() && judged.weight.is_some() {
            told.extend(now.iter().cloned());
        }
        let is_open = |to: &String| stood.iter().any(|one| one.until.is_none() && one.to == *to);
        let new: Vec<String> = now.into_iter().filter(|to| !is_open(to)).collect();
        stood.extend(new.into_iter().map(|to| Stood { to, from: time, until: None }));
    }
    stood.retain(|one| told.contains(&one.to));
    stood
}
