//! The Entra sign-in object, shared by Graph, portal and diagnostic exports: its fields to columns.
//!
//! Source of the fields: Microsoft Graph `signIn` resource type (v1.0 and beta). Keys match in any case,
//! so that PowerShell's PascalCase objects read the same.

use std::borrow::Cow;

use crate::ingest::entra_portal::status_words;
use crate::ingest::formats::Refusal;
use crate::ingest::records::auditdata::{note, sentence, upn};
use crate::ingest::records::signin_keys::Key;
use crate::ingest::values::addresses;
use crate::ingest::values::fields::{lower, text, whole};
use crate::ingest::values::look::Look;
use crate::ingest::values::parties::Parties;
use crate::ingest::values::when::Clock;
use crate::knowledge::errors::{self, SignInClass};
use crate::knowledge::names::is_guid;
use crate::knowledge::operations;
use crate::timeline::event::Text;
use crate::timeline::identities::is_nobodys;
use crate::timeline::json::boolean;
use crate::timeline::{Draft, EvidenceSource, Outcome};

/// The operation of every sign-in event.
pub const ACTION: &str = "Sign-in activity";

/// Fills `event` from a sign-in object. `kind` is what the wrapper or file name says of its kind.
pub fn fill<'a>(
    object: impl Look<'a>,
    kind: Option<&'static str>,
    clock: Clock,
    event: &mut Draft<'a>,
) -> Result<(), Refusal> {
    let get = |key| object.text(key).unwrap_or_default();
    clock.set_from(event, object, &["createdDateTime"], "TimeGenerated")?;
    event.event_id = lower(get(Key::Id));
    event.request_id = event.event_id.clone();
    let name = get(Key::UserPrincipalName);
    event.user_upn = upn(name.clone());
    event.user_raw = text(name);
    event.user_id = lower(get(Key::UserId)).filter(|id| is_guid(id));
    event.user_full_name = text(get(Key::UserDisplayName));
    if event.user_raw.is_none() && event.user_id.is_none() {
        set_service_principal(event, get(Key::ServicePrincipalName), get(Key::ServicePrincipalId));
    }
    set_home(event, &get(Key::UserType), [&get(Key::HomeTenantId), &get(Key::ResourceTenantId)]);
    set_place(object, event);
    set_status(object, event);
    set_client(object, event);
    set_risk(object, event);
    event.sign_in_kind = text(kind.unwrap_or_else(|| kind_of(object)));
    finish(event);
    Ok(())
}

/// An application that signs in as itself. UserType 6 is a service principal.
pub fn set_service_principal<'r>(event: &mut Draft<'r>, name: Cow<'r, str>, id: Cow<'r, str>) {
    event.user_raw = text(name).or_else(|| text(id.clone()));
    event.user_id = lower(id).filter(|id| is_guid(id));
    event.actor_type = event.user_raw.as_ref().map(|_| 6);
}

/// UserType 0 for a member of the organisation that was signed in to, 10 for a guest of it: by the record's own word,
/// and by the home of the account and where it went. A member whose home is elsewhere is neither.
pub fn set_home(event: &mut Draft<'_>, kind: &str, [home, resource]: [&str; 2]) {
    if event.actor_type.is_some() {
        return;
    }
    let known = is_guid(home) && is_guid(resource) && !is_nobodys(home) && !is_nobodys(resource);
    let at_home = known.then(|| home.eq_ignore_ascii_case(resource));
    event.actor_type = match (kind.trim().to_ascii_lowercase().as_str(), at_home) {
        ("guest", _) => Some(10),
        ("member", None | Some(true)) => Some(0),
        ("member", Some(false)) => None,
        (_, Some(true)) => Some(0),
        (_, Some(false)) => Some(10),
        (_, None) => None,
    };
}

/// What every sign-in event has, whatever its export.
pub fn finish(event: &mut Draft<'_>) {
    event.evidence_source = EvidenceSource::EntraSignin;
    event.time_basis = event.time_basis.take().or_else(|| text("event"));
    event.event_provider = text("AzureActiveDirectory");
    event.action_raw = text(ACTION);
    event.action = text(ACTION);
    let success = event.outcome == Outcome::Success;
    event.timestamp_desc = text(operations::timestamp_desc(Some(15), "UserLoggedIn", success));
    let mut parties = Parties::new();
    parties.add_event(event);
    event.parties = parties.into_text();
    event.message = Some(sentence(event).into());
}

/// A sign-in of unknown kind is told: it must not be taken for an interactive one.
pub fn remark_kind(event: &Draft<'_>, remarks: &mut Vec<(&'static str, String)>) {
    if event.sign_in_kind.as_deref() == Some("unknown") {
        let text = "neither the record nor the file's name says whether the sign-in was interactive";
        remarks.push(("C-210", text.to_owned()));
    }
}

