//! Faults injected into whole runs of the program: killed, interrupted, out of space, without a reader, with evidence
//! that is none. Nothing half-written is ever left, and the next run succeeds.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bectrace::ingest::source::EvidenceFile;
use bectrace::ingest::{Options, Progress, ingest};
use bectrace::ledger::{Ledger, Status};
use bectrace::timeline::event::hex;
use bectrace::timeline::store::{Case, CaseWriter};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::harness::{bectrace, bectrace_at, skipped, testdata};

const DANA: &str = "dana.weiss@fabrikam.example";

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_bectrace"))
}

fn investigate(evidence: &Path, out: &Path) -> Command {
    let mut command = program();
    command.arg("investigate").arg(evidence).args(["--user", DANA, "--overwrite", "-q", "--out"]).arg(out);
    command
}

/// The files below a folder, by their names in it; none where there is no folder.
fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![dir.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.insert(path.strip_prefix(dir).unwrap().display().to_string(), fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// What is being written has a name of its own, which nobody takes for a result.
fn is_unfinished(name: &str) -> bool {
    if name.starts_with(".unfinished-") {
        return true;
    }
    let name = name.rsplit('/').next().unwrap();
    let end = name.rsplit('.').next();
    end == Some("tmp") || name.starts_with('.') && end == Some("partial")
}

fn holds_the_clock(name: &str) -> bool {
    ["manifest.json", "SHA256SUMS"].contains(&name.rsplit('/').next().unwrap())
}

/// Every result that is there is whole: its bytes are those of an undisturbed run.
fn assert_whole(dir: &Path, whole: &BTreeMap<String, Vec<u8>>, when: &str) {
    let found = files(dir);
    for (name, bytes) in found.iter().filter(|(name, _)| !is_unfinished(name)) {
        if !holds_the_clock(name) {
            assert!(whole.get(name).is_some_and(|whole| whole == bytes), "{name} is not whole {when}");
        } else if name.ends_with("manifest.json") {
            serde_json::from_slice::<Value>(bytes).unwrap_or_else(|error| panic!("{name} {when}: {error}"));
        }
    }
    // Where the list of sums is there, everything is there.
    for folder in ["", "case/"] {
        let Some(sums) = found.get(&format!("{folder}SHA256SUMS")) else { continue };
        for line in std::str::from_utf8(sums).unwrap().lines() {
            let (sum, name) = line.split_once("  ").unwrap();
            let bytes = found.get(&format!("{folder}{name}")).unwrap_or_else(|| panic!("{folder}{name} {when}"));
            assert_eq!(sum, hex(&Sha256::digest(bytes)), "{name} {when}");
        }
    }
}

/// The files of an undisturbed run.
fn undisturbed(evidence: &Path, out: &Path) -> BTreeMap<String, Vec<u8>> {
    let output = investigate(evidence, out).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    files(out)
}

/// Whether a run was killed when `pause` had passed; otherwise how long it took to its end.
fn killed_after(pause: Duration, child: &mut Child) -> Result<(), Duration> {
    let start = Instant::now();
    while start.elapsed() < pause {
        if child.try_wait().unwrap().is_some() {
            return Err(start.elapsed());
        }
        std::thread::sleep(pause.saturating_sub(start.elapsed()).min(Duration::from_millis(1)));
    }
    child.kill().unwrap();
    if child.wait().unwrap().code().is_none() { Ok(()) } else { Err(start.elapsed()) }
}

#[test]
fn killed_at_a_hundred_moments_nothing_is_half_written() {
    let dir = tempfile::tempdir().unwrap();
    let evidence = testdata("background");
    let whole = undisturbed(&evidence, &dir.path().join("whole"));
    let out = dir.path().join("out");
    let mut seed = 7_u64;
    // How long a run takes is not known beforehand and changes with what else the machine does: it is taken from the
    // last run that reached its end, and tried a little beyond after each that did not.
    let (mut took, mut killed, mut ended) = (Duration::from_secs(1), 0, 0);
    while killed < 100 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let pause = took.mul_f64((seed >> 40) as f64 / f64::from(1_u32 << 24));
        let mut child = investigate(&evidence, &out).stderr(Stdio::null()).spawn().unwrap();
        match killed_after(pause, &mut child) {
            Ok(()) => (killed, took) = (killed + 1, took.mul_f64(1.02)),
            Err(end) => (ended, took) = (ended + 1, end),
        }
        assert_whole(&out, &whole, &format!("after kill {killed}, {ended} not killed"));
        assert!(ended < 1000, "only {killed} runs were killed before their end");
    }
    let again = undisturbed(&evidence, &out);
    assert_eq!(again.keys().collect::<Vec<_>>(), whole.keys().collect::<Vec<_>>(), "and nothing of the killed is left");
    assert_whole(&out, &whole, "in the next run");
}

/// Evidence that takes a while to read.
fn much_evidence(dir: &Path) -> PathBuf {
    let text = fs::read_to_string(testdata("background/ual.ndjson")).unwrap();
    let folder = dir.join("much");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("ual.ndjson"), text.repeat(100)).unwrap();
    folder
}

