//! To whom the attacker wrote in the account's name: from the mailbox's own records, and from the message trace.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use foldhash::fast::RandomState;

use crate::analyze::exam::{Exam, Row};
use crate::analyze::mail::{mails, traces};
use crate::examination::{Recipient, Recipients};
use crate::finding::{Assessment, Weight};
use crate::untrusted::Untrusted;

/// Checks whose strong findings say that a mail was the attacker's.
const TELLING: [&str; 2] = ["hacked-messages", "no-sent-copy"];
/// Subjects, message ids and records that one recipient is shown with.
const SHOWN: usize = 20;

/// The recipients of the attacker's mails inside the window.
pub fn recipients(exam: &Exam<'_>, symptoms: &[Assessment]) -> Recipients {
    let told = told(symptoms);
    let mails = exam.mails();
    let mut letters = Letters::default();
    for sent in mails.sent.iter().filter(|sent| sent.row.in_window) {
        if exam.is_attackers_hand(sent.row) || told.contains(&key(sent.row)) {
            let name = sent.mail.id.clone().unwrap_or_else(|| format!("record {:?}", sent.row.event.origin));
            letters.add(&name, sent.row, &sent.recipients, sent.recipient_count.unwrap_or(0), &sent.mail.subject);
        }
    }
    for row in exam.window_rows().filter(|row| traces::is_sent(row)) {
        let Some(id) = message(row) else { continue };
        if letters.0.contains_key(&id) || told.contains(&key(row)) {
            let to = row.event.email_to.as_deref().unwrap_or_default().split(';');
            let to: BTreeSet<String> = to.map(|one| one.trim().to_lowercase()).filter(|one| !one.is_empty()).collect();
            letters.add(&id, row, &to, 0, row.event.email_subject.as_deref().unwrap_or_default());
        }
    }
    letters.tell(exam)
}

/// The id of the mail that a record is about.
pub fn message(row: &Row<'_>) -> Option<String> {
    row.event.email_message_id.as_deref().and_then(mails::message_id)
}

/// The mails of the account that the message trace tells of, by their ids.
pub fn traced(exam: &Exam<'_>) -> BTreeSet<String> {
    exam.window_rows().filter(|row| traces::is_sent(row)).filter_map(message).collect()
}

/// The records that strong findings about sent mail cite.
fn told(symptoms: &[Assessment]) -> HashSet<(&str, u64), RandomState> {
    symptoms
        .iter()
        .filter(|assessment| TELLING.contains(&assessment.id))
        .flat_map(|assessment| &assessment.findings)
        .filter(|finding| finding.verdict == Weight::Strong)
        .flat_map(|finding| &finding.records)
        .map(|record| (record.evidence.as_str(), record.record))
        .collect()
}

fn key<'e>(row: &Row<'e>) -> (&'e str, u64) {
    (&row.event.origin.file, row.event.origin.record)
}

/// One mail with what all its records say of it.
#[derive(Default)]
struct Letter<'x> {
    /// Recipient → the rows that name it.
    to: BTreeMap<String, Vec<&'x Row<'x>>>,
    counted: usize,
    subject: String,
}

/// A mail that one recipient got: its id, what is known of it, and the rows that name the recipient.
type Got<'l, 'x> = (&'l str, &'l Letter<'x>, &'l [&'x Row<'x>]);

/// Mails by message id.
#[derive(Default)]
struct Letters<'x>(BTreeMap<String, Letter<'x>>);

impl<'x> Letters<'x> {
    fn add(&mut self, id: &str, row: &'x Row<'x>, to: &BTreeSet<String>, counted: usize, subject: &str) {
        let letter = self.0.entry(id.to_owned()).or_default();
        for address in to {
            letter.to.entry(address.clone()).or_default().push(row);
        }
        letter.counted = letter.counted.max(counted);
        if letter.subject.is_empty() {
            subject.clone_into(&mut letter.subject);
        }
    }

    fn tell(&self, exam: &Exam<'_>) -> Recipients {
        let mut by_address: BTreeMap<&str, Vec<Got<'_, 'x>>> = BTreeMap::new();
        for (id, letter) in &self.0 {
            for (address, rows) in &letter.to {
                by_address.entry(address).or_default().push((id, letter, rows));
            }
        }
        let letters = || self.0.values();
        let mut list: Vec<Recipient> =
            by_address.iter().filter_map(|(address, got)| recipient(exam, address, got)).collect();
        // Stable: addresses stay in their order.
        list.sort_by_key(|recipient| recipient.internal);
        Recipients {
            mails: self.0.len() as u64,
            counted: letters().map(|letter| letter.counted.max(letter.to.len()) as u64).sum(),
            unlisted: letters().filter(|letter| letter.to.is_empty() || letter.counted > letter.to.len()).count()
                as u64,
            by_address: list,
        }
    }
}

fn recipient(exam: &Exam<'_>, address: &str, got: &[Got<'_, '_>]) -> Option<Recipient> {
    let rows = || got.iter().flat_map(|(_, _, rows)| rows.iter().copied());
    let times = || rows().map(|row| row.event.datetime);
    let distinct = |values: BTreeSet<&str>| values.into_iter().take(SHOWN).map(Untrusted::from).collect();
    let traced = rows().any(traces::is_sent);
    let mailbox = rows().any(|row| !traces::is_sent(row));
    let seen_in = [(mailbox, "mailbox"), (traced, "trace")].into_iter().filter(|(seen, _)| *seen);
    let subjects = got.iter().map(|(_, letter, _)| letter.subject.as_str()).filter(|subject| !subject.is_empty());
    let ids = got.iter().map(|(id, _, _)| *id).filter(|id| !id.starts_with("record "));
    let states = rows().filter(|row| traces::is_sent(row)).filter_map(|row| row.event.status_text.as_deref());
    Some(Recipient {
        address: Untrusted::new(address),
        internal: exam.is_internal(address),
        mails: got.len() as u64,
        first: times().min()?,
        last: times().max()?,
        subjects: distinct(subjects.collect()),
        message_ids: distinct(ids.collect()),
        seen_in: seen_in.map(|(_, word)| word).collect(),
        delivery: distinct(states.collect()),
        records: rows().flat_map(Row::records).take(SHOWN).collect(),
    })
}
