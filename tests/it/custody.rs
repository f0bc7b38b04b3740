//! The chain of custody: what a run leaves verifies, and whatever is changed afterwards is found and named.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use bectrace::ingest::source::EvidenceFile;
use bectrace::ingest::{Options, Progress, ingest};
use bectrace::ledger::Status;
use bectrace::timeline::event::hex;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::harness::{Outcome, bectrace, skipped, testdata, zipped};

const DANA: &str = "dana.weiss@fabrikam.example";

/// A folder with evidence of its own and a report on it.
struct Run {
    dir: tempfile::TempDir,
}

impl Run {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let evidence = dir.path().join("evidence");
        fs::create_dir(&evidence).unwrap();
        let text = fs::read_to_string(testdata("background/ual.ndjson")).unwrap();
        let short: String = text.lines().take(120).map(|line| line.to_owned() + "\n").collect();
        fs::write(evidence.join("ual.ndjson"), short).unwrap();
        fs::copy(testdata("background/signins.json"), evidence.join("signins.json")).unwrap();
        let run = Self { dir };
        // An address of the attacker gives findings, and findings give records to look up.
        let outcome = bectrace(&[
            "investigate",
            &run.path("evidence"),
            "--user",
            DANA,
            "--attacker-ip",
            "198.51.100.23",
            "--case-id",
            "C-7",
            "--examiner",
            "Kim",
            "--out",
            &run.path("out"),
        ]);
        assert_eq!(outcome.exit, 0, "{}", outcome.err);
        let hash = hex(&Sha256::digest(fs::read(run.at("out/SHA256SUMS")).unwrap()));
        assert!(outcome.out.contains(&hash), "the seal is told: {}", outcome.out);
        run
    }

    fn at(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn path(&self, name: &str) -> String {
        self.at(name).display().to_string()
    }

    fn verify(&self, words: &[&str]) -> Outcome {
        let out = self.path("out");
        bectrace(&[&["verify", &out], words].concat())
    }

    fn caught(&self, words: &[&str], names: &str) {
        let outcome = self.verify(words);
        assert_eq!(outcome.exit, 5, "{names}: {}{}", outcome.out, outcome.err);
        assert!(outcome.out.contains(names), "{names} is not named in:\n{}", outcome.out);
    }

    fn seal(&self) -> String {
        hex(&Sha256::digest(fs::read(self.at("out/SHA256SUMS")).unwrap()))
    }

    /// Makes manifest and sums fit the files again, as a careful forger would.
    fn reseal(&self) {
        let out = self.at("out");
        let mut manifest: Value = serde_json::from_slice(&fs::read(out.join("manifest.json")).unwrap()).unwrap();
        for output in manifest["outputs"].as_array_mut().unwrap() {
            let bytes = fs::read(out.join(output["name"].as_str().unwrap())).unwrap();
            (output["size"], output["sha256"]) = (bytes.len().into(), hex(&Sha256::digest(&bytes)).into());
        }
        fs::write(out.join("manifest.json"), serde_json::to_vec_pretty(&manifest).unwrap()).unwrap();
        self.resum();
    }

    /// Makes the sums fit the files again.
    fn resum(&self) {
        let out = self.at("out");
        let old = fs::read_to_string(out.join("SHA256SUMS")).unwrap();
        let mut sums = String::new();
        for name in old.lines().map(|line| line.split_once("  ").unwrap().1) {
            let hash = hex(&Sha256::digest(fs::read(out.join(name)).unwrap()));
            sums.push_str(&(hash + "  " + name + "\n"));
        }
        fs::write(out.join("SHA256SUMS"), sums).unwrap();
    }
}

#[test]
fn what_a_run_leaves_verifies_also_with_sha256sum() {
    let run = Run::new();
    let outcome = run.verify(&[]);
    assert_eq!(outcome.exit, 0, "{}{}", outcome.out, outcome.err);
    assert!(outcome.out.contains("everything matches") && outcome.out.contains(&run.seal()));
    assert_eq!(run.verify(&["--expect", &run.seal()]).exit, 0);
    let cited = fs::read_to_string(run.at("out/report.json")).unwrap().matches("\"native_id\"").count();
    assert!(cited > 0, "the report cites records");
    assert!(!outcome.out.contains(" 0 cited records"), "{}", outcome.out);
    match std::process::Command::new("sha256sum")
        .args(["-c", "--strict", "SHA256SUMS"])
        .current_dir(run.at("out"))
        .output()
    {
        Ok(checked) => assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout)),
        Err(error) => skipped(&format!("sha256sum: {error}")),
    }
    let inner = bectrace(&["verify", &run.path("out/case")]);
    assert_eq!(inner.exit, 0, "the case inside: {}", inner.out);
    assert_eq!(bectrace(&["verify", &run.path("no such folder")]).exit, 2);
}

