//! Single records, as the services write them: audit log, sign-in log, directory audit, risk report.

use serde_json::{Map, Value, json};

use super::world::{ADMIN, DOMAIN, ROUTING, Seat, TENANT, Who, bare, guid, zulu};

/// One record, with the export it belongs into.
#[derive(Clone)]
pub enum Fact {
    /// Unified audit log.
    Audit(Value),
    /// Interactive sign-in.
    SignIn(Value),
    /// Non-interactive sign-in.
    Quiet(Value),
    /// Entra directory audit.
    Entra(Value),
    Risk(Value),
    /// Message trace: sender, recipient, subject, message id, status, address of the sender's server, time.
    Trace(Traced),
    /// A cmdlet that only the admin audit log has: time, caller, cmdlet, object, parameters.
    Admin(Value),
    /// A row of the snapshot of inbox rules.
    Rule(Map<String, Value>),
    /// A row of the snapshot of mailboxes.
    Mailbox(Map<String, Value>),
}

#[derive(Clone)]
pub struct Traced {
    pub time: i64,
    pub sender: String,
    pub recipient: String,
    pub subject: String,
    pub message_id: String,
    pub status: &'static str,
    pub from_ip: String,
}

/// Building objects key by key.
pub trait With: Sized {
    fn with(self, key: &str, value: impl Into<Value>) -> Self;
    fn without(self, key: &str) -> Self;
}

impl With for Value {
    fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        if let Value::Object(map) = &mut self {
            map.insert(key.to_owned(), value.into());
        }
        self
    }

    fn without(mut self, key: &str) -> Self {
        if let Value::Object(map) = &mut self {
            map.remove(key);
        }
        self
    }
}

impl With for Fact {
    fn with(self, key: &str, value: impl Into<Value>) -> Self {
        match self {
            Self::Audit(object) => Self::Audit(object.with(key, value)),
            Self::SignIn(object) => Self::SignIn(object.with(key, value)),
            Self::Quiet(object) => Self::Quiet(object.with(key, value)),
            Self::Entra(object) => Self::Entra(object.with(key, value)),
            Self::Risk(object) => Self::Risk(object.with(key, value)),
            other => other,
        }
    }

    fn without(self, key: &str) -> Self {
        match self {
            Self::Audit(object) => Self::Audit(object.without(key)),
            other => other,
        }
    }
}

fn named(pairs: &[(&str, &str)]) -> Value {
    pairs.iter().map(|(name, value)| json!({"Name": name, "Value": value})).collect()
}

fn audit(time: i64, operation: &str, record_type: u32, user: &str, workload: &str) -> Value {
    json!({
        "CreationTime": bare(time), "Id": Value::Null, "Operation": operation, "OrganizationId": TENANT,
        "RecordType": record_type, "ResultStatus": "Succeeded", "UserType": 0, "UserKey": user, "Version": 1,
        "Workload": workload, "UserId": user,
    })
}

/// A cmdlet (record type 1) of `who` on `target`.
pub fn cmdlet(time: i64, (who, seat): (&Who, &Seat), name: &str, target: &str, parameters: &[(&str, &str)]) -> Fact {
    let kind = if who.upn == ADMIN.upn { 2 } else { 0 };
    let mut object = audit(time, name, 1, who.upn, "Exchange")
        .with("ResultStatus", "True")
        .with("UserKey", who.puid)
        .with("UserType", kind)
        .with("ObjectId", target)
        .with("ExternalAccess", false)
        .with("OrganizationName", ROUTING)
        .with("OriginatingServer", "AM9PR04MB7456 (15.20.9478.004)")
        .with("Parameters", named(parameters));
    if !seat.ip.is_empty() {
        let ip = if seat.ip.contains(':') { format!("[{}]:51022", seat.ip) } else { format!("{}:51022", seat.ip) };
        object = object.with("ClientIP", ip);
    }
    if !seat.session.is_empty() {
        object = object.with("SessionId", seat.session).with("AppId", "00000002-0000-0ff1-ce00-000000000000");
    }
    Fact::Audit(object)
}

