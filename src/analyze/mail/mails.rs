//! Mails as the mailbox audit tells of them: what was sent, what was deleted, and which of both are the same mail.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::net::IpAddr;
use std::sync::OnceLock;

use chrono::TimeDelta;

use crate::analyze::exam::{Exam, Row};
use crate::analyze::intruder::attribution::{LINKED, named_address};
use crate::analyze::intruder::baseline::client_address;
use crate::analyze::is_housekeeping;
use crate::analyze::people::actor::ActorClass;
use crate::finding::Attribution;
use crate::knowledge::folders::FolderRole;
use crate::knowledge::networks;
use crate::timeline::EvidenceSource;

mod listing;
mod told;

pub use listing::{distinct, ids, listed, subjects};
pub use told::addressees;
use told::{Folders, Told, deletion, removes, sent};

/// Attacker score from which content counts.
pub const SUSPICIOUS: i32 = 3;
/// Within this time of sending, the removal of a mail's copy undoes it.
const UNDONE_WITHIN: TimeDelta = TimeDelta::hours(24);
/// Within this time two records of one sitting with one message id are one mail.
const RECORDED_TWICE: TimeDelta = TimeDelta::minutes(10);
/// In so many sittings one mail is looked for.
const SITTINGS: usize = 8;
/// Days in the baseline that make an address usual.
const USUAL_DAYS: usize = 3;
/// Operations that send a mail.
pub const SENDS: [&str; 3] = ["Send", "SendAs", "SendOnBehalf"];

/// One mail of a record.
#[derive(Debug, Clone, Default)]
pub struct Mail {
    /// Subject as written.
    pub subject: String,
    /// Internet message id without its brackets.
    pub id: Option<String>,
    /// Where it lay.
    pub folder: Option<FolderRole>,
    /// Attachment names and sizes as written.
    pub attachments: String,
}

/// A mail that was sent by the account or in its name.
#[derive(Debug)]
pub struct Sent<'x> {
    /// The record.
    pub row: &'x Row<'x>,
    /// Further records of the same sending: cited beside it, never counted, and no evidence against each other.
    pub copies: Vec<&'x Row<'x>>,
    /// The mail.
    pub mail: Mail,
    /// The recipients the record lists, lower-cased; a long list may be cut by the service.
    pub recipients: BTreeSet<String>,
    /// How many recipients the record counts, or lists where it does not count them; `None` where it tells neither.
    pub recipient_count: Option<usize>,
}

/// A record of mails deleted from the account's mailbox, or moved out of sight.
#[derive(Debug)]
pub struct Deletion<'x> {
    /// The record.
    pub row: &'x Row<'x>,
    /// The mails, without what is none.
    pub mails: Vec<Mail>,
    /// From which folder.
    pub folder: Option<FolderRole>,
    habit: OnceLock<bool>,
}

/// What was sent and what was deleted, baseline included, in the order of time.
#[derive(Debug, Default)]
pub struct Mails<'x> {
    /// Sent.
    pub sent: Vec<Sent<'x>>,
    /// Deleted.
    pub deletions: Vec<Deletion<'x>>,
    /// Message id → places in `sent`, and in `deletions` and the mails there, in the order of time: a long log holds every
    /// mail many times.
    sent_by_id: HashMap<String, Vec<usize>>,
    deletions_by_id: HashMap<String, Vec<(usize, usize)>>,
    regular: OnceLock<HashMap<String, usize>>,
    usual_hour: OnceLock<Option<usize>>,
    correspondents: OnceLock<HashSet<String>>,
}

