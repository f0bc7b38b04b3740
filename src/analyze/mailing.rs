//! When sending is a mass mailing: by recipients in ten minutes, by the usual peak, by repetition, by strangers.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::TimeDelta;

use crate::analyze::exam::Exam;
use crate::analyze::mails::{self, Mails, Sent};
use crate::analyze::traces::TracedMail;

/// Recipients within ten minutes.
const RECIPIENTS: usize = 30;
/// Mails with the same subject within an hour, and different recipients; also the least for the other measures.
const SAME: usize = 10;

/// What makes the sitting's mails a mass mailing, in words. `sitting` is in the order of time.
pub fn burst(exam: &Exam<'_>, mails: &Mails<'_>, sitting: &[&Sent<'_>]) -> Option<String> {
    let mut measures = Vec::new();
    let most = most_within(sitting, TimeDelta::minutes(10), |sent| sent.recipient_count.unwrap_or(0));
    if most >= RECIPIENTS {
        measures.push(format!("{most} recipients within ten minutes"));
    }
    let hour = most_within(sitting, TimeDelta::hours(1), |_| 1);
    // A busy hour of answers to few people is work, not a mailing.
    let theirs = sitting.iter().any(|sent| mails::is_attackers(exam, sent.row));
    if let Some(peak) = mails.usual_hour().filter(|_| exam.baseline.sufficient)
        && hour >= (3 * peak).max(SAME)
        && (theirs || reaches_many(sitting))
    {
        measures.push(format!("{hour} mails within an hour; the usual peak is {peak}"));
    }
    measures.extend(same_subject(exam, sitting));
    if let Some((new, all)) = strangers(exam, mails, sitting) {
        measures.push(format!("{new} of {all} recipients were never written to before"));
    }
    (!measures.is_empty()).then(|| measures.join("; "))
}

/// What makes mails of the message trace a mass mailing, in words: many recipients within ten minutes, or one subject to
/// many people within an hour. The mails are in the order of time.
pub fn traced_burst(mails: &[&TracedMail<'_>]) -> Option<String> {
    let most = most_reached(mails, TimeDelta::minutes(10), true);
    if most >= RECIPIENTS {
        return Some(format!("{most} recipients within ten minutes"));
    }
    let mut subjects: BTreeMap<String, Vec<&TracedMail<'_>>> = BTreeMap::new();
    for mail in mails {
        subjects.entry(mails::repeated(mail.subject())).or_default().push(mail);
    }
    // One mail to many is told above; here it is the further ones.
    let most = subjects.values().map(|same| most_reached(same, TimeDelta::hours(1), false)).max().unwrap_or(0);
    (most >= SAME).then(|| format!("one subject to {most} people within an hour"))
}

/// The most people that the mails of any stretch of this length went to; the stretch's first mail counted or not.
fn most_reached(mails: &[&TracedMail<'_>], length: TimeDelta, with_first: bool) -> usize {
    let time = |mail: &TracedMail<'_>| mail.first().map(|row| row.event.datetime);
    let mut reached: HashMap<&str, usize> = HashMap::new();
    let mut coming = mails.iter().peekable();
    let mut most = 0;
    for first in mails {
        let end = time(first).map(|time| time + length);
        while let Some(mail) = coming.next_if(|mail| time(mail) < end) {
            for to in &mail.recipients {
                *reached.entry(to).or_default() += 1;
            }
        }
        let with = reached.len();
        for to in &first.recipients {
            if let Some(count) = reached.get_mut(to.as_str()) {
                *count -= 1;
                if *count == 0 {
                    reached.remove(to.as_str());
                }
            }
        }
        most = most.max(if with_first { with } else { reached.len() });
    }
    most
}

/// Whether mailings of this kind are usual: the same subject but for numbers, before the window, to nearly as many.
pub fn is_regular(mails: &Mails<'_>, sent: &Sent<'_>) -> bool {
    let subject = mails::repeated(&sent.mail.subject);
    !subject.is_empty()
        && mails.regular().get(&subject).is_some_and(|most| most * 2 >= sent.recipient_count.unwrap_or(0))
}

/// The largest sum in any stretch of this length.
fn most_within(sitting: &[&Sent<'_>], length: TimeDelta, weigh: impl Fn(&Sent<'_>) -> usize) -> usize {
    let (mut most, mut sum) = (0, 0);
    let mut oldest = sitting.iter();
    let mut next_out = oldest.next();
    for sent in sitting {
        sum += weigh(sent);
        while let Some(out) = next_out.filter(|out| out.row.event.datetime + length <= sent.row.event.datetime) {
            sum -= weigh(out);
            next_out = oldest.next();
        }
        most = most.max(sum);
    }
    most
}

/// A subject that was sent to ten and more people one by one within an hour. Answers in one thread are a talk, but not
/// where the attacker wrote them, who also may take all day to stay below the limits of sending.
fn same_subject(exam: &Exam<'_>, sitting: &[&Sent<'_>]) -> Option<String> {
    let mut subjects: BTreeMap<String, Vec<&Sent<'_>>> = BTreeMap::new();
    for sent in sitting {
        subjects.entry(mails::repeated(&sent.mail.subject)).or_default().push(sent);
    }
    let measured = subjects.into_iter().filter(|(subject, _)| !subject.is_empty()).map(|(subject, same)| {
        let theirs = same.iter().filter(|sent| mails::is_attackers(exam, sent.row)).count();
        let hour = if theirs > 0 || reaches_many(&same) { most_within(&same, TimeDelta::hours(1), |_| 1) } else { 0 };
        (hour.max(theirs), hour, subject)
    });
    let (most, hour, subject) = measured.filter(|(most, ..)| *most >= SAME).max()?;
    let within = if most == hour { " within an hour" } else { "" };
    Some(format!("{most} mails{within} with the subject \"{subject}\""))
}

/// Whether the mails went to many different people, or the records do not list to whom.
fn reaches_many(sent: &[&Sent<'_>]) -> bool {
    let to: BTreeSet<&String> = sent.iter().flat_map(|sent| &sent.recipients).collect();
    to.is_empty() || to.len() >= SAME
}

/// How many of how many recipients were never written to, where that is nearly all.
fn strangers(exam: &Exam<'_>, mails: &Mails<'_>, sitting: &[&Sent<'_>]) -> Option<(usize, usize)> {
    let known = mails.correspondents();
    let to: BTreeSet<&String> = sitting.iter().flat_map(|sent| &sent.recipients).collect();
    let new = to.iter().filter(|address| !known.contains(**address)).count();
    let nearly_all = new * 5 >= to.len() * 4;
    (exam.baseline.sufficient && !known.is_empty() && to.len() >= SAME && nearly_all).then_some((new, to.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::actor::ActorClass;
    use crate::analyze::exam::Row;
    use crate::analyze::identity::Parts;
    use crate::timeline::Event;

    #[test]
    fn the_most_people_that_a_stretch_of_mails_reaches() {
        let at = |minute: i64| Event {
            datetime: chrono::DateTime::from_timestamp(minute * 60, 0).unwrap(),
            ..Event::default()
        };
        let events = [at(0), at(0), at(9), at(10), at(40)];
        let row = |event| Row {
            event,
            class: ActorClass::Own,
            parts: Parts::default(),
            in_window: true,
            twins: Vec::new(),
            place: 0,
        };
        let rows: Vec<Row<'_>> = events.iter().map(row).collect();
        let to = ["a b", "b c", "c d e", "f", "a"];
        let mail = |(row, to): (_, &&str)| TracedMail {
            rows: vec![row],
            id: String::new(),
            recipients: to.split(' ').map(str::to_owned).collect(),
        };
        let mails: Vec<TracedMail<'_>> = rows.iter().zip(&to).map(mail).collect();
        let mails: Vec<&TracedMail<'_>> = mails.iter().collect();
        // Ten minutes end before the mail of minute 10: a to e, then c to f.
        assert_eq!(most_reached(&mails, TimeDelta::minutes(10), true), 5);
        // Without the first: b to e, behind it c to e.
        assert_eq!(most_reached(&mails, TimeDelta::minutes(10), false), 4);
        assert_eq!(most_reached(&mails, TimeDelta::hours(1), true), 6);
        assert_eq!(most_reached(&[], TimeDelta::hours(1), true), 0);
    }
}
