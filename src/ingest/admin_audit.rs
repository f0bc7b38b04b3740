//! Admin audit events, shared by the exports of `Search-AdminAuditLog`: their properties to columns.
//!
//! Source: Exchange documentation of Search-AdminAuditLog. Callers are canonical names or UPNs; a record has a client
//! address only in Exchange Online.

use serde_json::Value;

use crate::ingest::addresses;
use crate::ingest::auditdata::{outcome_of, sentence, upn};
use crate::ingest::fields::{self, Change, NameValue, text};
use crate::ingest::formats::Refusal;
use crate::ingest::parties::{Parties, Role};
use crate::ingest::times::{self, IsoTime};
use crate::knowledge::operations;
use crate::timeline::json::{self, boolean};
use crate::timeline::{Draft, EvidenceSource, Outcome};

/// Whether an object is an admin audit event.
pub fn is_event(object: &Value) -> bool {
    ["CmdletName", "RunDate", "Caller"].iter().all(|key| json::get(object, key).is_some())
}

/// The frame of one event.
#[derive(Debug, Default)]
pub struct Frame<'a> {
    /// When, as written.
    pub written: &'a str,
    /// Cmdlet.
    pub cmdlet: &'a str,
    /// Who.
    pub caller: &'a str,
    /// On what.
    pub target: &'a str,
    /// The target's name where the service looked it up.
    pub resolved: &'a str,
    /// `True` or `False`.
    pub succeeded: &'a str,
    /// Error text, or `None`.
    pub error: &'a str,
    /// Client address.
    pub client: &'a str,
    /// Whether somebody outside the tenant did it.
    pub external: &'a str,
    /// Native id.
    pub id: &'a str,
}

impl<'r> Frame<'r> {
    /// Fills the event; its parameters and changes must be there already.
    pub fn fill(&self, time: IsoTime, basis: &'static str, event: &mut Draft<'r>) -> Result<(), Refusal> {
        event.evidence_source = EvidenceSource::AdminAudit;
        event.datetime = time.time;
        event.datetime_text = text(self.written);
        event.time_basis = text("event");
        event.time_zone_basis = text(if time.zoned { "explicit" } else { basis });
        event.event_provider = text("Exchange");
        event.event_id = text(self.id);
        event.action_raw = text(self.cmdlet);
        event.action = text(operations::trimmed(self.cmdlet));
        if event.action.is_none() {
            return Err(Refusal::new("R-101", "no cmdlet: not an admin audit record"));
        }
        event.user_raw = text(self.caller);
        event.user_upn = upn(self.caller);
        event.target_raw = text(self.target).or_else(|| text(self.resolved));
        event.status_text = text(self.succeeded);
        event.outcome = outcome_of(self.succeeded);
        event.status_reason = text(self.error).filter(|error| &**error != "None");
        event.external_access = boolean(self.external);
        if let Some(address) = addresses::address(self.client) {
            addresses::set_address(event, &[address]);
        }
        let success = event.outcome == Outcome::Success;
        event.timestamp_desc = text(operations::timestamp_desc(Some(1), event.action(), success));
        let mut parties = Parties::default();
        parties.add(Role::Target, self.resolved);
        parties.add_event(event);
        event.parties = parties.into_text();
        event.message = Some(sentence(event).into());
        Ok(())
    }
}

/// Fills `event` from an object with its properties; whether parameters had no values.
pub fn fill(object: &Value, event: &mut Draft<'_>) -> Result<bool, Refusal> {
    let get = |key: &str| json::text(object, key).unwrap_or_default();
    let written = get("RunDate");
    let time = times::iso_time(&written).ok_or_else(|| {
        Refusal::new("F-041", format!("no readable RunDate ('{written}'): it cannot enter the timeline"))
    })?;
    let (parameters, lost) = parameters(json::get(object, "CmdletParameters").unwrap_or(&Value::Null));
    event.op_params = fields::list_text(&parameters);
    event.changes = fields::list_text(&changes(json::list(object, "ModifiedProperties")));
    let frame = Frame {
        written: &written,
        cmdlet: &get("CmdletName"),
        caller: &get("Caller"),
        target: &get("ObjectModified"),
        resolved: &get("ModifiedObjectResolvedName"),
        succeeded: &get("Succeeded"),
        error: &get("Error"),
        client: &get("ClientIP"),
        external: &get("ExternalAccess"),
        id: &get("Identity"),
    };
    let mut own = std::mem::take(event);
    let filled = frame.fill(time, "assumed_utc", &mut own);
    *event = own.into_owned();
    filled?;
    Ok(lost)
}

/// Parameters from a list of Name/Value objects; from a list of names, without their values.
fn parameters(value: &Value) -> (Vec<NameValue>, bool) {
    let list: &[Value] = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    let mut parameters = Vec::new();
    let mut lost = false;
    for entry in list {
        if let Some(name) = json::text(entry, "Name") {
            let value = json::get(entry, "Value");
            lost |= value.is_none();
            let value = value.map(|value| json::scalar_text(value).unwrap_or_else(|| nested(value)));
            parameters.push(NameValue { name, value });
        } else if let Some(name) = json::scalar_text(entry) {
            lost = true;
            parameters.push(NameValue { name, value: None });
        }
    }
    (parameters, lost)
}

fn nested(value: &Value) -> String {
    if value.is_null() || value.as_str() == Some("") { String::new() } else { value.to_string() }
}

fn changes(list: &[Value]) -> Vec<Change> {
    let change = |entry: &Value| {
        let name = json::text(entry, "Name")?;
        Some(Change { name, old: json::text(entry, "OldValue"), new: json::text(entry, "NewValue") })
    };
    list.iter().filter_map(change).collect()
}
