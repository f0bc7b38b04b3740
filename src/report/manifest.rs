//! `manifest.json` and `SHA256SUMS`: the chain of custody. The only output that holds a clock, which is passed in.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{self, Write};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::model::Tool;
use super::outputs::OutputEntry;
use super::text;
use crate::ledger::{Ledger, Reading};
use crate::timeline::format_time;

/// Name and version of the shape.
pub const SCHEMA: &str = "bectrace.manifest/1";

/// What is known about the run and stands nowhere else.
#[derive(Debug, Clone)]
pub struct Run<'a> {
    /// The tool.
    pub tool: Tool,
    /// Commit, target and data versions of the build.
    pub build: &'a str,
    /// The words of the command line, the program first.
    pub command_line: &'a [String],
    /// `--case-id`.
    pub case_id: Option<&'a str>,
    /// `--examiner`.
    pub examiner: Option<&'a str>,
    /// Files of the investigator's own that the answer rests on, each with its option and its hash.
    pub given: &'a [String],
    /// When the run began.
    pub start: DateTime<Utc>,
    /// When the last output but this one was in place.
    pub end: DateTime<Utc>,
}

/// The manifest as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`SCHEMA`].
    pub schema: String,
    /// What made the folder.
    pub tool: ToolLine,
    /// The words of the command line, the program first.
    pub command_line: Vec<String>,
    /// The case.
    pub case: CaseLine,
    /// When the run began, UTC.
    pub start: String,
    /// When the last output but the manifest was in place, UTC.
    pub end: String,
    /// How the evidence was read.
    pub reading: Reading,
    /// Files of the investigator's own that the answer rests on, each with its option and its hash: lists of addresses
    /// and accounts, GeoIP databases, knowledge files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub given: Vec<String>,
    /// Every evidence file, archive and member of an archive.
    pub evidence: Vec<EvidenceLine>,
    /// Every output but the manifest and the list of sums.
    pub outputs: Vec<OutputEntry>,
}

/// The tool in a manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolLine {
    /// `bectrace`.
    pub name: String,
    /// Package version.
    pub version: String,
    /// Commit and platform.
    pub build: String,
}

/// The case in a manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseLine {
    /// `--case-id`.
    pub id: Option<String>,
    /// `--examiner`.
    pub examiner: Option<String>,
}

/// One evidence file in a manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceLine {
    /// Path as given; archive members as `path!member`.
    pub path: String,
    /// Size in bytes.
    pub size: u64,
    /// SHA-256; none where the bytes could not be read.
    pub sha256: Option<String>,
}

/// Every evidence file, archive and member of an archive, in the order of their names.
pub fn evidence_lines(ledger: &Ledger) -> Vec<EvidenceLine> {
    let line = |path: &str, size: u64, sha256: &str| EvidenceLine {
        path: path.to_owned(),
        size,
        sha256: Some(sha256.to_owned()).filter(|hash| !hash.is_empty()),
    };
    let archives = ledger.archives.iter().map(|archive| line(&archive.path, archive.bytes, &archive.sha256));
    let names: BTreeSet<&str> = ledger.archives.iter().map(|archive| archive.path.as_str()).collect();
    let sources = ledger.sources.iter().filter(|source| !names.contains(source.path.as_str()));
    let mut lines: Vec<EvidenceLine> =
        archives.chain(sources.map(|source| line(&source.path, source.bytes, &source.sha256))).collect();
    lines.sort_by(|a, b| a.path.cmp(&b.path));
    lines
}

/// Writes `manifest.json`.
pub fn write(run: &Run<'_>, ledger: &Ledger, outputs: &[OutputEntry], out: &mut dyn Write) -> io::Result<()> {
    let manifest = Manifest {
        schema: SCHEMA.to_owned(),
        tool: ToolLine {
            name: run.tool.name.to_owned(),
            version: run.tool.version.to_owned(),
            build: run.build.to_owned(),
        },
        command_line: run.command_line.to_vec(),
        case: CaseLine { id: run.case_id.map(str::to_owned), examiner: run.examiner.map(str::to_owned) },
        start: format_time(run.start),
        end: format_time(run.end),
        reading: ledger.reading.clone(),
        given: run.given.to_vec(),
        evidence: evidence_lines(ledger),
        outputs: outputs.to_vec(),
    };
    let serialised = serde_json::to_string_pretty(&manifest)?;
    out.write_all(text::json(&serialised).as_bytes())?;
    out.write_all(b"\n")
}

/// The text of `SHA256SUMS`, as `sha256sum --check` reads it inside of the output folder.
pub fn sha256sums(outputs: &[OutputEntry]) -> String {
    let mut sums = String::new();
    for output in outputs {
        let _ = writeln!(sums, "{}  {}", output.sha256, output.name);
    }
    sums
}

/// The hashes by name of a `SHA256SUMS`; where a line is none, its number.
pub fn parse_sums(text: &str) -> Result<BTreeMap<String, String>, usize> {
    let mut sums = BTreeMap::new();
    for (number, line) in text.lines().enumerate() {
        let (hash, name) = line.split_once("  ").ok_or(number + 1)?;
        let is_hash = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_hash || sums.insert(name.to_owned(), hash.to_ascii_lowercase()).is_some() {
            return Err(number + 1);
        }
    }
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use super::super::sample::Sample;
    use super::*;

    #[test]
    fn names_the_run_the_evidence_and_the_outputs() {
        let sample = Sample::hostile();
        let report = sample.report();
        let words = ["bectrace".to_owned(), "investigate".to_owned(), "\u{1b}[2J".to_owned()];
        let run = Run {
            tool: report.tool.clone(),
            build: "abc123 x86_64",
            command_line: &words,
            case_id: Some("C-1"),
            examiner: None,
            given: &["--known-ip good.txt (SHA-256 ab)".to_owned()],
            start: "2026-04-01T08:00:00Z".parse().unwrap(),
            end: "2026-04-01T08:00:05.5Z".parse().unwrap(),
        };
        let outputs = [OutputEntry { name: "report.json".to_owned(), size: 3, sha256: "ab".repeat(32) }];
        let mut bytes = Vec::new();
        let ledger = Ledger { sources: report.evidence.to_vec(), ..Ledger::default() };
        write(&run, &ledger, &outputs, &mut bytes).unwrap();
        let value: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(value["end"], "2026-04-01T08:00:05.500Z");
        assert_eq!(value["tool"]["build"], "abc123 x86_64");
        assert_eq!(value["command_line"][2], "\u{1b}[2J");
        assert_eq!(value["given"][0], "--known-ip good.txt (SHA-256 ab)");
        assert_eq!(value["evidence"].as_array().unwrap().len(), report.evidence.len());
        assert_eq!(value["outputs"][0]["size"], 3);
        let sums = sha256sums(&outputs);
        assert_eq!(sums, format!("{}  report.json\n", "ab".repeat(32)));
        assert_eq!(parse_sums(&sums).unwrap()["report.json"], "ab".repeat(32));
        assert_eq!(parse_sums(&(sums.clone() + &sums)), Err(2), "a name stands twice");
        assert_eq!(parse_sums("abc  report.json\n"), Err(1));
    }
}