/// A cmdlet of the service itself.
pub fn service_cmdlet(time: i64, name: &str, target: &Who, parameters: &[(&str, &str)]) -> Fact {
    const SERVICE: &str = r"NT AUTHORITY\SYSTEM (Microsoft.Exchange.ServiceHost)";
    Fact::Audit(
        audit(time, name, 1, SERVICE, "Exchange")
            .with("ResultStatus", "True")
            .with("UserType", 3)
            .with("ObjectId", target.canonical())
            .with("ExternalAccess", true)
            .with("OrganizationName", ROUTING)
            .with("Parameters", named(parameters)),
    )
}

fn mailbox(time: i64, operation: &str, record_type: u32, (who, owner, seat): (&Who, &Who, &Seat)) -> Value {
    let logon = if who.upn == owner.upn { 0 } else { 2 };
    let mut object = audit(time, operation, record_type, who.upn, "Exchange")
        .with("UserKey", who.puid)
        .with("ExternalAccess", false)
        .with("InternalLogonType", 0)
        .with("LogonType", logon)
        .with("LogonUserSid", who.sid)
        .with("MailboxGuid", owner.mailbox)
        .with("MailboxOwnerSid", owner.sid)
        .with("MailboxOwnerUPN", owner.upn)
        .with("OrganizationName", ROUTING);
    if !seat.ip.is_empty() {
        object = object.with("ClientIPAddress", seat.ip);
        if record_type != 50 {
            object = object.with("ClientIP", seat.ip);
        }
    }
    if !seat.info.is_empty() {
        object = object.with("ClientInfoString", seat.info);
    }
    if seat.info == "Client=MSExchangeRPC" {
        object = object.with("ClientProcessName", "OUTLOOK.EXE").with("ClientVersion", "16.0.18429.20158");
    }
    if !seat.session.is_empty() {
        object = object.with("SessionId", seat.session);
    }
    object
}

fn folder(path: &str) -> Value {
    json!({"Id": format!("LgAAAAB{}", guid(path)), "Path": path})
}

/// Somebody's own mail.
pub fn own<'a>(who: &'a Who, seat: &'a Seat) -> (&'a Who, &'a Who, &'a Seat) {
    (who, who, seat)
}

/// `Send` of one message to `count` recipients, of which `to` are named.
pub fn send(time: i64, who: (&Who, &Who, &Seat), (subject, message): (&str, &str), to: &[&str]) -> Fact {
    let list: Value = to.iter().map(|address| json!({"Address": address, "Name": address})).collect();
    let item = json!({"Id": format!("Rg{}", guid(message)), "InternetMessageId": message,
        "ParentFolder": folder("\\Drafts"), "SizeInBytes": 12_041, "Subject": subject});
    let object = mailbox(time, "Send", 2, who)
        .with("Item", item)
        .with("SaveToSentItems", true)
        .with("recipientCount", to.len())
        .with("recipientList", list);
    Fact::Audit(object)
}

/// `MoveToDeletedItems`, `SoftDelete`, `HardDelete` or `Move` of messages (subject, message id) out of `from`.
pub fn delete(time: i64, who: (&Who, &Who, &Seat), operation: &str, from: &str, mails: &[(&str, &str)]) -> Fact {
    let items: Value = mails
        .iter()
        .map(|(subject, message)| {
            json!({"Id": format!("Rg{}", guid(message)), "InternetMessageId": message, "Subject": subject,
                "ParentFolder": folder(from)})
        })
        .collect();
    Fact::Audit(
        mailbox(time, operation, 3, who)
            .with("AffectedItems", items)
            .with("CrossMailboxOperation", false)
            .with("Folder", folder(from)),
    )
}

/// A record of the mailbox audit with nothing but its head (record type 2, 3 or 50).
pub fn item(time: i64, who: (&Who, &Who, &Seat), operation: &str, record_type: u32) -> Fact {
    Fact::Audit(mailbox(time, operation, record_type, who))
}

/// `UpdateInboxRules` as Outlook leaves it.
pub fn outlook_rule(time: i64, who: (&Who, &Who, &Seat), properties: &[(&str, &str)]) -> Fact {
    item(time, who, "UpdateInboxRules", 2)
        .with("OperationProperties", named(properties))
        .with("Item", json!({"Id": "LgAAAAB", "ParentFolder": folder("\\Inbox")}))
}

