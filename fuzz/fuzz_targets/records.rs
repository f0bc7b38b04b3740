//! A file from recognition to the last record, without threads and without a case: each record is an event or a refusal.
#![no_main]

use bectrace::ingest::text::cut::Layout;
use bectrace::ingest::formats::{Context, Tools};
use bectrace::ingest::sniff::{self, Shape, Verdict};
use bectrace::ingest::wrapping::unwrap;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let head = sniff::look("export", bytes, &text);
    let Verdict::One(format) = sniff::recognise(&head) else { return };
    let (layout, delimiter, skip) = match &head.shape {
        Shape::Csv(csv) => (csv.layout(), csv.outer(), csv.skip),
        Shape::Json(json) => (Layout::Json(json.layout.clone()), b',', 0),
        Shape::Empty(_, layout) => (Layout::Json(layout.clone()), b',', 0),
        Shape::Xml(xml) if xml.root == "Objs" => (Layout::Clixml, b',', 0),
        Shape::Xml(_) => (Layout::Xml, b',', 0),
        Shape::Log => (Layout::Csv(0x1f), b',', 0),
        Shape::Nothing(..) => return,
    };
    let mut reader = unwrap::around(&head, (format.reader)(&head, &Context::default()));
    let text = &text.as_bytes()[skip..];
    let (mut cutter, mut spans) = (layout.cutter(), Vec::new());
    cutter.feed(text, 0, &mut spans);
    cutter.finish(text, &mut spans);
    let records: Vec<_> = spans.iter().map(|span| String::from_utf8_lossy(&text[span.start..span.end])).collect();
    while reader.wants_preview() {
        records.iter().for_each(|record| reader.preview(record));
        reader.previewed();
    }
    let mut tools = Tools::new(delimiter);
    for record in &records {
        match reader.read(record, &mut tools, &mut Vec::new()) {
            Ok(event) => assert!(event.raw.is_some(), "an event keeps its record"),
            Err(refusal) => assert!(!refusal.code.is_empty() && !refusal.reason.is_empty()),
        }
    }
    reader.batch_read(&mut tools);
    let _ = (reader.notes(), reader.closing_notes(), reader.gaps());
});
