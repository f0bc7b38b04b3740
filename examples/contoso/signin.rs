//! Sign-ins, as the sign-in log and as the audit log (record type 15) keep them.

use super::directory::{correlation, identity};
use super::json::{Json, name_values};
use super::log::{Head, Log, Moment, Session, SignInRow};
use super::people::Tenant;
use super::random::named_token;
use super::time::zulu;

/// An application one signs in to.
#[derive(Clone, Copy)]
pub struct App {
    pub id: &'static str,
    pub name: &'static str,
    pub resource_id: &'static str,
    pub resource: &'static str,
}

const EXCHANGE_ID: &str = "00000002-0000-0ff1-ce00-000000000000";
const EXCHANGE_NAME: &str = "Office 365 Exchange Online";

pub const EXCHANGE: App =
    App { id: EXCHANGE_ID, name: EXCHANGE_NAME, resource_id: EXCHANGE_ID, resource: EXCHANGE_NAME };
pub const OFFICE_HOME: App = App {
    id: "4765445b-32c6-49b0-83e6-1d93765276ca",
    name: "OfficeHome",
    resource_id: "4765445b-32c6-49b0-83e6-1d93765276ca",
    resource: "OfficeHome",
};
pub const OUTLOOK_MOBILE: App = App {
    id: "27922004-5251-4030-b22d-91ecd9a37ea4",
    name: "Outlook Mobile",
    resource_id: EXCHANGE_ID,
    resource: EXCHANGE_NAME,
};
pub const AZURE_CLI: App = App {
    id: "1950a258-227b-4e31-a9cf-717495945fc2",
    name: "Microsoft Azure PowerShell",
    resource_id: "797f4846-ba00-4fd7-ba43-dac1f8f63013",
    resource: "Windows Azure Service Management API",
};

/// One attempt to sign in.
pub struct Attempt {
    pub app: App,
    pub code: u32,
    pub risky: bool,
}

impl Attempt {
    pub fn new(app: App, code: u32) -> Self {
        let risky = false;
        Self { app, code, risky }
    }

    fn succeeded(&self) -> bool {
        matches!(self.code, 0 | 50140)
    }

    /// A session begins with the first accepted factor.
    fn has_session(&self) -> bool {
        !matches!(self.code, 50126 | 50053 | 50057)
    }
}

impl Log {
    /// An interactive sign-in: one row in each of the two logs, with one id.
    pub fn sign_in(&mut self, moment: &Moment, session: &Session, attempt: &Attempt) {
        self.logon(moment, session, attempt, "Login:login");
        let object = sign_in_object(self.tenant, moment, session, attempt);
        self.sign_ins.push(SignInRow { time: moment.time, id: moment.id.clone(), object });
    }

    /// A sign-in as the audit log keeps it; token refreshes appear nowhere else here.
    pub fn logon(&mut self, moment: &Moment, session: &Session, attempt: &Attempt, request: &str) {
        let person = session.person;
        let succeeded = attempt.succeeded();
        let head = Head {
            operation: if succeeded { "UserLoggedIn" } else { "UserLoginFailed" },
            record_type: 15,
            // The service really calls a wrong password at the form a "Success".
            result: Some(if succeeded || request == "Login:login" { "Success" } else { "Failed" }),
            user: person.upn(),
            user_key: person.object_id(),
            user_type: 0,
            workload: "AzureActiveDirectory",
            client_ip: Some(session.address.clone()),
            object: Some(attempt.app.resource_id.to_owned()),
        };
        let extended = [
            ("ResultStatusDetail", if succeeded { "Success" } else { "UserError" }),
            ("UserAgent", session.client.user_agent),
            ("UserAuthenticationMethod", "1"),
            ("RequestType", request),
        ];
        let device = device_properties(session, attempt.has_session());
        let device: Vec<(&str, &str)> = device.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let audit = self
            .head(moment, &head)
            .with("AzureActiveDirectoryEventType", 1_u32)
            .with("ExtendedProperties", name_values(&extended))
            .with("ModifiedProperties", Vec::<Json>::new())
            .with("Actor", vec![identity(&person.object_id(), 0), identity(&person.upn(), 5)])
            .with("ActorContextId", self.tenant.id())
            .with("ActorIpAddress", session.address.as_str())
            .with("InterSystemsId", correlation(&moment.id))
            .with("IntraSystemId", moment.id.as_str())
            .with("SupportTicketId", "")
            .with("Target", vec![identity(attempt.app.resource_id, 0)])
            .with("TargetContextId", self.tenant.id())
            .with("ApplicationId", attempt.app.id)
            .with("DeviceProperties", name_values(&device))
            .with("ErrorNumber", attempt.code.to_string())
            .maybe("LogonError", logon_error(attempt.code));
        self.record(moment, &head, audit);
    }
}

