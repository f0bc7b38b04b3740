//! The evidence read again: every hash of the manifest, every count of the report, every record that is cited.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;

use super::papers::{self, Papers};
use super::{Failed, Mismatches, Surroundings, settings};
use crate::cli::{BUILD, Command, Verify};
use crate::finding::counted;
use crate::ingest::pipeline;
use crate::ingest::relocate::{Relocated, Sought, relocate};
use crate::ingest::sink::Witness;
use crate::ingest::source::{self, EvidenceFile};
use crate::ledger::Ledger;
use crate::origin::RecordRef;
use crate::report::manifest::{self, EvidenceLine, Manifest};
use crate::run::ingest;

/// A record that the report cites, and what cites it.
struct Cited {
    by: String,
    record: RecordRef,
}

impl Cited {
    /// File and number: several findings may cite one record.
    fn place(&self) -> (&str, u64) {
        (&self.record.evidence, self.record.record)
    }
}

/// Reads the evidence again and compares; says what was compared.
pub fn check(
    papers: &Papers,
    found: &Relocated,
    (args, threads): (&Verify, usize),
    surroundings: &mut Surroundings<'_>,
    wrong: &mut Mismatches,
) -> Result<Vec<String>, Failed> {
    for name in &found.missing {
        wrong.add(format!("{name}: evidence not found; say with --evidence where it is now"));
    }
    for EvidenceFile { name, .. } in &found.extra {
        wrong.add(format!("{name}: lies in the evidence folder, but the manifest does not name it"));
    }
    let mut cited = Vec::new();
    if let Some(report) = &papers.report {
        collect("report", report, &mut cited);
        every_finding_cites(report, wrong);
    }
    cited.extend(cited_by_accounts(papers.accounts.as_deref().unwrap_or_default(), wrong));
    let options = settings::reading_again(&papers.manifest.reading, threads, &surroundings.stop);
    let witness = Witness::of(cited.iter().map(|cited| (cited.record.evidence.as_str(), cited.record.record)));
    let (ledger, witness) = ingest::shown(&found.files, &args.display, surroundings, |progress| {
        pipeline::revisit(&found.files, witness, &options, progress)
    })?;
    let same = hashes(papers, found, &ledger, wrong);
    // Files that were read with options of their own are read again with those of the others: their bytes and records
    // are the same, and what became of the records need not be.
    let mixed = papers.ledger.as_ref().is_some_and(|then| then.sources.iter().any(|entry| entry.reading.is_some()));
    if let Some(then) = papers.ledger.as_ref().filter(|_| papers.same_build() && same && !mixed) {
        counts(then, &ledger, wrong);
    }
    // A file that was not found is one fault, not one for each of its records.
    cited.retain(|cited| !is_missing(found, &cited.record.evidence));
    let mut differing = BTreeSet::new();
    for cited in &cited {
        let before = wrong.0.len();
        compare(cited, &witness, wrong);
        if wrong.0.len() > before {
            differing.insert(cited.place());
        }
    }
    let distinct: BTreeSet<_> = cited.iter().map(Cited::place).collect();
    let mut said = vec![format!(
        "{} read again, {}; {} looked up, {} not matching",
        counted(found.files.len(), "evidence file", "evidence files"),
        counted(ledger.total().records, "record", "records"),
        counted(distinct.len(), "cited record", "cited records"),
        differing.len()
    )];
    said.extend(left_out(papers, mixed));
    Ok(said)
}

/// The option that knowledge files are named with in a manifest.
const KNOWLEDGE: &str = "--knowledge ";

/// What was not compared, and why.
fn left_out(papers: &Papers, mixed: bool) -> Vec<String> {
    let mut said = Vec::new();
    let Manifest { reading, given, .. } = &papers.manifest;
    let (replaced, lists): (Vec<&str>, Vec<&str>) =
        given.iter().map(String::as_str).partition(|file| file.starts_with(KNOWLEDGE));
    let replaced = replaced.into_iter().filter_map(|file| file.strip_prefix(KNOWLEDGE));
    let knowledge: BTreeSet<&str> = reading.knowledge.iter().map(String::as_str).chain(replaced).collect();
    for (kind, files) in
        [("knowledge files", knowledge.into_iter().collect::<Vec<_>>()), ("lists and databases", lists)]
    {
        if !files.is_empty() {
            let files = files.join(", ");
            said.push(format!("made with {kind} of the investigator's own, which are not looked at here: {files}"));
        }
    }
    if mixed {
        said.push(
            "joined from cases that were read with different options: the counts of records are not compared".into(),
        );
    }
    if !papers.same_build() {
        let tool = &papers.manifest.tool;
        said.push(format!(
            "made by another build ({}, {}; this is {}, {BUILD}): the counts of records are not compared, and a record that \
             does not match may be one that it read otherwise",
            tool.version,
            tool.build,
            env!("CARGO_PKG_VERSION")
        ));
    }
    said
}

