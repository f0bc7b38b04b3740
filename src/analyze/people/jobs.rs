//! Jobs: one actor doing the same to many people within minutes. Counted over the whole tenant while a case is read,
//! from a few columns alone, because the table holds the subject's own records only.

mod what;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use crate::analyze::exam::Row;
use crate::analyze::scope;
use crate::analyze::settings::mailbox;
use crate::knowledge::names::is_guid;
use crate::timeline::query::Noted;

/// Operations that are done in bulk.
const OPERATIONS: [&str; 15] = [
    "Update user",
    "Set-User",
    "Set-Mailbox",
    "Set-MailboxMessageConfiguration",
    "Set-MailboxRegionalConfiguration",
    "Reset user password",
    "Update PasswordProfile",
    "New-InboxRule",
    "Set-InboxRule",
    "New-SweepRule",
    "Set-SweepRule",
    "Add-MailboxPermission",
    "Add-RecipientPermission",
    "Add-MailboxFolderPermission",
    "Set-MailboxFolderPermission",
];
/// The directory's record of a consent: whom it names besides people is the application.
const CONSENT: &str = "Consent to application";
/// People whose consent makes an application the organisation's own choice.
const CONSENTERS: usize = 5;
/// People within the time that make it a job.
const PEOPLE: usize = 20;
const WITHIN: TimeDelta = TimeDelta::minutes(10);

/// Actor and operation, lower-cased → what was done, in any order.
type Seen = BTreeMap<(String, String), Vec<Done>>;

/// Actor and operation, lower-cased → how much was done at once.
type Counted = BTreeMap<(String, String), Work>;

/// Application id → when somebody consented to it, and who.
type Consents = BTreeMap<String, Vec<(DateTime<Utc>, String)>>;

/// One record of a job, perhaps.
#[derive(Debug)]
struct Done {
    time: DateTime<Utc>,
    whom: String,
    /// The marks of what was changed; many records share them.
    what: Arc<[String]>,
}

/// What was seen of jobs.
#[derive(Debug, Default)]
pub struct Jobs {
    noted: Mutex<(Seen, BTreeSet<Arc<[String]>>)>,
    /// The same counted, from the first question on.
    counted: OnceLock<Counted>,
    consents: Mutex<Consents>,
}

impl Jobs {
    /// Whether records of this operation are noted.
    pub fn counts(action: &str) -> bool {
        let operations = OPERATIONS.iter().chain([&CONSENT]);
        operations.into_iter().any(|operation| operation.eq_ignore_ascii_case(action))
    }

