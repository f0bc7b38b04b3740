//! S03: rules in the mailbox that neither the owner nor an administrator made.
//!
//! Reading, replaying and scoring rules is the work of [`crate::analyze::settings::rules`]; here they become findings.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use foldhash::fast::RandomState;

use super::BEFORE;
use crate::analyze::draft::Draft;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::mail::onward::{self, Onward};
use crate::analyze::settings::accounted::Accounted;
use crate::analyze::settings::rules::judge::{self, Judged};
use crate::analyze::settings::rules::replay::{Extent, RuleAct};
use crate::analyze::settings::rules::standing::{self, Standing};
use crate::analyze::settings::rules::{Completeness, Verb};
use crate::analyze::shown::coverage::GateId;
use crate::analyze::sign_ins::alerts;
use crate::analyze::sign_ins::risk::is_taken_back;
use crate::analyze::{Check, Meta};
use crate::finding::{Attribution, Fact, Finding, Severity, Weight, counted};
use crate::timeline::format_time;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 3,
        id: "inbox-rules",
        title: "Inbox rules not made by the user or an administrator",
        gates: &[&[GateId::G1], &[GateId::G2], &[GateId::G4], &[GateId::G5], &[GateId::G14], &[GateId::G10]],
        adds: &[GateId::G3, GateId::G7, GateId::G8, GateId::G11],
        never_not_seen: None,
        severity: Severity::High,
        attack: &["T1564.008", "T1114.003", "T1137.005", "T1070.008"],
        page: include_str!("../../../docs/symptoms/inbox-rules.md"),
    },
    examine,
};

/// Acts on one rule by one actor within this time are one happening.
const ONE_GO: TimeDelta = TimeDelta::minutes(5);
/// Blank records that follow each other within this time are one writing of all rules.
const RESYNC: TimeDelta = TimeDelta::minutes(2);
/// Blank records of one writing from which it is the mail program's own, whoever sits before it.
const STORM: usize = 20;
/// Alerts about rules, by parts of their names.
const ALERTS: [&str; 4] = ["inbox rule", "inbox manipulation", "inbox forwarding", "forwarding/redirect rule"];

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let all = judge::all(exam);
    let accounted = Accounted::of(exam, &[], &all);
    let ways = onward::all_but(exam, &|to, row| accounted.covers(to, row)).into_iter().filter(|way| way.by_rule);
    let at_work: Vec<(String, Option<Finding>)> = ways
        .map(|way| {
            let recorded = judge::sending_to(&all, &way.to).filter(|_| !way.is_rest);
            (way.to.clone(), at_work(exam, &way, recorded))
        })
        .collect();
    let judged: Vec<_> = all.into_iter().filter(Judged::is_told).collect();
    let alerts = alerts::named(exam, &ALERTS);
    let ends = ends(&judged);
    let (told, blank): (Vec<_>, Vec<_>) =
        judged.into_iter().partition(|act| act.act.completeness == Completeness::Told);
    let told = one_go(told);
    let recorded: Vec<Finding> = told.iter().filter_map(|acts| finding(exam, acts, &alerts, &ends)).collect();
    let mut findings: Vec<Finding> = Vec::new();
    let shown = standing::all(exam)
        .into_iter()
        .filter_map(|rule| standing_rule(exam, &rule).filter(|shown| !rule.is_told(shown.verdict, &recorded)));
    findings.extend(shown);
    findings.extend(bursts(blank).iter().filter_map(|acts| context_line(exam, acts)));
    findings.extend(alerts.iter().filter(|alert| !alert.is_caused(exam)).map(|alert| alone(exam, alert)));
    findings.extend(exam.window_rows().filter_map(|row| risk_report(exam, row)));
    let told = |to: &str| {
        let mut facts = findings.iter().flat_map(|finding| finding.facts.values());
        facts.any(|fact| fact.as_evidence().to_lowercase().contains(to))
    };
    let untold: Vec<Finding> = at_work.into_iter().filter(|(to, _)| !told(to)).filter_map(|(_, way)| way).collect();
    findings.extend(recorded.into_iter().chain(untold));
    findings
}

