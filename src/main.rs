//! The door: words in, exit code out. Reads the clock and the environment, which nothing else does.
#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "the door to clock, environment and terminal")]

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use bectrace::cli::Cli;
use bectrace::exit::{Exit, Stop};
use bectrace::run::{Surroundings, run};
use chrono::{DateTime, Utc};
use clap::Parser;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// The time. `chrono::Utc::now` panics where the clock stands before 1970; this does not.
fn now() -> DateTime<Utc> {
    std::time::SystemTime::now().into()
}

/// Ctrl-C asks the run to stop; a second one ends it at once.
fn listen(stop: &Stop) -> std::io::Result<()> {
    for signal in [SIGINT, SIGTERM] {
        flag::register_conditional_shutdown(signal, Exit::Interrupted.code().into(), stop.flag())?;
        flag::register(signal, stop.flag())?;
    }
    Ok(())
}

/// An event is some forty small texts; how quickly these come and go is a good part of the speed of reading.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let stop = Stop::default();
    if let Err(error) = listen(&stop) {
        let _ = writeln!(std::io::stderr(), "bectrace: Ctrl-C will end the run at once: {error}");
    }
    let (mut out, mut err) = (std::io::stdout().lock(), std::io::stderr());
    let width = terminal_size::terminal_size().map(|(width, _)| width.0);
    let mut surroundings = Surroundings {
        words: std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect(),
        clock: now,
        no_color: std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()),
        width: width.filter(|_| std::io::stdout().is_terminal()),
        progress: std::io::stderr().is_terminal(),
        stop,
        out: &mut out,
        err: &mut err,
    };
    match run(&cli, &mut surroundings) {
        Ok(exit) => exit.into(),
        Err(failed) => {
            let _ = writeln!(std::io::stderr(), "bectrace: {}", failed.shown());
            failed.exit().into()
        }
    }
}
