//! Sign-in objects, whole, cut and mended: any text is an event or a refusal with a code.
#![no_main]

use bectrace::ingest::fields::DateOrder;
use bectrace::ingest::when::Clock;
use bectrace::ingest::{object, signin};
use bectrace::timeline::{Event, EvidenceSource};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for order in [None, Some(DateOrder::Dmy)] {
        let (mut event, mut remarks) = (Box::<Event>::default(), Vec::new());
        let object = match object::from_text(text, "R-102", &mut event, &mut remarks) {
            Ok(object) => object,
            Err(refusal) => {
                assert!(!refusal.code.is_empty() && !refusal.reason.is_empty());
                return;
            }
        };
        let clock = Clock { order, assumed: false };
        match signin::fill(&object, signin::kind_by_name(text), clock, &mut event) {
            Ok(()) => assert!(event.evidence_source == EvidenceSource::EntraSignin && event.message.is_some()),
            Err(refusal) => assert!(refusal.code.starts_with("F-04"), "{refusal:?}"),
        }
        signin::remark_kind(&event, &mut remarks);
    }
});
