//! Admin audit events, shared by the exports of `Search-AdminAuditLog`: their properties to columns.
//!
//! Source: Exchange documentation of Search-AdminAuditLog. Callers are canonical names or UPNs; a record has a client
//! address only in Exchange Online.

use serde_json::Value;

use crate::ingest::formats::{Refusal, Remarks};
use crate::ingest::records::auditdata::{note, outcome_of, sentence, upn};
use crate::ingest::values::addresses;
use crate::ingest::values::command_line::command_line;
use crate::ingest::values::fields::{self, Change, NameValue, text};
use crate::ingest::values::parties::{Parties, Role};
use crate::ingest::values::times::IsoTime;
use crate::ingest::values::when::{self, Clock};
use crate::knowledge::operations;
use crate::timeline::json::{self, boolean};
use crate::timeline::{Draft, EvidenceSource, Outcome, ParseStatus};

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
pub fn fill(object: &Value, clock: Clock, event: &mut Draft<'_>) -> Result<bool, Refusal> {
    let get = |key: &str| json::text(object, key).unwrap_or_default();
    let written = when::time_text(object, "RunDate").unwrap_or_default();
    let (time, basis) = clock.read(&written)?;
    let time = IsoTime { time, zoned: basis == "explicit" };
    let listed = ["CmdletParameters", "Parameters"].into_iter().find_map(|key| json::get(object, key));
    let (parameters, lost) = parameters(listed.unwrap_or(&Value::Null));
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
    let filled = frame.fill(time, basis, &mut own);
    *event = own.into_owned();
    filled?;
    Ok(lost)
}

/// Parameters from a list of Name/Value objects; from a list of names, without their values; from a text as tables have
/// it. Where there are none, they were left out.
fn parameters(value: &Value) -> (Vec<NameValue>, bool) {
    if let Some(text) = value.as_str() {
        let parameters = rendered(text);
        let lost = parameters.iter().all(|pair| pair.value.is_none());
        return (parameters, lost);
    }
    let list: &[Value] = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    let mut parameters = Vec::new();
    let mut lost = value.is_null();
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

/// The parameters of a cell: a list as JSON, a command line, or, as `Export-Csv` leaves it, their names alone.
pub fn rendered(cell: &str) -> Vec<NameValue> {
    let cell = cell.trim();
    if cell.starts_with('-') {
        return command_line(cell);
    }
    let list = match serde_json::from_str(cell) {
        Ok(Value::Array(list)) => list,
        Ok(object @ Value::Object(_)) => vec![object],
        _ => return names_only(cell),
    };
    let read = |entry: &Value| {
        let value = json::get(entry, "Value").filter(|value| !value.is_null());
        // An empty value takes a setting away; that is no value that was lost.
        let text = |value: &Value| value.as_str().map(str::to_owned).or_else(|| json::scalar_text(value));
        let value = value.map(|value| text(value).unwrap_or_else(|| value.to_string()));
        Some(NameValue { name: json::text(entry, "Name")?, value })
    };
    list.iter().filter_map(read).collect()
}

/// `{Identity, ForwardingSmtpAddress}` or `Identity ForwardingSmtpAddress`: names, and no values.
fn names_only(cell: &str) -> Vec<NameValue> {
    let names = cell.trim_matches(['{', '}']).split([',', ';', ' ']);
    let is_name =
        |name: &&str| !name.is_empty() && name.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    names.map(str::trim).filter(is_name).map(|name| NameValue { name: name.to_owned(), value: None }).collect()
}

/// Says that only the names of the parameters are left.
pub fn note_lost(event: &mut Draft<'_>, remarks: &mut Remarks) {
    let text = "parameter values were lost when the file was made: somebody ran the cmdlet, with what is not known";
    remarks.push(("R-120", text.to_owned()));
    note(event, "R-120");
    if event.parse_status == ParseStatus::Ok {
        event.parse_status = ParseStatus::Partial;
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_that_were_rendered_keep_their_values() {
        let read = |cell: &str| rendered(cell).into_iter().map(|pair| (pair.name, pair.value)).collect::<Vec<_>>();
        let pair = |name: &str, value: &str| (name.to_owned(), Some(value.to_owned()));
        let both = [pair("Identity", "alice"), pair("ForwardingSmtpAddress", "")];
        assert_eq!(read(r#"[{"Name":"Identity","Value":"alice"},{"Name":"ForwardingSmtpAddress","Value":""}]"#), both);
        assert_eq!(read("-Identity alice -ForwardingSmtpAddress ''"), both);
        assert_eq!(read("{Identity}"), [("Identity".to_owned(), None)]);
    }

    #[test]
    fn names_without_values() {
        let names = |cell| names_only(cell).into_iter().map(|pair| pair.name).collect::<Vec<_>>();
        assert_eq!(names("{Identity, ForwardingSmtpAddress}"), ["Identity", "ForwardingSmtpAddress"]);
        assert_eq!(names("Identity DeliverToMailboxAndForward"), ["Identity", "DeliverToMailboxAndForward"]);
    }
}
