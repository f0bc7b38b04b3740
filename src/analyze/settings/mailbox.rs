//! Whose mailbox a record changes: its owner columns, its parameters and its object name say it in many ways.

use crate::analyze::exam::{Exam, Row};
use crate::analyze::people::hand::{self, Hand};
use crate::examination::IdentityKind;
use crate::knowledge::names::{alias_of_dn, common_name, has_the_same_words, has_words, is_guid};
use crate::knowledge::{domains, folders};
use crate::timeline::{Event, EvidenceSource, details, json};

/// A mailbox that a record changes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mailbox {
    /// As the record names it, without the path.
    pub name: String,
    /// Whether it is the mailbox of the account that is asked about.
    pub ours: bool,
}

/// The mailbox of a mailbox-audit record.
pub fn of_item(row: &Row<'_>) -> Mailbox {
    let event = row.event;
    let name = event.mailbox_upn.as_deref().or(event.mailbox_guid.as_deref()).or(event.user_raw.as_deref());
    // Without any owner column the actor worked in the own mailbox.
    let bare = event.mailbox_upn.is_none() && event.mailbox_guid.is_none() && event.mailbox_sid.is_none();
    Mailbox { name: name.unwrap_or_default().to_owned(), ours: row.parts.mailbox || bare && row.parts.actor }
}

/// The mailbox of a cmdlet that acts on a mailbox as a whole (`Set-Mailbox`, `Add-MailboxPermission`), or on one of its
/// folders.
pub fn of_cmdlet(exam: &Exam<'_>, row: &Row<'_>) -> Mailbox {
    let object = row.event.target_raw.clone().unwrap_or_default();
    let identity = row.param("Identity").or_else(|| row.param("Mailbox")).unwrap_or_default();
    let [identity, object] =
        [&*identity, &*object].map(|name| folders::in_mailbox(name).map_or(name, |(head, _)| head));
    let mut mailbox = named(exam, &[identity, object]);
    let own = |name: &str| is_own_by_guid(exam, row, name) || is_own_by_name(exam, row, name);
    mailbox.ours = mailbox.ours || own(&mailbox.name);
    mailbox
}

/// The mailbox of a cmdlet that acts on a mailbox as a whole, as the record names it, where nothing says that it is the
/// account's own.
pub fn not_ours(exam: &Exam<'_>, row: &Row<'_>) -> Option<String> {
    let mailbox = of_cmdlet(exam, row);
    let ours = mailbox.ours || mailbox.name.is_empty() || row.parts.target || row.parts.mailbox;
    (!ours).then_some(mailbox.name)
}

/// Whether the cmdlet acts on a mailbox that is known to be another's, by a hand that is not the attacker's: what people
/// set for their colleagues says nothing of their own mailbox.
pub fn is_only_anothers(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    let known = |name: String| exam.subject.is_anothers(&name.trim().to_lowercase(), exam.identities);
    not_ours(exam, row).is_some_and(known) && hand::hand(exam, row) != Hand::Attacker
}

/// Outlook on the web names a mailbox by a GUID. Where no record tells the account's GUIDs, what the account itself set
/// there is taken as set in its own mailbox.
fn is_own_by_guid(exam: &Exam<'_>, row: &Row<'_>, name: &str) -> bool {
    const OUTLOOK_ON_THE_WEB: &str = "00000002-0000-0ff1-ce00-000000000000";
    let known = |kind| matches!(kind, IdentityKind::ObjectId | IdentityKind::MailboxGuid);
    row.parts.actor
        && is_guid(name)
        && (row.event.app_id.as_deref() == Some(OUTLOOK_ON_THE_WEB) || is_from_the_owners_page(row))
        && !exam.subject.identities.iter().any(|identity| known(identity.kind))
}

