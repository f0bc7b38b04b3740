//! Records that may have been a symptom and cannot be asked: read only in part, or refused. Finding nothing says nothing
//! where there are such.

use std::collections::{BTreeMap, BTreeSet};

use crate::analyze::exam::{Exam, Row};
use crate::analyze::people::identity::Subject;
use crate::analyze::{is_housekeeping, scope};
use crate::ledger::Lost;
use crate::timeline::{Event, ParseStatus, details, format_time};

const RULES: [&str; 7] = [
    "new-inboxrule",
    "set-inboxrule",
    "enable-inboxrule",
    "updateinboxrules",
    "new-sweeprule",
    "set-sweeprule",
    "enable-sweeprule",
];
const FORWARDING: [&str; 3] = ["set-mailbox", "set-mailuser", "set-remotemailbox"];
/// Mail flow that passes mail on, or lets it be passed on.
const FLOW: [&str; 10] = [
    "new-transportrule",
    "set-transportrule",
    "enable-transportrule",
    "new-journalrule",
    "set-journalrule",
    "new-remotedomain",
    "set-remotedomain",
    "set-hostedoutboundspamfilterpolicy",
    "new-hostedoutboundspamfilterpolicy",
    "set-transportconfig",
];
/// What else decides which mail arrives and leaves.
const FILTERS: [&str; 11] = [
    "set-arcconfig",
    "set-protectionalert",
    "new-inboundconnector",
    "set-inboundconnector",
    "new-outboundconnector",
    "set-outboundconnector",
    "set-dkimsigningconfig",
    "new-tenantallowblocklistitems",
    "set-tenantallowblocklistitems",
    "set-hostedcontentfilterpolicy",
    "set-hostedconnectionfilterpolicy",
];
const SENDS: [&str; 3] = ["send", "sendas", "sendonbehalf"];
const DELETIONS: [&str; 4] = ["softdelete", "harddelete", "movetodeleteditems", "move"];
const PROFILE: [&str; 2] = ["update user", "set-user"];
const AUDITING: [&str; 4] =
    ["set-mailbox", "set-mailboxauditbypassassociation", "set-organizationconfig", "set-adminauditlogconfig"];
const PERMISSIONS: [&str; 8] = [
    "add-mailboxpermission",
    "add-recipientpermission",
    "add-mailboxfolderpermission",
    "set-mailboxfolderpermission",
    "updatefolderpermissions",
    "addfolderpermissions",
    "modifyfolderpermissions",
    "updatecalendardelegation",
];
const CONSENTS: [&str; 5] = [
    "consent to application",
    "add delegated permission grant",
    "add app role assignment grant to user",
    "add app role assignment to service principal",
    "update authorization policy",
];
const ROLES: [&str; 4] =
    ["add member to role", "add eligible member to role", "add-rolegroupmember", "update-rolegroupmember"];

/// The check that auditing is asked about.
pub const AUDITING_OFF: &str = "auditing-off";

/// The checks whose records say by their contents, not by their operation, whether they are one.
const DECIDED_BY_CONTENTS: [(&str, &[&[&str]]); 20] = [
    ("missing-mail", &[&DELETIONS]),
    ("no-sent-copy", &[&SENDS, &DELETIONS]),
    ("inbox-rules", &[&RULES]),
    ("display-name", &[&PROFILE, &FORWARDING]),
    ("hacked-messages", &[&SENDS, &DELETIONS]),
    ("profile-change", &[&PROFILE]),
    ("credential-change", &[&PROFILE]),
    ("forwarding", &[&FORWARDING, &RULES, &FLOW]),
    ("signature", &[&["set-mailboxmessageconfiguration"]]),
    ("mfa-method-added", &[&["update user"]]),
    ("legacy-protocol", &[&["set-casmailbox"]]),
    ("oauth-consent", &[&CONSENTS]),
    ("mailbox-delegate", &[&PERMISSIONS, &["set-mailbox"]]),
    ("mail-harvest", &[&["mailitemsaccessed"]]),
    ("mail-flow-change", &[&FLOW, &FILTERS]),
    ("sender-lists", &[&["set-mailboxjunkemailconfiguration"]]),
    (AUDITING_OFF, &[&AUDITING]),
    ("privilege-gain", &[&ROLES]),
    ("evidence-clean-up", &[&DELETIONS]),
    ("thread-hijack", &[&SENDS]),
];

