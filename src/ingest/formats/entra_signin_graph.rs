//! Entra sign-ins as Graph objects: API pages, the portal's JSON download, PowerShell's PascalCase
//! (`entra_signin_graph`).

use super::{Context, Format, Read, RecordReader, Refusal, Remarks, Tools, no_dates, owned};
use crate::ingest::records::signin_keys::Key;
use crate::ingest::records::{signin, signin_short};
use crate::ingest::sniff::{Head, Shape};
use crate::ingest::values::look::{Look, Node};
use crate::ingest::values::object;
use crate::ingest::values::when::Clock;
use crate::timeline::{Draft, EvidenceSource};

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
    reader: |head: &Head, context: &Context| {
        let clock = Clock { order: context.date_order, assumed: false };
        Box::new(Reader { kind: signin::kind_by_name(&head.file_name), clock })
    },
};

struct Reader {
    kind: Option<&'static str>,
    clock: Clock,
}

impl RecordReader for Reader {
    fn read<'r>(&'r self, text: &'r str, _: &'r mut Tools, remarks: &mut Remarks) -> Read<'r> {
        let mut event = Box::<Draft<'_>>::default();
        match object::plain(text) {
            Some(members) if !is_short(Node::of(&members)) => self.fill(Node::of(&members), &mut event)?,
            _ => event = self.mended(text, remarks)?,
        }
        signin::remark_kind(&event, remarks);
        event.raw = Some(text.into());
        Ok(event)
    }
}

/// Whether somebody made the object by hand: the directory's own has its place as an object, or as null.
fn is_short<'a>(object: impl Look<'a>) -> bool {
    object.known(Key::Location).is_none_or(|location| location.string().is_some())
}

impl Reader {
    /// A record in which something has to be mended first.
    fn mended(&self, text: &str, remarks: &mut Remarks) -> Read<'static> {
        let mut event = Box::<Draft<'_>>::default();
        let mut object = object::from_text(text, "R-101", &mut event, remarks)?;
        object::drop_lost(&mut object, "R-104", &mut event, remarks);
        signin_short::gather(&mut object);
        self.fill(&object, &mut event)?;
        event.status_reason = event.status_reason.take().or_else(|| signin_short::reason(&object).map(Into::into));
        Ok(owned(event))
    }

    fn fill<'a>(&self, object: impl Look<'a>, event: &mut Draft<'a>) -> Result<(), Refusal> {
        // What the object says of itself goes before the name of its file.
        let says = |key| object.known(key).is_some_and(|value| !value.is_null());
        let own = says(Key::IsInteractive) || says(Key::SignInEventTypes);
        signin::fill(object, self.kind.filter(|_| !own), self.clock, event)
    }
}
