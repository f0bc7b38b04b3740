//! When sending is a mass mailing: by recipients in ten minutes, by the usual peak, by repetition, by strangers.

use std::collections::{BTreeMap, BTreeSet};

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
    let reached = |length: TimeDelta, same: &dyn Fn(&TracedMail<'_>, &TracedMail<'_>) -> bool| {
        let from = |(at, first): (usize, &&TracedMail<'_>)| -> BTreeSet<&String> {
            let end = first.first().map(|row| row.event.datetime + length);
            let within = mails.iter().skip(at).take_while(|mail| mail.first().map(|row| row.event.datetime) < end);
            within.filter(|mail| same(first, mail)).flat_map(|mail| &mail.recipients).collect()
        };
        mails.iter().enumerate().map(from).map(|to| to.len()).max().unwrap_or(0)
    };
    let most = reached(TimeDelta::minutes(10), &|_, _| true);
    if most >= RECIPIENTS {
        return Some(format!("{most} recipients within ten minutes"));
    }
    let same = |a: &TracedMail<'_>, b: &TracedMail<'_>| {
        a.id != b.id && mails::repeated(a.subject()) == mails::repeated(b.subject())
    };
    let most = reached(TimeDelta::hours(1), &same);
    (most >= SAME).then(|| format!("one subject to {most} people within an hour"))
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
