//! What kind of cells a column of the Entra portal's downloads holds: tells a column apart whose header is in a language
//! that is not known.

use crate::ingest::records::auditdata;
use crate::ingest::sniff::CsvHead;
use crate::ingest::text::cells::CellReader;
use crate::ingest::values::addresses;
use crate::ingest::values::times::{self, DateOrder};
use crate::knowledge::names::is_guid;

/// Nine in ten of the cells that are not empty pass, or all but one of three and more: one may be damaged. `None` where
/// all are empty.
pub fn share(csv: &CsvHead, column: usize, test: fn(&str) -> bool) -> Option<bool> {
    let mut cells = CellReader::new(csv.delimiter);
    let (mut passed, mut filled) = (0, 0);
    for row in &csv.sample {
        let cells = cells.read(row);
        let cell = cells.column(Some(column));
        // The head may end inside its last row.
        if !cell.is_empty() && cells.len() == csv.columns.len() {
            filled += 1;
            passed += usize::from(test(cell));
        }
    }
    (filled > 0).then_some(passed * 10 >= filled * 9 || filled >= 3 && passed + 1 >= filled)
}

/// A time, ISO or in any order of day and month.
pub fn is_time(cell: &str) -> bool {
    let orders = [DateOrder::Mdy, DateOrder::Dmy, DateOrder::Ymd];
    times::iso_time(cell).is_some() || orders.iter().any(|order| times::locale_time(cell, *order).is_some())
}

/// An IP address.
pub fn is_address(cell: &str) -> bool {
    addresses::address(cell).is_some_and(|address| address.ip.is_some())
}

/// A UPN; some rows have the object id in its place.
pub fn is_name(cell: &str) -> bool {
    auditdata::upn(cell).is_some() || is_guid(cell)
}
