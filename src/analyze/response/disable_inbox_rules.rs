//! R3: every suspicious inbox and sweep rule was removed or disabled, and did not come back.

use super::{Note, Scene, UNDATED, same, when, who, who_ja};
use crate::analyze::actor::ActorClass;
use crate::analyze::coverage::GateId;
use crate::analyze::exam::Row;
use crate::finding::{Step, StepStatus, Weight};

const ID: (u8, &str) = (3, "disable-inbox-rules");

/// What a record does to a rule.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Act {
    On,
    Off,
}

/// A rule that the symptoms found, and what became of it.
struct Rule<'s, 'a> {
    names: Vec<String>,
    made: &'s Row<'a>,
    off: Option<&'s Row<'a>>,
    off_by_attacker: bool,
    back: Option<&'s Row<'a>>,
    unsure: bool,
}

/// The step.
pub(super) fn step(scene: &Scene<'_, '_>) -> Step {
    let acts: Vec<(Act, &Row<'_>)> = scene
        .exam
        .acts()
        .filter(|row| row.parts.mailbox || row.parts.target || row.parts.actor)
        .filter_map(|row| Some((act(row)?, row)))
        .collect();
    let mut rules: Vec<Rule<'_, '_>> = Vec::new();
    let mut strangers: Vec<&Row<'_>> = Vec::new();
    for (act, row) in acts {
        let names = rule_names(row);
        match act {
            Act::On => switched_on(scene, &mut rules, row, names),
            Act::Off => {
                if !switched_off(scene, &mut rules, row, &names) {
                    strangers.push(row);
                }
            }
        }
    }
    if rules.is_empty() { without_suspects(scene, &strangers) } else { judged(scene, &rules) }
}

fn switched_on<'s, 'a>(scene: &Scene<'_, '_>, rules: &mut Vec<Rule<'s, 'a>>, row: &'s Row<'a>, names: Vec<String>) {
    if let Some(rule) = rules.iter_mut().find(|rule| shares(&rule.names, &names)) {
        if rule.off.is_some() {
            rule.back = Some(row);
        }
        rule.names.extend(names);
    } else if is_suspect(scene, row) {
        rules.push(Rule { names, made: row, off: None, off_by_attacker: false, back: None, unsure: false });
    }
}

/// Whether a suspicious rule was meant. Outlook on the web removes a rule by a number where its creation shows a name:
/// the only rule left is then the one, and that is said.
fn switched_off<'s, 'a>(scene: &Scene<'_, '_>, rules: &mut [Rule<'s, 'a>], row: &'s Row<'a>, names: &[String]) -> bool {
    let by_name = rules.iter().position(|rule| shares(&rule.names, names));
    let numeric = names.iter().all(|name| name.chars().all(|c| c.is_ascii_digit() || c == '-'));
    let left: Vec<usize> = rules.iter().enumerate().filter(|(_, rule)| rule.off.is_none()).map(|(at, _)| at).collect();
    let only = left.first().copied().filter(|_| left.len() == 1 && numeric);
    let Some(rule) = by_name.or(only).and_then(|at| rules.get_mut(at)) else { return false };
    rule.off = Some(row);
    rule.back = None;
    rule.unsure = by_name.is_none();
    rule.off_by_attacker = scene.by_attacker(row);
    true
}

fn act(row: &Row<'_>) -> Option<Act> {
    let event = row.event;
    let value = |name: &str| row.param(name).unwrap_or_default().to_lowercase();
    if event.is(&["Remove-InboxRule", "Disable-InboxRule", "Remove-SweepRule", "Disable-SweepRule"]) {
        return Some(Act::Off);
    }
    if event.is(&["New-InboxRule", "Enable-InboxRule", "New-SweepRule", "Enable-SweepRule"]) {
        return Some(Act::On);
    }
    if event.is(&["Set-InboxRule", "Set-SweepRule"]) {
        return Some(if value("Enabled") == "false" { Act::Off } else { Act::On });
    }
    if event.is(&["UpdateInboxRules"]) {
        let off = value("RuleOperation").starts_with("remove") || value("RuleState").contains("disabled");
        return Some(if off { Act::Off } else { Act::On });
    }
    None
}

/// Whether a symptom found the rule that this record makes or changes.
fn is_suspect(scene: &Scene<'_, '_>, row: &Row<'_>) -> bool {
    let rooms = scene.symptoms.iter().filter(|symptom| matches!(symptom.id, "inbox-rules" | "forwarding"));
    rooms
        .flat_map(|symptom| &symptom.findings)
        .filter(|finding| finding.verdict >= Weight::Weak)
        .any(|finding| finding.records.iter().any(|record| same(record, row)))
}

/// Every name the record gives the rule: its id, its name, and what stands behind the mailbox in an identity.
fn rule_names(row: &Row<'_>) -> Vec<String> {
    let mut names: Vec<String> =
        ["RuleId", "RuleName", "Name"].into_iter().filter_map(|name| row.param(name)).collect();
    let paths = [row.param("Identity"), row.event.target_raw.as_deref().map(str::to_owned)];
    for path in paths.into_iter().flatten() {
        if let Some((_, rule)) = path.rsplit_once('\\') {
            names.push(rule.to_owned());
        }
    }
    let mut names: Vec<String> =
        names.into_iter().map(|name| name.trim().to_lowercase()).filter(|name| !name.is_empty()).collect();
    names.sort();
    names.dedup();
    names
}

fn shares(a: &[String], b: &[String]) -> bool {
    a.iter().any(|name| b.contains(name))
}

/// The snapshot of the mailbox's rules that is not older than the rule's last act and does not have it any more.
fn gone_in_snapshot<'s, 'a>(scene: &Scene<'s, 'a>, rule: &Rule<'_, '_>) -> Option<&'s Row<'a>> {
    let last = rule.back.unwrap_or(rule.made).event.datetime;
    let states = || scene.exam.states.iter().filter(|row| row.parts.mailbox && row.event.is(&["InboxRule"]));
    // A snapshot is taken when the evidence is collected; only one that is dated can be older than the rule.
    let later = states().filter(|row| row.event.datetime_text.is_none() || row.event.datetime > last);
    let newest = later.max_by_key(|row| (row.event.datetime_text.is_some(), row.event.datetime))?;
    let same_time = |row: &&Row<'_>| {
        row.event.datetime == newest.event.datetime
            && row.event.datetime_text.is_some() == newest.event.datetime_text.is_some()
    };
    let there = states().filter(same_time).any(|row| {
        let names: Vec<String> = ["RuleName", "Name", "RuleIdentity", "RuleId"]
            .into_iter()
            .filter_map(|name| row.param(name))
            .map(|name| name.trim().to_lowercase())
            .collect();
        shares(&names, &rule.names)
    });
    (!there).then_some(newest)
}