impl<'x> Mails<'x> {
    /// Collects the mails of the account's records. Housekeeping of client and service is left out.
    pub fn of(rows: &'x [Row<'x>]) -> Self {
        let mut known = Folders::default();
        let told: Vec<Told<'_>> =
            rows.iter().filter(|row| is_somebodys(row)).filter_map(|row| Told::of(row, &mut known)).collect();
        let mut mails = Self::default();
        for told in told {
            if told.row.event.is(&SENDS) {
                mails.add(sent(told, &known));
            } else if removes(&told, &known) {
                let deletion = deletion(told, &known);
                if !deletion.mails.is_empty() {
                    mails.deletions.push(deletion);
                }
            }
        }
        mails.index();
        mails
    }

    /// Adds a mail that was sent, or a further record of one that is there.
    fn add(&mut self, sent: Sent<'x>) {
        let Some(id) = sent.mail.id.as_ref() else {
            self.sent.push(sent);
            return;
        };
        let places = self.sent_by_id.entry(id.clone()).or_default();
        let is_same = |at: &&usize| self.sent.get(**at).is_some_and(|known| known.is_recorded_by(sent.row));
        let known = places.iter().rev().take(SITTINGS).find(is_same).copied();
        match known.and_then(|at| self.sent.get_mut(at)) {
            Some(known) => {
                known.copies.push(sent.row);
                known.recipients.extend(sent.recipients);
                let listed = Some(known.recipients.len()).filter(|listed| *listed > 0);
                known.recipient_count = known.recipient_count.max(sent.recipient_count).max(listed);
            }
            None => {
                places.push(self.sent.len());
                self.sent.push(sent);
            }
        }
    }

    /// Forgets what was a habit: it depends on who the attacker is.
    pub fn forget_habits(&mut self) {
        self.deletions.iter_mut().for_each(|deletion| deletion.habit = OnceLock::new());
    }

    fn index(&mut self) {
        for (at, deletion) in self.deletions.iter().enumerate() {
            for (place, mail) in deletion.mails.iter().enumerate() {
                let Some(id) = &mail.id else { continue };
                let places = self.deletions_by_id.entry(id.clone()).or_default();
                if places.last().is_none_or(|(last, _)| *last != at) {
                    places.push((at, place));
                }
            }
        }
    }

    /// The deletions that took this mail away after it was sent, each with the mail as it tells it.
    pub fn removals<'s>(&'s self, sent: &'s Sent<'x>) -> impl Iterator<Item = (&'s Deletion<'x>, &'s Mail)> {
        let places = sent.mail.id.as_ref().and_then(|id| self.deletions_by_id.get(id)).map_or(&[][..], Vec::as_slice);
        let time = |at: usize| self.deletions.get(at).map(|deletion| deletion.row.event.datetime);
        let from = places.partition_point(|(at, _)| time(*at) < Some(sent.row.event.datetime));
        places.iter().skip(from).filter_map(|(at, mail)| {
            let deletion = self.deletions.get(*at)?;
            Some((deletion, deletion.mails.get(*mail)?))
        })
    }

    /// The deletions that undo this mail.
    pub fn undoings<'s>(&'s self, sent: &'s Sent<'x>) -> impl Iterator<Item = &'s Deletion<'x>> {
        let until = sent.row.event.datetime + UNDONE_WITHIN;
        let near = self
            .removals(sent)
            .map(|(deletion, _)| deletion)
            .take_while(move |deletion| deletion.row.event.datetime <= until);
        near.filter(|deletion| deletion.undoes(sent))
    }

    /// The mails with one of these message ids that the deletion undoes, in the order of time.
    pub fn undone_by<'s>(
        &'s self,
        deletion: &Deletion<'_>,
        ids: impl Iterator<Item = &'s String>,
    ) -> Vec<&'s Sent<'x>> {
        let until = deletion.row.event.datetime;
        let time = |at: &usize| self.sent.get(*at).map(|sent| sent.row.event.datetime);
        let mut found = BTreeSet::new();
        for places in ids.filter_map(|id| self.sent_by_id.get(id)) {
            let from = places.partition_point(|at| time(at) < Some(until - UNDONE_WITHIN));
            let within = places.iter().skip(from).take_while(|at| time(at) <= Some(until));
            found.extend(within.copied().filter(|at| self.sent.get(*at).is_some_and(|sent| deletion.undoes(sent))));
        }
        found.into_iter().filter_map(|at| self.sent.get(at)).collect()
    }

    fn sent_before(&self) -> impl Iterator<Item = &Sent<'x>> {
        self.sent.iter().filter(|sent| !sent.row.in_window)
    }

    /// The account's usual peak of mails an hour, of the hours before the window in which it sent.
    pub fn usual_hour(&self) -> Option<usize> {
        *self.usual_hour.get_or_init(|| {
            let mut hours: BTreeMap<i64, usize> = BTreeMap::new();
            for sent in self.sent_before() {
                *hours.entry(sent.row.event.datetime.timestamp().div_euclid(3600)).or_default() += 1;
            }
            usual_peak(hours.into_values().collect())
        })
    }

    /// To whom the account wrote before the window.
    pub fn correspondents(&self) -> &HashSet<String> {
        self.correspondents
            .get_or_init(|| self.sent_before().flat_map(|sent| &sent.recipients).map(String::clone).collect())
    }

    /// Subject as mailings repeat it → the most recipients that one had before the window.
    pub fn regular(&self) -> &HashMap<String, usize> {
        self.regular.get_or_init(|| {
            let mut most: HashMap<String, usize> = HashMap::new();
            for sent in self.sent_before() {
                let known = most.entry(repeated(&sent.mail.subject)).or_default();
                *known = sent.recipient_count.unwrap_or(0).max(*known);
            }
            most
        })
    }
}

