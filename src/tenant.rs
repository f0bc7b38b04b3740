//! What a triage says of a whole tenant: one line an account, ranked, and the clusters hit from the same infrastructure.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::finding::{Headline, Verdict};
use crate::question::Window;
use crate::untrusted::Untrusted;

/// How much speaks for a takeover, in few steps: the first key of the ranking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Nothing found, as far as the evidence could show it.
    Nothing,
    /// Weak findings only.
    Weak,
    /// A strong finding; nothing ties it to an attacker.
    Strong,
    /// A strong finding that is linked to an attacker.
    Linked,
}

impl Level {
    /// The word in `triage.json`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Weak => "weak",
            Self::Strong => "strong",
            Self::Linked => "linked",
        }
    }
}

/// One cell of the heat map: an account's answer to one question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// Symptom or detection.
    pub id: String,
    /// The answer.
    pub verdict: Verdict,
    /// Strong findings.
    pub strong: u64,
    /// Weak findings.
    pub weak: u64,
    /// Explained findings.
    pub explained: u64,
}

/// One finding in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lead {
    /// Finding id.
    pub id: String,
    /// When, where that is known: a row of a snapshot has no time.
    #[serde(with = "maybe_time")]
    pub time: Option<DateTime<Utc>>,
    /// The sentence.
    pub headline: Headline,
}

/// One account of the tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The name that `analyze --user` takes.
    pub user: Untrusted,
    /// Its other addresses: what was one account under several names.
    pub also: Vec<Untrusted>,
    /// How much speaks for a takeover.
    pub level: Level,
    /// The ten, in Microsoft's order.
    pub symptoms: Vec<Cell>,
    /// What goes beyond the ten.
    pub detections: Vec<Cell>,
    /// Strong findings that are linked to an attacker.
    pub linked: u64,
    /// The highest sum of terms that a strong or weak finding has.
    pub score: i32,
    /// The first strong or weak finding, or the attacker's first act.
    #[serde(with = "maybe_time")]
    pub first: Option<DateTime<Utc>>,
    /// The last strong or weak finding, or the attacker's last act.
    #[serde(with = "maybe_time")]
    pub last: Option<DateTime<Utc>>,
    /// The attacker's addresses.
    pub addresses: Vec<Untrusted>,
    /// Addresses of another account's attacker from which somebody got into this one, though nothing else speaks for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entered_from: Vec<Untrusted>,
    /// The attacker's sessions.
    pub sessions: Vec<Untrusted>,
    /// Sign-ins inside the window.
    pub sign_ins: u64,
    /// Those that failed.
    pub failed_sign_ins: u64,
    /// Those that the service calls risky, or whose score is high.
    pub risky_sign_ins: u64,
    /// The strongest findings, at most three.
    pub leads: Vec<Lead>,
    /// Strong and weak findings about what somebody else did to the whole organisation: every account has them, so they
    /// count for none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub elsewhere: Vec<Lead>,
    /// How many of those are strong.
    #[serde(default, skip_serializing_if = "no_more")]
    pub elsewhere_strong: u64,
    /// What most of the symptoms lack, where none of them could be assessed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<Untrusted>,
}

impl Account {
    /// Symptoms with this verdict.
    pub fn symptoms_with(&self, verdict: Verdict) -> u64 {
        self.symptoms.iter().filter(|cell| cell.verdict == verdict).count() as u64
    }

    /// The strong findings and the weak ones that count for the account: a number beside "nothing" or "weak" would else
    /// call everybody in the organisation what one of them did.
    pub fn findings(&self) -> (u64, u64) {
        let cells = || self.symptoms.iter().chain(&self.detections);
        let strong: u64 = cells().map(|cell| cell.strong).sum();
        let weak: u64 = cells().map(|cell| cell.weak).sum();
        let elsewhere_weak = (self.elsewhere.len() as u64).saturating_sub(self.elsewhere_strong);
        (strong.saturating_sub(self.elsewhere_strong), weak.saturating_sub(elsewhere_weak))
    }
}

/// An attacker's address, and whom it was seen with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The address.
    pub address: Untrusted,
    /// Accounts in whose attacker set it is.
    pub accounts: Vec<Untrusted>,
    /// Everybody who has an event from it inside the window, as the records name them.
    pub users: Vec<Untrusted>,
}

/// Accounts that an attacker reached from the same addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// From 1, the largest first.
    pub number: u64,
    /// The accounts, in the order of the ranking.
    pub accounts: Vec<Untrusted>,
    /// The addresses that tie them together.
    pub addresses: Vec<Untrusted>,
    /// The first suspicious time of any of them.
    pub first: Option<DateTime<Utc>>,
    /// The last.
    pub last: Option<DateTime<Utc>>,
}

/// What was done to the whole organisation, as the accounts' examinations tell of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Common<'a> {
    /// The finding, as the first of these accounts has it.
    pub lead: &'a Lead,
    /// An account whose examination tells of it with its records.
    pub told_of: &'a Untrusted,
}

/// Each act on the whole organisation once, in the order of time.
pub fn common(accounts: &[Account]) -> Vec<Common<'_>> {
    let mut once: BTreeMap<(Option<DateTime<Utc>>, &Untrusted), Common<'_>> = BTreeMap::new();
    for account in accounts {
        for lead in &account.elsewhere {
            once.entry((lead.time, &lead.headline.en)).or_insert(Common { lead, told_of: &account.user });
        }
    }
    once.into_values().collect()
}

