//! Somebody was given access to the mailbox, or the account was given access to another: cmdlets and folder sharing.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use crate::analyze::draft::Draft;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::mail::mails;
use crate::analyze::people::actor::ActorClass;
use crate::analyze::people::hand::{self, Hand};
use crate::analyze::settings::granted::{Grant, LOST, is_free_busy, is_nobody};
use crate::analyze::settings::mailbox;
use crate::analyze::shown::coverage::GateId;
use crate::analyze::{Check, Meta, acts};
use crate::finding::{Finding, Severity, Weight};
use crate::knowledge::folders::{self, FolderRole};
use crate::knowledge::listed;
use crate::timeline::details;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "mailbox-delegate",
        title: "Access to a mailbox was granted",
        gates: &[&[GateId::G1], &[GateId::G2], &[GateId::G3], &[GateId::G4], &[GateId::G5], &[GateId::G14]],
        adds: &[GateId::G7],
        never_not_seen: None,
        severity: Severity::High,
        attack: &["T1098.002"],
        page: include_str!("../../../docs/symptoms/mailbox-delegate.md"),
    },
    examine,
};

/// Grants by one actor to one person in one mailbox within this time are one happening: one for each folder.
const ONE_GO: TimeDelta = TimeDelta::minutes(10);

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let grants = exam.acts().filter_map(|row| Grant::of(exam, row)).filter(|grant| !grant.is_routine());
    let mut groups: Vec<(Weight, Vec<Grant<'_, '_>>)> = Vec::new();
    let mut open: BTreeMap<(String, String, String), usize> = BTreeMap::new();
    for grant in grants {
        let Some(weight) = weigh(exam, &grant) else { continue };
        let actor = grant.row.event.user_raw.as_deref().unwrap_or_default().to_lowercase();
        let key = (actor, grant.mailbox.name.to_lowercase(), grant.trustee.to_lowercase());
        let near = |last: &Grant<'_, '_>| grant.row.event.datetime - last.row.event.datetime <= ONE_GO;
        let same =
            open.get(&key).copied().filter(|at| groups.get(*at).and_then(|(_, group)| group.last()).is_some_and(near));
        match same.and_then(|at| groups.get_mut(at)) {
            Some((heaviest, group)) => {
                *heaviest = weight.max(*heaviest);
                group.push(grant);
            }
            None => {
                open.insert(key, groups.len());
                groups.push((weight, vec![grant]));
            }
        }
    }
    let told = groups.iter().filter_map(|(weight, group)| finding(exam, *weight, group));
    let recorded: BTreeSet<String> =
        groups.iter().flat_map(|(_, group)| group).map(|grant| grant.trustee.to_lowercase()).collect();
    let standing = exam.states.iter().filter_map(|row| standing(exam, row, &recorded));
    told.chain(standing).collect()
}

/// Who may open the account's mailbox or send in its name, says a snapshot: people let their assistants do that. Whom the
/// attacker uses as well is another matter, and so are everybody and who is not of the organisation.
fn standing(exam: &Exam<'_>, row: &Row<'_>, recorded: &BTreeSet<String>) -> Option<Finding> {
    if !row.parts.mailbox || !row.event.is(&["MailboxPermission"]) {
        return None;
    }
    let mut rights: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let (mut strange, mut outsiders) = (false, BTreeSet::new());
    for (trustee, right) in standing_rights(row) {
        let who = listed::who(&trustee).to_owned();
        if is_nobody(&who) || recorded.contains(&who.to_lowercase()) {
            continue;
        }
        strange |= exam.is_taken_over(&who) || is_everybody(&who);
        if !exam.is_internal(&who) {
            outsiders.insert(trustee.clone());
        }
        rights.entry(trustee).or_default().push(right);
    }
    if rights.is_empty() {
        return None;
    }
    let whose = row.event.mailbox_upn.as_deref().unwrap_or(&exam.subject.user);
    let trustees = rights.keys().cloned().collect::<Vec<_>>().join("; ");
    let told: Vec<String> = rights.iter().map(|(trustee, rights)| format!("{trustee} {}", rights.join(" "))).collect();
    let draft = Draft::of_state(&CHECK.meta, exam, row)
        .headline(
            format!("{trustees} may use the mailbox {whose}; who gave that and when is not recorded"),
            format!("{trustees} にメールボックス {whose} へのアクセス許可がある（付与者と日時の記録なし）"),
        )
        .detail("mailbox", whose)
        .detail("given to", trustees)
        .detail("rights", told.join("; "))
        .detail("outside the organisation", outsiders.iter().cloned().collect::<Vec<_>>().join("; "))
        .weight(if strange || !outsiders.is_empty() { Weight::Weak } else { Weight::Explained });
    Some(draft.done())
}

