//! Entra sign-ins from diagnostic settings: storage blobs, event hubs, forwarders (`azdiag_signin`).

use serde_json::Value;

use super::{Context, Format, RecordReader, Refusal, Tools, no_dates};
use crate::ingest::fields::text as column;
use crate::ingest::sniff::{Head, Shape};
use crate::ingest::{auditdata, signin};
use crate::timeline::{Event, EvidenceSource, ParseStatus, json};

/// `azdiag_signin`.
pub static FORMAT: Format = Format {
    id: "azdiag_signin",
    evidence: EvidenceSource::EntraSignin,
    wants: &["category", "properties"],
    claims: |shape| {
        matches!(shape, Shape::Json(json) if json.has(FORMAT.wants)
            && crate::timeline::json::text(&json.first, "category").is_some_and(|category| kind(&category).is_some()))
    },
    dates: no_dates,
    reader: |_: &Head, _: &Context| Box::new(Reader),
};

/// The sign-in kind of a category; `None` for categories that are no sign-ins.
fn kind(category: &str) -> Option<&'static str> {
    match category.to_lowercase().as_str() {
        "signinlogs" | "adfssigninlogs" => Some("interactive"),
        "noninteractiveusersigninlogs" => Some("noninteractive"),
        "serviceprincipalsigninlogs" | "microsoftserviceprincipalsigninlogs" => Some("service_principal"),
        "managedidentitysigninlogs" => Some("managed_identity"),
        _ => None,
    }
}

struct Reader;

impl RecordReader for Reader {
    fn read(&self, text: &str, tools: &mut Tools) -> Result<Box<Event>, Refusal> {
        let mut event = Box::<Event>::default();
        let outer: Value = match serde_json::from_str(text) {
            Ok(outer) => outer,
            Err(error) => {
                let refuse = || Refusal::new("R-105", format!("cut or not valid JSON at character {}; not usable", error.column()));
                event.parse_status = ParseStatus::Salvaged;
                auditdata::note(&mut event, "R-105");
                let remark = format!("cut or not valid JSON at character {}; salvaged what is whole", error.column());
                tools.remarks.push(("R-105", remark));
                serde_json::from_str(&json::salvage(text).ok_or_else(refuse)?).map_err(|_| refuse())?
            }
        };
        let category = json::text(&outer, "category").unwrap_or_default();
        let Some(kind) = kind(&category) else {
            return Err(Refusal::new("R-101", format!("category '{category}' is not a sign-in log")));
        };
        // Some forwarders write the properties as text.
        let properties = match json::get(&outer, "properties") {
            Some(Value::String(inner)) => serde_json::from_str(inner).unwrap_or_default(),
            Some(inner) => inner.clone(),
            None => Value::Null,
        };
        signin::fill(&properties, Some(kind), &mut event)?;
        if event.status_code.is_none() {
            signin::set_outcome(&mut event, &json::text(&outer, "resultType").unwrap_or_default(), "");
        }
        if event.geo_country.is_none() {
            event.geo_country = json::text(&outer, "location").and_then(|country| column(&country.to_uppercase()));
            event.geo_basis = event.geo_country.as_ref().and_then(|_| column("log"));
        }
        event.raw = Some(text.into());
        Ok(event)
    }
}
