//! The mailbox audit log as CSV: `Search-MailboxAuditLog -ShowDetails | Export-Csv` (`mailbox_audit_csv`).
//!
//! Without `-ShowDetails` a row only says that a mailbox was accessed: it is refused as a summary.

use super::{Context, Format, Read, RecordReader, Remarks, Tools, owned};
use crate::ingest::records::auditdata::{self, note_ragged};
use crate::ingest::records::mailbox_audit;
use crate::ingest::sniff::{CsvHead, Head, Shape};
use crate::ingest::text::cells::Cells;
use crate::ingest::values::fields;
use crate::ingest::values::times::DateOrder;
use crate::ingest::values::when;
use crate::timeline::{Draft, EvidenceSource};

/// `mailbox_audit_csv`.
pub static FORMAT: Format = Format {
    id: "mailbox_audit_csv",
    evidence: EvidenceSource::MailboxAudit,
    wants: &["lastaccessed", "mailboxownerupn", "logontype", "operationresult"],
    claims: |shape| {
        let summary = ["lastaccessed", "mailboxguid", "mailboxresolvedownername"];
        matches!(shape, Shape::Csv(csv) if csv.column("auditdata").is_none()
            && (csv.has(FORMAT.wants) || csv.has(&summary)))
    },
    dates: |csv| csv.column("lastaccessed"),
    reader: |head: &Head, context: &Context| {
        let names = match &head.shape {
            Shape::Csv(CsvHead { columns, .. }) => columns.clone(),
            _ => Vec::new(),
        };
        Box::new(Reader { names, order: context.date_order })
    },
};

struct Reader {
    names: Vec<String>,
    order: Option<DateOrder>,
}

impl Reader {
    /// A cell; `""` where the name of a type stands instead of its value.
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
        let time = when::file_time(get("lastaccessed"), self.order)?;
        let items = mailbox_audit::items(&get);
        mailbox_audit::fill(&get, time, "assumed_utc", &items, &mut event)?;
        auditdata::remark_unread(&event, remarks);
        let mut event = owned(event);
        event.raw = Some(row.into());
        Ok(event)
    }
}
