//! The common record: what every export's record becomes. A missing field is `None`, never `""`.

use chrono::{DateTime, Utc};

use crate::origin::{Origin, RecordRef};

/// Text of one column.
pub type Text = Option<Box<str>>;

macro_rules! word_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident => $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub enum $name { $($(#[$vmeta])* $variant),+ }
        impl $name {
            /// The word in the column.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
            /// Reads the word back.
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

word_enum!(
    /// Which kind of evidence an export is.
    EvidenceSource {
        /// Unified audit log.
        #[default]
        Ual => "ual",
        /// Admin audit log.
        AdminAudit => "admin_audit",
        /// Mailbox audit log.
        MailboxAudit => "mailbox_audit",
        /// Entra sign-in log.
        EntraSignin => "entra_signin",
        /// Authentication steps of Entra sign-ins.
        EntraStep => "entra_signin_step",
        /// Entra directory audit.
        EntraAudit => "entra_audit",
        /// Risk detections and risky users.
        Risk => "risk",
        /// Message trace.
        MessageTrace => "message_trace",
        /// Requests to Microsoft Graph.
        GraphActivity => "graph_activity",
        /// Configuration snapshot.
        Snapshot => "snapshot",
    }
);

word_enum!(
    /// Whether the thing asked for happened.
    Outcome {
        /// It did.
        Success => "success",
        /// It did not.
        Failure => "failure",
        /// A step of a flow; success may have followed.
        Interrupted => "interrupted",
        /// The record does not say.
        #[default]
        Unknown => "unknown",
    }
);

word_enum!(
    /// How whole the record was.
    ParseStatus {
        /// Whole.
        #[default]
        Ok => "ok",
        /// Read from a cut record; says what is there, never what is not.
        Salvaged => "salvaged",
        /// Some values were lost when the export was made.
        Partial => "partial",
    }
);

/// One record of any export. Column meanings are in [`super::schema`].
#[derive(Debug, Clone, Default)]
#[allow(missing_docs, reason = "each field is a column, described once in schema.rs")]
pub struct Event {
    pub origin: Origin,
    pub raw_sha256: [u8; 32],
    pub datetime: DateTime<Utc>,
    pub timestamp_desc: Text,
    pub message: Text,
    pub datetime_text: Text,
    pub time_basis: Text,
    pub time_zone_basis: Text,
    pub event_id: Text,
    pub source_format: Text,
    pub evidence_source: EvidenceSource,
    pub duplicate_count: u64,
    pub parse_status: ParseStatus,
    pub parse_notes: Text,
    pub event_provider: Text,
    pub record_type: Option<i64>,
    pub record_type_name: Text,
    pub action_raw: Text,
    pub action: Text,
    pub outcome: Outcome,
    pub status_text: Text,
    pub status_code: Text,
    pub status_reason: Text,
    pub user_raw: Text,
    pub user_upn: Text,
    pub user_id: Text,
    pub user_puid: Text,
    pub user_sid: Text,
    pub user_full_name: Text,
    pub actor_type: Option<i64>,
    pub logon_type: Option<i64>,
    pub external_access: Option<bool>,
    pub mailbox_upn: Text,
    pub mailbox_guid: Text,
    pub mailbox_sid: Text,
    pub target_raw: Text,
    pub target_upn: Text,
    pub target_id: Text,
    pub on_behalf_of: Text,
    pub tenant_id: Text,
    pub tenant_name: Text,
    pub source_ip: Text,
    pub source_port: Option<i64>,
    pub source_ip_text: Text,
    pub source_ip_class: Text,
    pub related_ip: Text,
    pub geo_city: Text,
    pub geo_region: Text,
    pub geo_country: Text,
    pub geo_lat: Option<f64>,
    pub geo_lon: Option<f64>,
    pub geo_basis: Text,
    pub as_number: Option<i64>,
    pub as_org: Text,
    pub user_agent: Text,
    pub client_info: Text,
    pub client_app: Text,
    pub device_id: Text,
    pub device_name: Text,
    pub device_os: Text,
    pub browser: Text,
    pub device_managed: Option<bool>,
    pub device_compliant: Option<bool>,
    pub device_trust: Text,
    pub app_id: Text,
    pub app_name: Text,
    pub client_app_id: Text,
    pub resource_id: Text,
    pub resource_name: Text,
    pub session_id: Text,
    pub correlation_id: Text,
    pub request_id: Text,
    pub unique_token_id: Text,
    pub token_issued: Text,
    pub sign_in_kind: Text,
    pub auth_requirement: Text,
    pub auth_protocol: Text,
    pub ca_status: Text,
    pub mfa_result: Text,
    pub risk_level: Text,
    pub risk_state: Text,
    pub risk_events: Text,
    pub email_message_id: Text,
    pub email_subject: Text,
    pub email_to: Text,
    pub email_to_count: Option<i64>,
    pub saved_to_sent: Option<bool>,
    pub folder_path: Text,
    pub dest_folder_path: Text,
    pub item_count: Option<i64>,
    pub op_params: Text,
    pub changes: Text,
    pub parties: Text,
    pub symptom: Text,
    pub finding_ids: Text,
    pub raw: Text,
    pub object: Text,
}

impl Event {
    /// The event as findings cite it.
    pub fn record_ref(&self) -> RecordRef {
        RecordRef {
            evidence: self.origin.file.to_string(),
            record: self.origin.record,
            line: self.origin.line,
            offset: self.origin.offset,
            native_id: self.event_id.as_deref().map(str::to_owned),
            sha256: hex(&self.raw_sha256),
        }
    }

    /// Whether it is a row of a configuration snapshot: what stood when somebody looked, without a time of its own.
    pub fn is_state(&self) -> bool {
        self.evidence_source == EvidenceSource::Snapshot
    }

    /// The trimmed operation, or `""`.
    pub fn action(&self) -> &str {
        self.action.as_deref().unwrap_or_default()
    }

    /// Whether the trimmed operation is one of `names`, whatever the case.
    pub fn is(&self, names: &[&str]) -> bool {
        let action = self.action();
        names.iter().any(|name| name.eq_ignore_ascii_case(action))
    }

    /// The key of the total order: time, then file, then record.
    pub fn order(&self) -> (DateTime<Utc>, &Origin) {
        (self.datetime, &self.origin)
    }
}

/// Bytes as lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| half + if half < 10 { b'0' } else { b'a' - 10 };
    let mut digits = vec![0; bytes.len() * 2];
    for (pair, byte) in digits.chunks_exact_mut(2).zip(bytes) {
        pair.copy_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
    }
    String::from_utf8(digits).unwrap_or_default()
}
