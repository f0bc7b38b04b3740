//! The unified audit log as CSV: old and new portal, Search-UnifiedAuditLog in any column order.
//!
//! AuditData is the record; the other columns are wrapper, used to cross-check and where AuditData is cut.

use super::{Context, Format, RecordReader, Refusal, Tools, no_dates};
use crate::ingest::auditdata::{self, AuditError};
use crate::ingest::cells::{CellReader, Cells};
use crate::ingest::fields::{self, DateOrder};
use crate::ingest::sniff::{CsvHead, Head, Shape};
use crate::knowledge::record_types;
use crate::timeline::event::ParseStatus;
use crate::timeline::{Event, EvidenceSource, json};

fn is(shape: &Shape, wants: &[&str], but_not: &[&str]) -> bool {
    matches!(shape, Shape::Csv(csv) if csv.has(wants) && !but_not.iter().any(|name| csv.column(name).is_some()))
}

const fn format(id: &'static str, wants: &'static [&'static str], claims: fn(&Shape) -> bool) -> Format {
    Format { id, evidence: EvidenceSource::Ual, wants, claims, dates: no_dates, reader: Reader::boxed }
}

/// `CreationDate,UserIds,Operations,AuditData`.
pub static PORTAL_V1: Format = format("ual_portal_csv_v1", &["creationdate", "userids", "operations", "auditdata"], |shape| {
    is(shape, PORTAL_V1.wants, &["resultindex", "recordid"])
});

/// `RecordId,CreationDate,RecordType,Operation,UserId,AuditData,…`.
pub static PORTAL_V2: Format = format(
    "ual_portal_csv_v2",
    &["recordid", "creationdate", "recordtype", "operation", "userid", "auditdata"],
    |shape| is(shape, PORTAL_V2.wants, &[]),
);

/// Search-UnifiedAuditLog | Export-Csv, with any further columns.
pub static SEARCH: Format = format(
    "ual_search_csv",
    &["recordtype", "creationdate", "userids", "operations", "auditdata", "resultindex", "resultcount", "identity"],
    |shape| is(shape, SEARCH.wants, &[]),
);

/// The four columns of Microsoft's `Select-Object` recipe.
pub static SEARCH_SELECT: Format =
    format("ual_search_csv_select", &["creationdate", "userids", "recordtype", "auditdata"], |shape| {
        is(shape, SEARCH_SELECT.wants, &["operations", "recordid", "resultindex"])
    });

struct Reader {
    width: usize,
    audit: Option<usize>,
    date: Option<usize>,
    user: Option<usize>,
    operation: Option<usize>,
    record_type: Option<usize>,
    id: Option<usize>,
    order: Option<DateOrder>,
}

impl Reader {
    fn boxed(head: &Head, context: &Context) -> Box<dyn RecordReader> {
        let Shape::Csv(csv) = &head.shape else { return Box::new(Self::nothing()) };
        let any = |names: &[&str]| names.iter().find_map(|name| csv.column(name));
        let mut reader = Self {
            width: csv.columns.len(),
            audit: csv.column("auditdata"),
            date: csv.column("creationdate"),
            user: any(&["userids", "userid"]),
            operation: any(&["operations", "operation"]),
            record_type: csv.column("recordtype"),
            id: any(&["recordid", "identity"]),
            order: context.date_order,
        };
        reader.order = reader.order.or_else(|| reader.prove_order(csv));
        Box::new(reader)
    }

    fn nothing() -> Self {
        Self { width: 0, audit: None, date: None, user: None, operation: None, record_type: None, id: None, order: None }
    }

    /// The date order is proved where the wrapper's date, read one way only, equals the record's own time.
    fn prove_order(&self, csv: &CsvHead) -> Option<DateOrder> {
        let mut cells = CellReader::new(csv.delimiter);
        let mut possible = vec![DateOrder::Mdy, DateOrder::Dmy, DateOrder::Ymd];
        let mut proofs = 0;
        for row in &csv.sample {
            let cells = cells.read(row);
            let mut event = Event::default();
            if auditdata::fill(cells.column(self.audit), &mut event).is_err() {
                continue;
            }
            let written = cells.column(self.date);
            let own = event.datetime.timestamp();
            possible.retain(|order| fields::locale_time(written, *order).is_some_and(|time| time.timestamp() == own));
            proofs += 1;
        }
        possible.first().copied().filter(|_| proofs > 0 && possible.len() == 1)
    }
}

impl RecordReader for Reader {
    fn read(&self, row: &str, tools: &mut Tools) -> Result<Box<Event>, Refusal> {
        let Tools { cells, remarks } = tools;
        let cells = cells.read(row);
        let ragged = cells.len() != self.width;
        if ragged {
            remarks.push(("R-106", format!("row has {} cells, header has {}", cells.len(), self.width)));
        }
        let joined;
        let mut audit = cells.column(self.audit);
        if ragged && cells.len() > self.width && !audit.ends_with('}') {
            // Most often AuditData was written without quotes: it goes on in the cells behind.
            joined = rejoin(&cells, self.audit.unwrap_or(0));
            audit = &joined;
        }
        if audit.is_empty() {
            return Err(Refusal::new("R-102", "AuditData is empty: the record itself is not in this row"));
        }
        if audit.starts_with("System.") || audit.starts_with("@{") {
            return Err(Refusal::new("F-036", "AuditData was replaced by a type name when the export was made"));
        }
        let mut event = Box::<Event>::default();
        match auditdata::fill(audit, &mut event) {
            Ok(()) => self.cross_check(&cells, &mut event, remarks),
            Err(error) => {
                event = Box::default();
                self.salvage(audit, &error, &cells, &mut event)?;
            }
        }
        if ragged {
            auditdata::note(&mut event, "R-106");
        }
        event.raw = Some(audit.into());
        Ok(event)
    }
}

fn rejoin(cells: &Cells<'_>, from: usize) -> String {
    let mut joined = String::new();
    for index in from..cells.len() {
        if index > from {
            joined.push(',');
        }
        joined.push_str(cells.get(index));
        if joined.ends_with('}') && serde_json::from_str::<serde::de::IgnoredAny>(&joined).is_ok() {
            break;
        }
    }
    joined
}

impl Reader {
    /// Wrapper and record disagree: the record is used, and the reader is told that the file may have been edited.
    fn cross_check(&self, cells: &Cells<'_>, event: &mut Event, remarks: &mut Vec<(&'static str, String)>) {
        let pairs = [
            ("id", cells.column(self.id), event.event_id.as_deref()),
            ("operation", cells.column(self.operation), event.action_raw.as_deref().map(str::trim)),
            ("user", cells.column(self.user), event.user_raw.as_deref()),
        ];
        let differs = pairs.iter().find(|(_, wrapper, record)| {
            !wrapper.is_empty() && record.is_some_and(|record| !record.eq_ignore_ascii_case(wrapper))
        });
        if let Some((what, wrapper, record)) = differs {
            let record = record.unwrap_or_default();
            remarks.push(("R-103", format!("the row's {what} is '{wrapper}', the record's is '{record}'; the file may have been edited")));
            auditdata::note(event, "R-103");
        }
    }

    /// What a cut AuditData still says, completed from the wrapper; the event is marked as salvaged.
    fn salvage(&self, audit: &str, error: &AuditError, cells: &Cells<'_>, event: &mut Event) -> Result<(), Refusal> {
        let length = audit.chars().count();
        let reason = match error {
            AuditError::NotJson { at } => format!("AuditData is not valid JSON at character {at} (record length {length})"),
            AuditError::NoTime => "AuditData has no readable CreationTime".to_owned(),
            AuditError::NoOperation => "AuditData has no Operation".to_owned(),
        };
        let refuse = |why: &str| Refusal::new("R-101", format!("{reason}; {why}"));
        let own = json::salvage(audit).ok_or_else(|| refuse("not usable"))?;
        let own = self.with_wrapper(&own, cells).ok_or_else(|| refuse("its time cannot be told from the row either"))?;
        auditdata::fill(&own, event).map_err(|_| refuse("not usable"))?;
        event.parse_status = ParseStatus::Salvaged;
        auditdata::note(event, "R-101");
        Ok(())
    }

    /// Puts what the wrapper knows into the salvaged object, where the object lost it.
    fn with_wrapper(&self, own: &str, cells: &Cells<'_>) -> Option<String> {
        let mut value: serde_json::Value = serde_json::from_str(own).ok()?;
        let number = record_types::number(cells.column(self.record_type)).map(|number| number.to_string());
        let record_type = number.unwrap_or_else(|| cells.column(self.record_type).to_owned());
        let filled = [
            ("Id", cells.column(self.id).to_owned()),
            ("Operation", cells.column(self.operation).to_owned()),
            ("UserId", cells.column(self.user).to_owned()),
            ("RecordType", record_type),
        ];
        for (key, known) in filled {
            if json::text(&value, key).is_none() && !known.is_empty() {
                value.as_object_mut()?.insert(key.to_owned(), known.into());
            }
        }
        if json::text(&value, "CreationTime").and_then(|time| fields::iso_time(&time)).is_none() {
            let time = self.wrapper_time(cells.column(self.date))?;
            value.as_object_mut()?.insert("CreationTime".to_owned(), time.into());
        }
        Some(value.to_string())
    }

    fn wrapper_time(&self, written: &str) -> Option<String> {
        let time = fields::iso_time(written).map(|iso| iso.time);
        let time = time.or_else(|| fields::locale_time(written, self.order?))?;
        Some(crate::timeline::format_time(time))
    }
}
