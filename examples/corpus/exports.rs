//! Records as export files, and where each record stands in them.

use std::fmt::Write as _;
use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use super::case::{Case, Export, Shape};
use super::ground::{Ground, ordinary};
use super::records::{Fact, Traced, With};
use super::world::{guid, print, zulu};

static ORDINARY: LazyLock<Vec<Fact>> = LazyLock::new(ordinary);

/// A file of a case.
pub struct File {
    pub name: &'static str,
    pub text: String,
}

/// A record to be written, with the number of the case's own record that it is.
type Numbered = (Option<usize>, Value);

/// The files of a case, and for each of its own records the places (`file`, `record` from 1) where it stands.
pub fn files(case: &Case) -> (Vec<File>, Vec<Vec<Value>>) {
    let mut sorted = Sorted::of(case);
    let mut places = vec![Vec::new(); case.facts.len()];
    let mut files = Vec::new();
    let lived = case.ground == Ground::Lived;
    let present = |export: Export, rows: usize| !case.missing.contains(&export) && (lived || rows > 0);
    let mut put = |name: &'static str, rows: &[Numbered], text: String| {
        for (position, (own, _)) in rows.iter().enumerate() {
            if let Some(own) = own {
                places[*own].push(json!({"file": name, "record": position + 1}));
            }
        }
        files.push(File { name, text });
    };
    if present(Export::Audit, sorted.audit.len()) {
        for (name, rows, text) in audit(case.shape, &sorted.audit) {
            put(name, &rows, text);
        }
    }
    if present(Export::SignIns, sorted.sign_ins.len()) {
        let risky = sorted.sign_ins.iter().any(|(_, object)| object["riskState"] != "none");
        if case.tables && !risky {
            put("InteractiveSignIns_2026-01-22_2026-03-03.csv", &sorted.sign_ins, sign_in_table(&sorted.sign_ins));
        } else {
            put("InteractiveSignIns_2026-01-22_2026-03-03.json", &sorted.sign_ins, array(&sorted.sign_ins));
        }
    }
    if present(Export::Quiet, sorted.quiet.len()) {
        put("NonInteractiveSignIns_2026-01-22_2026-03-03.json", &sorted.quiet, array(&sorted.quiet));
    }
    if present(Export::Entra, sorted.entra.len()) {
        if case.tables {
            put("AuditLogs_2026-01-22_2026-03-03.csv", &sorted.entra, entra_table(&sorted.entra));
        } else {
            put("directoryAudits.json", &sorted.entra, page(&sorted.entra, "auditLogs/directoryAudits"));
        }
    }
    if present(Export::Risk, sorted.risk.len()) && !sorted.risk.is_empty() {
        put("riskDetections.json", &sorted.risk, page(&sorted.risk, "identityProtection/riskDetections"));
    }
    if present(Export::Trace, sorted.trace.len()) {
        let rows: Vec<Numbered> = sorted.trace.iter().map(|(own, _)| (*own, Value::Null)).collect();
        put("dana-MTL.csv", &rows, trace_table(&sorted.trace));
    }
    if !sorted.admin.is_empty() {
        let text = if case.tables { admin_table(&sorted.admin) } else { admin_xml(&sorted.admin) };
        put(if case.tables { "Simple_User_Changes.csv" } else { "SearchResult.xml" }, &sorted.admin, text);
    }
    let padding = std::mem::take(&mut sorted.rules);
    if present(Export::Rules, padding.len()) {
        put("20260302101500-InboxRules.csv", &padding, state_table(&RULE_COLUMNS, &padding));
    }
    if present(Export::Mailboxes, sorted.mailboxes.len()) {
        put("2026-03-02_MailboxForwarding.csv", &sorted.mailboxes, state_table(&MAILBOX_COLUMNS, &sorted.mailboxes));
    }
    (files, places)
}

#[derive(Default)]
struct Sorted {
    audit: Vec<Numbered>,
    sign_ins: Vec<Numbered>,
    quiet: Vec<Numbered>,
    entra: Vec<Numbered>,
    risk: Vec<Numbered>,
    admin: Vec<Numbered>,
    rules: Vec<Numbered>,
    mailboxes: Vec<Numbered>,
    trace: Vec<(Option<usize>, Traced)>,
}