/// The portal says the kind of its sign-ins only in the file's name.
pub fn kind_by_name(file_name: &str) -> Option<&'static str> {
    let name = file_name.to_lowercase();
    let kinds = [
        ("noninteractivesignins", "noninteractive"),
        ("interactivesignins", "interactive"),
        ("applicationsignins", "service_principal"),
        ("msisignins", "managed_identity"),
    ];
    kinds.iter().find(|(word, _)| name.contains(word)).map(|(_, kind)| *kind)
}

fn kind_of<'a>(object: impl Look<'a>) -> &'static str {
    let types = object.list(Key::SignInEventTypes);
    let has = |word: &str| types.iter().filter_map(|kind| kind.string()).any(|kind| kind.eq_ignore_ascii_case(word));
    if has("nonInteractiveUser") {
        return "noninteractive";
    }
    if has("servicePrincipal") {
        return "service_principal";
    }
    if has("managedIdentity") {
        return "managed_identity";
    }
    match object.text(Key::IsInteractive).and_then(|flag| boolean(&flag)) {
        Some(true) => "interactive",
        Some(false) => "noninteractive",
        None if has("interactiveUser") => "interactive",
        None => "unknown",
    }
}

/// What a value says.
fn said<'a>(value: Option<impl Look<'a>>) -> Text<'a> {
    value?.scalar().and_then(text)
}

fn set_place<'a>(object: impl Look<'a>, event: &mut Draft<'a>) {
    let addresses: Vec<_> = [Key::IpAddress, Key::IpAddressFromResourceProvider]
        .into_iter()
        .filter_map(|key| object.text(key))
        .filter_map(addresses::address)
        .collect();
    // The address of the client is `ipAddress`, whatever else the record holds.
    addresses::set_address(event, addresses.get(..1).unwrap_or(&addresses));
    if let [_, seen] = addresses.as_slice() {
        event.related_ip = seen.ip.map(|ip| ip.to_string().into());
    }
    if event.source_ip_class.as_deref() == Some("invalid") {
        note(event, "R-111");
    }
    event.as_number = object.text(Key::AutonomousSystemNumber).and_then(|number| number.parse().ok());
    let Some(location) = object.known(Key::Location) else { return };
    let [city, state, country, point] = location.all(["city", "state", "countryOrRegion", "geoCoordinates"]);
    event.geo_city = said(city);
    event.geo_region = said(state);
    event.geo_country = country.and_then(Look::scalar).and_then(|country| text(country.to_uppercase()));
    if let Some([latitude, longitude]) = point.map(|point| point.all(["latitude", "longitude"])) {
        event.geo_lat = latitude.and_then(Look::float);
        event.geo_lon = longitude.and_then(Look::float);
    }
    event.geo_basis = event.geo_country.as_ref().and_then(|_| text("log"));
}

fn set_status<'a>(object: impl Look<'a>, event: &mut Draft<'a>) {
    let status = object.known(Key::Status);
    let [code, reason] = status.map_or([None; 2], |status| status.all(["errorCode", "failureReason"]));
    let code = code.and_then(Look::scalar).or_else(|| object.text(Key::ResultType));
    event.status_reason = said(reason);
    // Tables have one word where objects have a code and a reason; those made by hand the code itself.
    let word = status.and_then(Look::scalar).unwrap_or_default();
    let code = code.or_else(|| whole(&word).map(|_| word.clone()));
    set_outcome(event, code.unwrap_or_default(), &word);
    event.status_text = text(word);
    event.mfa_result = said(object.known(Key::MfaDetail).and_then(|mfa| mfa.get("authMethod")));
}

/// The outcome by error code (Microsoft Entra "AADSTS error codes"); by the status word where there is no code. The
/// portal's own word for an interruption counts beside a code, unless the code says that a secret was wrong: the table
/// of codes does not know every prompt.
pub fn set_outcome<'r>(event: &mut Draft<'r>, code: Cow<'r, str>, word: &str) {
    let said = status_words::read(word);
    // Tables that were computed with have `50126.0`.
    let number = whole(&code).filter(|_| code.contains('.'));
    let code = number.map_or(code, |number| number.to_string().into());
    event.outcome = match code.trim().parse::<u32>() {
        Ok(0) => Outcome::Success,
        Ok(code) if errors::interrupted(code) => Outcome::Interrupted,
        Ok(code) if errors::class(code) == SignInClass::WrongSecret => Outcome::Failure,
        Ok(_) if said == Some(Outcome::Interrupted) => Outcome::Interrupted,
        Ok(_) => Outcome::Failure,
        // A forwarder may have put the word in the code's place.
        Err(_) => said.or_else(|| status_words::read(&code)).unwrap_or(Outcome::Unknown),
    };
    event.status_code = text(code);
}

