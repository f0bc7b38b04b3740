//! Evidence into a case, with a progress bar.

use super::{Failed, Surroundings, bar, showing};
use crate::cli::DisplayArgs;
use crate::exit::Exit;
use crate::ingest::pipeline::{self, IngestError, Options, Progress};
use crate::ingest::source::{self, EvidenceFile};
use crate::ledger::Ledger;
use crate::report::text;
use crate::timeline::store::CaseWriter;

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
    let bar = bar::of_bytes(source::total_size(files), display, surroundings);
    let mut told = Vec::new();
    let read = reading(&mut |progress| match progress {
        Progress::File(name) => {
            bar.set_message(text::terminal(name, 60));
            if showing::is_verbose(display) {
                told.push(format!("reading {}", text::terminal(name, 200)));
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

/// The exit code of a run that finished.
pub fn exit(ledger: &Ledger) -> Exit {
    if ledger.lost_evidence() { Exit::EvidenceLost } else { Exit::Done }
}
