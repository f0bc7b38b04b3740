//! The objects inside AuditData that columns are made of: read from their text in one pass where that is plain, by
//! serde_json where it is not. What both take they read the same. A key in another case than the service's is for serde_json.

mod folded;

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::Deserializer;
use serde_json::value::RawValue;

use self::folded::{folded, is_empty, one_or_more, one_or_none};
use crate::ingest::text::members::{self, Part, Value};
use crate::ingest::values::fields::whole;

/// A value with an inside.
pub trait Nested<'a>: Default {
    /// Reads it where it is plain; nothing where it is anything else.
    fn read(value: Value<'_, 'a>) -> Option<Self>;

    /// Reads plain text.
    fn plain(json: &'a str) -> Option<Self> {
        members::read(json, Self::read)
    }

    /// Reads what is not plain.
    fn unplain(json: &'a str) -> Option<Self>;
}

/// An object of which some members are wanted.
pub trait Object<'a>: Default {
    /// The wanted keys.
    const KEYS: &'static [&'static str];

    /// Takes one member; nothing where serde_json has to decide.
    fn put(&mut self, key: &'a str, value: Value<'_, 'a>) -> Option<()>;

    /// Whether it says what such an object has to say; all its members were put.
    #[inline]
    fn is_whole(&self) -> bool {
        true
    }
}

impl<'a, T: Object<'a> + Deserialize<'a>> Nested<'a> for T {
    fn read(value: Value<'_, 'a>) -> Option<Self> {
        let mut object = T::default();
        value.members(|key, value| object.put(key, value))?;
        object.is_whole().then_some(object)
    }

    #[cold]
    fn unplain(json: &'a str) -> Option<Self> {
        folded(json, T::KEYS).ok()
    }
}

/// A list; PowerShell writes one of a single object as that object.
impl<'a, T: Object<'a> + Deserialize<'a>> Nested<'a> for Vec<T> {
    fn read(value: Value<'_, 'a>) -> Option<Self> {
        if value.is_object() {
            let (one, json) = value.read_as(T::read)?;
            return one.map(|one| if is_empty(json) { Vec::new() } else { vec![one] });
        }
        let mut list = Vec::new();
        value.elements(|value| {
            list.push(T::read(value)?);
            Some(())
        })?;
        Some(list)
    }

    #[cold]
    fn unplain(json: &'a str) -> Option<Self> {
        one_or_more(&mut serde_json::Deserializer::from_str(json)).ok()
    }
}

/// Passes over a member that is not wanted; nothing where its key is a wanted one in another case.
#[inline]
fn pass(key: &str, wanted: &[&str], value: Value<'_, '_>) -> Option<()> {
    if is_any(key, wanted) { None } else { value.skip() }
}

/// Whether a key is one of these, whatever its case.
#[inline]
fn is_any(key: &str, wanted: &[&str]) -> bool {
    wanted.iter().any(|wanted| wanted.eq_ignore_ascii_case(key))
}

/// Fills a slot that is still empty: a member that stands twice is for serde_json.
fn once<T>(slot: &mut Option<T>, value: T) -> Option<()> {
    slot.replace(value).is_none().then_some(())
}

/// Text borrowed from the record where it has no escapes.
#[derive(Deserialize, Default)]
#[serde(transparent)]
pub struct Borrowed<'a>(#[serde(borrow)] pub Cow<'a, str>);

impl<'a> Borrowed<'a> {
    fn read(value: Value<'_, 'a>) -> Option<Self> {
        value.part()?.string().map(Self)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Part<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&'a RawValue>::deserialize(deserializer).map(|raw| Self::of(raw.get()))
    }
}

/// One entry of a Name/Value list.
#[derive(Deserialize, Default)]
pub struct Pair<'a> {
    /// `Name`.
    #[serde(borrow, rename = "Name", alias = "name", alias = "Key", alias = "key")]
    pub name: Option<Part<'a>>,
    /// `Value`.
    #[serde(borrow, rename = "Value", alias = "value")]
    pub value: Option<Part<'a>>,
    /// There is something else beside them.
    #[serde(skip)]
    other: bool,
}

impl<'a> Pair<'a> {
    /// One of a name and a value that stand apart.
    pub fn of(name: &'a str, value: &'a str) -> Self {
        Self { name: Some(Part::of(name)), value: Some(Part::of(value)), other: false }
    }
}

impl<'a> Object<'a> for Pair<'a> {
    const KEYS: &'static [&'static str] = &["Name", "Key", "Value"];

    fn put(&mut self, key: &'a str, value: Value<'_, 'a>) -> Option<()> {
        match key {
            "Name" | "name" | "Key" | "key" => once(&mut self.name, value.part()?),
            "Value" | "value" => once(&mut self.value, value.part()?),
            _ => {
                self.other = true;
                value.skip()
            }
        }
    }

    fn is_whole(&self) -> bool {
        self.name.is_some_and(|name| name.json.starts_with('"')) && (self.value.is_some() || !self.other)
    }
}

