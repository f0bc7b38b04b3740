//! Risk detections and risky users of Entra ID Protection, shared by Graph, diagnostic and PowerShell exports.
//!
//! Source of the fields: Microsoft Graph `riskDetection` and `riskyUser` resource types. The account is whom the record
//! speaks of, not who acted: what the service found risky must not be learned as the account's own habit.

use serde_json::Value;

use crate::ingest::formats::Refusal;
use crate::ingest::records::auditdata::{note, upn};
use crate::ingest::values::addresses;
use crate::ingest::values::fields::{self, NameValue, lower, text};
use crate::ingest::values::parties::Parties;
use crate::ingest::values::times;
use crate::ingest::values::when::Clock;
use crate::knowledge::names::is_guid;
use crate::timeline::{Draft, EvidenceSource, format_time, json};

/// Times and circumstances that have no column of their own.
const FURTHER: [&str; 8] = [
    "activity",
    "initiatedBy",
    "detectedDateTime",
    "lastUpdatedDateTime",
    "detectionTimingType",
    "source",
    "isDeleted",
    "isProcessing",
];

/// Fills `event` from a risk detection: its time is when the risky thing happened, not when it was noticed.
pub fn fill_detection<'r>(object: &'r Value, clock: Clock, event: &mut Draft<'r>) -> Result<(), Refusal> {
    clock.set_from(event, object, &["activityDateTime"], "detectedDateTime")?;
    let get = |key: &str| json::text(object, key).unwrap_or_default();
    let kind = json::text(object, "riskEventType").or_else(|| json::text(object, "riskType"));
    event.risk_events = kind.and_then(text);
    event.action_raw = event.risk_events.clone().or_else(|| text("Risk detection"));
    event.timestamp_desc = text("Recorded Time");
    event.event_id = lower(get("id"));
    event.request_id = lower(get("requestId"));
    event.correlation_id = lower(get("correlationId"));
    event.target_id = lower(get("userId")).filter(|id| is_guid(id));
    set_place(object, event);
    set_common(object, clock, event);
    Ok(())
}

/// Fills what an audit record of the type AadRiskDetection (294) has beyond others: the same report, whose account the
/// audit log writes where others have the actor. Source: Management Activity API schema, AadRiskDetection.
pub fn fill_audit_record(json: &str, event: &mut Draft<'_>) {
    let Ok(object) = serde_json::from_str::<Value>(json) else { return };
    let get = |key: &str| json::text(&object, key).unwrap_or_default();
    if let Some(activity) = times::iso_time(&get("ActivityDateTime")) {
        event.datetime = activity.time;
        event.datetime_text = text(get("ActivityDateTime"));
        event.time_zone_basis = text(if activity.zoned { "explicit" } else { "implied_utc" });
    }
    event.timestamp_desc = text("Recorded Time");
    event.risk_events = text(get("RiskEventType"));
    event.request_id = lower(get("RequestId"));
    event.correlation_id = lower(get("CorrelationId"));
    event.target_upn = event.user_upn.take();
    event.target_raw = event.user_raw.take();
    event.target_id = event.user_id.take();
    event.user_puid = None;
    set_place(&object, event);
    set_risk(&object, Clock::default(), event);
}

/// Fills `event` from a risky user: what the account's risk was when the service last changed it.
pub fn fill_user<'r>(object: &'r Value, clock: Clock, event: &mut Draft<'r>) -> Result<(), Refusal> {
    clock.set_from(event, object, &["riskLastUpdatedDateTime"], "TimeGenerated")?;
    if event.time_basis.as_deref() == Some("event") {
        event.time_basis = text("state");
    }
    event.action_raw = text("Risky user");
    event.timestamp_desc = text("Last Update Time");
    let (id, user) = (json::text(object, "id").unwrap_or_default(), json::text(object, "userId"));
    // The id is the account's, not the record's; an item of its history has both.
    event.event_id = user.as_ref().and_then(|_| lower(id.clone()));
    event.target_id = lower(user.unwrap_or(id)).filter(|id| is_guid(id));
    let kinds = json::get(object, "activity").map(|activity| json::list(activity, "riskEventTypes"));
    let kinds: Vec<String> = kinds.unwrap_or_default().iter().filter_map(json::scalar_text).collect();
    event.risk_events = text(kinds.join("; "));
    set_common(object, clock, event);
    Ok(())
}

