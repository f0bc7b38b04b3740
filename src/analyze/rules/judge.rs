//! What an act on a rule weighs: its content and the hand behind it together.

use crate::analyze::exam::Exam;
use crate::analyze::hand::{self, Hand};
use crate::finding::Weight;

use super::content::{self, Content, ON_ITS_FACE, SUSPICIOUS, Surroundings};
use super::replay::RuleAct;
use super::{Completeness, Verb};

/// An act with its judgement.
#[derive(Debug, Clone)]
pub struct Judged<'a, 'e> {
    /// The act.
    pub act: RuleAct<'a, 'e>,
    /// What the rule does.
    pub content: Content,
    /// Whose hand.
    pub hand: Hand,
    /// The weight; `None` where it is no finding at all.
    pub weight: Option<Weight>,
}

/// Judges every act on the table, those before the window too.
pub fn all<'a, 'e>(exam: &'a Exam<'e>) -> Vec<Judged<'a, 'e>> {
    let around = Surroundings::new(exam);
    let judged = super::replay::acts(exam).into_iter().map(|act| {
        let content = content::score(&act.rule, act.recreated, &around);
        let hand = hand::hand(exam, act.row);
        let weight = weight(act.verb, act.completeness, &content, hand, act.mailbox.ours);
        Judged { act, content, hand, weight }
    });
    judged.collect()
}

/// The last act that left a rule of the account's mailbox sending mail on to this address outside.
pub fn sending_to<'j, 'a, 'e>(judged: &'j [Judged<'a, 'e>], to: &str) -> Option<&'j Judged<'a, 'e>> {
    let sends = |judged: &&Judged<'_, '_>| {
        judged.act.mailbox.ours
            && judged.act.verb.leaves_active()
            && judged.content.outside.iter().any(|address| address.eq_ignore_ascii_case(to))
    };
    judged.iter().rev().find(sends)
}

fn weight(verb: Verb, told: Completeness, content: &Content, hand: Hand, ours: bool) -> Option<Weight> {
    // What the account did in somebody else's mailbox says something only where it was the attacker.
    if !ours && hand != Hand::Attacker {
        return None;
    }
    if hand == Hand::Attacker {
        return Some(Weight::Strong);
    }
    if !verb.leaves_active() {
        return None;
    }
    Some(match told {
        Completeness::IdOnly => Weight::Explained,
        Completeness::Nothing if matches!(hand, Hand::Usual | Hand::Other) => Weight::Explained,
        Completeness::Nothing => Weight::Weak,
        Completeness::Told => told_weight(content, hand),
    })
}

fn told_weight(content: &Content, hand: Hand) -> Weight {
    let total = content.total();
    let face = total >= ON_ITS_FACE && !content.tidies_senders;
    match hand {
        Hand::Attacker => Weight::Strong,
        Hand::Unusual if total >= SUSPICIOUS => Weight::Strong,
        Hand::Unusual if total > 0 => Weight::Weak,
        // From the own usual place even bad content is the owner's more likely than not; but it is not waved through
        // where it looks like an intruder's.
        Hand::Usual if face && content.sly => Weight::Weak,
        Hand::Usual | Hand::Unusual => Weight::Explained,
        Hand::Other if face && content.sly => Weight::Strong,
        Hand::Unknown if face => Weight::Strong,
        _ if total >= SUSPICIOUS => Weight::Weak,
        _ => Weight::Explained,
    }
}

#[cfg(test)]
mod tests {
    use super::{Completeness, Content, Hand, Verb, Weight, weight};
    use crate::finding::Term;
    use crate::untrusted::Untrusted;

    fn content(points: i32, sly: bool) -> Content {
        Content { terms: vec![Term { points, why: Untrusted::new("x") }], sly, ..Content::default() }
    }

    #[test]
    fn content_and_hand_together() {
        let judge = |points, sly, hand| weight(Verb::Add, Completeness::Told, &content(points, sly), hand, true);
        assert_eq!(judge(5, false, Hand::Unknown), Some(Weight::Strong));
        assert_eq!(judge(3, false, Hand::Unknown), Some(Weight::Weak));
        assert_eq!(judge(3, false, Hand::Unusual), Some(Weight::Strong));
        assert_eq!(judge(0, false, Hand::Attacker), Some(Weight::Strong));
        assert_eq!(judge(2, false, Hand::Unknown), Some(Weight::Explained));
        assert_eq!(judge(7, false, Hand::Usual), Some(Weight::Explained));
        assert_eq!(judge(7, false, Hand::Other), Some(Weight::Weak));
        assert_eq!(judge(8, true, Hand::Other), Some(Weight::Strong));
    }

    #[test]
    fn taking_a_rule_away_is_no_symptom_unless_the_attacker_did_it() {
        let judge = |hand| weight(Verb::Remove, Completeness::Told, &content(9, true), hand, true);
        assert_eq!((judge(Hand::Other), judge(Hand::Usual), judge(Hand::Unknown)), (None, None, None));
        assert_eq!(judge(Hand::Attacker), Some(Weight::Strong));
    }

    #[test]
    fn other_peoples_mailboxes_count_only_for_the_attacker() {
        let judge = |hand| weight(Verb::Add, Completeness::Told, &content(9, true), hand, false);
        assert_eq!(judge(Hand::Unknown), None);
        assert_eq!(judge(Hand::Attacker), Some(Weight::Strong));
    }
}