/// One changed property.
#[derive(Deserialize, Default)]
pub struct Modified<'a> {
    /// `Name`.
    #[serde(borrow, rename = "Name")]
    pub name: Option<Part<'a>>,
    /// `OldValue`.
    #[serde(borrow, rename = "OldValue")]
    pub old: Option<Part<'a>>,
    /// `NewValue`.
    #[serde(borrow, rename = "NewValue")]
    pub new: Option<Part<'a>>,
}

impl<'a> Object<'a> for Modified<'a> {
    const KEYS: &'static [&'static str] = &["Name", "OldValue", "NewValue"];

    fn put(&mut self, key: &'a str, value: Value<'_, 'a>) -> Option<()> {
        match key {
            "Name" | "name" => once(&mut self.name, value.part()?),
            "OldValue" | "oldValue" => once(&mut self.old, value.part()?),
            "NewValue" | "newValue" => once(&mut self.new, value.part()?),
            _ => pass(key, Self::KEYS, value),
        }
    }
}

/// One name of `Actor` or `Target`.
#[derive(Deserialize, Default)]
pub struct Id<'a> {
    /// `ID`.
    #[serde(borrow, rename = "ID", default)]
    pub id: Cow<'a, str>,
    /// `Type`: which kind of name.
    #[serde(rename = "Type", default, deserialize_with = "kind")]
    pub kind: i64,
    #[serde(skip)]
    seen: (Option<()>, Option<()>),
}

impl<'a> Id<'a> {
    /// One whose parts stand apart.
    pub fn of(id: Cow<'a, str>, kind: &str) -> Self {
        Self { id, kind: whole(kind).unwrap_or(OTHER_KIND), seen: (None, None) }
    }
}

/// A kind of name that no column is made of.
const OTHER_KIND: i64 = -1;

/// A number, which may be kept as text; the kinds of other workloads are words.
fn kind<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let kind = serde_json::Value::deserialize(deserializer)?;
    let number = kind.as_str().map_or_else(|| whole(&kind.to_string()), whole);
    Ok(number.unwrap_or(OTHER_KIND))
}

impl<'a> Object<'a> for Id<'a> {
    const KEYS: &'static [&'static str] = &["ID", "Type"];

    fn put(&mut self, key: &'a str, value: Value<'_, 'a>) -> Option<()> {
        match key {
            "ID" | "Id" | "id" => {
                self.id = Borrowed::read(value)?.0;
                once(&mut self.seen.0, ())
            }
            "Type" | "type" => {
                // A minus sign before a zero is not for us to judge.
                let number = value.part()?.json;
                self.kind = number.parse().ok().filter(|_| !number.starts_with('-'))?;
                once(&mut self.seen.1, ())
            }
            _ => pass(key, Self::KEYS, value),
        }
    }
}

/// `Folder`, `DestFolder`, `ParentFolder`.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct FolderRef<'a> {
    /// `Path`.
    #[serde(borrow, rename = "Path")]
    pub path: Option<Borrowed<'a>>,
}

impl<'a> Object<'a> for FolderRef<'a> {
    const KEYS: &'static [&'static str] = &["Path"];

    fn put(&mut self, key: &'a str, value: Value<'_, 'a>) -> Option<()> {
        match key {
            "Path" => once(&mut self.path, Borrowed::read(value)?),
            _ => pass(key, Self::KEYS, value),
        }
    }
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
    #[serde(borrow, deserialize_with = "one_or_none")]
    pub parent_folder: Option<FolderRef<'a>>,
    /// `Path`.
    #[serde(borrow)]
    pub path: Option<Borrowed<'a>>,
    /// `FolderItems`.
    #[serde(borrow, deserialize_with = "one_or_more")]
    pub folder_items: Vec<Opened<'a>>,
    #[serde(skip)]
    listed: Option<()>,
}

impl<'a> Object<'a> for Item<'a> {
    const KEYS: &'static [&'static str] = &["Subject", "InternetMessageId", "ParentFolder", "Path", "FolderItems"];

    fn put(&mut self, key: &'a str, value: Value<'_, 'a>) -> Option<()> {
        match key {
            "Subject" => once(&mut self.subject, Borrowed::read(value)?),
            "InternetMessageId" => once(&mut self.internet_message_id, Borrowed::read(value)?),
            "ParentFolder" => once(&mut self.parent_folder, FolderRef::read(value)?),
            "Path" => once(&mut self.path, Borrowed::read(value)?),
            "FolderItems" => {
                self.folder_items = Vec::read(value)?;
                once(&mut self.listed, ())
            }
            _ => pass(key, Self::KEYS, value),
        }
    }
}

