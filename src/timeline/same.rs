//! What makes two records the same, and what the ledger says of copies and variants. Asked while a case is made and
//! again where several are read as one, so that both say the same.

use std::collections::BTreeMap;
use std::ops::Deref;

use sha2::{Digest, Sha256};

use super::event::{EventOf, EvidenceSource, ParseStatus};
use crate::knowledge::names::is_guid;
use crate::ledger::{Ledger, Note, SourceEntry};

/// Remarks of one code that are told one by one; the others are counted.
pub const TOLD: usize = 5;
/// Notes that depend on what else is in the case.
const ABOUT_OTHERS: [&str; 2] = ["C-205", "C-206"];

/// The first 128 bits of a hash.
pub fn leading(hash: &[u8; 32]) -> u128 {
    hash.first_chunk().copied().map_or(0, u128::from_be_bytes)
}

/// What makes a record the same as another: its native id within its kind of evidence, or its bytes.
///
/// A trace has one id for a mail and many records of it: one a recipient, one a step. The same state seen at two
/// times, or in two mailboxes, is two states.
pub fn key<T: Deref<Target = str>>(event: &EventOf<T>, content: u128) -> u128 {
    if event.is_state() {
        return content ^ u128::from(event.datetime.timestamp_micros().unsigned_abs()) ^ whose(event);
    }
    let Some(id) = event.event_id.as_deref() else {
        return content ^ around(event);
    };
    if event.evidence_source == EvidenceSource::MessageTrace {
        let (step, to) = (event.action(), event.target_raw.as_deref().unwrap_or_default());
        return id_key(&format!("{id} {step} {to} {}", event.datetime.timestamp_micros()), event.evidence_source);
    }
    id_key(id, event.evidence_source)
}

/// What may stand around a damaged record and complete it: when, who and what. Of two records that lost all but the same
/// few bytes it is all that tells them apart.
fn around<T: Deref<Target = str>>(event: &EventOf<T>) -> u128 {
    if event.parse_status != ParseStatus::Salvaged {
        return 0;
    }
    let time = event.datetime.timestamp_micros();
    let text = format!("{time}\n{}\n{}", event.action(), event.user_raw.as_deref().unwrap_or_default());
    leading(&Sha256::digest(text.as_bytes()).into())
}

/// States of a mailbox. Others without an account are the organisation's.
const OF_A_MAILBOX: [&str; 4] = ["InboxRule", "MailboxForwarding", "MailboxPermission", "MailboxAudit"];

/// Whose a state is. Of two that do not say so nobody can know that they are one mailbox's: each is its own.
fn whose<T: Deref<Target = str>>(event: &EventOf<T>) -> u128 {
    let origin = &event.origin;
    let text = match event.target_raw.as_deref() {
        Some(name) => name.to_lowercase(),
        None if OF_A_MAILBOX.contains(&event.action()) => {
            format!("{}\n{}\n{}", origin.file, origin.offset, origin.record)
        }
        None => return 0,
    };
    leading(&Sha256::digest(text.as_bytes()).into())
}

/// A native id as a number: GUIDs by value, others by hash. A login has the same id in the audit log and in the
/// sign-in log, where it is another record: ids are compared within one kind of evidence.
fn id_key(id: &str, evidence: EvidenceSource) -> u128 {
    let kind = (evidence as u128) << 64;
    if is_guid(id) {
        // A hyphen is no digit; of letters the lower half counts, which is nine less than what they mean.
        let digit = |byte: u8| u64::from((byte & 0x0f) + 9 * (byte >> 6));
        let number = |part: &[u8]| {
            part.iter().filter(|byte| **byte != b'-').fold(0_u64, |number, byte| number << 4 | digit(*byte))
        };
        // Sixteen digits stand in front of the third hyphen.
        let id = if id.len() == 36 { id } else { id.trim() };
        let (first, last) = id.as_bytes().split_at_checked(18).unwrap_or_default();
        return (u128::from(number(first)) << 64 | u128::from(number(last))) ^ kind;
    }
    leading(&Sha256::digest(id.as_bytes()).into()) ^ kind
}

/// The place of a record: the number of its file in the ledger, and its number in the file.
pub type Place = (u32, u64);

/// A record whose native id stands in an earlier one with other bytes; both are kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Variant {
    /// This record.
    pub at: Place,
    /// The first with the id.
    pub first: Place,
    /// The id.
    pub id: String,
}

/// Writes into every entry how many of its records are copies (C-205), and which native ids stand elsewhere with other
/// bytes (C-206). What an earlier call wrote is replaced.
pub fn tell(ledger: &mut Ledger, mut variants: Vec<Variant>) {
    variants.sort();
    let mut told: BTreeMap<u32, (u64, Vec<String>)> = BTreeMap::new();
    for variant in &variants {
        for (own, other) in [(variant.at, variant.first), (variant.first, variant.at)] {
            let (count, texts) = told.entry(own.0).or_default();
            *count += 1;
            if texts.len() < TOLD {
                let file = ledger.sources.get(other.0 as usize).map_or("", |entry| &entry.path);
                texts.push(format!(
                    "record {}: native id {} stands also in {file} record {} with other bytes; both are kept",
                    own.1, variant.id, other.1
                ));
            }
        }
    }
    for (number, entry) in (0..).zip(&mut ledger.sources) {
        entry.notes.retain(|note| !ABOUT_OTHERS.contains(&note.code.as_str()));
        tell_copies(entry);
        let Some((count, texts)) = told.remove(&number) else { continue };
        let more = count - texts.len() as u64;
        entry.notes.extend(texts.into_iter().map(|text| Note::new("C-206", text)));
        if more > 0 {
            entry.notes.push(Note::new("C-206", format!("and {more} more records with this remark")));
        }
    }
}

