//! R3: every suspicious inbox and sweep rule was removed or disabled, and did not come back.

use chrono::TimeDelta;

use super::{CLOCKS, Note, Scene, UNDATED, is_in, when, who, who_ja};
use crate::analyze::exam::Row;
use crate::analyze::people::actor::ActorClass;
use crate::analyze::settings::rules::content::{self, Known, SUSPICIOUS, Surroundings};
use crate::analyze::settings::rules::keys::Keys;
use crate::analyze::settings::rules::replay::{self, RuleAct};
use crate::analyze::settings::rules::standing::{self, Snapshot};
use crate::analyze::settings::rules::{Completeness, Definition};
use crate::analyze::shown::coverage::GateId;
use crate::finding::{Step, StepStatus};

const ID: (u8, &str) = (3, "disable-inbox-rules");

/// A rule that the symptoms found, and what became of it.
struct Rule<'s, 'a> {
    /// Which rules of the replay it is: a removal may call it by a number that its other records do not have.
    numbers: Vec<usize>,
    /// Everything that records call it.
    keys: Keys,
    made: &'s Row<'a>,
    /// What it was at last.
    what: Definition,
    ours: bool,
    mailbox: String,
    off: Option<&'s Row<'a>>,
    /// Whether it was not switched off but changed back, so that it is on and does no harm.
    set_right: bool,
    off_by_attacker: bool,
    /// Whether it may have been whoever made it that switched it off.
    off_by_maker: bool,
    back: Option<&'s Row<'a>>,
    unsure: bool,
}

/// The step.
pub(super) fn step(scene: &Scene<'_, '_>) -> Step {
    let acts = replay::acts(scene.exam);
    let around = Surroundings::of(scene.exam, &acts);
    let mut rules: Vec<Rule<'_, '_>> = Vec::new();
    let mut strangers: Vec<&Row<'_>> = Vec::new();
    for act in acts.into_iter().filter(|act| act.recent) {
        if act.switches != Some(false) {
            switched_on_or_changed(scene, &around, &mut rules, act);
        } else if !switched_off(scene, &mut rules, &act) {
            strangers.push(act.row);
        }
    }
    if rules.is_empty() { without_suspects(scene, &strangers) } else { judged(scene, &around, &rules) }
}

impl<'s, 'a> Rule<'s, 'a> {
    fn new(act: &RuleAct<'s, 'a>) -> Self {
        Self {
            numbers: vec![act.rule_number],
            keys: act.keys.clone(),
            made: act.row,
            what: act.rule.clone(),
            ours: act.mailbox.ours,
            mailbox: act.mailbox_key(),
            off: None,
            set_right: false,
            off_by_attacker: false,
            off_by_maker: false,
            back: None,
            unsure: false,
        }
    }

    /// Notes what else the act calls the rule.
    fn meet(&mut self, act: &RuleAct<'_, '_>) {
        if !self.numbers.contains(&act.rule_number) {
            self.numbers.push(act.rule_number);
        }
        self.keys.meet(&act.keys);
    }

    /// Whether a list of the mailbox's inbox rules that does not show it says something of it: no such list has sweep
    /// rules.
    fn is_listed(&self) -> bool {
        self.ours && !self.keys.sweep
    }

    fn is_on(&self) -> bool {
        self.off.is_none() || self.back.is_some()
    }
}

/// A rule that was renamed, or that a mail program wrote again, is not switched on by that. One from which somebody else
/// takes what made it suspicious is as good as removed, until that is put in again.
fn switched_on_or_changed<'s, 'a>(
    scene: &Scene<'_, '_>,
    around: &Surroundings,
    rules: &mut Vec<Rule<'s, 'a>>,
    act: RuleAct<'s, 'a>,
) {
    if let Some(rule) = rules.iter_mut().find(|rule| rule.numbers.contains(&act.rule_number)) {
        let told = act.completeness == Completeness::Told && !act.cut;
        let was_harmful = || is_harmful(around, &rule.what);
        if rule.is_on() && told && was_harmful() && !is_harmful(around, &act.rule) && !scene.by_attacker(act.row) {
            (rule.off, rule.back, rule.off_by_attacker, rule.set_right) = (Some(act.row), None, false, true);
            rule.off_by_maker = scene.is_by_its_maker(rule.made, act.row);
        } else if rule.off.is_some() && (act.switches == Some(true) || rule.set_right && is_harmful(around, &act.rule))
        {
            rule.back = Some(act.row);
        }
        rule.meet(&act);
        rule.what = act.rule;
    } else if is_in(&scene.suspects, act.row) {
        rules.push(Rule::new(&act));
    }
}

