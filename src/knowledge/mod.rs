//! Facts about the service, kept as data files and asked through small typed look-ups; nothing here judges or
//! reads a file at run time.
//!
//! | room | answers |
//! |---|---|
//! | [`normalise()`] | how text is made comparable before any look-up |
//! | [`folders`] | which mailbox folder a path means, in the mailbox's language |
//! | [`words`] | which words of money, warning, distress, payment or pretence a text holds |
//! | [`subjects`] | what a mail program put in front of a subject: reply, forward, bounce, receipt |
//! | [`names`] | whether a rule name is only symbols |
//! | [`errors`] | what a sign-in error code means and what it proves |
//! | [`record_types`] | audit record type numbers and names |
//! | [`operations`] | how an operation name is cleaned, and which kind of time it has |
//! | [`networks`] | whose an address is: Microsoft, private, public; hosting networks |
//! | [`clients`] | what kind of program a user agent or client text names |
//! | [`apps`] | names of application ids |
//! | [`phones`] | which countries a telephone number can belong to |
//! | [`asks`] | what to ask the collector for, by the code of a remark |
//! | [`replaced`] | which data files the investigator put in the place of the built-in ones |
//! | [`domains`] | addresses inside a value, free-mail domains, look-alike domains |
//!
//! The files lie in `data/` beside this one. A line that starts with `#` is a comment; every file opens with one
//! that names its source and date. They are compiled in, so that a report can be repeated from the binary alone;
//! `--knowledge` puts other files in their place for one run, and the report says so.

pub mod apps;
pub mod asks;
pub mod clients;
pub mod domains;
pub mod errors;
pub mod folders;
pub mod listed;
pub mod machines;
pub mod names;
pub mod networks;
pub mod operations;
pub mod phones;
pub mod record_types;
pub mod replaced;
pub mod subjects;
pub mod words;

mod normalise;
mod payment;

pub use normalise::normalise;

/// Every embedded data file as (name, text), in the order of the names; for `explain --data`.
pub fn data_files() -> &'static [(&'static str, &'static str)] {
    &[
        ("app_roles.tsv", apps::ROLES),
        ("apps.tsv", apps::NAMES),
        ("apps_worth_a_look.tsv", apps::WORTH_A_LOOK),
        ("automatic_senders.txt", domains::AUTOMATIC_SENDERS),
        ("calling_codes.tsv", phones::CALLING_CODES),
        ("consent_permissions.txt", apps::PERMISSIONS),
        ("folders.tsv", folders::NAMES),
        ("freemail.txt", domains::FREEMAIL),
        ("hosting_asns.tsv", networks::HOSTING_ASNS),
        ("iban_lengths.tsv", payment::IBAN_LENGTHS),
        ("legacy_protocols.txt", clients::LEGACY_PROTOCOLS),
        ("microsoft_ranges.txt", networks::MICROSOFT_RANGES),
        ("payment_keywords.tsv", payment::KEYWORDS),
        ("record_types.tsv", record_types::TABLE),
        ("risk_near_proof.txt", errors::NEAR_PROOF),
        ("script_agents.txt", clients::SCRIPT_AGENTS),
        ("security_desks.txt", domains::SECURITY_DESKS),
        ("service_actors.txt", clients::SERVICE_ACTORS),
        ("sign_in_errors.tsv", errors::TABLE),
        ("subject_prefixes.tsv", subjects::PREFIXES),
        ("tool_device_builds.txt", clients::TOOL_BUILDS),
        ("top_level_domains.txt", domains::TOP_LEVEL),
        ("words/distress.txt", words::DISTRESS),
        ("words/finance.txt", words::FINANCE),
        ("words/password.txt", words::PASSWORD),
        ("words/payment_notice.txt", words::PAYMENT_NOTICE),
        ("words/pretence.txt", words::PRETENCE),
        ("words/recovery.txt", words::RECOVERY),
        ("words/signature.txt", words::SIGNATURE),
        ("words/warning.txt", words::WARNING),
    ]
}

/// The lines of a data file that carry data: no comments, no blank lines, outer space removed.
fn lines(file: &'static str) -> impl Iterator<Item = &'static str> {
    replaced::instead_of(file).lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The rows of a two-column, tab-separated data file; a line without a tab is left out (and fails the tests).
fn pairs(file: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    lines(file).filter_map(|line| line.split_once('\t'))
}

#[cfg(test)]
mod tests;
