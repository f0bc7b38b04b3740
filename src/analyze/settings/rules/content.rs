//! What a rule does, as a score with its terms: how it hides, whom it serves, how little it says. The hand behind it
//! is another question.

use std::collections::{BTreeMap, BTreeSet};

use crate::analyze::exam::Exam;
use crate::finding::Term;
use crate::knowledge::{domains, folders, names};
use crate::timeline::EvidenceSource;
use crate::untrusted::Untrusted;

use super::conditions::{only_senders, programs, sender_values, takes_everything, watched_words};
use super::replay::RuleAct;
use super::{Action, Definition, folder_ids};

/// Points from which a rule is malicious on its face.
pub const ON_ITS_FACE: i32 = 5;
/// Points from which a rule is suspicious.
pub const SUSPICIOUS: i32 = 3;

/// The score of a rule's content.
#[derive(Debug, Clone, Default)]
pub struct Content {
    /// Its terms.
    pub terms: Vec<Term>,
    /// Addresses outside the organisation that mail is sent on to.
    pub outside: Vec<String>,
    /// Whether it looks like an intruder's work rather than like tidying: a name of symbols, or words of money or
    /// warning in a rule that hides mail.
    pub sly: bool,
    /// The same, but that words of warning do not count: filters against spam look for them.
    pub sly_for_a_filter: bool,
    /// Words of warning in the mails that it deletes or moves to where nobody looks.
    pub warnings: Vec<String>,
    /// Whether it sends mail outside and deletes it here.
    pub gives_away: bool,
    /// Whether it sends every mail outside.
    pub sends_all: bool,
    /// Whether the addresses outside bear the account's name, as the private mailbox of its owner does.
    pub to_private: bool,
    /// Whether it hides mail: deletes it, or moves it to where nobody looks.
    pub hides: bool,
    /// Whether stars stand in the place of an address that it sends mail on to.
    pub masked: bool,
    /// Whether all it hides are the mails of programs it names as senders, as newsletters and notices are tidied away.
    pub tidies_senders: bool,
}

impl Content {
    /// The sum.
    pub fn total(&self) -> i32 {
        self.terms.iter().map(|term| term.points).sum()
    }

    /// Whether the rule is malicious by itself.
    pub fn on_its_face(&self) -> bool {
        self.total() >= ON_ITS_FACE && !self.tidies_senders
    }

    /// The address outside stands behind a contact that was made for it: a rule that looks as if it stayed inside.
    pub fn hide_behind_contact(&mut self) {
        self.add(2, "the address hides behind a contact made within 24 hours before");
        self.sly = true;
    }

    fn add(&mut self, points: i32, why: impl Into<String>) {
        self.terms.push(Term { points, why: Untrusted::new(format!("rule content: {}", why.into())) });
    }
}

/// What the evidence around a rule tells about the addresses in it.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// The organisation's own domains.
    pub own: BTreeSet<String>,
    /// Domains mail went to before the window; `None` where no record tells recipients.
    pub seen: Option<BTreeSet<String>>,
    /// Addresses (free mail) and domains that the attacker wrote to.
    pub attacked: BTreeSet<String>,
    /// The words of the account's own names, by which people call their private addresses too.
    pub own_words: BTreeSet<String>,
    /// Folder id → path, for the folders that rules name by id only.
    pub folders: BTreeMap<String, String>,
}

/// What the log knows of a rule besides what it does.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// Whether the whole rule is known: one of which only a change is may have conditions that no record tells.
    pub whole: bool,
    /// Whether it was made again within a day of its removal.
    pub recreated: bool,
}

impl Surroundings {
    /// What the evidence tells around these rules.
    pub fn of(exam: &Exam<'_>, acts: &[RuleAct<'_, '_>]) -> Self {
        Self { folders: folder_ids::learn(exam, acts), ..exam.surroundings().clone() }
    }

