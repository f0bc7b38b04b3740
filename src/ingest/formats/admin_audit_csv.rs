//! The admin audit log as CSV: `Search-AdminAuditLog | Export-Csv`, which loses the parameters' values
//! (`admin_audit_csv`), and Hawk's table with the command line (`admin_audit_simple_csv`).

use super::{Context, Format, Read, RecordReader, Remarks, Tools};
use crate::ingest::records::admin_audit::{self, Frame};
use crate::ingest::records::auditdata::note_ragged;
use crate::ingest::sniff::{CsvHead, Head, Shape};
use crate::ingest::text::cells::Cells;
use crate::ingest::values::command_line::command_line;
use crate::ingest::values::fields;
use crate::ingest::values::times::DateOrder;
use crate::ingest::values::when;
use crate::timeline::{Draft, EvidenceSource};

/// `admin_audit_csv`.
pub static FORMAT: Format = Format {
    id: "admin_audit_csv",
    evidence: EvidenceSource::AdminAudit,
    wants: &["cmdletname", "caller", "rundate"],
    claims: |shape| {
        matches!(shape, Shape::Csv(csv) if csv.has(FORMAT.wants) && csv.column("auditdata").is_none()
            && PARAMETERS.iter().any(|name| csv.column(name).is_some()))
    },
    dates: |csv| csv.column("rundate"),
    reader: |head, context| Reader::boxed(head, context, false),
};

/// The column of the parameters: as the cmdlet calls them, or as whoever joined their names by hand does.
const PARAMETERS: [&str; 2] = ["cmdletparameters", "parameters"];

/// `admin_audit_simple_csv`.
pub static SIMPLE: Format = Format {
    id: "admin_audit_simple_csv",
    evidence: EvidenceSource::AdminAudit,
    wants: &["caller", "cmdlet", "fullcommand", "rundate(utc)", "objectmodified"],
    claims: |shape| matches!(shape, Shape::Csv(csv) if csv.has(SIMPLE.wants) && csv.column("auditdata").is_none()),
    dates: |csv| csv.column("rundate(utc)"),
    reader: |head, context| Reader::boxed(head, context, true),
};

struct Reader {
    names: Vec<String>,
    order: Option<DateOrder>,
    simple: bool,
}

impl Reader {
    fn boxed(head: &Head, context: &Context, simple: bool) -> Box<dyn RecordReader> {
        let names = match &head.shape {
            Shape::Csv(CsvHead { columns, .. }) => columns.clone(),
            _ => Vec::new(),
        };
        Box::new(Self { names, order: context.date_order, simple })
    }

    fn get<'c>(&self, cells: &Cells<'c>, name: &str) -> &'c str {
        let value = cells.column(self.names.iter().position(|column| column == name));
        if fields::is_type_name(value) { "" } else { value }
    }
}

impl RecordReader for Reader {
    fn read<'r>(&'r self, row: &'r str, tools: &'r mut Tools, remarks: &mut Remarks) -> Read<'r> {
        let cells = tools.cells.read(row);
        let mut event = Box::<Draft<'_>>::default();
        note_ragged(&mut event, remarks, cells.len(), self.names.len());
        let get = |name: &str| self.get(&cells, name);
        let (written, basis) =
            if self.simple { (get("rundate(utc)"), "explicit") } else { (get("rundate"), "assumed_utc") };
        let time = when::file_time(written, self.order)?;
        let (cmdlet, parameters) = if self.simple {
            (get("cmdlet"), command_line(get("fullcommand")))
        } else {
            let cell = PARAMETERS.into_iter().map(get).find(|cell| !cell.is_empty()).unwrap_or_default();
            (get("cmdletname"), admin_audit::rendered(cell))
        };
        let lost = parameters.iter().all(|pair| pair.value.is_none());
        event.op_params = fields::list_text(&parameters);
        let frame = Frame {
            written,
            cmdlet,
            caller: get("caller"),
            target: get("objectmodified"),
            resolved: get("modifiedobjectresolvedname"),
            succeeded: if self.simple { get("resultstatus") } else { get("succeeded") },
            error: get("error"),
            client: get("clientip"),
            external: get("externalaccess"),
            id: get("identity"),
        };
        frame.fill(time, basis, &mut event)?;
        if !self.simple && lost {
            admin_audit::note_lost(&mut event, remarks);
        }
        event.raw = Some(row.into());
        Ok(event)
    }
}
