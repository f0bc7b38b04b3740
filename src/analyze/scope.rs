//! Which records of a case lie on the examination table: the account's own, and the tenant-wide ones its symptoms ask for.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, Utc};

use crate::analyze::mail::mails::message_id;
use crate::analyze::people::identity::Subject;
use crate::analyze::settings::{protections, roles};
use crate::question::Window;
use crate::timeline::query::Lasts;
use crate::timeline::{Event, EvidenceSource};

/// Cmdlets and activities that concern every mailbox of the tenant, and those whose roll-outs only show across mailboxes.
pub const TENANT_WIDE: [&str; 79] = [
    "new-transportrule",
    "set-transportrule",
    "enable-transportrule",
    "new-journalrule",
    "set-journalrule",
    "new-inboundconnector",
    "set-inboundconnector",
    "new-outboundconnector",
    "set-outboundconnector",
    "set-remotedomain",
    "new-remotedomain",
    "new-hostedoutboundspamfilterpolicy",
    "set-arcconfig",
    "new-mailcontact",
    "set-mailcontact",
    "enable-mailcontact",
    "new-mailuser",
    "set-mailuser",
    "enable-mailuser",
    "set-adminauditlogconfig",
    "set-organizationconfig",
    "set-transportconfig",
    "set-mailboxauditbypassassociation",
    "remove-blockedsenderaddress",
    "set-mailboxmessageconfiguration",
    "new-retentionpolicytag",
    "set-retentionpolicytag",
    "remove-unifiedauditlogretentionpolicy",
    "set-unifiedauditlogretentionpolicy",
    "set-dkimsigningconfig",
    "new-tenantallowblocklistitems",
    "set-tenantallowblocklistitems",
    "set-hostedconnectionfilterpolicy",
    "set domain authentication",
    "set federation settings on domain",
    "add unverified domain",
    "add verified domain",
    "verify domain",
    "add partner to company",
    "new-accepteddomain",
    "new-federationtrust",
    "set dirsync feature",
    "update conditional access policy",
    "delete conditional access policy",
    "add named location",
    "update named location",
    "delete named location",
    "update security defaults",
    "update authorization policy",
    "update permission grant policy",
    "update authentication methods policy",
    "authentication methods policy update",
    "authentication methods policy reset",
    "authentication strength policy update",
    "authentication strength policy delete",
    "authentication strength combination configuration create",
    "authentication strength combination configuration update",
    "authentication strength combination configuration delete",
    "mfa service policy update",
    "update policy",
    "delete policy",
    "set company mfa settings",
    "new-rolegroup",
    // Whom the new list leaves out, it does not name.
    "update-rolegroupmember",
    "remove-managementroleassignment",
    // A content search names the mailbox in its places or its query, if at all.
    "new-compliancesearch",
    "start-compliancesearch",
    "new-compliancesearchaction",
    "new-mailboxsearch",
    "start-mailboxsearch",
    "new-mailboxexportrequest",
    "searchcreated",
    "searchstarted",
    "searchpreviewed",
    "searchexported",
    "searchexportdownloaded",
    "searchpurged",
    // Who searches may have been given the right to it minutes before.
    "add-rolegroupmember",
    "add-ediscoverycaseadmin",
];

/// Whether a record with these narrow columns is in the scope.
pub fn wanted(subject: &Subject, parties: &str, action: &str) -> bool {
    subject.takes_part(parties) || is_tenant_wide(action)
}

/// Whether a record with this operation is in every account's scope.
pub fn is_tenant_wide(action: &str) -> bool {
    TENANT_WIDE.iter().any(|name| name.eq_ignore_ascii_case(action))
        || protections::is_about_filter(action)
        || protections::closes_way(action)
        || is_cross_tenant(action)
}

/// What the service itself writes again every few days for the whole tenant: that the admin audit log is on.
const ROUTINE: &str = "set-adminauditlogconfig";

/// Whether a record with this operation may say nothing but that all is as it was.
pub fn may_be_routine(action: &str) -> bool {
    action.eq_ignore_ascii_case(ROUTINE)
}

/// Whether such a record by this actor does, by its parameters: it switches on, and nothing off.
pub fn is_routine(actor: &str, params: &str) -> bool {
    let params = params.to_ascii_lowercase();
    is_service(actor) && params.contains("true") && !params.contains("false")
}

/// Whether one of these records may have switched off what the routine ones switch on again.
pub fn ends_routine<'e>(events: impl IntoIterator<Item = &'e Event>) -> bool {
    let params = |event: &'e Event| event.op_params.as_deref().unwrap_or_default();
    let actor = |event: &'e Event| event.user_raw.as_deref().unwrap_or_default();
    events.into_iter().any(|event| may_be_routine(event.action()) && !is_routine(actor(event), params(event)))
}