impl Sorted {
    fn of(case: &Case) -> Self {
        let mut sorted = Self::default();
        if case.ground == Ground::Lived {
            for (position, fact) in ORDINARY.iter().cloned().enumerate() {
                if (case.keep)(&fact) {
                    sorted.take(None, with_id(fact, position));
                }
            }
            let elis = json!({"UserName": "eli.novak@fabrikam.example", "RuleName": "Projects", "Enabled": "True",
                "Priority": "1", "RuleIdentity": "71", "MoveToFolder": "Projects", "From": "it.admin@fabrikam.example"});
            let own = json!({"UserName": "dana.weiss@fabrikam.example", "RuleName": "Minutes", "Enabled": "True",
                "Priority": "1", "RuleIdentity": "72", "MoveToFolder": "Minutes", "From": "eli.novak@fabrikam.example"});
            sorted.rules.push((None, elis));
            sorted.rules.push((None, own));
            for (name, upn) in
                [("Dana Weiss", "dana.weiss@fabrikam.example"), ("Eli Novak", "eli.novak@fabrikam.example")]
            {
                let stated =
                    case.facts.iter().any(|fact| matches!(fact, Fact::Mailbox(row) if row["UserPrincipalName"] == upn));
                if !stated {
                    sorted.mailboxes.push((None, json!({"Name": name, "UserPrincipalName": upn})));
                }
            }
        }
        for (position, fact) in case.facts.iter().enumerate() {
            sorted.take(Some(position), fact.clone());
        }
        for (list, key) in [
            (&mut sorted.audit, "CreationTime"),
            (&mut sorted.sign_ins, "createdDateTime"),
            (&mut sorted.quiet, "createdDateTime"),
            (&mut sorted.entra, "activityDateTime"),
        ] {
            list.sort_by_key(|(_, object)| object[key].as_str().unwrap_or_default().to_owned());
        }
        sorted.trace.sort_by_key(|(_, row)| row.time);
        sorted
    }

    fn take(&mut self, own: Option<usize>, fact: Fact) {
        match fact {
            Fact::Audit(object) => self.audit.push((own, object)),
            Fact::SignIn(object) => self.sign_ins.push((own, object)),
            Fact::Quiet(object) => self.quiet.push((own, object)),
            Fact::Entra(object) => self.entra.push((own, object)),
            Fact::Risk(object) => self.risk.push((own, object)),
            Fact::Admin(object) => self.admin.push((own, object)),
            Fact::Rule(row) => self.rules.push((own, Value::Object(row))),
            Fact::Mailbox(row) => self.mailboxes.push((own, Value::Object(row))),
            Fact::Trace(row) => self.trace.push((own, row)),
        }
    }
}

fn with_id(fact: Fact, position: usize) -> Fact {
    let id = guid(&format!("ordinary/{position}"));
    match &fact {
        Fact::Audit(_) => fact.with("Id", id),
        _ => fact.with("id", id),
    }
}

fn audit(shape: Shape, rows: &[Numbered]) -> Vec<(&'static str, Vec<Numbered>, String)> {
    match shape {
        Shape::Lines => vec![("ual.ndjson", rows.to_vec(), lines(rows))],
        Shape::Portal => vec![portal(rows)],
        Shape::Search => vec![search(rows)],
        Shape::Mixed => {
            let half = rows.len() / 2;
            let again = half.saturating_sub(20);
            vec![portal(&rows[..half]), search(&rows[again..])]
        }
    }
}

fn lines(rows: &[Numbered]) -> String {
    rows.iter().fold(String::new(), |text, (_, object)| text + &object.to_string() + "\n")
}

fn array(rows: &[Numbered]) -> String {
    let objects: Vec<String> = rows.iter().map(|(_, object)| object.to_string()).collect();
    format!("[{}]\n", objects.join(",\n"))
}

fn page(rows: &[Numbered], of: &str) -> String {
    let objects: Vec<String> = rows.iter().map(|(_, object)| object.to_string()).collect();
    format!(
        "{{\"@odata.context\":\"https://graph.microsoft.example/v1.0/$metadata#{of}\",\"value\":[{}]}}\n",
        objects.join(",\n")
    )
}