/// Where the evidence of every part is. What one part of a case does not name, because another had it already, lies
/// rightly in the folder.
pub fn find<'p>(papers: impl Iterator<Item = &'p Papers>, given: &[PathBuf]) -> Vec<Relocated> {
    let mut found: Vec<Relocated> = papers.map(|papers| find_one(papers, given)).collect();
    let mut named: BTreeSet<PathBuf> =
        found.iter().flat_map(|found| &found.files).map(|file| source::resolved(&file.path)).collect();
    for found in &mut found {
        // A file that no part names is told once.
        found.extra.retain(|file| named.insert(source::resolved(&file.path)));
    }
    found
}

/// The files of the manifest: below `given`, else below the evidence of the command line, else where they are named.
fn find_one(papers: &Papers, given: &[PathBuf]) -> Relocated {
    let lines = &papers.manifest.evidence;
    let archives = papers.archives();
    let is_member = |line: &&EvidenceLine| {
        line.path.match_indices('!').any(|(at, _)| line.path.get(..at).is_some_and(|path| archives.contains(path)))
    };
    let sought: Vec<Sought<'_>> = lines
        .iter()
        .filter(|line| !is_member(line))
        .map(|line| Sought { name: &line.path, sha256: line.sha256.as_deref() })
        .collect();
    if !given.is_empty() {
        return relocate(&sought, given);
    }
    // The words of a command line are text; a name that is none stands in the manifest with its bytes.
    let bytes = || sought.iter().filter(|one| one.name.contains("\\x")).map(|one| source::path_of(one.name));
    match papers.command() {
        Some(Command::Investigate(args)) => {
            relocate(&sought, &args.evidence.into_iter().chain(bytes()).collect::<Vec<_>>())
        }
        Some(Command::Ingest(args)) => relocate(&sought, &args.evidence.into_iter().chain(bytes()).collect::<Vec<_>>()),
        _ => relocate(&sought, &sought.iter().flat_map(|one| places(one.name)).collect::<Vec<_>>()),
    }
}

/// Where a file of this name may be: a case of several folders has given files of one path a part of their hash.
fn places(name: &str) -> Vec<PathBuf> {
    let is_hash = |hash: &str| hash.len() == 12 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    let bare = name.rsplit_once('#').filter(|(_, hash)| is_hash(hash)).map(|(path, _)| path);
    [Some(name), bare].into_iter().flatten().map(source::path_of).collect()
}

/// Whether the file, or the archive that it is a member of, was not found.
fn is_missing(found: &Relocated, path: &str) -> bool {
    let holds =
        |name: &String| path.strip_prefix(name.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('!'));
    found.missing.iter().any(holds)
}

/// Hash and size of every file and member; whether all are the same.
fn hashes(papers: &Papers, found: &Relocated, now: &Ledger, wrong: &mut Mismatches) -> bool {
    let before = wrong.0.len();
    let expected: Vec<EvidenceLine> =
        papers.manifest.evidence.iter().filter(|line| !is_missing(found, &line.path)).cloned().collect();
    papers::compare_evidence("the evidence as it is now", &expected, &manifest::evidence_lines(now), wrong);
    for source in &now.sources {
        for note in source.notes.iter().filter(|note| note.code == "F-024") {
            wrong.add(format!("{}: {}", source.path, note.text.as_evidence()));
        }
    }
    wrong.0.len() == before && found.missing.is_empty()
}

/// The same records in the same number: the evidence table of the report is what the evidence gives.
fn counts(then: &Ledger, now: &Ledger, wrong: &mut Mismatches) {
    for (then, now) in then.sources.iter().zip(&now.sources) {
        let path = &then.path;
        wrong.compare(&format!("{path}: format"), &then.format, &now.format);
        wrong.compare(&format!("{path}: counts"), &then.counts, &now.counts);
        wrong.compare(&format!("{path}: status"), &then.status, &now.status);
    }
}

