//! The AuditData object, shared by every container of the unified audit log: its fields to columns.
//!
//! Source of the fields: "Office 365 Management Activity API schema" (common, Exchange, Entra, SharePoint,
//! alert and hygiene schemas). Keys are matched whatever their case; unknown keys stay in `raw`.

use std::borrow::Cow;
use std::fmt;

use memchr::memchr_iter;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::ingest::blocks::{any, one_of};
use crate::ingest::command_line::command_line;
use crate::ingest::fields::{self, Address, lower, lowered, put_json, text, trimmed};
use crate::ingest::keys::KeyTable;
use crate::ingest::members::{members, string};
use crate::ingest::nested::{
    AppContext, Borrowed, FolderRef, Id, Item, JsonText, Modified, Nested, Pair, Recipient, list,
};
use crate::ingest::parties::{Parties, Role};
use crate::knowledge::names::is_guid;
use crate::knowledge::{errors, operations, record_types};
use crate::timeline::event::Text;
use crate::timeline::json::boolean;
use crate::timeline::{Draft, EvidenceSource, Outcome, ParseStatus};

macro_rules! known_fields {
    ($($field:ident => $key:literal),+ $(,)?) => {
        /// The keys that columns are made of.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        enum Field { $($field),+ }
        /// Each with its usual spelling, and its key in lower case.
        static FIELDS: [(Field, &str, &str); COUNT] = [$((Field::$field, stringify!($field), $key)),+];
        const COUNT: usize = [$($key),+].len();
        static KEYS: KeyTable<COUNT> = KeyTable::new(&[$($key),+]);
    };
}

known_fields! {
    CreationTime => "creationtime", Id => "id", Operation => "operation", RecordType => "recordtype",
    Workload => "workload", UserId => "userid", UserKey => "userkey", UserType => "usertype",
    OrganizationId => "organizationid", OrganizationName => "organizationname", ResultStatus => "resultstatus",
    ObjectId => "objectid", ClientIP => "clientip", ClientIPAddress => "clientipaddress",
    ActorIpAddress => "actoripaddress", ActorIP => "actorip", ClientInfoString => "clientinfostring",
    ClientProcessName => "clientprocessname", UserAgent => "useragent", Parameters => "parameters",
    ModifiedProperties => "modifiedproperties", ExtendedProperties => "extendedproperties",
    DeviceProperties => "deviceproperties", OperationProperties => "operationproperties", Actor => "actor",
    Target => "target", ApplicationId => "applicationid", AppId => "appid", ClientAppId => "clientappid",
    AppAccessContext => "appaccesscontext", SessionId => "sessionid", InterSystemsId => "intersystemsid",
    IntraSystemId => "intrasystemid", IntraSystemsId => "intrasystemsid", ErrorNumber => "errornumber",
    ErrorCode => "errorcode", LogonError => "logonerror", LogonType => "logontype",
    ExternalAccess => "externalaccess", MailboxOwnerUPN => "mailboxownerupn", MailboxGuid => "mailboxguid",
    MailboxOwnerSid => "mailboxownersid", LogonUserSid => "logonusersid",
    LogonUserDisplayName => "logonuserdisplayname", Item => "item", AffectedItems => "affecteditems",
    Folders => "folders", Folder => "folder", DestFolder => "destfolder", SendAsUserSmtp => "sendasusersmtp",
    SendAsUserMailboxGuid => "sendasusermailboxguid", SendOnBehalfOfUserSmtp => "sendonbehalfofusersmtp",
    SendOnBehalfOfUserMailboxGuid => "sendonbehalfofusermailboxguid", SaveToSentItems => "savetosentitems",
    RecipientCount => "recipientcount", RecipientList => "recipientlist", OperationCount => "operationcount",
    Data => "data", AlertEntityId => "alertentityid", Name => "name", EventValue => "eventvalue",
    HygieneEvent => "event", DeviceId => "deviceid", ModifiedObjectResolvedName => "modifiedobjectresolvedname",
    P1Sender => "p1sender", P2Sender => "p2sender", Subject => "subject",
    InternetMessageId => "internetmessageid",
}

