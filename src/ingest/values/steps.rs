//! The order of day and month of a table of sign-ins, proved by the steps of authentication in it: their times are in ISO
//! whatever the table's own dates look like, and a step is taken while one signs in.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::ingest::sniff::CsvHead;
use crate::ingest::text::cells::CellReader;
use crate::ingest::values::times::{self, DateOrder};
use crate::timeline::json;

/// A step may be another hour's where a zone was mistaken; day and month the other way round are weeks away.
const NEAR: TimeDelta = TimeDelta::hours(24);

/// The one order in which the dates of the first rows are those of their steps; none of them may prove another.
pub fn order(csv: &CsvHead, date: Option<usize>) -> Option<DateOrder> {
    const ORDERS: [DateOrder; 3] = [DateOrder::Mdy, DateOrder::Dmy, DateOrder::Ymd];
    let steps = csv.column("authenticationdetails")?;
    let mut cells = CellReader::new(csv.delimiter);
    let mut proved = None;
    for row in &csv.sample {
        let cells = cells.read(row);
        let steps = times_of(cells.column(Some(steps)));
        let near = |order: &DateOrder| {
            let time = times::locale_time(cells.column(date), *order);
            time.is_some_and(|time| steps.iter().any(|step| (*step - time).abs() < NEAR))
        };
        let near: Vec<DateOrder> = ORDERS.into_iter().filter(near).collect();
        match (near.as_slice(), proved) {
            ([order], None) => proved = Some(*order),
            ([order], Some(other)) if *order != other => return None,
            _ => {}
        }
    }
    proved
}

/// The times in ISO of the steps in a cell.
fn times_of(cell: &str) -> Vec<DateTime<Utc>> {
    let steps: Vec<Value> = serde_json::from_str(cell).unwrap_or_default();
    let time = |step: &Value| Some(times::iso_time(&json::text(step, "authenticationStepDateTime")?)?.time);
    steps.iter().filter_map(time).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proved(rows: &[(&str, &str)]) -> Option<DateOrder> {
        let row = |(date, step): &(&str, &str)| {
            format!("\"{date}\",\"[{{\"\"authenticationStepDateTime\"\":\"\"{step}\"\",\"\"succeeded\"\":true}}]\"")
        };
        let csv = CsvHead {
            delimiter: b',',
            columns: ["createddatetime [utc]", "authenticationdetails"].map(str::to_owned).to_vec(),
            sample: rows.iter().map(row).collect(),
            ..CsvHead::default()
        };
        order(&csv, Some(0))
    }

    #[test]
    fn steps_prove_the_order_of_the_dates_beside_them() {
        let us = ("3/5/2026, 7:15:41.619 PM", "2026-03-05T19:15:41.619Z");
        let same = ("3/3/2026, 7:15:41.619 PM", "2026-03-03T19:15:41.619Z");
        let silent = ("3/7/2026, 7:15:41.619 PM", "");
        assert_eq!(proved(&[same, silent, us]), Some(DateOrder::Mdy));
        assert_eq!(proved(&[("05/03/2026 19:15:41", "2026-03-05T19:15:41Z"), silent]), Some(DateOrder::Dmy));
        assert_eq!(proved(&[same, silent]), None);
        // Two tables copied one behind the other.
        assert_eq!(proved(&[us, ("06/03/2026 19:15:41", "2026-03-06T19:15:41Z")]), None);
        // A step of another day says nothing of this one.
        assert_eq!(proved(&[("3/5/2026, 7:15:41 PM", "2026-01-01T00:00:00Z")]), None);
    }
}
