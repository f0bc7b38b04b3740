//! The Entra directory-audit object, shared by Graph, portal, diagnostic and Log Analytics exports: its fields to
//! columns.
//!
//! Source of the fields: Microsoft Graph `directoryAudit` resource type. The same act stands in the unified audit log
//! as RecordType 8 under the same operation with a trailing full stop, and mostly without an address.

use serde_json::Value;

use crate::ingest::entra_portal::status_words;
use crate::ingest::formats::Refusal;
use crate::ingest::records::auditdata::{note, outcome_of, sentence, upn};
use crate::ingest::values::addresses::{self, Address};
use crate::ingest::values::fields::{self, Change, NameValue, lower, text};
use crate::ingest::values::parties::{Parties, Role};
use crate::ingest::values::when::Clock;
use crate::knowledge::names::is_guid;
use crate::knowledge::operations;
use crate::timeline::{Draft, EvidenceSource, Outcome, json};

/// Fills `event` from a directory-audit object. `raw` and the origin are the caller's.
pub fn fill<'r>(object: &'r Value, clock: Clock, event: &mut Draft<'r>) -> Result<(), Refusal> {
    let get = |key: &str| json::text(object, key).unwrap_or_default();
    let operation = json::text(object, "activityDisplayName").or_else(|| json::text(object, "operationName"));
    let operation =
        operation.ok_or_else(|| Refusal::new("R-101", "no activityDisplayName: not a directory audit record"))?;
    clock.set_from(event, object, &["activityDateTime"], "TimeGenerated")?;
    event.evidence_source = EvidenceSource::EntraAudit;
    event.action = text(operations::trimmed(&operation).into_owned());
    event.action_raw = text(operation);
    event.event_id = text(get("id"));
    event.event_provider = text(get("loggedByService"));
    event.status_text = text(get("result"));
    event.status_reason = text(get("resultReason"));
    event.outcome = match outcome_of(&get("result")) {
        Outcome::Unknown => status_words::read(&get("result")).unwrap_or(Outcome::Unknown),
        known => known,
    };
    event.correlation_id = lower(get("correlationId"));
    event.user_agent = text(get("userAgent"));
    set_actor(object, event);
    let mut parties = Parties::default();
    set_targets(object, event, &mut parties);
    set_details(object, event);
    let success = event.outcome == Outcome::Success;
    event.timestamp_desc = text(operations::timestamp_desc(None, event.action(), success));
    parties.add_event(event);
    event.parties = parties.into_text();
    event.message = Some(sentence(event).into());
    Ok(())
}

/// A person, or an application; PowerShell writes both objects and leaves one without values.
fn set_actor(object: &Value, event: &mut Draft<'_>) {
    let nothing = Value::Null;
    let by = json::get(object, "initiatedBy").unwrap_or(&nothing);
    let (user, app) = (json::get(by, "user").unwrap_or(&nothing), json::get(by, "app").unwrap_or(&nothing));
    let first = |of: &Value, keys: &[&str]| keys.iter().find_map(|key| json::text(of, key).and_then(text));
    if let Some(name) = first(user, &["userPrincipalName", "displayName", "id"]) {
        event.user_upn = upn(name.clone());
        event.user_raw = Some(name);
        event.user_id = first(user, &["id"]).and_then(lower).filter(|id| is_guid(id));
        event.user_full_name = first(user, &["displayName"]);
        event.actor_type = json::text(user, "userType").and_then(|kind| match kind.to_ascii_lowercase().as_str() {
            "member" => Some(0),
            "guest" => Some(10),
            _ => None,
        });
    } else if let Some(name) = first(app, &["displayName", "servicePrincipalName", "servicePrincipalId", "appId"]) {
        event.user_raw = Some(name);
        event.user_id = first(app, &["servicePrincipalId"]).and_then(lower).filter(|id| is_guid(id));
        event.actor_type = Some(5);
    }
    event.app_id = first(app, &["appId"]).and_then(lower);
    event.app_name = first(app, &["displayName"]);
    let own = first(user, &["ipAddress"]).and_then(addresses::address);
    let addresses: Vec<_> = own.or_else(|| address_of_token(object, user)).into_iter().collect();
    addresses::set_address(event, &addresses);
    if event.source_ip_class.as_deref() == Some("invalid") {
        note(event, "R-111");
    }
}

/// The address in the token with which a person asked for the act: services that keep no other, as that of privileged roles
/// does, write the token's claims among the details.
fn address_of_token<'r>(object: &Value, user: &Value) -> Option<Address<'r>> {
    const CLAIMS: [&str; 2] = ["ipaddr", "ipAddress"];
    ["userPrincipalName", "id"].iter().find_map(|key| json::text(user, key))?;
    let details = json::list(object, "additionalDetails");
    let is_claim = |detail: &&Value| {
        let key = json::text(detail, "key").unwrap_or_default();
        CLAIMS.iter().any(|claim| claim.eq_ignore_ascii_case(&key))
    };
    let written = details.iter().filter(is_claim).filter_map(|detail| json::text(detail, "value"));
    written.filter_map(addresses::address).find(|address| address.ip.is_some())
}