/// Whether a suspicious rule was meant. Outlook on the web removes a rule by a number where its creation shows a name:
/// the only rule left in that mailbox is then the one, and that is said. A number that a record or a snapshot calls by
/// another name is that rule's.
fn switched_off<'s, 'a>(scene: &Scene<'_, '_>, rules: &mut Vec<Rule<'s, 'a>>, act: &RuleAct<'s, 'a>) -> bool {
    let named = rules.iter().position(|rule| rule.numbers.contains(&act.rule_number));
    let only = || {
        let key = act.keys.is_number().then(|| act.mailbox_key())?;
        let is_left = |rule: &Rule<'_, '_>| rule.off.is_none() && rule.mailbox == key;
        let mut left = rules.iter().enumerate().filter(|(_, rule)| is_left(rule)).map(|(at, _)| at);
        let first = left.next()?;
        left.next().is_none().then_some(first)
    };
    let meant = named.or_else(only);
    let by_attacker = scene.by_attacker(act.row);
    // Heard of only now, when somebody else than the attacker switched it off.
    if meant.is_none() && !by_attacker && is_in(&scene.suspects, act.row) {
        rules.push(Rule { off: Some(act.row), ..Rule::new(act) });
        return true;
    }
    let Some(rule) = meant.and_then(|at| rules.get_mut(at)) else { return false };
    rule.meet(act);
    rule.off = Some(act.row);
    rule.back = None;
    rule.set_right = false;
    rule.unsure = named.is_none();
    rule.off_by_attacker = by_attacker;
    rule.off_by_maker = !by_attacker && scene.is_by_its_maker(rule.made, act.row);
    true
}

/// Whether what the rule does is suspicious by itself.
fn is_harmful(around: &Surroundings, rule: &Definition) -> bool {
    let content = content::score(rule, Known { whole: true, recreated: false }, around);
    content.total() >= SUSPICIOUS || content.masked
}

/// The snapshot of the mailbox's rules that is not older than the rule's last act and does not have it any more, under
/// its name, its number or another name. Of a rule that no record calls anything nobody can say that.
fn gone_in_snapshot<'s, 'a>(
    snapshots: &[Snapshot<'s, 'a>],
    rules: &[Rule<'_, '_>],
    rule: &Rule<'_, '_>,
) -> Option<&'s Row<'a>> {
    let last = rule.back.unwrap_or(rule.made).event.datetime;
    // A snapshot is taken when the evidence is collected; only one that is dated can be older than the rule.
    let age = |row: &Row<'_>| (row.event.datetime_text.is_some(), row.event.datetime);
    let later = snapshots.iter().map(|shown| shown.row).filter(|row| !age(row).0 || row.event.datetime > last);
    let newest = later.max_by_key(|row| age(row)).filter(|_| rule.is_listed() && !rule.keys.is_empty())?;
    let anothers = |shown: &Snapshot<'_, '_>| rules.iter().any(|other| shown.keys.is(&other.keys));
    let alike = |shown: &Snapshot<'_, '_>| shown.keys.has_name_of(&rule.keys) || shown.rule.does_the_same(&rule.what);
    let there = snapshots
        .iter()
        .filter(|shown| age(shown.row) == age(newest))
        .any(|shown| shown.keys.is(&rule.keys) || !anothers(shown) && alike(shown));
    (!there).then_some(newest)
}

