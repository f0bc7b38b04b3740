//! R1: the password was reset by somebody who is not the attacker, the sessions were ended, and nothing outlived it.

mod applications;
mod left_behind;
mod still_active;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Note, Scene, when, who, who_ja};
use crate::analyze::acts;
use crate::analyze::exam::Row;
use crate::analyze::intruder::baseline::client_address;
use crate::analyze::people::actor::ActorClass;
use crate::analyze::people::hand::{self, Hand};
use crate::analyze::settings::credentials::{self, Act, PasswordChange, answers, hints};
use crate::analyze::shown::coverage::GateId;
use crate::finding::{Step, StepStatus};
use crate::knowledge::words;
use crate::timeline::{EvidenceSource, format_time};

const ID: (u8, &str) = (1, "reset-password");

/// The step, and when the password was reset by somebody for the account and stayed so: the order of other steps is
/// judged by it, whatever else of this one is still to be done.
pub(super) fn step(scene: &Scene<'_, '_>) -> (Step, Option<DateTime<Utc>>) {
    let all = credentials::password_changes(scene.exam);
    let started = |change: &&PasswordChange<'_, '_>| {
        let first = scene.attacker.first;
        change.main().is_some_and(|main| first.is_none_or(|first| main.event.datetime >= first))
    };
    let is_theirs = |change: &&PasswordChange<'_, '_>| change.main().is_some_and(|main| scene.by_attacker(main));
    let (since, before): (Vec<_>, Vec<_>) = all.iter().partition(started);
    let (theirs, ours): (Vec<_>, Vec<_>) = since.into_iter().partition(is_theirs);
    let resets = ours.iter().copied().filter(|change| change.new_password);
    let (nobodys, resets): (Vec<_>, Vec<_>) = resets.partition(|change| doubt(scene, change).is_some());
    let after_last = |change: &&&PasswordChange<'_, '_>| {
        change.main().zip(scene.attacker.last).is_some_and(|(main, last)| main.event.datetime > last)
    };
    let chosen = resets.iter().find(after_last).or(resets.last()).or(nobodys.last()).copied();
    match chosen.and_then(|change| Some((change, change.main()?))) {
        Some((change, main)) => {
            let step = reset(scene, change, main, &ours, &theirs);
            let lasts = matches!(step.status, StepStatus::Done | StepStatus::Partial) && doubt(scene, change).is_none();
            let at = step.at.filter(|_| lasts);
            (step, at)
        }
        None => {
            let step = without_reset(scene, &ours, &theirs, &before);
            let at = step.at.filter(|_| step.status == StepStatus::Done);
            (step, at)
        }
    }
}

/// Why a new password need not be an answer to the attack, though nothing says that it was the attacker's, in both
/// languages: an application set it right after the attacker was active, or somebody did in the account's name at a strange
/// place, or at no place on record within a day after the attacker.
fn doubt(scene: &Scene<'_, '_>, change: &PasswordChange<'_, '_>) -> Option<(&'static str, &'static str)> {
    let main = change.main()?;
    // Minutes after the attacker, and at no place on record, is no place that is strange.
    let unusual = hand::hand(scene.exam, main) == Hand::Unusual;
    let placed = scene.exam.lent.address(main.event).is_some();
    match main.class {
        ActorClass::App if acts::follows_attacker(scene.exam, main) => Some((
            "An application set it right after the attacker was active, and who asked it to is not recorded: make sure that it was yours.",
            "攻撃者の活動の直後にアプリケーションが設定しており、要求者の記録がない。正当な対応によるものか確認すること。",
        )),
        ActorClass::Own if unusual && placed => Some((
            "It was done in the account's name from a place where the account was never seen before: make sure that it was the owner.",
            "これまで使用されたことのない場所から、アカウント本人の名義で行われている。所有者本人によるものか確認すること。",
        )),
        ActorClass::Own if unusual || answers::is_nobodys(scene.exam, main) => Some((
            "It was done in the account's name within a day after the attacker was active, and who did it is not recorded: make sure that it was the owner.",
            "攻撃者の活動から 1 日以内に、アカウント本人の名義で行われている (実行者の記録なし)。所有者本人によるものか確認すること。",
        )),
        // Self-service, as the audit log has it: the Entra audit would name an address.
        ActorClass::Sync if acts::follows_attacker(scene.exam, main) && !names_a_place(change) => Some((
            "The password service set it right after the attacker was active, and who asked for it is not recorded: make sure that it was yours.",
            "攻撃者の活動の直後にパスワード サービスが設定しており、要求者の記録がない。正当な対応によるものか確認すること。",
        )),
        _ => None,
    }
}

fn names_a_place(change: &PasswordChange<'_, '_>) -> bool {
    change.rows.iter().flat_map(|row| row.events()).any(|event| client_address(event).is_some())
}

