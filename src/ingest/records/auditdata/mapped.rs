//! What was changed, as a map from the name of a property to its values, which Elastic's pipeline makes of the list.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::bags::Changed;
use crate::timeline::json;

/// The first words of names that have a full stop behind them: neither it nor a blank may stand in the key of such a map.
const BEFORE_STOP: [&str; 14] = [
    "Actor",
    "AppRole",
    "AppRoleAssignment",
    "Application",
    "ConsentAction",
    "ConsentContext",
    "DelegatedPermissionGrant",
    "Device",
    "Group",
    "Policy",
    "Role",
    "ServicePrincipal",
    "TargetId",
    "User",
];

/// Names that have blanks in them.
const WITH_BLANKS: [&str; 2] = ["Action Client Name", "Included Updated Properties"];

/// The changes in such a map; `None` where it is none. A name without values, as the mailbox's records have them, is no
/// change.
pub(super) fn changes(json: &str) -> Option<Vec<Changed<'static>>> {
    let map: Map<String, Value> = serde_json::from_str(json).ok()?;
    let mut changes = Vec::new();
    for (name, values) in &map {
        let known = |key: &String| ["OldValue", "NewValue"].iter().any(|known| known.eq_ignore_ascii_case(key));
        let members = values.as_object().filter(|members| members.keys().all(known))?;
        if !members.is_empty() {
            let (old, new) = (text(values, "OldValue"), text(values, "NewValue"));
            changes.push(Changed { name: own_name(name), old, new });
        }
    }
    (!map.is_empty()).then_some(changes)
}

fn text(values: &Value, key: &str) -> Option<Cow<'static, str>> {
    match json::get(values, key)? {
        list @ (Value::Array(_) | Value::Object(_)) => Some(list.to_string().into()),
        other => json::scalar_text(other).map(Cow::Owned),
    }
}

/// The service's own name of a property.
fn own_name(key: &str) -> Cow<'static, str> {
    let blanks = WITH_BLANKS.iter().find(|name| name.replace(' ', "_") == key);
    let stop = || key.split_once('_').filter(|(first, _)| BEFORE_STOP.contains(first));
    match blanks {
        Some(name) => Cow::Borrowed(*name),
        None => stop().map_or_else(|| key.to_owned(), |(first, rest)| format!("{first}.{rest}")).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_of_changes_is_the_list_that_it_was_made_of() {
        let told = |json: &str| {
            let one = |change: Changed<'_>| {
                format!("{}:{}>{}", change.name, change.old.unwrap_or_default(), change.new.unwrap_or_default())
            };
            changes(json).map(|list| list.into_iter().map(one).collect::<Vec<_>>())
        };
        let map = r#"{"DisplayName":{"OldValue":"a","NewValue":"b"},"Role_DisplayName":{"NewValue":["c"],"OldValue":""},
            "Included_Updated_Properties":{"NewValue":"x"},"extension_1_a":{"NewValue":1},"Alone":{}}"#;
        let list =
            ["DisplayName:a>b", "Included Updated Properties:>x", "Role.DisplayName:>[\"c\"]", "extension_1_a:>1"];
        assert_eq!(told(map), Some(list.map(str::to_owned).to_vec()));
        for other in [r#"{"_raw":"x"}"#, r#"{"Name":"x","NewValue":"y"}"#, r#"{"a":{"b":1}}"#, "{}", "[]"] {
            assert_eq!(told(other), None, "{other}");
        }
    }
}
