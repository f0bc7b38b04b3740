//! Forwarding of mailboxes, replayed: which destination stood from when to when, and which record set it.
//!
//! `Set-Mailbox` and its like with `ForwardingSmtpAddress` or `ForwardingAddress`; the contacts that hide an outside
//! address behind an inside name. An empty value takes a forwarding away and never makes one.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use crate::analyze::exam::{Exam, Row};
use crate::analyze::is_housekeeping;
use crate::analyze::people::hand;
use crate::analyze::settings::contacts::Contacts;
use crate::analyze::settings::mailbox::{self, Mailbox};
use crate::knowledge::domains;
use crate::timeline::{details, json};

/// A forwarding from the record that set it to the record that took it away or replaced it.
#[derive(Debug, Clone)]
pub struct Forward<'a, 'e> {
    /// What set it.
    pub on: &'a Row<'e>,
    /// What ended it, where the log has it.
    pub off: Option<&'a Row<'e>>,
    /// In whose mailbox.
    pub mailbox: Mailbox,
    /// The destination as written.
    pub destination: String,
    /// The address behind it, where it is one or a contact tells it.
    pub address: Option<String>,
    /// Whether that address is outside the organisation.
    pub outside: bool,
    /// The contact behind which the address hides, with the record that made it.
    pub contact: Option<&'a Row<'e>>,
    /// Whether the mailbox was to keep a copy when it was set; `None` where no record says it.
    kept: Option<bool>,
    /// Records that changed only whether a copy is kept.
    pub changes: Vec<&'a Row<'e>>,
}

/// "Recently": this long before the window, if the forwarding or the rule still stood in it.
pub const RECENT: TimeDelta = TimeDelta::days(30);
/// Cmdlets that set a mailbox's forwarding.
const CMDLETS: [&str; 3] = ["Set-Mailbox", "Set-MailUser", "Set-RemoteMailbox"];
/// Cmdlets that give a contact or mail user another address.
const REPOINTING: [&str; 2] = ["Set-MailContact", "Set-MailUser"];
/// The two attributes.
const ATTRIBUTES: [&str; 2] = ["ForwardingSmtpAddress", "ForwardingAddress"];
/// Where the mail of a mail user goes, who has no mailbox here.
const MAIL_USERS: &str = "ExternalEmailAddress";
/// Whether a copy is kept.
const COPY: &str = "DeliverToMailboxAndForward";

/// Every forwarding on the table, in the order in which they were set, behind those that were set earlier.
pub fn replay<'a, 'e>(exam: &'a Exam<'e>) -> Vec<Forward<'a, 'e>> {
    let mut forwards: Vec<Forward<'a, 'e>> = Vec::new();
    let mut standing: BTreeMap<(String, usize), usize> = BTreeMap::new();
    let contacts = Contacts::of(exam);
    for row in exam.settings().filter(|row| !row.failed() && !is_housekeeping(row.class)) {
        if row.event.is(&REPOINTING) {
            for at in standing.values_mut() {
                if let Some(next) = forwards.get_mut(*at).and_then(|forward| repointed(exam, forward, row, &contacts)) {
                    *at = forwards.len();
                    forwards.push(next);
                }
            }
        }
        if !row.event.is(&CMDLETS) {
            continue;
        }
        let mailbox = mailbox::of_cmdlet(exam, row);
        let owner = if mailbox.ours { String::new() } else { mailbox.name.to_lowercase() };
        let keeps = keeps_copy(row);
        let mut named = false;
        let moved = mailbox.ours && row.event.is(&["Set-MailUser"]);
        for (number, attribute) in ATTRIBUTES.iter().chain(moved.then_some(&MAIL_USERS)).enumerate() {
            let Some(value) = row.param(attribute) else { continue };
            named = true;
            let begun = destination(&value).map(|to| begin(exam, row, &mailbox, to, &contacts).keeping(keeps));
            let key = (owner.clone(), number);
            let earlier = standing.get(&key).and_then(|at| forwards.get_mut(*at));
            let again = begun.as_ref().filter(|_| !hand::hand(exam, row).is_suspicious());
            match earlier {
                Some(earlier) if again.is_some_and(|again| earlier.goes_where(again)) => {
                    earlier.changes.push(row);
                    continue;
                }
                Some(earlier) => earlier.off = Some(row),
                None => {}
            }
            standing.remove(&key);
            if let Some(begun) = begun {
                standing.insert(key, forwards.len());
                forwards.push(begun);
            }
        }
        if !named && keeps.is_some() {
            let numbers = (0..ATTRIBUTES.len()).filter_map(|number| standing.get(&(owner.clone(), number)).copied());
            for at in numbers.collect::<Vec<_>>() {
                if let Some(forward) = forwards.get_mut(at) {
                    forward.changes.push(row);
                }
            }
        }
    }
    forwards
}

impl Forward<'_, '_> {
    /// Whether it was set in the window, or shortly before it and stood when it began.
    pub fn is_recent(&self, exam: &Exam<'_>) -> bool {
        let stood = self.off.is_none_or(|off| off.event.datetime >= exam.window.from);
        let before = self.on.event.datetime < exam.window.from;
        self.on.in_window || before && stood && self.on.event.datetime >= exam.window.from - RECENT
    }

    /// Whether both lead to one place: a page that sends all its fields again sets nothing.
    fn goes_where(&self, other: &Self) -> bool {
        self.destination.eq_ignore_ascii_case(&other.destination) && self.address == other.address
    }

