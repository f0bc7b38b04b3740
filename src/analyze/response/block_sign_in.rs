//! R5 (optional): the account could not sign in until it was secured: disabled, or all its ways to the mailbox closed.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{Note, Scene, latest, when, who, who_ja};
use crate::analyze::coverage::GateId;
use crate::analyze::directory;
use crate::analyze::exam::Row;
use crate::finding::{Step, StepStatus};
use crate::timeline::json;

const ID: (u8, &str) = (5, "block-sign-in");

/// Microsoft's three switches of the mailbox.
const SWITCHES: [&str; 3] = ["ActiveSyncEnabled", "OWAforDevicesEnabled", "OWAEnabled"];

/// The step.
pub(super) fn step(scene: &Scene<'_, '_>, reset: Option<DateTime<Utc>>) -> Step {
    let about: Vec<&Row<'_>> = scene
        .rows()
        .filter(|row| !crate::analyze::is_housekeeping(row.class) && directory::is_about(scene.exam.subject, row))
        .collect();
    let mut disabled: Vec<&Row<'_>> = Vec::new();
    let mut enabled: Vec<&Row<'_>> = Vec::new();
    let mut switches: BTreeMap<&str, (bool, &Row<'_>)> = BTreeMap::new();
    for row in about {
        match account_enabled(row) {
            Some(false) => disabled.push(row),
            Some(true) => enabled.push(row),
            None => {}
        }
        if row.event.is(&["Set-CASMailbox"]) {
            for switch in SWITCHES {
                if let Some(on) = row.param(switch).and_then(|value| json::boolean(&value)) {
                    if on && switches.get(switch).is_some_and(|(on, _)| !on) {
                        enabled.push(row);
                    }
                    switches.insert(switch, (on, row));
                }
            }
        }
    }
    // A refused sign-in says that the account was disabled, where no record says when it was.
    if disabled.is_empty() {
        let refused = |row: &&Row<'_>| row.is_sign_in() && row.event.status_code.as_deref() == Some("50057");
        let first = scene.attacker.first;
        let started = |row: &&Row<'_>| first.is_none_or(|first| row.event.datetime >= first);
        disabled.extend(scene.exam.window_rows().filter(|row| row.parts.any()).filter(started).find(refused));
    }
    let off: Vec<&Row<'_>> = switches.values().filter(|(on, _)| !on).map(|(_, row)| *row).collect();
    if disabled.is_empty() && off.is_empty() && enabled.is_empty() {
        let status = scene.absent(&[GateId::G0, GateId::G1, GateId::G3, GateId::G6]);
        let note = Note::new(
            "Sign-in was not blocked (an optional step).",
            "サインインのブロックは記録されていません (任意の手順)。",
        );
        return scene.step(ID, status, &[], note);
    }
    judged(scene, &disabled, &off, &enabled, reset)
}

/// What the record does to the account's right to sign in.
fn account_enabled(row: &Row<'_>) -> Option<bool> {
    let event = row.event;
    if event.is(&["Disable account"]) {
        return Some(false);
    }
    if event.is(&["Enable account"]) {
        return Some(true);
    }
    if event.is(&["Set-Mailbox"]) {
        return row.param("AccountDisabled").and_then(|value| json::boolean(&value)).map(|disabled| !disabled);
    }
    if !event.is(&["Update user"]) {
        return None;
    }
    let changed = directory::properties(event)
        .into_iter()
        .find(|property| property.name.eq_ignore_ascii_case("AccountEnabled"))?;
    json::boolean(&changed.new)
}

fn judged(
    scene: &Scene<'_, '_>,
    disabled: &[&Row<'_>],
    off: &[&Row<'_>],
    enabled: &[&Row<'_>],
    reset: Option<DateTime<Utc>>,
) -> Step {
    let mut rows: Vec<&Row<'_>> = disabled.iter().chain(off).copied().collect();
    rows.dedup_by_key(|row| row.event.origin.clone());
    let blocked_at = latest(rows.iter().copied());
    let lifted = enabled
        .iter()
        .copied()
        .rfind(|row| blocked_at.is_none_or(|at| row.event.datetime >= at) && account_open(disabled, off, row));
    if let Some(theirs) = rows.iter().find(|row| !row.is_sign_in() && scene.by_attacker(row)) {
        let note = Note::new(
            format!("It was the attacker who blocked the account, at {}: the owner is locked out.", when(theirs)),
            format!(
                "{} に攻撃者がアカウントをブロックしました。所有者がサインインできなくなっています。",
                when(theirs)
            ),
        );
        return scene.step(ID, StepStatus::ByAttacker, &[theirs], note);
    }
    let Some(first) = rows.first().copied().or(lifted) else {
        return scene.step(
            ID,
            StepStatus::Undone,
            enabled,
            Note::new("Sign-in was allowed again.", "サインインが再び許可されました。"),
        );
    };
    let mut note = Note::new(
        format!("Sign-in was blocked at {} by {}.", when(first), who(first)),
        format!("{} に {} がサインインをブロックしました。", when(first), who_ja(first)),
    );
    if first.is_sign_in() {
        note = Note::new(
            format!(
                "Sign-in was refused at {} because the account is disabled (50057); who disabled it is not recorded.",
                when(first)
            ),
            format!(
                "{} のサインインはアカウント無効 (50057) により拒否されました。無効にした者の記録はありません。",
                when(first)
            ),
        );
    }
    let whole = !disabled.is_empty() || off.len() == SWITCHES.len();
    if let Some(lifted) = lifted {
        let in_order = reset.is_some_and(|reset| reset < lifted.event.datetime);
        rows.push(lifted);
        let at = when(lifted);
        if !in_order {
            note.say(
                format!("It was lifted at {at}, before the password was reset."),
                format!("パスワードのリセットより前の {at} に解除されています。"),
            );
            return scene.step(ID, StepStatus::Undone, &rows, note);
        }
        note.say(format!("It was lifted at {at}, after the reset."), format!("リセット後の {at} に解除されました。"));
    }
    if !whole {
        note.say(
            format!("Only {} of the three switches of the mailbox is off.", off.len()),
            format!("メールボックスの 3 つの設定のうち {} つだけが無効です。", off.len()),
        );
    }
    scene.step(ID, if whole { StepStatus::Done } else { StepStatus::Partial }, &rows, note)
}

/// Whether the row lets the account in again, of what had shut it out.
fn account_open(disabled: &[&Row<'_>], off: &[&Row<'_>], row: &Row<'_>) -> bool {
    match row.event.is(&["Set-CASMailbox"]) {
        true => disabled.is_empty() || off.is_empty(),
        false => !disabled.is_empty(),
    }
}
