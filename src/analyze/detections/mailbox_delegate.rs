//! Somebody was given access to the mailbox, or the account was given access to another: cmdlets and folder sharing.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use crate::analyze::draft::Draft;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::mail::mails;
use crate::analyze::people::actor::ActorClass;
use crate::analyze::people::hand::{self, Hand};
use crate::analyze::settings::list_changes::ListChange;
use crate::analyze::settings::mailbox::{self, Mailbox};
use crate::analyze::shown::coverage::GateId;
use crate::analyze::{Check, Meta, acts};
use crate::finding::{Finding, Severity, Weight};
use crate::knowledge::folders::{self, FolderRole};
use crate::timeline::{details, json};

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

/// What stands for a value that the export lost.
const LOST: &str = "(lost in the export)";

/// One grant.
#[derive(Debug, Clone)]
struct Grant<'a, 'e> {
    row: &'a Row<'e>,
    mailbox: Mailbox,
    trustee: String,
    rights: String,
    folder: String,
}

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let grants = exam.acts().filter_map(|row| grant(exam, row)).filter(|grant| !is_routine(grant));
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
/// attacker uses as well is another matter, and so is everybody.
fn standing(exam: &Exam<'_>, row: &Row<'_>, recorded: &BTreeSet<String>) -> Option<Finding> {
    const WAYS: [(&str, &str); 3] =
        [("FullAccessUsers", "FullAccess"), ("SendAsUsers", "SendAs"), ("SendOnBehalfUsers", "SendOnBehalf")];
    if !row.parts.mailbox || !row.event.is(&["MailboxPermission"]) {
        return None;
    }
    let mut rights: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (column, right) in WAYS {
        for trustee in row.param(column).unwrap_or_default().split([',', ';']).map(str::trim) {
            if !is_nobody(trustee) && !recorded.contains(&trustee.to_lowercase()) {
                rights.entry(trustee.to_owned()).or_default().push(right);
            }
        }
    }
    if rights.is_empty() {
        return None;
    }
    let strange = rights.keys().any(|trustee| exam.is_taken_over(trustee) || is_everybody(trustee));
    let whose = row.event.mailbox_upn.as_deref().unwrap_or(&exam.subject.user);
    let trustees = rights.keys().cloned().collect::<Vec<_>>().join(", ");
    let told: Vec<String> = rights.iter().map(|(trustee, rights)| format!("{trustee} {}", rights.join(" "))).collect();
    let draft = Draft::of_state(&CHECK.meta, exam, row)
        .headline(
            format!("{trustees} may use the mailbox {whose}; who gave that and when is not recorded"),
            format!("{trustees} にメールボックス {whose} へのアクセス許可がある（付与者と日時の記録なし）"),
        )
        .detail("mailbox", whose)
        .detail("given to", trustees)
        .detail("rights", told.join("; "))
        .weight(if strange { Weight::Weak } else { Weight::Explained });
    Some(draft.done())
}

fn grant<'a, 'e>(exam: &Exam<'_>, row: &'a Row<'e>) -> Option<Grant<'a, 'e>> {
    let event = row.event;
    // What the export lost was there.
    let text = |name: &str| match details::is_lost(event, name) {
        true => LOST.to_owned(),
        false => row.param(name).unwrap_or_default(),
    };
    let cmdlet = |trustee: String, rights: String, folder: String| {
        let mut mailbox = mailbox::of_cmdlet(exam, row);
        if let Some((head, _)) = folder.split_once(':') {
            mailbox =
                Mailbox { name: mailbox::last(head).to_owned(), ours: mailbox::is_ours(exam, head) || mailbox.ours };
        }
        Some(Grant { row, mailbox, trustee, rights, folder })
    };
    match () {
        () if event.is(&["Add-MailboxPermission"]) => {
            let denied = json::boolean(&text("Deny")) == Some(true);
            (!denied).then(|| cmdlet(text("User"), text("AccessRights"), String::new())).flatten()
        }
        () if event.is(&["Add-RecipientPermission"]) => cmdlet(text("Trustee"), text("AccessRights"), String::new()),
        () if event.is(&["Set-Mailbox"]) => {
            // Whom the list takes out is given nothing.
            let value = text("GrantSendOnBehalfTo");
            let change = ListChange::of(&value);
            let trustee = if value.trim_start().starts_with("@{") { change.added.join("; ") } else { value };
            cmdlet(trustee, "SendOnBehalf".to_owned(), String::new())
        }
        () if event.is(&["Add-MailboxFolderPermission", "Set-MailboxFolderPermission"]) => {
            cmdlet(text("User"), text("AccessRights"), row.param("Identity").unwrap_or_default())
        }
        () if event.is(&[
            "UpdateFolderPermissions",
            "AddFolderPermissions",
            "ModifyFolderPermissions",
            "UpdateCalendarDelegation",
        ]) =>
        {
            in_store(row)
        }
        () => None,
    }
}

