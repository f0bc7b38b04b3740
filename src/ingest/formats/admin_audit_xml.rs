//! The admin audit log as the Exchange admin center mails it: `SearchResult.xml` (`admin_audit_eac_xml`).
//!
//! Source: "Administrator audit log structure" (Exchange documentation). Callers are canonical names, not UPNs;
//! there is no client address and no native id.

use quick_xml::events::{BytesStart, Event as Xml};

use super::{Context, Format, Read, RecordReader, Refusal, Remarks, Tools, no_dates};
use crate::ingest::records::auditdata::{note, outcome_of, sentence, upn};
use crate::ingest::sniff::{Head, Shape};
use crate::ingest::text::cut::is_closed_event;
use crate::ingest::values::fields::{self, Change, NameValue, text};
use crate::ingest::values::parties::Parties;
use crate::ingest::values::times;
use crate::knowledge::operations;
use crate::timeline::json::boolean;
use crate::timeline::{Draft, EvidenceSource, Outcome, ParseStatus};

/// `admin_audit_eac_xml`.
pub static FORMAT: Format = Format {
    id: "admin_audit_eac_xml",
    evidence: EvidenceSource::AdminAudit,
    wants: &[],
    claims: |shape| {
        let of_mailbox =
            |attributes: &[String]| attributes.iter().any(|name| name == "MailboxGuid" || name == "LogonType");
        matches!(shape, Shape::Xml(xml) if xml.root == "SearchResults"
            && (xml.attributes.iter().any(|name| name == "Cmdlet") || xml.attributes.is_empty())
            && !of_mailbox(&xml.attributes))
    },
    dates: no_dates,
    reader: |_: &Head, _: &Context| Box::new(Reader),
};

struct Reader;

impl RecordReader for Reader {
    fn read<'r>(&'r self, element: &'r str, _: &'r mut Tools, remarks: &mut Remarks) -> Read<'r> {
        let mut event = Box::<Draft<'_>>::default();
        let (mut parameters, mut changes) = (Vec::new(), Vec::new());
        let cut = !is_closed_event(element);
        let mut reader = quick_xml::Reader::from_str(element);
        loop {
            match reader.read_event() {
                Ok(Xml::Start(tag) | Xml::Empty(tag)) => match tag.name().as_ref() {
                    "Event" => set_frame(&tag, &mut event)?,
                    "Parameter" => parameters.extend(parameter(&tag)),
                    "Property" => changes.extend(property(&tag)),
                    _ => {}
                },
                Ok(Xml::Eof) => break,
                Ok(_) => {}
                // What was read of a cut event stands; it is marked as salvaged.
                Err(_) if event.action.is_some() && cut => break,
                Err(error) => {
                    let at = reader.buffer_position();
                    return Err(Refusal::new(
                        "R-101",
                        format!("not well-formed XML at byte {at} of the element: {error}"),
                    ));
                }
            }
        }
        if event.action.is_none() {
            return Err(Refusal::new("R-101", "no Event of the admin audit log"));
        }
        if cut {
            event.parse_status = ParseStatus::Salvaged;
            remarks.push(("R-105", "the Event was cut; salvaged what is whole".to_owned()));
            note(&mut event, "R-105");
        }
        event.op_params = fields::list_text(&parameters);
        event.changes = fields::list_text(&changes);
        let mut parties = Parties::default();
        parties.add_event(&event);
        event.parties = parties.into_text();
        event.message = Some(sentence(&event).into());
        event.raw = Some(element.into());
        Ok(event)
    }
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> String {
    let found = tag.attributes().with_checks(false).flatten().find(|attribute| attribute.key.as_ref() == name);
    let Some(found) = found else { return String::new() };
    quick_xml::escape::unescape(&found.value).map_or_else(|_| found.value.to_string(), std::borrow::Cow::into_owned)
}

fn set_frame(tag: &BytesStart<'_>, event: &mut Draft<'_>) -> Result<(), Refusal> {
    let get = |name: &str| attribute(tag, name);
    let written = get("RunDate");
    let Some(iso) = times::iso_time(&written) else {
        return Err(Refusal::new("F-041", format!("no readable RunDate ('{written}'): it cannot enter the timeline")));
    };
    event.evidence_source = EvidenceSource::AdminAudit;
    event.datetime = iso.time;
    event.datetime_text = text(written);
    event.time_basis = text("event");
    event.time_zone_basis = text(if iso.zoned { "explicit" } else { "assumed_utc" });
    event.event_provider = text("Exchange");
    event.action_raw = text(get("Cmdlet"));
    event.action = text(operations::trimmed(&get("Cmdlet")).into_owned());
    event.user_raw = text(get("Caller"));
    event.user_upn = upn(get("Caller"));
    event.target_raw = text(get("ObjectModified"));
    event.status_text = text(get("Succeeded"));
    event.outcome = outcome_of(&get("Succeeded"));
    event.status_reason = text(get("Error")).filter(|error| &**error != "None");
    event.external_access = boolean(&get("ExternalAccess"));
    event.timestamp_desc = text(operations::timestamp_desc(Some(1), event.action(), event.outcome == Outcome::Success));
    if event.action.is_none() {
        return Err(Refusal::new("R-101", "an Event without Cmdlet: not an admin audit record"));
    }
    Ok(())
}

fn parameter(tag: &BytesStart<'_>) -> Option<NameValue> {
    let name = attribute(tag, "Name");
    (!name.is_empty()).then(|| NameValue { name, value: Some(attribute(tag, "Value")) })
}

fn property(tag: &BytesStart<'_>) -> Option<Change> {
    let name = attribute(tag, "Name");
    let value = |key: &str| Some(attribute(tag, key)).filter(|value| !value.is_empty());
    (!name.is_empty()).then(|| Change { name, old: value("OldValue"), new: value("NewValue") })
}
