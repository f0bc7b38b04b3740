//! Entra sign-ins and directory audits that PowerShell wrote with Export-Csv, with the properties' own names as columns
//! (`entra_signin_ps_csv`, `entra_audit_ps_csv`). What was an object is a type name there, and lost.

use serde_json::Value;

use super::{Context, Format, Read, RecordReader, Remarks, Tools, owned};
use crate::ingest::records::{asked, auditdata, entra_audit, entra_audit_short, signin, signin_short};
use crate::ingest::sniff::{CsvHead, Head, Shape};
use crate::ingest::text::cells::CellReader;
use crate::ingest::values::times::iso_time;
use crate::ingest::values::when::Clock;
use crate::ingest::values::{object, steps};
use crate::timeline::json as read;
use crate::timeline::{Draft, EvidenceSource};

fn is(shape: &Shape, wants: &[&str]) -> bool {
    let other = |csv: &CsvHead| {
        csv.column("auditdata").is_some() || csv.columns.iter().any(|name| name.starts_with("timegenerated"))
    };
    matches!(shape, Shape::Csv(csv) if csv.has(wants) && !other(csv))
}

/// `entra_signin_ps_csv`.
pub static SIGNIN: Format = Format {
    id: "entra_signin_ps_csv",
    evidence: EvidenceSource::EntraSignin,
    wants: &["createddatetime", "userprincipalname", "ipaddress"],
    // A table of alerts has the same three columns, and how grave each is.
    claims: |shape| is(shape, SIGNIN.wants) && !is(shape, &["severity"]),
    dates: |csv| csv.column("createddatetime"),
    reader: |head: &Head, context: &Context| Reader::boxed(head, context, true),
};

/// `entra_audit_ps_csv`.
pub static AUDIT: Format = Format {
    id: "entra_audit_ps_csv",
    evidence: EvidenceSource::EntraAudit,
    wants: &["activitydatetime", "activitydisplayname", "loggedbyservice"],
    // What nothing else has is the time beside the activity; without the service some column has to tell whose it is.
    claims: |shape| {
        let tells = |csv: &CsvHead| csv.has(AUDIT.wants) || entra_audit_short::tells(csv.columns.iter());
        is(shape, &["activitydatetime", "activitydisplayname"]) && matches!(shape, Shape::Csv(csv) if tells(csv))
    },
    dates: |csv| iso_column(csv).or_else(|| csv.column("activitydatetime")),
    reader: |head: &Head, context: &Context| Reader::boxed(head, context, false),
};

/// The column of a script that wrote the time in ISO beside the local one.
const ISO_TIMES: [&str; 2] = ["activitydatetimeiso", "activitydatetimeutc"];

/// That column, where its cells are such times.
fn iso_column(csv: &CsvHead) -> Option<usize> {
    let mut cells = CellReader::new(csv.delimiter);
    let mut is_iso = |at: &usize| csv.sample.iter().all(|row| iso_time(cells.read(row).column(Some(*at))).is_some());
    ISO_TIMES.iter().find_map(|name| csv.column(name)).filter(|at| is_iso(at))
}

struct Reader {
    columns: Vec<String>,
    clock: Clock,
    sign_ins: bool,
    kind: Option<&'static str>,
    /// The order is proved by the records themselves.
    proved: bool,
}

impl Reader {
    fn boxed(head: &Head, context: &Context, sign_ins: bool) -> Box<dyn RecordReader> {
        let (columns, proved) = match &head.shape {
            Shape::Csv(csv) => (csv.columns.clone(), steps::order(csv, csv.column("createddatetime"))),
            _ => (Vec::new(), None),
        };
        // What the file's own records prove stands above what was given for the files that prove nothing.
        let clock = Clock { order: proved.or(context.date_order), assumed: true };
        let kind = signin::kind_by_name(&head.file_name);
        Box::new(Self { columns, clock, sign_ins, kind, proved: proved.is_some() })
    }
}

impl RecordReader for Reader {
    fn read<'r>(&'r self, row: &'r str, tools: &'r mut Tools, remarks: &mut Remarks) -> Read<'r> {
        let cells = tools.cells.read(row);
        let mut event = Box::<Draft<'_>>::default();
        auditdata::note_ragged(&mut event, remarks, cells.len(), self.columns.len());
        let mut object = object::from_row(&self.columns, &cells, &mut event, remarks);
        object::drop_lost(&mut object, "R-122", &mut event, remarks);
        if self.sign_ins {
            signin_short::gather(&mut object);
            let own = ["isInteractive", "signInEventTypes"]
                .iter()
                .any(|key| read::get(&object, key).is_some_and(|flag| !flag.is_null()));
            signin::fill(&object, self.kind.filter(|_| !own), self.clock, &mut event)?;
            event.status_reason = event.status_reason.take().or_else(|| signin_short::reason(&object).map(Into::into));
            signin::remark_kind(&event, remarks);
        } else {
            take_iso_time(&mut object);
            entra_audit_short::gather(&mut object);
            entra_audit::fill(&object, self.clock, &mut event)?;
        }
        asked::keep(&object, &mut event);
        let mut event = owned(event);
        event.raw = Some(row.into());
        Ok(event)
    }

    fn proves_order(&self) -> bool {
        self.proved
    }
}

/// A time in ISO goes before one in the form of a place.
fn take_iso_time(object: &mut Value) {
    let iso = ISO_TIMES.iter().find_map(|name| read::text(object, name)).filter(|time| iso_time(time).is_some());
    if let (Some(iso), Some(map)) = (iso, object.as_object_mut()) {
        map.insert("activitydatetime".to_owned(), iso.into());
    }
}