/// A name in the evidence that was not examined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Foreign {
    /// The name.
    pub name: Untrusted,
    /// Why not.
    pub why: WhyForeign,
}

/// Why a name was not examined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyForeign {
    /// A record says that it is a guest's.
    Guest,
    /// It is in a domain that no record says is the organisation's, and the directory is not known to have it.
    Domain,
    /// It is no account's.
    NoAccount,
}

/// Everything that a triage says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Triage {
    /// The window.
    pub window: Window,
    /// All accounts that were examined, the first to look at first.
    pub accounts: Vec<Account>,
    /// Clusters, the largest first.
    pub clusters: Vec<Cluster>,
    /// The attackers' addresses, those of most accounts first.
    pub addresses: Vec<Address>,
    /// Names in the evidence that are not the tenant's own (guests, other organisations) and were not examined.
    pub foreign: Vec<Foreign>,
}

/// Marks the accounts that were entered from the address of another account's attacker, as the examination of the other
/// one says (account → addresses): that is weak, where nothing was found by looking at the account alone.
pub fn mark_entered(accounts: &mut [Account], entered: &BTreeMap<Untrusted, BTreeSet<Untrusted>>) {
    for account in accounts {
        let names = std::iter::once(&account.user).chain(&account.also);
        let from: BTreeSet<&Untrusted> = names.filter_map(|name| entered.get(name)).flatten().collect();
        account.entered_from =
            from.into_iter().filter(|address| !account.addresses.contains(address)).cloned().collect();
        if !account.entered_from.is_empty() {
            account.level = account.level.max(Level::Weak);
        }
    }
}

/// The order of the ranking: strong and linked first; then how many symptoms are strong, how many findings are linked,
/// the score, how many symptoms are weak; then time and name.
pub fn rank(accounts: &mut [Account]) {
    accounts.sort_by_cached_key(|account| {
        (
            Reverse((
                account.level,
                account.symptoms_with(Verdict::Strong),
                account.linked,
                account.score,
                account.symptoms_with(Verdict::Weak),
            )),
            account.first.unwrap_or(DateTime::<Utc>::MAX_UTC),
            account.user.clone(),
        )
    });
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over like this")]
fn no_more(number: &u64) -> bool {
    *number == 0
}

/// A time as RFC 3339, where there is one.
mod maybe_time {
    use chrono::{DateTime, Utc};
    use serde::{Deserialize, Deserializer, Serializer};

    #[allow(clippy::ref_option, reason = "serde hands it over like this")]
    pub fn serialize<S: Serializer>(time: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
        match time {
            Some(time) => crate::moment::serialize_time(time, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DateTime<Utc>>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        let time =
            text.map(|text| DateTime::parse_from_rfc3339(&text)).transpose().map_err(serde::de::Error::custom)?;
        Ok(time.map(|time| time.with_timezone(&Utc)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(user: &str, level: Level, score: i32) -> Account {
        Account {
            user: user.into(),
            also: Vec::new(),
            level,
            symptoms: Vec::new(),
            detections: Vec::new(),
            linked: 0,
            score,
            first: None,
            last: None,
            addresses: Vec::new(),
            entered_from: Vec::new(),
            sessions: Vec::new(),
            sign_ins: 0,
            failed_sign_ins: 0,
            risky_sign_ins: 0,
            leads: Vec::new(),
            elsewhere: Vec::new(),
            elsewhere_strong: 0,
            missing: None,
        }
    }

    #[test]
    fn a_link_to_an_attacker_goes_before_any_score() {
        let mut accounts = [
            account("d@x.example", Level::Nothing, 0),
            account("c@x.example", Level::Strong, 9),
            account("b@x.example", Level::Linked, 5),
            account("a@x.example", Level::Linked, 5),
            account("e@x.example", Level::Linked, 7),
        ];
        rank(&mut accounts);
        let order: Vec<&str> = accounts.iter().map(|account| account.user.as_evidence()).collect();
        assert_eq!(order, ["e@x.example", "a@x.example", "b@x.example", "c@x.example", "d@x.example"]);
    }

    #[test]
    fn an_account_that_was_entered_from_anothers_attacker_is_not_nothing() {
        let mut accounts = [
            account("a@x.example", Level::Linked, 9),
            account("b@x.example", Level::Nothing, 0),
            account("c@x.example", Level::Nothing, 0),
        ];
        accounts[0].addresses = vec!["203.0.113.7".into()];
        let from = |address: &str| BTreeSet::from([Untrusted::new(address)]);
        let entered =
            BTreeMap::from([("a@x.example".into(), from("203.0.113.7")), ("b@x.example".into(), from("203.0.113.7"))]);
        mark_entered(&mut accounts, &entered);
        assert_eq!(accounts.each_ref().map(|account| account.level), [Level::Linked, Level::Weak, Level::Nothing]);
        assert_eq!(accounts[1].entered_from, ["203.0.113.7".into()]);
        assert!(accounts[0].entered_from.is_empty());
    }

    #[test]
    fn an_account_survives_the_way_out_and_back() {
        let mut out = account("a@x.example", Level::Weak, -2);
        out.first = DateTime::from_timestamp_micros(1_772_413_933_500_000);
        let back: Account = serde_json::from_str(&serde_json::to_string(&out).unwrap()).unwrap();
        assert_eq!(out, back);
    }
}
