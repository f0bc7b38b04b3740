//! Whose hand a change shows: the attacker score, the actor's class and the account's habits in one word, so that
//! the checks about settings weigh the same act alike.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use crate::analyze::actor::ActorClass;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::jobs;
use crate::finding::Attribution;

/// Points from which an act is suspicious together with suspicious content.
const SUSPICIOUS: i32 = 3;
/// Targets of one actor and operation inside [`BULK_SPAN`] that make a job of it.
const BULK: usize = 20;
/// How close to each other the acts of a job are.
const BULK_SPAN: TimeDelta = TimeDelta::minutes(10);

/// Whose hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hand {
    /// Linked to the attacker (score 5 or more).
    Attacker,
    /// Unusual (score 3 or 4).
    Unusual,
    /// Somebody else than the account, whom nothing links to the attacker.
    Other,
    /// The account from its usual address, on its managed device, or a job over many accounts.
    Usual,
    /// The account, or nobody named, with nothing that speaks for or against.
    Unknown,
}

impl Hand {
    /// Whether the attacker score speaks against it.
    pub fn is_suspicious(self) -> bool {
        matches!(self, Self::Attacker | Self::Unusual)
    }
}

/// Whose hand the record shows.
pub fn hand(exam: &Exam<'_>, row: &Row<'_>) -> Hand {
    let score = exam.weigh(row);
    match (exam.attribution(row, &score), row.class) {
        (Attribution::Linked, _) => Hand::Attacker,
        _ if score.total() >= SUSPICIOUS => Hand::Unusual,
        _ if is_job(exam, row) => Hand::Usual,
        (_, ActorClass::Admin | ActorClass::Partner | ActorClass::App | ActorClass::Delegate) => Hand::Other,
        (Attribution::Explained, _) => Hand::Usual,
        _ => Hand::Unknown,
    }
}

/// Whether the same actor did the same to many others within minutes: a roll-out, not an intrusion into one mailbox.
/// Many rules may be one mailbox's, and the table holds no other's: rules are counted over the whole tenant.
fn is_job(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    let event = row.event;
    if jobs::is_about_rules(event.action()) {
        return exam.job(row).is_some();
    }
    if event.record_type != Some(1) {
        return false;
    }
    let near = exam
        .near(event.datetime, BULK_SPAN)
        .iter()
        .map(|other| other.event)
        .filter(|other| other.action.is_some() && other.action == event.action && other.user_raw == event.user_raw);
    near.filter_map(|other| other.target_raw.as_deref()).collect::<BTreeSet<_>>().len() >= BULK
}
