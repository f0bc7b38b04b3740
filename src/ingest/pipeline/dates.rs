//! Whether a file writes the day or the month first, from all of its rows.

use chrono::{DateTime, Utc};

use crate::ingest::cells::CellReader;
use crate::ingest::formats::Format;
use crate::ingest::pipeline::Options;
use crate::ingest::pipeline::cutting::{Cutting, open};
use crate::ingest::requoted;
use crate::ingest::sniff::{Head, Shape};
use crate::ingest::source::Member;
use crate::ingest::times::{self, DateOrder};

/// The order of day and month, proved over every row of the file: only one order reads them all, or only one
/// gives times that run in one direction. Never decided row by row.
pub fn prove_dates(member: &Member, options: &Options, head: &Head, format: &Format) -> Option<DateOrder> {
    let Shape::Csv(csv) = &head.shape else { return None };
    let column = (format.dates)(csv)?;
    let mut cells = CellReader::new(csv.delimiter);
    let iso = csv.sample.iter().all(|row| times::iso_time(cells.read(row).column(Some(column))).is_some());
    if iso {
        return None;
    }
    let opened = open(member, options).ok()?;
    let orders = [DateOrder::Mdy, DateOrder::Dmy, DateOrder::Ymd];
    let mut dates = Vec::new();
    let mut rows = Cutting::new(opened, head, None, options.batch);
    while let Some(batch) = rows.next_batch().filter(|_| !options.stop.is_wanted()) {
        for span in &batch.spans {
            let row = String::from_utf8_lossy(batch.bytes.get(span.start..span.end).unwrap_or_default());
            let row = requoted::row(&row, csv.requoted);
            let written = cells.read(&row).column(Some(column));
            // A damaged cell, which no order reads, decides nothing; nor does an ISO time, which needs none.
            if times::iso_time(written).is_some() {
                continue;
            }
            let date = orders.map(|order| times::locale_time(written, order));
            dates.extend(date.iter().any(Option::is_some).then_some(date));
        }
    }
    proved(orders, &dates).filter(|_| !dates.is_empty())
}

/// The one order that reads all dates (each given in every order), or the one that lets them run in one direction.
fn proved(orders: [DateOrder; 3], dates: &[[Option<DateTime<Utc>>; 3]]) -> Option<DateOrder> {
    let mut readable = Vec::new();
    for (at, order) in orders.into_iter().enumerate() {
        let times: Option<Vec<_>> = dates.iter().map(|date| date.get(at).copied().flatten()).collect();
        readable.extend(times.map(|times| (order, times)));
    }
    if let Some((order, times)) = readable.first()
        && readable.iter().all(|(_, others)| others == times)
    {
        return Some(*order);
    }
    let directed = |times: &[DateTime<Utc>]| {
        times.first() != times.last() && (times.is_sorted() || times.iter().rev().is_sorted())
    };
    readable.retain(|(_, times)| directed(times));
    match readable.as_slice() {
        [(order, _)] => Some(*order),
        _ => None,
    }
}
