//! `manifest.json` and `SHA256SUMS`: the chain of custody. The only output that holds a clock, which is passed in.

use std::fmt::Write as _;
use std::io::{self, Write};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::model::Tool;
use super::outputs::OutputEntry;
use super::text;
use crate::ledger::SourceEntry;
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
    /// When the run began.
    pub start: DateTime<Utc>,
    /// When the last output but this one was in place.
    pub end: DateTime<Utc>,
}

#[derive(Serialize)]
struct Manifest<'a> {
    schema: &'static str,
    tool: ToolLine<'a>,
    command_line: &'a [String],
    case: Case<'a>,
    start: String,
    end: String,
    evidence: Vec<Evidence<'a>>,
    outputs: Vec<Output<'a>>,
}

#[derive(Serialize)]
struct ToolLine<'a> {
    name: &'a str,
    version: &'a str,
    build: &'a str,
}

#[derive(Serialize)]
struct Case<'a> {
    id: Option<&'a str>,
    examiner: Option<&'a str>,
}

#[derive(Serialize)]
struct Evidence<'a> {
    path: &'a str,
    size: u64,
    sha256: Option<&'a str>,
}

#[derive(Serialize)]
struct Output<'a> {
    name: &'a str,
    size: u64,
    sha256: &'a str,
}

/// Writes `manifest.json`.
pub fn write(run: &Run<'_>, evidence: &[SourceEntry], outputs: &[OutputEntry], out: &mut dyn Write) -> io::Result<()> {
    let manifest = Manifest {
        schema: SCHEMA,
        tool: ToolLine { name: run.tool.name, version: run.tool.version, build: run.build },
        command_line: run.command_line,
        case: Case { id: run.case_id, examiner: run.examiner },
        start: format_time(run.start),
        end: format_time(run.end),
        evidence: evidence.iter().map(evidence_line).collect(),
        outputs: outputs.iter().map(output_line).collect(),
    };
    let serialised = serde_json::to_string_pretty(&manifest)?;
    out.write_all(text::json(&serialised).as_bytes())?;
    out.write_all(b"\n")
}

fn evidence_line(source: &SourceEntry) -> Evidence<'_> {
    let sha256 = Some(source.sha256.as_str()).filter(|hash| !hash.is_empty());
    Evidence { path: &source.path, size: source.bytes, sha256 }
}

fn output_line(output: &OutputEntry) -> Output<'_> {
    Output { name: &output.name, size: output.size, sha256: &output.sha256 }
}

/// The text of `SHA256SUMS`, as `sha256sum --check` reads it inside of the output folder.
pub fn sha256sums(outputs: &[OutputEntry]) -> String {
    let mut sums = String::new();
    for output in outputs {
        let _ = writeln!(sums, "{}  {}", output.sha256, output.name);
    }
    sums
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
            start: "2026-04-01T08:00:00Z".parse().unwrap(),
            end: "2026-04-01T08:00:05.5Z".parse().unwrap(),
        };
        let outputs = [OutputEntry { name: "report.json".to_owned(), size: 3, sha256: "ab".repeat(32) }];
        let mut bytes = Vec::new();
        write(&run, report.evidence, &outputs, &mut bytes).unwrap();
        let value: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(value["end"], "2026-04-01T08:00:05.500Z");
        assert_eq!(value["tool"]["build"], "abc123 x86_64");
        assert_eq!(value["command_line"][2], "\u{1b}[2J");
        assert_eq!(value["evidence"].as_array().unwrap().len(), report.evidence.len());
        assert_eq!(value["outputs"][0]["size"], 3);
        assert_eq!(sha256sums(&outputs), format!("{}  report.json\n", "ab".repeat(32)));
    }
}
