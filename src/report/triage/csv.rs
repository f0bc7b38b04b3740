//! `triage.csv`: one row an account, in the order of the ranking, one column a symptom or detection.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::{Shared, TriageReport};
use crate::finding::Verdict;
use crate::moment::format_time;
use crate::report::rows::Rows;
use crate::report::text;
use crate::untrusted::Untrusted;

/// What stands between the values of a list in one cell.
const BETWEEN: &str = " ¦ ";

/// Writes `triage.csv`.
pub fn write(report: &TriageReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut rows = Rows::new(out);
    let fixed = [
        "rank",
        "user",
        "also",
        "level",
        "strong_findings",
        "weak_findings",
        "linked_findings",
        "score",
        "first_suspicious",
        "last_suspicious",
        "attacker_addresses",
        "shared_attacker_addresses",
        "cluster",
        "sign_ins",
        "failed_sign_ins",
        "risky_sign_ins",
        "cannot_tell",
    ];
    let accounts = &report.triage.accounts;
    let questions = accounts.first().map_or_else(Vec::new, |account| {
        account.symptoms.iter().chain(&account.detections).map(|cell| cell.id.as_str()).collect()
    });
    rows.row(fixed.into_iter().chain(questions))?;
    let shared = Shared::of(report.triage);
    let mut clusters: BTreeMap<&Untrusted, u64> = BTreeMap::new();
    for cluster in &report.triage.clusters {
        for account in &cluster.accounts {
            clusters.entry(account).or_insert(cluster.number);
        }
    }
    for (rank, account) in (1_u64..).zip(accounts) {
        let (strong, weak) = account.findings();
        let texts = [
            rank.to_string(),
            text::csv_cell(&account.user).into_owned(),
            joined(account.also.iter()),
            account.level.as_str().to_owned(),
            strong.to_string(),
            weak.to_string(),
            account.linked.to_string(),
            account.score.to_string(),
            account.first.map(format_time).unwrap_or_default(),
            account.last.map(format_time).unwrap_or_default(),
            joined(account.addresses.iter()),
            joined(shared.with(account)),
            clusters.get(&account.user).map(u64::to_string).unwrap_or_default(),
            account.sign_ins.to_string(),
            account.failed_sign_ins.to_string(),
            account.risky_sign_ins.to_string(),
            account.symptoms_with(Verdict::NotAssessable).to_string(),
        ];
        let verdicts = account.symptoms.iter().chain(&account.detections).map(|cell| cell.verdict.as_str().to_owned());
        rows.row(texts.into_iter().chain(verdicts))?;
    }
    rows.flush()
}

fn joined<'a>(texts: impl Iterator<Item = &'a Untrusted>) -> String {
    let list = texts.map(Untrusted::as_evidence).collect::<Vec<_>>().join(BETWEEN);
    text::csv_cell(&list).into_owned()
}
