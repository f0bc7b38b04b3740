//! Mails of the message trace in the account's name that no record of the mailbox has: they did not pass the mailbox,
//! or were never the account's.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::net::IpAddr;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::analyze::exam::{Exam, Row};
use crate::analyze::intruder::baseline::{client_address, place};
use crate::analyze::mail::mails::{self, Mails, SUSPICIOUS, Sent};
use crate::analyze::people::actor::ActorClass;
use crate::analyze::sign_ins::logins;
use crate::knowledge::{networks, normalise};
use crate::timeline::{EvidenceSource, Outcome};

/// A mail of the trace, with all its rows.
#[derive(Debug)]
pub struct TracedMail<'x> {
    /// Its rows, in order: one a recipient, or one a step.
    pub rows: Vec<&'x Row<'x>>,
    /// Its message id without brackets; some tables of traces have no such column.
    pub id: Option<String>,
    /// Its recipients, lower-cased.
    pub recipients: BTreeSet<String>,
}

impl<'x> TracedMail<'x> {
    /// The first row.
    pub fn first(&self) -> Option<&'x Row<'x>> {
        self.rows.first().copied()
    }

    /// Its subject.
    pub fn subject(&self) -> &'x str {
        self.rows.iter().find_map(|row| row.event.email_subject.as_deref()).unwrap_or_default()
    }

    /// The address it was handed in from; empty where the trace does not say.
    pub fn handed_in_from(&self) -> &'x str {
        self.rows.iter().find_map(|row| row.event.source_ip.as_deref()).unwrap_or_default()
    }

    fn says(&self, name: &str, values: &[&str]) -> bool {
        let is = |row: &&Row<'_>| {
            row.param(name).is_some_and(|said| values.iter().any(|value| said.eq_ignore_ascii_case(value)))
        };
        self.rows.iter().any(is)
    }

    fn comes_in(&self) -> bool {
        ["directionality", "Direction", "MessageDirection"].iter().any(|name| self.says(name, &["Incoming", "Inbound"]))
    }

    fn goes_out(&self) -> bool {
        let words = ["Originating", "Outbound", "Outgoing"];
        ["directionality", "Direction", "MessageDirection"].iter().any(|name| self.says(name, &words))
    }
}

/// What the trace has and the mailbox has not.
#[derive(Debug, Default)]
pub struct Unsaved<'x> {
    /// Sent through the organisation, past the mailbox.
    pub past_the_mailbox: Vec<TracedMail<'x>>,
    /// Handed in from outside in the account's name: the sender is forged.
    pub forged: Vec<TracedMail<'x>>,
}

/// The account's mails in the trace that no Send record of the mailbox has, whether the mailbox has any; without forged
/// ones and those a program makes.
pub fn beside<'x>(exam: &'x Exam<'_>, mails: &Mails<'_>) -> Vec<TracedMail<'x>> {
    let recorded = Recorded::of(exam, mails);
    let places = OwnPlaces::of(exam);
    let is_beside = |mail: &TracedMail<'_>| !recorded.has(mail) && is_handed_in(exam, mail, &places);
    of_account(exam).into_iter().filter(is_beside).collect()
}

/// What tells the account's own mails in the trace: those with a Send record of the mailbox, and those beside.
pub fn own(exam: &Exam<'_>, mails: &Mails<'_>) -> HashSet<String> {
    let recorded = Recorded::of(exam, mails);
    let places = OwnPlaces::of(exam);
    let is_own =
        |mail: &TracedMail<'_>| recorded.tells(mail) && (recorded.has(mail) || is_handed_in(exam, mail, &places));
    of_account(exam).iter().filter(|mail| is_own(mail)).filter_map(TracedMail::first).map(key).collect()
}

fn is_handed_in(exam: &Exam<'_>, mail: &TracedMail<'_>, places: &OwnPlaces) -> bool {
    let time = mail.first().map(|row| row.event.datetime);
    time.is_some_and(|time| !is_made_by_a_program(exam, mail, time)) && !is_forged(exam, mail, places)
}

/// For how long a person may not sign in at all: a holiday.
const QUIET: TimeDelta = TimeDelta::days(14);
/// How far a Send record may be from the trace's row of the same subject, where one of them has no message id.
const NEAR: TimeDelta = TimeDelta::minutes(10);

