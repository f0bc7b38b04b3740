//! The papers of a folder held against each other: manifest, report, ledger, and the manifest of the case inside.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::DateTime;
use clap::Parser as _;
use serde_json::Value;

use super::sums::SUMS;
use super::{Mismatches, settings};
use crate::cli::{BUILD, Cli, Command};
use crate::ledger::Ledger;
use crate::report::manifest::{self, EvidenceLine, Manifest};
use crate::report::outputs::{self, Inventory, OutputEntry};

/// The manifest of this folder.
const MANIFEST: &str = "manifest.json";

/// The lines of a triage.
const ACCOUNTS: &str = "accounts.jsonl";

/// Manifest, report and ledgers of a folder.
pub struct Papers {
    /// `manifest.json`.
    pub manifest: Manifest,
    /// `report.json`, where the folder is a report.
    pub report: Option<Value>,
    /// `ledger.json` of the folder or of the case inside.
    pub ledger: Option<Ledger>,
    /// `accounts.jsonl`, where the folder is a triage: a line an account.
    pub accounts: Option<Vec<u8>>,
    /// `case/manifest.json`, where a case lies inside.
    inner: Option<Manifest>,
    files: Vec<OutputEntry>,
}

/// Reads the papers; what cannot be read is a mismatch.
pub fn read(dir: &Path, inventory: &Inventory, wrong: &mut Mismatches) -> Option<Papers> {
    let mut paper = |name: &str| -> Option<Value> {
        inventory.files.iter().find(|file| file.name == name)?;
        match outputs::read(dir, name).map(|bytes| serde_json::from_slice(&bytes)) {
            Ok(Ok(value)) => Some(value),
            Ok(Err(error)) => {
                wrong.add(format!("{name}: cannot be understood: {error}"));
                None
            }
            Err(error) => {
                wrong.add(error.to_string());
                None
            }
        }
    };
    let report = paper("report.json");
    let (manifest, inner) = (paper(MANIFEST), paper("case/manifest.json"));
    let ledger = paper("ledger.json").or_else(|| paper("case/ledger.json"));
    let Some(read) = understood::<Manifest>(MANIFEST, manifest.clone(), wrong) else {
        wrong.add(format!("{MANIFEST}: missing or not a manifest of this tool; nothing else can be verified"));
        return None;
    };
    if serde_json::to_value(&read).ok() != manifest {
        wrong.add(format!("{MANIFEST}: lacks a field that this tool writes"));
    }
    let has_accounts = inventory.files.iter().any(|file| file.name == ACCOUNTS);
    let accounts = has_accounts.then(|| outputs::read(dir, ACCOUNTS));
    let papers = Papers {
        accounts: accounts.and_then(|read| read.map_err(|error| wrong.add(error.to_string())).ok()),
        manifest: read,
        report,
        ledger: understood("ledger.json", ledger, wrong),
        inner: understood("case/manifest.json", inner, wrong),
        files: inventory.files.clone(),
    };
    Some(papers)
}

fn understood<T: serde::de::DeserializeOwned>(name: &str, paper: Option<Value>, wrong: &mut Mismatches) -> Option<T> {
    match serde_json::from_value(paper?) {
        Ok(paper) => Some(paper),
        Err(error) => {
            wrong.add(format!("{name}: cannot be understood: {error}"));
            None
        }
    }
}

impl Papers {
    /// Whether the folder was made by the very build that verifies it, on whatever machine: another one may read the same
    /// evidence otherwise.
    pub fn same_build(&self) -> bool {
        let commit = |build: &str| build.split(',').next().unwrap_or_default().to_owned();
        let tool = &self.manifest.tool;
        tool.version == env!("CARGO_PKG_VERSION") && commit(&tool.build) == commit(BUILD)
    }

