//! Rule cmdlets of Outlook on the web and PowerShell: each parameter, by its own name, becomes an edit of the rule.

use crate::analyze::exam::{Exam, Row};
use crate::analyze::settings::mailbox;
use crate::knowledge::names;
use crate::timeline::{details, json};

use super::keys::Keys;
use super::{Action, Completeness, Edit, Said, Verb, cut};

/// Digits of a number that is a rule's id rather than somebody's name for it.
const ID_DIGITS: usize = 10;

/// Parameters that describe the call, not the rule.
const CALL: [&str; 16] = [
    "identity",
    "mailbox",
    "name",
    "priority",
    "alwaysdeleteoutlookrulesblob",
    "force",
    "confirm",
    "whatif",
    "domaincontroller",
    "validateonly",
    "provider",
    "errorvariable",
    "erroraction",
    "warningaction",
    "description",
    "applytoexisting",
];

/// Parts of the names of conditions that are on or off.
const SWITCHED: [&str; 4] = ["hasattachment", "myname", "sentonlytome", "isimportant"];

/// Reads a rule or sweep cmdlet; `None` for any other record.
pub fn read(exam: &Exam<'_>, row: &Row<'_>) -> Option<Said> {
    let (verb, noun) = row.event.action().split_once('-')?;
    let verb = match verb.to_ascii_lowercase().as_str() {
        "new" => Verb::Add,
        "set" => Verb::Modify,
        "enable" => Verb::Enable,
        "disable" => Verb::Disable,
        "remove" => Verb::Remove,
        _ => return None,
    };
    let sweep = noun.eq_ignore_ascii_case("SweepRule");
    if !sweep && !noun.eq_ignore_ascii_case("InboxRule") {
        return None;
    }
    let (mailbox, called) = mailbox::of_rule(exam, row);
    let params = details::params(row.event);
    let name = row.param("Name").or_else(|| (verb == Verb::Add).then(|| called.clone()).flatten());
    let identity = row.param("Identity").map(|identity| identity.rsplit('\\').next().unwrap_or_default().to_owned());
    let defines = matches!(verb, Verb::Add | Verb::Modify);
    let lost = details::lost_values(row.event) && defines;
    // A call that makes or changes a rule names it at least: without any parameter they are lost.
    let cut = defines && !lost && (params.is_empty() || cut::is_cut(row.event, "Parameters"));
    let mut edits: Vec<Edit> = params
        .iter()
        .filter(|param| param.value.is_some() || !lost && !cut)
        .filter_map(|param| edit(&param.name, param.value.as_deref().unwrap_or_default(), sweep))
        .collect();
    // Several parameters delete, in one way or another: any of them is enough.
    if edits.contains(&Edit::Action(Action::Delete, Some(Vec::new()))) {
        edits.retain(|edit| *edit != Edit::Action(Action::Delete, None));
    }
    if sweep
        && verb == Verb::Add
        && !lost
        && !cut
        && !edits.iter().any(|edit| matches!(edit, Edit::Action(Action::Move, _)))
    {
        // New-SweepRule without a destination moves to the bin.
        edits.push(Edit::Action(Action::Move, Some(vec!["Deleted Items".to_owned()])));
    }
    edits.extend(match verb {
        Verb::Enable => Some(Edit::Enabled(true)),
        Verb::Disable => Some(Edit::Enabled(false)),
        _ => None,
    });
    let completeness = match () {
        () if cut => cut::left(&edits),
        () if lost && edits.is_empty() => Completeness::Lost,
        () => Completeness::Told,
    };
    let verb = verb.switching(&edits, name.is_some());
    let (numbers, mut names): (Vec<_>, Vec<_>) =
        [called.clone(), identity].into_iter().flatten().partition(|called| is_number(called));
    names.extend(name.clone().filter(|name| !numbers.contains(name)));
    let keys = Keys::new(sweep, names, numbers);
    let called = called.filter(|called| !is_number(called));
    Some(Said {
        verb,
        keys,
        name,
        called,
        edits,
        completeness,
        mailbox,
        whole: verb == Verb::Add && !lost && !cut,
        cut,
    })
}

/// Whether a rule is called by its id: the long number that Outlook on the web uses, or a GUID.
fn is_number(called: &str) -> bool {
    called.len() >= ID_DIGITS && called.bytes().all(|byte| byte.is_ascii_digit()) || names::is_guid(called)
}

