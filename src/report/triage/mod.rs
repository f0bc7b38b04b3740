//! A triage, rendered: `triage.json`, `triage.csv`, `report.html` with the heat map, and the table on the terminal.

mod answer;
pub mod csv;
pub mod html;
pub mod json;
pub mod terminal;
mod words;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::model::Tool;
use crate::finding::Verdict;
use crate::ledger::Counts;
use crate::tenant::{Account, Level, Triage};
use crate::untrusted::Untrusted;

/// How many of the things that accounts lack are told.
const MISSING: usize = 3;

/// Everything a renderer needs. Holds no clock.
#[derive(Debug)]
pub struct TriageReport<'a> {
    /// The tool.
    pub tool: Tool,
    /// `--case-id`.
    pub case_id: Option<String>,
    /// `--examiner`.
    pub examiner: Option<String>,
    /// Evidence files.
    pub files: u64,
    /// What was read, in sum.
    pub total: Counts,
    /// Whether evidence was lost or is doubtful.
    pub lost: bool,
    /// Whether the investigator named the accounts; otherwise the names are those of the evidence.
    pub named: bool,
    /// Whether `report.html` is written: only then a sentence may send the reader there.
    pub has_html: bool,
    /// Whether `triage.csv` is.
    pub has_csv: bool,
    /// Domains that are the tenant's own.
    pub own_domains: Vec<String>,
    /// What a reader of the whole has to know, in words.
    pub cautions: Vec<String>,
    /// What the triage says.
    pub triage: &'a Triage,
}

impl TriageReport<'_> {
    /// Accounts of this level.
    fn count(&self, level: Level) -> u64 {
        self.triage.accounts.iter().filter(|account| account.level == level).count() as u64
    }

    /// Accounts of which nothing was found because nothing could be assessed.
    fn unknown(&self) -> impl Iterator<Item = &Account> {
        self.triage.accounts.iter().filter(|account| {
            let symptoms = account.symptoms.len() as u64;
            account.level == Level::Nothing && account.symptoms_with(Verdict::NotAssessable) == symptoms
        })
    }

    /// What these lack, with how many of them do: what most lack first.
    fn missing(&self) -> Vec<(&Untrusted, usize)> {
        let mut accounts: BTreeMap<&Untrusted, usize> = BTreeMap::new();
        for missing in self.unknown().filter_map(|account| account.missing.as_ref()) {
            *accounts.entry(missing).or_default() += 1;
        }
        let mut missing: Vec<_> = accounts.into_iter().collect();
        missing.sort_by_key(|(_, count)| Reverse(*count));
        missing.truncate(MISSING);
        missing
    }
}

/// The attacker addresses that the sets of several accounts hold.
struct Shared<'a>(BTreeSet<&'a Untrusted>);

impl<'a> Shared<'a> {
    fn of(triage: &'a Triage) -> Self {
        let several = triage.addresses.iter().filter(|address| address.accounts.len() > 1);
        Self(several.map(|address| &address.address).collect())
    }

    /// Those of this account that another account's set holds too, and those of another account's attacker from which it
    /// was entered.
    fn with<'s>(&self, account: &'s Account) -> impl Iterator<Item = &'s Untrusted> {
        account.addresses.iter().filter(|address| self.0.contains(address)).chain(&account.entered_from)
    }
}

#[cfg(test)]
mod tests;
