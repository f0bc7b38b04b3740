//! `triage.json`: the public shape `bectrace.triage/1`.

use std::io::{self, Write};

use serde::Serialize;

use super::{Shared, TriageReport};
use crate::ledger::Counts;
use crate::moment::format_time;
use crate::report::text;
use crate::tenant::{self, Level};
use crate::untrusted::Untrusted;

/// Name and version of the shape.
pub const SCHEMA: &str = "bectrace.triage/1";

#[derive(Serialize)]
struct Root<'a> {
    schema: &'static str,
    tool: Tool,
    case: Case<'a>,
    window: Window,
    files: u64,
    ledger: Counts,
    evidence_lost: bool,
    counts: Levels,
    cautions: &'a [String],
    accounts: Vec<Ranked<'a>>,
    clusters: Vec<Cluster<'a>>,
    addresses: Vec<Address<'a>>,
    not_examined: &'a [tenant::Foreign],
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Case<'a> {
    id: Option<&'a str>,
    examiner: Option<&'a str>,
}

#[derive(Serialize)]
struct Window {
    from: String,
    to: String,
}

#[derive(Serialize)]
struct Levels {
    examined: u64,
    linked: u64,
    strong: u64,
    weak: u64,
    nothing: u64,
    foreign: u64,
}

#[derive(Serialize)]
struct Ranked<'a> {
    rank: u64,
    #[serde(flatten)]
    account: &'a tenant::Account,
    shared_addresses: Vec<&'a Untrusted>,
}

#[derive(Serialize)]
struct Cluster<'a> {
    number: u64,
    accounts: &'a [Untrusted],
    addresses: &'a [Untrusted],
    first: Option<String>,
    last: Option<String>,
}

#[derive(Serialize)]
#[allow(clippy::struct_field_names, reason = "the names are those of the public shape")]
struct Address<'a> {
    address: &'a Untrusted,
    accounts: &'a [Untrusted],
    users: &'a [Untrusted],
}

/// Writes `triage.json`.
pub fn write(report: &TriageReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    let triage = report.triage;
    let shared = Shared::of(triage);
    let ranked = (1..).zip(&triage.accounts).map(|(rank, account)| Ranked {
        rank,
        account,
        shared_addresses: shared.with(account).collect(),
    });
    let clusters = triage.clusters.iter().map(|cluster| Cluster {
        number: cluster.number,
        accounts: &cluster.accounts,
        addresses: &cluster.addresses,
        first: cluster.first.map(format_time),
        last: cluster.last.map(format_time),
    });
    let addresses = triage.addresses.iter().map(|address| Address {
        address: &address.address,
        accounts: &address.accounts,
        users: &address.users,
    });
    let root = Root {
        schema: SCHEMA,
        tool: Tool { name: report.tool.name, version: report.tool.version },
        case: Case { id: report.case_id.as_deref(), examiner: report.examiner.as_deref() },
        window: Window { from: format_time(triage.window.from), to: format_time(triage.window.to) },
        files: report.files,
        ledger: report.total,
        evidence_lost: report.lost,
        counts: Levels {
            examined: triage.accounts.len() as u64,
            linked: report.count(Level::Linked),
            strong: report.count(Level::Strong),
            weak: report.count(Level::Weak),
            nothing: report.count(Level::Nothing),
            foreign: triage.foreign.len() as u64,
        },
        cautions: &report.cautions,
        accounts: ranked.collect(),
        clusters: clusters.collect(),
        addresses: addresses.collect(),
        not_examined: &triage.foreign,
    };
    let serialised = serde_json::to_string_pretty(&root)?;
    out.write_all(text::json(&serialised).as_bytes())?;
    out.write_all(b"\n")
}
