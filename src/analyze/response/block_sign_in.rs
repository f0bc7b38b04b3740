//! R5 (optional): the account could not sign in until it was secured: disabled or deleted, or all its ways to the mailbox
//! closed.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{Note, Scene, latest, when, who, who_ja};
use crate::analyze::exam::Row;
use crate::analyze::people::actor::ActorClass;
use crate::analyze::settings::directory;
use crate::analyze::shown::coverage::GateId;
use crate::finding::{Step, StepStatus};
use crate::timeline::{format_time, json};

const ID: (u8, &str) = (5, "block-sign-in");

/// Microsoft's three switches of the mailbox; all of them off is the step.
const SWITCHES: [&str; 3] = ["ActiveSyncEnabled", "OWAforDevicesEnabled", "OWAEnabled"];

/// Further ways to the mailbox, which are open beside the three: closing them is a part of the step.
const OTHER_WAYS: [&str; 5] = ["MAPIEnabled", "EwsEnabled", "ImapEnabled", "PopEnabled", "OutlookMobileEnabled"];
/// The way that is closed by switching it on.
const NO_SMTP: &str = "SmtpClientAuthenticationDisabled";

/// Whoever is deleted cannot sign in until somebody restores the account.
const DELETED: [&str; 2] = ["Delete user", "Hard Delete user"];

/// What shut the account out, in the order of time, and what let it in again.
#[derive(Default)]
struct Blocks<'r, 'a> {
    disabled: Vec<&'r Row<'a>>,
    /// The cmdlets that closed a way to the mailbox.
    closed: Vec<&'r Row<'a>>,
    enabled: Vec<&'r Row<'a>>,
    /// Way to the mailbox → whether it is closed.
    ways: BTreeMap<&'static str, bool>,
    /// How many of the three switches were off together, at the most.
    off: usize,
}

impl<'r, 'a> Blocks<'r, 'a> {
    /// What the records about the account say.
    fn of(scene: &Scene<'r, 'a>) -> Self {
        let mut blocks = Self::default();
        for row in scene.rows().filter(|row| is_about(scene, row)) {
            match account_enabled(row) {
                Some(false) => blocks.disabled.push(row),
                Some(true) => blocks.enabled.push(row),
                None => {}
            }
            if row.event.is(&["Set-CASMailbox"]) {
                blocks.set_ways(scene, row);
            }
        }
        blocks
    }

    fn set_ways(&mut self, scene: &Scene<'_, '_>, row: &'r Row<'a>) {
        let given = |name: &str| row.param(name).and_then(|value| json::boolean(&value));
        let (mut closes, mut opens) = (false, false);
        for way in SWITCHES.into_iter().chain(OTHER_WAYS).chain([NO_SMTP]) {
            let Some(closed) = given(way).map(|on| on == (way == NO_SMTP)) else { continue };
            let is_switch = SWITCHES.contains(&way);
            // An attacker who closes a protocol locks nobody out.
            if closed && !is_switch && scene.by_attacker(row) {
                continue;
            }
            let was_closed = self.ways.insert(way, closed).unwrap_or(false);
            closes |= closed;
            opens |= !closed && was_closed && (is_switch || self.switches_off() == 0);
        }
        self.off = self.off.max(self.switches_off());
        if closes {
            self.closed.push(row);
        }
        if opens {
            self.enabled.push(row);
        }
    }