fn signal(name: &str, child: &Child) {
    let sent = Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status();
    assert!(sent.is_ok_and(|status| status.success()), "kill -{name}");
}

#[test]
#[cfg(unix)]
fn interrupted_a_run_says_so_and_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let evidence = much_evidence(dir.path());
    let out = dir.path().join("out");
    let mut interrupted = 0;
    for (name, pause) in [("INT", 0), ("INT", 20), ("TERM", 50), ("INT", 120), ("INT", 300)] {
        let mut child = investigate(&evidence, &out).stderr(Stdio::piped()).spawn().unwrap();
        // The folder is there: the run has begun, and listens.
        while !out.exists() && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(pause));
        if child.try_wait().unwrap().is_none() {
            signal(name, &child);
        }
        let output = child.wait_with_output().unwrap();
        match output.status.code() {
            Some(130) => {
                interrupted += 1;
                assert!(String::from_utf8_lossy(&output.stderr).contains("interrupted"));
                assert!(!out.exists(), "{:?} are left after {name} {pause}", files(&out).keys());
            }
            // It was done before the signal came.
            Some(0) => fs::remove_dir_all(&out).unwrap(),
            other => panic!("{other:?}: {}", String::from_utf8_lossy(&output.stderr)),
        }
    }
    assert!(interrupted > 0);
    undisturbed(&evidence, &out);
}

#[test]
fn a_merge_hears_of_every_row_and_can_be_stopped_between_them() {
    let dir = tempfile::tempdir().unwrap();
    let [case, joined] = ["case", "joined"].map(|name| dir.path().join(name));
    let evidence = testdata("background").display().to_string();
    assert_eq!(bectrace(&["ingest", &evidence, "--out", case.to_str().unwrap(), "-q"]).exit, 0);
    let case = Case::open(&case).unwrap();
    let rows = AtomicUsize::new(0);
    let count = |more: usize| {
        rows.fetch_add(more, Ordering::Relaxed);
        Ok(())
    };
    case.write_into(CaseWriter::create(&joined).unwrap(), &count).unwrap();
    let total = case.ledger.total();
    assert_eq!(rows.into_inner() as u64, total.events + total.states);
    fs::remove_dir_all(&joined).unwrap();
    let stop = |_: usize| Err(std::io::Error::other("interrupted"));
    let stopped = case.write_into(CaseWriter::create(&joined).unwrap(), &stop);
    assert!(stopped.unwrap_err().to_string().ends_with("interrupted"));
    assert!(files(&joined).is_empty(), "{:?}", files(&joined).keys());
}

#[test]
#[cfg(unix)]
fn interrupted_in_the_place_of_an_earlier_report_a_run_leaves_that_one() {
    let dir = tempfile::tempdir().unwrap();
    let evidence = much_evidence(dir.path());
    let out = dir.path().join("out");
    let earlier = undisturbed(&testdata("background"), &out);
    let mut interrupted = 0;
    for pause in [0, 20, 50, 120, 300] {
        let mut child = investigate(&evidence, &out).stderr(Stdio::null()).spawn().unwrap();
        let begun =
            || fs::read_dir(&out).unwrap().flatten().any(|entry| entry.file_name() != "case" && entry.path().is_dir());
        while !begun() && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(pause));
        if child.try_wait().unwrap().is_none() {
            signal("INT", &child);
        }
        match child.wait().unwrap().code() {
            Some(130) => {
                interrupted += 1;
                assert!(files(&out) == earlier, "{:?} after {pause}", files(&out).keys());
                assert_eq!(bectrace(&["verify", &out.display().to_string()]).exit, 0);
            }
            // It was done before the signal came.
            Some(0) => break,
            other => panic!("{other:?}"),
        }
    }
    assert!(interrupted > 0);
}