/// The account's mails in the trace, baseline included, that have no Send record while other mails of the account have.
/// Empty where the mailbox has no Send records at all: then a missing one says nothing.
pub fn unsaved<'x>(exam: &'x Exam<'_>, mails: &Mails<'_>) -> Unsaved<'x> {
    let mut unsaved = Unsaved::default();
    if !mails.sent.iter().any(|sent| sent.mail.id.is_some()) {
        return unsaved;
    }
    let recorded = Recorded::of(exam, mails);
    let places = OwnPlaces::of(exam);
    for mail in of_account(exam) {
        let Some(time) = mail.first().map(|row| row.event.datetime) else { continue };
        if recorded.has(&mail) || !exam.coverage.is_audited(time) || is_made_by_a_program(exam, &mail, time) {
            continue;
        }
        if is_forged(exam, &mail, &places) {
            unsaved.forged.push(mail);
        } else {
            unsaved.past_the_mailbox.push(mail);
        }
    }
    unsaved
}

/// Days before the window on which an address must have sent past the mailbox to be an old one.
pub const OLD_DAYS: usize = 3;

/// On how many days before the window mails came past the mailbox from the same address.
pub fn days_before(unsaved: &[TracedMail<'_>], from: &str) -> usize {
    let same = unsaved.iter().filter(|mail| !from.is_empty() && mail.handed_in_from() == from);
    let before = same.filter_map(TracedMail::first).filter(|row| !row.in_window);
    before.map(|row| row.event.datetime.date_naive()).collect::<BTreeSet<_>>().len()
}

/// Whether the row is one of the trace about a mail in the account's name.
pub fn is_sent(row: &Row<'_>) -> bool {
    row.event.evidence_source == EvidenceSource::MessageTrace && row.parts.actor
}

/// Whether the row is one of the trace about a mail that others sent to the account.
pub fn is_received(row: &Row<'_>) -> bool {
    row.event.evidence_source == EvidenceSource::MessageTrace && row.parts.target && !row.parts.actor
}

/// Whether the trace's row can be compared with the mailbox's records: by its message id, or by its subject.
pub fn is_comparable(row: &Row<'_>) -> bool {
    let told = [row.event.email_message_id.as_deref(), row.event.email_subject.as_deref()];
    told.into_iter().flatten().any(|text| !text.trim().is_empty())
}

/// Whether the mails of the trace that have no message ids can be compared with the Send records, where there are any: one
/// at least has the subject of one at its time. Where none has, the trace may be written in another zone's time.
pub fn clocks_agree(rows: &[Row<'_>]) -> bool {
    let mut sent: HashMap<String, Vec<DateTime<Utc>>> = HashMap::new();
    for row in rows.iter().filter(|row| row.event.is(&mails::SENDS)) {
        let subject = normalise(row.event.email_subject.as_deref().unwrap_or_default());
        sent.entry(subject).or_default().push(row.event.datetime);
    }
    let has_record = |row: &Row<'_>| {
        let subject = row.event.email_subject.as_deref().filter(|subject| !subject.trim().is_empty());
        let times = subject.and_then(|subject| sent.get(&normalise(subject))).map(Vec::as_slice).unwrap_or_default();
        let first = times.partition_point(|time| *time < row.event.datetime - NEAR);
        times.get(first).is_some_and(|time| *time <= row.event.datetime + NEAR)
    };
    sent.is_empty() || rows.iter().any(|row| is_sent(row) && row.event.email_message_id.is_none() && has_record(row))
}

/// What tells a mail of the trace from others: its message id; of a table without that column the service's own id of the
/// mail, or when it was received and its subject.
pub fn key(row: &Row<'_>) -> String {
    let event = row.event;
    let id = event.email_message_id.as_deref().and_then(mails::message_id);
    id.unwrap_or_else(|| match event.event_id.as_deref() {
        Some(own) => format!("record {own}"),
        None => format!("record {} {}", event.datetime, event.email_subject.as_deref().unwrap_or_default()),
    })
}

/// The mails of the trace whose sender is the account, each once, in the order of time.
fn of_account<'x>(exam: &'x Exam<'_>) -> Vec<TracedMail<'x>> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut found: Vec<TracedMail<'x>> = Vec::new();
    let rows = exam.rows.iter().filter(|row| is_sent(row));
    for row in rows {
        let place = *places.entry(key(row)).or_insert_with(|| {
            let id = row.event.email_message_id.as_deref().and_then(mails::message_id);
            found.push(TracedMail { rows: Vec::new(), id, recipients: BTreeSet::new() });
            found.len() - 1
        });
        let Some(mail) = found.get_mut(place) else { continue };
        let to = row.event.email_to.as_deref().unwrap_or_default().split(';');
        mail.recipients.extend(to.map(|one| one.trim().to_lowercase()).filter(|one| !one.is_empty()));
        mail.rows.push(row);
    }
    found
}