/// Or by the name it is shown under, which need not be the alias. What the account itself set is set in its own mailbox
/// where nobody else is known by that name, and it has the words of the account's own, or comes from the owner's page
/// and is not the name of a person who is called otherwise.
fn is_own_by_name(exam: &Exam<'_>, row: &Row<'_>, name: &str) -> bool {
    let (subject, lower) = (exam.subject, name.trim().to_lowercase());
    if !row.parts.actor || lower.is_empty() || is_guid(name) || subject.is_anothers(&lower, exam.identities) {
        return false;
    }
    let locals = || subject.names.iter().filter_map(|own| own.split_once('@')).map(|(local, _)| local);
    let sure = || locals().filter(|local| !subject.unsure.contains(*local));
    let own = subject.shown.iter().map(String::as_str).chain(sure());
    let others =
        || exam.identities.accounts.keys().filter(|upn| !subject.is(upn)).filter_map(|upn| upn.split('@').next());
    own.into_iter().any(|own| has_the_same_words(own, &lower))
        || (subject.shown.is_empty() || !has_words(&lower))
            && sure().count() == locals().count()
            && is_from_the_owners_page(row)
            && !others().any(|other| has_the_same_words(other, &lower))
}

/// Whether the account worked on its own mailbox by the owner's page, or by a name that is its own: an administrator who
/// changes people's data one after the other names them by GUIDs as well.
pub fn is_on_own_page(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    let mailbox = of_cmdlet(exam, row);
    mailbox.ours && (!is_guid(&mailbox.name) || is_from_the_owners_page(row))
}

/// Whether a cmdlet was run by the settings of Outlook on the web, which are the mailbox owner's; administrators have pages
/// of their own.
fn is_from_the_owners_page(row: &Row<'_>) -> bool {
    const POOL: &str = "MSExchangeOWAAppPool";
    let told = details::members(row.event, &["AppPoolName"]);
    json::text(&told, "AppPoolName").is_some_and(|pool| pool.trim().eq_ignore_ascii_case(POOL))
}

/// The mailbox and the rule's own part of a rule cmdlet's names: `alias\rule`, `…/alias\rule`, `-Mailbox alias`.
pub fn of_rule(exam: &Exam<'_>, row: &Row<'_>) -> (Mailbox, Option<String>) {
    let object = row.event.target_raw.as_deref().and_then(split_rule);
    let identity = row.param("Identity").unwrap_or_default();
    let in_identity = split_rule(&identity);
    // Where a path ends behind its backslash the rule's name is blank; the identity may still have the blank.
    let tail = |pair: &Option<(String, String)>| pair.as_ref().map(|(_, rule)| rule.clone());
    let told = [tail(&in_identity), tail(&object)].into_iter().flatten();
    let rule = tail(&object).filter(|rule| !rule.is_empty()).or_else(|| told.max_by_key(String::len));
    let rule = rule.or_else(|| Some(identity.clone()).filter(|rule| !rule.is_empty()));
    let given = row.param("Mailbox").filter(|name| !name.is_empty());
    let head = |pair: &Option<(String, String)>| pair.as_ref().map(|(head, _)| head.clone()).unwrap_or_default();
    let (object, identity) = (head(&object), head(&in_identity));
    let mut mailbox = match &given {
        Some(name) => named(exam, &[name, &object, &identity]),
        None => named(exam, &[&identity, &object]),
    };
    // Without a mailbox in its parameters a rule cmdlet works in the actor's own one, unless Exchange names another's:
    // the parameters may be lost.
    if given.is_none() {
        let anothers = || exam.subject.is_anothers(&last(&object).to_lowercase(), exam.identities);
        let bare = identity.is_empty() && row.parts.actor && !anothers();
        mailbox.ours |= bare || is_own_by_guid(exam, row, &mailbox.name);
    }
    (mailbox, rule)
}

