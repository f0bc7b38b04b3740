//! What a record says about an account's right to send: blocked, suspected, released. Shared by the symptom and by the
//! response step; judges nothing.

use crate::analyze::exam::{Exam, Row};
use crate::analyze::sign_ins::alerts;
use crate::timeline::{EvidenceSource, details, json};

use chrono::{DateTime, TimeDelta, Utc};

/// What a record says about sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// The account was put on the list of restricted senders, or an alert says it was.
    Blocked,
    /// An alert, a bounce or a risk detection that does not say so.
    Suspected,
    /// The account was released.
    Released,
}

/// Alerts and the block itself are minutes, sometimes an hour apart.
pub const ONE_BLOCK: TimeDelta = TimeDelta::hours(2);

/// When what the alert is about happened, where it says so: it comes later than that.
fn happened(alert: &Row<'_>) -> Option<DateTime<Utc>> {
    let data = json::text(&details::object(alert.event), "Data")?;
    let data: serde_json::Value = serde_json::from_str(&data).ok()?;
    let time = DateTime::parse_from_rfc3339(&json::text(&data, "ts")?).ok()?.with_timezone(&Utc);
    (time <= alert.event.datetime).then_some(time)
}

/// Whether the record is an alert that tells once more of a block which another record had told of: that is older than
/// the account's release, though the alert may come after it.
pub fn is_late(row: &Row<'_>, signs: &[(Sign, &Row<'_>)]) -> bool {
    if !is_alert(row) {
        return false;
    }
    let at = row.event.datetime;
    let listed = |(sign, other): &&(Sign, &Row<'_>)| *sign == Sign::Blocked && !is_alert(other);
    let before = signs.iter().filter(|(_, other)| other.event.datetime < at);
    let release =
        before.clone().filter(|(sign, _)| *sign == Sign::Released).map(|(_, row)| row.event.datetime).next_back();
    let block = before.filter(listed).map(|(_, row)| row.event.datetime).next_back();
    match (block, release) {
        (Some(block), Some(release)) if block < release => {
            happened(row).map_or(at - block <= ONE_BLOCK, |of| of < release)
        }
        _ => false,
    }
}

fn is_alert(row: &Row<'_>) -> bool {
    row.event.record_type == Some(40)
}

/// What the record says about the subject's sending; `None` for all others.
pub fn sign(exam: &Exam<'_>, row: &Row<'_>) -> Option<Sign> {
    let event = row.event;
    if !row.parts.any() || row.failed() && event.evidence_source != EvidenceSource::MessageTrace {
        return None;
    }
    if event.record_type == Some(51) && row.parts.target {
        return match json::text(&details::object(event), "Event")?.to_lowercase().as_str() {
            "listed" => Some(Sign::Blocked),
            "delisted" => Some(Sign::Released),
            _ => None,
        };
    }
    if matches!(event.record_type, Some(40))
        && row.parts.target
        && event.is(&["AlertTriggered", "AlertEntityGenerated"])
    {
        return alert(&alerts::name(&details::object(event))?);
    }
    if event.is(&["Remove-BlockedSenderAddress"]) && row.parts.target {
        return Some(Sign::Released);
    }
    let risky = event.risk_events.as_deref().unwrap_or_default().to_lowercase();
    if risky.contains("suspicioussendingpatterns") && row.parts.any() {
        return Some(Sign::Suspected);
    }
    bounced(exam, row).then_some(Sign::Suspected)
}

/// What an alert says, by its policy's name (the default policies are not translated).
fn alert(name: &str) -> Option<Sign> {
    let name = name.to_lowercase();
    if name.contains("restricted from sending") && !name.contains("tenant") {
        return Some(Sign::Blocked);
    }
    let suspected =
        ["suspicious email sending patterns", "email sending limit exceeded", "tenant restricted from sending"];
    suspected.iter().any(|known| name.contains(known)).then_some(Sign::Suspected)
}

/// A message of the account that the service refused because of its sender.
fn bounced(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    const CODES: [&str; 4] = ["5.1.8", "5.1.90", "5.7.705", "5.7.708"];
    let event = row.event;
    let sender = event.user_upn.as_deref().is_some_and(|sender| exam.subject.is(sender)) || row.parts.sender;
    let text = [&event.status_text, &event.status_reason, &event.status_code];
    event.evidence_source == EvidenceSource::MessageTrace
        && sender
        && text.into_iter().flatten().any(|text| CODES.iter().any(|code| holds_code(text, code)))
}

/// Whether the text holds the code by itself: a server's version (`15.1.847`) and a longer code hold its digits too.
fn holds_code(text: &str, code: &str) -> bool {
    text.match_indices(code).any(|(at, _)| {
        let before = text.get(..at).unwrap_or_default().ends_with(|c: char| c.is_ascii_digit() || c == '.');
        let behind = text.get(at + code.len()..).unwrap_or_default();
        let goes_on = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
        !before && !goes_on(behind) && !behind.strip_prefix('.').is_some_and(goes_on)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_stands_by_itself() {
        for text in ["550 5.1.8 Access denied", "5.1.8", "(5.1.8)", "refused with 5.1.8."] {
            assert!(holds_code(text, "5.1.8"), "{text}");
        }
        for text in ["AM0PR07MB1234 (15.1.847.3)", "15.1.8", "5.1.80", "5.1.8.2", "1.5.1.8"] {
            assert!(!holds_code(text, "5.1.8"), "{text}");
        }
    }

    #[test]
    fn alerts_by_name() {
        assert_eq!(alert("User restricted from sending email"), Some(Sign::Blocked));
        assert_eq!(alert("Suspicious email sending patterns detected"), Some(Sign::Suspected));
        assert_eq!(alert("Tenant restricted from sending email"), Some(Sign::Suspected));
        assert_eq!(alert("Email reported by user as malware or phish"), None);
    }
}
