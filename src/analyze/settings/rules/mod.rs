//! Mailbox rules in one normal form, whatever recorded them, and the state of each rule rebuilt from the log.
//!
//! | shape | read in |
//! |---|---|
//! | `New-`/`Set-`/`Enable-`/`Disable-`/`Remove-InboxRule` and `-SweepRule`, of either log | `cmdlet.rs` |
//! | `UpdateInboxRules`, with actions as JSON or as tokens, or with nothing at all | `store.rs` |
//! | rows of rule snapshots, which have neither time nor maker | [`standing`] |
//!
//! [`replay`] puts them in order, [`content`] scores what a rule does, [`judge`] weighs it with the hand behind it.

pub mod content;
pub mod judge;
pub mod keys;
pub mod replay;
pub mod standing;

mod cmdlet;
mod conditions;
mod cut;
mod folder_ids;
mod hidden;
mod index;
mod store;

use std::collections::{BTreeMap, BTreeSet};

use crate::analyze::settings::forwards;
use crate::knowledge::{domains, normalise};
use crate::timeline::Event;

/// Whether the record is one of the shapes above, or named like one.
pub fn is_about_rule(event: &Event) -> bool {
    let noun = |noun: &str| noun.eq_ignore_ascii_case("InboxRule") || noun.eq_ignore_ascii_case("SweepRule");
    event.action().split_once('-').is_some_and(|(_, rest)| noun(rest)) || event.is(&["UpdateInboxRules"])
}

/// What was done to a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Made.
    Add,
    /// Changed.
    Modify,
    /// Switched on.
    Enable,
    /// Switched off.
    Disable,
    /// Deleted.
    Remove,
}

impl Verb {
    /// What a change is that switches the rule off, whatever else it changes, or that switches it on and does nothing
    /// else. Other acts are what they are called.
    fn switching(self, edits: &[Edit], renames: bool) -> Self {
        match edits {
            _ if self != Self::Modify => self,
            edits if edits.contains(&Edit::Enabled(false)) => Self::Disable,
            [Edit::Enabled(true)] if !renames => Self::Enable,
            _ => self,
        }
    }

    /// Whether the rule may act afterwards.
    pub fn leaves_active(self) -> bool {
        matches!(self, Self::Add | Self::Modify | Self::Enable)
    }

    /// The word in headlines, English and Japanese.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Add => ("created", "作成"),
            Self::Modify => ("changed", "変更"),
            Self::Enable => ("enabled", "有効化"),
            Self::Disable => ("disabled", "無効化"),
            Self::Remove => ("removed", "削除"),
        }
    }
}

/// What a rule does with a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Forwards.
    Forward,
    /// Forwards as an attachment.
    ForwardAsAttachment,
    /// Redirects.
    Redirect,
    /// Moves to a folder.
    Move,
    /// Copies to a folder.
    Copy,
    /// Deletes, to the bin or past it.
    Delete,
    /// Marks as read.
    MarkRead,
    /// Stops the rules behind it.
    Stop,
    /// Replies.
    Reply,
    /// Sends a text message.
    Sms,
    /// Flags, categories, importance: tidying.
    Tidy,
}

impl Action {
    /// The word in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Forward => "forward to",
            Self::ForwardAsAttachment => "forward as attachment to",
            Self::Redirect => "redirect to",
            Self::Move => "move to",
            Self::Copy => "copy to",
            Self::Delete => "delete",
            Self::MarkRead => "mark as read",
            Self::Stop => "stop processing more rules",
            Self::Reply => "reply",
            Self::Sms => "text message to",
            Self::Tidy => "flag or categorise",
        }
    }

    /// The word in Japanese reports, with the place of what follows it marked by `_`.
    fn ja(self) -> &'static str {
        match self {
            Self::Forward => "_ に転送",
            Self::ForwardAsAttachment => "_ に添付ファイルとして転送",
            Self::Redirect => "_ にリダイレクト",
            Self::Move => "フォルダー _ に移動",
            Self::Copy => "フォルダー _ にコピー",
            Self::Delete => "削除",
            Self::MarkRead => "開封済みにする",
            Self::Stop => "仕分けルールの処理を中止",
            Self::Reply => "返信",
            Self::Sms => "_ に SMS を送信",
            Self::Tidy => "フラグまたは分類",
        }
    }

    /// Whether the mail, or a copy of it, is elsewhere afterwards.
    fn takes_away(self) -> bool {
        matches!(self, Self::Move | Self::Copy | Self::Delete)
    }

    /// Whether it sends the mail on.
    pub fn sends_on(self) -> bool {
        matches!(self, Self::Forward | Self::ForwardAsAttachment | Self::Redirect)
    }
}

/// One thing that a record says about a rule; `None` takes it away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// An action with its targets or folders.
    Action(Action, Option<Vec<String>>),
    /// A condition with its value.
    Condition(String, Option<String>),
    /// Whether the rule is on.
    Enabled(bool),
}

