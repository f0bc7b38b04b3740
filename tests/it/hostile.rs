//! Evidence made to harm: each file is answered with a clear code, memory stays bounded, and the rest is still read.
//! The limits are stated in `docs/trust.md`.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::harness::zipped;
use bectrace::ledger::{Ledger, SourceEntry, Status};
use bectrace::timeline::store::Case;
use chrono::{DateTime, Utc};
use serde_json::Value;

const DANA: &str = "dana.weiss@fabrikam.example";
const MIB: usize = 1 << 20;
/// Address space that a run may take: threads, buffers and all.
const MEMORY: u64 = 3 << 30;

/// A record of the audit log; `more` is put into it as it is.
fn record(number: usize, user: &str, time: &str, more: &str) -> String {
    format!(
        "{{\"CreationTime\":\"{time}\",\"Id\":\"00000000-0000-4000-8000-{number:012}\",\"Operation\":\"Update\",\
         \"RecordType\":2,\"Workload\":\"Exchange\",\"UserId\":\"{user}\",\"ClientIP\":\"198.51.100.23\"{more}}}"
    )
}

fn plain(number: usize) -> String {
    record(number, DANA, "2026-02-03T10:00:00", "")
}

fn portal_row(number: usize) -> String {
    format!("{number},2026-02-03T10:00:00.0000000Z,2,Update,{DANA},\"{}\",,\r\n", plain(number).replace('"', "\"\""))
}

const PORTAL: &str =
    "RecordId,CreationDate,RecordType,Operation,UserId,AuditData,AssociatedAdminUnits,AssociatedAdminUnitsNames\r\n";

/// Hostile files in a folder, with a good one before and one behind them.
struct Trap {
    dir: tempfile::TempDir,
}

impl Trap {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("evidence")).unwrap();
        let this = Self { dir };
        this.put("aa-good.ndjson", (plain(1) + "\n").as_bytes());
        this.put("zz-good.ndjson", (plain(2) + "\n").as_bytes());
        this
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        fs::write(self.at(name), bytes).unwrap();
    }

    fn at(&self, name: &str) -> PathBuf {
        self.dir.path().join("evidence").join(name)
    }

    /// Investigates everything under the memory limit; the ledger and the report.
    fn read(&self, words: &[&str]) -> (i32, Ledger, Value) {
        let out = self.dir.path().join("out");
        let limit = (MEMORY >> 10).to_string();
        let output = Command::new("sh")
            .args(["-c", "ulimit -v \"$1\" || exit 99; shift; exec \"$@\"", "sh", &limit])
            .args([env!("CARGO_BIN_EXE_bectrace"), "investigate"])
            .arg(self.dir.path().join("evidence"))
            .args(["--user", DANA, "--threads", "2", "--overwrite", "-q", "--out"])
            .arg(&out)
            .args(words)
            .output()
            .unwrap();
        let code = output.status.code();
        let code = code.unwrap_or_else(|| panic!("{:?} {}", output.status, String::from_utf8_lossy(&output.stderr)));
        assert!(matches!(code, 0 | 3), "exit {code}: {}", String::from_utf8_lossy(&output.stderr));
        let case = Case::open(&out.join("case")).unwrap();
        assert!(case.ledger.total().balance());
        for name in ["aa-good.ndjson", "zz-good.ndjson"] {
            let good = source(&case.ledger, name);
            assert_eq!((good.counts.events, good.status), (1, Status::Read), "{name}");
        }
        (code, case.ledger, serde_json::from_slice(&fs::read(out.join("report.json")).unwrap()).unwrap())
    }
}

fn source<'l>(ledger: &'l Ledger, name: &str) -> &'l SourceEntry {
    let found = ledger.sources.iter().find(|source| source.path.ends_with(name));
    found.unwrap_or_else(|| panic!("{name} is not in the ledger"))
}

fn codes(source: &SourceEntry) -> Vec<&str> {
    source.notes.iter().map(|note| note.code.as_str()).collect()
}

