//! Message trace as JSON: the reporting web service's objects and the lines collectors make of them or of
//! Get-MessageTrace (`mtrace_reportingws_json`), Graph's `exchangeMessageTrace` (`mtrace_graph_json`), and Defender's
//! hunting table `EmailEvents` (`defender_emailevents_json`).

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{Context, Format, Read, RecordReader, Refusal, Remarks, Tools, no_dates, owned};
use crate::ingest::records::auditdata::note;
use crate::ingest::records::trace::{self, Traced};
use crate::ingest::sniff::{Head, JsonHead, Shape};
use crate::ingest::values::fields::{NameValue, text as column};
use crate::ingest::values::when::{self, Clock};
use crate::timeline::{Draft, EvidenceSource, ParseStatus, json};

/// `mtrace_reportingws_json`.
pub static FORMAT: Format = Format {
    id: "mtrace_reportingws_json",
    evidence: EvidenceSource::MessageTrace,
    wants: &["received", "senderaddress", "recipientaddress", "status"],
    claims: |shape| {
        let of_service = |first: &Value| {
            let kind = json::get(first, "__metadata").and_then(|meta| json::text(meta, "type"));
            kind.is_some_and(|kind| kind.eq_ignore_ascii_case("TenantReporting.MessageTrace"))
        };
        let is_trace = |json: &JsonHead| json.has(FORMAT.wants) && trace::TELLING.iter().any(|name| json.has(&[name]));
        matches!(shape, Shape::Json(json) if is_trace(json) || of_service(&json.first))
    },
    dates: no_dates,
    reader: |_: &Head, context: &Context| Reader::boxed(&SERVICE, context),
};

/// `mtrace_graph_json`.
pub static GRAPH: Format = Format {
    id: "mtrace_graph_json",
    evidence: EvidenceSource::MessageTrace,
    wants: &["receiveddatetime", "senderaddress", "recipientaddress", "messageid", "status"],
    claims: |shape| matches!(shape, Shape::Json(json) if json.has(GRAPH.wants) && !json.has(&["received"])),
    dates: no_dates,
    reader: |_: &Head, context: &Context| Reader::boxed(&OF_GRAPH, context),
};

/// `defender_emailevents_json`.
pub static EMAIL_EVENTS: Format = Format {
    id: "defender_emailevents_json",
    evidence: EvidenceSource::MessageTrace,
    wants: &["timestamp", "networkmessageid", "recipientemailaddress", "deliveryaction"],
    claims: |shape| matches!(shape, Shape::Json(json) if json.has(EMAIL_EVENTS.wants)),
    dates: no_dates,
    reader: |_: &Head, context: &Context| Reader::boxed(&OF_DEFENDER, context),
};

/// Under which keys an export has what; the first that has a value is taken.
struct Keys {
    time: &'static str,
    sender: &'static [&'static str],
    recipient: &'static str,
    status: &'static str,
    message_id: &'static str,
    network_id: &'static str,
    from: &'static [&'static str],
    to: &'static [&'static str],
}

static SERVICE: Keys = Keys {
    time: "Received",
    sender: &["SenderAddress"],
    recipient: "RecipientAddress",
    status: "Status",
    message_id: "MessageId",
    network_id: "MessageTraceId",
    from: &["FromIP"],
    to: &["ToIP"],
};

static OF_GRAPH: Keys = Keys { time: "receivedDateTime", network_id: "id", ..SERVICE };

static OF_DEFENDER: Keys = Keys {
    time: "Timestamp",
    sender: &["SenderFromAddress", "SenderMailFromAddress"],
    recipient: "RecipientEmailAddress",
    status: "DeliveryAction",
    message_id: "InternetMessageId",
    network_id: "NetworkMessageId",
    from: &["SenderIPv4", "SenderIPv6"],
    to: &[],
};

impl Keys {
    /// Whether a key has a column of its own.
    fn told(&self, key: &str) -> bool {
        let one = [self.time, self.recipient, self.status, self.message_id, self.network_id, "Subject", "__metadata"];
        let all = one.iter().chain(self.sender).chain(self.from).chain(self.to);
        all.into_iter().any(|known| known.eq_ignore_ascii_case(key)) || key.contains("@odata.")
    }
}

struct Reader {
    keys: &'static Keys,
    clock: Clock,
}

impl Reader {
    fn boxed(keys: &'static Keys, context: &Context) -> Box<dyn RecordReader> {
        // A hunting table that names no zone was written by a page that has one of its reader's choice.
        let assumed = std::ptr::eq(keys, &raw const OF_DEFENDER);
        Box::new(Self { keys, clock: Clock { order: context.date_order, assumed } })
    }
}

impl RecordReader for Reader {
    fn read<'r>(&'r self, text: &'r str, _: &'r mut Tools, remarks: &mut Remarks) -> Read<'r> {
        let keys = self.keys;
        let mut event = Box::<Draft<'_>>::default();
        let object: Value = match serde_json::from_str(text) {
            Ok(object) => object,
            Err(error) => {
                let at = json::stopped_at(text, &error);
                let refuse = || Refusal::new("R-105", format!("cut or not valid JSON at character {at}; not usable"));
                event.parse_status = ParseStatus::Salvaged;
                note(&mut event, "R-105");
                let remark = format!("cut or not valid JSON at character {at}; salvaged what is whole");
                remarks.push(("R-105", remark));
                serde_json::from_str(&json::salvage(text).ok_or_else(refuse)?).map_err(|_| refuse())?
            }
        };
        let (written, time, basis) = time_of(&object, keys.time, self.clock)?;
        event.datetime = time;
        event.datetime_text = column(written);
        event.time_zone_basis = column(basis);
        event.timestamp_desc = column("Received Time");
        let get = |key: &str| json::text(&object, key).unwrap_or_default();
        let first = |keys: &[&str]| keys.iter().find_map(|key| json::text(&object, key)).unwrap_or_default();
        let (sender, recipient, status) = (first(keys.sender), get(keys.recipient), get(keys.status));
        let (subject, message_id, network_id) = (get("Subject"), get(keys.message_id), get(keys.network_id));
        let (from, to) = (first(keys.from), first(keys.to));
        let traced = Traced {
            sender: &sender,
            recipients: recipient.split(';').map(str::trim).collect(),
            subject: &subject,
            message_id: &message_id,
            network_id: &network_id,
            action: &status,
            status: &status,
            client: &from,
            others: vec![&to],
            rest: rest(&object, keys),
            ..Traced::default()
        };
        trace::fill(traced, &mut event);
        let query = |key| time_of(&object, key, self.clock).ok().map(|(_, time, _)| time);
        let outside = trace::check_query(&mut event, query("StartDate"), query("EndDate"));
        remarks.extend(outside.map(|text| ("R-150", text)));
        let mut event = owned(event);
        event.raw = Some(text.into());
        Ok(event)
    }
}

fn rest(object: &Value, keys: &Keys) -> Vec<NameValue> {
    let pairs = object.as_object().into_iter().flatten();
    let pairs = pairs.filter(|(name, _)| !keys.told(name));
    pairs
        .filter_map(|(name, value)| Some(NameValue { name: name.clone(), value: Some(json::scalar_text(value)?) }))
        .collect()
}

/// The time under a key, as it is written and as it is read.
fn time_of(object: &Value, key: &str, clock: Clock) -> Result<(String, DateTime<Utc>, &'static str), Refusal> {
    let Some(written) = when::time_text(object, key) else {
        return Err(Refusal::new("F-041", format!("no {key}: it cannot enter the timeline")));
    };
    let (time, basis) = clock.read(&written)?;
    Ok((written.into_owned(), time, basis))
}
