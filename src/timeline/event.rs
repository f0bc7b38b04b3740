//! The common record: what every export's record becomes. A missing field is `None`, never `""`.

use std::borrow::Cow;
use std::ops::Deref;

use chrono::{DateTime, Utc};

use super::details::Read;
use crate::origin::{Origin, RecordRef};

/// Text of one column while its record is read.
pub type Text<'r> = Option<Cow<'r, str>>;

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

macro_rules! event {
    (texts { $($text:ident,)+ } values { $($value:ident: $type:ty,)+ }) => {
        /// One record of any export, with texts of one kind. Column meanings are in [`super::schema`].
        #[derive(Debug, Clone, Default)]
        #[allow(missing_docs, reason = "each field is a column, described once in schema.rs")]
        pub struct EventOf<T> { $(pub $text: Option<T>,)+ $(pub $value: $type,)+ pub read: Read }

        impl<T> EventOf<T> {
            /// The same event with other texts.
            pub fn map<U>(self, to: impl Fn(T) -> U) -> EventOf<U> {
                EventOf { $($text: self.$text.map(&to),)+ $($value: self.$value,)+ read: Read::default() }
            }
        }
    };
}

event! {
    texts {
        timestamp_desc, message, datetime_text, time_basis, time_zone_basis, event_id, source_format,
        parse_notes, event_provider, record_type_name, action_raw, action, status_text, status_code,
        status_reason, user_raw, user_upn, user_id, user_puid, user_sid, user_full_name, mailbox_upn,
        mailbox_guid, mailbox_sid, target_raw, target_upn, target_id, on_behalf_of, tenant_id, tenant_name,
        source_ip, source_ip_text, source_ip_class, related_ip, geo_city, geo_region, geo_country,
        geo_basis, as_org, user_agent, client_info, client_app, device_id, device_name, device_os, browser,
        device_trust, app_id, app_name, client_app_id, resource_id, resource_name, session_id,
        sign_in_session_id,
        correlation_id, request_id, unique_token_id, token_issued, sign_in_kind, auth_requirement,
        auth_protocol, ca_status, mfa_result, risk_level, risk_state, risk_events, email_message_id,
        email_subject, email_to, folder_path, dest_folder_path, op_params, changes, parties, symptom,
        finding_ids, raw, object,
    }
    values {
        origin: Origin,
        raw_sha256: [u8; 32],
        datetime: DateTime<Utc>,
        evidence_source: EvidenceSource,
        duplicate_count: u64,
        parse_status: ParseStatus,
        record_type: Option<i64>,
        outcome: Outcome,
        actor_type: Option<i64>,
        logon_type: Option<i64>,
        external_access: Option<bool>,
        source_port: Option<i64>,
        geo_lat: Option<f64>,
        geo_lon: Option<f64>,
        as_number: Option<i64>,
        device_managed: Option<bool>,
        device_compliant: Option<bool>,
        email_to_count: Option<i64>,
        saved_to_sent: Option<bool>,
        item_count: Option<i64>,
    }
}

/// An event that stands for itself.
pub type Event = EventOf<Box<str>>;

/// An event while its record is read: what the record says as the column has it is still the record's own text.
pub type Draft<'r> = EventOf<Cow<'r, str>>;

impl Draft<'_> {
    /// The same event without its record.
    pub fn into_owned(self) -> Draft<'static> {
        self.map(|text| Cow::Owned(text.into_owned()))
    }
}

impl<T: Deref<Target = str>> EventOf<T> {
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

    /// The session it belongs to; a row of zeros stands for none.
    pub fn session(&self) -> Option<&str> {
        self.session_id.as_deref().filter(|id| !is_made_of(id, '0'))
    }

    /// The token that it was done with; what is nothing but zeros, encoded or not, stands for none.
    pub fn token(&self) -> Option<&str> {
        self.unique_token_id.as_deref().filter(|id| !is_made_of(id, 'A') && !is_made_of(id, '0'))
    }

    /// The key of the total order: time, then file, then record.
    pub fn order(&self) -> (DateTime<Utc>, &Origin) {
        (self.datetime, &self.origin)
    }
}

/// Whether an identifier has no letter or digit but this one.
fn is_made_of(id: &str, one: char) -> bool {
    id.chars().filter(char::is_ascii_alphanumeric).all(|c| c == one)
}

/// Bytes as lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    let mut digits = vec![0; bytes.len() * 2];
    put_hex(bytes, &mut digits);
    String::from_utf8(digits).unwrap_or_default()
}

/// The same, where two digits a byte are to stand.
pub fn put_hex(bytes: &[u8], digits: &mut [u8]) {
    let digit = |half: u8| half + if half < 10 { b'0' } else { b'a' - 10 };
    for (pair, byte) in digits.chunks_exact_mut(2).zip(bytes) {
        pair.copy_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
    }
}
