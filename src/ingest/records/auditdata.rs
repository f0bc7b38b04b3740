//! The AuditData object, shared by every container of the unified audit log: its fields to columns.
//!
//! Source of the fields: "Office 365 Management Activity API schema" (common, Exchange, Entra, SharePoint,
//! alert and hygiene schemas). Keys are matched whatever their case; unknown keys stay in `raw`.

mod agent;
mod bags;
mod content;
mod flat;
mod inside;
mod mapped;
mod object;
mod outcome;
mod pairs;
mod people;
mod printed;
mod texts;

use std::borrow::Cow;
use std::collections::BTreeMap;

use memchr::memchr_iter;
use serde_json::Value;

use self::bags::set_properties;
use self::content::set_content;
use self::object::{Audit, Field};
use self::outcome::set_outcome;
use self::people::{set_actor, set_parties};
use crate::ingest::formats::Remarks;
use crate::ingest::records::risk;
use crate::ingest::text::members;
use crate::ingest::values::addresses::{self, Address};
use crate::ingest::values::fields::{self, text, whole};
use crate::ingest::values::when;
use crate::knowledge::{operations, record_types};
use crate::timeline::{Draft, EvidenceSource, Outcome, ParseStatus};

pub use agent::agent_of;
pub use outcome::outcome_of;
pub use pairs::properties_of;
pub use people::{logon_type, member_of_claim, puid, upn};

/// Whether there is what PowerShell prints of an object that is nested deeper than it was told to write: `"@{Name=…}"`.
fn has_printed_object(json: &[u8]) -> bool {
    let begins = |at: usize| json.get(at.wrapping_sub(1)..at + 2) == Some(b"\"@{");
    memchr_iter(b'@', json).any(|at| begins(at) && is_property(json.get(at + 2..).unwrap_or_default()))
}

/// Whether a text begins with the name of an object's property and its value. What begins with `Add` or `Remove` is what
/// somebody typed to change a list: `-AuditOwner @{Add="…"}`.
#[cold]
fn is_property(text: &[u8]) -> bool {
    let letters = text.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    let (name, rest) = text.split_at(letters);
    let typed = [&b"Add"[..], b"Remove"].iter().any(|word| name.eq_ignore_ascii_case(word));
    letters > 0 && rest.starts_with(b"=") && !typed
}

/// Records of this type are risk reports.
const AAD_RISK_DETECTION: i64 = 294;

/// The code of the remark on a part of a record that is there and was not understood.
pub const UNREAD: &str = "R-115";
/// The code of the remark on a record whose parts were printed as text.
const DEPTH: &str = "R-104";
/// The code of the remark on a cmdlet whose parameters are not in the record.
const PARAMETERS: &str = "R-120";
/// Cmdlets that cannot be run without saying what to set, and on what: the service records that, and a record without it
/// lost it on its way.
const ALWAYS_WITH_PARAMETERS: [&str; 5] =
    ["New-InboxRule", "Set-InboxRule", "Set-Mailbox", "New-TransportRule", "Set-TransportRule"];
/// The code of the remark on a record into which another ran.
const TOGETHER: &str = "R-105";
/// The code of the remark on a record whose type is not in it.
pub const TYPE: &str = "R-118";
/// The code of the remark on a record that an exporter took apart.
const FLATTENED: &str = "F-033";

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
    note(event, "R-116");
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

/// The record inside the bag in which Graph keeps the properties that its types do not have, or PowerShell's Graph modules
/// those that their models do not have: all of AuditData. `None` where the object has a time of its own.
#[cold]
pub fn additional(json: &str) -> Option<&str> {
    let inner = bag(json)?;
    Some(bag(inner).unwrap_or(inner))
}

/// The bag of an object that has no time of its own.
fn bag(json: &str) -> Option<&str> {
    let (mut bag, mut own_time) = (None, false);
    members::members(json, |key, value| {
        own_time |= key.eq_ignore_ascii_case("CreationTime");
        let is_bag = ["dynamicProperties", "AdditionalProperties"].iter().any(|name| key.eq_ignore_ascii_case(name));
        if is_bag && value.starts_with('{') {
            bag = Some(value);
        }
        Some(())
    })?;
    bag.filter(|_| !own_time)
}

