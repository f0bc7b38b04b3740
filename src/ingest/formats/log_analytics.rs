//! Entra tables of Log Analytics and Sentinel: `SigninLogs` and its sisters, `AuditLogs`, as the portal's CSV
//! (`la_signinlogs_csv`, `la_aadnoninteractive_csv`, `la_auditlogs_csv`) and as JSON (`la_signinlogs_json`,
//! `la_aadnoninteractive_json`, `la_auditlogs_json`), where all scalars are text and all nested parts JSON in text.
//!
//! `TimeGenerated` is when the table took the record in; the event's own time stands beside it. A query may have put rows
//! of other tables among them (`union`): each is read by its own table.

use super::{Context, Format, Read, RecordReader, Remarks, Tools, filled, no_dates};
use crate::ingest::sniff::{CsvHead, Head, Shape};
use crate::ingest::text::cells::CellReader;
use crate::ingest::values::when::Clock;
use crate::ingest::values::{object, steps};
use crate::ingest::wrapping::log_tables::{self, Export, Table};
use crate::ingest::wrapping::union_columns;
use crate::timeline::{Draft, EvidenceSource, json};

const NONINTERACTIVE: Table = Table::SignIns(Some("noninteractive"));

/// The table of these exports by the `Type` or `Category` of a row.
fn table(name: &str) -> Option<Table> {
    log_tables::named(name).filter(|table| *table != Table::Office)
}

const fn format(
    id: &'static str,
    evidence: EvidenceSource,
    wants: &'static [&'static str],
    claims: fn(&Shape) -> bool,
) -> Format {
    Format { id, evidence, wants, claims, dates: no_dates, reader: Reader::boxed }
}

const SIGNIN_COLUMNS: &[&str] = &["timegenerated [utc]", "resulttype", "userprincipalname", "type"];
const SIGNIN_KEYS: &[&str] = &["timegenerated", "resulttype", "userprincipalname", "type"];

/// `la_signinlogs_csv`.
pub static SIGNIN_CSV: Format = Format {
    dates,
    ..format(
        "la_signinlogs_csv",
        EvidenceSource::EntraSignin,
        SIGNIN_COLUMNS,
        |shape| matches!(table_of_csv(shape), Some(Table::SignIns(kind)) if kind != Some("noninteractive")),
    )
};

/// `la_aadnoninteractive_csv`.
pub static NONINTERACTIVE_CSV: Format = Format {
    dates,
    ..format("la_aadnoninteractive_csv", EvidenceSource::EntraSignin, SIGNIN_COLUMNS, |shape| {
        table_of_csv(shape) == Some(NONINTERACTIVE)
    })
};

/// `la_auditlogs_csv`.
pub static AUDIT_CSV: Format = Format {
    dates,
    ..format(
        "la_auditlogs_csv",
        EvidenceSource::EntraAudit,
        &["timegenerated [utc]", "operationname", "initiatedby", "targetresources"],
        |shape| table_of_csv(shape) == Some(Table::Audit),
    )
};

/// `la_signinlogs_json`.
pub static SIGNIN_JSON: Format = format(
    "la_signinlogs_json",
    EvidenceSource::EntraSignin,
    SIGNIN_KEYS,
    |shape| matches!(table_of_json(shape), Some(Table::SignIns(kind)) if kind != Some("noninteractive")),
);

/// `la_aadnoninteractive_json`.
pub static NONINTERACTIVE_JSON: Format =
    format("la_aadnoninteractive_json", EvidenceSource::EntraSignin, SIGNIN_KEYS, |shape| {
        table_of_json(shape) == Some(NONINTERACTIVE)
    });

/// `la_auditlogs_json`.
pub static AUDIT_JSON: Format = format(
    "la_auditlogs_json",
    EvidenceSource::EntraAudit,
    &["timegenerated", "operationname", "initiatedby", "targetresources"],
    |shape| table_of_json(shape) == Some(Table::Audit),
);

const REQUEST_COLUMNS: &[&str] = &["timegenerated [utc]", "requestmethod", "requesturi", "responsestatuscode"];

/// `la_graphactivity_csv`.
pub static GRAPH_ACTIVITY_CSV: Format = Format {
    dates,
    ..format("la_graphactivity_csv", EvidenceSource::GraphActivity, REQUEST_COLUMNS, |shape| {
        table_of_csv(shape) == Some(Table::GraphActivity)
    })
};

/// `la_graphactivity_json`.
pub static GRAPH_ACTIVITY_JSON: Format = format(
    "la_graphactivity_json",
    EvidenceSource::GraphActivity,
    &["timegenerated", "requestmethod", "requesturi", "responsestatuscode"],
    |shape| table_of_json(shape) == Some(Table::GraphActivity),
);

fn starting(csv: &CsvHead, name: &str) -> Option<usize> {
    object::column(&csv.columns, name)
}

