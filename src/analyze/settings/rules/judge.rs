//! What an act on a rule weighs: its content and the hand behind it together.

use crate::analyze::exam::Exam;
use crate::analyze::mail::mails;
use crate::analyze::people::actor::ActorClass;
use crate::analyze::people::hand::{self, Hand};
use crate::finding::Weight;

use super::content::{self, Content, Known, SUSPICIOUS, Surroundings};
use super::replay::{Extent, RuleAct};
use super::{Completeness, Verb, hidden};

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
    let acts = super::replay::acts(exam);
    let around = Surroundings::of(exam, &acts);
    let judged = acts.into_iter().map(|act| {
        let known = Known { whole: !matches!(act.known, Extent::Part), recreated: act.recreated };
        let mut content = content::score(&act.rule, known, &around);
        if !content.outside.is_empty() && hidden::in_two_steps(&act.contacts, act.row.event) {
            content.hide_behind_contact();
        }
        let hand = hand::hand(exam, act.row);
        let by = By {
            hand,
            class: act.row.class,
            did_before: mails::did_before(exam, act.row),
            is_telling: exam.is_unusual(act.row),
            is_attackers: mails::is_attackers(exam, act.row),
        };
        let weight = weight(act.verb, act.completeness, &content, by, act.mailbox.ours);
        // What is left of a record that broke off does not clear the rule.
        let open = act.cut && weight == Some(Weight::Explained) && hand != Hand::Usual;
        let weight = if open { Some(Weight::Weak) } else { weight };
        // A rule that is heard of only when it is switched off stood until then: as weak as one that a snapshot shows.
        let stood = act.verb == Verb::Disable && act.introduces && act.mailbox.ours;
        let weight = weight.or_else(|| stood.then(|| told_weight(&content, by).min(Weight::Weak)));
        let weight = weight.map(|weight| if act.row.in_window { weight } else { old_weight(weight, &content, hand) });
        Judged { act, content, hand, weight }
    });
    judged.collect()
}

impl Judged<'_, '_> {
    /// Whether the findings tell of it: what was done in the window, and shortly before what nothing explains and what stood
    /// when it began.
    pub fn is_told(&self) -> bool {
        let told_of = self.act.completeness == Completeness::Told && self.weight > Some(Weight::Explained);
        self.act.row.in_window || self.act.recent && told_of
    }
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

/// By whom.
#[derive(Debug, Clone, Copy)]
struct By {
    hand: Hand,
    class: ActorClass,
    /// Whether the same actor did the same before the window.
    did_before: bool,
    /// Whether the score speaks for the attacker by more than a new address.
    is_telling: bool,
    /// Whether the attacker did it as far as the score tells.
    is_attackers: bool,
}

fn weight(verb: Verb, told: Completeness, content: &Content, by: By, ours: bool) -> Option<Weight> {
    let hand = by.hand;
    // What the account did in somebody else's mailbox says something only where it was the attacker.
    if !ours && hand != Hand::Attacker {
        return None;
    }
    if told == Completeness::Lost {
        // Whatever it does, only that somebody did it is known.
        return Some(if hand == Hand::Usual { Weight::Explained } else { Weight::Weak });
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
        Completeness::Cut if hand == Hand::Usual => Weight::Explained,
        Completeness::Nothing | Completeness::Lost | Completeness::Cut => Weight::Weak,
        Completeness::Told => told_weight(content, by),
    })
}

fn told_weight(content: &Content, by: By) -> Weight {
    let total = content.total();
    let face = content.on_its_face();
    match by.hand {
        Hand::Attacker => Weight::Strong,
        // A new address alone makes nothing of tidying away what programs send.
        Hand::Unusual if total >= SUSPICIOUS && (by.is_telling || !content.tidies_senders) => Weight::Strong,
        // Of the attacker's acts even an ordinary one is worth a look.
        Hand::Unusual if total > 0 || content.masked || by.is_attackers => Weight::Weak,
        Hand::Usual if face => usual_weight(content, by.class),
        Hand::Usual | Hand::Unusual => Weight::Explained,
        Hand::Other if face && (content.sly || content.gives_away || is_nobodys(by)) => Weight::Strong,
        Hand::Unknown if face => Weight::Strong,
        _ if total >= SUSPICIOUS || content.masked => Weight::Weak,
        _ => Weight::Explained,
    }
}