/// The trace names an inbox rule as what sent mail outside, and no record of the window and no snapshot shows a rule that
/// did it then.
fn at_work(exam: &Exam<'_>, way: &Onward<'_>, recorded: Option<&Judged<'_, '_>>) -> Option<Finding> {
    let first = way.out.first()?;
    let (count, to) = (way.mails, &way.to);
    let (but_en, but_ja) = match recorded {
        Some(_) => ("", ""),
        None => ("; the rule is not recorded", "。ルール自体は記録にない"),
    };
    let draft = Draft::new(&CHECK.meta, exam, first)
        .headline(
            format!(
                "An inbox rule sent {} on to {to} (outside), says the trace{but_en}",
                counted(count, "mail", "mails")
            ),
            format!(
                "受信トレイ ルールが {count} 通のメールを {to}（組織外）へ転送した（メッセージ追跡による{but_ja}）"
            ),
        )
        .fact(Fact::Inferred)
        .attribution(Attribution::Unknown)
        .detail("sent on to (outside)", to.clone())
        .detail(
            "recorded before the window",
            recorded.map(|act| format_time(act.act.row.event.datetime)).unwrap_or_default(),
        )
        .target(exam.subject.user.clone())
        .severity(Severity::Critical)
        .weight(onward::weight(recorded));
    let rule = recorded.map(|act| act.act.row);
    Some(draft.also(way.out.iter().copied()).also(way.came.iter().copied()).also(rule).done())
}

/// When and by whom a rule was removed or switched off.
struct End {
    rule_number: usize,
    time: DateTime<Utc>,
    by: Option<String>,
    /// Whether the record names a number only, which no other record has: it is this rule's where no other is left.
    inferred: bool,
}

fn ends(judged: &[Judged<'_, '_>]) -> Vec<End> {
    let ending = judged.iter().filter(|act| matches!(act.act.verb, Verb::Remove | Verb::Disable));
    let end = |act: &Judged<'_, '_>, rule_number: usize, inferred: bool| End {
        rule_number,
        time: act.act.row.event.datetime,
        by: act.act.row.event.user_raw.as_deref().map(str::to_owned),
        inferred,
    };
    let mut ends: Vec<End> = ending.clone().map(|act| end(act, act.act.rule_number, false)).collect();
    let mut ended: BTreeSet<usize> = ends.iter().map(|end| end.rule_number).collect();
    let suspicious = judged.iter().filter(|act| act.weight >= Some(Weight::Weak) && act.act.verb.leaves_active());
    let made: Vec<(String, &RuleAct<'_, '_>)> = suspicious.map(|act| (act.act.mailbox_key(), &act.act)).collect();
    for nameless in ending.filter(|act| act.act.keys.is_number()) {
        let (mailbox, time) = (nameless.act.mailbox_key(), nameless.act.row.event.datetime);
        let here = made.iter().filter(|(of, act)| *of == mailbox && act.row.event.datetime <= time);
        let mut left = here.map(|(_, act)| act.rule_number).filter(|number| !ended.contains(number));
        // Only where no other rule is left it is that one.
        if let Some(only) = left.next().filter(|only| left.all(|other| other == *only)) {
            ended.insert(only);
            ends.push(end(nameless, only, true));
        }
    }
    ends
}

/// How long what the act left stood: attackers tidy up.
fn stood(act: &Judged<'_, '_>, ends: &[End]) -> String {
    let made = act.act.row.event.datetime;
    if !act.act.verb.leaves_active() {
        return String::new();
    }
    match ends.iter().find(|end| end.rule_number == act.act.rule_number && end.time >= made) {
        Some(end) => {
            let (at, minutes) = (format_time(end.time), (end.time - made).num_minutes());
            if end.inferred {
                return format!("perhaps {at} (a removal names a number only)");
            }
            end.by
                .as_ref()
                .map_or_else(|| format!("{at} ({minutes} min)"), |by| format!("{at} (by {by}), {minutes} min"))
        }
        None => "no removal recorded".to_owned(),
    }
}

/// What a rule does, behind a mark; nothing where nothing of it is known.
fn behind(mark: &str, does: &str) -> String {
    if does.is_empty() { String::new() } else { format!("{mark}{does}") }
}

/// A rule that a snapshot shows: it stood, and no record of the window says who made it.
fn standing_rule(exam: &Exam<'_>, standing: &Standing<'_, '_>) -> Option<Finding> {
    let weight = standing.weight?;
    let content = &standing.content;
    let (name, name_ja) = standing.rule.called();
    let does = standing.rule.actions_text();
    let (does_en, does_ja) = (behind(": ", &does), behind("：", &standing.rule.actions_ja()));
    let recorded = standing.recorded.as_ref().map(|act| act.row);
    let (origin, origin_ja) = standing.origin();
    let last = standing.last_recorded();
    let draft = Draft::of_state(&CHECK.meta, exam, standing.row)
        .headline(
            format!("Inbox rule '{name}' stands in the mailbox; {origin}{does_en}"),
            format!("受信トレイ ルール「{name_ja}」が設定されている（{origin_ja}）{does_ja}"),
        )
        .detail("rule name", standing.rule.name_told())
        .detail("rule actions", does)
        .detail("rule conditions", standing.rule.conditions_text())
        .detail("rule enabled", standing.rule.enabled.map(|on| if on { "yes" } else { "no" }).unwrap_or_default())
        .detail("sent on to (outside)", content.outside.join(", "))
        .detail("values lost in the export", standing.lost.join(", "))
        .detail("recorded before the window", recorded.map(|row| format_time(row.event.datetime)).unwrap_or_default())
        .detail("last recorded", last.map(|row| format_time(row.event.datetime)).unwrap_or_default())
        .terms(content.terms.iter().cloned())
        .severity(if standing.on_its_face() { Severity::Critical } else { Severity::High })
        .weight(weight);
    Some(draft.also(recorded).also(last).also(standing.contacts.iter().copied()).done())
}

