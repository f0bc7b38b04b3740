//! Exchange records: cmdlets (record type 1), mail items (2), groups of items (3), reads (50).

use super::json::{Json, name_values};
use super::log::{CmdletRow, Head, Log, Moment, Session};
use super::people::Person;
use super::random::{hash, named_token};
use super::time::bare;

const OWA: &str = "00000002-0000-0ff1-ce00-000000000000";
const OUTLOOK: &str = "d3590ed6-52b3-4102-aeff-aad2292ab01c";
const OUTLOOK_IOS: &str = "27922004-5251-4030-b22d-91ecd9a37ea4";

/// A message, as far as the audit log describes one.
#[derive(Clone)]
pub struct Mail {
    pub subject: String,
    pub message_id: String,
    pub size: i64,
}

impl Mail {
    /// A message whose id follows from `name`, sent from `domain`.
    pub fn new(name: &str, domain: &str, subject: &str) -> Self {
        Self {
            subject: subject.to_owned(),
            message_id: format!("<{}@mail.{domain}>", named_token(name, 22)),
            size: 9_000 + (hash(name) % 90_000) as i64,
        }
    }

    fn item_id(&self) -> String {
        format!("RgAAAAB{}AAAJ", named_token(&self.message_id, 28))
    }
}

/// Who gets a sent message, and whether a copy stays.
pub struct Delivery {
    pub recipients: usize,
    pub addresses: Vec<String>,
    pub keep_copy: bool,
}

impl Delivery {
    pub fn to(addresses: Vec<String>) -> Self {
        Self { recipients: addresses.len(), addresses, keep_copy: true }
    }
}

impl Log {
    /// A cmdlet run from a session, with the user type that Exchange recorded.
    pub fn cmdlet(
        &mut self,
        moment: &Moment,
        (session, user_type): (&Session, u32),
        name: &str,
        object: &str,
        parameters: &[(&str, &str)],
    ) {
        let port = 49_152 + hash(&moment.id) % 16_000;
        let client_ip = if session.address.contains(':') {
            format!("[{}]:{port}", session.address)
        } else {
            format!("{}:{port}", session.address)
        };
        let head = Head {
            operation: name,
            record_type: 1,
            result: Some("True"),
            user: session.person.upn(),
            user_key: session.person.puid(),
            user_type,
            workload: "Exchange",
            client_ip: Some(client_ip),
            object: Some(object.to_owned()),
        };
        let audit = self
            .head(moment, &head)
            .with("AppId", OWA)
            .with("ClientAppId", "")
            .with("ExternalAccess", false)
            .with("OrganizationName", self.tenant.routing)
            .with("OriginatingServer", self.tenant.server)
            .with("Parameters", name_values(parameters))
            .with("SessionId", session.id.as_str());
        self.record(moment, &head, audit);
        let caller = session.person.canonical();
        self.keep_cmdlet(moment, (caller, false), (name, object), parameters);
    }

    /// A cmdlet run by the service itself.
    pub fn service_cmdlet(&mut self, moment: &Moment, name: &str, object: &str, parameters: &[(&str, &str)]) {
        const SERVICE: &str = r"NT AUTHORITY\SYSTEM (Microsoft.Exchange.ServiceHost)";
        let head = Head {
            operation: name,
            record_type: 1,
            result: Some("True"),
            user: SERVICE.to_owned(),
            user_key: SERVICE.to_owned(),
            user_type: 3,
            workload: "Exchange",
            client_ip: None,
            object: Some(object.to_owned()),
        };
        let audit = self
            .head(moment, &head)
            .with("AppId", "")
            .with("ClientAppId", "")
            .with("ExternalAccess", true)
            .with("OrganizationName", self.tenant.routing)
            .with("OriginatingServer", self.tenant.server)
            .with("Parameters", name_values(parameters));
        self.record(moment, &head, audit);
        let caller = SERVICE.to_owned();
        self.keep_cmdlet(moment, (caller, true), (name, object), parameters);
    }

    pub fn send(&mut self, moment: &Moment, session: &Session, mail: &Mail, delivery: &Delivery) {
        let owner = session.person;
        let addresses: Option<Json> = (!delivery.addresses.is_empty()).then(|| {
            let person = |address: &String| {
                let name = address.split('@').next().unwrap_or_default();
                Json::object().with("Address", address.as_str()).with("Name", name)
            };
            delivery.addresses.iter().map(person).collect()
        });
        let item = Json::object()
            .with("Id", mail.item_id())
            .with("InternetMessageId", mail.message_id.as_str())
            .with("ParentFolder", folder(owner, owner.folders.drafts))
            .with("SizeInBytes", mail.size)
            .with("Subject", mail.subject.as_str());
        let head = mailbox_head("Send", 2, session, "Succeeded");
        let audit = self
            .mailbox(moment, &head, session)
            .with("AppAccessContext", token(session))
            .with("Item", item)
            .with("SaveToSentItems", delivery.keep_copy)
            .with("recipientCount", delivery.recipients)
            .maybe("recipientList", addresses);
        self.record(moment, &head, audit);
    }

