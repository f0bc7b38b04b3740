//! Mailbox audit records outside the unified audit log, shared by their XML, CSV and JSON exports: their fields to columns.
//!
//! Source: Exchange documentation of Search-MailboxAuditLog and New-MailboxAuditLogSearch.

use serde_json::{Value, json};

use crate::ingest::formats::Refusal;
use crate::ingest::records::auditdata::{UNREAD, agent_of, logon_type, note, outcome_of, properties_of, sentence, upn};
use crate::ingest::values::addresses;
use crate::ingest::values::fields::{self, NameValue, lower, text};
use crate::ingest::values::parties::Parties;
use crate::ingest::values::times::IsoTime;
use crate::knowledge::operations;
use crate::timeline::event::Text;
use crate::timeline::json::boolean;
use crate::timeline::{Draft, EvidenceSource, Outcome, ParseStatus};

/// One mail of a record.
#[derive(Debug, Default, Clone)]
pub struct Item {
    /// Subject.
    pub subject: String,
    /// Internet message id.
    pub message_id: String,
    /// Folder path.
    pub folder: String,
    /// Attachments.
    pub attachments: String,
}

/// Fills `event` from the fields that `get` finds by their names in lower case.
pub fn fill<'f>(
    get: &dyn Fn(&str) -> &'f str,
    time: IsoTime,
    basis: &'static str,
    items: &'f [Item],
    event: &mut Draft<'f>,
) -> Result<(), Refusal> {
    event.evidence_source = EvidenceSource::MailboxAudit;
    event.datetime = time.time;
    event.datetime_text = text(get("lastaccessed"));
    event.time_basis = text("event");
    event.time_zone_basis = text(if time.zoned { "explicit" } else { basis });
    event.event_provider = text("Exchange");
    event.event_id = text(get("identity"));
    event.action_raw = text(get("operation"));
    event.action = text(operations::trimmed(get("operation")));
    if event.action.is_none() {
        let reason = "no Operation: only that a mailbox was accessed is said, not how; search again with -ShowDetails";
        return Err(Refusal::new("R-121", reason));
    }
    event.status_text = text(get("operationresult"));
    event.outcome = outcome_of(get("operationresult"));
    set_actor(get, event);
    event.mailbox_upn = upn(get("mailboxownerupn"));
    if matches!(event.action(), "SendAs" | "SendOnBehalf") {
        event.on_behalf_of = lower(get("mailboxownerupn"));
    }
    event.mailbox_guid = lower(get("mailboxguid"));
    event.mailbox_sid = lower(get("mailboxownersid"));
    event.target_raw = text(get("mailboxresolvedownername")).or_else(|| text(get("owner")));
    let addresses: Vec<_> =
        ["clientipaddress", "clientip"].iter().filter_map(|name| addresses::address(get(name))).collect();
    addresses::set_address(event, &addresses);
    event.client_info = text(get("clientinfostring"));
    event.user_agent = agent_of(get("clientinfostring").into());
    event.client_app = text(get("clientprocessname"));
    event.session_id = lower(get("sessionid"));
    event.app_id = lower(get("appid"));
    event.client_app_id = lower(get("clientappid"));
    set_items(get, items, event);
    set_properties(get, event);
    let success = event.outcome == Outcome::Success;
    event.timestamp_desc = text(operations::timestamp_desc(Some(2), event.action(), success));
    let mut parties = Parties::default();
    parties.add_event(event);
    event.parties = parties.into_text();
    event.message = Some(sentence(event).into());
    Ok(())
}