/// The snapshot, not older than the rule's removal, that has it all the same, and whether it is certainly newer. What does
/// the same and bears the name of another rule that is on is that one.
fn back_in_snapshot<'s, 'a>(
    around: &Surroundings,
    snapshots: &[Snapshot<'s, 'a>],
    rules: &[Rule<'_, '_>],
    rule: &Rule<'_, '_>,
) -> Option<(&'s Row<'a>, bool)> {
    let off = rule.off.filter(|_| rule.is_listed() && rule.back.is_none())?;
    let at = |row: &Row<'_>| (row.event.datetime_text.is_some(), row.event.datetime - off.event.datetime);
    let age = |row: &Row<'_>| (at(row).0, row.event.datetime);
    let later = snapshots.iter().filter(|shown| !at(shown.row).0 || at(shown.row).1 >= TimeDelta::zero());
    let newest = later.clone().map(|shown| age(shown.row)).max()?;
    let anothers = |shown: &Snapshot<'_, '_>| rules.iter().any(|other| other.is_on() && shown.keys.is(&other.keys));
    let same = |shown: &&Snapshot<'_, '_>| {
        let is_on = shown.rule.enabled != Some(false) && (!rule.set_right || is_harmful(around, &shown.rule));
        is_on && (shown.keys.is(&rule.keys) || !anothers(shown) && shown.rule.does_the_same(&rule.what))
    };
    let shown = later.filter(|shown| age(shown.row) == newest).find(same)?;
    Some((shown.row, at(shown.row).0 && at(shown.row).1 >= CLOCKS))
}

/// What became of the rules that symptoms found.
struct Fates<'r, 's, 'a> {
    rules: &'r [Rule<'s, 'a>],
    /// Switched off or set right by others than the attacker.
    ours: Vec<&'r Rule<'s, 'a>>,
    /// One of these that is on again.
    back: Option<&'r Rule<'s, 'a>>,
    /// On, as far as the records and the snapshots go.
    left: Vec<&'r Rule<'s, 'a>>,
    /// The snapshots that have others of those that no record says to be off no more.
    gone: Vec<&'s Row<'a>>,
    /// Removed, and in a snapshot all the same; whether that one is certainly newer.
    shown: Vec<(&'r Rule<'s, 'a>, (&'s Row<'a>, bool))>,
    /// The attacker's last removal.
    theirs: Option<&'s Row<'a>>,
    /// Whether a list that covers the mailbox has none of those that are left.
    unlisted: bool,
}

impl<'r, 's, 'a> Fates<'r, 's, 'a> {
    fn of(scene: &Scene<'s, 'a>, around: &Surroundings, rules: &'r [Rule<'s, 'a>]) -> Self {
        let snapshots = standing::snapshots(scene.exam);
        let (mut left, mut gone) = (Vec::new(), Vec::new());
        for rule in rules.iter().filter(|rule| rule.is_on()) {
            match gone_in_snapshot(&snapshots, rules, rule) {
                Some(row) => gone.push(row),
                None => left.push(rule),
            }
        }
        let is_ours = |rule: &&Rule<'_, '_>| rule.off.is_some() && !rule.off_by_attacker && rule.back.is_none();
        let is_back = |rule: &&Rule<'_, '_>| rule.back.is_some() && !rule.off_by_attacker && !left.is_empty();
        let is_theirs = |rule: &&Rule<'_, '_>| rule.off_by_attacker && rule.back.is_none();
        let shown = |rule| Some((rule, back_in_snapshot(around, &snapshots, rules, rule)?));
        Self {
            rules,
            ours: rules.iter().filter(is_ours).collect(),
            back: rules.iter().find(is_back),
            shown: rules.iter().filter_map(shown).collect(),
            theirs: rules.iter().filter(is_theirs).filter_map(|rule| rule.off).next_back(),
            unlisted: are_unlisted(scene, &snapshots, &left),
            left,
            gone,
        }
    }

    fn status(&self, scene: &Scene<'_, '_>) -> StepStatus {
        let nobody = self.ours.is_empty() && self.gone.is_empty();
        let status = match (self.back, nobody, self.left.is_empty(), self.theirs) {
            (Some(_), ..) => StepStatus::Undone,
            (None, false, true, _) => StepStatus::Done,
            (None, false, false, _) => StepStatus::Partial,
            (None, true, false, _) if self.unlisted => StepStatus::Partial,
            (None, true, true, Some(_)) => StepStatus::ByAttacker,
            _ => scene.absent(&[GateId::G4, GateId::G5]),
        };
        let status = if status == StepStatus::Done && self.makers() > 0 { StepStatus::Partial } else { status };
        match (status, self.shown.iter().any(|(_, (_, newer))| *newer)) {
            (StepStatus::Done | StepStatus::Partial | StepStatus::ByAttacker, true) => StepStatus::Undone,
            (StepStatus::Done | StepStatus::ByAttacker, false) if !self.shown.is_empty() => StepStatus::Partial,
            (status, _) => status,
        }
    }

