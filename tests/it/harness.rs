//! Runs the program in this process on folders of test data, and reads what it left.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use bectrace::cli::Cli;
use bectrace::exit::Stop;
use bectrace::run::{Surroundings, run};
use chrono::{DateTime, Utc};
use clap::Parser;
use serde_json::Value;

/// What a run left.
pub struct Outcome {
    pub exit: u8,
    pub out: String,
    pub err: String,
}

/// The repository.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A path of the test data.
pub fn testdata(path: &str) -> PathBuf {
    root().join("testdata").join(path)
}

fn clock() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

/// Runs `bectrace WORDS…`; a command line that clap refuses exits with 2, as in the shell.
pub fn bectrace<S: AsRef<str>>(words: &[S]) -> Outcome {
    bectrace_at(words, clock)
}

/// The same at another time.
pub fn bectrace_at<S: AsRef<str>>(words: &[S], clock: fn() -> DateTime<Utc>) -> Outcome {
    let words: Vec<String> =
        std::iter::once("bectrace").chain(words.iter().map(AsRef::as_ref)).map(str::to_owned).collect();
    let cli = match Cli::try_parse_from(&words) {
        Ok(cli) => cli,
        Err(error) => return Outcome { exit: 2, out: String::new(), err: error.to_string() },
    };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut surroundings = Surroundings {
        words,
        clock,
        no_color: true,
        width: None,
        progress: false,
        stop: Stop::default(),
        out: &mut out,
        err: &mut err,
    };
    let (exit, failed) = match run(&cli, &mut surroundings) {
        Ok(exit) => (exit.code(), String::new()),
        Err(failed) => (failed.exit().code(), failed.to_string()),
    };
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Outcome { exit, out: text(out), err: text(err) + &failed }
}

/// Investigates in a fresh folder; gives the exit code and `report.json`.
pub fn investigate<S: AsRef<str>>(words: &[S]) -> (u8, Value, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    let mut all: Vec<String> = vec!["investigate".to_owned()];
    all.extend(words.iter().map(|word| word.as_ref().to_owned()));
    all.extend(["--out".to_owned(), out.display().to_string(), "-q".to_owned()]);
    let outcome = bectrace(&all);
    let report = std::fs::read(out.join("report.json"))
        .unwrap_or_else(|_| panic!("no report; exit {}: {}", outcome.exit, outcome.err));
    (outcome.exit, serde_json::from_slice(&report).unwrap(), dir)
}

/// The folders below `dir`, sorted.
pub fn folders(dir: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir(dir)
        .unwrap_or_else(|error| panic!("{}: {error}", dir.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
}

/// The files of a case but its own description, sorted.
pub fn evidence(dir: &Path) -> Vec<String> {
    let mut files: Vec<String> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file() && !path.ends_with("case.json"))
        .map(|path| path.display().to_string())
        .collect();
    files.sort();
    files
}

/// A case's description.
pub fn description(dir: &Path) -> Value {
    let path = dir.join("case.json");
    let text = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Says why a test proves nothing here; past the test runner, which would keep it to itself.
pub fn skipped(reason: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: {reason}");
}

/// The texts of a JSON array; empty where there is none.
pub fn texts(value: &Value) -> Vec<String> {
    value.as_array().map_or_else(Vec::new, |list| list.iter().map(|text| text.as_str().unwrap().to_owned()).collect())
}

/// An archive with these files.
pub fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}