/// What a rule is, as far as known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Definition {
    /// Its name; `None` where no record says it.
    pub name: Option<String>,
    /// Each action with its targets or folders.
    pub actions: BTreeMap<Action, Vec<String>>,
    /// Each condition with its value, in the order of their names.
    pub conditions: BTreeMap<String, String>,
    /// Whether it is on.
    pub enabled: Option<bool>,
}

impl Definition {
    /// Puts an edit in.
    pub fn apply(&mut self, edit: &Edit) {
        match edit {
            Edit::Action(action, Some(values)) => drop(self.actions.insert(*action, values.clone())),
            Edit::Action(action, None) => drop(self.actions.remove(action)),
            Edit::Condition(name, Some(value)) => drop(self.conditions.insert(name.clone(), value.clone())),
            Edit::Condition(name, None) => drop(self.conditions.remove(name)),
            Edit::Enabled(on) => self.enabled = Some(*on),
        }
    }

    /// The addresses mail is forwarded or redirected to.
    pub fn targets(&self) -> Vec<String> {
        let sent = self.actions.iter().filter(|(action, _)| action.sends_on());
        sent.flat_map(|(_, values)| values).flat_map(|value| domains::addresses_in(value)).collect()
    }

    /// What the rule names to send mail on to, as written.
    pub fn named_targets(&self) -> Vec<&str> {
        let sent = self.actions.iter().filter(|(action, _)| action.sends_on());
        sent.flat_map(|(_, values)| values).map(String::as_str).collect()
    }

    /// Whether it sends mail on to an address in whose place stars stand.
    pub fn sends_on_masked(&self) -> bool {
        self.named_targets().into_iter().any(forwards::is_masked)
    }

    /// Whether it deletes.
    pub fn deletes(&self) -> bool {
        self.actions.contains_key(&Action::Delete)
    }

    /// Whether it sends mail on, to whomever.
    pub fn sends_on(&self) -> bool {
        self.actions.keys().any(|action| action.sends_on())
    }

    /// Whether the other rule, of whatever name, does the same with the same mail: sends it to the same addresses, or
    /// moves, copies or deletes it on the same conditions.
    pub fn does_the_same(&self, other: &Self) -> bool {
        let targets = |rule: &Self| rule.targets().iter().map(|to| to.to_lowercase()).collect::<BTreeSet<_>>();
        if self.sends_on() || other.sends_on() {
            return !targets(self).is_empty() && targets(self) == targets(other);
        }
        let takes = |rule: &Self| {
            let taking = rule.actions.iter().filter(|(action, _)| action.takes_away());
            taking.map(|(action, folders)| (*action, folders.iter().map(|path| bare(last(path))).collect())).collect()
        };
        let asks = |rule: &Self| -> BTreeSet<(String, String)> {
            rule.conditions.iter().map(|(name, value)| (bare(name), bare(value))).collect()
        };
        let taken: BTreeSet<(Action, Vec<String>)> = takes(self);
        !taken.is_empty() && taken == takes(other) && asks(self) == asks(other)
    }

    /// The actions in one line.
    pub fn actions_text(&self) -> String {
        let one = |(action, values): (&Action, &Vec<String>)| match values.is_empty() {
            true => action.as_str().to_owned(),
            false => format!("{} {}", action.as_str(), values.join(", ")),
        };
        self.actions.iter().map(one).collect::<Vec<_>>().join("; ")
    }

    /// The actions in one line of Japanese.
    pub fn actions_ja(&self) -> String {
        let one = |(action, values): (&Action, &Vec<String>)| action.ja().replace('_', &values.join(", "));
        self.actions.iter().map(one).collect::<Vec<_>>().join("、")
    }

    /// Its name for headlines, English and Japanese.
    pub fn called(&self) -> (&str, &str) {
        match self.name.as_deref() {
            Some(name) if is_blank(name) => ("(blank name)", "(空白の名前)"),
            Some(name) => (name, name),
            None => ("(name unknown)", "(名前不明)"),
        }
    }

    /// Its name as a detail of a finding: a blank one in quotes, so that it is seen; nothing where no record says it.
    pub fn name_told(&self) -> String {
        match self.name.as_deref() {
            Some(name) if is_blank(name) => format!("\"{name}\""),
            name => name.unwrap_or_default().to_owned(),
        }
    }

    /// The conditions in one line.
    pub fn conditions_text(&self) -> String {
        self.conditions.iter().map(|(name, value)| format!("{name} = {value}")).collect::<Vec<_>>().join("; ")
    }
}

/// The last part of a folder's path, `mailbox:\Folder` or `\Folder\Sub`.
fn last(path: &str) -> &str {
    path.rsplit(['\\', '/', ':']).next().unwrap_or(path)
}

/// The letters and digits of a text, in lower case.
fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether nobody sees anything of a name.
fn is_blank(name: &str) -> bool {
    normalise(name).is_empty()
}

