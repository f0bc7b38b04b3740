//! The door: words in, exit code out. Reads the clock and the environment, which nothing else does.
#![allow(clippy::disallowed_methods, reason = "the door to clock, environment and terminal")]

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use bectrace::cli::Cli;
use bectrace::exit::Exit;
use bectrace::run::{Surroundings, run};
use clap::Parser;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let (mut out, mut err) = (std::io::stdout().lock(), std::io::stderr());
    let width = terminal_size::terminal_size().map(|(width, _)| width.0);
    let mut surroundings = Surroundings {
        words: std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect(),
        clock: chrono::Utc::now,
        no_color: std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()),
        width: width.filter(|_| std::io::stdout().is_terminal()),
        progress: std::io::stderr().is_terminal(),
        out: &mut out,
        err: &mut err,
    };
    match run(&cli, &mut surroundings) {
        Ok(exit) => exit.into(),
        // Whoever reads has gone: nothing is wrong with the run.
        Err(bectrace::run::Failed::Print(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => Exit::Done.into(),
        Err(failed) => {
            let _ = writeln!(std::io::stderr(), "bectrace: {failed}");
            failed.exit().into()
        }
    }
}
