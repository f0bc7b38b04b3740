//! When sending is a mass mailing: by recipients in ten minutes, by the usual peak, by repetition, by strangers.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{NaiveDate, TimeDelta};

use crate::analyze::exam::Exam;
use crate::analyze::mail::addressed::Addressed;
use crate::analyze::mail::mails::{self, Mails, Sent};
use crate::analyze::mail::traces::TracedMail;

/// Recipients within ten minutes.
const RECIPIENTS: usize = 30;
/// Mails with the same subject within an hour, and different recipients; also the least for the other measures.
const SAME: usize = 10;

/// A mass mailing: what makes it one, in words, and the mails that do.
#[derive(Debug)]
pub struct Burst<M> {
    /// What makes it one.
    pub told: String,
    /// Its mails, in the order of time: those of the stretches that reach a limit, not all around them.
    pub mails: Vec<M>,
}

impl<M: Copy> Burst<M> {
    fn of(all: &[M], told: &[String], places: &BTreeSet<usize>) -> Option<Self> {
        let mails = places.iter().filter_map(|at| all.get(*at).copied()).collect();
        (!told.is_empty()).then(|| Self { told: told.join("; "), mails })
    }
}

/// The mass mailing among a sitting's mails, which are in the order of time.
pub fn burst<'m, 'x>(exam: &Exam<'_>, mails: &Mails<'_>, sitting: &[&'m Sent<'x>]) -> Option<Burst<&'m Sent<'x>>> {
    let (mut told, mut places) = by_time(exam, mails, sitting);
    if let Some(strangers) = strangers(exam, mails, sitting) {
        told.push(format!("{} of {} recipients were never written to before", strangers.new, strangers.all));
        places.extend(strangers.places);
    }
    Burst::of(sitting, &told, &places)
}

/// The mass mailing among mails of many sittings, which are in the order of time: only what lies close together counts.
pub fn spread<'m, 'x>(exam: &Exam<'_>, mails: &Mails<'_>, all: &[&'m Sent<'x>]) -> Option<Burst<&'m Sent<'x>>> {
    let (told, places) = by_time(exam, mails, all);
    Burst::of(all, &told, &places)
}

/// What many mails close together make a mass mailing, in words, and the places of these mails.
fn by_time(exam: &Exam<'_>, mails: &Mails<'_>, sitting: &[&Sent<'_>]) -> (Vec<String>, BTreeSet<usize>) {
    let (mut told, mut places) = (Vec::new(), BTreeSet::new());
    let theirs = sitting.iter().any(|sent| mails::is_attackers(exam, sent.row));
    let few = stretch(sitting, TimeDelta::minutes(10), RECIPIENTS, |sent| sent.recipient_count.unwrap_or(0));
    if few.most >= RECIPIENTS {
        let people = Addressed::of(few.places.iter().filter_map(|at| sitting.get(*at).copied())).known().unwrap_or(0);
        match people.min(few.most) {
            many if many >= RECIPIENTS => told.push(format!("{many} recipients within ten minutes")),
            _ if theirs => told.push(format!("{} mails within ten minutes to {people}", few.places.len())),
            // Some people talk to each other.
            _ => {}
        }
        if !told.is_empty() {
            places.extend(few.places);
        }
    }
    // A busy hour of answers to few people is work, not a mailing.
    if let Some(peak) = mails.usual_hour().filter(|_| exam.baseline.sufficient)
        && (theirs || reaches_many(sitting))
    {
        let limit = (3 * peak).max(SAME);
        let hour = stretch(sitting, TimeDelta::hours(1), limit, |_| 1);
        if hour.most >= limit {
            told.push(format!("{} mails within an hour; the usual peak is {peak}", hour.most));
            places.extend(hour.places);
        }
    }
    if let Some((words, same)) = same_subject(exam, sitting) {
        told.push(words);
        places.extend(same);
    }
    (told, places)
}

/// The mass mailing among mails of the message trace, which are in the order of time: many recipients within ten minutes,
/// or one subject to many people within an hour.
pub fn traced_burst<'m, 'x>(mails: &[&'m TracedMail<'x>]) -> Option<Burst<&'m TracedMail<'x>>> {
    let few = reached(mails, TimeDelta::minutes(10), RECIPIENTS, true);
    if few.most >= RECIPIENTS {
        return Burst::of(mails, &[format!("{} recipients within ten minutes", few.most)], &few.places);
    }
    let mut subjects: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, mail) in mails.iter().enumerate() {
        subjects.entry(mails::repeated(mail.subject())).or_default().push(at);
    }
    let (mut most, mut places) = (0, BTreeSet::new());
    for of in subjects.values() {
        let same: Vec<&TracedMail<'_>> = of.iter().filter_map(|at| mails.get(*at).copied()).collect();
        // One mail to many is told above; here it is the further ones.
        let hour = reached(&same, TimeDelta::hours(1), SAME, false);
        most = most.max(hour.most);
        places.extend(hour.places.iter().filter_map(|at| of.get(*at).copied()));
    }
    let told = (most >= SAME).then(|| format!("one subject to {most} people within an hour"));
    Burst::of(mails, told.as_slice(), &places)
}