/// The Graph object of a sign-in.
pub fn sign_in_object(tenant: &Tenant, moment: &Moment, session: &Session, attempt: &Attempt) -> Json {
    let (person, place, client) = (session.person, &session.place, &session.client);
    let risk = |level: &'static str| if attempt.risky { level } else { "none" };
    let status = Json::object()
        .with("errorCode", attempt.code)
        .with("failureReason", failure_reason(attempt.code))
        .with("additionalDetails", additional_details(attempt.code));
    let device = Json::object()
        .with("deviceId", client.device_id())
        .with("displayName", client.device)
        .with("operatingSystem", client.system)
        .with("browser", client.browser)
        .with("isCompliant", client.is_managed())
        .with("isManaged", client.is_managed())
        .with("trustType", if client.is_managed() { "Azure AD joined" } else { "" });
    let coordinates = Json::object()
        .with("altitude", Json::Null)
        .with("latitude", Json::decimal(place.latitude))
        .with("longitude", Json::decimal(place.longitude));
    let location = Json::object()
        .with("city", place.city)
        .with("state", place.state)
        .with("countryOrRegion", place.country)
        .with("geoCoordinates", coordinates);
    let session_id = attempt.has_session().then(|| Json::from(session.id.as_str()));
    let risk_types: Vec<&str> = if attempt.risky { vec!["unfamiliarFeatures", "unlikelyTravel"] } else { Vec::new() };
    Json::object()
        .with("id", moment.id.as_str())
        .with("createdDateTime", zulu(moment.time))
        .with("userDisplayName", person.name)
        .with("userPrincipalName", person.upn())
        .with("userId", person.object_id())
        .with("userType", "member")
        .with("appId", attempt.app.id)
        .with("appDisplayName", attempt.app.name)
        .with("resourceId", attempt.app.resource_id)
        .with("resourceDisplayName", attempt.app.resource)
        .with("resourceTenantId", tenant.id())
        .with("ipAddress", session.address.as_str())
        .with("autonomousSystemNumber", place.network)
        .with("clientAppUsed", client.kind)
        .with("userAgent", client.user_agent)
        .with("correlationId", correlation(&moment.id))
        .with("sessionId", session_id.unwrap_or(Json::Null))
        .with("uniqueTokenIdentifier", named_token(&moment.id, 22))
        .with("isInteractive", true)
        .with("signInEventTypes", vec!["interactiveUser"])
        .with("authenticationProtocol", "none")
        .with("incomingTokenType", "none")
        .with("authenticationRequirement", "multiFactorAuthentication")
        .with("conditionalAccessStatus", "notApplied")
        .with("riskDetail", "none")
        .with("riskLevelAggregated", risk("high"))
        .with("riskLevelDuringSignIn", risk("high"))
        .with("riskState", risk("atRisk"))
        .with("riskEventTypes_v2", risk_types)
        .with("status", status)
        .with("deviceDetail", device)
        .with("location", location)
}

fn device_properties(session: &Session, has_session: bool) -> Vec<(&'static str, String)> {
    let client = &session.client;
    let mut properties = Vec::new();
    if client.is_managed() {
        properties.push(("Id", client.device_id()));
        properties.push(("DisplayName", client.device.to_owned()));
    }
    properties.push(("OS", client.system.to_owned()));
    properties.push(("BrowserType", client.browser.to_owned()));
    let managed = if client.is_managed() { "True" } else { "False" };
    properties.push(("IsCompliant", managed.to_owned()));
    properties.push(("IsCompliantAndManaged", managed.to_owned()));
    if client.is_managed() {
        properties.push(("TrustType", "1".to_owned()));
    }
    if has_session {
        properties.push(("SessionId", session.id.clone()));
    }
    properties
}

fn failure_reason(code: u32) -> &'static str {
    match code {
        0 => "Other.",
        50074 => "Strong Authentication is required.",
        50126 => "Error validating credentials due to invalid username or password.",
        50133 => "Session is invalid due to expiration or recent password change.",
        50140 => "This occurred due to 'Keep me signed in' interrupt when the user was signing-in.",
        50173 => "Fresh auth token is needed. Have the user re-sign using fresh credentials.",
        _ => "Sign-in was blocked.",
    }
}

fn additional_details(code: u32) -> Json {
    match code {
        0 => "MFA requirement satisfied by claim in the token".into(),
        50074 => "MFA required in Azure AD".into(),
        50126 => "The user didn't enter the right credentials.".into(),
        _ => Json::Null,
    }
}

fn logon_error(code: u32) -> Option<&'static str> {
    match code {
        50074 => Some("UserStrongAuthClientAuthNRequired"),
        50126 => Some("InvalidUserNameOrPassword"),
        50133 => Some("SsoArtifactInvalidOrExpired"),
        50173 => Some("FreshTokenNeeded"),
        _ => None,
    }
}