/// One AuditData object with its known values still unparsed, each as its JSON text.
struct Audit<'a> {
    values: [Option<&'a str>; COUNT],
    /// A key stood twice, in different case.
    doubled: bool,
    /// The keys that no column is made of.
    others: Vec<Cow<'a, str>>,
}

impl<'a> Audit<'a> {
    fn empty() -> Self {
        Audit { values: [None; COUNT], doubled: false, others: Vec::with_capacity(16) }
    }

    fn read(json: &'a str) -> Result<Self, serde_json::Error> {
        let mut audit = Self::empty();
        let read = members(json, |key, value| {
            audit.put(Cow::Borrowed(key), value);
            Some(())
        });
        if read.is_some() { Ok(audit) } else { serde_json::from_str(json) }
    }

    fn put(&mut self, key: Cow<'a, str>, value: &'a str) {
        let Some(field) = field_of(&key) else {
            // Twice the same spelling is one key, as every JSON reader has it.
            let like = |other: &Cow<'_, str>| other.eq_ignore_ascii_case(&key) && *other != key;
            self.doubled |= self.others.iter().any(like);
            self.others.push(key);
            return;
        };
        let Some(slot) = self.values.get_mut(field as usize) else { return };
        // The first spelling stays; what else is there stays in `raw`.
        self.doubled |= slot.is_some();
        slot.get_or_insert(value);
    }
}

impl<'de> Deserialize<'de> for Audit<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Audit<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an AuditData object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut audit = Audit::empty();
                while let Some(key) = map.next_key::<Borrowed<'de>>()? {
                    audit.put(key.0, map.next_value::<&'de RawValue>()?.get());
                }
                Ok(audit)
            }
        }
        deserializer.deserialize_map(Keys)
    }
}

fn field_of(key: &str) -> Option<Field> {
    let (field, usual, lower) = FIELDS.get(KEYS.place(key)?)?;
    (key == *usual || key.eq_ignore_ascii_case(lower)).then_some(*field)
}

/// A string, number or boolean as text; anything else is nothing.
fn scalar(json: &str) -> Option<Cow<'_, str>> {
    match json.as_bytes().first()? {
        b'"' => string(json).filter(|text| !text.is_empty()),
        b'n' | b'{' | b'[' => None,
        _ => Some(Cow::Borrowed(json)),
    }
}

impl<'a> Audit<'a> {
    fn raw(&self, field: Field) -> Option<&'a str> {
        self.values.get(field as usize).copied().flatten()
    }

    fn text(&self, field: Field) -> Option<Cow<'a, str>> {
        scalar(self.raw(field)?)
    }

    fn or_empty(&self, field: Field) -> Cow<'a, str> {
        self.text(field).unwrap_or_default()
    }

    fn trimmed(&self, field: Field) -> Text<'a> {
        self.text(field).and_then(text)
    }

    fn lower(&self, field: Field) -> Text<'a> {
        self.text(field).and_then(lower)
    }

    fn int(&self, field: Field) -> Option<i64> {
        trimmed(&self.text(field)?).parse().ok()
    }

    fn flag(&self, field: Field) -> Option<bool> {
        boolean(&self.text(field)?)
    }

    /// A Name/Value list; one string (a command line) becomes one nameless entry, followed by what it says.
    fn pairs(&self, field: Field) -> Vec<Entry<'a>> {
        let Some(raw) = self.raw(field) else { return Vec::new() };
        if let Some(list) = list::<Pair<'a>>(raw).or_else(|| serde_json::from_str(raw).ok()) {
            return list.into_iter().filter_map(entry).collect();
        }
        let Some(text) = self.text(field) else { return Vec::new() };
        let said = if text.trim_start().starts_with('-') { command_line(text.trim_start()) } else { Vec::new() };
        let said = said.into_iter().map(|pair| Entry { name: pair.name.into(), value: pair.value.map(Cow::Owned) });
        std::iter::once(Entry { name: Cow::Borrowed(""), value: Some(text) }).chain(said).collect()
    }

    fn nested<T: Nested<'a>>(&self, field: Field) -> T {
        let Some(raw) = self.raw(field) else { return T::default() };
        T::plain(raw).or_else(|| serde_json::from_str(raw).ok()).unwrap_or_default()
    }
}