/// The object acted on: the first user among the targets, else the first target. All of them take part, and what
/// changed about any of them is kept.
fn set_targets(object: &Value, event: &mut Draft<'_>, parties: &mut Parties) {
    let targets = json::list(object, "targetResources");
    let is_user = |target: &&Value| json::text(target, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("User"));
    let mut changes: Vec<Change> = Vec::new();
    for target in targets {
        for key in ["userPrincipalName", "id"] {
            parties.add(Role::Target, &json::text(target, key).unwrap_or_default());
        }
        changes.extend(json::list(target, "modifiedProperties").iter().filter_map(change));
    }
    event.changes = fields::list_text(&changes);
    let Some(target) = targets.iter().find(is_user).or(targets.first()) else { return };
    let get = |key: &str| json::text(target, key).and_then(text);
    event.target_upn = get("userPrincipalName").and_then(upn);
    event.target_id = get("id").and_then(lower);
    event.target_raw = get("userPrincipalName").or_else(|| get("displayName")).or_else(|| get("id"));
}

fn change(property: &Value) -> Option<Change> {
    let value = |key: &str| {
        let value = json::get(property, key)?;
        if value.is_array() || value.is_object() { Some(value.to_string()) } else { json::scalar_text(value) }
    };
    let name = json::text(property, "displayName").or_else(|| json::text(property, "name"))?;
    Some(Change { name, old: value("oldValue"), new: value("newValue") })
}

fn set_details(object: &Value, event: &mut Draft<'_>) {
    let mut details: Vec<NameValue> = Vec::new();
    for detail in json::list(object, "additionalDetails") {
        let Some(name) = json::text(detail, "key") else { continue };
        let value = json::text(detail, "value");
        if name.eq_ignore_ascii_case("User-Agent") {
            event.user_agent = value.and_then(text).or(event.user_agent.take());
        } else {
            details.push(NameValue { name, value });
        }
    }
    event.op_params = fields::list_text(&details);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The address of a record by `user`, with these details.
    fn address(user: &str, details: &str) -> Option<String> {
        let object: Value = serde_json::from_str(&format!(
            r#"{{"activityDisplayName":"Add member to role completed (PIM activation)","id":"1",
                "activityDateTime":"2026-03-02T01:12:13Z","initiatedBy":{user},"additionalDetails":[{details}]}}"#
        ))
        .unwrap();
        let mut event = Draft::default();
        fill(&object, Clock::default(), &mut event).unwrap();
        event.source_ip.as_deref().map(str::to_owned)
    }

    #[test]
    fn a_persons_address_may_stand_among_the_details() {
        let alice = |address: &str| format!(r#"{{"user":{{"id":"U1","userPrincipalName":"a@x.example"{address}}}}}"#);
        let detail = |key: &str, value: &str| format!(r#"{{"key":"{key}","value":"{value}"}}"#);
        let token = detail("ipaddr", "203.0.113.7");
        assert_eq!(address(&alice(""), &token).as_deref(), Some("203.0.113.7"));
        assert_eq!(address(&alice(r#","ipAddress":"192.0.2.1""#), &token).as_deref(), Some("192.0.2.1"));
        assert_eq!(
            address(&alice(r#","ipAddress":null"#), &detail("IPAddr", "2001:db8::7")).as_deref(),
            Some("2001:db8::7")
        );
        for other in [detail("ipaddr", "none"), detail("ServerIp", "203.0.113.7"), String::new()] {
            assert_eq!(address(&alice(""), &other), None, "{other}");
        }
        // What an application does on its own, nobody's token stands for.
        assert_eq!(address(r#"{"app":{"displayName":"MS-PIM"}}"#, &token), None);
    }

    #[test]
    fn an_application_acts_where_the_user_has_no_values() {
        let object: Value = serde_json::from_str(
            r#"{"Id":"Directory_1","ActivityDateTime":"2026-03-02T01:12:13.9999999Z",
               "ActivityDisplayName":"Add member to role.",
               "InitiatedBy":{"User":{"Id":null,"UserPrincipalName":null},
                 "App":{"DisplayName":"Provisioning","AppId":"A1"}},
               "TargetResources":[{"Type":"Role","Id":"R1","DisplayName":"Helpdesk"},
                 {"Type":"User","Id":"U1","UserPrincipalName":"Alice@Contoso.example"}],"Result":"success"}"#,
        )
        .unwrap();
        let mut event = Draft::default();
        fill(&object, Clock::default(), &mut event).unwrap();
        assert_eq!(
            (event.action(), event.user_raw.as_deref(), event.actor_type),
            ("Add member to role", Some("Provisioning"), Some(5))
        );
        assert_eq!(event.target_upn.as_deref(), Some("alice@contoso.example"));
        assert_eq!(event.parties.as_deref(), Some("|a:provisioning|t:alice@contoso.example|t:r1|t:u1|"));
    }
}