/// The last end of all sessions that others than the attacker recorded after a reset, by itself.
fn revoked_later<'e, 'a>(reset: &Row<'_>, ours: &[&PasswordChange<'e, 'a>]) -> Option<&'e Row<'a>> {
    let ends = ours.iter().filter(|other| other.revoked).filter_map(|other| other.main());
    ends.rev().find(|row| row.event.datetime > reset.event.datetime)
}

fn reset(
    scene: &Scene<'_, '_>,
    change: &PasswordChange<'_, '_>,
    main: &Row<'_>,
    ours: &[&PasswordChange<'_, '_>],
    theirs: &[&PasswordChange<'_, '_>],
) -> Step {
    let revoked_later = if change.revoked { None } else { revoked_later(main, ours) };
    let mut rows: Vec<&Row<'_>> = vec![main];
    rows.extend(change.others());
    rows.extend(revoked_later);
    let (at, by, by_ja) = (when(main), who(main), who_ja(main));
    let undone = new_passwords(theirs).find(|theirs| theirs.event.datetime > main.event.datetime);
    if let Some(theirs) = undone {
        rows.push(theirs);
        let mut note = match scene.by_time_alone(theirs) {
            true => changed_again(main, theirs),
            false => changed_by_attacker_again(main, theirs),
        };
        // What let the attacker in again would do so once more.
        left_behind::tell(scene, &mut note);
        return scene.step(ID, StepStatus::Undone, &rows, note);
    }
    let mut note = Note::new(
        format!("The password was reset at {at} by {by}."),
        format!("{at} に {by_ja} がパスワードをリセットした。"),
    );
    if !change.revoked && revoked_later.is_none() {
        note.say(
            "No end of the sessions is recorded with it: revoke them.",
            "セッションの取り消しが記録されていない。取り消すること。",
        );
    }
    let unsure = doubt(scene, change);
    if let Some((doubt, doubt_ja)) = unsure {
        note.say(doubt, doubt_ja);
    }
    let answered = tell_answer(scene, main, ours, &mut note);
    let left = left_behind::tell(scene, &mut note);
    let known = still_active::tell(scene, main, &mut note);
    let goes_on = applications::tell(scene, main, &mut note);
    let open = left || unsure.is_some() || known || answered || goes_on;
    let status = if open { StepStatus::Partial } else { StepStatus::Done };
    mailed(scene, main, &mut note);
    scene.step(ID, status, &rows, note)
}

/// The reset was followed by another new password of the attacker's.
fn changed_by_attacker_again(reset: &Row<'_>, again: &Row<'_>) -> Note {
    let (at, by, by_ja, again) = (when(reset), who(reset), who_ja(reset), when(again));
    Note::new(
        format!(
            "The password was reset at {at} by {by}, and changed again by the attacker at {again}: reset it once more."
        ),
        format!(
            "{at} に {by_ja} がパスワードをリセットしたが、{again} に攻撃者が再び変更している。もう一度リセットすること。"
        ),
    )
}

/// The same where only the time speaks for the attacker.
fn changed_again(reset: &Row<'_>, again: &Row<'_>) -> Note {
    let (at, by, by_ja, again) = (when(reset), who(reset), who_ja(reset), when(again));
    Note::new(
        format!(
            "The password was reset at {at} by {by}, and changed again at {again}, within minutes of the attacker; who did that is not recorded: reset it once more."
        ),
        format!(
            "{at} に {by_ja} がパスワードをリセットしたが、{again} に攻撃者の活動から数分以内に再び変更されている (実行者の記録なし)。もう一度リセットすること。"
        ),
    )
}

/// Tells of a new password behind the reset that whoever had the temporary one set, where nothing says that it was the
/// owner and the attacker had been active minutes before.
fn tell_answer(scene: &Scene<'_, '_>, reset: &Row<'_>, ours: &[&PasswordChange<'_, '_>], note: &mut Note) -> bool {
    let unsure = |row: &&Row<'_>| {
        let minutes = acts::follows_attacker(scene.exam, row) && row.event.datetime > reset.event.datetime;
        minutes && scene.by_time_alone(row) && !answers::is_owners(scene.exam, row)
    };
    let Some(answer) = new_passwords(ours).find(unsure) else { return false };
    let at = when(answer);
    note.say(
        format!("It was changed at {at} in the account's own name, which is not recorded to be the owner: make sure."),
        format!("{at} に本人の名義で変更されているが、所有者本人であるとの記録はない。確認すること。"),
    );
    true
}

