//! Sign-ins, the attacker and the other accounts, as `report.json` writes them.

use std::collections::BTreeMap;

use serde::Serialize;

use super::sources::{Record, record};
use super::time;
use crate::examination;
use crate::timeline::format_time;
use crate::untrusted::Untrusted;

/// The sign-ins.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct SignIns<'a> {
    pub total: u64,
    pub succeeded: u64,
    pub failed: u64,
    pub interrupted: u64,
    pub unknown: u64,
    pub password_was_right: u64,
    pub by_address: Vec<AddressRow<'a>>,
    pub by_country: Vec<CountryRow<'a>>,
    pub risky: Vec<RiskySignIn<'a>>,
}

/// Sign-ins of one address.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct AddressRow<'a> {
    pub address: &'a Untrusted,
    pub total: u64,
    pub succeeded: u64,
    pub failed: u64,
    pub first: String,
    pub last: String,
    pub country: Option<&'a Untrusted>,
    pub asn: Option<i64>,
    pub network: Option<&'a Untrusted>,
}

/// Sign-ins of one country.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct CountryRow<'a> {
    pub country: &'a Untrusted,
    pub total: u64,
    pub succeeded: u64,
    pub failed: u64,
}

/// One risky sign-in.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct RiskySignIn<'a> {
    pub time: String,
    pub address: Option<&'a Untrusted>,
    pub country: Option<&'a Untrusted>,
    pub outcome: &'static str,
    pub code: Option<&'a Untrusted>,
    pub why: &'a [Untrusted],
    pub record: Record<'a>,
}

/// The attacker set.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct Attacker<'a> {
    pub addresses: Vec<Address<'a>>,
    pub sessions: Vec<Session<'a>>,
    pub first: Option<String>,
    pub last: Option<String>,
    pub why: &'a [Untrusted],
}

/// One address of the attacker.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct Address<'a> {
    pub address: &'a Untrusted,
    pub why: &'a [Untrusted],
}

/// One session of the attacker.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct Session<'a> {
    pub session: &'a Untrusted,
    pub why: &'a [Untrusted],
}

/// Another account that was seen with the attacker.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct OtherAccount<'a> {
    pub account: &'a Untrusted,
    pub reach: &'static str,
    pub addresses: &'a [Untrusted],
    pub sessions: &'a [Untrusted],
    pub sign_ins: u64,
    pub failed: u64,
    pub operations: &'a BTreeMap<String, u64>,
    pub first: String,
    pub last: String,
    pub records: Vec<Record<'a>>,
}

pub(super) fn sign_ins(sign_ins: &examination::SignIns) -> SignIns<'_> {
    SignIns {
        total: sign_ins.total,
        succeeded: sign_ins.succeeded,
        failed: sign_ins.failed,
        interrupted: sign_ins.interrupted,
        unknown: sign_ins.unknown,
        password_was_right: sign_ins.password_was_right,
        by_address: sign_ins.by_address.iter().map(address_row).collect(),
        by_country: sign_ins.by_country.iter().map(country_row).collect(),
        risky: sign_ins.risky.iter().map(risky).collect(),
    }
}

fn address_row(row: &examination::AddressRow) -> AddressRow<'_> {
    AddressRow {
        address: &row.address,
        total: row.total,
        succeeded: row.succeeded,
        failed: row.failed,
        first: format_time(row.first),
        last: format_time(row.last),
        country: row.country.as_ref(),
        asn: row.asn,
        network: row.network.as_ref(),
    }
}

fn country_row(row: &examination::CountryRow) -> CountryRow<'_> {
    CountryRow { country: &row.country, total: row.total, succeeded: row.succeeded, failed: row.failed }
}

fn risky(sign_in: &examination::RiskySignIn) -> RiskySignIn<'_> {
    RiskySignIn {
        time: format_time(sign_in.time),
        address: sign_in.address.as_ref(),
        country: sign_in.country.as_ref(),
        outcome: sign_in.outcome,
        code: sign_in.code.as_ref(),
        why: &sign_in.why,
        record: record(&sign_in.record),
    }
}

pub(super) fn attacker(attacker: &examination::Attacker) -> Attacker<'_> {
    Attacker {
        addresses: attacker
            .addresses
            .iter()
            .map(|member| Address { address: &member.value, why: &member.why })
            .collect(),
        sessions: attacker.sessions.iter().map(|member| Session { session: &member.value, why: &member.why }).collect(),
        first: time(attacker.first),
        last: time(attacker.last),
        why: &attacker.why,
    }
}

pub(super) fn other_account(other: &examination::OtherAccount) -> OtherAccount<'_> {
    OtherAccount {
        account: &other.account,
        reach: other.reach.as_str(),
        addresses: &other.addresses,
        sessions: &other.sessions,
        sign_ins: other.sign_ins,
        failed: other.failed,
        operations: &other.operations,
        first: format_time(other.first),
        last: format_time(other.last),
        records: other.records.iter().map(record).collect(),
    }
}
