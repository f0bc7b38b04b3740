//! Whether a file writes the day or the month first, from all of its rows.

use chrono::{DateTime, Utc};

use crate::ingest::formats::Format;
use crate::ingest::pipeline::Options;
use crate::ingest::pipeline::cutting::{Cutting, open};
use crate::ingest::sniff::{Head, Shape, inner_text};
use crate::ingest::source::Member;
use crate::ingest::text::cells::CellReader;
use crate::ingest::values::local_time;
use crate::ingest::values::times::{self, DateOrder};
use crate::ingest::values::when::OrderBy;
use crate::ledger::Note;
use crate::timeline::{EvidenceSource, format_time};

/// In which order the dates of a file are read.
#[derive(Debug, Default)]
pub struct Dates {
    /// The order; without one the rows are refused whose date can be read in two.
    pub order: Option<DateOrder>,
    /// What it rests on.
    pub by: OrderBy,
    /// The same in words, where it is not proved.
    pub told: Option<String>,
    /// What is to be said of the file: that Excel saved the table, or that a list's dates were read as they were told.
    pub note: Option<Note>,
}

/// One date in every order.
type Readings = [Option<DateTime<Utc>>; 3];

const ORDERS: [DateOrder; 3] = [DateOrder::Mdy, DateOrder::Dmy, DateOrder::Ymd];

/// The order of day and month, over every row of the file: only one order reads them all, or only one gives times that
/// run in one direction, or it is given. Never decided row by row.
pub fn prove(member: &Member, options: &Options, head: &Head, format: &Format) -> Dates {
    let dates = written(member, options, head, format).unwrap_or_default();
    if format.evidence == EvidenceSource::Snapshot {
        return of_list(&dates, options);
    }
    Dates { note: resaved(head, format), ..order(&dates, options) }
}

/// The services and PowerShell write seconds, and Excel leaves them out.
fn resaved(head: &Head, format: &Format) -> Option<Note> {
    let Shape::Csv(csv) = &head.shape else { return None };
    let ours = ["ual_", "admin_audit", "mailbox_audit"].iter().any(|start| format.id.starts_with(start));
    let column =
        ["creationdate", "rundate", "lastaccessed"].iter().find_map(|name| csv.column(name)).filter(|_| ours)?;
    let mut cells = CellReader::new(csv.delimiter);
    let (mut dates, mut minutes) = (0_usize, 0_usize);
    for row in &csv.sample {
        let written = cells.read(row).column(Some(column)).trim();
        let is_date = times::iso_time(written).is_none()
            && ORDERS.into_iter().any(|order| times::locale_time(written, order).is_some());
        dates += usize::from(is_date);
        minutes += usize::from(is_date && written.matches(':').count() == 1);
    }
    let text = "no date has seconds: Excel saved the table again, which also cuts long cells and rounds numbers; give the \
                file as downloaded";
    (dates > 0 && dates == minutes).then(|| Note::new("C-218", text))
}

/// The rows of a list of what stood somewhere run in no direction of time.
fn of_list(dates: &[Readings], options: &Options) -> Dates {
    if let Some(order) = only_one(dates).filter(|_| !dates.is_empty()) {
        return Dates { order: Some(order), ..Dates::default() };
    }
    let Some(order) = options.date_order.filter(|_| !dates.is_empty()) else { return Dates::default() };
    Dates { order: Some(order), note: Some(Note::new("C-217", told(order))), ..Dates::default() }
}

fn told(order: DateOrder) -> String {
    format!("dates that prove no order of day and month were read as {}, as --date-order says", order.as_str())
}

fn order(dates: &[Readings], options: &Options) -> Dates {
    if let Some(order) = only_one(dates).filter(|_| !dates.is_empty()) {
        return Dates { order: Some(order), ..Dates::default() };
    }
    if let Some(order) = one_direction(dates) {
        let told = inferred(order, dates);
        return Dates { order: Some(order), by: OrderBy::Direction, told: Some(told), note: None };
    }
    let Some(order) = options.date_order else { return Dates::default() };
    Dates { order: Some(order), by: OrderBy::Told, told: Some(told(order)), note: None }
}

/// The dates of all rows; `None` where the export has none. That the first rows have ISO times says nothing of those
/// behind: tables of two machines are copied one behind the other.
fn written(member: &Member, options: &Options, head: &Head, format: &Format) -> Option<Vec<Readings>> {
    if let Some((table, _)) = &head.rows {
        let column = (format.dates)(&table.csv)?;
        let mut cells = CellReader::new(table.csv.delimiter);
        return printed(member, options, head, |text| {
            let row = table.row(text).ok()?;
            Some(cells.read(&row).column(Some(column)).to_owned()).filter(|date| times::iso_time(date).is_none())
        });
    }
    if let Shape::Json(json) = &head.shape {
        // Times are in ISO there, unless a script printed them.
        local_time::written(&json.first).filter(|_| format.id == "ual_auditdata_json" && head.wrapper.is_none())?;
        let time = |record: &str| local_time::written(&serde_json::from_str(&inner_text(record)).ok()?);
        return printed(member, options, head, time);
    }
    let Shape::Csv(csv) = &head.shape else { return None };
    let first = (format.dates)(csv)?;
    let mut column = Some(first);
    let mut cells = CellReader::new(csv.delimiter);
    let opened = open(member, options).ok()?;
    let mut dates = Vec::new();
    let mut rows = Cutting::new(opened, head, None, options.batch);
    while let Some(batch) = rows.next_batch().filter(|_| !options.stop.is_wanted()) {
        for (index, span) in batch.spans.iter().enumerate() {
            for (_, table) in batch.tables.iter().filter(|(at, _)| *at == index) {
                column = table.as_deref().map_or(Some(first), format.dates);
            }
            let row = String::from_utf8_lossy(batch.bytes.get(span.start..span.end).unwrap_or_default());
            let row = csv.row(&row);
            let written = cells.read(&row).column(column);
            // A damaged cell, which no order reads, decides nothing; nor does an ISO time, which needs none.
            if times::iso_time(written).is_some() {
                continue;
            }
            let date = ORDERS.map(|order| times::locale_time(written, order));
            dates.extend(date.iter().any(Option::is_some).then_some(date));
        }
    }
    Some(dates)
}

