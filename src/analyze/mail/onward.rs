//! Mail of the account that the message trace shows going on to somebody outside, moments after it came or by the hand
//! of an inbox rule: forwarding at work, whoever set it and wherever. Judges nothing.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use crate::analyze::exam::{Exam, Row};
use crate::analyze::mail::mails;
use crate::analyze::scope;
use crate::analyze::settings::rules::judge::Judged;
use crate::finding::Weight;

/// How long after its arrival a mail goes on.
const MOMENTS: TimeDelta = TimeDelta::minutes(5);
/// Mails that make a habit of it.
const HABIT: usize = 3;
/// The source that a trace names for what an inbox rule sends.
const RULE: &str = "MAILBOXRULE";

/// Mails that went on to one address.
#[derive(Debug)]
pub struct Onward<'x> {
    /// The address outside, lower-cased.
    pub to: String,
    /// The rows of the trace that show the way out, in the order of time.
    pub out: Vec<&'x Row<'x>>,
    /// The rows that show the arrival, where the trace has them.
    pub came: Vec<&'x Row<'x>>,
    /// How many mails went on.
    pub mails: usize,
    /// How many mails came to the account between the first and the last of them.
    pub all: usize,
    /// The trace says itself that an inbox rule sent them.
    pub by_rule: bool,
    /// Others that went on to this address were left out.
    pub is_rest: bool,
}

/// A row that shows the way out, and the arrival of the same mail.
struct Way<'x> {
    out: &'x Row<'x>,
    came: Option<&'x Row<'x>>,
    by_rule: bool,
}

/// What went on to one address.
#[derive(Default)]
struct Ways<'x> {
    /// Nothing accounts for these.
    open: Vec<Way<'x>>,
    /// The mails that were left out, by their ids.
    left_out: BTreeSet<&'x str>,
}

/// The addresses outside to which a rule of the account's mailbox sent mail on, or to which most of its mail went on for
/// a while; but for what went on to an address as `left_out` says. A mail that was written to several people has all of
/// them in the trace at once; one that is forwarded comes first and leaves afterwards.
pub fn all_but<'x>(exam: &'x Exam<'_>, left_out: &dyn Fn(&str, &Row<'_>) -> bool) -> Vec<Onward<'x>> {
    let traced = || exam.rows.iter().filter(|row| scope::is_traced(row.event) && row.in_window);
    let mut came: BTreeMap<&str, &Row<'_>> = BTreeMap::new();
    let is_told = |row: &&Row<'_>| !id(row).is_empty();
    for row in traced().filter(|row| row.parts.target && !row.parts.actor && is_recipient(exam, row)).filter(is_told) {
        came.entry(id(row)).or_insert(row);
    }
    // What was written to a group goes to its members one after the other; a rule says itself that it sent.
    let is_expanded = |row: &&Row<'_>| row.event.is(&["Expanded", "Expand"]);
    let grouped: BTreeSet<&str> = traced().filter(is_expanded).map(id).collect();
    let single: BTreeMap<&str, &Row<'_>> =
        came.iter().filter(|(id, _)| !grouped.contains(*id)).map(|(id, row)| (*id, *row)).collect();
    let mut ways: BTreeMap<String, Ways<'x>> = BTreeMap::new();
    for row in traced().filter(|row| !is_recipient(exam, row)) {
        for to in recipients(row).filter(|to| !exam.is_internal(to)) {
            if let Some(way) = by_rule(exam, row, to, &came).or_else(|| moments_later(exam, row, to, &single)) {
                let to = to.to_lowercase();
                let is_left_out = left_out(&to, row);
                let ways = ways.entry(to).or_default();
                if is_left_out {
                    ways.left_out.insert(id(way.came.unwrap_or(row)));
                } else {
                    ways.open.push(way);
                }
            }
        }
    }
    ways.into_iter().filter_map(|(to, ways)| onward(to, &ways, &single)).collect()
}

/// What mail sent on by a rule weighs: no more than the rule that is recorded as sending it, where that is explained.
pub fn weight(recorded: Option<&Judged<'_, '_>>) -> Weight {
    match recorded.and_then(|act| act.weight) {
        Some(Weight::Explained) => Weight::Explained,
        _ => Weight::Weak,
    }
}

/// What tells the mail: its message id, or the service's own where the trace has no other; empty where it has none.
fn id<'r>(row: &'r Row<'_>) -> &'r str {
    let id = bare(row.event.email_message_id.as_deref().unwrap_or_default());
    if id.is_empty() { row.event.event_id.as_deref().unwrap_or_default() } else { id }
}

