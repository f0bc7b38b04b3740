//! One AuditData object: which keys columns are made of, and their values while they are still JSON text.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::bags::Entry;
use super::flat::{self, Flat};
use super::inside::{Found, Inside};
use super::pairs::{self, Pairs};
use crate::ingest::records::nested::Borrowed;
use crate::ingest::text::members::{self, Part};
use crate::ingest::values::fields::{lower, text, whole};
use crate::ingest::values::keys::KeyTable;
use crate::timeline::event::Text;
use crate::timeline::json::boolean;

/// A key as the service spells it: as its field is called, or as is told.
macro_rules! key {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $key:literal) => {
        $key
    };
}
macro_rules! known_fields {
    ($($field:ident $(=> $key:literal)?),+ $(,)?) => {
        /// The keys that columns are made of.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(super) enum Field { $($field),+ }
        static FIELDS: [Field; COUNT] = [$(Field::$field),+];
        const COUNT: usize = [$(key!($field $($key)?)),+].len();
        /// The keys, behind them those of records that an exporter made flat.
        static KEYS: KeyTable<{ COUNT + flat::COUNT }> =
            KeyTable::new(&flat::behind([$(key!($field $($key)?)),+]));
    };
}

known_fields! {
    CreationTime, Id, Operation, RecordType, Workload, UserId, UserKey, UserType, OrganizationId, OrganizationName,
    ResultStatus, ObjectId, ClientIP, ClientIPAddress, ActorIpAddress, ActorIP, ClientInfoString, ClientProcessName,
    UserAgent, Parameters, ModifiedProperties, ExtendedProperties, DeviceProperties, OperationProperties, Actor,
    Target, ApplicationId, AppId, ClientAppId, AppAccessContext, SessionId, InterSystemsId, IntraSystemId,
    IntraSystemsId, ErrorNumber, ErrorCode, LogonError, LogonType, ExternalAccess, MailboxOwnerUPN, MailboxGuid,
    MailboxOwnerSid, LogonUserSid, LogonUserDisplayName, Item, AffectedItems, Folders, Folder, DestFolder,
    SendAsUserSmtp, SendAsUserMailboxGuid, SendOnBehalfOfUserSmtp, SendOnBehalfOfUserMailboxGuid, SaveToSentItems,
    RecipientCount, RecipientList, OperationCount, Data, AlertEntityId, Name, EventValue, HygieneEvent => "Event",
    DeviceId, ModifiedObjectResolvedName, P1Sender, P2Sender, Subject, InternetMessageId,
    ActorInfoString, ClientIPs,
}

