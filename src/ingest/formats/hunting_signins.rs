//! Entra sign-ins out of Defender's hunting tables `EntraIdSignInEvents` and `AADSignInEventsBeta`, as the portal's table
//! (`defender_signinevents_csv`) and as objects of the interfaces and the stream (`defender_signinevents_json`).
//!
//! Its columns are those of the directory's sign-in under other names, its states numbers: Microsoft Learn,
//! "EntraIdSignInEvents table in the advanced hunting schema". Interactive and non-interactive sign-ins stand in one table.

use serde_json::{Map, Value, json};

use super::{Context, Format, Read, RecordReader, Refusal, Remarks, Tools, no_dates, owned};
use crate::ingest::records::{asked, auditdata, signin};
use crate::ingest::sniff::{Head, Shape};
use crate::ingest::values::object;
use crate::ingest::values::when::Clock;
use crate::timeline::{Draft, EvidenceSource, json as read};

/// `defender_signinevents_csv`.
pub static CSV: Format = Format {
    id: "defender_signinevents_csv",
    evidence: EvidenceSource::EntraSignin,
    wants: &["timestamp", "accountupn", "errorcode", "ipaddress"],
    claims: |shape| matches!(shape, Shape::Csv(csv) if csv.has(CSV.wants) && csv.column("createddatetime").is_none()),
    dates: |csv| csv.column("timestamp"),
    reader: |head: &Head, context: &Context| {
        let columns = match &head.shape {
            Shape::Csv(csv) => csv.columns.clone(),
            _ => Vec::new(),
        };
        // The portal shows and saves times in the zone that its user chose, and does not say which.
        Box::new(Reader { columns, clock: Clock { order: context.date_order, assumed: true } })
    },
};

/// `defender_signinevents_json`.
pub static JSON: Format = Format {
    id: "defender_signinevents_json",
    evidence: EvidenceSource::EntraSignin,
    wants: CSV.wants,
    claims: |shape| matches!(shape, Shape::Json(json) if json.has(CSV.wants) && !json.has(&["createddatetime"])),
    dates: no_dates,
    reader: |_: &Head, context: &Context| {
        Box::new(Reader { columns: Vec::new(), clock: Clock { order: context.date_order, assumed: false } })
    },
};

struct Reader {
    /// Of a table; objects have none.
    columns: Vec<String>,
    clock: Clock,
}

impl RecordReader for Reader {
    fn read<'r>(&'r self, text: &'r str, tools: &'r mut Tools, remarks: &mut Remarks) -> Read<'r> {
        let mut event = Box::<Draft<'_>>::default();
        let mut object = if self.columns.is_empty() {
            object::from_text(text, "R-105", &mut event, remarks)?
        } else {
            let cells = tools.cells.read(text);
            auditdata::note_ragged(&mut event, remarks, cells.len(), self.columns.len());
            object::from_row(&self.columns, &cells, &mut event, remarks)
        };
        object::drop_lost(&mut object, "R-122", &mut event, remarks);
        let object = as_sign_in(&object);
        if read::text(&object, "createdDateTime").is_none() {
            return Err(Refusal::new("F-041", "no Timestamp: it cannot enter the timeline"));
        }
        signin::fill(&object, None, self.clock, &mut event)?;
        signin::remark_kind(&event, remarks);
        asked::keep(&object, &mut event);
        let mut event = owned(event);
        event.raw = Some(text.into());
        Ok(event)
    }
}

/// Columns that have another name in the directory's sign-in, and that name.
const NAMES: [(&str, &str); 17] = [
    ("Timestamp", "createdDateTime"),
    ("Application", "appDisplayName"),
    ("ApplicationId", "appId"),
    ("CorrelationId", "correlationId"),
    ("SessionId", "sessionId"),
    ("AccountDisplayName", "userDisplayName"),
    ("AccountObjectId", "userId"),
    ("AccountUpn", "userPrincipalName"),
    ("ResourceDisplayName", "resourceDisplayName"),
    ("ResourceId", "resourceId"),
    ("ResourceTenantId", "resourceTenantId"),
    ("AuthenticationRequirement", "authenticationRequirement"),
    ("UserAgent", "userAgent"),
    ("ClientAppUsed", "clientAppUsed"),
    ("IPAddress", "ipAddress"),
    ("AuthenticationProcessingDetails", "authenticationProcessingDetails"),
    ("UniqueTokenId", "uniqueTokenIdentifier"),
];

/// What the numbers of a column mean; those that say that nothing is known are left away.
const CONDITIONAL_ACCESS: [(&str, &str); 3] = [("0", "success"), ("1", "failure"), ("2", "notApplied")];
const RISK_LEVELS: [(&str, &str); 4] = [("1", "none"), ("10", "low"), ("50", "medium"), ("100", "high")];
const RISK_STATES: [(&str, &str); 6] = [
    ("0", "none"),
    ("1", "confirmedSafe"),
    ("2", "remediated"),
    ("3", "dismissed"),
    ("4", "atRisk"),
    ("5", "confirmedCompromised"),
];

