//! The records of a file that cannot be asked what they say: those refused, and those cut in front of what they are about.
//! What is told of them is kept, so that nobody calls "not seen" what one of them may have shown.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::ingest::formats::Refused;
use crate::ingest::kept::Kind;
use crate::ledger::Lost;
use crate::timeline::format_time;
use crate::timeline::packed::{self, Packed};
use crate::timeline::schema::names;

/// Groups that are told apart; beyond them first the people, then the operations are not.
const GROUPS: usize = 256;

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Group {
    cut: bool,
    operation: String,
    user: String,
}

#[derive(Debug)]
struct Sum {
    count: u64,
    /// `None` once the time of one of them was not known.
    reach: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

/// The groups so far.
#[derive(Debug, Default)]
pub(super) struct LostRecords(BTreeMap<Group, Sum>);

impl LostRecords {
    /// A record that was refused.
    pub(super) fn refused(&mut self, what: &Refused) {
        match what {
            Refused::Foreign => {}
            Refused::Unknown => self.add(false, "", "", None),
            Refused::Told(told) => self.add(false, &told.operation, &told.user, told.time),
        }
    }

    /// A damaged record: one of a cmdlet that lost whom it is about stands on nobody's table but its actor's.
    pub(super) fn cut(&mut self, kind: &Kind, event: &Packed) {
        let text = |name: &str| event.text(packed::column(name));
        let about = text(names::TARGET_RAW);
        if kind.action.contains('-') && about.is_none() {
            let user = text(names::USER_UPN).or_else(|| text(names::USER_RAW)).unwrap_or_default();
            self.add(true, &kind.action, user, DateTime::from_timestamp_micros(event.time()));
        }
    }

    fn add(&mut self, cut: bool, operation: &str, user: &str, time: Option<DateTime<Utc>>) {
        let mut group = Group { cut, operation: operation.to_owned(), user: user.to_lowercase() };
        if self.0.len() >= GROUPS && !self.0.contains_key(&group) {
            group.user = String::new();
        }
        if self.0.len() >= 2 * GROUPS && !self.0.contains_key(&group) {
            group.operation = String::new();
        }
        let fresh = Sum { count: 0, reach: time.map(|time| (time, time)) };
        let sum = self.0.entry(group).or_insert(fresh);
        sum.count += 1;
        sum.reach = sum.reach.zip(time).map(|((first, last), time)| (first.min(time), last.max(time)));
    }

    pub(super) fn close(self) -> Vec<Lost> {
        let lost = self.0.into_iter().map(|(Group { cut, operation, user }, Sum { count, reach })| {
            let (first, last) = reach.map(|(first, last)| (format_time(first), format_time(last))).unzip();
            Lost { operation, user, first, last, cut, count }
        });
        lost.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::formats::Told;

    #[test]
    fn what_is_told_of_refused_records_is_kept_by_operation_and_actor() {
        let mut lost = LostRecords::default();
        let told = |operation: &str, time: Option<&str>| {
            let time = time.map(|time| time.parse().unwrap());
            let user = "Dana@x.example".to_owned();
            Refused::Told(Box::new(Told { operation: operation.to_owned(), user, time }))
        };
        lost.refused(&told("Send", Some("2026-02-17T09:00:00Z")));
        lost.refused(&told("Send", Some("2026-02-16T09:00:00Z")));
        lost.refused(&told("New-InboxRule", None));
        lost.refused(&told("New-InboxRule", Some("2026-02-16T09:00:00Z")));
        lost.refused(&Refused::Unknown);
        lost.refused(&Refused::Foreign);
        let told: Vec<_> =
            lost.close().into_iter().map(|lost| (lost.operation, lost.user, lost.first, lost.count)).collect();
        let dana = "dana@x.example".to_owned();
        assert_eq!(
            told,
            [
                (String::new(), String::new(), None, 1),
                ("New-InboxRule".to_owned(), dana.clone(), None, 2),
                ("Send".to_owned(), dana, Some("2026-02-16T09:00:00Z".to_owned()), 2),
            ]
        );
    }
}