impl<'x> Sent<'x> {
    /// Whether a record with this mail's id, which is not earlier, tells of the same sending.
    fn is_recorded_by(&self, row: &Row<'_>) -> bool {
        row.event.datetime - self.row.event.datetime <= RECORDED_TWICE
            && row.parts == self.row.parts
            && row.event.saved_to_sent == self.row.event.saved_to_sent
            && sitting(row) == sitting(self.row)
    }

    /// The records of the mails beside those they are told by.
    pub fn copies<'s>(sent: impl IntoIterator<Item = &'s Self>) -> impl Iterator<Item = &'x Row<'x>>
    where
        'x: 's,
    {
        sent.into_iter().flat_map(|sent| sent.copies.iter().copied())
    }
}

impl Deletion<'_> {
    /// Whether the deleted mail had been sent at most a day before in the same sitting.
    pub fn undoes(&self, sent: &Sent<'_>) -> bool {
        let after = self.row.event.datetime - sent.row.event.datetime;
        TimeDelta::zero() <= after && after <= UNDONE_WITHIN && same_sitting(self.row, sent.row)
    }

    /// Whether deleting like this is the account's own habit.
    pub fn is_habit(&self, exam: &Exam<'_>) -> bool {
        *self.habit.get_or_init(|| is_habit(exam, self.row))
    }
}

/// Whether a person or program did it, and it happened. Transport and the service's own assistants are neither; the
/// steps of a message trace have names like operations and are none.
fn is_somebodys(row: &Row<'_>) -> bool {
    let traced = row.event.evidence_source == EvidenceSource::MessageTrace;
    row.parts.any()
        && !traced
        && !is_housekeeping(row.class)
        && !row.failed()
        && !matches!(row.event.logon_type, Some(3 | 4))
}

/// An Internet message id as it is compared: without brackets and outer blanks.
pub fn message_id(text: &str) -> Option<String> {
    let id = text.trim().trim_start_matches('<').trim_end_matches('>').trim();
    (!id.is_empty()).then(|| id.to_owned())
}

/// Whether two records come from the same session; from the same place, where one of them has no session.
pub fn same_sitting(a: &Row<'_>, b: &Row<'_>) -> bool {
    match (a.event.session(), b.event.session()) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
        _ => match (client_address(a.event), client_address(b.event)) {
            (Some(a), Some(b)) => networks::same_place(a, b),
            _ => false,
        },
    }
}

/// What one sitting is told by: session and place, since a stolen session is used by two; else actor and day.
pub fn sitting(row: &Row<'_>) -> String {
    let event = row.event;
    let place = client_address(event).map(|ip| match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) >> 64 << 64).into()),
    });
    match (event.session(), place) {
        (None, None) => {
            let actor = event.user_raw.as_deref().unwrap_or_default().to_lowercase();
            format!("{actor} {}", event.datetime.date_naive())
        }
        (session, place) => {
            format!(
                "{} {}",
                session.unwrap_or_default().to_lowercase(),
                place.map(|ip| ip.to_string()).unwrap_or_default()
            )
        }
    }
}

/// Whether the attacker did it as far as the score tells: linked, or unusual by more than a new address where an
/// attacker is known, who is known as well where the investigator named the address. Everybody is at a new address
/// sometimes.
pub fn is_attackers(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    let score = exam.weigh(row);
    let known = || !exam.attacker.is_empty() || named_address(exam, row.event).is_some();
    score.total() >= LINKED || score.is_unusual() && known()
}

/// Whether the act is the account's own habit: its usual place or managed device, or an actor who did the same before
/// the window; and nothing much speaks for the attacker.
pub fn is_habit(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    let score = exam.weigh(row);
    if score.total() >= SUSPICIOUS
        || exam.attacker.holds(exam, row.event) && exam.attribution(row, &score) != Attribution::Explained
    {
        return false;
    }
    if row.class != ActorClass::Own {
        return did_before(exam, row);
    }
    let usual = client_address(row.event).is_some_and(|ip| exam.baseline.days_at(ip) >= USUAL_DAYS);
    usual || exam.attribution(row, &score) == Attribution::Explained
}

/// Whether the same actor did the same before the window, and does it from where that one was at work then.
pub fn did_before(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    exam.habits().did(row) && !exam.habits().is_away(exam, row)
}

pub use crate::knowledge::subjects::{is_answer, is_automatic, is_forward, thread};