fn compare(cited: &Cited, witness: &Witness, wrong: &mut Mismatches) {
    let Cited { by, record } = cited;
    let place = format!("{by}: {} record {}", record.evidence, record.record);
    let Some(now) = witness.record(&record.evidence, record.record) else {
        wrong.add(format!("{place}: not found in the evidence"));
        return;
    };
    wrong.compare(&format!("{place}: line"), &record.line, &now.line);
    wrong.compare(&format!("{place}: offset"), &record.offset, &now.offset);
    wrong.compare(&format!("{place}: native id"), &record.native_id, &now.native_id);
    wrong.compare(&format!("{place}: SHA-256"), &record.sha256, &now.sha256);
}

/// Every record below `value`, with the nearest id above it.
fn collect(by: &str, value: &Value, cited: &mut Vec<Cited>) {
    match value {
        Value::Array(list) => list.iter().for_each(|value| collect(by, value, cited)),
        Value::Object(fields) => {
            if fields.contains_key("evidence") && fields.contains_key("record") && fields.contains_key("sha256") {
                // A record that lacks a part matches nothing, and is told as that.
                let record = serde_json::from_value(value.clone()).unwrap_or_else(|_| broken(value));
                cited.push(Cited { by: by.to_owned(), record });
                return;
            }
            let by = fields.get("id").and_then(Value::as_str).unwrap_or(by);
            fields.values().for_each(|value| collect(by, value, cited));
        }
        _ => {}
    }
}

/// The records that the lines of a triage cite: what several accounts cite alike is looked up once.
fn cited_by_accounts(lines: &[u8], wrong: &mut Mismatches) -> Vec<Cited> {
    let mut all: Vec<Cited> = Vec::new();
    for (number, line) in (1..).zip(lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty())) {
        let line: Value = match serde_json::from_slice(line) {
            Ok(line) => line,
            Err(error) => {
                wrong.add(format!("accounts.jsonl: line {number} cannot be understood: {error}"));
                continue;
            }
        };
        every_finding_cites(&line, wrong);
        let user = line["account"]["user"].as_str().unwrap_or_default();
        let mut own = Vec::new();
        collect("account", &line, &mut own);
        all.extend(own.into_iter().map(|cited| Cited { by: format!("{user}: {}", cited.by), ..cited }));
    }
    all.sort_by(|a, b| (&a.record, &a.by).cmp(&(&b.record, &b.by)));
    all.dedup_by(|a, b| a.record == b.record);
    all
}

fn broken(value: &Value) -> RecordRef {
    RecordRef {
        evidence: value["evidence"].as_str().unwrap_or_default().to_owned(),
        record: value["record"].as_u64().unwrap_or_default(),
        line: 0,
        offset: 0,
        native_id: None,
        sha256: String::new(),
    }
}

fn every_finding_cites(report: &Value, wrong: &mut Mismatches) {
    let checks = ["symptoms", "detections"].iter().filter_map(|part| report[*part].as_array()).flatten();
    for finding in checks.filter_map(|check| check["findings"].as_array()).flatten() {
        if finding["records"].as_array().is_none_or(Vec::is_empty) {
            wrong.add(format!("{}: the finding names no record", finding["id"]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_triage_cites_what_its_lines_cite() {
        let line = |user: &str, records: &[u64]| {
            let record = |number: &u64| serde_json::json!({"evidence": "ual.csv", "record": number, "line": 1, "offset": 0, "native_id": null, "sha256": "ab"});
            let findings =
                serde_json::json!([{"id": "inbox-rules/1", "records": records.iter().map(record).collect::<Vec<_>>()}]);
            serde_json::json!({"account": {"user": user}, "symptoms": [{"id": "inbox-rules", "findings": findings}]})
                .to_string()
        };
        let mut wrong = Mismatches::default();
        let lines = [line("a@x.example", &[7]), line("b@x.example", &[7, 8]), line("c@x.example", &[]), "{".to_owned()];
        let cited = cited_by_accounts(lines.join("\n").as_bytes(), &mut wrong);
        let told: Vec<(&str, u64)> = cited.iter().map(|cited| (cited.by.as_str(), cited.record.record)).collect();
        assert_eq!(told, [("a@x.example: inbox-rules/1", 7), ("b@x.example: inbox-rules/1", 8)]);
        assert_eq!(wrong.0.len(), 2, "a finding without a record, and a line that is none: {wrong:?}");
    }

    #[test]
    fn what_lay_in_a_missing_archive_is_missing_with_it() {
        let found = Relocated { missing: vec!["a/logs.zip".to_owned()], ..Relocated::default() };
        for (path, missing) in
            [("a/logs.zip", true), ("a/logs.zip!ual.csv", true), ("a/logs.zip.txt", false), ("b/a/logs.zip", false)]
        {
            assert_eq!(is_missing(&found, path), missing, "{path}");
        }
    }
}
