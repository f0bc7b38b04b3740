//! The second factor was taken away from the account, or the organisation's rules about it were changed.

use serde_json::Value;

use crate::analyze::exam::{Exam, Row};
use crate::analyze::settings::credentials::{self, Act};
use crate::analyze::settings::directory;
use crate::analyze::shown::coverage::GateId;
use crate::analyze::{Check, Meta, acts, is_housekeeping};
use crate::finding::{Finding, Severity, Weight};
use crate::timeline::{details, json};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "mfa-weakened",
        title: "Second factor taken away or its rules changed",
        gates: &[&[GateId::G6], &[GateId::G6Entra]],
        adds: &[GateId::G7],
        never_not_seen: None,
        severity: Severity::High,
        attack: &["T1556.006", "T1556.009", "T1562", "T1685"],
        page: include_str!("../../../docs/symptoms/mfa-weakened.md"),
    },
    examine,
};

/// Changes of the organisation's rules, by the beginning of the activity's name.
const POLICIES: [&str; 14] = [
    "update conditional access policy",
    "delete conditional access policy",
    "add named location",
    "update named location",
    "delete named location",
    "update security defaults",
    "set company mfa settings",
    "update authentication methods policy",
    "authentication methods policy update",
    "authentication methods policy reset",
    "authentication strength policy update",
    "authentication strength policy delete",
    "authentication strength combination configuration",
    "mfa service policy update",
];
/// The directory's own record of a policy of any kind: which kind, its contents say.
const OF_ANY_KIND: [&str; 2] = ["Update policy", "Delete policy"];
/// What of a policy in the directory speaks of conditional access.
const CONDITIONAL: [&str; 4] = ["State", "Conditions", "Controls", "GrantControls"];

/// What changes with a policy's switch alone, with the dates and the version that go along.
const OF_THE_SWITCH: [&str; 4] = ["state", "modifiedDateTime", "modifiedDate", "version"];

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let counts = |row: &Row<'_>| what(row).is_some() && !switches_on(row);
    let rows = exam.window_rows().filter(|row| !row.failed() && !is_housekeeping(row.class) && counts(row));
    // The directory writes a change of conditional access down beside the service that made it.
    let key = |row: &Row<'_>| {
        let action = row.event.action().to_lowercase();
        format!("{} {}", acts::actor(row.event), action.replace("conditional access policy", "policy"))
    };
    acts::happenings(rows, acts::ONE_GO, key).iter().filter_map(|rows| finding(exam, rows)).collect()
}

fn is_policy(row: &Row<'_>) -> bool {
    let action = row.event.action().to_lowercase();
    let named = || POLICIES.iter().any(|policy| action.starts_with(policy));
    directory::is_directory(row.event) && (named() || is_conditional_access(row))
}

/// Whether a policy that only its contents tell the kind of is one of conditional access; how long tokens live is another.
fn is_conditional_access(row: &Row<'_>) -> bool {
    let (old, new) = if row.event.is(&OF_ANY_KIND) { policies(row) } else { (None, None) };
    let speaks = |policy: &Value| CONDITIONAL.iter().any(|name| json::get(policy, name).is_some());
    [old, new].iter().flatten().any(speaks)
}

/// The policy before and after, where the record tells either.
fn policies(row: &Row<'_>) -> (Option<Value>, Option<Value>) {
    let read = |text: Option<&str>| -> Option<Value> {
        serde_json::from_str(&details::plain(text)).ok().filter(Value::is_object)
    };
    let changes = details::changes(row.event);
    let mut values = changes.iter().map(|change| (read(change.old.as_deref()), read(change.new.as_deref())));
    values.find(|(old, new)| old.is_some() || new.is_some()).unwrap_or_default()
}

/// What a policy's new text says of a switch in it, and what the old one said.
fn switched(row: &Row<'_>, name: &str) -> (Option<String>, Option<String>) {
    let (old, new) = policies(row);
    let read = |policy: Option<Value>| json::text(&policy?, name).map(|value| value.to_lowercase());
    (read(old), read(new))
}

/// Whether the organisation's security defaults are switched on, or a policy is, and nothing else in it is changed.
fn switches_on(row: &Row<'_>) -> bool {
    let on = |name: &str, on: &str| {
        let (old, new) = switched(row, name);
        old.as_deref() != Some(on) && new.as_deref() == Some(on)
    };
    let rest = |policy: Option<Value>| {
        let mut policy = policy?;
        let members = policy.as_object_mut()?;
        members.retain(|name, _| !OF_THE_SWITCH.iter().any(|switch| name.eq_ignore_ascii_case(switch)));
        Some(policy)
    };
    let same = || {
        let (old, new) = policies(row);
        old.is_some() && rest(old) == rest(new)
    };
    row.event.is(&["Update security defaults"]) && on("isEnabled", "true") || on("state", "enabled") && same()
}

