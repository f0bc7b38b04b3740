//! Defender's hunting tables of Entra sign-ins, `EntraIdSignInEvents` (once `AADSignInEventsBeta`) and their sisters for
//! applications, as the portal's CSV and as JSON (`defender_signinevents_csv`, `defender_signinevents_json`).
//!
//! Source of the columns: Microsoft's reference of the advanced hunting schema. What the log says in words is a number here.

use serde_json::{Map, Value, json};

use super::{Context, Format, Read, RecordReader, Remarks, Tools, no_dates, owned};
use crate::ingest::records::{asked, signin};
use crate::ingest::sniff::{Head, Shape};
use crate::ingest::values::object;
use crate::ingest::values::when::Clock;
use crate::timeline::json as read;
use crate::timeline::{Draft, EvidenceSource};

const WANTS: &[&str] = &["timestamp", "errorcode", "ipaddress", "accountupn"];
/// Who signed in; a query may have left some of them out.
const WHO: [&str; 3] = ["accountupn", "accountobjectid", "serviceprincipalid"];

/// `defender_signinevents_csv`.
pub static CSV: Format = Format {
    id: "defender_signinevents_csv",
    evidence: EvidenceSource::EntraSignin,
    wants: WANTS,
    claims: |shape| is(|name| matches!(shape, Shape::Csv(csv) if csv.column(name).is_some())),
    dates: |csv| csv.column("timestamp"),
    reader: |head: &Head, context: &Context| Reader::boxed(head, context),
};

/// `defender_signinevents_json`.
pub static JSON: Format = Format {
    id: "defender_signinevents_json",
    evidence: EvidenceSource::EntraSignin,
    wants: WANTS,
    claims: |shape| is(|name| matches!(shape, Shape::Json(json) if json.has(&[name]))),
    dates: no_dates,
    reader: |head: &Head, context: &Context| Reader::boxed(head, context),
};

fn is(has: impl Fn(&str) -> bool) -> bool {
    ["timestamp", "errorcode", "ipaddress"].into_iter().all(&has) && WHO.into_iter().any(&has) && !has("_raw")
}

struct Reader {
    /// Of a CSV file.
    columns: Option<Vec<String>>,
    clock: Clock,
}

impl Reader {
    fn boxed(head: &Head, context: &Context) -> Box<dyn RecordReader> {
        let columns = match &head.shape {
            Shape::Csv(csv) => Some(csv.columns.clone()),
            _ => None,
        };
        // The portal shows times in the zone that its reader has chosen, and does not name it.
        Box::new(Self { columns, clock: Clock { order: context.date_order, assumed: true } })
    }
}

impl RecordReader for Reader {
    fn read<'r>(&'r self, record: &'r str, tools: &'r mut Tools, remarks: &mut Remarks) -> Read<'r> {
        let mut event = Box::<Draft<'_>>::default();
        let row = object::of_table(self.columns.as_deref(), record, "R-105", &mut event, (tools, remarks))?;
        let sign_in = sign_in(&row);
        signin::fill(&sign_in, kind(&row), self.clock, &mut event)?;
        signin::remark_kind(&event, remarks);
        asked::keep(&sign_in, &mut event);
        let mut event = owned(event);
        event.raw = Some(record.into());
        Ok(event)
    }
}

/// Interactive or not, in the words of the service's own log; those of Windows' logons say nothing of it.
fn kind(row: &Value) -> Option<&'static str> {
    if named(row, &WHO[..2]).is_empty() && !named(row, &["ServicePrincipalId"]).is_empty() {
        let managed = read::text(row, "IsManagedIdentity").and_then(|flag| read::boolean(&flag));
        return Some(if managed == Some(true) { "managed_identity" } else { "service_principal" });
    }
    let words = read::get(row, "LogonType").map(ToString::to_string).unwrap_or_default().to_lowercase();
    // Where both are named somebody sat in front of it.
    let sat = words.replace("noninteractiveuser", "").contains("interactiveuser");
    match (sat, words.contains("noninteractiveuser")) {
        (true, _) => Some("interactive"),
        (false, true) => Some("noninteractive"),
        (false, false) => None,
    }
}

/// The first of these columns that has a value.
fn named(row: &Value, names: &[&str]) -> String {
    names.iter().find_map(|name| read::text(row, name).filter(|text| !text.is_empty())).unwrap_or_default()
}

