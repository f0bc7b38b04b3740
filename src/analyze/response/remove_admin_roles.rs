//! R6 (optional): administrative roles were taken from the account, all of those it is known to have held.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::{Note, Scene, when, who, who_ja};
use crate::analyze::actor::ActorClass;
use crate::analyze::coverage::GateId;
use crate::analyze::exam::Row;
use crate::analyze::roles;
use crate::finding::{Step, StepStatus};

const ID: (u8, &str) = (6, "remove-admin-roles");
/// How far the records of the directory and of PIM about one act lie apart.
const BESIDE: TimeDelta = TimeDelta::minutes(2);

/// The step.
pub(super) fn step(scene: &Scene<'_, '_>) -> Step {
    // Role, by its name and how it is held → whether it is, and the last record about it.
    let mut roles: Roles<'_, '_> = BTreeMap::new();
    let mut assignments = roles::Assignments::default();
    let mut removals: Vec<&Row<'_>> = Vec::new();
    let mut again: Option<&Row<'_>> = None;
    // Roles given before the window are held in it; only what was removed inside is an answer.
    let acts = scene.exam.settings().filter(|row| !row.failed() && !crate::analyze::is_housekeeping(row.class));
    for row in acts.filter(|row| !ends_activation(scene, row) && !begins_activation(scene, row)) {
        let taken = assignments.taken(row);
        let by_name = taken.is_some();
        let name = taken.unwrap_or_else(|| roles::name(row));
        let key = (name, roles::kind(row.event));
        let held = roles.get(&key).map(|(held, _)| *held);
        let left_out = by_name || roles::leaves_out(scene.exam, row) && held == Some(true);
        if !row.parts.target && !left_out {
            continue;
        }
        if !left_out && roles::is_given(row.event) {
            assignments.learn(row);
            if held == Some(false) {
                again = Some(row);
            }
            roles.insert(key, (true, row));
        } else if left_out || roles::is_taken(row.event) {
            if scene.may_answer(row) && !scene.by_attacker(row) {
                removals.push(row);
                again = None;
            }
            roles.insert(key, (false, row));
        }
    }
    let held = || roles.iter().filter(|(_, (held, _))| *held);
    let list = |words: fn(&(&'static str, &'static str)) -> &'static str| {
        let told = held().map(|((_, kind), (_, row))| format!("{}{}", roles::told(row), words(&kind.words())));
        told.collect::<Vec<_>>().join("; ")
    };
    let (held, held_ja) = (list(|words| words.0), list(|words| words.1));
    let before = (
        "Roles held before the log began are unknown: list them.",
        "ログ開始前から持つ役割は不明です。一覧を確認してください。",
    );
    let Some(last) = removals.last().copied() else { return without_removal(scene, &roles, (&held, &held_ja)) };
    let mut note = Note::new(
        format!("Roles were removed, last at {} by {}.", when(last), who(last)),
        format!("管理者の役割が削除されました (最終 {}、{})。", when(last), who_ja(last)),
    );
    let mut rows = vec![last];
    rows.extend(removals.iter().copied().filter(|row| row.event.origin != last.event.origin));
    rows.extend(again);
    let status = match (again, held.is_empty()) {
        (Some(_), _) => StepStatus::Undone,
        (None, true) => StepStatus::Done,
        (None, false) => StepStatus::Partial,
    };
    if let Some(again) = again {
        note.say(
            format!("Given again at {} by {}: {}.", when(again), who(again), roles::told(again)),
            format!("{} に {} が再び付与: {}。", when(again), who_ja(again), roles::told(again)),
        );
    }
    if !held.is_empty() {
        note.say(format!("Still held: {held}."), format!("残っている役割: {held_ja}。"));
    }
    note.say(before.0, before.1);
    scene.step(ID, status, &rows, note)
}

/// The roles, each by its name and how it is held: whether it is, and the last record about it.
type Roles<'s, 'a> = BTreeMap<(String, roles::Kind), (bool, &'s Row<'a>)>;

/// Whether the directory tells with it what PIM tells of as an activation.
fn begins_activation(scene: &Scene<'_, '_>, row: &Row<'_>) -> bool {
    let begins = |other: &Row<'_>| {
        other.parts.target && roles::is_activation(other.event) && roles::name(other) == roles::name(row)
    };
    let near = || scene.exam.near(row.event.datetime, BESIDE).iter().any(begins);
    let plain = roles::kind(row.event) == roles::Kind::Active;
    row.class == ActorClass::App && plain && roles::is_given(row.event) && near()
}

/// Whether the directory tells with it what PIM tells of as the end of an activation.
fn ends_activation(scene: &Scene<'_, '_>, row: &Row<'_>) -> bool {
    let rests = |other: &Row<'_>| other.parts.target && roles::is_rest(other.event);
    let near = || scene.exam.near(row.event.datetime, BESIDE).iter().any(rests);
    row.class == ActorClass::App && roles::is_taken(row.event) && near()
}

fn without_removal(scene: &Scene<'_, '_>, roles: &Roles<'_, '_>, (held, held_ja): (&str, &str)) -> Step {
    if let Some((_, row)) = roles.values().find(|(held, row)| !held && scene.may_answer(row)) {
        let note = Note::new("Only the attacker removed roles.", "役割を削除したのは攻撃者だけです。");
        return scene.step(ID, StepStatus::ByAttacker, &[row], note);
    }
    if held.is_empty() {
        let note = Note::new(
            "No record speaks of the account's administrative roles; ask for a list of them (an optional step).",
            "管理者の役割についての記録がありません。役割の一覧を確認してください (任意の手順)。",
        );
        return scene.step(ID, StepStatus::NotAssessable, &[], note);
    }
    let status = scene.absent(&[GateId::G0, GateId::G1, GateId::G3, GateId::G6]);
    let note = Note::new(
        format!("Roles given and not removed, as far as the records go: {held}."),
        format!("記録上、付与されたまま削除されていない役割: {held_ja}。"),
    );
    scene.step(ID, status, &[], note)
}
