//! What Elastic's pipeline for the audit log moves out of a record into fields of its own is put back, so that the record
//! is read as the service wrote it.
//!
//! Source of the names: the ingest pipeline of Elastic's integration `o365`, data stream `audit`.

use serde_json::{Map, Value};

use crate::ingest::values::fields::whole;
use crate::timeline::json;

const EXCHANGE_ITEM: i64 = 2;
const DIRECTORY: i64 = 8;
const TEAMS: i64 = 25;
/// Types of records about mailboxes.
const MAILBOX: [i64; 3] = [EXCHANGE_ITEM, 3, 50];
const FILES: &[i64] = &[6, 14];
const ALERT: &[i64] = &[40];

/// Keys of the record, the field in which each is found, and of which types; of all where none is named.
const MOVED: [(&str, &str, &[i64]); 16] = [
    ("Id", "event.id", &[]),
    ("Workload", "event.provider", &[]),
    ("OrganizationId", "organization.id", &[]),
    ("UserAgent", "user_agent.original", &[]),
    ("ClientProcessName", "process.name", &[EXCHANGE_ITEM]),
    ("LogonUserDisplayName", "user.full_name", &[EXCHANGE_ITEM]),
    ("ObjectId", "url.original", FILES),
    ("SourceFileName", "file.name", FILES),
    ("SourceRelativeUrl", "file.directory", FILES),
    ("TeamName", "group.name", &[TEAMS]),
    ("Name", "rule.name", ALERT),
    ("PolicyId", "rule.id", ALERT),
    ("Category", "rule.category", ALERT),
    ("EntityType", "rule.ruleset", ALERT),
    ("AlertEntityId", "rule.description", ALERT),
    ("Comments", "message", ALERT),
];

/// Operations that it gives names of its own, by the type of the record.
const RENAMED: [(i64, &str, &str); 6] = [
    (DIRECTORY, "added-user-account", "Add user."),
    (DIRECTORY, "modified-user-account", "Update user."),
    (DIRECTORY, "deleted-user-account", "Delete user."),
    (TEAMS, "added-group-account-to", "TeamCreated"),
    (TEAMS, "added-users-to-group", "MemberAdded"),
    (TEAMS, "deleted-user-account", "Delete user."),
];

/// The record `inner`, which has lost its operation to the document `outer` around it, whole again; `None` where it has
/// lost nothing, or not to such a document.
pub fn completed(inner: &str, outer: &str) -> Option<String> {
    if has_operation(inner) || !inner.contains("\"CreationTime\"") {
        return None;
    }
    let outer: Value = serde_json::from_str(outer).ok()?;
    let outer = json::get(&outer, "_source").unwrap_or(&outer);
    let mut record: Value = serde_json::from_str(inner).ok()?;
    let kind = json::text(&record, "RecordType").and_then(|kind| whole(&kind)).unwrap_or_default();
    let action = field(outer, "event.action")?;
    let own = RENAMED.iter().find(|(of, renamed, _)| *of == kind && *renamed == action);
    let owner = owner(&record, outer).filter(|_| MAILBOX.contains(&kind));
    let map = record.as_object_mut()?;
    map.insert("Operation".to_owned(), own.map_or(action, |(_, _, own)| (*own).to_owned()).into());
    // The address that was moved is the first of those that the record had: what stayed is another's.
    let address = ["source.ip", "client.ip", "client.address"].iter().find_map(|name| field(outer, name));
    put(map, "ClientIPAddress", address);
    put(map, "MailboxOwnerUPN", owner);
    for (key, name, kinds) in MOVED {
        if kinds.is_empty() || kinds.contains(&kind) {
            put(map, key, field(outer, name));
        }
    }
    Some(record.to_string())
}

/// Whether a record has an operation, as far as its letters tell: a property may be called so, too.
fn has_operation(record: &str) -> bool {
    const KEY: &str = "\"Operation\"";
    let mut found = memchr::memmem::find_iter(record.as_bytes(), KEY);
    found.any(|at| record.get(at + KEY.len()..).is_some_and(|behind| behind.trim_start().starts_with(':')))
}

/// Whose mailbox it is. Where the actor's name is an address, it was written over the owner's: that is the owner's only
/// where the owner acted.
fn owner(record: &Value, outer: &Value) -> Option<String> {
    let owner = field(outer, "user.email")?;
    let actor = field(outer, "user.id").or_else(|| json::text(record, "UserId")).unwrap_or_default();
    let by_owner =
        json::text(record, "LogonType").is_some_and(|kind| kind == "0" || kind.eq_ignore_ascii_case("owner"));
    (by_owner || !owner.eq_ignore_ascii_case(&actor)).then_some(owner)
}

/// The text of a field, whose name has its objects' in front: as objects, or as one key.
fn field(outer: &Value, name: &str) -> Option<String> {
    let nested = name.split('.').try_fold(outer, json::get).and_then(json::scalar_text);
    nested.or_else(|| json::text(outer, name)).filter(|text| !text.is_empty())
}

/// Puts a value under a key that the record does not have.
fn put(record: &mut Map<String, Value>, key: &str, value: Option<String>) {
    if let Some(value) = value.filter(|_| !record.keys().any(|known| known.eq_ignore_ascii_case(key))) {
        record.insert(key.to_owned(), value.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(record: &Value, document: &Value) -> Value {
        serde_json::from_str(&completed(&record.to_string(), &document.to_string()).unwrap()).unwrap()
    }

    #[test]
    fn the_owner_is_not_who_acted() {
        let record = |logon: &str| serde_json::json!({"CreationTime": "x", "RecordType": "2", "LogonType": logon});
        let document = |id: &str, email: &str| {
            let user = serde_json::json!({"id": id, "email": email});
            serde_json::json!({"event": {"action": "SoftDelete"}, "user": user})
        };
        let owner = |logon, id, email| json::text(&of(&record(logon), &document(id, email)), "MailboxOwnerUPN");
        let (bob, alice) = ("bob@x.example", "alice@x.example");
        assert_eq!(owner("0", bob, bob).as_deref(), Some(bob));
        assert_eq!(owner("2", bob, bob), None);
        assert_eq!(owner("1", "S-1-5-18", alice).as_deref(), Some(alice));
    }

    #[test]
    fn what_was_moved_comes_back_under_its_own_name() {
        let record =
            serde_json::json!({"CreationTime": "x", "RecordType": "8", "ClientIP": "192.0.2.1", "Workload": "W"});
        let document = serde_json::json!({"event": {"action": "modified-user-account", "id": "1", "provider": "P"},
            "source.ip": "203.0.113.7", "user_agent": {"original": "curl"}, "url": {"original": "u"}});
        let whole = serde_json::json!({"CreationTime": "x", "RecordType": "8", "ClientIP": "192.0.2.1", "Workload": "W",
            "ClientIPAddress": "203.0.113.7", "Id": "1", "Operation": "Update user.", "UserAgent": "curl"});
        assert_eq!(of(&record, &document), whole);
        assert_eq!(completed(r#"{"CreationTime":"x","Operation" : "Send"}"#, "{}"), None);
        let named =
            serde_json::json!({"CreationTime": "x", "ExtendedProperties": [{"Name": "Operation", "Value": "y"}]});
        let whole = of(&named, &serde_json::json!({"event": {"action": "Send"}}));
        assert_eq!(json::text(&whole, "Operation").as_deref(), Some("Send"));
    }
}