/// The new password sent by mail while the attacker could still read it, which Microsoft's page forbids.
fn mailed(scene: &Scene<'_, '_>, reset: &Row<'_>, note: &mut Note) {
    let Some(last) = scene.attacker.last else { return };
    let between = |row: &&Row<'_>| reset.event.datetime <= row.event.datetime && row.event.datetime <= last;
    let user = |row: &Row<'_>| {
        let to = row.event.email_to.as_deref().unwrap_or_default();
        row.parts.target || to.split(';').any(|to| scene.exam.subject.is(to.trim()))
    };
    let comes = |row: &&Row<'_>| {
        let traced = row.event.evidence_source == EvidenceSource::MessageTrace && !row.parts.actor;
        let sent = row.event.is(&["Send", "SendAs", "SendOnBehalf"]);
        let inside = row.event.user_upn.as_deref().or(row.event.user_raw.as_deref());
        (traced || sent)
            && user(row)
            && inside.is_some_and(|from| scene.exam.is_internal(from) && from.contains('@'))
            && row.event.email_subject.as_deref().is_some_and(words::names_password)
    };
    let all = scene.exam.window_rows().chain(scene.exam.others.iter());
    if let Some(mail) = all.filter(between).find(comes) {
        note.say(
            format!(
                "At {} a mail about the password came to this mailbox while the attacker was still active: if the new password is in it, reset it again, and tell it by another way.",
                when(mail)
            ),
            format!(
                "{} に、攻撃者の活動中にパスワードに関するメールがこのメールボックスに届いている。新しいパスワードが書かれている場合は再度リセットし、別の手段で伝えること。",
                when(mail)
            ),
        );
    }
}

/// A reset that only the risk report tells: its detail names it, and the time of the last update is when. A report that
/// was closed by the attacker's own new password tells of that one; one that the account itself closed does not say who
/// sat before it.
fn told_by_risk(scene: &Scene<'_, '_>, theirs: &[&PasswordChange<'_, '_>]) -> Option<Step> {
    const AT_THE_LATEST: TimeDelta = TimeDelta::hours(1);
    let started = |at: DateTime<Utc>| scene.attacker.first.is_none_or(|first| at >= first);
    let is_theirs = |at: DateTime<Utc>| {
        let since = |row: &Row<'_>| at - row.event.datetime;
        new_passwords(theirs).any(|row| since(row) >= -hints::BESIDE && since(row) <= AT_THE_LATEST)
    };
    let by_admin = |row: &Row<'_>| row.event.status_reason.as_deref().is_some_and(|why| why.starts_with("admin"));
    let mut told = scene.exam.rows.iter().filter_map(|row| Some((hints::told_by_risk(row)?, row)));
    let (at, row) = told.find(|(at, row)| started(*at) && (by_admin(row) || !is_theirs(*at)))?;
    let detail = row.event.status_reason.as_deref().unwrap_or_default();
    let mut note = Note::new(
        format!(
            "The risk report says that the password was replaced ({detail}), by {} at the latest; the reset's own record is not in the evidence.",
            format_time(at)
        ),
        format!(
            "リスク レポートによると、遅くとも {} までにパスワードが変更されている ({detail})。変更自体の記録は証拠にない。",
            format_time(at)
        ),
    );
    let status = if by_admin(row) { StepStatus::Done } else { StepStatus::Partial };
    if status == StepStatus::Partial {
        note.say(
            "Who did it is not recorded: make sure that it was the owner, and revoke all sessions.",
            "実行者の記録がない。所有者本人によるものか確認し、すべてのセッションを取り消すること。",
        );
    }
    Some(scene.step_at(ID, status, Some(at), &[row], note))
}

/// A new password that only a list of accounts tells of, newer than the first sign of the attack.
fn told_by_list(scene: &Scene<'_, '_>) -> Option<Step> {
    let first = scene.attacker.first?;
    let listed = hints::listed(scene.exam);
    let listed = listed.iter().filter(|listed| listed.at >= first).max_by_key(|listed| listed.at)?;
    let at = format_time(listed.at);
    let note = Note::new(
        format!(
            "A list of accounts says that the password was last changed at {at}; who did it is not recorded: make sure that it was yours, and revoke all sessions."
        ),
        format!(
            "アカウント一覧によると、パスワードの最終変更は {at} である (実行者の記録なし)。正当な対応によるものか確認し、すべてのセッションを取り消すること。"
        ),
    );
    Some(scene.step_at(ID, StepStatus::Partial, Some(listed.at), &[listed.row], note))
}

/// A record of a new password that tells in an unknown word how it ended.
fn of_unknown_end<'s, 'a>(scene: &Scene<'s, 'a>) -> Option<&'s Row<'a>> {
    let asked = |row: &&Row<'_>| credentials::act_of_unknown_end(row) == Some(Act::Password);
    scene.rows().filter(asked).last()
}

