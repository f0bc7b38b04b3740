//! What two intrusions have in common: outside destinations, telling rule names, telephones and devices for sign-in.

use std::collections::BTreeSet;

use crate::analyze::credentials;
use crate::analyze::exam::Exam;
use crate::knowledge::{domains, names};
use crate::timeline::{Event, details};

/// Operations that leave such marks, lower-cased.
pub const OPERATIONS: [&str; 6] = [
    "new-inboxrule",
    "set-inboxrule",
    "updateinboxrules",
    "set-mailbox",
    "update user",
    "set-mailboxmessageconfiguration",
];
/// Parameters that name a destination.
const DESTINATIONS: [&str; 7] = [
    "ForwardTo",
    "RedirectTo",
    "ForwardAsAttachmentTo",
    "ForwardingSmtpAddress",
    "RuleActions",
    "Actions",
    "Recipients",
];

/// The marks of a record, in words.
pub fn of(exam: &Exam<'_>, event: &Event) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let action = event.action().to_lowercase();
    if !OPERATIONS.contains(&action.as_str()) {
        return found;
    }
    for param in details::params(event) {
        let value = param.value.unwrap_or_default();
        if DESTINATIONS.iter().any(|name| name.eq_ignore_ascii_case(&param.name)) {
            let outside = domains::addresses_in(&value).into_iter().filter(|address| !exam.is_internal(address));
            found.extend(outside.map(|address| format!("destination {address}")));
        }
        let rule = action.ends_with("inboxrule") || action == "updateinboxrules";
        if rule && ["Name", "RuleName"].iter().any(|name| name.eq_ignore_ascii_case(&param.name)) {
            let value = value.trim();
            if !value.is_empty() && names::is_symbol_name(value) {
                found.insert(format!("rule named '{value}'"));
            }
        }
    }
    if action == "update user" {
        let methods = credentials::method_changes(event);
        let telling = methods
            .added
            .into_iter()
            .chain(methods.changed)
            .filter(|what| what.contains("Phone") || what.starts_with("authenticator "));
        // A model name is shared by thousands; a number is not.
        found.extend(
            telling
                .filter(|what| what.contains('+'))
                .map(|what| what.rsplit("→ ").next().unwrap_or(&what).trim().to_owned()),
        );
    }
    found
}
