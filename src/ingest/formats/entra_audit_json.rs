//! The Entra directory audit as Graph objects: API pages, the portal's JSON download, PowerShell's PascalCase
//! (`entra_audit_graph`).

use super::{Context, Format, RecordReader, Refusal, Tools, no_dates};
use crate::ingest::sniff::{Head, Shape};
use crate::ingest::when::Clock;
use crate::ingest::{entra_audit, object};
use crate::timeline::{Event, EvidenceSource};

/// `entra_audit_graph`.
pub static FORMAT: Format = Format {
    id: "entra_audit_graph",
    evidence: EvidenceSource::EntraAudit,
    wants: &["activitydatetime", "activitydisplayname", "initiatedby"],
    claims: |shape| matches!(shape, Shape::Json(json) if json.has(FORMAT.wants) && !json.has(&["timegenerated"])),
    dates: no_dates,
    reader: |_: &Head, _: &Context| Box::new(Reader),
};

struct Reader;

impl RecordReader for Reader {
    fn read(&self, text: &str, tools: &mut Tools) -> Result<Box<Event>, Refusal> {
        let mut event = Box::<Event>::default();
        let mut object = object::from_text(text, "R-101", &mut event, &mut tools.remarks)?;
        object::drop_lost(&mut object, "R-104", &mut event, &mut tools.remarks);
        entra_audit::fill(&object, Clock::default(), &mut event)?;
        event.raw = Some(text.into());
        Ok(event)
    }
}
