//! Archives and packed files: members are found and unpacked within limits, or refused with a code.
#![no_main]

use std::io::Read as _;

use bectrace::ingest::source::{EvidenceFile, Limits, Nests, members};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("evidence");
    std::fs::write(&path, bytes).expect("a file");
    let limits = Limits { ratio: 500, bytes: 1 << 20 };
    let found = members(&EvidenceFile { name: "evidence".to_owned(), path }, limits, &Nests::default());
    assert!(!found.is_empty(), "a file is listed, whatever it is");
    let mut unpacked = 0;
    for member in found {
        let member = match member {
            Ok(member) => member,
            Err(unreadable) => {
                assert!(!unreadable.code.is_empty() && !unreadable.reason.is_empty());
                continue;
            }
        };
        assert!(!member.name.split(['/', '!']).any(|part| part == ".."), "{}", member.name);
        let Ok(mut stream) = member.open() else { continue };
        let (mut piece, mut packed) = (vec![0; 64 * 1024], member.name != "evidence");
        packed |= bytes.starts_with(b"\x1f\x8b") || bytes.starts_with(b"\x28\xb5\x2f\xfd");
        while let Ok(read @ 1..) = stream.read(&mut piece) {
            unpacked += if packed { read } else { 0 };
        }
        let _ = stream.finish();
    }
    assert!(unpacked <= 1 << 20, "{unpacked} bytes were unpacked");
});
