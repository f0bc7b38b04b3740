//! Applications that went on after the reset: what they were given, a new password does not take away.

use crate::analyze::exam::Row;
use crate::analyze::response::{Note, Scene, when};
use crate::analyze::settings::applications::{self, Introduced};
use crate::finding::counted;
use crate::timeline::format_time;

/// Tells which applications behind strong findings went on after the reset; whether one still can.
pub(super) fn tell(scene: &Scene<'_, '_>, reset: &Row<'_>, note: &mut Note) -> bool {
    let known = Introduced::learn(scene.exam);
    let mut open = false;
    for id in scene.programs.ids() {
        let acts = scene.exam.rows.iter().filter(|row| row.event.datetime > reset.event.datetime && !row.failed());
        let acts: Vec<&Row<'_>> =
            acts.filter(|row| crate::analyze::intruder::programs::application(row).as_deref() == Some(id)).collect();
        let Some(last) = acts.last() else { continue };
        let (name, count) = (known.name_of(id).unwrap_or(id), acts.len());
        note.say(
            format!(
                "The application {name} went on after it ({}, the last at {}): a new password does not end what an application was given.",
                counted(count, "act", "acts"),
                when(last)
            ),
            format!(
                "その後もアプリケーション {name} の操作が {count} 件ある (最後は {})。パスワードを変更しても、アプリケーションのアクセス権は残る。",
                when(last)
            ),
        );
        open |= tell_removal(scene, &known, id, last, note);
    }
    open
}

/// Tells whether somebody took the application's access away since its last act; whether it is still to be done.
fn tell_removal(scene: &Scene<'_, '_>, known: &Introduced, id: &str, last: &Row<'_>, note: &mut Note) -> bool {
    let is_its = |row: &&Row<'_>| known.of(row.event).ids.iter().any(|own| own == id);
    let since = scene.exam.rows.iter().filter(|row| row.event.datetime >= last.event.datetime && !row.failed());
    let removed = since.filter(|row| row.event.is(&applications::REVOKED)).find(is_its);
    match removed.map(|row| format_time(row.event.datetime)) {
        Some(at) => {
            note.say(format!("Its access was taken away at {at}."), format!("{at} にアクセス権が削除されている。"));
        }
        None => note.say("Remove its consent.", "同意を削除すること。"),
    }
    removed.is_none()
}
