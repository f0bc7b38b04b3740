//! The only list of column names, types and meanings, and how each column leaves and enters an [`Event`].
//!
//! Types are those every engine reads: text, 64-bit integers, floats, booleans and UTC microseconds.

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;

use super::event::{Event, EventOf, EvidenceSource, Outcome, ParseStatus, hex};

/// Version of the store's layout; a case of another version is refused with "ingest again".
pub const VERSION: &str = "bectrace.timeline/1";

/// One value of an event.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// UTF-8 text.
    Text(&'a [u8]),
    /// An integer, or a time in microseconds.
    Int(i64),
    /// A float.
    Float(f64),
    /// A boolean.
    Bool(bool),
}

/// How a column leaves an event and comes back.
#[allow(missing_docs, reason = "the variants are the column types")]
pub enum Access {
    /// Text that stands in the event.
    Text(fn(&Event) -> Option<&str>, fn(&mut Event, &str)),
    /// Text computed from the event.
    Made(fn(&Event) -> Option<Cow<'_, str>>, fn(&mut Event, &str)),
    Int(fn(&Event) -> Option<i64>, fn(&mut Event, i64)),
    Float(fn(&Event) -> Option<f64>, fn(&mut Event, f64)),
    Bool(fn(&Event) -> Option<bool>, fn(&mut Event, bool)),
    /// Microseconds since 1970-01-01 UTC.
    Time(fn(&Event) -> i64, fn(&mut Event, i64)),
}

/// One column of the timeline.
pub struct Column {
    /// Its name, everywhere.
    pub name: &'static str,
    /// What it means and where it comes from.
    pub meaning: &'static str,
    /// How to read and write it.
    pub access: Access,
}

impl Column {
    /// Puts a value of this column into an event; one of another type is none.
    pub fn set(&self, event: &mut Event, cell: Cell<'_>) {
        match (&self.access, cell) {
            (Access::Text(_, set) | Access::Made(_, set), Cell::Text(text)) => {
                set(event, std::str::from_utf8(text).unwrap_or_default());
            }
            (Access::Int(_, set) | Access::Time(_, set), Cell::Int(value)) => set(event, value),
            (Access::Float(_, set), Cell::Float(value)) => set(event, value),
            (Access::Bool(_, set), Cell::Bool(value)) => set(event, value),
            _ => {}
        }
    }

    /// The type as documentation and `docs/schema.md` name it.
    pub fn type_name(&self) -> &'static str {
        match self.access {
            Access::Text(..) | Access::Made(..) => "text",
            Access::Int(..) => "int64",
            Access::Float(..) => "float64",
            Access::Bool(..) => "bool",
            Access::Time(..) => "timestamp[us, UTC]",
        }
    }
}