/// One AuditData object with its known values, each as its JSON text; what has an inside was read in passing.
pub(super) struct Audit<'a> {
    values: [Option<Part<'a>>; COUNT],
    pub(super) inside: Inside<'a>,
    /// A key that is known stood twice, in whatever case.
    pub(super) doubled: bool,
    /// What stands under the keys of a record that was made flat.
    flat: Vec<(Flat, &'a str)>,
    /// The keys that no column is made of.
    others: Vec<Cow<'a, str>>,
}

impl<'a> Audit<'a> {
    /// One without values.
    pub(super) fn new() -> Self {
        Self {
            values: [None; COUNT],
            inside: Inside::default(),
            doubled: false,
            flat: Vec::new(),
            others: Vec::with_capacity(16),
        }
    }

    /// Reads an object in its place: it is too large to be handed on for each record.
    pub(super) fn read(&mut self, json: &'a str) -> Result<(), serde_json::Error> {
        let read =
            members::read(json, |object| object.members(|key, value| self.put(Cow::Borrowed(key), Found::Next(value))));
        if read.is_none() {
            *self = serde_json::from_str(json)?;
        }
        self.close();
        let is_text = self.json(Field::Parameters).is_some_and(|text| text.starts_with('"'));
        if (is_text || self.inside.parameters.is_empty()) && self.others.iter().any(|key| pairs::is_of_exporter(key)) {
            self.take_exporters_keys(json, is_text);
        }
        Ok(())
    }

    /// Beside one text of all parameters, or in place of them, their exporter gave each a key of its own, which is exact;
    /// where it did not, another text may say them.
    #[cold]
    fn take_exporters_keys(&mut self, json: &str, is_text: bool) {
        let told = pairs::of_keys(json);
        let told = if told.is_empty() && !is_text { pairs::of_texts(json) } else { told };
        if !told.is_empty() {
            self.inside.parameters = Pairs::Other(told);
            self.inside.lost_parameters = false;
            self.inside.flattened = true;
        }
    }

    /// All keys are there. Where they are many, each has its like beside it once they are sorted.
    fn close(&mut self) {
        if !self.flat.is_empty() {
            self.inside.take_flat(&self.flat);
            self.inside.faults.unread |= self.others.iter().any(|key| flat::is_part(key));
        }
        if self.others.len() > FEW {
            self.others.sort_by_cached_key(|key| key.to_ascii_lowercase());
            self.doubled |=
                self.others.windows(2).any(|pair| matches!(pair, [one, other] if differ_in_case(one, other)));
        }
    }

    fn put(&mut self, key: Cow<'a, str>, value: Found<'_, 'a>) -> Option<()> {
        let Some(known) = KEYS.find(&key) else {
            if self.others.len() < FEW {
                self.doubled |= self.others.iter().any(|other| differ_in_case(other, &key));
            }
            self.others.push(key);
            return value.part().map(|_| ());
        };
        let Some(field) = FIELDS.get(known.place).copied() else {
            self.flat.push((flat::at(known.place - COUNT)?, value.part()?.json));
            return Some(());
        };
        let slot = self.values.get_mut(field as usize)?;
        // The first spelling stays; what else is there stays in `raw`.
        if slot.is_some() {
            self.doubled = true;
            return value.part().map(|_| ());
        }
        *slot = Some(self.inside.read(field, value)?);
        Some(())
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
                let mut audit = Audit::new();
                while let Some(key) = map.next_key::<Borrowed<'de>>()? {
                    let _ = audit.put(key.0, Found::Text(map.next_value::<&'de RawValue>()?.get()));
                }
                Ok(audit)
            }
        }
        deserializer.deserialize_map(Keys)
    }
}

/// As many unknown keys are compared with each other as they come; few records have more.
const FEW: usize = 64;

/// Twice the same spelling is one key, as every JSON reader has it.
fn differ_in_case(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other) && one != other
}

/// A string, number or boolean as text; anything else is nothing.
#[inline]
pub(super) fn scalar(part: Part<'_>) -> Option<Cow<'_, str>> {
    match part.json.as_bytes().first()? {
        b'"' => part.string().filter(|text| !text.is_empty()),
        b'n' | b'{' | b'[' => None,
        _ => Some(Cow::Borrowed(part.json)),
    }
}

impl<'a> Audit<'a> {
    #[inline]
    pub(super) fn text(&self, field: Field) -> Option<Cow<'a, str>> {
        scalar(self.values.get(field as usize).copied().flatten()?)
    }

    /// The value's own text.
    pub(super) fn json(&self, field: Field) -> Option<&'a str> {
        self.values.get(field as usize).copied().flatten().map(|part| part.json)
    }

    #[inline]
    pub(super) fn or_empty(&self, field: Field) -> Cow<'a, str> {
        self.text(field).unwrap_or_default()
    }

    #[inline]
    pub(super) fn trimmed(&self, field: Field) -> Text<'a> {
        self.text(field).and_then(text)
    }

    #[inline]
    pub(super) fn lower(&self, field: Field) -> Text<'a> {
        self.text(field).and_then(lower)
    }

    #[inline]
    pub(super) fn int(&self, field: Field) -> Option<i64> {
        whole(&self.text(field)?)
    }

    #[inline]
    pub(super) fn flag(&self, field: Field) -> Option<bool> {
        boolean(&self.text(field)?)
    }

    /// A Name/Value list, in any of its forms.
    pub(super) fn pairs(&self, field: Field) -> Vec<Entry<'a>> {
        self.inside.pairs(field).entries().or_else(|| self.text(field).map(pairs::of_text)).unwrap_or_default()
    }
}
