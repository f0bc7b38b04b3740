//! The sheet Exposure: what the attacker touched, to whom the attacker wrote, and which other accounts were reached.

use super::book::{Book, Cell, Head, Sheet, XlsxError};
use super::findings::{cited, lines};
use crate::examination::{Exposed, OtherAccount, Recipient, ThrottledDay};
use crate::report::model::Report;
use crate::report::words::{self, Lang, Word};
use crate::untrusted::Untrusted;

/// One row a mail, folder, file, day of unrecorded reading, recipient or account; the first column says which.
pub(super) fn exposure(book: &mut Book, report: &Report<'_>, lang: Lang) -> Result<(), XlsxError> {
    let heads = [
        (Word::Kind, 20),
        (Word::Value, 50),
        (Word::ExposedSubject, 40),
        (Word::ExposedFolder, 26),
        (Word::ExposedMailbox, 30),
        (Word::ExposedHow, 26),
        (Word::First, 22),
        (Word::Last, 22),
        (Word::ExposedCount, 10),
        (Word::Records, 40),
    ];
    let heads = heads.into_iter().map(|(word, width)| Head::word(lang, word, width)).collect();
    let sheet = Sheet { name: Word::SheetExposure.text(lang), heads, whole: "report.json" };
    let examination = report.examination;
    let exposure = &examination.exposure;
    let rows = touched(lang, Word::ExposedMail, &exposure.mails)
        .chain(touched(lang, Word::ExposedFolder, &exposure.folders))
        .chain(touched(lang, Word::ExposedFile, &exposure.files))
        .chain(exposure.throttled.iter().map(|day| throttled(lang, day)))
        .chain(examination.recipients.by_address.iter().map(|recipient| written_to(lang, recipient)))
        .chain(examination.blast_radius.iter().map(|account| reached(lang, account)));
    book.table(&sheet, rows)
}

fn touched(lang: Lang, kind: Word, things: &[Exposed]) -> impl Iterator<Item = Vec<Cell<'_>>> {
    things.iter().map(move |thing| {
        vec![
            Cell::Text(kind.text(lang).into()),
            Cell::Wrapped(thing.name.as_evidence().into()),
            thing.subject.as_ref().map_or(Cell::Blank, |subject| Cell::Wrapped(subject.as_evidence().into())),
            Cell::text(thing.folder.as_ref().map(Untrusted::as_evidence)),
            Cell::text(thing.mailbox.as_ref().map(Untrusted::as_evidence)),
            lines(thing.how.iter().map(|how| words::contact(lang, *how).to_owned())),
            Cell::Time(thing.first),
            Cell::Time(thing.last),
            Cell::count(thing.count),
            cited(&thing.records),
        ]
    })
}

fn throttled(lang: Lang, day: &ThrottledDay) -> Vec<Cell<'_>> {
    vec![
        Cell::Text(Word::ExposedThrottled.text(lang).into()),
        Cell::Text(day.day.as_str().into()),
        Cell::Blank,
        Cell::Blank,
        Cell::Blank,
        if day.attackers { Cell::Text(Word::ExposedThrottledByAttacker.text(lang).into()) } else { Cell::Blank },
        Cell::Blank,
        Cell::Blank,
        Cell::Blank,
        cited(&day.records),
    ]
}

fn written_to(lang: Lang, recipient: &Recipient) -> Vec<Cell<'_>> {
    let place = (if recipient.internal { Word::Internal } else { Word::External }).text(lang);
    let seen = recipient.seen_in.iter().map(|&log| log.to_owned());
    let became = recipient.delivery.iter().map(|word| word.as_evidence().to_owned());
    vec![
        Cell::Text(Word::ExposedRecipient.text(lang).into()),
        Cell::Wrapped(recipient.address.as_evidence().into()),
        lines(recipient.subjects.iter().map(|subject| subject.as_evidence().to_owned())),
        Cell::Blank,
        Cell::Blank,
        lines(std::iter::once(place.to_owned()).chain(seen).chain(became)),
        Cell::Time(recipient.first),
        Cell::Time(recipient.last),
        Cell::count(recipient.mails),
        cited(&recipient.records),
    ]
}

fn reached(lang: Lang, account: &OtherAccount) -> Vec<Cell<'_>> {
    let others: u64 = account.operations.values().sum();
    let operations = account.operations.iter().map(|(operation, count)| format!("{operation}: {count}"));
    vec![
        Cell::Text(Word::ExposedAccount.text(lang).into()),
        Cell::Wrapped(account.account.as_evidence().into()),
        lines(operations),
        Cell::Blank,
        Cell::Blank,
        Cell::Text(words::reach(lang, account.reach).into()),
        Cell::Time(account.first),
        Cell::Time(account.last),
        Cell::count(account.sign_ins + account.failed + others),
        cited(&account.records),
    ]
}
