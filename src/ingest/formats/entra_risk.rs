//! Risk detections and risky users: Graph objects (`entra_riskdetection`, `entra_riskyuser`) and the tables that
//! PowerShell collectors make of them (`entra_riskdetection_csv`, `entra_riskyuser_csv`).

use serde_json::Value;

use super::{Context, Format, Read, RecordReader, Refusal, Remarks, Tools, filled, no_dates, owned};
use crate::ingest::records::{auditdata, risk};
use crate::ingest::sniff::{CsvHead, Head, Shape};
use crate::ingest::values::object;
use crate::ingest::values::when::Clock;
use crate::timeline::{Draft, EvidenceSource};

/// `entra_riskdetection`.
pub static DETECTION: Format = Format {
    id: "entra_riskdetection",
    evidence: EvidenceSource::Risk,
    wants: &["riskeventtype", "risklevel", "detecteddatetime"],
    // A record of the audit log that is such a report has the audit log's own keys as well.
    claims: |shape| matches!(shape, Shape::Json(json) if json.has(DETECTION.wants) && !json.has(&["creationtime", "operation"])),
    dates: no_dates,
    reader: |_: &Head, context: &Context| Objects::boxed(context, risk::fill_detection),
};

/// `entra_riskyuser`.
pub static USER: Format = Format {
    id: "entra_riskyuser",
    evidence: EvidenceSource::Risk,
    wants: &["risklastupdateddatetime", "riskstate"],
    claims: |shape| matches!(shape, Shape::Json(json) if json.has(USER.wants) && !json.has(&["riskeventtype"])),
    dates: no_dates,
    reader: |_: &Head, context: &Context| Objects::boxed(context, risk::fill_user),
};

/// `entra_riskdetection_csv`.
pub static DETECTION_CSV: Format = Format {
    id: "entra_riskdetection_csv",
    evidence: EvidenceSource::Risk,
    wants: &["activitydatetime", "detecteddatetime", "riskeventtype", "risklevel"],
    claims: |shape| matches!(shape, Shape::Csv(csv) if is_report(csv, DETECTION_CSV.wants)),
    dates: |csv| {
        let names = ["activitydatetime", "detecteddatetime"];
        filled(csv, &names.iter().filter_map(|name| object::column(&csv.columns, name)).collect::<Vec<_>>())
    },
    reader: |head: &Head, context: &Context| Rows::boxed(head, context, risk::fill_detection),
};

/// `entra_riskyuser_csv`.
pub static USER_CSV: Format = Format {
    id: "entra_riskyuser_csv",
    evidence: EvidenceSource::Risk,
    wants: &["risklastupdateddatetime", "risklevel", "riskstate"],
    claims: |shape| matches!(shape, Shape::Csv(csv) if is_report(csv, USER_CSV.wants) && csv.column("riskeventtype").is_none()),
    dates: |csv| object::column(&csv.columns, "risklastupdateddatetime"),
    reader: |head: &Head, context: &Context| Rows::boxed(head, context, risk::fill_user),
};

/// Whether a table has these columns, as collectors name them or as the tables `AADUserRiskEvents` and `AADRiskyUsers` of
/// Log Analytics do, with the zone behind. A query over several tables has the columns of others as well.
fn is_report(csv: &CsvHead, names: &[&str]) -> bool {
    const OTHERS: [&str; 4] = ["resulttype", "targetresources", "requesturi", "officeworkload"];
    let of_log = object::zone(&csv.columns).is_some();
    names.iter().all(|name| object::column(&csv.columns, name).is_some())
        && !(of_log && OTHERS.iter().any(|name| csv.column(name).is_some()))
}

type Fill = for<'r> fn(&'r Value, Clock, &mut Draft<'r>) -> Result<(), Refusal>;

struct Objects {
    clock: Clock,
    fill: Fill,
}

impl Objects {
    fn boxed(context: &Context, fill: Fill) -> Box<dyn RecordReader> {
        Box::new(Self { clock: Clock { order: context.date_order, assumed: false }, fill })
    }
}

impl RecordReader for Objects {
    fn read<'r>(&'r self, text: &'r str, _: &'r mut Tools, remarks: &mut Remarks) -> Read<'r> {
        let mut event = Box::<Draft<'_>>::default();
        let mut object = object::from_text(text, "R-101", &mut event, remarks)?;
        object::drop_lost(&mut object, "R-104", &mut event, remarks);
        (self.fill)(&object, self.clock, &mut event)?;
        let mut event = owned(event);
        event.raw = Some(text.into());
        Ok(event)
    }
}

struct Rows {
    columns: Vec<String>,
    clock: Clock,
    fill: Fill,
}

impl Rows {
    fn boxed(head: &Head, context: &Context, fill: Fill) -> Box<dyn RecordReader> {
        let columns = match &head.shape {
            Shape::Csv(CsvHead { columns, .. }) => columns.clone(),
            _ => Vec::new(),
        };
        let assumed = object::zone(&columns).is_none();
        Box::new(Self { columns, clock: Clock { order: context.date_order, assumed }, fill })
    }
}

impl RecordReader for Rows {
    fn read<'r>(&'r self, row: &'r str, tools: &'r mut Tools, remarks: &mut Remarks) -> Read<'r> {
        object::in_utc(&self.columns)?;
        let cells = tools.cells.read(row);
        let mut event = Box::<Draft<'_>>::default();
        auditdata::note_ragged(&mut event, remarks, cells.len(), self.columns.len());
        let mut object = object::from_row(&self.columns, &cells, &mut event, remarks);
        object::drop_lost(&mut object, "R-122", &mut event, remarks);
        (self.fill)(&object, self.clock, &mut event)?;
        let mut event = owned(event);
        event.raw = Some(row.into());
        Ok(event)
    }
}
