//! What every gate asks with, and the gates that only look whether something is there.

use chrono::TimeDelta;

use crate::analyze::exam::Row;
use crate::analyze::mail::traces;
use crate::analyze::people::identity::Subject;
use crate::analyze::shown::exports::{Answer, Exports, Log, time};
use crate::ledger::SourceEntry;
use crate::question::Window;

/// How far from the window's start the first record may lie.
const SLACK: TimeDelta = TimeDelta::hours(24);
/// Days that the standard licence keeps the audit log (Microsoft: 180 days since October 2023).
const RETENTION_DAYS: i64 = 180;

/// What is asked, and of what.
pub(super) struct Asked<'a, 'e> {
    pub(super) rows: &'a [Row<'e>],
    pub(super) earlier: &'a [Row<'e>],
    pub(super) states: &'a [Row<'e>],
    pub(super) window: Window,
    pub(super) subject: &'a Subject,
    pub(super) exports: Exports<'a>,
}

impl Asked<'_, '_> {
    pub(super) fn any(&self, is: impl Fn(&Row<'_>) -> bool, name: &str) -> Answer {
        match self.rows.iter().filter(|row| is(row)).count() {
            0 => (false, format!("no {name}")),
            count => (true, format!("{name}: {count}")),
        }
    }

    pub(super) fn present(&self) -> Answer {
        match self.rows.iter().chain(self.states).filter(|row| row.parts.any()).count() {
            0 if self.subject.is_known() => (false, self.beside()),
            0 => (false, "no record names the account: is it spelt as in the exports? (--alias adds names)".to_owned()),
            count => (true, format!("records that name the account: {count}")),
        }
    }

    /// The window lies beside the account's records: usually the year or the month is mistyped.
    pub(super) fn beside(&self) -> String {
        let first = self.exports.files().filter_map(|entry| entry.first.as_deref()).min().unwrap_or_default();
        let last = self.exports.files().filter_map(|entry| entry.last.as_deref()).max().unwrap_or_default();
        format!(
            "records name the account, but none of the window or the days before it; the evidence runs from {first} to {last}: are --from and --to right?"
        )
    }

    pub(super) fn types(&self, types: &[&str], name: &str) -> Answer {
        counted(self.exports.files(), |kind| types.contains(&kind), name)
    }

    /// Whether anybody's mails were deleted: what nobody has done at all is not collected.
    pub(super) fn deletions(&self) -> Answer {
        told(self.exports.files().map(SourceEntry::deletions).sum(), "deletion records of anybody")
    }

    pub(super) fn mail_items(&self) -> Answer {
        let accessed = |row: &&Row<'_>| row.event.is(&["MailItemsAccessed"]) && row.parts.mailbox;
        let throttled = self
            .rows
            .iter()
            .filter(accessed)
            .filter(|row| row.in_window)
            .filter(|row| row.param("IsThrottled").is_some_and(|value| value.eq_ignore_ascii_case("true")));
        match (self.rows.iter().filter(accessed).count(), throttled.count()) {
            (0, _) => (false, "no MailItemsAccessed record of this mailbox".to_owned()),
            (_, 0) => (true, "present, not throttled".to_owned()),
            (_, throttled) => (false, format!("throttled records: {throttled}; the extent of reading is unknown")),
        }
    }

    /// The trace over the window of what the account sent, with something in each record by which it is compared with the
    /// records of the mailbox.
    pub(super) fn sent(&self) -> Answer {
        let unnamed = self.traced(|row| traces::is_sent(row) && row.event.email_message_id.is_none());
        match self.traced(|row| traces::is_sent(row) && !traces::is_comparable(row)) {
            0 if unnamed > 0 && !traces::clocks_agree(self.rows) => (
                false,
                format!(
                    "mails of the message trace without message ids, none of them with a Send record at its time: {unnamed} (is the trace in UTC?)"
                ),
            ),
            0 => self.exports.span(Log::Sent),
            count => (false, format!("records of the message trace without a message id and a subject: {count}")),
        }
    }

    /// The trace over the window of what came, with the message ids by which records of reading and deleting name a mail.
    pub(super) fn received(&self) -> Answer {
        let has_id = |row: &Row<'_>| row.event.email_message_id.as_deref().is_some_and(|id| !id.trim().is_empty());
        match self.traced(|row| traces::is_received(row) && !has_id(row)) {
            0 => self.exports.span(Log::Received),
            count => (false, format!("records of the message trace without a message id: {count}")),
        }
    }

    fn traced(&self, is: impl Fn(&Row<'_>) -> bool) -> usize {
        self.rows.iter().filter(|row| row.in_window && is(row)).count()
    }

    pub(super) fn age(&self) -> Answer {
        let sources = self.exports.sources(&["ual"]);
        let Some(last) = sources.iter().filter_map(|entry| time(entry.last.as_ref())).max() else {
            return (false, "no unified audit log in the evidence".to_owned());
        };
        let first = sources.iter().filter_map(|entry| time(entry.first.as_ref())).min();
        let days = (last - self.window.from).num_days();
        let reaches = first.is_some_and(|first| first <= self.window.from + SLACK);
        let seen = format!("days from the window's start to the last record: {days}");
        (reaches || days <= RETENTION_DAYS, seen)
    }
}

/// How many records of these types the files have.
pub(super) fn counted<'s>(
    sources: impl Iterator<Item = &'s SourceEntry>,
    is: impl Fn(&str) -> bool,
    name: &str,
) -> Answer {
    let all = sources.flat_map(SourceEntry::by_type);
    told(all.filter(|(kind, _)| is(kind)).map(|(_, count)| count).sum(), name)
}

fn told(count: u64, name: &str) -> Answer {
    if count == 0 { (false, format!("no {name}")) } else { (true, format!("{name}: {count}")) }
}
