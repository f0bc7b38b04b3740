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

use std::borrow::Cow;

use memchr::memchr_iter;
use serde_json::Value;

use self::bags::set_properties;
use self::content::set_content;
use self::object::{Audit, Field};
use self::outcome::set_outcome;
use self::people::{set_actor, set_parties};
use crate::ingest::addresses::{self, Address};
use crate::ingest::fields::{self, text, whole};
use crate::ingest::formats::Remarks;
use crate::ingest::times;
use crate::ingest::{members, risk};
use crate::knowledge::{operations, record_types};
use crate::timeline::{Draft, EvidenceSource, Outcome, ParseStatus};

pub use agent::agent_of;
pub use outcome::outcome_of;
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
    event.evidence_source = EvidenceSource::Ual;
    if audit.doubled {
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

/// Adds a message code to the event's notes, once.
pub fn note(event: &mut Draft<'_>, code: &'static str) {
    let old = event.parse_notes.as_deref().unwrap_or_default();
    if !old.split("; ").any(|known| known == code) {
        let joined = if old.is_empty() { code.into() } else { format!("{old}; {code}").into() };
        event.parse_notes = Some(joined);
    }
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
    const TEXTS: [(&str, &str); 4] = [
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
    let written = audit.text(Field::CreationTime).ok_or(AuditError::NoTime)?;
    let iso = times::iso_time(&written).ok_or(AuditError::NoTime)?;
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
    event.record_type = whole(&kind).or_else(|| record_types::number(&kind).map(i64::from));
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
        assert_eq!(read(r#"{"Name":"User","Value":"a@x.example"}"#), (ParseStatus::Ok, false));
        // What was typed to change a list is the value itself.
        for typed in [r#"@{Add=\"Send\"}"#, r#"@{remove=\"Send\"}"#] {
            assert_eq!(
                read(&format!(r#"{{"Name":"AuditOwner","Value":"{typed}"}}"#)),
                (ParseStatus::Ok, false),
                "{typed}"
            );
        }
        // Settings without names are not understood either, but nothing was printed.
        for printed in [r#""alice@{x}""#, r#""@x.example""#, r#""@{x}""#] {
            assert_eq!(read(printed), (ParseStatus::Partial, false), "{printed}");
        }
    }

    fn read(members: &str) -> Draft<'static> {
        let json = format!(r#"{{"CreationTime":"2026-03-09T23:59:55","Operation":"Send",{members}}}"#);
        let mut event = Draft::default();
        fill(&json, &mut event).unwrap();
        event.into_owned()
    }

    #[test]
    fn recipients_stand_beside_the_item_or_in_it() {
        let to = |members: &str| {
            let event = read(members);
            (event.email_to.as_deref().map(str::to_owned), event.email_to_count, event.email_subject.is_some())
        };
        let two = || Some("a@x.example; b@x.example".to_owned());
        let list = r#"[{"Address":"A@x.example","Name":"A"},{"Address":"b@x.example"}]"#;
        assert_eq!(
            to(&format!(r#""Item":{{"Subject":"s"}},"recipientList":{list},"recipientCount":7"#)),
            (two(), Some(7), true)
        );
        assert_eq!(
            to(&format!(r#""Item":{{"Subject":"s","Recipients":{list},"RecipientsCount":7}}"#)),
            (two(), Some(7), true)
        );
        assert_eq!(to(&format!(r#""Item":{{"Subject":"s","Recipients":{list}}}"#)), (two(), Some(2), true));
        let others =
            format!(r#""recipientList":{list},"Item":{{"Subject":"s","Recipients":[{{"Address":"c@x.example"}}]}}"#);
        assert_eq!(to(&others), (two(), Some(2), true));
        // What serde_json has to read: an escaped key, a count as text, null.
        let escaped = format!(r#""Item":{{"Sub\u006aect":"s","Recipients":{list},"RecipientsCount":"7"}}"#);
        assert_eq!(to(&escaped), (two(), Some(7), true));
        assert_eq!(to(r#""Item":{"Subject":"s","Recipients":null,"RecipientsCount":null}"#), (None, None, true));
        assert_eq!(to(r#""Item":{"Subject":"s"}"#), (None, None, true));
        let unread = read(r#""Item":{"Subject":"s","Recipients":["a@x.example"]}"#);
        assert_eq!((unread.email_subject.as_deref(), unread.parse_status), (Some("s"), ParseStatus::Partial));
    }

    #[test]
    fn one_object_in_place_of_a_list_is_a_list_of_one() {
        let event = read(
            r#""Folders":{"Path":"\\Inbox","FolderItems":{"InternetMessageId":"<a@x>"}},"AffectedItems":{"Subject":"New"},
            "Actor":{"ID":"alice@x.example","Type":"5"},"Target":{},"RecipientList":{"Address":"b@x.example"},
            "ExtendedProperties":{"Name":"UserAgent","Value":"Mozilla/5.0 X"},"ModifiedProperties":{"Name":"A","NewValue":"1"}"#,
        );
        let columns = [
            &event.folder_path,
            &event.email_message_id,
            &event.email_subject,
            &event.user_upn,
            &event.email_to,
            &event.user_agent,
            &event.changes,
        ];
        let change = r#"[{"name":"A","old":null,"new":"1"}]"#;
        let expected = ["\\Inbox", "<a@x>", "New", "alice@x.example", "b@x.example", "Mozilla/5.0 X", change];
        assert_eq!(columns.map(|text| text.as_deref().unwrap_or_default()), expected);
        assert_eq!((event.item_count, event.parse_status), (Some(2), ParseStatus::Ok));
    }

    #[test]
    fn what_is_there_and_not_understood_is_told() {
        let unread = |members: &str| {
            let event = read(members);
            // Of parameters it is told as well that they are lost.
            let told = event.parse_notes.as_deref().is_some_and(|notes| notes.split("; ").next() == Some(UNREAD));
            assert_eq!(told, event.parse_status == ParseStatus::Partial, "{members}");
            told
        };
        for members in [
            r#""Parameters":["a","b"]"#,
            r#""Parameters":{"Name":["a","b"],"Value":["1"]}"#,
            r#""AffectedItems":[1]"#,
            r#""Folders":"[{\"Path\":\"x\"}]""#,
            r#""Folder":[{"Path":1}]"#,
            r#""ModifiedProperties":[{"Name":"A"},1]"#,
        ] {
            assert!(unread(members), "{members}");
        }
        for members in [
            r#""ModifiedProperties":["Subject","Body"]"#,
            r#""ModifiedProperties":"Subject","Item":[]"#,
            r#""Item":"*REDACTED*","Folder":"x","Actor":null,"Target":"","Parameters":null,"DeviceProperties":[]"#,
            r#""Target":{"Type":"User","Id":"x"},"AppAccessContext":{"APIId":""}"#,
            r#""Parameters":"-Identity x","ExtendedProperties":"words""#,
        ] {
            assert!(!unread(members), "{members}");
        }
    }

    #[test]
    fn old_directory_records_tell_changes_and_names_in_properties() {
        let record = |kind: u8, modified: &str| {
            let changed = r#"[{\"Name\":\"DisplayName\",\"OldValue\":[\"Target\"],\"NewValue\":[\"IT\"]},{\"Name\":\"Included\",\"OldValue\":null,\"NewValue\":\"DisplayName\"}]"#;
            read(&format!(
                r#""RecordType":{kind},"ModifiedProperties":[{modified}],"ExtendedProperties":[{{"Name":"targetUpdatedProperties","Value":"{changed}"}},
                {{"Name":"actorUPN","Value":"A@x.example"}},{{"Name":"targetUPN","Value":"t@x.example"}}]"#
            ))
        };
        let old = record(8, "");
        let changes = r#"[{"name":"DisplayName","old":"[\"Target\"]","new":"[\"IT\"]"},{"name":"Included","old":null,"new":"DisplayName"}]"#;
        assert_eq!(old.changes.as_deref(), Some(changes));
        assert_eq!((old.user_upn.as_deref(), old.target_upn.as_deref()), (Some("a@x.example"), Some("t@x.example")));
        let newer = record(8, r#"{"Name":"B","OldValue":"1","NewValue":"2"}"#);
        assert_eq!(newer.changes.as_deref(), Some(r#"[{"name":"B","old":"1","new":"2"}]"#));
        let other = record(1, "");
        assert_eq!((other.changes.as_deref(), other.user_upn.as_deref()), (None, None));
    }

    #[test]
    fn an_alerts_further_addresses_are_related_to_it() {
        let event = read(r#""ClientIP":"198.51.100.7","ClientIPs":["198.51.100.7","2001:DB8::1",""]"#);
        assert_eq!(event.related_ip.as_deref(), Some("198.51.100.7; 2001:db8::1"));
        let event = read(r#""ClientIPs":["198.51.100.7"]"#);
        assert_eq!((event.related_ip.as_deref(), event.source_ip.as_deref()), (Some("198.51.100.7"), None));
        assert_eq!(read(r#""ClientIPs":[]"#).related_ip.as_deref(), None);
        for (written, told) in [
            (r#""[\"198.51.100.7\",\"203.0.113.9\"]""#, true),
            (r#""198.51.100.7; 203.0.113.9""#, true),
            (r#""[\"198.51.100.7\"""#, false),
            (r#"["198.51.100.7",{"address":"203.0.113.9"}]"#, false),
        ] {
            let event = read(&format!(r#""ClientIPs":{written}"#));
            assert_eq!(event.related_ip.as_deref(), told.then_some("198.51.100.7; 203.0.113.9"), "{written}");
            assert_eq!(event.parse_notes.as_deref(), (!told).then_some(UNREAD), "{written}");
        }
    }

    #[test]
    fn an_alert_names_whom_it_concerns_however_its_data_is_kept() {
        let parties = |data: &str| {
            let event = read(&format!(r#""RecordType":40,"Data":{data}"#));
            let named = event.parties.is_some_and(|parties| parties.contains("|t:alice@x.example|"));
            (named, event.parse_notes.is_some_and(|notes| notes == UNREAD), event.parse_status == ParseStatus::Ok)
        };
        for whole in
            [r#""{\"etype\":\"User\",\"f3u\":\"Alice@x.example\"}""#, r#"{"etype":"User","F3U":"Alice@x.example"}"#]
        {
            assert_eq!(parties(whole), (true, false, true), "{whole}");
        }
        assert_eq!(parties(r#""{\"f3u\":\"alice@x.example\",\"etype\":\"Us""#), (true, true, false));
        for lost in [r#""{\"etype\":\"User\",\"f3u\":\"ali""#, r#"[{"f3u":"alice@x.example"}]"#] {
            assert_eq!(parties(lost), (false, true, false), "{lost}");
        }
        for nothing in [r#""""#, "null", r#""words""#, "{}"] {
            assert_eq!(parties(nothing), (false, false, true), "{nothing}");
        }
    }

    #[test]
    fn keys_of_what_is_inside_are_known_in_any_case() {
        let members = |key: fn(&str) -> String| {
            let k = |name: &str| format!("\"{}\"", key(name));
            let (name, old, new, id, kind) = (k("Name"), k("OldValue"), k("NewValue"), k("ID"), k("Type"));
            let (path, subject, message, parent) = (k("Path"), k("Subject"), k("InternetMessageId"), k("ParentFolder"));
            let (session, token) = (k("AADSessionId"), k("UniqueTokenId"));
            format!(
                r#""Folder":{{{path}:"\\Inbox"}},"AffectedItems":[{{{subject}:"New",{message}:"<a@x>",{parent}:{{{path}:"p"}}}}],
                "Actor":[{{{id}:"alice@x.example",{kind}:5}}],"AppAccessContext":{{{session}:"s",{token}:"t"}},
                "ModifiedProperties":[{{{name}:"A",{old}:"1",{new}:"2"}}]"#
            )
        };
        let own = read(&members(str::to_owned));
        assert_eq!(own.changes.as_deref(), Some(r#"[{"name":"A","old":"1","new":"2"}]"#));
        for key in [str::to_lowercase, str::to_uppercase] {
            let other = read(&members(key));
            assert_eq!(other.parse_status, ParseStatus::Ok);
            let columns = |event: &Draft<'static>| {
                let texts = [
                    &event.folder_path,
                    &event.email_subject,
                    &event.email_message_id,
                    &event.user_upn,
                    &event.session_id,
                    &event.unique_token_id,
                    &event.changes,
                ];
                texts.map(|text| text.as_deref().map(str::to_owned))
            };
            assert_eq!(columns(&other), columns(&own));
            assert!(columns(&other).iter().all(Option::is_some));
        }
    }

    #[test]
    fn the_user_agent_of_a_client_is_its_own_before_the_services_words() {
        let agent = |members: &str| read(members).user_agent.map(|agent| agent.to_string());
        let client = r#""ClientInfoString":"Client=OWA;Mozilla/5.0 (X11);""#;
        let actor = r#""ActorInfoString":"Client=REST;Client=RESTSystem;UserAgent=axios/1.7 [AppId=1]""#;
        assert_eq!(agent(client).as_deref(), Some("Mozilla/5.0 (X11)"));
        assert_eq!(agent(&format!("{client},{actor}")).as_deref(), Some("axios/1.7"));
        let nobody = r#""ActorInfoString":"Client=REST;UserAgent=[NoUserAgent][AppId=1];""#;
        assert_eq!(agent(&format!("{client},{nobody}")).as_deref(), Some("Mozilla/5.0 (X11)"));
        assert_eq!(agent(&format!(r#"{client},"UserAgent":"curl/8""#)).as_deref(), Some("curl/8"));
        assert_eq!(agent(nobody), None);
        assert_eq!(read(client).client_info.as_deref(), Some("Client=OWA;Mozilla/5.0 (X11);"));
    }

    #[test]
    fn a_key_in_two_cases_is_noted_among_few_and_among_many() {
        let noted = |others: usize, first: &str, second: &str| {
            let mut event = Draft::default();
            let others = (0..others).map(|number| format!(r#""Other{number}":0,"#)).collect::<Vec<_>>().concat();
            let json = format!(
                r#"{{"CreationTime":"2026-03-09T23:59:55","{first}":1,{others}"Operation":"Set-Mailbox","{second}":2}}"#
            );
            fill(&json, &mut event).unwrap();
            event.parse_notes.is_some_and(|notes| notes.contains("R-107"))
        };
        for others in [0, 62, 63, 64, 65, 200] {
            assert!(noted(others, "Custom", "custom"), "{others}");
            assert!(!noted(others, "Custom", "Custom"), "{others}");
            assert!(!noted(others, "Custom", "Customs"), "{others}");
        }
    }

    /// The report's time is when it happened, and the account is whom it speaks of.
    #[test]
    fn a_risk_report_in_the_audit_log_is_one() {
        let json = r#"{"CreationTime":"2026-02-17T11:00:00","Operation":"AadRiskDetection","RecordType":294,"UserId":"dana@x.example",
            "UserKey":"686aeb62-f474-41c6-92f1-200067889bed","ActivityDateTime":"2026-02-17T09:00:00Z","IpAddress":"198.51.100.140",
            "Location":{"City":"Lagos","CountryOrRegion":"NG"},"RequestId":"83DFB293-41d2-4abd-a0ab-1f64de3cc594",
            "RiskEventType":"anonymizedIPAddress","RiskLevel":"high","RiskState":"atRisk"}"#;
        let mut event = Draft::default();
        fill(json, &mut event).unwrap();
        let event = event.into_owned();
        assert_eq!(event.datetime.to_rfc3339(), "2026-02-17T09:00:00+00:00");
        let told = [&event.risk_events, &event.risk_level, &event.risk_state, &event.geo_country, &event.source_ip];
        let told: Vec<&str> = told.into_iter().flatten().map(|text| &**text).collect();
        assert_eq!(told, ["anonymizedIPAddress", "high", "atRisk", "NG", "198.51.100.140"]);
        assert_eq!(event.request_id.as_deref(), Some("83dfb293-41d2-4abd-a0ab-1f64de3cc594"));
        assert_eq!((event.target_upn.as_deref(), event.user_upn), (Some("dana@x.example"), None));
        let parties = event.parties.unwrap();
        assert!(parties.contains("t:dana@x.example") && !parties.contains("a:dana"), "{parties}");
    }

    #[test]
    fn a_user_agent_is_found_in_details_and_in_lists_kept_as_text() {
        let agent = |extended: &str| {
            let mut event = Draft::default();
            let json = format!(
                r#"{{"CreationTime":"2026-03-02T10:00:00","Operation":"Update user.","RecordType":8,"ExtendedProperties":{extended}}}"#
            );
            fill(&json, &mut event).unwrap();
            event.into_owned().user_agent.map(|agent| agent.to_string())
        };
        let script = Some("python-requests/2.31".to_owned());
        let details = r#"{\"UserType\":\"Member\",\"User-Agent\":\"python-requests/2.31\"}"#;
        assert_eq!(agent(&format!(r#"[{{"Name":"additionalDetails","Value":"{details}"}}]"#)), script);
        assert_eq!(agent(r#""[{\"Name\":\"UserAgent\",\"Value\":\"python-requests/2.31\"}]""#), script);
        assert_eq!(agent(r#"[{"Name":"additionalDetails","Value":"{\"UserType\":\"Member\"}"}]"#), None);
        assert_eq!(agent(r#""[no list""#), None);
    }
}
