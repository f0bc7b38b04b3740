//! The intake under stress: the books balance whatever is done to the bytes, places are true, threads and order of
//! arguments change nothing, archives are read, sizes do not matter.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use bectrace::ingest::source::EvidenceFile;
use bectrace::ingest::{Options, ingest};
use bectrace::ledger::{Ledger, SourceEntry, Status};
use bectrace::timeline::event::hex;
use bectrace::timeline::store::Case;
use bectrace::timeline::{Event, ParseStatus};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::harness::{bectrace, description, evidence, folders, testdata, texts, zipped};

/// Every fixture: its folder, its files and its options.
fn fixtures() -> Vec<(PathBuf, Vec<String>, Vec<String>)> {
    let cases = folders(&testdata("formats")).into_iter().flat_map(|format| folders(&format));
    cases.map(|case| (case.clone(), evidence(&case), texts(&description(&case)["args"]))).collect()
}

fn ingested(files: &[String], args: &[String], out: &Path) -> Case {
    let mut words = vec!["ingest".to_owned()];
    words.extend_from_slice(files);
    words.extend_from_slice(args);
    words.extend(["--out".to_owned(), out.display().to_string(), "-q".to_owned()]);
    let outcome = bectrace(&words);
    assert!(matches!(outcome.exit, 0 | 3), "exit {}: {}", outcome.exit, outcome.err);
    Case::open(out).unwrap()
}

fn events(case: &Case) -> Vec<Event> {
    case.events(DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC, &|_| true).unwrap()
}

/// Writes `bytes` under `name` and reads them; the case lies beside the file.
fn read_bytes(name: &str, bytes: &[u8], args: &[&str]) -> (tempfile::TempDir, Case) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    fs::write(&path, bytes).unwrap();
    let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
    let case = ingested(&[path.display().to_string()], &args, &dir.path().join("case"));
    (dir, case)
}

/// Reads one file for its ledger alone.
fn ledger_of(path: &Path) -> Ledger {
    let file = EvidenceFile { name: path.display().to_string(), path: path.to_path_buf() };
    let options = Options { threads: 1, ..Options::default() };
    ingest(&[file], None, &options, &mut |_| ()).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn codes(source: &SourceEntry) -> Vec<&str> {
    source.notes.iter().map(|note| note.code.as_str()).collect()
}

/// The files of a folder by their names below it, without the manifest, which holds the clock, and the list of sums,
/// which names the manifest's.
fn content(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![dir.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if !path.ends_with("manifest.json") && !path.ends_with("SHA256SUMS") {
                found.insert(path.strip_prefix(dir).unwrap().display().to_string(), fs::read(&path).unwrap());
            }
        }
    }
    found
}

pub fn assert_same(left: &Path, right: &Path) {
    let (left, right) = (content(left), content(right));
    assert_eq!(left.keys().collect::<Vec<_>>(), right.keys().collect::<Vec<_>>());
    for (name, bytes) in &left {
        assert!(right[name] == *bytes, "{name} differs");
    }
}

#[test]
fn threads_and_order_of_arguments_change_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut files: Vec<String> = fixtures().into_iter().flat_map(|(_, files, _)| files).collect();
    files.extend(evidence(&testdata("cases/contoso/evidence")));
    let threads = |count: &str| vec!["--threads".to_owned(), count.to_owned()];
    ingested(&files, &threads("1"), &dir.path().join("one"));
    ingested(&files, &threads("4"), &dir.path().join("four"));
    files.reverse();
    ingested(&files, &threads("3"), &dir.path().join("reversed"));
    assert_same(&dir.path().join("one"), &dir.path().join("four"));
    assert_same(&dir.path().join("one"), &dir.path().join("reversed"));
}

