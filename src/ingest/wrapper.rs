//! What an export wraps around AuditData: it is checked against the record, completes a record that was cut, and stands
//! for one that is not there.

use serde_json::Value;

use crate::ingest::auditdata::{self, AuditError, note};
use crate::ingest::fields;
use crate::ingest::formats::{Refusal, Remarks};
use crate::ingest::times::{self, DateOrder};
use crate::ingest::when;
use crate::knowledge::record_types;
use crate::timeline::{Draft, ParseStatus, json};

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
    /// The order of day and month, where it is proved.
    pub order: Option<DateOrder>,
}

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
        let pairs = [
            ("id", self.id, event.event_id.as_deref()),
            ("operation", self.operation, event.action_raw.as_deref().map(fields::trimmed)),
            ("user", self.user, event.user_raw.as_deref()),
        ];
        let differs = pairs.iter().find(|(_, wrapper, record)| {
            !wrapper.is_empty() && record.is_some_and(|record| !record.eq_ignore_ascii_case(fields::trimmed(wrapper)))
        });
        if let Some((what, wrapper, record)) = differs {
            let record = record.unwrap_or_default();
            let text =
                format!("the row's {what} is '{wrapper}', the record's is '{record}'; the file may have been edited");
            remarks.push(("R-103", text));
            note(event, "R-103");
        }
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
        let refuse = |why: &str| Refusal::new(code, format!("{reason}; {why}"));
        // Of a record that lost everything behind its first key, the wrapper tells what it knows.
        let cut_early = || audit.trim_start().starts_with('{').then(|| "{}".to_owned());
        let own = json::salvage(audit).or_else(cut_early).ok_or_else(|| refuse("not usable"))?;
        let own = self.complete(&own).ok_or_else(|| refuse("its time is not told elsewhere either"))?;
        let mut salvaged = std::mem::take(event);
        let filled = auditdata::fill(&own, &mut salvaged);
        *event = salvaged.into_owned();
        filled.map_err(|_| refuse("not usable"))?;
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
            return Err(Refusal::new("F-036", "AuditData was replaced by a type name when the export was made"));
        }
        let refuse = |why: &str| Refusal::new("R-102", format!("AuditData is empty: {why}"));
        if self.operation.is_empty() {
            return Err(refuse("the record itself is not here, and nothing around it names an operation"));
        }
        let own = self.complete("{}").ok_or_else(|| refuse("the record is not here, nor its time around it"))?;
        let mut event = Draft::default();
        auditdata::fill(&own, &mut event).map_err(|_| refuse("what stands around it tells too little"))?;
        let mut event = Box::new(event.into_owned());
        event.raw = Some(row.to_owned().into());
        event.object = Some(own.into());
        event.parse_status = ParseStatus::Partial;
        remarks.push(("R-102", "AuditData is empty: the event is taken from what stands around it".to_owned()));
        note(&mut event, "R-102");
        Ok(event)
    }

    /// Puts what the wrapper knows into the salvaged object, where the object lost it.
    fn complete(&self, own: &str) -> Option<String> {
        let mut value: Value = serde_json::from_str(own).ok()?;
        let number = record_types::number(self.record_type).map(|number| number.to_string());
        let record_type = number.unwrap_or_else(|| self.record_type.to_owned());
        let known =
            [("Id", self.id), ("Operation", self.operation), ("UserId", self.user), ("RecordType", &record_type)];
        for (key, known) in known {
            if json::text(&value, key).is_none() && !known.is_empty() {
                value.as_object_mut()?.insert(key.to_owned(), known.into());
            }
        }
        if json::text(&value, "CreationTime").and_then(|time| times::iso_time(&time)).is_none() {
            let time = self.time()?;
            value.as_object_mut()?.insert("CreationTime".to_owned(), time.into());
        }
        Some(value.to_string())
    }

    fn time(&self) -> Option<String> {
        let time = times::iso_time(self.date).map(|iso| iso.time).or_else(|| when::json_date(self.date));
        let order = self.order.or_else(|| times::order_of_dots(self.date));
        let time = time.or_else(|| times::locale_time(self.date, order?))?;
        Some(crate::timeline::format_time(time))
    }
}