/// The times of all records that a script printed, or another program took out of a table.
fn printed(
    member: &Member,
    options: &Options,
    head: &Head,
    mut time: impl FnMut(&str) -> Option<String>,
) -> Option<Vec<Readings>> {
    let opened = open(member, options).ok()?;
    let mut dates = Vec::new();
    let mut records = Cutting::new(opened, head, None, options.batch);
    while let Some(batch) = records.next_batch().filter(|_| !options.stop.is_wanted()) {
        for span in &batch.spans {
            let record = String::from_utf8_lossy(batch.bytes.get(span.start..span.end).unwrap_or_default());
            // A month that is spelled decides nothing.
            let date = time(&record).map(|written| ORDERS.map(|order| times::locale_time(&written, order)));
            dates.extend(date.filter(|date| date.iter().any(Option::is_some)));
        }
    }
    Some(dates)
}

/// The orders that read all dates, with the times they give.
fn readable(dates: &[Readings]) -> Vec<(DateOrder, Vec<DateTime<Utc>>)> {
    let mut readable = Vec::new();
    for (at, order) in ORDERS.into_iter().enumerate() {
        let times: Option<Vec<_>> = dates.iter().map(|date| date.get(at).copied().flatten()).collect();
        readable.extend(times.map(|times| (order, times)));
    }
    readable
}

/// The one order that reads all dates; or one of several that agree on all.
fn only_one(dates: &[Readings]) -> Option<DateOrder> {
    let readable = readable(dates);
    let (order, times) = readable.first()?;
    readable.iter().all(|(_, others)| others == times).then_some(*order)
}

/// The one order that lets all dates run in one direction.
fn one_direction(dates: &[Readings]) -> Option<DateOrder> {
    let directed = |times: &[DateTime<Utc>]| {
        times.first() != times.last() && (times.is_sorted() || times.iter().rev().is_sorted())
    };
    let mut readable = readable(dates);
    readable.retain(|(_, times)| directed(times));
    match readable.as_slice() {
        [(order, _)] => Some(*order),
        _ => None,
    }
}

/// What was inferred, and what the first date would be otherwise.
fn inferred(order: DateOrder, dates: &[Readings]) -> String {
    let other = dates.iter().find_map(|date| {
        let chosen = ORDERS.iter().zip(date).find(|(known, _)| **known == order).and_then(|(_, time)| *time)?;
        let other = date.iter().flatten().find(|time| **time != chosen)?;
        Some((format_time(chosen), format_time(*other)))
    });
    let (chosen, other) = other.unwrap_or_default();
    format!(
        "order of day and month ({}) inferred from the direction of {} dates: {chosen} could also be {other}",
        order.as_str(),
        dates.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::sniff;
    use crate::ingest::source::{self, EvidenceFile, Limits, Nests};

    /// What the dates of a table of sign-ins prove whose rows have these times.
    fn proved(times: impl Iterator<Item = String>) -> Dates {
        let header = "CreatedDateTime,Id,UserPrincipalName,AppDisplayName,IPAddress,Status.ErrorCode,IsInteractive\n";
        let row = |time| format!("{time},,alice.mori@contoso.example,Outlook,203.0.113.7,0,True\n");
        let rows: String = times.map(row).collect();
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("signins.csv");
        #[allow(clippy::disallowed_methods, reason = "a test makes its own files")]
        std::fs::write(&path, format!("{header}{rows}")).unwrap();
        let file = EvidenceFile { name: "signins.csv".to_owned(), path };
        let member = source::members(&file, Limits::default(), &Nests::default()).remove(0).unwrap();
        let options = Options::default();
        let head = open(&member, &options).unwrap().look("signins.csv");
        let sniff::Verdict::One(format) = sniff::recognise(&head) else { panic!("no export") };
        prove(&member, &options, &head, format)
    }

    #[test]
    fn dates_far_behind_iso_times_prove_their_order() {
        let iso = |count: usize| (0..count).map(|row| format!("2026-02-{:02}T01:00:00Z", row % 28 + 1));
        let us = || ["3/2/2026 1:00:00 AM", "3/13/2026 1:00:00 AM"].map(str::to_owned).into_iter();
        for count in [0, 20, 250, 2_000] {
            let dates = proved(iso(count).chain(us()));
            assert_eq!((dates.order, dates.by), (Some(DateOrder::Mdy), OrderBy::Proved), "behind {count}");
        }
        assert_eq!(proved(iso(250)).order, None);
    }
}
