//! A request to Microsoft Graph, from diagnostic settings or from the Log Analytics table: its fields to columns.
//!
//! Source of the fields: Azure Monitor, table `MicrosoftGraphActivityLogs`. A request shows that mail or files were
//! asked for through the interface, by which application and from where; not what was in them.

use serde_json::Value;

use crate::ingest::formats::Refusal;
use crate::ingest::records::auditdata::{note, sentence};
use crate::ingest::values::addresses;
use crate::ingest::values::fields::{self, NameValue, lower, text};
use crate::ingest::values::parties::Parties;
use crate::ingest::values::when::Clock;
use crate::knowledge::names::is_guid;
use crate::timeline::{Draft, EvidenceSource, Outcome, json};

/// The operation of every such record.
pub const ACTION: &str = "Microsoft Graph Activity";

/// Fills `event` from the properties of a request. `TimeGenerated` is the time of the request here.
pub fn fill<'r>(object: &'r Value, clock: Clock, event: &mut Draft<'r>) -> Result<(), Refusal> {
    let get = |key: &str| json::text(object, key).unwrap_or_default();
    clock.set_from(event, object, &["TimeGenerated"], "time")?;
    event.evidence_source = EvidenceSource::GraphActivity;
    event.event_provider = text("Microsoft Graph");
    event.action_raw = text(ACTION);
    event.action = text(ACTION);
    event.event_id = lower(get("requestId")).or_else(|| lower(get("operationId")));
    event.request_id = lower(get("requestId"));
    event.correlation_id = lower(get("clientRequestId"));
    event.user_id = lower(get("userId")).filter(|id| is_guid(id));
    if event.user_id.is_none() {
        event.user_id = lower(get("servicePrincipalId")).filter(|id| is_guid(id));
        event.actor_type = event.user_id.as_ref().map(|_| 6);
    }
    event.user_raw = event.user_id.clone();
    event.tenant_id = lower(get("tenantId")).or_else(|| lower(get("AADTenantId")));
    event.app_id = lower(get("appId"));
    event.session_id = lower(get("C_Sid")).or_else(|| lower(get("SessionId")));
    event.unique_token_id = text(get("signInActivityId"));
    event.device_id = lower(get("C_DeviceId")).or_else(|| lower(get("DeviceId")));
    event.user_agent = text(get("userAgent"));
    event.target_raw = text(get("requestUri"));
    let addresses: Vec<_> = [get("ipAddress")].into_iter().filter_map(addresses::address).collect();
    addresses::set_address(event, &addresses);
    if event.source_ip_class.as_deref() == Some("invalid") {
        note(event, "R-111");
    }
    let status = get("responseStatusCode");
    event.outcome = match status.parse::<u32>() {
        Ok(100..=399) => Outcome::Success,
        Ok(400..) => Outcome::Failure,
        _ => Outcome::Unknown,
    };
    event.status_code = text(status);
    let told = ["requestMethod", "apiVersion", "scopes", "roles", "responseSizeBytes", "clientAuthMethod"];
    let params: Vec<NameValue> = told
        .iter()
        .filter_map(|name| Some(NameValue { name: (*name).to_owned(), value: Some(json::text(object, name)?) }))
        .collect();
    event.op_params = fields::list_text(&params);
    event.timestamp_desc = text("Recorded Time");
    let mut parties = Parties::default();
    parties.add_event(event);
    event.parties = parties.into_text();
    event.message = Some(sentence(event).into());
    Ok(())
}
