//! The commands, each a page that reads like a table of contents.

mod analyze;
mod bar;
mod explain;
mod identify;
mod ingest;
mod sealing;
mod settings;
mod shards;
mod showing;
mod triage;
mod verify;
mod whom;

use std::io::Write;

use chrono::{DateTime, Utc};

use crate::cli::{Analyze, Cli, Command, Ingest, Investigate};
use crate::exit::{Exit, Stop};
use crate::report::outputs::{OutputError, Outputs};
use crate::report::text;
use crate::timeline::store::{Case, CaseWriter, StoreError};

/// What only `main` may ask the outside for.
pub struct Surroundings<'a> {
    /// The words of the command line, the program first.
    pub words: Vec<String>,
    /// The clock; for `manifest.json` alone.
    pub clock: fn() -> DateTime<Utc>,
    /// `NO_COLOR` is set.
    pub no_color: bool,
    /// Columns of the terminal; `None` where standard output is none.
    pub width: Option<u16>,
    /// Whether standard error is a terminal.
    pub progress: bool,
    /// Set where the run is to stop (Ctrl-C).
    pub stop: Stop,
    /// Results.
    pub out: &'a mut dyn Write,
    /// Everything else.
    pub err: &'a mut dyn Write,
}

/// Why a command did not finish.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// The command line is wrong; nothing was read.
    #[error("{0}")]
    Usage(String),
    /// The output folder.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// The case folder.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Reading.
    #[error(transparent)]
    Ingest(#[from] crate::ingest::pipeline::IngestError),
    /// The worker threads.
    #[error("cannot start the worker threads: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// Standard output or standard error.
    #[error("cannot print: {0}")]
    Print(#[from] std::io::Error),
    /// Somebody wanted the run to stop.
    #[error("interrupted; nothing is left half-written")]
    Interrupted,
}

impl Failed {
    /// The message as a terminal takes it: it may hold names of files out of the evidence, and lines of lists.
    pub fn shown(&self) -> String {
        text::terminal_whole(&self.to_string())
    }

    /// The exit code.
    pub fn exit(&self) -> Exit {
        match self {
            // What is wrong with the folder is known before anything is read, and that there is none of this name.
            Self::Usage(_)
            | Self::Store(StoreError::NoSuchCase { .. })
            | Self::Output(
                OutputError::NotEmpty { .. } | OutputError::NotAFolder { .. } | OutputError::HoldsCase { .. },
            ) => Exit::Usage,
            Self::Interrupted => Exit::Interrupted,
            _ => Exit::Failed,
        }
    }
}

/// Passes text on as long as it is taken. What cannot be printed does not end the run, whose results are files: `bectrace
/// … | head`, and one into a file on a full disk, goes on to its end.
struct Listener<'a> {
    to: &'a mut dyn Write,
    gone: bool,
    /// Why nothing is taken any more, where nobody simply left.
    fault: Option<std::io::Error>,
}

impl<'a> Listener<'a> {
    fn new(to: &'a mut dyn Write) -> Self {
        Self { to, gone: false, fault: None }
    }

    fn pass<T>(&mut self, nothing: T, act: impl FnOnce(&mut dyn Write) -> std::io::Result<T>) -> std::io::Result<T> {
        if self.gone {
            return Ok(nothing);
        }
        match act(self.to) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                self.gone = true;
                self.fault = Some(error).filter(|error| error.kind() != std::io::ErrorKind::BrokenPipe);
                Ok(nothing)
            }
            result => result,
        }
    }
}

impl Write for Listener<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.pass(bytes.len(), |to| to.write(bytes))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.pass((), |to| to.flush())
    }
}

/// Runs a command.
pub fn run(cli: &Cli, surroundings: &mut Surroundings<'_>) -> Result<Exit, Failed> {
    let (mut out, mut err) = (Listener::new(surroundings.out), Listener::new(surroundings.err));
    let stop = surroundings.stop.clone();
    let mut inner = Surroundings {
        words: surroundings.words.clone(),
        clock: surroundings.clock,
        no_color: surroundings.no_color,
        width: surroundings.width,
        progress: surroundings.progress,
        stop: stop.clone(),
        out: &mut out,
        err: &mut err,
    };
    let ran = command(cli, &mut inner);
    inner.out.flush()?;
    match out.fault {
        // What stopped because it was told to did not fail.
        _ if ran.is_err() && stop.is_wanted() => Err(Failed::Interrupted),
        Some(error) if ran.is_ok() && writes_files(&cli.command) => {
            let _ = writeln!(err, "bectrace: cannot print: {error}; the files are whole");
            ran
        }
        Some(error) if ran.is_ok() => Err(error.into()),
        _ => ran,
    }
}

/// Whether the results of a command are files; of the others, what is printed is the result.
fn writes_files(command: &Command) -> bool {
    match command {
        Command::Investigate(_) | Command::Ingest(_) | Command::Merge(_) | Command::Analyze(_) => true,
        Command::Triage(args) => !args.accounts,
        Command::Identify(_) | Command::Explain(_) | Command::Verify(_) => false,
    }
}