/// The row in the form of Graph's sign-in.
fn sign_in(row: &Value) -> Value {
    /// Graph's key beside the table's columns for it.
    const SAME: [(&str, &[&str]); 23] = [
        ("createdDateTime", &["Timestamp"]),
        ("id", &["RequestId", "ReportId"]),
        ("userPrincipalName", &["AccountUpn"]),
        ("userId", &["AccountObjectId"]),
        ("userDisplayName", &["AccountDisplayName"]),
        ("servicePrincipalName", &["ServicePrincipalName"]),
        ("servicePrincipalId", &["ServicePrincipalId"]),
        ("appId", &["ApplicationId"]),
        ("appDisplayName", &["Application"]),
        ("resourceId", &["ResourceId"]),
        ("resourceDisplayName", &["ResourceDisplayName"]),
        ("resourceTenantId", &["ResourceTenantId"]),
        ("ipAddress", &["IPAddress"]),
        ("correlationId", &["CorrelationId"]),
        ("sessionId", &["SessionId"]),
        ("uniqueTokenIdentifier", &["UniqueTokenId"]),
        ("userAgent", &["UserAgent"]),
        ("clientAppUsed", &["ClientAppUsed"]),
        ("authenticationRequirement", &["AuthenticationRequirement"]),
        // What the audit log's logons call the type of the request.
        ("authenticationProtocol", &["EndpointCall"]),
        ("conditionalAccessPolicies", &["ConditionalAccessPolicies"]),
        ("networkLocationDetails", &["NetworkLocationDetails"]),
        ("authenticationProcessingDetails", &["AuthenticationProcessingDetails"]),
    ];
    let get = |name: &str| named(row, &[name]);
    let mut object = Map::new();
    for (key, columns) in SAME {
        let value = columns.iter().find_map(|name| read::get(row, name).filter(|value| says(value)));
        object.extend(value.map(|value| (key.to_owned(), value.clone())));
    }
    object.insert("status".to_owned(), json!({"errorCode": get("ErrorCode")}));
    let number = |name: &str| get(name).parse::<f64>().ok();
    let point = json!({"latitude": number("Latitude"), "longitude": number("Longitude")});
    let place = json!({"city": get("City"), "state": get("State"), "countryOrRegion": get("Country"),
        "geoCoordinates": point});
    object.insert("location".to_owned(), place);
    let id = named(row, &["EntraIdDeviceId", "AadDeviceId"]);
    let device = json!({"deviceId": id, "displayName": get("DeviceName"), "operatingSystem": get("OSPlatform"),
        "browser": get("Browser"), "isCompliant": flag(&get("IsCompliant")), "isManaged": flag(&get("IsManaged")),
        "trustType": get("DeviceTrustType")});
    object.insert("deviceDetail".to_owned(), device);
    let guest = flag(&get("IsGuestUser"));
    object.insert("userType".to_owned(), user_type(guest, &get("IsExternalUser")).into());
    let words = [
        ("riskLevelAggregated", word(&get("RiskLevelAggregated"), &LEVELS)),
        ("riskState", word(&get("RiskState"), &STATES)),
        ("conditionalAccessStatus", word(&get("ConditionalAccessStatus"), &POLICIES)),
    ];
    object.extend(words.map(|(key, word)| (key.to_owned(), word.into())));
    Value::Object(object)
}

/// Whether the account is the organisation's own: who is no guest may still come from another one.
fn user_type(guest: Option<bool>, external: &str) -> &'static str {
    match (guest, external) {
        (Some(true), _) | (_, "1") => "guest",
        (Some(false), "0") => "member",
        _ => "",
    }
}

fn says(value: &Value) -> bool {
    !value.is_null() && value.as_str() != Some("")
}

/// `1`, `true`; a cell that says nothing is neither.
fn flag(cell: &str) -> Option<bool> {
    match cell {
        "1" => Some(true),
        "0" => Some(false),
        other => read::boolean(other),
    }
}

const LEVELS: [(&str, &str); 5] = [("0", ""), ("1", "none"), ("10", "low"), ("50", "medium"), ("100", "high")];
const STATES: [(&str, &str); 6] = [
    ("0", "none"),
    ("1", "confirmedSafe"),
    ("2", "remediated"),
    ("3", "dismissed"),
    ("4", "atRisk"),
    ("5", "confirmedCompromised"),
];
const POLICIES: [(&str, &str); 3] = [("0", "success"), ("1", "failure"), ("2", "notApplied")];

/// The log's own word for a number; what is none of them stays.
fn word(number: &str, words: &[(&str, &str)]) -> String {
    words.iter().find(|(known, _)| *known == number).map_or(number, |(_, word)| *word).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_the_words_of_the_log() {
        let row = json!({"RiskLevelAggregated": "100", "RiskState": 4, "ConditionalAccessStatus": "2", "ErrorCode": 50126,
            "IsManaged": "1", "IsCompliant": "", "IsGuestUser": "false", "IsExternalUser": "-1"});
        let object = sign_in(&row);
        assert_eq!(object["riskLevelAggregated"], "high");
        assert_eq!(object["riskState"], "atRisk");
        assert_eq!(object["conditionalAccessStatus"], "notApplied");
        assert_eq!(object["status"]["errorCode"], "50126");
        assert_eq!(
            (&object["deviceDetail"]["isManaged"], &object["deviceDetail"]["isCompliant"]),
            (&json!(true), &json!(null))
        );
        assert_eq!(object["userType"], "");
        assert_eq!(user_type(Some(false), "0"), "member");
        assert_eq!([user_type(Some(true), ""), user_type(Some(false), "1")], ["guest"; 2]);
        assert_eq!(word("7", &STATES), "7");
    }

    #[test]
    fn the_kind_is_the_services_word() {
        let of = |row: Value| kind(&row);
        assert_eq!(
            of(json!({"AccountUpn": "a@x.example", "LogonType": "[\"nonInteractiveUser\"]"})),
            Some("noninteractive")
        );
        assert_eq!(of(json!({"AccountUpn": "a@x.example", "LogonType": ["interactiveUser"]})), Some("interactive"));
        let both = json!(["interactiveUser", "nonInteractiveUser"]);
        assert_eq!(of(json!({"AccountUpn": "a@x.example", "LogonType": both})), Some("interactive"));
        assert_eq!(of(json!({"AccountUpn": "a@x.example", "LogonType": "Network"})), None);
        assert_eq!(of(json!({"ServicePrincipalId": "1"})), Some("service_principal"));
        assert_eq!(of(json!({"ServicePrincipalId": "1", "IsManagedIdentity": "True"})), Some("managed_identity"));
    }
}
