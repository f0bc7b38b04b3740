//! Applications that did what strong findings tell of: what let them in is told as strong, what they read as well, and no
//! new password ends it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};

use crate::analyze::exam::{Exam, Row};
use crate::analyze::intruder::baseline::OWN_DAYS;
use crate::analyze::people::actor::{self, ActorClass};
use crate::analyze::settings::applications::Introduced;
use crate::finding::{Assessment, Attribution, Finding, Weight};
use crate::knowledge::apps;

/// The applications, each by its id, lower-cased.
#[derive(Debug, Default)]
pub struct Programs(BTreeMap<String, Deeds>);

/// What one of them did.
#[derive(Debug)]
struct Deeds {
    /// The first strong finding of them.
    first: Finding,
    /// When it did what strong findings cite.
    times: Vec<DateTime<Utc>>,
}

impl Programs {
    /// Those of which these assessments tell strong findings, but for what worked in the mailbox on several days before
    /// the window: that is the organisation's.
    pub fn of<'f>(exam: &Exam<'_>, assessments: impl Iterator<Item = &'f Assessment>) -> Self {
        let mut programs = Self::default();
        let findings = assessments.flat_map(|assessment| &assessment.findings);
        for finding in findings.filter(|f| f.verdict == Weight::Strong && f.attribution != Attribution::Explained) {
            for row in finding.about().filter_map(|record| exam.cited(record)) {
                let Some(id) = application(row) else { continue };
                let deeds = programs.0.entry(id).or_insert_with(|| Deeds { first: finding.clone(), times: Vec::new() });
                deeds.times.push(row.event.datetime);
                if finding.time < deeds.first.time {
                    deeds.first = finding.clone();
                }
            }
        }
        programs.forget_old(exam);
        programs
    }

    fn forget_old(&mut self, exam: &Exam<'_>) {
        if self.0.is_empty() {
            return;
        }
        let mut days: BTreeMap<String, BTreeSet<NaiveDate>> = BTreeMap::new();
        for row in exam.rows.iter().filter(|row| row.event.datetime < exam.window.from && !row.failed()) {
            if let Some(id) = application(row).filter(|id| self.0.contains_key(id)) {
                days.entry(id).or_default().insert(row.event.datetime.date_naive());
            }
        }
        self.0.retain(|id, _| days.get(id).is_none_or(|days| days.len() < OWN_DAYS));
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// When they did what strong findings cite.
    pub fn times(&self) -> impl Iterator<Item = DateTime<Utc>> {
        self.0.values().flat_map(|deeds| deeds.times.iter().copied())
    }

    /// Whether one of them did it, and succeeded.
    pub fn did(&self, row: &Row<'_>) -> bool {
        !row.failed() && application(row).is_some_and(|id| self.0.contains_key(&id))
    }

    /// The ids.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The strong finding of what one of these applications did after that time.
    pub fn deed_of(&self, ids: &[String], since: DateTime<Utc>) -> Option<&Finding> {
        let deeds = ids.iter().filter_map(|id| self.0.get(id));
        let after = deeds.filter(|deeds| deeds.times.iter().any(|time| *time >= since));
        after.map(|deeds| &deeds.first).min_by_key(|finding| finding.time)
    }

    /// The strong finding of what the application did that this finding cites as its own act, or as let in by the account.
    pub fn behind(&self, exam: &Exam<'_>, known: &Introduced, finding: &Finding) -> Option<&Finding> {
        let mut rows = finding.about().filter_map(|record| exam.cited(record));
        rows.find_map(|row| match application(row) {
            Some(id) => self.0.get(&id).map(|deeds| &deeds.first),
            None => self.deed_of(&known.of(row.event).ids, row.event.datetime),
        })
    }
}

/// The application that did it, where it is none of Microsoft's own.
pub fn application(row: &Row<'_>) -> Option<String> {
    let by_program = actor::told(row.event, row.class) == ActorClass::App.as_str() && !row.is_sign_in();
    let ids = [&row.event.client_app_id, &row.event.app_id].into_iter().flatten().filter(|_| by_program);
    let mut ids = ids.map(|id| id.to_lowercase()).filter(|id| !id.is_empty() && apps::name(id).is_none());
    ids.next()
}
