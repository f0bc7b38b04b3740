//! Forwarding that snapshots show: it stood when somebody looked, set by nobody known, at no time known.

use super::copies::NO_COPY;
use super::{CHECK, LOST, STARRED, enabled, look_alike, sends_on, where_to};
use crate::analyze::draft::Draft;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::settings::forwards::{self, Forward};
use crate::analyze::settings::rules::standing::Standing;
use crate::finding::{Finding, Weight};
use crate::knowledge::domains;
use crate::timeline::{details, format_time, json};

/// A forwarding of which a snapshot shows only that it is there: where PowerShell printed the name of a type, there was a
/// value.
pub(super) fn unknown(exam: &Exam<'_>, row: &Row<'_>) -> Option<Finding> {
    let names = || ["ForwardingSmtpAddress", "ForwardingAddress"].into_iter();
    let lost: Vec<&str> = names().filter(|name| details::is_lost(row.event, name)).collect();
    let told = names().any(|name| row.param(name).is_some_and(|value| forwards::destination(&value).is_some()));
    // A column that the whole table lacks says nothing of this mailbox.
    let typed = ["Microsoft.", "System.", "Deserialized."]
        .iter()
        .any(|name| row.event.raw.as_deref().is_some_and(|raw| raw.contains(name)));
    if lost.is_empty() || told || !typed || !row.parts.mailbox || !row.event.is(&["MailboxForwarding"]) {
        return None;
    }
    let whose = row.event.mailbox_upn.as_deref().or(row.event.target_raw.as_deref()).unwrap_or(&exam.subject.user);
    let draft = Draft::of_state(&CHECK.meta, exam, row)
        .headline(
            format!("Mail of {whose} is forwarded to {}; who set it and when is not recorded", LOST.0),
            format!("{whose} のメールが{}に転送されている（設定者と設定日時の記録なし）", LOST.1),
        )
        .detail("values lost in the export", lost.join(", "))
        .weight(Weight::Weak);
    Some(draft.done())
}

/// The forwardings that a snapshot shows and no record of the log explains: set earlier, or by a way that is not logged.
/// Both addresses may be set; each is told by itself.
pub(super) fn settings(exam: &Exam<'_>, row: &Row<'_>, forwards: &[Forward<'_, '_>]) -> Vec<Finding> {
    if !row.parts.mailbox || !row.event.is(&["MailboxForwarding"]) {
        return Vec::new();
    }
    let given = ["ForwardingSmtpAddress", "ForwardingAddress"].into_iter().filter_map(|name| row.param(name));
    given.filter_map(|value| setting(exam, row, forwards, forwards::destination(&value)?)).collect()
}

fn setting(exam: &Exam<'_>, row: &Row<'_>, forwards: &[Forward<'_, '_>], destination: &str) -> Option<Finding> {
    let address = domains::addresses_in(destination).into_iter().next();
    let same = |forward: &&Forward<'_, '_>| {
        forward.mailbox.ours
            && (forward.destination.eq_ignore_ascii_case(destination)
                || address.is_some() && forward.address == address)
    };
    let recorded = forwards.iter().find(same);
    if recorded.is_some_and(|forward| forward.is_recent(exam)) {
        return None;
    }
    let address = address.or_else(|| recorded.and_then(|forward| forward.address.clone()));
    let outside = address.as_deref().is_some_and(|address| !exam.is_internal(address));
    let keeps = row.param("DeliverToMailboxAndForward").and_then(|value| json::boolean(&value));
    let to = address.clone().unwrap_or_else(|| destination.to_owned());
    let whose = row.event.mailbox_upn.as_deref().or(row.event.target_raw.as_deref()).unwrap_or(&exam.subject.user);
    let masked = forwards::is_masked(destination);
    let (where_en, where_ja) = if masked { STARRED } else { where_to(exam, address.as_deref(), destination, outside) };
    let on = recorded.map(|forward| forward.on);
    // What was set behind the window, and of which nothing says that it stood before, did not stand in it.
    let stood = recorded.is_some_and(|forward| forward.off.is_none());
    let later = forwards::set_later(exam, destination).filter(|_| !stood);
    let (origin, origin_ja) = later.map_or_else(|| origin(recorded), set_behind);
    let draft = Draft::of_state(&CHECK.meta, exam, row)
        .headline(
            format!("Mail of {whose} is forwarded to {to} ({where_en}); {origin}"),
            format!("{whose} のメールが {to}（{where_ja}）に転送されている（{origin_ja}）"),
        )
        .detail("destination", destination)
        .detail("destination address", address.clone().unwrap_or_default())
        .detail("mailbox keeps a copy", if keeps == Some(false) { NO_COPY } else { "" })
        .detail("look-alike of", look_alike(exam, &to).unwrap_or_default())
        .detail("recorded earlier", on.map(|row| format_time(row.event.datetime)).unwrap_or_default())
        .weight(if (outside || masked) && later.is_none() { Weight::Weak } else { Weight::Explained });
    Some(draft.also(on).also(later).done())
}

