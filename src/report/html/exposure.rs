//! How far the damage goes: other accounts with the attacker, mails and files that were touched, and to whom the
//! attacker wrote.

use super::ROWS;
use super::page::{Head, Page, chip, dash, grouped, head};
use crate::examination::{Contact, Exposed, OtherAccount, Reach, Recipient};
use crate::report::text;
use crate::report::words::{self, Word};
use crate::untrusted::Untrusted;

/// Subjects named per recipient.
const SUBJECTS: usize = 5;
/// Addresses, sessions and operations named per account.
const PLACES: usize = 8;
/// Rows from which a table is folded.
const LONG: usize = 12;

/// Other accounts that were seen from the attacker's addresses or in the attacker's sessions.
pub(super) fn blast_radius(page: &mut Page<'_>) {
    page.subheading(Word::HeadBlastRadius);
    let others = &page.report.examination.blast_radius;
    if others.is_empty() {
        let word = if is_nobody(page) { Word::NoAttackerNoRadius } else { Word::NoBlastRadius };
        page.paragraph(&page.word(word));
        return;
    }
    page.remark(&page.word(Word::BlastRadiusIntro));
    let heads = [
        head(Word::Account, "text"),
        head(Word::HowFar, ""),
        head(Word::Address, "mono"),
        head(Word::SignInsSucceeded, "n"),
        head(Word::OtherActs, "text"),
        head(Word::First, "t"),
        head(Word::Last, "t"),
    ];
    let rows: Vec<Vec<String>> = others.iter().take(ROWS).map(|other| other_row(page, other)).collect();
    page.long_table(&page.word(Word::HeadBlastRadius), &heads, rows, (others.len(), Word::MoreRows));
}

fn other_row(page: &Page<'_>, other: &OtherAccount) -> Vec<String> {
    let (class, symbol) = match other.reach {
        Reach::Entered | Reach::Opened => ("strong", "■"),
        Reach::PasswordKnown => ("weak", "▲"),
        Reach::Tried => ("explained", "○"),
    };
    let seen = other.addresses.iter().chain(&other.sessions).map(|place| page.shown(place));
    let acts = other.operations.iter().map(|(operation, count)| format!("{} ×{count}", page.shown(operation)));
    let (seen, acts) = (first_of(seen, PLACES), first_of(acts, PLACES));
    vec![
        page.shown(&other.account),
        chip(class, symbol, words::reach(page.lang, other.reach)),
        seen.join("<br>"),
        format!("{} / {}", other.sign_ins, other.sign_ins + other.failed),
        if acts.is_empty() { dash() } else { acts.join("<br>") },
        page.time(other.first),
        page.time(other.last),
    ]
}

/// The first of many, and how many more there are.
fn first_of(lines: impl Iterator<Item = String>, limit: usize) -> Vec<String> {
    let mut lines: Vec<String> = lines.collect();
    let more = lines.len().saturating_sub(limit);
    lines.truncate(limit);
    if more > 0 {
        lines.push(format!("+{more}"));
    }
    lines
}

pub(super) fn section(page: &mut Page<'_>) {
    page.heading("exposure", Word::HeadExposure);
    let exposure = &page.report.examination.exposure;
    let numbers =
        [exposure.mails.len(), exposure.folders.len(), exposure.files.len()].map(|count| grouped(count as u64));
    let line = exposure_line(page);
    page.paragraph(&page.sentence(line, &numbers.each_ref().map(String::as_str)));
    if !exposure.throttled.is_empty() {
        let days: Vec<&str> = exposure.throttled.iter().map(|day| day.day.as_str()).collect();
        page.paragraph(&format!("<strong>{}</strong>", page.sentence(Word::ThrottledLine, &[&days.join(", ")])));
    }
    // Where nobody is known, the sentence above has said it.
    if !exposure.limits.is_empty() && line != Word::NoAttackerNoExposure {
        let limits: Vec<String> = exposure.limits.iter().map(|limit| page.told(limit)).collect();
        page.bullets(limits);
    }
    touched(page, Word::ExposedMails, &exposure.mails, true);
    touched(page, Word::ExposedFolders, &exposure.folders, false);
    touched(page, Word::ExposedFiles, &exposure.files, false);
    recipients(page);
}

/// Whether no attacker is known whose traces could be followed.
fn is_nobody(page: &Page<'_>) -> bool {
    let attacker = &page.report.examination.attacker;
    attacker.addresses.is_empty() && attacker.sessions.is_empty()
}

/// Whether the evidence could not have shown it: the check of coverage fails.
fn is_unseen(page: &Page<'_>, gate: &str) -> bool {
    page.report.examination.coverage.iter().any(|known| known.id == gate && !known.passes)
}

