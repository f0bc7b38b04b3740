//! Forwarding by the mailbox's own rules, as far as records tell of them.

use std::collections::BTreeMap;

use super::super::BEFORE;
use super::{CHECK, LOST, look_alike, names_an_account, sends_on, where_to};
use crate::analyze::draft::Draft;
use crate::analyze::exam::Exam;
use crate::analyze::settings::rules::judge::Judged;
use crate::analyze::settings::rules::replay::Extent;
use crate::analyze::settings::rules::{Completeness, Definition};
use crate::analyze::sign_ins::alerts::Alert;
use crate::finding::{Finding, Weight};
use crate::knowledge::domains;
use crate::knowledge::names::is_guid;

/// Rules that send mail on: one finding a rule, told by its heaviest act.
pub(super) fn all(exam: &Exam<'_>, all: &[Judged<'_, '_>], alerts: &[Alert<'_, '_>]) -> Vec<Finding> {
    let mut rules: BTreeMap<usize, Vec<(Weight, &Judged<'_, '_>)>> = BTreeMap::new();
    for judged in all {
        if !judged.is_told() || !judged.act.rule.sends_on() || !judged.act.verb.leaves_active() {
            continue;
        }
        // What a snapshot alone tells is the snapshot's, where a mail program wrote the rule again.
        if judged.act.completeness == Completeness::IdOnly
            && matches!(judged.act.known, Extent::BySnapshot(_))
            && judged.weight == Some(Weight::Explained)
        {
            continue;
        }
        let weight = match judged.weight {
            Some(weight) if !judged.content.outside.is_empty() => weight,
            Some(_) if judged.hand.is_suspicious() => Weight::Weak,
            Some(weight) if judged.content.masked => weight.min(Weight::Weak),
            // It may be a contact that leads outside.
            Some(weight) if leads_nowhere(exam, &judged.act.rule) => match judged.act.rule.deletes() {
                true => weight.min(Weight::Weak),
                false => Weight::Explained,
            },
            _ => continue,
        };
        rules.entry(judged.act.rule_number).or_default().push((weight, judged));
    }
    rules.values().filter_map(|acts| by_rule(exam, acts, alerts)).collect()
}

fn by_rule(exam: &Exam<'_>, acts: &[(Weight, &Judged<'_, '_>)], alerts: &[Alert<'_, '_>]) -> Option<Finding> {
    // Of equally heavy acts the first.
    let (weight, judged) = acts.iter().rev().max_by_key(|(weight, _)| *weight)?;
    let (act, rule, outside) = (&judged.act, &judged.act.rule, &judged.content.outside);
    let (to, to_ja) = target_told(exam, judged);
    let native = act.row.event.event_id.as_deref();
    let caused = alerts.iter().filter(|alert| alert.is_by(native));
    let look_alike = outside.iter().find_map(|address| look_alike(exam, address));
    // The account's own mailbox is called by the account's name, whatever number the record has for it.
    let whose = match act.mailbox.ours && is_guid(&act.mailbox.name) {
        true => exam.subject.user.as_str(),
        false => act.mailbox.name.as_str(),
    };
    let (en, ja) = (sends_on(rule, whose, &to).0, sends_on(rule, whose, &to_ja).1);
    let mut draft = Draft::new(&CHECK.meta, exam, act.row)
        .headline(en, ja)
        .detail("rule name", rule.name_told())
        .detail("rule enabled", if rule.enabled == Some(false) { "no" } else { "" })
        .detail("destination", if outside.is_empty() { rule.named_targets().join(", ") } else { outside.join(", ") })
        .detail("rule actions", rule.actions_text())
        .detail("rule conditions", rule.conditions_text())
        .detail("look-alike of", look_alike.unwrap_or_default())
        .terms(judged.content.terms.iter().cloned())
        .on_its_face(judged.content.on_its_face())
        .weight(*weight);
    if !act.row.in_window {
        draft = draft.detail(BEFORE.0, BEFORE.1);
    }
    if !whose.is_empty() {
        draft = draft.target(whose);
    }
    let contacts = acts.iter().flat_map(|(_, judged)| judged.act.contacts.iter().copied());
    let draft = draft.also(acts.iter().map(|(_, judged)| judged.act.row)).also(caused.map(|alert| alert.row));
    let filled_from = match act.known {
        Extent::BySnapshot(row) => Some(row),
        Extent::Whole | Extent::Part => None,
    };
    Some(draft.also(filled_from).also(contacts).done())
}

/// Whether all that a rule sends mail on to are names that no record explains.
fn leads_nowhere(exam: &Exam<'_>, rule: &Definition) -> bool {
    let named = rule.named_targets();
    !named.is_empty()
        && named.iter().all(|name| domains::addresses_in(name).is_empty() && !names_an_account(exam, name))
}

/// To whom a rule sends mail on, English and Japanese.
fn target_told(exam: &Exam<'_>, judged: &Judged<'_, '_>) -> (String, String) {
    let rule = &judged.act.rule;
    let outside = judged.content.outside.join(", ");
    let named = rule.named_targets().join(", ");
    match () {
        () if !outside.is_empty() => (outside.clone(), outside),
        () if judged.content.masked => (LOST.0.to_owned(), LOST.1.to_owned()),
        () if leads_nowhere(exam, rule) => {
            let (en, ja) = where_to(exam, None, &named, false);
            (format!("{named} ({en})"), format!("{named}（{ja}）"))
        }
        () => (named.clone(), named),
    }
}