/// One entry of a Name/Value list, as its column has it.
struct Entry<'a> {
    name: Cow<'a, str>,
    /// `None` where the record has none (`{"Name":"RuleName"}`).
    value: Option<Cow<'a, str>>,
}

fn entry(pair: Pair<'_>) -> Option<Entry<'_>> {
    let name = scalar(pair.name?.0)?;
    // A value that is itself JSON stays as its JSON text.
    let value = pair.value.and_then(|JsonText(raw)| match raw.as_bytes().first() {
        Some(b'{' | b'[') => Some(Cow::Borrowed(raw)),
        Some(b'"') => string(raw),
        _ => scalar(raw),
    });
    Some(Entry { name, value })
}

/// The column's text of a list of entries: a JSON array of `{name, value}`.
fn entries_text(list: &[Entry<'_>]) -> Text<'static> {
    json_list(list, |out, entry| {
        out.push_str("{\"name\":");
        put_json(out, Some(&entry.name));
        out.push_str(",\"value\":");
        put_json(out, entry.value.as_deref());
    })
}

/// One changed property, as its column has it.
struct Changed<'a> {
    name: Cow<'a, str>,
    old: Option<Cow<'a, str>>,
    new: Option<Cow<'a, str>>,
}

/// The column's text of changed properties: a JSON array of `{name, old, new}`.
fn changes_text(list: &[Changed<'_>]) -> Text<'static> {
    json_list(list, |out, changed| {
        out.push_str("{\"name\":");
        put_json(out, Some(&changed.name));
        out.push_str(",\"old\":");
        put_json(out, changed.old.as_deref());
        out.push_str(",\"new\":");
        put_json(out, changed.new.as_deref());
    })
}

/// Each entry's members, put between brackets; `None` for an empty list.
fn json_list<T>(list: &[T], members: impl Fn(&mut String, &T)) -> Text<'static> {
    if list.is_empty() {
        return None;
    }
    let mut out = String::with_capacity(list.len() * 64);
    for (index, entry) in list.iter().enumerate() {
        out.push(if index == 0 { '[' } else { ',' });
        members(&mut out, entry);
        out.push('}');
    }
    out.push(']');
    Some(out.into())
}

/// Whether there is what PowerShell prints of an object that is nested deeper than it was told to write: `"@{…}"`.
fn has_printed_object(json: &[u8]) -> bool {
    memchr_iter(b'@', json).any(|at| json.get(at.wrapping_sub(1)..at + 2) == Some(b"\"@{"))
}

/// Why an AuditData text is no event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditError {
    /// No JSON object; `at` is the character (1-based column) where reading stopped.
    NotJson {
        /// Column.
        at: usize,
    },
    /// Without a readable `CreationTime`.
    NoTime,
    /// Without an `Operation`.
    NoOperation,
}

/// The text with lone halves of surrogate pairs replaced, and the event marked; `None` where it has none.
pub fn mended(json: &str, event: &mut Draft<'_>) -> Option<String> {
    let mended = crate::timeline::json::mended(json)?;
    event.parse_status = ParseStatus::Partial;
    note(event, "R-109");
    Some(mended)
}

/// Fills `event` from AuditData text. `raw` and the origin are the caller's.
///
/// A record without an operation fills everything else before that is told.
pub fn fill<'r>(json: &'r str, event: &mut Draft<'r>) -> Result<(), AuditError> {
    let Some(mended) = mended(json, event) else { return fill_plain(json, event) };
    let mut own = std::mem::take(event);
    let filled = fill_plain(&mended, &mut own);
    *event = own.into_owned();
    filled
}

fn fill_plain<'r>(json: &'r str, event: &mut Draft<'r>) -> Result<(), AuditError> {
    let audit = Audit::read(json).map_err(|error| AuditError::NotJson { at: error.column() })?;
    event.evidence_source = EvidenceSource::Ual;
    if audit.doubled {
        note(event, "R-107");
    }
    // ConvertTo-Json without -Depth prints what lies deeper as PowerShell shows it.
    if has_printed_object(json.as_bytes()) {
        event.parse_status = ParseStatus::Partial;
        note(event, "R-104");
    }
    let operation = audit.or_empty(Field::Operation);
    event.action = text(trimmed_operation(&operation));
    event.action_raw = text(operation);
    set_time(&audit, event)?;
    set_frame(&audit, event);
    let people = People { actors: audit.nested(Field::Actor), targets: audit.nested(Field::Target) };
    set_actor(&audit, &people, event);
    set_addresses(&audit, event);
    set_content(&audit, event);
    let parameters = set_properties(&audit, event);
    set_outcome(&audit, event);
    set_parties(&audit, &people, &parameters, event);
    let success = event.outcome == Outcome::Success;
    let desc = operations::timestamp_desc(event.record_type.map(|number| number as i32), event.action(), success);
    event.timestamp_desc = text(desc);
    event.message = Some(sentence(event).into());
    if event.action.is_none() { Err(AuditError::NoOperation) } else { Ok(()) }
}

