//! Whose hand a change shows: the attacker score, the actor's class and the account's habits in one word, so that
//! the checks about settings weigh the same act alike.

use crate::analyze::exam::{Exam, Row};
use crate::analyze::people::actor::ActorClass;
use crate::analyze::people::jobs;
use crate::finding::Attribution;

/// Points from which an act is suspicious together with suspicious content.
const SUSPICIOUS: i32 = 3;

/// Whose hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hand {
    /// Linked to the attacker (score 5 or more).
    Attacker,
    /// Unusual (score 3 or 4).
    Unusual,
    /// Somebody else than the account, whom nothing links to the attacker.
    Other,
    /// The account from its usual address, on its managed device, or a rule given to many mailboxes at once.
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

/// Whether the same actor gave many mailboxes the same rule within minutes: a roll-out, not an intrusion into one
/// mailbox. Checks of other settings ask for themselves: there is no innocent roll-out of auditing switched off.
fn is_job(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    jobs::is_about_rules(row.event.action()) && exam.job(row).is_some()
}
