//! The unified audit log as CSV: old and new portal, Search-UnifiedAuditLog in any column order, Graph's records,
//! triage tables.
//!
//! AuditData is the record; the other columns are wrapper, used to cross-check and where AuditData is cut.

use super::{Context, Format, Read, RecordReader, Refusal, Remarks, Tools, audit_record, no_dates};
use crate::ingest::records::auditdata;
use crate::ingest::sniff::{CsvHead, Head, Shape, inner_text};
use crate::ingest::text::cells::{CellReader, Cells, quotes_hold};
use crate::ingest::values::fields;
use crate::ingest::values::times::{self, DateOrder};
use crate::ingest::values::when;
use crate::ingest::wrapping::indexed;
use crate::ingest::wrapping::result_sets::{Position, ResultSets};
use crate::ingest::wrapping::wrapper::{self, Wrapper};
use crate::knowledge::names::is_guid;
use crate::knowledge::record_types;
use crate::ledger::Note;
use crate::timeline::{Draft, EvidenceSource, ParseStatus};

fn is(shape: &Shape, wants: &[&str], but_not: &[&str]) -> bool {
    matches!(shape, Shape::Csv(csv) if csv.has(wants) && !but_not.iter().any(|name| csv.column(name).is_some()))
}

const fn format(id: &'static str, wants: &'static [&'static str], claims: fn(&Shape) -> bool) -> Format {
    Format { id, evidence: EvidenceSource::Ual, wants, claims, dates: no_dates, reader: Reader::boxed }
}

/// `CreationDate,UserIds,Operations,AuditData`.
pub static PORTAL_V1: Format =
    format("ual_portal_csv_v1", &["creationdate", "userids", "operations", "auditdata"], |shape| {
        is(shape, PORTAL_V1.wants, &["resultindex", "recordid", "_raw"])
    });

/// `RecordId,CreationDate,RecordType,Operation,UserId,AuditData,…`.
pub static PORTAL_V2: Format = format(
    "ual_portal_csv_v2",
    &["recordid", "creationdate", "recordtype", "operation", "userid", "auditdata"],
    |shape| is(shape, PORTAL_V2.wants, &["_raw"]),
);

/// Search-UnifiedAuditLog | Export-Csv, with any further columns.
pub static SEARCH: Format = format(
    "ual_search_csv",
    &["recordtype", "creationdate", "userids", "operations", "auditdata", "resultindex", "resultcount", "identity"],
    // Columns may have been left out; what marks it is the place in the result set.
    |shape| is(shape, &["creationdate", "userids", "operations", "auditdata", "resultindex"], &["recordid"]),
);

/// The four columns of Microsoft's `Select-Object` recipe.
pub static SEARCH_SELECT: Format =
    format("ual_search_csv_select", &["creationdate", "userids", "recordtype", "auditdata"], |shape| {
        is(shape, SEARCH_SELECT.wants, &["operations", "recordid", "resultindex", "_raw"])
    });

/// Graph audit-log query records as table: the wrapper's `userPrincipalName` is the record's UserId, its `userId` the
/// record's UserKey.
pub static GRAPH: Format =
    format("ual_graph_csv", &["id", "createddatetime", "auditlogrecordtype", "operation", "auditdata"], |shape| {
        is(shape, GRAPH.wants, &["_raw"])
    });

/// Microsoft-Extractor-Suite's triage table: the record stands behind its wrapper, nested at most five levels deep.
pub static TRIAGE: Format = format("ual_mes_triage_csv", &["operationqueried", "auditdata_raw"], |shape| {
    is(shape, TRIAGE.wants, &["auditdata"])
});

/// Defender, Advanced hunting, `CloudAppEvents`: the audit record stands in `RawEventData`.
pub static CLOUD_APP: Format =
    format("defender_cloudappevents_csv", &["timestamp", "actiontype", "raweventdata"], |shape| {
        is(shape, CLOUD_APP.wants, &["auditdata", "_raw"])
    });

struct Reader {
    delimiter: u8,
    width: usize,
    audit: Option<usize>,
    date: Option<usize>,
    user: Option<usize>,
    operation: Option<usize>,
    record_type: Option<usize>,
    id: Option<usize>,
    /// Address, object and workload, as Graph has them beside the record.
    around: [Option<usize>; 3],
    order: Option<DateOrder>,
    /// The wrapper is another service's.
    renamed: bool,
    /// The event text that a SIEM keeps beside the columns.
    own: Option<usize>,
    /// ResultIndex and ResultCount: the row's place in its result set.
    place: [Option<usize>; 2],
    sets: ResultSets,
}

impl Reader {
    fn boxed(head: &Head, context: &Context) -> Box<dyn RecordReader> {
        let Shape::Csv(csv) = &head.shape else { return Box::new(Self::nothing()) };
        let any = |names: &[&str]| names.iter().find_map(|name| csv.column(name));
        let mut reader = Self {
            delimiter: csv.delimiter,
            width: csv.columns.len(),
            audit: any(&["auditdata", "auditdata_raw", "raweventdata"]),
            date: any(&["creationdate", "createddatetime", "timestamp"]),
            user: any(&["userids", "userprincipalname", "userid"]),
            operation: any(&["operations", "operation"]),
            record_type: any(&["recordtype", "auditlogrecordtype"]),
            id: any(&["recordid", "identity", "id"]),
            around: if csv.has(GRAPH.wants) {
                ["clientip", "objectid", "service"].map(|name| csv.column(name))
            } else {
                [None; 3]
            },
            order: None,
            renamed: csv.column("creationdate").is_none(),
            own: csv.column("_raw"),
            place: [csv.column("resultindex"), csv.column("resultcount")],
            sets: ResultSets::default(),
        };
        // What the file's own records prove stands above what was given for the files that prove nothing.
        reader.order = reader.prove_order(csv).or(context.date_order);
        Box::new(reader)
    }

    fn nothing() -> Self {
        Self {
            delimiter: b',',
            width: 0,
            audit: None,
            date: None,
            user: None,
            operation: None,
            record_type: None,
            id: None,
            around: [None; 3],
            order: None,
            renamed: false,
            own: None,
            place: [None; 2],
            sets: ResultSets::default(),
        }
    }

    /// The date order is proved where the wrapper's date, read one way only, is the record's own time (Excel leaves
    /// the seconds away); none of the first rows may prove another.
    fn prove_order(&self, csv: &CsvHead) -> Option<DateOrder> {
        const ORDERS: [DateOrder; 3] = [DateOrder::Mdy, DateOrder::Dmy, DateOrder::Ymd];
        let mut cells = CellReader::new(csv.delimiter);
        let mut proved = None;
        for row in &csv.sample {
            let cells = cells.read(row);
            let audit = inner_text(cells.column(self.audit));
            let mut event = Draft::default();
            if auditdata::fill(&audit, &mut event).is_err() {
                continue;
            }
            let own = event.datetime.timestamp();
            let fits = |order: &DateOrder| {
                let time = times::locale_time(cells.column(self.date), *order);
                time.is_some_and(|time| (own - time.timestamp()).abs() < 60)
            };
            let fitting: Vec<DateOrder> = ORDERS.into_iter().filter(fits).collect();
            match (fitting.as_slice(), proved) {
                ([order], None) => proved = Some(*order),
                ([order], Some(other)) if *order != other => return None,
                _ => {}
            }
        }
        proved
    }
}

impl RecordReader for Reader {
    fn read<'r>(&'r self, row: &'r str, tools: &'r mut Tools, remarks: &mut Remarks) -> Read<'r> {
        let Tools { cells, places, .. } = tools;
        let cells = cells.read(row);
        let ragged = cells.len() != self.width;
        if ragged {
            remarks.push(fields::ragged(cells.len(), self.width));
        }
        let [index, count] = self.place.map(|column| cells.column(column));
        places.extend(Position::read(index, count));
        let mut audit = cells.column(self.audit);
        if ragged
            && !audit.starts_with('{')
            && let Some(moved) = (0..cells.len()).map(|at| cells.get(at)).find(|cell| is_record(cell))
        {
            // What stands around it is in other columns as well.
            let mut event = audit_record(inner_text(moved), &Wrapper::default(), remarks)?;
            auditdata::note(&mut event, "R-106");
            return Ok(event);
        }
        if wrapper::is_lost(audit) {
            if ragged && let Some(cut) = self.cut_before_record(&cells).or_else(|| self.moved(&cells)) {
                return Err(cut);
            }
            let own = cells.column(self.own);
            return match indexed::record_in(own) {
                Some(record) => indexed::read(record, own, &self.wrapper(&cells), remarks),
                None => self.wrapper(&cells).alone(row, audit, remarks),
            };
        }
        // Written without quotes, it fills the cells behind it as well.
        let unquoted = if ragged && !is_object(audit) { object_in(row) } else { None };
        audit = unquoted.unwrap_or(audit);
        // `ConvertTo-Json` of the text in a calculated column makes it text inside text.
        let mut event = audit_record(inner_text(audit), &self.wrapper(&cells), remarks)?;
        if ragged {
            auditdata::note(&mut event, "R-106");
            if self.holds_another(&cells) || unquoted.is_none() && self.holds_remains(row, &cells) {
                event.parse_status = ParseStatus::Salvaged;
            }
        }
        Ok(event)
    }

    fn batch_read(&self, tools: &mut Tools) {
        self.sets.see(&tools.places);
        tools.places.clear();
    }

    fn closing_notes(&self) -> Vec<Note> {
        self.sets.notes()
    }
}

