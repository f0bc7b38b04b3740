//! How bad a symptom is depends on whose account it is: one level worse where the account has administrative roles, or
//! where others were hit by the same.

use chrono::{DateTime, Utc};

use crate::analyze::exam::{Exam, Row};
use crate::analyze::people::actor::ActorClass;
use crate::analyze::settings::{mailbox, roles};
use crate::finding::{Assessment, Verdict, Weight};
use crate::knowledge::operations;
use crate::untrusted::Untrusted;

/// The detail that tells why.
const RAISED: &str = "more severe because";
/// What the audit log calls an administrator (`UserType`; Microsoft, Management Activity API schema).
const ADMINISTRATOR: i64 = 2;
/// The record type of Exchange's cmdlets.
const EXCHANGE_ADMIN: i64 = 1;

/// Raises what is not explained.
pub fn symptoms(exam: &Exam<'_>, symptoms: &mut [Assessment], detections: &[Assessment]) {
    let others =
        detections.iter().any(|one| one.id == "campaign" && matches!(one.verdict, Verdict::Strong | Verdict::Weak));
    let standing = Standing::of(exam);
    let findings = symptoms.iter_mut().flat_map(|assessment| &mut assessment.findings);
    for finding in findings.filter(|finding| finding.verdict != Weight::Explained) {
        let why = standing.at(finding.time).or_else(|| others.then(|| "others were hit by the same".to_owned()));
        if let Some(why) = why {
            finding.severity = finding.severity.raised();
            finding.facts.insert(RAISED.to_owned(), Untrusted::new(why));
        }
    }
}

/// What the records tell of the account's administrative roles.
struct Standing {
    /// When it was given a role (true) or a role was taken from it, and which; in the order of time.
    changes: Vec<(DateTime<Utc>, bool, String)>,
    /// When it first acted as what the audit log calls an administrator.
    acts: Option<DateTime<Utc>>,
}

impl Standing {
    fn of(exam: &Exam<'_>) -> Self {
        let about = |row: &&Row<'_>| row.parts.target && roles::is_change(row.event) || roles::leaves_out(exam, row);
        let about = exam.settings().filter(|row| !row.failed()).filter(about);
        let given = |row: &Row<'_>| row.parts.target && roles::is_given(row.event);
        let changes = about.map(|row| (row.event.datetime, given(row), roles::name(row))).collect();
        let acts = |row: &&Row<'_>| row.class == ActorClass::Own && is_an_administrators(exam, row);
        Self { changes, acts: exam.rows.iter().find(acts).map(|row| row.event.datetime) }
    }

    /// Why the account counts as an administrator's at this time.
    fn at(&self, time: DateTime<Utc>) -> Option<String> {
        let mut held: Vec<&str> = Vec::new();
        for (_, given, role) in self.changes.iter().take_while(|(changed, ..)| *changed <= time) {
            held.retain(|known| known != role);
            if *given {
                held.push(role);
            }
        }
        let acts =
            || self.acts.filter(|first| *first <= time).map(|_| "the account acts as an administrator".to_owned());
        held.first().map(|role| format!("the account holds the role {role}")).or_else(acts)
    }
}

/// Whether the record says that an administrator did it. Of a cmdlet that every owner may run it says nothing, unless it
/// works on somebody else's mailbox.
fn is_an_administrators(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    let event = row.event;
    let of_another =
        |name: &String| exam.subject.is_anothers(&mailbox::last(name).trim().to_lowercase(), exam.identities);
    event.actor_type == Some(ADMINISTRATOR)
        && (event.record_type != Some(EXCHANGE_ADMIN)
            || !operations::is_owners_cmdlet(event.action())
            || mailbox::named_by(event).iter().any(of_another))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_an_administrators_while_it_holds_a_role() {
        let day = |day: i64| DateTime::from_timestamp(day * 86_400, 0).unwrap_or_default();
        let change = |on: i64, given, role: &str| (day(on), given, role.to_owned());
        let changes = vec![change(2, true, "A"), change(3, true, "B"), change(4, false, "A"), change(6, false, "B")];
        let standing = Standing { changes, acts: Some(day(8)) };
        let at = |on| standing.at(day(on)).unwrap_or_default();
        assert_eq!(at(1), "");
        assert_eq!(at(3), "the account holds the role A");
        assert_eq!(at(5), "the account holds the role B");
        assert_eq!(at(7), "");
        assert_eq!(at(9), "the account acts as an administrator");
    }
}
