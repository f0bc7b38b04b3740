//! What goes beyond the ten symptoms, one file each, in the order of the report.

mod abused_apps;
mod account_recovery_mail;
mod aitm_sign_in;
mod app_credentials;
mod auditing_off;
mod automation;
mod campaign;
mod developer_client;
mod device_code;
mod device_registered;
mod ediscovery;
mod evidence_clean_up;
mod external_sharing;
mod federation_change;
mod files_taken;
mod hosted_lure;
mod impossible_travel;
mod legacy_protocol;
mod mail_flow_change;
mod mail_harvest;
mod mailbox_delegate;
mod mailbox_search;
mod mfa_fatigue;
mod mfa_method_added;
mod mfa_weakened;
mod new_account;
mod new_mail_client;
mod non_owner_access;
mod oauth_consent;
mod password_guessing;
mod password_spray;
mod privilege_gain;
mod script_user_agent;
mod sender_lists;
mod session_two_networks;
mod suspicious_sign_ins;
mod teams_abuse;
mod thread_hijack;
mod token_replay;

use crate::analyze::shown::coverage::GateId;
use crate::analyze::{Check, Exam};

/// The detections: who came in and how, what was changed to stay, what was read and taken, what was done to others.
pub static DETECTIONS: &[&Check] = &[
    &suspicious_sign_ins::CHECK,
    &session_two_networks::CHECK,
    &token_replay::CHECK,
    &aitm_sign_in::CHECK,
    &password_guessing::CHECK,
    &password_spray::CHECK,
    &mfa_fatigue::CHECK,
    &mfa_method_added::CHECK,
    &mfa_weakened::CHECK,
    &impossible_travel::CHECK,
    &legacy_protocol::CHECK,
    &device_code::CHECK,
    &oauth_consent::CHECK,
    &abused_apps::CHECK,
    &app_credentials::CHECK,
    &device_registered::CHECK,
    &mailbox_delegate::CHECK,
    &non_owner_access::CHECK,
    &mail_harvest::CHECK,
    &new_mail_client::CHECK,
    &mailbox_search::CHECK,
    &mail_flow_change::CHECK,
    &sender_lists::CHECK,
    &auditing_off::CHECK,
    &ediscovery::CHECK,
    &privilege_gain::CHECK,
    &new_account::CHECK,
    &federation_change::CHECK,
    &files_taken::CHECK,
    &external_sharing::CHECK,
    &hosted_lure::CHECK,
    &teams_abuse::CHECK,
    &script_user_agent::CHECK,
    &developer_client::CHECK,
    &campaign::CHECK,
    &evidence_clean_up::CHECK,
    &automation::CHECK,
    &thread_hijack::CHECK,
    &account_recovery_mail::CHECK,
];

/// Why a detection that found nothing could not have found anything, beyond its gates.
pub fn need(exam: &Exam<'_>, detection: &str) -> Option<String> {
    if detection == new_mail_client::CHECK.meta.id {
        return new_mail_client::need(exam);
    }
    let (_, count) = CANDIDATES.iter().find(|(check, _)| check.meta.id == detection)?;
    unknown_hand(exam, detection, *count)
}

/// How many records a detection asks whose hand they are of.
type Count = fn(&Exam<'_>) -> usize;

/// The detections that ask whose hand it was before they tell of anything, and of how many records.
static CANDIDATES: [(&Check, Count); 7] = [
    (&mail_harvest::CHECK, mail_harvest::candidates),
    (&mailbox_search::CHECK, mailbox_search::candidates),
    (&external_sharing::CHECK, external_sharing::candidates),
    (&hosted_lure::CHECK, hosted_lure::candidates),
    (&teams_abuse::CHECK, teams_abuse::candidates),
    (&thread_hijack::CHECK, thread_hijack::candidates),
    (&account_recovery_mail::CHECK, account_recovery_mail::candidates),
];

/// That nothing tells the owner's hand from another's, where there is something to be told of: no sign-ins, no time
/// before the window, and no attacker known otherwise. Of folders that were taken whole, no attacker elsewhere says more.
fn unknown_hand(exam: &Exam<'_>, detection: &str, count: fn(&Exam<'_>) -> usize) -> Option<String> {
    let known = !exam.attacker.is_empty() && detection != mail_harvest::CHECK.meta.id;
    if known || exam.baseline.sufficient || exam.coverage.passes(GateId::G7) {
        return None;
    }
    let count = Some(count(exam)).filter(|count| *count > 0)?;
    Some(format!(
        "whose hand it was that left such records ({count}): sign-ins over the window, or a time before it to compare with"
    ))
}