/// Adds a message code to the event's notes, once.
pub fn note(event: &mut Draft<'_>, code: &'static str) {
    let old = event.parse_notes.as_deref().unwrap_or_default();
    if !old.split("; ").any(|known| known == code) {
        let joined = if old.is_empty() { code.into() } else { format!("{old}; {code}").into() };
        event.parse_notes = Some(joined);
    }
}

/// The operation without its ornaments.
fn trimmed_operation<'r>(raw: &Cow<'r, str>) -> Cow<'r, str> {
    match raw {
        Cow::Borrowed(raw) => operations::trimmed(raw),
        Cow::Owned(raw) => Cow::Owned(operations::trimmed(raw).into_owned()),
    }
}

fn set_time<'r>(audit: &Audit<'r>, event: &mut Draft<'r>) -> Result<(), AuditError> {
    let written = audit.text(Field::CreationTime).ok_or(AuditError::NoTime)?;
    let iso = fields::iso_time(&written).ok_or(AuditError::NoTime)?;
    event.datetime = iso.time;
    event.datetime_text = text(written);
    event.time_basis = text("event");
    event.time_zone_basis = text(if iso.zoned { "explicit" } else { "implied_utc" });
    Ok(())
}

fn set_frame<'r>(audit: &Audit<'r>, event: &mut Draft<'r>) {
    event.event_id = audit.lower(Field::Id);
    event.event_provider = audit.trimmed(Field::Workload);
    let kind = audit.or_empty(Field::RecordType);
    event.record_type = trimmed(&kind).parse().ok().or_else(|| record_types::number(&kind).map(i64::from));
    event.record_type_name = event
        .record_type
        .and_then(|number| record_types::name(number as i32))
        .map_or_else(|| text(kind).filter(|name| name.parse::<i64>().is_err()), text);
    event.tenant_id = audit.lower(Field::OrganizationId);
    event.tenant_name = audit.lower(Field::OrganizationName);
    event.target_raw = audit.trimmed(Field::ObjectId);
    event.status_text = audit.trimmed(Field::ResultStatus);
}

/// UserType in words, as `-Formatted` exports write it.
fn user_type(value: &str) -> Option<i64> {
    const WORDS: [&str; 11] = [
        "Regular",
        "Reserved",
        "Admin",
        "DcAdmin",
        "System",
        "Application",
        "ServicePrincipal",
        "CustomPolicy",
        "SystemPolicy",
        "PartnerTechnician",
        "Guest",
    ];
    let value = trimmed(value);
    value.parse().ok().or_else(|| WORDS.iter().position(|word| word.eq_ignore_ascii_case(value)).map(|at| at as i64))
}

