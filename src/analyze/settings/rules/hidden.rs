//! Rules that send mail on to an inside name: the contact behind it, and the address outside to which that leads.

use chrono::TimeDelta;

use crate::analyze::exam::{Exam, Row};
use crate::analyze::settings::contacts::Contacts;
use crate::knowledge::domains;
use crate::timeline::Event;

use super::Definition;

/// A contact made this shortly before a rule sends mail to it was made for that.
const TWO_STEP: TimeDelta = TimeDelta::hours(24);

/// Writes the address behind every contact to which the rule sends mail on: `contact1 (a@example.org)`. Gives back the
/// records that made the contacts.
pub(super) fn unfold<'a, 'e>(
    exam: &Exam<'_>,
    contacts: &Contacts<'a, 'e>,
    rule: &mut Definition,
    event: &Event,
) -> Vec<&'a Row<'e>> {
    let mut found = Vec::new();
    let sent = rule.actions.iter_mut().filter(|(action, _)| action.sends_on());
    for value in sent.flat_map(|(_, values)| values).filter(|value| domains::addresses_in(value).is_empty()) {
        if let Some((row, address)) = contacts.find_in_rule(exam, value, event) {
            *value = format!("{value} ({address})");
            found.push(*row);
        }
    }
    found
}

/// Whether one of the contacts was made shortly before the event.
pub(super) fn in_two_steps(contacts: &[&Row<'_>], event: &Event) -> bool {
    contacts.iter().any(|made| event.datetime - made.event.datetime <= TWO_STEP)
}
