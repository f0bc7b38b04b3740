//! By which record somebody else got the right to work in the mailbox, or to send in its name: his own records say nothing
//! of an intruder who gave it.

use std::collections::BTreeSet;

use crate::analyze::draft::Draft;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::mail::mails::SUSPICIOUS;
use crate::analyze::settings::list_changes::ListChange;
use crate::analyze::settings::mailbox;
use crate::finding::Term;
use crate::knowledge::domains;
use crate::timeline::format_time;
use crate::untrusted::Untrusted;

/// What for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// To send in the account's name.
    Send,
    /// To open the mailbox or one of its folders.
    Open,
}

impl Right {
    fn cmdlets(self) -> &'static [&'static str] {
        match self {
            Self::Send => &["Add-RecipientPermission", "Add-MailboxPermission", "Set-Mailbox"],
            Self::Open => &["Add-MailboxPermission", "Add-MailboxFolderPermission", "Set-MailboxFolderPermission"],
        }
    }
}

/// The records that gave somebody a right on the mailbox, in the order of time. There are few, and a deputy works there
/// every day.
#[derive(Debug)]
pub struct Grants<'x, 'e>(Vec<&'x Row<'e>>);

impl<'x, 'e> Grants<'x, 'e> {
    /// Those on the table.
    pub fn of(exam: &'x Exam<'e>) -> Self {
        let own = |row: &&Row<'_>| (row.parts.target || row.parts.mailbox) && !row.failed();
        let gives = |row: &&Row<'_>| [Right::Send, Right::Open].iter().any(|right| row.event.is(right.cmdlets()));
        Self(exam.rows.iter().filter(gives).filter(own).collect())
    }

    /// The latest of them by which whoever did this in the mailbox got the right to.
    pub fn behind(&self, exam: &Exam<'_>, row: &Row<'_>, right: Right) -> Option<&'x Row<'e>> {
        let delegate = domains::addresses_in(row.event.user_raw.as_deref().unwrap_or_default()).into_iter().next()?;
        let names = names_of(exam, &delegate);
        let before = self.0.iter().rev().filter(|grant| grant.event.datetime <= row.event.datetime);
        before.copied().find(|grant| grant.event.is(right.cmdlets()) && gives(grant, &delegate, &names))
    }

    /// The same where an intruder gave it.
    pub fn by_intruder(&self, exam: &Exam<'_>, row: &Row<'_>, right: Right) -> Option<&'x Row<'e>> {
        self.behind(exam, row, right).filter(|grant| exam.is_unusual(grant))
    }
}

/// A finding about what was done by such a right: whose act it was, the record tells that gave it.
pub fn told(exam: &Exam<'_>, draft: Draft, grant: &Row<'_>, right: Right) -> Draft {
    let score = exam.score(grant);
    let points = score.total();
    if points < SUSPICIOUS {
        return draft;
    }
    let when = format_time(grant.event.datetime);
    let why = match right {
        Right::Send => format!("the right to send was granted at {when} by an act with attacker score {points}"),
        Right::Open => format!("access to the mailbox was granted at {when} by an act with attacker score {points}"),
    };
    draft.attribution(exam.attribution(grant, &score)).terms([Term { points, why: Untrusted::new(why) }])
}

/// Whether the record gives somebody with these names a right. Whom a list takes out is given none.
fn gives(row: &Row<'_>, delegate: &str, names: &BTreeSet<String>) -> bool {
    let trustee = ["Trustee", "User"].into_iter().filter_map(|name| row.param(name));
    let listed = row.param("GrantSendOnBehalfTo").map(|value| ListChange::of(&value).added).unwrap_or_default();
    let mut given = trustee.chain(listed).map(|value| value.to_lowercase());
    given.any(|value| value.contains(delegate) || is_one_of(names, &value))
}

/// The names by which records call somebody: address, alias, and whatever else the evidence ties to the address.
fn names_of(exam: &Exam<'_>, address: &str) -> BTreeSet<String> {
    let alias = address.split('@').next().unwrap_or_default();
    let known = exam.identities.accounts.get(address).into_iter().flat_map(|kinds| kinds.values());
    let known = known.flat_map(|names| names.keys().map(|name| name.to_lowercase()));
    known.chain([address.to_owned(), alias.to_owned()]).filter(|name| !name.is_empty()).collect()
}

/// Whether a parameter, lower-cased, holds one of the names, whole or at the end of a path (`…/tenant/alias`).
fn is_one_of(names: &BTreeSet<String>, value: &str) -> bool {
    let mut given = value.split([';', ',']).map(|one| one.trim_matches([' ', '"', '{', '}', '[', ']']));
    given.any(|one| names.contains(one) || names.contains(mailbox::last(one)))
}