/// A subject as mailings repeat it: the thread's, without digits.
pub fn repeated(subject: &str) -> String {
    let plain: String = thread(subject).chars().filter(|c| !c.is_numeric()).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The count that 19 of 20 days (or hours) do not exceed; `None` of nothing.
pub fn usual_peak(mut counts: Vec<usize>) -> Option<usize> {
    counts.sort_unstable();
    let at = (counts.len() * 95).div_ceil(100).checked_sub(1)?;
    counts.get(at).copied()
}

/// The row that stands for several: the earliest of those with the highest score.
pub fn leader<'x>(exam: &Exam<'_>, rows: &[&'x Row<'x>]) -> Option<&'x Row<'x>> {
    let mut best: Option<(i32, &Row<'_>)> = None;
    for row in rows {
        let total = exam.points(row);
        if best.is_none_or(|(top, _)| total > top) {
            best = Some((total, row));
        }
    }
    best.map(|(_, row)| row)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::Event;

    #[test]
    fn two_records_of_one_sending_are_one_mail() {
        let sent = |second: i64, id: &str, session: &str, to: &str, kept: Option<bool>| Event {
            datetime: chrono::DateTime::from_timestamp(second, 0).unwrap(),
            action: Some("Send".into()),
            email_message_id: (!id.is_empty()).then(|| id.into()),
            session_id: Some(session.into()),
            email_to: Some(to.into()),
            saved_to_sent: kept,
            ..Event::default()
        };
        let events = [
            sent(0, "<a@x>", "s", "one@x; two@x", None),
            sent(1, "<a@x>", "S", "two@x; three@x", None),
            // Another session, one that says something else, and one of an hour later are told by themselves.
            sent(2, "<a@x>", "other", "one@x", None),
            sent(2, "<a@x>", "s", "one@x; two@x", None),
            sent(3, "<a@x>", "other", "one@x", Some(false)),
            sent(3600, "<a@x>", "other", "one@x", Some(false)),
            sent(3601, "", "s", "one@x", None),
            sent(3602, "", "s", "one@x", None),
        ];
        let parts = crate::analyze::people::identity::Parts { actor: true, mailbox: true, ..Default::default() };
        let row = |event| Row { event, class: ActorClass::Own, parts, in_window: true, twins: Vec::new(), place: 0 };
        let rows: Vec<Row<'_>> = events.iter().map(row).collect();
        let mails = Mails::of(&rows);
        let counts: Vec<_> = mails.sent.iter().map(|sent| (sent.copies.len(), sent.recipients.len())).collect();
        assert_eq!(counts, [(2, 3), (0, 1), (0, 1), (0, 1), (0, 1), (0, 1)]);
        let first = mails.sent.first().unwrap();
        assert_eq!((first.recipient_count, first.row.event.datetime.timestamp()), (Some(3), 0));
        assert!(Sent::copies(&mails.sent).map(|row| row.event.datetime.timestamp()).eq([1, 2]));
    }

    #[test]
    fn ids_compare_without_brackets() {
        assert_eq!(message_id("<a1@x>").as_deref(), Some("a1@x"));
        assert_eq!(message_id(" a1@x "), message_id("<a1@x>"));
        assert_eq!(message_id("<>"), None);
    }

    #[test]
    fn threads_in_many_languages() {
        for subject in [
            "Updated bank details",
            "RE: Updated bank details",
            "AW: WG: Updated bank details",
            "RE[2]: FW: updated  Bank details",
            "返信：転送: Updated bank details",
            "Automatic reply: Updated bank details",
            "Undeliverable: Updated bank details",
            "配信不能: Updated bank details",
        ] {
            assert_eq!(thread(subject), "updated bank details", "{subject}");
        }
        assert_eq!(thread("Note: lunch"), "note: lunch");
        assert_eq!(thread("RE:"), "");
    }

    #[test]
    fn mailings_differ_by_number_only() {
        assert_eq!(repeated("RE: Invoice 4471"), repeated("invoice 4472"));
        assert!(is_answer("Undeliverable: Invoice") && is_answer("配信不能： x") && !is_answer("Invoice"));
        assert!(is_forward("FW: phishing?") && !is_forward("RE: phishing?"));
    }

    #[test]
    fn usual_peaks() {
        assert_eq!(usual_peak(vec![]), None);
        assert_eq!(usual_peak(vec![4]), Some(4));
        assert_eq!(usual_peak((1..=100).collect()), Some(95));
    }

    #[test]
    fn copies_of_a_mail_count_once() {
        let mail = |id: Option<&str>| Mail { id: id.map(str::to_owned), ..Mail::default() };
        assert_eq!(distinct(&[mail(Some("a")), mail(Some("a")), mail(None), mail(None)]), 3);
    }

    #[test]
    fn long_lists_say_what_is_left_out() {
        assert_eq!(listed(&["a", "b", "c"], 2), "a; b; … (+1)");
        assert_eq!(listed(&["a"], 2), "a");
    }
}
