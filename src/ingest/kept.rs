//! What the books need of a record that was read, made by the worker: its keys, its packed row, and, for each batch
//! once instead of for each record, which kinds of records it holds and what they teach about accounts.

use std::collections::HashMap;
use std::hash::BuildHasher;

use chrono::NaiveDate;
use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::ingest::values::fields::NameValue;
use crate::timeline::identities::{Lesson, Says, lessons};
use crate::timeline::packed::Packed;
use crate::timeline::{Draft, EvidenceSource, ParseStatus, same};

/// At most so many lessons are in a record.
pub const LESSONS: usize = 4;

/// One record that became an event or a state.
pub struct Kept {
    /// What makes it the same record as another.
    pub key: u128,
    /// Its bytes: the first half of their SHA-256.
    pub content: u128,
    /// Its kind, in the batch's list.
    pub kind: u32,
    /// What it teaches, in the batch's list.
    pub lessons: [Option<u32>; LESSONS],
    /// Read from a damaged record.
    pub salvaged: bool,
    /// The event.
    pub packed: Packed,
}

/// What many records of a batch have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// The day; `None` for the rows of snapshots, which belong to none.
    pub date: Option<NaiveDate>,
    /// Which evidence.
    pub evidence: EvidenceSource,
    /// Number of the record type.
    pub record_type: Option<i64>,
    /// A change made by an administrator, not by Microsoft's own service.
    pub admin_by_people: bool,
    /// What the zone of their times rests on.
    pub basis: Box<str>,
    /// The operation.
    pub action: Box<str>,
    /// Of a snapshot's row: which table it is of, whatever carries it.
    pub table: Box<str>,
    /// Of a snapshot's row: it shows a mailbox that does not forward.
    pub unset: bool,
}

type Frame = (Option<NaiveDate>, EvidenceSource, Option<i64>, bool, bool);

/// The kinds and lessons of one batch.
#[derive(Default)]
pub struct Common {
    /// The kinds, in the order in which they were met.
    pub kinds: Vec<Kind>,
    /// The lessons, in the order in which they were met.
    pub lessons: Vec<Lesson>,
    by_frame: HashMap<Frame, Vec<u32>, RandomState>,
    /// The place of each lesson, by the hash of what it says.
    by_lesson: HashTable<(u64, u32)>,
    hasher: RandomState,
    room: Vec<u8>,
}

impl Common {
    /// Keeps one event; its origin is known but for the record's number. A snapshot's row is of this table.
    pub fn keep(&mut self, event: &Draft<'_>, table: &str) -> Kept {
        let content = same::leading(&event.raw_sha256);
        let mut taught = [None; LESSONS];
        let mut slots = taught.iter_mut();
        lessons(event, &mut |says| {
            if let Some(slot) = slots.next() {
                *slot = Some(self.lesson(says));
            }
        });
        Kept {
            key: same::key(event, content),
            content,
            kind: self.kind(event, table),
            lessons: taught,
            salvaged: event.parse_status == ParseStatus::Salvaged,
            packed: Packed::new(event, &mut self.room),
        }
    }

    fn lesson(&mut self, says: Says<'_>) -> u32 {
        let hash = self.hasher.hash_one((says.account, says.names));
        let known = |(_, at): &(u64, u32)| self.lessons.get(*at as usize).is_some_and(|lesson| says.is(lesson));
        if let Some((_, known)) = self.by_lesson.find(hash, known) {
            return *known;
        }
        let at = self.lessons.len() as u32;
        self.lessons.push(says.to_lesson());
        self.by_lesson.insert_unique(hash, (hash, at), |(hash, _)| *hash);
        at
    }

    fn kind(&mut self, event: &Draft<'_>, table: &str) -> u32 {
        let admin = event.record_type == Some(1) || event.evidence_source == EvidenceSource::AdminAudit;
        let frame = (
            (!event.is_state()).then(|| event.datetime.date_naive()),
            event.evidence_source,
            event.record_type,
            admin && !by_service(event),
            event.is_state() && does_not_forward(event),
        );
        let (basis, action) = (event.time_zone_basis.as_deref().unwrap_or("unknown"), event.action());
        let same = self.by_frame.entry(frame).or_default();
        let is = |at: &&u32| {
            let kind = self.kinds.get(**at as usize);
            kind.is_some_and(|kind| *kind.action == *action && *kind.basis == *basis && *kind.table == *table)
        };
        if let Some(known) = same.iter().find(is) {
            return *known;
        }
        let at = self.kinds.len() as u32;
        same.push(at);
        let (date, evidence, record_type, admin_by_people, unset) = frame;
        let (basis, action, table) = (basis.into(), action.into(), table.into());
        self.kinds.push(Kind { date, evidence, record_type, admin_by_people, basis, action, table, unset });
        at
    }
}

/// Whether the row is of a mailbox, and has neither of the two addresses to forward to: also none that was lost.
fn does_not_forward(event: &Draft<'_>) -> bool {
    let columns: Vec<NameValue> =
        event.op_params.as_deref().and_then(|list| serde_json::from_str(list).ok()).unwrap_or_default();
    let forwards = |column: &NameValue| matches!(&*column.name, "ForwardingSmtpAddress" | "ForwardingAddress");
    event.is(&["MailboxForwarding"]) && !columns.iter().any(forwards)
}

fn by_service(event: &Draft<'_>) -> bool {
    let actor = event.user_upn.as_deref().or(event.user_raw.as_deref()).unwrap_or_default();
    matches!(event.actor_type, Some(3 | 4))
        || actor.as_bytes().get(..3).is_some_and(|nt| nt.eq_ignore_ascii_case(b"NT "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event<'r>(id: &'r str, upn: &'r str, action: &'r str) -> Draft<'r> {
        Draft { event_id: Some(id.into()), user_upn: Some(upn.into()), action: Some(action.into()), ..Draft::default() }
    }

    #[test]
    fn what_records_have_in_common_is_kept_once() {
        let mut common = Common::default();
        let kept: Vec<Kept> =
            [("1", "a@x.example", "Send"), ("2", "b@x.example", "Send"), ("3", "a@x.example", "Send")]
                .map(|(id, upn, action)| common.keep(&event(id, upn, action), ""))
                .into();
        assert_eq!((common.kinds.len(), common.lessons.len()), (1, 2));
        assert_eq!(kept[0].lessons, kept[2].lessons);
        assert_ne!(kept[0].lessons, kept[1].lessons);
        assert_ne!(kept[0].key, kept[2].key);
    }
}
