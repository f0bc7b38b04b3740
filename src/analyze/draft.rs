//! How a check writes a finding: from a row, which gives it actor, address, session, score and records.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};
use foldhash::fast::RandomState;

use crate::analyze::exam::{Exam, Row};
use crate::analyze::intruder::programs;
use crate::analyze::people::actor;
use crate::analyze::shown::auditing;
use crate::analyze::sign_ins::logins;
use crate::analyze::{Meta, scope};
use crate::finding::{Attribution, Fact, Finding, Headline, Severity, Shows, Term, Weight};
use crate::timeline::{Event, format_time};
use crate::untrusted::Untrusted;

/// What stands for the address of a record that has none.
pub const NOWHERE: &str = "an unknown address";

/// A finding in the making.
#[derive(Debug)]
pub struct Draft {
    finding: Finding,
    severity: Severity,
    /// The events whose records are cited, by where they lie: a finding may cite a hundred thousand.
    cited: HashSet<*const Event, RandomState>,
}

impl Draft {
    /// A finding about `row`: recorded, weak, of the check's severity; score and attribution from the row.
    pub fn new(meta: &Meta, exam: &Exam<'_>, row: &Row<'_>) -> Self {
        let score = exam.score(row);
        let event = row.event;
        let some = |text: &Option<Box<str>>| text.as_deref().map(Untrusted::from);
        let target = [&event.mailbox_upn, &event.target_upn, &event.on_behalf_of, &event.target_raw];
        let mut facts = BTreeMap::new();
        facts.insert("operation".to_owned(), Untrusted::from(event.action_raw.as_deref().unwrap_or_default()));
        facts.insert("actor class".to_owned(), Untrusted::from(actor::told(event, row.class)));
        if let Some(client) = event.user_agent.as_deref().or(event.client_info.as_deref()) {
            facts.insert("client".to_owned(), client.into());
        }
        if let Some(id) = programs::application(row) {
            facts.insert("application id".to_owned(), Untrusted::new(id));
        }
        if let Some((country, _)) = exam.baseline.country_of(event) {
            facts.insert("country".to_owned(), country.into());
        }
        let lent = || exam.lent.address(event).map(|ip| Untrusted::new(ip.to_string()));
        let finding = Finding {
            id: String::new(),
            time: event.datetime,
            dated: !event.is_state() || event.datetime_text.is_some(),
            severity: meta.severity,
            fact: Fact::Recorded,
            attribution: exam.attribution(row, &score),
            verdict: Weight::Weak,
            actor: some(&event.user_raw).unwrap_or_default(),
            target: target.into_iter().find_map(some).unwrap_or_default(),
            address: some(&event.source_ip).or_else(|| some(&event.source_ip_text)).or_else(lent),
            session: exam.lent.session(event).map(Untrusted::from),
            headline: Headline { en: Untrusted::default(), ja: Untrusted::default() },
            facts,
            score: score.terms,
            on_its_face: false,
            shows: shows(row),
            attack: meta.attack.to_vec(),
            records: row.records(),
            beside: Vec::new(),
        };
        let cited = row.events().map(std::ptr::from_ref).collect();
        Self { finding, severity: meta.severity, cited }
    }

    /// A finding about a snapshot's row: it was so when somebody looked, made by nobody known, at no time known.
    pub fn of_state(meta: &Meta, exam: &Exam<'_>, row: &Row<'_>) -> Self {
        let event = row.event;
        let (collected, basis) = match event.datetime_text.as_deref() {
            Some(_) => (format_time(event.datetime), "from the file's name"),
            None => ("unknown".to_owned(), "R-161"),
        };
        Self::new(meta, exam, row)
            .fact(Fact::Snapshot)
            .attribution(Attribution::Unknown)
            .detail("actor class", "unknown")
            .detail("collected at", format!("{collected} ({basis})"))
    }

    /// When it was, where the row tells another time than its own.
    #[must_use]
    pub fn at(mut self, time: DateTime<Utc>) -> Self {
        self.finding.time = time;
        self.finding.dated = true;
        self
    }

    /// The sentence, in both languages.
    #[must_use]
    pub fn headline(mut self, en: impl Into<String>, ja: impl Into<String>) -> Self {
        let ja = ja.into().replace(NOWHERE, "不明なアドレス");
        self.finding.headline = Headline { en: Untrusted::new(en), ja: Untrusted::new(ja) };
        self
    }

