//! R7 (optional): what else is to be done, most of which leaves no record: look at what was sent, tell the recipients,
//! correct the profile, secure other services.

use std::collections::BTreeSet;

use super::{Note, Scene, when, who, who_ja};
use crate::analyze::acts;
use crate::analyze::exam::Row;
use crate::analyze::intruder::recipients;
use crate::analyze::mail::addressed::Addressed;
use crate::analyze::people::actor::ActorClass;
use crate::analyze::settings::directory;
use crate::analyze::settings::restored::{Replaced, SetBack};
use crate::finding::{Step, StepStatus};

const ID: (u8, &str) = (7, "other-precautions");

/// The step.
pub(super) fn step(scene: &Scene<'_, '_>) -> Step {
    let replaced = Replaced::by(scene.exam, |row| scene.may_answer(row) && scene.by_attacker(row));
    let traces: Vec<&Row<'_>> =
        scene.rows().filter(|row| is_precaution(scene, &replaced, row) && !scene.by_attacker(row)).collect();
    let is_unsure = |row: &&Row<'_>| {
        directory::is_person_change(row.event) && set_back(scene, &replaced, row) == Some(SetBack::Perhaps)
    };
    let (unsure, sure): (Vec<&Row<'_>>, Vec<&Row<'_>>) = traces.iter().copied().partition(is_unsure);
    let mut note = traced(&sure, &unsure);
    let recipients = recipients_of_attacker(scene);
    match recipients.told().as_str() {
        "" if recipients.is_unknown() => note.say(
            "Tell the recipients of the attacker's mails; how many they are is not recorded.",
            "攻撃者のメールの受信者に連絡すること（受信者の数は記録されていない）。",
        ),
        "" | "0" => {}
        told => note.say(
            format!("Tell the recipients of the attacker's mails ({told})."),
            format!("攻撃者のメールの受信者 {told} 名に連絡すること。"),
        ),
    }
    let wrong = profile_still_wrong(scene);
    if !wrong.is_empty() {
        let wrong = wrong.into_iter().collect::<Vec<_>>().join("; ");
        note.say(
            format!("Still to be set back in the profile: {wrong}."),
            format!("プロファイルを元に戻すること: {wrong}。"),
        );
    }
    let status = match (sure.is_empty(), unsure.is_empty()) {
        (false, _) => StepStatus::Done,
        (true, false) => StepStatus::Partial,
        (true, true) => scene.absent(&[]),
    };
    let rows: Vec<&Row<'_>> = traces.into_iter().rev().take(20).collect();
    scene.step(ID, status, &rows, note)
}

/// Who looked into it last, and who set the profile back last, or changed it again, so that it may be set back.
fn traced(traces: &[&Row<'_>], unsure: &[&Row<'_>]) -> Note {
    let looked = traces.iter().rfind(|row| !directory::is_person_change(row.event)).map(|row| {
        (
            format!("Looked into by {} at {} ({}).", who(row), when(row), row.event.action()),
            format!("{} に {} が確認を行っている ({})。", when(row), who_ja(row), row.event.action()),
        )
    });
    let set_back = traces.iter().rfind(|row| directory::is_person_change(row.event)).map(|row| {
        (
            format!("The profile was set back by {} at {}.", who(row), when(row)),
            format!("{} に {} がプロファイルを元に戻した。", when(row), who_ja(row)),
        )
    });
    let again = unsure.last().map(|row| {
        (
            format!(
                "The profile was changed again by {} at {}; what it was before is not recorded: compare it.",
                who(row),
                when(row)
            ),
            format!(
                "{} に {} がプロファイルを再度変更した。元の値は記録にないため、確認すること。",
                when(row),
                who_ja(row)
            ),
        )
    });
    let mut told = looked.into_iter().chain(set_back).chain(again);
    let Some((en, ja)) = told.next() else {
        return Note::new(
            "No trace; the step is procedural and mostly leaves none.",
            "痕跡はない。この手順の多くは記録に残らない。",
        );
    };
    let mut note = Note::new(en, ja);
    told.for_each(|(en, ja)| note.say(en, ja));
    note
}

/// A content search that names the account, in its places or in its query, somebody else reading its mailbox after the
/// attack, or a profile value set back. Who reads by a right that the attacker gave is the attack going on.
fn is_precaution(scene: &Scene<'_, '_>, replaced: &Replaced, row: &Row<'_>) -> bool {
    if scene.attacker.first.is_none() {
        return false;
    }
    let searched = row.event.is(&["New-ComplianceSearch", "Start-ComplianceSearch", "SearchCreated", "SearchStarted"]);
    let looked = row.event.is(&["MailItemsAccessed"])
        && row.parts.mailbox
        && matches!(row.class, ActorClass::Admin | ActorClass::Delegate)
        && scene.attacker.last.is_some_and(|last| row.event.datetime > last)
        // Who read it day by day goes on with the daily work.
        && !scene.exam.habits().did(row)
        && !scene.exam.grants().behind(scene.exam, row).is_some_and(|grant| scene.by_attacker(grant));
    searched && (row.parts.any() || acts::names_account(scene.exam, row))
        || looked
        || row.parts.any() && set_back(scene, replaced, row).is_some()
}

fn is_profile_change(scene: &Scene<'_, '_>, row: &Row<'_>) -> bool {
    directory::is_person_change(row.event)
        && directory::is_about(scene.exam, row)
        && !crate::analyze::is_housekeeping(row.class)
}

/// Whether a profile change gives a property what it had before the attacker changed it; `None` where it does nothing of
/// the kind.
fn set_back(scene: &Scene<'_, '_>, replaced: &Replaced, row: &Row<'_>) -> Option<SetBack> {
    let changed = is_profile_change(scene, row).then(|| directory::profile(row.event));
    changed.into_iter().flatten().filter_map(|new| replaced.sets_back(&new, row.event.datetime)).max()
}

/// To whom the attacker wrote: those that the report lists, the message trace's among them, and those whom a record of
/// a mail names or counts beside them.
fn recipients_of_attacker(scene: &Scene<'_, '_>) -> Addressed {
    let sends =
        scene.rows().filter(|row| row.event.is(&["Send", "SendAs", "SendOnBehalf"]) && scene.exam.is_attacker_act(row));
    let listed = &scene.recipients.by_address;
    let mut named: BTreeSet<String> =
        listed.iter().map(|recipient| recipient.address.as_evidence().to_lowercase()).collect();
    let traced = recipients::traced(scene.exam);
    let mut all = Addressed::default();
    for row in sends {
        let is_listed =
            || scene.exam.is_attackers_hand(row) && recipients::message(row).is_some_and(|id| traced.contains(&id));
        match row.event.email_to.as_deref() {
            Some(list) => named.extend(list.split("; ").map(str::to_lowercase)),
            // Whom the trace lists is not counted once more.
            None if is_listed() => {}
            None => {
                let count = row.event.email_to_count.and_then(|count| usize::try_from(count).ok());
                all.add(count, std::iter::empty());
            }
        }
    }
    if !named.is_empty() {
        all.add(Some(named.len()), named.into_iter());
    }
    all
}

/// Profile properties whose last recorded value is the attacker's.
fn profile_still_wrong(scene: &Scene<'_, '_>) -> BTreeSet<String> {
    let mut wrong = BTreeSet::new();
    for (row, _) in directory::person_changes(scene.exam) {
        for property in directory::profile(row.event) {
            if scene.by_attacker(row) {
                wrong.insert(property.name);
            } else {
                wrong.remove(&property.name);
            }
        }
    }
    wrong
}