#[test]
fn a_case_and_a_report_on_it_verify() {
    let run = Run::new();
    let (case, report) = (run.path("case"), run.path("report"));
    assert_eq!(bectrace(&["ingest", &run.path("evidence"), "--out", &case, "-q"]).exit, 0);
    assert_eq!(bectrace(&["analyze", &case, "--user", DANA, "--out", &report, "-q"]).exit, 0);
    for dir in [&case, &report] {
        let outcome = bectrace(&["verify", dir]);
        assert_eq!(outcome.exit, 0, "{dir}: {}", outcome.out);
    }
    // Nothing is written into a case, and no case into a report on it.
    assert_eq!(bectrace(&["analyze", &case, "--user", DANA, "--out", &format!("{case}/r"), "-q"]).exit, 2);
    assert_eq!(bectrace(&["analyze", &case, "--user", DANA, "--out", &case, "--overwrite", "-q"]).exit, 2);
}

/// Every value of a JSON document changed, every key and element removed, doubled or added, one at a time.
pub fn tampered(value: &Value) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    match value {
        Value::Null => all.push((String::new(), json!("x"))),
        Value::Bool(bool) => all.push((String::new(), json!(!bool))),
        Value::Number(number) => all.push((String::new(), json!(number.as_u64().unwrap() + 1))),
        Value::String(text) => {
            let last = if text.ends_with('1') { '2' } else { '1' };
            let mut changed: String = text.chars().take(text.chars().count().saturating_sub(1)).collect();
            changed.push(last);
            all.push((String::new(), json!(changed)));
            all.push(("=null".to_owned(), Value::Null));
        }
        Value::Array(list) => {
            for (index, inner) in list.iter().enumerate() {
                let with = |inner: Value| {
                    let mut list = list.clone();
                    list[index] = inner;
                    Value::Array(list)
                };
                all.extend(tampered(inner).into_iter().map(|(path, inner)| (format!("/{index}{path}"), with(inner))));
                let mut without = list.clone();
                without.remove(index);
                all.push((format!("/{index} removed"), Value::Array(without)));
                let mut doubled = list.clone();
                doubled.push(inner.clone());
                all.push((format!("/{index} doubled"), Value::Array(doubled)));
            }
        }
        Value::Object(fields) => {
            for (key, inner) in fields {
                let with = |inner: Value| {
                    let mut fields = fields.clone();
                    fields.insert(key.clone(), inner);
                    Value::Object(fields)
                };
                all.extend(tampered(inner).into_iter().map(|(path, inner)| (format!("/{key}{path}"), with(inner))));
                let mut without = fields.clone();
                without.remove(key);
                all.push((format!("/{key} removed"), Value::Object(without)));
            }
            let mut more = fields.clone();
            more.insert("added".to_owned(), json!(1));
            all.push((" added".to_owned(), Value::Object(more)));
        }
    }
    all
}

#[test]
fn a_manifest_tampered_with_in_any_field_is_caught() {
    let run = Run::new();
    let path = run.at("out/manifest.json");
    let original = fs::read(&path).unwrap();
    let (sums, seal) = (fs::read(run.at("out/SHA256SUMS")).unwrap(), run.seal());
    let manifest: Value = serde_json::from_slice(&original).unwrap();
    let versions = tampered(&manifest);
    assert!(versions.len() > 100);
    // Of the many outputs, the first and every tenth.
    let shown = |place: &str| {
        let output: Option<usize> =
            place.strip_prefix("/outputs/").and_then(|rest| rest.split(['/', ' ']).next()?.parse().ok());
        output.is_none_or(|number| number % 10 == 0)
    };
    let mut unseen = Vec::new();
    for (place, version) in versions.iter().filter(|(place, _)| shown(place)) {
        fs::write(&path, serde_json::to_vec_pretty(version).unwrap()).unwrap();
        // As it is: the list of sums knows another manifest.
        let outcome = run.verify(&[]);
        assert_eq!(outcome.exit, 5, "{place}: {}", outcome.out);
        assert!(outcome.out.contains("manifest.json: SHA-256"), "{place}: {}", outcome.out);
        // With the list of sums made to fit: the other papers and the evidence contradict.
        run.resum();
        if run.verify(&[]).exit == 0 {
            unseen.push(place.clone());
            // With the hash that was noted when the run ended, always.
            run.caught(&["--expect", &seal], "--expect says");
        }
        fs::write(run.at("out/SHA256SUMS"), &sums).unwrap();
    }
    fs::write(&path, original).unwrap();
    assert_eq!(run.verify(&[]).exit, 0, "and as it was it matches");
    // The end of the run stands in no other paper: docs/trust.md says so.
    assert!(unseen.iter().all(|place| place == "/end"), "not seen without the noted hash: {unseen:?}");
}

