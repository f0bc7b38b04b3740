//! The mailbox audit log as the Exchange admin center mails it: `SearchResult.xml` (`mailbox_audit_eac_xml`).
//!
//! The file has the same name as the admin audit log's; the attributes tell them apart. The vendor's own sample is not
//! well-formed (`<ItemId="…"/>`): elements are read for what they say.

use std::collections::HashMap;

use quick_xml::events::{BytesStart, Event as Xml};

use super::{Context, Format, Read, RecordReader, Refusal, Remarks, Tools, no_dates, owned};
use crate::ingest::records::auditdata::{self, note};
use crate::ingest::records::mailbox_audit::{self, Item};
use crate::ingest::sniff::{Head, Shape};
use crate::ingest::text::cut::is_closed_event;
use crate::ingest::values::times::DateOrder;
use crate::ingest::values::when;
use crate::timeline::{Draft, EvidenceSource, ParseStatus};

/// `mailbox_audit_eac_xml`.
pub static FORMAT: Format = Format {
    id: "mailbox_audit_eac_xml",
    evidence: EvidenceSource::MailboxAudit,
    wants: &[],
    claims: |shape| {
        matches!(shape, Shape::Xml(xml) if xml.root == "SearchResults"
            && xml.attributes.iter().any(|name| name == "MailboxGuid" || name == "LogonType"))
    },
    dates: no_dates,
    reader: |_: &Head, context: &Context| Box::new(Reader { order: context.date_order }),
};

struct Reader {
    order: Option<DateOrder>,
}

impl RecordReader for Reader {
    fn read<'r>(&'r self, element: &'r str, _: &'r mut Tools, remarks: &mut Remarks) -> Read<'r> {
        let mut event = Box::<Draft<'_>>::default();
        let (mut frame, mut items) = (None, Vec::new());
        let cut = !is_closed_event(element);
        let mut reader = quick_xml::Reader::from_str(element);
        reader.config_mut().check_end_names = false;
        let mut broken = None;
        loop {
            match reader.read_event() {
                Ok(Xml::Start(tag) | Xml::Empty(tag)) => match tag.name().as_ref() {
                    "Event" => frame = Some(attributes(&tag)),
                    "SourceItems" | "SourceFolders" => {}
                    name if name.starts_with("Item") => items.push(item(&tag)),
                    _ => {}
                },
                Ok(Xml::Eof) => break,
                Ok(_) => {}
                Err(error) => {
                    broken = Some(format!(
                        "not well-formed XML at byte {} of the element: {error}",
                        reader.buffer_position()
                    ));
                    break;
                }
            }
        }
        let Some(frame) = frame else {
            return Err(Refusal::new("R-101", broken.unwrap_or_else(|| "not a mailbox audit record".to_owned())));
        };
        let get = |name: &str| frame.get(name).map_or("", String::as_str);
        let time = when::file_time(get("lastaccessed"), self.order)?;
        mailbox_audit::fill(&get, time, "assumed_utc", &items, &mut event)?;
        auditdata::remark_unread(&event, remarks);
        if cut || broken.is_some() {
            event.parse_status = ParseStatus::Salvaged;
            note(&mut event, if cut { "R-105" } else { "R-101" });
            if cut {
                remarks.push(("R-105", "the Event was cut; salvaged what is whole".to_owned()));
            }
        }
        let mut event = owned(event);
        event.raw = Some(element.into());
        Ok(event)
    }
}

/// The attributes by their names in lower case.
fn attributes(tag: &BytesStart<'_>) -> HashMap<String, String> {
    let mut found = HashMap::new();
    for attribute in tag.attributes().with_checks(false).flatten() {
        let value = quick_xml::escape::unescape(&attribute.value);
        let value = value.map_or_else(|_| attribute.value.to_string(), std::borrow::Cow::into_owned);
        found.insert(attribute.key.as_ref().to_lowercase(), value);
    }
    found
}

fn item(tag: &BytesStart<'_>) -> Item {
    let mut found = attributes(tag);
    let mut take = |name: &str| found.remove(name).unwrap_or_default();
    Item {
        subject: take("subject"),
        message_id: take("internetmessageid"),
        folder: take("folderpathname"),
        attachments: take("attachments"),
    }
}