/// `MailItemsAccessed`.
pub fn read(time: i64, who: (&Who, &Who, &Seat), access: &str, messages: &[&str]) -> Fact {
    let items: Value = messages.iter().map(|message| json!({"InternetMessageId": message})).collect();
    item(time, who, "MailItemsAccessed", 50)
        .with("OperationProperties", named(&[("MailAccessType", access), ("IsThrottled", "False")]))
        .with("Folders", json!([{"Id": "LgInbox", "Path": "\\Inbox", "FolderItems": items}]))
        .with("OperationCount", messages.len().max(1))
}

fn party(who: &Who) -> Value {
    json!([{"ID": who.upn, "Type": 5}, {"ID": who.puid, "Type": 3}, {"ID": format!("User_{}", who.object_id), "Type": 2},
        {"ID": who.object_id, "Type": 2}, {"ID": "User", "Type": 2}])
}

/// A value in the list form of `ModifiedProperties`.
pub fn listed(value: &str) -> String {
    match value {
        "" => "[]".to_owned(),
        // A list of objects is printed as such.
        list if list.starts_with("[{") => list.to_owned(),
        text => format!("[\r\n  \"{text}\"\r\n]"),
    }
}

/// A change in the directory as the audit log keeps it (record type 8): name, old and new value.
pub fn directory(time: i64, (who, target): (&Who, &Who), operation: &str, changes: &[(&str, &str, &str)]) -> Fact {
    let mut modified: Vec<Value> = changes
        .iter()
        .map(|(name, old, new)| json!({"Name": name, "OldValue": listed(old), "NewValue": listed(new)}))
        .collect();
    if operation.starts_with("Update user") {
        let names: Vec<&str> = changes.iter().map(|(name, ..)| *name).collect();
        modified.push(json!({"Name": "Included Updated Properties", "OldValue": "", "NewValue": names.join(", ")}));
    }
    Fact::Audit(
        audit(time, operation, 8, who.upn, "AzureActiveDirectory")
            .with("ResultStatus", "Success")
            .with("UserKey", format!("{}@{ROUTING}", who.puid))
            .with("ObjectId", target.upn)
            .with("AzureActiveDirectoryEventType", 1)
            .with("ExtendedProperties", named(&[("additionalDetails", "{}"), ("extendedAuditEventCategory", "User")]))
            .with("ModifiedProperties", modified)
            .with("Actor", party(who))
            .with("ActorContextId", TENANT)
            .with("InterSystemsId", guid(&format!("{time}{operation}")))
            .with("Target", party(target))
            .with("TargetContextId", TENANT),
    )
}

/// A change in the directory as the Entra audit log keeps it, with the address of who made it.
pub fn entra(time: i64, (who, ip): (&Who, &str), target: &Who, activity: &str, changes: &[(&str, &str, &str)]) -> Fact {
    let modified: Vec<Value> = changes
        .iter()
        .map(|(name, old, new)| {
            let value = |text: &str| if text.is_empty() { "[]".to_owned() } else { format!("[\"{text}\"]") };
            json!({"displayName": name, "oldValue": value(old), "newValue": value(new)})
        })
        .collect();
    Fact::Entra(json!({
        "id": Value::Null, "category": "UserManagement", "correlationId": guid(&format!("{time}{activity}")),
        "result": "success", "resultReason": "", "activityDisplayName": activity, "activityDateTime": zulu(time),
        "loggedByService": if activity.contains("security info") || activity.contains("self-service") { "Authentication Methods" } else { "Core Directory" },
        "operationType": "Update",
        "initiatedBy": {"user": {"id": who.object_id, "displayName": who.name, "userPrincipalName": who.upn, "ipAddress": ip}, "app": Value::Null},
        "targetResources": [{"id": target.object_id, "displayName": target.name, "type": "User", "userPrincipalName": target.upn, "modifiedProperties": modified}],
        "additionalDetails": [],
    }))
}