#[test]
fn a_report_is_the_same_with_other_threads_and_order() {
    let dir = tempfile::tempdir().unwrap();
    let mut files = evidence(&testdata("cases/contoso/evidence"));
    let investigate = |files: &[String], threads: &str, out: &str| {
        let out = dir.path().join(out);
        let mut words = vec!["investigate".to_owned()];
        words.extend_from_slice(files);
        for word in ["--user", "alice.mori@contoso.example", "-q", "--threads", threads, "--out"] {
            words.push(word.to_owned());
        }
        words.push(out.display().to_string());
        let outcome = bectrace(&words);
        assert!(matches!(outcome.exit, 0 | 3), "exit {}: {}", outcome.exit, outcome.err);
        out
    };
    let one = investigate(&files, "1", "one");
    files.reverse();
    let four = investigate(&files, "4", "four");
    assert_same(&one, &four);
}

#[test]
fn every_event_is_where_it_says() {
    for (folder, files, args) in fixtures() {
        let dir = tempfile::tempdir().unwrap();
        let case = ingested(&files, &args, &dir.path().join("case"));
        for event in events(&case) {
            let entry = case.ledger.sources.iter().find(|entry| *entry.path == *event.origin.file).unwrap();
            let bytes = fs::read(&*event.origin.file).unwrap();
            let (before, behind) = bytes.split_at(usize::try_from(event.origin.offset).unwrap());
            let (before, behind) = (decoded(before, entry), decoded(behind, entry));
            let raw = event.raw.as_deref().unwrap();
            let name = format!("{} record {}", folder.display(), event.origin.record);
            // Where no line of text ends with a feed, lines end as on an old Macintosh.
            let end = if bytes.trim_ascii_start().contains(&b'\n') { '\n' } else { '\r' };
            assert_eq!(event.origin.line, before.matches(end).count() as u64 + 1, "{name}: line");
            let found: String = letters(behind.chars().take(60_000));
            let wanted: String = letters(raw.chars().take(60));
            assert!(found.contains(&wanted), "{name}: {wanted} is not in {found}");
            assert_eq!(event.raw_sha256[..], Sha256::digest(raw.as_bytes())[..], "{name}: hash");
        }
    }
}

/// Letters and digits only: quoting differs between the evidence and the record's own text.
fn letters(text: impl Iterator<Item = char>) -> String {
    text.filter(|letter| letter.is_alphanumeric()).collect()
}

fn decoded(bytes: &[u8], entry: &SourceEntry) -> String {
    let encoding = match entry.encoding.as_deref().unwrap_or_default() {
        word if word.starts_with("utf-16le") => encoding_rs::UTF_16LE,
        word if word.starts_with("utf-16be") => encoding_rs::UTF_16BE,
        "shift_jis" | "given" => encoding_rs::SHIFT_JIS,
        "windows-1252" => encoding_rs::WINDOWS_1252,
        _ => encoding_rs::UTF_8,
    };
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

#[test]
fn every_reject_says_what_where_and_why() {
    for (folder, files, args) in fixtures() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("case");
        let case = ingested(&files, &args, &out);
        let text = fs::read_to_string(out.join("rejects.jsonl")).unwrap();
        assert_eq!(text.lines().count() as u64, case.ledger.total().rejected, "{}", folder.display());
        for line in text.lines() {
            let reject: Value = serde_json::from_str(line).unwrap();
            for key in ["evidence", "code", "reason"] {
                assert!(reject[key].as_str().is_some_and(|text| !text.is_empty()), "{}: {line}", folder.display());
            }
            assert!(reject["record"].as_u64().unwrap() > 0 && reject["line"].as_u64().unwrap() > 0);
            assert!(reject["offset"].is_u64() && reject["excerpt"].is_string());
        }
    }
}

/// The damages: cut off at, flipped at, taken out at.
fn damaged(bytes: &[u8], at: usize) -> [Vec<u8>; 3] {
    let mut flipped = bytes.to_vec();
    flipped[at] ^= 0x1f;
    let mut shorter = bytes.to_vec();
    shorter.remove(at);
    [bytes[..at].to_vec(), flipped, shorter]
}

