//! S06 as the message trace tells it: lures and mass mailings, and the bounces that come back from one.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{META, WAVE, Writer, telling};
use crate::analyze::draft::Draft;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::mail::mailing::{self, Burst};
use crate::analyze::mail::mails::{self, Mail, Mails};
use crate::analyze::mail::traces::{self, HandedIn, TracedMail};
use crate::finding::{Attribution, Fact, Finding, Weight, counted};
use crate::timeline::EvidenceSource;

/// Lures, or a mass mailing, that only the message trace shows: the attacker's where the attacker's SMTP sign-in came
/// before, and for the rest nobody's known.
pub(super) fn lures(exam: &Exam<'_>, mails: &Mails<'_>) -> Vec<Finding> {
    let all = traces::beside(exam, mails);
    let earlier = all.iter().filter(|mail| mail.first().is_some_and(|row| !row.in_window));
    let earlier: HashSet<String> = earlier.map(|mail| mails::repeated(mail.subject())).collect();
    let is_new = |mail: &&TracedMail<'_>| {
        mail.first().is_some_and(|row| row.in_window) && !earlier.contains(&mails::repeated(mail.subject()))
    };
    let burst = mailing::traced_burst(&all.iter().filter(is_new).collect::<Vec<_>>());
    let mut theirs = Lures::default();
    let mut nobodys = Lures::default();
    for group in traces::handed_in(exam, &all) {
        let lures = if group.sign_in.is_some() { &mut theirs } else { &mut nobodys };
        lures.add(&group, burst.as_ref());
    }
    [theirs, nobodys].into_iter().filter_map(|lures| lures.told(exam, burst.as_ref())).collect()
}

/// Mails with telling words and of the mass mailing.
#[derive(Default)]
struct Lures<'m, 'x> {
    sign_in: Option<&'x Row<'x>>,
    chosen: Vec<&'m TracedMail<'x>>,
    words: BTreeSet<String>,
    of_burst: bool,
}

impl<'m, 'x> Lures<'m, 'x> {
    fn add(&mut self, group: &HandedIn<'m, 'x>, burst: Option<&Burst<&'m TracedMail<'x>>>) {
        let writer = if group.sign_in.is_some() { Writer::Attacker } else { Writer::Anybody };
        for mail in &group.mails {
            let words = telling(&Mail { subject: mail.subject().to_owned(), ..Mail::default() }, writer);
            let of_burst = burst.is_some_and(|burst| burst.mails.iter().any(|one| std::ptr::eq(*one, *mail)));
            if of_burst || !words.is_empty() {
                self.chosen.push(mail);
                self.sign_in = self.sign_in.or(group.sign_in);
            }
            self.of_burst |= of_burst;
            self.words.extend(words);
        }
    }

    fn told(mut self, exam: &Exam<'_>, burst: Option<&Burst<&TracedMail<'_>>>) -> Option<Finding> {
        self.chosen.sort_by_key(|mail| mail.first().map(|row| row.place));
        let first = self.chosen.first()?.first()?;
        let chosen = || self.chosen.iter();
        let to: BTreeSet<&str> = chosen().flat_map(|mail| &mail.recipients).map(String::as_str).collect();
        let subjects: BTreeSet<&str> = chosen().map(|mail| mail.subject()).collect();
        let mailing = burst.filter(|_| self.of_burst).map(|burst| burst.told.clone());
        let (count, weight) = (self.chosen.len(), if self.sign_in.is_some() { Weight::Strong } else { Weight::Weak });
        let mut draft = Draft::new(&META, exam, first)
            .headline(
                format!(
                    "{} to {} in the message trace, as a taken-over account writes them",
                    counted(count, "mail", "mails"),
                    counted(to.len(), "recipient", "recipients")
                ),
                format!(
                    "乗っ取られたアカウントに典型的なメールが {count} 通 (宛先 {} 件) メッセージ追跡にある",
                    to.len()
                ),
            )
            .weight(weight)
            .detail("mails", count.to_string())
            .detail("recipients", to.len().to_string())
            .detail("words", self.words.iter().cloned().collect::<Vec<_>>().join("; "))
            .detail("mailing", mailing.unwrap_or_default())
            .detail("subjects", mails::listed(&subjects.into_iter().collect::<Vec<_>>(), 5))
            .detail(
                "message ids",
                mails::listed(&chosen().filter_map(|mail| mail.id.as_deref()).collect::<Vec<_>>(), 200),
            );
        if let Some(sign_in) = self.sign_in {
            let score = exam.score(sign_in);
            draft = draft
                .attribution(exam.attribution(sign_in, &score))
                .terms(score.terms)
                .detail("SMTP sign-in", crate::timeline::format_time(sign_in.event.datetime));
        }
        Some(draft.also(chosen().flat_map(|mail| mail.rows.iter().copied())).also(self.sign_in).done())
    }
}

/// Bounces and automatic answers that came in within an hour, far more than usual: somebody wrote to many in the
/// account's name. Told once, by the largest hour.
pub(super) fn wave(exam: &Exam<'_>) -> Option<Finding> {
    let answers = exam.rows.iter().filter(|row| {
        row.event.evidence_source == EvidenceSource::MessageTrace
            && row.parts.target
            && !row.parts.actor
            && row.event.email_subject.as_deref().is_some_and(mails::is_answer)
    });
    let mut hours: BTreeMap<i64, Vec<&Row<'_>>> = BTreeMap::new();
    for row in answers {
        hours.entry(row.event.datetime.timestamp().div_euclid(3600)).or_default().push(row);
    }
    let count = |rows: &[&Row<'_>]| rows.iter().map(|row| traces::key(row)).collect::<BTreeSet<_>>().len();
    let usual = hours.values().filter(|rows| rows.iter().any(|row| !row.in_window)).map(|rows| count(rows)).max();
    let inside = hours.values().filter(|rows| rows.iter().all(|row| row.in_window));
    let largest = inside.max_by_key(|rows| count(rows))?;
    let total = count(largest);
    if total < WAVE || total <= 3 * usual.unwrap_or(0) {
        return None;
    }
    let draft = Draft::new(&META, exam, largest.first()?)
        .headline(
            format!("{total} bounces and automatic answers came within an hour, which a mass mailing brings"),
            format!("一斉送信の後に届く配信不能通知や自動応答が 1 時間に {total} 通届いている"),
        )
        .fact(Fact::Inferred)
        .attribution(Attribution::Unknown)
        .weight(Weight::Weak)
        .detail("mails", total.to_string())
        .detail("most in an hour before the window", usual.unwrap_or(0).to_string());
    Some(draft.also(largest.iter().copied()).done())
}
