//! R2: the mailbox's own forwarding was emptied, both addresses of it, and stayed empty.

use super::{Note, Scene, UNDATED, when, who, who_ja};
use crate::analyze::coverage::GateId;
use crate::analyze::exam::Row;
use crate::analyze::{directory, forwards};
use crate::finding::{Step, StepStatus};
use crate::timeline::details;

const ID: (u8, &str) = (2, "remove-forwarding");

/// The two attributes that forward.
const ADDRESSES: [&str; 2] = ["ForwardingSmtpAddress", "ForwardingAddress"];

/// The step.
pub(super) fn step(scene: &Scene<'_, '_>) -> Step {
    let mut set: [Option<String>; 2] = [None, None];
    let mut removed: Option<&Row<'_>> = None;
    let mut by_attacker: Option<&Row<'_>> = None;
    let mut set_again: Option<&Row<'_>> = None;
    let mut last_set: Option<&Row<'_>> = None;
    // What was set before the window may still stand in it; only what was removed inside is an answer.
    for row in scene.exam.settings().filter(|row| is_forwarding(scene, row)) {
        let given = |name: &&str| row.param(name).is_some_and(|value| forwards::destination(&value).is_some());
        let sets = ADDRESSES.iter().any(given);
        for (slot, name) in set.iter_mut().zip(ADDRESSES) {
            let Some(value) = row.param(name).map(|value| value.trim().to_owned()) else { continue };
            if forwards::destination(&value).is_some() {
                *slot = Some(value);
                last_set = Some(row);
                set_again = removed.is_some().then_some(row);
                continue;
            }
            // Whoever sets the one address says with it that the other is none: where it was none before, nothing is removed.
            let idle = sets && slot.is_none();
            *slot = None;
            if idle || !row.in_window {
                continue;
            }
            if scene.by_attacker(row) {
                by_attacker = Some(row);
            } else {
                removed = Some(row);
                set_again = None;
            }
        }
    }
    let mut left: Vec<String> = set.iter().flatten().cloned().collect();
    let gone = last_set.and_then(|set| snapshot_without(scene, set));
    let rules = "Rules that forward are another step (inbox rules); look at transport rules and contacts as well.";
    let rules_ja =
        "転送を行うルールは別の手順 (受信トレイ ルール) です。トランスポート ルールと連絡先も確認してください。";
    let (status, rows, mut note) = match (removed, by_attacker) {
        (Some(removed), _) => {
            let (at, by, by_ja) = (when(removed), who(removed), who_ja(removed));
            let note = Note::new(
                format!("Forwarding was removed at {at} by {by}."),
                format!("{at} に {by_ja} が転送を解除しました。"),
            );
            match (set_again, left.is_empty()) {
                (Some(again), _) => (StepStatus::Undone, vec![removed, again], note),
                (None, false) => (StepStatus::Partial, vec![removed], note),
                (None, true) => (StepStatus::Done, vec![removed], note),
            }
        }
        (None, Some(theirs)) if left.is_empty() => {
            let note = Note::new(
                format!("Only the attacker removed the forwarding, at {}.", when(theirs)),
                format!("転送を解除したのは攻撃者だけです ({})。", when(theirs)),
            );
            (StepStatus::ByAttacker, vec![theirs], note)
        }
        _ if set.iter().any(Option::is_some) && gone.is_some() => {
            left.clear();
            let mut note = Note::new(
                "A snapshot shows the mailbox without forwarding; who removed it and when is not recorded.",
                "スナップショットではメールボックスの転送がありません (解除者と解除日時の記録なし)。",
            );
            if gone.is_some_and(|row| row.event.datetime_text.is_none()) {
                note.say(UNDATED.0, UNDATED.1);
            }
            (StepStatus::Done, gone.into_iter().collect(), note)
        }
        _ => {
            let status = scene.absent(&[GateId::G0, GateId::G1, GateId::G3, GateId::G5]);
            let note = Note::new(
                "No removal of a mailbox forwarding is recorded.",
                "メールボックスの転送の解除は記録されていません。",
            );
            (status, Vec::new(), note)
        }
    };
    let told = left.join("; ");
    if !told.is_empty() {
        note.say(
            format!("Still set: {told}. Remove it unless it is wanted."),
            format!("設定が残っています: {told}。不要であれば解除してください。"),
        );
    }
    let Some(unclear) = unclear(scene, rows.last().copied().or(last_set)) else {
        note.say(rules, rules_ja);
        return scene.step(ID, status, &rows, note);
    };
    let (at, by, by_ja) = (when(unclear), who(unclear), who_ja(unclear));
    // Where nothing else is known, nobody can say whether it is still to be done.
    let alone = rows.is_empty();
    if alone && left.is_empty() {
        note = Note::default();
    }
    note.say(
        format!("At {at} {by} set or removed a forwarding: which of the two, the export lost."),
        format!("{at} に {by_ja} が転送を設定または解除しました (どちらかはエクスポート時に失われました)。"),
    );
    note.say(rules, rules_ja);
    match alone {
        true => scene.step_at(ID, StepStatus::NotAssessable, None, &[unclear], note),
        false => scene.step(ID, status, &rows, note),
    }
}

/// The last record inside the window, after what is known for certain, of which the export lost whether it set a
/// forwarding or took it away.
fn unclear<'s, 'a>(scene: &Scene<'s, 'a>, known: Option<&Row<'_>>) -> Option<&'s Row<'a>> {
    let after = |row: &&Row<'_>| {
        known.is_none_or(|known| !known.event.is_state() && row.event.datetime >= known.event.datetime)
    };
    let rows = scene.exam.window_rows().filter(|row| is_forwarding(scene, row) && !forwards::lost(row).is_empty());
    rows.filter(after).last()
}

fn is_forwarding(scene: &Scene<'_, '_>, row: &Row<'_>) -> bool {
    !row.failed()
        && !crate::analyze::is_housekeeping(row.class)
        && row.event.is(&["Set-Mailbox", "Set-MailUser", "Set-RemoteMailbox"])
        && directory::is_about(scene.exam.subject, row)
}

/// A snapshot of the mailbox, not older than the forwarding, that shows both addresses empty.
fn snapshot_without<'s, 'a>(scene: &Scene<'s, 'a>, set: &Row<'_>) -> Option<&'s Row<'a>> {
    // A value that the export lost, or had no column for, may be anything.
    let empty = |row: &Row<'_>, name: &str| {
        let param = details::params(row.event).into_iter().find(|param| param.name.eq_ignore_ascii_case(name));
        param.is_none_or(|param| param.value.is_some_and(|value| forwards::destination(&value).is_none()))
    };
    let states = scene.exam.states.iter().filter(|row| row.parts.mailbox && row.event.is(&["MailboxForwarding"]));
    // A snapshot is taken when the evidence is collected; only one that is dated can be older than the setting.
    let later = |row: &&Row<'_>| row.event.datetime_text.is_none() || row.event.datetime > set.event.datetime;
    states.filter(later).rfind(|row| ADDRESSES.iter().all(|name| empty(row, name)))
}