    /// A named detail; empty values are left out.
    #[must_use]
    pub fn detail(mut self, name: &str, value: impl Into<String>) -> Self {
        let value: String = value.into();
        if !value.is_empty() {
            self.finding.facts.insert(name.to_owned(), Untrusted::new(value));
        }
        self
    }

    /// Whether what was done is malicious by itself.
    #[must_use]
    pub fn on_its_face(mut self, is: bool) -> Self {
        self.finding.on_its_face = is;
        self
    }

    /// How the evidence knows.
    #[must_use]
    pub fn fact(mut self, fact: Fact) -> Self {
        self.finding.fact = fact;
        self
    }

    /// How much weight.
    #[must_use]
    pub fn weight(mut self, weight: Weight) -> Self {
        self.finding.verdict = weight;
        self
    }

    /// The severity a strong finding of this kind has, where it differs from the check's.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Whose act, where the check knows better than the score.
    #[must_use]
    pub fn attribution(mut self, attribution: Attribution) -> Self {
        self.finding.attribution = attribution;
        self
    }

    /// What it was done to, where the check knows better than the row.
    #[must_use]
    pub fn target(mut self, target: impl Into<String>) -> Self {
        self.finding.target = Untrusted::new(target);
        self
    }

    /// Further terms (of a content score), printed behind the attacker's.
    #[must_use]
    pub fn terms(mut self, terms: impl IntoIterator<Item = Term>) -> Self {
        self.finding.score.extend(terms);
        self
    }

    /// ATT&CK techniques instead of the check's.
    #[must_use]
    pub fn attack(mut self, attack: &[&'static str]) -> Self {
        self.finding.attack = attack.to_vec();
        self
    }

    /// Further records that show the same.
    #[must_use]
    pub fn also<'r>(mut self, rows: impl IntoIterator<Item = &'r Row<'r>>) -> Self {
        for row in rows {
            // One sign-in that got in says more than the refusals before it; what others did says nothing of this account.
            if row.parts.any() && self.finding.shows < Shows::Inside {
                self.finding.shows = self.finding.shows.max(shows(row));
            }
            for event in row.events() {
                if self.cited.insert(event) {
                    self.finding.records.push(event.record_ref());
                }
            }
        }
        self
    }

    /// Records that are cited and that the finding is not about: what it answers, or who was there before.
    #[must_use]
    pub fn beside<'r>(self, rows: impl IntoIterator<Item = &'r Row<'r>>) -> Self {
        let about = self.finding.records.len();
        let mut draft = self.also(rows);
        draft.finding.beside.extend(draft.finding.records.iter().skip(about).cloned());
        draft
    }

    /// The finding. A weak one is one level less severe than a strong one, an explained one is context only.
    pub fn done(mut self) -> Finding {
        self.finding.severity = match (self.finding.verdict, self.severity) {
            (Weight::Strong, severity) => severity,
            (Weight::Explained, _) => Severity::Info,
            (Weight::Weak, Severity::Critical) => Severity::High,
            (Weight::Weak, Severity::High) => Severity::Medium,
            (Weight::Weak, Severity::Medium) => Severity::Low,
            (Weight::Weak, _) => Severity::Info,
        };
        self.finding
    }
}

/// Whether the row is about the whole organisation: an act on it, or what a snapshot lists of it.
fn is_organisations(event: &Event) -> bool {
    scope::is_tenant_wide(event.action()) || event.is_state() && event.is(&["TransportRule", "OAuthGrant"])
}

/// What a row shows of the account itself.
fn shows(row: &Row<'_>) -> Shows {
    match () {
        () if row.is_sign_in() && !logins::got_in(row) => Shows::Tried,
        () if row.parts.actor => Shows::Inside,
        () if !row.parts.any() && is_organisations(row.event) => Shows::Elsewhere,
        () if auditing::taken(row).is_some() => Shows::Unwatched,
        () => Shows::Inside,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::EvidenceSource;

    #[test]
    fn what_a_snapshot_lists_of_the_organisation_is_no_accounts() {
        let of = |action: &str, evidence_source| {
            is_organisations(&Event { action: Some(action.into()), evidence_source, ..Event::default() })
        };
        assert!(of("TransportRule", EvidenceSource::Snapshot) && of("New-TransportRule", EvidenceSource::Ual));
        assert!(!of("InboxRule", EvidenceSource::Snapshot) && !of("TransportRule", EvidenceSource::Ual));
    }
}
