//! `UpdateInboxRules`: rules as Outlook and web services write them into the mailbox, in the shapes met.
//!
//! Full on `AddMailboxRule`; blank but for the rule's id on `ModifyMailboxRule`; empty of everything in old records.

use serde_json::Value;

use crate::analyze::exam::Row;
use crate::analyze::settings::mailbox;
use crate::timeline::json;

use super::keys::Keys;
use super::{Action, Completeness, Edit, Said, Verb, cut};

/// Reads an `UpdateInboxRules` record; `None` for any other record.
pub fn read(row: &Row<'_>) -> Option<Said> {
    if !row.event.is(&["UpdateInboxRules"]) {
        return None;
    }
    let first = |names: &[&str]| names.iter().find_map(|name| row.param(name));
    let operation = first(&["RuleOperation"]).unwrap_or_default().to_lowercase();
    let verb = match () {
        () if operation.contains("add") || operation.contains("create") => Verb::Add,
        () if operation.contains("remove") || operation.contains("delete") => Verb::Remove,
        () if first(&["IsNew"]).is_some_and(|new| json::boolean(&new) == Some(true)) => Verb::Add,
        () => Verb::Modify,
    };
    let name = first(&["RuleName", "Name"]);
    let id = first(&["RuleId"]).filter(|id| !id.trim().is_empty());
    let described = first(&["RuleActions", "Actions"]).filter(|text| !is_blank(text));
    let mut edits = described.as_deref().map(actions).unwrap_or_default();
    if let Some(rule) = first(&["ServerRule"]).filter(|text| !is_blank(text)) {
        complete(&mut edits, &rule);
    }
    let condition = first(&["RuleCondition", "Conditions"]).filter(|text| !is_blank(text));
    edits.extend(condition.map(|text| Edit::Condition("RuleCondition".to_owned(), Some(text))));
    if let Some(state) = first(&["RuleState"]).filter(|state| !is_blank(state)) {
        let state = state.to_lowercase();
        let off = state.split([',', ' ']).any(|word| matches!(word, "disabled" | "none" | "0"));
        edits.push(Edit::Enabled(!off));
    }
    let verb = if edits.contains(&Edit::Enabled(false)) { verb.switching(&edits, false) } else { verb };
    // A blank name says something only where the rest of the rule is told.
    let told = edits.iter().any(|edit| !matches!(edit, Edit::Enabled(_)));
    let name = name.filter(|name| told && verb == Verb::Add || !name.trim().is_empty());
    // Outlook writes all its rules again with their names and nothing else: that changes none of them.
    let cut = !matches!(verb, Verb::Remove | Verb::Disable) && cut::is_cut(row.event, "OperationProperties");
    let completeness = match () {
        () if cut => cut::left(&edits),
        () if told || name.is_some() && verb != Verb::Modify => Completeness::Told,
        () if id.is_some() || name.is_some() => Completeness::IdOnly,
        () => Completeness::Nothing,
    };
    let keys = Keys::new(false, name.clone(), id);
    let whole = told && !cut;
    Some(Said { verb, keys, name, called: None, edits, completeness, mailbox: mailbox::of_item(row), whole, cut })
}

/// Nothing but brackets: `{}`, `[]`, `()`.
fn is_blank(text: &str) -> bool {
    !text.chars().any(char::is_alphanumeric)
}

/// The actions in a JSON list of actions, in a JSON rule around one, or in a text of tokens.
fn actions(text: &str) -> Vec<Edit> {
    match serde_json::from_str::<Value>(text) {
        Ok(value @ (Value::Array(_) | Value::Object(_))) => {
            let list = json::get(&value, "Actions").or_else(|| json::get(&value, "RuleActions")).unwrap_or(&value);
            match list {
                Value::Array(list) => list.iter().flat_map(one).collect(),
                single => one(single),
            }
        }
        _ => tokens(text),
    }
}

