//! R4: the account may send again, and was released after it was secured, not before.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Note, Scene, when, who, who_ja};
use crate::analyze::exam::Row;
use crate::analyze::mail::sending::{self, Sign};
use crate::analyze::mail::traces;
use crate::analyze::shown::coverage::GateId;
use crate::finding::{Step, StepStatus};
use crate::timeline::{EvidenceSource, Outcome};

const ID: (u8, &str) = (4, "unblock-sending");

/// What belongs before a release.
pub(super) struct Before<'b> {
    /// When the password was reset for good.
    pub(super) reset: Option<DateTime<Utc>>,
    /// Forwarding, and rules.
    pub(super) steps: [&'b Step; 2],
}

/// The step.
pub(super) fn step(scene: &Scene<'_, '_>, before: Before<'_>) -> Step {
    let signs: Vec<(Sign, &Row<'_>)> =
        scene.exam.window_rows().filter_map(|row| Some((sending::sign(scene.exam, row)?, row))).collect();
    let late: Vec<bool> = signs.iter().map(|(_, row)| sending::is_late(row, &signs)).collect();
    let signs: Vec<(Sign, &Row<'_>)> =
        signs.into_iter().zip(late).filter(|(_, late)| !late).map(|(sign, _)| sign).collect();
    let all = |wanted: Sign| signs.iter().filter(move |(sign, _)| *sign == wanted).map(|(_, row)| *row);
    let released = all(Sign::Released).filter(|row| scene.may_answer(row));
    let (theirs, ours): (Vec<&Row<'_>>, Vec<&Row<'_>>) = released.partition(|row| scene.by_attacker(row));
    let ended = all(Sign::Released).next_back().map(|row| row.event.datetime);
    let blocked = all(Sign::Blocked).rfind(|row| ended.is_none_or(|ended| row.event.datetime > ended));
    let Some(last) = ours.last() else { return not_released(scene, &theirs, blocked) };
    let mut rows: Vec<&Row<'_>> = vec![last];
    rows.extend(ours.iter().copied().filter(|row| row.event.origin != last.event.origin));
    let mut note = Note::new(
        format!("The account was released for sending at {} by {}.", when(last), who(last)),
        format!("{} に {} により送信の制限が解除された。", when(last), who_ja(last)),
    );
    if scene.attacker.first.is_some() {
        too_early(last, before.reset, &mut note);
        before_the_rest(last, before.steps, &mut note);
    }
    if let Some(again) = all(Sign::Blocked).rfind(|row| row.event.datetime > last.event.datetime) {
        rows.push(again);
        note.say(format!("It was blocked again at {}.", when(again)), format!("{} に再び制限された。", when(again)));
        return scene.step(ID, StepStatus::Undone, &rows, note);
    }
    scene.step(ID, StepStatus::Done, &rows, note)
}

/// A release belongs behind the reset: whoever still has the password sends again.
fn too_early(released: &Row<'_>, reset: Option<DateTime<Utc>>, note: &mut Note) {
    match reset {
        Some(reset) if released.event.datetime < reset => note.say(
            "It was released before the password was reset: an account released early is listed again.",
            "パスワードのリセットより前に解除されている。再び制限されるおそれがある。",
        ),
        Some(_) => {}
        None => note.say(
            "No lasting reset of the password is recorded: an account released before it is listed again.",
            "有効なパスワードのリセットは記録されていない。リセット前に解除されたアカウントは再び制限されるおそれがある。",
        ),
    }
}

/// It belongs behind the forwarding and the rules as well.
fn before_the_rest(released: &Row<'_>, steps: [&Step; 2], note: &mut Note) {
    let later = |step: &Step| {
        let done = matches!(step.status, StepStatus::Done | StepStatus::Partial);
        done && step.at.is_some_and(|at| released.event.datetime < at)
    };
    let [forwarding, rules] = steps.map(later);
    let (what, what_ja) = match (forwarding, rules) {
        (true, true) => ("the forwarding and the rules were", "転送とルールの削除"),
        (true, false) => ("the forwarding was", "転送の解除"),
        (false, true) => ("the rules were", "ルールの削除"),
        (false, false) => return,
    };
    note.say(format!("It was released before {what} removed."), format!("{what_ja}より前に解除されている。"));
}

/// The first mail of the account that reached somebody outside more than an hour after the block: it sends again.
fn sends_again<'s>(scene: &Scene<'s, '_>, blocked: &Row<'_>) -> Option<&'s Row<'s>> {
    let since = blocked.event.datetime + TimeDelta::hours(1);
    let exam = scene.exam;
    let own = traces::own(exam, exam.mails());
    let is_own = |row: &Row<'_>| row.parts.actor && own.contains(&traces::key(row));
    let to_outside = |row: &Row<'_>| {
        let to = row.event.email_to.as_deref().unwrap_or_default();
        to.split(';').any(|to| to.contains('@') && !exam.is_internal(to.trim()))
    };
    let later = exam.window_rows().filter(|row| row.event.datetime >= since);
    let mut traced = later.filter(|row| row.event.evidence_source == EvidenceSource::MessageTrace);
    traced.find(|row| row.event.outcome == Outcome::Success && to_outside(row) && is_own(row))
}

fn not_released(scene: &Scene<'_, '_>, theirs: &[&Row<'_>], blocked: Option<&Row<'_>>) -> Step {
    if let Some(row) = theirs.last() {
        let note = Note::new("Only the attacker released the account.", "制限を解除したのは攻撃者だけである。");
        return scene.step(ID, StepStatus::ByAttacker, &[row], note);
    }
    if let Some((blocked, mail)) = blocked.and_then(|row| Some((row, sends_again(scene, row)?))) {
        let (at, again) = (when(blocked), when(mail));
        let note = Note::new(
            format!(
                "Blocked at {at}; since {again} its mail reaches others again, so it was released; who did that is not recorded."
            ),
            format!(
                "{at} に制限されたが、{again} 以降は組織外への送信が届いており、解除されている (解除者の記録なし)。"
            ),
        );
        return scene.step(ID, StepStatus::Done, &[mail], note);
    }
    let status = scene.absent(&[GateId::G11]);
    let note = match blocked {
        Some(row) => Note::new(
            format!("Blocked at {}, no release is recorded. Release it only after the other steps.", when(row)),
            format!("{} に制限され、解除は記録されていない。解除は他の手順の後に行うこと。", when(row)),
        ),
        None => Note::new("Neither a block nor a release is recorded.", "送信の制限も解除も記録されていない。"),
    };
    scene.step(ID, status, &[], note)
}
