//! Every fixture, changed at random in every way a disk, an editor or an enemy would, some of them packed and changed
//! again: nothing panics, nothing hangs, the books balance, and batches of another size give the same books. The same
//! numbers each time; `BECTRACE_MUTATIONS` asks for more of them (millions: let it run overnight), `BECTRACE_SEED` for
//! others.

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use bectrace::ingest::source::EvidenceFile;
use bectrace::ingest::{Options, ingest};

use crate::harness::{evidence, folders, testdata};

/// Changed files that the suite reads of its own accord.
const MUTATIONS: usize = 2_000;

/// Pieces of text that mean something to one reader or another.
const PIECES: [&[u8]; 24] = [
    b"\"",
    b"\"\"",
    b"\\",
    b"\\u0000",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b";",
    b"\t",
    b"\r\n",
    b"\n",
    b"\0",
    b"<Event ",
    b"</Event>",
    b"<Obj RefId=\"0\">",
    b"&lt;",
    b"<![CDATA[",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"0000-00-00T00:00:00Z",
    b"99999999999999999999",
    b"\xf0\x9f\x92\xa3",
];

/// Numbers that look random and are the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }
}

/// Changes `bytes` once.
fn change(bytes: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    let at = random.below(bytes.len() + 1).min(bytes.len());
    let end = (at + random.below(64)).min(bytes.len());
    let piece = PIECES[random.below(PIECES.len())];
    match random.below(9) {
        0 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << random.below(8);
            }
        }
        1 => drop(bytes.drain(at..end)),
        2 => drop(bytes.splice(at..at, piece.iter().copied())),
        3 => drop(bytes.splice(at..end, piece.iter().copied())),
        4 => bytes.truncate(at),
        5 => {
            let twice = bytes[at..end].to_vec();
            bytes.splice(at..at, twice);
        }
        6 => {
            let from = random.below(other.len() + 1).min(other.len());
            let to = (from + random.below(2_000)).min(other.len());
            bytes.splice(at..at, other[from..to].iter().copied());
        }
        7 => {
            let many = piece.repeat(random.below(300));
            bytes.splice(at..at, many);
        }
        _ => bytes[at..end].reverse(),
    }
}

fn number(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn fixtures() -> Vec<PathBuf> {
    let cases = folders(&testdata("formats")).into_iter().flat_map(|format| folders(&format));
    cases.flat_map(|case| evidence(&case)).map(PathBuf::from).collect()
}

#[test]
fn whatever_is_changed_the_books_balance() {
    let files = fixtures();
    let contents: Vec<Vec<u8>> = files.iter().map(|file| fs::read(file).unwrap()).collect();
    let mut random = Random(number("BECTRACE_SEED", 1) as u64);
    let dir = tempfile::tempdir().unwrap();
    for round in 0..number("BECTRACE_MUTATIONS", MUTATIONS) {
        let which = random.below(files.len());
        let (mut bytes, other) = (contents[which].clone(), &contents[random.below(files.len())]);
        for _ in 0..=random.below(4) {
            change(&mut bytes, other, &mut random);
        }
        if random.below(8) == 0 {
            bytes = packed(&bytes, random.below(2) == 0);
            for _ in 0..random.below(3) {
                change(&mut bytes, other, &mut random);
            }
        }
        // The name may be a hint; what it says need not be true.
        let path = dir.path().join(files[which].file_name().unwrap());
        fs::write(&path, &bytes).unwrap();
        check(&path, round, &files[which], 1 + random.below(2_000));
        fs::remove_file(&path).unwrap();
    }
}

/// The file in gzip, or as the member of an archive.
fn packed(bytes: &[u8], gzip: bool) -> Vec<u8> {
    if gzip {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        out.write_all(bytes).unwrap();
        return out.finish().unwrap();
    }
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("export.csv", zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(bytes).unwrap();
    archive.finish().unwrap().into_inner()
}

fn check(path: &Path, round: usize, of: &Path, batch: usize) {
    let read = |batch| {
        let file = EvidenceFile { name: path.display().to_string(), path: path.to_path_buf() };
        let options = Options { threads: 1, batch, ..Options::default() };
        ingest(&[file], None, &options, &mut |_| ())
            .unwrap_or_else(|error| panic!("change {round} of {}: {error}", of.display()))
    };
    let ledger = read(None);
    assert!(!ledger.sources.is_empty(), "change {round} of {} is not in the ledger", of.display());
    for source in &ledger.sources {
        assert!(source.counts.balance(), "change {round} of {}: {:?}", of.display(), source.counts);
    }
    assert_eq!(ledger.sources, read(Some(batch)).sources, "change {round} of {} in batches of {batch}", of.display());
}
