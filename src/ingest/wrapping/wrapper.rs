//! What an export wraps around AuditData: it is checked against the record, completes a record that was cut, and stands
//! for one that is not there.

use std::borrow::Cow;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::ingest::formats::{Refusal, Remarks, Told};
use crate::ingest::records::auditdata::{self, AuditError, note};
use crate::ingest::values::fields;
use crate::ingest::values::spelled_time::spelled_time;
use crate::ingest::values::times::{self, DateOrder};
use crate::ingest::values::when;
use crate::knowledge::record_types;
use crate::timeline::{Draft, ParseStatus, format_time, json};

/// The wrapper's own words; empty where it has none.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wrapper<'a> {
    /// Native id.
    pub id: &'a str,
    /// Operation.
    pub operation: &'a str,
    /// Actor.
    pub user: &'a str,
    /// RecordType, as number or name.
    pub record_type: &'a str,
    /// Date, in some locale or as JSON of old services writes it.
    pub date: &'a str,
    /// Address of the client.
    pub address: &'a str,
    /// What was acted on.
    pub object: &'a str,
    /// Workload.
    pub workload: &'a str,
    /// The order of day and month, where it is proved.
    pub order: Option<DateOrder>,
    /// A service put its own wrapper around the record, whose date may be when it took the record in, and whose names of
    /// record types are its own: both complete a record and check none.
    pub renamed: bool,
}

/// How far a wrapper's date may be from the record's time where it names no zone, or one of its own: collectors write
/// the time of their place, and Excel leaves the seconds away.
const OTHER_ZONE: TimeDelta = TimeDelta::hours(24);
/// The same where it is told in UTC.
const SAME_ZONE: TimeDelta = TimeDelta::seconds(60);

/// The keys of a record that have an address of the client.
const ADDRESSES: [&str; 3] = ["ClientIP", "ClientIPAddress", "ActorIpAddress"];

/// What is said of a record without a time of its own beside which there is one that may be read in several ways.
const UNDECIDED: &str =
    "its time stands around it, and nothing in the file decides which number is the day; pass --date-order";

fn is_empty(audit: &str) -> bool {
    matches!(audit.trim(), "" | "null")
}

/// Whether there is no record in AuditData's place: nothing at all, or the name of its type.
pub fn is_lost(audit: &str) -> bool {
    is_empty(audit) || !audit.starts_with('{') && fields::is_type_name(audit)
}

/// Whose limit a record's length is.
fn limit(length: usize) -> &'static str {
    match length {
        32_766..=32_768 => ": Excel cut the cell",
        3_050..=3_070 => ": the service cut records there in 2018",
        9_990..=10_000 => ": Splunk cuts events there",
        _ => "",
    }
}