fn fill_plain<'r>(json: &'r str, event: &mut Draft<'r>) -> Result<(), AuditError> {
    let mut audit = Audit::new();
    audit.read(json).map_err(|error| AuditError::NotJson { at: crate::timeline::json::stopped_at(json, &error) })?;
    if audit.inside.faults.as_text
        && let Some(whole) = texts::unfolded(json)
    {
        return fill_unfolded(whole, event);
    }
    event.evidence_source = EvidenceSource::Ual;
    let together = audit.doubled && ran_together(json);
    if audit.doubled && !together {
        note(event, "R-107");
    }
    // ConvertTo-Json without -Depth prints what lies deeper as PowerShell shows it.
    if audit.inside.faults.lost || has_printed_object(json.as_bytes()) {
        event.parse_status = ParseStatus::Partial;
        note(event, DEPTH);
    } else if audit.inside.faults.unread || audit.inside.item.unread {
        note_unread(event);
    }
    if audit.inside.flattened {
        event.parse_status = ParseStatus::Partial;
        note(event, FLATTENED);
    }
    let operation = audit.or_empty(Field::Operation);
    event.action = text(trimmed_operation(&operation));
    event.action_raw = text(operation);
    set_time(&audit, event)?;
    set_frame(&audit, event);
    set_actor(&audit, event);
    set_addresses(&audit, event);
    set_content(&audit, event);
    let parameters = set_properties(&audit, event);
    if audit.inside.lost_parameters || parameters.is_empty() && event.is(&ALWAYS_WITH_PARAMETERS) {
        event.parse_status = ParseStatus::Partial;
        note(event, PARAMETERS);
    }
    if together {
        event.parse_status = ParseStatus::Salvaged;
        note(event, TOGETHER);
    }
    set_outcome(&audit, event);
    set_parties(&audit, &parameters, event);
    let success = event.outcome == Outcome::Success;
    let desc = operations::timestamp_desc(event.record_type.map(|number| number as i32), event.action(), success);
    event.timestamp_desc = text(desc);
    event.message = Some(sentence(event).into());
    if event.record_type == Some(AAD_RISK_DETECTION) {
        risk::fill_audit_record(json, event);
    }
    if event.action.is_none() { Err(AuditError::NoOperation) } else { Ok(()) }
}

/// Reads a record that was put back together. Who asks for more than columns hold finds it beside the event: the text of
/// the evidence has no such objects.
#[cold]
fn fill_unfolded(whole: String, event: &mut Draft<'_>) -> Result<(), AuditError> {
    let mut own = std::mem::take(event);
    let filled = fill_plain(&whole, &mut own);
    *event = own.into_owned();
    event.object = text(whole);
    filled
}

/// Whether a key stands twice in an object, spelt alike and with other values. Nobody writes such an object: what stood
/// between two records is lost, with the end of the one and the beginning of the other.
#[cold]
fn ran_together(json: &str) -> bool {
    let mut values: BTreeMap<String, &str> = BTreeMap::new();
    let mut twice = false;
    let read = members::members(json, |key, value| {
        let first = *values.entry(key.to_owned()).or_insert(value);
        twice |= first != value;
        Some(())
    });
    read.is_some() && twice
}

/// Adds a message code to the event's notes, once.
pub fn note(event: &mut Draft<'_>, code: &'static str) {
    let old = event.parse_notes.as_deref().unwrap_or_default();
    if !old.split("; ").any(|known| known == code) {
        let joined = if old.is_empty() { code.into() } else { format!("{old}; {code}").into() };
        event.parse_notes = Some(joined);
    }
}

/// Forgets that the type is not in the record: of one that was cut or is not there, that is told with the rest.
pub fn forget_type(event: &mut Draft<'_>) {
    let others = |notes: &str| notes.split("; ").filter(|code| *code != TYPE).collect::<Vec<_>>().join("; ");
    event.parse_notes = event.parse_notes.take().and_then(|notes| text(others(&notes)));
}

/// Marks a record of which a part is there and was not understood.
fn note_unread(event: &mut Draft<'_>) {
    event.parse_status = ParseStatus::Partial;
    note(event, UNREAD);
}

/// Tells of a row that has not as many cells as its header: what is made of it was salvaged.
pub fn note_ragged(event: &mut Draft<'_>, remarks: &mut Remarks, cells: usize, columns: usize) {
    if cells != columns {
        remarks.push(fields::ragged(cells, columns));
        note(event, "R-106");
        event.parse_status = ParseStatus::Salvaged;
    }
}

/// Tells what [`fill`] did not understand of a record, or what it knows to be lost or made anew.
pub fn remark_unread(event: &Draft<'_>, remarks: &mut Remarks) {
    const TEXTS: [(&str, &str); 6] = [
        (
            TOGETHER,
            "a key stands twice in the record, with other values: another record ran into it, and what stood between \
             them is lost",
        ),
        (
            UNREAD,
            "a list or object of the record has a form that is not known, or was cut: what could not be read of it is \
                 in `raw` alone",
        ),
        (PARAMETERS, "the cmdlet's parameters are not in the record, or not whole: what it set is lost"),
        (
            DEPTH,
            "objects of the record were printed as text when the export was made: what they say of names and values \
                 was read, the rest is lost",
        ),
        (TYPE, "the record names no RecordType: it was told from what was done"),
        (
            FLATTENED,
            "a flattened record: its parameters were read from keys of their own, other parts may be lost; \
                     give the export it was made from",
        ),
    ];
    let noted = event.parse_notes.as_deref().unwrap_or_default();
    let texts = TEXTS.into_iter().filter(|(code, _)| noted.split("; ").any(|noted| noted == *code));
    remarks.extend(texts.map(|(code, text)| (code, text.to_owned())));
}