fn judged(scene: &Scene<'_, '_>, rules: &[Rule<'_, '_>]) -> Step {
    let open = |rule: &&Rule<'_, '_>| rule.off.is_none() || rule.back.is_some();
    let gone: Vec<&Row<'_>> = rules.iter().filter(open).filter_map(|rule| gone_in_snapshot(scene, rule)).collect();
    let is_ours = |rule: &&Rule<'_, '_>| rule.off.is_some() && !rule.off_by_attacker && rule.back.is_none();
    let ours: Vec<&Rule<'_, '_>> = rules.iter().filter(is_ours).collect();
    let back = rules.iter().find(|rule| rule.back.is_some() && !rule.off_by_attacker);
    let left: Vec<&Rule<'_, '_>> =
        rules.iter().filter(open).filter(|rule| gone_in_snapshot(scene, rule).is_none()).collect();
    let back = back.filter(|_| !left.is_empty());
    let gone_by_attacker =
        rules.iter().filter(|rule| rule.off_by_attacker && rule.back.is_none()).filter_map(|rule| rule.off).next_back();
    let status = match (back, ours.is_empty() && gone.is_empty(), left.is_empty(), gone_by_attacker) {
        (Some(_), ..) => StepStatus::Undone,
        (None, false, true, _) => StepStatus::Done,
        (None, false, false, _) => StepStatus::Partial,
        (None, true, true, Some(_)) => StepStatus::ByAttacker,
        _ => scene.absent(&[GateId::G0, GateId::G1, GateId::G3, GateId::G5]),
    };
    let mut rows: Vec<&Row<'_>> = ours.iter().filter_map(|rule| rule.off).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.event.datetime));
    if let Some(back) = back {
        rows.extend(back.off.into_iter().chain(back.back));
    }
    if status == StepStatus::ByAttacker {
        rows.extend(gone_by_attacker);
    }
    rows.extend(gone.first());
    let mut note = Note::new(
        format!("Suspicious rules removed or disabled by others than the attacker: {} of {}.", ours.len(), rules.len()),
        format!(
            "不審なルール {} 件のうち {} 件が、攻撃者以外によって削除または無効化されました。",
            rules.len(),
            ours.len()
        ),
    );
    if !gone.is_empty() {
        note.say(
            format!("{} more are not in a snapshot of the rules; who removed them is not recorded.", gone.len()),
            format!("ほかに {} 件がルール一覧にありません (削除者の記録なし)。", gone.len()),
        );
        if gone.iter().any(|row| row.event.datetime_text.is_none()) {
            note.say(UNDATED.0, UNDATED.1);
        }
    }
    if !left.is_empty() {
        let names: Vec<String> = left.iter().map(|rule| rule_told(rule)).collect();
        let names = names.join("; ");
        note.say(
            format!("Still there, as far as the records go: {names}."),
            format!("記録上、残っているルール: {names}。"),
        );
    }
    if ours.iter().any(|rule| rule.unsure) {
        note.say(
            "One removal names a number only; that it is this rule is inferred.",
            "削除の記録が番号だけのため、対象のルールは推定です。",
        );
    }
    note.say(
        "Rules older than the log are shown only by a list of the mailbox's rules.",
        "ログより古いルールは、ルール一覧でのみ確認できます。",
    );
    scene.step(ID, status, &rows, note)
}