/// From the own usual place, or in a roll-out, even bad content is innocent more likely than not: owners forward to
/// their private mailbox, and keep what they forward. It is not waved through where it looks like an intruder's, and no
/// owner gives the mail of the mailbox to a stranger and deletes it here.
fn usual_weight(content: &Content, class: ActorClass) -> Weight {
    match class {
        ActorClass::Own if content.gives_away && !content.to_private => Weight::Strong,
        ActorClass::Own if content.sends_all && !content.to_private => Weight::Weak,
        ActorClass::Own if content.sly => Weight::Weak,
        _ if content.sly_for_a_filter || content.gives_away => Weight::Weak,
        ActorClass::Own => Weight::Explained,
        // Many mailboxes are no better reason than one to send all that comes to an address outside.
        _ if !content.outside.is_empty() => Weight::Weak,
        _ => Weight::Explained,
    }
}

/// What was done before the window may be an old rule of the owner's, unless the hand or what intruders' rules alone do
/// speaks against it.
fn old_weight(weight: Weight, content: &Content, hand: Hand) -> Weight {
    match weight {
        weight if hand.is_suspicious() || content.sly || content.gives_away => weight,
        weight if content.on_its_face() || !content.outside.is_empty() || content.masked => weight.min(Weight::Weak),
        _ => Weight::Explained,
    }
}

/// Whether neither office nor habit speaks for it: administrators set up rules for others, programs and delegates
/// seldom do.
fn is_nobodys(by: By) -> bool {
    matches!(by.class, ActorClass::App | ActorClass::Delegate) && !by.did_before
}

#[cfg(test)]
mod tests {
    use super::{By, Completeness, Content, Hand, Verb, Weight, weight};
    use crate::analyze::people::actor::ActorClass;
    use crate::finding::Term;
    use crate::untrusted::Untrusted;

    fn content(points: i32, sly: bool) -> Content {
        Content { terms: vec![Term { points, why: Untrusted::new("x") }], sly, ..Content::default() }
    }

    fn by(hand: Hand, class: ActorClass) -> By {
        By { hand, class, did_before: false, is_telling: false, is_attackers: false }
    }

    #[test]
    fn content_and_hand_together() {
        let judge = |points, sly, hand, class| {
            weight(Verb::Add, Completeness::Told, &content(points, sly), by(hand, class), true)
        };
        let own = ActorClass::Own;
        assert_eq!(judge(5, false, Hand::Unknown, own), Some(Weight::Strong));
        assert_eq!(judge(3, false, Hand::Unknown, own), Some(Weight::Weak));
        assert_eq!(judge(3, false, Hand::Unusual, own), Some(Weight::Strong));
        assert_eq!(judge(0, false, Hand::Attacker, own), Some(Weight::Strong));
        assert_eq!(judge(2, false, Hand::Unknown, own), Some(Weight::Explained));
        assert_eq!(judge(7, false, Hand::Usual, own), Some(Weight::Explained));
        assert_eq!(judge(7, false, Hand::Other, ActorClass::Admin), Some(Weight::Weak));
        assert_eq!(judge(8, true, Hand::Other, ActorClass::Admin), Some(Weight::Strong));
        assert_eq!(judge(5, false, Hand::Other, ActorClass::App), Some(Weight::Strong));
        assert_eq!(judge(5, false, Hand::Other, ActorClass::Delegate), Some(Weight::Strong));
    }

