//! The rules of each mailbox in time order: what a rule was when a record touched it, though the record may not say.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use crate::analyze::exam::{Exam, Row};
use crate::analyze::is_housekeeping;
use crate::analyze::settings::contacts::Contacts;
use crate::analyze::settings::forwards::RECENT;
use crate::analyze::settings::mailbox::Mailbox;

use super::index::Index;
use super::keys::{self, Keys};
use super::standing::{self, Snapshot};
use super::{Completeness, Definition, Edit, Said, Verb, cmdlet, hidden, store};

/// A rule made again within this time after its removal was wanted badly.
const RECREATED: TimeDelta = TimeDelta::hours(24);

/// One act on a rule.
#[derive(Debug, Clone)]
pub struct RuleAct<'a, 'e> {
    /// The record.
    pub row: &'a Row<'e>,
    /// Whether it lies in the window, or shortly before it and what it left stood when the window began.
    pub recent: bool,
    /// What was done.
    pub verb: Verb,
    /// In whose mailbox.
    pub mailbox: Mailbox,
    /// The rule after it; before it, for a removal.
    pub rule: Definition,
    /// How much the record itself says.
    pub completeness: Completeness,
    /// Everything that records up to this one call the rule, and a snapshot by which it was found.
    pub keys: Keys,
    /// Whether the record switches the rule on (making it does) or off (removing it does); `None` where it leaves that
    /// as it is.
    pub switches: Option<bool>,
    /// Whether the log names the rule here for the first time, and says what it does.
    pub introduces: bool,
    /// Whether the rule was made again within a day of its removal.
    pub recreated: bool,
    /// Which rule of the replay it is; acts on one rule share it.
    pub rule_number: usize,
    /// When and by which record the rule was made, where the log has it.
    pub made: Option<DateTime<Utc>>,
    /// How much of the rule is known.
    pub known: Extent<'a, 'e>,
    /// Whether the record broke off, and no snapshot tells what the rule does besides.
    pub cut: bool,
    /// The records of the contacts to which it sends mail on under inside names.
    pub contacts: Vec<&'a Row<'e>>,
}

impl RuleAct<'_, '_> {
    /// In which mailbox, as two acts are compared by it.
    pub fn mailbox_key(&self) -> String {
        mailbox_key(&self.mailbox)
    }
}

fn mailbox_key(mailbox: &Mailbox) -> String {
    if mailbox.ours { String::new() } else { keys::name(&mailbox.name) }
}

/// How much of a rule is known. `Set-InboxRule` carries what it changes and nothing else.
#[derive(Debug, Clone, Copy)]
pub enum Extent<'a, 'e> {
    /// A record describes the whole rule.
    Whole,
    /// A snapshot does, and the log what was changed.
    BySnapshot(&'a Row<'e>),
    /// Only what was changed: the rule may have conditions that no record tells.
    Part,
}

/// One rule of one mailbox.
#[derive(Debug)]
struct Known<'a, 'e> {
    mailbox: String,
    keys: Keys,
    rule: Definition,
    made: Option<DateTime<Utc>>,
    removed: Option<DateTime<Utc>>,
    extent: Extent<'a, 'e>,
}

impl<'a, 'e> Known<'a, 'e> {
    /// A rule that the log names for the first time: what a snapshot of the account's mailbox shows under its name.
    fn first_named(shown: Option<&Snapshot<'a, 'e>>, owner: String, keys: &Keys) -> Self {
        let (rule, extent) = match shown {
            Some(Snapshot { row, rule, .. }) => (rule.clone(), Extent::BySnapshot(row)),
            None => (Definition::default(), Extent::Part),
        };
        let mut keys = keys.clone();
        shown.iter().for_each(|shown| keys.meet(&shown.keys));
        Self { mailbox: owner, keys, rule, made: None, removed: None, extent }
    }
}

/// Which of the known rules the keys mean: the one of that number, or of that name where the numbers do not say that
/// there are two. A rule that is made under the name of one that was removed is that rule come back, whatever its number.
fn find(known: &[Known<'_, '_>], index: &Index, owner: &str, keys: &Keys, verb: Verb) -> Option<usize> {
    if let Some(numbered) = index.numbered(owner, keys) {
        return Some(numbered);
    }
    let named = || index.named(owner, keys).filter_map(|at| Some((at, known.get(at)?)));
    let same = || named().filter(|(_, rule)| rule.keys.is(keys));
    let again = || named().filter(|_| verb == Verb::Add).rfind(|(_, rule)| rule.removed.is_some());
    let stands = same().find(|(_, rule)| rule.removed.is_none());
    stands.or_else(|| same().next_back()).or_else(again).map(|(at, _)| at)
}