/// Packs what `fill` writes.
fn gzip(path: &Path, fill: impl FnOnce(&mut dyn Write)) {
    let file = BufWriter::new(File::create(path).unwrap());
    let mut packer = flate2::write::GzEncoder::new(file, flate2::Compression::default());
    fill(&mut packer);
    packer.finish().unwrap().flush().unwrap();
}

/// Writes one byte many times.
fn flood(out: &mut dyn Write, byte: u8, mebibytes: usize) {
    let piece = vec![byte; MIB];
    for _ in 0..mebibytes {
        out.write_all(&piece).unwrap();
    }
}

#[test]
fn bombs_are_cut_off_and_what_stands_before_is_kept() {
    let evidence = Trap::new();
    gzip(&evidence.at("zeros.json.gz"), |out| flood(out, 0, 200));
    gzip(&evidence.at("blank.ndjson.gz"), |out| {
        writeln!(out, "{}", plain(3)).unwrap();
        flood(out, b'\n', 200);
    });
    let zeros = vec![0; 400 * MIB];
    evidence.put("zeros.json.zst", &zstd::encode_all(zeros.as_slice(), 1).unwrap());
    let mut archive = zip::ZipWriter::new(File::create(evidence.at("many.zip")).unwrap());
    archive.start_file("a.ndjson", zip::write::SimpleFileOptions::default()).unwrap();
    writeln!(archive, "{}", plain(4)).unwrap();
    for number in 0..8 {
        // Each by itself is below every limit.
        archive.start_file(format!("b{number}.json"), zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(&zeros[..20 * MIB]).unwrap();
    }
    archive.finish().unwrap();

    let (code, ledger, _) = evidence.read(&[]);
    assert_eq!(code, 3);
    for name in ["zeros.json.gz", "zeros.json.zst", "blank.ndjson.gz"] {
        let bomb = source(&ledger, name);
        assert!(codes(bomb).contains(&"F-015"), "{name}: {:?}", bomb.notes);
        assert_eq!(bomb.bytes, fs::metadata(evidence.at(name)).unwrap().len(), "{name} is hashed as it lies on disk");
    }
    let blank = source(&ledger, "blank.ndjson.gz");
    assert_eq!((blank.counts.events, blank.status), (1, Status::PartlyRead));
    assert_eq!(source(&ledger, "many.zip!a.ndjson").counts.events, 1);
    let members: Vec<bool> =
        (0..8).map(|number| codes(source(&ledger, &format!("many.zip!b{number}.json"))).contains(&"F-015")).collect();
    assert!(!members[0] && members[7], "the members share what their archive may take: {members:?}");

    // The limits can be moved both ways.
    let (_, ledger, _) = evidence.read(&["--unpack-ratio", "100000"]);
    let blank = source(&ledger, "blank.ndjson.gz");
    assert_eq!((blank.counts.events, blank.status), (1, Status::Read), "{:?}", blank.notes);
    let (_, ledger, _) = evidence.read(&["--unpack-ratio", "100000", "--unpack-limit", "10MiB"]);
    assert!(codes(source(&ledger, "blank.ndjson.gz")).contains(&"F-015"));
}

#[test]
fn deeply_nested_archives_and_names_that_lead_out_are_refused() {
    let evidence = Trap::new();
    let deep = zipped(&[("log.ndjson", plain(9).as_bytes())]);
    let inner = zipped(&[
        ("log.ndjson", plain(3).as_bytes()),
        ("deep.zip", &deep),
        ("deep.json.zst", &zstd::encode_all(plain(9).as_bytes(), 1).unwrap()),
        ("../out.ndjson", plain(9).as_bytes()),
    ]);
    // A document of an office program is no archive of logs.
    let letter = zipped(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w:document/>")]);
    let mut outer = zip::ZipWriter::new(File::create(evidence.at("outer.zip")).unwrap());
    for (name, bytes) in [
        ("inner.zip", inner.as_slice()),
        ("letter.docx", &letter),
        ("broken.zip", &inner[..inner.len() / 2]),
        ("../up.ndjson", plain(4).as_bytes()),
        ("/root.ndjson", plain(5).as_bytes()),
        ("a\\..\\b.ndjson", plain(6).as_bytes()),
        ("good.ndjson", plain(7).as_bytes()),
    ] {
        outer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        outer.write_all(bytes).unwrap();
    }
    outer.finish().unwrap();
    gzip(&evidence.at("twice.json.gz"), |out| {
        let mut packer = flate2::write::GzEncoder::new(out, flate2::Compression::fast());
        packer.write_all(plain(8).as_bytes()).unwrap();
        packer.finish().unwrap();
    });
    let (code, ledger, _) = evidence.read(&[]);
    assert_eq!(code, 3);
    let refused: Vec<&str> = ledger
        .sources
        .iter()
        .filter(|source| codes(source) == ["F-011"])
        .map(|source| source.path.rsplit("evidence/").next().unwrap())
        .collect();
    assert_eq!(
        refused,
        [
            "outer.zip!../up.ndjson",
            "outer.zip!/root.ndjson",
            "outer.zip!a\\..\\b.ndjson",
            "outer.zip!broken.zip",
            "outer.zip!inner.zip!../out.ndjson",
            "outer.zip!inner.zip!deep.json.zst",
            "outer.zip!inner.zip!deep.zip",
            "outer.zip!letter.docx",
            "twice.json.gz"
        ]
    );
    assert_eq!(source(&ledger, "outer.zip!good.ndjson").counts.events, 1);
    assert_eq!(source(&ledger, "outer.zip!inner.zip!log.ndjson").counts.events, 1);
    assert!(!evidence.dir.path().join("up.ndjson").exists());
}

#[test]
fn bombs_inside_of_archives_are_cut_off_too() {
    let evidence = Trap::new();
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writeln!(packer, "{}", plain(3)).unwrap();
    flood(&mut packer, b'\n', 70);
    evidence.put("blank.zip", &zipped(&[("blank.ndjson.gz", &packer.finish().unwrap())]));
    // Inner archives that are nothing but long: each is below every limit, all together are not.
    let mut stored = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let as_it_is = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    stored.start_file("log.ndjson", as_it_is).unwrap();
    flood(&mut stored, 0, 40);
    let long = stored.finish().unwrap().into_inner();
    let names: Vec<String> = (0..3).map(|number| format!("long{number}.zip")).collect();
    let mut many = zip::ZipWriter::new(File::create(evidence.at("many.zip")).unwrap());
    for name in &names {
        let fast = zip::write::SimpleFileOptions::default().compression_level(Some(1));
        many.start_file(name.as_str(), fast).unwrap();
        many.write_all(&long).unwrap();
    }
    many.finish().unwrap();
    let (code, ledger, _) = evidence.read(&["--unpack-ratio", "1"]);
    assert_eq!(code, 3);
    let blank = source(&ledger, "blank.zip!blank.ndjson.gz");
    assert!(codes(blank).contains(&"F-015"), "{:?}", blank.notes);
    assert_eq!((blank.counts.events, blank.status), (1, Status::PartlyRead));
    // The first takes most of what its file may take; the others stay unread.
    for name in names.iter().skip(1) {
        let refused = source(&ledger, &format!("many.zip!{name}"));
        assert!(codes(refused).iter().any(|code| matches!(*code, "F-011" | "F-015")), "{:?}", refused.notes);
    }
}

#[test]
fn nesting_giants_and_a_million_columns_are_bounded() {
    let evidence = Trap::new();
    let deep = |open: &str, close: &str| open.repeat(100_000) + &close.repeat(100_000);
    let nested = [deep("{\"a\":", "}").replace(":}", ":1}"), deep("[", "]")];
    let lines = |first: &str| format!("{}\n{first}\n{}\n", plain(3), plain(4));
    evidence.put("deep-objects.ndjson", lines(&nested[0]).as_bytes());
    evidence.put("deep-lists.ndjson", lines(&format!("{{\"Id\":{}}}", nested[1])).as_bytes());
    let inside = record(5, DANA, "2026-02-03T10:00:00", &format!(",\"ExtendedProperties\":{}", nested[1]));
    evidence.put("deep-inside.ndjson", lines(&inside).as_bytes());
    let row = format!("x,2026-02-03T10:00:00Z,2,Update,{DANA},\"{}\",,\r\n", inside.replace('"', "\"\""));
    evidence.put("deep-cell.csv", format!("{PORTAL}{}{row}{}", portal_row(6), portal_row(7)).as_bytes());
    let cells = ",x".repeat(1_000_000);
    evidence.put("wide-row.csv", format!("{PORTAL}{}y{cells}\r\n{}", portal_row(8), portal_row(9)).as_bytes());
    evidence.put("wide-header.csv", format!("{}{cells}\r\n{}", PORTAL.trim_end(), portal_row(10)).as_bytes());
    evidence.put("wide-unknown.csv", format!("a{cells}\r\n1{cells}\r\n").as_bytes());
    // One cell of 300 MiB: more than a record may have, many times over.
    gzip(&evidence.at("giant-cell.csv.gz"), |out| {
        write!(out, "{PORTAL}{}z,,,,,\"", portal_row(11)).unwrap();
        flood(out, b'x', 300);
        write!(out, "\",,\r\n{}", portal_row(12)).unwrap();
    });
    gzip(&evidence.at("giant-text.ndjson.gz"), |out| {
        write!(out, "{}\n{{\"Id\":\"", plain(13)).unwrap();
        flood(out, b'x', 300);
        write!(out, "\"}}\n{}\n", plain(14)).unwrap();
    });
    let (code, ledger, _) = evidence.read(&["--unpack-ratio", "100000"]);
    assert_eq!(code, 3);
    for name in ["deep-objects.ndjson", "deep-lists.ndjson", "deep-inside.ndjson", "deep-cell.csv", "wide-row.csv"] {
        let counts = source(&ledger, name).counts;
        assert_eq!(counts.records, 3, "{name}: {counts:?}");
        assert!(counts.events + counts.duplicates >= 2, "{name}: {counts:?}");
    }
    for name in ["giant-cell.csv.gz", "giant-text.ndjson.gz"] {
        let giant = source(&ledger, name);
        assert_eq!((giant.counts.events, giant.counts.rejected), (2, 1), "{name}: {:?}", giant.notes);
        assert!(codes(giant).contains(&"R-108"), "{name}");
    }
    assert_ne!(source(&ledger, "wide-unknown.csv").status, Status::Read);
}

const EAC: &str = "<Event Caller=\"admin@fabrikam.example\" Cmdlet=\"Set-Mailbox\" ObjectModified=\"dana.weiss\" \
    RunDate=\"2026-02-03T10:00:00+00:00\" Succeeded=\"true\" Error=\"None\" OriginatingServer=\"X\">\
    <CmdletParameters><Parameter Name=\"Identity\" Value=\"dana.weiss\" /></CmdletParameters></Event>";

#[test]
fn entities_and_document_types_are_never_expanded() {
    let evidence = Trap::new();
    let mut laughs = "<?xml version=\"1.0\"?>\n<!DOCTYPE lolz [\n<!ENTITY lol \"lol\">\n".to_owned();
    for level in 1..10 {
        let inner = if level == 1 { "&lol;".repeat(10) } else { format!("&lol{};", level - 1).repeat(10) };
        writeln!(laughs, "<!ENTITY lol{level} \"{inner}\">").unwrap();
    }
    laughs.push_str("]>\n");
    let laughing = EAC.replace("Value=\"dana.weiss\"", "Value=\"&lol9;\"");
    evidence.put("laughs.xml", format!("{laughs}<SearchResults>{EAC}{laughing}</SearchResults>").as_bytes());
    let secret = evidence.dir.path().join("secret.txt");
    fs::write(&secret, "TOP-SECRET-CONTENT").unwrap();
    let outside = format!("<!DOCTYPE x [<!ENTITY e SYSTEM \"file://{}\">]>\n", secret.display());
    let asking = EAC.replace("Value=\"dana.weiss\"", "Value=\"&e;\"").replace("10:00:00", "11:00:00");
    evidence.put("outside.xml", format!("{outside}<SearchResults>{asking}{EAC}</SearchResults>").as_bytes());
    let (_, ledger, _) = evidence.read(&[]);
    for name in ["laughs.xml", "outside.xml"] {
        let counts = source(&ledger, name).counts;
        assert!(
            counts.balance() && counts.records == 2 || source(&ledger, name).status != Status::Read,
            "{name}: {counts:?}"
        );
    }
    for (path, bytes) in outputs(&evidence.dir.path().join("out")) {
        let found = bytes.windows(18).any(|window| window == b"TOP-SECRET-CONTENT");
        assert!(!found, "{} holds what an entity pointed at", path.display());
        assert!(bytes.len() < 20 * MIB, "{} is {} bytes long", path.display(), bytes.len());
    }
}

fn outputs(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let files = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    files.map(|path| (path.clone(), fs::read(&path).unwrap())).collect()
}

#[test]
fn broken_text_odd_dates_and_endless_names_are_borne() {
    let evidence = Trap::new();
    // Bytes that are no UTF-8 in the middle of a record; UTF-16 with a lone surrogate and half a character at its end.
    let mut broken = (record(3, &"田中千佳経理部東京本社".repeat(4), "2026-02-03T10:00:00", "") + "\n").into_bytes();
    broken.extend(record(4, "x", "2026-02-03T10:00:00", "").into_bytes());
    let at = broken.len() - 30;
    broken.splice(at..at, [0xff, 0xc3, 0x28, 0xf8]);
    broken.extend(b"\n");
    evidence.put("broken-utf8.ndjson", &broken);
    let mut wide: Vec<u8> = vec![0xff, 0xfe];
    let text = format!("{}\n{}\n", plain(5), record(6, "x", "2026-02-03T10:00:00", ""));
    wide.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    let at = wide.len() - 40;
    wide.splice(at..at, [0x00, 0xd8]);
    wide.push(0x7b);
    evidence.put("broken-utf16.ndjson", &wide);
    let dates = [
        "0000-01-01T00:00:00",
        "0001-01-01T00:00:00",
        "9999-12-31T23:59:59.9999999",
        "10000-01-01T00:00:00",
        "-262144-01-01T00:00:00",
        "1601-01-01T00:00:00",
        "2026-02-30T00:00:00",
        "2016-12-31T23:59:60",
    ];
    let odd: String =
        dates.iter().enumerate().map(|(number, time)| record(20 + number, DANA, time, "") + "\n").collect();
    evidence.put("odd-dates.ndjson", odd.as_bytes());
    let long = "n".repeat(MIB) + "@fabrikam.example";
    let names: String = (0..5).map(|number| record(40 + number, &long, "2026-02-03T10:00:00", "") + "\n").collect();
    let keys = (0..5)
        .map(|number| record(50 + number, DANA, "2026-02-03T10:00:00", &format!(",\"{long}\":\"{long}\"")) + "\n");
    evidence.put("long-names.ndjson", (names + &keys.collect::<String>()).as_bytes());

    let (code, ledger, report) = evidence.read(&[]);
    assert_eq!(code, 3);
    let counts = |name: &str| source(&ledger, name).counts;
    assert_eq!((counts("broken-utf8.ndjson").records, counts("broken-utf8.ndjson").salvaged), (2, 1));
    assert!(counts("broken-utf16.ndjson").records >= 2);
    assert_eq!(counts("odd-dates.ndjson").records, dates.len() as u64);
    assert_eq!(counts("long-names.ndjson").events, 10);
    // A time that cannot be is no end of the evidence, and so none of the window.
    let time = |value: &Value| value.as_str().unwrap().parse::<DateTime<Utc>>().unwrap();
    assert!(time(&report["window"]["from"]) < time(&report["window"]["to"]));
    assert_eq!(report["window"]["to"], "2026-02-03T10:00:01Z", "the second behind the last time that can be");
    for (path, bytes) in outputs(&evidence.dir.path().join("out")) {
        assert!(bytes.len() < 64 * MIB, "{} is {} bytes long", path.display(), bytes.len());
    }
}