/// The mailbox's Send records, to look for mails of the trace in.
struct Recorded<'m, 'x> {
    mails: &'m Mails<'x>,
    ids: HashSet<&'m str>,
    /// Whether mails without ids can be told by their subjects.
    by_subject: bool,
}

impl<'m, 'x> Recorded<'m, 'x> {
    fn of(exam: &Exam<'_>, mails: &'m Mails<'x>) -> Self {
        let ids = mails.sent.iter().filter_map(|sent| sent.mail.id.as_deref()).collect();
        Self { mails, ids, by_subject: clocks_agree(exam.rows) }
    }

    /// Whether the mail can be compared with them at all.
    fn tells(&self, mail: &TracedMail<'_>) -> bool {
        mail.id.is_some() || self.by_subject && !mail.subject().trim().is_empty()
    }

    /// Whether one of them is the mail's, or may be. Where nothing tells the mail, nobody can say that none is.
    fn has(&self, mail: &TracedMail<'_>) -> bool {
        let named = mail.id.as_deref().is_some_and(|id| self.ids.contains(id));
        named || !self.tells(mail) || self.has_subject(mail)
    }

    /// Whether one is that has the same subject within minutes, where the mail or the record has no message id. A record
    /// without a subject may be that of a mail without an id.
    fn has_subject(&self, mail: &TracedMail<'_>) -> bool {
        let Some(time) = mail.first().map(|row| row.event.datetime) else { return false };
        let sent = &self.mails.sent;
        let first = sent.partition_point(|sent| sent.row.event.datetime < time - NEAR);
        let near = sent.iter().skip(first).take_while(|sent| sent.row.event.datetime <= time + NEAR);
        let mut nameless = near.filter(|sent| mail.id.is_none() || sent.mail.id.is_none()).peekable();
        if nameless.peek().is_none() {
            return false;
        }
        let subject = normalise(mail.subject());
        let is_untold = |sent: &Sent<'_>| mail.id.is_none() && sent.mail.subject.is_empty();
        nameless.any(|sent| is_untold(sent) || normalise(&sent.mail.subject) == subject)
    }
}

/// Whether a rule, the service or the mail program's own answer made it: those have no Send record of their own. What
/// the mailbox itself handed in did pass the mailbox, whatever the audit log says.
fn is_made_by_a_program(exam: &Exam<'_>, mail: &TracedMail<'_>, time: DateTime<Utc>) -> bool {
    let submitted = |row: &&Row<'_>| {
        row.event.is(&["SUBMIT"])
            && row.param("source").is_some_and(|source| source.eq_ignore_ascii_case("STOREDRIVER"))
    };
    mail.says("source", &["MAILBOXRULE", "DSN", "APPROVAL", "MEETINGMESSAGEPROCESSOR"])
        || mail.rows.iter().any(submitted)
        || mails::is_automatic(mail.subject())
        || mails::is_forward(mail.subject()) && is_passed_on(exam, mail, time)
}

/// Whether a mail of the same thread had just come in: a rule that forwards sends it on within minutes.
fn is_passed_on(exam: &Exam<'_>, mail: &TracedMail<'_>, time: DateTime<Utc>) -> bool {
    let thread = mails::thread(mail.subject());
    exam.near(time, NEAR).iter().any(|row| {
        let event = row.event;
        let before = time - event.datetime;
        event.evidence_source == EvidenceSource::MessageTrace
            && row.parts.target
            && !row.parts.actor
            && TimeDelta::zero() <= before
            && event.email_subject.as_deref().is_some_and(|subject| mails::thread(subject) == thread)
    })
}