/// Runs a shell script in a mount namespace of its own; `None`, with the reason printed, where that is not permitted.
fn apart(script: &str, words: &[&std::ffi::OsStr]) -> Option<Output> {
    let probe = Command::new("unshare").args(["-m", "sh", "-c", "mount -t tmpfs tmpfs /mnt"]).output();
    match probe {
        Ok(output) if output.status.success() => {}
        Ok(output) => {
            skipped(&format!("mounting is not permitted: {}", String::from_utf8_lossy(&output.stderr).trim()));
            return None;
        }
        Err(error) => {
            skipped(&format!("unshare: {error}"));
            return None;
        }
    }
    Some(Command::new("unshare").args(["-m", "sh", "-c", script, "sh"]).args(words).output().unwrap())
}

#[test]
fn a_full_disk_is_told_and_nothing_is_left_on_it() {
    let dir = tempfile::tempdir().unwrap();
    let evidence = testdata("background");
    let whole = undisturbed(&evidence, &dir.path().join("whole"));
    // Files lie on whole pages.
    let needed: usize = whole.values().map(|bytes| bytes.len().div_ceil(4096) * 4096).sum();
    let disk = dir.path().join("disk");
    fs::create_dir(&disk).unwrap();
    let script = "mount -t tmpfs -o size=$2 tmpfs \"$1\" || exit 99
        \"$3\" investigate \"$4\" --user \"$5\" --out \"$1/out\" -q; echo \"exit $?\"; find \"$1\" -mindepth 1";
    for percent in [5, 25, 50, 75, 85, 90, 93, 97] {
        let size = (needed * percent / 100).to_string();
        let words = [
            disk.as_os_str(),
            size.as_ref(),
            env!("CARGO_BIN_EXE_bectrace").as_ref(),
            evidence.as_ref(),
            DANA.as_ref(),
        ];
        let Some(output) = apart(script, &words) else { return };
        assert_eq!(String::from_utf8_lossy(&output.stdout), "exit 1\n", "on a disk of {percent} %");
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(err.contains("No space left"), "on a disk of {percent} %: {err}");
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let disk = dir.path().join("disk");
    fs::create_dir(&disk).unwrap();
    let evidence = testdata("background");
    let script = "mount -t tmpfs -o ro tmpfs \"$1\" || exit 99
        \"$2\" investigate \"$3\" --user \"$4\" --out \"$1/out\" -q; echo \"exit $?\"";
    let words = [disk.as_os_str(), env!("CARGO_BIN_EXE_bectrace").as_ref(), evidence.as_ref(), DANA.as_ref()];
    if let Some(output) = apart(script, &words) {
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(String::from_utf8_lossy(&output.stdout), "exit 1\n", "{err}");
        assert!(err.contains("cannot write") && err.contains("Read-only"), "{err}");
    }
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let below = file.join("out").display().to_string();
    let outcome = bectrace(&["investigate", &evidence.display().to_string(), "--user", DANA, "--out", &below, "-q"]);
    assert_eq!(outcome.exit, 1, "{}", outcome.err);
    assert!(outcome.err.contains("cannot write"), "{}", outcome.err);
}

#[test]
fn a_folder_that_vanishes_fails_the_run() {
    let dir = tempfile::tempdir().unwrap();
    let case = dir.path().join("case");
    let writer = CaseWriter::create(&case).unwrap();
    let file = EvidenceFile { name: "ual.ndjson".to_owned(), path: testdata("background/ual.ndjson") };
    let options = Options { threads: 1, ..Options::default() };
    let failed = ingest(&[file], Some(writer), &options, &mut |progress| {
        if matches!(progress, Progress::File(_)) {
            fs::remove_dir_all(&case).unwrap();
        }
    });
    assert!(failed.is_err());
    assert!(files(&case).is_empty());
}

/// The ledger of an ingest of `evidence` into a fresh case.
fn ledger(evidence: &Path) -> (u8, Ledger) {
    let dir = tempfile::tempdir().unwrap();
    let case = dir.path().join("case");
    let output = program().arg("ingest").arg(evidence).arg("--out").arg(&case).arg("-q").output().unwrap();
    let code = output.status.code().unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let case = Case::open(&case).unwrap_or_else(|error| panic!("exit {code}: {error}"));
    (code as u8, case.ledger)
}

#[test]
#[cfg(unix)]
fn evidence_that_is_no_file_is_listed_and_the_rest_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("evidence");
    fs::create_dir(&folder).unwrap();
    fs::copy(testdata("background/ual.ndjson"), folder.join("ual.ndjson")).unwrap();
    let pipe = folder.join("pipe.json");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let link = std::os::unix::fs::symlink::<&str, PathBuf>;
    link("loop.csv", folder.join("loop.csv")).unwrap();
    link("gone.csv", folder.join("dangling.csv")).unwrap();
    // Links to folders are not followed: one that leads elsewhere is told, what another leads to is read where it lies.
    link("..", folder.join("up")).unwrap();
    fs::create_dir(folder.join("inner")).unwrap();
    fs::copy(testdata("background/signins.json"), folder.join("inner/signins.json")).unwrap();
    link("inner", folder.join("shortcut")).unwrap();
    link("/dev/zero", folder.join("zero.json")).unwrap();
    // A file that opens and does not read, whoever runs this.
    link("/proc/self/mem", folder.join("memory.json")).unwrap();
    let (code, ledger) = ledger(&folder);
    assert_eq!(code, 3);
    let status: BTreeMap<String, Status> = ledger
        .sources
        .iter()
        .map(|source| (source.path.rsplit('/').next().unwrap().to_owned(), source.status))
        .collect();
    let unreadable = ["pipe.json", "loop.csv", "dangling.csv", "zero.json", "memory.json", "up"];
    for name in unreadable {
        assert_eq!(status.get(name), Some(&Status::Unreadable), "{name}");
    }
    assert_eq!(status.len(), unreadable.len() + 2, "{status:?}");
    assert_eq!((status["ual.ndjson"], status["signins.json"]), (Status::Read, Status::Read));
    for source in ledger.sources.iter().filter(|source| source.status == Status::Unreadable) {
        assert_eq!(source.notes[0].code, "F-020", "{}", source.path);
    }
    // Named by themselves: what cannot be looked at does not exist, what can be is listed.
    for (name, code) in [("pipe.json", 3), ("zero.json", 3), ("loop.csv", 2), ("dangling.csv", 2)] {
        let output = program().arg("identify").arg(folder.join(name)).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{name}");
    }
}

