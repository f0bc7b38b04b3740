//! Evidence into a case, with a progress bar and the chain of custody.

use chrono::{DateTime, Utc};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::settings::About;
use super::{Failed, Surroundings};
use crate::cli::DisplayArgs;
use crate::exit::Exit;
use crate::ingest::pipeline::{self, Options, Progress};
use crate::ingest::source::{self, EvidenceFile};
use crate::ledger::{Ledger, SourceEntry};
use crate::report::manifest;
use crate::report::model::Tool;
use crate::report::outputs::Outputs;
use crate::timeline::store::{Case, CaseWriter};

/// The tool's name and version.
pub const TOOL: Tool = Tool { name: "bectrace", version: env!("CARGO_PKG_VERSION") };

/// When the run began, and what time it is.
pub struct Clock {
    /// Start.
    pub start: DateTime<Utc>,
    /// Now.
    pub now: fn() -> DateTime<Utc>,
}

/// What the ledger does not hold of the evidence: the archives whose members it names.
pub struct Evidence {
    /// Path, hash and size of each archive.
    pub archives: Vec<SourceEntry>,
}

/// Reads everything into the case.
pub fn into_case(
    files: &[EvidenceFile],
    case: CaseWriter,
    options: &Options,
    display: &DisplayArgs,
    surroundings: &mut Surroundings<'_>,
) -> Result<Evidence, Failed> {
    read(files, Some(case), options, display, surroundings)?;
    Ok(Evidence { archives: source::archives(files) })
}

/// Reads everything, into a case or only for the ledger.
pub fn read(
    files: &[EvidenceFile],
    case: Option<CaseWriter>,
    options: &Options,
    display: &DisplayArgs,
    surroundings: &mut Surroundings<'_>,
) -> Result<Ledger, Failed> {
    let shown = surroundings.progress && !display.quiet && !display.no_progress;
    let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(source::total_size(files)), target);
    let style = ProgressStyle::with_template("{bar:30} {bytes}/{total_bytes} {bytes_per_sec} {wide_msg}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let mut told = Vec::new();
    let ledger = pipeline::ingest(files, case, options, &mut |progress| match progress {
        Progress::File(name) => {
            bar.set_message(crate::report::text::terminal(name, 60));
            if display.verbose {
                told.push(format!("reading {}", crate::report::text::terminal(name, 200)));
            }
        }
        Progress::Booked(bytes, _) => bar.inc(bytes),
    });
    bar.finish_and_clear();
    for line in told {
        writeln!(surroundings.err, "{line}")?;
    }
    Ok(ledger?)
}

/// Puts the case's files and its manifest in the books.
pub fn manifest(
    outputs: &mut Outputs,
    case: &Case,
    evidence: &Evidence,
    about: &About,
    surroundings: &Surroundings<'_>,
    clock: &Clock,
) -> Result<(), Failed> {
    for name in case.files()? {
        outputs.adopt(&name)?;
    }
    write_manifest(outputs, &case.ledger, evidence, about, surroundings, clock)
}

/// `manifest.json` over everything that was written so far.
pub fn write_manifest(
    outputs: &mut Outputs,
    ledger: &Ledger,
    evidence: &Evidence,
    about: &About,
    surroundings: &Surroundings<'_>,
    clock: &Clock,
) -> Result<(), Failed> {
    let build = build();
    let run = manifest::Run {
        tool: TOOL,
        build: &build,
        command_line: &surroundings.words,
        case_id: about.case_id.as_deref(),
        examiner: about.examiner.as_deref(),
        start: clock.start,
        end: (clock.now)(),
    };
    let mut sources: Vec<SourceEntry> = ledger.sources.clone();
    sources.extend(evidence.archives.iter().cloned());
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    let written = outputs.written().to_vec();
    outputs.write("manifest.json", |out| manifest::write(&run, &sources, &written, out))?;
    Ok(())
}

/// What the binary was built from and for; the commit is known where the release recipe names it.
fn build() -> String {
    let commit = option_env!("BECTRACE_COMMIT").unwrap_or("commit not recorded");
    format!("{commit}, {}-{}", std::env::consts::ARCH, std::env::consts::OS)
}

/// The exit code of a run that finished.
pub fn exit(ledger: &Ledger) -> Exit {
    if ledger.lost_evidence() { Exit::EvidenceLost } else { Exit::Done }
}