/// What the parameters of a mailbox cmdlet that decide about a check have in their names.
const TELLING: [(&str, &[&str]); 4] = [
    ("display-name", &["name"]),
    ("forwarding", &["forward"]),
    ("mailbox-delegate", &["grantsendonbehalf"]),
    (AUDITING_OFF, &["audit"]),
];

/// Why nothing that was found by this check proves nothing, where the window has such records.
pub fn need(exam: &Exam<'_>, check: &str) -> Option<String> {
    let concerned = |row: &&Row<'_>| row.parts.any() || scope::is_tenant_wide(row.event.action());
    let rows = exam.in_part().iter().copied().filter(|row| may_show(row, check)).filter(concerned).collect();
    let mut sum: BTreeMap<String, u64> = BTreeMap::new();
    for row in without_whole_copies(exam, rows) {
        *sum.entry(row.event.action().to_owned()).or_default() += 1;
    }
    let lost = exam.coverage.lost.iter().filter(|lost| is_decided_by(check, &lost.operation));
    for lost in lost.filter(|lost| concerns(lost, exam.subject) && !is_told_elsewhere(exam, lost)) {
        *sum.entry(lost.operation.clone()).or_default() += lost.count;
    }
    let count: u64 = sum.values().sum();
    let operations = sum.into_keys().collect::<Vec<_>>().join(", ");
    (count > 0).then(|| format!("records that could not be read whole, and may have shown it: {count} ({operations})"))
}

/// Whether somebody's record could be what the check looks for, by its operation, and has lost what would say so.
pub fn may_show(row: &Row<'_>, check: &str) -> bool {
    may_be_in_part(row.event)
        && is_decided_by(check, row.event.action())
        && !is_housekeeping(row.class)
        && !row.failed()
        && is_in_part(row.event)
        && !is_about_something_else(row.event, check)
}

/// Whether a lost record may have been about the account: what an administrator did does not say to whom, what somebody
/// did to mails was in the own mailbox. What the service itself does is no symptom.
pub fn concerns(lost: &Lost, subject: &Subject) -> bool {
    let user = lost.user.as_str();
    let by_service = ["nt ", "s-1-5-", "microsoft"].iter().any(|start| user.starts_with(start)) || user.contains('\\');
    let by_admin = lost.operation.contains(['-', ' ']);
    match () {
        () if by_service => false,
        // It stands on the account's table already.
        () if lost.cut => !subject.is(user) && !scope::is_tenant_wide(&lost.operation),
        () => user.is_empty() || subject.is(user) || by_admin,
    }
}

/// Whether the check is decided by the contents of records of this operation.
pub fn is_decided_by(check: &str, operation: &str) -> bool {
    let operation = operation.trim().trim_end_matches('.');
    let asked = DECIDED_BY_CONTENTS.iter().filter(|(id, _)| *id == check).flat_map(|(_, asked)| *asked);
    asked.flat_map(|names| *names).any(|name| operation.eq_ignore_ascii_case(name))
}

/// Whether something is lost of the record, whatever: nearly all are whole, and soon said to be.
pub fn may_be_in_part(event: &Event) -> bool {
    event.parse_status != ParseStatus::Ok || details::lost_values(event)
}

/// Whether contents of the record are lost: it was cut, or values of it were.
fn is_in_part(event: &Event) -> bool {
    match event.parse_status {
        ParseStatus::Partial => true,
        // A cmdlet does what its parameters say: one that was cut behind them lost nothing of it.
        ParseStatus::Salvaged => !(event.action().contains('-') && has_whole_parameters(event)),
        ParseStatus::Ok => details::lost_values(event),
    }
}

fn has_whole_parameters(event: &Event) -> bool {
    let rest = event.raw.as_deref().and_then(|raw| raw.split_once("\"Parameters\"")).map(|(_, rest)| rest.trim_start());
    let list = rest.and_then(|rest| rest.strip_prefix(':')).map(str::trim_start).filter(|list| list.starts_with('['));
    let mut values = serde_json::Deserializer::from_str(list.unwrap_or_default()).into_iter::<serde::de::IgnoredAny>();
    matches!(values.next(), Some(Ok(_)))
}

