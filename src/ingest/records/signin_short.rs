//! Sign-ins in the short forms that scripts give them: the parts of place, device and status in columns of their own,
//! which are called as whoever wrote the script liked.

use serde_json::{Value, json};

use super::short::{Names, first};
use crate::timeline::json as read;

/// What scripts call the columns, without blanks and marks.
const CITY: Names = &["city", "locationcity"];
const STATE: Names = &["state", "locationstate"];
const COUNTRY: Names = &["countryorregion", "country", "locationcountryorregion", "locationcountry", "countrycode"];
const DEVICE: Names = &["device", "devicename", "devicedisplayname", "devicedetail"];
const DEVICE_ID: Names = &["deviceid"];
const SYSTEM: Names = &["os", "operatingsystem", "deviceos", "deviceoperatingsystem"];
const BROWSER: Names = &["browser", "devicebrowser"];
const COMPLIANT: Names = &["iscompliant", "deviceiscompliant", "devicecompliant"];
const MANAGED: Names = &["ismanaged", "deviceismanaged", "devicemanaged"];
const TRUST: Names = &["trusttype", "devicetrusttype"];
const CODE: Names = &["errorcode", "statuserrorcode", "statuscode", "resultcode", "signinerrorcode", "error"];
const REASON: Names = &["failurereason", "statusfailurereason", "failure", "reason", "errordescription"];
const RISK: Names = &["risklevelduringsignin", "risklevel", "risk"];

/// Puts the parts where the service has them, unless they are there.
pub fn gather(object: &mut Value) {
    let get = |names: Names| first(object, names);
    let absent = |key: &str| !read::get(object, key).is_some_and(Value::is_object);
    let mut found: Vec<(&str, Value)> = Vec::new();
    if absent("location") {
        let told = json!({"city": get(CITY), "state": get(STATE), "countryOrRegion": get(COUNTRY)});
        let nothing = told.as_object().is_some_and(|told| told.values().all(Value::is_null));
        let text = read::text(object, "location").filter(|_| nothing);
        found.push(("location", text.map_or(told, |text| place(&text))));
    }
    if absent("devicedetail") {
        let device = json!({
            "displayName": get(DEVICE), "deviceId": get(DEVICE_ID), "operatingSystem": get(SYSTEM),
            "browser": get(BROWSER), "isCompliant": get(COMPLIANT), "isManaged": get(MANAGED), "trustType": get(TRUST),
        });
        found.push(("devicedetail", device));
    }
    // Beside a code the word in `Status` still says whether a prompt stood in between.
    if absent("status") && read::get(object, "resulttype").is_none() {
        found.extend(get(CODE).filter(|code| is_code(code)).map(|code| ("resulttype", code.into())));
    }
    if read::get(object, "risklevelduringsignin").is_none() {
        found.extend(get(RISK).map(|level| ("risklevelduringsignin", level.into())));
    }
    let types = read::text(object, "signineventtypes");
    let types =
        types.map(|types| types.split([',', ';', ' ']).filter(|word| !word.is_empty()).map(str::to_owned).collect());
    found.extend(types.map(|types: Vec<String>| ("signineventtypes", json!(types))));
    let Some(map) = object.as_object_mut() else { return };
    map.extend(found.into_iter().map(|(name, value)| (name.to_owned(), value)));
}

/// Why it failed, where a column of its own tells; the service has it inside the status.
pub fn reason(object: &Value) -> Option<String> {
    let inside = read::get(object, "status").is_some_and(Value::is_object);
    first(object, REASON).filter(|_| !inside)
}

fn is_code(code: &str) -> bool {
    let (number, rest) = code.trim().split_once('.').unwrap_or((code.trim(), ""));
    !number.is_empty() && number.bytes().chain(rest.bytes()).all(|byte| byte.is_ascii_digit())
}

/// `City, State, CC`, split from the right, of which city and state may be missing; a country that has no code there is
/// told by nothing that could be compared.
fn place(text: &str) -> Value {
    let mut parts: Vec<&str> = text.split([',', '/', ';', '|']).map(str::trim).collect();
    let is_code = |part: &&str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let country = parts.pop_if(|last| is_code(&&**last));
    let state = if parts.len() > 1 { parts.pop() } else { None };
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    json!({"city": some(&parts.join(", ")), "state": state.and_then(some), "countryOrRegion": country})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_one_cell_is_split_from_the_right() {
        for (text, city, state, country) in [
            ("Lagos, Ikeja, NG", json!("Lagos"), json!("Ikeja"), json!("NG")),
            ("Lagos, NG", json!("Lagos"), json!(null), json!("NG")),
            ("NG", json!(null), json!(null), json!("NG")),
            (", , NG", json!(null), json!(null), json!("NG")),
            ("Lagos/NG", json!("Lagos"), json!(null), json!("NG")),
            (
                "Washington, D.C., District of Columbia, US",
                json!("Washington, D.C."),
                json!("District of Columbia"),
                json!("US"),
            ),
            ("Lagos, Nigeria", json!("Lagos"), json!("Nigeria"), json!(null)),
        ] {
            assert_eq!(place(text), json!({"city": city, "state": state, "countryOrRegion": country}), "{text}");
        }
    }

    #[test]
    fn the_code_has_many_names_and_a_word_is_none() {
        for name in ["errorcode", "statuserrorcode", "error", "status code", "Error_Code"] {
            let mut row = json!({"status": "Failure", name: "50126", "failure": "Invalid password"});
            gather(&mut row);
            assert_eq!(row["resulttype"], "50126", "{name}");
            assert_eq!(reason(&row).as_deref(), Some("Invalid password"));
        }
        let mut row = json!({"error": "none", "risk": "high"});
        gather(&mut row);
        assert!(row.get("resulttype").is_none());
        assert_eq!(row["risklevelduringsignin"], "high");
        let whole =
            json!({"status": {"errorCode": 0, "failureReason": "Other."}, "errorcode": "50126", "failure": "x"});
        let mut row = whole.clone();
        gather(&mut row);
        assert!(row.get("resulttype").is_none() && reason(&row).is_none());
    }
}
