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
            let to = sent.recipients.iter().map(|address| (address.clone(), Named::of(sent.row))).collect();
            letters.add(&name, to, sent.recipient_count.unwrap_or(0), &sent.mail.subject);
        }
    }
    for row in exam.window_rows().filter(|row| traces::is_sent(row)) {
        let id = traces::key(row);
        if letters.0.contains_key(&id) || told.contains(&key(row)) {
            letters.add(&id, traced_to(row), 0, row.event.email_subject.as_deref().unwrap_or_default());
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

/// A row that names a recipient, and what it says became of the mail for this one.
struct Named<'x> {
    row: &'x Row<'x>,
    delivery: Vec<&'x str>,
}

impl<'x> Named<'x> {
    fn of(row: &'x Row<'x>) -> Self {
        Self { row, delivery: Vec::new() }
    }
}

/// Whom a row of the trace names, and what became of the mail for each: a row of several recipients has the states of
/// all in one text, which is nobody's own.
fn traced_to<'x>(row: &'x Row<'x>) -> BTreeMap<String, Named<'x>> {
    let parts = |text: &'x str| text.split(';').map(str::trim).filter(|part| !part.is_empty());
    let mut to = BTreeMap::new();
    let names: Vec<String> = parts(row.event.email_to.as_deref().unwrap_or_default()).map(str::to_lowercase).collect();
    for name in &names {
        to.entry(name.clone()).or_insert_with(|| Named::of(row));
    }
    let states: Vec<&str> = parts(row.event.status_text.as_deref().unwrap_or_default()).collect();
    let mut tell = |name: &str, state: &'x str| {
        if let Some(named) = to.get_mut(name).filter(|_| !state.is_empty()) {
            named.delivery.push(state);
        }
    };
    match (names.as_slice(), states.as_slice()) {
        // `a@x##Receive, Deliver;b@x##Receive, Fail`, as the historical search sums a mail up.
        (_, states) if states.iter().any(|state| state.contains("##")) => {
            let pairs = states.iter().filter_map(|state| state.split_once("##"));
            pairs.for_each(|(name, state)| tell(&name.trim().to_lowercase(), state.trim()));
        }
        ([one], _) => tell(one, row.event.status_text.as_deref().unwrap_or_default()),
        (names, [all]) => names.iter().for_each(|name| tell(name, all)),
        // One each, in the order of the recipients.
        (names, states) if names.len() == states.len() => {
            names.iter().zip(states).for_each(|(name, state)| tell(name, state));
        }
        _ => {}
    }
    to
}

/// One mail with what all its records say of it.
#[derive(Default)]
struct Letter<'x> {
    /// Recipient → the rows that name it.
    to: BTreeMap<String, Vec<Named<'x>>>,
    counted: usize,
    subject: String,
}

/// A mail that one recipient got: its id, what is known of it, and the rows that name the recipient.
type Got<'l, 'x> = (&'l str, &'l Letter<'x>, &'l [Named<'x>]);

/// Mails by message id.
#[derive(Default)]
struct Letters<'x>(BTreeMap<String, Letter<'x>>);

impl<'x> Letters<'x> {
    fn add(&mut self, id: &str, to: BTreeMap<String, Named<'x>>, counted: usize, subject: &str) {
        let letter = self.0.entry(id.to_owned()).or_default();
        for (address, named) in to {
            letter.to.entry(address).or_default().push(named);
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
    let named = || got.iter().flat_map(|(_, _, named)| named.iter());
    let rows = || named().map(|named| named.row);
    let times = || rows().map(|row| row.event.datetime);
    let distinct = |values: BTreeSet<&str>| values.into_iter().take(SHOWN).map(Untrusted::from).collect();
    let traced = rows().any(traces::is_sent);
    let mailbox = rows().any(|row| !traces::is_sent(row));
    let seen_in = [(mailbox, "mailbox"), (traced, "trace")].into_iter().filter(|(seen, _)| *seen);
    let subjects = got.iter().map(|(_, letter, _)| letter.subject.as_str()).filter(|subject| !subject.is_empty());
    let ids = got.iter().map(|(id, _, _)| *id).filter(|id| !id.starts_with("record "));
    let states = named().flat_map(|named| named.delivery.iter().copied());
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::people::actor::ActorClass;
    use crate::analyze::people::identity::Parts;
    use crate::timeline::Event;

    #[test]
    fn each_recipient_is_told_its_own_delivery() {
        let told = |to: &str, status: &str| {
            let event = Event { email_to: Some(to.into()), status_text: Some(status.into()), ..Event::default() };
            let (class, parts) = (ActorClass::Own, Parts::default());
            let row = Row { event: &event, class, parts, in_window: true, twins: Vec::new(), place: 0 };
            let told = traced_to(&row);
            told.iter().map(|(name, named)| format!("{name}={}", named.delivery.join("|"))).collect::<Vec<_>>()
        };
        let two = "A@x.example; b@x.example";
        let summed = "a@x.example##Receive, Expand;B@x.example##Receive, Fail;a@x.example##Receive, Deliver";
        assert_eq!(told(two, summed), ["a@x.example=Receive, Expand|Receive, Deliver", "b@x.example=Receive, Fail"]);
        assert_eq!(told(two, "a@x.example##Receive, Send"), ["a@x.example=Receive, Send", "b@x.example="]);
        assert_eq!(told(two, "250 OK;550 no such user"), ["a@x.example=250 OK", "b@x.example=550 no such user"]);
        assert_eq!(told(two, "Delivered"), ["a@x.example=Delivered", "b@x.example=Delivered"]);
        assert_eq!(told(two, "one;two;three"), ["a@x.example=", "b@x.example="]);
        assert_eq!(told("a@x.example", "[{LED=250};{MSG=x}]"), ["a@x.example=[{LED=250};{MSG=x}]"]);
        assert_eq!(told("a@x.example", ""), ["a@x.example="]);
    }
}