fn tell_copies(entry: &mut SourceEntry) {
    let duplicates = entry.counts.duplicates;
    if duplicates > 0 {
        let text = format!("byte-identical copies of other records: {duplicates}; each event is counted once");
        entry.notes.push(Note::new("C-205", text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::Event;

    #[test]
    fn both_files_say_so_and_saying_it_twice_says_it_once() {
        let entry = |path: &str| SourceEntry { path: path.to_owned(), ..SourceEntry::default() };
        let mut ledger = Ledger { sources: vec![entry("a.csv"), entry("b.csv")], ..Ledger::default() };
        ledger.sources[1].counts.duplicates = 2;
        ledger.sources[1].notes.push(Note::new("C-201", "cut"));
        let variants: Vec<Variant> =
            (1..8).map(|record| Variant { at: (1, record), first: (0, record), id: format!("id{record}") }).collect();
        for _ in 0..2 {
            tell(&mut ledger, variants.clone());
            let codes =
                |at: usize| -> Vec<&str> { ledger.sources[at].notes.iter().map(|note| note.code.as_str()).collect() };
            assert_eq!(codes(0), ["C-206"; 6]);
            assert_eq!(codes(1), ["C-201", "C-205", "C-206", "C-206", "C-206", "C-206", "C-206", "C-206"]);
            assert!(ledger.sources[0].notes[0].text.as_evidence().contains("b.csv record 1"));
            assert_eq!(ledger.sources[0].notes[5].text.as_evidence(), "and 2 more records with this remark");
        }
    }

    #[test]
    fn every_digit_of_an_id_counts_and_its_case_does_not() {
        let key = |id: &str| id_key(id, EvidenceSource::Ual);
        let id = "6147b5ff-9baa-4fe5-b9d1-40fecd106772";
        assert_eq!(key(id), 0x6147_b5ff_9baa_4fe5_b9d1_40fe_cd10_6772);
        assert_eq!(key(&id.to_uppercase()), key(id));
        for at in (0..id.len()).filter(|at| id.as_bytes()[*at] != b'-') {
            let other = if id.as_bytes()[at] == b'0' { "a" } else { "0" };
            let mut changed = id.to_owned();
            changed.replace_range(at..=at, other);
            assert_ne!(key(&changed), key(id), "digit at {at}");
        }
    }

    #[test]
    fn a_login_in_two_kinds_of_evidence_is_two_records() {
        let id = Some("6147b5ff-9baa-4fe5-b9d1-40fecd106772".into());
        let one = Event { event_id: id.clone(), ..Event::default() };
        let two = Event { event_id: id, evidence_source: EvidenceSource::EntraSignin, ..Event::default() };
        assert_ne!(key(&one, 1), key(&two, 1));
        assert_eq!(key(&one, 1), key(&one.clone(), 2));
    }

    #[test]
    fn two_records_that_lost_all_but_the_same_bytes_are_two() {
        let lost = |action: &str, user: &str| {
            let mut event = Event { action: Some(action.into()), user_raw: Some(user.into()), ..Event::default() };
            event.parse_status = ParseStatus::Salvaged;
            event
        };
        let one = lost("HardDelete", "a@x.example");
        assert_eq!(key(&one, 1), key(&one.clone(), 1));
        assert_ne!(key(&one, 1), key(&lost("Send", "a@x.example"), 1));
        assert_ne!(key(&one, 1), key(&lost("HardDelete", "b@x.example"), 1));
        let mut later = one.clone();
        later.datetime += chrono::TimeDelta::seconds(1);
        assert_ne!(key(&one, 1), key(&later, 1));
        // Whole records are the same by their bytes, whatever stands around them.
        let whole = |action: &str| Event { action: Some(action.into()), ..Event::default() };
        assert_eq!(key(&whole("Send"), 1), key(&whole("HardDelete"), 1));
    }

    #[test]
    fn what_is_left_of_cut_records_is_no_copy_where_their_times_differ() {
        let of = |parse_status: ParseStatus, second: i64| {
            let datetime = chrono::DateTime::from_timestamp(second, 0).unwrap();
            key(&Event { datetime, parse_status, ..Event::default() }, 7)
        };
        assert_ne!(of(ParseStatus::Salvaged, 1), of(ParseStatus::Salvaged, 2));
        assert_eq!(of(ParseStatus::Salvaged, 1), of(ParseStatus::Salvaged, 1));
        // The same bytes read in the dates of two cultures are one record.
        assert_eq!(of(ParseStatus::Ok, 1), of(ParseStatus::Ok, 2));
    }

    #[test]
    fn a_rule_of_two_mailboxes_is_two_states() {
        let state = |action: &str, whose: Option<&str>, offset: u64| {
            let mut event =
                Event { action: Some(action.into()), target_raw: whose.map(Into::into), ..Event::default() };
            event.evidence_source = EvidenceSource::Snapshot;
            event.origin.offset = offset;
            key(&event, 1)
        };
        assert_ne!(state("InboxRule", Some("a@x.example"), 1), state("InboxRule", Some("b@x.example"), 1));
        assert_eq!(state("InboxRule", Some("a@x.example"), 1), state("InboxRule", Some("A@x.example"), 2));
        assert_ne!(state("InboxRule", None, 1), state("InboxRule", None, 2));
        assert_eq!(state("TransportRule", None, 1), state("TransportRule", None, 2));
    }
}
