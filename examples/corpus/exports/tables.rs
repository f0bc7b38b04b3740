//! Records as the tables that portals and scripts make of them.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::super::records::Traced;
use super::super::world::{guid, print};
use super::{Numbered, cells, text};

fn table(columns: &[&str], rows: impl Iterator<Item = Map<String, Value>>) -> String {
    let mut table = cells(columns);
    for row in rows {
        let values: Vec<&str> =
            columns.iter().map(|column| row.get(*column).and_then(Value::as_str).unwrap_or_default()).collect();
        table += &cells(&values);
    }
    table
}

fn object(pairs: &[(&str, String)]) -> Map<String, Value> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), Value::from(value.as_str()))).collect()
}

pub(super) fn sign_ins(rows: &[Numbered]) -> String {
    const COLUMNS: [&str; 57] = [
        "Date (UTC)",
        "Request ID",
        "User agent",
        "Correlation ID",
        "User ID",
        "User",
        "Username",
        "User type",
        "Cross tenant access type",
        "Incoming token type",
        "Authentication Protocol",
        "Unique token identifier",
        "Original transfer method",
        "Client credential type",
        "Token Protection - Sign In Session",
        "Token Protection - Sign In Session StatusCode",
        "Application",
        "Application ID ",
        "App owner tenant ID",
        "Resource",
        "Resource ID ",
        "Resource tenant ID",
        "Resource owner tenant ID",
        "Home tenant ID",
        "Home tenant name",
        "IP address",
        "Location",
        "Status",
        "Sign-in error code",
        "Failure reason",
        "Client app",
        "Device ID",
        "Browser",
        "Operating System",
        "Compliant",
        "Managed",
        "Join Type",
        "Multifactor authentication result",
        "Multifactor authentication auth method",
        "Multifactor authentication auth detail",
        "Authentication requirement",
        "Sign-in identifier",
        "Session ID",
        "IP address (seen by resource)",
        "Through Global Secure Access",
        "Global Secure Access IP address",
        "Autonomous system  number",
        "Flagged for review",
        "Token issuer type",
        "Incoming token type",
        "Token issuer name",
        "Latency",
        "Conditional Access",
        "Managed Identity type",
        "Associated Resource Id",
        "Federated Token Id",
        "Federated Token Issuer",
    ];
    let row = |(_, sign_in): &Numbered| {
        let code = &sign_in["status"]["errorCode"];
        let place = format!(
            "{}, {}, {}",
            text(sign_in, "/location/city"),
            text(sign_in, "/location/state"),
            text(sign_in, "/location/countryOrRegion")
        );
        let managed = if sign_in["deviceDetail"]["isManaged"] == true { "Yes" } else { "No" };
        object(&[
            ("Date (UTC)", text(sign_in, "/createdDateTime").to_owned()),
            ("Request ID", text(sign_in, "/id").to_owned()),
            ("User agent", text(sign_in, "/userAgent").to_owned()),
            ("Correlation ID", text(sign_in, "/correlationId").to_owned()),
            ("User ID", text(sign_in, "/userId").to_owned()),
            ("User", text(sign_in, "/userDisplayName").to_owned()),
            ("Username", text(sign_in, "/userPrincipalName").to_owned()),
            ("Unique token identifier", text(sign_in, "/uniqueTokenIdentifier").to_owned()),
            ("Authentication Protocol", text(sign_in, "/authenticationProtocol").to_owned()),
            ("Application", text(sign_in, "/appDisplayName").to_owned()),
            ("Application ID ", text(sign_in, "/appId").to_owned()),
            ("Resource", text(sign_in, "/resourceDisplayName").to_owned()),
            ("Resource ID ", text(sign_in, "/resourceId").to_owned()),
            ("IP address", text(sign_in, "/ipAddress").to_owned()),
            ("Location", place),
            ("Status", if *code == 0 { "Success" } else { "Failure" }.to_owned()),
            ("Sign-in error code", if *code == 0 { String::new() } else { code.to_string() }),
            ("Failure reason", text(sign_in, "/status/failureReason").to_owned()),
            ("Client app", text(sign_in, "/clientAppUsed").to_owned()),
            ("Device ID", text(sign_in, "/deviceDetail/deviceId").to_owned()),
            ("Browser", text(sign_in, "/deviceDetail/browser").to_owned()),
            ("Operating System", text(sign_in, "/deviceDetail/operatingSystem").to_owned()),
            ("Compliant", managed.to_owned()),
            ("Managed", managed.to_owned()),
            ("Authentication requirement", text(sign_in, "/authenticationRequirement").to_owned()),
            ("Session ID", text(sign_in, "/sessionId").to_owned()),
            ("Autonomous system  number", sign_in["autonomousSystemNumber"].to_string()),
        ])
    };
    table(&COLUMNS, rows.iter().map(row))
}

