//! The mailbox audit log as JSON: the objects of `Search-MailboxAuditLog -ShowDetails`, as DFIR-O365RC and
//! `ConvertTo-Json` write them (`mailbox_audit_json`).

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Context, Format, Read, RecordReader, Remarks, Tools, no_dates, owned};
use crate::ingest::records::auditdata;
use crate::ingest::records::mailbox_audit::{self, Item};
use crate::ingest::sniff::{Head, Shape};
use crate::ingest::values::times::DateOrder;
use crate::ingest::values::{object, when};
use crate::timeline::{Draft, EvidenceSource, json};

/// `mailbox_audit_json`.
pub static FORMAT: Format = Format {
    id: "mailbox_audit_json",
    evidence: EvidenceSource::MailboxAudit,
    wants: &["lastaccessed", "mailboxguid", "logontype"],
    claims: |shape| {
        let owner = ["mailboxownerupn", "mailboxguid"];
        let summary = ["mailboxguid", "mailboxresolvedownername"];
        matches!(shape, Shape::Json(json) if json.has(&["lastaccessed"]) && !json.has(&["auditdata"])
            && (json.has(&["logontype"]) && owner.iter().any(|key| json.has(&[key])) || json.has(&summary)))
    },
    dates: no_dates,
    reader: |_: &Head, context: &Context| Box::new(Reader { order: context.date_order }),
};

struct Reader {
    order: Option<DateOrder>,
}

impl RecordReader for Reader {
    fn read<'r>(&'r self, text: &'r str, _: &'r mut Tools, remarks: &mut Remarks) -> Read<'r> {
        let mut event = Box::<Draft<'_>>::default();
        let mut object = object::from_text(text, "R-101", &mut event, remarks)?;
        let mails = mails(&object);
        // The mails are told by lists of texts as well.
        if let Some(map) = object.as_object_mut() {
            map.retain(|key, _| !MAILS.iter().any(|name| key.eq_ignore_ascii_case(name)));
        }
        object::drop_lost(&mut object, "R-104", &mut event, remarks);
        let values: BTreeMap<String, String> = object.as_object().into_iter().flatten().map(value).collect();
        let get = |name: &str| values.get(name).map_or("", String::as_str);
        let time = when::file_time(get("lastaccessed"), self.order)?;
        let items = if mails.is_empty() { mailbox_audit::items(&get) } else { mails };
        mailbox_audit::fill(&get, time, "assumed_utc", &items, &mut event)?;
        auditdata::remark_unread(&event, remarks);
        let mut event = owned(event);
        event.raw = Some(text.into());
        Ok(event)
    }
}

/// The lists of mails and of folders as objects.
const MAILS: [&str; 2] = ["SourceItems", "SourceFolders"];

/// The mails of a record, where they are objects that name one.
fn mails(object: &Value) -> Vec<Item> {
    let text = |mail: &Value, key| json::text(mail, key).unwrap_or_default();
    let mail = |mail: &Value| Item {
        subject: text(mail, "ItemSubject"),
        message_id: text(mail, "ItemInternetMessageId"),
        folder: text(mail, "ItemFolderPathName"),
        attachments: text(mail, "ItemAttachments"),
    };
    let named = |mail: &Item| [&mail.subject, &mail.message_id, &mail.folder].iter().any(|text| !text.is_empty());
    json::list(object, "SourceItems").iter().map(mail).filter(named).collect()
}

/// A key in lower case and what its value says; the lists of this log hold texts.
fn value((key, value): (&String, &Value)) -> (String, String) {
    let scalar = |value: &Value| json::scalar_text(value).or_else(|| json::text(value, "value"));
    let text = match value {
        // Names and values are read as what they are.
        Value::Array(list) if list.iter().any(Value::is_object) => value.to_string(),
        Value::Array(list) => list.iter().filter_map(scalar).collect::<Vec<_>>().join(", "),
        value => scalar(value).unwrap_or_default(),
    };
    (key.to_ascii_lowercase(), text)
}