#[test]
fn every_output_is_hashed_and_none_may_come_or_go() {
    let run = Run::new();
    let sums = fs::read_to_string(run.at("out/SHA256SUMS")).unwrap();
    for name in sums.lines().map(|line| line.split_once("  ").unwrap().1) {
        let path = run.at("out").join(name);
        let bytes = fs::read(&path).unwrap();
        let mut flipped = bytes.clone();
        match flipped.last_mut() {
            Some(last) => *last ^= 1,
            None => flipped.push(0),
        }
        fs::write(&path, flipped).unwrap();
        run.caught(&[], name);
        fs::remove_file(&path).unwrap();
        run.caught(&[], name);
        fs::write(&path, bytes).unwrap();
    }
    fs::write(run.at("out/extra.txt"), "").unwrap();
    run.caught(&[], "extra.txt: not in SHA256SUMS");
    fs::remove_file(run.at("out/extra.txt")).unwrap();
    fs::remove_file(run.at("out/SHA256SUMS")).unwrap();
    run.caught(&[], "SHA256SUMS: missing");
    fs::write(run.at("out/SHA256SUMS"), sums.replacen("  ", " ", 1)).unwrap();
    run.caught(&[], "SHA256SUMS: line 1");
    fs::write(run.at("out/SHA256SUMS"), &sums).unwrap();
    assert_eq!(run.verify(&[]).exit, 0);
}

#[test]
fn evidence_that_was_changed_lost_added_or_moved_is_told_apart() {
    let run = Run::new();
    let log = run.at("evidence/ual.ndjson");
    let bytes = fs::read(&log).unwrap();
    let mut changed = bytes.clone();
    let at = changed.windows(12).position(|window| window == b"\"Operation\":").unwrap() + 14;
    changed[at] ^= 1;
    fs::write(&log, &changed).unwrap();
    run.caught(&[], "ual.ndjson: SHA-256 in the evidence as it is now");
    fs::remove_file(&log).unwrap();
    run.caught(&[], "ual.ndjson: evidence not found");
    fs::write(&log, &bytes).unwrap();
    fs::write(run.at("evidence/later.csv"), "a,b\n").unwrap();
    run.caught(&[], "later.csv: lies in the evidence folder");
    fs::remove_file(run.at("evidence/later.csv")).unwrap();
    assert_eq!(run.verify(&[]).exit, 0);
    fs::create_dir(run.at("moved")).unwrap();
    fs::rename(run.at("evidence"), run.at("moved/box")).unwrap();
    run.caught(&[], "evidence not found");
    let (moved, renamed) = (run.path("moved"), run.at("moved/box/other-name.json"));
    assert_eq!(run.verify(&["--evidence", &moved]).exit, 0);
    fs::rename(run.at("moved/box/signins.json"), &renamed).unwrap();
    let (one, two) = (run.path("moved/box/ual.ndjson"), renamed.display().to_string());
    assert_eq!(run.verify(&["--evidence", &one, "--evidence", &two]).exit, 0, "another name, the same bytes");
}

#[test]
fn every_cited_record_is_looked_up_again() {
    let run = Run::new();
    let path = run.at("out/report.json");
    let report: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let pointer = first_record(&report, String::new()).expect("a cited record");
    for (key, value) in [
        ("evidence", json!("elsewhere.csv")),
        ("record", json!(100_000)),
        ("line", json!(99_999)),
        ("offset", json!(1)),
        ("native_id", json!("00000000-0000-4000-8000-000000000000")),
        ("sha256", json!("0".repeat(64))),
    ] {
        let mut forged = report.clone();
        forged.pointer_mut(&pointer).unwrap()[key] = value;
        fs::write(&path, serde_json::to_vec_pretty(&forged).unwrap()).unwrap();
        run.reseal();
        // The forger made every hash fit; the evidence does not.
        let outcome = run.verify(&[]);
        assert_eq!(outcome.exit, 5, "{key}: {}", outcome.out);
        assert!(outcome.out.contains(" record "), "{key}: {}", outcome.out);
        assert!(!outcome.out.contains("SHA256SUMS says"), "{key}: {}", outcome.out);
    }
}