/// What was touched in one sentence: that nothing was touched is said only of what the evidence would have shown.
fn exposure_line(page: &Page<'_>) -> Word {
    let exposure = &page.report.examination.exposure;
    let read = !exposure.mails.is_empty() || !exposure.folders.is_empty() || !exposure.throttled.is_empty();
    if is_nobody(page) && !read && exposure.files.is_empty() {
        return Word::NoAttackerNoExposure;
    }
    let mails_unseen = !read && is_unseen(page, "G12");
    let files_unseen = exposure.files.is_empty() && is_unseen(page, "G13");
    match (mails_unseen, files_unseen) {
        (true, true) => Word::ExposureUnseen,
        (true, false) => Word::ExposureMailsUnseen,
        (false, true) => Word::ExposureFilesUnseen,
        (false, false) => Word::ExposureLine,
    }
}

fn touched(page: &mut Page<'_>, caption: Word, exposed: &[Exposed], mails: bool) {
    if exposed.is_empty() {
        return;
    }
    let what = if mails { head(Word::Mail, "text") } else { head(Word::Name, "text") };
    let heads =
        [what, head(Word::HowTouched, ""), head(Word::First, "t"), head(Word::Last, "t"), head(Word::Records, "n")];
    let rows: Vec<Vec<String>> = exposed.iter().take(ROWS).map(|one| touched_row(page, one, mails)).collect();
    page.subheading(caption);
    folded(page, caption, exposed.len(), &heads, rows);
}

/// A table of many rows is folded; one that is cut says so.
fn folded(page: &mut Page<'_>, caption: Word, all: usize, heads: &[Head], rows: Vec<Vec<String>>) {
    if all > LONG {
        page.push(&format!("<details><summary>{} ({})</summary>\n", page.word(caption), grouped(all as u64)));
    }
    page.long_table(&page.word(caption), heads, rows, (all, Word::MoreRows));
    if all > LONG {
        page.push("</details>\n");
    }
}

fn touched_row(page: &Page<'_>, exposed: &Exposed, mail: bool) -> Vec<String> {
    let name = if mail {
        let subject =
            exposed.subject.as_ref().map_or_else(|| page.word(Word::NoSubject), |subject| page.shown(subject));
        let folder = exposed.folder.as_ref().map_or_else(String::new, |folder| format!("{} · ", page.shown(folder)));
        format!(
            "{subject}<br><span class=\"soft\">{folder}<span class=\"mono\">{}</span></span>",
            page.shown(&exposed.name)
        )
    } else if exposed.name.is_empty() {
        page.word(Word::NotRecorded)
    } else {
        page.shown(&exposed.name)
    };
    let how: Vec<String> = exposed.how.iter().map(|how| contact(page, *how)).collect();
    vec![name, how.join("<br>"), page.time(exposed.first), page.time(exposed.last), exposed.count.to_string()]
}

fn contact(page: &Page<'_>, contact: Contact) -> String {
    text::html(words::contact(page.lang, contact))
}

fn recipients(page: &mut Page<'_>) {
    page.subheading(Word::HeadRecipients);
    let recipients = &page.report.examination.recipients;
    if recipients.mails == 0 {
        let word = match () {
            () if is_nobody(page) => Word::NoAttackerNoRecipients,
            () if is_unseen(page, "G4s") && is_unseen(page, "G9s") => Word::RecipientsUnseen,
            () => Word::NoRecipients,
        };
        page.paragraph(&page.word(word));
        return;
    }
    let numbers = [recipients.mails, recipients.counted, recipients.by_address.len() as u64, recipients.unlisted];
    let numbers = numbers.map(grouped);
    let line = if recipients.counted == 0 { Word::RecipientsUncounted } else { Word::RecipientsLine };
    page.paragraph(&page.sentence(line, &numbers.each_ref().map(String::as_str)));
    let heads = [
        head(Word::Recipient, "text"),
        head(Word::Mails, "n"),
        head(Word::Subjects, "text"),
        head(Word::First, "t"),
        head(Word::Last, "t"),
        head(Word::Delivery, ""),
    ];
    let rows: Vec<Vec<String>> =
        recipients.by_address.iter().take(ROWS).map(|recipient| recipient_row(page, recipient)).collect();
    if !rows.is_empty() {
        folded(page, Word::HeadRecipients, recipients.by_address.len(), &heads, rows);
    }
}

fn recipient_row(page: &Page<'_>, recipient: &Recipient) -> Vec<String> {
    let inside = if recipient.internal {
        format!(" <span class=\"soft\">({})</span>", page.word(Word::Internal))
    } else {
        String::new()
    };
    let listed = |texts: &[Untrusted]| {
        let shown = first_of(texts.iter().map(|text| page.shown(text)), SUBJECTS);
        if shown.is_empty() { dash() } else { shown.join("<br>") }
    };
    vec![
        format!("{}{inside}", page.shown(&recipient.address)),
        recipient.mails.to_string(),
        listed(&recipient.subjects),
        page.time(recipient.first),
        page.time(recipient.last),
        listed(&recipient.delivery),
    ]
}