/// Whether a cell has a whole object in it, as text or as text in text.
fn is_object(cell: &str) -> bool {
    let text = inner_text(cell);
    text.starts_with('{') && serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok()
}

/// Whether a cell has a whole record in it.
fn is_record(cell: &str) -> bool {
    cell.contains("CreationTime") && is_object(cell)
}

/// AuditData that was written without quotes: its own commas and quotes broke it into cells, but in the row it is whole.
fn object_in(row: &str) -> Option<&str> {
    let rest = row.get(row.find('{')?..)?;
    let mut values = serde_json::Deserializer::from_str(rest).into_iter::<&serde_json::value::RawValue>();
    values.next()?.ok().map(serde_json::value::RawValue::get)
}

impl Reader {
    /// A row that broke off in front of its record: what stands in its cells may be broken as well.
    fn cut_before_record(&self, cells: &Cells<'_>) -> Option<Refusal> {
        let (found, width) = (cells.len(), self.width);
        self.audit.filter(|audit| *audit >= found)?;
        let reason = format!("row was cut: it has {found} of {width} cells, AuditData is not among them");
        Some(Refusal::new("R-106", reason))
    }

    /// A row without its record, and with more or fewer cells than the header: where one stands that is not of its column's
    /// kind, they have moved, and which of them is the operation is not known.
    fn moved(&self, cells: &Cells<'_>) -> Option<Refusal> {
        let is_time = |cell: &str| {
            let orders = [DateOrder::Mdy, DateOrder::Dmy, DateOrder::Ymd];
            let iso = times::iso_time(cell).is_some() || when::json_date(cell).is_some();
            iso || orders.iter().any(|order| times::locale_time(cell, *order).is_some())
        };
        let is_type = |cell: &str| fields::whole(cell).is_some() || record_types::number(cell).is_some();
        // No operation is called like an account, an id, a number or a day.
        let is_operation = |cell: &str| !(cell.contains('@') || is_guid(cell) || is_type(cell) || is_time(cell));
        let told = |column: Option<usize>| Some(cells.column(column)).filter(|cell| !cell.is_empty());
        let moved = told(self.date).is_some_and(|cell| !is_time(cell))
            || told(self.record_type).is_some_and(|cell| !is_type(cell))
            || told(self.operation).is_some_and(|cell| !is_operation(cell));
        let (found, width) = (cells.len(), self.width);
        let reason = format!("the row has {found} cells for {width} columns, and they have moved; AuditData is empty");
        moved.then(|| Refusal::new("R-106", reason))
    }

    /// Whether the rest of another row stands behind the columns, whose beginning is lost with the line end in front of it.
    fn holds_remains(&self, row: &str, cells: &Cells<'_>) -> bool {
        let filled = (self.width..cells.len()).any(|at| !cells.get(at).is_empty());
        filled && !quotes_hold(row.as_bytes(), self.delimiter)
    }

    /// Whether a second record stands in the row, where the line end between two was lost and nothing says at which place.
    fn holds_another(&self, cells: &Cells<'_>) -> bool {
        let others = (0..cells.len()).filter(|at| ![self.audit, self.own].contains(&Some(*at)));
        others.map(|at| cells.get(at)).any(is_record)
    }

    fn wrapper<'c>(&self, cells: &Cells<'c>) -> Wrapper<'c> {
        let [address, object, workload] = self.around.map(|column| cells.column(column));
        Wrapper {
            address,
            object,
            workload,
            id: cells.column(self.id),
            operation: cells.column(self.operation),
            user: cells.column(self.user),
            record_type: cells.column(self.record_type),
            date: cells.column(self.date),
            order: self.order,
            renamed: self.renamed,
        }
    }
}
