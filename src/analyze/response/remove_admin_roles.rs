//! R6 (optional): administrative roles were taken from the account, all of those it is known to have held.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::{Note, Scene, when, who, who_ja};
use crate::analyze::exam::Row;
use crate::analyze::people::actor::ActorClass;
use crate::analyze::settings::{directory, roles};
use crate::analyze::shown::coverage::GateId;
use crate::finding::{Step, StepStatus};

const ID: (u8, &str) = (6, "remove-admin-roles");
/// How far the records of the directory and of PIM about one act lie apart.
const BESIDE: TimeDelta = TimeDelta::minutes(2);

/// The roles, each by its name and how it is held: whether it is, and the last record about it.
type Roles<'s, 'a> = BTreeMap<(String, roles::Kind), (bool, &'s Row<'a>)>;

/// What the records say of the account's roles, one after the other.
#[derive(Default)]
struct Replayed<'s, 'a> {
    roles: Roles<'s, 'a>,
    /// What others than the attacker took.
    removals: Vec<&'s Row<'a>>,
    /// The record that gave one of these again.
    again: Option<&'s Row<'a>>,
}

impl<'s, 'a> Replayed<'s, 'a> {
    /// Roles given before the window are held in it; only what was removed inside is an answer.
    fn of(scene: &Scene<'s, 'a>) -> Self {
        let mut replayed = Self::default();
        let mut assignments = roles::Assignments::default();
        let acts = scene.exam.settings().filter(|row| !row.failed() && !crate::analyze::is_housekeeping(row.class));
        for row in acts.filter(|row| !ends_activation(scene, row) && !begins_activation(scene, row)) {
            let taken = assignments.taken(row);
            let by_name = taken.is_some();
            let key = (taken.unwrap_or_else(|| roles::name(row)), roles::kind(row.event));
            let held = replayed.roles.get(&key).map(|(held, _)| *held);
            let left_out = by_name || roles::leaves_out(scene.exam, row) && held == Some(true);
            if !row.parts.target && !left_out {
                continue;
            }
            if !left_out && roles::is_given(row.event) {
                assignments.learn(row);
                if replayed.is_removed(&key) {
                    replayed.again = Some(row);
                }
                replayed.roles.insert(key, (true, row));
            } else if left_out || roles::is_taken(row.event) {
                if scene.may_answer(row) && !scene.by_attacker(row) {
                    replayed.removals.push(row);
                    replayed.again = None;
                }
                replayed.roles.insert(key, (false, row));
            }
        }
        replayed
    }

    /// Whether others than the attacker took this role last.
    fn is_removed(&self, key: &(String, roles::Kind)) -> bool {
        let last = self.roles.get(key).filter(|(held, _)| !held).map(|(_, row)| *row);
        last.is_some_and(|last| self.removals.iter().any(|removal| std::ptr::eq(*removal, last)))
    }

    /// The roles that are held, in both languages.
    fn held(&self) -> (String, String) {
        let held = || self.roles.iter().filter(|(_, (held, _))| *held);
        let list = |words: fn((&'static str, &'static str)) -> &'static str| {
            let told = held().map(|((_, kind), (_, row))| format!("{}{}", roles::told(row), words(kind.words())));
            told.collect::<Vec<_>>().join("; ")
        };
        (list(|words| words.0), list(|words| words.1))
    }
}

/// The step.
pub(super) fn step(scene: &Scene<'_, '_>) -> Step {
    let replayed = Replayed::of(scene);
    let (held, held_ja) = replayed.held();
    let Replayed { roles, removals, again } = replayed;
    let Some(last) = removals.last().copied() else { return without_removal(scene, &roles, (&held, &held_ja)) };
    let mut note = Note::new(
        format!("Roles were removed, last at {} by {}.", when(last), who(last)),
        format!("管理者の役割が削除された (最終 {}、{})。", when(last), who_ja(last)),
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
    note.say(
        "Roles held before the log began are unknown: list them.",
        "ログ開始前から持つ役割は不明である。一覧を確認すること。",
    );
    scene.step(ID, status, &rows, note)
}

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
        let note = Note::new("Only the attacker removed roles.", "役割を削除したのは攻撃者だけである。");
        return scene.step(ID, StepStatus::ByAttacker, &[row], note);
    }
    if held.is_empty() {
        let note = Note::new(
            "No record speaks of the account's administrative roles; ask for a list of them (an optional step).",
            "管理者の役割についての記録がない。役割の一覧を確認すること (任意の手順)。",
        );
        return scene.step(ID, StepStatus::NotAssessable, &[], note);
    }
    // Exchange's own roles are taken away in Exchange.
    let held_rows = || roles.values().filter(|(held, _)| *held).map(|(_, row)| row.event);
    let in_directory = held_rows().any(directory::is_directory).then_some(GateId::G6);
    let in_exchange = held_rows().any(|event| !directory::is_directory(event)).then_some(GateId::G5);
    let gates: Vec<GateId> = in_directory.into_iter().chain(in_exchange).collect();
    let status = scene.absent(&gates);
    let note = Note::new(
        format!("Roles given and not removed, as far as the records go: {held}."),
        format!("記録上、付与されたまま削除されていない役割: {held_ja}。"),
    );
    scene.step(ID, status, &[], note)
}
