//! R4: the account may send again, and was released after it was secured, not before.

use chrono::{DateTime, Utc};

use super::{Note, Scene, when, who, who_ja};
use crate::analyze::coverage::GateId;
use crate::analyze::exam::Row;
use crate::analyze::sending::{self, Sign};
use crate::finding::{Step, StepStatus};

const ID: (u8, &str) = (4, "unblock-sending");

/// The step.
pub(super) fn step(scene: &Scene<'_, '_>, reset: Option<DateTime<Utc>>) -> Step {
    let signs: Vec<(Sign, &Row<'_>)> =
        scene.exam.window_rows().filter_map(|row| Some((sending::sign(scene.exam, row)?, row))).collect();
    let all = |wanted: Sign| signs.iter().filter(move |(sign, _)| *sign == wanted).map(|(_, row)| *row);
    let (theirs, ours): (Vec<&Row<'_>>, Vec<&Row<'_>>) = all(Sign::Released).partition(|row| scene.by_attacker(row));
    let Some(last) = ours.last() else { return not_released(scene, &theirs, all(Sign::Blocked).next_back()) };
    let mut rows: Vec<&Row<'_>> = vec![last];
    rows.extend(ours.iter().copied().filter(|row| row.event.origin != last.event.origin));
    let mut note = Note::new(
        format!("The account was released for sending at {} by {}.", when(last), who(last)),
        format!("{} に {} により送信の制限が解除されました。", when(last), who_ja(last)),
    );
    if scene.attacker.first.is_some() {
        too_early(last, reset, &mut note);
    }
    if let Some(again) = all(Sign::Blocked).rfind(|row| row.event.datetime > last.event.datetime) {
        rows.push(again);
        note.say(
            format!("It was blocked again at {}.", when(again)),
            format!("{} に再び制限されました。", when(again)),
        );
        return scene.step(ID, StepStatus::Undone, &rows, note);
    }
    scene.step(ID, StepStatus::Done, &rows, note)
}

/// A release belongs behind the reset: whoever still has the password sends again.
fn too_early(released: &Row<'_>, reset: Option<DateTime<Utc>>, note: &mut Note) {
    match reset {
        Some(reset) if released.event.datetime < reset => note.say(
            "It was released before the password was reset: an account released early is listed again.",
            "パスワードのリセットより前に解除されています。再び制限されるおそれがあります。",
        ),
        Some(_) => {}
        None => note.say(
            "No lasting reset of the password is recorded: an account released before it is listed again.",
            "有効なパスワードのリセットは記録されていません。リセット前に解除されたアカウントは再び制限されるおそれがあります。",
        ),
    }
}

fn not_released(scene: &Scene<'_, '_>, theirs: &[&Row<'_>], blocked: Option<&Row<'_>>) -> Step {
    if let Some(row) = theirs.last() {
        let note = Note::new("Only the attacker released the account.", "制限を解除したのは攻撃者だけです。");
        return scene.step(ID, StepStatus::ByAttacker, &[row], note);
    }
    let status = scene.absent(&[GateId::G0, GateId::G1, GateId::G3, GateId::G11]);
    let note = match blocked {
        Some(row) => Note::new(
            format!("Blocked at {}, no release is recorded. Release it only after the other steps.", when(row)),
            format!("{} に制限され、解除は記録されていません。解除は他の手順の後に行ってください。", when(row)),
        ),
        None => Note::new("Neither a block nor a release is recorded.", "送信の制限も解除も記録されていません。"),
    };
    scene.step(ID, status, &[], note)
}