fn cells(values: &[&str]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| format!("\"{}\"", value.replace('"', "\"\""))).collect();
    quoted.join(",") + "\r\n"
}

fn text<'a>(object: &'a Value, pointer: &str) -> &'a str {
    object.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// The portal's table is newest first.
fn portal(rows: &[Numbered]) -> (&'static str, Vec<Numbered>, String) {
    let rows: Vec<Numbered> = rows.iter().rev().cloned().collect();
    let mut table = String::from(
        "RecordId,CreationDate,RecordType,Operation,UserId,AuditData,AssociatedAdminUnits,AssociatedAdminUnitsNames\r\n",
    );
    for (_, object) in &rows {
        let created = format!("{}.0000000Z", text(object, "/CreationTime"));
        let kind = object["RecordType"].to_string();
        let audit = object.to_string();
        table += &cells(&[
            text(object, "/Id"),
            &created,
            &kind,
            text(object, "/Operation"),
            text(object, "/UserId"),
            &audit,
            "",
            "",
        ]);
    }
    ("AuditLog_2026-01-22_2026-03-03.csv", rows, table)
}

fn search(rows: &[Numbered]) -> (&'static str, Vec<Numbered>, String) {
    let mut table = cells(&[
        "RecordType",
        "CreationDate",
        "UserIds",
        "Operations",
        "AuditData",
        "ResultIndex",
        "ResultCount",
        "Identity",
        "IsValid",
        "ObjectState",
    ]);
    for (position, (_, object)) in rows.iter().enumerate() {
        let created = text(object, "/CreationTime").replace('T', " ");
        let (index, count, audit) = ((position + 1).to_string(), rows.len().to_string(), object.to_string());
        let kind = object["RecordType"].to_string();
        table += &cells(&[
            &kind,
            &created,
            text(object, "/UserId"),
            text(object, "/Operation"),
            &audit,
            &index,
            &count,
            text(object, "/Id"),
            "True",
            "Unchanged",
        ]);
    }
    ("ual.csv", rows.to_vec(), table)
}

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

fn sign_in_table(rows: &[Numbered]) -> String {
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

fn entra_table(rows: &[Numbered]) -> String {
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

fn trace_table(rows: &[(Option<usize>, Traced)]) -> String {
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

const RULE_COLUMNS: [&str; 24] = [
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

const MAILBOX_COLUMNS: [&str; 5] =
    ["Name", "UserPrincipalName", "ForwardingSMTPAddress", "ForwardingAddress", "DeliverToMailboxAndForward"];

fn state_table(columns: &[&str], rows: &[Numbered]) -> String {
    table(columns, rows.iter().filter_map(|(_, row)| row.as_object().cloned()))
}

fn admin_table(rows: &[Numbered]) -> String {
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

fn admin_xml(rows: &[Numbered]) -> String {
    let escaped =
        |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<SearchResults>\r\n");
    for (_, cmdlet) in rows {
        let time = zulu(cmdlet["time"].as_i64().unwrap_or_default()).replace('Z', "+00:00");
        let _ = write!(
            xml,
            "  <Event Caller=\"{}\" Cmdlet=\"{}\" ObjectModified=\"{}\" RunDate=\"{time}\" Succeeded=\"true\" Error=\"None\" OriginatingServer=\"AM9PR04MB7456 (15.20.9478.004)\" ExternalAccess=\"false\">\r\n    <CmdletParameters>\r\n",
            escaped(text(cmdlet, "/caller")),
            text(cmdlet, "/cmdlet"),
            escaped(text(cmdlet, "/object")),
        );
        for parameter in cmdlet["parameters"].as_array().into_iter().flatten() {
            let (name, value) = (text(parameter, "/Name"), escaped(text(parameter, "/Value")));
            let _ = write!(xml, "      <Parameter Name=\"{name}\" Value=\"{value}\" />\r\n");
        }
        xml += "    </CmdletParameters>\r\n  </Event>\r\n";
    }
    xml + "</SearchResults>\r\n"
}