    /// `MoveToDeletedItems`, `SoftDelete`, `HardDelete` of mails out of one folder.
    pub fn delete(
        &mut self,
        moment: &Moment,
        session: &Session,
        operation: &str,
        (from, to): (&str, Option<&str>),
        mails: &[Mail],
    ) {
        let owner = session.person;
        let affected: Json = mails
            .iter()
            .map(|mail| {
                Json::object()
                    .with("Id", mail.item_id())
                    .with("InternetMessageId", mail.message_id.as_str())
                    .with("ParentFolder", folder(owner, from))
                    .with("Subject", mail.subject.as_str())
            })
            .collect();
        let head = mailbox_head(operation, 3, session, "Succeeded");
        let audit = self
            .mailbox(moment, &head, session)
            .with("AffectedItems", affected)
            .with("CrossMailboxOperation", false)
            .maybe("DestFolder", to.map(|path| folder(owner, path)))
            .with("Folder", folder(owner, from));
        self.record(moment, &head, audit);
    }

    /// What Outlook leaves behind when it discards its own pending changes.
    pub fn pending_change(&mut self, moment: &Moment, session: &Session) {
        let owner = session.person;
        let path = owner.folders.inbox;
        let item = Json::object()
            .with("Id", format!("RgAAAAB{}AAAJ", named_token(&moment.id, 28)))
            .with("ParentFolder", folder(owner, path))
            .with("Subject", "IPM.Microsoft.PendingChange.MessageItem");
        let head = mailbox_head("SoftDelete", 3, session, "PartiallySucceeded");
        let audit = self
            .mailbox(moment, &head, session)
            .with("AffectedItems", vec![item])
            .with("CrossMailboxOperation", false)
            .with("Folder", folder(owner, path));
        self.record(moment, &head, audit);
    }

    /// `MailItemsAccessed`: single mails (`Bind`) or a whole folder (`Sync`).
    pub fn read(&mut self, moment: &Moment, session: &Session, (access, path): (&str, &str), mails: &[Mail]) {
        let owner = session.person;
        let items: Json = mails
            .iter()
            .map(|mail| {
                Json::object().with("InternetMessageId", mail.message_id.as_str()).with("SizeInBytes", mail.size)
            })
            .collect();
        let read = folder(owner, path);
        let read = if access == "Sync" { read } else { read.with("FolderItems", items) };
        let properties = [("MailAccessType", access), ("IsThrottled", "False")];
        let mut head = mailbox_head("MailItemsAccessed", 50, session, "Succeeded");
        head.client_ip = None;
        let audit = self
            .mailbox(moment, &head, session)
            .with("AppAccessContext", token(session))
            .with("OperationProperties", name_values(&properties))
            .with("Folders", vec![read])
            .with("OperationCount", mails.len().max(1));
        self.record(moment, &head, audit);
    }

    /// `UpdateInboxRules`, as Outlook and scripts leave it.
    pub fn update_rules(&mut self, moment: &Moment, session: &Session, properties: &[(&str, &str)]) {
        let owner = session.person;
        let path = owner.folders.inbox;
        let item = Json::object().with("Id", owner.folder_id(path)).with("ParentFolder", folder(owner, path));
        let head = mailbox_head("UpdateInboxRules", 2, session, "Succeeded");
        let audit = self
            .mailbox(moment, &head, session)
            .with("AppAccessContext", token(session))
            .with("OperationProperties", name_values(properties))
            .with("Item", item);
        self.record(moment, &head, audit);
    }

    fn mailbox(&self, moment: &Moment, head: &Head, session: &Session) -> Json {
        let owner = session.person;
        let process = session.client.process;
        self.head(moment, head)
            .with("AppId", app_id(session))
            .with("ClientIPAddress", session.address.as_str())
            .with("ClientInfoString", session.client.info)
            .maybe("ClientProcessName", process)
            .maybe("ClientVersion", process.map(|_| "16.0.18429.20158"))
            .with("ExternalAccess", false)
            .with("InternalLogonType", 0_u32)
            .with("LogonType", 0_u32)
            .with("LogonUserSid", owner.sid())
            .with("MailboxGuid", owner.mailbox_guid())
            .with("MailboxOwnerSid", owner.sid())
            .with("MailboxOwnerUPN", owner.upn())
            .with("OrganizationName", self.tenant.routing)
            .with("OriginatingServer", format!("{}\r\n", self.tenant.server))
            .with("SessionId", session.id.as_str())
    }

    fn keep_cmdlet(
        &mut self,
        moment: &Moment,
        (caller, by_service): (String, bool),
        (name, object): (&str, &str),
        parameters: &[(&str, &str)],
    ) {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        self.cmdlets.push(CmdletRow {
            time: moment.time,
            id: moment.id.clone(),
            caller,
            name: name.to_owned(),
            object: object.to_owned(),
            parameters: parameters.iter().map(owned).collect(),
            by_service,
        });
    }
}

fn mailbox_head<'a>(operation: &'a str, record_type: u32, session: &Session, result: &'a str) -> Head<'a> {
    Head {
        operation,
        record_type,
        result: Some(result),
        user: session.person.upn(),
        user_key: session.person.puid(),
        user_type: 0,
        workload: "Exchange",
        client_ip: Some(session.address.clone()),
        object: None,
    }
}

fn folder(owner: &Person, path: &str) -> Json {
    Json::object().with("Id", owner.folder_id(path)).with("Path", path)
}

fn app_id(session: &Session) -> &'static str {
    match session.client.info {
        "Client=OWA;Action=ViaProxy" => OWA,
        "Client=MSExchangeRPC" => OUTLOOK,
        _ => OUTLOOK_IOS,
    }
}

fn token(session: &Session) -> Json {
    let name = format!("token/{}/{}", session.id, session.since);
    Json::object()
        .with("AADSessionId", session.id.as_str())
        .with("IssuedAtTime", bare(session.since))
        .with("UniqueTokenId", named_token(&name, 22))
}