/// The member, the rights and the folder stand in the item's folder, or in the record's own folder.
fn in_store<'a, 'e>(row: &'a Row<'e>) -> Option<Grant<'a, 'e>> {
    let object = details::object(row.event);
    let item = json::get(&object, "Item").and_then(|item| json::get(item, "ParentFolder").or(Some(item)));
    let places = [item, json::get(&object, "Folder"), json::get(&object, "ExchangeFolder"), Some(&object)];
    let find = |key: &str| places.iter().flatten().find_map(|place| json::text(place, key)).or_else(|| row.param(key));
    let trustee = find("MemberUpn").or_else(|| find("MemberSid")).or_else(|| find("Delegate")).unwrap_or_default();
    let rights = find("MemberRights").or_else(|| find("AccessRights"));
    let delegation = row.event.is(&["UpdateCalendarDelegation"]);
    let rights = rights.or_else(|| delegation.then(|| "calendar delegation".to_owned()))?;
    let trustee = if trustee.is_empty() && delegation { "(not recorded)".to_owned() } else { trustee };
    let folder = find("Path").or_else(|| find("Name")).unwrap_or_default();
    Some(Grant { row, mailbox: mailbox::of_item(row), trustee, rights, folder })
}

/// Grants that open nothing or that the service makes for itself.
fn is_routine(grant: &Grant<'_, '_>) -> bool {
    let trustee = grant.trustee.trim().to_lowercase();
    let rights = grant.rights.trim().trim_matches(['{', '}']).trim().to_lowercase();
    let none = matches!(rights.as_str(), "" | "none" | "0");
    is_nobody(&trustee) || none || grant.mailbox.name.to_lowercase().starts_with("discoverysearchmailbox")
}

/// Nobody, the owner, or one of the service's own accounts.
fn is_nobody(trustee: &str) -> bool {
    const SERVICE: [&str; 6] =
        ["nt authority\\", "nt service\\", "s-1-5-10", "s-1-5-18", "nt-autorität\\", "autorite nt\\"];
    let trustee = trustee.trim().to_lowercase();
    trustee.is_empty()
        || SERVICE.iter().any(|name| trustee.starts_with(name))
        || trustee == "self"
        || trustee.ends_with("@local")
}

/// Everybody, inside the organisation or outside.
fn is_everybody(trustee: &str) -> bool {
    let name = trustee.trim().to_lowercase();
    matches!(name.as_str(), "default" | "anonymous" | "everyone" | "s-1-1-0" | "s-1-5-7" | "既定" | "匿名")
}

/// Only when the owner is busy, which every calendar shows everybody.
fn is_free_busy(rights: &str) -> bool {
    let mut words = rights.split([',', ' ', '{', '}']).filter(|word| !word.is_empty()).peekable();
    let busy = |word: &str| {
        let word = word.to_lowercase();
        word.starts_with("freebusy")
            || matches!(word.as_str(), "availabilityonly" | "limiteddetails" | "foldervisible" | "none")
    };
    words.peek().is_some() && words.all(busy)
}

fn weigh(exam: &Exam<'_>, grant: &Grant<'_, '_>) -> Option<Weight> {
    let hand = hand::hand(exam, grant.row);
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
        Hand::Other | Hand::Unknown => Weight::Weak,
    })
}

/// Whether an administrator gave one person the same in many mailboxes at once, as for a migration, or opened every
/// calendar. Other folders are nobody's to open for everybody.
fn is_rolled_out(exam: &Exam<'_>, grant: &Grant<'_, '_>) -> bool {
    let calendar = folders::role(&grant.folder) == Some(FolderRole::Calendar);
    acts::is_rolled_out(exam, grant.row, &grant.trustee) && (calendar || !is_everybody(&grant.trustee))
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
            format!("{trustee} にメールボックス {mailbox} へのアクセス許可（{rights}）が付与されました")
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
    use super::{is_everybody, is_free_busy};

    #[test]
    fn free_and_busy_times_are_no_access() {
        assert!(
            is_free_busy("FreeBusySimple")
                && is_free_busy("AvailabilityOnly")
                && is_free_busy("FreeBusySimple, FolderVisible")
        );
        assert!(!is_free_busy("Reviewer") && !is_free_busy("ReadAny, FolderVisible") && !is_free_busy(""));
    }

    #[test]
    fn everybody() {
        assert!(is_everybody("Default") && is_everybody("Everyone") && is_everybody("S-1-1-0"));
        assert!(!is_everybody("eli.novak@fabrikam.example"));
    }
}