/// LogonType in words, as `-Formatted` and Log Analytics exports write it.
pub fn logon_type(value: &str) -> Option<i64> {
    const WORDS: [&str; 7] =
        ["Owner", "Admin", "Delegated", "Transport", "SystemService", "BestAccess", "DelegatedAdmin"];
    let value = trimmed(value);
    let word = |value: &str| WORDS.iter().position(|word| word.eq_ignore_ascii_case(value)).map(|at| at as i64);
    value.parse().ok().or_else(|| word(value)).or_else(|| value.eq_ignore_ascii_case("Delegate").then_some(2))
}

/// `Actor` and `Target`: the same person by several kinds of names.
struct People<'a> {
    actors: Vec<Id<'a>>,
    targets: Vec<Id<'a>>,
}

fn set_actor<'r>(audit: &Audit<'r>, people: &People<'r>, event: &mut Draft<'r>) {
    let user = audit.or_empty(Field::UserId);
    event.user_upn = upn(user.clone());
    event.user_raw = text(user);
    event.actor_type = audit.text(Field::UserType).and_then(|value| user_type(&value));
    event.logon_type = audit.text(Field::LogonType).and_then(|value| logon_type(&value));
    event.external_access = audit.flag(Field::ExternalAccess);
    event.user_sid = audit.lower(Field::LogonUserSid);
    event.user_full_name = audit.trimmed(Field::LogonUserDisplayName);
    let key = audit.or_empty(Field::UserKey);
    event.user_puid = puid(key.clone());
    if is_guid(&key) {
        event.user_id = lower(key);
    }
    for id in &people.actors {
        match id.kind {
            5 if event.user_upn.is_none() => event.user_upn = upn(id.id.clone()),
            3 => event.user_puid = puid(id.id.clone()).or(event.user_puid.take()),
            0 | 2 if is_guid(&id.id) && event.user_id.is_none() => event.user_id = lower(id.id.clone()),
            _ => {}
        }
    }
    event.mailbox_upn = audit.lower(Field::MailboxOwnerUPN);
    event.mailbox_guid = audit.lower(Field::MailboxGuid);
    event.mailbox_sid = audit.lower(Field::MailboxOwnerSid);
    event.on_behalf_of = audit.lower(Field::SendAsUserSmtp).or_else(|| audit.lower(Field::SendOnBehalfOfUserSmtp));
    set_target(people, event);
}

fn set_target<'r>(people: &People<'r>, event: &mut Draft<'r>) {
    for id in &people.targets {
        match id.kind {
            5 => event.target_upn = upn(id.id.clone()).or(event.target_upn.take()),
            2 | 0 if is_guid(&id.id) && event.target_id.is_none() => event.target_id = lower(id.id.clone()),
            _ => {}
        }
    }
    if event.target_upn.is_none() && event.record_type == Some(8) {
        event.target_upn = event.target_raw.clone().and_then(upn);
    }
}

/// A user principal name (something@somewhere without blanks), lower-cased.
pub fn upn<'r>(value: impl Into<Cow<'r, str>>) -> Text<'r> {
    let value = text(value)?;
    let at = memchr::memrchr(b'@', value.as_bytes())?;
    let [foreign] = any(value.as_bytes(), |part| [one_of(part, *b" |\\/\"")]);
    (at > 0 && at + 1 < value.len() && !foreign).then(|| lowered(value))
}

/// A PUID (16 hexadecimal digits beginning with `1003`), from its bare form, `PUID@tenant` or a SharePoint claim.
pub fn puid<'r>(value: impl Into<Cow<'r, str>>) -> Text<'r> {
    let value = match value.into() {
        Cow::Borrowed(value) => Cow::Borrowed(bare_puid(value)?),
        Cow::Owned(value) => Cow::Owned(bare_puid(&value)?.to_owned()),
    };
    Some(lowered(value))
}

fn bare_puid(value: &str) -> Option<&str> {
    let value = trimmed(value);
    let last = memchr::memrchr(b'|', value.as_bytes()).map_or(0, |bar| bar + 1);
    let last = value.get(last..).filter(|last| last.starts_with("100"))?;
    let bare = last.split('@').next()?;
    let shape = bare.len() == 16 && bare.bytes().all(|byte| byte.is_ascii_hexdigit());
    shape.then_some(bare)
}