/// Whether a name in any of its forms is one of the account's.
pub fn is_ours(exam: &Exam<'_>, name: &str) -> bool {
    let name = name.trim().trim_start_matches("smtp:").trim_start_matches("SMTP:").to_lowercase();
    let last = last(&name);
    exam.subject.is_called(&name)
        || exam.subject.is_called(last)
        || alias_of_dn(last).is_some_and(|alias| exam.subject.is(alias))
        || common_name(&name).is_some_and(|named| exam.subject.is_called(&named))
}

/// The mailboxes or persons that a cmdlet's record names as what it works on, as written: never a rule, a contact or a
/// recipient. Nothing for other records.
pub fn named_by(event: &Event) -> Vec<String> {
    let cmdlet = event.record_type == Some(1) || event.evidence_source == EvidenceSource::AdminAudit;
    let noun = event.action().split_once('-').map_or("", |(_, noun)| noun).to_ascii_lowercase();
    let rule = matches!(noun.as_str(), "inboxrule" | "sweeprule");
    let whole = noun.starts_with("mailbox")
        || matches!(noun.as_str(), "mailuser" | "remotemailbox" | "casmailbox" | "user" | "userphoto");
    if !cmdlet || !(rule || whole) {
        return Vec::new();
    }
    let param = |name: &str| details::param(event, name);
    let object = event.target_raw.as_deref().map(str::to_owned);
    // `mailbox\rule`: the mailbox is what stands in front.
    let objects = [param("Identity"), object].into_iter().flatten();
    let heads = objects.filter_map(|name| match rule {
        true => split_rule(&name).map(|(head, _)| head),
        false => Some(folders::in_mailbox(&name).map_or(&*name, |(head, _)| head).to_owned()),
    });
    param("Mailbox").into_iter().chain(heads).collect()
}

/// The last part of a path-like name: `EURPR04…/tenant/alias`, `tenant\alias`.
pub fn last(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

fn named(exam: &Exam<'_>, names: &[&str]) -> Mailbox {
    let mut given = names.iter().filter(|name| !name.is_empty());
    let name = given.clone().next().map(|name| last(name).to_owned()).unwrap_or_default();
    Mailbox { name, ours: given.any(|name| is_ours(exam, name)) }
}

/// The mailbox in a rule's name: `…/alias\rule`, `alias\rule`.
pub fn of_rule_name(name: &str) -> Option<String> {
    split_rule(name).map(|(mailbox, _)| mailbox)
}

/// `head\rule`; the rule may hold anything, the head ends at the first backslash behind the last path part.
fn split_rule(name: &str) -> Option<(String, String)> {
    let (head, rule) = name.split_once('\\')?;
    // `tenant.onmicrosoft.com\alias\rule`
    match rule.split_once('\\') {
        Some((alias, rule)) if domains::is_initial(head) && !head.contains('/') => {
            Some((alias.to_owned(), rule.to_owned()))
        }
        _ => Some((last(head).to_owned(), rule.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::{last, split_rule};

    #[test]
    fn rule_names_of_every_form() {
        for (name, head, rule) in [
            ("EURPR04.PROD.OUTLOOK.COM/Organizations/tenant.onmicrosoft.com/dana.weiss\\.", "dana.weiss", "."),
            ("dana.weiss\\請求", "dana.weiss", "請求"),
            ("dana.weiss\\ ", "dana.weiss", " "),
            ("dana.weiss\\a/b", "dana.weiss", "a/b"),
            ("dana.weiss\\/", "dana.weiss", "/"),
            ("tenant.onmicrosoft.com\\dana.weiss\\x", "dana.weiss", "x"),
            (
                "311b45d6-1a3e-46ac-8434-721367961e19\\17639250888751054849",
                "311b45d6-1a3e-46ac-8434-721367961e19",
                "17639250888751054849",
            ),
        ] {
            assert_eq!(split_rule(name), Some((head.to_owned(), rule.to_owned())), "{name}");
        }
        assert_eq!(split_rule("Accounts"), None);
        assert_eq!(last("tenant\\alias"), "alias");
    }
}
