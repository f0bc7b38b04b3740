//! Mail of the account that the message trace shows going on to somebody outside, moments after it came: forwarding
//! at work, whoever set it and wherever. Judges nothing.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use crate::analyze::exam::{Exam, Row};
use crate::analyze::scope;

/// How long after its arrival a mail goes on.
const MOMENTS: TimeDelta = TimeDelta::minutes(5);
/// Mails that make a habit of it.
const HABIT: usize = 3;

/// Mails that went on to one address.
#[derive(Debug)]
pub struct Onward<'x> {
    /// The address outside, lower-cased.
    pub to: String,
    /// The rows of the trace that show the way out, in the order of time.
    pub out: Vec<&'x Row<'x>>,
    /// The rows that show the arrival.
    pub came: Vec<&'x Row<'x>>,
    /// How many mails came to the account between the first and the last of them.
    pub all: usize,
}

/// The addresses outside to which most of the account's mail went on for a while. A mail that was written to several
/// people has all of them in the trace at once; one that is forwarded comes first and leaves afterwards.
pub fn all<'x>(exam: &'x Exam<'_>) -> Vec<Onward<'x>> {
    let traced = || exam.rows.iter().filter(|row| scope::is_traced(row.event) && row.in_window);
    let mut came: BTreeMap<&str, &Row<'_>> = BTreeMap::new();
    for row in traced().filter(|row| row.parts.target && !row.parts.actor) {
        came.entry(id(row)).or_insert(row);
    }
    let mut ways: BTreeMap<String, Vec<(&'x Row<'x>, &'x Row<'x>)>> = BTreeMap::new();
    for row in traced().filter(|row| !row.parts.any()) {
        let Some(first) = came.get(id(row)).copied() else { continue };
        let after = row.event.datetime - first.event.datetime;
        let same_sender = row.event.user_raw == first.event.user_raw;
        if !(TimeDelta::zero() < after && after <= MOMENTS && same_sender) {
            continue;
        }
        for to in row.event.email_to.as_deref().unwrap_or_default().split(';').map(str::trim) {
            if !exam.is_internal(to) {
                ways.entry(to.to_lowercase()).or_default().push((row, first));
            }
        }
    }
    ways.into_iter().filter_map(|(to, pairs)| onward(to, &pairs, &came)).collect()
}

fn id<'r>(row: &'r Row<'_>) -> &'r str {
    row.event.email_message_id.as_deref().unwrap_or_default()
}

fn onward<'x>(to: String, pairs: &[(&'x Row<'x>, &'x Row<'x>)], came: &BTreeMap<&str, &Row<'_>>) -> Option<Onward<'x>> {
    let times = || pairs.iter().map(|(_, first)| first.event.datetime);
    let (first, last) = (times().min()?, times().max()?);
    let all = came.values().filter(|row| first <= row.event.datetime && row.event.datetime <= last).count();
    let mails: BTreeSet<&str> = pairs.iter().map(|(row, _)| id(row)).collect();
    (mails.len() >= HABIT && mails.len() * 2 > all).then(|| Onward {
        to,
        out: pairs.iter().map(|(row, _)| *row).collect(),
        came: pairs.iter().map(|(_, first)| *first).collect(),
        all,
    })
}