    /// Learns it from the table, but for the folders.
    pub fn new(exam: &Exam<'_>) -> Self {
        let own_words =
            exam.subject.names.iter().filter_map(|name| name.split_once('@')).flat_map(|(local, _)| words_of(local));
        let mut around = Self { own: exam.tenant_domains.clone(), own_words: own_words.collect(), ..Self::default() };
        let sent = exam.rows.iter().filter(|row| {
            row.event.email_to.is_some() && row.parts.any() && row.event.evidence_source != EvidenceSource::EntraSignin
        });
        for row in sent {
            let recipients = domains::addresses_in(row.event.email_to.as_deref().unwrap_or_default());
            if !row.in_window {
                let seen = around.seen.get_or_insert_default();
                seen.extend(recipients.iter().filter_map(|address| domains::domain_of(address)));
            } else if exam.is_attacker_act(row) {
                around
                    .attacked
                    .extend(recipients.iter().filter(|address| !exam.is_internal(address)).filter_map(|to| party(to)));
            }
        }
        around
    }

    /// Whether an address outside bears the account's name, as a private mailbox of its owner does.
    fn looks_private(&self, address: &str) -> bool {
        address.split_once('@').is_some_and(|(local, _)| words_of(local).any(|word| self.own_words.contains(&word)))
    }

    fn is_own(&self, address: &str) -> bool {
        domains::domain_of(address).is_none_or(|domain| self.own.iter().any(|own| domains::is_of(&domain, own)))
    }
}

/// What stands for a correspondent: the domain, or the whole address where anybody may have one under it.
fn party(address: &str) -> Option<String> {
    let domain = domains::domain_of(address)?;
    Some(if domains::is_freemail(&domain) { address.to_lowercase() } else { domain })
}

/// The words of a name before the `@` that are long enough to be somebody's.
fn words_of(local: &str) -> impl Iterator<Item = String> + use<'_> {
    const LEAST: usize = 3;
    let words = local.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().count() >= LEAST);
    words.map(str::to_lowercase)
}

/// Scores a rule.
pub fn score(rule: &Definition, known: Known, around: &Surroundings) -> Content {
    let mut content = Content::default();
    let targets = rule.targets();
    content.outside = targets.into_iter().filter(|address| !around.is_own(address)).collect();
    if !content.outside.is_empty() {
        outside(&mut content, around);
    }
    let moved_to = rule.actions.get(&Action::Move).into_iter().flatten();
    let hiding = moved_to.map(|folder| around.folders.get(folder).unwrap_or(folder)).find(|path| is_hiding_place(path));
    if let Some(folder) = hiding {
        content.add(3, format!("moves mail to a folder nobody opens ({folder})"));
    }
    if rule.actions.contains_key(&Action::Delete) {
        content.add(3, "deletes mail");
    }
    let nameless = rule.name.as_deref().is_some_and(names::is_symbol_name);
    if nameless {
        content.add(3, "its name says nothing");
    }
    let (money, warning) = watched_words(rule);
    let found = [money.clone(), warning.clone()].concat();
    if !found.is_empty() {
        content.add(2, format!("looks for words of money or warning ({})", found.join(", ")));
    }
    let takes_away = rule.actions.contains_key(&Action::Move) || rule.actions.contains_key(&Action::Delete);
    let quietly = rule.actions.contains_key(&Action::MarkRead) || rule.actions.contains_key(&Action::Stop);
    if takes_away && quietly {
        content.add(2, "marks mail as read or stops other rules while it moves or deletes");
    }
    let everything = takes_everything(rule, known.whole);
    if everything && (takes_away || rule.sends_on()) {
        content.add(2, "has no condition that excludes anything: it takes every mail");
    }
    if let Some(whom) = correspondent(rule, around) {
        content.add(2, format!("aims at {whom}, to whom the intruder was writing"));
    }
    if known.recreated {
        content.add(1, "made again within 24 hours after it was removed");
    }
    let hides = hiding.is_some() || rule.actions.contains_key(&Action::Delete);
    content.hides = hides;
    content.sly = nameless || hides && !found.is_empty();
    content.sly_for_a_filter = nameless || hides && !money.is_empty();
    content.warnings = if hides { warning } else { Vec::new() };
    content.gives_away = !content.outside.is_empty() && rule.actions.contains_key(&Action::Delete);
    content.sends_all = everything && !content.outside.is_empty();
    content.masked = rule.sends_on_masked();
    content.to_private = content.outside.iter().all(|address| around.looks_private(address));
    content.tidies_senders = !content.sly && content.outside.is_empty() && only_senders(rule) && programs(rule);
    content
}

