//! Who acts, on whom, and who takes part in a record besides.

use std::borrow::Cow;

use serde_json::Value;

use super::bags::Entry;
use super::note_unread;
use super::object::{Audit, Field};
use super::pairs::is_unread;
use crate::ingest::records::nested::Id;
use crate::ingest::text::blocks::{any, one_of};
use crate::ingest::text::members::Part;
use crate::ingest::values::fields::{lower, lowered, text, trimmed, whole};
use crate::ingest::values::parties::{Parties, Role};
use crate::knowledge::names::is_guid;
use crate::timeline::event::Text;
use crate::timeline::{Draft, json};

pub(super) fn set_actor<'r>(audit: &Audit<'r>, event: &mut Draft<'r>) {
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
    for id in &audit.inside.actors {
        match id.kind {
            5 if event.user_upn.is_none() => event.user_upn = upn(id.id.clone()),
            3 => event.user_puid = puid(id.id.clone()).or(event.user_puid.take()),
            _ => {}
        }
    }
    if event.user_id.is_none() {
        event.user_id = object_id(&audit.inside.actors);
    }
    event.mailbox_upn = audit.lower(Field::MailboxOwnerUPN);
    event.mailbox_guid = audit.lower(Field::MailboxGuid);
    event.mailbox_sid = audit.lower(Field::MailboxOwnerSid);
    event.on_behalf_of = audit.lower(Field::SendAsUserSmtp).or_else(|| audit.lower(Field::SendOnBehalfOfUserSmtp));
    set_target(audit, event);
}

fn set_target<'r>(audit: &Audit<'r>, event: &mut Draft<'r>) {
    for id in audit.inside.targets.iter().filter(|id| id.kind == 5) {
        event.target_upn = upn(id.id.clone()).or(event.target_upn.take());
    }
    event.target_id = object_id(&audit.inside.targets);
    if event.target_upn.is_none() && event.record_type == Some(8) {
        event.target_upn = event.target_raw.clone().and_then(upn);
    }
}

/// The object id among what names one side. Of a person it stands behind `User_` as well; in front may stand the id of the
/// program through which that one acts, a portal's, which is nobody's.
fn object_id<'r>(ids: &[Id<'r>]) -> Text<'r> {
    let mut ids = ids.iter().filter(|id| matches!(id.kind, 0 | 2)).map(|id| &id.id);
    let of_person = |id: &Cow<'r, str>| id.strip_prefix("User_").filter(|guid| is_guid(guid)).map(str::to_owned);
    let person = ids.clone().find_map(of_person);
    lower(person.map(Cow::Owned).or_else(|| ids.find(|id| is_guid(id)).cloned())?)
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
    whole(value).or_else(|| WORDS.iter().position(|word| word.eq_ignore_ascii_case(value)).map(|at| at as i64))
}

/// LogonType in words, as `-Formatted` and Log Analytics exports write it.
pub fn logon_type(value: &str) -> Option<i64> {
    const WORDS: [&str; 7] =
        ["Owner", "Admin", "Delegated", "Transport", "SystemService", "BestAccess", "DelegatedAdmin"];
    let value = trimmed(value);
    let word = |value: &str| WORDS.iter().position(|word| word.eq_ignore_ascii_case(value)).map(|at| at as i64);
    whole(value).or_else(|| word(value)).or_else(|| value.eq_ignore_ascii_case("Delegate").then_some(2))
}

/// A user principal name (something@somewhere without blanks), lower-cased; also that of a SharePoint claim.
#[inline]
pub fn upn<'r>(value: impl Into<Cow<'r, str>>) -> Text<'r> {
    let value = text(value)?;
    let at = memchr::memrchr(b'@', value.as_bytes())?;
    if let Some(member) = member_of_claim(&value) {
        return upn(Cow::Owned(member.to_owned()));
    }
    let [foreign] = any(value.as_bytes(), |part| [one_of(part, *b" |\\/\"")]);
    (at > 0 && at + 1 < value.len() && !foreign).then(|| lowered(value))
}

/// Who is meant by a SharePoint claim of one account, `i:0#.f|membership|alice@contoso.example`: what stands last in it,
/// unless that is a PUID. Claims of groups and roles begin with `c:0`.
#[inline]
pub fn member_of_claim(value: &str) -> Option<&str> {
    if !value.starts_with("i:0") {
        return None;
    }
    let (front, member) = value.rsplit_once('|')?;
    // Somebody outside stands behind a name of its own kind, `urn%3aspo%3aguest#bob@fabrikam.example`.
    let member = member.rsplit_once("guest#").map_or(member, |(_, guest)| guest);
    (front.to_ascii_lowercase().ends_with("|membership") && bare_puid(member).is_none()).then_some(member)
}

/// A PUID (16 hexadecimal digits beginning with `1003`), from its bare form, `PUID@tenant` or a SharePoint claim.
#[inline]
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

/// Records of this type are alerts.
const ALERT: i64 = 40;

/// Whom an alert is about. Its `Data` is an object or the text of one; a text that was cut says what it says in front of
/// the cut.
fn add_concerned(data: &str, parties: &mut Parties, event: &mut Draft<'_>) {
    let text = Part::unlooked(data).string();
    let text = text.as_deref().unwrap_or(data);
    let whole: Option<Value> = serde_json::from_str(text).ok().filter(Value::is_object);
    if whole.is_none() && is_unread(data) {
        note_unread(event);
    }
    let cut = || serde_json::from_str(&json::salvage(text)?).ok();
    let concerned = whole.or_else(cut).unwrap_or_default();
    for key in ["f3u", "eid", "suid"] {
        for part in json::text(&concerned, key).unwrap_or_default().split([',', ';']) {
            parties.add(Role::Target, part);
        }
    }
}

pub(super) fn set_parties(audit: &Audit<'_>, parameters: &[Entry<'_>], event: &mut Draft<'_>) {
    let mut parties = Parties::new();
    for id in &audit.inside.actors {
        if matches!(id.kind, 3 | 5) || is_guid(&id.id) {
            parties.add(Role::Actor, &id.id);
        }
    }
    for id in &audit.inside.targets {
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
    if let Some(data) = audit.json(Field::Data).filter(|_| event.record_type == Some(ALERT)) {
        add_concerned(data, &mut parties, event);
    }
    parties.add_some(Role::Target, audit.text(Field::ModifiedObjectResolvedName));
    parties.add_columns(event);
    let parameters = parameters.iter().map(|entry| (&*entry.name, entry.value.as_deref().unwrap_or_default()));
    parties.add_parameters(parameters);
    event.parties = parties.into_text();
}