impl Wrapper<'_> {
    /// Wrapper and record disagree: the record is used, and the reader is told that the file may have been edited.
    pub fn cross_check(&self, event: &mut Draft<'_>, remarks: &mut Remarks) {
        // A table may number its rows.
        let id = if self.id.bytes().all(|byte| byte.is_ascii_digit()) { "" } else { self.id };
        let pairs = [
            ("id", id, event.event_id.as_deref()),
            ("operation", self.operation, event.action_raw.as_deref().map(fields::trimmed)),
            ("user", self.user, event.user_raw.as_deref()),
        ];
        let differs = pairs.iter().filter_map(|(what, wrapper, record)| {
            let record = record.filter(|record| !record.eq_ignore_ascii_case(fields::trimmed(wrapper)))?;
            (!wrapper.is_empty()).then(|| difference(what, wrapper, record))
        });
        let mut told: Vec<String> = differs.collect();
        let told_by_operation = event.parse_notes.as_deref().is_some_and(|notes| notes.contains(auditdata::TYPE));
        if told_by_operation && let Some(number) = self.record_type() {
            event.record_type = Some(number);
            event.record_type_name = i32::try_from(number).ok().and_then(record_types::name).map(Into::into);
        }
        let other =
            event.record_type.filter(|record| !told_by_operation && !self.renamed && self.is_of_another_type(*record));
        told.extend(other.map(|record| difference("record type", self.record_type, &record.to_string())));
        if self.is_of_another_time(event.datetime) {
            told.push(difference("time", self.date, &format_time(event.datetime)));
        }
        if !told.is_empty() {
            remarks.push(("R-103", format!("{}; the file may have been edited", told.join("; "))));
            note(event, "R-103");
        }
    }

    /// Whether the type is another than the record's; nearly always it has its name.
    fn is_of_another_type(&self, own: i64) -> bool {
        let name = i32::try_from(own).ok().and_then(record_types::name);
        let same = name.is_some_and(|name| name.eq_ignore_ascii_case(self.record_type));
        !same && self.record_type().is_some_and(|number| number != own)
    }

    /// Whether the date, however it may be read, is not the record's own time.
    fn is_of_another_time(&self, own: DateTime<Utc>) -> bool {
        const ORDERS: [DateOrder; 3] = [DateOrder::Mdy, DateOrder::Dmy, DateOrder::Ymd];
        if self.date.is_empty() || self.renamed {
            return false;
        }
        if let Some(iso) = times::iso_time(self.date) {
            let told_in_utc = iso.zoned && self.date.trim_end().ends_with(['Z', 'z']);
            return (iso.time - own).abs() > if told_in_utc { SAME_ZONE } else { OTHER_ZONE };
        }
        let far = |time: DateTime<Utc>| (time - own).abs() > OTHER_ZONE;
        if let Some(time) = when::json_date(self.date) {
            return far(time);
        }
        // Nearly always the first order reads the record's own time, and the others need not be tried.
        let mut read = false;
        for order in self.order.into_iter().chain(ORDERS) {
            match times::locale_time(self.date, order) {
                Some(time) if !far(time) => return false,
                other => read |= other.is_some(),
            }
        }
        read
    }

    /// What a cut AuditData still says, completed from the wrapper; the event is marked as salvaged.
    pub fn salvage(
        &self,
        audit: &str,
        error: &AuditError,
        event: &mut Draft<'_>,
        remarks: &mut Remarks,
    ) -> Result<(), Refusal> {
        let length = audit.chars().count();
        let (code, reason) = match error {
            AuditError::NotJson { at } => {
                let limit = limit(length);
                ("R-101", format!("AuditData is not valid JSON at character {at} (record length {length}{limit})"))
            }
            AuditError::NoTime => ("F-041", "AuditData has no readable CreationTime".to_owned()),
            AuditError::NoOperation => ("R-101", "AuditData has no Operation".to_owned()),
        };
        let refuse = |why: &str| self.refusal(code, format!("{reason}; {why}"));
        // Of a record that lost everything behind its first key, the wrapper tells what it knows.
        let cut_early = || audit.trim_start().starts_with('{').then(|| "{}".to_owned());
        let own = json::salvage(audit).or_else(cut_early).ok_or_else(|| refuse("not usable"))?;
        let timeless = !has_time(&own);
        let own = self.complete(&own).ok_or_else(|| refuse(self.untold()))?;
        let mut salvaged = std::mem::take(event);
        let filled = auditdata::fill(&own, &mut salvaged);
        *event = salvaged.into_owned();
        filled.map_err(|_| refuse("not usable"))?;
        auditdata::forget_type(event);
        if timeless {
            self.tell_time(event);
        }
        event.parse_status = ParseStatus::Salvaged;
        remarks.push(("R-101", format!("{reason}; salvaged what is whole")));
        note(event, "R-101");
        Ok(())
    }

    /// What the wrapper tells of a record that is not there: that something was done, when and by whom, but not what it
    /// was done with. `row` is all there is of it. A type's name in the record's place is no wrapper's matter: the whole
    /// export was made wrong.
    pub fn alone(&self, row: &str, audit: &str, remarks: &mut Remarks) -> Result<Box<Draft<'static>>, Refusal> {
        if !is_empty(audit) {
            return Err(
                self.refusal("F-036", "AuditData was replaced by a type name when the export was made".to_owned())
            );
        }
        let refuse = |why: &str| self.refusal("R-102", format!("AuditData is empty: {why}"));
        if self.operation.is_empty() {
            return Err(refuse("the record itself is not here, and nothing around it names an operation"));
        }
        let own = self.complete("{}").ok_or_else(|| match self.is_undecided() {
            true => refuse(UNDECIDED),
            false => refuse("the record is not here, nor its time around it"),
        })?;
        let mut event = Draft::default();
        auditdata::fill(&own, &mut event).map_err(|_| refuse("what stands around it tells too little"))?;
        let mut event = Box::new(event.into_owned());
        event.raw = Some(row.to_owned().into());
        event.object = Some(own.into());
        auditdata::forget_type(&mut event);
        self.tell_time(&mut event);
        event.parse_status = ParseStatus::Partial;
        remarks.push(("R-102", "AuditData is empty: the event is taken from what stands around it".to_owned()));
        note(&mut event, "R-102");
        Ok(event)
    }

    /// A refusal that says what the record would have been, as far as the wrapper tells.
    fn refusal(&self, code: &'static str, reason: String) -> Refusal {
        let refusal = Refusal::new(code, reason);
        let operation = self.operation.trim();
        if operation.is_empty() {
            return refusal;
        }
        refusal.of(Told { operation: operation.to_owned(), user: self.user.trim().to_owned(), time: self.instant() })
    }

    /// Puts what the wrapper knows into the salvaged object, where the object lost it.
    fn complete(&self, own: &str) -> Option<String> {
        let mut value: Value = serde_json::from_str(own).ok()?;
        let number = self.record_type().map(|number| number.to_string());
        let record_type = number.unwrap_or_else(|| self.record_type.to_owned());
        // An address of another key, which a cut record still has, is as good.
        let has_address = ADDRESSES.iter().any(|key| json::text(&value, key).is_some());
        let known = [
            ("Id", self.id),
            ("Operation", self.operation),
            ("UserId", self.user),
            ("RecordType", &record_type),
            ("ClientIP", if has_address { "" } else { self.address }),
            ("ObjectId", self.object),
            ("Workload", self.workload),
        ];
        for (key, known) in known {
            if json::text(&value, key).is_none() && !known.is_empty() {
                value.as_object_mut()?.insert(key.to_owned(), known.into());
            }
        }
        if !is_timed(&value) {
            let time = self.time()?;
            value.as_object_mut()?.insert("CreationTime".to_owned(), time.into());
        }
        Some(value.to_string())
    }

    /// Says how the time was written that the wrapper gave, and what its zone rests on.
    fn tell_time(&self, event: &mut Draft<'_>) {
        let zoned = times::iso_time(self.date).map_or(when::json_date(self.date).is_some(), |iso| iso.zoned);
        event.datetime_text = fields::text(self.date.trim().to_owned());
        event.time_zone_basis = fields::text(if zoned { "explicit" } else { "implied_utc" });
    }

    fn record_type(&self) -> Option<i64> {
        fields::whole(self.record_type).or_else(|| record_types::number(self.record_type).map(i64::from))
    }

    fn time(&self) -> Option<String> {
        self.instant().map(crate::timeline::format_time)
    }

    fn instant(&self) -> Option<DateTime<Utc>> {
        let time = times::iso_time(self.date).map(|iso| iso.time).or_else(|| when::json_date(self.date));
        let time = time.or_else(|| spelled_time(self.date).map(|spelled| spelled.time));
        time.or_else(|| times::dated(self.date, self.order).ok().map(|dated| dated.time))
    }

    /// Whether the date could be read, if only it were known which of its numbers is the day.
    fn is_undecided(&self) -> bool {
        times::dated(self.date, self.order).is_err_and(|refusal| refusal.code == "F-040")
    }

    /// Why no time stands for the record's own.
    fn untold(&self) -> &'static str {
        if self.is_undecided() { UNDECIDED } else { "its time is not told elsewhere either" }
    }
}