/// A sign-in with its outcome code, as the sign-in log keeps it.
pub fn sign_in(time: i64, who: &Who, seat: &Seat, code: u32) -> Fact {
    let device = if seat.managed { guid(&format!("device/{}/{}", who.upn, seat.os)) } else { String::new() };
    let number = |text: &str| text.parse::<f64>().unwrap_or_default();
    let details = if code == 0 { "MFA requirement satisfied by claim in the token" } else { "" };
    Fact::SignIn(json!({
        "id": Value::Null, "createdDateTime": zulu(time), "userDisplayName": who.name, "userPrincipalName": who.upn,
        "userId": who.object_id, "appId": "00000002-0000-0ff1-ce00-000000000000", "appDisplayName": "Office 365 Exchange Online",
        "resourceId": "00000002-0000-0ff1-ce00-000000000000", "resourceDisplayName": "Office 365 Exchange Online",
        "ipAddress": seat.ip, "autonomousSystemNumber": seat.asn, "clientAppUsed": "Browser", "userAgent": seat.agent,
        "correlationId": guid(&format!("{time}{}{code}", seat.ip)), "sessionId": if code == 0 { seat.session } else { "" },
        "uniqueTokenIdentifier": guid(&format!("token/{time}")), "isInteractive": true, "signInEventTypes": ["interactiveUser"],
        "authenticationProtocol": "none", "incomingTokenType": "none", "authenticationRequirement": "multiFactorAuthentication",
        "conditionalAccessStatus": "notApplied", "riskDetail": "none", "riskLevelAggregated": "none",
        "riskLevelDuringSignIn": "none", "riskState": "none", "riskEventTypes_v2": [],
        "status": {"errorCode": code, "failureReason": if code == 0 { "Other." } else { "Sign-in was blocked." }, "additionalDetails": details},
        "deviceDetail": {"deviceId": device, "displayName": if seat.managed { "FAB-LT-101" } else { "" }, "operatingSystem": seat.os,
            "browser": seat.browser, "isCompliant": seat.managed, "isManaged": seat.managed, "trustType": ""},
        "location": {"city": seat.city, "state": seat.city, "countryOrRegion": seat.country,
            "geoCoordinates": {"altitude": Value::Null, "latitude": number(seat.at.0), "longitude": number(seat.at.1)}},
    }))
}

/// The same sign-in without a prompt.
pub fn quiet_sign_in(time: i64, who: &Who, seat: &Seat, code: u32) -> Fact {
    let Fact::SignIn(object) = sign_in(time, who, seat, code) else { unreachable!("a sign-in is a sign-in") };
    Fact::Quiet(
        object
            .with("isInteractive", false)
            .with("signInEventTypes", json!(["nonInteractiveUser"]))
            .with("incomingTokenType", "refreshToken"),
    )
}

/// The risk that Microsoft saw in a sign-in.
pub fn risky(fact: Fact, events: &[&str]) -> Fact {
    fact.with("riskState", "atRisk")
        .with("riskLevelDuringSignIn", "high")
        .with("riskLevelAggregated", "high")
        .with("riskEventTypes_v2", json!(events))
}

/// A sign-in as the audit log keeps it (record type 15).
pub fn logon(time: i64, who: &Who, seat: &Seat, code: u32) -> Fact {
    let operation = if code == 0 || code == 50140 { "UserLoggedIn" } else { "UserLoginFailed" };
    let managed = if seat.managed { "True" } else { "False" };
    let mut device = vec![
        json!({"Name": "OS", "Value": seat.os}),
        json!({"Name": "BrowserType", "Value": seat.browser}),
        json!({"Name": "IsCompliantAndManaged", "Value": managed}),
    ];
    if seat.managed {
        let id = guid(&format!("device/{}/{}", who.upn, seat.os));
        device.push(json!({"Name": "Id", "Value": id}));
    }
    if code == 0 && !seat.session.is_empty() {
        device.push(json!({"Name": "SessionId", "Value": seat.session}));
    }
    Fact::Audit(
        audit(time, operation, 15, who.upn, "AzureActiveDirectory")
            .with("ResultStatus", "Success")
            .with("UserKey", who.object_id)
            .with("ObjectId", "00000002-0000-0ff1-ce00-000000000000")
            .with("ClientIP", seat.ip)
            .with("ActorIpAddress", seat.ip)
            .with("AzureActiveDirectoryEventType", 1)
            .with(
                "ExtendedProperties",
                named(&[("ResultStatusDetail", "Success"), ("UserAgent", seat.agent), ("RequestType", "Login:login")]),
            )
            .with("Actor", json!([{"ID": who.object_id, "Type": 0}, {"ID": who.upn, "Type": 5}]))
            .with("Target", json!([{"ID": "00000002-0000-0ff1-ce00-000000000000", "Type": 0}]))
            .with("InterSystemsId", guid(&format!("{time}{}{code}", seat.ip)))
            .with("ApplicationId", "00000002-0000-0ff1-ce00-000000000000")
            .with("DeviceProperties", device)
            .with("ErrorNumber", code.to_string()),
    )
}