    #[test]
    fn mail_given_away_is_malicious_whoever_gave_it() {
        let judge = |to_private, class, hand| {
            let content = Content { gives_away: true, to_private, ..content(7, false) };
            weight(Verb::Add, Completeness::Told, &content, by(hand, class), true)
        };
        assert_eq!(judge(false, ActorClass::Own, Hand::Usual), Some(Weight::Strong));
        assert_eq!(judge(true, ActorClass::Own, Hand::Usual), Some(Weight::Weak));
        assert_eq!(judge(false, ActorClass::Admin, Hand::Other), Some(Weight::Strong));
        // A roll-out to many mailboxes.
        assert_eq!(judge(false, ActorClass::Admin, Hand::Usual), Some(Weight::Weak));
    }

    #[test]
    fn a_roll_out_sends_nothing_outside_unseen() {
        let judge = |outside: &[&str], class| {
            let outside = outside.iter().map(ToString::to_string).collect();
            let content = Content { outside, ..content(7, false) };
            weight(Verb::Add, Completeness::Told, &content, by(Hand::Usual, class), true)
        };
        assert_eq!(judge(&["a@outside.example"], ActorClass::Admin), Some(Weight::Weak));
        assert_eq!(judge(&[], ActorClass::Admin), Some(Weight::Explained));
        assert_eq!(judge(&["a@outside.example"], ActorClass::Own), Some(Weight::Explained));
    }

    #[test]
    fn newsletters_tidied_away_on_a_journey() {
        let judge = |is_telling| {
            let content = Content { tidies_senders: true, ..content(3, false) };
            let by = By { is_telling, ..by(Hand::Unusual, ActorClass::Own) };
            weight(Verb::Add, Completeness::Told, &content, by, true)
        };
        assert_eq!((judge(false), judge(true)), (Some(Weight::Weak), Some(Weight::Strong)));
        let content = Content { tidies_senders: true, ..content(0, false) };
        let by = by(Hand::Unusual, ActorClass::Own);
        assert_eq!(weight(Verb::Add, Completeness::Told, &content, by, true), Some(Weight::Explained));
    }

    #[test]
    fn owners_forward_to_their_private_mailbox() {
        let judge = |to_private| {
            let content = Content { sends_all: true, to_private, ..content(6, false) };
            weight(Verb::Add, Completeness::Told, &content, by(Hand::Usual, ActorClass::Own), true)
        };
        assert_eq!((judge(true), judge(false)), (Some(Weight::Explained), Some(Weight::Weak)));
    }

    #[test]
    fn a_rule_of_which_the_export_lost_what_it_does_stays_open() {
        let by = |hand| by(hand, ActorClass::Own);
        let judge = |hand| weight(Verb::Add, Completeness::Lost, &Content::default(), by(hand), true);
        assert_eq!(judge(Hand::Other), Some(Weight::Weak));
        assert_eq!(judge(Hand::Unknown), Some(Weight::Weak));
        assert_eq!(judge(Hand::Attacker), Some(Weight::Weak));
        assert_eq!(judge(Hand::Usual), Some(Weight::Explained));
    }

    #[test]
    fn taking_a_rule_away_is_no_symptom_unless_the_attacker_did_it() {
        let by = |hand| by(hand, ActorClass::Own);
        let judge = |hand| weight(Verb::Remove, Completeness::Told, &content(9, true), by(hand), true);
        assert_eq!((judge(Hand::Other), judge(Hand::Usual), judge(Hand::Unknown)), (None, None, None));
        assert_eq!(judge(Hand::Attacker), Some(Weight::Strong));
    }

    #[test]
    fn other_peoples_mailboxes_count_only_for_the_attacker() {
        let by = |hand| by(hand, ActorClass::Own);
        let judge = |hand| weight(Verb::Add, Completeness::Told, &content(9, true), by(hand), false);
        assert_eq!(judge(Hand::Unknown), None);
        assert_eq!(judge(Hand::Attacker), Some(Weight::Strong));
    }
}