/// The operation without its ornaments.
fn trimmed_operation<'r>(raw: &Cow<'r, str>) -> Cow<'r, str> {
    match raw {
        Cow::Borrowed(raw) => operations::trimmed(raw),
        Cow::Owned(raw) => Cow::Owned(operations::trimmed(raw).into_owned()),
    }
}

fn set_time<'r>(audit: &Audit<'r>, event: &mut Draft<'r>) -> Result<(), AuditError> {
    let wrapped = || {
        let value: Value = serde_json::from_str(audit.json(Field::CreationTime)?).ok()?;
        when::unwrapped(&value).map(|written| Cow::Owned(written.into_owned()))
    };
    let written = audit.text(Field::CreationTime).or_else(wrapped).ok_or(AuditError::NoTime)?;
    let iso = when::explicit_time(&written).ok_or(AuditError::NoTime)?;
    event.datetime = iso.time;
    event.datetime_text = text(written);
    event.time_basis = text("event");
    event.time_zone_basis = text(if iso.zoned { "explicit" } else { "implied_utc" });
    Ok(())
}

/// A record whose collector left its type away: what was done tells it, where it is written under one only.
#[cold]
fn set_lost_type(event: &mut Draft<'_>) {
    let workload = event.event_provider.as_deref().unwrap_or_default();
    event.record_type = record_types::of_operation(event.action(), workload).map(i64::from);
    if event.record_type.is_some() {
        note(event, TYPE);
    }
}

fn set_frame<'r>(audit: &Audit<'r>, event: &mut Draft<'r>) {
    event.event_id = audit.lower(Field::Id);
    event.event_provider = audit.trimmed(Field::Workload);
    let kind = audit.or_empty(Field::RecordType);
    if kind.is_empty() {
        set_lost_type(event);
    }
    event.record_type =
        event.record_type.or_else(|| whole(&kind)).or_else(|| record_types::number(&kind).map(i64::from));
    event.record_type_name = event
        .record_type
        .and_then(|number| record_types::name(number as i32))
        .map_or_else(|| text(kind).filter(|name| whole(name).is_none()), text);
    event.tenant_id = audit.lower(Field::OrganizationId);
    event.tenant_name = audit.lower(Field::OrganizationName);
    event.target_raw = audit.trimmed(Field::ObjectId);
    event.status_text = audit.trimmed(Field::ResultStatus);
}

fn set_addresses<'r>(audit: &Audit<'r>, event: &mut Draft<'r>) {
    let order = [Field::ClientIPAddress, Field::ClientIP, Field::ActorIpAddress, Field::ActorIP];
    let mut found: Vec<Address<'_>> = Vec::with_capacity(order.len());
    for written in order.iter().filter_map(|field| audit.text(*field)) {
        // Most records that name two name the same one twice.
        if found.iter().all(|known| known.text != *written) {
            found.extend(addresses::address(written));
        }
    }
    addresses::set_address(event, &found);
    if let Some(list) = audit.json(Field::ClientIPs) {
        add_related(list, &found, event);
    }
    if event.source_ip_class.as_deref() == Some("invalid") {
        note(event, "R-111");
    }
}

/// The addresses that an alert lists beside its own: it does not say from which of them was acted.
#[cold]
fn add_related(list: &str, own: &[Address<'_>], event: &mut Draft<'_>) {
    let listed = texts_of(list);
    if listed.is_none() {
        note_unread(event);
    }
    let listed = listed.unwrap_or_default();
    let listed = listed.iter().filter_map(|written| addresses::address(&**written));
    let mut all: Vec<String> = Vec::new();
    for address in own.iter().cloned().chain(listed) {
        let name = address.ip.map_or_else(|| address.text.into_owned(), |ip| ip.to_string());
        if !all.contains(&name) {
            all.push(name);
        }
    }
    event.related_ip = text(all.join("; "));
}

/// The texts of a list, which may be kept as text itself; of what stands in place of one, those between its separators.
fn texts_of(json: &str) -> Option<Vec<String>> {
    match serde_json::from_str(json).ok()? {
        Value::Null => Some(Vec::new()),
        Value::String(text) if text.starts_with('[') => texts_of(&text),
        Value::String(text) => Some(text.split([',', ';']).map(str::to_owned).collect()),
        Value::Array(list) => list.into_iter().map(|one| one.as_str().map(str::to_owned)).collect(),
        _ => None,
    }
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
mod tests;
