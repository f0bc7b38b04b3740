//! Mails counted and named for a reader.

use std::collections::BTreeSet;

use super::Mail;

/// How many subjects and message ids a finding prints.
const SUBJECTS: usize = 5;
const IDS: usize = 200;

/// How many different mails these are: by message id, where they have one.
pub fn distinct<'m>(mails: impl IntoIterator<Item = &'m Mail>) -> usize {
    let mut ids = BTreeSet::new();
    let mut bare = 0;
    for mail in mails {
        if let Some(id) = &mail.id {
            ids.insert(id);
        } else {
            bare += 1;
        }
    }
    ids.len() + bare
}

/// The first few different subjects, for a reader.
pub fn subjects<'m>(mails: impl IntoIterator<Item = &'m Mail>) -> String {
    let mut seen = BTreeSet::new();
    let mut different: Vec<&str> = Vec::new();
    for mail in mails {
        if !mail.subject.is_empty() && seen.insert(mail.subject.as_str()) {
            different.push(&mail.subject);
        }
    }
    listed(&different, SUBJECTS)
}

/// The message ids, for whoever fetches the mails.
pub fn ids<'m>(mails: impl IntoIterator<Item = &'m Mail>) -> String {
    let ids: BTreeSet<&str> = mails.into_iter().filter_map(|mail| mail.id.as_deref()).collect();
    listed(&ids.into_iter().collect::<Vec<_>>(), IDS)
}

/// The first `most` entries, and how many more there are; in signs, for every language.
pub fn listed(entries: &[&str], most: usize) -> String {
    let mut text = entries.iter().take(most).copied().collect::<Vec<_>>().join("; ");
    if let Some(more) = entries.len().checked_sub(most).filter(|more| *more > 0) {
        text.push_str(&format!("; … (+{more})"));
    }
    text
}