    /// Notes a record by a few of its columns; called for every record of the case, in any order, before anything is
    /// asked.
    pub fn note(&self, record: &Noted<'_>) {
        let Noted { datetime: time, action, parties, params, changes } = *record;
        if !Self::counts(action) || scope::is_by_service(parties) {
            return;
        }
        let names = |mark: &'static str| parties.split('|').filter_map(move |entry| entry.strip_prefix(mark));
        let address = |mark| names(mark).filter(|name| name.contains('@')).min();
        let (rule, cmdlet) = (is_about_rules(action), action.contains('-'));
        let object = || match (rule, cmdlet) {
            (true, _) => names("t:").find_map(mailbox::of_rule_name),
            (false, true) => what::whom(params),
            _ => None,
        };
        // A cmdlet may name its object by alias only.
        let target = object().or_else(|| address("t:").or(names("t:").min()).map(str::to_owned));
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
        let marks = what::changed(action, params, changes);
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        let (seen, whats) = &mut *noted;
        let what = whats.get(&*marks).cloned().unwrap_or_else(|| {
            let what: Arc<[String]> = marks.into();
            whats.insert(Arc::clone(&what));
            what
        });
        seen.entry((actor.to_owned(), action.to_lowercase())).or_default().push(Done { time, whom: target, what });
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

    /// How many people the record's actor did the same to within ten minutes, where that makes it a job: each property
    /// that the record changes was changed for so many.
    pub fn size(&self, row: &Row<'_>) -> Option<usize> {
        let event = row.event;
        let (action, time) = (event.action().to_lowercase(), event.datetime);
        let work = self.counted().get(&(event.user_raw.as_deref()?.to_lowercase(), action.clone()))?;
        if most_people(&work.all, time) < PEOPLE {
            return None;
        }
        let (params, changes) = (event.op_params.as_deref(), event.changes.as_deref());
        let marks = what::changed(&action, params.unwrap_or_default(), changes.unwrap_or_default());
        let with = |mark: &String| work.by_mark.get(mark).map_or(0, |stretches| most_people(stretches, time));
        let people = marks.iter().map(with).min().unwrap_or_else(|| most_people(&work.all, time));
        (people >= PEOPLE).then_some(people)
    }

    fn counted(&self) -> &Counted {
        self.counted.get_or_init(|| {
            let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
            let many = std::mem::take(&mut noted.0).into_iter().filter(|(_, done)| done.len() >= PEOPLE);
            many.map(|(who, done)| (who, Work::of(done))).collect()
        })
    }
}

/// What one actor did by one operation.
#[derive(Debug)]
struct Work {
    all: Vec<Stretch>,
    /// The same of what changed this one thing.
    by_mark: BTreeMap<String, Vec<Stretch>>,
}

impl Work {
    fn of(mut done: Vec<Done>) -> Self {
        done.sort_by_key(|done| done.time);
        let mut by_mark: BTreeMap<&String, Vec<&Done>> = BTreeMap::new();
        for one in &done {
            for mark in one.what.iter() {
                by_mark.entry(mark).or_default().push(one);
            }
        }
        let by_mark = by_mark.into_iter().map(|(mark, done)| (mark.clone(), stretches(done))).collect();
        Self { by_mark, all: stretches(done.iter().collect()) }
    }
}

/// At most ten minutes of work, from its first record to its last, and to how many people it was done.
#[derive(Debug)]
struct Stretch {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    people: usize,
}

/// The longest stretch that ends with each record; the records come in the order of time, and so do the stretches.
fn stretches<'d>(done: Vec<&'d Done>) -> Vec<Stretch> {
    let mut people: BTreeMap<&'d str, usize> = BTreeMap::new();
    let mut first = 0;
    let up_to = |last: &&'d Done| {
        *people.entry(last.whom.as_str()).or_default() += 1;
        while let Some(early) = done.get(first).filter(|early| last.time - early.time > WITHIN) {
            match people.get_mut(early.whom.as_str()) {
                Some(times) if *times > 1 => *times -= 1,
                _ => drop(people.remove(early.whom.as_str())),
            }
            first += 1;
        }
        let from = done.get(first).map_or(last.time, |early| early.time);
        Stretch { from, to: last.time, people: people.len() }
    };
    done.iter().map(up_to).collect()
}

/// The most people in any stretch that holds this time.
fn most_people(stretches: &[Stretch], time: DateTime<Utc>) -> usize {
    let first = stretches.partition_point(|stretch| stretch.to < time);
    let holding = stretches.iter().skip(first).take_while(|stretch| stretch.from <= time);
    holding.map(|stretch| stretch.people).max().unwrap_or_default()
}

