//! Bare AuditData objects: Management Activity API blobs, SOF-ELK lines, collectors' arrays (`ual_auditdata_json`).

use std::sync::atomic::{AtomicBool, Ordering};

use super::{Context, Format, Read, RecordReader, Remarks, Tools, audit_record, no_dates};
use crate::ingest::sniff::{Head, JsonHead, Shape, inner_text};
use crate::ingest::values::times::DateOrder;
use crate::ingest::wrapping::wrapper::Wrapper;
use crate::ledger::Note;
use crate::timeline::EvidenceSource;

/// `ual_auditdata_json`.
pub static FORMAT: Format = Format {
    id: "ual_auditdata_json",
    evidence: EvidenceSource::Ual,
    wants: &["creationtime", "id", "operation", "recordtype", "workload"],
    claims: |shape| matches!(shape, Shape::Json(json) if json.has(&["creationtime"]) && is_audit(json) && !json.has(&["auditdata"])),
    dates: no_dates,
    reader: |_: &Head, context: &Context| Box::new(Reader { order: context.date_order, texts: AtomicBool::default() }),
};

/// Whether an object with a `CreationTime` is an audit record. Shippers leave keys away: what no other export has is
/// `RecordType` beside it; without that, an operation and its actor among two more keys of the frame that every record has.
fn is_audit(json: &JsonHead) -> bool {
    let has = |marks: &[&str]| marks.iter().filter(|mark| json.has(&[mark])).count();
    let typed = json.has(&["recordtype"]) && has(&["id", "operation", "workload", "userid"]) > 0;
    typed || json.has(&["operation", "userid"]) && has(&["id", "workload", "organizationid", "userkey", "usertype"]) > 1
}

struct Reader {
    /// Of times that a script printed.
    order: Option<DateOrder>,
    /// Records stood as JSON texts inside JSON.
    texts: AtomicBool,
}

impl RecordReader for Reader {
    fn read<'r>(&'r self, text: &'r str, _: &'r mut Tools, remarks: &mut Remarks) -> Read<'r> {
        if text.starts_with('"') {
            self.texts.store(true, Ordering::Relaxed);
        }
        audit_record(inner_text(text), &Wrapper { order: self.order, ..Wrapper::default() }, remarks)
    }

    fn closing_notes(&self) -> Vec<Note> {
        let text = "the records stand as JSON texts in a list: somebody collected AuditData only, and what stood around it \
                    is not in the file";
        self.texts.load(Ordering::Relaxed).then(|| Note::new("C-219", text)).into_iter().collect()
    }
}
