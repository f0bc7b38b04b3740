//! Message trace as JSON: the reporting web service's objects and the lines collectors make of them or of
//! Get-MessageTrace (`mtrace_reportingws_json`).

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{Context, Format, RecordReader, Refusal, Tools, no_dates};
use crate::ingest::auditdata::note;
use crate::ingest::fields::{NameValue, text as column};
use crate::ingest::sniff::{Head, Shape};
use crate::ingest::trace::{self, Traced};
use crate::timeline::{Event, EvidenceSource, ParseStatus, json};

/// `mtrace_reportingws_json`.
pub static FORMAT: Format = Format {
    id: "mtrace_reportingws_json",
    evidence: EvidenceSource::MessageTrace,
    wants: &["messagetraceid", "received", "senderaddress", "recipientaddress", "status"],
    claims: |shape| {
        let of_service = |first: &Value| {
            let kind = json::get(first, "__metadata").and_then(|meta| json::text(meta, "type"));
            kind.is_some_and(|kind| kind.eq_ignore_ascii_case("TenantReporting.MessageTrace"))
        };
        matches!(shape, Shape::Json(json) if json.has(FORMAT.wants) || of_service(&json.first))
    },
    dates: no_dates,
    reader: |_: &Head, _: &Context| Box::new(Reader),
};

struct Reader;

/// Keys that columns of their own are made of.
const TOLD: [&str; 10] = [
    "__metadata",
    "messagetraceid",
    "received",
    "senderaddress",
    "recipientaddress",
    "status",
    "subject",
    "messageid",
    "fromip",
    "toip",
];

impl RecordReader for Reader {
    fn read(&self, text: &str, tools: &mut Tools) -> Result<Box<Event>, Refusal> {
        let mut event = Box::<Event>::default();
        let object: Value = match serde_json::from_str(text) {
            Ok(object) => object,
            Err(error) => {
                let refuse = || {
                    Refusal::new("R-105", format!("cut or not valid JSON at character {}; not usable", error.column()))
                };
                event.parse_status = ParseStatus::Salvaged;
                note(&mut event, "R-105");
                let remark = format!("cut or not valid JSON at character {}; salvaged what is whole", error.column());
                tools.remarks.push(("R-105", remark));
                serde_json::from_str(&json::salvage(text).ok_or_else(refuse)?).map_err(|_| refuse())?
            }
        };
        let (written, time, basis) = time(&object, "Received")?;
        event.datetime = time;
        event.datetime_text = column(&written);
        event.time_zone_basis = column(basis);
        event.timestamp_desc = column("Received Time");
        let get = |key: &str| json::text(&object, key).unwrap_or_default();
        let (sender, recipient, status) = (get("SenderAddress"), get("RecipientAddress"), get("Status"));
        let (subject, message_id, network_id) = (get("Subject"), get("MessageId"), get("MessageTraceId"));
        let (from, to) = (get("FromIP"), get("ToIP"));
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
            rest: rest(&object),
            ..Traced::default()
        };
        trace::fill(traced, &mut event);
        let query = |key| time_of(&object, key).map(|(_, time, _)| time);
        let outside = trace::check_query(&mut event, query("StartDate"), query("EndDate"));
        tools.remarks.extend(outside.map(|text| ("R-150", text)));
        event.raw = Some(text.into());
        Ok(event)
    }
}

fn rest(object: &Value) -> Vec<NameValue> {
    let pairs = object.as_object().into_iter().flatten();
    let pairs = pairs.filter(|(name, _)| !TOLD.contains(&name.to_ascii_lowercase().as_str()));
    pairs
        .filter_map(|(name, value)| Some(NameValue { name: name.clone(), value: Some(json::scalar_text(value)?) }))
        .collect()
}

fn time(object: &Value, key: &str) -> Result<(String, DateTime<Utc>, &'static str), Refusal> {
    time_of(object, key).ok_or_else(|| {
        let written = json::text(object, key).unwrap_or_default();
        Refusal::new("F-041", format!("'{written}' is no readable {key}: it cannot enter the timeline"))
    })
}

/// `/Date(1658751973240)/`, ISO text, or Windows PowerShell's `{"value": "/Date(…)/", "DateTime": "…"}`.
fn time_of(object: &Value, key: &str) -> Option<(String, DateTime<Utc>, &'static str)> {
    let value = json::get(object, key)?;
    let written = json::scalar_text(value).or_else(|| json::text(value, "value"))?;
    if let Some(time) = milliseconds(&written) {
        return Some((written, time, "explicit"));
    }
    let (time, basis) = trace::time(&written, None).ok()?;
    Some((written, time, basis))
}

/// `/Date(ms)/`, with an offset that only says how somebody's clock would have shown it.
fn milliseconds(written: &str) -> Option<DateTime<Utc>> {
    let inner = written.trim().trim_matches(['/', '\\']).strip_prefix("Date(")?.strip_suffix(')')?;
    let sign = inner.char_indices().skip(1).find(|(_, letter)| matches!(letter, '+' | '-')).map(|(at, _)| at);
    let number = sign.and_then(|at| inner.get(..at)).unwrap_or(inner);
    DateTime::from_timestamp_millis(number.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::milliseconds;

    #[test]
    fn milliseconds_since_1970() {
        let read = |written| milliseconds(written).map(crate::timeline::format_time);
        assert_eq!(read("/Date(1658751973240)/").as_deref(), Some("2022-07-25T12:26:13.240Z"));
        assert_eq!(read("\\/Date(1658751973240)\\/").as_deref(), Some("2022-07-25T12:26:13.240Z"));
        assert_eq!(read("/Date(1658751973240+0900)/").as_deref(), Some("2022-07-25T12:26:13.240Z"));
        assert_eq!(read("2022-07-25"), None);
    }
}