/// Another build may read the same evidence otherwise: its folder is not called tampered with for that, and is told.
#[test]
fn a_folder_of_another_build_is_told_as_one() {
    let run = Run::new();
    let change = |name: &str, at: &str, value: Value| {
        let path = run.at(name);
        let mut paper: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        *paper.pointer_mut(at).unwrap() = value;
        fs::write(&path, serde_json::to_vec_pretty(&paper).unwrap()).unwrap();
    };
    change("out/case/ledger.json", "/sources/0/format", json!("read_by_an_earlier_build"));
    run.reseal();
    run.caught(&[], "signins.json: format");
    for manifest in ["out/manifest.json", "out/case/manifest.json"] {
        change(manifest, "/tool/build", json!("commit 0123456789abcdef, x86_64-linux, rustc 1.0.0"));
    }
    run.reseal();
    let outcome = run.verify(&[]);
    assert_eq!(outcome.exit, 0, "{}", outcome.out);
    assert!(outcome.out.contains("made by another build (0.1.0, commit 0123456789abcdef"), "{}", outcome.out);
}

fn first_record(value: &Value, at: String) -> Option<String> {
    match value {
        Value::Object(fields) if fields.contains_key("native_id") && fields.contains_key("sha256") => Some(at),
        Value::Object(fields) => fields.iter().find_map(|(key, inner)| first_record(inner, format!("{at}/{key}"))),
        Value::Array(list) => {
            list.iter().enumerate().find_map(|(index, inner)| first_record(inner, format!("{at}/{index}")))
        }
        _ => None,
    }
}

#[test]
fn members_of_archives_are_verified_and_so_are_archives() {
    let dir = tempfile::tempdir().unwrap();
    let zip = dir.path().join("export.zip");
    let mut archive = zip::ZipWriter::new(fs::File::create(&zip).unwrap());
    for name in ["logs/ual.ndjson", "../escape.json"] {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(&fs::read(testdata("background/ual.ndjson")).unwrap()).unwrap();
    }
    archive.finish().unwrap();
    let workbook = dir.path().join("book.xlsx");
    let mut archive = zip::ZipWriter::new(fs::File::create(&workbook).unwrap());
    archive.start_file("xl/workbook.xml", zip::write::SimpleFileOptions::default()).unwrap();
    archive.finish().unwrap();
    let words = |path: &Path| path.display().to_string();
    let (out, case) = (words(&dir.path().join("out")), words(&dir.path().join("out/case")));
    let investigated = bectrace(&["investigate", &words(&zip), &words(&workbook), "--user", DANA, "--out", &out, "-q"]);
    assert_eq!(investigated.exit, 3, "one member is refused: {}", investigated.err);
    let again = words(&dir.path().join("again"));
    assert_eq!(bectrace(&["analyze", &case, "--user", DANA, "--out", &again, "-q"]).exit, 3);
    for dir in [&out, &again] {
        let verified = bectrace(&["verify", dir]);
        assert_eq!(verified.exit, 0, "{}", verified.out);
    }
    let manifest: Value = serde_json::from_slice(&fs::read(format!("{out}/manifest.json")).unwrap()).unwrap();
    let hash_of = |end: &str| {
        let lines = manifest["evidence"].as_array().unwrap();
        lines.iter().find(|line| line["path"].as_str().unwrap().ends_with(end)).unwrap()["sha256"].clone()
    };
    assert_eq!(hash_of("export.zip"), json!(hex(&Sha256::digest(fs::read(&zip).unwrap()))));
    assert_eq!(hash_of("book.xlsx"), json!(hex(&Sha256::digest(fs::read(&workbook).unwrap()))));
    assert_eq!(
        hash_of("!logs/ual.ndjson"),
        json!(hex(&Sha256::digest(fs::read(testdata("background/ual.ndjson")).unwrap())))
    );
    // A comment at the archive's end changes no member, and the archive all the same.
    let mut bytes = fs::read(&zip).unwrap();
    let comment = bytes.len() - 2;
    bytes[comment] = 1;
    bytes.push(b'x');
    fs::write(&zip, bytes).unwrap();
    for dir in [&out, &again] {
        let verified = bectrace(&["verify", dir]);
        assert_eq!(verified.exit, 5);
        assert!(verified.out.contains("export.zip: SHA-256"), "{}", verified.out);
    }
}