/// Web services name the actions in one property and their recipients in another, the rule as the server keeps it.
fn complete(edits: &mut Vec<Edit>, server_rule: &str) {
    if edits.is_empty() {
        edits.extend(actions(server_rule));
    }
    let recipients = || match serde_json::from_str::<Value>(server_rule) {
        Ok(value) => {
            let mut found = Vec::new();
            let list = json::get(&value, "Actions").unwrap_or(&Value::Null);
            strings(list, &mut |text| found.extend(crate::knowledge::domains::addresses_in(text)));
            found.dedup();
            found
        }
        Err(_) => Vec::new(),
    };
    for edit in edits {
        if let Edit::Action(action, Some(values)) = edit
            && action.sends_on()
            && values.is_empty()
        {
            *values = recipients();
        }
    }
}

/// One action object: its kind, and whatever it names.
fn one(value: &Value) -> Vec<Edit> {
    let Value::Object(map) = value else { return tokens(&json::scalar_text(value).unwrap_or_default()) };
    let kind = ["ActionType", "Type", "$type", "Action", "Name"].iter().find_map(|key| json::text(value, key));
    let mut edits = tokens(&kind.unwrap_or_default());
    if edits.is_empty() {
        // `{"MoveToFolder": "…", "MarkAsRead": true}`: the keys are the actions.
        edits = map.iter().filter(|(_, value)| is_set(value)).flat_map(|(key, value)| keyed(key, value)).collect();
    }
    let named = edits.len() == 1;
    for edit in &mut edits {
        let Edit::Action(action, Some(values)) = edit else { continue };
        if action.sends_on() || *action == Action::Sms {
            strings(value, &mut |text| values.extend(crate::knowledge::domains::addresses_in(text)));
            values.dedup();
        } else if named && values.is_empty() && matches!(action, Action::Move | Action::Copy) {
            values.extend(folder(value));
        }
    }
    edits
}

/// Whether a property has a value: some programs name every action that a rule may have.
fn is_set(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(on) => *on,
        Value::String(text) => !text.trim().is_empty() && !text.eq_ignore_ascii_case("false"),
        Value::Array(list) => list.iter().any(is_set),
        Value::Object(map) => map.values().any(is_set),
        Value::Number(_) => true,
    }
}

/// The action of a property's name, with the folder in its value.
fn keyed(key: &str, value: &Value) -> Vec<Edit> {
    let mut edits = tokens(key);
    for edit in &mut edits {
        if let Edit::Action(Action::Move | Action::Copy, Some(values)) = edit {
            values.extend(folder_named(value).filter(|name| !name.trim().is_empty()));
        }
    }
    edits
}

/// The folder of a move or copy: its name where given, otherwise its id.
fn folder(value: &Value) -> Option<String> {
    let keys = [
        "DestinationFolderName",
        "FolderName",
        "FolderPath",
        "DestinationFolder",
        "Folder",
        "DestinationFolderId",
        "FolderId",
    ];
    keys.iter().find_map(|key| folder_named(json::get(value, key)?))
}

fn folder_named(value: &Value) -> Option<String> {
    match value {
        Value::Object(_) => ["Path", "Name", "DisplayName", "Id"].iter().find_map(|key| json::text(value, key)),
        value => json::scalar_text(value),
    }
}

fn strings(value: &Value, found: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => found(text),
        Value::Array(list) => list.iter().for_each(|value| strings(value, found)),
        Value::Object(map) => map.values().for_each(|value| strings(value, found)),
        _ => {}
    }
}

/// Action words in a text: `MoveToFolderAction`, `Move`, `ForwardToRecipients`, with the addresses that follow.
fn tokens(text: &str) -> Vec<Edit> {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '@' && c != '.' && c != '-');
    let mut edits: Vec<Edit> = Vec::new();
    for word in words.filter(|word| !word.contains('@')) {
        if let Some(action) = token(word.rsplit('.').next().unwrap_or(word)) {
            let values = if action.sends_on() { crate::knowledge::domains::addresses_in(text) } else { Vec::new() };
            let edit = Edit::Action(action, Some(values));
            if !edits.contains(&edit) {
                edits.push(edit);
            }
        }
    }
    edits
}

