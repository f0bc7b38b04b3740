//! The portal's table of authentication steps, which comes beside a sign-in download (`entra_authdetails_portal_csv`).
//!
//! A step names neither account nor address, only the request id of its sign-in. It is an event of its own, and is told
//! by its sign-in who it was, where that is in the evidence.

use super::{Context, Format, Read, RecordReader, Remarks, Tools};
use crate::ingest::entra_portal::portal;
use crate::ingest::entra_portal::portal_cells::{is_address, is_name as is_account, is_time, share};
use crate::ingest::records::{auditdata, signin};
use crate::ingest::sniff::{CsvHead, Head, Shape};
use crate::ingest::values::fields::{lower, text};
use crate::ingest::values::when::Clock;
use crate::knowledge::names::is_guid;
use crate::ledger::Note;
use crate::timeline::json::boolean;
use crate::timeline::{Draft, EvidenceSource, Outcome};

/// `entra_authdetails_portal_csv`.
pub static FORMAT: Format = Format {
    id: "entra_authdetails_portal_csv",
    evidence: EvidenceSource::EntraStep,
    wants: &["request id", "authentication method", "succeeded", "result detail"],
    claims: |shape| matches!(shape, Shape::Csv(csv) if csv.has(FORMAT.wants) || is_of_the_form(csv)),
    dates,
    reader: |head: &Head, context: &Context| match &head.shape {
        Shape::Csv(csv) => Box::new(Reader::new(csv, *context)),
        _ => Box::new(Reader { columns: Vec::new(), date: None, by_position: false, clock: Clock::default() }),
    },
};

/// The columns of the portal's form, for headers in another language.
const PLACES: [&str; 7] = [
    "date (utc)",
    "request id",
    "authentication method",
    "authentication method detail",
    "succeeded",
    "result detail",
    "requirement",
];

/// Whether a table in another language has the form: its width, and times, ids and truths in their places. Its headers are
/// words of a language, not names of properties as tables of other sources have; no step names an account or an address.
fn is_of_the_form(csv: &CsvHead) -> bool {
    let all = |column: usize, test: fn(&str) -> bool| share(csv, column, test) == Some(true);
    let is_name =
        |column: &String| column.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'));
    let words = csv.columns.iter().filter(|column| !is_name(column)).count();
    csv.columns.len() == PLACES.len()
        && words > 2
        && all(0, is_time)
        && all(1, is_guid)
        && all(4, |cell| boolean(cell).is_some())
        && ![2, 3, 5, 6].into_iter().any(|column| all(column, |cell| is_address(cell) || is_account(cell)))
}

/// The name of the date column differs from form to form.
fn dates(csv: &CsvHead) -> Option<usize> {
    if !csv.has(FORMAT.wants) {
        return Some(0);
    }
    csv.column("date (utc)").or_else(|| csv.columns.iter().position(|column| column.contains("date")))
}

struct Reader {
    columns: Vec<String>,
    date: Option<usize>,
    /// The header is in another language.
    by_position: bool,
    clock: Clock,
}

impl Reader {
    fn new(csv: &CsvHead, context: Context) -> Self {
        let by_position = !csv.has(FORMAT.wants);
        let columns = if by_position { PLACES.map(str::to_owned).to_vec() } else { csv.columns.clone() };
        let assumed = !by_position && csv.column("date (utc)").is_none();
        let clock = Clock { order: context.date_order, assumed };
        Self { columns, date: dates(csv), by_position, clock }
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
        let text = "header in another language: the columns were taken by their position, after a look at their cells";
        self.by_position.then(|| Note::new("C-211", text)).into_iter().chain([portal::filters()]).collect()
    }
}