/// A message id as it is compared: one trace writes it in brackets, another without.
fn bare(id: &str) -> &str {
    id.trim().trim_start_matches('<').trim_end_matches('>').trim()
}

/// The addresses that the row's step is about; whom a mail was redirected from is none of them.
fn recipients<'r>(row: &'r Row<'_>) -> impl Iterator<Item = &'r str> {
    listed(row.event.email_to.as_deref().unwrap_or_default())
}

fn listed(addresses: &str) -> impl Iterator<Item = &str> {
    addresses.split(';').map(str::trim).filter(|address| !address.is_empty())
}

fn is_recipient(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    row.parts.target && recipients(row).any(|to| exam.subject.is(&to.to_lowercase()))
}

/// Whether the mail goes back to its sender: an answer.
fn goes_back(to: &str, came: &Row<'_>) -> bool {
    came.event.user_raw.as_deref().is_some_and(|sender| sender.eq_ignore_ascii_case(to))
}

/// Whether the row names another mailbox than the account's as the one that the mail was meant for.
fn is_anothers(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    let related = row.param("related_recipient_address").unwrap_or_default();
    !related.trim().is_empty() && !listed(&related).any(|name| exam.subject.is(&name.to_lowercase()))
}

/// A mail that a rule of the account's mailbox passes on. Rules answer, too: what goes back to the sender, or says that
/// it is an automatic reply, is not passed on.
fn by_rule<'x>(exam: &Exam<'_>, row: &'x Row<'x>, to: &str, came: &BTreeMap<&str, &'x Row<'x>>) -> Option<Way<'x>> {
    let told = row.event.op_params.as_deref().is_some_and(|params| params.contains(RULE));
    if !told || !row.parts.any() || row.param("source").as_deref() != Some(RULE) || is_anothers(exam, row) {
        return None;
    }
    let subject = row.event.email_subject.as_deref().unwrap_or_default();
    // What it redirects keeps id and sender; what it forwards is a mail of the account's own that refers to the other.
    let reference = row.param("reference").unwrap_or_default();
    let mut referred = reference.split([';', ',', ' ']).filter_map(|id| came.get(bare(id)));
    let first = came.get(id(row)).copied().or_else(|| referred.next().copied());
    let passed_on = match first {
        Some(first) => (row.event.datetime - first.event.datetime).abs() <= MOMENTS && !goes_back(to, first),
        None => !row.parts.actor && !goes_back(to, row) || mails::is_forward(subject),
    };
    (passed_on && !mails::is_automatic(subject)).then_some(Way { out: row, came: first, by_rule: true })
}

/// A mail that came, and that moments later goes to somebody it was not written to.
fn moments_later<'x>(
    exam: &Exam<'_>,
    row: &'x Row<'x>,
    to: &str,
    came: &BTreeMap<&str, &'x Row<'x>>,
) -> Option<Way<'x>> {
    let first = came.get(id(row)).copied().filter(|_| !row.parts.actor)?;
    let after = row.event.datetime - first.event.datetime;
    let same_sender = row.event.user_raw == first.event.user_raw;
    let written_to = recipients(first).any(|one| one.eq_ignore_ascii_case(to));
    let goes_on = TimeDelta::zero() < after && after <= MOMENTS && same_sender && !written_to;
    (goes_on && !is_anothers(exam, row)).then_some(Way { out: row, came: Some(first), by_rule: false })
}

fn onward<'x>(to: String, ways: &Ways<'x>, came: &BTreeMap<&str, &Row<'_>>) -> Option<Onward<'x>> {
    let Ways { open: ways, left_out } = ways;
    let times = || ways.iter().map(|way| way.came.unwrap_or(way.out).event.datetime);
    let (first, last) = (times().min()?, times().max()?);
    let meanwhile = |row: &&&Row<'_>| first <= row.event.datetime && row.event.datetime <= last;
    let all = came.values().filter(meanwhile).filter(|row| !left_out.contains(id(row))).count();
    let mails: BTreeSet<&str> = ways.iter().map(|way| id(way.out)).collect();
    let by_rule = ways.iter().any(|way| way.by_rule);
    let habit = mails.len() >= HABIT;
    // One by a rule is enough, but for the last on their way when the rule was taken away.
    let enough = if by_rule { habit || left_out.is_empty() } else { habit && mails.len() * 2 > all };
    enough.then(|| Onward {
        to,
        out: ways.iter().map(|way| way.out).collect(),
        came: ways.iter().filter_map(|way| way.came).collect(),
        mails: mails.len(),
        all,
        by_rule,
        is_rest: !left_out.is_empty(),
    })
}