/// Whom a policy spares from now on: who is new among those left out, and who is gone from those it is for.
fn spared(row: &Row<'_>) -> Vec<String> {
    let (old, new) = policies(row);
    let (Some(old), Some(new)) = (old, new) else { return Vec::new() };
    let listed = |policy: &Value, name: &str| -> Vec<String> {
        let entries = policy.pointer("/conditions/users").and_then(|users| users.get(name)).and_then(Value::as_array);
        entries.into_iter().flatten().filter_map(Value::as_str).map(str::to_lowercase).collect()
    };
    let gained = |from: &Value, to: &Value, names: [&str; 3]| -> Vec<String> {
        let before: Vec<String> = names.iter().flat_map(|name| listed(from, name)).collect();
        names.iter().flat_map(|name| listed(to, name)).filter(|entry| !before.contains(entry)).collect()
    };
    let mut spared = gained(&old, &new, ["excludeUsers", "excludeGroups", "excludeRoles"]);
    let everybody = listed(&new, "includeUsers").iter().any(|entry| entry == "all");
    if !everybody {
        spared.extend(gained(&new, &old, ["includeUsers", "includeGroups", "includeRoles"]));
    }
    spared
}

/// Whether the policy spares the account itself from now on.
fn spares_account(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    is_policy(row) && spared(row).iter().any(|entry| exam.subject.is(entry))
}

/// Whether the policy goes, is on no longer, or spares somebody.
fn takes_away(row: &Row<'_>) -> bool {
    let off = |name: &str, on: &str| {
        let (old, new) = switched(row, name);
        old != new && new.is_some_and(|new| new != on)
    };
    let asks = |policy: Option<Value>| policy.as_ref().is_some_and(asks_for_more);
    let asks_no_more = || {
        let (old, new) = policies(row);
        new.is_some() && asks(old) && !asks(new)
    };
    let action = row.event.action().to_lowercase();
    !spared(row).is_empty()
        || action.starts_with("delete ")
        || action.ends_with(" delete")
        || asks_no_more()
        || off("state", "enabled")
        || off("isEnabled", "true")
}

/// Whether a policy asks for a second factor, in the words of the directory or of Graph.
fn asks_for_more(policy: &Value) -> bool {
    let controls = ["Controls", "grantControls"].iter().filter_map(|name| json::get(policy, name));
    controls.into_iter().any(|controls| controls.to_string().to_lowercase().contains("mfa"))
}

/// What was weakened.
fn what(row: &Row<'_>) -> Option<String> {
    if is_policy(row) {
        return Some(format!("{} {}", row.event.action(), acts::object_name(row.event)).trim().to_owned());
    }
    match credentials::act(row) {
        Some(Act::Methods(change)) if change.weakened => Some("multifactor authentication switched off".to_owned()),
        Some(Act::Methods(change)) if !change.removed.is_empty() && change.added.is_empty() => {
            Some(format!("removed: {}", change.removed.join("; ")))
        }
        _ => None,
    }
}

fn finding(exam: &Exam<'_>, rows: &[&Row<'_>]) -> Option<Finding> {
    let first = rows.first()?;
    let mut whats: Vec<String> = rows.iter().filter_map(|row| what(row)).collect();
    whats.dedup();
    let told = whats.join("; ");
    let shown = whats.iter().map(|what| credentials::in_japanese(what)).collect::<Vec<_>>().join("; ");
    // A rule that is changed is not always changed for the worse.
    let weakened = rows.iter().any(|row| !is_policy(row) || takes_away(row));
    let (en, ja) = match weakened {
        true => ("Multifactor protection was weakened", "多要素認証の保護が弱められた"),
        false => ("The rules about multifactor authentication were changed", "多要素認証に関する規則が変更された"),
    };
    let spared = rows.iter().any(|row| spares_account(exam, row));
    let reach = match (first.parts.any(), spared) {
        (_, true) => "the account itself is left out of a policy",
        (true, false) => "",
        (false, false) => "the whole organisation, by somebody else",
    };
    let (_, weight) = acts::heaviest(exam, rows, Weight::Weak)?;
    let draft = acts::draft(&CHECK.meta, exam, rows, weight)?
        .headline(format!("{en}: {told}"), format!("{ja}：{shown}"))
        .detail("what", told)
        .detail("reach", reach);
    Some(draft.done())
}
