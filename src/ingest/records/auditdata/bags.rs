//! Bags of properties: lists of names and values, and of what was changed, as their columns have them.

use std::borrow::Cow;

use memchr::memmem;

use super::agent::agent_of;
use super::object::{Audit, Field, scalar};
use super::people::upn;
use crate::ingest::records::nested::{Borrowed, Modified, Pair};
use crate::ingest::text::members::Part;
use crate::ingest::values::fields::{lower, put_json, text};
use crate::timeline::Draft;
use crate::timeline::event::Text;
use crate::timeline::json::{self, boolean};

/// The record type of directory changes.
const DIRECTORY: i64 = 8;

/// Fills what comes from bags of properties; gives back `Parameters` and `OperationProperties`.
pub(super) fn set_properties<'r>(audit: &Audit<'r>, event: &mut Draft<'r>) -> Vec<Entry<'r>> {
    let mut parameters = audit.pairs(Field::Parameters);
    parameters.extend(audit.pairs(Field::OperationProperties));
    event.op_params = entries_text(&parameters);
    let extended = audit.pairs(Field::ExtendedProperties);
    let mut changes: Vec<Changed<'_>> = audit.inside.modified.iter().filter_map(change).collect();
    changes.extend(audit.inside.printed_changes.iter().cloned());
    if event.record_type == Some(DIRECTORY) {
        if changes.is_empty() {
            changes = old_changes(&value(&extended, "targetUpdatedProperties"));
        }
        set_old_names(&extended, event);
    }
    event.changes = changes_text(&changes);
    event.user_agent = audit
        .trimmed(Field::UserAgent)
        .or_else(|| text(value(&extended, "UserAgent")))
        .or_else(|| agent_in(&value(&extended, "additionalDetails")))
        .or_else(|| agent_of(audit.text(Field::ActorInfoString)?))
        .or_else(|| agent_of(audit.text(Field::ClientInfoString)?));
    event.auth_protocol = text(value(&extended, "RequestType"));
    event.client_info = audit.trimmed(Field::ClientInfoString);
    event.client_app = audit.trimmed(Field::ClientProcessName);
    event.app_id = audit.lower(Field::ApplicationId).or_else(|| audit.lower(Field::AppId));
    let device = audit.pairs(Field::DeviceProperties);
    event.device_os = text(value(&device, "OS"));
    event.browser = text(value(&device, "BrowserType"));
    event.device_id = lower(value(&device, "Id")).or_else(|| audit.lower(Field::DeviceId));
    event.device_name = text(value(&device, "DisplayName"));
    event.device_trust = text(value(&device, "TrustType"));
    event.device_compliant = boolean(&value(&device, "IsCompliant"));
    event.device_managed = boolean(&value(&device, "IsCompliantAndManaged"));
    let context = &audit.inside.context;
    let some = |value: &Option<Borrowed<'r>>| value.as_ref().and_then(|value| lower(value.0.clone()));
    event.client_app_id = audit.lower(Field::ClientAppId).or_else(|| some(&context.client_app));
    event.session_id =
        audit.lower(Field::SessionId).or_else(|| lower(value(&device, "SessionId"))).or_else(|| some(&context.session));
    // Sign-ins have this one; Exchange may name its own.
    event.sign_in_session_id = some(&context.session).filter(|sign_in| event.session_id.as_ref() != Some(sign_in));
    event.unique_token_id = context.token.as_ref().and_then(|token| text(token.0.clone()));
    event.token_issued = context.issued.as_ref().and_then(|time| text(time.0.clone()));
    event.correlation_id = audit.lower(Field::InterSystemsId).or_else(|| some(&context.correlation));
    event.request_id = audit.lower(Field::IntraSystemId).or_else(|| audit.lower(Field::IntraSystemsId));
    parameters
}

/// One entry of a Name/Value list, as its column has it.
#[derive(Clone)]
pub(super) struct Entry<'a> {
    pub(super) name: Cow<'a, str>,
    /// `None` where the record has none (`{"Name":"RuleName"}`).
    pub(super) value: Option<Cow<'a, str>>,
}

