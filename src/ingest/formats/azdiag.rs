//! Entra logs from diagnostic settings: storage blobs, event hubs, forwarders (`azdiag_signin`, `azdiag_audit`,
//! `azdiag_risk`), and requests to Microsoft Graph (`azdiag_graphactivity`).
//!
//! An event hub mixes categories in one stream: each record is read by its own category, whatever the first one was.

use serde_json::Value;

use super::{Context, Format, Read, RecordReader, Refusal, Remarks, Tools, no_dates, owned};
use crate::ingest::records::{asked, auditdata, entra_audit, graph_activity, risk, signin};
use crate::ingest::sniff::{Head, Shape};
use crate::ingest::values::addresses;
use crate::ingest::values::fields::{lower, text as column};
use crate::ingest::values::object;
use crate::ingest::values::times::DateOrder;
use crate::ingest::values::when::Clock;
use crate::timeline::{Draft, EvidenceSource, json};

const fn format(id: &'static str, evidence: EvidenceSource, claims: fn(&Shape) -> bool) -> Format {
    Format {
        id,
        evidence,
        wants: &["category", "properties"],
        claims,
        dates: no_dates,
        reader: |_: &Head, _: &Context| Box::new(Reader),
    }
}

/// `azdiag_signin`.
pub static SIGNIN: Format = format("azdiag_signin", EvidenceSource::EntraSignin, |shape| {
    matches!(category_of(shape), Some(Category::SignIn(_)))
});

/// `azdiag_audit`.
pub static AUDIT: Format =
    format("azdiag_audit", EvidenceSource::EntraAudit, |shape| matches!(category_of(shape), Some(Category::Audit)));

/// `azdiag_risk`.
pub static RISK: Format = format("azdiag_risk", EvidenceSource::Risk, |shape| {
    matches!(category_of(shape), Some(Category::RiskyUser | Category::RiskDetection))
});

/// `azdiag_graphactivity`.
pub static GRAPH_ACTIVITY: Format = format("azdiag_graphactivity", EvidenceSource::GraphActivity, |shape| {
    matches!(category_of(shape), Some(Category::GraphActivity))
});

enum Category {
    /// With the kind of the sign-ins.
    SignIn(&'static str),
    Audit,
    RiskyUser,
    RiskDetection,
    GraphActivity,
}

fn category(name: &str) -> Option<Category> {
    Some(match name.to_lowercase().as_str() {
        "signinlogs" | "adfssigninlogs" => Category::SignIn("interactive"),
        "noninteractiveusersigninlogs" => Category::SignIn("noninteractive"),
        "serviceprincipalsigninlogs" | "microsoftserviceprincipalsigninlogs" => Category::SignIn("service_principal"),
        "managedidentitysigninlogs" => Category::SignIn("managed_identity"),
        "auditlogs" => Category::Audit,
        "riskyusers" => Category::RiskyUser,
        "userriskevents" => Category::RiskDetection,
        "microsoftgraphactivitylogs" => Category::GraphActivity,
        _ => return None,
    })
}

/// A forwarder may have left everything but the frame away: it is such a record still. A table of Log Analytics has
/// `TimeGenerated` instead.
fn category_of(shape: &Shape) -> Option<Category> {
    match shape {
        Shape::Json(json)
            if json.has(&["category"])
                && !json.has(&["timegenerated"])
                && ["properties", "time", "createddatetime"].iter().any(|key| json.has(&[key])) =>
        {
            category_in(&json.first)
        }
        _ => None,
    }
}

/// The category that a record names; some forwarders put the directory's own word for a change in its place
/// (`ApplicationManagement`), which says less than what it holds.
fn category_in(record: &Value) -> Option<Category> {
    let named = category(&json::text(record, "category")?);
    let holds = |key| record.get("properties").and_then(|inner| json::get(inner, key)).is_some();
    let change = || holds("activityDisplayName") && (holds("initiatedBy") || holds("targetResources"));
    named.or_else(|| change().then_some(Category::Audit))
}

struct Reader;

impl RecordReader for Reader {
    fn read<'r>(&'r self, text: &'r str, _: &'r mut Tools, remarks: &mut Remarks) -> Read<'r> {
        let mut event = Box::<Draft<'_>>::default();
        let outer = object::from_text(text, "R-105", &mut event, remarks)?;
        let Some(category) = category_in(&outer) else {
            let name = json::text(&outer, "category").unwrap_or_default();
            return Err(Refusal::new(
                "R-101",
                format!("category '{name}' is no log of sign-ins, directory changes or risks"),
            )
            .of_foreign());
        };
        let mut properties = properties(&outer, &mut event, remarks)?;
        object::drop_lost(&mut properties, "R-104", &mut event, remarks);
        let clock = CLOCK;
        match category {
            Category::SignIn(kind) => {
                signin::fill(&properties, Some(kind), clock, &mut event)?;
                set_caller(&outer, &mut event);
                set_from_outer(&outer, &mut event);
            }
            Category::Audit => {
                entra_audit::fill(&properties, clock, &mut event)?;
                event.tenant_id = json::text(&outer, "tenantId").and_then(lower);
                set_caller(&outer, &mut event);
            }
            Category::RiskyUser => risk::fill_user(&properties, clock, &mut event)?,
            Category::RiskDetection => risk::fill_detection(&properties, clock, &mut event)?,
            Category::GraphActivity => {
                graph_activity::fill(&properties, clock, &mut event)?;
                set_caller(&outer, &mut event);
            }
        }
        asked::keep(&properties, &mut event);
        let mut event = owned(event);
        event.raw = Some(text.into());
        Ok(event)
    }
}