    /// The archives among the evidence, as the ledger has them. Where there is none: what is named before a `!` and is not
    /// itself a file that the report names.
    pub fn archives(&self) -> BTreeSet<&str> {
        if let Some(ledger) = &self.ledger {
            return ledger.archives.iter().map(|archive| archive.path.as_str()).collect();
        }
        let rows = self.report.iter().filter_map(|report| report["evidence"].as_array()).flatten();
        let read: BTreeSet<&str> = rows.filter_map(|row| row["path"].as_str()).collect();
        let lines = &self.manifest.evidence;
        let named = lines.iter().map(|line| line.path.as_str());
        named.filter(|path| !read.contains(path) && is_archive_of(path, lines)).collect()
    }

    /// The words of the command line, understood.
    pub fn command(&self) -> Option<Command> {
        Cli::try_parse_from(&self.manifest.command_line).ok().map(|cli| cli.command)
    }

    /// Holds the papers against each other.
    pub fn check(&self, wrong: &mut Mismatches) {
        let manifest = &self.manifest;
        wrong.compare("manifest.json: schema", &manifest.schema.as_str(), &manifest::SCHEMA);
        self.check_outputs(wrong);
        self.check_times(wrong);
        self.check_command(wrong);
        if let Some(inner) = &self.inner {
            self.check_inner(inner, wrong);
        }
        if let Some(report) = &self.report {
            self.check_report(report, wrong);
        }
        if let Some(ledger) = &self.ledger {
            wrong.compare("manifest.json: reading", &manifest.reading, &ledger.reading);
            compare_evidence("the ledger", &manifest.evidence, &manifest::evidence_lines(ledger), wrong);
        }
    }

    fn check_outputs(&self, wrong: &mut Mismatches) {
        let mut listed: BTreeMap<&str, &OutputEntry> = BTreeMap::new();
        for output in &self.manifest.outputs {
            if listed.insert(&output.name, output).is_some() {
                wrong.add(format!("manifest.json: output {} is listed twice", output.name));
            }
        }
        for file in self.files.iter().filter(|file| !matches!(file.name.as_str(), MANIFEST | SUMS)) {
            match listed.remove(file.name.as_str()) {
                None => wrong.add(format!("{}: not among the outputs of manifest.json", file.name)),
                Some(output) => {
                    wrong.compare(&format!("{}: size in manifest.json", file.name), &output.size, &file.size);
                    wrong.compare(&format!("{}: SHA-256 in manifest.json", file.name), &output.sha256, &file.sha256);
                }
            }
        }
        for name in listed.keys() {
            wrong.add(format!("{name}: missing; manifest.json names it"));
        }
    }

    fn check_times(&self, wrong: &mut Mismatches) {
        let time = |text: &str| DateTime::parse_from_rfc3339(text).ok().filter(|_| text.ends_with('Z'));
        match (time(&self.manifest.start), time(&self.manifest.end)) {
            (Some(start), Some(end)) if end < start => wrong.add("manifest.json: the end lies before the start"),
            (Some(_), Some(_)) => {}
            _ => wrong.add("manifest.json: start or end is no time in UTC"),
        }
    }

    fn check_command(&self, wrong: &mut Mismatches) {
        let Some(command) = self.command() else {
            if self.same_build() {
                wrong.add("manifest.json: command_line is none that this tool accepts");
            }
            return;
        };
        let (question, case) = match &command {
            Command::Investigate(args) => (Some(&args.question), None),
            Command::Analyze(args) => (Some(&args.question), None),
            Command::Ingest(args) => (None, Some((&args.case_id, &args.examiner))),
            Command::Merge(args) => (None, Some((&args.case_id, &args.examiner))),
            Command::Triage(args) => (None, Some((&args.case_id, &args.examiner))),
            _ => (None, None),
        };
        if let Some((id, examiner)) = case.or(question.map(|question| (&question.case_id, &question.examiner))) {
            wrong.compare("manifest.json: case id against the command line", &self.manifest.case.id, id);
            wrong.compare("manifest.json: examiner against the command line", &self.manifest.case.examiner, examiner);
        }
        if let (Some(question), Some(report)) = (question, &self.report) {
            let user = settings::bare(&question.user).to_lowercase();
            wrong.compare("report.json: account against the command line", &report["subject"]["user"], &user.into());
        }
    }

