//! What a record is about: mails, folders, and to whom.

use super::inside::Inside;
use super::object::{Audit, Field, scalar};
use crate::ingest::records::nested::Borrowed;
use crate::ingest::values::fields::{text, whole};
use crate::timeline::Draft;

pub(super) fn set_content<'r>(audit: &Audit<'r>, event: &mut Draft<'r>) {
    let Inside { item, affected, folders, folder: own_folder, destination, .. } = &audit.inside;
    let item = &item.item;
    let mut folder = item.parent_folder.as_ref().and_then(|folder| folder.path.as_ref());
    let (mut subject, mut message) = (item.subject.as_ref(), item.internet_message_id.as_ref());
    let mut count = affected.len();
    for item in affected {
        subject = subject.or(item.subject.as_ref());
        message = message.or(item.internet_message_id.as_ref());
        folder = folder.or_else(|| item.parent_folder.as_ref().and_then(|folder| folder.path.as_ref()));
    }
    for entry in folders {
        count += entry.folder_items.len();
        folder = folder.or(entry.path.as_ref());
        message = message.or_else(|| entry.folder_items.first().and_then(|item| item.internet_message_id.as_ref()));
    }
    let some = |value: Option<&Borrowed<'r>>| value.and_then(|value| text(value.0.clone()));
    event.folder_path = some(own_folder.path.as_ref().or(folder));
    event.dest_folder_path = some(destination.path.as_ref());
    // Verdicts about mails (Defender) name the mail in the record itself.
    event.email_subject = some(subject).or_else(|| audit.trimmed(Field::Subject));
    event.email_message_id = some(message).or_else(|| audit.trimmed(Field::InternetMessageId));
    event.item_count = audit.int(Field::OperationCount).or((count > 0).then_some(count as i64));
    event.saved_to_sent = audit.flag(Field::SaveToSentItems);
    set_recipients(audit, event);
}

fn set_recipients<'r>(audit: &Audit<'r>, event: &mut Draft<'r>) {
    let letter = &audit.inside.item;
    let inside = || scalar(letter.recipients_count?).and_then(|count| whole(&count));
    event.email_to_count = audit.int(Field::RecipientCount).or_else(inside);
    // Newer records have the list inside the item.
    let list = Some(&audit.inside.recipients).filter(|list| !list.is_empty()).unwrap_or(&letter.recipients);
    if !list.is_empty() {
        let joined: Vec<String> = list.iter().map(|recipient| recipient.address.to_lowercase()).collect();
        event.email_to_count = event.email_to_count.or(Some(joined.len() as i64));
        event.email_to = text(joined.join("; "));
    }
}
