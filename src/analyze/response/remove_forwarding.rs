//! R2: the mailbox's own forwarding was emptied, both addresses of it, and stayed empty.

use chrono::TimeDelta;

use super::{BY_ITS_MAKER, CLOCKS, Note, Scene, UNDATED, when, who, who_ja};
use crate::analyze::exam::Row;
use crate::analyze::mail::onward;
use crate::analyze::settings::accounted::{Accounted, UNDERWAY};
use crate::analyze::settings::rules::judge;
use crate::analyze::settings::{directory, forwards, mailbox};
use crate::analyze::shown::coverage::GateId;
use crate::finding::{Fact, Step, StepStatus, counted};
use crate::timeline::details;

const ID: (u8, &str) = (2, "remove-forwarding");

/// The two attributes that forward.
const ADDRESSES: [&str; 2] = ["ForwardingSmtpAddress", "ForwardingAddress"];

/// Where else to look.
const RULES: (&str, &str) = (
    "Rules that forward are another step (inbox rules); look at transport rules and contacts as well.",
    "転送を行うルールは別の手順 (受信トレイ ルール) である。トランスポート ルールと連絡先も確認すること。",
);

/// What the records say of the mailbox's forwarding, one after the other.
#[derive(Default)]
struct Replayed<'s, 'a> {
    /// What both addresses are at last.
    set: [Option<String>; 2],
    removed: Option<&'s Row<'a>>,
    /// Whether it may have been whoever set it.
    by_its_maker: bool,
    /// Emptied where nothing is known to have been set: pages that send all their fields do that, too.
    emptied: Option<&'s Row<'a>>,
    by_attacker: Option<&'s Row<'a>>,
    set_again: Option<&'s Row<'a>>,
    last_set: Option<&'s Row<'a>>,
}

impl<'s, 'a> Replayed<'s, 'a> {
    /// What was set before the window may still stand in it; only what was removed inside is an answer.
    fn of(scene: &'s Scene<'_, 'a>) -> Self {
        let mut replayed = Self::default();
        scene.exam.settings().filter(|row| is_forwarding(scene, row)).for_each(|row| replayed.take(scene, row));
        replayed
    }

    fn take(&mut self, scene: &Scene<'_, '_>, row: &'s Row<'a>) {
        let given = |name: &&str| row.param(name).is_some_and(|value| forwards::destination(&value).is_some());
        let sets = ADDRESSES.iter().any(given);
        for (number, name) in ADDRESSES.iter().enumerate() {
            let Some(value) = row.param(name).map(|value| value.trim().to_owned()) else { continue };
            let Some(slot) = self.set.get_mut(number) else { continue };
            if forwards::destination(&value).is_some() {
                *slot = Some(value);
                self.last_set = Some(row);
                self.set_again = self.removed.is_some().then_some(row);
                self.emptied = None;
                continue;
            }
            // Whoever sets the one address says with it that the other is none: where it was none before, nothing is removed.
            let unknown = slot.is_none();
            *slot = None;
            if unknown && sets || !scene.may_answer(row) {
                continue;
            }
            if scene.by_attacker(row) {
                self.by_attacker = Some(row);
            } else if unknown {
                self.emptied = Some(row);
            } else {
                self.by_its_maker = self.last_set.is_some_and(|made| scene.is_by_its_maker(made, row));
                self.removed = Some(row);
                self.set_again = None;
            }
        }
    }

    /// Whether neither address is set at last.
    fn is_empty(&self) -> bool {
        self.set.iter().all(Option::is_none)
    }

    /// What is set at last.
    fn left(&self) -> String {
        self.set.iter().flatten().map(String::as_str).collect::<Vec<_>>().join("; ")
    }

    /// The record that emptied it.
    fn gone_by(&self) -> Option<&'s Row<'a>> {
        self.removed.or(self.by_attacker).or(self.emptied)
    }

    /// What the records say of the step, by themselves.
    fn judged(&self, scene: &Scene<'_, '_>) -> (StepStatus, Vec<&'s Row<'a>>, Note) {
        match (self.removed, self.by_attacker, self.emptied) {
            (Some(removed), ..) => match (self.set_again, self.is_empty()) {
                (Some(again), _) => (StepStatus::Undone, vec![removed, again], removed_told(removed)),
                (None, false) => (StepStatus::Partial, vec![removed], removed_told(removed)),
                (None, true) if self.by_its_maker => {
                    let mut note = removed_told(removed);
                    note.say(BY_ITS_MAKER.0, BY_ITS_MAKER.1);
                    (StepStatus::Partial, vec![removed], note)
                }
                (None, true) => (StepStatus::Done, vec![removed], removed_told(removed)),
            },
            (None, None, Some(emptied)) if self.is_empty() => (StepStatus::Done, vec![emptied], emptied_told(emptied)),
            (None, Some(theirs), _) if self.is_empty() => {
                (StepStatus::ByAttacker, vec![theirs], only_theirs(scene, theirs))
            }
            _ => {
                let status = scene.absent(&[GateId::G5]);
                let note = Note::new(
                    "No removal of a mailbox forwarding is recorded.",
                    "メールボックスの転送の解除は記録されていない。",
                );
                (status, Vec::new(), note)
            }
        }
    }
}

