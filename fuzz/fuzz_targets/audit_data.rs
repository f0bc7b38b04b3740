//! AuditData: any text is an event or an error, and the same one each time.
#![no_main]

use bectrace::ingest::records::auditdata;
use bectrace::timeline::Draft;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (mut one, mut other) = (Box::<Draft>::default(), Box::<Draft>::default());
    let first = auditdata::fill(text, &mut one);
    let second = auditdata::fill(text, &mut other);
    assert_eq!(format!("{first:?} {one:?}"), format!("{second:?} {other:?}"));
    if first.is_ok() {
        assert!(one.action.is_some() && one.message.is_some() && one.datetime_text.is_some());
    }
});