fn rule_told(rule: &Rule<'_, '_>) -> String {
    let name = ["RuleName", "Name"].into_iter().find_map(|name| rule.made.param(name)).unwrap_or_default();
    format!("\"{name}\" ({})", when(rule.made))
}

/// Rules were switched off, but none that a symptom found: an administrator's removal is a response all the same.
fn without_suspects(scene: &Scene<'_, '_>, off: &[&Row<'_>]) -> Step {
    let (theirs, ours): (Vec<&Row<'_>>, Vec<&Row<'_>>) = off.iter().copied().partition(|row| scene.by_attacker(row));
    let known = scene.attacker.first;
    let responds =
        |row: &&Row<'_>| row.class != ActorClass::Own || known.is_some_and(|first| row.event.datetime >= first);
    if let Some(row) = ours.into_iter().rfind(responds) {
        let note = Note::new(
            format!(
                "A rule was removed or disabled at {} by {}; the record does not say what it did.",
                when(row),
                who(row)
            ),
            format!(
                "{} に {} がルールを削除または無効化しました (ルールの内容は記録にありません)。",
                when(row),
                who_ja(row)
            ),
        );
        return scene.step(ID, StepStatus::Done, &[row], note);
    }
    if let Some(row) = theirs.last() {
        let note = Note::new("Only the attacker removed a rule.", "ルールを削除したのは攻撃者だけです。");
        return scene.step(ID, StepStatus::ByAttacker, &[row], note);
    }
    let status = scene.absent(&[GateId::G0, GateId::G1, GateId::G3, GateId::G5]);
    scene.step(
        ID,
        status,
        &[],
        Note::new(
            "No removal or switching off of a rule is recorded.",
            "ルールの削除または無効化は記録されていません。",
        ),
    )
}
