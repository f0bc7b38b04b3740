//! Evidence into a case, with a progress bar and the chain of custody.

use chrono::{DateTime, Utc};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::settings::About;
use super::{Failed, Surroundings};
use crate::cli::{self, DisplayArgs};
use crate::exit::Exit;
use crate::ingest::pipeline::{self, IngestError, Options, Progress};
use crate::ingest::source::{self, EvidenceFile};
use crate::ledger::Ledger;
use crate::report::manifest;
use crate::report::model::Tool;
use crate::report::outputs::Outputs;
use crate::report::words::{Lang, Word, fill};
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

/// Reads everything into the case.
pub fn into_case(
    files: &[EvidenceFile],
    case: CaseWriter,
    options: &Options,
    display: &DisplayArgs,
    surroundings: &mut Surroundings<'_>,
) -> Result<(), Failed> {
    read(files, Some(case), options, display, surroundings).map(|_| ())
}

/// Reads everything, into a case or only for the ledger.
pub fn read(
    files: &[EvidenceFile],
    case: Option<CaseWriter>,
    options: &Options,
    display: &DisplayArgs,
    surroundings: &mut Surroundings<'_>,
) -> Result<Ledger, Failed> {
    shown(files, display, surroundings, |progress| pipeline::ingest(files, case, options, progress))
}

/// Does the reading with a progress bar.
pub fn shown<T>(
    files: &[EvidenceFile],
    display: &DisplayArgs,
    surroundings: &mut Surroundings<'_>,
    reading: impl FnOnce(&mut dyn FnMut(Progress<'_>)) -> Result<T, IngestError>,
) -> Result<T, Failed> {
    let shown = surroundings.progress && !display.quiet && !display.no_progress;
    let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(source::total_size(files)), target);
    let style = ProgressStyle::with_template("{bar:30} {bytes}/{total_bytes} {bytes_per_sec} {wide_msg}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let mut told = Vec::new();
    let read = reading(&mut |progress| match progress {
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
    Ok(read?)
}

/// Puts the case's files in the books and seals them; gives the hash of the seal.
pub fn seal_case(
    outputs: &mut Outputs,
    case: &Case,
    about: &About,
    threads: usize,
    surroundings: &Surroundings<'_>,
    clock: &Clock,
) -> Result<String, Failed> {
    let files = case.files()?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    pool.install(|| outputs.adopt(&files))?;
    seal(outputs, &case.ledger, about, surroundings, clock)
}

/// `manifest.json` over everything that was written so far, then `SHA256SUMS` over that; gives the hash of the latter.
pub fn seal(
    outputs: &mut Outputs,
    ledger: &Ledger,
    about: &About,
    surroundings: &Surroundings<'_>,
    clock: &Clock,
) -> Result<String, Failed> {
    let run = manifest::Run {
        tool: TOOL,
        build: cli::BUILD,
        command_line: &surroundings.words,
        case_id: about.case_id.as_deref(),
        examiner: about.examiner.as_deref(),
        start: clock.start,
        end: (clock.now)(),
    };
    let written = outputs.written().to_vec();
    outputs.write("manifest.json", |out| manifest::write(&run, ledger, &written, out))?;
    let sums = manifest::sha256sums(outputs.written());
    let seal = outputs.put("SHA256SUMS", sums.as_bytes())?.sha256.clone();
    outputs.keep();
    Ok(seal)
}

/// Says which knowledge files were read in the place of the built-in ones.
pub fn say_knowledge(files: &[String], surroundings: &mut Surroundings<'_>) -> Result<(), Failed> {
    for file in files {
        writeln!(surroundings.out, "knowledge file replaced by the investigator's own: {file}")?;
    }
    Ok(())
}

/// Says which hash stands for the whole folder: whoever notes it elsewhere can prove later that nothing was changed.
pub fn say_seal(hash: &str, lang: Lang, surroundings: &mut Surroundings<'_>) -> Result<(), Failed> {
    Ok(writeln!(surroundings.out, "{}", fill(lang, Word::SealLine, &[hash]))?)
}

/// The exit code of a run that finished.
pub fn exit(ledger: &Ledger) -> Exit {
    if ledger.lost_evidence() { Exit::EvidenceLost } else { Exit::Done }
}