fn set_common(object: &Value, clock: Clock, event: &mut Draft<'_>) {
    let get = |key: &str| json::text(object, key).unwrap_or_default();
    event.evidence_source = EvidenceSource::Risk;
    event.event_provider = text(get("source")).or_else(|| text("IdentityProtection"));
    event.action = event.action_raw.clone();
    event.target_raw =
        text(get("userPrincipalName")).or_else(|| text(get("userDisplayName"))).or(event.target_id.clone());
    event.target_upn = upn(get("userPrincipalName"));
    set_risk(object, clock, event);
}

fn set_risk(object: &Value, clock: Clock, event: &mut Draft<'_>) {
    let get = |key: &str| json::text(object, key).unwrap_or_default();
    event.risk_level = text(get("riskLevel"));
    event.risk_state = text(get("riskState"));
    event.status_reason = text(get("riskDetail")).filter(|detail| !detail.eq_ignore_ascii_case("none"));
    set_further(object, clock, event);
    let mut parties = Parties::default();
    parties.add_event(event);
    event.parties = parties.into_text();
    event.message = Some(sentence(event).into());
}

fn set_place(object: &Value, event: &mut Draft<'_>) {
    let address = json::text(object, "ipAddress").and_then(addresses::address);
    addresses::set_address(event, address.as_slice());
    if event.source_ip_class.as_deref() == Some("invalid") {
        note(event, "R-111");
    }
    let place = json::get(object, "location").filter(|place| place.is_object()).unwrap_or(object);
    event.geo_city = json::text(place, "city").and_then(text);
    event.geo_region = json::text(place, "state").and_then(text);
    event.geo_country = json::text(place, "countryOrRegion").and_then(|country| text(country.to_uppercase()));
    event.geo_basis = event.geo_country.as_ref().and_then(|_| text("log"));
}

/// Times of a culture as every check reads times: which of two is later decides.
fn set_further(object: &Value, clock: Clock, event: &mut Draft<'_>) {
    let value = |key: &str| {
        let written = json::text(object, key)?;
        let of_culture = key.ends_with("DateTime") && times::iso_time(&written).is_none();
        let time = of_culture.then(|| clock.read(&written).ok()).flatten();
        Some(time.map_or(written, |(time, _)| format_time(time)))
    };
    let known = FURTHER.iter().filter_map(|key| Some(NameValue { name: (*key).to_owned(), value: Some(value(key)?) }));
    let mut further: Vec<NameValue> = known.collect();
    for entry in json::list(object, "additionalInfo") {
        let Some(name) = json::text(entry, "Key") else { continue };
        let value = json::get(entry, "Value");
        let value = value
            .filter(|value| !value.is_null())
            .map(|value| json::scalar_text(value).unwrap_or_else(|| value.to_string()));
        if name.eq_ignore_ascii_case("userAgent") {
            event.user_agent = value.clone().and_then(text);
        }
        further.push(NameValue { name, value });
    }
    event.op_params = fields::list_text(&further);
}

fn sentence(event: &Draft<'_>) -> String {
    let about = event.target_raw.as_deref().unwrap_or("an account");
    let mut sentence = format!("{}: about {about}", event.action());
    if let Some(address) = event.source_ip.as_deref().or(event.source_ip_text.as_deref()) {
        sentence.push_str(" from ");
        sentence.push_str(address);
    }
    let words: Vec<&str> = [&event.risk_level, &event.risk_state].into_iter().filter_map(Option::as_deref).collect();
    if !words.is_empty() {
        sentence.push_str(": risk ");
        sentence.push_str(&words.join(", "));
    }
    sentence
}