/// Whether an operation is about what other organisations' users may do here and ours there; directory, Graph and the
/// portal have many names for that.
pub fn is_cross_tenant(action: &str) -> bool {
    const TENANT: &[u8] = b"tenant";
    let bytes = action.as_bytes();
    let Some(at) = bytes.windows(TENANT.len()).position(|part| part.eq_ignore_ascii_case(TENANT)) else { return false };
    let head = bytes.get(..at).unwrap_or_default();
    let head = head.strip_suffix(b"-").unwrap_or(head);
    head.last_chunk().is_some_and(|last: &[u8; 5]| last.eq_ignore_ascii_case(b"cross"))
}

/// What sets something that stands until somebody takes it back, beside roles and the tenant-wide ones of
/// [`LASTING_FOR_ALL`]: forwarding and auditing of mailboxes, contacts behind which a forwarding hides, rules.
const LASTING: [&str; 14] = [
    "set-mailbox",
    "set-remotemailbox",
    "set-mailboxauditbypassassociation",
    "new-inboxrule",
    "set-inboxrule",
    "enable-inboxrule",
    "disable-inboxrule",
    "remove-inboxrule",
    "new-sweeprule",
    "set-sweeprule",
    "enable-sweeprule",
    "disable-sweeprule",
    "remove-sweeprule",
    "updateinboxrules",
];
/// The same for the whole tenant.
const LASTING_FOR_ALL: [&str; 11] = [
    "set-adminauditlogconfig",
    "set-organizationconfig",
    "remove-unifiedauditlogretentionpolicy",
    "new-mailcontact",
    "set-mailcontact",
    "enable-mailcontact",
    "new-mailuser",
    "set-mailuser",
    "enable-mailuser",
    "update-rolegroupmember",
    "remove-managementroleassignment",
];

/// Whom a record with this operation still matters to, however old it is. What the service itself does for the whole
/// tenant is left out of it: every few days it writes down again that auditing is on.
pub fn lasts(action: &str) -> Lasts {
    let is = |names: &[&str]| names.iter().any(|name| name.eq_ignore_ascii_case(action));
    match () {
        () if is(&LASTING_FOR_ALL) => Lasts::ForAll,
        () if is(&LASTING) || roles::is_named_so(action) => Lasts::ForParties,
        () => Lasts::No,
    }
}

/// What is done to single mails and files, all day long by everybody.
const DAILY: [&str; 24] = [
    "mailitemsaccessed",
    "create",
    "update",
    "move",
    "copy",
    "movetodeleteditems",
    "softdelete",
    "harddelete",
    "attachmentaccess",
    "fileaccessed",
    "fileaccessedextended",
    "filepreviewed",
    "filedownloaded",
    "filemodified",
    "filemodifiedextended",
    "fileuploaded",
    "filesyncuploadedfull",
    "filesyncdownloadedfull",
    "pageviewed",
    "pageviewedextended",
    "listviewed",
    "messagecreatedhaslink",
    "messagesent",
    "teamssessionstarted",
];
/// What an administrator does about an attack and what names the account only in its details.
const ANSWERS_FOR_ALL: [&str; 7] = [
    "remove-blockedsenderaddress",
    "new-compliancesearch",
    "start-compliancesearch",
    "searchcreated",
    "searchstarted",
    "new-mailcontact",
    "set-mailcontact",
];

/// Whom a record with this operation still matters to where it lies behind the window: how an attack was answered, and
/// whether it went on, shows in the account's sign-ins, settings and sent mails. What is done to single mails and files
/// is most of a log, and is left out.
pub fn matters_later(action: &str) -> Lasts {
    let is = |names: &[&str]| names.iter().any(|name| name.eq_ignore_ascii_case(action));
    match () {
        () if is(&ANSWERS_FOR_ALL) => Lasts::ForAll,
        () if is(&DAILY) => Lasts::No,
        () => Lasts::ForParties,
    }
}

/// What the names of Exchange Online's own actor begin with.
const SERVICE: &str = r"nt authority\";

/// Whether an actor, as a record names it, is Exchange Online itself.
pub fn is_service(actor: &str) -> bool {
    actor.get(..SERVICE.len()).is_some_and(|start| start.eq_ignore_ascii_case(SERVICE))
}

