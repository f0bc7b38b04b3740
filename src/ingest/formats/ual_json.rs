//! Bare AuditData objects: Management Activity API blobs, SOF-ELK lines, collectors' arrays (`ual_auditdata_json`).

use std::sync::atomic::{AtomicBool, Ordering};

use super::{Context, Format, Read, RecordReader, Remarks, Tools, audit_record, no_dates};
use crate::ingest::sniff::{Head, Shape, inner_text};
use crate::ingest::values::times::DateOrder;
use crate::ingest::wrapping::wrapper::Wrapper;
use crate::ledger::Note;
use crate::timeline::EvidenceSource;

/// `ual_auditdata_json`.
pub static FORMAT: Format = Format {
    id: "ual_auditdata_json",
    evidence: EvidenceSource::Ual,
    wants: &["creationtime", "id", "operation", "recordtype", "workload"],
    // Shippers leave keys away. What no other export has is `CreationTime` beside a `RecordType`.
    claims: |shape| {
        let marks = ["id", "operation", "workload", "userid"];
        matches!(shape, Shape::Json(json) if json.has(&["creationtime", "recordtype"])
            && marks.iter().any(|mark| json.has(&[mark]))
            && !json.has(&["auditdata"]))
    },
    dates: no_dates,
    reader: |_: &Head, context: &Context| Box::new(Reader { order: context.date_order, texts: AtomicBool::default() }),
};

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
