//! Makes the first corpus of every fuzz target from the fixtures.
//!
//! `cargo run --release --example seeds -- testdata fuzz/corpus`
#![allow(
    clippy::disallowed_methods,
    clippy::string_slice,
    reason = "a generator reads and writes files, and knows where its texts begin"
)]

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use bectrace::ingest::formats::{Context, RecordReader, Tools, owned};
use bectrace::ingest::sniff::{self, Shape, Verdict};
use bectrace::ingest::text::cut::Layout;
use bectrace::ingest::text::members::members;
use bectrace::timeline::{Draft, EvidenceSource};

/// Larger fixtures are cut: what is short is changed more often.
const LONGEST: usize = 48 * 1024;

struct Corpus {
    dir: PathBuf,
    seen: BTreeSet<(&'static str, Vec<u8>)>,
}

impl Corpus {
    fn add(&mut self, target: &'static str, bytes: &[u8]) {
        if bytes.is_empty() || bytes.len() > LONGEST + 2 || !self.seen.insert((target, bytes.to_vec())) {
            return;
        }
        let dir = self.dir.join(target);
        fs::create_dir_all(&dir).expect("the corpus' folder");
        fs::write(dir.join(format!("seed-{:06}", self.seen.len())), bytes).expect("a seed");
    }
}

fn main() {
    let words: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [testdata, dir] = words.as_slice() else { panic!("usage: seeds TESTDATA CORPUS") };
    let mut corpus = Corpus { dir: dir.clone(), seen: BTreeSet::new() };
    let mut files = Vec::new();
    walk(testdata, &mut files);
    files.sort();
    for file in files {
        let mut bytes = fs::read(&file).expect("a fixture");
        bytes.truncate(LONGEST);
        sow(&file, &bytes, &mut corpus);
    }
    for time in [
        "2026-03-10T00:23:03Z",
        "9/20/2023 4:05:03 AM",
        "18.05.2021 21:13",
        "/Date(1658751973240)/",
        "2023/9/20 午後 4:05:03",
    ] {
        corpus.add("dates", time.as_bytes());
    }
    for address in
        ["198.51.100.23:52378", "[2001:db8::1]:443", "::ffff:192.0.2.1", "fe80::1%12", "192.0.2.1 198.51.100.2"]
    {
        corpus.add("addresses", address.as_bytes());
    }
}

fn walk(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("a folder of fixtures") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            walk(&path, files);
        } else if !path.ends_with("case.json") {
            files.push(path);
        }
    }
}

/// One fixture to the targets that read such things: whole, and record by record.
fn sow(file: &Path, bytes: &[u8], corpus: &mut Corpus) {
    for target in ["whole_file", "sniffing", "records"] {
        corpus.add(target, bytes);
    }
    corpus.add("zip_members", &zipped(file, bytes));
    corpus.add(
        "zip_members",
        bytes.get(..bytes.len().min(4096)).filter(|_| bytes.starts_with(b"\x1f\x8b")).unwrap_or_default(),
    );
    let text = String::from_utf8_lossy(bytes);
    let head = sniff::look("export", bytes, &text);
    let (layout, choice) = match &head.shape {
        Shape::Csv(csv) => (Layout::Csv(csv.outer()), u8::from(csv.delimiter == b'\t')),
        Shape::Json(json) => (Layout::Json(json.layout.clone()), 2 + u8::from(json.layout.lines)),
        Shape::Xml(xml) if xml.root == "Objs" => (Layout::Clixml, 7),
        Shape::Xml(_) => (Layout::Xml, 6),
        Shape::Empty(..) | Shape::Log | Shape::Nothing(..) => return,
    };
    let short = bytes.get(..bytes.len().min(4000)).unwrap_or_default();
    corpus.add("cutting", &[&[choice, 16], short].concat());
    match &head.shape {
        Shape::Csv(_) => corpus.add("csv_cutting", &[&[0], short].concat()),
        Shape::Xml(xml) if xml.root == "Objs" => corpus.add("clixml", short),
        Shape::Xml(_) => corpus.add("xml", short),
        _ => {}
    }
    let Verdict::One(format) = sniff::recognise(&head) else { return };
    let reader = (format.reader)(&head, &Context::default());
    for event in events(&text, &layout, reader.as_ref()) {
        let raw = event.raw.as_deref().unwrap_or_default().as_bytes();
        corpus.add("members", raw);
        match format.evidence {
            EvidenceSource::Ual => {
                corpus.add("audit_data", raw);
                inside(corpus, event.raw.as_deref().unwrap_or_default());
            }
            EvidenceSource::EntraSignin if raw.starts_with(b"{") => corpus.add("sign_in", raw),
            _ => {}
        }
        corpus.add("dates", event.datetime_text.as_deref().unwrap_or_default().as_bytes());
        corpus.add("addresses", event.source_ip_text.as_deref().unwrap_or_default().as_bytes());
    }
}

/// The objects and lists inside a record.
fn inside(corpus: &mut Corpus, record: &str) {
    let _ = members(record, |_, value| {
        if value.starts_with(['{', '[']) {
            corpus.add("nested", value.as_bytes());
        }
        Some(())
    });
}

/// The first events of a text.
fn events(text: &str, layout: &Layout, reader: &dyn RecordReader) -> Vec<Box<Draft<'static>>> {
    let (mut cutter, mut spans) = (layout.cutter(), Vec::new());
    cutter.feed(text.as_bytes(), 0, &mut spans);
    let delimiter = if let Layout::Csv(delimiter) = layout { *delimiter } else { b',' };
    let mut tools = Tools::new(delimiter);
    let records = spans.iter().take(60).filter_map(|span| text.get(span.start..span.end));
    records.filter_map(|record| reader.read(record, &mut tools, &mut Vec::new()).map(owned).ok()).collect()
}

/// The fixture as a member of an archive.
fn zipped(file: &Path, bytes: &[u8]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    archive.start_file(name, zip::write::SimpleFileOptions::default()).expect("a member");
    archive.write_all(bytes.get(..bytes.len().min(3000)).unwrap_or_default()).expect("a member");
    archive.finish().expect("an archive").into_inner()
}