    /// Those of ours that may have been switched off by whoever made them.
    fn makers(&self) -> usize {
        self.ours.iter().filter(|rule| rule.off_by_maker).count()
    }

    /// The records that the step cites, the last removal first.
    fn rows(&self, status: StepStatus) -> Vec<&'s Row<'a>> {
        let mut rows: Vec<&Row<'_>> = self.ours.iter().filter_map(|rule| rule.off).collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.event.datetime));
        if let Some(back) = self.back {
            rows.extend(back.off.into_iter().chain(back.back));
        }
        if status == StepStatus::ByAttacker {
            rows.extend(self.theirs);
        }
        rows.extend(self.gone.first());
        rows.extend(self.shown.iter().map(|(_, (row, _))| *row));
        rows
    }

    fn told(&self) -> Note {
        let (ours, all) = (self.ours.len() - self.makers(), self.rules.len());
        let mut note = Note::default();
        // Nobody is recorded to have removed one, and yet some are gone: that comes first, and alone.
        if ours > 0 || self.makers() > 0 || self.gone.is_empty() {
            note.say(
                format!("Suspicious rules removed or disabled by others than the attacker: {ours} of {all}."),
                format!("不審なルール {all} 件のうち {ours} 件が、攻撃者以外によって削除または無効化された。"),
            );
        }
        if self.makers() > 0 {
            let makers = self.makers();
            note.say(
                format!(
                    "Removed or disabled in the name of whoever made them, so that nothing tells whether it was the owner: {makers}; make sure."
                ),
                format!("{makers} 件は、作成したのと同じ名義で削除または無効化された (所有者本人によるものかどうかは記録から分からない)。確認すること。"),
            );
        }
        if !self.gone.is_empty() {
            let gone = self.gone.len();
            note.say(
                format!("Suspicious rules that are gone from a snapshot, without a record of who removed them: {gone} of {all}."),
                format!("不審なルール {all} 件のうち {gone} 件が、ルール一覧から消えている (削除者の記録なし)。"),
            );
            if self.gone.iter().any(|row| row.event.datetime_text.is_none()) {
                note.say(UNDATED.0, UNDATED.1);
            }
        }
        if !self.left.is_empty() {
            let names = rules_told(self.left.iter().copied());
            let (en, ja) = if self.unlisted { UNLISTED } else { STILL_THERE };
            note.say(format!("{en}: {names}."), format!("{ja}: {names}。"));
            if self.left.iter().any(|rule| rule.keys.sweep) {
                note.say(SWEEP.0, SWEEP.1);
            }
        }
        tell_shown(&self.shown, &mut note);
        note
    }
}

fn judged<'s, 'a>(scene: &Scene<'s, 'a>, around: &Surroundings, rules: &[Rule<'s, 'a>]) -> Step {
    let fates = Fates::of(scene, around, rules);
    let status = fates.status(scene);
    let mut note = fates.told();
    if status == StepStatus::ByAttacker && fates.theirs.is_some_and(|row| scene.by_time_alone(row)) {
        note.say(BY_TIME.0, BY_TIME.1);
    }
    let right = rules_told(fates.ours.iter().copied().filter(|rule| rule.set_right));
    if !right.is_empty() {
        note.say(
            format!("Changed back, so that it stays and does no harm: {right}."),
            format!("問題のある動作が取り除かれ、残されているルール: {right}。"),
        );
    }
    if fates.ours.iter().any(|rule| rule.unsure) {
        note.say(
            "One removal names a number only; that it is this rule is inferred.",
            "削除の記録が番号だけのため、対象のルールは推定である。",
        );
    }
    note.say(
        "Rules older than the log are shown only by a list of the mailbox's rules.",
        "ログより古いルールは、ルール一覧でのみ確認できる。",
    );
    scene.step(ID, status, &fates.rows(status), note)
}