/// Whom a list of permissions lets into the mailbox, and as what: a collector has a row for a mailbox, the cmdlets have one
/// for a person (`Get-MailboxPermission`, `Get-RecipientPermission`), of which inherited rights are the service's own.
fn standing_rights(row: &Row<'_>) -> Vec<(String, String)> {
    const WAYS: [(&str, &str); 3] =
        [("FullAccessUsers", "FullAccess"), ("SendAsUsers", "SendAs"), ("SendOnBehalfUsers", "SendOnBehalf")];
    let of_way = |(column, right): (&str, &str)| {
        let cell = row.param(column).unwrap_or_default();
        listed::entries(&cell).into_iter().map(|entry| (entry.to_owned(), right.to_owned())).collect::<Vec<_>>()
    };
    let mut all: Vec<(String, String)> = WAYS.into_iter().flat_map(of_way).collect();
    let yes = |column: &str| row.param(column).is_some_and(|value| value.trim().eq_ignore_ascii_case("true"));
    let denied = yes("Deny") || row.param("AccessControlType").is_some_and(|kind| kind.eq_ignore_ascii_case("Deny"));
    if denied || yes("IsInherited") {
        return all;
    }
    let lost = details::is_lost(row.event, "AccessRights");
    let given = row.param("AccessRights").unwrap_or_default().to_lowercase();
    for (column, right) in [("User", "FullAccess"), ("Trustee", "SendAs")] {
        let Some(trustee) = row.param(column).filter(|trustee| !trustee.is_empty()) else { continue };
        if given.contains(&right.to_lowercase()) {
            all.push((trustee, right.to_owned()));
        } else if lost {
            all.push((trustee, LOST.to_owned()));
        }
    }
    all
}

/// Everybody, inside the organisation or outside.
fn is_everybody(trustee: &str) -> bool {
    let name = trustee.trim().to_lowercase();
    matches!(name.as_str(), "default" | "anonymous" | "everyone" | "s-1-1-0" | "s-1-5-7" | "既定" | "匿名")
}

fn weigh(exam: &Exam<'_>, grant: &Grant<'_, '_>) -> Option<Weight> {
    let hand = match hand::hand(exam, grant.row) {
        // From an address that the investigator named, or one of the attacker's: more than an unusual place.
        Hand::Unusual if mails::is_attackers(exam, grant.row) && !exam.weigh(grant.row).is_journey() => Hand::Attacker,
        hand => hand,
    };
    let trustee_is_ours = mailbox::is_ours(exam, &grant.trustee);
    // The account opening somebody else's mailbox to a third person: an administrator's work, unless nothing says so.
    if !grant.mailbox.ours && !trustee_is_ours {
        let own = grant.row.class == ActorClass::Own && !is_free_busy(&grant.rights);
        return match hand {
            Hand::Attacker if own => Some(Weight::Strong),
            Hand::Unusual | Hand::Unknown if own && !mails::did_before(exam, grant.row) => Some(Weight::Weak),
            _ => None,
        };
    }
    Some(match hand {
        Hand::Attacker => Weight::Strong,
        Hand::Unusual => Weight::Weak,
        _ if is_free_busy(&grant.rights) => return None,
        Hand::Usual => Weight::Explained,
        _ if is_rolled_out(exam, grant) => Weight::Explained,
        // An administrator lets the account into a shared mailbox: routine. Into the account's own: worth asking.
        Hand::Other if !grant.mailbox.ours => Weight::Explained,
        // A calendar shows no mail, and help desks open it to one colleague or another.
        Hand::Other if is_calendar(grant) && !is_everybody(&grant.trustee) => Weight::Explained,
        Hand::Other | Hand::Unknown => Weight::Weak,
    })
}

/// Whether an administrator gave one person the same in many mailboxes at once, as for a migration, or opened every
/// calendar. Other folders are nobody's to open for everybody.
fn is_rolled_out(exam: &Exam<'_>, grant: &Grant<'_, '_>) -> bool {
    acts::is_rolled_out(exam, grant.row, &grant.trustee) && (is_calendar(grant) || !is_everybody(&grant.trustee))
}

fn is_calendar(grant: &Grant<'_, '_>) -> bool {
    folders::role(&grant.folder) == Some(FolderRole::Calendar)
}

fn finding(exam: &Exam<'_>, weight: Weight, grants: &[Grant<'_, '_>]) -> Option<Finding> {
    let first = grants.first()?;
    let list = |of: for<'g> fn(&'g Grant<'_, '_>) -> &'g String| {
        let mut values: Vec<&str> =
            grants.iter().map(|grant| of(grant).as_str()).filter(|value| !value.is_empty()).collect();
        values.sort_unstable();
        values.dedup();
        values.join(", ")
    };
    let rights = list(|grant| &grant.rights);
    let (mailbox, trustee) = (&first.mailbox.name, &first.trustee);
    let mut draft = Draft::new(&CHECK.meta, exam, first.row)
        .headline(
            format!("{trustee} was given access ({rights}) to the mailbox {mailbox}"),
            format!("{trustee} にメールボックス {mailbox} へのアクセス許可（{rights}）が付与された")
                .replace(LOST, "(エクスポートで失われた値)"),
        )
        .detail("mailbox", mailbox.clone())
        .detail("given to", trustee.clone())
        .detail("rights", rights)
        .detail("folders", list(|grant| &grant.folder))
        .target(mailbox.clone())
        .weight(weight);
    if weight == Weight::Explained
        && let Some(people) = grants.iter().find_map(|grant| exam.job(grant.row))
    {
        draft = draft.detail("done to people at once", people.to_string());
    }
    if is_everybody(trustee) {
        draft = draft.detail("reach", "everybody, not one person");
    }
    Some(draft.also(grants.iter().map(|grant| grant.row)).done())
}

#[cfg(test)]
mod tests {
    use super::is_everybody;

    #[test]
    fn everybody() {
        assert!(is_everybody("Default") && is_everybody("Everyone") && is_everybody("S-1-1-0"));
        assert!(!is_everybody("eli.novak@fabrikam.example"));
    }
}
