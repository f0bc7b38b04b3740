//! The chain of custody: what was written is put in the books and sealed, and what is said of it at the end.

use std::path::Path;

use chrono::{DateTime, Utc};

use super::settings::About;
use super::{Failed, Surroundings, identify};
use crate::cli;
use crate::ledger::Ledger;
use crate::report::model::Tool;
use crate::report::outputs::Outputs;
use crate::report::words::{Lang, Word, fill};
use crate::report::{manifest, text};
use crate::timeline::store::Case;

/// The tool's name and version.
pub const TOOL: Tool = Tool { name: "bectrace", version: env!("CARGO_PKG_VERSION") };

/// When the run began, and what time it is.
pub struct Clock {
    /// Start.
    pub start: DateTime<Utc>,
    /// Now.
    pub now: fn() -> DateTime<Utc>,
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
        given: &about.given,
        start: clock.start,
        end: (clock.now)(),
    };
    let written = outputs.written().to_vec();
    outputs.write("manifest.json", |out| manifest::write(&run, ledger, &written, out))?;
    let sums = manifest::sha256sums(outputs.written());
    let seal = outputs.put("SHA256SUMS", sums.as_bytes())?.sha256.clone();
    outputs.keep()?;
    Ok(seal)
}

/// Says what a case holds that was just sealed, and which knowledge files of the investigator's own it was read with.
pub fn say_case(
    case: &Case,
    knowledge: &[String],
    sealed: &str,
    surroundings: &mut Surroundings<'_>,
) -> Result<(), Failed> {
    identify::print(&case.ledger, surroundings)?;
    say_knowledge(knowledge, surroundings)?;
    say_seal(sealed, Lang::En, surroundings)
}

/// Says what a report found, where it lies, and which hash stands for it.
pub fn say_report(
    summary: &str,
    dir: &Path,
    sealed: &str,
    lang: Lang,
    surroundings: &mut Surroundings<'_>,
) -> Result<(), Failed> {
    write!(surroundings.out, "{summary}")?;
    let dir = text::terminal_whole(&dir.display().to_string());
    writeln!(surroundings.out, "{}", fill(lang, Word::ReportAt, &[&dir]))?;
    say_seal(sealed, lang, surroundings)
}

/// Says which knowledge files were read in the place of the built-in ones.
fn say_knowledge(files: &[String], surroundings: &mut Surroundings<'_>) -> Result<(), Failed> {
    for file in files {
        writeln!(surroundings.out, "knowledge file replaced by the investigator's own: {file}")?;
    }
    Ok(())
}

/// Says which hash stands for the whole folder: whoever notes it elsewhere can prove later that nothing was changed.
fn say_seal(hash: &str, lang: Lang, surroundings: &mut Surroundings<'_>) -> Result<(), Failed> {
    Ok(writeln!(surroundings.out, "{}", fill(lang, Word::SealLine, &[hash]))?)
}