fn set_client<'a>(object: impl Look<'a>, event: &mut Draft<'a>) {
    let get = |key| object.text(key).unwrap_or_default();
    event.user_agent = text(get(Key::UserAgent));
    event.client_app = text(get(Key::ClientAppUsed));
    event.app_id = lower(get(Key::AppId));
    event.app_name = text(get(Key::AppDisplayName));
    // Where a table has the resource's id in a column of its own, `ResourceId` is the path of the log itself in Azure.
    let is_id = |id: &Cow<'a, str>| !id.is_empty() && !id.starts_with('/');
    event.resource_id = [Key::ResourceIdentity, Key::ResourceId].into_iter().map(get).find(is_id).and_then(lower);
    event.resource_name = text(get(Key::ResourceDisplayName));
    event.correlation_id = lower(get(Key::CorrelationId));
    event.session_id = lower(get(Key::SessionId));
    event.unique_token_id = text(get(Key::UniqueTokenIdentifier));
    event.auth_requirement = text(get(Key::AuthenticationRequirement));
    // That it was none is a word as well: most exports do not tell.
    event.auth_protocol = text(get(Key::AuthenticationProtocol));
    event.ca_status = text(get(Key::ConditionalAccessStatus));
    event.tenant_id = lower(get(Key::ResourceTenantId)).or_else(|| lower(get(Key::HomeTenantId)));
    let Some(device) = object.known(Key::DeviceDetail) else { return };
    let [id, name, os, browser, compliant, managed, trust] =
        device.all(["deviceId", "displayName", "operatingSystem", "browser", "isCompliant", "isManaged", "trustType"]);
    event.device_id = id.and_then(Look::scalar).and_then(lower);
    event.device_name = said(name);
    event.device_os = said(os);
    event.browser = said(browser);
    let flag = |value: Option<_>| value.and_then(Look::scalar).and_then(|flag| boolean(&flag));
    (event.device_compliant, event.device_managed) = (flag(compliant), flag(managed));
    event.device_trust = said(trust);
}

fn set_risk<'a>(object: impl Look<'a>, event: &mut Draft<'a>) {
    let get = |key| object.text(key).unwrap_or_default();
    // The level of this sign-in; the account's aggregate only where it says more.
    let level = text(get(Key::RiskLevelDuringSignIn)).filter(|level| level != "none");
    event.risk_level = level.or_else(|| text(get(Key::RiskLevelAggregated)));
    event.risk_state = text(get(Key::RiskState));
    let mut types: Vec<String> = [Key::RiskEventTypesV2, Key::RiskEventTypesOfSdk, Key::RiskEventTypes]
        .into_iter()
        .flat_map(|key| risk_events(object, key))
        .collect();
    types.sort();
    types.dedup();
    event.risk_events = text(types.join("; "));
}

/// The kinds of risk under a key: a list, or what a script joined to one text; none of them has a blank in its name.
fn risk_events<'a>(object: impl Look<'a>, key: Key) -> Vec<String> {
    let listed = object.list(key).into_iter().filter_map(Look::string);
    let joined = object.known(key).and_then(Look::string).unwrap_or_default();
    let separators = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|');
    let parts = joined.split(separators).filter(|part| !part.is_empty() && !part.eq_ignore_ascii_case("none"));
    listed.map(Cow::into_owned).chain(parts.map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn whose_account_it_is_is_told_by_word_and_by_home() {
        let (own, other) = ("706271e2-5345-44e7-ba4c-79333a7744cb", "cc7f6798-20b2-416c-a975-f850b391ef61");
        for (kind, home, resource, expected) in [
            ("member", "", "", Some(0)),
            ("Member", own, own, Some(0)),
            ("member", other, own, None),
            ("Guest", own, own, Some(10)),
            ("", own, own, Some(0)),
            ("", other, own, Some(10)),
            ("", "00000000-0000-0000-0000-000000000000", own, None),
            ("", "", own, None),
        ] {
            let mut event = Draft::default();
            set_home(&mut event, kind, [home, resource]);
            assert_eq!(event.actor_type, expected, "{kind} {home} {resource}");
        }
    }

    #[test]
    fn pascal_case_objects_read_like_graph_objects() {
        let object: Value = serde_json::from_str(
            r#"{"Id":"A1","CreatedDateTime":"2026-03-02T01:12:13Z","UserPrincipalName":"Alice@Contoso.example",
               "IpAddress":"203.0.113.7","Status":{"ErrorCode":50126,"FailureReason":"bad"},
               "Location":{"City":"Lagos","CountryOrRegion":"ng"},"IsInteractive":true}"#,
        )
        .unwrap();
        let mut event = Draft::default();
        fill(&object, None, Clock::default(), &mut event).unwrap();
        assert_eq!(event.user_upn.as_deref(), Some("alice@contoso.example"));
        assert_eq!(event.source_ip.as_deref(), Some("203.0.113.7"));
        assert_eq!(event.geo_country.as_deref(), Some("NG"));
        assert_eq!((event.outcome, event.sign_in_kind.as_deref()), (Outcome::Failure, Some("interactive")));
    }
}
