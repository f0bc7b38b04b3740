//! Which records take auditing away, from whom, and which give it back: shared by the coverage gate and the detection.

use crate::analyze::exam::Row;
use crate::timeline::json;

const TENANT: &str = "the organisation's audit log";
const ADMIN: &str = "the organisation's admin audit log";
/// Advanced auditing taken out of the account's licences.
pub const ADVANCED: &str = "advanced auditing of the account";
/// How long the log is kept: a rule of its own may be changed for the better as well.
pub const RETENTION: &str = "how long the audit log is kept";
const ORGANISATION: &str = "mailbox auditing of the organisation";
const BYPASS: &str = "everything the account does in mailboxes";
const MAILBOX: &str = "the mailbox's audit";
const AGE: &str = "how long the mailbox's audit is kept";
const OWNER: &str = "what the mailbox audits of its owner";
const OTHERS: &str = "what the mailbox audits of others";
const DEFAULTS: &str = "whose actions the mailbox audits by default";
/// What a mailbox audits for its owner that every investigation needs.
const NEEDED: [&str; 3] = ["HardDelete", "SoftDelete", "UpdateInboxRules"];
/// What is audited as long as nobody takes it out, and tells what an intruder did.
const TELLING: [&str; 7] = [
    "HardDelete",
    "SoftDelete",
    "UpdateInboxRules",
    "MailItemsAccessed",
    "MoveToDeletedItems",
    "Send",
    "UpdateFolderPermissions",
];
/// Whose actions the service keeps auditing by itself.
const AUDITED: [&str; 3] = ["Admin", "Delegate", "Owner"];

/// The same in Japanese, for headlines.
pub fn in_japanese(what: &str) -> &str {
    match what {
        TENANT => "組織の監査ログ",
        ADMIN => "組織の管理者監査ログ",
        RETENTION => "監査ログの保持期間",
        ORGANISATION => "組織のメールボックス監査",
        BYPASS => "アカウントがメールボックスで行うすべての操作",
        MAILBOX => "メールボックスの監査",
        AGE => "メールボックス監査の保持期間",
        OWNER => "所有者の操作の監査対象",
        OTHERS => "他者の操作の監査対象",
        DEFAULTS => "既定で監査される操作の実行者",
        ADVANCED => "アカウントの高度な監査",
        other => other,
    }
}

/// Which auditing the record takes away, and from whom. Values are tested, never places in the list: the service
/// itself writes `AdminAuditLogEnabled True` every few days.
pub fn taken(row: &Row<'_>) -> Option<&'static str> {
    let event = row.event;
    let is = |name: &str, wanted: bool| switch(row, name) == Some(wanted);
    match () {
        () if event.is(&["Set-AdminAuditLogConfig"]) => {
            let admin = || is("AdminAuditLogEnabled", false).then_some(ADMIN);
            is("UnifiedAuditLogIngestionEnabled", false).then_some(TENANT).or_else(admin)
        }
        () if event.is(&["Set-OrganizationConfig"]) => is("AuditDisabled", true).then_some(ORGANISATION),
        () if event.is(&["Remove-UnifiedAuditLogRetentionPolicy"]) => Some(RETENTION),
        () if event.is(&["Set-MailboxAuditBypassAssociation"]) => is("AuditBypassEnabled", true).then_some(BYPASS),
        () if event.is(&["Set-Mailbox"]) => of_mailbox(row),
        () => None,
    }
}

/// Whether the audit log lacks more without it than what mailboxes record.
pub fn is_of_everything(what: &str) -> bool {
    matches!(what, TENANT | ADMIN | RETENTION)
}

/// Whether a record of this operation could do so.
pub fn may_be_of_everything(operation: &str) -> bool {
    let of_mailboxes = ["set-mailbox", "set-mailboxauditbypassassociation", "set-organizationconfig"];
    !of_mailboxes.contains(&operation.to_lowercase().as_str())
}

/// Whether the record changes a rule about how long the audit log is kept, and how: to the worse as far as it can tell,
/// or to a year and more, or in its words and order alone.
pub fn kept(row: &Row<'_>) -> Option<Kept> {
    if !row.event.is(&["Set-UnifiedAuditLogRetentionPolicy"]) {
        return None;
    }
    let given = |name: &str| row.param(name).is_some_and(|value| !value.trim().is_empty());
    let narrows = ["Operations", "RecordTypes", "UserIds"].iter().any(|name| given(name));
    let duration = row.param("RetentionDuration").unwrap_or_default().trim().to_lowercase();
    let long = ["year", "years", "twelvemonths"].iter().any(|end| duration.ends_with(end));
    let worded = duration.is_empty() && ["Description", "Priority"].iter().any(|name| given(name));
    Some(if !narrows && (long || worded) { Kept::NoLess } else { Kept::PerhapsLess })
}

/// What a change of a retention rule means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// A shorter time, fewer records, or nobody knows.
    PerhapsLess,
    /// A year and more, or other words.
    NoLess,
}