    /// Whether the mailbox keeps a copy by all that set it, but for what `left_out` says of; `None` where no record says it.
    pub fn keeps_copy_but(&self, left_out: impl Fn(&Row<'_>) -> bool) -> Option<bool> {
        self.changes.iter().rev().filter(|row| !left_out(row)).find_map(|row| keeps_copy(row)).or(self.kept)
    }

    /// Whether it was not set anew: the contact behind it was given another address.
    pub fn is_repointed(&self) -> bool {
        self.contact.is_some_and(|contact| std::ptr::eq(contact, self.on))
    }

    fn keeping(mut self, keeps: Option<bool>) -> Self {
        self.kept = keeps;
        self
    }
}

/// The record behind the window's end that set the account's forwarding to this destination.
pub fn set_later<'x, 'e>(exam: &'x Exam<'e>, wanted: &str) -> Option<&'x Row<'e>> {
    let leads_there = |row: &Row<'_>| {
        let values = ATTRIBUTES.iter().filter_map(|attribute| row.param(attribute));
        values.into_iter().any(|value| bare(&value).eq_ignore_ascii_case(bare(wanted)))
    };
    let set = exam.later.iter().filter(|row| row.event.is(&CMDLETS) && !row.failed() && !is_housekeeping(row.class));
    set.filter(|row| leads_there(row)).find(|row| mailbox::of_cmdlet(exam, row).ours)
}

/// The attributes that a cmdlet set or emptied in a record whose export kept their names alone: which of the two it
/// was, nobody can say.
pub fn lost(row: &Row<'_>) -> Vec<&'static str> {
    let named = ATTRIBUTES.into_iter().filter(|attribute| details::is_lost(row.event, attribute));
    if row.event.is(&CMDLETS) { named.collect() } else { Vec::new() }
}

/// Whether a copy is kept from now on, where that is all that the record changes.
pub fn switched_copy(row: &Row<'_>) -> Option<bool> {
    let called = |name: &str| name.eq_ignore_ascii_case("Identity") || name.eq_ignore_ascii_case("Force");
    let alone = |name: &str| name.eq_ignore_ascii_case(COPY) || called(name);
    let only = details::params(row.event).iter().all(|param| alone(&param.name));
    row.param(COPY).filter(|_| only && row.event.is(&CMDLETS)).and_then(|value| json::boolean(&value))
}

/// The destination a value names; `None` for an empty one, which takes the forwarding away.
pub fn destination(value: &str) -> Option<&str> {
    let value = value.trim();
    let bare = bare(value);
    let none = bare.is_empty() || ["$null", "null", "none"].iter().any(|word| bare.eq_ignore_ascii_case(word));
    (!none).then_some(value)
}

/// The value without the kind of address in front.
fn bare(value: &str) -> &str {
    let value = value.trim();
    value.strip_prefix("smtp:").or_else(|| value.strip_prefix("SMTP:")).unwrap_or(value).trim()
}

/// Whether stars stand in the place of the value: there was one, and nobody can say which.
pub fn is_masked(value: &str) -> bool {
    let value = value.trim();
    let bare = value.strip_prefix("smtp:").or_else(|| value.strip_prefix("SMTP:")).unwrap_or(value);
    bare.len() >= 2 && bare.bytes().all(|byte| byte == b'*')
}

/// Whether the record says that a copy is kept.
fn keeps_copy(row: &Row<'_>) -> Option<bool> {
    row.param(COPY).and_then(|value| json::boolean(&value))
}

/// What a standing forwarding becomes where the record gives the contact behind it another address: it ends, and another
/// one begins that nobody set in the mailbox.
fn repointed<'a, 'e>(
    exam: &Exam<'_>,
    forward: &mut Forward<'a, 'e>,
    row: &'a Row<'e>,
    contacts: &Contacts<'a, 'e>,
) -> Option<Forward<'a, 'e>> {
    let (told_by, address) = contacts.find(&forward.destination, row.event)?;
    if !std::ptr::eq(*told_by, row) || forward.address.as_deref() == Some(address) {
        return None;
    }
    forward.off = Some(row);
    let keeps = forward.keeps_copy_but(|_| false);
    Some(begin(exam, row, &forward.mailbox, &forward.destination, contacts).keeping(keeps))
}

fn begin<'a, 'e>(
    exam: &Exam<'_>,
    row: &'a Row<'e>,
    mailbox: &Mailbox,
    destination: &str,
    contacts: &Contacts<'a, 'e>,
) -> Forward<'a, 'e> {
    let known = contacts.find(destination, row.event);
    let written = domains::addresses_in(destination).into_iter().next();
    let address = known.map(|(_, address)| address.clone()).or(written);
    Forward {
        on: row,
        off: None,
        mailbox: mailbox.clone(),
        destination: destination.to_owned(),
        outside: address.as_deref().is_some_and(|address| !exam.is_internal(address)),
        address,
        contact: known.map(|(row, _)| *row),
        kept: None,
        changes: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{destination, is_masked};

    #[test]
    fn an_empty_value_is_no_destination() {
        for value in ["", " ", "$null", "smtp:", "SMTP: "] {
            assert_eq!(destination(value), None, "{value:?}");
        }
        assert_eq!(destination("smtp:x@example.net"), Some("smtp:x@example.net"));
        assert_eq!(destination("manager"), Some("manager"));
    }

    #[test]
    fn stars_hide_an_address() {
        assert!(is_masked("***") && is_masked(" smtp:*****"));
        assert!(!is_masked("*") && !is_masked("") && !is_masked("***@example.net") && !is_masked("x"));
    }
}