// Of the list below each macro makes one of two things of an entry: the column (`@column`), or its value of an event
// that is given away (`@give`).
macro_rules! text {
    (@column $field:ident, $meaning:literal) => {
        Column {
            name: stringify!($field),
            meaning: $meaning,
            access: Access::Text(|event| event.$field.as_deref(), |event, value| event.$field = Some(value.into())),
        }
    };
    (@give $give:ident, $at:ident, $event:ident, $field:ident, $meaning:literal) => {
        if let Some(text) = &$event.$field {
            $give.cell($at, Cell::Text(text.as_bytes()));
        }
    };
}
macro_rules! scalar {
    (@column $kind:ident, $field:ident, $meaning:literal) => {
        Column {
            name: stringify!($field),
            meaning: $meaning,
            access: Access::$kind(|event| event.$field, |event, value| event.$field = Some(value)),
        }
    };
    (@give $give:ident, $at:ident, $event:ident, $kind:ident, $field:ident, $meaning:literal) => {
        if let Some(value) = $event.$field {
            $give.cell($at, Cell::$kind(value));
        }
    };
}
macro_rules! word {
    (@column $type:ident, $field:ident, $meaning:literal) => {
        Column {
            name: stringify!($field),
            meaning: $meaning,
            access: Access::Made(
                |event| Some(Cow::Borrowed(event.$field.as_str())),
                |event, value| event.$field = $type::parse(value).unwrap_or_default(),
            ),
        }
    };
    (@give $give:ident, $at:ident, $event:ident, $type:ident, $field:ident, $meaning:literal) => {
        $give.cell($at, Cell::Text($event.$field.as_str().as_bytes()))
    };
}
/// The file of the record's origin.
macro_rules! file {
    (@column $name:expr, $origin:ident, $file:ident, $meaning:literal) => {
        Column {
            name: $name,
            meaning: $meaning,
            access: Access::Text(
                |event| Some(&event.$origin.$file),
                |event, value| event.$origin.$file = Arc::from(value),
            ),
        }
    };
    (@give $give:ident, $at:ident, $event:ident, $name:expr, $origin:ident, $file:ident, $meaning:literal) => {
        $give.cell($at, Cell::Text($event.$origin.$file.as_bytes()))
    };
}
/// A number that every record has.
macro_rules! place {
    (@column $name:expr, ($($field:ident).+), $meaning:literal) => {
        Column {
            name: $name,
            meaning: $meaning,
            access: Access::Int(|event| Some(event.$($field).+ as i64), |event, value| event.$($field).+ = value as u64),
        }
    };
    (@give $give:ident, $at:ident, $event:ident, $name:expr, ($($field:ident).+), $meaning:literal) => {
        $give.cell($at, Cell::Int($event.$($field).+ as i64))
    };
}
/// What stands in front of a packed event: it is not given.
macro_rules! front {
    (@column $name:expr, $meaning:literal, $access:expr) => {
        Column { name: $name, meaning: $meaning, access: $access }
    };
    (@give $give:ident, $at:ident, $event:ident, $name:expr, $meaning:literal, $access:expr) => {
        ()
    };
}
macro_rules! columns {
    ($($kind:ident!($($part:tt)*),)+) => {
        /// Every column, in the order in which files show them.
        pub static COLUMNS: &[Column] = &[$($kind!(@column $($part)*)),+];

        /// Gives every value of an event but what stands in front of a packed one, in the order of [`COLUMNS`]: one straight
        /// run of code, because it is done with every record of the evidence.
        pub fn each<T: Deref<Target = str>>(event: &EventOf<T>, give: &mut impl Give) {
            let mut at = 0;
            $(
                $kind!(@give give, at, event, $($part)*);
                at += 1;
            )+
            debug_assert_eq!(usize::from(at), COLUMNS.len());
        }
    };
}