/// The same where it was set behind the window.
fn set_behind(row: &Row<'_>) -> (String, String) {
    let when = format_time(row.event.datetime);
    match row.event.user_raw.as_deref() {
        Some(by) => {
            (format!("set after the window, at {when} by {by}"), format!("調査期間より後の {when} に {by} が設定"))
        }
        None => (format!("set after the window, at {when}"), format!("調査期間より後の {when} に設定")),
    }
}

/// Who set it and when, English and Japanese, where the log has it and does not say that it ended.
fn origin(recorded: Option<&Forward<'_, '_>>) -> (String, String) {
    let Some(on) = recorded.filter(|forward| forward.off.is_none()).map(|forward| forward.on) else {
        return ("who set it and when is not recorded".to_owned(), "設定者と設定日時の記録なし".to_owned());
    };
    let when = format_time(on.event.datetime);
    match on.event.user_raw.as_deref() {
        Some(by) => (format!("set at {when} by {by}"), format!("{when} に {by} が設定")),
        None => (format!("set at {when}"), format!("{when} に設定")),
    }
}

/// A rule that a snapshot shows and that sends mail outside, or to where the export lost.
pub(super) fn rule(exam: &Exam<'_>, standing: &Standing<'_, '_>) -> Option<Finding> {
    let outside = &standing.content.outside;
    let lost: Vec<&str> = ["ForwardTo", "RedirectTo", "ForwardAsAttachmentTo"]
        .into_iter()
        .filter(|name| outside.is_empty() && details::is_lost(standing.row.event, name))
        .collect();
    let masked = outside.is_empty() && standing.content.masked;
    let weight = match () {
        () if !lost.is_empty() => Weight::Weak,
        () => standing.weight.filter(|_| masked || !outside.is_empty())?,
    };
    let to = outside.join(", ");
    let (en, ja) = if lost.is_empty() && !masked {
        sends_on(&standing.rule, "", &to)
    } else {
        (sends_on(&standing.rule, "", LOST.0).0, sends_on(&standing.rule, "", LOST.1).1)
    };
    let (origin, origin_ja) = standing.origin();
    let last = standing.last_recorded();
    let draft = Draft::of_state(&CHECK.meta, exam, standing.row)
        .headline(format!("{en}; {origin}"), format!("{ja}（{origin_ja}）"))
        .detail("rule name", standing.rule.name_told())
        .detail("rule enabled", enabled(&standing.rule))
        .detail("destination", to)
        .detail("values lost in the export", lost.join(", "))
        .detail("rule actions", standing.rule.actions_text())
        .detail("rule conditions", standing.rule.conditions_text())
        .detail("look-alike of", outside.iter().find_map(|address| look_alike(exam, address)).unwrap_or_default())
        .detail("last recorded", last.map(|row| format_time(row.event.datetime)).unwrap_or_default())
        .terms(standing.content.terms.iter().cloned())
        .weight(weight);
    let recorded = standing.recorded.as_ref().map(|act| act.row);
    Some(draft.also(recorded).also(last).also(standing.contacts.iter().copied()).done())
}