fn set_addresses<'r>(audit: &Audit<'r>, event: &mut Draft<'r>) {
    let order = [Field::ClientIPAddress, Field::ClientIP, Field::ActorIpAddress, Field::ActorIP];
    let mut found: Vec<Address<'_>> = Vec::with_capacity(order.len());
    for written in order.iter().filter_map(|field| audit.text(*field)) {
        // Most records that name two name the same one twice.
        if found.iter().all(|known| known.text != *written) {
            found.extend(fields::address(written));
        }
    }
    fields::set_address(event, &found);
    if event.source_ip_class.as_deref() == Some("invalid") {
        note(event, "R-111");
    }
}

fn set_content<'r>(audit: &Audit<'r>, event: &mut Draft<'r>) {
    let item: Item<'r> = audit.nested(Field::Item);
    let mut folder = item.parent_folder.as_ref().and_then(|folder| folder.path.as_ref());
    let (mut subject, mut message) = (item.subject.as_ref(), item.internet_message_id.as_ref());
    let affected: Vec<Item<'r>> = audit.nested(Field::AffectedItems);
    let folders: Vec<Item<'r>> = audit.nested(Field::Folders);
    let mut count = affected.len();
    for item in &affected {
        subject = subject.or(item.subject.as_ref());
        message = message.or(item.internet_message_id.as_ref());
        folder = folder.or_else(|| item.parent_folder.as_ref().and_then(|folder| folder.path.as_ref()));
    }
    for entry in &folders {
        count += entry.folder_items.len();
        folder = folder.or(entry.path.as_ref());
        message = message.or_else(|| entry.folder_items.first().and_then(|item| item.internet_message_id.as_ref()));
    }
    let own_folder: FolderRef<'r> = audit.nested(Field::Folder);
    let destination: FolderRef<'r> = audit.nested(Field::DestFolder);
    let some = |value: Option<&Borrowed<'r>>| value.and_then(|value| text(value.0.clone()));
    event.folder_path = some(own_folder.path.as_ref().or(folder));
    event.dest_folder_path = some(destination.path.as_ref());
    // Verdicts about mails (Defender) name the mail in the record itself.
    event.email_subject = some(subject).or_else(|| audit.trimmed(Field::Subject));
    event.email_message_id = some(message).or_else(|| audit.trimmed(Field::InternetMessageId));
    event.item_count = audit.int(Field::OperationCount).or((count > 0).then_some(count as i64));
    event.saved_to_sent = audit.flag(Field::SaveToSentItems);
    event.email_to_count = audit.int(Field::RecipientCount);
    set_recipients(audit, event);
}

fn set_recipients<'r>(audit: &Audit<'r>, event: &mut Draft<'r>) {
    let list: Vec<Recipient<'_>> = audit.nested(Field::RecipientList);
    if !list.is_empty() {
        let joined: Vec<String> = list.into_iter().map(|recipient| recipient.address.to_lowercase()).collect();
        event.email_to_count = event.email_to_count.or(Some(joined.len() as i64));
        event.email_to = text(joined.join("; "));
    }
}