/// One of `FolderItems`: a mail that was read. No item stands in another, however deep somebody nests them.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Opened<'a> {
    /// `InternetMessageId`.
    #[serde(borrow, rename = "InternetMessageId")]
    pub internet_message_id: Option<Borrowed<'a>>,
}

impl<'a> Object<'a> for Opened<'a> {
    const KEYS: &'static [&'static str] = &["InternetMessageId"];

    fn put(&mut self, key: &'a str, value: Value<'_, 'a>) -> Option<()> {
        match key {
            "InternetMessageId" => once(&mut self.internet_message_id, Borrowed::read(value)?),
            _ => pass(key, Self::KEYS, value),
        }
    }
}

/// `Item`: a mail, and to whom it was sent.
#[derive(Default)]
pub struct Letter<'a> {
    /// What it has of any item.
    pub item: Item<'a>,
    /// `Recipients`, as newer records have them inside `Item`.
    pub recipients: Vec<Recipient<'a>>,
    /// `RecipientsCount`.
    pub recipients_count: Option<Part<'a>>,
    /// The recipients are there and cannot be read.
    pub unread: bool,
    listed: Option<()>,
}

/// The keys of an item that say to whom it was sent.
const TO: [&str; 2] = ["Recipients", "RecipientsCount"];

impl<'a> Letter<'a> {
    fn put(&mut self, key: &'a str, value: Value<'_, 'a>) -> Option<()> {
        match key {
            "Recipients" => {
                self.recipients = Vec::read(value)?;
                once(&mut self.listed, ())
            }
            "RecipientsCount" => once(&mut self.recipients_count, value.part()?),
            _ if is_any(key, &TO) => None,
            _ => self.item.put(key, value),
        }
    }
}

impl<'a> Nested<'a> for Letter<'a> {
    fn read(value: Value<'_, 'a>) -> Option<Self> {
        let mut letter = Self::default();
        value.members(|key, value| letter.put(key, value))?;
        Some(letter)
    }

    #[cold]
    fn unplain(json: &'a str) -> Option<Self> {
        #[derive(Deserialize, Default)]
        #[serde(default, rename_all = "PascalCase")]
        struct To<'a> {
            #[serde(borrow, deserialize_with = "one_or_more")]
            recipients: Vec<Recipient<'a>>,
            #[serde(borrow)]
            recipients_count: Option<Part<'a>>,
        }
        let item = Item::unplain(json)?;
        // The mail is not lost with its recipients.
        let to: Result<To<'a>, _> = folded(json, &TO);
        let unread = to.is_err();
        let To { recipients, recipients_count } = to.unwrap_or_default();
        Some(Self { item, recipients, recipients_count, unread, listed: None })
    }
}

/// One of `RecipientList`.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Recipient<'a> {
    /// `Address`.
    #[serde(borrow, rename = "Address")]
    pub address: Cow<'a, str>,
    #[serde(skip)]
    seen: Option<()>,
}

impl Recipient<'_> {
    /// Those of a list of bare addresses, as some collectors keep it.
    #[cold]
    pub fn of_addresses(json: &str) -> Option<Vec<Self>> {
        let list: Vec<String> = serde_json::from_str(json).ok()?;
        let are_addresses = list.iter().all(|address| address.contains('@'));
        let recipient = |address| Self { address: Cow::Owned(address), seen: None };
        are_addresses.then(|| list.into_iter().map(recipient).collect())
    }
}

impl<'a> Object<'a> for Recipient<'a> {
    const KEYS: &'static [&'static str] = &["Address"];

    fn put(&mut self, key: &'a str, value: Value<'_, 'a>) -> Option<()> {
        match key {
            "Address" | "address" => {
                self.address = Borrowed::read(value)?.0;
                once(&mut self.seen, ())
            }
            _ => pass(key, Self::KEYS, value),
        }
    }
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

impl<'a> Object<'a> for AppContext<'a> {
    const KEYS: &'static [&'static str] =
        &["AADSessionId", "ClientAppId", "CorrelationId", "UniqueTokenId", "IssuedAtTime"];

    fn put(&mut self, key: &'a str, value: Value<'_, 'a>) -> Option<()> {
        let slot = match key {
            "AADSessionId" => &mut self.session,
            "ClientAppId" => &mut self.client_app,
            "CorrelationId" => &mut self.correlation,
            "UniqueTokenId" => &mut self.token,
            "IssuedAtTime" => &mut self.issued,
            _ => return pass(key, Self::KEYS, value),
        };
        once(slot, Borrowed::read(value)?)
    }
}

#[cfg(test)]
mod tests;