/// The step.
pub(super) fn step(scene: &Scene<'_, '_>) -> Step {
    let replayed = Replayed::of(scene);
    let shown = if replayed.is_empty() { snapshot_with(scene, replayed.gone_by()) } else { None };
    let open = replayed.last_set.filter(|_| replayed.removed.is_none() && !replayed.is_empty());
    let gone = open.and_then(|set| snapshot_without(scene, set));
    let (mut status, mut rows, mut note) = match gone {
        Some(gone) => (StepStatus::Done, vec![gone], gone_told(gone)),
        None => replayed.judged(scene),
    };
    let left = if gone.is_some() { String::new() } else { replayed.left() };
    if !left.is_empty() {
        note.say(
            format!("Still set: {left}. Remove it unless it is wanted."),
            format!("設定が残っている: {left}。不要であれば解除すること。"),
        );
    }
    let known = rows.last().copied().or(replayed.last_set);
    if let Some(shown) = &shown {
        shown.tell(&mut note);
        if matches!(status, StepStatus::Done | StepStatus::ByAttacker) {
            rows.push(shown.row);
            status = if shown.is_newer { StepStatus::Undone } else { StepStatus::Partial };
        }
    }
    let over = replayed.removed.or(replayed.emptied).filter(|_| status == StepStatus::Done);
    if let Some(last) = over.and_then(|row| goes_on(scene, row, &mut note)) {
        status = StepStatus::Partial;
        rows.push(last);
    }
    match unclear(scene, known) {
        Some(unclear) => with_unclear(scene, unclear, (status, &rows), left.is_empty(), note),
        None => {
            note.say(RULES.0, RULES.1);
            scene.step(ID, status, &rows, note)
        }
    }
}

fn gone_told(gone: &Row<'_>) -> Note {
    let mut note = Note::new(
        "A snapshot shows the mailbox without forwarding; who removed it and when is not recorded.",
        "スナップショットではメールボックスの転送がない (解除者と解除日時の記録なし)。",
    );
    if gone.event.datetime_text.is_none() {
        note.say(UNDATED.0, UNDATED.1);
    }
    note
}

fn removed_told(removed: &Row<'_>) -> Note {
    let (at, by, by_ja) = (when(removed), who(removed), who_ja(removed));
    Note::new(format!("Forwarding was removed at {at} by {by}."), format!("{at} に {by_ja} が転送を解除した。"))
}

fn emptied_told(emptied: &Row<'_>) -> Note {
    let (at, by, by_ja) = (when(emptied), who(emptied), who_ja(emptied));
    Note::new(
        format!("The forwarding was emptied at {at} by {by}; whether one stood before is not recorded."),
        format!("{at} に {by_ja} が転送先を空にした。それ以前に転送が設定されていたかは記録されていない。"),
    )
}

/// What is said where nobody but the attacker, as far as that is known, removed it.
fn only_theirs(scene: &Scene<'_, '_>, theirs: &Row<'_>) -> Note {
    let at = when(theirs);
    match scene.by_time_alone(theirs) {
        true => Note::new(
            format!("The forwarding was removed at {at}, within minutes of the attacker; who did it is not recorded."),
            format!("{at} に、攻撃者の活動から数分以内に転送が解除されている (実行者の記録なし)。"),
        ),
        false => Note::new(
            format!("Only the attacker removed the forwarding, at {at}."),
            format!("転送を解除したのは攻撃者だけである ({at})。"),
        ),
    }
}

