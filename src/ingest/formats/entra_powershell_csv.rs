//! Entra sign-ins and directory audits that PowerShell wrote with Export-Csv, with the properties' own names as columns
//! (`entra_signin_ps_csv`, `entra_audit_ps_csv`). What was an object is a type name there, and lost.

use serde_json::{Value, json};

use super::{Context, Format, Read, RecordReader, Remarks, Tools, owned};
use crate::ingest::records::{asked, auditdata, entra_audit, signin};
use crate::ingest::sniff::{CsvHead, Head, Shape};
use crate::ingest::text::cells::CellReader;
use crate::ingest::values::object;
use crate::ingest::values::times::iso_time;
use crate::ingest::values::when::Clock;
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
    wants: &["createddatetime", "userprincipalname", "appdisplayname", "ipaddress"],
    claims: |shape| is(shape, SIGNIN.wants),
    dates: |csv| csv.column("createddatetime"),
    reader: |head: &Head, context: &Context| Reader::boxed(head, context, true),
};

/// `entra_audit_ps_csv`.
pub static AUDIT: Format = Format {
    id: "entra_audit_ps_csv",
    evidence: EvidenceSource::EntraAudit,
    wants: &["activitydatetime", "activitydisplayname", "loggedbyservice"],
    claims: |shape| is(shape, AUDIT.wants),
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
}

impl Reader {
    fn boxed(head: &Head, context: &Context, sign_ins: bool) -> Box<dyn RecordReader> {
        let columns = match &head.shape {
            Shape::Csv(csv) => csv.columns.clone(),
            _ => Vec::new(),
        };
        let clock = Clock { order: context.date_order, assumed: true };
        Box::new(Self { columns, clock, sign_ins, kind: signin::kind_by_name(&head.file_name) })
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
            gather(&mut object);
            let own = ["isInteractive", "signInEventTypes"]
                .iter()
                .any(|key| read::get(&object, key).is_some_and(|flag| !flag.is_null()));
            signin::fill(&object, self.kind.filter(|_| !own), self.clock, &mut event)?;
            signin::remark_kind(&event, remarks);
        } else {
            take_iso_time(&mut object);
            entra_audit::fill(&object, self.clock, &mut event)?;
        }
        asked::keep(&object, &mut event);
        let mut event = owned(event);
        event.raw = Some(row.into());
        Ok(event)
    }
}

/// A time in ISO goes before one in the form of a place.
fn take_iso_time(object: &mut Value) {
    let iso = ISO_TIMES.iter().find_map(|name| read::text(object, name)).filter(|time| iso_time(time).is_some());
    if let (Some(iso), Some(map)) = (iso, object.as_object_mut()) {
        map.insert("activitydatetime".to_owned(), iso.into());
    }
}

/// The short forms have the parts of place and device, and the lists, as columns of their own.
fn gather(object: &mut Value) {
    let get = |key: &str| read::text(object, key);
    let country = get("countryorregion").or_else(|| get("country"));
    let place = json!({"city": get("city"), "state": get("state"), "countryOrRegion": country});
    let device = json!({"displayName": get("device"), "operatingSystem": get("os"), "browser": get("browser")});
    let types: Option<Vec<String>> = get("signineventtypes")
        .map(|types| types.split([',', ';', ' ']).filter(|word| !word.is_empty()).map(str::to_owned).collect());
    let absent = |key: &str| !read::get(object, key).is_some_and(Value::is_object);
    let (no_place, no_device) = (absent("location"), absent("devicedetail"));
    let Some(map) = object.as_object_mut() else { return };
    if no_place {
        map.insert("location".to_owned(), place);
    }
    if no_device {
        map.insert("devicedetail".to_owned(), device);
    }
    if let Some(types) = types {
        map.insert("signineventtypes".to_owned(), json!(types));
    }
}