/// Takes the values of an event, each with its column's place in [`COLUMNS`].
pub trait Give {
    /// One value.
    fn cell(&mut self, column: u8, cell: Cell<'_>);
}

/// Names of the columns that a question filters on before it reads whole rows.
pub mod names {
    /// Event time.
    pub const DATETIME: &str = "datetime";
    /// Identities that take part.
    pub const PARTIES: &str = "parties";
    /// Operation.
    pub const ACTION: &str = "action";
    /// Client address.
    pub const SOURCE_IP: &str = "source_ip";
    /// Session.
    pub const SESSION_ID: &str = "session_id";
    /// Internet message id.
    pub const EMAIL_MESSAGE_ID: &str = "email_message_id";
    /// Error number.
    pub const STATUS_CODE: &str = "status_code";
    /// Actor.
    pub const USER_UPN: &str = "user_upn";
    /// Actor as written.
    pub const USER_RAW: &str = "user_raw";
    /// Object acted on.
    pub const TARGET_RAW: &str = "target_raw";
    /// Parameters of a cmdlet.
    pub const OP_PARAMS: &str = "op_params";
    /// Properties that were changed.
    pub const CHANGES: &str = "changes";
    /// The tenant's id.
    pub const TENANT_ID: &str = "tenant_id";
    /// Evidence path.
    pub const SOURCE_FILE: &str = "source_file";
    /// Native id.
    pub const EVENT_ID: &str = "event_id";
    /// Record number.
    pub const SOURCE_ROW: &str = "source_row";
    /// Line of its first byte.
    pub const SOURCE_LINE: &str = "source_line";
    /// Offset of its first byte.
    pub const SOURCE_OFFSET: &str = "source_offset";
    /// The sentence on the record.
    pub const MESSAGE: &str = "message";
    /// Stable id of the record.
    pub const RECORD_UID: &str = "record_uid";
    /// Hash of the record.
    pub const RAW_SHA256: &str = "raw_sha256";
    /// The record's own text.
    pub const RAW: &str = "raw";
    /// The record as JSON, where its own text is not.
    pub const OBJECT: &str = "object";
}

columns! {
    front!(
        names::DATETIME,
        "event time, UTC, microseconds",
        Access::Time(
            |event| event.datetime.timestamp_micros(),
            |event, value| event.datetime = chrono::DateTime::from_timestamp_micros(value).unwrap_or_default(),
        )
    ),
    text!(timestamp_desc, "what the time is (plaso's vocabulary where it has a word)"),
    text!(message, "one readable sentence"),
    word!(EvidenceSource, evidence_source, "which evidence: ual, admin_audit, entra_signin, …"),
    text!(source_format, "format id of the export"),
    text!(action, "operation, trimmed"),
    word!(Outcome, outcome, "success, failure, interrupted or unknown; by rules per record type, not by ResultStatus"),
    text!(user_upn, "actor UPN, lower-cased"),
    text!(mailbox_upn, "owner of the mailbox touched, lower-cased"),
    text!(target_raw, "object acted on, as written"),
    text!(source_ip, "client address, canonical"),
    text!(geo_country, "ISO 3166 country of the address"),
    text!(geo_city, "city of the address"),
    text!(user_agent, "user agent; in mailbox records what ActorInfoString or ClientInfoString have of one"),
    text!(session_id, "session, the join key of sign-ins and mailbox records"),
    text!(email_subject, "subject of the (first) mail"),
    text!(email_message_id, "internet message id of the (first) mail"),
    text!(folder_path, "folder of the item, in the mailbox's language"),
    text!(dest_folder_path, "folder the item went to"),
    text!(symptom, "symptoms and detections that cite this event"),
    text!(finding_ids, "findings that cite this event"),
    text!(event_id, "native id of the record"),
    front!(
        names::RECORD_UID,
        "stable id: first 128 bits of raw_sha256",
        Access::Made(|event| event.raw_sha256.get(..16).map(hex).map(Cow::Owned), |_, _| ())
    ),
    file!(names::SOURCE_FILE, origin, file, "evidence path as given; archive members as path!member"),
    front!(
        names::SOURCE_ROW,
        "1-based record number in the file",
        Access::Int(|event| Some(event.origin.record as i64), |event, value| event.origin.record = value as u64)
    ),
    place!(names::SOURCE_LINE, (origin.line), "1-based line of the record's first byte"),
    place!(names::SOURCE_OFFSET, (origin.offset), "byte offset of the record"),
    place!("duplicate_count", (duplicate_count), "byte-identical copies folded into this event"),
    word!(ParseStatus, parse_status, "ok, salvaged (cut record) or partial (values lost by the exporter)"),
    text!(parse_notes, "message codes, joined by '; '"),
    text!(datetime_text, "original time text"),
    text!(time_basis, "event, ingestion or state"),
    text!(time_zone_basis, "explicit, implied_utc, assumed_utc, or guessed_culture (order of day and month inferred)"),
    text!(event_provider, "workload or service"),
    scalar!(Int, record_type, "RecordType number of the unified audit log"),
    text!(record_type_name, "RecordType name"),
    text!(action_raw, "operation as written"),
    text!(status_text, "ResultStatus, Status or Succeeded as written"),
    text!(status_code, "error number"),
    text!(status_reason, "reason as written"),
    text!(user_raw, "actor exactly as written"),
    text!(user_id, "actor object id"),
    text!(user_puid, "actor PUID"),
    text!(user_sid, "actor SID"),
    text!(user_full_name, "actor display name"),
    scalar!(Int, actor_type, "UserType number: 0 regular, 2 admin, 3/4 Microsoft, 5/6 application, 9 partner, 10 guest"),
    scalar!(Int, logon_type, "LogonType number: 0 owner, 1 admin, 2 delegate"),
    scalar!(Bool, external_access, "ExternalAccess: actor outside the organization"),
    text!(mailbox_guid, "MailboxGuid, lower-cased"),
    text!(mailbox_sid, "MailboxOwnerSid, lower-cased"),
    text!(target_upn, "target UPN, lower-cased"),
    text!(target_id, "target object id, lower-cased"),
    text!(on_behalf_of, "mailbox sent as or on behalf of, lower-cased"),
    text!(tenant_id, "OrganizationId or tenantId"),
    text!(tenant_name, "OrganizationName"),
    scalar!(Int, source_port, "client port"),
    text!(source_ip_text, "client address as written"),
    text!(source_ip_class, "public, private, loopback, link_local, unspecified, microsoft or invalid"),
    text!(related_ip, "all addresses in the record, joined by '; '"),
    text!(geo_region, "state or region of the address"),
    scalar!(Float, geo_lat, "latitude"),
    scalar!(Float, geo_lon, "longitude"),
    text!(geo_basis, "log (the service said so), mmdb (local database) or rir (weak, built in)"),
    scalar!(Int, as_number, "autonomous system number"),
    text!(as_org, "autonomous system's organization"),
    text!(client_info, "ClientInfoString"),
    text!(client_app, "clientAppUsed or ClientProcessName"),
    text!(device_id, "device id"),
    text!(device_name, "device display name"),
    text!(device_os, "operating system"),
    text!(browser, "browser"),
    scalar!(Bool, device_managed, "managed device"),
    scalar!(Bool, device_compliant, "compliant device"),
    text!(device_trust, "join type"),
    text!(app_id, "application id"),
    text!(app_name, "application name"),
    text!(client_app_id, "ClientAppId"),
    text!(resource_id, "resource id"),
    text!(resource_name, "resource name"),
    text!(sign_in_session_id, "session of the sign-in behind it, where session_id is another (AADSessionId)"),
    text!(correlation_id, "correlation id (InterSystemsId)"),
    text!(request_id, "request id (IntraSystemId, sign-in id)"),
    text!(unique_token_id, "unique token id"),
    text!(token_issued, "IssuedAtTime of the token"),
    text!(sign_in_kind, "interactive, noninteractive, service_principal, managed_identity or unknown"),
    text!(auth_requirement, "authenticationRequirement"),
    text!(auth_protocol, "authenticationProtocol or RequestType"),
    text!(ca_status, "conditionalAccessStatus"),
    text!(mfa_result, "multifactor authentication result"),
    text!(risk_level, "risk level; 'hidden' means unknown, not none"),
    text!(risk_state, "risk state"),
    text!(risk_events, "risk event types, joined by '; '"),
    text!(email_to, "recipients, joined by '; '"),
    scalar!(Int, email_to_count, "number of recipients"),
    scalar!(Bool, saved_to_sent, "SaveToSentItems"),
    scalar!(Int, item_count, "items in the record"),
    text!(op_params, "Parameters and OperationProperties as a JSON array of {name, value}"),
    text!(changes, "ModifiedProperties as a JSON array of {name, old, new}"),
    text!(parties, "identities that take part, lower-cased, each between '|'"),
    text!(raw, "the record's own text"),
    text!(object, "the record as one JSON object with the audit log's keys, where its own text is a table row or XML; of a sign-in what no column holds"),
    front!(
        names::RAW_SHA256,
        "SHA-256 of the record's bytes",
        Access::Made(|event| Some(Cow::Owned(hex(&event.raw_sha256))), |event, value| {
            for (slot, pair) in event.raw_sha256.iter_mut().zip(value.as_bytes().chunks(2)) {
                *slot = std::str::from_utf8(pair)
                    .ok()
                    .and_then(|pair| u8::from_str_radix(pair, 16).ok())
                    .unwrap_or_default();
            }
        })
    ),
}
