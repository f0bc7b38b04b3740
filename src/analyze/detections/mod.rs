//! What goes beyond the ten symptoms, one file each, in the order of the report.

mod impossible_travel;
mod legacy_protocol;
mod mailbox_delegate;
mod mfa_fatigue;
mod password_guessing;
mod suspicious_sign_ins;

use crate::analyze::Check;

/// The detections.
pub static DETECTIONS: &[&Check] = &[
    &suspicious_sign_ins::CHECK,
    &password_guessing::CHECK,
    &mfa_fatigue::CHECK,
    &impossible_travel::CHECK,
    &legacy_protocol::CHECK,
    &mailbox_delegate::CHECK,
];