fn outside(content: &mut Content, around: &Surroundings) {
    let free = |domain: &String| domains::is_freemail(domain);
    let new = |domain: &String| around.seen.as_ref().is_some_and(|seen| !seen.contains(domain));
    let to: Vec<String> = content.outside.iter().filter_map(|address| domains::domain_of(address)).collect();
    content.add(4, format!("sends mail on to an address outside the organisation ({})", content.outside.join(", ")));
    if to.iter().any(free) {
        content.add(1, "the address is free mail");
    } else if to.iter().any(new) {
        content.add(1, "nobody wrote to that domain before the window");
    }
}

fn is_hiding_place(folder: &str) -> bool {
    folders::role(folder).is_some_and(folders::FolderRole::is_hiding_place)
}

/// A sender the rule names with whom the attacker corresponded.
fn correspondent(rule: &Definition, around: &Surroundings) -> Option<String> {
    let named = sender_values(rule).flat_map(|value| domains::addresses_in(value));
    named.filter(|address| party(address).is_some_and(|party| around.attacked.contains(&party))).min()
}

#[cfg(test)]
mod tests {
    use super::{Content, Known, Surroundings, score};
    use crate::analyze::settings::rules::{Action, Definition, Edit};

    const WHOLE: Known = Known { whole: true, recreated: false };

    fn rule(name: &str, actions: &[(Action, &[&str])], conditions: &[(&str, &str)]) -> Content {
        let mut rule = Definition { name: Some(name.to_owned()), ..Definition::default() };
        for (action, values) in actions {
            rule.apply(&Edit::Action(*action, Some(values.iter().map(ToString::to_string).collect())));
        }
        for (name, value) in conditions {
            rule.apply(&Edit::Condition((*name).to_owned(), Some((*value).to_owned())));
        }
        let own = ["fabrikam.example".to_owned()].into();
        let own_words = ["dana", "weiss"].map(str::to_owned).into();
        score(&rule, WHOLE, &Surroundings { own, own_words, ..Surroundings::default() })
    }

    #[test]
    fn the_classic() {
        let content = rule(
            ".",
            &[(Action::Move, &["RSS Subscriptions"]), (Action::MarkRead, &[]), (Action::Stop, &[])],
            &[("BodyContainsWords", "Invoice;Payments")],
        );
        assert_eq!(content.total(), 10);
        assert!(content.sly);
    }

    #[test]
    fn one_letter_of_another_script_is_a_name() {
        let content = rule(
            "あ",
            &[(Action::Move, &["RSS 購読"]), (Action::MarkRead, &[])],
            &[("SubjectOrBodyContainsWords", "請求書;振込")],
        );
        assert_eq!(content.total(), 7);
    }

    #[test]
    fn everything_to_the_outside() {
        let content = rule("..", &[(Action::Forward, &["ext@example.net"])], &[("RuleCondition", "{}")]);
        assert_eq!(content.total(), 9);
        let free = rule("private", &[(Action::Redirect, &["\"x\" [SMTP:x@gmail.com]"])], &[]);
        assert_eq!((free.total(), free.sly), (7, false));
        let inside = rule("leave", &[(Action::Forward, &["eli@mail.fabrikam.example"])], &[]);
        assert_eq!((inside.total(), inside.outside.len()), (2, 0));
    }