#[test]
fn archives_inside_of_archives_are_verified_too() {
    let dir = tempfile::tempdir().unwrap();
    let log = fs::read(testdata("background/ual.ndjson")).unwrap();
    let inner = zipped(&[("ual.ndjson", &log)]);
    let outer = zipped(&[("inner.zip", &inner), ("b.json.gz", &gzipped(&log))]);
    fs::write(dir.path().join("outer.zip"), &outer).unwrap();
    fs::write(dir.path().join("lone.zip.gz"), gzipped(&inner)).unwrap();
    // No archive, and no member of one, though the names look so.
    fs::write(dir.path().join("plain"), &log).unwrap();
    fs::write(dir.path().join("plain!b.ndjson"), &log).unwrap();
    let evidence = dir.path().display().to_string();
    let aside = tempfile::tempdir().unwrap();
    let [out, again] = ["out", "again"].map(|name| aside.path().join(name).display().to_string());
    assert_eq!(bectrace(&["investigate", &evidence, "--user", DANA, "--out", &out, "-q"]).exit, 0);
    assert_eq!(bectrace(&["analyze", &format!("{out}/case"), "--user", DANA, "--out", &again, "-q"]).exit, 0);
    for dir in [&out, &again] {
        let verified = bectrace(&["verify", dir]);
        assert_eq!(verified.exit, 0, "{}", verified.out);
        assert!(verified.out.contains("4 evidence files read again"), "{}", verified.out);
    }
    let manifest: Value = serde_json::from_slice(&fs::read(format!("{out}/manifest.json")).unwrap()).unwrap();
    let hashes: Vec<(String, Value)> = manifest["evidence"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (line["path"].as_str().unwrap().rsplit('/').next().unwrap().to_owned(), line["sha256"].clone()))
        .collect();
    let hash = |bytes: &[u8]| json!(hex(&Sha256::digest(bytes)));
    let expected = [
        ("lone.zip.gz", hash(&gzipped(&inner))),
        ("lone.zip.gz!ual.ndjson", hash(&log)),
        ("outer.zip", hash(&outer)),
        ("outer.zip!b.json.gz", hash(&gzipped(&log))),
        ("outer.zip!inner.zip", hash(&inner)),
        ("outer.zip!inner.zip!ual.ndjson", hash(&log)),
        ("plain", hash(&log)),
        ("plain!b.ndjson", hash(&log)),
    ];
    assert_eq!(hashes, expected.map(|(name, hash)| (name.to_owned(), hash)));
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

#[test]
fn evidence_that_was_named_in_two_spellings_verifies() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("ev");
    fs::create_dir(&folder).unwrap();
    let text = fs::read_to_string(testdata("background/ual.ndjson")).unwrap();
    let short: String = text.lines().take(20).map(|line| line.to_owned() + "\n").collect();
    for name in ["a.ndjson", "b.ndjson"] {
        fs::write(folder.join(name), &short).unwrap();
    }
    let roundabout = dir.path().join("./ev/../ev").display().to_string();
    let (plain, file) = (folder.display().to_string(), folder.join("a.ndjson").display().to_string());
    let mut spellings = vec![[plain.clone(), roundabout.clone()], [roundabout, file]];
    #[cfg(unix)]
    {
        let link = dir.path().join("link.ndjson");
        std::os::unix::fs::symlink(folder.join("b.ndjson"), &link).unwrap();
        spellings.push([plain, link.display().to_string()]);
    }
    for (number, [one, other]) in spellings.iter().enumerate() {
        let aside = tempfile::tempdir().unwrap();
        let out = aside.path().join("out").display().to_string();
        assert_eq!(bectrace(&["investigate", one, other, "--user", DANA, "--out", &out, "-q"]).exit, 0);
        for evidence in [&[][..], &["--evidence", one, "--evidence", other]] {
            let verified = bectrace(&[&["verify", &out], evidence].concat());
            assert_eq!(verified.exit, 0, "{number}: {}", verified.out);
        }
        // Part by part, each in its own spelling.
        let case = aside.path().join("case").display().to_string();
        for named in [one, other] {
            assert_eq!(bectrace(&["ingest", named, "--append", "--out", &case, "-q"]).exit, 0);
        }
        let verified = bectrace(&["verify", &case]);
        assert_eq!(verified.exit, 0, "{number}: {}", verified.out);
    }
}

