//! Entra sign-ins as Graph objects: API pages, the portal's JSON download, PowerShell's PascalCase (`entra_signin_graph`).

use super::{Context, Format, RecordReader, Refusal, Tools, no_dates};
use crate::ingest::sniff::{Head, Shape};
use crate::ingest::{auditdata, signin};
use crate::timeline::{Event, EvidenceSource, ParseStatus, json};

/// `entra_signin_graph`.
pub static FORMAT: Format = Format {
    id: "entra_signin_graph",
    evidence: EvidenceSource::EntraSignin,
    wants: &["createddatetime", "appdisplayname", "status"],
    claims: |shape| matches!(shape, Shape::Json(json) if json.has(FORMAT.wants) && !json.has(&["auditdata"])),
    dates: no_dates,
    reader: |head: &Head, _: &Context| Box::new(Reader { kind: signin::kind_by_name(&head.file_name) }),
};

struct Reader {
    kind: Option<&'static str>,
}

impl RecordReader for Reader {
    fn read(&self, text: &str, tools: &mut Tools) -> Result<Box<Event>, Refusal> {
        let mut event = Box::<Event>::default();
        let object = match serde_json::from_str(text) {
            Ok(object) => object,
            Err(error) => {
                let refuse = || Refusal::new("R-101", format!("not valid JSON at character {}; not usable", error.column()));
                event.parse_status = ParseStatus::Salvaged;
                auditdata::note(&mut event, "R-101");
                let remark = format!("not valid JSON at character {}; salvaged what is whole", error.column());
                tools.remarks.push(("R-101", remark));
                serde_json::from_str(&json::salvage(text).ok_or_else(refuse)?).map_err(|_| refuse())?
            }
        };
        // What the object says of itself goes before the name of its file.
        let own = json::get(&object, "isInteractive").is_some() || json::get(&object, "signInEventTypes").is_some();
        signin::fill(&object, self.kind.filter(|_| !own), &mut event)?;
        event.raw = Some(text.into());
        Ok(event)
    }
}