/// The service writes times in ISO or in its own, American, way (`8/22/2022 6:07:16 PM`).
const CLOCK: Clock = Clock { order: Some(DateOrder::Mdy), assumed: false };

/// The record itself: what stands under `properties`, or the outer object where a forwarder laid it flat. Its frame's
/// `time` is when it was taken in, and stays with it for records that lost their own.
fn properties(outer: &Value, event: &mut Draft<'_>, remarks: &mut Remarks) -> Result<Value, Refusal> {
    let mut properties = object::inner(outer, "properties", event, remarks);
    if !properties.is_object() {
        let flat = ["createdDateTime", "activityDateTime", "activityDisplayName", "riskState", "requestUri"];
        if !flat.iter().any(|key| json::get(outer, key).is_some()) {
            return Err(Refusal::new("R-102", "no properties: the record itself is not in this object"));
        }
        properties = outer.clone();
    }
    if let (Some(time), Some(map)) = (json::text(outer, "time"), properties.as_object_mut()) {
        let has = map.keys().any(|key| key.eq_ignore_ascii_case("TimeGenerated"));
        if !has {
            map.insert("TimeGenerated".to_owned(), time.into());
        }
    }
    Ok(properties)
}

/// What older rows say outside their properties only.
fn set_from_outer(outer: &Value, event: &mut Draft<'_>) {
    if event.status_code.is_none() {
        signin::set_outcome(event, json::text(outer, "resultType").unwrap_or_default().into(), "");
    }
    if event.geo_country.is_none() {
        event.geo_country = json::text(outer, "location").and_then(|country| column(country.to_uppercase()));
        event.geo_basis = event.geo_country.as_ref().and_then(|_| column("log"));
    }
    event.message = Some(auditdata::sentence(event).into());
}

/// The address that the frame names: the client's where the record itself has none, else one more of the record where it
/// is another.
fn set_caller(outer: &Value, event: &mut Draft<'_>) {
    let Some(caller) = json::text(outer, "callerIpAddress").and_then(addresses::address) else { return };
    if event.source_ip.is_none() {
        let own = event.source_ip_text.as_deref().map(str::to_owned).and_then(addresses::address);
        addresses::set_address(event, &own.into_iter().chain([caller]).collect::<Vec<_>>());
        event.message = Some(auditdata::sentence(event).into());
        return;
    }
    let (Some(own), Some(caller)) = (event.source_ip.as_deref(), caller.ip.map(|ip| ip.to_string())) else { return };
    // A sign-in may have been seen by the resource from elsewhere: that address is a clue only where it stands alone.
    if caller != own && event.related_ip.is_none() {
        event.related_ip = column(format!("{own}; {caller}"));
    }
}