/// Whether somebody outside handed it in in the account's name. Where the trace does not say the direction, a mail to
/// insiders only that came from an address of the internet did not come from a mailbox: those hand in without one. But
/// who hands in with the account's password does so from there, to insiders as well, and was signed in there: where no
/// log of sign-ins would show that, nobody can tell the one from the other.
fn is_forged(exam: &Exam<'_>, mail: &TracedMail<'_>, places: &OwnPlaces) -> bool {
    let inside = mail.recipients.iter().all(|to| exam.is_internal(to));
    let from_outside = mail.rows.iter().any(|row| row.event.source_ip_class.as_deref() == Some("public"));
    let strangers = || mail.rows.iter().all(|row| places.would_know(row) && !places.know(row));
    mail.comes_in() || !mail.goes_out() && inside && from_outside && strangers()
}

/// From where somebody who was in the account, the owner or not, did something: place → when first.
struct OwnPlaces {
    first: BTreeMap<IpAddr, DateTime<Utc>>,
    /// From when to when sign-ins of the account are recorded.
    signed_in: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

impl OwnPlaces {
    fn of(exam: &Exam<'_>) -> Self {
        let mut first = BTreeMap::new();
        let done =
            |row: &&Row<'_>| row.parts.actor && row.class == ActorClass::Own && !row.failed() && !row.interrupted();
        for row in exam.rows.iter().filter(done) {
            if let Some(ip) = client_address(row.event) {
                first.entry(place(ip)).or_insert(row.event.datetime);
            }
        }
        let mut sign_ins = exam.rows.iter().filter(|row| row.parts.actor && row.is_sign_in());
        let begin = sign_ins.next().map(|row| row.event.datetime);
        let signed_in = begin.map(|begin| (begin, sign_ins.next_back().map_or(begin, |row| row.event.datetime)));
        Self { first, signed_in }
    }

    /// Whether the sign-ins that are recorded would show one at the time of the trace's row: it is no earlier than they
    /// begin, and not long after they end.
    fn would_know(&self, row: &Row<'_>) -> bool {
        let time = row.event.datetime;
        self.signed_in.is_some_and(|(begin, end)| begin <= time + NEAR && time <= end + QUIET)
    }

    /// Whether the trace's row names a client at a place where the account had been used by then. The sign-in may be
    /// written down a little later than the mail.
    fn know(&self, row: &Row<'_>) -> bool {
        let first = handed_in_by(row).and_then(|client| self.first.get(&place(client)));
        first.is_some_and(|first| *first <= row.event.datetime + NEAR)
    }
}

/// Whether the trace's row is a mail in the account's name that an address of the attacker handed in, and that did not
/// come from outside.
pub fn is_attackers(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    let comes_in = || TracedMail { rows: vec![row], id: None, recipients: BTreeSet::new() }.comes_in();
    let theirs = || handed_in_by(row).is_some_and(|client| exam.attacker.is_at(exam, client));
    is_sent(row) && theirs() && !comes_in()
}

/// The client a trace's row names: an address of the internet that is not Microsoft's.
fn handed_in_by(row: &Row<'_>) -> Option<IpAddr> {
    let event = row.event;
    event.source_ip.as_deref().filter(|_| event.source_ip_class.as_deref() == Some("public"))?.parse().ok()
}

/// Mails in the trace that were handed in from one address.
#[derive(Debug)]
pub struct HandedIn<'m, 'x> {
    /// The address; empty where the trace does not say.
    pub from: &'x str,
    /// The latest strange SMTP sign-in before the first of them; where there is none, there was none before the others.
    pub sign_in: Option<&'x Row<'x>>,
    /// The mails, in the order of time.
    pub mails: Vec<&'m TracedMail<'x>>,
}

/// The mails of the window by the address they were handed in from, apart by whether a strange SMTP sign-in came before.
pub fn handed_in<'m, 'x>(exam: &'x Exam<'_>, all: &'m [TracedMail<'x>]) -> Vec<HandedIn<'m, 'x>> {
    let sign_ins = SmtpSignIns::of(exam);
    let mut groups: BTreeMap<(&str, bool), HandedIn<'m, 'x>> = BTreeMap::new();
    for mail in all.iter().filter(|mail| mail.first().is_some_and(|row| row.in_window)) {
        let (from, sign_in) = (mail.handed_in_from(), sign_ins.before(mail));
        let new = || HandedIn { from, sign_in, mails: Vec::new() };
        groups.entry((from, sign_in.is_some())).or_insert_with(new).mails.push(mail);
    }
    groups.into_values().collect()
}