/// Fills what comes from bags of properties; gives back `Parameters` and `OperationProperties`.
fn set_properties<'r>(audit: &Audit<'r>, event: &mut Draft<'r>) -> Vec<Entry<'r>> {
    let mut parameters = audit.pairs(Field::Parameters);
    parameters.extend(audit.pairs(Field::OperationProperties));
    event.op_params = entries_text(&parameters);
    if let Some(raw) = audit.raw(Field::ModifiedProperties) {
        let list: Vec<Modified<'_>> = list(raw).or_else(|| serde_json::from_str(raw).ok()).unwrap_or_default();
        let changes: Vec<Changed<'_>> = list.into_iter().filter_map(change).collect();
        event.changes = changes_text(&changes);
    }
    let extended = audit.pairs(Field::ExtendedProperties);
    event.user_agent = audit.trimmed(Field::UserAgent).or_else(|| text(value(&extended, "UserAgent")));
    event.auth_protocol = text(value(&extended, "RequestType"));
    event.client_info = audit.trimmed(Field::ClientInfoString);
    event.client_app = audit.trimmed(Field::ClientProcessName);
    event.app_id = audit.lower(Field::ApplicationId).or_else(|| audit.lower(Field::AppId));
    let device = audit.pairs(Field::DeviceProperties);
    event.device_os = text(value(&device, "OS"));
    event.browser = text(value(&device, "BrowserType"));
    event.device_id = lower(value(&device, "Id")).or_else(|| audit.lower(Field::DeviceId));
    event.device_name = text(value(&device, "DisplayName"));
    event.device_trust = text(value(&device, "TrustType"));
    event.device_compliant = boolean(&value(&device, "IsCompliant"));
    event.device_managed = boolean(&value(&device, "IsCompliantAndManaged"));
    let context: AppContext<'r> = audit.nested(Field::AppAccessContext);
    let some = |value: Option<Borrowed<'r>>| value.and_then(|value| lower(value.0));
    event.client_app_id = audit.lower(Field::ClientAppId).or_else(|| some(context.client_app));
    event.session_id =
        audit.lower(Field::SessionId).or_else(|| lower(value(&device, "SessionId"))).or_else(|| some(context.session));
    event.unique_token_id = context.token.and_then(|token| text(token.0));
    event.token_issued = context.issued.and_then(|time| text(time.0));
    event.correlation_id = audit.lower(Field::InterSystemsId).or_else(|| some(context.correlation));
    event.request_id = audit.lower(Field::IntraSystemId).or_else(|| audit.lower(Field::IntraSystemsId));
    parameters
}

/// The value of one entry, whatever the case of its name.
fn value<'r>(list: &[Entry<'r>], name: &str) -> Cow<'r, str> {
    let found = list.iter().find(|pair| pair.name.eq_ignore_ascii_case(name));
    found.and_then(|pair| pair.value.clone()).unwrap_or_default()
}

fn change(modified: Modified<'_>) -> Option<Changed<'_>> {
    fn value(raw: Option<JsonText<'_>>) -> Option<Cow<'_, str>> {
        let JsonText(raw) = raw?;
        match raw.as_bytes().first() {
            Some(b'{' | b'[') => Some(Cow::Borrowed(raw)),
            _ => scalar(raw),
        }
    }
    Some(Changed { name: scalar(modified.name?.0)?, old: value(modified.old), new: value(modified.new) })
}

/// The outcome by record type: a ResultStatus of `Success` is not always a success.
fn set_outcome<'r>(audit: &Audit<'r>, event: &mut Draft<'r>) {
    let number = audit.text(Field::ErrorNumber).or_else(|| audit.text(Field::ErrorCode));
    event.status_code = number.and_then(text);
    event.status_reason = audit.trimmed(Field::LogonError);
    event.outcome = match event.record_type {
        Some(15 | 9) => logon_outcome(event),
        _ => outcome_of(event.status_text.as_deref().unwrap_or_default()),
    };
    if matches!(event.record_type, Some(15 | 9)) {
        event.sign_in_kind = text("unknown");
    }
}

fn logon_outcome(event: &Draft<'_>) -> Outcome {
    let code = event.status_code.as_deref().and_then(|code| code.parse().ok()).unwrap_or(0);
    let interrupted = errors::interrupted(code);
    if event.is(&["UserLoggedIn"]) {
        // 50140 is the keep-me-signed-in prompt of a sign-in that went through.
        return if code == 0 || interrupted { Outcome::Success } else { Outcome::Failure };
    }
    if event.is(&["UserLoginFailed"]) {
        return if interrupted { Outcome::Interrupted } else { Outcome::Failure };
    }
    outcome_of(event.status_text.as_deref().unwrap_or_default())
}

/// The outcome by its text, in the spellings of the workloads.
pub fn outcome_of(status: &str) -> Outcome {
    const GOOD: [&str; 5] = ["Succeeded", "Success", "True", "Successful", "PartiallySucceeded"];
    const BAD: [&str; 5] = ["Failed", "False", "Failure", "Fail", "Timeout"];
    let status = trimmed(status);
    let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(status));
    if is(&GOOD) {
        Outcome::Success
    } else if is(&BAD) {
        Outcome::Failure
    } else {
        Outcome::Unknown
    }
}

