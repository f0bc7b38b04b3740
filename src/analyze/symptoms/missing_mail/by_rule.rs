//! S01: rules that delete mail as it arrives, or move it where nobody looks. What they take leaves no record of its own.

use std::collections::BTreeSet;

use super::META;
use crate::analyze::draft::Draft;
use crate::analyze::exam::Exam;
use crate::analyze::settings::rules::judge::{self, Judged};
use crate::finding::{Fact, Finding, Weight};

/// One finding a rule: of the account's own mailbox, and of the rules that nothing explains. How bad the rule is, the
/// symptom of the rules says; here it explains why mail never appears.
pub(super) fn findings(exam: &Exam<'_>) -> Vec<Finding> {
    let judged = judge::all(exam);
    let mut told = BTreeSet::new();
    let mut acts: Vec<&Judged<'_, '_>> = judged.iter().filter(|act| hides_mail(act)).collect();
    // The heaviest act on a rule speaks for it; of equals the first.
    acts.sort_by_key(|act| std::cmp::Reverse(act.weight));
    acts.retain(|act| told.insert(act.act.rule_number));
    acts.into_iter().map(|act| finding(exam, act)).collect()
}

fn hides_mail(judged: &Judged<'_, '_>) -> bool {
    let act = &judged.act;
    judged.is_told()
        && act.mailbox.ours
        && act.verb.leaves_active()
        && judged.content.hides
        && judged.weight > Some(Weight::Explained)
}

fn finding(exam: &Exam<'_>, judged: &Judged<'_, '_>) -> Finding {
    let act = &judged.act;
    let (name, name_ja) = act.rule.called();
    let draft = Draft::new(&META, exam, act.row)
        .headline(
            format!("Inbox rule '{name}' takes mail away as it arrives: {}", act.rule.actions_text()),
            format!("受信トレイ ルール「{name_ja}」が、届いたメールを削除または移動する：{}", act.rule.actions_ja()),
        )
        .fact(Fact::Inferred)
        .weight(Weight::Explained)
        .detail("rule name", act.rule.name_told())
        .detail("rule actions", act.rule.actions_text())
        .detail("rule conditions", act.rule.conditions_text())
        .detail(
            "explanation",
            "what a rule takes leaves no record of its own; the rule itself is judged under inbox rules",
        );
    draft.done()
}