/// A detection of Identity Protection.
pub fn risk(time: i64, who: &Who, seat: &Seat, kind: &str, (level, state, detail): (&str, &str, &str)) -> Fact {
    Fact::Risk(json!({
        "id": Value::Null, "requestId": "", "correlationId": "", "riskEventType": kind, "riskType": kind, "riskState": state,
        "riskLevel": level, "riskDetail": detail, "source": "IdentityProtection", "detectionTimingType": "realtime",
        "activity": "signin", "ipAddress": seat.ip,
        "location": {"city": seat.city, "state": seat.city, "countryOrRegion": seat.country},
        "activityDateTime": zulu(time), "detectedDateTime": zulu(time + 120), "lastUpdatedDateTime": zulu(time + 180),
        "userId": who.object_id, "userDisplayName": who.name, "userPrincipalName": who.upn, "additionalInfo": "[]",
        "tokenIssuerType": "AzureAD",
    }))
}

/// An alert about `about` (record type 40); `cause` is the id of the record that raised it.
pub fn alert(time: i64, about: &Who, (name, severity): (&str, &str), operation: &str) -> Fact {
    let data = json!({"f3u": about.upn, "an": name, "sev": severity, "ad": "", "wl": "Exchange"}).to_string();
    Fact::Audit(
        audit(time, operation, 40, "SecurityComplianceAlerts", "SecurityComplianceCenter")
            .with("UserType", 4)
            .with("ObjectId", about.upn)
            .with("AlertId", guid(&format!("{time}{name}")))
            .with("AlertType", "System")
            .with("Name", name)
            .with("Severity", severity)
            .with("Status", "Active")
            .with("Category", "ThreatManagement")
            .with("Source", "Office 365 Security & Compliance")
            .with("EntityType", "User")
            .with("AlertEntityId", about.upn)
            .with("Data", data),
    )
}

/// `Listed` or `Delisted` on the list of restricted senders (record type 51).
pub fn hygiene(time: i64, about: &Who, event: &str, reason: &str) -> Fact {
    Fact::Audit(
        audit(time, "HygieneEvent", 51, "OBP2SenderRepService", "Exchange")
            .with("UserType", 4)
            .with("Audit", "OBP2SenderRepService")
            .with("Event", event)
            .with("EventId", guid(&format!("{time}{event}")))
            .with("EventValue", about.upn)
            .with("Reason", reason),
    )
}

/// A record of any other kind about `about`, with what it says.
pub fn other(time: i64, operation: &str, record_type: u32, (user, workload): (&str, &str)) -> Fact {
    Fact::Audit(audit(time, operation, record_type, user, workload))
}

pub fn traced(time: i64, from: &str, to: &str, (subject, message): (&str, &str)) -> Traced {
    let own = from.ends_with(DOMAIN);
    Traced {
        time,
        sender: from.to_owned(),
        recipient: to.to_owned(),
        subject: subject.to_owned(),
        message_id: message.to_owned(),
        status: "Delivered",
        from_ip: if own { "2603:10a6:208::1".to_owned() } else { "198.51.100.30".to_owned() },
    }
}

/// A row of the snapshot of inbox rules; columns that are not given are empty.
pub fn rule_state(who: &Who, cells: &[(&str, &str)]) -> Fact {
    let mut row = Map::new();
    row.insert("UserName".to_owned(), who.upn.into());
    for (column, value) in cells {
        row.insert((*column).to_owned(), (*value).into());
    }
    Fact::Rule(row)
}

pub fn mailbox_state(who: &Who, cells: &[(&str, &str)]) -> Fact {
    let mut row = Map::new();
    row.insert("Name".to_owned(), who.name.into());
    row.insert("UserPrincipalName".to_owned(), who.upn.into());
    for (column, value) in cells {
        row.insert((*column).to_owned(), (*value).into());
    }
    Fact::Mailbox(row)
}

/// A cmdlet that only the admin audit log has.
pub fn admin_audit(time: i64, who: &Who, name: &str, target: &str, parameters: &[(&str, &str)]) -> Fact {
    Fact::Admin(json!({"time": time, "caller": who.canonical(), "upn": who.upn, "cmdlet": name, "object": target,
        "parameters": named(parameters)}))
}