/// The most that any stretch of some length held, and the places of the mails in all stretches that held enough.
#[derive(Debug, Default)]
struct Stretch {
    most: usize,
    places: BTreeSet<usize>,
}

/// How many people the mails of stretches of this length went to; the stretch's first mail counted or not.
fn reached(mails: &[&TracedMail<'_>], length: TimeDelta, least: usize, with_first: bool) -> Stretch {
    let time = |mail: &TracedMail<'_>| mail.first().map(|row| row.event.datetime);
    let mut people: HashMap<&str, usize> = HashMap::new();
    let mut found = Stretch::default();
    let (mut behind, mut told) = (0, 0);
    for (at, first) in mails.iter().enumerate() {
        let end = time(first).map(|time| time + length);
        while let Some(mail) = mails.get(behind).filter(|mail| time(mail) < end) {
            for to in &mail.recipients {
                *people.entry(to).or_default() += 1;
            }
            behind += 1;
        }
        let with = people.len();
        for to in &first.recipients {
            if let Some(count) = people.get_mut(to.as_str()) {
                *count -= 1;
                if *count == 0 {
                    people.remove(to.as_str());
                }
            }
        }
        let count = if with_first { with } else { people.len() };
        found.most = found.most.max(count);
        if count >= least {
            found.places.extend(told.max(at)..behind);
            told = behind;
        }
    }
    found
}

/// Whether mailings of this kind are usual: the same subject but for numbers, before the window, to nearly as many.
pub fn is_regular(mails: &Mails<'_>, sent: &Sent<'_>) -> bool {
    let subject = mails::repeated(&sent.mail.subject);
    !subject.is_empty()
        && mails.regular().get(&subject).is_some_and(|most| most * 2 >= sent.recipient_count.unwrap_or(0))
}

/// The sums of what the mails weigh in stretches of this length.
fn stretch(sitting: &[&Sent<'_>], length: TimeDelta, least: usize, weigh: impl Fn(&Sent<'_>) -> usize) -> Stretch {
    let mut found = Stretch::default();
    let (mut first, mut sum, mut told) = (0, 0, 0);
    for (at, sent) in sitting.iter().enumerate() {
        sum += weigh(sent);
        let gone = |out: &&&Sent<'_>| out.row.event.datetime + length <= sent.row.event.datetime;
        while let Some(out) = sitting.get(first).filter(gone) {
            sum -= weigh(out);
            first += 1;
        }
        found.most = found.most.max(sum);
        if sum >= least {
            found.places.extend(told.max(first)..=at);
            told = at + 1;
        }
    }
    found
}

/// A subject that was sent to ten and more people one by one within an hour, with the places of its mails. Answers in one
/// thread are a talk, but not where the attacker wrote them, who also may take all day to stay below the limits of
/// sending.
fn same_subject(exam: &Exam<'_>, sitting: &[&Sent<'_>]) -> Option<(String, BTreeSet<usize>)> {
    let mut subjects: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, sent) in sitting.iter().enumerate() {
        subjects.entry(mails::repeated(&sent.mail.subject)).or_default().push(at);
    }
    let (mut best, mut places) = (None, BTreeSet::new());
    for (subject, of) in subjects.into_iter().filter(|(subject, _)| !subject.is_empty()) {
        let same: Vec<&Sent<'_>> = of.iter().filter_map(|at| sitting.get(*at).copied()).collect();
        let theirs = same.iter().filter(|sent| mails::is_attackers(exam, sent.row)).count();
        let counts = theirs > 0 || reaches_many(&same);
        let hour = if counts { stretch(&same, TimeDelta::hours(1), SAME, |_| 1) } else { Stretch::default() };
        let most = hour.most.max(theirs);
        if most < SAME {
            continue;
        }
        let all = if theirs >= SAME { 0..same.len() } else { 0..0 };
        places.extend(hour.places.into_iter().chain(all).filter_map(|at| of.get(at).copied()));
        best = best.max(Some((most, hour.most, subject)));
    }
    let (most, hour, subject) = best?;
    let within = if most == hour { " within an hour" } else { "" };
    Some((format!("{most} mails{within} with the subject \"{subject}\""), places))
}

