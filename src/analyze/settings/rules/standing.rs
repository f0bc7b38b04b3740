//! Rules as a snapshot shows them: what stood in the mailbox when somebody looked, by nobody known, at no time known.

use crate::analyze::exam::{Exam, Row};
use crate::analyze::settings::contacts::Contacts;
use crate::finding::{Finding, Weight};
use crate::timeline::{details, format_time, json};

use super::content::{self, Content, Known, ON_ITS_FACE, SUSPICIOUS, Surroundings};
use super::keys::Keys;
use super::replay::{self, Extent, RuleAct};
use super::{Action, Completeness, Definition, Edit, cmdlet, hidden};

/// A rule of the account's mailbox in a snapshot.
#[derive(Debug, Clone)]
pub struct Standing<'a, 'e> {
    /// The snapshot's row.
    pub row: &'a Row<'e>,
    /// The rule.
    pub rule: Definition,
    /// What it does.
    pub content: Content,
    /// Columns whose values were lost when the export was made.
    pub lost: Vec<String>,
    /// The weight; `None` for an ordinary rule.
    pub weight: Option<Weight>,
    /// The records of the contacts to which it sends mail on under inside names.
    pub contacts: Vec<&'a Row<'e>>,
    /// The first act of the log on this rule, before the window.
    pub recorded: Option<RuleAct<'a, 'e>>,
    /// The last act of the log on it, where it does something worse than that left it doing.
    pub unlike: Option<RuleAct<'a, 'e>>,
}

/// Columns that say nothing of what the rule does.
const ABOUT: [&str; 17] = [
    "username",
    "userprincipalname",
    "rulename",
    "displayname",
    "ruleidentity",
    "ruleid",
    "sequence",
    "inerror",
    "errortype",
    "mailboxownerid",
    "isreadonly",
    "pscomputername",
    "runspaceid",
    "psshowcomputername",
    "isvalid",
    "objectstate",
    "supportedbytask",
];

/// Other collectors' names for Get-InboxRule's columns.
const ALSO: [(&str, &str); 6] = [
    ("delete", "DeleteMessage"),
    ("forwardasattachment", "ForwardAsAttachmentTo"),
    ("subjectcontains", "SubjectContainsWords"),
    ("bodycontains", "BodyContainsWords"),
    ("hasattachments", "HasAttachment"),
    ("isimportant", "WithImportance"),
];

/// The rules of the account's mailbox that snapshots show, without those whose record lies in the window and tells as
/// much: that record says more. Mail programs change rules and leave records that are blank, so what a rule does now may
/// stand in the snapshot only.
pub fn all<'a, 'e>(exam: &'a Exam<'e>) -> Vec<Standing<'a, 'e>> {
    let all = replay::acts(exam);
    let around = Surroundings::of(exam, &all);
    let contacts = Contacts::of(exam);
    // An act that tells a part of the rule only does not stand for the snapshot.
    let tells = |act: &&RuleAct<'_, '_>| act.row.in_window && matches!(act.known, Extent::Whole);
    let acts: Vec<RuleAct<'a, 'e>> =
        all.into_iter().filter(|act| act.mailbox.ours && act.completeness == Completeness::Told).collect();
    let score = |rule: &Definition| content::score(rule, Known { whole: true, recreated: false }, &around);
    let standing = snapshots(exam).into_iter().filter_map(|Snapshot { row, mut rule, keys, lost }| {
        let contacts = hidden::unfold(exam, &contacts, &mut rule, row.event);
        let content = score(&rule);
        let same = acts.iter().filter(|act| keys.is(&act.keys));
        let told = same.clone().any(|act| act.verb.leaves_active() && tells(&act));
        let is_unlike = |last: &&RuleAct<'_, '_>| {
            told && is_worse(&score(&with_conditions(&rule, row, &last.rule)), &score(&last.rule))
        };
        let unlike = same.clone().next_back().filter(is_unlike).cloned();
        if told && unlike.is_none() {
            return None;
        }
        let recorded = same.clone().find(|act| act.verb.leaves_active() && !act.row.in_window).cloned();
        let weight = weight(&rule, &content, &lost);
        Some(Standing { row, rule, content, lost, weight, contacts, recorded, unlike })
    });
    standing.collect()
}

/// The snapshot's rule with those conditions of the recorded one for which the snapshot has no column.
fn with_conditions(shown: &Definition, row: &Row<'_>, recorded: &Definition) -> Definition {
    let columns: Vec<String> = details::params(row.event).iter().map(|param| usual(&param.name)).collect();
    let mut rule = shown.clone();
    for (name, value) in &recorded.conditions {
        if !columns.iter().any(|column| column.eq_ignore_ascii_case(name)) {
            rule.apply(&Edit::Condition(name.clone(), Some(value.clone())));
        }
    }
    rule
}

/// Whether a rule does something worse than another: more of what intruders' rules do, or mail sent on to somebody else.
fn is_worse(now: &Content, before: &Content) -> bool {
    let known = |to: &String| before.outside.iter().any(|address| address.eq_ignore_ascii_case(to));
    now.total() > before.total() || !now.outside.iter().all(known)
}

