//! S02 as the message trace tells it: mails that went past the mailbox, and forged ones, which are not the account's.

use std::collections::BTreeSet;

use super::META;
use crate::analyze::draft::Draft;
use crate::analyze::exam::Exam;
use crate::analyze::mail::mails::{self, Mails};
use crate::analyze::mail::traces::{self, HandedIn, TracedMail};
use crate::finding::{Attribution, Fact, Finding, Weight, counted};

/// Mails of the trace that the mailbox does not know: by the address they were handed in from, and the forged ones.
pub(super) fn findings(exam: &Exam<'_>, mails: &Mails<'_>) -> Vec<Finding> {
    let unsaved = traces::unsaved(exam, mails);
    let past = &unsaved.past_the_mailbox;
    let groups = traces::handed_in(exam, past);
    let past = groups.iter().filter_map(|group| past_from(exam, group, traces::days_before(past, group.from)));
    past.chain(forged(exam, &unsaved.forged)).collect()
}

fn past_from(exam: &Exam<'_>, group: &HandedIn<'_, '_>, days_before: usize) -> Option<Finding> {
    let (mails, smtp) = (group.mails.as_slice(), group.sign_in);
    let first = mails.first()?.first()?;
    let weight = match smtp {
        Some(_) => Weight::Strong,
        None if days_before >= traces::OLD_DAYS => Weight::Explained,
        None => Weight::Weak,
    };
    let (count, to) = (mails.len(), recipients(mails));
    let outside = to.iter().filter(|address| !exam.is_internal(address)).count();
    let why = if mails.iter().all(|mail| mail.id.is_some()) {
        "no Send record has their message ids, while other mails of the account have one"
    } else {
        "the trace has no message ids, and no Send record has their subjects at that time, while other mails have one"
    };
    let word = if count == 1 { "mail was" } else { "mails were" };
    let mut draft = Draft::new(&META, exam, first)
        .headline(
            format!("{count} {word} sent in the account's name past its mailbox: in the message trace only"),
            format!("{count} 通のメールがメールボックスを経由せずにこのアカウントの名前で送信された（追跡のみに記録）"),
        )
        .weight(weight)
        .fact(Fact::Inferred)
        .detail("why", why)
        .detail("mails", count.to_string())
        .detail("recipients", to.len().to_string())
        .detail("outside recipients listed", outside.to_string())
        .detail("first recipients", mails::listed(&to.iter().map(String::as_str).collect::<Vec<_>>(), 10))
        .detail("subjects", subjects(mails))
        .detail(
            "message ids",
            mails::listed(&mails.iter().filter_map(|mail| mail.id.as_deref()).collect::<Vec<_>>(), 200),
        );
    if let Some(sign_in) = smtp {
        let score = exam.score(sign_in);
        draft = draft
            .attribution(exam.attribution(sign_in, &score))
            .terms(score.terms)
            .detail("SMTP sign-in", crate::timeline::format_time(sign_in.event.datetime))
            .detail("SMTP sign-in from", sign_in.event.source_ip.as_deref().unwrap_or_default());
    } else if weight == Weight::Explained {
        let explanation = "this address sent the same way before the window";
        draft = draft.attribution(Attribution::Explained).detail("explanation", explanation);
    }
    Some(draft.also(mails.iter().flat_map(|mail| mail.rows.iter().copied())).also(smtp).done())
}

/// Mails from outside that claim to be the account's: not its symptom, but worth knowing.
fn forged(exam: &Exam<'_>, all: &[TracedMail<'_>]) -> Option<Finding> {
    let mails: Vec<&TracedMail<'_>> = all.iter().filter(|mail| mail.first().is_some_and(|row| row.in_window)).collect();
    let first = mails.first()?.first()?;
    let to = recipients(&mails);
    let draft = Draft::new(&META, exam, first)
        .headline(
            format!(
                "{} in the account's name came from outside: the sender was probably forged",
                counted(mails.len(), "mail", "mails")
            ),
            format!("このアカウントを名乗る {} 通のメールが外部から届いている（差出人の詐称と思われる）", mails.len()),
        )
        .weight(Weight::Explained)
        .attribution(Attribution::Explained)
        .fact(Fact::Inferred)
        .detail("explanation", "handed in from outside, without the account: this mailbox did not send them")
        .detail("mails", mails.len().to_string())
        .detail("first recipients", mails::listed(&to.iter().map(String::as_str).collect::<Vec<_>>(), 10))
        .detail("subjects", subjects(&mails));
    Some(draft.also(mails.iter().flat_map(|mail| mail.rows.iter().copied())).done())
}

fn recipients(mails: &[&TracedMail<'_>]) -> BTreeSet<String> {
    mails.iter().flat_map(|mail| mail.recipients.iter().cloned()).collect()
}

fn subjects(mails: &[&TracedMail<'_>]) -> String {
    let subjects: BTreeSet<&str> =
        mails.iter().map(|mail| mail.subject()).filter(|subject| !subject.is_empty()).collect();
    mails::listed(&subjects.into_iter().collect::<Vec<_>>(), 5)
}