/// Acts folded: the same rule, the same actor, within minutes; acts that are no finding left out.
fn one_go<'a, 'e>(acts: Vec<Judged<'a, 'e>>) -> Vec<Vec<Judged<'a, 'e>>> {
    let mut groups: Vec<Vec<Judged<'a, 'e>>> = Vec::new();
    // The newest group of each rule, actor and turn: acts come in the order of time, and an older one takes none.
    let mut newest: HashMap<(usize, bool, Option<&str>), usize, RandomState> = HashMap::default();
    for act in acts.into_iter().filter(|act| act.weight.is_some()) {
        let event = act.act.row.event;
        let key = (act.act.rule_number, act.act.verb.leaves_active(), event.user_raw.as_deref());
        let is_open = |group: &&mut Vec<Judged<'a, 'e>>| {
            group.last().is_some_and(|last| event.datetime - last.act.row.event.datetime <= ONE_GO)
        };
        match newest.get(&key).and_then(|at| groups.get_mut(*at)).filter(is_open) {
            Some(group) => group.push(act),
            None => {
                newest.insert(key, groups.len());
                groups.push(vec![act]);
            }
        }
    }
    groups
}

fn finding(
    exam: &Exam<'_>,
    acts: &[Judged<'_, '_>],
    alerts: &[alerts::Alert<'_, '_>],
    ends: &[End],
) -> Option<Finding> {
    // The heaviest act speaks for the group; of equals the first.
    let main = acts.iter().rev().max_by_key(|act| (act.weight, act.content.total()))?;
    let (act, content) = (&main.act, &main.content);
    let (name, name_ja) = act.rule.called();
    let (verb_en, verb_ja) = act.verb.words();
    let (whose_en, whose_ja) = match act.mailbox.ours {
        true => (String::new(), String::new()),
        false => (format!(" in the mailbox {}", act.mailbox.name), format!("メールボックス {} の", act.mailbox.name)),
    };
    let does = act.rule.actions_text();
    let (does_en, does_ja) = (behind(": ", &does), behind("：", &act.rule.actions_ja()));
    let (more_en, more_ja) = match act.cut {
        true => ("; what else it does was cut off", "（記録が途中で切れており、その他の動作は不明）"),
        false => ("", ""),
    };
    let mut draft = Draft::new(&CHECK.meta, exam, act.row)
        .headline(
            format!("Inbox rule '{name}' was {verb_en}{whose_en}{does_en}{more_en}"),
            format!("{whose_ja}受信トレイ ルール「{name_ja}」が{verb_ja}された{does_ja}{more_ja}"),
        )
        .detail("rule name", act.rule.name_told())
        .detail("rule actions", does)
        .detail("rule conditions", act.rule.conditions_text())
        .detail("sent on to (outside)", content.outside.join(", "))
        .detail(
            "rule made",
            act.made.filter(|made| *made != act.row.event.datetime).map(format_time).unwrap_or_default(),
        )
        .detail("stood until", stood(main, ends))
        .detail("done to people at once", exam.job(act.row).map(|people| people.to_string()).unwrap_or_default())
        .terms(content.terms.iter().cloned())
        .on_its_face(content.on_its_face())
        .weight(main.weight.unwrap_or(Weight::Weak));
    if !act.mailbox.name.is_empty() {
        draft = draft.target(act.mailbox.name.clone());
    }
    if !content.outside.is_empty() {
        draft = draft.severity(Severity::Critical);
    }
    if !act.row.in_window {
        draft = draft.detail(BEFORE.0, BEFORE.1);
    }
    let by = |alert: &alerts::Alert<'_, '_>| acts.iter().any(|act| alert.is_by(act.act.row.event.event_id.as_deref()));
    let caused = alerts.iter().filter(|alert| by(alert));
    let filled_from = match act.known {
        Extent::BySnapshot(row) => Some(row),
        Extent::Whole | Extent::Part => None,
    };
    let contacts = acts.iter().flat_map(|act| act.act.contacts.iter().copied());
    let draft = draft.also(acts.iter().map(|act| act.act.row)).also(caused.map(|alert| alert.row));
    Some(draft.also(filled_from).also(contacts).done())
}

