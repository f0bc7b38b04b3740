//! The objects inside AuditData that columns are made of, as serde_json reads them.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::Deserializer;
use serde_json::value::RawValue;

use crate::ingest::members::{elements, members};

/// Text borrowed from the record where it has no escapes.
#[derive(Deserialize, Default)]
#[serde(transparent)]
pub struct Borrowed<'a>(#[serde(borrow)] pub Cow<'a, str>);

/// A value's own JSON text.
#[derive(Clone, Copy)]
pub struct JsonText<'a>(pub &'a str);

impl<'de: 'a, 'a> Deserialize<'de> for JsonText<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&'a RawValue>::deserialize(deserializer).map(|raw| Self(raw.get()))
    }
}

/// One entry of a Name/Value list.
#[derive(Deserialize, Default)]
pub struct Pair<'a> {
    /// `Name`.
    #[serde(borrow, rename = "Name", alias = "name")]
    pub name: Option<JsonText<'a>>,
    /// `Value`.
    #[serde(borrow, rename = "Value", alias = "value")]
    pub value: Option<JsonText<'a>>,
}

impl<'a> Pair<'a> {
    /// The entries of a list: read in one pass where each has a name and a value and nothing else, by serde_json where
    /// not; `None` where it is no such list.
    pub fn list(json: &'a str) -> Option<Vec<Self>> {
        Self::ordinary(json).or_else(|| serde_json::from_str(json).ok())
    }

    fn ordinary(json: &'a str) -> Option<Vec<Self>> {
        let mut list = Vec::new();
        elements(json, |element| {
            let mut pair = Pair { name: None, value: None };
            members(element, |key, value| {
                let slot = match key {
                    "Name" => &mut pair.name,
                    "Value" => &mut pair.value,
                    _ => return None,
                };
                slot.replace(JsonText(value)).is_none().then_some(())
            })?;
            list.push(pair);
            Some(())
        })?;
        Some(list)
    }
}

/// One changed property.
#[derive(Deserialize, Default)]
pub struct Modified<'a> {
    /// `Name`.
    #[serde(borrow, rename = "Name", alias = "name")]
    pub name: Option<JsonText<'a>>,
    /// `OldValue`.
    #[serde(borrow, rename = "OldValue", alias = "oldValue")]
    pub old: Option<JsonText<'a>>,
    /// `NewValue`.
    #[serde(borrow, rename = "NewValue", alias = "newValue")]
    pub new: Option<JsonText<'a>>,
}

/// One name of `Actor` or `Target`.
#[derive(Deserialize, Default)]
pub struct Id<'a> {
    /// `ID`.
    #[serde(borrow, rename = "ID", alias = "Id", alias = "id", default)]
    pub id: Cow<'a, str>,
    /// `Type`: which kind of name.
    #[serde(rename = "Type", alias = "type", default)]
    pub kind: i64,
}

/// `Folder`, `DestFolder`, `ParentFolder`.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct FolderRef<'a> {
    /// `Path`.
    #[serde(borrow, rename = "Path")]
    pub path: Option<Borrowed<'a>>,
}

/// `Item`, one of `AffectedItems`, one of `Folders`.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
pub struct Item<'a> {
    /// `Subject`.
    #[serde(borrow)]
    pub subject: Option<Borrowed<'a>>,
    /// `InternetMessageId`.
    #[serde(borrow)]
    pub internet_message_id: Option<Borrowed<'a>>,
    /// `ParentFolder`.
    #[serde(borrow)]
    pub parent_folder: Option<FolderRef<'a>>,
    /// `Path`.
    #[serde(borrow)]
    pub path: Option<Borrowed<'a>>,
    /// `FolderItems`.
    #[serde(borrow)]
    pub folder_items: Vec<Item<'a>>,
}

/// One of `RecipientList`.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Recipient<'a> {
    /// `Address`.
    #[serde(borrow, rename = "Address", alias = "address")]
    pub address: Cow<'a, str>,
}

/// `AppAccessContext`.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct AppContext<'a> {
    /// `AADSessionId`.
    #[serde(borrow, rename = "AADSessionId")]
    pub session: Option<Borrowed<'a>>,
    /// `ClientAppId`.
    #[serde(borrow, rename = "ClientAppId")]
    pub client_app: Option<Borrowed<'a>>,
    /// `CorrelationId`.
    #[serde(borrow, rename = "CorrelationId")]
    pub correlation: Option<Borrowed<'a>>,
    /// `UniqueTokenId`.
    #[serde(borrow, rename = "UniqueTokenId")]
    pub token: Option<Borrowed<'a>>,
    /// `IssuedAtTime`.
    #[serde(borrow, rename = "IssuedAtTime")]
    pub issued: Option<Borrowed<'a>>,
}
