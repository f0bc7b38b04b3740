//! Jobs: one actor doing the same to many people within minutes. Counted over the whole tenant while a case is read,
//! from the narrow columns alone, because the table holds the subject's own records only.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use crate::analyze::exam::Row;
use crate::analyze::{mailbox, scope};
use crate::knowledge::names::is_guid;

/// Operations that are done in bulk.
const OPERATIONS: [&str; 10] = [
    "Update user",
    "Set-User",
    "Set-Mailbox",
    "Set-MailboxMessageConfiguration",
    "Set-MailboxRegionalConfiguration",
    "Reset user password",
    "New-InboxRule",
    "Set-InboxRule",
    "New-SweepRule",
    "Set-SweepRule",
];
/// The directory's record of a consent: whom it names besides people is the application.
const CONSENT: &str = "Consent to application";
/// People whose consent makes an application the organisation's own choice.
const CONSENTERS: usize = 5;
/// People within the time that make it a job.
const PEOPLE: usize = 20;
const WITHIN: TimeDelta = TimeDelta::minutes(10);

/// Actor and operation, lower-cased → when and on whom.
type Seen = BTreeMap<(String, String), Vec<(DateTime<Utc>, String)>>;

/// Application id → when somebody consented to it, and who.
type Consents = BTreeMap<String, Vec<(DateTime<Utc>, String)>>;

/// What was seen of jobs.
#[derive(Debug, Default)]
pub struct Jobs {
    seen: Mutex<Seen>,
    consents: Mutex<Consents>,
}

impl Jobs {
    /// Whether records of this operation are noted.
    pub fn counts(action: &str) -> bool {
        let operations = OPERATIONS.iter().chain([&CONSENT]);
        operations.into_iter().any(|operation| operation.eq_ignore_ascii_case(action))
    }

    /// Notes a record by its narrow columns; called for every record of the case, in any order.
    pub fn note(&self, time: DateTime<Utc>, action: &str, parties: &str) {
        if !Self::counts(action) || scope::is_by_service(parties) {
            return;
        }
        let names = |mark: &'static str| parties.split('|').filter_map(move |entry| entry.strip_prefix(mark));
        let address = |mark| names(mark).filter(|name| name.contains('@')).min();
        let of_rule = || names("t:").find_map(mailbox::of_rule_name).filter(|_| is_about_rules(action));
        // A cmdlet may name its object by alias only.
        let target = of_rule().or_else(|| address("t:").or(names("t:").min()).map(str::to_owned));
        let (Some(actor), Some(target)) = (address("a:"), target) else { return };
        if actor.starts_with("sync_") {
            return;
        }
        if action.eq_ignore_ascii_case(CONSENT) {
            let mut consents = self.consents.lock().unwrap_or_else(PoisonError::into_inner);
            for app in names("t:").filter(|name| is_guid(name)) {
                consents.entry(app.to_owned()).or_default().push((time, actor.to_owned()));
            }
            return;
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.entry((actor.to_owned(), action.to_lowercase())).or_default().push((time, target));
    }

    /// Whether so many people consented to one of these applications before the time that it is in common use.
    pub fn is_common(&self, apps: &[String], before: DateTime<Utc>) -> bool {
        let consents = self.consents.lock().unwrap_or_else(PoisonError::into_inner);
        let people = |app: &String| -> usize {
            let all = consents.get(app).into_iter().flatten().filter(|(time, _)| *time < before);
            all.map(|(_, who)| who.as_str()).collect::<BTreeSet<_>>().len()
        };
        apps.iter().any(|app| people(app) >= CONSENTERS)
    }

    /// How many people the record's actor did the same to within ten minutes, where that makes it a job.
    pub fn size(&self, row: &Row<'_>) -> Option<usize> {
        let actor = row.event.user_raw.as_deref()?.to_lowercase();
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let all = seen.get(&(actor, row.event.action().to_lowercase()))?;
        let time = row.event.datetime;
        // Ten minutes on either side hold every stretch of ten minutes with the record in it.
        let near = all.iter().filter(|(other, _)| (*other - time).abs() <= WITHIN);
        let people: BTreeSet<&str> = near.map(|(_, target)| target.as_str()).collect();
        (people.len() >= PEOPLE).then_some(people.len())
    }
}

/// Whether an operation's object is a rule: it names the mailbox in front of the rule.
pub fn is_about_rules(action: &str) -> bool {
    let noun = action.split_once('-').map_or("", |(_, noun)| noun);
    noun.eq_ignore_ascii_case("InboxRule") || noun.eq_ignore_ascii_case("SweepRule")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::actor::ActorClass;
    use crate::analyze::identity::Parts;
    use crate::timeline::Event;

    fn size(people: usize) -> Option<usize> {
        let time = DateTime::<Utc>::default();
        let jobs = Jobs::default();
        for n in 0..people {
            jobs.note(time, "Update user", &format!("|a:admin@x.example|t:user{n}@x.example|"));
        }
        // What the service does for an administrator is its own.
        jobs.note(time, "Update user", r"|a:admin@x.example|a:nt authority\system (x)|t:more@x.example|");
        jobs.note(time + TimeDelta::hours(1), "Update user", "|a:admin@x.example|t:late@x.example|");
        let event = Event {
            action: Some("Update user".into()),
            user_raw: Some("Admin@x.example".into()),
            datetime: time,
            ..Event::default()
        };
        let row = Row {
            event: &event,
            class: ActorClass::Admin,
            parts: Parts::default(),
            in_window: true,
            twins: Vec::new(),
            place: crate::analyze::exam::OFF,
        };
        jobs.size(&row)
    }

    fn rules(object: impl Fn(usize) -> String) -> Option<usize> {
        let time = DateTime::<Utc>::default();
        let jobs = Jobs::default();
        for n in 0..25 {
            jobs.note(time, "New-InboxRule", &format!("|a:admin@x.example|{}", object(n)));
        }
        let event = Event {
            action: Some("New-InboxRule".into()),
            user_raw: Some("admin@x.example".into()),
            datetime: time,
            ..Event::default()
        };
        let class = ActorClass::Admin;
        let place = crate::analyze::exam::OFF;
        jobs.size(&Row { event: &event, class, parts: Parts::default(), in_window: true, twins: Vec::new(), place })
    }

    #[test]
    fn rules_are_a_job_by_their_mailboxes() {
        assert_eq!(rules(|n| format!(r"t:eur/x/user{n}\spam@tag|t:user{n}|t:spam@tag|")), Some(25));
        assert_eq!(rules(|n| format!(r"t:eur/x/user\from{n}@y.example|t:user|t:from{n}@y.example|")), None);
        assert_eq!(rules(|n| format!("t:user{n}@x.example|")), Some(25));
    }

    #[test]
    fn five_people_who_consented_before_make_an_application_common() {
        let app = "95106c0e-3519-450e-8e38-7f326d873454";
        let (jobs, time) = (Jobs::default(), DateTime::<Utc>::default());
        let consent = |who: &str, time| {
            jobs.note(time, CONSENT, &format!("|a:{who}@x.example|t:{app}|"));
        };
        (0..4).for_each(|n| consent(&format!("user{n}"), time));
        consent("user0", time);
        let common = |before| jobs.is_common(&[app.to_owned()], before);
        assert!(!common(time + TimeDelta::days(1)));
        consent("user4", time + TimeDelta::hours(1));
        assert!(common(time + TimeDelta::days(1)) && !common(time + TimeDelta::hours(1)));
    }

    #[test]
    fn twenty_people_within_ten_minutes_are_a_job() {
        assert_eq!(size(20), Some(20));
        assert_eq!(size(19), None);
    }
}