#[test]
fn a_reader_who_leaves_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("notes.txt"), "dear diary\n").unwrap();
    let out = dir.path().join("out");
    let good = testdata("background");
    for (command, code) in [
        (vec!["identify", good.to_str().unwrap()], 0),
        (vec!["identify", dir.path().to_str().unwrap()], 3),
        (vec!["explain", "--data"], 0),
        (vec!["investigate", good.to_str().unwrap(), "--user", DANA, "--out", out.to_str().unwrap()], 0),
    ] {
        let mut child = program().args(&command).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{command:?}: {err}");
        assert!(!err.contains("panicked"), "{err}");
    }
    assert_eq!(bectrace(&["verify", out.to_str().unwrap()]).exit, 0);
}

#[test]
#[cfg(target_os = "linux")]
fn what_cannot_be_printed_does_not_undo_what_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let full = || fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let good = testdata("background").display().to_string();
    let [out, case, report, all, joined] =
        ["out", "case", "report", "all", "joined"].map(|name| dir.path().join(name).display().to_string());
    for (words, code) in [
        (vec!["investigate", &good, "--user", DANA, "--out", &out, "-v"], 0),
        (vec!["ingest", &good, "--out", &case], 0),
        (vec!["analyze", &case, "--user", DANA, "--out", &report], 0),
        (vec!["triage", &case, "--out", &all], 0),
        (vec!["merge", &case, "--out", &joined], 0),
        // Of these, what is printed is the result.
        (vec!["identify", &good], 1),
        (vec!["triage", &case, "--accounts", "--out", &all], 1),
        (vec!["explain", "--data"], 1),
        (vec!["verify", &out], 1),
    ] {
        let output = program().args(&words).stdout(full()).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{words:?}: {told}");
        assert!(told.contains("cannot print"), "{words:?}: {told}");
    }
    for dir in [&out, &case, &report, &all, &joined] {
        assert_eq!(bectrace(&["verify", dir]).exit, 0, "{dir}");
    }
    let status = program()
        .args(["investigate", &good, "--user", DANA, "--out", &out, "-v", "--overwrite"])
        .stdout(full())
        .stderr(full())
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(0));
}