/// Whether an object has a readable time of its own.
fn is_timed(object: &Value) -> bool {
    when::time_text(object, "CreationTime").and_then(|time| when::explicit_time(&time)).is_some()
}

fn has_time(own: &str) -> bool {
    serde_json::from_str(own).is_ok_and(|object| is_timed(&object))
}

fn difference(what: &str, wrapper: &str, record: &str) -> String {
    format!("the row's {what} is '{}', the record's is '{}'", shown(wrapper), shown(record))
}

/// A cell as a remark quotes it: a damaged one may be as long as a block of a disk.
fn shown(cell: &str) -> Cow<'_, str> {
    const LONGEST: usize = 200;
    match cell.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", cell.get(..end).unwrap_or_default()).into(),
        None => cell.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(wrapper: Wrapper<'_>) -> Option<String> {
        let json = r#"{"CreationTime":"2026-02-03T09:20:10","Id":"a","Operation":"Send","RecordType":2,"UserId":"a@x.example"}"#;
        let mut event = Draft::default();
        auditdata::fill(json, &mut event).unwrap();
        let mut remarks = Remarks::new();
        wrapper.cross_check(&mut event, &mut remarks);
        remarks.pop().map(|(_, text)| text)
    }

    #[test]
    fn a_cell_that_a_block_of_a_disk_stands_in_is_not_quoted_whole() {
        let operation = "\0".repeat(4096);
        let text = told(Wrapper { operation: &operation, ..Wrapper::default() }).unwrap();
        assert!(
            text.len() < 300 && text.ends_with("…', the record's is 'Send'; the file may have been edited"),
            "{text}"
        );
    }

    #[test]
    fn every_difference_is_told() {
        let same = Wrapper { id: "A", operation: "Send ", user: "A@x.example", ..Wrapper::default() };
        assert_eq!(told(Wrapper { record_type: "ExchangeItem", date: "2/3/2026 9:20:10 AM", ..same }), None);
        let all =
            told(Wrapper { id: "b", operation: "Create", record_type: "8", date: "2026-02-03T10:20:10Z", ..same });
        let all = all.unwrap();
        for part in
            ["id is 'b'", "operation is 'Create'", "record type is '8', the record's is '2'", "time is '2026-02-03T10"]
        {
            assert!(all.contains(part), "{all}");
        }
    }

    #[test]
    fn a_time_that_may_be_read_in_several_ways_is_told_elsewhere() {
        let cut = r#"{"Id":"a","Operation":"Send","UserId":"a@x.exam"#;
        let lost = |date: &'static str, order, audit: &str| {
            let wrapper = Wrapper { date, order, operation: "Send", ..Wrapper::default() };
            let error = AuditError::NotJson { at: 40 };
            let refused = match audit {
                "" => wrapper.alone("row", audit, &mut Remarks::new()).err(),
                _ => wrapper.salvage(audit, &error, &mut Draft::default(), &mut Remarks::new()).err(),
            };
            refused.map(|refusal| refusal.reason)
        };
        for audit in ["", cut] {
            let told = lost("2/3/2026 9:20:10 AM", None, audit).unwrap();
            assert!(told.ends_with("pass --date-order"), "{told}");
            assert!(lost("13/3/2026 9:20:10 AM", None, audit).unwrap().ends_with("pass --date-order"));
            assert_eq!(lost("2/3/2026 9:20:10 AM", Some(DateOrder::Mdy), audit), None);
            assert_eq!(lost("3/3/2026 9:20:10 AM", None, audit), None, "every order reads the same");
            assert!(!lost("soon", None, audit).unwrap().contains("--date-order"));
        }
    }

    #[test]
    fn a_date_is_another_only_where_no_reading_of_it_is_the_records_time() {
        let at = |date: &str| told(Wrapper { date, ..Wrapper::default() }).is_some();
        let same =
            ["", "2026-02-03T09:20:10.0000000Z ", "2/3/2026 9:20:10 AM", "03/02/2026 09:20", "2026/02/03 18:20:10"];
        let zones = ["2026-02-03T18:20:10+09:00", "2026-02-03T18:20:10", "/Date(1770110410000)/", "44334.8844"];
        for date in same.iter().chain(&zones) {
            assert!(!at(date), "{date}");
        }
        for date in ["2026-02-03T09:22:10Z", "2026-01-09T09:20:10", "2/9/2026 9:20:10 AM", "/Date(1669110410000)/"] {
            assert!(at(date), "{date}");
        }
        assert!(told(Wrapper { date: "2026-02-05T00:00:00Z", renamed: true, ..Wrapper::default() }).is_none());
    }
}