    /// Takes what these rows shut out of the lists, and gives it back in the order of time.
    fn take_out(&mut self, theirs: impl Fn(&Row<'_>) -> bool) -> Vec<&'r Row<'a>> {
        let mut taken = Vec::new();
        for list in [&mut self.disabled, &mut self.closed] {
            taken.extend(list.extract_if(.., |row| theirs(row)));
        }
        taken.sort_by(|a, b| a.event.order().cmp(&b.event.order()));
        taken
    }

    /// How many of the three switches are off by now.
    fn switches_off(&self) -> usize {
        SWITCHES.iter().filter(|way| self.is_closed(way)).count()
    }

    fn is_closed(&self, way: &str) -> bool {
        self.ways.get(way).copied().unwrap_or(false)
    }

    /// Whether the row lets the account in again, of what had shut it out.
    fn lifts(&self, row: &Row<'_>) -> bool {
        match row.event.is(&["Set-CASMailbox"]) {
            true => self.disabled.is_empty(),
            false => !self.disabled.is_empty(),
        }
    }
}

/// The step.
pub(super) fn step(scene: &Scene<'_, '_>, reset: Option<DateTime<Utc>>) -> Step {
    let mut blocks = Blocks::of(scene);
    // A refused sign-in says that the account was disabled, where no record says when it was.
    if blocks.disabled.is_empty() {
        let refused = |row: &&Row<'_>| row.is_sign_in() && row.event.status_code.as_deref() == Some("50057");
        let first = scene.attacker.first;
        let started = |row: &&Row<'_>| first.is_none_or(|first| row.event.datetime >= first);
        blocks.disabled.extend(scene.exam.window_rows().filter(|row| row.parts.any()).filter(started).find(refused));
    }
    if blocks.disabled.is_empty() && blocks.closed.is_empty() && blocks.enabled.is_empty() {
        return not_blocked(scene);
    }
    judged(scene, blocks, reset)
}

fn not_blocked(scene: &Scene<'_, '_>) -> Step {
    let status = scene.absent(&[GateId::G5, GateId::G6]);
    let Some((before, first)) = before_the_attack(scene).zip(scene.attacker.first) else {
        let note = Note::new(
            "No block of the sign-in is recorded (an optional step).",
            "サインインのブロックは記録されていない (任意の手順)。",
        );
        return scene.step(ID, status, &[], note);
    };
    let (first, at, by, by_ja) = (format_time(first), when(before), who(before), who_ja(before));
    let note = Note::new(
        format!(
            "No block of the sign-in is recorded since the first sign of the attack at {first} (an optional step). Before that it was blocked at {at} by {by}."
        ),
        format!(
            "攻撃の最初の兆候 ({first}) 以降、サインインのブロックは記録されていない (任意の手順)。それより前の {at} に {by_ja} がブロックしている。"
        ),
    );
    scene.step_at(ID, status, None, &[before], note)
}

/// The last record before the first sign of the attack that shut the account out.
fn before_the_attack<'r, 'a>(scene: &Scene<'r, 'a>) -> Option<&'r Row<'a>> {
    let first = scene.attacker.first?;
    let before = scene.exam.window_rows().filter(|row| row.event.datetime < first && !row.failed());
    let off = |row: &Row<'_>, name: &str| row.param(name).and_then(|value| json::boolean(&value)) == Some(false);
    let closes = |row: &Row<'_>| row.event.is(&["Set-CASMailbox"]) && SWITCHES.iter().any(|name| off(row, name));
    before.filter(|row| is_about(scene, row)).filter(|row| account_enabled(row) == Some(false) || closes(row)).last()
}

/// Whether the record is about the account, and not the service's own. Where the account is kept on-premises it is
/// blocked there, and what tells of it is the synchronisation.
fn is_about(scene: &Scene<'_, '_>, row: &Row<'_>) -> bool {
    row.class != ActorClass::Microsoft && directory::is_about(scene.exam, row)
}

/// What the record does to the account's right to sign in.
fn account_enabled(row: &Row<'_>) -> Option<bool> {
    let event = row.event;
    if event.is(&["Disable account"]) || event.is(&DELETED) {
        return Some(false);
    }
    if event.is(&["Enable account", "Restore user"]) {
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

fn judged(scene: &Scene<'_, '_>, mut blocks: Blocks<'_, '_>, reset: Option<DateTime<Utc>>) -> Step {
    // What the attacker shut tells nothing of what was done about it.
    let theirs = blocks.take_out(|row| !row.is_sign_in() && scene.by_attacker(row));
    let mut rows: Vec<&Row<'_>> = blocks.disabled.iter().chain(&blocks.closed).copied().collect();
    rows.dedup_by_key(|row| row.event.origin.clone());
    if let Some(theirs) = theirs.first().filter(|_| rows.is_empty()) {
        return by_attacker(scene, &blocks, theirs);
    }
    let Some(first) = rows.first().copied() else {
        return scene.step(
            ID,
            StepStatus::Undone,
            &blocks.enabled,
            Note::new("Sign-in was allowed again.", "サインインが再び許可された。"),
        );
    };
    let mut note = blocked_told(&blocks, first);
    if let Some(theirs) = theirs.first() {
        note.say(
            format!("The attacker had shut the owner out as well, at {}.", when(theirs)),
            format!("攻撃者も {} に所有者をブロックしている。", when(theirs)),
        );
    }
    let blocked_at = latest(rows.iter().copied());
    let after = |row: &&Row<'_>| blocked_at.is_none_or(|at| row.event.datetime >= at);
    let lifted = blocks.enabled.iter().copied().filter(after).rfind(|row| blocks.lifts(row));
    if let Some(lifted) = lifted {
        let in_order = reset.is_some_and(|reset| reset < lifted.event.datetime);
        rows.push(lifted);
        let at = when(lifted);
        if !in_order {
            match reset {
                Some(_) => note.say(
                    format!("It was lifted at {at}, before the password was reset."),
                    format!("パスワードのリセットより前の {at} に解除されている。"),
                ),
                None => note.say(
                    format!("It was lifted at {at}, and no lasting reset of the password is recorded."),
                    format!("{at} に解除されている。有効なパスワードのリセットは記録されていない。"),
                ),
            }
            return scene.step(ID, StepStatus::Undone, &rows, note);
        }
        note.say(format!("It was lifted at {at}, after the reset."), format!("リセット後の {at} に解除された。"));
    }
    let whole = !blocks.disabled.is_empty() || blocks.off == SWITCHES.len();
    if !whole {
        part_told(&blocks, &mut note);
    }
    scene.step(ID, if whole { StepStatus::Done } else { StepStatus::Partial }, &rows, note)
}

/// The step where nobody but the attacker shut the account.
fn by_attacker(scene: &Scene<'_, '_>, blocks: &Blocks<'_, '_>, theirs: &Row<'_>) -> Step {
    if let Some(enabled) = enabled_again(scene, blocks, theirs) {
        return scene.step(ID, StepStatus::ByAttacker, &[theirs, enabled], let_in_again(theirs, enabled));
    }
    let at = when(theirs);
    let note = Note::new(
        format!("It was the attacker who blocked the account, at {at}: the owner is locked out."),
        format!("{at} に攻撃者がアカウントをブロックした。所有者がサインインできなくなっている。"),
    );
    scene.step(ID, StepStatus::ByAttacker, &[theirs], note)
}

/// The record by which somebody else let the owner in again, where the attacker had disabled the account.
fn enabled_again<'r, 'a>(scene: &Scene<'_, '_>, blocks: &Blocks<'r, 'a>, theirs: &Row<'_>) -> Option<&'r Row<'a>> {
    let after = |row: &&Row<'_>| row.event.datetime >= theirs.event.datetime && !scene.by_attacker(row);
    let lifts = |row: &&Row<'_>| row.event.is(&["Set-CASMailbox"]) == theirs.event.is(&["Set-CASMailbox"]);
    blocks.enabled.iter().copied().filter(after).rfind(lifts)
}

fn let_in_again(theirs: &Row<'_>, enabled: &Row<'_>) -> Note {
    let (at, again, by, by_ja) = (when(theirs), when(enabled), who(enabled), who_ja(enabled));
    Note::new(
        format!("It was the attacker who blocked the account, at {at}; {by} let the owner in again at {again}."),
        format!("{at} に攻撃者がアカウントをブロックしたが、{again} に {by_ja} がブロックを解除している。"),
    )
}

fn blocked_told(blocks: &Blocks<'_, '_>, first: &Row<'_>) -> Note {
    if first.is_sign_in() {
        return Note::new(
            format!(
                "Sign-in was refused at {} because the account is disabled (50057); who disabled it is not recorded.",
                when(first)
            ),
            format!(
                "{} のサインインはアカウント無効 (50057) により拒否された。無効にした者の記録はない。",
                when(first)
            ),
        );
    }
    if blocks.disabled.is_empty() && blocks.off < SWITCHES.len() {
        // Whoever finds a way to the mailbox closed can still sign in.
        return Note::new(
            format!("Ways to the mailbox were closed at {} by {}.", when(first), who(first)),
            format!("{} に {} がメールボックスへの経路を閉じた。", when(first), who_ja(first)),
        );
    }
    if first.event.is(&DELETED) {
        return Note::new(
            format!("The account was deleted at {} by {}.", when(first), who(first)),
            format!("{} に {} がアカウントを削除した。", when(first), who_ja(first)),
        );
    }
    Note::new(
        format!("Sign-in was blocked at {} by {}.", when(first), who(first)),
        format!("{} に {} がサインインをブロックした。", when(first), who_ja(first)),
    )
}

/// Which ways to the mailbox are closed, where others are open.
fn part_told(blocks: &Blocks<'_, '_>, note: &mut Note) {
    match blocks.off {
        0 => note.say(
            "None of the three switches of the mailbox is off: sign-in was not blocked.",
            "メールボックスの 3 つの設定はいずれも無効になっておらず、サインインはブロックされていない。",
        ),
        1 => note.say(
            "Only one of the three switches of the mailbox is off.",
            "メールボックスの 3 つの設定のうち 1 つだけが無効である。",
        ),
        off => note.say(
            format!("Only {off} of the three switches of the mailbox are off."),
            format!("メールボックスの 3 つの設定のうち {off} つだけが無効である。"),
        ),
    }
    let others: Vec<&str> = OTHER_WAYS.into_iter().chain([NO_SMTP]).filter(|way| blocks.is_closed(way)).collect();
    if !others.is_empty() {
        let others = others.join(", ");
        match blocks.off {
            0 => note.say(format!("Closed: {others}."), format!("閉じられた経路: {others}。")),
            _ => note.say(format!("Closed beside them: {others}."), format!("その他に閉じられた経路: {others}。")),
        }
    }
}