/// A strange SMTP sign-in that came before one of the mails.
pub fn smtp_sign_in<'x>(exam: &'x Exam<'_>, mails: &[&TracedMail<'_>]) -> Option<&'x Row<'x>> {
    let sign_ins = SmtpSignIns::of(exam);
    mails.iter().find_map(|mail| sign_ins.before(mail))
}

/// How long a sign-in speaks for what is handed in after it.
const SIGNED_IN: TimeDelta = TimeDelta::hours(24);

/// The successful SMTP sign-ins from places that are not the account's, in the order of time; and on which days each
/// subject, without its digits, went out.
struct SmtpSignIns<'x> {
    strange: Vec<&'x Row<'x>>,
    subjects: HashMap<String, BTreeSet<NaiveDate>>,
}

impl<'x> SmtpSignIns<'x> {
    fn of(exam: &'x Exam<'_>) -> Self {
        let by_smtp = |row: &&Row<'_>| {
            let app = row.event.client_app.as_deref().unwrap_or_default();
            app.eq_ignore_ascii_case("Authenticated SMTP") || app.eq_ignore_ascii_case("SMTP")
        };
        let is_strange = |row: &&Row<'_>| {
            let known_good = || client_address(row.event).is_some_and(|ip| logins::is_known_good(exam, ip));
            // A new address in a network of the account's own is a scanner or a mobile one.
            let is_new = exam.baseline.sufficient && exam.baseline.is_new_place(row.event) && !known_good();
            mails::is_attackers(exam, row) || is_new || exam.points(row) >= SUSPICIOUS
        };
        let signed_in = |row: &&Row<'_>| row.parts.actor && row.is_sign_in() && row.event.outcome == Outcome::Success;
        let strange: Vec<&Row<'_>> = exam.rows.iter().filter(signed_in).filter(by_smtp).filter(is_strange).collect();
        let mut subjects: HashMap<String, BTreeSet<NaiveDate>> = HashMap::new();
        for row in exam.rows.iter().filter(|row| !strange.is_empty() && is_sent(row)) {
            let subject = row.event.email_subject.as_deref().unwrap_or_default();
            subjects.entry(mails::repeated(subject)).or_default().insert(row.event.datetime.date_naive());
        }
        Self { strange, subjects }
    }

    /// The latest of them at most a day before the mail. Where the trace names the client, the sign-in has to be that
    /// client's; where it does not, what went out day by day before the sign-in needs none. The sign-in may be written
    /// down a little later than the mail.
    fn before(&self, mail: &TracedMail<'_>) -> Option<&'x Row<'x>> {
        let time = mail.first()?.event.datetime;
        let client = mail.rows.iter().find_map(|row| handed_in_by(row));
        let near = |row: &&&Row<'_>| row.event.datetime <= time + NEAR && time <= row.event.datetime + SIGNED_IN;
        let speaks = |row: &&&Row<'_>| match client {
            Some(client) => client_address(row.event).is_some_and(|ip| networks::same_place(ip, client)),
            None => !self.is_regular(mail, row.event.datetime),
        };
        self.strange.iter().rev().filter(near).find(speaks).copied()
    }

    /// Whether mails with this subject, which is no answer's, went out on several days before.
    fn is_regular(&self, mail: &TracedMail<'_>, time: DateTime<Utc>) -> bool {
        let days = self.subjects.get(&mails::repeated(mail.subject())).into_iter().flatten();
        let before = days.filter(|day| **day < time.date_naive()).count();
        before >= OLD_DAYS && mails::thread(mail.subject()) == normalise(mail.subject())
    }
}
