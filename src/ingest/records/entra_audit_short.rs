//! Directory audits in the short forms that scripts give them: actor and targets as names, in columns called as whoever
//! wrote the script liked, not as the objects that the service has.

use serde_json::{Map, Value, json};

use super::short::{Names, plain, values};
use crate::knowledge::names::is_guid;
use crate::timeline::json as read;

/// What scripts call the columns, without blanks and marks.
const USERS: Names = &[
    "initiatedby",
    "initiatedbyuser",
    "initiatedbyupn",
    "initiatedbyuserprincipalname",
    "initiator",
    "actor",
    "actorupn",
    "modifiedby",
    "user",
];
const APPLICATIONS: Names = &["initiatedbyapp", "actorapp"];
const ADDRESSES: Names = &["ipaddress", "initiatedbyip", "initiatedbyipaddress", "actoripaddress", "clientip"];
const TARGETS: Names = &[
    "targetresources",
    "targetresource",
    "targetresourceupn",
    "targetresourceid",
    "target",
    "targets",
    "targetuser",
    "targetupn",
    "targetuserprincipalname",
    "targetname",
    "targetdisplayname",
    "targetid",
    "targetids",
];

/// Whether columns of these names tell who acted, or on whom.
pub fn tells<'n>(mut names: impl Iterator<Item = &'n String>) -> bool {
    names.any(|name| {
        let name = plain(name);
        [USERS, APPLICATIONS, TARGETS].concat().iter().any(|known| *known == name)
    })
}

/// Puts actor and targets where the service has them, unless they are there.
pub fn gather(object: &mut Value) {
    if !read::get(object, "initiatedBy").is_some_and(Value::is_object) {
        let by = actor(object);
        replace(object, "initiatedBy", by);
    }
    let is_named = |targets: &Value| targets.as_array().is_some_and(|list| list.iter().any(Value::is_string));
    let targets = read::get(object, "targetResources");
    if targets.is_none_or(|targets| targets.is_null() || targets.is_string() || is_named(targets)) {
        let targets = targets_of(object);
        replace(object, "targetResources", (!targets.is_empty()).then(|| targets.into()));
    }
}

fn replace(object: &mut Value, name: &str, value: Option<Value>) {
    let (Some(value), Some(members)) = (value, object.as_object_mut()) else { return };
    let known = members.keys().find(|known| known.eq_ignore_ascii_case(name)).cloned();
    members.insert(known.unwrap_or_else(|| name.to_owned()), value);
}

/// The names in the columns of these names, in their order.
fn told(object: &Value, names: Names) -> Vec<Vec<String>> {
    values(object, names).map(parts).filter(|parts| !parts.is_empty()).collect()
}

/// A person by name or id, or an application.
fn actor(object: &Value) -> Option<Value> {
    let names = told(object, USERS).concat();
    let first = names.iter().find(|name| is_one(name)).or(names.first());
    let Some(name) = first else {
        let application = told(object, APPLICATIONS).concat().into_iter().next()?;
        return Some(json!({"app": {"displayName": application}}));
    };
    let mut user = named(name);
    let address = told(object, ADDRESSES).concat().into_iter().next();
    user.extend(address.map(|address| ("ipAddress".to_owned(), address.into())));
    Some(json!({"user": user}))
}

/// One entry a target. Of columns with as many names as each other, each names the same targets.
fn targets_of(object: &Value) -> Vec<Value> {
    let columns = told(object, TARGETS);
    let most = columns.iter().map(Vec::len).max().unwrap_or_default();
    let (whole, others): (Vec<_>, Vec<_>) = columns.iter().partition(|column| column.len() == most);
    let mut targets = vec![Map::new(); most];
    for column in whole {
        for (target, name) in targets.iter_mut().zip(column) {
            for (key, value) in named(name) {
                target.entry(key).or_insert(value);
            }
        }
    }
    targets.extend(others.into_iter().flatten().map(|name| named(name)));
    for target in &mut targets {
        if target.contains_key("userPrincipalName") {
            target.insert("type".to_owned(), "User".into());
        }
    }
    if let Some(first) = targets.first_mut() {
        let get = |name: &str| read::text(object, name);
        let change = get("modifiedProperties")
            .map(|name| json!([{"displayName": name, "oldValue": get("oldValue"), "newValue": get("newValue")}]));
        first.extend(change.map(|change| ("modifiedProperties".to_owned(), change)));
    }
    targets.into_iter().map(Value::Object).collect()
}

