//! The Entra directory audit as Graph objects: API pages, the portal's JSON download, PowerShell's PascalCase
//! (`entra_audit_graph`).

use super::{Context, Format, Read, RecordReader, Remarks, Tools, no_dates, owned};
use crate::ingest::records::{entra_audit, entra_audit_short};
use crate::ingest::sniff::{Head, Shape};
use crate::ingest::values::object;
use crate::ingest::values::when::Clock;
use crate::timeline::{Draft, EvidenceSource};

/// `entra_audit_graph`.
pub static FORMAT: Format = Format {
    id: "entra_audit_graph",
    evidence: EvidenceSource::EntraAudit,
    wants: &["activitydatetime", "activitydisplayname", "initiatedby"],
    claims: |shape| matches!(shape, Shape::Json(json) if json.has(FORMAT.wants) && !json.has(&["timegenerated"])),
    dates: no_dates,
    reader: |_: &Head, context: &Context| Box::new(Reader(Clock { order: context.date_order, assumed: false })),
};

struct Reader(Clock);

impl RecordReader for Reader {
    fn read<'r>(&'r self, text: &'r str, _: &'r mut Tools, remarks: &mut Remarks) -> Read<'r> {
        let mut event = Box::<Draft<'_>>::default();
        let mut object = object::from_text(text, "R-101", &mut event, remarks)?;
        object::drop_lost(&mut object, "R-104", &mut event, remarks);
        entra_audit_short::gather(&mut object);
        entra_audit::fill(&object, self.0, &mut event)?;
        let mut event = owned(event);
        event.raw = Some(text.into());
        Ok(event)
    }
}
