//! Microsoft's ten symptoms ("Responding to a compromised email account"), one file each, in the page's order.

mod blocked_from_sending;
mod credential_change;
mod display_name;
mod forwarding;
mod hacked_messages;
mod inbox_rules;
mod missing_mail;
mod no_sent_copy;
mod profile_change;
mod signature;

use crate::analyze::Check;

/// The ten, in Microsoft's order.
pub static SYMPTOMS: [&Check; 10] = [
    &missing_mail::CHECK,
    &no_sent_copy::CHECK,
    &inbox_rules::CHECK,
    &display_name::CHECK,
    &blocked_from_sending::CHECK,
    &hacked_messages::CHECK,
    &profile_change::CHECK,
    &credential_change::CHECK,
    &forwarding::CHECK,
    &signature::CHECK,
];

/// What is told of a forwarding, or a rule, that is older than the window.
const BEFORE: (&str, &str) = ("set before the window", "yes; it still stood when the window began");
