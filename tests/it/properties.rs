//! What holds for any evidence: batches of any size and any number of threads give the same bytes, and a file cut in two
//! between its records gives the same events.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use bectrace::ingest::sniff::{self, Shape, Verdict};
use bectrace::ingest::source::EvidenceFile;
use bectrace::ingest::text::cut::Layout;
use bectrace::ingest::values::times::DateOrder;
use bectrace::ingest::{Options, ingest};
use bectrace::ledger::{Counts, Ledger};
use bectrace::origin::Origin;
use bectrace::timeline::store::{Case, CaseWriter};
use chrono::{DateTime, Utc};

use crate::harness::{evidence, folders, testdata};
use crate::intake::assert_same;

/// Every fixture's files.
fn fixtures() -> Vec<Vec<String>> {
    let cases = folders(&testdata("formats")).into_iter().flat_map(|format| folders(&format));
    cases.map(|case| evidence(&case)).collect()
}

fn named(path: &Path, name: &str) -> EvidenceFile {
    EvidenceFile { name: name.to_owned(), path: path.to_path_buf() }
}

fn into_case(files: &[EvidenceFile], options: &Options, out: &Path) -> Ledger {
    fs::create_dir_all(out).unwrap();
    ingest(files, Some(CaseWriter::create(out).unwrap()), options, &mut |_| ()).unwrap()
}

#[test]
fn batches_of_any_size_on_any_number_of_threads_give_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let mut files: Vec<EvidenceFile> =
        fixtures().into_iter().flatten().map(|file| named(Path::new(&file), &file)).collect();
    files.sort();
    let (usual, other) = (dir.path().join("usual"), dir.path().join("other"));
    into_case(&files, &Options { threads: 1, ..Options::default() }, &usual);
    for (batch, threads) in [(13, 4), (700, 2), (9_973, 1), (64 * 1024, 3)] {
        into_case(&files, &Options { threads, batch: Some(batch), ..Options::default() }, &other);
        assert_same(&usual, &other);
    }
}

/// The file in two: what stands before its first record and behind its last in both, half of its records in each.
/// `None` where it cannot be cut so: no export, no two records, another encoding, objects that refer to each other.
fn halves(path: &Path) -> Option<[String; 2]> {
    let bytes = fs::read(path).unwrap();
    let text = String::from_utf8(bytes).ok()?;
    let head = sniff::look(&path.file_name()?.to_string_lossy(), text.as_bytes(), &text[..sniffed(&text)]);
    let Verdict::One(_) = sniff::recognise(&head) else { return None };
    let (layout, skip) = match &head.shape {
        Shape::Csv(csv) => (csv.layout(), csv.skip),
        Shape::Json(json) => (Layout::Json(json.layout.clone()), 0),
        Shape::Xml(xml) if xml.root != "Objs" => (Layout::Xml, 0),
        _ => return None,
    };
    let records = &text[skip..];
    let (mut cutter, mut spans) = (layout.cutter(), Vec::new());
    cutter.feed(records.as_bytes(), 0, &mut spans);
    if !cutter.finish(records.as_bytes(), &mut spans) || spans.len() < 2 {
        return None;
    }
    let (first, last) = (spans[0].start, spans[spans.len() - 1].end);
    let (end, begin) = (spans[spans.len() / 2 - 1].end, spans[spans.len() / 2].start);
    let whole = |half: &str| format!("{}{}{half}{}", &text[..skip], &records[..first], &records[last..]);
    Some([whole(&records[first..end]), whole(&records[begin..last])])
}

/// As much as recognition looks at, up to a whole character.
fn sniffed(text: &str) -> usize {
    (0..=text.len().min(sniff::HEAD)).rev().find(|end| text.is_char_boundary(*end)).unwrap()
}

/// What was read, wherever it stood.
fn read(files: &[EvidenceFile], order: Option<DateOrder>) -> (Vec<String>, Counts) {
    let dir = tempfile::tempdir().unwrap();
    let ledger = into_case(files, &Options { threads: 1, date_order: order, ..Options::default() }, dir.path());
    let case = Case::open(dir.path()).unwrap();
    let mut events = case.events(DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC, &|_| true).unwrap();
    for event in &mut events {
        event.origin = Origin::default();
        // Of a stream of several kinds it is that of the first record.
        event.source_format = None;
    }
    let mut shown: Vec<String> = events.iter().map(|event| format!("{event:?}")).collect();
    shown.sort();
    (shown, ledger.total())
}

#[test]
fn evidence_cut_in_two_gives_the_same_events_as_one() {
    let dir = tempfile::tempdir().unwrap();
    let mut files: Vec<String> = fixtures().into_iter().flatten().collect();
    files.extend(evidence(&testdata("cases/contoso/evidence")));
    let (mut cut, mut formats, mut wrong) = (0, BTreeSet::new(), Vec::new());
    for file in files.iter().map(PathBuf::from) {
        // Half of a page is none, and what stands between pages may be a page of its own.
        let folder = file.parent().unwrap().display().to_string();
        // Nor has a half the header that stands in the other.
        let pages = [
            "what-stands-between-pages",
            "lists-under-their-mailboxes",
            "records-in-a-further-list",
            "tables-in-two-orders",
        ]
        .iter()
        .any(|name| folder.ends_with(name));
        // What the order of dates rests on is told of the whole file: a half has too few rows to infer or to prove it.
        let inferred = ["order-inferred-from-direction", "us-dates-proved-other-order-told"];
        let inferred = inferred.iter().any(|name| folder.ends_with(name));
        let Some([one, two]) = halves(&file).filter(|_| !pages && !inferred) else { continue };
        // The name may say the kind of the sign-ins: it stays at the end of both. The order of dates is given, for a half
        // may lack the row that proves it.
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let parts: Vec<EvidenceFile> = [("1", one), ("2", two)]
            .iter()
            .map(|(part, text)| {
                let path = dir.path().join(part).join(&name);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(&path, text).unwrap();
                named(&path, &format!("{part}/{name}"))
            })
            .collect();
        let day_first = ["local-dates", "no-us-dates", "actor-and-target-as-names/2_", "signin_ps_csv/order-told-by"];
        let day_first = day_first.iter().any(|word| file.display().to_string().contains(word));
        let order = Some(if day_first { DateOrder::Dmy } else { DateOrder::Mdy });
        let (whole, split) = (read(&[named(&file, &name)], order), read(&parts, order));
        // Where a damaged record ends depends on what stands behind it.
        if whole.1.rejected + whole.1.salvaged > 0 {
            continue;
        }
        if whole != split {
            let differs = whole.0.iter().zip(&split.0).find(|(one, two)| one != two);
            wrong.push(format!("{}: {:?} {:?}\n{differs:#?}", file.display(), whole.1, split.1));
        }
        cut += 1;
        formats.insert(file.parent().unwrap().parent().unwrap().to_path_buf());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cut > 100 && formats.len() > 40, "only {cut} files of {} formats were cut", formats.len());
}
