//! Lines of `accounts.jsonl` that were made elsewhere: read, and held against the case that they are to rank.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::Deserialize;
use serde_json::Value;

use crate::ingest::source;
use crate::ledger::Ledger;
use crate::moment::format_time;
use crate::question::Window;
use crate::report::{json, text};
use crate::run::Failed;
use crate::tenant::Account;

/// The part of a line that the ranking needs.
#[derive(Deserialize)]
struct Line {
    schema: String,
    account: Account,
}

fn wrong(why: impl std::fmt::Display) -> Failed {
    Failed::Usage(format!("--examined{why}"))
}

/// The lines of these files, in the order of names.
pub(super) fn read(files: &[PathBuf]) -> Result<Vec<(Account, String)>, Failed> {
    let mut found: Vec<(Account, String)> = Vec::new();
    for path in files {
        let wrong = |why: String| wrong(format!(" {}: {why}", path.display()));
        for (number, line) in (1..).zip(source::lines(path).map_err(|error| wrong(error.to_string()))?) {
            let read: Line = serde_json::from_str(&line).map_err(|error| wrong(format!("line {number}: {error}")))?;
            if read.schema != json::ACCOUNT_SCHEMA {
                return Err(wrong(format!("line {number}: another version's line; examine again")));
            }
            found.push((read.account, line));
        }
    }
    found.sort_by(|(a, _), (b, _)| a.user.cmp(&b.user));
    let twice = found.windows(2).find_map(|pair| match pair {
        [(a, one), (b, other)] if a.user == b.user && one != other => Some(&a.user),
        _ => None,
    });
    if let Some(user) = twice {
        let user = text::terminal_whole(user);
        return Err(wrong(format!(": two different lines of {user}; give those of one examination")));
    }
    // The same account examined twice is one.
    found.dedup_by(|(a, _), (b, _)| a.user == b.user);
    Ok(found)
}

/// Refuses lines that cite evidence of another case, or answer for another window: their accounts would be ranked beside
/// books and records that they have nothing to do with.
pub(super) fn check(found: &[(Account, String)], ledger: &Ledger, window: Window) -> Result<(), Failed> {
    let known: BTreeSet<&str> = ledger.sources.iter().map(|source| source.path.as_str()).collect();
    let asked = [window.from, window.to].map(format_time);
    for (account, line) in found {
        let line: Value = serde_json::from_str(line).unwrap_or_default();
        let user = text::terminal_whole(&account.user);
        if let Some(path) = cited(&line).into_iter().find(|path| !known.contains(path)) {
            let path = text::terminal_whole(path);
            return Err(wrong(format!(
                ": the line of {user} cites {path}, which this case does not hold; examine again"
            )));
        }
        let told = ["from", "to"].map(|edge| line["window"][edge].as_str());
        if told.iter().zip(&asked).any(|(told, asked)| told.is_some_and(|told| told != asked)) {
            let [from, to] = told.map(Option::unwrap_or_default);
            let [start, end] = asked;
            return Err(wrong(format!(
                ": the line of {user} answers for the window from {from} to {to}, and this is from {start} to {end}; give the same --from and --to"
            )));
        }
    }
    Ok(())
}

/// The files whose records are cited anywhere below `value`.
fn cited(value: &Value) -> BTreeSet<&str> {
    match value {
        Value::Array(list) => list.iter().flat_map(cited).collect(),
        Value::Object(fields) => match (fields.get("evidence").and_then(Value::as_str), fields.get("record")) {
            (Some(path), Some(_)) => BTreeSet::from([path]),
            _ => fields.values().flat_map(cited).collect(),
        },
        _ => BTreeSet::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::SourceEntry;

    #[test]
    fn lines_of_another_case_or_window_are_refused() {
        let time = |text: &str| text.parse().unwrap();
        let window = |to: &str| Window { from: time("2026-03-01T00:00:00Z"), to: time(to) };
        let entry = SourceEntry { path: "ual.csv".to_owned(), ..SourceEntry::default() };
        let ledger = Ledger { sources: vec![entry], ..Ledger::default() };
        let account: Account = serde_json::from_value(serde_json::json!({
            "user": "a@contoso.example", "also": [], "level": "weak", "symptoms": [], "detections": [], "linked": 0, "score": 3,
            "first": null, "last": null, "addresses": [], "sessions": [], "sign_ins": 0, "failed_sign_ins": 0,
            "risky_sign_ins": 0, "leads": []
        }))
        .unwrap();
        let told = |path: &str, to: &str| {
            let line = serde_json::json!({
                "window": {"from": "2026-03-01T00:00:00Z", "to": "2026-04-01T00:00:00Z"},
                "symptoms": [{"findings": [{"records": [{"evidence": path, "record": 7}]}]}]
            });
            check(&[(account.clone(), line.to_string())], &ledger, window(to)).map_err(|failed| failed.to_string())
        };
        assert_eq!(told("ual.csv", "2026-04-01T00:00:00Z"), Ok(()));
        assert!(told("other.csv", "2026-04-01T00:00:00Z").is_err_and(|why| why.contains("cites other.csv")));
        assert!(told("ual.csv", "2026-03-20T00:00:00Z").is_err_and(|why| why.contains("give the same --from")));
    }
}
