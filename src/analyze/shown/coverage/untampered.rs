//! Whether auditing was left on, as far as records and snapshots tell.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::asked::Asked;
use crate::analyze::exam::Row;
use crate::analyze::shown::exports::Answer;
use crate::analyze::shown::{auditing, halves};
use crate::ledger::Lost;
use crate::timeline::{Outcome, format_time};

/// What nobody can find in the audit log once auditing was switched off.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Untold {
    /// It was not.
    #[default]
    Nothing,
    /// What happened in the mailbox.
    Mailbox,
    /// Anything.
    Everything,
}

impl Asked<'_, '_> {
    /// [`Self::whether_untampered`], and what auditing was switched off for.
    pub(super) fn untampered(&self, lost: &[Lost]) -> (Answer, Untold) {
        let (answer, all) = self.whether_untampered(lost);
        let untold = match (answer.0, all) {
            (true, _) => Untold::Nothing,
            (false, true) => Untold::Everything,
            (false, false) => Untold::Mailbox,
        };
        (answer, untold)
    }

    /// Whether no other account's doings in mailboxes are left out of the log: who has the account's mailbox open leaves
    /// no record then.
    pub(super) fn not_bypassed(&self) -> Answer {
        let mut off: BTreeMap<String, DateTime<Utc>> = BTreeMap::new();
        let is_bypass = |row: &&Row<'_>| {
            row.event.is(&["Set-MailboxAuditBypassAssociation"])
                && row.event.outcome != Outcome::Failure
                && row.event.datetime < self.window.to
                && !(row.parts.target || row.parts.mailbox)
        };
        for row in self.earlier.iter().chain(self.rows).filter(is_bypass) {
            let whose = row.param("Identity").unwrap_or_default().trim().to_lowercase();
            if auditing::taken(row).is_some() {
                off.entry(whose).or_insert(row.event.datetime);
            } else if row.event.datetime < self.window.from && !auditing::given_back(row).is_empty() {
                off.remove(&whose);
            }
        }
        match off.iter().min_by_key(|(_, time)| **time) {
            Some((whose, time)) => {
                (false, format!("what {whose} does in mailboxes is not recorded since {}", format_time(*time)))
            }
            None => (true, "no record of another account's doings being left out".to_owned()),
        }
    }

    /// Whether there is no effective change that stops auditing, by value: routine cmdlets that leave it on are not meant, nor what was
    /// put right before the window. And whether one stops more than what mailboxes record.
    fn whether_untampered(&self, lost: &[Lost]) -> (Answer, bool) {
        let mut off: BTreeMap<&'static str, DateTime<Utc>> = BTreeMap::new();
        // What it did, the first of those that were not read whole does not say.
        let mut unread: Option<&Row<'_>> = None;
        let done = self.earlier.iter().chain(self.rows).filter(|row| row.event.outcome != Outcome::Failure);
        for row in done.filter(|row| row.event.datetime < self.window.to) {
            let everybodys = !row.event.is(&["Set-Mailbox", "Set-MailboxAuditBypassAssociation"]);
            if !(everybodys || row.parts.target || row.parts.mailbox) {
                continue;
            }
            if let Some(what) = auditing::taken(row) {
                off.entry(what).or_insert(row.event.datetime);
            } else if halves::may_show(row, halves::AUDITING_OFF) {
                unread.get_or_insert(row);
            } else if row.event.datetime < self.window.from {
                for what in auditing::given_back(row) {
                    off.remove(what);
                }
            }
        }
        if off.is_empty() && self.states.iter().any(|row| row.parts.mailbox && auditing::stands_off(row)) {
            let text = "C-221: a snapshot shows auditing of this mailbox switched off or bypassed";
            return ((false, text.to_owned()), false);
        }
        // What is there all the same, is audited.
        let deletes = |row: &Row<'_>| {
            row.in_window && row.parts.actor && row.event.is(&["HardDelete", "SoftDelete", "MoveToDeletedItems"])
        };
        let stands_cut = |row: &Row<'_>| row.parts.mailbox && auditing::stands_cut(row);
        if off.is_empty() && self.states.iter().any(stands_cut) && !self.rows.iter().any(deletes) {
            let text = "C-221: a snapshot shows that not all is audited that the owner does";
            return ((false, text.to_owned()), false);
        }
        let cut = self.unread(unread, lost).filter(|_| off.is_empty());
        let answer = match off.iter().min_by_key(|(_, time)| **time) {
            Some((what, time)) => {
                (false, format!("auditing was switched off or bypassed at {} ({what})", format_time(*time)))
            }
            None => match &cut {
                Some(operation) => {
                    (false, format!("a record that could not be read whole may have switched it off ({operation})"))
                }
                None => (true, "no record of auditing being switched off".to_owned()),
            },
        };
        let everything = off.keys().any(|what| auditing::is_of_everything(what))
            || cut.is_some_and(|operation| auditing::may_be_of_everything(&operation));
        (answer, everything)
    }

    /// The operation of a record that may have been it, on the table or lost altogether.
    fn unread(&self, row: Option<&Row<'_>>, lost: &[Lost]) -> Option<String> {
        let decides = |lost: &&Lost| {
            halves::is_decided_by(halves::AUDITING_OFF, &lost.operation) && halves::concerns(lost, self.subject)
        };
        let lost = || lost.iter().find(decides).map(|lost| lost.operation.clone());
        row.map(|row| row.event.action().to_owned()).or_else(lost)
    }
}
