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
    (detection == new_mail_client::CHECK.meta.id).then(|| new_mail_client::need(exam)).flatten()
}
