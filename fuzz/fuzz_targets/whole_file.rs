//! A whole file through the whole of ingest: it is in the ledger, and its books balance; in batches of any size.
#![no_main]

use std::path::Path;

use bectrace::ingest::source::{EvidenceFile, Limits};
use bectrace::ingest::{Options, ingest};
use bectrace::ledger::Ledger;
use libfuzzer_sys::fuzz_target;

fn read(path: &Path, batch: Option<usize>) -> Ledger {
    let file = EvidenceFile { name: "evidence".to_owned(), path: path.to_path_buf() };
    let limits = Limits { ratio: 500, bytes: 4 << 20 };
    let options = Options { threads: 1, limits, batch, ..Options::default() };
    ingest(&[file], None, &options, &mut |_| ()).expect("bad evidence is a line of the ledger")
}

fuzz_target!(|bytes: &[u8]| {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("evidence");
    std::fs::write(&path, bytes).expect("a file");
    let ledger = read(&path, None);
    assert!(!ledger.sources.is_empty(), "a file is listed, whatever it is");
    for source in &ledger.sources {
        assert!(source.counts.balance(), "{source:?}");
        let on_days: u64 = source.days.values().sum();
        assert!(on_days <= source.counts.events, "{source:?}");
    }
    assert!(ledger.total().balance());
    let small = 1 + bytes.len() / 7;
    assert_eq!(
        format!("{:?}", ledger.sources),
        format!("{:?}", read(&path, Some(small)).sources),
        "batches of {small}"
    );
});
