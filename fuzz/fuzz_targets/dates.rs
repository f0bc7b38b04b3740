//! Times in every spelling: what is read is written down again as the same instant.
#![no_main]

use bectrace::ingest::values::times::{self, DateOrder};
use bectrace::ingest::records::trace;
use bectrace::ingest::values::when::{self, Clock};
use bectrace::timeline::format_time;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let again = |time| times::iso_time(&format_time(time)).map(|iso| iso.time);
    if let Some(iso) = times::iso_time(text) {
        assert_eq!(again(iso.time), Some(iso.time), "{text}");
    }
    for order in [DateOrder::Mdy, DateOrder::Dmy, DateOrder::Ymd] {
        if let Some(time) = times::locale_time(text, order) {
            assert_eq!(again(time), Some(time), "{text}");
        }
        let _ = Clock { order: Some(order), assumed: true }.read(text);
        let _ = when::file_time(text, Some(order));
        let _ = trace::time(text, Some(order));
    }
    let _ = Clock::default().read(text);
    let _ = when::file_time(text, None);
    let _ = trace::any_time(text, None);
});