    fn check_inner(&self, inner: &Manifest, wrong: &mut Mismatches) {
        let outer = &self.manifest;
        let what = |field: &str| format!("manifest.json: {field} against case/manifest.json");
        wrong.compare(&what("tool"), &outer.tool, &inner.tool);
        wrong.compare(&what("command_line"), &outer.command_line, &inner.command_line);
        wrong.compare(&what("case"), &outer.case, &inner.case);
        wrong.compare(&what("start"), &outer.start, &inner.start);
        wrong.compare(&what("reading"), &outer.reading, &inner.reading);
        compare_evidence("case/manifest.json", &outer.evidence, &inner.evidence, wrong);
        if inner.end > outer.end {
            wrong.add("manifest.json: the end lies before that of case/manifest.json");
        }
    }

    fn check_report(&self, report: &Value, wrong: &mut Mismatches) {
        let manifest = &self.manifest;
        let tool = &report["tool"];
        wrong.compare(
            "manifest.json: tool name against report.json",
            &tool["name"],
            &manifest.tool.name.clone().into(),
        );
        wrong.compare(
            "manifest.json: tool version against report.json",
            &tool["version"],
            &manifest.tool.version.clone().into(),
        );
        let case = &report["case"];
        wrong.compare("manifest.json: case id against report.json", &case["id"], &manifest.case.id.clone().into());
        wrong.compare(
            "manifest.json: examiner against report.json",
            &case["examiner"],
            &manifest.case.examiner.clone().into(),
        );
        let mut known: BTreeMap<&str, &EvidenceLine> =
            manifest.evidence.iter().map(|line| (line.path.as_str(), line)).collect();
        for entry in report["evidence"].as_array().into_iter().flatten() {
            let path = entry["path"].as_str().unwrap_or_default();
            let Some(line) = known.remove(path) else {
                wrong.add(format!("{path}: in report.json, not among the evidence of manifest.json"));
                continue;
            };
            let hash = line.sha256.clone().unwrap_or_default();
            wrong.compare(
                &format!("{path}: SHA-256 in report.json against manifest.json"),
                &entry["sha256"],
                &hash.into(),
            );
            wrong.compare(
                &format!("{path}: size in report.json against manifest.json"),
                &entry["bytes"],
                &line.size.into(),
            );
        }
        // Only archives, whose members the report names, may be left.
        for path in known.keys().filter(|path| !is_archive_of(path, &manifest.evidence)) {
            wrong.add(format!("{path}: among the evidence of manifest.json, not in report.json"));
        }
    }
}

/// Whether other lines name members of this path.
pub fn is_archive_of(path: &str, lines: &[EvidenceLine]) -> bool {
    lines.iter().any(|line| line.path.strip_prefix(path).is_some_and(|rest| rest.starts_with('!')))
}

/// The same paths with the same hashes and sizes.
pub fn compare_evidence(whose: &str, is: &[EvidenceLine], should: &[EvidenceLine], wrong: &mut Mismatches) {
    let mut listed: BTreeMap<&str, &EvidenceLine> = BTreeMap::new();
    for line in is {
        if listed.insert(&line.path, line).is_some() {
            wrong.add(format!("{}: named twice among the evidence of manifest.json", line.path));
        }
    }
    for line in should {
        let path = &line.path;
        match listed.remove(path.as_str()) {
            None => wrong.add(format!("{path}: in {whose}, not among the evidence of manifest.json")),
            Some(known) => {
                wrong.compare(&format!("{path}: size in {whose}"), &line.size, &known.size);
                wrong.compare(&format!("{path}: SHA-256 in {whose}"), &line.sha256, &known.sha256);
            }
        }
    }
    for path in listed.keys() {
        wrong.add(format!("{path}: among the evidence of manifest.json, not in {whose}"));
    }
}