#[test]
fn damage_costs_no_whole_record_before_it_and_never_the_balance() {
    const PLACES: usize = 40;
    let dir = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    for (folder, files, args) in fixtures() {
        // What a date means is proved by all rows together: a flipped digit may take the proof away.
        let name = folder.display().to_string();
        let by_dates = ["us-dates", "local-dates"].iter().any(|word| name.contains(word));
        // In these only the last row of a table proves it.
        let by_last = [
            "union-of-tables-us-dates",
            "workspace-us-dates",
            "first-row-cut-us-dates",
            "order-inferred-from-direction",
            "us-dates-proved-other-order-told",
            "times-that-a-script-printed-us-dates",
            // That it has one list and no other, the whole document tells.
            "one-list-under-a-name-of-its-own",
            // What its columns are is told by the cells of its two rows.
            "spanish-without-user-agent",
        ]
        .iter()
        .any(|fixture| name.ends_with(fixture));
        let ([file], [], false) = (files.as_slice(), args.as_slice(), by_last) else { continue };
        let bytes = fs::read(file).unwrap();
        if bytes.is_empty() {
            continue;
        }
        let case = ingested(&files, &args, &dir.path().join(format!("case{}", wrong.len())));
        // What was damaged already is not whole.
        let whole = |event: &&Event| event.parse_status != ParseStatus::Salvaged;
        let mut offsets: Vec<u64> = events(&case).iter().filter(whole).map(|event| event.origin.offset).collect();
        offsets.sort_unstable();
        fs::remove_dir_all(dir.path().join(format!("case{}", wrong.len()))).unwrap();
        let path = dir.path().join(Path::new(file).file_name().unwrap());
        let mut seed = bytes.len();
        for place in 0..PLACES {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let even = bytes.len() * place / PLACES;
            let at = if place % 2 == 0 { even } else { (seed >> 16) % bytes.len() };
            // Of the records that begin before the damage, the last may be the damaged one.
            let before = offsets.iter().filter(|offset| (**offset as usize) < at).count().saturating_sub(1) as u64;
            for (kind, damaged) in damaged(&bytes, at).into_iter().enumerate() {
                if by_dates && kind > 0 {
                    continue;
                }
                fs::write(&path, damaged).unwrap();
                let total = ledger_of(&path).total();
                if total.events + total.duplicates < before {
                    wrong.push(format!("{} damage {kind} at {at}: {total:?}, {before} were whole", folder.display()));
                }
            }
        }
        fs::remove_file(&path).unwrap();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn record(number: usize) -> String {
    format!(
        "{{\"CreationTime\":\"2026-03-{:02}T{:02}:{:02}:00\",\"Id\":\"00000000-0000-4000-8000-{number:012}\",\
         \"Operation\":\"Update\",\"RecordType\":2,\"Workload\":\"Exchange\",\"UserId\":\"dana@fabrikam.example\",\
         \"ClientIP\":\"198.51.100.23\"}}",
        number % 28 + 1,
        number % 24,
        number % 60
    )
}

fn portal_row(number: usize) -> String {
    let quoted = record(number).replace('"', "\"\"");
    format!(
        "00000000-0000-4000-8000-{number:012},,2,Update,dana@fabrikam.example,\"{quoted}\",\"unit\r\n{number}\",\r\n"
    )
}

const PORTAL: &str =
    "RecordId,CreationDate,RecordType,Operation,UserId,AuditData,AssociatedAdminUnits,AssociatedAdminUnitsNames\r\n";

#[test]
fn a_file_of_many_batches_gives_all_rows() {
    const ROWS: usize = 20_000;
    let mut text = PORTAL.to_owned();
    for number in 0..ROWS {
        let row = portal_row(number);
        let cut = &row[..row.len() / 2];
        text.push_str(if number == ROWS / 2 { cut } else { &row });
        if number == ROWS / 2 {
            text.push_str("\r\n");
        }
    }
    assert!(text.len() > 5 << 20);
    let (_dir, case) = read_bytes("log.csv", text.as_bytes(), &["--threads", "4"]);
    let total = case.ledger.total();
    assert_eq!((total.records, total.events, total.salvaged), (ROWS as u64, ROWS as u64, 1));
    let places: Vec<usize> = text.match_indices("00000000-0000-4000-8000-").map(|(at, _)| at).step_by(2).collect();
    for event in events(&case) {
        assert!(places.binary_search(&(event.origin.offset as usize)).is_ok(), "record {}", event.origin.record);
    }
}

/// PowerShell's XML carries the objects of any export: also where all of them are copies, it is no audit log.
#[test]
fn a_carrier_of_copies_is_the_evidence_that_it_carries() {
    let dir = tempfile::tempdir().unwrap();
    let from = testdata("formats/clixml/sign-ins-with-references/SignIns.xml");
    let files = ["a.xml", "b.xml"].map(|name| dir.path().join(name));
    for file in &files {
        std::fs::copy(&from, file).unwrap();
    }
    let files = files.map(|file| file.display().to_string());
    let case = ingested(&files, &[], &dir.path().join("case"));
    let [first, second] = case.ledger.sources.as_slice() else { panic!("{:?}", case.ledger.sources) };
    assert_eq!((second.counts.events, second.counts.duplicates), (0, first.counts.events));
    assert_eq!(first.evidence_source.as_deref(), Some("entra_signin"));
    assert_eq!(first.evidence_source, second.evidence_source);
}

#[test]
fn fifty_thousand_rows_are_probably_not_all() {
    let rows: String = (0..50_000).map(portal_row).collect();
    let (_dir, case) = read_bytes("log.csv", (PORTAL.to_owned() + &rows).as_bytes(), &[]);
    assert_eq!(case.ledger.total().events, 50_000);
    assert!(codes(&case.ledger.sources[0]).contains(&"C-201"));
}

#[test]
fn a_giant_record_is_refused_and_its_neighbours_are_read() {
    let filler = "x".repeat(70 << 20);
    let giant = record(2).replace("Exchange", &filler);
    let lines = format!("{}\n{giant}\n{}\n", record(1), record(3));
    let rows = format!("{PORTAL}{}{}{}", portal_row(1), portal_row(2).replace("Exchange", &filler), portal_row(3));
    for (name, text) in [("log.ndjson", lines), ("log.csv", rows)] {
        let (_dir, case) = read_bytes(name, text.as_bytes(), &[]);
        let total = case.ledger.total();
        assert_eq!((total.records, total.events, total.rejected), (3, 2, 1), "{name}");
        let reject = &case.rejects(5).unwrap()[0];
        assert_eq!((reject.code.as_str(), reject.record), ("R-108", 2), "{name}");
        let third = events(&case).into_iter().find(|event| event.origin.record == 3).unwrap();
        let at = text.rfind(if name == "log.csv" { "00000000-0000-4000-8000-000000000003,," } else { "{\"Creation" });
        assert_eq!(Some(third.origin.offset as usize), at, "{name}");
    }
}

/// The first record is longer than what is looked at first, in every arrangement of JSON, and what marks it comes last.
#[test]
fn a_first_record_of_any_length_tells_what_the_file_is() {
    let long = |number: usize, size: usize| {
        record(number).replacen('{', &format!("{{\"Aside\":[\"{}\"],", "x".repeat(size)), 1)
    };
    for size in [70_000, 1_500_000] {
        let (first, second) = (long(1, size), long(2, 10));
        let text = |record: &str| serde_json::to_string(record).unwrap();
        for (name, text) in [
            ("page", format!("{{\"@odata.context\":\"x\",\"value\":[{first},{second}]}}")),
            ("list", format!("[\n{first},\n{second}\n]\n")),
            ("lines", format!("{first}\n{second}\n")),
            (
                "hits",
                format!("{{\"took\":1,\"hits\":{{\"hits\":[{{\"_source\":{first}}},{{\"_source\":{second}}}]}}}}"),
            ),
            ("carried", format!("{{\"message\":{}}}\n{{\"message\":{}}}\n", text(&first), text(&second))),
            ("by id", format!("{{\"a\":{first},\"b\":{second}}}")),
            ("empty first", format!("{{\"value\":[]}}\nnull\n{{\"value\":[{first}]}}\n{{\"value\":{second}}}")),
        ] {
            let wide: Vec<u8> =
                [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
            for bytes in [text.as_bytes(), &wide] {
                let (_dir, case) = read_bytes("log.json", bytes, &[]);
                let source = &case.ledger.sources[0];
                let counts = source.counts;
                assert_eq!(
                    (counts.records, counts.events, counts.rejected),
                    (2, 2, 0),
                    "{name} of {size}: {:?}",
                    source.notes
                );
                assert_eq!(source.status, Status::Read, "{name} of {size}");
            }
        }
    }
}

/// A collector's file that names several lists: what is beyond the text that is looked at first is read too, by the export
/// that it is of, and what no export has is no record.
#[test]
fn further_lists_of_an_envelope_do_not_vanish() {
    let list = |numbers: std::ops::Range<usize>| numbers.map(record).collect::<Vec<_>>().join(",\n");
    let audit = r#"{"id":"Directory_1","activityDateTime":"2026-03-01T00:00:00Z","activityDisplayName":"Add user","initiatedBy":{},"targetResources":[]}"#;
    let text = format!(
        r#"{{"value":[{}],"links":[{{"rel":"self"}},{{"rel":"next"}}],"more":[ {}],"took":[1,2],"directoryAudits":[{audit}]}}"#,
        list(0..600),
        list(600..3_000)
    );
    let (_dir, case) = read_bytes("log.json", text.as_bytes(), &["--threads", "2"]);
    let counts = case.ledger.total();
    assert_eq!((counts.records, counts.events, counts.rejected), (3_001, 3_001, 0));
    let events = events(&case);
    let last = events.iter().find(|event| event.origin.record == 3_001).unwrap();
    assert_eq!((last.action.as_deref(), Some(last.origin.offset as usize)), (Some("Add user"), text.find(audit)));
}

/// A first record that never ends, or that is longer than anybody looks, does not hide what it is, and costs itself only.
#[test]
fn a_first_record_that_is_broken_or_endless_is_salvaged_in_its_list() {
    let filler = |size: usize| format!(",\"Aside\":[\"{}\"]", "x".repeat(size));
    let open = |size: usize| record(1).trim_end_matches('}').to_owned() + &filler(size);
    let others: Vec<String> = (2..400).map(record).collect();
    let broken = format!("{{\"value\":[{},\n{}]}}", open(70_000), others.join(",\n"));
    let long = format!("{{\"value\":[{}}},\n{}]}}", open(5_000_000), others.join(",\n"));
    for (name, text) in [("broken", broken), ("long", long)] {
        let (_dir, case) = read_bytes("log.json", text.as_bytes(), &[]);
        let source = &case.ledger.sources[0];
        assert_eq!((source.counts.records, source.counts.rejected), (399, 0), "{name}: {:?}", source.notes);
        assert_eq!(source.counts.salvaged, u64::from(name == "broken"));
        let last = events(&case).into_iter().max_by_key(|event| event.origin.record).unwrap();
        assert_eq!(Some(last.origin.offset as usize), text.rfind("{\"Creation"), "{name}");
    }
}

#[test]
fn one_broken_object_does_not_take_the_file_with_it() {
    let mut text = "[\n".to_owned();
    for number in 0..60_000 {
        let mut object = record(number);
        if number == 100 {
            object.pop();
        }
        text.push_str(&object);
        text.push_str(",\n");
    }
    text.push_str("]\n");
    let (_dir, case) = read_bytes("log.json", text.as_bytes(), &[]);
    let total = case.ledger.total();
    assert_eq!((total.records, total.events, total.salvaged), (60_000, 60_000, 1));
}

/// Work that grew with the square of the size would not end within hours here.
#[test]
fn hostile_shapes_end_and_their_books_balance() {
    let broken: String = (0..60_000).map(|number| record(number).trim_end_matches('}').to_owned() + ",\n").collect();
    let record = record(1);
    let shapes = [
        ("deep.json", format!("{record}\n{}", "{\"a\":".repeat(400_000))),
        ("lists.json", format!("[{record},{}", "[".repeat(2_000_000))),
        ("commas.json", format!("{record}\n{{{}", "\"a\":[1,".repeat(300_000))),
        ("broken.json", format!("[{record},\n{broken}]")),
        ("quote.csv", format!("{PORTAL}{}\"{}", portal_row(1), "x,y\r\n".repeat(1_000_000))),
        ("quotes.csv", format!("{PORTAL}{}{}", portal_row(1), "\"a\n".repeat(500_000))),
        ("tags.xml", format!("<SearchResults><Event Cmdlet=\"x\">{}", "<Event a=\"".repeat(200_000))),
    ];
    for (name, text) in shapes {
        let (_dir, case) = read_bytes(name, text.as_bytes(), &[]);
        assert!(case.ledger.total().balance(), "{name}");
    }
}

fn lines() -> String {
    (0..2000).map(|number| record(number) + "\n").collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

#[test]
fn packed_streams_are_read_and_hashed_as_they_lie_on_disk() {
    let (gz, zst) = (gzip(lines().as_bytes()), zstd::encode_all(lines().as_bytes(), 3).unwrap());
    for (name, bytes) in [("log.json.gz", gz), ("log.json.zst", zst)] {
        let (_dir, case) = read_bytes(name, &bytes, &[]);
        let source = &case.ledger.sources[0];
        assert_eq!((source.counts.events, source.status, source.bytes), (2000, Status::Read, bytes.len() as u64));
        assert_eq!(source.sha256, hex(&Sha256::digest(&bytes)));
    }
}

#[test]
fn a_stream_that_unpacks_to_far_more_than_logs_do_is_left_alone() {
    let line = record(1) + "\n";
    let blanks = std::io::Read::take(std::io::repeat(b' '), 300 << 20);
    let bomb = zstd::encode_all(std::io::Read::chain(line.as_bytes(), blanks), 1).unwrap();
    assert!(bomb.len() < 300 << 10, "{} bytes are no bomb", bomb.len());
    let (_dir, case) = read_bytes("log.json.zst", &bomb, &[]);
    let source = &case.ledger.sources[0];
    assert_eq!((source.counts.records, source.counts.events, source.status), (1, 1, Status::PartlyRead));
    assert!(codes(source).contains(&"F-015"), "{:?}", source.notes);
    assert_eq!(source.sha256, hex(&Sha256::digest(&bomb)));
}

#[test]
fn a_cut_archive_gives_what_stands_before_the_cut() {
    for text in [lines(), (0..20).map(|number| record(number) + "\n").collect()] {
        let whole = gzip(text.as_bytes());
        let cut = &whole[..whole.len() * 3 / 4];
        let (_dir, case) = read_bytes("log.json.gz", cut, &[]);
        let source = &case.ledger.sources[0];
        assert_eq!(source.status, Status::PartlyRead);
        assert!(codes(source).contains(&"F-020"), "{:?}", source.notes);
        assert!(source.counts.events > 0 && source.counts.events < text.lines().count() as u64);
        assert_eq!(source.sha256, hex(&Sha256::digest(cut)));
    }
}

#[test]
fn utf_16_that_lost_a_byte_is_read_on_behind_it() {
    let text: String = (0..20).map(|number| record(number) + "\n").collect();
    let whole: Vec<u8> = "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    // In the middle, in either half of a letter, and in the end of a line: all behind it was gone, there with exit 0.
    for lost in [whole.len() / 2, whole.len() / 2 + 1, 2 + 2 * text.find('\n').unwrap()] {
        let mut damaged = whole.clone();
        damaged.remove(lost);
        let (_dir, case) = read_bytes("log.json", &damaged, &[]);
        let source = &case.ledger.sources[0];
        assert_eq!(source.status, Status::PartlyRead, "{lost}");
        assert!(codes(source).contains(&"F-020"), "{lost}: {:?}", source.notes);
        let whole = events(&case).iter().filter(|event| event.parse_status == ParseStatus::Ok).count();
        assert!(whole >= 18, "{lost}: {whole}");
    }
}

#[test]
fn members_of_an_archive_are_read_and_named_and_bad_ones_refused() {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let plain = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let packed = zip::write::SimpleFileOptions::default();
    for (name, options, text) in [
        ("a/log.ndjson", packed, lines()),
        ("b.csv", plain, PORTAL.to_owned() + &portal_row(9000)),
        ("../evil.ndjson", packed, lines()),
        ("inner.json.gz", plain, String::new()),
    ] {
        archive.start_file(name, options).unwrap();
        let bytes = if text.is_empty() { gzip(lines().as_bytes()) } else { text.into_bytes() };
        archive.write_all(&bytes).unwrap();
    }
    let bytes = archive.finish().unwrap().into_inner();
    let (_dir, case) = read_bytes("export.zip", &bytes, &[]);
    let named = |end: &str| case.ledger.sources.iter().find(|source| source.path.ends_with(end)).unwrap();
    let (log, csv) = (named("export.zip!a/log.ndjson"), named("export.zip!b.csv"));
    assert_eq!((log.counts.events, csv.counts.events), (2000, 1));
    assert_eq!(log.sha256, hex(&Sha256::digest(lines().as_bytes())));
    assert_eq!(named("!../evil.ndjson").status, Status::Unreadable);
    // Packed once more inside of the archive: the records of `a/log.ndjson` again, hashed as the member stands there.
    let again = named("!inner.json.gz");
    assert_eq!((again.counts.records, again.counts.duplicates, again.status), (2000, 2000, Status::Read));
    assert_eq!(again.sha256, hex(&Sha256::digest(gzip(lines().as_bytes()))));

    // A member that was changed inside the archive does not match its checksum.
    let mut changed = bytes;
    let at = changed.windows(9).position(|window| window == b"RecordId,").unwrap() + PORTAL.len() + 30;
    changed[at] ^= 1;
    let (_dir, case) = read_bytes("export.zip", &changed, &[]);
    let csv = case.ledger.sources.iter().find(|source| source.path.ends_with("!b.csv")).unwrap();
    assert_eq!(csv.status, Status::PartlyRead);
}

/// A portal export whose letters begin behind the first 64 KiB, in an encoding.
fn late_letters(encoding: &'static encoding_rs::Encoding) -> Vec<u8> {
    let mut text = "CreationDate,UserIds,Operations,AuditData\r\n".to_owned();
    for index in 0..400 {
        let subject = if index < 399 { "Offer" } else { "Gelöschte Elemente" };
        let record = format!(
            "{{\"CreationTime\":\"2026-03-02T10:00:00\",\"Id\":\"a{index}\",\"Operation\":\"Send\",\"RecordType\":2,\
             \"UserId\":\"a@x.example\",\"Workload\":\"Exchange\",\"Item\":{{\"Subject\":\"{subject}\"}},\
             \"ClientInfoString\":\"{}\"}}",
            "x".repeat(200)
        );
        let quoted = record.replace('"', "\"\"");
        text.push_str(&format!("2026-03-02T10:00:00.0000000Z,a@x.example,Send,\"{quoted}\"\r\n"));
    }
    encoding.encode(&text).0.into_owned()
}

#[test]
fn letters_far_behind_are_decoded_as_told_where_they_are_no_utf_8() {
    for (encoding, told, name) in [
        (encoding_rs::UTF_8, "windows-1252", "utf-8"),
        (encoding_rs::UTF_8, "shift_jis", "utf-8"),
        (encoding_rs::WINDOWS_1252, "windows-1252", "given"),
    ] {
        let bytes = late_letters(encoding);
        assert!(bytes[..64 * 1024].is_ascii() && !bytes.is_ascii());
        let (_dir, case) = read_bytes("ual.csv", &bytes, &["--encoding", told]);
        let source = &case.ledger.sources[0];
        assert_eq!((source.encoding.as_deref(), source.counts.events, source.counts.salvaged), (Some(name), 400, 0));
        let subjects: Vec<_> = events(&case).iter().filter_map(|event| event.email_subject.clone()).collect();
        assert!(subjects.iter().any(|subject| **subject == *"Gelöschte Elemente"), "{told}");
    }
}

/// The archive with another name of the same length, wherever it stands.
fn renamed(mut archive: Vec<u8>, from: &str, to: &str) -> Vec<u8> {
    let places: Vec<usize> = archive
        .windows(from.len())
        .enumerate()
        .filter(|(_, name)| *name == from.as_bytes())
        .map(|(at, _)| at)
        .collect();
    assert_eq!(places.len(), 2, "in front of its bytes and in the directory");
    for at in places {
        archive[at..at + to.len()].copy_from_slice(to.as_bytes());
    }
    archive
}

#[test]
fn members_of_one_name_are_all_read() {
    let lines: Vec<String> = lines().lines().take(3).map(str::to_owned).collect();
    let files = [
        ("ual1.ndjson", lines[0].as_bytes()),
        ("b.ndjson#2", b"no log"),
        ("ual2.ndjson", lines[1].as_bytes()),
        ("ual3.ndjson", lines[2].as_bytes()),
    ];
    let mut archive = zipped(&files);
    for name in ["ual2.ndjson", "ual3.ndjson"] {
        archive = renamed(archive, name, "ual1.ndjson");
    }
    let (dir, case) = read_bytes("export.zip", &archive, &[]);
    let found: Vec<(&str, u64)> = case
        .ledger
        .sources
        .iter()
        .map(|source| (source.path.rsplit('!').next().unwrap(), source.counts.events))
        .collect();
    assert_eq!(found, [("b.ndjson#2", 0), ("ual1.ndjson", 1), ("ual1.ndjson#2", 1), ("ual1.ndjson#3", 1)]);
    for (number, line) in lines.iter().enumerate() {
        let source = &case.ledger.sources[number + 1];
        assert_eq!(source.sha256, hex(&Sha256::digest(line)), "in the order of the directory");
    }
    let verified = bectrace(&["verify", dir.path().join("case").to_str().unwrap()]);
    assert_eq!(verified.exit, 0, "{}", verified.out);
}

#[test]
fn archives_of_one_name_inside_of_an_archive_are_all_read() {
    let lines: Vec<String> = lines().lines().take(2).map(str::to_owned).collect();
    let [one, two] = [0, 1].map(|number| zipped(&[("ual.ndjson", lines[number].as_bytes())]));
    let archive = renamed(zipped(&[("in1.zip", &one), ("in2.zip", &two)]), "in2.zip", "in1.zip");
    let (dir, case) = read_bytes("export.zip", &archive, &[]);
    let ends = |path: &str| path.split_once("export.zip").unwrap().1.to_owned();
    let found: Vec<(String, u64)> =
        case.ledger.sources.iter().map(|source| (ends(&source.path), source.counts.events)).collect();
    assert_eq!(found, [("!in1.zip!ual.ndjson".to_owned(), 1), ("!in1.zip#2!ual.ndjson".to_owned(), 1)]);
    let archives: Vec<(String, String)> =
        case.ledger.archives.iter().map(|archive| (ends(&archive.path), archive.sha256.clone())).collect();
    let hash = |bytes: &[u8]| hex(&Sha256::digest(bytes));
    let expected = [("", hash(&archive)), ("!in1.zip", hash(&one)), ("!in1.zip#2", hash(&two))];
    assert_eq!(archives, expected.map(|(name, hash)| (name.to_owned(), hash)));
    let verified = bectrace(&["verify", dir.path().join("case").to_str().unwrap()]);
    assert_eq!(verified.exit, 0, "{}", verified.out);
}

#[test]
fn a_name_that_is_taken_is_given_to_nobody_else() {
    let lines: Vec<String> = lines().lines().take(3).map(str::to_owned).collect();
    let files = [("a", lines[0].as_bytes()), ("a#2", lines[1].as_bytes()), ("z", lines[2].as_bytes())];
    // Three letters do not stand anywhere else by chance: `z` is too short a name to be looked for.
    let mut archive = zipped(&files);
    let last = archive.windows(3).rposition(|part| part == b"a#2").unwrap() + 3;
    let at = last + archive[last..].iter().position(|byte| *byte == b'z').unwrap();
    archive[at] = b'a';
    let (_dir, case) = read_bytes("export.zip", &archive, &[]);
    let found: Vec<&str> = case.ledger.sources.iter().map(|source| source.path.rsplit('!').next().unwrap()).collect();
    assert_eq!(found, ["a", "a#2", "a#3"]);
    assert_eq!(case.ledger.total().events, 3);
}