fn command(cli: &Cli, surroundings: &mut Surroundings<'_>) -> Result<Exit, Failed> {
    match &cli.command {
        Command::Investigate(args) => investigate(args, surroundings),
        Command::Ingest(args) if args.append => shards::append(args, surroundings),
        Command::Ingest(args) => ingest_command(args, surroundings),
        Command::Merge(args) => shards::merge(args, surroundings),
        Command::Analyze(args) => analyze_command(args, surroundings),
        Command::Identify(args) => identify::run(args, surroundings),
        Command::Triage(args) if args.accounts => triage::list(args, surroundings),
        Command::Triage(args) => triage::run(args, surroundings),
        Command::Explain(args) => explain::run(args, surroundings),
        Command::Verify(args) => verify::run(args, surroundings),
    }
}

fn investigate(args: &Investigate, surroundings: &mut Surroundings<'_>) -> Result<Exit, Failed> {
    let start = (surroundings.clock)();
    let question = settings::question(&args.question)?;
    let mut reading = settings::reading(&args.reading, surroundings)?;
    reading.knowledge.clone_from(&question.knowledge);
    let formats = (&args.output.page, args.output.format.clone());
    let showing = showing::showing(formats, &args.display, args.question.fail_on, surroundings)?;
    let geo = settings::geo(&question)?;
    settings::apart(&args.evidence, &args.output.out)?;
    Outputs::check(&args.output.out, args.output.overwrite)?;
    let files = settings::evidence(&args.evidence)?;

    let mut outputs = Outputs::create(&args.output.out, args.output.overwrite)?.until(&surroundings.stop);
    let case_dir = outputs.dir().join("case");
    let mut case_outputs = Outputs::create(&case_dir, true)?.until(&surroundings.stop);
    let clock = sealing::Clock { start, now: surroundings.clock };
    ingest::into_case(&files, CaseWriter::create(&case_dir)?, &reading, &args.display, surroundings)?;
    let case = Case::open(&case_dir)?;
    let about = settings::about(&question, &geo);
    sealing::seal_case(&mut case_outputs, &case, &about, reading.threads, surroundings, &clock)?;
    outputs.take_over("case", case_outputs);
    let asked = analyze::Asked { question: &question, geo: &geo, showing: &showing, threads: reading.threads };
    analyze::answer(&case, &asked, &mut outputs, surroundings, &clock)
}

fn ingest_command(args: &Ingest, surroundings: &mut Surroundings<'_>) -> Result<Exit, Failed> {
    let start = (surroundings.clock)();
    let knowledge = settings::knowledge(args.knowledge.as_deref())?;
    let mut reading = settings::reading(&args.reading, surroundings)?;
    reading.knowledge.clone_from(&knowledge);
    settings::apart(&args.evidence, &args.out)?;
    Outputs::check(&args.out, args.overwrite)?;
    let files = settings::evidence(&args.evidence)?;
    let mut outputs = Outputs::create(&args.out, args.overwrite)?.until(&surroundings.stop);
    ingest::into_case(&files, CaseWriter::create(outputs.dir())?, &reading, &args.display, surroundings)?;
    let case = Case::open(outputs.dir())?;
    let about = settings::About { case_id: args.case_id.clone(), examiner: args.examiner.clone(), given: Vec::new() };
    let clock = sealing::Clock { start, now: surroundings.clock };
    let sealed = sealing::seal_case(&mut outputs, &case, &about, reading.threads, surroundings, &clock)?;
    if !args.display.quiet {
        sealing::say_case(&case, &knowledge, &sealed, surroundings)?;
    }
    Ok(ingest::exit(&case.ledger))
}

fn analyze_command(args: &Analyze, surroundings: &mut Surroundings<'_>) -> Result<Exit, Failed> {
    let start = (surroundings.clock)();
    let question = settings::question(&args.question)?;
    let formats = (&args.output.page, args.output.format.clone());
    let showing = showing::showing(formats, &args.display, args.question.fail_on, surroundings)?;
    let geo = settings::geo(&question)?;
    let threads = settings::threads(args.threads)?;
    settings::apart(std::slice::from_ref(&args.case), &args.output.out)?;
    Outputs::check_report(&args.output.out, args.output.overwrite)?;
    let case = Case::open(&args.case)?;
    let mut outputs = Outputs::create(&args.output.out, args.output.overwrite)?.until(&surroundings.stop);
    let asked = analyze::Asked { question: &question, geo: &geo, showing: &showing, threads };
    let clock = sealing::Clock { start, now: surroundings.clock };
    analyze::answer(&case, &asked, &mut outputs, surroundings, &clock)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_does_nothing_to_the_terminal() {
        let failed = Failed::Usage("no such evidence: a\u{1b}]0;owned\u{7}\u{1b}[2J.csv".to_owned());
        assert_eq!(failed.shown(), "no such evidence: a␛]0;owned␇␛[2J.csv");
    }
}