/// Whether the mails went to many different people, or the records do not list to whom.
fn reaches_many(sent: &[&Sent<'_>]) -> bool {
    let to: BTreeSet<&String> = sent.iter().flat_map(|sent| &sent.recipients).collect();
    to.is_empty() || to.len() >= SAME
}

/// Recipients, how many of them were never written to, and the places of the mails that went to them.
struct Strangers {
    new: usize,
    all: usize,
    places: Vec<usize>,
}

/// Nearly all recipients were never written to: those of a session, or of a day where the records have none, since a
/// place alone makes a sitting of months. The attacker may take days.
fn strangers(exam: &Exam<'_>, mails: &Mails<'_>, sitting: &[&Sent<'_>]) -> Option<Strangers> {
    let known = mails.correspondents();
    if !exam.baseline.sufficient || known.is_empty() {
        return None;
    }
    let theirs = sitting.iter().any(|sent| mails::is_attackers(exam, sent.row));
    let mut days: BTreeMap<Option<NaiveDate>, Vec<usize>> = BTreeMap::new();
    for (at, sent) in sitting.iter().enumerate() {
        let event = sent.row.event;
        let day = (event.session().is_none() && !theirs).then(|| event.datetime.date_naive());
        days.entry(day).or_default().push(at);
    }
    let mut found: Option<Strangers> = None;
    for places in days.into_values() {
        let to: BTreeSet<&String> =
            places.iter().filter_map(|at| sitting.get(*at)).flat_map(|sent| &sent.recipients).collect();
        let new = to.iter().filter(|address| !known.contains(**address)).count();
        if to.len() < SAME || new * 5 < to.len() * 4 {
            continue;
        }
        match &mut found {
            Some(found) => {
                (found.new, found.all) = (found.new, found.all).max((new, to.len()));
                found.places.extend(places);
            }
            None => found = Some(Strangers { new, all: to.len(), places }),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::exam::Row;
    use crate::analyze::people::actor::ActorClass;
    use crate::analyze::people::identity::Parts;
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
            id: None,
            recipients: to.split(' ').map(str::to_owned).collect(),
        };
        let mails: Vec<TracedMail<'_>> = rows.iter().zip(&to).map(mail).collect();
        let mails: Vec<&TracedMail<'_>> = mails.iter().collect();
        let most = |minutes, with_first| reached(&mails, TimeDelta::minutes(minutes), 5, with_first).most;
        // Ten minutes end before the mail of minute 10: a to e, then c to f.
        assert_eq!(most(10, true), 5);
        // Without the first: b to e, behind it c to e.
        assert_eq!(most(10, false), 4);
        assert_eq!(most(60, true), 6);
        assert_eq!(reached(&[], TimeDelta::hours(1), 5, true).most, 0);
        // Only the first three lie in a stretch that reaches five.
        let places = reached(&mails, TimeDelta::minutes(10), 5, true).places;
        assert!(places.into_iter().eq([0, 1, 2]));
    }
}