fn without_reset(
    scene: &Scene<'_, '_>,
    ours: &[&PasswordChange<'_, '_>],
    theirs: &[&PasswordChange<'_, '_>],
    before: &[&PasswordChange<'_, '_>],
) -> Step {
    let before = new_passwords(before).next_back();
    let mut rows: Vec<&Row<'_>> = Vec::new();
    let (status, mut note) = if let Some(part) = ours.last().and_then(|change| change.main()) {
        rows.push(part);
        (StepStatus::Partial, part_done(part))
    } else if let Some(step) = told_by_risk(scene, theirs).or_else(|| told_by_list(scene)) {
        return step;
    } else if let Some(theirs) = new_passwords(theirs).next_back() {
        rows.push(theirs);
        let mut note = changed_by_attacker(scene, theirs);
        left_behind::tell(scene, &mut note);
        (StepStatus::ByAttacker, note)
    } else if let Some(row) = of_unknown_end(scene) {
        rows.push(row);
        let word = row.event.status_text.as_deref().unwrap_or_default();
        let note = Note::new(
            format!("A change of the password is recorded at {} whose result nobody can tell (\"{word}\").", when(row)),
            format!("{} にパスワード変更の記録があるが、結果が不明である (\"{word}\")。", when(row)),
        );
        (StepStatus::NotAssessable, note)
    } else {
        let mut note = Note::new(
            "No reset of the password is recorded; changes on-premises leave little trace here.",
            "パスワードのリセットは記録されていない (オンプレミスでの変更はほとんど記録に残らない)。",
        );
        if let Some(first) = scene.attacker.first.filter(|_| before.is_some()) {
            let first = format_time(first);
            note = Note::new(
                format!("No reset of the password is recorded since the first sign of the attack at {first}."),
                format!("攻撃の最初の兆候 ({first}) 以降、パスワードのリセットは記録されていない。"),
            );
        }
        if scene.attacker.first.is_some() {
            note.say("Reset it, and revoke all sessions.", "リセットし、すべてのセッションを取り消すること。");
        }
        (scene.absent(&[GateId::G6]), note)
    };
    let at = rows.first().map(|row| row.event.datetime);
    if rows.is_empty() {
        rows.extend(tell_failed(scene, &mut note));
    }
    if let Some(before) = before {
        let (at, by, by_ja) = (when(before), who(before), who_ja(before));
        note.say(
            format!("Before that it was changed at {at} by {by}: make sure that this did not let the attacker in."),
            format!("それより前の {at} に {by_ja} がパスワードを変更している。この変更により攻撃者が侵入したのではないことを確認すること。"),
        );
        rows.push(before);
    }
    scene.step_at(ID, status, at, &rows, note)
}

/// Tells of resets that others than the attacker tried and that failed: whoever tried may think that it was done. The last
/// of them.
fn tell_failed<'s, 'a>(scene: &Scene<'s, 'a>, note: &mut Note) -> Option<&'s Row<'a>> {
    let since = scene.exam.rows.iter().filter(|row| scene.may_answer(row) && !scene.by_attacker(row));
    let failed: Vec<&Row<'_>> = since.filter(|row| credentials::act_that_failed(row) == Some(Act::Password)).collect();
    let last = failed.last().copied()?;
    let (count, at, by, by_ja) = (failed.len(), when(last), who(last), who_ja(last));
    note.say(
        format!("Attempts to reset it that failed: {count}, the last at {at} by {by}."),
        format!("失敗したリセットの試み: {count} 件 (最後は {at}、{by_ja})。"),
    );
    Some(last)
}

/// Their new passwords, each by the record that stands for it.
fn new_passwords<'e, 'a>(changes: &[&PasswordChange<'e, 'a>]) -> impl DoubleEndedIterator<Item = &'e Row<'a>> {
    changes.iter().filter(|change| change.new_password).filter_map(|change| change.main())
}

fn part_done(part: &Row<'_>) -> Note {
    Note::new(
        format!(
            "At {} a new password was demanded or the sessions were ended, but no reset is recorded: the old password works until it is changed.",
            when(part)
        ),
        format!(
            "{} にパスワード変更の要求またはセッションの取り消しがあるが、リセットは記録されていない。変更されるまで古いパスワードが有効である。",
            when(part)
        ),
    )
}

/// A record without an address is taken for the attacker's by the minutes between the two, and nothing else.
fn changed_by_attacker(scene: &Scene<'_, '_>, theirs: &Row<'_>) -> Note {
    let at = when(theirs);
    if scene.by_time_alone(theirs) {
        return Note::new(
            format!(
                "The password was changed at {at}, within minutes of the attacker; who did it is not recorded. Reset it."
            ),
            format!(
                "{at} に、攻撃者の活動から数分以内にパスワードが変更されている (実行した者は記録されていない)。リセットすること。"
            ),
        );
    }
    Note::new(
        format!("Only the attacker changed the password, at {at}: reset it."),
        format!("パスワードを変更したのは攻撃者だけである ({at})。リセットすること。"),
    )
}