/// A rule as a snapshot's row has it.
#[derive(Debug)]
pub struct Snapshot<'a, 'e> {
    /// The row.
    pub row: &'a Row<'e>,
    /// The rule.
    pub rule: Definition,
    /// What it is called there.
    pub keys: Keys,
    /// Columns whose values were lost when the export was made.
    lost: Vec<String>,
}

/// The rules of the account's mailbox that snapshots show.
pub fn snapshots<'a, 'e>(exam: &'a Exam<'e>) -> Vec<Snapshot<'a, 'e>> {
    let rows = exam.states.iter().filter(|row| row.parts.mailbox && row.event.is(&["InboxRule"]));
    let read = |row: &'a Row<'e>| {
        let (rule, lost) = read(row);
        let ids = ["RuleIdentity", "RuleId"].into_iter().filter_map(|name| row.param(name));
        let numbers = ids.filter_map(|id| id.rsplit('\\').next().map(str::to_owned));
        let keys = Keys::new(false, rule.name.clone(), numbers);
        Snapshot { row, rule, keys, lost }
    };
    rows.map(read).collect()
}

/// A rule that is known from a snapshot only is weak, however bad: its maker is unknown.
fn weight(rule: &Definition, content: &Content, lost: &[String]) -> Option<Weight> {
    let unknown_targets = lost.iter().any(
        |name| matches!(cmdlet::edit(&usual(name), "x", false), Some(Edit::Action(action, _)) if action.sends_on()),
    );
    match content.total() {
        SUSPICIOUS.. if rule.enabled == Some(false) || content.tidies_senders => Some(Weight::Explained),
        SUSPICIOUS.. => Some(Weight::Weak),
        _ if (unknown_targets || content.masked) && rule.enabled != Some(false) => Some(Weight::Weak),
        _ => None,
    }
}

impl Standing<'_, '_> {
    /// Whether findings about acts on the rule tell of what the snapshot shows already, and not less gravely.
    pub fn is_told(&self, verdict: Weight, by_acts: &[Finding]) -> bool {
        let recorded = self.recorded.as_ref().filter(|_| self.unlike.is_none()).map(|act| act.row.event.record_ref());
        let about = [Some(self.row.event.record_ref()), recorded];
        let told = |act: &Finding| about.iter().flatten().any(|row| act.records.contains(row));
        by_acts.iter().any(|act| act.verdict >= verdict && told(act))
    }

    /// What is known of its maker, English and Japanese.
    pub fn origin(&self) -> (String, String) {
        let (en, ja) = match (&self.unlike, &self.recorded) {
            (Some(_), _) => (
                "no record shows it doing that, nor who changed it",
                "記録上の内容と異なり、変更者と変更日時の記録なし",
            ),
            (None, Some(act)) => return recorded_told(act),
            (None, None) => ("who made it and when is not recorded", "作成者と作成日時の記録なし"),
        };
        (en.to_owned(), ja.to_owned())
    }

    /// The record of what the log last knew of it, where it was otherwise.
    pub fn last_recorded(&self) -> Option<&Row<'_>> {
        self.unlike.as_ref().map(|act| act.row)
    }

    /// Whether it is malicious on its face.
    pub fn on_its_face(&self) -> bool {
        self.content.total() >= ON_ITS_FACE
    }
}

/// When and by whom a rule was made, or changed where its making is in no record.
fn recorded_told(act: &RuleAct<'_, '_>) -> (String, String) {
    let (when, (en, ja)) = (format_time(act.row.event.datetime), act.verb.words());
    match act.row.event.user_raw.as_deref() {
        Some(by) => (format!("{en} at {when} by {by}"), format!("{when} に {by} が{ja}")),
        None => (format!("{en} at {when}"), format!("{when} に{ja}")),
    }
}

fn usual(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    ALSO.iter().find(|(also, _)| *also == lower).map_or_else(|| name.to_owned(), |(_, usual)| (*usual).to_owned())
}

/// The rule of a snapshot's row, and the columns whose values were lost.
fn read(row: &Row<'_>) -> (Definition, Vec<String>) {
    let mut rule = Definition::default();
    let mut lost = Vec::new();
    for param in details::params(row.event) {
        let lower = param.name.to_ascii_lowercase();
        if matches!(lower.as_str(), "rulename" | "name" | "displayname") && rule.name.is_none() {
            rule.name.clone_from(&param.value);
        }
        if ABOUT.contains(&lower.as_str()) {
            continue;
        }
        match param.value {
            Some(value) => {
                if let Some(edit) = cmdlet::edit(&usual(&param.name), &value, false) {
                    rule.apply(&edit);
                }
            }
            None => {
                // Something stands there; a condition keeps its place, so that the rule does not seem to take all mail.
                if let Some(Edit::Condition(name, _)) = cmdlet::edit(&usual(&param.name), "", false) {
                    rule.apply(&Edit::Condition(name, Some("(lost in the export)".to_owned())));
                }
                lost.push(param.name);
            }
        }
    }
    // Several columns delete, in one way or another: any of them is enough.
    for column in ["DeleteMessage", "Delete", "SoftDeleteMessage", "PermanentDelete"] {
        if details::param(row.event, column).is_some_and(|value| json::boolean(&value) == Some(true)) {
            rule.apply(&Edit::Action(Action::Delete, Some(Vec::new())));
        }
    }
    (rule, lost)
}