/// How much a record says of the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completeness {
    /// What the rule does.
    Told,
    /// Only which rule: the record's body is blank, as Outlook leaves it when it writes its rules again.
    IdOnly,
    /// Only that some rule changed.
    Nothing,
    /// That the rule was made or changed; what it does was lost when the file was made.
    Lost,
    /// That the rule was made or changed; the record broke off in front of what it does.
    Cut,
}

/// What one record says, before it is put in order with the others.
#[derive(Debug, Clone)]
struct Said {
    verb: Verb,
    /// Everything the record calls the rule.
    keys: keys::Keys,
    name: Option<String>,
    /// The name by which the call finds the rule, where it is no number.
    called: Option<String>,
    edits: Vec<Edit>,
    completeness: Completeness,
    mailbox: crate::analyze::settings::mailbox::Mailbox,
    /// Whether the record describes the whole rule, so that nothing of an older state stays.
    whole: bool,
    /// Whether the record broke off: the rule may do more than is left.
    cut: bool,
}

impl Said {
    /// Whether it switches the rule on or off.
    fn switches(&self) -> Option<bool> {
        let told = self.edits.iter().find_map(|edit| match edit {
            Edit::Enabled(on) => Some(*on),
            _ => None,
        });
        match self.verb {
            Verb::Add | Verb::Enable => Some(true),
            Verb::Disable | Verb::Remove => Some(false),
            Verb::Modify => told,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Action, Definition, Edit, Verb};

    fn rule(actions: &[(Action, &[&str])], conditions: &[(&str, &str)]) -> Definition {
        let mut rule = Definition::default();
        for (action, values) in actions {
            rule.apply(&Edit::Action(*action, Some(values.iter().map(ToString::to_string).collect())));
        }
        for (name, value) in conditions {
            rule.apply(&Edit::Condition((*name).to_owned(), Some((*value).to_owned())));
        }
        rule
    }

    #[test]
    fn a_change_that_switches_a_rule_off_is_no_other_change() {
        let forward = || Edit::Action(Action::Forward, None);
        let (on, off) = (Edit::Enabled(true), Edit::Enabled(false));
        assert_eq!(Verb::Modify.switching(std::slice::from_ref(&off), false), Verb::Disable);
        assert_eq!(Verb::Modify.switching(&[forward(), off.clone()], true), Verb::Disable);
        assert_eq!(Verb::Modify.switching(std::slice::from_ref(&on), false), Verb::Enable);
        assert_eq!(Verb::Modify.switching(std::slice::from_ref(&on), true), Verb::Modify);
        assert_eq!(Verb::Modify.switching(&[forward(), on], false), Verb::Modify);
        assert_eq!(Verb::Add.switching(&[off], false), Verb::Add);
    }

    #[test]
    fn a_rule_of_another_name_that_does_the_same() {
        let sends: &[&str] = &["\"x\" [SMTP:X@example.net]"];
        let shown = rule(&[(Action::Forward, sends), (Action::Delete, &[]), (Action::Stop, &[])], &[]);
        assert!(shown.does_the_same(&rule(&[(Action::Redirect, &["x@example.net"])], &[("From", "a@b.example")])));
        assert!(!shown.does_the_same(&rule(&[(Action::Forward, &["y@example.net"])], &[])));
        assert!(!shown.does_the_same(&rule(&[(Action::Delete, &[])], &[])));
        let words = [("SubjectContainsWords", "Invoice;Payments")];
        let moves = rule(&[(Action::Move, &["RSS Feeds"]), (Action::MarkRead, &[])], &words);
        let as_shown = [("subjectcontainswords", "{Invoice, Payments}")];
        assert!(moves.does_the_same(&rule(&[(Action::Move, &["dana.weiss:\\RSS Feeds"])], &as_shown)));
        assert!(!moves.does_the_same(&rule(&[(Action::Move, &["Projects"])], &words)));
        assert!(!moves.does_the_same(&rule(&[(Action::Move, &["RSS Feeds"])], &[("From", "news@vendor.example")])));
        // Of a rule of which nothing is known nobody can say that.
        assert!(!rule(&[], &[]).does_the_same(&rule(&[], &[])));
    }

    #[test]
    fn a_blank_name_is_not_an_unknown_one() {
        let named = |name: Option<&str>| Definition { name: name.map(str::to_owned), ..Definition::default() };
        for blank in ["", " ", "\u{200B}"] {
            assert_eq!(named(Some(blank)).called().0, "(blank name)", "{blank:?}");
            assert_eq!(named(Some(blank)).name_told(), format!("\"{blank}\""));
        }
        assert_eq!((named(None).called().0, named(None).name_told()), ("(name unknown)", String::new()));
        assert_eq!((named(Some(".")).called().0, named(Some(".")).name_told()), (".", ".".to_owned()));
    }
}
