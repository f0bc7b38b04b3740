//! Audit records whose time a script printed in the form of its place (`3/4/2026 9:50 PM`), with nothing around them that
//! tells it otherwise.

use serde_json::Value;

use crate::ingest::formats::{Read, Refusal, owned};
use crate::ingest::records::auditdata;
use crate::ingest::values::fields::text;
use crate::ingest::values::spelled_time::spelled_time;
use crate::ingest::values::times::{self, DateOrder};
use crate::ingest::values::when::Clock;
use crate::timeline::{Draft, json};

const KEY: &str = "CreationTime";

/// The time of such a record, as it is written; `None` where it has none or one that needs no order.
pub fn written(record: &Value) -> Option<String> {
    const ORDERS: [DateOrder; 3] = [DateOrder::Mdy, DateOrder::Dmy, DateOrder::Ymd];
    let readable = |written: &String| {
        ORDERS.iter().any(|order| times::locale_time(written, *order).is_some()) || spelled_time(written).is_some()
    };
    json::text(record, KEY).filter(|written| times::iso_time(written).is_none() && readable(written))
}

/// The event of such a record, read in an order of day and month that is known or refused; `None` where it is none.
pub fn read(audit: &str, order: Option<DateOrder>) -> Option<Read<'static>> {
    let mut record: Value = serde_json::from_str(audit).ok()?;
    let written = written(&record)?;
    let (time, basis) = match (Clock { order, assumed: true }).read(&written) {
        Ok(read) => read,
        Err(refusal) => return Some(Err(refusal)),
    };
    let members = record.as_object_mut()?;
    let key = members.keys().find(|key| key.eq_ignore_ascii_case(KEY)).cloned()?;
    members.insert(key, crate::timeline::format_time(time).into());
    let own = record.to_string();
    let mut event = Box::<Draft<'_>>::default();
    if auditdata::fill(&own, &mut event).is_err() {
        return Some(Err(Refusal::new("R-101", "no Operation: not an audit record")));
    }
    let mut event = owned(event);
    event.datetime_text = text(written);
    event.time_zone_basis = text(basis);
    Some(Ok(event))
}