    #[test]
    fn newsletters() {
        let content = rule("ニュースレター", &[(Action::Move, &["ニュース"])], &[("From", "news@vendor.example")]);
        assert_eq!(content.total(), 0);
        let rss =
            rule("News", &[(Action::Move, &["RSS Feeds"]), (Action::Stop, &[])], &[("From", "news@vendor.example")]);
        assert_eq!((rss.total(), rss.tidies_senders), (5, true));
        let person =
            rule("Team", &[(Action::Move, &["RSS Feeds"]), (Action::Stop, &[])], &[("From", "cfo@vendor.example")]);
        assert_eq!((person.total(), person.tidies_senders), (5, false));
    }

    #[test]
    fn of_a_change_alone_nobody_knows_the_conditions() {
        let changed = |condition: Option<&str>| {
            let mut rule = Definition { name: Some("Tidy".to_owned()), ..Definition::default() };
            rule.apply(&Edit::Action(Action::Delete, Some(Vec::new())));
            if let Some(value) = condition {
                rule.apply(&Edit::Condition("BodyContainsWords".to_owned(), Some(value.to_owned())));
            }
            score(&rule, Known { whole: false, recreated: false }, &Surroundings::default()).total()
        };
        assert_eq!((changed(None), changed(Some("@")), changed(Some("Attention"))), (3, 5, 3));
    }

    #[test]
    fn mail_given_away() {
        let delete: (Action, &[&str]) = (Action::Delete, &[]);
        let given = rule("all", &[(Action::Redirect, &["x@example.net"]), delete], &[("From", "cfo@vendor.example")]);
        assert!(given.gives_away && !given.sends_all && !given.to_private);
        let private = rule("me", &[(Action::Forward, &["dana.w@gmail.com"])], &[]);
        assert!(!private.gives_away && private.sends_all && private.to_private);
        let inside = rule("leave", &[(Action::Forward, &["eli@fabrikam.example"]), delete], &[]);
        assert!(!inside.gives_away && !inside.sends_all);
    }

    #[test]
    fn conditions_that_exclude_nothing() {
        let total = |name, value| rule("Tidy", &[(Action::Delete, &[])], &[(name, value)]).total();
        for (name, value) in [
            ("BodyContainsWords", "@"),
            ("BodyContainsWords", "Attention;e"),
            ("SubjectContainsWords", "\u{0}"),
            ("ExceptIfFrom", "a@b.example"),
        ] {
            assert_eq!(total(name, value), 5, "{name} {value}");
        }
        // A Japanese sign is a word; what stands behind the last semicolon is none.
        for value in ["Attention", "株", "株価", "x", "Attention;"] {
            assert_eq!(total("SubjectContainsWords", value), 3, "{value}");
        }
    }

    #[test]
    fn only_a_size_that_every_mail_has_excludes_nothing() {
        let total = |value| rule("Tidy", &[(Action::Delete, &[])], &[("WithinSizeRangeMinimum", value)]).total();
        for value in ["0", "0 B (0 bytes)", "1023", "1,023 B", "1KB", "1 KB (1,024 bytes)", "0 MB"] {
            assert_eq!(total(value), 5, "{value}");
        }
        for value in [
            "1024",
            "5242880",
            "5,242,880",
            "5 MB (5,242,880 bytes)",
            "5 MB (5.242.880 Bytes)",
            "5MB",
            "500 KB (512,000 bytes)",
            "2 KB",
            "1 GB",
            "unlimited",
        ] {
            assert_eq!(total(value), 3, "{value}");
        }
    }

    #[test]
    fn words_are_found_beside_addresses_and_alone() {
        let total = |value| rule("Clients", &[(Action::Move, &["RSS Feeds"])], &[("BodyContainsWords", value)]).total();
        for value in [
            "invoice;payment",
            "invoice;payment;boss@partner.example",
            "boss@partner.example,invoice",
            "swift",
            "x;SWIFT",
        ] {
            assert_eq!(total(value), 5, "{value}");
        }
        for value in ["boss@partner.example", "invoice@partner.example;other", "Taylor Swift"] {
            assert_eq!(total(value), 3, "{value}");
        }
    }
}
