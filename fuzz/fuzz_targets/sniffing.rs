//! Which export a file is, from its first bytes: an answer for any, and the same one each time.
#![no_main]

use bectrace::ingest::sniff::{self, Verdict};
use libfuzzer_sys::fuzz_target;

fn answer(name: &str, bytes: &[u8]) -> String {
    let head = sniff::look(name, bytes, &String::from_utf8_lossy(bytes));
    match sniff::recognise(&head) {
        Verdict::One(format) => format!("{} by {}", format.id, head.reason(format)),
        Verdict::No(code, reason) => {
            assert!(!code.is_empty() && !reason.is_empty(), "a refusal says why");
            format!("{code} {reason}")
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    for name in ["export.csv", "InteractiveSignIns_2026-03-10.json"] {
        assert_eq!(answer(name, bytes), answer(name, bytes));
    }
});