fn before_1970() -> DateTime<Utc> {
    DateTime::from_timestamp(-1_000_000_000, 500_000_000).unwrap()
}

#[test]
fn a_clock_before_1970_only_looks_odd() {
    let dir = tempfile::tempdir().unwrap();
    let (evidence, out) = (testdata("background").display().to_string(), dir.path().join("out").display().to_string());
    let outcome = bectrace_at(&["investigate", &evidence, "--user", DANA, "--out", &out, "-q"], before_1970);
    assert_eq!(outcome.exit, 0, "{}", outcome.err);
    let manifest: Value = serde_json::from_slice(&fs::read(format!("{out}/manifest.json")).unwrap()).unwrap();
    assert_eq!(manifest["start"], "1938-04-24T22:13:20.500Z");
    assert_eq!(bectrace(&["verify", &out]).exit, 0);
}

#[test]
#[cfg(target_os = "linux")]
fn names_that_are_no_text_stay_apart_and_verify() {
    use std::os::unix::ffi::OsStrExt as _;
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("evidence");
    fs::create_dir(&folder).unwrap();
    let text = fs::read_to_string(testdata("background/ual.ndjson")).unwrap();
    let names: [&[u8]; 5] =
        [b"log\xff.ndjson", b"log\xfe.ndjson", b"new\nline.ndjson", b"back\\slash.ndjson", b"a!b.ndjson"];
    for (name, line) in names.iter().zip(text.lines()) {
        fs::write(folder.join(std::ffi::OsStr::from_bytes(name)), line.to_owned() + "\n").unwrap();
    }
    let (out, evidence) = (dir.path().join("out").display().to_string(), folder.display().to_string());
    assert_eq!(bectrace(&["investigate", &evidence, "--user", DANA, "--out", &out, "-q"]).exit, 0);
    let case = Case::open(Path::new(&out).join("case").as_path()).unwrap();
    let mut paths: Vec<&str> =
        case.ledger.sources.iter().map(|source| source.path.strip_prefix(&evidence).unwrap()).collect();
    paths.sort_unstable();
    assert_eq!(
        paths,
        ["/a!b.ndjson", "/back\\slash.ndjson", "/log\\xFE.ndjson", "/log\\xFF.ndjson", "/new\nline.ndjson"]
    );
    assert_eq!(case.ledger.total().events, 5);
    let report = dir.path().join("report").display().to_string();
    assert_eq!(bectrace(&["analyze", &format!("{out}/case"), "--user", DANA, "--out", &report, "-q"]).exit, 0);
    for dir in [&out, &report] {
        let verified = bectrace(&["verify", dir]);
        assert_eq!(verified.exit, 0, "{}", verified.out);
    }
}

#[test]
fn a_folder_of_a_hundred_thousand_files_is_read() {
    const FILES: usize = 100_000;
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("evidence");
    for number in 0..FILES {
        if number % 1000 == 0 {
            fs::create_dir_all(folder.join((number / 1000).to_string())).unwrap();
        }
        fs::write(folder.join(format!("{}/{number}.txt", number / 1000)), "x").unwrap();
    }
    fs::copy(testdata("background/ual.ndjson"), folder.join("ual.ndjson")).unwrap();
    let (code, ledger) = ledger(&folder);
    assert_eq!((code, ledger.sources.len()), (3, FILES + 1));
    assert_eq!(ledger.total().events, 388);
}
