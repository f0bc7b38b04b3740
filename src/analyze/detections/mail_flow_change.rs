//! The organisation's mail flow and filters: rules, connectors, domains and lists that decide which mail arrives.

use crate::analyze::exam::{Exam, Row};
use crate::analyze::settings::list_changes::ListChange;
use crate::analyze::settings::protections;
use crate::analyze::shown::coverage::GateId;
use crate::analyze::{Check, Meta, acts, is_housekeeping};
use crate::finding::{Finding, Severity, Weight};
use crate::knowledge::{domains, names, words};
use crate::timeline::json;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "mail-flow-change",
        title: "Mail flow or filters of the organisation changed",
        gates: &[&[GateId::G1], &[GateId::G2], &[GateId::G3], &[GateId::G5]],
        adds: &[GateId::G7],
        never_not_seen: None,
        severity: Severity::High,
        attack: &["T1114.003", "T1562.001", "T1685"],
        page: include_str!("../../../docs/symptoms/mail-flow-change.md"),
    },
    examine,
};

/// Cmdlets that open a way for mail, or a hole in its filters; [`protections`] knows those that take a filter away.
const CMDLETS: [&str; 17] = [
    "New-TransportRule",
    "Set-TransportRule",
    "Enable-TransportRule",
    "New-JournalRule",
    "Set-JournalRule",
    "New-InboundConnector",
    "Set-InboundConnector",
    "New-OutboundConnector",
    "Set-OutboundConnector",
    "New-RemoteDomain",
    "Set-RemoteDomain",
    "Set-DkimSigningConfig",
    "New-TenantAllowBlockListItems",
    "Set-TenantAllowBlockListItems",
    "Set-HostedConnectionFilterPolicy",
    "Set-SafeLinksRule",
    "Set-ArcConfig",
];
/// Parameters that tell what the change does.
const TELLING: [&str; 34] = [
    "Name",
    "Identity",
    "BlindCopyTo",
    "CopyTo",
    "RedirectMessageTo",
    "AddToRecipients",
    "DeleteMessage",
    "SetSCL",
    "SetAuditSeverity",
    "RejectMessageReasonText",
    "SubjectOrBodyContainsWords",
    "SubjectContainsWords",
    "From",
    "SentTo",
    "JournalEmailAddress",
    "Recipient",
    "SenderDomains",
    "SmartHosts",
    "SenderIPAddresses",
    "AutoForwardEnabled",
    "AutoForwardingMode",
    "AllowedSenders",
    "AllowedSenderDomains",
    "IPAllowList",
    "Entries",
    "Allow",
    "ListType",
    "Enabled",
    "Disabled",
    "State",
    "ArcTrustedSealers",
    "NotifyUser",
    "DomainName",
    "ApplyHtmlDisclaimerText",
];

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let counts = |row: &Row<'_>| {
        let action = row.event.action();
        let filter = row.event.is(&CMDLETS) || protections::is_about_filter(action);
        filter && (opens(row) || acts::is_attackers(exam, row))
            || protections::closes_way(action) && acts::is_attackers(exam, row)
    };
    let rows = exam.window_rows().filter(|row| !row.failed() && !is_housekeeping(row.class) && counts(row));
    // Each rule is told by itself: one may be a disclaimer, the next copies everything.
    let key =
        |row: &Row<'_>| format!("{} {} {}", acts::actor(row.event), row.event.action(), object(row)).to_lowercase();
    acts::happenings(rows, acts::ONE_GO, key).iter().filter_map(|rows| finding(exam, rows)).collect()
}

/// Whether a setting is changed towards less protection; policies are set for many reasons.
fn opens(row: &Row<'_>) -> bool {
    let has = |names: &[&str]| names.iter().any(|name| row.param(name).is_some_and(|value| adds(&value)));
    let is = |name: &str, value: &str| row.param(name).is_some_and(|given| given.trim().eq_ignore_ascii_case(value));
    match row.event.action().to_lowercase().as_str() {
        "set-hostedcontentfilterpolicy" => has(&["AllowedSenders", "AllowedSenderDomains"]),
        "set-hostedconnectionfilterpolicy" => has(&["IPAllowList"]) || is("EnableSafeList", "True"),
        "set-hostedoutboundspamfilterpolicy" => is("AutoForwardingMode", "On"),
        "set-arcconfig" => has(&["ArcTrustedSealers"]),
        "new-remotedomain" | "set-remotedomain" => is("AutoForwardEnabled", "True"),
        "set-dkimsigningconfig" => is("Enabled", "False"),
        // Keeping senders out is the defence.
        "new-tenantallowblocklistitems" | "set-tenantallowblocklistitems" => !is("Block", "True"),
        "set-safelinksrule" => true,
        action if protections::is_about_filter(action) => protections::lessens(row),
        _ => true,
    }
}

/// Whether a list is given anything: one that only takes out lets nobody in.
fn adds(list: &str) -> bool {
    !ListChange::of(list).added.is_empty()
}

/// Which rule, connector or policy it is.
fn object(row: &Row<'_>) -> String {
    let named = ["Identity", "Name"].iter().find_map(|name| row.param(name).filter(|name| !name.is_empty()));
    named.or_else(|| row.event.target_raw.as_deref().map(str::to_owned)).unwrap_or_default()
}

/// What is malicious on its face: mail about money or warnings that vanishes, reports switched off, a name without a
/// word, copies to anybody's mailbox.
fn on_its_face(row: &Row<'_>) -> Option<&'static str> {
    let text = |name: &str| row.param(name).unwrap_or_default();
    let words_of = ["SubjectOrBodyContainsWords", "SubjectContainsWords", "SubjectMatchesPatterns"].map(text).join(" ");
    let telling = !words::finance(&words_of).is_empty() || !words::warning(&words_of).is_empty();
    if json::boolean(&text("DeleteMessage")) == Some(true) && telling {
        return Some("it deletes mails about money or warnings");
    }
    if text("SetAuditSeverity").eq_ignore_ascii_case("DoNotAudit")
        && json::boolean(&text("DeleteMessage")) == Some(true)
    {
        return Some("it deletes mails and is not audited");
    }
    let name = text("Name");
    if row.event.is(&["New-TransportRule", "New-JournalRule"]) && !name.is_empty() && names::is_symbol_name(&name) {
        return Some("its name holds no word");
    }
    let to =
        ["BlindCopyTo", "CopyTo", "RedirectMessageTo", "AddToRecipients", "JournalEmailAddress"].map(text).join(" ");
    let freemail = domains::addresses_in(&to)
        .iter()
        .filter_map(|to| domains::domain_of(to))
        .any(|domain| domains::is_freemail(&domain));
    freemail.then_some("it sends copies to a free-mail address")
}

fn finding(exam: &Exam<'_>, rows: &[&Row<'_>]) -> Option<Finding> {
    let face = rows.iter().find_map(|row| Some((*row, on_its_face(row)?)));
    let alone = if face.is_none() { Weight::Weak } else { Weight::Strong };
    let (leader, weight) = acts::heaviest(exam, rows, alone)?;
    let row = face.map_or(leader, |(row, _)| row);
    let cmdlet = row.event.action();
    let draft = acts::draft(&CHECK.meta, exam, rows, weight)?
        .headline(
            format!("The organisation's mail flow or filters were changed ({cmdlet})"),
            format!("組織のメール フローまたはフィルターが変更された（{cmdlet}）"),
        )
        .detail("what", acts::told_parameters(row.event, &TELLING))
        .detail("on its face", face.map(|(_, told)| told).unwrap_or_default());
    Some(draft.done())
}