/// The row or object as the directory's own sign-in.
fn as_sign_in(row: &Value) -> Value {
    let text = |name: &str| read::text(row, name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let word = |name: &str, meanings: &[(&str, &str)]| {
        let written = text(name)?;
        let meant = meanings.iter().find(|(number, _)| *number == written).map(|(_, word)| (*word).to_owned());
        // A word is taken as it is; a number that is not known says nothing.
        meant.or_else(|| written.parse::<i64>().is_err().then_some(written))
    };
    let flag = |name: &str| match text(name)?.as_str() {
        "1" => Some(true),
        "0" => Some(false),
        other => read::boolean(other),
    };
    let mut object: Map<String, Value> =
        NAMES.iter().filter_map(|(own, name)| Some(((*name).to_owned(), text(own)?.into()))).collect();
    let mut put = |name: &str, value: Value| object.insert(name.to_owned(), value);
    // The directory's own id of a sign-in is that of the request.
    put("id", json!(text("RequestId").or_else(|| text("ReportId"))));
    put("status", json!({"errorCode": text("ErrorCode")}));
    put("userType", json!(user_type(flag("IsGuestUser"), text("IsExternalUser").as_deref())));
    put("signInEventTypes", json!(kinds(row)));
    put("conditionalAccessStatus", json!(word("ConditionalAccessStatus", &CONDITIONAL_ACCESS)));
    put("riskLevelDuringSignIn", json!(word("RiskLevelDuringSignIn", &RISK_LEVELS)));
    put("riskLevelAggregated", json!(word("RiskLevelAggregated", &RISK_LEVELS)));
    put("riskState", json!(word("RiskState", &RISK_STATES)));
    let number = |name: &str| text(name).and_then(|number| number.parse::<f64>().ok());
    let point = json!({"latitude": number("Latitude"), "longitude": number("Longitude")});
    put(
        "location",
        json!({"city": text("City"), "state": text("State"), "countryOrRegion": text("Country"), "geoCoordinates": point}),
    );
    put(
        "deviceDetail",
        json!({
            "deviceId": text("EntraIdDeviceId").or_else(|| text("AadDeviceId")),
            "displayName": text("DeviceName"),
            "operatingSystem": text("OSPlatform"),
            "browser": text("Browser"),
            "isCompliant": flag("IsCompliant"),
            "isManaged": flag("IsManaged"),
            "trustType": text("DeviceTrustType"),
        }),
    );
    Value::Object(object)
}

/// Whether the account is the organisation's own: who is no guest may still come from another one.
fn user_type(guest: Option<bool>, external: Option<&str>) -> Option<&'static str> {
    match (guest, external) {
        (Some(true), _) => Some("guest"),
        (Some(false), Some("0")) => Some("member"),
        _ => None,
    }
}

/// The kinds of sign-in, which are a list or its text (`["interactiveUser"]`).
fn kinds(row: &Value) -> Vec<String> {
    let written = match read::get(row, "LogonType") {
        Some(Value::String(text)) => text.clone(),
        Some(list @ Value::Array(_)) => list.to_string(),
        _ => return Vec::new(),
    };
    written.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_in_the_directorys_words() {
        let row = json!({
            "Timestamp": "2026-03-02T01:12:58Z", "AccountUpn": "alice.mori@contoso.example", "ErrorCode": 0,
            "IsGuestUser": false, "IsExternalUser": 0, "LogonType": "[\"nonInteractiveUser\"]",
            "RiskLevelAggregated": 100, "RiskState": 4, "ConditionalAccessStatus": 2, "IsManaged": 0, "IsCompliant": -1,
        });
        let object = as_sign_in(&row);
        for (name, expected) in [
            ("userType", "member"),
            ("riskLevelAggregated", "high"),
            ("riskState", "atRisk"),
            ("conditionalAccessStatus", "notApplied"),
        ] {
            assert_eq!(object[name], expected, "{name}");
        }
        assert_eq!(object["signInEventTypes"], json!(["nonInteractiveUser"]));
        assert_eq!(object["status"]["errorCode"], "0");
        assert_eq!(object["deviceDetail"]["isManaged"], false);
        assert!(object["deviceDetail"]["isCompliant"].is_null());
    }

    #[test]
    fn who_is_no_guest_may_be_of_another_organisation() {
        assert_eq!(user_type(Some(false), Some("1")), None);
        assert_eq!(user_type(Some(false), Some("-1")), None);
        assert_eq!(user_type(Some(true), Some("1")), Some("guest"));
        assert_eq!(user_type(None, Some("0")), None);
    }
}