fn dates(csv: &CsvHead) -> Option<usize> {
    let names = ["activitydatetime", "createddatetime", "timegenerated"];
    filled(csv, &names.iter().filter_map(|name| starting(csv, name)).collect::<Vec<_>>())
}

/// A projection may have left out the columns that name the table: then its other columns tell.
fn table_of_csv(shape: &Shape) -> Option<Table> {
    let Shape::Csv(csv) = shape else { return None };
    starting(csv, "timegenerated")
        .or_else(|| csv.columns.iter().position(|column| column.starts_with("createddatetime [")))?;
    // A query over several tables has the columns of all: the first row decides.
    let own = log_tables::named(&log_tables::first_kind(shape));
    if own == Some(Table::Office) || log_tables::is_office(shape) {
        return None;
    }
    let mut cells = CellReader::new(csv.delimiter);
    let first = log_tables::telling_row(csv);
    let named = |column: &str| csv.column(column).and_then(|at| table(cells.read(first).column(Some(at))));
    let named = ["type", "category"].into_iter().find_map(named);
    if csv.has(&["operationname", "initiatedby", "targetresources"]) {
        return Some(Table::Audit);
    }
    if csv.has(&["requestmethod", "requesturi", "responsestatuscode"]) {
        return Some(Table::GraphActivity);
    }
    let account = ["userprincipalname", "authenticationdetails", "serviceprincipalname"];
    let coded = csv.column("resulttype").is_some() && account.iter().any(|name| csv.column(name).is_some());
    // A projection may have the code inside its status only.
    let places = 0..csv.columns.len();
    let status = places.filter(|at| csv.columns.get(*at).is_some_and(|column| column == "status"));
    let mut status = status.filter(|_| csv.has(&["userprincipalname", "ipaddress"]));
    let coded = coded || status.any(|at| cells.read(first).column(Some(at)).contains("rrorCode"));
    // `OfficeActivity` and other tables name themselves, too.
    let other =
        csv.column("type").is_some_and(|at| !first.is_empty() && table(cells.read(first).column(Some(at))).is_none());
    (coded && !other).then(|| named.unwrap_or(Table::SignIns(None)))
}

fn table_of_json(shape: &Shape) -> Option<Table> {
    let Shape::Json(json) = shape else { return None };
    let first = union_columns::seen(&json.first);
    let has = |keys: &[&str]| keys.iter().all(|key| json::get(&first, key).is_some());
    if !has(&["timegenerated"]) {
        return None;
    }
    if let Some(name) = json::text(&first, "Type") {
        return table(&name);
    }
    if has(&["operationname", "initiatedby", "targetresources"]) {
        return Some(Table::Audit);
    }
    if has(&["requestmethod", "requesturi", "responsestatuscode"]) {
        return Some(Table::GraphActivity);
    }
    let named = json::text(&first, "Category").and_then(|name| table(&name));
    let status = json::get(&first, "Status").is_some_and(|status| status.to_string().contains("rrorCode"));
    let coded = has(&["resulttype"]) || status;
    (coded && has(&["userprincipalname", "ipaddress"])).then(|| named.unwrap_or(Table::SignIns(None)))
}

struct Reader {
    /// Of a CSV file.
    columns: Option<Vec<String>>,
    clock: Clock,
    export: Export,
    /// The order is proved by the records themselves.
    proved: bool,
}

impl Reader {
    fn boxed(head: &Head, context: &Context) -> Box<dyn RecordReader> {
        let (columns, proved) = match &head.shape {
            Shape::Csv(csv) => (Some(csv.columns.clone()), steps::order(csv, dates(csv))),
            _ => (None, None),
        };
        let table = table_of_csv(&head.shape).or_else(|| table_of_json(&head.shape)).unwrap_or(Table::SignIns(None));
        // What the file's own records prove stands above what was given for the files that prove nothing.
        let clock = Clock { order: proved.or(context.date_order), assumed: false };
        Box::new(Self { columns, clock, export: Export::new(table, &head.shape), proved: proved.is_some() })
    }
}

impl RecordReader for Reader {
    fn read<'r>(&'r self, record: &'r str, tools: &'r mut Tools, remarks: &mut Remarks) -> Read<'r> {
        let mut event = Box::<Draft<'_>>::default();
        self.columns.as_deref().map_or(Ok(()), object::in_utc)?;
        let mut object = object::of_table(self.columns.as_deref(), record, "R-101", &mut event, (tools, remarks))?;
        object::drop_lost(&mut object, "R-104", &mut event, remarks);
        let [kind, category] = ["Type", "Category"].map(|key| json::text(&object, key).unwrap_or_default());
        let filled = |name: &str| json::get(&object, name).is_some_and(|value| !value.is_null() && value != "");
        let table = self.export.table_of(&kind, &category, filled)?;
        let mut event = log_tables::fill(object, (table, self.columns.is_some()), self.clock, event, remarks)?;
        event.raw = Some(record.into());
        Ok(event)
    }

    fn proves_order(&self) -> bool {
        self.proved
    }
}