/// Tells of removed rules that a snapshot has all the same.
fn tell_shown(shown: &[(&Rule<'_, '_>, (&Row<'_>, bool))], note: &mut Note) {
    for (rule, (row, newer)) in shown {
        let name = rule_told(rule);
        match newer {
            true => note.say(
                format!("A snapshot of {} has {name} after its removal: remove it again.", when(row)),
                format!("{} のスナップショットに、削除されたはずの {name} がある。もう一度削除すること。", when(row)),
            ),
            false => note.say(
                format!("A snapshot has {name}: make sure that it is older than the removal."),
                format!("スナップショットに {name} がある。削除より前の取得か確認すること。"),
            ),
        }
    }
}

const BY_TIME: (&str, &str) = (
    "It was removed within minutes of the attacker; who did it is not recorded.",
    "攻撃者の活動から数分以内に削除されている (実行者の記録なし)。",
);
const STILL_THERE: (&str, &str) = ("Still there, as far as the records go", "記録上、残っているルール");
const SWEEP: (&str, &str) = (
    "A list of inbox rules does not show sweep rules: ask Get-SweepRule.",
    "受信トレイルールの一覧にスイープルールは含まれない。Get-SweepRule で確認すること。",
);
const UNLISTED: (&str, &str) = (
    "No removal is recorded, but a snapshot that covers the mailbox shows no rule in it, so they are gone if it was taken afterwards",
    "削除の記録はないが、このメールボックスを含むルール一覧にルールがない (一覧の取得がその後であれば削除されている)",
);

/// Whether a snapshot that covers the account's mailbox has no rule of it at all, when these should be there. It has no
/// row to cite, and none that would say when it was taken.
fn are_unlisted(scene: &Scene<'_, '_>, snapshots: &[Snapshot<'_, '_>], left: &[&Rule<'_, '_>]) -> bool {
    let covers = || scene.exam.coverage.passes(GateId::G10);
    snapshots.is_empty() && left.iter().all(|rule| rule.is_listed()) && covers()
}

fn rule_told(rule: &Rule<'_, '_>) -> String {
    format!("\"{}\" ({})", rule.what.name.as_deref().unwrap_or_default(), when(rule.made))
}

fn rules_told<'r>(rules: impl Iterator<Item = &'r Rule<'r, 'r>>) -> String {
    rules.map(rule_told).collect::<Vec<_>>().join("; ")
}

/// Rules were switched off, but none that a symptom found: an administrator's removal is a response all the same.
fn without_suspects(scene: &Scene<'_, '_>, off: &[&Row<'_>]) -> Step {
    let off = off.iter().copied().filter(|row| scene.may_answer(row));
    let (theirs, ours): (Vec<&Row<'_>>, Vec<&Row<'_>>) = off.partition(|row| scene.by_attacker(row));
    let known = scene.attacker.first.is_some();
    let responds = |row: &&Row<'_>| row.class != ActorClass::Own || known;
    if let Some(row) = ours.iter().copied().rfind(responds) {
        let note = Note::new(
            format!(
                "A rule was removed or disabled at {} by {}; the record does not say what it did.",
                when(row),
                who(row)
            ),
            format!("{} に {} がルールを削除または無効化した (ルールの内容は記録にない)。", when(row), who_ja(row)),
        );
        return scene.step(ID, StepStatus::Done, &[row], note);
    }
    if let Some(row) = theirs.last() {
        let note = match scene.by_time_alone(row) {
            true => Note::new(BY_TIME.0, BY_TIME.1),
            false => Note::new("Only the attacker removed a rule.", "ルールを削除したのは攻撃者だけである。"),
        };
        return scene.step(ID, StepStatus::ByAttacker, &[row], note);
    }
    let status = scene.absent(&[GateId::G4, GateId::G5]);
    let note = match ours.last() {
        Some(row) => Note::new(
            format!("The account itself removed or disabled a rule at {}; no intrusion is known before it.", when(row)),
            format!(
                "{} に本人のアカウントがルールを削除または無効化した。それ以前の侵入は確認されていない。",
                when(row)
            ),
        ),
        None => Note::new(
            "No removal or switching off of a rule is recorded.",
            "ルールの削除または無効化は記録されていない。",
        ),
    };
    scene.step(ID, status, &[], note)
}