/// Whether the names of its parameters are all there, and none has to do with the check.
fn is_about_something_else(event: &Event, check: &str) -> bool {
    let Some((_, telling)) = TELLING.iter().find(|(id, _)| *id == check) else { return false };
    let named = details::params(event);
    let tells = |name: &str| telling.iter().any(|part| name.to_lowercase().contains(part));
    event.is(&["Set-Mailbox", "Set-MailUser", "Set-RemoteMailbox"])
        && event.parse_status != ParseStatus::Salvaged
        && !named.is_empty()
        && !named.iter().any(|param| tells(&param.name) && !param.name.eq_ignore_ascii_case("Identity"))
}

/// Those of which no whole copy is there: what the one lost, the other tells, if it is the same record.
fn without_whole_copies<'a>(exam: &Exam<'_>, rows: Vec<&'a Row<'a>>) -> Vec<&'a Row<'a>> {
    let key = |event: &Event| {
        let id = event.event_id.as_deref().filter(|id| !id.is_empty())?;
        Some((id.to_lowercase(), event.action().to_lowercase(), event.datetime.timestamp()))
    };
    if rows.is_empty() {
        return rows;
    }
    let events = exam.rows.iter().flat_map(Row::events);
    let whole: BTreeSet<_> = events.filter(|event| !is_in_part(event)).filter_map(key).collect();
    rows.into_iter().filter(|row| key(row.event).is_none_or(|key| !whole.contains(&key))).collect()
}

/// Whether as many whole records of the same operation, actor and time are there: another export has them.
fn is_told_elsewhere(exam: &Exam<'_>, lost: &Lost) -> bool {
    let (Some(first), Some(last)) = (&lost.first, &lost.last) else { return false };
    let same = |event: &&Event| {
        let names = [&event.user_upn, &event.user_raw];
        let time = format_time(event.datetime);
        event.action().eq_ignore_ascii_case(&lost.operation)
            && !is_in_part(event)
            && names.into_iter().flatten().any(|name| name.eq_ignore_ascii_case(&lost.user))
            && (first.get(..19)..=last.get(..19)).contains(&time.get(..19))
    };
    exam.rows.iter().flat_map(Row::events).filter(same).count() as u64 >= lost.count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost(operation: &str, user: &str, cut: bool) -> Lost {
        Lost { operation: operation.to_owned(), user: user.to_owned(), cut, count: 1, ..Lost::default() }
    }

    #[test]
    fn a_lost_record_concerns_whom_it_may_have_been_about() {
        let subject = Subject::resolve("dana@x.example", &[], &crate::timeline::identities::IdentityTable::default());
        let is = |operation, user, cut| concerns(&lost(operation, user, cut), &subject);
        assert!(is("Send", "dana@x.example", false) && is("Send", "", false) && !is("Send", "eli@x.example", false));
        assert!(is("Set-Mailbox", "admin@x.example", false), "on whose mailbox is not told");
        assert!(!is("Set-Mailbox", "nt authority\\system (w3wp)", false));
        assert!(is("Set-Mailbox", "admin@x.example", true) && !is("Set-Mailbox", "dana@x.example", true));
        assert!(!is("New-TransportRule", "admin@x.example", true), "it stands on every account's table");
    }

    #[test]
    fn an_operation_decides_about_its_checks_only() {
        assert!(is_decided_by("credential-change", "Update user.") && is_decided_by("forwarding", "new-TransportRule"));
        assert!(!is_decided_by("missing-mail", "Update user.") && !is_decided_by("password-spray", "Send"));
    }

    #[test]
    fn a_cmdlet_cut_behind_its_parameters_is_whole_enough() {
        let event = |action: &str, raw: &str| Event {
            action: Some(action.into()),
            raw: Some(raw.into()),
            parse_status: ParseStatus::Salvaged,
            ..Event::default()
        };
        assert!(!is_in_part(&event("Set-Mailbox", r#"{"Parameters":[{"Name":"a","Value":"b"}],"Sess"#)));
        assert!(is_in_part(&event("Set-Mailbox", r#"{"Parameters":[{"Name":"a","Value":"b"}"#)));
        assert!(is_in_part(&event("Set-Mailbox", r#"{"Operation":"Set-Mailbox","ObjectId":"#)));
        assert!(is_in_part(&event("Send", r#"{"Parameters":[],"Item"#)));
    }
}