/// Who was given which right on a folder, and what was done with a rule: the audit log has the same in its properties.
fn set_properties<'f>(get: &dyn Fn(&str) -> &'f str, event: &mut Draft<'f>) {
    let member = ["MemberRights", "MemberUpn", "MemberSid"].into_iter().filter_map(|name| {
        let value = text(get(&name.to_ascii_lowercase()))?.into_owned();
        Some(NameValue { name: name.to_owned(), value: Some(value) })
    });
    let mut properties: Vec<NameValue> = member.collect();
    let written = get("operationproperties");
    let told = properties_of(written);
    if told.is_empty() && written.contains(char::is_alphanumeric) {
        event.parse_status = event.parse_status.max(ParseStatus::Partial);
        note(event, UNREAD);
    }
    properties.extend(told);
    event.op_params = fields::list_text(&properties);
}

/// The mails, from the lists that are kept as text. Message ids tell how many there are; which subject belongs to which
/// is said only where there is one.
pub fn items<'c>(get: &dyn Fn(&str) -> &'c str) -> Vec<Item> {
    let ids = message_ids(get("sourceiteminternetmessageidslist"));
    let subject = get("sourceitemsubjectslist");
    if ids.len() > 1 {
        return ids.into_iter().map(|message_id| Item { message_id, ..Item::default() }).collect();
    }
    let one = Item {
        subject: subject.to_owned(),
        message_id: ids.into_iter().next().unwrap_or_default(),
        folder: get("sourceitemfolderpathnameslist").to_owned(),
        attachments: get("sourceitemattachmentslist").to_owned(),
    };
    let any = [&one.subject, &one.message_id, &one.folder].iter().any(|text| !text.is_empty());
    any.then_some(one).into_iter().collect()
}

/// `<a@b>, <c@d>`: each in its brackets.
fn message_ids(list: &str) -> Vec<String> {
    let ids = list.split('<').skip(1).filter_map(|rest| rest.split_once('>'));
    ids.map(|(id, _)| format!("<{id}>")).collect()
}

/// The record names who acted by display name and SID; an owner is the mailbox's.
fn set_actor<'f>(get: &dyn Fn(&str) -> &'f str, event: &mut Draft<'f>) {
    event.logon_type = logon_type(get("logontype"));
    event.external_access = boolean(get("externalaccess"));
    event.user_sid = lower(get("logonusersid"));
    event.user_full_name = text(get("logonuserdisplayname")).or_else(|| text(get("logonuserdn")));
    let owner = Some(get("mailboxownerupn")).filter(|upn| event.logon_type == Some(0) && !upn.is_empty());
    event.user_raw = owner.and_then(text).or_else(|| event.user_full_name.clone());
    event.user_upn = event.user_raw.clone().and_then(upn);
}

fn set_items<'f>(get: &dyn Fn(&str) -> &'f str, items: &'f [Item], event: &mut Draft<'f>) {
    let first = |of: fn(&Item) -> &str| items.iter().map(of).find_map(text);
    event.email_subject = text(get("itemsubject")).or_else(|| first(|item| &item.subject));
    event.email_message_id = text(get("iteminternetmessageid")).or_else(|| first(|item| &item.message_id));
    event.folder_path = text(get("folderpathname")).or_else(|| first(|item| &item.folder));
    event.dest_folder_path = text(get("destfolderpathname"));
    event.item_count = (!items.is_empty()).then_some(items.len() as i64);
    let affected: Vec<Value> = items.iter().map(object).collect();
    let path = |path: &Text<'_>| path.as_deref().map_or(Value::Null, |path| json!({ "Path": path }));
    let object = json!({
        "Operation": event.action_raw.as_deref(),
        "AffectedItems": affected,
        "Folder": path(&event.folder_path),
        "DestFolder": path(&event.dest_folder_path),
    });
    event.object = text(object.to_string());
}

fn object(item: &Item) -> Value {
    let some = |text: &str| if text.is_empty() { Value::Null } else { Value::from(text) };
    json!({
        "Subject": some(&item.subject),
        "InternetMessageId": some(&item.message_id),
        "Attachments": some(&item.attachments),
        "ParentFolder": if item.folder.is_empty() { Value::Null } else { json!({ "Path": item.folder }) },
    })
}
