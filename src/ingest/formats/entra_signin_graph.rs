//! Entra sign-ins as Graph objects: API pages, the portal's JSON download, PowerShell's PascalCase
//! (`entra_signin_graph`).

use super::{Context, Format, RecordReader, Refusal, Tools, no_dates};
use crate::ingest::look::{Look, Members, Node};
use crate::ingest::sniff::{Head, Shape};
use crate::ingest::when::Clock;
use crate::ingest::{object, signin};
use crate::timeline::{Event, EvidenceSource};

/// `entra_signin_graph`.
pub static FORMAT: Format = Format {
    id: "entra_signin_graph",
    evidence: EvidenceSource::EntraSignin,
    wants: &["createddatetime", "appdisplayname", "status"],
    claims: |shape| {
        matches!(shape, Shape::Json(json) if json.has(FORMAT.wants)
            && !json.has(&["auditdata"]) && !json.has(&["timegenerated"]))
    },
    dates: no_dates,
    reader: |head: &Head, _: &Context| Box::new(Reader { kind: signin::kind_by_name(&head.file_name) }),
};

struct Reader {
    kind: Option<&'static str>,
}

impl RecordReader for Reader {
    fn read(&self, text: &str, tools: &mut Tools) -> Result<Box<Event>, Refusal> {
        let mut event = Box::<Event>::default();
        if let Some(members) = object::plain(text).and_then(Members::of) {
            self.fill(Node::of(&members), &mut event)?;
        } else {
            let mut object = object::from_text(text, "R-101", &mut event, &mut tools.remarks)?;
            object::drop_lost(&mut object, "R-104", &mut event, &mut tools.remarks);
            self.fill(&object, &mut event)?;
        }
        signin::remark_kind(&event, &mut tools.remarks);
        event.raw = Some(text.into());
        Ok(event)
    }
}

impl Reader {
    fn fill<'a>(&self, object: impl Look<'a>, event: &mut Event) -> Result<(), Refusal> {
        // What the object says of itself goes before the name of its file.
        let says = |key: &str| object.get(key).is_some_and(|value| !value.is_null());
        let own = says("isInteractive") || says("signInEventTypes");
        signin::fill(object, self.kind.filter(|_| !own), Clock::default(), event)
    }
}
