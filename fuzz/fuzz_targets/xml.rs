//! The XML of the old admin centre: elements are cut and read, whatever stands in them.
#![no_main]

use bectrace::ingest::text::cut::Layout;
use bectrace::ingest::formats::{Context, Tools};
use bectrace::ingest::sniff::{self, Shape, Verdict};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let head = sniff::look("AuditLog.xml", text.as_bytes(), text);
    let Verdict::One(format) = sniff::recognise(&head) else { return };
    if !matches!(head.shape, Shape::Xml(_)) {
        return;
    }
    let reader = (format.reader)(&head, &Context::default());
    let (mut cutter, mut spans) = (Layout::Xml.cutter(), Vec::new());
    cutter.feed(text.as_bytes(), 0, &mut spans);
    cutter.finish(text.as_bytes(), &mut spans);
    let mut tools = Tools::new(b',');
    for span in spans {
        // An element begins and ends with markup, so it is text where the whole is.
        match reader.read(&text[span.start..span.end], &mut tools, &mut Vec::new()) {
            Ok(event) => assert!(event.message.is_some() && event.raw.is_some()),
            Err(refusal) => assert!(!refusal.code.is_empty() && !refusal.reason.is_empty()),
        }
    }
});