/// The step, where a later record may have changed what is known.
fn with_unclear(
    scene: &Scene<'_, '_>,
    unclear: &Row<'_>,
    (status, rows): (StepStatus, &[&Row<'_>]),
    nothing_left: bool,
    mut note: Note,
) -> Step {
    let (at, by, by_ja) = (when(unclear), who(unclear), who_ja(unclear));
    // Where nothing else is known, nobody can say whether it is still to be done.
    let alone = rows.is_empty();
    if alone && nothing_left {
        note = Note::default();
    }
    note.say(
        format!("At {at} {by} set or removed a forwarding: which of the two, the export lost."),
        format!("{at} に {by_ja} が転送を設定または解除した (どちらかはエクスポート時に失われた)。"),
    );
    note.say(RULES.0, RULES.1);
    match alone {
        true => scene.step_at(ID, StepStatus::NotAssessable, None, &[unclear], note),
        false => scene.step(ID, status, rows, note),
    }
}

/// Tells of mail that went on outside after the forwarding was removed, and that nothing recorded accounts for; the last
/// row of the trace that shows it.
fn goes_on<'s>(scene: &Scene<'s, '_>, removed: &Row<'_>, note: &mut Note) -> Option<&'s Row<'s>> {
    let exam = scene.exam;
    let accounted = Accounted::of(exam, &forwards::replay(exam), &judge::all(exam));
    let over = removed.event.datetime + UNDERWAY;
    let ways = onward::all_but(exam, &|to, row| row.event.datetime <= over || accounted.covers(to, row));
    let mut ways = ways.into_iter().filter(|way| !is_told_without_time(scene, &way.to));
    let way = ways.next()?;
    let last = way.out.last().copied()?;
    let (count, to, at) = (way.mails, &way.to, when(last));
    note.say(
        format!(
            "After that {} on to {to} (outside), last at {at}; what forwards is not recorded: look for another forwarding.",
            counted(count, "mail went", "mails went")
        ),
        format!("その後も {count} 通のメールが {to} (組織外) へ転送されている (最終 {at})。転送の設定は記録にない。別の転送設定がないか確認すること。"),
    );
    Some(last)
}

/// Whether a snapshot, or a rule of the whole organisation, sends mail to the address.
fn is_told_without_time(scene: &Scene<'_, '_>, to: &str) -> bool {
    let findings = scene.symptoms.iter().filter(|symptom| symptom.id == "forwarding");
    findings
        .flat_map(|symptom| &symptom.findings)
        .filter(|finding| finding.fact == Fact::Snapshot || finding.facts.contains_key("reach"))
        .any(|finding| finding.facts.values().any(|fact| fact.as_evidence().to_lowercase().contains(to)))
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
        && (directory::is_about(scene.exam, row) || mailbox::of_cmdlet(scene.exam, row).ours)
}

/// A snapshot that shows the mailbox forwarding.
struct Shown<'s, 'a> {
    row: &'s Row<'a>,
    to: String,
    /// Whether it is certainly newer than what the records say last.
    is_newer: bool,
    /// Whether a removal is recorded.
    removed: bool,
}

impl Shown<'_, '_> {
    fn tell(&self, note: &mut Note) {
        let (to, at) = (&self.to, when(self.row));
        match (self.is_newer, self.removed) {
            (true, _) => note.say(
                format!("A snapshot of {at} shows the mailbox forwarding to {to}: remove it."),
                format!("{at} のスナップショットでは {to} への転送が設定されている。解除すること。"),
            ),
            (false, true) => note.say(
                format!(
                    "A snapshot shows the mailbox forwarding to {to}: make sure that it is older than the removal."
                ),
                format!("スナップショットでは {to} への転送が設定されている。解除より前の取得か確認すること。"),
            ),
            (false, false) => note.say(
                format!("A snapshot shows the mailbox forwarding to {to}: remove it unless it is wanted."),
                format!("スナップショットでは {to} への転送が設定されている。不要であれば解除すること。"),
            ),
        }
    }
}

/// The newest snapshot, not older than the removal, that shows the mailbox forwarding; without a removal, the newest.
fn snapshot_with<'s, 'a>(scene: &Scene<'s, 'a>, removed: Option<&Row<'_>>) -> Option<Shown<'s, 'a>> {
    let to = |row: &Row<'_>| {
        let set =
            ADDRESSES.iter().filter_map(|name| row.param(name).filter(|value| forwards::destination(value).is_some()));
        set.collect::<Vec<_>>().join("; ")
    };
    let states = scene.exam.states.iter().filter(|row| row.parts.mailbox && row.event.is(&["MailboxForwarding"]));
    let shown = states.filter_map(|row| {
        let since = removed.map(|removed| row.event.datetime - removed.event.datetime);
        let dated = row.event.datetime_text.is_some();
        let is_newer = dated && since.is_none_or(|since| since >= CLOCKS);
        let older = dated && since.is_some_and(|since| since < TimeDelta::zero());
        (!older).then(|| Shown { row, to: to(row), is_newer, removed: removed.is_some() })
    });
    // A later one that shows the mailbox without forwarding says that it ended.
    shown.max_by_key(|shown| (shown.is_newer, shown.row.event.datetime)).filter(|shown| !shown.to.is_empty())
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