/// Whether it is among the actors of a record with these parties.
pub fn is_by_service(parties: &str) -> bool {
    parties.contains(r"|a:nt authority\")
}

/// Whether a snapshot's row is in the scope: the account's, and those about nobody in particular (mail flow rules,
/// consents for everybody).
pub fn wanted_state(subject: &Subject, parties: &str) -> bool {
    parties.is_empty() || subject.takes_part(parties)
}

/// The ids of the mails that the message trace shows coming in for the account, with brackets and without: traces write
/// them in either way.
pub fn delivered<'e>(subject: &Subject, events: impl IntoIterator<Item = &'e Event>) -> BTreeSet<String> {
    let comes_in =
        |event: &&Event| is_traced(event) && subject.parts(event.parties.as_deref().unwrap_or_default()).target;
    let ids = events.into_iter().filter(comes_in).filter_map(|event| event.email_message_id.as_deref());
    ids.filter_map(message_id).flat_map(|id| [format!("<{id}>"), id]).collect()
}

/// Whether it is a row of a message trace.
pub fn is_traced(event: &Event) -> bool {
    event.evidence_source == EvidenceSource::MessageTrace
}

/// From where the scope is read: the baseline's start. From before, only what [`lasts`] is.
pub fn start(window: Window, baseline_days: u32) -> DateTime<Utc> {
    window.from.checked_sub_days(Days::new(u64::from(baseline_days))).unwrap_or(window.from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_service_is_told_by_the_actor_as_well_as_by_the_parties() {
        for (actor, service) in [
            (r"NT AUTHORITY\SYSTEM (Microsoft.Exchange.ServiceHost)", true),
            (r"nt authority\system", true),
            ("NT AUTHORITY", false),
            ("ＮＴ AUTHORITY", false),
            ("admin@x.example", false),
            ("", false),
        ] {
            assert_eq!(is_service(actor), service, "{actor}");
            assert_eq!(is_by_service(&format!("|a:{}|t:bob|", actor.to_lowercase())), service, "{actor}");
        }
        assert!(!is_by_service(r"|a:admin@x.example|t:nt authority\system|"));
    }

    #[test]
    fn routine_is_what_the_service_itself_switches_on() {
        let (service, on) = (r"NT AUTHORITY\SYSTEM (w3wp)", r#"[{"Name":"AdminAuditLogEnabled","Value":"True"}]"#);
        let off = r#"[{"Name":"AdminAuditLogEnabled","Value":"True"},{"Name":"UnifiedAuditLogIngestionEnabled","Value":"False"}]"#;
        assert!(is_routine(service, on));
        for (actor, params) in [(service, off), (service, ""), ("admin@x.example", on)] {
            assert!(!is_routine(actor, params), "{actor} {params}");
        }
        let row = |actor: &str, params: &str| Event {
            action: Some("Set-AdminAuditLogConfig".into()),
            user_raw: Some(actor.into()),
            op_params: Some(params.into()),
            ..Event::default()
        };
        assert!(!ends_routine(&[row(service, on), Event::default()]));
        assert!(ends_routine(&[row(service, on), row("admin@x.example", off)]));
    }

    #[test]
    fn cross_tenant_access_has_many_names() {
        for (action, is) in [
            ("Update a partner cross-tenant access setting", true),
            ("Create a partner cross-tenant identity sync setting", true),
            ("UpdateCrossTenantAccessPolicy", true),
            ("Set tenant details", false),
            ("Tenant", false),
            ("Send", false),
        ] {
            assert_eq!(is_cross_tenant(action), is, "{action}");
            assert_eq!(is_tenant_wide(action), is, "{action}");
        }
    }

    #[test]
    fn what_answers_an_attack_matters_behind_the_window_and_daily_work_does_not() {
        for (action, mattering) in [
            ("Reset user password.", Lasts::ForParties),
            ("Remove-InboxRule", Lasts::ForParties),
            ("UserLoggedIn", Lasts::ForParties),
            ("Send", Lasts::ForParties),
            ("Remove-BlockedSenderAddress", Lasts::ForAll),
            ("MailItemsAccessed", Lasts::No),
            ("FileAccessed", Lasts::No),
        ] {
            assert_eq!(matters_later(action), mattering, "{action}");
        }
        // What matters to everybody is dealt out to everybody.
        assert!(ANSWERS_FOR_ALL.iter().all(|action| is_tenant_wide(action)));
    }

    #[test]
    fn what_was_set_long_ago_lasts_and_what_was_done_does_not() {
        for (action, lasting) in [
            ("Set-Mailbox", Lasts::ForParties),
            ("UpdateInboxRules", Lasts::ForParties),
            ("Add member to role.", Lasts::ForParties),
            ("Set-AdminAuditLogConfig", Lasts::ForAll),
            ("Send", Lasts::No),
            ("UserLoggedIn", Lasts::No),
            ("New-TransportRule", Lasts::No),
            ("Add-RoleGroupMember", Lasts::ForParties),
            // Whom it leaves out, it does not name.
            ("Update-RoleGroupMember", Lasts::ForAll),
        ] {
            assert_eq!(lasts(action), lasting, "{action}");
        }
    }
}
