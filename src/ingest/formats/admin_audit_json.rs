//! The admin audit log as JSON: the objects of `Search-AdminAuditLog`, as `ConvertTo-Json` writes them
//! (`admin_audit_json`).

use super::{Context, Format, Read, RecordReader, Remarks, Tools, no_dates, owned};
use crate::ingest::records::admin_audit;
use crate::ingest::sniff::{Head, Shape};
use crate::ingest::values::object;
use crate::ingest::values::when::Clock;
use crate::timeline::{Draft, EvidenceSource, ParseStatus};

/// `admin_audit_json`.
pub static FORMAT: Format = Format {
    id: "admin_audit_json",
    evidence: EvidenceSource::AdminAudit,
    wants: &["cmdletname", "caller", "rundate"],
    claims: |shape| matches!(shape, Shape::Json(json) if json.has(FORMAT.wants) && !json.has(&["auditdata"])),
    dates: no_dates,
    reader: |_: &Head, context: &Context| {
        Box::new(Reader { clock: Clock { order: context.date_order, assumed: true } })
    },
};

struct Reader {
    clock: Clock,
}

impl RecordReader for Reader {
    fn read<'r>(&'r self, text: &'r str, _: &'r mut Tools, remarks: &mut Remarks) -> Read<'r> {
        let mut event = Box::<Draft<'_>>::default();
        let mut object = object::from_text(text, "R-101", &mut event, remarks)?;
        object::drop_lost(&mut object, "R-104", &mut event, remarks);
        let lost = admin_audit::fill(&object, self.clock, &mut event)?;
        // A record that was cut has said so already.
        if lost && event.parse_status != ParseStatus::Salvaged {
            admin_audit::note_lost(&mut event, remarks);
        }
        let mut event = owned(event);
        event.raw = Some(text.into());
        Ok(event)
    }
}