fn token(word: &str) -> Option<Action> {
    let lower = word.to_ascii_lowercase();
    let bare = lower.strip_suffix("action").unwrap_or(&lower);
    Some(match bare {
        "forward" | "forwardto" | "forwardtorecipients" | "inmailforward" => Action::Forward,
        "forwardasattachment" | "forwardasattachmentto" | "forwardasattachmenttorecipients" => {
            Action::ForwardAsAttachment
        }
        "redirect" | "redirectto" | "redirecttorecipients" | "delegate" => Action::Redirect,
        "move" | "movetofolder" | "inmailmove" => Action::Move,
        "copy" | "copytofolder" | "inmailcopy" => Action::Copy,
        "delete" | "deletemessage" | "permanentdelete" | "softdelete" | "softdeletemessage" => Action::Delete,
        "markasread" | "markread" => Action::MarkRead,
        "stopprocessing" | "stopprocessingrules" => Action::Stop,
        "reply" | "serverreplymessage" | "serverreplywithmessage" => Action::Reply,
        "sendsmsalerttorecipients" | "sendsmsalert" => Action::Sms,
        "flagmessage" | "markimportance" | "marksensitivity" | "assigncategories" | "tag" => Action::Tidy,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Action, Edit, actions, is_blank};

    fn to(action: Action, values: &[&str]) -> Edit {
        Edit::Action(action, Some(values.iter().map(ToString::to_string).collect()))
    }

    #[test]
    fn modern_json() {
        let text = r#"[{"ActionType":"Forward","Recipients":["ext@example.net"]},{"ActionType":"Move","DestinationFolderId":"LgAAAABK"}]"#;
        assert_eq!(actions(text), [to(Action::Forward, &["ext@example.net"]), to(Action::Move, &["LgAAAABK"])]);
    }

    #[test]
    fn actions_that_are_named_and_not_set_are_none() {
        let text = r#"{"AssignCategories":null,"Delete":null,"PermanentDelete":false,"ForwardTo":[],"MarkAsRead":true,"MoveToFolder":"Projects","RedirectTo":""}"#;
        assert_eq!(actions(text), [to(Action::MarkRead, &[]), to(Action::Move, &["Projects"])]);
        let ids = r#"{"ForwardTo":[{"EmailAddress":{"Address":"x@example.org"}}],"MoveToFolder":{"Id":"LgAAAABK"}}"#;
        assert_eq!(actions(ids), [to(Action::Forward, &["x@example.org"]), to(Action::Move, &["LgAAAABK"])]);
    }

    #[test]
    fn server_rule_of_web_services() {
        let text = r#"{"Name":"..","Condition":{"Sender":"boss@fabrikam.example"},"Actions":[{"ActionType":"RedirectToRecipientsAction","Recipients":[{"Values":[{"PropTag":"SmtpAddress","Value":"x@example.org"}]}]}]}"#;
        assert_eq!(actions(text), [to(Action::Redirect, &["x@example.org"])]);
    }

    #[test]
    fn recipients_stand_in_the_server_rule() {
        let mut edits = actions("ForwardToRecipientsAction");
        super::complete(
            &mut edits,
            r#"{"Actions":[{"Type":7,"Recipients":[{"Values":[{"Value":"x@example.org"}]}]}]}"#,
        );
        assert_eq!(edits, [to(Action::Forward, &["x@example.org"])]);
    }

    #[test]
    fn tokens_of_older_records() {
        let text = "MoveToFolderAction, MarkAsReadAction,StopProcessingAction";
        assert_eq!(actions(text), [to(Action::Move, &[]), to(Action::MarkRead, &[]), to(Action::Stop, &[])]);
        assert_eq!(actions("PermanentDeleteAction"), [to(Action::Delete, &[])]);
        assert_eq!(actions("Forward to evil@example.com"), [to(Action::Forward, &["evil@example.com"])]);
    }

    #[test]
    fn blank_bodies() {
        assert!(is_blank("{}") && is_blank("[]") && is_blank("") && !is_blank("{x}"));
    }
}
