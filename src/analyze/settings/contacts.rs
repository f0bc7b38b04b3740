//! Mail contacts and mail users: objects of the directory that bear an inside name and lead to an address outside.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use crate::analyze::exam::{Exam, Row};
use crate::analyze::is_housekeeping;
use crate::analyze::settings::mailbox;
use crate::knowledge::domains;
use crate::knowledge::names::alias_of_dn;
use crate::timeline::Event;

/// What gives an object of the directory an address outside.
const CMDLETS: [&str; 6] =
    ["New-MailContact", "Set-MailContact", "Enable-MailContact", "New-MailUser", "Set-MailUser", "Enable-MailUser"];

/// Contacts by a name, as the log tells them in the order of time.
type Named<'a, 'e> = BTreeMap<String, Vec<(&'a Row<'e>, String)>>;

#[derive(Debug, Default)]
struct Known<'a, 'e> {
    by_name: Named<'a, 'e>,
    /// By what is shown of them, which need not be theirs alone.
    by_shown: Named<'a, 'e>,
}

/// The contacts that the table and what was set before it tell of; learned when the first is asked for, since most
/// accounts forward nothing, and a directory's contacts are many.
#[derive(Debug)]
pub struct Contacts<'a, 'e> {
    exam: &'a Exam<'e>,
    known: OnceCell<Known<'a, 'e>>,
}

impl<'a, 'e> Contacts<'a, 'e> {
    /// None is learned yet.
    pub fn of(exam: &'a Exam<'e>) -> Self {
        Self { exam, known: OnceCell::new() }
    }

    fn known(&self) -> &Known<'a, 'e> {
        self.known.get_or_init(|| {
            let mut known = Known::default();
            let rows = self.exam.settings().filter(|row| row.event.is(&CMDLETS));
            rows.filter(|row| !row.failed() && !is_housekeeping(row.class)).for_each(|row| known.learn(row));
            known
        })
    }

    /// The contact that a destination names, as it was at the time of the event, and the address behind it. What is shown
    /// of a contact counts only where no account is called so.
    pub fn find(&self, destination: &str, event: &Event) -> Option<&(&'a Row<'e>, String)> {
        let (key, known) = (key(destination), self.known());
        let named = at_the_time(known.by_name.get(&key), event);
        named.or_else(|| at_the_time(known.by_shown.get(&key), event).filter(|_| !is_account(self.exam, destination)))
    }

    /// The same for what a rule names without an address: `"Name" [EX:/o=…/cn=…-alias]`, a distinguished name, a name. What
    /// is shown of a recipient counts only where nothing says more, for a colleague may be called the same.
    pub fn find_in_rule(&self, exam: &Exam<'_>, value: &str, event: &Event) -> Option<&(&'a Row<'e>, String)> {
        let name = match value.split_once('[') {
            Some((_, object)) => object.trim_end_matches([']', '"', ' ']),
            None => value.trim_matches(['"', ' ']),
        };
        let last = mailbox::last(name);
        let alias = alias_of_dn(last).unwrap_or(last);
        self.find(alias, event).filter(|_| !is_account(exam, alias))
    }
}

impl<'a, 'e> Known<'a, 'e> {
    /// Books what the record says of a contact.
    fn learn(&mut self, row: &'a Row<'e>) {
        let external = row.param("ExternalEmailAddress").unwrap_or_default();
        let Some(address) = domains::addresses_in(&external).into_iter().next() else { return };
        let object = row.event.target_raw.as_deref().map(str::to_owned);
        let names = ["Name", "Alias", "Identity", "PrimarySmtpAddress"].iter().filter_map(|name| row.param(name));
        if let Some(shown) = row.param("DisplayName").map(|shown| key(&shown)).filter(|shown| !shown.is_empty()) {
            self.by_shown.entry(shown).or_default().push((row, address.clone()));
        }
        for name in names.chain(object).chain([address.clone()]) {
            let name = key(&name);
            if !name.is_empty() {
                self.by_name.entry(name).or_default().push((row, address.clone()));
            }
        }
    }
}

fn at_the_time<'c, 'a, 'e>(
    known: Option<&'c Vec<(&'a Row<'e>, String)>>,
    event: &Event,
) -> Option<&'c (&'a Row<'e>, String)> {
    let before = |(row, _): &&(&Row<'_>, String)| row.event.datetime <= event.datetime;
    if event.is_state() { known?.last() } else { known?.iter().rev().find(before) }
}

/// Whether an account of the evidence is called so.
fn is_account(exam: &Exam<'_>, name: &str) -> bool {
    let name = mailbox::last(name).trim().to_lowercase();
    exam.subject.is_called(&name) || exam.subject.is_anothers(&name, exam.identities)
}

/// How names are compared: without their path, case and blanks, which an alias made of a name does not have.
fn key(name: &str) -> String {
    let lower = name.trim().to_lowercase();
    let bare = lower.strip_prefix("smtp:").unwrap_or(&lower);
    mailbox::last(bare).split_whitespace().collect()
}

#[cfg(test)]
mod tests {
    use super::key;

    #[test]
    fn a_contact_is_found_by_any_of_its_names() {
        assert_eq!(key("EURPR04.PROD.OUTLOOK.COM/tenant.onmicrosoft.com/contact1"), "contact1");
        assert_eq!(key("SMTP:A@Example.org"), "a@example.org");
        assert_eq!(key("Anna Berg"), key("annaberg"));
    }
}
