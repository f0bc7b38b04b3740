//! Inbox rules as Graph's messageRule objects (`snapshot_inbox_rules_json`).
//!
//! The object does not say whose mailbox it is; that stands in a key a collector added, around the objects, or in the
//! file's name.

use serde_json::Value;

use super::{Context, Format, Read, RecordReader, Refusal, Remarks, Tools, no_dates, owned};
use crate::ingest::file_name::address_in_name;
use crate::ingest::records::auditdata::note;
use crate::ingest::records::state::{self, Collected, State, is_type_name};
use crate::ingest::sniff::{Head, Shape};
use crate::ingest::values::fields::NameValue;
use crate::ingest::wrapping::owners::{self, Owners};
use crate::ledger::Note;
use crate::timeline::{Draft, EvidenceSource, ParseStatus, json};

/// `snapshot_inbox_rules_json`.
pub static FORMAT: Format = Format {
    id: "snapshot_inbox_rules_json",
    evidence: EvidenceSource::Snapshot,
    wants: &["displayname", "sequence", "isenabled", "actions"],
    claims: |shape| matches!(shape, Shape::Json(json) if json.has(FORMAT.wants)),
    dates: no_dates,
    reader: |head: &Head, _: &Context| {
        let collected = Collected::from_name(&head.file_name);
        Box::new(Reader { collected, mailbox: address_in_name(&head.file_name), owners: Owners::default() })
    },
};

struct Reader {
    collected: Collected,
    /// The mailbox that the file's name has.
    mailbox: String,
    owners: Owners,
}

/// Graph's names for what Get-InboxRule calls otherwise.
const RENAMED: [(&str, &str); 20] = [
    ("forwardAsAttachmentTo", "ForwardAsAttachmentTo"),
    ("forwardTo", "ForwardTo"),
    ("redirectTo", "RedirectTo"),
    ("moveToFolder", "MoveToFolder"),
    ("copyToFolder", "CopyToFolder"),
    ("delete", "DeleteMessage"),
    ("permanentDelete", "PermanentDelete"),
    ("markAsRead", "MarkAsRead"),
    ("markImportance", "MarkImportance"),
    ("stopProcessingRules", "StopProcessingRules"),
    ("assignCategories", "ApplyCategory"),
    ("subjectContains", "SubjectContainsWords"),
    ("bodyContains", "BodyContainsWords"),
    ("bodyOrSubjectContains", "SubjectOrBodyContainsWords"),
    ("headerContains", "HeaderContainsWords"),
    ("senderContains", "FromAddressContainsWords"),
    ("recipientContains", "RecipientAddressContainsWords"),
    ("fromAddresses", "From"),
    ("sentToAddresses", "SentTo"),
    ("hasAttachments", "HasAttachment"),
];

impl RecordReader for Reader {
    fn read<'r>(&'r self, text: &'r str, tools: &'r mut Tools, remarks: &mut Remarks) -> Read<'r> {
        let mut event = Box::<Draft<'_>>::default();
        let mut salvaged = false;
        let object: Value = match serde_json::from_str(text) {
            Ok(object) => object,
            Err(error) => {
                let at = json::stopped_at(text, &error);
                let refuse = || Refusal::new("R-105", format!("cut or not valid JSON at character {at}; not usable"));
                salvaged = true;
                let remark = format!("cut or not valid JSON at character {at}; salvaged what is whole");
                remarks.push(("R-105", remark));
                serde_json::from_str(&json::salvage(text).ok_or_else(refuse)?).map_err(|_| refuse())?
            }
        };
        if FORMAT.wants.iter().all(|key| json::get(&object, key).is_none()) {
            return Err(Refusal::new("R-101", "an object with none of the keys of an inbox rule"));
        }
        let around = || self.owners.of(tools.offset).map(str::to_owned);
        let mailbox = owners::named_by(&object).or_else(around).unwrap_or_else(|| self.mailbox.clone());
        let (name, id) = (json::text(&object, "displayName"), json::text(&object, "id"));
        let (name, id) = (name.unwrap_or_default(), id.unwrap_or_default());
        let columns = columns(&object, &name);
        let (table, action) = (FORMAT.id, "InboxRule");
        let state = State { table, action, mailbox: &mailbox, name: &name, id: &id, columns, ..State::default() };
        remarks.extend(state::fill(state, &self.collected, &mut event));
        if mailbox.is_empty() {
            remarks.push(("R-162", state::NOBODYS.to_owned()));
            note(&mut event, "R-162");
        }
        if salvaged {
            event.parse_status = ParseStatus::Salvaged;
            note(&mut event, "R-105");
        }
        let mut event = owned(event);
        event.raw = Some(text.into());
        Ok(event)
    }

    fn notes(&self) -> Vec<Note> {
        state::notes(&self.collected)
    }

    fn owners(&self) -> Option<&Owners> {
        Some(&self.owners)
    }

    fn owners_mut(&mut self) -> Option<&mut Owners> {
        Some(&mut self.owners)
    }
}

/// The rule in the words of Get-InboxRule, so that one reader serves all snapshots.
fn columns(object: &Value, name: &str) -> Vec<NameValue> {
    let mut columns = vec![NameValue { name: "RuleName".to_owned(), value: Some(name.to_owned()) }];
    for (key, column) in
        [("sequence", "Sequence"), ("isEnabled", "Enabled"), ("hasError", "InError"), ("isReadOnly", "IsReadOnly")]
    {
        columns.extend(json::get(object, key).and_then(|value| pair(column, value)));
    }
    for (part, prefix) in [("actions", ""), ("conditions", ""), ("exceptions", "ExceptIf")] {
        for (key, value) in json::get(object, part).and_then(Value::as_object).into_iter().flatten() {
            if key.contains("@odata") {
                continue;
            }
            let known = RENAMED.iter().find(|(graph, _)| graph.eq_ignore_ascii_case(key));
            let column = known.map_or_else(|| key.clone(), |(_, column)| (*column).to_owned());
            columns.extend(pair(&format!("{prefix}{column}"), value));
        }
    }
    columns
}

/// A member as a column; `None` where it says nothing.
fn pair(name: &str, value: &Value) -> Option<NameValue> {
    let value = match value {
        Value::Null => return None,
        Value::Bool(flag) => (if *flag { "True" } else { "False" }).to_owned(),
        Value::Array(list) => list.iter().map(one).collect::<Vec<_>>().join(";"),
        other => one(other),
    };
    (!value.is_empty()).then(|| NameValue { name: name.to_owned(), value: (!is_type_name(&value)).then_some(value) })
}

/// A recipient, a word, a range.
fn one(value: &Value) -> String {
    if let Some(mail) = json::get(value, "emailAddress") {
        let address = json::text(mail, "address").unwrap_or_default();
        return match json::text(mail, "name").filter(|name| *name != address) {
            Some(name) => format!("\"{}\" [SMTP:{address}]", name.replace('"', "'")),
            None => address,
        };
    }
    json::scalar_text(value).unwrap_or_else(|| if value.is_object() { value.to_string() } else { String::new() })
}