/// Under which key of the service a name belongs.
fn named(name: &str) -> Map<String, Value> {
    let key = match name {
        name if is_guid(name) => "id",
        name if name.contains('@') => "userPrincipalName",
        _ => "displayName",
    };
    Map::from_iter([(key.to_owned(), name.into())])
}

/// An address or an id, which has no blanks and no separators in it.
fn is_one(name: &str) -> bool {
    name.contains('@') || is_guid(name)
}

/// The names in a value. Names of people and applications have commas and blanks in them, addresses and ids have not.
fn parts(value: &Value) -> Vec<String> {
    if let Value::Array(list) = value {
        return list.iter().flat_map(parts).collect();
    }
    let Some(text) = read::scalar_text(value) else { return Vec::new() };
    let split = |separators: &[char]| -> Vec<String> {
        text.split(separators).map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let tight = split(&[',', ' ', ';', '|', '\n']);
    if tight.iter().all(|part| is_one(part)) { tight } else { split(&[';', '|', '\n']) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gathered(mut object: Value) -> (Value, Value) {
        gather(&mut object);
        let get = |name: &str| read::get(&object, name).cloned().unwrap_or_default();
        (get("initiatedBy"), get("targetResources"))
    }

    #[test]
    fn names_come_to_where_the_service_has_them() {
        let id = "6147b5ff-9baa-4fe5-b9d1-40fecd106772";
        let (by, targets) = gathered(json!({
            "initiatedby": "admin@x.example", "ip address": "203.0.113.7", "Target UPN": "alice@x.example",
            "TargetResource_ID": id, "TargetResources": "Mori, Alice",
        }));
        assert_eq!(by, json!({"user": {"userPrincipalName": "admin@x.example", "ipAddress": "203.0.113.7"}}));
        let one =
            json!({"type": "User", "userPrincipalName": "alice@x.example", "id": id, "displayName": "Mori, Alice"});
        assert_eq!(targets, json!([one]));
        let (by, targets) = gathered(json!({"InitiatedByApp": "MS-PIM", "target": "a@x.example, b@x.example"}));
        assert_eq!(by, json!({"app": {"displayName": "MS-PIM"}}));
        assert_eq!(targets.as_array().map(Vec::len), Some(2));
        // A role and its member: which name is the member's is told by one column only.
        let (_, targets) = gathered(json!({"targetname": "Helpdesk; Alice", "targetupn": "alice@x.example"}));
        assert_eq!(targets.as_array().map(Vec::len), Some(3));
        let (by, targets) = gathered(json!({"InitiatedBy": "", "TargetResources": ["alice@x.example"]}));
        assert_eq!(by, json!(""));
        assert_eq!(targets, json!([{"type": "User", "userPrincipalName": "alice@x.example"}]));
    }

    #[test]
    fn what_the_service_has_stays() {
        let by = json!({"user": {"userPrincipalName": null}, "app": {"displayName": "A"}});
        let targets = json!([{"type": "Role", "displayName": "R"}]);
        let own =
            json!({"initiatedBy": by, "targetResources": targets, "user": "x@x.example", "target": "y@x.example"});
        assert_eq!(gathered(own), (by, targets));
        assert_eq!(gathered(json!({"targetResources": [], "target": "y@x.example"})).1, json!([]));
    }

    #[test]
    fn a_change_that_is_told_in_columns_is_the_targets() {
        let (_, targets) = gathered(json!({
            "target": "alice@x.example", "ModifiedProperties": "DisplayName", "OldValue": "[\"Alice\"]",
            "NewValue": "[\"CEO\"]",
        }));
        let change = json!([{"displayName": "DisplayName", "oldValue": "[\"Alice\"]", "newValue": "[\"CEO\"]"}]);
        assert_eq!(targets[0]["modifiedProperties"], change);
    }
}