/// What one parameter says; `None` for those that describe the call.
pub(super) fn edit(name: &str, value: &str, sweep: bool) -> Option<Edit> {
    let lower = name.to_ascii_lowercase();
    if lower.is_empty() || CALL.contains(&lower.as_str()) {
        return None;
    }
    let value = value.trim();
    let given = !value.is_empty() && !value.eq_ignore_ascii_case("$null");
    let on = given && !value.eq_ignore_ascii_case("false");
    // Of what is on or off by its name, any language's word is one; a folder or a word may be called `Falso`.
    let switched_on = given && json::boolean(value) != Some(false);
    if lower == "enabled" {
        return json::boolean(value).map(Edit::Enabled);
    }
    let action = match lower.as_str() {
        "forwardto" => Action::Forward,
        "forwardasattachmentto" => Action::ForwardAsAttachment,
        "redirectto" => Action::Redirect,
        "movetofolder" => Action::Move,
        "destinationfolder" if sweep => Action::Move,
        "copytofolder" => Action::Copy,
        "deletemessage" | "softdeletemessage" | "permanentdelete" => Action::Delete,
        "markasread" => Action::MarkRead,
        "stopprocessingrules" => Action::Stop,
        "sendtextmessagenotificationto" => Action::Sms,
        "applycategory"
        | "applysystemcategory"
        | "deletesystemcategory"
        | "markimportance"
        | "pinmessage"
        | "flagmessage" => Action::Tidy,
        "keepfordays" | "keeplatest" | "sourcefolder" | "systemcategory" if sweep => return None,
        other => {
            let on = if SWITCHED.iter().any(|part| other.contains(part)) { switched_on } else { on };
            return Some(Edit::Condition(name.to_owned(), on.then(|| value.to_owned())));
        }
    };
    let switch = matches!(action, Action::Delete | Action::MarkRead | Action::Stop);
    let values = match switch {
        true => switched_on.then(Vec::new),
        false => on.then(|| split(value)),
    };
    Some(Edit::Action(action, values))
}

/// Several values of one parameter: joined by `;`.
fn split(value: &str) -> Vec<String> {
    value.split(';').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::{Action, Edit, edit};

    #[test]
    fn parameters_by_their_own_names() {
        let to = |action, value: &str| Some(Edit::Action(action, Some(vec![value.to_owned()])));
        assert_eq!(edit("RedirectTo", "x@example.net", false), to(Action::Redirect, "x@example.net"));
        assert_eq!(edit("redirectto", "", false), Some(Edit::Action(Action::Redirect, None)));
        assert_eq!(edit("DeleteMessage", "False", false), Some(Edit::Action(Action::Delete, None)));
        assert_eq!(edit("DeleteMessage", "FALSCH", false), Some(Edit::Action(Action::Delete, None)));
        assert_eq!(edit("Enabled", "FAUX", false), Some(Edit::Enabled(false)));
        // What is no switch may be called so.
        assert_eq!(edit("MoveToFolder", "Falso", false), to(Action::Move, "Falso"));
        let condition =
            |name: &str, value: Option<&str>| Some(Edit::Condition(name.to_owned(), value.map(str::to_owned)));
        assert_eq!(edit("SubjectContainsWords", "falso", false), condition("SubjectContainsWords", Some("falso")));
        assert_eq!(edit("HasAttachment", "FALSO", false), condition("HasAttachment", None));
        assert_eq!(edit("MarkAsRead", "True", false), Some(Edit::Action(Action::MarkRead, Some(Vec::new()))));
        assert_eq!(edit("Force", "True", false), None);
        // The anti-spam policy's parameter is no action, wherever it stands.
        assert!(matches!(edit("IncreaseScoreWithRedirectToOtherPort", "Off", false), Some(Edit::Condition(..))));
    }

    #[test]
    fn several_targets() {
        let values = vec!["\"A\" [SMTP:a@example.net]".to_owned(), "b@example.org".to_owned()];
        assert_eq!(
            edit("ForwardTo", "\"A\" [SMTP:a@example.net];b@example.org", false),
            Some(Edit::Action(Action::Forward, Some(values)))
        );
    }
}