pub(super) fn directory(rows: &[Numbered]) -> String {
    let mut columns: Vec<String> = [
        "Date (UTC)",
        "CorrelationId",
        "Service",
        "Category",
        "Activity",
        "Result",
        "ResultReason",
        "User Agent",
        "ActorType",
        "ActorDisplayName",
        "ActorObjectId",
        "ActorUserPrincipalName",
        "IPAddress",
        "ActorHomeTenantId",
        "ActorHomeTenantName",
        "ActorServicePrincipalId",
        "ActorServicePrincipalName",
        "Target1Type",
        "Target1DisplayName",
        "Target1ObjectId",
        "Target1UserPrincipalName",
    ]
    .map(str::to_owned)
    .to_vec();
    for number in 1..=5 {
        for part in ["Name", "OldValue", "NewValue"] {
            columns.push(format!("Target1ModifiedProperty{number}{part}"));
        }
    }
    let row = |(_, change): &Numbered| {
        let mut row = object(&[
            ("Date (UTC)", text(change, "/activityDateTime").to_owned()),
            ("CorrelationId", text(change, "/correlationId").to_owned()),
            ("Service", text(change, "/loggedByService").to_owned()),
            ("Category", text(change, "/category").to_owned()),
            ("Activity", text(change, "/activityDisplayName").to_owned()),
            ("Result", text(change, "/result").to_owned()),
            ("ResultReason", text(change, "/resultReason").to_owned()),
            ("ActorType", "User".to_owned()),
            ("ActorDisplayName", text(change, "/initiatedBy/user/displayName").to_owned()),
            ("ActorObjectId", text(change, "/initiatedBy/user/id").to_owned()),
            ("ActorUserPrincipalName", text(change, "/initiatedBy/user/userPrincipalName").to_owned()),
            ("IPAddress", text(change, "/initiatedBy/user/ipAddress").to_owned()),
            ("Target1Type", "User".to_owned()),
            ("Target1DisplayName", text(change, "/targetResources/0/displayName").to_owned()),
            ("Target1ObjectId", text(change, "/targetResources/0/id").to_owned()),
            ("Target1UserPrincipalName", text(change, "/targetResources/0/userPrincipalName").to_owned()),
        ]);
        let properties = change.pointer("/targetResources/0/modifiedProperties").and_then(Value::as_array);
        for (position, property) in properties.into_iter().flatten().take(5).enumerate() {
            let name = |part: &str| format!("Target1ModifiedProperty{}{part}", position + 1);
            row.insert(name("Name"), text(property, "/displayName").into());
            row.insert(name("OldValue"), text(property, "/oldValue").into());
            row.insert(name("NewValue"), text(property, "/newValue").into());
        }
        row
    };
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    table(&columns, rows.iter().map(row))
}

pub(super) fn trace(rows: &[(Option<usize>, Traced)]) -> String {
    const COLUMNS: [&str; 13] = [
        "MessageId",
        "Received",
        "SenderAddress",
        "RecipientAddress",
        "Subject",
        "Status",
        "ToIP",
        "FromIP",
        "Size",
        "MessageTraceId",
        "StartDate",
        "EndDate",
        "Index",
    ];
    let row = |(position, (_, row)): (usize, &(Option<usize>, Traced))| {
        object(&[
            ("MessageId", row.message_id.clone()),
            ("Received", print(row.time, "%Y-%m-%dT%H:%M:%S.0000000")),
            ("SenderAddress", row.sender.clone()),
            ("RecipientAddress", row.recipient.clone()),
            ("Subject", row.subject.clone()),
            ("Status", row.status.to_owned()),
            ("FromIP", row.from_ip.clone()),
            ("Size", "20480".to_owned()),
            ("MessageTraceId", guid(&format!("trace/{}", row.message_id))),
            ("StartDate", "2026-01-22T00:00:00".to_owned()),
            ("EndDate", "2026-03-03T00:00:00".to_owned()),
            ("Index", position.to_string()),
        ])
    };
    table(&COLUMNS, rows.iter().enumerate().map(row))
}

pub(super) const RULE_COLUMNS: [&str; 24] = [
    "UserName",
    "RuleName",
    "Enabled",
    "Priority",
    "RuleIdentity",
    "StopProcessingRules",
    "CopyToFolder",
    "MoveToFolder",
    "RedirectTo",
    "ForwardTo",
    "ForwardAsAttachmentTo",
    "ApplyCategory",
    "MarkImportance",
    "MarkAsRead",
    "DeleteMessage",
    "SoftDeleteMessage",
    "From",
    "SubjectContainsWords",
    "SubjectOrBodyContainsWords",
    "BodyContainsWords",
    "HasAttachment",
    "Description",
    "InError",
    "ErrorType",
];

pub(super) const MAILBOX_COLUMNS: [&str; 5] =
    ["Name", "UserPrincipalName", "ForwardingSMTPAddress", "ForwardingAddress", "DeliverToMailboxAndForward"];

pub(super) fn states(columns: &[&str], rows: &[Numbered]) -> String {
    table(columns, rows.iter().filter_map(|(_, row)| row.as_object().cloned()))
}

pub(super) fn admin(rows: &[Numbered]) -> String {
    const COLUMNS: [&str; 5] = ["Caller", "Cmdlet", "FullCommand", "RunDate(UTC)", "ObjectModified"];
    let row = |(_, cmdlet): &Numbered| {
        let mut command = text(cmdlet, "/cmdlet").to_owned();
        for parameter in cmdlet["parameters"].as_array().into_iter().flatten() {
            let value = match text(parameter, "/Value") {
                "True" => "$true".to_owned(),
                "False" => "$false".to_owned(),
                value => format!("'{value}'"),
            };
            let _ = write!(command, " -{} {value}", text(parameter, "/Name"));
        }
        let time = cmdlet["time"].as_i64().unwrap_or_default();
        object(&[
            ("Caller", text(cmdlet, "/upn").to_owned()),
            ("Cmdlet", text(cmdlet, "/cmdlet").to_owned()),
            ("FullCommand", command),
            ("RunDate(UTC)", print(time, "%Y-%m-%dT%H:%M:%S")),
            ("ObjectModified", text(cmdlet, "/object").to_owned()),
        ])
    };
    table(&COLUMNS, rows.iter().map(row))
}
