//! Changes that take away the means of getting deleted mail back, and purges by search: they go with missing mail.

use crate::analyze::draft::Draft;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::mail::mails::SUSPICIOUS;
use crate::analyze::people::actor::ActorClass;
use crate::analyze::settings::mailbox;
use crate::analyze::{Meta, acts, is_housekeeping};
use crate::finding::{Finding, Severity, Weight};

/// Days that the service keeps deleted items by default.
const DEFAULT_DAYS: u32 = 14;

/// What a cmdlet takes away.
fn taken_away(row: &Row<'_>) -> Option<(&'static str, &'static str)> {
    let is = |name: &str, value: &str| {
        row.param(name).is_some_and(|given| given.trim_start_matches('$').eq_ignore_ascii_case(value))
    };
    if row.event.is(&["Disable-Mailbox"]) && (is("Archive", "True") || is("RemoteArchive", "True")) {
        return Some(("The archive mailbox was switched off", "アーカイブ メールボックスが無効にされた"));
    }
    if row.event.is(&["Remove-Mailbox", "Disable-Mailbox"]) {
        return Some(("The mailbox was removed", "メールボックスが削除された"));
    }
    if is_purge(row) {
        return Some(("Mail was purged through a compliance search", "コンプライアンス検索によってメールが消去された"));
    }
    if row.event.is(&["New-RetentionPolicyTag", "Set-RetentionPolicyTag"]) && empties_early(row) {
        return Some((
            "A retention tag was set to delete mail early",
            "保持タグが、メールを早期に削除するように設定された",
        ));
    }
    if !row.event.is(&["Set-Mailbox"]) {
        return None;
    }
    if row.param("RetainDeletedItemsFor").and_then(|value| days(&value)).is_some_and(|days| days < DEFAULT_DAYS) {
        return Some(("Deleted items are kept for a shorter time", "削除済みアイテムの保持期間が短縮された"));
    }
    if is("SingleItemRecoveryEnabled", "False") {
        return Some(("Single item recovery was switched off", "単一アイテムの回復が無効にされた"));
    }
    if is("LitigationHoldEnabled", "False") {
        return Some(("The litigation hold was lifted", "訴訟ホールドが解除された"));
    }
    if is("ElcProcessingDisabled", "True") {
        return Some(("Retention of the mailbox was switched off", "メールボックスの保持処理が無効にされた"));
    }
    None
}

/// Whether it orders that what a search found is deleted; a preview or an export does not.
pub fn is_purge(row: &Row<'_>) -> bool {
    let says = |value: String| value.trim_start_matches('$').eq_ignore_ascii_case("true");
    row.event.is(&["New-ComplianceSearchAction"])
        && (row.param("Purge").is_some_and(says) || row.param("PurgeType").is_some())
}

/// Whether a retention tag now deletes mail younger than the service keeps deleted items, or deletes past the bin at an
/// age that the record does not say.
fn empties_early(row: &Row<'_>) -> bool {
    let action = row.param("RetentionAction").unwrap_or_default();
    let is = |known: &str| action.eq_ignore_ascii_case(known);
    match row.param("AgeLimitForRetention").and_then(|age| days(&age)) {
        Some(days) => days < DEFAULT_DAYS && !is("MoveToArchive"),
        None => is("PermanentlyDelete"),
    }
}

/// What was told about a retention tag.
fn retention_tag(row: &Row<'_>) -> String {
    if !row.event.is(&["New-RetentionPolicyTag", "Set-RetentionPolicyTag"]) {
        return String::new();
    }
    let names = ["Identity", "Name", "RetentionAction", "AgeLimitForRetention"];
    let told = names.iter().filter_map(|name| row.param(name).filter(|value| !value.is_empty()));
    told.collect::<Vec<_>>().join("; ")
}

/// The days of a time span such as `1.00:00:00`, `00:30:00` or `7`.
fn days(span: &str) -> Option<u32> {
    let span = span.trim();
    match (span.split_once('.'), span.contains(':')) {
        (Some((days, _)), _) => days.parse().ok(),
        (None, true) => Some(0),
        (None, false) => span.parse().ok(),
    }
}

/// An administrator's change of somebody else's mailbox takes nothing away here. Searches and retention tags are of the
/// whole organisation.
fn concerns_account(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    !row.event.is(&["Set-Mailbox", "Remove-Mailbox", "Disable-Mailbox"]) || mailbox::of_cmdlet(exam, row).ours
}

/// What is of the whole organisation and names nobody: told of the attacker's hand only, since each account's report
/// would else repeat the administrators' routine.
fn is_of_all_from_attacker(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    let of_all = ["New-ComplianceSearchAction", "New-RetentionPolicyTag", "Set-RetentionPolicyTag"];
    row.event.is(&of_all) && !spares_account(exam, row) && acts::is_attackers(exam, row)
}

/// Whether the purge is of a search that names its places, and this mailbox not among them.
fn spares_account(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    let Some(name) = row.param("SearchName") else { return false };
    let called = |other: &Row<'_>| other.param("Name").is_some_and(|other| other.eq_ignore_ascii_case(&name));
    let mut searches = exam.rows.iter().filter(|other| other.event.is(&["New-ComplianceSearch"]) && called(other));
    searches.any(|search| {
        let places = search.param("ExchangeLocation").unwrap_or_default();
        !places.is_empty() && !places.eq_ignore_ascii_case("all") && !acts::names_account(exam, search)
    })
}

/// The findings: strong from the attacker, explained from an administrator (the account itself may be one), else weak.
pub fn findings(meta: &Meta, exam: &Exam<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let done = exam.window_rows().filter(|row| !is_housekeeping(row.class) && !row.failed());
    for row in done.filter(|row| row.parts.any() || is_of_all_from_attacker(exam, row)) {
        let Some((en, ja)) = taken_away(row).filter(|_| concerns_account(exam, row)) else { continue };
        let weight = match exam.points(row) {
            SUSPICIOUS.. => Weight::Strong,
            // Who may purge everybody's mail does so against phishing: nothing else in this account is anybody's but its own.
            total if total <= 0 && is_purge(row) && exam.attacker.is_empty() => Weight::Explained,
            0.. if row.class == ActorClass::Own => Weight::Weak,
            _ => Weight::Explained,
        };
        let name = |name: &str| row.param(name).unwrap_or_default();
        let draft = Draft::new(meta, exam, row)
            .headline(en, ja)
            .severity(Severity::High)
            .weight(weight)
            .detail("deleted items kept for", name("RetainDeletedItemsFor"))
            .detail("single item recovery", name("SingleItemRecoveryEnabled"))
            .detail("litigation hold", name("LitigationHoldEnabled"))
            .detail("retention tag", retention_tag(row));
        findings.push(draft.done());
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::days;

    #[test]
    fn time_spans() {
        for (text, expected) in
            [("1.00:00:00", Some(1)), ("30.00:00:00", Some(30)), ("00:00:00", Some(0)), ("7", Some(7)), ("x", None)]
        {
            assert_eq!(days(text), expected, "{text}");
        }
    }
}