/// Records without a body: one writing of all rules by a mail program is one line.
fn bursts<'a, 'e>(acts: Vec<Judged<'a, 'e>>) -> Vec<Vec<Judged<'a, 'e>>> {
    let mut groups: Vec<Vec<Judged<'a, 'e>>> = Vec::new();
    for act in acts {
        let row = act.act.row;
        let same = |last: &Judged<'_, '_>| {
            last.act.completeness == act.act.completeness
                && last.act.row.event.user_raw == row.event.user_raw
                && last.hand == act.hand
                && row.event.datetime - last.act.row.event.datetime <= RESYNC
        };
        match groups.last_mut().filter(|group| group.last().is_some_and(same)) {
            Some(group) => group.push(act),
            None => groups.push(vec![act]),
        }
    }
    groups
}

fn context_line(exam: &Exam<'_>, acts: &[Judged<'_, '_>]) -> Option<Finding> {
    let first = acts.first()?;
    let heaviest = acts.iter().filter_map(|act| act.weight).max()?;
    let storm = acts.len() >= STORM;
    let weight = if storm { Weight::Explained } else { heaviest };
    let (en, ja) = match (storm, first.act.completeness) {
        (true, _) | (_, Completeness::IdOnly) => (
            format!("Rules were written again (records that do not say what the rules do: {})", acts.len()),
            format!("受信トレイ ルールが再度書き込まれた（内容のない {} 件の記録）", acts.len()),
        ),
        (false, Completeness::Lost) => (
            format!("A rule was made or changed; the export lost what it does (records: {})", acts.len()),
            format!("受信トレイ ルールが作成または変更されたが、内容はエクスポート時に失われた（{} 件）", acts.len()),
        ),
        (false, Completeness::Cut) => (
            format!("A rule was made or changed; its record was cut before what it does (records: {})", acts.len()),
            format!("受信トレイ ルールが作成または変更されたが、記録は動作の前で切れている（{} 件）", acts.len()),
        ),
        _ => (
            format!("A rule was changed; what it does is not recorded (records: {})", acts.len()),
            format!("受信トレイ ルールが変更されたが、内容は記録されていない（{} 件）", acts.len()),
        ),
    };
    let mut draft = Draft::new(&CHECK.meta, exam, first.act.row)
        .headline(en, ja)
        .detail("records", acts.len().to_string())
        .detail("rule name", first.act.rule.name_told())
        .weight(weight);
    if first.act.completeness == Completeness::Lost {
        draft = draft.fact(Fact::Inferred);
    }
    if storm {
        draft = draft
            .detail("explanation", "a mail program writing all its rules again: many blank records within minutes");
    }
    Some(draft.also(acts.iter().map(|act| act.act.row)).done())
}

fn alone(exam: &Exam<'_>, alert: &alerts::Alert<'_, '_>) -> Finding {
    Draft::new(&CHECK.meta, exam, alert.row)
        .headline(
            format!("Microsoft's alert '{}'; the rule's own record is not in the evidence", alert.name),
            format!("Microsoft のアラート「{}」。ルール自体の記録は証拠にない", alert.name),
        )
        .detail("alert", alert.name.clone())
        .fact(Fact::Inferred)
        .weight(Weight::Weak)
        .done()
}

/// A risk detection that is about rules: it names neither the rule nor its record.
fn risk_report(exam: &Exam<'_>, row: &Row<'_>) -> Option<Finding> {
    const KINDS: [&str; 2] = ["mcassuspiciousinboxmanipulationrules", "suspiciousinboxforwarding"];
    let event = row.event;
    let kinds = event.risk_events.as_deref().unwrap_or_default().to_lowercase();
    let kind = KINDS.into_iter().find(|kind| kinds.split("; ").any(|told| told == *kind))?;
    if !row.parts.any() || is_taken_back(event) {
        return None;
    }
    let draft = Draft::new(&CHECK.meta, exam, row)
        .headline(
            "Microsoft's risk detection says that rules hide or forward mail; it does not name them",
            "Microsoft のリスク検出は、ルールがメールを隠す、または転送すると報告している（ルール名の記載なし）",
        )
        .detail("risk detection", kind)
        .fact(Fact::Inferred)
        .weight(Weight::Weak);
    Some(draft.done())
}
