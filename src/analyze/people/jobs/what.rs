//! What a record says was changed, and in whose name, so that records of one job are told from others by the same hand.

use crate::analyze::settings::{directory, mailbox};
use crate::knowledge::folders;
use crate::timeline::details::{Change, Param};

/// Parameters that describe the call, or whom it is about.
const CALL: [&str; 15] = [
    "identity",
    "mailbox",
    "confirm",
    "whatif",
    "force",
    "priority",
    "organization",
    "domaincontroller",
    "ignoredefaultscope",
    "alwaysdeleteoutlookrulesblob",
    "validateonly",
    "erroraction",
    "errorvariable",
    "warningaction",
    "warningvariable",
];
/// Parameters that say who is let in: to let in somebody else is another job.
const WHO: [&str; 3] = ["user", "trustee", "grantsendonbehalfto"];

/// The properties that a record changes, as marks: their names in lower case, with the value where it says who is let
/// in. Of a cmdlet its parameters, of a directory record what is not as it was.
pub(super) fn changed(action: &str, params: &str, changes: &str) -> Vec<String> {
    let mut marks: Vec<String> = if action.contains('-') {
        read::<Param>(params).into_iter().filter_map(mark).collect()
    } else {
        let real = |change: &Change| change.old != change.new && !directory::is_noise(&change.name);
        read::<Change>(changes).into_iter().filter(real).map(|change| change.name.to_lowercase()).collect()
    };
    marks.sort();
    marks.dedup();
    marks
}

fn mark(param: Param) -> Option<String> {
    let name = param.name.to_lowercase();
    if CALL.contains(&name.as_str()) {
        return None;
    }
    let who = WHO.contains(&name.as_str());
    Some(if who { format!("{name}={}", param.value.unwrap_or_default().trim().to_lowercase()) } else { name })
}

/// Whom a cmdlet changes, in lower case: the last part of what it calls its object. A folder stands behind its mailbox.
pub(super) fn whom(params: &str) -> Option<String> {
    let params = read::<Param>(params);
    let value = |name: &&str| {
        let param = params.iter().find(|param| param.name.eq_ignore_ascii_case(name))?;
        param.value.as_deref().map(str::trim).filter(|value| !value.is_empty())
    };
    let object = ["Identity", "Mailbox"].iter().find_map(value)?;
    let owner = folders::in_mailbox(object).map_or(object, |(owner, _)| owner);
    Some(mailbox::last(owner).to_lowercase())
}

fn read<T: serde::de::DeserializeOwned>(json: &str) -> Vec<T> {
    serde_json::from_str(json).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_cmdlet_changes_and_of_whom() {
        let params = r#"[{"name":"Identity","value":"EURPR04/x/dana.weiss"},{"name":"User","value":" Svc.Migration"},
            {"name":"AccessRights","value":"FullAccess"},{"name":"Confirm","value":"False"}]"#;
        assert_eq!(changed("Add-MailboxPermission", params, ""), ["accessrights", "user=svc.migration"]);
        assert_eq!(whom(params).as_deref(), Some("dana.weiss"));
        let folder = r#"[{"name":"Identity","value":"dana.weiss@fabrikam.example:\\Calendar"}]"#;
        assert_eq!(whom(folder).as_deref(), Some("dana.weiss@fabrikam.example"));
        assert_eq!((whom("[]"), whom("")), (None, None));
    }

    #[test]
    fn what_a_directory_record_changes() {
        let changes = r#"[{"name":"Department","old":"[\"Sales\"]","new":"[\"Sales North\"]"},
            {"name":"Mobile","old":"[]","new":"[]"},{"name":"Included Updated Properties","old":"","new":"Department"},
            {"name":"TargetId.UserType","old":null,"new":"Member"}]"#;
        assert_eq!(changed("Update user", "", changes), ["department"]);
        assert!(changed("Update user", "", "").is_empty());
    }
}