/// Everything that another account does in mailboxes, in both languages.
pub fn of_another(what: &str, name: &str) -> Option<(String, String)> {
    let told =
        || (format!("everything {name} does in mailboxes"), format!("{name} がメールボックスで行うすべての操作"));
    (what == BYPASS).then(told)
}

/// Whether the state of a mailbox's audit shows it off or bypassed.
pub fn stands_off(row: &Row<'_>) -> bool {
    let state = row.param("EffectiveAuditState").unwrap_or_default().to_lowercase();
    row.event.is(&["MailboxAudit"])
        && (switch(row, "AuditEnabled") == Some(false)
            || switch(row, "AuditBypassEnabled") == Some(true)
            || ["disabled", "bypassed"].iter().any(|word| state.contains(word)))
}

/// Whether it shows a list for the owner, in place of the service's own choice, that lacks what every investigation needs.
pub fn stands_cut(row: &Row<'_>) -> bool {
    let is_chosen = |set: String| !set.trim().is_empty() && !has(&set, "Owner");
    let list = row.param("OwnerAuditActions").or_else(|| row.param("AuditOwner"));
    row.event.is(&["MailboxAudit"])
        && row.param("DefaultAuditSet").is_some_and(is_chosen)
        && list.is_some_and(|list| is_cut(&list))
}