/// Reads `bytes` as one file and does `during` when the file is opened.
fn read_while(bytes: &[u8], during: impl Fn(&Path)) -> (Status, String, u64) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ual.ndjson");
    fs::write(&path, bytes).unwrap();
    let file = EvidenceFile { name: "ual.ndjson".to_owned(), path: path.clone() };
    let options = Options { threads: 1, ..Options::default() };
    let ledger = ingest(&[file], None, &options, &mut |progress| {
        if matches!(progress, Progress::File(_)) {
            during(&path);
        }
    })
    .unwrap();
    assert!(ledger.total().balance());
    let source = &ledger.sources[0];
    let codes: Vec<&str> = source.notes.iter().map(|note| note.code.as_str()).collect();
    (source.status, codes.join(" "), source.counts.events)
}

/// What happens to a file, in a word.
type Change<'a> = (&'a str, &'a dyn Fn(&Path));

#[test]
fn a_file_that_changes_while_it_is_read_is_doubtful() {
    let bytes = fs::read(testdata("background/ual.ndjson")).unwrap();
    let (status, codes, _) = read_while(&bytes, |_| ());
    assert_eq!(status, Status::Read);
    assert!(!codes.contains("F-024"));
    // Longer, shorter, other bytes of the same number with the old time put back, another file in its place, gone.
    let grow = |path: &Path| fs::OpenOptions::new().append(true).open(path).unwrap().write_all(b"{}\n").unwrap();
    let shrink = |path: &Path| fs::OpenOptions::new().write(true).open(path).unwrap().set_len(5000).unwrap();
    let forge = |path: &Path| {
        let modified = fs::metadata(path).unwrap().modified().unwrap();
        let mut bytes = fs::read(path).unwrap();
        let last = bytes.len() - 3;
        bytes[last] ^= 1;
        fs::write(path, bytes).unwrap();
        fs::File::options().append(true).open(path).unwrap().set_modified(modified).unwrap();
    };
    let replace = |path: &Path| {
        fs::write(path.with_extension("new"), fs::read(path).unwrap()).unwrap();
        fs::rename(path.with_extension("new"), path).unwrap();
    };
    let remove = |path: &Path| fs::remove_file(path).unwrap();
    let changes: [Change<'_>; 5] =
        [("grows", &grow), ("shrinks", &shrink), ("is forged", &forge), ("is replaced", &replace), ("goes", &remove)];
    for (what, during) in changes {
        if what == "is forged" && !cfg!(unix) {
            continue;
        }
        let (status, codes, _) = read_while(&bytes, during);
        assert_ne!(status, Status::Read, "a file that {what}");
        assert!(codes.contains("F-024") || what == "goes" && codes.contains("F-020"), "a file that {what}: {codes}");
    }
}

#[test]
fn nothing_is_written_beside_evidence() {
    let dir = tempfile::tempdir().unwrap();
    let evidence = dir.path().join("evidence");
    fs::create_dir(&evidence).unwrap();
    let log = evidence.join("ual.ndjson");
    fs::copy(testdata("background/ual.ndjson"), &log).unwrap();
    let words = |path: &Path| path.display().to_string();
    let listing = || fs::read_dir(&evidence).unwrap().count();
    let inside = evidence.join("out");
    let roundabout = evidence.join("../evidence/a/b");
    for out in [&inside, &evidence, &roundabout] {
        for extra in ["-q", "--overwrite"] {
            let outcome = bectrace(&["investigate", &words(&evidence), "--user", DANA, "--out", &words(out), extra]);
            assert_eq!(outcome.exit, 2, "{}", out.display());
            let outcome = bectrace(&["ingest", &words(&evidence), "--out", &words(out), extra]);
            assert_eq!((outcome.exit, listing()), (2, 1), "{}", out.display());
        }
    }
    // Evidence inside of the output folder would be replaced.
    let outcome = bectrace(&["ingest", &words(&log), "--out", &words(dir.path()), "--overwrite"]);
    assert_eq!(outcome.exit, 2);
    #[cfg(unix)]
    {
        let link = dir.path().join("link");
        std::os::unix::fs::symlink(&evidence, &link).unwrap();
        let outcome = bectrace(&["ingest", &words(&evidence), "--out", &words(&link.join("out"))]);
        assert_eq!((outcome.exit, listing()), (2, 1));
    }
    let beside = words(&dir.path().join("out"));
    assert_eq!(bectrace(&["ingest", &words(&evidence), "--out", &beside, "-q"]).exit, 0);
    assert_eq!(listing(), 1);
}
