//! The portal's table of authentication steps, which comes beside a sign-in download (`entra_authdetails_portal_csv`).
//!
//! A step names neither account nor address, only the request id of its sign-in. It is an event of its own, and is told
//! by its sign-in who it was, where that is in the evidence.

use super::{Context, Format, Read, RecordReader, Remarks, Tools};
use crate::ingest::fields::{lower, text};
use crate::ingest::sniff::{CsvHead, Head, Shape};
use crate::ingest::when::Clock;
use crate::ingest::{auditdata, portal, signin};
use crate::ledger::Note;
use crate::timeline::json::boolean;
use crate::timeline::{Draft, EvidenceSource, Outcome};

/// `entra_authdetails_portal_csv`.
pub static FORMAT: Format = Format {
    id: "entra_authdetails_portal_csv",
    evidence: EvidenceSource::EntraStep,
    wants: &["request id", "authentication method", "succeeded", "result detail"],
    claims: |shape| matches!(shape, Shape::Csv(csv) if csv.has(FORMAT.wants)),
    dates,
    reader: |head: &Head, context: &Context| match &head.shape {
        Shape::Csv(csv) => Box::new(Reader::new(csv, *context)),
        _ => Box::new(Reader { columns: Vec::new(), date: None, clock: Clock::default() }),
    },
};

/// The name of the date column differs from form to form.
fn dates(csv: &CsvHead) -> Option<usize> {
    csv.column("date (utc)").or_else(|| csv.columns.iter().position(|column| column.contains("date")))
}

struct Reader {
    columns: Vec<String>,
    date: Option<usize>,
    clock: Clock,
}

impl Reader {
    fn new(csv: &CsvHead, context: Context) -> Self {
        let assumed = csv.column("date (utc)").is_none();
        Self { columns: csv.columns.clone(), date: dates(csv), clock: Clock { order: context.date_order, assumed } }
    }
}

impl RecordReader for Reader {
    fn read<'r>(&'r self, row: &'r str, tools: &'r mut Tools, remarks: &mut Remarks) -> Read<'r> {
        let cells = tools.cells.read(row);
        let mut event = Box::<Draft<'_>>::default();
        auditdata::note_ragged(&mut event, remarks, cells.len(), self.columns.len());
        self.clock.set(&mut event, cells.column(self.date))?;
        let get = |name: &str| cells.column(self.columns.iter().position(|column| column == name));
        event.request_id = lower(get("request id"));
        event.outcome = match boolean(get("succeeded")) {
            Some(true) => Outcome::Success,
            Some(false) => Outcome::Failure,
            None => Outcome::Unknown,
        };
        event.status_text = text(get("succeeded"));
        event.status_reason = text(get("result detail"));
        event.auth_requirement = text(get("requirement"));
        let method: Vec<&str> = ["authentication method", "authentication method detail"]
            .into_iter()
            .map(get)
            .filter(|part| !part.is_empty())
            .collect();
        event.mfa_result = text(method.join("; "));
        signin::finish(&mut event);
        event.evidence_source = EvidenceSource::EntraStep;
        event.action_raw = text("Authentication step");
        event.action.clone_from(&event.action_raw);
        event.timestamp_desc = text("Recorded Time");
        event.message = Some(auditdata::sentence(&event).into());
        event.raw = Some(row.into());
        Ok(event)
    }

    fn notes(&self) -> Vec<Note> {
        vec![portal::filters()]
    }
}