#[inline]
pub(super) fn entry<'a>(pair: &Pair<'a>) -> Option<Entry<'a>> {
    let name = scalar(pair.name?)?;
    // A value that is itself JSON stays as its JSON text.
    let value = pair.value.and_then(|part| match part.json.as_bytes().first() {
        Some(b'{' | b'[') => Some(Cow::Borrowed(part.json)),
        Some(b'"') => part.string(),
        _ => scalar(part),
    });
    Some(Entry { name, value })
}

/// The column's text of a list of entries: a JSON array of `{name, value}`.
fn entries_text(list: &[Entry<'_>]) -> Text<'static> {
    json_list(list, |out, entry| {
        out.push_str("{\"name\":");
        put_json(out, Some(&entry.name));
        out.push_str(",\"value\":");
        put_json(out, entry.value.as_deref());
    })
}

/// One changed property, as its column has it.
#[derive(Clone)]
pub(super) struct Changed<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) old: Option<Cow<'a, str>>,
    pub(super) new: Option<Cow<'a, str>>,
}

/// The column's text of changed properties: a JSON array of `{name, old, new}`.
fn changes_text(list: &[Changed<'_>]) -> Text<'static> {
    json_list(list, |out, changed| {
        out.push_str("{\"name\":");
        put_json(out, Some(&changed.name));
        out.push_str(",\"old\":");
        put_json(out, changed.old.as_deref());
        out.push_str(",\"new\":");
        put_json(out, changed.new.as_deref());
    })
}

/// Each entry's members, put between brackets; `None` for an empty list.
fn json_list<T>(list: &[T], members: impl Fn(&mut String, &T)) -> Text<'static> {
    if list.is_empty() {
        return None;
    }
    let mut out = String::with_capacity(list.len() * 64);
    for (index, entry) in list.iter().enumerate() {
        out.push(if index == 0 { '[' } else { ',' });
        members(&mut out, entry);
        out.push('}');
    }
    out.push(']');
    Some(out.into())
}

/// The value of one entry, whatever the case of its name.
fn value<'r>(list: &[Entry<'r>], name: &str) -> Cow<'r, str> {
    let found = list.iter().find(|pair| pair.name.eq_ignore_ascii_case(name));
    found.and_then(|pair| pair.value.clone()).unwrap_or_default()
}

/// Who acted on whom, as directory records tell it in properties where they have no list of names, as those of 2018 to 2020.
fn set_old_names<'r>(extended: &[Entry<'r>], event: &mut Draft<'r>) {
    if event.user_upn.is_none() {
        event.user_upn = upn(value(extended, "actorUPN"));
    }
    if event.target_upn.is_none() {
        event.target_upn = upn(value(extended, "targetUPN"));
    }
}

/// What such a record says was changed: a list kept as JSON text.
fn old_changes(list: &str) -> Vec<Changed<'static>> {
    if !list.trim_start().starts_with('[') {
        return Vec::new();
    }
    let list: Vec<serde_json::Value> = serde_json::from_str(list).unwrap_or_default();
    let text = |change: &serde_json::Value, key: &str| match json::get(change, key)? {
        list @ (serde_json::Value::Array(_) | serde_json::Value::Object(_)) => Some(Cow::Owned(list.to_string())),
        other => json::scalar_text(other).map(Cow::Owned),
    };
    let change = |change: &serde_json::Value| {
        let (old, new) = (text(change, "OldValue"), text(change, "NewValue"));
        Some(Changed { name: json::text(change, "Name")?.into(), old, new })
    };
    list.iter().filter_map(change).collect()
}

/// The user agent in the details of a directory change, which are JSON text.
fn agent_in(details: &str) -> Text<'static> {
    const KEY: &str = "User-Agent";
    memmem::find(details.as_bytes(), KEY.as_bytes())?;
    let details: serde_json::Value = serde_json::from_str(details).ok()?;
    text(json::text(&details, KEY)?)
}

fn change<'a>(modified: &Modified<'a>) -> Option<Changed<'a>> {
    fn value(part: Option<Part<'_>>) -> Option<Cow<'_, str>> {
        let part = part?;
        match part.json.as_bytes().first() {
            Some(b'{' | b'[') => Some(Cow::Borrowed(part.json)),
            _ => scalar(part),
        }
    }
    Some(Changed { name: scalar(modified.name?)?, old: value(modified.old), new: value(modified.new) })
}