/// Which of them the record gives back.
pub fn given_back(row: &Row<'_>) -> Vec<&'static str> {
    if row.event.is(&["Set-Mailbox"]) {
        return to_mailbox(row);
    }
    of_organisation(row).into_iter().collect()
}

fn of_organisation(row: &Row<'_>) -> Option<&'static str> {
    let event = row.event;
    let is = |name: &str, wanted: bool| switch(row, name) == Some(wanted);
    match () {
        () if event.is(&["Set-AdminAuditLogConfig"]) => {
            // The service itself leaves the admin audit log on every few days: that says nothing of the rest.
            let admin = || is("AdminAuditLogEnabled", true).then_some(ADMIN);
            is("UnifiedAuditLogIngestionEnabled", true).then_some(TENANT).or_else(admin)
        }
        () if event.is(&["Set-OrganizationConfig"]) => is("AuditDisabled", false).then_some(ORGANISATION),
        () if event.is(&["Set-MailboxAuditBypassAssociation"]) => is("AuditBypassEnabled", false).then_some(BYPASS),
        () => None,
    }
}

/// What the record switches on again, sets to a list that lacks nothing (one that adds leaves open what else is in it),
/// or hands back to the service's own choice.
fn to_mailbox(row: &Row<'_>) -> Vec<&'static str> {
    let text = |name: &str| row.param(name).map(|value| value.trim().to_owned());
    let default = |whose: &str| text("DefaultAuditSet").is_some_and(|set| has(&set, whose));
    let whole = |name: &str| text(name).is_some_and(|verbs| !is_nothing(&verbs) && !changes(&verbs));
    let owner = || whole("AuditOwner") && text("AuditOwner").is_some_and(|verbs| !is_cut(&verbs));
    let others = [("AuditDelegate", "Delegate"), ("AuditAdmin", "Admin")];
    let given = [
        (MAILBOX, switch(row, "AuditEnabled") == Some(true)),
        (AGE, text("AuditLogAgeLimit").is_some_and(|age| !age.is_empty() && !is_short(&age))),
        (OWNER, owner() || default("Owner")),
        (OTHERS, others.iter().all(|(name, whose)| whole(name) || default(whose))),
        (DEFAULTS, AUDITED.iter().all(|whose| default(whose))),
    ];
    given.into_iter().filter(|(_, is)| *is).map(|(what, _)| what).collect()
}

fn of_mailbox(row: &Row<'_>) -> Option<&'static str> {
    let text = |name: &str| row.param(name).map(|value| value.trim().to_owned());
    if switch(row, "AuditEnabled") == Some(false) {
        return Some(MAILBOX);
    }
    if text("AuditLogAgeLimit").is_some_and(|age| is_short(&age)) {
        return Some(AGE);
    }
    // Who switches auditing on with a list that is older than what is audited today takes nothing away.
    let switched_on = switch(row, "AuditEnabled") == Some(true);
    if text("AuditOwner").is_some_and(|verbs| is_cut(&verbs) || !switched_on && is_blind(&verbs)) {
        return Some(OWNER);
    }
    // The service's own choice of actions is switched off for those who are not named.
    if text("DefaultAuditSet").is_some_and(|set| !AUDITED.iter().all(|whose| has(&set, whose))) {
        return Some(DEFAULTS);
    }
    let cut = |name: &str| text(name).is_some_and(|verbs| is_nothing(&verbs) || removes(&verbs) || is_useless(&verbs));
    (cut("AuditDelegate") || cut("AuditAdmin")).then_some(OTHERS)
}

/// A limit of a day or less: `00:00:00`, `12:00:00`, `1.00:00:00`, `1`.
fn is_short(age: &str) -> bool {
    let (days, rest) = age.split_once('.').unwrap_or(if age.contains(':') { ("0", age) } else { (age, "") });
    let at_midnight = || rest.chars().all(|letter| matches!(letter, '0' | ':' | '.'));
    match days.trim().parse::<u32>() {
        Ok(0) => true,
        Ok(1) => at_midnight(),
        _ => false,
    }
}

fn is_nothing(verbs: &str) -> bool {
    let verbs = verbs.trim().trim_matches(['{', '}', '@', '(', ')']).trim();
    verbs.is_empty() || verbs.eq_ignore_ascii_case("none") || verbs.eq_ignore_ascii_case("$null")
}

/// Whether a list holds the word, whatever its case.
fn has(list: &str, word: &str) -> bool {
    list.split(|c: char| !c.is_alphanumeric()).any(|part| part.eq_ignore_ascii_case(word))
}

/// Whether `@{Remove=…}` takes out what tells of an intruder.
fn removes(verbs: &str) -> bool {
    let removed = verbs.to_lowercase().split_once("remove=").map(|(_, rest)| rest.to_owned());
    // `@{Add=…; Remove=…}` may stand in either order.
    let removed = removed.map(|rest| rest.split("add=").next().unwrap_or_default().to_owned());
    removed.is_some_and(|list| TELLING.iter().any(|verb| has(&list, verb)))
}

/// Set to a list without what every investigation needs. A list that adds or removes (`@{Add=…}`) is not whole.
fn is_cut(verbs: &str) -> bool {
    let lower = verbs.to_lowercase();
    is_nothing(verbs)
        || removes(verbs)
        || !changes(verbs) && !NEEDED.iter().all(|verb| lower.contains(&verb.to_lowercase()))
}

/// Set to a list in which neither reading nor sending is.
fn is_blind(verbs: &str) -> bool {
    !changes(verbs) && !["MailItemsAccessed", "Send"].iter().any(|verb| has(verbs, verb))
}

/// Set to a list in which nothing is that an intruder does in somebody else's mailbox.
fn is_useless(verbs: &str) -> bool {
    !changes(verbs) && !["SendAs", "SendOnBehalf", "HardDelete", "SoftDelete"].iter().any(|verb| has(verbs, verb))
}

fn changes(verbs: &str) -> bool {
    let lower = verbs.to_lowercase();
    lower.contains("add=") || lower.contains("remove=")
}

fn switch(row: &Row<'_>, name: &str) -> Option<bool> {
    row.param(name).and_then(|value| json::boolean(value.trim().trim_start_matches('$')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_auditing_has_its_japanese_words() {
        for what in [TENANT, ADMIN, RETENTION, ORGANISATION, BYPASS, MAILBOX, AGE, OWNER, OTHERS, DEFAULTS, ADVANCED] {
            assert!(!in_japanese(what).is_ascii(), "{what}");
        }
    }

    #[test]
    fn what_a_cut_list_is() {
        assert!(is_cut("None") && is_cut("") && is_cut("Send") && is_cut("@{Remove=\"HardDelete\"}"));
        assert!(!is_cut("@{Add=\"MailItemsAccessed\"}") && !is_cut("HardDelete, SoftDelete, UpdateInboxRules, Move"));
        assert!(is_cut("@{Remove=\"MailItemsAccessed\"}") && is_cut("@{Add=\"Create\"; Remove=\"Send\"}"));
        assert!(!is_cut("@{Remove=\"Create\"}") && !is_cut("@{Remove=\"Create\"; Add=\"Send\"}"));
        assert!(has("Admin, Delegate, Owner", "owner") && !has("None", "owner"));
        assert!(is_short("00:00:00") && is_short("1.00:00:00") && !is_short("90.00:00:00"));
        assert!(is_short("12:00:00") && is_short("01:00:00") && is_short("0.23:00:00") && is_short("1"));
        assert!(!is_short("1.12:00:00") && !is_short("90") && !is_short(""));
        assert!(is_blind("HardDelete, SoftDelete, UpdateInboxRules, Move") && !is_blind("Update, Send"));
        assert!(is_useless("Create") && !is_useless("SendAs") && !is_useless("@{Add=\"Create\"}"));
    }
}
