//! Forwarding by the organisation: rules of the mail flow and the journal, and whether forwarding is allowed at all.

use std::collections::BTreeSet;

use super::{CHECK, names_an_account};
use crate::analyze::acts;
use crate::analyze::draft::Draft;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::people::hand::{self, Hand};
use crate::analyze::settings::contacts::Contacts;
use crate::analyze::settings::list_changes::ListChange;
use crate::analyze::settings::mailbox;
use crate::finding::{Fact, Finding, Severity, Weight};
use crate::knowledge::domains;
use crate::timeline::details;

/// Parameters by which rules of the mail flow send mail on.
const OF_MAIL_FLOW: [&str; 4] = ["BlindCopyTo", "CopyTo", "RedirectMessageTo", "AddToRecipients"];

/// Parameters by which rules of the mail flow and the journal send mail on.
fn destinations(row: &Row<'_>) -> &'static [&'static str] {
    match () {
        () if row.event.is(&["New-TransportRule", "Set-TransportRule"]) => &OF_MAIL_FLOW,
        () if row.event.is(&["New-JournalRule", "Set-JournalRule"]) => &["JournalEmailAddress"],
        () => &[],
    }
}

/// Transport and journal rules: copies of everybody's mail, so of this account's too. What they name without an address
/// may be a contact behind which one outside hides.
pub(super) fn transport(exam: &Exam<'_>, row: &Row<'_>, contacts: &Contacts<'_, '_>) -> Option<Finding> {
    if destinations(row).is_empty() {
        return None;
    }
    let hand = hand::hand(exam, row);
    if is_only_others(exam, row) && !hand.is_suspicious() {
        return None;
    }
    let values: Vec<(&str, String)> = destinations(row)
        .iter()
        .filter_map(|name| row.param(name).filter(|value| !value.trim().is_empty()).map(|value| (*name, value)))
        .collect();
    if values.is_empty() {
        return None;
    }
    let mut outside: Vec<String> = values
        .iter()
        .flat_map(|(_, value)| domains::addresses_in(value))
        .filter(|address| !exam.is_internal(address))
        .collect();
    let names: Vec<String> = values.iter().flat_map(|(_, value)| names_in(value)).collect();
    let known: Vec<_> = names.iter().filter_map(|name| contacts.find(name, row.event)).collect();
    let hidden: Vec<&(&Row<'_>, String)> = known.into_iter().filter(|(_, to)| !exam.is_internal(to)).collect();
    outside.extend(hidden.iter().map(|(_, address)| address.clone()));
    let nowhere = |name: &String| contacts.find(name, row.event).is_none() && !names_an_account(exam, name);
    let unknown: Vec<&str> = names.iter().filter(|name| nowhere(name)).map(String::as_str).collect();
    let reach = match (outside.is_empty(), unknown.is_empty()) {
        (false, _) => Reach::Outside,
        (true, false) => Reach::Unknown,
        (true, true) => Reach::Inside,
    };
    let weight = weigh_tenant_wide(hand, reach);
    let to = values.iter().map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join("; ");
    let rule = row.param("Name").or_else(|| row.param("Identity")).unwrap_or_default();
    let draft = Draft::new(&CHECK.meta, exam, row)
        .headline(
            format!("A mail flow rule of the whole organisation copies or redirects mail ({to})"),
            format!("組織全体のメール フロー ルールがメールをコピーまたはリダイレクトする（{to}）"),
        )
        .detail("rule name", rule)
        .detail("destination", to)
        .detail("destination address", outside.join(", "))
        .detail("names without an address", unknown.join(", "))
        .detail("reach", REACH)
        .weight(weight);
    Some(draft.also(hidden.iter().map(|(made, _)| *made)).done())
}

/// The recipients that a value names without an address.
fn names_in(value: &str) -> Vec<String> {
    let names = ListChange::of(value).added;
    names.into_iter().filter(|name| domains::addresses_in(name).is_empty() && name != "$null").collect()
}

/// Whether a condition of the rule names other accounts of the evidence and nobody else, so that the account's mail is
/// none of the rule's.
fn is_only_others(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    const WHOSE: [&str; 5] = ["SentTo", "From", "AnyOfToHeader", "AnyOfCcHeader", "AnyOfToCcHeader"];
    WHOSE.iter().filter_map(|name| row.param(name)).any(|value| {
        let mut names = value.split([';', ',']).map(|name| name.trim().to_lowercase()).filter(|name| !name.is_empty());
        let others = |name: String| exam.subject.is_anothers(mailbox::last(&name), exam.identities);
        !value.trim().is_empty() && names.all(others)
    })
}

/// A cmdlet on the organisation's forwarding whose values the export lost: it proves only that somebody ran it.
pub(super) fn lost(exam: &Exam<'_>, row: &Row<'_>) -> Option<Finding> {
    let allowing: &[&str] = match () {
        () if row.event.is(&OUTBOUND) => &["AutoForwardingMode"],
        () if row.event.is(&REMOTE_DOMAINS) => &["AutoForwardEnabled"],
        () => &[],
    };
    let names = destinations(row).iter().chain(allowing);
    let lost: Vec<&str> = names.copied().filter(|name| details::is_lost(row.event, name)).collect();
    if lost.is_empty() {
        return None;
    }
    let cmdlet = row.event.action();
    let draft = Draft::new(&CHECK.meta, exam, row)
        .headline(
            format!("{cmdlet} was run on forwarding of the whole organisation; what it set is lost"),
            format!("組織全体の転送に関する {cmdlet} が実行された（設定内容はエクスポート時に失われた）"),
        )
        .fact(Fact::Inferred)
        .detail("values lost in the export", lost.join(", "))
        .weight(Weight::Weak);
    Some(draft.done())
}

/// A rule of the mail flow that a snapshot shows sending mail outside.
pub(super) fn standing_transport(exam: &Exam<'_>, row: &Row<'_>) -> Option<Finding> {
    if !row.event.is(&["TransportRule"]) {
        return None;
    }
    let outside: BTreeSet<String> =
        standing_destinations(row).into_iter().filter(|address| !exam.is_internal(address)).collect();
    if outside.is_empty() {
        return None;
    }
    // A rule that is only tried out does nothing to the mail.
    let tried = row.param("Mode").is_some_and(|mode| mode.to_ascii_lowercase().starts_with("audit"));
    let off = tried || row.param("State").is_some_and(|state| state.eq_ignore_ascii_case("Disabled"));
    let to = outside.into_iter().collect::<Vec<_>>().join(", ");
    let draft = Draft::of_state(&CHECK.meta, exam, row)
        .headline(
            format!("A mail flow rule of the whole organisation sends mail to {to}; its maker is not recorded"),
            format!("組織全体のメール フロー ルールがメールを {to} に送っている（作成者の記録なし）"),
        )
        .detail("rule name", row.param("Name").unwrap_or_default())
        .detail("rule enabled", if off { "no" } else { "" })
        .detail("rule changed", row.param("WhenChanged").unwrap_or_default())
        .detail("destination", to)
        .detail("reach", REACH)
        .weight(if off { Weight::Explained } else { Weight::Weak });
    Some(draft.done())
}

/// Where a listed rule sends mail: what its own columns say, and what its description says in words. Only English ones say
/// where the actions begin, so that of a rule described in another language the columns are all there is.
fn standing_destinations(row: &Row<'_>) -> Vec<String> {
    const ACTIONS: &str = "take the following actions";
    let columns = OF_MAIL_FLOW.iter().filter_map(|name| row.param(name));
    let mut found: Vec<String> = columns.flat_map(|value| domains::addresses_in(&value)).collect();
    let description = row.param("Description").unwrap_or_default();
    let Some(actions) = description.to_ascii_lowercase().find(ACTIONS).and_then(|at| description.get(at..)) else {
        return found;
    };
    let end = actions.to_ascii_lowercase().find("except if").unwrap_or(actions.len());
    let sends_on = |line: &&str| {
        let line = line.to_ascii_lowercase();
        ["copy", "redirect", "add the recipient", "forward"].iter().any(|word| line.contains(word))
    };
    let lines = actions.get(..end).unwrap_or_default().lines().filter(sends_on);
    found.extend(lines.flat_map(domains::addresses_in));
    found
}

const REACH: &str = "all mailboxes of the organisation, as far as the rule's conditions let it";
const OUTBOUND: [&str; 2] = ["Set-HostedOutboundSpamFilterPolicy", "New-HostedOutboundSpamFilterPolicy"];
const REMOTE_DOMAINS: [&str; 2] = ["Set-RemoteDomain", "New-RemoteDomain"];

/// Automatic forwarding to the outside being allowed at all.
pub(super) fn permission(exam: &Exam<'_>, row: &Row<'_>) -> Option<Finding> {
    let is = |name: &str, value: &str| row.param(name).is_some_and(|given| given.trim().eq_ignore_ascii_case(value));
    let policy = row.event.is(&OUTBOUND);
    let domain = row.event.is(&REMOTE_DOMAINS);
    if !(policy && is("AutoForwardingMode", "On") || domain && is("AutoForwardEnabled", "True")) {
        return None;
    }
    let weight = if acts::is_attackers(exam, row) { Weight::Strong } else { Weight::Weak };
    let what = row.param("Identity").or_else(|| row.param("DomainName")).unwrap_or_default();
    let draft = Draft::new(&CHECK.meta, exam, row)
        .headline(
            "Automatic forwarding to the outside was allowed for the whole organisation",
            "組織外への自動転送が組織全体で許可された",
        )
        .detail("policy", what)
        .detail("reach", "makes forwarding of any mailbox of the organisation effective; it forwards nothing by itself")
        .attack(&["T1114.003", "T1098.002"])
        .severity(Severity::High)
        .weight(weight);
    Some(draft.done())
}

/// How far the destinations of a mail flow rule are known to lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Outside,
    /// To a name that no record explains.
    Unknown,
    Inside,
}

fn weigh_tenant_wide(hand: Hand, reach: Reach) -> Weight {
    match (hand, reach) {
        (Hand::Attacker | Hand::Unusual, Reach::Outside) => Weight::Strong,
        (Hand::Attacker | Hand::Unusual, _) | (_, Reach::Outside) => Weight::Weak,
        // An administrator names the organisation's own archive so; in nobody's known hand it may be a contact.
        (Hand::Unknown, Reach::Unknown) => Weight::Weak,
        (_, Reach::Unknown | Reach::Inside) => Weight::Explained,
    }
}

#[cfg(test)]
mod tests {
    use super::{Hand, Reach, Weight, names_in, weigh_tenant_wide};

    #[test]
    fn the_organisations_own_archive_is_explained() {
        assert_eq!(weigh_tenant_wide(Hand::Other, Reach::Inside), Weight::Explained);
        assert_eq!(weigh_tenant_wide(Hand::Other, Reach::Outside), Weight::Weak);
        assert_eq!(weigh_tenant_wide(Hand::Attacker, Reach::Outside), Weight::Strong);
        assert_eq!(weigh_tenant_wide(Hand::Attacker, Reach::Inside), Weight::Weak);
    }

    #[test]
    fn a_name_that_nothing_explains_may_lead_outside() {
        assert_eq!(weigh_tenant_wide(Hand::Other, Reach::Unknown), Weight::Explained);
        assert_eq!(weigh_tenant_wide(Hand::Unknown, Reach::Unknown), Weight::Weak);
        assert_eq!(names_in("Archive, a@outside.example; contact1"), ["Archive", "contact1"]);
    }
}