/// The rules of the account's mailbox that snapshots show, and where each of them stands by what it is called.
struct Shown<'a, 'e> {
    snapshots: Vec<Snapshot<'a, 'e>>,
    index: Index,
}

impl<'a, 'e> Shown<'a, 'e> {
    fn of(exam: &'a Exam<'e>) -> Self {
        let (snapshots, mut index) = (standing::snapshots(exam), Index::default());
        snapshots.iter().enumerate().for_each(|(at, shown)| index.add("", &shown.keys, at));
        Self { snapshots, index }
    }

    /// The one that is shown under one of the keys.
    fn find(&self, owner: &str, keys: &Keys) -> Option<&Snapshot<'a, 'e>> {
        if !owner.is_empty() {
            return None;
        }
        let mut named = self.index.named(owner, keys).filter_map(|at| self.snapshots.get(at));
        let numbered = self.index.numbered(owner, keys).and_then(|at| self.snapshots.get(at));
        numbered.or_else(|| named.find(|shown| shown.keys.is(keys)))
    }
}

/// All acts on rules that are on the table, in order: those in the account's mailbox and those the account made in
/// others', before the window too, so that a later act finds what it changed. Without failures and housekeeping.
pub fn acts<'a, 'e>(exam: &'a Exam<'e>) -> Vec<RuleAct<'a, 'e>> {
    let contacts = Contacts::of(exam);
    let snapshots = Shown::of(exam);
    let (mut known, mut index) = (Vec::<Known<'a, 'e>>::new(), Index::default());
    let mut acts = Vec::new();
    for row in exam.on_rules().filter(|row| row.parts.any() && !row.failed() && !is_housekeeping(row.class)) {
        let Some(said) = cmdlet::read(exam, row).or_else(|| store::read(row)) else { continue };
        if !said.mailbox.ours && !row.parts.actor {
            continue;
        }
        let owner = mailbox_key(&said.mailbox);
        let switches = said.switches();
        // What the log calls by a number only, a snapshot may call by its name.
        let shown = snapshots.find(&owner, &said.keys);
        let known_as = |keys: &Keys| find(&known, &index, &owner, keys, said.verb);
        let by_name = || known_as(&shown.filter(|_| said.keys.is_number())?.keys);
        let found = known_as(&said.keys).or_else(by_name);
        let number = found.unwrap_or(known.len());
        if found.is_none() {
            known.push(Known::first_named(shown, owner, &said.keys));
        }
        let Some(rule) = known.get_mut(number) else { continue };
        let time = row.event.datetime;
        let recreated = said.verb == Verb::Add && rule.removed.is_some_and(|removed| time - removed <= RECREATED);
        if said.whole {
            rule.rule = Definition { name: rule.rule.name.take(), ..Definition::default() };
            rule.extent = Extent::Whole;
        }
        rule.keys.meet(&said.keys);
        index.add(&rule.mailbox, if found.is_some() { &said.keys } else { &rule.keys }, number);
        rule.rule.name = said.name.clone().or_else(|| rule.rule.name.take()).or(said.called);
        said.edits.iter().for_each(|edit| rule.rule.apply(edit));
        match said.verb {
            Verb::Add => (rule.made, rule.removed) = (Some(time), None),
            Verb::Remove => rule.removed = Some(time),
            _ => {}
        }
        let (mut definition, made, known) = (rule.rule.clone(), rule.made, rule.extent);
        let contacts = hidden::unfold(exam, &contacts, &mut definition, row.event);
        let introduces = found.is_none() && said.edits.iter().any(|edit| matches!(edit, Edit::Action(_, Some(_))));
        let Said { verb, mut completeness, mailbox, mut cut, .. } = said;
        if cut && matches!(known, Extent::BySnapshot(_)) {
            (completeness, cut) = (Completeness::Told, false);
        }
        acts.push(RuleAct {
            row,
            recent: row.in_window,
            verb,
            mailbox,
            rule: definition,
            completeness,
            keys: rule.keys.clone(),
            switches,
            introduces,
            recreated,
            rule_number: number,
            made,
            known,
            cut,
            contacts,
        });
    }
    find_standing(exam, &mut acts);
    acts
}

/// Marks what was done shortly before the window and stood when it began: since the rule was last removed, switched off
/// or described as a whole.
fn find_standing(exam: &Exam<'_>, acts: &mut [RuleAct<'_, '_>]) {
    let mut over = BTreeSet::new();
    let before = |act: &&mut RuleAct<'_, '_>| act.row.event.datetime < exam.window.from;
    for act in acts.iter_mut().rev().filter(before) {
        let stands = !over.contains(&act.rule_number) && act.verb.leaves_active();
        act.recent = stands && act.row.event.datetime >= exam.window.from - RECENT;
        if !stands || act.verb == Verb::Add {
            over.insert(act.rule_number);
        }
    }
}