/// Whether an operation's object is a rule: it names the mailbox in front of the rule.
pub fn is_about_rules(action: &str) -> bool {
    let noun = action.split_once('-').map_or("", |(_, noun)| noun);
    noun.eq_ignore_ascii_case("InboxRule") || noun.eq_ignore_ascii_case("SweepRule")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::people::actor::ActorClass;
    use crate::analyze::people::identity::Parts;
    use crate::timeline::Event;

    const START: DateTime<Utc> = DateTime::<Utc>::UNIX_EPOCH;

    fn asked(jobs: &Jobs, action: &str, seconds: i64, params: &str, changes: &str) -> Option<usize> {
        let event = Event {
            action: Some(action.into()),
            user_raw: Some("Admin@x.example".into()),
            datetime: START + TimeDelta::seconds(seconds),
            op_params: Some(params.into()),
            changes: Some(changes.into()),
            ..Event::default()
        };
        let (class, place) = (ActorClass::Admin, crate::analyze::exam::OFF);
        jobs.size(&Row { event: &event, class, parts: Parts::default(), in_window: true, twins: Vec::new(), place })
    }

    fn note(jobs: &Jobs, action: &str, seconds: i64, parties: &str, (params, changes): (&str, &str)) {
        let datetime = START + TimeDelta::seconds(seconds);
        jobs.note(&Noted { datetime, action, parties, params, changes });
    }

    fn size(people: usize) -> Option<usize> {
        let jobs = Jobs::default();
        for n in 0..people {
            note(&jobs, "Update user", 0, &format!("|a:admin@x.example|t:user{n}@x.example|"), ("", ""));
        }
        // What the service does for an administrator is its own.
        note(&jobs, "Update user", 0, r"|a:admin@x.example|a:nt authority\system (x)|t:more@x.example|", ("", ""));
        note(&jobs, "Update user", 3600, "|a:admin@x.example|t:late@x.example|", ("", ""));
        asked(&jobs, "Update user", 0, "", "")
    }

    fn rules(object: impl Fn(usize) -> String) -> Option<usize> {
        let jobs = Jobs::default();
        for n in 0..25 {
            note(&jobs, "New-InboxRule", 0, &format!("|a:admin@x.example|{}", object(n)), ("", ""));
        }
        asked(&jobs, "New-InboxRule", 0, "", "")
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
        let jobs = Jobs::default();
        let consent = |who: &str, seconds| {
            note(&jobs, CONSENT, seconds, &format!("|a:{who}@x.example|t:{app}|"), ("", ""));
        };
        (0..4).for_each(|n| consent(&format!("user{n}"), 0));
        consent("user0", 0);
        let common = |before| jobs.is_common(&[app.to_owned()], before);
        assert!(!common(START + TimeDelta::days(1)));
        consent("user4", 3600);
        assert!(common(START + TimeDelta::days(1)) && !common(START + TimeDelta::hours(1)));
    }

    #[test]
    fn twenty_people_within_ten_minutes_are_a_job() {
        assert_eq!(size(20), Some(20));
        assert_eq!(size(19), None);
    }

    /// Twenty-two people, so many seconds one after the other.
    fn one_after_the_other(seconds: i64, asked_at: i64) -> Option<usize> {
        let jobs = Jobs::default();
        for n in (0..22).rev() {
            note(&jobs, "Set-User", n * seconds, &format!("|a:admin@x.example|t:user{n}@x.example|"), ("", ""));
        }
        asked(&jobs, "Set-User", asked_at, "", "")
    }

    #[test]
    fn ten_minutes_are_ten_minutes_wherever_in_them_the_record_lies() {
        // Twenty-one steps of 28 seconds are less than ten minutes, of 51 nearly eighteen.
        assert_eq!([0, 11 * 28, 21 * 28].map(|at| one_after_the_other(28, at)), [Some(22); 3]);
        assert_eq!([0, 11 * 51, 21 * 51].map(|at| one_after_the_other(51, at)), [None; 3]);
        // Twenty steps of 30 seconds are ten minutes: the twenty-second is outside of those with the first.
        assert_eq!(one_after_the_other(30, 0), Some(21));
    }

    #[test]
    fn a_job_on_another_property_explains_nothing() {
        let jobs = Jobs::default();
        let department = r#"[{"name":"Department","old":"[\"Sales\"]","new":"[\"Sales North\"]"}]"#;
        let both = r#"[{"name":"Department","old":"1","new":"2"},{"name":"Mobile","old":"1","new":"2"}]"#;
        let name = r#"[{"name":"DisplayName","old":"[\"Dana Weiss\"]","new":"[\"IT Helpdesk\"]"}]"#;
        for n in 0..25 {
            note(&jobs, "Update user", n, &format!("|a:admin@x.example|t:user{n}@x.example|"), ("", department));
        }
        note(&jobs, "Update user", 9, "|a:admin@x.example|t:dana@x.example|", ("", name));
        note(&jobs, "Update user", 9, "|a:admin@x.example|t:eli@x.example|", ("", both));
        assert_eq!(asked(&jobs, "Update user", 9, "", department), Some(26));
        assert_eq!(asked(&jobs, "Update user", 9, "", name), None);
        assert_eq!(asked(&jobs, "Update user", 9, "", both), None);
    }

    #[test]
    fn one_who_is_let_into_many_mailboxes_is_a_job_and_the_other_is_not() {
        let jobs = Jobs::default();
        let grant = |mailbox: &str, who: &str| {
            format!(r#"[{{"name":"Identity","value":"{mailbox}"}},{{"name":"User","value":"{who}"}}]"#)
        };
        // Whom the parties name first is whom all are given to.
        let parties = |n| format!("|a:admin@x.example|t:a.migration@x.example|t:user{n}@x.example|");
        for n in 0..30 {
            let params = grant(&format!("user{n}"), "a.migration@x.example");
            note(&jobs, "Add-MailboxPermission", n, &parties(n), (&params, ""));
        }
        let other = grant("user7", "temp.assist@x.example");
        note(&jobs, "Add-MailboxPermission", 7, "|a:admin@x.example|t:user7@x.example|", (&other, ""));
        let size = |params: &str| asked(&jobs, "Add-MailboxPermission", 7, params, "");
        assert_eq!(size(&grant("user7", "A.Migration@x.example")), Some(30));
        assert_eq!(size(&other), None);
    }
}