fn set_parties(audit: &Audit<'_>, people: &People<'_>, parameters: &[Entry<'_>], event: &mut Draft<'_>) {
    let mut parties = Parties::new();
    for id in &people.actors {
        if matches!(id.kind, 3 | 5) || is_guid(&id.id) {
            parties.add(Role::Actor, &id.id);
        }
    }
    for id in &people.targets {
        if matches!(id.kind, 3 | 5) || is_guid(&id.id) {
            parties.add(Role::Target, &id.id);
        }
    }
    for field in [Field::SendAsUserSmtp, Field::SendOnBehalfOfUserSmtp, Field::P1Sender, Field::P2Sender] {
        parties.add_some(Role::Sender, audit.text(field));
    }
    for field in [Field::SendAsUserMailboxGuid, Field::SendOnBehalfOfUserMailboxGuid] {
        parties.add_some(Role::Sender, audit.text(field));
    }
    for field in [Field::AlertEntityId, Field::EventValue] {
        parties.add_some(Role::Target, audit.text(field));
    }
    if let Some(data) = audit.text(Field::Data).filter(|_| event.record_type == Some(40)) {
        let value: serde_json::Value = serde_json::from_str(&data).unwrap_or_default();
        for key in ["f3u", "eid", "suid"] {
            for part in crate::timeline::json::text(&value, key).unwrap_or_default().split([',', ';']) {
                parties.add(Role::Target, part);
            }
        }
    }
    parties.add_some(Role::Target, audit.text(Field::ModifiedObjectResolvedName));
    parties.add_columns(event);
    let parameters = parameters.iter().map(|entry| (&*entry.name, entry.value.as_deref().unwrap_or_default()));
    parties.add_parameters(parameters);
    event.parties = parties.into_text();
}

/// One readable sentence, made by the same template each time.
pub fn sentence(event: &Draft<'_>) -> String {
    let actor = event.user_raw.as_deref().unwrap_or("somebody");
    let mut sentence = String::with_capacity(160);
    for part in [event.action_raw.as_deref().unwrap_or("record"), ": ", actor] {
        sentence.push_str(part);
    }
    let target = event.email_subject.as_deref().or(event.mailbox_upn.as_deref()).or(event.target_raw.as_deref());
    if let Some(target) = target.filter(|target| !target.eq_ignore_ascii_case(actor)) {
        sentence.push_str(" on ");
        sentence.push_str(target);
    }
    if let Some(address) = event.source_ip.as_deref().or(event.source_ip_text.as_deref()) {
        sentence.push_str(" from ");
        sentence.push_str(address);
    }
    if event.outcome != Outcome::Unknown {
        sentence.push_str(": ");
        sentence.push_str(event.outcome.as_str());
    }
    if let Some(code) = event.status_code.as_deref().filter(|code| *code != "0") {
        sentence.push_str(" (");
        sentence.push_str(code);
        sentence.push(')');
    }
    sentence
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_that_powershell_printed_is_a_lost_value() {
        let read = |parameters: &str| {
            let mut event = Draft::default();
            let json = format!(
                r#"{{"CreationTime":"2026-03-09T23:59:55","Operation":"Set-Mailbox","Parameters":[{parameters}]}}"#
            );
            fill(&json, &mut event).unwrap();
            (event.parse_status, event.parse_notes.is_some_and(|notes| notes.contains("R-104")))
        };
        assert_eq!(read(r#""@{Name=Identity; Value=alice}""#), (ParseStatus::Partial, true));
        // Behind an address, which has an at sign of its own.
        assert_eq!(read(r#""a@x.example","@{Name=Identity}""#), (ParseStatus::Partial, true));
        for whole in [r#""alice@{x}""#, r#""@x.example""#, r#"{"Name":"User","Value":"a@x.example"}"#] {
            assert_eq!(read(whole), (ParseStatus::Ok, false), "{whole}");
        }
    }
}
