//! Whether the mailbox keeps a copy of what is forwarded, changed by itself: no forwarding, but the owner's sight of one.

use super::{CHECK, named, where_to};
use crate::analyze::draft::Draft;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::people::hand;
use crate::analyze::settings::forwards::{self, Forward};
use crate::analyze::settings::mailbox;
use crate::finding::{Finding, Weight};

/// Whether a copy is kept, changed by a hand that is not the owner's. Where no record says what is forwarded, something
/// was set before the log begins. Administrators' pages send the switch along with other settings.
pub(super) fn switched(exam: &Exam<'_>, row: &Row<'_>, forwards: &[Forward<'_, '_>]) -> Option<Finding> {
    let keeps = forwards::switched_copy(row).filter(|_| hand::hand(exam, row).is_suspicious())?;
    let mailbox = mailbox::of_cmdlet(exam, row);
    let changes = |forward: &&Forward<'_, '_>| forward.changes.iter().any(|change| std::ptr::eq(*change, row));
    let mut changed = forwards.iter().filter(changes).peekable();
    if !mailbox.ours {
        return None;
    }
    if changed.peek().is_none() {
        return Some(of_unknown(exam, row, named(exam, &mailbox), keeps));
    }
    // What one hand set and then changed is told as one.
    let told = |forward: &&Forward<'_, '_>| forward.is_recent(exam) && hand::hand(exam, forward.on).is_suspicious();
    let open = changed.filter(|forward| !told(forward));
    let forward = open.max_by_key(|forward| forward.outside)?;
    Some(of_known(exam, row, forward, keeps))
}

/// What the switch says now, in both languages.
fn switch(keeps: bool) -> (&'static str, &'static str) {
    match keeps {
        true => ("a copy is kept", "控えを残す"),
        false => ("no copy is kept any more", "控えを残さない"),
    }
}

fn of_unknown(exam: &Exam<'_>, row: &Row<'_>, name: &str, keeps: bool) -> Finding {
    let (en, ja) = switch(keeps);
    Draft::new(&CHECK.meta, exam, row)
        .headline(
            format!("The forwarding of {name} was changed ({en}); where it leads was set before the log begins"),
            format!("{name} の転送設定が変更された（{ja}）。転送先はログの開始より前に設定されている"),
        )
        .target(name)
        .weight(Weight::Weak)
        .done()
}

/// A forwarding that somebody else had set, and that the owner saw in the mailbox up to now.
fn of_known(exam: &Exam<'_>, row: &Row<'_>, forward: &Forward<'_, '_>, keeps: bool) -> Finding {
    let name = named(exam, &forward.mailbox);
    let to = forward.address.as_deref().unwrap_or(&forward.destination);
    let (where_en, where_ja) = where_to(exam, forward.address.as_deref(), &forward.destination, forward.outside);
    let (en, ja) = switch(keeps);
    Draft::new(&CHECK.meta, exam, row)
        .headline(
            format!("The forwarding of {name} to {to} ({where_en}) was changed: {en}"),
            format!("{name} から {to}（{where_ja}）への転送設定が変更された（{ja}）"),
        )
        .detail("destination", forward.destination.clone())
        .detail("destination address", forward.address.clone().unwrap_or_default())
        .detail("mailbox keeps a copy", if keeps { "yes" } else { NO_COPY })
        .target(name)
        .on_its_face(forward.outside && !keeps)
        .weight(if forward.outside && !keeps { Weight::Strong } else { Weight::Weak })
        .also([forward.on])
        .done()
}

/// What it means that none is kept.
pub(super) const NO_COPY: &str = "no: the owner does not get the mail any more";
